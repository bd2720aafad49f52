//! Requests to connect between two instances: `Offer` of a `meent:Connection`, `Accept` or `Reject` of it, and `Undo`.
//!
//! It is the one thing that an instance with an allow list takes from a server that is not on it. So it goes a way of its
//! own: only the instance actor at `/actor` may say it, nothing else of that server is fetched, it is small and rare.

use std::num::NonZeroU32;

use axum::http::request::Parts;
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::effect::Effect;
use super::inbox::Said;
use super::signature::{Claim, PublicKey};
use super::{Federation, actor, json as strict, wire};
use crate::config::FederationMode;
use crate::db::actors;
use crate::db::connections::{self, Connection, Direction};
use crate::db::settings::{self, key};
use crate::error::{Doubt, Error, Result};
use crate::model::names::{clean, clean_line, cut};
use crate::model::urls::authority;
use crate::model::{Actor, ActorKind, markup};
use crate::ops::connecting::Word;

/// The type of what is offered.
const CONNECTION: &str = "meent:Connection";
/// Largest body that is read of a server that is not on the list.
const MAX_BODY: usize = 16 * 1024;
/// Longest name and sentence that are kept, in characters.
const LONGEST_NAME: usize = 200;
const LONGEST_WORDS: usize = 2_000;
/// How often one such server may knock in an hour, and for how many its actor is fetched.
const KNOCKS: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
const FETCHES: NonZeroU32 = NonZeroU32::new(120).expect("not zero");
/// Servers of which that is remembered.
const REMEMBERED: usize = 1_000;

/// How often servers knock that are on no list.
#[derive(Debug)]
pub struct Gate {
    knocks: DefaultKeyedRateLimiter<String>,
    fetches: DefaultDirectRateLimiter,
}

impl Default for Gate {
    fn default() -> Self {
        Self { knocks: RateLimiter::keyed(Quota::per_hour(KNOCKS)), fetches: RateLimiter::direct(Quota::per_hour(FETCHES)) }
    }
}

impl Gate {
    fn let_in(&self, host: &str) -> Result<()> {
        if self.knocks.len() > REMEMBERED {
            self.knocks.retain_recent();
            // Names that nobody has proven yet.
            if self.knocks.len() > REMEMBERED {
                return Err(Error::TooMany(600));
            }
        }
        self.knocks.check_key(&host.to_owned()).map_err(|_| Error::TooMany(3_600))
    }
}

/// The id of the request that an activity is about, when it is about one.
fn request(activity: &Value) -> Option<&str> {
    let object = activity.get("object")?;
    match wire::kind(activity) {
        "Offer" if wire::kind(object) == CONNECTION => wire::id(activity),
        "Accept" | "Reject" | "Undo" if wire::kind(object) == "Offer" && wire::kind(object.get("object")?) == CONNECTION => {
            wire::id(object)
        }
        _ => None,
    }
}

/// Whether an activity is about connecting.
#[must_use]
pub fn concerns(activity: &Value) -> bool {
    request(activity).is_some()
}

/// What an activity about connecting asks for.
///
/// # Errors
/// [`Error::Forbidden`] when somebody else than an instance says it.
pub async fn receive(fed: &Federation, activity: &Value, said: &Said<'_>) -> Result<Effect> {
    let speaker = actors::by_ap_id(&mut fed.core.db.conn(), said.by).await?.ok_or(Error::NotFound)?;
    if speaker.kind != ActorKind::Application || speaker.ap_id != fed.instance_id(&speaker.host) {
        return Err(Error::Forbidden("error-not-yours"));
    }
    let Some(id) = request(activity).map(str::to_owned) else {
        return Ok(Effect::Nothing("not about connecting"));
    };
    let object = activity.get("object").unwrap_or(&Value::Null);
    // Plain text: what reads as HTML is shown as it stands.
    let words = |value: &Value| cut(&clean(&wire::text(value, "summary")), LONGEST_WORDS);
    let word = match wire::kind(activity) {
        "Offer" => Word::Offer { id, name: cut(&clean_line(&wire::text(object, "name")), LONGEST_NAME), words: words(object) },
        "Undo" if wire::field_id(object, "actor").is_none_or(|actor| actor == said.by) => Word::Undo { id },
        "Undo" => return Err(Error::Forbidden("error-not-yours")),
        kind => Word::Answer { id, accepted: kind == "Accept", words: words(activity) },
    };
    Ok(Effect::Connection { host: speaker.host, word })
}

