//! Servers that we ask something of, and that answer as nobody should: without end, in another's name, from elsewhere.

use std::sync::atomic::{AtomicUsize, Ordering};

use meent::db;
use meent::model::{Clock, Time};
use serde_json::{Value, json};

use super::{PUBLIC, Scene};
use crate::on_both;
use crate::support::peer::{ACTIVITY_JSON, Letter, Page, Peer, Stranger, get};
use crate::support::{On, START, TestApp, key};

/// A document as JSON of a kind.
fn as_kind(kind: &str, document: &Value) -> Page {
    Page::Text { status: 200, kind: kind.into(), body: document.to_string() }
}

on_both! {
    async fn an_answer_that_no_database_can_hold_does_not_stop_the_mail(on: On) {
        let scene = Scene::start(on).await;
        scene.done(&scene.els, &scene.els.says("Follow", 1, &json!(scene.group.ap_id))).await;
        scene.peer.answer(500, "kapot\u{0} \u{7}\u{1b}[31mrood");
        scene.app.ask(&scene.bram, &scene.group, "Komt dit aan?", "Later.").await;
        scene.app.run_jobs().await;
        let peer = db::deliveries::peer(&mut scene.app.core.db.conn(), &scene.peer.host).await.expect("a read").expect("a row");
        let why = peer.last_error.expect("why it failed");
        assert!(why.contains("kapot") && !why.contains(['\u{0}', '\u{7}', '\u{1b}']), "{why:?}");
        scene.peer.answer(202, "");
        scene.wear_out().await;
        assert!(scene.peer.inbox().last().is_some_and(|body| body.contains("Komt dit aan?") || body.contains("Announce")));
        scene.finish().await;
    }

    async fn t_75_a_history_without_end_comes_to_an_end(on: On) {
        let scene = Scene::start(on).await;
        // Pages without anything on them, each with a next one.
        let empty = |path: &str| {
            let number: u64 = path.strip_prefix("/c/leeg/outbox")?.trim_start_matches("?page=").parse().unwrap_or(0);
            let next = format!("/c/leeg/outbox?page={}", number + 1);
            Some((path.to_owned(), next, json!([])))
        };
        let host = scene.peer.host.clone();
        scene.peer.serve_with(move |path| {
            let (path, next, items) = empty(path)?;
            let at = |path: &str| format!("http://{host}{path}");
            Some(json!({"id": at(&path), "type": "OrderedCollectionPage", "next": at(&next), "orderedItems": items}))
        });
        let group = scene.followed_group("/c/leeg").await;
        let known = scene.app.actor(&group.id).await;
        let state = db::backfill::get(&mut scene.app.core.db.conn(), known.id).await.expect("a read").expect("a row");
        assert_eq!(state.state, "done", "{state:?}");
        assert!(scene.peer.all_gets() < 40, "{}", scene.peer.all_gets());
        scene.finish().await;
    }

    async fn a_list_of_threads_that_are_none_leaves_nothing_behind(on: On) {
        let scene = Scene::start(on).await;
        let long = scene.peer.at(&format!("/post/{}", "lang".repeat(600)));
        let create = |id: &str| json!({"type": "Create", "id": "x", "object": {"type": "Note", "id": id}});
        scene.peer.serve(&json!({
            "id": scene.peer.at("/c/raar/outbox"), "type": "OrderedCollection",
            "orderedItems": [create(&long), create("page http://derden.example/1"), create("x"), create(&scene.group.ap_id), 1, null, "x"],
        }));
        let group = scene.followed_group("/c/raar").await;
        let known = scene.app.actor(&group.id).await;
        let state = db::backfill::get(&mut scene.app.core.db.conn(), known.id).await.expect("a read").expect("a row");
        assert_eq!((state.state.as_str(), state.error), ("done", None));
        assert_eq!(db::backfill::count_items(&mut scene.app.core.db.conn(), known.id).await.expect("a read"), 0);
        scene.finish().await;
    }
}

