//! The verbs: what can be done, the same for local and remote people. No HTTP, no JSON-LD, no network.
//!
//! A verb checks the rights, writes the change and queues what must be said about it, all in the caller's transaction;
//! [`Core::commit`] makes it last and wakes the worker.

pub mod accepting;
pub mod appreciating;
pub mod finding;
pub mod following;
pub mod founding;
pub mod keys;
pub mod members;
pub mod publishing;
pub mod saying;
pub mod setting_up;

use tokio::sync::watch;

use crate::config::{Config, FederationMode};
use crate::db::{self, Conn, Db, Tx, settings::key};
use crate::error::Result;
use crate::model::rights::Viewer;
use crate::model::{Actor, ActorId, Clock, Ids, Time, Urls};

/// What every verb needs. Cheap to share.
#[derive(Debug)]
pub struct Core {
    pub config: Config,
    pub db: Db,
    pub clock: Clock,
    pub ids: Ids,
    pub urls: Urls,
    pub keys: keys::KeyMaker,
    /// Counts up when something was queued; the workers watch it.
    pub wake: watch::Sender<u64>,
}

/// What came of something that another server asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// Nothing to do: a replay, a stranger, something older than what we have. Not an error.
    Ignored(&'static str),
    /// Part of it is done; the rest, once more later.
    Again(String),
}

impl Core {
    #[must_use]
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// Makes a transaction last and wakes the worker.
    ///
    /// # Errors
    /// When the database could not write it; nothing of it has happened then.
    pub async fn commit(&self, tx: Tx) -> Result<()> {
        tx.commit().await?;
        self.wake.send_modify(|count| *count += 1);
        Ok(())
    }

    /// The federation mode in force: what file or environment fix, else what was chosen at set-up, else closed; and
    /// closed while the name of this instance means nothing to others.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn federation_mode(&self) -> Result<FederationMode> {
        if !self.config.can_federate() {
            return Ok(FederationMode::Closed);
        }
        if let Some(mode) = self.config.fixed_mode() {
            return Ok(mode);
        }
        let chosen = db::settings::get(&mut self.db.conn(), key::FEDERATION_MODE).await?;
        Ok(chosen.and_then(|word| FederationMode::from_word(&word)).unwrap_or(FederationMode::Closed))
    }

    /// Whether we exchange messages with this server (by authority). Asked for every host involved (T-15).
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn may_federate_with(&self, host: &str) -> Result<bool> {
        if self.config.federation.block.iter().any(|blocked| blocked == host) {
            return Ok(false);
        }
        Ok(match self.federation_mode().await? {
            FederationMode::Open => true,
            FederationMode::Allowlist => self.config.federation.allow.iter().any(|allowed| allowed == host),
            FederationMode::Closed => false,
        })
    }
}

/// What somebody is in a group.
///
/// # Errors
/// When the database can't be read.
pub async fn viewer(conn: &mut Conn, actor: Option<&Actor>, group: ActorId) -> Result<Viewer> {
    let Some(actor) = actor else { return Ok(Viewer::default()) };
    let admin = actor.local && db::accounts::by_actor(conn, actor.id).await?.is_some_and(|account| account.admin);
    Ok(Viewer { actor: Some(actor.id), moderator: db::actors::is_moderator(conn, group, actor.id).await?, admin })
}
