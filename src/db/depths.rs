//! How much waits in each queue, and since when: ids are made in the order of time, so the smallest is the oldest.

use sqlx::FromRow;

use super::{Conn, on};
use crate::error::Result;
use crate::model::{Time, ids};

/// How much waits, and the smallest id of it.
#[derive(Clone, Debug, FromRow)]
pub struct Depth {
    /// A server, a state or a kind.
    pub of: String,
    pub waits: i64,
    pub first: Option<i64>,
}

impl Depth {
    /// How long the oldest has waited, in milliseconds.
    #[must_use]
    pub fn age(&self, now: Time) -> i64 {
        self.first.map_or(0, |first| (now.0 - ids::made_at(first).0).max(0))
    }
}

/// What was received and not dealt with (`new`), and what was said and not yet made into deliveries (`said`).
pub async fn inward(conn: &mut Conn) -> Result<Vec<Depth>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT 'received' AS of, COUNT(*) AS waits, MIN(id) AS first FROM received WHERE state = 'new'
         UNION ALL SELECT 'said', COUNT(*), MIN(id) FROM activity WHERE state = 'new'").fetch_all(c).await)?)
}

/// What is on its way to each server.
pub async fn lanes(conn: &mut Conn) -> Result<Vec<Depth>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT host AS of, COUNT(*) AS waits, MIN(activity_id) AS first FROM delivery GROUP BY host").fetch_all(c).await)?)
}

/// Mails that are not over, by state: `new`, `sending`, `held`, `unsure`, `failed`.
pub async fn mails(conn: &mut Conn) -> Result<Vec<Depth>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT state AS of, COUNT(*) AS waits, MIN(id) AS first FROM mail WHERE state IN ('new', 'sending', 'held', 'unsure', 'failed') GROUP BY state")
        .fetch_all(c).await)?)
}

/// Jobs of a kind.
#[derive(Clone, Debug, FromRow)]
pub struct Jobs {
    pub kind: String,
    pub waits: i64,
    /// Of those, how many failed the last time.
    pub failing: i64,
    /// When the first of them falls or fell due.
    pub due: Time,
}

/// Jobs that wait for their time or for a worker, by kind.
pub async fn jobs(conn: &mut Conn) -> Result<Vec<Jobs>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT kind, COUNT(*) AS waits, COUNT(last_error) AS failing, MIN(run_at) AS due FROM job GROUP BY kind").fetch_all(c).await)?)
}

/// Servers that are known, that have failed since they last answered, and that were given up.
pub async fn servers(conn: &mut Conn) -> Result<(i64, i64, i64)> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT COUNT(*), COUNT(*) FILTER (WHERE failures > 0 AND given_up_at IS NULL), COUNT(given_up_at) FROM peer").fetch_one(c).await)?)
}
