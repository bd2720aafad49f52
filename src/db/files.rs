//! `file` and `remote_file`: the pictures that we keep, and which addresses of other servers they came from.
//!
//! A row whose `unused_at` is 0 is of a picture that is being thrown away: its files go first, then the row. Until then nobody
//! begins to use it, and nobody puts its files there.

use sqlx::FromRow;

use super::settings::key;
use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, FileHash, Picture, Time};

/// Stores a picture; of one that is there already, only how long it is kept may grow. Says whether it did: not while it is
/// being thrown away.
pub async fn insert(tx: &mut Tx, p: &Picture) -> Result<bool> {
    let rows = on!(tx, c => sqlx::query(
        "INSERT INTO file (hash, media_type, width, height, bytes, owner_id, created_at, unused_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (hash) DO UPDATE SET unused_at = CASE WHEN file.unused_at < excluded.unused_at THEN excluded.unused_at ELSE file.unused_at END
         WHERE file.unused_at IS NULL OR file.unused_at > 0")
        .bind(&p.hash).bind(&p.media_type).bind(p.width).bind(p.height).bind(p.bytes).bind(p.owner_id).bind(p.created_at).bind(p.unused_at)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

pub async fn by_hash(conn: &mut Conn, hash: &FileHash) -> Result<Option<Picture>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT * FROM file WHERE hash = $1 AND (unused_at IS NULL OR unused_at > 0)").bind(hash).fetch_optional(c).await)?,
    )
}

/// How many pictures there are.
pub async fn count(conn: &mut Conn) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM file").fetch_one(c).await)?;
    Ok(count)
}

/// The pictures whose names come after this one, in order.
pub async fn after(conn: &mut Conn, hash: &str, limit: i64) -> Result<Vec<(FileHash,)>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT hash FROM file WHERE hash > $1 ORDER BY hash LIMIT $2").bind(hash).bind(limit).fetch_all(c).await)?,
    )
}

/// The picture, so that nobody else begins or ends using it before this transaction ends. On SQLite there is one writer
/// anyway.
pub async fn lock(tx: &mut Tx, hash: &FileHash) -> Result<Option<Picture>> {
    Ok(on!(tx.unseen(), sqlite c => sqlx::query_as("SELECT * FROM file WHERE hash = $1 AND (unused_at IS NULL OR unused_at > 0)")
            .bind(hash).fetch_optional(c).await,
        postgres c => sqlx::query_as("SELECT * FROM file WHERE hash = $1 AND (unused_at IS NULL OR unused_at > 0) FOR UPDATE")
            .bind(hash).fetch_optional(c).await)?)
}

/// A picture that something shows.
#[derive(Clone, Debug, FromRow)]
pub struct Shown {
    #[sqlx(flatten)]
    pub picture: Picture,
    /// Whether it is somebody's face, a group's, or the region's logo.
    pub portrait: bool,
}

/// A picture of ours that somebody may see: it stands with a post, an actor or the region that is there.
pub async fn shown(conn: &mut Conn, hash: &FileHash) -> Result<Option<Shown>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT * FROM (SELECT f.*,
            EXISTS (SELECT 1 FROM attachment a JOIN post p ON p.id = a.post_id WHERE a.file_hash = f.hash AND p.deleted_at IS NULL) AS in_post,
            EXISTS (SELECT 1 FROM actor WHERE actor.icon_file = f.hash AND actor.deleted_at IS NULL)
                OR EXISTS (SELECT 1 FROM setting s WHERE s.key = $2 AND s.value = f.hash) AS portrait
            FROM file f WHERE f.hash = $1) x WHERE x.in_post OR x.portrait")
        .bind(hash).bind(key::LOGO).fetch_optional(c).await)?)
}

/// The region's logo.
pub async fn logo(conn: &mut Conn) -> Result<Option<Picture>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT f.* FROM setting s JOIN file f ON f.hash = s.value WHERE s.key = $1")
        .bind(key::LOGO).fetch_optional(c).await)?)
}

/// From now on it is used.
pub async fn mark_used(tx: &mut Tx, hash: &FileHash) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE file SET unused_at = NULL WHERE hash = $1").bind(hash).execute(c).await.map(drop))?;
    Ok(())
}

macro_rules! nobody_uses {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "NOT EXISTS (SELECT 1 FROM attachment a WHERE a.file_hash = file.hash)
            AND NOT EXISTS (SELECT 1 FROM actor WHERE actor.icon_file = file.hash)
            AND NOT EXISTS (SELECT 1 FROM remote_file r WHERE r.file_hash = file.hash)
            AND NOT EXISTS (SELECT 1 FROM setting s WHERE s.key = $2 AND s.value = file.hash)",
            $after
        )
    };
}

