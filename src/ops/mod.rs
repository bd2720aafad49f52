//! The verbs: what can be done, the same for local and remote people. No HTTP, no JSON-LD, no network.
//!
//! A verb checks the rights, writes the change and queues what must be said about it, all in the caller's transaction;
//! [`Core::commit`] makes it last and wakes the worker.

pub mod accepting;
pub mod administering;
pub mod admitting;
pub mod agenda;
pub mod appreciating;
pub mod arrived;
pub mod asking_again;
pub mod attaching;
pub mod attending;
pub mod auditing;
pub mod background;
pub mod backups;
pub mod banning;
pub mod boosting;
pub mod calendar;
pub mod checkup;
pub mod claims;
pub mod closing;
pub mod companions;
pub mod comparing;
pub mod connecting;
pub mod crossing;
pub mod describing;
pub mod digesting;
pub mod event_mails;
pub mod exporting;
pub mod faces;
pub mod figures;
pub mod files;
pub mod finding;
pub mod following;
pub mod forgetting;
pub mod founding;
pub mod guests;
pub mod health;
pub mod hosts;
pub mod importing;
pub mod interest;
pub mod inviting;
pub mod keeping;
pub mod keys;
pub mod limits;
pub mod looking_back;
pub mod mail_office;
pub mod mailing;
pub mod measuring;
pub mod members;
pub mod moderating;
pub mod moving;
pub mod noticing;
pub mod notifying;
pub mod objecting;
pub mod offering;
pub mod passwords;
pub mod peers;
pub mod pictures;
pub mod planning;
pub mod probing;
pub mod proposing;
pub mod publishing;
pub mod pulses;
pub mod recovering;
pub mod recurring;
pub mod regions;
pub mod registering;
pub mod relocating;
pub mod reminding;
pub mod remote_pictures;
pub mod removing;
pub mod replies;
pub mod reporting;
pub mod revising;
pub mod saying;
pub mod sending;
pub mod setting_up;
pub mod sizes;
pub mod steering;
pub mod suspending;
pub mod tables;
pub mod telling;
pub mod tidying;
pub mod topics;
pub mod trying;
pub mod unsubscribing;
pub mod watching;

use tokio::sync::watch;

use crate::config::{Config, FederationMode};
use crate::db::{self, Conn, Db, Tx, settings::key};
use crate::error::Result;
use crate::model::rights::Viewer;
use crate::model::{Actor, ActorId, Clock, Ids, Time, Urls};
use crate::storage::Storage;

/// What every verb needs. Cheap to share.
#[derive(Debug)]
pub struct Core {
    pub config: Config,
    pub db: Db,
    pub clock: Clock,
    pub ids: Ids,
    pub urls: Urls,
    pub keys: keys::KeyMaker,
    pub desk: files::Desk,
    /// Where the bytes of files lie.
    pub storage: Storage,
    /// Counts up when something was queued, here or by another process; the workers watch it.
    pub wake: watch::Sender<u64>,
    /// Counts up what other processes on the same database are told.
    pub rung: watch::Sender<Rung>,
    /// The servers that administrators allow or block.
    pub hosts: hosts::HostRules,
    /// What is counted.
    pub metrics: crate::metrics::Metrics,
    /// What this process has claimed and will not work on.
    pub claims: claims::Abandoned,
    /// Signs of life of the loops of this process.
    pub pulses: pulses::Pulses,
    /// Whether this process can do its work, as was last found.
    pub health: health::Health,
}

/// How often there was something to tell other processes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rung {
    pub work: u64,
    pub rules: u64,
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
    /// Of an open database, for the process that holds this slot. Its ids go on after the last one in the database.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn new(config: Config, db: Db, clock: Clock, slot: u16, keys: keys::KeyMaker) -> Result<Self> {
        let core = Self::bare(config, db, clock, slot, keys)?;
        core.ids.not_before(db::lease::latest_id(&core.db).await?);
        Ok(core)
    }

    /// The same without a look at the database, which need not have tables yet: nothing may be made with it.
    ///
    /// # Errors
    /// When the storage of files can't be opened.
    pub fn bare(config: Config, db: Db, clock: Clock, slot: u16, keys: keys::KeyMaker) -> Result<Self> {
        Ok(Self {
            urls: Urls::new(&config.url()),
            ids: Ids::new(slot, clock.clone()),
            storage: Storage::open(&config)?,
            config,
            db,
            clock,
            keys,
            desk: files::Desk::default(),
            wake: watch::Sender::new(0),
            rung: watch::Sender::default(),
            hosts: hosts::HostRules::default(),
            metrics: crate::metrics::Metrics::default(),
            claims: claims::Abandoned::default(),
            pulses: pulses::Pulses::default(),
            health: health::Health::default(),
        })
    }

    #[must_use]
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// Makes a transaction last and wakes the worker, here and in other processes.
    ///
    /// # Errors
    /// When the database could not write it; nothing of it has happened then.
    pub async fn commit(&self, tx: Tx) -> Result<()> {
        tx.commit().await?;
        self.wake();
        self.rung.send_modify(|rung| rung.work += 1);
        Ok(())
    }

    /// Wakes the worker of this process.
    pub fn wake(&self) {
        self.wake.send_modify(|count| *count += 1);
    }

    /// Which servers are allowed or blocked has changed, or the mode: it is read anew, here and in other processes. To be
    /// called when that has been committed.
    pub fn rules_changed(&self) {
        self.hosts.forget();
        self.rung.send_modify(|rung| rung.rules += 1);
    }

    /// The federation mode in force: what file or environment fix, else what was chosen at set-up, else closed; and
    /// closed while the name of this instance means nothing to others.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn federation_mode(&self) -> Result<FederationMode> {
        federation_mode(&self.config, &mut self.db.conn()).await
    }
}

/// With whom an instance exchanges messages: as the configuration fixes it, else as its administrator chose.
///
/// # Errors
/// When the database can't be read.
pub async fn federation_mode(config: &Config, conn: &mut Conn) -> Result<FederationMode> {
    if !config.can_federate() {
        return Ok(FederationMode::Closed);
    }
    if let Some(mode) = config.fixed_mode() {
        return Ok(mode);
    }
    let chosen = db::settings::get(conn, key::FEDERATION_MODE).await?;
    Ok(chosen.and_then(|word| FederationMode::from_word(&word)).unwrap_or(FederationMode::Closed))
}

/// What somebody is in a group.
///
/// # Errors
/// When the database can't be read.
pub async fn viewer(core: &Core, conn: &mut Conn, actor: Option<&Actor>, group: ActorId) -> Result<Viewer> {
    let Some(actor) = actor else { return Ok(Viewer::default()) };
    let roles = db::viewers::roles(conn, actor.id, group, core.now()).await?;
    Ok(Viewer {
        actor: Some(actor.id),
        // Who left, or was shut out, while their last form was on its way writes nothing any more.
        moderator: !roles.shut && roles.moderator,
        admin: !roles.shut && roles.admin,
        moved: roles.moved,
        suspended: roles.shut || roles.suspended,
    })
}

/// What a member of ours is on the whole instance, whatever the group.
///
/// # Errors
/// When the database can't be read.
pub async fn viewer_of_instance(core: &Core, conn: &mut Conn, member: &Actor) -> Result<Viewer> {
    viewer(core, conn, Some(member), ActorId(0)).await
}
