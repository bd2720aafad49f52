//! `/post/{id}/history`: what a post said before it was edited, and what changed.

use askama::Template;
use axum::extract::State;
use axum::routing::get;
use similar::{ChangeTag, TextDiff};

use super::page::{Shown, html};
use super::ui::Ui;
use super::{At, Web};
use crate::db::{posts, revisions};
use crate::error::Error;
use crate::model::rights::can_see;
use crate::model::{Post, PostId, Time, markup};
use crate::ops;

/// Longest text that is compared word by word, in bytes; longer ones are shown whole.
const LONGEST: usize = 60_000;
/// What one comparison may cost; after that the rest counts as replaced.
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(50);

pub fn routes() -> axum::Router<Web> {
    axum::Router::new().route("/post/{id}/history", get(show))
}

/// A piece of text that stayed, came or went.
struct Piece {
    text: String,
    came: bool,
    went: bool,
}

/// One version against the one before it.
struct Version {
    at: Time,
    title: Vec<Piece>,
    body: Vec<Piece>,
    first: bool,
}

#[derive(Template)]
#[template(path = "history.html", config = "src/web/askama.toml")]
struct HistoryPage {
    ui: Ui,
    post: Post,
    /// The newest first.
    versions: Vec<Version>,
}

fn pieces(before: &str, after: &str) -> Vec<Piece> {
    if before.len() + after.len() > LONGEST {
        return vec![Piece { text: before.to_owned(), came: false, went: true }, Piece { text: after.to_owned(), came: true, went: false }];
    }
    let diff = TextDiff::configure().timeout(PATIENCE).diff_words(before, after);
    let mut pieces: Vec<Piece> = Vec::new();
    for change in diff.iter_all_changes() {
        let (came, went) = (change.tag() == ChangeTag::Insert, change.tag() == ChangeTag::Delete);
        match pieces.last_mut() {
            Some(last) if last.came == came && last.went == went => last.text.push_str(change.value()),
            _ => pieces.push(Piece { text: change.value().to_owned(), came, went }),
        }
    }
    pieces
}

async fn show(State(web): State<Web>, ui: Ui, At(id): At<PostId>) -> Shown {
    let mut conn = web.core.db.conn();
    let post = posts::by_id(&mut conn, id).await?;
    let viewer = ops::viewer(&web.core, &mut conn, ui.me.as_ref().map(|me| &me.actor), post.group_id).await?;
    if !can_see(viewer, &post) {
        return Err(Error::Gone.into());
    }
    let kept = revisions::of_post(&mut conn, post.id).await?;
    let text = |source: Option<&str>, html: &str| source.map_or_else(|| markup::text_of(html), str::to_owned);
    let mut said: Vec<(Time, String, String)> =
        kept.iter().map(|old| (old.at, old.title.clone(), text(old.source.as_deref(), &old.html))).collect();
    said.push((post.edited_at.unwrap_or(post.published_at), post.title.clone(), text(post.source.as_deref(), &post.html)));
    let plain = |text: &str| vec![Piece { text: text.to_owned(), came: false, went: false }];
    let mut versions: Vec<Version> = Vec::new();
    for (number, (at, title, body)) in said.iter().enumerate() {
        let before = number.checked_sub(1).and_then(|before| said.get(before));
        versions.push(match before {
            Some((_, old_title, old_body)) => {
                Version { at: *at, title: pieces(old_title, title), body: pieces(old_body, body), first: false }
            }
            None => Version { at: *at, title: plain(title), body: plain(body), first: true },
        });
    }
    versions.reverse();
    html(&HistoryPage { ui, post, versions })
}
