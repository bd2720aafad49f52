//! Who sent this? The same as in `signatures`, for requests that are signed as RFC 9421 says. Signed by hand here.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use meent::model::{Clock, Time};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use rsa::pkcs8::SecretDocument;
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};

use super::Scene;
use crate::support::peer::{Letter, Page, Reply, Stranger};
use crate::support::{On, TestApp, key};

const COVERED: &str = "\"@method\" \"@target-uri\" \"content-digest\"";

/// A message, every part of which can be bent.
#[derive(Clone, Debug)]
struct Message {
    /// What is covered, and what the lines of the signature base say.
    covered: String,
    base_url: String,
    path: String,
    method: &'static str,
    created: Option<String>,
    key_id: Option<String>,
    alg: Option<String>,
    more: String,
    headers: Vec<(String, String)>,
    /// Instead of what is made: `Signature-Input` and `Signature`.
    input: Option<String>,
    signature: Option<String>,
    before: (String, String),
    body: String,
    sent_body: Option<String>,
    sent_path: Option<String>,
    ed25519: bool,
    by: Stranger,
}

fn content_digest(body: &str) -> String {
    format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(body)))
}

/// The Ed25519 key of everybody on the other server.
pub fn ed25519() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("a key")
}

/// Its public half as a Multikey writes it.
pub fn multibase() -> String {
    meent::model::multikey::write_public(ed25519().public_key().as_ref())
}

/// An actor document that also lists an Ed25519 key.
pub fn with_multikey(by: &Stranger, kind: &str) -> Value {
    let mut document = by.document(kind);
    document["assertionMethod"] = json!([{
        "id": format!("{}#ed25519-key", by.id), "type": "Multikey", "controller": by.id, "publicKeyMultibase": multibase(),
    }]);
    document
}

impl Message {
    fn new(app: &TestApp, by: &Stranger, body: &str) -> Self {
        Self {
            covered: COVERED.into(),
            base_url: app.core.urls.base().to_owned(),
            path: "/inbox".into(),
            method: "POST",
            created: Some((app.clock.now().0 / 1_000).to_string()),
            key_id: Some(by.key_id.clone()),
            alg: Some("rsa-v1_5-sha256".into()),
            more: String::new(),
            headers: vec![
                ("Host".into(), app.host().to_owned()),
                ("Content-Type".into(), "application/activity+json".into()),
                ("Content-Digest".into(), content_digest(body)),
            ],
            input: None,
            signature: None,
            before: (String::new(), String::new()),
            body: body.to_owned(),
            sent_body: None,
            sent_path: None,
            ed25519: false,
            by: by.clone(),
        }
    }

    fn set(&mut self, name: &str, value: Option<&str>) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    }

    fn parameters(&self) -> String {
        let mut parameters = format!("({})", self.covered);
        parameters.extend(self.created.iter().map(|created| format!(";created={created}")));
        parameters.extend(self.key_id.iter().map(|key_id| format!(";keyid=\"{key_id}\"")));
        parameters.extend(self.alg.iter().map(|alg| format!(";alg=\"{alg}\"")));
        parameters + self.more.as_str()
    }

    fn signed(&self) -> String {
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let line = |quoted: &str| {
            let name = quoted.trim_matches('"');
            let value = match name {
                "@method" => self.method.to_owned(),
                "@target-uri" => format!("{}{}", self.base_url, self.path),
                "@authority" => self.base_url.split('/').nth(2).unwrap_or_default().to_owned(),
                "@path" => path.to_owned(),
                "@query" => format!("?{query}"),
                _ => {
                    let found = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
                    found.map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(", ")
                }
            };
            format!("{quoted}: {value}\n")
        };
        let lines: String = self.covered.split(' ').filter(|name| !name.is_empty()).map(line).collect();
        format!("{lines}\"@signature-params\": {}", self.parameters())
    }

    fn sign(&self) -> String {
        let text = self.signed();
        if self.ed25519 {
            return STANDARD.encode(ed25519().sign(text.as_bytes()));
        }
        let (_, document) = SecretDocument::from_pem(&self.by.key.private_pem).expect("a key");
        let pair = RsaKeyPair::from_pkcs8(document.as_bytes()).expect("an RSA key");
        let mut signature = vec![0; pair.public().modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).expect("a signature");
        STANDARD.encode(signature)
    }

    async fn send(self, app: &TestApp) -> Reply {
        let input = self.input.clone().unwrap_or_else(|| format!("{}sig1={}", self.before.0, self.parameters()));
        let signature = self.signature.clone().unwrap_or_else(|| format!("{}sig1=:{}:", self.before.1, self.sign()));
        let mut letter = Letter::new(self.method, app, &self.path, "", &self.by);
        letter.headers = self.headers.clone();
        letter.headers.extend([("Signature-Input".into(), input), ("Signature".into(), signature)]);
        letter.path = self.sent_path.unwrap_or(self.path);
        letter.body = self.sent_body.unwrap_or(self.body);
        letter.send_as_it_is(app).await
    }
}

