//! What every page knows: who reads it, in which language, on which region; and the frame around it.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;
use fluent_bundle::FluentArgs;

use super::Web;
use super::page::{self, PageError};
use super::session::{self, Me};
use crate::db::files;
use crate::db::notifications;
use crate::db::settings;
use crate::error::Result;
use crate::model::{ActorId, Lang, Picture, Time, dates};

/// The reader's side of a page. Templates speak through it.
#[derive(Clone, Debug)]
pub struct Ui {
    pub lang: Lang,
    /// The region's name; empty before set-up.
    pub region: String,
    pub me: Option<Arc<Me>>,
    /// The region's logo.
    pub logo: Option<Picture>,
    /// What the member has not read yet of what concerns them.
    pub unread: i64,
    /// The message of the form that led here.
    pub flash: Option<String>,
    /// Path and query of this page.
    pub here: String,
    /// Whether the page was asked for with GET, so that `here` is a page to come back to.
    pub get: bool,
    /// Whether the region has a theme of its own.
    pub themed: bool,
    /// The address of that theme.
    pub theme: String,
    zone: chrono_tz::Tz,
    pub now: Time,
    /// The number of this request in the log.
    pub request: Arc<str>,
}

/// A time, or a reference to one: templates hand over both.
pub trait Moment {
    fn moment(&self) -> Time;
}

impl Moment for Time {
    fn moment(&self) -> Time {
        *self
    }
}

impl<T: Moment> Moment for &T {
    fn moment(&self) -> Time {
        (*self).moment()
    }
}

impl Ui {
    /// Reads it from a request, and what went wrong when the database did not help.
    async fn read(web: &Web, parts: &Parts) -> (Self, Result<()>) {
        let jar = CookieJar::from_headers(&parts.headers);
        let core = &web.core;
        let cookie_lang = jar.get(session::LANGUAGE).and_then(|cookie| Lang::from_code(cookie.value()));
        let header = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let accepted = header.and_then(Lang::accepted);
        let mut ui = Self {
            lang: cookie_lang.or(accepted).unwrap_or_default(),
            region: String::new(),
            me: None,
            logo: None,
            unread: 0,
            flash: jar.get(session::FLASH).map(|cookie| format!("flash-{}", cookie.value())),
            here: parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
            get: matches!(parts.method, Method::GET | Method::HEAD),
            themed: core.config.data_dir.join("theme.css").exists(),
            theme: "/theme.css".to_owned(),
            zone: core.config.time_zone.parse().unwrap_or(chrono_tz::Europe::Amsterdam),
            now: core.now(),
            request: parts.extensions.get::<super::RequestId>().map_or_else(|| "".into(), |id| id.0.clone()),
        };
        ui.flash = ui.flash.and_then(|key| ui.lang.find(&key, None).map(|_| key));
        let outcome = ui.ask_database(web, &jar, cookie_lang, accepted).await;
        (ui, outcome)
    }

    async fn ask_database(&mut self, web: &Web, jar: &CookieJar, cookie: Option<Lang>, accepted: Option<Lang>) -> Result<()> {
        let mut conn = web.core.db.reading();
        let known = settings::frame(&mut conn).await?;
        self.region = known.region.unwrap_or_default();
        if let Some(hash) = known.logo.and_then(|hash| hash.parse().ok()) {
            self.logo = files::by_hash(&mut conn, &hash).await?;
        }
        if let Some(hash) = known.theme_hash.filter(|_| !self.themed) {
            (self.themed, self.theme) = (true, format!("/theme.css?v={hash}"));
        }
        self.me = session::read(web, &mut conn, jar).await?.map(Arc::new);
        if let Some(me) = &self.me {
            self.unread = notifications::count_unread(&mut conn, me.actor.id).await?;
        }
        let account = self.me.as_ref().and_then(|me| Lang::from_code(&me.account.language));
        let of_region = || known.language.as_deref().and_then(Lang::from_code).unwrap_or_default();
        self.lang = cookie.or(account).or(accepted).unwrap_or_else(of_region);
        Ok(())
    }

    /// The member who reads, or the way to the log-in page.
    ///
    /// # Errors
    /// [`crate::error::Error::LoginNeeded`] for a visitor.
    pub fn member(&self) -> Result<Arc<Me>> {
        self.me.clone().ok_or(crate::error::Error::LoginNeeded)
    }

