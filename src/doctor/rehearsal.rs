//! `meent migrate --rehearse`: an upgrade tried on a copy, which is thrown away. The database itself is only read.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use percent_encoding::percent_decode_str;
use tokio::process::Command;

use super::disk;
use super::report::bytes;
use crate::config::Config;
use crate::db::rehearsal::{Pair, copy_file, timings};
use crate::db::{Db, health, sqlite_file};
use crate::error::{Error, Result};

/// Tries the migrations that wait, and prints how long each takes and how much room they need.
///
/// # Errors
/// Why there could be no copy, or which migration failed on it.
pub async fn rehearse(config: &Config) -> Result<()> {
    let url = &config.database_url;
    let file = sqlite_file(url);
    if let Some(missing) = file.as_ref().filter(|file| !file.exists()) {
        return Err(Error::Bad(format!("there is no database at {} to rehearse with", missing.display())));
    }
    let db = Db::open(url).await?;
    let applied = health::applied(&mut db.conn()).await;
    let (known, size) = (db.migrations().await, health::bytes(&mut db.conn()).await);
    // Nobody may be connected to it while PostgreSQL copies it.
    db.close().await;
    let (applied, known, size) = (applied?, known?, size?.unsigned_abs());
    let waiting = known.iter().filter(|(version, ..)| !applied.contains(version)).count();
    if waiting == 0 {
        println!("Nothing to rehearse: all {} migrations of this binary have been applied.", known.len());
        return Ok(());
    }
    match file {
        Some(file) => on_a_file(file, size, &applied).await,
        None => on_postgres(url, &applied).await,
    }
}

async fn on_a_file(file: &Path, size: u64, applied: &[i64]) -> Result<()> {
    let mut name = file.as_os_str().to_owned();
    name.push(".rehearsal");
    let folder = PathBuf::from(name);
    let beside = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let free = disk::free(beside).map_err(|error| Error::Unavailable(format!("{}: {error}", beside.display())))?;
    // The copy, and what a migration that writes everything anew would need on top of it.
    if free < size.saturating_mul(3) {
        return Err(Error::Unavailable(format!(
            "a copy of the database ({}) and what the migrations may need do not fit on its disk: {} is free, {} is needed",
            bytes(size),
            bytes(free),
            bytes(size.saturating_mul(3))
        )));
    }
    // Only ever made here; what an interrupted rehearsal left goes.
    let clear = || if folder.exists() { std::fs::remove_dir_all(&folder) } else { Ok(()) };
    let failed = |error: std::io::Error| Error::Unavailable(format!("{}: {error}", folder.display()));
    clear().map_err(failed)?;
    std::fs::create_dir(&folder).map_err(failed)?;
    let outcome = async {
        let copy = folder.join("copy.db");
        let began = Instant::now();
        copy_file(file, &copy).await?;
        println!("Copied {} in {}.", bytes(size), seconds(began.elapsed()));
        let before = weight(&folder).map_err(failed)?;
        let db = Db::open(&format!("sqlite:{}", copy.display())).await?;
        let tried = run(&db, applied).await;
        let after = weight(&folder).map_err(failed)?;
        db.close().await;
        tried?;
        told(after.saturating_sub(before));
        Ok(())
    };
    let outcome = outcome.await;
    clear().map_err(failed)?;
    outcome
}

async fn on_postgres(url: &str, applied: &[i64]) -> Result<()> {
    let pair = Pair::new(url)?;
    pair.drop_copy().await?;
    let outcome = async {
        let began = Instant::now();
        if !pair.copy_files().await? {
            pair.make_empty().await?;
            pour(url, pair.copy()).await?;
        }
        let mut copy = url::Url::parse(url).map_err(|error| Error::Bad(format!("database_url: {error}")))?;
        copy.set_path(pair.copy());
        let db = Db::open(copy.as_str()).await?;
        let tried = async {
            let before = health::bytes(&mut db.conn()).await?;
            println!("Copied {} in {}.", bytes(before.unsigned_abs()), seconds(began.elapsed()));
            run(&db, applied).await?;
            Ok(health::bytes(&mut db.conn()).await?.saturating_sub(before))
        };
        let tried: Result<i64> = tried.await;
        db.close().await;
        told(tried?.max(0).unsigned_abs());
        Ok(())
    };
    let outcome = outcome.await;
    pair.drop_copy().await?;
    outcome
}

/// Somebody uses the database: `pg_dump` reads it as it is at this moment, `psql` writes it into the copy.
async fn pour(url: &str, copy: &str) -> Result<()> {
    let mut from = url::Url::parse(url).map_err(|error| Error::Bad(format!("database_url: {error}")))?;
    // A password on a command line could be read by everybody on the machine.
    let password = from.password().map(|password| percent_decode_str(password).decode_utf8_lossy().into_owned()).unwrap_or_default();
    let _ = from.set_password(None);
    let mut to = from.clone();
    to.set_path(copy);
    let missing = |error: std::io::Error| {
        Error::Unavailable(format!(
            "the database is in use, so it must be copied with pg_dump and psql, which can't be started ({error}). Install PostgreSQL's client programs, or stop the server first"
        ))
    };
    let mut reading = Command::new("pg_dump");
    reading.args(["--no-owner", "--no-privileges", "--dbname", from.as_str()]);
    let mut writing = Command::new("psql");
    writing.args(["--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--dbname", to.as_str()]).stdout(Stdio::null());
    for command in [&mut reading, &mut writing] {
        command.stderr(Stdio::piped()).kill_on_drop(true);
        if !password.is_empty() {
            command.env("PGPASSWORD", &password);
        }
    }
    let mut reader = reading.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(missing)?;
    let pipe = reader.stdout.take().ok_or_else(|| Error::Internal("pg_dump has no output".into()))?;
    let pipe: Stdio = pipe.try_into().map_err(missing)?;
    let writer = writing.stdin(pipe).spawn().map_err(missing)?;
    let (read, wrote) = tokio::join!(reader.wait_with_output(), writer.wait_with_output());
    for (program, output) in [("pg_dump", read), ("psql", wrote)] {
        let output = output.map_err(missing)?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(Error::Unavailable(format!("{program} could not copy the database: {}", said.trim())));
        }
    }
    Ok(())
}

/// Migrates the copy and prints how long each step took.
async fn run(db: &Db, applied: &[i64]) -> Result<()> {
    let began = Instant::now();
    db.migrate().await.map_err(|error| {
        Error::Bad(format!(
            "the migrations fail on the copy, so don't upgrade: {}. The database itself was not touched",
            super::database::told(&error)
        ))
    })?;
    let whole = began.elapsed();
    let names = db.migrations().await?;
    for (version, took) in timings(&mut db.conn()).await?.into_iter().filter(|(version, _)| !applied.contains(version)) {
        let name = names.iter().find(|(known, ..)| *known == version).map_or("", |(_, name, _)| name);
        println!("{version:04} {name}: {}", seconds(took));
    }
    println!("They took {} together; while they run, the server does not answer.", seconds(whole));
    Ok(())
}

fn told(more: u64) {
    println!("They need {} more room. The database itself was not touched.", bytes(more));
}

fn seconds(span: Duration) -> String {
    format!("{:.2} s", span.as_secs_f64())
}

/// The bytes of the files in a folder.
fn weight(folder: &Path) -> std::io::Result<u64> {
    std::fs::read_dir(folder)?.try_fold(0, |sum, entry| Ok(sum + entry?.metadata()?.len()))
}
