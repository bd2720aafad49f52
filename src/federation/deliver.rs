//! Sending: one lane for each server. In a lane, what is about the same thing goes in order, up to four different things at
//! the same time; a server that does not answer rests, longer each time, and holds up nobody else.
//!
//! A lane keeps its four places filled: one that is slow does not make three others wait. What became of each is written
//! down by `noting`, for all lanes together.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use reqwest::StatusCode;
use tokio::task::JoinSet;

use super::Federation;
use super::noting::{Standing, What};
use super::waiting::backoff;
use super::writer::{Written, written};
use crate::db::deliveries::{self, Delivery};
use crate::db::lanes::{self, Lane};
use crate::error::{Error, Result};
use crate::model::{ActivityId, Time};
use crate::ops::claims::Claim;

/// Lanes that are worked at the same time. Most of the time of each goes by waiting for the other server; what bounds them is
/// connections, of which a process often has a thousand.
pub const LANES: usize = 96;
/// Deliveries of one lane that are under way at the same time.
const WINDOW: usize = 4;
/// Deliveries read at once.
const PAGE: usize = 32;
/// A lane that holds no more than so many deliveries is read with others.
const SHORT: i64 = 8;
/// After so long an activity is given up; and the server with it, when it failed all that time.
pub const PATIENCE: i64 = 30 * Time::DAY;
/// So many failures in a row make the whole lane rest; then one is sent to see, and the others when that arrived.
const FAILURES: i64 = 5;
/// The first wait.
const FIRST: i64 = Time::MINUTE;
/// While something slow is under way, a lane looks this often whether something new can leave beside it.
const LOOK: Duration = Duration::from_secs(1);

/// A lane that was taken, with what may leave in it when it is a short one: those are read together.
#[derive(Debug)]
pub struct Taken {
    pub lane: Lane,
    due: Vec<Delivery>,
}

/// Something that arrived at another server.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub host: String,
    pub activity: ActivityId,
    pub said_at: Time,
    pub at: Time,
}

/// What a server made of a delivery.
#[derive(Debug)]
pub(super) enum Fate {
    Arrived,
    /// It will not take this one, now or ever.
    Refused(String),
    /// Not now; perhaps it said in how many seconds.
    Later {
        why: String,
        wait: Option<i64>,
    },
    /// There is no such inbox (404), or not any more (410).
    Missing {
        gone: bool,
        why: String,
    },
}

impl Federation {
    /// Takes up to `most` lanes in which something is due.
    ///
    /// # Errors
    /// When the database can't be read or written.
    pub async fn take_lanes(&self, most: usize) -> Result<Vec<Taken>> {
        if lanes::next_due(&mut self.core.db.conn()).await?.is_none_or(|due| due > self.core.now()) {
            return Ok(Vec::new());
        }
        self.leaves().await?;
        let mut tx = self.core.db.begin().await?;
        let taken = lanes::claim(&mut tx, self.core.ids.slot(), self.core.now(), i64::try_from(most).unwrap_or(i64::MAX)).await?;
        let hosts = taken.iter().map(|lane| lane.host.as_str());
        let mut due = HashMap::<String, Vec<Delivery>>::new();
        for delivery in deliveries::due_in_short(&mut tx, hosts, self.core.now(), SHORT).await? {
            due.entry(delivery.host.clone()).or_default().push(delivery);
        }
        self.core.claims.commit(tx, taken.iter().map(|lane| Claim::Lane(lane.host.clone()))).await?;
        Ok(taken.into_iter().map(|lane| Taken { due: due.remove(&lane.host).unwrap_or_default(), lane }).collect())
    }

    /// Works one lane that was taken, and lets it go; says how many deliveries were tried, or what went wrong before it was let go.
    ///
    /// # Errors
    /// When it can't be let go.
    pub async fn work_lane(self: &Arc<Self>, taken: Taken) -> Result<Result<usize>> {
        let host = taken.lane.host.clone();
        let mut work = Work::new(self, taken);
        let outcome = work.empty().await;
        // Nothing could leave though something was due: it waits behind something that waits.
        let in_line = work.tried == 0;
        // After an error some may be under way: who takes the lane next must not meet them.
        work.flying.shutdown().await;
        self.notes.release(&host, in_line).await?;
        Ok(outcome)
    }

