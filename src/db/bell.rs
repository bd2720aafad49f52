//! What processes on one PostgreSQL tell each other: that there is work, or something to read anew. It saves waiting and is
//! never relied on; who missed it looks every half minute. Processes on one SQLite have nothing of the kind.

use sqlx::postgres::PgListener;

use super::Db;
use crate::error::Result;

/// The name under which it is told.
const CHANNEL: &str = "meent";

/// What there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// Something was queued.
    Work,
    /// Which servers are allowed or blocked has changed, or with whom we exchange messages at all.
    Rules,
    /// Nobody knows: the connection was gone for a moment.
    Perhaps,
}

impl News {
    fn word(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Rules => "rules",
            Self::Perhaps => "perhaps",
        }
    }
}

/// Tells the other processes. By itself and not with what was written: PostgreSQL lets transactions that tell something commit
/// one at a time, and ours commit together.
///
/// # Errors
/// When the database is away.
pub async fn ring(db: &Db, slot: i64, news: News) -> Result<()> {
    if let Db::Postgres(pool, _) = db {
        sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(format!("{slot} {}", news.word())).execute(pool).await?;
    }
    Ok(())
}

/// Hears what the others tell.
#[expect(missing_debug_implementations, reason = "the listener of the library has one that shows the database's address")]
pub struct Ear {
    listener: PgListener,
    slot: i64,
}

/// Begins to listen; none on SQLite.
///
/// # Errors
/// When the database is away.
pub async fn listen(db: &Db, slot: i64) -> Result<Option<Ear>> {
    let Db::Postgres(pool, _) = db else { return Ok(None) };
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    Ok(Some(Ear { listener, slot }))
}

impl Ear {
    /// Waits for what another process tells. May be given up at any moment.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn hear(&mut self) -> Result<News> {
        loop {
            let Some(told) = self.listener.try_recv().await? else { return Ok(News::Perhaps) };
            let Some((slot, word)) = told.payload().split_once(' ') else { continue };
            if slot.parse() == Ok(self.slot) {
                continue;
            }
            // What a newer binary tells may be anything.
            return Ok([News::Work, News::Rules].into_iter().find(|news| news.word() == word).unwrap_or(News::Perhaps));
        }
    }
}
