//! All SQL. One file per table family, one statement per function, one text for SQLite and PostgreSQL.
//!
//! Reads take `&mut Conn`, writes take `&mut Tx`; `&mut tx` serves as a `&mut Conn`. Nothing here decides anything.

pub mod accounts;
pub mod activities;
pub mod actors;
pub mod administration;
pub mod agenda;
pub mod attachments;
pub mod attendees;
pub mod audit;
pub mod backfill;
pub mod bell;
pub mod calendars;
pub mod changes;
mod conn;
pub mod connections;
pub mod copying;
pub mod deeds;
pub mod deliveries;
pub mod depths;
pub mod events;
pub mod exports;
pub mod figures;
pub mod files;
pub mod follows;
pub mod groups;
pub mod health;
pub mod heartbeats;
pub mod hosts;
pub mod interests;
pub mod invitations;
pub mod jobs;
pub mod lanes;
pub mod lease;
pub mod leaving;
pub mod lists;
pub mod mails;
pub mod migrations;
pub mod moderation;
pub mod moved;
pub mod multikeys;
pub mod notifications;
pub mod objections;
pub mod peer_groups;
pub mod peer_schemes;
pub mod peers;
pub mod posts;
pub mod practices;
pub mod pruning;
pub mod received;
pub mod regions;
pub mod registrations;
pub mod rehearsal;
pub mod removed;
pub mod reports;
pub mod revisions;
pub mod series;
pub mod sessions;
pub mod settings;
pub mod snapshots;
pub mod suspensions;
pub mod sweeping;
pub mod thread_checks;
pub mod threads;
pub mod tokens;
pub mod topics;
pub mod useful;
pub mod viewers;
pub mod waits;
pub mod walking;
pub mod watches;
pub mod whereabouts;

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use sqlx::pool::PoolOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, PgPool, Postgres, Sqlite, SqlitePool};

use self::changes::Changes;
pub use self::conn::{Conn, Held, Pooled, Tx};
pub use self::migrations::newest_migration;
pub use self::waits::PoolState;
use crate::error::{self, Error, Result};

/// Connections that read from an SQLite database.
const READERS: u32 = 6;
/// After so long one of them closes, with the pages that it remembers: after a busy hour only those come again that are needed.
const READER_LIVES: Duration = Duration::from_mins(5);
/// What one of them remembers of the file at most: minus 1 000 is a megabyte. What else it needs the system has at hand.
const REMEMBERED: &str = "-700";
/// Connections to PostgreSQL.
const CONNECTIONS: u32 = 16;
/// Rows of one result that may wait to be read.
const ROWS_WAITING: usize = 256;
/// What SQLite tells a connection of the commits of others.
const VERSION: &str = "PRAGMA data_version";

/// An open database. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Db {
    /// A pool that only reads and one connection that writes, so that writers queue fairly instead of fighting for
    /// SQLite's lock.
    Sqlite {
        read: SqlitePool,
        write: SqlitePool,
        changes: Arc<Changes>,
    },
    Postgres(PgPool, Arc<Changes>),
}

/// Runs one statement, type-checked for both databases. With `sqlite` and `postgres` arms where the text must differ.
macro_rules! on {
    ($conn:expr, $c:ident => $body:expr) => {
        $crate::db::on!($conn, sqlite $c => $body, postgres $c => $body)
    };
    ($conn:expr, sqlite $s:ident => $lite:expr, postgres $p:ident => $pg:expr $(,)?) => {
        match $conn.held().await? {
            $crate::db::Held::Sqlite(mut held) => { let $s = &mut *held; $lite }
            $crate::db::Held::Postgres(mut held) => { let $p = &mut *held; $pg }
        }
    };
}
pub(crate) use on;

/// Runs one statement over many rows, on either database: `$text` is a macro that makes it of the table `r` that the JSON
/// array `$1` stands for, a row in each `value`. With SQLite every statement is a walk to another thread and back, so what is
/// done with a whole batch is done in one. What else `$text` is made of stands behind it, for SQLite and for PostgreSQL.
///
/// The LIMIT keeps SQLite from unfolding the JSON anew for each column, in a statement that has a WHERE.
macro_rules! over_rows {
    ($conn:expr, $text:ident, $kind:ident, $query:ident, $c:ident => $body:expr) => {
        $crate::db::over_rows!($conn, $text [] [], $kind, $query, $c => $body)
    };
    ($conn:expr, $text:ident [$($lite:literal),*] [$($pg:literal),*], $kind:ident, $query:ident, $c:ident => $body:expr) => {
        $crate::db::on!($conn,
            sqlite $c => { let $query = sqlx::$kind($text!("(SELECT value FROM json_each($1) LIMIT -1) AS r" $(, $lite)*)); $body },
            postgres $c => { let $query = sqlx::$kind($text!("json_array_elements(CAST($1 AS JSON)) AS r" $(, $pg)*)); $body })
    };
}
pub(crate) use over_rows;

