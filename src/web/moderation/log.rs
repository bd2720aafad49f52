//! The log of moderation: what was done, why and by whom, for members. Never the words that were removed, never who
//! reported; whom it concerned only for moderators.

use askama::Template;
use axum::extract::{Query, State};

use crate::db::moderation::{self, LogLine};
use crate::model::rights::may_moderate;
use crate::model::{Actor, Handle, ModerationId};
use crate::ops;
use crate::web::group::named;
use crate::web::page::{Shown, html};
use crate::web::ui::Ui;
use crate::web::{At, Listing, PAGE, Web};

#[derive(Template)]
#[template(path = "moderation/log.html", config = "src/web/askama.toml")]
struct LogPage {
    ui: Ui,
    group: Option<Actor>,
    lines: Vec<LogLine>,
    next: Option<ModerationId>,
    /// Whether the reader moderates here, and so sees whom it concerned.
    moderates: bool,
}

impl LogPage {
    /// The sentence of an act; one that has none of its own is still an act.
    fn act(&self, line: &LogLine) -> String {
        self.ui.lang.find(&format!("log-act-{}", line.it.act), None).unwrap_or_else(|| self.ui.t("log-act-other"))
    }

    fn path(&self) -> String {
        self.group.as_ref().map_or_else(|| "/moderation/log".to_owned(), |group| format!("{}/log", group.path()))
    }
}

pub async fn of_group(State(web): State<Web>, ui: Ui, At(handle): At<Handle>, Query(listing): Query<Listing>) -> Shown {
    let me = ui.member()?;
    let mut conn = web.core.db.conn();
    let group = named(&web, &mut conn, handle).await?;
    let moderates = may_moderate(ops::viewer(&web.core, &mut conn, Some(&me.actor), group.id).await?);
    show(&web, ui, Some(group), moderates, &listing).await
}

pub async fn everything(State(web): State<Web>, ui: Ui, Query(listing): Query<Listing>) -> Shown {
    let admin = ui.member()?.account.admin;
    show(&web, ui, None, admin, &listing).await
}

async fn show(web: &Web, ui: Ui, group: Option<Actor>, moderates: bool, listing: &Listing) -> Shown {
    let before = listing.before.as_deref().and_then(|before| before.parse().ok());
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut lines = moderation::log(&mut web.core.db.conn(), group.as_ref().map(|group| group.id), before, limit).await?;
    let more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let next = lines.last().filter(|_| more).map(|line| line.it.id);
    html(&LogPage { ui, group, lines, next, moderates })
}
