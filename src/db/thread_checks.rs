//! `thread_check`, `thread_item` and `said_again`: how far the comparison of another server's thread with its home is, and
//! what the last one found.

use sqlx::FromRow;

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{Post, PostId, Time};

/// A row of `thread_check`.
#[derive(Clone, Debug, FromRow)]
pub struct ThreadCheck {
    pub root_id: PostId,
    /// `asked`, `listing` (finding out what its home has), `looking` (at what its home did not name), or `done`.
    pub state: String,
    pub asked_at: Time,
    /// When a page last showed it.
    pub viewed_at: Option<Time>,
    pub begun_at: Option<Time>,
    /// Its home has no list of the whole thread: every reply is asked for its own replies.
    pub walks: bool,
    /// Whether everything that its home lists has been read.
    pub whole: bool,
    /// How many posts its home says there are.
    pub told: Option<i64>,
    /// What came of the last one: empty, `silent`, `refused` or `gone`.
    pub outcome: String,
    /// Replies on servers that we don't speak with, and on those that did not answer.
    pub elsewhere: i64,
    pub unreached: i64,
}

impl ThreadCheck {
    /// Whether a comparison was asked for, or is going on.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        self.state != "done"
    }
}

/// A row of `thread_item`: a post that the home lists, or with `page ` before it a page to read, or with `look ` one of
/// ours to look at again.
#[derive(Clone, Debug, FromRow)]
pub struct Item {
    pub ap_id: String,
    pub attempts: i64,
    /// How new the home says it is.
    pub version: Option<Time>,
}

pub async fn get(conn: &mut Conn, root: PostId) -> Result<Option<ThreadCheck>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM thread_check WHERE root_id = $1").bind(root).fetch_optional(c).await)?)
}

/// The same, held until this transaction is over.
pub async fn lock(tx: &mut Tx, root: PostId) -> Result<Option<ThreadCheck>> {
    Ok(on!(tx.unseen(), sqlite c => sqlx::query_as("SELECT * FROM thread_check WHERE root_id = $1").bind(root).fetch_optional(c).await,
        postgres c => sqlx::query_as("SELECT * FROM thread_check WHERE root_id = $1 FOR UPDATE").bind(root).fetch_optional(c).await)?)
}

/// Notes that a comparison was asked for; one that is going on goes on.
pub async fn ask(tx: &mut Tx, root: PostId, viewed: Option<Time>, now: Time) -> Result<()> {
    on!(tx.of_posts([root]), c => sqlx::query(
        "INSERT INTO thread_check (root_id, state, asked_at, viewed_at, walks, whole, outcome, elsewhere, unreached)
         VALUES ($1, 'asked', $3, $2, FALSE, FALSE, '', 0, 0)
         ON CONFLICT (root_id) DO UPDATE SET asked_at = $3, viewed_at = COALESCE($2, thread_check.viewed_at),
            state = CASE WHEN thread_check.state = 'done' THEN 'asked' ELSE thread_check.state END")
        .bind(root).bind(viewed).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn set(tx: &mut Tx, k: &ThreadCheck) -> Result<()> {
    on!(tx.of_posts([k.root_id]), c => sqlx::query(
        "UPDATE thread_check SET state = $2, begun_at = $3, walks = $4, whole = $5, told = $6, outcome = $7, elsewhere = $8, unreached = $9
         WHERE root_id = $1")
        .bind(k.root_id).bind(&k.state).bind(k.begun_at).bind(k.walks).bind(k.whole).bind(k.told).bind(&k.outcome).bind(k.elsewhere)
        .bind(k.unreached).execute(c).await.map(drop))?;
    Ok(())
}

/// Notes something to fetch or to read, or in another state something that needs neither; says whether it was not on the
/// list yet.
pub async fn add_item(tx: &mut Tx, root: PostId, ap_id: &str, position: i64, state: &str, version: Option<Time>) -> Result<bool> {
    let rows = on!(tx.unseen(), c => sqlx::query(
        "INSERT INTO thread_item (root_id, ap_id, position, state, attempts, version) VALUES ($1, $2, $3, $4, 0, $5)
         ON CONFLICT (root_id, ap_id) DO NOTHING")
        .bind(root).bind(ap_id).bind(position).bind(state).bind(version).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

pub async fn set_item(tx: &mut Tx, root: PostId, ap_id: &str, state: &str, version: Option<Time>) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query(
        "UPDATE thread_item SET state = $3, attempts = attempts + 1, version = COALESCE($4, version) WHERE root_id = $1 AND ap_id = $2")
        .bind(root).bind(ap_id).bind(state).bind(version).execute(c).await.map(drop))?;
    Ok(())
}

/// What is to be done next, in the order in which it was found; what failed once comes last.
pub async fn todo(conn: &mut Conn, root: PostId, limit: i64) -> Result<Vec<Item>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT ap_id, attempts, version FROM thread_item WHERE root_id = $1 AND state = 'todo' ORDER BY attempts, position LIMIT $2")
        .bind(root).bind(limit).fetch_all(c).await)?)
}

/// What was kept in reserve is to be done after all; says whether there was something.
pub async fn use_reserve(tx: &mut Tx, root: PostId) -> Result<bool> {
    let rows = on!(tx.unseen(), c => sqlx::query("UPDATE thread_item SET state = 'todo' WHERE root_id = $1 AND state = 'reserve'")
        .bind(root).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows > 0)
}

/// How many posts are listed, and how many pages.
pub async fn count_items(conn: &mut Conn, root: PostId) -> Result<(i64, i64)> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT COUNT(*) FILTER (WHERE ap_id NOT LIKE 'page %' AND ap_id NOT LIKE 'look %'), COUNT(*) FILTER (WHERE ap_id LIKE 'page %')
         FROM thread_item WHERE root_id = $1").bind(root).fetch_one(c).await)?)
}

/// How many of the posts are in a state.
pub async fn count_in(conn: &mut Conn, root: PostId, state: &str) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as(
        "SELECT COUNT(*) FROM thread_item WHERE root_id = $1 AND state = $2 AND ap_id NOT LIKE 'page %' AND ap_id NOT LIKE 'look %'")
        .bind(root).bind(state).fetch_one(c).await)?;
    Ok(count)
}

