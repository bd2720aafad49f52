//! Watching an instance: figures, health, the log, and what is thrown away in time.

mod docs;
mod figures;
mod health;
mod log;
mod storage;
mod tidying;

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

use meent::db::Db;
use tempfile::TempDir;

use crate::support::TestApp;

/// Runs a statement that has no place in the product.
async fn run(app: &TestApp, statement: &str) {
    let text = sqlx::AssertSqlSafe(statement.to_owned());
    match &app.core.db {
        Db::Sqlite { write, .. } => sqlx::query(text).execute(write).await.map(drop),
        Db::Postgres(pool, _) => sqlx::query(text).execute(pool).await.map(drop),
    }
    .unwrap_or_else(|error| panic!("{statement}: {error}"));
}

async fn count(app: &TestApp, statement: &str) -> i64 {
    let text = sqlx::AssertSqlSafe(statement.to_owned());
    let (count,): (i64,) = match &app.core.db {
        Db::Sqlite { read, .. } => sqlx::query_as(text).fetch_one(read).await,
        Db::Postgres(pool, _) => sqlx::query_as(text).fetch_one(pool).await,
    }
    .unwrap_or_else(|error| panic!("{statement}: {error}"));
    count
}

/// A real process on SQLite, as its operator starts it; its log goes into a file.
struct Watched {
    folder: TempDir,
    child: Child,
    port: u16,
    metrics: u16,
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port()
}

impl Watched {
    fn start(environment: &[(&str, &str)]) -> Self {
        let (folder, port, metrics) = (TempDir::new().expect("a folder"), free_port(), free_port());
        let log = std::fs::File::create(folder.path().join("log")).expect("a file");
        let child = Command::new(env!("CARGO_BIN_EXE_meent"))
            .env_clear()
            .current_dir(folder.path())
            .env("MEENT_LISTEN", format!("127.0.0.1:{port}"))
            .env("MEENT_PUBLIC_URL", format!("http://a.localhost:{port}"))
            .env("MEENT_FEDERATION__LOOPBACK", "true")
            .env("MEENT_FEDERATION__MODE", "open")
            .env("MEENT_METRICS__LISTEN", format!("127.0.0.1:{metrics}"))
            .envs(environment.iter().copied())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the binary starts");
        Self { folder, child, port, metrics }
    }

    /// Sends a request as it is written here; gives the whole answer, or nothing while nobody listens.
    fn ask(&self, port: u16, head: &str, body: &str) -> String {
        let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", port)) else { return String::new() };
        let text =
            format!("{head}\r\nHost: a.localhost:{}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", self.port, body.len());
        stream.write_all(text.as_bytes()).expect("asking");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn get(&self, path: &str) -> String {
        self.ask(self.port, &format!("GET {path} HTTP/1.1"), "")
    }

    /// Asks for the figures again and again, until they hold all of this.
    async fn figures(&self, wanted: &[&str]) -> String {
        let mut tick = tokio::time::interval(std::time::Duration::from_millis(100));
        let mut text = String::new();
        for _ in 0..600 {
            tick.tick().await;
            text = self.ask(self.metrics, "GET /metrics HTTP/1.1", "");
            if wanted.iter().all(|wanted| text.contains(wanted)) {
                return text;
            }
        }
        panic!("{wanted:?} never came: {text}");
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).expect("the log")
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
