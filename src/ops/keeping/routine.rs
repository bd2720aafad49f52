//! Copies that are made by themselves: when the next one falls due, and which old ones go. One process of several makes it:
//! it is a job like others.

use std::path::{Path, PathBuf};

use super::making::{Made, clear_the_dead, make, with_end};
use super::{Backup, Watch, aside, last_backup, last_good_backup, note, trouble};
use crate::db::{Conn, files};
use crate::error::{Error, Result};
use crate::model::Time;
use crate::ops::Core;

/// One that failed is tried again after this.
const AGAIN: i64 = Time::HOUR;
/// Copies that are made by command are old after this: a week, and a day to come to it.
pub const BY_COMMAND: i64 = 8 * Time::DAY;
/// How far the clock of another process may be ahead.
pub const SKEW: i64 = Time::HOUR;

/// What administrators should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Concern {
    /// The last copy could not be made.
    Failed(Backup),
    /// The last good one is older than it should be, or bears a date of the future.
    Old(Backup),
    /// In the last good one there are pictures missing.
    Lost(Backup),
}

/// How long from one copy to the next; none where none are made by themselves.
fn period(core: &Core) -> Option<i64> {
    core.config.backup.folder().and(core.config.backup.hours()).map(|hours| hours * Time::HOUR)
}

/// When the next copy falls due; none where none are made by themselves.
///
/// # Errors
/// When the database can't be read.
pub async fn due(core: &Core) -> Result<Option<Time>> {
    let (Some(period), Some(folder)) = (period(core), core.config.backup.folder()) else { return Ok(None) };
    let mut conn = core.db.conn();
    let ours = |backup: &Backup| Path::new(&backup.path).parent() == Some(&folder);
    if let Some(failed) = last_backup(&mut conn).await?.filter(|last| last.error.is_some() && ours(last)) {
        return Ok(Some(failed.at.plus(AGAIN.min(period))));
    }
    // One of the future was made while the clock was ahead: it says nothing about when the next is due.
    let good = last_good_backup(&mut conn).await?.filter(ours).filter(|good| good.at <= core.now().plus(SKEW));
    Ok(Some(good.map_or_else(|| core.now(), |good| good.at.plus(period))))
}

/// What administrators should know about copies; nothing when all is well, or none was ever made.
///
/// # Errors
/// When the database can't be read.
pub async fn concern(core: &Core, conn: &mut Conn) -> Result<Option<Concern>> {
    if let Some(failed) = last_backup(conn).await?.filter(|last| last.error.is_some()) {
        return Ok(Some(Concern::Failed(failed)));
    }
    let old = period(core).map_or(BY_COMMAND, |period| 2 * period + Time::HOUR);
    Ok(match last_good_backup(conn).await? {
        Some(good) if good.at.plus(old) < core.now() || good.at > core.now().plus(SKEW) => Some(Concern::Old(good)),
        Some(good) if good.lost > 0 => Some(Concern::Lost(good)),
        _ => None,
    })
}

/// Makes a copy in the folder for them and throws the oldest away. What went wrong is noted, not returned, unless the work
/// was stopped.
///
/// # Errors
/// When it was stopped, or the database can't be written.
pub async fn run(core: &Core, watch: &Watch) -> Result<()> {
    let Some(folder) = core.config.backup.folder() else { return Ok(()) };
    let began = core.now();
    let path = folder.join(format!("meent-{}.tar", began.utc().format("%Y%m%d-%H%M%S")));
    let made = in_folder(core, &folder, &path, watch).await;
    let (bytes, lost, error) = match made {
        Ok((bytes, lost)) => (bytes, lost, None),
        Err(error) if watch.stopped() => return Err(error),
        Err(error) => {
            tracing::error!(path = %path.display(), %error, "a backup could not be made");
            (0, 0, Some(plain(&error)))
        }
    };
    let mut tx = core.db.begin().await?;
    note(&mut tx, &Backup { at: began, bytes, path: path.display().to_string(), error, lost }).await?;
    core.commit(tx).await
}

/// What went wrong, without what kind of error it is.
#[must_use]
pub fn plain(error: &Error) -> String {
    match error {
        Error::Internal(text) | Error::Unavailable(text) | Error::Bad(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Which of the pictures that were not there while a copy was made are shown all the same: those are lost, not thrown away.
///
/// # Errors
/// When the database can't be read.
pub async fn lost(core: &Core, made: &Made) -> Result<usize> {
    let (mut conn, mut lost) = (core.db.conn(), 0);
    for hash in made.contents.missing.iter().filter_map(|hash| hash.parse().ok()) {
        lost += usize::from(files::shown(&mut conn, &hash).await?.is_some());
    }
    Ok(lost)
}

/// Makes one in the folder; says how large it is, and how many pictures are lost.
async fn in_folder(core: &Core, folder: &Path, path: &Path, watch: &Watch) -> Result<(u64, usize)> {
    let (place, keep) = (folder.to_owned(), usize::try_from(core.config.backup.keep).unwrap_or(1).max(1));
    let there = place.clone();
    aside(move || {
        std::fs::create_dir_all(&there).map_err(trouble(&there))?;
        clear_the_dead(&there)
    })
    .await?;
    let made = make(core, path, watch).await?;
    let lost = lost(core, &made).await?;
    let before = last_good_backup(&mut core.db.conn()).await?.map_or(0, |good| good.lost);
    // Where pictures have been lost since, the older ones are the only place where they still are.
    if lost <= before {
        let new = path.to_owned();
        aside(move || rotate(&place, keep, &new)).await?;
    }
    Ok((made.bytes, lost))
}

/// Whether a name is one that we give: `meent-20261130-031500.tar`.
fn is_ours(name: &str) -> bool {
    let middle = name.strip_prefix("meent-").and_then(|rest| rest.strip_suffix(".tar")).unwrap_or_default();
    middle.len() == 15 && middle.bytes().enumerate().all(|(place, byte)| if place == 8 { byte == b'-' } else { byte.is_ascii_digit() })
}

/// Throws the oldest away that were made by themselves, never the `new` one. A file with such a name is whole, so what stays is good.
fn rotate(folder: &Path, keep: usize, new: &Path) -> Result<()> {
    let mut ours: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(trouble(folder))? {
        let entry = entry.map_err(trouble(folder))?;
        if is_ours(&entry.file_name().to_string_lossy()) && entry.file_name() != new.file_name().unwrap_or_default() {
            ours.push(entry.path());
        }
    }
    ours.sort_unstable();
    let gone = (ours.len() + 1).saturating_sub(keep);
    for path in ours.into_iter().take(gone) {
        std::fs::remove_file(&path).map_err(trouble(&path))?;
        // Somebody may have moved it away.
        let _ = std::fs::remove_file(with_end(&path, ".sha256"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn only_what_has_a_name_that_we_give_is_ever_thrown_away() {
        assert!(is_ours("meent-20261130-031500.tar"));
        for other in [
            "meent-20261130-031500.tar.sha256",
            "meent-before-upgrade.tar",
            "meent-2026113-0315000.tar",
            ".meent-20261130-031500.tar.turn",
            "meent.tar",
        ] {
            assert!(!is_ours(other), "{other}");
        }
    }
}
