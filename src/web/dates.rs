//! Dates as people write them: "vandaag, 9.04 uur", "za 21 november 2026, 14.00 uur".

use chrono::{DateTime, Datelike, Timelike};
use chrono_tz::Tz;

use super::words::Lang;
use crate::model::Time;

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

fn clock(lang: Lang, at: DateTime<Tz>) -> String {
    match lang {
        Lang::Nl => format!("{}.{:02} uur", at.hour(), at.minute()),
        Lang::En => format!("{}:{:02}", at.hour(), at.minute()),
    }
}

fn day(lang: Lang, at: DateTime<Tz>) -> &'static str {
    DAYS[row(lang)].get(at.weekday().num_days_from_monday() as usize).copied().unwrap_or_default()
}

fn date(lang: Lang, at: DateTime<Tz>) -> String {
    format!("{} {}", at.day(), MONTHS[row(lang)].get(at.month0() as usize).copied().unwrap_or_default())
}

/// The whole date: "zaterdag 21 november 2026, 14.00 uur".
#[must_use]
pub fn full(lang: Lang, zone: Tz, time: Time) -> String {
    let at = time.utc().with_timezone(&zone);
    format!("{} {} {}, {}", day(lang, at), date(lang, at), at.year(), clock(lang, at))
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
            let day: String = day(lang, at).chars().take(if lang == Lang::Nl { 2 } else { 3 }).collect();
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
    }
}
