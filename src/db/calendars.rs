//! `calendar`: the secret addresses at which members subscribe to their own agenda. Only the hash of one is kept.

use sqlx::FromRow;

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, Event, Post, PostId, Time};

/// An event with its words, also one that was removed.
#[derive(Clone, Debug, FromRow)]
pub struct Kept {
    #[sqlx(flatten)]
    pub post: Post,
    #[sqlx(flatten)]
    pub event: Event,
}

/// Events that a member had said yes to and that were removed since, which would have begun at `from` or later.
pub async fn removed_of(conn: &mut Conn, actor: ActorId, from: Time, limit: i64) -> Result<Vec<Kept>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT p.*, e.* FROM attendee t JOIN event e ON e.post_id = t.post_id JOIN post p ON p.id = t.post_id
         WHERE t.actor_id = $1 AND t.answer <> 'no' AND p.deleted_at IS NOT NULL AND e.starts_at >= $2 ORDER BY e.starts_at, p.id LIMIT $3")
        .bind(actor).bind(from).bind(limit).fetch_all(c).await)?)
}

/// What the events that begin between the two are about, as it is shown.
pub async fn topics_between(conn: &mut Conn, from: Time, to: Time) -> Result<Vec<(PostId, String)>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT x.post_id, t.shown FROM event e JOIN post_topic x ON x.post_id = e.post_id JOIN topic t ON t.id = x.topic_id
         WHERE e.starts_at >= $1 AND e.starts_at <= $2 ORDER BY t.name")
        .bind(from).bind(to).fetch_all(c).await)?)
}

/// A new address takes the place of the one before it.
pub async fn set(tx: &mut Tx, actor: ActorId, token_hash: &str, now: Time) -> Result<()> {
    revoke(tx, actor).await?;
    on!(tx.unseen(), c => sqlx::query("INSERT INTO calendar (token_hash, actor_id, created_at) VALUES ($1, $2, $3)")
        .bind(token_hash).bind(actor).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// The address leads nowhere any more.
pub async fn revoke(tx: &mut Tx, actor: ActorId) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("DELETE FROM calendar WHERE actor_id = $1").bind(actor).execute(c).await.map(drop))?;
    Ok(())
}

/// Whose agenda is at an address.
pub async fn owner(conn: &mut Conn, token_hash: &str) -> Result<Option<ActorId>> {
    let row: Option<(ActorId,)> =
        on!(conn, c => sqlx::query_as("SELECT actor_id FROM calendar WHERE token_hash = $1").bind(token_hash).fetch_optional(c).await)?;
    Ok(row.map(|(actor,)| actor))
}

/// When a member made their address, and when it was last read.
pub async fn of(conn: &mut Conn, actor: ActorId) -> Result<Option<(Time, Option<Time>)>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT created_at, read_at FROM calendar WHERE actor_id = $1").bind(actor).fetch_optional(c).await)?)
}

/// Somebody's calendar program looked.
pub async fn was_read(tx: &mut Tx, token_hash: &str, now: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE calendar SET read_at = $2 WHERE token_hash = $1").bind(token_hash).bind(now).execute(c).await.map(drop))?;
    Ok(())
}
