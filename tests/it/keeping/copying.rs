//! Moving from SQLite to PostgreSQL.

use std::sync::Mutex;

use meent::app::App;
use meent::db::Db;
use meent::model::{Clock, PostKind, Time};
use meent::ops::keeping::{Stage, Watch, Watcher, copying};
use meent::ops::keys::KeyMaker;

use super::{empty_postgres, meent, said};
use crate::support::planned::{planned, session};
use crate::support::process::count;
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp, key, settle};

/// Ends the work after so many rows, as a switch that is pulled.
#[derive(Debug)]
struct Until(u64, Mutex<u64>);

impl Watcher for Until {
    fn at(&self, stage: Stage, done: u64, _: u64) {
        if stage == Stage::Rows {
            *self.1.lock().unwrap() = done;
        }
    }
    fn stopped(&self) -> bool {
        *self.1.lock().unwrap() >= self.0
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_moves_and_serves_the_same_pages() {
    let clock = Clock::manual(START);
    let (mut a, b) = (TestApp::start(On::Sqlite, "a", &clock).await, TestApp::start(On::Sqlite, "b", &clock).await);
    let (anna, bram) = (a.somebody("anna", "Anna Vermeer", true).await, b.member("bram", "Bram de Wit").await);
    let group = a.group("jeugd", "Jeugdhulp", &anna).await;
    let seen = b.find(&group.ap_id).await.expect("the group");
    b.join(&bram, &seen).await;
    settle(&[&a, &b]).await;
    let question = a.ask(&anna, &group, "Wie weet dit?", "Met *nadruk*, een \u{1F332} en een \"aanhalingsteken\".").await;
    settle(&[&a, &b]).await;
    let copy = b.post(&question.ap_id).await;
    let answer = b.reply(&bram, &copy, "Wij weten het.").await;
    settle(&[&a, &b]).await;
    a.choose(&anna, &a.post(&answer.ap_id).await, true).await;
    planned(&a, &anna, &group, "Samen kijken", &session(&a, Some(10)), None).await;
    for number in 0..30 {
        clock.advance(Time::SECOND);
        a.ask(&anna, &group, &format!("Vraag {number}"), "Toelichting").await;
    }
    settle(&[&a, &b]).await;
    let paths = ["/", "/c/jeugd", &question.path(), "/agenda", "/u/anna", "/about"].map(str::to_owned);
    let mut pages = Vec::new();
    for path in &paths {
        pages.push(Visitor::of(&a).get(path).await.body);
    }
    let sqlite = a.core.config.clone();
    let to = empty_postgres().await;
    let arguments = ["copy", "--to", to.as_str()];

    // Not while it runs.
    let refused = meent(&sqlite, &arguments).await;
    assert!(!refused.status.success() && said(&refused).contains("Stop it first"), "{}", said(&refused));
    a.stop().await;

    // Stopped, and killed, again and again: it goes on, and no server takes what is there for an instance.
    let target = Db::open(&to).await.unwrap();
    for rows in [1, 40, 90] {
        let watch: Watch = std::sync::Arc::new(Until(rows, Mutex::default()));
        let stopped = copying::copy(&sqlite, &to, clock.now(), &watch).await.unwrap_err();
        assert!(stopped.to_string().contains("stopped before"), "{stopped}");
        let early = App::open(meent::config::Config { database_url: to.clone(), ..sqlite.clone() }, clock.clone(), KeyMaker::Generate)
            .await
            .unwrap_err();
        assert!(early.to_string().contains("Run the same `meent copy` again"), "{early}");
    }
    let before = count(&target, "SELECT COUNT(*) FROM _meent_copy WHERE kind = 'table' AND value = 'done'").await;
    assert!(before > 0);
    let mut killed = super::command(&sqlite, &arguments).spawn().unwrap();
    killed.kill().unwrap();
    killed.wait().unwrap();
    // Somebody started the old one all the same, and wrote there.
    let again = App::open(sqlite.clone(), clock.clone(), KeyMaker::Fixed(std::sync::Arc::new(key("a")))).await.unwrap();
    let mut tx = again.core.db.begin().await.unwrap();
    meent::db::settings::set(&mut tx, "came_later", "Er kwam nog iets bij.").await.unwrap();
    tx.commit().await.unwrap();
    again.close().await.unwrap();
    // And died with work in its hands.
    let db = Db::open(&sqlite.database_url).await.unwrap();
    let Db::Sqlite { write, .. } = &db else { unreachable!("SQLite") };
    sqlx::query("UPDATE peer SET claimed_by = 77").execute(write).await.unwrap();
    db.close().await;

    let done = meent(&sqlite, &arguments).await;
    assert!(done.status.success() && said(&done).contains("they are the same"), "{}", said(&done));
    let more = meent(&sqlite, &arguments).await;
    assert!(!more.status.success() && said(&more).contains("there are tables in that database already"), "{}", said(&more));

    assert_eq!(count(&target, "SELECT COUNT(*) FROM peer WHERE claimed_by IS NOT NULL").await, 0);
    assert_eq!(count(&target, "SELECT COUNT(*) FROM setting WHERE value = 'Er kwam nog iets bij.'").await, 1);
    let foreign = "SELECT COUNT(*) FROM pg_constraint WHERE contype = 'f'";
    let fresh = Db::open(&crate::support::fresh_database(On::Postgres, &tempfile::TempDir::new().unwrap()).await).await.unwrap();
    assert_eq!(count(&target, foreign).await, count(&fresh, foreign).await);
    fresh.close().await;
    let newest = count(&target, "SELECT MAX(id) FROM post").await;
    target.close().await;

    let moved = TestApp::start_with(On::Sqlite, "a", &clock, |config| {
        config.database_url.clone_from(&to);
        config.data_dir.clone_from(&sqlite.data_dir);
        config.public_url.clone_from(&sqlite.public_url);
    })
    .await;
    for (path, page) in paths.iter().zip(&pages) {
        assert_eq!(&Visitor::of(&moved).get(path).await.body, page, "{path}");
    }
    let anna = moved.actor(&anna.ap_id).await;
    let next = moved.ask(&anna, &group, "Gaat het verder?", "Op de nieuwe plek.").await;
    assert!(next.id.0 > newest && next.kind == PostKind::Question);
    // What it says reaches the other one, signed with the same keys: nothing listens at its old port, so only one way.
    moved.run_jobs().await;
    b.run_jobs().await;
    assert!(b.post(&next.ap_id).await.title.contains("Gaat het verder?"));
    moved.forget_deliveries().await;
    b.forget_deliveries().await;
    moved.finish().await;
    b.finish().await;
}
