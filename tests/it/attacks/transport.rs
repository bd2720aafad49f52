//! On the way: bytes under a signature, headers, replays, proxies.

use meent::db;
use meent::model::{Actor, Clock, FollowState, Time};
use serde_json::json;

use super::rule;
use crate::federation::Scene;
use crate::on_both;
use crate::support::peer::{ACTIVITY_JSON, Letter, date, digest, exchange, get};
use crate::support::{On, START, TestApp, settle};

#[tokio::test]
async fn t_40_41_the_bytes_that_came_are_the_bytes_that_were_signed() {
    let scene = Scene::start(On::Sqlite).await;
    let els = &scene.els;
    let activity = els.says("Follow", 1, &json!(scene.group.ap_id));
    let letter = els.letter(&scene.app, "/inbox", &activity.to_string());
    let forged = activity.to_string().replace("jeugd", "wonen");
    for (what, body, sums) in [
        ("another body", forged.clone(), None),
        ("a blank more", format!("{activity} "), None),
        ("other blanks", activity.to_string().replace(",\"", ", \""), None),
        ("nothing", String::new(), None),
        // The digest put right, but that was signed.
        ("a digest of the other body", forged.clone(), Some(digest(&forged))),
    ] {
        let mut bent = letter.clone();
        bent.headers.push(("Signature".into(), letter.signature_header()));
        bent.body = body;
        if let Some(sums) = sums {
            bent.set("Digest", Some(&sums));
        }
        assert_eq!(bent.send_as_it_is(&scene.app).await.status, 401, "{what}");
    }
    // Signed, and no sum that counts.
    let right = digest(&letter.body);
    for sums in
        ["", "SHA-256=", "sha-512=AAAA", "SHA-256=AAAA", "UNIXsum=30637", "SHA-256", &right.replace('=', ":"), &format!("{right},{right}")]
    {
        let mut bent = letter.clone();
        bent.set("Digest", Some(sums));
        assert_eq!(bent.send(&scene.app).await.status, 401, "{sums:?}");
    }
    assert!(scene.received(&activity).await.is_none());
    assert_eq!(letter.send(&scene.app).await.status, 202);
    scene.finish().await;
}

#[tokio::test]
async fn t_42_a_request_is_for_one_address_on_one_server_for_an_hour() {
    let scene = Scene::start(On::Sqlite).await;
    let other = TestApp::start(On::Sqlite, "b", &scene.app.clock).await;
    let els = &scene.els;
    let letter = els.letter(&scene.app, "/inbox", &els.says("Listen", 1, &json!("x")).to_string());
    let signed = |letter: &Letter| {
        let mut letter = letter.clone();
        letter.headers.push(("Signature".into(), letter.signature_header()));
        letter
    };
    let captured = signed(&letter);
    for path in ["/u/bram/inbox", "/c/jeugd/inbox", "/actor/inbox"] {
        let mut bent = captured.clone();
        path.clone_into(&mut bent.path);
        assert_eq!(bent.send_as_it_is(&scene.app).await.status, 401, "{path}");
    }
    assert_eq!(captured.clone().send_as_it_is(&other).await.status, 401);
    let mut renamed = captured.clone();
    renamed.set("Host", Some(other.host()));
    assert_eq!(renamed.send_as_it_is(&other).await.status, 401);
    for _ in 0..3 {
        assert_eq!(captured.clone().send_as_it_is(&scene.app).await.status, 202, "a repetition is no mistake");
    }
    assert_eq!(db::received::count(&mut scene.app.core.db.conn(), "new").await.expect("a read"), 1);
    scene.app.clock.advance(Time::HOUR + Time::MINUTE);
    assert_eq!(captured.send_as_it_is(&scene.app).await.status, 401);
    // The same id with other words is the first one still.
    let mut again = els.says("Listen", 1, &json!("x"));
    again["type"] = json!("Follow");
    again["object"] = json!(scene.group.ap_id);
    assert_eq!(els.sends(&scene.app, &again).await, 202);
    scene.app.run_jobs().await;
    assert_eq!(db::follows::count(&mut scene.app.core.db.conn(), scene.group.id).await.expect("a read"), 1);
    // And the same id by somebody else is something else: nobody takes another's place in the queue.
    let tom = scene.peer.actor("Person", "/u/tom");
    let mut first = tom.says("Listen", 2, &json!("x"));
    first["id"] = els.says("Follow", 2, &json!("x"))["id"].clone();
    assert_eq!(tom.sends(&scene.app, &first).await, 202);
    assert_eq!(els.sends(&scene.app, &els.says("Follow", 2, &json!(scene.group.ap_id))).await, 202);
    scene.app.run_jobs().await;
    assert_eq!(db::follows::count(&mut scene.app.core.db.conn(), scene.group.id).await.expect("a read"), 2);
    other.finish().await;
    scene.finish().await;
}

