//! Who is named in a text: `@name`, or `@name@host`.

use super::handle::Handle;
use super::markup::text_of;

/// So many people can be named in one text; naming a whole region is no way to reach it.
const MOST: usize = 20;

/// Who is named in clean HTML, in the order of the text. What stands in code is an example, not a name.
#[must_use]
pub fn named(html: &str) -> Vec<Handle> {
    let text = text_of(&without(&without(html, "pre"), "code"));
    let mut found: Vec<Handle> = Vec::new();
    let mut before = ' ';
    let mut rest = text.as_str();
    while let Some(at) = rest.find('@') {
        before = rest[..at].chars().next_back().unwrap_or(before);
        rest = &rest[at + 1..];
        if before.is_alphanumeric() || matches!(before, '@' | '.' | '_' | '-' | '/' | ':') {
            before = '@';
            continue;
        }
        let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        if name.is_empty() {
            before = '@';
            continue;
        }
        let after = &rest[name.len()..];
        let host = after.strip_prefix('@').map(|host| {
            let host: String = host.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':')).collect();
            host.trim_end_matches(['.', '-', ':']).to_owned()
        });
        rest = &after[host.as_ref().map_or(0, |host| host.len() + 1)..];
        before = name.chars().next_back().unwrap_or('@');
        let written = match &host {
            Some(host) => format!("{}@{host}", name.to_ascii_lowercase()),
            None => name.to_ascii_lowercase(),
        };
        if let Ok(handle) = written.parse::<Handle>()
            && !found.contains(&handle)
            && found.len() < MOST
        {
            found.push(handle);
        }
    }
    found
}

/// HTML without the elements of this name.
fn without(html: &str, name: &str) -> String {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut kept = String::new();
    let mut rest = html;
    while let Some((before, inner)) = rest.split_once(&open) {
        kept.push_str(before);
        kept.push(' ');
        rest = inner.split_once(&close).map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::markup::markdown;

    fn names(source: &str) -> Vec<String> {
        named(&markdown(source)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn who_is_named_is_found_and_nobody_else() {
        assert_eq!(names("@sanne en @Omar_2, kijk (@noor)."), ["sanne", "omar_2", "noor"]);
        assert_eq!(
            names("Vraag het @sanne@gouda.example. En @omar@oldambt.example:8080!"),
            ["sanne@gouda.example", "omar@oldambt.example:8080"]
        );
        assert_eq!(names("**@sanne**, @sanne nog eens"), ["sanne"]);
        let nobody: [&str; 0] = [];
        assert_eq!(names("mail sanne@gouda.example, https://elders.example/@sanne, `@omar`, @ niemand, @@sanne"), nobody);
        assert_eq!(names("Zo:\n\n    @omar in code\n\n```\n@noor\n```\n"), nobody);
        assert_eq!(names(&(0..50).map(|n| format!("@naam{n}")).collect::<Vec<_>>().join(" ")).len(), MOST);
    }
}
