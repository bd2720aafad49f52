//! The acts with a post that are used now and then: behind "More", and what they do.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post as on_post};

use super::forms::{Check, Field, Signed, Typed};
use super::kinds;
use super::page::{Shown, html, html_with};
use super::session::{flash_to, to};
use super::ui::Ui;
use super::{At, Web};
use crate::db::watches::WatchKind;
use crate::db::{actors, posts};
use crate::error::{Error, Result};
use crate::model::names::{Body, Refused};
use crate::model::rights::{Act, Viewer, can_see, may, may_add, may_steer};
use crate::model::{Actor, Post, PostId, PostKind, Tried};
use crate::ops::members::random_token;
use crate::ops::{self, steering, trying, watching};

pub fn routes() -> axum::Router<Web> {
    axum::Router::new()
        .route("/post/{id}/pin", on_post(pin))
        .route("/post/{id}/lock", on_post(lock))
        .route("/post/{id}/turn", on_post(turn))
        .route("/post/{id}/follow", on_post(follow))
        .route("/post/{id}/tried", get(show_tried).post(tried))
}

/// What the reader may do with a post besides the acts that are in view.
#[derive(Clone, Copy, Debug, Default)]
pub struct More {
    pub delete: bool,
    /// There are versions before this one.
    pub history: bool,
    /// What it can be turned into.
    pub turn: Option<PostKind>,
    /// Whether it is pinned, for who may change that.
    pub pin: Option<bool>,
    /// Whether it is locked, for who may change that.
    pub lock: Option<bool>,
}

impl More {
    /// Of one post in its thread.
    #[must_use]
    pub fn of(viewer: Viewer, root: &Post, post: &Post, group: &Actor) -> Self {
        let other = if post.kind == PostKind::Answer { PostKind::Comment } else { PostKind::Answer };
        Self {
            delete: post.local && may(viewer, Act::Delete, post),
            history: post.edited_at.is_some() && !post.is_deleted(),
            turn: Some(other).filter(|_| steering::is_movable(root, post) && may(viewer, Act::Move, root)),
            pin: (may_steer(viewer, group) && may(viewer, Act::Pin, post)).then_some(post.pinned_at.is_some()),
            lock: (may_steer(viewer, group) && may(viewer, Act::Lock, post)).then_some(post.locked_at.is_some()),
        }
    }

    /// Whether there is anything.
    #[must_use]
    pub fn any(self) -> bool {
        self.delete || self.history || self.turn.is_some() || self.pin.is_some() || self.lock.is_some()
    }
}

async fn pin(State(web): State<Web>, At(id): At<PostId>, form: Signed) -> Shown {
    let on = form.typed.get("on") != "0";
    let mut tx = web.core.db.begin().await?;
    let post = posts::by_id(&mut tx, id).await?;
    let viewer = ops::viewer(&web.core, &mut tx, Some(&form.me.actor), post.group_id).await?;
    steering::pin(&web.core, &mut tx, viewer, &post, on).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, if on { "flash-pinned" } else { "flash-unpinned" }, &post.path()))
}

async fn lock(State(web): State<Web>, At(id): At<PostId>, form: Signed) -> Shown {
    let on = form.typed.get("on") != "0";
    let mut tx = web.core.db.begin().await?;
    let post = posts::by_id(&mut tx, id).await?;
    let viewer = ops::viewer(&web.core, &mut tx, Some(&form.me.actor), post.group_id).await?;
    steering::lock(&web.core, &mut tx, viewer, &post, on).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, if on { "flash-locked" } else { "flash-unlocked" }, &post.path()))
}

async fn turn(State(web): State<Web>, At(id): At<PostId>, form: Signed) -> Shown {
    let kind = PostKind::from_word(form.typed.get("kind")).ok_or(Error::NotFound)?;
    let mut tx = web.core.db.begin().await?;
    let reply = posts::by_id(&mut tx, id).await?;
    let question = posts::by_id(&mut tx, reply.root_id).await?;
    let viewer = ops::viewer(&web.core, &mut tx, Some(&form.me.actor), question.group_id).await?;
    steering::turn_into(&web.core, &mut tx, viewer, &question, &reply, kind).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, if kind == PostKind::Answer { "flash-turned-answer" } else { "flash-turned-comment" }, &reply.path()))
}

