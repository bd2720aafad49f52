//! Notes that stand for an event. A direct one tells somebody of another server of an event about what interested them; one of
//! a group names an event to software that takes none (`NodeBB`, Discourse, Mbin).

use fluent_bundle::FluentArgs;
use serde_json::{Value, json};

use super::effect::Effect;
use super::inbox::Said;
use super::known::Known;
use super::{Federation, context, delete, event, manners, object, wire};
use crate::db::activities::{Activity, Verb};
use crate::db::deliveries::{self, Audience};
use crate::db::{Conn, Tx, actors, events, follows, posts};
use crate::error::{Error, Result};
use crate::model::urls::authority;
use crate::model::{Actor, Event, Post, markup};

/// The sentence `key` about an event, and under it when and where that is, as HTML with a link.
fn words(key: &str, post: &Post, event: &Event) -> String {
    let lang = event::lang_of(post);
    let mut args = FluentArgs::new();
    args.set("title", post.title.clone());
    let lines = [lang.say(key, Some(&args)), event::line(lang, event)].map(|line| format!("<p>{}</p>", escaped(&line)));
    let address = escaped(&post.url);
    markup::html(&format!("{}<p><a href=\"{address}\">{address}</a></p>", lines.concat()))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Makes the direct note, or what is said of a companion; none when there is nothing to say.
///
/// # Errors
/// When the database can't be read or written.
pub async fn send(fed: &Federation, tx: &mut Tx, said: &Activity, speaker: &Actor) -> Result<Option<(Value, Vec<Actor>)>> {
    let nothing = || Error::Internal("the activity lacks what it is about".into());
    let post = posts::hold(tx, said.post_id.ok_or_else(nothing)?).await?;
    if said.verb == Verb::DeleteCompanion {
        deliveries::enqueue_for_followers(tx, &[(said.id, said.about.as_str())], speaker.id, Audience::Companions, fed.core.now()).await?;
        return Ok(Some((delete::build_companion(&said.ap_id, speaker, &companion_id(fed, &post)), Vec::new())));
    }
    let Some(event) = events::of(tx, post.id).await?.filter(|_| !post.is_deleted()) else { return Ok(None) };
    if said.verb == Verb::Tell {
        let whom = actors::by_id(tx, said.target_id.ok_or_else(nothing)?).await?;
        return Ok(Some((build_direct(said, speaker, &whom, &post, &event), vec![whom])));
    }
    let kind = if said.verb == Verb::Companion { "Create" } else { "Update" };
    let mut note = companion(fed, speaker, &post, &event);
    if let Value::Object(fields) = &mut note {
        fields.shift_remove("@context");
    }
    let activity = json!({
        "@context": context(),
        "id": said.ap_id,
        "type": kind,
        "actor": speaker.ap_id,
        "to": note["to"],
        "cc": note["cc"],
        "audience": speaker.ap_id,
        "published": said.created_at.rfc3339(),
        "object": note,
    });
    deliveries::enqueue_for_followers(tx, &[(said.id, said.about.as_str())], speaker.id, Audience::Companions, fed.core.now()).await?;
    Ok(Some((activity, Vec::new())))
}

fn build_direct(said: &Activity, author: &Actor, whom: &Actor, post: &Post, event: &Event) -> Value {
    let content = words("event-wire-tell", post, event);
    json!({
        "@context": context(),
        "id": said.ap_id,
        "type": "Create",
        "actor": author.ap_id,
        "to": [whom.ap_id],
        "cc": [],
        "published": said.created_at.rfc3339(),
        "object": {
            "id": format!("{}/note", said.ap_id),
            "type": "Note",
            "attributedTo": author.ap_id,
            "to": [whom.ap_id],
            "cc": [],
            "content": content,
            "mediaType": "text/html",
            "contentMap": {&post.language: content},
            "tag": [{"type": "Mention", "href": whom.ap_id, "name": format!("@{}@{}", whom.name, whom.host)}],
            "attachment": [],
            "sensitive": false,
            "published": said.created_at.rfc3339(),
            "meent:event": post.ap_id,
        },
    })
}

fn companion_id(fed: &Federation, post: &Post) -> String {
    fed.core.urls.at(&format!("/post/{}/companion", post.id))
}

/// The note of a group of ours that names an event.
fn companion(fed: &Federation, group: &Actor, post: &Post, event: &Event) -> Value {
    let content = words("event-wire-companion", post, event);
    let lang = event::lang_of(post);
    let mut args = FluentArgs::new();
    args.set("title", post.title.clone());
    let mut note = json!({
        "@context": context(),
        "id": companion_id(fed, post),
        "type": "Note",
        "attributedTo": group.ap_id,
        "to": [wire::PUBLIC],
        "cc": group.followers.iter().collect::<Vec<_>>(),
        "audience": group.ap_id,
        "name": lang.say("event-wire-companion", Some(&args)),
        "content": content,
        "mediaType": "text/html",
        "source": {"content": markup::text_of(&content), "mediaType": "text/markdown"},
        "contentMap": {lang.code(): content},
        "url": post.url,
        "tag": [],
        "attachment": [],
        "sensitive": false,
        "published": post.published_at.rfc3339(),
        "meent:kind": manners::COMPANION,
    });
    if event.changed_at > post.published_at {
        note["updated"] = event.changed_at.rfc3339().into();
    }
    note
}

/// The same as a document of its own, for an event in a group of ours.
///
/// # Errors
/// [`Error::NotFound`] where there is none.
pub async fn companion_document(fed: &Federation, conn: &mut Conn, post: &Post) -> Result<Value> {
    let group = actors::by_id(conn, post.group_id).await?;
    let event = events::of(conn, post.id).await?.filter(|_| group.local).ok_or(Error::NotFound)?;
    Ok(companion(fed, &group, post, &event))
}

/// The event that a direct note to somebody here is about.
fn told_event<'a>(fed: &Federation, note: &'a Value) -> Option<(&'a str, Vec<&'a str>)> {
    let event = wire::field_id(note, "meent:event")?;
    let to: Vec<&str> =
        note.get("to").map(wire::ids).unwrap_or_default().into_iter().filter(|id| fed.core.urls.is_ours(id)).take(5).collect();
    let direct = wire::kind(note) == "Note" && !wire::is_public(note) && !to.is_empty();
    direct.then_some((event, to))
}

