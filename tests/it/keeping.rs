//! Backups, putting them back, making them by themselves, and moving from SQLite to PostgreSQL.

mod automatic;
mod copying;
mod drill;
mod made;
mod missed;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use meent::config::Config;
use meent::ops::keeping::{Unwatched, Watch};
use tempfile::TempDir;

/// Nobody looks on.
pub fn unwatched() -> Watch {
    Arc::new(Unwatched)
}

/// A command beside an instance, with the same configuration.
pub fn command(config: &Config, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meent"));
    command
        .env_clear()
        .env("MEENT_PUBLIC_URL", &config.public_url)
        .env("MEENT_DATABASE_URL", &config.database_url)
        .env("MEENT_DATA_DIR", &config.data_dir)
        .env("MEENT_FEDERATION__LOOPBACK", "true")
        .env("MEENT_LOG__LEVEL", "warn")
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs it to its end.
pub async fn meent(config: &Config, arguments: &[&str]) -> Output {
    let mut command = command(config, arguments);
    tokio::task::spawn_blocking(move || command.output().expect("the binary starts")).await.expect("it ends")
}

/// What it said on both sides.
pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Everything that lies in a folder, by its path in there, without the locks of processes.
pub fn lying(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(&at).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(folder).expect("below it").to_owned());
            }
        }
    }
    found.retain(|path| !path.starts_with("slots"));
    found.sort_unstable();
    found
}

/// A place where nothing is, for an instance of the same name.
pub async fn elsewhere(on: crate::support::On, config: &Config, folder: &TempDir) -> Config {
    let database_url = match on {
        crate::support::On::Sqlite => format!("sqlite:{}", folder.path().join("there/meent.db").display()),
        crate::support::On::Postgres => empty_postgres().await,
    };
    Config { database_url, data_dir: folder.path().join("there"), ..config.clone() }
}

/// A PostgreSQL without tables.
pub async fn empty_postgres() -> String {
    let server = crate::support::given("MEENT_TEST_POSTGRES");
    let name = format!("e{}", meent::ops::members::random_token().replace('-', "_").to_lowercase());
    crate::support::run_sql(&server, &format!("CREATE DATABASE \"{name}\"")).await;
    format!("{}/{name}", server.rsplit_once('/').expect("a database in the address").0)
}
