//! Pictures: keeping them, knowing who uses them, throwing them away with their last user.
//!
//! A picture lies in the storage (`crate::storage`) as `{first two of its hash}/{hash}`, its small size beside it as
//! `{hash}-small`. No transaction is open while that is written or asked: it may be on another machine. So a row comes before
//! its files, unused and safe for a day, and its name is given away when the files are there. What nobody uses any more is
//! marked in the transaction that ends the use; an hour later [`tidy`] says in the row that it goes, removes the files, and
//! then the row. Whoever keeps the same picture at that moment waits for that.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use axum::body::Bytes;
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
use crate::storage::Object;

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
/// How often, and after how long each time, somebody looks again who keeps a picture that is being thrown away.
const LOOKS: usize = 25;
const LOOK: Duration = Duration::from_millis(200);

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

/// The name of a picture's file in the storage.
#[must_use]
pub fn name(hash: &FileHash, small: bool) -> String {
    format!("{}/{hash}{}", hash.folder(), if small { "-small" } else { "" })
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
    claim(core, &picture).await?;
    let (large, small) = (Bytes::from(prepared.large), Bytes::from(prepared.small));
    tokio::try_join!(write(core, &picture.hash, false, large), write(core, &picture.hash, true, small))?;
    files::by_hash(&mut core.db.conn(), &picture.hash).await.map(|kept| Ok(kept.unwrap_or(picture)))
}

/// Puts the row of a picture there, before its files.
async fn claim(core: &Core, picture: &Picture) -> Result<()> {
    for _ in 0..LOOKS {
        let mut tx = core.db.begin().await?;
        let ours = files::insert(&mut tx, picture).await?;
        tx.commit().await?;
        if ours {
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
    Err(Error::Unavailable(format!("the picture {} is being thrown away", picture.hash)))
}

/// Keeps the bytes of one size of a picture, over what was there. Its row is the caller's.
///
/// # Errors
/// [`Error::Unavailable`] when the storage can't be written.
pub async fn write(core: &Core, hash: &FileHash, small: bool, bytes: Bytes) -> Result<()> {
    core.storage.write(&name(hash, small), bytes).await
}

/// Whether both sizes of a picture are in the storage.
///
/// # Errors
/// [`Error::Unavailable`] when the storage can't be asked.
pub async fn exists(core: &Core, hash: &FileHash) -> Result<bool> {
    Ok(core.storage.size(&name(hash, false)).await?.is_some() && core.storage.size(&name(hash, true)).await?.is_some())
}

/// The bytes of a picture.
///
/// # Errors
/// [`Error::NotFound`] when it is not in the storage, [`Error::Unavailable`] when that can't be read.
pub async fn read(core: &Core, hash: &FileHash, small: bool) -> Result<Bytes> {
    core.storage.read(&name(hash, small)).await?.ok_or_else(|| lost(hash))
}

/// The same, to be handed on while it is read.
///
/// # Errors
/// As [`read`].
pub async fn open(core: &Core, hash: &FileHash, small: bool) -> Result<Object> {
    core.storage.open_file(&name(hash, small)).await?.ok_or_else(|| lost(hash))
}

fn lost(hash: &FileHash) -> Error {
    tracing::warn!(%hash, "a picture is in the database and not in the storage");
    Error::NotFound
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

/// Throws away what nobody uses any more, what nobody looks at of other servers' pictures, and what lies in the storage
/// without belonging to anything.
///
/// # Errors
/// When the database or the storage can't be written.
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

/// Throws a picture away that has been unused for long enough. When the process dies in between, the next round does it again.
async fn throw_away(core: &Core, hash: &FileHash, before: Time) -> Result<()> {
    let mut tx = core.db.begin().await?;
    let lies_there = files::lock(&mut tx, hash).await?;
    let goes = files::doom(&mut tx, hash, before).await?;
    if !goes && lies_there.is_some_and(|picture| picture.unused_at.is_some_and(|at| at <= before)) {
        // Used all the same.
        files::mark_used(&mut tx, hash).await?;
    }
    tx.commit().await?;
    if goes { remove(core, hash).await } else { Ok(()) }
}

/// Removes the files of a picture whose row says that it goes, and then the row.
async fn remove(core: &Core, hash: &FileHash) -> Result<()> {
    let (large, small) = (name(hash, false), name(hash, true));
    tokio::try_join!(core.storage.remove(&large), core.storage.remove(&small))?;
    let mut tx = core.db.begin().await?;
    files::forget(&mut tx, hash).await?;
    tx.commit().await
}

/// Removes files older than a day that no row names from some of the 256 folders, and what was left half written.
///
/// # Errors
/// When the database or the storage can't be read.
pub async fn sweep(core: &Core, folders: impl Iterator<Item = u16>) -> Result<()> {
    let old = core.now().plus(-Time::DAY);
    for left in core.storage.older_than("tmp", old).await? {
        core.storage.remove(&left).await?;
    }
    for number in folders {
        let folder = format!("{number:02x}");
        let lying = core.storage.older_than(&folder, old).await?;
        if lying.is_empty() {
            continue;
        }
        // Names are in hexadecimal: `g` comes after all of them.
        let known = files::between(&mut core.db.conn(), &folder, &format!("{folder}g")).await?;
        let known: HashSet<String> = known.into_iter().map(|(hash,)| hash.to_string()).collect();
        let of_nothing: HashSet<&str> = lying.iter().filter_map(|path| path.rsplit('/').next()).collect();
        let orphans: HashSet<&str> = of_nothing.into_iter().filter(|name| !known.contains(name.trim_end_matches("-small"))).collect();
        if !orphans.is_empty() {
            tracing::info!(folder, count = orphans.len(), "pictures that belong to nothing are removed");
        }
        for orphan in orphans {
            match orphan.trim_end_matches("-small").parse::<FileHash>() {
                Ok(hash) => remove_unknown(core, &hash).await?,
                Err(()) => core.storage.remove(&format!("{folder}/{orphan}")).await?,
            }
        }
    }
    Ok(())
}

/// Removes files that no row names, unless somebody keeps that picture at this moment.
async fn remove_unknown(core: &Core, hash: &FileHash) -> Result<()> {
    let mut tx = core.db.begin().await?;
    let goes = files::doom_unknown(&mut tx, hash).await?;
    tx.commit().await?;
    if goes { remove(core, hash).await } else { Ok(()) }
}
