//! Making a copy of everything an instance holds, while it runs: the database as it is at one moment, then the pictures that
//! it names, and the region's theme. It is written beside its place and moved there when it is on the disk, so that a file
//! with its name is always whole. The configuration is not in it: it has secrets of its own and belongs to the machine.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::{Compression, write::GzEncoder};

use super::archive::{Contents, Head, Kind, Writer, private_file, sum_of};
use super::postgres::Programs;
use super::{Stage, Watch, aside, go_on, trouble};
use crate::db::{Conn, Db, Tx, snapshots, walking};
use crate::error::{Error, Result};
use crate::model::Time;
use crate::ops::{Core, files};

/// Names of pictures that are read from the database at a time.
const BATCH: i64 = 500;
const BLOCK: usize = 256 * 1024;

/// A copy that was made.
#[derive(Clone, Debug)]
pub struct Made {
    pub path: PathBuf,
    pub bytes: u64,
    /// SHA-256 of the file, in hexadecimal; also in the file beside it that `sha256sum --check` reads.
    pub sha256: String,
    pub contents: Contents,
    pub began: Time,
}

/// What is written beside the place of a copy until it is whole; thrown away with this, however it ends. The first one is
/// locked, so that nobody takes the work of a living process for what a dead one left.
#[derive(Debug)]
struct Beside {
    part: PathBuf,
    list: PathBuf,
    database: PathBuf,
    turn: PathBuf,
    _lock: std::fs::File,
}

/// The name of what lies beside `file` while it is made.
fn beside(file: &Path, end: &str) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!(".{name}.{end}"))
}

impl Beside {
    fn new(file: &Path) -> Result<Self> {
        let turn = beside(file, "turn");
        let lock = std::fs::File::options().create(true).truncate(false).write(true).open(&turn).map_err(trouble(&turn))?;
        lock.try_lock().map_err(|_| Error::Bad(format!("another process is making {} at this moment", file.display())))?;
        let beside = Self { part: beside(file, "part"), list: beside(file, "list"), database: beside(file, "database"), turn, _lock: lock };
        beside.clear();
        Ok(beside)
    }

    fn clear(&self) {
        for path in [&self.part, &self.list, &self.database] {
            for path in [path.clone(), with_end(path, "-wal"), with_end(path, "-shm"), with_end(path, "-journal")] {
                // Not there, most of the time.
                let _ = std::fs::remove_file(path);
            }
        }
    }
}

pub(super) fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

impl Drop for Beside {
    fn drop(&mut self) {
        self.clear();
        let _ = std::fs::remove_file(&self.turn);
    }
}

/// Throws away what copies left half made in a folder whose process died; those of a living one stay.
pub(super) fn clear_the_dead(folder: &Path) -> Result<()> {
    for entry in std::fs::read_dir(folder).map_err(trouble(folder))? {
        let name = entry.map_err(trouble(folder))?.file_name().to_string_lossy().into_owned();
        if let Some(of) = name.strip_prefix('.').and_then(|name| name.strip_suffix(".turn")) {
            // Made anew and dropped: if the lock is free, everything beside goes.
            drop(Beside::new(&folder.join(of)));
        }
    }
    Ok(())
}

/// The database at one moment.
enum Moment {
    /// A copy in a file of its own.
    Sqlite(Db, Conn),
    /// A transaction that sees it, and its name for `pg_dump`.
    Postgres(Tx, String),
}

impl Moment {
    fn conn(&mut self) -> &mut Conn {
        match self {
            Self::Sqlite(_, conn) => conn,
            Self::Postgres(tx, _) => tx,
        }
    }
}

/// Makes a copy.
///
/// # Errors
/// A file that is there already, and whatever can't be read or written; nothing is left of it then.
pub async fn make(core: &Core, file: &Path, watch: &Watch) -> Result<Made> {
    let began = core.now();
    if file.exists() {
        return Err(Error::Bad(format!("{} is there already; a backup never overwrites anything", file.display())));
    }
    let beside = Beside::new(file)?;
    let schema = core.db.migrations().await?.into_iter().filter(|(.., applied)| *applied).map(|(version, ..)| version).max().unwrap_or(0);
    let head = Head::new(began, core.urls.base(), Kind::of(&core.config.database_url), schema);
    watch.at(Stage::Database, 0, 0);
    let mut moment = moment_of(core, &beside, watch).await?;
    let mut contents = Contents { tables: counted(moment.conn()).await?, ..Contents::default() };
    let (part, list) = (beside.part.clone(), beside.list.clone());
    let mut writer = aside(move || Writer::begin(&part, &list, &head)).await?;
    writer = match &mut moment {
        Moment::Sqlite(..) => add_sqlite(writer, beside.database.clone(), watch).await?,
        Moment::Postgres(tx, name) => {
            let major = snapshots::postgres_version(tx).await?;
            let programs = Programs::new(&core.config, &core.config.database_url, major)?;
            let (name, watch) = (name.clone(), watch.clone());
            aside(move || {
                writer.database(Kind::Postgres, |into| programs.dump(&name, into, &watch))?;
                Ok(writer)
            })
            .await?
        }
    };
    writer = add_theme(core, writer).await?;
    writer = add_pictures(core, moment.conn(), writer, &mut contents, watch).await?;
    if let Moment::Sqlite(db, _) = &moment {
        db.close().await;
    }
    let (whole, place, watch) = (contents.clone(), file.to_owned(), watch.clone());
    let (sha256, bytes) = aside(move || {
        writer.end(&whole)?;
        let summed = sum_of(&beside.part, Stage::Reading, &watch)?;
        put_in_place(&beside, &place, &summed.0)?;
        Ok(summed)
    })
    .await?;
    Ok(Made { path: file.to_owned(), bytes, sha256, contents, began })
}

