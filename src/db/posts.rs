//! `post` and `tombstone`: what people wrote and what must never come back.

use sqlx::FromRow;

use super::{Conn, Tx, column, events, on, over_rows, rows};
use crate::error::Result;
use crate::model::{Actor, ActorId, Post, PostId, RemovedWords, Time};

// In the order of the struct.
macro_rules! post_columns {
    ($p:literal) => {
        $crate::db::columns!(
            $p,
            "id",
            "ap_id",
            "local",
            "kind",
            "wire_type",
            "group_id",
            "author_id",
            "root_id",
            "parent_id",
            "title",
            "source",
            "html",
            "summary",
            "language",
            "url",
            "context",
            "published_at",
            "updated_at",
            "edited_at",
            "deleted_at",
            "deleted_by",
            "accepted_ap_id",
            "accepted_id",
            "accepted_by",
            "accepted_at",
            "accepts_at_home",
            "checked_at",
            "locked_at",
            "pinned_at",
            "tried",
            "moved_at"
        )
    };
}
pub(super) use post_columns;

macro_rules! insert {
    ($rows:literal) => {
        concat!(
            "INSERT INTO post (id, ap_id, local, kind, wire_type, group_id, author_id, root_id, parent_id, title, source, html, summary, language,
                url, context, published_at, updated_at, edited_at, deleted_at, deleted_by, accepted_ap_id, accepted_id, accepted_by,
                accepted_at, accepts_at_home, checked_at, locked_at, pinned_at, tried, moved_at)
             SELECT CAST(r.value ->> 'id' AS BIGINT), r.value ->> 'ap_id', CAST(r.value ->> 'local' AS BOOLEAN), r.value ->> 'kind',
                r.value ->> 'wire_type', CAST(r.value ->> 'group_id' AS BIGINT), CAST(r.value ->> 'author_id' AS BIGINT),
                CAST(r.value ->> 'root_id' AS BIGINT), CAST(r.value ->> 'parent_id' AS BIGINT), r.value ->> 'title',
                r.value ->> 'source', r.value ->> 'html', r.value ->> 'summary', r.value ->> 'language', r.value ->> 'url',
                r.value ->> 'context', CAST(r.value ->> 'published_at' AS BIGINT), CAST(r.value ->> 'updated_at' AS BIGINT),
                CAST(r.value ->> 'edited_at' AS BIGINT), CAST(r.value ->> 'deleted_at' AS BIGINT), r.value ->> 'deleted_by',
                r.value ->> 'accepted_ap_id', CAST(r.value ->> 'accepted_id' AS BIGINT), CAST(r.value ->> 'accepted_by' AS BIGINT),
                CAST(r.value ->> 'accepted_at' AS BIGINT), CAST(r.value ->> 'accepts_at_home' AS BOOLEAN),
                CAST(r.value ->> 'checked_at' AS BIGINT), CAST(r.value ->> 'locked_at' AS BIGINT),
                CAST(r.value ->> 'pinned_at' AS BIGINT), r.value ->> 'tried', CAST(r.value ->> 'moved_at' AS BIGINT)
             FROM ",
            $rows,
            " WHERE TRUE"
        )
    };
}

/// Stores posts; [`crate::error::Error::Conflict`] when one of their ids is known.
pub async fn insert<'a>(tx: &mut Tx, posts: impl IntoIterator<Item = &'a Post>) -> Result<()> {
    let posts: Vec<&Post> = posts.into_iter().collect();
    let new = rows(&posts)?;
    // What starts a thread may be named by others already; a reply shows in its own.
    let replies = posts.iter().all(|post| !post.is_root());
    let held = if replies {
        tx.of_posts(posts.iter().flat_map(|post| [post.id, post.root_id].into_iter().chain(post.parent_id)))
    } else {
        tx.all()
    };
    over_rows!(held, insert, query, q, c => q.bind(new).execute(c).await.map(drop).map_err(super::unique))
}

pub async fn by_id(conn: &mut Conn, id: PostId) -> Result<Post> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM post WHERE id = $1").bind(id).fetch_one(c).await)?)
}