/// What a direct note about an event asks for; none when this is another kind of note. Only the event's author tells, and the
/// note itself is not kept.
///
/// # Errors
/// Passing ones when the event can't be fetched now.
pub async fn receive(fed: &Federation, note: &Value, said: &Said<'_>) -> Result<Option<Effect>> {
    let Some((id, to)) = told_event(fed, note) else { return Ok(None) };
    if said.announced_by.is_some() || wire::field_id(note, "attributedTo") != Some(said.by) {
        return Err(Error::Forbidden("error-not-yours"));
    }
    let Some(event) = known_event(fed, id).await? else {
        return Ok(Some(Effect::Nothing("an event of a group that nobody here follows")));
    };
    let mut conn = fed.core.db.conn();
    if actors::by_id(&mut conn, event.author_id).await?.ap_id != said.by {
        return Err(Error::Forbidden("error-not-yours"));
    }
    let mut effects = Vec::new();
    for id in to {
        if let Some(member) = actors::by_ap_id(&mut conn, id).await?.filter(|actor| actor.local && super::may_write(actor)) {
            effects.push(Effect::Told { member, event: event.id });
        }
    }
    Ok(Some(match effects.len() {
        0 => Effect::Nothing("nobody of ours"),
        1 => effects.remove(0),
        _ => Effect::Several(effects),
    }))
}

/// The event, fetched when its group has not passed it on yet.
async fn known_event(fed: &Federation, id: &str) -> Result<Option<Post>> {
    if let Some(known) = posts::by_ap_id(&mut fed.core.db.conn(), id).await? {
        return Ok(Some(known));
    }
    let host = authority(&fed.client.check_url(id)?);
    if fed.core.urls.is_ours(id) || !fed.budget.take(&host, fed.core.now()) {
        return Ok(None);
    }
    let document = fed.fetch_by_id(id).await?;
    let read = object::read(&fed.client, &document, fed.core.now())?;
    let Some(group) = fed.group_of(&read, &Known::default()).await?.filter(|_| read.arrived.event.is_some()) else { return Ok(None) };
    // What is for a group of ours is sent to it, and passed on.
    if group.local || follows::count_local(&mut fed.core.db.conn(), group.id).await? == 0 {
        return Ok(None);
    }
    Box::pin(fed.take_in_quietly(&read, &group, None)).await.map(Some)
}
