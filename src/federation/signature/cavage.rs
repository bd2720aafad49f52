//! draft-cavage-http-signatures-12: what most of the fediverse signs with.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http_signature_normalization::Config as Cavage;

use super::{Algorithm, Claim, MOST_SIGNED, check_age, check_host, digest, refuse, seconds, text, value_of};
use crate::error::{Doubt, Error, Result};
use crate::model::Time;

/// Reads and checks a `Signature` header of the draft.
///
/// # Errors
/// [`Error::Signature`] with the rule that was broken.
pub fn read(parts: &Parts, body: &[u8], our_host: &str, now: Time) -> Result<Claim> {
    let Some(header) = text(&parts.headers, "signature") else { return refuse(Doubt::of("missing", "there is no Signature header")) };
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
    if covers("signature") || covers("authorization") || signed.len() > MOST_SIGNED {
        return refuse("these headers can't be signed");
    }
    check_host(text(&parts.headers, "host").unwrap_or_default(), our_host)?;
    check_time(&parts.headers, field("created").filter(|_| covers("(created)")), field("expires").filter(|_| covers("(expires)")), now)?;
    if !body.is_empty() || parts.method == Method::POST {
        if !covers("digest") {
            return refuse("digest must be signed");
        }
        if !parts.headers.contains_key("digest") {
            return refuse(Doubt::of("digest", "there is no Digest header"));
        }
    }
    digest::check(&parts.headers, body)?;
    let algorithms = match field("algorithm").unwrap_or("hs2019").to_ascii_lowercase().as_str() {
        "rsa-sha256" => vec![Algorithm::RsaSha256],
        "rsa-sha512" => vec![Algorithm::RsaSha512],
        "ed25519" => vec![Algorithm::Ed25519],
        // The key's kind decides.
        "hs2019" => vec![Algorithm::RsaSha256, Algorithm::RsaSha512, Algorithm::Ed25519],
        other => return refuse(Doubt::of("algorithm", format!("the algorithm {other:?} is not accepted"))),
    };
    let path = parts.uri.path().to_owned();
    let mut targets = vec![parts.uri.path_and_query().map_or_else(|| path.clone(), ToString::to_string)];
    if parts.uri.query().is_some() {
        targets.push(path);
    }
    let signing_strings = targets.iter().map(|target| signing_string(parts, target, &fields, &signed)).collect::<Result<_>>()?;
    Ok(Claim { key_id: key_id.to_owned(), algorithms, signature, signing_strings })
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
        headers.insert(name.clone(), value_of(&parts.headers, name)?);
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
        .map_err(|error| Error::Signature(error.to_string().into()))?;
    Ok(unverified.signing_string().to_owned())
}

fn check_time(headers: &HeaderMap, created: Option<&str>, expires: Option<&str>, now: Time) -> Result<()> {
    let time = |text: &str| text.parse().ok().and_then(seconds);
    let said = match (created, text(headers, "date")) {
        (Some(created), _) => time(created).ok_or_else(|| Error::Signature("(created) is no time".into()))?,
        (None, Some(date)) => Time::parse_http_date(date).ok_or_else(|| Error::Signature("Date is no date".into()))?,
        (None, None) => return refuse(Doubt::of("date", "there is no date")),
    };
    let expires = match expires {
        Some(expires) => Some(time(expires).ok_or_else(|| Error::Signature("(expires) is no time".into()))?),
        None => None,
    };
    check_age(said, expires, now)
}

/// What is signed of a request of ours, and the `Signature` header with an @ where the signature goes.
///
/// # Errors
/// When the library refuses.
pub fn write(method: &str, target: &str, headers: &BTreeMap<String, String>, key_id: &str) -> Result<(String, String)> {
    let unsigned = Cavage::new()
        .dont_use_created_field()
        .begin_sign(method, target, headers.clone())
        .map_err(|error| Error::Internal(error.to_string()))?;
    let mut signing_string = String::new();
    let blank = unsigned
        .sign(key_id.to_owned(), |text| {
            text.clone_into(&mut signing_string);
            Ok::<_, std::convert::Infallible>("@".to_owned())
        })
        .map_err(|never: std::convert::Infallible| Error::Internal(never.to_string()))?;
    // The library names the algorithm "hs2019"; peers that look at it want the one that was used.
    Ok((signing_string, blank.signature_header().replace("algorithm=\"hs2019\"", "algorithm=\"rsa-sha256\"")))
}

