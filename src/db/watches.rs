//! `watch`: what members follow besides groups. It is theirs alone: nobody else sees it and nothing of it leaves the server.

use sqlx::FromRow;

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, Time};

/// What is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum WatchKind {
    /// What starts a thread, and everything in it.
    Post,
    Topic,
    Member,
}

impl WatchKind {
    /// The word in forms.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Topic => "topic",
            Self::Member => "member",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Post, Self::Topic, Self::Member].into_iter().find(|kind| kind.word() == word)
    }
}

/// Something followed, as it is listed: what is gone or removed is not in the list.
#[derive(Clone, Debug, FromRow)]
pub struct Watched {
    pub subject_id: i64,
    pub at: Time,
    /// The title of a thread, the shown form of a topic, the name of a member.
    pub title: String,
    /// The last part of its address: an id, a topic's name, a handle.
    pub place: String,
}

pub async fn put(tx: &mut Tx, actor: ActorId, kind: WatchKind, subject: i64, now: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("INSERT INTO watch (actor_id, kind, subject_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
        .bind(actor).bind(kind).bind(subject).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn remove(tx: &mut Tx, actor: ActorId, kind: WatchKind, subject: i64) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("DELETE FROM watch WHERE actor_id = $1 AND kind = $2 AND subject_id = $3")
        .bind(actor).bind(kind).bind(subject).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn holds(conn: &mut Conn, actor: ActorId, kind: WatchKind, subject: i64) -> Result<bool> {
    let (found,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM watch WHERE actor_id = $1 AND kind = $2 AND subject_id = $3")
        .bind(actor).bind(kind).bind(subject).fetch_one(c).await)?;
    Ok(found > 0)
}

/// Who follows a member that moved follows the new one too.
pub async fn follow_along(tx: &mut Tx, from: ActorId, to: ActorId) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query(
        "INSERT INTO watch (actor_id, kind, subject_id, at) SELECT w.actor_id, w.kind, $2, w.at FROM watch w
         WHERE w.kind = 'member' AND w.subject_id = $1 AND w.actor_id <> $2 ON CONFLICT DO NOTHING")
        .bind(from).bind(to).execute(c).await.map(drop))?;
    Ok(())
}

/// How much somebody follows.
pub async fn count(conn: &mut Conn, actor: ActorId) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM watch WHERE actor_id = $1").bind(actor).fetch_one(c).await)?;
    Ok(count)
}

/// What a member follows of a kind, in order of the subject's id, after `after`.
pub async fn list(conn: &mut Conn, actor: ActorId, kind: WatchKind, after: i64, limit: i64) -> Result<Vec<Watched>> {
    let text = match kind {
        WatchKind::Post => {
            "SELECT w.subject_id, w.at, p.title AS title, CAST(p.id AS TEXT) AS place FROM watch w JOIN post p ON p.id = w.subject_id
             WHERE w.actor_id = $1 AND w.kind = $2 AND w.subject_id > $3 AND p.deleted_at IS NULL ORDER BY w.subject_id LIMIT $4"
        }
        WatchKind::Topic => {
            "SELECT w.subject_id, w.at, t.shown AS title, t.name AS place FROM watch w JOIN topic t ON t.id = w.subject_id
             WHERE w.actor_id = $1 AND w.kind = $2 AND w.subject_id > $3 ORDER BY w.subject_id LIMIT $4"
        }
        WatchKind::Member => {
            "SELECT w.subject_id, w.at, CASE WHEN a.display_name = '' THEN a.name ELSE a.display_name END AS title,
                CASE WHEN a.local = TRUE THEN a.name ELSE a.name || '@' || a.host END AS place
             FROM watch w JOIN actor a ON a.id = w.subject_id
             WHERE w.actor_id = $1 AND w.kind = $2 AND w.subject_id > $3 AND a.deleted_at IS NULL ORDER BY w.subject_id LIMIT $4"
        }
    };
    Ok(on!(conn, c => sqlx::query_as(text).bind(actor).bind(kind).bind(after).bind(limit).fetch_all(c).await)?)
}
