//! `invitation`: links with which people become a member.

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, InvitationId, Time};

/// A row of `invitation`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Invitation {
    pub id: InvitationId,
    pub token_hash: String,
    /// Whom it was mailed to; empty for one that an organisation shares.
    pub email: String,
    /// Filled in and fixed for who uses it; empty where they say so themselves.
    pub organisation: String,
    /// What the administrator wrote with it.
    pub note: String,
    /// The group that is joined at once.
    pub group_id: Option<ActorId>,
    pub maximum: i64,
    /// Places taken, also by who has not confirmed yet.
    pub used: i64,
    pub expires_at: Time,
    pub revoked_at: Option<Time>,
    pub created_by: ActorId,
    pub created_at: Time,
}

/// What keeps an invitation from being used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Revoked,
    Expired,
    Full,
}

impl Invitation {
    /// What keeps it from being used at `now`.
    #[must_use]
    pub fn ended(&self, now: Time) -> Option<Ended> {
        if self.revoked_at.is_some() {
            Some(Ended::Revoked)
        } else if self.used >= self.maximum {
            Some(Ended::Full)
        } else if self.expires_at <= now {
            Some(Ended::Expired)
        } else {
            None
        }
    }
}

pub async fn insert(tx: &mut Tx, i: &Invitation) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO invitation (id, token_hash, email, organisation, note, group_id, maximum, used, expires_at, revoked_at, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)")
        .bind(i.id).bind(&i.token_hash).bind(&i.email).bind(&i.organisation).bind(&i.note).bind(i.group_id).bind(i.maximum).bind(i.used)
        .bind(i.expires_at).bind(i.revoked_at).bind(i.created_by).bind(i.created_at).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn by_token(conn: &mut Conn, token_hash: &str) -> Result<Option<Invitation>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM invitation WHERE token_hash = $1").bind(token_hash).fetch_optional(c).await)?)
}

pub async fn by_id(conn: &mut Conn, id: InvitationId) -> Result<Invitation> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM invitation WHERE id = $1").bind(id).fetch_one(c).await)?)
}

/// Takes a place, if there is one left; however many try at the same time, never more than `maximum` succeed.
pub async fn take_place(tx: &mut Tx, id: InvitationId, now: Time) -> Result<bool> {
    let rows = on!(tx, c => sqlx::query(
        "UPDATE invitation SET used = used + 1 WHERE id = $1 AND used < maximum AND revoked_at IS NULL AND expires_at > $2")
        .bind(id).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Gives a place back that was not used after all.
pub async fn give_back(tx: &mut Tx, id: InvitationId) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE invitation SET used = used - 1 WHERE id = $1 AND used > 0").bind(id).execute(c).await.map(drop))?;
    Ok(())
}

/// Ends an invitation; says whether it was not ended before.
pub async fn revoke(tx: &mut Tx, id: InvitationId, now: Time) -> Result<bool> {
    let rows = on!(tx, c => sqlx::query("UPDATE invitation SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
        .bind(id).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// The newest first.
pub async fn all(conn: &mut Conn) -> Result<Vec<Invitation>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM invitation ORDER BY id DESC LIMIT 200").fetch_all(c).await)?)
}
