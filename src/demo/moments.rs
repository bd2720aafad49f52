//! When things happen in the demo: counted in working days from today, on the clock on the wall, because that is when
//! professionals write. Not for what the product itself counts.

use std::str::FromStr;

use chrono::{Datelike, Duration, NaiveDate, NaiveTime, Weekday};
use chrono_tz::Tz;
use serde::Deserialize;

use crate::model::Time;
use crate::model::event::moment;

/// `12d 09:40` is twelve working days ago at 9:40 (`-12d` as well), `+6d 13:30` six working days ahead, `35m` 35 minutes ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Moment {
    /// Working days from today, before it when negative.
    Day(i64, NaiveTime),
    MinutesAgo(i64),
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("\"{text}\" is no moment like \"12d 09:40\", \"+6d 13:30\" or \"35m\"");
        if let Some(minutes) = text.strip_suffix('m') {
            return minutes.parse().map(Self::MinutesAgo).map_err(|_| wrong());
        }
        let (days, clock) = text.split_once("d ").ok_or_else(wrong)?;
        let count: i64 = days.trim_start_matches(['+', '-']).parse().map_err(|_| wrong())?;
        let clock = NaiveTime::parse_from_str(clock, "%H:%M").map_err(|_| wrong())?;
        Ok(Self::Day(if days.starts_with('+') { count } else { -count }, clock))
    }
}

impl TryFrom<String> for Moment {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl Moment {
    /// The moment itself, seen from `now`.
    #[must_use]
    pub fn at(self, now: Time, zone: Tz) -> Time {
        match self {
            Self::MinutesAgo(minutes) => now.plus(-minutes * Time::MINUTE),
            Self::Day(days, clock) => moment(zone, working_day(now.utc().with_timezone(&zone).date_naive(), days).and_time(clock)),
        }
    }
}

fn is_free(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// So many working days from `today`; in a weekend, Friday counts as today.
fn working_day(today: NaiveDate, days: i64) -> NaiveDate {
    let mut day = today;
    while is_free(day) {
        day -= Duration::days(1);
    }
    for _ in 0..days.abs() {
        day += Duration::days(days.signum());
        while is_free(day) {
            day += Duration::days(days.signum());
        }
    }
    day
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_fall_on_working_days() {
        let zone = chrono_tz::Europe::Amsterdam;
        // A Saturday.
        let now = Time::parse_rfc3339("2026-11-28T11:00:00.000Z").unwrap();
        let at = |text: &str| text.parse::<Moment>().unwrap().at(now, zone).rfc3339();
        assert_eq!(at("0d 09:40"), "2026-11-27T08:40:00.000Z");
        assert_eq!(at("5d 09:40"), "2026-11-20T08:40:00.000Z");
        assert_eq!(at("-5d 09:40"), at("5d 09:40"));
        assert_eq!(at("+1d 13:30"), "2026-11-30T12:30:00.000Z");
        assert_eq!(at("35m"), "2026-11-28T10:25:00.000Z");
        assert!("gisteren".parse::<Moment>().is_err());
    }
}