/// The post, so that nobody else changes it before this transaction ends. On SQLite there is one writer anyway.
pub async fn lock(tx: &mut Tx, id: PostId) -> Result<Post> {
    Ok(on!(tx.unseen(), sqlite c => sqlx::query_as("SELECT * FROM post WHERE id = $1").bind(id).fetch_one(c).await,
        postgres c => sqlx::query_as("SELECT * FROM post WHERE id = $1 FOR UPDATE").bind(id).fetch_one(c).await)?)
}

/// The post, so that nobody changes it before this transaction ends; others may hold it in the same way.
pub async fn hold(tx: &mut Tx, id: PostId) -> Result<Post> {
    Ok(on!(tx.unseen(), sqlite c => sqlx::query_as("SELECT * FROM post WHERE id = $1").bind(id).fetch_one(c).await,
        postgres c => sqlx::query_as("SELECT * FROM post WHERE id = $1 FOR SHARE").bind(id).fetch_one(c).await)?)
}

pub async fn by_ap_id(conn: &mut Conn, ap_id: &str) -> Result<Option<Post>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM post WHERE ap_id = $1").bind(ap_id).fetch_optional(c).await)?)
}

macro_rules! of_ap_ids {
    ($rows:literal) => {
        concat!("SELECT * FROM post WHERE ap_id IN (SELECT r.value ->> 0 FROM ", $rows, ")")
    };
}

/// Those of these ids that are known.
pub async fn of_ap_ids(conn: &mut Conn, ids: impl IntoIterator<Item = &str>) -> Result<Vec<Post>> {
    let ids = column(ids)?;
    Ok(over_rows!(conn, of_ap_ids, query_as, q, c => q.bind(ids).fetch_all(c).await)?)
}

macro_rules! of_ids {
    ($rows:literal) => {
        concat!("SELECT * FROM post WHERE id IN (SELECT CAST(r.value ->> 0 AS BIGINT) FROM ", $rows, ")")
    };
}

pub async fn of_ids(conn: &mut Conn, ids: impl IntoIterator<Item = PostId>) -> Result<Vec<Post>> {
    let ids = column(ids)?;
    Ok(over_rows!(conn, of_ids, query_as, q, c => q.bind(ids).fetch_all(c).await)?)
}

macro_rules! hold_all {
    ($rows:literal, $lock:literal) => {
        concat!("SELECT * FROM post WHERE id IN (SELECT CAST(r.value ->> 0 AS BIGINT) FROM ", $rows, ") ORDER BY id", $lock)
    };
}

/// Several, as [`hold`], in the order of their ids as everywhere.
pub async fn hold_all(tx: &mut Tx, ids: impl IntoIterator<Item = PostId>) -> Result<Vec<Post>> {
    let ids = column(ids)?;
    Ok(over_rows!(tx.unseen(), hold_all [""] [" FOR SHARE OF post"], query_as, q, c => q.bind(ids).fetch_all(c).await)?)
}

/// A reply that nobody here may have heard of.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Unheard<'a> {
    pub place: usize,
    pub ap_id: &'a str,
    pub author: &'a str,
    pub author_id: ActorId,
    pub group_id: ActorId,
    pub parent_id: PostId,
}

macro_rules! unheard_of {
    ($rows:literal) => {
        concat!(
            "SELECT CAST(r.value ->> 'place' AS BIGINT) FROM ",
            $rows,
            " WHERE NOT EXISTS (SELECT 1 FROM post p WHERE p.ap_id = r.value ->> 'ap_id')
                AND NOT EXISTS (SELECT 1 FROM tombstone t WHERE t.ap_id IN (r.value ->> 'ap_id', (r.value ->> 'ap_id') || ' ' || (r.value ->> 'author')))
                AND NOT EXISTS (SELECT 1 FROM suspension s WHERE s.actor_id = CAST(r.value ->> 'author_id' AS BIGINT))
                AND NOT EXISTS (SELECT 1 FROM whereabouts w WHERE w.actor_id = CAST(r.value ->> 'group_id' AS BIGINT) AND w.moved_to IS NOT NULL)
                AND NOT EXISTS (SELECT 1 FROM moved m WHERE m.question_id = CAST(r.value ->> 'parent_id' AS BIGINT) AND m.ap_id = r.value ->> 'ap_id')
                AND NOT EXISTS (SELECT 1 FROM group_word g WHERE g.group_id = CAST(r.value ->> 'group_id' AS BIGINT)
                    AND g.what IN ('lock', 'pin', 'answer') AND g.subject = r.value ->> 'ap_id')
                AND NOT EXISTS (SELECT 1 FROM post q WHERE q.accepted_ap_id = r.value ->> 'ap_id' AND q.id = (
                    SELECT p.root_id FROM post p WHERE p.id = CAST(r.value ->> 'parent_id' AS BIGINT)))"
        )
    };
}

