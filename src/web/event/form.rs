//! The form of an event: its fields, filled with what was typed, with what an event is, or with what a question suggests.

use askama::Template;
use chrono::{Datelike, Days, Weekday};

use super::moments::{day, day_value, time_of_day, time_value, zone_name, zones};
use super::read::{Filled, Wrong};
use super::span;
use crate::db::Conn;
use crate::error::Result;
use crate::model::event::moment;
use crate::model::{Actor, Event, Post, SignUp, Time, markup};
use crate::web::forms::{Field, Typed};
use crate::web::repeat;
use crate::web::slots::Slots;
use crate::web::topics::topics_field;
use crate::web::ui::Ui;

/// How far ahead an event about a question is suggested, in days.
const AHEAD: u64 = 14;
/// How long it is then.
const LENGTH: i64 = 90 * Time::MINUTE;
/// How much of a question is quoted, in characters.
const QUOTED: usize = 400;

/// What of a series a form is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// An event that is new, and may come again.
    New,
    /// One that takes place once.
    Once,
    /// One of a series.
    Occurrence,
}

/// Fields that belong together, under a heading.
pub struct Section {
    pub heading: &'static str,
    /// Those in one row stand beside each other where there is room.
    pub rows: Vec<Vec<Field>>,
}

/// How an event will look.
pub struct Preview {
    pub title: String,
    pub when: String,
    /// Where the clock that is meant hangs, when it is not the region's.
    pub zone: Option<String>,
    pub place: String,
    pub online: bool,
    /// Clean HTML.
    pub html: String,
}

/// The page, for a new event and for one that is changed.
#[derive(Template)]
#[template(path = "event/form.html", config = "src/web/askama.toml")]
pub struct FormPage {
    pub ui: Ui,
    pub group: Actor,
    pub action: String,
    pub heading: &'static str,
    pub send: &'static str,
    /// Where to go instead.
    pub back: String,
    pub sections: Vec<Section>,
    /// Every field, for the summary of what is wrong.
    pub fields: Vec<Field>,
    pub slots: Slots,
    pub once: String,
    /// The question that it is about.
    pub question: Option<Post>,
    pub preview: Option<Preview>,
    pub can_preview: bool,
    /// Clean HTML: the group's rules, for who has not started anything here before.
    pub rules: String,
    /// Whether planning it makes the reader a member of the group.
    pub joins: bool,
}

/// A field for a day or a time: a picker, unless something stands in it that a picker can't show.
fn of_clock(ui: &Ui, typed: &Typed, key: &'static str, name: &'static str) -> Field {
    let value = typed.get(name).trim();
    let field = ui.field(key, name, value);
    let (kind, read) = if name.ends_with("_day") {
        ("date", day(value).map(|day| day.format("%Y-%m-%d").to_string()))
    } else {
        ("time", time_of_day(value).map(|time| time.format("%H:%M").to_string()))
    };
    match read {
        Some(value) => {
            let mut field = field.of_type(kind, "off");
            field.value = value;
            field
        }
        None if value.is_empty() => field.of_type(kind, "off"),
        None => field,
    }
}

/// The fields, with what is wrong beside them.
///
/// # Errors
/// When the database can't be read.
pub async fn sections(conn: &mut Conn, ui: &Ui, typed: &Typed, wrong: &Wrong, part: Part) -> Result<Vec<Section>> {
    let text = |key, name| ui.field(key, name, typed.get(name));
    let may_be_empty = |key, name| text(key, name).optional(ui);
    let clock = |key, name| of_clock(ui, typed, key, name);
    let ways = SignUp::ALL.map(|way| (way.word().to_owned(), ui.t(format!("event-sign-up-{}", way.word())))).to_vec();
    let mut sections = vec![
        Section {
            heading: "event-part-what",
            rows: vec![
                vec![text("event-form-title", "title")],
                vec![text("event-form-body", "body").area(8)],
                vec![topics_field(conn, ui, "post-topics", typed.get("topics")).await?],
            ],
        },
        Section {
            heading: "event-part-when",
            rows: vec![
                vec![clock("event-starts-day", "starts_day"), clock("event-starts-time", "starts_time")],
                vec![clock("event-ends-day", "ends_day").optional(ui), clock("event-ends-time", "ends_time")],
                vec![text("event-zone", "zone").select(zones(ui.lang, typed.get("zone")))],
            ],
        },
        Section {
            heading: "event-part-where",
            rows: vec![
                vec![may_be_empty("event-place-name", "place_name")],
                vec![may_be_empty("event-place-street", "place_street")],
                vec![may_be_empty("event-place-postcode", "place_postcode"), may_be_empty("event-place-town", "place_town")],
                vec![text("event-online", "online").check()],
                vec![may_be_empty("event-online-link", "online_link").of_type("url", "off")],
            ],
        },
        Section {
            heading: "event-part-sign-up",
            rows: vec![
                vec![text("event-sign-up", "sign_up").radios(ways)],
                vec![may_be_empty("event-sign-up-link", "sign_up_link").of_type("url", "off")],
                vec![may_be_empty("event-capacity", "capacity")],
                vec![clock("event-until-day", "until_day").optional(ui), clock("event-until-time", "until_time").optional(ui)],
            ],
        },
        Section {
            heading: "event-part-who",
            rows: vec![vec![may_be_empty("event-organisers", "organisers")], vec![may_be_empty("event-contact", "contact")]],
        },
    ];
    match part {
        Part::Once => {}
        Part::New => {
            let mut fields = repeat::fields(ui, typed).into_iter();
            let rows = [1, 1, 1, 2].map(|count| fields.by_ref().take(count).collect());
            sections.insert(2, Section { heading: "event-part-repeat", rows: rows.into() });
        }
        Part::Occurrence => {
            let ways = ["one", "following"].map(|word| (word.to_owned(), ui.t(format!("event-which-{word}"))));
            let which = if typed.get("which") == "following" { "following" } else { "one" };
            let field = ui.field("event-which", "which", which).radios(ways.into());
            sections.insert(0, Section { heading: "event-part-which", rows: vec![vec![field]] });
        }
    }
    for row in sections.iter_mut().flat_map(|section| &mut section.rows) {
        ui.mark(row, &wrong.refused);
        for field in row.iter_mut().filter(|field| field.name == "organisers" && !wrong.unknown.is_empty()) {
            field.error = Some(ui.t1("event-organisers-unknown", "names", wrong.unknown.join(", ")));
        }
    }
    Ok(sections)
}

