//! `/unanswered`: questions anywhere that wait for an answer; those that wait long first.

use askama::Template;
use axum::extract::{Query, State};
use axum::routing::get;

use super::kinds;
use super::page::{Shown, html};
use super::ui::Ui;
use super::{PAGE, Web};
use crate::db::lists::{self, ThreadCard, Threads};
use crate::error::Error;
use crate::model::{Cursor, Page, PostKind, Time};

/// A question waits long after this.
const LONG: i64 = 7 * Time::DAY;

pub fn routes() -> axum::Router<Web> {
    axum::Router::new().route("/unanswered", get(show))
}

/// Where each of the two lists goes on.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Places {
    older: Option<String>,
    recent: Option<String>,
}

/// One of the two lists, with how many stand in it.
struct Waiting {
    threads: Page<ThreadCard>,
    count: i64,
}

#[derive(Template)]
#[template(path = "unanswered.html", config = "src/web/askama.toml")]
struct UnansweredPage {
    ui: Ui,
    older: Option<Waiting>,
    recent: Option<Waiting>,
    later: bool,
    with_group: bool,
}

fn place(text: Option<&str>) -> Result<Option<Cursor>, Error> {
    text.map(|text| text.parse().map_err(|()| Error::Bad("not a place in a list".into()))).transpose()
}

async fn show(State(web): State<Web>, ui: Ui, Query(places): Query<Places>) -> Shown {
    let mut conn = web.core.db.reading();
    let long_ago = web.core.now().plus(-LONG);
    let (older_place, recent_place) = (place(places.older.as_deref())?, place(places.recent.as_deref())?);
    let (long, short) = lists::count_waiting(&mut conn, long_ago).await?;
    // Somebody who goes on in one list has left the other behind.
    let older = if recent_place.is_none() {
        let edge = Cursor { at: long_ago, id: 0 };
        let before = older_place.map_or(edge, |place| place.min(edge));
        Some(Waiting { threads: lists::threads(&mut conn, Threads::Waiting, Some(before), PAGE).await?, count: long })
    } else {
        None
    };
    let recent = if older_place.is_none() {
        Some(Waiting { threads: lists::threads(&mut conn, Threads::WaitingSince(long_ago), recent_place, PAGE).await?, count: short })
    } else {
        None
    };
    html(&UnansweredPage { ui, older, recent, later: older_place.is_some() || recent_place.is_some(), with_group: true })
}
