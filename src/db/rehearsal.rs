//! Copies of a database on which an upgrade is tried. The original is only read.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};

use super::{Conn, on};
use crate::error::{Error, Result};

/// Writes a copy of one SQLite file into another that must not be there yet; the original may be in use.
///
/// # Errors
/// When the one can't be read or the other written.
pub async fn copy_file(from: &Path, to: &Path) -> Result<()> {
    let mut connection = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(from)).await?;
    sqlx::query("VACUUM INTO $1").bind(to.display().to_string()).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// A PostgreSQL database to copy, and its copy on the same server.
#[derive(Clone, Debug)]
pub struct Pair {
    options: PgConnectOptions,
    original: String,
    copy: String,
}

impl Pair {
    /// The copy of `NAME` is called `NAME_rehearsal`.
    ///
    /// # Errors
    /// When the address names no database.
    pub fn new(database_url: &str) -> Result<Self> {
        let options = PgConnectOptions::from_str(database_url)
            .map_err(|error| Error::Unavailable(format!("database_url is not one that we read: {error}")))?;
        let original = options.get_database().map(str::to_owned).ok_or_else(|| Error::Bad("database_url names no database".into()))?;
        let copy = format!("{original}_rehearsal");
        Ok(Self { options, original, copy })
    }

    /// The name of the copy.
    #[must_use]
    pub fn copy(&self) -> &str {
        &self.copy
    }

    /// Lets the server copy its files: quick, but only while nobody is connected to the original. Says whether it did.
    ///
    /// # Errors
    /// When databases may not be made.
    pub async fn copy_files(&self) -> Result<bool> {
        // Not through the original: that would be somebody connected to it.
        let Ok(mut connection) = PgConnection::connect_with(&self.options.clone().database("postgres")).await else { return Ok(false) };
        let statement = format!("CREATE DATABASE {} TEMPLATE {}", quoted(&self.copy), quoted(&self.original));
        let outcome = connection.execute(AssertSqlSafe(statement)).await;
        connection.close().await?;
        match outcome {
            Ok(_) => Ok(true),
            Err(error) if code(&error) == "55006" => Ok(false),
            Err(error) => Err(self.refused(error)),
        }
    }

    /// Makes an empty database for the copy.
    ///
    /// # Errors
    /// When databases may not be made.
    pub async fn make_empty(&self) -> Result<()> {
        let mut connection = PgConnection::connect_with(&self.options).await?;
        let outcome =
            connection.execute(AssertSqlSafe(format!("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", quoted(&self.copy)))).await;
        connection.close().await?;
        outcome.map(drop).map_err(|error| self.refused(error))
    }

    /// Throws the copy away, where there is one.
    ///
    /// # Errors
    /// When it is not ours.
    pub async fn drop_copy(&self) -> Result<()> {
        let mut connection = PgConnection::connect_with(&self.options).await?;
        connection.execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {}", quoted(&self.copy)))).await?;
        connection.close().await?;
        Ok(())
    }

    fn refused(&self, error: sqlx::Error) -> Error {
        if code(&error) == "42501" {
            let user = self.options.get_username();
            return Error::Bad(format!(
                "PostgreSQL does not let {user} make a database for the copy. Let an administrator say ALTER ROLE {user} CREATEDB; or rehearse on a restored backup"
            ));
        }
        error.into()
    }
}

fn code(error: &sqlx::Error) -> String {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).unwrap_or_default().into_owned()
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// How long each migration took when it was applied.
pub async fn timings(conn: &mut Conn) -> Result<Vec<(i64, Duration)>> {
    let rows: Vec<(i64, i64)> =
        on!(conn, c => sqlx::query_as("SELECT version, execution_time FROM _sqlx_migrations ORDER BY version").fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(version, nanos)| (version, Duration::from_nanos(u64::try_from(nanos).unwrap_or(0)))).collect())
}
