//! Pictures on disk: keeping them, knowing who uses them, throwing them away with their last user.
//!
//! A picture lies in `{data_dir}/files/{first two of its hash}/{hash}`, its small size beside it in `{hash}-small`; its row
//! is committed when both are there. What nobody uses any more is marked in the transaction that ends the use, and thrown
//! away by [`tidy`] an hour later: row and files under one lock of the row, so that whoever keeps the same picture at that
//! moment comes before or after it.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use tokio::sync::{OnceCell, Semaphore};

use super::Core;
use super::members::random_token;
use super::pictures::{Flaw, Shape, prepare};
use crate::db::settings::{self, key};
use crate::db::{Tx, actors, attachments, files};
use crate::error::{Error, Result};
use crate::model::{Actor, ActorId, FileHash, Picture, Time};

/// Pictures that are read at the same time: each takes up to 300 MB for a moment.
const READ_AT_ONCE: usize = 2;
/// Pictures that are fetched from other servers at the same time.
const FETCHED_AT_ONCE: usize = 8;
/// How long a picture lies that nobody uses any more.
const UNUSED_KEPT: i64 = Time::HOUR;
/// How long one lies that was uploaded and is not used yet: somebody may still be writing.
const UPLOAD_KEPT: i64 = Time::DAY;
/// Most pictures that a member can have lying unused.
const MOST_UNUSED: i64 = 40;
/// Thrown away in one go.
const BATCH: i64 = 500;

/// What the work on pictures shares within this process.
#[derive(Debug)]
pub struct Desk {
    reading: Arc<Semaphore>,
    pub(super) fetching: Semaphore,
    under_way: Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>,
    form_key: OnceCell<hmac::Key>,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            reading: Arc::new(Semaphore::new(READ_AT_ONCE)),
            fetching: Semaphore::new(FETCHED_AT_ONCE),
            under_way: Mutex::default(),
            form_key: OnceCell::new(),
        }
    }
}

impl Desk {
    /// What those share who want the same thing fetched: one of them goes.
    pub(super) fn turn(&self, url: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.retain(|_, turn| turn.strong_count() > 0);
        if let Some(turn) = under_way.get(url).and_then(Weak::upgrade) {
            return turn;
        }
        let turn = Arc::new(tokio::sync::Mutex::new(()));
        under_way.insert(url.to_owned(), Arc::downgrade(&turn));
        turn
    }
}

fn folder(core: &Core) -> PathBuf {
    core.config.data_dir.join("files")
}

fn place(core: &Core, hash: &FileHash) -> (PathBuf, PathBuf) {
    let folder = folder(core).join(hash.folder());
    (folder.join(hash.as_str()), folder.join(format!("{hash}-small")))
}

async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| Error::Internal(error.to_string()))?;
    // A full disk passes; so may others.
    done.map_err(|error| Error::Unavailable(format!("the folder for pictures: {error}")))
}

/// Takes what a member uploaded for a form that may still come back: unused until it is used, and kept for a day.
///
/// # Errors
/// [`Error::TooMany`] when too many lie unused already. Inside: why it is no picture that we take.
pub async fn upload(core: &Core, member: &Actor, bytes: Vec<u8>, shape: Shape) -> Result<Result<Picture, Flaw>> {
    if files::count_unused_of(&mut core.db.conn(), member.id).await? >= MOST_UNUSED {
        return Err(Error::TooMany(UNUSED_KEPT / Time::SECOND));
    }
    store(core, Some(member.id), bytes, shape).await
}

/// Reads, writes anew and keeps a picture.
pub(super) async fn store(core: &Core, owner: Option<ActorId>, bytes: Vec<u8>, shape: Shape) -> Result<Result<Picture, Flaw>> {
    let turn = core.desk.reading.clone().acquire_owned().await.map_err(|error| Error::Internal(error.to_string()))?;
    let work = tokio::task::spawn_blocking(move || {
        // Held until the work ends, also when nobody waits for it any more.
        let _turn = turn;
        prepare(&bytes, shape)
    });
    let prepared = match work.await {
        Ok(Ok(prepared)) => prepared,
        Ok(Err(flaw)) => return Ok(Err(flaw)),
        // A reader that fell over something in the file.
        Err(error) if error.is_panic() => return Ok(Err(Flaw::Broken)),
        Err(error) => return Err(Error::Internal(error.to_string())),
    };
    let now = core.now();
    let picture = Picture {
        hash: prepared.hash.clone(),
        media_type: prepared.media_type.to_owned(),
        width: i64::from(prepared.width),
        height: i64::from(prepared.height),
        bytes: i64::try_from(prepared.large.len() + prepared.small.len()).unwrap_or(i64::MAX),
        owner_id: owner,
        created_at: now,
        unused_at: Some(now.plus(UPLOAD_KEPT - UNUSED_KEPT)),
    };
    let aside = folder(core).join("tmp").join(random_token());
    let (large, small) = place(core, &picture.hash);
    let written = aside.clone();
    on_disk(move || write_aside(&written, &prepared.large, &prepared.small)).await?;
    // While the row is locked, so that tidying does not throw away what we put there.
    let mut tx = core.db.begin().await?;
    files::insert(&mut tx, &picture).await?;
    on_disk(move || put_in_place(&aside, &large, &small)).await?;
    tx.commit().await?;
    files::by_hash(&mut core.db.conn(), &picture.hash).await.map(|kept| Ok(kept.unwrap_or(picture)))
}