/// From `now` on it is unused, if nobody uses it any more.
pub async fn mark_unused(tx: &mut Tx, hash: &FileHash, now: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query(nobody_uses!("UPDATE file SET unused_at = $3 WHERE hash = $1 AND unused_at IS NULL AND ", ""))
        .bind(hash).bind(key::LOGO).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// The same for every picture: what slipped through.
pub async fn mark_all_unused(tx: &mut Tx, now: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query(nobody_uses!("UPDATE file SET unused_at = $1 WHERE unused_at IS NULL AND ", ""))
        .bind(now).bind(key::LOGO).execute(c).await.map(drop))?;
    Ok(())
}

/// Some that have been unused since `before`.
pub async fn unused_since(conn: &mut Conn, before: Time, limit: i64) -> Result<Vec<(FileHash,)>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT hash FROM file WHERE unused_at <= $1 ORDER BY unused_at LIMIT $2").bind(before).bind(limit).fetch_all(c).await)?,
    )
}

/// Begins to throw away a picture that has been unused since `before` and still is; says whether it did, now or before.
pub async fn doom(tx: &mut Tx, hash: &FileHash, before: Time) -> Result<bool> {
    let done = on!(tx, c => sqlx::query(nobody_uses!("UPDATE file SET unused_at = 0 WHERE hash = $1 AND unused_at <= $3 AND ", ""))
        .bind(hash).bind(key::LOGO).bind(before).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// The same of files that no row names; says whether there was none.
pub async fn doom_unknown(tx: &mut Tx, hash: &FileHash) -> Result<bool> {
    let done = on!(tx, c => sqlx::query(
        "INSERT INTO file (hash, media_type, width, height, bytes, created_at, unused_at) VALUES ($1, '', 0, 0, 0, 0, 0) ON CONFLICT (hash) DO NOTHING")
        .bind(hash).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// The files of a picture that was thrown away are gone: so is its row.
pub async fn forget(tx: &mut Tx, hash: &FileHash) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM file WHERE hash = $1 AND unused_at = 0").bind(hash).execute(c).await.map(drop))?;
    Ok(())
}

/// How many pictures somebody uploaded that have not been used yet, or not any more.
pub async fn count_unused_of(conn: &mut Conn, owner: ActorId) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM file WHERE owner_id = $1 AND unused_at IS NOT NULL")
        .bind(owner).fetch_one(c).await)?;
    Ok(count)
}

/// The pictures whose names lie between two.
pub async fn between(conn: &mut Conn, from: &str, to: &str) -> Result<Vec<(FileHash,)>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT hash FROM file WHERE hash >= $1 AND hash < $2").bind(from).bind(to).fetch_all(c).await)?)
}

/// What came of fetching another server's picture.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RemoteFile {
    pub url: String,
    pub file_hash: Option<FileHash>,
    pub error: Option<String>,
    pub fetched_at: Time,
    pub used_at: Time,
}

pub async fn remote(conn: &mut Conn, url: &str) -> Result<Option<RemoteFile>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM remote_file WHERE url = $1").bind(url).fetch_optional(c).await)?)
}

/// Remembers what came of fetching.
pub async fn set_remote(tx: &mut Tx, r: &RemoteFile) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO remote_file (url, file_hash, error, fetched_at, used_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (url) DO UPDATE SET file_hash = excluded.file_hash, error = excluded.error, fetched_at = excluded.fetched_at, used_at = excluded.used_at")
        .bind(&r.url).bind(&r.file_hash).bind(&r.error).bind(r.fetched_at).bind(r.used_at).execute(c).await.map(drop))?;
    Ok(())
}

/// Remembers that somebody looked at it.
pub async fn see_remote(tx: &mut Tx, url: &str, now: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE remote_file SET used_at = $2 WHERE url = $1").bind(url).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets what came of fetching this address.
pub async fn forget_fetched(tx: &mut Tx, url: &str) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM remote_file WHERE url = $1").bind(url).execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets what nobody has looked at since `before`, and what no post or actor names any more. Gives the pictures that it held.
pub async fn forget_remote(tx: &mut Tx, before: Time) -> Result<Vec<(Option<FileHash>,)>> {
    Ok(on!(tx, c => sqlx::query_as(
        "DELETE FROM remote_file WHERE used_at < $1
            OR (NOT EXISTS (SELECT 1 FROM attachment a WHERE a.remote_url = remote_file.url)
                AND NOT EXISTS (SELECT 1 FROM actor WHERE actor.icon_url = remote_file.url))
         RETURNING file_hash").bind(before).fetch_all(c).await)?)
}
