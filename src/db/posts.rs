//! `post` and `tombstone`: what people wrote and what must never come back.

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, Post, PostId, Time};

/// Stores a post; [`crate::error::Error::Conflict`] when its id is known.
pub async fn insert(tx: &mut Tx, p: &Post) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO post (id, ap_id, local, kind, wire_type, group_id, author_id, root_id, parent_id, title, source, html, summary,
            language, url, context, published_at, updated_at, edited_at, deleted_at, deleted_by, accepted_id, accepted_by, accepted_at,
            accepts_at_home, checked_at, accepted_ap_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)")
        .bind(p.id).bind(&p.ap_id).bind(p.local).bind(p.kind).bind(&p.wire_type).bind(p.group_id).bind(p.author_id).bind(p.root_id)
        .bind(p.parent_id).bind(&p.title).bind(&p.source).bind(&p.html).bind(&p.summary).bind(&p.language).bind(&p.url).bind(&p.context)
        .bind(p.published_at).bind(p.updated_at).bind(p.edited_at).bind(p.deleted_at).bind(&p.deleted_by).bind(p.accepted_id)
        .bind(p.accepted_by).bind(p.accepted_at).bind(p.accepts_at_home).bind(p.checked_at).bind(&p.accepted_ap_id)
        .execute(c).await.map(drop).map_err(super::unique))
}

pub async fn by_id(conn: &mut Conn, id: PostId) -> Result<Post> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM post WHERE id = $1").bind(id).fetch_one(c).await)?)
}

/// The post, so that nobody else changes it before this transaction ends. On SQLite there is one writer anyway.
pub async fn lock(tx: &mut Tx, id: PostId) -> Result<Post> {
    Ok(on!(tx, sqlite c => sqlx::query_as("SELECT * FROM post WHERE id = $1").bind(id).fetch_one(c).await,
        postgres c => sqlx::query_as("SELECT * FROM post WHERE id = $1 FOR UPDATE").bind(id).fetch_one(c).await)?)
}

/// The post, so that nobody changes it before this transaction ends; others may hold it in the same way.
pub async fn hold(tx: &mut Tx, id: PostId) -> Result<Post> {
    Ok(on!(tx, sqlite c => sqlx::query_as("SELECT * FROM post WHERE id = $1").bind(id).fetch_one(c).await,
        postgres c => sqlx::query_as("SELECT * FROM post WHERE id = $1 FOR SHARE").bind(id).fetch_one(c).await)?)
}

pub async fn by_ap_id(conn: &mut Conn, ap_id: &str) -> Result<Option<Post>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM post WHERE ap_id = $1").bind(ap_id).fetch_optional(c).await)?)
}

/// Replaces what an edit may change: the words, the version and, with it, the accepted answer.
pub async fn revise(tx: &mut Tx, p: &Post) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE post SET title = $2, source = $3, html = $4, summary = $5, language = $6, updated_at = $7, edited_at = $8,
            accepted_id = $9, accepted_by = $10, accepted_at = $11, accepted_ap_id = $12 WHERE id = $1")
        .bind(p.id).bind(&p.title).bind(&p.source).bind(&p.html).bind(&p.summary).bind(&p.language).bind(p.updated_at).bind(p.edited_at)
        .bind(p.accepted_id).bind(p.accepted_by).bind(p.accepted_at).bind(&p.accepted_ap_id).execute(c).await.map(drop))?;
    Ok(())
}

/// Chooses an answer, or none, at version `at` of the question.
pub async fn set_accepted(tx: &mut Tx, question: PostId, answer: Option<&Post>, by: Option<ActorId>, at: Time) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE post SET accepted_id = $2, accepted_by = $3, accepted_at = $4, updated_at = $4, accepted_ap_id = $5 WHERE id = $1")
        .bind(question).bind(answer.map(|answer| answer.id)).bind(by).bind(at).bind(answer.map(|answer| &answer.ap_id))
        .execute(c).await.map(drop))?;
    Ok(())
}

