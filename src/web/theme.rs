//! A region's theme: a file of design tokens, of which nothing but declarations is used; and whether its colours can be read.
//!
//! The contrast that is asked for is that of WCAG 2.2: 4.5 for text (1.4.3), 3 for the edges of fields and the mark of the
//! focus (1.4.11).

use std::collections::BTreeMap;

use csscolorparser::Color;

/// Where our own colours take the tokens of a theme, and what they are without.
const BASE: &str = include_str!("css/base.css");

/// Two colours that stand on each other on our pages: front, back, the least contrast, and where.
const PAIRS: [(&str, &str, f64, &str); 22] = [
    ("--ink", "--paper", 4.5, "text on the page"),
    ("--ink", "--sheet", 4.5, "text on a sheet"),
    ("--ink", "--note-bg", 4.5, "text in a note"),
    ("--ink-soft", "--paper", 4.5, "quiet text on the page"),
    ("--ink-soft", "--sheet", 4.5, "quiet text on a sheet"),
    ("--ink-soft", "--note-bg", 4.5, "quiet text in a note"),
    ("--link", "--paper", 4.5, "links on the page"),
    ("--link", "--sheet", 4.5, "links on a sheet"),
    ("--link", "--note-bg", 4.5, "links in a note"),
    ("--accent-ink", "--accent", 4.5, "the words of a button"),
    ("--accent-ink", "--accent-hover", 4.5, "the words of a button under the pointer"),
    ("--solved", "--solved-bg", 4.5, "solved"),
    ("--solved", "--sheet", 4.5, "solved, on a sheet"),
    ("--open", "--open-bg", 4.5, "waiting for an answer"),
    ("--wrong", "--wrong-bg", 4.5, "a list of mistakes"),
    ("--wrong", "--sheet", 4.5, "a mistake at a field"),
    ("--wrong", "--paper", 4.5, "a mistake on the page"),
    ("--focus-ink", "--focus-bg", 4.5, "a link that has the focus"),
    ("--edge", "--sheet", 3.0, "the edge of a field"),
    ("--focus", "--paper", 3.0, "the mark of the focus on the page"),
    ("--focus", "--sheet", 3.0, "the mark of the focus on a sheet"),
    ("--accent", "--sheet", 3.0, "the mark of the page in the menu"),
];

/// One pair of colours, measured.
#[derive(Clone, Debug)]
pub struct Measured {
    /// Where the two stand on each other, in English; and the key of those words in the reader's language.
    pub place: &'static str,
    pub words: String,
    /// The two, as CSS writes them.
    pub front: String,
    pub back: String,
    /// 1 to 21; none when one of them is not a colour that can be computed.
    pub contrast: Option<f64>,
    pub least: f64,
}

impl Measured {
    /// Whether it can be read.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.contrast.is_some_and(|contrast| contrast >= self.least)
    }
}

/// Measures every pair of colours of our pages under a theme.
#[must_use]
pub fn check(theme: &str) -> Vec<Measured> {
    let mut all = declarations(block(BASE, ":root {"));
    all.extend(declarations(&tokens(theme)));
    measure(&all)
}

fn measure(all: &BTreeMap<String, String>) -> Vec<Measured> {
    let value = |name: &str| resolve(&format!("var({name})"), all, 0).unwrap_or_default();
    let measured = |&(front, back, least, place): &(&str, &str, f64, &'static str)| {
        let words = format!("theme-pair-{}-{}", front.trim_start_matches('-'), back.trim_start_matches('-'));
        let (front, back) = (value(front), value(back));
        let contrast = front.parse::<Color>().ok().zip(back.parse::<Color>().ok()).map(|(front, back)| contrast(&front, &back));
        Measured { place, words, front, back, contrast, least }
    };
    PAIRS.iter().map(measured).collect()
}

/// What stands between the braces after `head`.
fn block<'a>(css: &'a str, head: &str) -> &'a str {
    css.split_once(head).and_then(|(_, rest)| rest.split_once('}')).map_or("", |(inside, _)| inside)
}

/// `--name: value;` by name; the last one counts, as in a browser.
fn declarations(css: &str) -> BTreeMap<String, String> {
    let pairs = css.split(['{', '}', ';']).filter_map(|line| line.trim().split_once(':'));
    pairs.filter(|(name, _)| name.starts_with("--")).map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}

