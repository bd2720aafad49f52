//! The words of the pages, in Dutch and English: Fluent files in `src/locales`, chosen per reader.

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

    fn source(self) -> &'static str {
        match self {
            Self::Nl => include_str!("../locales/nl.ftl"),
            Self::En => include_str!("../locales/en.ftl"),
        }
    }

    fn bundle(self) -> &'static Bundle {
        static BUNDLES: OnceLock<[Bundle; 2]> = OnceLock::new();
        let [nl, en] = BUNDLES.get_or_init(|| [bundle(Self::Nl), bundle(Self::En)]);
        match self {
            Self::Nl => nl,
            Self::En => en,
        }
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
    let resource = FluentResource::try_new(lang.source().to_owned()).unwrap_or_else(|(resource, _)| resource);
    // What could be read is used; a test reads both files without errors.
    let _ = bundle.add_resource(resource);
    bundle
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// `key` and `key.attribute` of a file, in the plain shape that our files have.
    fn keys(lang: Lang) -> BTreeSet<String> {
        let (mut keys, mut last) = (BTreeSet::new(), String::new());
        for line in lang.source().lines() {
            let Some((head, _)) = line.split_once('=') else { continue };
            if let Some(attribute) = head.trim().strip_prefix('.').filter(|_| line.starts_with(' ')) {
                keys.insert(format!("{last}.{attribute}"));
            } else if !line.starts_with([' ', '#', '}', '*', '[']) {
                head.trim().clone_into(&mut last);
                keys.insert(last.clone());
            }
        }
        keys
    }

    #[test]
    fn both_languages_say_the_same_things() {
        for lang in [Lang::Nl, Lang::En] {
            assert!(FluentResource::try_new(lang.source().to_owned()).is_ok(), "{} does not read", lang.code());
            for key in keys(lang) {
                assert!(lang.find(&key, None).is_some(), "{} lacks {key}", lang.code());
            }
        }
        assert_eq!(keys(Lang::Nl), keys(Lang::En));
    }

    #[test]
    fn every_message_that_a_page_asks_for_exists() {
        let known = keys(Lang::Nl);
        let mut missing = Vec::new();
        for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web")).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let calls = [".t(\"", ".t1(\"", ".n(\"", ".field(\""].map(|call| (call, ""));
            let words = ["flash-", "error-", "find-"].map(|prefix| ("\"", prefix));
            for (call, prefix) in calls.into_iter().chain(words) {
                for rest in text.split(&format!("{call}{prefix}")).skip(1) {
                    let key = format!("{prefix}{}", rest.split('"').next().unwrap_or_default());
                    let plain = key.len() > prefix.len() && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
                    if plain && !known.contains(&key) {
                        missing.push(format!("{}: {key}", path.display()));
                    }
                }
            }
        }
        assert!(missing.is_empty(), "{missing:#?}");
    }

    #[test]
    fn dutch_says_je() {
        for line in Lang::Nl.source().lines().filter(|line| !line.starts_with('#')) {
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
