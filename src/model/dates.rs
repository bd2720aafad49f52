//! Dates as people write them: "vandaag, 9.04 uur", "za 21 november 2026, 14.00 uur".

use chrono::{DateTime, Datelike, NaiveDate, Timelike};
use chrono_tz::Tz;

use super::time::Time;
use super::words::Lang;

const DAYS: [[&str; 7]; 2] = [
    ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
];
const MONTHS: [[&str; 12]; 2] = [
    ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"],
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
];

fn row(lang: Lang) -> usize {
    match lang {
        Lang::Nl => 0,
        Lang::En => 1,
    }
}

/// The time of day: "14.00 uur".
#[must_use]
pub fn clock(lang: Lang, at: DateTime<Tz>) -> String {
    match lang {
        Lang::Nl => format!("{}.{:02} uur", at.hour(), at.minute()),
        Lang::En => format!("{}:{:02}", at.hour(), at.minute()),
    }
}

/// The day of the week.
#[must_use]
pub fn day(lang: Lang, at: DateTime<Tz>) -> &'static str {
    DAYS[row(lang)].get(at.weekday().num_days_from_monday() as usize).copied().unwrap_or_default()
}

/// Day and month: "21 november".
#[must_use]
pub fn date(lang: Lang, at: DateTime<Tz>) -> String {
    format!("{} {}", at.day(), MONTHS[row(lang)].get(at.month0() as usize).copied().unwrap_or_default())
}

/// The whole date: "zaterdag 21 november 2026, 14.00 uur".
#[must_use]
pub fn full(lang: Lang, zone: Tz, time: Time) -> String {
    let at = time.utc().with_timezone(&zone);
    format!("{} {} {}, {}", day(lang, at), date(lang, at), at.year(), clock(lang, at))
}

/// In two letters (three in English): "do".
fn short_day(lang: Lang, at: DateTime<Tz>) -> String {
    day(lang, at).chars().take(if lang == Lang::Nl { 2 } else { 3 }).collect()
}

/// From when to when, for who reads it far from here: "do 8 oktober 2026, 13.30-16.00 uur". The zone is named where it is not
/// that of most readers.
#[must_use]
pub fn span(lang: Lang, zone: Tz, from: Time, to: Option<Time>) -> String {
    let on_clock = |time: Time| time.utc().with_timezone(&zone);
    let on_day = |at: DateTime<Tz>| format!("{} {} {}", short_day(lang, at), date(lang, at), at.year());
    let (start, end) = (on_clock(from), to.map(on_clock));
    let when = match (end, lang) {
        (None, _) => clock(lang, start),
        (Some(end), Lang::Nl) if end.date_naive() == start.date_naive() => {
            format!("{}.{:02}-{}", start.hour(), start.minute(), clock(lang, end))
        }
        (Some(end), Lang::En) if end.date_naive() == start.date_naive() => format!("{}-{}", clock(lang, start), clock(lang, end)),
        (Some(end), _) => format!("{} - {}, {}", clock(lang, start), on_day(end), clock(lang, end)),
    };
    let zoned = if zone == Tz::Europe__Amsterdam { String::new() } else { format!(" ({zone})") };
    format!("{}, {when}{zoned}", on_day(start))
}

/// The day alone: "21 november 2026".
#[must_use]
pub fn day_of(lang: Lang, zone: Tz, time: Time) -> String {
    let at = time.utc().with_timezone(&zone);
    format!("{} {}", date(lang, at), at.year())
}

/// The time of day alone: "14.00 uur".
#[must_use]
pub fn time_of_day(lang: Lang, zone: Tz, time: Time) -> String {
    clock(lang, time.utc().with_timezone(&zone))
}

/// A day of the week, Monday first.
#[must_use]
pub fn weekday(lang: Lang, days_from_monday: u32) -> &'static str {
    DAYS[row(lang)].get(days_from_monday as usize).copied().unwrap_or_default()
}

/// A day of the calendar: "donderdag 3 december", with its year where that is not `year`.
#[must_use]
pub fn on_day(lang: Lang, date: NaiveDate, year: i32) -> String {
    let month = MONTHS[row(lang)].get(date.month0() as usize).copied().unwrap_or_default();
    let other = if date.year() == year { String::new() } else { format!(" {}", date.year()) };
    format!("{} {} {month}{other}", weekday(lang, date.weekday().num_days_from_monday()), date.day())
}

/// A month: "november 2026".
#[must_use]
pub fn month(lang: Lang, year: i32, month: u32) -> String {
    let name = MONTHS[row(lang)].get(month.saturating_sub(1) as usize).copied().unwrap_or_default();
    format!("{name} {year}")
}

/// The number of a month that is written out, in either language; three letters are enough.
#[must_use]
pub fn month_named(word: &str) -> Option<u32> {
    let word = word.trim_end_matches('.').to_lowercase();
    if word == "mrt" {
        return Some(3);
    }
    let found = |names: &[&str; 12]| names.iter().position(|name| word.chars().count() >= 3 && name.to_lowercase().starts_with(&word));
    MONTHS.iter().find_map(found).and_then(|place| u32::try_from(place + 1).ok())
}

/// As short as today allows.
#[must_use]
pub fn short(lang: Lang, zone: Tz, time: Time, now: Time) -> String {
    let (at, now) = (time.utc().with_timezone(&zone), now.utc().with_timezone(&zone));
    let days = (now.date_naive() - at.date_naive()).num_days();
    let named = match (days, lang) {
        (0, Lang::Nl) => "vandaag".to_owned(),
        (0, Lang::En) => "today".to_owned(),
        (1, Lang::Nl) => "gisteren".to_owned(),
        (1, Lang::En) => "yesterday".to_owned(),
        _ => {
            let day = short_day(lang, at);
            let year = if at.year() == now.year() { String::new() } else { format!(" {}", at.year()) };
            format!("{day} {}{year}", date(lang, at))
        }
    };
    format!("{named}, {}", clock(lang, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_reads_as_one_says_it() {
        let zone = chrono_tz::Europe::Amsterdam;
        let at = |text| Time::parse_rfc3339(text).unwrap();
        let now = at("2026-11-21T13:30:00Z");
        assert_eq!(short(Lang::Nl, zone, at("2026-11-21T08:04:00Z"), now), "vandaag, 9.04 uur");
        assert_eq!(short(Lang::Nl, zone, at("2026-11-20T22:59:00Z"), now), "gisteren, 23.59 uur");
        assert_eq!(short(Lang::Nl, zone, at("2026-11-16T13:00:00Z"), now), "ma 16 november, 14.00 uur");
        assert_eq!(short(Lang::En, zone, at("2025-07-01T12:05:00Z"), now), "Tue 1 July 2025, 14:05");
        assert_eq!(full(Lang::Nl, zone, now), "zaterdag 21 november 2026, 14.30 uur");
        let (from, to) = (at("2026-10-08T11:30:00Z"), at("2026-10-08T14:00:00Z"));
        assert_eq!(span(Lang::Nl, zone, from, Some(to)), "do 8 oktober 2026, 13.30-16.00 uur");
        assert_eq!(span(Lang::En, chrono_tz::Europe::Lisbon, from, Some(to)), "Thu 8 October 2026, 12:30-15:00 (Europe/Lisbon)");
        assert_eq!(span(Lang::Nl, zone, from, None), "do 8 oktober 2026, 13.30 uur");
        assert_eq!(span(Lang::Nl, zone, from, Some(to.plus(Time::DAY))), "do 8 oktober 2026, 13.30 uur - vr 9 oktober 2026, 16.00 uur");
    }
}
