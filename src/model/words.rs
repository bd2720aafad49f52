//! The words of pages and mails, in Dutch and English: Fluent files in `src/locales`, chosen per reader.

use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

/// A language the pages speak. Dutch first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    #[default]
    Nl,
    En,
}

type Bundle = FluentBundle<FluentResource>;

impl Lang {
    /// The code in `lang` attributes, cookies and the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::En => "en",
        }
    }

    /// Reads a code; none for a language we don't speak.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Nl, Self::En].into_iter().find(|lang| lang.code() == code)
    }

    /// The first language of `Accept-Language` that we speak. Browsers list them in order of preference.
    #[must_use]
    pub fn accepted(header: &str) -> Option<Self> {
        header.split(',').find_map(|part| {
            let (tag, weight) = part.split_once(';').unwrap_or((part, ""));
            let refused = matches!(weight.trim(), "q=0" | "q=0.0");
            let code = tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
            Self::from_code(&code).filter(|_| !refused)
        })
    }

    /// The files of this language, one for each part of the product.
    fn sources(self) -> &'static [&'static str] {
        macro_rules! files {
            ($folder:literal) => {
                &[
                    include_str!(concat!("../locales/", $folder, "/pages.ftl")),
                    include_str!(concat!("../locales/", $folder, "/members.ftl")),
                    include_str!(concat!("../locales/", $folder, "/mail.ftl")),
                    include_str!(concat!("../locales/", $folder, "/groups.ftl")),
                    include_str!(concat!("../locales/", $folder, "/moderation.ftl")),
                    include_str!(concat!("../locales/", $folder, "/events.ftl")),
                    include_str!(concat!("../locales/", $folder, "/agenda.ftl")),
                    include_str!(concat!("../locales/", $folder, "/calendar.ftl")),
                    include_str!(concat!("../locales/", $folder, "/admin.ftl")),
                    include_str!(concat!("../locales/", $folder, "/files.ftl")),
                    include_str!(concat!("../locales/", $folder, "/completeness.ftl")),
                    include_str!(concat!("../locales/", $folder, "/federation.ftl")),
                    include_str!(concat!("../locales/", $folder, "/keeping.ftl")),
                    include_str!(concat!("../locales/", $folder, "/demo.ftl")),
                ]
            };
        }
        match self {
            Self::Nl => files!("nl"),
            Self::En => files!("en"),
        }
    }

    /// Read when it is first spoken: each takes nearly two megabytes.
    fn bundle(self) -> &'static Bundle {
        static NL: OnceLock<Bundle> = OnceLock::new();
        static EN: OnceLock<Bundle> = OnceLock::new();
        match self {
            Self::Nl => &NL,
            Self::En => &EN,
        }
        .get_or_init(|| bundle(self))
    }

    /// The message `key`, or an attribute of it (`key.hint`); none when there is no such message.
    #[must_use]
    pub fn find(self, key: &str, args: Option<&FluentArgs<'_>>) -> Option<String> {
        let (id, attribute) = key.split_once('.').map_or((key, None), |(id, attribute)| (id, Some(attribute)));
        let message = self.bundle().get_message(id)?;
        let pattern = match attribute {
            Some(attribute) => message.get_attribute(attribute)?.value(),
            None => message.value()?,
        };
        Some(self.bundle().format_pattern(pattern, args, &mut Vec::new()).into_owned())
    }

    /// The message `key`. A missing one shows as its key; a test looks for those.
    #[must_use]
    pub fn say(self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        self.find(key, args).unwrap_or_else(|| key.to_owned())
    }
}

