//! `mail`: mails on their way; and what `account` keeps about an address: whether mail arrives there.

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, MailId, Time};

/// A row of `mail`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Mail {
    pub id: MailId,
    /// The key of its words (`mail-confirm`), or `notice`, `digest` and `event`, which are written when they are sent.
    pub kind: String,
    /// Whom it is for, when that is a member.
    pub actor_id: Option<ActorId>,
    pub address: String,
    pub language: String,
    pub subject: String,
    pub plain: String,
    pub html: String,
    /// What it is about, for those written when they are sent: the notifications it tells, by id, with commas between; of
    /// `event`, who of an event without an account it is for, and the key of its sentence.
    pub reference: String,
    /// `new`; `sending` from just before the mail server gets the words until it has answered; `sent`; `failed` for good;
    /// `held`, for the administrator to pass on (no mail server is set); `passed`, that was done; `unsure`, nobody knows
    /// whether it arrived; `void`, there was nothing left to say.
    pub state: String,
    pub attempts: i64,
    pub next_at: Time,
    pub last_error: Option<String>,
    pub created_at: Time,
    pub sent_at: Option<Time>,
}

pub async fn insert(tx: &mut Tx, m: &Mail) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query(
        "INSERT INTO mail (id, kind, actor_id, address, language, subject, plain, html, reference, state, attempts, next_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)")
        .bind(m.id).bind(&m.kind).bind(m.actor_id).bind(&m.address).bind(&m.language).bind(&m.subject).bind(&m.plain).bind(&m.html)
        .bind(&m.reference).bind(&m.state).bind(m.attempts).bind(m.next_at).bind(m.created_at).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn by_id(conn: &mut Conn, id: MailId) -> Result<Option<Mail>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM mail WHERE id = $1").bind(id).fetch_optional(c).await)?)
}

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "UPDATE mail SET claimed_by = $1, attempts = attempts + 1 WHERE id IN (SELECT id FROM mail
            WHERE state = 'new' AND claimed_by IS NULL AND next_at <= $2 ORDER BY next_at, id LIMIT $3",
            $lock,
            ") RETURNING *"
        )
    };
}

/// Takes up to `limit` mails that are due.
pub async fn claim(tx: &mut Tx, slot: i64, now: Time, limit: i64) -> Result<Vec<Mail>> {
    Ok(on!(tx.unseen(), sqlite c => sqlx::query_as(claim!("")).bind(slot).bind(now).bind(limit).fetch_all(c).await,
        postgres c => sqlx::query_as(claim!(" FOR UPDATE SKIP LOCKED")).bind(slot).bind(now).bind(limit).fetch_all(c).await)?)
}

/// When the next mail is due that nobody has taken.
pub async fn next_due(conn: &mut Conn) -> Result<Option<Time>> {
    let (at,): (Option<i64>,) =
        on!(conn, c => sqlx::query_as("SELECT MIN(next_at) FROM mail WHERE state = 'new' AND claimed_by IS NULL").fetch_one(c).await)?;
    Ok(at.map(Time))
}

/// From here on it may have arrived; `reference` is what it tells. Says whether it was still waiting.
pub async fn begin(tx: &mut Tx, id: MailId, reference: &str) -> Result<bool> {
    let rows = on!(tx.unseen(), c => sqlx::query("UPDATE mail SET state = 'sending', reference = $2 WHERE id = $1 AND state = 'new'")
        .bind(id).bind(reference).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Again at `next_at`.
pub async fn postpone(tx: &mut Tx, id: MailId, next_at: Time, error: &str) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE mail SET state = 'new', claimed_by = NULL, next_at = $2, last_error = $3 WHERE id = $1")
        .bind(id).bind(next_at).bind(error).execute(c).await.map(drop))?;
    Ok(())
}

/// It is over, one way or the other; its words go.
pub async fn close(tx: &mut Tx, id: MailId, state: &str, sent_at: Option<Time>) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query(
        "UPDATE mail SET state = $2, sent_at = $3, claimed_by = NULL, subject = '', plain = '', html = '' WHERE id = $1")
        .bind(id).bind(state).bind(sent_at).execute(c).await.map(drop))?;
    Ok(())
}

/// There is nothing left to say in one that nobody has begun to hand over.
pub async fn void(tx: &mut Tx, id: MailId) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query(
        "UPDATE mail SET state = 'void', claimed_by = NULL, subject = '', plain = '', html = '' WHERE id = $1 AND state = 'new'")
        .bind(id).execute(c).await.map(drop))?;
    Ok(())
}

/// It is for the administrator now: `failed`, `unsure` or `held`. Its words stay.
pub async fn set_aside(tx: &mut Tx, id: MailId, state: &str, error: Option<&str>) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE mail SET state = $2, last_error = $3, claimed_by = NULL WHERE id = $1")
        .bind(id).bind(state).bind(error).execute(c).await.map(drop))?;
    Ok(())
}

