//! The figures of a region: counted, never named.

use sqlx::FromRow;

use super::{Conn, on};
use crate::error::Result;
use crate::model::{ActorId, Time};

/// How members take part.
#[derive(Clone, Copy, Debug, Default, FromRow)]
pub struct Members {
    pub members: i64,
    /// Wrote since the beginning of the time looked at.
    pub active: i64,
    /// Were here in that time and wrote nothing.
    pub followers: i64,
}

impl Members {
    /// Neither wrote nor were here.
    #[must_use]
    pub fn silent(&self) -> i64 {
        self.members - self.active - self.followers
    }
}

macro_rules! members {
    ($written:literal, $which:literal) => {
        concat!(
            "SELECT COUNT(*) AS members, COUNT(*) FILTER (WHERE x.wrote) AS active,
                COUNT(*) FILTER (WHERE NOT x.wrote AND x.seen_at >= $1) AS followers FROM (
                SELECT c.seen_at AS seen_at, EXISTS (SELECT 1 FROM post p WHERE p.author_id = c.actor_id AND p.published_at >= $2
                    AND p.deleted_at IS NULL AND ",
            $written,
            ") AS wrote FROM account c WHERE c.state = 'active' AND ",
            $which,
            ") x"
        )
    };
}

/// How the members of this region, or of them those in a group, take part since `since` (`seen_since` is that as a day).
pub async fn members(conn: &mut Conn, group: Option<ActorId>, since: Time, seen_since: Time) -> Result<Members> {
    let (text, id) = match group {
        None => (members!("$3 = $3", "$3 = $3"), ActorId(0)),
        Some(group) => (
            members!(
                "p.group_id = $3",
                "EXISTS (SELECT 1 FROM follow f WHERE f.follower_id = c.actor_id AND f.target_id = $3 AND f.state = 'accepted')"
            ),
            group,
        ),
    };
    Ok(on!(conn, c => sqlx::query_as(text).bind(seen_since).bind(since).bind(id).fetch_one(c).await)?)
}

/// A question of a group of ours with when it was first answered, and who wrote what from where.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Question {
    pub group_id: ActorId,
    pub asked_at: Time,
    pub first_answer_at: Option<Time>,
    pub answers: i64,
    /// Written by somebody of another region.
    pub from_elsewhere: i64,
}

/// The questions asked in groups of ours since `since`. The first answer counts when somebody else than the asker wrote it.
pub async fn questions(conn: &mut Conn, since: Time) -> Result<Vec<Question>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT q.group_id AS group_id, q.published_at AS asked_at, MIN(CASE WHEN r.author_id <> q.author_id THEN r.published_at END) AS first_answer_at,
            COUNT(r.id) AS answers, COUNT(r.id) FILTER (WHERE b.local = FALSE) AS from_elsewhere
         FROM post q JOIN actor g ON g.id = q.group_id
         LEFT JOIN post r ON r.root_id = q.id AND r.kind = 'answer' AND r.deleted_at IS NULL LEFT JOIN actor b ON b.id = r.author_id
         WHERE q.parent_id IS NULL AND q.kind = 'question' AND q.deleted_at IS NULL AND g.local = TRUE AND q.published_at >= $1
         GROUP BY q.id, q.group_id, q.published_at").bind(since).fetch_all(c).await)?)
}

/// How many of our members wrote something in a time.
pub async fn writers(conn: &mut Conn, from: Time, to: Time) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as(
        "SELECT COUNT(DISTINCT p.author_id) FROM post p JOIN account a ON a.actor_id = p.author_id
         WHERE p.published_at >= $1 AND p.published_at < $2 AND p.deleted_at IS NULL").bind(from).bind(to).fetch_one(c).await)?;
    Ok(count)
}

/// How many questions of ours wait for an answer now.
pub async fn unanswered(conn: &mut Conn) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as(
        "SELECT COUNT(*) FROM post q JOIN actor g ON g.id = q.group_id
         WHERE q.parent_id IS NULL AND q.kind = 'question' AND q.deleted_at IS NULL AND q.accepted_id IS NULL AND q.locked_at IS NULL AND g.local = TRUE
            AND NOT EXISTS (SELECT 1 FROM post r WHERE r.root_id = q.id AND r.kind = 'answer' AND r.deleted_at IS NULL)").fetch_one(c).await)?;
    Ok(count)
}

/// The groups of ours, with how many of our own members are in each.
pub async fn groups(conn: &mut Conn) -> Result<Vec<(ActorId, String, String)>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT g.id, g.name, g.display_name FROM actor g WHERE g.kind = 'group' AND g.local = TRUE AND g.deleted_at IS NULL ORDER BY g.display_name, g.id")
        .fetch_all(c).await)?)
}
