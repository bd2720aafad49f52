//! Lanes: a window of four, order about each thing, rest and probe, when to come back, and servers that are given up.

use std::any::Any;

use futures_util::future::join_all;
use meent::db::{self, Db};
use meent::federation::deliver::LANES;
use meent::model::Time;

use super::{Followed, HOUR, until};
use crate::on_both;
use crate::support::On;
use crate::support::peer::Peer;

/// Takes every connection on which something is read, but one.
async fn all_but_one(db: &Db) -> Vec<Box<dyn Any>> {
    let mut taken: Vec<Box<dyn Any>> = vec![];
    match db {
        Db::Sqlite { read, .. } => {
            for _ in 1..read.options().get_max_connections() {
                taken.push(Box::new(read.acquire().await.unwrap()));
            }
        }
        Db::Postgres(pool, _) => {
            for _ in 1..pool.options().get_max_connections() {
                taken.push(Box::new(pool.acquire().await.unwrap()));
            }
        }
    }
    taken
}

on_both! {
    async fn a_slow_one_holds_one_place_and_what_is_about_the_same_thing(on: On) {
        let scene = Followed::start(on).await;
        scene.peer.hold(Some("Vraag 0."));
        let first = scene.ask(0).await;
        for number in 1..12 {
            scene.ask(number).await;
        }
        while scene.app.fed.make_outgoing().await.unwrap() > 0 {}
        scene.app.edit(&scene.bram, &first, None, "Beter gezegd.").await;
        let work = scene.app.run_jobs();
        let look = async {
            // Everything else goes through the three other places; what is about the first waits behind it.
            until("the others arrived", || (1..12).all(|number| scene.came(&format!("Vraag {number}.")) > 0)).await;
            assert_eq!(scene.came("Beter gezegd."), 0);
            assert_eq!(scene.came(&format!("\"object\":\"{}\"", first.ap_id)), 0, "its boost waits behind it");
            scene.peer.hold(None);
        };
        tokio::join!(work, look);
        scene.app.run_jobs().await;
        assert_eq!(scene.came("Beter gezegd."), 1);
        let inbox = scene.peer.inbox();
        let place = |text: &str| inbox.iter().position(|body| body.contains(text)).unwrap();
        assert!(place("Vraag 0.") < place("Beter gezegd."));
        scene.app.finish().await;
    }

    async fn with_one_connection_left_no_lane_stands_still(on: On) {
        let scene = Followed::start(on).await;
        let mut peers = vec![];
        for name in ["verder", "ginder", "overal"] {
            let peer = Peer::start(name).await;
            scene.follow(&peer.actor("Person", "/u/els"), 1).await;
            peers.push(peer);
        }
        for number in 0..24 {
            scene.ask(number).await;
        }
        while scene.app.fed.make_outgoing().await.unwrap() > 0 {}
        let lanes = scene.app.fed.take_lanes(LANES).await.unwrap();
        assert_eq!(lanes.len(), 4);
        // The lanes, and what is under way in each, have to share.
        let taken = all_but_one(&scene.app.core.db).await;
        for outcome in join_all(lanes.into_iter().map(|lane| scene.app.fed.work_lane(lane))).await {
            assert!(outcome.unwrap().unwrap() >= 48, "the announcement and the boost of each");
        }
        drop(taken);
        assert_eq!(scene.waiting().await, 0);
        scene.app.finish().await;
    }

    async fn a_lane_is_let_go_by_who_holds_it_and_by_nobody_else(on: On) {
        let scene = Followed::start(on).await;
        scene.ask(0).await;
        while scene.app.fed.make_outgoing().await.unwrap() > 0 {}
        let taken = scene.app.fed.take_lanes(LANES).await.unwrap();
        assert_eq!(taken.len(), 1);
        for (slot, free) in [(scene.app.core.ids.slot() + 1, false), (scene.app.core.ids.slot(), true)] {
            let mut tx = scene.app.core.db.begin().await.unwrap();
            db::lanes::release(&mut tx, slot, &[&scene.peer.host]).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(db::lanes::next_due(&mut scene.app.core.db.conn()).await.unwrap().is_some(), free, "{slot}");
        }
        scene.app.run_jobs().await;
        scene.app.finish().await;
    }

    async fn after_five_failures_a_lane_rests_and_one_is_sent_to_see(on: On) {
        let scene = Followed::start(on).await;
        let before = scene.peer.inbox().len();
        scene.peer.answer(500, "stuk");
        for number in 0..20 {
            scene.ask(number).await;
        }
        scene.app.run_jobs().await;
        let tried = scene.peer.inbox().len() - before;
        assert!((5..=8).contains(&tried), "{tried} were tried");
        let lane = scene.lane().await;
        assert!(lane.failures >= 5 && lane.retry_at >= scene.app.clock.now().plus(Time::MINUTE), "{lane:?}");
        // Not before the minute is over; then one.
        scene.later(59 * Time::SECOND).await;
        assert_eq!(scene.peer.inbox().len() - before, tried);
        scene.later(10 * Time::MINUTE).await;
        assert_eq!(scene.peer.inbox().len() - before, tried + 1);
        // When that one arrives, all the others follow at once.
        scene.peer.answer(202, "");
        scene.later(HOUR).await;
        assert_eq!(scene.waiting().await, 0);
        let lane = scene.lane().await;
        assert_eq!((lane.failures, lane.last_error, lane.failing_since), (0, None, None));
        scene.app.finish().await;
    }

    async fn one_that_is_refused_or_broken_holds_up_no_other(on: On) {
        let scene = Followed::start(on).await;
        for status in [400, 403, 422, 501] {
            scene.peer.answer(status, "nee");
            let before = scene.peer.inbox().len();
            scene.ask(usize::from(status)).await;
            scene.app.run_jobs().await;
            // The announcement and the boost, once each.
            assert_eq!((scene.waiting().await, scene.peer.inbox().len() - before), (0, 2), "{status}");
            assert_eq!(scene.lane().await.failures, 0);
        }
        // One that breaks the other server is tried again by itself; what is about something else passes it.
        scene.peer.answer(202, "");
        scene.peer.answer_to("Vraag 7.", 500);
        for number in 0..20 {
            scene.ask(number).await;
        }
        scene.app.run_jobs().await;
        assert!((0..20).all(|number| scene.came(&format!("Vraag {number}.")) > 0));
        assert_eq!(scene.waiting().await, 2, "the broken one, and its boost behind it");
        scene.peer.answer_to("Vraag 7.", 202);
        scene.later(HOUR).await;
        assert_eq!(scene.waiting().await, 0);
        scene.app.finish().await;
    }

    async fn when_to_come_back_is_honoured_as_seconds_and_as_a_date(on: On) {
        let scene = Followed::start(on).await;
        for (round, status) in [(0, 429), (1, 503)] {
            let when = if round == 0 { "1200".to_owned() } else { scene.app.clock.now().plus(20 * Time::MINUTE).http_date() };
            scene.peer.answer(status, "straks");
            scene.peer.retry_after(Some(&when));
            let before = scene.peer.inbox().len();
            for number in 0..9 {
                scene.ask(100 * round + number).await;
            }
            scene.app.run_jobs().await;
            let tried = scene.peer.inbox().len() - before;
            assert!((1..=4).contains(&tried), "{tried}");
            // A sign of life does not cut it short: it asked us to wait.
            scene.sign_of_life(u32::try_from(round).unwrap() + 50).await;
            scene.later(19 * Time::MINUTE).await;
            assert_eq!(scene.peer.inbox().len() - before, tried);
            scene.peer.answer(202, "");
            scene.peer.retry_after(None);
            scene.later(Time::MINUTE + Time::SECOND).await;
            assert_eq!(scene.waiting().await, 0);
        }
        scene.app.finish().await;
    }

    async fn after_thirty_days_a_server_is_given_up_until_it_speaks(on: On) {
        let scene = Followed::start(on).await;
        scene.peer.answer(502, "weg");
        for number in 0..8 {
            scene.ask(number).await;
        }
        for _ in 0..58 {
            scene.later(12 * HOUR).await;
            assert!(scene.waiting().await > 0, "still trying");
        }
        assert_eq!(scene.lane().await.given_up_at, None);
        for _ in 0..6 {
            scene.later(13 * HOUR).await;
        }
        let lane = scene.lane().await;
        assert!(lane.given_up_at.is_some() && lane.dropped >= 8, "{lane:?}");
        assert_eq!(scene.waiting().await, 0);
        // Nothing is queued for it any more, and nothing is tried.
        scene.ask(20).await;
        let tried = scene.peer.inbox().len();
        scene.later(13 * HOUR).await;
        assert_eq!((scene.waiting().await, scene.peer.inbox().len()), (0, tried));
        // It speaks: it is followed by what is new. Its follow still stands.
        scene.peer.answer(202, "");
        scene.sign_of_life(60).await;
        let lane = scene.lane().await;
        assert_eq!((lane.given_up_at, lane.failures, lane.dropped), (None, 0, 0));
        scene.ask(21).await;
        scene.app.run_jobs().await;
        assert!(scene.came("Vraag 21.") > 0 && scene.came("Vraag 20.") == 0);
        scene.app.finish().await;
    }

    async fn a_sign_of_life_or_a_restart_ends_the_rest(on: On) {
        let scene = Followed::start(on).await;
        for way in 0..2 {
            scene.peer.answer(500, "stuk");
            for number in 0..10 {
                scene.ask(100 * way + number).await;
            }
            for _ in 0..5 {
                scene.later(HOUR).await;
            }
            assert!(scene.lane().await.retry_at > scene.app.clock.now());
            scene.peer.answer(202, "");
            if way == 0 {
                scene.sign_of_life(70).await;
            } else {
                scene.app.fed.wake_lanes().await.unwrap();
            }
            // Without any time passing.
            scene.app.run_jobs().await;
            assert_eq!(scene.waiting().await, 0);
        }
        scene.app.finish().await;
    }

    async fn ten_thousand_that_wait_for_one_server_don_t_slow_the_look_for_others(on: On) {
        let scene = Followed::start(on).await;
        scene.peer.answer(500, "stuk");
        let post = scene.ask(1).await;
        scene.app.run_jobs().await;
        let statement = "INSERT INTO delivery (activity_id, inbox, host, about, attempts, next_at)
            SELECT MIN(a.id), 'http://x/' || n.number, 'verstopt.example', 'x' || n.number, 0, 0 FROM activity a, number n GROUP BY n.number";
        let numbers = "CREATE TABLE number AS WITH RECURSIVE n(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM n WHERE number < 10000) SELECT number FROM n";
        let mut tx = scene.app.core.db.begin().await.unwrap();
        db::deliveries::know(&mut tx, "verstopt.example").await.unwrap();
        tx.commit().await.unwrap();
        for text in [numbers, statement] {
            match &scene.app.core.db {
                db::Db::Sqlite { write, .. } => sqlx::query(text).execute(write).await.map(drop),
                db::Db::Postgres(pool, _) => sqlx::query(text).execute(pool).await.map(drop),
            }
            .unwrap();
        }
        // Both lanes are found, whichever is full.
        scene.app.clock.advance(HOUR);
        let lanes = scene.app.fed.take_lanes(10).await.unwrap();
        let mut hosts: Vec<&str> = lanes.iter().map(|taken| taken.lane.host.as_str()).collect();
        hosts.sort_unstable();
        assert_eq!(hosts, [scene.peer.host.as_str(), "verstopt.example"]);
        assert_eq!(db::lanes::next_due(&mut scene.app.core.db.conn()).await.unwrap(), None);
        assert!(!post.ap_id.is_empty());
        scene.app.forget_deliveries().await;
        scene.app.finish().await;
    }
}
