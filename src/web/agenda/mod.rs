//! The agenda: what takes place when, as a list and as a month; of the whole instance, a group, a topic, a member. And what ties
//! events to the rest: interest in a session about a question, and the report afterwards.

mod days;
mod interest;
mod line;
pub mod links;
mod look_back;
mod month;

use std::borrow::Borrow;

use askama::Template;
use axum::extract::{Query, State};
use axum::routing::{get, post};
use chrono::NaiveDate;

pub use line::Line;

use self::days::Month;
use self::line::Day;
use self::month::Grid;
use super::page::{Shown, html};
use super::session::to;
use super::ui::Ui;
use super::uploads;
use super::{At, PAGE, Web, group, topics};
use crate::db::agenda::{self, Way, Which};
use crate::db::{Conn, follows};
use crate::error::{Error, Result};
use crate::model::rights::may_start;
use crate::model::{Actor, ActorId, Cursor, Handle, PostKind, Time, Topic};
use crate::ops;

/// Events in the block on another page.
const NEXT: usize = 3;

pub fn routes() -> axum::Router<Web> {
    axum::Router::new()
        .route("/agenda", get(all))
        .route("/agenda/mine", get(mine))
        .route("/agenda/plan", get(plan))
        .route("/c/{handle}/agenda", get(of_group))
        .route("/topic/{name}/agenda", get(of_topic))
        .route("/post/{id}/interest", post(interest::say))
        .route("/post/{id}/look-back", get(look_back::show).post(look_back::write).layer(uploads::limit()))
}

/// Months before and after this one that one can leaf through.
const AROUND: u32 = 12;

/// The next few events, for a block on another page.
///
/// # Errors
/// When the database can't be read.
pub async fn next(conn: &mut Conn, ui: &Ui, which: Which) -> Result<Vec<Line>> {
    let reader = ui.me.as_ref().map(|me| me.actor.id);
    let page = agenda::events(conn, which, reader, (ui.now, Time(i64::MAX)), Way::Onward, None, NEXT).await?;
    Ok(page.items.into_iter().map(|card| Line::of(ui, card)).collect())
}

/// Whose agenda.
enum Scope {
    All,
    Group(Box<Actor>),
    Topic(Topic),
    Mine(ActorId),
}

impl Scope {
    fn which(&self) -> Which {
        match self {
            Self::All => Which::All,
            Self::Group(group) => Which::Group(group.id),
            Self::Topic(topic) => Which::Topic(topic.id),
            Self::Mine(member) => Which::Mine(*member),
        }
    }

    fn path(&self) -> String {
        match self {
            Self::All => "/agenda".into(),
            Self::Group(group) => format!("{}/agenda", group.path()),
            Self::Topic(topic) => format!("{}/agenda", topic.path()),
            Self::Mine(_) => "/agenda/mine".into(),
        }
    }
}

/// What the address of an agenda may say.
#[derive(Debug, Default, serde::Deserialize)]
struct Asked {
    month: Option<String>,
    day: Option<String>,
    past: Option<String>,
    after: Option<String>,
}

/// How an agenda is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum View {
    Coming,
    Past,
    Day(NaiveDate),
    Month(Month),
}

impl Asked {
    fn view(&self) -> Result<View> {
        let wrong = || Error::Bad("not a day or month of the agenda".into());
        Ok(match (&self.month, &self.day, &self.past) {
            (Some(month), ..) => View::Month(month.parse().map_err(|()| wrong())?),
            (_, Some(day), _) => View::Day(days::read(day).ok_or_else(wrong)?),
            (.., Some(_)) => View::Past,
            _ => View::Coming,
        })
    }

    fn after(&self) -> Result<Option<Cursor>> {
        self.after.as_deref().map(|text| text.parse().map_err(|()| Error::Bad("not a place in a list".into()))).transpose()
    }
}

#[derive(Template)]
#[template(path = "agenda/agenda.html", config = "src/web/askama.toml")]
struct AgendaPage {
    ui: Ui,
    scope: Scope,
    view: View,
    days: Vec<Day>,
    grid: Option<Grid>,
    next: Option<Cursor>,
    /// Whether there is a page before this one.
    later: bool,
    /// Where the reader plans an event, if they may.
    plan: Option<String>,
    /// Cards name their group.
    with_group: bool,
}

impl AgendaPage {
    fn path(&self) -> String {
        self.scope.path()
    }

    fn title(&self) -> String {
        match &self.scope {
            Scope::All => self.ui.t("agenda-title"),
            Scope::Group(group) => self.ui.t1("agenda-of", "name", group.shown()),
            Scope::Topic(topic) => self.ui.t1("agenda-of", "name", format!("#{}", topic.shown)),
            Scope::Mine(_) => self.ui.t("agenda-mine"),
        }
    }

    /// What the page shows, in words: "december 2026", "donderdag 3 december", "geweest".
    fn part(&self) -> String {
        match self.view {
            View::Coming => String::new(),
            View::Past => self.ui.t("agenda-past"),
            View::Day(day) => line::heading(&self.ui, day),
            View::Month(month) => self.ui.month(month.year(), month.number()),
        }
    }

