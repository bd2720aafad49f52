# Members: registering, accounts, invitations, leaving

menu-account = My account:
login-forgot = Forgot your password
login-register = Create an account
login-suspended = The administrator has suspended your account. You can't log in now. Contact the administrator if you have questions.
login-closed = This account was closed. It is no longer possible to log in with it.
refused-guessable = { $label }: this is easy to guess. Choose four words that have nothing to do with each other, or let a password manager make something.
refused-wrong = { $label } is not right. Try again.
error-only-administrators = Only administrators can do this.
error-by-invitation = On this site you become a member with an invitation. Ask the administrator for one.
error-invitation-ended = This invitation no longer works. Ask for a new one.
error-last-administrator = You are the only administrator of this site. First make somebody else an administrator, then you can close your account.
former-member = Former member
member-left = This member has left this site.

## Who can become a member

setup-registration = Who can become a member?
registration-invite = Only people whom an administrator invites.
registration-approval = Anybody can ask, and an administrator decides.
registration-open = Anybody with an e-mail address.

## Creating an account

register-title = Create an account
register-lead = With an account you can ask and answer questions, also in groups of other regions.
register-lead-approval = With an account you can ask and answer questions, also in groups of other regions. An administrator looks at your request. You will hear by e-mail whether you are a member.
register-by-invitation = On this site you become a member with an invitation.
    .how = Do you have an invitation? Then open the link in it. No invitation yet? Ask the administrator for one.
register-display-name = Your name
    .hint = This is how others see you.
register-name = User name
    .hint = 3 to 30 characters: lower-case letters, digits and _. This name is in the address of your page. You can't change it later.
    .taken = This username is in use. Choose another. Did you register before? Then ask for the mail again.
register-email = E-mail address
    .hint = To log in and to mail you. Others don't see it.
    .empty = Enter an e-mail address like name@example.org.
    .short = Enter an e-mail address like name@example.org.
    .email = Enter an e-mail address like name@example.org.
    .taken = This e-mail address has an account. Log in, or ask for a new password.
register-why = Why do you want to join?
    .hint = What work you do, for example. Only the administrators read this.
    .empty = Write in a few words why you want to join.
register-password = Password
    .hint = At least 12 characters. Four words that have nothing to do with each other are easy to remember. You can paste it.
    .empty = Choose a password.
    .short = Your password is too short. Use at least { $n } characters.
    .long = Your password is too long. Use no more than { $n } characters.
    .guessable = This password is easy to guess. Choose four words that have nothing to do with each other, or let a password manager make something.
new-password = New password
    .hint = At least 12 characters. Four words that have nothing to do with each other are easy to remember. You can paste it.
    .empty = Choose a password.
    .short = Your password is too short. Use at least { $n } characters.
    .long = Your password is too long. Use no more than { $n } characters.
    .guessable = This password is easy to guess. Choose four words that have nothing to do with each other, or let a password manager make something.
old-password = Your password now
    .empty = Enter the password you have now.
    .wrong = This is not the password you have now. Try again.
register-send = Create account
register-known = I have an account
register-sent-title = Look in your e-mail
register-sent = We have sent you a mail. Open the link in it to go on. The link works for 48 hours.
    .how = Nothing there after a few minutes? Look in your spam folder, or ask for the mail again.
register-again-title = Ask for the mail again
register-again-lead = Enter the e-mail address with which you registered. We will send the link once more.
register-again-send = Send mail
confirm-title = Confirm your e-mail address
confirm-lead = Is { $email } your e-mail address? Confirm it, and we go on.
confirm-name = Your username will be { $name }. Was it not you who registered? Then close this page.
confirm-send = Confirm
confirm-expired-title = This link no longer works
confirm-expired = Perhaps you used the link before, or it is older than 48 hours.
    .how = Did you confirm already? Then log in. Otherwise ask for the mail again, or register again.
