//! Posts from the wire, of whatever type, and ours to the wire: `Article`, `Event` and `Note`.

use serde_json::{Value, json};

use super::client::Client;
use super::manners::{self, is_post};
use super::{context, event, pictures, wire};
use crate::db::moved::Moved;
use crate::error::{Error, Result};
use crate::model::names::{clean_line, cut};
use crate::model::urls::same_origin;
use crate::model::{Actor, Attachment, Post, PostKind, Time, Topic, Tried, markup};
use crate::ops::arrived::Arrived;
use crate::ops::attaching::ArrivedPicture;
use crate::ops::publishing::SUMMARY;

/// Longest Markdown we take, in characters: as much as our own members may write.
const LONGEST_MARKDOWN: usize = 50_000;
/// Longest title we take.
const LONGEST_TITLE: usize = 300;

/// A post from the wire, with what has to be looked up.
#[derive(Debug)]
pub struct Read {
    pub arrived: Arrived,
    pub author: String,
    pub parent: Option<String>,
    /// Who it is for; the group is among them.
    pub addressed: Vec<String>,
}

/// Reads a post. The id and the author must be of one origin (T-04).
///
/// # Errors
/// [`Error::Bad`] with what is missing or wrong.
pub fn read(client: &Client, object: &Value, now: Time) -> Result<Read> {
    let ap_id = wire::id(object).ok_or_else(|| Error::Bad("the object has no id".into()))?.to_owned();
    client.check_url(&ap_id)?;
    let wrong = |why: &str| Error::Bad(format!("{ap_id}: {why}"));
    if !is_post(object) {
        return Err(wrong("is no kind of post that we take"));
    }
    let content = content(object);
    let name = cut(&clean_line(&wire::text(object, "name")), LONGEST_TITLE);
    let parent = wire::field_id(object, "inReplyTo").map(str::to_owned);
    let pictures = pictures::read(client, object);
    let named = parent.is_none() && !name.is_empty();
    if content.is_empty() && pictures.is_empty() && !named {
        return Err(wrong("says nothing"));
    }
    let author = manners::author(object).ok_or_else(|| wrong("has no author"))?.to_owned();
    client.check_url(&author)?;
    if !same_origin(&author, &ap_id) {
        return Err(wrong("the author lives on another server"));
    }
    if wire::says_addressees(object) && !wire::is_public(object) {
        return Err(wrong("is not public"));
    }
    let html = markup::html(&content);
    let title = match (&parent, name.is_empty()) {
        (Some(_), _) => String::new(),
        (None, false) => name,
        (None, true) => untitled(&html, &pictures, &author),
    };
    let event = event::read(client, object, now)?;
    let summary = cut(&markup::text_of(&markup::html(&wire::text(object, "summary"))), 2 * SUMMARY);
    let own =
        |field: &str| wire::field_id(object, field).filter(|id| same_origin(id, &ap_id) && client.check_url(id).is_ok()).map(str::to_owned);
    let published_at = wire::time(object, "published").unwrap_or(now).min(now);
    // A version from the future could never be replaced. Clocks may differ as much as signatures allow: cutting to our own
    // would make the order of versions that of their arrival.
    let latest = now.plus(super::signature::SKEW);
    let updated_at = wire::time(object, "updated").unwrap_or(published_at).clamp(published_at, latest.max(published_at));
    let said_kind = PostKind::from_word(&wire::text(object, "meent:kind"));
    // Ours says when the words changed; elsewhere every new version is an edit.
    let edited_at = wire::time(object, "meent:edited")
        .or_else(|| (said_kind.is_none() && updated_at > published_at).then_some(updated_at))
        .map(|at| at.min(latest));
    let accepted = wire::field_id(object, "acceptedAnswer")
        .filter(|id| url::Url::parse(id).is_ok())
        .map(|id| (id.to_owned(), wire::field_id(object, "meent:acceptedBy").map(str::to_owned)));
    // An event of Mobilizon or Gancio names no group besides as whose it is.
    let owners = object.get("attributedTo").filter(|_| event.is_some()).map(wire::ids).unwrap_or_default();
    Ok(Read {
        addressed: wire::addressed(object).into_iter().chain(wire::mentions(object)).chain(owners).take(100).map(str::to_owned).collect(),
        arrived: Arrived {
            wire_type: wire::kind(object).to_owned(),
            said_kind,
            title,
            summary: match event::summary(object, &html) {
                Some(of_text) => of_text,
                None if summary.is_empty() => markup::summary(&html, SUMMARY),
                None => summary,
            },
            html,
            language: language(object),
            // Never to another server than the one it lives on (T-98).
            url: own("url").unwrap_or_else(|| ap_id.clone()),
            // Of a reply it is the thread's, and lives where that began. What starts a thread can't say that it is another
            // server's: replies to that one would find their way to it.
            context: if parent.is_none() {
                own("context")
            } else {
                wire::field_id(object, "context").filter(|id| client.check_url(id).is_ok()).map(str::to_owned)
            },
            published_at,
            updated_at,
            edited_at,
            accepted,
            pictures,
            mentions: wire::mentions(object).into_iter().map(str::to_owned).collect(),
            topics: if parent.is_none() { wire::hashtags(object) } else { Vec::new() },
            tried: Tried::from_word(&wire::text(object, "meent:tried")),
            moved: wire::moved(object),
            closed: object.get("commentsEnabled") == Some(&Value::Bool(false)),
            event: event.map(Box::new),
            ap_id,
        },
        author,
        parent,
    })
}

