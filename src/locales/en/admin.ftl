# The pages of administrators

admin-title = Administration
admin-overview = Overview
admin-members = Members
admin-registrations = Registrations
admin-invitations = Invitations
admin-groups = Groups
admin-reports = Reports
admin-region = Region
admin-settings = Settings
admin-federation = Other sites
admin-mail = Mail
admin-figures = Figures
admin-audit = Audit log
search-send = Search

## Overview

attention-nothing = There is nothing that needs your attention.
attention-lead = This needs your attention.
attention-then = A good moment to ask people to take part, or to help on a question without an answer.
attention-invite = Invite people
attention-reports = { $n ->
    [one] 1 report waits for a moderator
   *[other] { $n } reports wait for a moderator
}
attention-objections = { $n ->
    [one] 1 objection waits for a decision
   *[other] { $n } objections wait for a decision
}
attention-registrations = { $n ->
    [one] 1 registration waits
   *[other] { $n } registrations wait
}
attention-proposals = { $n ->
    [one] 1 proposal for a group waits
   *[other] { $n } proposals for groups wait
}
attention-groups = { $n ->
    [one] 1 group has no moderator
   *[other] { $n } groups have no moderator
}
attention-reviews = { $n ->
    [one] Of 1 group the date to look at its agreements again has passed
   *[other] Of { $n } groups the date to look at their agreements again has passed
}
attention-mails = { $n ->
    [one] 1 mail has not been sent
   *[other] { $n } mails have not been sent
}
attention-peers = { $n ->
    [one] 1 other site has not answered for more than a day
   *[other] { $n } other sites have not answered for more than a day
}

## Region

region-lead = Visitors and members read this about this site.
region-name = Name of the region
region-about = What is this site about?
    .hint = One or two sentences for who comes here for the first time.
region-welcome = Welcome
    .hint = For who has just become a member and is in no group yet.
region-rules = Rules
    .hint = What you may expect of each other. Shown on the page about this site.
region-more = More about this site
    .hint = Who is behind it, how it began, what is still to come.
region-contact-name = Contact person or team
region-contact-email = E-mail address for contact
    .hint = Everybody can read this.
region-contact-page = Contact page
    .hint = An address that begins with https://.
    .characters = Enter a whole address that begins with https://.
about-rules = Rules
about-contact = Contact

## Theme

region-look = How it looks
theme-title = Theme
theme-link = Colours and typeface of this site
theme-lead = A theme is a file with the colours and typefaces of your organisation: a CSS file after NL Design System. Other lines of the file are not used.
theme-fixed = The theme is fixed by the file { $file } on the server. What you choose here counts when that file is gone.
theme-in-use = This site uses a theme of its own.
theme-none = This site uses Meent's own colours.
theme-draft-waits = A theme is ready. See how it looks
theme-undo = Go back to the theme before
theme-drop = Use Meent's own colours
theme-file = Theme file
    .hint = A CSS file of at most 64 kB.
    .empty = This file has no lines that we can use. Choose a CSS file of at most 64 kB with lines like --basis-...: ...;
theme-look = Look at it
theme-preview = This is how it looks
theme-preview-lead = Only you see this. Choose Use, and everybody sees it like this.
theme-pale = This is hard to read
theme-pair-ink-paper = text on the page
theme-pair-ink-sheet = text on a sheet
theme-pair-ink-note-bg = text in a note
theme-pair-ink-soft-paper = quiet text on the page
theme-pair-ink-soft-sheet = quiet text on a sheet
theme-pair-ink-soft-note-bg = quiet text in a note
theme-pair-link-paper = links on the page
theme-pair-link-sheet = links on a sheet
theme-pair-link-note-bg = links in a note
theme-pair-accent-ink-accent = the words of a button
theme-pair-accent-ink-accent-hover = the words of a button under the pointer
theme-pair-solved-solved-bg = solved
theme-pair-solved-sheet = solved, on a sheet
theme-pair-open-open-bg = waiting for an answer
theme-pair-wrong-wrong-bg = a list of mistakes
theme-pair-wrong-sheet = a mistake at a field
theme-pair-wrong-paper = a mistake on the page
theme-pair-focus-ink-focus-bg = a link that has the focus
theme-pair-edge-sheet = the edge of a field
theme-pair-focus-paper = the mark of the focus on the page
theme-pair-focus-sheet = the mark of the focus on a sheet
theme-pair-accent-sheet = the mark of the page in the menu
theme-least = at least
theme-readable = All colours can be read well.
theme-use = Use
flash-theme-draft = The theme has arrived. Look at it, and choose whether to use it.
flash-theme-changed = The theme has been changed.

## Settings

set-fixed = Fixed
    .text = This is fixed in the configuration of the server. You can't change it here.
set-fixed-key = fixed in the configuration: { $key }
set-registration = Who can become a member?
set-registration-open = Everybody
set-registration-approval = Everybody, after approval by an administrator
set-registration-invite = Only who has been invited
set-founding = Who can start a group?
set-founding-proposal = Members propose a group, an administrator approves
set-founding-anyone = Every member
set-language = Language of this site
    .hint = For visitors whose language we don't know.
