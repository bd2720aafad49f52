# The words of the pages. The same keys as nl.ftl.

## The frame of every page

frame-skip = Skip to the content
frame-menu = Main menu
frame-foot = About this site
menu-home = Questions
menu-groups = Groups
log-in = Log in
log-out = Log out
foot-about = About this site
foot-accessibility = Accessibility
foot-source = Source code
cancel = Cancel
save = Save
back-to-thread = Back to the thread

## Forms

form-problems = Check what you filled in
form-error-title = Error:
form-optional = (optional)
form-all = Fill in every field. Optional fields say so.
form-markdown = To format your text: **bold**, *italic*, an empty line for a new paragraph, - for a list, > for a quote.
refused-empty = Fill this in: { $label }.
refused-short = { $label } is too short. Use at least { $n } characters.
refused-long = { $label } is too long. Use no more than { $n } characters.
refused-characters = { $label }: use only lower case letters without accents, digits and the underscore (_).
refused-taken = { $label }: this is in use already. Choose another.
refused-email = { $label }: fill in an e-mail address like name@example.com.

## Logging in

login-title = Log in
login-name = User name or e-mail address
login-password = Password
login-failed = The user name or e-mail address does not fit this password. Check both and try again.
login-kept = You were logged out. What you wrote has been kept. Log in and you can still send it.
resume-page = Send what you wrote
resume-lead = What you wrote has been kept. Check it and send it.
resume-title = Title or question
resume-body = Your text
resume-send = Send

## The first start

waiting-title = This site has not been set up yet
waiting-lead = There is no administrator yet, and there are no groups.
waiting-how = The link to set everything up is in the window or the log where Meent was started. Open that link to begin.
setup-page = Set up your site
setup-lead = You do this once. After that you can ask questions and follow other regions at once.
setup-region = The region
setup-url = The address of this site is
setup-url-stays = You can't change this address later. It is in everything that is written here, and other regions recognise this site by it. Is it wrong? Then first change public_url in the configuration and start the server again.
setup-region-name = Name of the region
    .hint = For instance the municipality or the partnership.
setup-region-about = What is this site about?
    .hint = One or two sentences for who comes here for the first time.
setup-language = Language
setup-admin = Your account
setup-display-name = Your name
    .hint = This is how others see you.
setup-name = User name
    .hint = 3 to 30 characters: lower case letters, digits and _. This name is in the address of your page. You can't change this name later.
setup-email = E-mail address
    .hint = To log in and to mail you. Others do not see it.
    .empty = Fill in an e-mail address like name@example.com.
    .short = Fill in an e-mail address like name@example.com.
    .email = Fill in an e-mail address like name@example.com.
setup-password = Password
    .hint = At least 12 characters. A sentence is fine; pasting works.
setup-mode = Other sites
setup-mode-local = The address of this site exists on this computer only. That is why it exchanges messages with nobody now.
setup-mode-fixed = This is fixed in the configuration of the server:
mode-open = Open
    .text = This site exchanges messages with every site that wants to, except those that are blocked.
mode-allowlist = Known sites only
    .text = This site exchanges messages only with sites that the administrator has allowed.
mode-closed = Closed
    .text = This site exchanges messages with nobody. Everything stays here.
setup-group = The first group
setup-group-lead = In a group people ask questions about one subject. You can start more later.
setup-send = Set up the site

## The first page

home-title = Questions
home-tabs = Which questions
home-mine = My groups
home-all = Everything
home-own = My questions and answers
home-what = Here people who work for municipalities ask each other questions, and share what works. Everybody can read along. With an account you take part.
home-invited = How do I become a member?
home-how = How it works
    .groups = Choose the groups that fit your work.
    .ask = Ask your question, or answer from experience. The answer that helped comes first.
    .borders = Take part in groups of other regions too, with the same account.
home-newest = Newest questions
home-empty = There are no questions yet.
home-empty-how = The first question is often the hardest. Choose a group and begin.
home-no-groups = You are not in a group yet.
home-no-groups-how = Choose one that fits your work. Then its newest questions are here.
home-see-groups = See the groups
home-my-groups = My groups
home-groups = Groups
home-more-groups = All groups
home-side = Groups
list-older = Older questions
list-newest = Back to the newest

