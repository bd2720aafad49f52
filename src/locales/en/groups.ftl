# Groups, topics, lists, kinds of posts

## Kinds of posts

kind-question = Question
    .what = Something you want to know from colleagues.
kind-tip = Tip
    .what = Something small that helps somebody today.
kind-practice = Practice
    .what = An approach you use. Others can tell how it worked for them.
kind-announcement = Announcement
    .what = News from the moderators for everybody in the group.
kind-event = Event
    .what = A day and a place to meet.
kind-answer = Answer
kind-comment = Comment
mark-pinned = Pinned
mark-locked = Closed

ask-other = Do you want to share something else?
ask-rules = How we treat each other in { $group }
tip-new = Share a tip
tip-title = Your tip
    .hint = One sentence that says what somebody can do.
    .empty = Fill in your tip.
    .short = Your tip is too short. Write it as a whole sentence.
tip-body = Explanation
    .hint = How does it work, and where is more? Don't give names or anything else by which somebody can be recognised.
    .empty = Write a short explanation of your tip.
tip-send = Post the tip
practice-new = Share a practice
practice-title = Name of the approach
    .hint = For instance: one contact person until three months after the eighteenth birthday.
    .empty = Fill in the name of the approach.
    .short = The name is too short. Write what you do.
practice-body = Description
    .hint = What was the problem, what do you do, what does it bring and what does it cost? Don't give names or anything else by which somebody can be recognised.
    .empty = Describe the approach, so that others can try it.
practice-send = Post the practice
announcement-new = Post an announcement
announcement-title = Title of the announcement
    .hint = Say in one sentence what is new.
    .empty = Fill in a title.
    .short = The title is too short. Say in one sentence what is new.
announcement-body = Text
    .hint = Who needs to know this, and what should they do?
    .empty = Write the text of the announcement.
announcement-send = Post the announcement

## Experiences with a practice

back-to-practice = Back to the practice
tried-title = How did it work for others?
tried-none = Nobody has told yet how this worked for them.
tried-tell = Share your experience
tried-where = See it by region
tried-no-organisation = Without an organisation
tried-verdict = How did it work for you?
    .empty = Choose how it worked for you.
tried-works = Works
tried-partly = Works partly
tried-not = Does not work
tried-body = Your experience
    .hint = What did you do, and what made the difference? Don't give names or anything else by which somebody can be recognised.
    .empty = Write in a few sentences how it went.
tried-send = Post the experience
flash-tried = Thank you. Your experience has been added.

## The page of a group

group-useful = Most useful
group-none-useful = Nobody has found anything useful here yet.
group-none-useful-how = Help your colleagues: say of a good question or tip that it is useful.
group-share = Or share something else:
group-purpose = Why this group is here
    .hint = What do you want to achieve together?
group-carried = Who carries this group
    .hint = For instance an organisation, a team or a person.
group-rules = Rules
    .hint = Whoever posts here for the first time sees these rules.
group-agreed = What we agreed
    .hint = Agreements of the group, for instance about replying or meeting.
group-review = When do you look at the agreements again?
    .hint = On that day the moderators get a reminder here.
    .characters = Fill in a date, for instance 2027-03-01.
group-review-on = We look at this again on
group-review-due = The group wanted to look at its agreements again on
group-review-due-how = Are they still right? Then choose a new date.
group-review-now = Look at the agreements
group-part-what = The group
group-part-why = Why and by whom
group-part-agreed = Rules and agreements
group-topics = Topics
    .hint = What is the group about? At most 5, with commas between them.
    .long = Choose at most { $n } topics.
    .characters = A topic has letters and digits, no spaces, and at most 40 characters.
group-moderators-lead = Moderators edit the group, pin posts and close threads. There is always at least one.
group-moderator = Add a moderator
    .hint = The user name, for instance sanne. For somebody of another region: name@address of that region.
    .empty = Fill in a user name, for instance sanne.
    .characters = We found nobody with this name. Check the spelling.
group-moderator-name = Add the moderator
group-moderator-remove = No longer a moderator
group-moderator-remove-title = Should { $name } no longer be a moderator?
group-moderator-remove-lead = This person stays a member of the group, but can no longer edit the group or close threads.
flash-moderator-named = The moderator has been added.
flash-moderator-removed = The moderator has been taken off the list.

## Proposing a group

groups-propose = Propose a group
groups-propose-lead = An administrator looks at your proposal. If the group comes, you are its moderator. You hear either way.
groups-propose-send = Send the proposal
groups-proposed-before = These proposals of yours still wait for a decision:
group-reason = Why is this group needed?
    .hint = Who takes part, and what is missing now?
    .empty = Write why this group is needed, so that the administrator can decide.
