//! What strangers can make us read, and what must hold whatever they send. Each function takes bytes and panics when it
//! does not hold. They are run by cargo-fuzz (`fuzz_targets/`) and, without it, by `tests/it/fuzzing.rs`.

use std::sync::OnceLock;

use axum::http::Request;
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use meent::config::Config;
use meent::federation::client::Client;
use meent::federation::schemes::Schemes;
use meent::federation::signature::{Claim, PublicKey, SKEW};
use meent::federation::{asked, json, object, wire};
use meent::model::urls::same_origin;
use meent::model::{Clock, Time, Urls, markup};
use meent::ops::planning::ArrivedEvent;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// When everything here happens.
const NOW: Time = Time(1_795_165_200_000); // 2026-11-20T09:00:00Z
/// Who we are.
const HOST: &str = "vragen.example";
const BODY: &str = "{}";
/// Somebody's key, whose other half nobody here has.
const KEY: &str = include_str!("../fixtures/keys/stranger.pub.pem");

/// The header of a signature, and behind it, a line each, other headers: those that every request has are there unless
/// they are among them. Nothing gets through that does not sign what must be signed, and nobody forges a signature.
pub fn signature(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.split('\n');
    let signature = lines.next().unwrap_or_default();
    let mut headers = vec![
        ("host".to_owned(), HOST.to_owned()),
        ("date".to_owned(), "Fri, 20 Nov 2026 09:00:00 GMT".to_owned()),
        ("digest".to_owned(), format!("SHA-256={}", STANDARD.encode(Sha256::digest(BODY)))),
        ("content-digest".to_owned(), format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(BODY)))),
        ("content-type".to_owned(), "application/activity+json".to_owned()),
    ];
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        headers.push((name.to_owned(), value.to_owned()));
    }
    let mut request = Request::builder().method("POST").uri("/inbox?x=1").header("signature", signature);
    for (name, value) in &headers {
        request = request.header(name, value);
    }
    // What is no header at all does not reach us.
    let Ok(request) = request.body(()) else { return };
    let (parts, ()): (Parts, ()) = request.into_parts();
    let ours = Urls::new(&format!("https://{HOST}").parse().expect("an address"));
    let usable = |key_id: &str| key_id.starts_with("https://");
    let Ok(claim) = Claim::read(&parts, BODY.as_bytes(), &ours, NOW, &usable) else { return };
    let said = format!("{signature}{text}").to_ascii_lowercase();
    let newer = parts.headers.contains_key("signature-input");
    let needed: &[&str] =
        if newer { &["@method", "content-digest", "created", "keyid"] } else { &["(request-target)", "host", "digest", "keyid"] };
    for part in needed {
        assert!(said.contains(part), "{part} was not signed: {text}");
    }
    assert!(newer || said.contains("date") || said.contains("(created)"), "no date was signed: {signature}");
    let key = PublicKey::from_pem(KEY).expect("a key");
    assert!(!claim.fits(&key), "a signature was forged: {text}");
}

fn client() -> &'static Client {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    CLIENT.get_or_init(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
        Client::new(&Config::default(), Clock::manual(NOW), Schemes::new(None)).expect("a client")
    })
}

/// A body as it arrives: what we read of it is within bounds, harmless, and belongs to whom it says.
pub fn inbound(data: &[u8]) {
    let Ok(value) = json::parse(data) else { return };
    assert!(json::parse(value.to_string().as_bytes()).is_ok(), "what we took, written again: {value}");
    let _ = (wire::field_id(&value, "actor"), wire::addressed(&value), wire::is_public(&value));
    assert!(wire::mentions(&value).len() <= 50 && wire::hashtags(&value).len() <= 5 && wire::moved(&value).len() <= 400);
    let text = value.to_string();
    let quiet = asked::without_reason(text.clone());
    assert!(asked::is_between_two(&quiet) == asked::is_between_two(&text));
    post(&value);
    if let Some(object) = value.get("object") {
        post(object);
    }
}

