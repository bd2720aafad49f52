//! `kill -9` at any moment loses nothing and doubles nothing: real processes on real databases.

use meent::config::Config;
use meent::db::{self, Db};
use meent::model::{Actor, Clock};
use meent::ops::keys::KeyMaker;

use crate::on_both;
use crate::support::process::{Running, count, until};
use crate::support::{On, TestApp, settle};

/// A group on `b`, followed from `a`, both stopped; and what was written on `a` for it that has not left yet.
struct Prepared {
    a: Config,
    b: Config,
    /// Keeps the folders.
    _apps: (TestApp, TestApp),
}

const QUESTIONS: i64 = 25;

/// Each question has an answer by somebody else of A, whom the asker finds useful and chooses.
async fn prepare(on: On) -> Prepared {
    let clock = Clock::System;
    let (mut a, mut b) = (TestApp::start(on, "a", &clock).await, TestApp::start(on, "b", &clock).await);
    let (anna, paul) = (a.member("anna", "Anna Vermeer").await, a.member("paul", "Paul Smit").await);
    let bram = b.member("bram", "Bram de Wit").await;
    b.group("jeugd", "Jeugdhulp", &bram).await;
    let group: Actor = a.find(&format!("jeugd@{}", b.host())).await.expect("the group");
    a.join(&anna, &group).await;
    a.join(&paul, &group).await;
    settle(&[&a, &b]).await;
    for number in 0..QUESTIONS {
        let question = a.ask(&anna, &group, &format!("Vraag nummer {number}"), "Wie weet dit?").await;
        let answer = a.reply(&paul, &question, "Dit weten wij.").await;
        a.useful(&anna, &answer, true).await;
        a.choose(&anna, &answer, true).await;
    }
    let configs = (a.core.config.clone(), b.core.config.clone());
    a.stop().await;
    b.stop().await;
    Prepared { a: configs.0, b: configs.1, _apps: (a, b) }
}

/// Every effect is there, once.
async fn all_there_once(name: &str, db: &Db) {
    until(name, QUESTIONS, async || count(db, "SELECT COUNT(*) FROM post WHERE accepted_id IS NOT NULL").await).await;
    until(name, QUESTIONS, async || count(db, "SELECT COUNT(*) FROM useful WHERE active = TRUE").await).await;
    assert_eq!(count(db, "SELECT COUNT(*) FROM post").await, 2 * QUESTIONS, "{name}");
    assert_eq!(count(db, "SELECT COUNT(DISTINCT ap_id) FROM post").await, 2 * QUESTIONS, "{name}");
    assert_eq!(count(db, "SELECT COUNT(*) FROM useful WHERE active = TRUE").await, QUESTIONS, "{name}");
}

/// Nothing waits any more, anywhere, and nothing failed.
async fn nothing_left(name: &str, db: &Db) {
    let left = "SELECT -(SELECT COUNT(*) FROM delivery) - (SELECT COUNT(*) FROM received WHERE state = 'new') - (SELECT COUNT(*) FROM activity WHERE state = 'new')";
    until(name, 0, async || count(db, left).await).await;
    assert_eq!(count(db, "SELECT COUNT(*) FROM received WHERE state = 'failed'").await, 0, "{name}: failed activities");
    assert_eq!(count(db, "SELECT COUNT(*) FROM activity WHERE state = 'failed'").await, 0, "{name}: failed sayings");
}

