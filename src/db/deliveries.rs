//! `delivery` and `peer`: what is on its way to whom. One lane per host; in a lane, what is about the same thing goes in
//! order, what is about different things may overtake.

use sqlx::FromRow;

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActivityId, ActorId, Time};

/// A row of `delivery`.
#[derive(Clone, Debug, FromRow)]
pub struct Delivery {
    pub activity_id: ActivityId,
    pub inbox: String,
    pub host: String,
    pub about: String,
    pub attempts: i64,
    pub next_at: Time,
    pub last_error: Option<String>,
}

/// A row of `peer`: a server we know.
#[derive(Clone, Debug, FromRow)]
pub struct Peer {
    pub host: String,
    pub software: Option<String>,
    pub software_version: Option<String>,
    pub looked_up_at: Option<Time>,
    pub failures: i64,
    pub failing_since: Option<Time>,
    pub retry_at: Time,
    pub last_success_at: Option<Time>,
    pub last_error: Option<String>,
}

/// Who among a group's followers gets an announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Servers that understand groups (FEP-1b12), and those whose software is not known.
    Threadiverse,
    /// Servers that only know boosts, and those whose software is not known.
    Boosts,
    /// Servers that know about chosen answers.
    ChosenAnswers,
}

/// Queues an activity for one inbox.
pub async fn enqueue(tx: &mut Tx, activity: ActivityId, inbox: &str, host: &str, about: &str, now: Time) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO delivery (activity_id, inbox, host, about, attempts, next_at) VALUES ($1, $2, $3, $4, 0, $5) ON CONFLICT DO NOTHING")
        .bind(activity).bind(inbox).bind(host).bind(about).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

macro_rules! to_followers {
    ($software:literal) => {
        concat!(
            "INSERT INTO delivery (activity_id, inbox, host, about, attempts, next_at)
             SELECT $1, x.inbox, x.host, $2, 0, $3 FROM (
                SELECT DISTINCT COALESCE(a.shared_inbox, a.inbox) AS inbox, a.host AS host FROM follow f
                JOIN actor a ON a.id = f.follower_id LEFT JOIN peer p ON p.host = a.host
                WHERE f.target_id = $4 AND f.state = 'accepted' AND a.local = FALSE AND a.deleted_at IS NULL AND ",
            $software,
            ") x WHERE TRUE ON CONFLICT DO NOTHING"
        )
    };
}

/// Queues an activity for every server that follows `group` and belongs to `audience`: once for each shared inbox.
pub async fn enqueue_for_followers(
    tx: &mut Tx,
    activity: ActivityId,
    group: ActorId,
    audience: Audience,
    about: &str,
    now: Time,
) -> Result<()> {
    let text = match audience {
        Audience::Threadiverse => to_followers!(
            "(p.software IS NULL OR p.software IN ('meent', 'lemmy', 'piefed', 'mbin', 'nodebb', 'discourse', 'lotide', 'hubzilla'))"
        ),
        Audience::Boosts => to_followers!(
            "(p.software IS NULL OR p.software NOT IN ('meent', 'lemmy', 'piefed', 'mbin', 'nodebb', 'discourse', 'lotide', 'hubzilla'))"
        ),
        Audience::ChosenAnswers => to_followers!("p.software IN ('meent', 'piefed')"),
    };
    on!(tx, c => sqlx::query(text).bind(activity).bind(about).bind(now).bind(group).execute(c).await.map(drop))?;
    Ok(())
}

/// Makes a server known; does nothing when it is.
pub async fn know(tx: &mut Tx, host: &str) -> Result<()> {
    on!(tx, c => sqlx::query("INSERT INTO peer (host, failures, retry_at) VALUES ($1, 0, 0) ON CONFLICT DO NOTHING").bind(host).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn peer(conn: &mut Conn, host: &str) -> Result<Option<Peer>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM peer WHERE host = $1").bind(host).fetch_optional(c).await)?)
}

pub async fn set_software(tx: &mut Tx, host: &str, software: Option<(&str, &str)>, now: Time) -> Result<()> {
    let (name, version) = software.unzip();
    on!(tx, c => sqlx::query(
        "UPDATE peer SET software = COALESCE($2, software), software_version = COALESCE($3, software_version), looked_up_at = $4 WHERE host = $1")
        .bind(host).bind(name).bind(version).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

macro_rules! claim_lanes {
    ($lock:literal) => {
        concat!(
            "UPDATE peer SET claimed_by = $1 WHERE host IN (SELECT p.host FROM peer p WHERE p.claimed_by IS NULL AND p.retry_at <= $2
            AND EXISTS (SELECT 1 FROM delivery d WHERE d.host = p.host AND d.next_at <= $2) ORDER BY p.retry_at LIMIT $3",
            $lock,
            ") RETURNING host"
        )
    };
}

/// Takes up to `limit` lanes in which something is due.
pub async fn claim_lanes(tx: &mut Tx, slot: i64, now: Time, limit: i64) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = on!(tx, sqlite c => sqlx::query_as(claim_lanes!("")).bind(slot).bind(now).bind(limit).fetch_all(c).await,
        postgres c => sqlx::query_as(claim_lanes!(" FOR UPDATE SKIP LOCKED")).bind(slot).bind(now).bind(limit).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(host,)| host).collect())
}

pub async fn release_lane(tx: &mut Tx, host: &str) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE peer SET claimed_by = NULL WHERE host = $1").bind(host).execute(c).await.map(drop))?;
    Ok(())
}

/// What may leave now in a lane: due, and nothing earlier about the same thing is still waiting.
pub async fn due(conn: &mut Conn, host: &str, now: Time, limit: i64) -> Result<Vec<Delivery>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT d.* FROM delivery d WHERE d.host = $1 AND d.next_at <= $2
            AND NOT EXISTS (SELECT 1 FROM delivery e WHERE e.host = d.host AND e.about = d.about AND e.activity_id < d.activity_id)
         ORDER BY d.activity_id LIMIT $3").bind(host).bind(now).bind(limit).fetch_all(c).await)?)
}

