//! Throwing away: threads of other servers that nobody here has anything to do with; and how large everything is.

use sqlx::FromRow;

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, PostId, Time};

/// The groups of other servers that nobody here is in, and that have threads here.
pub async fn left_groups(conn: &mut Conn) -> Result<Vec<(ActorId,)>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT g.id FROM actor g WHERE g.kind = 'group' AND g.local = FALSE
            AND NOT EXISTS (SELECT 1 FROM follow f JOIN actor m ON m.id = f.follower_id WHERE f.target_id = g.id AND m.local = TRUE AND f.state <> 'rejected')
            AND EXISTS (SELECT 1 FROM post p WHERE p.group_id = g.id AND p.parent_id IS NULL)
         ORDER BY g.id").fetch_all(c).await)?)
}

/// Some threads of a group that nobody here has anything to do with: nothing of ours is in it, nobody follows it, was told of
/// it, found something in it useful, comes to it or would like a session about it, no moderator dealt with it, and nothing of it came in or changed since `before`.
/// `first` is the first id made since then.
pub async fn forgettable(conn: &mut Conn, group: ActorId, first: PostId, before: Time, limit: i64) -> Result<Vec<(PostId,)>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT r.id FROM post r WHERE r.group_id = $1 AND r.parent_id IS NULL AND r.local = FALSE AND r.id < $2 AND r.updated_at < $3
            AND NOT EXISTS (SELECT 1 FROM post p WHERE p.root_id = r.id AND (p.local = TRUE OR p.id >= $2 OR p.updated_at >= $3))
            AND NOT EXISTS (SELECT 1 FROM watch w WHERE w.kind = 'post' AND w.subject_id = r.id)
            AND NOT EXISTS (SELECT 1 FROM notification n JOIN post p ON p.id = n.post_id WHERE p.root_id = r.id)
            AND NOT EXISTS (SELECT 1 FROM useful u JOIN post p ON p.id = u.post_id JOIN actor m ON m.id = u.actor_id
                WHERE p.root_id = r.id AND u.active = TRUE AND m.local = TRUE)
            AND NOT EXISTS (SELECT 1 FROM attendee t LEFT JOIN actor m ON m.id = t.actor_id
                WHERE t.post_id = r.id AND (t.actor_id IS NULL OR m.local = TRUE))
            AND NOT EXISTS (SELECT 1 FROM interest i JOIN actor m ON m.id = i.actor_id WHERE i.post_id = r.id AND i.active = TRUE AND m.local = TRUE)
            AND NOT EXISTS (SELECT 1 FROM moderation d JOIN post p ON p.id = d.post_id WHERE p.root_id = r.id)
            AND NOT EXISTS (SELECT 1 FROM report d JOIN post p ON p.id = d.post_id WHERE p.root_id = r.id)
         ORDER BY r.id LIMIT $4").bind(group).bind(first).bind(before).bind(limit).fetch_all(c).await)?)
}

/// What people found useful in a thread.
pub async fn forget_useful(tx: &mut Tx, root: PostId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM useful WHERE post_id IN (SELECT p.id FROM post p WHERE p.root_id = $1)").bind(root).execute(c).await.map(drop))?;
    Ok(())
}

/// What a thread is as an event, who came, and who would have liked one.
pub async fn forget_event(tx: &mut Tx, root: PostId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM organiser WHERE post_id = $1").bind(root).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query("DELETE FROM attendee WHERE post_id = $1").bind(root).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query("DELETE FROM interest WHERE post_id = $1").bind(root).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query("DELETE FROM event WHERE post_id = $1").bind(root).execute(c).await.map(drop))?;
    Ok(())
}

/// The topics of a thread.
pub async fn forget_topics(tx: &mut Tx, root: PostId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM post_topic WHERE post_id IN (SELECT p.id FROM post p WHERE p.root_id = $1)").bind(root).execute(c).await.map(drop))?;
    Ok(())
}

