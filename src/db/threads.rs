//! The page of a thread in two statements: what it is and where its posts stand, then what stands on one page of it. A statement is
//! a walk to SQLite's thread and back, so each of them gives a few packed values in one row.

use serde::Deserialize;

use super::actors::actor_columns;
use super::agenda::{Reported, reports_from};
use super::lists::{By, post_by};
use super::posts::post_columns;
use super::watches::WatchKind;
use super::{Conn, column, on, over_rows, packed, unpacked, unpacked_one};
use crate::error::Result;
use crate::model::packed::read_bool;
use crate::model::{Actor, ActorId, Attachment, Post, PostId, PostKind, Removable, Time, Topic};

/// Where a post stands in its thread, without its words.
#[derive(Clone, Debug, Deserialize)]
pub struct Position {
    pub id: PostId,
    pub parent_id: Option<PostId>,
    pub kind: PostKind,
    pub published_at: Time,
    pub deleted_at: Option<Time>,
    pub deleted_by: Option<String>,
    /// Of what started the thread: the answer that was chosen.
    pub accepted_id: Option<PostId>,
    pub useful: i64,
}

impl Removable for Position {
    fn deleted_at(&self) -> Option<Time> {
        self.deleted_at
    }

    fn deleted_by(&self) -> Option<&str> {
        self.deleted_by.as_deref()
    }
}

/// What a thread is, before any page of it.
#[derive(Clone, Debug)]
pub struct Opening {
    /// What was asked for; of a reply the rest says nothing about its thread.
    pub post: Post,
    pub group: Actor,
    /// Where every post of the thread stands, in no order, removed ones included (their place may hold replies).
    pub positions: Vec<Position>,
    /// By name.
    pub topics: Vec<Topic>,
    /// How many would be interested in a session about it.
    pub interested: i64,
    /// Whether the reader is one of them.
    pub interests_reader: bool,
    /// Whether the reader follows it.
    pub watched: bool,
    /// Whether an event says that it came from it.
    pub has_events: bool,
}

/// A post in its thread.
#[derive(Clone, Debug, Deserialize)]
pub struct ThreadPost {
    pub post: Post,
    pub by: By,
    pub useful: i64,
    /// Whether the reader found it useful.
    #[serde(deserialize_with = "read_bool")]
    pub mine: bool,
}

/// What stands on a page.
#[derive(Clone, Debug)]
pub struct Contents {
    /// The oldest first.
    pub posts: Vec<ThreadPost>,
    /// The pictures of those that were not removed, of each in their order.
    pub pictures: Vec<Attachment>,
    /// Which of them are reports, and of what.
    pub reports: Vec<Reported>,
}

macro_rules! opening {
    ($group:literal, $array:literal) => {
        concat!(
            "SELECT CAST(",
            $array,
            "(",
            post_columns!("p"),
            ") AS TEXT), CAST(",
            $array,
            "(",
            actor_columns!("g"),
            ") AS TEXT), (",
            packed!(
                $group,
                $array,
                "q.id, q.parent_id, q.kind, q.published_at, q.deleted_at, q.deleted_by, q.accepted_id,
                    (SELECT COUNT(*) FROM useful u WHERE u.post_id = q.id AND u.active = TRUE)",
                "post q WHERE q.root_id = p.id"
            ),
            "), (",
            packed!(
                $group,
                $array,
                "t.id, t.name, t.shown",
                "(SELECT t.* FROM post_topic x JOIN topic t ON t.id = x.topic_id WHERE x.post_id = p.id ORDER BY t.name) t"
            ),
            "), (SELECT COUNT(*) FROM interest i WHERE i.post_id = p.id AND i.active = TRUE),
                EXISTS (SELECT 1 FROM interest i WHERE i.post_id = p.id AND i.actor_id = $2 AND i.active = TRUE),
                EXISTS (SELECT 1 FROM watch w WHERE w.actor_id = $2 AND w.kind = $3 AND w.subject_id = p.id),
                EXISTS (SELECT 1 FROM event e WHERE e.question = p.ap_id)
             FROM post p JOIN actor g ON g.id = p.group_id WHERE p.id = $1"
        )
    };
}