#[tokio::test]
async fn t_75_replies_without_end_come_to_an_end() {
    let scene = Scene::start(On::Sqlite).await;
    let group = scene.peer.at("/c/eindeloos");
    let mut root = scene.post_of(&scene.els, "Article", 1, "Waar houdt dit op?");
    root["to"] = json!([group, PUBLIC]);
    root["audience"] = json!(group);
    root["replies"] = json!(scene.peer.at("/replies?page=0"));
    scene.peer.serve(&root);
    scene.peer.serve(&json!({"id": format!("{group}/outbox"), "type": "OrderedCollection", "orderedItems": [root]}));
    let host = scene.peer.host.clone();
    scene.peer.serve_with(move |path| {
        let number: u64 = path.strip_prefix("/replies?page=")?.parse().ok()?;
        let at = |number: u64| format!("http://{host}/replies?page={number}");
        Some(json!({"id": at(number), "type": "CollectionPage", "next": at(number + 1), "items": []}))
    });
    scene.followed_group("/c/eindeloos").await;
    assert!(scene.known(&root).await.is_some());
    assert!(scene.peer.all_gets() < 40, "{}", scene.peer.all_gets());
    // The same when somebody looks at the thread again.
    let known = scene.known(&root).await.expect("the thread");
    Box::pin(scene.app.fed.compare_thread(known.id)).await.expect("a comparison");
    assert!(scene.peer.all_gets() < 80, "{}", scene.peer.all_gets());
    scene.finish().await;
}

#[tokio::test]
async fn t_76_a_chain_of_replies_without_end_is_followed_so_far_and_not_further() {
    let scene = Scene::start(On::Sqlite).await;
    let (host, by, group) = (scene.peer.host.clone(), scene.els.id.clone(), scene.group.ap_id.clone());
    let asked = std::sync::Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    scene.peer.serve_with(move |path| {
        let number: u64 = path.strip_prefix("/comment/")?.parse().ok()?;
        counted.fetch_add(1, Ordering::SeqCst);
        let at = |number: u64| format!("http://{host}/comment/{number}");
        Some(json!({"id": at(number), "type": "Note", "attributedTo": by, "content": "Dieper", "inReplyTo": at(number + 1), "to": [PUBLIC, group]}))
    });
    let note = scene.reply_of(&scene.els, 1, &scene.peer.at("/comment/2"), "Wie hoort mij?");
    scene.refused(&scene.els, &scene.els.says("Create", 1, &note), "failed", "too deep").await;
    assert!(asked.load(Ordering::SeqCst) <= 50, "{asked:?}");
    // A reply to itself, and two that reply to each other.
    let own = scene.reply_of(&scene.els, 1_000_000, &scene.peer.at("/comment/1000000"), "Ik");
    scene.peer.serve(&own);
    scene.refused(&scene.els, &scene.els.says("Create", 2, &own), "failed", "too deep").await;
    assert!(scene.known(&note).await.is_none() && scene.known(&own).await.is_none());
    scene.finish().await;
}

