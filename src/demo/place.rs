//! Where the demo keeps its things: a temporary folder that goes with it, or one that was named and stays, with a note of what
//! is needed to start again from it.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::error::{Error, Result};

/// The note in a folder that stays.
const NOTE: &str = "demo.json";

/// A folder.
#[derive(Debug)]
pub enum Place {
    Temporary(TempDir),
    Named(PathBuf),
}

/// What is needed to start again.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Note {
    /// In the order of the regions: they stand in every id.
    pub ports: Vec<u16>,
    /// The id of each post by its key.
    pub known: BTreeMap<String, String>,
    /// How much has happened of what happens live.
    pub played: usize,
}

impl Place {
    /// The folder that was named, else a temporary one.
    ///
    /// # Errors
    /// When it can't be made; when it holds something else.
    pub fn of(named: Option<&Path>) -> Result<Self> {
        let failed = |error: io::Error| Error::Unavailable(format!("can't make a folder for the demo: {error}"));
        let Some(named) = named else {
            return tempfile::Builder::new().prefix("meent-demo-").tempdir().map(Self::Temporary).map_err(failed);
        };
        std::fs::create_dir_all(named).map_err(failed)?;
        let is_empty = std::fs::read_dir(named).map_err(failed)?.next().is_none();
        if !is_empty && !named.join(NOTE).exists() {
            return Err(Error::Bad(format!("{} holds something that is no demo; name an empty folder", named.display())));
        }
        Ok(Self::Named(named.to_owned()))
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Temporary(folder) => folder.path(),
            Self::Named(folder) => folder,
        }
    }

    /// The note of an earlier run; none in a new folder.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn note(&self) -> Result<Option<Note>> {
        let path = self.path().join(NOTE);
        match std::fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::Unavailable(format!("can't read {}: {error}", path.display()))),
            Ok(bytes) => {
                let note = serde_json::from_slice(&bytes);
                note.map(Some).map_err(|error| Error::Bad(format!("{} is not the note of a demo: {error}", path.display())))
            }
        }
    }

    /// Keeps the note.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn keep(&self, note: &Note) -> Result<()> {
        let path = self.path().join(NOTE);
        let text = serde_json::to_vec(note).map_err(|error| Error::Internal(error.to_string()))?;
        std::fs::write(&path, text).map_err(|error| Error::Unavailable(format!("can't write {}: {error}", path.display())))
    }

    /// Removes a temporary folder, and one in which the filling did not end: nothing can begin from that.
    ///
    /// # Errors
    /// When something in it can't be removed.
    pub fn leave(self, whole: bool) -> Result<()> {
        let left = match self {
            Self::Temporary(folder) => folder.close(),
            Self::Named(_) if whole => Ok(()),
            Self::Named(folder) => std::fs::remove_dir_all(folder),
        };
        left.map_err(|error| Error::Unavailable(format!("can't remove the demo's folder: {error}")))
    }
}