/// A title for what has none: of its text, else what its picture shows, else whose it is. Never nothing.
fn untitled(html: &str, pictures: &[ArrivedPicture], author: &str) -> String {
    let of_text = markup::title_of(html);
    if !of_text.is_empty() {
        return of_text;
    }
    let shown = pictures.iter().map(|picture| cut(&clean_line(&picture.alt), 120)).find(|alt| !alt.is_empty());
    let name = author.trim_end_matches('/').rsplit('/').next().unwrap_or_default().trim_start_matches('@');
    let host = url::Url::parse(author).map(|url| crate::model::urls::authority(&url)).unwrap_or_default();
    shown.unwrap_or_else(|| format!("@{name}@{host}"))
}

/// The content, with what other kinds of things say beside it.
fn content(object: &Value) -> String {
    format!("{}{}", words(object), manners::behind_content(object))
}

fn words(object: &Value) -> String {
    let plain = wire::text(object, "content");
    if !plain.is_empty() {
        return if wire::text(object, "mediaType") == "text/markdown" { markup::markdown(&cut(&plain, LONGEST_MARKDOWN)) } else { plain };
    }
    object.get("contentMap").and_then(Value::as_object).and_then(|map| map.values().find_map(Value::as_str)).unwrap_or_default().to_owned()
}

/// A label, never a filter: the first that is said, or nothing.
fn language(object: &Value) -> String {
    let of_map = object.get("contentMap").and_then(Value::as_object).and_then(|map| map.keys().next().cloned());
    let said = of_map
        .or_else(|| object.get("language").and_then(|language| language.get("identifier")).and_then(Value::as_str).map(str::to_owned));
    said.filter(|tag| tag.len() <= 12 && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')).unwrap_or_default()
}

/// What is needed to write a post of ours.
#[derive(Debug)]
pub struct Written<'a> {
    pub post: &'a Post,
    pub author: &'a Actor,
    pub group: &'a Actor,
    /// The post it replies to, and its author.
    pub parent: Option<(&'a Post, &'a Actor)>,
    pub answers: i64,
    pub accepted_by: Option<&'a Actor>,
    pub pictures: &'a [Attachment],
    pub topics: &'a [Topic],
    pub moved: &'a [Moved],
    /// What it is besides its words, of an event.
    pub event: Option<&'a event::Told>,
    /// Where our topics have their pages.
    pub base: &'a str,
}

