# Other sites, for administrators: how they are doing, connecting, lists of regions

fed-tabs = Pages about other sites
fed-tab-servers = Sites
fed-tab-rules = Allow and block
fed-tab-connections = Connect
fed-tab-regions = Lists of regions
attention-requests = { $n ->
    [one] 1 other site asks to connect
   *[other] { $n } other sites ask to connect
}
attention-lonely = This site reads no list of other regions yet.
attention-lonely-how = Find groups and questions of other regions
regions-from-lists = Find regions with a list

## Sites

peers-search = Search for a site
peers-filter = Which sites
peers-all = All
peers-trouble = With trouble
peers-waiting = With messages waiting
peers-blocked = Blocked
peers-none = Nothing fits here. Choose something else or search for another word.
peers-first = Back to the beginning
peer-state = State
peer-blocked = Blocked: no messages are exchanged.
peer-not-allowed = Not allowed: no messages are exchanged.
peer-given-up = Given up: no answer since { $date }. As soon as this site sends something itself, we try again.
peer-resting = Does not answer. We try again on { $date }.
peer-trouble = Has had trouble since { $date }.
peer-works = Works.
peer-never = Nothing sent there yet.

## One site

peer-not-yet = never
peer-waiting = { $n ->
    [0] nothing
    [one] 1 message
   *[other] { $n } messages
}
peer-oldest = the oldest from
peer-failures = { $n ->
    [one] once
   *[other] { $n } times in a row
}
peer-last-error = What went wrong last
peer-raw = Technical message
peer-do = Try
peer-test = Test now
    .text = We look this site up, ask which software it runs and see whether it takes our signature.
peer-tested = How the test went
peer-resend = Send everything that waits now
peer-theirs = Groups there that our members are in
peer-theirs-none = None of our members is in a group of this site.
peer-ours = Groups here that members of theirs are in
peer-ours-none = Nobody of this site is in a group of ours.
peer-followers = { $n ->
    [one] 1 member of theirs
   *[other] { $n } members of theirs
}
peer-resync = Fetch again
peer-history-listing = Its history is being looked up.
peer-history-fetching = Its history is being fetched.
peer-history-done = Its history has been fetched.
peer-history-wrong = Its history can't be fetched yet.
peer-thread = Compare a question or conversation again
    .hint = The address of the post on this site. It begins with https://.
    .characters = Enter the address of a post on this site; it begins with https://.
peer-thread-send = Compare
peer-note = Note
    .hint = Only administrators see this.
    .long = Make the note shorter: { $n } characters at most.
peer-note-at = Last changed:
peer-rule = Allow or block this site
step-all = The test
step-webfinger = Looking it up (WebFinger)
step-nodeinfo = Software (NodeInfo)
step-actor = What the site says of itself
step-signed = Fetching with our signature
step-fine = worked
flash-peer-resent = Everything that waited is on its way.
flash-peer-resync = We are fetching it again. That may take a while.

## What went wrong

wrong-name = The address does not exist.
wrong-nobody = Nobody listens at this address.
wrong-slow = No answer within 10 seconds.
wrong-broken = The connection broke.
wrong-certificate = The certificate is not valid, or no secure connection can be made.
wrong-inside = The address leads into an internal network. We don't go there.
wrong-signature = This site refuses our signature.
wrong-forbidden = This site does not let us in.
wrong-absent = What we looked for is not there.
wrong-large = The message or the answer is too large.
wrong-busy = This site asks us to come back later.
wrong-server = This site is out of order itself.
wrong-activity = This site does not understand the message.
wrong-redirect = This site sends us on to another address.
wrong-list = There is no list of regions here.
wrong-instance = This site does not say properly who it is.
wrong-document = This site sends something that we can't read.
wrong-refused = The message was refused.
wrong-other = Something else went wrong.

## Allow and block

rules-search = Search by name or reason
rules-more = More rules
rules-files = Keep and take over lists
    .text = Keep the rules as a file, or take over a list of another site. You see first what will change. Lists of blocked servers from Mastodon are read too.
rules-export = Download the rules (CSV)
rules-import = Take over a list
import-title = Take over a list
import-choose = Choose a file
import-file = File with rules
    .hint = A CSV file of at most 200 kB with the columns host, rule and reason, or a list from Mastodon.
    .empty = There are no rules in this file that we can read. Choose a CSV file of at most 200 kB with the columns host, rule and reason, or a list from Mastodon.
import-look = Look at it
import-changes = { $n ->
    [0] Nothing will change
    [one] 1 rule will change
   *[other] { $n } rules will change
}
import-same = { $n ->
    [one] 1 rule is there already.
   *[other] { $n } rules are there already.
}
import-limited = { $n ->
    [one] 1 site is only limited there. It is left out: we know no such thing.
   *[other] { $n } sites are only limited there. They are left out: we know no such thing.
}
import-unread = { $n ->
    [one] 1 line can't be used:
   *[other] { $n } lines can't be used:
}
import-line = Line { $n }
import-turns-blocked = was allowed, will be blocked
import-turns-allowed = was blocked, will be allowed
import-ends = This ends memberships of groups.
import-and-more = { $n ->
    [one] And 1 more.
   *[other] And { $n } more.
}
import-use = Take over these rules
import-not = Don't take them over
flash-import-read = The list has been read. Look at what will change.
flash-import-used = The rules have been taken over.

