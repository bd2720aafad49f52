//! `account`, `session` and `login_attempt`: the private half of local members.

use super::actors::actor_columns;
use super::{Conn, Tx, column, columns, on, over_rows, unpacked_one};
use crate::error::Result;
use crate::model::{Account, AccountState, Actor, ActorId, Time};

/// Stores an account; [`crate::error::Error::Conflict`] when the address is taken.
pub async fn insert(tx: &mut Tx, a: &Account) -> Result<()> {
    on!(tx, c => sqlx::query("INSERT INTO account (actor_id, email, password_hash, admin, language, created_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(a.actor_id).bind(&a.email).bind(&a.password_hash).bind(a.admin).bind(&a.language).bind(a.created_at)
        .execute(c).await.map(drop).map_err(super::unique))
}

pub async fn by_actor(conn: &mut Conn, actor: ActorId) -> Result<Option<Account>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM account WHERE actor_id = $1").bind(actor).fetch_optional(c).await)?)
}

macro_rules! of_actors {
    ($rows:literal) => {
        concat!("SELECT * FROM account WHERE actor_id IN (SELECT CAST(r.value ->> 0 AS BIGINT) FROM ", $rows, ")")
    };
}

/// The accounts of those of these actors who have one.
pub async fn of_actors(conn: &mut Conn, actors: &[ActorId]) -> Result<Vec<Account>> {
    let actors = column(actors)?;
    Ok(over_rows!(conn, of_actors, query_as, q, c => q.bind(actors).fetch_all(c).await)?)
}

/// By e-mail address (folded) or by name.
pub async fn by_login(conn: &mut Conn, login: &str) -> Result<Option<Account>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT account.* FROM account JOIN actor ON actor.id = account.actor_id
         WHERE (account.email = $1 OR actor.name = $1) AND actor.deleted_at IS NULL").bind(login).fetch_optional(c).await)?)
}

/// By address (folded); nobody's when that is free.
pub async fn by_email(conn: &mut Conn, email: &str) -> Result<Option<Account>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM account WHERE email = $1").bind(email).fetch_optional(c).await)?)
}

/// Changes an address; [`crate::error::Error::Conflict`] when another has it.
pub async fn set_email(tx: &mut Tx, actor: ActorId, email: &str) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE account SET email = $2, mail_bounces = 0, mail_paused_at = NULL WHERE actor_id = $1")
        .bind(actor).bind(email).execute(c).await.map(drop).map_err(super::unique))
}

/// The administrators who can log in; on PostgreSQL, nobody else changes who they are before this transaction ends.
pub async fn lock_admins(tx: &mut Tx) -> Result<Vec<(ActorId,)>> {
    Ok(
        on!(tx.unseen(), sqlite c => sqlx::query_as("SELECT actor_id FROM account WHERE admin = TRUE AND state = 'active' ORDER BY actor_id").fetch_all(c).await,
        postgres c => sqlx::query_as("SELECT actor_id FROM account WHERE admin = TRUE AND state = 'active' ORDER BY actor_id FOR UPDATE").fetch_all(c).await)?,
    )
}

pub async fn set_language(tx: &mut Tx, actor: ActorId, language: &str) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE account SET language = $2 WHERE actor_id = $1").bind(actor).bind(language).execute(c).await.map(drop))?;
    Ok(())
}

/// Changes a password; the sessions of its member stay.
pub async fn replace_password(tx: &mut Tx, actor: ActorId, password_hash: &str) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE account SET password_hash = $2 WHERE actor_id = $1").bind(actor).bind(password_hash).execute(c).await.map(drop))?;
    // Whoever knew the old one may have asked for another address.
    super::tokens::remove(tx, actor, "address").await?;
    super::tokens::remove(tx, actor, "password").await
}

/// Changes a password and ends every session of its member.
pub async fn set_password(tx: &mut Tx, actor: ActorId, password_hash: &str) -> Result<()> {
    replace_password(tx, actor, password_hash).await?;
    super::sessions::end_all(tx, actor).await
}

/// The account, so that nobody else changes it before this transaction ends; none for somebody of another server.
pub async fn lock(tx: &mut Tx, actor: ActorId) -> Result<Option<Account>> {
    Ok(on!(tx.unseen(), sqlite c => sqlx::query_as("SELECT * FROM account WHERE actor_id = $1").bind(actor).fetch_optional(c).await,
        postgres c => sqlx::query_as("SELECT * FROM account WHERE actor_id = $1 FOR UPDATE").bind(actor).fetch_optional(c).await)?)
}