set-language-nl = Dutch
set-language-en = English
set-federation = With which other sites?
set-federation-open = With every site, except blocked ones
set-federation-allowlist = Only with sites that are allowed
set-federation-closed = With none
set-remote = How long do we keep conversations from elsewhere that nobody here has anything to do with?
    .hint = These are conversations in groups of other sites that nobody from here is a member of any more. Conversations that somebody from here wrote in, found useful or follows always stay.
set-remote-30 = 30 days
set-remote-90 = 90 days
set-remote-365 = A year
set-remote-never = For ever

## Members

members-search = Search by name, organisation or e-mail address
members-filter = Which members
members-all = All
members-active = Active
members-suspended = Suspended
members-admins = Administrators
members-none = There are no members like that.
members-is-admin = administrator
members-is-suspended = suspended
members-posts = { $n ->
    [one] 1 post
   *[other] { $n } posts
}
members-seen = last here on
members-never-seen = not here yet
members-more = More members
members-first = To the beginning
members-csv = Download counts for each organisation (CSV)
member-page = This member's page
member-since = Member since
member-seen = Last here
member-posts = Posts
member-role = Role
member-is-admin = This member is an administrator.
member-not-admin = An administrator can see and change everything on these pages.
member-make-admin = Make administrator
member-unmake-admin = No longer administrator
member-password = New password
    .text = The member gets a mail with a link to choose a new password. The link works for one day. If this site sends no mail, the link is at Mail.
member-password-send = Send link
member-suspend = Suspend
    .text = The member is logged out everywhere and can't log in any more. Who logs in with the right password reads your reason.
member-suspended-for-good = Suspended, without an end date
csv-organisation = Organisation
csv-members = Members
csv-seen = Here in the last 30 days
csv-posts = Posts
csv-none = (none)
csv-what = What
csv-which = Of what
csv-count = Count
flash-password-link = The link is on its way.
mail-password-link = Hello { $name },

    An administrator of { $region } has made a link for you to choose a new password. The link works for one day.

    Didn't you ask for this? Then you need not do anything.
    .subject = Choose a new password for { $region }
    .action = Choose a new password

## Other sites

host-change-mode = Change
host-no-rules = Nothing is allowed or blocked.
host-is-blocked = blocked
host-is-allowed = allowed
host-forget = Remove rule
host-add = Allow or block
host-what-happens = When you block a site, we no longer exchange anything with it: what was on its way is dropped, and memberships end in both directions. Posts that were here already stay readable. When you remove the rule, members have to join groups there anew.
host-name = Site
    .hint = For example vragen.voorbeeld.nl
    .characters = Enter the name of a server, like vragen.voorbeeld.nl.
host-rule = Rule
host-block = Block
host-allow = Allow
host-reason = Reason
    .hint = Only administrators see this.
    .empty = Write why. Other administrators will want to know later.
host-known = Sites that we know
host-none-known = We don't know any other sites yet.
host-server = Site
host-software = Software
host-last-success = Last reached
host-failures = Failed
host-waiting = Waiting
host-unknown = unknown
host-since = since
host-more = More sites
flash-host-blocked = The site has been blocked.
flash-host-allowed = The site has been allowed.
flash-host-forgotten = The rule is gone.

## Figures

figures-lead = How people take part and how fast questions are answered. Only counts, no names.
figures-everything = everything
figures-members = Members
figures-active = Active
    .text = Wrote something in the last 30 days.
figures-followers = Readers
    .text = Were here in the last 30 days, but wrote nothing.
figures-silent = Silent
    .text = Were not here in the last 30 days.
figures-few = With fewer than { $n } members we don't break this down.
figures-open = Open questions
    .text = Questions in our groups that have no answer now.
figures-median = First answer
    .text = Half of the questions of the last year had an answer by somebody else within this time. Questions without an answer don't count.
figures-elsewhere = From other regions
    .text = Answers of the last year that somebody of another site wrote.
figures-by-group = By group
    .text = Members of this site in the group, and the questions of the last year.
figures-small = { $n ->
    [one] 1 group with fewer than 5 members is left out.
   *[other] { $n } groups with fewer than 5 members are left out.
}
figures-by-month = By month
    .text = Writers are members of this site who wrote something. Questions and answers stand with the month of the question.
figures-group = Group
figures-month = Month
figures-writers = Writers
figures-questions = Questions
figures-answers = Answers
figures-unanswered = Without an answer
figures-median-hours = First answer in hours (median)
figures-soon = within an hour
figures-hours = { $n ->
    [one] 1 hour
   *[other] { $n } hours
}
figures-days = { $n ->
    [one] 1 day
   *[other] { $n } days
}
figures-csv = Download figures (CSV)

## Audit log

