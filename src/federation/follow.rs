//! `Follow`, and the `Accept` or `Reject` of it.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::effect::Effect;
use super::inbox::Said;
use super::{Federation, wire};
use crate::db::activities::{self, Verb};
use crate::db::{Conn, actors, follows};
use crate::error::{Error, Result};
use crate::model::{Actor, ActorId};

/// What a Follow asks for. The Follow itself is never fetched: peers don't serve it.
///
/// # Errors
/// [`Error::NotFound`] when there is no such group.
pub async fn receive(fed: &Federation, activity: &Value, said: &Said<'_>) -> Result<Effect> {
    let target = wire::field_id(activity, "object").unwrap_or_default();
    let Some(target) = actors::by_ap_id(&mut fed.core.db.conn(), target).await?.filter(|actor| actor.local && actor.deleted_at.is_none())
    else {
        return Ok(Effect::Nothing("only groups can be followed here"));
    };
    let follower = fed.actor(said.by).await?;
    let id = wire::id(activity).unwrap_or_default().to_owned();
    let raw = said.raw.unwrap_or_default().to_owned();
    if target.is_group() {
        Ok(Effect::Follow { follower, group: target, id, raw })
    } else {
        Ok(Effect::RefuseFollow { follower, target, raw })
    }
}

/// What an Accept or Reject asks for: the answer to a Follow of ours, from the one it was sent to.
///
/// # Errors
/// [`Error::Forbidden`] when somebody else answers.
pub async fn receive_answer(fed: &Federation, activity: &Value, said: &Said<'_>, accepted: bool) -> Result<Effect> {
    let object = activity.get("object").unwrap_or(&Value::Null);
    let mut conn = fed.core.db.conn();
    let by_id = match wire::id(object) {
        Some(id) => follows::by_ap_id(&mut conn, id).await?.map(|follow| (follow.follower_id, follow.target_id)),
        None => None,
    };
    let pair: Option<(ActorId, ActorId)> = match by_id.or(earlier(&mut conn, wire::id(object)).await?) {
        Some(pair) => Some(pair),
        // Some peers give the Follow another id when they answer it.
        None => match (wire::field_id(object, "actor"), wire::field_id(object, "object")) {
            (Some(follower), Some(group)) => {
                match (actors::by_ap_id(&mut conn, follower).await?, actors::by_ap_id(&mut conn, group).await?) {
                    (Some(follower), Some(group)) => Some((follower.id, group.id)),
                    _ => None,
                }
            }
            _ => None,
        },
    };
    let Some((follower, group)) = pair else { return Ok(Effect::Nothing("not an answer to a Follow of ours")) };
    let (follower, group) = (actors::by_id(&mut conn, follower).await?, actors::by_id(&mut conn, group).await?);
    if group.ap_id != said.by {
        return Err(Error::Forbidden("error-not-yours"));
    }
    if !follower.local {
        return Ok(Effect::Nothing("not a member of ours"));
    }
    Ok(Effect::FollowAnswer { group, follower, accepted })
}

/// Whose Follow of whom had this id, before it was repeated with another.
async fn earlier(conn: &mut Conn, id: Option<&str>) -> Result<Option<(ActorId, ActorId)>> {
    let Some(id) = id else { return Ok(None) };
    let said = activities::by_ap_id(conn, id).await?.filter(|said| said.verb == Verb::Follow);
    Ok(said.and_then(|said| Some((said.actor_id, said.target_id?))))
}

/// Writes a Follow.
pub fn build(activity_id: &str, follower: &str, group: &str) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": activity_id,
        "type": "Follow",
        "actor": follower,
        "to": [group],
        "object": group,
    })
}

/// Writes the answer to a Follow, `Accept` or `Reject`, around it as it was received.
///
/// # Errors
/// When what was received is not JSON any more.
pub fn build_answer(kind: &str, activity_id: &str, target: &Actor, follower: &Actor, received: &str) -> Result<String> {
    super::announce::around(kind, activity_id, target, &[&follower.ap_id], &[], received, None)
        .map(|(body, _): (String, Box<RawValue>)| body)
}
