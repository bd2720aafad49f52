//! `[backup]`: whether copies are made by themselves, how often, and how many are kept.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// `[backup]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Backup {
    pub folder: String,
    pub every: String,
    pub keep: i64,
    pub postgres_programs: String,
}

impl Default for Backup {
    fn default() -> Self {
        Self { folder: String::new(), every: "day".into(), keep: 7, postgres_programs: String::new() }
    }
}

impl Backup {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.hours().is_none() {
            return Err(ConfigError(format!("backup.every must be hour, day or week; it is \"{}\"", self.every)));
        }
        if !(1..=10_000).contains(&self.keep) {
            return Err(ConfigError(format!("backup.keep must be from 1 to 10000; it is {}", self.keep)));
        }
        if !self.postgres_programs.is_empty() && !Path::new(&self.postgres_programs).is_dir() {
            return Err(ConfigError(format!("backup.postgres_programs: there is no folder {}", self.postgres_programs)));
        }
        Ok(())
    }

    /// Where copies go that are made by themselves; none: none are made.
    #[must_use]
    pub fn folder(&self) -> Option<PathBuf> {
        (!self.folder.is_empty()).then(|| PathBuf::from(&self.folder))
    }

    /// How many hours from one copy to the next.
    #[must_use]
    pub fn hours(&self) -> Option<i64> {
        match self.every.as_str() {
            "hour" => Some(1),
            "day" => Some(24),
            "week" => Some(7 * 24),
            _ => None,
        }
    }
}