impl Federation {
    /// The id of the instance actor of a server that runs Meent.
    pub(super) fn instance_id(&self, host: &str) -> String {
        format!("{}://{host}/actor", self.scheme(host))
    }

    /// The instance actor of a server as it says it now, with its document. Also of one that is not on the allow list.
    async fn fetch_instance(&self, host: &str) -> Result<(Actor, Value)> {
        if self.core.blocks(host).await? {
            return Err(Error::Forbidden("error-host-refused"));
        }
        let id = self.instance_id(host);
        self.client.check_url(&id)?;
        self.leaves().await?;
        let (came_from, document) = self.client.fetch(&id, self.instance().await?).await?;
        let read = actor::read(&self.core, &self.client, &document)?;
        if read.ap_id != id || came_from.as_str() != id || read.kind != ActorKind::Application {
            return Err(Error::Bad(format!("{id} is no instance")));
        }
        Ok((read, document))
    }

    /// Who sent this, from a server that we don't speak with: only an instance that says something about connecting, and
    /// only while there is an allow list that it could come onto.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everything else; [`Error::TooMany`] for who knocks too often; as [`Federation::verify`].
    pub async fn verify_from_outside(&self, parts: &Parts, body: &[u8]) -> Result<Actor> {
        let refused = || Error::Forbidden("error-host-refused");
        if self.core.federation_mode().await? != FederationMode::Allowlist {
            return Err(refused());
        }
        let usable = |key_id: &str| self.client.check_url(key_id).is_ok();
        let claim = Claim::read(parts, body, &self.core.urls, self.core.now(), &usable)?;
        let fits = |actor: &Actor| PublicKey::from_pem(&actor.public_key_pem).is_some_and(|key| claim.fits(&key));
        let mut document = self.client.check_url(&claim.key_id).map_err(|error| Error::Signature(Doubt::of("key", error.to_string())))?;
        document.set_fragment(None);
        let host = authority(&document);
        if document.as_str() != self.instance_id(&host) || self.core.blocks(&host).await? || self.core.urls.is_ours(document.as_str()) {
            return Err(refused());
        }
        if body.len() > MAX_BODY {
            return Err(Error::TooLarge);
        }
        let activity = strict::parse(body).map_err(|why| Error::Bad(format!("not JSON that we read: {why}")))?;
        let Some(id) = request(&activity).filter(|_| wire::field_id(&activity, "actor") == Some(document.as_str())) else {
            return Err(refused());
        };
        // An answer counts only where a request waits, and a request is taken back only where there is one.
        let direction = match wire::kind(&activity) {
            "Offer" => None,
            "Undo" => Some(Direction::In),
            _ => Some(Direction::Out),
        };
        if let Some(direction) = direction
            && connections::get(&mut self.core.db.conn(), &host, direction).await?.is_none_or(|known| known.ap_id != id)
        {
            return Err(refused());
        }
        self.gate.let_in(&host)?;
        let known = actors::by_key_id(&mut self.core.db.conn(), &claim.key_id).await?;
        if let Some(known) = known.filter(|known| known.ap_id == document.as_str() && fits(known)) {
            return Ok(known);
        }
        self.gate.fetches.check().map_err(|_| Error::TooMany(600))?;
        let (signer, document) = self.fetch_instance(&host).await.map_err(|error| match error {
            Error::Remote(why) | Error::Bad(why) => Error::Signature(Doubt::of("key", format!("the key can't be had: {why}"))),
            Error::NotFound => Error::Signature(Doubt::of("key", "there is no such key")),
            other => other,
        })?;
        if signer.key_id != claim.key_id || !fits(&signer) {
            return Err(Error::Signature(Doubt::of("mismatch", "the signature does not fit")));
        }
        self.store_actor(&document).await
    }