card-answers = { $n ->
    [one] answer
   *[other] answers
}
card-replies = { $n ->
    [one] comment
   *[other] comments
}
card-solved = solved
card-useful = { $n ->
    [one] 1 finds this useful
   *[other] { $n } find this useful
}
card-in = in

## Groups

groups-title = Groups
groups-lead = In a group people share what works, about one subject. You can also join groups of other regions, with your own account.
groups-ours = Groups of { $region }
groups-theirs = Groups of other regions
groups-none = There are no groups here yet.
groups-none-admin = Start one: a subject that colleagues already phone each other about.
groups-theirs-none = We do not know groups of other regions yet.
groups-theirs-how = Do you know one? Find it by the name of the group or the address of its page.
groups-more = More groups
groups-side = Finding and starting
groups-find-title = Find a group of another region
groups-find = Name or address
    .hint = For instance youth@oldambt.example, or the address of the group's page.
groups-find-send = Find
groups-find-login = Log in to find groups of other regions.
groups-new-title = Are you missing a group?
groups-new = Start a group
groups-new-lead = You become a member and moderator of the group. You can't change the name in the address later; you can change the title and the description.
groups-new-send = Start the group
find-empty = Fill in which group you are looking for, for instance youth@oldambt.example.
find-nothing = We found no group with this name. Check the spelling, or paste the address of the group's page.
find-no-answer = The other site gave no usable answer. Check the name, or try again in a few minutes.
find-not-allowed = This site exchanges no messages with that one. Ask the administrator of your site to allow it.

group-title = Title of the group
    .hint = Say what the group is about, for instance "Youth care in the region".
group-name = Name in the address
    .hint = 3 to 30 characters: lower case letters, digits and _, for instance youth_care. You can't change this name later.
group-about = Description
    .hint = Whom is the group for, and what do you share there?
group-newest = Newest
group-unanswered = No answer yet
group-tabs = Which questions
group-questions = { $n ->
    [one] 1 post
    [1001] more than 1,000 posts
   *[other] { $n } posts
}
group-open = { $n ->
    [one] 1 waits for an answer
    [1001] more than 1,000 wait for an answer
   *[other] { $n } wait for an answer
}
group-members = { $n ->
    [one] 1 member
   *[other] { $n } members
}
group-members-here = { $n ->
    [0] Nobody of this site is a member yet.
    [one] 1 member from the sites that we know
   *[other] { $n } members from the sites that we know
}
group-moderated = Moderators
group-address = Address of this group:
group-heading = About this group
group-side = About this group
group-join = Join
group-join-login = Log in to join
group-leave = Leave the group
group-withdraw = Withdraw the request
group-member = You are a member of this group.
group-asked = You have asked to join.
group-edit = Edit the group
group-edit-lead = You can't change the name in the address; you can change the title and the description.
group-refresh = Fetch new questions
group-lives-elsewhere = This group belongs to another region.
group-see-there = See it at { $host }
group-pending = Your request to join waits for an answer from { $host }. You need not do anything: we ask again by ourselves.
group-no-answer = { $host } has not answered your request to join for a month. Do you still want to take part? Ask again with the Join button.
group-rejected = { $host } has refused your request to join. You can go on reading. Contact that region if you think this is wrong.
group-preview = You see the latest questions of this group. Join, and we bring in the older ones too and keep this page up to date.
group-empty = Nothing has been asked here yet.
group-empty-how = A good question is short, and the explanation says what you have tried. Like this:
group-empty-elsewhere = We have no questions of this group here yet.
group-empty-join = Join, and we bring in the questions that are there already.
group-example = How do you keep in touch with young people when they turn eighteen?
    .text = We lose one in five. The handover to adult support runs through three desks. We tried a fixed contact person, but they change too often. Who has arranged this differently?
