//! `topic`, `post_topic`, `actor_topic`: what posts, groups and members are about.

use sqlx::FromRow;

use super::lists::MOST_COUNTED;
use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{Actor, ActorId, PostId, Tag, Topic, TopicId};

/// A topic in a list, with how many threads are about it, at most [`MOST_COUNTED`].
#[derive(Clone, Debug, FromRow)]
pub struct Counted {
    #[sqlx(flatten)]
    pub topic: Topic,
    pub threads: i64,
}

/// Makes a topic, unless somebody did. How it was first written stays.
pub async fn insert(tx: &mut Tx, id: TopicId, tag: &Tag) -> Result<()> {
    on!(tx, c => sqlx::query("INSERT INTO topic (id, name, shown) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING")
        .bind(id).bind(&tag.name).bind(&tag.shown).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn by_name(conn: &mut Conn, name: &str) -> Result<Option<Topic>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM topic WHERE name = $1").bind(name).fetch_optional(c).await)?)
}

pub async fn of_post(conn: &mut Conn, post: PostId) -> Result<Vec<Topic>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT t.* FROM post_topic x JOIN topic t ON t.id = x.topic_id WHERE x.post_id = $1 ORDER BY t.name")
        .bind(post).fetch_all(c).await)?)
}

pub async fn of_actor(conn: &mut Conn, actor: ActorId) -> Result<Vec<Topic>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT t.* FROM actor_topic x JOIN topic t ON t.id = x.topic_id WHERE x.actor_id = $1 ORDER BY t.name")
        .bind(actor).fetch_all(c).await)?,
    )
}

pub async fn clear_post(tx: &mut Tx, post: PostId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM post_topic WHERE post_id = $1").bind(post).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn clear_actor(tx: &mut Tx, actor: ActorId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM actor_topic WHERE actor_id = $1").bind(actor).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn add_to_post(tx: &mut Tx, post: PostId, topic: TopicId) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO post_topic (post_id, topic_id, starts_at, published_at)
         SELECT p.id, $2, (SELECT e.starts_at FROM event e WHERE e.post_id = p.id), p.published_at FROM post p WHERE p.id = $1 ON CONFLICT DO NOTHING")
        .bind(post).bind(topic).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn add_to_actor(tx: &mut Tx, actor: ActorId, topic: TopicId) -> Result<()> {
    on!(tx, c => sqlx::query("INSERT INTO actor_topic (actor_id, topic_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(actor).bind(topic).execute(c).await.map(drop))?;
    Ok(())
}

/// One page of the topics that anything which still stands is about, in order of name.
pub async fn page(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<Counted>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT * FROM (SELECT t.id, t.name, t.shown, (SELECT COUNT(*) FROM (SELECT x.post_id FROM post_topic x JOIN post p ON p.id = x.post_id
                WHERE x.topic_id = t.id AND p.parent_id IS NULL AND p.deleted_at IS NULL LIMIT $3) w) AS threads,
            EXISTS (SELECT 1 FROM actor_topic y JOIN actor a ON a.id = y.actor_id WHERE y.topic_id = t.id AND a.deleted_at IS NULL) AS known
         FROM topic t WHERE t.name > $1) z WHERE z.threads > 0 OR z.known = TRUE ORDER BY z.name LIMIT $2")
        .bind(after).bind(limit).bind(MOST_COUNTED).fetch_all(c).await)?)
}

/// The topics that most of the newest tagged threads are about: what a form suggests.
pub async fn used_most(conn: &mut Conn, limit: i64) -> Result<Vec<Topic>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT t.* FROM topic t JOIN (SELECT n.topic_id AS topic_id, COUNT(*) AS threads FROM
            (SELECT x.topic_id, x.post_id FROM post_topic x ORDER BY x.post_id DESC LIMIT 1000) n
            JOIN post p ON p.id = n.post_id WHERE p.parent_id IS NULL AND p.deleted_at IS NULL GROUP BY n.topic_id) u ON u.topic_id = t.id
         ORDER BY u.threads DESC, t.name LIMIT $1")
        .bind(limit).fetch_all(c).await)?)
}

/// Groups about a topic, or (`groups` false) people who know about it.
pub async fn actors_about(conn: &mut Conn, topic: TopicId, groups: bool, limit: i64) -> Result<Vec<Actor>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT a.* FROM actor_topic x JOIN actor a ON a.id = x.actor_id
         WHERE x.topic_id = $1 AND a.deleted_at IS NULL AND (a.kind = 'group') = $2 ORDER BY a.display_name, a.id LIMIT $3")
        .bind(topic).bind(groups).bind(limit).fetch_all(c).await)?)
}
