"""Reads calendar files as others do: with icalendar, vobject and recurring-ical-events. What any of them finds wrong ends it.

Standard input: a JSON object {"text": the file, "from": and "to": moments in ISO 8601, to expand between, or nothing}.
Standard output: {"method": ..., "name": ..., "events": [...], "occurrences": [[start in UTC, title, status], ...]}.
"""

import datetime
import json
import re
import sys
import zoneinfo

import icalendar
import recurring_ical_events
import vobject

UTC = datetime.timezone.utc
asked = json.load(sys.stdin)
text = asked["text"]

# As RFC 5545 3.1 wants its lines.
raw = text.encode()
assert raw.endswith(b"\r\n"), "the last line has no end"
assert re.sub(rb"\r\n", b"", raw).translate(None, b"\r\n") == re.sub(rb"\r\n", b"", raw), "an end of line that is none"
for line in raw.split(b"\r\n"):
    assert len(line) <= 75, f"{len(line)} octets: {line}"
    line.decode()

calendar = icalendar.Calendar.from_ical(text)
for component in calendar.walk():
    assert not component.errors, component.errors
    for name in component.required:
        assert name in component, f"{component.name} lacks {name}"
    for name in component.singletons:
        assert not isinstance(component.get(name), list), f"{component.name} has {name} twice"

vobject.readOne(text).validate(raiseException=True)


def utc(moment):
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def words(value):
    return None if value is None else str(value)


# What our own zones say is what the zone database of the system says, at every event and around every change of the clocks.
zones = {str(zone["TZID"]): zone for zone in calendar.walk("VTIMEZONE")}
for event in calendar.walk("VEVENT"):
    for name in ("DTSTART", "DTEND"):
        zone = event[name].params["TZID"]
        assert zone in zones, f"{zone} is not told"
        ours, theirs = zones[zone].to_tz(lookup_tzid=False), zoneinfo.ZoneInfo(zone)
        start = event[name].dt.replace(tzinfo=None)
        for days in range(-30, 31, 3):
            at = start + datetime.timedelta(days=days)
            assert at.replace(tzinfo=ours).utcoffset() == at.replace(tzinfo=theirs).utcoffset(), f"{zone} at {at}"

uids = {}
for event in calendar.walk("VEVENT"):
    key = (str(event["UID"]), utc(event["RECURRENCE-ID"].dt) if "RECURRENCE-ID" in event else None)
    assert key not in uids, f"{key} twice"
    uids[key] = event


def told(event):
    categories = event.get("CATEGORIES")
    return {
        "uid": str(event["UID"]),
        "sequence": int(event["SEQUENCE"]),
        "status": str(event["STATUS"]),
        "title": str(event["SUMMARY"]),
        "words": words(event.get("DESCRIPTION")),
        "place": words(event.get("LOCATION")),
        "url": words(event.get("URL")),
        "contact": words(event.get("CONTACT")),
        "topics": [str(topic) for topic in categories.cats] if categories else [],
        "starts": utc(event["DTSTART"].dt),
        "ends": utc(event["DTEND"].dt),
        "zone": event["DTSTART"].params["TZID"],
        "stamp": utc(event["DTSTAMP"].dt),
        "modified": utc(event["LAST-MODIFIED"].dt),
        "instead_of": key_of(event),
        "rule": event["RRULE"].to_ical().decode() if "RRULE" in event else None,
    }


def key_of(event):
    return utc(event["RECURRENCE-ID"].dt) if "RECURRENCE-ID" in event else None


occurrences = []
if asked.get("from"):
    begin, end = (datetime.datetime.fromisoformat(asked[name]) for name in ("from", "to"))
    for event in recurring_ical_events.of(calendar).between(begin, end):
        occurrences.append([utc(event["DTSTART"].dt), str(event["SUMMARY"]), str(event["STATUS"])])

json.dump(
    {
        "method": words(calendar.get("METHOD")),
        "product": words(calendar.get("PRODID")),
        "name": words(calendar.get("X-WR-CALNAME")),
        "zones": sorted(zones),
        "events": [told(event) for event in calendar.walk("VEVENT")],
        "occurrences": sorted(occurrences),
    },
    sys.stdout,
)
