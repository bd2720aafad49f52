//! From Markdown and from foreign HTML to HTML that is safe to show, once, when it is written.
//!
//! The allow-list of ammonia is always the last step (T-94). What it lets through is what the fediverse understands:
//! paragraphs, links, emphasis, code, quotes, lists, headings from level three, tables. No images: the reader's browser
//! would fetch them from other servers. In Markdown they become links; pictures stand beside the text, as attachments.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use ammonia::{Builder, UrlRelative};
use comrak::nodes::NodeValue;
use comrak::{Arena, Options};

use super::links;
use super::names::{clean, clean_line};

/// Largest HTML we take from another server, in bytes (T-80).
pub const MAX_REMOTE_HTML: usize = 100_000;

/// Largest HTML we make of Markdown, in bytes: the cells that a short table leaves out are filled in.
const MAX_OWN_HTML: usize = 1_000_000;
/// Most tags in foreign HTML: what is nested in what takes time with the square of it.
const MAX_TAGS: usize = 10_000;
/// Most elements that may come of formatting that was not closed: a reader of HTML opens it again in every paragraph.
const MAX_REOPENED: usize = 150_000;
/// The elements that are opened again.
const FORMATTING: [&str; 13] = ["b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
/// Deepest nesting of quotes and lists in one line of Markdown.
const MAX_MARKERS: usize = 50;

/// Markdown to clean HTML. Raw HTML in the source is shown as typed. Headings begin at level three, below the page's.
#[must_use]
pub fn markdown(source: &str) -> String {
    let source = source.lines().map(shallow).collect::<Vec<_>>().join("\n");
    let html = render(&source, true);
    html_clean(&if html.len() > MAX_OWN_HTML { render(&source, false) } else { html })
}

/// A line without the marks of quotes and lists that nest too deeply.
fn shallow(line: &str) -> Cow<'_, str> {
    let (mut rest, mut kept) = (line, line.len());
    for count in 0.. {
        let inner = rest.trim_start_matches([' ', '\t']);
        let digits = inner.bytes().take_while(u8::is_ascii_digit).count();
        let after = if digits > 0 { inner[digits..].strip_prefix(['.', ')']) } else { inner.strip_prefix(['-', '+', '*']) };
        let after = after.filter(|after| after.starts_with([' ', '\t']));
        let Some(next) = inner.strip_prefix('>').or(after) else { break };
        if count == MAX_MARKERS {
            kept = line.len() - inner.len();
        }
        rest = next;
    }
    if kept == line.len() { Cow::Borrowed(line) } else { Cow::Owned(format!("{}{rest}", &line[..kept])) }
}

fn render(source: &str, tables: bool) -> String {
    let mut options = Options::default();
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.table = tables;
    options.render.hardbreaks = true;
    options.render.escape = true;
    let arena = Arena::new();
    let root = comrak::parse_document(&arena, &clean(source), &options);
    for node in root.descendants() {
        let value = &mut node.data.borrow_mut().value;
        match value {
            NodeValue::Heading(heading) => heading.level = (heading.level + 2).min(5),
            NodeValue::Image(image) => *value = NodeValue::Link(std::mem::take(image)),
            _ => {}
        }
    }
    let mut html = String::new();
    // Writing to a String does not fail; an empty page would be the harmless outcome if it did.
    let _ = comrak::format_html(root, &options, &mut html);
    html
}

/// Foreign HTML to clean HTML.
#[must_use]
pub fn html(foreign: &str) -> String {
    if foreign.is_empty() {
        return String::new();
    }
    let mut end = foreign.len().min(MAX_REMOTE_HTML);
    while !foreign.is_char_boundary(end) {
        end -= 1;
    }
    html_clean(affordable(&clean(foreign.get(..end).unwrap_or_default())))
}

/// The beginning of some HTML that can be read in reasonable time and space. Without this, `<p>` and a few hundred times
/// `<b class=1>`, `<b class=2>`..., and then `<p>x` again and again, become gigabytes.
fn affordable(html: &str) -> &str {
    let (mut tags, mut open, mut seen) = (0, 0, HashMap::new());
    for (at, _) in html.match_indices('<') {
        tags += 1;
        let rest = &html[at + 1..];
        let name = &rest[..rest.bytes().take_while(u8::is_ascii_alphanumeric).count()];
        if FORMATTING.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            // Of those that are wholly the same, three are opened again.
            let same: &mut u8 = seen.entry(plain_tag(rest).unwrap_or(&html[at..])).or_default();
            if *same < 3 {
                *same += 1;
                open += 1;
            }
        }
        if tags > MAX_TAGS || open * tags > MAX_REOPENED {
            return &html[..at];
        }
    }
    html
}

