//! A slot for each process on one database: its part of the ids, and the mark it puts on work it has claimed.
//!
//! A slot is held by a lock that the operating system or PostgreSQL lets go of when the process dies, so that "is it
//! still alive" needs no clock: whoever gets the lock knows that the holder is gone.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::{Connection, PgConnection};

use super::{Db, on};
use crate::error::{Error, Result};
use crate::model::ids::SLOTS;

/// First half of the two-part advisory lock key: "meent".
const LOCK_SPACE: i32 = 0x6d65_656e;

/// How long PostgreSQL may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(5);

/// A held slot; let go when dropped or when the process ends, however it ends.
#[derive(Debug)]
pub struct Lease {
    pub slot: u16,
    guard: Guard,
}

#[derive(Debug)]
enum Guard {
    File(#[expect(dead_code, reason = "held, not read: the lock lasts as long as the value")] File),
    Postgres(PgConnection),
}

impl Lease {
    /// Whether the slot is still ours: PostgreSQL lets go of it when its connection is cut, and we go on living. Takes it
    /// again if nobody did meanwhile.
    ///
    /// # Errors
    /// When PostgreSQL can't be asked now.
    pub async fn keep(&mut self, db: &Db, data_dir: &Path) -> Result<bool> {
        if let Guard::Postgres(connection) = &mut self.guard
            && !matches!(tokio::time::timeout(PATIENCE, connection.ping()).await, Ok(Ok(())))
        {
            // Another process may be holding it for a moment, to see whether we live.
            for _ in 0..5 {
                if let Some(again) = attempt(db, data_dir, self.slot).await? {
                    *self = again;
                    return Ok(true);
                }
                tokio::time::sleep(PATIENCE / 10).await;
            }
            return Ok(false);
        }
        Ok(true)
    }
}

/// Takes the first free slot.
///
/// # Errors
/// When all 1024 are held, or the lock can't be taken.
pub async fn acquire(db: &Db, data_dir: &Path) -> Result<Lease> {
    for slot in 0..SLOTS {
        if let Some(lease) = attempt(db, data_dir, slot).await? {
            return Ok(lease);
        }
    }
    Err(Error::Internal("all process slots of this database are in use".into()))
}

/// Takes a slot if nobody alive holds it.
///
/// # Errors
/// When the lock can't be asked for.
pub async fn attempt(db: &Db, data_dir: &Path, slot: u16) -> Result<Option<Lease>> {
    let guard = match db {
        Db::Sqlite { .. } => {
            let path: PathBuf = data_dir.join("slots").join(slot.to_string());
            let failed = |error: std::io::Error| Error::Unavailable(format!("can't lock {}: {error}", path.display()));
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).map_err(failed)?;
            }
            let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
            match file.try_lock() {
                Ok(()) => Guard::File(file),
                Err(std::fs::TryLockError::WouldBlock) => return Ok(None),
                Err(std::fs::TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
        Db::Postgres(pool, _) => {
            // A connection of its own: a pooled one would be handed to others with the lock on it.
            let mut connection = PgConnection::connect_with(&pool.connect_options()).await?;
            let (held,): (bool,) = sqlx::query_as("SELECT pg_try_advisory_lock($1, $2)")
                .bind(LOCK_SPACE)
                .bind(i32::from(slot))
                .fetch_one(&mut connection)
                .await?;
            if !held {
                connection.close().await?;
                return Ok(None);
            }
            Guard::Postgres(connection)
        }
    };
    Ok(Some(Lease { slot, guard }))
}

/// Puts back what a process had claimed, when it stops or is known to be dead.
///
/// # Errors
/// When the database can't be written.
pub async fn release_claims(db: &Db, slot: i64) -> Result<()> {
    let mut tx = db.begin().await?;
    on!(tx.unseen(), c => sqlx::query("UPDATE received SET claimed_by = NULL WHERE claimed_by = $1 AND state = 'new'").bind(slot).execute(c).await.map(drop))?;
    on!(tx.unseen(), c => sqlx::query("UPDATE activity SET claimed_by = NULL WHERE claimed_by = $1 AND state = 'new'").bind(slot).execute(c).await.map(drop))?;
    // Whether a mail that was being handed over has arrived is unknown: it is not sent again by itself.
    on!(tx.unseen(), c => sqlx::query(
        "UPDATE mail SET claimed_by = NULL, state = CASE WHEN state = 'sending' THEN 'unsure' ELSE state END WHERE claimed_by = $1")
        .bind(slot).execute(c).await.map(drop))?;
    on!(tx.unseen(), c => sqlx::query("UPDATE job SET claimed_by = NULL WHERE claimed_by = $1").bind(slot).execute(c).await.map(drop))?;
    on!(tx.unseen(), c => sqlx::query("UPDATE peer SET claimed_by = NULL WHERE claimed_by = $1").bind(slot).execute(c).await.map(drop))?;
    tx.commit().await
}

/// The latest id in use, 0 in an empty database.
///
/// # Errors
/// When the database can't be read.
pub async fn latest_id(db: &Db) -> Result<i64> {
    let mut conn = db.conn();
    let (latest,): (Option<i64>,) = on!(conn, c => sqlx::query_as(
        "SELECT MAX(x.id) FROM (SELECT MAX(id) AS id FROM activity UNION ALL SELECT MAX(id) FROM post UNION ALL SELECT MAX(id) FROM received
            UNION ALL SELECT MAX(id) FROM actor UNION ALL SELECT MAX(id) FROM mail UNION ALL SELECT MAX(id) FROM notification) x").fetch_one(c).await)?;
    Ok(latest.unwrap_or(0))
}

/// The slots that have claimed something.
///
/// # Errors
/// When the database can't be read.
pub async fn claimants(db: &Db) -> Result<Vec<i64>> {
    let mut conn = db.conn();
    let rows: Vec<(i64,)> = on!(conn, c => sqlx::query_as(
        "SELECT claimed_by FROM received WHERE state = 'new' AND claimed_by IS NOT NULL
         UNION SELECT claimed_by FROM activity WHERE state = 'new' AND claimed_by IS NOT NULL
         UNION SELECT claimed_by FROM mail WHERE claimed_by IS NOT NULL
         UNION SELECT claimed_by FROM job WHERE claimed_by IS NOT NULL
         UNION SELECT claimed_by FROM peer WHERE claimed_by IS NOT NULL").fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(slot,)| slot).collect())
}

/// The slots that are held now, by this process and others; none on SQLite, where it can't be seen without taking them.
///
/// # Errors
/// When the database can't be read.
pub async fn alive(db: &Db) -> Result<Option<BTreeSet<i64>>> {
    let Db::Postgres(pool, _) = db else { return Ok(None) };
    let rows: Vec<(i64,)> = sqlx::query_as(
        "SELECT CAST(l.objid AS BIGINT) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
         WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND CAST(l.classid AS BIGINT) = $1 AND d.datname = current_database()",
    )
    .bind(i64::from(LOCK_SPACE))
    .fetch_all(pool)
    .await?;
    Ok(Some(rows.into_iter().map(|(slot,)| slot).collect()))
}

/// Puts back what processes had claimed that are no longer alive; says whether there was anything. `mine` is this process'
/// own slot: when it has just been taken, whatever bears its number was claimed by a dead holder before us.
///
/// # Errors
/// When the database or a lock can't be reached.
pub async fn release_the_dead(db: &Db, data_dir: &Path, mine: u16, starting: bool) -> Result<bool> {
    if starting {
        release_claims(db, i64::from(mine)).await?;
    }
    let mut any = false;
    for slot in claimants(db).await? {
        let Ok(slot) = u16::try_from(slot) else { continue };
        if slot == mine {
            continue;
        }
        // Held until its claims are put back: whoever takes the slot next starts with none.
        if let Some(_held) = attempt(db, data_dir, slot).await? {
            release_claims(db, i64::from(slot)).await?;
            any = true;
        }
    }
    Ok(any)
}
