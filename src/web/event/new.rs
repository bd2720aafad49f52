//! Planning an event in a group, out of nothing or about a question; with a look before it is sent.

use axum::extract::{Query, State};
use axum::http::StatusCode;

use super::form::{self, FormPage, Part, Preview};
use super::read::{self, Bounds, Wrong};
use crate::db::{Conn, groups, posts, topics};
use crate::error::{Error, Result};
use crate::model::picture::MOST_PICTURES;
use crate::model::rights::{may_plan_about, may_start};
use crate::model::{Actor, Handle, Post, PostId, PostKind};
use crate::ops::members::random_token;
use crate::ops::planning::{self, Draft};
use crate::ops::{self, attaching, limits, recurring};
use crate::web::forms::{Signed, Typed};
use crate::web::group::{joins_by_posting, named};
use crate::web::page::{Shown, html, html_with};
use crate::web::session::{flash_to, to};
use crate::web::slots::{Sent, Slots};
use crate::web::topics::as_typed;
use crate::web::ui::Ui;
use crate::web::{At, Web};

/// What the address may say.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Asked {
    question: Option<PostId>,
}

struct Page<'a> {
    typed: &'a Typed,
    wrong: &'a Wrong,
    question: Option<Post>,
    preview: Option<Preview>,
    pictures: Option<&'a Sent>,
}

async fn page(web: &Web, ui: Ui, group: Actor, page: Page<'_>) -> Result<FormPage> {
    let slots = match page.pictures {
        Some(sent) => sent.slots(web, &ui, "p").await?,
        None => Slots::empty(&ui, "p", MOST_PICTURES),
    };
    let mut conn = web.core.db.conn();
    let first_time = !posts::has_started(&mut conn, ui.member()?.actor.id, group.id).await?;
    let sections = form::sections(&mut conn, &ui, page.typed, page.wrong, Part::New).await?;
    Ok(FormPage {
        action: format!("{}/event/new", group.path()),
        heading: "event-new",
        send: "event-send",
        back: page.question.as_ref().map_or_else(|| group.path(), Post::path),
        fields: form::all(&sections),
        sections,
        slots,
        once: if page.typed.get("once").is_empty() { random_token() } else { page.typed.once() },
        question: page.question,
        preview: page.preview,
        can_preview: true,
        rules: if first_time { groups::page(&mut conn, group.id).await?.rules_html } else { String::new() },
        joins: joins_by_posting(&mut conn, &ui, &group).await?,
        ui,
        group,
    })
}

/// The question that an event is about, for who may plan one about it.
async fn question(web: &Web, conn: &mut Conn, me: &Actor, id: Option<PostId>) -> Result<Option<Post>> {
    let Some(id) = id else { return Ok(None) };
    let question = posts::by_id(conn, id).await?;
    let viewer = ops::viewer(&web.core, conn, Some(me), question.group_id).await?;
    if may_plan_about(viewer, &question) { Ok(Some(question)) } else { Err(Error::Forbidden("error-not-your-question")) }
}

pub async fn show(State(web): State<Web>, ui: Ui, At(handle): At<Handle>, Query(asked): Query<Asked>) -> Shown {
    let me = ui.member()?;
    let mut conn = web.core.db.conn();
    let group = named(&web, &mut conn, handle).await?;
    let viewer = ops::viewer(&web.core, &mut conn, Some(&me.actor), group.id).await?;
    if !may_start(viewer, PostKind::Event) {
        // The group's page says why, and until when.
        return Ok(to(&group.path()));
    }
    let question = question(&web, &mut conn, &me.actor, asked.question).await?;
    let typed = match &question {
        Some(question) => form::about(&ui, question, as_typed(&topics::of_post(&mut conn, question.id).await?)),
        None => form::empty(&ui),
    };
    drop(conn);
    html(&page(&web, ui, group, Page { typed: &typed, wrong: &Wrong::default(), question, preview: None, pictures: None }).await?)
}

pub async fn plan(State(web): State<Web>, At(handle): At<Handle>, mut form: Signed) -> Shown {
    let group = named(&web, &mut web.core.db.conn(), handle).await?;
    let pictures = Sent::read(&web, &mut form, MOST_PICTURES).await?;
    let asked = form.typed.get("question").parse().ok();
    let question = question(&web, &mut web.core.db.conn(), &form.me.actor, asked).await?;
    let bounds = Bounds { author: form.me.actor.id, now: web.core.now(), starts_at: None };
    let read = read::read(&web, &mut web.core.db.conn(), &form.typed, bounds).await?;
    let (filled, wrong) = match read {
        Ok(filled) => (Some(filled).filter(|_| !pictures.any_wrong()), Wrong::default()),
        Err(wrong) => (None, wrong),
    };
    let Some(filled) = filled else {
        let parts = Page { typed: &form.typed, wrong: &wrong, question, preview: None, pictures: Some(&pictures) };
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&web, form.ui, group, parts).await?);
    };
    if form.typed.get("action") == "preview" {
        let preview = Some(form::preview(&form.ui, &filled));
        let parts = Page { typed: &form.typed, wrong: &wrong, question, preview, pictures: Some(&pictures) };
        return html(&page(&web, form.ui, group, parts).await?);
    }
    if filled.repeat.is_some() {
        limits::count_costly(&web.core, form.me.actor.id).await?;
    }
    let mut tx = web.core.db.begin().await?;
    if let Some(before) = form.sent_before(&mut tx).await? {
        return Ok(before);
    }
    let draft = Draft {
        title: &filled.title,
        body: &filled.body,
        plan: &filled.plan,
        tags: &filled.tags,
        organisers: &filled.organisers,
        question: question.as_ref(),
        series: None,
    };
    let me = &form.me;
    let (language, pictures) = (me.account.language.as_str(), pictures.chosen());
    let post = if let Some(repeat) = &filled.repeat {
        Box::pin(recurring::begin(&web.core, &mut tx, &me.actor, &group, &draft, repeat, &pictures, language)).await?
    } else {
        let post = Box::pin(planning::plan(&web.core, &mut tx, &me.actor, &group, &draft, language)).await?;
        attaching::hang(&web.core, &mut tx, post.id, &pictures).await?;
        post
    };
    let flash = match (&filled.repeat, group.local) {
        (_, false) => "flash-on-its-way",
        (Some(_), true) => "flash-series-planned",
        (None, true) => "flash-event-planned",
    };
    let response = flash_to(&web, flash, &post.path());
    form.finish(&web, tx, &post.path(), response).await
}
