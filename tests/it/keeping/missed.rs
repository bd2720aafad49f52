//! What others wrote between a backup and its return.

use std::sync::atomic::Ordering;

use meent::db;
use meent::model::Clock;
use serde_json::json;

use crate::on_both;
use crate::support::peer::{Page, Peer};
use crate::support::{On, START, TestApp};

on_both! {
    async fn a_run_that_ends_half_way_loses_nothing_of_it(on: On) {
        let app = TestApp::start(on, "a", &Clock::manual(START)).await;
        let bram = app.member("bram", "Bram de Wit").await;
        let group = app.group("jeugd", "Jeugdhulp", &bram).await;
        let peer = Peer::start("elders").await;
        let els = peer.actor("Person", "/u/els");
        let says = |name: &str| {
            let question = json!({
                "id": peer.at(&format!("/p/{name}")), "type": "Page", "attributedTo": els.id, "name": format!("Vraag {name}"),
                "to": [group.ap_id, "https://www.w3.org/ns/activitystreams#Public"], "audience": group.ap_id,
                "content": "<p>Wie weet dit?</p>", "published": app.clock.now().rfc3339(),
            });
            peer.serve(&question);
            question
        };
        // Each on a page of its own, the newest on the first.
        let questions = [says("oud"), says("midden"), says("nieuw")];
        for (page, question) in questions.iter().rev().enumerate() {
            let path = |page: usize| if page == 0 { "/u/els/outbox".to_owned() } else { format!("/u/els/outbox?page={page}") };
            let mut list = json!({"id": peer.at(&path(page)), "type": "OrderedCollectionPage", "orderedItems": [question]});
            if page < 2 {
                list["next"] = json!(peer.at(&path(page + 1)));
            }
            peer.serve(&list);
        }
        assert_eq!(els.sends(&app, &els.says("Follow", 1, &json!(group.ap_id))).await, 202);
        app.run_jobs().await;
        let known = app.actor(&els.id).await;
        let here = async || {
            let mut here = Vec::new();
            for question in &questions {
                here.push(db::posts::by_ap_id(&mut app.core.db.conn(), question["id"].as_str().unwrap()).await.unwrap().is_some());
            }
            here
        };

        let away = Page::Text { status: 503, kind: "text/plain".into(), body: String::new() };
        peer.page("/p/midden", away);
        let ended = app.fed.catch_up(known.id, true).await.unwrap_err();
        assert!(ended.is_passing(), "{ended}");
        assert_eq!(here().await, [true, false, true], "what can't be had keeps nothing else away");
        // Who stops meanwhile asks for nothing more, and is not done.
        let asked = peer.all_gets();
        app.fed.stopping.store(true, Ordering::Relaxed);
        assert!(app.fed.catch_up(known.id, false).await.unwrap_err().is_passing());
        assert_eq!(peer.all_gets(), asked);
        app.fed.stopping.store(false, Ordering::Relaxed);
        // All of the newest page is here; the next run reads on behind it all the same.
        peer.serve(&questions[1]);
        app.fed.catch_up(known.id, false).await.unwrap();
        assert_eq!(here().await, [true, true, true]);
        // A first run takes that page for the end.
        let asked = peer.gets("/u/els/outbox?page=1");
        app.fed.catch_up(known.id, true).await.unwrap();
        assert_eq!(peer.gets("/u/els/outbox?page=1"), asked);
        app.finish().await;
    }
}
