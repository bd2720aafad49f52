//! A series of events: by which rule they come, those ahead, those that were, and, for who organises it, ending it.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::routing::get;

use super::calendar as calendar_file;
use super::forms::Signed;
use super::page::{Shown, html};
use super::session::flash_to;
use super::ui::Ui;
use super::{At, PAGE, Web};
use crate::db::calendars::Kept;
use crate::db::{Conn, actors, series};
use crate::error::{Error, Result};
use crate::model::rights::{Viewer, can_see};
use crate::model::{Actor, EventStatus, Series, SeriesId, when};
use crate::ops::{calendar, recurring};

/// The routes of these pages.
pub fn routes() -> axum::Router<Web> {
    axum::Router::new().route("/series/{id}", get(show)).route("/series/{id}/end", get(confirm).post(end))
}

/// An occurrence in a list.
struct Line {
    path: String,
    title: String,
    when: String,
    off: bool,
    moved: bool,
}

#[derive(Template)]
#[template(path = "series.html", config = "src/web/askama.toml")]
struct SeriesPage {
    ui: Ui,
    group: Actor,
    row: Series,
    title: String,
    /// How it comes again, in words.
    rule: String,
    upcoming: Vec<Line>,
    /// The page that is shown, and the next one, of those ahead.
    page: usize,
    more: Option<usize>,
    past: Vec<Line>,
    past_page: usize,
    older: Option<usize>,
    may_end: bool,
    /// The address of its calendar, for programs that subscribe.
    webcal: String,
}

/// Which page of either list.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Place {
    #[serde(default)]
    page: usize,
    #[serde(default)]
    past: usize,
}

async fn of(conn: &mut Conn, id: SeriesId) -> Result<(Series, Actor)> {
    let row = series::by_id(conn, id).await?.ok_or(Error::NotFound)?;
    let group = actors::by_id(conn, row.group_id).await?;
    Ok((row, group))
}

/// One page of a list, and the number of the next.
fn paged(lines: Vec<Line>, page: usize) -> (Vec<Line>, Option<usize>) {
    let more = lines.len() > page.saturating_add(1).saturating_mul(PAGE);
    (lines.into_iter().skip(page.saturating_mul(PAGE)).take(PAGE).collect(), more.then_some(page + 1))
}

async fn show(State(web): State<Web>, ui: Ui, At(name): At<String>, Query(place): Query<Place>, headers: HeaderMap) -> Shown {
    let mut conn = web.core.db.conn();
    if let Some(id) = name.strip_suffix(".ics") {
        let id = id.parse().map_err(|_| Error::NotFound)?;
        let sheet = calendar::of_series(&web.core, &mut conn, id).await?;
        return Ok(calendar_file::public(&sheet, &headers)?);
    }
    let (row, group) = of(&mut conn, name.parse().map_err(|_| Error::NotFound)?).await?;
    let (repeat, first, _) = recurring::rule_of(&row)?;
    let all = series::occurrences(&mut conn, row.id).await?;
    let seen: Vec<&Kept> = all.iter().filter(|kept| can_see(Viewer::default(), &kept.post)).collect();
    let title = seen.last().map_or_else(|| ui.t("calendar-removed"), |kept| kept.post.title.clone());
    let here = calendar::zone(&web.core);
    let line = |kept: &&Kept| Line {
        path: kept.post.path(),
        title: kept.post.title.clone(),
        when: when::of_plan(ui.lang, &kept.event.plan, here),
        off: kept.event.is_cancelled(),
        moved: kept.event.status == EventStatus::Moved,
    };
    let (mut past, mut ahead): (Vec<&Kept>, Vec<&Kept>) = seen.into_iter().partition(|kept| kept.event.plan.over_at() <= web.core.now());
    ahead.sort_by_key(|kept| kept.event.plan.starts_at);
    past.sort_by_key(|kept| std::cmp::Reverse(kept.event.plan.starts_at));
    let (upcoming, more) = paged(ahead.iter().map(line).collect(), place.page);
    let (past, older) = paged(past.iter().map(line).collect(), place.past);
    let may_end = match &ui.me {
        Some(me) => recurring::may_end(&web.core, &mut conn, &me.actor, &row).await?,
        None => false,
    };
    let calendar = format!("{}.ics", row.ap_id);
    let webcal = calendar.split_once("://").map_or_else(String::new, |(_, rest)| format!("webcal://{rest}"));
    let rule = when::of_repeat(ui.lang, &repeat, first);
    let (page, past_page) = (place.page, place.past);
    html(&SeriesPage { ui, group, row, title, rule, upcoming, page, more, past, past_page, older, may_end, webcal })
}

#[derive(Template)]
#[template(path = "series_end.html", config = "src/web/askama.toml")]
struct EndPage {
    ui: Ui,
    row: Series,
}

async fn confirm(State(web): State<Web>, ui: Ui, At(id): At<SeriesId>) -> Shown {
    let me = ui.member()?;
    let mut conn = web.core.db.conn();
    let (row, _) = of(&mut conn, id).await?;
    if row.ended_at.is_none() && !recurring::may_end(&web.core, &mut conn, &me.actor, &row).await? {
        return Err(Error::Forbidden("error-only-organisers").into());
    }
    html(&EndPage { ui, row })
}

async fn end(State(web): State<Web>, At(id): At<SeriesId>, form: Signed) -> Shown {
    let mut tx = web.core.db.begin().await?;
    recurring::end(&web.core, &mut tx, &form.me.actor, id).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-series-ended", &format!("/series/{id}")))
}
