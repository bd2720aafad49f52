//! Every list that a page shows: threads on cards, groups, what a member wrote.
//! Keyset paging throughout: a page costs the same however deep it lies.

use std::cmp::Reverse;

use serde::Deserialize;
use sqlx::FromRow;

use super::{Conn, on, packed, unpacked};
use crate::error::Result;
use crate::model::actor::{face, initials};
use crate::model::packed::read_bool;
use crate::model::{Actor, ActorId, Cursor, EventStatus, FileHash, Handle, Page, Post, PostId, Time, TopicId};

/// Who wrote something, as shown beside it.
#[derive(Clone, Debug, FromRow, Deserialize)]
pub struct By {
    pub author_name: String,
    pub author_host: String,
    #[serde(deserialize_with = "read_bool")]
    pub author_local: bool,
    pub author_display: String,
    pub author_role: String,
    pub author_organisation: String,
    pub author_id: ActorId,
    #[sqlx(default)]
    pub author_icon_file: Option<FileHash>,
    #[sqlx(default)]
    pub author_icon_url: Option<String>,
}

impl By {
    #[must_use]
    pub fn shown(&self) -> &str {
        if self.author_display.is_empty() { &self.author_name } else { &self.author_display }
    }

    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle { name: self.author_name.clone(), host: (!self.author_local).then(|| self.author_host.clone()) }
    }

    #[must_use]
    pub fn path(&self) -> String {
        format!("/u/{}", self.handle())
    }

    /// The server it comes from, when that is another one: the chip on a card.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        (!self.author_local).then_some(self.author_host.as_str())
    }

    /// Where we serve the picture for the face beside a post, when there is one.
    #[must_use]
    pub fn face(&self) -> Option<String> {
        face(self.author_id, self.author_icon_file.as_ref(), self.author_icon_url.as_deref())
    }

    /// Up to two letters for the face beside a post.
    #[must_use]
    pub fn initials(&self) -> String {
        initials(self.shown())
    }
}

/// A thread on a card.
#[derive(Clone, Debug, Deserialize)]
pub struct ThreadCard {
    pub post: Post,
    pub by: By,
    pub group_name: String,
    pub group_host: String,
    #[serde(deserialize_with = "read_bool")]
    pub group_local: bool,
    pub group_title: String,
    pub answers: i64,
    pub replies: i64,
    pub useful: i64,
    /// When and where, of an event.
    pub event_starts_at: Option<Time>,
    pub event_ends_at: Option<Time>,
    pub event_status: Option<EventStatus>,
    pub event_place: Option<String>,
    pub event_town: Option<String>,
}

impl ThreadCard {
    #[must_use]
    pub fn solved(&self) -> bool {
        self.post.accepted_id.is_some()
    }

    #[must_use]
    pub fn group_path(&self) -> String {
        let handle = Handle { name: self.group_name.clone(), host: (!self.group_local).then(|| self.group_host.clone()) };
        format!("/c/{handle}")
    }
}

/// Something a member wrote, with the title of the thread it stands in.
#[derive(Clone, Debug, FromRow)]
pub struct Contribution {
    #[sqlx(flatten)]
    pub post: Post,
    pub thread_title: String,
    pub thread_accepted_id: Option<PostId>,
}

/// A group in a list of groups.
#[derive(Clone, Debug, FromRow)]
pub struct GroupLine {
    #[sqlx(flatten)]
    pub group: Actor,
    pub members: i64,
    /// At most [`MOST_COUNTED`], both.
    pub threads: i64,
    pub unanswered: i64,
}

// The events of a series stand in the agenda: half a year of them at once would push everything else out of these lists.
macro_rules! not_of_a_series {
    ($p:literal) => {
        concat!("(", $p, ".kind <> 'event' OR NOT EXISTS (SELECT 1 FROM event s WHERE s.post_id = ", $p, ".id AND s.series IS NOT NULL))")
    };
}

