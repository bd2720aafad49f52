//! `moderation`: what moderators did, and the log of it that members read.

use sqlx::FromRow;

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{Actor, ActorId, Handle, Moderation, ModerationId, ObjectionState, PostId};

/// A line of the log.
#[derive(Clone, Debug, FromRow)]
pub struct LogLine {
    #[sqlx(flatten)]
    pub it: Moderation,
    pub by_name: String,
    pub by_display: String,
    /// The server of who did it, where that is another one.
    pub by_host: Option<String>,
    pub group_name: Option<String>,
    pub group_host: Option<String>,
    pub group_local: Option<bool>,
    pub group_title: Option<String>,
    pub root_id: Option<PostId>,
    /// Whom it concerns; shown to moderators only.
    pub actor_name: Option<String>,
    pub actor_display: Option<String>,
    pub objection: Option<ObjectionState>,
}

impl LogLine {
    #[must_use]
    pub fn by(&self) -> &str {
        if self.by_display.is_empty() { &self.by_name } else { &self.by_display }
    }

    #[must_use]
    pub fn whom(&self) -> Option<&str> {
        self.actor_display.as_deref().filter(|shown| !shown.is_empty()).or(self.actor_name.as_deref())
    }

    /// The page of the group, where it was in one.
    #[must_use]
    pub fn group_path(&self) -> Option<String> {
        let host = if self.group_local.unwrap_or(true) { None } else { self.group_host.clone() };
        self.group_name.clone().map(|name| format!("/c/{}", Handle { name, host }))
    }

    /// The place of what it was about.
    #[must_use]
    pub fn place(&self) -> Option<String> {
        let (post, root) = (self.it.post_id?, self.root_id?);
        Some(if post == root { format!("/post/{post}") } else { format!("/post/{root}?at={post}#p{post}") })
    }
}

pub async fn insert(tx: &mut Tx, m: &Moderation) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO moderation (id, group_id, by_id, act, post_id, actor_id, reason, until, report_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
        .bind(m.id).bind(m.group_id).bind(m.by_id).bind(&m.act).bind(m.post_id).bind(m.actor_id).bind(&m.reason).bind(m.until)
        .bind(m.report_id).bind(m.created_at).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn by_id(conn: &mut Conn, id: ModerationId) -> Result<Moderation> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM moderation WHERE id = $1").bind(id).fetch_one(c).await)?)
}

macro_rules! log {
    ($condition:literal) => {
        concat!(
            "SELECT m.*, b.name AS by_name, b.display_name AS by_display,
                CASE WHEN b.local = TRUE THEN NULL ELSE b.host END AS by_host, g.name AS group_name, g.host AS group_host, g.local AS group_local,
                g.display_name AS group_title, p.root_id AS root_id, a.name AS actor_name, a.display_name AS actor_display, o.state AS objection
             FROM moderation m JOIN actor b ON b.id = m.by_id LEFT JOIN actor g ON g.id = m.group_id LEFT JOIN post p ON p.id = m.post_id
             LEFT JOIN actor a ON a.id = m.actor_id LEFT JOIN objection o ON o.moderation_id = m.id
             WHERE m.id < $1 AND ",
            $condition,
            " ORDER BY m.id DESC LIMIT $2"
        )
    };
}

/// What was done in a group, or everywhere, the newest first.
pub async fn log(conn: &mut Conn, group: Option<ActorId>, before: Option<ModerationId>, limit: i64) -> Result<Vec<LogLine>> {
    let before = before.map_or(i64::MAX, |id| id.0);
    let (text, id) = match group {
        Some(group) => (log!("m.group_id = $3"), group),
        None => (log!("$3 = $3"), ActorId(0)),
    };
    Ok(on!(conn, c => sqlx::query_as(text).bind(before).bind(limit).bind(id).fetch_all(c).await)?)
}

/// The groups of ours, and those of other servers that we know, that somebody moderates.
pub async fn groups_of(conn: &mut Conn, moderator: ActorId) -> Result<Vec<Actor>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT g.* FROM moderator m JOIN actor g ON g.id = m.group_id WHERE m.actor_id = $1 AND g.deleted_at IS NULL ORDER BY g.display_name, g.id")
        .bind(moderator).fetch_all(c).await)?)
}

/// The members of ours who moderate a group, and the administrators: who is told of a report, and who may decide.
pub async fn desk(conn: &mut Conn, group: Option<ActorId>) -> Result<Vec<(ActorId,)>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT c.actor_id FROM account c WHERE c.state = 'active' AND (c.admin = TRUE
            OR EXISTS (SELECT 1 FROM moderator m WHERE m.actor_id = c.actor_id AND m.group_id = $1)) ORDER BY c.actor_id")
        .bind(group).fetch_all(c).await)?)
}
