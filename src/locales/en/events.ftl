# Events: what members are told, and why something can't be.
notice-event-in = You have a place at "{ $title }".
notice-event-waiting = You are on the waiting list of "{ $title }".
notice-event-asked = The organiser of "{ $title }" decides whether you can come.
notice-event-refused = You can't be at "{ $title }".
notice-event-asks = { $from } would like to come to "{ $title }". Decide whether that is possible.
notice-event-moved = "{ $title }" has been moved. See when and where it is now.
notice-event-cancelled = "{ $title }" has been cancelled.
notice-event-on-again = "{ $title }" takes place after all.
notice-event-gone = { $detail } was taken away and does not take place.
notice-event-gone-of = The event of { $when }
notice-event-link = The link to take part online in "{ $title }" has changed.
notice-event-organise = You are one of the organisers of "{ $title }".
notice-event-from-question = There will be a session about a question that interests you: "{ $title }".
notice-event-reminder = "{ $title }" is tomorrow.
notice-event-report = "{ $title }" is over. Would you write a short report?
mail-stop-event = No more mail about events
mail-stop-sign_up = No more confirmations when you sign up
choose-event = An event that I come to, organise or am interested in
choose-sign_up = Confirmation when I sign up
stop-asks-event = No more mail about events?
stop-asks-sign_up = No more confirmations when you sign up?
mail-event-confirm =
    You would like to come to "{ $title }". Follow the link and confirm that you sign up. Until then we keep no place for you.

    Did you not ask for this? Then there is nothing you need to do.
    .subject = Confirm that you sign up: { $title }
    .action = Confirm
error-event-cancelled = This event has been cancelled.
error-event-began = This event has begun. It is too late to sign up.
error-event-stays = People have signed up. Cancel the event instead of removing it: then they are told.
error-sign-up-closed = It is too late to sign up.
error-sign-up-elsewhere = Signing up for this event is done on another site. The link is on the page of the event.
error-sign-up-not-needed = You need not sign up for this event.
error-sign-up-refused = The organiser has refused you.
error-only-organisers = Only who organises the event can do this.
error-guests-not-welcome = This group asks for an account before you can sign up.
error-report-too-early = The event has not begun yet. Write the report afterwards.
refused-past = { $label }: this moment is over. Choose one in the future.
refused-far = { $label }: this is too far away. Choose a moment within five years, and no longer than a month.
refused-before-start = { $label }: the end must come after the start.
refused-after-start = { $label }: choose a moment before the event begins.
refused-zone = { $label }: we don't know this time zone. Choose one from the list.
refused-number = { $label }: fill in a whole number of 1 or more.
refused-moment = { $label }: fill in a day and a time, such as 3-12-2026 and 10:00.
refused-link = { $label }: fill in a web address that begins with https://
refused-rule = { $label }: choose how often it comes again, and until when.
group-part-events = Events
group-guests = People without an account may sign up by e-mail

# The form.
event-new = Plan an event
event-edit = Change the event
event-send = Publish the event
event-elsewhere = This group lives at { $host }. Your event goes there and appears in other regions too. People sign up with you.
event-from-question = This event is about the question
event-about-question = Prompted by the question { $question }.
event-preview-title = This is how your event will look
event-part-what = What it is about
event-part-when = When
event-part-where = Where
event-part-sign-up = Signing up
event-part-who = Who
event-form-title = Title
    .hint = One sentence that says what it is about, such as: How do we keep sight of young people when they turn eighteen?
event-form-body = Explanation
    .hint = Who is it for, what will you do, and what do people take home?
event-starts-day = Starts on (day)
event-starts-time = Starts at (time)
event-ends-day = Ends on (day)
    .hint = Empty means: on the same day.
event-ends-time = Ends at (time)
event-zone = Time zone
event-place-name = Name of the place
    .hint = For example: town hall, room 2.
    .empty = Name of the place: fill in where the event is, or choose that people can take part online.
event-place-street = Street and number
event-place-postcode = Postcode
event-place-town = Town
event-online = People can take part online
event-online-link = Link to take part online
    .hint = Only who has a place sees this link.
    .wrong = Link to take part online: only who signs up here sees this link. Let people sign up here, or put the link in the explanation.
event-sign-up = How do people sign up?
    .empty = Choose how people sign up.
event-sign-up-open = Here: who signs up first has a place
event-sign-up-approval = Here: an organiser decides about each
event-sign-up-elsewhere = On another site
event-sign-up-none = Nobody needs to sign up
event-sign-up-link = Link to the other site
    .hint = Only when people sign up on another site. The link begins with https://
    .empty = Link to the other site: fill in where people sign up.
event-capacity = Number of places
    .hint = Empty means: there is room for everybody. When it is full, people come on a waiting list.
event-until-day = Sign up until (day)
    .hint = Empty means: until it starts.
event-until-time = Sign up until (time)
event-organisers = Who else organises it?
    .hint = Names of members of this region with commas between them, such as: omar, sanne. They can change the event and see who comes.
