//! How old the last backup is, and what came of the last attempt.

use super::report::{Finding, span};
use crate::config::Config;
use crate::db::Db;
use crate::error::Result;
use crate::model::Time;
use crate::ops::keeping;

const CHECK: &str = "backup";
/// From one to the next where none are made by themselves: a backup a day.
const DAY: i64 = 24;

/// Looks when the last one was made.
pub async fn look(db: &Db, config: &Config, now: Time) -> Result<Finding> {
    let conn = &mut db.conn();
    let (last, good) = (keeping::last_backup(conn).await?, keeping::last_good_backup(conn).await?);
    let automatic = config.backup.folder().is_some();
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
    let every = if automatic { config.backup.hours().unwrap_or(DAY) } else { DAY } * Time::HOUR;
    let age = now.0 - good.at.0;
    let says = format!("The last backup was made {} ago.{failed}", span(age));
    let remedy = if automatic {
        "See why the newer ones failed: a full disk, or a folder that can't be written."
    } else {
        "Nothing makes them by itself: set backup.folder, or run meent backup FILE."
    };
    // Some time more than it should be, for a large one.
    Ok(if age > 7 * every {
        Finding::failure(CHECK, says, remedy)
    } else if age > every + every / 2 {
        Finding::warning(CHECK, says, remedy)
    } else {
        Finding::ok(CHECK, says)
    })
}
