//! Who sent this? Checks of an incoming signed request, the cheap ones first and nothing over the network before them;
//! and of the proofs that activities carry with them. What is signed is read in `signature` and `proof`; here it is
//! decided whose key that is.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::http::request::Parts;
use serde_json::Value;
use url::Url;

use super::known;
use super::signature::{Claim, PublicKey};
use super::{Federation, proof};
use crate::db::{actors, multikeys};
use crate::error::{Doubt, Error, Result};
use crate::model::urls::authority;
use crate::model::{Actor, Time};

/// A key is fetched again at most this often when a signature does not fit (T-09).
const REFETCH: i64 = 5 * Time::MINUTE;
/// A key that could not be had is not asked for again so soon.
const NEGATIVE: i64 = 10 * Time::MINUTE;
/// So many documents of one server may be asked for in vain before we leave it alone for a while.
const IN_VAIN: usize = 100;
/// Servers of which that is remembered.
const REMEMBERED: usize = 1_000;

fn refuse<T>(why: impl Into<Doubt>) -> Result<T> {
    Err(Error::Signature(why.into()))
}

/// When the documents of keys were last asked for, by server, so that bad signatures don't make us knock on a third
/// party's door. What is behind the # does not count: it is the same door.
#[derive(Debug, Default)]
pub struct KeyFetches {
    fetched: Mutex<HashMap<String, HashMap<Url, Time>>>,
}

impl KeyFetches {
    /// Whether this document may be fetched now; if so, notes that it is.
    fn may(&self, document: &Url, pause: i64, now: Time) -> bool {
        let mut servers = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        if servers.len() >= REMEMBERED {
            // Better to knock once too often than to shut out everybody because somebody has many names.
            servers.clear();
        }
        let fetched = servers.entry(authority(document)).or_default();
        fetched.retain(|_, at| at.plus(NEGATIVE) > now);
        if fetched.get(document).is_some_and(|at| at.plus(pause) > now) || fetched.len() >= IN_VAIN {
            return false;
        }
        fetched.insert(document.clone(), now);
        true
    }

    fn forget(&self, document: &Url) {
        let mut servers = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(fetched) = servers.get_mut(&authority(document)) {
            fetched.remove(document);
            if fetched.is_empty() {
                servers.remove(&authority(document));
            }
        }
    }
}

/// An actor and one of its keys; none when that can't be read.
type Known = (Actor, Option<PublicKey>);

impl Federation {
    /// The actor that signed this request.
    ///
    /// # Errors
    /// [`Error::Signature`] when nobody did, or not this; [`Error::Forbidden`] for servers we don't speak with;
    /// [`Error::RemoteGone`] when the key's owner is gone, [`Error::NotFound`] when there is no such key; [`Error::TooMany`] when its key can't be asked for just now.
    pub async fn verify(&self, parts: &Parts, body: &[u8]) -> Result<Actor> {
        let now = self.core.now();
        let usable = |key_id: &str| self.client.check_url(key_id).is_ok();
        let claim = Claim::read(parts, body, &self.core.urls, now, &usable)?;
        let mut document = self.client.check_url(&claim.key_id).map_err(|error| Error::Signature(Doubt::of("key", error.to_string())))?;
        document.set_fragment(None);
        if self.core.urls.is_ours(&claim.key_id) {
            return refuse(Doubt::of("key", "that is a key of ours"));
        }
        if !self.core.may_federate_with(&authority(&document)).await? {
            return Err(Error::Forbidden("error-host-refused"));
        }
        match self.known_key(&claim.key_id).await? {
            Some((actor, Some(key))) if claim.fits(&key) => Ok(actor),
            // It may have a new key.
            Some(_) if self.keys.may(&document, REFETCH, now) => self.fetched_key(&claim).await,
            Some(_) => refuse(Doubt::of("mismatch", "the signature does not fit")),
            None if self.keys.may(&document, NEGATIVE, now) => {
                let actor = self.fetched_key(&claim).await?;
                self.keys.forget(&document);
                Ok(actor)
            }
            // Not "you are wrong": we have not looked. It may be asked for just now, or somebody asked for too many.
            None => Err(Error::TooMany(30)),
        }
    }

    async fn fetched_key(&self, claim: &Claim) -> Result<Actor> {
        self.fetch_key_owner(&claim.key_id).await.map_err(|error| match error {
            Error::Remote(why) | Error::Bad(why) => Error::Signature(Doubt::of("key", format!("the key can't be had: {why}"))),
            other => other,
        })?;
        match self.known_key(&claim.key_id).await? {
            Some((actor, Some(key))) if claim.fits(&key) => Ok(actor),
            _ => refuse(Doubt::of("mismatch", "the signature does not fit")),
        }
    }

    /// A key that an actor lists, and whose it is: its RSA key or one of its Ed25519 keys.
    async fn known_key(&self, key_id: &str) -> Result<Option<Known>> {
        let mut conn = self.core.db.conn();
        if let Some(actor) = actors::by_key_id(&mut conn, key_id).await? {
            let key = PublicKey::from_pem(&actor.public_key_pem);
            return Ok(Some((actor, key)));
        }
        let Some(multikey) = multikeys::by_key_id(&mut conn, key_id).await? else { return Ok(None) };
        let actor = actors::by_id(&mut conn, multikey.actor_id).await?;
        Ok(Some((actor, PublicKey::from_multibase(&multikey.public_key))).filter(|(actor, _)| actor.deleted_at.is_none()))
    }

    /// Whether an activity carries a proof that `by` said it, word for word (FEP-8b32). A proof that does not hold is as
    /// none; it is no reason to refuse what can be asked for at its home.
    ///
    /// # Errors
    /// When the database can't be read.
    pub(super) async fn is_proven(&self, activity: &Value, by: &str, known: &known::Known) -> Result<bool> {
        let now = self.core.now();
        for proof in proof::read(activity, by, now) {
            let listed = known.key(proof.key_id, by).and_then(|key| PublicKey::from_multibase(&key.public_key));
            if listed.is_some_and(|key| proof.fits(&key)) {
                return Ok(true);
            }
            if self.proves(&proof, by).await? {
                return Ok(true);
            }
            // The key may be new, or another one by now; it stands in the document of the actor.
            let Ok(mut document) = self.client.check_url(by) else { continue };
            document.set_fragment(None);
            let passing = |error: &Error| matches!(error, Error::Unavailable(_));
            if self.keys.may(&document, REFETCH, now) {
                match self.fetch_actor(by).await {
                    Ok(_) if self.proves(&proof, by).await? => return Ok(true),
                    Err(error) if passing(&error) => return Err(error),
                    _ => {}
                }
            }
        }
        Ok(false)
    }

    async fn proves(&self, proof: &proof::Proof<'_>, by: &str) -> Result<bool> {
        let known = self.known_key(proof.key_id).await?;
        Ok(known.is_some_and(|(actor, key)| actor.ap_id == by && key.is_some_and(|key| proof.fits(&key))))
    }
}
