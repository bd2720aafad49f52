//! Several processes on one PostgreSQL: they share people and work, tell each other what happened, and take over from one that
//! is killed. Real processes, behind something that hands each connection to one of them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use meent::app::App;
use meent::config::Config;
use meent::db::hosts::{self, HostRule};
use meent::db::{Db, bell, lease};
use meent::jobs;
use meent::model::{Actor, Clock};
use meent::ops::keys::KeyMaker;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::support::front::Front;
use crate::support::peer::Peer;
use crate::support::people::PASSWORD;
use crate::support::process::{Running, count, until};
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp, key, settle};

/// What each of three asks; each question gets an answer from the other side.
const QUESTIONS: usize = 8;

pub fn free_address() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port")
}

/// The slots of the processes that live on a database.
async fn slots(db: &Db) -> std::collections::BTreeSet<i64> {
    lease::alive(db).await.expect("a look").expect("PostgreSQL")
}

/// Starts two processes of one instance; gives each with its slot.
async fn two(config: &Config, db: &Db, environment: &[(&'static str, String)]) -> [(Running, i64); 2] {
    // The one that prepared everything is gone when its connection is.
    until("nobody", 0, async || -i64::try_from(slots(db).await.len()).unwrap()).await;
    let start = || {
        let mut config = config.clone();
        config.listen = free_address().to_string();
        Running::with(config, environment.to_vec())
    };
    let first = start();
    let of_first = slots(db).await;
    let second = start();
    let of_both = slots(db).await;
    let (a, b) = (*of_first.first().expect("a slot"), *of_both.difference(&of_first).next().expect("another slot"));
    [(first, a), (second, b)]
}

fn address(process: &Running) -> SocketAddr {
    process.config.listen.parse().expect("an address")
}

async fn ask(visitor: &mut Visitor, group: &str, title: &str) -> String {
    let page = visitor.get(&format!("/c/{group}/ask")).await;
    let fields = [("csrf", page.value("csrf")), ("once", title.to_owned()), ("title", title.to_owned()), ("body", "Wie weet dit?".into())];
    let mut fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.push(("action", "ask"));
    visitor.post(&format!("/c/{group}/ask"), &fields).await.leads_to().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_are_one_region_also_when_one_is_killed() {
    let (clock, front) = (Clock::System, Front::start().await);
    let mut a = TestApp::start_with(On::Postgres, "a", &clock, |config| {
        config.public_url = format!("http://a.localhost:{}", front.address.port());
    })
    .await;
    front.lead_to(&[a.address]);
    let b = TestApp::start(On::Postgres, "b", &clock).await;
    let (anna, _paul) = (a.somebody("anna", "Anna Vermeer", false).await, a.somebody("paul", "Paul Smit", false).await);
    let bram = b.member("bram", "Bram de Wit").await;
    a.group("wonen", "Wonen", &anna).await;
    let group: Actor = b.find(&format!("wonen@{}", a.host())).await.expect("the group");
    b.join(&bram, &group).await;
    settle(&[&a, &b]).await;
    // Somebody elsewhere follows too, whose server will not answer in time.
    let elsewhere = Peer::start("elders").await;
    let stranger = elsewhere.actor("Person", "/u/vreemd");
    let follow = stranger.says("Follow", 1, &json!(a.actor(&group.ap_id).await.ap_id));
    assert_eq!(stranger.sends(&a, &follow).await, 202);
    settle(&[&a, &b]).await;
    let (config, host) = (a.core.config.clone(), a.host().to_owned());
    a.stop().await;
    let db = Db::open(&config.database_url).await.unwrap();
    let mut processes = two(&config, &db, &[]).await;
    let [first, second] = [address(&processes[0].0), address(&processes[1].0)];
    front.lead_to(&[first, second]);

    // Who logs in at one is known at the other, and logged out at both.
    let mut anna = Visitor::at(first, &host);
    anna.post("/login", &[("login", "anna"), ("password", PASSWORD), ("next", "/")]).await.leads_to();
    let mut same = Visitor::at(second, &host);
    same.cookies.clone_from(&anna.cookies);
    assert_eq!(same.get("/account").await.status, 200);
    let csrf = same.get("/account").await.value("csrf");
    same.post("/logout", &[("csrf", &csrf)]).await.leads_to();
    assert_eq!(anna.get("/account").await.status, 401);
    anna.post("/login", &[("login", "anna"), ("password", PASSWORD), ("next", "/")]).await.leads_to();
    let mut paul = Visitor::at(second, &host);
    paul.post("/login", &[("login", "paul"), ("password", PASSWORD), ("next", "/")]).await.leads_to();

    // One of them has something in its hands when it is killed: the other server has it, and says nothing.
    elsewhere.hold(Some("Vraag die blijft hangen"));
    let held = ask(&mut anna, "wonen", "Vraag die blijft hangen").await;
    let hangs = || elsewhere.inbox().iter().filter(|body| body.contains("Vraag die blijft hangen")).count();
    until("it is on its way", 1, async || i64::try_from(hangs()).unwrap()).await;
    let Db::Postgres(pool, _) = &db else { unreachable!("PostgreSQL") };
    let holder: i64 =
        sqlx::query_scalar("SELECT claimed_by FROM peer WHERE host = $1").bind(&elsewhere.host).fetch_one(pool).await.unwrap();
    let dies = processes.iter().position(|(_, slot)| *slot == holder).expect("one of the two");

    // Meanwhile all three ask, and what comes from elsewhere enters at both.
    for number in 0..QUESTIONS {
        ask(&mut anna, "wonen", &format!("Anna vraagt {number}")).await;
        ask(&mut paul, "wonen", &format!("Paul vraagt {number}")).await;
        b.ask(&bram, &group, &format!("Bram vraagt {number}"), "Wie weet dit?").await;
        if number == 1 {
            b.run_jobs().await;
            processes[dies].0.kill();
            front.lead_to(&[address(&processes[1 - dies].0)]);
            // Who was there goes on at the other, with the same session.
            for visitor in [&mut anna, &mut paul] {
                let cookies = visitor.cookies.clone();
                *visitor = Visitor::at(address(&processes[1 - dies].0), &host);
                visitor.cookies = cookies;
            }
        }
    }
    until("the other has taken the lane", 2, async || i64::try_from(hangs()).unwrap()).await;
    elsewhere.hold(None);

    let all = i64::try_from(3 * QUESTIONS + 1).unwrap();
    let of_b = b.core.db.clone();
    for (name, db) in [("A", &db), ("B", &of_b)] {
        until(name, all, async || {
            // What broke off is sent once more without waiting a minute for it.
            b.fed.wake_lanes().await.unwrap();
            b.run_jobs().await;
            count(db, "SELECT COUNT(*) FROM post WHERE deleted_at IS NULL").await
        })
        .await;
        assert_eq!(count(db, "SELECT COUNT(*) FROM post").await, all, "{name}");
        assert_eq!(count(db, "SELECT COUNT(DISTINCT title) FROM post").await, all, "{name}");
        assert_eq!(count(db, "SELECT COUNT(*) FROM received WHERE state = 'failed'").await, 0, "{name}");
    }
    // Everything has left, and nobody holds anything any more.
    until("A", 0, async || {
        b.run_jobs().await;
        count(&db, "SELECT -(SELECT COUNT(*) FROM delivery) - (SELECT COUNT(*) FROM received WHERE state = 'new') - (SELECT COUNT(*) FROM activity WHERE state = 'new')").await
    })
    .await;
    assert_eq!(count(&db, "SELECT COUNT(*) FROM activity WHERE state = 'failed'").await, 0);
    assert_eq!(anna.get(&held).await.status, 200);
    // Each post was told elsewhere: under one id, however often.
    let told: std::collections::BTreeSet<String> = elsewhere.inbox().into_iter().filter(|body| body.contains("\"Announce\"")).collect();
    for title in ["Anna", "Paul", "Bram"] {
        for number in 0..QUESTIONS {
            assert!(told.iter().any(|body| body.contains(&format!("{title} vraagt {number}"))), "{title} {number}");
        }
    }
    b.run_jobs().await;
    b.finish().await;
}

/// Another process on the same database; its clock stands still, so that it reads nothing anew by itself.
async fn another(app: &TestApp) -> App {
    App::open(app.core.config.clone(), app.clock.clone(), KeyMaker::Fixed(Arc::new(key("a")))).await.expect("another process")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_tell_each_other_what_there_is() {
    let a = TestApp::start(On::Postgres, "a", &Clock::manual(START)).await;
    let other = another(&a).await;
    let stop = CancellationToken::new();
    let mut ear = bell::listen(&other.core.db, -1).await.unwrap().expect("PostgreSQL");
    let (fed, telling, working) = (a.fed.clone(), stop.clone(), stop.clone());
    let tell = tokio::spawn(async move { jobs::tell(&fed, &telling).await });
    let work = tokio::spawn(jobs::run(other.federation.clone(), working));
    assert!(!other.core.blocks("elders.example").await.unwrap());

    // What an administrator decides at one counts at the other.
    let mut tx = a.core.db.begin().await.unwrap();
    let rule =
        HostRule { host: "elders.example".into(), rule: "block".into(), reason: "spam".into(), by_id: None, created_at: a.clock.now() };
    hosts::put(&mut tx, &rule).await.unwrap();
    tx.commit().await.unwrap();
    a.core.rules_changed();
    until("the rule", 1, async || i64::from(other.core.blocks("elders.example").await.unwrap())).await;
    let heard = async { while ear.hear().await.unwrap() != bell::News::Rules {} };
    tokio::time::timeout(Duration::from_secs(20), heard).await.expect("soon");

    // What is queued at one that does not work is done by the other, before it would have looked by itself.
    let anna = a.member("anna", "Anna Vermeer").await;
    let group = a.group("wonen", "Wonen", &anna).await;
    let elsewhere = Peer::start("elders").await;
    let stranger = elsewhere.actor("Person", "/u/vreemd");
    assert_eq!(stranger.sends(&a, &stranger.says("Follow", 1, &json!(group.ap_id))).await, 202);
    let soon = async |name: &'static str, text: &'static str| {
        let came = async || i64::from(elsewhere.inbox().iter().any(|body| body.contains(text)));
        tokio::time::timeout(Duration::from_secs(20), until(name, 1, came)).await.unwrap_or_else(|_| panic!("{name}: not soon"));
    };
    soon("the answer to the follow", "\"Accept\"").await;
    a.ask(&anna, &group, "Wie weet dit?", "Wij niet.").await;
    soon("the question", "Wie weet dit?").await;
    stop.cancel();
    tell.await.unwrap();
    work.await.unwrap();
    // It has one of the connections that closing waits for.
    drop(ear);
    other.close().await.unwrap();
    a.run_jobs().await;
    a.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_gone_is_seen_to_be_gone() {
    let a = TestApp::start(On::Postgres, "a", &Clock::manual(START)).await;
    let mine = a.core.ids.slot();
    let other = another(&a).await;
    let its = other.core.ids.slot();
    assert_eq!(slots(&a.core.db).await, [mine, its].into());
    // Processes of other instances on the same server are nobody's business here.
    let elsewhere = TestApp::start(On::Postgres, "b", &Clock::manual(START)).await;
    assert_eq!(slots(&a.core.db).await, [mine, its].into());
    drop(other);
    until("one is left", -1, async || -i64::try_from(slots(&a.core.db).await.len()).unwrap()).await;
    assert_eq!(slots(&a.core.db).await, [mine].into());
    elsewhere.finish().await;
    a.finish().await;
}
