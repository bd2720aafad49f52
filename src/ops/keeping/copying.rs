//! Moving from SQLite to PostgreSQL: every row goes over in the order of its table's key, many to a commit, with how far it is
//! in the same commit. Killed anywhere and begun again it goes on. At the end every table is compared with its copy, hash by
//! hash; until then no server starts on what is there.

use std::path::Path;

use super::{Stage, Watch, go_on};
use crate::config::Config;
use crate::db::walking::{self, Table};
use crate::db::{Db, Tx, copying, lease, settings, snapshots, sqlite_file};
use crate::error::{Error, Result};
use crate::model::Time;
use crate::model::ids::SLOTS;
use crate::ops::auditing::{self, Who};

/// Rows in a commit.
const BATCH: i64 = 500;
const DONE: &str = "done";

/// What was copied.
#[derive(Clone, Debug)]
pub struct Copied {
    pub tables: usize,
    pub rows: u64,
    /// Tables that had changed since an earlier run copied them, and were copied anew.
    pub again: Vec<String>,
}

/// Copies the configured SQLite to the PostgreSQL at an address.
///
/// # Errors
/// A sentence: a server runs on the one, there is something in the other, or what arrived is not what was sent.
pub async fn copy(config: &Config, to: &str, now: Time, watch: &Watch) -> Result<Copied> {
    let Some(file) = sqlite_file(&config.database_url) else {
        return Err(Error::Bad("database_url names PostgreSQL already; `meent copy` moves from SQLite to PostgreSQL".into()));
    };
    if !file.exists() {
        return Err(Error::Bad(format!("there is no database {}", file.display())));
    }
    if !to.starts_with("postgres:") && !to.starts_with("postgresql:") {
        return Err(Error::Bad("--to must be the address of a PostgreSQL: postgres://USER:PASSWORD@HOST/NAME".into()));
    }
    let from = Db::open(&config.database_url).await?;
    let _leases = alone(&from, &config.data_dir).await?;
    from.migrate().await?;
    let into = Db::open(to).await?;
    prepare(&from, &into).await?;
    // Nobody writes there until we are done, and what we read is of one moment.
    let mut source = from.begin().await?;
    let outcome = rows_and_checks(&mut source, &into, now, watch).await;
    drop(source);
    from.close().await;
    into.close().await;
    outcome
}

/// No other process is at work on the SQLite, and none begins while this lives.
async fn alone(from: &Db, data_dir: &Path) -> Result<Vec<lease::Lease>> {
    let mut held = Vec::new();
    for slot in 0..SLOTS {
        // Those that somebody has used; a new process takes the first that is free.
        if slot > 0 && !data_dir.join("slots").join(slot.to_string()).exists() {
            break;
        }
        match lease::attempt(from, data_dir, slot).await? {
            Some(lease) => held.push(lease),
            None => {
                return Err(Error::Unavailable(
                    "Meent runs on this database. Stop it first (systemctl stop meent): what is written meanwhile would be lost".into(),
                ));
            }
        }
    }
    Ok(held)
}

/// Makes the tables where there are none; goes on where this was begun before.
async fn prepare(from: &Db, into: &Db) -> Result<()> {
    let name = settings::get(&mut from.conn(), settings::key::PUBLIC_URL).await?.unwrap_or_default();
    if copying::is_under_way(into).await? {
        let known = copying::noted(&mut into.conn(), "source", "public_url").await?.unwrap_or_default();
        if known != name {
            return Err(Error::Bad(format!(
                "a copy of {known} was begun in that database, and this is {name}. Make an empty one (createdb)"
            )));
        }
        return into.migrate().await;
    }
    if snapshots::count_tables(&mut into.conn()).await? > 0 {
        return Err(Error::Bad("there are tables in that database already. Make an empty one (createdb) and name that".into()));
    }
    // The mark comes first: whatever happens from here on, no server takes it for a whole instance.
    let mut tx = into.begin().await?;
    copying::begin(&mut tx).await?;
    copying::note(&mut tx, "source", "public_url", &name).await?;
    tx.commit().await?;
    into.migrate().await
}

