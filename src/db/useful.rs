//! `useful`: who found what useful. The newest word of a member about a post stands, in whatever order they arrive.

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, Post, PostId, Time};

/// Records `active` as of `at`, unless something newer is known. Says whether anything changed.
pub async fn set(tx: &mut Tx, post: &Post, actor: ActorId, active: bool, ap_id: &str, at: Time) -> Result<bool> {
    let rows = on!(tx.of_posts([post.id, post.root_id]), c => sqlx::query(
        "INSERT INTO useful (post_id, actor_id, active, ap_id, at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (post_id, actor_id) DO UPDATE SET active = excluded.active, ap_id = excluded.ap_id, at = excluded.at
         WHERE useful.at < excluded.at OR (useful.at = excluded.at AND useful.active = TRUE AND excluded.active = FALSE)")
        .bind(post.id).bind(actor).bind(active).bind(ap_id).bind(at).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows > 0)
}

/// The Like that stands, by its id.
pub async fn standing(conn: &mut Conn, post: PostId, actor: ActorId) -> Result<Option<(String, Time)>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT ap_id, at FROM useful WHERE post_id = $1 AND actor_id = $2 AND active = TRUE")
        .bind(post).bind(actor).fetch_optional(c).await)?)
}

/// The last word of a member about a post, whether for or taken back.
pub async fn last_at(conn: &mut Conn, post: PostId, actor: ActorId) -> Result<Option<Time>> {
    let row: Option<(Time,)> = on!(conn, c => sqlx::query_as("SELECT at FROM useful WHERE post_id = $1 AND actor_id = $2")
        .bind(post).bind(actor).fetch_optional(c).await)?;
    Ok(row.map(|(at,)| at))
}

pub async fn count(conn: &mut Conn, post: PostId) -> Result<i64> {
    let (count,): (i64,) =
        on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM useful WHERE post_id = $1 AND active = TRUE").bind(post).fetch_one(c).await)?;
    Ok(count)
}

/// The post that a Like was about, by the Like's id.
pub async fn post_of(conn: &mut Conn, like: &str, actor: ActorId) -> Result<Option<PostId>> {
    let row: Option<(PostId,)> = on!(conn, c => sqlx::query_as("SELECT post_id FROM useful WHERE ap_id = $1 AND actor_id = $2")
        .bind(like).bind(actor).fetch_optional(c).await)?;
    Ok(row.map(|(post,)| post))
}

/// The id of the post that a Like was about, by the ids of the Like and of who said it.
pub async fn post_by(conn: &mut Conn, like: &str, actor: &str) -> Result<Option<String>> {
    let row: Option<(String,)> = on!(conn, c => sqlx::query_as(
        "SELECT p.ap_id FROM useful u JOIN actor a ON a.id = u.actor_id JOIN post p ON p.id = u.post_id WHERE u.ap_id = $1 AND a.ap_id = $2")
        .bind(like).bind(actor).fetch_optional(c).await)?;
    Ok(row.map(|(post,)| post))
}
