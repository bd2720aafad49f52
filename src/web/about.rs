//! What this region is, how accessible it is, and in which language it speaks.

use askama::Template;
use axum::extract::State;

use super::Web;
use super::forms::Sent;
use super::page::{Shown, html};
use super::session::{self, to};
use super::ui::Ui;
use crate::db::settings::{self, key};
use crate::db::{accounts, actors};
use crate::error::Error;
use crate::model::Lang;
use crate::model::{Actor, ActorKind, markup};

/// Whom to turn to; each may be empty.
struct Contact {
    name: String,
    email: String,
    page: String,
}

#[derive(Template)]
#[template(path = "about.html", config = "src/web/askama.toml")]
struct AboutPage {
    ui: Ui,
    /// Clean HTML.
    about: String,
    /// More about the region, and its rules; clean HTML.
    more: String,
    rules: String,
    contact: Contact,
    admin: Option<Actor>,
    host: String,
    mode: String,
    members: i64,
    groups: i64,
    version: &'static str,
}

pub async fn show(State(web): State<Web>, ui: Ui) -> Shown {
    let mut conn = web.core.db.conn();
    let about = settings::get(&mut conn, key::REGION_ABOUT).await?.unwrap_or_default();
    let more = settings::get(&mut conn, key::REGION_MORE).await?.unwrap_or_default();
    let rules = settings::get(&mut conn, key::REGION_RULES).await?.unwrap_or_default();
    let contact = Contact {
        name: settings::get(&mut conn, key::CONTACT_NAME).await?.unwrap_or_default(),
        email: settings::get(&mut conn, key::CONTACT_EMAIL).await?.unwrap_or_default(),
        page: settings::get(&mut conn, key::CONTACT_PAGE).await?.unwrap_or_default(),
    };
    let page = AboutPage {
        about: markup::markdown(&about),
        more: markup::markdown(&more),
        rules: markup::markdown(&rules),
        contact,
        admin: accounts::first_admin(&mut conn).await?,
        host: web.core.urls.authority().to_owned(),
        mode: ui.t(format!("mode-{}.text", web.core.federation_mode().await?.word())),
        members: actors::count_local(&mut conn, ActorKind::Person).await?,
        groups: actors::count_local(&mut conn, ActorKind::Group).await?,
        version: env!("CARGO_PKG_VERSION"),
        ui,
    };
    html(&page)
}

#[derive(Template)]
#[template(path = "accessibility.html", config = "src/web/askama.toml")]
struct AccessibilityPage {
    ui: Ui,
}

pub async fn accessibility(ui: Ui) -> Shown {
    html(&AccessibilityPage { ui })
}

/// Chooses the language: in a cookie, and for a member also in the account.
pub async fn language(State(web): State<Web>, Sent { ui, typed }: Sent) -> Shown {
    let lang = Lang::from_code(typed.get("language")).ok_or_else(|| Error::Bad("not a language of ours".into()))?;
    if let Some(me) = &ui.me {
        let mut tx = web.core.db.begin().await?;
        accounts::set_language(&mut tx, me.actor.id, lang.code()).await?;
        web.core.commit(tx).await?;
    }
    let mut response = to(typed.get("back"));
    session::set(response.headers_mut(), &session::language(&web, lang.code()));
    Ok(response)
}