fn silent(by: &Stranger, number: u32) -> Value {
    by.says("Listen", number, &json!("https://elders.example/x"))
}

/// Sends a bent message by somebody who was never seen before.
async fn try_bent(scene: &Scene, number: u32, bend: impl FnOnce(&mut Message, &Clock)) -> (u16, bool, usize, String) {
    let path = format!("/u/rfc{number}");
    let by = scene.peer.actor("Person", &path);
    scene.peer.serve(&with_multikey(&by, "Person"));
    let activity = silent(&by, number);
    let mut message = Message::new(&scene.app, &by, &activity.to_string());
    bend(&mut message, &scene.app.clock);
    let reply = message.send(&scene.app).await;
    (reply.status, scene.received(&activity).await.is_some(), scene.peer.gets(&path), reply.body)
}

type Bend = fn(&mut Message, &Clock);

fn at(clock: &Clock, offset: i64) -> String {
    (clock.now().plus(offset).0 / 1_000).to_string()
}

#[tokio::test]
async fn what_is_signed_well_is_accepted() {
    let scene = Scene::start(On::Sqlite).await;
    let bends: &[(&str, Bend)] = &[
        ("as we do it", |_, _| ()),
        ("without alg", |message, _| message.alg = None),
        ("authority and path", |message, _| message.covered = "\"@method\" \"@authority\" \"@path\" \"content-digest\"".into()),
        ("authority, path and query", |message, _| {
            message.path = "/inbox?x=1".into();
            message.covered = "\"@method\" \"@authority\" \"@path\" \"@query\" \"content-digest\"".into();
        }),
        ("the address with its query", |message, _| message.path = "/inbox?x=1&y=%20".into()),
        ("an Ed25519 key that the actor lists", |message, _| {
            (message.ed25519, message.alg) = (true, Some("ed25519".into()));
            message.key_id = Some(format!("{}#ed25519-key", message.by.id));
        }),
        ("the same without alg", |message, _| {
            (message.ed25519, message.alg) = (true, None);
            message.key_id = Some(format!("{}#ed25519-key", message.by.id));
        }),
        ("more headers, and a nonce", |message, _| {
            message.covered += " \"content-type\" \"host\"";
            message.more = ";nonce=\"abc\";tag=\"ap\"".into();
        }),
        ("expires", |message, clock| message.more = format!(";expires={}", at(clock, 5 * Time::MINUTE))),
        ("made some hours ago, and good for longer", |message, clock| {
            message.created = Some(at(clock, -5 * Time::HOUR));
            message.more = format!(";expires={}", at(clock, Time::HOUR));
        }),
        ("SHA-512 of the body", |message, _| {
            let sum = format!("sha-512=:{}:", STANDARD.encode(Sha512::digest(&message.body)));
            message.set("Content-Digest", Some(&sum));
        }),
        ("a signature before it that names no key", |message, _| {
            message.before = ("proxy=(\"@method\");created=1, ".into(), "proxy=:AAAA:, ".into());
        }),
        ("a proxy that says another host", |message, _| {
            message.headers.push(("X-Forwarded-Host".into(), "elders.example".into()));
            message.headers.push(("X-Forwarded-Proto".into(), "https".into()));
        }),
    ];
    for (number, (what, bend)) in (1..).zip(bends) {
        let (said, stored, gets, why) = try_bent(&scene, number, bend).await;
        assert_eq!((said, stored, gets), (202, true, 1), "{what}: {why}");
    }
    scene.finish().await;
}

