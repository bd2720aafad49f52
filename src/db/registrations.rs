//! `registration`: who wants to become a member, until that is decided.

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, InvitationId, RegistrationId, Time};

/// How far a registration is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum RegistrationState {
    /// The address is not confirmed yet.
    New,
    /// Confirmed; an administrator decides.
    Waiting,
    /// An administrator said no; kept for a while, so that administrators know of each other.
    Refused,
}

/// A row of `registration`. Who became a member has none any more.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Registration {
    pub id: RegistrationId,
    pub name: String,
    pub email: String,
    pub display_name: String,
    pub organisation: String,
    /// Why they want to join, where that is asked.
    pub motivation: String,
    pub password_hash: String,
    pub language: String,
    pub invitation_id: Option<InvitationId>,
    pub token_hash: String,
    pub state: RegistrationState,
    pub confirmed_at: Option<Time>,
    pub decided_by: Option<ActorId>,
    pub decided_at: Option<Time>,
    /// Why it was refused.
    pub reason: String,
    pub created_at: Time,
    pub expires_at: Time,
}

/// Stores it; [`crate::error::Error::Conflict`] when somebody else waits with this name.
pub async fn insert(tx: &mut Tx, r: &Registration) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO registration (id, name, email, display_name, organisation, motivation, password_hash, language, invitation_id,
            token_hash, state, confirmed_at, decided_by, decided_at, reason, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)")
        .bind(r.id).bind(&r.name).bind(&r.email).bind(&r.display_name).bind(&r.organisation).bind(&r.motivation).bind(&r.password_hash)
        .bind(&r.language).bind(r.invitation_id).bind(&r.token_hash).bind(r.state).bind(r.confirmed_at).bind(r.decided_by)
        .bind(r.decided_at).bind(&r.reason).bind(r.created_at).bind(r.expires_at).execute(c).await.map(drop).map_err(super::unique))
}

pub async fn by_token(conn: &mut Conn, token_hash: &str) -> Result<Option<Registration>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM registration WHERE token_hash = $1").bind(token_hash).fetch_optional(c).await)?)
}

/// A registration, so that nobody else decides about it before this transaction ends.
pub async fn lock(tx: &mut Tx, id: RegistrationId) -> Result<Option<Registration>> {
    Ok(on!(tx.unseen(), sqlite c => sqlx::query_as("SELECT * FROM registration WHERE id = $1").bind(id).fetch_optional(c).await,
        postgres c => sqlx::query_as("SELECT * FROM registration WHERE id = $1 FOR UPDATE").bind(id).fetch_optional(c).await)?)
}

/// Whether somebody who registers holds this name.
pub async fn holds_name(conn: &mut Conn, name: &str) -> Result<bool> {
    let (found,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM registration WHERE name = $1 AND state IN ('new', 'waiting')")
        .bind(name).fetch_one(c).await)?;
    Ok(found > 0)
}

/// The unconfirmed registrations with this address, the newest first.
pub async fn unconfirmed(conn: &mut Conn, email: &str, now: Time) -> Result<Vec<Registration>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT * FROM registration WHERE email = $1 AND state = 'new' AND expires_at > $2 ORDER BY id DESC LIMIT 3")
        .bind(email).bind(now).fetch_all(c).await)?,
    )
}

/// Gives a registration another link.
pub async fn renew(tx: &mut Tx, id: RegistrationId, token_hash: &str, expires_at: Time) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE registration SET token_hash = $2, expires_at = $3 WHERE id = $1")
        .bind(id).bind(token_hash).bind(expires_at).execute(c).await.map(drop))?;
    Ok(())
}

/// The address is confirmed; an administrator decides.
pub async fn wait(tx: &mut Tx, id: RegistrationId, now: Time) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE registration SET state = 'waiting', confirmed_at = $2 WHERE id = $1").bind(id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Refused; what is private goes, the rest does at `expires_at`.
pub async fn refuse(tx: &mut Tx, id: RegistrationId, by: ActorId, reason: &str, now: Time, expires_at: Time) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE registration SET state = 'refused', decided_by = $2, decided_at = $3, reason = $4, password_hash = '', expires_at = $5 WHERE id = $1")
        .bind(id).bind(by).bind(now).bind(reason).bind(expires_at).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn remove(tx: &mut Tx, id: RegistrationId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM registration WHERE id = $1").bind(id).execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets what has run out: unconfirmed and refused ones. Gives the invitations of which a place comes free.
pub async fn expire(tx: &mut Tx, now: Time) -> Result<Vec<InvitationId>> {
    let rows: Vec<(Option<InvitationId>, RegistrationState)> = on!(tx, c => sqlx::query_as(
        "DELETE FROM registration WHERE state IN ('new', 'refused') AND expires_at <= $1 RETURNING invitation_id, state")
        .bind(now).fetch_all(c).await)?;
    Ok(rows.into_iter().filter(|(_, state)| *state == RegistrationState::New).filter_map(|(id, _)| id).collect())
}

/// Forgets the unconfirmed registrations of an invitation.
pub async fn remove_of_invitation(tx: &mut Tx, invitation: InvitationId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM registration WHERE invitation_id = $1 AND state = 'new'").bind(invitation).execute(c).await.map(drop))?;
    Ok(())
}

/// Those that an administrator has to decide about, the longest waiting first.
pub async fn waiting(conn: &mut Conn) -> Result<Vec<Registration>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT * FROM registration WHERE state = 'waiting' ORDER BY confirmed_at, id LIMIT 200").fetch_all(c).await)?,
    )
}

/// How many an administrator has to decide about.
pub async fn count_waiting(conn: &mut Conn) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM registration WHERE state = 'waiting'").fetch_one(c).await)?;
    Ok(count)
}

/// Those that were refused lately, the newest first.
pub async fn refused(conn: &mut Conn) -> Result<Vec<Registration>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT * FROM registration WHERE state = 'refused' ORDER BY decided_at DESC, id LIMIT 50").fetch_all(c).await)?,
    )
}
