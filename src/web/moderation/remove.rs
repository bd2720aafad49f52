//! Removing a post as a moderator, and restoring it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use crate::db::removed::{self};
use crate::db::{Conn, actors, posts};
use crate::error::{Error, Result};
use crate::model::names::{Reason, Refused, clean, cut};
use crate::model::rights::{Act, may, may_moderate, may_restore};
use crate::model::{Actor, Post, PostId, RemovedWords};
use crate::ops;
use crate::ops::moderating::{self, Removed};
use crate::web::forms::{Field, Signed, Typed};
use crate::web::page::{Shown, html, html_with};
use crate::web::session::flash_to;
use crate::web::ui::Ui;
use crate::web::{At, Web};

#[derive(Template)]
#[template(path = "moderation/remove.html", config = "src/web/askama.toml")]
struct RemovePage {
    ui: Ui,
    post: Post,
    group: Actor,
    author: Actor,
    replies: i64,
    /// Whether it is removed only here: the group lives elsewhere and the reader does not moderate it.
    here_only: bool,
    fields: Vec<Field>,
}

async fn page(web: &Web, ui: Ui, me: &Actor, id: PostId, typed: &Typed, refused: &[(&'static str, Refused)]) -> Result<RemovePage> {
    let mut conn = web.core.db.conn();
    let post = posts::by_id(&mut conn, id).await?;
    let viewer = ops::viewer(&web.core, &mut conn, Some(me), post.group_id).await?;
    if post.is_deleted() {
        return Err(Error::Gone);
    }
    if !may(viewer, Act::Remove, &post) {
        return Err(Error::Forbidden(if post.author_id == me.id { "error-own-remove" } else { "error-only-moderators" }));
    }
    let group = actors::by_id(&mut conn, post.group_id).await?;
    let author = actors::by_id(&mut conn, post.author_id).await?;
    let replies = posts::count_replies(&mut conn, post.id).await?;
    let mut fields = vec![ui.field("remove-reason", "reason", typed.get("reason")).area(4)];
    ui.mark(&mut fields, refused);
    Ok(RemovePage { here_only: !group.local && !viewer.moderator, ui, post, group, author, replies, fields })
}

pub async fn show(State(web): State<Web>, ui: Ui, At(id): At<PostId>) -> Shown {
    let me = ui.member()?;
    html(&page(&web, ui, &me.actor, id, &Typed::default(), &[]).await?)
}

pub async fn remove(State(web): State<Web>, At(id): At<PostId>, form: Signed) -> Shown {
    let reason = match Reason::parse(form.typed.get("reason")) {
        Ok(reason) => reason,
        Err(refused) => {
            let page = page(&web, form.ui, &form.me.actor, id, &form.typed, &[("reason", refused)]).await?;
            return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let mut tx = web.core.db.begin().await?;
    let post = posts::by_id(&mut tx, id).await?;
    let removed = moderating::remove(&web.core, &mut tx, &form.me.actor, &post, &reason).await?;
    web.core.commit(tx).await?;
    let key = match removed {
        Removed::Everywhere => "flash-removed",
        Removed::Here => "flash-removed-here",
        Removed::Before => "flash-removed-before",
    };
    Ok(flash_to(&web, key, &post.path()))
}

#[derive(Template)]
#[template(path = "moderation/restore.html", config = "src/web/askama.toml")]
struct RestorePage {
    ui: Ui,
    post: Post,
    words: RemovedWords,
    fields: Vec<Field>,
}

/// The removed post and its words, when this member may put them back.
async fn restorable(core: &ops::Core, conn: &mut Conn, me: &Actor, id: PostId) -> Result<(Post, RemovedWords)> {
    let post = posts::by_id(conn, id).await?;
    let viewer = ops::viewer(core, conn, Some(me), post.group_id).await?;
    if !may_restore(viewer, &post) {
        return Err(Error::Forbidden(if may_moderate(viewer) { "error-own-restore" } else { "error-only-moderators" }));
    }
    let words = removed::get(conn, id).await?.ok_or(Error::Gone)?;
    Ok((post, words))
}

pub async fn confirm(State(web): State<Web>, ui: Ui, At(id): At<PostId>) -> Shown {
    let me = ui.member()?;
    let (post, words) = restorable(&web.core, &mut web.core.db.conn(), &me.actor, id).await?;
    let fields = vec![ui.field("restore-reason", "reason", "").area(3).optional(&ui)];
    html(&RestorePage { ui, post, words, fields })
}

pub async fn restore(State(web): State<Web>, At(id): At<PostId>, form: Signed) -> Shown {
    let mut tx = web.core.db.begin().await?;
    let post = posts::by_id(&mut tx, id).await?;
    let reason = cut(&clean(form.typed.get("reason")), 2_000);
    moderating::restore(&web.core, &mut tx, &form.me.actor, &post, &reason).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-restored", &post.path()))
}