confirm-name-taken = Somebody else has chosen this username meanwhile. Register again with another name.
confirm-email-taken = This e-mail address has an account by now. Log in, or ask for a new password.
confirm-waiting-title = Your request has come in
confirm-waiting = Your e-mail address is confirmed. An administrator looks at your request.
    .how = You get a mail as soon as it is decided. Until then you can read everything.
flash-welcome = Your account is ready. You are logged in.

## The first page of a new member

welcome-title = Welcome to { $region }
welcome-lead = Join the groups that fit your work. Then their newest questions are on your home page.
welcome-groups = Groups
welcome-joined = You are a member of { $group } already.
welcome-no-groups = As soon as there are groups, you find them at Groups.
welcome-join = Join these groups
welcome-next = And then
welcome-profile = Tell on your profile who you are and what you do
    .text = It helps others to weigh your answers.
welcome-read = See which questions there are
    .text = Do you know something? Even half an answer helps.
welcome-ask = Ask your first question
    .text = One sentence, as you would ask a colleague.
flash-joined-groups = Your choice is saved. Here are the newest questions.

## Following an invitation

invite-title = You are invited to { $region }
invite-lead = { $name } invites you to become a member of { $region }. Here, people who work for municipalities ask each other questions.
invite-no-mail = If you use the e-mail address below, you can begin at once. To another address we first send a mail to confirm it.
invite-organisation = You become a member on behalf of { $organisation }.
invite-group = You join the group { $group } at once.
invite-ended-title = This invitation no longer works
invite-revoked = The administrator has withdrawn the invitation.
invite-expired = The invitation has expired.
invite-full = All places of this invitation are taken.
invite-ended-how = Ask whoever gave you the link for a new invitation. Do you have an account? Then log in.
invite-member-title = You are a member already
invite-member = You are logged in, so you don't need this invitation.

## A forgotten password

forgot-title = Forgot your password
forgot-lead = Enter your username or e-mail address. We will send you a link to choose a new password.
forgot-send = Send link
forgot-sent-title = Look in your e-mail
forgot-sent = If there is an account, we have sent a link to choose a new password. The link works for an hour, and once.
    .how = Nothing there after a few minutes? Look in your spam folder, or try your other e-mail address.
password-new-title = Choose a new password
password-new-lead = Choose a new password for { $name }. You will be logged out everywhere.
password-new-send = Change password
password-expired-title = This link no longer works
password-expired = The link is older than an hour, or you used it before. Ask for a new one.
flash-password-changed = Your password was changed.

## My account

account-title = My account
account-me = Who I am
account-page = My page
    .text = How others see you, with what you wrote.
account-profile-text = Your name, organisation, role and what you know a lot about.
account-notifications = Notifications
    .text = What you are told about, on the site or by mail.
account-login = Logging in
account-password = Change password
account-password-lead = You will be logged out on other devices.
account-address = Change e-mail address
account-address-lead = We send a link to the new address. Your address changes only when you open it.
account-address-now = Your address is now { $email }.
account-new-address = New e-mail address
    .empty = Enter an e-mail address like name@example.org.
    .short = Enter an e-mail address like name@example.org.
    .email = Enter an e-mail address like name@example.org.
account-address-send = Send link
address-confirm-title = Confirm your new e-mail address
address-confirm-lead = Do you want to use { $email } from now on to log in and get mail?
address-confirm-send = Confirm
address-expired = Perhaps you used the link before, it is older than 48 hours, or the address has an account by now.
flash-address-asked = Look in your e-mail at the new address and open the link there.
flash-address-changed = Your e-mail address was changed.
account-sessions-text = On which devices you are logged in, and logging out there.
account-admin = Administration
account-data = My data
account-export-text = Everything that is yours, in one file.
account-close-text = Close your account, and choose what happens to your messages.

## Where you are logged in