// What a card shows of the threads `p` in `$from`, the newest first, behind a place: `$at` is the moment there, `$id` the post.
macro_rules! cards {
    ($from:expr, $at:literal, $id:literal, $condition:expr) => {
        concat!(
            "SELECT p.*, a.name AS author_name, a.host AS author_host, a.local AS author_local, a.display_name AS author_display,
                a.role AS author_role, a.organisation AS author_organisation, a.icon_file AS author_icon_file, a.icon_url AS author_icon_url,
                g.name AS group_name, g.host AS group_host, g.local AS group_local, g.display_name AS group_title,
                e.starts_at AS event_starts_at, e.ends_at AS event_ends_at, e.status AS event_status, e.place_name AS event_place,
                e.place_town AS event_town,
                (SELECT COUNT(*) FROM post r WHERE r.root_id = p.id AND r.kind = 'answer' AND r.deleted_at IS NULL) AS answers,
                (SELECT COUNT(*) FROM post r WHERE r.root_id = p.id AND r.parent_id IS NOT NULL AND r.deleted_at IS NULL) AS replies,
                (SELECT COUNT(*) FROM useful u WHERE u.post_id = p.id AND u.active = TRUE) AS useful
             FROM ",
            $from,
            " JOIN actor a ON a.id = p.author_id JOIN actor g ON g.id = p.group_id LEFT JOIN event e ON e.post_id = p.id
             WHERE p.parent_id IS NULL AND p.deleted_at IS NULL AND (",
            $at,
            ", ",
            $id,
            ") < ($1, $2) AND ",
            not_of_a_series!("p"),
            " AND ",
            $condition,
            " ORDER BY ",
            $at,
            " DESC, ",
            $id,
            " DESC LIMIT $3"
        )
    };
    ($condition:expr) => {
        cards!("post p", "p.published_at", "p.id", $condition)
    };
}

// A post `p` and who wrote it, packed: `$by` in the order of `By`, `$array` what the database calls the function.
macro_rules! post_by {
    ($array:literal, $by:literal) => {
        concat!($array, "(", $crate::db::posts::post_columns!("p"), "), ", $array, "(", $by, ")")
    };
}
pub(super) use post_by;

// The cards of a list as one value, for SQLite and for PostgreSQL, in no order.
macro_rules! as_one {
    ($lite:expr, $pg:expr) => {
        (as_one!("json_group_array", "json_array", $lite), as_one!("json_agg", "json_build_array", $pg))
    };
    ($group:literal, $array:literal, $cards:expr) => {
        packed!(
            $group,
            $array,
            concat!(
                post_by!(
                    $array,
                    "p.author_name, p.author_host, p.author_local, p.author_display, p.author_role, p.author_organisation, p.author_id,
                        p.author_icon_file, p.author_icon_url"
                ),
                ", p.group_name, p.group_host, p.group_local, p.group_title, p.answers, p.replies, p.useful, p.event_starts_at,
                    p.event_ends_at, p.event_status, p.event_place, p.event_town"
            ),
            concat!("(", $cards, ") p")
        )
    };
}

// Those in `waiting`, which is kept by triggers. Two that write at the same time may leave one in it that was answered.
macro_rules! waiting {
    ($condition:literal) => {
        cards!(
            "waiting w CROSS JOIN post p",
            "w.published_at",
            "w.post_id",
            concat!(
                "p.id = w.post_id AND ",
                $condition,
                " AND NOT EXISTS (SELECT 1 FROM post r WHERE r.root_id = p.id AND r.kind = 'answer' AND r.deleted_at IS NULL)"
            )
        )
    };
}

// Of one group of a member the first few.
macro_rules! first_of_group {
    () => {
        concat!(
            "SELECT q.id FROM post q WHERE q.group_id = f.target_id AND q.parent_id IS NULL AND q.deleted_at IS NULL
                AND (q.published_at, q.id) < ($1, $2) AND ",
            not_of_a_series!("q"),
            " ORDER BY q.published_at DESC, q.id DESC LIMIT $3"
        )
    };
}

// Of each group of a member the first few, of those the first: SQLite and PostgreSQL say "for each" in different words.
macro_rules! of_groups {
    ($groups:expr) => {
        cards!(concat!("follow f CROSS JOIN ", $groups), "p.published_at", "p.id", "f.follower_id = $4 AND f.state <> 'rejected'")
    };
}

/// What a list of threads shows.
#[derive(Clone, Copy, Debug)]
pub enum Threads {
    /// Everything this instance knows.
    All,
    /// The groups of a member.
    Of(ActorId),
    Group(ActorId),
    /// Questions of a group that have no answer yet and can get one.
    Unanswered(ActorId),
    /// Questions anywhere that have no answer yet.
    Waiting,
    /// The same, asked at this moment or later.
    WaitingSince(Time),
    /// About a topic.
    Topic(TopicId),
    /// Those at the top of a group; which [`Threads::Group`] leaves out.
    Pinned(ActorId),
}

/// One page of threads, the newest first.
pub async fn threads(conn: &mut Conn, which: Threads, before: Option<Cursor>, size: usize) -> Result<Page<ThreadCard>> {
    let before = before.unwrap_or(Cursor { at: Time(i64::MAX), id: i64::MAX });
    let limit = i64::try_from(size + 1).unwrap_or(i64::MAX);
    let ((lite, pg), id) = texts(which);
    let mut rows: Vec<ThreadCard> = unpacked(on!(conn,
        sqlite c => sqlx::query_scalar(lite).bind(before.at).bind(before.id).bind(limit).bind(id).fetch_one(c).await,
        postgres c => sqlx::query_scalar(pg).bind(before.at).bind(before.id).bind(limit).bind(id).fetch_one(c).await)?)?;
    rows.sort_by_key(|card| Reverse((card.post.published_at, card.post.id)));
    Ok(Page::of(rows, size, |card| Cursor { at: card.post.published_at, id: card.post.id.0 }))
}

/// The texts of a list, for SQLite and for PostgreSQL, and the number in them.
fn texts(which: Threads) -> ((&'static str, &'static str), i64) {
    macro_rules! same {
        ($cards:expr) => {
            as_one!($cards, $cards)
        };
    }
    match which {
        Threads::Group(group) => (same!(cards!("p.group_id = $4 AND p.pinned_at IS NULL")), group.0),
        Threads::Pinned(group) => (same!(cards!("p.group_id = $4 AND p.pinned_at IS NOT NULL")), group.0),
        Threads::Topic(topic) => {
            let of = same!(cards!("post_topic w CROSS JOIN post p", "w.published_at", "w.post_id", "p.id = w.post_id AND w.topic_id = $4"));
            (of, topic.0)
        }
        Threads::Waiting => (same!(waiting!("$4 = $4")), 0),
        Threads::WaitingSince(at) => (same!(waiting!("w.published_at >= $4")), at.0),
        Threads::Unanswered(group) => (same!(waiting!("w.group_id = $4")), group.0),
        Threads::All => (same!(cards!("$4 = $4")), 0),
        Threads::Of(member) => {
            let of = as_one!(
                of_groups!(concat!("post p ON p.id IN (SELECT z.id FROM (", first_of_group!(), ") z)")),
                of_groups!(concat!("LATERAL (", first_of_group!(), ") z JOIN post p ON p.id = z.id"))
            );
            (of, member.0)
        }
    }
}

/// Nobody counts beyond this: a list says of what it has more that it is more.
pub const MOST_COUNTED: i64 = 1_001;

/// How many questions of a group wait for an answer, at most [`MOST_COUNTED`].
pub async fn count_unanswered(conn: &mut Conn, group: ActorId) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as(
        "SELECT COUNT(*) FROM (SELECT w.post_id FROM waiting w WHERE w.group_id = $1 LIMIT $2) x")
        .bind(group).bind(MOST_COUNTED).fetch_one(c).await)?;
    Ok(count)
}

