//! The part of an event's form that says how it comes again. For the form of an event:
//!
//! - `fields(ui, typed)` gives five fields to show below when it begins and ends (`repeat`, `every`, `repeat_on`, `repeat_until`,
//!   `repeat_times`), with what was typed; mark them with the others (`ui.mark`), they are named in what [`read`] refuses.
//! - `read(typed, check)` gives `None` when something is wrong (it stands in `check` then), and for an event that takes
//!   place once; a `Repeat` for a series: then `ops::recurring::begin` takes the draft and the repeat instead of
//!   `ops::planning::plan`. What depends on the first day is refused by that, with the names of these fields.

use chrono::NaiveDate;

use super::forms::{Check, Field, Typed};
use super::ui::Ui;
use crate::model::names::Refused;
use crate::model::recurrence::{End, MonthDay, Repeat, Unit};

/// How often, which day, until when: in the order in which they are shown.
#[must_use]
pub fn fields(ui: &Ui, typed: &Typed) -> Vec<Field> {
    let or = |name: &str, other: &str| Some(typed.get(name)).filter(|typed| !typed.is_empty()).unwrap_or(other).to_owned();
    let units = ["no", "days", "weeks", "months"].map(|word| (word.to_owned(), ui.t(format!("repeat-unit-{word}"))));
    let days = ["date", "weekday", "last"].map(|word| (word.to_owned(), ui.t(format!("repeat-on-{word}"))));
    vec![
        ui.field("repeat-unit", "repeat", &or("repeat", "no")).radios(units.into()),
        ui.field("repeat-every", "every", &or("every", "1")).optional(ui),
        ui.field("repeat-on", "repeat_on", &or("repeat_on", "date")).radios(days.into()),
        ui.field("repeat-until", "repeat_until", typed.get("repeat_until")).optional(ui),
        ui.field("repeat-times", "repeat_times", typed.get("repeat_times")).optional(ui),
    ]
}

/// Reads them.
pub fn read(typed: &Typed, check: &mut Check) -> Option<Repeat> {
    let unit = match typed.get("repeat") {
        "" | "no" => return None,
        "days" => Unit::Days,
        "weeks" => Unit::Weeks,
        "months" => Unit::Months,
        _ => {
            check.0.push(("repeat", Refused::Rule));
            return None;
        }
    };
    let on = match typed.get("repeat_on") {
        "weekday" => MonthDay::SameWeekday,
        "last" => MonthDay::LastWeekday,
        _ => MonthDay::SameDate,
    };
    let on = if unit == Unit::Months { on } else { MonthDay::SameDate };
    let every = check.take("every", number(typed.get("every"), 1));
    let end = match (typed.get("repeat_until").trim(), typed.get("repeat_times").trim()) {
        ("", "") => check.take("repeat_until", Err(Refused::Rule)),
        ("", times) => check.take("repeat_times", number(times, 0)).map(End::After),
        (until, "") => check.take("repeat_until", day(until)).map(End::On),
        // Both may be true of one rule, and only one of them is what they mean.
        _ => check.take("repeat_until", Err(Refused::Rule)),
    };
    Some(Repeat { every: every?, unit, on, end: end? })
}

/// A whole number; `empty` where nothing was typed.
fn number(text: &str, empty: u16) -> Result<u16, Refused> {
    let text = text.trim();
    if text.is_empty() && empty > 0 { Ok(empty) } else { text.parse().map_err(|_| Refused::Number) }
}

/// A day: `1-7-2027`, `01/07/2027`, or as browsers write it, `2027-07-01`.
fn day(text: &str) -> Result<NaiveDate, Refused> {
    let parts: Vec<&str> = text.split(['-', '/', '.', ' ']).filter(|part| !part.is_empty()).collect();
    let [first, month, last] = parts[..] else { return Err(Refused::Moment) };
    let (day, year) = if first.len() == 4 { (last, first) } else { (first, last) };
    let read = |text: &str| text.parse::<u32>().map_err(|_| Refused::Moment);
    if year.len() != 4 {
        return Err(Refused::Moment);
    }
    NaiveDate::from_ymd_opt(year.parse().map_err(|_| Refused::Moment)?, read(month)?, read(day)?).ok_or(Refused::Moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(pairs: &[(&str, &str)]) -> Typed {
        Typed(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    fn asked(pairs: &[(&str, &str)]) -> Result<Option<Repeat>, Vec<(&'static str, Refused)>> {
        let mut check = Check::default();
        let read = read(&typed(pairs), &mut check);
        if check.0.is_empty() { Ok(read) } else { Err(check.0) }
    }

    #[test]
    fn what_was_typed_is_read() {
        assert_eq!(asked(&[]), Ok(None));
        assert_eq!(asked(&[("repeat", "no"), ("every", "x")]), Ok(None));
        let until = |text| asked(&[("repeat", "weeks"), ("every", "2"), ("repeat_on", "last"), ("repeat_until", text)]);
        let end = End::On(NaiveDate::from_ymd_opt(2027, 7, 1).unwrap());
        for text in ["1-7-2027", "01/07/2027", "2027-07-01", " 1 . 7 . 2027 "] {
            assert_eq!(until(text), Ok(Some(Repeat { every: 2, unit: Unit::Weeks, on: MonthDay::SameDate, end })), "{text}");
        }
        for text in ["32-7-2027", "morgen", "1-7-27", "1-7"] {
            assert_eq!(until(text), Err(vec![("repeat_until", Refused::Moment)]), "{text}");
        }
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        assert_eq!(
            asked(&[("repeat", "months"), ("every", "veel"), ("repeat_times", "-1")]),
            Err(vec![("every", Refused::Number), ("repeat_times", Refused::Number)])
        );
        assert_eq!(asked(&[("repeat", "days")]), Err(vec![("repeat_until", Refused::Rule)]));
        assert_eq!(
            asked(&[("repeat", "days"), ("repeat_until", "1-7-2027"), ("repeat_times", "3")]),
            Err(vec![("repeat_until", Refused::Rule)])
        );
    }
}
