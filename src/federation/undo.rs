//! `Undo`: of a Like, a Follow, a Join, a `ChooseAnswer`, a report, or what a moderator did. Only one's own; what is embedded is a hint, what we stored decides
//! (T-23, T-24).

use serde_json::{Value, json};

use super::authority::{Act, undone_by_id};
use super::effect::Effect;
use super::inbox::Said;
use super::{Federation, add, block, choose_answer, delete, flag, interest, join, like, lock, wire};
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
    if wire::kind(inner).is_empty()
        && let Some(effect) = undone_by_id(fed, activity, inner, said).await?
    {
        return Ok(effect);
    }
    match wire::kind(inner) {
        // Whatever vote it embeds: the one this actor has on this post goes.
        "Like" | "Dislike" | "EmojiReact" => {
            // Of a vote that we know by this id, the post is known too (T-24).
            let known = match wire::id(inner) {
                Some(id) => useful::post_by(&mut fed.core.db.conn(), id, said.by).await?,
                None => None,
            };
            if known.is_some_and(|known| wire::field_id(inner, "object").is_some_and(|said| said != known)) {
                return Err(Error::Bad("the vote with this id was about something else".into()));
            }
            like::receive(fed, inner, said, false, at).await
        }
        "ChooseAnswer" => choose_answer::receive(fed, inner, said, false, at).await,
        "Delete" => delete::receive_undo(fed, inner, said).await,
        "Lock" => lock::receive(fed, Act::undone(activity, inner), said).await,
        "Add" | "Remove" if interest::concerns(inner) => interest::receive(fed, inner, said, true, at).await,
        "Join" if said.announced_by.is_none() => {
            let event = wire::field_id(inner, "object").unwrap_or_default();
            join::receive_leave(fed, event, wire::id(inner), at, said).await
        }
        "Add" | "Remove" => add::receive(fed, Act::undone(activity, inner), said).await,
        "Block" => block::receive(fed, Act::undone(activity, inner), said).await,
        "Flag" => flag::receive(fed, Act::undone(activity, inner), said).await,
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
            if let Some(event) = join::joined_by(&mut conn, id, said.by).await? {
                return join::receive_leave(fed, &event, Some(id), at, said).await;
            }
            let who = fed.actor_in(said, said.by).await?;
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
    let mut undo = json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": activity_id,
        "type": "Undo",
        "actor": by.ap_id,
        "to": to,
        "cc": [],
        "published": at.rfc3339(),
        "object": inner,
    });
    if let (Some(audience), Value::Object(fields)) = (undo["object"].get("audience").cloned(), &mut undo) {
        fields.insert("audience".into(), audience);
    }
    undo
}
