//! Who sent this? Every part of a signature bent, one at a time.

use meent::db;
use meent::model::{Clock, Time};
use serde_json::{Value, json};

use super::Scene;
use crate::on_both;
use crate::support::peer::{Letter, Page, Peer, Stranger, date, digest, get};
use crate::support::{On, START, TestApp, key};

/// An activity that does nothing, so that only its signature is judged.
fn silent(by: &Stranger, number: u32) -> Value {
    by.says("Listen", number, &json!("https://elders.example/x"))
}

/// Sends a bent letter by somebody who was never seen before; gives the status, whether it was stored, and how often
/// the key was asked for.
async fn try_bent(scene: &Scene, number: u32, bend: impl FnOnce(&mut Letter, &Stranger)) -> (u16, bool, usize, String) {
    let path = format!("/u/els{number}");
    let by = scene.peer.actor("Person", &path);
    let activity = silent(&by, number);
    let mut letter = by.letter(&scene.app, "/inbox", &activity.to_string());
    bend(&mut letter, &by);
    let reply = letter.send(&scene.app).await;
    (reply.status, scene.received(&activity).await.is_some(), scene.peer.gets(&path), reply.body)
}

type Bend = fn(&mut Letter, &Stranger, &Clock);

#[tokio::test]
async fn t_40_to_46_what_can_be_seen_without_the_key_is_refused_before_anything_is_fetched() {
    let scene = Scene::start(On::Sqlite).await;
    let bends: &[(&str, u16, Bend)] = &[
        ("an unsigned date", 401, |letter, _, _| letter.signed = "(request-target) host digest".into()),
        ("no date", 401, |letter, _, _| letter.set("Date", None)),
        ("a date of yesterday", 401, |letter, _, clock| letter.set("Date", Some(&date(clock, -Time::DAY)))),
        ("a date just too old", 401, |letter, _, clock| letter.set("Date", Some(&date(clock, -Time::HOUR - Time::MINUTE)))),
        ("a date of tomorrow", 401, |letter, _, clock| letter.set("Date", Some(&date(clock, Time::DAY)))),
        ("a date that is none", 401, |letter, _, _| letter.set("Date", Some("vandaag"))),
        ("a date that is a number", 401, |letter, _, _| letter.set("Date", Some("1795165200"))),
        ("an unsigned host", 401, |letter, _, _| letter.signed = "(request-target) date digest".into()),
        ("the host of another server", 401, |letter, _, _| letter.set("Host", Some("b.localhost:4711"))),
        ("an unsigned target", 401, |letter, _, _| letter.signed = "host date digest".into()),
        ("no headers named", 401, |letter, _, _| letter.signed = String::new()),
        ("a signature that signs itself", 401, |letter, _, _| letter.signed += " signature"),
        ("a signed header that is not there", 401, |letter, _, _| letter.signed += " x-nowhere"),
        ("another body", 401, |letter, _, _| letter.body = letter.body.replace("Listen", "Create")),
        ("an unsigned digest", 401, |letter, _, _| letter.signed = "(request-target) host date".into()),
        ("no digest", 401, |letter, _, _| letter.set("Digest", None)),
        ("a digest by MD5", 401, |letter, _, _| letter.set("Digest", Some("MD5=1B2M2Y8AsgTpgAmY7PhCfg=="))),
        ("two digests", 401, |letter, _, _| {
            let twice = format!("{},SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", digest(&letter.body));
            letter.set("Digest", Some(&twice));
        }),
        ("a digest that is no base64", 401, |letter, _, _| letter.set("Digest", Some("SHA-256=%%%"))),
        ("the digest of nothing", 401, |letter, _, _| letter.set("Digest", Some(&digest("")))),
        ("HMAC", 401, |letter, _, _| letter.algorithm = Some("hmac-sha256".into())),
        ("SHA-1", 401, |letter, _, _| letter.algorithm = Some("rsa-sha1".into())),
        ("no algorithm there is", 401, |letter, _, _| letter.algorithm = Some("none".into())),
        ("both schemes at once", 401, |letter, _, _| letter.set("Signature-Input", Some("sig1=(\"@method\");created=1"))),
        ("a signature that is no base64", 401, |letter, _, _| letter.signature = Some("%%%".into())),
        ("a parameter twice", 401, |letter, _, _| letter.parameters.push(("keyId", "\"https://elders.example/u/x\"".into()))),
        ("two signatures", 400, |letter, _, _| letter.headers.push(("Signature".into(), "keyId=\"x\"".into()))),
        ("two Digest headers", 400, |letter, _, _| letter.headers.push(("Digest".into(), digest(&letter.body)))),
        ("two Date headers", 400, |letter, _, clock| letter.headers.push(("Date".into(), date(clock, 0)))),
        ("two Host headers", 400, |letter, _, _| letter.headers.push(("Host".into(), "b.localhost".into()))),
        ("(created) of the future", 401, |letter, _, clock| created(letter, clock, Time::DAY, 2 * Time::DAY)),
        ("(expires) in the past", 401, |letter, _, clock| created(letter, clock, -4 * Time::HOUR, -2 * Time::HOUR)),
        ("(created) of yesterday, (expires) in a year", 401, |letter, _, clock| created(letter, clock, -Time::DAY, 365 * Time::DAY)),
        ("(created) that is not said", 401, |letter, _, _| letter.signed = "(request-target) (created) host digest".into()),
        // Signed over the other lines alone, with any Date: it could be sent again for ever.
        ("(created) that is in no line", 401, |letter, _, _| {
            letter.signed = "(request-target) host digest".into();
            letter.signature = Some(letter.signed_now());
            letter.signed = "(request-target) (created) host digest".into();
        }),
        ("(created) that is no time", 401, |letter, _, _| {
            letter.signed = "(request-target) (created) host digest".into();
            letter.parameters.push(("created", "18446744073709551615".into()));
        }),
        ("a key id that is no address", 401, |letter, _, _| letter.key_id = "els".into()),
        ("a key id with a user in it", 401, |letter, _, _| letter.key_id = letter.key_id.replacen("//", "//els@", 1)),
        ("a key id inside", 401, |letter, _, _| letter.key_id = "http://10.0.0.1/u/els#main-key".into()),
    ];
    for (number, (what, status, bend)) in (1..).zip(bends) {
        let clock = scene.app.clock.clone();
        let (said, stored, gets, why) = try_bent(&scene, number, |letter, by| bend(letter, by, &clock)).await;
        assert_eq!((said, stored, gets), (*status, false, 0), "{what}: {why}");
    }
    let unsigned = scene.els.letter(&scene.app, "/inbox", &silent(&scene.els, 1).to_string()).send_as_it_is(&scene.app).await;
    assert_eq!(unsigned.status, 401);
    let ours = Stranger { id: scene.bram.ap_id.clone(), key_id: scene.bram.key_id.clone(), key: key("a") };
    assert_eq!(ours.sends(&scene.app, &silent(&ours, 1)).await, 401, "nobody sends us something in the name of one of ours");
    assert_eq!(scene.peer.all_gets(), 0);
    scene.finish().await;
}

