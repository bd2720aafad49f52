//! When this instance was last backed up, as far as it knows: whoever makes a backup notes it.

use super::Core;
use crate::db::settings::{self, key};
use crate::error::Result;
use crate::model::Time;

/// What is noted of a backup that was made.
#[derive(Debug, serde::Deserialize)]
struct Made {
    /// What was there at this moment is in it.
    at: Time,
}

/// When the last backup that we know of was made.
///
/// # Errors
/// When the database can't be read.
pub async fn last(core: &Core) -> Result<Option<Time>> {
    let noted = settings::get(&mut core.db.conn(), key::BACKUP_GOOD).await?;
    Ok(noted.and_then(|text| serde_json::from_str::<Made>(&text).ok()).map(|made| made.at))
}