on_both! {
    async fn the_sender_is_killed_with_deliveries_under_way(on: On) {
        let prepared = prepare(on).await;
        let (of_a, of_b) = (Db::open(&prepared.a.database_url).await.unwrap(), Db::open(&prepared.b.database_url).await.unwrap());
        let _b = Running::new(prepared.b.clone());
        let mut a = Running::new(prepared.a.clone());
        for least in [1, 10, 30] {
            until("B receives", least, async || count(&of_b, "SELECT COUNT(*) FROM received").await).await;
            a.kill();
            a.start();
        }
        all_there_once("B", &of_b).await;
        nothing_left("A", &of_a).await;
        nothing_left("B", &of_b).await;
        all_there_once("A", &of_a).await;
    }

    async fn the_receiver_is_killed_between_202_and_processing(on: On) {
        let prepared = prepare(on).await;
        let (of_a, of_b) = (Db::open(&prepared.a.database_url).await.unwrap(), Db::open(&prepared.b.database_url).await.unwrap());
        let mut b = Running::new(prepared.b.clone());
        let _a = Running::new(prepared.a.clone());
        for least in [1, 20, 50] {
            until("B receives", least, async || count(&of_b, "SELECT COUNT(*) FROM received").await).await;
            b.kill();
            b.start();
        }
        all_there_once("B", &of_b).await;
        nothing_left("A", &of_a).await;
        nothing_left("B", &of_b).await;
    }

    async fn what_was_answered_202_is_there_after_a_kill(on: On) {
        // Nothing processes here: only the inbox runs, and the process dies before any worker has seen it.
        let clock = Clock::System;
        let (mut a, mut b) = (TestApp::start(on, "a", &clock).await, TestApp::start(on, "b", &clock).await);
        let anna = a.member("anna", "Anna Vermeer").await;
        let bram = b.member("bram", "Bram de Wit").await;
        b.group("jeugd", "Jeugdhulp", &bram).await;
        let group = a.find(&format!("jeugd@{}", b.host())).await.expect("the group");
        a.join(&anna, &group).await;
        settle(&[&a, &b]).await;
        let question = a.ask(&anna, &group, "Blijft dit bewaard?", "Ook zonder stroom.").await;
        // A delivers to B's inbox, and B works on nothing.
        a.run_jobs().await;
        assert_eq!(db::deliveries::count(&mut a.core.db.conn()).await.unwrap(), 0, "A was answered 202");
        assert_eq!(db::received::count(&mut b.core.db.conn(), "new").await.unwrap(), 1);
        // B had it in hand when it died.
        let taken = b.fed.take_received().await.unwrap();
        assert_eq!(taken.len(), 1);
        let config = b.core.config.clone();
        b.drop_dead().await;
        a.stop().await;

        let of_b = Db::open(&config.database_url).await.unwrap();
        let _b = Running::new(config);
        until("B", 1, async || count(&of_b, "SELECT COUNT(*) FROM post").await).await;
        assert!(db::posts::by_ap_id(&mut of_b.conn(), &question.ap_id).await.unwrap().is_some());
    }
}

/// Two processes on one PostgreSQL: what one had claimed when it died, the other finishes without a restart.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_process_takes_over_from_a_dead_one() {
    let clock = Clock::System;
    let a = TestApp::start(On::Postgres, "a", &clock).await;
    let config = a.core.config.clone();
    let second =
        meent::app::App::open(config.clone(), clock.clone(), KeyMaker::Fixed(std::sync::Arc::new(crate::support::key("a")))).await.unwrap();
    assert_ne!(a.core.ids.slot(), second.core.ids.slot(), "each process has a slot of its own");
    let dead = second.core.ids.slot();
    let mut tx = second.core.db.begin().await.unwrap();
    db::deliveries::know(&mut tx, "elders.example").await.unwrap();
    sqlx_claim(&mut tx, dead).await;
    tx.commit().await.unwrap();
    let mine = u16::try_from(a.core.ids.slot()).unwrap();
    // While it lives its claims stand.
    db::lease::release_the_dead(&a.core.db, &config.data_dir, mine, false).await.unwrap();
    assert_eq!(db::lease::claimants(&a.core.db).await.unwrap(), vec![dead]);
    drop(second);
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(20));
    for _ in 0..500 {
        tick.tick().await;
        db::lease::release_the_dead(&a.core.db, &config.data_dir, mine, false).await.unwrap();
        if db::lease::claimants(&a.core.db).await.unwrap().is_empty() {
            break;
        }
    }
    assert!(db::lease::claimants(&a.core.db).await.unwrap().is_empty());
    a.finish().await;
}

async fn sqlx_claim(tx: &mut db::Tx, slot: i64) {
    let db::Held::Postgres(mut held) = tx.held().await.unwrap() else { unreachable!("PostgreSQL") };
    sqlx::query("UPDATE peer SET claimed_by = $1").bind(slot).execute(&mut *held).await.unwrap();
}

/// PostgreSQL restarts: the connection that holds the slot is cut while the process lives.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slot_that_was_lost_is_taken_again_or_the_process_stops() {
    let a = TestApp::start(On::Postgres, "a", &Clock::System).await;
    let (db, folder) = (&a.core.db, &a.core.config.data_dir);
    let mut lease = db::lease::acquire(db, folder).await.unwrap();
    assert!(lease.keep(db, folder).await.unwrap());
    let cut = format!(
        "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE l.locktype = 'advisory' AND l.objid = {} AND d.datname = '{}'",
        lease.slot,
        a.core.config.database_url.rsplit('/').next().unwrap()
    );
    let server = crate::support::given("MEENT_TEST_POSTGRES");
    crate::support::run_sql(&server, &cut).await;
    assert!(lease.keep(db, folder).await.unwrap(), "nobody else had taken it");
    crate::support::run_sql(&server, &cut).await;
    let other = db::lease::attempt(db, folder, lease.slot).await.unwrap();
    assert!(other.is_some());
    assert!(!lease.keep(db, folder).await.unwrap(), "somebody else has it now");
    a.finish().await;
}
