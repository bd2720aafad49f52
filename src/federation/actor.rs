//! `Person`, `Group` and `Application`: from the wire, to the wire, and the news that one changed.

use activitypub_federation::protocol::public_key::PublicKey as ListedKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::client::Client;
use super::signature::PublicKey;
use super::{context, pictures, wire};
use crate::db::whereabouts::Whereabouts;
use crate::error::{Error, Result};
use crate::model::names::{clean_line, cut};
use crate::model::urls::{authority, same_origin};
use crate::model::{Actor, ActorId, ActorKind, Multikey, markup};
use crate::ops::Core;

/// Longest description we take, in bytes of HTML.
const LONGEST_ABOUT: usize = 20_000;

/// Reads an actor document. Every address in it must lie on the actor's own origin (T-10, T-82).
///
/// # Errors
/// [`Error::Remote`] with what is missing or wrong.
pub fn read(core: &Core, client: &Client, document: &Value) -> Result<Actor> {
    let wrong = |why: &str| Error::Remote(format!("the actor {:?}: {why}", wire::id(document)));
    let kind = match wire::kind(document) {
        "Person" => ActorKind::Person,
        "Group" => ActorKind::Group,
        "Application" => ActorKind::Application,
        "Service" => ActorKind::Service,
        "Organization" => ActorKind::Organization,
        other => return Err(wrong(&format!("{other:?} is no kind of actor"))),
    };
    let ap_id = wire::id(document).ok_or_else(|| wrong("has no id"))?.to_owned();
    let url = client.check_url(&ap_id)?;
    if core.urls.is_ours(&ap_id) {
        return Err(wrong("is one of ours"));
    }
    let is_own = |address: &str| same_origin(address, &ap_id) && client.check_url(address).is_ok();
    let own_of = |within: &Value, field: &str| -> Result<Option<String>> {
        match wire::field_id(within, field) {
            Some(address) if is_own(address) => Ok(Some(address.to_owned())),
            Some(_) => Err(wrong(&format!("{field} is no address on its own server"))),
            None => Ok(None),
        }
    };
    let own = |field: &str| own_of(document, field);
    let name = name_of(document, &url);
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    // An instance is often named by its own authority.
    if name.is_empty() || name.len() > 128 || !(name.bytes().all(fits) || kind == ActorKind::Application) {
        return Err(wrong("preferredUsername can't be a name"));
    }
    let key: ListedKey = document
        .get("publicKey")
        .map(|key| if let Value::Array(keys) = key { keys.first().cloned().unwrap_or_default() } else { key.clone() })
        .and_then(|key| serde_json::from_value(key).ok())
        .ok_or_else(|| wrong("has no publicKey"))?;
    if key.owner.as_str() != ap_id || !is_own(&key.id) || PublicKey::from_pem(&key.public_key_pem).is_none() {
        return Err(wrong("the publicKey is not its own, or no RSA key of 2048 bits or more"));
    }
    let shared_inbox = own_of(document.get("endpoints").unwrap_or(&Value::Null), "sharedInbox")?;
    let about = wire::text(document, "summary");
    let page = document.get("url").and_then(|url| wire::ids(url).into_iter().find(|address| is_own(address)));
    let (organisation, role) = organisation_and_role(document);
    let now = core.now();
    Ok(Actor {
        id: ActorId(core.ids.next()),
        kind,
        local: false,
        host: authority(&url),
        display_name: cut(&clean_line(&wire::text(document, "name")), 100),
        about_source: String::new(),
        about_html: if about.len() > LONGEST_ABOUT { markup::html(&cut(&about, LONGEST_ABOUT / 4)) } else { markup::html(&about) },
        organisation,
        role,
        url: page.map_or_else(|| ap_id.clone(), str::to_owned),
        inbox: own("inbox")?.ok_or_else(|| wrong("has no inbox"))?,
        shared_inbox,
        outbox: own("outbox")?,
        followers: own("followers")?,
        moderators: if kind == ActorKind::Group { own("moderators").ok().flatten().or(own("attributedTo").ok().flatten()) } else { None },
        key_id: key.id,
        public_key_pem: key.public_key_pem,
        private_key_pem: None,
        created_at: wire::time(document, "published").unwrap_or(now).min(now),
        updated_at: wire::time(document, "updated").unwrap_or(now).min(now),
        fetched_at: now,
        deleted_at: None,
        icon_file: None,
        icon_url: pictures::icon(client, document),
        name,
        ap_id,
    })
}

