//! Keeping what an instance holds: copies of everything in one file (`making`, `archive`), putting them back (`restoring`) and
//! trying it (`trial`), making them by themselves (`routine`), and moving from SQLite to PostgreSQL (`copying`). What a command
//! says about it is the command line's.

pub mod archive;
pub mod copying;
pub mod making;
mod postgres;
pub mod restoring;
pub mod routine;
pub mod trial;

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::db::settings::{self, key};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::model::Time;

/// What long work is busy with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The database is written into a copy; counted in bytes.
    Database,
    /// Pictures are put into a copy; counted in pictures.
    Pictures,
    /// The finished copy is read once more; counted in bytes.
    Reading,
    /// A copy is checked before anything of it is put back; counted in bytes.
    Checking,
    /// The database is put back; counted in bytes of the copy.
    PuttingBack,
    /// Pictures are put back; counted in pictures.
    PicturesBack,
    /// What was put back is compared with what the copy says; counted in tables.
    Comparing,
    /// Rows go from one database to the other; counted in rows.
    Rows,
}

/// Who looks on while long work goes on, and may end it.
pub trait Watcher: Send + Sync + std::fmt::Debug {
    /// So much is done of so much; 0 of 0 where nobody knows.
    fn at(&self, stage: Stage, done: u64, of: u64);
    /// Whether the work should end as soon as it can, without having done anything.
    fn stopped(&self) -> bool {
        false
    }
}

/// A watcher that can go along to other threads.
pub type Watch = Arc<dyn Watcher>;

/// Nobody looks on.
#[derive(Debug)]
pub struct Unwatched;

impl Watcher for Unwatched {
    fn at(&self, _: Stage, _: u64, _: u64) {}
}

/// What came of the last time that a copy was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// When it began.
    pub at: Time,
    /// 0 when it failed.
    pub bytes: u64,
    /// Where it lies; where it would have, when it failed.
    pub path: String,
    /// Why it failed, in plain words (English: what the machine said).
    pub error: Option<String>,
    /// Pictures that are not in it although something shows them.
    #[serde(default)]
    pub lost: usize,
}

/// The last copy that was made or tried, by itself or by command.
///
/// # Errors
/// When the database can't be read.
pub async fn last_backup(conn: &mut Conn) -> Result<Option<Backup>> {
    read(conn, key::BACKUP_LAST).await
}

/// The last copy that was made.
///
/// # Errors
/// When the database can't be read.
pub async fn last_good_backup(conn: &mut Conn) -> Result<Option<Backup>> {
    read(conn, key::BACKUP_GOOD).await
}

async fn read(conn: &mut Conn, key: &str) -> Result<Option<Backup>> {
    // A row that an older or newer version wrote in other words counts as none.
    Ok(settings::get(conn, key).await?.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Notes what came of making a copy.
///
/// # Errors
/// When the database can't be written.
pub async fn note(tx: &mut Tx, backup: &Backup) -> Result<()> {
    let text = serde_json::to_string(backup).map_err(|error| Error::Internal(error.to_string()))?;
    settings::set(tx, key::BACKUP_LAST, &text).await?;
    if backup.error.is_none() {
        settings::set(tx, key::BACKUP_GOOD, &text).await?;
    }
    Ok(())
}

/// Does work on files aside of the async threads.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::Internal(error.to_string()))?
}

/// What went wrong with a file, for whoever asked for it.
fn trouble(path: &Path) -> impl Fn(std::io::Error) -> Error + '_ {
    move |error| Error::Unavailable(format!("{}: {error}", path.display()))
}

/// The work was asked to end.
fn go_on(watch: &Watch) -> Result<()> {
    if watch.stopped() { Err(Error::Unavailable("stopped before it was done".into())) } else { Ok(()) }
}
