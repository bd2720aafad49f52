# Mails, and what members are told

mail-test = This is a test message from { $region }. If it arrives, the mail of this region works.
    .subject = Test message from { $region }
mail-see = See it on { $region }
mail-choose = Choose what you get mail about
mail-digest = { $n ->
    [one] 1 thing happened that matters to you.
   *[other] { $n } things happened that matter to you.
}
    .subject = { $n ->
        [one] 1 new notification from { $region }
       *[other] { $n } new notifications from { $region }
    }
mail-digest-other = About your membership and other things
mail-stop-answer = No more mail when somebody answers your question
mail-stop-comment = No more mail when somebody comments on what you wrote
mail-stop-mention = No more mail when somebody mentions you
mail-stop-accepted = No more mail when your answer is chosen
mail-stop-useful = No more mail when somebody finds something of yours useful
mail-stop-watched = No more mail about what you follow
mail-stop-membership = No more mail about your membership
mail-stop-moderation = No more mail about moderation
mail-stop-digest = Stop getting this digest

## What a member is told

notice-answer = { $from } answered your question "{ $title }"
notice-comment = { $from } commented on what you wrote in "{ $title }"
notice-mention = { $from } mentioned you in "{ $title }"
notice-accepted = Your answer to "{ $title }" was chosen as the one that helped
notice-useful = { $n ->
    [one] Somebody finds what you wrote in "{ $title }" useful
   *[other] { $n } people find what you wrote in "{ $title }" useful
}
notice-new-thread = New by { $from } in { $group }: "{ $title }"
notice-new-reply = { $from } wrote something in "{ $title }", which you follow
notice-mail-paused = Our mail to you came back three times. That is why we send you no more mail. Check your e-mail address.
notice-other = Something changed that concerns you. { $detail }
notice-somebody = Somebody
notice-a-group = a group
notice-no-title = a post

## The page with notifications

notes-title = Notifications
notes-count = { $n ->
    [one] 1 unread
   *[other] { $n } unread
}
notes-unread = Unread
notes-read-all = Mark everything as read
notes-settings = Choose what you get here and by mail
notes-empty = You have no notifications yet.
notes-empty-how = Here you see it when somebody answers your question, comments on what you wrote or mentions you. Ask a question, or help somebody who is waiting for an answer.
notes-older = Older notifications
notes-see-questions = To the questions
flash-notes-read = Everything is marked as read.

## Choosing

choose-title = Notifications and mail
choose-lead = Notifications stand on the page Notifications. Choose for each subject whether you also get mail: at once, or together with other notifications in a digest.
choose-no-mail = This region does not send mail yet. What you choose takes effect as soon as it does.
choose-address = We send mail to { $address }.
choose-digest = How often do you want the digest?
    .hint = When there is nothing new, you get no mail.
choose-digest-daily = Every day at 7 in the morning
choose-digest-weekly = Every Monday at 7 in the morning
choose-digest-off = No digest
choose-page = On the page Notifications
choose-always = Always stands on the page Notifications.
choose-mail = By mail
choose-mail-no = No mail
choose-mail-now = At once
choose-mail-digest = In the digest
choose-answer = An answer to my question
choose-comment = A comment on what I wrote
choose-mention = Somebody mentions me
choose-accepted = My answer was chosen
choose-useful = Somebody finds what I wrote useful
choose-watched = News in a conversation, a topic or by a member that I follow
choose-membership = My membership of this region and of groups
choose-moderation = Decisions of moderators about what I wrote
choose-paused = You get no mail now
    .text = Our mail to { $address } came back three times. Is the address right, and does your mailbox take mail again? Then we try again. If the address is wrong, change it.
choose-resume = The address is right, send mail again
flash-choices-saved = Your choices are saved.
flash-mail-resumed = We send you mail again.

## Unsubscribing

stop-title = Stop mail
stop-asks-digest = Do you want to stop getting the digest?
stop-asks-answer = Do you want no more mail when somebody answers your question?
stop-asks-comment = Do you want no more mail when somebody comments on what you wrote?
stop-asks-mention = Do you want no more mail when somebody mentions you?
stop-asks-accepted = Do you want no more mail when your answer is chosen?
stop-asks-useful = Do you want no more mail when somebody finds something of yours useful?
stop-asks-watched = Do you want no more mail about what you follow?
stop-asks-membership = Do you want no more mail about your membership?
stop-asks-moderation = Do you want no more mail about decisions of moderators?
stop-keeps = Other mail goes on as you chose.
stop-send = Stop this mail
stop-done = You no longer get this mail.
stop-done-how = Was that a mistake? Then switch it on again.
stop-undo = Switch it on again
stop-undone = You get this mail again.
stop-more = Everything that you can choose

## Mail for the administrator

adminmail-title = Mail
adminmail-lead = How this region sends mail, and what needs your attention.
adminmail-set = Mail goes through { $server }, port { $port }, secured with { $security }.
adminmail-set-none = Mail goes through { $server }, port { $port }, on this machine.
adminmail-not-set = No mail server is set. Links for new members and new passwords stand below. Pass them on yourself.
adminmail-how = Set the mail server with [mail] in the configuration file, or with MEENT_MAIL__SERVER and the other variables. Then restart the server.
adminmail-settings = Settings
adminmail-fixed = These settings come from the configuration file or the environment variables. They can't be changed here.
adminmail-from = Sender
adminmail-reply = Reply address
adminmail-user = User name
adminmail-password = Password
adminmail-password-set = Set, not shown
adminmail-none = Not set
adminmail-last = Last mail sent
adminmail-never = Not yet
adminmail-test = Send a test message
adminmail-address = E-mail address
    .hint = For example your own address.
adminmail-test-send = Send test message
adminmail-waiting = Waiting for another attempt
adminmail-waiting-lead = The mail server has not taken this mail yet. We try again by ourselves.
adminmail-hurry = Try again now
adminmail-next = Next attempt
adminmail-held = To pass on yourself
adminmail-held-lead = Pass the link on to who asked for it, by telephone for example. Whoever has the link can use it: give it to nobody else.
adminmail-link = Link
adminmail-no-link = There is no link in this mail.
adminmail-passed = I passed it on
adminmail-send-now = Mail it after all
adminmail-unsure = Unsure whether it arrived
adminmail-unsure-lead = This mail was given to the mail server, but that did not say whether it took it. We don't send it again by ourselves, because it could then arrive twice.
adminmail-failed = Not sent
adminmail-failed-lead = This mail did not arrive and we no longer try.
adminmail-again = Send again
adminmail-drop = Throw away
adminmail-paused = Members who get no mail
adminmail-paused-lead = Mail to these members came back three times in a row. They see that when they log in. They get mail again when they confirm or change their address.
adminmail-since = Since
adminmail-to = To
adminmail-said = The mail server said
adminmail-kind-notice = Notification
adminmail-kind-digest = Digest
adminmail-fine = Everything is sent. Nothing needs your attention.
flash-mail-test-sent = The test message is on its way. Reload this page to see whether the mail server took it.
flash-mail-test-held = No mail server is set. The test message stands below.
flash-mail-again = The mail is being sent again.
flash-mail-not-again = That is no longer possible. Have the member ask for the link again.
flash-mail-dropped = The mail was thrown away.
flash-mail-passed = Noted. The text of the mail is erased.
flash-mail-hurried = We try again now.
