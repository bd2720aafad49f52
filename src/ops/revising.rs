//! Keeping what a post said before it was edited, for everybody to see.

use crate::db::Tx;
use crate::db::revisions::{self, Revision};
use crate::error::Result;
use crate::model::Post;

/// Versions kept of one post: the first, and the newest.
const MOST: i64 = 50;

/// Keeps the words of `before` when those of `after` differ.
///
/// # Errors
/// When the database can't be written.
pub async fn keep(tx: &mut Tx, before: &Post, after: &Post) -> Result<()> {
    if before.title == after.title && before.html == after.html {
        return Ok(());
    }
    let revision = Revision {
        post_id: before.id,
        at: before.edited_at.unwrap_or(before.published_at),
        title: before.title.clone(),
        source: before.source.clone(),
        html: before.html.clone(),
    };
    revisions::insert(tx, &revision).await?;
    revisions::bound(tx, before.id, MOST).await
}
