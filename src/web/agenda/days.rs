//! Days and months of the calendar, as the region's clock has them.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, NaiveDate, NaiveTime};
use chrono_tz::Tz;

use crate::model::Time;
use crate::model::event::moment;

/// The years that the agenda has.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2100;

/// When a day begins. Midnight, or where that is skipped, as soon as there is a clock again.
#[must_use]
pub fn begin(zone: Tz, day: NaiveDate) -> Time {
    moment(zone, day.and_time(NaiveTime::MIN))
}

/// The day after.
#[must_use]
pub fn after(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(day)
}

/// From when until before when a day lasts.
#[must_use]
pub fn span(zone: Tz, day: NaiveDate) -> (Time, Time) {
    (begin(zone, day), begin(zone, after(day)))
}

/// The day that a moment falls on.
#[must_use]
pub fn of(zone: Tz, at: Time) -> NaiveDate {
    at.utc().with_timezone(&zone).date_naive()
}

/// Reads `2026-12-03`, as we write it.
#[must_use]
pub fn read(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (YEARS.contains(&day.year()) && day.to_string() == text).then_some(day)
}

/// A month of a year. Written `2026-12`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    first: NaiveDate,
}

impl Month {
    /// The one that a day is in.
    #[must_use]
    pub fn of(day: NaiveDate) -> Self {
        Self { first: day.with_day(1).unwrap_or(day) }
    }

    #[must_use]
    pub fn year(self) -> i32 {
        self.first.year()
    }

    /// 1 is January.
    #[must_use]
    pub fn number(self) -> u32 {
        self.first.month()
    }

    /// The one after, as far as the agenda goes.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        self.first.checked_add_months(chrono::Months::new(1)).filter(|first| YEARS.contains(&first.year())).map(|first| Self { first })
    }

    /// The one before.
    #[must_use]
    pub fn before(self) -> Option<Self> {
        self.first.checked_sub_months(chrono::Months::new(1)).filter(|first| YEARS.contains(&first.year())).map(|first| Self { first })
    }

    /// How many months lie between the two.
    #[must_use]
    pub fn distance(self, other: Self) -> u32 {
        let number = |month: Self| month.year() * 12 + month.number().cast_signed();
        number(self).abs_diff(number(other))
    }

    /// Its weeks from Monday to Sunday; a day of another month is none.
    #[must_use]
    pub fn weeks(self) -> Vec<Vec<Option<NaiveDate>>> {
        let lead = usize::try_from(self.first.weekday().num_days_from_monday()).unwrap_or_default();
        let days = self.first.iter_days().take_while(|day| day.month() == self.first.month()).map(Some);
        let mut cells: Vec<Option<NaiveDate>> = std::iter::repeat_n(None, lead).chain(days).collect();
        cells.resize(cells.len().next_multiple_of(7), None);
        cells.chunks(7).map(<[_]>::to_vec).collect()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.number())
    }
}

impl FromStr for Month {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        read(&format!("{text}-01")).map(|first| Self { first }).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_has_whole_weeks_from_monday_on() {
        let december: Month = "2026-12".parse().unwrap();
        let weeks = december.weeks();
        assert_eq!((weeks.len(), weeks[0][0], weeks[0][1]), (5, None, read("2026-12-01")));
        assert_eq!(weeks[4][3..], [read("2026-12-31"), None, None, None]);
        assert_eq!("2027-02".parse::<Month>().unwrap().weeks().len(), 4);
        assert_eq!((december.next().unwrap().to_string(), december.before().unwrap().to_string()), ("2027-01".into(), "2026-11".into()));
        assert_eq!("2100-12".parse::<Month>().unwrap().next(), None);
        assert_eq!((december.distance("2027-02".parse().unwrap()), december.distance("2025-11".parse().unwrap())), (2, 13));
        for wrong in ["2026-13", "2026-1", "1999-12", "+2026-12", "12", "", "2026-12-01"] {
            assert!(wrong.parse::<Month>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_day_lasts_from_midnight_to_midnight_also_where_the_clock_changes() {
        let zone = chrono_tz::Europe::Amsterdam;
        let hours = |day: &str| {
            let (from, to) = span(zone, read(day).unwrap());
            (to.0 - from.0) / Time::HOUR
        };
        assert_eq!((hours("2026-10-25"), hours("2026-03-29"), hours("2026-12-03")), (25, 23, 24));
        assert_eq!(of(zone, Time::parse_rfc3339("2026-11-30T23:30:00Z").unwrap()), read("2026-12-01").unwrap());
    }
}
