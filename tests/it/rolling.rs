//! Restarting one process after the other under load, behind a real nginx with the configuration that the documentation gives:
//! no request fails, and what somebody wrote is there once.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use meent::db::Db;
use meent::model::Clock;
use tempfile::TempDir;

use crate::support::process::{Running, count, until};
use crate::support::visitor::Visitor;
use crate::support::{On, TestApp, given};
use crate::together::free_address;

/// Readers and writers at the same time, each with one request under way.
const READERS: usize = 4;
const WRITERS: usize = 3;

/// A real nginx; ends when it is dropped.
struct Nginx {
    process: Child,
    folder: TempDir,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its workers end with it.
        let _ = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status();
        let _ = self.process.wait();
    }
}

/// The sample of the documentation without TLS, at another port, with two other addresses behind it.
fn sample(port: u16, behind: [SocketAddr; 2]) -> String {
    let mut text = std::fs::read_to_string(format!("{}/docs/install/nginx-several.conf", env!("CARGO_MANIFEST_DIR"))).expect("the sample");
    for (old, new) in [
        ("listen 443 ssl;", format!("listen 127.0.0.1:{port};")),
        ("server_name meent.example;", String::new()),
        ("listen [::]:443 ssl;", String::new()),
        ("ssl_certificate /etc/letsencrypt/live/meent.example/fullchain.pem;", String::new()),
        ("ssl_certificate_key /etc/letsencrypt/live/meent.example/privkey.pem;", String::new()),
        ("ssl_protocols TLSv1.2 TLSv1.3;", String::new()),
        ("access_log /var/log/nginx/meent.log meent;", String::new()),
        ("proxy_set_header Host $host;", "proxy_set_header Host $http_host;".into()),
        ("127.0.0.1:8081", behind[0].to_string()),
        ("127.0.0.1:8082", behind[1].to_string()),
    ] {
        assert_eq!(text.matches(old).count(), 1, "the sample does not hold {old:?} once");
        text = text.replace(old, &new);
    }
    text
}

impl Nginx {
    fn start(port: u16, behind: [SocketAddr; 2]) -> Self {
        let folder = TempDir::new().expect("a folder");
        let at = |name: &str| folder.path().join(name).display().to_string();
        let own = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|kind| format!("{kind}_temp_path {};", at(kind))).join(" ");
        let text = format!(
            "daemon off; pid {}; worker_processes 1; error_log {} warn; events {{}} http {{ access_log off; {own}\n{}\n}}",
            at("pid"),
            at("error.log"),
            sample(port, behind)
        );
        std::fs::write(folder.path().join("nginx.conf"), text).expect("writing");
        let nginx = |arguments: &[&str]| {
            let mut command = Command::new(given("MEENT_TEST_NGINX"));
            command.args(["-p", &at(""), "-e", &at("error.log"), "-c", &at("nginx.conf")]).args(arguments).stdout(Stdio::null());
            command
        };
        let checked = nginx(&["-t"]).output().expect("nginx");
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
        let process = nginx(&[]).stderr(Stdio::null()).spawn().expect("nginx starts");
        let nginx = Self { process, folder };
        nginx.waits_for(port);
        nginx
    }

    fn waits_for(&self, port: u16) {
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        let log = std::fs::read_to_string(Path::new(self.folder.path()).join("error.log")).unwrap_or_default();
        panic!("nginx does not listen: {log}");
    }
}

/// What was asked, and what went wrong.
#[derive(Default)]
struct Tally {
    asked: AtomicUsize,
    wrong: std::sync::Mutex<Vec<String>>,
    ended: AtomicBool,
}

impl Tally {
    fn note(&self, what: &str, fine: bool, answer: &crate::support::visitor::Page) {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if !fine {
            let body: String = answer.body.chars().take(200).collect();
            self.wrong.lock().expect("a lock").push(format!("{what}: {} {body}", answer.status));
        }
    }

    fn goes_on(&self) -> bool {
        !self.ended.load(Ordering::Relaxed)
    }
}

async fn read(mut visitor: Visitor, paths: Vec<String>, tally: Arc<Tally>) {
    for path in paths.iter().cycle() {
        if !tally.goes_on() {
            return;
        }
        let page = visitor.get(path).await;
        tally.note(path, page.status == 200, &page);
    }
}