pub async fn set_state(tx: &mut Tx, actor: ActorId, state: AccountState) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE account SET state = $2 WHERE actor_id = $1").bind(actor).bind(state).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn count_admins(conn: &mut Conn) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM account WHERE admin = TRUE").fetch_one(c).await)?;
    Ok(count)
}

pub async fn start_session(tx: &mut Tx, token_hash: &str, actor: ActorId, now: Time, expires: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("INSERT INTO session (token_hash, actor_id, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $3, $4)")
        .bind(token_hash).bind(actor).bind(now).bind(expires).execute(c).await.map(drop))?;
    Ok(())
}

macro_rules! session {
    ($array:literal) => {
        concat!(
            "SELECT CAST(",
            $array,
            "(",
            actor_columns!("a"),
            ") AS TEXT), CAST(",
            $array,
            "(",
            columns!(
                "c",
                "actor_id",
                "email",
                "password_hash",
                "admin",
                "language",
                "created_at",
                "state",
                "digest",
                "digest_at",
                "mail_bounces",
                "mail_paused_at"
            ),
            ") AS TEXT), s.seen_at
             FROM session s JOIN actor a ON a.id = s.actor_id JOIN account c ON c.actor_id = s.actor_id
             WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.seen_at > $3"
        )
    };
}

/// Whose session it is, when it has not run out at `now` and was used since `seen_after`; and when that was.
pub async fn session(conn: &mut Conn, token_hash: &str, now: Time, seen_after: Time) -> Result<Option<(Actor, Account, Time)>> {
    let row: Option<(String, String, Time)> = on!(conn,
        sqlite c => sqlx::query_as(session!("json_array")).bind(token_hash).bind(now).bind(seen_after).fetch_optional(c).await,
        postgres c => sqlx::query_as(session!("json_build_array")).bind(token_hash).bind(now).bind(seen_after).fetch_optional(c).await)?;
    row.map(|(actor, account, seen_at)| Ok((unpacked_one(&actor)?, unpacked_one(&account)?, seen_at))).transpose()
}

pub async fn see_session(tx: &mut Tx, token_hash: &str, now: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE session SET seen_at = $2 WHERE token_hash = $1").bind(token_hash).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn end_session(tx: &mut Tx, token_hash: &str) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("DELETE FROM session WHERE token_hash = $1").bind(token_hash).execute(c).await.map(drop))?;
    Ok(())
}

/// How often logging in failed under `key` since `since`, and since when.
pub async fn failures(conn: &mut Conn, key: &str, since: Time) -> Result<Option<(i64, Time)>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT failures, since FROM login_attempt WHERE key = $1 AND since > $2").bind(key).bind(since).fetch_optional(c).await)?,
    )
}

/// Counts one failure; begins anew when the last ones were before `since`.
pub async fn count_failure(tx: &mut Tx, key: &str, now: Time, since: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query(
        "INSERT INTO login_attempt (key, failures, since) VALUES ($1, 1, $2)
         ON CONFLICT (key) DO UPDATE SET failures = CASE WHEN login_attempt.since > $3 THEN login_attempt.failures + 1 ELSE 1 END,
            since = CASE WHEN login_attempt.since > $3 THEN login_attempt.since ELSE $2 END")
        .bind(key).bind(now).bind(since).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn forget_failures(tx: &mut Tx, key: &str) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("DELETE FROM login_attempt WHERE key = $1").bind(key).execute(c).await.map(drop))?;
    Ok(())
}

/// Who administers this instance.
pub async fn admins(conn: &mut Conn) -> Result<Vec<ActorId>> {
    let rows: Vec<(ActorId,)> =
        on!(conn, c => sqlx::query_as("SELECT actor_id FROM account WHERE admin = TRUE ORDER BY actor_id").fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The member who has administered this instance longest.
pub async fn first_admin(conn: &mut Conn) -> Result<Option<crate::model::Actor>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT actor.* FROM account JOIN actor ON actor.id = account.actor_id WHERE account.admin = TRUE ORDER BY account.created_at, actor.id LIMIT 1")
        .fetch_optional(c).await)?)
}
