//! The pages: server-rendered, complete without JavaScript. Reads through `db`, changes only through `ops`.
//!
//! A handler is a sentence: extract, one verb, commit, answer. What goes wrong becomes a page in [`page`].

mod about;
mod ask;
mod assets;
mod dates;
mod forms;
mod group;
mod groups;
pub mod headers;
mod home;
mod login;
mod member;
mod page;
mod post;
mod reply;
mod session;
mod setup;
mod thread;
mod ui;
mod words;

use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, FromRequestParts, Path};
use axum::http::request::Parts;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post as on_post};

pub use page::SOURCE_URL;

use crate::error::{Error, Result};
use crate::model::{Cursor, PostId};
use crate::ops::Core;
use crate::ops::finding::Finder;
use page::PageError;

/// The largest form, in bytes.
const FORM_LIMIT: usize = 256 * 1024;

/// Things on one page of a list.
const PAGE: usize = 25;

/// What every page needs.
#[derive(Clone, Debug)]
pub struct Web {
    pub core: Arc<Core>,
    pub finder: Arc<dyn Finder>,
}

impl Web {
    fn https(&self) -> bool {
        self.core.config.is_https()
    }
}

/// Where a request comes from; a request extension, set by whoever knows about proxies.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddr(pub IpAddr);

/// Every page.
pub fn router(web: Web) -> axum::Router {
    let pages = axum::Router::new()
        .route("/", get(home::show))
        .route("/login", get(login::show).post(login::log_in))
        .route("/logout", on_post(login::log_out))
        .route("/setup", get(setup::show).post(setup::set_up))
        .route("/groups", get(groups::show))
        .route("/groups/find", get(groups::find))
        .route("/groups/new", get(groups::new).post(groups::found))
        .route("/c/{handle}", get(group::show))
        .route("/c/{handle}/edit", get(group::edit).post(group::describe))
        .route("/c/{handle}/join", on_post(group::join))
        .route("/c/{handle}/leave", on_post(group::leave))
        .route("/c/{handle}/history", on_post(group::history))
        .route("/c/{handle}/refresh", on_post(group::refresh))
        .route("/ask", get(ask::choose))
        .route("/c/{handle}/ask", get(ask::show).post(ask::ask))
        .route("/post/{id}", get(thread::show))
        .route("/comment/{id}", get(thread::comment))
        .route("/post/{id}/answer", on_post(reply::answer))
        .route("/post/{id}/comment", on_post(reply::comment))
        .route("/post/{id}/useful", on_post(post::useful))
        .route("/post/{id}/accept", on_post(post::accept))
        .route("/post/{id}/check", on_post(post::check))
        .route("/post/{id}/edit", get(post::show_edit).post(post::edit))
        .route("/post/{id}/delete", get(post::confirm).post(post::delete))
        .route("/u/{handle}", get(member::show))
        .route("/profile", get(member::profile).post(member::describe))
        .route("/about", get(about::show))
        .route("/accessibility", get(about::accessibility))
        .route("/language", on_post(about::language))
        .fallback(nothing)
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .layer(from_fn_with_state(web.clone(), ui::frame));
    axum::Router::new()
        .route("/static/app.css", get(assets::stylesheet))
        .route("/theme.css", get(assets::theme))
        .merge(pages)
        .with_state(web)
}

async fn nothing() -> PageError {
    PageError(Error::NotFound)
}

/// The one thing that a path names; what does not read as one is not there.
#[derive(Debug)]
struct At<T>(T);

impl<T: FromStr + Send> FromRequestParts<Web> for At<T> {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, PageError> {
        let Ok(Path(text)) = Path::<String>::from_request_parts(parts, web).await else { return Err(PageError(Error::NotFound)) };
        text.parse().map(Self).map_err(|_| PageError(Error::NotFound))
    }
}

/// From where the request came: this machine, when nobody said.
#[derive(Debug)]
struct Client(IpAddr);

impl FromRequestParts<Web> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.extensions.get::<ClientAddr>().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |client| client.0)))
    }
}

/// What the address of a list may say.
#[derive(Debug, Default, serde::Deserialize)]
struct Listing {
    before: Option<String>,
    show: Option<String>,
    q: Option<String>,
    next: Option<String>,
    token: Option<String>,
    /// A post that must be on the page.
    at: Option<PostId>,
}

impl Listing {
    fn cursor(&self) -> Result<Option<Cursor>> {
        self.before.as_deref().map(|text| text.parse().map_err(|()| Error::Bad("not a place in a list".into()))).transpose()
    }

    fn shows(&self, what: &str) -> bool {
        self.show.as_deref() == Some(what)
    }
}
