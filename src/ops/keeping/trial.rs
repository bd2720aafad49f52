//! Trying whether a copy could be put back: into a temporary place, which is compared with what the copy says and thrown away.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::archive::{Checked, Kind};
use super::postgres::with_database;
use super::restoring::{Place, checked, put_back};
use super::{Watch, go_on, trouble};
use crate::config::{Config, Files};
use crate::db::{Db, snapshots};
use crate::error::{Error, Result};
use crate::model::{Clock, FileHash};
use crate::ops::keys::KeyMaker;
use crate::ops::members::random_token;
use crate::ops::{Core, files};

/// What the name of a temporary folder begins with; the rest of it names the database as well.
const FOLDER: &str = "verify-";

/// Puts a copy back into a temporary place, and compares what is there then with what the copy says.
///
/// # Errors
/// A sentence that says what is not right, or what could not be tried.
pub async fn verify(config: &Config, clock: &Clock, file: &Path, watch: &Watch) -> Result<Checked> {
    let checked = checked(file, clock, watch).await?;
    clear_the_dead(config).await;
    let trial = Trial::make(config, checked.head.database).await?;
    let outcome = try_out(&trial.config, clock, file, &checked, watch).await;
    let ended = trial.end().await;
    outcome?;
    ended?;
    Ok(checked)
}

/// A place that is there for a trial only. Its folder is locked, so that nobody takes the one of a living process for what a dead
/// one left.
#[derive(Debug)]
struct Trial {
    /// That of the instance, with this place in it.
    config: Config,
    folder: PathBuf,
    /// The server and the name of the database on it.
    database: Option<(Db, String)>,
    _lock: File,
}

impl Trial {
    async fn make(config: &Config, kind: Kind) -> Result<Self> {
        let token = token();
        let folder = config.data_dir.join(format!("{FOLDER}{token}"));
        // It gets the name by which others find it once it is locked.
        let unnamed = config.data_dir.join(format!(".{FOLDER}{token}"));
        std::fs::create_dir_all(&unnamed).map_err(trouble(&unnamed))?;
        let lock = File::open(&unnamed).map_err(trouble(&unnamed))?;
        lock.lock().map_err(trouble(&unnamed))?;
        std::fs::rename(&unnamed, &folder).map_err(trouble(&folder))?;
        // Also the pictures: what is tried must not lie among those that are in use.
        let there = Config { data_dir: folder.clone(), files: Files::default(), ..config.clone() };
        let mut trial = Self { config: there, folder, database: None, _lock: lock };
        if kind == Kind::Sqlite {
            trial.config.database_url = format!("sqlite:{}", trial.folder.join("meent.db").display());
        } else {
            match make_database(config, &database_name(&token)).await {
                Ok((server, address)) => {
                    trial.config.database_url = address;
                    trial.database = Some((server, database_name(&token)));
                }
                Err(error) => {
                    trial.end().await?;
                    return Err(Error::Bad(format!(
                        "every file in the backup is what was put into it, but the database in it was not tried: {error}. For that, database_url must name a PostgreSQL on which its user may make databases (ALTER USER ... CREATEDB)"
                    )));
                }
            }
        }
        Ok(trial)
    }

    /// Throws it away; the folder last, by which the database is found again.
    async fn end(self) -> Result<()> {
        if let Some((server, name)) = self.database {
            let dropped = snapshots::drop_database(&mut server.conn(), &name).await;
            server.close().await;
            dropped?;
        }
        match std::fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(trouble(&self.folder)(error)),
            _ => Ok(()),
        }
    }
}

/// A name that nobody else has, in letters that a database's name may have too.
fn token() -> String {
    random_token().replace('-', "_").to_lowercase()
}

/// Whether [`token`] made it. A folder with another name is not ours.
fn is_token(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn database_name(token: &str) -> String {
    format!("meent_verify_{token}")
}

/// An empty database beside that of the instance, with its server and its address.
async fn make_database(config: &Config, name: &str) -> Result<(Db, String)> {
    if Kind::of(&config.database_url) != Kind::Postgres {
        return Err(Error::Bad("database_url names no PostgreSQL".into()));
    }
    let server = Db::open(&config.database_url).await?;
    snapshots::create_database(&mut server.conn(), name).await?;
    Ok((server, with_database(&config.database_url, name)?))
}

/// Throws away what trials left whose process died: a whole instance, with its keys. That of a living one stays. What can't be thrown
/// away is told, and keeps nobody from trying another.
async fn clear_the_dead(config: &Config) {
    let Ok(entries) = std::fs::read_dir(&config.data_dir) else { return };
    for folder in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if let Err(error) = clear(config, &folder).await {
            tracing::warn!(folder = %folder.display(), %error, "what a trial left could not be removed");
        }
    }
}

async fn clear(config: &Config, folder: &Path) -> Result<()> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let Some(token) = name.strip_prefix(FOLDER).filter(|token| is_token(token)) else { return Ok(()) };
    let lock = match File::open(folder) {
        // Another process was quicker.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        opened => opened.map_err(trouble(folder))?,
    };
    if lock.try_lock().is_err() {
        return Ok(());
    }
    let database = match Kind::of(&config.database_url) {
        Kind::Sqlite => None,
        Kind::Postgres => Some((Db::open(&config.database_url).await?, database_name(token))),
    };
    Trial { config: config.clone(), folder: folder.to_owned(), database, _lock: lock }.end().await
}

async fn try_out(there: &Config, clock: &Clock, file: &Path, checked: &Checked, watch: &Watch) -> Result<()> {
    let place = Place::empty(there).await?;
    put_back(&place, clock, file, checked, false, watch).await?;
    let db = Db::open(&there.database_url).await?;
    let core = Core::new(there.clone(), db, clock.clone(), 0, KeyMaker::Generate).await?;
    let outcome = compare_pictures(&core, checked, watch).await;
    core.db.close().await;
    outcome
}

/// Reads the pictures that were put back: each must be there and be what its name says.
async fn compare_pictures(core: &Core, checked: &Checked, watch: &Watch) -> Result<()> {
    let (mut found, mut last) = (0, String::new());
    loop {
        let batch = snapshots::pictures_after(&mut core.db.conn(), &last, 500).await?;
        let Some((end, _)) = batch.last() else { break };
        end.as_str().clone_into(&mut last);
        for (hash, _) in batch {
            go_on(watch)?;
            let sizes = (files::read(core, &hash, false).await, files::read(core, &hash, true).await);
            match sizes {
                (Ok(large), Ok(_)) if FileHash::of(&<sha2::Sha256 as sha2::Digest>::digest(&large)) == hash => found += 1,
                (Err(Error::NotFound), _) if checked.contents.missing.iter().any(|missing| missing == hash.as_str()) => {}
                _ => return Err(Error::Bad(format!("the picture {hash} is not what it should be"))),
            }
        }
    }
    if found == checked.contents.pictures {
        Ok(())
    } else {
        Err(Error::Bad(format!("{found} pictures are there, {} should be", checked.contents.pictures)))
    }
}

#[cfg(test)]
mod tests {
    use super::{is_token, token};

    #[test]
    fn only_what_a_trial_made_is_ever_thrown_away() {
        assert!(is_token(&token()));
        for other in ["old-backup", "", &token()[1..], &"A".repeat(43)] {
            assert!(!is_token(other), "{other}");
        }
    }
}
