//! `delivery` and `peer`: what is on its way to whom. One lane per host; in a lane, what is about the same thing goes in
//! order, what is about different things may overtake.

use sqlx::FromRow;

use super::{Conn, Tx, column, on, over_rows, rows};
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
    /// When it was said.
    pub said_at: Time,
    /// How many waited in its lane when it was read, counted up to one more than were asked for.
    pub in_lane: i64,
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
    /// Since when nothing is sent to it any more: it had not answered for so long. Any signed word from it ends that.
    pub given_up_at: Option<Time>,
    /// How many deliveries were dropped then.
    pub dropped: i64,
}

/// Who among a group's followers gets an announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// Servers that understand groups (FEP-1b12), and those whose software is not known.
    Threadiverse,
    /// Servers that only know boosts, and those whose software is not known.
    Boosts,
    /// Servers that know about chosen answers.
    ChosenAnswers,
    /// Servers that run Meent.
    OwnKind,
    /// Servers that understand groups and take events, those that take nothing but events, and those whose software is not known.
    Events,
    /// Servers that understand groups and take no events: a note tells them.
    Companions,
}

/// Queues an activity for one inbox, unless its server was given up.
pub async fn enqueue(tx: &mut Tx, activity: ActivityId, inbox: &str, host: &str, about: &str, now: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query(
        "INSERT INTO delivery (activity_id, inbox, host, about, attempts, next_at) SELECT $1, $2, $3, $4, 0, $5
         WHERE NOT EXISTS (SELECT 1 FROM peer WHERE peer.host = $3 AND peer.given_up_at IS NOT NULL) ON CONFLICT DO NOTHING")
        .bind(activity).bind(inbox).bind(host).bind(about).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

macro_rules! to_followers {
    ($software:literal, $rows:literal) => {
        concat!(
            "INSERT INTO delivery (activity_id, inbox, host, about, attempts, next_at)
             SELECT CAST(r.value ->> 0 AS BIGINT), x.inbox, x.host, r.value ->> 1, 0, $2 FROM (
                SELECT DISTINCT COALESCE(a.shared_inbox, a.inbox) AS inbox, a.host AS host FROM follow f
                JOIN actor a ON a.id = f.follower_id LEFT JOIN peer p ON p.host = a.host
                WHERE f.target_id = $3 AND f.state = 'accepted' AND a.local = FALSE AND a.deleted_at IS NULL AND p.given_up_at IS NULL AND ",
            $software,
            ") x CROSS JOIN ",
            $rows,
            " WHERE TRUE ON CONFLICT DO NOTHING"
        )
    };
}
macro_rules! to_threadiverse {
    ($rows:literal) => {
        to_followers!(
            "(p.software IS NULL OR p.software IN ('meent', 'lemmy', 'piefed', 'mbin', 'nodebb', 'discourse', 'lotide', 'hubzilla'))",
            $rows
        )
    };
}
macro_rules! to_boosts {
    ($rows:literal) => {
        to_followers!(
            "(p.software IS NULL OR p.software NOT IN ('meent', 'lemmy', 'piefed', 'mbin', 'nodebb', 'discourse', 'lotide', 'hubzilla'))",
            $rows
        )
    };
}
macro_rules! to_choosers {
    ($rows:literal) => {
        to_followers!("p.software IN ('meent', 'piefed')", $rows)
    };
}
macro_rules! to_own_kind {
    ($rows:literal) => {
        to_followers!("p.software = 'meent'", $rows)
    };
}
macro_rules! to_events {
    ($rows:literal) => {
        to_followers!("(p.software IS NULL OR p.software IN ('meent', 'lemmy', 'piefed', 'lotide', 'hubzilla', 'gancio'))", $rows)
    };
}
macro_rules! to_companions {
    ($rows:literal) => {
        to_followers!("p.software IN ('nodebb', 'discourse', 'mbin')", $rows)
    };
}

/// Queues activities, each with what it is about, for every server that follows `group` and belongs to `audience`: once for
/// each shared inbox.
pub async fn enqueue_for_followers(
    tx: &mut Tx,
    activities: &[(ActivityId, &str)],
    group: ActorId,
    audience: Audience,
    now: Time,
) -> Result<()> {
    let said = rows(activities)?;
    match audience {
        Audience::Threadiverse => {
            over_rows!(tx.unseen(), to_threadiverse, query, q, c => q.bind(said).bind(now).bind(group).execute(c).await.map(drop))
        }
        Audience::Boosts => {
            over_rows!(tx.unseen(), to_boosts, query, q, c => q.bind(said).bind(now).bind(group).execute(c).await.map(drop))
        }
        Audience::ChosenAnswers => {
            over_rows!(tx.unseen(), to_choosers, query, q, c => q.bind(said).bind(now).bind(group).execute(c).await.map(drop))
        }
        Audience::OwnKind => {
            over_rows!(tx.unseen(), to_own_kind, query, q, c => q.bind(said).bind(now).bind(group).execute(c).await.map(drop))
        }
        Audience::Events => {
            over_rows!(tx.unseen(), to_events, query, q, c => q.bind(said).bind(now).bind(group).execute(c).await.map(drop))
        }
        Audience::Companions => {
            over_rows!(tx.unseen(), to_companions, query, q, c => q.bind(said).bind(now).bind(group).execute(c).await.map(drop))
        }
    }?;
    Ok(())
}

/// Whether a group has a follower on a server that understands groups and takes no events.
pub async fn any_companions(conn: &mut Conn, group: ActorId) -> Result<bool> {
    let row: Option<(ActorId,)> = on!(conn, c => sqlx::query_as(
        "SELECT a.id FROM follow f JOIN actor a ON a.id = f.follower_id JOIN peer p ON p.host = a.host
         WHERE f.target_id = $1 AND f.state = 'accepted' AND a.local = FALSE AND a.deleted_at IS NULL AND p.given_up_at IS NULL
            AND p.software IN ('nodebb', 'discourse', 'mbin') LIMIT 1").bind(group).fetch_optional(c).await)?;
    Ok(row.is_some())
}

/// Makes a server known; does nothing when it is.
pub async fn know(tx: &mut Tx, host: &str) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("INSERT INTO peer (host, failures, retry_at) VALUES ($1, 0, 0) ON CONFLICT DO NOTHING").bind(host).execute(c).await.map(drop))?;
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

/// What may leave now in a lane: due, and nothing earlier about the same thing is still waiting. The plus keeps databases from
/// sorting everything that is due: they walk the lane in its order and stop.
pub async fn due(conn: &mut Conn, host: &str, now: Time, limit: i64) -> Result<Vec<Delivery>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT d.*, a.created_at AS said_at, (SELECT COUNT(*) FROM (SELECT 1 FROM delivery f WHERE f.host = $1 LIMIT $3 + 1) x) AS in_lane
         FROM delivery d JOIN activity a ON a.id = d.activity_id WHERE d.host = $1 AND +d.next_at <= $2
            AND NOT EXISTS (SELECT 1 FROM delivery e WHERE e.host = d.host AND e.about = d.about AND e.activity_id < d.activity_id)
         ORDER BY d.activity_id LIMIT $3").bind(host).bind(now).bind(limit).fetch_all(c).await)?)
}

macro_rules! due_in_short {
    ($rows:literal) => {
        concat!(
            "SELECT d.*, a.created_at AS said_at, x.in_lane FROM (SELECT y.host, (SELECT COUNT(*) FROM (SELECT 1 FROM delivery f
                WHERE f.host = y.host LIMIT $3 + 1) z) AS in_lane FROM (SELECT r.value ->> 0 AS host FROM ",
            $rows,
            ") y) x CROSS JOIN delivery d JOIN activity a ON a.id = d.activity_id WHERE d.host = x.host AND x.in_lane <= $3 AND +d.next_at <= $2
                AND NOT EXISTS (SELECT 1 FROM delivery e WHERE e.host = d.host AND e.about = d.about AND e.activity_id < d.activity_id)
             ORDER BY d.host, d.activity_id"
        )
    };
}

/// The same for several lanes at once, of which those that hold more than `most` are left out.
pub async fn due_in_short(conn: &mut Conn, hosts: impl IntoIterator<Item = &str>, now: Time, most: i64) -> Result<Vec<Delivery>> {
    let hosts = column(hosts)?;
    Ok(over_rows!(conn, due_in_short, query_as, q, c => q.bind(hosts).bind(now).bind(most).fetch_all(c).await)?)
}

/// What waits behind something earlier about the same thing is due when that is: otherwise a lane in which nothing may
/// leave would look as if something could.
pub async fn wait_in_line(tx: &mut Tx, host: &str, now: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query(
        "UPDATE delivery SET next_at = (SELECT MAX(e.next_at) FROM delivery e
            WHERE e.host = delivery.host AND e.about = delivery.about AND e.activity_id < delivery.activity_id)
         WHERE host = $1 AND next_at <= $2 AND EXISTS (SELECT 1 FROM delivery e
            WHERE e.host = delivery.host AND e.about = delivery.about AND e.activity_id < delivery.activity_id AND e.next_at > $2)")
        .bind(host).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

macro_rules! remove {
    ($rows:literal, $row:literal, $of_row:literal, $lock:literal) => {
        concat!(
            "DELETE FROM delivery WHERE ",
            $row,
            " IN (SELECT ",
            $of_row,
            " FROM ",
            $rows,
            " CROSS JOIN delivery d WHERE d.activity_id = CAST(r.value ->> 0 AS BIGINT) AND d.inbox = r.value ->> 1",
            $lock,
            ")"
        )
    };
}

/// They arrived, or were given up. On PostgreSQL they are locked in the order in which everybody does.
pub async fn remove(tx: &mut Tx, over: &[(ActivityId, &str)]) -> Result<()> {
    let over = rows(over)?;
    over_rows!(tx.unseen(),
        remove ["rowid", "d.rowid", ""] ["(activity_id, inbox)", "d.activity_id, d.inbox", " ORDER BY d.activity_id, d.inbox FOR UPDATE OF d"],
        query, q, c => q.bind(over).execute(c).await.map(drop))?;
    Ok(())
}

/// What is about the same thing as one that was put off, and comes after it, waits as long.
pub async fn put_off_those_behind(tx: &mut Tx, d: &Delivery, next_at: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE delivery SET next_at = $4 WHERE host = $1 AND about = $2 AND activity_id > $3 AND next_at < $4")
        .bind(&d.host).bind(&d.about).bind(d.activity_id).bind(next_at).execute(c).await.map(drop))?;
    Ok(())
}

/// It did not arrive; again at `next_at`.
pub async fn postpone(tx: &mut Tx, d: &Delivery, next_at: Time, error: &str) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE delivery SET attempts = attempts + 1, next_at = $3, last_error = $4 WHERE activity_id = $1 AND inbox = $2")
        .bind(d.activity_id).bind(&d.inbox).bind(next_at).bind(error).execute(c).await.map(drop))?;
    Ok(())
}