    /// Says to another instance what is still unsaid about connecting.
    ///
    /// # Errors
    /// When it can't be said now; what can never be said is noted, and no error.
    pub async fn say_connection(&self, host: &str) -> Result<()> {
        if self.core.federation_mode().await? == FederationMode::Closed {
            return Err(Error::Remote("this instance speaks with nobody now".into()));
        }
        while let Some(unsaid) = connections::unsaid(&mut self.core.db.conn(), host).await? {
            let error = match self.say_word(&unsaid).await {
                Ok(()) => None,
                Err(error @ Error::Unavailable(_)) => return Err(error),
                Err(error) if error.is_passing() => {
                    let mut tx = self.core.db.begin().await?;
                    connections::note_error(&mut tx, &unsaid, &error.to_string()).await?;
                    tx.commit().await?;
                    return Err(error);
                }
                Err(error) => Some(error.to_string()),
            };
            let mut tx = self.core.db.begin().await?;
            connections::settle(&mut tx, &unsaid, self.core.now(), error.as_deref()).await?;
            self.core.commit(tx).await?;
        }
        Ok(())
    }

    async fn say_word(&self, unsaid: &Connection) -> Result<()> {
        let (to, document) = self.fetch_instance(&unsaid.host).await?;
        self.store_actor(&document).await?;
        let us = self.instance().await?;
        let name = settings::get(&mut self.core.db.conn(), key::REGION_NAME).await?.unwrap_or_default();
        let body = build(unsaid, us, &to, &name).to_string();
        let answer = self.client.post(&to.inbox, body, us).await?;
        let status = answer.status;
        // Who never heard of the request need not hear that it was taken back.
        if status.is_success() || unsaid.unsaid == "undo" && status == StatusCode::FORBIDDEN {
            return Ok(());
        }
        let why = format!("answered {status}: {}", cut(&answer.text, 500));
        let passing = status.is_server_error()
            || matches!(status, StatusCode::UNAUTHORIZED | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS);
        Err(if passing { Error::Remote(why) } else { Error::Bad(why) })
    }
}

/// Writes what is unsaid.
fn build(unsaid: &Connection, us: &Actor, to: &Actor, name: &str) -> Value {
    let context = json!(["https://www.w3.org/ns/activitystreams", {"meent": "urn:meent:"}]);
    let offer = |by: &Actor, to: &Actor, object: Value| json!({"id": unsaid.ap_id, "type": "Offer", "actor": by.ap_id, "to": [to.ap_id], "target": to.ap_id, "object": object});
    // Each time it is said it is another activity: what has an id that was seen is passed over.
    let id = |word: &str| format!("{}/{word}/{}", unsaid.ap_id, unsaid.changed_at.0);
    let mine = |word: &str| format!("{}#connection/{word}/{}", us.ap_id, unsaid.changed_at.0);
    let bare = || json!({"type": CONNECTION});
    let mut activity = match unsaid.unsaid.as_str() {
        "offer" => {
            let mut activity = offer(us, to, json!({"type": CONNECTION, "name": name, "summary": unsaid.words}));
            if let Value::Object(fields) = &mut activity {
                fields.insert("published".into(), unsaid.asked_at.rfc3339().into());
            }
            activity
        }
        "undo" => json!({"id": id("undo"), "type": "Undo", "actor": us.ap_id, "to": [to.ap_id], "object": offer(us, to, bare())}),
        word => {
            let kind = if word == "accept" { "Accept" } else { "Reject" };
            let mut activity =
                json!({"id": mine(word), "type": kind, "actor": us.ap_id, "to": [to.ap_id], "object": offer(to, us, bare())});
            if let (Value::Object(fields), false) = (&mut activity, unsaid.answer.is_empty()) {
                fields.insert("summary".into(), unsaid.answer.clone().into());
            }
            activity
        }
    };
    if let Value::Object(fields) = &mut activity {
        fields.shift_insert(0, "@context".into(), context);
    }
    activity
}

/// Plain text as the HTML that `summary` holds elsewhere; and back.
pub(super) fn plain(html: &str, longest: usize) -> String {
    markup::summary(&markup::html(&cut(html, 20_000)), longest)
}
