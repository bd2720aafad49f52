//! Who sent this? Checks of an incoming signed request, the cheap ones first and nothing over the network before them.
//!
//! draft-cavage-http-signatures-12 is read here. RFC 9421 has its place in [`Claim::read`], beside it: a request with a
//! `Signature-Input` header is recognised and refused with a sentence, so that peers fall back.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http_signature_normalization::Config as Cavage;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey};
use rsa::RsaPublicKey;
use rsa::pkcs1::{DecodeRsaPublicKey, EncodeRsaPublicKey};
use rsa::pkcs8::DecodePublicKey;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use url::Url;

use super::Federation;
use crate::db::actors;
use crate::error::{Error, Result};
use crate::model::urls::authority;
use crate::model::{Actor, Time};

/// How far a peer's clock may be off, and how old a request may be.
const SKEW: i64 = Time::HOUR;
/// How old a request may be that carries its own `(expires)`.
const OLDEST: i64 = 12 * Time::HOUR;
/// A key is fetched again at most this often when a signature does not fit (T-09).
const REFETCH: i64 = 5 * Time::MINUTE;
/// A key that could not be had is not asked for again so soon.
const NEGATIVE: i64 = 10 * Time::MINUTE;
/// So many documents of one server may be asked for in vain before we leave it alone for a while.
const IN_VAIN: usize = 100;
/// Servers of which that is remembered.
const REMEMBERED: usize = 1_000;

fn refuse<T>(why: impl Into<String>) -> Result<T> {
    Err(Error::Signature(why.into()))
}

/// What a request says about its sender, after every check that needs no network.
#[derive(Debug)]
pub struct Claim {
    pub key_id: String,
    algorithm: String,
    signature: Vec<u8>,
    /// What may have been signed: with the query in the request target and, as some peers do it, without.
    signing_strings: Vec<String>,
}

impl Claim {
    /// Reads and checks the headers against the request and the body.
    ///
    /// # Errors
    /// [`Error::Signature`] or [`Error::Bad`], with the rule that was broken.
    pub fn read(parts: &Parts, body: &[u8], our_host: &str, now: Time) -> Result<Self> {
        for name in ["signature", "digest", "host", "date"] {
            if parts.headers.get_all(name).iter().count() > 1 {
                return Err(Error::Bad(format!("more than one {name} header")));
            }
        }
        if parts.headers.contains_key("signature-input") {
            return refuse("RFC 9421 signatures are not read yet; sign as draft-cavage-http-signatures-12");
        }
        let Some(header) = text(&parts.headers, "signature") else { return refuse("there is no Signature header") };
        let fields = parameters(header)?;
        let field = |name: &str| fields.get(name).map(String::as_str);
        let (Some(key_id), Some(signature)) = (field("keyId"), field("signature")) else { return refuse("keyId or signature is missing") };
        let signature = STANDARD.decode(signature).map_err(|_| Error::Signature("the signature is not base64".into()))?;
        let signed: Vec<String> = field("headers").unwrap_or("date").split_whitespace().map(str::to_ascii_lowercase).collect();
        let covers = |name: &str| signed.iter().any(|signed| signed == name);
        if !covers("(request-target)") || !covers("host") || !(covers("date") || covers("(created)")) {
            return refuse("(request-target), host and date (or (created)) must be signed");
        }
        // The library would read an Authorization header as the signature, with a list of headers of its own.
        if covers("signature") || covers("authorization") || signed.len() > 20 {
            return refuse("these headers can't be signed");
        }
        check_host(&parts.headers, our_host)?;
        check_time(
            &parts.headers,
            field("created").filter(|_| covers("(created)")),
            field("expires").filter(|_| covers("(expires)")),
            now,
        )?;
        if !body.is_empty() || parts.method == Method::POST {
            if !covers("digest") {
                return refuse("digest must be signed");
            }
            check_digest(&parts.headers, body)?;
        } else if parts.headers.contains_key("digest") {
            check_digest(&parts.headers, body)?;
        }
        let algorithm = field("algorithm").unwrap_or("hs2019").to_ascii_lowercase();
        if !matches!(algorithm.as_str(), "rsa-sha256" | "rsa-sha512" | "hs2019") {
            return refuse(format!("the algorithm {algorithm:?} is not accepted"));
        }
        let path = parts.uri.path().to_owned();
        let mut targets = vec![parts.uri.path_and_query().map_or_else(|| path.clone(), ToString::to_string)];
        if parts.uri.query().is_some() {
            targets.push(path);
        }
        let signing_strings = targets.iter().map(|target| signing_string(parts, target, &fields, &signed)).collect::<Result<_>>()?;
        Ok(Self { key_id: key_id.to_owned(), algorithm, signature, signing_strings })
    }