fn bundle(lang: Lang) -> Bundle {
    let mut bundle = Bundle::new_concurrent(vec![lang.code().parse::<LanguageIdentifier>().unwrap_or_default()]);
    // The invisible marks around what is filled in would end up in what people copy.
    bundle.set_use_isolating(false);
    for source in lang.sources() {
        let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(resource, _)| resource);
        // What could be read is used; a test reads every file without errors and finds no key twice.
        let _ = bundle.add_resource(resource);
    }
    bundle
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};
    use std::path::Path;

    use super::*;

    /// `key` and `key.attribute` of a language, in the plain shape that our files have.
    fn keys(lang: Lang) -> BTreeSet<String> {
        let mut keys = BTreeSet::new();
        for source in lang.sources() {
            let mut last = String::new();
            for line in source.lines() {
                let Some((head, _)) = line.split_once('=') else { continue };
                let key = if let Some(attribute) = head.trim().strip_prefix('.').filter(|_| line.starts_with(' ')) {
                    format!("{last}.{attribute}")
                } else if line.starts_with([' ', '#', '}', '*', '[']) {
                    continue;
                } else {
                    head.trim().clone_into(&mut last);
                    last.clone()
                };
                assert!(keys.insert(key.clone()), "{} has {key} twice", lang.code());
            }
        }
        keys
    }

    #[test]
    fn both_languages_say_the_same_things() {
        for lang in [Lang::Nl, Lang::En] {
            for source in lang.sources() {
                assert!(FluentResource::try_new((*source).to_owned()).is_ok(), "{} does not read: {source:.80}", lang.code());
            }
            for key in keys(lang) {
                assert!(lang.find(&key, None).is_some(), "{} lacks {key}", lang.code());
            }
        }
        assert_eq!(keys(Lang::Nl), keys(Lang::En));
    }

    /// Every source and template, without this file.
    fn texts(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                texts(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs" || end == "html") && !path.ends_with("words.rs") {
                found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }

    #[test]
    fn every_message_that_a_page_asks_for_exists() {
        let known = keys(Lang::Nl);
        let (mut missing, mut found) = (Vec::new(), Vec::new());
        texts(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        for (path, text) in found {
            let calls = [".t(\"", ".t1(\"", ".n(\"", ".field(\""].map(|call| (call, ""));
            let words = ["flash-", "error-", "find-", "mail-", "notice-"].map(|prefix| ("\"", prefix));
            for (call, prefix) in calls.into_iter().chain(words) {
                for rest in text.split(&format!("{call}{prefix}")).skip(1) {
                    let key = format!("{prefix}{}", rest.split('"').next().unwrap_or_default());
                    let plain = key.len() > prefix.len() && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
                    if plain && !key.ends_with('-') && !known.contains(&key) {
                        missing.push(format!("{path}: {key}"));
                    }
                }
            }
        }
        assert!(missing.is_empty(), "{missing:#?}");
    }

    /// The word that a text begins with, and what ends it.
    fn word_at(text: &str) -> Option<(&str, char)> {
        let (at, end) = text.char_indices().find(|(_, c)| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_'))?;
        Some((&text[..at], end))
    }

    #[test]
    fn every_message_is_asked_for_somewhere() {
        let mut found = Vec::new();
        texts(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        let all: String = found.into_iter().map(|(_, text)| text).collect();
        // Every word that a quotation mark opens, with what ends it.
        let opened: HashSet<(&str, char)> = all.match_indices('"').filter_map(|(at, _)| word_at(&all[at + 1..])).collect();
        let words: HashSet<&str> = all.split("words: \"").skip(1).filter_map(word_at).map(|(word, _)| word).collect();
        let unused: Vec<_> = keys(Lang::Nl)
            .into_iter()
            // What belongs to a message (its hint, what is said of a mistake) is asked for with it.
            .filter(|key| !key.contains('.'))
            .filter(|key| {
                let whole = ['"', '.', '('].iter().any(|end| opened.contains(&(key.as_str(), *end)));
                // `error-{status}`: a word that is put together.
                let parts = key.match_indices('-').any(|(at, _)| opened.contains(&(&key[..=at], '{')) || words.contains(&key[..at]));
                !whole && !parts
            })
            .collect();
        assert!(unused.is_empty(), "{unused:#?}");
    }

    #[test]
    fn dutch_says_je() {
        for line in Lang::Nl.sources().iter().flat_map(|source| source.lines()).filter(|line| !line.starts_with('#')) {
            let polite = line.split(|c: char| !c.is_alphanumeric()).any(|word| matches!(word, "u" | "U" | "uw" | "Uw"));
            assert!(!polite, "{line}");
        }
    }

    #[test]
    fn the_reader_s_browser_chooses() {
        assert_eq!(Lang::accepted("de-DE,de;q=0.9,en-US;q=0.8,nl;q=0.7"), Some(Lang::En));
        assert_eq!(Lang::accepted("nl"), Some(Lang::Nl));
        assert_eq!(Lang::accepted("fr"), None);
    }
}
