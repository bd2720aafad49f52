//! Lists of regions: ours at `/actor/regions`, where it is published, and reading those of others. Of a list nothing is
//! believed but names: what a region offers, it is asked itself.

use std::sync::Arc;

use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::connection::plain;
use super::routes::{Refusal, answer};
use super::{Federation, collections, wire};
use crate::config::FederationMode;
use crate::db::jobs::{self, JobKind};
use crate::db::regions::{self, Region};
use crate::db::settings::{self, key};
use crate::db::{Tx, deliveries};
use crate::error::{Error, Result};
use crate::model::names::{clean_line, cut};
use crate::model::urls::{authority, same_origin};
use crate::model::{JobId, Time};
use crate::ops::regions::publishes;

/// Most regions on our list and of one that we read, and pages that are read for them.
const MOST: usize = 500;
const PAGES: usize = 20;
/// Longest name and description that are kept, in characters.
const LONGEST_NAME: usize = 200;
const LONGEST_ABOUT: usize = 400;
/// A server's software is asked for again after this long.
const LOOK_AGAIN: i64 = Time::DAY;

/// Which page.
#[derive(Debug, Deserialize)]
pub struct Place {
    page: Option<usize>,
}

/// `/actor/regions`: this region, and those it is connected with that run Meent. For everybody, where administrators chose
/// to publish it: who is new is on no list yet.
///
/// # Errors
/// [`Error::NotFound`] where it is not published, and while the federation is closed.
pub async fn show(State(fed): State<Arc<Federation>>, Query(place): Query<Place>) -> Result<axum::response::Response, Refusal> {
    fed.must_be_open().await?;
    if !publishes(&mut fed.core.db.conn()).await? {
        return Err(Error::NotFound.into());
    }
    let instance = fed.core.urls.instance_actor();
    let id = format!("{instance}/regions");
    let lines = fed.own_list().await?;
    let Some(page) = place.page else {
        let total = i64::try_from(lines.len()).unwrap_or(i64::MAX);
        let mut collection = collections::paged(&id, total, &format!("{id}?page=1"), Some(&instance));
        if let Value::Object(fields) = &mut collection {
            let name = settings::get(&mut fed.core.db.conn(), key::REGION_NAME).await?.unwrap_or_default();
            fields.insert("name".into(), name.into());
        }
        return Ok(answer(&collection));
    };
    let size = usize::try_from(collections::PAGE).unwrap_or(usize::MAX);
    if !(1..=MOST).contains(&page) {
        return Err(Error::Bad("there is no such page".into()).into());
    }
    let items: Vec<Value> = lines.iter().skip((page - 1) * size).take(size).cloned().collect();
    let next = (lines.len() > page * size).then(|| format!("{id}?page={}", page + 1));
    Ok(answer(&collections::page(&format!("{id}?page={page}"), &id, &items, next.as_deref())))
}

/// A region on our list.
fn line(origin: &str, name: &str, about: &str) -> Value {
    json!({"id": format!("{origin}/actor"), "type": "Application", "name": name, "summary": text_as_html(about), "url": format!("{origin}/")})
}

fn text_as_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

impl Federation {
    async fn own_list(&self) -> Result<Vec<Value>> {
        let mut conn = self.core.db.conn();
        let (name, about) = self.introduction().await?;
        let mut lines = vec![line(self.core.urls.base(), &name, &about)];
        for region in regions::listed(&mut conn, i64::try_from(MOST).unwrap_or(i64::MAX)).await? {
            let chosen = region.chosen || self.core.config.federation.allow.contains(&region.host);
            if chosen && lines.len() < MOST && self.core.may_federate_with(&region.host).await? {
                let origin = format!("{}://{}", self.scheme(&region.host), region.host);
                lines.push(line(&origin, region.name.as_deref().unwrap_or(&region.host), region.about.as_deref().unwrap_or_default()));
            }
        }
        Ok(lines)
    }

    /// How this region calls itself, and what it is about.
    async fn introduction(&self) -> Result<(String, String)> {
        let mut conn = self.core.db.conn();
        let name = settings::get(&mut conn, key::REGION_NAME).await?.filter(|name| !name.is_empty());
        let about = settings::get(&mut conn, key::REGION_ABOUT).await?.unwrap_or_default();
        Ok((name.unwrap_or_else(|| self.core.urls.authority().to_owned()), about))
    }