/// Answers again and again; gives how many answers were taken.
async fn write(mut visitor: Visitor, thread: String, name: usize, tally: Arc<Tally>) -> usize {
    let csrf = visitor.get(&thread).await.value("csrf");
    let mut taken = 0;
    while tally.goes_on() {
        let (once, body) = (format!("r{name}-{taken}"), format!("Antwoord {name}-{taken}."));
        let page = visitor.post(&format!("{thread}/answer"), &[("csrf", &csrf), ("once", &once), ("body", &body)]).await;
        tally.note("answering", page.status == 303, &page);
        taken += 1;
    }
    taken
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_after_the_other_is_restarted_and_nobody_notices() {
    let front = free_address();
    let mut a = TestApp::start_with(On::Postgres, "a", &Clock::System, |config| {
        config.public_url = format!("http://a.localhost:{}", front.port());
    })
    .await;
    let anna = a.member("anna", "Anna Vermeer").await;
    let group = a.group("wonen", "Wonen", &anna).await;
    let question = a.ask(&anna, &group, "Wie weet dit?", "Wij niet.").await;
    let mut visitors = Vec::new();
    for number in 0..WRITERS {
        let member = a.member(&format!("lid_{number}"), &format!("Lid {number}")).await;
        visitors.push(Visitor::logged_in(&a, &member).await);
    }
    let (config, host) = (a.core.config.clone(), a.host().to_owned());
    a.run_jobs().await;
    a.stop().await;
    let addresses = [free_address(), free_address()];
    let mut processes: Vec<Running> = addresses
        .iter()
        .map(|address| {
            let mut config = config.clone();
            config.listen = address.to_string();
            // Longer than nginx keeps a connection.
            Running::with(config, vec![("MEENT_SERVER__SHUTDOWN_DELAY", "3".to_owned())])
        })
        .collect();
    let _nginx = Nginx::start(front.port(), addresses);
    let db = Db::open(&config.database_url).await.unwrap();

    let (tally, thread) = (Arc::new(Tally::default()), question.path());
    let paths = vec!["/".to_owned(), thread.clone(), "/c/wonen".into(), "/static/app.css".into()];
    let readers: Vec<_> = (0..READERS).map(|_| tokio::spawn(read(Visitor::at(front, &host), paths.clone(), tally.clone()))).collect();
    let writers: Vec<_> = (0..)
        .zip(visitors)
        .map(|(name, visitor)| {
            let mut through = Visitor::at(front, &host);
            through.cookies = visitor.cookies;
            tokio::spawn(write(through, thread.clone(), name, tally.clone()))
        })
        .collect();
    let more = async |name: &str| {
        let before = tally.asked.load(Ordering::Relaxed);
        until(name, 40, async || i64::try_from(tally.asked.load(Ordering::Relaxed) - before).unwrap()).await;
    };
    more("load").await;
    for process in &mut processes {
        process.terminate().await;
        more("one is enough").await;
        process.start();
        more("both again").await;
    }
    tally.ended.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await.unwrap();
    }
    let mut written = 0;
    for writer in writers {
        written += writer.await.unwrap();
    }
    let wrong = tally.wrong.lock().unwrap().join("\n");
    assert!(wrong.is_empty(), "of {} requests: {wrong}", tally.asked.load(Ordering::Relaxed));
    let written = i64::try_from(written).unwrap();
    assert!(written > 0);
    assert_eq!(count(&db, "SELECT COUNT(*) FROM post WHERE parent_id IS NOT NULL").await, written);
    assert_eq!(count(&db, "SELECT COUNT(DISTINCT source) FROM post WHERE parent_id IS NOT NULL").await, written);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_told_to_stop_says_so_before_it_closes() {
    let mut a = TestApp::start_with(On::Postgres, "a", &Clock::System, |_| {}).await;
    a.run_jobs().await;
    let (config, host, address) = (a.core.config.clone(), a.host().to_owned(), a.address);
    a.stop().await;
    let mut process = Running::with(config, vec![("MEENT_SERVER__SHUTDOWN_DELAY", "3".to_owned())]);
    let mut visitor = Visitor::at(address, &host);
    let ready = visitor.get("/health/ready").await;
    assert_eq!((ready.status, ready.header("connection")), (200, ""));
    let stopped = async { process.terminate().await };
    let looks = async {
        until("it says that it stops", 503, async || i64::from(Visitor::at(address, &host).get("/health/ready").await.status)).await;
        // Whoever has a connection, or makes one, is answered, and told that it ends.
        let page = visitor.get("/").await;
        assert_eq!((page.status, page.header("connection")), (200, "close"));
        assert_eq!(Visitor::at(address, &host).get("/health/live").await.status, 200);
    };
    tokio::join!(stopped, looks);
    assert!(std::net::TcpStream::connect(address).is_err(), "nobody listens any more");
}
