//! The inbox. What [`super::intake`] kept is worked on here, many to a commit, each in a part of its own so that a bad one
//! spoils no other.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};
use serde_json::Value;
use tokio::sync::mpsc;

use super::authority::Act;
use super::effect::Effect;
use super::known::Known;
use super::turns::Batch;
use super::{
    Federation, add, announce, block, choose_answer, connection, create, delete, flag, follow, interest, join, json, like, lock, moving,
    undo, wire,
};
use crate::config::FederationMode;
use crate::db::Tx;
use crate::db::received::{self, Ended, Received};
use crate::error::{Error, Result};
use crate::model::{Actor, Time};
use crate::ops::Outcome;
use crate::ops::arrived::Via;
use crate::ops::background::unbroken;
use crate::ops::claims::Claim;
use crate::ops::replies::{self, Reply};

/// Most activities in one commit.
const BATCH: usize = 128;
/// Most of one server in a batch: what it sent may take long.
const SHARE: usize = 64;
/// How many of one server in a batch may wait for other servers at the same time.
const FETCHING: usize = 4;
/// How long those of a batch that are ready wait for others.
const GATHER: Duration = Duration::from_millis(2);
/// One activity may make us ask other servers for so long.
const PATIENCE: Duration = Duration::from_mins(1);
/// After this many attempts an activity is given up, and kept as failed.
const ATTEMPTS: i64 = 12;
/// An activity about something that never came is given up sooner.
const ATTEMPTS_UNKNOWN: i64 = 6;

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
    /// What is known of what it speaks of.
    pub known: &'a Known,
}

/// Finds out what an activity asks for, fetching what is missing.
///
/// # Errors
/// Passing ones when something can't be fetched now; else why it is refused.
///
/// Every kind on the heap: they lie inside one another, and the stack of a thread is small.
pub fn receive<'a>(fed: &'a Federation, activity: &'a Value, said: &'a Said<'a>) -> BoxFuture<'a, Result<Effect>> {
    let at = || wire::time(activity, "published");
    match wire::kind(activity) {
        _ if said.announced_by.is_none() && connection::concerns(activity) => connection::receive(fed, activity, said).boxed(),
        "Create" | "Update" => create::receive(fed, activity, said).boxed(),
        "Delete" => delete::receive(fed, activity, said).boxed(),
        "Like" | "EmojiReact" => like::receive(fed, activity, said, true, at()).boxed(),
        "Undo" => undo::receive(fed, activity, said).boxed(),
        "ChooseAnswer" => choose_answer::receive(fed, activity, said, true, at()).boxed(),
        "Lock" => lock::receive(fed, Act::of(activity), said).boxed(),
        "Add" | "Remove" if interest::concerns(activity) => interest::receive(fed, activity, said, false, at()).boxed(),
        "Add" | "Remove" => add::receive(fed, Act::of(activity), said).boxed(),
        "Block" => block::receive(fed, Act::of(activity), said).boxed(),
        "Flag" => flag::receive(fed, Act::of(activity), said).boxed(),
        "Move" => moving::receive(fed, activity, said).boxed(),
        "Follow" if said.announced_by.is_none() => follow::receive(fed, activity, said).boxed(),
        // Nobody but the two has a part in who comes to an event.
        "Join" if said.announced_by.is_none() => join::receive(fed, activity, said).boxed(),
        "Leave" if said.announced_by.is_none() => {
            let event = wire::field_id(activity, "object").unwrap_or_default();
            join::receive_leave(fed, event, wire::field_id(activity, "meent:join"), at(), said).boxed()
        }
        "Accept" | "TentativeAccept" | "Reject" if said.announced_by.is_none() => answered(fed, activity, said).boxed(),
        "Announce" if said.announced_by.is_none() => announce::receive(fed, activity, said).boxed(),
        // A downvote is ignored; so is what we don't know. Both are answered 202: a refusal makes some peers try for days.
        _ => std::future::ready(Ok(Effect::Nothing("not a kind of activity that we act on"))).boxed(),
    }
}

/// What an answer asks for: to a Join, or to a Follow.
async fn answered(fed: &Federation, activity: &Value, said: &Said<'_>) -> Result<Effect> {
    if let Some(effect) = join::receive_answer(fed, activity, said).await? {
        return Ok(effect);
    }
    match wire::kind(activity) {
        "TentativeAccept" => Ok(Effect::Nothing("not an answer to a Join of ours")),
        kind => follow::receive_answer(fed, activity, said, kind == "Accept").await,
    }
}

/// A received activity, and what it says: of a large one that is read when it is its turn, for it takes more memory than its bytes.
type Opened = (Received, Option<Result<Value>>);

/// Longer ones are large, in bytes.
const LARGE: usize = 8 * 1024;

fn opened(received: Received) -> Opened {
    let activity = (received.body.len() <= LARGE).then(|| read(&received));
    (received, activity)
}

fn read(received: &Received) -> Result<Value> {
    let activity = std::panic::catch_unwind(|| json::parse(received.body.as_bytes()));
    activity.unwrap_or_else(|_| Err("reading it panicked".into())).map_err(Error::Bad)
}

