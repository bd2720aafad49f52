//! The stylesheet, and the theme that a region lays over it.

use std::path::Path;
use std::sync::OnceLock;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::theme::tokens;
use super::{Web, validators};
use crate::db::settings::{self, key};
use crate::ops::members::token_hash;

const STYLESHEET: &str = concat!(
    include_str!("css/base.css"),
    include_str!("css/members.css"),
    include_str!("css/groups.css"),
    include_str!("css/notices.css"),
    include_str!("css/moderation.css"),
    include_str!("css/files.css"),
    include_str!("css/event.css"),
    include_str!("css/agenda.css"),
);
const CSS: &str = "text/css; charset=utf-8";

/// The stylesheet's address with a hash of what is in it.
pub fn stylesheet_path() -> &'static str {
    static STYLESHEET_PATH: OnceLock<String> = OnceLock::new();
    STYLESHEET_PATH.get_or_init(|| {
        let hash: String = token_hash(STYLESHEET).chars().take(12).collect();
        format!("/static/app.css?v={hash}")
    })
}

/// `/static/app.css`
pub async fn stylesheet() -> Response {
    ([(header::CONTENT_TYPE, CSS), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")], STYLESHEET).into_response()
}

/// `/theme.css`: the design tokens in `{data_dir}/theme.css`, and nothing else that stands there; without that file, the
/// theme that an administrator chose.
pub async fn theme(State(web): State<Web>, asked: HeaderMap) -> Response {
    let text = match read(&web.core.config.data_dir).await {
        Some(text) => text,
        None => settings::get(&mut web.core.db.conn(), key::THEME).await.ok().flatten().unwrap_or_default(),
    };
    let text = tokens(&text);
    let tag = validators::tag_of(text.as_bytes());
    let known = validators::has(&asked, &tag);
    let headers = [(header::CACHE_CONTROL, "public, max-age=300".to_owned()), (header::ETAG, tag)];
    if known { (StatusCode::NOT_MODIFIED, headers).into_response() } else { (headers, [(header::CONTENT_TYPE, CSS)], text).into_response() }
}

async fn read(folder: &Path) -> Option<String> {
    tokio::fs::read_to_string(folder.join("theme.css")).await.ok()
}
