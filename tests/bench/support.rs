//! What the measurements stand on: instances in this process, senders with keys of their own, what the machine can do.

use std::fs::File;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use meent::app::App;
use meent::app::memory::Memory;
use meent::config::Config;
use meent::db;
use meent::federation::{Federation, actor};
use meent::model::names::{About, Body, Email, Line, Name, Title};
use meent::model::{Actor, Clock, Post, PostKind, Time};
use meent::ops::keys::{KeyMaker, KeyPair};
use meent::ops::members::NewMember;
use meent::ops::{Core, founding, members, publishing};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rsa::pkcs8::SecretDocument;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// What somebody said of a measurement in the environment.
#[expect(clippy::disallowed_methods, reason = "a measurement has no configuration")]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A key pair that was made before: making some takes longer than what is measured.
pub fn key() -> KeyPair {
    let read =
        |end: &str| std::fs::read_to_string(format!("{}/tests/fixtures/keys/a{end}", env!("CARGO_MANIFEST_DIR"))).expect("a fixture key");
    KeyPair { private_pem: read(".pem"), public_pem: read(".pub.pem") }
}

/// An instance in this process that answers and works like any other.
pub struct Instance {
    pub core: Arc<Core>,
    pub fed: Arc<Federation>,
    pub memory: Arc<Memory>,
    pub address: SocketAddr,
    stop: CancellationToken,
    serving: JoinHandle<meent::error::Result<()>>,
    pub folder: TempDir,
}

impl Instance {
    /// Starts `{name}.localhost`; with `working` its worker runs, without it only what is asked is answered.
    pub async fn start(name: &str, working: bool) -> Self {
        Self::start_with(name, working, &[], |router| router).await
    }

    /// The same on another database than SQLite in a folder of its own.
    pub async fn start_on(name: &str, working: bool, database_url: &str) -> Self {
        Self::start_with(name, working, &[("MEENT_DATABASE_URL", database_url.to_owned())], |router| router).await
    }

    /// The same with more in its environment, and with what `change` adds to what it answers.
    pub async fn start_with(name: &str, working: bool, more: &[(&str, String)], change: impl FnOnce(Router) -> Router) -> Self {
        let folder = TempDir::new().expect("a folder");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let environment = [
            ("MEENT_PUBLIC_URL", format!("http://{name}.localhost:{}", address.port())),
            ("MEENT_LISTEN", address.to_string()),
            ("MEENT_DATA_DIR", folder.path().display().to_string()),
            ("MEENT_FEDERATION__MODE", "open".to_owned()),
            ("MEENT_FEDERATION__LOOPBACK", "true".to_owned()),
        ];
        let environment = environment.into_iter().chain(more.iter().cloned());
        let config = Config::parse("", &environment.map(|(name, value)| (name.to_owned(), value)).collect());
        let keys = KeyMaker::Fixed(Arc::new(key()));
        let app = App::open(config.expect("a configuration"), Clock::System, keys).await.expect("an instance");
        let (core, fed, stop) = (app.core.clone(), app.federation.clone(), CancellationToken::new());
        let memory = app.memory.clone();
        let serving = if working {
            tokio::spawn(app.serve(listener, stop.clone()))
        } else {
            let router = change(app.router());
            let stopped = stop.clone();
            tokio::spawn(async move {
                let service = router.into_make_service_with_connect_info::<SocketAddr>();
                axum::serve(listener, service).with_graceful_shutdown(stopped.cancelled_owned()).await.expect("serving");
                app.close().await
            })
        };
        Self { core, fed, memory, address, stop, serving, folder }
    }

    pub async fn stop(self) {
        self.stop.cancel();
        self.serving.await.expect("it ends").expect("in good order");
    }

    /// The same; its folder stays.
    pub async fn stop_and_keep(self) -> TempDir {
        self.stop.cancel();
        self.serving.await.expect("it ends").expect("in good order");
        self.folder
    }

    /// Bytes of the database, without its log: that is used again.
    pub async fn database_bytes(&self) -> i64 {
        db::health::bytes(&mut self.core.db.conn()).await.expect("a size")
    }

    pub async fn member(&self, name: &str) -> Actor {
        let mut tx = self.core.db.begin().await.expect("a transaction");
        let new = NewMember {
            name: &Name::parse(name).expect("a name"),
            email: &Email::parse(&format!("{name}@voorbeeld.example")).expect("an address"),
            password_hash: String::new(),
            display_name: &Line::parse("Bram de Wit").expect("a line"),
            admin: false,
            language: "nl",
            keys: self.core.keys.make().await.expect("keys"),
        };
        let member = members::register(&self.core, &mut tx, new).await.expect("a member");
        self.core.commit(tx).await.expect("a commit");
        member
    }

    pub async fn group(&self, name: &str, founder: &Actor) -> Actor {
        let (name, title) = (Name::parse(name).expect("a name"), Title::parse("Openbare ruimte").expect("a title"));
        let about = About::parse("Waar deze groep over gaat.").expect("a text");
        let mut tx = self.core.db.begin().await.expect("a transaction");
        let keys = self.core.keys.make().await.expect("keys");
        let group = founding::found(&self.core, &mut tx, &name, &title, &about, Some(founder), keys).await.expect("a group");
        self.core.commit(tx).await.expect("a commit");
        group
    }

