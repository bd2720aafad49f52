//! Copying every picture from one storage to another: from the folder to a bucket, and back. It can be stopped at any moment
//! and begun again; what is there already is passed over.

use std::fmt;

use futures_util::{StreamExt, stream};
use sha2::{Digest, Sha256};

use super::files::name;
use crate::db::{Db, files};
use crate::error::Result;
use crate::model::FileHash;
use crate::storage::Storage;

/// Pictures that are copied at the same time.
const AT_ONCE: usize = 8;
/// Rows read at once, after which it is said how far it is.
const PAGE: i64 = 200;

/// How far it is, in pictures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    pub all: i64,
    pub copied: u64,
    /// Bytes of what was copied.
    pub bytes: u64,
    /// They were there already.
    pub passed_over: u64,
    /// They lie in neither storage.
    pub missing: u64,
    /// What lies there is not what its name says: not copied.
    pub broken: Vec<FileHash>,
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let megabytes = self.bytes / 1_000_000;
        let broken = self.broken.len();
        write!(
            f,
            "{} of {} pictures: {} copied ({megabytes} MB), {} there already, {} missing, {broken} broken",
            self.copied + self.passed_over + self.missing + u64::try_from(broken).unwrap_or_default(),
            self.all,
            self.copied,
            self.passed_over,
            self.missing
        )
    }
}

/// What became of one.
enum One {
    Copied(u64),
    PassedOver,
    Missing,
    Broken(FileHash),
}

/// Copies every picture of the database; `say` hears how far it is. With `remove`, what was copied is removed where it was.
///
/// # Errors
/// When the database can't be read, or a storage is away: what was copied stays copied.
pub async fn copy(db: &Db, from: &Storage, to: &Storage, remove: bool, mut say: impl FnMut(&Progress)) -> Result<Progress> {
    let mut progress = Progress { all: files::count(&mut db.conn()).await?, ..Progress::default() };
    let mut last = String::new();
    loop {
        let page = files::after(&mut db.conn(), &last, PAGE).await?;
        let Some((end,)) = page.last() else { return Ok(progress) };
        last = end.to_string();
        let mut copies = stream::iter(page).map(|(hash,)| one(from, to, hash, remove)).buffer_unordered(AT_ONCE);
        while let Some(done) = copies.next().await {
            match done? {
                One::Copied(bytes) => {
                    progress.copied += 1;
                    progress.bytes += bytes;
                }
                One::PassedOver => progress.passed_over += 1,
                One::Missing => progress.missing += 1,
                One::Broken(hash) => progress.broken.push(hash),
            }
        }
        say(&progress);
    }
}

async fn one(from: &Storage, to: &Storage, hash: FileHash, remove: bool) -> Result<One> {
    let (large, small) = (name(&hash, false), name(&hash, true));
    let mut copied = None;
    // The large one last: where it is, the other is too.
    for file in [&small, &large] {
        let (here, there) = tokio::try_join!(from.size(file), to.size(file))?;
        if there.is_some() && (here.is_none() || here == there) {
            continue;
        }
        let Some(bytes) = from.read(file).await? else { return Ok(One::Missing) };
        if *file == large && FileHash::of(&Sha256::digest(&bytes)) != hash {
            return Ok(One::Broken(hash));
        }
        *copied.get_or_insert(0) += u64::try_from(bytes.len()).unwrap_or_default();
        to.write(file, bytes).await?;
    }
    if remove {
        from.remove(&large).await?;
        from.remove(&small).await?;
    }
    Ok(copied.map_or(One::PassedOver, One::Copied))
}
