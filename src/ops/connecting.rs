//! Asking another instance to connect, and deciding on who asks us. What is said about it goes by itself
//! (`federation/connection.rs`): it must reach servers that are on no list yet.

use super::administering::{put_rule, require};
use super::auditing::{Who, record};
use super::notifying::{Notice, tell};
use super::{Core, Outcome, federation_mode};
use crate::config::FederationMode;
use crate::db::connections::{self, Connection, ConnectionState, Direction};
use crate::db::hosts::{self, HostRule};
use crate::db::jobs::{self, JobKind};
use crate::db::notifications::NoticeKind;
use crate::db::{Tx, accounts, deliveries};
use crate::error::{Error, Result};
use crate::model::names::Reason;
use crate::model::{Actor, ActorId, JobId, Time};

/// Requests that may wait for us. More are not taken: whoever sends that many wants something else.
const MOST_WAITING: i64 = 200;
/// After a refusal the same server is answered the same for so long.
const REFUSAL_STANDS: i64 = 30 * Time::DAY;
/// Administrators are told of one server at most this often, however often it asks and takes that back.
const TOLD: i64 = Time::DAY;
/// What is known of the rules is looked at again after this long everywhere (`ops/hosts.rs`).
const SETTLED: i64 = 6 * Time::SECOND;
/// What could not be said is tried for so long.
pub const PATIENCE: i64 = 14 * Time::DAY;

/// What another instance says about connecting.
#[derive(Clone, Debug)]
pub enum Word {
    /// It would like to connect.
    Offer { id: String, name: String, words: String },
    /// It takes its request back.
    Undo { id: String },
    /// It answers a request of ours.
    Answer { id: String, accepted: bool, words: String },
}

fn new(core: &Core, host: &str, direction: Direction) -> Connection {
    let now = core.now();
    Connection {
        host: host.to_owned(),
        direction,
        state: ConnectionState::Waiting,
        name: String::new(),
        words: String::new(),
        answer: String::new(),
        ap_id: String::new(),
        by_id: None,
        asked_at: now,
        answered_at: None,
        told_at: None,
        unsaid: String::new(),
        said_at: None,
        error: None,
        changed_at: now,
    }
}

/// Stores what changed, and has said what has to be said. What changes twice in a millisecond is still two changes.
async fn keep(core: &Core, tx: &mut Tx, mut changed: Connection) -> Result<()> {
    changed.changed_at = core.now().max(changed.changed_at.plus(1));
    if !changed.unsaid.is_empty() {
        changed.error = None;
        jobs::enqueue(tx, JobId(core.ids.next()), JobKind::SayConnection, &changed.host, core.now()).await?;
    }
    connections::put(tx, &changed).await
}

/// Asks another instance to connect. When it asked us before, that is accepted instead.
///
/// # Errors
/// [`Error::Forbidden`] for who does not administer, and when there is nobody to ask: ourselves, a server that is blocked,
/// other software, one that is connected or was asked already, or any while the federation is closed.
pub async fn ask(core: &Core, tx: &mut Tx, by: &Actor, host: &str, words: &Reason) -> Result<()> {
    require(core, tx, by).await?;
    if federation_mode(&core.config, tx).await? == FederationMode::Closed {
        return Err(Error::Forbidden("error-federation-closed"));
    }
    if host == core.urls.authority() {
        return Err(Error::Forbidden("error-own-host"));
    }
    if core.blocks_in(tx, host).await? {
        return Err(Error::Forbidden("error-host-blocked"));
    }
    let software = deliveries::peer(tx, host).await?.and_then(|peer| peer.software);
    if software.is_some_and(|software| software != "meent") {
        return Err(Error::Forbidden("error-not-meent"));
    }
    if connections::lock(tx, host, Direction::In).await?.is_some_and(|theirs| theirs.waits()) {
        return accept(core, tx, by, host).await;
    }
    let before = connections::lock(tx, host, Direction::Out).await?;
    if before.as_ref().is_some_and(|before| matches!(before.state, ConnectionState::Waiting | ConnectionState::Accepted)) {
        return Err(Error::Forbidden("error-asked-before"));
    }
    let mut asked = new(core, host, Direction::Out);
    asked.changed_at = before.map_or(asked.changed_at, |before| before.changed_at.max(asked.changed_at));
    asked.ap_id = format!("{}#connection/{}", core.urls.instance_actor(), core.ids.next());
    words.as_str().clone_into(&mut asked.words);
    asked.by_id = Some(by.id);
    "offer".clone_into(&mut asked.unsaid);
    keep(core, tx, asked).await?;
    deliveries::know(tx, host).await?;
    record(core, tx, Who::Member(by), "connection.ask", host, words.as_str()).await
}