/// An answer has come in: if its question had chosen it before it was known here, it is the chosen one now.
pub async fn resolve_accepted(tx: &mut Tx, answer: &Post) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE post SET accepted_id = $2 WHERE id = $1 AND accepted_ap_id = $3")
        .bind(answer.root_id).bind(answer.id).bind(&answer.ap_id).execute(c).await.map(drop))?;
    Ok(())
}

/// Takes the words away and leaves the place.
pub async fn empty(tx: &mut Tx, id: PostId, by: &str, now: Time) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE post SET title = '', source = NULL, html = '', summary = '', deleted_at = $2, deleted_by = $3, updated_at = $2,
            accepted_id = NULL, accepted_by = NULL, accepted_ap_id = NULL WHERE id = $1")
        .bind(id).bind(now).bind(by).execute(c).await.map(drop))?;
    Ok(())
}

/// Questions that had chosen this answer.
pub async fn that_accepted(conn: &mut Conn, answer: PostId) -> Result<Option<Post>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM post WHERE accepted_id = $1").bind(answer).fetch_optional(c).await)?)
}

/// What somebody wrote that still stands.
pub async fn standing_of(conn: &mut Conn, author: ActorId) -> Result<Vec<Post>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM post WHERE author_id = $1 AND deleted_at IS NULL").bind(author).fetch_all(c).await)?)
}

/// The ids of a thread's posts, the oldest first, removed ones left out: a page of the `context` collection.
pub async fn thread_ids(conn: &mut Conn, root: PostId, offset: i64, limit: i64) -> Result<Vec<(String,)>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT ap_id FROM post WHERE root_id = $1 AND deleted_at IS NULL ORDER BY published_at, id LIMIT $3 OFFSET $2")
        .bind(root).bind(offset).bind(limit).fetch_all(c).await)?,
    )
}

/// The ids of direct replies, the oldest first, removed ones left out.
pub async fn reply_ids(conn: &mut Conn, parent: PostId, offset: i64, limit: i64) -> Result<Vec<(String,)>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT ap_id FROM post WHERE parent_id = $1 AND deleted_at IS NULL ORDER BY published_at, id LIMIT $3 OFFSET $2")
        .bind(parent).bind(offset).bind(limit).fetch_all(c).await)?,
    )
}

pub async fn count_thread(conn: &mut Conn, root: PostId) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM post WHERE root_id = $1 AND deleted_at IS NULL")
        .bind(root).fetch_one(c).await)?;
    Ok(count)
}

pub async fn count_replies(conn: &mut Conn, parent: PostId) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM post WHERE parent_id = $1 AND deleted_at IS NULL")
        .bind(parent).fetch_one(c).await)?;
    Ok(count)
}

/// How many answers a question has.
pub async fn count_answers(conn: &mut Conn, root: PostId) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM post WHERE root_id = $1 AND kind = 'answer' AND deleted_at IS NULL")
        .bind(root).fetch_one(c).await)?;
    Ok(count)
}

/// How many threads and how many replies were written here.
pub async fn count_local(conn: &mut Conn) -> Result<(i64, i64)> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT COUNT(*) FILTER (WHERE parent_id IS NULL), COUNT(*) FILTER (WHERE parent_id IS NOT NULL)
         FROM post WHERE local = TRUE AND deleted_at IS NULL").fetch_one(c).await)?)
}

/// What started the thread with this `context`.
pub async fn root_by_context(conn: &mut Conn, context: &str) -> Result<Option<Post>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM post WHERE context = $1 AND parent_id IS NULL").bind(context).fetch_optional(c).await)?)
}

/// Remembers that a thread was compared with its home.
pub async fn mark_checked(tx: &mut Tx, root: PostId, now: Time) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE post SET checked_at = $2 WHERE id = $1").bind(root).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Remembers that an id was deleted, for good.
pub async fn bury(tx: &mut Tx, ap_id: &str, now: Time) -> Result<()> {
    on!(tx, c => sqlx::query("INSERT INTO tombstone (ap_id, at) VALUES ($1, $2) ON CONFLICT DO NOTHING").bind(ap_id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn is_buried(conn: &mut Conn, ap_id: &str) -> Result<bool> {
    let (found,): (i64,) =
        on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM tombstone WHERE ap_id = $1").bind(ap_id).fetch_one(c).await)?;
    Ok(found > 0)
}
