//! Signed answers from other servers, until they are visible in the thread: by one process on a PostgreSQL and by two, real
//! processes of the binary, each of which gets its part. And whose processor time it took, because that says what bounds it.
//!
//! Needs an empty PostgreSQL: `MEENT_BENCH_POSTGRES=postgres://USER@HOST:PORT/postgres`; it makes a database for each run.

use std::net::{SocketAddr, TcpListener};
use std::process::Stdio;
use std::time::{Duration, Instant};

use meent::db::{self, Db};
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::inbox::{requests, strangers};
use super::support::{Instance, cpu_time, cpu_time_of, environment, machine_cpu_time, send, until};

const CONNECTIONS: usize = 64;
const REQUESTS: usize = 4_000;

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port")
}

/// What one run took.
struct Run {
    /// Answers taken, and visible, in a second.
    taken: f64,
    visible: f64,
    /// Processor seconds for each answer, in microseconds: ours, the sender's, and what remains: PostgreSQL and the kernel.
    ours: f64,
    sender: f64,
    remains: f64,
    /// How much of the machine was busy.
    busy: f64,
}

/// Starts a process of the instance, and waits until it answers.
async fn start(instance: &str, database: &str, folder: &TempDir) -> (Child, SocketAddr) {
    let address = free_address();
    let mut child = Command::new(env!("CARGO_BIN_EXE_meent"))
        .env_clear()
        .env("MEENT_PUBLIC_URL", instance)
        .env("MEENT_LISTEN", address.to_string())
        .env("MEENT_DATABASE_URL", database)
        .env("MEENT_DATA_DIR", folder.path())
        .env("MEENT_FEDERATION__MODE", "open")
        .env("MEENT_FEDERATION__LOOPBACK", "true")
        .env("MEENT_LOG__LEVEL", "warn")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the binary starts");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let said = lines.next_line().await.expect("text").expect("a line");
    assert!(said.contains("listens on"), "{said}");
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    (child, address)
}

async fn run(server: &str, processes: usize) -> Run {
    let name = format!("meent_bench_{}_{processes}", std::process::id());
    let mut admin = PgConnection::connect(server).await.expect("PostgreSQL");
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut admin).await.expect("a database");
    let database = format!("{}/{name}", server.rsplit_once('/').expect("a database in the address").0);
    let folder = TempDir::new().expect("a folder");

    let instance = Instance::start_on("a", false, &database).await;
    let bram = instance.member("bram").await;
    let group = instance.group("ruimte", &bram).await;
    let question = instance.ask(&bram, &group, 0).await;
    let senders = strangers(&instance, CONNECTIONS).await;
    let prepared = requests(&instance, &senders, &question, &group, 0, REQUESTS);
    let public = instance.core.urls.base().to_owned();
    instance.stop().await;

    let mut running = Vec::new();
    for _ in 0..processes {
        running.push(start(&public, &database, &folder).await);
    }
    let db = Db::open(&database).await.expect("the database");
    let pids: Vec<String> = running.iter().map(|(child, _)| child.id().expect("it runs").to_string()).collect();
    let ours = || pids.iter().map(|pid| cpu_time_of(pid)).sum::<f64>();
    let (ours_before, sender_before, machine_before) = (ours(), cpu_time(), machine_cpu_time());
    let start = Instant::now();
    let parts = prepared.chunks(REQUESTS.div_ceil(processes)).zip(&running);
    let sent = parts.map(|(part, (_, address))| send(*address, part.to_vec(), CONNECTIONS / processes));
    let taken: usize = futures_util::future::join_all(sent).await.into_iter().map(|(taken, _)| taken).sum();
    assert_eq!(taken, REQUESTS, "every answer is taken");
    let taken = start.elapsed();
    until("every answer is visible", Duration::from_mins(3), async || {
        let count = db::posts::count_answers(&mut db.conn(), question.id).await.expect("a count");
        usize::try_from(count).expect("a count") == REQUESTS
    })
    .await;
    let visible = start.elapsed();
    let (ours, sender, machine) = (ours() - ours_before, cpu_time() - sender_before, machine_cpu_time() - machine_before);
    db.close().await;
    for (child, _) in &mut running {
        child.kill().await.expect("it ends");
    }
    sqlx::query(sqlx::AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).execute(&mut admin).await.expect("dropping");
    let requests = f64::from(u32::try_from(REQUESTS).expect("few"));
    let each = |seconds: f64| seconds / requests * 1e6;
    let cores = f64::from(u32::try_from(std::thread::available_parallelism().map_or(1, std::num::NonZero::get)).expect("few"));
    Run {
        taken: requests / taken.as_secs_f64(),
        visible: requests / visible.as_secs_f64(),
        ours: each(ours),
        sender: each(sender),
        remains: each(machine - ours - sender),
        busy: machine / visible.as_secs_f64() / cores,
    }
}

pub async fn measure() {
    let Some(server) = environment("MEENT_BENCH_POSTGRES") else {
        eprintln!("needs MEENT_BENCH_POSTGRES, the address of an empty PostgreSQL");
        return;
    };
    let (one, two) = (run(&server, 1).await, run(&server, 2).await);
    for (name, run) in [("one process", &one), ("two processes", &two)] {
        println!(
            "{name}: {:.0}/s taken, {:.0}/s visible; processor time for each: {:.0} µs in Meent, {:.0} µs in the sender, {:.0} µs in PostgreSQL and the kernel; the machine {:.0} % busy",
            run.taken,
            run.visible,
            run.ours,
            run.sender,
            run.remains,
            run.busy * 100.0
        );
    }
    println!("two divided by one: {:.2} taken, {:.2} visible", two.taken / one.taken, two.visible / one.visible);
}