/// What was found out about one received activity.
type Prepared = (Received, Result<Effect>);

impl Federation {
    /// Takes up to a batch of what was received and is due: of each server that something waits of, its share.
    ///
    /// # Errors
    /// When the database can't be read or written.
    pub async fn take_received(&self) -> Result<Batch> {
        let now = self.core.now();
        let mut open = self.turns.open(received::waiting(&mut self.core.db.conn()).await?);
        open.retain(|(_, due)| *due <= now);
        open.truncate(BATCH);
        if open.is_empty() {
            self.courtesy.note(false);
            return Ok(Batch::default());
        }
        let share = i64::try_from((BATCH / open.len()).min(SHARE)).unwrap_or(1);
        let mut tx = self.core.db.begin().await?;
        let hosts: Vec<String> = open.into_iter().map(|(host, _)| host).collect();
        let claimed = received::claim(&mut tx, self.core.ids.slot(), &hosts, now, share).await?;
        let ids = claimed.iter().map(|received| received.id).collect();
        self.core.claims.commit(tx, [Claim::Received(ids)]).await?;
        self.courtesy.note(claimed.len() > BATCH / 8);
        Ok(Batch::begin(&self.turns, claimed))
    }

    /// When something is due of a server whose turn it can be.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn next_received(&self) -> Result<Option<Time>> {
        let waiting = received::waiting(&mut self.core.db.conn()).await?;
        Ok(self.turns.open(waiting).into_iter().map(|(_, due)| due).min())
    }

    /// Works on what was taken; says on how many. Finding out what they ask for may need other servers and happens side
    /// by side, of each server that sent them a few at a time; doing it is one commit for all that are ready, so that a slow
    /// server holds up only what comes from it.
    ///
    /// # Errors
    /// When the database can't be read or written; whoever took it puts back what is not dealt with.
    pub async fn process(&self, mut batch: Batch) -> Result<usize> {
        let count = batch.len();
        let (found, mut ready) = mpsc::channel(BATCH);
        let by_host: Vec<Vec<Opened>> = batch.take().into_iter().map(|of_one| of_one.into_iter().map(opened).collect()).collect();
        let known = Known::of(self, by_host.iter().flatten().filter_map(|(_, activity)| activity.as_ref()?.as_ref().ok())).await?;
        let known = &known;
        // Both sides run side by side. One that stood still while it holds the writing connection would stop the other.
        let find_out = async {
            let all = futures_util::stream::iter(by_host).for_each_concurrent(None, |of_one| {
                futures_util::stream::iter(of_one).for_each_concurrent(FETCHING, |(received, activity)| async {
                    let activity = activity.unwrap_or_else(|| read(&received));
                    let effect = unbroken(tokio::time::timeout(PATIENCE, Box::pin(self.prepare(&received, activity, known)))).await;
                    let effect =
                        effect.and_then(|in_time| in_time.unwrap_or_else(|_| Err(Error::Remote("other servers took too long".into()))));
                    // The other side has given up: the rest is put back.
                    let _ = found.send((received, effect)).await;
                })
            });
            all.await;
            drop(found);
        };
        let act = async move {
            let (mut some, mut left) = (Vec::with_capacity(BATCH), count);
            while ready.recv_many(&mut some, BATCH).await > 0 {
                // One that is ready a moment later costs much less beside these than after them.
                let moment = tokio::time::sleep(GATHER);
                tokio::pin!(moment);
                while some.len() < left {
                    tokio::select! {
                        more = ready.recv_many(&mut some, BATCH) => if more == 0 { break },
                        () = &mut moment => break,
                    }
                }
                left -= some.len();
                self.apply(std::mem::take(&mut some), &mut batch).await?;
            }
            Ok::<_, Error>(())
        };
        let ((), outcome) = tokio::join!(find_out, act);
        outcome?;
        Ok(count)
    }

    async fn prepare(&self, received: &Received, activity: Result<Value>, known: &Known) -> Result<Effect> {
        // It may have been blocked since (T-63). While everything is closed, what was accepted before is still worked on.
        let host = url::Url::parse(&received.actor).map(|url| crate::model::urls::authority(&url)).unwrap_or_default();
        let activity = activity?;
        let refused = if connection::concerns(&activity) {
            self.core.blocks(&host).await?
        } else {
            self.core.federation_mode().await? != FederationMode::Closed && !self.core.may_federate_with(&host).await?
        };
        if refused {
            return Ok(Effect::Nothing("its server is blocked by now"));
        }
        let (by, raw, at) = (&received.actor, Some(received.body.as_str()), received.received_at);
        let said = Said { by, announced_by: None, raw, first_hand: true, at, known };
        receive(self, &activity, &said).await
    }

    async fn apply(&self, mut ready: Vec<Prepared>, batch: &mut Batch) -> Result<()> {
        // In the order in which they came, as far as they are ready.
        ready.sort_by_key(|(received, _)| received.id);
        let mut tx = self.core.db.begin().await?;
        let mut ended = Vec::with_capacity(ready.len());
        let hosts: Vec<String> = ready.iter().map(|(received, _)| received.host.clone()).collect();
        let mut ready = VecDeque::from(ready);
        while !ready.is_empty() {
            let taken = self.apply_replies(&mut tx, ready.make_contiguous()).await?;
            let run = taken.len().max(1);
            for (place, (received, effect)) in ready.drain(..run).enumerate() {
                let outcome = match effect {
                    _ if taken.get(place) == Some(&true) => Ok(Outcome::Done),
                    Ok(Effect::Nothing(why)) => Ok(Outcome::Ignored(why)),
                    Ok(effect) => self.apply_one(&mut tx, effect).await?,
                    Err(error) => Err(error),
                };
                ended.extend(self.conclude(&mut tx, &received, outcome).await?);
            }
        }
        received::finish(&mut tx, &ended).await?;
        // Before the worker is woken by the commit: it looks whose turn it can be.
        for host in &hosts {
            batch.ended(host);
        }
        self.core.commit(tx).await
    }

    /// Takes in what is plain of the replies that come next, all at once; says of each in that run whether it did. When anything
    /// goes wrong with one of them, none is taken: each has its own turn.
    async fn apply_replies(&self, tx: &mut Tx, ready: &[Prepared]) -> Result<Vec<bool>> {
        let run: Vec<_> = ready.iter().map_while(|(_, effect)| in_a_run(effect)).collect();
        let replies: Vec<Reply<'_>> = run.iter().filter_map(InRun::reply).collect();
        let mut taken = vec![false; run.len()];
        if replies.is_empty() {
            return Ok(taken);
        }
        tx.begin_part().await?;
        match unbroken(Box::pin(replies::take_in(&self.core, tx, &replies))).await.flatten() {
            Ok(plain) => {
                tx.keep_part().await?;
                let places = run.iter().zip(&mut taken).filter_map(|(piece, taken)| piece.reply().map(|_| taken));
                places.zip(plain).for_each(|(taken, plain)| *taken = plain);
            }
            Err(error) => {
                tx.undo_part().await?;
                tracing::debug!(%error, "not all at once");
            }
        }
        Ok(taken)
    }

    /// Does what one asks for, in a part of its own.
    async fn apply_one(&self, tx: &mut Tx, effect: Effect) -> Result<Result<Outcome>> {
        tx.begin_part().await?;
        let outcome = unbroken(Box::pin(effect.apply(&self.core, tx))).await.flatten();
        if outcome.is_ok() {
            tx.keep_part().await?;
        } else {
            tx.undo_part().await?;
        }
        Ok(outcome)
    }

    /// What became of it, when it is over; else notes that it waits.
    async fn conclude(&self, tx: &mut Tx, received: &Received, outcome: Result<Outcome>) -> Result<Option<Ended>> {
        let id = received.id;
        let again = self.core.now().plus(super::waiting::soon(received.attempts + 1, id.0));
        let metrics = &self.core.metrics;
        let ended = |state: &'static str, note: Option<String>| {
            metrics.processed(state, Some(self.core.now().0 - received.received_at.0));
            Ok(Some(Ended { id, state, note }))
        };
        match outcome {
            Ok(Outcome::Done) => ended("done", None),
            Ok(Outcome::Ignored(why)) => ended("ignored", Some(why.to_owned())),
            Ok(Outcome::Again(why)) if received.attempts < ATTEMPTS => {
                metrics.processed("later", None);
                received::postpone(tx, id, again, &why).await.map(|()| None)
            }
            Ok(Outcome::Again(why)) => ended("failed", Some(why)),
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
                    metrics.processed("later", None);
                    return received::postpone(tx, id, again, &error.to_string()).await.map(|()| None);
                }
                tracing::info!(activity = %received.ap_id, actor = %received.actor, %error, "refused");
                ended("failed", Some(error.to_string()))
            }
        }
    }
}

/// A piece of a run of replies that may be taken in together.
#[derive(Clone, Copy, Debug)]
enum InRun<'a> {
    Reply(Reply<'a>),
    /// No reply, and in the way of none.
    Beside,
}

impl<'a> InRun<'a> {
    fn reply(&self) -> Option<Reply<'a>> {
        match self {
            Self::Reply(reply) => Some(*reply),
            Self::Beside => None,
        }
    }
}

/// Whether something belongs to a run of replies that may be taken in together, and the reply that it is. What asks for nothing
/// does not end a run, nor does a word about a post that is here already: it is the same before and after new replies.
fn in_a_run(effect: &Result<Effect>) -> Option<InRun<'_>> {
    match effect {
        Ok(Effect::Post { author, group, parent: Some(parent), arrived, raw }) => {
            Some(InRun::Reply(Reply { author, group, parent: *parent, arrived, via: Via::of(raw) }))
        }
        Ok(Effect::Nothing(_) | Effect::Useful { .. }) | Err(_) => Some(InRun::Beside),
        Ok(_) => None,
    }
}
