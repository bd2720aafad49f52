//! How our own requests are signed, and what happens at servers that read only one of the two ways.

use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use meent::model::Time;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use rsa::pkcs1::EncodeRsaPublicKey;
use rsa::pkcs8::DecodePublicKey;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::Scene;
use crate::on_both;
use crate::support::On;
use crate::support::peer::{Knock, digest};

/// Checks a signature of ours without anything of the product's own.
fn check(scene: &Scene, knock: &Knock) {
    let between = |text: &str, from: &str, to: &str| {
        let rest = text.split_once(from).unwrap_or_else(|| panic!("no {from} in {text}")).1;
        rest.split_once(to).unwrap_or_else(|| panic!("no {to} in {rest}")).0.to_owned()
    };
    let signature = knock.header("signature");
    let (text, signature) = if knock.scheme() == "cavage" {
        assert!(!knock.headers.contains_key("content-digest"));
        let names = between(signature, "headers=\"", "\"");
        let line = |name: &str| match name {
            "(request-target)" => format!("(request-target): {} {}", knock.method.as_str().to_lowercase(), knock.path),
            _ => format!("{name}: {}", knock.header(name)),
        };
        for needed in ["(request-target)", "host", "date", "digest"] {
            assert!(names.split(' ').any(|name| name == needed), "{needed} is not signed");
        }
        assert_eq!(knock.header("digest"), digest(&knock.body));
        (names.split(' ').map(line).collect::<Vec<_>>().join("\n"), between(signature, "signature=\"", "\""))
    } else {
        assert!(!knock.headers.contains_key("digest"));
        let input = knock.header("signature-input").strip_prefix("sig1=").expect("a label").to_owned();
        let names = between(&input, "(", ")");
        let line = |quoted: &str| match quoted.trim_matches('"') {
            "@method" => format!("{quoted}: {}\n", knock.method),
            "@target-uri" => format!("{quoted}: http://{}{}\n", scene.peer.host, knock.path),
            "@authority" => format!("{quoted}: {}\n", scene.peer.host),
            name => format!("{quoted}: {}\n", knock.header(name)),
        };
        if knock.method == Method::POST {
            assert!(names.contains("\"content-digest\""));
            let sum = STANDARD.encode(Sha256::digest(&knock.body));
            assert_eq!(knock.header("content-digest"), format!("sha-256=:{sum}:"));
        }
        assert!(input.contains(";created=") && input.contains(";alg=\"rsa-v1_5-sha256\"") && input.contains(";keyid=\"http"), "{input}");
        let lines: String = names.split(' ').map(line).collect();
        (format!("{lines}\"@signature-params\": {input}"), between(signature, "sig1=:", ":"))
    };
    let key = rsa::RsaPublicKey::from_public_key_pem(&scene.bram.public_key_pem).expect("a key").to_pkcs1_der().expect("a key");
    let bytes = STANDARD.decode(signature).expect("base64");
    let verified = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.as_bytes()).verify(text.as_bytes(), &bytes);
    assert!(verified.is_ok(), "{text}\n{knock:?}");
}

/// The schemes of what came with this method since the last look.
fn schemes(scene: &Scene, method: &Method) -> Vec<&'static str> {
    let knocks = scene.peer.knocks();
    let seen: Vec<&Knock> = knocks.iter().filter(|knock| knock.method == *method).collect();
    for knock in &seen {
        check(scene, knock);
    }
    seen.iter().map(|knock| knock.scheme()).collect()
}

/// Makes us deliver something: Els follows the group, again and again, and every Follow is answered.
async fn deliver(scene: &Scene, number: u32) {
    scene.done(&scene.els, &scene.els.says("Follow", number, &json!(scene.group.ap_id))).await;
}

on_both! {
    async fn a_server_that_reads_only_the_newer_signatures_gets_them_at_the_second_knock(on: On) {
        let scene = Scene::start(on).await;
        for (number, status) in (1..).zip([401, 400, 403]) {
            scene.peer.demand(Method::POST, "rfc9421", status, None);
            deliver(&scene, 10 * number).await;
            assert_eq!(schemes(&scene, &Method::POST), ["cavage", "rfc9421"], "{status}");
            deliver(&scene, 10 * number + 1).await;
            assert_eq!(schemes(&scene, &Method::POST), ["rfc9421"], "it is remembered");
            // It holds a month, then we begin as with everybody.
            scene.app.clock.advance(31 * Time::DAY);
        }
        assert_eq!(scene.peer.inbox().len(), 6, "each arrived once");
        scene.finish().await;
    }

    async fn what_a_server_takes_is_remembered_when_we_start_anew(on: On) {
        let scene = Scene::start(on).await;
        scene.peer.demand(Method::POST, "rfc9421", 401, None);
        deliver(&scene, 1).await;
        let host = scene.peer.host.clone();
        let kept = meent::db::peer_schemes::of(&mut scene.app.core.db.conn(), &host).await.expect("a read");
        assert_eq!(kept, Some(("rfc9421".into(), scene.app.clock.now())));
        // Another process on the same database knows it too.
        let schemes = meent::federation::schemes::Schemes::new(Some(scene.app.core.db.clone()));
        let known = schemes.of(&host, scene.app.clock.now()).await.expect("a read");
        assert_eq!(known, Some(meent::federation::signature::Scheme::Rfc9421));
        assert_eq!(schemes.of(&host, scene.app.clock.now().plus(31 * Time::DAY)).await.expect("a read"), None);
        scene.finish().await;
    }
}

