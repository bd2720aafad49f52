//! The pages: server-rendered, complete without JavaScript. Reads through `db`, changes only through `ops`.
//!
//! A handler is a sentence: extract, one verb, commit, answer. What goes wrong becomes a page in [`page`].

mod about;
mod admin;
mod admin_mail;
mod agenda;
mod ask;
mod assets;
mod calendar;
mod choices;
mod completeness;
mod event;
mod files;
mod following;
mod forms;
mod group;
mod group_edit;
mod groups;
pub mod headers;
mod history;
mod home;
mod kinds;
mod login;
mod member;
mod membership;
mod moderation;
mod more;
mod moving;
mod notifications;
mod outline;
mod page;
mod picture;
mod post;
mod propose;
mod regions;
mod repeat;
mod reply;
mod series;
mod session;
mod setup;
mod slots;
pub mod theme;
mod thread;
mod thread_extra;
mod topics;
mod ui;
mod unanswered;
mod unsubscribe;
mod uploads;
pub mod validators;
pub mod visitor;

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
use crate::ops::exporting::Portrayer;
use crate::ops::finding::Finder;
use crate::ops::probing::Prober;
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
    pub portrayer: Arc<dyn Portrayer>,
    pub prober: Arc<dyn Prober>,
}

impl Web {
    fn https(&self) -> bool {
        self.core.config.is_https()
    }
}

/// Where a request comes from, as attempts are counted by it; a request extension, set by whoever knows about proxies.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddr(pub IpAddr);

/// The number of a request, in the log and on the page of an error; a request extension.
#[derive(Clone, Debug)]
pub struct RequestId(pub Arc<str>);

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
        .route("/c/{handle}/join", on_post(group::join))
        .route("/c/{handle}/leave", on_post(group::leave))
        .route("/c/{handle}/history", on_post(group::history))
        .route("/c/{handle}/refresh", on_post(group::refresh))
        .route("/ask", get(ask::choose))
        .route("/c/{handle}/ask", get(ask::show).post(ask::ask).layer(uploads::limit()))
        .route("/post/{id}", get(thread::show))
        .route("/comment/{id}", get(thread::comment))
        .route("/post/{id}/answer", on_post(reply::answer).layer(uploads::limit()))
        .route("/post/{id}/comment", on_post(reply::comment).layer(uploads::limit()))
        .route("/post/{id}/useful", on_post(post::useful))
        .route("/post/{id}/accept", on_post(post::accept))
        .route("/post/{id}/check", on_post(post::check))
        .route("/post/{id}/edit", get(post::show_edit).post(post::edit).layer(uploads::limit()))
        .route("/post/{id}/delete", get(post::confirm).post(post::delete))
        .route("/u/{handle}", get(member::show))
        .route("/profile", get(member::profile).post(member::describe))
        .merge(membership::routes())
        .route("/about", get(about::show))
        .route("/accessibility", get(about::accessibility))
        .route("/language", on_post(about::language))
        .merge(picture::routes())
        .merge(notifications::routes())
        .merge(choices::routes())
        .merge(calendar::pages())
        .merge(series::routes())
        .merge(unsubscribe::routes())
        .merge(admin_mail::routes())
        .merge(agenda::routes())
        .merge(topics::routes())
        .merge(following::routes())
        .merge(group_edit::routes())
        .merge(history::routes())
        .merge(more::routes())
        .merge(moving::routes())
        .merge(event::routes())
        .merge(propose::routes())
        .merge(regions::routes())
        .merge(unanswered::routes())
        .merge(moderation::routes())
        .merge(admin::routes())
        .fallback(nothing)
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .layer(from_fn_with_state(web.clone(), ui::frame));
    axum::Router::new()
        .route("/static/app.css", get(assets::stylesheet))
        .route("/theme.css", get(assets::theme))
        .merge(files::routes())
        .merge(calendar::files())
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

/// What the browser says it is; empty when it says nothing.
#[derive(Debug)]
struct Agent(String);

impl FromRequestParts<Web> for Agent {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Self::Rejection> {
        let agent = parts.headers.get(axum::http::header::USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self(agent.unwrap_or_default().to_owned()))
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
