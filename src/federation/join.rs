//! `Join` and `Leave`: somebody comes to an event, or not after all; and what its author answers: `Accept`, `TentativeAccept`
//! (on the waiting list, or an organiser decides) and `Reject`. They are between the two, and passed on to nobody.

use serde_json::{Value, json};

use super::client::LONGEST_URL;
use super::effect::Effect;
use super::inbox::Said;
use super::{Federation, context, wire};
use crate::db::activities::{self, Activity, Verb};
use crate::db::{Conn, Tx, actors, attendees, events, posts};
use crate::error::{Error, Result};
use crate::model::urls::same_origin;
use crate::model::{Actor, ActorId, Post, PostId, PostKind, Standing, Time};

/// An event of ours that somebody names; else why that leads to nothing.
async fn event_of_ours(fed: &Federation, id: &str) -> Result<std::result::Result<Post, &'static str>> {
    if !fed.core.urls.is_ours(id) {
        return Ok(Err("not an event of ours"));
    }
    let mut conn = fed.core.db.conn();
    Ok(match posts::by_ap_id(&mut conn, id).await? {
        Some(post) if post.local && post.kind == PostKind::Event => Ok(post),
        Some(_) => Err("that is no event"),
        // Mobilizon's way to become a member; ours is the Follow.
        None if actors::by_ap_id(&mut conn, id).await?.is_some() => Err("a group is followed, not joined"),
        None => Err("there is no such event"),
    })
}

/// What a Join asks for; who signed it comes, nobody else (T-56).
///
/// # Errors
/// [`Error::Bad`] when it names nothing; passing ones when its actor can't be fetched now.
pub async fn receive(fed: &Federation, join: &Value, said: &Said<'_>) -> Result<Effect> {
    let id = wire::field_id(join, "object").ok_or_else(|| Error::Bad("there is no object".into()))?;
    let post = match event_of_ours(fed, id).await? {
        Ok(post) => post.id,
        Err(why) => return Ok(Effect::Nothing(why)),
    };
    let who = fed.actor(said.by).await?;
    if !super::may_write(&who) {
        return Ok(Effect::Nothing("only people come to events"));
    }
    Ok(Effect::Attend {
        who,
        post,
        comes: true,
        join: wire::id(join).unwrap_or_default().to_owned(),
        remark: wire::text(join, "participationMessage"),
        dated: wire::time(join, "published"),
    })
}

/// What a Leave asks for, or the Undo of a Join, which names the Join.
///
/// # Errors
/// As [`receive`].
pub async fn receive_leave(fed: &Federation, event: &str, join: Option<&str>, dated: Option<Time>, said: &Said<'_>) -> Result<Effect> {
    let post = match event_of_ours(fed, event).await? {
        Ok(post) => post.id,
        Err(why) => return Ok(Effect::Nothing(why)),
    };
    let who = fed.known_actor(said.by).await?;
    Ok(Effect::Attend { who, post, comes: false, join: join.unwrap_or_default().to_owned(), remark: String::new(), dated })
}

/// The event of which somebody takes back a Join, when all that is named is its id.
///
/// # Errors
/// When the database can't be read.
pub async fn joined_by(conn: &mut Conn, join: &str, who: &str) -> Result<Option<String>> {
    let Some(attendee) = attendees::by_join(conn, join).await? else { return Ok(None) };
    let Some(actor) = attendee.actor_id else { return Ok(None) };
    if actors::by_id(conn, actor).await?.ap_id != who {
        return Ok(None);
    }
    Ok(Some(posts::by_id(conn, attendee.post_id).await?.ap_id))
}

