//! Keys of our actors: RSA for signing requests, made off the async threads because finding primes takes a while; and
//! Ed25519 for the proofs on what they say, made on the spot.

use std::sync::Arc;

use rand::RngCore;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use rsa::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};

use super::Core;
use crate::db::{Tx, multikeys};
use crate::error::{Error, Result};
use crate::model::{Actor, Multikey, multikey};

/// Actors that get their key in one transaction.
const BATCH: i64 = 200;

/// Bits of a key: what the fediverse takes.
const BITS: usize = 2048;

/// A key pair as PEM: PKCS#8 and SPKI.
#[derive(Clone, Debug)]
pub struct KeyPair {
    pub private_pem: String,
    pub public_pem: String,
}

/// Where keys come from.
#[derive(Clone, Debug, Default)]
pub enum KeyMaker {
    #[default]
    Generate,
    /// The same for everybody: tests that are not about keys.
    Fixed(Arc<KeyPair>),
}

impl KeyMaker {
    /// A key pair.
    ///
    /// # Errors
    /// When none could be made.
    pub async fn make(&self) -> Result<KeyPair> {
        match self {
            Self::Fixed(pair) => Ok(pair.as_ref().clone()),
            Self::Generate => tokio::task::spawn_blocking(generate).await.map_err(|error| Error::Internal(error.to_string()))?,
        }
    }
}

fn generate() -> Result<KeyPair> {
    let failed = |error: &dyn std::fmt::Display| Error::Internal(format!("can't make a key: {error}"));
    let private = rsa::RsaPrivateKey::new(&mut rand::rngs::OsRng, BITS).map_err(|error| failed(&error))?;
    Ok(KeyPair {
        private_pem: private.to_pkcs8_pem(LineEnding::LF).map_err(|error| failed(&error))?.to_string(),
        public_pem: private.to_public_key().to_public_key_pem(LineEnding::LF).map_err(|error| failed(&error))?,
    })
}

/// A new Ed25519 key for an actor of ours.
fn new_multikey(actor: &Actor) -> Result<Multikey> {
    let mut seed = [0; 32];
    rand::rngs::OsRng.fill_bytes(&mut seed);
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| Error::Internal("can't make an Ed25519 key".into()))?;
    Ok(Multikey {
        key_id: Multikey::id_of(&actor.ap_id),
        actor_id: actor.id,
        public_key: multikey::write_public(pair.public_key().as_ref()),
        private_key: Some(multikey::write_private(&seed)),
    })
}

/// The Ed25519 key of an actor of ours; made when it has none yet.
///
/// # Errors
/// When the database can't be written.
pub async fn own(tx: &mut Tx, actor: &Actor) -> Result<Multikey> {
    let known = multikeys::of(tx, actor.id).await?.into_iter().find(|key| key.private_key.is_some());
    if let Some(key) = known {
        return Ok(key);
    }
    multikeys::insert(tx, &new_multikey(actor)?).await?;
    // Another process may have been quicker at this very moment.
    let stored = multikeys::by_key_id(tx, &Multikey::id_of(&actor.ap_id)).await?;
    stored.filter(|key| key.actor_id == actor.id).ok_or_else(|| Error::Internal(format!("the key of {} was not stored", actor.ap_id)))
}

/// Gives a key to every actor of ours that an earlier version made without one.
///
/// # Errors
/// When the database can't be read or written.
pub async fn complete(core: &Core) -> Result<()> {
    loop {
        let without = multikeys::local_without(&mut core.db.conn(), BATCH).await?;
        if without.is_empty() {
            return Ok(());
        }
        let mut tx = core.db.begin().await?;
        for actor in &without {
            own(&mut tx, actor).await?;
        }
        tx.commit().await?;
    }
}
