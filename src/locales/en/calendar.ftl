# The agenda in one's own calendar, series, and the mails about events.

## Calendar files

calendar-name-region = Events of { $region }
calendar-name-group = Events of { $group }
calendar-name-mine = My events at { $region }
calendar-removed = Event that was removed
calendar-online = Online
calendar-join = Take part online: { $link }
calendar-more = Read more or withdraw: { $link }

## One's own calendar

calendar-title = My events on your phone or computer
calendar-account-text = Put the events that you go to in your own calendar. They stay right by themselves.
calendar-lead = With an address of your own you put all events that you go to, or may go to, in the calendar of your phone or computer. When something changes, your calendar changes too.
calendar-secret = Whoever knows the address sees where you go, and the links to take part online. So share it with nobody.
calendar-make = Make an address
calendar-renew = Make a new address
calendar-renew-text = With a new address the old one stops working. Put the new one in your calendar then.
calendar-revoke = Withdraw the address
calendar-revoke-text = The address stops working then. What is in your calendar already, you remove there yourself.
calendar-made-at = Your address was made on
calendar-read-at = A calendar last looked at it on
calendar-never-read = No calendar has looked at it yet.
calendar-shown = Your address
calendar-shown-once = Keep this address now. We show it only once. If you lose it, make a new one.
calendar-https = Address for Google Calendar or Outlook on the web: copy it and choose ‘Add by URL’ there
calendar-webcal = On your phone or Mac: open this link
calendar-open = Open in your calendar
calendar-back = Back to my calendar address
calendar-subscribe = Subscribe in your own calendar
flash-calendar-revoked = Your calendar address was withdrawn.

## Series

series-last = last
series-days = { $n ->
        [one] every day
       *[other] every { $n } days
    }
series-weeks = { $n ->
        [one] every week on { $day }
       *[other] every { $n } weeks on { $day }
    }
series-months-date = { $n ->
        [one] every month on day { $date }
       *[other] every { $n } months on day { $date }
    }
series-months-weekday = { $n ->
        [one] every month on the { $nth } { $day }
       *[other] every { $n } months on the { $nth } { $day }
    }
series-until = up to and including { $day }
series-times = { $n } times
series-title = Series: { $title }
series-in = In the group
series-rule = This event takes place
series-ended = No more events will be added.
series-ahead = Events are made half a year ahead. You sign up for each of them.
series-upcoming = Upcoming events
series-past = Earlier events
series-none = There are no upcoming events now.
series-more = Later events
series-older = Even earlier events
series-first = To the beginning
series-cancelled = Cancelled
series-moved = Moved
series-end = End the series
series-end-lead = No more events will be added. Upcoming events that nobody signed up for disappear. Those with sign-ups are cancelled, and these people are told.
series-end-send = End it
flash-series-ended = The series was ended.
error-not-in-series = This event does not belong to a series.

## A series in the form

repeat-unit = Repeat
    .hint = Each time becomes an event of its own, for which people sign up.
repeat-unit-no = Don't repeat
repeat-unit-days = Every so many days
repeat-unit-weeks = Every so many weeks, on the same weekday
repeat-unit-months = Every so many months
repeat-every = Every how many days, weeks or months?
    .hint = 1 is every day, week or month; 2 is every second.
    .number = Every how many: fill in a whole number from 1 to 99.
repeat-on = Which day of the month?
    .hint = Only if you repeat by month.
    .rule = Which day of the month: the first time is not the last of that weekday in its month. Choose something else, or change the first day.
repeat-on-date = The same date, such as the 12th
repeat-on-weekday = The same weekday, such as the third Thursday
repeat-on-last = The last weekday, such as the last Thursday
repeat-until = Until which day?
    .hint = Such as 1-7-2027. Fill in this, or how often.
    .moment = Until which day: fill in a day, such as 1-7-2027.
    .before-start = Until which day: choose a day after the first time.
    .far = Until which day: this would be more than 200 times, or more than five years ahead. Choose an earlier day.
    .rule = Fill in until which day it comes again, or how often. One of the two.
repeat-times = How often?
    .hint = How many times in all, the first included. At most 200.
    .number = How often: fill in a whole number from 2 to 200.
refused-other-day = { $label }: of all that follow you can change the time, not the day. Change the day of this one, or end the series and begin a new one.

## Mails about events

notice-event-reminder-today = Today is "{ $title }".
mail-event-when = When: { $when }
mail-event-where = Where: { $place }
mail-event-where-online = Where: online
mail-event-where-both = Where: { $place }, or online
mail-event-line = There { $n ->
        [one] is { $n } person
       *[other] are { $n } people
    } before you on the waiting list.
mail-event-off = It does not take place.
mail-event-join = Take part online
mail-event-open = See the event
mail-event-guest = See your sign-up or withdraw
mail-event-name = event
adminmail-kind-event = About an event
