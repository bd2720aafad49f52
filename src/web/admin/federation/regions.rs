//! Lists of regions: whether ours is published, those that we read, and the regions on them.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;

use super::{TABS, wrong};
use crate::config::FederationMode;
use crate::db::regions::{self, FoundRegion, RegionList};
use crate::db::settings::key;
use crate::error::{Error, Result};
use crate::model::names::Refused;
use crate::ops::administering;
use crate::ops::regions as verbs;
use crate::web::admin::admin;
use crate::web::forms::{Field, Signed};
use crate::web::page::{Shown, html, html_with};
use crate::web::session::flash_to;
use crate::web::ui::Ui;
use crate::web::{Listing, PAGE, Web};

const HERE: &str = "/admin/federation/regions";

/// A list, with how many regions it names.
struct ListLine {
    list: RegionList,
    count: i64,
}

/// A region, with what can be done about it.
struct RegionLine {
    region: FoundRegion,
    blocked: bool,
    /// Whether we exchange messages with it.
    open: bool,
}

#[derive(Template)]
#[template(path = "admin/federation/regions.html", config = "src/web/askama.toml")]
struct RegionsPage {
    ui: Ui,
    tab: &'static str,
    mode: FederationMode,
    publishes: bool,
    /// Where our own list is.
    address: String,
    lists: Vec<ListLine>,
    found: Vec<RegionLine>,
    next: Option<String>,
    later: bool,
    fields: Vec<Field>,
}

impl RegionsPage {
    fn wrong(&self, error: &str) -> String {
        self.ui.t(wrong::key(error))
    }

    fn asked(&self, state: &str) -> String {
        self.ui.t(format!("region-asked-{state}"))
    }
}

async fn page(web: &Web, ui: Ui, listing: &Listing, typed: &str, refused: Option<Refused>) -> Result<RegionsPage> {
    let mut conn = web.core.db.conn();
    let after = listing.before.clone().unwrap_or_default();
    let mut found = regions::found(&mut conn, &after, i64::try_from(PAGE + 1).unwrap_or(i64::MAX)).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| more).map(|last| last.host.clone());
    let mut lines = Vec::new();
    for region in found {
        let (blocked, open) = (web.core.blocks(&region.host).await?, web.core.may_federate_with(&region.host).await?);
        lines.push(RegionLine { region, blocked, open });
    }
    let counts = regions::counts(&mut conn).await?;
    let count = |address: &str| counts.iter().find(|(list, _)| list == address).map_or(0, |(_, count)| *count);
    let lists = regions::lists(&mut conn).await?.into_iter().map(|list| ListLine { count: count(&list.address), list }).collect();
    let mut fields = vec![ui.field("region-list", "address", typed)];
    if let Some(refused) = refused {
        ui.mark(&mut fields, &[("address", refused)]);
    }
    Ok(RegionsPage {
        tab: TABS[3].0,
        mode: web.core.federation_mode().await?,
        publishes: verbs::publishes(&mut conn).await?,
        address: format!("{}/regions", web.core.urls.instance_actor()),
        lists,
        found: lines,
        next,
        later: !after.is_empty(),
        fields,
        ui,
    })
}

pub async fn show(State(web): State<Web>, ui: Ui, Query(listing): Query<Listing>) -> Shown {
    admin(&ui)?;
    html(&page(&web, ui, &listing, "", None).await?)
}

pub async fn add(State(web): State<Web>, form: Signed) -> Shown {
    admin(&form.ui)?;
    let typed = form.typed.get("address").to_owned();
    let Some(address) = verbs::address_of(&web.core, &typed) else {
        let page = page(&web, form.ui, &Listing::default(), &typed, Some(Refused::Characters)).await?;
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let mut tx = web.core.db.begin().await?;
    verbs::add(&web.core, &mut tx, &form.me.actor, &address).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-list-added", HERE))
}

pub async fn refresh(State(web): State<Web>, form: Signed) -> Shown {
    let mut tx = web.core.db.begin().await?;
    verbs::refresh(&web.core, &mut tx, &form.me.actor).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-lists-read", HERE))
}

pub async fn remove(State(web): State<Web>, form: Signed) -> Shown {
    let mut tx = web.core.db.begin().await?;
    verbs::remove(&web.core, &mut tx, &form.me.actor, form.typed.get("address")).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-list-removed", HERE))
}

/// Whether everybody may read our own list.
pub async fn publish(State(web): State<Web>, form: Signed) -> Shown {
    let choice = match form.typed.get("publish") {
        "yes" => "yes",
        "no" => "no",
        _ => return Err(Error::Bad("not something that can be chosen".into()).into()),
    };
    let mut tx = web.core.db.begin().await?;
    administering::change(&web.core, &mut tx, &form.me.actor, &[(key::PUBLISH_REGIONS, choice)]).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-saved", HERE))
}
