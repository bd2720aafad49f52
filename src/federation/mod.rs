//! ActivityPub in and out. Nothing of the federation library is used outside this folder.
//!
//! In: `routes` -> `verify` -> `intake` (stored, then 202); later `inbox` -> one file for each activity -> `effect` -> `ops`.
//! Out: `ops` queues an activity; `outbox` makes its JSON and the deliveries; `deliver` signs and sends.

pub mod actor;
pub mod add;
pub mod announce;
pub mod asked;
pub mod authority;
pub mod backfill;
pub mod block;
pub mod budget;
mod catching_up;
pub mod choose_answer;
pub mod client;
pub mod collections;
pub mod comparing;
pub mod connection;
pub mod courtesy;
pub mod create;
pub mod deeds;
pub mod delete;
pub mod deliver;
pub mod discovery;
pub mod door;
pub mod effect;
pub mod errands;
pub mod event;
pub mod finder;
pub mod flag;
pub mod follow;
pub mod inbox;
pub mod intake;
pub mod interest;
pub mod join;
pub mod json;
pub mod knock;
mod known;
pub mod letters;
pub mod like;
pub mod listed;
pub mod lock;
pub mod lost;
pub mod manners;
pub mod moving;
pub mod notes;
pub mod noting;
pub mod object;
pub mod offered;
pub mod outbox;
pub mod pace;
pub mod pictures;
pub mod portrait;
pub mod probe;
pub mod proof;
pub mod regions;
pub mod resolver;
pub mod resync;
pub mod routes;
pub mod schemes;
pub mod sign;
pub mod signature;
pub mod turns;
pub mod undo;
pub mod verify;
pub mod waiting;
pub mod wire;
mod writer;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use serde_json::{Value, json};
use tokio::sync::{OnceCell, broadcast};

use crate::db::settings::{self, key};
use crate::db::{actors, deliveries, multikeys, whereabouts};
use crate::error::{Error, Result};
use crate::model::urls::authority;
use crate::model::{Actor, ActorKind, Multikey};
use crate::ops::Core;

/// The media type of everything we send and serve; exactly this, because peers compare it.
pub const ACTIVITY_JSON: &str = "application/activity+json";

/// Arrivals that are kept for who looks at them slowly.
const ARRIVALS: usize = 256;

/// What the federation needs.
#[derive(Debug)]
pub struct Federation {
    pub core: Arc<Core>,
    pub client: client::Client,
    pub intake: intake::Intake,
    keys: verify::KeyFetches,
    /// How much each server may send: plenty, and no more (T-81).
    pub pace: pace::Pace,
    /// How often servers are asked for what others say they have (T-77).
    pub budget: budget::Budget,
    /// Whose activities are being worked on.
    pub turns: turns::Turns,
    courtesy: courtesy::Courtesy,
    pub letters: letters::Letters,
    pub notes: noting::Notes,
    /// What arrived at other servers, for whoever wants to look.
    pub arrivals: broadcast::Sender<deliver::Arrival>,
    /// How often servers knock that are on no list.
    gate: connection::Gate,
    instance: OnceCell<Actor>,
    left: AtomicBool,
    /// Set when the process stops: what is long ends after its next step.
    pub stopping: AtomicBool,
}

impl Federation {
    /// # Errors
    /// When the HTTP client can't be made of the configuration.
    pub fn new(core: Arc<Core>) -> Result<Arc<Self>> {
        Ok(Arc::new(Self {
            client: client::Client::new(&core.config, core.clock.clone(), schemes::Schemes::new(Some(core.db.clone())))?,
            intake: intake::Intake::start(core.clone()),
            keys: verify::KeyFetches::default(),
            budget: budget::Budget::default(),
            pace: pace::Pace::default(),
            turns: turns::Turns::default(),
            courtesy: courtesy::Courtesy::default(),
            letters: letters::Letters::default(),
            notes: noting::Notes::start(core.clone()),
            arrivals: broadcast::Sender::new(ARRIVALS),
            gate: connection::Gate::default(),
            instance: OnceCell::new(),
            left: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            core,
        }))
    }

    /// Lets go of what is remembered about servers that have been quiet.
    pub fn forget_quiet_servers(&self) {
        let now = self.core.now();
        self.pace.forget_quiet_servers(now);
        self.budget.forget(now);
    }

