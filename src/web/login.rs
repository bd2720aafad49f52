//! Logging in and out; and keeping what was typed when somebody turned out to be logged out.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::forms::{self, Field, Sent, Signed, Typed};
use super::page::{Shown, html, html_with};
use super::session::{self, flash_to, is_ours, to};
use super::ui::Ui;
use super::{Client, Listing, Web};
use crate::db::accounts;
use crate::error::Error;
use crate::ops::members;

/// What somebody typed who was not logged in, and where it was going.
#[derive(Clone, Debug)]
pub struct Kept {
    pub path: String,
    pub fields: Vec<(String, String)>,
}

impl Kept {
    const PATH: &'static str = "kept_path";
    const FIELD: &'static str = "kept_field_";

    fn read(typed: &Typed) -> Option<Self> {
        let path = typed.get(Self::PATH);
        let fields = typed.0.iter().filter_map(|(name, value)| Some((name.strip_prefix(Self::FIELD)?.to_owned(), value.clone())));
        is_ours(path).then(|| Self { path: path.to_owned(), fields: fields.collect() })
    }
}

/// The log-in page.
#[derive(Debug, Template)]
#[template(path = "login.html", config = "src/web/askama.toml")]
pub struct LoginPage {
    ui: Ui,
    fields: Vec<Field>,
    next: String,
    kept: Option<Kept>,
    problem: Option<String>,
}

impl LoginPage {
    /// A log-in page that leads to `next`, or back to the form that was `kept`.
    #[must_use]
    pub fn new(ui: Ui, next: String, kept: Option<Kept>, failed: Option<(&str, String)>) -> Self {
        let fields = vec![
            ui.field("login-name", "login", failed.as_ref().map_or("", |(login, _)| *login)).of_type("text", "username"),
            ui.field("login-password", "password", "").of_type("password", "current-password"),
        ];
        Self { fields, next, kept, problem: failed.map(|(_, problem)| problem), ui }
    }
}

pub async fn show(ui: Ui, Query(listing): Query<Listing>) -> Shown {
    let next = listing.next.filter(|next| is_ours(next)).unwrap_or_else(|| "/".into());
    if ui.logged_in() {
        return Ok(to(&next));
    }
    html(&LoginPage::new(ui, next, None, None))
}

pub async fn log_in(State(web): State<Web>, Client(address): Client, Sent { ui, typed }: Sent) -> Shown {
    let kept = Kept::read(&typed);
    let again = |ui: Ui, problem: String, status: StatusCode, kept: Option<Kept>| {
        html_with(status, &LoginPage::new(ui, typed.get("next").to_owned(), kept, Some((typed.get("login"), problem))))
    };
    let found = match members::log_in(&web.core, typed.get("login"), typed.get("password"), &address.to_string()).await {
        Ok(found) => found,
        Err(Error::TooMany(seconds)) => {
            let mut page = again(ui.clone(), ui.n("error-wait", (seconds + 59) / 60), StatusCode::TOO_MANY_REQUESTS, kept)?;
            page.headers_mut().insert(axum::http::header::RETRY_AFTER, seconds.into());
            return Ok(page);
        }
        Err(error) => return Err(error.into()),
    };
    let Some(actor) = found else {
        let problem = ui.t("login-failed");
        return again(ui, problem, StatusCode::UNPROCESSABLE_ENTITY, kept);
    };
    let mut tx = web.core.db.begin().await?;
    if let Some(me) = &ui.me {
        accounts::end_session(&mut tx, &me.token_hash).await?;
    }
    let token = members::start_session(&web.core, &mut tx, actor).await?;
    web.core.commit(tx).await?;
    let cookie = session::started(&web, token);
    let mut response = match kept {
        None => to(typed.get("next")),
        Some(kept) => resumed(&web, ui, &cookie, kept).await?,
    };
    session::set(response.headers_mut(), &cookie);
    Ok(response)
}

/// The form that was kept, with the token of the session that has just begun.
async fn resumed(web: &Web, mut ui: Ui, cookie: &axum_extra::extract::cookie::Cookie<'static>, kept: Kept) -> Shown {
    let jar = axum_extra::extract::cookie::CookieJar::new().add(cookie.clone());
    ui.me = session::read(web, &jar).await?.map(std::sync::Arc::new);
    forms::resume(ui, kept, StatusCode::OK)
}

pub async fn log_out(State(web): State<Web>, form: Signed) -> Shown {
    let mut tx = web.core.db.begin().await?;
    accounts::end_session(&mut tx, &form.me.token_hash).await?;
    web.core.commit(tx).await?;
    let mut response: Response = flash_to(&web, "flash-logged-out", "/");
    session::set(response.headers_mut(), &session::ended(&web));
    Ok(response)
}