/// The text of a statement that gives all its rows as one value, a JSON array of arrays, or nothing: `$group` and `$array` are
/// what SQLite and PostgreSQL call the functions that make these of rows and of columns. Each value of a row costs a copy on its
/// way out of SQLite's thread, which a page that reads thousands of them feels.
macro_rules! packed {
    ($group:literal, $array:literal, $columns:expr, $from:expr) => {
        concat!("SELECT CAST(", $group, "(", $array, "(", $columns, ")) AS TEXT) FROM ", $from)
    };
}
pub(crate) use packed;

/// The columns of one table: `columns!("p", "id", "title")` is `p.id, p.title`.
macro_rules! columns {
    ($of:literal, $first:literal $(, $next:literal)*) => { concat!($of, ".", $first $(, ", ", $of, ".", $next)*) };
}
pub(crate) use columns;

/// The rows of a [`packed`] statement: structs by the order of their fields.
pub(crate) fn unpacked<T: serde::de::DeserializeOwned>(rows: Option<String>) -> Result<Vec<T>> {
    rows.map_or_else(|| Ok(Vec::new()), |rows| unpacked_one(&rows))
}

/// The columns of one row that were made an array: a struct by the order of its fields.
pub(crate) fn unpacked_one<T: serde::de::DeserializeOwned>(row: &str) -> Result<T> {
    serde_json::from_str(row).map_err(|error| Error::Internal(format!("what the database packed can't be read: {error}")))
}

/// Rows for [`over_rows`]: structs by the names of their fields, tuples by place.
pub(crate) fn rows(rows: impl serde::Serialize) -> Result<String> {
    serde_json::to_string(&rows).map_err(|error| Error::Internal(format!("rows that can't be written: {error}")))
}

/// Single values as rows of one column, `value ->> 0`.
pub(crate) fn column<T: serde::Serialize>(values: impl IntoIterator<Item = T>) -> Result<String> {
    rows(values.into_iter().map(|value| (value,)).collect::<Vec<_>>())
}

/// The file of a `sqlite:PATH`; none for another database.
#[must_use]
pub fn sqlite_file(database_url: &str) -> Option<&Path> {
    database_url.strip_prefix("sqlite:").map(|path| Path::new(path.strip_prefix("//").unwrap_or(path)))
}

impl Db {
    /// Opens `sqlite:PATH` (made when missing) or `postgres://...`. Does not migrate.
    ///
    /// # Errors
    /// A URL that is neither, or a database that can't be reached.
    pub async fn open(database_url: &str) -> Result<Self> {
        if let Some(path) = sqlite_file(database_url) {
            // What was answered 202 or shown as saved survives a power cut.
            Self::open_sqlite(path, SqliteSynchronous::Full).await
        } else {
            let options = PgConnectOptions::from_str(database_url)
                .map_err(|error| Error::Unavailable(format!("database_url is not one that we read: {error}")))?
                // A machine that loses its power says no goodbye: its locks are let go of within half a minute.
                .options([("tcp_keepalives_idle", "10"), ("tcp_keepalives_interval", "5"), ("tcp_keepalives_count", "3")]);
            let pool = PoolOptions::<Postgres>::new()
                .max_connections(CONNECTIONS)
                .acquire_timeout(Duration::from_secs(20))
                // A connection goes on refusing writes as it did when it was made (`default_transaction_read_only`), also when the
                // host has made room and the database takes them again: those from before the last refusal are not used again.
                .before_acquire(|_, its| Box::pin(async move { Ok(error::refused_writes().is_none_or(|at| its.age < at.elapsed())) }));
            Ok(Self::Postgres(pool.connect_with(options).await?, Arc::default()))
        }
    }

    /// Opens an SQLite database of which nothing matters after a power cut: nobody waits for the disk.
    ///
    /// # Errors
    /// When its folder can't be made or it can't be opened.
    pub async fn open_to_throw_away(path: &Path) -> Result<Self> {
        Self::open_sqlite(path, SqliteSynchronous::Off).await
    }

