//! `host_rule`: servers that an administrator allows or blocks.

use sqlx::FromRow;

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, Time};

/// A row of `host_rule`.
#[derive(Clone, Debug, FromRow)]
pub struct HostRule {
    pub host: String,
    /// `allow` or `block`.
    pub rule: String,
    pub reason: String,
    pub by_id: Option<ActorId>,
    pub created_at: Time,
}

impl HostRule {
    #[must_use]
    pub fn blocks(&self) -> bool {
        self.rule == "block"
    }
}

pub async fn rules(conn: &mut Conn) -> Result<Vec<HostRule>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM host_rule ORDER BY host").fetch_all(c).await)?)
}

pub async fn put(tx: &mut Tx, r: &HostRule) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO host_rule (host, rule, reason, by_id, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (host) DO UPDATE SET rule = excluded.rule, reason = excluded.reason, by_id = excluded.by_id, created_at = excluded.created_at")
        .bind(&r.host).bind(&r.rule).bind(&r.reason).bind(r.by_id).bind(r.created_at).execute(c).await.map(drop))?;
    Ok(())
}

/// Takes a rule away; says whether there was one.
pub async fn remove(tx: &mut Tx, host: &str) -> Result<bool> {
    let rows =
        on!(tx, c => sqlx::query("DELETE FROM host_rule WHERE host = $1").bind(host).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Drops what is on its way to a server.
pub async fn drop_deliveries(tx: &mut Tx, host: &str) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM delivery WHERE host = $1").bind(host).execute(c).await.map(drop))?;
    Ok(())
}

/// Ends every follow between us and a server, in both directions.
pub async fn end_follows(tx: &mut Tx, host: &str) -> Result<()> {
    on!(tx, c => sqlx::query(
        "DELETE FROM follow WHERE follower_id IN (SELECT a.id FROM actor a WHERE a.host = $1 AND a.local = FALSE)
            OR target_id IN (SELECT a.id FROM actor a WHERE a.host = $1 AND a.local = FALSE)")
        .bind(host).execute(c).await.map(drop))?;
    Ok(())
}

/// One page of the rules about servers whose name or reason holds `search`, in order of name.
pub async fn page(conn: &mut Conn, search: &str, after: &str, limit: i64) -> Result<Vec<HostRule>> {
    let pattern = format!("%{}%", search.trim().to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_"));
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT * FROM host_rule WHERE host > $1 AND (host LIKE $2 ESCAPE '!' OR lower(reason) LIKE $2 ESCAPE '!') ORDER BY host LIMIT $3")
        .bind(after).bind(pattern).bind(limit).fetch_all(c).await)?)
}

/// The rule about a server.
pub async fn rule(conn: &mut Conn, host: &str) -> Result<Option<HostRule>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM host_rule WHERE host = $1").bind(host).fetch_optional(c).await)?)
}
