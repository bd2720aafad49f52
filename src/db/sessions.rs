//! `session`, as its member looks at it: where somebody is logged in, and ending that.

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, Time};

/// A row of `session`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Session {
    pub token_hash: String,
    pub created_at: Time,
    pub seen_at: Time,
    /// The `User-Agent` with which it began.
    pub agent: String,
}

/// Remembers with which browser a session began.
pub async fn set_agent(tx: &mut Tx, token_hash: &str, agent: &str) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE session SET agent = $2 WHERE token_hash = $1").bind(token_hash).bind(agent).execute(c).await.map(drop))?;
    Ok(())
}

/// The sessions of a member that have not run out, the last used first.
pub async fn of(conn: &mut Conn, actor: ActorId, now: Time, seen_after: Time) -> Result<Vec<Session>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT token_hash, created_at, seen_at, agent FROM session WHERE actor_id = $1 AND expires_at > $2 AND seen_at > $3 ORDER BY seen_at DESC, created_at DESC")
        .bind(actor).bind(now).bind(seen_after).fetch_all(c).await)?)
}

/// Ends every session of a member but one.
pub async fn end_others(tx: &mut Tx, actor: ActorId, kept: &str) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("DELETE FROM session WHERE actor_id = $1 AND token_hash <> $2").bind(actor).bind(kept).execute(c).await.map(drop))?;
    Ok(())
}

/// Ends every session of a member.
pub async fn end_all(tx: &mut Tx, actor: ActorId) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("DELETE FROM session WHERE actor_id = $1").bind(actor).execute(c).await.map(drop))?;
    Ok(())
}
