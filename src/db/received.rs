//! `received`: the inbox. Stored before it is answered 202, worked on from here, remembered by id for ever.

use sqlx::FromRow;

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ReceivedId, Time};

/// A row of `received`.
#[derive(Clone, Debug, FromRow)]
pub struct Received {
    pub id: ReceivedId,
    pub ap_id: String,
    /// The actor that signed it.
    pub actor: String,
    /// As it arrived, to the byte; empty once dealt with.
    pub body: String,
    /// `new`, `done`, `ignored` or `failed`.
    pub state: String,
    pub note: Option<String>,
    pub attempts: i64,
    pub next_at: Time,
    pub received_at: Time,
}

/// Stores it, unless this actor sent something with this id before. Says whether it was new.
pub async fn insert(tx: &mut Tx, r: &Received) -> Result<bool> {
    let rows = on!(tx, c => sqlx::query(
        "INSERT INTO received (id, ap_id, actor, body, state, attempts, next_at, received_at) VALUES ($1, $2, $3, $4, 'new', 0, $5, $5)
         ON CONFLICT (actor, ap_id) DO NOTHING")
        .bind(r.id).bind(&r.ap_id).bind(&r.actor).bind(&r.body).bind(r.received_at).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "UPDATE received SET claimed_by = $1 WHERE id IN (SELECT id FROM received
            WHERE state = 'new' AND claimed_by IS NULL AND next_at <= $2 ORDER BY id LIMIT $3",
            $lock,
            ") RETURNING *"
        )
    };
}

/// Takes up to `limit` that are due, the oldest first.
pub async fn claim(tx: &mut Tx, slot: i64, now: Time, limit: i64) -> Result<Vec<Received>> {
    let mut rows: Vec<Received> = on!(tx, sqlite c => sqlx::query_as(claim!("")).bind(slot).bind(now).bind(limit).fetch_all(c).await,
        postgres c => sqlx::query_as(claim!(" FOR UPDATE SKIP LOCKED")).bind(slot).bind(now).bind(limit).fetch_all(c).await)?;
    rows.sort_by_key(|row| row.id);
    Ok(rows)
}

/// Dealt with: the id stays. The body goes, unless it failed and somebody may want to see why.
pub async fn finish(tx: &mut Tx, id: ReceivedId, state: &str, note: Option<&str>) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE received SET state = $2, note = $3, body = CASE WHEN $2 = 'failed' THEN body ELSE '' END, claimed_by = NULL WHERE id = $1")
        .bind(id).bind(state).bind(note).execute(c).await.map(drop))?;
    Ok(())
}

/// Not now; again at `next_at`.
pub async fn postpone(tx: &mut Tx, id: ReceivedId, next_at: Time, note: &str) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE received SET next_at = $2, note = $3, attempts = attempts + 1, claimed_by = NULL WHERE id = $1")
        .bind(id).bind(next_at).bind(note).execute(c).await.map(drop))?;
    Ok(())
}

/// Not dealt with: somebody else may.
pub async fn put_back(tx: &mut Tx, id: ReceivedId, next_at: Time) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE received SET claimed_by = NULL, next_at = $2 WHERE id = $1 AND state = 'new'").bind(id).bind(next_at).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn next_due(conn: &mut Conn) -> Result<Option<Time>> {
    let (at,): (Option<i64>,) =
        on!(conn, c => sqlx::query_as("SELECT MIN(next_at) FROM received WHERE state = 'new' AND claimed_by IS NULL").fetch_one(c).await)?;
    Ok(at.map(Time))
}

/// How many are in a state, for health and tests.
pub async fn count(conn: &mut Conn, state: &str) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM received WHERE state = $1").bind(state).fetch_one(c).await)?;
    Ok(count)
}

/// What became of an activity, for tests and the administrator.
pub async fn by_ap_id(conn: &mut Conn, ap_id: &str) -> Result<Option<Received>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM received WHERE ap_id = $1").bind(ap_id).fetch_optional(c).await)?)
}
