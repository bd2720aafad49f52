//! The worker: claim, run, done or retry. Each kind of work has a loop of its own, so that a slow one holds up no other;
//! they are woken when something was queued, and wait for the next thing that falls due.

mod held;

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use self::held::{Abandoned, Claim};
use crate::db::jobs::{self, Job, JobKind};
use crate::db::{Tx, accounts, backfill, deliveries, lease, received, settings};
use crate::error::Result;
use crate::federation::Federation;
use crate::federation::backfill::Left;
use crate::federation::deliver::{LANES, backoff};
use crate::model::{ActorId, JobId, Time};

/// Batches of the inbox, and jobs, that are worked at the same time.
const AT_ONCE: usize = 4;
/// Looking again though nobody woke us: what another process left, or queued.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// After trouble with the database.
const REST: Duration = Duration::from_secs(2);
/// A server's software is asked for so often before it stays unknown.
const LOOK_UPS: i64 = 6;
/// One run of bringing in history; it goes on from where it was.
const LONGEST_RUN: Duration = Duration::from_mins(5);
/// Answers to double clicks are kept this long.
const SUBMISSIONS_KEPT: i64 = 7 * Time::DAY;

/// Runs until `stop`; then every loop ends what it has begun.
pub async fn run(fed: Arc<Federation>, stop: CancellationToken) {
    if let Err(error) = schedule_tidying(&fed).await {
        error.log();
    }
    let abandoned = Abandoned::default();
    tokio::join!(
        inbox(&fed, &stop, &abandoned),
        outgoing(&fed, &stop),
        lanes(&fed, &stop, &abandoned),
        others(&fed, &stop, &abandoned),
        guard(&fed, &stop, &abandoned)
    );
}

/// Waits for `stop`, something queued, `due`, or the time to look again.
async fn pause(fed: &Federation, stop: &CancellationToken, woken: &mut tokio::sync::watch::Receiver<u64>, due: Option<Time>) {
    let wait = due.map_or(LOOK_AGAIN, |due| Duration::from_millis(u64::try_from(due.0 - fed.core.now().0).unwrap_or(0)).min(LOOK_AGAIN));
    tokio::select! {
        () = stop.cancelled() => {}
        _ = woken.changed() => {}
        () = tokio::time::sleep(wait) => {}
    }
}

async fn rest(stop: &CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(REST) => {}
    }
}

async fn inbox(fed: &Arc<Federation>, stop: &CancellationToken, abandoned: &Abandoned) {
    let mut woken = fed.core.wake.subscribe();
    let mut running: JoinSet<Result<usize>> = JoinSet::new();
    while !stop.is_cancelled() {
        woken.borrow_and_update();
        let taken = if running.len() < AT_ONCE { fed.take_received().await } else { Ok(Vec::new()) };
        let due = received::next_due(&mut fed.core.db.conn()).await;
        let (batch, due) = match (taken, due) {
            (Ok(batch), Ok(due)) => (batch, due),
            (Err(error), _) | (_, Err(error)) => {
                error.log();
                rest(stop).await;
                continue;
            }
        };
        if !batch.is_empty() {
            let (fed, held) = (fed.clone(), abandoned.hold(Claim::Received(batch.iter().map(|received| received.id).collect())));
            running.spawn(async move { fed.process(batch).await.inspect(|_| held.done()) });
        }
        tokio::select! {
            Some(done) = running.join_next(), if !running.is_empty() => if complain(done) { rest(stop).await },
            () = pause(fed, stop, &mut woken, due), if running.len() < AT_ONCE => {}
        }
    }
    while let Some(done) = running.join_next().await {
        complain(done);
    }
}

/// Logs what went wrong; says whether something did.
fn complain<T>(done: std::result::Result<Result<T>, tokio::task::JoinError>) -> bool {
    match done {
        Ok(Ok(_)) => false,
        Ok(Err(error)) => {
            error.log();
            true
        }
        Err(error) => {
            tracing::error!(%error, "a piece of work ended badly");
            true
        }
    }
}

