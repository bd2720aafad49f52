//! Proposing a group, and the administrators' page where proposals are decided.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};

use super::forms::{Check, Field, Signed, Typed};
use super::page::{PageError, Shown, html, html_with};
use super::session::{flash_to, to};
use super::ui::Ui;
use super::{At, Web};
use crate::db::actors;
use crate::db::administration::{self, NeedyGroup};
use crate::db::groups::{self, Proposal, ProposalState};
use crate::error::{Error, Result};
use crate::model::names::{About, Name, Refused, Title};
use crate::model::rights::may_found;
use crate::model::{Actor, ProposalId, markup};
use crate::ops::members::random_token;
use crate::ops::{proposing, viewer_of_instance};

/// Proposals on one page.
const LINES: usize = 20;

/// Groups that need something, on one page.
const NEEDY: i64 = 100;

pub fn routes() -> axum::Router<Web> {
    axum::Router::new()
        .route("/groups/propose", get(new).post(propose))
        .route("/admin/groups", get(all))
        .route("/admin/groups/{id}/approve", post(approve))
        .route("/admin/groups/{id}/refuse", post(refuse))
}

/// Whether the reader starts a group at once, without anybody's approval.
///
/// # Errors
/// [`Error::LoginNeeded`] for a visitor.
pub async fn founds_at_once(web: &Web, ui: &Ui) -> Result<bool> {
    let me = ui.member()?;
    let mut conn = web.core.db.conn();
    let viewer = viewer_of_instance(&web.core, &mut conn, &me.actor).await?;
    Ok(may_found(viewer, proposing::anyone_founds(&mut conn).await?))
}

#[derive(Template)]
#[template(path = "group_propose.html", config = "src/web/askama.toml")]
struct ProposePage {
    ui: Ui,
    fields: Vec<Field>,
    once: String,
    /// What the reader proposed before and still waits.
    waiting: Vec<Proposal>,
}