flash-group-proposed = Your proposal has been sent. You hear when it has been decided.
admin-groups-title = Groups
admin-groups-needy = These groups need attention
admin-groups-bare = This group has no moderator. Add somebody who wants to do that.
admin-groups-proposed = Proposed groups
admin-groups-lead = Members propose groups. When you approve one, the group is there at once and the member is its moderator.
admin-groups-anyone = On this site every member can start a group. Only proposals from before that choice are here.
admin-groups-none = No proposals are waiting.
admin-groups-none-how = As soon as a member proposes a group, you see it here.
admin-groups-by = Proposed by
admin-groups-why = Why
admin-groups-approve = Approve
admin-groups-refuse = Refuse
admin-groups-refuse-send = Refuse the proposal
group-refusal = Reason
    .hint = The member who proposed the group reads this.
    .empty = Write why you refuse the proposal.
admin-groups-more = More proposals
admin-groups-first = Back to the beginning
flash-group-approved = The group is ready. The member is told.
flash-group-refused = The proposal has been refused. The member is told.
flash-group-name-taken = The name of this group has been taken in the meantime. Refuse the proposal and ask for another name.
notice-group-proposed = { $from } proposes a group: { $detail }
notice-group-approved = Your group { $group } is ready. You are its moderator.
notice-group-refused = Your proposal for a group has been refused. { $detail }
notice-moderator-named = You now moderate { $group }.
notice-moderator-removed = You no longer moderate { $group }.

## Groups of other regions

regions-title = What other regions offer
regions-none = We don't know yet which groups other regions have.
regions-none-how = As soon as you follow a group of another region, we ask that region every day which groups there are.
regions-of = Groups of { $host }
regions-look = Look and join
regions-log-in = Log in and join
regions-all = { $n ->
    [one] See this group
   *[other] See all { $n } groups
}
regions-more = More regions
regions-ask = Ask all regions now
flash-regions-asked = We are asking all regions that we know. Reload the page in a minute.

## Topics

topics-title = Topics
topics-lead = Choose a topic and see what was written about it, here and in other regions.
topics-none = There are no topics yet.
topics-none-how = Add a topic to your next question, so that others can find it.
topics-more = More topics
topics-first = Back to the beginning
topics-used = Often used: { $topics }.
groups-topics = Look by topic
topic-threads = { $n ->
    [0] no posts yet
    [one] 1 post
    [1001] more than 1,000 posts
   *[other] { $n } posts
}
topic-empty = There is no post about this topic yet.
topic-empty-how = Add this topic to your next question or tip.
topic-side = Groups and people
topic-groups = Groups about this topic
topic-people = Who knows about this?
topic-people-none = Nobody yet. Do you know about it? Put the topic on your profile.
post-topics = Topics
    .hint = At most 5, with commas between them, for instance: youthcare, debts.
    .long = Choose at most { $n } topics.
    .characters = A topic has letters and digits, no spaces, and at most 40 characters.
member-topics = What do you know a lot about?
    .hint = At most 5 topics, with commas between them. Others find you by them.
    .long = Choose at most { $n } topics.
    .characters = A topic has letters and digits, no spaces, and at most 40 characters.
member-knows = Knows a lot about
member-tried = Experience

## Questions without an answer

home-unanswered = Unanswered
unanswered-title = Questions without an answer
unanswered-lead = Do you know something? Even half an answer helps somebody on.
waiting-older = Waiting longer than 7 days
waiting-older-none = No question has been waiting longer than 7 days.
waiting-recent = Of the last 7 days
waiting-recent-none = No question of the last 7 days waits for an answer.
waiting-count = { $n ->
    [1001] (more than 1,000)
   *[other] ({ $n })
}

## Following

follow = Follow
unfollow = Stop following
following-title = What you follow
following-lead = You are told when something is new here. Only you see what you follow.
following-none = You don't follow anything yet.
following-none-how = Choose Follow at a thread, a topic or a member.
following-posts = Threads
following-topics = Topics
following-members = Members
following-more = More
following-first = Back to everything you follow
flash-watched = You follow this now. You are told when something is new.
flash-unwatched = You no longer follow this.

## More to do with a post

post-more = More
post-more-of = with the post of { $name }
post-history = Earlier versions
post-turn-answer = Move to the answers
post-turn-comment = Move to the comments
post-pin = Pin to the top
post-unpin = Unpin
post-lock = Close the thread
post-unlock = Open the thread again
comment-login = Log in to comment
thread-locked = This thread is closed. Only moderators can still add something.
flash-pinned = This post is now at the top of the group.
flash-unpinned = This post is no longer at the top.
flash-locked = The thread is closed.
flash-unlocked = The thread is open again.
flash-turned-answer = This is now among the answers.
flash-turned-comment = This is now among the comments.
history-title = Earlier versions
history-back = Back to the post
history-lead = With each version you see what changed:
history-none = No earlier versions are kept.
history-now = As it is now
history-version = Version in between
history-first = First version
history-added = added:
history-removed = removed:
history-end = (end)
history-added-word = what was added
history-removed-word = what was removed

## When something can't be done

error-may-not-start = You may not post this in this group. Announcements are for its moderators.
error-locked = This thread is closed. Only moderators can still add something.
error-only-asker-moves = Only who asked the question and the moderators of the group can change this.
error-last-moderator = A group always has at least one moderator. Add somebody else first.
error-too-many-proposals = Five proposals of yours are waiting already. Wait until those have been decided.
