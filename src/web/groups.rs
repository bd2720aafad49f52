//! Groups: ours, those of other regions, finding one, starting one.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;

use super::forms::{Check, Field, Signed, Typed};
use super::page::{Shown, html, html_with};
use super::propose::founds_at_once;
use super::regions::{Offer, offers};
use super::session::{flash_to, to};
use super::ui::Ui;
use super::{Listing, Web};
use crate::db::lists::{self, GroupLine};
use crate::error::{Error, Result};
use crate::model::ActorId;
use crate::model::names::{About, Name, Refused, Title};
use crate::model::rights::may_found;
use crate::ops::auditing::{Who, record};
use crate::ops::members::random_token;
use crate::ops::{founding, limits, proposing, viewer_of_instance};

/// Groups on one page of a list.
const GROUPS: usize = 50;

#[derive(Template)]
#[template(path = "groups.html", config = "src/web/askama.toml")]
struct GroupsPage {
    ui: Ui,
    ours: Vec<GroupLine>,
    theirs: Vec<GroupLine>,
    more_ours: Option<ActorId>,
    more_theirs: Option<ActorId>,
    /// What connected regions offer.
    offers: Vec<Offer>,
    more_offers: Option<String>,
    /// Whether the reader starts a group at once; else proposes one.
    founds: bool,
    find: Field,
}

/// Where each list of groups goes on.
#[derive(Debug, Default, serde::Deserialize)]
pub struct After {
    ours: Option<i64>,
    theirs: Option<i64>,
    regions: Option<String>,
}

pub async fn show(State(web): State<Web>, ui: Ui, Query(after): Query<After>) -> Shown {
    let find = ui.field("groups-find", "q", "");
    html(&page(&web, ui, &after, find).await?)
}

async fn page(web: &Web, ui: Ui, after: &After, find: Field) -> Result<GroupsPage> {
    let mut conn = web.core.db.conn();
    let (ours, more_ours) = lists::groups(&mut conn, true, after.ours.map(ActorId), GROUPS).await?;
    let (theirs, more_theirs) = lists::groups(&mut conn, false, after.theirs.map(ActorId), GROUPS).await?;
    let (offers, more_offers) = offers(web, after.regions.as_deref().unwrap_or_default()).await?;
    let founds = ui.logged_in() && founds_at_once(web, &ui).await?;
    Ok(GroupsPage { ui, ours, theirs, more_ours, more_theirs, offers, more_offers, founds, find })
}

/// Looks a group up on its own server and goes to its page; or says what went wrong, with what was typed.
pub async fn find(State(web): State<Web>, ui: Ui, Query(listing): Query<Listing>) -> Shown {
    let me = ui.member()?;
    limits::count_costly(&web.core, me.actor.id).await?;
    let asked = listing.q.unwrap_or_default();
    let found = if asked.trim().is_empty() { Err(Error::field("q", Refused::Empty)) } else { web.finder.find_group(asked.trim()).await };
    let error = match found {
        Ok(group) => return Ok(to(&group.path())),
        Err(error) => error,
    };
    let problem = match &error {
        Error::Invalid(_) => ui.t("find-empty"),
        Error::NotFound | Error::Gone | Error::RemoteGone | Error::Bad(_) => ui.t("find-nothing"),
        Error::Forbidden(_) => ui.t("find-not-allowed"),
        Error::Remote(_) | Error::Signature(_) | Error::TooLarge | Error::MediaType => ui.t("find-no-answer"),
        _ => return Err(error.into()),
    };
    error.log();
    let status = if matches!(error, Error::Invalid(_)) { StatusCode::UNPROCESSABLE_ENTITY } else { error.status() };
    let mut field = ui.field("groups-find", "q", &asked);
    field.error = Some(problem);
    html_with(status, &page(&web, ui, &After::default(), field).await?)
}

#[derive(Template)]
#[template(path = "group_new.html", config = "src/web/askama.toml")]
struct NewPage {
    ui: Ui,
    fields: Vec<Field>,
    once: String,
}

fn new_page(ui: Ui, typed: &Typed, refused: &[(&'static str, Refused)], once: String) -> NewPage {
    let mut fields = vec![
        ui.field("group-title", "title", typed.get("title")),
        ui.field("group-name", "name", typed.get("name")),
        ui.field("group-about", "about", typed.get("about")).area(4).optional(&ui),
    ];
    ui.mark(&mut fields, refused);
    NewPage { ui, fields, once }
}

async fn check_rights(web: &Web, ui: &Ui) -> Result<()> {
    if founds_at_once(web, ui).await? { Ok(()) } else { Err(Error::Forbidden("error-only-admins")) }
}

pub async fn new(State(web): State<Web>, ui: Ui) -> Shown {
    check_rights(&web, &ui).await?;
    html(&new_page(ui, &Typed::default(), &[], random_token()))
}

pub async fn found(State(web): State<Web>, form: Signed) -> Shown {
    check_rights(&web, &form.ui).await?;
    let mut tx = web.core.db.begin().await?;
    if let Some(before) = form.sent_before(&mut tx).await? {
        return Ok(before);
    }
    drop(tx);
    match started(&web, &form).await {
        Err(super::page::PageError(Error::Invalid(refused))) => {
            let (ui, once) = (form.ui.clone(), form.typed.once());
            html_with(StatusCode::UNPROCESSABLE_ENTITY, &new_page(ui, &form.typed, &refused, once))
        }
        other => other,
    }
}

async fn started(web: &Web, form: &Signed) -> Shown {
    let mut check = Check::default();
    let title = check.take("title", Title::parse(form.typed.get("title")));
    let name = check.take("name", Name::parse(form.typed.get("name")));
    let about = check.take("about", About::parse(form.typed.get("about")));
    let (Some(title), Some(name), Some(about)) = (title, name, about) else { return Err(Error::Invalid(check.0).into()) };
    let keys = web.core.keys.make().await?;
    let mut tx = web.core.db.begin().await?;
    if let Some(before) = form.sent_before(&mut tx).await? {
        return Ok(before);
    }
    if !may_found(viewer_of_instance(&web.core, &mut tx, &form.me.actor).await?, proposing::anyone_founds(&mut tx).await?) {
        return Err(Error::Forbidden("error-only-admins").into());
    }
    let group = founding::found(&web.core, &mut tx, &name, &title, &about, Some(&form.me.actor), keys).await?;
    let (path, me) = (group.path(), &form.me);
    if me.account.admin {
        record(&web.core, &mut tx, Who::Member(&me.actor), "group.found", name.as_str(), "").await?;
    }
    form.finish(web, tx, &path, flash_to(web, "flash-group-started", &path)).await
}
