//! Other servers: how those we know are doing, with whom messages are exchanged, who asks to connect, and lists of regions.

mod connections;
mod import;
mod peer;
mod regions;
mod rules;
mod wrong;

use askama::Template;
use axum::extract::{Query, State};
use axum::routing::{get, post};

use super::{admin, fixed};
use crate::config::FederationMode;
use crate::db::peers::{self, PeerLine, Which};
use crate::error::Result;
use crate::ops::peers::{PeerState, state};
use crate::web::page::{Shown, html};
use crate::web::ui::Ui;
use crate::web::{Listing, PAGE, Web};

/// The pages about other servers: where each leads, and the key of its name.
const TABS: [(&str, &str); 4] = [
    ("/admin/federation", "fed-tab-servers"),
    ("/admin/federation/rules", "fed-tab-rules"),
    ("/admin/federation/connections", "fed-tab-connections"),
    ("/admin/federation/regions", "fed-tab-regions"),
];

/// The words of the filters, in the address.
const FILTERS: [(&str, Which); 4] =
    [("all", Which::All), ("trouble", Which::Trouble), ("waiting", Which::Waiting), ("blocked", Which::Blocked)];

pub fn routes() -> axum::Router<Web> {
    axum::Router::new()
        .route("/admin/federation", get(show).post(rules::add))
        .route("/admin/federation/forget", post(rules::forget))
        .route("/admin/federation/rules", get(rules::show))
        .route("/admin/federation/export", post(rules::export))
        .route("/admin/federation/import", get(import::show).post(import::upload))
        .route("/admin/federation/import/use", post(import::apply))
        .route("/admin/federation/connections", get(connections::show).post(connections::ask))
        .route("/admin/federation/connections/withdraw", post(connections::withdraw))
        .route("/admin/federation/connections/accept", post(connections::accept))
        .route("/admin/federation/connections/refuse", post(connections::refuse))
        .route("/admin/federation/regions", get(regions::show).post(regions::add))
        .route("/admin/federation/regions/refresh", post(regions::refresh))
        .route("/admin/federation/regions/remove", post(regions::remove))
        .route("/admin/federation/regions/publish", post(regions::publish))
        .route("/admin/federation/{name}", get(peer::show))
        .route("/admin/federation/{name}/test", post(peer::test))
        .route("/admin/federation/{name}/resend", post(peer::resend))
        .route("/admin/federation/{name}/group", post(peer::group))
        .route("/admin/federation/{name}/thread", post(peer::thread))
        .route("/admin/federation/{name}/note", post(peer::note))
}

/// A server in the list, with how it is doing.
struct Row {
    line: PeerLine,
    state: PeerState,
}

impl Row {
    async fn of(web: &Web, line: PeerLine) -> Result<Self> {
        Ok(Self { state: state(&web.core, &line).await?, line })
    }
}

/// How a server is doing, in a sentence.
fn state_says(ui: &Ui, state: PeerState) -> String {
    let key = format!("peer-{}", state.word());
    match state {
        PeerState::GivenUp(since) | PeerState::Trouble(since) => ui.t1(&key, "date", ui.date(since)),
        PeerState::Resting(_, until) => ui.t1(&key, "date", ui.date(until)),
        _ => ui.t(key),
    }
}

#[derive(Template)]
#[template(path = "admin/federation/list.html", config = "src/web/askama.toml")]
struct ListPage {
    ui: Ui,
    tab: &'static str,
    mode: FederationMode,
    mode_fixed: bool,
    rows: Vec<Row>,
    search: String,
    show: &'static str,
    next: Option<String>,
    later: bool,
}

impl ListPage {
    fn mode_says(&self) -> String {
        self.ui.t(format!("mode-{}.text", self.mode.word()))
    }

    fn says(&self, row: &Row) -> String {
        state_says(&self.ui, row.state)
    }

    /// What went wrong last, where something is wrong.
    fn wrong(&self, row: &Row) -> Option<String> {
        let error = row.line.last_error.as_deref().filter(|_| row.line.failures > 0)?;
        Some(self.ui.t(wrong::key(error)))
    }
}

pub async fn show(State(web): State<Web>, ui: Ui, Query(listing): Query<Listing>) -> Shown {
    admin(&ui)?;
    let asked = listing.show.as_deref().unwrap_or("all");
    let (show, which) = FILTERS.into_iter().find(|(word, _)| *word == asked).unwrap_or(("all", Which::All));
    let search = listing.q.clone().unwrap_or_default();
    let cursor = listing.before.as_deref().and_then(|before| before.split_once(':'));
    let (place, after) = cursor.and_then(|(place, host)| Some((place.parse().ok()?, host))).unwrap_or((-1, ""));
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut lines = peers::page(&mut web.core.db.conn(), which, &search, place, after, limit).await?;
    let more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let next = lines.last().filter(|_| more).map(|line| format!("{}:{}", line.place, line.host));
    let mut rows = Vec::new();
    for line in lines {
        rows.push(Row::of(&web, line).await?);
    }
    html(&ListPage {
        ui,
        tab: TABS[0].0,
        mode: web.core.federation_mode().await?,
        mode_fixed: fixed(&web, "federation.mode").is_some(),
        rows,
        search,
        show,
        next,
        later: cursor.is_some(),
    })
}
