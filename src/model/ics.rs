//! Calendar files (RFC 5545): what a calendar program is told of events. Says only what it is given; who may know what is
//! decided by who gives it.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use icalendar::{Calendar, Component, EventLike, Property};

use super::time::Time;
use super::zones::vtimezone;

/// Octets in a line, without its end (RFC 5545 3.1).
const LINE: usize = 75;

/// Whether it takes place, for whom this file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Confirmed,
    /// They have no place yet, or may come.
    Tentative,
    Cancelled,
}

impl Status {
    fn word(self) -> &'static str {
        match self {
            Self::Confirmed => "CONFIRMED",
            Self::Tentative => "TENTATIVE",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// An event in a calendar.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The same for everybody everywhere: the event's id on the wire.
    pub uid: String,
    /// Counts up with each change of time, place or status.
    pub sequence: i64,
    pub modified: Time,
    /// When this was said; in what is fetched again and again, when it last changed.
    pub stamp: Time,
    pub status: Status,
    pub starts: Time,
    pub ends: Time,
    pub zone: Tz,
    pub title: String,
    /// Plain text.
    pub words: String,
    pub place: String,
    pub url: String,
    pub topics: Vec<String>,
    /// Whom to ask; never an address.
    pub contact: String,
    /// Of a series: when it has this one, and in which zone.
    pub instead_of: Option<(Time, Tz)>,
    /// Of a series: its rule, and the moments at which it has none after all.
    pub rule: Option<(String, Vec<Time>)>,
    /// Up to when the rule has occurrences.
    pub until: Time,
}

/// Text for a property: no control characters but ends of lines, and nothing else that some programs take for one.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").replace(['\u{2028}', '\u{2029}'], "\n").chars().filter(|c| *c == '\n' || !c.is_control()).collect()
}

fn local(name: &str, at: Time, zone: Tz) -> Property {
    let text = at.utc().with_timezone(&zone).format("%Y%m%dT%H%M%S").to_string();
    Property::new(name, text).add_parameter("TZID", zone.name()).done()
}

fn component(entry: &Entry) -> icalendar::Event {
    let mut event = icalendar::Event::new();
    event.uid(&plain(&entry.uid)).timestamp(entry.stamp.utc()).last_modified(entry.modified.utc());
    event.sequence(u32::try_from(entry.sequence).unwrap_or(0)).add_property("STATUS", entry.status.word());
    event.append_property(local("DTSTART", entry.starts, entry.zone)).append_property(local("DTEND", entry.ends, entry.zone));
    event.summary(&plain(&entry.title)).url(&plain(&entry.url).replace('\n', ""));
    if !entry.words.is_empty() {
        event.description(&plain(&entry.words));
    }
    if !entry.place.is_empty() {
        event.location(&plain(&entry.place));
    }
    if !entry.topics.is_empty() {
        event.categories(entry.topics.iter().map(|topic| plain(topic)));
    }
    if !entry.contact.is_empty() {
        event.add_property("CONTACT", plain(&entry.contact));
    }
    if let Some((at, zone)) = entry.instead_of {
        event.append_property(local("RECURRENCE-ID", at, zone));
    }
    if let Some((rule, except)) = &entry.rule {
        event.add_property("RRULE", rule);
        for at in except {
            event.append_multi_property(local("EXDATE", *at, entry.zone));
        }
    }
    event.done()
}