impl Written<'_> {
    /// To whom: the group first (Lemmy looks there), then everybody.
    pub fn to(&self) -> Value {
        json!([self.group.ap_id, wire::PUBLIC])
    }

    /// And to whom besides: the author's followers, and who is replied to.
    pub fn cc(&self) -> Value {
        let followers = self.author.followers.iter().cloned();
        let replied = self.parent.iter().map(|(_, author)| author.ap_id.clone()).filter(|id| *id != self.author.ap_id);
        Value::from(replied.chain(followers).collect::<Vec<_>>())
    }

    /// The object, without `@context`.
    pub fn object(&self) -> Value {
        let Self { post, author, group, .. } = self;
        let mention = |actor: &Actor| json!({"type": "Mention", "href": actor.ap_id, "name": format!("@{}@{}", actor.name, actor.host)});
        let mut tags = vec![mention(group)];
        tags.extend(self.parent.iter().filter(|(_, replied)| replied.id != author.id).map(|(_, replied)| mention(replied)));
        tags.extend(self.topics.iter().map(|topic| wire::hashtag(self.base, topic)));
        let mut object = json!({
            "id": post.ap_id,
            "type": post.wire_type,
            "attributedTo": author.ap_id,
            "to": self.to(),
            "cc": self.cc(),
            "audience": group.ap_id,
            "content": post.html,
            "mediaType": "text/html",
            "source": {"content": post.source, "mediaType": "text/markdown"},
            "contentMap": {&post.language: post.html},
            "language": {"identifier": post.language, "name": if post.language == "nl" { "Nederlands" } else { "English" }},
            "url": post.url,
            "replies": format!("{}/replies", post.ap_id),
            "likes": format!("{}/likes", post.ap_id),
            "tag": tags,
            "attachment": pictures::write(&post.ap_id, self.pictures),
            "sensitive": false,
            "published": post.published_at.rfc3339(),
            "interactionPolicy": {"canQuote": {"automaticApproval": [wire::PUBLIC]}},
            "meent:kind": post.kind.word(),
        });
        let Value::Object(fields) = &mut object else { return object };
        // A null where Lemmy wants text makes it drop the whole post.
        fields.extend(post.context.iter().map(|context| ("context".to_owned(), Value::from(context.clone()))));
        if post.updated_at > post.published_at {
            fields.insert("updated".into(), post.updated_at.rfc3339().into());
        }
        if let Some(edited) = post.edited_at {
            fields.insert("meent:edited".into(), edited.rfc3339().into());
        }
        if let Some(tried) = post.tried {
            fields.insert("meent:tried".into(), tried.word().into());
        }
        if let Some((parent, _)) = self.parent {
            fields.insert("inReplyTo".into(), parent.ap_id.clone().into());
            fields.insert("distinguished".into(), false.into());
        } else {
            fields.insert("name".into(), post.title.clone().into());
            fields.insert("summary".into(), post.summary.clone().into());
            fields.insert("commentsEnabled".into(), post.locked_at.is_none().into());
            fields.insert("stickied".into(), post.pinned_at.is_some().into());
            fields.insert("answerCount".into(), self.answers.into());
            for (term, kind) in wire::MOVED {
                let ids: Vec<&str> = self.moved.iter().filter(|moved| moved.kind == kind).map(|moved| moved.ap_id.as_str()).collect();
                if !ids.is_empty() {
                    fields.insert(term.into(), ids.into());
                }
            }
            if post.kind == PostKind::Question {
                fields.insert("meent:interested".into(), format!("{}/interested", post.ap_id).into());
            }
            fields.extend(self.event.map(|told| event::fields(post, told)).into_iter().flatten());
            if let Some(accepted) = &post.accepted_ap_id {
                fields.insert("acceptedAnswer".into(), accepted.clone().into());
                if let Some(by) = self.accepted_by {
                    fields.insert("meent:acceptedBy".into(), by.ap_id.clone().into());
                }
            }
        }
        object
    }

    /// The object as a document of its own.
    pub fn document(&self) -> Value {
        let mut document = json!({"@context": context()});
        if let (Value::Object(fields), Value::Object(object)) = (&mut document, self.object()) {
            fields.extend(object);
        }
        document
    }
}

/// What stands where a removed post was.
pub fn tombstone(post: &Post) -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": post.ap_id,
        "type": "Tombstone",
        "formerType": post.wire_type,
        "deleted": post.deleted_at.map(Time::rfc3339),
    })
}