#[tokio::test]
async fn what_can_be_seen_without_the_key_is_refused_before_anything_is_fetched() {
    let scene = Scene::start(On::Sqlite).await;
    let bends: &[(&str, Bend)] = &[
        ("no created", |message, _| message.created = None),
        ("created that is no number", |message, _| message.created = Some("\"vandaag\"".into())),
        ("made yesterday", |message, clock| message.created = Some(at(clock, -Time::DAY))),
        ("made tomorrow", |message, clock| message.created = Some(at(clock, Time::DAY))),
        ("expired", |message, clock| {
            message.created = Some(at(clock, -3 * Time::HOUR));
            message.more = format!(";expires={}", at(clock, -2 * Time::HOUR));
        }),
        ("made yesterday, good for a year", |message, clock| {
            message.created = Some(at(clock, -Time::DAY));
            message.more = format!(";expires={}", at(clock, 365 * Time::DAY));
        }),
        ("the method is not signed", |message, _| message.covered = "\"@target-uri\" \"content-digest\"".into()),
        ("the address is not signed", |message, _| message.covered = "\"@method\" \"content-digest\"".into()),
        ("the path alone", |message, _| message.covered = "\"@method\" \"@path\" \"content-digest\"".into()),
        ("the query is not signed", |message, _| {
            message.path = "/inbox?x=1".into();
            message.covered = "\"@method\" \"@authority\" \"@path\" \"content-digest\"".into();
        }),
        ("the digest is not signed", |message, _| message.covered = "\"@method\" \"@target-uri\"".into()),
        ("nothing is signed", |message, _| message.covered = String::new()),
        ("no digest", |message, _| message.set("Content-Digest", None)),
        ("the old digest only", |message, _| {
            message.set("Content-Digest", None);
            let old = crate::support::peer::digest(&message.body);
            message.headers.push(("Digest".into(), old));
            message.covered = "\"@method\" \"@target-uri\" \"digest\"".into();
        }),
        ("a digest by MD5", |message, _| message.set("Content-Digest", Some("md5=:1B2M2Y8AsgTpgAmY7PhCfg==:"))),
        ("the digest of something else", |message, _| message.set("Content-Digest", Some(&content_digest("iets anders")))),
        ("another body", |message, _| message.sent_body = Some(message.body.replace("Listen", "Create"))),
        ("a component twice", |message, _| message.covered += " \"@method\""),
        ("a component with a parameter", |message, _| message.covered += " \"content-type\";sf"),
        ("a component that there is not", |message, _| message.covered += " \"@nowhere\""),
        ("a header that is not there", |message, _| message.covered += " \"x-nowhere\""),
        ("a signature that signs itself", |message, _| message.covered += " \"signature\""),
        ("HMAC", |message, _| message.alg = Some("hmac-sha256".into())),
        ("an algorithm that is no text", |message, _| {
            message.alg = None;
            message.more = ";alg=1".into();
        }),
        ("no keyid", |message, _| message.key_id = None),
        ("a keyid that is no address", |message, _| message.key_id = Some("rfc".into())),
        ("a keyid inside", |message, _| message.key_id = Some("http://10.0.0.1/u/rfc#main-key".into())),
        ("input that can't be read", |message, _| message.input = Some("sig1=(\"@method\"".into())),
        ("a signature that can't be read", |message, _| message.signature = Some("sig1=%%%".into())),
        ("a signature under another name", |message, _| message.signature = Some("sig2=:AAAA:".into())),
        ("a signature that is no bytes", |message, _| message.signature = Some("sig1=(1 2)".into())),
        ("five signatures", |message, _| {
            message.input = Some(["a", "b", "c", "d", "e"].map(|name| format!("{name}={}", message.parameters())).join(", "));
        }),
        ("the host of another server", |message, _| message.set("Host", Some("b.localhost:4711"))),
    ];
    for (number, (what, bend)) in (1..).zip(bends) {
        let (said, stored, gets, why) = try_bent(&scene, number, bend).await;
        assert_eq!((said, stored, gets), (401, false, 0), "{what}: {why}");
    }
    let twice: Bend = |message, _| message.headers.push(("Content-Digest".into(), content_digest(&message.body)));
    assert_eq!(try_bent(&scene, 90, twice).await.0, 400, "two Content-Digest headers");
    scene.finish().await;
}