/// Of which of these nothing has been said here: they are not known, nobody removed them, chose them or decided what they are,
/// their author was never suspended and their group has not moved. Gives their places.
pub async fn unheard_of(tx: &mut Tx, replies: &[Unheard<'_>]) -> Result<Vec<i64>> {
    let replies = rows(replies)?;
    let found: Vec<(i64,)> = over_rows!(tx.unseen(), unheard_of, query_as, q, c => q.bind(replies).fetch_all(c).await)?;
    Ok(found.into_iter().map(|(place,)| place).collect())
}

/// Replaces what an edit may change: the words, the version and, with it, the accepted answer.
pub async fn revise(tx: &mut Tx, p: &Post) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE post SET title = $2, source = $3, html = $4, summary = $5, language = $6, updated_at = $7, edited_at = $8,
            accepted_id = $9, accepted_by = $10, accepted_at = $11, accepted_ap_id = $12, kind = $13, locked_at = $14 WHERE id = $1")
        .bind(p.id).bind(&p.title).bind(&p.source).bind(&p.html).bind(&p.summary).bind(&p.language).bind(p.updated_at).bind(p.edited_at)
        .bind(p.accepted_id).bind(p.accepted_by).bind(p.accepted_at).bind(&p.accepted_ap_id).bind(p.kind).bind(p.locked_at).execute(c).await.map(drop))?;
    Ok(())
}

/// Changes how a post stands in its group and thread: its kind, pinned, locked; with its version.
pub async fn place(tx: &mut Tx, p: &Post) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE post SET kind = $2, moved_at = $3, pinned_at = $4, locked_at = $5, updated_at = $6 WHERE id = $1")
        .bind(p.id).bind(p.kind).bind(p.moved_at).bind(p.pinned_at).bind(p.locked_at).bind(p.updated_at).execute(c).await.map(drop))?;
    Ok(())
}

/// Notes what a comment says of a practice.
pub async fn set_tried(tx: &mut Tx, id: PostId, tried: crate::model::Tried) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE post SET tried = $2 WHERE id = $1").bind(id).bind(tried).execute(c).await.map(drop))?;
    Ok(())
}

/// The threads at the top of a group, the last one pinned first.
pub async fn pinned_ids(conn: &mut Conn, group: ActorId, limit: i64) -> Result<Vec<(String,)>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT ap_id FROM post WHERE group_id = $1 AND pinned_at IS NOT NULL AND deleted_at IS NULL ORDER BY pinned_at DESC, id DESC LIMIT $2")
        .bind(group).bind(limit).fetch_all(c).await)?)
}

/// Whether somebody has started a thread in a group before.
pub async fn has_started(conn: &mut Conn, author: ActorId, group: ActorId) -> Result<bool> {
    let row: Option<(PostId,)> = on!(conn, c => sqlx::query_as("SELECT id FROM post WHERE author_id = $1 AND group_id = $2 AND parent_id IS NULL LIMIT 1")
        .bind(author).bind(group).fetch_optional(c).await)?;
    Ok(row.is_some())
}

/// Whether somebody has written in a group, whatever became of it.
pub async fn has_written(conn: &mut Conn, author: ActorId, group: ActorId) -> Result<bool> {
    let row: Option<(PostId,)> = on!(conn, c => sqlx::query_as("SELECT id FROM post WHERE author_id = $1 AND group_id = $2 LIMIT 1")
        .bind(author).bind(group).fetch_optional(c).await)?;
    Ok(row.is_some())
}

