//! `Lock` and its `Undo`: a moderator closed a thread, or opened it again.

use serde_json::{Value, json};

use super::authority::{Act, group_of, speaker};
use super::effect::Effect;
use super::inbox::Said;
use super::{Federation, wire};
use crate::db::posts;
use crate::error::{Error, Result};
use crate::model::{Actor, Post, Time};
use crate::ops::crossing::Matter;

/// What a Lock asks for.
///
/// # Errors
/// [`Error::Forbidden`] for who may not, and for another group's thread (T-21).
pub async fn receive(fed: &Federation, act: Act<'_>, said: &Said<'_>) -> Result<Effect> {
    let id = wire::field_id(act.it, "object").ok_or_else(|| Error::Bad("there is no object".into()))?;
    let post = posts::by_ap_id(&mut fed.core.db.conn(), id).await?;
    let Some(group) = group_of(fed, act.it, post.as_ref(), said).await? else {
        return Ok(Effect::Nothing("not in a group of ours, and no group says so"));
    };
    if post.is_some_and(|post| post.group_id != group.id) {
        return Err(Error::Forbidden("error-other-group"));
    }
    let by = speaker(fed, &group, said).await?;
    Ok(act.word(&group, by, said, act.on(), Matter::Lock(id.to_owned())))
}

/// Writes a Lock.
pub fn build(activity_id: &str, by: &Actor, group: &Actor, post: &Post, at: Time) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": activity_id,
        "type": "Lock",
        "actor": by.ap_id,
        "to": [group.ap_id, wire::PUBLIC],
        "cc": [group.ap_id],
        "audience": group.ap_id,
        "published": at.rfc3339(),
        "object": post.ap_id,
    })
}
