//! Topics: all of them, and the page of one: threads, groups, and people who know about it.

use askama::Template;
use axum::extract::{Query, State};
use axum::routing::{get, post};

use super::forms::{Field, Signed};
use super::kinds;
use super::page::{Shown, html};
use super::session::{flash_to, to};
use super::ui::Ui;
use super::{At, Listing, PAGE, Web};
use crate::db::Conn;
use crate::db::agenda::{self, Way, Which};
use crate::db::lists::{self, ThreadCard, Threads};
use crate::db::topics::{self, Counted};
use crate::db::watches::{self, WatchKind};
use crate::error::{Error, Result};
use crate::model::names::clean_line;
use crate::model::{Actor, Page, PostKind, Tag, Time, Topic};
use crate::ops::watching;

/// Topics on one page.
const TOPICS: usize = 100;
/// Topics that a form suggests.
const SUGGESTED: i64 = 8;
/// Groups, and people, on the page of a topic.
const ACTORS: i64 = 50;

pub fn routes() -> axum::Router<Web> {
    axum::Router::new().route("/topics", get(all)).route("/topic/{name}", get(show)).route("/topic/{name}/follow", post(follow))
}

/// A field for topics, with those in its hint that others use.
///
/// # Errors
/// When the database can't be read.
pub async fn topics_field(conn: &mut Conn, ui: &Ui, key: &'static str, value: &str) -> Result<Field> {
    let mut field = ui.field(key, "topics", value).optional(ui);
    let used: Vec<String> = topics::used_most(conn, SUGGESTED).await?.into_iter().map(|topic| topic.shown).collect();
    if !used.is_empty() {
        field.hint = format!("{} {}", field.hint, ui.t1("topics-used", "topics", used.join(", ")));
    }
    Ok(field)
}

/// Topics as they are typed in a field.
#[must_use]
pub fn as_typed(topics: &[Topic]) -> String {
    topics.iter().map(|topic| topic.shown.as_str()).collect::<Vec<_>>().join(", ")
}

#[derive(Template)]
#[template(path = "topics.html", config = "src/web/askama.toml")]
struct TopicsPage {
    ui: Ui,
    topics: Vec<Counted>,
    next: Option<String>,
    later: bool,
}

async fn all(State(web): State<Web>, ui: Ui, Query(listing): Query<Listing>) -> Shown {
    let after = clean_line(&listing.before.unwrap_or_default());
    let limit = i64::try_from(TOPICS + 1).unwrap_or(i64::MAX);
    let mut found = topics::page(&mut web.core.db.conn(), &after, limit).await?;
    let more = found.len() > TOPICS;
    found.truncate(TOPICS);
    let next = found.last().filter(|_| more).map(|last| last.topic.name.clone());
    html(&TopicsPage { ui, topics: found, next, later: !after.is_empty() })
}

#[derive(Template)]
#[template(path = "topic.html", config = "src/web/askama.toml")]
struct TopicPage {
    ui: Ui,
    topic: Topic,
    threads: Page<ThreadCard>,
    groups: Vec<Actor>,
    people: Vec<Actor>,
    watched: bool,
    with_group: bool,
    later: bool,
}

/// The topic that a path names.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn named(conn: &mut Conn, name: &str) -> Result<Topic> {
    let tag = Tag::parse(name).ok_or(Error::NotFound)?;
    topics::by_name(conn, &tag.name).await?.ok_or(Error::NotFound)
}

/// Whether anything still stands that is about a topic.
///
/// # Errors
/// When the database can't be read.
pub async fn stands(conn: &mut Conn, topic: &Topic) -> Result<bool> {
    let always = (Time(0), Time(i64::MAX));
    // First what costs the same however much there is.
    let events = agenda::events(conn, Which::Topic(topic.id), None, always, Way::Onward, None, 1).await?;
    if !events.items.is_empty() {
        return Ok(true);
    }
    if !topics::actors_about(conn, topic.id, true, 1).await?.is_empty() || !topics::actors_about(conn, topic.id, false, 1).await?.is_empty()
    {
        return Ok(true);
    }
    Ok(!lists::threads(conn, Threads::Topic(topic.id), None, 1).await?.items.is_empty())
}

async fn show(State(web): State<Web>, ui: Ui, At(name): At<String>, Query(listing): Query<Listing>) -> Shown {
    let mut conn = web.core.db.reading();
    let (before, topic) = (listing.cursor()?, named(&mut conn, &name).await?);
    let watched = match &ui.me {
        Some(me) => watches::holds(&mut conn, me.actor.id, WatchKind::Topic, topic.id.0).await?,
        None => false,
    };
    let page = TopicPage {
        threads: lists::threads(&mut conn, Threads::Topic(topic.id), before, PAGE).await?,
        groups: topics::actors_about(&mut conn, topic.id, true, ACTORS).await?,
        people: topics::actors_about(&mut conn, topic.id, false, ACTORS).await?,
        ui,
        topic,
        watched,
        with_group: true,
        later: before.is_some(),
    };
    // A topic of which nothing stands any more, whose name only a removed post gave it, is not shown.
    if page.threads.items.is_empty() && page.groups.is_empty() && page.people.is_empty() && !page.watched && !page.later {
        return Err(Error::NotFound.into());
    }
    html(&page)
}

async fn follow(State(web): State<Web>, At(name): At<String>, form: Signed) -> Shown {
    let on = form.typed.get("on") != "0";
    let mut tx = web.core.db.begin().await?;
    let topic = named(&mut tx, &name).await?;
    watching::watch(&web.core, &mut tx, &form.me.actor, WatchKind::Topic, topic.id.0, on).await?;
    web.core.commit(tx).await?;
    let back = form.typed.get("back");
    if !back.is_empty() {
        return Ok(flash_to(&web, "flash-unwatched", back));
    }
    Ok(if on { flash_to(&web, "flash-watched", &topic.path()) } else { to(&topic.path()) })
}
