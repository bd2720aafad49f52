//! Finding groups of other servers: WebFinger or the address of a page, then the actor, its moderators and a preview.
//! And learning what software a server runs.

use std::time::Duration;

use serde_json::Value;
use url::Url;

use super::{ACTIVITY_JSON, Federation, wire};
use crate::db::{actors, deliveries, follows};
use crate::error::{Error, Result};
use crate::model::urls::authority;
use crate::model::{Actor, ActorId, ActorKind, Handle, Time};
use crate::ops::finding::{Finder, Found};
use crate::ops::offering;

/// A group nobody here follows is fetched again after this long.
const STALE: i64 = 10 * Time::MINUTE;
/// Somebody waits for the page: what is not there by then is left out.
const EXTRAS: Duration = Duration::from_secs(8);
/// A server's software is asked for again after this long.
const LOOK_AGAIN: i64 = Time::DAY;

impl Federation {
    /// How a server is asked of which only the authority is known: without TLS only on this machine, and only in a demo.
    pub(super) fn scheme(&self, host: &str) -> &'static str {
        let here = host.contains("localhost") || host.starts_with("127.");
        if self.core.config.federation.loopback && here { "http" } else { "https" }
    }

    /// The actor id behind `name@host` (RFC 7033). One that lives on another host than the handle says must be confirmed
    /// by that host (T-11).
    ///
    /// # Errors
    /// [`Error::RemoteGone`] when there is no such name; [`Error::Remote`] when it can't be asked.
    async fn web_finger(&self, handle: &Handle) -> Result<String> {
        let host = handle.host.as_deref().ok_or(Error::NotFound)?;
        let id = self.ask_web_finger(&handle.name, host).await?;
        let lives_on = authority(&self.client.check_url(&id)?);
        if lives_on != host && self.ask_web_finger(&handle.name, &lives_on).await? != id {
            return Err(Error::Remote(format!("{handle}: {lives_on} does not confirm it")));
        }
        Ok(id)
    }

    async fn ask_web_finger(&self, name: &str, host: &str) -> Result<String> {
        if !self.core.may_federate_with(host).await? {
            return Err(Error::Forbidden("error-host-refused"));
        }
        let mut address = Url::parse(&format!("{}://{host}/.well-known/webfinger", self.scheme(host))).map_err(|_| Error::NotFound)?;
        address.query_pairs_mut().append_pair("resource", &format!("acct:{name}@{host}"));
        let document = self.client.fetch_plain(address.as_str()).await?;
        let links = document.get("links").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let is_self = |link: &&Value| {
            let kind = link.get("type").and_then(Value::as_str).unwrap_or_default();
            link.get("rel").and_then(Value::as_str) == Some("self") && (kind == ACTIVITY_JSON || kind.starts_with("application/ld+json"))
        };
        let found = links.iter().find(is_self).and_then(|link| link.get("href")).and_then(Value::as_str);
        found.map(str::to_owned).ok_or_else(|| Error::Remote(format!("{name}@{host}: no ActivityPub actor behind it")))
    }

    async fn find(&self, text: &str) -> Result<Actor> {
        let text = text.trim();
        let is_address = text.starts_with("https://") || text.starts_with("http://");
        let group = if is_address {
            self.find_by_address(text).await?
        } else {
            let handle: Handle = text.parse().map_err(|()| Error::NotFound)?;
            if handle.host.as_deref().is_none_or(|host| host == self.core.urls.authority()) {
                let ours = actors::local_by_name(&mut self.core.db.conn(), &handle.name).await?;
                return ours.filter(Actor::is_group).ok_or(Error::NotFound);
            }
            match actors::by_handle(&mut self.core.db.conn(), &handle, true).await? {
                Some(known) => known,
                None => self.fetch_actor(&self.web_finger(&handle).await?).await?,
            }
        };
        let group = self.as_group(group).await?;
        if !group.local
            && (follows::count_local(&mut self.core.db.conn(), group.id).await? == 0 || group.fetched_at.plus(STALE) < self.core.now())
        {
            return self.look_at_group(&group).await;
        }
        Ok(group)
    }

    /// A group; or the actor of an instance that posts its events in its own name, which is one to us: Gancio's.
    async fn as_group(&self, found: Actor) -> Result<Actor> {
        if found.is_group() {
            return Ok(found);
        }
        if found.local || found.kind != ActorKind::Application || found.name.contains([':', '@', '/']) {
            return Err(Error::NotFound);
        }
        self.look_up_peer(&found.host).await?;
        let software = deliveries::peer(&mut self.core.db.conn(), &found.host).await?.and_then(|peer| peer.software);
        if software.as_deref() != Some("gancio") {
            return Err(Error::NotFound);
        }
        let mut tx = self.core.db.begin().await?;
        let group = actors::take_for_group(&mut tx, found.id).await?;
        self.core.commit(tx).await?;
        Ok(group)
    }

    /// A person of another server, by handle.
    async fn find_person(&self, text: &str) -> Result<Actor> {
        let handle: Handle = text.trim().parse().map_err(|()| Error::NotFound)?;
        let found = match actors::by_handle(&mut self.core.db.conn(), &handle, false).await? {
            Some(known) => known,
            None => self.fetch_actor(&self.web_finger(&handle).await?).await?,
        };
        Some(found).filter(|found| found.kind == ActorKind::Person && found.deleted_at.is_none()).ok_or(Error::NotFound)
    }

    async fn find_by_address(&self, text: &str) -> Result<Actor> {
        if self.core.urls.is_ours(text) {
            let name = text.rsplit('/').next().unwrap_or_default();
            // A page of ours may be about a group of another server: /c/name@host.
            let handle: Handle = name.parse().map_err(|()| Error::NotFound)?;
            return actors::by_handle(&mut self.core.db.conn(), &handle, true).await?.ok_or(Error::NotFound);
        }
        if let Some(known) = actors::by_ap_id(&mut self.core.db.conn(), text).await? {
            return Ok(known);
        }
        self.fetch_actor(text).await
    }

    /// Fetches a group again, its moderators and its latest threads. What can't be had of the latter is left out.
    ///
    /// # Errors
    /// As [`Federation::fetch_by_id`].
    pub(super) async fn look_at_group(&self, group: &Actor) -> Result<Actor> {
        let group = self.fetch_actor(&group.ap_id).await?;
        let extras = async {
            if let Err(error) = self.fetch_moderators(&group).await {
                tracing::info!(group = %group.ap_id, %error, "moderators");
            }
            if let Err(error) = self.preview(&group).await {
                tracing::info!(group = %group.ap_id, %error, "preview");
            }
            if let Err(error) = self.fetch_featured(&group).await {
                tracing::info!(group = %group.ap_id, %error, "what stands at the top");
            }
        };
        if tokio::time::timeout(EXTRAS, extras).await.is_err() {
            tracing::info!(group = %group.ap_id, "looking at the group took too long; the rest comes with its history");
        }
        Ok(group)
    }

    /// Learns a server's software from its NodeInfo (FEP-f1d5); the link must lead to the same server (T-73).
    ///
    /// # Errors
    /// When it does not answer now, or the database can't be written; a server without NodeInfo is no error.
    pub async fn look_up_peer(&self, host: &str) -> Result<()> {
        let now = self.core.now();
        let peer = deliveries::peer(&mut self.core.db.conn(), host).await?;
        if peer.is_some_and(|peer| peer.software.is_some() && peer.looked_up_at.is_some_and(|at| at.plus(LOOK_AGAIN) > now)) {
            return Ok(());
        }
        let software = match self.node_info(host).await {
            Ok(software) => Some(software),
            Err(error) if error.is_passing() => return Err(error),
            Err(error) => {
                tracing::info!(host, %error, "NodeInfo");
                None
            }
        };
        let mut tx = self.core.db.begin().await?;
        deliveries::know(&mut tx, host).await?;
        let told = software.as_ref().map(|(name, version)| (name.as_str(), version.as_str()));
        deliveries::set_software(&mut tx, host, told, now).await?;
        // A region of our own kind: which groups it has is asked at once.
        offering::ask_daily(&self.core, &mut tx).await?;
        self.core.commit(tx).await
    }

    async fn node_info(&self, host: &str) -> Result<(String, String)> {
        if !self.core.may_federate_with(host).await? {
            return Err(Error::Forbidden("error-host-refused"));
        }
        let address = format!("{}://{host}/.well-known/nodeinfo", self.scheme(host));
        let index = self.client.fetch_plain(&address).await?;
        let links = index.get("links").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let is_two = |link: &Value| {
            link.get("rel").and_then(Value::as_str).is_some_and(|rel| rel.contains("nodeinfo.diaspora.software/ns/schema/2."))
        };
        let link = links.iter().rfind(|link| is_two(link)).and_then(|link| link.get("href")).and_then(Value::as_str).unwrap_or_default();
        if !crate::model::urls::same_origin(link, &address) {
            return Err(Error::Remote(format!("{host}: its NodeInfo lies elsewhere")));
        }
        let document = self.client.fetch_plain(link).await?;
        let software = document.get("software").cloned().unwrap_or_default();
        let text = |field: &str| crate::model::names::cut(&wire::text(&software, field).to_lowercase(), 60);
        Ok((text("name"), text("version")))
    }
}

impl Finder for Federation {
    fn find_group<'a>(&'a self, text: &'a str) -> Found<'a, Actor> {
        Box::pin(self.find(text))
    }

    fn find_member<'a>(&'a self, text: &'a str) -> Found<'a, Actor> {
        Box::pin(self.find_person(text))
    }

    fn look_again(&self, actor: ActorId) -> Found<'_, Actor> {
        Box::pin(async move {
            let actor = actors::by_id(&mut self.core.db.conn(), actor).await?;
            self.fetch_actor(&actor.ap_id).await
        })
    }

    fn refresh_group(&self, group: ActorId) -> Found<'_, ()> {
        Box::pin(async move {
            let group = actors::by_id(&mut self.core.db.conn(), group).await?;
            self.look_at_group(&group).await.map(drop)
        })
    }

    fn fetch_picture<'a>(&'a self, url: &'a str) -> Found<'a, Vec<u8>> {
        Box::pin(self.picture(url))
    }
}