#[tokio::test]
async fn t_45_headers_that_come_twice_or_folded_are_refused() {
    let scene = Scene::start(On::Sqlite).await;
    let els = &scene.els;
    let activity = els.says("Listen", 1, &json!("x"));
    let letter = els.letter(&scene.app, "/inbox", &activity.to_string());
    for name in ["Signature", "Digest", "Host", "Date"] {
        for value in ["x", "", &letter.headers[0].1] {
            for first in [true, false] {
                let mut bent = letter.clone();
                bent.headers.push(("Signature".into(), letter.signature_header()));
                let at = if first { 0 } else { bent.headers.len() };
                bent.headers.insert(at, (name.into(), value.into()));
                let status = bent.send_as_it_is(&scene.app).await.status;
                assert_eq!(status, 400, "{name}: {value:?}");
            }
        }
    }
    let mut folded = letter.clone();
    let signature = letter.signature_header().replace(",signature", ",\r\n signature");
    folded.headers.push(("Signature".into(), signature));
    assert_eq!(folded.send_as_it_is(&scene.app).await.status, 400);
    assert!(scene.received(&activity).await.is_none());
    scene.finish().await;
}

#[tokio::test]
async fn t_47_what_a_proxy_says_does_not_change_who_we_are() {
    let scene = Scene::start(On::Sqlite).await;
    let els = &scene.els;
    let ours = scene.app.host().to_owned();
    for (name, value) in
        [("X-Forwarded-Host", ours.as_str()), ("X-Original-Host", &ours), ("Forwarded", &format!("host=\"{ours}\"")), ("X-Host", &ours)]
    {
        // Signed for another server, and passed on as if it were for us.
        let mut letter = els.letter(&scene.app, "/inbox", &els.says("Listen", 1, &json!("x")).to_string());
        letter.set("Host", Some("b.localhost:4711"));
        letter.headers.push((name.into(), value.into()));
        assert_eq!(letter.send(&scene.app).await.status, 401, "{name}");
        // And the other way round: it is for us, whatever they say.
        let mut letter = els.letter(&scene.app, "/inbox", &els.says("Listen", 2, &json!("x")).to_string());
        letter.headers.push((name.into(), "evil.example".into()));
        assert_eq!(letter.send(&scene.app).await.status, 202, "{name}");
    }
    // Documents and links bear our name alone.
    let text = format!(
        "GET /c/jeugd HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nAccept: {ACTIVITY_JSON}\r\nConnection: close\r\n\r\n"
    );
    let reply = exchange(&scene.app, &text).await;
    assert!(!reply.body.contains("evil.example") && (reply.status != 200 || reply.body.contains(&scene.group.ap_id)), "{reply:?}");
    // A path that was written otherwise on the way is not the one that was signed.
    for path in ["/inbox?", "/./inbox", "/x/../inbox", "/INBOX", "/inbox;x", "/inbox%00", "/inbox%2f"] {
        let mut letter = els.letter(&scene.app, "/inbox", &els.says("Listen", 3, &json!("x")).to_string());
        path.clone_into(&mut letter.path);
        let status = letter.send(&scene.app).await.status;
        assert!(matches!(status, 400 | 401 | 404 | 405) || path == "/inbox?", "{path}: {status}");
    }
    scene.finish().await;
}

