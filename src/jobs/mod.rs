//! The worker: claim, run, done or retry. Each kind of work has a loop of its own, so that a slow one holds up no other;
//! they are woken when something was queued, and wait for the next thing that falls due.

mod bell;
mod kinds;
mod mailer;
mod smtp;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use self::bell::tell;
use self::kinds::run_job;
pub use self::kinds::schedule_routine;
pub use self::mailer::test as test_mail;
pub use self::smtp::greet as greet_mail_server;
use crate::db::jobs::{self, Job};
use crate::db::{lanes, lease};
use crate::error::Result;
use crate::federation::Federation;
use crate::federation::deliver::{LANES, Taken};
use crate::federation::turns::Batch;
use crate::model::Time;
use crate::ops::claims::{Claim, Held};
use crate::ops::{measuring, sending};

/// Jobs, and mails, that are worked at the same time.
const AT_ONCE: usize = 4;
/// Batches of the inbox that are worked at the same time. A few servers that are slow to be asked hold a few of them.
const BATCHES: usize = 8;
/// Looking again though nobody woke us: what another process left, or queued.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// How long who looks for more work waits for others to end, while there is much under way.
const GATHER: Duration = Duration::from_millis(10);
/// How long who was woken waits for more to be queued: a look costs about the same for one as for many, and whatever is committed
/// wakes everybody.
const CALM: Duration = Duration::from_millis(5);
/// A loop that has not been heard of for so long is stuck.
const QUIET: i64 = 3 * Time::MINUTE;
/// And so is one whose hands are full, when none of what it works on ends for so long.
const LONGEST: i64 = 30 * Time::MINUTE;
/// After trouble with the database.
const REST: Duration = Duration::from_secs(2);

/// Runs until `stop`; then every loop ends what it has begun.
pub async fn run(fed: Arc<Federation>, stop: CancellationToken) {
    if let Err(error) = schedule_routine(&fed).await {
        error.log();
    }
    // What kept others from answering may have been here, and be mended: every lane that rests tries once.
    if let Err(error) = fed.wake_lanes().await {
        error.log();
    }
    tokio::join!(
        keep_working::<Inbox>(&fed, &stop),
        outgoing(&fed, &stop),
        keep_working::<Lanes>(&fed, &stop),
        keep_working::<Jobs>(&fed, &stop),
        keep_working::<mailer::Mails>(&fed, &stop),
        guard(&fed, &stop),
        measure(&fed, &stop),
        bell::hear(&fed, &stop)
    );
}

/// Waits for `stop`, something queued (and `calm` after that), `due`, or the time to look again.
async fn pause(
    fed: &Federation,
    stop: &CancellationToken,
    woken: &mut tokio::sync::watch::Receiver<u64>,
    calm: Duration,
    due: Option<Time>,
) {
    let wait = due.map_or(LOOK_AGAIN, |due| Duration::from_millis(u64::try_from(due.0 - fed.core.now().0).unwrap_or(0)).min(LOOK_AGAIN));
    tokio::select! {
        () = stop.cancelled() => {}
        _ = woken.changed() => tokio::time::sleep(calm).await,
        () = tokio::time::sleep(wait) => {}
    }
}

async fn rest(stop: &CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(REST) => {}
    }
}

/// A kind of work that is taken in pieces, several of which are worked at the same time.
trait Work: 'static {
    type Piece: Send + 'static;
    /// The name of its loop.
    const NAME: &str;
    /// How many pieces are worked at the same time.
    const AT_ONCE: usize;
    /// While more than so many are under way, others may end before more is taken.
    const FEW: usize = Self::AT_ONCE / 2;
    /// How long it can wait to see what else is queued.
    const CALM: Duration = CALM;

    /// Takes up to `most` pieces that are due.
    fn take(fed: &Federation, most: usize) -> impl Future<Output = Result<Vec<Self::Piece>>> + Send;
    /// When the next piece falls due that nobody has taken.
    fn next_due(fed: &Federation) -> impl Future<Output = Result<Option<Time>>> + Send;
    /// What has been claimed with a piece.
    fn claim(piece: &Self::Piece) -> Claim;
    /// Works a piece that was taken, and says so when nothing of it is `held` any more.
    fn work(fed: Arc<Federation>, piece: Self::Piece, held: Held) -> impl Future<Output = Result<()>> + Send + 'static;
}

/// What arrived in the inbox; a piece is a batch.
struct Inbox;

impl Work for Inbox {
    type Piece = Batch;
    const NAME: &str = "inbox";
    const AT_ONCE: usize = BATCHES;
    // What comes while a batch is worked on is the next one; a batch of one costs nearly as much as one of many.
    const FEW: usize = 0;
    const CALM: Duration = Duration::ZERO;