#[tokio::test]
async fn t_03_06_74_90_91_a_document_speaks_only_for_its_own_server() {
    let scene = Scene::start(On::Sqlite).await;
    let other = Peer::start("derden").await;
    let tom = other.actor("Person", "/u/tom");
    scene.followed_group("/c/buren").await;
    let group = scene.peer.at("/c/buren");
    let announce = |number: u32, id: &str| {
        let by = Stranger { id: group.clone(), key_id: format!("{group}#main-key"), key: key("stranger") };
        (by.says("Announce", number, &json!(id)), by)
    };
    let post = |number: u32| {
        let mut post = scene.post_of(&tom, "Article", number, "Van een ander");
        post["to"] = json!([group, PUBLIC]);
        post["audience"] = json!(group);
        post
    };
    // What calls itself something on another server (T-03).
    scene.peer.serve_at("/post/1", &post(1));
    let (activity, by) = announce(1, &scene.peer.at("/post/1"));
    assert_eq!(by.sends(&scene.app, &activity).await, 202);
    // What another server says when asked (T-06), and what leads inside.
    other.serve(&post(2));
    scene.peer.page("/post/2", Page::Redirect(other.at("/post/2")));
    scene.peer.page("/post/3", Page::Redirect("http://169.254.169.254/latest/meta-data".into()));
    scene.peer.page("/post/4", Page::Redirect(scene.peer.at("/post/4")));
    // What somebody uploaded (T-90), and what has no end.
    let mut own = scene.post_of(&scene.els, "Article", 5, "Een bijlage");
    own["to"] = json!([group, PUBLIC]);
    own["audience"] = json!(group);
    scene.peer.page("/post/5", as_kind("application/json", &own));
    own["id"] = json!(scene.peer.at("/post/6"));
    scene.peer.page("/post/6", as_kind("application/ld+json", &own));
    scene.peer.page("/post/7", Page::Endless);
    for number in 2..8 {
        let (activity, by) = announce(number, &scene.peer.at(&format!("/post/{number}")));
        assert_eq!(by.sends(&scene.app, &activity).await, 202);
    }
    scene.wear_out().await;
    for number in 1..8 {
        let (activity, _) = announce(number, "");
        let received = scene.received(&activity).await.expect("it was stored");
        assert_eq!(received.state, "failed", "{number}: {received:?}");
    }
    assert!(scene.known(&post(1)).await.is_none() && scene.known(&post(2)).await.is_none() && scene.known(&own).await.is_none());
    assert_eq!(other.gets("/post/2"), 0);
    // One that calls itself something else on the same server is asked for by that name.
    own["id"] = json!(scene.peer.at("/post/8"));
    scene.peer.serve(&own);
    scene.peer.page("/stukken/8", Page::Redirect("/post/8".into()));
    let (activity, by) = announce(8, &scene.peer.at("/stukken/8"));
    scene.done(&by, &activity).await;
    assert!(scene.known(&own).await.is_some());
    scene.finish().await;
}

#[tokio::test]
async fn t_10_16_82_an_actor_whose_addresses_lie_elsewhere_is_none() {
    let scene = Scene::start(On::Sqlite).await;
    for (number, (field, value)) in (1..).zip([
        ("inbox", json!("http://derden.localhost:1/inbox")),
        ("outbox", json!("http://derden.localhost:1/outbox")),
        ("followers", json!("https://derden.example/followers")),
        ("endpoints", json!({"sharedInbox": scene.app.core.urls.shared_inbox()})),
        ("inbox", Value::Null),
        ("preferredUsername", json!("burgemeester van utrecht")),
        ("preferredUsername", json!("a/../b")),
        ("preferredUsername", json!("")),
        ("type", json!("Tombstone")),
        ("type", json!("Note")),
        ("publicKey", Value::Null),
        ("publicKey", json!({"id": "x", "owner": "y", "publicKeyPem": "z"})),
    ]) {
        let by = scene.peer.actor("Person", &format!("/u/els{number}"));
        let mut document = by.document("Person");
        document[field] = value;
        scene.peer.serve(&document);
        assert_eq!(by.sends(&scene.app, &by.says("Listen", 1, &json!("x"))).await, 401, "{document}");
        assert!(db::actors::by_ap_id(&mut scene.app.core.db.conn(), &by.id).await.expect("a read").is_none(), "{document}");
    }
    // A name that somebody else on that server has.
    assert_eq!(scene.els.sends(&scene.app, &scene.els.says("Listen", 1, &json!("x"))).await, 202);
    let by = scene.peer.actor("Person", "/people/els");
    assert_eq!(by.sends(&scene.app, &by.says("Listen", 1, &json!("x"))).await, 401);
    // Profile fields make nobody an employee of a town, and nothing in them is more than text.
    let mut document = scene.els.document("Person");
    document["attachment"] = json!([{"type": "PropertyValue", "name": "Organisatie", "value": "Gemeente Utrecht"}]);
    document["name"] = json!("<script>alert(1)</script>Els\u{202E}slE\n");
    document["summary"] = json!("<p onclick=x>Hoi<script>alert(1)</script></p>");
    document["url"] = json!("javascript:alert(1)");
    scene.peer.serve(&document);
    assert_eq!(scene.outcome(&scene.els, &scene.els.says("Update", 2, &document)).await.0, "ignored");
    let els = scene.app.actor(&scene.els.id).await;
    assert_eq!((els.organisation.as_str(), els.about_html.as_str(), els.url.as_str()), ("", "<p>Hoi</p>", els.ap_id.as_str()));
    assert_eq!(els.display_name, "<script>alert(1)</script>ElsslE", "text, to be escaped where it is shown");
    scene.finish().await;
}