    /// Every lane that rests may try once more, now.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn wake_lanes(&self) -> Result<()> {
        let mut tx = self.core.db.begin().await?;
        lanes::wake_all(&mut tx).await?;
        lanes::hasten_all(&mut tx, self.core.now()).await?;
        self.core.commit(tx).await
    }

    /// Sends one; `just_read` when it has been read from the database a moment ago, so that nobody has taken it back.
    async fn send(&self, delivery: &Delivery, just_read: bool) -> Result<Fate> {
        // Who waits for a turn may wait long.
        let just_read = !self.courtesy.wait().await && just_read;
        if !self.core.may_federate_with(&delivery.host).await? {
            return Ok(Fate::Refused("we don't speak with this server".into()));
        }
        let Some(letter) = self.letter(delivery.activity_id, just_read).await? else { return Ok(Fate::Refused("taken back".into())) };
        let answer = match self.client.post(&delivery.inbox, letter.body.clone(), &letter.speaker).await {
            Ok(answer) => answer,
            Err(Error::Bad(why)) => return Ok(Fate::Refused(why)),
            Err(error) => return Ok(Fate::Later { why: error.to_string(), wait: None }),
        };
        let status = answer.status;
        let why = || format!("answered {status}: {}", answer.text);
        Ok(match status {
            _ if status.is_success() => Fate::Arrived,
            StatusCode::NOT_FOUND | StatusCode::GONE => Fate::Missing { gone: status == StatusCode::GONE, why: why() },
            // It will never learn this.
            StatusCode::NOT_IMPLEMENTED => Fate::Refused(why()),
            StatusCode::UNAUTHORIZED | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => Fate::Later { why: why(), wait: None },
            StatusCode::TOO_MANY_REQUESTS => Fate::Later { why: why(), wait: Some(answer.retry_after.unwrap_or(FIRST / Time::SECOND)) },
            StatusCode::SERVICE_UNAVAILABLE => Fate::Later { why: why(), wait: answer.retry_after },
            _ if status.is_server_error() => Fate::Later { why: why(), wait: None },
            _ => Fate::Refused(why()),
        })
    }
}

type Landed = (Delivery, Result<Fate>);

/// A lane that is being worked.
#[expect(clippy::struct_excessive_bools, reason = "none of them says what another one does")]
struct Work<'a> {
    fed: &'a Arc<Federation>,
    lane: Lane,
    /// What is under way, and what ended since this was looked at. Each is a task: it goes on while the lane waits for
    /// something. Else it could be given the connection for which its own lane waits, and hold it for ever.
    flying: JoinSet<Landed>,
    /// Which these are.
    away: HashSet<(ActivityId, String)>,
    ready: VecDeque<Delivery>,
    /// Everything that waits in the lane has been read.
    seen_all: bool,
    /// What is ready has been read a moment ago.
    just_read: bool,
    /// Notes that may not be on disk yet.
    noted: Vec<Written>,
    /// The server has failed too often, or asks us to wait: nothing more leaves.
    rests: bool,
    /// It had failed too often before: one is sent to see.
    probing: bool,
    tried: usize,
}

impl<'a> Work<'a> {
    fn new(fed: &'a Arc<Federation>, Taken { lane, due }: Taken) -> Self {
        let mut new = Self {
            fed,
            probing: lane.failures >= FAILURES,
            lane,
            flying: JoinSet::new(),
            away: HashSet::new(),
            ready: VecDeque::new(),
            seen_all: false,
            just_read: false,
            noted: Vec::new(),
            rests: false,
            tried: 0,
        };
        new.read(due);
        new
    }

    /// What was read of the lane just now.
    fn read(&mut self, due: Vec<Delivery>) {
        // With everything that waits there is nothing to look for any more; what comes meanwhile is for who takes the lane next.
        self.seen_all = due.first().is_some_and(|first| usize::try_from(first.in_lane) == Ok(due.len()));
        self.just_read = true;
        self.ready = due.into_iter().filter(|delivery| !self.away.contains(&key(delivery))).collect();
    }

    /// Sends what may leave, until nothing may or the server fails.
    async fn empty(&mut self) -> Result<usize> {
        loop {
            if !self.rests && !self.fed.stopping.load(Ordering::Relaxed) {
                self.fill().await?;
            }
            let landed = tokio::select! {
                landed = self.flying.join_next() => landed,
                () = tokio::time::sleep(LOOK), if self.flying.len() < self.window() && !self.rests => {
                    // Something slow is under way, and something new may leave beside it.
                    self.seen_all = false;
                    continue;
                }
            };
            match landed {
                Some(Ok((delivery, fate))) => self.conclude(delivery, fate?).await?,
                Some(Err(broken)) => return Err(Error::Internal(format!("a delivery ended badly: {broken}"))),
                None => {
                    self.settle().await?;
                    return Ok(self.tried);
                }
            }
        }
    }