/// Most Ed25519 keys of one actor.
const MOST_KEYS: usize = 4;

/// The Ed25519 keys that an actor lists as its own (FEP-521a): their ids and what they are.
pub fn read_multikeys(client: &Client, document: &Value, actor: &Actor) -> Vec<(String, String)> {
    let listed = match document.get("assertionMethod") {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let mut keys: Vec<(String, String)> = Vec::new();
    for key in listed.iter().filter(|key| wire::kind(key) == "Multikey") {
        let (id, public) = (wire::id(key).unwrap_or_default(), key.get("publicKeyMultibase").and_then(Value::as_str).unwrap_or_default());
        let own = same_origin(id, &actor.ap_id) && client.check_url(id).is_ok() && id != actor.key_id;
        let new = keys.len() < MOST_KEYS && keys.iter().all(|(known, _)| known != id);
        if own && new && wire::field_id(key, "controller") == Some(&actor.ap_id) && PublicKey::from_multibase(public).is_some() {
            keys.push((id.to_owned(), public.to_owned()));
        }
    }
    keys
}

/// RFC 9421 as a capability (FEP-844e).
const RFC_9421: &str = "https://datatracker.ietf.org/doc/html/rfc9421";

/// Whether the software behind an actor says that it reads RFC 9421.
pub fn reads_rfc9421(document: &Value) -> bool {
    let of = |value: Option<&Value>| match value.and_then(|value| value.get("implements")) {
        Some(Value::Array(list)) => list.iter().any(|one| one.get("href").and_then(Value::as_str) == Some(RFC_9421)),
        _ => false,
    };
    of(Some(document)) || of(document.get("generator"))
}

fn implements() -> Value {
    json!([{"href": RFC_9421, "name": "RFC-9421: HTTP Message Signatures"}])
}

/// Most former ids of an actor that we keep.
const MOST_BEFORE: usize = 10;

/// Where an actor document says that it keeps things, what it was before and where it is now; what is known besides stays.
pub fn whereabouts(client: &Client, document: &Value, before: &Whereabouts) -> Whereabouts {
    let id = wire::id(document).unwrap_or_default();
    let fits = |address: &&str| client.check_url(address).is_ok();
    let listed = document.get("alsoKnownAs").map(wire::ids).unwrap_or_default();
    Whereabouts {
        featured: wire::field_id(document, "featured").filter(|address| fits(address) && same_origin(address, id)).map(str::to_owned),
        known_as: listed.into_iter().filter(fits).take(MOST_BEFORE).collect::<Vec<_>>().join("\n"),
        moved_to: wire::field_id(document, "movedTo").filter(fits).map(str::to_owned),
        moved_at: before.moved_at,
    }
}

/// Adds to a document of ours what the actor was before, and where it is now.
pub fn say_whereabouts(document: &mut Value, whereabouts: &Whereabouts) {
    let Value::Object(fields) = document else { return };
    fields.insert("alsoKnownAs".into(), whereabouts.known_as().collect::<Vec<_>>().into());
    if let Some(to) = &whereabouts.moved_to {
        fields.insert("movedTo".into(), to.clone().into());
    }
}

/// What a Meent member says about their work. Of other software, nothing is read from profile fields (T-16).
fn organisation_and_role(document: &Value) -> (String, String) {
    let line = |value: Option<&Value>| cut(&clean_line(value.and_then(Value::as_str).unwrap_or_default()), 100);
    let organisation = document.get("meent:organisation");
    (line(organisation.and_then(|it| it.get("name"))), line(organisation.and_then(|it| it.get("meent:role"))))
}

/// Writes an actor of ours.
pub fn write(actor: &Actor, keys: &[Multikey], instance: &str) -> Value {
    let kind = match actor.kind {
        ActorKind::Person => "Person",
        ActorKind::Group => "Group",
        ActorKind::Application => "Application",
        ActorKind::Service => "Service",
        ActorKind::Organization => "Organization",
    };
    let mut document = json!({
        "@context": context(),
        "id": actor.ap_id,
        "type": kind,
        "preferredUsername": actor.name,
        "name": actor.shown(),
        "summary": actor.about_html,
        "url": actor.url,
        "webfinger": format!("{}@{}", actor.name, actor.host),
        "inbox": actor.inbox,
        "outbox": actor.outbox,
        "endpoints": {"sharedInbox": actor.shared_inbox},
        "publicKey": {"id": actor.key_id, "owner": actor.ap_id, "publicKeyPem": actor.public_key_pem},
        "assertionMethod": keys.iter().map(|key| write_multikey(actor, key)).collect::<Vec<_>>(),
        "manuallyApprovesFollowers": false,
        "discoverable": true,
        "published": actor.created_at.rfc3339(),
        "updated": actor.updated_at.rfc3339(),
        "generator": {"type": "Application", "id": instance, "implements": implements()},
    });
    let extra = match actor.kind {
        ActorKind::Group => json!({
            "mediaType": "text/html",
            "source": {"content": actor.about_source, "mediaType": "text/markdown"},
            "followers": actor.followers,
            "featured": format!("{}/featured", actor.ap_id),
            "attributedTo": actor.moderators,
            "moderators": actor.moderators,
            "indexable": true,
            "language": [{"identifier": "nl", "name": "Nederlands"}, {"identifier": "en", "name": "English"}],
            "postingRestrictedToMods": false,
            "sensitive": false,
            "questionAnswer": true,
        }),
        ActorKind::Person => {
            let fields: Vec<Value> = [("Organisatie", &actor.organisation), ("Rol", &actor.role)]
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| json!({"type": "PropertyValue", "name": name, "value": html_text(value)}))
                .collect();
            json!({
                "followers": actor.followers,
                "following": format!("{}/following", actor.ap_id),
                "featured": format!("{}/featured", actor.ap_id),
                "indexable": false,
                "attachment": fields,
                "meent:organisation": {"name": actor.organisation, "meent:role": actor.role},
            })
        }
        ActorKind::Application => {
            let mut links = super::offered::links(instance);
            if let Value::Object(fields) = &mut links {
                fields.insert("implements".into(), implements());
            }
            links
        }
        _ => json!({}),
    };
    if let (Value::Object(fields), Value::Object(extra)) = (&mut document, extra) {
        fields.extend(extra);
        fields.extend(actor.icon_file.iter().map(|hash| ("icon".to_owned(), pictures::write_icon(&actor.ap_id, hash))));
    }
    document
}

