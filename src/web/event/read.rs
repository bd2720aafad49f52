//! Reading the form of an event: everything that is wrong is found at once.

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use url::Url;

use super::moments::{day, time_of_day};
use crate::db::{Conn, actors};
use crate::error::Result;
use crate::model::event::moment;
use crate::model::names::{Body, Line, Refused, Title, clean};
use crate::model::recurrence::Repeat;
use crate::model::rights::{Viewer, can_see_actor};
use crate::model::{ActorId, Handle, Place, Plan, SignUp, Tag, Time, topic};
use crate::web::Web;
use crate::web::forms::{Check, Typed};
use crate::web::repeat;

/// Most people who organise an event besides its author.
const MOST_ORGANISERS: usize = 20;
/// Longest address on the web, in bytes.
const LONGEST_LINK: usize = 2_000;

/// A form in which nothing is wrong.
#[derive(Debug)]
pub struct Filled {
    pub title: Title,
    pub body: Body,
    pub plan: Plan,
    pub tags: Vec<Tag>,
    pub organisers: Vec<ActorId>,
    /// How it comes again; only of one that is new.
    pub repeat: Option<Repeat>,
}

/// What is wrong with a form.
#[derive(Debug, Default)]
pub struct Wrong {
    pub refused: Vec<(&'static str, Refused)>,
    /// Names of organisers that nobody here has.
    pub unknown: Vec<String>,
}

impl Wrong {
    #[must_use]
    pub fn any(&self) -> bool {
        !self.refused.is_empty() || !self.unknown.is_empty()
    }
}

/// What the fields are measured by.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub author: ActorId,
    pub now: Time,
    /// When the event began until now; that one may lie in the past.
    pub starts_at: Option<Time>,
}

/// Reads every field. What is wrong stands beside its field.
///
/// # Errors
/// When the database can't be read.
pub async fn read(web: &Web, conn: &mut Conn, typed: &Typed, bounds: Bounds) -> Result<Result<Filled, Wrong>> {
    let mut check = Check::default();
    let title = check.take("title", Title::parse(typed.get("title")));
    let body = check.take("body", Body::parse(typed.get("body")));
    let tags = check.take("topics", topic::typed(typed.get("topics")));
    let (organisers, unknown) = organisers(web, conn, typed.get("organisers"), bounds.author).await?;
    let plan = plan(&mut check, typed, bounds);
    let repeat = if bounds.starts_at.is_none() { again(&mut check, typed, &plan) } else { None };
    let wrong = Wrong { refused: check.0, unknown };
    Ok(match (title, body, tags, wrong.any()) {
        (Some(title), Some(body), Some(tags), false) => Ok(Filled { title, body, plan, tags, organisers, repeat }),
        _ => Err(wrong),
    })
}

/// What the fields of the plan say; where one says nothing, something that does no harm, since that is refused anyway.
fn plan(check: &mut Check, typed: &Typed, bounds: Bounds) -> Plan {
    let zone = typed.get("zone").trim();
    let tz: Tz = zone.parse().unwrap_or(chrono_tz::Europe::Amsterdam);
    let first = a_day(check, typed, "starts_day");
    let starts = first.zip(a_time(check, typed, "starts_time")).map(|(day, time)| moment(tz, day.and_time(time)));
    // The same day, where nothing else is said.
    let last = if typed.get("ends_day").trim().is_empty() { first } else { a_day(check, typed, "ends_day") };
    let ends = a_time(check, typed, "ends_time").zip(last).map(|(time, day)| moment(tz, day.and_time(time)));
    let sign_up = check.take("sign_up", SignUp::from_word(typed.get("sign_up")).ok_or(Refused::Empty));
    let here = sign_up.is_none_or(SignUp::is_here);
    let until = until(check, typed, tz, starts);
    let place = Place {
        name: line(check, typed, "place_name"),
        street: line(check, typed, "place_street"),
        postcode: line(check, typed, "place_postcode"),
        town: line(check, typed, "place_town"),
    };
    let online_link = link(check, typed, "online_link");
    if !online_link.is_empty() && !here {
        // Nobody would ever see it.
        check.0.push(("online_link", Refused::Wrong));
    }
    let sign_up_link = link(check, typed, "sign_up_link");
    let plan = Plan {
        starts_at: starts.unwrap_or(bounds.now.plus(Time::DAY)),
        ends_at: ends.filter(|_| starts.is_some()),
        zone: zone.to_owned(),
        place,
        online: typed.get("online") == "1" || !online_link.is_empty(),
        online_link,
        capacity: capacity(check, typed).filter(|_| here),
        sign_up: sign_up.unwrap_or(SignUp::Open),
        sign_up_link: if sign_up == Some(SignUp::Elsewhere) { sign_up_link } else { String::new() },
        sign_up_until: until.filter(|_| here && starts.is_some()),
        contact: line(check, typed, "contact"),
    };
    let new = bounds.starts_at != starts;
    for (field, refused) in plan.check(new.then_some(bounds.now)).err().unwrap_or_default() {
        let name = match field {
            "starts" => "starts_day",
            "ends" if typed.get("ends_day").trim().is_empty() => "ends_time",
            "ends" => "ends_day",
            "until" => "until_day",
            "place" => "place_name",
            other => other,
        };
        // One thing at a time beside each field.
        if check.0.iter().all(|(known, _)| *known != name) && (name != "starts_day" || starts.is_some()) {
            check.0.push((name, refused));
        }
    }
    plan
}

