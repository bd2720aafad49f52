//! Lanes of delivery: which of them somebody may take, which inboxes are not there, and servers that are given up.

use sqlx::FromRow;

use super::{Conn, Tx, column, on, over_rows};
use crate::error::Result;
use crate::model::Time;

/// A lane that was taken.
#[derive(Clone, Debug, FromRow)]
pub struct Lane {
    pub host: String,
    /// How often its server failed in a row.
    pub failures: i64,
    /// Whether one of its inboxes was not there.
    pub missing: bool,
}

/// The servers that something is on its way to, each with when the first of it is due. A walk from one name to the next: a
/// hundred thousand deliveries to one server cost as much as one.
macro_rules! lanes {
    ($rest:expr) => {
        concat!(
            "WITH RECURSIVE lane (host) AS (SELECT MIN(d.host) FROM delivery d
                UNION ALL SELECT (SELECT MIN(d.host) FROM delivery d WHERE d.host > lane.host) FROM lane WHERE lane.host IS NOT NULL) ",
            $rest
        )
    };
}

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "UPDATE peer SET claimed_by = $1 WHERE host IN (",
            lanes!(
                "SELECT p.host FROM peer p WHERE p.host IN (SELECT lane.host FROM lane) AND p.claimed_by IS NULL AND p.retry_at <= $2
                    AND EXISTS (SELECT 1 FROM delivery d WHERE d.host = p.host AND d.next_at <= $2) ORDER BY p.retry_at LIMIT $3"
            ),
            $lock,
            ") RETURNING host, failures, missing"
        )
    };
}

/// Takes up to `limit` lanes in which something is due.
pub async fn claim(tx: &mut Tx, slot: i64, now: Time, limit: i64) -> Result<Vec<Lane>> {
    Ok(on!(tx.unseen(), sqlite c => sqlx::query_as(claim!("")).bind(slot).bind(now).bind(limit).fetch_all(c).await,
        postgres c => sqlx::query_as(claim!(" FOR UPDATE OF p SKIP LOCKED")).bind(slot).bind(now).bind(limit).fetch_all(c).await)?)
}

macro_rules! release {
    ($rows:literal, $lock:literal) => {
        concat!(
            "UPDATE peer SET claimed_by = NULL WHERE claimed_by = $2 AND host IN (SELECT p.host FROM ",
            $rows,
            " CROSS JOIN peer p WHERE p.host = r.value ->> 0",
            $lock,
            ")"
        )
    };
}

/// Lets lanes go that this process holds. On PostgreSQL they are locked in the order in which everybody does.
pub async fn release(tx: &mut Tx, slot: i64, hosts: &[&str]) -> Result<()> {
    let hosts = column(hosts)?;
    over_rows!(tx.unseen(), release [""] [" ORDER BY p.host FOR UPDATE OF p"], query, q,
        c => q.bind(hosts).bind(slot).execute(c).await.map(drop))?;
    Ok(())
}

/// When the next delivery is due, in lanes nobody holds.
pub async fn next_due(conn: &mut Conn) -> Result<Option<Time>> {
    let (at,): (Option<i64>,) = on!(conn, c => sqlx::query_as(lanes!(
        "SELECT MIN(CASE WHEN x.next_at > x.retry_at THEN x.next_at ELSE x.retry_at END) FROM (
            SELECT p.retry_at AS retry_at, (SELECT MIN(d.next_at) FROM delivery d WHERE d.host = p.host) AS next_at
            FROM lane JOIN peer p ON p.host = lane.host WHERE p.claimed_by IS NULL) x WHERE x.next_at IS NOT NULL")).fetch_one(c).await)?;
    Ok(at.map(Time))
}

/// Lanes that rest may try once more at once: somebody may have mended what was wrong here.
pub async fn wake_all(tx: &mut Tx) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE peer SET retry_at = 0 WHERE failures > 0 AND retry_at > 0").execute(c).await.map(drop))?;
    Ok(())
}

/// And what was put off in them.
pub async fn hasten_all(tx: &mut Tx, now: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE delivery SET next_at = $1 WHERE next_at > $1 AND host IN (SELECT p.host FROM peer p WHERE p.failures > 0)")
        .bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Gives a server up that has been failing since before `since`; says whether it has.
pub async fn give_up(tx: &mut Tx, host: &str, since: Time, now: Time) -> Result<bool> {
    let rows = on!(tx.unseen(), c => sqlx::query(
        "UPDATE peer SET given_up_at = $3, dropped = dropped + (SELECT COUNT(*) FROM delivery d WHERE d.host = $1)
         WHERE host = $1 AND failing_since <= $2").bind(host).bind(since).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// An inbox that is not there.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Missing {
    pub since: Time,
    pub times: i64,
}

/// Notes that an inbox is not there.
pub async fn note_missing(tx: &mut Tx, host: &str, inbox: &str, now: Time) -> Result<Missing> {
    Ok(on!(tx.unseen(), c => sqlx::query_as(
        "INSERT INTO missing_inbox (inbox, host, since, times) VALUES ($1, $2, $3, 1)
         ON CONFLICT (inbox) DO UPDATE SET times = missing_inbox.times + 1 RETURNING since, times")
        .bind(inbox).bind(host).bind(now).fetch_one(c).await)?)
}

/// From now on, who sends to this server looks whether an inbox was missing.
pub async fn mark_missing(tx: &mut Tx, host: &str) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE peer SET missing = TRUE WHERE host = $1 AND missing = FALSE").bind(host).execute(c).await.map(drop))?;
    Ok(())
}

/// An inbox is there, or nobody asks for it any more.
pub async fn forget_missing(tx: &mut Tx, inbox: &str) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("DELETE FROM missing_inbox WHERE inbox = $1").bind(inbox).execute(c).await.map(drop))?;
    Ok(())
}

/// None of its inboxes is missing any more.
pub async fn unmark_missing(tx: &mut Tx, host: &str) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE peer SET missing = FALSE WHERE host = $1 AND NOT EXISTS (SELECT 1 FROM missing_inbox m WHERE m.host = $1)")
        .bind(host).execute(c).await.map(drop))?;
    Ok(())
}

/// Who of a server reads an inbox and follows, or is followed: some of them.
pub async fn behind(conn: &mut Conn, host: &str, inbox: &str, limit: i64) -> Result<Vec<(String,)>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT a.ap_id FROM actor a WHERE a.host = $1 AND a.local = FALSE AND a.deleted_at IS NULL AND COALESCE(a.shared_inbox, a.inbox) = $2
            AND (EXISTS (SELECT 1 FROM follow f WHERE f.follower_id = a.id) OR EXISTS (SELECT 1 FROM follow f WHERE f.target_id = a.id))
         ORDER BY a.id LIMIT $3").bind(host).bind(inbox).bind(limit).fetch_all(c).await)?)
}

/// Ends the follows by everybody who reads an inbox; says how many.
pub async fn end_follows_behind(tx: &mut Tx, host: &str, inbox: &str) -> Result<u64> {
    Ok(on!(tx, c => sqlx::query(
        "DELETE FROM follow WHERE follower_id IN (SELECT a.id FROM actor a
         WHERE a.host = $1 AND a.local = FALSE AND COALESCE(a.shared_inbox, a.inbox) = $2)")
        .bind(host).bind(inbox).execute(c).await.map(|done| done.rows_affected()))?)
}
