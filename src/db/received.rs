//! `received`: the inbox. Stored before it is answered 202, worked on from here, remembered by id for longer than anybody repeats it.

use sqlx::FromRow;

use super::{Conn, Tx, column, on, over_rows, rows};
use crate::error::Result;
use crate::model::{ReceivedId, Time};

/// A row of `received`.
#[derive(Clone, Debug, FromRow, serde::Serialize)]
pub struct Received {
    pub id: ReceivedId,
    pub ap_id: String,
    /// The actor that signed it.
    pub actor: String,
    /// As it arrived, to the byte; empty once dealt with, and the beginning of it when it failed.
    pub body: String,
    /// `new`, `done`, `ignored` or `failed`.
    pub state: String,
    pub note: Option<String>,
    pub attempts: i64,
    pub next_at: Time,
    pub received_at: Time,
    /// The server that sent it.
    pub host: String,
}

macro_rules! insert {
    ($rows:literal) => {
        concat!(
            "INSERT INTO received (id, ap_id, actor, body, state, attempts, next_at, received_at, host)
             SELECT CAST(r.value ->> 'id' AS BIGINT), r.value ->> 'ap_id', r.value ->> 'actor', r.value ->> 'body', 'new', 0,
                CAST(r.value ->> 'received_at' AS BIGINT), CAST(r.value ->> 'received_at' AS BIGINT), r.value ->> 'host'
             FROM ",
            $rows,
            " WHERE TRUE ON CONFLICT (actor, ap_id) DO NOTHING"
        )
    };
}

/// Stores what arrived, but nothing that this actor sent before with the same id.
pub async fn insert<'a>(tx: &mut Tx, arrived: impl IntoIterator<Item = &'a Received>) -> Result<()> {
    let arrived = rows(arrived.into_iter().collect::<Vec<_>>())?;
    over_rows!(tx.unseen(), insert, query, q, c => q.bind(arrived).execute(c).await.map(drop))?;
    Ok(())
}

/// Takes up to `share` of each of these servers that are due, the oldest first.
pub async fn claim(tx: &mut Tx, slot: i64, hosts: &[String], now: Time, share: i64) -> Result<Vec<Received>> {
    let hosts = column(hosts)?;
    Ok(on!(tx.unseen(), sqlite c => sqlx::query_as(
            "UPDATE received SET claimed_by = $2 WHERE id IN (SELECT t.id FROM json_each($1) AS r CROSS JOIN received t WHERE t.id IN (
                SELECT x.id FROM received x WHERE x.host = r.value ->> 0 AND x.state = 'new' AND x.claimed_by IS NULL AND x.next_at <= $3
                ORDER BY x.next_at, x.id LIMIT $4)) RETURNING *")
            .bind(hosts).bind(slot).bind(now).bind(share).fetch_all(c).await,
        postgres c => sqlx::query_as(
            "UPDATE received SET claimed_by = $2 WHERE id = ANY(ARRAY(SELECT t.id FROM json_array_elements(CAST($1 AS JSON)) AS r, LATERAL (
                SELECT x.id FROM received x WHERE x.host = r.value ->> 0 AND x.state = 'new' AND x.claimed_by IS NULL AND x.next_at <= $3
                ORDER BY x.next_at, x.id LIMIT $4 FOR UPDATE SKIP LOCKED) t)) RETURNING *")
            .bind(hosts).bind(slot).bind(now).bind(share).fetch_all(c).await)?)
}