    /// Whether this key made the signature. The key's own kind decides the algorithm (T-46).
    pub fn fits(&self, public_key_pem: &str) -> bool {
        let Some(key) = public_key(public_key_pem) else { return false };
        let sha256 = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &key);
        let sha512 = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA512, &key);
        self.signing_strings.iter().any(|text| {
            (self.algorithm != "rsa-sha512" && sha256.verify(text.as_bytes(), &self.signature).is_ok())
                || (self.algorithm != "rsa-sha256" && sha512.verify(text.as_bytes(), &self.signature).is_ok())
        })
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// An RSA key of at least 2048 bits from PEM, in the form that ring wants.
pub fn public_key(pem: &str) -> Option<Vec<u8>> {
    let key = RsaPublicKey::from_public_key_pem(pem.trim()).ok().or_else(|| RsaPublicKey::from_pkcs1_pem(pem.trim()).ok())?;
    if rsa::traits::PublicKeyParts::size(&key) < 256 {
        return None;
    }
    Some(key.to_pkcs1_der().ok()?.as_bytes().to_vec())
}

/// The parameters of a `Signature` header; with or without blanks behind the commas. A name twice is refused.
fn parameters(header: &str) -> Result<BTreeMap<String, String>> {
    let mut fields = BTreeMap::new();
    for part in header.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let Some((name, value)) = part.split_once('=') else { return refuse("the Signature header can't be read") };
        let value = value.trim().trim_matches('"');
        if value.contains('"') || fields.insert(name.trim().to_owned(), value.to_owned()).is_some() {
            return refuse("the Signature header can't be read");
        }
    }
    Ok(fields)
}

/// The text that was signed, made by the library from a header in the one form that it reads.
fn signing_string(parts: &Parts, target: &str, fields: &BTreeMap<String, String>, signed: &[String]) -> Result<String> {
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for name in signed.iter().filter(|name| !name.starts_with('(')) {
        let values: Vec<&str> =
            parts.headers.get_all(name.as_str()).iter().filter_map(|value| value.to_str().ok()).map(str::trim).collect();
        if values.is_empty() {
            return refuse(format!("the signed header {name} is not there"));
        }
        headers.insert(name.clone(), values.join(", "));
    }
    // As lines, not as parameters: the library would look at its own clock, and fall over a time beyond all times.
    for name in ["created", "expires"] {
        if let Some(value) = fields.get(name) {
            headers.insert(format!("({name})"), value.clone());
        }
    }
    let plain = format!("keyId=\"-\",algorithm=\"hs2019\",headers=\"{}\",signature=\"-\"", signed.join(" "));
    headers.insert("signature".into(), plain);
    // Its look at the Date is switched off: `check_time` has looked.
    let unverified = Cavage::new()
        .set_expiration(Duration::from_hours(100 * 365 * 24))
        .begin_verify(parts.method.as_str(), target, headers)
        .map_err(|error| Error::Signature(error.to_string()))?;
    Ok(unverified.signing_string().to_owned())
}

/// A request that was made for another server is not for us (T-42).
fn check_host(headers: &HeaderMap, our_host: &str) -> Result<()> {
    match text(headers, "host") {
        // Gancio signs the host without its port.
        Some(host)
            if host.eq_ignore_ascii_case(our_host) || our_host.split(':').next().is_some_and(|name| host.eq_ignore_ascii_case(name)) =>
        {
            Ok(())
        }
        _ => refuse("the Host header does not name this server"),
    }
}