/// How many questions wait for an answer anywhere: asked before `at`, and asked at `at` or later; of each at most
/// [`MOST_COUNTED`].
pub async fn count_waiting(conn: &mut Conn, at: Time) -> Result<(i64, i64)> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM (SELECT w.post_id FROM waiting w WHERE w.published_at < $1 LIMIT $2) x),
            (SELECT COUNT(*) FROM (SELECT w.post_id FROM waiting w WHERE w.published_at >= $1 LIMIT $2) y)")
        .bind(at).bind(MOST_COUNTED).fetch_one(c).await)?)
}

// The threads of a group that somebody found useful, by how many did.
macro_rules! by_use {
    () => {
        "SELECT p.*, a.name AS author_name, a.host AS author_host, a.local AS author_local, a.display_name AS author_display,
            a.role AS author_role, a.organisation AS author_organisation, a.icon_file AS author_icon_file, a.icon_url AS author_icon_url,
            g.name AS group_name, g.host AS group_host, g.local AS group_local, g.display_name AS group_title,
            (SELECT e.starts_at FROM event e WHERE e.post_id = p.id) AS event_starts_at,
            (SELECT e.ends_at FROM event e WHERE e.post_id = p.id) AS event_ends_at,
            (SELECT e.status FROM event e WHERE e.post_id = p.id) AS event_status,
            (SELECT e.place_name FROM event e WHERE e.post_id = p.id) AS event_place,
            (SELECT e.place_town FROM event e WHERE e.post_id = p.id) AS event_town,
            (SELECT COUNT(*) FROM post r WHERE r.root_id = p.id AND r.kind = 'answer' AND r.deleted_at IS NULL) AS answers,
            (SELECT COUNT(*) FROM post r WHERE r.root_id = p.id AND r.parent_id IS NOT NULL AND r.deleted_at IS NULL) AS replies,
            x.useful AS useful
         FROM (SELECT q.id AS id, COUNT(*) AS useful FROM post q JOIN useful u ON u.post_id = q.id AND u.active = TRUE
                WHERE q.group_id = $4 AND q.parent_id IS NULL AND q.deleted_at IS NULL
                GROUP BY q.id HAVING COUNT(*) < $1 OR (COUNT(*) = $1 AND q.id < $2)
                ORDER BY COUNT(*) DESC, q.id DESC LIMIT $3) x
            JOIN post p ON p.id = x.id JOIN actor a ON a.id = p.author_id JOIN actor g ON g.id = p.group_id"
    };
}

