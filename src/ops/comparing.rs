//! When a thread of another server is compared with its home: because somebody asks, looks at it, or a reply came whose
//! parent was missing, and every night. The comparing itself is the federation's (`federation/comparing.rs`).

use chrono::{Days, TimeZone, Timelike};

use super::{Core, limits};
use crate::config::FederationMode;
use crate::db::jobs::{self, JobKind};
use crate::db::{Tx, thread_checks};
use crate::error::{Error, Result};
use crate::model::{Actor, ActorId, JobId, Post, PostId, Time};

/// By itself a thread is compared no more often than this.
const BY_ITSELF: i64 = Time::HOUR;
/// And when somebody asks for it.
const ASKED: i64 = 10 * Time::MINUTE;
/// How often one member may ask in an hour, and how often the looks of visitors count.
const BY_MEMBER: i64 = 30;
const BY_VISITORS: i64 = 60;
/// Threads in which something happened so long ago are compared at night no more.
const RECENT: i64 = 30 * Time::DAY;
/// Threads compared in a night, or for a group; and over how long they are spread.
const MOST: i64 = 500;
const NIGHT: i64 = 4 * Time::HOUR;
/// When the night begins, on the clock of this instance.
const BEGINS: u32 = 1;

/// What came of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Begun,
    UnderWay,
    /// It was compared a moment ago; in so many minutes it may be asked for again.
    TooSoon(i64),
}

/// Queues a comparison; one that waits for the night begins now.
async fn queue(core: &Core, tx: &mut Tx, root: PostId, viewed: Option<Time>) -> Result<()> {
    let now = core.now();
    thread_checks::ask(tx, root, viewed, now).await?;
    jobs::enqueue(tx, JobId(core.ids.next()), JobKind::CheckThread, &root.to_string(), now).await?;
    jobs::hasten(tx, JobKind::CheckThread, &root.to_string(), now).await
}

/// A thread comes in with the history of its group: the comparison brings its replies.
///
/// # Errors
/// When the database can't be written.
pub async fn begins(core: &Core, tx: &mut Tx, root: PostId) -> Result<()> {
    queue(core, tx, root, None).await
}

/// A member asks for a comparison now.
///
/// # Errors
/// [`Error::TooMany`] when they have asked too often.
pub async fn ask(core: &Core, member: &Actor, root: &Post) -> Result<Asked> {
    let now = core.now();
    let known = thread_checks::get(&mut core.db.conn(), root.id).await?;
    if let Some(known) = &known
        && !known.is_under_way()
        && known.asked_at.plus(ASKED) > now
    {
        return Ok(Asked::TooSoon((known.asked_at.plus(ASKED).0 - now.0 + Time::MINUTE - 1) / Time::MINUTE));
    }
    limits::count(core, "check", &member.id.to_string(), BY_MEMBER).await?;
    let mut tx = core.db.begin().await?;
    queue(core, &mut tx, root.id, Some(now)).await?;
    core.commit(tx).await?;
    Ok(if known.is_some_and(|known| known.is_under_way()) { Asked::UnderWay } else { Asked::Begun })
}

/// Somebody looks at a thread: it is compared, when that was a while ago.
///
/// # Errors
/// When the database can't be written.
pub async fn looked_at(core: &Core, root: &Post, member: bool) -> Result<()> {
    let now = core.now();
    if root.local || root.is_deleted() || core.federation_mode().await? == FederationMode::Closed {
        return Ok(());
    }
    if thread_checks::get(&mut core.db.conn(), root.id).await?.is_some_and(|known| known.asked_at.plus(BY_ITSELF) > now) {
        return Ok(());
    }
    if !member {
        match limits::count(core, "look", "visitors", BY_VISITORS).await {
            Err(Error::TooMany(_)) => return Ok(()),
            counted => counted?,
        }
    }
    let mut tx = core.db.begin().await?;
    queue(core, &mut tx, root.id, Some(now)).await?;
    core.commit(tx).await
}

/// A reply came to which something above it was missing: there may be more that we don't have.
///
/// # Errors
/// When the database can't be written.
pub async fn was_missing(core: &Core, root: &Post) -> Result<()> {
    let known = thread_checks::get(&mut core.db.conn(), root.id).await?;
    if root.local || root.is_deleted() || known.is_some_and(|known| known.asked_at.plus(BY_ITSELF) > core.now()) {
        return Ok(());
    }
    let mut tx = core.db.begin().await?;
    queue(core, &mut tx, root.id, None).await?;
    core.commit(tx).await
}

/// Spread over `over`, always in the same way: by what it is, and where we are.
fn spread(core: &Core, root: &Post, over: i64) -> i64 {
    let bytes = core.urls.authority().bytes().chain(root.ap_id.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (hash >> 1).cast_signed().rem_euclid(over)
}

/// Queues the threads of other servers in which something happened lately, or that somebody looked at; spread over the
/// night, those compared longest ago first when they are too many for one.
///
/// # Errors
/// When the database can't be written.
pub async fn tonight(core: &Core, tx: &mut Tx) -> Result<()> {
    compare(core, tx, None, core.now().plus(-RECENT), NIGHT).await
}

/// Queues the threads of a group of another server, spread over the next hour.
///
/// # Errors
/// When the database can't be written.
pub async fn whole_group(core: &Core, tx: &mut Tx, group: ActorId) -> Result<()> {
    compare(core, tx, Some(group), Time(0), Time::HOUR).await
}

async fn compare(core: &Core, tx: &mut Tx, group: Option<ActorId>, since: Time, over: i64) -> Result<()> {
    for root in thread_checks::to_compare(tx, group, since, MOST).await? {
        let at = core.now().plus(spread(core, &root, over));
        jobs::enqueue(tx, JobId(core.ids.next()), JobKind::CheckThread, &root.id.to_string(), at).await?;
    }
    Ok(())
}

/// When the next night begins.
#[must_use]
pub fn next_night(core: &Core) -> Time {
    let now = core.now();
    let zone: chrono_tz::Tz = core.config.time_zone.parse().unwrap_or(chrono_tz::Europe::Amsterdam);
    let here = now.utc().with_timezone(&zone);
    let day = if here.hour() < BEGINS { Some(here.date_naive()) } else { here.date_naive().checked_add_days(Days::new(1)) };
    let begins = day.and_then(|day| day.and_hms_opt(BEGINS, 0, 0)).and_then(|at| zone.from_local_datetime(&at).earliest());
    begins.map_or_else(|| now.plus(Time::DAY), |at| Time(at.timestamp_millis()))
}
