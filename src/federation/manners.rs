//! What other kinds of things say, as text: the choices of a poll, where a video or a link leads to. And who wrote a thing, in the forms in which that is said.

use serde_json::Value;

use super::wire;
use crate::model::names::{clean_line, cut};
use crate::model::urls::same_origin;

/// Longest name of a choice that is taken.
const LONGEST: usize = 200;
/// Most choices of a poll that are taken.
const CHOICES: usize = 20;

/// What a note is that names an event to software that takes no events.
pub const COMPANION: &str = "eventCompanion";

/// Whether a thing is a post that we take: what any software lets people start or answer a thread with. Not what stands for an
/// event, which comes itself.
pub fn is_post(object: &Value) -> bool {
    wire::text(object, "meent:kind") != COMPANION
        && matches!(
            wire::kind(object),
            "Article" | "Page" | "Note" | "Question" | "Event" | "Video" | "Audio" | "Image" | "Document" | "Link"
        )
}

/// Whether it is a vote in a poll: a `Note` that has a name and says nothing, in reply to something (P5).
pub fn is_poll_vote(object: &Value) -> bool {
    let says = |field: &str| object.get(field).is_some_and(|value| !value.is_null() && value != "");
    wire::kind(object) == "Note" && says("name") && says("inReplyTo") && !says("content") && !says("contentMap")
}

/// Who wrote it. Of several the first person; of a Mobilizon event, which belongs to a group, who made it.
pub fn author(object: &Value) -> Option<&str> {
    let of = object.get("attributedTo");
    if let Some(Value::Array(list)) = of
        && let Some(person) = list.iter().find(|one| matches!(wire::kind(one), "Person" | "Service" | "Organization"))
    {
        return wire::id(person);
    }
    let said = wire::field_id(object, "attributedTo")?;
    let maker = wire::field_id(object, "actor").filter(|maker| wire::kind(object) == "Event" && same_origin(maker, said));
    Some(maker.unwrap_or(said))
}

/// HTML, not cleaned yet, to stand behind the content.
pub fn behind_content(object: &Value) -> String {
    match wire::kind(object) {
        "Question" => choices(object),
        "Video" | "Audio" => link(&page(object)),
        "Link" => link(&[wire::text(object, "href"), page(object)].into_iter().find(|address| !address.is_empty()).unwrap_or_default()),
        // Lemmy and PieFed: what a post of theirs is about. Mobilizon: the site of an event.
        "Page" | "Event" => link(&linked(object)),
        _ => String::new(),
    }
}

fn choices(object: &Value) -> String {
    let list = ["oneOf", "anyOf"].iter().find_map(|field| object.get(*field).and_then(Value::as_array)).map_or(&[][..], Vec::as_slice);
    let names =
        list.iter().take(CHOICES).map(|choice| cut(&clean_line(&wire::text(choice, "name")), LONGEST)).filter(|name| !name.is_empty());
    let lines: Vec<String> = names.map(|name| format!("<li>{}</li>", escaped(&name))).collect();
    if lines.is_empty() { String::new() } else { format!("<ul>{}</ul>", lines.concat()) }
}

/// The page of a thing, out of one address or a list of them.
fn page(object: &Value) -> String {
    let own = |value: &Value| match value {
        Value::String(address) => Some(address.clone()),
        link if wire::text(link, "mediaType") == "text/html" => Some(wire::text(link, "href")),
        _ => None,
    };
    match object.get("url") {
        Some(Value::Array(list)) => list.iter().find_map(own),
        Some(one) => own(one),
        None => None,
    }
    .unwrap_or_default()
}

/// The link that a post was made for. A picture is shown as one.
fn linked(object: &Value) -> String {
    let Some(Value::Array(list)) = object.get("attachment") else { return String::new() };
    let is_page = |link: &&Value| wire::kind(link) == "Link" && !wire::text(link, "mediaType").starts_with("image/");
    let href = |link: &Value| [wire::text(link, "href"), wire::text(link, "url")].into_iter().find(|address| !address.is_empty());
    let found = list.iter().take(CHOICES).find(is_page).and_then(href).unwrap_or_default();
    let image = object.get("image").and_then(|image| wire::id(image).map(str::to_owned).or_else(|| Some(wire::text(image, "url"))));
    if image.as_ref() == Some(&found) { String::new() } else { found }
}

/// A paragraph with a link to a page on the web.
fn link(address: &str) -> String {
    if !address.starts_with("https://") || address.len() > super::client::LONGEST_URL {
        return String::new();
    }
    let address = escaped(address);
    format!("<p><a href=\"{address}\">{address}</a></p>")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_link_of_a_post_is_kept_and_a_picture_is_not_one() {
        let mut page = json!({"type": "Page", "attachment": [{"type": "Link", "href": "https://voorbeeld.example/a?b=1&c"}]});
        assert!(behind_content(&page).contains("href=\"https://voorbeeld.example/a?b=1&amp;c\""));
        page["image"] = json!({"type": "Image", "url": "https://voorbeeld.example/a?b=1&c"});
        assert_eq!(behind_content(&page), "");
        assert_eq!(behind_content(&json!({"type": "Page", "attachment": [{"type": "Link", "href": "javascript:x"}]})), "");
    }

    #[test]
    fn authors_are_found_in_every_form() {
        assert_eq!(author(&json!({"attributedTo": [{"type": "Group", "id": "g"}, {"type": "Person", "id": "p"}]})), Some("p"));
        assert_eq!(author(&json!({"attributedTo": ["a", "b"]})), Some("a"));
        let event = json!({"type": "Event", "attributedTo": "https://m.example/@groep", "actor": "https://m.example/@piet"});
        assert_eq!(author(&event), Some("https://m.example/@piet"));
        let foreign = json!({"type": "Event", "attributedTo": "https://m.example/@groep", "actor": "https://x.example/@piet"});
        assert_eq!(author(&foreign), Some("https://m.example/@groep"));
    }
}