fn created(letter: &mut Letter, clock: &Clock, created: i64, expires: i64) {
    letter.signed = "(request-target) (created) (expires) host digest content-type".into();
    letter.algorithm = Some("hs2019".into());
    for (name, offset) in [("created", created), ("expires", expires)] {
        letter.parameters.push((name, (clock.now().plus(offset).0 / 1_000).to_string()));
    }
}

#[tokio::test]
async fn t_42_44_46_what_only_the_key_can_tell_is_refused_after_one_look_at_it() {
    let scene = Scene::start(On::Sqlite).await;
    let bends: &[(&str, Bend)] = &[
        ("another's key", |letter, _, _| letter.private_pem = key("b").private_pem),
        ("another path", |letter, _, _| letter.target = "/u/bram/inbox".into()),
        ("garbage", |letter, _, _| letter.signature = Some("AAAA".into())),
        ("another algorithm than said", |letter, _, _| letter.algorithm = Some("rsa-sha512".into())),
        // A signature of nothing but the date, with an Authorization header that says so.
        ("a header that looks like a signature", |letter, _, _| {
            let all = std::mem::replace(&mut letter.signed, "date".into());
            let of_date_only = letter.signature_header();
            letter.signature = of_date_only.split("signature=").nth(1).map(|text| text.trim_matches('"').to_owned());
            letter.headers.push(("Authorization".into(), format!("Signature {of_date_only}")));
            letter.signed = format!("{all} authorization");
        }),
    ];
    for (number, (what, bend)) in (1..).zip(bends) {
        let clock = scene.app.clock.clone();
        let (said, stored, gets, why) = try_bent(&scene, number, |letter, by| bend(letter, by, &clock)).await;
        assert!(said == 401 && !stored && gets <= 1, "{what}: {said} {stored} {gets} {why}");
    }
    scene.finish().await;
}

