//! `backfill` and `backfill_item`: how far the history of a remote group has come.

use sqlx::FromRow;

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, Time};

/// A row of `backfill`.
#[derive(Clone, Debug, FromRow)]
pub struct Backfill {
    pub group_id: ActorId,
    /// `listing` (finding out what there is), `fetching`, or `done`.
    pub state: String,
    /// The page of the outbox to read next, while listing.
    pub cursor: Option<String>,
    pub error: Option<String>,
    pub started_at: Time,
    pub finished_at: Option<Time>,
}

/// How many threads there are, and how far it is with them.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Progress {
    pub total: i64,
    pub done: i64,
    pub failed: i64,
}

/// Begins, or begins anew once done; one that is under way goes on.
pub async fn start(tx: &mut Tx, group: ActorId, outbox: &str, now: Time) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO backfill (group_id, state, cursor, started_at) VALUES ($1, 'listing', $2, $3)
         ON CONFLICT (group_id) DO UPDATE SET state = 'listing', cursor = $2, error = NULL, started_at = $3, finished_at = NULL
         WHERE backfill.state = 'done'")
        .bind(group).bind(outbox).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn get(conn: &mut Conn, group: ActorId) -> Result<Option<Backfill>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM backfill WHERE group_id = $1").bind(group).fetch_optional(c).await)?)
}

/// The same, held until this transaction is over.
pub async fn lock(tx: &mut Tx, group: ActorId) -> Result<Option<Backfill>> {
    Ok(on!(tx.unseen(), sqlite c => sqlx::query_as("SELECT * FROM backfill WHERE group_id = $1").bind(group).fetch_optional(c).await,
        postgres c => sqlx::query_as("SELECT * FROM backfill WHERE group_id = $1 FOR UPDATE").bind(group).fetch_optional(c).await)?)
}

pub async fn set(tx: &mut Tx, b: &Backfill) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE backfill SET state = $2, cursor = $3, error = $4, finished_at = $5 WHERE group_id = $1")
        .bind(b.group_id).bind(&b.state).bind(&b.cursor).bind(&b.error).bind(b.finished_at).execute(c).await.map(drop))?;
    Ok(())
}

/// How many things are on the list, pages of replies included.
pub async fn count_items(conn: &mut Conn, group: ActorId) -> Result<i64> {
    let (count,): (i64,) =
        on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM backfill_item WHERE group_id = $1").bind(group).fetch_one(c).await)?;
    Ok(count)
}

/// Notes a thread to fetch, or (`page URL`) a page of replies. Positions rise towards the past; says whether it was not on the list yet.
pub async fn add_item(tx: &mut Tx, group: ActorId, ap_id: &str) -> Result<bool> {
    let rows = on!(tx, c => sqlx::query(
        "INSERT INTO backfill_item (group_id, ap_id, position, state, attempts)
         SELECT $1, $2, COALESCE(MAX(position), 0) + 1, 'todo', 0 FROM backfill_item WHERE group_id = $1
         ON CONFLICT (group_id, ap_id) DO NOTHING").bind(group).bind(ap_id).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// The next threads to fetch, the oldest first.
pub async fn todo(conn: &mut Conn, group: ActorId, limit: i64) -> Result<Vec<(String, i64)>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT ap_id, attempts FROM backfill_item WHERE group_id = $1 AND state = 'todo' ORDER BY attempts, position DESC LIMIT $2")
        .bind(group).bind(limit).fetch_all(c).await)?)
}

/// `done`, `failed`, or `todo` again.
pub async fn set_item(tx: &mut Tx, group: ActorId, ap_id: &str, state: &str) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE backfill_item SET state = $3, attempts = attempts + 1 WHERE group_id = $1 AND ap_id = $2")
        .bind(group).bind(ap_id).bind(state).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn progress(conn: &mut Conn, group: ActorId) -> Result<Progress> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT COUNT(*) AS total, COUNT(*) FILTER (WHERE state = 'done') AS done, COUNT(*) FILTER (WHERE state = 'failed') AS failed
         FROM backfill_item WHERE group_id = $1 AND ap_id NOT LIKE 'page %'").bind(group).fetch_one(c).await)?)
}
