//! Activities arrive in any order and more than once; the threads end the same.

use meent::db;
use meent::db::activities::Activity;
use meent::federation::letters;
use meent::model::{Clock, Time};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use crate::on_both;
use crate::support::{On, START, TestApp, settle};

/// Everything that a group has announced so far.
async fn announced(app: &TestApp, seen: &mut Vec<(String, String)>) {
    let database = app.core.db.clone();
    let all: Vec<Activity> = match database {
        db::Db::Sqlite { read, .. } => sqlx::query_as("SELECT * FROM activity WHERE verb = 'announce' ORDER BY id").fetch_all(&read).await,
        db::Db::Postgres(pool, _) => sqlx::query_as("SELECT * FROM activity WHERE verb = 'announce' ORDER BY id").fetch_all(&pool).await,
    }
    .expect("activities");
    let mut conn = app.core.db.conn();
    for activity in all {
        if !seen.iter().any(|(id, _)| *id == activity.ap_id) {
            let speaker = db::actors::by_id(&mut conn, activity.actor_id).await.expect("the group");
            let Some(text) = letters::text(&mut conn, &activity, &speaker).await.expect("a text") else { continue };
            seen.push((activity.ap_id, text));
        }
    }
}

on_both! {
    async fn shuffled_and_repeated_activities_end_in_the_same_thread(on: On) {
        let clock = Clock::manual(START);
        let (a, b) = (TestApp::start(on, "a", &clock).await, TestApp::start(on, "b", &clock).await);
        let (anna, bram) = (a.member("anna", "Anna Vermeer").await, b.member("bram", "Bram de Wit").await);
        let group = b.group("jeugd", "Jeugdhulp", &bram).await;
        let of_a = a.find(&format!("jeugd@{}", b.host())).await.expect("the group");
        a.join(&anna, &of_a).await;
        let mut readers = Vec::new();
        for _ in 0..3 {
            let mut reader = TestApp::start(on, "c", &clock).await;
            let cor = reader.member("cor", "Cor Hendriks").await;
            let copy = reader.find(&group.ap_id).await.expect("the group");
            reader.join(&cor, &copy).await;
            settle(&[&a, &b, &reader]).await;
            // From here on it hears of everything only as the test tells it.
            reader.stop_listening().await;
            readers.push((reader, copy));
        }

        let mut said = Vec::new();
        let step = async |said: &mut Vec<(String, String)>| {
            settle(&[&a, &b]).await;
            announced(&b, said).await;
            clock.advance(7 * Time::SECOND);
        };
        let question = a.ask(&anna, &of_a, "Wie kent dit?", "De eerste woorden.").await;
        step(&mut said).await;
        let answer = b.reply(&bram, &b.post(&question.ap_id).await, "Een antwoord.").await;
        step(&mut said).await;
        a.edit(&anna, &question, Some("Wie kent dit ook?"), "De tweede woorden.").await;
        step(&mut said).await;
        a.choose(&anna, &a.post(&answer.ap_id).await, true).await;
        step(&mut said).await;
        let comment = a.reply(&anna, &a.post(&answer.ap_id).await, "Een reactie.").await;
        step(&mut said).await;
        for on in [true, false, true] {
            a.useful(&anna, &a.post(&answer.ap_id).await, on).await;
            step(&mut said).await;
        }
        a.choose(&anna, &a.post(&answer.ap_id).await, false).await;
        step(&mut said).await;
        let second = b.reply(&bram, &b.post(&question.ap_id).await, "Een tweede antwoord.").await;
        step(&mut said).await;
        a.choose(&anna, &a.post(&second.ap_id).await, true).await;
        b.edit(&bram, &second, None, "Een beter antwoord.").await;
        step(&mut said).await;
        b.useful(&bram, &b.post(&question.ap_id).await, true).await;
        step(&mut said).await;
        a.remove(&anna, &comment).await;
        step(&mut said).await;
        let expected = b.reads(&question.ap_id).await;
        assert_eq!(expected, a.reads(&question.ap_id).await);
        assert!(expected.contains("chosen") && expected.contains("useful 1"), "{expected}");
        assert!(said.len() >= 14, "{} activities", said.len());

        for (seed, (reader, copy)) in readers.into_iter().enumerate() {
            let mut order: Vec<&(String, String)> = said.iter().chain(&said).collect();
            order.shuffle(&mut StdRng::seed_from_u64(seed as u64));
            for (id, body) in order {
                // Repeated with the same id it is known; so also with another, as a peer does that lost its memory.
                let body = body.replace(id, &format!("{id}?again={seed}"));
                let value = serde_json::from_str(&body).expect("JSON");
                reader.fed.take(&copy, value, body).await.expect("taken");
                reader.run_jobs().await;
            }
            for _ in 0..12 {
                clock.advance(Time::HOUR);
                reader.run_jobs().await;
            }
            assert_eq!(reader.reads(&question.ap_id).await, expected, "order {seed}");
            reader.finish().await;
        }
        // What the readers could not answer while they were not listening.
        for app in [&a, &b] {
            let mut conn = app.core.db.conn();
            assert_eq!(db::received::count(&mut conn, "failed").await.unwrap(), 0);
        }
        a.finish().await;
        b.forget_deliveries().await;
        b.finish().await;
    }
}