    fn window(&self) -> usize {
        if self.probing { 1 } else { WINDOW }
    }

    /// Fills the free places.
    async fn fill(&mut self) -> Result<()> {
        if self.ready.is_empty() && self.flying.len() < self.window() && !self.seen_all {
            // What is over must be seen to be over: it stands no longer before what comes after it.
            self.settle().await?;
            let most = i64::try_from(PAGE + self.flying.len()).unwrap_or(i64::MAX);
            let due = deliveries::due(&mut self.fed.core.db.conn(), &self.lane.host, self.fed.core.now(), most).await?;
            self.read(due);
        }
        let just_read = std::mem::take(&mut self.just_read);
        while self.flying.len() < self.window() {
            let Some(delivery) = self.ready.pop_front() else { break };
            self.away.insert(key(&delivery));
            self.tried += 1;
            let fed = self.fed.clone();
            self.flying.spawn(async move {
                let fate = fed.send(&delivery, just_read).await;
                (delivery, fate)
            });
        }
        Ok(())
    }

    /// Waits until everything noted is on disk.
    async fn settle(&mut self) -> Result<()> {
        while let Some(note) = self.noted.pop() {
            written(note).await?;
        }
        Ok(())
    }

    /// Notes what became of one.
    async fn conclude(&mut self, delivery: Delivery, fate: Fate) -> Result<()> {
        let now = self.fed.core.now();
        self.away.remove(&key(&delivery));
        self.fed.core.metrics.delivery(match &fate {
            Fate::Arrived => "arrived",
            Fate::Refused(_) => "refused",
            Fate::Missing { .. } => "missing",
            Fate::Later { .. } => "later",
        });
        let (what, standing) = match fate {
            Fate::Arrived => {
                let Delivery { host, activity_id: activity, said_at, .. } = &delivery;
                // Nobody may be looking.
                let _ = self.fed.arrivals.send(Arrival { host: host.clone(), activity: *activity, said_at: *said_at, at: now });
                (if self.lane.missing { What::Found } else { What::Over }, self.answers())
            }
            Fate::Refused(why) => {
                tracing::info!(inbox = %delivery.inbox, activity = %delivery.activity_id, why, "delivery given up");
                (What::Over, self.answers())
            }
            Fate::Missing { gone, why } => {
                // Its deliveries, this one among them, have been put off, sent elsewhere or dropped.
                self.fed.inbox_is_missing(&delivery, gone, &why).await?;
                self.ready.retain(|other| other.inbox != delivery.inbox);
                self.lane.missing = true;
                self.seen_all = false;
                (What::Noted, self.answers())
            }
            Fate::Later { why, wait: Some(seconds) } => {
                self.rests = true;
                let at = now.plus(seconds * Time::SECOND);
                (What::Later(at, why.clone()), Standing::Waits(at, why))
            }
            Fate::Later { why, wait: None } => {
                let at = now.plus(backoff(FIRST, delivery.attempts + 1, delivery.activity_id.0));
                // What was under way beside the one with which the rest began says nothing new.
                if self.rests {
                    self.noted.push(self.fed.notes.delivery(delivery, What::Later(at, why), Standing::Same).await?);
                    return Ok(());
                }
                self.lane.failures += 1;
                let over = self.lane.failures - FAILURES;
                self.rests = over >= 0 || delivery.said_at.plus(PATIENCE) < now;
                let rest = if over >= 0 { now.plus(backoff(FIRST, over + 1, spread(&self.lane.host))) } else { Time(0) };
                (What::Later(at, why.clone()), Standing::Failed(rest, why))
            }
        };
        self.noted.push(self.fed.notes.delivery(delivery, what, standing).await?);
        Ok(())
    }

    /// The server answers: it is well, or well again.
    fn answers(&mut self) -> Standing {
        self.lane.failures = 0;
        if std::mem::take(&mut self.probing) { Standing::Back } else { Standing::Well }
    }
}

fn key(delivery: &Delivery) -> (ActivityId, String) {
    (delivery.activity_id, delivery.inbox.clone())
}

/// A number of a name, for the spread of its waits.
fn spread(host: &str) -> i64 {
    host.bytes().fold(7, |sum: i64, byte| sum.wrapping_mul(31).wrapping_add(i64::from(byte)))
}
