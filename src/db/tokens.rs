//! `token`: links in mails. Only the hash of a token is kept.

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, Time};

/// A row of `token`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Token {
    pub token_hash: String,
    /// What it is good for: `password`, `address`.
    pub purpose: String,
    pub actor_id: ActorId,
    pub data: String,
    pub created_at: Time,
    pub expires_at: Time,
}

pub async fn insert(tx: &mut Tx, t: &Token) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("INSERT INTO token (token_hash, purpose, actor_id, data, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(&t.token_hash).bind(&t.purpose).bind(t.actor_id).bind(&t.data).bind(t.created_at).bind(t.expires_at)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// The token, when it is good for this and has not run out.
pub async fn get(conn: &mut Conn, token_hash: &str, purpose: &str, now: Time) -> Result<Option<Token>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM token WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3")
        .bind(token_hash).bind(purpose).bind(now).fetch_optional(c).await)?)
}

/// Uses a token up, and with it all others of its member for the same purpose; of two at the same time, one gets it.
pub async fn take(tx: &mut Tx, token_hash: &str, purpose: &str, now: Time) -> Result<Option<Token>> {
    let taken: Option<Token> = on!(tx.unseen(), c => sqlx::query_as("DELETE FROM token WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3 RETURNING *")
        .bind(token_hash).bind(purpose).bind(now).fetch_optional(c).await)?;
    if let Some(taken) = &taken {
        remove(tx, taken.actor_id, purpose).await?;
    }
    Ok(taken)
}

/// Takes back every token of a member for this purpose.
pub async fn remove(tx: &mut Tx, actor: ActorId, purpose: &str) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("DELETE FROM token WHERE actor_id = $1 AND purpose = $2").bind(actor).bind(purpose).execute(c).await.map(drop))?;
    Ok(())
}