/// Chooses an answer, or none, at version `at` of the question.
pub async fn set_accepted(tx: &mut Tx, question: PostId, answer: Option<&Post>, by: Option<ActorId>, at: Time) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE post SET accepted_id = $2, accepted_by = $3, accepted_at = $4, updated_at = $4, accepted_ap_id = $5 WHERE id = $1")
        .bind(question).bind(answer.map(|answer| answer.id)).bind(by).bind(at).bind(answer.map(|answer| &answer.ap_id))
        .execute(c).await.map(drop))?;
    Ok(())
}

/// An answer has come in: if its question had chosen it before it was known here, it is the chosen one now.
pub async fn resolve_accepted(tx: &mut Tx, answer: &Post) -> Result<()> {
    on!(tx.of_posts([answer.id, answer.root_id]), c => sqlx::query("UPDATE post SET accepted_id = $2 WHERE id = $1 AND accepted_ap_id = $3")
        .bind(answer.root_id).bind(answer.id).bind(&answer.ap_id).execute(c).await.map(drop))?;
    Ok(())
}

/// Takes the words away and leaves the place.
pub async fn empty(tx: &mut Tx, id: PostId, by: &str, now: Time) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE post SET title = '', source = NULL, html = '', summary = '', deleted_at = $2, deleted_by = $3, updated_at = $2,
            accepted_id = NULL, accepted_by = NULL, accepted_ap_id = NULL WHERE id = $1")
        .bind(id).bind(now).bind(by).execute(c).await.map(drop))?;
    // Its earlier words go with the last ones, whoever took them away.
    on!(tx, c => sqlx::query("DELETE FROM revision WHERE post_id = $1").bind(id).execute(c).await.map(drop))?;
    events::set_gone(tx, id, true).await
}

/// Questions that had chosen this answer.
pub async fn that_accepted(conn: &mut Conn, answer: PostId) -> Result<Option<Post>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM post WHERE accepted_id = $1").bind(answer).fetch_optional(c).await)?)
}

/// What somebody wrote that still stands.
pub async fn standing_of(conn: &mut Conn, author: ActorId) -> Result<Vec<Post>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM post WHERE author_id = $1 AND deleted_at IS NULL").bind(author).fetch_all(c).await)?)
}

/// The groups of ours that somebody wrote in, also what is removed by now.
pub async fn groups_written_in(conn: &mut Conn, author: ActorId) -> Result<Vec<Actor>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT * FROM actor WHERE local = TRUE AND deleted_at IS NULL AND id IN (SELECT group_id FROM post WHERE author_id = $1) ORDER BY id")
        .bind(author).fetch_all(c).await)?)
}

/// A post in a collection: its id and, when it was changed, its version.
#[derive(Clone, Debug, FromRow)]
pub struct Listed {
    pub id: PostId,
    pub ap_id: String,
    pub published_at: Time,
    pub updated_at: Time,
}

/// A thread's posts after `after`, in the order in which they came here, removed ones left out: a page of the `context`
/// collection. What comes in while somebody reads page by page stands at the end, whatever its date; a reply never stands
/// before what it answers.
pub async fn thread_ids(conn: &mut Conn, root: PostId, after: PostId, limit: i64) -> Result<Vec<Listed>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT id, ap_id, published_at, updated_at FROM post WHERE root_id = $1 AND id > $2 AND deleted_at IS NULL ORDER BY id LIMIT $3")
        .bind(root).bind(after).bind(limit).fetch_all(c).await)?)
}

/// The direct replies, in the same way.
pub async fn reply_ids(conn: &mut Conn, parent: PostId, after: PostId, limit: i64) -> Result<Vec<Listed>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT id, ap_id, published_at, updated_at FROM post WHERE parent_id = $1 AND id > $2 AND deleted_at IS NULL ORDER BY id LIMIT $3")
        .bind(parent).bind(after).bind(limit).fetch_all(c).await)?)
}

pub async fn count_thread(conn: &mut Conn, root: PostId) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM post WHERE root_id = $1 AND deleted_at IS NULL")
        .bind(root).fetch_one(c).await)?;
    Ok(count)
}

pub async fn count_replies(conn: &mut Conn, parent: PostId) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM post WHERE parent_id = $1 AND deleted_at IS NULL")
        .bind(parent).fetch_one(c).await)?;
    Ok(count)
}

