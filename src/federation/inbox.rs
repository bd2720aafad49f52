//! The inbox. [`Inbox::store`] keeps what arrived, many to a commit, before it is answered 202; [`Federation::process`]
//! works on it later, many to a commit again, each in a part of its own so that a bad one spoils no other.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{FutureExt, StreamExt};
use serde_json::Value;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;

use super::effect::Effect;
use super::{Federation, announce, choose_answer, create, delete, follow, json, like, undo, wire};
use crate::db::received::{self, Received};
use crate::db::{Tx, deliveries};
use crate::error::{Error, Result};
use crate::model::{Actor, ReceivedId, Time};
use crate::ops::{Core, Outcome};

/// Most activities in one commit.
const BATCH: usize = 64;
/// Arrivals that wait for a commit; beyond that peers are told to come back.
const WAITING: usize = 2_000;
/// How many of a batch may wait for other servers at the same time.
const FETCHING: usize = 8;
/// One activity may make us ask other servers for so long.
const PATIENCE: Duration = Duration::from_mins(1);
/// After this many attempts an activity is given up, and kept as failed.
const ATTEMPTS: i64 = 12;
/// An activity about something that never came is given up sooner.
const ATTEMPTS_UNKNOWN: i64 = 6;

/// Stores what arrives, with one commit for all that arrived while the last one was being written: a disk syncs a few
/// hundred times a second, a busy inbox gets more.
#[derive(Debug)]
pub struct Inbox {
    queue: Mutex<Option<mpsc::Sender<Arrival>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

type Arrival = (Received, oneshot::Sender<Result<()>>);

impl Inbox {
    /// Starts the writer.
    pub fn start(core: Arc<Core>) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        Self { queue: Mutex::new(Some(sender)), writer: Mutex::new(Some(tokio::spawn(write(core, receiver)))) }
    }

    /// Keeps an activity for good; returns when it is on disk.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it could not be written: nothing was accepted then.
    pub async fn store(&self, received: Received) -> Result<()> {
        let stopping = || Error::Unavailable("the server is stopping".into());
        let (done, stored) = oneshot::channel();
        let queue = self.queue.lock().await.clone().ok_or_else(stopping)?;
        queue.try_send((received, done)).map_err(|_| Error::Unavailable("too much arrives at once".into()))?;
        stored.await.map_err(|_| stopping())?
    }

    /// Takes nothing more and waits until everything taken is written.
    pub async fn close(&self) {
        self.queue.lock().await.take();
        if let Some(writer) = self.writer.lock().await.take()
            && let Err(error) = writer.await
        {
            tracing::error!(%error, "the inbox writer ended badly");
        }
    }
}

async fn write(core: Arc<Core>, mut queue: mpsc::Receiver<Arrival>) {
    let mut batch = Vec::with_capacity(BATCH);
    while queue.recv_many(&mut batch, BATCH).await > 0 {
        let outcome = unbroken(write_batch(&core, &batch)).await.flatten();
        if let Err(error) = &outcome {
            error.log();
        }
        for (_, done) in batch.drain(..) {
            let told = match &outcome {
                Ok(()) => Ok(()),
                Err(error) => Err(Error::Unavailable(error.to_string())),
            };
            // Who asked may have hung up by now; the activity is kept all the same.
            let _ = done.send(told);
        }
    }
}

/// A panic is a fault of ours in one piece of work: it is an error like another, and ends nothing else.
async fn unbroken<T>(work: impl Future<Output = T>) -> Result<T> {
    AssertUnwindSafe(work).catch_unwind().await.map_err(|_| Error::Internal("a piece of work panicked".into()))
}

async fn write_batch(core: &Core, batch: &[Arrival]) -> Result<()> {
    let mut tx = core.db.begin().await?;
    for (received, _) in batch {
        received::insert(&mut tx, received).await?;
    }
    core.commit(tx).await
}

/// Who says something, and how we know.
#[derive(Debug)]
pub struct Said<'a> {
    /// The actor; of a signed request the one who signed.
    pub by: &'a str,
    /// The group that passed it on.
    pub announced_by: Option<Actor>,
    /// As it arrived, when its author sent it to us; a group of ours passes that on.
    pub raw: Option<&'a str>,
    /// Whether the actor's own server says so, so that what it embeds can be believed.
    pub first_hand: bool,
    /// When it arrived.
    pub at: Time,
}