/// What was put off in a lane is due at once.
pub async fn hasten(tx: &mut Tx, host: &str, now: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE delivery SET next_at = $2 WHERE host = $1 AND next_at > $2").bind(host).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Nothing for this inbox leaves before `next_at`.
pub async fn put_off_inbox(tx: &mut Tx, host: &str, inbox: &str, next_at: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE delivery SET next_at = $3 WHERE host = $1 AND inbox = $2 AND next_at < $3")
        .bind(host).bind(inbox).bind(next_at).execute(c).await.map(drop))?;
    Ok(())
}

/// What is on its way to an inbox goes to another one of the same server, at once.
pub async fn redirect(tx: &mut Tx, host: &str, from: &str, to: &str, now: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query(
        "UPDATE delivery SET inbox = $3, next_at = $4, attempts = 0 WHERE host = $1 AND inbox = $2
            AND NOT EXISTS (SELECT 1 FROM delivery e WHERE e.activity_id = delivery.activity_id AND e.inbox = $3)")
        .bind(host).bind(from).bind(to).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Drops what is on its way to an inbox.
pub async fn drop_for_inbox(tx: &mut Tx, host: &str, inbox: &str) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("DELETE FROM delivery WHERE host = $1 AND inbox = $2").bind(host).bind(inbox).execute(c).await.map(drop))?;
    Ok(())
}