/// What an answer asks for when it is about a Join; none when it is about something else.
///
/// # Errors
/// [`Error::Forbidden`] when somebody else answers than the event's author (T-31).
pub async fn receive_answer(fed: &Federation, answer: &Value, said: &Said<'_>) -> Result<Option<Effect>> {
    let object = answer.get("object").unwrap_or(&Value::Null);
    let mut conn = fed.core.db.conn();
    let (member, post) = match wire::kind(object) {
        "Join" | "" => match meant(&mut conn, object).await? {
            Some(found) => found,
            None if wire::kind(object) == "Join" => return Ok(Some(Effect::Nothing("not an answer to a Join of ours"))),
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    let (member, post) = (actors::by_id(&mut conn, member).await?, posts::by_id(&mut conn, post).await?);
    if !member.local || post.local {
        return Ok(Some(Effect::Nothing("not an answer to a Join of ours")));
    }
    if !speaks_for(&mut conn, &post, said.by).await? {
        return Err(Error::Forbidden("error-not-yours"));
    }
    let state = match wire::kind(answer) {
        "Accept" => Standing::In,
        "Reject" => Standing::Refused,
        _ if wire::text(answer, "meent:standing") == "asked" => Standing::Asked,
        _ => Standing::Waiting,
    };
    let link = wire::text(answer, "meent:onlineLink");
    let online_link = Some(link).filter(|link| link.starts_with("https://") && link.len() <= LONGEST_URL && url::Url::parse(link).is_ok());
    let at = wire::time(answer, "published").unwrap_or(said.at).min(fed.core.now().plus(Time::HOUR));
    Ok(Some(Effect::JoinAnswer { member, post: post.id, state, online_link, at }))
}

/// Whose Join of what is meant: by its id, also one that was repeated with another since; else by what stands in it.
async fn meant(conn: &mut Conn, object: &Value) -> Result<Option<(ActorId, PostId)>> {
    if let Some(id) = wire::id(object) {
        if let Some(attendee) = attendees::by_join(conn, id).await? {
            return Ok(attendee.actor_id.map(|actor| (actor, attendee.post_id)));
        }
        if let Some(said) = activities::by_ap_id(conn, id).await?.filter(|said| said.verb == Verb::Join) {
            return Ok(said.post_id.map(|post| (said.actor_id, post)));
        }
    }
    let (Some(actor), Some(event)) = (wire::field_id(object, "actor"), wire::field_id(object, "object")) else { return Ok(None) };
    let (actor, event) = (actors::by_ap_id(conn, actor).await?, posts::by_ap_id(conn, event).await?);
    Ok(actor.zip(event).map(|(actor, event)| (actor.id, event.id)))
}

/// Whether somebody answers for an event: its author, or the group that it belongs to on its own server (Mobilizon).
async fn speaks_for(conn: &mut Conn, post: &Post, by: &str) -> Result<bool> {
    if actors::by_id(conn, post.author_id).await?.ap_id == by {
        return Ok(true);
    }
    let group = actors::by_id(conn, post.group_id).await?;
    Ok(group.ap_id == by && same_origin(&group.ap_id, &post.ap_id))
}

/// Makes what is said about coming, with whom it is for.
///
/// # Errors
/// When the database can't be read.
pub async fn send(tx: &mut Tx, said: &Activity, speaker: &Actor) -> Result<(Value, Vec<Actor>)> {
    let nothing = || Error::Internal("the activity lacks what it is about".into());
    let post = posts::by_id(tx, said.post_id.ok_or_else(nothing)?).await?;
    let whom = actors::by_id(tx, said.target_id.ok_or_else(nothing)?).await?;
    let activity = match said.verb {
        Verb::Join => {
            let remark = attendees::of_actor(tx, post.id, speaker.id).await?.map(|attendee| attendee.remark).unwrap_or_default();
            build(said, speaker, &whom, &post, &remark)
        }
        Verb::Leave => build_leave(said, speaker, &whom, &post),
        _ => {
            let state = attendees::of_actor(tx, post.id, whom.id).await?.map(|attendee| attendee.state);
            let link = events::of(tx, post.id).await?.map(|event| event.plan.online_link).unwrap_or_default();
            build_answer(said, speaker, &whom, &post, state == Some(Standing::Asked), &link)
        }
    };
    Ok((activity, vec![whom]))
}

fn between_two(said: &Activity, kind: &str, by: &Actor, to: &Actor, object: &Value) -> Value {
    json!({
        "@context": context(),
        "id": said.ap_id,
        "type": kind,
        "actor": by.ap_id,
        "to": [to.ap_id],
        "cc": [],
        "published": said.created_at.rfc3339(),
        "object": object,
    })
}

fn build(said: &Activity, who: &Actor, author: &Actor, event: &Post, remark: &str) -> Value {
    let mut join = between_two(said, "Join", who, author, &event.ap_id.clone().into());
    if !remark.is_empty() {
        join["participationMessage"] = remark.into();
    }
    join
}

fn build_leave(said: &Activity, who: &Actor, author: &Actor, event: &Post) -> Value {
    let mut leave = between_two(said, "Leave", who, author, &event.ap_id.clone().into());
    if let Some(join) = said.received.as_deref().filter(|join| !join.is_empty()) {
        leave["meent:join"] = join.into();
    }
    leave
}

/// Around the Join, as far as others look at it. The link to take part goes to whoever has a place, and nowhere else.
fn build_answer(said: &Activity, author: &Actor, who: &Actor, event: &Post, asked: bool, link: &str) -> Value {
    let join = json!({"id": said.received, "type": "Join", "actor": who.ap_id, "object": event.ap_id});
    let kind = match said.verb {
        Verb::AcceptJoin => "Accept",
        Verb::TentativelyAcceptJoin => "TentativeAccept",
        _ => "Reject",
    };
    let mut answer = between_two(said, kind, author, who, &join);
    if said.verb == Verb::AcceptJoin && !link.is_empty() {
        answer["meent:onlineLink"] = link.into();
    }
    if said.verb == Verb::TentativelyAcceptJoin && asked {
        answer["meent:standing"] = "asked".into();
    }
    answer
}