#[tokio::test]
async fn a_server_that_reads_only_the_older_signatures_gets_nothing_else() {
    let scene = Scene::start(On::Sqlite).await;
    scene.peer.demand(Method::POST, "cavage", 401, None);
    deliver(&scene, 1).await;
    deliver(&scene, 2).await;
    assert_eq!(schemes(&scene, &Method::POST), ["cavage", "cavage"]);
    // It was the other one once: we notice with one refusal.
    scene.peer.demand(Method::POST, "rfc9421", 401, None);
    deliver(&scene, 3).await;
    assert_eq!(schemes(&scene, &Method::POST), ["cavage", "rfc9421"]);
    scene.peer.demand(Method::POST, "cavage", 401, None);
    deliver(&scene, 4).await;
    assert_eq!(schemes(&scene, &Method::POST), ["rfc9421", "cavage"]);
    deliver(&scene, 5).await;
    assert_eq!(schemes(&scene, &Method::POST), ["cavage"]);
    // A refusal that is not about the signature is none to knock again for.
    scene.peer.demand(Method::POST, "none", 403, None);
    deliver(&scene, 6).await;
    assert_eq!(schemes(&scene, &Method::POST), ["cavage"]);
    scene.finish().await;
}

#[tokio::test]
async fn a_server_that_lets_nobody_in_is_asked_twice_and_not_more() {
    let scene = Scene::start(On::Sqlite).await;
    scene.peer.demand(Method::POST, "none", 401, None);
    deliver(&scene, 1).await;
    assert_eq!(schemes(&scene, &Method::POST), ["cavage", "rfc9421"]);
    scene.app.forget_deliveries().await;
    scene.finish().await;
}

#[tokio::test]
async fn a_fetch_knocks_twice_too_and_what_is_asked_for_is_signed() {
    let scene = Scene::start(On::Sqlite).await;
    let wants = "sig9=(\"@method\" \"@target-uri\" \"@authority\" \"date\");created;keyid;nonce=\"n-1\";tag=\"ap\"";
    scene.peer.demand(Method::GET, "rfc9421", 401, Some(wants));
    scene.peer.actor("Group", "/c/een");
    scene.peer.actor("Group", "/c/twee");
    scene.app.find(&scene.peer.at("/c/een")).await.expect("a group");
    let knocks = scene.peer.knocks();
    let [first, second, later @ ..] = knocks.as_slice() else { panic!("{knocks:?}") };
    assert!(later.iter().all(|knock| knock.scheme() == "rfc9421"), "it is remembered: {later:?}");
    check(&scene, first);
    check(&scene, second);
    assert_eq!((first.scheme(), second.scheme()), ("cavage", "rfc9421"));
    let input = second.header("signature-input");
    assert!(input.contains("(\"@method\" \"@target-uri\" \"@authority\" \"date\")"), "{input}");
    assert!(input.contains(";nonce=\"n-1\";tag=\"ap\"") && input.contains("/actor#main-key\""), "{input}");
    scene.app.find(&scene.peer.at("/c/twee")).await.expect("a group");
    let seen = schemes(&scene, &Method::GET);
    assert!(!seen.is_empty() && seen.iter().all(|scheme| *scheme == "rfc9421"), "{seen:?}");
    scene.finish().await;
}

#[tokio::test]
async fn software_that_says_it_reads_the_newer_signatures_gets_them() {
    let scene = Scene::start(On::Sqlite).await;
    let mut document = scene.els.document("Person");
    document["generator"] = json!({"type": "Application", "implements": [{"href": "https://datatracker.ietf.org/doc/html/rfc9421"}]});
    scene.peer.serve(&document);
    deliver(&scene, 1).await;
    assert_eq!(schemes(&scene, &Method::POST), ["rfc9421"]);
    // And when it does not after all, the older ones.
    scene.peer.demand(Method::POST, "cavage", 401, None);
    deliver(&scene, 2).await;
    assert_eq!(schemes(&scene, &Method::POST), ["rfc9421", "cavage"]);
    let ours = crate::support::peer::get(&scene.app, "GET", "/actor", "application/activity+json").await.json();
    assert_eq!(ours["implements"][0]["href"], "https://datatracker.ietf.org/doc/html/rfc9421");
    assert_eq!(ours["assertionMethod"][0]["controller"], ours["id"]);
    scene.finish().await;
}
