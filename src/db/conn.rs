//! Where statements run: [`Conn`] for who reads, [`Tx`] for who writes.

use std::sync::atomic::Ordering;

use sqlx::pool::{MaybePoolConnection, PoolConnection};
use sqlx::{Postgres, Sqlite, Transaction};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::changes::Reach;
use super::{CONNECTIONS, Db, READERS, on, waits};
use crate::error::{Error, Result};
use crate::model::PostId;

/// Where statements run: each by itself on a pooled connection, or all inside one transaction.
#[derive(Debug)]
pub enum Conn {
    Pool(Pooled),
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Statements that stand alone, each on a connection of the pool; or, for who reads, all on one.
#[derive(Debug)]
pub struct Pooled {
    db: Db,
    /// Whether the connection of the first statement is for the next ones too.
    keeps: bool,
    /// On the heap: a `Conn` lies in every future of ours.
    kept: Option<Box<(Kept, SemaphorePermit<'static>)>>,
}

#[derive(Debug)]
enum Kept {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// Connections that may be kept at the same time, in the whole process. What is left is for who takes one for each statement.
static KEEPING_SQLITE: Semaphore = Semaphore::const_new(READERS as usize - 2);
static KEEPING_POSTGRES: Semaphore = Semaphore::const_new(CONNECTIONS as usize / 2);

/// A `Conn` that is a transaction. Every write takes one; dropped without [`Tx::commit`] it rolls back.
#[derive(Debug, derive_more::Deref, derive_more::DerefMut)]
pub struct Tx {
    #[deref]
    #[deref_mut]
    conn: Conn,
    /// What visitors will see of it.
    reach: Reach,
    db: Db,
}

/// A connection held for one statement.
#[expect(missing_debug_implementations, reason = "the connection of the library has none")]
pub enum Held<'c> {
    Sqlite(MaybePoolConnection<'c, Sqlite>),
    Postgres(MaybePoolConnection<'c, Postgres>),
}

impl Conn {
    /// For statements that stand alone; `keeps` says whether they all run on one connection, while there are few of those.
    pub(super) fn pooled(db: Db, keeps: bool) -> Self {
        Self::Pool(Pooled { db, keeps, kept: None })
    }

    async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
            Self::Pool(_) => {}
        }
        Ok(())
    }

    /// A connection for one statement.
    ///
    /// # Errors
    /// When none comes free in time.
    pub async fn held(&mut self) -> Result<Held<'_>> {
        Ok(match self {
            Self::Pool(pooled) => pooled.held().await?,
            Self::Sqlite(tx) => Held::Sqlite((&mut **tx).into()),
            Self::Postgres(tx) => Held::Postgres((&mut **tx).into()),
        })
    }
}

impl Pooled {
    async fn held(&mut self) -> Result<Held<'_>> {
        self.db.changes().statements.fetch_add(1, Ordering::Relaxed);
        if self.kept.is_none() {
            let (taken, keeping) = match &self.db {
                Db::Sqlite { read, .. } => {
                    let _waiting = waits::READING.ask(read);
                    (Kept::Sqlite(read.acquire().await?), &KEEPING_SQLITE)
                }
                Db::Postgres(pool, _) => {
                    let _waiting = waits::WRITING.ask(pool);
                    (Kept::Postgres(pool.acquire().await?), &KEEPING_POSTGRES)
                }
            };
            match self.keeps.then(|| keeping.try_acquire()) {
                Some(Ok(permit)) => self.kept = Some(Box::new((taken, permit))),
                _ => {
                    return Ok(match taken {
                        Kept::Sqlite(connection) => Held::Sqlite(connection.into()),
                        Kept::Postgres(connection) => Held::Postgres(connection.into()),
                    });
                }
            }
        }
        match self.kept.as_deref_mut() {
            Some((Kept::Sqlite(connection), _)) => Ok(Held::Sqlite((&mut **connection).into())),
            Some((Kept::Postgres(connection), _)) => Ok(Held::Postgres((&mut **connection).into())),
            None => Err(Error::Internal("a connection that was kept is gone".into())),
        }
    }
}

impl Tx {
    /// A transaction that has begun on `conn`.
    pub(super) fn begun(conn: Conn, db: Db) -> Self {
        Self { conn, reach: Reach::default(), db }
    }

    /// Makes it last.
    ///
    /// # Errors
    /// When the database could not write it; nothing of it has happened then.
    pub async fn commit(self) -> Result<()> {
        let Self { conn, reach, db } = self;
        if reach.is_nothing() {
            return conn.commit().await;
        }
        // By itself: who hangs up while the database writes must not leave pages standing that say what was before.
        let committed = tokio::spawn(async move {
            conn.commit().await?;
            db.changes().note(reach);
            db.tell_others().await;
            Ok(())
        });
        committed.await.map_err(|error| Error::Internal(format!("a commit: {error}")))?
    }

    /// A connection for a statement that may change anything that visitors see.
    ///
    /// # Errors
    /// When none comes free in time.
    pub async fn held(&mut self) -> Result<Held<'_>> {
        self.all().held().await
    }

    /// The same, said aloud.
    pub(crate) fn all(&mut self) -> &mut Conn {
        self.reach.everything = true;
        &mut self.conn
    }

    /// For a statement that changes nothing that a visitor sees: queues, sessions, what members are told.
    pub(crate) fn unseen(&mut self) -> &mut Conn {
        &mut self.conn
    }

    /// For a statement that changes what lists and counts say, but nothing on the page of a thread.
    pub(crate) fn listed(&mut self) -> &mut Conn {
        self.reach.lists = true;
        &mut self.conn
    }

    /// For a statement that changes what is said about these posts, and what lists say of them.
    pub(crate) fn of_posts(&mut self, posts: impl IntoIterator<Item = PostId>) -> &mut Conn {
        self.reach.posts.extend(posts);
        &mut self.conn
    }

    /// Begins a part that can be undone by itself. Parts don't nest.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn begin_part(&mut self) -> Result<()> {
        on!(self.conn, c => sqlx::query("SAVEPOINT part").execute(c).await.map(drop))?;
        Ok(())
    }

    /// Keeps the part.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn keep_part(&mut self) -> Result<()> {
        on!(self.conn, c => sqlx::query("RELEASE SAVEPOINT part").execute(c).await.map(drop))?;
        Ok(())
    }

    /// Undoes the part; the rest of the transaction stands.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn undo_part(&mut self) -> Result<()> {
        on!(self.conn, c => sqlx::query("ROLLBACK TO SAVEPOINT part").execute(c).await.map(drop))?;
        self.keep_part().await
    }
}
