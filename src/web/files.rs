//! Serving pictures: outside the frame of the pages, without cookies, with headers under which a browser can do nothing with
//! them but show them.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::{Web, validators};
use crate::db::{actors, attachments, files as rows};
use crate::error::{Error, Result};
use crate::model::rights::{Viewer, can_see_actor};
use crate::model::{ActorId, AttachmentId, FileHash, Picture};
use crate::ops::pictures::Shape;
use crate::ops::{files, remote_pictures};

/// A picture under its own name never changes. For faces and the logo, which stand on every page.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";
/// Asked for each time, and answered 304: what goes with a post is gone when that is.
const ASK_AGAIN: &str = "public, no-cache";
/// What another server keeps may become something else.
const FOR_A_DAY: &str = "public, max-age=86400";
/// What is not there may be there soon.
const FOR_A_MINUTE: &str = "public, max-age=60";

/// The addresses of pictures.
pub fn routes() -> axum::Router<Web> {
    axum::Router::new()
        .route("/files/{hash}", get(ours))
        .route("/files/{hash}/{size}", get(ours_sized))
        .route("/files/remote/{id}", get(remote))
        .route("/files/remote/{id}/{size}", get(remote_sized))
        .route("/files/icon/{id}", get(icon))
        .route("/files/icon/{id}/{size}", get(icon_sized))
}

async fn ours(State(web): State<Web>, Path(hash): Path<String>, headers: HeaderMap) -> Response {
    answer(show(&web, &hash, "", &headers).await)
}

async fn ours_sized(State(web): State<Web>, Path((hash, size)): Path<(String, String)>, headers: HeaderMap) -> Response {
    answer(show(&web, &hash, &size, &headers).await)
}

async fn remote(State(web): State<Web>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    answer(show_remote(&web, &id, "", &headers).await)
}

async fn remote_sized(State(web): State<Web>, Path((id, size)): Path<(String, String)>, headers: HeaderMap) -> Response {
    answer(show_remote(&web, &id, &size, &headers).await)
}

async fn icon(State(web): State<Web>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    answer(show_icon(&web, &id, "", &headers).await)
}

async fn icon_sized(State(web): State<Web>, Path((id, size)): Path<(String, String)>, headers: HeaderMap) -> Response {
    answer(show_icon(&web, &id, &size, &headers).await)
}

/// Whether the small size is asked for.
fn is_small(size: &str) -> Result<bool> {
    match size {
        "" => Ok(false),
        "small" => Ok(true),
        _ => Err(Error::NotFound),
    }
}

async fn show(web: &Web, hash: &str, size: &str, headers: &HeaderMap) -> Result<Response> {
    let hash: FileHash = hash.parse().map_err(|()| Error::NotFound)?;
    let shown = rows::shown(&mut web.core.db.conn(), &hash).await?.ok_or(Error::NotFound)?;
    let kept = if shown.portrait { FOR_GOOD } else { ASK_AGAIN };
    send(web, &shown.picture, is_small(size)?, kept, headers).await
}

async fn show_remote(web: &Web, id: &str, size: &str, headers: &HeaderMap) -> Result<Response> {
    let (id, small): (AttachmentId, bool) = (id.parse().map_err(|_| Error::NotFound)?, is_small(size)?);
    let attachment = attachments::shown(&mut web.core.db.conn(), id).await?.ok_or(Error::NotFound)?;
    let url = attachment.remote_url.ok_or(Error::NotFound)?;
    send_remote(web, &url, Shape::Post, small, headers).await
}

async fn show_icon(web: &Web, id: &str, size: &str, headers: &HeaderMap) -> Result<Response> {
    let (id, small): (ActorId, bool) = (id.parse().map_err(|_| Error::NotFound)?, is_small(size)?);
    let actor = actors::by_id(&mut web.core.db.conn(), id).await?;
    let url = actor.icon_url.as_ref().filter(|_| !actor.local && can_see_actor(Viewer::default(), &actor)).ok_or(Error::NotFound)?;
    send_remote(web, url, Shape::Face, small, headers).await
}

async fn send_remote(web: &Web, url: &str, shape: Shape, small: bool, headers: &HeaderMap) -> Result<Response> {
    let picture = remote_pictures::get(&web.core, &*web.finder, url, shape).await?;
    match send(web, &picture, small, FOR_A_DAY, headers).await {
        Err(Error::NotFound) => {
            remote_pictures::lost(&web.core, url).await?;
            let picture = remote_pictures::get(&web.core, &*web.finder, url, shape).await?;
            send(web, &picture, small, FOR_A_DAY, headers).await
        }
        sent => sent,
    }
}

async fn send(web: &Web, picture: &Picture, small: bool, kept: &'static str, asked: &HeaderMap) -> Result<Response> {
    let tag = format!("\"{}{}\"", picture.hash, if small { "-small" } else { "" });
    let mut response = if validators::has(asked, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let file = files::open(&web.core, &picture.hash, small).await?;
        // By the database alone, and only what we write ourselves.
        let (kind, end) = if picture.media_type == "image/png" { ("image/png", "png") } else { ("image/jpeg", "jpg") };
        let name = format!("inline; filename=\"{}{}.{end}\"", &picture.hash.as_str()[..16], if small { "-small" } else { "" });
        let about = [
            (header::CONTENT_TYPE, kind.to_owned()),
            (header::CONTENT_DISPOSITION, name),
            (header::CONTENT_LENGTH, file.bytes.to_string()),
        ];
        (about, Body::from_stream(file.stream)).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, HeaderValue::try_from(tag).map_err(|error| Error::Internal(error.to_string()))?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    Ok(response)
}

/// The headers of every answer here, good or bad.
fn answer(outcome: Result<Response>) -> Response {
    let mut response = outcome.unwrap_or_else(|error| {
        error.log();
        let mut response = error.status().into_response();
        if let Some(seconds) = error.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        let kept = if response.status().is_server_error() { "no-store" } else { FOR_A_MINUTE };
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
        response
    });
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    response
}
