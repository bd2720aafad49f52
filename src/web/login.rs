//! Logging in and out; and keeping what was typed when somebody turned out to be logged out.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::forms::{self, Field, Sent, Typed};
use super::page::{Shown, html, html_with};
use super::session::{self, flash_to, is_ours, to};
use super::ui::Ui;
use super::{Agent, Client, Listing, Web};
use crate::db::accounts;
use crate::error::Error;
use crate::model::{AccountState, Suspension};
use crate::ops::members::{self, LogIn};
use crate::ops::suspending::{self, Shut};

/// What somebody typed who was not logged in, and where it was going.
#[derive(Clone, Debug)]
pub struct Kept {
    pub path: String,
    pub fields: Vec<(String, String)>,
}

impl Kept {
    /// The fields that somebody writes in, as against those that a page fills in.
    const WRITTEN: [&'static str; 11] =
        ["title", "body", "about", "display_name", "organisation", "role", "name", "reason", "words", "answer", "remark"];

    /// Whether anything was written: a press of a button alone is no loss.
    #[must_use]
    pub fn is_written(&self) -> bool {
        self.fields.iter().any(|(name, value)| Self::WRITTEN.contains(&name.as_str()) && !value.trim().is_empty())
    }

    /// Whether files were chosen that could not be kept.
    #[must_use]
    pub fn lost_files(&self) -> bool {
        self.fields.iter().any(|(name, _)| name == super::uploads::LOST)
    }

    /// The page that the form stood on.
    #[must_use]
    pub fn page(&self) -> String {
        let path = self.path.split('?').next().unwrap_or_default();
        let parts: Vec<&str> = path.split('/').collect();
        match parts.as_slice() {
            ["", kind @ ("post" | "c"), which, ..] => format!("/{kind}/{which}"),
            ["", "account", ..] => "/account".to_owned(),
            ["", "admin", what, ..] => format!("/admin/{what}"),
            ["", "profile"] | ["", "groups", "new"] => path.to_owned(),
            _ => "/".to_owned(),
        }
    }

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
    /// Where somebody who is suspended can object.
    object: Option<String>,
}

impl LoginPage {
    /// A log-in page that leads to `next`, or back to the form that was `kept`.
    #[must_use]
    pub fn new(ui: Ui, next: String, kept: Option<Kept>, failed: Option<(&str, String)>) -> Self {
        let fields = vec![
            ui.field("login-name", "login", failed.as_ref().map_or("", |(login, _)| *login)).of_type("text", "username"),
            ui.field("login-password", "password", "").of_type("password", "current-password"),
        ];
        Self { fields, next, kept, problem: failed.map(|(_, problem)| problem), object: None, ui }
    }
}

pub async fn show(ui: Ui, Query(listing): Query<Listing>) -> Shown {
    let next = listing.next.filter(|next| is_ours(next)).unwrap_or_else(|| "/".into());
    if ui.logged_in() {
        return Ok(to(&next));
    }
    html(&LoginPage::new(ui, next, None, None))
}

pub async fn log_in(State(web): State<Web>, Client(address): Client, Agent(agent): Agent, Sent { ui, typed }: Sent) -> Shown {
    let kept = Kept::read(&typed);
    let again = |ui: Ui, problem: String, status: StatusCode, kept: Option<Kept>| {
        let mut page = LoginPage::new(ui, typed.get("next").to_owned(), kept, Some((typed.get("login"), problem)));
        if status == StatusCode::UNPROCESSABLE_ENTITY {
            page.fields.iter_mut().for_each(|field| field.wrong_by = Some("fout-tekst"));
        }
        html_with(status, &page)
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
    let actor = match found {
        LogIn::Welcome(actor) => actor,
        LogIn::Wrong => {
            let problem = ui.t("login-failed");
            return again(ui, problem, StatusCode::UNPROCESSABLE_ENTITY, kept);
        }
        LogIn::Shut(_, AccountState::Closed) => {
            let problem = ui.t("login-closed");
            return again(ui, problem, StatusCode::FORBIDDEN, kept);
        }
        LogIn::Shut(actor, _) => match suspending::keeps_out(&web.core, actor).await? {
            Shut::Open => actor,
            Shut::Unexplained => {
                let problem = ui.t("login-suspended");
                return again(ui, problem, StatusCode::FORBIDDEN, kept);
            }
            Shut::Until(suspension) => {
                let link = suspending::objection_link(&web.core, &suspension).await?;
                let problem = suspension_problem(&ui, &suspension);
                let mut page = LoginPage::new(ui, typed.get("next").to_owned(), kept, Some((typed.get("login"), problem)));
                page.object = Some(link);
                return html_with(StatusCode::FORBIDDEN, &page);
            }
        },
    };
    let mut tx = web.core.db.begin().await?;
    if let Some(me) = &ui.me {
        accounts::end_session(&mut tx, &me.token_hash).await?;
    }
    let token = members::start_session_with(&web.core, &mut tx, actor, &agent).await?;
    web.core.commit(tx).await?;
    let cookie = session::started(&web, token);
    let mut response = match kept {
        None => to(typed.get("next")),
        Some(kept) => resumed(&web, ui, &cookie, kept).await?,
    };
    session::set(response.headers_mut(), &cookie);
    Ok(response)
}

/// Why somebody with the right password can't log in, and until when.
fn suspension_problem(ui: &Ui, suspension: &Suspension) -> String {
    let mut args = fluent_bundle::FluentArgs::new();
    args.set("reason", suspension.reason.clone());
    match suspension.until {
        Some(until) => {
            args.set("until", ui.date(until));
            ui.lang.say("login-shut-until", Some(&args))
        }
        None => ui.lang.say("login-shut", Some(&args)),
    }
}

/// The form that was kept, with the token of the session that has just begun.
async fn resumed(web: &Web, mut ui: Ui, cookie: &axum_extra::extract::cookie::Cookie<'static>, kept: Kept) -> Shown {
    let jar = axum_extra::extract::cookie::CookieJar::new().add(cookie.clone());
    ui.me = session::read(web, &mut web.core.db.conn(), &jar).await?.map(std::sync::Arc::new);
    forms::resume(ui, kept, StatusCode::OK)
}

/// Who was logged out already is where they want to be.
pub async fn log_out(State(web): State<Web>, Sent { ui, typed }: Sent) -> Shown {
    let Some(me) = ui.me.clone() else { return Ok(to("/")) };
    if !typed.signed_by(&me) {
        return Err(Error::Forbidden("error-stale").into());
    }
    let mut tx = web.core.db.begin().await?;
    accounts::end_session(&mut tx, &me.token_hash).await?;
    web.core.commit(tx).await?;
    let mut response: Response = flash_to(&web, "flash-logged-out", "/");
    session::set(response.headers_mut(), &session::ended(&web));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_written_is_kept() {
        let kept = |path: &str, fields: &[(&str, &str)]| Kept {
            path: path.to_owned(),
            fields: fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        };
        assert!(kept("/c/jeugd/ask", &[("once", "1"), ("body", "Een uitleg.")]).is_written());
        assert!(!kept("/c/jeugd/ask", &[("once", "1"), ("body", " "), ("title", "")]).is_written());
        assert!(!kept("/post/7/useful", &[("on", "1")]).is_written());
        let page = |path: &str| kept(path, &[]).page();
        assert_eq!(page("/post/7/useful"), "/post/7");
        assert_eq!(page("/c/jeugd@elders.example/join"), "/c/jeugd@elders.example");
        assert_eq!(page("/profile"), "/profile");
        assert_eq!(page("/account/sessions/end"), "/account");
        assert_eq!(page("/admin/registrations/7/approve"), "/admin/registrations");
        assert_eq!(page("/elders"), "/");
    }
}
