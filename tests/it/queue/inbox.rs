//! The inbox: every server has its share, and who sends too much is told to wait.

use std::collections::BTreeMap;

use meent::db::{self, received::Received};
use meent::model::{ReceivedId, Time};
use serde_json::json;

use super::Followed;
use crate::on_both;
use crate::support::peer::Peer;
use crate::support::{On, TestApp};

/// Something that means nothing, from `host`.
async fn store(app: &TestApp, host: &str, number: usize) {
    let (id, now) = (format!("https://{host}/activities/{number}"), app.clock.now());
    let received = Received {
        id: ReceivedId(app.core.ids.next()),
        body: json!({"id": id, "type": "Dislike", "actor": format!("https://{host}/u/x"), "object": format!("https://{host}/post/1")})
            .to_string(),
        ap_id: id,
        actor: format!("https://{host}/u/x"),
        state: "new".into(),
        note: None,
        attempts: 0,
        next_at: now,
        received_at: now,
        host: host.into(),
    };
    app.fed.intake.store(received).await.expect("kept");
}

fn of_each(batch: &[Received]) -> BTreeMap<&str, usize> {
    let mut found = BTreeMap::new();
    for received in batch {
        *found.entry(received.host.as_str()).or_default() += 1;
    }
    found
}

on_both! {
    async fn a_server_that_floods_holds_up_no_other(on: On) {
        let scene = Followed::start(on).await;
        let app = &scene.app;
        for number in 0..300 {
            store(app, "stortvloed.example", number).await;
        }
        for number in 0..3 {
            store(app, "rustig.example", number).await;
        }
        let first = app.fed.take_received().await.unwrap();
        assert_eq!(of_each(&first.activities), BTreeMap::from([("rustig.example", 3), ("stortvloed.example", 64)]));
        let second = app.fed.take_received().await.unwrap();
        assert_eq!(of_each(&second.activities), BTreeMap::from([("stortvloed.example", 64)]));
        // Two batches hold something of it: its turn is over until one has ended, and there is nothing to wake up for.
        assert!(app.fed.take_received().await.unwrap().is_empty());
        assert_eq!(app.fed.next_received().await.unwrap(), None);
        store(app, "rustig.example", 10).await;
        let third = app.fed.take_received().await.unwrap();
        assert_eq!(of_each(&third.activities), BTreeMap::from([("rustig.example", 1)]));
        for batch in [first, second, third] {
            app.fed.process(batch).await.unwrap();
        }
        app.run_jobs().await;
        assert_eq!(db::received::count(&mut app.core.db.conn(), "ignored").await.unwrap(), 304);
        scene.app.finish().await;
    }

    async fn what_arrives_while_somebody_else_writes_is_kept_when_they_have_ended(on: On) {
        let scene = Followed::start(on).await;
        let app = &scene.app;
        // More than goes into one commit.
        let arriving = futures_util::future::join_all((0..300).map(|number| store(app, "druk.example", number)));
        let writing = app.core.db.begin().await.unwrap();
        let end = async {
            tokio::task::yield_now().await;
            drop(writing);
        };
        tokio::join!(arriving, end);
        assert_eq!(db::received::count(&mut app.core.db.conn(), "new").await.unwrap(), 300);
        app.run_jobs().await;
        assert_eq!(db::received::count(&mut app.core.db.conn(), "ignored").await.unwrap(), 300);
        scene.app.finish().await;
    }

    async fn many_servers_share_a_batch(on: On) {
        let scene = Followed::start(on).await;
        let app = &scene.app;
        for number in 0..10 {
            for host in 0..20 {
                store(app, &format!("s{host:02}.example"), number).await;
            }
        }
        let batch = app.fed.take_received().await.unwrap();
        let shares = of_each(&batch.activities);
        assert_eq!((shares.len(), batch.len()), (20, 120), "{shares:?}");
        app.fed.process(batch).await.unwrap();
        app.run_jobs().await;
        scene.app.finish().await;
    }

    async fn a_server_that_answers_slowly_holds_up_only_what_comes_from_it(on: On) {
        let scene = Followed::start(on).await;
        // Its activities need a document that does not come: nobody listens at that port any more.
        let slow = Peer::start("traag").await;
        let stranger = slow.actor("Person", "/u/traag");
        let like = stranger.says("Like", 1, &json!(slow.at("/post/1")));
        slow.serve_with(|_| None);
        assert_eq!(stranger.sends(&scene.app, &like).await, 202);
        scene.sign_of_life(5).await;
        let batch = scene.app.fed.take_received().await.unwrap();
        assert_eq!(batch.len(), 2);
        scene.app.fed.process(batch).await.unwrap();
        let dealt_with = db::received::by_ap_id(&mut scene.app.core.db.conn(), &format!("{}#Dislike/5", scene.els.id)).await.unwrap().unwrap();
        assert_eq!(dealt_with.state, "ignored");
        for _ in 0..20 {
            scene.later(13 * Time::HOUR).await;
        }
        scene.app.finish().await;
    }

    async fn t_81_who_sends_too_much_is_told_before_anything_is_looked_up(on: On) {
        let scene = Followed::start(on).await;
        let now = scene.app.clock.now();
        while scene.app.fed.pace.take(&scene.peer.host, 1, now).is_ok() {}
        let stored = db::received::count(&mut scene.app.core.db.conn(), "new").await.unwrap();
        let body = scene.els.says("Dislike", 80, &json!(scene.group.ap_id)).to_string();
        let reply = scene.els.letter(&scene.app, "/inbox", &body).send(&scene.app).await;
        assert_eq!((reply.status, reply.header("retry-after")), (429, "1"));
        // Also where the database could not have been asked who that is.
        let mut nobody = scene.els.clone();
        nobody.key_id = scene.peer.at("/u/nobody#main-key");
        assert_eq!(nobody.letter(&scene.app, "/inbox", &body).send(&scene.app).await.status, 429);
        assert_eq!(scene.peer.gets("/u/nobody"), 0);
        assert_eq!(db::received::count(&mut scene.app.core.db.conn(), "new").await.unwrap(), stored);
        // Another server is not concerned, and a while later neither is this one.
        let other = Peer::start("anders").await;
        let ineke = other.actor("Person", "/u/ineke");
        assert_eq!(ineke.sends(&scene.app, &ineke.says("Dislike", 1, &json!(scene.group.ap_id))).await, 202);
        scene.app.clock.advance(Time::SECOND);
        scene.sign_of_life(81).await;
        scene.app.run_jobs().await;
        scene.app.finish().await;
    }

    async fn t_81_what_is_refused_counts_too_and_what_is_long_counts_more(on: On) {
        let scene = Followed::start(on).await;
        for body in ["{}", "nee", "{\"actor\":1}"] {
            assert_eq!(scene.els.letter(&scene.app, "/inbox", body).send(&scene.app).await.status, 400, "{body}");
        }
        let mut long = scene.els.says("Create", 91, &json!(scene.group.ap_id));
        long["padding"] = json!("x".repeat(160 * 1024));
        assert_eq!(scene.els.sends(&scene.app, &long).await, 202);
        let now = scene.app.clock.now();
        let left = (0..3_000).filter(|_| scene.app.fed.pace.take(&scene.peer.host, 1, now).is_ok()).count();
        assert_eq!(left, 2_000 - 1 - 3 - 11, "her Follow, what was refused, and eleven for the long one");
        scene.app.run_jobs().await;
        scene.app.finish().await;
    }

    async fn t_81_who_claims_to_be_another_takes_nothing_from_it(on: On) {
        let scene = Followed::start(on).await;
        let body = scene.els.says("Dislike", 90, &json!(scene.group.ap_id)).to_string();
        for _ in 0..50 {
            let mut letter = scene.els.letter(&scene.app, "/inbox", &body);
            letter.signature = Some("AAAA".into());
            assert_ne!(letter.send(&scene.app).await.status, 202);
        }
        let now = scene.app.clock.now();
        let left = (0..3_000).filter(|_| scene.app.fed.pace.take(&scene.peer.host, 1, now).is_ok()).count();
        assert_eq!(left, 1_999, "only her Follow was counted");
        scene.app.finish().await;
    }
}
