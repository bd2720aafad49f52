//! In another's name: whose activity, whose key, whose server.

use meent::db;
use meent::model::{Clock, Time};
use serde_json::{Value, json};

use super::rule;
use crate::federation::{PUBLIC, Scene};
use crate::on_both;
use crate::support::peer::{ACTIVITY_JSON, Page, Peer, Stranger};
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp, key};

/// Every kind of activity that does something.
const KINDS: [&str; 12] =
    ["Create", "Update", "Delete", "Like", "EmojiReact", "Undo", "Follow", "Accept", "Reject", "Announce", "ChooseAnswer", "Listen"];

on_both! {
    async fn t_01_nobody_signs_for_somebody_else(on: On) {
        let scene = Scene::start(on).await;
        let question = scene.app.ask(&scene.bram, &scene.group, "Wie weet dit?", "Wij niet.").await;
        let tom = scene.peer.actor("Person", "/u/tom");
        assert_eq!(tom.sends(&scene.app, &tom.says("Listen", 1, &json!("x"))).await, 202);
        let before = scene.app.reads(&question.ap_id).await;
        let note = scene.reply_of(&scene.els, 1, &question.ap_id, "Van Els");
        // Of somebody on the same server, of one of ours, of several, of nobody.
        let actors = [json!(scene.els.id), json!(scene.bram.ap_id), json!([scene.els.id, tom.id]), json!({"id": scene.els.id}), Value::Null, json!(7)];
        for (number, actor) in (1..).zip(&actors) {
            for kind in KINDS {
                let mut activity = tom.says(kind, 100 * number, &note);
                activity["actor"] = actor.clone();
                let status = tom.sends(&scene.app, &activity).await;
                assert!(status == 401 || status == 400, "{kind} of {actor}: {status}");
                assert!(scene.received(&activity).await.is_none(), "{kind} of {actor} was kept");
            }
        }
        scene.app.run_jobs().await;
        assert!(scene.known(&note).await.is_none());
        assert_eq!(scene.app.reads(&question.ap_id).await, before);
        scene.finish().await;
    }

    async fn t_05_an_id_of_ours_is_never_asked_for_nor_written_over(on: On) {
        let scene = Scene::start(on).await;
        let ours = scene.app.ask(&scene.bram, &scene.group, "Van Bram", "Echt waar.").await;
        scene.app.run_jobs().await;
        let before = scene.app.reads(&ours.ap_id).await;
        let mut note = scene.post_of(&scene.els, "Article", 1, "Van mij nu");
        for (number, id) in (1..).zip([ours.ap_id.clone(), format!("{}#x", ours.ap_id), format!("{}?x", ours.ap_id), scene.app.core.urls.at("/post/1"), scene.app.core.urls.base().to_owned()]) {
            note["id"] = json!(id);
            note["updated"] = json!(scene.time(Time::MINUTE));
            for (at, kind) in (0..).zip(["Create", "Update", "Delete"]) {
                let (state, why) = scene.outcome(&scene.els, &scene.els.says(kind, 10 * number + at, &note)).await;
                assert_ne!(state, "done", "{kind} {id}: {why}");
            }
        }
        // A document of theirs says that it is one of ours.
        let liar = scene.peer.actor("Person", "/u/leugen");
        let mut document = liar.document("Person");
        document["id"] = json!(scene.bram.ap_id);
        scene.peer.serve_at("/u/leugen", &document);
        assert_eq!(liar.sends(&scene.app, &liar.says("Listen", 1, &json!("x"))).await, 401);
        assert_eq!(scene.app.reads(&ours.ap_id).await, before);
        assert_eq!(scene.app.actor(&scene.bram.ap_id).await.public_key_pem, scene.bram.public_key_pem);
        scene.finish().await;
    }

    async fn t_08_a_key_that_two_say_is_theirs_is_that_of_the_one_in_whose_document_it_stands(on: On) {
        let scene = Scene::start(on).await;
        // Somebody whose document names the key of Els, before she is known and after.
        for (number, early) in [(1, true), (2, false)] {
            let els = scene.peer.actor("Person", &format!("/u/els{number}"));
            let thief = Stranger { id: scene.peer.at(&format!("/u/dief{number}")), key_id: els.key_id.clone(), key: key("b") };
            scene.peer.serve(&thief.document("Person"));
            let known = async || {
                // It becomes known as an author, not by a signature.
                let mut note = scene.post_of(&thief, "Article", number, "Van de dief");
                note["to"] = json!([scene.group.ap_id, PUBLIC]);
                scene.app.fed.fetch_actor(&thief.id).await.map(|actor| actor.key_id)
            };
            if early {
                let _ = known().await;
            }
            assert_eq!(els.sends(&scene.app, &els.says("Listen", 1, &json!("x"))).await, 202);
            if !early {
                let _ = known().await;
            }
            for at in 2..6 {
                assert_eq!(els.sends(&scene.app, &els.says("Listen", at, &json!("x"))).await, 202, "Els is shut out");
                assert_eq!(thief.sends(&scene.app, &thief.says("Listen", at, &json!("x"))).await, 401, "the thief's key counts");
                let mut forged = thief.says("Listen", 10 + at, &json!("x"));
                forged["actor"] = json!(els.id);
                assert_eq!(thief.sends(&scene.app, &forged).await, 401);
            }
        }
        scene.finish().await;
    }

    async fn t_10_a_name_stays_and_nobody_else_gets_it(on: On) {
        let scene = Scene::start(on).await;
        let els = &scene.els;
        assert_eq!(els.sends(&scene.app, &els.says("Listen", 1, &json!("x"))).await, 202);
        // She calls herself something else from now on: that is what she is called, and not her name.
        let mut document = els.document("Person");
        document["preferredUsername"] = json!("burgemeester");
        document["type"] = json!("Group");
        scene.peer.serve(&document);
        scene.outcome(els, &els.says("Update", 2, &document)).await;
        let known = scene.app.actor(&els.id).await;
        assert_eq!((known.name.as_str(), known.is_group()), ("els", false));
        // Somebody else on her server takes her name: in vain.
        let other = scene.peer.actor("Person", "/people/7");
        let mut document = other.document("Person");
        document["preferredUsername"] = json!("els");
        scene.peer.serve(&document);
        assert_eq!(other.sends(&scene.app, &other.says("Listen", 1, &json!("x"))).await, 401);
        assert!(db::actors::by_ap_id(&mut scene.app.core.db.conn(), &other.id).await.expect("a read").is_none());
        scene.finish().await;
    }

    async fn t_15_what_involves_a_blocked_server_is_not_taken(on: On) {
        let scene = Scene::start(on).await;
        let group = scene.followed_group("/c/buren").await;
        let bad = Peer::start("slecht").await;
        let mallory = bad.actor("Person", "/u/mallory");
        rule(&scene.app, &scene.bram, &bad.host, "block").await;
        let mut post = scene.post_of(&mallory, "Article", 1, "Reclame");
        (post["to"], post["audience"]) = (json!([group.id, PUBLIC]), json!(group.id));
        bad.serve(&post);
        assert_eq!(mallory.sends(&scene.app, &mallory.says("Create", 1, &post)).await, 403, "as the signer");
        // As the author of what a group passes on, in every form; as the voter; as the one who is replied to.
        for (number, inner) in (1..).zip([
            mallory.says("Create", 1, &post),
            post.clone(),
            post["id"].clone(),
            json!([mallory.says("Create", 2, &post)]),
            mallory.says("Like", 3, &post["id"]),
            mallory.says("Delete", 4, &post["id"]),
        ]) {
            let (state, why) = scene.outcome(&group, &group.says("Announce", number, &inner)).await;
            assert_ne!(state, "new", "{inner}: {why}");
            assert!(scene.known(&post).await.is_none(), "{inner}");
        }
        let mut reply = scene.reply_of(&scene.els, 9, post["id"].as_str().expect("an id"), "Op reclame");
        (reply["to"], reply["audience"]) = (json!([group.id, PUBLIC]), json!(group.id));
        scene.refused(&group, &group.says("Announce", 9, &scene.els.says("Create", 9, &reply)), "failed", "host-refused").await;
        // As the one who is looked for, and whose words a page here would show.
        assert!(scene.app.find(&format!("mallory@{}", bad.host)).await.is_err() && scene.app.find(&mallory.id).await.is_err());
        assert_eq!(bad.all_gets(), 0, "nobody went there");
        assert!(db::actors::by_ap_id(&mut scene.app.core.db.conn(), &mallory.id).await.expect("a read").is_none());
        scene.finish().await;
    }

    async fn t_16_beside_what_somebody_says_of_themselves_stands_where_they_come_from(on: On) {
        let scene = Scene::start(on).await;
        let mayor = scene.peer.actor("Person", "/u/burgemeester");
        let mut document = mayor.document("Person");
        document["name"] = json!("Burgemeester van Utrecht\u{200B}\u{2800}");
        document["attachment"] = json!([{"type": "PropertyValue", "name": "Organisatie", "value": "Gemeente Utrecht"}]);
        document["meent:organisation"] = json!({"name": format!("<b>Gemeente</b> Utrecht{}", "!".repeat(200)), "meent:role": ["x"]});
        document["verified"] = json!(true);
        document["admin"] = json!(true);
        scene.peer.serve(&document);
        let question = scene.post_of(&mayor, "Article", 1, "Een mededeling");
        scene.done(&mayor, &mayor.says("Create", 1, &question)).await;
        let known = scene.app.actor(&mayor.id).await;
        assert_eq!((known.display_name.as_str(), known.role.as_str()), ("Burgemeester van Utrecht", ""));
        assert_eq!(known.organisation.chars().count(), 100);
        let post = scene.copy(&question).await;
        for path in [post.path(), "/c/jeugd".into(), format!("/u/burgemeester@{}", scene.peer.host)] {
            let page = Visitor::of(&scene.app).get(&path).await;
            assert!(page.status == 200 && page.body.contains("Burgemeester van Utrecht") && page.body.contains(&scene.peer.host), "{path}: {}", page.body);
            assert!(!page.body.contains("<b>Gemeente"), "{path}");
        }
        scene.finish().await;
    }
}

