//! The mark (`ETag`) by which nothing is sent again that the reader has.

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// The mark of these bytes.
#[must_use]
pub fn tag_of(bytes: &[u8]) -> String {
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(bytes)[..16]))
}

/// Whether who asks says that they have what bears this mark (`If-None-Match`). What compresses on the way makes marks weak.
#[must_use]
pub fn has(asked: &HeaderMap, tag: &str) -> bool {
    let tags = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    tags.flat_map(|tags| tags.split(',')).any(|has| matches!(has.trim().trim_start_matches("W/"), it if it == tag || it == "*"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_known_in_every_spelling_of_the_header() {
        let tag = tag_of(b"Wie weet dit?");
        assert_ne!(tag, tag_of(b"Wie weet dat?"));
        let asked = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::IF_NONE_MATCH, value.parse().expect("a header"));
            }
            headers
        };
        assert!(has(&asked(&[&tag]), &tag) && has(&asked(&["*"]), &tag));
        assert!(has(&asked(&["\"other\"", &format!("\"x\", W/{tag}")]), &tag));
        assert!(!has(&asked(&[]), &tag) && !has(&asked(&["\"other\""]), &tag) && !has(&asked(&[tag.trim_matches('"')]), &tag));
    }
}
