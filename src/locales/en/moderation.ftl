# Reports, moderation, objections

more = More
more-report = Report
more-report-member = Report this member
more-remove = Remove
more-restore = Restore
more-suspend = Suspend its author from this group
more-administer = Administer

## Reporting

report-title = Report
report-lead-post = Do you think this post is not acceptable? Say why. The moderators of the group and the administrators will look at it.
report-lead-member = Do you think this member does not keep to the rules? Say why. The administrators will look at it.
report-reason = What is wrong?
    .hint = One or two sentences are enough.
    .empty = Write what is wrong, so that the moderators know what to look at.
report-who-sees = Only moderators and administrators see that you report this. Other regions do not hear your name.
report-beyond = Also send the report to { $hosts }
    .hint = They can deal with the post or the member there. Your name does not go along: the report comes from this region. So do not write anything they could recognise you by.
report-send = Send report
resume-reason = Reason

## Removing and restoring

remove-title = Remove this post?
remove-lead = The post disappears for everybody. In its place it says that a moderator removed it. Its author sees your reason and can object once.
remove-here-only = This group belongs to { $host }, and you are not a moderator there. The post disappears on this site only.
remove-replies = { $n ->
    [one] There is 1 answer or comment under it. It stays readable.
   *[other] There are { $n } answers or comments under it. They stay readable.
}
remove-reason = Reason
    .hint = The author reads this. Members see the reason in the log too, so don't mention names or personal details.
    .empty = Write why you remove the post. The author reads this.
remove-send = Remove post
restore-title = Restore this post?
restore-lead = The post will be back in its place, here and on the sites that follow the group. If it was the chosen answer, it has to be chosen again.
restore-reason = Explanation
    .hint = The author reads this, and it is in the log.
restore-send = Restore post
post-removed-moderator = Removed by a moderator.
removed-yours = A moderator removed your post. Only you and the moderators can still see it.
removed-seen-by = Only the author and the moderators see this.
removed-reason = Reason:
removed-words = Read the removed post

## What waits

desk-title = Moderation
desk-waiting = What waits
desk-empty = Nothing waits.
    .text = Reports by members and objections arrive here.
desk-reports = { $n ->
    [one] 1 open report
   *[other] { $n } open reports
}
desk-objections = { $n ->
    [one] 1 objection
   *[other] { $n } objections
}
desk-post-by = Post by { $name }
desk-member = Member: { $name }
desk-reported-by = Reported by { $name }
desk-reported-from = Reported from { $host }
desk-gone = The post is gone by now.
desk-look = Look
desk-close = Close report
desk-decide = Decide
desk-objection-by = Objection by { $name }
desk-suspended = Suspended from this group
desk-nobody-suspended = Nobody is suspended.
desk-groups = Groups I moderate
report-close-title = Close report
report-close-lead = Who reported this is told in general words what was done.
close-outcome = What was done?
close-nothing = Nothing: it is within the rules
close-acted = Something was done about it
close-note = Note
    .hint = Only moderators and administrators can read this.

## Suspending

suspend-title = Suspend { $name } from the group
suspend-lead = Somebody who is suspended can read the group, but can't write, edit or find things useful. The member sees your reason and can object once.
suspend-how-long = For how long?
suspend-days = { $n ->
    [0] Without an end date
    [one] 1 day
   *[other] { $n } days
}
suspend-reason = Reason
    .hint = The member reads this. Members see the reason in the log too, so don't mention names or personal details.
    .empty = Write why you suspend this member. They will read this.
suspend-crosses = A suspension also holds for members of other regions. Those regions hear who is suspended, why and until when.
suspend-remove = Also remove everything this member wrote in this group
suspend-send = Suspend
suspend-lift = Lift suspension
suspended-until = Suspended until
suspended-for-good = Suspended, without an end date
suspended-you-until = You are suspended until
suspended-you = You are suspended.
    .text = You can read here, but not write.

## The log

log-title = Moderation log
log-lead = What moderators and administrators did, and why. Only members can read this.
log-empty = Nothing has happened yet.
log-by = By moderator { $name }
log-whom = About { $name }
log-instance = whole site
log-place = To the place in the thread
log-older = Older
log-act-remove = Post removed
log-act-restore = Post restored
log-act-suspend = Member suspended
log-act-lift = Suspension lifted
log-act-lock = Thread closed
log-act-unlock = Thread opened again
log-act-pin = Post pinned
log-act-unpin = Post unpinned
log-act-move = Answer or comment moved
log-act-name = Moderator named
log-act-unseat = No longer a moderator
log-act-other = Something else

## Objections

objection-title = Objection
objection-what = The post
objection-link = Object
objection-see = See your objection
objection-words = Why do you disagree?
    .hint = Another moderator or administrator reads this, if there is one.
    .empty = Write why you disagree.