/// The value with every `var()` filled in; none when one has neither a value nor a fallback, or when they go round.
fn resolve(value: &str, all: &BTreeMap<String, String>, depth: u8) -> Option<String> {
    let Some((before, rest)) = value.split_once("var(") else { return Some(value.trim().to_owned()) };
    if depth > 20 {
        return None;
    }
    let mut open = 1;
    let end = rest.char_indices().find_map(|(at, c)| {
        open += i32::from(c == '(') - i32::from(c == ')');
        (open == 0).then_some(at)
    })?;
    let (inside, after) = (rest.get(..end)?, rest.get(end + 1..)?);
    let (name, fallback) = inside.split_once(',').map_or((inside, None), |(name, fallback)| (name, Some(fallback)));
    let filled = match all.get(name.trim()).and_then(|value| resolve(value, all, depth + 1)) {
        Some(filled) => filled,
        None => resolve(fallback?, all, depth + 1)?,
    };
    resolve(&format!("{before}{filled}{after}"), all, depth + 1)
}

/// The contrast ratio of WCAG 2.2; what can be seen through lies on white.
fn contrast(front: &Color, back: &Color) -> f64 {
    let (front, back) = (luminance(front), luminance(back));
    (front.max(back) + 0.05) / (front.min(back) + 0.05)
}

fn luminance(color: &Color) -> f64 {
    let over = |channel: f32| f64::from(channel * color.a + (1.0 - color.a));
    let linear = |channel: f64| if channel <= 0.040_45 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) };
    0.2126 * linear(over(color.r)) + 0.7152 * linear(over(color.g)) + 0.0722 * linear(over(color.b))
}

/// Keeps `--name: value;` and drops rules, imports and everything that could fetch something.
#[must_use]
pub fn tokens(text: &str) -> String {
    let mut bare = String::new();
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("/*") {
        bare.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    bare.push_str(rest);
    let lines: Vec<String> = bare.split([';', '{', '}']).filter_map(token).collect();
    if lines.is_empty() { String::new() } else { format!(":root {{\n{}}}\n", lines.concat()) }
}

fn token(declaration: &str) -> Option<String> {
    let (name, value) = declaration.trim().split_once(':')?;
    let (name, value) = (name.trim(), value.split_whitespace().collect::<Vec<_>>().join(" "));
    let fine_name = name.len() > 2 && name.starts_with("--") && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let lower = value.to_ascii_lowercase();
    let fetches = ["url", "image", "src(", "@", "\\", "<", "expression", "javascript"].iter().any(|word| lower.contains(word));
    let even = |c: char| value.matches(c).count() % 2 == 0;
    let closed = value.matches('(').count() == value.matches(')').count() && even('"') && even('\'') && !value.contains(['[', ']']);
    (fine_name && !value.is_empty() && !fetches && closed).then(|| format!("  {name}: {value};\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failing(measured: &[Measured]) -> Vec<String> {
        let bad = measured.iter().filter(|pair| !pair.passes());
        bad.map(|pair| format!("{}: {} on {} is {:?}", pair.place, pair.front, pair.back, pair.contrast)).collect()
    }

    #[test]
    fn our_own_colours_can_be_read_in_the_light_and_in_the_dark() {
        assert_eq!(failing(&check("")), Vec::<String>::new());
        let mut dark = declarations(block(BASE, ":root {"));
        dark.extend(declarations(block(BASE, ":root:not(.themed) {")));
        assert_eq!(failing(&measure(&dark)), Vec::<String>::new());
    }

    #[test]
    fn a_theme_that_can_t_be_read_is_told_where() {
        let pale = check(".thema { --basis-color-default-color-subtle: #b0b0b0; }");
        assert_eq!(
            pale.iter().filter(|pair| !pair.passes()).map(|pair| pair.place).collect::<Vec<_>>(),
            ["quiet text on the page", "quiet text on a sheet", "quiet text in a note"]
        );
        let older = check("--utrecht-button-primary-action-background-color: hsl(50 100% 60%)");
        assert!(!older.iter().find(|pair| pair.place == "the words of a button").unwrap().passes());
        let odd = check("--basis-color-default-color-document: var(--nergens)");
        assert!(odd.iter().all(Measured::passes), "an unknown token falls back, as in a browser: {:?}", failing(&odd));
        let round = check("--basis-color-default-color-document: var(--a); --a: var(--basis-color-default-color-document)");
        assert_eq!(round.len(), PAIRS.len());
    }

    #[test]
    fn a_theme_sets_tokens_and_nothing_else() {
        let theme = "@import url(x.css);\n/* kleuren; { */ .thema { --basis-color: rgb(0 1 2);\n --font: \"Noto Sans\", serif; color: red }
            :root { --a: url(https://elders.example); --b: \\75rl(x); --c: (; --d: \"x }";
        assert_eq!(tokens(theme), ":root {\n  --basis-color: rgb(0 1 2);\n  --font: \"Noto Sans\", serif;\n}\n");
        assert_eq!(tokens("body { color: red }"), "");
    }
}
