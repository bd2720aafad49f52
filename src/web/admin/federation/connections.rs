//! Requests to connect: who asks us, and whom we asked.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;

use super::{TABS, wrong};
use crate::config::FederationMode;
use crate::db::connections::{self, Connection, ConnectionState, Direction};
use crate::error::Result;
use crate::model::names::{Reason, Refused};
use crate::ops::administering::host_of;
use crate::ops::connecting;
use crate::web::admin::admin;
use crate::web::forms::{Check, Field, Signed, Typed};
use crate::web::page::{Shown, html, html_with};
use crate::web::session::flash_to;
use crate::web::ui::Ui;
use crate::web::{Listing, PAGE, Web};

/// Where these pages stand.
const HERE: &str = "/admin/federation/connections";

/// Requests in one direction, and where the next page begins.
struct Part {
    word: &'static str,
    lines: Vec<Connection>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/federation/connections.html", config = "src/web/askama.toml")]
struct ConnectionsPage {
    ui: Ui,
    tab: &'static str,
    mode: FederationMode,
    parts: Vec<Part>,
    /// Of the form under one of the requests: which, and its field.
    refusing: Option<(String, Field)>,
    fields: Vec<Field>,
}

/// What became of a request, in a sentence.
pub fn says(ui: &Ui, line: &Connection) -> String {
    let who = if line.direction == Direction::In { "in" } else { "out" };
    let key = format!("connection-{who}-{}", line.state.word());
    match line.answered_at {
        Some(at) => ui.t1(&key, "date", ui.date(at)),
        None => ui.t(key),
    }
}

/// Whether the other side has heard our last word about it.
pub fn heard(ui: &Ui, line: &Connection) -> Option<String> {
    if let Some(error) = &line.error {
        return Some(format!(
            "{} {}",
            ui.t(if line.unsaid.is_empty() { "connection-unheard" } else { "connection-trying" }),
            ui.t(wrong::key(error))
        ));
    }
    if !line.unsaid.is_empty() {
        return Some(ui.t("connection-on-its-way"));
    }
    None
}

impl ConnectionsPage {
    fn mode_says(&self) -> String {
        self.ui.t(format!("connections-{}", self.mode.word()))
    }

    fn says(&self, line: &Connection) -> String {
        says(&self.ui, line)
    }

    fn heard(&self, line: &Connection) -> Option<String> {
        heard(&self.ui, line)
    }

    fn refusal(&self, line: &Connection) -> Field {
        match &self.refusing {
            Some((host, field)) if *host == line.host => field.clone(),
            _ => field(&self.ui, &line.host, ""),
        }
    }
}

fn field(ui: &Ui, host: &str, value: &str) -> Field {
    let id: String = host.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    ui.field("connection-why-not", "reason", value).area(2).with_id(format!("f-{id}"))
}

async fn page(web: &Web, ui: Ui, listing: &Listing, typed: &Typed, refused: &[(&'static str, Refused)]) -> Result<ConnectionsPage> {
    let mut conn = web.core.db.conn();
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let cursor: Vec<&str> = listing.before.as_deref().unwrap_or_default().splitn(3, ':').collect();
    let mut parts = Vec::new();
    for (word, direction) in [("in", Direction::In), ("out", Direction::Out)] {
        let (waits, after) = match cursor.as_slice() {
            [part, waits, host] if *part == word => (*waits == "1", *host),
            _ => (true, ""),
        };
        let mut lines = connections::page(&mut conn, direction, waits, after, limit).await?;
        let more = lines.len() > PAGE;
        lines.truncate(PAGE);
        let next = lines.last().filter(|_| more).map(|last| format!("{word}:{}:{}", u8::from(last.waits()), last.host));
        parts.push(Part { word, lines, next });
    }
    let mut fields = vec![
        ui.field("connection-host", "host", typed.get("host")),
        ui.field("connection-words", "sentence", typed.get("sentence")).area(3),
    ];
    ui.mark(&mut fields, refused);
    Ok(ConnectionsPage { ui, tab: TABS[2].0, mode: web.core.federation_mode().await?, parts, refusing: None, fields })
}

pub async fn show(State(web): State<Web>, ui: Ui, Query(listing): Query<Listing>) -> Shown {
    admin(&ui)?;
    let typed = Typed(listing.q.iter().map(|host| ("host".to_owned(), host.clone())).collect());
    html(&page(&web, ui, &listing, &typed, &[]).await?)
}

pub async fn ask(State(web): State<Web>, form: Signed) -> Shown {
    admin(&form.ui)?;
    let mut check = Check::default();
    let host = check.take("host", host_of(form.typed.get("host")).ok_or(Refused::Characters));
    let words = check.take("sentence", Reason::parse(form.typed.get("sentence")));
    let (Some(host), Some(words)) = (host, words) else {
        let page = page(&web, form.ui, &Listing::default(), &form.typed, &check.0).await?;
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let mut tx = web.core.db.begin().await?;
    connecting::ask(&web.core, &mut tx, &form.me.actor, &host, &words).await?;
    web.core.commit(tx).await?;
    web.core.rules_changed();
    Ok(flash_to(&web, "flash-connection-asked", HERE))
}

pub async fn withdraw(State(web): State<Web>, form: Signed) -> Shown {
    let mut tx = web.core.db.begin().await?;
    connecting::withdraw(&web.core, &mut tx, &form.me.actor, form.typed.get("host")).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-connection-withdrawn", HERE))
}

pub async fn accept(State(web): State<Web>, form: Signed) -> Shown {
    let mut tx = web.core.db.begin().await?;
    connecting::accept(&web.core, &mut tx, &form.me.actor, form.typed.get("host")).await?;
    web.core.commit(tx).await?;
    web.core.rules_changed();
    Ok(flash_to(&web, "flash-connection-accepted", HERE))
}

pub async fn refuse(State(web): State<Web>, form: Signed) -> Shown {
    admin(&form.ui)?;
    let host = form.typed.get("host").to_owned();
    let reason = match Reason::parse(form.typed.get("reason")) {
        Ok(reason) => reason,
        Err(refused) => {
            let mut again = [field(&form.ui, &host, form.typed.get("reason"))];
            form.ui.mark(&mut again, &[("reason", refused)]);
            let [again] = again;
            let mut page = page(&web, form.ui, &Listing::default(), &Typed::default(), &[]).await?;
            page.refusing = Some((host, again));
            return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let mut tx = web.core.db.begin().await?;
    connecting::refuse(&web.core, &mut tx, &form.me.actor, &host, &reason).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-connection-refused", HERE))
}