    /// Our instance actor, which signs every fetch.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn instance(&self) -> Result<&Actor> {
        self.instance
            .get_or_try_init(|| async {
                actors::instance(&mut self.core.db.conn()).await?.ok_or_else(|| Error::Internal("there is no instance actor".into()))
            })
            .await
    }

    /// Notes that an id of ours is about to be seen by others: from now on `public_url` stands.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn leaves(&self) -> Result<()> {
        if !self.left.load(Ordering::Relaxed) {
            let mut tx = self.core.db.begin().await?;
            settings::set_once(&mut tx, key::LEFT, &self.core.now().rfc3339()).await?;
            tx.commit().await?;
            self.left.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Fetches the document with this id, from where the id says. An id on another origin than the document came from
    /// is never believed (T-03, T-06); one that differs on the same origin is fetched once more by its own name.
    ///
    /// # Errors
    /// [`Error::RemoteGone`] when it is gone, or a Tombstone; [`Error::Remote`] otherwise; [`Error::Forbidden`] for
    /// servers we don't speak with.
    pub async fn fetch_by_id(&self, id: &str) -> Result<Value> {
        let mut asked = id.to_owned();
        for _ in 0..2 {
            let url = self.client.check_url(&asked)?;
            if self.core.urls.is_ours(&asked) {
                return Err(Error::Bad("that is an id of ours".into()));
            }
            if !self.core.may_federate_with(&authority(&url)).await? {
                return Err(Error::Forbidden("error-host-refused"));
            }
            self.leaves().await?;
            let (came_from, document) = self.client.fetch(&asked, self.instance().await?).await?;
            let said = wire::id(&document).unwrap_or_default().to_owned();
            if said == asked || said == came_from.as_str() {
                if wire::kind(&document) == "Tombstone" {
                    return Err(Error::RemoteGone);
                }
                return Ok(document);
            }
            if !crate::model::urls::same_origin(&said, came_from.as_str()) {
                return Err(Error::Remote(format!("{asked}: the document calls itself {said:?}")));
            }
            asked = said;
        }
        Err(Error::Remote(format!("{id}: the document calls itself something else each time")))
    }

    /// The stored actor with this id; fetched when it is not known yet.
    ///
    /// # Errors
    /// As [`Federation::fetch_by_id`].
    pub async fn actor(&self, id: &str) -> Result<Actor> {
        match self.living_actor(id).await? {
            Some(actor) => Ok(actor),
            None => Box::pin(self.fetch_actor(id)).await,
        }
    }

    /// The stored actor with this id, if there is one.
    async fn living_actor(&self, id: &str) -> Result<Option<Actor>> {
        let stored = actors::by_ap_id(&mut self.core.db.conn(), id).await?;
        if stored.as_ref().is_some_and(|actor| actor.deleted_at.is_some()) { Err(Error::RemoteGone) } else { Ok(stored) }
    }

    /// The same, also one that is gone by now, for what it took back before.
    ///
    /// # Errors
    /// As [`Federation::fetch_by_id`].
    pub async fn known_actor(&self, id: &str) -> Result<Actor> {
        match actors::by_ap_id(&mut self.core.db.conn(), id).await? {
            Some(actor) => Ok(actor),
            None => Box::pin(self.fetch_actor(id)).await,
        }
    }

    /// As [`Federation::actor`], for one that an activity speaks of: who lives on another server than the one that sent it is asked
    /// for within bounds.
    ///
    /// # Errors
    /// As [`Federation::fetch_by_id`] and [`Federation::may_ask_for`].
    pub(super) async fn actor_in(&self, said: &inbox::Said<'_>, id: &str) -> Result<Actor> {
        if let Some(actor) = self.living_actor(id).await? {
            return Ok(actor);
        }
        self.may_ask_for(said, id)?;
        Box::pin(self.fetch_actor(id)).await
    }

    /// Takes a request for something of which an activity says that it is there; of the server that sent it, as many as it likes. So
    /// nobody makes us knock on a stranger's door without end (T-77).
    ///
    /// # Errors
    /// [`Error::Remote`] when that server was asked often enough in this hour; [`Error::Bad`] for no address.
    pub(super) fn may_ask_for(&self, said: &inbox::Said<'_>, id: &str) -> Result<()> {
        self.may_ask_because_of(said.announced_by.as_ref().map_or(said.by, |group| group.ap_id.as_str()), id)
    }

    /// The same, of what `sender` says is there.
    ///
    /// # Errors
    /// As [`Federation::may_ask_for`].
    pub(super) fn may_ask_because_of(&self, sender: &str, id: &str) -> Result<()> {
        let host = authority(&self.client.check_url(id)?);
        if crate::model::urls::same_origin(id, sender) || self.budget.take(&host, self.core.now()) {
            return Ok(());
        }
        Err(Error::Remote(format!("{host} was asked often enough in this hour")))
    }

    /// Fetches an actor and stores it.
    ///
    /// # Errors
    /// As [`Federation::fetch_by_id`].
    pub async fn fetch_actor(&self, id: &str) -> Result<Actor> {
        let document = self.fetch_by_id(id).await?;
        self.store_actor(&document).await
    }

    /// Stores a fetched actor document.
    async fn store_actor(&self, document: &Value) -> Result<Actor> {
        let actor = actor::read(&self.core, &self.client, document)?;
        let keys = actor::read_multikeys(&self.client, document, &actor);
        let mut tx = self.core.db.begin().await?;
        if let Some(known) = actors::by_ap_id(&mut tx, &actor.ap_id).await?
            && known.deleted_at.is_some()
        {
            return Err(Error::RemoteGone);
        }
        let stored = actors::upsert(&mut tx, &actor).await.map_err(|error| match error {
            Error::Conflict => Error::Remote(format!("{}: another id already has the name {}", actor.ap_id, actor.name)),
            other => other,
        })?;
        for known in multikeys::of(&mut tx, stored.id).await? {
            if keys.iter().all(|(key_id, _)| *key_id != known.key_id) {
                multikeys::remove(&mut tx, &known.key_id).await?;
            }
        }
        for (key_id, public_key) in keys {
            multikeys::upsert(&mut tx, &Multikey { key_id, actor_id: stored.id, public_key, private_key: None }).await?;
        }
        deliveries::know(&mut tx, &stored.host).await?;
        let before = whereabouts::of(&mut tx, stored.id).await?;
        let now = actor::whereabouts(&self.client, document, &before);
        if now != before {
            whereabouts::set(&mut tx, stored.id, &now).await?;
        }
        self.core.commit(tx).await?;
        // It says itself that it reads the newer signatures (FEP-844e).
        let now = self.core.now();
        if actor::reads_rfc9421(document) && self.client.schemes.of(&stored.host, now).await?.is_none() {
            self.client.schemes.note(&stored.host, signature::Scheme::Rfc9421, now).await?;
        }
        Ok(stored)
    }

    /// Fetches the owner of a key; the owner must list exactly that key (T-07).
    ///
    /// # Errors
    /// As [`Federation::fetch_by_id`].
    pub async fn fetch_key_owner(&self, key_id: &str) -> Result<Actor> {
        let document_id = key_id.split('#').next().unwrap_or(key_id);
        let url = self.client.check_url(document_id)?;
        if !self.core.may_federate_with(&authority(&url)).await? {
            return Err(Error::Forbidden("error-host-refused"));
        }
        self.leaves().await?;
        let (came_from, document) = self.client.fetch_key(document_id, self.instance().await?).await?;
        // The document is the actor itself, a stub of it, or the bare key; in each case it says whose it is.
        let owner = document.get("publicKey").and_then(|key| wire::field_id(key, "owner"));
        let owner = owner.or_else(|| wire::field_id(&document, "owner")).or_else(|| wire::field_id(&document, "controller"));
        let owner = owner.or_else(|| wire::id(&document)).unwrap_or_default().to_owned();
        if !crate::model::urls::same_origin(&owner, key_id) {
            return Err(Error::Remote(format!("the key {key_id} belongs to another server")));
        }
        // Only at its own address does a document speak for its owner: it may lie among what people uploaded.
        let own_address = owner == document_id || owner == came_from.as_str();
        let actor = if own_address && wire::id(&document) == Some(&owner) && document.get("inbox").is_some() {
            self.store_actor(&document).await?
        } else {
            self.fetch_actor(&owner).await?
        };
        let lists = actor.key_id == key_id
            || multikeys::by_key_id(&mut self.core.db.conn(), key_id).await?.is_some_and(|key| key.actor_id == actor.id);
        if lists { Ok(actor) } else { Err(Error::Remote(format!("{owner} does not list the key {key_id}"))) }
    }
}

/// The shared `@context`, inline: nobody has to fetch one of ours.
pub fn context() -> Value {
    static CONTEXT: LazyLock<Value> =
        LazyLock::new(|| serde_json::from_str(include_str!("context.json")).expect("the file beside this one is JSON"));
    CONTEXT.clone()
}

/// Whether an actor may write: not a group, not an instance.
pub fn may_write(actor: &Actor) -> bool {
    matches!(actor.kind, ActorKind::Person | ActorKind::Service | ActorKind::Organization)
}
