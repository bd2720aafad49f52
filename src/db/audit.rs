//! `audit`: what administrators and the command line did. Rows are added, never changed; the database itself refuses.

use sqlx::FromRow;

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::Time;

/// A row of `audit`.
#[derive(Clone, Debug, FromRow)]
pub struct Entry {
    /// 1, 2, 3, without gaps.
    pub seq: i64,
    pub at: Time,
    /// `@name`, or `command line`.
    pub who: String,
    /// What was done, a word with dots: `member.suspend`.
    pub act: String,
    /// To what: a name, a host, an id.
    pub subject: String,
    pub detail: String,
    /// The hash of the entry before this one; empty for the first.
    pub previous: String,
    pub hash: String,
}

/// The last entry, so that nobody else adds one before this transaction ends.
pub async fn last(tx: &mut Tx) -> Result<Option<Entry>> {
    on!(tx.unseen(), sqlite _c => Ok::<_, sqlx::Error>(()), postgres c => sqlx::query("LOCK TABLE audit IN EXCLUSIVE MODE").execute(c).await.map(drop))?;
    Ok(on!(tx.unseen(), c => sqlx::query_as("SELECT * FROM audit ORDER BY seq DESC LIMIT 1").fetch_optional(c).await)?)
}

pub async fn insert(tx: &mut Tx, e: &Entry) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("INSERT INTO audit (seq, at, who, act, subject, detail, previous, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(e.seq).bind(e.at).bind(&e.who).bind(&e.act).bind(&e.subject).bind(&e.detail).bind(&e.previous).bind(&e.hash)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Entries after `seq`, the oldest first.
pub async fn after(conn: &mut Conn, seq: i64, limit: i64) -> Result<Vec<Entry>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2").bind(seq).bind(limit).fetch_all(c).await)?)
}

/// Entries before `seq` whose who, act, subject or detail hold `search`, the newest first.
pub async fn page(conn: &mut Conn, search: &str, before: i64, limit: i64) -> Result<Vec<Entry>> {
    let pattern = format!("%{}%", search.trim().to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_"));
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT * FROM audit WHERE seq < $1 AND (lower(who) LIKE $2 ESCAPE '!' OR lower(act) LIKE $2 ESCAPE '!'
            OR lower(subject) LIKE $2 ESCAPE '!' OR lower(detail) LIKE $2 ESCAPE '!') ORDER BY seq DESC LIMIT $3")
        .bind(before).bind(pattern).bind(limit).fetch_all(c).await)?)
}
