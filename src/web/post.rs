//! What one does with a post that stands: say that it is useful, choose it, change it, remove it, compare it with its home.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use super::forms::{Check, Field, Signed, Typed};
use super::page::{Shown, html, html_with};
use super::session::{flash_to, to};
use super::ui::Ui;
use super::{At, Web};
use crate::db::{Conn, posts};
use crate::error::{Error, Result};
use crate::model::names::{Body, Refused, Title};
use crate::model::rights::{Act, Viewer, may};
use crate::model::{Post, PostId};
use crate::ops::accepting::{Chosen, choose};
use crate::ops::{self, appreciating, publishing};

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
    let viewer = ops::viewer(&mut tx, Some(&form.me.actor), question.group_id).await?;
    let chosen = choose(&web.core, &mut tx, viewer, &question, &answer, on).await?;
    web.core.commit(tx).await?;
    let key = match (chosen, on) {
        (Chosen::Sent, _) => "flash-choice-sent",
        (Chosen::Here, true) => "flash-chosen",
        (Chosen::Here, false) => "flash-choice-undone",
    };
    Ok(flash_to(&web, key, &answer.path()))
}

/// Compares a thread of another region with its home, now.
pub async fn check(State(web): State<Web>, At(id): At<PostId>, _form: Signed) -> Shown {
    let post = posts::by_id(&mut web.core.db.conn(), id).await?;
    let root = posts::by_id(&mut web.core.db.conn(), post.root_id).await?;
    if root.local {
        return Ok(to(&root.path()));
    }
    let key = match web.finder.check_thread(root.id).await {
        Ok(()) => "flash-checked",
        Err(Error::Forbidden(_)) => "flash-not-allowed",
        Err(Error::RemoteGone) => "flash-gone-at-home",
        Err(error) => {
            error.log();
            "flash-no-answer"
        }
    };
    Ok(flash_to(&web, key, &root.path()))
}

#[derive(Template)]
#[template(path = "edit.html", config = "src/web/askama.toml")]
struct EditPage {
    ui: Ui,
    post: Post,
    fields: Vec<Field>,
}

fn edit_page(ui: Ui, post: Post, typed: &Typed, refused: &[(&'static str, Refused)]) -> EditPage {
    let mut fields = Vec::new();
    if post.is_root() {
        fields.push(ui.field("ask-title", "title", typed.get("title")));
        fields.push(ui.field("ask-body", "body", typed.get("body")).area(10));
    } else {
        fields.push(ui.field("edit-body", "body", typed.get("body")).area(10));
    }
    ui.mark(&mut fields, refused);
    EditPage { ui, post, fields }
}

/// The post, when this member may do that to it.
async fn own(conn: &mut Conn, id: PostId, me: &crate::model::Actor, act: Act) -> Result<(Post, Viewer)> {
    let post = posts::by_id(conn, id).await?;
    let viewer = ops::viewer(conn, Some(me), post.group_id).await?;
    if post.is_deleted() {
        return Err(Error::Gone);
    }
    if may(viewer, act, &post) { Ok((post, viewer)) } else { Err(Error::Forbidden("error-not-yours")) }
}

pub async fn show_edit(State(web): State<Web>, ui: Ui, At(id): At<PostId>) -> Shown {
    let me = ui.member()?;
    let (post, _) = own(&mut web.core.db.conn(), id, &me.actor, Act::Edit).await?;
    let typed = Typed(vec![("title".into(), post.title.clone()), ("body".into(), post.source.clone().unwrap_or_default())]);
    html(&edit_page(ui, post, &typed, &[]))
}

pub async fn edit(State(web): State<Web>, At(id): At<PostId>, form: Signed) -> Shown {
    let mut tx = web.core.db.begin().await?;
    let (post, viewer) = own(&mut tx, id, &form.me.actor, Act::Edit).await?;
    let mut check = Check::default();
    let title = if post.is_root() { check.take("title", Title::parse(form.typed.get("title"))) } else { None };
    let body = check.take("body", Body::parse(form.typed.get("body")));
    let Some(body) = body.filter(|_| check.0.is_empty()) else {
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &edit_page(form.ui, post, &form.typed, &check.0));
    };
    let post = publishing::edit(&web.core, &mut tx, viewer, &post, title.as_ref(), &body).await?;
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
    let (post, _) = own(&mut conn, id, &me.actor, Act::Delete).await?;
    let replies = posts::count_replies(&mut conn, post.id).await?;
    html(&DeletePage { ui, post, replies })
}

pub async fn delete(State(web): State<Web>, At(id): At<PostId>, form: Signed) -> Shown {
    let mut tx = web.core.db.begin().await?;
    let (post, viewer) = own(&mut tx, id, &form.me.actor, Act::Delete).await?;
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
