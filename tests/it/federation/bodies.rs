//! What arrives: every body is answered with what it deserves, and never with a 5xx, 410 or 418.

use serde_json::{Value, json};

use super::Scene;
use crate::on_both;
use crate::support::On;
use crate::support::peer::{ACTIVITY_JSON, Stranger, exchange, get};

/// A body with `hole` filled.
fn body(scene: &Scene, number: u32, hole: &str) -> String {
    let by = &scene.els.id;
    format!("{{\"id\":\"{by}#x/{number}\",\"type\":\"Listen\",\"actor\":\"{by}\",\"object\":{hole}}}")
}

async fn send(scene: &Scene, body: &str) -> u16 {
    scene.els.letter(&scene.app, "/inbox", body).send(&scene.app).await.status
}

#[tokio::test]
async fn t_81_only_what_somebody_wrote_may_be_long() {
    let scene = Scene::start(On::Sqlite).await;
    let padding = "x".repeat(70_000);
    for (number, kind, status) in [(1, "Like", 413), (2, "Follow", 413), (3, "Undo", 413), (4, "Create", 202), (5, "Announce", 202)] {
        let mut activity = scene.els.says(kind, number, &json!(scene.group.ap_id));
        activity["padding"] = json!(padding);
        assert_eq!(send(&scene, &activity.to_string()).await, status, "{kind}");
    }
    scene.app.run_jobs().await;
    scene.finish().await;
}

#[tokio::test]
async fn t_38_78_what_is_no_activity_is_refused_and_not_kept() {
    let scene = Scene::start(On::Sqlite).await;
    assert_eq!(send(&scene, &body(&scene, 0, "null")).await, 202, "and this one is");
    let holes: Vec<(&str, String)> = vec![
        ("no JSON", "nee".into()),
        ("something behind the end", "null}{".into()),
        ("a key twice", "{\"a\":1,\"a\":2}".into()),
        ("too deep", format!("{}{}", "[".repeat(10_000), "]".repeat(10_000))),
        ("deeper than we look", format!("{}{}", "{\"a\":".repeat(40), "}".repeat(40))),
        ("NUL", "\"a\\u0000b\"".into()),
        ("NUL in a name", "{\"a\\u0000b\":1}".into()),
        ("half a character", "\"\\ud800\"".into()),
        ("the other half", "\"\\udc00x\"".into()),
        ("a number beyond all numbers", "1e999".into()),
        ("NaN", "NaN".into()),
        ("too many entries", format!("[{}0]", "0,".repeat(20_000))),
        ("much more memory than bytes", format!("[{}0]", format!("{}0{},", "[".repeat(25), "]".repeat(25)).repeat(800))),
        ("tricks with linked data", "{\"@graph\":[{\"id\":\"x\"}]}".into()),
        ("tricks with the context", "{\"@context\":{\"object\":\"https://elders.example/ns#subject\"}}".into()),
    ];
    for (number, (what, hole)) in (1..).zip(&holes) {
        assert_eq!(send(&scene, &body(&scene, number, hole)).await, 400, "{what}");
        let activity = json!({"id": format!("{}#x/{number}", scene.els.id)});
        assert!(scene.received(&activity).await.is_none(), "{what}");
    }
    let by = &scene.els.id;
    for (what, body) in [
        ("empty", String::new()),
        ("blanks", "   ".into()),
        ("a list", format!("[{}]", body(&scene, 99, "null"))),
        ("a text", "\"hallo\"".into()),
        ("null", "null".into()),
        ("no actor", "{\"type\":\"Create\"}".into()),
        ("an actor that is a number", "{\"type\":\"Create\",\"actor\":1}".into()),
        ("no type", format!("{{\"actor\":\"{by}\",\"id\":\"{by}#x/98\"}}")),
        ("an id on another server", format!("{{\"actor\":\"{by}\",\"id\":\"https://derden.example/1\",\"type\":\"Create\"}}")),
        ("an id that is no address", format!("{{\"actor\":\"{by}\",\"id\":\"x\",\"type\":\"Create\"}}")),
    ] {
        assert_eq!(send(&scene, &body).await, 400, "{what}");
    }
    assert_eq!(meent::db::received::count(&mut scene.app.core.db.conn(), "new").await.expect("a read"), 1);
    scene.finish().await;
}

