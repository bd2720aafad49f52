//! Trying out another server for an administrator: how it is found, what it runs, whether it takes our signature.

use std::time::Duration;

use serde_json::Value;
use url::Url;

use super::{ACTIVITY_JSON, Federation, wire};
use crate::db::deliveries;
use crate::error::{Error, Result};
use crate::model::names::cut;
use crate::model::urls::same_origin;
use crate::ops::finding::Found;
use crate::ops::probing::{Prober, Step};

/// All steps together.
const PATIENCE: Duration = Duration::from_secs(25);

/// One step; what is said by the other server is cut.
fn step(what: &'static str, outcome: &Result<String>) -> Step {
    let outcome = match outcome {
        Ok(found) => Ok(cut(found, 300)),
        Err(error) => Err(cut(&error.to_string(), 500)),
    };
    Step { what, outcome }
}

impl Federation {
    /// Learns what software a server runs, without waiting for its turn.
    async fn learn_software(&self, host: &str, software: (&str, &str)) -> Result<()> {
        let mut tx = self.core.db.begin().await?;
        deliveries::know(&mut tx, host).await?;
        deliveries::set_software(&mut tx, host, Some(software), self.core.now()).await?;
        self.core.commit(tx).await
    }

    async fn try_out(&self, host: &str) -> Result<Vec<Step>> {
        if self.core.blocks(host).await? {
            return Err(Error::Forbidden("error-host-blocked"));
        }
        self.leaves().await?;
        let mut steps = Vec::new();
        let found = self.find_instance(host).await;
        steps.push(step("webfinger", &found));
        let software = self.software_now(host).await;
        if let Ok((name, version)) = &software {
            self.learn_software(host, (name, version)).await?;
        }
        steps.push(step("nodeinfo", &software.map(|(name, version)| format!("{name} {version}"))));
        let id = found.unwrap_or_else(|_| self.instance_id(host));
        let us = self.instance().await?;
        let actor = self.client.fetch(&id, us).await.map(|(_, document)| document);
        steps.push(step("actor", &actor.as_ref().map(|document| format!("{} {id}", wire::kind(document))).map_err(told)));
        // Something that a careful server shows only to who signs.
        let signed = match &actor {
            Ok(document) => {
                let address = ["meent:groups", "outbox"].iter().find_map(|field| wire::field_id(document, field));
                let address = address.filter(|address| same_origin(address, &id)).unwrap_or(&id).to_owned();
                self.client.fetch(&address, us).await.map(|_| address)
            }
            Err(error) => Err(told(error)),
        };
        steps.push(step("signed", &signed));
        Ok(steps)
    }

    /// The instance actor as WebFinger of the host itself names it (FEP-d556).
    async fn find_instance(&self, host: &str) -> Result<String> {
        let mut address = Url::parse(&format!("{}://{host}/.well-known/webfinger", self.scheme(host))).map_err(|_| Error::NotFound)?;
        address.query_pairs_mut().append_pair("resource", &format!("acct:{host}@{host}"));
        let document = self.client.fetch_plain(address.as_str()).await?;
        let links = document.get("links").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let own = |link: &&Value| link.get("type").and_then(Value::as_str) == Some(ACTIVITY_JSON);
        let id =
            links.iter().find(own).and_then(|link| link.get("href")).and_then(Value::as_str).filter(|id| same_origin(id, address.as_str()));
        id.map(str::to_owned).ok_or_else(|| Error::Remote(format!("{host}: WebFinger names no instance actor")))
    }

    /// What NodeInfo says now.
    async fn software_now(&self, host: &str) -> Result<(String, String)> {
        let address = format!("{}://{host}/.well-known/nodeinfo", self.scheme(host));
        let index = self.client.fetch_plain(&address).await?;
        let links = index.get("links").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let is_two = |link: &&Value| {
            link.get("rel").and_then(Value::as_str).is_some_and(|rel| rel.contains("nodeinfo.diaspora.software/ns/schema/2."))
        };
        let link = links.iter().rfind(is_two).and_then(|link| link.get("href")).and_then(Value::as_str).unwrap_or_default();
        if !same_origin(link, &address) {
            return Err(Error::Remote(format!("{host}: its NodeInfo lies elsewhere")));
        }
        let document = self.client.fetch_plain(link).await?;
        let software = document.get("software").cloned().unwrap_or_default();
        let text = |field: &str| cut(&wire::text(&software, field).to_lowercase(), 60);
        Ok((text("name"), text("version")))
    }
}

/// The same error once more, for the next step.
fn told(error: &Error) -> Error {
    match error {
        Error::Remote(why) => Error::Remote(why.clone()),
        other => Error::Remote(other.to_string()),
    }
}

impl Prober for Federation {
    fn probe<'a>(&'a self, host: &'a str) -> Found<'a, Vec<Step>> {
        Box::pin(async move {
            let tried = tokio::time::timeout(PATIENCE, self.try_out(host)).await;
            tried.map_err(|_| Error::Remote(format!("{host}: no answer within {} s", PATIENCE.as_secs())))?
        })
    }
}
