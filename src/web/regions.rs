//! The groups that connected regions offer: a few of each on the page of all groups, and a page for each region.

use askama::Template;
use axum::extract::{Query, State};
use axum::routing::{get, post};

use super::forms::Signed;
use super::page::{Shown, html};
use super::session::flash_to;
use super::ui::Ui;
use super::{At, Web};
use crate::db::peer_groups::{self, PeerGroup};
use crate::error::{Error, Result};
use crate::model::names::clean_line;
use crate::ops::offering;

/// Regions on one page, groups of each on that page, and groups on the page of a region.
const REGIONS: usize = 20;
const FEW: i64 = 5;
const MANY: usize = 50;

pub fn routes() -> axum::Router<Web> {
    axum::Router::new().route("/groups/region/{host}", get(show)).route("/groups/ask", post(ask))
}

/// A region with a few of its groups.
pub struct Offer {
    pub host: String,
    /// How many it offers.
    pub count: i64,
    pub groups: Vec<PeerGroup>,
}

/// One page of regions that we exchange messages with and that offer groups; where the next page begins.
///
/// # Errors
/// When the database can't be read.
pub async fn offers(web: &Web, after: &str) -> Result<(Vec<Offer>, Option<String>)> {
    let (mut conn, after) = (web.core.db.conn(), clean_line(after));
    let mut regions = peer_groups::regions(&mut conn, &after, i64::try_from(REGIONS + 1).unwrap_or(i64::MAX)).await?;
    let more = regions.len() > REGIONS;
    regions.truncate(REGIONS);
    let next = regions.last().filter(|_| more).map(|last| last.host.clone());
    let mut offers = Vec::new();
    for region in regions {
        if web.core.may_federate_with(&region.host).await? {
            let groups = peer_groups::of_host(&mut conn, &region.host, None, FEW).await?;
            offers.push(Offer { host: region.host, count: region.groups, groups });
        }
    }
    Ok((offers, next))
}

#[derive(Template)]
#[template(path = "region.html", config = "src/web/askama.toml")]
struct RegionPage {
    ui: Ui,
    host: String,
    groups: Vec<PeerGroup>,
    next: Option<String>,
    later: bool,
}

/// Where the list goes on.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Place {
    after: Option<String>,
}

async fn show(State(web): State<Web>, ui: Ui, At(host): At<String>, Query(place): Query<Place>) -> Shown {
    let (host, after) = (clean_line(&host), place.after.as_deref().map(clean_line));
    if !web.core.may_federate_with(&host).await? {
        return Err(Error::NotFound.into());
    }
    let limit = i64::try_from(MANY + 1).unwrap_or(i64::MAX);
    let mut groups = peer_groups::of_host(&mut web.core.db.conn(), &host, after.as_deref(), limit).await?;
    if groups.is_empty() {
        return Err(Error::NotFound.into());
    }
    let more = groups.len() > MANY;
    groups.truncate(MANY);
    let next = groups.last().filter(|_| more).map(|last| last.ap_id.clone());
    html(&RegionPage { ui, host, groups, next, later: after.is_some() })
}

/// An administrator asks every connected region again.
async fn ask(State(web): State<Web>, form: Signed) -> Shown {
    let mut tx = web.core.db.begin().await?;
    offering::ask_all(&web.core, &mut tx, &form.me.actor).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-regions-asked", "/groups"))
}
