//! What a member takes along who asks for everything that is theirs.

use sqlx::FromRow;

use super::{Conn, on};
use crate::error::Result;
use crate::model::{ActorId, FileHash, FollowState, PostKind, Rsvp, Standing, Time};

/// Rows of one list at most; nobody writes more by hand.
const MOST: i64 = 100_000;

/// Something they wrote.
#[derive(Clone, Debug, FromRow)]
pub struct Written {
    pub url: String,
    pub kind: PostKind,
    pub group_name: String,
    pub group_host: String,
    pub title: String,
    pub source: Option<String>,
    pub language: String,
    pub reply_to: Option<String>,
    pub published_at: Time,
    pub edited_at: Option<Time>,
}

pub async fn written(conn: &mut Conn, actor: ActorId) -> Result<Vec<Written>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT p.url, p.kind, g.name AS group_name, g.host AS group_host, p.title, p.source, p.language, r.url AS reply_to, p.published_at, p.edited_at
         FROM post p JOIN actor g ON g.id = p.group_id LEFT JOIN post r ON r.id = p.parent_id
         WHERE p.author_id = $1 AND p.deleted_at IS NULL ORDER BY p.published_at, p.id LIMIT $2").bind(actor).bind(MOST).fetch_all(c).await)?)
}

/// Something they found useful.
#[derive(Clone, Debug, FromRow)]
pub struct Vote {
    pub url: String,
    pub thread: String,
    pub at: Time,
}

pub async fn votes(conn: &mut Conn, actor: ActorId) -> Result<Vec<Vote>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT p.url, r.title AS thread, u.at FROM useful u JOIN post p ON p.id = u.post_id JOIN post r ON r.id = p.root_id
         WHERE u.actor_id = $1 AND u.active = TRUE AND p.deleted_at IS NULL ORDER BY u.at, p.id LIMIT $2").bind(actor).bind(MOST).fetch_all(c).await)?)
}

/// What they said to an event.
#[derive(Clone, Debug, FromRow)]
pub struct SaidToEvent {
    pub url: String,
    /// Empty when the event was removed.
    pub title: String,
    pub group_name: String,
    pub group_host: String,
    pub starts_at: Time,
    pub answer: Rsvp,
    pub state: Standing,
    pub remark: String,
    pub visible: bool,
    pub at: Time,
}

pub async fn events(conn: &mut Conn, actor: ActorId) -> Result<Vec<SaidToEvent>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT p.url, p.title, g.name AS group_name, g.host AS group_host, t.starts_at, t.answer, t.state, t.remark, t.visible, t.at
         FROM attendee t JOIN post p ON p.id = t.post_id JOIN actor g ON g.id = p.group_id
         WHERE t.actor_id = $1 ORDER BY t.starts_at, t.id LIMIT $2").bind(actor).bind(MOST).fetch_all(c).await)?)
}

/// A group they are in.
#[derive(Clone, Debug, FromRow)]
pub struct Membership {
    pub name: String,
    pub host: String,
    pub title: String,
    pub state: FollowState,
    pub moderator: bool,
    pub at: Time,
}

pub async fn memberships(conn: &mut Conn, actor: ActorId) -> Result<Vec<Membership>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT g.name, g.host, g.display_name AS title, f.state, m.actor_id IS NOT NULL AS moderator, f.at
         FROM follow f JOIN actor g ON g.id = f.target_id LEFT JOIN moderator m ON m.group_id = g.id AND m.actor_id = f.follower_id
         WHERE f.follower_id = $1 AND g.deleted_at IS NULL ORDER BY f.at, g.id LIMIT $2").bind(actor).bind(MOST).fetch_all(c).await)?)
}

/// Something they were told, with what its sentence is filled in with.
#[derive(Clone, Debug, FromRow)]
pub struct Told {
    pub sentence: String,
    pub detail: String,
    pub from_name: Option<String>,
    pub from_handle: Option<String>,
    pub group_title: Option<String>,
    pub thread: Option<String>,
    pub url: Option<String>,
    pub created_at: Time,
    pub read_at: Option<Time>,
}

pub async fn told(conn: &mut Conn, actor: ActorId) -> Result<Vec<Told>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT n.sentence, n.detail, a.display_name AS from_name, a.name AS from_handle, g.display_name AS group_title, r.title AS thread,
            p.url, n.created_at, n.read_at
         FROM notification n LEFT JOIN actor a ON a.id = n.from_id LEFT JOIN actor g ON g.id = n.group_id
         LEFT JOIN post p ON p.id = n.post_id AND p.deleted_at IS NULL LEFT JOIN post r ON r.id = p.root_id
         WHERE n.actor_id = $1 ORDER BY n.id LIMIT $2").bind(actor).bind(MOST).fetch_all(c).await)?)
}

/// How they want to be told of a kind of thing.
pub async fn choices(conn: &mut Conn, actor: ActorId) -> Result<Vec<(String, bool, String)>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT kind, on_page, mail FROM notify_choice WHERE actor_id = $1 ORDER BY kind").bind(actor).fetch_all(c).await)?,
    )
}

/// What they know about.
pub async fn topics(conn: &mut Conn, actor: ActorId) -> Result<Vec<(String,)>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT t.shown FROM actor_topic a JOIN topic t ON t.id = a.topic_id WHERE a.actor_id = $1 ORDER BY t.name")
        .bind(actor).fetch_all(c).await)?,
    )
}

/// What they follow besides groups: the kind, and the id of what it is.
pub async fn watched(conn: &mut Conn, actor: ActorId) -> Result<Vec<(String, i64, Time)>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT kind, subject_id, at FROM watch WHERE actor_id = $1 ORDER BY at").bind(actor).fetch_all(c).await)?,
    )
}

/// What they reported: why, what became of it, and when. The words that they reported are somebody else's.
pub async fn reported(conn: &mut Conn, actor: ActorId) -> Result<Vec<(String, String, Time)>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT reason, state, created_at FROM report WHERE reporter_id = $1 ORDER BY id LIMIT $2")
        .bind(actor).bind(MOST).fetch_all(c).await)?)
}

/// What they objected to: their words, what became of it, the answer, and when.
pub async fn objected(conn: &mut Conn, actor: ActorId) -> Result<Vec<(String, String, String, Time)>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT words, state, answer, created_at FROM objection WHERE by_id = $1 ORDER BY created_at LIMIT $2")
        .bind(actor).bind(MOST).fetch_all(c).await)?,
    )
}

/// Their pictures: the hash and the type of each.
pub async fn files(conn: &mut Conn, actor: ActorId) -> Result<Vec<(FileHash, String)>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT f.hash, f.media_type FROM file f WHERE f.hash IN (SELECT x.file_hash FROM attachment x JOIN post p ON p.id = x.post_id
            WHERE p.author_id = $1 AND p.deleted_at IS NULL AND x.file_hash IS NOT NULL) OR f.hash IN (SELECT icon_file FROM actor WHERE id = $1 AND icon_file IS NOT NULL)
         ORDER BY f.hash LIMIT $2").bind(actor).bind(MOST).fetch_all(c).await)?)
}