/// A thread by what starts it, as `reader` sees it.
///
/// # Errors
/// [`crate::error::Error::NotFound`] when there is no such post.
pub async fn opening(conn: &mut Conn, root: PostId, reader: Option<ActorId>) -> Result<Opening> {
    type Row = (String, String, Option<String>, Option<String>, i64, bool, bool, bool);
    let (post, group, positions, topics, interested, interests_reader, watched, has_events): Row = on!(conn,
        sqlite c => sqlx::query_as(opening!("json_group_array", "json_array"))
            .bind(root).bind(reader).bind(WatchKind::Post).fetch_one(c).await,
        postgres c => sqlx::query_as(opening!("json_agg", "json_build_array"))
            .bind(root).bind(reader).bind(WatchKind::Post).fetch_one(c).await)?;
    let (post, group, positions, topics) = (unpacked_one(&post)?, unpacked_one(&group)?, unpacked(positions)?, unpacked(topics)?);
    Ok(Opening { post, group, positions, topics, interested, interests_reader, watched, has_events })
}

macro_rules! contents {
    ($rows:literal, $group:literal, $array:literal) => {
        concat!(
            "SELECT (",
            packed!(
                $group,
                $array,
                concat!(
                    post_by!($array, "a.name, a.host, a.local, a.display_name, a.role, a.organisation, a.id, a.icon_file, a.icon_url"),
                    ", (SELECT COUNT(*) FROM useful u WHERE u.post_id = p.id AND u.active = TRUE),
                     EXISTS (SELECT 1 FROM useful u WHERE u.post_id = p.id AND u.actor_id = $2 AND u.active = TRUE)"
                ),
                concat!($rows, " CROSS JOIN post p JOIN actor a ON a.id = p.author_id WHERE p.id = CAST(r.value ->> 0 AS BIGINT)")
            ),
            "), (",
            packed!(
                $group,
                $array,
                "a.id, a.post_id, a.position, a.file_hash, a.remote_url, a.media_type, a.alt, a.width, a.height",
                concat!(
                    $rows,
                    " CROSS JOIN attachment a JOIN post p ON p.id = a.post_id
                     WHERE a.post_id = CAST(r.value ->> 0 AS BIGINT) AND p.deleted_at IS NULL"
                )
            ),
            "), (",
            packed!(
                $group,
                $array,
                "r.id, p.id, p.title, p.language",
                reports_from!(concat!("r.id IN (SELECT CAST(r.value ->> 0 AS BIGINT) FROM ", $rows, ")"))
            ),
            ")"
        )
    };
}

/// These posts as `reader` sees them, and what stands with them.
pub async fn contents(conn: &mut Conn, ids: impl IntoIterator<Item = PostId>, reader: Option<ActorId>) -> Result<Contents> {
    let ids = column(ids)?;
    let (posts, pictures, reports): (Option<String>, Option<String>, Option<String>) = over_rows!(conn, contents ["json_group_array", "json_array"] ["json_agg", "json_build_array"], query_as, q,
            c => q.bind(ids).bind(reader).fetch_one(c).await)?;
    let mut found = Contents { posts: unpacked(posts)?, pictures: unpacked(pictures)?, reports: unpacked(reports)? };
    found.posts.sort_by_key(|it| (it.post.published_at, it.post.id));
    found.pictures.sort_by_key(|it| (it.position, it.id));
    found.reports.sort_by_key(|it| (it.report_post, it.id));
    Ok(found)
}

/// A whole thread as `reader` sees it, the oldest first.
///
/// # Errors
/// As [`opening`].
pub async fn whole(conn: &mut Conn, root: PostId, reader: Option<ActorId>) -> Result<Vec<ThreadPost>> {
    let ids: Vec<PostId> = opening(conn, root, reader).await?.positions.into_iter().map(|it| it.id).collect();
    Ok(contents(conn, ids, reader).await?.posts)
}
