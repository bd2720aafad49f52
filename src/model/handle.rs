//! `name@host`: how people and groups are written and looked up.

use std::fmt;
use std::str::FromStr;

/// A name and, for somebody of another server, its authority (host and port).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Handle {
    pub name: String,
    pub host: Option<String>,
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Some(host) => write!(f, "{}@{host}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

impl FromStr for Handle {
    type Err = ();

    /// Reads `name`, `name@host`, `@name@host`, `!name@host` and `acct:name@host`. The host may carry a port; whether
    /// that is allowed is decided where it is used.
    fn from_str(text: &str) -> Result<Self, ()> {
        let text = text.trim();
        let text = text.strip_prefix("acct:").unwrap_or(text);
        let text = text.strip_prefix(['@', '!']).unwrap_or(text);
        let (name, host) = match text.split_once('@') {
            Some((name, host)) => (name, Some(host.to_ascii_lowercase())),
            None => (text, None),
        };
        let fine_name =
            !name.is_empty() && name.len() <= 128 && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'));
        let fine_host = host.as_ref().is_none_or(|host| {
            !host.is_empty()
                && host.len() <= 260
                && !host.starts_with(['.', ':', '-'])
                && !host.ends_with(['.', ':'])
                && host.matches(':').count() <= 1
                && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':'))
        });
        if fine_name && fine_host { Ok(Self { name: name.to_owned(), host }) } else { Err(()) }
    }
}
