//! Reading ActivityStreams leniently: a thing may be an id or an object, one or many, and `Public` has three names.

use serde_json::{Value, json};

use super::client::LONGEST_URL;
use crate::db::moved::Moved;
use crate::model::names::clean;
use crate::model::topic::{MOST, Tag};
use crate::model::{PostKind, Topic, Urls};

/// The address of everybody.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// The id of something that is given as an id or as an object with one. One that is longer than any address is none: ids stand in
/// indexes, which hold no more.
pub fn id(value: &Value) -> Option<&str> {
    let id = match value {
        Value::String(id) => Some(id.as_str()),
        Value::Object(fields) => fields.get("id").and_then(Value::as_str),
        _ => None,
    };
    id.filter(|id| id.len() <= LONGEST_URL)
}

/// The id in a field; of a list, the first.
pub fn field_id<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    ids(value.get(field)?).into_iter().next()
}

/// The ids of one or many.
pub fn ids(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(list) => list.iter().filter_map(id).collect(),
        one => id(one).into_iter().collect(),
    }
}

/// The type; of several, the first.
pub fn kind(value: &Value) -> &str {
    match value.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => kinds.iter().find_map(Value::as_str).unwrap_or_default(),
        _ => "",
    }
}

/// A text field, cleaned; empty when it is not there or no text.
pub fn text(value: &Value, field: &str) -> String {
    value.get(field).and_then(Value::as_str).map(clean).unwrap_or_default()
}

/// A moment in a field.
pub fn time(value: &Value, field: &str) -> Option<crate::model::Time> {
    value.get(field).and_then(Value::as_str).and_then(crate::model::Time::parse_rfc3339)
}

/// Everybody a thing is addressed to: `to`, `cc` and `audience`.
pub fn addressed(value: &Value) -> Vec<&str> {
    ["audience", "to", "cc"].iter().filter_map(|field| value.get(field)).flat_map(ids).collect()
}

/// Whether it is addressed to everybody.
pub fn is_public(value: &Value) -> bool {
    ["to", "cc"].iter().filter_map(|field| value.get(field)).flat_map(ids).any(|id| matches!(id, PUBLIC | "as:Public" | "Public"))
}

/// Whether it says at all to whom it is addressed.
pub fn says_addressees(value: &Value) -> bool {
    ["to", "cc"].iter().any(|field| value.get(field).is_some_and(|list| !ids(list).is_empty()))
}

/// Who is mentioned.
pub fn mentions(value: &Value) -> Vec<&str> {
    tags(value).iter().filter(|tag| kind(tag) == "Mention").filter_map(|tag| tag.get("href").and_then(Value::as_str)).take(50).collect()
}

/// The topics it is about, as far as they are ones for us: the first few of the first hundred tags.
pub fn hashtags(value: &Value) -> Vec<Tag> {
    let mut found: Vec<Tag> = Vec::new();
    for tag in tags(value).iter().take(100).filter(|tag| kind(tag) == "Hashtag") {
        let Some(topic) = tag.get("name").and_then(Value::as_str).filter(|name| name.len() <= 200).and_then(Tag::parse) else { continue };
        if found.len() < MOST && !found.iter().any(|known| known.name == topic.name) {
            found.push(topic);
        }
    }
    found
}

/// The terms with which a question says what its replies are.
pub const MOVED: [(&str, PostKind); 2] = [("meent:answers", PostKind::Answer), ("meent:comments", PostKind::Comment)];

/// Which of its replies a question says are answers, and which comments; so many of each at most.
pub fn moved(value: &Value) -> Vec<Moved> {
    let of = |(term, kind): (&str, PostKind)| {
        let ids = value.get(term).map(ids).unwrap_or_default();
        let fit = |id: &&str| url::Url::parse(id).is_ok();
        ids.into_iter().filter(fit).take(200).map(move |id| Moved { ap_id: id.to_owned(), kind }).collect::<Vec<_>>()
    };
    let mut found: Vec<Moved> = MOVED.into_iter().flat_map(of).collect();
    // Always in the same order: two that write the same rows at once must not wait for each other in a circle.
    found.sort_by(|a, b| a.ap_id.cmp(&b.ap_id));
    found
}

/// Writes a topic of ours.
pub fn hashtag(base: &str, topic: &Topic) -> Value {
    json!({"type": "Hashtag", "href": Urls::topic_below(base, &topic.name), "name": format!("#{}", topic.shown)})
}

fn tags(value: &Value) -> &[Value] {
    match value.get("tag") {
        Some(Value::Array(tags)) => tags.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}
