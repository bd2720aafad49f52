//! `objection`: what members say against what was done to them, once for each thing.

use sqlx::FromRow;

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, ModerationId, Objection, ObjectionState, Time};

/// An open objection as a moderator sees it.
#[derive(Clone, Debug, FromRow)]
pub struct ObjectionLine {
    #[sqlx(flatten)]
    pub objection: Objection,
    pub act: String,
    pub reason: String,
    pub group_title: Option<String>,
    pub by_name: String,
    pub by_display: String,
}

impl ObjectionLine {
    #[must_use]
    pub fn by(&self) -> &str {
        if self.by_display.is_empty() { &self.by_name } else { &self.by_display }
    }
}

/// Stores it; [`crate::error::Error::Conflict`] when there is one already.
pub async fn insert(tx: &mut Tx, o: &Objection) -> Result<()> {
    on!(tx, c => sqlx::query("INSERT INTO objection (moderation_id, by_id, words, state, answer, created_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(o.moderation_id).bind(o.by_id).bind(&o.words).bind(o.state).bind(&o.answer).bind(o.created_at)
        .execute(c).await.map(drop).map_err(super::unique))
}

pub async fn get(conn: &mut Conn, moderation: ModerationId) -> Result<Option<Objection>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM objection WHERE moderation_id = $1").bind(moderation).fetch_optional(c).await)?)
}

/// Decides an open one; says whether it was open.
pub async fn decide(tx: &mut Tx, id: ModerationId, state: ObjectionState, by: ActorId, answer: &str, now: Time) -> Result<bool> {
    let rows = on!(tx, c => sqlx::query(
        "UPDATE objection SET state = $2, decided_by = $3, answer = $4, decided_at = $5 WHERE moderation_id = $1 AND state = 'open'")
        .bind(id).bind(state).bind(by).bind(answer).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

macro_rules! lines {
    ($condition:literal) => {
        concat!(
            "SELECT o.*, m.act AS act, m.reason AS reason, g.display_name AS group_title, a.name AS by_name, a.display_name AS by_display
             FROM objection o JOIN moderation m ON m.id = o.moderation_id JOIN actor a ON a.id = o.by_id LEFT JOIN actor g ON g.id = m.group_id
             WHERE o.state = 'open' AND ",
            $condition,
            " ORDER BY o.moderation_id LIMIT 200"
        )
    };
}

/// Open objections, the oldest first.
pub async fn open(conn: &mut Conn, desk: super::reports::Desk) -> Result<Vec<ObjectionLine>> {
    use super::reports::Desk;
    let (text, id) = match desk {
        Desk::Group(group) => (lines!("m.group_id = $1"), group),
        Desk::Moderator(member) => (lines!("m.group_id IN (SELECT x.group_id FROM moderator x WHERE x.actor_id = $1)"), member),
        Desk::Everything => (lines!("$1 = $1"), ActorId(0)),
    };
    Ok(on!(conn, c => sqlx::query_as(text).bind(id).fetch_all(c).await)?)
}

/// How many objections are open.
pub async fn count_open(conn: &mut Conn) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM objection WHERE state = 'open'").fetch_one(c).await)?;
    Ok(count)
}
