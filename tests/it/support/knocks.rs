//! What a scripted server notes of a request, and which signatures it asks for.

use axum::http::{HeaderMap, Method};

/// A request as it came, whether it was let in or not.
#[derive(Clone, Debug)]
pub struct Knock {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Knock {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    /// How it was signed.
    pub fn scheme(&self) -> &'static str {
        match (self.headers.contains_key("signature-input"), self.headers.contains_key("signature")) {
            (true, _) => "rfc9421",
            (false, true) => "cavage",
            (false, false) => "none",
        }
    }
}

/// Which signatures a server reads.
#[derive(Clone, Debug)]
pub struct Demand {
    pub method: Method,
    /// As [`Knock::scheme`] says it; "none" lets nobody in.
    pub scheme: &'static str,
    pub status: u16,
    /// `Accept-Signature`, said when it refuses.
    pub wants: Option<&'static str>,
}
