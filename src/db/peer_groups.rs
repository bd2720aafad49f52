//! `peer_group`: the groups that other regions offer.

use sqlx::FromRow;

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{Actor, ActorId, Time};

/// A row of `peer_group`.
#[derive(Clone, Debug, FromRow)]
pub struct PeerGroup {
    pub ap_id: String,
    pub host: String,
    pub name: String,
    pub title: String,
    /// Plain text.
    pub about: String,
    pub seen_at: Time,
}

impl PeerGroup {
    /// The path of its page on this server, which looks it up.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/c/{}@{}", self.name, self.host)
    }
}

/// A region that offers groups.
#[derive(Clone, Debug, FromRow)]
pub struct Region {
    pub host: String,
    pub groups: i64,
}

pub async fn put(tx: &mut Tx, g: &PeerGroup) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO peer_group (ap_id, host, name, title, about, seen_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (ap_id) DO UPDATE SET host = excluded.host, name = excluded.name, title = excluded.title, about = excluded.about, seen_at = excluded.seen_at")
        .bind(&g.ap_id).bind(&g.host).bind(&g.name).bind(&g.title).bind(&g.about).bind(g.seen_at).execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets what a region offered before `before` and no longer does.
pub async fn forget_before(tx: &mut Tx, host: &str, before: Time) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM peer_group WHERE host = $1 AND seen_at < $2").bind(host).bind(before).execute(c).await.map(drop))?;
    Ok(())
}

/// Notes when a region was asked.
pub async fn asked(tx: &mut Tx, host: &str, now: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE peer SET groups_at = $2 WHERE host = $1").bind(host).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// The regions that run Meent and have not been asked since `before`.
pub async fn to_ask(conn: &mut Conn, before: Time) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = on!(conn, c => sqlx::query_as(
        "SELECT host FROM peer WHERE software = 'meent' AND (groups_at IS NULL OR groups_at <= $1) ORDER BY host")
        .bind(before).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(host,)| host).collect())
}

/// One page of the regions that offer anything, by name.
pub async fn regions(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<Region>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT host, COUNT(*) AS groups FROM peer_group WHERE host > $1 GROUP BY host ORDER BY host LIMIT $2")
        .bind(after).bind(limit).fetch_all(c).await)?)
}

/// One page of what a region offers, by title; after the group with the id `after`, or from the first.
pub async fn of_host(conn: &mut Conn, host: &str, after: Option<&str>, limit: i64) -> Result<Vec<PeerGroup>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT * FROM peer_group WHERE host = $1 AND ($2 IS NULL
            OR title > (SELECT b.title FROM peer_group b WHERE b.ap_id = $2)
            OR (title = (SELECT b.title FROM peer_group b WHERE b.ap_id = $2) AND ap_id > $2))
         ORDER BY title, ap_id LIMIT $3")
        .bind(host).bind(after).bind(limit).fetch_all(c).await)?)
}

/// One page of the groups that we offer, in order of id.
pub async fn offered(conn: &mut Conn, after: ActorId, limit: i64) -> Result<Vec<Actor>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT * FROM actor WHERE kind = 'group' AND local = TRUE AND deleted_at IS NULL AND id > $1 ORDER BY id LIMIT $2")
        .bind(after).bind(limit).fetch_all(c).await)?)
}