#[tokio::test]
async fn t_48_two_readers_can_not_disagree_about_where_a_request_ends() {
    let scene = Scene::start(On::Sqlite).await;
    let ours = format!("Host: {}\r\nConnection: close\r\nContent-Type: {ACTIVITY_JSON}\r\n", scene.app.host());
    let hidden = format!("GET /c/jeugd HTTP/1.1\r\nHost: {}\r\nAccept: {ACTIVITY_JSON}\r\n\r\n", scene.app.host());
    for (what, head) in [
        ("two lengths", "Content-Length: 0\r\nContent-Length: 99\r\n".to_owned()),
        ("a length that is none", "Content-Length: +5\r\n".into()),
        ("a negative length", "Content-Length: -1\r\n".into()),
        ("a coding nobody knows", "Transfer-Encoding: xchunked\r\n".into()),
        ("a coding in disguise", "Transfer-Encoding : chunked\r\n".into()),
        ("a line without its end", "X: a\nTransfer-Encoding: chunked\n\r\n".into()),
    ] {
        let reply = exchange(&scene.app, &format!("POST /inbox HTTP/1.1\r\n{ours}{head}\r\n{hidden}")).await;
        assert!((400..500).contains(&reply.status) && !reply.body.contains("publicKey"), "{what}: {reply:?}");
    }
    // Both a length and chunks: the chunks count, and the connection ends.
    let both = format!("POST /inbox HTTP/1.1\r\n{ours}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}");
    let reply = exchange(&scene.app, &both).await;
    assert!((400..500).contains(&reply.status) && !reply.body.contains("publicKey"), "{reply:?}");
    scene.finish().await;
}

on_both! {
    async fn t_49_two_servers_that_only_speak_with_their_list_can_meet(on: On) {
        let clock = Clock::manual(START);
        let start = async |name| TestApp::start_with(on, name, &clock, |config| config.federation.mode = "allowlist".into()).await;
        let (a, b) = (start("a").await, start("b").await);
        let (anna, bram): (Actor, Actor) = (a.member("anna", "Anna Vermeer").await, b.member("bram", "Bram de Wit").await);
        let group = b.group("jeugd", "Jeugdhulp", &bram).await;
        for (app, other) in [(&a, &b), (&b, &a)] {
            let by = app.member("beheer", "Beheer").await;
            rule(app, &by, other.host(), "allow").await;
        }
        assert_eq!(get(&b, "GET", "/c/jeugd", ACTIVITY_JSON).await.status, 401, "who does not sign gets nothing");
        for path in ["/actor", "/"] {
            let reply = get(&b, "GET", path, ACTIVITY_JSON).await;
            assert!(reply.status == 200 && reply.json()["publicKey"]["publicKeyPem"].is_string(), "{path}: {reply:?}");
        }
        // Neither knows the other's key: each asks for it while the other waits.
        let found = a.find(&format!("jeugd@{}", b.host())).await.expect("the group");
        a.join(&anna, &found).await;
        settle(&[&a, &b]).await;
        let follow = db::follows::get(&mut a.core.db.conn(), anna.id, found.id).await.expect("a read").expect("a follow");
        assert_eq!(follow.state, FollowState::Accepted);
        assert_eq!(found.ap_id, group.ap_id);
        for app in [a, b] {
            app.finish().await;
        }
    }
}

#[tokio::test]
async fn t_43_a_time_is_one_or_the_request_is_refused() {
    let scene = Scene::start(On::Sqlite).await;
    let els = &scene.els;
    let clock = &scene.app.clock;
    let now = date(clock, 0);
    for said in [
        "",
        " ",
        "2026-11-20T09:00:00Z",
        "Fri, 20 Nov 9999 09:00:00 GMT",
        "Fri, 99 Nov 2026 09:00:00 GMT",
        "-1",
        "0",
        "Fri, 20 Nov 2026",
        &now.replace("GMT", "+2500"),
        &now.replace("2026", "12026"),
        &now.replace("Fri", "Mon"),
    ] {
        let mut letter = els.letter(&scene.app, "/inbox", &els.says("Listen", 1, &json!("x")).to_string());
        letter.set("Date", Some(said));
        assert_eq!(letter.send(&scene.app).await.status, 401, "{said:?}");
    }
    for (created, expires) in [
        ("-1", "99999999999"),
        ("1.5", "99999999999"),
        ("", ""),
        ("99999999999999999999999", "1"),
        ("0", "99999999999"),
        ("1795165200", "-1"),
        ("1795165200", "nooit"),
    ] {
        let mut letter = els.letter(&scene.app, "/inbox", &els.says("Listen", 1, &json!("x")).to_string());
        letter.algorithm = Some("hs2019".into());
        letter.signed = "(request-target) (created) (expires) host digest".into();
        letter.parameters = vec![("created", created.into()), ("expires", expires.into())];
        assert_eq!(letter.send(&scene.app).await.status, 401, "{created} {expires}");
    }
    assert_eq!(scene.peer.all_gets(), 0);
    scene.finish().await;
}
