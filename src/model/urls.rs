//! The addresses of our own things. Every id we mint is made here.

use url::Url;

use super::ids::{ActivityId, PostId, SeriesId};

/// Addresses below one `public_url`.
#[derive(Clone, Debug)]
pub struct Urls {
    base: String,
    authority: String,
}

impl Urls {
    /// `public_url` has been checked by the configuration: http(s), a host, no path, query or fragment.
    #[must_use]
    pub fn new(public_url: &Url) -> Self {
        Self { base: public_url.as_str().trim_end_matches('/').to_owned(), authority: authority(public_url) }
    }

    /// `https://vragen.example`, without a slash at the end: the origin of every id.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Host and, where it is not the scheme's own, port: how a server is known.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// An absolute address from a path that starts with a slash.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    #[must_use]
    pub fn person(&self, name: &str) -> String {
        format!("{}/u/{name}", self.base)
    }

    #[must_use]
    pub fn group(&self, name: &str) -> String {
        format!("{}/c/{name}", self.base)
    }

    #[must_use]
    pub fn instance_actor(&self) -> String {
        format!("{}/actor", self.base)
    }

    #[must_use]
    pub fn shared_inbox(&self) -> String {
        format!("{}/inbox", self.base)
    }

    /// The page of a topic.
    #[must_use]
    pub fn topic_below(base: &str, name: &str) -> String {
        format!("{base}{}", topic_path(name))
    }

    /// The id of a thread or of a reply in one.
    #[must_use]
    pub fn post(&self, id: PostId, starts_thread: bool) -> String {
        format!("{}/{}/{id}", self.base, if starts_thread { "post" } else { "comment" })
    }

    /// The id of a series of events.
    #[must_use]
    pub fn series(&self, id: SeriesId) -> String {
        format!("{}/series/{id}", self.base)
    }

    #[must_use]
    pub fn activity(&self, verb: &str, id: ActivityId) -> String {
        format!("{}/activities/{verb}/{id}", self.base)
    }

    /// Whether an id is one of ours: same scheme, host and port (T-05).
    #[must_use]
    pub fn is_ours(&self, id: &str) -> bool {
        id.strip_prefix(&self.base).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
    }
}

/// The path of a topic's page; names hold letters of any script.
#[must_use]
pub fn topic_path(name: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    format!("/topic/{encoded}")
}

/// Host and, where it is not the scheme's own, port.
#[must_use]
pub fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Whether two ids come from the same scheme, host and port. The only comparison of origins there is (T-13, T-14).
#[must_use]
pub fn same_origin(a: &str, b: &str) -> bool {
    match (Url::parse(a), Url::parse(b)) {
        (Ok(a), Ok(b)) => a.has_host() && b.has_host() && a.origin() == b.origin(),
        _ => false,
    }
}

/// Whether an id begins, to the letter, with the scheme, host and port of another: it is on the same server, and does not
/// hide that behind a user, capitals or escapes (T-12). What comes behind that may be anything.
#[must_use]
pub fn begins_as(id: &str, other: &str) -> bool {
    let Ok(url) = Url::parse(other) else { return false };
    let rest = id.strip_prefix(&format!("{}://{}", url.scheme(), authority(&url)));
    url.has_host() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}