/// One page of a group's threads that somebody found useful, by how many did. The place is that number, and the id.
pub async fn most_useful(conn: &mut Conn, group: ActorId, before: Option<Cursor>, size: usize) -> Result<Page<ThreadCard>> {
    let before = before.unwrap_or(Cursor { at: Time(i64::MAX), id: i64::MAX });
    let limit = i64::try_from(size + 1).unwrap_or(i64::MAX);
    let (lite, pg) = as_one!(by_use!(), by_use!());
    let mut rows: Vec<ThreadCard> = unpacked(on!(conn,
        sqlite c => sqlx::query_scalar(lite).bind(before.at).bind(before.id).bind(limit).bind(group).fetch_one(c).await,
        postgres c => sqlx::query_scalar(pg).bind(before.at).bind(before.id).bind(limit).bind(group).fetch_one(c).await)?)?;
    rows.sort_by_key(|card| Reverse((card.useful, card.post.id)));
    Ok(Page::of(rows, size, |card| Cursor { at: Time(card.useful), id: card.post.id.0 }))
}

/// What a member wrote, the newest first.
pub async fn contributions(conn: &mut Conn, author: ActorId, before: Option<Cursor>, size: usize) -> Result<Page<Contribution>> {
    let before = before.unwrap_or(Cursor { at: Time(i64::MAX), id: i64::MAX });
    let limit = i64::try_from(size + 1).unwrap_or(i64::MAX);
    let rows: Vec<Contribution> = on!(conn, c => sqlx::query_as(
        "SELECT p.*, r.title AS thread_title, r.accepted_id AS thread_accepted_id FROM post p JOIN post r ON r.id = p.root_id
         WHERE p.author_id = $4 AND p.deleted_at IS NULL AND (p.published_at, p.id) < ($1, $2)
         ORDER BY p.published_at DESC, p.id DESC LIMIT $3")
        .bind(before.at).bind(before.id).bind(limit).bind(author).fetch_all(c).await)?;
    Ok(Page::of(rows, size, |line| Cursor { at: line.post.published_at, id: line.post.id.0 }))
}

/// One page of groups, ours or those of other servers, in order of id.
pub async fn groups(conn: &mut Conn, local: bool, after: Option<ActorId>, size: usize) -> Result<(Vec<GroupLine>, Option<ActorId>)> {
    let limit = i64::try_from(size + 1).unwrap_or(i64::MAX);
    let mut rows: Vec<GroupLine> = on!(conn, c => sqlx::query_as(
        "SELECT g.*, (SELECT COUNT(*) FROM follow f WHERE f.target_id = g.id AND f.state = 'accepted') AS members,
            (SELECT COUNT(*) FROM (SELECT p.id FROM post p WHERE p.group_id = g.id AND p.parent_id IS NULL AND p.deleted_at IS NULL LIMIT $4) x) AS threads,
            (SELECT COUNT(*) FROM (SELECT w.post_id FROM waiting w WHERE w.group_id = g.id LIMIT $4) y) AS unanswered
         FROM actor g WHERE g.kind = 'group' AND g.local = $1 AND g.deleted_at IS NULL AND g.id > $2 ORDER BY g.id LIMIT $3")
        .bind(local).bind(after.map_or(0, |id| id.0)).bind(limit).bind(MOST_COUNTED).fetch_all(c).await)?;
    let more = rows.len() > size;
    rows.truncate(size);
    let next = if more { rows.last().map(|line| line.group.id) } else { None };
    Ok((rows, next))
}
