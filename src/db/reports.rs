//! `report`: what members reported, and what became of it.

use sqlx::FromRow;

use super::lists::By;
use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, PostId, Report, ReportId, ReportState, Time};

/// An open report as a moderator sees it.
#[derive(Clone, Debug, FromRow)]
pub struct ReportLine {
    #[sqlx(flatten)]
    pub report: Report,
    /// Who is reported, or wrote what is.
    #[sqlx(flatten)]
    pub by: By,
    pub reporter_name: String,
    pub reporter_display: String,
    /// The server that reported it, where that is another one: who did so there is not shown.
    pub reporter_host: Option<String>,
    pub group_title: Option<String>,
    /// What starts the thread of what is reported, when it is a post.
    pub root_id: Option<PostId>,
    /// Whether the post has gone since, whoever removed it.
    pub gone: bool,
}

impl ReportLine {
    #[must_use]
    pub fn reporter(&self) -> &str {
        if self.reporter_display.is_empty() { &self.reporter_name } else { &self.reporter_display }
    }

    /// The place of what is reported.
    #[must_use]
    pub fn path(&self) -> String {
        match (self.report.post_id, self.root_id) {
            (Some(post), Some(root)) if post != root => format!("/post/{root}?at={post}#p{post}"),
            (Some(post), _) => format!("/post/{post}"),
            _ => self.by.path(),
        }
    }
}

pub async fn insert(tx: &mut Tx, r: &Report) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO report (id, reporter_id, post_id, actor_id, group_id, reason, words, state, note, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
        .bind(r.id).bind(r.reporter_id).bind(r.post_id).bind(r.actor_id).bind(r.group_id).bind(&r.reason).bind(&r.words).bind(r.state)
        .bind(&r.note).bind(r.created_at).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn by_id(conn: &mut Conn, id: ReportId) -> Result<Report> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM report WHERE id = $1").bind(id).fetch_one(c).await)?)
}

/// The report of this reporter about this thing that is still open. A post is one thing, its author as a member another.
pub async fn open_of(conn: &mut Conn, reporter: ActorId, post: Option<PostId>, actor: ActorId) -> Result<Option<Report>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT * FROM report WHERE reporter_id = $1 AND actor_id = $3 AND state = 'open' AND COALESCE(post_id, 0) = $2")
        .bind(reporter).bind(post.map_or(0, |post| post.0)).bind(actor).fetch_optional(c).await)?)
}

/// Every open report about a post.
pub async fn open_about(conn: &mut Conn, post: PostId) -> Result<Vec<Report>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT * FROM report WHERE post_id = $1 AND state = 'open' ORDER BY id").bind(post).fetch_all(c).await)?,
    )
}

/// Closes an open report; says whether it was open.
pub async fn close(tx: &mut Tx, id: ReportId, state: ReportState, by: ActorId, note: &str, now: Time) -> Result<bool> {
    let rows = on!(tx, c => sqlx::query(
        "UPDATE report SET state = $2, handled_by = $3, note = $4, handled_at = $5 WHERE id = $1 AND state = 'open'")
        .bind(id).bind(state).bind(by).bind(note).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Notes the id of the Flag with which another server reported it.
pub async fn set_flag(tx: &mut Tx, id: ReportId, flag: &str) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE report SET flag = $2 WHERE id = $1").bind(id).bind(flag).execute(c).await.map(drop))?;
    Ok(())
}

/// The open reports that came with a Flag.
pub async fn by_flag(conn: &mut Conn, flag: &str) -> Result<Vec<Report>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM report WHERE flag = $1 AND state = 'open' ORDER BY id").bind(flag).fetch_all(c).await)?)
}

/// How many reports a server has sent since then.
pub async fn count_from(conn: &mut Conn, host: &str, since: Time) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as(
        "SELECT COUNT(*) FROM report r JOIN actor a ON a.id = r.reporter_id WHERE r.flag IS NOT NULL AND a.host = $1 AND r.created_at >= $2")
        .bind(host).bind(since).fetch_one(c).await)?;
    Ok(count)
}

/// Forgets what was reported of somebody who takes everything along.
pub async fn forget_words_of(tx: &mut Tx, actor: ActorId) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE report SET words = '' WHERE actor_id = $1").bind(actor).execute(c).await.map(drop))?;
    Ok(())
}

macro_rules! lines {
    ($condition:literal) => {
        concat!(
            "SELECT r.*, a.id AS author_id, a.name AS author_name, a.host AS author_host, a.local AS author_local, a.display_name AS author_display,
                a.role AS author_role, a.organisation AS author_organisation, a.icon_file AS author_icon_file, a.icon_url AS author_icon_url, w.name AS reporter_name, w.display_name AS reporter_display,
                CASE WHEN w.local = TRUE THEN NULL ELSE w.host END AS reporter_host,
                g.display_name AS group_title, p.root_id AS root_id, (p.deleted_at IS NOT NULL) AS gone
             FROM report r JOIN actor a ON a.id = r.actor_id JOIN actor w ON w.id = r.reporter_id
             LEFT JOIN actor g ON g.id = r.group_id LEFT JOIN post p ON p.id = r.post_id
             WHERE r.state = 'open' AND r.actor_id <> $2 AND ",
            $condition,
            " ORDER BY r.id LIMIT 200"
        )
    };
}

/// Whose open reports.
#[derive(Clone, Copy, Debug)]
pub enum Desk {
    /// Of one group.
    Group(ActorId),
    /// Of every group that this member moderates.
    Moderator(ActorId),
    /// Everything.
    Everything,
}

/// Open reports, the oldest first, but not those about `reader`: others decide about these, and who reported is not for whom it is
/// about.
pub async fn open(conn: &mut Conn, desk: Desk, reader: ActorId) -> Result<Vec<ReportLine>> {
    let (text, id) = match desk {
        Desk::Group(group) => (lines!("r.group_id = $1"), group),
        Desk::Moderator(member) => (lines!("r.group_id IN (SELECT m.group_id FROM moderator m WHERE m.actor_id = $1)"), member),
        Desk::Everything => (lines!("$1 = $1"), ActorId(0)),
    };
    Ok(on!(conn, c => sqlx::query_as(text).bind(id).bind(reader).fetch_all(c).await)?)
}

/// How many reports are open.
pub async fn count_open(conn: &mut Conn) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM report WHERE state = 'open'").fetch_one(c).await)?;
    Ok(count)
}

/// How many reports about a group are open, those about `reader` left out.
pub async fn count_open_in(conn: &mut Conn, group: ActorId, reader: ActorId) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM report WHERE group_id = $1 AND state = 'open' AND actor_id <> $2")
        .bind(group).bind(reader).fetch_one(c).await)?;
    Ok(count)
}
