//! An instance with a million posts beside one with ten thousand: how many times longer each list takes, made from the database,
//! for visitors and for a member. Then a process of its own on that million: how soon it answers, and how much memory it takes
//! at rest and under load. On SQLite; with `MEENT_BENCH_POSTGRES` (the address of a database on a server where new ones may be
//! made) the lists on PostgreSQL too. `BINARY` names another binary than the one of this build.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use meent::db::Db;
use meent::ops::members::random_token;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::filling::fill;
use super::support::{Instance, environment, median, memory_of, page_time, rate};

const MANY: i64 = 1_000_000;
const FEW: i64 = 10_000;
/// How often each page is asked for.
const TIMES: usize = 40;
const CONNECTIONS: usize = 16;

/// How many posts the large one has; fewer where somebody only wants to see that it works.
fn many() -> i64 {
    environment("POSTS").and_then(|count| count.parse().ok()).unwrap_or(MANY)
}

struct Region {
    instance: Instance,
    cookie: String,
    thread: String,
}

async fn region(name: &str, posts: i64, database: Option<&String>) -> Region {
    let start = Instant::now();
    let mut more = vec![("MEENT_SERVER__PAGE_MEMORY_MB", "0".to_owned())];
    more.extend(database.map(|address| ("MEENT_DATABASE_URL", address.clone())));
    let instance = Instance::start_with(name, false, &more, |router| router).await;
    let (cookie, question) = fill(&instance, posts).await;
    println!("{posts} posts after {:.0?}", start.elapsed());
    Region { instance, cookie, thread: question.path() }
}

async fn lists(few: &Region, large: &Region) {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let mut worst: f64 = 0.0;
    for path in [
        "/",
        "/c/ruimte",
        "/c/ruimte?show=unanswered",
        "/topic/speelplekken",
        "/unanswered",
        "/agenda",
        "/c/ruimte/agenda",
        "/groups",
        "/topics",
        "thread",
    ] {
        for member in [false, true] {
            let (mut of_few, mut of_many) = (Vec::new(), Vec::new());
            // By turns: what else the machine does hits both.
            for _ in 0..TIMES {
                for (region, times) in [(few, &mut of_few), (large, &mut of_many)] {
                    let path = if path == "thread" { &region.thread } else { path };
                    times.push(page_time(&client, &region.instance, path, member.then_some(region.cookie.as_str())).await);
                }
            }
            let (of_few, of_many) = (median(of_few), median(of_many));
            worst = worst.max(of_many / of_few);
            let who = if member { "member" } else { "visitor" };
            println!("{path}, {who}: {of_few:.1} ms and {of_many:.1} ms: {:.2} times", of_many / of_few);
        }
    }
    println!("at most {worst:.2} times longer with {} posts than with {FEW} (goal: 1.5)", many());
}

/// A process of its own.
struct Process(Child);

impl Process {
    fn start(binary: &str, folder: &Path, public_url: &str, listen: &str) -> Self {
        let child = Command::new(binary)
            .env_clear()
            .env("MEENT_PUBLIC_URL", public_url)
            .env("MEENT_LISTEN", listen)
            .env("MEENT_DATA_DIR", folder)
            .env("MEENT_FEDERATION__MODE", "open")
            .env("MEENT_FEDERATION__LOOPBACK", "true")
            .env("MEENT_LOG__LEVEL", "warn")
            .stdout(Stdio::null())
            .spawn();
        Self(child.expect("the binary starts"))
    }

