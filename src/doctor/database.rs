//! The database: whether it is there, of which version, whether it takes writes. Nothing is made or migrated here.

use super::report::{Finding, bytes};
use crate::config::Config;
use crate::db::settings::{self, key};
use crate::db::{Db, health, sqlite_file};
use crate::error::{Error, Result};
use crate::model::Time;
use crate::ops::checkup;

const CHECK: &str = "database";

/// What the other checks need of the database.
#[derive(Debug)]
pub struct Patient {
    pub db: Db,
    /// Bytes.
    pub size: u64,
    /// A token for the running server; none when the database takes no writes.
    pub token: Option<String>,
}

/// Opens what is there. Gives nothing when the other checks can't use it.
pub async fn look(config: &Config, now: Time) -> (Option<Patient>, Vec<Finding>) {
    match open(config).await {
        Ok(db) => examine(config, db, now).await,
        Err(finding) => (None, vec![finding]),
    }
}

async fn open(config: &Config) -> Result<Db, Finding> {
    let failed = |error: &Error, remedy: &str| Finding::failure(CHECK, format!("It can't be opened: {}", told(error)), remedy);
    if let Some(file) = sqlite_file(&config.database_url) {
        if !file.exists() {
            return Err(Finding::failure(
                CHECK,
                format!("There is no database yet at {}.", file.display()),
                "Start the server once; it makes the database. If it should be there: look whether data_dir and database_url are those of the server, and whether this user may read the folder.",
            ));
        }
        return Db::open(&config.database_url).await.map_err(|error| {
            failed(
                &error,
                &format!("Run this command as the user that Meent runs as, and look at the rights of {} and its folder.", file.display()),
            )
        });
    }
    let remedy = "Look whether PostgreSQL runs, and whether host, name, user and password in database_url are right.";
    health::knock(&config.database_url).await.map_err(|error| failed(&error, remedy))?;
    Db::open(&config.database_url).await.map_err(|error| failed(&error, remedy))
}

async fn examine(config: &Config, db: Db, now: Time) -> (Option<Patient>, Vec<Finding>) {
    let broken = |error: &Error| {
        Finding::failure(
            CHECK,
            format!("It can't be read: {}", told(error)),
            "Look at the log of the server or of PostgreSQL, and at the disk.",
        )
    };
    let about = match version(&db).await {
        Ok(Ok(about)) => about,
        Ok(Err(finding)) => return (None, vec![finding]),
        Err(error) => return (None, vec![broken(&error)]),
    };
    let mut findings = Vec::new();
    match belongs(config, &db).await {
        Ok(None) => {}
        Ok(Some(finding)) => findings.push(finding),
        Err(error) => return (None, vec![broken(&error)]),
    }
    let token = match checkup::give_token(&db, now).await {
        Ok(token) => Some(token),
        Err(error) => {
            findings.push(Finding::failure(
                CHECK,
                format!("It takes no writes: {}", told(&error)),
                "Make room when the disk is full; else look whether the file, the file system or PostgreSQL is read-only, and whether this is the user that Meent runs as. Until then nothing is saved and other servers are told to come back.",
            ));
            None
        }
    };
    let size = health::bytes(&mut db.conn()).await.unwrap_or(0).unsigned_abs();
    if findings.is_empty() {
        findings.push(Finding::ok(CHECK, format!("{about}, {}, takes writes.", bytes(size))));
    }
    (Some(Patient { db, size, token }), findings)
}

/// What it is, when its tables are those of this binary; else what is to be done.
async fn version(db: &Db) -> Result<Result<String, Finding>> {
    let mut conn = db.conn();
    let applied = health::applied(&mut conn).await?;
    let known = db.migrations().await?;
    if let Some(newer) = applied.iter().find(|version| !known.iter().any(|(known, ..)| known == *version)) {
        return Ok(Err(Finding::failure(
            CHECK,
            format!("It was made by a newer Meent: it has migration {newer}, which this binary does not know."),
            "Install that newer binary again, or restore a backup from before the upgrade.",
        )));
    }
    let waiting = known.iter().filter(|(_, _, applied)| !applied).count();
    if waiting > 0 {
        return Ok(Err(Finding::failure(
            CHECK,
            format!("{waiting} of {} migrations have not been applied: it is of an earlier version than this binary.", known.len()),
            "Try them on a copy with `meent migrate --rehearse`, then restart the server with this binary.",
        )));
    }
    Ok(Ok(format!("{}, version {} of the tables", health::name(&mut conn).await?, applied.last().copied().unwrap_or_default())))
}

/// Whether it is the database of this `public_url`.
async fn belongs(config: &Config, db: &Db) -> Result<Option<Finding>> {
    let mut conn = db.conn();
    let Some(old) = settings::get(&mut conn, key::PUBLIC_URL).await? else { return Ok(None) };
    if old == config.public_url || settings::get(&mut conn, key::LEFT).await?.is_none() {
        return Ok(None);
    }
    Ok(Some(Finding::failure(
        CHECK,
        format!("public_url is {}, but this database belongs to {old}; the server won't start.", config.public_url),
        format!("Set public_url back to {old}: other servers know it by that name."),
    )))
}

/// The error without the words that the one enum puts before it.
pub(super) fn told(error: &Error) -> String {
    match error {
        Error::Internal(text) | Error::Unavailable(text) | Error::Bad(text) | Error::Remote(text) => text.clone(),
        other => other.to_string(),
    }
}
