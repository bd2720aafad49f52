//! Mastodon and its kin, Mobilizon, Gancio and `WordPress`: those that only know boosts.

use serde_json::Value;

use super::super::PUBLIC;
use super::How;
use super::form::{
    Found, activity, actor, addresses, collection, has_context, is_actor, is_collection, is_post, kind, list, moment, origin, post, tags,
    text,
};
use crate::need;

/// What they all have in common. Delivered is only what they can do something with: ids, by `Announce`.
fn common(document: &Value, how: How) -> Found {
    has_context(document)?;
    if is_actor(document) {
        return actor(document);
    }
    if is_collection(document) {
        return collection(document);
    }
    if kind(document) == "Tombstone" {
        return addresses(document, &["id"]);
    }
    if is_post(document) {
        return post(document);
    }
    activity(document)?;
    if how == How::Fetched {
        return Ok(());
    }
    match kind(document) {
        "Announce" => boost(document),
        "Undo" if kind(&document["object"]) == "Announce" => boost(&document["object"]),
        "Accept" | "Reject" => {
            need!(kind(&document["object"]) == "Follow", "the Follow is not embedded");
            addresses(&document["object"], &["id", "actor", "object"])
        }
        "Update" if is_actor(&document["object"]) => Ok(()),
        other => Err(format!("{other} tells them nothing")),
    }
}

/// An id, and everybody: it is fetched from its own server, and a group with few followers may boost what is public.
fn boost(document: &Value) -> Found {
    addresses(document, &["id", "object"])?;
    need!(list(document, "to")?.contains(&PUBLIC), "not for everybody");
    list(document, "cc")?;
    moment(document, "published")
}

pub fn mastodon(document: &Value, how: How) -> Found {
    common(document, how)?;
    if is_post(document) {
        // Shown of an Article: the title, the summary and the link.
        if kind(document) == "Article" {
            let shown = [text(document, "name")?, text(document, "summary")?, text(document, "url")?];
            need!(shown.iter().all(|text| !text.is_empty()), "{shown:?}");
        }
        for tag in document["tag"].as_array().into_iter().flatten().filter(|tag| kind(tag) == "Mention") {
            let name = text(tag, "name")?;
            need!(name.starts_with('@') && name.matches('@').count() == 2, "a mention is {name}");
        }
        for attachment in document["attachment"].as_array().into_iter().flatten() {
            addresses(attachment, &["url"])?;
            text(attachment, "mediaType")?;
        }
        need!(document["contentMap"].as_object().is_some_and(|map| map.values().all(Value::is_string)), "contentMap");
    }
    if kind(document) == "Group" || kind(document) == "Person" {
        // P31 loops back by this name.
        need!(text(document, "webfinger")? == format!("{}@{}", text(document, "preferredUsername")?, host(document)?), "webfinger");
    }
    if kind(document) == "Update" {
        moment(&document["object"], "updated")?;
    }
    Ok(())
}

fn host(document: &Value) -> Result<String, String> {
    Ok(origin(text(document, "id")?).split("//").nth(1).unwrap_or_default().to_owned())
}

/// `GoToSocial` checks who owns what by host and reads the policy of interactions.
pub fn gotosocial(document: &Value, how: How) -> Found {
    common(document, how)?;
    if is_post(document) {
        let policy = &document["interactionPolicy"]["canQuote"]["automaticApproval"];
        need!(policy.as_array().is_some_and(|list| list.contains(&PUBLIC.into())), "interactionPolicy is {policy}");
        tags(document)?;
    }
    Ok(())
}

/// Misskey wants the page of a thing on the host of its id, and the key beside the actor.
pub fn misskey(document: &Value, how: How) -> Found {
    common(document, how)?;
    if is_post(document) || (is_actor(document) && kind(document) != "Application") {
        need!(origin(text(document, "url")?) == origin(text(document, "id")?), "url lies elsewhere than id");
    }
    if is_actor(document) {
        need!(
            text(document, "preferredUsername")?.len() <= 128 && document["name"].as_str().is_none_or(|name| name.chars().count() <= 300),
            "the name"
        );
    }
    Ok(())
}

pub fn pixelfed(document: &Value, how: How) -> Found {
    common(document, how)?;
    if is_post(document) {
        need!(document["to"].is_array() && document["cc"].is_array(), "to and cc are lists there");
    }
    Ok(())
}

/// `WordPress` takes follows, likes, boosts and replies.
pub fn wordpress(document: &Value, how: How) -> Found {
    common(document, how)
}

/// Mobilizon stumbles over lists where it expects one thing, and over floats that are none (P23).
pub fn mobilizon(document: &Value, how: How) -> Found {
    common(document, how)?;
    if is_post(document) {
        need!(document.get("location").is_none_or(Value::is_object), "location is {}", document["location"]);
        need!(document["attachment"].is_array(), "attachment is no list");
    }
    if kind(document) == "Event" {
        for field in ["latitude", "longitude"] {
            need!(document["location"].get(field).is_none_or(Value::is_f64), "{field} is {}", document["location"][field]);
        }
        need!(matches!(text(document, "ical:status")?, "CONFIRMED" | "TENTATIVE" | "CANCELLED"), "ical:status");
        need!(matches!(text(document, "joinMode")?, "free" | "restricted" | "invite" | "external" | "none"), "joinMode");
        for field in ["maximumAttendeeCapacity", "participantCount"] {
            need!(document[field].is_null() || document[field].is_u64(), "{field} is {}", document[field]);
        }
    }
    Ok(())
}

/// Gancio takes events only, whole and with the activity around them; their place needs a name and an address. It passes over the
/// rest.
pub fn gancio(document: &Value, how: How) -> Found {
    if how == How::Delivered && kind(document) == "Announce" && document["object"].is_object() {
        activity(document)?;
        let inner = &document["object"];
        activity(inner)?;
        need!(matches!(kind(inner), "Create" | "Update") && kind(&inner["object"]) == "Event", "{} tells it nothing", kind(inner));
        return gancio_event(&inner["object"]);
    }
    common(document, how)?;
    if kind(document) == "Event" { gancio_event(document) } else { Ok(()) }
}

fn gancio_event(document: &Value) -> Found {
    post(document)?;
    need!(document["attachment"].is_array(), "attachment is no list");
    let place = &document["location"];
    need!(place.is_null() || (!text(place, "name")?.is_empty() && place["address"].is_object()), "the place is {place}");
    Ok(())
}