#[tokio::test]
async fn t_48_what_is_too_large_packed_or_of_another_kind_is_refused() {
    let scene = Scene::start(On::Sqlite).await;
    // Says that it is large, and sends nothing: nobody waits long for it.
    let mut letter = scene.els.letter(&scene.app, "/inbox", "");
    letter.set("Content-Length", Some("1048577"));
    assert_eq!(letter.send(&scene.app).await.status, 413);
    // Says that it is large, and is: it is heard out, so that whoever sends it reads the answer.
    let mut letter = scene.els.letter(&scene.app, "/inbox", "");
    letter.body = "x".repeat(12 * 1024 * 1024);
    assert_eq!(letter.send(&scene.app).await.status, 413);
    // Says nothing, and is.
    let large = "x".repeat(1024 * 1024 + 1);
    let mut letter = scene.els.letter(&scene.app, "/inbox", "");
    letter.set("Transfer-Encoding", Some("chunked"));
    letter.body = format!("{:x}\r\n{large}\r\n", large.len());
    assert_eq!(letter.send(&scene.app).await.status, 413);
    // As large as may be.
    let written = |hole: &str| body(&scene, 1, hole).replace("Listen", "Create");
    let frame = written("\"\"").len();
    assert_eq!(send(&scene, &written(&format!("\"{}\"", "x".repeat(1024 * 1024 - frame)))).await, 202);

    let fine = body(&scene, 2, "null");
    for kind in [Some("application/json"), Some("text/plain"), Some("application/activity+jsonx"), Some(""), None] {
        let mut letter = scene.els.letter(&scene.app, "/inbox", &fine);
        letter.set("Content-Type", kind);
        letter.signed = "(request-target) host date digest".into();
        assert_eq!(letter.send(&scene.app).await.status, 415, "{kind:?}");
    }
    for packed in ["gzip", "br", "identity"] {
        let mut letter = scene.els.letter(&scene.app, "/inbox", &fine);
        letter.set("Content-Encoding", Some(packed));
        assert_eq!(letter.send(&scene.app).await.status, 415, "{packed}");
    }
    let kinds = [
        "application/activity+json; charset=utf-8",
        "Application/Activity+JSON",
        "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
        "application/ld+json",
    ];
    for (number, kind) in (10..).zip(kinds) {
        let mut letter = scene.els.letter(&scene.app, "/inbox", &body(&scene, number, "null"));
        letter.set("Content-Type", Some(kind));
        assert_eq!(letter.send(&scene.app).await.status, 202, "{kind}");
    }
    for method in ["GET", "HEAD", "PUT", "DELETE"] {
        for path in ["/inbox", "/u/bram/inbox", "/c/jeugd/inbox", "/actor/inbox"] {
            assert_eq!(get(&scene.app, method, path, ACTIVITY_JSON).await.status, 405, "{method} {path}");
        }
    }
    scene.finish().await;
}

#[tokio::test]
async fn t_47_requests_that_hardly_are_any_get_an_answer_all_the_same() {
    let scene = Scene::start(On::Sqlite).await;
    let head = format!("Host: {}\r\nConnection: close\r\n", scene.app.host());
    for (what, status, text) in [
        (
            "an address of a whole server",
            401,
            format!("POST http://elders.example/inbox HTTP/1.1\r\n{head}Content-Type: {ACTIVITY_JSON}\r\nContent-Length: 2\r\n\r\n{{}}"),
        ),
        ("two slashes", 404, format!("POST //inbox HTTP/1.1\r\n{head}Content-Length: 0\r\n\r\n")),
        ("a slash too many", 404, format!("POST /inbox/ HTTP/1.1\r\n{head}Content-Length: 0\r\n\r\n")),
        ("a percent sign", 404, format!("POST /%69nbox HTTP/1.1\r\n{head}Content-Length: 0\r\n\r\n")),
    ] {
        let reply = exchange(&scene.app, &text).await;
        assert_eq!(reply.status, status, "{what}: {reply:?}");
    }
    scene.finish().await;
}

