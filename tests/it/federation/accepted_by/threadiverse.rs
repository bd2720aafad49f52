//! Lemmy, PieFed, Mbin, NodeBB and Discourse: those that know groups.

use serde_json::Value;

use super::How;
use super::form::{
    Found, activity, actor, addresses, collection, has_context, is_actor, is_collection, is_post, is_public, kind, list, moment, post,
    text, text_or_nothing, truth_or_nothing,
};
use crate::need;

/// Lemmy reads into structs: one wrong kind of JSON and the whole thing is dropped (P8).
pub fn lemmy(document: &Value, how: How) -> Found {
    if kind(document) == "Tombstone" {
        return addresses(document, &["id"]);
    }
    if is_collection(document) {
        return collection(document);
    }
    if is_actor(document) {
        actor(document)?;
        text_or_nothing(document, &["mediaType", "followers", "featured", "attributedTo", "moderators", "updated"])?;
        truth_or_nothing(document, &["postingRestrictedToMods", "sensitive", "manuallyApprovesFollowers", "discoverable"])?;
        if kind(document) == "Group" {
            addresses(document, &["followers", "attributedTo", "featured"])?;
            need!(text(document, "mediaType")? == "text/html", "mediaType");
            for language in document["language"].as_array().ok_or("language is no list")? {
                lemmy_language(language)?;
            }
            lemmy_source(&document["source"])?;
        }
        return Ok(());
    }
    if is_post(document) {
        return lemmy_post(document);
    }
    if how == How::Delivered && kind(document) == "Update" && is_actor(&document["object"]) {
        // Passed over there: of its own actors it hears this way, of others it asks again daily.
        return activity(document);
    }
    lemmy_activity(document, false)
}

fn lemmy_activity(document: &Value, announced: bool) -> Found {
    activity(document)?;
    match kind(document) {
        // P12: both must be there; the inner one an activity that it knows (P9), whole.
        "Announce" if !announced => {
            is_public(document)?;
            need!(document["object"].is_object(), "Lemmy answers 400 to an Announce of an id");
            lemmy_activity(&document["object"], true)
        }
        "Create" | "Update" => {
            is_public(document)?;
            addresses(document, &["audience"])?;
            lemmy_post(&document["object"])
        }
        "Delete" => {
            list(document, "to")?;
            list(document, "cc")?;
            addresses(document, &["object"])?;
            // P10: with a summary it is a moderator's.
            need!(document.get("summary").is_none_or(|reason| reason.as_str().is_some_and(|text| !text.is_empty())), "an empty reason");
            Ok(())
        }
        "Like" => addresses(document, &["object", "audience"]),
        "Follow" if !announced => addresses(document, &["object"]),
        "Accept" | "Reject" if !announced => {
            need!(kind(&document["object"]) == "Follow", "what is answered is not embedded");
            addresses(&document["object"], &["id", "actor", "object"])
        }
        "Undo" => match kind(&document["object"]) {
            "Like" | "Delete" => lemmy_activity(&document["object"], announced),
            "Follow" if !announced => lemmy_activity(&document["object"], announced),
            other => Err(format!("Undo of {other}")),
        },
        other => Err(format!("Lemmy answers 400 to {other}")),
    }
}

fn lemmy_language(language: &Value) -> Found {
    text(language, "identifier")?;
    text(language, "name").map(drop)
}

fn lemmy_source(source: &Value) -> Found {
    text(source, "content")?;
    need!(text(source, "mediaType")? == "text/markdown", "the source is {source}");
    Ok(())
}

fn lemmy_post(document: &Value) -> Found {
    post(document)?;
    // P6: it looks for the community from the first one on.
    need!(list(document, "to")?.first() == document["audience"].as_str().as_ref(), "the group does not stand first in `to`");
    need!(document["mediaType"] == "text/html", "mediaType is {}", document["mediaType"]);
    lemmy_language(&document["language"])?;
    lemmy_source(&document["source"])?;
    text_or_nothing(document, &["context", "updated", "inReplyTo", "name", "summary"])?;
    truth_or_nothing(document, &["sensitive", "commentsEnabled", "stickied", "distinguished"])?;
    for attachment in document["attachment"].as_array().ok_or("attachment is no list")? {
        match kind(attachment) {
            "Image" | "Document" => addresses(attachment, &["url"])?,
            "Link" => addresses(attachment, &["href"])?,
            other => return Err(format!("an attachment is {other}")),
        }
    }
    Ok(())
}

