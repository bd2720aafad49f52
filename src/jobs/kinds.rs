//! What each kind of background work is, what becomes of it when it is done or could not be, and the routine.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, TryFutureExt};

use crate::db::jobs::{self, Job, JobKind};
use crate::db::{Tx, backfill, connections, thread_checks};
use crate::error::Result;
use crate::federation::Federation;
use crate::federation::backfill::Left;
use crate::federation::waiting::soon;
use crate::model::{JobId, Time};
use crate::ops::closing::{self, Step};
use crate::ops::keeping::{Stage, Watch, Watcher, routine};
use crate::ops::{agenda, asking_again, comparing, connecting, digesting, files, offering, regions, registering, sizes, tidying};

/// A server's software is asked for so often before it stays unknown.
const LOOK_UPS: i64 = 6;
/// And a thread or a group is compared with its home so often before that waits for another night.
const CHECKS: i64 = 3;
/// What is said about connecting is tried for about two weeks.
const SAYINGS: i64 = 40;
/// One run of bringing in history; it goes on from where it was.
const LONGEST_RUN: Duration = Duration::from_mins(5);
/// How soon a backup notices that the process stops.
const LOOK_WHETHER_STOPPING: Duration = Duration::from_millis(500);

/// The work itself. On the heap, each kind by itself: some go deep, and the stack of a thread is small.
fn work<'a>(fed: &'a Federation, job: &'a Job) -> BoxFuture<'a, Result<Left>> {
    let subject = job.subject.as_str();
    let nothing = || std::future::ready(Ok(Left::Nothing)).boxed();
    let in_time = |work: BoxFuture<'a, Result<Left>>| {
        tokio::time::timeout(LONGEST_RUN, work).map(|in_time| in_time.unwrap_or(Ok(Left::Wait))).boxed()
    };
    let done = |work: BoxFuture<'a, Result<()>>| work.map_ok(|()| Left::Nothing).boxed();
    match job.kind {
        JobKind::Backfill => subject.parse().map_or_else(|_| nothing(), |group| in_time(fed.run_backfill(group).boxed())),
        JobKind::CheckThread => subject.parse().map_or_else(|_| nothing(), |root| in_time(fed.compare_thread(root).boxed())),
        JobKind::CheckGroup => subject.parse().map_or_else(|_| nothing(), |group| done(fed.check_group(group).boxed())),
        JobKind::Leave => closing::step(&fed.core, subject)
            .map_ok(|step| match step {
                Step::More => Left::More,
                Step::Wait => Left::Wait,
                Step::Done => Left::Nothing,
            })
            .boxed(),
        JobKind::LookUpPeer => done(fed.look_up_peer(subject).boxed()),
        JobKind::CheckNightly => done(check_nightly(fed).boxed()),
        JobKind::AskGroups => done(fed.ask_groups(subject).boxed()),
        JobKind::RepeatFollow => done(asking_again::repeat(&fed.core, subject).boxed()),
        JobKind::SayConnection => done(fed.say_connection(subject).boxed()),
        JobKind::ReadRegions => done(fed.read_regions(subject).boxed()),
        JobKind::ResyncThread => done(fed.resync_thread(subject).boxed()),
        JobKind::Tidy => done(tidy(fed).boxed()),
        JobKind::Digest => done(digesting::run(&fed.core).boxed()),
        JobKind::Agenda => done(agenda::turn(&fed.core).boxed()),
        JobKind::Backup => done(backup(fed).boxed()),
        JobKind::CatchUp => subject.parse().map_or_else(|_| nothing(), |person| done(fed.catch_up(person, job.attempts == 1).boxed())),
    }
}

/// One piece of background work.
pub(super) async fn run_job(fed: &Federation, job: Job) -> Result<()> {
    let outcome = work(fed, &job).await;
    fed.core.metrics.job(job.kind.word(), if outcome.is_ok() { "done" } else { "failed" });
    let now = fed.core.now();
    let next_backup = if job.kind == JobKind::Backup { routine::due(&fed.core).await? } else { None };
    let mut tx = fed.core.db.begin().await?;
    let repeated = if job.kind == JobKind::RepeatFollow { asking_again::due(&fed.core, &mut tx, &job.subject).await? } else { None };
    match outcome {
        Ok(Left::Nothing) if job.kind == JobKind::Tidy => jobs::again(&mut tx, job.id, now.plus(Time::HOUR), true, None).await?,
        // On the hour: what is due at seven goes out at seven.
        Ok(Left::Nothing) if job.kind == JobKind::Digest => {
            jobs::again(&mut tx, job.id, Time((now.0 / Time::HOUR + 1) * Time::HOUR), true, None).await?;
        }
        Ok(Left::Nothing) if job.kind == JobKind::Agenda => jobs::again(&mut tx, job.id, now.plus(agenda::EVERY), true, None).await?,
        Ok(Left::Nothing) if job.kind == JobKind::Backup && next_backup.is_some() => {
            jobs::again(&mut tx, job.id, next_backup.unwrap_or(now), true, None).await?;
        }
        Ok(Left::Nothing) if job.kind == JobKind::CheckNightly => {
            jobs::again(&mut tx, job.id, comparing::next_night(&fed.core), true, None).await?;
        }
        Ok(Left::Nothing) if repeated.is_some() => jobs::again(&mut tx, job.id, repeated.unwrap_or(now), true, None).await?,
        // Somebody may have asked for it anew while the last run ended.
        Ok(Left::Nothing) if is_asked_anew(&mut tx, &job).await? => {
            jobs::again(&mut tx, job.id, now, true, None).await?;
        }
        Ok(Left::Nothing) if job.kind == JobKind::SayConnection && connections::unsaid(&mut tx, &job.subject).await?.is_some() => {
            jobs::again(&mut tx, job.id, now, true, None).await?;
        }
        Ok(Left::Nothing) => jobs::finish(&mut tx, job.id).await?,
        Err(error) if job.attempts >= most_attempts(job.kind) || (ends_when_refused(job.kind) && !error.is_passing()) => {
            tracing::info!(kind = ?job.kind, subject = job.subject, %error, "given up for now");
            if let (JobKind::CheckThread, Ok(root)) = (job.kind, job.subject.parse()) {
                fed.give_up_comparing(&mut tx, root).await?;
            }
            jobs::finish(&mut tx, job.id).await?;
        }
        Ok(Left::More) => jobs::again(&mut tx, job.id, now, true, None).await?,
        Ok(Left::Wait) => jobs::again(&mut tx, job.id, now.plus(Time::MINUTE), true, None).await?,
        Err(error) => {
            error.log();
            // Never given up: the group's page shows the error, and the other server may come back next week.
            jobs::again(&mut tx, job.id, now.plus(soon(job.attempts, job.id.0)), false, Some(&error.to_string())).await?;
        }
    }
    fed.core.commit(tx).await
}