    /// The month that the page is about.
    fn month(&self) -> Month {
        match self.view {
            View::Month(month) => month,
            View::Day(day) => Month::of(day),
            View::Coming | View::Past => self.this_month(),
        }
    }

    /// The month beside the one that is shown, within a year of today or on the way there: what follows every link must not walk
    /// through empty months for ever. What lies further away stands in the lists.
    fn offered(&self, shown: impl Borrow<Month>, beside: Option<Month>) -> Option<Month> {
        let far = |month: Month| month.distance(self.this_month());
        beside.filter(|month| far(*month) <= AROUND || far(*month) < far(*shown.borrow()))
    }

    fn this_month(&self) -> Month {
        Month::of(days::of(self.ui.zone(), self.ui.now))
    }

    /// What the address of its first page says.
    fn start(&self) -> String {
        self.query().trim_end_matches(['?', '&']).to_owned()
    }

    /// What the address of a page of this list says before where it begins.
    fn query(&self) -> String {
        match self.view {
            View::Coming | View::Month(_) => "?".into(),
            View::Past => "?past=1&".into(),
            View::Day(day) => format!("?day={day}&"),
        }
    }
}

async fn all(State(web): State<Web>, ui: Ui, Query(asked): Query<Asked>) -> Shown {
    show(&web, ui, Scope::All, &asked).await
}

async fn mine(State(web): State<Web>, ui: Ui, Query(asked): Query<Asked>) -> Shown {
    let member = ui.member()?.actor.id;
    show(&web, ui, Scope::Mine(member), &asked).await
}

async fn of_group(State(web): State<Web>, ui: Ui, At(handle): At<Handle>, Query(asked): Query<Asked>) -> Shown {
    let group = group::named(&web, &mut web.core.db.conn(), handle).await?;
    show(&web, ui, Scope::Group(Box::new(group)), &asked).await
}

async fn of_topic(State(web): State<Web>, ui: Ui, At(name): At<String>, Query(asked): Query<Asked>) -> Shown {
    let mut conn = web.core.db.reading();
    let topic = topics::named(&mut conn, &name).await?;
    // A topic whose name only removed posts gave it is not shown.
    if !topics::stands(&mut conn, &topic).await? {
        return Err(Error::NotFound.into());
    }
    show(&web, ui, Scope::Topic(topic), &asked).await
}

async fn show(web: &Web, ui: Ui, scope: Scope, asked: &Asked) -> Shown {
    let mut conn = web.core.db.reading();
    let (view, after) = (asked.view()?, asked.after()?);
    let (zone, reader) = (ui.zone(), ui.me.as_ref().map(|me| me.actor.id));
    let today = days::begin(zone, days::of(zone, ui.now));
    // What was this morning stays in view until the day is over.
    let (span, way) = match view {
        View::Past => ((Time(0), ui.now), Way::Back),
        View::Day(day) => (days::span(zone, day), Way::Onward),
        View::Coming | View::Month(_) => ((today, Time(i64::MAX)), Way::Onward),
    };
    let (mut days, mut next, mut grid) = (Vec::new(), None, None);
    if let View::Month(month) = view {
        grid = Some(Grid::read(&mut conn, &ui, scope.which(), month).await?);
    } else {
        let page = agenda::events(&mut conn, scope.which(), reader, span, way, after, PAGE).await?;
        next = page.next;
        days = line::by_day(&ui, page.items);
    }
    let plan = plan_at(web, &mut conn, &ui, &scope).await?;
    let with_group = !matches!(scope, Scope::Group(_));
    html(&AgendaPage { ui, scope, view, days, grid, next, later: after.is_some(), plan, with_group })
}

/// Where the reader plans an event: in the group at hand, or in one that they choose. Visitors log in first.
async fn plan_at(web: &Web, conn: &mut Conn, ui: &Ui, scope: &Scope) -> Result<Option<String>> {
    let path = match scope {
        Scope::Group(group) => format!("{}/event/new", group.path()),
        _ => "/agenda/plan".to_owned(),
    };
    let Some(me) = &ui.me else { return Ok(Some(format!("/login?next={path}"))) };
    let Scope::Group(group) = scope else { return Ok(Some(path)) };
    let viewer = ops::viewer(&web.core, conn, Some(&me.actor), group.id).await?;
    Ok(may_start(viewer, PostKind::Event).then_some(path))
}

#[derive(Template)]
#[template(path = "agenda/plan.html", config = "src/web/askama.toml")]
struct PlanPage {
    ui: Ui,
    groups: Vec<Actor>,
}

/// In which group? Who is in one has chosen already.
async fn plan(State(web): State<Web>, ui: Ui) -> Shown {
    let groups = follows::groups_of(&mut web.core.db.conn(), ui.member()?.actor.id).await?;
    match groups.as_slice() {
        [only] => Ok(to(&format!("{}/event/new", only.path()))),
        _ => html(&PlanPage { ui, groups }),
    }
}
