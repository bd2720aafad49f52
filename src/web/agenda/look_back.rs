//! The form for the report of an event: under the event, or as the answer to the question that it came from.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use crate::db::{Conn, agenda, events, posts};
use crate::error::{Error, Result};
use crate::model::names::{Body, Refused};
use crate::model::picture::MOST_PICTURES;
use crate::model::rights::may_add;
use crate::model::{Event, Post, PostId};
use crate::ops::members::random_token;
use crate::ops::{self, Core, attaching, looking_back, planning};
use crate::web::forms::{Check, Field, Signed, Typed};
use crate::web::page::{Shown, html, html_with};
use crate::web::session::{flash_to, to};
use crate::web::slots::{Sent, Slots};
use crate::web::ui::Ui;
use crate::web::{At, Web};

/// Whether the reader may write the report of an event now: it began, and they organise it.
///
/// # Errors
/// When the database can't be read.
pub async fn may_write(core: &Core, conn: &mut Conn, ui: &Ui, post: &Post, event: &Event) -> Result<bool> {
    let Some(me) = &ui.me else { return Ok(false) };
    Ok(ui.now >= event.plan.starts_at && planning::organises(core, conn, &me.actor, post).await?)
}

#[derive(Template)]
#[template(path = "agenda/look_back.html", config = "src/web/askama.toml")]
struct LookBackPage {
    ui: Ui,
    post: Post,
    /// The question that it can be the answer to.
    question: Option<Post>,
    fields: Vec<Field>,
    slots: Slots,
    once: String,
}

/// The event of which this member writes the report, and the question that it may answer; nothing when it has one already.
async fn event(web: &Web, ui: &Ui, id: PostId) -> Result<Option<(Post, Option<Post>)>> {
    ui.member()?;
    let mut conn = web.core.db.conn();
    let post = posts::by_id(&mut conn, id).await?;
    let event = events::of(&mut conn, post.id).await?.ok_or(Error::NotFound)?;
    if post.is_deleted() {
        return Err(Error::Gone);
    }
    if !may_write(&web.core, &mut conn, ui, &post, &event).await? {
        let began = ui.now >= event.plan.starts_at;
        return Err(Error::Forbidden(if began { "error-only-organisers" } else { "error-report-too-early" }));
    }
    if agenda::report_of(&mut conn, post.id).await?.is_some() {
        return Ok(None);
    }
    let question = match &event.question {
        Some(question) => posts::by_ap_id(&mut conn, question).await?,
        None => None,
    };
    let Some(question) = question else { return Ok(Some((post, None))) };
    let viewer = ops::viewer(&web.core, &mut conn, ui.me.as_ref().map(|me| &me.actor), question.group_id).await?;
    let open = may_add(viewer, &question, &question);
    Ok(Some((post, Some(question).filter(|_| open))))
}

fn page(
    ui: Ui,
    post: Post,
    question: Option<Post>,
    typed: &Typed,
    refused: &[(&'static str, Refused)],
    slots: Slots,
    once: String,
) -> LookBackPage {
    let mut fields = vec![ui.field("look-back-body", "body", typed.get("body")).area(12)];
    if question.is_some() {
        fields.push(ui.field("look-back-answer", "answer", typed.get("answer")).check());
    }
    ui.mark(&mut fields, refused);
    LookBackPage { ui, post, question, fields, slots, once }
}

pub async fn show(State(web): State<Web>, ui: Ui, At(id): At<PostId>) -> Shown {
    let Some((post, question)) = event(&web, &ui, id).await? else { return Ok(to(&format!("/post/{id}#verslag"))) };
    let slots = Slots::empty(&ui, "v", MOST_PICTURES);
    html(&page(ui, post, question, &Typed::default(), &[], slots, random_token()))
}

pub async fn write(State(web): State<Web>, At(id): At<PostId>, mut form: Signed) -> Shown {
    let Some((post, question)) = event(&web, &form.ui, id).await? else {
        let mut tx = web.core.db.begin().await?;
        let before = form.sent_before(&mut tx).await?;
        return Ok(before.unwrap_or_else(|| flash_to(&web, "flash-report-there", &format!("/post/{id}#verslag"))));
    };
    let pictures = Sent::read(&web, &mut form, MOST_PICTURES).await?;
    let mut check = Check::default();
    let body = check.take("body", Body::parse(form.typed.get("body")));
    let Some(body) = body.filter(|_| !pictures.any_wrong()) else {
        let slots = pictures.slots(&web, &form.ui, "v").await?;
        let once = form.typed.once();
        let again = page(form.ui, post, question, &form.typed, &check.0, slots, once);
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &again);
    };
    let as_answer = question.is_some() && form.typed.get("answer") == "1";
    let mut tx = web.core.db.begin().await?;
    let report = looking_back::report(&web.core, &mut tx, &form.me.actor, &post, &body, as_answer, &form.me.account.language).await?;
    attaching::hang(&web.core, &mut tx, report.id, &pictures.chosen()).await?;
    let response = flash_to(&web, "flash-report", &report.path());
    form.finish(&web, tx, &report.path(), response).await
}
