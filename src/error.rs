//! Everything that can go wrong, each with the status it deserves. The three faces (page, API, ActivityPub) are made
//! at the edges; what is internal is logged once, there, and never shown.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use axum::http::StatusCode;

use crate::model::names::Refused;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// 404: there is no such thing, or the reader may not know that there is.
    #[error("not found")]
    NotFound,
    /// 410: it was here and was removed by its author.
    #[error("gone")]
    Gone,
    /// 401 or the log-in page: this needs somebody who is logged in.
    #[error("log in first")]
    LoginNeeded,
    /// 403: this person may not do this. The word is the key of a sentence in the locales (`error-...`).
    #[error("forbidden: {0}")]
    Forbidden(&'static str),
    /// 422 on a page, 400 elsewhere: what was sent does not pass; every field that is wrong, and why.
    #[error("invalid input: {0:?}")]
    Invalid(Vec<(&'static str, Refused)>),
    /// 400: the request or the activity makes no sense; the text says why, in English, for the developer of a peer.
    #[error("bad request: {0}")]
    Bad(String),
    /// 401: a signature that is missing, wrong, old or not the actor's.
    #[error("signature: {0}")]
    Signature(Doubt),
    /// 409: it changed in the meantime.
    #[error("conflict")]
    Conflict,
    /// 413: larger than we take.
    #[error("too large")]
    TooLarge,
    /// 415: not a type we read.
    #[error("unsupported media type")]
    MediaType,
    /// 429: too often; seconds to wait.
    #[error("too many requests, wait {0} s")]
    TooMany(i64),
    /// 502 on a page: another server did not give what we asked for. The text is for the log and the administrator.
    #[error("another server: {0}")]
    Remote(String),
    /// The thing that was asked for is gone at its home (404 or 410 there).
    #[error("gone at its home")]
    RemoteGone,
    /// 503 with `Retry-After`: the database, or where files lie, can't be read or written now (full, read-only, busy, away).
    #[error("not available now: {0}")]
    Unavailable(String),
    /// 500: our own fault.
    #[error("internal: {0}")]
    Internal(String),
}

/// Why a signature is not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// In a word, one of [`crate::metrics::DOUBTS`].
    pub about: &'static str,
    /// In a sentence, for the developer of a peer.
    pub why: String,
}

impl Doubt {
    #[must_use]
    pub fn of(about: &'static str, why: impl Into<String>) -> Self {
        Self { about, why: why.into() }
    }
}

/// Of a header that can't be read, unless something else is said.
impl From<String> for Doubt {
    fn from(why: String) -> Self {
        Self::of("header", why)
    }
}

impl From<&str> for Doubt {
    fn from(why: &str) -> Self {
        Self::of("header", why)
    }
}

impl std::fmt::Display for Doubt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.why)
    }
}

impl Error {
    /// The status for everything that is not a page with a form.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Gone => StatusCode::GONE,
            Self::LoginNeeded | Self::Signature(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::Invalid(_) | Self::Bad(_) => StatusCode::BAD_REQUEST,
            Self::Conflict => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Remote(_) | Self::RemoteGone => StatusCode::BAD_GATEWAY,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Seconds for `Retry-After`, where trying again helps.
    #[must_use]
    pub fn retry_after(&self) -> Option<i64> {
        match self {
            Self::TooMany(seconds) => Some(*seconds),
            Self::Unavailable(_) => Some(30),
            _ => None,
        }
    }

    /// Whether the same attempt later could succeed.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Remote(_) | Self::TooMany(_) | Self::Internal(_))
    }

    /// One wrong field.
    #[must_use]
    pub fn field(name: &'static str, refused: Refused) -> Self {
        Self::Invalid(vec![(name, refused)])
    }

    /// Logs what the reader must not see; the others are the reader's own affair.
    pub fn log(&self) {
        match self {
            Self::Internal(_) => tracing::error!(error = %self, "internal error"),
            Self::Unavailable(_) => tracing::warn!(error = %self, "unavailable"),
            _ => tracing::debug!(error = %self, "request refused"),
        }
    }
}

/// SQLite's primary result codes that mean "not now": BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN.
const SQLITE_PASSING: [i32; 6] = [5, 6, 8, 10, 13, 14];

/// When PostgreSQL last refused a write because it only reads. Of the whole process: an error does not say which database it is of.
static REFUSED_WRITES: Mutex<Option<Instant>> = Mutex::new(None);

/// When a database last said that it only reads, as hosts make it when their disk is full; none when it never did.
pub fn refused_writes() -> Option<Instant> {
    *REFUSED_WRITES.lock().unwrap_or_else(PoisonError::into_inner)
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let passing = match &error {
            sqlx::Error::RowNotFound => return Self::NotFound,
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => true,
            sqlx::Error::Database(database) => {
                let code = database.code().unwrap_or_default();
                let sqlite = code.parse::<i32>().is_ok_and(|code| {
                    code < 10_000
                        && database.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some()
                        && SQLITE_PASSING.contains(&(code & 0xff))
                });
                // PostgreSQL: connection (08), resources (53), operator intervention (57), read-only (25006),
                // serialization and deadlock (40).
                let only_reads = code == "25006";
                if only_reads {
                    *REFUSED_WRITES.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
                }
                let postgres = code.len() == 5 && (["08", "53", "57", "40"].iter().any(|class| code.starts_with(class)) || only_reads);
                sqlite || postgres
            }
            _ => false,
        };
        // PostgreSQL: a value that it does not take (22), or one that is too large for a limit of its own (54).
        let refused = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .is_some_and(|code| code.len() == 5 && ["22", "54"].iter().any(|class| code.starts_with(class)));
        match error {
            error if passing => Self::Unavailable(error.to_string()),
            error if refused => Self::Bad(error.to_string()),
            error => Self::Internal(error.to_string()),
        }
    }
}
