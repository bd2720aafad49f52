//! What one does with a post that stands: say that it is useful, choose it, change it, remove it, compare it with its home.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use super::forms::{Check, Field, Signed, Typed};
use super::page::{Shown, html, html_with};
use super::session::{flash_to, to};
use super::slots::{Sent, Slots};
use super::topics::{as_typed, topics_field};
use super::ui::Ui;
use super::{At, Web};
use crate::db::{Conn, posts, topics};
use crate::error::{Error, Result};
use crate::model::names::{Body, Refused, Title};
use crate::model::picture::MOST_PICTURES;
use crate::model::rights::{Act, Viewer, may};
use crate::model::{Post, PostId, PostKind, topic};
use crate::ops::accepting::{Chosen, choose};
use crate::ops::comparing::{self, Asked};
use crate::ops::{self, appreciating, attaching, publishing};

pub async fn useful(State(web): State<Web>, At(id): At<PostId>, form: Signed) -> Shown {
    let mut tx = web.core.db.begin().await?;
    let post = posts::by_id(&mut tx, id).await?;
    appreciating::appreciate(&web.core, &mut tx, &form.me.actor, &post, form.typed.get("on") != "0").await?;
    web.core.commit(tx).await?;
    Ok(to(&post.path()))
}

pub async fn accept(State(web): State<Web>, At(id): At<PostId>, form: Signed) -> Shown {
    let on = form.typed.get("on") != "0";
    let mut tx = web.core.db.begin().await?;
    let answer = posts::by_id(&mut tx, id).await?;
    let question = posts::by_id(&mut tx, answer.root_id).await?;
    let viewer = ops::viewer(&web.core, &mut tx, Some(&form.me.actor), question.group_id).await?;
    let chosen = choose(&web.core, &mut tx, viewer, &question, &answer, on).await?;
    web.core.commit(tx).await?;
    let key = match (chosen, on) {
        (Chosen::Sent, _) => "flash-choice-sent",
        (Chosen::Here, true) => "flash-chosen",
        (Chosen::Here, false) => "flash-choice-undone",
    };
    Ok(flash_to(&web, key, &answer.path()))
}

/// Asks that a thread of another region is compared with its home now; the foot of the thread says how far that is.
pub async fn check(State(web): State<Web>, At(id): At<PostId>, form: Signed) -> Shown {
    let post = posts::by_id(&mut web.core.db.conn(), id).await?;
    let root = posts::by_id(&mut web.core.db.conn(), post.root_id).await?;
    if root.local {
        return Ok(to(&root.path()));
    }
    let key = match comparing::ask(&web.core, &form.me.actor, &root).await {
        Ok(Asked::Begun) => "flash-check-begun",
        Ok(Asked::UnderWay) => "flash-check-under-way",
        Ok(Asked::TooSoon(_)) => "flash-check-too-soon",
        Err(Error::TooMany(_)) => "flash-check-too-often",
        Err(error) => return Err(error.into()),
    };
    Ok(flash_to(&web, key, &format!("{}#volledig", root.path())))
}

#[derive(Template)]
#[template(path = "edit.html", config = "src/web/askama.toml")]
struct EditPage {
    ui: Ui,
    post: Post,
    fields: Vec<Field>,
    slots: Slots,
}

