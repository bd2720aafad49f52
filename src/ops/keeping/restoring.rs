//! Putting a copy back where nothing is. A copy is read to its end and checked before
//! anything is written; the database comes last, so that whatever goes wrong leaves no instance that is half there.

use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use tokio::sync::mpsc;

use super::archive::{Checked, Head, Kind, Piece, check, private_file, visit, whole};
use super::making::{counted, with_end};
use super::postgres::Programs;
use super::{Stage, Watch, aside, go_on, trouble};
use crate::config::Config;
use crate::db::jobs::{self, JobKind};
use crate::db::settings::{self, key};
use crate::db::{self, Db, lease, snapshots};
use crate::error::{Error, Result};
use crate::model::{Clock, FileHash, JobId};
use crate::ops::auditing::{self, Who};
use crate::ops::keys::KeyMaker;
use crate::ops::{Core, files};

const BLOCK: usize = 256 * 1024;
/// Stands in `data_dir` while a copy is put back: what lies there then is a part of it, and may go.
const MARK: &str = "restoring";

/// What was put back.
#[derive(Clone, Debug)]
pub struct Restored {
    pub checked: Checked,
    /// Mails that waited, and wait for an administrator now.
    pub mails: u64,
}

async fn empty_again(database_url: &str) -> Result<()> {
    let db = Db::open(database_url).await?;
    let done = snapshots::drop_tables(&mut db.conn()).await;
    db.close().await;
    done
}

/// Refuses to start where a copy is being put back, or was when the machine stopped.
///
/// # Errors
/// With a sentence what to do.
pub fn refuse_unfinished(config: &Config) -> Result<()> {
    let mark = config.data_dir.join(MARK);
    if !mark.exists() {
        return Ok(());
    }
    Err(Error::Unavailable(format!(
        "a backup is being restored here, or that was interrupted. Run `meent restore` again (on PostgreSQL with an empty database), or remove {} to begin with what is there",
        mark.display()
    )))
}

/// Puts a copy back into the place that the configuration names.
///
/// # Errors
/// A sentence: the copy is no good, the place is not empty, or it can't be written. Then nothing of it is there.
pub async fn restore(config: &Config, clock: &Clock, file: &Path, watch: &Watch) -> Result<Restored> {
    let checked = checked(file, clock, watch).await?;
    let kind = Kind::of(&config.database_url);
    if kind != checked.head.database {
        return Err(Error::Bad(format!(
            "this backup is of {}, and database_url names {kind}. Restore it into {} first; `meent copy` moves from SQLite to PostgreSQL",
            checked.head.database, checked.head.database
        )));
    }
    let place = Place::empty(config).await?;
    match put_back(&place, clock, file, &checked, true, watch).await {
        Ok(mails) => {
            place.unmark()?;
            Ok(Restored { checked, mails })
        }
        Err(error) => {
            place.clear().await;
            Err(error)
        }
    }
}

/// The copy, read to its end; one that this machine can't take is refused here.
pub(super) async fn checked(file: &Path, clock: &Clock, watch: &Watch) -> Result<Checked> {
    let (path, watching) = (file.to_owned(), watch.clone());
    let checked = aside(move || check(&path, &watching)).await?;
    let Head { made_by, made_at, schema, .. } = &checked.head;
    if db::newest_migration() < *schema {
        return Err(Error::Bad(format!("this backup was made by a newer Meent ({made_by}): use that one")));
    }
    // Ids are made of the time: with a clock that is behind, those that were given out after the backup would come again.
    if *made_at > clock.now() {
        return Err(Error::Bad(format!(
            "this backup was made at {}, which has not come yet on this machine: set its clock right",
            made_at.rfc3339()
        )));
    }
    Ok(checked)
}

/// Where a copy goes.
#[derive(Debug)]
pub(super) struct Place {
    config: Config,
    db: PlaceDb,
}

#[derive(Debug)]
enum PlaceDb {
    /// Written beside its name first.
    Sqlite {
        to: PathBuf,
        beside: PathBuf,
    },
    Postgres(Db),
}