#[tokio::test]
async fn what_peers_do_differently_is_accepted() {
    let scene = Scene::start(On::Sqlite).await;
    let bends: &[(&str, Bend)] = &[
        ("as we do it", |_, _, _| ()),
        ("blanks behind the commas", |letter, _, _| letter.separator = ", "),
        ("an Authorization header besides", |letter, _, _| letter.set("Authorization", Some("Bearer x"))),
        ("hs2019 with (created) and (expires)", |letter, _, clock| created(letter, clock, 0, 5 * Time::MINUTE)),
        ("(created) of a minute ahead", |letter, _, clock| created(letter, clock, Time::MINUTE, 5 * Time::MINUTE)),
        ("hs2019 without them", |letter, _, _| letter.algorithm = Some("hs2019".into())),
        ("no algorithm", |letter, _, _| letter.algorithm = None),
        ("a clock that is a little off", |letter, _, clock| letter.set("Date", Some(&date(clock, 50 * Time::MINUTE)))),
        ("(created) said but not signed", |letter, _, _| letter.parameters.push(("created", "18446744073709551615".into()))),
        ("another digest besides", |letter, _, _| {
            let two = format!("MD5=x,{}", digest(&letter.body));
            letter.set("Digest", Some(&two));
        }),
        ("a lower-case name of the digest", |letter, _, _| {
            let lower = digest(&letter.body).replacen("SHA", "sha", 1);
            letter.set("Digest", Some(&lower));
        }),
        ("the host without its port", |letter, _, _| letter.set("Host", Some("a.localhost"))),
        ("the path without its query", |letter, _, _| letter.path += "?x=1"),
    ];
    for (number, (what, bend)) in (1..).zip(bends) {
        let clock = scene.app.clock.clone();
        let (said, stored, gets, why) = try_bent(&scene, number, |letter, by| bend(letter, by, &clock)).await;
        assert_eq!((said, stored, gets), (202, true, 1), "{what}: {why}");
    }
    for path in ["/u/bram/inbox", "/c/jeugd/inbox", "/actor/inbox"] {
        let activity = silent(&scene.els, 10);
        assert_eq!(scene.els.letter(&scene.app, path, &activity.to_string()).send(&scene.app).await.status, 202, "{path}");
    }
    scene.finish().await;
}

