//! Three real processes in bad weather: one is killed after every so many deliveries, one is cut off for a while, and their
//! clocks are 50 minutes apart. At the end every thread is the same everywhere, and nothing is there twice.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use meent::config::Config;
use meent::db::Db;
use meent::model::{Actor, Clock, Post};
use tokio::net::{TcpListener, TcpStream};

use crate::on_both;
use crate::support::process::{Running, count};
use crate::support::{On, TestApp, read_thread, settle};

/// Questions on B; each gets so many answers from A and from C, and comments from B itself.
const QUESTIONS: usize = 22;
const ANSWERS: usize = 11;
const COMMENTS: usize = 8;

/// Stands at the address that others know, and passes everything on to where the server really is; cut, nothing.
struct Line {
    cut: Arc<AtomicBool>,
    task: tokio::task::JoinHandle<()>,
}

impl Line {
    async fn lay(at: SocketAddr, to: SocketAddr) -> Self {
        let listener = TcpListener::bind(at).await.expect("the port");
        let cut = Arc::new(AtomicBool::new(false));
        let is_cut = cut.clone();
        let task = tokio::spawn(async move {
            while let Ok((mut from, _)) = listener.accept().await {
                let is_cut = is_cut.clone();
                tokio::spawn(async move {
                    if is_cut.load(Ordering::SeqCst) {
                        return;
                    }
                    let Ok(mut onward) = TcpStream::connect(to).await else { return };
                    let mut look = tokio::time::interval(std::time::Duration::from_millis(20));
                    let both = tokio::io::copy_bidirectional(&mut from, &mut onward);
                    let torn = async {
                        while !is_cut.load(Ordering::SeqCst) {
                            look.tick().await;
                        }
                    };
                    tokio::select! { _ = both => {}, () = torn => {} }
                });
            }
        });
        Self { cut, task }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Its own time: so many minutes beside everybody else's.
pub fn time(offset: &str) -> Vec<(&'static str, String)> {
    let library = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib"]
        .map(|folder| format!("{folder}/faketime/libfaketime.so.1"))
        .into_iter()
        .find(|path| Path::new(path).exists())
        .expect("libfaketime is there; tests/run installs it");
    vec![("LD_PRELOAD", library), ("FAKETIME", offset.to_owned()), ("FAKETIME_DONT_FAKE_MONOTONIC", "1".into())]
}

/// What somebody does with a question, all of it queued and none of it sent.
async fn act(app: &TestApp, who: &Actor, question: &Post, answers: usize) {
    let mut first = None;
    for number in 0..answers {
        let answer = app.reply(who, question, &format!("Antwoord {number} van {}.", who.name)).await;
        first.get_or_insert(answer);
    }
    let first = first.expect("at least one");
    app.edit(who, &first, None, &format!("Beter gezegd door {}.", who.name)).await;
    app.useful(who, question, true).await;
}

struct Prepared {
    configs: [Config; 3],
    roots: Vec<String>,
    _apps: [TestApp; 3],
}

async fn prepare(on: On) -> Prepared {
    let clock = Clock::System;
    let (mut a, mut b, mut c) =
        (TestApp::start(on, "a", &clock).await, TestApp::start(on, "b", &clock).await, TestApp::start(on, "c", &clock).await);
    let (anna, bram, cor) =
        (a.member("anna", "Anna Vermeer").await, b.member("bram", "Bram de Wit").await, c.member("cor", "Cor Hendriks").await);
    let noor = b.member("noor", "Noor Jansen").await;
    let group = b.group("jeugd", "Jeugdhulp", &bram).await;
    for (app, member) in [(&a, &anna), (&c, &cor)] {
        let copy = app.find(&group.ap_id).await.expect("the group");
        app.join(member, &copy).await;
    }
    settle(&[&a, &b, &c]).await;
    let mut roots = Vec::new();
    for number in 0..QUESTIONS {
        roots.push(b.ask(&bram, &group, &format!("Vraag nummer {number}"), "Wie weet dit?").await.ap_id);
    }
    settle(&[&a, &b, &c]).await;
    for root in &roots {
        act(&a, &anna, &a.post(root).await, ANSWERS).await;
        act(&c, &cor, &c.post(root).await, ANSWERS).await;
        act(&b, &noor, &b.post(root).await, COMMENTS).await;
    }
    let configs = [a.core.config.clone(), b.core.config.clone(), c.core.config.clone()];
    for app in [&mut a, &mut b, &mut c] {
        app.stop().await;
    }
    Prepared { configs, roots, _apps: [a, b, c] }
}

/// Looks five times a second until `what` is at least `least`.
async fn until(name: &str, least: i64, mut what: impl AsyncFnMut() -> i64) {
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(200));
    let mut seen = 0;
    for _ in 0..1_500 {
        tick.tick().await;
        seen = what().await;
        if seen >= least {
            return;
        }
    }
    panic!("{name}: still {seen}, not {least}");
}

on_both! {
    async fn two_thousand_activities_among_three_servers_in_bad_weather(on: On) {
        let Prepared { configs: [of_a, of_b, mut of_c], roots, _apps } = prepare(on).await;
        let mut dbs = Vec::new();
        for config in [&of_a, &of_b, &of_c] {
            dbs.push(Db::open(&config.database_url).await.expect("a database"));
        }
        let [db_a, db_b, db_c] = dbs.as_slice() else { unreachable!("three") };
        let before = count(db_a, RECEIVED).await + count(db_b, RECEIVED).await + count(db_c, RECEIVED).await;
        // C is reached through a line that can be cut.
        let known: SocketAddr = of_c.listen.parse().expect("an address");
        let free = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address");
        of_c.listen = free.to_string();
        let line = Line::lay(known, free).await;

        let mut c = Running::with(of_c, time("+25m"));
        let mut a = Running::with(of_a, time("-25m"));
        let mut b = Running::with(of_b, Vec::new());
        for round in 1..=6 {
            let all = async || count(db_a, RECEIVED).await + count(db_b, RECEIVED).await + count(db_c, RECEIVED).await;
            until("deliveries", before + round * 110, all).await;
            if line.cut.load(Ordering::SeqCst) {
                // What C says revives it at any moment; what went wrong last stays until something arrives there.
                until("B notices that C is away", 1, async || count(db_b, AWAY).await).await;
            }
            b.kill();
            // Cut off from the second until after the fifth.
            line.cut.store((2..=5).contains(&round), Ordering::SeqCst);
            b.start();
        }
        // The weather clears; whoever runs these servers starts them anew, so that nothing rests any longer.
        for process in [&mut a, &mut b, &mut c] {
            process.kill();
            process.start();
        }
        let posts = i64::try_from(QUESTIONS * (1 + 2 * ANSWERS + COMMENTS)).expect("a number");
        for (name, db) in [("A", db_a), ("B", db_b), ("C", db_c)] {
            until(name, posts, async || count(db, "SELECT COUNT(*) FROM post").await).await;
        }
        for (name, db) in [("A", db_a), ("B", db_b), ("C", db_c)] {
            until(name, 0, async || -count(db, LEFT).await).await;
        }
        for (name, db) in [("A", db_a), ("B", db_b), ("C", db_c)] {
            // Somebody may have been told something after the others were looked at.
            until(name, 0, async || -count(db, LEFT).await).await;
            assert_eq!(count(db, "SELECT COUNT(*) FROM post").await, posts, "{name}");
            assert_eq!(count(db, "SELECT COUNT(DISTINCT ap_id) FROM post").await, posts, "{name}");
            assert_eq!(count(db, "SELECT COUNT(*) FROM useful WHERE active = TRUE").await, i64::try_from(3 * QUESTIONS).unwrap(), "{name}");
            assert_eq!(count(db, "SELECT COUNT(*) FROM received WHERE state = 'failed'").await, 0, "{name}");
        }
        let host = |process: &Running| process.config.public_url.split("://").nth(1).expect("a host").to_owned();
        for root in &roots {
            let of_b = read_thread(db_b, &host(&b), root).await;
            assert_eq!(of_b.lines().count(), 1 + 2 * ANSWERS + COMMENTS);
            assert_eq!(of_b.matches(", edited").count(), 3);
            assert_eq!(read_thread(db_a, &host(&a), root).await, of_b);
            assert_eq!(read_thread(db_c, &host(&c), root).await, of_b);
        }
        let after = count(db_a, RECEIVED).await + count(db_b, RECEIVED).await + count(db_c, RECEIVED).await;
        assert!(after - before >= 2_000, "{} activities", after - before);
    }
}

const AWAY: &str = "SELECT COUNT(*) FROM peer WHERE host LIKE 'c.localhost:%' AND last_error IS NOT NULL";
const RECEIVED: &str = "SELECT COUNT(*) FROM received";
/// What still waits anywhere.
const LEFT: &str = "SELECT (SELECT COUNT(*) FROM delivery) + (SELECT COUNT(*) FROM received WHERE state = 'new') + (SELECT COUNT(*) FROM activity WHERE state = 'new')";