/// Finds out what an activity asks for, fetching what is missing.
///
/// # Errors
/// Passing ones when something can't be fetched now; else why it is refused.
pub async fn receive(fed: &Federation, activity: &Value, said: &Said<'_>) -> Result<Effect> {
    match wire::kind(activity) {
        "Create" | "Update" => Box::pin(create::receive(fed, activity, said)).await,
        "Delete" => Box::pin(delete::receive(fed, activity, said)).await,
        "Like" | "EmojiReact" => like::receive(fed, activity, said, true, wire::time(activity, "published")).await,
        "Undo" => Box::pin(undo::receive(fed, activity, said)).await,
        "ChooseAnswer" => choose_answer::receive(fed, activity, said, true, wire::time(activity, "published")).await,
        "Follow" if said.announced_by.is_none() => follow::receive(fed, activity, said).await,
        "Accept" if said.announced_by.is_none() => follow::receive_answer(fed, activity, said, true).await,
        "Reject" if said.announced_by.is_none() => follow::receive_answer(fed, activity, said, false).await,
        "Announce" if said.announced_by.is_none() => Box::pin(announce::receive(fed, activity, said)).await,
        // A downvote is ignored; so is what we don't know. Both are answered 202: a refusal makes some peers try for days.
        _ => Ok(Effect::Nothing("not a kind of activity that we act on")),
    }
}

/// What was found out about one received activity.
type Prepared = (Received, Result<Effect>);

impl Federation {
    /// Takes up to a batch of what was received and is due.
    ///
    /// # Errors
    /// When the database can't be read or written.
    pub async fn take_received(&self) -> Result<Vec<Received>> {
        let now = self.core.now();
        if received::next_due(&mut self.core.db.conn()).await?.is_none_or(|due| due > now) {
            return Ok(Vec::new());
        }
        let mut tx = self.core.db.begin().await?;
        let claimed = received::claim(&mut tx, self.core.ids.slot(), now, i64::try_from(BATCH).unwrap_or(i64::MAX)).await?;
        tx.commit().await?;
        Ok(claimed)
    }

    /// Works on what was taken; says on how many. Finding out what they ask for may need other servers and happens side
    /// by side; doing it is one commit for all that are ready, so that a slow server holds up only what comes from it.
    ///
    /// # Errors
    /// When the database can't be read or written; whoever took it puts back what is not dealt with.
    pub async fn process(&self, claimed: Vec<Received>) -> Result<usize> {
        let count = claimed.len();
        let (found, mut ready) = mpsc::channel(BATCH);
        // Both sides run side by side. One that stood still while it holds the writing connection would stop the other.
        let find_out = async {
            futures_util::stream::iter(claimed)
                .for_each_concurrent(FETCHING, |received| async {
                    let effect = unbroken(tokio::time::timeout(PATIENCE, Box::pin(self.prepare(&received)))).await;
                    let effect =
                        effect.and_then(|in_time| in_time.unwrap_or_else(|_| Err(Error::Remote("other servers took too long".into()))));
                    // The other side has given up: the rest is put back.
                    let _ = found.send((received, effect)).await;
                })
                .await;
            drop(found);
        };
        let act = async move {
            let mut batch = Vec::with_capacity(BATCH);
            while ready.recv_many(&mut batch, BATCH).await > 0 {
                self.apply(std::mem::take(&mut batch)).await?;
            }
            Ok::<_, Error>(())
        };
        let ((), outcome) = tokio::join!(find_out, act);
        outcome?;
        Ok(count)
    }

    async fn prepare(&self, received: &Received) -> Result<Effect> {
        let activity = json::parse(received.body.as_bytes()).map_err(Error::Bad)?;
        let said = Said { by: &received.actor, announced_by: None, raw: Some(&received.body), first_hand: true, at: received.received_at };
        receive(self, &activity, &said).await
    }