fn post(value: &Value) {
    let Ok(read) = object::read(client(), value, NOW) else { return };
    let it = &read.arrived;
    assert!(same_origin(&it.ap_id, &read.author) && same_origin(&it.ap_id, &it.url), "{} of {} at {}", it.ap_id, read.author, it.url);
    assert!(client().check_url(&it.ap_id).is_ok() && client().check_url(&read.author).is_ok());
    assert!(it.title.chars().count() <= 300 && it.summary.chars().count() <= 1_700, "{} {}", it.title, it.summary);
    assert!(it.published_at <= NOW && it.updated_at <= NOW.plus(SKEW) && it.published_at <= it.updated_at);
    assert!(it.html.len() <= 3_000_000 && it.language.len() <= 12);
    assert!(it.pictures.len() <= 8 && it.pictures.iter().all(|picture| client().check_url(&picture.url).is_ok()));
    assert!(!it.title.contains(hidden) && !it.summary.contains(hidden) && !it.html.contains(hidden));
    assert!(it.title.is_empty() || read.parent.is_none());
    assert_eq!(harmless(&it.html), Ok(()), "{}", it.html);
    if let Some(event) = &it.event {
        event_makes_sense(event);
    }
}

/// Whatever is left of an event can be put in an agenda, and its links can be followed.
fn event_makes_sense(event: &ArrivedEvent) {
    let plan = &event.plan;
    assert!(
        plan.starts_at >= Time(0) && plan.starts_at < NOW.plus(21 * 366 * Time::DAY) && plan.ends_at.is_none_or(|end| end > plan.starts_at)
    );
    assert!(plan.zone == plan.tz().name() && plan.capacity.is_none_or(|count| count > 0) && event.attending.is_none_or(|count| count >= 0));
    let place = plan.place.line();
    assert!(place.chars().count() <= 900 && !place.contains(hidden) && !plan.contact.contains(hidden), "{place}");
    for link in [&plan.online_link, &plan.sign_up_link] {
        assert!(link.is_empty() || link.starts_with("https://"), "{link}");
    }
}

fn hidden(c: char) -> bool {
    matches!(c, '\0' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// HTML from elsewhere: clean afterwards, and cleaning it again changes nothing.
pub fn html(data: &[u8]) {
    let html = markup::html(&String::from_utf8_lossy(data));
    assert_eq!(harmless(&html), Ok(()), "{html}");
    assert!(!html.contains(hidden));
    texts(&html);
}

/// Markdown as a member or another server writes it.
pub fn markdown(data: &[u8]) {
    let source: String = String::from_utf8_lossy(data).chars().take(50_000).collect();
    let html = markup::markdown(&source);
    assert_eq!(harmless(&html), Ok(()), "{html}");
    assert!(!html.contains(hidden));
    // The same to who gets it over the wire, as far as it is taken there.
    if html.len() < markup::MAX_REMOTE_HTML / 10 {
        assert_eq!(markup::html(&html), html.trim(), "cleaning what is clean");
    }
    texts(&html);
}

fn texts(html: &str) {
    assert!(markup::summary(html, 800).chars().count() <= 801);
    assert!(markup::title_of(html).chars().count() <= 121);
}

/// Nothing in this HTML can run, load or restyle anything.
pub fn harmless(html: &str) -> Result<(), String> {
    const TAGS: &str = " p br a strong b em i del s code pre blockquote ul ol li h3 h4 h5 table thead tbody tr th td hr sub sup span ";
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let end = rest[at..].find('>').ok_or_else(|| format!("an open tag: {}", &rest[at..]))? + at;
        let inside = rest[at + 1..end].trim_start_matches('/');
        let name = inside.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default().to_ascii_lowercase();
        if !TAGS.contains(&format!(" {name} ")) {
            return Err(format!("the tag {name:?}"));
        }
        let attributes = inside[name.len()..].trim();
        let fine = attributes.is_empty()
            || (name == "ol" && attributes.starts_with("start=\""))
            || (name == "a" && (attributes.starts_with("href=\"") || attributes.starts_with("rel=\"")));
        if !fine {
            return Err(format!("the attributes {attributes:?} of {name}"));
        }
        if let Some(address) = attributes.strip_prefix("href=\"") {
            let address = address.split('"').next().unwrap_or_default();
            if !["http://", "https://", "mailto:"].iter().any(|scheme| address.to_ascii_lowercase().starts_with(scheme)) {
                return Err(format!("the address {address:?}"));
            }
        }
        rest = &rest[end + 1..];
    }
    Ok(())
}
