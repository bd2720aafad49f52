//! The words in which the makes of software say what they take.

use serde_json::Value;

use super::super::PUBLIC;

/// Nothing, or what does not fit.
pub type Found = Result<(), String>;

/// Complains when it is not so.
#[macro_export]
macro_rules! need {
    ($so:expr, $($why:tt)+) => {
        if !$so {
            return Err(format!($($why)+));
        }
    };
}

/// The type, which is one word everywhere.
pub fn kind(document: &Value) -> &str {
    document["type"].as_str().unwrap_or("(no single type)")
}

pub fn is_post(document: &Value) -> bool {
    matches!(kind(document), "Article" | "Note" | "Page" | "Question" | "Event")
}

pub fn is_actor(document: &Value) -> bool {
    matches!(kind(document), "Person" | "Group" | "Application" | "Service" | "Organization")
}

pub fn is_collection(document: &Value) -> bool {
    matches!(kind(document), "OrderedCollection" | "OrderedCollectionPage" | "Collection" | "CollectionPage")
}

/// Scheme and authority.
pub fn origin(id: &str) -> String {
    id.split('/').take(3).collect::<Vec<_>>().join("/")
}

/// A field that must be text.
pub fn text<'a>(document: &'a Value, field: &str) -> Result<&'a str, String> {
    document[field].as_str().ok_or_else(|| format!("{field} is {} in {}", document[field], kind(document)))
}

/// Fields that must be text and name a thing.
pub fn addresses(document: &Value, fields: &[&str]) -> Found {
    for field in fields {
        let said = text(document, field)?;
        need!(said.starts_with("http"), "{field} is {said}");
    }
    Ok(())
}

/// A field that is text when it is there: never null.
pub fn text_or_nothing(document: &Value, fields: &[&str]) -> Found {
    for field in fields {
        need!(document.get(*field).is_none_or(Value::is_string), "{field} is {}", document[*field]);
    }
    Ok(())
}

pub fn truth_or_nothing(document: &Value, fields: &[&str]) -> Found {
    for field in fields {
        need!(document.get(*field).is_none_or(Value::is_boolean), "{field} is {}", document[*field]);
    }
    Ok(())
}

/// A list of addresses.
pub fn list<'a>(document: &'a Value, field: &str) -> Result<Vec<&'a str>, String> {
    let list = document[field].as_array().ok_or_else(|| format!("{field} is no list in {}", kind(document)))?;
    list.iter().map(|one| one.as_str().filter(|id| id.starts_with("http")).ok_or_else(|| format!("{field} holds {one}"))).collect()
}

/// `to` and `cc` are lists of addresses, and everybody is among them, written out.
pub fn is_public(document: &Value) -> Found {
    let all = [list(document, "to")?, list(document, "cc")?].concat();
    need!(all.contains(&PUBLIC), "everybody is not among {all:?}");
    Ok(())
}

/// A moment in RFC 3339, in UTC.
pub fn moment(document: &Value, field: &str) -> Found {
    let said = text(document, field)?;
    need!(said.ends_with('Z') && meent::model::Time::parse_rfc3339(said).is_some(), "{field} is {said}");
    Ok(())
}

/// The ActivityStreams context stands first.
pub fn has_context(document: &Value) -> Found {
    let said = &document["@context"];
    let first = said.as_str().or_else(|| said[0].as_str());
    need!(first == Some("https://www.w3.org/ns/activitystreams"), "@context is {said}");
    Ok(())
}

/// Every `tag` is an object with a type; mentions and topics have a name and an address.
pub fn tags(document: &Value) -> Found {
    let Some(tags) = document["tag"].as_array() else { return Err(format!("tag is {}", document["tag"])) };
    for tag in tags {
        text(tag, "name")?;
        addresses(tag, &["href"])?;
        need!(matches!(kind(tag), "Mention" | "Hashtag"), "a tag is {tag}");
    }
    Ok(())
}

