//! Looking after an instance that runs or stands still: its database, its pictures, its log, its colours.

use std::path::Path;

use meent::config::Config;
use meent::db::Db;
use meent::error::{Error, Result};
use meent::model::Clock;
use meent::ops::{auditing, members, relocating};
use meent::storage::Storage;
use meent::web::theme;

/// Prints every pair of colours with its contrast; fails when one is too low.
pub fn check_theme(file: &Path) -> Result<()> {
    let text = std::fs::read_to_string(file).map_err(|error| Error::Bad(format!("can't read {}: {error}", file.display())))?;
    println!("{} tokens are used of this file.", theme::tokens(&text).matches(';').count());
    let measured = theme::check(&text);
    for pair in &measured {
        let contrast = pair.contrast.map_or_else(|| "not computable".to_owned(), |contrast| format!("{contrast:.2}"));
        println!(
            "{} {contrast:>6} (at least {}) {}: {} on {}",
            if pair.passes() { "ok " } else { "LOW" },
            pair.least,
            pair.place,
            pair.front,
            pair.back
        );
    }
    match measured.iter().filter(|pair| !pair.passes()).count() {
        0 => Ok(()),
        low => Err(Error::Bad(format!("{low} of {} pairs of colours have too little contrast", measured.len()))),
    }
}

pub async fn migrate(config: Config, status: bool) -> Result<()> {
    let db = Db::open(&config.database_url).await?;
    if !status {
        db.migrate().await?;
        write_down(&db, "database.migrate", "").await?;
    }
    for (version, name, applied) in db.migrations().await? {
        println!("{version:04} {name}: {}", if applied { "applied" } else { "not applied" });
    }
    db.close().await;
    Ok(())
}

/// Copies every picture to where it shall lie, and says how far it is.
pub async fn move_files(config: Config, back: bool, remove: bool) -> Result<()> {
    let store = Storage::open(&config)?;
    if !store.is_bucket() {
        return Err(Error::Bad("files.store is not set: it names the store that pictures are moved to, or back from".into()));
    }
    let folder = Storage::folder(&config.data_dir.join("files"))?;
    let (from, to) = if back { (store, folder) } else { (folder, store) };
    to.check(&format!("tmp/check-{}", members::random_token())).await?;
    let db = Db::open(&config.database_url).await?;
    db.migrate().await?;
    println!("From {from} to {to}. It may be stopped and begun again.");
    let moved = relocating::copy(&db, &from, &to, remove, |progress| println!("{progress}")).await;
    let outcome = match moved {
        Ok(done) => {
            for hash in &done.broken {
                println!("{hash} is not what its name says and was not copied");
            }
            println!("Done: {done}");
            write_down(&db, "files.move", if back { "to the folder" } else { "to the store" }).await
        }
        Err(error) => Err(error),
    };
    db.close().await;
    outcome
}

/// Writes down what the command line did, for commands that start no instance.
async fn write_down(db: &Db, act: &str, detail: &str) -> Result<()> {
    let mut tx = db.begin().await?;
    auditing::record_at(&mut tx, Clock::System.now(), auditing::Who::CommandLine, act, "", detail).await?;
    tx.commit().await
}

pub async fn verify_audit(config: Config) -> Result<()> {
    let db = Db::open(&config.database_url).await?;
    db.migrate().await?;
    let found = auditing::verify(&mut db.conn()).await?;
    let outcome = match &found {
        auditing::Chain::Whole { entries, last } => {
            println!("The audit log is whole: {entries} entries, the last has the hash {last}");
            write_down(&db, "audit.verify", "whole").await
        }
        auditing::Chain::Broken { seq, why } => {
            write_down(&db, "audit.verify", &format!("broken at {seq}")).await?;
            Err(Error::Bad(format!("the audit log is broken at entry {seq}: {why}")))
        }
    };
    db.close().await;
    outcome
}
