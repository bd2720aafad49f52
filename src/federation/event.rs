//! What an `Event` is besides its words: ours to the wire, in the terms that Mobilizon, `PieFed`, Gancio and FEP-8a8e read, and
//! those of others from the wire.

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use serde_json::{Map, Value, json};
use url::Url;

use super::client::{Client, LONGEST_URL};
use super::wire;
use crate::db::{Conn, attendees, events};
use crate::error::{Error, Result};
use crate::model::event::LARGEST;
use crate::model::names::{clean_line, cut};
use crate::model::urls::same_origin;
use crate::model::{Event, EventStatus, Lang, Place, Plan, Post, PostKind, SignUp, Time, dates, markup};
use crate::ops::planning::ArrivedEvent;
use crate::ops::publishing::SUMMARY;

/// Longest name of a place, street or town that is taken.
const LONGEST: usize = 200;
/// Things in a list of places or links that are looked at.
const LISTED: usize = 20;
/// An event that begins further ahead is a mistake, or a way to stand at the end of every list.
const FARTHEST: i64 = 20 * 366 * Time::DAY;
/// An end further behind the beginning is none.
const LONGEST_EVENT: i64 = 366 * Time::DAY;
/// Where nothing is said of the clock on the wall.
const ZONE: Tz = Tz::Europe__Amsterdam;

/// An event of ours as it is now.
#[derive(Clone, Debug)]
pub struct Told {
    pub event: Event,
    /// How many have a place.
    pub attending: i64,
}

/// What a post of ours is as an event; none when it is none.
///
/// # Errors
/// When the database can't be read.
pub async fn told(conn: &mut Conn, post: &Post) -> Result<Option<Told>> {
    if post.kind != PostKind::Event {
        return Ok(None);
    }
    let Some(event) = events::of(conn, post.id).await? else { return Ok(None) };
    Ok(Some(Told { event, attending: attendees::counts(conn, post.id).await?.0 }))
}

