//! The audit log: what administrators and the command line did.

use askama::Template;
use axum::extract::{Query, State};

use super::admin;
use crate::db::audit::{self, Entry};
use crate::ops::auditing::{self, Chain};
use crate::web::page::{Shown, html};
use crate::web::ui::Ui;
use crate::web::{Listing, PAGE, Web};

#[derive(Template)]
#[template(path = "admin/audit.html", config = "src/web/askama.toml")]
struct AuditPage {
    ui: Ui,
    entries: Vec<Entry>,
    search: String,
    next: Option<i64>,
    /// Whether the chain is whole, when that was asked.
    chain: Option<Chain>,
}

impl AuditPage {
    /// What was done, in words; what has none of its own is shown as it was written down.
    fn act(&self, entry: &Entry) -> String {
        self.ui.lang.find(&format!("audit-act-{}", entry.act.replace(['.', '_'], "-")), None).unwrap_or_else(|| entry.act.clone())
    }
}

pub async fn show(State(web): State<Web>, ui: Ui, Query(listing): Query<Listing>) -> Shown {
    admin(&ui)?;
    let mut conn = web.core.db.conn();
    let search = listing.q.clone().unwrap_or_default();
    let before = listing.before.as_deref().and_then(|before| before.parse().ok()).unwrap_or(i64::MAX);
    let mut entries = audit::page(&mut conn, &search, before, i64::try_from(PAGE + 1).unwrap_or(i64::MAX)).await?;
    let more = entries.len() > PAGE;
    entries.truncate(PAGE);
    let chain = if listing.shows("chain") { Some(auditing::verify(&mut conn).await?) } else { None };
    let next = entries.last().filter(|_| more).map(|entry| entry.seq);
    html(&AuditPage { ui, entries, search, next, chain })
}
