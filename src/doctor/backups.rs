//! How old the last backup is, and what came of the last attempt.

use super::report::{Finding, span};
use crate::config::Config;
use crate::db::Db;
use crate::error::Result;
use crate::model::Time;
use crate::ops::keeping::{self, routine};

const CHECK: &str = "backup";
/// Hours from one to the next, where the setting says nothing.
const DAY: i64 = 24;
/// One that was made by command is much too old after this.
const TOO_OLD_BY_COMMAND: i64 = 15 * Time::DAY;

/// Looks when the last one was made.
pub async fn look(db: &Db, config: &Config, now: Time) -> Result<Finding> {
    let conn = &mut db.conn();
    let (last, good) = (keeping::last_backup(conn).await?, keeping::last_good_backup(conn).await?);
    let automatic = config.backup.folder().is_some();
    // What is not in the last good one, although something shows it.
    let missing = good.as_ref().map_or(0, |good| good.lost);
    let failed = last.and_then(|last| last.error).map(|error| format!(" The last attempt failed: {error}.")).unwrap_or_default();
    let Some(good) = good else {
        return Ok(if automatic && failed.is_empty() {
            Finding::warning(CHECK, "No backup has been made yet.", "Wait for the first one, or make one now: meent backup FILE.")
        } else if automatic {
            Finding::failure(CHECK, format!("No backup has been made yet.{failed}"), "Mend that; the next attempt comes by itself.")
        } else {
            Finding::warning(
                CHECK,
                "No automatic backups are set up.",
                "Set backup.folder, or see that something else copies the database and the pictures every day to another machine.",
            )
        });
    };
    let every = config.backup.hours().unwrap_or(DAY) * Time::HOUR;
    // Some time more than it should be, for a large one.
    let (old, too_old) = if automatic { (every + every / 2, 7 * every) } else { (routine::BY_COMMAND, TOO_OLD_BY_COMMAND) };
    let age = now.0 - good.at.0;
    let of_the_future = age < -routine::SKEW;
    let says = if of_the_future {
        format!("The last backup bears a date of the future: the clock was ahead then.{failed}")
    } else {
        format!("The last backup was made {} ago.{failed}", span(age))
    };
    let remedy = if automatic {
        "See why the newer ones failed: a full disk, or a folder that can't be written."
    } else {
        "Nothing makes them by itself: set backup.folder, or run meent backup FILE."
    };
    Ok(if age > too_old {
        Finding::failure(CHECK, says, remedy)
    } else if missing > 0 {
        Finding::failure(
            CHECK,
            format!("{missing} pictures that something shows are not there, and not in the last backup."),
            "See whether the folder or the store with pictures is whole; older backups have them.",
        )
    } else if age > old || !failed.is_empty() || of_the_future {
        Finding::warning(CHECK, says, remedy)
    } else {
        Finding::ok(CHECK, says)
    })
}
