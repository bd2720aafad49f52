//! The first page of administrators: what needs attention, each leading on; and a quiet sentence when nothing does.

use askama::Template;
use axum::extract::State;

use super::admin;
use crate::config::FederationMode;
use crate::db::administration::{self, Attention};
use crate::db::regions;
use crate::model::Time;
use crate::ops::keeping::routine::{self, Concern};
use crate::web::Web;
use crate::web::page::{Shown, html};
use crate::web::ui::Ui;

/// A server may be away for so long before anybody needs to look.
const FAILING: i64 = Time::DAY;

#[derive(Template)]
#[template(path = "admin/overview.html", config = "src/web/askama.toml")]
struct OverviewPage {
    ui: Ui,
    /// How many, the key of the sentence and where it leads.
    waiting: Vec<(i64, &'static str, &'static str)>,
    /// That backups fail or grow old, and what the machine said.
    backup: Option<(String, Option<String>)>,
    /// Whether there are other regions to be found, and no list of them is read yet.
    lonely: bool,
}

fn lines(found: Attention) -> Vec<(i64, &'static str, &'static str)> {
    let all = [
        (found.reports, "attention-reports", "/moderation"),
        (found.objections, "attention-objections", "/moderation"),
        (found.registrations, "attention-registrations", "/admin/registrations"),
        (found.proposals, "attention-proposals", "/admin/groups"),
        (found.groups, "attention-groups", "/admin/groups"),
        (found.reviews, "attention-reviews", "/admin/groups"),
        (found.mails, "attention-mails", "/admin/mail"),
        (found.requests, "attention-requests", "/admin/federation/connections"),
        (found.peers, "attention-peers", "/admin/federation?show=trouble"),
    ];
    all.into_iter().filter(|(count, ..)| *count > 0).collect()
}

pub async fn show(State(web): State<Web>, ui: Ui) -> Shown {
    admin(&ui)?;
    let now = web.core.now();
    let found = administration::attention(&mut web.core.db.conn(), now, now.plus(-FAILING)).await?;
    let closed = web.core.federation_mode().await? == FederationMode::Closed;
    let lonely = !closed && regions::lists(&mut web.core.db.conn()).await?.is_empty();
    let backup = match routine::concern(&web.core, &mut web.core.db.conn()).await? {
        Some(Concern::Failed(backup)) => Some((ui.t1("attention-backup-failed", "at", ui.date(backup.at)), backup.error)),
        Some(Concern::Old(backup)) => Some((ui.t1("attention-backup-old", "at", ui.date(backup.at)), None)),
        Some(Concern::Lost(backup)) => Some((ui.n("attention-backup-lost", i64::try_from(backup.lost).unwrap_or(i64::MAX)), None)),
        None => None,
    };
    html(&OverviewPage { ui, waiting: lines(found), backup, lonely })
}
