//! Signing what we send, on threads of their own: signatures are what a server pays for federation, and they must not
//! hold up its pages or its inbox.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rsa::pkcs8::SecretDocument;
use tokio::sync::{mpsc, oneshot};
use url::Url;

use super::signature::rfc9421::{self, Outgoing, Wanted};
use super::signature::{Scheme, cavage, digest};
use crate::error::{Error, Result};
use crate::model::urls::authority;
use crate::model::{Actor, Time};

/// Parsed keys kept at hand.
const KEYS_KEPT: usize = 1_000;
/// Texts that wait for a thread; who comes after them waits to hand over theirs.
const WAITING: usize = 64;

/// A text to be signed.
struct Task {
    key: Arc<RsaKeyPair>,
    text: String,
    /// The signature in base64, or nothing when the key did not work.
    done: oneshot::Sender<Option<String>>,
}

/// Signs on a few threads: one fewer than there are processors, so that one is always left for everything else, however
/// much waits to be sent.
#[derive(Debug)]
pub struct Signer {
    tasks: mpsc::Sender<Task>,
    keys: Mutex<HashMap<String, Arc<RsaKeyPair>>>,
}

/// A request that is to be signed.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub method: &'a str,
    pub url: &'a Url,
    pub at: Time,
    pub by: &'a Actor,
    /// The bytes, and their type.
    pub body: Option<(&'a [u8], &'a str)>,
}

impl Signer {
    /// Starts the threads; they end with the signer.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn new() -> Result<Self> {
        let (tasks, waiting) = mpsc::channel(WAITING);
        let waiting = Arc::new(Mutex::new(waiting));
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        for number in 1..processors.max(2) {
            let waiting = waiting.clone();
            std::thread::Builder::new()
                .name(format!("signing-{number}"))
                .spawn(move || work(&waiting))
                .map_err(|error| Error::Internal(format!("no thread to sign on: {error}")))?;
        }
        Ok(Self { tasks, keys: Mutex::new(HashMap::new()) })
    }

    /// The headers of a signed request, in one of the two schemes; never both, they share the name of a header.
    ///
    /// # Errors
    /// When its signer has no private key, or it does not work.
    pub async fn headers(&self, request: Request<'_>, scheme: Scheme, wanted: &Wanted) -> Result<Vec<(String, String)>> {
        match scheme {
            Scheme::Cavage => self.by_cavage(request).await,
            Scheme::Rfc9421 => self.by_rfc9421(request, wanted).await,
        }
    }

    async fn by_cavage(&self, request: Request<'_>) -> Result<Vec<(String, String)>> {
        let Request { method, url, at, by, body } = request;
        // Lemmy wants a signed digest of the empty body on private things; it harms nowhere.
        let bytes = body.map_or(&b""[..], |(bytes, _)| bytes);
        let mut headers = BTreeMap::from([
            ("date".to_owned(), at.http_date()),
            ("host".to_owned(), authority(url)),
            ("digest".to_owned(), digest::digest(bytes)),
        ]);
        headers.extend(body.map(|(_, kind)| ("content-type".to_owned(), kind.to_owned())));
        let target = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let (text, blank) = cavage::write(method, &target, &headers, &by.key_id)?;
        let signature = self.sign(by, text).await?;
        headers.insert("signature".into(), blank.replace("signature=\"@\"", &format!("signature=\"{signature}\"")));
        // The client sets Host itself, from the same URL.
        headers.remove("host");
        Ok(headers.into_iter().collect())
    }

    async fn by_rfc9421(&self, request: Request<'_>, wanted: &Wanted) -> Result<Vec<(String, String)>> {
        let Request { method, url, at, by, body } = request;
        let (host, digest) = (authority(url), body.map(|(bytes, _)| digest::content_digest(bytes)));
        let covered = digest.as_deref().zip(body.map(|(_, kind)| kind));
        let outgoing = Outgoing { method, url, host: &host, at, key_id: &by.key_id, body: covered };
        let (base, input) = rfc9421::write(&outgoing, wanted)?;
        let signature = self.sign(by, base).await?;
        let mut headers = vec![("date".to_owned(), at.http_date())];
        if let Some((digest, kind)) = covered {
            headers.extend([("content-digest".to_owned(), digest.to_owned()), ("content-type".to_owned(), kind.to_owned())]);
        }
        headers.extend(rfc9421::headers(&input, &signature));
        Ok(headers)
    }

    /// RSA PKCS#1 v1.5 with SHA-256 over `text`, base64.
    async fn sign(&self, by: &Actor, text: String) -> Result<String> {
        let (done, signed) = oneshot::channel();
        let ended = || Error::Internal("the threads that sign have ended".into());
        self.tasks.send(Task { key: self.key(by)?, text, done }).await.map_err(|_| ended())?;
        signed.await.map_err(|_| ended())?.ok_or_else(|| Error::Internal("signing failed".into()))
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

/// What a thread does until there is nobody left to sign for.
fn work(waiting: &Mutex<mpsc::Receiver<Task>>) {
    loop {
        // Held while waiting, not while signing: one thread waits for work, the others for their turn to.
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
        let Some(Task { key, text, done }) = next else { return };
        let mut signature = vec![0; key.public().modulus_len()];
        let signed = key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature);
        // Who asked may have given up by now.
        let _ = done.send(signed.ok().map(|()| STANDARD.encode(signature)));
    }
}