fn small_of(path: &Path) -> PathBuf {
    path.with_extension("small")
}

/// Puts a picture in its place that a copy of this instance holds; its row comes with the database.
pub(super) async fn put_back(core: &Core, hash: &FileHash, large: Vec<u8>, small: Vec<u8>) -> Result<()> {
    let aside = folder(core).join("tmp").join(random_token());
    let (large_path, small_path) = place(core, hash);
    on_disk(move || {
        write_aside(&aside, &large, &small)?;
        put_in_place(&aside, &large_path, &small_path)
    })
    .await
}

fn write_aside(aside: &Path, large: &[u8], small: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = aside.parent() {
        std::fs::create_dir_all(folder)?;
    }
    for (path, bytes) in [(aside.to_owned(), large), (small_of(aside), small)] {
        let mut file = std::fs::File::create_new(path)?;
        file.write_all(bytes)?;
        file.sync_all()?;
    }
    Ok(())
}

fn put_in_place(aside: &Path, large: &Path, small: &Path) -> std::io::Result<()> {
    let Some(folder) = large.parent() else { return Ok(()) };
    std::fs::create_dir_all(folder)?;
    std::fs::rename(small_of(aside), small)?;
    std::fs::rename(aside, large)?;
    // The names last too.
    std::fs::File::open(folder)?.sync_all()?;
    folder.parent().map_or(Ok(()), |above| std::fs::File::open(above)?.sync_all())
}

/// Whether both sizes of a picture lie on the disk.
pub(super) async fn is_there(core: &Core, hash: &FileHash) -> Result<bool> {
    let (large, small) = place(core, hash);
    on_disk(move || Ok(large.try_exists()? && small.try_exists()?)).await
}

/// The bytes of a picture.
///
/// # Errors
/// [`Error::NotFound`] when it is not on the disk.
pub async fn read(core: &Core, hash: &FileHash, small: bool) -> Result<Vec<u8>> {
    let (large_path, small_path) = place(core, hash);
    match tokio::fs::read(if small { small_path } else { large_path }).await {
        Ok(bytes) => Ok(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            tracing::warn!(%hash, "a picture is in the database and not on the disk");
            Err(Error::NotFound)
        }
        Err(error) => Err(Error::Unavailable(format!("the picture {hash}: {error}"))),
    }
}

/// Begins to use a picture: from here on it stays.
///
/// # Errors
/// [`Error::NotFound`] when it has been thrown away.
pub(super) async fn begin_use(tx: &mut Tx, hash: &FileHash) -> Result<Picture> {
    let picture = files::lock(tx, hash).await?.ok_or(Error::NotFound)?;
    files::mark_used(tx, hash).await?;
    Ok(picture)
}

/// Pictures are not used any more in one place, which the caller has just changed; those that nobody uses are marked.
pub(super) async fn end_use(core: &Core, tx: &mut Tx, hashes: impl IntoIterator<Item = FileHash>) -> Result<()> {
    let mut hashes: Vec<FileHash> = hashes.into_iter().collect();
    // Always in the same order, so that two of us don't wait for each other.
    hashes.sort();
    hashes.dedup();
    for hash in hashes {
        files::lock(tx, &hash).await?;
        files::mark_unused(tx, &hash, core.now()).await?;
    }
    Ok(())
}

/// An actor that goes away lets go of its picture and of those with what it wrote that has been removed; what still stands
/// is removed by its own verb, or stays.
///
/// # Errors
/// When the database can't be written.
pub async fn let_go_of_actor(core: &Core, tx: &mut Tx, actor: &Actor) -> Result<()> {
    let hidden = attachments::clear_removed_of(tx, actor.id).await?;
    let icon = actors::by_id(tx, actor.id).await?.icon_file;
    actors::set_icon(tx, actor.id, None, core.now()).await?;
    end_use(core, tx, hidden.into_iter().filter_map(|(hash,)| hash).chain(icon)).await
}

async fn form_key(core: &Core) -> Result<&hmac::Key> {
    core.desk
        .form_key
        .get_or_try_init(|| async {
            let mut tx = core.db.begin().await?;
            settings::set_once(&mut tx, key::FORM_KEY, &random_token()).await?;
            let secret = settings::get(&mut tx, key::FORM_KEY).await?.unwrap_or_default();
            tx.commit().await?;
            Ok(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()))
        })
        .await
}