group-all-answered = There are no questions without an answer.
group-all-answered-how = See under Newest whether you can add something.
history-listing = We are asking { $host } what there is in this group.
history-progress = We are bringing in older questions: { $done } of { $total } are here.
history-look-again = Refresh
history-failed = Bringing in older questions did not work. The other site gave no usable answer.
history-stuck = The other site does not answer now. We will try again by ourselves.
history-again = Try again
history-some-failed = { $n ->
    [one] 1 older question could not be fetched. The others are here.
   *[other] { $n } older questions could not be fetched. The others are here.
}

## Asking

ask-where = In which group?
ask-where-lead = Choose the group that fits your question best. The members of that group read it, in other regions too.
ask-where-none = You are not in a group yet. First choose one that fits your work.
ask-where-other = Is your group not here? See all groups
thread-pages = More answers
thread-earlier = Previous answers
thread-later = Next answers
ask = Ask a question
ask-login = Log in and ask a question
ask-elsewhere = This group belongs to { $host }. Your question goes there and can be read there, with your name and the name of this site.
joins = When you post, you become a member of this group. You can leave it later.
ask-title = Your question
    .hint = One sentence, as you would ask a colleague.
    .empty = Fill in your question.
    .short = Your question is too short. Write it as a whole sentence.
ask-body = Explanation
    .hint = What is going on, and what have you tried? Don't mention names or other details by which somebody can be recognised.
    .empty = Write an explanation. A few sentences help others to help you.
ask-send = Post the question
ask-preview = Show a preview
ask-preview-title = This is how your question will look

## A thread

thread-answers = { $n ->
    [0] No answers yet
    [one] 1 answer
   *[other] { $n } answers
}
thread-no-answers = Do you know something about this? Half an answer or a pointer to a rule or document helps too.
thread-chosen-unknown = An answer has been chosen that we do not have here yet.
thread-lives = This thread belongs to { $host }.
thread-see-there = See it there
thread-side = About this group
thread-unanswered = Questions without an answer
post-asker = asked this
post-edited = Edited
post-useful = Useful
post-choose = Choose as the answer
post-unchoose = Undo the choice
post-chosen = Chosen answer
post-chosen-helped = this helped { $name }
post-answer-by = Answer by { $name }
post-edit = Edit
post-delete = Delete
post-reply = Comment
post-to = To { $name }
post-removed = Removed by its author.
post-removed-title = Removed post
reply-answer = Answer
    .hint = Answer from your experience. Don't mention names or other details by which somebody can be recognised.
    .empty = Write your answer first.
reply-answer-title = Your answer
reply-answer-send = Post the answer
reply-comment = Comment
    .hint = Don't mention names or other details by which somebody can be recognised.
    .empty = Write your comment first.
reply-comment-send = Post the comment
reply-login = Log in to answer
edit-title = Edit
edit-body = Your text
    .hint = Others see that the text was edited, and when.
    .empty = Your text is empty. Do you want to take it away? Then choose Delete at your post.
delete-title = Delete this?
delete-lead = What you wrote disappears here at once. We ask the sites that received it to delete it too. You can't undo this.
delete-replies = { $n ->
    [one] There is 1 answer or comment under it. It stays, with a line that says you removed the post.
   *[other] There are { $n } answers or comments under it. They stay, with a line that says you removed the post.
}
delete-send = Delete

## Members

member-wrote = Questions, answers and comments
member-nothing = There is nothing here yet.
member-answer = Answer to a question
member-comment = Comment in a thread
member-older = Older contributions
profile-edit = Edit your profile
profile-lead = Who you are and what you do helps others to weigh your answer. This is public.
profile-display-name = Your name
    .hint = This is how others see you.
profile-organisation = Organisation
    .hint = For instance Municipality of Gouda.
profile-role = Position or role
    .hint = For instance youth worker or volunteer.
profile-about = About you
    .hint = What do you know much about? What may others ask you about?

## About

about-title = About { $region }
about-members = { $n ->
    [one] There is 1 member.
   *[other] There are { $n } members.
}
about-groups = { $n ->
    [one] There is 1 group.
   *[other] There are { $n } groups.
}
about-others = Other sites
about-admin = Administrator
about-host = Other sites know this site as { $host }. People there find a group with name@{ $host }.
about-privacy = Privacy
    .text = What you write in a group is public: everybody can read it, also without an account. It also goes to the sites that follow the group. When you delete something, we ask those sites to delete it too. Your e-mail address stays here. We only use cookies that are needed: to keep you logged in, to remember your language and to say what happened after a form.
    .votes = When you find something useful, that goes with your name to the sites that follow the group. The pages here show only a count.
