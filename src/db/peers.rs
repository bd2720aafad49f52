//! `peer` and `peer_note` as administrators see them: how other servers are doing, and what was written down about them.

use sqlx::FromRow;

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{Actor, ActorId, Time};

/// A server that we know.
#[derive(Clone, Debug, FromRow)]
pub struct PeerLine {
    pub host: String,
    pub software: Option<String>,
    pub software_version: Option<String>,
    pub failures: i64,
    pub failing_since: Option<Time>,
    pub retry_at: Time,
    pub last_success_at: Option<Time>,
    pub last_error: Option<String>,
    /// Since when nothing is sent there any more.
    pub given_up_at: Option<Time>,
    /// How much is on its way there, and since when the oldest of it.
    pub waiting: i64,
    pub oldest: Option<Time>,
    /// `allow`, `block` or nothing.
    pub rule: Option<String>,
    /// Where it stands in the list: trouble first, what is blocked last.
    pub place: i64,
}

impl PeerLine {
    /// A server of which nothing is known but its name.
    #[must_use]
    pub fn unknown(host: &str) -> Self {
        Self {
            host: host.to_owned(),
            software: None,
            software_version: None,
            failures: 0,
            failing_since: None,
            retry_at: Time(0),
            last_success_at: None,
            last_error: None,
            given_up_at: None,
            waiting: 0,
            oldest: None,
            rule: None,
            place: 1,
        }
    }
}

/// Which servers a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    All,
    Trouble,
    Waiting,
    Blocked,
}

macro_rules! peers {
    ($condition:literal) => {
        concat!(
            "SELECT x.* FROM (SELECT p.host, p.software, p.software_version, p.failures, p.failing_since, p.retry_at, p.last_success_at, p.last_error, p.given_up_at,
                (SELECT COUNT(*) FROM delivery d WHERE d.host = p.host) AS waiting,
                (SELECT MIN(a.created_at) FROM delivery d JOIN activity a ON a.id = d.activity_id WHERE d.host = p.host) AS oldest,
                (SELECT r.rule FROM host_rule r WHERE r.host = p.host) AS rule,
                CAST(CASE WHEN EXISTS (SELECT 1 FROM host_rule r WHERE r.host = p.host AND r.rule = 'block') THEN 2 WHEN p.failures > 0 OR p.given_up_at IS NOT NULL THEN 0 ELSE 1 END AS BIGINT) AS place
             FROM peer p WHERE p.host LIKE $1 ESCAPE '!') x
             WHERE (x.place > $2 OR (x.place = $2 AND x.host > $3)) AND ",
            $condition,
            " ORDER BY x.place, x.host LIMIT $4"
        )
    };
}

/// Servers whose name holds `search`: those with trouble first, then by name, after the one at `place` named `after`.
pub async fn page(conn: &mut Conn, which: Which, search: &str, place: i64, after: &str, limit: i64) -> Result<Vec<PeerLine>> {
    let text = match which {
        Which::All => peers!("x.place >= 0"),
        Which::Trouble => peers!("x.place = 0"),
        Which::Waiting => peers!("x.waiting > 0"),
        Which::Blocked => peers!("x.place = 2"),
    };
    let pattern = format!("%{}%", search.trim().to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_"));
    Ok(on!(conn, c => sqlx::query_as(text).bind(pattern).bind(place).bind(after).bind(limit).fetch_all(c).await)?)
}

/// One server, by its whole name.
pub async fn one(conn: &mut Conn, host: &str) -> Result<Option<PeerLine>> {
    let pattern = host.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    Ok(on!(conn, c => sqlx::query_as(peers!("x.place >= 0")).bind(pattern).bind(-1_i64).bind("").bind(1_i64).fetch_optional(c).await)?)
}

/// What was written down about a server.
#[derive(Clone, Debug, FromRow)]
pub struct Note {
    pub host: String,
    pub note: String,
    pub by_id: Option<ActorId>,
    pub at: Time,
}

pub async fn note(conn: &mut Conn, host: &str) -> Result<Option<Note>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM peer_note WHERE host = $1").bind(host).fetch_optional(c).await)?)
}

pub async fn set_note(tx: &mut Tx, n: &Note) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO peer_note (host, note, by_id, at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (host) DO UPDATE SET note = excluded.note, by_id = excluded.by_id, at = excluded.at")
        .bind(&n.host).bind(&n.note).bind(n.by_id).bind(n.at).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn remove_note(tx: &mut Tx, host: &str) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM peer_note WHERE host = $1").bind(host).execute(c).await.map(drop))?;
    Ok(())
}

/// A group of ours with how many people of a server follow it.
#[derive(Clone, Debug, FromRow)]
pub struct Followed {
    pub name: String,
    pub display_name: String,
    pub followers: i64,
}

/// The groups of ours that people of a server follow.
pub async fn followed_there(conn: &mut Conn, host: &str, limit: i64) -> Result<Vec<Followed>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT g.name, g.display_name, COUNT(*) AS followers FROM actor m JOIN follow f ON f.follower_id = m.id JOIN actor g ON g.id = f.target_id
         WHERE m.host = $1 AND m.local = FALSE AND g.local = TRUE AND g.kind = 'group' AND f.state = 'accepted'
         GROUP BY g.id, g.name, g.display_name ORDER BY g.display_name, g.id LIMIT $2").bind(host).bind(limit).fetch_all(c).await)?)
}

/// The groups of a server that members of ours follow.
pub async fn followed_here(conn: &mut Conn, host: &str, limit: i64) -> Result<Vec<Actor>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT g.* FROM actor g WHERE g.host = $1 AND g.local = FALSE AND g.kind = 'group' AND g.deleted_at IS NULL
            AND EXISTS (SELECT 1 FROM follow f JOIN actor m ON m.id = f.follower_id WHERE f.target_id = g.id AND m.local = TRUE AND f.state <> 'rejected')
         ORDER BY g.display_name, g.id LIMIT $2").bind(host).bind(limit).fetch_all(c).await)?)
}

/// The servers that are blocked or allowed with which anybody of ours has to do: what a block would end.
pub async fn with_follows(conn: &mut Conn) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = on!(conn, c => sqlx::query_as(
        "SELECT DISTINCT a.host FROM actor a WHERE a.local = FALSE AND EXISTS (SELECT 1 FROM follow f WHERE f.follower_id = a.id OR f.target_id = a.id)")
        .fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(host,)| host).collect())
}