fn what_is_sealed(member: ActorId, hash: &FileHash) -> Vec<u8> {
    format!("picture {member} {hash}").into_bytes()
}

/// A picture's name for a hidden field of this member's forms. Nobody can make one for a picture of somebody else's, though
/// the names of pictures that are shown are known to everybody.
///
/// # Errors
/// When the database can't be read.
pub async fn seal(core: &Core, member: ActorId, hash: &FileHash) -> Result<String> {
    let tag = hmac::sign(form_key(core).await?, &what_is_sealed(member, hash));
    Ok(format!("{hash}.{}", URL_SAFE_NO_PAD.encode(tag)))
}

/// The picture that a hidden field of this member's form names; none when it is not theirs or has been thrown away.
///
/// # Errors
/// When the database can't be read.
pub async fn unseal(core: &Core, member: ActorId, sealed: &str) -> Result<Option<Picture>> {
    let Some((hash, tag)) = sealed.split_once('.') else { return Ok(None) };
    let (Ok(hash), Ok(tag)) = (hash.parse::<FileHash>(), URL_SAFE_NO_PAD.decode(tag)) else { return Ok(None) };
    if hmac::verify(form_key(core).await?, &what_is_sealed(member, &hash), &tag).is_err() {
        return Ok(None);
    }
    files::by_hash(&mut core.db.conn(), &hash).await
}

/// Throws away what nobody uses any more, what nobody looks at of other servers' pictures, and what lies on the disk without
/// belonging to anything.
///
/// # Errors
/// When the database or the disk can't be written.
pub async fn tidy(core: &Core) -> Result<()> {
    let now = core.now();
    let mut tx = core.db.begin().await?;
    let unseen_since = now.plus(-core.config.files.remote_cache_days * Time::DAY);
    let forgotten = files::forget_remote(&mut tx, unseen_since).await?;
    end_use(core, &mut tx, forgotten.into_iter().filter_map(|(hash,)| hash)).await?;
    files::mark_all_unused(&mut tx, now).await?;
    tx.commit().await?;
    let before = now.plus(-UNUSED_KEPT);
    for (hash,) in files::unused_since(&mut core.db.conn(), before, BATCH).await? {
        throw_away(core, &hash, before).await?;
    }
    // A twenty-fourth of the folders each hour.
    let hour = now.0 / Time::HOUR;
    sweep(core, (0..256).filter(|number| i64::from(*number) % 24 == hour % 24)).await
}

/// Throws a picture away that has been unused for long enough. When the process dies in between, the row is still there and
/// the next round does it again.
async fn throw_away(core: &Core, hash: &FileHash, before: Time) -> Result<()> {
    let mut tx = core.db.begin().await?;
    files::lock(&mut tx, hash).await?;
    if files::delete_unused(&mut tx, hash, before).await? {
        let (large, small) = place(core, hash);
        on_disk(move || remove(&large).and_then(|()| remove(&small))).await?;
    } else if files::lock(&mut tx, hash).await?.is_some_and(|picture| picture.unused_at.is_some_and(|at| at <= before)) {
        // Used all the same.
        files::mark_used(&mut tx, hash).await?;
    }
    tx.commit().await
}

fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Removes files older than a day that no row names from some of the 256 folders, and what was left half written.
///
/// # Errors
/// When the database or the disk can't be read.
pub async fn sweep(core: &Core, folders: impl Iterator<Item = u16>) -> Result<()> {
    let old = std::time::UNIX_EPOCH + std::time::Duration::from_millis(u64::try_from(core.now().0 - Time::DAY).unwrap_or(0));
    let aside = folder(core).join("tmp");
    on_disk(move || older_than(&aside, old)?.iter().try_for_each(|path| remove(path))).await?;
    for number in folders {
        let name = format!("{number:02x}");
        let path = folder(core).join(&name);
        let lying = on_disk(move || older_than(&path, old)).await?;
        if lying.is_empty() {
            continue;
        }
        // Names are in hexadecimal: `g` comes after all of them.
        let known = files::between(&mut core.db.conn(), &name, &format!("{name}g")).await?;
        let known: std::collections::HashSet<String> = known.into_iter().map(|(hash,)| hash.to_string()).collect();
        let is_known = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            known.contains(name.trim_end_matches("-small"))
        };
        let orphans: Vec<PathBuf> = lying.into_iter().filter(|path| !is_known(path)).collect();
        if !orphans.is_empty() {
            tracing::info!(folder = %name, count = orphans.len(), "pictures that belong to nothing are removed");
            on_disk(move || orphans.iter().try_for_each(|path| remove(path))).await?;
        }
    }
    Ok(())
}

fn older_than(folder: &Path, old: std::time::SystemTime) -> std::io::Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        // It may have been moved or removed just now.
        if entry.metadata().and_then(|about| about.modified()).is_ok_and(|at| at < old) {
            found.push(entry.path());
        }
    }
    Ok(found)
}