#[tokio::test]
async fn t_02_without_a_signature_nothing_is_kept_and_nobody_is_asked() {
    let scene = Scene::start(On::Sqlite).await;
    for kind in KINDS {
        for path in ["/inbox", "/u/bram/inbox", "/c/jeugd/inbox", "/actor/inbox"] {
            let activity = scene.els.says(kind, 1, &json!(scene.group.ap_id));
            let plain = scene.els.letter(&scene.app, path, &activity.to_string());
            let mut empty = plain.clone();
            empty.headers.push(("Signature".into(), String::new()));
            let mut bearer = plain.clone();
            bearer.headers.push(("Authorization".into(), "Bearer x".into()));
            for letter in [plain, empty, bearer] {
                assert_eq!(letter.send_as_it_is(&scene.app).await.status, 401, "{kind} to {path}");
            }
            assert!(scene.received(&activity).await.is_none());
        }
    }
    assert_eq!(scene.peer.all_gets(), 0);
    assert!(db::actors::by_ap_id(&mut scene.app.core.db.conn(), &scene.els.id).await.expect("a read").is_none());
    scene.finish().await;
}

#[tokio::test]
async fn t_11_a_name_leads_only_where_both_sides_say_so() {
    let scene = Scene::start(On::Sqlite).await;
    scene.peer.actor("Group", "/c/zorg");
    let group = scene.peer.at("/c/zorg");
    let ask = |name: &str| format!("/.well-known/webfinger?resource=acct%3A{name}%40{}", scene.peer.host.replace(':', "%3A"));
    let jrd = |name: &str, kind: &str, document: &Value| {
        scene.peer.page(&ask(name), Page::Text { status: 200, kind: kind.into(), body: document.to_string() });
    };
    let links = |links: Value| json!({"subject": format!("acct:zorg@{}", scene.peer.host), "links": links});
    let own = json!({"rel": "self", "type": ACTIVITY_JSON, "href": group});
    for (number, (kind, document)) in [
        ("text/html", links(json!([own]))),
        (ACTIVITY_JSON, links(json!([own]))),
        ("application/jrd+json", links(json!([{"rel": "self", "type": "text/html", "href": group}]))),
        ("application/jrd+json", links(json!([{"rel": "Self", "type": ACTIVITY_JSON, "href": group}]))),
        ("application/jrd+json", links(json!([{"rel": "self", "type": ACTIVITY_JSON, "href": 7}]))),
        ("application/jrd+json", links(json!([{"rel": "self", "type": ACTIVITY_JSON, "href": "/c/zorg"}]))),
        ("application/jrd+json", links(json!([{"rel": "self", "type": ACTIVITY_JSON, "href": scene.group.ap_id}]))),
        ("application/jrd+json", links(json!([{"rel": "self", "type": ACTIVITY_JSON, "href": "https://127.0.0.1/c/zorg"}]))),
        (
            "application/jrd+json",
            links(json!([{"rel": "self", "type": ACTIVITY_JSON, "href": format!("http://x@{}/c/zorg", scene.peer.host)}])),
        ),
        ("application/jrd+json", json!([])),
    ]
    .into_iter()
    .enumerate()
    {
        jrd(&format!("zorg{number}"), kind, &document);
        let found = scene.app.find(&format!("zorg{number}@{}", scene.peer.host)).await;
        assert!(found.is_err(), "{kind} {document}: {found:?}");
    }
    assert_eq!(scene.peer.gets("/c/zorg"), 0);
    jrd("zorg", "application/jrd+json", &links(json!([{"rel": "self", "type": "text/html", "href": "x"}, own])));
    assert_eq!(scene.app.find(&format!("@zorg@{}", scene.peer.host.to_uppercase())).await.expect("the group").ap_id, group);
    scene.finish().await;
}

