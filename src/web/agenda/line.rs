//! An event in a list, in words: when, where, whether there is room, and what the reader said to it.

use chrono::{NaiveDate, Offset};
use chrono_tz::Tz;
use fluent_bundle::FluentArgs;

use super::days;
use crate::db::agenda::EventCard;
use crate::model::dates;
use crate::model::{EventStatus, Lang, Plan, Rsvp, SignUp, Standing, Time};
use crate::web::ui::Ui;

/// What a card says.
#[derive(Clone, Debug)]
pub struct Line {
    pub card: EventCard,
    /// "10.00 uur", on the reader's clock.
    pub begin: String,
    /// "tot 11.30 uur"; empty when nobody said.
    pub end: String,
    /// The day in few words, for where no heading says it: "do 3 december".
    pub day: String,
    /// What the clock says where it takes place, when that is another.
    pub there: Option<String>,
    /// Where it is; empty when nobody said.
    pub place: String,
    /// What the reader is to it.
    pub mine: Option<&'static str>,
    /// How many places are left, or how one comes.
    pub room: Option<String>,
    /// That it was moved or called off, or is going on, or is over.
    pub state: Option<&'static str>,
    pub cancelled: bool,
}

/// Events of one day.
#[derive(Clone, Debug)]
pub struct Day {
    pub date: NaiveDate,
    pub heading: String,
    pub lines: Vec<Line>,
}

impl Line {
    /// As this reader sees it.
    #[must_use]
    pub fn of(ui: &Ui, card: EventCard) -> Self {
        let plan = &card.event.plan;
        let (zone, lang) = (ui.zone(), ui.lang);
        let cancelled = card.event.is_cancelled();
        Self {
            begin: dates::time_of_day(lang, zone, plan.starts_at),
            end: plan.ends_at.map(|ends| until(ui, plan.starts_at, ends)).unwrap_or_default(),
            day: few_words(ui, plan.starts_at),
            there: there(ui, plan),
            place: if plan.place.is_nowhere() { String::new() } else { plan.place.line() },
            mine: mine(ui, &card),
            room: if cancelled { None } else { room(ui, &card) },
            state: state(ui, &card),
            cancelled,
            card,
        }
    }
}

/// "vandaag", "morgen", else "do 3 december".
fn few_words(ui: &Ui, at: Time) -> String {
    let (day, today) = (days::of(ui.zone(), at), days::of(ui.zone(), ui.now));
    if day == today {
        return ui.t("agenda-today");
    }
    if day == days::after(today) {
        return ui.t("agenda-tomorrow");
    }
    let whole = dates::on_day(ui.lang, day, chrono::Datelike::year(&today));
    let Some((weekday, rest)) = whole.split_once(' ') else { return whole };
    let short: String = weekday.chars().take(if ui.lang == Lang::Nl { 2 } else { 3 }).collect();
    format!("{short} {rest}")
}

fn until(ui: &Ui, starts: Time, ends: Time) -> String {
    let clock = dates::time_of_day(ui.lang, ui.zone(), ends);
    let same = days::of(ui.zone(), starts) == days::of(ui.zone(), ends);
    let moment = if same { clock } else { format!("{}, {clock}", few_words(ui, ends)) };
    ui.t1("agenda-until", "moment", moment)
}

/// How far a zone is from UTC at a moment, in seconds.
fn offset(zone: Tz, at: Time) -> i32 {
    at.utc().with_timezone(&zone).offset().fix().local_minus_utc()
}

fn there(ui: &Ui, plan: &Plan) -> Option<String> {
    let zone = plan.tz();
    if offset(zone, plan.starts_at) == offset(ui.zone(), plan.starts_at) {
        return None;
    }
    let mut args = FluentArgs::new();
    args.set("time", dates::time_of_day(ui.lang, zone, plan.starts_at));
    args.set("place", zone.name().rsplit('/').next().unwrap_or_default().replace('_', " "));
    Some(ui.lang.say("agenda-there", Some(&args)))
}

fn mine(ui: &Ui, card: &EventCard) -> Option<&'static str> {
    if ui.is(card.post.author_id) || card.organises {
        return Some("agenda-mine-organise");
    }
    said(card.my_answer, card.my_state)
}

/// What the reader said to an event, and what became of it.
#[must_use]
pub fn said(answer: Option<Rsvp>, state: Option<Standing>) -> Option<&'static str> {
    Some(match (answer?, state?) {
        (Rsvp::Maybe, _) => "agenda-mine-maybe",
        (_, Standing::In) => "agenda-mine-in",
        (_, Standing::Waiting) => "agenda-mine-waiting",
        (_, Standing::Asked) => "agenda-mine-asked",
        (_, Standing::Sent) => "agenda-mine-sent",
        (_, Standing::Refused) => "agenda-mine-refused",
        (Rsvp::No, _) => "agenda-mine-no",
        (Rsvp::Yes, Standing::Out | Standing::Unconfirmed) => return None,
    })
}

fn room(ui: &Ui, card: &EventCard) -> Option<String> {
    let plan = &card.event.plan;
    if plan.starts_at <= ui.now {
        return None;
    }
    match (plan.sign_up, card.places_left()) {
        (SignUp::None, _) => Some(ui.t("agenda-no-sign-up")),
        (SignUp::Elsewhere, _) => Some(ui.t("agenda-sign-up-elsewhere")),
        _ if !card.event.is_open(ui.now) => Some(ui.t("agenda-sign-up-closed")),
        (_, Some(0)) => Some(ui.t("agenda-full")),
        (_, Some(left)) => Some(ui.n("agenda-left", left)),
        (_, None) => None,
    }
}

fn state(ui: &Ui, card: &EventCard) -> Option<&'static str> {
    let plan = &card.event.plan;
    match card.event.status {
        EventStatus::Cancelled => Some("agenda-cancelled"),
        EventStatus::Moved if ui.now < plan.starts_at => Some("agenda-moved"),
        _ if plan.starts_at <= ui.now && ui.now < plan.over_at() => Some("agenda-now"),
        _ => None,
    }
}

/// "Vandaag, donderdag 3 december", or without the first word.
#[must_use]
pub fn heading(ui: &Ui, day: NaiveDate) -> String {
    let today = days::of(ui.zone(), ui.now);
    let named = dates::on_day(ui.lang, day, chrono::Datelike::year(&today));
    if day == today {
        ui.t1("agenda-on-today", "day", named)
    } else if day == days::after(today) {
        ui.t1("agenda-on-tomorrow", "day", named)
    } else {
        let mut letters = named.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    }
}

/// Under the day on which each begins, in the order in which they come.
#[must_use]
pub fn by_day(ui: &Ui, cards: Vec<EventCard>) -> Vec<Day> {
    let mut found: Vec<Day> = Vec::new();
    for card in cards {
        let date = days::of(ui.zone(), card.event.plan.starts_at);
        let line = Line::of(ui, card);
        match found.last_mut() {
            Some(day) if day.date == date => day.lines.push(line),
            _ => found.push(Day { date, heading: heading(ui, date), lines: vec![line] }),
        }
    }
    found
}

/// Whether the id of something that is not known here can be followed in a browser.
#[must_use]
pub fn is_address(id: &str) -> bool {
    id.starts_with("https://") || id.starts_with("http://")
}