/// A moment in whole seconds: `PieFed` and Gancio read no others.
fn moment_text(at: Time) -> String {
    at.utc().format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// When and where it is and whether it takes place, in a line: all that software sees that does not know events.
#[must_use]
pub fn line(lang: Lang, event: &Event) -> String {
    let plan = &event.plan;
    let online = if plan.online { "online".to_owned() } else { String::new() };
    let parts = [dates::span(lang, plan.tz(), plan.starts_at, plan.ends_at), plan.place.line(), online];
    let line = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    if event.is_cancelled() { format!("{} {line}", lang.say("event-wire-cancelled", None)) } else { line }
}

/// The language of a post, for what we write around its words.
#[must_use]
pub fn lang_of(post: &Post) -> Lang {
    Lang::from_code(&post.language).unwrap_or_default()
}

/// The fields that an event has besides those of every post.
#[must_use]
pub fn fields(post: &Post, told: &Told) -> Map<String, Value> {
    let Told { event, attending } = told;
    let plan = &event.plan;
    let (schema, ical) = match event.status {
        EventStatus::Planned => ("EventScheduled", "CONFIRMED"),
        EventStatus::Moved => ("EventRescheduled", "CONFIRMED"),
        EventStatus::Cancelled => ("EventCancelled", "CANCELLED"),
    };
    let (mode, page) = match plan.sign_up {
        SignUp::Open => ("free", post.url.as_str()),
        SignUp::Approval => ("restricted", post.url.as_str()),
        SignUp::Elsewhere => ("external", plan.sign_up_link.as_str()),
        SignUp::None => ("none", post.url.as_str()),
    };
    let summary = format!("{}. {}", line(lang_of(post), event), post.summary);
    let mut value = json!({
        "summary": summary.trim_end(),
        "startTime": moment_text(plan.starts_at),
        // Keys with nothing in them: PieFed drops an event that lacks one.
        "endTime": plan.ends_at.map(moment_text),
        "timezone": plan.zone,
        "location": location(&plan.place),
        "isOnline": plan.online,
        // It goes to attendees alone, with the answer to their Join.
        "onlineLink": null,
        "joinMode": mode,
        "externalParticipationUrl": page,
        "anonymousParticipation": false,
        "anonymousParticipationEnabled": false,
        "maximumAttendeeCapacity": plan.capacity,
        "remainingAttendeeCapacity": plan.capacity.map(|capacity| (capacity - attending).max(0)),
        "participantCount": attending,
        "buyTicketsLink": null,
        "feeCurrency": null,
        "feeAmount": null,
        "eventStatus": schema,
        "status": ical,
        "ical:status": ical,
        "attendees": format!("{}/attendees", post.ap_id),
        "organizers": format!("{}/organizers", post.ap_id),
        "category": "MEETING",
        "inLanguage": post.language,
        "draft": false,
        "repliesModerationOption": if post.locked_at.is_some() { "closed" } else { "allow_all" },
    });
    let Value::Object(fields) = &mut value else { return Map::new() };
    let own = [
        ("meent:series", event.series.clone()),
        ("meent:question", event.question.clone()),
        ("meent:report", event.report.clone()),
        ("meent:signUpUntil", plan.sign_up_until.map(moment_text)),
        ("meent:contact", Some(plan.contact.clone()).filter(|contact| !contact.is_empty())),
    ];
    fields.extend(own.into_iter().filter_map(|(term, value)| Some((term.to_owned(), Value::from(value?)))));
    std::mem::take(fields)
}

/// One place or nothing: Mobilizon stumbles over a list, and over coordinates that are no numbers with a point.
fn location(place: &Place) -> Value {
    if place.is_nowhere() {
        return Value::Null;
    }
    let name = [&place.name, &place.street, &place.town, &place.postcode].into_iter().find(|part| !part.is_empty());
    json!({
        "type": "Place",
        "name": name,
        "address": {
            "type": "PostalAddress",
            "streetAddress": place.street,
            "postalCode": place.postcode,
            "addressLocality": place.town,
        },
    })
}

/// Reads what an event of another server is besides its words; none of what is no event, or replies to something.
///
/// What makes no sense is left out (T-58): an end before the beginning or more than a year after it, a number of places that is
/// none, a zone that does not exist, links that are not for the web.
///
/// # Errors
/// [`Error::Bad`] for one that does not say when it begins, or begins at a time that nobody plans for.
pub fn read(client: &Client, object: &Value, now: Time) -> Result<Option<ArrivedEvent>> {
    if wire::kind(object) != "Event" || wire::field_id(object, "inReplyTo").is_some() {
        return Ok(None);
    }
    let id = wire::id(object).unwrap_or_default();
    let starts_at = moment(object, "startTime")
        .filter(|start| (Time(0)..now.plus(FARTHEST)).contains(start))
        .ok_or_else(|| Error::Bad(format!("{id}: an event that does not say when it begins")))?;
    let page = wire::field_id(object, "url").filter(|url| same_origin(url, id)).and_then(|url| web_link(client, url));
    let (sign_up, sign_up_link) = sign_up(client, object, page.as_deref().unwrap_or(id));
    let (place, stream) = location_of(client, object);
    let said_online = object.get("isOnline").and_then(Value::as_bool).unwrap_or_default();
    let online = said_online || stream.is_some();
    let link = stream.or_else(|| web_link(client, &wire::text(object, "onlineLink"))).or_else(|| website(client, object));
    let plan = Plan {
        starts_at,
        ends_at: moment(object, "endTime").filter(|end| *end > starts_at && *end <= starts_at.plus(LONGEST_EVENT)),
        zone: wire::text(object, "timezone").parse::<Tz>().unwrap_or(ZONE).name().to_owned(),
        place,
        online,
        online_link: link.filter(|_| online).unwrap_or_default(),
        capacity: object.get("maximumAttendeeCapacity").and_then(Value::as_i64).filter(|count| (1..=LARGEST).contains(count)),
        sign_up,
        sign_up_link,
        sign_up_until: moment(object, "meent:signUpUntil").filter(|until| *until <= starts_at),
        contact: short(&wire::text(object, "meent:contact")),
    };
    let named = |term: &str| wire::field_id(object, term).filter(|id| Url::parse(id).is_ok());
    // Its series and its report are things of its own server; the question may be anybody's.
    let own = |term: &str| named(term).filter(|other| same_origin(other, id)).map(str::to_owned);
    Ok(Some(ArrivedEvent {
        plan,
        status: status(object),
        attending: object.get("participantCount").and_then(Value::as_i64).filter(|count| (0..=LARGEST).contains(count)),
        series: own("meent:series"),
        question: named("meent:question").map(str::to_owned),
        report: own("meent:report"),
    }))
}

/// What stands for a summary: of our own kind, which writes when and where it is before it, the text's.
pub fn summary(object: &Value, html: &str) -> Option<String> {
    (wire::kind(object) == "Event" && object.get("meent:kind").is_some()).then(|| markup::summary(html, SUMMARY))
}

/// A moment with an offset, or without one: then in UTC (`PieFed`).
fn moment(object: &Value, field: &str) -> Option<Time> {
    let said = object.get(field)?.as_str()?;
    let bare = || NaiveDateTime::parse_from_str(said, "%Y-%m-%dT%H:%M:%S%.f").ok().map(|at| Time(at.and_utc().timestamp_millis()));
    Time::parse_rfc3339(said).or_else(bare)
}

fn status(object: &Value) -> EventStatus {
    let says = |field: &str, word: &str| wire::text(object, field).rsplit(['/', ':', '#']).next() == Some(word);
    if says("eventStatus", "EventCancelled") || ["status", "ical:status"].iter().any(|field| says(field, "CANCELLED")) {
        EventStatus::Cancelled
    } else if says("eventStatus", "EventRescheduled") || says("eventStatus", "EventPostponed") {
        EventStatus::Moved
    } else {
        EventStatus::Planned
    }
}

/// How one signs up. Only software that answers a Join is sent one: ours, Mobilizon, and what has a list of attendees (FEP-8a8e).
/// Of all others, `PieFed` with its `joinMode` among them, the way leads to their page.
fn sign_up(client: &Client, object: &Value, page: &str) -> (SignUp, String) {
    let answers = ["meent:kind", "repliesModerationOption", "attendees"].iter().any(|term| object.get(*term).is_some());
    let elsewhere = || {
        let said = web_link(client, &wire::text(object, "externalParticipationUrl"));
        (SignUp::Elsewhere, said.unwrap_or_else(|| page.to_owned()))
    };
    match wire::text(object, "joinMode").as_str() {
        "free" if answers => (SignUp::Open, String::new()),
        "restricted" if answers => (SignUp::Approval, String::new()),
        "none" => (SignUp::None, String::new()),
        _ => elsewhere(),
    }
}

/// Where it is: one place or a list, an object or a name, its address in parts or in a line; and the link of a place that is
/// none (`VirtualLocation`).
fn location_of(client: &Client, object: &Value) -> (Place, Option<String>) {
    let all = match object.get("location") {
        Some(Value::Array(places)) => places.iter().take(LISTED).collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    let stream = all.iter().find(|place| wire::kind(place) == "VirtualLocation");
    let stream = stream.and_then(|place| web_link(client, &wire::text(place, "url")));
    let place = all.iter().find(|place| place.is_string() || (place.is_object() && wire::kind(place) != "VirtualLocation"));
    (place.map(|place| read_place(place)).unwrap_or_default(), stream)
}

fn read_place(place: &Value) -> Place {
    if let Some(name) = place.as_str() {
        return Place { name: short(name), ..Place::default() };
    }
    let name = short(&wire::text(place, "name"));
    let part = |field: &str| short(&wire::text(&place["address"], field));
    match place.get("address") {
        Some(Value::Object(_)) => {
            let (street, postcode, town) = (part("streetAddress"), part("postalCode"), part("addressLocality"));
            // Who has no name for a place writes its street or its town there: some must have one.
            let name = if [&street, &postcode, &town].contains(&&name) { String::new() } else { name };
            Place { name, street, postcode, town }
        }
        Some(Value::String(line)) => Place { street: short(line), name, ..Place::default() },
        _ => Place { name, ..Place::default() },
    }
}

/// The site of an event of Mobilizon; where one can take part, of one that is online.
pub fn website(client: &Client, object: &Value) -> Option<String> {
    let attached = match object.get("attachment") {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let is_page = |link: &&Value| wire::kind(link) == "Link" && !wire::text(link, "mediaType").starts_with("image/");
    attached.iter().take(LISTED).find(is_page).and_then(|link| web_link(client, &wire::text(link, "href")))
}

/// The address of a page on the web, as it is written there.
fn web_link(client: &Client, text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(|url| url.has_host() && url.username().is_empty() && url.password().is_none())?;
    let fits = text.len() <= LONGEST_URL && (url.scheme() == "https" || client.check_url(text).is_ok());
    fits.then(|| url.to_string())
}

fn short(text: &str) -> String {
    cut(&clean_line(text), LONGEST)
}

/// Whether an Update of an event bears no date: Gancio writes none, and gives all of one event the same id.
#[must_use]
pub fn is_undated(update: &Value) -> bool {
    let object = &update["object"];
    wire::kind(update) == "Update" && wire::kind(object) == "Event" && wire::time(object, "updated").is_none()
}