/// What stands in a tag up to its end, where there is no doubt about where that is.
fn plain_tag(rest: &str) -> Option<&str> {
    let (tag, _) = rest.split_once('>')?;
    let in_order = tag.split('"').enumerate().all(|(number, part)| {
        let quoted = number % 2 == 1;
        part.bytes().all(|b| if quoted { !matches!(b, b'=' | b'\'') } else { b.is_ascii_alphanumeric() || matches!(b, b' ' | b'-' | b'=') })
    });
    (in_order && tag.matches("=\"").count() * 2 == tag.matches('"').count()).then_some(tag)
}

fn html_clean(html: &str) -> String {
    static CLEANER: OnceLock<Builder<'static>> = OnceLock::new();
    let clean = CLEANER
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
                // Else the library lets `title` and `lang` through everywhere: words that only who points at them sees.
                .generic_attributes(HashSet::new())
                .url_schemes(HashSet::from(["http", "https", "mailto"]))
                .url_relative(UrlRelative::Deny)
                .link_rel(Some("nofollow noopener ugc"))
                .strip_comments(true);
            builder
        })
        .clean(html)
        .to_string();
    links::honest(&clean)
}

/// The text of clean HTML: tags away, entities read, one line.
#[must_use]
pub fn text_of(html: &str) -> String {
    clean_line(&lines_of(html).join(" "))
}