/// The earlier versions of what is in a thread.
pub async fn forget_revisions(tx: &mut Tx, root: PostId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM revision WHERE post_id IN (SELECT p.id FROM post p WHERE p.root_id = $1)").bind(root).execute(c).await.map(drop))?;
    Ok(())
}

/// What a question said of its replies.
pub async fn forget_moved(tx: &mut Tx, root: PostId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM moved WHERE question_id = $1").bind(root).execute(c).await.map(drop))?;
    Ok(())
}

/// The posts of a thread; says how many there were.
pub async fn forget_posts(tx: &mut Tx, root: PostId) -> Result<u64> {
    Ok(on!(tx, c => sqlx::query("DELETE FROM post WHERE root_id = $1").bind(root).execute(c).await.map(|done| done.rows_affected()))?)
}

/// Its posts, for what hangs on each.
pub async fn posts_of(conn: &mut Conn, root: PostId) -> Result<Vec<(PostId,)>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT id FROM post WHERE root_id = $1 ORDER BY id").bind(root).fetch_all(c).await)?)
}

/// That a group's history was brought in: who joins it again gets it again.
pub async fn forget_history_items(tx: &mut Tx, group: ActorId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM backfill_item WHERE group_id = $1").bind(group).execute(c).await.map(drop))?;
    Ok(())
}

/// How much lies in the tables of one family.
#[derive(Clone, Debug, FromRow, PartialEq, Eq)]
pub struct Size {
    pub family: String,
    pub rows_kept: i64,
    pub bytes: i64,
    pub at: Time,
}

/// The rows of the table that each family is counted by.
pub async fn count_rows(conn: &mut Conn) -> Result<Vec<(String, i64)>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT 'post' AS name, COUNT(*) AS kept FROM post UNION ALL SELECT 'actor', COUNT(*) FROM actor
         UNION ALL SELECT 'activity', COUNT(*) FROM activity UNION ALL SELECT 'delivery', COUNT(*) FROM delivery
         UNION ALL SELECT 'received', COUNT(*) FROM received UNION ALL SELECT 'notification', COUNT(*) FROM notification
         UNION ALL SELECT 'mail', COUNT(*) FROM mail UNION ALL SELECT 'file', COUNT(*) FROM file
         UNION ALL SELECT 'audit', COUNT(*) FROM audit").fetch_all(c).await)?)
}

/// The bytes of every table with its indexes.
pub async fn table_bytes(conn: &mut Conn) -> Result<Vec<(String, i64)>> {
    Ok(on!(conn,
        sqlite c => sqlx::query_as(
            "SELECT m.tbl_name, CAST(SUM(s.pgsize) AS INTEGER) FROM dbstat s JOIN sqlite_master m ON m.name = s.name
             WHERE s.aggregate = TRUE GROUP BY m.tbl_name").fetch_all(c).await,
        postgres c => sqlx::query_as(
            "SELECT c.relname::text, pg_total_relation_size(c.oid) FROM pg_class c
             WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace").fetch_all(c).await)?)
}

/// The bytes of the pictures on our disk, both sizes not told apart.
pub async fn picture_bytes(conn: &mut Conn) -> Result<i64> {
    let (bytes,): (i64,) = on!(conn, c => sqlx::query_as("SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM file").fetch_one(c).await)?;
    Ok(bytes)
}

/// Notes what was measured.
pub async fn note_size(tx: &mut Tx, s: &Size) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query(
        "INSERT INTO size (family, rows_kept, bytes, at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (family) DO UPDATE SET rows_kept = excluded.rows_kept, bytes = excluded.bytes, at = excluded.at")
        .bind(&s.family).bind(s.rows_kept).bind(s.bytes).bind(s.at).execute(c).await.map(drop))?;
    Ok(())
}

/// What was measured last.
pub async fn sizes(conn: &mut Conn) -> Result<Vec<Size>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM size ORDER BY family").fetch_all(c).await)?)
}