/// Takes a request of ours back that was not answered yet.
///
/// # Errors
/// [`Error::Forbidden`] for who does not administer; [`Error::Conflict`] when it was answered or there is none.
pub async fn withdraw(core: &Core, tx: &mut Tx, by: &Actor, host: &str) -> Result<()> {
    require(core, tx, by).await?;
    let mut ours = waiting(tx, host, Direction::Out).await?;
    ours.state = ConnectionState::Withdrawn;
    ours.answered_at = Some(core.now());
    "undo".clone_into(&mut ours.unsaid);
    keep(core, tx, ours).await?;
    record(core, tx, Who::Member(by), "connection.withdraw", host, "").await
}

/// Connects with an instance that asked for it: it goes on the allow list and is told.
///
/// # Errors
/// [`Error::Forbidden`] for who does not administer, and for a server that is blocked; [`Error::Conflict`] when it was
/// decided before or taken back.
pub async fn accept(core: &Core, tx: &mut Tx, by: &Actor, host: &str) -> Result<()> {
    require(core, tx, by).await?;
    if core.blocks_in(tx, host).await? {
        return Err(Error::Forbidden("error-host-blocked"));
    }
    let mut theirs = waiting(tx, host, Direction::In).await?;
    (theirs.state, theirs.answered_at, theirs.by_id) = (ConnectionState::Accepted, Some(core.now()), Some(by.id));
    "accept".clone_into(&mut theirs.unsaid);
    if !core.lists_in(tx, host).await? {
        put_rule(core, tx, by, host, false, &theirs.words).await?;
    }
    keep(core, tx, theirs).await?;
    look_up(core, tx, host).await?;
    record(core, tx, Who::Member(by), "connection.accept", host, "").await
}

/// Refuses an instance that asked to connect, with a sentence for its administrators.
///
/// # Errors
/// As [`accept`].
pub async fn refuse(core: &Core, tx: &mut Tx, by: &Actor, host: &str, why: &Reason) -> Result<()> {
    require(core, tx, by).await?;
    let mut theirs = waiting(tx, host, Direction::In).await?;
    (theirs.state, theirs.answered_at, theirs.by_id) = (ConnectionState::Refused, Some(core.now()), Some(by.id));
    why.as_str().clone_into(&mut theirs.answer);
    "reject".clone_into(&mut theirs.unsaid);
    keep(core, tx, theirs).await?;
    record(core, tx, Who::Member(by), "connection.refuse", host, why.as_str()).await
}

async fn waiting(tx: &mut Tx, host: &str, direction: Direction) -> Result<Connection> {
    connections::lock(tx, host, direction).await?.filter(Connection::waits).ok_or(Error::Conflict)
}

/// Another region, of which we want to know what it offers.
async fn look_up(core: &Core, tx: &mut Tx, host: &str) -> Result<()> {
    deliveries::know(tx, host).await?;
    jobs::enqueue(tx, JobId(core.ids.next()), JobKind::LookUpPeer, host, core.now().plus(SETTLED)).await
}

/// Another instance says something about connecting. `host` is who signed it.
///
/// # Errors
/// When the database can't be written.
pub async fn receive(core: &Core, tx: &mut Tx, host: &str, word: &Word) -> Result<Outcome> {
    match word {
        Word::Offer { id, name, words } => receive_offer(core, tx, host, id, name, words).await,
        Word::Undo { id } => receive_undo(core, tx, host, id).await,
        Word::Answer { id, accepted, words } => receive_answer(core, tx, host, id, *accepted, words).await,
    }
}

async fn receive_offer(core: &Core, tx: &mut Tx, host: &str, id: &str, name: &str, words: &str) -> Result<Outcome> {
    let now = core.now();
    let before = connections::lock(tx, host, Direction::In).await?;
    let ours = connections::lock(tx, host, Direction::Out).await?.filter(Connection::waits);
    let mut theirs = before.clone().unwrap_or_else(|| new(core, host, Direction::In));
    (theirs.name, theirs.words) = (name.to_owned(), words.to_owned());
    id.clone_into(&mut theirs.ap_id);
    match before.as_ref().map(|before| before.state) {
        // They may not have heard our answer.
        Some(ConnectionState::Accepted) if core.lists_in(tx, host).await? => "accept".clone_into(&mut theirs.unsaid),
        Some(ConnectionState::Refused) if theirs.answered_at.is_some_and(|at| at.plus(REFUSAL_STANDS) > now) => {
            "reject".clone_into(&mut theirs.unsaid);
        }
        // Both want it, or an administrator decided before they asked.
        _ if ours.is_some() || core.lists_in(tx, host).await? => {
            (theirs.state, theirs.asked_at, theirs.answered_at) = (ConnectionState::Accepted, now, Some(now));
            "accept".clone_into(&mut theirs.unsaid);
            if let Some(ours) = ours {
                connected(core, tx, ours).await?;
            }
            look_up(core, tx, host).await?;
        }
        Some(ConnectionState::Waiting) => {}
        _ => {
            if connections::count_waiting(tx).await? >= MOST_WAITING {
                return Ok(Outcome::Ignored("too many requests to connect wait"));
            }
            (theirs.state, theirs.asked_at, theirs.answered_at, theirs.by_id) = (ConnectionState::Waiting, now, None, None);
            theirs.answer.clear();
            theirs.unsaid.clear();
            if theirs.told_at.is_none_or(|told| told.plus(TOLD) < now) {
                theirs.told_at = Some(now);
                tell_all(core, tx, "notice-connection-asked", host).await?;
            }
        }
    }
    keep(core, tx, theirs).await?;
    Ok(Outcome::Done)
}

