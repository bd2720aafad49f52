//! A time zone as calendars want it told: a VTIMEZONE (RFC 5545 3.6.5) of what the clocks do in the years concerned, made from
//! the zone database that we calculate with ourselves.

use std::fmt::Write;

use chrono::{DateTime, Datelike, Days, Duration, NaiveDateTime, Offset, TimeZone, Utc, Weekday};
use chrono_tz::{OffsetComponents, OffsetName, Tz};

use super::time::Time;

/// A change of the clocks.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Change {
    /// What the clock said when it changed.
    local: NaiveDateTime,
    /// Seconds ahead of UTC, before and after.
    from: i32,
    to: i32,
    summer: bool,
    name: String,
}

/// What holds in a zone at a moment: seconds ahead of UTC, whether it is summer time, and what that is called.
fn state(zone: Tz, at: DateTime<Utc>) -> (i32, bool, String) {
    let offset = zone.offset_from_utc_datetime(&at.naive_utc());
    (offset.fix().local_minus_utc(), !offset.dst_offset().is_zero(), offset.abbreviation().unwrap_or("LMT").to_owned())
}

/// Every change between two moments. Looked for day by day: no zone changes twice in one.
fn changes(zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Change> {
    let mut found = Vec::new();
    let (mut at, mut before) = (from, state(zone, from));
    while at < to {
        let Some(next) = at.checked_add_days(Days::new(1)) else { break };
        let after = state(zone, next);
        if after != before {
            let (mut low, mut high) = (at, next);
            while high - low > Duration::seconds(1) {
                let middle = low + Duration::seconds((high - low).num_seconds() / 2);
                if state(zone, middle) == before { low = middle } else { high = middle }
            }
            let (to, summer, name) = after.clone();
            let local = high.naive_utc() + Duration::seconds(before.0.into());
            found.push(Change { local, from: before.0, to, summer, name });
        }
        (at, before) = (next, after);
    }
    found
}

/// `+0100`; where there are seconds, with them.
fn ahead(seconds: i32) -> String {
    let (sign, all) = (if seconds < 0 { '-' } else { '+' }, seconds.abs());
    let rest = if all % 60 == 0 { String::new() } else { format!("{:02}", all % 60) };
    format!("{sign}{:02}{:02}{rest}", all / 3_600, all / 60 % 60)
}

/// The weekday of a date, counted from the beginning of its month, and whether it is the last of its kind there.
fn place(date: NaiveDateTime) -> (Weekday, u32, bool) {
    let last = date.checked_add_days(Days::new(7)).is_none_or(|later| later.month() != date.month());
    (date.weekday(), (date.day() - 1) / 7 + 1, last)
}

/// The rule that a row of changes follows, one each year: the last Sunday of March. None when they follow none.
fn rule(row: &[Change]) -> Option<String> {
    let first = row.first().filter(|_| row.len() > 1)?.local;
    let yearly = row.windows(2).all(|pair| pair[1].local.year() == pair[0].local.year() + 1);
    let alike = |change: &Change| {
        let it = change.local;
        it.month() == first.month() && it.time() == first.time() && it.weekday() == first.weekday()
    };
    if !yearly || !row.iter().all(alike) {
        return None;
    }
    let (day, nth, _) = place(first);
    let code = code(day);
    if row.iter().all(|change| place(change.local).2) {
        return Some(format!("FREQ=YEARLY;BYMONTH={};BYDAY=-1{code}", first.month()));
    }
    row.iter().all(|change| place(change.local).1 == nth).then(|| format!("FREQ=YEARLY;BYMONTH={};BYDAY={nth}{code}", first.month()))
}

/// A weekday as recurrence rules write it.
#[must_use]
pub fn code(day: Weekday) -> &'static str {
    ["MO", "TU", "WE", "TH", "FR", "SA", "SU"].get(day.num_days_from_monday() as usize).copied().unwrap_or("MO")
}

fn write_change(lines: &mut String, change: &Change, rule: Option<&str>) {
    let kind = if change.summer { "DAYLIGHT" } else { "STANDARD" };
    let _ = write!(
        lines,
        "BEGIN:{kind}\r\nDTSTART:{}\r\nTZOFFSETFROM:{}\r\nTZOFFSETTO:{}\r\nTZNAME:{}\r\n",
        change.local.format("%Y%m%dT%H%M%S"),
        ahead(change.from),
        ahead(change.to),
        change.name
    );
    if let Some(rule) = rule {
        let _ = write!(lines, "RRULE:{rule}\r\n");
    }
    let _ = write!(lines, "END:{kind}\r\n");
}

/// The VTIMEZONE of a zone for everything between two moments. Each change stands there by itself, unless all of a kind follow
/// one rule; in a zone that never changes, one line says so.
#[must_use]
pub fn vtimezone(zone: Tz, from: Time, to: Time) -> String {
    // From a year before: the change that holds at the first moment must be among them.
    let (from, to) = (from.utc() - Days::new(400), to.utc() + Days::new(400));
    let found = changes(zone, from, to);
    let mut lines = format!("BEGIN:VTIMEZONE\r\nTZID:{}\r\n", zone.name());
    if found.is_empty() {
        let (offset, summer, name) = state(zone, from);
        let local = DateTime::UNIX_EPOCH.naive_utc();
        write_change(&mut lines, &Change { local, from: offset, to: offset, summer, name }, None);
    }
    let mut rest = found;
    while let Some(first) = rest.first().cloned() {
        let same =
            |change: &Change| (change.from, change.to, change.summer, &change.name) == (first.from, first.to, first.summer, &first.name);
        let (row, others): (Vec<Change>, Vec<Change>) = rest.into_iter().partition(same);
        rest = others;
        match rule(&row) {
            Some(rule) => write_change(&mut lines, &first, Some(&rule)),
            None => row.iter().for_each(|change| write_change(&mut lines, change, None)),
        }
    }
    lines.push_str("END:VTIMEZONE\r\n");
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(zone: Tz) -> String {
        let at = |text| Time::parse_rfc3339(text).unwrap();
        vtimezone(zone, at("2026-11-01T00:00:00Z"), at("2028-11-01T00:00:00Z"))
    }

    #[test]
    fn the_netherlands_follow_a_rule() {
        let text = told(chrono_tz::Europe::Amsterdam);
        assert!(text.contains("BEGIN:DAYLIGHT\r\nDTSTART:20260329T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT"), "{text}");
        assert!(text.contains("BEGIN:STANDARD\r\nDTSTART:20251026T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD"), "{text}");
        assert_eq!(text.matches("BEGIN:").count(), 3);
    }

    #[test]
    fn elsewhere_clocks_do_other_things() {
        let text = told(chrono_tz::America::New_York);
        assert!(
            text.contains("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU") && text.contains("RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU"),
            "{text}"
        );
        let text = told(chrono_tz::Asia::Tokyo);
        assert!(text.contains("DTSTART:19700101T000000\r\nTZOFFSETFROM:+0900\r\nTZOFFSETTO:+0900"), "{text}");
        // Around Ramadan, which follows the moon: each change by itself.
        let text = told(chrono_tz::Africa::Casablanca);
        assert!(!text.contains("RRULE") && text.matches("DTSTART").count() > 4, "{text}");
    }
}
