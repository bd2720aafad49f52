//! Days and times, as browsers send them and as people type them; and when an event is, in words.

use chrono::{NaiveDate, NaiveTime, Timelike};
use chrono_tz::Tz;

use crate::model::dates;
use crate::model::{Lang, Plan, Time};

/// The zones that a form offers, with their names in Dutch and English. Ours first, then by how near they are.
const ZONES: [(&str, [&str; 2]); 30] = [
    ("Europe/Amsterdam", ["Nederland (Amsterdam)", "The Netherlands (Amsterdam)"]),
    ("Europe/Brussels", ["België (Brussel)", "Belgium (Brussels)"]),
    ("Europe/Luxembourg", ["Luxemburg", "Luxembourg"]),
    ("Europe/Berlin", ["Duitsland (Berlijn)", "Germany (Berlin)"]),
    ("Europe/Paris", ["Frankrijk (Parijs)", "France (Paris)"]),
    ("Europe/London", ["Verenigd Koninkrijk (Londen)", "United Kingdom (London)"]),
    ("Europe/Dublin", ["Ierland (Dublin)", "Ireland (Dublin)"]),
    ("Europe/Copenhagen", ["Denemarken (Kopenhagen)", "Denmark (Copenhagen)"]),
    ("Europe/Oslo", ["Noorwegen (Oslo)", "Norway (Oslo)"]),
    ("Europe/Stockholm", ["Zweden (Stockholm)", "Sweden (Stockholm)"]),
    ("Europe/Helsinki", ["Finland (Helsinki)", "Finland (Helsinki)"]),
    ("Europe/Tallinn", ["Estland (Tallinn)", "Estonia (Tallinn)"]),
    ("Europe/Warsaw", ["Polen (Warschau)", "Poland (Warsaw)"]),
    ("Europe/Prague", ["Tsjechië (Praag)", "Czechia (Prague)"]),
    ("Europe/Vienna", ["Oostenrijk (Wenen)", "Austria (Vienna)"]),
    ("Europe/Zurich", ["Zwitserland (Zürich)", "Switzerland (Zurich)"]),
    ("Europe/Rome", ["Italië (Rome)", "Italy (Rome)"]),
    ("Europe/Madrid", ["Spanje (Madrid)", "Spain (Madrid)"]),
    ("Europe/Lisbon", ["Portugal (Lissabon)", "Portugal (Lisbon)"]),
    ("Europe/Athens", ["Griekenland (Athene)", "Greece (Athens)"]),
    ("Europe/Kyiv", ["Oekraïne (Kyiv)", "Ukraine (Kyiv)"]),
    ("Europe/Istanbul", ["Turkije (Istanbul)", "Türkiye (Istanbul)"]),
    ("Africa/Casablanca", ["Marokko (Casablanca)", "Morocco (Casablanca)"]),
    ("America/Aruba", ["Aruba", "Aruba"]),
    ("America/Curacao", ["Curaçao", "Curaçao"]),
    ("America/Lower_Princes", ["Sint Maarten", "Sint Maarten"]),
    ("America/Kralendijk", ["Bonaire, Sint Eustatius en Saba", "Bonaire, Sint Eustatius and Saba"]),
    ("America/Paramaribo", ["Suriname (Paramaribo)", "Suriname (Paramaribo)"]),
    ("America/New_York", ["Verenigde Staten (New York)", "United States (New York)"]),
    ("Etc/UTC", ["UTC", "UTC"]),
];

/// What a zone is called. Of one that no form offers, the place in its name.
#[must_use]
pub fn zone_name(lang: Lang, zone: &str) -> String {
    let known = ZONES.iter().find(|(name, _)| *name == zone).map(|(_, [dutch, english])| match lang {
        Lang::Nl => *dutch,
        Lang::En => *english,
    });
    known.map_or_else(|| zone.rsplit('/').next().unwrap_or(zone).replace('_', " "), str::to_owned)
}

/// The zones to choose from, `chosen` among them.
#[must_use]
pub fn zones(lang: Lang, chosen: &str) -> Vec<(String, String)> {
    let mut zones: Vec<(String, String)> = ZONES.iter().map(|(zone, _)| ((*zone).to_owned(), zone_name(lang, zone))).collect();
    if chosen.parse::<Tz>().is_ok() && zones.iter().all(|(zone, _)| zone != chosen) {
        zones.push((chosen.to_owned(), zone_name(lang, chosen)));
    }
    zones
}

