//! What administrators see of members, and what needs their attention.

use sqlx::FromRow;

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{AccountState, ActorId, Time};

/// A member as an administrator sees them.
#[derive(Clone, Debug, FromRow)]
pub struct MemberLine {
    pub actor_id: ActorId,
    pub name: String,
    pub display_name: String,
    pub organisation: String,
    pub email: String,
    pub admin: bool,
    pub state: AccountState,
    pub created_at: Time,
    /// The day they were last seen.
    pub seen_at: Option<Time>,
    pub posts: i64,
}

impl MemberLine {
    #[must_use]
    pub fn shown(&self) -> &str {
        if self.display_name.is_empty() { &self.name } else { &self.display_name }
    }
}

/// Which members a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    All,
    Active,
    Suspended,
    Administrators,
}

macro_rules! members {
    ($condition:literal) => {
        concat!(
            "SELECT c.actor_id, a.name, a.display_name, a.organisation, c.email, c.admin, c.state, c.created_at, c.seen_at,
                (SELECT COUNT(*) FROM post p WHERE p.author_id = c.actor_id AND p.deleted_at IS NULL) AS posts
             FROM account c JOIN actor a ON a.id = c.actor_id
             WHERE a.name > $1 AND (lower(a.name) LIKE $2 ESCAPE '!' OR lower(a.display_name) LIKE $2 ESCAPE '!'
                OR lower(a.organisation) LIKE $2 ESCAPE '!' OR lower(c.email) LIKE $2 ESCAPE '!') AND ",
            $condition,
            " ORDER BY a.name LIMIT $3"
        )
    };
}

/// Members whose name, organisation or address holds `search`, in order of name, after `after`.
pub async fn members(conn: &mut Conn, which: Which, search: &str, after: &str, limit: i64) -> Result<Vec<MemberLine>> {
    let text = match which {
        Which::All => members!("c.state <> 'closed'"),
        Which::Active => members!("c.state = 'active'"),
        Which::Suspended => members!("c.state = 'suspended'"),
        Which::Administrators => members!("c.admin = TRUE"),
    };
    let pattern = format!("%{}%", search.trim().to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_"));
    Ok(on!(conn, c => sqlx::query_as(text).bind(after).bind(pattern).bind(limit).fetch_all(c).await)?)
}

/// One member.
pub async fn member(conn: &mut Conn, name: &str) -> Result<MemberLine> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT c.actor_id, a.name, a.display_name, a.organisation, c.email, c.admin, c.state, c.created_at, c.seen_at,
            (SELECT COUNT(*) FROM post p WHERE p.author_id = c.actor_id AND p.deleted_at IS NULL) AS posts
         FROM account c JOIN actor a ON a.id = c.actor_id WHERE a.name = $1 AND a.local = TRUE").bind(name).fetch_one(c).await)?)
}

/// How many members each organisation has, how many of them wrote, and how many posts.
#[derive(Clone, Debug, FromRow)]
pub struct OrganisationLine {
    pub organisation: String,
    pub members: i64,
    pub active: i64,
    pub posts: i64,
}

/// Counts for each organisation; `active` are those who were seen after `since`.
pub async fn organisations(conn: &mut Conn, since: Time) -> Result<Vec<OrganisationLine>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT a.organisation, COUNT(*) AS members, COUNT(*) FILTER (WHERE c.seen_at >= $1) AS active,
            COALESCE(CAST(SUM((SELECT COUNT(*) FROM post p WHERE p.author_id = a.id AND p.deleted_at IS NULL)) AS BIGINT), 0) AS posts
         FROM account c JOIN actor a ON a.id = c.actor_id WHERE c.state <> 'closed' GROUP BY a.organisation ORDER BY a.organisation")
        .bind(since).fetch_all(c).await)?)
}

pub async fn set_admin(tx: &mut Tx, actor: ActorId, admin: bool) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE account SET admin = $2 WHERE actor_id = $1").bind(actor).bind(admin).execute(c).await.map(drop))?;
    Ok(())
}

/// Notes that a member was seen on a day.
pub async fn seen(tx: &mut Tx, actor: ActorId, day: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE account SET seen_at = $2 WHERE actor_id = $1 AND (seen_at IS NULL OR seen_at < $2)")
        .bind(actor).bind(day).execute(c).await.map(drop))?;
    Ok(())
}

/// What needs an administrator, as numbers.
#[derive(Clone, Copy, Debug, Default, FromRow)]
pub struct Attention {
    pub reports: i64,
    pub objections: i64,
    pub registrations: i64,
    pub proposals: i64,
    pub mails: i64,
    pub peers: i64,
    /// Other instances that ask to connect.
    pub requests: i64,
    pub groups: i64,
    pub reviews: i64,
}

/// Counts it. A server counts when it has failed since before `failing_before`.
pub async fn attention(conn: &mut Conn, now: Time, failing_before: Time) -> Result<Attention> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM report WHERE state = 'open') AS reports,
            (SELECT COUNT(*) FROM objection WHERE state = 'open') AS objections,
            (SELECT COUNT(*) FROM registration WHERE state = 'waiting') AS registrations,
            (SELECT COUNT(*) FROM group_proposal WHERE decided_at IS NULL) AS proposals,
            (SELECT COUNT(*) FROM mail WHERE state IN ('failed', 'held', 'unsure')) AS mails,
            (SELECT COUNT(*) FROM peer WHERE failing_since < $2) AS peers,
            (SELECT COUNT(*) FROM connection k WHERE k.direction = 'in' AND k.state = 'waiting'
                AND NOT EXISTS (SELECT 1 FROM host_rule h WHERE h.host = k.host AND h.rule = 'block')) AS requests,
            (SELECT COUNT(*) FROM actor g WHERE g.kind = 'group' AND g.local = TRUE AND g.deleted_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM moderator m WHERE m.group_id = g.id)) AS groups,
            (SELECT COUNT(*) FROM group_page WHERE review_at < $1) AS reviews")
        .bind(now).bind(failing_before).fetch_one(c).await)?)
}

/// A group here that needs an administrator or its moderators.
#[derive(Clone, Debug, FromRow)]
pub struct NeedyGroup {
    pub name: String,
    pub display_name: String,
    pub moderators: i64,
    /// When what was agreed should have been looked at again; none when that is not over.
    pub review_at: Option<Time>,
}

/// The groups that [`attention`] counts, in order of name.
pub async fn needy_groups(conn: &mut Conn, now: Time, limit: i64) -> Result<Vec<NeedyGroup>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT * FROM (SELECT g.name, g.display_name, p.review_at, (SELECT COUNT(*) FROM moderator m WHERE m.group_id = g.id) AS moderators
            FROM actor g LEFT JOIN group_page p ON p.group_id = g.id AND p.review_at < $1
            WHERE g.kind = 'group' AND g.local = TRUE AND g.deleted_at IS NULL) found
         WHERE found.moderators = 0 OR found.review_at IS NOT NULL ORDER BY found.name LIMIT $2")
        .bind(now).bind(limit).fetch_all(c).await)?)
}
