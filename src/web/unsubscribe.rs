//! Stopping mail from the mail itself (RFC 8058): a mail program does it with one POST that carries no cookie and no token of
//! a session; a person sees a page with a button, and a way back. Asking for the page changes nothing: programs that look
//! at links in mails do that.

use askama::Template;
use axum::extract::State;
use axum::routing::get;

use super::page::{Shown, html};
use super::ui::Ui;
use super::{At, Web};
use crate::error::Error;
use crate::ops::unsubscribing;

/// The routes of this page.
pub fn routes() -> axum::Router<Web> {
    axum::Router::new().route("/unsubscribe/{token}", get(show).post(stop))
}

#[derive(Template)]
#[template(path = "unsubscribe.html", config = "src/web/askama.toml")]
struct UnsubscribePage {
    ui: Ui,
    token: String,
    /// What it stops, a word.
    what: &'static str,
    stopped: bool,
    /// Whether it was switched on again just now.
    undone: bool,
}

async fn show(State(web): State<Web>, ui: Ui, At(token): At<String>) -> Shown {
    let mut conn = web.core.db.conn();
    let (account, what) = unsubscribing::meant(&web.core, &mut conn, &token).await?.ok_or(Error::NotFound)?;
    let stopped = unsubscribing::is_stopped(&mut conn, &account, what).await?;
    html(&UnsubscribePage { ui, token, what: what.word(), stopped, undone: false })
}

/// The body may be a form of either kind (`List-Unsubscribe=One-Click`), or nothing; only `undo=1` of our own page says more.
async fn stop(State(web): State<Web>, ui: Ui, At(token): At<String>, body: axum::body::Bytes) -> Shown {
    let undo = url::form_urlencoded::parse(&body).any(|(name, value)| name == "undo" && value == "1");
    let mut tx = web.core.db.begin().await?;
    let (account, what) = unsubscribing::meant(&web.core, &mut tx, &token).await?.ok_or(Error::NotFound)?;
    if undo {
        unsubscribing::undo(&mut tx, &account, what).await?;
    } else {
        unsubscribing::stop(&mut tx, &account, what).await?;
    }
    web.core.commit(tx).await?;
    html(&UnsubscribePage { ui, token, what: what.word(), stopped: !undo, undone: undo })
}