#[tokio::test]
async fn t_11_a_name_on_one_server_for_somebody_on_another_must_be_confirmed_there() {
    let scene = Scene::start(On::Sqlite).await;
    let other = Peer::start("derden").await;
    let group = other.actor("Group", "/c/zorg");
    let finger = |name: &str, at: &Peer, leads_to: &str| {
        let links = json!([{"rel": "self", "type": ACTIVITY_JSON, "href": leads_to}]);
        let path = format!("/.well-known/webfinger?resource=acct%3A{name}%40{}", at.host.replace(':', "%3A"));
        at.page(&path, as_kind("application/jrd+json", &json!({"subject": format!("acct:{name}@{}", at.host), "links": links})));
    };
    finger("zorg", &scene.peer, &group.id);
    assert!(scene.app.find(&format!("zorg@{}", scene.peer.host)).await.is_err(), "nobody there confirms it");
    assert_eq!(other.gets("/c/zorg"), 0);
    finger("zorg", &other, &other.at("/c/anders"));
    assert!(scene.app.find(&format!("zorg@{}", scene.peer.host)).await.is_err(), "there it is somebody else");
    finger("zorg", &other, &group.id);
    assert_eq!(scene.app.find(&format!("zorg@{}", scene.peer.host)).await.expect("confirmed").ap_id, group.id);
    // A name that leads to one of ours, to an address inside, or nowhere.
    for (name, leads_to) in
        [("ons", scene.group.ap_id.as_str()), ("binnen", "http://10.0.0.1/c/x"), ("bestand", "file:///etc/passwd"), ("els", &scene.els.id)]
    {
        finger(name, &scene.peer, leads_to);
        assert!(scene.app.find(&format!("{name}@{}", scene.peer.host)).await.is_err(), "{name}");
    }
    for odd in ["x@", "@", "a@b@c", "a@b/c", "a@b:1:2", "a@[::1]", "a b@c", "a@-b", "a@ü.nl"] {
        assert!(scene.app.find(odd).await.is_err(), "{odd}");
    }
    scene.finish().await;
}