#[tokio::test]
async fn t_01_07_46_a_key_belongs_to_whom_lists_it_and_to_nobody_else() {
    let scene = Scene::start(On::Sqlite).await;
    let honest = scene.peer.actor("Person", "/u/honest");
    assert_eq!(honest.sends(&scene.app, &silent(&honest, 1)).await, 202);
    // The activity of another actor, under one's own signature.
    let mut foreign = silent(&honest, 2);
    foreign["actor"] = json!(scene.els.id);
    assert_eq!(honest.sends(&scene.app, &foreign).await, 401);
    assert!(scene.received(&foreign).await.is_none());
    // A document that says whose key it is: the owner doesn't list it.
    let thief = Stranger { key_id: scene.peer.at("/keys/1"), id: honest.id.clone(), key: key("b") };
    scene.peer.serve_at("/keys/1", &json!({"id": thief.key_id, "owner": honest.id, "publicKeyPem": thief.key.public_pem}));
    assert_eq!(thief.sends(&scene.app, &silent(&thief, 3)).await, 401);
    // A document that pretends to be the owner as a whole, at another address of the same server.
    let thief = Stranger { key_id: scene.peer.at("/files/1#main-key"), ..thief };
    scene.peer.serve_at("/files/1", &thief.document("Person"));
    assert_eq!(thief.sends(&scene.app, &silent(&thief, 4)).await, 401);
    assert_eq!(scene.app.actor(&honest.id).await.public_key_pem, honest.key.public_pem, "the key was replaced");
    // A key whose owner lives on another server.
    let other = Peer::start("derden").await;
    let away = Stranger { key_id: other.at("/u/x#main-key"), id: honest.id.clone(), key: key("b") };
    let mut document = away.document("Person");
    other.serve_at("/u/x", &document);
    assert_eq!(away.sends(&scene.app, &silent(&away, 5)).await, 401);
    document["publicKey"]["owner"] = json!(other.at("/u/x"));
    other.serve_at("/u/x", &document);
    assert_eq!(away.sends(&scene.app, &silent(&away, 6)).await, 429, "it was asked for a moment ago");
    scene.app.clock.advance(11 * Time::MINUTE);
    assert_eq!(away.sends(&scene.app, &silent(&away, 6)).await, 401);
    assert_eq!(scene.app.actor(&honest.id).await.public_key_pem, honest.key.public_pem, "the key was replaced");
    // Too short a key, well signed.
    let mut weak = Stranger { id: scene.peer.at("/u/weak"), key_id: scene.peer.at("/u/weak#main-key"), key: key("weak") };
    scene.peer.serve(&weak.document("Person"));
    let activity = silent(&weak, 7);
    weak.key = key("stranger");
    let mut letter = weak.letter(&scene.app, "/inbox", &activity.to_string());
    letter.signature = Some(sign_weakly(&letter.signing_string()));
    let reply = letter.send(&scene.app).await;
    assert!(reply.status == 401 && reply.body.contains("2048"), "{reply:?}");
    scene.finish().await;
}

/// The short key signs with a library that still does so.
fn sign_weakly(text: &str) -> String {
    use base64::Engine;
    use rsa::pkcs8::DecodePrivateKey;
    use rsa::signature::{SignatureEncoding, Signer};
    let key = rsa::RsaPrivateKey::from_pkcs8_pem(&key("weak").private_pem).expect("a key");
    let signature = rsa::pkcs1v15::SigningKey::<sha2::Sha256>::new(key).sign(text.as_bytes());
    base64::engine::general_purpose::STANDARD.encode(signature.to_bytes())
}

#[tokio::test]
async fn a_key_without_a_fragment_leads_to_a_stub_and_the_stub_to_the_actor() {
    let scene = Scene::start(On::Sqlite).await;
    let id = scene.peer.at("/users/tom");
    let tom = Stranger { key_id: format!("{id}/main-key"), id: id.clone(), key: key("stranger") };
    scene.peer.serve(&tom.document("Person"));
    let stub = json!({"id": id, "type": "Person", "preferredUsername": "tom", "publicKey": tom.document("Person")["publicKey"]});
    scene.peer.serve_at("/users/tom/main-key", &stub);
    assert_eq!(tom.sends(&scene.app, &silent(&tom, 1)).await, 202);
    assert_eq!(tom.sends(&scene.app, &silent(&tom, 2)).await, 202);
    assert_eq!((scene.peer.gets("/users/tom/main-key"), scene.peer.gets("/users/tom")), (1, 1));
    scene.finish().await;
}

