//! From Markdown and from foreign HTML to HTML that is safe to show, once, when it is written.
//!
//! The allow-list of ammonia is always the last step (T-94). What it lets through is what the fediverse understands:
//! paragraphs, links, emphasis, code, quotes, lists, headings from level three, tables. No images: remote ones would
//! be fetched by the reader's browser, and uploading has not been built.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use ammonia::{Builder, UrlRelative};
use comrak::nodes::NodeValue;
use comrak::{Arena, Options};

use super::names::{clean, clean_line};

/// Largest HTML we take from another server, in bytes (T-80).
pub const MAX_REMOTE_HTML: usize = 100_000;

/// Markdown to clean HTML. Raw HTML in the source is shown as typed. Headings begin at level three, below the page's.
#[must_use]
pub fn markdown(source: &str) -> String {
    let mut options = Options::default();
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.render.hardbreaks = true;
    options.render.escape = true;
    let arena = Arena::new();
    let root = comrak::parse_document(&arena, &clean(source), &options);
    for node in root.descendants() {
        if let NodeValue::Heading(heading) = &mut node.data.borrow_mut().value {
            heading.level = (heading.level + 2).min(5);
        }
    }
    let mut html = String::new();
    // Writing to a String does not fail; an empty page would be the harmless outcome if it did.
    let _ = comrak::format_html(root, &options, &mut html);
    html_clean(&html)
}

/// Foreign HTML to clean HTML.
#[must_use]
pub fn html(foreign: &str) -> String {
    let mut end = foreign.len().min(MAX_REMOTE_HTML);
    while !foreign.is_char_boundary(end) {
        end -= 1;
    }
    html_clean(&clean(foreign.get(..end).unwrap_or_default()))
}

fn html_clean(html: &str) -> String {
    static CLEANER: OnceLock<Builder<'static>> = OnceLock::new();
    CLEANER
        .get_or_init(|| {
            let mut builder = Builder::empty();
            builder
                .tags(HashSet::from([
                    "p",
                    "br",
                    "a",
                    "strong",
                    "b",
                    "em",
                    "i",
                    "del",
                    "s",
                    "code",
                    "pre",
                    "blockquote",
                    "ul",
                    "ol",
                    "li",
                    "h3",
                    "h4",
                    "h5",
                    "table",
                    "thead",
                    "tbody",
                    "tr",
                    "th",
                    "td",
                    "hr",
                    "sub",
                    "sup",
                    "span",
                ]))
                .clean_content_tags(HashSet::from(["script", "style", "title", "template", "noscript", "iframe", "object", "svg", "math"]))
                .tag_attributes(HashMap::from([("a", HashSet::from(["href"])), ("ol", HashSet::from(["start"]))]))
                .url_schemes(HashSet::from(["http", "https", "mailto"]))
                .url_relative(UrlRelative::Deny)
                .link_rel(Some("nofollow noopener ugc"))
                .strip_comments(true);
            builder
        })
        .clean(html)
        .to_string()
}

/// The text of clean HTML: tags away, entities read, one line.
#[must_use]
pub fn text_of(html: &str) -> String {
    // Block ends become spaces before the tags go, or words of two paragraphs would grow together.
    let mut spaced = html.to_owned();
    for end in ["</p>", "<br>", "</li>", "</h3>", "</h4>", "</h5>", "</td>", "</th>", "</pre>", "</blockquote>"] {
        spaced = spaced.replace(end, &format!("{end} "));
    }
    let bare = Builder::empty().clean(&spaced).to_string();
    clean_line(&unescape(&bare))
}

/// Reads the entities that ammonia writes in text.
fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&nbsp;", " ").replace("&amp;", "&")
}

/// The beginning of an explanation as plain text: whole when short, else cut at the end of a sentence near `near`
/// characters, or at a word with an ellipsis when there is no such end. This is all a Mastodon reader gets to see.
#[must_use]
pub fn summary(html: &str, near: usize) -> String {
    let text = text_of(html);
    if text.chars().count() <= near {
        return text;
    }
    let head: String = text.chars().take(near).collect();
    let sentence = head
        .char_indices()
        .filter(|(at, c)| matches!(c, '.' | '?' | '!') && head[at + c.len_utf8()..].starts_with(' '))
        .map(|(at, c)| at + c.len_utf8())
        .next_back();
    match sentence {
        Some(end) if end >= near / 2 => head[..end].to_owned(),
        _ => format!("{}…", head.rsplit_once(' ').map_or(head.as_str(), |(words, _)| words)),
    }
}

/// A title from the text of a post that has none: its first sentence, at most 120 characters (wire: Mastodon).
#[must_use]
pub fn title_of(html: &str) -> String {
    let text = text_of(html);
    let words = text.split(' ').skip_while(|word| word.starts_with('@')).collect::<Vec<_>>().join(" ");
    let first = words.split_inclusive(['.', '?', '!']).next().unwrap_or_default().trim();
    let title = if first.chars().count() >= 12 { first } else { words.as_str() };
    if title.chars().count() <= 120 {
        return title.to_owned();
    }
    let head: String = title.chars().take(119).collect();
    format!("{}…", head.rsplit_once(' ').map_or(head.as_str(), |(words, _)| words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_what_the_writer_meant() {
        assert_eq!(markdown("Wij doen **dit**.\nEn dat."), "<p>Wij doen <strong>dit</strong>.<br>\nEn dat.</p>\n");
        assert_eq!(markdown("# Kop"), "<h3>Kop</h3>\n");
        assert_eq!(markdown("<b>x</b>"), "<p>&lt;b&gt;x&lt;/b&gt;</p>\n");
        assert_eq!(
            markdown("Zie https://voorbeeld.example/a"),
            "<p>Zie <a href=\"https://voorbeeld.example/a\" rel=\"nofollow noopener ugc\">https://voorbeeld.example/a</a></p>\n"
        );
    }

    #[test]
    fn foreign_html_loses_what_could_harm() {
        assert_eq!(html("<p onclick=x>a<script>b</script><img src=x></p>"), "<p>a</p>");
        assert_eq!(html("<a href=\"javascript:x\">a</a>"), "<a rel=\"nofollow noopener ugc\">a</a>");
        assert_eq!(html("<p class=\"x\" id=\"y\" style=\"z\">\u{202E}a\u{0}</p>"), "<p>a</p>");
    }

    #[test]
    fn a_summary_ends_where_a_sentence_does() {
        let html = format!("<p>{}</p><p>{}</p>", "Een zin van enige lengte staat hier. ".repeat(10), "Meer. ".repeat(200));
        let summary = summary(&html, 400);
        assert!(summary.ends_with('.') && summary.chars().count() <= 400, "{summary}");
        assert_eq!(super::summary("<p>Kort &amp; goed</p><p>Twee</p>", 400), "Kort & goed Twee");
    }

    #[test]
    fn a_note_without_a_title_gets_its_first_sentence() {
        assert_eq!(title_of("<p>@jeugd Hoe regelen jullie dit? Wij niet.</p>"), "Hoe regelen jullie dit?");
    }
}