async fn edit_page(web: &Web, ui: Ui, post: Post, typed: &Typed, refused: &[(&'static str, Refused)], pictures: &Sent) -> Result<EditPage> {
    let slots = pictures.slots(web, &ui, "p").await?;
    let mut fields = Vec::new();
    if post.is_root() {
        let words = super::kinds::words(post.kind);
        fields.push(ui.field(words.title, "title", typed.get("title")));
        fields.push(ui.field(words.body, "body", typed.get("body")).area(10));
        fields.push(topics_field(&mut web.core.db.conn(), &ui, "post-topics", typed.get("topics")).await?);
    } else {
        fields.push(ui.field("edit-body", "body", typed.get("body")).area(10));
    }
    ui.mark(&mut fields, refused);
    Ok(EditPage { ui, post, fields, slots })
}

/// The post, when this member may do that to it.
async fn own(core: &ops::Core, conn: &mut Conn, id: PostId, me: &crate::model::Actor, act: Act) -> Result<(Post, Viewer)> {
    let post = posts::by_id(conn, id).await?;
    let viewer = ops::viewer(core, conn, Some(me), post.group_id).await?;
    if post.is_deleted() {
        return Err(Error::Gone);
    }
    if may(viewer, act, &post) { Ok((post, viewer)) } else { Err(Error::Forbidden("error-not-yours")) }
}

pub async fn show_edit(State(web): State<Web>, ui: Ui, At(id): At<PostId>) -> Shown {
    let me = ui.member()?;
    let mut conn = web.core.db.conn();
    let (post, _) = own(&web.core, &mut conn, id, &me.actor, Act::Edit).await?;
    if post.kind == PostKind::Event {
        return Ok(to(&format!("/post/{id}/event/edit")));
    }
    let about = as_typed(&topics::of_post(&mut conn, post.id).await?);
    let body = post.source.clone().unwrap_or_default();
    let pictures = Sent::of_post(&mut conn, me.actor.id, post.id).await?;
    let typed = Typed(vec![("title".into(), post.title.clone()), ("body".into(), body), ("topics".into(), about)]);
    html(&edit_page(&web, ui, post, &typed, &[], &pictures).await?)
}

pub async fn edit(State(web): State<Web>, At(id): At<PostId>, mut form: Signed) -> Shown {
    let (post, _) = own(&web.core, &mut web.core.db.conn(), id, &form.me.actor, Act::Edit).await?;
    if post.kind == PostKind::Event {
        return Ok(to(&format!("/post/{id}/event/edit")));
    }
    let pictures = Sent::read(&web, &mut form, MOST_PICTURES).await?;
    let mut tx = web.core.db.begin().await?;
    let (post, viewer) = own(&web.core, &mut tx, id, &form.me.actor, Act::Edit).await?;
    let mut check = Check::default();
    let title = if post.is_root() { check.take("title", Title::parse(form.typed.get("title"))) } else { None };
    let body = check.take("body", Body::parse(form.typed.get("body")));
    let tags = check.take("topics", topic::typed(form.typed.get("topics"))).filter(|_| post.is_root());
    let Some(body) = body.filter(|_| check.0.is_empty() && !pictures.any_wrong()) else {
        drop(tx);
        let again = edit_page(&web, form.ui, post, &form.typed, &check.0, &pictures).await?;
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &again);
    };
    let after = publishing::edit(&web.core, &mut tx, viewer, &post, title.as_ref(), &body).await?;
    attaching::change(&web.core, &mut tx, &post, &after, &pictures.chosen()).await?;
    if let Some(tags) = tags.filter(|_| form.typed.0.iter().any(|(name, _)| name == "topics")) {
        ops::topics::retag(&web.core, &mut tx, viewer, &after, &tags).await?;
    }
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-saved", &post.path()))
}

#[derive(Template)]
#[template(path = "delete.html", config = "src/web/askama.toml")]
struct DeletePage {
    ui: Ui,
    post: Post,
    replies: i64,
}

pub async fn confirm(State(web): State<Web>, ui: Ui, At(id): At<PostId>) -> Shown {
    let me = ui.member()?;
    let mut conn = web.core.db.conn();
    let (post, _) = own(&web.core, &mut conn, id, &me.actor, Act::Delete).await?;
    if publishing::stays(&mut conn, &post).await? {
        return Ok(to(&format!("/post/{id}/event/cancel?instead=1")));
    }
    let replies = posts::count_replies(&mut conn, post.id).await?;
    html(&DeletePage { ui, post, replies })
}

pub async fn delete(State(web): State<Web>, At(id): At<PostId>, form: Signed) -> Shown {
    let mut tx = web.core.db.begin().await?;
    let (post, viewer) = own(&web.core, &mut tx, id, &form.me.actor, Act::Delete).await?;
    publishing::remove(&web.core, &mut tx, viewer, &post).await?;
    let replies = posts::count_replies(&mut tx, post.id).await?;
    let group = crate::db::actors::by_id(&mut tx, post.group_id).await?;
    web.core.commit(tx).await?;
    let left = match (post.is_root(), replies) {
        (true, 0) => group.path(),
        (false, 0) => format!("/post/{}", post.root_id),
        _ => post.path(),
    };
    Ok(flash_to(&web, "flash-deleted", &left))
}