    fn memory(&self) -> (f64, f64) {
        memory_of(&self.0.id().to_string())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks for a page as a visitor.
async fn page(client: &reqwest::Client, address: SocketAddr, authority: &str, path: &str) -> reqwest::Result<()> {
    let request = client.get(format!("http://{address}{path}")).header("host", authority).header("accept", "text/html");
    request.send().await?.error_for_status()?.bytes().await.map(drop)
}

/// A binary on a database with a million posts.
async fn process(region: Region) {
    let binary = environment("BINARY").unwrap_or_else(|| env!("CARGO_BIN_EXE_meent").to_owned());
    let stripped = region.instance.folder.path().join("stripped");
    let size = |path: &Path| {
        std::fs::metadata(path).map_or(0.0, |file| f64::from(u32::try_from(file.len() / 1_000).unwrap_or(u32::MAX)) / 1_000.0)
    };
    let strip = Command::new("strip").arg("-o").arg(&stripped).arg(&binary).status();
    println!("binary: {:.1} MB, stripped {:.1} MB (goal: 40)", size(Path::new(&binary)), strip.map_or(0.0, |_| size(&stripped)));
    let (public_url, listen) = (region.instance.core.urls.base().to_owned(), region.instance.address.to_string());
    let (authority, address) = (region.instance.core.urls.authority().to_owned(), region.instance.address);
    let (cookie, thread, folder) = (region.cookie, region.thread, region.instance.stop_and_keep().await);
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let mut times = Vec::new();
    let mut process = None;
    for _ in 0..5 {
        drop(process.take());
        let start = Instant::now();
        process = Some(Process::start(&binary, folder.path(), &public_url, &listen));
        while let Err(error) = page(&client, address, &authority, "/").await {
            assert!(start.elapsed() < Duration::from_secs(20), "it does not answer: {error}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        times.push(start.elapsed());
    }
    println!("start to the first page with {} posts: {:.0} ms (goal: 300)", many(), median(times));
    let process = process.expect("a process");
    // Its worker does what is due after a start.
    tokio::time::sleep(Duration::from_secs(10)).await;
    let rest = process.memory().0;
    println!("memory at rest: {rest:.0} MB (goal: 40)");
    let ask = |path: &str, cookie: &str| format!("GET {path} HTTP/1.1\r\nhost: {authority}\r\naccept: text/html\r\n{cookie}\r\n");
    let own = format!("cookie: {cookie}\r\n");
    for (path, cookie) in [(thread.as_str(), ""), (thread.as_str(), own.as_str()), ("/c/ruimte", own.as_str()), ("/", own.as_str())] {
        rate(address, &ask(path, cookie), CONNECTIONS, Duration::from_secs(3)).await;
    }
    // Every thread another one: what is kept fills its room.
    let start = Instant::now();
    let crawlers: Vec<_> = (0..16_i64)
        .map(|lane| {
            let (client, authority) = (client.clone(), authority.clone());
            tokio::spawn(async move {
                let mut number = lane;
                while start.elapsed() < Duration::from_secs(12) && number < many() / 4 {
                    page(&client, address, &authority, &format!("/post/{}", 1_000 + number * 4)).await.expect("a page");
                    number += 16;
                }
                number / 16
            })
        })
        .collect();
    let mut pages = 0;
    for crawler in crawlers {
        pages += crawler.await.expect("a crawler");
    }
    let (now, most) = process.memory();
    println!("memory under load: {now:.0} MB after {pages} different pages, at most {most:.0} MB (goal: 150)");
}

pub async fn measure() {
    println!("\nSQLite");
    let (few, large) = (region("few", FEW, None).await, region("many", many(), None).await);
    lists(&few, &large).await;
    few.instance.stop().await;
    process(large).await;
    if let Some(server) = environment("MEENT_BENCH_POSTGRES") {
        println!("\nPostgreSQL");
        let (few, large) = (database(&server).await, database(&server).await);
        let (few, large) = (region("few", FEW, Some(&few)).await, region("many", many(), Some(&large)).await);
        lists(&few, &large).await;
        few.instance.stop().await;
        large.instance.stop().await;
    }
}

/// A new database on that server.
async fn database(server: &str) -> String {
    let name = format!("t{}", random_token().replace('-', "_").to_lowercase());
    let mut connection = PgConnection::connect(server).await.expect("PostgreSQL");
    connection.execute(AssertSqlSafe(format!("CREATE DATABASE \"{name}\""))).await.expect("a database");
    let address = format!("{}/{name}", server.rsplit_once('/').expect("a database in the address").0);
    Db::open(&address).await.expect("PostgreSQL").close().await;
    address
}