/// The same, in the lines that a reader sees.
fn lines_of(html: &str) -> Vec<String> {
    static BARE: OnceLock<Builder<'static>> = OnceLock::new();
    if html.is_empty() {
        return Vec::new();
    }
    // Block ends become line ends before the tags go, or words of two paragraphs would grow together.
    let mut spaced = html.replace('\n', " ");
    for end in ["</p>", "<br>", "</li>", "</h3>", "</h4>", "</h5>", "</td>", "</th>", "</pre>", "</blockquote>"] {
        spaced = spaced.replace(end, &format!("{end}\n"));
    }
    let bare = BARE.get_or_init(Builder::empty).clean(&spaced).to_string();
    unescape(&bare).split('\n').map(clean_line).filter(|line| !line.is_empty()).collect()
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

/// Longest title that is made of a text.
const LONGEST_TITLE: usize = 120;
/// A sentence shorter than this is a greeting; the next one belongs to it.
const SHORTEST_TITLE: usize = 12;

/// A title from the text of a post that has none: the first sentence of its first line, without the names it begins with,
/// at most 120 characters and cut at a word. Nothing when it says nothing but names.
#[must_use]
pub fn title_of(html: &str) -> String {
    let lines = lines_of(html);
    let said = lines.iter().map(|line| without_names(line)).find(|line| !line.is_empty());
    let Some(line) = said else { return String::new() };
    let ends = line.char_indices().filter(|(at, c)| {
        let after = &line[at + c.len_utf8()..];
        // "bijv. zo" is no end.
        matches!(c, '.' | '?' | '!') && after.starts_with(' ') && !after.trim_start().starts_with(char::is_lowercase)
    });
    let sentence = ends.map(|(at, c)| &line[..at + c.len_utf8()]).find(|sentence| sentence.chars().count() >= SHORTEST_TITLE);
    let title = sentence.unwrap_or(line);
    if title.chars().count() <= LONGEST_TITLE {
        return title.to_owned();
    }
    let head: String = title.chars().take(LONGEST_TITLE - 1).collect();
    let words = head.rsplit_once(' ').map_or(head.as_str(), |(words, _)| words);
    format!("{}…", words.trim_end_matches([',', ';', ':', '-', '–']))
}

/// A line without the names at its beginning: `@jeugd@vragen.example: hoe...`
fn without_names(line: &str) -> &str {
    let mut rest = line;
    loop {
        let bare = rest.trim_start_matches([' ', ',', ':', ';', '-', '–']);
        if !bare.starts_with('@') {
            return bare;
        }
        rest = bare.find(' ').map_or("", |end| &bare[end..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_what_the_writer_meant() {
        assert_eq!(markdown("Wij doen **dit**.\nEn dat."), "<p>Wij doen <strong>dit</strong>.<br>\nEn dat.</p>\n");
        assert_eq!(
            markdown("![schema](https://elders.example/a.png)"),
            "<p><a href=\"https://elders.example/a.png\" rel=\"nofollow noopener ugc\">schema</a></p>\n"
        );
        assert_eq!(markdown("# Kop"), "<h3>Kop</h3>\n");
        assert_eq!(markdown("<b>x</b>"), "<p>&lt;b&gt;x&lt;/b&gt;</p>\n");
        assert_eq!(
            markdown("Zie https://voorbeeld.example/a"),
            "<p>Zie <a href=\"https://voorbeeld.example/a\" rel=\"nofollow noopener ugc\">https://voorbeeld.example/a</a></p>\n"
        );
    }

    #[test]
    fn foreign_html_loses_what_could_harm() {
        assert_eq!(html("<p title=\"Klik hier\" lang=\"en\">Dag</p>"), "<p>Dag</p>");
        assert_eq!(markdown("[x](javascript:a \"Klik hier\")"), "<p><a rel=\"nofollow noopener ugc\">x</a></p>\n");
        assert_eq!(html("<p onclick=x>a<script>b</script><img src=x></p>"), "<p>a</p>");
        assert_eq!(html("<a href=\"javascript:x\">a</a>"), "<a rel=\"nofollow noopener ugc\">a</a>");
        assert_eq!(html("<p class=\"x\" id=\"y\" style=\"z\">\u{202E}a\u{0}</p>"), "<p>a</p>");
    }

    #[test]
    fn t_79_a_small_text_does_not_become_a_huge_one() {
        let unclosed = |with: fn(usize) -> String| format!("<p>{}{}", (0..1_000).map(with).collect::<String>(), "<p>x".repeat(20_000));
        for hostile in [
            unclosed(|n| format!("<b class={n}>")),
            unclosed(|n| format!("<I\n{n}>")),
            unclosed(|n| format!("<code/{n}>")),
            unclosed(|_| "<em>".into()),
            // The same up to the first >, but that is not where these tags end.
            unclosed(|n| format!("<b a=\">{n}\">")),
            unclosed(|n| format!("<b a='>{n}'>")),
            unclosed(|n| format!("<b a=x=\"b c= \">{n}\">")),
            unclosed(|n| format!("<{}>", FORMATTING[n % FORMATTING.len()])),
            "<ul><li>".repeat(12_000),
            "<div>".repeat(20_000),
        ] {
            let clean = html(&hostile);
            assert!(clean.len() < 3_000_000, "{:.40}: {}", hostile, clean.len());
        }
        let honest = "<p>Een <strong>zin</strong> met <em class=\"x\">nadruk</em> en <code>code</code>.</p>".repeat(600);
        assert!(html(&honest).ends_with("<code>code</code>.</p>") && html(&honest).matches("<p>").count() == 600);
    }

    #[test]
    fn t_79_deep_markdown_stays_shallow() {
        for deep in [">".repeat(40_000), "> ".repeat(20_000), "1. ".repeat(15_000), "- + ".repeat(10_000)] {
            let html = markdown(&format!("{deep}tekst"));
            assert!(html.matches('<').count() < 500 && html.contains("tekst"), "{:.20}: {}", deep, html.len());
        }
        let table = format!("{}\n{}\n{}", "a|".repeat(5_000), "-|".repeat(5_000), "a\n".repeat(20_000));
        assert!(markdown(&table).len() < MAX_OWN_HTML);
        assert_eq!(markdown("> > 1. drie\n\n- - - - - - -\n"), markdown("> > 1. drie\n\n---\n"));
        assert_eq!(shallow("---------- en - zo"), "---------- en - zo");
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
        assert_eq!(
            title_of("<p>@jeugd@vragen.example:</p><p>Hoi! Wie kent NEN 1176.7 bijv. van een cursus? Wij niet.</p>"),
            "Hoi! Wie kent NEN 1176.7 bijv. van een cursus?"
        );
        assert_eq!(title_of("<p>Wie weet dit<br>Wij zoeken al lang.</p>"), "Wie weet dit");
        let long = title_of(&format!("<p>@jeugd, {}einde.</p>", "woorden ".repeat(40)));
        assert!(long.ends_with("woorden…") && long.chars().count() <= 120, "{long}");
        assert_eq!(title_of("<p>@jeugd @els</p>"), "");
    }
}