fn check_time(headers: &HeaderMap, created: Option<&str>, expires: Option<&str>, now: Time) -> Result<()> {
    let seconds = |text: &str| text.parse::<i64>().ok().and_then(|seconds| seconds.checked_mul(1_000)).map(Time);
    let said = match (created, text(headers, "date")) {
        (Some(created), _) => seconds(created).ok_or_else(|| Error::Signature("(created) is no time".into()))?,
        (None, Some(date)) => Time::parse_http_date(date).ok_or_else(|| Error::Signature("Date is no date".into()))?,
        (None, None) => return refuse("there is no date"),
    };
    let mut oldest = SKEW;
    if let Some(expires) = expires {
        let expires = seconds(expires).ok_or_else(|| Error::Signature("(expires) is no time".into()))?;
        if expires.plus(SKEW) < now {
            return refuse("the signature has expired");
        }
        oldest = OLDEST;
    }
    if said.plus(oldest) < now {
        return refuse("the request is too old");
    }
    if now.plus(SKEW) < said {
        return refuse("the request comes from the future");
    }
    Ok(())
}

/// RFC 3230: one SHA-256, over the bytes that came; other algorithms are passed over.
fn check_digest(headers: &HeaderMap, body: &[u8]) -> Result<()> {
    let Some(header) = text(headers, "digest") else { return refuse("there is no Digest header") };
    let sums: Vec<&str> = header
        .split(',')
        .filter_map(|part| part.trim().split_once('='))
        .filter(|(algorithm, _)| algorithm.eq_ignore_ascii_case("sha-256"))
        .map(|(_, sum)| sum)
        .collect();
    let [sum] = sums.as_slice() else { return refuse("the Digest header must hold one SHA-256") };
    let sum = STANDARD.decode(sum).map_err(|_| Error::Signature("the digest is not base64".into()))?;
    if bool::from(sum.as_slice().ct_eq(Sha256::digest(body).as_slice())) { Ok(()) } else { refuse("the digest is not that of the body") }
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

impl Federation {
    /// The actor that signed this request.
    ///
    /// # Errors
    /// [`Error::Signature`] when nobody did, or not this; [`Error::Forbidden`] for servers we don't speak with;
    /// [`Error::RemoteGone`] when the key's owner is gone.
    pub async fn verify(&self, parts: &Parts, body: &[u8]) -> Result<Actor> {
        let now = self.core.now();
        let claim = Claim::read(parts, body, self.core.urls.authority(), now)?;
        let mut document = self.client.check_url(&claim.key_id).map_err(|error| Error::Signature(error.to_string()))?;
        document.set_fragment(None);
        if self.core.urls.is_ours(&claim.key_id) {
            return refuse("that is a key of ours");
        }
        if !self.core.may_federate_with(&authority(&document)).await? {
            return Err(Error::Forbidden("error-host-refused"));
        }
        let known = actors::by_key_id(&mut self.core.db.conn(), &claim.key_id).await?;
        match known {
            Some(actor) if claim.fits(&actor.public_key_pem) => Ok(actor),
            // It may have a new key.
            Some(_) if self.keys.may(&document, REFETCH, now) => self.fetched_key(&claim).await,
            Some(_) => refuse("the signature does not fit"),
            None if self.keys.may(&document, NEGATIVE, now) => {
                let actor = self.fetched_key(&claim).await?;
                self.keys.forget(&document);
                Ok(actor)
            }
            None => refuse("the key could not be had a moment ago"),
        }
    }

    async fn fetched_key(&self, claim: &Claim) -> Result<Actor> {
        let actor = self.fetch_key_owner(&claim.key_id).await.map_err(|error| match error {
            Error::Remote(why) | Error::Bad(why) => Error::Signature(format!("the key can't be had: {why}")),
            other => other,
        })?;
        if claim.fits(&actor.public_key_pem) { Ok(actor) } else { refuse("the signature does not fit") }
    }
}