    async fn take(fed: &Federation, _: usize) -> Result<Vec<Self::Piece>> {
        let batch = fed.take_received().await?;
        Ok(if batch.is_empty() { Vec::new() } else { vec![batch] })
    }
    async fn next_due(fed: &Federation) -> Result<Option<Time>> {
        fed.next_received().await
    }
    fn claim(batch: &Self::Piece) -> Claim {
        Claim::Received(batch.ids())
    }
    async fn work(fed: Arc<Federation>, batch: Batch, held: Held) -> Result<()> {
        fed.process(batch).await.map(|_| held.done())
    }
}

/// What is on its way to other servers; a piece is the lane of a host.
struct Lanes;

impl Work for Lanes {
    type Piece = Taken;
    const NAME: &str = "lanes";
    const AT_ONCE: usize = LANES;

    async fn take(fed: &Federation, most: usize) -> Result<Vec<Self::Piece>> {
        fed.take_lanes(most).await
    }
    async fn next_due(fed: &Federation) -> Result<Option<Time>> {
        lanes::next_due(&mut fed.core.db.conn()).await
    }
    fn claim(taken: &Self::Piece) -> Claim {
        Claim::Lane(taken.lane.host.clone())
    }
    async fn work(fed: Arc<Federation>, taken: Taken, held: Held) -> Result<()> {
        let outcome = fed.work_lane(taken).await?;
        held.done();
        outcome.map(drop)
    }
}

/// Everything else.
struct Jobs;

impl Work for Jobs {
    type Piece = Job;
    const NAME: &str = "jobs";
    const AT_ONCE: usize = AT_ONCE;
    const CALM: Duration = Duration::from_millis(20);

    async fn take(fed: &Federation, most: usize) -> Result<Vec<Self::Piece>> {
        take_jobs(fed, most).await
    }
    async fn next_due(fed: &Federation) -> Result<Option<Time>> {
        jobs::next_due(&mut fed.core.db.conn()).await
    }
    fn claim(job: &Self::Piece) -> Claim {
        Claim::Job(job.id)
    }
    async fn work(fed: Arc<Federation>, job: Self::Piece, held: Held) -> Result<()> {
        Box::pin(run_job(&fed, job)).await.map(|()| held.done())
    }
}

/// Takes and works what is due of a kind, until `stop`; then what was begun is ended.
async fn keep_working<W: Work>(fed: &Arc<Federation>, stop: &CancellationToken) {
    let mut woken = fed.core.wake.subscribe();
    let mut running: JoinSet<Result<()>> = JoinSet::new();
    let pulse = fed.core.pulses.begin(W::NAME);
    while !stop.is_cancelled() {
        woken.borrow_and_update();
        pulse.beat(fed.core.now().plus(if running.len() < W::AT_ONCE { QUIET } else { LONGEST }));
        let due = match begin::<W>(fed, &mut running).await {
            Ok(due) => due,
            Err(error) => {
                error.log();
                rest(stop).await;
                continue;
            }
        };
        if running.len() >= W::AT_ONCE {
            pulse.beat(fed.core.now().plus(LONGEST));
        }
        tokio::select! {
            Some(done) = running.join_next(), if !running.is_empty() => {
                if complain(done) {
                    rest(stop).await;
                }
            }
            () = pause(fed, stop, &mut woken, W::CALM, due), if running.len() < W::AT_ONCE => {}
        }
        if gather(&mut running, W::FEW).await {
            rest(stop).await;
        }
    }
    while let Some(done) = running.join_next().await {
        complain(done);
    }
}

/// Waits a moment for others that end, as long as more than `most` are running: a look for what comes next costs about the same for
/// one as for many. Says whether something went wrong with one.
async fn gather(running: &mut JoinSet<Result<()>>, most: usize) -> bool {
    let mut trouble = false;
    let moment = tokio::time::sleep(GATHER);
    tokio::pin!(moment);
    while running.len() > most {
        tokio::select! {
            Some(done) = running.join_next() => trouble |= complain(done),
            () = &mut moment => break,
        }
    }
    while let Some(done) = running.try_join_next() {
        trouble |= complain(done);
    }
    trouble
}

/// Begins what is due, as far as there is room; says when more will be, when there is room for it. What was taken is held from
/// the first moment: an error after that does not lose it.
async fn begin<W: Work>(fed: &Arc<Federation>, running: &mut JoinSet<Result<()>>) -> Result<Option<Time>> {
    let room = W::AT_ONCE - running.len();
    if room > 0 {
        for piece in W::take(fed, room).await? {
            let (fed, held) = (fed.clone(), fed.core.claims.hold(W::claim(&piece)));
            running.spawn(W::work(fed, piece, held));
        }
    }
    if running.len() < W::AT_ONCE { W::next_due(fed).await } else { Ok(None) }
}

