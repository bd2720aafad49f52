//! `heartbeat`: that a process could write, one row for each slot.

use super::{Tx, on};
use crate::error::Result;
use crate::model::Time;

/// Notes that the process with this slot could write now.
pub async fn beat(tx: &mut Tx, slot: i64, now: Time) -> Result<()> {
    on!(tx, c => sqlx::query("INSERT INTO heartbeat (slot, at) VALUES ($1, $2) ON CONFLICT (slot) DO UPDATE SET at = excluded.at")
        .bind(slot).bind(now).execute(c).await.map(drop))?;
    Ok(())
}
