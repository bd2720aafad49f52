//! What members report, what moderators do about it, and what can be said against that.

mod desk;
mod log;
mod objections;
pub mod place;
mod remove;
mod report;
pub mod shut_out;
mod suspend;
pub mod suspend_form;

use axum::routing::{get, post};

use super::Web;
use crate::db::{Conn, actors};
use crate::error::{Error, Result};
use crate::model::rights::{Viewer, can_see_actor};
use crate::model::{Actor, ActorKind, Handle};

/// Every page of moderation.
pub fn routes() -> axum::Router<Web> {
    axum::Router::new()
        .route("/post/{id}/report", get(report::of_post).post(report::send_post))
        .route("/u/{handle}/report", get(report::of_member).post(report::send_member))
        .route("/post/{id}/remove", get(remove::show).post(remove::remove))
        .route("/post/{id}/restore", get(remove::confirm).post(remove::restore))
        .route("/moderation", get(desk::everything))
        .route("/moderation/log", get(log::everything))
        .route("/c/{handle}/moderation", get(desk::of_group))
        .route("/c/{handle}/log", get(log::of_group))
        .route("/c/{handle}/suspend", get(suspend::show).post(suspend::suspend))
        .route("/c/{handle}/lift", post(suspend::lift))
        .route("/reports/{id}/close", get(desk::confirm).post(desk::close))
        .route("/suspended", get(shut_out::show).post(shut_out::object))
        .route("/objections/{id}", get(objections::show).post(objections::send))
}

/// The member that a path or a form names.
async fn named_member(web: &Web, conn: &mut Conn, mut handle: Handle) -> Result<Actor> {
    if handle.host.as_deref() == Some(web.core.urls.authority()) {
        handle.host = None;
    }
    let found = actors::by_handle(conn, &handle, false).await?.filter(|actor| actor.kind != ActorKind::Application);
    let member = found.ok_or(Error::NotFound)?;
    if can_see_actor(Viewer::default(), &member) { Ok(member) } else { Err(Error::Gone) }
}
