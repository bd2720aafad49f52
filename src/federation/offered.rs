//! The groups that an instance offers: ours as a collection, those of other regions read from theirs.

use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::routes::{Refusal, answer};
use super::{Federation, collections, wire};
use crate::db::peer_groups::{self, PeerGroup};
use crate::error::{Error, Result};
use crate::model::names::{clean_line, cut};
use crate::model::urls::{authority, same_origin};
use crate::model::{Actor, ActorId, ActorKind, Handle, markup};

/// Most groups that are kept of one region, and pages that are read for them.
const MOST: usize = 500;
const PAGES: usize = 20;
/// Longest title and description that are kept, in characters.
const LONGEST_TITLE: usize = 200;
const LONGEST_ABOUT: usize = 400;

/// Where a page begins.
#[derive(Debug, Deserialize)]
pub struct Place {
    page: Option<i64>,
    after: Option<ActorId>,
}

/// The collection of an instance's groups.
fn address(instance: &str) -> String {
    format!("{instance}/groups")
}

/// What the instance actor says of it.
pub fn links(instance: &str) -> Value {
    // `streams` for software that reads what collections an actor has, our own term for what is in this one.
    json!({"streams": [address(instance)], "meent:groups": address(instance)})
}

/// `/actor/groups`: the public groups of this instance.
///
/// # Errors
/// [`Error::NotFound`] while the federation is closed; [`Error::Signature`] where only some may fetch.
pub async fn show(
    State(fed): State<std::sync::Arc<Federation>>,
    Query(place): Query<Place>,
    parts: axum::http::request::Parts,
) -> Result<axum::response::Response, Refusal> {
    fed.may_fetch(&parts).await?;
    let mut conn = fed.core.db.conn();
    let instance = fed.core.urls.instance_actor();
    let id = address(&instance);
    if place.page.is_none() && place.after.is_none() {
        let total = crate::db::actors::count_local(&mut conn, ActorKind::Group).await?;
        return Ok(answer(&collections::paged(&id, total, &format!("{id}?page=1"), Some(&instance))));
    }
    let mut groups = peer_groups::offered(&mut conn, place.after.unwrap_or(ActorId(0)), collections::PAGE + 1).await?;
    let size = usize::try_from(collections::PAGE).unwrap_or(usize::MAX);
    let more = groups.len() > size;
    groups.truncate(size);
    let next = groups.last().filter(|_| more).map(|last| format!("{id}?page=1&after={}", last.id));
    let this = place.after.map_or_else(|| format!("{id}?page=1"), |after| format!("{id}?page=1&after={after}"));
    let items: Vec<Value> = groups.iter().map(line).collect();
    Ok(answer(&collections::page(&this, &id, &items, next.as_deref())))
}

/// A group in the list: enough to show it; the rest is at its id.
fn line(group: &Actor) -> Value {
    json!({
        "id": group.ap_id, "type": "Group", "preferredUsername": group.name, "name": group.shown(), "summary": group.about_html,
        "url": group.url,
    })
}

impl Federation {
    /// Asks a region that runs Meent which groups it offers, and keeps what it says in place of what it said before.
    ///
    /// # Errors
    /// When it does not answer now, or the database can't be written; what was kept stays then.
    pub async fn ask_groups(&self, host: &str) -> Result<()> {
        let now = self.core.now();
        let mut introduction = None;
        let found = if self.core.may_federate_with(host).await? {
            match self.read_offered(host, &mut introduction).await {
                Ok(found) => found,
                Err(error) if error.is_passing() => {
                    // When it stays away, tomorrow is soon enough.
                    let mut tx = self.core.db.begin().await?;
                    peer_groups::asked(&mut tx, host, now).await?;
                    tx.commit().await?;
                    return Err(error);
                }
                Err(error) => {
                    tracing::info!(host, %error, "it offers no groups");
                    Vec::new()
                }
            }
        } else {
            Vec::new()
        };
        let mut tx = self.core.db.begin().await?;
        if let Some(document) = &introduction {
            self.keep_introduction(&mut tx, host, document).await?;
        }
        for group in &found {
            peer_groups::put(&mut tx, group).await?;
        }
        peer_groups::forget_before(&mut tx, host, now).await?;
        peer_groups::asked(&mut tx, host, now).await?;
        self.core.commit(tx).await
    }

    async fn read_offered(&self, host: &str, introduction: &mut Option<Value>) -> Result<Vec<PeerGroup>> {
        let actor = self.instance_id(host);
        let document = self.fetch_by_id(&actor).await?;
        let list = wire::field_id(&document, "meent:groups").unwrap_or_default().to_owned();
        *introduction = Some(document);
        if !same_origin(&list, &actor) {
            return Err(Error::Bad(format!("{host}: has no list of groups of its own")));
        }
        let (mut found, mut at): (Vec<PeerGroup>, _) = (Vec::new(), Some(list));
        for _ in 0..PAGES {
            let Some(address) = at else { break };
            let page = self.read_page(&address).await?;
            let empty = page.items.is_empty();
            for group in page.items.iter().filter_map(|item| self.offered_group(item, host)) {
                if found.len() < MOST && !found.iter().any(|known| known.ap_id == group.ap_id) {
                    found.push(group);
                }
            }
            at = page.next.filter(|_| !empty && found.len() < MOST);
        }
        Ok(found)
    }

    /// A group in another region's list: only its own, with a name that people can look for.
    fn offered_group(&self, item: &Value, host: &str) -> Option<PeerGroup> {
        let ap_id = wire::id(item).filter(|_| wire::kind(item) == "Group")?;
        let lives_on = authority(&self.client.check_url(ap_id).ok()?);
        let handle: Handle = format!("{}@{lives_on}", wire::text(item, "preferredUsername")).parse().ok()?;
        let title = cut(&clean_line(&wire::text(item, "name")), LONGEST_TITLE);
        let about = markup::summary(&markup::html(&cut(&wire::text(item, "summary"), 20_000)), LONGEST_ABOUT);
        (lives_on == host).then(|| PeerGroup {
            ap_id: ap_id.to_owned(),
            host: lives_on,
            title: if title.is_empty() { handle.name.clone() } else { title },
            name: handle.name,
            about,
            seen_at: self.core.now(),
        })
    }
}