async fn receive_undo(core: &Core, tx: &mut Tx, host: &str, id: &str) -> Result<Outcome> {
    let Some(mut theirs) = connections::lock(tx, host, Direction::In).await?.filter(|theirs| theirs.ap_id == id) else {
        return Ok(Outcome::Ignored("not a request that we know"));
    };
    match theirs.state {
        ConnectionState::Waiting => {}
        // It crossed our answer. The rule that came of the request goes with it; one that was made otherwise stays.
        ConnectionState::Accepted => {
            let rule = hosts::rule(tx, host).await?.filter(|rule| !rule.blocks());
            if rule.is_some_and(|rule| Some(rule.created_at) == theirs.answered_at) {
                hosts::remove(tx, host).await?;
            }
            tell_all(core, tx, "notice-connection-ended", host).await?;
        }
        ConnectionState::Refused | ConnectionState::Withdrawn => return Ok(Outcome::Ignored("it was over before")),
    }
    theirs.state = ConnectionState::Withdrawn;
    theirs.answered_at = Some(core.now());
    theirs.unsaid.clear();
    keep(core, tx, theirs).await?;
    Ok(Outcome::Done)
}

async fn receive_answer(core: &Core, tx: &mut Tx, host: &str, id: &str, accepted: bool, words: &str) -> Result<Outcome> {
    let ours = connections::lock(tx, host, Direction::Out).await?;
    let Some(mut ours) = ours.filter(|ours| ours.waits() && ours.ap_id == id) else {
        return Ok(Outcome::Ignored("not an answer to a request of ours that waits"));
    };
    if accepted {
        connected(core, tx, ours).await?;
        look_up(core, tx, host).await?;
        return Ok(Outcome::Done);
    }
    (ours.state, ours.answered_at) = (ConnectionState::Refused, Some(core.now()));
    words.clone_into(&mut ours.answer);
    ours.unsaid.clear();
    keep(core, tx, ours).await?;
    tell_all(core, tx, "notice-connection-refused", host).await?;
    Ok(Outcome::Done)
}

/// They said yes to what we asked: they go on our list too, in the name of who asked.
async fn connected(core: &Core, tx: &mut Tx, mut ours: Connection) -> Result<()> {
    (ours.state, ours.answered_at) = (ConnectionState::Accepted, Some(core.now()));
    ours.unsaid.clear();
    if hosts::rule(tx, &ours.host).await?.is_none() {
        let rule = HostRule {
            host: ours.host.clone(),
            rule: "allow".into(),
            reason: ours.words.clone(),
            by_id: ours.by_id,
            created_at: core.now(),
        };
        hosts::put(tx, &rule).await?;
    }
    let host = ours.host.clone();
    keep(core, tx, ours).await?;
    tell_all(core, tx, "notice-connection-accepted", &host).await
}

async fn tell_all(core: &Core, tx: &mut Tx, sentence: &str, host: &str) -> Result<()> {
    for (admin,) in accounts::lock_admins(tx).await? {
        tell(core, tx, notice(admin, sentence, host)).await?;
    }
    Ok(())
}

fn notice<'a>(to: ActorId, sentence: &'a str, detail: &'a str) -> Notice<'a> {
    Notice { to, kind: NoticeKind::Membership, sentence, post: None, from: None, group: None, detail }
}

/// What could not be said, and was forgotten between two tries, is tried again.
///
/// # Errors
/// When the database can't be written.
pub async fn say_again(core: &Core, tx: &mut Tx) -> Result<()> {
    for host in connections::unsaid_hosts(tx, core.now().plus(-PATIENCE)).await? {
        jobs::enqueue(tx, JobId(core.ids.next()), JobKind::SayConnection, &host, core.now()).await?;
    }
    Ok(())
}
