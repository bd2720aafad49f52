//! How an event comes again: every so many days, weeks or months, until a day or so many times.

use std::fmt::Write;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, TimeZone};
use chrono_tz::Tz;
use rrule::{RRule, Unvalidated};

use super::event::moment;
use super::names::Refused;
use super::zones::code;

/// Most occurrences of one series.
pub const MOST: u16 = 200;
/// Most days, weeks or months between two.
pub const MOST_BETWEEN: u16 = 99;
/// How far away the end of a series may be.
const FARTHEST_DAYS: u64 = 5 * 366;
/// How a rule writes when it ends.
const UNTIL: &str = "%Y%m%dT%H%M%SZ";

/// What is counted between two occurrences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Days,
    Weeks,
    Months,
}

/// Which day of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MonthDay {
    /// The day of the first: the 12th.
    SameDate,
    /// The weekday of the first, counted from the beginning of the month: the third Thursday.
    SameWeekday,
    /// The weekday of the first, the last of the month.
    LastWeekday,
}

/// When it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With the last one on this day or before it, as the calendar on the wall says.
    On(NaiveDate),
    /// After so many, the first among them.
    After(u16),
}

/// A rule by which an event comes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// How many units lie between two, from 1.
    pub every: u16,
    pub unit: Unit,
    /// For months.
    pub on: MonthDay,
    pub end: End,
}