async fn propose_page(web: &Web, ui: Ui, typed: &Typed, refused: &[(&'static str, Refused)], once: String) -> Result<ProposePage> {
    let me = ui.member()?;
    let waiting = groups::waiting_of(&mut web.core.db.conn(), me.actor.id).await?;
    let mut fields = vec![
        ui.field("group-title", "title", typed.get("title")),
        ui.field("group-name", "name", typed.get("name")),
        ui.field("group-about", "about", typed.get("about")).area(4).optional(&ui),
        ui.field("group-reason", "reason", typed.get("reason")).area(4),
    ];
    ui.mark(&mut fields, refused);
    Ok(ProposePage { ui, fields, once, waiting })
}

async fn new(State(web): State<Web>, ui: Ui) -> Shown {
    if founds_at_once(&web, &ui).await? {
        return Ok(to("/groups/new"));
    }
    html(&propose_page(&web, ui, &Typed::default(), &[], random_token()).await?)
}

async fn propose(State(web): State<Web>, form: Signed) -> Shown {
    match proposed(&web, &form).await {
        Err(PageError(Error::Invalid(refused))) => {
            let (ui, once) = (form.ui.clone(), form.typed.once());
            html_with(StatusCode::UNPROCESSABLE_ENTITY, &propose_page(&web, ui, &form.typed, &refused, once).await?)
        }
        other => other,
    }
}

async fn proposed(web: &Web, form: &Signed) -> Shown {
    let mut check = Check::default();
    let title = check.take("title", Title::parse(form.typed.get("title")));
    let name = check.take("name", Name::parse(form.typed.get("name")));
    let about = check.take("about", About::parse(form.typed.get("about")));
    let given =
        About::parse(form.typed.get("reason")).and_then(|text| if text.as_str().is_empty() { Err(Refused::Empty) } else { Ok(text) });
    let reason = check.take("reason", given);
    let (Some(title), Some(name), Some(about), Some(reason)) = (title, name, about, reason) else {
        return Err(Error::Invalid(check.0).into());
    };
    let mut tx = web.core.db.begin().await?;
    if let Some(before) = form.sent_before(&mut tx).await? {
        return Ok(before);
    }
    proposing::propose(&web.core, &mut tx, &form.me.actor, &name, &title, &about, &reason).await?;
    form.finish(web, tx, "/groups", flash_to(web, "flash-group-proposed", "/groups")).await
}

/// A proposal as an administrator sees it.
struct Waiting {
    proposal: Proposal,
    by: Actor,
    /// Clean HTML.
    about: String,
    reason: String,
    refusal: Field,
}

#[derive(Template)]
#[template(path = "admin_groups.html", config = "src/web/askama.toml")]
struct AdminPage {
    ui: Ui,
    waiting: Vec<Waiting>,
    /// The same fields, for the summary of what is wrong.
    fields: Vec<Field>,
    next: Option<ProposalId>,
    later: bool,
    anyone: bool,
    /// Groups that are there and need something; on the first part of the list.
    needy: Vec<NeedyGroup>,
}

/// Where the list goes on.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Place {
    after: Option<ProposalId>,
}

async fn admin_page(web: &Web, ui: Ui, after: Option<ProposalId>, wrong: Option<(ProposalId, &str, Refused)>) -> Result<AdminPage> {
    let me = ui.member()?;
    let mut conn = web.core.db.conn();
    if !viewer_of_instance(&web.core, &mut conn, &me.actor).await?.admin {
        return Err(Error::Forbidden("error-only-administrators"));
    }
    let limit = i64::try_from(LINES + 1).unwrap_or(i64::MAX);
    let mut found = groups::proposals(&mut conn, ProposalState::Waiting, after.unwrap_or(ProposalId(0)), limit).await?;
    let more = found.len() > LINES;
    found.truncate(LINES);
    let next = found.last().filter(|_| more).map(|last| last.id);
    let mut waiting = Vec::new();
    for proposal in found {
        let here = wrong.filter(|(id, _, _)| *id == proposal.id);
        let mut refusal = ui
            .field("group-refusal", "reason", here.map_or("", |(_, typed, _)| typed))
            .area(3)
            .with_id(format!("f-reason-{}", proposal.id));
        if let Some((_, _, refused)) = here {
            refusal.error = Some(ui.refusal(&refusal, refused));
        }
        let by = actors::by_id(&mut conn, proposal.proposed_by).await?;
        let (about, reason) = (markup::markdown(&proposal.about), markup::markdown(&proposal.reason));
        waiting.push(Waiting { proposal, by, about, reason, refusal });
    }
    let fields = waiting.iter().map(|waiting| waiting.refusal.clone()).collect();
    let anyone = proposing::anyone_founds(&mut conn).await?;
    let needy = if after.is_none() { administration::needy_groups(&mut conn, web.core.now(), NEEDY).await? } else { Vec::new() };
    Ok(AdminPage { ui, waiting, fields, next, later: after.is_some(), anyone, needy })
}

async fn all(State(web): State<Web>, ui: Ui, Query(place): Query<Place>) -> Shown {
    html(&admin_page(&web, ui, place.after, None).await?)
}

async fn approve(State(web): State<Web>, At(id): At<ProposalId>, form: Signed) -> Shown {
    if !viewer_of_instance(&web.core, &mut web.core.db.conn(), &form.me.actor).await?.admin {
        return Err(Error::Forbidden("error-only-administrators").into());
    }
    let keys = web.core.keys.make().await?;
    let mut tx = web.core.db.begin().await?;
    match proposing::approve(&web.core, &mut tx, &form.me.actor, id, keys).await {
        Ok(_) => {
            web.core.commit(tx).await?;
            Ok(flash_to(&web, "flash-group-approved", "/admin/groups"))
        }
        Err(Error::Invalid(_)) => Ok(flash_to(&web, "flash-group-name-taken", "/admin/groups")),
        Err(error) => Err(error.into()),
    }
}

async fn refuse(State(web): State<Web>, At(id): At<ProposalId>, form: Signed) -> Shown {
    let typed = form.typed.get("reason");
    let reason = match About::parse(typed) {
        Ok(reason) if !reason.as_str().is_empty() => reason,
        other => {
            let refused = other.err().unwrap_or(Refused::Empty);
            let page = admin_page(&web, form.ui.clone(), None, Some((id, typed, refused))).await?;
            return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let mut tx = web.core.db.begin().await?;
    proposing::refuse(&web.core, &mut tx, &form.me.actor, id, reason.as_str()).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-group-refused", "/admin/groups"))
}
