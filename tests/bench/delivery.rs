//! One post to 400 other servers: what each delivery costs against a bare signature, when the last has it, and what
//! memory that takes; and how soon a new answer is at 100 servers. The receivers are a process of their own.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use meent::db;
use meent::model::{Actor, Follow, FollowState};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

use super::support::{Instance, cpu_time, forget_peak, memory, signatures_per_cpu_second, until};

const HOSTS: usize = 400;
const NEAR: usize = 100;
const POSTS: usize = 5;

/// The other servers, all in one process: takes everything, and says how much it took.
pub async fn receive() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("{}", listener.local_addr().expect("an address").port());
    let count = Arc::new(AtomicUsize::new(0));
    let take = |State(count): State<Arc<AtomicUsize>>| async move {
        count.fetch_add(1, Ordering::Relaxed);
        StatusCode::ACCEPTED
    };
    let say = |State(count): State<Arc<AtomicUsize>>| async move { count.load(Ordering::Relaxed).to_string() };
    let router = axum::Router::new().route("/count", get(say)).fallback(take).with_state(count);
    axum::serve(listener, router).await.expect("serving");
}

/// The process of the receivers; gone when this goes.
pub struct Receivers {
    _process: Child,
    pub port: u16,
}

impl Receivers {
    pub async fn start() -> Self {
        let mut process = Command::new(std::env::current_exe().expect("this program"))
            .arg("receive")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("a process");
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().expect("a pipe")).read_line(&mut line).await.expect("a port");
        Self { port: line.trim().parse().expect("a port"), _process: process }
    }

    /// How many deliveries came. Asking costs the time of a processor, so not more often than every 20 ms.
    pub async fn count(&self) -> usize {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.expect("a connection");
        stream.write_all(b"GET /count HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.expect("asking");
        let mut said = String::new();
        stream.read_to_string(&mut said).await.expect("an answer");
        said.rsplit("\r\n").next().and_then(|count| count.parse().ok()).expect("a number")
    }
}

/// Lets somebody on each of so many servers follow a group.
pub async fn followers(of: &Instance, group: &Actor, port: u16, count: usize) {
    for number in 0..count {
        let follower = of.know(&format!("h{number}.localhost:{port}"), "els").await;
        let mut tx = of.core.db.begin().await.expect("a transaction");
        let follow = Follow {
            follower_id: follower.id,
            target_id: group.id,
            state: FollowState::Accepted,
            ap_id: format!("{}#follow", follower.ap_id),
            at: of.core.now(),
        };
        db::follows::put(&mut tx, &follow).await.expect("a follow");
        of.core.commit(tx).await.expect("a commit");
    }
}

async fn idle(instance: &Instance) {
    until("everything is sent", Duration::from_mins(2), async || {
        db::deliveries::count(&mut instance.core.db.conn()).await.expect("a count") == 0
    })
    .await;
}

pub async fn measure() {
    let signatures = signatures_per_cpu_second();
    let receivers = Receivers::start().await;
    let instance = Instance::start("a", true).await;
    let bram = instance.member("bram").await;
    let (far, near) = (instance.group("ruimte", &bram).await, instance.group("jeugd", &bram).await);
    followers(&instance, &far, receivers.port, HOSTS).await;
    followers(&instance, &near, receivers.port, NEAR).await;

    // Connections and keys are opened by the first one, which does not count.
    let mut arrived = receivers.count().await;
    instance.ask(&bram, &far, 0).await;
    arrived += HOSTS;
    until("the first is everywhere", Duration::from_mins(1), async || receivers.count().await >= arrived).await;
    idle(&instance).await;
    let (idle_memory, _) = memory();
    forget_peak();
    let (mut times, cpu) = (Vec::new(), cpu_time());
    for number in 1..=POSTS {
        let click = Instant::now();
        instance.ask(&bram, &far, number).await;
        arrived += HOSTS;
        until("it is everywhere", Duration::from_mins(1), async || receivers.count().await >= arrived).await;
        times.push(click.elapsed());
        idle(&instance).await;
    }
    let spent = cpu_time() - cpu;
    let (_, peak) = memory();
    let deliveries = f64::from(u32::try_from(HOSTS * POSTS).expect("few"));
    times.sort_unstable();
    println!("RSA-2048 signatures: {signatures:.0} for each second of a processor");
    println!(
        "deliveries: {:.0} for each second of a processor, {:.2} of signatures (goal 0.5)",
        deliveries / spent,
        deliveries / spent / signatures
    );
    println!("from the click until the last of {HOSTS} has it: {:.0?} in the middle, {:.0?} at most", times[POSTS / 2], times[POSTS - 1]);
    println!("memory: {idle_memory:.0} MB idle, {:.0} MB more at most (goal 60)", peak - idle_memory);

    let question = instance.ask(&bram, &near, 0).await;
    arrived += NEAR;
    until("the question is everywhere", Duration::from_mins(1), async || receivers.count().await >= arrived).await;
    let mut times = Vec::new();
    for number in 0..20 {
        idle(&instance).await;
        let click = Instant::now();
        instance.reply(&bram, &question, number).await;
        arrived += NEAR;
        until("the answer is everywhere", Duration::from_mins(1), async || receivers.count().await >= arrived).await;
        times.push(click.elapsed());
    }
    times.sort_unstable();
    println!("a new answer is at all of {NEAR} servers: {:.0?} in the middle, {:.0?} at most (goal 1 s)", times[10], times[19]);
    instance.stop().await;
}
