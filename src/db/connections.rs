//! `connection`: requests to connect, ours to others and those of others to us.

use sqlx::FromRow;

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, Time};

/// Who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum Direction {
    /// They asked us.
    In,
    /// We asked them.
    Out,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum ConnectionState {
    Waiting,
    Accepted,
    Refused,
    Withdrawn,
}

impl ConnectionState {
    /// The word in the locales and the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A row of `connection`.
#[derive(Clone, Debug, FromRow)]
pub struct Connection {
    pub host: String,
    pub direction: Direction,
    pub state: ConnectionState,
    /// How the other region calls itself; empty where it never said.
    pub name: String,
    /// Why, in the words of who asked; plain text.
    pub words: String,
    /// Why not, in the words of who refused; plain text.
    pub answer: String,
    /// The id of the request on the wire.
    pub ap_id: String,
    /// Who of ours asked or decided.
    pub by_id: Option<ActorId>,
    pub asked_at: Time,
    pub answered_at: Option<Time>,
    /// When administrators were last told of it.
    pub told_at: Option<Time>,
    /// `offer`, `undo`, `accept`, `reject`, or nothing.
    pub unsaid: String,
    pub said_at: Option<Time>,
    /// Why it could not be said.
    pub error: Option<String>,
    pub changed_at: Time,
}

impl Connection {
    /// Whether it waits for an answer.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.state == ConnectionState::Waiting
    }
}

pub async fn put(tx: &mut Tx, c: &Connection) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO connection (host, direction, state, name, words, answer, ap_id, by_id, asked_at, answered_at, told_at, unsaid, said_at, error, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT (host, direction) DO UPDATE SET state = excluded.state, name = excluded.name, words = excluded.words, answer = excluded.answer,
            ap_id = excluded.ap_id, by_id = excluded.by_id, asked_at = excluded.asked_at, answered_at = excluded.answered_at, told_at = excluded.told_at,
            unsaid = excluded.unsaid, said_at = excluded.said_at, error = excluded.error, changed_at = excluded.changed_at")
        .bind(&c.host).bind(c.direction).bind(c.state).bind(&c.name).bind(&c.words).bind(&c.answer).bind(&c.ap_id).bind(c.by_id).bind(c.asked_at)
        .bind(c.answered_at).bind(c.told_at).bind(&c.unsaid).bind(c.said_at).bind(&c.error).bind(c.changed_at).execute(conn).await.map(drop))?;
    Ok(())
}

pub async fn get(conn: &mut Conn, host: &str, direction: Direction) -> Result<Option<Connection>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM connection WHERE host = $1 AND direction = $2")
        .bind(host).bind(direction).fetch_optional(c).await)?)
}

macro_rules! lock {
    ($lock:literal) => {
        concat!("SELECT * FROM connection WHERE host = $1 AND direction = $2", $lock)
    };
}

/// The same, held until the transaction ends.
pub async fn lock(tx: &mut Tx, host: &str, direction: Direction) -> Result<Option<Connection>> {
    Ok(on!(tx.unseen(), sqlite c => sqlx::query_as(lock!("")).bind(host).bind(direction).fetch_optional(c).await,
        postgres c => sqlx::query_as(lock!(" FOR UPDATE")).bind(host).bind(direction).fetch_optional(c).await)?)
}

/// One page of requests in a direction, what waits first, by server after `after` (`waits` is whether that one waits).
pub async fn page(conn: &mut Conn, direction: Direction, waits: bool, after: &str, limit: i64) -> Result<Vec<Connection>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT * FROM connection WHERE direction = $1
            AND (($2 = TRUE AND (state <> 'waiting' OR host > $3)) OR ($2 = FALSE AND state <> 'waiting' AND host > $3))
         ORDER BY CASE WHEN state = 'waiting' THEN 0 ELSE 1 END, host LIMIT $4")
        .bind(direction).bind(waits).bind(after).bind(limit).fetch_all(c).await)?)
}

/// How many requests of others wait for an answer.
pub async fn count_waiting(conn: &mut Conn) -> Result<i64> {
    let (count,): (i64,) =
        on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM connection WHERE direction = 'in' AND state = 'waiting'").fetch_one(c).await)?;
    Ok(count)
}

/// Something that still has to be said to a server.
pub async fn unsaid(conn: &mut Conn, host: &str) -> Result<Option<Connection>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM connection WHERE host = $1 AND unsaid <> '' ORDER BY changed_at, direction LIMIT 1")
        .bind(host).fetch_optional(c).await)?)
}

/// The servers to which something has to be said since `since`.
pub async fn unsaid_hosts(conn: &mut Conn, since: Time) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = on!(conn, c => sqlx::query_as("SELECT DISTINCT host FROM connection WHERE unsaid <> '' AND changed_at >= $1 ORDER BY host")
        .bind(since).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(host,)| host).collect())
}

/// It was said, or with an error will never be; unless something newer has to be said by now.
pub async fn settle(tx: &mut Tx, c: &Connection, now: Time, error: Option<&str>) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "UPDATE connection SET unsaid = '', said_at = CASE WHEN $6 IS NULL THEN $5 ELSE said_at END, error = $6
         WHERE host = $1 AND direction = $2 AND unsaid = $3 AND changed_at = $4")
        .bind(&c.host).bind(c.direction).bind(&c.unsaid).bind(c.changed_at).bind(now).bind(error).execute(conn).await.map(drop))?;
    Ok(())
}

/// Notes why it could not be said just now.
pub async fn note_error(tx: &mut Tx, c: &Connection, error: &str) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE connection SET error = $3 WHERE host = $1 AND direction = $2")
        .bind(&c.host).bind(c.direction).bind(error).execute(conn).await.map(drop))?;
    Ok(())
}