async fn outgoing(fed: &Arc<Federation>, stop: &CancellationToken) {
    let mut woken = fed.core.wake.subscribe();
    while !stop.is_cancelled() {
        woken.borrow_and_update();
        match fed.make_outgoing().await {
            Ok(0) => pause(fed, stop, &mut woken, None).await,
            Ok(_) => {}
            Err(error) => {
                error.log();
                rest(stop).await;
            }
        }
    }
}

async fn lanes(fed: &Arc<Federation>, stop: &CancellationToken, abandoned: &Abandoned) {
    let mut woken = fed.core.wake.subscribe();
    let mut running: JoinSet<Result<usize>> = JoinSet::new();
    while !stop.is_cancelled() {
        woken.borrow_and_update();
        let taken = fed.take_lanes(LANES - running.len()).await;
        let due = deliveries::next_due(&mut fed.core.db.conn()).await;
        let (lanes, due) = match (taken, due) {
            (Ok(lanes), Ok(due)) => (lanes, due),
            (Err(error), _) | (_, Err(error)) => {
                error.log();
                rest(stop).await;
                continue;
            }
        };
        for lane in lanes {
            let (fed, held) = (fed.clone(), abandoned.hold(Claim::Lane(lane.clone())));
            running.spawn(async move { fed.work_lane(lane).await.inspect(|_| held.done()) });
        }
        tokio::select! {
            Some(done) = running.join_next(), if !running.is_empty() => if complain(done) { rest(stop).await },
            () = pause(fed, stop, &mut woken, due), if running.len() < LANES => {}
        }
    }
    while let Some(done) = running.join_next().await {
        complain(done);
    }
}

async fn others(fed: &Arc<Federation>, stop: &CancellationToken, abandoned: &Abandoned) {
    let mut woken = fed.core.wake.subscribe();
    let mut running: JoinSet<Result<()>> = JoinSet::new();
    while !stop.is_cancelled() {
        woken.borrow_and_update();
        let (claimed, due) = match (claim(fed, AT_ONCE - running.len()).await, jobs::next_due(&mut fed.core.db.conn()).await) {
            (Ok(claimed), Ok(due)) => (claimed, due),
            (Err(error), _) | (_, Err(error)) => {
                error.log();
                rest(stop).await;
                continue;
            }
        };
        for job in claimed {
            let (fed, held) = (fed.clone(), abandoned.hold(Claim::Job(job.id)));
            running.spawn(async move { run_job(&fed, job).await.inspect(|()| held.done()) });
        }
        tokio::select! {
            Some(done) = running.join_next(), if !running.is_empty() => if complain(done) { rest(stop).await },
            () = pause(fed, stop, &mut woken, due), if running.len() < AT_ONCE => {}
        }
    }
    while let Some(done) = running.join_next().await {
        complain(done);
    }
}

/// Puts back what ended badly here, and looks now and then whether another process died with work in its hands.
async fn guard(fed: &Arc<Federation>, stop: &CancellationToken, abandoned: &Abandoned) {
    let mine = u16::try_from(fed.core.ids.slot()).unwrap_or_default();
    let mut rounds = 0_u64;
    while !stop.is_cancelled() {
        match abandoned.put_back(&fed.core.db, fed.core.now()).await {
            Ok(true) => fed.core.wake.send_modify(|count| *count += 1),
            Ok(false) => {}
            Err(error) => error.log(),
        }
        if rounds.is_multiple_of(LOOK_AGAIN.as_secs() / REST.as_secs())
            && let Err(error) = lease::release_the_dead(&fed.core.db, &fed.core.config.data_dir, mine, false).await
        {
            error.log();
        }
        rounds += 1;
        rest(stop).await;
    }
}

async fn claim(fed: &Federation, most: usize) -> Result<Vec<Job>> {
    let now = fed.core.now();
    if most == 0 || jobs::next_due(&mut fed.core.db.conn()).await?.is_none_or(|due| due > now) {
        return Ok(Vec::new());
    }
    let mut tx = fed.core.db.begin().await?;
    let claimed = jobs::claim(&mut tx, fed.core.ids.slot(), now, i64::try_from(most).unwrap_or(1)).await?;
    tx.commit().await?;
    Ok(claimed)
}