    async fn apply(&self, mut ready: Vec<Prepared>) -> Result<()> {
        // In the order in which they came, as far as they are ready.
        ready.sort_by_key(|(received, _)| received.id);
        let mut tx = self.core.db.begin().await?;
        for (received, effect) in ready {
            tx.begin_part().await?;
            let outcome = match effect {
                Ok(effect) => unbroken(Box::pin(effect.apply(&self.core, &mut tx))).await.flatten(),
                Err(error) => Err(error),
            };
            if outcome.is_ok() {
                tx.keep_part().await?;
            } else {
                tx.undo_part().await?;
            }
            self.conclude(&mut tx, &received, outcome).await?;
        }
        self.core.commit(tx).await
    }

    /// Notes what became of it.
    async fn conclude(&self, tx: &mut Tx, received: &Received, outcome: Result<Outcome>) -> Result<()> {
        let id = received.id;
        let again = self.core.now().plus(super::deliver::backoff(received.attempts + 1, id.0));
        match outcome {
            Ok(Outcome::Done) => received::finish(tx, id, "done", None).await,
            Ok(Outcome::Ignored(why)) => received::finish(tx, id, "ignored", Some(why)).await,
            Ok(Outcome::Again(why)) if received.attempts < ATTEMPTS => received::postpone(tx, id, again, &why).await,
            Ok(Outcome::Again(why)) => received::finish(tx, id, "failed", Some(&why)).await,
            Err(error) => {
                let most = match &error {
                    // Our own trouble: what was answered 202 waits until it is over.
                    Error::Unavailable(_) | Error::Internal(_) | Error::Conflict => i64::MAX,
                    Error::NotFound | Error::RemoteGone => ATTEMPTS_UNKNOWN,
                    error if error.is_passing() => ATTEMPTS,
                    _ => 0,
                };
                if received.attempts < most {
                    if matches!(error, Error::Internal(_)) {
                        error.log();
                    }
                    return received::postpone(tx, id, again, &error.to_string()).await;
                }
                tracing::info!(activity = %received.ap_id, actor = %received.actor, %error, "refused");
                received::finish(tx, id, "failed", Some(&error.to_string())).await
            }
        }
    }

    /// Keeps a verified activity and notes that its server is alive.
    ///
    /// # Errors
    /// [`Error::Bad`] when it is no activity; [`Error::Signature`] when it is not the signer's (T-01);
    /// [`Error::Unavailable`] when it can't be kept now.
    pub async fn take(&self, signer: &Actor, activity: &Value, body: String) -> Result<()> {
        let by = wire::field_id(activity, "actor").ok_or_else(|| Error::Bad("the activity has no actor".into()))?;
        if by != signer.ap_id {
            return Err(Error::Signature(format!("signed by {}, but the actor is {by}", signer.ap_id)));
        }
        if wire::kind(activity).is_empty() {
            return Err(Error::Bad("the activity has no type".into()));
        }
        // NodeBB's ids differ only behind the #, so that stays; one without an id is known by its content.
        let ap_id = match wire::id(activity) {
            Some(id) if id.len() <= super::client::LONGEST_URL => id.to_owned(),
            Some(_) => return Err(Error::Bad("the id is too long".into())),
            None => format!("{}#{}", signer.ap_id, super::sign::digest(body.as_bytes())),
        };
        if !crate::model::urls::same_origin(&ap_id, &signer.ap_id) {
            return Err(Error::Bad("the activity's id lies on another server than its actor".into()));
        }
        if self.pace.check_key(&signer.host).is_err() {
            return Err(Error::TooMany(1));
        }
        let now = self.core.now();
        let received = Received {
            id: ReceivedId(self.core.ids.next()),
            ap_id,
            actor: signer.ap_id.clone(),
            body,
            state: "new".into(),
            note: None,
            attempts: 0,
            next_at: now,
            received_at: now,
        };
        self.inbox.store(received).await?;
        let peer = deliveries::peer(&mut self.core.db.conn(), &signer.host).await?;
        if peer.is_some_and(|peer| peer.failures > 0) {
            let mut tx = self.core.db.begin().await?;
            deliveries::peer_revived(&mut tx, &signer.host, now).await?;
            self.core.commit(tx).await?;
        }
        Ok(())
    }
}