macro_rules! hold_peers {
    ($rows:literal, $lock:literal) => {
        concat!("SELECT p.host FROM ", $rows, " CROSS JOIN peer p WHERE p.host = r.value ->> 0 ORDER BY p.host", $lock)
    };
}

/// Servers, so that nobody else changes what is known of them before this transaction ends. On SQLite there is one writer anyway.
pub async fn hold_peers(tx: &mut Tx, hosts: impl IntoIterator<Item = &str>) -> Result<()> {
    let hosts = column(hosts)?;
    let _: Vec<(String,)> =
        over_rows!(tx.unseen(), hold_peers [""] [" FOR UPDATE OF p"], query_as, q, c => q.bind(hosts).fetch_all(c).await)?;
    Ok(())
}

macro_rules! succeeded {
    ($rows:literal, $lock:literal) => {
        concat!(
            "UPDATE peer SET failures = 0, failing_since = NULL, retry_at = 0, last_success_at = $2, last_error = NULL, given_up_at = NULL, dropped = 0
             WHERE host IN (SELECT p.host FROM ",
            $rows,
            " CROSS JOIN peer p WHERE p.host = r.value ->> 0",
            $lock,
            ")"
        )
    };
}

/// Servers answered. On PostgreSQL they are locked in the order in which everybody does.
pub async fn peers_succeeded(tx: &mut Tx, hosts: &[&str], now: Time) -> Result<()> {
    let hosts = column(hosts)?;
    over_rows!(tx.unseen(), succeeded [""] [" ORDER BY p.host FOR UPDATE OF p"], query, q,
        c => q.bind(hosts).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// A server did not answer; its lane rests until `retry_at`.
pub async fn peer_failed(tx: &mut Tx, host: &str, now: Time, retry_at: Time, error: &str) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query(
        "UPDATE peer SET failures = failures + 1, failing_since = COALESCE(failing_since, $2), retry_at = $3, last_error = $4 WHERE host = $1")
        .bind(host).bind(now).bind(retry_at).bind(error).execute(c).await.map(drop))?;
    Ok(())
}

macro_rules! failing_of {
    ($rows:literal) => {
        concat!(
            "SELECT p.host FROM ",
            $rows,
            " CROSS JOIN peer p WHERE p.host = r.value ->> 0 AND (p.failures > 0 OR p.given_up_at IS NOT NULL) ORDER BY p.host"
        )
    };
}

/// Which of these servers, each named once, are failing or given up, in the order of their names.
pub async fn failing_of(conn: &mut Conn, hosts: impl IntoIterator<Item = &str>) -> Result<Vec<(String,)>> {
    let hosts = column(hosts)?;
    Ok(over_rows!(conn, failing_of, query_as, q, c => q.bind(hosts).fetch_all(c).await)?)
}

/// A server spoke to us, signed: if it was failing or given up, it is neither any more. Says whether it was.
pub async fn peer_revived(tx: &mut Tx, host: &str) -> Result<bool> {
    let rows = on!(tx.unseen(), c => sqlx::query(
        "UPDATE peer SET failures = 0, failing_since = NULL, retry_at = 0, given_up_at = NULL, dropped = 0
         WHERE host = $1 AND (failures > 0 OR given_up_at IS NOT NULL)").bind(host).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// A server asked us to wait; that is no failure.
pub async fn peer_waits(tx: &mut Tx, host: &str, now: Time, retry_at: Time, error: &str) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE peer SET failing_since = COALESCE(failing_since, $2), retry_at = $3, last_error = $4 WHERE host = $1")
        .bind(host).bind(now).bind(retry_at).bind(error).execute(c).await.map(drop))?;
    Ok(())
}

/// How much waits, for health and tests.
pub async fn count(conn: &mut Conn) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM delivery").fetch_one(c).await)?;
    Ok(count)
}
