//! Where the bytes of files lie: in a folder of this machine, or in a bucket of an S3-compatible store that several machines
//! share. What they are and who uses them is decided in `ops/files.rs`; nothing here knows.

mod bucket;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{Error as Trouble, ObjectStore, ObjectStoreExt};

use crate::config::Config;
use crate::error::{Error, Result};
use crate::model::Time;

/// How long one step may take, trying again included. A page waits for it, and gives up after half a minute.
const PATIENCE: Duration = Duration::from_secs(10);

/// A folder or a bucket. A file's name is a short path in it, such as `ab/ab12`, made by us.
#[derive(Clone)]
pub struct Storage {
    objects: Arc<dyn ObjectStore>,
    place: Place,
    patience: Duration,
}

#[derive(Clone, Debug)]
enum Place {
    Folder(PathBuf),
    Bucket { name: String, within: String, endpoint: String },
}

/// A file that is being read.
pub struct Object {
    pub bytes: u64,
    pub stream: BoxStream<'static, std::result::Result<Bytes, Trouble>>,
}

impl Storage {
    /// The one that the configuration names.
    ///
    /// # Errors
    /// When the folder can't be made, or the client for the bucket not.
    pub fn open(config: &Config) -> Result<Self> {
        match config.files.bucket() {
            None => Self::folder(&config.data_dir.join("files")),
            Some((name, within)) => {
                let (objects, endpoint) = bucket::open(config, name)?;
                let place = Place::Bucket { name: name.to_owned(), within: within.to_owned(), endpoint };
                Ok(Self { objects, place, patience: PATIENCE })
            }
        }
    }