/// How often something is tried before it is left for now. Most things never are.
fn most_attempts(kind: JobKind) -> i64 {
    match kind {
        JobKind::LookUpPeer | JobKind::AskGroups | JobKind::ReadRegions | JobKind::ResyncThread => LOOK_UPS,
        JobKind::CheckThread | JobKind::CheckGroup => CHECKS,
        JobKind::SayConnection | JobKind::CatchUp => SAYINGS,
        _ => i64::MAX,
    }
}

/// Whether an error that will not pass is the end of it.
fn ends_when_refused(kind: JobKind) -> bool {
    matches!(kind, JobKind::CheckThread | JobKind::CheckGroup | JobKind::ResyncThread | JobKind::CatchUp)
}

/// What is asked for is noted, and queued unless it is queued already. So whoever takes it out of the queue looks at that note, and
/// holds it meanwhile.
async fn is_asked_anew(tx: &mut Tx, job: &Job) -> Result<bool> {
    Ok(match job.kind {
        JobKind::Backfill => {
            let Ok(group) = job.subject.parse() else { return Ok(false) };
            backfill::lock(tx, group).await?.is_some_and(|noted| noted.state != "done")
        }
        JobKind::CheckThread => {
            let Ok(root) = job.subject.parse() else { return Ok(false) };
            thread_checks::lock(tx, root).await?.is_some_and(|noted| noted.state == "asked")
        }
        _ => false,
    })
}

/// What is done again and again: the digests, the agenda, the comparisons at night, tidying, and backups where they are set.
///
/// # Errors
/// When the database can't be written.
pub async fn schedule_routine(fed: &Federation) -> Result<()> {
    let next_backup = routine::due(&fed.core).await?;
    let mut tx = fed.core.db.begin().await?;
    let now = fed.core.now();
    for (kind, at) in
        [(JobKind::Tidy, now), (JobKind::Digest, now), (JobKind::Agenda, now), (JobKind::CheckNightly, comparing::next_night(&fed.core))]
    {
        jobs::enqueue(&mut tx, JobId(fed.core.ids.next()), kind, "", at).await?;
    }
    match next_backup {
        Some(at) => {
            jobs::enqueue(&mut tx, JobId(fed.core.ids.next()), JobKind::Backup, "", at).await?;
            jobs::hasten(&mut tx, JobKind::Backup, "", at).await?;
        }
        None => jobs::cancel(&mut tx, JobKind::Backup, "").await?,
    }
    asking_again::begin_all(&fed.core, &mut tx).await?;
    fed.core.commit(tx).await
}

/// Ends a backup when the process stops.
#[derive(Debug, Default)]
struct Stopping(AtomicBool);

impl Watcher for Stopping {
    fn at(&self, _: Stage, _: u64, _: u64) {}
    fn stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

async fn backup(fed: &Federation) -> Result<()> {
    let stopping = Arc::new(Stopping::default());
    let watch: Watch = stopping.clone();
    let making = routine::run(&fed.core, &watch);
    let looking = async {
        while !fed.stopping.load(Ordering::Relaxed) {
            tokio::time::sleep(LOOK_WHETHER_STOPPING).await;
        }
        stopping.0.store(true, Ordering::Relaxed);
        std::future::pending::<()>().await;
    };
    tokio::select! {
        made = making => made,
        () = looking => Ok(()),
    }
}

/// Queues what is compared tonight.
async fn check_nightly(fed: &Federation) -> Result<()> {
    let mut tx = fed.core.db.begin().await?;
    comparing::tonight(&fed.core, &mut tx).await?;
    fed.core.commit(tx).await
}

/// What is done every hour: asking others what is due, throwing away what has expired, and measuring what is left.
async fn tidy(fed: &Federation) -> Result<()> {
    fed.forget_quiet_servers();
    fed.letters.forget();
    let mut tx = fed.core.db.begin().await?;
    registering::expire(&fed.core, &mut tx).await?;
    offering::ask_daily(&fed.core, &mut tx).await?;
    regions::read_daily(&fed.core, &mut tx).await?;
    connecting::say_again(&fed.core, &mut tx).await?;
    fed.core.commit(tx).await?;
    tidying::tidy(&fed.core).await?;
    sizes::measure(&fed.core).await?;
    files::tidy(&fed.core).await?;
    fed.core.db.forget().await
}
