//! Text that was checked once, at the edge, and is trusted inside.

use std::fmt;

/// Why a piece of text was refused; the word is the key of the sentence shown to the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    Empty,
    TooShort(usize),
    TooLong(usize),
    Characters,
    Taken,
    Email,
    /// A password that is among the first to be tried.
    Guessable,
    /// A password that is not the one of this account.
    Wrong,
    /// A moment that is over.
    Past,
    /// A moment, or a span of time, beyond what we plan.
    TooFar,
    /// The end of something that does not come after its start.
    BeforeStart,
    /// What should come before the start and comes after it.
    AfterStart,
    /// A time zone that nobody knows.
    Zone,
    /// A number that is none, or out of bounds.
    Number,
    /// A day and hour that can't be read.
    Moment,
    /// An address on the web that is none: `https://...`.
    Link,
    /// Another day, where only the time may change.
    OtherDay,
    /// A rule by which something comes again that says nothing, or never ends.
    Rule,
}

/// Drops what has no place in text: NUL, other control characters (line ends and tabs stay) and the characters that
/// reverse the direction of what follows, with which a name can pretend to be another (U+202A–202E, U+2066–2069).
#[must_use]
pub fn clean(text: &str) -> String {
    let cleaned: String = text
        .replace("\r\n", "\n")
        .chars()
        .filter(|c| matches!(c, '\n' | '\t') || !c.is_control())
        .filter(|c| !matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}'))
        .collect();
    cleaned.trim().to_owned()
}

/// [`clean`], on one line, and without what takes no place: two names that look the same are the same, and none looks like
/// nothing. Joiners stay, for the scripts and emoji that need them, where there is something to join.
#[must_use]
pub fn clean_line(text: &str) -> String {
    let seen: String = clean(text).chars().filter(|c| !is_invisible(*c)).collect();
    if seen.chars().all(|c| c.is_whitespace() || is_joiner(c)) {
        return String::new();
    }
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}')
}

/// Characters that take no place, or are empty ones: soft hyphens, marks of direction, fillers, tags.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{200B}'
        | '\u{200E}' | '\u{200F}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Cuts to at most `max` characters.
#[must_use]
pub fn cut(text: &str, max: usize) -> String {
    text.chars().take(max).collect()
}

fn measured(text: String, min: usize, max: usize) -> Result<String, Refused> {
    let length = text.chars().count();
    if length == 0 && min > 0 {
        Err(Refused::Empty)
    } else if length < min {
        Err(Refused::TooShort(min))
    } else if length > max {
        Err(Refused::TooLong(max))
    } else {
        Ok(text)
    }
}

macro_rules! checked {
    ($($(#[$doc:meta])* $name:ident = $check:expr;)+) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// Checks and takes the text.
            ///
            /// # Errors
            /// What is wrong with it.
            pub fn parse(text: &str) -> Result<Self, Refused> {
                let check: fn(&str) -> Result<String, Refused> = $check;
                check(text).map(Self)
            }
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = Refused;
            fn from_str(text: &str) -> Result<Self, Refused> {
                Self::parse(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+ };
}

checked! {
    /// The name of a member or group in addresses: `[a-z0-9_]{3,30}`.
    Name = |text| {
        let text = measured(text.trim().to_ascii_lowercase(), 3, 30)?;
        if text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') { Ok(text) } else { Err(Refused::Characters) }
    };
    /// The title of a question or group: one line, 3 to 200 characters.
    Title = |text| measured(clean_line(text), 3, 200);
    /// The Markdown of an explanation, answer or comment: 1 to 50 000 characters.
    Body = |text| measured(clean(text), 1, 50_000);
    /// The Markdown of a description: up to 5 000 characters, may be empty.
    About = |text| measured(clean(text), 0, 5_000);
    /// A display name, an organisation or a role: one line, up to 100 characters, may be empty.
    Line = |text| measured(clean_line(text), 0, 100);
    /// Why somebody reports, removes or suspends, or what they object: 3 to 2 000 characters, plain text.
    Reason = |text| measured(clean(text), 3, 2_000);
    /// A password for a new account: 12 to 200 characters, kept as typed.
    Password = |text| measured(text.to_owned(), 12, 200);
    /// An e-mail address: something, one `@`, a host with a dot or `localhost`. Folded to lower case.
    Email = |text| {
        let text = measured(text.trim().to_lowercase(), 3, 200)?;
        let fine = text.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty() && !host.contains('@') && (host.contains('.') || host == "localhost") && !host.starts_with('.') && !host.ends_with('.')
        });
        if fine && !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | ',')) { Ok(text) } else { Err(Refused::Email) }
    };
}