#[cfg(test)]
mod tests {
    use ring::signature::{RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};
    use rsa::pkcs1::EncodeRsaPublicKey;
    use rsa::pkcs8::DecodePublicKey;

    use super::*;
    use crate::federation::signature::PublicKey;

    /// Appendix C of the draft: a key that is too short for us by now.
    const KEY: &str = "-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCFENGw33yGihy92pDjZQhl0C3
6rPJj+CvfSC8+q28hxA161QFNUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6
Z4UMR7EOcpfdUE9Hf3m/hs+FUR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJw
oYi+1hqp1fIekaxsyQIDAQAB
-----END PUBLIC KEY-----";

    fn request() -> Parts {
        axum::http::Request::builder()
            .method("POST")
            .uri("/foo?param=value&pet=dog")
            .header("Host", "example.com")
            .header("Date", "Sun, 05 Jan 2014 21:31:40 GMT")
            .header("Content-Type", "application/json")
            .header("Digest", "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=")
            .header("Content-Length", "18")
            .body(())
            .unwrap()
            .into_parts()
            .0
    }

    #[test]
    fn the_examples_of_the_draft_are_signed_as_it_says() {
        let cases = [
            (
                "date",
                "date: Sun, 05 Jan 2014 21:31:40 GMT",
                "SjWJWbWN7i0wzBvtPl8rbASWz5xQW6mcJmn+ibttBqtifLN7Sazz6m79cNfwwb8DMJ5cou1s7uEGKKCs+FLEEaDV5lp7q25WqS+lavg7T8hc0GppauB6hbgEKTwblDHYGEtbGmtdHgVCk9SuS13F0hZ8FD0k/5OxEPXe5WozsbM=",
            ),
            (
                "(request-target) host date",
                "(request-target): post /foo?param=value&pet=dog\nhost: example.com\ndate: Sun, 05 Jan 2014 21:31:40 GMT",
                "qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn7ndmw2iicw3HMbe8VfEdKFYRqzic+efkb3nndiv/x1xSHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04swr2Os0=",
            ),
            (
                "(request-target) host date content-type digest content-length",
                "(request-target): post /foo?param=value&pet=dog\nhost: example.com\ndate: Sun, 05 Jan 2014 21:31:40 GMT\ncontent-type: application/json\ndigest: SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=\ncontent-length: 18",
                "vSdrb+dS3EceC9bcwHSo4MlyKS59iFIrhgYkz8+oVLEEzmYZZvRs8rgOp+63LEM3v+MFHB32NfpB2bEKBIvB1q52LaEUHFv120V01IL+TAD48XaERZFukWgHoBTLMhYS2Gb51gWxpeIq8knRmPnYePbF5MOkR0Zkly4zKH7s1dE=",
            ),
        ];
        let key = rsa::RsaPublicKey::from_public_key_pem(KEY).unwrap().to_pkcs1_der().unwrap();
        for (headers, expected, signature) in cases {
            let signed: Vec<String> = headers.split(' ').map(str::to_owned).collect();
            let text = signing_string(&request(), "/foo?param=value&pet=dog", &BTreeMap::new(), &signed).unwrap();
            assert_eq!(text, expected);
            let signature = STANDARD.decode(signature).unwrap();
            let legacy = UnparsedPublicKey::new(&RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, key.as_bytes());
            assert!(legacy.verify(text.as_bytes(), &signature).is_ok(), "{headers}");
        }
        assert!(PublicKey::from_pem(KEY).is_none(), "1024 bits are too few");
    }

    #[test]
    fn the_last_example_is_read_as_a_claim() {
        let mut parts = request();
        let header = "keyId=\"Test\",algorithm=\"rsa-sha256\",headers=\"(request-target) host date content-type digest content-length\",signature=\"vSdrb+dS\"";
        parts.headers.insert("signature", header.parse().unwrap());
        let now = Time::parse_http_date("Sun, 05 Jan 2014 21:31:40 GMT").unwrap();
        let body = br#"{"hello": "world"}"#;
        let claim = read(&parts, body, "example.com", now).unwrap();
        assert_eq!((claim.key_id.as_str(), claim.algorithms.as_slice()), ("Test", &[Algorithm::RsaSha256][..]));
        assert_eq!(claim.signing_strings.len(), 2, "with the query and without");
        assert!(read(&parts, b"{}", "example.com", now).is_err(), "another body");
        assert!(read(&parts, body, "example.net", now).is_err(), "another host");
        assert!(read(&parts, body, "example.com", now.plus(2 * Time::HOUR)).is_err(), "too late");
    }
}