#[tokio::test]
async fn t_11_12_13_70_72_without_loopback_nothing_leads_to_this_machine_or_a_port_or_plain_http() {
    let peer = Peer::start("elders").await;
    let els = peer.actor("Person", "/u/els");
    let app = TestApp::start_with(On::Sqlite, "a", &Clock::manual(START), |config| {
        config.public_url = "https://vragen.example".into();
        config.federation.loopback = false;
    })
    .await;
    assert_eq!(app.host(), "vragen.example");
    let port = peer.host.rsplit(':').next().expect("a port").to_owned();
    for (number, origin) in (1..).zip([
        format!("http://{}", peer.host),
        format!("https://{}", peer.host),
        format!("http://127.0.0.1:{port}"),
        format!("https://127.0.0.1:{port}"),
        format!("https://[::1]:{port}"),
        format!("https://localhost:{port}"),
        "https://127.0.0.1".into(),
        "https://[::1]".into(),
        "https://2130706433".into(),
        "https://0x7f000001".into(),
        "https://0177.0.0.1".into(),
        "https://[::ffff:127.0.0.1]".into(),
        "https://[64:ff9b::7f00:1]".into(),
        "https://localhost".into(),
        "https://elders.localhost".into(),
        "https://intranet".into(),
        "https://vragen.example:8443".into(),
        "https://elders.example:443".into(),
        "https://elders.example.".into(),
        "http://elders.example".into(),
        "ftp://elders.example".into(),
        " https://elders.example".into(),
        "HTTPS://elders.example".into(),
        "https:/elders.example".into(),
        "https:\\\\elders.example".into(),
        "https://Elders.example".into(),
        "https://elders.example%2Fx@derden.example".into(),
    ]) {
        let id = format!("{origin}/u/els");
        let by = Stranger { key_id: format!("{id}#main-key"), id: id.clone(), key: els.key.clone() };
        let reply = by.letter(&app, "/inbox", &by.says("Listen", number, &json!("x")).to_string()).send(&app).await;
        assert!(reply.status == 401 && reply.body.contains("the address"), "{id}: {reply:?}");
        assert!(app.find(&id).await.is_err(), "{id}");
    }
    for name in ["els@127.0.0.1", "els@localhost", "els@elders.localhost", &format!("els@{}", peer.host), "els@intranet"] {
        assert!(app.find(name).await.is_err(), "{name}");
    }
    assert_eq!(peer.all_gets(), 0);
    // For others it is there all the same, by its own name only.
    assert_eq!(get(&app, "GET", "/actor", ACTIVITY_JSON).await.json()["id"], "https://vragen.example/actor");
    let mut letter = Letter::new("POST", &app, "/inbox", "{}", &els);
    letter.set("Host", Some("evil.example"));
    assert!(letter.send(&app).await.body.contains("Host"));
    app.finish().await;
}

#[tokio::test]
async fn t_06_the_number_of_redirects_is_limited() {
    let scene = Scene::start(On::Sqlite).await;
    for number in 0..10 {
        scene.peer.page(&format!("/u/ver{number}"), Page::Redirect(scene.peer.at(&format!("/u/ver{}", number + 1))));
    }
    let by = Stranger { id: scene.peer.at("/u/ver0"), key_id: scene.peer.at("/u/ver0#main-key"), key: key("stranger") };
    assert_eq!(by.sends(&scene.app, &by.says("Listen", 1, &json!("x"))).await, 401);
    assert_eq!(scene.peer.all_gets(), 4);
    scene.app.clock.advance(Time::HOUR);
    scene.finish().await;
}

on_both! {
    async fn what_needs_others_and_what_does_not_get_along_in_one_batch(on: On) {
        let scene = Scene::start(on).await;
        let group = scene.followed_group("/c/buren").await;
        let other = Peer::start("derden").await;
        let mut posts = Vec::new();
        for number in 0..30 {
            let writer = other.actor("Person", &format!("/u/schrijver{number}"));
            let mut post = scene.post_of(&writer, "Article", number, "Van iemand die nog niemand kende");
            (post["to"], post["audience"]) = (json!([group.id, PUBLIC]), json!(group.id));
            other.serve(&post);
            assert_eq!(scene.els.sends(&scene.app, &scene.els.says("Follow", number, &json!(scene.group.ap_id))).await, 202);
            assert_eq!(group.sends(&scene.app, &group.says("Announce", number, &post["id"])).await, 202);
            posts.push(post);
        }
        // All of it at once: while one writes down an actor it fetched, the others are applied.
        scene.app.run_jobs().await;
        for post in &posts {
            assert!(scene.known(post).await.is_some(), "{post}");
        }
        scene.finish().await;
    }
}
