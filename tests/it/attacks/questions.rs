//! Threads, and what is not for everybody.

use meent::model::Time;
use meent::model::names::Reason;
use meent::ops::moderating;
use serde_json::{Value, json};

use super::rule;
use crate::federation::{PUBLIC, Scene};
use crate::on_both;
use crate::support::peer::{ACTIVITY_JSON, Letter, Peer, get};
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp};

async fn removed_by_a_moderator(scene: &Scene, post: &meent::model::Post) {
    let mut tx = scene.app.core.db.begin().await.expect("a transaction");
    let reason = Reason::parse("Noem geen namen").expect("a reason");
    moderating::remove(&scene.app.core, &mut tx, &scene.bram, post, &reason).await.expect("removing");
    scene.app.core.commit(tx).await.expect("a commit");
    scene.app.run_jobs().await;
}

on_both! {
    async fn t_55_nobody_answers_what_a_moderator_removed(on: On) {
        let scene = Scene::start(on).await;
        let els = &scene.els;
        let noor = scene.app.member("noor", "Noor Jansen").await;
        let question = scene.app.ask(&noor, &scene.group, "Wie kent deze familie?", "Namen en al.").await;
        scene.app.run_jobs().await;
        let answer = scene.reply_of(els, 1, &question.ap_id, "Ik ken ze");
        scene.done(els, &els.says("Create", 1, &answer)).await;
        // One answer goes, and with it what hangs below it; the rest of the thread goes on.
        removed_by_a_moderator(&scene, &scene.copy(&answer).await).await;
        let below = scene.reply_of(els, 2, answer["id"].as_str().expect("an id"), "Toch nog");
        scene.refused(els, &els.says("Create", 2, &below), "ignored", "locked").await;
        let beside = scene.reply_of(els, 3, &question.ap_id, "Iets anders");
        scene.done(els, &els.says("Create", 3, &beside)).await;
        // The question goes: nothing is added, and nothing is told to others.
        let tom = scene.peer.actor("Person", "/u/tom");
        scene.done(&tom, &tom.says("Follow", 9, &json!(scene.group.ap_id))).await;
        removed_by_a_moderator(&scene, &question).await;
        let told = scene.peer.inbox().len();
        let late = scene.reply_of(els, 4, &question.ap_id, "En nog iets");
        scene.refused(els, &els.says("Create", 4, &late), "ignored", "locked").await;
        let later = scene.reply_of(els, 5, beside["id"].as_str().expect("an id"), "En hier");
        scene.refused(els, &els.says("Create", 5, &later), "ignored", "locked").await;
        assert!(scene.known(&late).await.is_none() && scene.known(&later).await.is_none());
        scene.refused(els, &els.says("Like", 6, &json!(question.ap_id)), "ignored", "").await;
        scene.refused(els, &els.says("ChooseAnswer", 7, &beside["id"]), "failed", "only-asker").await;
        assert_eq!(scene.peer.inbox().len(), told);
        scene.finish().await;
    }

    async fn t_60_who_may_read_it_is_not_changed_afterwards(on: On) {
        let scene = Scene::start(on).await;
        let els = &scene.els;
        let question = scene.post_of(els, "Article", 1, "Voor iedereen");
        scene.done(els, &els.says("Create", 1, &question)).await;
        scene.later();
        // A new version that is for followers only: what is public stays as it is, and the new words are not shown.
        let mut changed = question.clone();
        changed["to"] = json!([format!("{}/followers", els.id), scene.group.ap_id]);
        changed["content"] = json!("<p>Alleen voor vrienden</p>");
        changed["updated"] = json!(scene.time(0));
        scene.refused(els, &els.says("Update", 2, &changed), "failed", "not public").await;
        let page = Visitor::of(&scene.app).get(&scene.copy(&question).await.path()).await;
        assert!(page.body.contains("Voor iedereen") && !page.body.contains("Alleen voor vrienden"));
        // What is for nobody in particular, or only names who may read it in words that mean nothing.
        for (number, to) in (10..).zip([json!([scene.group.ap_id]), json!(["https://www.w3.org/ns/activitystreams#public"]), json!(["public", scene.group.ap_id]), json!({"id": els.id})]) {
            let mut post = scene.post_of(els, "Article", number, "Onder ons");
            post["to"] = to.clone();
            scene.refused(els, &els.says("Create", number, &post), "failed", "not public").await;
            assert!(scene.known(&post).await.is_none(), "{to}");
        }
        scene.finish().await;
    }

    async fn t_63_what_a_server_sent_before_it_was_blocked_is_not_done_after(on: On) {
        let scene = Scene::start(on).await;
        let els = &scene.els;
        let other = Peer::start("derden").await;
        let tom = other.actor("Person", "/u/tom");
        let question = scene.post_of(els, "Article", 1, "Reclame");
        assert_eq!(els.sends(&scene.app, &els.says("Create", 1, &question)).await, 202);
        let fine = scene.post_of(&tom, "Article", 2, "Een vraag");
        assert_eq!(tom.sends(&scene.app, &tom.says("Create", 2, &fine)).await, 202);
        // The moment between.
        rule(&scene.app, &scene.bram, &scene.peer.host, "block").await;
        scene.app.run_jobs().await;
        assert!(scene.known(&question).await.is_none() && scene.known(&fine).await.is_some());
        scene.finish().await;
    }

    async fn t_64_what_was_removed_is_neither_served_nor_passed_on(on: On) {
        let scene = Scene::start(on).await;
        let (els, tom) = (&scene.els, scene.peer.actor("Person", "/u/tom"));
        let noor = scene.app.member("noor", "Noor Jansen").await;
        scene.done(&tom, &tom.says("Follow", 9, &json!(scene.group.ap_id))).await;
        let question = scene.app.ask(&noor, &scene.group, "Kanariegeel", "Kanariegeel.").await;
        scene.app.run_jobs().await;
        let theirs = scene.post_of(els, "Article", 1, "Kanariegeel van Els");
        scene.done(els, &els.says("Create", 1, &theirs)).await;
        removed_by_a_moderator(&scene, &question).await;
        removed_by_a_moderator(&scene, &scene.copy(&theirs).await).await;
        scene.later();
        let said = scene.peer.inbox().len();
        // Asked for, boosted, liked, changed: nothing of it comes back or leaves.
        let path = question.ap_id.strip_prefix(scene.app.core.urls.base()).expect("ours").to_owned();
        let reply = get(&scene.app, "GET", &path, ACTIVITY_JSON).await;
        assert!(reply.status == 410 && !reply.body.contains("anariegeel"), "{reply:?}");
        for (number, id) in (20..).zip([json!(question.ap_id), theirs["id"].clone()]) {
            for (at, kind) in (0..).zip(["Announce", "Like"]) {
                let (state, why) = scene.outcome(&tom, &tom.says(kind, 10 * number + at, &id)).await;
                assert_eq!(state, "ignored", "{kind}: {why}");
            }
        }
        let mut again = theirs.clone();
        again["updated"] = json!(scene.time(Time::MINUTE));
        for (number, kind) in (30..).zip(["Update", "Create"]) {
            scene.refused(els, &els.says(kind, number, &again), "ignored", "removed before").await;
        }
        assert!(scene.peer.inbox()[said..].iter().all(|body| !body.contains("anariegeel")), "{:?}", &scene.peer.inbox()[said..]);
        for place in ["/", "/c/jeugd", "/c/jeugd/outbox?page=1"] {
            assert!(!get(&scene.app, "GET", place, ACTIVITY_JSON).await.body.contains("anariegeel"), "{place}");
            assert!(!Visitor::of(&scene.app).get(place).await.body.contains("anariegeel"), "{place}");
        }
        scene.finish().await;
    }
}