/// How it comes again after the first time, if it does.
fn again(check: &mut Check, typed: &Typed, plan: &Plan) -> Option<Repeat> {
    let repeat = repeat::read(typed, check)?;
    let first = plan.starts_at.utc().with_timezone(&plan.tz()).naive_local();
    check.0.extend(repeat.check(first).err().unwrap_or_default());
    Some(repeat)
}

fn a_day(check: &mut Check, typed: &Typed, name: &'static str) -> Option<NaiveDate> {
    let text = typed.get(name);
    check.take(name, day(text).ok_or(if text.trim().is_empty() { Refused::Empty } else { Refused::Moment }))
}

fn a_time(check: &mut Check, typed: &Typed, name: &'static str) -> Option<NaiveTime> {
    let text = typed.get(name);
    check.take(name, time_of_day(text).ok_or(if text.trim().is_empty() { Refused::Empty } else { Refused::Moment }))
}

/// The last moment to sign up: of a day alone its end, but not later than the start.
fn until(check: &mut Check, typed: &Typed, tz: Tz, starts: Option<Time>) -> Option<Time> {
    let (day, time) = (typed.get("until_day").trim(), typed.get("until_time").trim());
    if day.is_empty() && time.is_empty() {
        return None;
    }
    let day = a_day(check, typed, "until_day")?;
    if time.is_empty() {
        let end = moment(tz, day.and_hms_opt(23, 59, 0)?);
        let begins = starts.filter(|starts| starts.utc().with_timezone(&tz).date_naive() == day);
        return Some(begins.map_or(end, |starts| end.min(starts)));
    }
    Some(moment(tz, day.and_time(a_time(check, typed, "until_time")?)))
}

fn line(check: &mut Check, typed: &Typed, name: &'static str) -> String {
    check.take(name, Line::parse(typed.get(name))).map(|line| line.as_str().to_owned()).unwrap_or_default()
}

/// An address on the web, or nothing.
fn link(check: &mut Check, typed: &Typed, name: &'static str) -> String {
    let text = clean(typed.get(name));
    if text.is_empty() {
        return text;
    }
    let read = Url::parse(&text).ok().filter(|url| url.scheme() == "https" && url.has_host() && url.as_str().len() <= LONGEST_LINK);
    check.take(name, read.map(String::from).ok_or(Refused::Link)).unwrap_or_default()
}

fn capacity(check: &mut Check, typed: &Typed) -> Option<i64> {
    let text = typed.get("capacity").trim();
    if text.is_empty() {
        return None;
    }
    check.take("capacity", text.parse().map_err(|_| Refused::Number))
}

/// The members whose names stand there, and the names that nobody has.
async fn organisers(web: &Web, conn: &mut Conn, text: &str, author: ActorId) -> Result<(Vec<ActorId>, Vec<String>)> {
    let (mut found, mut unknown) = (Vec::new(), Vec::new());
    for word in text.split([',', ';', '\n']).map(str::trim).filter(|word| !word.is_empty()) {
        let here = |handle: &Handle| handle.host.as_deref().is_none_or(|host| host == web.core.urls.authority());
        let handle = word.to_ascii_lowercase().parse::<Handle>().ok().filter(here).map(|handle| Handle { host: None, ..handle });
        let member = match handle.filter(|_| found.len() < MOST_ORGANISERS) {
            Some(handle) => actors::by_handle(conn, &handle, false).await?,
            None => None,
        };
        match member.filter(|member| can_see_actor(Viewer::default(), member)) {
            Some(member) if member.id == author || found.contains(&member.id) => {}
            Some(member) => found.push(member.id),
            None => unknown.push(word.to_owned()),
        }
    }
    Ok((found, unknown))
}