#[tokio::test]
async fn t_09_a_new_key_is_fetched_once_and_bad_signatures_do_not_make_us_knock_again() {
    let scene = Scene::start(On::Sqlite).await;
    let mut els = scene.els.clone();
    assert_eq!(els.sends(&scene.app, &silent(&els, 1)).await, 202);
    els.key = key("b");
    scene.peer.serve(&els.document("Person"));
    assert_eq!(els.sends(&scene.app, &silent(&els, 2)).await, 202, "the new key is fetched");
    assert_eq!(scene.peer.gets("/u/els"), 2);
    // From here on somebody forges.
    els.key = key("c");
    for number in 3..9 {
        assert_eq!(els.sends(&scene.app, &silent(&els, number)).await, 401);
    }
    assert_eq!(scene.peer.gets("/u/els"), 2);
    scene.app.clock.advance(6 * Time::MINUTE);
    for number in 3..9 {
        assert_eq!(els.sends(&scene.app, &silent(&els, number)).await, 401);
    }
    assert_eq!(scene.peer.gets("/u/els"), 3, "once in five minutes");
    scene.finish().await;
}

#[tokio::test]
async fn t_09_77_keys_that_do_not_exist_do_not_make_us_a_hammer() {
    let scene = Scene::start(On::Sqlite).await;
    // The same document under ever other names of a key.
    for number in 0..20 {
        let els = Stranger { key_id: format!("{}#key{number}", scene.els.id), ..scene.els.clone() };
        assert_eq!(els.sends(&scene.app, &silent(&els, number)).await, if number == 0 { 401 } else { 429 });
    }
    assert_eq!(scene.peer.gets("/u/els"), 1);
    // Ever other documents of the same server.
    for number in 0..400 {
        let nobody = Stranger { key_id: scene.peer.at(&format!("/nobody/{number}")), ..scene.els.clone() };
        assert!(matches!(nobody.sends(&scene.app, &silent(&nobody, number)).await, 401 | 429));
    }
    assert!(scene.peer.all_gets() <= 200, "{}", scene.peer.all_gets());
    // Other servers are still heard, and after a while this one is again.
    let other = Peer::start("derden").await;
    let tom = other.actor("Person", "/u/tom");
    assert_eq!(tom.sends(&scene.app, &silent(&tom, 1)).await, 202);
    scene.app.clock.advance(11 * Time::MINUTE);
    assert_eq!(scene.els.sends(&scene.app, &silent(&scene.els, 1)).await, 202);
    scene.finish().await;
}

#[tokio::test]
async fn t_15_a_blocked_server_gets_403_and_no_visit() {
    let peer = Peer::start("geblokkeerd").await;
    let els = peer.actor("Person", "/u/els");
    let app = TestApp::start_with(On::Sqlite, "a", &Clock::manual(START), |config| config.federation.block = vec![peer.host.clone()]).await;
    assert_eq!(els.sends(&app, &silent(&els, 1)).await, 403);
    assert_eq!(peer.all_gets(), 0);
    assert!(app.find(&els.id).await.is_err());
    assert!(app.find(&format!("els@{}", peer.host)).await.is_err());
    assert_eq!(peer.all_gets(), 0);
    app.finish().await;
}

on_both! {
    async fn t_42_a_captured_request_has_no_second_effect(on: On) {
        let scene = Scene::start(on).await;
        let follow = scene.els.says("Follow", 1, &json!(scene.group.ap_id));
        let letter = scene.els.letter(&scene.app, "/inbox", &follow.to_string());
        assert_eq!(letter.clone().send(&scene.app).await.status, 202);
        scene.app.run_jobs().await;
        let undo = scene.els.says("Undo", 2, &follow);
        scene.done(&scene.els, &undo).await;
        assert_eq!(letter.clone().send(&scene.app).await.status, 202);
        scene.app.run_jobs().await;
        let followers = db::follows::count(&mut scene.app.core.db.conn(), scene.group.id).await.expect("a read");
        assert_eq!(followers, 1, "only Bram is left");
        assert_eq!(scene.peer.inbox().len(), 1, "one Accept");
        // Sent on to another instance, word for word; and to this one after two hours.
        let other = TestApp::start(on, "b", &scene.app.clock).await;
        assert_eq!(letter.clone().send(&other).await.status, 401);
        scene.app.clock.advance(2 * Time::HOUR);
        assert_eq!(letter.send(&scene.app).await.status, 401);
        other.finish().await;
        scene.finish().await;
    }
}