/// How many pages could not be read.
pub async fn count_unread_pages(conn: &mut Conn, root: PostId) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as(
        "SELECT COUNT(*) FROM thread_item WHERE root_id = $1 AND state NOT IN ('done', 'reserve') AND ap_id LIKE 'page %'")
        .bind(root).fetch_one(c).await)?;
    Ok(count)
}

pub async fn clear_items(tx: &mut Tx, root: PostId) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("DELETE FROM thread_item WHERE root_id = $1").bind(root).execute(c).await.map(drop))?;
    Ok(())
}

/// The replies from elsewhere to look at again: those that the home does not list, then those of which it did not say how
/// new they are and that nobody looked at since `before`.
pub async fn to_look_at(conn: &mut Conn, root: PostId, before: Time, limit: i64) -> Result<Vec<(String,)>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT p.ap_id FROM post p LEFT JOIN thread_item i ON i.root_id = p.root_id AND i.ap_id = p.ap_id
         WHERE p.root_id = $1 AND p.parent_id IS NOT NULL AND p.local = FALSE AND p.deleted_at IS NULL AND i.version IS NULL
            AND (i.ap_id IS NULL OR p.checked_at IS NULL OR p.checked_at < $2)
         ORDER BY CASE WHEN i.ap_id IS NULL THEN 0 ELSE 1 END, COALESCE(p.checked_at, 0), p.id LIMIT $3")
        .bind(root).bind(before).bind(limit).fetch_all(c).await)?)
}

/// Replies of ours, written before `written`, that the home does not list, that are not on their way, and that were not said
/// again too often or since `said`.
pub async fn ours_unlisted(conn: &mut Conn, root: PostId, written: Time, said: Time, times: i64, limit: i64) -> Result<Vec<Post>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT p.* FROM post p LEFT JOIN said_again s ON s.post_id = p.id
         WHERE p.root_id = $1 AND p.parent_id IS NOT NULL AND p.local = TRUE AND p.deleted_at IS NULL AND p.published_at < $2
            AND (s.at IS NULL OR (s.at < $3 AND s.times < $4))
            AND NOT EXISTS (SELECT 1 FROM thread_item i WHERE i.root_id = $1 AND i.ap_id = p.ap_id)
            AND NOT EXISTS (SELECT 1 FROM activity a JOIN delivery d ON d.activity_id = a.id WHERE a.post_id = p.id)
         ORDER BY p.id LIMIT $5")
        .bind(root).bind(written).bind(said).bind(times).bind(limit).fetch_all(c).await)?)
}

/// Counts that a reply of ours is said again.
pub async fn count_said_again(tx: &mut Tx, post: PostId, now: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query(
        "INSERT INTO said_again (post_id, times, at) VALUES ($1, 1, $2) ON CONFLICT (post_id) DO UPDATE SET times = said_again.times + 1, at = $2")
        .bind(post).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// What starts the threads of other servers in which something was written or changed since then, or that were looked at;
/// of one group, or of all. Those compared longest ago first.
pub async fn to_compare(conn: &mut Conn, group: Option<crate::model::ActorId>, since: Time, limit: i64) -> Result<Vec<Post>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT p.* FROM post p WHERE p.local = FALSE AND p.parent_id IS NULL AND p.deleted_at IS NULL AND ($1 = 0 OR p.group_id = $1)
            AND p.id IN (SELECT r.root_id FROM post r WHERE r.updated_at >= $2 UNION SELECT k.root_id FROM thread_check k WHERE k.viewed_at >= $2)
         ORDER BY COALESCE(p.checked_at, 0), p.id LIMIT $3")
        .bind(group.map_or(0, |group| group.0)).bind(since).bind(limit).fetch_all(c).await)?)
}
