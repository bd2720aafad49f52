//! What is kept once, what is thrown away in time, and how large it all is.

use meent::db;
use meent::model::{Clock, Rsvp, Time};
use meent::ops::{forgetting, sizes};
use serde_json::{Value, json};

use super::{Followed, HOUR, count};
use crate::on_both;
use crate::support::peer::{ACTIVITY_JSON, get};
use crate::support::planned::{planned, says, session};
use crate::support::{On, START, TestApp, settle};

const DAY: i64 = 24 * HOUR;

on_both! {
    async fn what_a_group_passes_on_is_kept_once(on: On) {
        let scene = Followed::start(on).await;
        scene.ask(1).await;
        let post = scene.ask(2).await;
        let note = json!({"id": scene.peer.at("/comment/1"), "type": "Note", "attributedTo": scene.els.id, "inReplyTo": post.ap_id,
            "to": [scene.group.ap_id, "https://www.w3.org/ns/activitystreams#Public"], "content": "<p>Van elders.</p>"});
        let create = scene.els.says("Create", 7, &note);
        assert_eq!(scene.els.sends(&scene.app, &create).await, 202);
        scene.app.run_jobs().await;
        let db = &scene.app.core.db;
        for words in ["Vraag 1.", "Van elders."] {
            let rows = count(db, &format!("SELECT COUNT(*) FROM activity WHERE body LIKE '%{words}%' OR received LIKE '%{words}%'")).await;
            assert_eq!(rows, 1, "{words}");
        }
        assert_eq!(count(db, "SELECT COUNT(*) FROM activity WHERE verb = 'announce' AND body IS NOT NULL").await, 0);
        // What was sent is what is answered, and what the outbox shows.
        let sent: Value = scene.peer.inbox().iter().rev().map(|body| serde_json::from_str(body).unwrap()).find(|said: &Value| said.to_string().contains("Van elders.")).unwrap();
        assert_eq!(sent["object"], create);
        let path = sent["id"].as_str().unwrap().strip_prefix(scene.app.core.urls.base()).unwrap().to_owned();
        assert_eq!(get(&scene.app, "GET", &path, ACTIVITY_JSON).await.json(), sent);
        let outbox = get(&scene.app, "GET", "/c/jeugd/outbox?page=1", ACTIVITY_JSON).await.json();
        assert_eq!(outbox["orderedItems"].as_array().unwrap().len(), 2);
        assert_eq!(outbox["orderedItems"][1]["object"]["object"]["name"], "Vraag 1.");
        // What is removed is there no longer, also where it was only named.
        scene.app.remove(&scene.bram, &post).await;
        scene.app.run_jobs().await;
        assert_eq!(get(&scene.app, "GET", "/c/jeugd/outbox?page=1", ACTIVITY_JSON).await.json()["orderedItems"].as_array().unwrap().len(), 1);
        scene.app.finish().await;
    }

    async fn an_announcement_of_an_older_version_is_still_sent_as_it_was(on: On) {
        let scene = Followed::start(on).await;
        scene.peer.answer(500, "even niet");
        scene.ask(1).await;
        scene.app.run_jobs().await;
        // As it was kept before: its whole text.
        let text = "UPDATE activity SET body = '{\"type\":\"Announce\",\"from\":\"vroeger\"}' WHERE verb = 'announce' AND listed = TRUE";
        match &scene.app.core.db {
            db::Db::Sqlite { write, .. } => sqlx::query(text).execute(write).await.map(drop),
            db::Db::Postgres(pool, _) => sqlx::query(text).execute(pool).await.map(drop),
        }
        .unwrap();
        scene.app.fed.letters.forget();
        scene.peer.answer(202, "");
        scene.later(HOUR).await;
        assert_eq!(scene.came("vroeger"), 1);
        scene.app.finish().await;
    }

    async fn what_has_arrived_goes_in_time_and_what_has_not_stays(on: On) {
        let scene = Followed::start(on).await;
        let db = &scene.app.core.db;
        let post = scene.ask(1).await;
        scene.app.run_jobs().await;
        scene.app.edit(&scene.bram, &post, None, "Beter gezegd.").await;
        let noor = scene.app.member("noor", "Noor Jansen").await;
        scene.app.useful(&noor, &post, true).await;
        scene.sign_of_life(3).await;
        assert_eq!(scene.els.sends(&scene.app, &scene.els.says("Create", 4, &json!({"type": "Note", "id": "https://ander.example/1"}))).await, 202);
        scene.app.run_jobs().await;
        assert_eq!(db::received::count(&mut db.conn(), "failed").await.unwrap(), 1);
        let verbs = async |verb: &str| count(db, &format!("SELECT COUNT(*) FROM activity WHERE verb = '{verb}'")).await;
        assert_eq!((verbs("like").await, verbs("update").await, verbs("create").await), (1, 1, 1));

        scene.app.clock.advance(8 * DAY);
        forgetting::prune(&scene.app.core).await.unwrap();
        assert_eq!((verbs("like").await, verbs("update").await, verbs("create").await), (0, 1, 1), "votes can't be looked up");
        scene.app.clock.advance(23 * DAY);
        forgetting::prune(&scene.app.core).await.unwrap();
        assert_eq!(db::received::count(&mut db.conn(), "failed").await.unwrap(), 0);
        assert!(db::received::count(&mut db.conn(), "ignored").await.unwrap() > 0, "replays are known by their ids");
        scene.app.clock.advance(60 * DAY);
        // What is still on its way stays, however old.
        scene.peer.answer(500, "stuk");
        forgetting::prune(&scene.app.core).await.unwrap();
        assert_eq!(db::received::count(&mut db.conn(), "ignored").await.unwrap(), 0);
        assert_eq!((verbs("update").await, verbs("boost").await), (0, 1), "a boost is there as long as it can be taken back");
        // The outbox is whole, and the words that it names.
        let outbox = get(&scene.app, "GET", "/c/jeugd/outbox?page=1", ACTIVITY_JSON).await.json();
        assert_eq!(outbox["orderedItems"][0]["object"]["object"]["name"], "Vraag 1.");
        let late = scene.ask(2).await;
        scene.app.run_jobs().await;
        scene.app.clock.advance(10 * DAY);
        forgetting::prune(&scene.app.core).await.unwrap();
        assert!(scene.waiting().await > 0 && !late.ap_id.is_empty());
        scene.app.forget_deliveries().await;
        scene.app.finish().await;
    }

    async fn threads_of_others_go_when_nobody_here_has_anything_to_do_with_them(on: On) {
        let clock = Clock::manual(START);
        let (a, b) = (TestApp::start(on, "a", &clock).await, TestApp::start(on, "b", &clock).await);
        let (anna, bram) = (a.member("anna", "Anna Vermeer").await, b.member("bram", "Bram de Wit").await);
        let group = b.group("jeugd", "Jeugdhulp", &bram).await;
        let copy = a.find(&group.ap_id).await.expect("the group");
        a.join(&anna, &copy).await;
        settle(&[&a, &b]).await;
        let mut roots = Vec::new();
        for number in 0..4 {
            clock.advance(Time::MINUTE);
            let question = b.ask(&bram, &group, &format!("Vraag {number}"), "Wie weet dit?").await;
            b.reply(&bram, &question, "Ik zelf.").await;
            roots.push(question.ap_id);
        }
        settle(&[&a, &b]).await;
        clock.advance(Time::MINUTE);
        a.reply(&anna, &a.post(&roots[0]).await, "Wij ook.").await;
        a.useful(&anna, &a.post(&roots[1]).await, true).await;
        b.remove(&bram, &b.post(&roots[3]).await).await;
        settle(&[&a, &b]).await;
        let known = async |root: &str| db::posts::by_ap_id(&mut a.core.db.conn(), root).await.unwrap().is_some();

        // While somebody is in the group everything stays, however old.
        clock.advance(200 * DAY);
        assert_eq!(forgetting::forget_threads(&a.core).await.unwrap(), 0);
        a.leave(&anna, &copy).await;
        settle(&[&a, &b]).await;
        assert_eq!(forgetting::forget_threads(&a.core).await.unwrap(), 2);
        assert_eq!((known(&roots[0]).await, known(&roots[1]).await, known(&roots[2]).await, known(&roots[3]).await), (true, true, false, false));
        assert!(db::posts::is_buried(&mut a.core.db.conn(), &roots[3], None).await.unwrap(), "what was removed stays removed");
        assert_eq!(b.reads(&roots[2]).await.lines().count(), 2);
        // Who joins again gets it again.
        a.join(&anna, &copy).await;
        settle(&[&a, &b]).await;
        assert_eq!(a.reads(&roots[2]).await, b.reads(&roots[2]).await);
        a.finish().await;
        b.finish().await;
    }

    async fn with_an_event_of_others_goes_who_came_and_who_would_have(on: On) {
        let clock = Clock::manual(START);
        let (a, b) = (TestApp::start(on, "a", &clock).await, TestApp::start(on, "b", &clock).await);
        let (anna, bram, omar) = (a.member("anna", "Anna Vermeer").await, b.member("bram", "Bram de Wit").await, b.member("omar", "Omar Hadi").await);
        let group = b.group("jeugd", "Jeugdhulp", &bram).await;
        let copy = a.find(&group.ap_id).await.expect("the group");
        a.join(&anna, &copy).await;
        settle(&[&a, &b]).await;
        let (ours, theirs) = (
            planned(&b, &bram, &group, "Waar Anna komt", &session(&b, None), None).await,
            planned(&b, &bram, &group, "Waar niemand van A komt", &session(&b, None), None).await,
        );
        settle(&[&a, &b]).await;
        says(&a, &anna, &ours.ap_id, Rsvp::Yes).await.unwrap();
        settle(&[&a, &b]).await;
        // Somebody of their own region organises it, comes, and would have liked a session.
        let (known, event) = (a.actor(&bram.ap_id).await, a.post(&theirs.ap_id).await);
        assert!(db::actors::by_ap_id(&mut a.core.db.conn(), &omar.ap_id).await.unwrap().is_none());
        let starts = START.plus(21 * DAY).0;
        for statement in [
            format!("INSERT INTO organiser (post_id, actor_id, starts_at) VALUES ({}, {}, {starts}) ON CONFLICT DO NOTHING", event.id, known.id),
            format!("INSERT INTO attendee (id, post_id, actor_id, email, name, language, answer, state, remark, visible, ap_id, online_link, since, at, starts_at)
                VALUES (5, {}, {}, '', '', 'nl', 'yes', 'in', '', TRUE, '', '', 1, 1, {starts}) ON CONFLICT DO NOTHING", event.id, known.id),
            format!("INSERT INTO interest (post_id, actor_id, active, ap_id, at) VALUES ({}, {}, TRUE, '', 1) ON CONFLICT DO NOTHING", event.id, known.id),
        ] {
            let text = sqlx::AssertSqlSafe(statement);
            match &a.core.db {
                db::Db::Sqlite { write, .. } => sqlx::query(text).execute(write).await.map(drop),
                db::Db::Postgres(pool, _) => sqlx::query(text).execute(pool).await.map(drop),
            }
            .unwrap();
        }
        a.leave(&anna, &copy).await;
        settle(&[&a, &b]).await;
        clock.advance(200 * DAY);
        assert_eq!(forgetting::forget_threads(&a.core).await.unwrap(), 1);
        for table in ["event", "organiser", "attendee", "interest"] {
            assert_eq!(count(&a.core.db, &format!("SELECT COUNT(*) FROM {table} WHERE post_id = {}", event.id)).await, 0, "{table}");
        }
        // Where one of ours comes, everything stays.
        let kept = a.post(&ours.ap_id).await;
        assert_eq!(count(&a.core.db, &format!("SELECT COUNT(*) FROM event WHERE post_id = {}", kept.id)).await, 1);
        assert!(count(&a.core.db, &format!("SELECT COUNT(*) FROM attendee WHERE post_id = {}", kept.id)).await > 0);
        a.finish().await;
        b.finish().await;
    }

    async fn an_administrator_says_how_long(on: On) {
        let clock = Clock::manual(START);
        let a = TestApp::start_with(on, "a", &clock, |config| config.federation.remote_days = "never".into()).await;
        assert_eq!(forgetting::remote_days(&a.core).await.unwrap(), None);
        a.finish().await;
        let a = TestApp::start(on, "a", &clock).await;
        assert_eq!(forgetting::remote_days(&a.core).await.unwrap(), Some(90));
        let mut tx = a.core.db.begin().await.unwrap();
        db::settings::set(&mut tx, db::settings::key::REMOTE_DAYS, "365").await.unwrap();
        a.core.commit(tx).await.unwrap();
        assert_eq!(forgetting::remote_days(&a.core).await.unwrap(), Some(365));
        a.finish().await;
    }

    async fn sizes_are_measured(on: On) {
        let scene = Followed::start(on).await;
        scene.ask(1).await;
        scene.app.run_jobs().await;
        assert!(sizes::last(&scene.app.core).await.unwrap().is_empty(), "the worker measures every hour");
        sizes::measure(&scene.app.core).await.unwrap();
        let measured = sizes::last(&scene.app.core).await.unwrap();
        let of = |family: &str| measured.iter().find(|size| size.family == family).unwrap();
        assert_eq!(of("posts").rows_kept, 1);
        assert!(measured.iter().filter(|size| size.family != "other").all(|size| size.bytes > 0), "{measured:?}");
        assert_eq!(measured.len(), 10);
        scene.app.finish().await;
    }
}
