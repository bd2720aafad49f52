//! Attacks that are on nobody's list yet: each was found by thinking like somebody who wants to be the mayor, or to have a
//! question gone.

use serde_json::json;

use crate::federation::{PUBLIC, Scene};
use crate::on_both;
use crate::support::On;
use crate::support::peer::{Page, Peer};
use crate::support::visitor::Visitor;

on_both! {
    async fn a_thread_does_not_draw_in_the_replies_to_another(on: On) {
        let scene = Scene::start(on).await;
        let els = &scene.els;
        let other = Peer::start("derden").await;
        let mallory = other.actor("Person", "/u/mallory");
        let context = scene.peer.at("/post/1/context");
        let ours = scene.app.ask(&scene.bram, &scene.group, "Van Bram", "x").await;
        scene.app.run_jobs().await;
        // First: threads that say that they are Els', which is to come, and Bram's.
        let mut lures = Vec::new();
        for (number, context) in (1..).zip([context.clone(), format!("{}/context", ours.ap_id)]) {
            let mut lure = scene.post_of(&mallory, "Article", number, "Hier moet je zijn");
            lure["context"] = json!(context);
            scene.done(&mallory, &mallory.says("Create", number, &lure)).await;
            lures.push(scene.copy(&lure).await);
        }
        let mut question = scene.post_of(els, "Article", 1, "Wie weet dit?");
        question["context"] = json!(context);
        scene.done(els, &els.says("Create", 1, &question)).await;
        // What they reply to is gone: the thread alone says where they belong.
        scene.peer.gone("/comment/404");
        for (number, (context, root)) in (10..).zip([(context, scene.copy(&question).await.id), (format!("{}/context", ours.ap_id), ours.id)]) {
            let mut reply = scene.reply_of(els, number, &scene.peer.at("/comment/404"), "Zo is het");
            reply["context"] = json!(context);
            scene.done(els, &els.says("Create", number, &reply)).await;
            assert_eq!(scene.copy(&reply).await.root_id, root);
        }
        for lure in lures {
            assert!(!scene.app.reads(&lure.ap_id).await.contains("Zo is het"));
        }
        scene.finish().await;
    }

    async fn a_name_that_leads_to_somebody_is_not_their_name(on: On) {
        let scene = Scene::start(on).await;
        let group = scene.followed_group("/c/buren").await;
        let mayor = scene.peer.actor("Person", "/u/burgemeester");
        // A server that sends on whoever asks for /naar/..., and serves what people upload: together they make no mayor.
        scene.peer.page("/naar/burgemeester", Page::Redirect(mayor.id.clone()));
        let mut post = scene.post_of(&mayor, "Article", 1, "Ik treed af");
        (post["to"], post["audience"]) = (json!([group.id, PUBLIC]), json!(group.id));
        post["attributedTo"] = json!(scene.peer.at("/naar/burgemeester"));
        scene.peer.serve(&post);
        scene.refused(&group, &group.says("Announce", 1, &post["id"]), "failed", "calls itself").await;
        scene.refused(&group, &group.says("Announce", 2, &json!({"type": "Create", "id": "x", "actor": post["attributedTo"], "object": post["id"]})), "failed", "").await;
        assert!(scene.known(&post).await.is_none());
        scene.finish().await;
    }

    async fn nobody_is_nameless_or_has_a_name_that_only_looks_like_one(on: On) {
        let scene = Scene::start(on).await;
        for (number, (name, shown)) in (1..).zip([
            ("\u{2800}\u{3164}\u{115F}", "wie1"),
            ("\u{200B}\u{200D}\u{FE0F} \u{2060}", "wie2"),
            ("Bram\u{200B} de\u{2063} Wit\u{E0041}", "Bram de Wit"),
            ("\u{202E}tiW ed marB", "tiW ed marB"),
            ("Bram\n\n\t  de Wit", "Bram de Wit"),
            ("👩\u{200D}🏫 Juf", "👩\u{200D}🏫 Juf"),
        ]) {
            let by = scene.peer.actor("Person", &format!("/u/wie{number}"));
            let mut document = by.document("Person");
            document["name"] = json!(name);
            scene.peer.serve(&document);
            let mut post = scene.post_of(&by, "Article", number, "Van wie is dit?");
            post["name"] = json!("\u{2800}\u{200B}");
            scene.done(&by, &by.says("Create", number, &post)).await;
            assert_eq!(scene.app.actor(&by.id).await.shown(), shown);
            assert_eq!(scene.copy(&post).await.title, "Van wie is dit?", "a thread has words to click on");
            let page = Visitor::of(&scene.app).get(&scene.copy(&post).await.path()).await;
            assert!(page.body.contains(shown) && page.body.contains(&scene.peer.host));
        }
        scene.finish().await;
    }
}