/// What waits behind something earlier about the same thing is due when that is: otherwise a lane in which nothing may
/// leave would look as if something could.
pub async fn wait_in_line(tx: &mut Tx, host: &str, now: Time) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE delivery SET next_at = (SELECT MAX(e.next_at) FROM delivery e
            WHERE e.host = delivery.host AND e.about = delivery.about AND e.activity_id < delivery.activity_id)
         WHERE host = $1 AND next_at <= $2 AND EXISTS (SELECT 1 FROM delivery e
            WHERE e.host = delivery.host AND e.about = delivery.about AND e.activity_id < delivery.activity_id AND e.next_at > $2)")
        .bind(host).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// It arrived, or was given up.
pub async fn remove(tx: &mut Tx, activity: ActivityId, inbox: &str) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM delivery WHERE activity_id = $1 AND inbox = $2").bind(activity).bind(inbox).execute(c).await.map(drop))?;
    Ok(())
}

/// It did not arrive; again at `next_at`.
pub async fn postpone(tx: &mut Tx, d: &Delivery, next_at: Time, error: &str) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE delivery SET attempts = attempts + 1, next_at = $3, last_error = $4 WHERE activity_id = $1 AND inbox = $2")
        .bind(d.activity_id).bind(&d.inbox).bind(next_at).bind(error).execute(c).await.map(drop))?;
    Ok(())
}

/// A server answered.
pub async fn peer_succeeded(tx: &mut Tx, host: &str, now: Time) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE peer SET failures = 0, failing_since = NULL, retry_at = 0, last_success_at = $2, last_error = NULL WHERE host = $1")
        .bind(host).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// A server did not answer; its lane rests until `retry_at`.
pub async fn peer_failed(tx: &mut Tx, host: &str, now: Time, retry_at: Time, error: &str) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE peer SET failures = failures + 1, failing_since = COALESCE(failing_since, $2), retry_at = $3, last_error = $4 WHERE host = $1")
        .bind(host).bind(now).bind(retry_at).bind(error).execute(c).await.map(drop))?;
    Ok(())
}

/// A server that was failing spoke to us: its lane wakes at once, and what had been put off in it.
pub async fn peer_revived(tx: &mut Tx, host: &str, now: Time) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE peer SET failures = 0, failing_since = NULL, retry_at = 0 WHERE host = $1 AND failures > 0")
        .bind(host).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query("UPDATE delivery SET next_at = $2 WHERE host = $1 AND next_at > $2").bind(host).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// When the next delivery is due, in lanes nobody holds.
pub async fn next_due(conn: &mut Conn) -> Result<Option<Time>> {
    let (at,): (Option<i64>,) = on!(conn, c => sqlx::query_as(
        "SELECT MIN(CASE WHEN x.next_at > x.retry_at THEN x.next_at ELSE x.retry_at END) FROM (
            SELECT p.retry_at AS retry_at, (SELECT MIN(d.next_at) FROM delivery d WHERE d.host = p.host) AS next_at FROM peer p WHERE p.claimed_by IS NULL) x
         WHERE x.next_at IS NOT NULL")
        .fetch_one(c).await)?;
    Ok(at.map(Time))
}

/// How much waits, for health and tests.
pub async fn count(conn: &mut Conn) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM delivery").fetch_one(c).await)?;
    Ok(count)
}