#[tokio::test]
async fn the_delete_of_somebody_who_is_gone_is_taken_and_everything_else_of_them_is_not() {
    let scene = Scene::start(On::Sqlite).await;
    scene.peer.gone("/u/els");
    let delete = scene.els.says("Delete", 1, &json!(scene.els.id));
    assert_eq!(scene.els.sends(&scene.app, &delete).await, 202);
    assert!(scene.received(&delete).await.is_none(), "nobody can tell whose it was");
    scene.app.clock.advance(Time::HOUR);
    let reply = scene.els.letter(&scene.app, "/inbox", &silent(&scene.els, 2).to_string()).send(&scene.app).await;
    assert_eq!(reply.status, 401, "never 410: some servers would never send again");
    scene.finish().await;
}

#[tokio::test]
async fn with_an_allow_list_only_the_allowed_may_fetch_and_they_sign() {
    let peer = Peer::start("elders").await;
    let (els, other) = (peer.actor("Person", "/u/els"), Peer::start("derden").await);
    let tom = other.actor("Person", "/u/tom");
    let app = TestApp::start_with(On::Sqlite, "a", &Clock::manual(START), |config| {
        config.federation.mode = "allowlist".into();
        config.federation.allow = vec![peer.host.clone()];
    })
    .await;
    let bram = app.member("bram", "Bram de Wit").await;
    let group = app.group("jeugd", "Jeugdhulp", &bram).await;
    let question = app.ask(&bram, &group, "Wie mag dit lezen?", "Alleen wie op de lijst staat.").await;
    app.run_jobs().await;
    let path = question.ap_id.replace(&app.core.urls.at(""), "");
    for path in [path.as_str(), "/u/bram", "/c/jeugd", "/c/jeugd/outbox", "/c/jeugd/followers", &format!("{path}/context")] {
        assert_eq!(get(&app, "GET", path, "application/activity+json").await.status, 401, "{path}");
        let allowed = Letter::new("GET", &app, path, "", &els).send(&app).await;
        assert_eq!(allowed.status, 200, "{path}: {allowed:?}");
        assert_eq!(Letter::new("GET", &app, path, "", &tom).send(&app).await.status, 403, "{path}");
    }
    // Or two careful servers could never meet.
    assert_eq!(get(&app, "GET", "/actor", "application/activity+json").await.status, 200);
    assert_eq!(tom.sends(&app, &silent(&tom, 1)).await, 403);
    assert_eq!(other.all_gets(), 0);
    app.finish().await;
}

#[tokio::test]
async fn t_74_91_a_key_that_comes_as_a_page_or_never_ends_is_none() {
    let scene = Scene::start(On::Sqlite).await;
    let page = |kind: &str| Page::Text { status: 200, kind: kind.into(), body: scene.els.document("Person").to_string() };
    for (number, kind) in (1..).zip(["text/html", "application/json", "application/ld+json", "text/plain", ""]) {
        scene.peer.page("/u/els", page(kind));
        assert_eq!(scene.els.sends(&scene.app, &silent(&scene.els, number)).await, 401, "{kind}");
        scene.app.clock.advance(11 * Time::MINUTE);
    }
    scene.peer.page("/u/els", Page::Endless);
    assert_eq!(scene.els.sends(&scene.app, &silent(&scene.els, 6)).await, 401);
    scene.app.clock.advance(11 * Time::MINUTE);
    scene.peer.page("/u/els", page("application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\""));
    assert_eq!(scene.els.sends(&scene.app, &silent(&scene.els, 7)).await, 202);
    scene.finish().await;
}