    pub async fn ask(&self, member: &Actor, group: &Actor, number: usize) -> Post {
        let title = Title::parse(&format!("Hoe meten jullie de staat van speeltoestel {number}?")).expect("a title");
        let body = Body::parse("Wij inspecteren jaarlijks, maar zoeken een norm voor tussentijds.").expect("a text");
        let mut tx = self.core.db.begin().await.expect("a transaction");
        let post = publishing::ask(&self.core, &mut tx, member, group, PostKind::Question, &title, &body, &[], "nl").await.expect("asking");
        self.core.commit(tx).await.expect("a commit");
        post
    }

    pub async fn reply(&self, member: &Actor, parent: &Post, number: usize) -> Post {
        let body = Body::parse(&format!("Wij lopen elk kwartaal een ronde, dit was ronde {number}.")).expect("a text");
        let mut tx = self.core.db.begin().await.expect("a transaction");
        let post = publishing::reply(&self.core, &mut tx, member, parent, &body, false, "nl").await.expect("replying");
        self.core.commit(tx).await.expect("a commit");
        post
    }

    /// Makes known somebody of another server, with a fixed key, and that this server runs Meent.
    pub async fn know(&self, host: &str, name: &str) -> Actor {
        self.know_actor(host, "u", name, "Person").await
    }

    /// The same of a group.
    pub async fn know_group(&self, host: &str, name: &str) -> Actor {
        self.know_actor(host, "c", name, "Group").await
    }

    async fn know_actor(&self, host: &str, path: &str, name: &str, kind: &str) -> Actor {
        let id = format!("http://{host}/{path}/{name}");
        let document = json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": kind, "preferredUsername": name, "name": name,
            "inbox": format!("http://{host}/inbox"), "outbox": format!("{id}/outbox"),
            "publicKey": {"id": format!("{id}#main-key"), "owner": id, "publicKeyPem": key().public_pem},
        });
        let read = actor::read(&self.core, &self.fed.client, &document).expect("an actor");
        let mut tx = self.core.db.begin().await.expect("a transaction");
        let known = db::actors::upsert(&mut tx, &read).await.expect("an actor");
        db::deliveries::know(&mut tx, host).await.expect("a peer");
        db::deliveries::set_software(&mut tx, host, Some(("meent", "0.1.0")), self.core.now()).await.expect("its software");
        self.core.commit(tx).await.expect("a commit");
        known
    }
}

/// Signs requests of other servers, in this process but with nothing of the product.
pub struct Sender {
    key: RsaKeyPair,
}

impl Sender {
    pub fn new() -> Self {
        let (_, document) = SecretDocument::from_pem(&key().private_pem).expect("PEM");
        Self { key: RsaKeyPair::from_pkcs8(document.as_bytes()).expect("a key") }
    }

