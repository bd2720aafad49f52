//! `region` and `region_list`: lists of regions that others publish, and what regions say of themselves.

use sqlx::FromRow;

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, Time};

/// A row of `region_list`.
#[derive(Clone, Debug, FromRow)]
pub struct RegionList {
    pub address: String,
    /// How it calls itself; empty until it was read.
    pub name: String,
    pub by_id: Option<ActorId>,
    pub added_at: Time,
    pub read_at: Option<Time>,
    pub error: Option<String>,
}

/// A row of `region`.
#[derive(Clone, Debug, FromRow)]
pub struct Region {
    /// The address of the list that says so; empty where it says so itself.
    pub list: String,
    pub host: String,
    pub name: String,
    /// Plain text.
    pub about: String,
    pub seen_at: Time,
}

/// A region of the lists, as an administrator sees it.
#[derive(Clone, Debug, FromRow)]
pub struct FoundRegion {
    pub host: String,
    pub name: String,
    pub about: String,
    /// How many groups it offers.
    pub groups: i64,
    /// What became of our request to connect.
    pub asked: Option<String>,
}

/// A region on our own list.
#[derive(Clone, Debug, FromRow)]
pub struct Listed {
    pub host: String,
    pub name: Option<String>,
    pub about: Option<String>,
    /// Whether an administrator or a member of ours chose to have to do with it.
    pub chosen: bool,
}

/// Adds a list; says whether it was new.
pub async fn add_list(tx: &mut Tx, list: &RegionList) -> Result<bool> {
    let rows = on!(tx, c => sqlx::query(
        "INSERT INTO region_list (address, name, by_id, added_at) VALUES ($1, $2, $3, $4) ON CONFLICT (address) DO NOTHING")
        .bind(&list.address).bind(&list.name).bind(list.by_id).bind(list.added_at).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Removes a list with what it said; says whether there was one.
pub async fn remove_list(tx: &mut Tx, address: &str) -> Result<bool> {
    on!(tx, c => sqlx::query("DELETE FROM region WHERE list = $1 AND list <> ''").bind(address).execute(c).await.map(drop))?;
    let rows = on!(tx, c => sqlx::query("DELETE FROM region_list WHERE address = $1").bind(address).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Every list that we read; there are few.
pub async fn lists(conn: &mut Conn) -> Result<Vec<RegionList>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM region_list ORDER BY address").fetch_all(c).await)?)
}

pub async fn list(conn: &mut Conn, address: &str) -> Result<Option<RegionList>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM region_list WHERE address = $1").bind(address).fetch_optional(c).await)?)
}

/// Notes that a list was read, or with an error that it was not.
pub async fn list_read(tx: &mut Tx, address: &str, name: &str, now: Time, error: Option<&str>) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE region_list SET name = CASE WHEN $2 = '' THEN name ELSE $2 END, read_at = $3, error = $4 WHERE address = $1")
        .bind(address).bind(name).bind(now).bind(error).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn put(tx: &mut Tx, r: &Region) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO region (list, host, name, about, seen_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (list, host) DO UPDATE SET name = excluded.name, about = excluded.about, seen_at = excluded.seen_at")
        .bind(&r.list).bind(&r.host).bind(&r.name).bind(&r.about).bind(r.seen_at).execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets what a list said before `before` and no longer says.
pub async fn forget_before(tx: &mut Tx, list: &str, before: Time) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM region WHERE list = $1 AND seen_at < $2").bind(list).bind(before).execute(c).await.map(drop))?;
    Ok(())
}

/// One page of the regions of all lists, by host after `after`. What a region says of itself goes before what a list says.
pub async fn found(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<FoundRegion>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT x.host, COALESCE((SELECT o.name FROM region o WHERE o.list = '' AND o.host = x.host), x.name) AS name,
            COALESCE((SELECT o.about FROM region o WHERE o.list = '' AND o.host = x.host), x.about) AS about,
            (SELECT COUNT(*) FROM peer_group g WHERE g.host = x.host) AS groups,
            (SELECT k.state FROM connection k WHERE k.host = x.host AND k.direction = 'out') AS asked
         FROM (SELECT r.host AS host, MAX(r.name) AS name, MAX(r.about) AS about FROM region r WHERE r.list <> '' AND r.host > $1 GROUP BY r.host) x
         ORDER BY x.host LIMIT $2").bind(after).bind(limit).fetch_all(c).await)?)
}

/// How many regions each list names.
pub async fn counts(conn: &mut Conn) -> Result<Vec<(String, i64)>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT list, COUNT(*) FROM region WHERE list <> '' GROUP BY list").fetch_all(c).await)?)
}

/// The regions that run Meent and have something to do with us, in order of host.
pub async fn listed(conn: &mut Conn, limit: i64) -> Result<Vec<Listed>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT p.host, r.name, r.about, (EXISTS (SELECT 1 FROM host_rule h WHERE h.host = p.host AND h.rule = 'allow')
            OR EXISTS (SELECT 1 FROM actor g JOIN follow f ON f.target_id = g.id JOIN actor m ON m.id = f.follower_id
                WHERE g.host = p.host AND g.local = FALSE AND m.local = TRUE AND f.state = 'accepted')) AS chosen
         FROM peer p LEFT JOIN region r ON r.list = '' AND r.host = p.host WHERE p.software = 'meent' ORDER BY p.host LIMIT $1")
        .bind(limit).fetch_all(c).await)?)
}