sessions-title = Where you are logged in
sessions-lead = Something you don't recognise? Log out there and change your password.
session-browser = { $browser } on { $system }
session-unknown = Unknown browser
session-this = here, now
session-seen = Last used:
session-began = logged in:
session-end = Log out
sessions-end = Log out everywhere but here
sessions-only = You are logged in only here.
flash-session-ended = You are logged out there.
flash-sessions-ended = You are logged out everywhere but here.

## Taking things along and leaving

export-title = Take my data along
export-lead = You get a ZIP file with everything that is yours. You can open it on your computer, and other software can read it.
export-what = In it are your messages, your memberships, what you found useful, your notifications, your profile and settings, and your pictures. Keep the file safe: your e-mail address is in it too.
export-send = Download ZIP file
close-title = Close account
close-lead = After this you can no longer log in. You leave all groups, and your profile is emptied.
close-forever = You can't undo this. Your username does not come free, not for you either. Your e-mail address does.
close-words = What should happen to what you wrote?
    .empty = Choose what should happen to your messages.
close-keep = Leave it, with "Former member" as its author. Your answers go on helping others. Your username does stay in the address of your page.
close-remove = Remove everything I wrote. We ask the other sites to remove it too. Answers of others to your messages stay.
close-send = Close account for good
close-export-first = Take my data along first
flash-account-closed = Your account is closed. Thank you for your contributions.

## Registrations, for administrators

registrations-title = Registrations
registrations-count = { $n ->
    [0] Nobody waits for a decision.
    [one] 1 registration waits for a decision.
   *[other] { $n } registrations wait for a decision.
}
registrations-lead-approval = Who registers becomes a member when you or another administrator agrees.
registrations-lead-open = Anybody with an e-mail address can become a member now. Only who registered earlier is listed here.
registrations-lead-invite = Only who is invited can become a member now. Only who registered earlier is listed here.
registrations-none = Nobody waits.
registrations-none-how = Would you like more people to join? Invite them.
registrations-refused = Refused lately
registration-approve = Admit
registration-refuse = Refuse
refuse-title = Refuse registration
refuse-lead = { $name } gets a mail with your reason.
refuse-reason = Reason
    .hint = Write so that the other understands why, and what is possible.
    .empty = Write why you refuse the registration.
refuse-send = Refuse
flash-registration-approved = Admitted. The new member gets a mail.
flash-registration-refused = Refused. The mail with your reason is on its way.
flash-registration-decided = This registration was decided before.
flash-registration-taken = Not possible: the username or the e-mail address is in use by now. Refuse the registration and ask for another name.

## Invitations, for administrators

invitations-title = Invitations
invitations-text = Invite one person, or a whole organisation with a link.
invitations-lead = Invite one person by mail, or make a link that an organisation shares among its people.
invitations-made = Made
invitations-none = There are no invitations yet.
invitations-none-how = Begin with the colleagues who bring other colleagues along.
invite-person = Invite a person
invite-person-lead = We send a mail with a link. You see the link yourself too, once.
invite-an-organisation = Invite an organisation
invite-organisation-lead = You get a link to share. Who opens it becomes a member on behalf of this organisation, and first confirms their e-mail address.
invitation-email = E-mail address
    .empty = Enter an e-mail address like name@example.org.
    .short = Enter an e-mail address like name@example.org.
    .email = Enter an e-mail address like name@example.org.
    .taken = This e-mail address has an account.
invitation-note = Personal message
    .hint = It is in the mail, below your name.
invitation-organisation = Organisation
    .hint = For example Gemeente Gouda. It stands with their name, and they can't change it when they register.
invitation-maximum = For how many people?
    .hint = At most 1000.
    .empty = Enter a number from 1 to 1000.
    .characters = Enter a number from 1 to 1000.
