//! Digests of bodies: `Digest` (RFC 3230) and `Content-Digest` (RFC 9530).

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sfv::{BareItem, Dictionary, ListEntry, Parser};
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

use super::{refuse, text};
use crate::error::{Doubt, Error, Result};

/// The `Digest` header of a body; upper case because NodeBB compares it so.
#[must_use]
pub fn digest(body: &[u8]) -> String {
    format!("SHA-256={}", STANDARD.encode(Sha256::digest(body)))
}

/// The `Content-Digest` header of a body.
#[must_use]
pub fn content_digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(body)))
}

/// Checks what a request says about its body, where it says something (T-40, T-41).
///
/// # Errors
/// [`Error::Signature`] when the body is another one.
pub fn check(headers: &HeaderMap, body: &[u8]) -> Result<()> {
    if let Some(said) = text(headers, "digest") {
        check_digest(said, body)?;
    }
    if let Some(said) = text(headers, "content-digest") {
        check_content_digest(said, body)?;
    }
    Ok(())
}

fn same(a: &[u8], b: &[u8]) -> Result<()> {
    if bool::from(a.ct_eq(b)) { Ok(()) } else { refuse(Doubt::of("digest", "the digest is not that of the body")) }
}

/// One SHA-256, over the bytes that came; other algorithms are passed over.
fn check_digest(said: &str, body: &[u8]) -> Result<()> {
    let sums: Vec<&str> = said
        .split(',')
        .filter_map(|part| part.trim().split_once('='))
        .filter(|(algorithm, _)| algorithm.eq_ignore_ascii_case("sha-256"))
        .map(|(_, sum)| sum)
        .collect();
    let [sum] = sums.as_slice() else { return refuse(Doubt::of("digest", "the Digest header must hold one SHA-256")) };
    let sum = STANDARD.decode(sum).map_err(|_| Error::Signature("the digest is not base64".into()))?;
    same(&sum, &Sha256::digest(body))
}

/// SHA-256 or SHA-512, and both when both are there; other algorithms are passed over.
fn check_content_digest(said: &str, body: &[u8]) -> Result<()> {
    let sums: Dictionary = Parser::new(said).parse().map_err(|_| Error::Signature("the Content-Digest header can't be read".into()))?;
    let mut known = 0;
    for (name, sum) in &sums {
        let ours = match name.as_str() {
            "sha-256" => Sha256::digest(body).to_vec(),
            "sha-512" => Sha512::digest(body).to_vec(),
            _ => continue,
        };
        match sum {
            ListEntry::Item(item) => match &item.bare_item {
                BareItem::ByteSequence(sum) => same(sum, &ours)?,
                _ => return refuse("the Content-Digest header can't be read"),
            },
            ListEntry::InnerList(_) => return refuse("the Content-Digest header can't be read"),
        }
        known += 1;
    }
    if known > 0 { Ok(()) } else { refuse(Doubt::of("digest", "the Content-Digest header must hold a SHA-256 or SHA-512")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_that_of_the_body_or_refused() {
        // RFC 9421, B.2: the body of the request of all examples.
        let body = br#"{"hello": "world"}"#;
        let sha512 = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";
        assert!(check_content_digest(sha512, body).is_ok());
        assert!(check_content_digest(&format!("{sha512}, md5=:AAAA:"), body).is_ok());
        assert_eq!(content_digest(body), "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:");
        assert!(check_content_digest(&format!("{sha512}, {}", content_digest(body)), body).is_ok());
        for wrong in ["", "md5=:AAAA:", "sha-256=AAAA", "sha-256=:AAAA:", "sha-256=(:AAAA:)", "sha-256", "sha-256=:%%%:"] {
            assert!(check_content_digest(wrong, body).is_err(), "{wrong}");
        }
        // One that is right does not make up for one that is wrong.
        assert!(check_content_digest(&format!("{sha512}, {}", content_digest(b"x")), body).is_err());
        assert!(check_digest(&digest(body), body).is_ok());
        assert!(check_digest(&digest(b"x"), body).is_err());
    }
}