impl Place {
    /// The place, when nothing is there.
    pub(super) async fn empty(config: &Config) -> Result<Self> {
        let folder = &config.data_dir;
        std::fs::create_dir_all(folder).map_err(trouble(folder))?;
        let theirs = if folder.join(MARK).exists() { &[][..] } else { &["files", "theme.css"][..] };
        for name in theirs {
            let path = folder.join(name);
            let used = path.is_file() || std::fs::read_dir(&path).is_ok_and(|mut inside| inside.next().is_some());
            if used {
                return Err(Error::Bad(format!(
                    "{} is there already, and a backup is only restored where nothing is. Move it away, or set data_dir to an empty folder",
                    path.display()
                )));
            }
        }
        let db = if let Some(to) = db::sqlite_file(&config.database_url) {
            // What an earlier one left behind would be taken for a part of this one.
            if let Some(there) = ["", "-wal", "-shm", "-journal"].map(|end| with_end(to, end)).into_iter().find(|path| path.exists()) {
                return Err(Error::Bad(format!(
                    "{} is there already, and a backup is only restored where nothing is. Stop Meent, move {} and the files with its name and -wal and -shm away, and try again",
                    there.display(),
                    to.display()
                )));
            }
            PlaceDb::Sqlite { to: to.to_owned(), beside: with_end(to, ".restoring") }
        } else {
            let db = Db::open(&config.database_url).await?;
            if snapshots::count_tables(&mut db.conn()).await? > 0 {
                db.close().await;
                return Err(Error::Bad(
                    "there are tables in the database that database_url names, and a backup is only restored where nothing is. Make an empty one (createdb) and name that in database_url".into(),
                ));
            }
            PlaceDb::Postgres(db)
        };
        let place = Self { config: config.clone(), db };
        std::fs::write(folder.join(MARK), b"").map_err(trouble(folder))?;
        place.clear_database();
        Ok(place)
    }

    fn clear_database(&self) {
        if let PlaceDb::Sqlite { beside, .. } = &self.db {
            for end in ["", "-wal", "-shm", "-journal"] {
                // Not there, most of the time.
                let _ = std::fs::remove_file(with_end(beside, end));
            }
        }
    }

    /// Takes away what was put there.
    async fn clear(&self) {
        self.clear_database();
        if matches!(self.db, PlaceDb::Postgres(_))
            && let Err(error) = empty_again(&self.config.database_url).await
        {
            tracing::warn!(%error, "the tables that were put there could not be removed: make a new database");
        }
        remove_folder(&self.config.data_dir.join("files"));
        for name in ["theme.css", MARK] {
            let _ = std::fs::remove_file(self.config.data_dir.join(name));
        }
    }

    fn unmark(&self) -> Result<()> {
        let mark = self.config.data_dir.join(MARK);
        std::fs::remove_file(&mark).map_err(trouble(&mark))
    }
}

fn remove_folder(folder: &Path) {
    if let Err(error) = std::fs::remove_dir_all(folder)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(folder = %folder.display(), %error, "it could not be removed");
    }
}

/// Pictures first, then the database; with `settle`, made ready to go on as the instance that it was. Says how many mails
/// wait for an administrator then.
pub(super) async fn put_back(place: &Place, clock: &Clock, file: &Path, checked: &Checked, settle: bool, watch: &Watch) -> Result<u64> {
    let (path, kind) = (file.to_owned(), checked.head.database);
    match &place.db {
        PlaceDb::Sqlite { to, beside } => {
            extract_sqlite(path, beside.clone(), checked, watch).await?;
            let db = Db::open(&format!("sqlite:{}", beside.display())).await?;
            let outcome = fill(place, db.clone(), clock, file, checked, settle, watch).await;
            db.close().await;
            let mails = outcome?;
            // Closing works what is left of the log into the file, and does not say when it can't.
            let log = with_end(beside, "-wal");
            if std::fs::metadata(&log).is_ok_and(|left| left.len() > 0) {
                return Err(Error::Unavailable(format!("{} could not be worked into the database: is the disk full?", log.display())));
            }
            std::fs::rename(beside, to).map_err(trouble(to))?;
            let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(trouble(folder))?;
            Ok(mails)
        }
        PlaceDb::Postgres(db) => {
            let major = snapshots::postgres_version(&mut db.conn()).await?;
            let programs = Programs::new(&place.config, &place.config.database_url, major)?;
            pictures_back(place, db.clone(), clock, file, checked, watch).await?;
            let watching = watch.clone();
            aside(move || visit(&path, kind, |piece| *piece == Piece::Database, |_, size, from| programs.restore(from, size, &watching)))
                .await?;
            let mails = finish(place, db.clone(), clock, checked, settle, watch).await;
            db.close().await;
            mails
        }
    }
}

async fn fill(place: &Place, db: Db, clock: &Clock, file: &Path, checked: &Checked, settle: bool, watch: &Watch) -> Result<u64> {
    pictures_back(place, db.clone(), clock, file, checked, watch).await?;
    finish(place, db, clock, checked, settle, watch).await
}

async fn extract_sqlite(path: PathBuf, to: PathBuf, checked: &Checked, watch: &Watch) -> Result<()> {
    let (kind, watching) = (checked.head.database, watch.clone());
    if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(trouble(folder))?;
    }
    aside(move || {
        visit(
            &path,
            kind,
            |piece| *piece == Piece::Database,
            |_, _, from| {
                let mut into = private_file(&to)?;
                let (mut from, mut block, mut done) = (GzDecoder::new(from), vec![0; BLOCK], 0);
                loop {
                    go_on(&watching)?;
                    let read = std::io::Read::read(&mut from, &mut block).map_err(trouble(&to))?;
                    if read == 0 {
                        return into.sync_all().map_err(trouble(&to));
                    }
                    into.write_all(&block[..read]).map_err(trouble(&to))?;
                    done += read as u64;
                    watching.at(Stage::PuttingBack, done, 0);
                }
            },
        )
    })
    .await
}