/// PieFed compares ids in lower case and reads many keys without looking whether they are there.
pub fn piefed(document: &Value, how: How) -> Found {
    match kind(document) {
        "Tombstone" => return addresses(document, &["id"]),
        "ChooseAnswer" => {
            activity(document)?;
            addresses(document, &["object", "audience"])?;
            return is_public(document);
        }
        "Announce" | "Undo" if kind(&document["object"]) == "ChooseAnswer" => return piefed(&document["object"], how),
        "Announce" if kind(&document["object"]["object"]) == "ChooseAnswer" => return piefed(&document["object"]["object"], how),
        // It reads the activity, or fetches by its id: both need one.
        "Announce" => addresses(&document["object"], &["id", "actor"])?,
        _ => {}
    }
    lemmy(document, how)?;
    piefed_event(if how == How::Delivered && kind(document) == "Announce" { &document["object"]["object"] } else { document })?;
    if is_post(document) {
        need!(document["contentMap"].is_object(), "contentMap is {}", document["contentMap"]);
        need!(document["interactionPolicy"]["canQuote"].is_object(), "interactionPolicy");
        if kind(document) == "Article" {
            truth_or_nothing(document, &["commentsEnabled", "stickied"])?;
            addresses(document, &["context", "replies"])?;
        }
    }
    if kind(document) == "Group" {
        need!(document["questionAnswer"] == true, "answers can't be chosen");
    }
    Ok(())
}

/// It reads these of every event without looking whether they are there, and drops the event that lacks one (P3).
fn piefed_event(document: &Value) -> Found {
    if kind(document) != "Event" {
        return Ok(());
    }
    for key in [
        "startTime",
        "endTime",
        "timezone",
        "maximumAttendeeCapacity",
        "participantCount",
        "onlineLink",
        "joinMode",
        "externalParticipationUrl",
        "anonymousParticipation",
        "isOnline",
        "buyTicketsLink",
        "feeCurrency",
        "feeAmount",
    ] {
        need!(document.get(key).is_some(), "the event lacks {key}");
    }
    need!(document.get("image").is_none_or(|image| image["url"].is_string()), "image is {}", document["image"]);
    truth_or_nothing(document, &["isOnline", "anonymousParticipation"])
}

/// Mbin makes a thread of an `Article` or `Page`, a comment of a `Note` that replies.
pub fn mbin(document: &Value, _: How) -> Found {
    mbin_reads(document)
}

fn mbin_reads(document: &Value) -> Found {
    if is_post(document) {
        post(document)?;
        need!(kind(document) != "Event", "not taken");
        // What stands for an event has no thread of its own.
        return if document["meent:kind"] == "eventCompanion" { Ok(()) } else { addresses(document, &["context"]) };
    }
    if is_actor(document) {
        actor(document)?;
        if kind(document) == "Group" {
            addresses(document, &["attributedTo", "followers"])?;
        }
        return Ok(());
    }
    if is_collection(document) || kind(document) == "Tombstone" {
        return addresses(document, &["id"]);
    }
    if kind(document) == "Announce" && document["object"].is_object() {
        is_public(document)?;
        return mbin_reads(&document["object"]);
    }
    activity(document)?;
    match kind(document) {
        "Create" | "Update" if !is_actor(&document["object"]) => mbin_reads(&document["object"]),
        "Create" | "Update" | "Delete" | "Like" | "Follow" | "Accept" | "Reject" | "Undo" | "Announce" => Ok(()),
        other => Err(format!("{other} is not known")),
    }
}

/// NodeBB drops lists of authors, knows no `Event`, and asks for what was changed by its id.
pub fn nodebb(document: &Value, how: How) -> Found {
    if how == How::Fetched || kind(document) != "Tombstone" {
        has_context(document)?;
    }
    let inner = if kind(document) == "Announce" { &document["object"] } else { document };
    if is_post(document) {
        post(document)?;
        text_or_nothing(document, &["context", "summary", "name"])?;
        need!(document["source"]["mediaType"] == "text/markdown", "the source");
        return Ok(());
    }
    if is_actor(document) {
        return actor(document);
    }
    if is_collection(document) || kind(document) == "Tombstone" {
        return addresses(document, &["id"]);
    }
    activity(document)?;
    activity(inner)?;
    match kind(inner) {
        "Create" | "Update" if !is_actor(&inner["object"]) => {
            is_public(inner)?;
            need!(kind(&inner["object"]) != "Event", "not known");
            post(&inner["object"])
        }
        "Create" | "Update" | "Delete" | "Like" | "Follow" | "Undo" | "Accept" | "Reject" => Ok(()),
        other => Err(format!("{other} is not known")),
    }
}

/// Discourse drops what has no context, id or type, and does not know `Event`, `Page`, `Question`, `Dislike` (P18).
pub fn discourse(document: &Value, _: How) -> Found {
    has_context(document)?;
    addresses(document, &["id"])?;
    if is_actor(document) {
        return actor(document);
    }
    if is_collection(document) || kind(document) == "Tombstone" {
        return Ok(());
    }
    if is_post(document) {
        need!(matches!(kind(document), "Article" | "Note"), "{} is not known", kind(document));
        return post(document);
    }
    activity(document)?;
    let inner = if kind(document) == "Announce" { &document["object"] } else { document };
    list(document, "to")?;
    match kind(inner) {
        "Create" | "Update" if !is_actor(&inner["object"]) => {
            // An inner activity is a document of its own.
            has_context(inner)?;
            need!(matches!(kind(&inner["object"]), "Article" | "Note"), "{} is not known", kind(&inner["object"]));
            moment(&inner["object"], "published")?;
            post(&inner["object"])
        }
        "Update" | "Delete" | "Like" | "Undo" | "Follow" | "Accept" | "Reject" => Ok(()),
        other => Err(format!("{other} is not known")),
    }
}
