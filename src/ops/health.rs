//! Whether this process can do its work: write to the database, keep its loops going, keep files. Asked often and by anybody, so
//! what was found holds for a few seconds, and no answer takes long.

use std::time::Duration;

use tokio::sync::Mutex;

use super::Core;
use crate::db::heartbeats;
use crate::error::{Error, Result};
use crate::model::Time;

/// The database, and the disk, have so long to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// What was found holds so long.
const HOLDS: i64 = 3 * Time::SECOND;

/// Something that keeps this process from its work.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// `database`, `disk`, `worker` or `stopping`.
    pub part: &'static str,
    /// A sentence without names, paths or addresses: everybody may ask.
    pub why: String,
}

impl Problem {
    #[must_use]
    pub fn new(part: &'static str, why: impl Into<String>) -> Self {
        Self { part, why: why.into() }
    }
}

/// What was found last.
#[derive(Debug, Default)]
pub struct Health(Mutex<Option<(Time, Vec<Problem>)>>);

/// Bytes of the disk that `data_dir` lies on.
#[derive(Clone, Copy, Debug)]
pub struct Disk {
    /// That we may still write.
    pub free: u64,
    pub size: u64,
    /// Whether no more files can be made, however many bytes are free.
    pub out_of_files: bool,
}

/// What is wrong with this process; nothing when it can do its work. Those who ask at the same time wait for one answer.
pub async fn problems(core: &Core) -> Vec<Problem> {
    let mut last = core.health.0.lock().await;
    let now = core.now();
    if let Some((at, found)) = &*last
        && (at.0..at.0 + HOLDS).contains(&now.0)
    {
        return found.clone();
    }
    let mut found = Vec::new();
    found.extend(database(core).await);
    found.extend(space(core).await);
    let dead = core.pulses.all(now).into_iter().filter(|(_, alive)| !alive);
    found.extend(dead.map(|(name, _)| Problem::new("worker", format!("the loop {name} is stuck or has died"))));
    *last = Some((now, found.clone()));
    found
}

/// Writes a row and waits until it is on disk: a read says nothing of a disk that is full or a server that only reads.
async fn database(core: &Core) -> Option<Problem> {
    let write = async {
        let mut tx = core.db.begin().await?;
        heartbeats::beat(&mut tx, core.ids.slot(), core.now()).await?;
        tx.commit().await
    };
    match tokio::time::timeout(PATIENCE, write).await {
        Ok(Ok(())) => None,
        Ok(Err(error)) => {
            error.log();
            Some(Problem::new("database", "the database can't be written"))
        }
        Err(_) => Some(Problem::new("database", format!("the database did not take a row within {} seconds", PATIENCE.as_secs()))),
    }
}

async fn space(core: &Core) -> Option<Problem> {
    let least = u64::try_from(core.config.health.disk_free_mb).unwrap_or(0).saturating_mul(1_000_000);
    match tokio::time::timeout(PATIENCE, disk(core)).await {
        Ok(Ok(disk)) if disk.out_of_files => Some(Problem::new("disk", "no more files can be made on the disk")),
        Ok(Ok(disk)) if disk.free < least => {
            Some(Problem::new("disk", format!("{} MB are free on the disk, less than health.disk_free_mb", disk.free / 1_000_000)))
        }
        Ok(Ok(_)) => None,
        Ok(Err(error)) => {
            error.log();
            Some(Problem::new("disk", "the disk can't be asked how much is free"))
        }
        Err(_) => Some(Problem::new("disk", "the disk does not answer")),
    }
}

/// How full the disk is.
///
/// # Errors
/// When it can't be asked.
pub async fn disk(core: &Core) -> Result<Disk> {
    let folder = core.config.data_dir.clone();
    let asked = tokio::task::spawn_blocking(move || rustix::fs::statvfs(&folder)).await;
    let found = asked.map_err(|error| Error::Internal(error.to_string()))?;
    let found = found.map_err(|error| Error::Unavailable(format!("how full the disk is: {error}")))?;
    Ok(Disk {
        free: found.f_bavail.saturating_mul(found.f_frsize),
        size: found.f_blocks.saturating_mul(found.f_frsize),
        // Some file systems make as many as are asked for, and say 0 of both.
        out_of_files: found.f_files > 0 && found.f_favail == 0,
    })
}