event-organisers-unknown = Who else organises it? Nobody here has these names: { $names }.
event-contact = Contact
    .hint = Whom can people ask? Everybody sees this.
error-not-your-question = Only who asked the question and who moderates the group can plan an event about it.
flash-event-planned = The event has been published.
flash-event-moved = The event has been moved. Who signed up is told.

# Calling it off, and back on.
event-back = Back to the event
event-call-off = Call it off
event-call-off-lead = The event stays, and says that it does not take place. Nobody can sign up any more.
event-call-off-send = Call the event off
event-back-on = Let it take place after all
event-back-on-lead = The event takes place at the same time and place. Who had signed up keeps their place.
event-back-on-send = Let the event take place
event-leave-so = Leave it as it is
event-stays-off = People have signed up. That is why the event stays: so that they see that it does not take place.
event-told =
    { $n ->
        [0] Nobody needs to be told: nobody else has signed up yet.
        [one] One person is told.
       *[other] { $n } people are told.
    }
flash-event-off = The event has been called off. Who had signed up is told.
flash-event-on = The event takes place after all. Who had signed up is told.

# At the top of an event's page.
event-when-where = When and where
event-status-moved = Moved
event-status-cancelled = Called off
event-in-zone = This is the time in: { $zone }
event-our-time = In the time of this region: { $when }
event-where = Where
event-online-where = Online
event-online-too = People can take part online.
event-online-attendees = You can take part online. Who has a place sees the link here.
event-organised-by =
    { $n ->
        [one] Organiser
       *[other] Organisers
    }
event-contact-at = Contact
event-who-comes = Who comes
event-attending =
    { $n ->
        [0] nobody yet
        [one] 1 person comes
       *[other] { $n } people come
    }
event-left =
    { $n ->
        [0] no places left
        [one] 1 place left
       *[other] { $n } places left
    }
event-waiting = { $n } on the waiting list
event-places =
    { $n ->
        [one] There is 1 place.
       *[other] There are { $n } places.
    }
event-you-meet = You will meet
event-and-others =
    { $n ->
        [one] and 1 other
       *[other] and { $n } others
    }
event-mine-in = You are coming. You have a place.
event-mine-waiting = It is full. You are number { $n } on the waiting list. You will hear when there is a place.
event-mine-waiting-there = It is full. You are on the waiting list. You will hear when there is a place.
event-mine-asked = The organiser decides whether you can come. You will hear as soon as that is done.
event-mine-sent = You signed up with { $host } on { $since }. There is no answer yet: you can't be sure of your place.
event-mine-refused = You can't be at this event.
event-mine-maybe = You may come. No place is kept for you.
event-mine-no = You are not coming.
event-mine-unconfirmed = You have not confirmed yet. There is no place for you yet.
event-over = This event is over.
event-sign-up-there = Signing up is done on another site.
event-sign-up-go = Sign up on the other site
event-do-you-come = Are you coming?
event-remark = Remark for the organiser
event-visible = Other attendees may see that I come
event-joins = When you say that you come, you become a member of this group. You can leave it later.
event-answer-yes = I am coming
event-answer-maybe = Maybe
event-answer-no = I am not coming
event-change-answer = Change your answer
event-login = Log in to sign up
event-by-mail = Sign up by e-mail
event-calendar = Add to your calendar
event-see-there = See it at { $host }
event-asked-count = { $n } to decide about
flash-event-answered = Your answer has been saved.

# Who comes.
event-attendees = Attendees
attendees-file = Download as a file (CSV)
attendees-none = Nobody yet.
attendees-more = These are the first 500 names under each heading. The file has them all.
attendees-asked = Wait for your decision ({ $n })
    .one = to be decided
attendees-in = Come ({ $n })
    .one = comes
attendees-waiting = Waiting list ({ $n })
    .one = waiting list
attendees-maybe = Maybe ({ $n })
    .one = maybe
attendees-no = Don't come ({ $n })
    .one = does not come
attendees-refused = Refused ({ $n })
    .one = refused
attendee-let-in = Let in
attendee-refuse = Refuse
attendee-guest = without an account
attendee-name = Name
attendee-address = Address
attendee-organisation = Organisation
attendee-region = Region
attendee-answer = Answer
attendee-since = Since
flash-attendee-in = Your decision has been saved. The attendee is told.
flash-attendee-refused = The attendee has been refused and is told.

# Signing up without an account.
guest-title = Sign up by e-mail
guest-lead = You get a mail with a link. You have signed up when you have followed that link and confirmed. Only who organises the event sees your name and your address.
guest-name = Your name
guest-email = Your e-mail address
guest-send = Send me the link
guest-sent = A mail goes to { $address }.
    .how = Follow the link in it and confirm. No mail? Look among the unwanted mail too.
guest-yours = Your place
guest-confirm = Confirm
guest-again = Sign up after all
guest-withdraw = I am not coming
event-part-repeat = Does the event come again?
event-part-which = What do you change?
event-which = This event belongs to a series
event-which-one = This event only
event-which-following = This one and all that follow, except those changed on their own
event-series = The whole series
flash-series-planned = The series is in the agenda. Below is the first event.