async fn moment_of(core: &Core, beside: &Beside, watch: &Watch) -> Result<Moment> {
    Ok(match &core.db {
        Db::Sqlite { .. } => {
            private_file(&beside.database)?;
            let watching = watch.clone();
            let copied = snapshots::vacuum_into(&core.db, &beside.database, move || !watching.stopped()).await;
            go_on(watch)?;
            copied?;
            let copy = Db::open(&format!("sqlite:{}", beside.database.display())).await?;
            let conn = copy.conn();
            Moment::Sqlite(copy, conn)
        }
        Db::Postgres(..) => {
            let mut tx = core.db.begin().await?;
            let name = snapshots::share_moment(&mut tx).await?;
            Moment::Postgres(tx, name)
        }
    })
}

/// The rows of every table.
pub(super) async fn counted(conn: &mut Conn) -> Result<BTreeMap<String, i64>> {
    let mut counts = BTreeMap::new();
    for table in walking::tables(conn).await? {
        let rows = walking::count(conn, &table).await?;
        counts.insert(table.name, rows);
    }
    Ok(counts)
}

async fn add_sqlite(mut writer: Writer, copy: PathBuf, watch: &Watch) -> Result<Writer> {
    let watch = watch.clone();
    aside(move || {
        let mut from = std::fs::File::open(&copy).map_err(trouble(&copy))?;
        let of = from.metadata().map_err(trouble(&copy))?.len();
        writer.database(Kind::Sqlite, |into| {
            let mut into = GzEncoder::new(into, Compression::fast());
            let (mut block, mut done) = (vec![0; BLOCK], 0);
            loop {
                go_on(&watch)?;
                let read = std::io::Read::read(&mut from, &mut block).map_err(trouble(&copy))?;
                if read == 0 {
                    break;
                }
                into.write_all(&block[..read]).map_err(trouble(&copy))?;
                done += read as u64;
                watch.at(Stage::Database, done, of);
            }
            into.finish().map(drop).map_err(trouble(&copy))
        })?;
        Ok(writer)
    })
    .await
}

async fn add_theme(core: &Core, mut writer: Writer) -> Result<Writer> {
    match tokio::fs::read(core.config.data_dir.join("theme.css")).await {
        Ok(theme) => {
            aside(move || {
                writer.theme(&theme)?;
                Ok(writer)
            })
            .await
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(writer),
        Err(error) => Err(Error::Unavailable(format!("theme.css: {error}"))),
    }
}

/// The pictures that the database names. Pictures never change under their name; one that was thrown away since the moment of
/// the database is noted.
async fn add_pictures(core: &Core, conn: &mut Conn, mut writer: Writer, contents: &mut Contents, watch: &Watch) -> Result<Writer> {
    let of = u64::try_from(contents.tables.get("file").copied().unwrap_or(0)).unwrap_or(0);
    let mut last = String::new();
    loop {
        let batch = snapshots::pictures_after(conn, &last, BATCH).await?;
        let Some((end, _)) = batch.last() else { return Ok(writer) };
        end.as_str().clone_into(&mut last);
        for (hash, _) in batch {
            go_on(watch)?;
            let sizes = match files::read(core, &hash, false).await {
                Ok(large) => files::read(core, &hash, true).await.map(|small| (large, small)),
                Err(error) => Err(error),
            };
            match sizes {
                Ok((large, small)) => {
                    contents.pictures += 1;
                    writer = aside(move || {
                        writer.picture(&hash, &large, &small)?;
                        Ok(writer)
                    })
                    .await?;
                }
                Err(Error::NotFound) => contents.missing.push(hash.to_string()),
                Err(error) => return Err(error),
            }
            watch.at(Stage::Pictures, contents.pictures + contents.missing.len() as u64, of);
        }
    }
}

/// Moves a finished copy to its place, with the file that `sha256sum --check` reads; both last when this returns.
fn put_in_place(beside: &Beside, place: &Path, sum: &str) -> Result<()> {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    std::fs::remove_file(&beside.list).map_err(trouble(&beside.list))?;
    let mut list = private_file(&beside.list)?;
    list.write_all(format!("{sum}  {name}\n").as_bytes()).and_then(|()| list.sync_all()).map_err(trouble(&beside.list))?;
    // A link fails where there is something meanwhile; a rename would take its place.
    std::fs::hard_link(&beside.part, place)
        .or_else(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => Err(error),
            // A file system without links.
            _ => std::fs::rename(&beside.part, place),
        })
        .map_err(trouble(place))?;
    std::fs::rename(&beside.list, with_end(place, ".sha256")).map_err(trouble(place))?;
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(trouble(folder))
}
