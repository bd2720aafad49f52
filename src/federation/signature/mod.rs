//! What a signed request says about its sender: read from the two schemes of the fediverse into one [`Claim`], after every
//! check that needs neither the key nor the network. Who may claim what is decided in `verify`.

pub mod cavage;
pub mod digest;
pub mod rfc9421;

use axum::http::HeaderMap;
use axum::http::request::Parts;
use ring::signature::{ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey};
use rsa::RsaPublicKey;
use rsa::pkcs1::{DecodeRsaPublicKey, EncodeRsaPublicKey};
use rsa::pkcs8::DecodePublicKey;

use crate::error::{Doubt, Error, Result};
use crate::model::{Time, Urls, multikey};

/// How far a peer's clock may be off, and how old a request may be.
pub const SKEW: i64 = Time::HOUR;
/// How old a request may be that says itself when it expires.
const OLDEST: i64 = 12 * Time::HOUR;
/// Most parts of a request that one signature covers.
const MOST_SIGNED: usize = 20;

fn refuse<T>(why: impl Into<Doubt>) -> Result<T> {
    Err(Error::Signature(why.into()))
}

/// The two ways to sign a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// draft-cavage-http-signatures-12
    Cavage,
    /// HTTP Message Signatures
    Rfc9421,
}

impl Scheme {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Cavage => "cavage",
            Self::Rfc9421 => "rfc9421",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Cavage, Self::Rfc9421].into_iter().find(|scheme| scheme.word() == word)
    }
}

/// How a signature was made. SHA-1, HMAC and nothing at all are not here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    RsaSha256,
    RsaSha512,
    Ed25519,
}

/// A public key that signatures are checked with. Its kind decides which algorithms can fit (T-46).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// At least 2048 bits, in the form that ring wants.
    Rsa(Vec<u8>),
    Ed25519([u8; 32]),
}

impl PublicKey {
    /// An RSA key of at least 2048 bits from PEM.
    #[must_use]
    pub fn from_pem(pem: &str) -> Option<Self> {
        let key = RsaPublicKey::from_public_key_pem(pem.trim()).ok().or_else(|| RsaPublicKey::from_pkcs1_pem(pem.trim()).ok())?;
        if rsa::traits::PublicKeyParts::size(&key) < 256 {
            return None;
        }
        Some(Self::Rsa(key.to_pkcs1_der().ok()?.as_bytes().to_vec()))
    }

    /// An Ed25519 key as a Multikey writes it.
    #[must_use]
    pub fn from_multibase(text: &str) -> Option<Self> {
        multikey::read_public(text).map(Self::Ed25519)
    }

    /// Whether this key made this signature of `text` in this way.
    #[must_use]
    pub fn made(&self, signature: &[u8], algorithm: Algorithm, text: &[u8]) -> bool {
        match (self, algorithm) {
            (Self::Rsa(key), Algorithm::RsaSha256) => {
                UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key).verify(text, signature).is_ok()
            }
            (Self::Rsa(key), Algorithm::RsaSha512) => {
                UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA512, key).verify(text, signature).is_ok()
            }
            (Self::Ed25519(key), Algorithm::Ed25519) => UnparsedPublicKey::new(&ED25519, key).verify(text, signature).is_ok(),
            _ => false,
        }
    }
}

/// What a request says about its sender.
#[derive(Debug)]
pub struct Claim {
    pub key_id: String,
    /// How it may have been signed, as far as the request says; the key must be of that kind.
    algorithms: Vec<Algorithm>,
    signature: Vec<u8>,
    /// What may have been signed: peers differ on whether the query belongs to the target.
    signing_strings: Vec<String>,
}

impl Claim {
    /// Reads and checks the headers against the request and the body. `usable` says which key ids can be looked up: of
    /// several signatures the first with such a key counts.
    ///
    /// # Errors
    /// [`Error::Signature`] or [`Error::Bad`], with the rule that was broken.
    pub fn read(parts: &Parts, body: &[u8], ours: &Urls, now: Time, usable: &dyn Fn(&str) -> bool) -> Result<Self> {
        for name in ["signature", "signature-input", "digest", "content-digest", "host", "date"] {
            if parts.headers.get_all(name).iter().count() > 1 {
                return Err(Error::Bad(format!("more than one {name} header")));
            }
        }
        // One name of a header for two schemes: this one tells them apart.
        if parts.headers.contains_key("signature-input") {
            rfc9421::read(parts, body, ours, now, usable)
        } else {
            cavage::read(parts, body, ours.authority(), now)
        }
    }

    /// Whether this key made the signature.
    #[must_use]
    pub fn fits(&self, key: &PublicKey) -> bool {
        let made = |text: &String, algorithm| key.made(&self.signature, algorithm, text.as_bytes());
        self.algorithms.iter().any(|algorithm| self.signing_strings.iter().any(|text| made(text, *algorithm)))
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The value of a header that is signed: all lines of that name.
fn value_of(headers: &HeaderMap, name: &str) -> Result<String> {
    let lines: Option<Vec<&str>> = headers.get_all(name).iter().map(|value| value.to_str().ok().map(str::trim)).collect();
    match lines {
        Some(lines) if !lines.is_empty() => Ok(lines.join(", ")),
        Some(_) => refuse(format!("the signed header {name} is not there")),
        None => refuse(format!("the signed header {name} can't be read")),
    }
}

/// A request that was made for another server is not for us (T-42).
fn check_host(host: &str, our_host: &str) -> Result<()> {
    // Gancio signs the host without its port.
    let without_port = our_host.split(':').next().unwrap_or_default();
    if host.eq_ignore_ascii_case(our_host) || host.eq_ignore_ascii_case(without_port) {
        Ok(())
    } else {
        refuse(Doubt::of("host", "the Host header does not name this server"))
    }
}

/// Seconds since 1970.
fn seconds(count: i64) -> Option<Time> {
    count.checked_mul(1_000).map(Time)
}

/// Whether a request that was made `said` may still arrive (T-43).
fn check_age(said: Time, expires: Option<Time>, now: Time) -> Result<()> {
    if expires.is_some_and(|expires| expires.plus(SKEW) < now) {
        return refuse(Doubt::of("date", "the signature has expired"));
    }
    if said.plus(if expires.is_some() { OLDEST } else { SKEW }) < now {
        return refuse(Doubt::of("date", "the request is too old"));
    }
    if now.plus(SKEW) < said {
        return refuse(Doubt::of("date", "the request comes from the future"));
    }
    Ok(())
}
