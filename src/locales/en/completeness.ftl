# Whether a thread of another site is complete here

whole-title = Is this thread complete here?
whole-replies = { $n ->
    [0] There are no answers or comments here yet.
    [one] There is 1 answer or comment here.
   *[other] There are { $n } answers and comments here.
}
whole-checked = Compared with { $host }:
whole-unchecked = We have not compared this thread with that site yet.
whole-elsewhere = { $n ->
    [one] There is 1 more comment there, from a site that we are not connected with. You do not see it here.
   *[other] There are { $n } more comments there, from sites that we are not connected with. You do not see them here.
}
whole-unreached = { $n ->
    [one] We could not fetch 1 comment: the site it comes from gave no answer.
   *[other] We could not fetch { $n } comments: the sites they come from gave no answer.
}
whole-under-way = This thread is being checked now.
whole-look-again = See if it is done
whole-silent = The last time { $host } gave no answer. We will try again by ourselves.
whole-refused = This site is not connected with { $host }. That is why we cannot compare this thread.
whole-check = Check now
ago-now = just now
ago-minutes = { $n ->
    [one] 1 minute ago
   *[other] { $n } minutes ago
}
ago-hours = { $n ->
    [one] 1 hour ago
   *[other] { $n } hours ago
}
ago-days = { $n ->
    [one] 1 day ago
   *[other] { $n } days ago
}
flash-check-begun = We are checking this thread now. Look at the bottom in a minute to see if it is done.
flash-check-under-way = This thread is being checked already. Look at the bottom in a minute to see if it is done.
flash-check-too-soon = This thread was checked less than ten minutes ago. Try again in a while.
flash-check-too-often = You have had many threads checked in a short time. In an hour you can do it again.
