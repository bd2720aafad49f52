//! `Move`: of an actor to another server, and (with `meent:kind`) of a reply between the answers and the comments. Others
//! use it for topics that go to another group; that is ignored.

use serde_json::{Value, json};

use super::authority::{Act, group_of, moderates};
use super::effect::Effect;
use super::inbox::Said;
use super::{Federation, wire};
use crate::db::activities::Activity;
use crate::db::deliveries::{self, Audience};
use crate::db::{Tx, actors, follows, posts, whereabouts};
use crate::error::{Error, Result};
use crate::model::{Actor, Post, PostKind, Time};
use crate::ops::crossing::Matter;

/// What a Move asks for.
///
/// # Errors
/// [`Error::Forbidden`] when the new actor does not say that it was the old one (T-36), and for who may not say what a reply is.
pub async fn receive(fed: &Federation, activity: &Value, said: &Said<'_>) -> Result<Effect> {
    let object = wire::field_id(activity, "object").ok_or_else(|| Error::Bad("there is no object".into()))?;
    let kind = PostKind::from_word(&wire::text(activity, "meent:kind"));
    if let Some(kind @ (PostKind::Answer | PostKind::Comment)) = kind {
        return turn(fed, activity, object, kind, said).await;
    }
    if object != said.by {
        return Ok(Effect::Nothing("a topic that goes to another group"));
    }
    let target = wire::field_id(activity, "target").ok_or_else(|| Error::Bad("there is no target".into()))?;
    if target == object {
        return Err(Error::Bad("it is where it was".into()));
    }
    let mut from = fed.actor_in(said, said.by).await?;
    if !said.first_hand {
        // A group says that somebody moved; their own server must say so too.
        fed.may_ask_for(said, said.by)?;
        from = fed.fetch_actor(said.by).await?;
        if whereabouts::of(&mut fed.core.db.conn(), from.id).await?.moved_to.as_deref() != Some(target) {
            return Err(Error::Forbidden("error-not-yours"));
        }
    }
    let to = if fed.core.urls.is_ours(target) {
        actors::by_ap_id(&mut fed.core.db.conn(), target).await?.ok_or(Error::RemoteGone)?
    } else {
        fed.may_ask_for(said, target)?;
        fed.fetch_actor(target).await?
    };
    if to.is_group() != from.is_group() {
        return Err(Error::Bad("what is no group does not become one".into()));
    }
    if !whereabouts::of(&mut fed.core.db.conn(), to.id).await?.known_as().any(|id| id == from.ap_id) {
        return Err(Error::Forbidden("error-not-yours"));
    }
    Ok(Effect::Moved { from, to, raw: said.raw.map(str::to_owned) })
}

/// Somebody says whether a reply is an answer or a comment: who asked, or a moderator of the group.
async fn turn(fed: &Federation, activity: &Value, id: &str, kind: PostKind, said: &Said<'_>) -> Result<Effect> {
    let mut conn = fed.core.db.conn();
    let Some(reply) = posts::by_ap_id(&mut conn, id).await? else {
        return Err(Error::Remote(format!("{id} is not known yet")));
    };
    let Some(group) = group_of(fed, activity, Some(&reply), said).await? else {
        return Ok(Effect::Nothing("not in a group of ours, and no group says so"));
    };
    if reply.group_id != group.id {
        return Err(Error::Forbidden("error-other-group"));
    }
    let question = posts::by_id(&mut conn, reply.root_id).await?;
    let by = fed.actor_in(said, said.by).await?;
    if !group.local && question.author_id != by.id && !moderates(fed, &group, &by, said).await? {
        return Err(Error::Forbidden("error-only-asker-moves"));
    }
    Ok(Act::of(activity).word(&group, by, said, kind == PostKind::Answer, Matter::Answer(id.to_owned())))
}

/// Writes what a reply is from now on.
pub fn build_turn(activity_id: &str, by: &Actor, group: &Actor, question: &Post, reply: &Post, answer: bool, at: Time) -> Value {
    let kind = if answer { PostKind::Answer } else { PostKind::Comment };
    json!({
        "@context": ["https://www.w3.org/ns/activitystreams", {"meent": "urn:meent:"}],
        "id": activity_id,
        "type": "Move",
        "actor": by.ap_id,
        "to": [group.ap_id, wire::PUBLIC],
        "cc": [group.ap_id],
        "audience": group.ap_id,
        "published": at.rfc3339(),
        "object": reply.ap_id,
        "target": question.ap_id,
        "meent:kind": kind.word(),
    })
}

/// Makes the news that an actor of ours lives elsewhere from now on into JSON; who follows it, or a group that it is in, gets
/// it, as far as their software knows what that is.
///
/// # Errors
/// When the database can't be read or written.
pub async fn send(fed: &Federation, tx: &mut Tx, said: &Activity, speaker: &Actor) -> Result<(Value, Vec<Actor>)> {
    let activity = json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": said.ap_id,
        "type": "Move",
        "actor": speaker.ap_id,
        "to": [wire::PUBLIC],
        "cc": speaker.followers.iter().collect::<Vec<_>>(),
        "published": said.created_at.rfc3339(),
        "object": speaker.ap_id,
        "target": said.received,
    });
    let groups = if speaker.is_group() { vec![speaker.clone()] } else { follows::groups_of(tx, speaker.id).await? };
    for group in groups.iter().filter(|group| group.local) {
        for audience in [Audience::OwnKind, Audience::Boosts] {
            deliveries::enqueue_for_followers(tx, &[(said.id, said.about.as_str())], group.id, audience, fed.core.now()).await?;
        }
    }
    let mut to = Vec::new();
    for group in groups.into_iter().filter(|group| !group.local) {
        let software = deliveries::peer(tx, &group.host).await?.and_then(|peer| peer.software);
        if software.as_deref() == Some("meent") {
            to.push(group);
        }
    }
    Ok((activity, to))
}
