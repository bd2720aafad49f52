//! `Add` and `Remove`: what stands at the top of a group (`featured`), and who moderates it (`moderators`).

use serde_json::{Value, json};

use super::authority::{Act, speaker};
use super::effect::Effect;
use super::inbox::Said;
use super::{Federation, wire};
use crate::db::{Conn, actors, posts, whereabouts};
use crate::error::{Error, Result};
use crate::model::{Actor, Time};
use crate::ops::crossing::Matter;

/// Where the list of what stands at the top of a group is.
///
/// # Errors
/// When the database can't be read.
pub async fn featured(conn: &mut Conn, group: &Actor) -> Result<Option<String>> {
    if group.local {
        return Ok(Some(format!("{}/featured", group.ap_id)));
    }
    Ok(whereabouts::of(conn, group.id).await?.featured)
}

/// What an Add or Remove asks for. The collection must be the one that the group itself names (T-30).
///
/// # Errors
/// [`Error::Forbidden`] for who may not, for another collection, and for another group's thread.
pub async fn receive(fed: &Federation, act: Act<'_>, said: &Said<'_>) -> Result<Effect> {
    let object = wire::field_id(act.it, "object").ok_or_else(|| Error::Bad("there is no object".into()))?;
    let target = wire::field_id(act.it, "target").ok_or_else(|| Error::Bad("there is no target".into()))?;
    let on = (wire::kind(act.it) == "Add") == act.on();
    let mut conn = fed.core.db.conn();
    let group = match &said.announced_by {
        Some(group) => group.clone(),
        None => match of_target(&mut conn, target).await? {
            Some(group) if group.local => group,
            // One of ours moderates a group that nobody here may follow yet: the group's own list says so.
            Some(group) if fed.core.urls.is_ours(object) && group.moderators.as_deref() == Some(target) => {
                fed.may_ask_for(said, &group.ap_id)?;
                fed.fetch_moderators(&group).await?;
                return Ok(Effect::Nothing("the group's own list was read"));
            }
            _ => return Ok(Effect::Nothing("no collection of a group of ours, and no group says so")),
        },
    };
    let by = speaker(fed, &group, said).await?;
    let matter = if group.moderators.as_deref() == Some(target) {
        let named = if on { fed.actor_in(said, object).await? } else { fed.known_actor(object).await? };
        Matter::Moderator(named)
    } else {
        let mut known = featured(&mut conn, &group).await?;
        if known.is_none() && !group.local {
            fed.fetch_actor(&group.ap_id).await?;
            known = featured(&mut conn, &group).await?;
        }
        if known.as_deref() != Some(target) {
            return Err(Error::Forbidden("error-other-group"));
        }
        if posts::by_ap_id(&mut conn, object).await?.is_some_and(|post| post.group_id != group.id) {
            return Err(Error::Forbidden("error-other-group"));
        }
        Matter::Pin(object.to_owned())
    };
    Ok(act.word(&group, by, said, on, matter))
}

/// The group that a collection belongs to.
async fn of_target(conn: &mut Conn, target: &str) -> Result<Option<Actor>> {
    if let Some(group) = actors::by_moderators(conn, target).await? {
        return Ok(Some(group));
    }
    let Some(owner) = target.strip_suffix("/featured") else { return Ok(None) };
    Ok(actors::by_ap_id(conn, owner).await?.filter(Actor::is_group))
}

/// Writes an Add, or a Remove.
pub fn build(kind: &str, activity_id: &str, by: &Actor, group: &Actor, object: &str, target: &str, at: Time) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": activity_id,
        "type": kind,
        "actor": by.ap_id,
        "to": [group.ap_id, wire::PUBLIC],
        "cc": [group.ap_id],
        "audience": group.ap_id,
        "published": at.rfc3339(),
        "object": object,
        "target": target,
    })
}
