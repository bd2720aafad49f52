//! Asking a question in a group, with a look at it before it is sent.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use super::forms::{Check, Field, Signed, Typed};
use super::group::named;
use super::page::{Shown, html, html_with};
use super::session::{flash_to, to};
use super::ui::Ui;
use super::{At, Web};
use crate::db::follows;
use crate::model::names::{Body, Refused, Title};
use crate::model::{Actor, Handle, markup};
use crate::ops::members::random_token;
use crate::ops::publishing;

#[derive(Template)]
#[template(path = "ask.html", config = "src/web/askama.toml")]
struct AskPage {
    ui: Ui,
    group: Actor,
    fields: Vec<Field>,
    once: String,
    /// Title and clean HTML of how it will look.
    preview: Option<(String, String)>,
}

fn page(ui: Ui, group: Actor, typed: &Typed, refused: &[(&'static str, Refused)], preview: Option<(String, String)>) -> AskPage {
    let mut fields = vec![ui.field("ask-title", "title", typed.get("title")), ui.field("ask-body", "body", typed.get("body")).area(10)];
    ui.mark(&mut fields, refused);
    let once = if typed.get("once").is_empty() { random_token() } else { typed.once() };
    AskPage { ui, group, fields, once, preview }
}

#[derive(Template)]
#[template(path = "ask_where.html", config = "src/web/askama.toml")]
struct WherePage {
    ui: Ui,
    groups: Vec<Actor>,
}

/// `/ask`: in which group? Who is in one group only need not be asked.
pub async fn choose(State(web): State<Web>, ui: Ui) -> Shown {
    let groups = follows::groups_of(&mut web.core.db.conn(), ui.member()?.actor.id).await?;
    match groups.as_slice() {
        [only] => Ok(to(&format!("{}/ask", only.path()))),
        _ => html(&WherePage { ui, groups }),
    }
}

pub async fn show(State(web): State<Web>, ui: Ui, At(handle): At<Handle>) -> Shown {
    ui.member()?;
    let group = named(&web, &mut web.core.db.conn(), handle).await?;
    html(&page(ui, group, &Typed::default(), &[], None))
}

pub async fn ask(State(web): State<Web>, At(handle): At<Handle>, form: Signed) -> Shown {
    let group = named(&web, &mut web.core.db.conn(), handle).await?;
    let mut check = Check::default();
    let title = check.take("title", Title::parse(form.typed.get("title")));
    let body = check.take("body", Body::parse(form.typed.get("body")));
    let (Some(title), Some(body)) = (title, body) else {
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(form.ui, group, &form.typed, &check.0, None));
    };
    if form.typed.get("action") == "preview" {
        let preview = (title.to_string(), markup::markdown(body.as_str()));
        return html(&page(form.ui, group, &form.typed, &[], Some(preview)));
    }
    let mut tx = web.core.db.begin().await?;
    if let Some(before) = form.sent_before(&mut tx).await? {
        return Ok(before);
    }
    let post = publishing::ask(&web.core, &mut tx, &form.me.actor, &group, &title, &body, &form.me.account.language).await?;
    let response = if group.local { to(&post.path()) } else { flash_to(&web, "flash-on-its-way", &post.path()) };
    form.finish(&web, tx, &post.path(), response).await
}