    pub fn sign(&self, text: &[u8]) -> String {
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature).expect("a signature");
        STANDARD.encode(signature)
    }

    /// The bytes of a signed POST.
    pub fn post(&self, to: &str, path: &str, by: &str, body: &Value, now: Time) -> Vec<u8> {
        let body = body.to_string();
        let (date, digest) = (now.http_date(), format!("SHA-256={}", STANDARD.encode(Sha256::digest(body.as_bytes()))));
        let text = format!("(request-target): post {path}\nhost: {to}\ndate: {date}\ndigest: {digest}");
        let signature = self.sign(text.as_bytes());
        format!(
            "POST {path} HTTP/1.1\r\nhost: {to}\r\ndate: {date}\r\ndigest: {digest}\r\ncontent-type: application/activity+json\r\n\
             signature: keyId=\"{by}#main-key\",algorithm=\"rsa-sha256\",headers=\"(request-target) host date digest\",signature=\"{signature}\"\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }
}

/// Sends prepared requests over so many connections, each request on the next free one; says how many of them were
/// answered 202 and how long it took.
pub async fn send(address: SocketAddr, requests: Vec<Vec<u8>>, connections: usize) -> (usize, Duration) {
    let (requests, next, taken) = (Arc::new(requests), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let start = Instant::now();
    let senders: Vec<_> = (0..connections)
        .map(|_| {
            let (requests, next, taken) = (requests.clone(), next.clone(), taken.clone());
            tokio::spawn(async move {
                let mut stream = BufReader::new(TcpStream::connect(address).await.expect("a connection"));
                while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                    stream.write_all(request).await.expect("sending");
                    if answer(&mut stream).await == 202 {
                        taken.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        })
        .collect();
    for sender in senders {
        sender.await.expect("a sender");
    }
    (taken.load(Ordering::Relaxed), start.elapsed())
}

/// Asks for a page again and again over so many connections that stay open, for so long; says how often a second it was
/// answered 200.
pub async fn rate(address: SocketAddr, request: &str, connections: usize, time: Duration) -> f64 {
    let start = Instant::now();
    let readers: Vec<_> = (0..connections)
        .map(|_| {
            let request = request.to_owned();
            tokio::spawn(async move {
                let mut stream = BufReader::with_capacity(256 * 1024, TcpStream::connect(address).await.expect("a connection"));
                let (mut times, mut body) = (0_u32, Vec::new());
                while start.elapsed() < time {
                    stream.write_all(request.as_bytes()).await.expect("sending");
                    assert_eq!(answer_into(&mut stream, &mut body).await, 200, "{request}");
                    times += 1;
                }
                times
            })
        })
        .collect();
    let mut times = 0;
    for reader in readers {
        times += reader.await.expect("a reader");
    }
    f64::from(times) / start.elapsed().as_secs_f64()
}

/// Reads one answer; gives its status.
async fn answer(stream: &mut BufReader<TcpStream>) -> u16 {
    answer_into(stream, &mut Vec::new()).await
}

async fn answer_into(stream: &mut BufReader<TcpStream>, body: &mut Vec<u8>) -> u16 {
    let (mut line, mut status, mut length) = (String::new(), 0, 0);
    loop {
        line.clear();
        stream.read_line(&mut line).await.expect("an answer");
        let lower = line.trim_end().to_ascii_lowercase();
        if lower.is_empty() {
            break;
        }
        if let Some(rest) = lower.strip_prefix("http/1.1 ") {
            status = rest.split(' ').next().and_then(|status| status.parse().ok()).expect("a status");
        } else if let Some(rest) = lower.strip_prefix("content-length: ") {
            length = rest.parse().expect("a length");
        }
    }
    body.resize(length, 0);
    stream.read_exact(body).await.expect("a body");
    status
}

/// How often a second the disk under this folder syncs a small write.
pub fn syncs_per_second(folder: &Path) -> f64 {
    let mut file = File::create(folder.join("sync")).expect("a file");
    let (mut times, start) = (0_u32, Instant::now());
    while start.elapsed() < Duration::from_secs(2) {
        file.write_all(&[0; 4096]).expect("writing");
        file.sync_data().expect("syncing");
        times += 1;
    }
    f64::from(times) / start.elapsed().as_secs_f64()
}

/// Processor time that this process has used, all threads together, in seconds.
pub fn cpu_time() -> f64 {
    cpu_time_of("self")
}

/// The same of another process.
pub fn cpu_time_of(pid: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("Linux");
    let fields: Vec<&str> = stat.rsplit(") ").next().expect("fields").split(' ').collect();
    let ticks: f64 = [fields[11], fields[12]].iter().map(|field| field.parse::<f64>().expect("a number")).sum();
    // The kernel tells it in hundredths.
    ticks / 100.0
}

/// Processor time of the whole machine that was not idle, in seconds.
pub fn machine_cpu_time() -> f64 {
    let stat = std::fs::read_to_string("/proc/stat").expect("Linux");
    let fields: Vec<f64> =
        stat.lines().next().expect("a line").split_whitespace().skip(1).map(|field| field.parse().expect("a number")).collect();
    // Without the fourth and the fifth, which are idle and waiting for the disk; what guests take is in the first two.
    (fields[..3].iter().sum::<f64>() + fields[5..8].iter().sum::<f64>()) / 100.0
}

/// Memory in use and the most that ever was, in MB.
pub fn memory() -> (f64, f64) {
    memory_of("self")
}

/// The same of another process.
pub fn memory_of(process: &str) -> (f64, f64) {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("Linux");
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).expect("a field");
        line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<f64>().ok()).expect("a number") / 1_024.0
    };
    (field("VmRSS:"), field("VmHWM:"))
}

/// From now on the most that ever was begins anew.
pub fn forget_peak() {
    std::fs::write("/proc/self/clear_refs", "5").expect("Linux");
}

/// RSA-2048 signatures that one processor makes in a second.
pub fn signatures_per_cpu_second() -> f64 {
    let (sender, start) = (Sender::new(), cpu_time());
    for number in 0..4_000_u32 {
        std::hint::black_box(sender.sign(&number.to_le_bytes()));
    }
    4_000.0 / (cpu_time() - start)
}

/// Looks every few milliseconds until `what` holds; gives how long it took. After `most` the measurement has failed.
pub async fn until(name: &str, most: Duration, mut what: impl AsyncFnMut() -> bool) -> Duration {
    let start = Instant::now();
    let mut tick = tokio::time::interval(Duration::from_millis(5));
    while !what().await {
        assert!(start.elapsed() < most, "{name}: not within {most:?}");
        tick.tick().await;
    }
    start.elapsed()
}

/// How long one page takes; with a cookie, for who is logged in with that.
pub async fn page_time(client: &reqwest::Client, instance: &Instance, path: &str, cookie: Option<&str>) -> Duration {
    let mut request = client.get(format!("http://{}{path}", instance.address)).header("accept", "text/html");
    request = request.header("host", instance.core.urls.authority());
    if let Some(cookie) = cookie {
        request = request.header("cookie", cookie);
    }
    let start = Instant::now();
    let response = request.send().await.expect("an answer");
    assert_eq!(response.status(), 200, "{path}");
    response.text().await.expect("a page");
    start.elapsed()
}

/// The middle one, in milliseconds.
pub fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1_000.0
}