    /// Puts into our instance actor how the region calls itself, and where its list of regions is.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn introduce(&self, document: &mut Value) -> Result<()> {
        let (name, about) = self.introduction().await?;
        if let Value::Object(fields) = document {
            fields.insert("name".into(), name.into());
            fields.insert("summary".into(), text_as_html(&about).into());
            if publishes(&mut self.core.db.conn()).await? {
                fields.insert("meent:regions".into(), format!("{}/regions", self.core.urls.instance_actor()).into());
            }
        }
        Ok(())
    }

    /// Keeps what a region says of itself in its instance actor.
    ///
    /// # Errors
    /// When the database can't be written.
    pub(super) async fn keep_introduction(&self, tx: &mut Tx, host: &str, document: &Value) -> Result<()> {
        let region = Region {
            list: String::new(),
            host: host.to_owned(),
            name: Some(cut(&clean_line(&wire::text(document, "name")), LONGEST_NAME))
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| host.to_owned()),
            about: plain(&wire::text(document, "summary"), LONGEST_ABOUT),
            seen_at: self.core.now(),
        };
        regions::put(tx, &region).await
    }

    /// Reads a list of regions, and keeps what it says in place of what it said before. In a federation without an allow
    /// list the regions are then asked what they offer.
    ///
    /// # Errors
    /// When it does not answer now, or the database can't be written; what was kept stays then.
    pub async fn read_regions(&self, address: &str) -> Result<()> {
        let closed = self.core.federation_mode().await? == FederationMode::Closed;
        if closed || regions::list(&mut self.core.db.conn(), address).await?.is_none() {
            return Ok(());
        }
        let now = self.core.now();
        let (name, found) = match self.read_regions_list(address).await {
            Ok(read) => read,
            Err(error) => {
                let mut tx = self.core.db.begin().await?;
                regions::list_read(&mut tx, address, "", now, Some(&error.to_string())).await?;
                tx.commit().await?;
                return if error.is_passing() { Err(error) } else { Ok(()) };
            }
        };
        let open = self.core.federation_mode().await? == FederationMode::Open;
        let mut tx = self.core.db.begin().await?;
        for region in &found {
            regions::put(&mut tx, region).await?;
            if open && !self.core.blocks_in(&mut tx, &region.host).await? {
                let peer = deliveries::peer(&mut tx, &region.host).await?;
                if peer.is_none_or(|peer| peer.software.is_none() && peer.looked_up_at.is_none_or(|at| at.plus(LOOK_AGAIN) <= now)) {
                    deliveries::know(&mut tx, &region.host).await?;
                    jobs::enqueue(&mut tx, JobId(self.core.ids.next()), JobKind::LookUpPeer, &region.host, now).await?;
                }
            }
        }
        regions::forget_before(&mut tx, address, now).await?;
        regions::list_read(&mut tx, address, &name, now, None).await?;
        self.core.commit(tx).await
    }

    /// A document of a list: its server need not be on the allow list, an administrator named it.
    async fn fetch_regions(&self, address: &str) -> Result<Value> {
        let url = self.client.check_url(address)?;
        if self.core.blocks(&authority(&url)).await? {
            return Err(Error::Forbidden("error-host-refused"));
        }
        self.leaves().await?;
        Ok(self.client.fetch(address, self.instance().await?).await?.1)
    }

    async fn read_regions_list(&self, address: &str) -> Result<(String, Vec<Region>)> {
        let near = |document: &Value, field: &str| wire::field_id(document, field).filter(|id| same_origin(id, address)).map(str::to_owned);
        let mut document = self.fetch_regions(address).await?;
        let mut name = cut(&clean_line(&wire::text(&document, "name")), LONGEST_NAME);
        if matches!(wire::kind(&document), "Application" | "Service") {
            let list = near(&document, "meent:regions").ok_or_else(|| Error::Bad(format!("{address}: publishes no list of regions")))?;
            document = self.fetch_regions(&list).await?;
        }
        if !matches!(wire::kind(&document), "OrderedCollection" | "Collection" | "OrderedCollectionPage" | "CollectionPage") {
            return Err(Error::Bad(format!("{address}: is no list of regions")));
        }
        if name.is_empty() {
            name = cut(&clean_line(&wire::text(&document, "name")), LONGEST_NAME);
        }
        let mut found: Vec<Region> = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        for _ in 0..PAGES {
            let items = document.get("orderedItems").or_else(|| document.get("items")).and_then(Value::as_array).cloned();
            let step = if items.is_some() { "next" } else { "first" };
            for region in items.iter().flatten().take(MOST).filter_map(|item| self.listed_region(item, address)) {
                if found.len() < MOST && !found.iter().any(|known| known.host == region.host) {
                    found.push(region);
                }
            }
            let empty = items.as_ref().is_some_and(Vec::is_empty);
            let Some(next) = near(&document, step).filter(|next| !empty && found.len() < MOST && !seen.contains(next)) else { break };
            seen.push(next.clone());
            document = match document.get(step) {
                Some(page @ Value::Object(_)) if page.get("orderedItems").or_else(|| page.get("items")).is_some() => page.clone(),
                _ => self.fetch_regions(&next).await?,
            };
        }
        Ok((name, found))
    }

    /// A region as a list names it: a server that could be spoken to, and words without markup.
    fn listed_region(&self, item: &Value, list: &str) -> Option<Region> {
        let url = self.client.check_url(wire::id(item)?).ok()?;
        let host = authority(&url);
        if host == self.core.urls.authority() {
            return None;
        }
        let name = cut(&clean_line(&wire::text(item, "name")), LONGEST_NAME);
        Some(Region {
            list: list.to_owned(),
            name: if name.is_empty() { host.clone() } else { name },
            host,
            about: plain(&wire::text(item, "summary"), LONGEST_ABOUT),
            seen_at: self.core.now(),
        })
    }
}
