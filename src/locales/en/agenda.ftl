# The agenda: lists and months of events, interest in a session about a question, reports.

agenda-title = Agenda
agenda-of = Agenda of { $name }
agenda-mine = My agenda
agenda-lead = All events of our groups, and of the groups elsewhere that we follow.
agenda-to-mine = To my agenda
agenda-mine-lead = What you come to or may come to, where you wait for a place, and what you organise.
agenda-tabs = What the agenda shows
agenda-coming = Coming
agenda-month = Month
agenda-past = Past
agenda-months = Other months
agenda-this-month = This month
agenda-later = Later events
agenda-earlier = Earlier events
agenda-begin = Back to the beginning
agenda-today = today
agenda-tomorrow = tomorrow
agenda-on-today = Today, { $day }
agenda-on-tomorrow = Tomorrow, { $day }
agenda-until = until { $moment }
agenda-there = { $time } there ({ $place })
agenda-online = Online
agenda-also-online = online too
agenda-report = Report
agenda-cancelled = Cancelled
agenda-moved = Moved
agenda-now = Now
agenda-mine-organise = You organise
agenda-mine-in = You come
agenda-mine-waiting = You are on the waiting list
agenda-mine-asked = The organiser has yet to decide
agenda-mine-sent = Signed up, no answer yet
agenda-mine-maybe = You may come
agenda-mine-refused = You can't be there
agenda-mine-no = You don't come
agenda-no-sign-up = No need to sign up
agenda-sign-up-elsewhere = Sign up on another site
agenda-sign-up-closed = Too late to sign up
agenda-full = Full
agenda-left =
    { $n ->
        [one] 1 place left
       *[other] { $n } places left
    }
agenda-more = { $n } more
agenda-many-more = many more
agenda-more-on = on { $day }
agenda-none = There is nothing in the agenda.
agenda-none-how = Do you know of something that colleagues could use together? Plan an event. An hour online is enough.
agenda-none-past = Nothing took place here yet.
agenda-none-past-how = After an event you find it here, with its report.
agenda-none-day = { $day }: there is nothing in the agenda.
agenda-none-month = There is nothing in the agenda this month.
agenda-none-mine = Your agenda is still empty.
agenda-none-mine-how = Sign up for an event, and it will be here.
agenda-plan = Plan an event
agenda-plan-login = Log in to plan an event
agenda-plan-where = In which group do you plan an event?
agenda-plan-lead = The members of that group see it first. Everybody can find it.
agenda-plan-no-group = You are not in a group yet. First choose one that fits your work.
agenda-subscribe = In your own calendar
agenda-subscribe-how = Subscribe with Outlook, Apple or another calendar. Then you also see what changes.
agenda-ics-group = Agenda of this group (iCalendar)
agenda-ics-all = Agenda of this region (iCalendar)
agenda-ics-mine = Only your events, at a secret address
agenda-next = Soon
agenda-next-none = There is nothing in the agenda yet.
agenda-of-group = Agenda of this group
agenda-whole = The whole agenda

## Interest in a session about a question

interest-title = Sessions on this question
interest-say = A session on this would interest me
interest-count =
    { $n ->
        [one] A session on this would interest 1 colleague.
       *[other] A session on this would interest { $n } colleagues.
    }
interest-login = Log in if it would interest you, too
flash-interest = Noted. If there is a session on this question, you will hear of it.
flash-interest-back = Noted. You will no longer hear of a session on this question.
interest-sessions = Sessions on this question
agenda-from-question = Comes from the question
agenda-question-elsewhere = on another region

## Reports

look-back-title = Report
look-back-none = What was discussed, and what do you take along? Who was not there reads it here.
look-back-write = Write a report
look-back-read = Read the report by { $name }
look-back-is-answer = It is the answer to the question, too.
look-back-of = Report of the event
look-back-send = Post the report
look-back-body = Report
    .hint = What was discussed, and what do you take along? Half a page is enough. Don't give names or anything else that tells who somebody is.
    .empty = Write in a few sentences what was discussed.
look-back-answer = Post the report as an answer to the question, too
look-back-question = The question:
back-to-event = Back to the event
flash-report = The report has been added.
flash-report-there = This event has a report already.
