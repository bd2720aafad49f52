//! Inboxes that are not there, or not there any more.

use serde_json::json;

use super::{Followed, HOUR};
use crate::on_both;
use crate::support::On;

on_both! {
    async fn an_inbox_that_is_gone_ends_the_follows_behind_it(on: On) {
        let scene = Followed::start(on).await;
        assert_eq!(scene.follows().await, 2);
        scene.peer.answer(410, "weg");
        let asked = scene.peer.gets("/u/els");
        scene.ask(1).await;
        scene.app.run_jobs().await;
        assert_eq!(scene.follows().await, 1, "Bram is left");
        assert_eq!(scene.waiting().await, 0);
        assert!(scene.peer.gets("/u/els") > asked, "she was asked where she is now");
        let tried = scene.peer.inbox().len();
        scene.ask(2).await;
        scene.app.run_jobs().await;
        assert_eq!(scene.peer.inbox().len(), tried);
        scene.app.finish().await;
    }

    async fn who_is_gone_is_no_follower_any_more(on: On) {
        let scene = Followed::start(on).await;
        scene.peer.answer(404, "");
        scene.peer.gone("/u/els");
        scene.ask(1).await;
        scene.app.run_jobs().await;
        assert_eq!(scene.follows().await, 1);
        for _ in 0..20 {
            scene.later(13 * HOUR).await;
        }
        assert_eq!(scene.waiting().await, 0);
        scene.app.finish().await;
    }

    async fn what_was_on_its_way_goes_to_the_new_inbox(on: On) {
        let scene = Followed::start(on).await;
        scene.peer.answer(404, "");
        let mut moved = scene.els.document("Person");
        moved["endpoints"] = json!({"sharedInbox": scene.peer.at("/nieuw/inbox")});
        scene.ask(1).await;
        scene.app.run_jobs().await;
        assert!(scene.waiting().await > 0, "a server that is closed for a while says 404 too");
        scene.peer.serve(&moved);
        scene.later(HOUR).await;
        scene.peer.answer(202, "");
        scene.later(13 * HOUR).await;
        assert_eq!(scene.waiting().await, 0);
        assert_eq!(scene.app.actor(&scene.els.id).await.common_inbox(), scene.peer.at("/nieuw/inbox"));
        assert_eq!(scene.follows().await, 2);
        scene.app.finish().await;
    }

    async fn an_inbox_that_is_not_there_for_a_while_loses_nothing_and_for_a_week_its_follower(on: On) {
        let scene = Followed::start(on).await;
        let before = scene.peer.inbox().len();
        scene.peer.answer(404, "even niet");
        for number in 0..9 {
            scene.ask(number).await;
        }
        scene.app.run_jobs().await;
        assert!(scene.peer.inbox().len() - before <= 4, "the inbox rests as a whole");
        for _ in 0..4 {
            scene.later(13 * HOUR).await;
        }
        scene.peer.answer(202, "");
        scene.later(13 * HOUR).await;
        assert_eq!((scene.waiting().await, scene.follows().await), (0, 2));
        assert!((0..9).all(|number| scene.came(&format!("Vraag {number}.")) > 0));
        // It was there in between: a week begins anew.
        scene.peer.answer(404, "weg");
        scene.ask(20).await;
        for _ in 0..8 {
            scene.later(13 * HOUR).await;
        }
        assert_eq!(scene.follows().await, 2);
        for _ in 0..12 {
            scene.later(13 * HOUR).await;
        }
        assert_eq!((scene.waiting().await, scene.follows().await), (0, 1));
        scene.app.finish().await;
    }
}
