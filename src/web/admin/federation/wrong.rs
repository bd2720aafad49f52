//! What went wrong with another server, in plain words: the one place that reads what the network says.

/// Parts of what the network says, and the key of the sentence for it. The first that fits counts.
const SENTENCES: [(&str, &[&str]); 18] = [
    ("wrong-certificate", &["certificate", "tls", "handshake"]),
    ("wrong-inside", &["not a public address"]),
    ("wrong-name", &["dns error", "failed to lookup", "name or service not known", "no record found", "nxdomain"]),
    ("wrong-nobody", &["connection refused", "network is unreachable", "no route to host"]),
    ("wrong-slow", &["timed out", "no answer within", "deadline"]),
    ("wrong-broken", &["connection reset", "broke off", "connection closed", "incomplete message", "broken pipe"]),
    ("wrong-signature", &["answered 401"]),
    ("wrong-forbidden", &["answered 403", "forbidden"]),
    ("wrong-absent", &["answered 404", "answered 410", "not found", "gone at its home"]),
    ("wrong-large", &["answered 413", "is larger than", "too large"]),
    ("wrong-busy", &["answered 429", "too many requests"]),
    ("wrong-server", &["answered 5"]),
    ("wrong-activity", &["answered 400", "answered 422"]),
    ("wrong-redirect", &["redirects", "answered 3"]),
    ("wrong-list", &["publishes no list", "is no list of regions"]),
    ("wrong-instance", &["is no instance", "no instance actor", "nodeinfo lies elsewhere", "is no kind of actor"]),
    ("wrong-document", &["came as", "not json", "expected", "calls itself", "has no ", "eof"]),
    ("wrong-refused", &["answered 4", "we don't speak with"]),
];

/// The key of a sentence for what the network says. Addresses in it don't count: a server may be called anything.
#[must_use]
pub fn key(raw: &str) -> &'static str {
    let words: Vec<&str> = raw.split_whitespace().filter(|word| !word.contains("://") && !word.contains(".localhost")).collect();
    let text = words.join(" ").to_lowercase();
    // Behind the status stand the other server's own words.
    let text = text.find("answered ").map_or(text.as_str(), |at| text.get(at..at + "answered 000".len()).unwrap_or(&text));
    let found = SENTENCES.iter().find(|(_, parts)| parts.iter().any(|part| text.contains(part)));
    found.map_or("wrong-other", |(key, _)| key)
}

#[cfg(test)]
mod tests {
    use super::key;
    use crate::model::Lang;

    #[test]
    fn the_network_s_words_become_plain_ones() {
        for (raw, expected) in [
            (
                "another server: https://tls.example/inbox: error sending request for url (https://tls.example/inbox): client error (Connect): dns error: failed to lookup address information: Name or service not known",
                "wrong-name",
            ),
            (
                "another server: https://a.example/x: error sending request: client error (Connect): tcp connect error: Connection refused (os error 111)",
                "wrong-nobody",
            ),
            ("another server: https://a.example/x: error sending request: operation timed out", "wrong-slow"),
            ("another server: https://a.example/x: no answer within 10 s", "wrong-slow"),
            (
                "another server: https://a.example: error sending request: client error (Connect): invalid peer certificate: Expired",
                "wrong-certificate",
            ),
            (
                "another server: https://a.example: error sending request: a.example leads to 10.0.0.1, which is not a public address",
                "wrong-inside",
            ),
            ("answered 401 Unauthorized: signature", "wrong-signature"),
            ("answered 403 Forbidden: {\"error\":\"your certificate timed out\"}", "wrong-forbidden"),
            ("not found", "wrong-absent"),
            ("answered 502 Bad Gateway: ", "wrong-server"),
            ("answered 429 Too Many Requests: ", "wrong-busy"),
            ("answered 418 I'm a teapot: ", "wrong-refused"),
            ("another server: https://a.example/x: came as \"text/html\"", "wrong-document"),
            ("another server: https://a.example/x: redirects to another server", "wrong-redirect"),
            ("bad request: https://a.example/actor: publishes no list of regions", "wrong-list"),
            ("iets heel anders", "wrong-other"),
        ] {
            assert_eq!(key(raw), expected, "{raw}");
            assert!(Lang::Nl.find(expected, None).is_some(), "{expected}");
        }
    }
}