objection-once = You can object once.
objection-send = Send objection
objection-yours = Your objection
objection-wait = Your objection has arrived. You will be told what is decided.
objection-open = There is an objection.
objection-upheld = The objection is right. It has been undone.
objection-rejected = The objection has been rejected.
objection-elsewhere = This group belongs to another site. Object to the moderators there.
objection-alone = There is no other moderator or administrator. That is why you decide on this objection yourself.
objection-decision = Your decision
objection-uphold = It is right: undo it
objection-reject = Reject
objection-answer = Answer
    .hint = Who objected reads this.
    .empty = Write an answer for who objected.

## Notices

notice-report-new = There is a new report.
notice-report-acted = Something was done about your report. Thank you for reporting.
notice-report-nothing = We looked at your report. This is within the rules, so it stays.
notice-removed = A moderator removed your post. Reason: { $detail }
notice-restored = Your post is back in its place.
notice-suspended = You are suspended from { $group }. Reason: { $detail }
notice-lifted = Your suspension has been lifted. You can write again.
notice-objection-new = Somebody objected.
notice-objection-upheld = Your objection is right. Answer: { $detail }
notice-objection-rejected = Your objection has been rejected. Answer: { $detail }

flash-reported = Thank you for your report. You will be told what happens with it.
flash-reported-before = You had reported this already. You will be told what happens with it.
flash-report-closed = The report is closed.
flash-removed = The post has been removed.
flash-removed-here = The post has been removed on this site.
flash-removed-before = Somebody else had removed the post already.
flash-restored = The post is back in its place.
flash-suspended = The member has been suspended.
flash-lifted = The suspension has been lifted.
flash-objected = Your objection has been sent.
flash-decided = Your decision has been sent.
error-suspended = You are suspended here: you can read, but not write. The group's page says why, and until when.
error-own-report = You can't report yourself or your own post. You can delete your own post yourself.
error-own-remove = You don't remove your own post as a moderator. Use Delete.
error-own-restore = You don't put your own post back: another moderator or administrator decides on that. You can object.
error-not-suspend = You can't suspend this member. A moderator or administrator has to lose that role first, and you can't suspend yourself.
error-other-decides = Another moderator or administrator decides on this objection.
login-shut = You can't log in: an administrator has suspended your account. Reason: { $reason }
login-shut-until = You can't log in: an administrator has suspended your account until { $until }. Reason: { $reason }
objection-received = Your objection has arrived. Log in again later to read here what was decided.

## Across the border

error-first-moderator = The first moderator of a group steps down alone, or an administrator decides.
error-group-moved = This group has moved. Write in the new group: the link is on the page of the group.
error-moved-lately = There was a move less than a week ago. Try again later.
error-move-unknown = The other side does not say yet that this is the same one. First fill in there that you come from here.
desk-moderators = Moderators of this group
    .text = This group belongs to another region. You moderate it there: what you do here is sent there and holds everywhere.
flash-moderator-unknown = We did not find that member. Check the name and the region.

## Moving

move-title = Move
move-group-title = Move the group
move-here = Move here
    .text = Did you have an account in another region? Fill it in here. After that you can say there that you have moved here.
move-group-here-text = Does a group of another region come here? Fill in the old group here. After that the administrator there can move the group.
move-from = Accounts you had
    .hint = One on each line, for example name@region.nl
    .empty = Write a name and a region on each line, for example name@region.nl
    .characters = We did not find every account. Check the names and the regions.
move-group-from = Groups it was before
    .hint = One on each line, for example group@region.nl
    .empty = Write a group and a region on each line, for example group@region.nl
    .characters = We did not find every group. Check the names and the regions.
move-away = Away from here
    .text = Who follows you, follows your new account after this. What you wrote here stays here. Your page says where you are now. You keep your account here and can close it later. First fill in at the new region that you come from here.
move-group-away-text = Members of this group become members of the new group. The old threads can still be read here, but nobody can add anything here any more. The page says where the group is now. First fill in at the new region that the group comes from here.
move-to = Your new account
    .hint = For example name@region.nl
    .empty = Fill in your new account, for example name@region.nl
    .characters = We did not find this account in another region. Check the name and the region.
move-group-to = The new group
    .hint = For example group@region.nl
    .empty = Fill in the new group, for example group@region.nl
    .characters = We did not find this group in another region. Check the name and the region.
move-sure = Yes, I am moving to this account
    .empty = Tick the box when you are sure that you are moving.
move-group-sure = Yes, the group is moving there
    .empty = Tick the box when you are sure that the group is moving.
move-send = Move
move-stay = Stay here after all
moved-you = You have moved to
moved-member = This member has moved to
moved-group = This group has moved to
moved-group-how = You can read everything here. Write new questions and answers in the new group.
flash-moved = The move has been passed on.
flash-stays = This stays here.