/// Escapes text of properties that the library does not know (RFC 5545 3.3.11).
fn escape(text: &str) -> String {
    plain(text).replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// A calendar with a name, in the zone of who publishes it. Of several entries, each stands for one event.
#[must_use]
pub fn write(name: &str, zone: Tz, entries: &[Entry]) -> String {
    let mut calendar = Calendar::empty();
    calendar.append_property(("VERSION", "2.0")).append_property(("PRODID", "-//Meent//Meent//NL"));
    calendar.append_property(("CALSCALE", "GREGORIAN")).append_property(("METHOD", "PUBLISH"));
    if !name.is_empty() {
        let name = escape(name);
        calendar.append_property(("NAME", name.as_str())).append_property(("X-WR-CALNAME", name.as_str()));
        calendar.append_property(Property::new("REFRESH-INTERVAL", "PT1H").add_parameter("VALUE", "DURATION").done());
        calendar.append_property(("X-PUBLISHED-TTL", "PT1H"));
    }
    for entry in entries {
        calendar.push(component(entry));
    }
    // A calendar without events must have something in it too (RFC 5545 3.6).
    let mut zones: BTreeMap<&str, (Tz, Time, Time)> = BTreeMap::new();
    if entries.is_empty() {
        zones.insert(zone.name(), (zone, Time(0), Time(0)));
    }
    for entry in entries {
        let named = entry.instead_of.map(|(at, zone)| (zone, at, at));
        for (zone, from, to) in [Some((entry.zone, entry.starts, entry.ends.max(entry.until))), named].into_iter().flatten() {
            let span = zones.entry(zone.name()).or_insert((zone, from, to));
            (span.1, span.2) = (span.1.min(from), span.2.max(to));
        }
    }
    let zones: String = zones.into_values().map(|(zone, from, to)| vtimezone(zone, from, to)).collect();
    // The library folds too, into lines that can be an octet too long.
    let text = calendar.to_string().replace("\r\n ", "");
    let at = text.find("BEGIN:VEVENT").or_else(|| text.find("END:VCALENDAR")).unwrap_or(text.len());
    let (head, tail) = text.split_at(at);
    [head, &zones, tail].into_iter().flat_map(|part| part.split_terminator("\r\n")).map(fold).collect()
}

/// A line in pieces of at most 75 octets, never in the middle of a character.
fn fold(line: &str) -> String {
    let mut folded = String::with_capacity(line.len() + line.len() / LINE * 3 + 2);
    let mut octets = 0;
    for c in line.chars() {
        if octets + c.len_utf8() > LINE {
            folded.push_str("\r\n ");
            octets = 1;
        }
        folded.push(c);
        octets += c.len_utf8();
    }
    folded.push_str("\r\n");
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(title: &str, words: &str) -> Entry {
        let at = |text| Time::parse_rfc3339(text).unwrap();
        Entry {
            uid: "https://a.example/post/1".into(),
            sequence: 2,
            modified: at("2026-11-20T09:00:00Z"),
            stamp: at("2026-11-20T09:00:00Z"),
            status: Status::Confirmed,
            starts: at("2027-03-04T13:00:00Z"),
            ends: at("2027-03-04T15:00:00Z"),
            zone: chrono_tz::Europe::Amsterdam,
            title: title.into(),
            words: words.into(),
            place: "Stadskantoor, Utrecht".into(),
            url: "https://a.example/post/1".into(),
            topics: vec!["jeugd".into()],
            contact: String::new(),
            instead_of: None,
            rule: None,
            until: Time(0),
        }
    }

    #[test]
    fn no_line_is_longer_than_75_octets_and_no_character_is_cut() {
        for length in 60..90 {
            let title = format!("{}é🌳{}", "a".repeat(length), "b".repeat(75 * 2 - 10));
            let text = write("Agenda", chrono_tz::Europe::Amsterdam, &[entry(&title, "Een, twee; drie\nvier \\ vijf")]);
            assert!(text.split("\r\n").all(|line| line.len() <= LINE), "{text}");
            assert!(text.replace("\r\n ", "").contains(&format!("SUMMARY:{title}\r\n")), "{text}");
            assert!(text.contains("DESCRIPTION:Een\\, twee\\; drie\\nvier \\\\ vijf\r\n"), "{text}");
            assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
        }
    }

    #[test]
    fn what_is_filled_in_adds_no_line() {
        let text = write("A\r\nX-EVIL:1", chrono_tz::Europe::Amsterdam, &[entry("Titel\r\nX-EVIL:2", "tekst\rX-EVIL:3\u{85}X")]);
        assert!(!text.split("\r\n").any(|line| line.starts_with("X-EVIL")), "{text}");
    }

    #[test]
    fn it_says_when_in_the_zone_where_it_is() {
        let text = write("", chrono_tz::Europe::Amsterdam, &[entry("Titel", "")]);
        assert!(text.contains("DTSTART;TZID=Europe/Amsterdam:20270304T140000\r\n"), "{text}");
        assert!(text.contains("METHOD:PUBLISH\r\n") && text.contains("SEQUENCE:2\r\n") && text.contains("CATEGORIES:jeugd\r\n"), "{text}");
        assert_eq!(text.matches("BEGIN:VTIMEZONE").count(), 1);
        assert!(write("", chrono_tz::Europe::Amsterdam, &[]).contains("BEGIN:VTIMEZONE"));
    }
}