async fn follow(State(web): State<Web>, At(id): At<PostId>, form: Signed) -> Shown {
    let on = form.typed.get("on") != "0";
    let mut tx = web.core.db.begin().await?;
    watching::watch(&web.core, &mut tx, &form.me.actor, WatchKind::Post, id.0, on).await?;
    web.core.commit(tx).await?;
    let back = form.typed.get("back");
    if !back.is_empty() {
        return Ok(flash_to(&web, "flash-unwatched", back));
    }
    let path = format!("/post/{id}");
    Ok(if on { flash_to(&web, "flash-watched", &path) } else { to(&path) })
}

#[derive(Template)]
#[template(path = "tried.html", config = "src/web/askama.toml")]
struct TriedPage {
    ui: Ui,
    post: Post,
    fields: Vec<Field>,
    once: String,
    joins: bool,
}

/// The practice, when this member may tell how it went.
async fn practice(web: &Web, ui: &Ui, id: PostId) -> Result<Post> {
    let me = ui.member()?;
    let mut conn = web.core.db.conn();
    let post = posts::by_id(&mut conn, id).await?;
    let viewer = ops::viewer(&web.core, &mut conn, Some(&me.actor), post.group_id).await?;
    if post.kind != PostKind::Practice {
        return Err(Error::NotFound);
    }
    if !can_see(viewer, &post) {
        return Err(Error::Gone);
    }
    if may_add(viewer, &post, &post) { Ok(post) } else { Err(Error::Forbidden("error-locked")) }
}

async fn tried_page(web: &Web, ui: Ui, post: Post, typed: &Typed, refused: &[(&'static str, Refused)], once: String) -> Result<TriedPage> {
    let mut conn = web.core.db.conn();
    let group = actors::by_id(&mut conn, post.group_id).await?;
    let joins = super::group::joins_by_posting(&mut conn, &ui, &group).await?;
    let choices = [Tried::Works, Tried::Partly, Tried::Not].map(|tried| (tried.word().to_owned(), ui.t(kinds::verdict(tried)))).to_vec();
    let mut fields = vec![
        ui.field("tried-verdict", "tried", typed.get("tried")).radios(choices),
        ui.field("tried-body", "body", typed.get("body")).area(6),
    ];
    ui.mark(&mut fields, refused);
    Ok(TriedPage { ui, post, fields, once, joins })
}

async fn show_tried(State(web): State<Web>, ui: Ui, At(id): At<PostId>, Query(_): Query<super::Listing>) -> Shown {
    let post = practice(&web, &ui, id).await?;
    html(&tried_page(&web, ui, post, &Typed::default(), &[], random_token()).await?)
}

async fn tried(State(web): State<Web>, At(id): At<PostId>, form: Signed) -> Shown {
    let practice = practice(&web, &form.ui, id).await?;
    let mut check = Check::default();
    let verdict = check.take("tried", Tried::from_word(form.typed.get("tried")).ok_or(Refused::Empty));
    let body = check.take("body", Body::parse(form.typed.get("body")));
    let (Some(verdict), Some(body)) = (verdict, body) else {
        let once = form.typed.once();
        let page = tried_page(&web, form.ui, practice, &form.typed, &check.0, once).await?;
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let mut tx = web.core.db.begin().await?;
    if let Some(before) = form.sent_before(&mut tx).await? {
        return Ok(before);
    }
    let post = trying::tell(&web.core, &mut tx, &form.me.actor, &practice, verdict, &body, &form.me.account.language).await?;
    form.finish(&web, tx, &post.path(), flash_to(&web, "flash-tried", &post.path())).await
}