/// Logs what went wrong; says whether something did.
fn complain(done: std::result::Result<Result<()>, tokio::task::JoinError>) -> bool {
    match done {
        Ok(Ok(())) => false,
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
    let pulse = fed.core.pulses.begin("outgoing");
    while !stop.is_cancelled() {
        woken.borrow_and_update();
        pulse.beat(fed.core.now().plus(QUIET));
        match fed.make_outgoing().await {
            Ok(0) => pause(fed, stop, &mut woken, CALM, None).await,
            Ok(_) => {}
            Err(error) => {
                error.log();
                rest(stop).await;
            }
        }
    }
}

/// Puts back what ended badly here, and what processes had in their hands that died: at once where they are seen to go, and
/// now and then in any case.
async fn guard(fed: &Arc<Federation>, stop: &CancellationToken) {
    let mut others = BTreeSet::new();
    let mut rounds = 0_u64;
    let pulse = fed.core.pulses.begin("guard");
    while !stop.is_cancelled() {
        pulse.beat(fed.core.now().plus(QUIET));
        match fed.core.claims.put_back(&fed.core.db, fed.core.ids.slot(), fed.core.now()).await {
            Ok(true) => fed.core.wake(),
            Ok(false) => {}
            Err(error) => error.log(),
        }
        let now_and_then = rounds.is_multiple_of(LOOK_AGAIN.as_secs() / REST.as_secs());
        if let Err(error) = mourn(fed, &mut others, now_and_then).await {
            error.log();
        }
        rounds += 1;
        rest(stop).await;
    }
}

/// Reads the figures for who asks for them, as long as somebody may ask.
async fn measure(fed: &Arc<Federation>, stop: &CancellationToken) {
    if fed.core.config.metrics.listen.is_empty() {
        return;
    }
    let pulse = fed.core.pulses.begin("figures");
    while !stop.is_cancelled() {
        pulse.beat(fed.core.now().plus(QUIET));
        if let Err(error) = measuring::measure(&fed.core).await {
            error.log();
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(Duration::from_millis(measuring::EVERY.unsigned_abs())) => {}
        }
    }
}

/// Looks which of the other processes has gone since the last time, and puts back what it had.
async fn mourn(fed: &Federation, others: &mut BTreeSet<i64>, in_any_case: bool) -> Result<()> {
    let alive = lease::alive(&fed.core.db).await?.unwrap_or_default();
    let gone = others.difference(&alive).next().is_some();
    *others = alive;
    let mine = u16::try_from(fed.core.ids.slot()).unwrap_or_default();
    if (gone || in_any_case) && lease::release_the_dead(&fed.core.db, &fed.core.config.data_dir, mine, false).await? {
        fed.core.wake();
    }
    Ok(())
}

/// Takes up to `most` jobs that are due.
async fn take_jobs(fed: &Federation, most: usize) -> Result<Vec<Job>> {
    let now = fed.core.now();
    if jobs::next_due(&mut fed.core.db.conn()).await?.is_none_or(|due| due > now) {
        return Ok(Vec::new());
    }
    let mut tx = fed.core.db.begin().await?;
    let claimed = jobs::claim(&mut tx, fed.core.ids.slot(), now, i64::try_from(most).unwrap_or(1)).await?;
    fed.core.claims.commit(tx, claimed.iter().map(|job| Claim::Job(job.id))).await?;
    Ok(claimed)
}

/// Does everything that is due now, one thing after the other, until nothing is; says whether anything was. Tests drive
/// the work with this instead of [`run`].
///
/// # Errors
/// When the database can't be read or written.
pub async fn run_due(fed: &Arc<Federation>) -> Result<bool> {
    let mut any = false;
    loop {
        let mut done = Box::pin(fed.process(fed.take_received().await?)).await? + Box::pin(fed.make_outgoing()).await?;
        for lane in fed.take_lanes(LANES).await? {
            done += fed.work_lane(lane).await??;
        }
        for job in take_jobs(fed, AT_ONCE).await? {
            Box::pin(run_job(fed, job)).await?;
            done += 1;
        }
        for mail in sending::take(&fed.core, AT_ONCE).await? {
            Box::pin(mailer::work(&fed.core, mail)).await?;
            done += 1;
        }
        if done == 0 {
            return Ok(any);
        }
        any = true;
    }
}