#[tokio::test]
async fn t_59_nothing_on_the_way_keeps_what_somebody_got_who_signed() {
    let peer = Peer::start("elders").await;
    let els = peer.actor("Person", "/u/els");
    let app = TestApp::start_with(On::Sqlite, "a", &meent::model::Clock::manual(START), |config| {
        config.federation.mode = "allowlist".into();
        config.federation.allow = vec![peer.host.clone()];
    })
    .await;
    let bram = app.member("bram", "Bram de Wit").await;
    let group = app.group("jeugd", "Jeugdhulp", &bram).await;
    let question = app.ask(&bram, &group, "Wie mag dit lezen?", "Alleen wie op de lijst staat.").await;
    app.run_jobs().await;
    let path = question.ap_id.strip_prefix(app.core.urls.base()).expect("ours").to_owned();
    for path in [path.clone(), format!("{path}/context?page=1"), "/c/jeugd/outbox?page=1".into(), "/u/bram".into()] {
        let reply = Letter::new("GET", &app, &path, "", &els).send(&app).await;
        assert_eq!((reply.status, reply.header("cache-control")), (200, "private, no-store"), "{path}");
        let vary = reply.header("vary").to_ascii_lowercase();
        assert!(["accept", "signature", "signature-input"].iter().all(|name| vary.split(", ").any(|one| one == *name)), "{vary}");
        // Who has none gets nothing, of what is there and of what is not.
        let (there, not) = (get(&app, "GET", &path, ACTIVITY_JSON).await, get(&app, "GET", "/post/99", ACTIVITY_JSON).await);
        assert_eq!((there.status, not.status, &there.body), (401, 401, &not.body), "{path}");
    }
    // A signature that is not good for this does not open it.
    let mut bent = Letter::new("GET", &app, &path, "", &els);
    bent.target = "/c/jeugd".into();
    assert_eq!(bent.send(&app).await.status, 401);
    app.finish().await;
}