/// How many answers a question has.
pub async fn count_answers(conn: &mut Conn, root: PostId) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM post WHERE root_id = $1 AND kind = 'answer' AND deleted_at IS NULL")
        .bind(root).fetch_one(c).await)?;
    Ok(count)
}

/// How many threads and how many replies were written here.
pub async fn count_local(conn: &mut Conn) -> Result<(i64, i64)> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT COUNT(*) FILTER (WHERE parent_id IS NULL), COUNT(*) FILTER (WHERE parent_id IS NOT NULL)
         FROM post WHERE local = TRUE AND deleted_at IS NULL").fetch_one(c).await)?)
}

/// What started the thread with this `context`.
pub async fn root_by_context(conn: &mut Conn, context: &str) -> Result<Option<Post>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM post WHERE context = $1 AND parent_id IS NULL").bind(context).fetch_optional(c).await)?)
}

/// Remembers that a thread was compared with its home, or that a reply was looked at there.
pub async fn mark_checked(tx: &mut Tx, root: PostId, now: Time) -> Result<()> {
    on!(tx.of_posts([root]), c => sqlx::query("UPDATE post SET checked_at = $2 WHERE id = $1").bind(root).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Gives a post back its words and version: what a moderator removed is restored.
pub async fn refill(tx: &mut Tx, words: &RemovedWords, version: Time) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE post SET title = $2, source = $3, html = $4, summary = $5, updated_at = $6, deleted_at = NULL, deleted_by = NULL WHERE id = $1")
        .bind(words.post_id).bind(&words.title).bind(&words.source).bind(&words.html).bind(&words.summary).bind(version)
        .execute(c).await.map(drop))?;
    events::set_gone(tx, words.post_id, false).await
}

/// What a moderator removed was then deleted by its author.
pub async fn deleted_by_author(tx: &mut Tx, id: PostId) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE post SET deleted_by = 'author' WHERE id = $1").bind(id).execute(c).await.map(drop))?;
    Ok(())
}

/// Remembers that an id was deleted: by its author for good, or by a moderator of `group`. The author's word stands.
pub async fn bury(tx: &mut Tx, ap_id: &str, group: Option<ActorId>, now: Time) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO tombstone (ap_id, at, group_id) VALUES ($1, $2, $3)
         ON CONFLICT (ap_id) DO UPDATE SET group_id = NULL WHERE excluded.group_id IS NULL")
        .bind(ap_id).bind(now).bind(group).execute(c).await.map(drop))?;
    Ok(())
}

/// Remembers that somebody deleted an id of which we don't know yet whose it is. What somebody else of their server wrote
/// does not stay out by that (T-28), so it is kept under both names: no id holds a blank.
pub async fn bury_unseen(tx: &mut Tx, ap_id: &str, by: &str, now: Time) -> Result<()> {
    bury(tx, &format!("{ap_id} {by}"), None, now).await?;
    bury(tx, &format!("{ap_id} *"), None, now).await
}

/// Whether `author` deleted an id before it came in; of no author, whether anybody did.
pub async fn is_buried_unseen(conn: &mut Conn, ap_id: &str, author: Option<&str>) -> Result<bool> {
    is_buried(conn, &format!("{ap_id} {}", author.unwrap_or("*")), None).await
}

/// A moderator of `group` takes back a removal; says whether there was one.
pub async fn unbury(tx: &mut Tx, ap_id: &str, group: ActorId) -> Result<bool> {
    let rows = on!(tx, c => sqlx::query("DELETE FROM tombstone WHERE ap_id = $1 AND group_id = $2")
        .bind(ap_id).bind(group).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows > 0)
}

/// Whether an id was deleted by its author, or removed by a moderator of `group`: what another group's moderators say of
/// it does not count.
pub async fn is_buried(conn: &mut Conn, ap_id: &str, group: Option<ActorId>) -> Result<bool> {
    let (found,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM tombstone WHERE ap_id = $1 AND (group_id IS NULL OR group_id = $2)")
        .bind(ap_id).bind(group).fetch_one(c).await)?;
    Ok(found > 0)
}
