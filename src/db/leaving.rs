//! What goes when somebody leaves: everything that is kept for them alone.

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, Post};

/// Shuts an account for good and frees its address. The row stays: its name is never given to another.
pub async fn shut_account(tx: &mut Tx, actor: ActorId) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE account SET state = 'closed', email = $2, password_hash = '', admin = FALSE, digest_at = NULL, mail_bounces = 0, mail_paused_at = NULL
         WHERE actor_id = $1").bind(actor).bind(format!("closed {actor}")).execute(c).await.map(drop))?;
    Ok(())
}

/// Whether an account is closed; nobody else works on what is left to do for it before this transaction ends.
pub async fn lock_closed(tx: &mut Tx, actor: ActorId) -> Result<bool> {
    let found: Option<(ActorId,)> = on!(tx, sqlite c => sqlx::query_as("SELECT actor_id FROM account WHERE actor_id = $1 AND state = 'closed'").bind(actor).fetch_optional(c).await,
        postgres c => sqlx::query_as("SELECT actor_id FROM account WHERE actor_id = $1 AND state = 'closed' FOR UPDATE").bind(actor).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Forgets what is kept for a member alone: links, choices, what they follow, what they were told, forms they sent.
pub async fn forget_private(tx: &mut Tx, actor: ActorId) -> Result<()> {
    for statement in [
        "DELETE FROM session WHERE actor_id = $1",
        "DELETE FROM token WHERE actor_id = $1",
        "DELETE FROM watch WHERE actor_id = $1",
        "DELETE FROM notify_choice WHERE actor_id = $1",
        "DELETE FROM notification WHERE actor_id = $1",
        "DELETE FROM actor_topic WHERE actor_id = $1",
        "DELETE FROM moderator WHERE actor_id = $1",
        "DELETE FROM submission WHERE actor_id = $1",
        "DELETE FROM calendar WHERE actor_id = $1",
        "DELETE FROM mail WHERE actor_id = $1 AND state <> 'sending'",
    ] {
        on!(tx, c => sqlx::query(statement).bind(actor).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// The groups of ours that nobody else moderates.
pub async fn moderated_alone(conn: &mut Conn, actor: ActorId) -> Result<Vec<(ActorId, String)>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT g.id, g.display_name FROM moderator m JOIN actor g ON g.id = m.group_id
         WHERE m.actor_id = $1 AND g.local = TRUE AND g.deleted_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM moderator o WHERE o.group_id = m.group_id AND o.actor_id <> m.actor_id) ORDER BY g.id")
        .bind(actor).fetch_all(c).await)?)
}

/// Some of what somebody wrote that still stands, the oldest first.
pub async fn standing(conn: &mut Conn, author: ActorId, limit: i64) -> Result<Vec<Post>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM post WHERE author_id = $1 AND deleted_at IS NULL ORDER BY published_at, id LIMIT $2")
        .bind(author).bind(limit).fetch_all(c).await)?)
}

/// Some of the posts of others that somebody found useful and that still stand.
pub async fn found_useful(conn: &mut Conn, actor: ActorId, limit: i64) -> Result<Vec<Post>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT p.* FROM useful u JOIN post p ON p.id = u.post_id
         WHERE u.actor_id = $1 AND u.active = TRUE AND p.deleted_at IS NULL AND p.author_id <> $1 ORDER BY u.at, p.id LIMIT $2")
        .bind(actor).bind(limit).fetch_all(c).await)?)
}

/// Whether anything that somebody said is still on its way, as far as it has not failed before.
pub async fn on_its_way(conn: &mut Conn, actor: ActorId) -> Result<bool> {
    // From what waits, which is little, not from everything that was ever said.
    let row: Option<(i64,)> = on!(conn, c => sqlx::query_as(
        "SELECT a.id FROM activity a WHERE a.state = 'new' AND a.actor_id = $1
         UNION ALL SELECT a.id FROM delivery d JOIN activity a ON a.id = d.activity_id WHERE d.attempts = 0 AND a.actor_id = $1 LIMIT 1")
        .bind(actor).fetch_optional(c).await)?;
    Ok(row.is_some())
}

/// A shared inbox of every server that we know, each once.
pub async fn every_inbox(conn: &mut Conn) -> Result<Vec<(String, String)>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT MIN(COALESCE(shared_inbox, inbox)), host FROM actor WHERE local = FALSE AND deleted_at IS NULL GROUP BY host ORDER BY host")
        .fetch_all(c).await)?)
}