    async fn open_sqlite(path: &Path, synchronous: SqliteSynchronous) -> Result<Self> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|error| Error::Unavailable(format!("can't make the folder {}: {error}", folder.display())))?;
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            // Rows that may wait for their reader, so that the thread of the connection need not stop for it.
            .row_buffer_size(ROWS_WAITING)
            // Pages in the log before it is worked into the file (16 MB): the same page is written once for many changes.
            .pragma("wal_autocheckpoint", "4000");
        // A connection here is a file and a thread of our own: it does not go away by itself, so it is not asked each time.
        let pool = || PoolOptions::<Sqlite>::new().acquire_timeout(Duration::from_secs(20)).test_before_acquire(false);
        // A full disk makes SQLite end a transaction by itself; the library does not notice and would refuse every
        // later one on that connection. Such a connection is thrown away.
        let changes = Arc::new(Changes::default());
        let told = changes.clone();
        let write = pool()
            .max_connections(1)
            .after_connect(move |connection, _| {
                let told = told.clone();
                Box::pin(async move {
                    told.new_connection(sqlx::query_scalar(VERSION).fetch_one(connection).await?);
                    Ok(())
                })
            })
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
            .connect_with(options.clone())
            .await?;
        let reading = options.pragma("query_only", "ON").pragma("cache_size", REMEMBERED);
        let read = pool().max_connections(READERS).max_lifetime(READER_LIVES).connect_with(reading).await?;
        Ok(Self::Sqlite { read, write, changes })
    }

    /// For statements that stand alone.
    #[must_use]
    pub fn conn(&self) -> Conn {
        Conn::pooled(self.clone(), false)
    }

    /// The same for many that follow each other, as a page is made of: the connection of the first is kept until this is dropped,
    /// because giving one back and taking another costs as much as a small statement. Few are kept at the same time; others
    /// take one for each statement, so that whoever keeps one and asks for another always gets it. Not for who waits for
    /// something else meanwhile, nor beyond [`Db::close`], which waits for it.
    #[must_use]
    pub fn reading(&self) -> Conn {
        Conn::pooled(self.clone(), true)
    }

    /// Begins a transaction; on SQLite at once as a writer, because one that reads first and writes later fails with
    /// "database is locked".
    ///
    /// # Errors
    /// When the database is busy, full or away.
    pub async fn begin(&self) -> Result<Tx> {
        let conn = match self {
            Self::Sqlite { write, changes, .. } => {
                let _waiting = waits::WRITING.ask(write);
                let mut tx = write.begin_with("BEGIN IMMEDIATE").await?;
                if changes.look_due.swap(false, Ordering::Relaxed) {
                    changes.saw_version(sqlx::query_scalar(VERSION).fetch_one(&mut *tx).await?);
                }
                Conn::Sqlite(tx)
            }
            Self::Postgres(pool, _) => {
                let _waiting = waits::WRITING.ask(pool);
                // By itself: who goes away in the middle must not leave the connection inside a transaction of which the library
                // does not know yet. One that has begun and that nobody wants any more takes itself back.
                let begun = tokio::spawn({
                    let pool = pool.clone();
                    async move { pool.begin().await }
                });
                Conn::Postgres(begun.await.map_err(|error| Error::Internal(format!("a transaction: {error}")))??)
            }
        };
        Ok(Tx::begun(conn, self.clone()))
    }

    /// What was changed since when.
    #[must_use]
    pub fn changes(&self) -> &Arc<Changes> {
        match self {
            Self::Sqlite { changes, .. } | Self::Postgres(_, changes) => changes,
        }
    }

    /// Looks whether another process has committed anything since the last time, and notes it as a change of everything.
    ///
    /// # Errors
    /// When the database can't be read: then nobody knows, which counts as a change as well.
    pub async fn look_elsewhere(&self) -> Result<()> {
        let looked = match self {
            // While our own transaction is open nobody else can commit; who has the connection after it looks.
            Self::Sqlite { write, changes, .. } => {
                if let Some(mut connection) = write.try_acquire() {
                    sqlx::query_scalar(VERSION).fetch_one(&mut *connection).await.map(|version| changes.saw_version(version))
                } else {
                    changes.look_due.store(true, Ordering::Relaxed);
                    Ok(())
                }
            }
            Self::Postgres(pool, changes) => {
                sqlx::query_scalar("SELECT last_value FROM change_count").fetch_one(pool).await.map(|count| changes.saw_count(count))
            }
        };
        looked.map_err(|error| {
            self.changes().note_everything();
            error.into()
        })
    }

    /// Lets other processes on the same database know that something was committed. Should this fail, they keep what they have
    /// until it is too old.
    async fn tell_others(&self) {
        let Self::Postgres(pool, changes) = self else { return };
        match sqlx::query_scalar("SELECT nextval('change_count')").fetch_one(pool).await {
            Ok(number) => changes.took(number),
            Err(error) => tracing::warn!(%error, "other processes were not told of a change"),
        }
    }

    /// How it stands with the connections of each pool.
    #[must_use]
    pub fn pools(&self) -> Vec<PoolState> {
        match self {
            Self::Sqlite { read, write, .. } => {
                vec![PoolState::of("read", read, &waits::READING), PoolState::of("write", write, &waits::WRITING)]
            }
            Self::Postgres(pool, _) => vec![PoolState::of("all", pool, &waits::WRITING)],
        }
    }

    /// Idle connections to SQLite forget the pages of its file and the statements that they remember, after work that walked through
    /// all of it and is not done again for an hour.
    ///
    /// # Errors
    /// When one of them does not answer.
    pub async fn forget(&self) -> Result<()> {
        let Self::Sqlite { read, write, .. } = self else { return Ok(()) };
        // All of them at the same time: one that is given back would be the next to be taken.
        let idle: Vec<_> = [read, write].into_iter().flat_map(|pool| std::iter::from_fn(|| pool.try_acquire())).collect();
        for mut connection in idle {
            connection.clear_cached_statements().await?;
            sqlx::raw_sql("PRAGMA shrink_memory").execute(&mut *connection).await?;
        }
        Ok(())
    }

    /// Waits until every connection is closed.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write, .. } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool, _) => pool.close().await,
        }
    }
}

/// Turns "there is one already" into [`Error::Conflict`].
pub(crate) fn unique(error: sqlx::Error) -> Error {
    if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation) { Error::Conflict } else { error.into() }
}