fn write_multikey(actor: &Actor, key: &Multikey) -> Value {
    json!({"id": key.key_id, "type": "Multikey", "controller": actor.ap_id, "publicKeyMultibase": key.public_key})
}

fn html_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// What an actor is called on its server. ActivityPub lets it do without a name; then it is called after its id, in a way
/// that takes nobody else's name.
fn name_of(document: &Value, id: &Url) -> String {
    if document.get("preferredUsername").is_some_and(|name| !name.is_null()) {
        return wire::text(document, "preferredUsername");
    }
    let word = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let last = id.path().rsplit('/').find(word).unwrap_or("actor");
    format!("{}-{:.8}", cut(last, 64), format!("{:x}", Sha256::digest(id.as_str())))
}

/// The news that an actor of ours describes itself differently.
pub fn build_update(activity_id: &str, actor: &Actor, keys: &[Multikey], whereabouts: &Whereabouts, instance: &str) -> Value {
    let mut document = write(actor, keys, instance);
    say_whereabouts(&mut document, whereabouts);
    if let Value::Object(fields) = &mut document {
        fields.shift_remove("@context");
    }
    json!({
        "@context": context(),
        "id": activity_id,
        "type": "Update",
        "actor": actor.ap_id,
        "to": [wire::PUBLIC],
        "cc": actor.followers.iter().collect::<Vec<_>>(),
        "object": document,
    })
}