/// One piece of background work.
async fn run_job(fed: &Federation, job: Job) -> Result<()> {
    let outcome = match job.kind {
        JobKind::Backfill => match job.subject.parse::<ActorId>() {
            Ok(group) => tokio::time::timeout(LONGEST_RUN, fed.run_backfill(group)).await.unwrap_or(Ok(Left::Wait)),
            Err(_) => Ok(Left::Nothing),
        },
        JobKind::LookUpPeer => fed.look_up_peer(&job.subject).await.map(|()| Left::Nothing),
        JobKind::Tidy => tidy(fed).await.map(|()| Left::Nothing),
    };
    let now = fed.core.now();
    let mut tx = fed.core.db.begin().await?;
    match outcome {
        Ok(Left::Nothing) if job.kind == JobKind::Tidy => jobs::again(&mut tx, job.id, now.plus(Time::HOUR), true, None).await?,
        // Somebody may have asked for it anew while the last run ended.
        Ok(Left::Nothing) if job.kind == JobKind::Backfill && is_asked_anew(&mut tx, &job).await? => {
            jobs::again(&mut tx, job.id, now, true, None).await?;
        }
        Ok(Left::Nothing) => jobs::finish(&mut tx, job.id).await?,
        Err(error) if job.kind == JobKind::LookUpPeer && job.attempts >= LOOK_UPS => {
            tracing::info!(host = %job.subject, %error, "its software stays unknown");
            jobs::finish(&mut tx, job.id).await?;
        }
        Ok(Left::More) => jobs::again(&mut tx, job.id, now, true, None).await?,
        Ok(Left::Wait) => jobs::again(&mut tx, job.id, now.plus(Time::MINUTE), true, None).await?,
        Err(error) => {
            error.log();
            // Never given up: the group's page shows the error, and the other server may come back next week.
            jobs::again(&mut tx, job.id, now.plus(backoff(job.attempts, job.id.0)), false, Some(&error.to_string())).await?;
        }
    }
    fed.core.commit(tx).await
}

async fn is_asked_anew(tx: &mut Tx, job: &Job) -> Result<bool> {
    let Ok(group) = job.subject.parse::<ActorId>() else { return Ok(false) };
    Ok(backfill::get(tx, group).await?.is_some_and(|state| state.state != "done"))
}

async fn schedule_tidying(fed: &Federation) -> Result<()> {
    let mut tx = fed.core.db.begin().await?;
    jobs::enqueue(&mut tx, JobId(fed.core.ids.next()), JobKind::Tidy, "", fed.core.now()).await?;
    fed.core.commit(tx).await
}

/// Throws away what has expired.
async fn tidy(fed: &Federation) -> Result<()> {
    fed.forget_quiet_servers();
    let now = fed.core.now();
    let mut tx = fed.core.db.begin().await?;
    accounts::tidy_sessions(&mut tx, now).await?;
    accounts::tidy_failures(&mut tx, now.plus(-Time::DAY)).await?;
    settings::tidy_submissions(&mut tx, now.plus(-SUBMISSIONS_KEPT)).await?;
    fed.core.commit(tx).await
}

/// Does everything that is due now, one thing after the other, until nothing is; says whether anything was. Tests drive
/// the work with this instead of [`run`].
///
/// # Errors
/// When the database can't be read or written.
pub async fn run_due(fed: &Federation) -> Result<bool> {
    let mut any = false;
    loop {
        let mut done = Box::pin(fed.process(fed.take_received().await?)).await? + Box::pin(fed.make_outgoing()).await?;
        for lane in fed.take_lanes(LANES).await? {
            done += fed.work_lane(lane).await?;
        }
        for job in claim(fed, AT_ONCE).await? {
            Box::pin(run_job(fed, job)).await?;
            done += 1;
        }
        if done == 0 {
            return Ok(any);
        }
        any = true;
    }
}
