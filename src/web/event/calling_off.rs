//! Calling an event off, and back on: the page says first who will be told.

use askama::Template;
use axum::extract::{Query, State};

use super::edit::organised;
use super::span;
use crate::db::attendees;
use crate::model::{Event, Post, PostId};
use crate::ops::planning;
use crate::web::forms::Signed;
use crate::web::page::{Shown, html};
use crate::web::session::flash_to;
use crate::web::ui::Ui;
use crate::web::{At, Web};

#[derive(Template)]
#[template(path = "event/calling_off.html", config = "src/web/askama.toml")]
struct CallingOffPage {
    ui: Ui,
    post: Post,
    event: Event,
    when: String,
    /// How many people are told.
    told: i64,
    /// Whether the reader wanted to remove it.
    instead: bool,
}

/// What the address may say.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Asked {
    #[serde(default)]
    instead: String,
}

pub async fn show(State(web): State<Web>, ui: Ui, At(id): At<PostId>, Query(asked): Query<Asked>) -> Shown {
    let me = ui.member()?;
    let mut conn = web.core.db.conn();
    let (post, event) = organised(&web, &mut conn, &me.actor, id).await?;
    let concerned = attendees::concerned(&mut conn, post.id).await?;
    let told = concerned.iter().filter(|attendee| attendee.actor_id != Some(me.actor.id)).count();
    html(&CallingOffPage {
        when: span(ui.lang, event.plan.tz(), event.plan.starts_at, event.plan.ends_at),
        told: i64::try_from(told).unwrap_or(i64::MAX),
        instead: !asked.instead.is_empty(),
        ui,
        post,
        event,
    })
}

pub async fn cancel(State(web): State<Web>, At(id): At<PostId>, form: Signed) -> Shown {
    let off = form.typed.get("on") != "1";
    let (post, _) = organised(&web, &mut web.core.db.conn(), &form.me.actor, id).await?;
    let mut tx = web.core.db.begin().await?;
    planning::cancel(&web.core, &mut tx, &form.me.actor, &post, off).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, if off { "flash-event-off" } else { "flash-event-on" }, &post.path()))
}