## Connect

connections-open = This site exchanges messages with every other one, except blocked ones. So there is no need to ask, but you can: then you know of each other, and it goes on working when one of you begins to use a list.
connections-allowlist = This site exchanges messages only with sites that are allowed. Ask another site to connect, or decide about who asks you.
connections-closed = This site exchanges messages with no other.
connections-in = They ask us
connections-out = We asked them
connections-none-in = There is nobody who asks to connect.
connections-none-out = We have asked nobody to connect yet.
connections-more = More
connection-asked = Asked on
connection-in-waiting = waits for your decision
connection-in-accepted = accepted on { $date }
connection-in-refused = refused on { $date }
connection-in-withdrawn = taken back by them on { $date }
connection-out-waiting = waits for their decision
connection-out-accepted = accepted by them on { $date }
connection-out-refused = refused by them on { $date }
connection-out-withdrawn = taken back on { $date }
connection-answer = Answer:
connection-on-its-way = The message about this is on its way.
connection-trying = The message about this does not arrive yet. We go on trying.
connection-unheard = The message about this did not arrive.
connection-accept = Connect
connection-refuse = Refuse
connection-refuse-send = Refuse and send this
connection-why-not = Why not?
    .hint = The administrators there read this.
    .empty = Write why not. The administrators there read this.
connection-withdraw = Take back
connection-ask = Ask a site to connect
    .text = The administrators there see your request and decide. If they accept it, each of you is on the other's list of allowed sites.
connection-host = Site
    .hint = For example questions.example.org
    .characters = Enter the name of a site, like questions.example.org.
connection-words = Who are you, and why do you want to connect?
    .hint = The administrators there read this.
    .empty = Write a sentence about who you are. The administrators there read this.
connection-send = Send the request
flash-connection-asked = The request is on its way.
flash-connection-withdrawn = The request has been taken back.
flash-connection-accepted = You are connected.
flash-connection-refused = The request has been refused.
notice-connection-asked = { $detail } asks to connect with this site.
notice-connection-accepted = { $detail } accepted our request to connect.
notice-connection-refused = { $detail } refused our request to connect.
notice-connection-ended = { $detail } took back the request to connect.
error-federation-closed = This site exchanges messages with no other. Change that first, at Settings.
error-host-blocked = This site is blocked. Take that rule away first.
error-not-meent = That site runs other software. Only a site with Meent can be asked to connect; just allow this one.
error-asked-before = This site was asked to connect already, or you are connected.

## Lists of regions

region-lists-lead = A list names regions that use Meent too. Read a list, and you find groups of other regions with it. Of a list we believe only the names.
region-lists = Lists that we read
region-lists-none = We read no list yet. Do you know a region that has taken part for longer? Enter it below.
region-lists-refresh = Read all lists now
region-list = Site with a list, or the address of a list
    .hint = For example questions.example.org
    .characters = Enter the name of a site, like questions.example.org, or an address that begins with https://.
region-list-add = Add the list
region-list-remove = Stop reading it
region-list-read = read on
region-list-unread = not read yet
region-list-count = { $n ->
    [one] 1 region
   *[other] { $n } regions
}
regions-found = Regions on these lists
regions-found-none = None yet.
region-groups = { $n ->
    [one] 1 group
   *[other] { $n } groups
}
region-ask = Ask to connect
region-asked-waiting = asked to connect
region-asked-accepted = connected
region-asked-refused = request refused
region-asked-withdrawn = request taken back
region-publish = Our own list
    .text = You can show with which regions this site is connected. Everybody can read that list, also who is connected with nobody yet. It holds only names of regions.
region-publishes = Our list is at
region-publishes-not = We show no list.
region-publish-start = Show the list
region-publish-stop = Stop showing the list
flash-list-added = The list has been added and is being read. Reload the page in a minute.
flash-lists-read = The lists are being read. Reload the page in a minute.
flash-list-removed = We no longer read this list.
error-too-many-lists = We read no more than 20 lists. Remove one first.
error-list-read-already = We read this list already.

## Log

audit-act-connection-accept = Accepted a connection with a site
audit-act-connection-ask = Asked a site to connect
audit-act-connection-refuse = Refused a connection with a site
audit-act-connection-withdraw = Took back a request to connect
audit-act-group-resync = Fetched a group of another site again
audit-act-host-note = Changed the note about a site
audit-act-host-resend = Sent what waits for a site
audit-act-host-test = Tested a site
audit-act-hosts-export = Downloaded the rules about sites
audit-act-hosts-import = Took over a list of rules
audit-act-regions-add = Added a list of regions
audit-act-regions-refresh = Read the lists of regions again
audit-act-regions-remove = Removed a list of regions
audit-act-thread-resync = Compared a conversation again

# What other software gets to read about events
event-wire-cancelled = Cancelled:
event-wire-companion = Agenda: { $title }
event-wire-tell = There will be an event about a question that interests you: "{ $title }".
