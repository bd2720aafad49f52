//! `Announce`: a group passes on what it received (FEP-1b12), or names a new thread.

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::effect::Effect;
use super::inbox::Said;
use super::known::Known;
use super::{Federation, manners, object, proof, wire};
use crate::error::{Error, Result};
use crate::model::urls::same_origin;
use crate::model::{Actor, Time};
use crate::ops::following;

/// Most activities in one Announce (PieFed sends lists).
const LONGEST_LIST: usize = 100;

/// What an Announce asks for. It proves that a group says so, not that the inner actor does: what was written is
/// fetched from its home unless the group's own server hosts the writer, or the writer's own proof goes with it (T-20,
/// T-21, T-22, T-39).
///
/// # Errors
/// Passing ones when something can't be fetched now; else why it is refused.
pub async fn receive(fed: &Federation, activity: &Value, said: &Said<'_>) -> Result<Effect> {
    let group = said.known.actor(fed, said.by).await?;
    if !group.is_group() {
        return Ok(Effect::Nothing("a boost by a person"));
    }
    let (accepted, waiting, one) = said.known.followed(fed, group.id).await?;
    if group.local || accepted + waiting == 0 {
        return Ok(Effect::Nothing("nobody here follows this group"));
    }
    if accepted == 0
        && waiting == 1
        && let Some(follower) = one
    {
        let mut tx = fed.core.db.begin().await?;
        following::content_answers(&fed.core, &mut tx, &group, follower).await?;
        fed.core.commit(tx).await?;
    }
    let inner = activity.get("object").ok_or_else(|| Error::Bad("there is no object".into()))?;
    let list = match inner {
        Value::Array(list) => list.as_slice(),
        collection if matches!(wire::kind(collection), "OrderedCollection" | "Collection") => {
            collection.get("orderedItems").or_else(|| collection.get("items")).and_then(Value::as_array).map_or(&[][..], Vec::as_slice)
        }
        one => std::slice::from_ref(one),
    };
    if list.len() > LONGEST_LIST {
        return Err(Error::Bad("the list is too long".into()));
    }
    let mut effects = Vec::new();
    for one in list {
        match receive_inner(fed, one, &group, said).await {
            Ok(effect) => effects.push(effect),
            Err(error) if list.len() == 1 || matches!(error, Error::Unavailable(_)) => return Err(error),
            Err(error) => effects.push(Effect::Failed(error)),
        }
    }
    Ok(if effects.len() == 1 { effects.remove(0) } else { Effect::Several(effects) })
}

async fn receive_inner(fed: &Federation, inner: &Value, group: &Actor, outer: &Said<'_>) -> Result<Effect> {
    let id = wire::id(inner).ok_or_else(|| Error::Bad("what is announced has no id".into()))?;
    let Some(by) = wire::field_id(inner, "actor") else {
        return receive_object(fed, id, group, outer.known).await;
    };
    if wire::kind(inner) == "Announce" {
        return Err(Error::Bad("an Announce in an Announce".into()));
    }
    if fed.core.urls.is_ours(by) {
        return Ok(Effect::Nothing("it is ours; the group has passed it on"));
    }
    fed.client.check_url(by)?;
    if let Some(host) = url::Url::parse(by).ok().map(|url| crate::model::urls::authority(&url))
        && !fed.core.may_federate_with(&host).await?
    {
        return Err(Error::Forbidden("error-host-refused"));
    }
    let first_hand = same_origin(by, &group.ap_id) || fed.is_proven(inner, by, outer.known).await?;
    let said = Said { by, announced_by: Some(group.clone()), raw: None, first_hand, at: outer.at, known: outer.known };
    super::inbox::receive(fed, inner, &said).await
}

/// A group names a thing: a post of its own, or the id of a Create.
async fn receive_object(fed: &Federation, id: &str, group: &Actor, known: &Known) -> Result<Effect> {
    if fed.core.urls.is_ours(id) {
        return Ok(Effect::Nothing("it is ours"));
    }
    let mut document = match fed.fetch_by_id(id).await {
        Err(Error::RemoteGone) => return super::delete::gone(fed, id).await,
        fetched => fetched?,
    };
    if wire::kind(&document) == "Create" {
        let Some(object) = wire::field_id(&document, "object").map(str::to_owned) else {
            return Ok(Effect::Nothing("a Create of nothing"));
        };
        if fed.core.urls.is_ours(&object) {
            return Ok(Effect::Nothing("it is ours"));
        }
        document = fed.fetch_by_id(&object).await?;
    }
    if !manners::is_post(&document) {
        return Ok(Effect::Nothing("not a kind of post that we take"));
    }
    let read = object::read(&fed.client, &document, fed.core.now())?;
    Box::pin(fed.post_effect(read, Some(group), None, known)).await
}

#[derive(Serialize)]
struct Around<'a> {
    #[serde(rename = "@context")]
    context: [&'a str; 2],
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    actor: &'a str,
    to: &'a [&'a str],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    cc: &'a [&'a str],
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<String>,
    object: &'a RawValue,
}

/// Writes an activity around what was received, to the letter; gives it with the inner one.
///
/// # Errors
/// When what was received is not JSON any more.
pub fn around(
    kind: &str,
    activity_id: &str,
    by: &Actor,
    to: &[&str],
    cc: &[&str],
    received: &str,
    at: Option<Time>,
) -> Result<(String, Box<RawValue>)> {
    let broken = |error: serde_json::Error| Error::Internal(format!("{activity_id}: {error}"));
    let object = RawValue::from_string(received.trim().to_owned()).map_err(broken)?;
    let around = Around {
        context: ["https://www.w3.org/ns/activitystreams", proof::CONTEXT],
        id: activity_id,
        kind,
        actor: &by.ap_id,
        to,
        cc,
        published: at.map(Time::rfc3339),
        object: &object,
    };
    let body = serde_json::to_string(&around).map_err(broken)?;
    Ok((body, object))
}

/// Writes the Announce of what was received.
///
/// # Errors
/// When what was received is not JSON any more.
pub fn build(activity_id: &str, group: &Actor, received: &str, at: Time) -> Result<String> {
    let followers = group.followers.as_deref().unwrap_or_default();
    around("Announce", activity_id, group, &[wire::PUBLIC], &[followers], received, Some(at)).map(|(body, _)| body)
}

/// Writes the Announce that names a post, for software that only knows boosts.
pub fn build_boost(activity_id: &str, group: &Actor, author: &Actor, post_id: &str, at: Time) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": activity_id,
        "type": "Announce",
        "actor": group.ap_id,
        "published": at.rfc3339(),
        "to": [wire::PUBLIC],
        "cc": [group.followers, author.ap_id],
        "object": post_id,
    })
}
