//! `interest`: who would be interested in a session about a question. The newest word of each stands, in whatever order they
//! arrive.

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{Actor, ActorId, PostId, Time};

/// Records `active` as of `at`, unless something newer is known. Says whether anything changed.
pub async fn set(tx: &mut Tx, post: PostId, actor: ActorId, active: bool, ap_id: &str, at: Time) -> Result<bool> {
    let rows = on!(tx.of_posts([post]), c => sqlx::query(
        "INSERT INTO interest (post_id, actor_id, active, ap_id, at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (post_id, actor_id) DO UPDATE SET active = excluded.active, ap_id = excluded.ap_id, at = excluded.at
         WHERE interest.at < excluded.at OR (interest.at = excluded.at AND interest.active = TRUE AND excluded.active = FALSE)")
        .bind(post).bind(actor).bind(active).bind(ap_id).bind(at).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows > 0)
}

/// The last word of somebody about a question: whether they are interested, and since when.
pub async fn last(conn: &mut Conn, post: PostId, actor: ActorId) -> Result<Option<(bool, Time)>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT active, at FROM interest WHERE post_id = $1 AND actor_id = $2")
        .bind(post).bind(actor).fetch_optional(c).await)?)
}

pub async fn count(conn: &mut Conn, post: PostId) -> Result<i64> {
    let (count,): (i64,) =
        on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM interest WHERE post_id = $1 AND active = TRUE").bind(post).fetch_one(c).await)?;
    Ok(count)
}

/// Everybody who is interested.
pub async fn interested(conn: &mut Conn, post: PostId) -> Result<Vec<Actor>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT a.* FROM interest i JOIN actor a ON a.id = i.actor_id WHERE i.post_id = $1 AND i.active = TRUE AND a.deleted_at IS NULL ORDER BY a.id")
        .bind(post).fetch_all(c).await)?)
}

/// What somebody was interested in goes with them.
pub async fn forget_actor(tx: &mut Tx, actor: ActorId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM interest WHERE actor_id = $1").bind(actor).execute(c).await.map(drop))?;
    Ok(())
}