async fn rows_and_checks(source: &mut Tx, into: &Db, now: Time, watch: &Watch) -> Result<Copied> {
    set_foreign_keys_aside(into).await?;
    let tables = paired(walking::tables(source).await?, &walking::tables(&mut into.conn()).await?)?;
    let mut of = 0;
    for (table, _) in &tables {
        of += u64::try_from(walking::count(source, table).await?).unwrap_or(0);
    }
    let mut done = 0;
    for (table, theirs) in &tables {
        done += copy_table(source, into, table, theirs, done, of, watch).await?;
    }
    let mut again = Vec::new();
    for (place, (table, theirs)) in tables.iter().enumerate() {
        go_on(watch)?;
        watch.at(Stage::Comparing, place as u64, tables.len() as u64);
        if same(source, into, table, theirs).await? {
            continue;
        }
        // A server ran on the one between two runs: this table is not what was copied.
        again.push(table.name.clone());
        let mut tx = into.begin().await?;
        copying::clear(&mut tx, theirs).await?;
        copying::note(&mut tx, "table", &table.name, "").await?;
        tx.commit().await?;
        copy_table(source, into, table, theirs, 0, 0, watch).await?;
        if !same(source, into, table, theirs).await? {
            return Err(Error::Internal(format!("the rows of {} that arrived are not those that were sent", table.name)));
        }
    }
    watch.at(Stage::Comparing, tables.len() as u64, tables.len() as u64);
    finish(into, now).await?;
    Ok(Copied { tables: tables.len(), rows: of, again })
}

/// The tables of the one with those of the other.
fn paired(ours: Vec<Table>, theirs: &[Table]) -> Result<Vec<(Table, Table)>> {
    if ours.len() != theirs.len() {
        return Err(Error::Internal("the two databases have different tables".into()));
    }
    let pair = |table: Table| match theirs.iter().find(|other| other.is_like(&table)) {
        Some(other) if !table.key.is_empty() => Ok((table, other.clone())),
        _ => Err(Error::Internal(format!("the two databases have different tables {}", table.name))),
    };
    ours.into_iter().map(pair).collect()
}

/// Foreign keys go until every row is there, and are remembered.
async fn set_foreign_keys_aside(into: &Db) -> Result<()> {
    let keys = copying::foreign_keys(&mut into.conn()).await?;
    let mut tx = into.begin().await?;
    for (table, name, statement) in keys {
        copying::note(&mut tx, "foreign", &format!("{table} {name}"), &statement).await?;
        copying::drop_foreign_key(&mut tx, &table, &name).await?;
    }
    tx.commit().await
}

/// Copies what is not there yet of a table; says how many rows are there now.
async fn copy_table(source: &mut Tx, into: &Db, table: &Table, theirs: &Table, before: u64, of: u64, watch: &Watch) -> Result<u64> {
    let noted = copying::noted(&mut into.conn(), "table", &table.name).await?.filter(|noted| !noted.is_empty());
    let mut rows = u64::try_from(walking::count(&mut into.conn(), theirs).await?).unwrap_or(0);
    watch.at(Stage::Rows, before + rows, of);
    if noted.as_deref() == Some(DONE) {
        return Ok(rows);
    }
    let mut last = noted;
    if last.is_none() && rows > 0 {
        // What a migration put there is in the other one too.
        let mut tx = into.begin().await?;
        copying::clear(&mut tx, theirs).await?;
        tx.commit().await?;
        rows = 0;
    }
    loop {
        go_on(watch)?;
        let page = walking::page(source, table, last.as_deref(), BATCH).await?;
        let mut tx = into.begin().await?;
        let Some((key, _)) = page.last() else {
            copying::note(&mut tx, "table", &table.name, DONE).await?;
            tx.commit().await?;
            return Ok(rows);
        };
        let batch: Vec<&str> = page.iter().map(|(_, row)| row.as_str()).collect();
        copying::insert(&mut tx, theirs, &format!("[{}]", batch.join(",")))
            .await
            .map_err(|error| Error::Unavailable(format!("rows of {} could not be copied: {error}", table.name)))?;
        copying::note(&mut tx, "table", &table.name, key).await?;
        tx.commit().await?;
        last = Some(key.clone());
        rows += page.len() as u64;
        watch.at(Stage::Rows, before + rows, of.max(before + rows));
    }
}

async fn same(source: &mut Tx, into: &Db, table: &Table, theirs: &Table) -> Result<bool> {
    let ours = walking::digest(source, table, &theirs.columns).await?;
    Ok(ours == walking::digest(&mut into.conn(), theirs, &theirs.columns).await?)
}

/// Everything is there: foreign keys come back, which checks what refers to what; what a dead process held is free; and the
/// marks go.
async fn finish(into: &Db, now: Time) -> Result<()> {
    for slot in lease::claimants(into).await? {
        lease::release_claims(into, slot).await?;
    }
    let keys = copying::all_noted(&mut into.conn(), "foreign").await?;
    let mut tx = into.begin().await?;
    for (_, statement) in keys {
        copying::restore_foreign_key(&mut tx, statement).await?;
    }
    copying::end(&mut tx).await?;
    auditing::record_at(&mut tx, now, Who::CommandLine, "database.copy", "", "from SQLite").await?;
    tx.commit().await?;
    copying::analyze(&mut into.conn()).await
}
