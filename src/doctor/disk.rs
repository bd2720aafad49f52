//! The disks that fill up: that of `data_dir` and that of an SQLite database.

use std::path::{Path, PathBuf};

use super::report::{Finding, bytes};
use crate::config::Config;
use crate::db::sqlite_file;

const CHECK: &str = "disk";
const MB: u64 = 1_000_000;
/// Below this a busy hour may fill it.
const TOO_LITTLE: u64 = 200 * MB;
/// Below this somebody should look.
const LITTLE: u64 = 1_000 * MB;

/// `size` is that of the database.
pub fn look(config: &Config, size: u64) -> Vec<Finding> {
    let file = sqlite_file(&config.database_url);
    let beside = file.and_then(Path::parent).map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
    let data = config.data_dir.as_path();
    let disk = |folder: &Path| room(folder).ok().map(|room| room.disk);
    // A copy of the database must fit beside it: for a backup, for a rehearsal of an upgrade.
    let folders = match beside {
        Some(beside) if beside == data || disk(beside).is_some() && disk(beside) == disk(data) => vec![(beside, size)],
        Some(beside) => vec![(data, 0), (beside, size)],
        None => vec![(data, 0)],
    };
    let remedy = "Make the folder, or let the user that Meent runs as read and write it.";
    let each = folders.into_iter().map(|(folder, needed)| match room(folder) {
        Ok(found) => judge(&folder.display().to_string(), &found, needed),
        Err(error) => Finding::failure(CHECK, format!("{} can't be looked at: {error}", folder.display()), remedy),
    });
    each.collect()
}

/// What is left on the disk that a folder lies on.
struct Room {
    disk: u64,
    free: u64,
    whole: u64,
    /// Files that can still be made, of how many; none where the file system does not say.
    files: Option<(u64, u64)>,
}

/// The bytes that are free on the disk of a folder.
///
/// # Errors
/// When the folder can't be looked at.
pub fn free(folder: &Path) -> std::io::Result<u64> {
    room(folder).map(|room| room.free)
}

fn room(folder: &Path) -> std::io::Result<Room> {
    use std::os::unix::fs::MetadataExt;
    let folder: PathBuf = folder.canonicalize()?;
    let found = rustix::fs::statvfs(&folder)?;
    Ok(Room {
        disk: std::fs::metadata(&folder)?.dev(),
        // What a user gets who is not root.
        free: found.f_bavail.saturating_mul(found.f_frsize),
        whole: found.f_blocks.saturating_mul(found.f_frsize),
        files: (found.f_files > 0).then_some((found.f_favail, found.f_files)),
    })
}

fn judge(folder: &str, room: &Room, database: u64) -> Finding {
    let (free, whole) = (room.free, room.whole);
    let says = format!("{} of {} is free for {folder}", bytes(free), bytes(whole));
    let remedy = "Make room or take a larger disk: look at old backups, at the log, and at `files.remote_cache_days` and `federation.remote_days`. A full disk takes no questions, no answers, and nothing from other servers.";
    if free < TOO_LITTLE {
        return Finding::failure(CHECK, format!("{says}: that may be gone in an hour."), remedy);
    }
    if let Some((left, of)) = room.files.filter(|(left, of)| left.saturating_mul(50) < *of) {
        return Finding::warning(
            CHECK,
            format!("Only {left} of {of} files can still be made for {folder}."),
            "Remove small files that nobody needs on that disk: it is full for new ones before its bytes are.",
        );
    }
    if free < database.saturating_add(TOO_LITTLE) {
        return Finding::warning(
            CHECK,
            format!("{says}, and a copy of the database ({}) does not fit: no backup, no rehearsal of an upgrade.", bytes(database)),
            remedy,
        );
    }
    if free < LITTLE || free < whole / 20 {
        return Finding::warning(CHECK, format!("{says}, which is little."), remedy);
    }
    Finding::ok(CHECK, format!("{says}."))
}

#[cfg(test)]
mod tests {
    use super::super::report::Level;
    use super::*;

    #[test]
    fn little_room_is_said_in_time() {
        let level = |free: u64, whole: u64, database: u64, files| judge("/data", &Room { disk: 1, free, whole, files }, database).level;
        let many = Some((1_000_000, 2_000_000));
        assert_eq!(level(60_000 * MB, 100_000 * MB, 1_000 * MB, many), Level::Ok);
        assert_eq!(level(4_000 * MB, 100_000 * MB, 1_000 * MB, many), Level::Warning, "less than a twentieth");
        assert_eq!(level(900 * MB, 10_000 * MB, 10 * MB, None), Level::Warning);
        assert_eq!(level(5_000 * MB, 10_000 * MB, 5_000 * MB, many), Level::Warning, "no room for a copy");
        assert_eq!(level(60_000 * MB, 100_000 * MB, 0, Some((10, 2_000_000))), Level::Warning, "no more files");
        assert_eq!(level(100 * MB, 100_000 * MB, 0, many), Level::Failure);
    }

    #[test]
    fn a_folder_that_is_not_there_is_said() {
        let config = Config { data_dir: "/nergens/te/vinden".into(), database_url: "postgres://x/y".into(), ..Config::default() };
        let found = look(&config, 0);
        assert!(found.len() == 1 && found[0].level == Level::Failure && found[0].says.contains("/nergens"), "{found:?}");
    }
}
