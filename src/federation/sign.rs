//! Signing what we send: draft-cavage-http-signatures-12 with RSA-SHA256, which every peer reads.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http_signature_normalization::Config as Cavage;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rsa::pkcs8::SecretDocument;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use url::Url;

use crate::error::{Error, Result};
use crate::model::urls::authority;
use crate::model::{Actor, Time};

/// Parsed keys kept at hand.
const KEYS_KEPT: usize = 1_000;

/// Signs on threads of its own, no more at once than there are processors: signatures are what a server pays for
/// federation, and they must not hold up its pages.
#[derive(Debug)]
pub struct Signer {
    threads: Arc<Semaphore>,
    keys: Mutex<HashMap<String, Arc<RsaKeyPair>>>,
}

/// The `Digest` header of a body (RFC 3230; upper case because NodeBB compares it so).
pub fn digest(body: &[u8]) -> String {
    format!("SHA-256={}", STANDARD.encode(Sha256::digest(body)))
}

impl Default for Signer {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { threads: Arc::new(Semaphore::new(threads)), keys: Mutex::new(HashMap::new()) }
    }
}

impl Signer {
    /// The headers of a signed request.
    ///
    /// # Errors
    /// When `by` has no private key, or it does not work.
    pub async fn headers(
        &self,
        method: &str,
        url: &Url,
        date: Time,
        by: &Actor,
        digest: Option<&str>,
        content_type: Option<&str>,
    ) -> Result<Vec<(String, String)>> {
        let mut headers = BTreeMap::from([("date".to_owned(), date.http_date()), ("host".to_owned(), authority(url))]);
        headers.extend(digest.map(|digest| ("digest".to_owned(), digest.to_owned())));
        headers.extend(content_type.map(|kind| ("content-type".to_owned(), kind.to_owned())));
        let target = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let unsigned = Cavage::new()
            .dont_use_created_field()
            .begin_sign(method, &target, headers.clone())
            .map_err(|error| Error::Internal(error.to_string()))?;
        let mut signing_string = String::new();
        let blank = unsigned
            .sign(by.key_id.clone(), |text| {
                text.clone_into(&mut signing_string);
                Ok::<_, std::convert::Infallible>("@".to_owned())
            })
            .map_err(|never: std::convert::Infallible| Error::Internal(never.to_string()))?;
        let signature = self.sign(by, signing_string).await?;
        // The library names the algorithm "hs2019"; peers that look at it want the one that was used.
        let header = blank
            .signature_header()
            .replace("algorithm=\"hs2019\"", "algorithm=\"rsa-sha256\"")
            .replace("signature=\"@\"", &format!("signature=\"{signature}\""));
        headers.insert("signature".into(), header);
        // The client sets Host itself, from the same URL.
        headers.remove("host");
        Ok(headers.into_iter().collect())
    }

    /// RSA PKCS#1 v1.5 with SHA-256 over `text`, base64.
    async fn sign(&self, by: &Actor, text: String) -> Result<String> {
        let key = self.key(by)?;
        let _turn = self.threads.acquire().await.map_err(|error| Error::Internal(error.to_string()))?;
        let signed = tokio::task::spawn_blocking(move || {
            let mut signature = vec![0; key.public().modulus_len()];
            key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).map(|()| STANDARD.encode(signature))
        });
        signed.await.map_err(|error| Error::Internal(error.to_string()))?.map_err(|_| Error::Internal("signing failed".into()))
    }

    fn key(&self, by: &Actor) -> Result<Arc<RsaKeyPair>> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let pem = by.private_key_pem.as_deref().ok_or_else(|| Error::Internal(format!("{} has no private key", by.ap_id)))?;
        if let Some(key) = keys.get(pem) {
            return Ok(key.clone());
        }
        let broken = || Error::Internal(format!("the private key of {} is broken", by.ap_id));
        let (_, document) = SecretDocument::from_pem(pem).map_err(|_| broken())?;
        let key = Arc::new(RsaKeyPair::from_pkcs8(document.as_bytes()).map_err(|_| broken())?);
        if keys.len() >= KEYS_KEPT {
            keys.clear();
        }
        keys.insert(pem.to_owned(), key.clone());
        Ok(key)
    }
}