#[tokio::test]
async fn t_61_nobody_learns_who_follows() {
    let scene = Scene::start(On::Sqlite).await;
    let els = &scene.els;
    scene.done(els, &els.says("Follow", 1, &json!(scene.group.ap_id))).await;
    let buren = scene.followed_group("/c/buren").await;
    let ids: Vec<String> = scene
        .peer
        .inbox()
        .iter()
        .map(|body| serde_json::from_str::<Value>(body).expect("JSON"))
        .map(|said| said["id"].as_str().expect("an id").to_owned())
        .collect();
    assert!(ids.iter().any(|id| id.contains("follow")) && ids.len() >= 2, "{ids:?}");
    for id in &ids {
        let path = id.strip_prefix(scene.app.core.urls.base()).expect("ours");
        for reply in
            [get(&scene.app, "GET", path, ACTIVITY_JSON).await, Letter::new("GET", &scene.app, path, "", els).send(&scene.app).await]
        {
            assert!(reply.status == 404 && !reply.body.contains("bram") && !reply.body.contains("els"), "{path}: {reply:?}");
        }
    }
    for path in ["/c/jeugd/followers", "/c/jeugd/followers?page=1", "/u/bram/following", "/u/bram/following?page=1", "/u/bram/followers"] {
        let reply = get(&scene.app, "GET", path, ACTIVITY_JSON).await;
        assert!(
            !reply.body.contains(&els.id) && !reply.body.contains(&buren.id) && !reply.body.contains("rderedItems"),
            "{path}: {reply:?}"
        );
    }
    // Whom a stranger's collection of followers names changes nothing here.
    let post = json!({"id": scene.peer.at("/u/els/followers"), "type": "Collection", "items": [scene.bram.ap_id, PUBLIC]});
    scene.peer.serve(&post);
    scene.outcome(els, &els.says("Add", 9, &post)).await;
    assert_eq!(meent::db::follows::count(&mut scene.app.core.db.conn(), scene.group.id).await.expect("a count"), 2);
    scene.finish().await;
}
