//! Changing an event: for everybody who organises it.

use axum::extract::State;
use axum::http::StatusCode;

use super::form::{self, FormPage, Part};
use super::read::{self, Bounds, Wrong};
use crate::db::{Conn, actors, events, posts, topics};
use crate::error::{Error, Result};
use crate::model::picture::MOST_PICTURES;
use crate::model::{Actor, Event, Post, PostId};
use crate::ops::planning::{self, Draft};
use crate::ops::{self, attaching, recurring};
use crate::web::forms::{Signed, Typed};
use crate::web::page::{Shown, html, html_with};
use crate::web::session::flash_to;
use crate::web::slots::Sent;
use crate::web::topics::as_typed;
use crate::web::ui::Ui;
use crate::web::{At, Web};

/// The event, for who organises it.
///
/// # Errors
/// [`Error::Forbidden`] for everybody else; [`Error::NotFound`] for what is none; [`Error::Gone`] when it was taken away.
pub async fn organised(web: &Web, conn: &mut Conn, me: &Actor, id: PostId) -> Result<(Post, Event)> {
    let post = posts::by_id(conn, id).await?;
    let event = events::of(conn, post.id).await?.ok_or(Error::NotFound)?;
    if post.is_deleted() {
        return Err(Error::Gone);
    }
    if planning::organises(&web.core, conn, me, &post).await? { Ok((post, event)) } else { Err(Error::Forbidden("error-only-organisers")) }
}

async fn page(web: &Web, ui: Ui, (post, event): (&Post, &Event), typed: &Typed, wrong: &Wrong, pictures: &Sent) -> Result<FormPage> {
    let slots = pictures.slots(web, &ui, "p").await?;
    let mut conn = web.core.db.conn();
    let sections =
        form::sections(&mut conn, &ui, typed, wrong, if event.series_id.is_some() { Part::Occurrence } else { Part::Once }).await?;
    Ok(FormPage {
        action: format!("/post/{}/event/edit", post.id),
        heading: "event-edit",
        send: "save",
        back: post.path(),
        fields: form::all(&sections),
        sections,
        slots,
        once: String::new(),
        question: None,
        preview: None,
        can_preview: false,
        rules: String::new(),
        joins: false,
        group: actors::by_id(&mut conn, post.group_id).await?,
        ui,
    })
}

pub async fn show(State(web): State<Web>, ui: Ui, At(id): At<PostId>) -> Shown {
    let me = ui.member()?;
    let mut conn = web.core.db.conn();
    let (post, event) = organised(&web, &mut conn, &me.actor, id).await?;
    let about = as_typed(&topics::of_post(&mut conn, post.id).await?);
    let organisers = events::organisers(&mut conn, post.id).await?;
    let pictures = Sent::of_post(&mut conn, me.actor.id, post.id).await?;
    drop(conn);
    let typed = form::as_it_is(&post, &event, about, &organisers);
    html(&page(&web, ui, (&post, &event), &typed, &Wrong::default(), &pictures).await?)
}

pub async fn change(State(web): State<Web>, At(id): At<PostId>, mut form: Signed) -> Shown {
    let (post, event) = organised(&web, &mut web.core.db.conn(), &form.me.actor, id).await?;
    let pictures = Sent::read(&web, &mut form, MOST_PICTURES).await?;
    let bounds = Bounds { author: post.author_id, now: web.core.now(), starts_at: Some(event.plan.starts_at) };
    let read = read::read(&web, &mut web.core.db.conn(), &form.typed, bounds).await?;
    let (filled, wrong) = match read {
        Ok(filled) => (Some(filled).filter(|_| !pictures.any_wrong()), Wrong::default()),
        Err(wrong) => (None, wrong),
    };
    let Some(filled) = filled else {
        let again = page(&web, form.ui, (&post, &event), &form.typed, &wrong, &pictures).await?;
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &again);
    };
    let mut tx = web.core.db.begin().await?;
    let before = posts::by_id(&mut tx, post.id).await?;
    let draft = Draft {
        title: &filled.title,
        body: &filled.body,
        plan: &filled.plan,
        tags: &filled.tags,
        organisers: &filled.organisers,
        question: None,
        series: None,
    };
    let me = &form.me.actor;
    let after = if event.series_id.is_some() && form.typed.get("which") == "following" {
        match Box::pin(recurring::change_following(&web.core, &mut tx, me, &before, &draft)).await {
            Err(Error::Invalid(refused)) => {
                drop(tx);
                let refused = refused.into_iter().map(|(name, why)| (if name == "starts" { "starts_day" } else { name }, why)).collect();
                let wrong = Wrong { refused, unknown: Vec::new() };
                let again = page(&web, form.ui, (&post, &event), &form.typed, &wrong, &pictures).await?;
                return html_with(StatusCode::UNPROCESSABLE_ENTITY, &again);
            }
            changed => changed?,
        }
    } else {
        Box::pin(planning::change(&web.core, &mut tx, me, &before, &draft)).await?
    };
    attaching::change(&web.core, &mut tx, &before, &after, &pictures.chosen()).await?;
    let viewer = ops::viewer(&web.core, &mut tx, Some(me), post.group_id).await?;
    ops::topics::retag(&web.core, &mut tx, viewer, &after, &filled.tags).await?;
    web.core.commit(tx).await?;
    let moved = filled.plan.is_moved_from(&event.plan) && !event.is_cancelled();
    Ok(flash_to(&web, if moved { "flash-event-moved" } else { "flash-saved" }, &post.path()))
}
