//! Calendar files: of one event, of a group, of the whole instance, of a series, and a member's own at a secret address; and the
//! page where that address is made. Calendar programs carry no cookies, and ask again and again: outside the frame of the pages,
//! with a mark (`ETag`) by which nothing is sent that they have.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::forms::Signed;
use super::page::{Shown, html};
use super::session::{flash_to, to};
use super::ui::Ui;
use super::{Client, Web, group, validators};
use crate::db::calendars;
use crate::error::{Error, Result};
use crate::model::{Handle, PostId, Time};
use crate::ops::calendar::{self, Sheet};
use crate::ops::limits;
use crate::ops::members::random_token;

/// What everybody may see is kept by caches this long: what was called off must not be news tomorrow.
const PUBLIC: &str = "public, max-age=300";
/// What is somebody's own, by nobody but their program, which asks each time whether it changed.
const OWN: &str = "private, no-cache";
/// Addresses that lead nowhere, asked for from one network address in an hour.
const WRONG: i64 = 60;

/// The calendar files.
pub fn files() -> axum::Router<Web> {
    axum::Router::new()
        .route("/post/{id}/event.ics", get(of_post))
        .route("/c/{handle}/agenda.ics", get(of_group))
        .route("/agenda.ics", get(of_instance))
        .route("/calendar/{file}", get(own))
}

/// The page about one's own calendar.
pub fn pages() -> axum::Router<Web> {
    axum::Router::new().route("/account/calendar", get(show).post(make)).route("/account/calendar/revoke", post(revoke))
}

async fn of_post(State(web): State<Web>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let found = async {
        let id: PostId = id.parse().map_err(|_| Error::NotFound)?;
        let sheet = calendar::of_post(&web.core, &mut web.core.db.conn(), id).await?;
        // It is all that its file says: its last change is the file's.
        let since = headers.get(header::IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok()).and_then(Time::parse_http_date);
        let known = !headers.contains_key(header::IF_NONE_MATCH)
            && since.zip(sheet.modified).is_some_and(|(since, modified)| modified.0 / Time::SECOND <= since.0 / Time::SECOND);
        file(&sheet, "bijeenkomst.ics", PUBLIC, &headers, known)
    };
    answer(found.await)
}

async fn of_group(State(web): State<Web>, Path(handle): Path<String>, headers: HeaderMap) -> Response {
    let found = async {
        let handle: Handle = handle.parse().map_err(|()| Error::NotFound)?;
        let mut conn = web.core.db.conn();
        let group = group::named(&web, &mut conn, handle).await?;
        file(&calendar::of_group(&web.core, &mut conn, &group).await?, "agenda.ics", PUBLIC, &headers, false)
    };
    answer(found.await)
}

async fn of_instance(State(web): State<Web>, headers: HeaderMap) -> Response {
    let found = async {
        let sheet = calendar::of_instance(&web.core, &mut web.core.db.conn()).await?;
        file(&sheet, "agenda.ics", PUBLIC, &headers, false)
    };
    answer(found.await)
}

/// A wrong address is counted before it is said to be wrong; a right one is never held up by the wrong ones of others.
async fn own(State(web): State<Web>, Client(address): Client, Path(file_name): Path<String>, headers: HeaderMap) -> Response {
    let found = async {
        let token = file_name.strip_suffix(".ics").ok_or(Error::NotFound)?;
        let member = match calendar::owner(&web.core, token).await {
            Err(Error::NotFound) => {
                limits::count(&web.core, "calendar", &address.to_string(), WRONG).await?;
                return Err(Error::NotFound);
            }
            member => member?,
        };
        let sheet = calendar::of_member(&web.core, &mut web.core.db.conn(), &member).await?;
        file(&sheet, "agenda.ics", OWN, &headers, false)
    };
    let mut response = answer(found.await);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(OWN));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}

/// A calendar file; nothing but its mark when the reader has it, which `known` says where their word for it is another.
///
/// # Errors
/// When a header can't be written.
pub fn file(sheet: &Sheet, name: &str, kept: &'static str, asked: &HeaderMap, known: bool) -> Result<Response> {
    let tag = validators::tag_of(sheet.text.as_bytes());
    let broken = |error: axum::http::header::InvalidHeaderValue| Error::Internal(error.to_string());
    let mut response = if known || validators::has(asked, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let name = format!("inline; filename=\"{name}\"");
        ([(header::CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)], sheet.text.clone())
            .into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, HeaderValue::try_from(tag).map_err(broken)?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    if let Some(modified) = sheet.modified {
        headers.insert(header::LAST_MODIFIED, HeaderValue::try_from(modified.http_date()).map_err(broken)?);
    }
    Ok(response)
}

/// What everybody may see, for the file of a series.
///
/// # Errors
/// When a header can't be written.
pub fn public(sheet: &Sheet, asked: &HeaderMap) -> Result<Response> {
    file(sheet, "reeks.ics", PUBLIC, asked, false)
}

/// A program reads no pages: what went wrong is a status alone.
fn answer(outcome: Result<Response>) -> Response {
    outcome.unwrap_or_else(|error| {
        error.log();
        let mut response = error.status().into_response();
        if let Some(seconds) = error.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    })
}

#[derive(Template)]
#[template(path = "calendar.html", config = "src/web/askama.toml")]
struct CalendarPage {
    ui: Ui,
    once: String,
    /// When their address was made, and when it was last looked at.
    made: Option<(Time, Option<Time>)>,
}

async fn show(State(web): State<Web>, ui: Ui) -> Shown {
    let me = ui.member()?;
    let made = calendars::of(&mut web.core.db.conn(), me.actor.id).await?;
    html(&CalendarPage { ui, once: random_token(), made })
}

#[derive(Template)]
#[template(path = "calendar_made.html", config = "src/web/askama.toml")]
struct MadePage {
    ui: Ui,
    https: String,
    webcal: String,
}

/// Shown at once, in the answer to the form: a page that could be asked for again would have to keep the address. The same form
/// again makes none.
async fn make(State(web): State<Web>, form: Signed) -> Shown {
    let mut tx = web.core.db.begin().await?;
    if form.sent_before(&mut tx).await?.is_some() {
        return Ok(to("/account/calendar"));
    }
    let token = calendar::make(&web.core, &mut tx, &form.me.actor).await?;
    let https = web.core.urls.at(&format!("/calendar/{token}.ics"));
    let webcal = https.split_once("://").map_or_else(String::new, |(_, rest)| format!("webcal://{rest}"));
    let mut shown = html(&MadePage { ui: form.ui.clone(), https, webcal })?;
    shown.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    form.finish(&web, tx, "/account/calendar", shown).await
}

async fn revoke(State(web): State<Web>, form: Signed) -> Shown {
    let mut tx = web.core.db.begin().await?;
    calendar::revoke(&mut tx, form.me.actor.id).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-calendar-revoked", "/account/calendar"))
}
