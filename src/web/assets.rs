//! The stylesheet, and the theme that a region lays over it.

use std::path::Path;
use std::sync::OnceLock;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::Web;
use crate::ops::members::token_hash;

const STYLESHEET: &str = include_str!("app.css");
const CSS: &str = "text/css; charset=utf-8";

/// The stylesheet's address with a hash of what is in it.
pub fn stylesheet_path() -> &'static str {
    static STYLESHEET_PATH: OnceLock<String> = OnceLock::new();
    STYLESHEET_PATH.get_or_init(|| {
        let hash: String = token_hash(STYLESHEET).chars().take(12).collect();
        format!("/static/app.css?v={hash}")
    })
}

/// `/static/app.css`
pub async fn stylesheet() -> Response {
    ([(header::CONTENT_TYPE, CSS), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")], STYLESHEET).into_response()
}

/// `/theme.css`: the design tokens in `{data_dir}/theme.css`, and nothing else that stands there.
pub async fn theme(State(web): State<Web>) -> Response {
    let text = read(&web.core.config.data_dir).await;
    ([(header::CONTENT_TYPE, CSS), (header::CACHE_CONTROL, "public, max-age=300")], tokens(&text)).into_response()
}

async fn read(folder: &Path) -> String {
    tokio::fs::read_to_string(folder.join("theme.css")).await.unwrap_or_default()
}

/// Keeps `--name: value;` and drops rules, imports and everything that could fetch something.
fn tokens(text: &str) -> String {
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

    #[test]
    fn a_theme_sets_tokens_and_nothing_else() {
        let theme = "@import url(x.css);\n/* kleuren; { */ .thema { --basis-color: rgb(0 1 2);\n --font: \"Noto Sans\", serif; color: red }
            :root { --a: url(https://elders.example); --b: \\75rl(x); --c: (; --d: \"x }";
        assert_eq!(tokens(theme), ":root {\n  --basis-color: rgb(0 1 2);\n  --font: \"Noto Sans\", serif;\n}\n");
        assert_eq!(tokens("body { color: red }"), "");
    }
}
