//! The terminal of the demo: words in the reader's language, colours where they are wanted, a bar while it is being filled.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};

use fluent_bundle::FluentArgs;

use crate::model::Lang;

/// Characters of the bar.
const BAR: usize = 32;
/// Where there is no bar, so many lines say how far it is.
const PARTS: usize = 4;

/// A way to print something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    Bold,
    Faint,
    Good,
    /// Of a region, by its number.
    Region(usize),
}

impl Ink {
    fn code(self) -> &'static str {
        match self {
            Self::Bold => "1",
            Self::Faint => "2",
            Self::Good => "32",
            Self::Region(number) => ["94", "91", "95"].get(number).copied().unwrap_or("1"),
        }
    }
}

/// Where the demo speaks.
#[derive(Debug)]
pub struct Terminal {
    lang: Lang,
    colours: bool,
    moves: bool,
    /// The part of the bar that was said last.
    said: usize,
}

/// The language of whoever started it: what they chose, else what the environment says; Dutch where it says nothing.
#[must_use]
pub fn language(chosen: Option<Lang>, environment: &BTreeMap<String, String>) -> Lang {
    let said = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| environment.get(name)).find(|value| !value.is_empty());
    chosen.unwrap_or_else(|| match said.map(String::as_str) {
        None | Some("C" | "C.UTF-8" | "C.utf8" | "POSIX") => Lang::Nl,
        Some(tag) if tag.starts_with("nl") => Lang::Nl,
        Some(_) => Lang::En,
    })
}

impl Terminal {
    /// Standard output; with colours when it is a terminal and `NO_COLOR` is not set.
    #[must_use]
    pub fn new(lang: Lang, environment: &BTreeMap<String, String>) -> Self {
        let set = |name: &str| environment.get(name).filter(|value| !value.is_empty());
        let moves = std::io::stdout().is_terminal() && set("TERM").is_none_or(|term| term != "dumb");
        Self { lang, colours: moves && set("NO_COLOR").is_none(), moves, said: 0 }
    }

    /// The language it speaks.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// A sentence, with what is filled in.
    #[must_use]
    pub fn say(&self, key: &str, filled: &[(&str, &str)]) -> String {
        say(self.lang, key, filled)
    }

    /// Text in an ink, where there are colours.
    #[must_use]
    pub fn paint(&self, ink: Ink, text: &str) -> String {
        if self.colours { format!("\u{1b}[{}m{text}\u{1b}[0m", ink.code()) } else { text.to_owned() }
    }

    /// Prints a line.
    pub fn line(text: &str) {
        // Whoever reads along may have gone away; that is no reason to stop.
        let _ = writeln!(std::io::stdout(), "{text}");
    }

    /// Shows how far the filling is.
    pub fn progress(&mut self, done: usize, all: usize) {
        let all = all.max(1);
        if self.moves {
            let full = BAR * done / all;
            let bar: String = (0..BAR).map(|place| if place < full { '█' } else { '░' }).collect();
            let mut line = format!("\r  {} {}", self.paint(Ink::Good, &bar), self.say("demo-filling", &[]));
            let _ = write!(line, " {} %", 100 * done / all);
            let _ = write!(std::io::stdout(), "{line}");
            let _ = std::io::stdout().flush();
            if done == all {
                // Over the whole line, so that nothing of it is left.
                let _ = write!(std::io::stdout(), "\r\u{1b}[2K");
            }
        } else if PARTS * done / all > self.said {
            self.said = PARTS * done / all;
            let percent = (100 * self.said / PARTS).to_string();
            let text = format!("  {} {percent} %", self.say("demo-filling", &[]));
            Self::line(&text);
        }
    }
}

/// A sentence in a language, with what is filled in.
#[must_use]
pub fn say(lang: Lang, key: &str, filled: &[(&str, &str)]) -> String {
    let mut args = FluentArgs::new();
    for (name, value) in filled {
        args.set(*name, *value);
    }
    lang.say(key, Some(&args))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_that_of_whoever_started_it() {
        let of = |tag: &str| language(None, &BTreeMap::from([("LANG".to_owned(), tag.to_owned())]));
        assert_eq!([of("nl_NL.UTF-8"), of("nl_BE"), of("C.UTF-8"), of("")], [Lang::Nl; 4]);
        assert_eq!([of("en_GB.UTF-8"), of("de_DE")], [Lang::En; 2]);
        assert_eq!(language(Some(Lang::En), &BTreeMap::new()), Lang::En);
        assert_eq!(language(None, &BTreeMap::new()), Lang::Nl);
    }
}
