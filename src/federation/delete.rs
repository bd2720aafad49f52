//! `Delete`: a post, or an actor as a whole.

use serde_json::{Value, json};

use super::authority::moderates;
use super::effect::Effect;
use super::inbox::Said;
use super::{Federation, wire};
use crate::db::{actors, posts};
use crate::error::{Error, Result};
use crate::model::urls::same_origin;
use crate::model::{Actor, Post};

/// What a Delete asks for. Only the author's own word counts, or that of the home, asked directly (T-20, T-28).
///
/// # Errors
/// Passing ones when the home can't be asked now; else why it is refused.
pub async fn receive(fed: &Federation, activity: &Value, said: &Said<'_>) -> Result<Effect> {
    let id = wire::field_id(activity, "object").ok_or_else(|| Error::Bad("there is no object".into()))?;
    if let Some(effect) = moderated(fed, activity, id, said, false).await? {
        return Ok(effect);
    }
    if fed.core.urls.is_ours(id) {
        return Ok(Effect::Nothing("it is ours"));
    }
    fed.client.check_url(id)?;
    if said.first_hand {
        if id == said.by {
            return Ok(Effect::ActorGone { actor: said.by.to_owned(), raw: said.raw.map(str::to_owned) });
        }
        if !same_origin(id, said.by) {
            return Err(Error::Forbidden("error-not-yours"));
        }
        // Who is gone by now may have removed this first; the two may overtake each other on their way.
        let by = fed.known_actor(said.by).await?;
        return Ok(Effect::Remove { by, ap_id: id.to_owned(), raw: said.raw.map(str::to_owned) });
    }
    fed.may_ask_for(said, id)?;
    match fed.fetch_by_id(id).await {
        Err(Error::RemoteGone) => gone(fed, id).await,
        // Some peers answer 404 for what they removed; but so does a server that is closed for a while. It counts when the group in
        // which it stands says that it was deleted, and for nothing else.
        Err(Error::NotFound) => {
            let post = posts::by_ap_id(&mut fed.core.db.conn(), id).await?;
            match said.announced_by.as_ref().zip(post) {
                Some((group, post)) if post.group_id == group.id => gone(fed, id).await,
                _ => Ok(Effect::Nothing("its home does not say that it is gone")),
            }
        }
        Ok(_) => Ok(Effect::Nothing("it is still there at its home")),
        Err(error) => Err(error),
    }
}

/// What the Undo of a Delete asks for: only moderators take back what they removed; what its author deleted stays so.
///
/// # Errors
/// Passing ones when a group can't be asked for its moderators.
pub async fn receive_undo(fed: &Federation, inner: &Value, said: &Said<'_>) -> Result<Effect> {
    let id = wire::field_id(inner, "object").ok_or_else(|| Error::Bad("there is no object".into()))?;
    let effect = moderated(fed, inner, id, said, true).await?;
    Ok(effect.unwrap_or(Effect::Nothing("nothing that can be undone here")))
}

/// A moderator's word about what somebody else wrote: sent to the home of the group, or announced by the group of the post
/// itself. A group speaks for what stands in it and for nothing else (T-20, T-28).
async fn moderated(fed: &Federation, delete: &Value, id: &str, said: &Said<'_>, restore: bool) -> Result<Option<Effect>> {
    let mut conn = fed.core.db.conn();
    let post = posts::by_ap_id(&mut conn, id).await?;
    let group = match (&said.announced_by, &post) {
        (Some(group), Some(post)) if post.group_id == group.id => group.clone(),
        // Not known here yet: with a reason, and of another server than who says so, it can only be a removal.
        (Some(group), None) if delete.get("summary").is_some() && !same_origin(id, said.by) => group.clone(),
        (None, Some(post)) => actors::by_id(&mut conn, post.group_id).await?,
        _ => return Ok(None),
    };
    if group.local == said.announced_by.is_some() {
        return Ok(None);
    }
    let author = match &post {
        Some(post) => Some(actors::by_id(&mut conn, post.author_id).await?.ap_id),
        None => None,
    };
    if author.as_deref() == Some(said.by) {
        return Ok(None);
    }
    let by = fed.actor_in(said, said.by).await?;
    // The home of a group may let its administrators act in it.
    let moderates =
        if group.local { actors::is_moderator(&mut conn, group.id, by.id).await? } else { moderates(fed, &group, &by, said).await? };
    if !moderates {
        return Ok(None);
    }
    let raw = said.raw.map(str::to_owned);
    Ok(Some(Effect::Moderate { by, group, ap_id: id.to_owned(), reason: wire::text(delete, "summary"), restore, raw }))
}

/// Its home says that a post is gone. One that we don't know is not remembered as gone: it may not have been written
/// yet, and anybody can name an id.
///
/// # Errors
/// When the database can't be read.
pub async fn gone(fed: &Federation, id: &str) -> Result<Effect> {
    let mut conn = fed.core.db.conn();
    Ok(match posts::by_ap_id(&mut conn, id).await? {
        Some(post) => Effect::Remove { by: actors::by_id(&mut conn, post.author_id).await?, ap_id: id.to_owned(), raw: None },
        // A group says that somebody is gone, and their home says so too.
        None => match actors::by_ap_id(&mut conn, id).await? {
            Some(actor) if !actor.local => Effect::ActorGone { actor: actor.ap_id, raw: None },
            _ => Effect::Nothing("not known here, and not there at its home"),
        },
    })
}

/// Writes the Delete of an actor by itself: the last thing it says.
pub fn build_actor(activity_id: &str, actor: &Actor) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": activity_id,
        "type": "Delete",
        "actor": actor.ap_id,
        "to": [wire::PUBLIC],
        "cc": actor.followers.iter().collect::<Vec<_>>(),
        "object": actor.ap_id,
    })
}

/// Writes the Delete of the note with which a group named an event.
pub fn build_companion(activity_id: &str, group: &Actor, note: &str) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": activity_id,
        "type": "Delete",
        "actor": group.ap_id,
        "to": [wire::PUBLIC],
        "cc": group.followers.iter().collect::<Vec<_>>(),
        "object": note,
    })
}

/// Writes a moderator's Delete, which says why.
pub fn build_removal(activity_id: &str, moderator: &Actor, group: &Actor, post: &Post, reason: &str) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": activity_id,
        "type": "Delete",
        "actor": moderator.ap_id,
        "to": [group.ap_id, wire::PUBLIC],
        "cc": [],
        "audience": group.ap_id,
        "summary": reason,
        "object": post.ap_id,
    })
}

/// Writes a Delete. Without `summary`: with one it would mean that a moderator removed it.
pub fn build(activity_id: &str, author: &Actor, group: &Actor, post: &Post) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": activity_id,
        "type": "Delete",
        "actor": author.ap_id,
        "to": [group.ap_id, wire::PUBLIC],
        "cc": author.followers.iter().collect::<Vec<_>>(),
        "audience": group.ap_id,
        "object": post.ap_id,
    })
}