/// What a thread that reads the copy hands over.
enum Handed {
    Theme(Vec<u8>),
    Picture(FileHash, Vec<u8>, Vec<u8>),
}

async fn pictures_back(place: &Place, db: Db, clock: &Clock, file: &Path, checked: &Checked, watch: &Watch) -> Result<()> {
    let core = bare_core(place, db, clock)?;
    let (path, kind, watching) = (file.to_owned(), checked.head.database, watch.clone());
    // A few at a time: whoever reads waits for who writes.
    let (hand, mut handed) = mpsc::channel(2);
    let reading = aside(move || {
        let mut large: Option<(FileHash, Vec<u8>)> = None;
        visit(
            &path,
            kind,
            |piece| *piece != Piece::Database,
            |piece, size, from| {
                go_on(&watching)?;
                let bytes = whole(from, size)?;
                let ready = match piece {
                    Piece::Picture { hash, small: false } => {
                        large = Some((hash, bytes));
                        return Ok(());
                    }
                    Piece::Picture { hash, small: true } => match large.take().filter(|(known, _)| *known == hash) {
                        Some((hash, large)) => Handed::Picture(hash, large, bytes),
                        None => return Err(Error::Bad(format!("one of the two sizes of the picture {hash} is missing"))),
                    },
                    _ => Handed::Theme(bytes),
                };
                // Nobody takes it any more: the other side has said why.
                hand.blocking_send(ready).map_err(|_| Error::Unavailable("it could not be written".into()))
            },
        )
    });
    let of = checked.contents.pictures;
    let writing = async {
        let mut done = 0;
        while let Some(ready) = handed.recv().await {
            match ready {
                Handed::Theme(bytes) => {
                    let path = place.config.data_dir.join("theme.css");
                    tokio::fs::write(&path, bytes).await.map_err(trouble(&path))?;
                }
                Handed::Picture(hash, large, small) => {
                    files::write(&core, &hash, false, large.into()).await?;
                    files::write(&core, &hash, true, small.into()).await?;
                    done += 1;
                    watch.at(Stage::PicturesBack, done, of);
                }
            }
        }
        drop(handed);
        Ok(())
    };
    let (read, written) = tokio::join!(reading, writing);
    written.and(read)
}

/// An instance for its pictures only: its database need not have tables yet.
fn bare_core(place: &Place, db: Db, clock: &Clock) -> Result<Core> {
    Core::bare(place.config.clone(), db, clock.clone(), 0, KeyMaker::Generate)
}

/// Compares the database with what the copy says of it, and makes it ready.
async fn finish(place: &Place, db: Db, clock: &Clock, checked: &Checked, settle: bool, watch: &Watch) -> Result<u64> {
    watch.at(Stage::Comparing, 0, checked.contents.tables.len() as u64);
    let wrong = snapshots::integrity(&mut db.conn()).await?;
    if wrong != "ok" {
        return Err(Error::Bad(format!("the database in the backup is damaged: {wrong}")));
    }
    let found = counted(&mut db.conn()).await?;
    for (table, rows) in &checked.contents.tables {
        let there = found.get(table).copied().unwrap_or(0);
        if there != *rows {
            return Err(Error::Bad(format!("{there} rows of {table} were put back, {rows} should have been")));
        }
    }
    watch.at(Stage::Comparing, found.len() as u64, found.len() as u64);
    if !settle {
        return Ok(0);
    }
    db.migrate().await?;
    let core = Core::new(place.config.clone(), db, clock.clone(), 0, KeyMaker::Generate).await?;
    make_ready(&core, &checked.head).await
}

/// What must differ from the copy: the world went on since it was made.
async fn make_ready(core: &Core, head: &Head) -> Result<u64> {
    for slot in lease::claimants(&core.db).await? {
        lease::release_claims(&core.db, slot).await?;
    }
    let now = core.now();
    let mut tx = core.db.begin().await?;
    snapshots::end_sessions(&mut tx).await?;
    snapshots::forget_password_links(&mut tx).await?;
    let mails = snapshots::doubt_mails(&mut tx).await?;
    // What other servers have said since then was answered 202, and they won't say it again by themselves.
    for (group,) in snapshots::followed_groups(&mut tx).await? {
        jobs::enqueue(&mut tx, JobId(core.ids.next()), JobKind::CheckGroup, &group.to_string(), now).await?;
    }
    for (person,) in snapshots::guests_of_ours(&mut tx).await? {
        jobs::enqueue(&mut tx, JobId(core.ids.next()), JobKind::CatchUp, &person.to_string(), now).await?;
    }
    let when = serde_json::json!({"made_at": head.made_at, "restored_at": now}).to_string();
    settings::set(&mut tx, key::RESTORED, &when).await?;
    auditing::record(core, &mut tx, Who::CommandLine, "backup.restore", "", &head.made_at.rfc3339()).await?;
    core.commit(tx).await?;
    Ok(mails)
}