    /// A sentence.
    #[must_use]
    pub fn t(&self, key: impl AsRef<str>) -> String {
        self.lang.say(key.as_ref(), None)
    }

    /// A sentence with one thing filled in.
    #[must_use]
    pub fn t1(&self, key: &str, name: &str, value: impl std::fmt::Display) -> String {
        let mut args = FluentArgs::new();
        args.set(name.to_owned(), value.to_string());
        self.lang.say(key, Some(&args))
    }

    /// A sentence with a number `n`.
    #[must_use]
    pub fn n(&self, key: &str, n: impl std::borrow::Borrow<i64>) -> String {
        let mut args = FluentArgs::new();
        args.set("n", *n.borrow());
        self.lang.say(key, Some(&args))
    }

    /// A moment as a `time` element; safe to place in a page.
    #[must_use]
    pub fn time(&self, at: impl Moment) -> String {
        let at = at.moment();
        let (full, short) = (dates::full(self.lang, self.zone, at), dates::short(self.lang, self.zone, at, self.now));
        format!("<time datetime=\"{}\" title=\"{full}\">{short}</time>", at.rfc3339())
    }

    /// A day as a `time` element; safe to place in a page.
    #[must_use]
    pub fn day(&self, at: impl Moment) -> String {
        let at = at.moment();
        let iso: String = at.rfc3339().chars().take(10).collect();
        format!("<time datetime=\"{iso}\">{}</time>", dates::day_of(self.lang, self.zone, at))
    }

    /// A moment in words, for inside a sentence.
    #[must_use]
    pub fn date(&self, at: Time) -> String {
        dates::full(self.lang, self.zone, at)
    }

    /// The time zone of the region, in which everything is shown.
    #[must_use]
    pub fn zone(&self) -> chrono_tz::Tz {
        self.zone
    }

    /// A month in words.
    #[must_use]
    pub fn month(&self, year: impl std::borrow::Borrow<i32>, month: impl std::borrow::Borrow<u32>) -> String {
        dates::month(self.lang, *year.borrow(), *month.borrow())
    }

    /// Whether a link of the menu leads to the page that is shown, for `aria-current`.
    #[must_use]
    pub fn current(&self, path: &str) -> bool {
        let here = self.here.split('?').next().unwrap_or_default();
        match path {
            "/groups" => here.starts_with("/groups") || here.starts_with("/c/"),
            "/agenda" => here == path || here.starts_with("/agenda/"),
            _ => here == path,
        }
    }

    /// The token for forms; empty for visitors.
    #[must_use]
    pub fn csrf(&self) -> &str {
        self.me.as_ref().map_or("", |me| me.csrf.as_str())
    }

    /// Whether somebody is logged in.
    #[must_use]
    pub fn logged_in(&self) -> bool {
        self.me.is_some()
    }

    /// Whether the reader is this member.
    #[must_use]
    pub fn is(&self, actor: impl std::borrow::Borrow<ActorId>) -> bool {
        self.me.as_ref().is_some_and(|me| me.actor.id == *actor.borrow())
    }

    /// Whether the reader administers this instance.
    #[must_use]
    pub fn admin(&self) -> bool {
        self.me.as_ref().is_some_and(|me| me.account.admin)
    }

    /// The name at the top of every page.
    #[must_use]
    pub fn brand(&self) -> &str {
        if self.region.is_empty() { "Meent" } else { &self.region }
    }
}

impl FromRequestParts<Web> for Ui {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, PageError> {
        if let Some(ui) = parts.extensions.get::<Self>() {
            return Ok(ui.clone());
        }
        let (ui, outcome) = Self::read(web, parts).await;
        outcome?;
        Ok(ui)
    }
}

/// Around every page: reads who asks, turns what went wrong into a page, and says who may keep the answer.
pub async fn frame(State(web): State<Web>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let (ui, outcome) = Ui::read(&web, &parts).await;
    parts.extensions.insert(ui.clone());
    let response = match outcome {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(error) => PageError(error).into_response(),
    };
    let mut response = page::explain(&ui, response);
    let headers = response.headers_mut();
    if ui.flash.is_some() && !headers.contains_key(header::LOCATION) {
        session::set(headers, &session::forget(session::FLASH));
    }
    headers.append(header::VARY, HeaderValue::from_static("Accept, Accept-Language, Cookie"));
    let kept = if ui.me.is_some() || ui.flash.is_some() { "private, no-store" } else { "private, no-cache" };
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(kept));
    response
}
