//! How old the last automatic backup is.

use super::report::{Finding, span};
use crate::db::{Db, settings};
use crate::error::Result;
use crate::model::Time;

const CHECK: &str = "backup";
/// A backup a day, and some hours for a large one.
const OLD: i64 = 36 * Time::HOUR;
const TOO_OLD: i64 = 7 * Time::DAY;

/// When the last automatic backup succeeded; none when there never was one.
async fn newest(db: &Db) -> Result<Option<Time>> {
    let at = settings::get(&mut db.conn(), settings::key::BACKUP_AT).await?;
    Ok(at.and_then(|at| at.parse().ok()).map(Time))
}

/// Looks when the last one succeeded.
pub async fn look(db: &Db, now: Time) -> Result<Finding> {
    let Some(at) = newest(db).await? else {
        return Ok(Finding::warning(
            CHECK,
            "No automatic backups are set up.",
            "Set them up, or see that something else copies the database and data_dir/files every day to another machine.",
        ));
    };
    let age = now.0 - at.0;
    let says = format!("The last automatic backup was made {} ago.", span(age));
    let remedy = "Look in the log why the newer ones failed: a full disk, or a folder that can't be written.";
    Ok(match age {
        TOO_OLD.. => Finding::failure(CHECK, says, remedy),
        OLD.. => Finding::warning(CHECK, says, remedy),
        _ => Finding::ok(CHECK, says),
    })
}
