//! Reading the figures that only the database knows, for `metrics`: how much waits and how long, how much lies here, when it was
//! tidied and backed up. The worker does it every quarter of a minute, so that asking for the figures costs the database nothing.

use super::{Core, backups, sizes, tidying};
use crate::db::depths::{self, Depth};
use crate::error::Result;
use crate::metrics::{LANES_NAMED, Reading, number, seconds};
use crate::model::Time;

/// How often.
pub const EVERY: i64 = 15 * Time::SECOND;

/// Reads everything and keeps it.
///
/// # Errors
/// When the database can't be read; what was read before stays.
pub async fn measure(core: &Core) -> Result<()> {
    let mut readings = inward(core).await?;
    readings.extend(lanes(core).await?);
    readings.extend(work(core).await?);
    readings.extend(kept(core).await?);
    core.metrics.measured(readings);
    Ok(())
}

async fn inward(core: &Core) -> Result<Vec<Reading>> {
    let (mut conn, now) = (core.db.conn(), core.now());
    let found = depths::inward(&mut conn).await?;
    let one =
        |of: &str| found.iter().find(|depth| depth.of == of).map_or((0.0, 0.0), |depth| (number(depth.waits), seconds(depth.age(now))));
    let ((received, age), (said, said_age)) = (one("received"), one("said"));
    let failed = crate::db::received::count(&mut conn, "failed").await?;
    Ok(vec![
        Reading::gauge("meent_received_waiting", "Activities received and not yet dealt with.").is(received),
        Reading::gauge("meent_received_oldest_seconds", "How long the oldest of them has waited.").is(age),
        Reading::gauge("meent_received_failed", "Activities that could not be processed, kept for a while.").is(number(failed)),
        Reading::gauge("meent_said_waiting", "Activities of ours that are not made into deliveries yet.").is(said),
        Reading::gauge("meent_said_oldest_seconds", "How long the oldest of them has waited.").is(said_age),
    ])
}

/// The lanes in which most waits by name, the others together: a series for each server that was ever slow would never go.
async fn lanes(core: &Core) -> Result<Vec<Reading>> {
    let now = core.now();
    let mut lanes = depths::lanes(&mut core.db.conn()).await?;
    lanes.sort_by(|a, b| b.waits.cmp(&a.waits).then_with(|| a.of.cmp(&b.of)));
    let total = |of: &[Depth]| (of.iter().map(|lane| lane.waits).sum::<i64>(), of.iter().map(|lane| lane.age(now)).max().unwrap_or(0));
    let mut depth = Reading::gauge("meent_lane_depth", "Deliveries in the lanes in which most waits, and in the rest together.");
    let mut age = Reading::gauge("meent_lane_oldest_seconds", "How long the oldest delivery in these lanes has waited.");
    let named = lanes.len().min(LANES_NAMED);
    for lane in &lanes[..named] {
        depth = depth.with(&[("host", &lane.of)], number(lane.waits));
        age = age.with(&[("host", &lane.of)], seconds(lane.age(now)));
    }
    let (waits, oldest) = total(&lanes[named..]);
    let (all, oldest_of_all) = total(&lanes);
    let (known, failing, given_up) = depths::servers(&mut core.db.conn()).await?;
    Ok(vec![
        depth.with(&[("host", "(rest)")], number(waits)),
        age.with(&[("host", "(rest)")], seconds(oldest)),
        Reading::gauge("meent_deliveries_waiting", "Deliveries on their way.").is(number(all)),
        Reading::gauge("meent_deliveries_oldest_seconds", "How long the oldest of them has waited.").is(seconds(oldest_of_all)),
        Reading::gauge("meent_servers", "Other servers, by how they answer.")
            .with(&[("state", "well")], number(known - failing - given_up))
            .with(&[("state", "failing")], number(failing))
            .with(&[("state", "given_up")], number(given_up)),
    ])
}

async fn work(core: &Core) -> Result<Vec<Reading>> {
    let (mut conn, now) = (core.db.conn(), core.now());
    let mails = depths::mails(&mut conn).await?;
    let mut waiting = Reading::gauge("meent_mails", "Mails that are not over, by state.");
    for state in ["new", "sending", "held", "unsure", "failed"] {
        waiting = waiting.with(&[("state", state)], mails.iter().find(|depth| depth.of == state).map_or(0.0, |depth| number(depth.waits)));
    }
    let oldest = mails.iter().filter(|depth| depth.of == "new").map(|depth| depth.age(now)).max().unwrap_or(0);
    let jobs = depths::jobs(&mut conn).await?;
    let (mut counted, mut failing) = (
        Reading::gauge("meent_jobs_waiting", "Other background work that waits, by kind."),
        Reading::gauge("meent_jobs_failing", "Of that, what failed the last time."),
    );
    for kind in &jobs {
        counted = counted.with(&[("kind", &kind.kind)], number(kind.waits));
        failing = failing.with(&[("kind", &kind.kind)], number(kind.failing));
    }
    let overdue = jobs.iter().map(|kind| (now.0 - kind.due.0).max(0)).max().unwrap_or(0);
    Ok(vec![
        waiting,
        Reading::gauge("meent_mails_oldest_seconds", "How long the oldest mail has waited that still has to go.").is(seconds(oldest)),
        counted,
        failing,
        Reading::gauge("meent_jobs_overdue_seconds", "For how long the oldest of it has been due.").is(seconds(overdue)),
    ])
}

async fn kept(core: &Core) -> Result<Vec<Reading>> {
    let mut rows = Reading::gauge("meent_rows", "Rows of each family of tables, measured every hour.");
    let mut bytes = Reading::gauge("meent_bytes", "Bytes of each family of tables with its files, measured every hour.");
    for size in sizes::last(core).await? {
        rows = rows.with(&[("family", &size.family)], number(size.rows_kept));
        bytes = bytes.with(&[("family", &size.family)], number(size.bytes));
    }
    let moment = |at: Option<Time>| seconds(at.map_or(0, |at| at.0));
    Ok(vec![
        rows,
        bytes,
        Reading::gauge("meent_tidied_timestamp_seconds", "When the worker last threw away what had expired; 0: never.")
            .is(moment(tidying::so_far(core).await?.at)),
        Reading::gauge("meent_backup_timestamp_seconds", "When the last backup that we know of was made; 0: none is known.")
            .is(moment(backups::last(core).await?)),
    ])
}
