//! How others find us: WebFinger (RFC 7033), host-meta (RFC 6415), NodeInfo (FEP-f1d5).

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ACTIVITY_JSON, Federation};
use crate::config::{FederationMode, RegistrationMode};
use crate::db::settings::{self, key};
use crate::db::{actors, posts};
use crate::error::{Error, Result};
use crate::model::{Actor, ActorKind, Handle};
use crate::ops::registering;

/// Members are not counted out when they are fewer than this: a figure of three says who.
const FEW: i64 = 10;

#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    resource: String,
}

fn jrd(document: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/jrd+json"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], document.to_string()).into_response()
}

/// `/.well-known/webfinger?resource=acct:name@host` or `=https://host/c/name`.
pub async fn web_finger(State(fed): State<Arc<Federation>>, Query(asked): Query<Asked>) -> Result<Response, super::routes::Refusal> {
    fed.must_be_open().await?;
    let actor = asked_for(&fed, asked.resource.trim()).await?;
    let authority = fed.core.urls.authority();
    let mut links = vec![json!({"rel": "self", "type": ACTIVITY_JSON, "href": actor.ap_id})];
    if actor.kind == ActorKind::Application {
        // FEP-d556: the origin's own actor.
        links.push(json!({"rel": "https://www.w3.org/ns/activitystreams#Service", "type": ACTIVITY_JSON, "href": actor.ap_id}));
    } else {
        links.push(json!({"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": actor.url}));
    }
    Ok(jrd(&json!({
        "subject": format!("acct:{}@{authority}", actor.name),
        "aliases": [actor.ap_id],
        "properties": {"https://www.w3.org/ns/activitystreams#type": if actor.is_group() { "Group" } else { "Person" }},
        "links": links,
    })))
}

async fn asked_for(fed: &Federation, resource: &str) -> Result<Actor> {
    if resource.is_empty() || resource.len() > 500 {
        return Err(Error::Bad("resource must be acct:name@host or the address of a person or group".into()));
    }
    if resource.chars().any(char::is_control) {
        return Err(Error::Bad("resource holds what no name or address does".into()));
    }
    let (urls, mut conn) = (&fed.core.urls, fed.core.db.conn());
    let authority = urls.authority();
    if resource == format!("acct:{authority}@{authority}") || resource.trim_end_matches('/') == urls.base() {
        return fed.instance().await.cloned();
    }
    let found = if resource.starts_with("acct:") {
        let handle: Handle = resource.parse().map_err(|()| Error::Bad("that is no name@host".into()))?;
        if handle.host.as_deref() != Some(authority) {
            return Err(Error::NotFound);
        }
        actors::local_by_name(&mut conn, &handle.name.to_ascii_lowercase()).await?
    } else if resource.starts_with("https://") || resource.starts_with("http://") {
        actors::by_ap_id(&mut conn, resource).await?.filter(|actor| actor.local)
    } else {
        return Err(Error::Bad("resource must be acct:name@host or the address of a person or group".into()));
    };
    found.filter(|actor| actor.deleted_at.is_none()).ok_or(Error::NotFound)
}

/// `/.well-known/host-meta`
pub async fn host_meta(State(fed): State<Arc<Federation>>) -> Result<Response, super::routes::Refusal> {
    fed.must_be_open().await?;
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\"><Link rel=\"lrdd\" type=\"application/jrd+json\" template=\"{}/.well-known/webfinger?resource={{uri}}\"/></XRD>\n",
        fed.core.urls.base()
    );
    Ok(([(header::CONTENT_TYPE, "application/xrd+xml; charset=utf-8")], xml).into_response())
}

/// `/.well-known/host-meta.json`
pub async fn host_meta_json(State(fed): State<Arc<Federation>>) -> Result<Response, super::routes::Refusal> {
    fed.must_be_open().await?;
    let template = fed.core.urls.at("/.well-known/webfinger?resource={uri}");
    Ok(jrd(&json!({"links": [{"rel": "lrdd", "type": "application/jrd+json", "template": template}]})))
}

/// `/.well-known/nodeinfo`
pub async fn node_info_index(State(fed): State<Arc<Federation>>) -> Result<Response, super::routes::Refusal> {
    let link = |version: &str| json!({"rel": format!("http://nodeinfo.diaspora.software/ns/schema/{version}"), "href": fed.core.urls.at(&format!("/nodeinfo/{version}"))});
    // FEP-2677: and the instance's own actor.
    let application = json!({"rel": "https://www.w3.org/ns/activitystreams#Application", "href": fed.core.urls.instance_actor()});
    Ok(jrd(&json!({"links": [link("2.0"), link("2.1"), application]})))
}

/// `/nodeinfo/2.0` and `/nodeinfo/2.1`
pub async fn node_info(State(fed): State<Arc<Federation>>, Path(version): Path<String>) -> Result<Response, super::routes::Refusal> {
    let version = version.trim_end_matches(".json").to_owned();
    if !matches!(version.as_str(), "2.0" | "2.1") {
        return Err(Error::NotFound.into());
    }
    let mut conn = fed.core.db.conn();
    let members = actors::count_local(&mut conn, ActorKind::Person).await?;
    let (threads, replies) = posts::count_local(&mut conn).await?;
    let mut software = json!({"name": "meent", "version": env!("CARGO_PKG_VERSION")});
    if let (true, Value::Object(fields)) = (version == "2.1", &mut software) {
        fields.insert("repository".into(), env!("CARGO_PKG_REPOSITORY").into());
    }
    let users = if members < FEW { json!({}) } else { json!({"total": members}) };
    let name = settings::get(&mut conn, key::REGION_NAME).await?.unwrap_or_else(|| "Meent".into());
    let about = settings::get(&mut conn, key::REGION_ABOUT).await?.unwrap_or_default();
    let document = json!({
        "version": version,
        "software": software,
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": registering::mode(&fed.core, &mut conn).await? != RegistrationMode::Invite,
        "usage": {"users": users, "localPosts": threads, "localComments": replies},
        "metadata": {"nodeName": name, "nodeDescription": about, "federation": {"enabled": fed.core.federation_mode().await? != FederationMode::Closed}},
    });
    let kind = format!("application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/{version}#\"");
    Ok(([(header::CONTENT_TYPE, kind), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*".into())], document.to_string()).into_response())
}
