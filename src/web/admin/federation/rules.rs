//! Which servers administrators allow or block, one by one.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::TABS;
use crate::db::hosts::{self, HostRule};
use crate::error::{Error, Result};
use crate::model::names::{Reason, Refused};
use crate::ops::administering::{self, host_of};
use crate::ops::importing;
use crate::web::admin::{admin, csv_file};
use crate::web::forms::{Check, Field, Signed, Typed};
use crate::web::page::{PageError, Shown, html, html_with};
use crate::web::session::flash_to;
use crate::web::ui::Ui;
use crate::web::{Listing, PAGE, Web};

#[derive(Template)]
#[template(path = "admin/federation/rules.html", config = "src/web/askama.toml")]
struct RulesPage {
    ui: Ui,
    tab: &'static str,
    rules: Vec<HostRule>,
    /// From the configuration.
    allowed: Vec<String>,
    blocked: Vec<String>,
    search: String,
    next: Option<String>,
    later: bool,
    fields: Vec<Field>,
}

/// The fields with which a server is allowed or blocked.
pub fn fields(ui: &Ui, typed: &Typed, refused: &[(&'static str, Refused)]) -> Vec<Field> {
    let options = vec![("block".to_owned(), ui.t("host-block")), ("allow".to_owned(), ui.t("host-allow"))];
    let chosen = if typed.get("rule").is_empty() { "block" } else { typed.get("rule") };
    let mut fields = vec![
        ui.field("host-name", "host", typed.get("host")),
        ui.field("host-rule", "rule", chosen).radios(options),
        ui.field("host-reason", "reason", typed.get("reason")).area(3),
    ];
    ui.mark(&mut fields, refused);
    fields
}

async fn page(web: &Web, ui: Ui, listing: &Listing, typed: &Typed, refused: &[(&'static str, Refused)]) -> Result<RulesPage> {
    let (search, after) = (listing.q.clone().unwrap_or_default(), listing.before.clone().unwrap_or_default());
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut rules = hosts::page(&mut web.core.db.conn(), &search, &after, limit).await?;
    let more = rules.len() > PAGE;
    rules.truncate(PAGE);
    let next = rules.last().filter(|_| more).map(|rule| rule.host.clone());
    // Those of the configuration stand before the first.
    let first = |list: &[String]| if after.is_empty() && search.is_empty() { list.to_vec() } else { Vec::new() };
    let federation = &web.core.config.federation;
    let (allowed, blocked) = (first(&federation.allow), first(&federation.block));
    let fields = fields(&ui, typed, refused);
    Ok(RulesPage { ui, tab: TABS[1].0, rules, allowed, blocked, search, next, later: !after.is_empty(), fields })
}

pub async fn show(State(web): State<Web>, ui: Ui, Query(listing): Query<Listing>) -> Shown {
    admin(&ui)?;
    html(&page(&web, ui, &listing, &Typed::default(), &[]).await?)
}

pub async fn add(State(web): State<Web>, form: Signed) -> Shown {
    admin(&form.ui)?;
    let mut check = Check::default();
    let host = check.take("host", host_of(form.typed.get("host")).ok_or(Refused::Characters));
    let reason = check.take("reason", Reason::parse(form.typed.get("reason")));
    let (Some(host), Some(reason)) = (host, reason) else {
        let page = page(&web, form.ui, &Listing::default(), &form.typed, &check.0).await?;
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let block = match form.typed.get("rule") {
        "block" => true,
        "allow" => false,
        _ => return Err(Error::Bad("not a rule".into()).into()),
    };
    let mut tx = web.core.db.begin().await?;
    administering::set_rule(&web.core, &mut tx, &form.me.actor, &host, block, &reason).await?;
    web.core.commit(tx).await?;
    web.core.rules_changed();
    let next = if form.typed.get("back") == "peer" { format!("/admin/federation/{host}") } else { "/admin/federation/rules".to_owned() };
    Ok(flash_to(&web, if block { "flash-host-blocked" } else { "flash-host-allowed" }, &next))
}

pub async fn forget(State(web): State<Web>, form: Signed) -> Shown {
    let mut tx = web.core.db.begin().await?;
    administering::forget_rule(&web.core, &mut tx, &form.me.actor, form.typed.get("host")).await?;
    web.core.commit(tx).await?;
    web.core.rules_changed();
    Ok(flash_to(&web, "flash-host-forgotten", "/admin/federation/rules"))
}

/// Every rule, as a file.
pub async fn export(State(web): State<Web>, form: Signed) -> Result<Response, PageError> {
    let mut tx = web.core.db.begin().await?;
    let rows = importing::export(&web.core, &mut tx, &form.me.actor).await?;
    web.core.commit(tx).await?;
    Ok(csv_file("servers.csv", &rows)?)
}