    /// A folder; made when it is not there.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn folder(path: &Path) -> Result<Self> {
        let failed = |error: &dyn fmt::Display| Error::Unavailable(format!("the folder for pictures {}: {error}", path.display()));
        std::fs::create_dir_all(path).map_err(|error| failed(&error))?;
        let objects = LocalFileSystem::new_with_prefix(path).map_err(|error| failed(&error))?.with_fsync(true);
        Ok(Self { objects: Arc::new(objects), place: Place::Folder(path.to_owned()), patience: PATIENCE })
    }

    /// Whether it is a bucket, which several machines can share.
    #[must_use]
    pub fn is_bucket(&self) -> bool {
        matches!(self.place, Place::Bucket { .. })
    }

    /// Writes, reads and removes a file of this name, to see that all of it can be done.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with why not, in words for the person who set it up.
    pub async fn check(&self, name: &str) -> Result<()> {
        let said = Bytes::from_static(b"Meent looks whether it can write here.");
        self.write(name, said.clone()).await?;
        let read = self.read(name).await?;
        self.remove(name).await?;
        if read.as_ref() == Some(&said) { Ok(()) } else { Err(Error::Unavailable(format!("{self}: what was written did not come back"))) }
    }

    /// Begins to read a file; none when it is not there.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the place can't be read now.
    pub async fn open_file(&self, name: &str) -> Result<Option<Object>> {
        let key = self.key(name);
        let Some(found) = self.there(self.objects.get(&key)).await? else { return Ok(None) };
        let bytes = found.meta.size;
        let stream = match self.place {
            // A folder hands over a file in one go faster than in pieces.
            Place::Folder(_) => stream::iter([found.bytes().await]).boxed(),
            Place::Bucket { .. } => found.into_stream(),
        };
        Ok(Some(Object { bytes, stream }))
    }

    /// The bytes of a file; none when it is not there.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the place can't be read now.
    pub async fn read(&self, name: &str) -> Result<Option<Bytes>> {
        let key = self.key(name);
        self.there(async { self.objects.get(&key).await?.bytes().await }).await
    }

    /// How many bytes a file has; none when it is not there.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the place can't be asked now.
    pub async fn size(&self, name: &str) -> Result<Option<u64>> {
        let key = self.key(name);
        Ok(self.there(self.objects.head(&key)).await?.map(|about| about.size))
    }

    /// Writes a file, over one of the same name. When this returns it is there for good; until then what was there is whole.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the place can't be written now.
    pub async fn write(&self, name: &str, bytes: Bytes) -> Result<()> {
        let key = self.key(name);
        self.in_time(self.objects.put(&key, bytes.into())).await?.map(drop).map_err(|error| self.words(&error))
    }

    /// Removes a file, if it is there.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the place can't be written now.
    pub async fn remove(&self, name: &str) -> Result<()> {
        if let Place::Folder(path) = &self.place {
            // Also what the library calls half written, and would not touch.
            return match tokio::fs::remove_file(path.join(name)).await {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::Unavailable(format!("{self}: {error}"))),
                _ => Ok(()),
            };
        }
        let key = self.key(name);
        self.there(self.objects.delete(&key)).await.map(drop)
    }

    /// The files directly below a folder of ours that have not been written to since `before`, half-written ones among them.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the place can't be read now.
    pub async fn older_than(&self, folder: &str, before: Time) -> Result<Vec<String>> {
        if let Place::Folder(path) = &self.place {
            let (path, folder) = (path.clone(), folder.to_owned());
            let found = tokio::task::spawn_blocking(move || lying(&path, &folder, before)).await;
            let found = found.map_err(|error| Error::Internal(error.to_string()))?;
            return found.map_err(|error| Error::Unavailable(format!("{self}: {error}")));
        }
        let key = self.key(folder);
        let all = self.in_time(self.objects.list(Some(&key)).try_collect::<Vec<_>>()).await?.map_err(|error| self.words(&error))?;
        let old = all.into_iter().filter(|about| about.last_modified.timestamp_millis() < before.0);
        Ok(old.filter_map(|about| about.location.filename().map(|name| format!("{folder}/{name}"))).collect())
    }

    fn key(&self, name: &str) -> Key {
        match &self.place {
            Place::Bucket { within, .. } if !within.is_empty() => Key::from(format!("{within}/{name}")),
            _ => Key::from(name),
        }
    }

    async fn in_time<T>(&self, step: impl Future<Output = T>) -> Result<T> {
        let late = |_| Error::Unavailable(format!("{self} did not answer within {} s", self.patience.as_secs()));
        tokio::time::timeout(self.patience, step).await.map_err(late)
    }

    /// What a step gave; none when there is no such file.
    async fn there<T>(&self, step: impl Future<Output = std::result::Result<T, Trouble>>) -> Result<Option<T>> {
        match self.in_time(step).await? {
            Ok(found) => Ok(Some(found)),
            // A bucket that is not there is something else than a file that is not.
            Err(error @ Trouble::NotFound { .. }) if bucket::is_missing(&error) => Err(self.words(&error)),
            Err(Trouble::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.words(&error)),
        }
    }

    /// What went wrong, for the person who looks after it.
    fn words(&self, error: &Trouble) -> Error {
        Error::Unavailable(match &self.place {
            Place::Folder(_) => format!("{self}: {}", chain(error)),
            Place::Bucket { name, endpoint, .. } => format!("{self}: {}", bucket::words(error, name, endpoint)),
        })
    }
}

impl fmt::Display for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Folder(path) => write!(f, "the folder for pictures {}", path.display()),
            Place::Bucket { name, within, .. } if within.is_empty() => write!(f, "the store for pictures s3://{name}"),
            Place::Bucket { name, within, .. } => write!(f, "the store for pictures s3://{name}/{within}"),
        }
    }
}

impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.bytes)
    }
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let more = cause.to_string();
        // Many say what their cause says.
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        source = cause.source();
    }
    text
}

/// Every file in a folder on the disk, also what the library calls half written and does not list.
fn lying(root: &Path, folder: &str, before: Time) -> std::io::Result<Vec<String>> {
    let old = std::time::UNIX_EPOCH + Duration::from_millis(u64::try_from(before.0).unwrap_or(0));
    let entries = match std::fs::read_dir(root.join(folder)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        // It may have been moved or removed just now.
        if entry.metadata().and_then(|about| about.modified()).is_ok_and(|at| at < old)
            && let Some(name) = entry.file_name().to_str()
        {
            found.push(format!("{folder}/{name}"));
        }
    }
    Ok(found)
}