#[tokio::test]
async fn what_only_the_key_can_tell_is_refused_after_one_look_at_it() {
    let scene = Scene::start(On::Sqlite).await;
    let bends: &[(&str, Bend)] = &[
        ("another's key", |message, _| message.by.key = key("b")),
        ("another path", |message, _| message.sent_path = Some("/u/bram/inbox".into())),
        ("another server", |message, _| message.base_url = "https://elders.example".into()),
        ("what a proxy says", |message, _| {
            message.base_url = "https://elders.example".into();
            message.headers.push(("X-Forwarded-Host".into(), "elders.example".into()));
        }),
        ("another method", |message, _| message.method = "PUT"),
        ("an RSA key that says Ed25519", |message, _| message.alg = Some("ed25519".into())),
        ("an Ed25519 key that says RSA", |message, _| {
            message.ed25519 = true;
            message.key_id = Some(format!("{}#ed25519-key", message.by.id));
        }),
        ("an Ed25519 key that is not listed", |message, _| {
            (message.ed25519, message.alg) = (true, Some("ed25519".into()));
            message.key_id = Some(format!("{}#andere", message.by.id));
        }),
    ];
    for (number, (what, bend)) in (1..).zip(bends) {
        let (said, stored, gets, why) = try_bent(&scene, number, |message, clock| {
            bend(message, clock);
            // Signed as PUT, sent as POST.
            if message.method == "PUT" {
                message.signature = Some(format!("sig1=:{}:", message.sign()));
                message.method = "POST";
            }
        })
        .await;
        assert!(said == 401 && !stored && gets <= 1, "{what}: {said} {stored} {gets} {why}");
    }
    // The activity of another actor, under one's own signature (T-01).
    let (mut foreign, by) = (silent(&scene.els, 80), scene.peer.actor("Person", "/u/dief"));
    foreign["actor"] = json!(scene.els.id);
    assert_eq!(Message::new(&scene.app, &by, &foreign.to_string()).send(&scene.app).await.status, 401);
    assert!(scene.received(&foreign).await.is_none());
    scene.finish().await;
}

#[tokio::test]
async fn an_ed25519_key_belongs_to_whom_lists_it_as_its_own() {
    let scene = Scene::start(On::Sqlite).await;
    let honest = scene.peer.actor("Person", "/u/eerlijk");
    scene.peer.serve(&with_multikey(&honest, "Person"));
    let sends = |by: &Stranger, key_id: String, number: u32| {
        let mut message = Message::new(&scene.app, by, &silent(by, number).to_string());
        (message.ed25519, message.alg, message.key_id) = (true, Some("ed25519".into()), Some(key_id));
        message.send(&scene.app)
    };
    let honest_key = format!("{}#ed25519-key", honest.id);
    assert_eq!(sends(&honest, honest_key.clone(), 1).await.status, 202);
    assert_eq!(sends(&honest, honest_key.clone(), 2).await.status, 202);
    assert_eq!(scene.peer.gets("/u/eerlijk"), 1, "the key is kept");
    // Somebody lists the key of another: under their id, and as theirs.
    let thief = scene.peer.actor("Person", "/u/dief");
    for (number, controller) in [(10, &honest.id), (20, &thief.id)] {
        let mut document = thief.document("Person");
        document["assertionMethod"] =
            json!({"id": honest_key, "type": "Multikey", "controller": controller, "publicKeyMultibase": multibase()});
        scene.peer.serve(&document);
        scene.app.clock.advance(Time::HOUR);
        let changed = thief.says("Update", number, &json!({"id": thief.id, "type": "Person", "preferredUsername": "dief"}));
        scene.outcome(&thief, &changed).await;
        assert_eq!(sends(&thief, honest_key.clone(), number + 1).await.status, 401, "it stays the key of who had it");
    }
    assert_eq!(sends(&honest, honest_key.clone(), 30).await.status, 202);
    // Taken from the list, it counts no more once the actor was read again.
    scene.peer.serve(&honest.document("Person"));
    scene.app.clock.advance(Time::HOUR);
    let changed = honest.says("Update", 31, &json!({"id": honest.id, "type": "Person", "preferredUsername": "eerlijk"}));
    assert_eq!(honest.sends(&scene.app, &changed).await, 202);
    scene.app.run_jobs().await;
    assert_eq!(sends(&honest, honest_key, 32).await.status, 401);
    // A key that stands in a document of its own, which says whose it is.
    let own = scene.peer.at("/sleutels/1");
    let bare = json!({"id": own, "type": "Multikey", "controller": honest.id, "publicKeyMultibase": multibase()});
    scene.peer.serve(&bare);
    let mut document = honest.document("Person");
    document["assertionMethod"] = json!([bare]);
    scene.app.clock.advance(Time::HOUR);
    scene.peer.page("/u/eerlijk", Page::Text { status: 200, kind: "application/activity+json".into(), body: document.to_string() });
    assert_eq!(sends(&honest, own, 33).await.status, 202);
    scene.finish().await;
}
