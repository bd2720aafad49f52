//! `Undo`: of a Like, a Follow or a `ChooseAnswer`. Only one's own; what is embedded is a hint, what we stored decides
//! (T-23, T-24).

use serde_json::{Value, json};

use super::effect::Effect;
use super::inbox::Said;
use super::{Federation, choose_answer, like, wire};
use crate::db::{actors, follows, useful};
use crate::error::{Error, Result};
use crate::model::Actor;

/// What an Undo asks for.
///
/// # Errors
/// [`Error::Forbidden`] for what somebody else did.
pub async fn receive(fed: &Federation, activity: &Value, said: &Said<'_>) -> Result<Effect> {
    let inner = activity.get("object").ok_or_else(|| Error::Bad("there is no object".into()))?;
    if wire::field_id(inner, "actor").is_some_and(|actor| actor != said.by) {
        return Err(Error::Forbidden("error-not-yours"));
    }
    let at = wire::time(activity, "published");
    match wire::kind(inner) {
        // Whatever vote it embeds: the one this actor has on this post goes.
        "Like" | "Dislike" | "EmojiReact" => like::receive(fed, inner, said, false, at).await,
        "ChooseAnswer" => choose_answer::receive(fed, inner, said, false, at).await,
        // Whom somebody follows is for nobody else to say.
        "Follow" if said.announced_by.is_none() => {
            unfollow(fed, wire::field_id(inner, "object").unwrap_or_default(), wire::id(inner), activity, said).await
        }
        // Only the id: a Follow or a Like that we have. Passed on by a group, it does not say what of the group's it is.
        "" if said.announced_by.is_none() => {
            let id = wire::id(inner).unwrap_or_default();
            let mut conn = fed.core.db.conn();
            if let Some(follow) = follows::by_ap_id(&mut conn, id).await? {
                let group = actors::by_id(&mut conn, follow.target_id).await?;
                return unfollow(fed, &group.ap_id, Some(id), activity, said).await;
            }
            let who = fed.actor(said.by).await?;
            match useful::post_of(&mut conn, id, who.id).await? {
                Some(post) => {
                    let at = like::moment(fed, post, who.id, false, at, said.at).await?;
                    Ok(Effect::Useful { who, post, active: false, like: id.to_owned(), at, raw: said.raw.map(str::to_owned) })
                }
                // What it undoes may be in the same batch, or still on its way.
                None => Err(Error::NotFound),
            }
        }
        _ => Ok(Effect::Nothing("nothing that can be undone here")),
    }
}

async fn unfollow(fed: &Federation, group: &str, follow_id: Option<&str>, activity: &Value, said: &Said<'_>) -> Result<Effect> {
    let mut conn = fed.core.db.conn();
    let Some(group) = actors::by_ap_id(&mut conn, group).await?.filter(|actor| actor.local) else {
        return Ok(Effect::Nothing("not a group of ours"));
    };
    let Some(follower) = actors::by_ap_id(&mut conn, said.by).await? else { return Ok(Effect::Nothing("did not follow")) };
    Ok(Effect::Unfollow { follower, group, follow: follow_id.map(str::to_owned), at: wire::time(activity, "published") })
}

/// Writes an Undo around what is undone.
pub fn build(activity_id: &str, by: &Actor, to: &[&str], mut inner: Value, at: crate::model::Time) -> Value {
    if let Value::Object(fields) = &mut inner {
        fields.shift_remove("@context");
    }
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": activity_id,
        "type": "Undo",
        "actor": by.ap_id,
        "to": to,
        "cc": [],
        "audience": inner.get("audience"),
        "published": at.rfc3339(),
        "object": inner,
    })
}
