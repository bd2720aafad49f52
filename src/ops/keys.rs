//! RSA keys of our actors. Made off the async threads: finding primes takes a while.

use std::sync::Arc;

use rsa::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};

use crate::error::{Error, Result};

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
