//! `meent doctor`: an instance that is well, and each thing that can be wrong with one, made wrong for real. What needs a real
//! proxy or a disk of its own is in `tests/peers/install.py`.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use meent::config::{Config, Secret};
use meent::db::Db;
use meent::model::{Clock, Time};
use meent::ops::checkup::{self, Seen};
use meent::ops::keeping::{self, Backup};
use serde_json::Value;
use tempfile::TempDir;

use crate::chaos::time;
use crate::notifications::run;
use crate::on_both;
use crate::support::process::meent;
use crate::support::smtp::{Smtp, Tls};
use crate::support::{On, TestApp};

/// What the doctor said: its exit status, and each finding as (check, level, sentence, remedy).
#[derive(Debug)]
struct Said {
    status: Option<i32>,
    findings: Vec<(String, String, String, String)>,
}

impl Said {
    /// The level of a check: its worst finding.
    fn level(&self, check: &str) -> &str {
        let worst = |level: &str| self.findings.iter().any(|(found, its, ..)| found == check && its == level);
        ["failure", "warning", "ok"].into_iter().find(|level| worst(level)).unwrap_or("nothing")
    }

    /// That this check failed, with these words in its sentence, and a remedy.
    fn fails(&self, check: &str, words: &str) {
        self.is("failure", check, words);
        assert_eq!(self.status, Some(2), "{self:?}");
    }

    fn is(&self, level: &str, check: &str, words: &str) {
        let found = self
            .findings
            .iter()
            .any(|(its, grade, says, remedy)| its == check && grade == level && says.contains(words) && !remedy.is_empty());
        assert!(found, "no {level} of {check} says {words:?}: {self:#?}");
    }
}

fn said(mut command: Command) -> Said {
    let output = command.args(["doctor", "--json"]).stdin(Stdio::null()).output().expect("the binary starts");
    let text = String::from_utf8_lossy(&output.stdout);
    let report: Value =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text} {}", String::from_utf8_lossy(&output.stderr)));
    let word = |finding: &Value, field: &str| finding[field].as_str().unwrap_or_default().to_owned();
    let findings = report["findings"].as_array().expect("a list");
    let said = Said {
        status: output.status.code(),
        findings: findings.iter().map(|f| (word(f, "check"), word(f, "level"), word(f, "says"), word(f, "remedy"))).collect(),
    };
    let status = match report["status"].as_str() {
        Some("ok") => 0,
        Some("warning") => 1,
        _ => 2,
    };
    assert_eq!(said.status, Some(status), "{said:?}");
    said
}

async fn doctor(config: &Config) -> Said {
    let command = meent(config);
    tokio::task::spawn_blocking(|| said(command)).await.expect("the doctor")
}

/// An instance with everything set up: an administrator, mail, a backup of just now.
async fn well(on: On, smtp: &Smtp) -> TestApp {
    let app = TestApp::start_with(on, "a", &Clock::System, |config| smtp.configure(config)).await;
    let sanne = app.member("sanne", "Sanne Bakker").await;
    run(&app, &format!("UPDATE account SET admin = TRUE WHERE actor_id = {}", sanne.id)).await;
    backed_up(&app, 0).await;
    app.run_jobs().await;
    app
}

async fn backed_up(app: &TestApp, ago: i64) {
    let mut tx = app.core.db.begin().await.unwrap();
    let backup = Backup { at: app.core.now().plus(-ago), bytes: 1_000, path: "/var/backups/meent/1.meent".into(), error: None, lost: 0 };
    keeping::note(&mut tx, &backup).await.unwrap();
    tx.commit().await.unwrap();
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port()
}

