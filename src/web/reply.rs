//! Answering and commenting.

use axum::extract::State;

use super::forms::Signed;
use super::page::Shown;
use super::session::{flash_to, to};
use super::slots::Sent;
use super::thread::{Unsent, places, prefix, show_with};
use super::{At, Web};
use crate::db::{actors, posts};
use crate::model::PostId;
use crate::model::names::Body;
use crate::ops::{attaching, publishing};

pub async fn answer(State(web): State<Web>, At(parent): At<PostId>, form: Signed) -> Shown {
    reply(&web, parent, form, false).await
}

pub async fn comment(State(web): State<Web>, At(parent): At<PostId>, form: Signed) -> Shown {
    reply(&web, parent, form, true).await
}

async fn reply(web: &Web, parent: PostId, mut form: Signed, as_comment: bool) -> Shown {
    let parent = posts::by_id(&mut web.core.db.conn(), parent).await?;
    let pictures = Sent::read(web, &mut form, places(as_comment)).await?;
    let body = match Body::parse(form.typed.get("body")) {
        Ok(body) if !pictures.any_wrong() => body,
        read => {
            let slots = pictures.slots(web, &form.ui, &prefix(parent.id, as_comment)).await?;
            let (body, once) = (form.typed.get("body").to_owned(), form.typed.once());
            let unsent = Unsent { parent: parent.id, as_comment, body, once, refused: read.err(), slots };
            return show_with(web, form.ui, parent.root_id, &unsent).await;
        }
    };
    let mut tx = web.core.db.begin().await?;
    if let Some(before) = form.sent_before(&mut tx).await? {
        return Ok(before);
    }
    let post = publishing::reply(&web.core, &mut tx, &form.me.actor, &parent, &body, as_comment, &form.me.account.language).await?;
    attaching::hang(&web.core, &mut tx, post.id, &pictures.chosen()).await?;
    let group = actors::by_id(&mut tx, post.group_id).await?;
    let response = if group.local { to(&post.path()) } else { flash_to(web, "flash-on-its-way", &post.path()) };
    form.finish(web, tx, &post.path(), response).await
}
