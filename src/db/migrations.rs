//! The tables, and how they become those of this binary.

use sqlx::migrate::{MigrateError, Migrator};

use super::{Db, on};
use crate::error::{Error, Result};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// The last migration that this binary knows.
#[must_use]
pub fn newest_migration() -> i64 {
    SQLITE.iter().map(|migration| migration.version).max().unwrap_or(0)
}

impl Db {
    /// Brings the tables up to this binary.
    ///
    /// # Errors
    /// When the database was made by a newer binary, or a migration fails.
    pub async fn migrate(&self) -> Result<()> {
        let outcome = match self {
            Self::Sqlite { write, .. } => SQLITE.run(write).await,
            Self::Postgres(pool, _) => POSTGRES.run(pool).await,
        };
        outcome.map_err(|error| match error {
            MigrateError::VersionMissing(version) => Error::Internal(format!(
                "this database was made by a newer Meent (it has migration {version}, which this binary does not know). Start that newer binary, or restore a backup from before the upgrade"
            )),
            MigrateError::VersionMismatch(version) => {
                Error::Internal(format!("migration {version} of this database differs from the one in this binary"))
            }
            MigrateError::Execute(error) => error.into(),
            other => Error::Unavailable(other.to_string()),
        })
    }

    /// Every migration this binary knows, and whether it has been applied.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn migrations(&self) -> Result<Vec<(i64, String, bool)>> {
        let known = match self {
            Self::Sqlite { .. } => &SQLITE,
            Self::Postgres(..) => &POSTGRES,
        };
        let mut conn = self.conn();
        let applied: Vec<(i64,)> =
            on!(conn, c => sqlx::query_as("SELECT version FROM _sqlx_migrations WHERE success = TRUE").fetch_all(c).await)
                .unwrap_or_default();
        Ok(known.iter().map(|m| (m.version, m.description.to_string(), applied.iter().any(|(version,)| *version == m.version))).collect())
    }
}
