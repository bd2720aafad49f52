//! When something takes place, and how it comes again, in words: for mails and pages alike.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Timelike};
use chrono_tz::Tz;
use fluent_bundle::FluentArgs;

use super::event::Plan;
use super::recurrence::{End, MonthDay, Repeat, Unit};
use super::words::Lang;

const DAYS: [[&str; 7]; 2] = [
    ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
];
const MONTHS: [[&str; 12]; 2] = [
    ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"],
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
];
const NTH: [[&str; 5]; 2] = [["eerste", "tweede", "derde", "vierde", "vijfde"], ["first", "second", "third", "fourth", "fifth"]];

fn row(lang: Lang) -> usize {
    match lang {
        Lang::Nl => 0,
        Lang::En => 1,
    }
}

fn weekday(lang: Lang, day: NaiveDate) -> &'static str {
    DAYS[row(lang)].get(day.weekday().num_days_from_monday() as usize).copied().unwrap_or_default()
}

/// "1 juli 2027".
#[must_use]
pub fn date(lang: Lang, day: NaiveDate) -> String {
    let month = MONTHS[row(lang)].get(day.month0() as usize).copied().unwrap_or_default();
    format!("{} {month} {}", day.day(), day.year())
}

fn clock(lang: Lang, at: DateTime<Tz>) -> String {
    match lang {
        Lang::Nl => format!("{}.{:02}", at.hour(), at.minute()),
        Lang::En => format!("{}:{:02}", at.hour(), at.minute()),
    }
}

/// When an event takes place: "donderdag 3 december 2026, 10.00 tot 12.00 uur". In the zone where it is, which is named where it
/// is not `here`.
#[must_use]
pub fn of_plan(lang: Lang, plan: &Plan, here: Tz) -> String {
    let zone = plan.tz();
    let local = |at: super::Time| at.utc().with_timezone(&zone);
    let starts = local(plan.starts_at);
    let day = |at: DateTime<Tz>| format!("{} {}", weekday(lang, at.date_naive()), date(lang, at.date_naive()));
    let (to, oclock) = match lang {
        Lang::Nl => ("tot", " uur"),
        Lang::En => ("to", ""),
    };
    let until = match plan.ends_at.map(local) {
        None => String::new(),
        Some(ends) if ends.date_naive() == starts.date_naive() => format!(" {to} {}", clock(lang, ends)),
        Some(ends) => format!("{oclock} {to} {}, {}", day(ends), clock(lang, ends)),
    };
    let elsewhere = if zone == here { String::new() } else { format!(" ({})", zone.name().replace('_', " ")) };
    format!("{}, {}{until}{oclock}{elsewhere}", day(starts), clock(lang, starts))
}

/// How something comes again that first took place at `first`: "elke 2 weken op donderdag, tot en met 1 juli 2027".
#[must_use]
pub fn of_repeat(lang: Lang, repeat: &Repeat, first: NaiveDateTime) -> String {
    let first = first.date();
    let nth = match repeat.on {
        MonthDay::LastWeekday => lang.say("series-last", None),
        _ => NTH[row(lang)].get((first.day() as usize - 1) / 7).copied().unwrap_or_default().to_owned(),
    };
    let mut args = FluentArgs::new();
    args.set("n", repeat.every);
    args.set("day", weekday(lang, first));
    args.set("date", first.day());
    args.set("nth", nth);
    let key = match (repeat.unit, repeat.on) {
        (Unit::Days, _) => "series-days",
        (Unit::Weeks, _) => "series-weeks",
        (Unit::Months, MonthDay::SameDate) => "series-months-date",
        (Unit::Months, _) => "series-months-weekday",
    };
    let mut end = FluentArgs::new();
    let until = match repeat.end {
        End::On(day) => {
            end.set("day", date(lang, day));
            "series-until"
        }
        End::After(times) => {
            end.set("n", times);
            "series-times"
        }
    };
    format!("{}, {}", lang.say(key, Some(&args)), lang.say(until, Some(&end)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Place, SignUp, Time};

    fn plan(starts: &str, ends: Option<&str>) -> Plan {
        let at = |text| Time::parse_rfc3339(text).unwrap();
        Plan {
            starts_at: at(starts),
            ends_at: ends.map(at),
            zone: "Europe/Amsterdam".into(),
            place: Place::default(),
            online: true,
            online_link: String::new(),
            capacity: None,
            sign_up: SignUp::Open,
            sign_up_link: String::new(),
            sign_up_until: None,
            contact: String::new(),
        }
    }

    #[test]
    fn when_it_is_reads_as_one_says_it() {
        let here = chrono_tz::Europe::Amsterdam;
        let one = plan("2026-12-03T09:00:00Z", Some("2026-12-03T11:00:00Z"));
        assert_eq!(of_plan(Lang::Nl, &one, here), "donderdag 3 december 2026, 10.00 tot 12.00 uur");
        assert_eq!(of_plan(Lang::En, &one, here), "Thursday 3 December 2026, 10:00 to 12:00");
        assert_eq!(of_plan(Lang::Nl, &one, chrono_tz::Europe::London), "donderdag 3 december 2026, 10.00 tot 12.00 uur (Europe/Amsterdam)");
        let two = plan("2026-12-03T09:00:00Z", Some("2026-12-04T11:00:00Z"));
        assert_eq!(of_plan(Lang::Nl, &two, here), "donderdag 3 december 2026, 10.00 uur tot vrijdag 4 december 2026, 12.00 uur");
        assert_eq!(of_plan(Lang::Nl, &plan("2026-12-03T09:00:00Z", None), here), "donderdag 3 december 2026, 10.00 uur");
    }

    #[test]
    fn how_it_comes_again_reads_as_one_says_it() {
        let first = NaiveDate::from_ymd_opt(2026, 12, 17).unwrap().and_hms_opt(10, 0, 0).unwrap();
        let end = End::On(NaiveDate::from_ymd_opt(2027, 7, 1).unwrap());
        let repeat = |every, unit, on, end| of_repeat(Lang::Nl, &Repeat { every, unit, on, end }, first);
        assert_eq!(repeat(2, Unit::Weeks, MonthDay::SameDate, end), "elke 2 weken op donderdag, tot en met 1 juli 2027");
        assert_eq!(repeat(1, Unit::Months, MonthDay::SameWeekday, End::After(6)), "elke maand op de derde donderdag, 6 keer");
        assert_eq!(repeat(1, Unit::Months, MonthDay::LastWeekday, End::After(6)), "elke maand op de laatste donderdag, 6 keer");
        assert_eq!(repeat(3, Unit::Months, MonthDay::SameDate, End::After(6)), "elke 3 maanden op de 17e, 6 keer");
        assert_eq!(repeat(1, Unit::Days, MonthDay::SameDate, End::After(6)), "elke dag, 6 keer");
        let english = Repeat { every: 2, unit: Unit::Weeks, on: MonthDay::SameDate, end };
        assert_eq!(of_repeat(Lang::En, &english, first), "every 2 weeks on Thursday, up to and including 1 July 2027");
    }
}
