//! `peer_scheme`: which way of signing a server takes.

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::Time;

/// What was seen of a server, and when.
pub async fn of(conn: &mut Conn, host: &str) -> Result<Option<(String, Time)>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT scheme, seen_at FROM peer_scheme WHERE host = $1").bind(host).fetch_optional(c).await)?)
}

pub async fn set(tx: &mut Tx, host: &str, scheme: &str, now: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query(
        "INSERT INTO peer_scheme (host, scheme, seen_at) VALUES ($1, $2, $3)
         ON CONFLICT (host) DO UPDATE SET scheme = excluded.scheme, seen_at = excluded.seen_at")
        .bind(host).bind(scheme).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets what was seen before `before`.
pub async fn tidy(tx: &mut Tx, before: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("DELETE FROM peer_scheme WHERE seen_at < $1").bind(before).execute(c).await.map(drop))?;
    Ok(())
}