/// Sends it (again) as if it were new. Says whether it was in one of the states that an administrator may do this in.
pub async fn again(tx: &mut Tx, id: MailId, now: Time) -> Result<bool> {
    let rows = on!(tx.unseen(), c => sqlx::query(
        "UPDATE mail SET state = 'new', attempts = 0, next_at = $2, created_at = $2, claimed_by = NULL
         WHERE id = $1 AND state IN ('failed', 'unsure', 'held')")
        .bind(id).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// What waits for another attempt is due now.
pub async fn hurry(tx: &mut Tx, now: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE mail SET next_at = $1 WHERE state = 'new' AND next_at > $1").bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// There is no mail server: letters wait for the administrator.
pub async fn hold_letters(tx: &mut Tx) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE mail SET state = 'held' WHERE state = 'new' AND claimed_by IS NULL AND kind NOT IN ('notice', 'digest', 'event')")
        .execute(c).await.map(drop))?;
    Ok(())
}

/// There is no mail server: what members are told stands on their page, and nobody else's; what is written when it is sent has
/// no words to pass on.
pub async fn drop_tellings(tx: &mut Tx) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE mail SET state = 'void' WHERE state = 'new' AND claimed_by IS NULL AND kind IN ('notice', 'digest', 'event')")
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Lets go of a claim whose work ended badly. What was being handed over is not sent again by itself.
pub async fn let_go(tx: &mut Tx, slot: i64, id: MailId, next_at: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query(
        "UPDATE mail SET state = CASE WHEN state = 'sending' THEN 'unsure' ELSE state END, claimed_by = NULL, next_at = $2
         WHERE id = $1 AND state IN ('new', 'sending') AND claimed_by = $3")
        .bind(id).bind(next_at).bind(slot).execute(c).await.map(drop))?;
    Ok(())
}

/// The newest mails in a state.
pub async fn in_state(conn: &mut Conn, state: &str, limit: i64) -> Result<Vec<Mail>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT * FROM mail WHERE state = $1 ORDER BY id DESC LIMIT $2").bind(state).bind(limit).fetch_all(c).await)?,
    )
}

/// What waits for another attempt, the last error first.
pub async fn waiting(conn: &mut Conn, limit: i64) -> Result<Vec<Mail>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM mail WHERE state = 'new' AND last_error IS NOT NULL ORDER BY id DESC LIMIT $1")
        .bind(limit).fetch_all(c).await)?)
}

/// How many mails are in a state.
pub async fn count(conn: &mut Conn, state: &str) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM mail WHERE state = $1").bind(state).fetch_one(c).await)?;
    Ok(count)
}

/// When a mail last arrived at the mail server.
pub async fn last_sent(conn: &mut Conn) -> Result<Option<Time>> {
    let (at,): (Option<i64>,) = on!(conn, c => sqlx::query_as("SELECT MAX(sent_at) FROM mail WHERE state = 'sent'").fetch_one(c).await)?;
    Ok(at.map(Time))
}

/// The mail server refused a member's address for good; gives how often in a row. None when the address is no longer theirs.
pub async fn count_bounce(tx: &mut Tx, actor: ActorId, address: &str) -> Result<Option<i64>> {
    let row: Option<(i64,)> = on!(tx.unseen(), c => sqlx::query_as("UPDATE account SET mail_bounces = mail_bounces + 1 WHERE actor_id = $1 AND email = $2 RETURNING mail_bounces")
        .bind(actor).bind(address).fetch_optional(c).await)?;
    Ok(row.map(|(count,)| count))
}

/// A mail arrived at a member's address.
pub async fn forget_bounces(tx: &mut Tx, actor: ActorId, address: &str) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE account SET mail_bounces = 0 WHERE actor_id = $1 AND email = $2 AND mail_bounces > 0")
        .bind(actor).bind(address).execute(c).await.map(drop))?;
    Ok(())
}

/// No more mail to this member; says whether it went there until now.
pub async fn pause(tx: &mut Tx, actor: ActorId, now: Time) -> Result<bool> {
    let rows = on!(tx.unseen(), c => sqlx::query("UPDATE account SET mail_paused_at = $2 WHERE actor_id = $1 AND mail_paused_at IS NULL")
        .bind(actor).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Mail to this member again.
pub async fn resume(tx: &mut Tx, actor: ActorId) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE account SET mail_paused_at = NULL, mail_bounces = 0 WHERE actor_id = $1").bind(actor).execute(c).await.map(drop))?;
    Ok(())
}

/// The members to whom no mail goes, because too many came back.
pub async fn paused(conn: &mut Conn, limit: i64) -> Result<Vec<(ActorId, Time)>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT actor_id, mail_paused_at FROM account WHERE mail_paused_at IS NOT NULL AND state <> 'closed' ORDER BY mail_paused_at DESC LIMIT $1")
        .bind(limit).fetch_all(c).await)?)
}
