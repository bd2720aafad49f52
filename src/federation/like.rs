//! `Like` and its `Undo`: a post is useful to somebody, or no longer.

use serde_json::{Value, json};

use super::effect::Effect;
use super::inbox::Said;
use super::{Federation, wire};
use crate::db::{posts, useful};
use crate::error::{Error, Result};
use crate::model::{Actor, ActorId, Post, PostId, Time};

/// What a Like asks for; taken back when `active` is false. A group's word is enough for its own threads: there is
/// nothing that could be fetched to make sure.
///
/// # Errors
/// [`Error::Remote`] while the post is not known yet; [`Error::Forbidden`] for another group's post.
pub async fn receive(fed: &Federation, like: &Value, said: &Said<'_>, active: bool, at: Option<Time>) -> Result<Effect> {
    let id = wire::field_id(like, "object").ok_or_else(|| Error::Bad("there is no object".into()))?;
    let Some(post) = posts::by_ap_id(&mut fed.core.db.conn(), id).await? else {
        return if fed.core.urls.is_ours(id)
            || posts::is_buried(&mut fed.core.db.conn(), id, said.announced_by.as_ref().map(|group| group.id)).await?
            || posts::is_buried_unseen(&mut fed.core.db.conn(), id, None).await?
        {
            Ok(Effect::Nothing("there is no such post"))
        } else {
            Err(Error::Remote(format!("{id} is not known yet")))
        };
    };
    if said.announced_by.as_ref().is_some_and(|group| group.id != post.group_id) {
        return Err(Error::Forbidden("error-other-group"));
    }
    let who = if active { fed.actor_in(said, said.by).await? } else { fed.known_actor(said.by).await? };
    let like = wire::id(like).unwrap_or_default().to_owned();
    // The very word that is taken back: this comes after it, whatever the clocks say. Many a Like bears no date.
    let standing = useful::standing(&mut fed.core.db.conn(), post.id, who.id).await?;
    let undone = standing.filter(|(known, _)| !active && *known == like).map(|(_, since)| since);
    let at = at.map(|said| undone.map_or(said, |since| said.max(since.plus(1))));
    let at = moment(fed, post.id, who.id, active, at, said.at).await?;
    Ok(Effect::Useful { who, post: post.id, active, like, at, raw: said.raw.map(str::to_owned) })
}

/// As of when a word counts. An Undo that does not say when comes after what it undoes, whatever date that bore.
///
/// # Errors
/// When the database can't be read.
pub async fn moment(fed: &Federation, post: PostId, who: ActorId, active: bool, said: Option<Time>, arrived: Time) -> Result<Time> {
    match said {
        Some(said) => Ok(said),
        None if active => Ok(arrived),
        None => Ok(useful::last_at(&mut fed.core.db.conn(), post, who).await?.unwrap_or(arrived).max(arrived)),
    }
}

/// Writes a Like.
pub fn build(activity_id: &str, who: &Actor, group: &Actor, post: &Post, at: Time) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": activity_id,
        "type": "Like",
        "actor": who.ap_id,
        "to": [group.ap_id, wire::PUBLIC],
        "cc": [],
        "audience": group.ap_id,
        "published": at.rfc3339(),
        "object": post.ap_id,
    })
}