about-software = Software
    .text = This site runs on Meent { $version }. Everybody may use, read and improve the software.
about-accessibility = How accessible this site is
access-lead = Everybody must be able to read and write here. We follow the guideline WCAG 2.2, level AA.
access-what = What you can expect
access-keyboard = Everything works with only a keyboard, and you see where you are.
access-script = Everything works without JavaScript.
access-zoom = Text can be twice as large, and a narrow screen is no problem.
access-contrast = Colour is never the only difference, and text has enough contrast, also in the dark.
access-trouble = Is there something you can't do?
    .text = Tell the administrator of { $region }. Say on which page you were, what you wanted to do and which aid you use.

## Messages after a form

flash-logged-out = You are logged out.
flash-set-up = Your site is ready. Welcome!
flash-joined = You are a member of this group.
flash-asked-to-join = Your request was sent. The older questions of this group are being brought in.
flash-left = You have left the group.
flash-history-started = The older questions are being brought in.
flash-refreshed = The newest questions are here.
flash-group-started = The group is ready. Ask the first question, and others see what the group is about.
flash-saved = Saved.
flash-deleted = Deleted.
flash-on-its-way = Posted. Your message is on its way to the other site.
flash-chosen = You have chosen this answer. The question is now listed as solved.
flash-choice-undone = The choice was undone.
flash-choice-sent = Your choice was sent to the region of this question. You will see it here once that region has applied it.
flash-no-answer = The other site gave no usable answer. Try again later.
flash-not-allowed = This site exchanges no messages with that one. Ask the administrator of your site to allow it.

## When something is not possible

error-number = Error { $n }
error-home = To the questions
error-request = Need help? Give the administrator this number:
error-groups = To the groups
error-look-up = Look for this group in the other region
error-wait = { $n ->
    [one] This was tried too often in a row. Wait a minute and then try again.
   *[other] This was tried too often in a row. Wait { $n } minutes and then try again.
}
error-400 = This request is not right
    .text = The address or the form was not right. Go back and try again.
error-403 = You may not do this
    .text = Ask a moderator or the administrator if you think this is wrong.
error-404 = This page is not here
    .text = Perhaps the address is not quite right, or the page is gone.
error-405 = This page does not work that way
    .text = Go back and use the button on the page.
error-409 = This has changed in the meantime
    .text = Somebody else was just before you. Go back, refresh the page and try again.
error-410 = This was removed
    .text = What was here has been removed.
error-413 = This is too large
    .text = Your text, or your files together, are larger than we can take. Go back and shorten the text or choose smaller pictures.
error-415 = We can't read this
    .text = Go back and send the form on the page itself.
error-422 = This is not right yet
    .text = Go back and check what you filled in.
error-429 = Wait a moment
    .text = This was tried too often in a row. Wait a few minutes.
error-500 = Something went wrong on our side
    .text = It is not your fault. Try again in a while. Does it keep going wrong? Report it to the administrator.
error-502 = The other site does not answer well
    .text = What you asked for must come from another site. Try again in a few minutes.
error-503 = Not available for a moment
    .text = We can't reach the data now. What you sent was not saved. Try again in half a minute.
error-cross-site = This form did not come from this site, so we did nothing with it. Open the page here and try again.
error-reply-to-removed = The post you reply to was removed. Go back, copy your text and post it elsewhere in the thread.
error-not-yours = Only who wrote it can change this.
error-only-asker = Only the asker and the moderators of the group can choose an answer.
error-own-useful = You can't find your own post useful.
error-stale = This form belongs to an earlier time that you were logged in. Go back, refresh the page and try again.
error-only-moderators = Only the moderators of this group can do this.
error-only-admins = Only the administrator can start a group. Ask the administrator of this site.
error-other-group = This belongs to another group.
error-host-refused = We do not exchange messages with this server.