invitation-group = Joins a group at once
invitation-no-group = No, they choose themselves
invitation-valid = For how long does the link work?
invitation-days = { $n } days
invite-send = Send invitation
invite-make = Make link
invited-title = The invitation is ready
invited-person = The mail is on its way. You can also pass the link on yourself.
invited-organisation = Share this link within the organisation.
invited-once = Copy the link now if you need it. For safety we don't show it again.
invited-link = Link
invitation-open = Open
invitation-full = Full
invitation-used = Used
invitation-expired = Expired
invitation-revoked = Withdrawn
invitation-places = { $used } of { $maximum } used
invitation-until = until
invitation-revoke = Withdraw
revoke-title = Withdraw invitation?
revoke-lead = The link of { $whose } will no longer work. Who registered with it and has not confirmed yet does not become a member either. Members stay members.
revoke-send = Withdraw
flash-invitation-revoked = The invitation was withdrawn.

## Notifications

notice-group-without-moderator = The group { $detail } has no moderator any more. Choose somebody who wants to do it.
notice-registration-waiting = { $detail } registered and waits for a decision.

## Mails

mail-register-confirm =
    Hello,

    You registered at { $region }. Confirm your e-mail address with the link below. The link works for 48 hours.

    Was it not you? Then there is nothing you need to do.
    .subject = Confirm your e-mail address for { $region }
    .action = Confirm e-mail address
mail-register-known =
    Hello,

    Somebody asked for an account at { $region } with this e-mail address. You have an account there already, so nothing has changed.

    Was it you? Then simply log in. On the log-in page you can ask for a new password. Was it not you? Then there is nothing you need to do.
    .subject = You have an account at { $region }
    .action = Log in
mail-register-approved =
    Hello { $name },

    Your registration at { $region } was approved. You can log in now. Your username is { $login }.
    .subject = You are a member of { $region }
    .action = Log in
mail-register-refused =
    Hello { $name },

    The administrator of { $region } has refused your registration. The reason:

    { $reason }
    .subject = Your registration at { $region }
mail-invitation =
    Hello,

    { $from } invites you to become a member of { $region }. There, people who work for municipalities ask each other questions, also across the border of their region.

    With the link below you create an account. The link works for { $days } days, and only for you.
    .subject = { $from } invites you to { $region }
    .action = See the invitation
mail-invitation-note =
    Hello,

    { $from } invites you to become a member of { $region }. There, people who work for municipalities ask each other questions, also across the border of their region. { $from } writes:

    { $note }

    With the link below you create an account. The link works for { $days } days, and only for you.
    .subject = { $from } invites you to { $region }
    .action = See the invitation
mail-password-forgot =
    Hello { $name },

    With the link below you choose a new password for { $region }. Your username is { $login }. The link works for an hour, and once.

    Did you not ask for this? Then there is nothing you need to do: your password stays the same.
    .subject = New password for { $region }
    .action = Choose a new password
mail-password-changed =
    Hello { $name },

    The password of your account at { $region } was just changed.

    Was it not you? Then ask for a new password at once with the link below, and tell the administrator.
    .subject = Your password at { $region } was changed
    .action = Ask for a new password
mail-address-confirm =
    Hello { $name },

    You want to use this e-mail address for your account at { $region }. Confirm it with the link below. The link works for 48 hours.

    Did you not ask for this? Then there is nothing you need to do.
    .subject = Confirm your new e-mail address for { $region }
    .action = Confirm e-mail address
mail-address-known =
    Hello,

    Somebody wanted to use this e-mail address for another account at { $region }. It belongs to your account already, so nothing has changed.
    .subject = Your e-mail address at { $region }
    .action = Log in
mail-address-asked =
    Hello { $name },

    Another e-mail address was given for your account at { $region }. It only changes when somebody uses the link that we sent to that address. Until then we mail you here.

    Was it not you? Then choose a new password at once. After that the link no longer works:
    { $link }
    .subject = Somebody asked for another e-mail address at { $region }
mail-address-changed =
    Hello { $name },

    The e-mail address of your account at { $region } was changed. From now on we mail you at the new address, and you can't use this one to log in any more.

    Was it not you? Then tell the administrator at once.
    .subject = Your e-mail address at { $region } was changed
