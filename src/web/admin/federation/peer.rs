//! One other server: how it is doing, who follows what, and what an administrator does about it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use super::{Row, TABS, connections, rules, state_says, wrong};
use crate::db::backfill::{self, Backfill};
use crate::db::connections::{self as requests, Connection, Direction};
use crate::db::hosts::{self, HostRule};
use crate::db::peers::{self, Followed, Note, PeerLine};
use crate::error::{Error, Result};
use crate::model::Actor;
use crate::model::names::{About, Refused};
use crate::ops::administering::host_of;
use crate::ops::peers::{self as verbs, PeerState};
use crate::ops::probing::Step;
use crate::web::admin::admin;
use crate::web::forms::{Field, Signed, Typed};
use crate::web::page::{PageError, Shown, html, html_with};
use crate::web::session::flash_to;
use crate::web::ui::Ui;
use crate::web::{At, Web};

/// Groups of each side that are shown.
const GROUPS: i64 = 100;

/// A group there that members of ours are in, and how far its history is.
struct GroupLine {
    group: Actor,
    history: Option<Backfill>,
}

#[derive(Template)]
#[template(path = "admin/federation/peer.html", config = "src/web/askama.toml")]
struct PeerPage {
    ui: Ui,
    tab: &'static str,
    row: Row,
    known: bool,
    rule: Option<HostRule>,
    requests: Vec<Connection>,
    ours: Vec<Followed>,
    theirs: Vec<GroupLine>,
    note: Option<Note>,
    note_field: Field,
    thread_field: Field,
    rule_fields: Vec<Field>,
    /// What came of a test just now.
    steps: Vec<Step>,
}

impl PeerPage {
    fn says(&self) -> String {
        state_says(&self.ui, self.row.state)
    }

    fn wrong(&self, error: &str) -> String {
        self.ui.t(wrong::key(error))
    }

    fn step(&self, step: &Step) -> String {
        self.ui.t(format!("step-{}", step.what))
    }

    fn request_says(&self, line: &Connection) -> String {
        connections::says(&self.ui, line)
    }

    fn heard(&self, line: &Connection) -> Option<String> {
        connections::heard(&self.ui, line)
    }

    fn history_says(&self, line: &GroupLine) -> Option<String> {
        let history = line.history.as_ref()?;
        let key = if history.error.is_some() { "wrong" } else { history.state.as_str() };
        Some(self.ui.t(format!("peer-history-{key}")))
    }
}

