//! ActivityPub in and out. Nothing of the federation library is used outside this folder.
//!
//! In: `routes` -> `verify` -> `inbox` (stored, then 202); later `inbox` -> one file for each activity -> `effect` -> `ops`.
//! Out: `ops` queues an activity; `outbox` makes its JSON and the deliveries; `deliver` signs and sends.

pub mod actor;
pub mod announce;
pub mod backfill;
pub mod choose_answer;
pub mod client;
pub mod collections;
pub mod create;
pub mod delete;
pub mod deliver;
pub mod discovery;
pub mod effect;
pub mod finder;
pub mod follow;
pub mod inbox;
pub mod json;
pub mod like;
pub mod object;
pub mod outbox;
pub mod routes;
pub mod sign;
pub mod undo;
pub mod verify;
pub mod wire;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::db::settings::{self, key};
use crate::db::{actors, deliveries};
use crate::error::{Error, Result};
use crate::model::urls::authority;
use crate::model::{Actor, ActorKind};
use crate::ops::Core;

/// The media type of everything we send and serve; exactly this, because peers compare it.
pub const ACTIVITY_JSON: &str = "application/activity+json";

/// Activities that one server may send in a second, for long.
const PER_SECOND: NonZeroU32 = NonZeroU32::new(100).expect("not zero");
/// And in one go: what was queued while we were away.
const AT_ONCE: NonZeroU32 = NonZeroU32::new(2_000).expect("not zero");

/// What the federation needs.
#[derive(Debug)]
pub struct Federation {
    pub core: Arc<Core>,
    pub client: client::Client,
    pub inbox: inbox::Inbox,
    keys: verify::KeyFetches,
    /// How much each server may send: plenty, and no more (T-81).
    pace: DefaultKeyedRateLimiter<String>,
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
            client: client::Client::new(&core.config, core.clock.clone())?,
            inbox: inbox::Inbox::start(core.clone()),
            keys: verify::KeyFetches::default(),
            pace: RateLimiter::keyed(Quota::per_second(PER_SECOND).allow_burst(AT_ONCE)),
            instance: OnceCell::new(),
            left: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            core,
        }))
    }

    /// Lets go of what is remembered about the pace of servers that have been quiet.
    pub fn forget_quiet_servers(&self) {
        self.pace.retain_recent();
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
        match actors::by_ap_id(&mut self.core.db.conn(), id).await? {
            Some(actor) if actor.deleted_at.is_some() => Err(Error::RemoteGone),
            Some(actor) => Ok(actor),
            None => Box::pin(self.fetch_actor(id)).await,
        }
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
        deliveries::know(&mut tx, &stored.host).await?;
        self.core.commit(tx).await?;
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
        let (came_from, document) = self.client.fetch(document_id, self.instance().await?).await?;
        // The document is the actor itself, a stub of it, or the bare key; in each case it says whose it is.
        let owner = document.get("publicKey").and_then(|key| wire::field_id(key, "owner")).or_else(|| wire::field_id(&document, "owner"));
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
        if actor.key_id == key_id { Ok(actor) } else { Err(Error::Remote(format!("{owner} does not list the key {key_id}"))) }
    }
}

/// The shared `@context`, inline: nobody has to fetch one of ours.
pub fn context() -> Value {
    json!([
        "https://www.w3.org/ns/activitystreams",
        "https://w3id.org/security/v1",
        {
            "toot": "http://joinmastodon.org/ns#", "lemmy": "https://join-lemmy.org/ns#", "pt": "https://joinpeertube.org/ns#",
            "sc": "http://schema.org/", "meent": "urn:meent:",
            "sensitive": "as:sensitive", "manuallyApprovesFollowers": "as:manuallyApprovesFollowers", "discoverable": "toot:discoverable",
            "indexable": "toot:indexable", "featured": {"@id": "toot:featured", "@type": "@id"},
            "moderators": {"@id": "lemmy:moderators", "@type": "@id"}, "postingRestrictedToMods": "lemmy:postingRestrictedToMods",
            "language": "sc:inLanguage", "commentsEnabled": "pt:commentsEnabled",
            "acceptedAnswer": {"@id": "sc:acceptedAnswer", "@type": "@id"}, "answerCount": "sc:answerCount",
            "PropertyValue": "sc:PropertyValue", "value": "sc:value",
            "meent:acceptedBy": {"@id": "meent:acceptedBy", "@type": "@id"}
        }
    ])
}

/// Whether an actor may write: not a group, not an instance.
pub fn may_write(actor: &Actor) -> bool {
    matches!(actor.kind, ActorKind::Person | ActorKind::Service | ActorKind::Organization)
}
