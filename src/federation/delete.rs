//! `Delete`: a post, or an actor as a whole.

use serde_json::{Value, json};

use super::effect::Effect;
use super::inbox::Said;
use super::{Federation, wire};
use crate::db::{actors, posts};
use crate::error::{Error, Result};
use crate::model::{Actor, Post};

/// What a Delete asks for. Only the author's own word counts, or that of the home, asked directly (T-20, T-28).
///
/// # Errors
/// Passing ones when the home can't be asked now; else why it is refused.
pub async fn receive(fed: &Federation, activity: &Value, said: &Said<'_>) -> Result<Effect> {
    let id = wire::field_id(activity, "object").ok_or_else(|| Error::Bad("there is no object".into()))?;
    if fed.core.urls.is_ours(id) {
        return Ok(Effect::Nothing("it is ours"));
    }
    fed.client.check_url(id)?;
    if said.first_hand {
        if id == said.by {
            return Ok(Effect::ActorGone { actor: said.by.to_owned() });
        }
        if !crate::model::urls::same_origin(id, said.by) {
            return Err(Error::Forbidden("error-not-yours"));
        }
        let by = fed.actor(said.by).await?;
        return Ok(Effect::Remove { by, ap_id: id.to_owned(), raw: said.raw.map(str::to_owned) });
    }
    match fed.fetch_by_id(id).await {
        // The group says that it was deleted, and its home does not have it: some peers answer 404 for what they removed.
        Err(Error::RemoteGone | Error::NotFound) => gone(fed, id).await,
        Ok(_) => Ok(Effect::Nothing("it is still there at its home")),
        Err(error) => Err(error),
    }
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
        None => Effect::Nothing("not known here, and not there at its home"),
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