on_both! {
    async fn an_instance_that_is_well_is_said_to_be(on: On) {
        let smtp = Smtp::start_with(Tls::Later, Some(("meent", "heel geheim")), 0);
        let app = well(on, &smtp).await;
        let said = doctor(&app.core.config).await;
        for check in ["configuration", "database", "server", "webfinger", "nodeinfo", "proxy", "clock", "mail", "inbox", "deliveries", "jobs", "backup"] {
            assert_eq!(said.level(check), "ok", "{check}: {said:#?}");
        }
        // The disk is that of whoever runs the tests.
        assert_ne!(said.level("disk"), "nothing");
        // For a person the same, in lines.
        let mut command = meent(&app.core.config);
        let output = tokio::task::spawn_blocking(move || command.arg("doctor").output().expect("the binary starts")).await.unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains("ok       database") && text.contains("Requests arrive unchanged"), "{text}");
        // What it asked with is gone again.
        let mut command = meent(&app.core.config);
        let ready = tokio::task::spawn_blocking(move || command.arg("ready").output().expect("the binary starts")).await.unwrap();
        assert!(ready.status.success(), "{}", String::from_utf8_lossy(&ready.stderr));
        app.finish().await;
    }

    async fn a_server_that_is_stopped_is_said_to_be_and_the_rest_is_looked_at(on: On) {
        let smtp = Smtp::start();
        let mut app = well(on, &smtp).await;
        app.stop_listening().await;
        let said = doctor(&app.core.config).await;
        said.fails("server", "It does not run");
        for check in ["database", "mail", "inbox", "backup"] {
            assert_eq!(said.level(check), "ok", "{check}: {said:#?}");
        }
        for check in ["webfinger", "nodeinfo", "proxy"] {
            assert_eq!(said.level(check), "nothing", "{check}: {said:#?}");
        }
        let mut command = meent(&app.core.config);
        let ready = tokio::task::spawn_blocking(move || command.arg("ready").output().expect("the binary starts")).await.unwrap();
        assert_eq!(ready.status.code(), Some(1));
        app.finish().await;
    }

    async fn a_database_that_takes_no_writes_is_said_to(on: On) {
        let smtp = Smtp::start();
        let app = well(on, &smtp).await;
        let said = match on {
            On::Sqlite => {
                // No file of the doctor's may grow: that is how a full disk shows. Nothing that the server has is changed.
                let mut limited = Command::new("/bin/sh");
                let inner = meent(&app.core.config);
                limited.env_clear().envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
                limited.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_meent")]);
                tokio::task::spawn_blocking(|| said(limited)).await.unwrap()
            }
            On::Postgres => {
                // Only what the doctor opens: what the server opens meanwhile has to take what it writes at the end.
                let mut only_reads = app.core.config.clone();
                only_reads.database_url += "?options=-c%20default_transaction_read_only%3Don";
                doctor(&only_reads).await
            }
        };
        said.fails("database", "takes no writes");
        app.finish().await;
    }

    async fn what_nobody_works_on_is_said(on: On) {
        let smtp = Smtp::start();
        let app = well(on, &smtp).await;
        let hour_ago = app.core.now().0 - Time::HOUR;
        run(&app, &format!("INSERT INTO received (id, ap_id, actor, body, state, attempts, next_at, received_at, host)
            VALUES (1, 'https://b.example/1', 'https://b.example/u/x', '', 'new', 0, {hour_ago}, {hour_ago}, 'b.example')")).await;
        run(&app, &format!("INSERT INTO job (id, kind, subject, attempts, run_at, last_error) VALUES (1, 'look_up_peer', 'b.example', 9, {}, 'no answer')", hour_ago + 2 * Time::HOUR)).await;
        for n in 0..3 {
            run(&app, &format!("INSERT INTO peer (host, failures, failing_since, retry_at, last_error) VALUES ('{n}.example', 5, {hour_ago}, {}, 'no answer')", hour_ago + 2 * Time::HOUR)).await;
        }
        backed_up(&app, 16 * Time::DAY).await;
        let said = doctor(&app.core.config).await;
        said.fails("inbox", "nobody works on them");
        said.fails("deliveries", "none does");
        said.is("warning", "jobs", "look_up_peer b.example was tried 9 times");
        said.fails("backup", "16 days ago");
        // A server that is stopped can't be blamed for what waits.
        run(&app, "DELETE FROM setting WHERE key IN ('backup_last', 'backup_good')").await;
        let mut stopped = app.core.config.clone();
        stopped.listen = format!("127.0.0.1:{}", free_port());
        let said = doctor(&stopped).await;
        assert_eq!(said.level("inbox"), "ok", "{said:#?}");
        said.is("warning", "backup", "No automatic backups");
        run(&app, "DELETE FROM received").await;
        run(&app, "DELETE FROM job WHERE id = 1").await;
        app.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_not_there_is_said_to_be_away() {
    let folder = TempDir::new().unwrap();
    let mut config = crate::support::config("a", free_port(), &format!("sqlite:{}", folder.path().join("meent.db").display()), &folder);
    let said = doctor(&config).await;
    said.fails("database", "There is no database yet");
    assert!(!folder.path().join("meent.db").exists(), "looking makes nothing");
    config.database_url = format!("postgres://meent:wachtwoord@127.0.0.1:{}/meent", free_port());
    let said = doctor(&config).await;
    said.fails("database", "refused");
    assert!(!format!("{said:?}").contains("wachtwoord"));
    // A configuration that can't be used is a finding too.
    let mut command = meent(&config);
    command.env("MEENT_FEDERATION__MODE", "ajar");
    let said = tokio::task::spawn_blocking(|| self::said(command)).await.unwrap();
    said.fails("configuration", "federation.mode must be open, allowlist or closed");
    let mut command = meent(&config);
    command.env("MEENT_SERVER__TRUSTED_PROXIES", "0.0.0.0/0");
    let said = tokio::task::spawn_blocking(|| self::said(command)).await.unwrap();
    said.fails("configuration", "anybody can say");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_server_that_does_not_let_us_in_is_said() {
    let smtp = Smtp::start_with(Tls::AtOnce, Some(("meent", "heel geheim")), 0);
    let app = well(On::Sqlite, &smtp).await;
    let mut config = app.core.config.clone();
    assert_eq!(doctor(&config).await.level("mail"), "ok");
    config.mail.password = Secret("niet geheim".into());
    let said = doctor(&config).await;
    said.fails("mail", "logging in");
    assert!(!format!("{said:?}").contains("niet geheim"));
    config.mail.password = Secret("heel geheim".into());
    config.federation.extra_ca_file = String::new();
    doctor(&config).await.fails("mail", "connecting");
    config.mail.port = i64::from(free_port());
    doctor(&config).await.fails("mail", "connecting");
    config.mail.server = String::new();
    config.mail.username = String::new();
    config.mail.password = Secret(String::new());
    doctor(&config).await.is("warning", "mail", "No mail server is set");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_wrong_is_said() {
    let smtp = Smtp::start();
    let app = well(On::Sqlite, &smtp).await;
    for (offset, level) in [("+10m", "failure"), ("-1m", "warning")] {
        let mut command = meent(&app.core.config);
        command.envs(time(offset));
        let said = tokio::task::spawn_blocking(|| self::said(command)).await.unwrap();
        said.is(level, "clock", if offset.starts_with('+') { "ahead of" } else { "behind" });
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_else_at_the_public_address_is_said() {
    let smtp = Smtp::start();
    let (app, other) = (well(On::Sqlite, &smtp).await, TestApp::start(On::Sqlite, "b", &Clock::System).await);
    let mut config = app.core.config.clone();
    config.public_url.clone_from(&other.core.config.public_url);
    let said = doctor(&config).await;
    said.fails("proxy", "did not arrive at this server");
    said.is("warning", "server", "It runs with public_url");
    // At the address that it listens on, too.
    config.listen.clone_from(&other.core.config.listen);
    doctor(&config).await.fails("server", "not the server of this database");
    config.listen.clone_from(&app.core.config.listen);
    config.public_url = format!("http://a.localhost:{}", free_port());
    doctor(&config).await.fails("address", "No answer");
    // What was told to somebody else works nowhere any more.
    assert_eq!(tokens(&app).await, 0);
    app.finish().await;
    other.finish().await;
}

/// How many tokens of the doctor work or did.
async fn tokens(app: &TestApp) -> i64 {
    let Db::Sqlite { read, .. } = &app.core.db else { unreachable!("SQLite") };
    let (left,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM setting WHERE key LIKE 'checkup:%'").fetch_one(read).await.unwrap();
    left
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_are_not_told_what_arrived_and_a_token_works_once() {
    let app = TestApp::start(On::Sqlite, "a", &Clock::System).await;
    let url = format!("http://{}{}a%2Fb//c?q=1", app.address, checkup::PATH);
    let http = reqwest::Client::new();
    let ask = async |token: &str| {
        let request =
            http.post(&url).header("host", "elders.example").header("x-forwarded-for", "192.0.2.7").header(checkup::HEADER, token);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.bytes().await.unwrap())
    };
    assert_eq!(ask("").await.0, 404);
    assert_eq!(ask("geraden").await.0, 404);
    let token = checkup::give_token(&app.core.db, app.core.now()).await.unwrap();
    let (status, body) = ask(&token).await;
    assert_eq!(status, 200);
    let seen: Seen = serde_json::from_slice(&body).unwrap();
    assert_eq!((seen.host.as_str(), seen.target.as_str()), ("elders.example", "/health/seen/a%2Fb//c?q=1"));
    assert_eq!((seen.forwarded_for.as_deref(), seen.client.to_string().as_str()), (Some("192.0.2.7"), "127.0.0.1"));
    assert_eq!(ask(&token).await.0, 404, "it was used");
    // One that was never brought stops working, and goes.
    let old = checkup::give_token(&app.core.db, app.core.now().plus(-Time::HOUR)).await.unwrap();
    assert_eq!(ask(&old).await.0, 404, "too old");
    checkup::give_token(&app.core.db, app.core.now().plus(-Time::HOUR)).await.unwrap();
    checkup::give_token(&app.core.db, app.core.now()).await.unwrap();
    assert_eq!(tokens(&app).await, 1);
    app.finish().await;
}

/// Something that speaks TLS with a certificate and answers every request.
struct Site(Child);

impl Site {
    async fn open(folder: &TempDir, certificate: &str, port: u16) -> Self {
        let site = Command::new("openssl")
            .args(["s_server", "-quiet", "-www", "-accept", &format!("127.0.0.1:{port}"), "-cert", certificate, "-key", "site.key"])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        // From here on it ends with this.
        let site = Self(site.expect("openssl starts"));
        let mut tick = tokio::time::interval(std::time::Duration::from_millis(20));
        for _ in 0..500 {
            tick.tick().await;
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return site;
            }
        }
        panic!("openssl does not listen");
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An authority, and certificates of it for localhost: one that is good for a year, one that ends tomorrow, one that ended, and
/// one for another name.
fn certificates(folder: &TempDir) {
    let script = "
        req() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \"$@\"; }
        req -x509 -keyout ca.key -out ca.pem -days 400 -subj '/CN=Meent test authority' -addext basicConstraints=critical,CA:TRUE
        req -keyout site.key -out site.csr -subj '/CN=localhost'
        mkdir certs && : > index && echo 01 > serial
        printf '[ca]\ndefault_ca=c\n[c]\ndatabase=index\nserial=serial\nnew_certs_dir=certs\ndefault_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n' > ca.cnf
        day() { date -u -d \"$1\" +%Y%m%d%H%M%SZ; }
        sign() { printf \"subjectAltName=DNS:$2\n\" > ext; openssl ca -batch -notext -config ca.cnf -cert ca.pem -keyfile ca.key -in site.csr -subj '/CN=localhost' -extfile ext -startdate \"$(day \"$3\")\" -enddate \"$(day \"$4\")\" -out \"$1\"; }
        sign good.pem localhost '-10 days' '+355 days' && sign soon.pem localhost '-89 days' '+1 day' \
            && sign ended.pem localhost '-90 days' '-1 day' && sign other.pem elders.example '-10 days' '+355 days'";
    let done = Command::new("sh").args(["-c", script]).current_dir(folder.path()).output().expect("a shell");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_others_refuse_or_soon_will_is_said() {
    let folder = TempDir::new().unwrap();
    certificates(&folder);
    let port = free_port();
    let mut config = crate::support::config("a", port, &format!("sqlite:{}", folder.path().join("meent.db").display()), &folder);
    config.public_url = format!("https://localhost:{port}");
    config.listen = format!("127.0.0.1:{}", free_port());
    config.federation.extra_ca_file = folder.path().join("ca.pem").display().to_string();
    for (certificate, level, words, remedy) in [
        ("good.pem", "ok", "for 354 days more", ""),
        ("soon.pem", "failure", "more.", "should have been renewed"),
        ("ended.pem", "failure", "certificate expired", "Renew it now"),
        ("other.pem", "failure", "not valid for name", "Get a certificate for localhost"),
    ] {
        let _site = Site::open(&folder, certificate, port).await;
        let said = doctor(&config).await;
        let found = said
            .findings
            .iter()
            .any(|(check, its, says, does)| check == "certificate" && its == level && says.contains(words) && does.contains(remedy));
        assert!(found, "{certificate}: {said:#?}");
    }
    // Nobody vouches for it.
    config.federation.extra_ca_file = String::new();
    let _site = Site::open(&folder, "good.pem", port).await;
    doctor(&config).await.fails("certificate", "UnknownIssuer");
}