#[tokio::test]
async fn t_12_13_14_an_address_is_one_address_also_on_this_machine() {
    let scene = Scene::start(On::Sqlite).await;
    let (name, port) = scene.peer.host.split_once(':').expect("a port");
    // The same place under other names, and other places under names that look the same.
    for (number, origin) in (1..).zip([
        format!("http://{}:{port}", name.to_uppercase()),
        format!("http://{name}.:{port}"),
        format!("http://els@{name}:{port}"),
        format!("http://els:x@{name}:{port}"),
        format!("HTTP://{name}:{port}"),
        format!("http:\\\\{name}:{port}"),
        format!(" http://{name}:{port}"),
        format!("http://{name}:0{port}"),
        format!("http://{name}%2Fx@{name}:{port}"),
        format!("http://{name}.example:{port}"),
        format!("http://10.0.0.1:{port}"),
        "https://10.0.0.1".into(),
        "https://[fc00::1]".into(),
        "https://intranet".into(),
        "file://".into(),
    ]) {
        let id = format!("{origin}/u/els");
        let by = Stranger { key_id: format!("{id}#main-key"), id: id.clone(), key: scene.els.key.clone() };
        assert_eq!(by.sends(&scene.app, &by.says("Listen", number, &json!("x"))).await, 401, "{id}");
        // Who looks somebody up may type a blank too many.
        assert!(id.starts_with(' ') || scene.app.find(&id).await.is_err(), "{id}");
    }
    assert_eq!(scene.peer.all_gets(), 0);
    // Hosts are compared whole: neither the end nor the beginning is enough, for their things nor for ours.
    let els = &scene.els;
    let ours = scene.app.host();
    for (number, id) in (1..).zip([
        format!("http://slecht{}/post/1", scene.peer.host),
        format!("http://{}0/post/1", scene.peer.host),
        format!("http://{}.localhost/post/1", scene.peer.host.replace(':', ".")),
        format!("https://{}/post/1", scene.peer.host),
        format!("http://x{ours}/post/1"),
        format!("http://{ours}0/post/1"),
        format!("http://{ours}@{}/post/1", scene.peer.host),
    ]) {
        let mut note = scene.post_of(els, "Article", number, "Van hiernaast");
        note["id"] = json!(id);
        let (state, why) = scene.outcome(els, &els.says("Create", number, &note)).await;
        assert_eq!(state, "failed", "{id}: {why}");
        let mut activity = els.says("Listen", 100 + number, &json!("x"));
        activity["id"] = json!(id);
        assert_eq!(els.sends(&scene.app, &activity).await, 400, "{id}");
        assert!(!scene.app.core.urls.is_ours(&id), "{id}");
    }
    scene.finish().await;
}

#[tokio::test]
async fn t_14_the_lists_of_servers_know_no_parts_of_names() {
    let (good, near) = (Peer::start("goed").await, Peer::start("ongoed").await);
    let app = TestApp::start_with(On::Sqlite, "a", &Clock::manual(START), |config| {
        config.federation.mode = "allowlist".into();
        config.federation.allow = vec![good.host.clone(), "localhost".into(), "oed.localhost".into()];
    })
    .await;
    let (els, tom) = (good.actor("Person", "/u/els"), near.actor("Person", "/u/tom"));
    assert_eq!(els.sends(&app, &els.says("Listen", 1, &json!("x"))).await, 202);
    assert_eq!(tom.sends(&app, &tom.says("Listen", 1, &json!("x"))).await, 403);
    app.run_jobs().await;
    app.finish().await;
}
