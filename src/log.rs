//! The log: how lines look and what never stands in them. Lines are written without secrets where they are written; what
//! slips through (an address in the answer of a mail server, a link in an error of a library) is blotted out here, in every
//! line. What is logged belongs where it happens.

use std::borrow::Cow;
use std::io::{self, Write};

use tracing_subscriber::EnvFilter;

use crate::config::Config;

/// Libraries that see requests before us, with every header and byte: below this they are never heard, unless the operator
/// names them.
const TALKATIVE: [&str; 8] = ["h2", "hyper", "hyper_util", "reqwest", "rustls", "tungstenite", "tower", "lettre"];

/// Paths of which the rest is a secret.
const SECRET_PATHS: [&str; 4] = ["/invite/", "/unsubscribe/", "/calendar/", "/sign-up/"];

/// Begins to log, to standard error. A panic is a line of the log as well.
pub fn start(config: &Config) {
    let log = tracing_subscriber::fmt().with_env_filter(filter(&config.log.level)).with_writer(|| Clean(io::stderr()));
    if config.log.format == "json" {
        log.json().flatten_event(true).with_current_span(false).with_span_list(true).init();
    } else {
        log.with_ansi(false).init();
    }
    std::panic::set_hook(Box::new(|panic| tracing::error!(%panic, "a fault of ours")));
}

fn filter(level: &str) -> EnvFilter {
    let quiet = TALKATIVE.iter().filter(|library| !level.contains(**library)).map(|library| format!(",{library}=info"));
    EnvFilter::try_new(format!("{level}{}", quiet.collect::<Vec<_>>().concat())).unwrap_or_else(|_| EnvFilter::new("info"))
}

/// Blots out what must not be read, and writes the rest. A line comes in one piece.
struct Clean<W: Write>(W);

impl<W: Write> Write for Clean<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        match std::str::from_utf8(line).map(clean) {
            Ok(Cow::Owned(cleaned)) => self.0.write_all(cleaned.as_bytes())?,
            _ => self.0.write_all(line)?,
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A text without e-mail addresses, the queries of addresses, and secret paths.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.contains(['@', '?']) && !SECRET_PATHS.iter().any(|path| text.contains(path)) {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(path) = SECRET_PATHS.iter().find(|path| rest.starts_with(**path)) {
            cleaned.push_str(path);
            rest = skip(&rest[path.len()..], |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.' | '%' | '='), &mut cleaned);
            continue;
        }
        let after = &rest[first.len_utf8()..];
        match first {
            '?' if is_query(after) => {
                cleaned.push('?');
                rest = skip(after, |c| !c.is_whitespace() && !matches!(c, '"' | '\'' | '\\' | '<' | '>' | ')' | '`'), &mut cleaned);
            }
            '@' if is_domain(after) => {
                // Who it is goes; where stays, to find out what is wrong.
                let kept = cleaned.trim_end_matches(|c: char| c.is_alphanumeric() || "._%+-".contains(c)).len();
                if kept < cleaned.len() {
                    cleaned.truncate(kept);
                    cleaned.push('…');
                }
                cleaned.push('@');
                rest = after;
            }
            _ => {
                cleaned.push(first);
                rest = after;
            }
        }
    }
    Cow::Owned(cleaned)
}

/// Leaves out what `belongs`, with a sign that something was there.
fn skip<'a>(rest: &'a str, belongs: impl Fn(char) -> bool, cleaned: &mut String) -> &'a str {
    let left = rest.trim_start_matches(belongs);
    if left.len() < rest.len() {
        cleaned.push('…');
    }
    left
}

/// Whether what follows a question mark is the query of an address: a name, and what it is.
fn is_query(after: &str) -> bool {
    let name = after.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '%' | '[' | ']'));
    name.len() < after.len() && name.starts_with('=')
}

/// Whether what follows an `@` is the name of a server.
fn is_domain(after: &str) -> bool {
    let name: &str = after.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '.'))).next().unwrap_or_default();
    name.trim_matches('.').contains('.') || name.starts_with("localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_not_be_read_is_blotted_out() {
        for (line, cleaned) in [
            ("550 5.1.1 <sanne.bakker@voorbeeld.example> is unknown", "550 5.1.1 <…@voorbeeld.example> is unknown"),
            ("https://b.example/register/confirm?token=abc-DEF_1 failed", "https://b.example/register/confirm?… failed"),
            ("{\"path\":\"/calendar/s3cr3t.ics\",\"n\":1}", "{\"path\":\"/calendar/…\",\"n\":1}"),
            ("/sign-up/12/abc= and /invite/xyz", "/sign-up/… and /invite/…"),
            ("postgres://meent:geheim@db.example/meent", "postgres://meent:…@db.example/meent"),
            ("SELECT 1 WHERE a = ? AND b = ?", "SELECT 1 WHERE a = ? AND b = ?"),
            ("wie is dat?", "wie is dat?"),
        ] {
            assert_eq!(clean(line), cleaned);
        }
    }

    #[test]
    fn an_ordinary_line_is_not_copied() {
        assert!(matches!(clean("delivery given up inbox=https://b.example/inbox"), Cow::Borrowed(_)));
    }

    #[test]
    fn libraries_that_see_headers_are_not_heard() {
        let chosen = filter("trace").to_string();
        assert!(chosen.contains("hyper=info") && chosen.contains("h2=info"), "{chosen}");
        assert!(!filter("info,hyper=debug").to_string().contains("hyper=info"));
    }
}