/// Every field of all sections.
#[must_use]
pub fn all(sections: &[Section]) -> Vec<Field> {
    sections.iter().flat_map(|section| section.rows.iter().flatten().cloned()).collect()
}

/// How a form that is filled in will look.
#[must_use]
pub fn preview(ui: &Ui, filled: &Filled) -> Preview {
    let plan = &filled.plan;
    Preview {
        title: filled.title.to_string(),
        when: span(ui.lang, plan.tz(), plan.starts_at, plan.ends_at),
        zone: super::moments::differs(plan, ui.zone()).then(|| zone_name(ui.lang, &plan.zone)),
        place: plan.place.line(),
        online: plan.online,
        html: markup::markdown(filled.body.as_str()),
    }
}

fn typed(fields: Vec<(&str, String)>) -> Typed {
    Typed(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// An empty form.
#[must_use]
pub fn empty(ui: &Ui) -> Typed {
    typed(vec![("zone", ui.zone().name().to_owned()), ("sign_up", SignUp::Open.word().to_owned())])
}

/// What a question suggests: its words and topics, two weeks ahead on a working day at ten.
#[must_use]
pub fn about(ui: &Ui, question: &Post, topics: String) -> Typed {
    let zone = ui.zone();
    let mut day = ui.now.utc().with_timezone(&zone).date_naive() + Days::new(AHEAD);
    while matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
        day = day + Days::new(1);
    }
    let starts = moment(zone, day.and_hms_opt(10, 0, 0).unwrap_or_default());
    // What would be read as markup in the text of a link is said plainly.
    let name: String = question.title.chars().filter(|c| !matches!(c, '[' | ']' | '\\' | '`' | '<')).collect();
    let link = format!("[{}]({})", name.trim(), question.path());
    let mut body = format!("{}\n", ui.t1("event-about-question", "question", link));
    for line in markup::summary(&question.html, QUOTED).lines() {
        body.push_str("\n> ");
        body.push_str(line);
    }
    let mut form = empty(ui);
    form.0.extend(
        typed(vec![
            ("title", question.title.clone()),
            ("body", body),
            ("topics", topics),
            ("starts_day", day_value(zone, starts)),
            ("starts_time", time_value(zone, starts)),
            ("ends_time", time_value(zone, starts.plus(LENGTH))),
            ("question", question.id.to_string()),
        ])
        .0,
    );
    form
}

/// An event as it is.
#[must_use]
pub fn as_it_is(post: &Post, event: &Event, topics: String, organisers: &[Actor]) -> Typed {
    let (plan, zone) = (&event.plan, event.plan.tz());
    let day = |at: Option<Time>| at.map(|at| day_value(zone, at)).unwrap_or_default();
    let time = |at: Option<Time>| at.map(|at| time_value(zone, at)).unwrap_or_default();
    let names: Vec<&str> = organisers.iter().map(|organiser| organiser.name.as_str()).collect();
    typed(vec![
        ("title", post.title.clone()),
        ("body", post.source.clone().unwrap_or_default()),
        ("topics", topics),
        ("starts_day", day(Some(plan.starts_at))),
        ("starts_time", time(Some(plan.starts_at))),
        ("ends_day", day(plan.ends_at)),
        ("ends_time", time(plan.ends_at)),
        ("zone", plan.zone.clone()),
        ("place_name", plan.place.name.clone()),
        ("place_street", plan.place.street.clone()),
        ("place_postcode", plan.place.postcode.clone()),
        ("place_town", plan.place.town.clone()),
        ("online", if plan.online { "1".to_owned() } else { String::new() }),
        ("online_link", plan.online_link.clone()),
        ("organisers", names.join(", ")),
        ("capacity", plan.capacity.map(|capacity| capacity.to_string()).unwrap_or_default()),
        ("sign_up", plan.sign_up.word().to_owned()),
        ("sign_up_link", plan.sign_up_link.clone()),
        ("until_day", day(plan.sign_up_until)),
        ("until_time", time(plan.sign_up_until)),
        ("contact", plan.contact.clone()),
    ])
}
