//! `Block` and its `Undo`: somebody is suspended from a group, for a time or until that is taken back.

use serde_json::{Value, json};

use super::authority::{Act, moderates, speaker};
use super::effect::Effect;
use super::inbox::Said;
use super::{Federation, wire};
use crate::db::actors;
use crate::error::{Error, Result};
use crate::model::urls::same_origin;
use crate::model::{Actor, Particulars, Time};
use crate::ops::crossing::{Ban, Matter};

/// What a Block asks for. It holds for the group that is its target and no further; with a whole server as target, for the
/// groups of that server, when it says so itself (T-33). Without a target it is between two people.
///
/// # Errors
/// [`Error::Forbidden`] for who may not, and for a group that somebody else speaks for.
pub async fn receive(fed: &Federation, act: Act<'_>, said: &Said<'_>) -> Result<Effect> {
    let object = wire::field_id(act.it, "object").ok_or_else(|| Error::Bad("there is no object".into()))?;
    let Some(target) = wire::field_id(act.it, "target") else { return Ok(Effect::Nothing("between two people")) };
    let mut conn = fed.core.db.conn();
    let group = actors::by_ap_id(&mut conn, target).await?.filter(Actor::is_group);
    let ours = fed.core.urls.is_ours(object);
    let Some(group) = group else {
        if ours && same_origin(target, said.by) {
            return of_server(fed, act, said, object).await;
        }
        return Ok(Effect::Nothing("not from a group that we know"));
    };
    if said.announced_by.as_ref().is_some_and(|announcer| announcer.id != group.id) {
        return Err(Error::Forbidden("error-other-group"));
    }
    let by = if group.local {
        speaker(fed, &group, said).await?
    } else {
        let by = fed.actor_in(said, said.by).await?;
        // Sent to us alone, it is about one of ours: what others may do elsewhere is for their servers.
        if said.announced_by.is_none() && !ours {
            return Ok(Effect::Nothing("no group says so"));
        }
        if !moderates(fed, &group, &by, said).await? {
            return Err(Error::Forbidden("error-only-moderators"));
        }
        by
    };
    let member = match actors::by_ap_id(&mut conn, object).await? {
        Some(member) => member,
        None if group.local && !ours => fed.actor_in(said, object).await?,
        None => return Ok(Effect::Nothing("not known here")),
    };
    let said = Said { raw: said.raw.filter(|_| group.local), announced_by: said.announced_by.clone(), ..*said };
    Ok(act.word(&group, by, &said, act.on(), Matter::Block(read(act, member))))
}

/// A server shuts one of ours out from all of its groups.
async fn of_server(fed: &Federation, act: Act<'_>, said: &Said<'_>, object: &str) -> Result<Effect> {
    let by = fed.actor(said.by).await?;
    let mut conn = fed.core.db.conn();
    let Some(member) = actors::by_ap_id(&mut conn, object).await? else { return Ok(Effect::Nothing("not known here")) };
    let mut effects = Vec::new();
    for group in actors::groups_on(&mut conn, &by.host).await? {
        let said = Said { raw: None, announced_by: None, ..*said };
        let mut effect = act.word(&group, by.clone(), &said, act.on(), Matter::Block(read(act, member.clone())));
        if let Effect::Word(word) = &mut effect {
            // One activity, a word for each group.
            word.said = format!("{}#{}", word.said, group.id);
            word.undone = None;
        }
        effects.push(effect);
    }
    Ok(Effect::Several(effects))
}

fn read(act: Act<'_>, member: Actor) -> Ban {
    Ban {
        member,
        until: wire::time(act.it, "endTime").or_else(|| wire::time(act.it, "expires")),
        reason: wire::text(act.it, "summary"),
        remove: act.on() && act.it.get("removeData") == Some(&Value::Bool(true)),
    }
}

/// Writes a Block. Older software knows the end as `expires`.
pub fn build(activity_id: &str, by: &Actor, group: &Actor, member: &Actor, particulars: &Particulars, at: Time) -> Value {
    let mut block = json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": activity_id,
        "type": "Block",
        "actor": by.ap_id,
        "to": [group.ap_id, wire::PUBLIC],
        "cc": [group.ap_id],
        "audience": group.ap_id,
        "published": at.rfc3339(),
        "object": member.ap_id,
        "target": group.ap_id,
        "removeData": particulars.remove,
        "summary": particulars.reason,
    });
    if let (Value::Object(fields), Some(until)) = (&mut block, particulars.until) {
        fields.insert("endTime".into(), until.rfc3339().into());
        fields.insert("expires".into(), until.rfc3339().into());
    }
    block
}