/// A day: `2026-12-03` as browsers send it, or as people write it: 3-12-2026, 3/12/26, 3 december 2026.
#[must_use]
pub fn day(text: &str) -> Option<NaiveDate> {
    let parts: Vec<&str> = text.split(['-', '/', '.', ' ', ',']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let [first, middle, last] = parts.as_slice() else { return None };
    let month = middle.parse().ok().or_else(|| dates::month_named(middle))?;
    let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
    if !matches!(year.len(), 2 | 4) || day.len() > 2 {
        return None;
    }
    let century = if year.len() == 2 { 2_000 } else { 0 };
    NaiveDate::from_ymd_opt(year.parse::<i32>().ok()? + century, month, day.parse().ok()?)
}

/// A time of day: `10:00`, or as people write it: 10.00 uur, 9u30, 14.
#[must_use]
pub fn time_of_day(text: &str) -> Option<NaiveTime> {
    let text = text.trim().to_lowercase();
    let text = text.strip_suffix("uur").unwrap_or(&text).trim();
    let (hours, minutes) = text.split_once(['.', ':', 'u', 'h']).unwrap_or((text, ""));
    let fine = |part: &str| part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit());
    // A browser may send seconds.
    let minutes = minutes.split(':').next().unwrap_or_default();
    if !fine(hours) || !fine(minutes) || minutes.len() == 1 {
        return None;
    }
    NaiveTime::from_hms_opt(hours.parse().ok()?, if minutes.is_empty() { 0 } else { minutes.parse().ok()? }, 0)
}

/// The day as a field for days wants it.
#[must_use]
pub fn day_value(zone: Tz, at: Time) -> String {
    at.utc().with_timezone(&zone).format("%Y-%m-%d").to_string()
}

/// The time as a field for times wants it.
#[must_use]
pub fn time_value(zone: Tz, at: Time) -> String {
    let at = at.utc().with_timezone(&zone);
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// From when to when, in words: "donderdag 3 december 2026, 10.00 – 11.30 uur"; both days when they differ.
#[must_use]
pub fn span(lang: Lang, zone: Tz, from: Time, to: Option<Time>) -> String {
    let Some(to) = to else { return dates::full(lang, zone, from) };
    let (begins, ends) = (from.utc().with_timezone(&zone), to.utc().with_timezone(&zone));
    if begins.date_naive() != ends.date_naive() {
        return format!("{} – {}", dates::full(lang, zone, from), dates::full(lang, zone, to));
    }
    let begin = dates::full(lang, zone, from);
    // The word for "o'clock" stands once.
    format!("{} – {}", begin.strip_suffix(" uur").unwrap_or(&begin), dates::clock(lang, ends))
}

/// Whether clocks in another zone show something else during an event.
#[must_use]
pub fn differs(plan: &Plan, zone: Tz) -> bool {
    use chrono::Offset;
    let offset = |zone: Tz, at: Time| at.utc().with_timezone(&zone).offset().fix();
    [plan.starts_at, plan.over_at()].into_iter().any(|at| offset(plan.tz(), at) != offset(zone, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_and_a_time_are_read_as_people_write_them() {
        let third = NaiveDate::from_ymd_opt(2026, 12, 3);
        for text in ["2026-12-03", "3-12-2026", "03/12/2026", "3.12.26", "3 december 2026", "3 dec. 2026", " 3 December 2026 "] {
            assert_eq!(day(text), third, "{text}");
        }
        assert_eq!(day("3 mrt 2027"), NaiveDate::from_ymd_opt(2027, 3, 3));
        for text in ["", "morgen", "3-12", "31-2-2026", "2026-12-03T10:00", "12026-1-1", "3-ma-2026", "-3-12-2026-1"] {
            assert_eq!(day(text), None, "{text}");
        }
        let ten = NaiveTime::from_hms_opt(10, 0, 0);
        for text in ["10:00", "10.00", "10.00 uur", "10 uur", "10", "10u", "10u00", "10:00:00"] {
            assert_eq!(time_of_day(text), ten, "{text}");
        }
        assert_eq!(time_of_day("9u30"), NaiveTime::from_hms_opt(9, 30, 0));
        for text in ["", "uur", "25:00", "10.5", "10:60", "tien uur", "-1", "10.000"] {
            assert_eq!(time_of_day(text), None, "{text}");
        }
    }

    #[test]
    fn every_zone_that_is_offered_exists() {
        for (zone, _) in ZONES {
            assert!(zone.parse::<Tz>().is_ok(), "{zone}");
        }
        assert_eq!(zone_name(Lang::Nl, "Asia/Ho_Chi_Minh"), "Ho Chi Minh");
    }

    #[test]
    fn from_when_to_when_reads_as_one_says_it() {
        let at = |text| Time::parse_rfc3339(text).unwrap();
        let zone = chrono_tz::Europe::Amsterdam;
        let (from, noon, next) = (at("2026-12-03T09:00:00Z"), at("2026-12-03T10:30:00Z"), at("2026-12-04T15:00:00Z"));
        assert_eq!(span(Lang::Nl, zone, from, Some(noon)), "donderdag 3 december 2026, 10.00 – 11.30 uur");
        assert_eq!(span(Lang::En, zone, from, Some(noon)), "Thursday 3 December 2026, 10:00 – 11:30");
        assert_eq!(span(Lang::Nl, zone, from, Some(next)), "donderdag 3 december 2026, 10.00 uur – vrijdag 4 december 2026, 16.00 uur");
        assert_eq!(span(Lang::Nl, zone, from, None), "donderdag 3 december 2026, 10.00 uur");
    }
}
