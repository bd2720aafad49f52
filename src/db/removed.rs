//! `removed_words`: what moderators took away, apart from the posts.

use sqlx::FromRow;

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, ModerationId, ObjectionState, PostId, RemovedWords};

/// What its author and the moderators see at the place of a removed post.
#[derive(Clone, Debug, FromRow)]
pub struct Removal {
    pub post_id: PostId,
    pub moderation_id: ModerationId,
    pub title: String,
    pub html: String,
    pub reason: String,
    pub objection: Option<ObjectionState>,
    pub answer: Option<String>,
}

pub async fn put(tx: &mut Tx, w: &RemovedWords) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO removed_words (post_id, moderation_id, title, source, html, summary, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (post_id) DO UPDATE SET moderation_id = excluded.moderation_id, title = excluded.title, source = excluded.source,
            html = excluded.html, summary = excluded.summary, updated_at = excluded.updated_at")
        .bind(w.post_id).bind(w.moderation_id).bind(&w.title).bind(&w.source).bind(&w.html).bind(&w.summary).bind(w.updated_at)
        .execute(c).await.map(drop))?;
    Ok(())
}

pub async fn get(conn: &mut Conn, post: PostId) -> Result<Option<RemovedWords>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM removed_words WHERE post_id = $1").bind(post).fetch_optional(c).await)?)
}

pub async fn forget(tx: &mut Tx, post: PostId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM removed_words WHERE post_id = $1").bind(post).execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets what moderators removed of an author who takes everything along.
pub async fn forget_of(tx: &mut Tx, author: ActorId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM removed_words WHERE post_id IN (SELECT p.id FROM post p WHERE p.author_id = $1)")
        .bind(author).execute(c).await.map(drop))?;
    Ok(())
}

/// What was removed in a thread.
pub async fn of_thread(conn: &mut Conn, root: PostId) -> Result<Vec<Removal>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT w.post_id, w.moderation_id, w.title, w.html, m.reason, o.state AS objection, o.answer FROM removed_words w
         JOIN post p ON p.id = w.post_id JOIN moderation m ON m.id = w.moderation_id LEFT JOIN objection o ON o.moderation_id = m.id
         WHERE p.root_id = $1").bind(root).fetch_all(c).await)?)
}