on_both! {
    async fn an_actor_may_be_written_out_in_full(on: On) {
        let scene = Scene::start(on).await;
        let mut follow = scene.els.says("Follow", 1, &json!(scene.group.ap_id));
        follow["actor"] = scene.els.document("Person");
        follow["to"] = json!([scene.app.core.urls.at("/c/jeugd/inbox")]);
        scene.done(&scene.els, &follow).await;
        let accept: Value = serde_json::from_str(&scene.peer.inbox()[0]).expect("JSON");
        assert_eq!((accept["type"].as_str(), &accept["object"]), (Some("Accept"), &follow));
        // Somebody else written out in full is somebody else.
        let mut forged = scene.els.says("Follow", 2, &json!(scene.group.ap_id));
        forged["actor"] = json!({"id": scene.peer.at("/u/tom"), "publicKey": scene.els.document("Person")["publicKey"]});
        assert_eq!(scene.els.sends(&scene.app, &forged).await, 401);
        scene.finish().await;
    }

    async fn t_80_names_as_long_as_a_database_can_not_hold_hurt_nobody(on: On) {
        let scene = Scene::start(on).await;
        // Text that does not compress: an index of PostgreSQL holds some 2 700 bytes.
        let noise = |seed: u64, length: usize| -> String {
            let mut state = seed;
            let mut next = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                char::from(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"[usize::try_from(state >> 58).expect("six bits")])
            };
            (0..length).map(|_| next()).collect()
        };
        let long = scene.peer.actor("Person", &format!("/u/{}", noise(1, 900)));
        let mut document = long.document("Person");
        document["preferredUsername"] = json!("lang");
        scene.peer.serve(&document);
        // An activity whose id does not fit beside that of its actor.
        let mut activity = long.says("Listen", 1, &json!("x"));
        for length in [900, 1_900, 3_000] {
            activity["id"] = json!(scene.peer.at(&format!("/activities/{}", noise(2, length))));
            let status = long.sends(&scene.app, &activity).await;
            assert!(status == 202 || status == 400, "{length}: {status}");
        }
        // A shared inbox that fits nowhere is none, and no inbox at all nobody to answer: the others who follow the group must get what is announced.
        let els = &scene.els;
        scene.done(els, &els.says("Follow", 1, &json!(scene.group.ap_id))).await;
        for (number, field) in (1..).zip(["endpoints", "inbox", "publicKey", "url", "outbox", "id"]) {
            let id = scene.peer.at(&format!("/u/lang{number}"));
            let by = Stranger { key_id: format!("{id}#main-key"), id, key: els.key.clone() };
            let address = scene.peer.at(&format!("/{}", noise(number, 4_000)));
            let mut document = by.document("Person");
            match field {
                "endpoints" => document[field]["sharedInbox"] = json!(address),
                "publicKey" => document[field]["id"] = json!(address),
                _ => document[field] = json!(address),
            }
            scene.peer.serve_at(&format!("/u/lang{number}"), &document);
            let status = by.sends(&scene.app, &by.says("Follow", 1, &json!(scene.group.ap_id))).await;
            assert!(status == 401 || (status == 202 && matches!(field, "url" | "endpoints" | "outbox")), "{field}: {status}");
        }
        let before = scene.peer.inbox().len();
        let question = scene.app.ask(&scene.bram, &scene.group, "Komt dit aan?", "Bij iedereen.").await;
        scene.app.run_jobs().await;
        assert!(scene.peer.inbox()[before..].iter().any(|body| body.contains(&question.ap_id) && body.contains("Announce")));
        // What is taken back, and an interest, under a name that fits nowhere.
        let like = json!({"type": "Like", "actor": els.id, "id": scene.peer.at(&format!("/likes/{}", noise(10, 3_000))), "object": question.ap_id});
        let (state, note) = scene.outcome(els, &els.says("Undo", 3, &like)).await;
        assert!(state != "new", "{note}");
        // Something to be removed whose name fits nowhere.
        let delete = els.says("Delete", 2, &json!(scene.peer.at(&format!("/post/{}", noise(9, 4_000)))));
        let (state, note) = scene.outcome(els, &delete).await;
        assert!(state != "new", "{note}");
        scene.finish().await;
    }
}
