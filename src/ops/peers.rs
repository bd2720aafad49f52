//! How other servers are doing, and what an administrator does about one: note, send again, fetch again.

use super::administering::require;
use super::auditing::{Who, record};
use super::{Core, following};
use crate::db::jobs::{self, JobKind};
use crate::db::peers::{self, Note, PeerLine};
use crate::db::{Tx, actors, deliveries};
use crate::error::{Error, Result};
use crate::model::names::About;
use crate::model::{Actor, ActorId, JobId, Time};

/// How another server is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerState {
    Blocked,
    NotAllowed,
    /// Since when nothing is sent there. It is heard, and spoken to again, as soon as it says anything.
    GivenUp(Time),
    /// Since when it does not answer, and when it is tried again.
    Resting(Time, Time),
    Trouble(Time),
    Works,
    Never,
}

impl PeerState {
    /// The word in the locales.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::NotAllowed => "not-allowed",
            Self::GivenUp(_) => "given-up",
            Self::Resting(..) => "resting",
            Self::Trouble(_) => "trouble",
            Self::Works => "works",
            Self::Never => "never",
        }
    }
}

/// How a server is doing.
///
/// # Errors
/// When the database can't be read.
pub async fn state(core: &Core, peer: &PeerLine) -> Result<PeerState> {
    let now = core.now();
    Ok(if core.blocks(&peer.host).await? {
        PeerState::Blocked
    } else if !core.may_federate_with(&peer.host).await? {
        PeerState::NotAllowed
    } else {
        match peer.failing_since.filter(|_| peer.failures > 0) {
            _ if peer.given_up_at.is_some() => PeerState::GivenUp(peer.failing_since.or(peer.given_up_at).unwrap_or(now)),
            Some(since) if peer.retry_at > now => PeerState::Resting(since, peer.retry_at),
            Some(since) => PeerState::Trouble(since),
            None if peer.last_success_at.is_some() => PeerState::Works,
            None => PeerState::Never,
        }
    })
}

/// Writes down what administrators want to remember about a server; with nothing in it, forgets that.
///
/// # Errors
/// [`Error::Forbidden`] for who does not administer.
pub async fn set_note(core: &Core, tx: &mut Tx, by: &Actor, host: &str, note: &About) -> Result<()> {
    require(core, tx, by).await?;
    if note.as_str().is_empty() {
        peers::remove_note(tx, host).await?;
    } else {
        let note = Note { host: host.to_owned(), note: note.as_str().to_owned(), by_id: Some(by.id), at: core.now() };
        peers::set_note(tx, &note).await?;
    }
    record(core, tx, Who::Member(by), "host.note", host, "").await
}

/// Everything that waits for a server is tried now.
///
/// # Errors
/// [`Error::Forbidden`] for who does not administer.
pub async fn send_again(core: &Core, tx: &mut Tx, by: &Actor, host: &str) -> Result<()> {
    require(core, tx, by).await?;
    deliveries::peer_revived(tx, host).await?;
    deliveries::hasten(tx, host, core.now()).await?;
    record(core, tx, Who::Member(by), "host.resend", host, "").await
}

/// That a server was tried out is written down too.
///
/// # Errors
/// [`Error::Forbidden`] for who does not administer, and for a server that is blocked.
pub async fn note_test(core: &Core, tx: &mut Tx, by: &Actor, host: &str) -> Result<()> {
    require(core, tx, by).await?;
    if core.blocks_in(tx, host).await? {
        return Err(Error::Forbidden("error-host-blocked"));
    }
    record(core, tx, Who::Member(by), "host.test", host, "").await
}

/// Brings in the history of a group of this server anew.
///
/// # Errors
/// [`Error::Forbidden`] for who does not administer; [`Error::NotFound`] when there is no such group.
pub async fn resync_group(core: &Core, tx: &mut Tx, by: &Actor, host: &str, group: ActorId) -> Result<()> {
    require(core, tx, by).await?;
    let group = actors::by_id(tx, group).await?;
    if group.local || !group.is_group() || group.host != host || group.deleted_at.is_some() {
        return Err(Error::NotFound);
    }
    following::bring_in_history(core, tx, &group).await?;
    record(core, tx, Who::Member(by), "group.resync", &group.handle().to_string(), "").await
}

/// Compares the thread at an address of this server with its home.
///
/// # Errors
/// [`Error::Forbidden`] for who does not administer, and for servers that we don't speak with; [`Error::Bad`] for an
/// address that is none of this server.
pub async fn resync_thread(core: &Core, tx: &mut Tx, by: &Actor, host: &str, address: &str) -> Result<()> {
    require(core, tx, by).await?;
    let lives_on = url::Url::parse(address).map(|url| crate::model::urls::authority(&url)).unwrap_or_default();
    if lives_on != host || address.len() > 1_000 {
        return Err(Error::Bad("that is no address of this server".into()));
    }
    if !core.may_federate_with_in(tx, host).await? {
        return Err(Error::Forbidden("error-host-refused"));
    }
    jobs::enqueue(tx, JobId(core.ids.next()), JobKind::ResyncThread, address, core.now()).await?;
    record(core, tx, Who::Member(by), "thread.resync", address, "").await
}
