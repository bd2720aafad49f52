//! `ChooseAnswer` (PieFed's word) and its `Undo`: a moderator, or an asker on other software, chose an answer.

use serde_json::{Value, json};

use super::effect::Effect;
use super::inbox::Said;
use super::{Federation, wire};
use crate::db::{actors, posts};
use crate::error::{Error, Result};
use crate::model::{Actor, Post, Time};

/// What a `ChooseAnswer` asks for. Whether the actor may is decided by the verb, by what it is in the group now.
///
/// # Errors
/// [`Error::Remote`] while the answer is not known yet; [`Error::Forbidden`] for another group's.
pub async fn receive(fed: &Federation, choice: &Value, said: &Said<'_>, choose: bool, at: Option<Time>) -> Result<Effect> {
    let id = wire::field_id(choice, "object").ok_or_else(|| Error::Bad("there is no object".into()))?;
    let Some(answer) = posts::by_ap_id(&mut fed.core.db.conn(), id).await? else {
        return if fed.core.urls.is_ours(id) {
            Ok(Effect::Nothing("there is no such answer"))
        } else {
            Err(Error::Remote(format!("{id} is not known yet")))
        };
    };
    if said.announced_by.as_ref().is_some_and(|group| group.id != answer.group_id) {
        return Err(Error::Forbidden("error-other-group"));
    }
    let chooser = fed.actor_in(said, said.by).await?;
    let group = actors::by_id(&mut fed.core.db.conn(), answer.group_id).await?;
    if !group.local && !actors::is_moderator(&mut fed.core.db.conn(), group.id, chooser.id).await? {
        // It may have become a moderator since we last asked.
        fed.may_ask_for(said, &group.ap_id)?;
        fed.fetch_moderators(&group).await?;
    }
    Ok(Effect::Choice { chooser, answer: answer.id, choose, at: at.unwrap_or(said.at), raw: said.raw.map(str::to_owned) })
}

/// Writes a `ChooseAnswer`.
pub fn build(activity_id: &str, chooser: &Actor, group: &Actor, answer: &Post, at: Time) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": activity_id,
        "type": "ChooseAnswer",
        "actor": chooser.ap_id,
        "to": [group.ap_id, wire::PUBLIC],
        "cc": [],
        "audience": group.ap_id,
        "published": at.rfc3339(),
        "object": answer.ap_id,
    })
}
