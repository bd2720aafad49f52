//! What came of a practice where somebody tried it: a comment with a verdict.

use super::{Core, publishing};
use crate::db::{Tx, posts};
use crate::error::{Error, Result};
use crate::model::names::Body;
use crate::model::{Actor, Post, PostKind, Tried};

/// Tells how a practice went. Of each member the newest verdict counts.
///
/// # Errors
/// [`Error::NotFound`] for what is not a practice; [`Error::Forbidden`] where the member may not comment.
pub async fn tell(core: &Core, tx: &mut Tx, member: &Actor, practice: &Post, tried: Tried, body: &Body, language: &str) -> Result<Post> {
    if practice.kind != PostKind::Practice || !practice.is_root() {
        return Err(Error::NotFound);
    }
    let mut post = publishing::reply(core, tx, member, practice, body, true, language).await?;
    posts::set_tried(tx, post.id, tried).await?;
    post.tried = Some(tried);
    Ok(post)
}