/// The servers of which something waits that nobody has taken, each with when the first of it is due. A walk from one name
/// to the next: what one server sent, however much, costs one step.
pub async fn waiting(conn: &mut Conn) -> Result<Vec<(String, Time)>> {
    Ok(on!(conn, c => sqlx::query_as(
        "WITH RECURSIVE sender (host) AS (
            SELECT MIN(r.host) FROM received r WHERE r.state = 'new' AND r.claimed_by IS NULL
            UNION ALL SELECT (SELECT MIN(r.host) FROM received r WHERE r.state = 'new' AND r.claimed_by IS NULL AND r.host > sender.host)
            FROM sender WHERE sender.host IS NOT NULL)
         SELECT sender.host, (SELECT MIN(r.next_at) FROM received r WHERE r.host = sender.host AND r.state = 'new' AND r.claimed_by IS NULL)
         FROM sender WHERE sender.host IS NOT NULL ORDER BY 2").fetch_all(c).await)?)
}

/// What became of one that is dealt with.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Ended {
    pub id: ReceivedId,
    /// `done`, `ignored` or `failed`.
    pub state: &'static str,
    pub note: Option<String>,
}

macro_rules! finish {
    ($rows:literal) => {
        concat!(
            "UPDATE received SET state = x.state, note = x.note, claimed_by = NULL, body = CASE WHEN x.state = 'failed' THEN substr(received.body, 1, 4000) ELSE '' END
             FROM (SELECT CAST(r.value ->> 'id' AS BIGINT) AS id, r.value ->> 'state' AS state, r.value ->> 'note' AS note FROM ",
            $rows,
            ") AS x WHERE received.id = x.id"
        )
    };
}

/// Dealt with: the id stays. The body goes, unless it failed and somebody may want to see why: then its beginning stays.
pub async fn finish(tx: &mut Tx, ended: &[Ended]) -> Result<()> {
    let ended = rows(ended)?;
    over_rows!(tx.unseen(), finish, query, q, c => q.bind(ended).execute(c).await.map(drop))?;
    Ok(())
}

/// Not now; again at `next_at`.
pub async fn postpone(tx: &mut Tx, id: ReceivedId, next_at: Time, note: &str) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE received SET next_at = $2, note = $3, attempts = attempts + 1, claimed_by = NULL WHERE id = $1")
        .bind(id).bind(next_at).bind(note).execute(c).await.map(drop))?;
    Ok(())
}

/// Not dealt with by this process: somebody else may.
pub async fn put_back(tx: &mut Tx, slot: i64, id: ReceivedId, next_at: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE received SET claimed_by = NULL, next_at = $2 WHERE id = $1 AND state = 'new' AND claimed_by = $3")
        .bind(id).bind(next_at).bind(slot).execute(c).await.map(drop))?;
    Ok(())
}

/// How many are in a state, for health and tests.
pub async fn count(conn: &mut Conn, state: &str) -> Result<i64> {
    // Those that there is an index of are said in the text: SQLite does not look at what is bound.
    let text = match state {
        "new" => "SELECT COUNT(*) FROM received WHERE state = 'new' AND $1 = $1",
        "failed" => "SELECT COUNT(*) FROM received WHERE state = 'failed' AND $1 = $1",
        _ => "SELECT COUNT(*) FROM received WHERE state = $1",
    };
    let (count,): (i64,) = on!(conn, c => sqlx::query_as(text).bind(state).fetch_one(c).await)?;
    Ok(count)
}

/// What became of an activity, for tests and the administrator.
pub async fn by_ap_id(conn: &mut Conn, ap_id: &str) -> Result<Option<Received>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM received WHERE ap_id = $1").bind(ap_id).fetch_optional(c).await)?)
}

/// Forgets some of what was dealt with before `before`, or of what failed before `failed_before`; says how many.
pub async fn prune(tx: &mut Tx, before: Time, failed_before: Time, limit: i64) -> Result<u64> {
    Ok(on!(tx.unseen(), c => sqlx::query(
        "DELETE FROM received WHERE id IN (SELECT r.id FROM received r
         WHERE r.state <> 'new' AND (r.received_at < $1 OR (r.state = 'failed' AND r.received_at < $2)) LIMIT $3)")
        .bind(before).bind(failed_before).bind(limit).execute(c).await.map(|done| done.rows_affected()))?)
}