impl Repeat {
    /// What is wrong with it for something that first takes place at `first`: the fields of its form, and why.
    ///
    /// # Errors
    /// Every field that is wrong.
    pub fn check(&self, first: NaiveDateTime) -> Result<(), Vec<(&'static str, Refused)>> {
        let mut wrong = Vec::new();
        if !(1..=MOST_BETWEEN).contains(&self.every) {
            wrong.push(("every", Refused::Number));
        }
        // The first one belongs to its own rule.
        if self.unit == Unit::Months && self.on == MonthDay::LastWeekday && !is_last(first.date()) {
            wrong.push(("repeat_on", Refused::Rule));
        }
        match self.end {
            End::On(day) if day <= first.date() => wrong.push(("repeat_until", Refused::BeforeStart)),
            End::On(day) if day > first.date() + Days::new(FARTHEST_DAYS) => wrong.push(("repeat_until", Refused::TooFar)),
            End::After(times) if !(2..=MOST).contains(&times) => wrong.push(("repeat_times", Refused::Number)),
            _ => {}
        }
        if wrong.is_empty() && self.dates(first).len() > MOST.into() {
            wrong.push(("repeat_until", Refused::TooFar));
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// As RFC 5545 3.3.10 writes it; an end on a day is the end of that day in the zone, in UTC.
    #[must_use]
    pub fn rule(&self, first: NaiveDateTime, zone: Tz) -> String {
        let unit = match self.unit {
            Unit::Days => "DAILY",
            Unit::Weeks => "WEEKLY",
            Unit::Months => "MONTHLY",
        };
        let mut rule = format!("FREQ={unit}");
        if self.every > 1 {
            let _ = write!(rule, ";INTERVAL={}", self.every);
        }
        let (day, nth) = (code(first.weekday()), (first.day() - 1) / 7 + 1);
        match (self.unit, self.on) {
            (Unit::Days, _) => {}
            (Unit::Weeks, _) => {
                let _ = write!(rule, ";BYDAY={day}");
            }
            (Unit::Months, MonthDay::SameDate) => {
                let _ = write!(rule, ";BYMONTHDAY={}", first.day());
            }
            (Unit::Months, MonthDay::SameWeekday) => {
                let _ = write!(rule, ";BYDAY={nth}{day}");
            }
            (Unit::Months, MonthDay::LastWeekday) => {
                let _ = write!(rule, ";BYDAY=-1{day}");
            }
        }
        match self.end {
            End::After(times) => {
                let _ = write!(rule, ";COUNT={times}");
            }
            End::On(day) => {
                let last = day.and_hms_opt(23, 59, 59).unwrap_or_default();
                let _ = write!(rule, ";UNTIL={}", moment(zone, last).utc().format(UNTIL));
            }
        }
        rule
    }

    /// Reads a rule of ours.
    #[must_use]
    pub fn parse(rule: &str, zone: Tz) -> Option<Self> {
        let part = |name: &str| rule.split(';').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
        let unit = match part("FREQ")? {
            "DAILY" => Unit::Days,
            "WEEKLY" => Unit::Weeks,
            "MONTHLY" => Unit::Months,
            _ => return None,
        };
        let on = match part("BYDAY").filter(|_| unit == Unit::Months) {
            Some(day) if day.starts_with('-') => MonthDay::LastWeekday,
            Some(_) => MonthDay::SameWeekday,
            None => MonthDay::SameDate,
        };
        let end = match (part("COUNT"), part("UNTIL")) {
            (Some(times), _) => End::After(times.parse().ok()?),
            (None, Some(until)) => {
                let until = NaiveDateTime::parse_from_str(until, UNTIL).ok()?.and_utc();
                End::On(until.with_timezone(&zone).date_naive())
            }
            _ => return None,
        };
        Some(Self { every: part("INTERVAL").map_or(Some(1), |every| every.parse().ok())?, unit, on, end })
    }

    /// When it takes place, as the clock on the wall says, the first one first. At most one more than there may be.
    #[must_use]
    pub fn dates(&self, first: NaiveDateTime) -> Vec<NaiveDateTime> {
        // Counted as if the clock never changed: what a moment on the wall means in a zone is found afterwards.
        let Ok(rule) = self.rule(first, Tz::UTC).parse::<RRule<Unvalidated>>() else { return Vec::new() };
        let Ok(set) = rule.build(rrule::Tz::UTC.from_utc_datetime(&first)) else { return Vec::new() };
        set.all(MOST + 1).dates.into_iter().map(|at| at.naive_utc()).collect()
    }
}

/// Whether a day is the last of its weekday in its month.
fn is_last(day: NaiveDate) -> bool {
    day.checked_add_days(Days::new(7)).is_none_or(|later| later.month() != day.month())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE: Tz = chrono_tz::Europe::Amsterdam;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
    }

    fn days(repeat: Repeat, first: &str) -> Vec<String> {
        let first = at(first);
        assert_eq!(Repeat::parse(&repeat.rule(first, ZONE), ZONE), Some(repeat));
        repeat.dates(first).into_iter().map(|at| at.format("%Y-%m-%d").to_string()).collect()
    }

    #[test]
    fn a_month_without_that_day_is_passed_over() {
        let repeat = Repeat { every: 1, unit: Unit::Months, on: MonthDay::SameDate, end: End::After(4) };
        assert_eq!(days(repeat, "2027-01-31T10:00"), ["2027-01-31", "2027-03-31", "2027-05-31", "2027-07-31"]);
    }

    #[test]
    fn the_third_and_the_last_thursday() {
        let end = End::On(NaiveDate::from_ymd_opt(2027, 4, 15).unwrap());
        let repeat = Repeat { every: 1, unit: Unit::Months, on: MonthDay::SameWeekday, end };
        assert_eq!(repeat.rule(at("2027-01-21T19:30"), ZONE), "FREQ=MONTHLY;BYDAY=3TH;UNTIL=20270415T215959Z");
        // The last day counts.
        assert_eq!(days(repeat, "2027-01-21T19:30"), ["2027-01-21", "2027-02-18", "2027-03-18", "2027-04-15"]);
        let last = Repeat { on: MonthDay::LastWeekday, ..repeat };
        assert_eq!(last.rule(at("2027-01-28T19:30"), ZONE), "FREQ=MONTHLY;BYDAY=-1TH;UNTIL=20270415T215959Z");
        assert_eq!(days(last, "2027-01-28T19:30"), ["2027-01-28", "2027-02-25", "2027-03-25"]);
        assert_eq!(last.check(at("2027-01-21T19:30")), Err(vec![("repeat_on", Refused::Rule)]));
    }

    #[test]
    fn a_rule_that_never_ends_or_says_nothing_is_refused() {
        let first = at("2026-12-03T10:00");
        let weekly = |every, end| Repeat { every, unit: Unit::Weeks, on: MonthDay::SameDate, end };
        assert_eq!(weekly(0, End::After(3)).check(first), Err(vec![("every", Refused::Number)]));
        assert_eq!(weekly(1, End::After(201)).check(first), Err(vec![("repeat_times", Refused::Number)]));
        assert_eq!(weekly(1, End::After(1)).check(first), Err(vec![("repeat_times", Refused::Number)]));
        assert_eq!(weekly(1, End::After(200)).check(first), Ok(()));
        assert_eq!(weekly(1, End::On(first.date())).check(first), Err(vec![("repeat_until", Refused::BeforeStart)]));
        let daily = Repeat { unit: Unit::Days, ..weekly(1, End::On(first.date() + Days::new(250))) };
        assert_eq!(daily.check(first), Err(vec![("repeat_until", Refused::TooFar)]));
    }
}