audit-lead = Everything that administrators did and what was done with commands on the server. Nothing can disappear from it unnoticed.
audit-verify = Check that the log is whole
audit-whole = { $n ->
    [0] The log is empty.
    [one] The log is whole: 1 entry. The last has the hash
   *[other] The log is whole: { $n } entries. The last has the hash
}
audit-broken = Entry { $n } is not right:
audit-command-line = command line
audit-act-audit-verify = Log checked
audit-act-files-move = Pictures moved
audit-act-database-migrate = Database brought up to date
audit-act-group-add = Group made
audit-act-group-approve = Proposed group approved
audit-act-group-describe = Group edited
audit-act-group-found = Group made
audit-act-group-lift = Suspension from a group lifted
audit-act-group-moderator-add = Moderator of a group added
audit-act-group-moderator-remove = Moderator of a group removed
audit-act-group-refuse = Proposed group refused
audit-act-group-suspend = Member suspended from a group
audit-act-groups-ask = Groups of other regions asked for
audit-act-host-allow = Site allowed
audit-act-host-block = Site blocked
audit-act-host-forget = Rule about a site removed
audit-act-invitation-create = Invitation made
audit-act-invitation-revoke = Invitation revoked
audit-act-mail-again = Mail sent again
audit-act-mail-drop = Mail thrown away
audit-act-mail-hurry = Waiting mail tried at once
audit-act-mail-passed = Link from a mail passed on
audit-act-mail-test = Test message sent
audit-act-member-add = Member added
audit-act-member-make-admin = Member made administrator
audit-act-member-password = Password changed
audit-act-member-password-link = Link for a new password made
audit-act-member-resume = Suspension lifted
audit-act-member-suspend = Member suspended
audit-act-member-unmake-admin = Member no longer administrator
audit-act-objection-reject = Objection rejected
audit-act-objection-uphold = Objection upheld
audit-act-post-remove = Post removed
audit-act-post-restore = Post restored
audit-act-region-logo = Logo changed
audit-act-registration-approve = Registration approved
audit-act-registration-refuse = Registration refused
audit-act-report-close = Report closed
audit-act-setting-change = Setting changed
audit-act-theme-drop = Theme removed
audit-act-theme-undo = Earlier theme put back
audit-act-theme-upload = Theme sent in
audit-act-theme-use = Theme taken into use
audit-search = Search the log
audit-empty = There is nothing.

error-not-active = This account is not active.
error-own-host = You can't allow or block your own site.

## Storage

admin-storage = Storage
storage-lead = What lies here, how much room it takes, and what is thrown away by itself after a while.
storage-disk = Free on the disk
    .text = of { $size }
storage-tidied = Last tidied
    .text = This happens every hour, in small steps.
storage-not-yet = not yet
storage-backup = Last backup
storage-no-backup = None is known.
storage-here = What lies here
storage-measured = Measured
storage-not-measured = Not measured yet. This happens every hour.
storage-what = What
storage-rows = Number
storage-bytes = Room
storage-total = Everything together
storage-goes = What is thrown away
    .text = How long each is kept is set in the configuration file, under the name beside it.
storage-kept = How long it stays
storage-gone = Thrown away so far
storage-key = Setting
storage-fixed = fixed
storage-until = until it runs out
storage-always = always
storage-days = { $n ->
    [one] 1 day
   *[other] { $n } days
}
storage-stays = What stays
    .text = What members wrote, who they are and what moderators did stays as long as it exists. The log of administration always stays. What the program itself logs is kept by the server, outside Meent.
storage-family-actors = Members, groups and other people
storage-family-deliveries = On its way to other servers
storage-family-logs = Logs and reports
storage-family-mail = Mail
storage-family-notifications = What members were told
storage-family-other = Agenda and everything else
storage-family-pictures = Pictures
storage-family-posts = Posts
storage-family-received = Received from other servers
storage-family-said = Said to other servers
storage-kind-said = What we said to other servers and has arrived
storage-kind-said-votes = Of that: what was found useful
storage-kind-received = What came from other servers and was dealt with
storage-kind-failed = Of that: what failed
storage-kind-sessions = Where members were logged in
storage-kind-log-ins = Attempts to log in that failed
storage-kind-tokens = Links in mails
storage-kind-submissions = Forms that may be sent twice
storage-kind-mails = Mails that left or did not go
storage-kind-notifications = What members were told
storage-kind-tombstones = That something was removed elsewhere
storage-kind-deeds = What moderators elsewhere said and was done
storage-kind-votes = Found useful, and taken back
storage-kind-interests = Interest, taken back
storage-kind-sign-ups = Sign-ups for events, taken back
storage-kind-guests = Guests without an account, after their event
storage-kind-suspensions = Suspensions that are over
storage-kind-topics = Topics that nothing is about any more
storage-kind-invitations = Invitations that ran out or were withdrawn
storage-kind-proposals = Proposals for groups, after the decision
storage-kind-connections = Requests to connect that came to nothing
storage-kind-offered-groups = Groups that other regions no longer offer
storage-kind-regions = What regions said of themselves
storage-kind-servers = Servers that nothing comes from any more
storage-kind-threads = Threads of other regions that nobody here has anything to do with
storage-kind-remote-pictures = Pictures of other servers, after somebody looked at them