/// What was typed in one of the forms of this page, and what is wrong with it.
#[derive(Default)]
struct Again<'a> {
    note: Option<(&'a str, Refused)>,
    thread: Option<(&'a str, Refused)>,
    steps: Vec<Step>,
}

async fn page(web: &Web, ui: Ui, host: &str, again: Again<'_>) -> Result<PeerPage> {
    let mut conn = web.core.db.conn();
    let host = host_of(host).ok_or(Error::NotFound)?;
    let (line, rule) = (peers::one(&mut conn, &host).await?, hosts::rule(&mut conn, &host).await?);
    let mut asked = Vec::new();
    for direction in [Direction::In, Direction::Out] {
        asked.extend(requests::get(&mut conn, &host, direction).await?);
    }
    let note = peers::note(&mut conn, &host).await?;
    let known = line.is_some();
    let config = &web.core.config.federation;
    if !known && rule.is_none() && asked.is_empty() && note.is_none() && !config.allow.contains(&host) && !config.block.contains(&host) {
        return Err(Error::NotFound);
    }
    let line = line.unwrap_or_else(|| PeerLine::unknown(&host));
    let mut theirs = Vec::new();
    for group in peers::followed_here(&mut conn, &host, GROUPS).await? {
        theirs.push(GroupLine { history: backfill::get(&mut conn, group.id).await?, group });
    }
    let typed = |form: Option<(&str, Refused)>, old: &str| form.map_or_else(|| old.to_owned(), |(typed, _)| typed.to_owned());
    let mut note_field = [ui.field("peer-note", "note", &typed(again.note, note.as_ref().map_or("", |note| &note.note))).area(3)];
    let mut thread_field = [ui.field("peer-thread", "address", &typed(again.thread, ""))];
    ui.mark(&mut note_field, &again.note.map(|(_, why)| ("note", why)).into_iter().collect::<Vec<_>>());
    ui.mark(&mut thread_field, &again.thread.map(|(_, why)| ("address", why)).into_iter().collect::<Vec<_>>());
    let ([note_field], [thread_field]) = (note_field, thread_field);
    let other = if rule.as_ref().is_some_and(HostRule::blocks) { "allow" } else { "block" };
    let rule_fields = rules::fields(&ui, &Typed(vec![("host".into(), host.clone()), ("rule".into(), other.into())]), &[]);
    Ok(PeerPage {
        tab: TABS[0].0,
        row: Row::of(web, line).await?,
        known,
        rule,
        requests: asked,
        ours: peers::followed_there(&mut conn, &host, GROUPS).await?,
        theirs,
        note,
        note_field,
        thread_field,
        rule_fields: rule_fields.into_iter().skip(1).collect(),
        steps: again.steps,
        ui,
    })
}

pub async fn show(State(web): State<Web>, ui: Ui, At(host): At<String>) -> Shown {
    admin(&ui)?;
    html(&page(&web, ui, &host, Again::default()).await?)
}

/// The host of an address, as it is written everywhere else.
fn named(host: &str) -> Result<String> {
    host_of(host).ok_or(Error::NotFound)
}

/// Goes to the server now and says what came of it.
pub async fn test(State(web): State<Web>, At(host): At<String>, form: Signed) -> Shown {
    admin(&form.ui)?;
    let host = named(&host)?;
    // Only servers that we know of: this is no way to knock anywhere.
    page(&web, form.ui.clone(), &host, Again::default()).await?;
    let mut tx = web.core.db.begin().await?;
    verbs::note_test(&web.core, &mut tx, &form.me.actor, &host).await?;
    web.core.commit(tx).await?;
    let steps = match web.prober.probe(&host).await {
        Ok(steps) => steps,
        Err(Error::Remote(why)) => vec![Step { what: "all", outcome: Err(why) }],
        Err(error) => return Err(error.into()),
    };
    html(&page(&web, form.ui, &host, Again { steps, ..Again::default() }).await?)
}

pub async fn resend(State(web): State<Web>, At(host): At<String>, form: Signed) -> Shown {
    let host = named(&host)?;
    let mut tx = web.core.db.begin().await?;
    verbs::send_again(&web.core, &mut tx, &form.me.actor, &host).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-peer-resent", &format!("/admin/federation/{host}")))
}

pub async fn group(State(web): State<Web>, At(host): At<String>, form: Signed) -> Shown {
    let host = named(&host)?;
    let group = form.typed.get("group").parse().map_err(|_| Error::NotFound)?;
    let mut tx = web.core.db.begin().await?;
    verbs::resync_group(&web.core, &mut tx, &form.me.actor, &host, group).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-peer-resync", &format!("/admin/federation/{host}")))
}

pub async fn thread(State(web): State<Web>, At(host): At<String>, form: Signed) -> Shown {
    admin(&form.ui)?;
    let host = named(&host)?;
    let mut tx = web.core.db.begin().await?;
    let address = form.typed.get("address").trim();
    match verbs::resync_thread(&web.core, &mut tx, &form.me.actor, &host, address).await {
        Err(Error::Bad(_)) => {
            drop(tx);
            let again = Again { thread: Some((address, Refused::Characters)), ..Again::default() };
            return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&web, form.ui.clone(), &host, again).await?);
        }
        done => done?,
    }
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-peer-resync", &format!("/admin/federation/{host}")))
}

pub async fn note(State(web): State<Web>, At(host): At<String>, form: Signed) -> Result<axum::response::Response, PageError> {
    admin(&form.ui)?;
    let host = named(&host)?;
    let typed = form.typed.get("note");
    let note = match About::parse(typed) {
        Ok(note) => note,
        Err(refused) => {
            let again = Again { note: Some((typed, refused)), ..Again::default() };
            return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&web, form.ui.clone(), &host, again).await?);
        }
    };
    let mut tx = web.core.db.begin().await?;
    verbs::set_note(&web.core, &mut tx, &form.me.actor, &host, &note).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-saved", &format!("/admin/federation/{host}")))
}
