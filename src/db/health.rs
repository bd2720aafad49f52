//! How a database and its queues are doing, for who looks from outside the running server: `meent doctor`.

use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, FromRow, PgConnection};

use super::{Conn, on};
use crate::error::{Error, Result};
use crate::model::Time;

/// Connects to PostgreSQL once, without a pool, which would try until its patience ends and not say why it failed.
///
/// # Errors
/// What the server or the network said.
pub async fn knock(database_url: &str) -> Result<()> {
    let options = PgConnectOptions::from_str(database_url)
        .map_err(|error| Error::Unavailable(format!("database_url is not one that we read: {error}")))?;
    PgConnection::connect_with(&options).await?.close().await?;
    Ok(())
}

/// The versions of the migrations that were applied; none in an empty database.
pub async fn applied(conn: &mut Conn) -> Result<Vec<i64>> {
    let there: (bool,) = on!(conn,
        sqlite c => sqlx::query_as("SELECT COUNT(*) > 0 FROM sqlite_master WHERE name = '_sqlx_migrations'").fetch_one(c).await,
        postgres c => sqlx::query_as("SELECT to_regclass('_sqlx_migrations') IS NOT NULL").fetch_one(c).await)?;
    if !there.0 {
        return Ok(Vec::new());
    }
    let rows: Vec<(i64,)> =
        on!(conn, c => sqlx::query_as("SELECT version FROM _sqlx_migrations WHERE success = TRUE ORDER BY version").fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(version,)| version).collect())
}

/// How large the database is, in bytes.
pub async fn bytes(conn: &mut Conn) -> Result<i64> {
    let (bytes,): (i64,) = on!(conn,
        sqlite c => sqlx::query_as("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()").fetch_one(c).await,
        postgres c => sqlx::query_as("SELECT pg_database_size(current_database())").fetch_one(c).await)?;
    Ok(bytes)
}

/// What it calls itself: `SQLite 3.50.1`.
pub async fn name(conn: &mut Conn) -> Result<String> {
    let (name,): (String,) = on!(conn,
        sqlite c => sqlx::query_as("SELECT 'SQLite ' || sqlite_version()").fetch_one(c).await,
        postgres c => sqlx::query_as("SELECT 'PostgreSQL ' || current_setting('server_version')").fetch_one(c).await)?;
    Ok(name)
}

/// When the oldest activity arrived that has not been dealt with.
pub async fn oldest_received(conn: &mut Conn) -> Result<Option<Time>> {
    let row: Option<(i64,)> =
        on!(conn, c => sqlx::query_as("SELECT received_at FROM received WHERE state = 'new' ORDER BY id LIMIT 1").fetch_optional(c).await)?;
    Ok(row.map(|(at,)| Time(at)))
}

/// A job that failed more than once.
#[derive(Clone, Debug, FromRow)]
pub struct FailingJob {
    pub kind: String,
    pub subject: String,
    pub attempts: i64,
    pub last_error: String,
}

/// Jobs that were tried at least so often and ended with an error, the worst first.
pub async fn failing_jobs(conn: &mut Conn, attempts: i64) -> Result<Vec<FailingJob>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT kind, subject, attempts, last_error FROM job WHERE attempts >= $1 AND last_error IS NOT NULL ORDER BY attempts DESC, id LIMIT 20")
        .bind(attempts).fetch_all(c).await)?)
}

/// How the servers are doing to which we send.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Lanes {
    /// Those that something was ever sent to and that were not given up.
    pub known: i64,
    /// Of these, those that did not take what was last sent.
    pub failing: i64,
    /// Those that were given up.
    pub given_up: i64,
}

/// Counts the lanes.
pub async fn lanes(conn: &mut Conn) -> Result<Lanes> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT COUNT(*) FILTER (WHERE given_up_at IS NULL AND (last_success_at IS NOT NULL OR failures > 0)) AS known,
            COUNT(*) FILTER (WHERE given_up_at IS NULL AND failures > 0) AS failing,
            COUNT(*) FILTER (WHERE given_up_at IS NOT NULL) AS given_up FROM peer").fetch_one(c).await)?)
}

/// A few servers that answered lately, the last first.
pub async fn answering(conn: &mut Conn, limit: i64) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = on!(conn, c => sqlx::query_as(
        "SELECT host FROM peer WHERE failures = 0 AND given_up_at IS NULL AND last_success_at IS NOT NULL ORDER BY last_success_at DESC LIMIT $1")
        .bind(limit).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(host,)| host).collect())
}