/// What any of them asks of an actor: a name that fits, its addresses, and a key of its own.
pub fn actor(document: &Value) -> Found {
    has_context(document)?;
    addresses(document, &["id", "inbox", "outbox", "url"])?;
    let id = text(document, "id")?;
    let name = text(document, "preferredUsername")?;
    if kind(document) != "Application" {
        // P1: in lower case, below /u/ and /c/; no hyphen, or Lemmy does not see a mention.
        need!(id == id.to_lowercase(), "the id {id} has capitals");
        let place = if kind(document) == "Group" { "/c/" } else { "/u/" };
        need!(id.contains(place), "{id} is not below {place}");
        need!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'), "the name {name}");
    }
    // P14
    let key = &document["publicKey"];
    need!(text(key, "id")?.split('#').next() == Some(id), "the key {} is not below {id}", key["id"]);
    need!(key["owner"] == document["id"] && text(key, "publicKeyPem")?.starts_with("-----BEGIN PUBLIC KEY-----"), "the key {key}");
    addresses(&document["endpoints"], &["sharedInbox"])?;
    // P7
    need!(document["manuallyApprovesFollowers"] != true, "the group would be private");
    need!(document["discoverable"] != false, "the group would be unlisted");
    text_or_nothing(document, &["name", "summary"])?;
    moment(document, "published")
}

/// What any of them asks of a post.
pub fn post(document: &Value) -> Found {
    addresses(document, &["id", "attributedTo", "audience", "url"])?;
    if document["meent:kind"] != "eventCompanion" {
        addresses(document, &["replies"])?;
    }
    let (id, author) = (text(document, "id")?, text(document, "attributedTo")?);
    need!(origin(id) == origin(author), "{id} is by {author}");
    need!(origin(id) == origin(text(document, "url")?), "its page lies elsewhere");
    is_public(document)?;
    text(document, "content")?;
    moment(document, "published")?;
    tags(document)?;
    need!(document["sensitive"] == false, "sensitive is {}", document["sensitive"]);
    need!(document["attachment"].is_array(), "attachment is {}", document["attachment"]);
    match kind(document) {
        "Article" => {
            need!(!text(document, "name")?.is_empty() && document.get("inReplyTo").is_none(), "a start without a name, or a reply");
        }
        "Event" => {
            need!(!text(document, "name")?.is_empty() && document.get("inReplyTo").is_none(), "an event without a name, or a reply");
            event(document)?;
        }
        // What stands for an event is the group's, and starts a thread.
        "Note" if document["meent:kind"] == "eventCompanion" => {
            need!(
                document.get("inReplyTo").is_none() && document.get("summary").is_none(),
                "what stands for an event replies to something"
            );
            need!(document["attributedTo"] == document["audience"], "what stands for an event is not the group's");
        }
        // P5, P21: with a name it would be a vote, with a summary it would stand behind a warning.
        "Note" => {
            need!(document.get("name").is_none() && document.get("summary").is_none(), "a reply has a name or a summary");
            addresses(document, &["inReplyTo"])?;
        }
        // P3, P4, P18
        other => return Err(format!("{other} is not for everybody")),
    }
    Ok(())
}

/// What any of them asks of an activity: who, what, an id at the actor's own server, and no type that is unknown.
pub fn activity(document: &Value) -> Found {
    addresses(document, &["id", "actor"])?;
    need!(origin(text(document, "id")?) == origin(text(document, "actor")?), "the id lies elsewhere than the actor");
    need!(document["object"].is_string() || document["object"].is_object(), "the object is {}", document["object"]);
    need!(kind(document) != "Dislike" && kind(document) != "Question", "{} is never sent", kind(document));
    if kind(document) == "Undo" {
        need!(document["object"]["actor"] == document["actor"], "undoes what somebody else did");
        addresses(&document["object"], &["id"])?;
    }
    Ok(())
}

/// A collection: a list of ids or objects, or how many.
pub fn collection(document: &Value) -> Found {
    has_context(document)?;
    addresses(document, &["id"])?;
    let items = document.get("orderedItems");
    need!(items.is_none_or(Value::is_array), "orderedItems is no list");
    need!(document["totalItems"].is_u64() || document["type"] == "OrderedCollectionPage", "how many is not said");
    text_or_nothing(document, &["first", "next", "partOf", "attributedTo"])
}

/// What any of them asks of an event: when and where, in UTC with the name of a zone; one place or none; links that are links.
pub fn event(document: &Value) -> Found {
    moment(document, "startTime")?;
    if !document["endTime"].is_null() {
        moment(document, "endTime")?;
    }
    need!(text(document, "timezone")?.parse::<chrono_tz::Tz>().is_ok(), "timezone is {}", document["timezone"]);
    need!(document["location"].is_null() || document["location"].is_object(), "location is {}", document["location"]);
    addresses(document, &["externalParticipationUrl", "attendees", "organizers"])?;
    need!(!text(document, "summary")?.is_empty(), "the summary does not say when and where");
    need!(document["onlineLink"].is_null(), "the link is told to everybody");
    Ok(())
}
