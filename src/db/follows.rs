//! `follow`: who is in which group.

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{Actor, ActorId, Follow, FollowState};

/// Stores a follow; an older one of the same pair gives way.
pub async fn put(tx: &mut Tx, f: &Follow) -> Result<()> {
    on!(tx.listed(), c => sqlx::query(
        "INSERT INTO follow (follower_id, target_id, state, ap_id, at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (follower_id, target_id) DO UPDATE SET state = excluded.state, ap_id = excluded.ap_id, at = excluded.at")
        .bind(f.follower_id).bind(f.target_id).bind(f.state).bind(&f.ap_id).bind(f.at).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn get(conn: &mut Conn, follower: ActorId, target: ActorId) -> Result<Option<Follow>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM follow WHERE follower_id = $1 AND target_id = $2")
        .bind(follower).bind(target).fetch_optional(c).await)?)
}

pub async fn remove(tx: &mut Tx, follower: ActorId, target: ActorId) -> Result<()> {
    on!(tx.listed(), c => sqlx::query("DELETE FROM follow WHERE follower_id = $1 AND target_id = $2").bind(follower).bind(target).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn set_state(tx: &mut Tx, follower: ActorId, target: ActorId, state: FollowState) -> Result<()> {
    on!(tx.listed(), c => sqlx::query("UPDATE follow SET state = $3 WHERE follower_id = $1 AND target_id = $2")
        .bind(follower).bind(target).bind(state).execute(c).await.map(drop))?;
    Ok(())
}

/// How many members a group has, as far as this server knows.
pub async fn count(conn: &mut Conn, target: ActorId) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM follow WHERE target_id = $1 AND state = 'accepted'")
        .bind(target).fetch_one(c).await)?;
    Ok(count)
}

/// How many an actor follows.
pub async fn count_following(conn: &mut Conn, follower: ActorId) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM follow WHERE follower_id = $1 AND state = 'accepted'")
        .bind(follower).fetch_one(c).await)?;
    Ok(count)
}

/// How many of ours follow a group of another server, waiting ones included.
pub async fn count_local(conn: &mut Conn, target: ActorId) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as(
        "SELECT COUNT(*) FROM follow f JOIN actor a ON a.id = f.follower_id WHERE f.target_id = $1 AND a.local = TRUE AND f.state <> 'rejected'")
        .bind(target).fetch_one(c).await)?;
    Ok(count)
}

/// How many of ours follow a group of another server and how many wait for its answer; and one that waits.
pub async fn local_states(conn: &mut Conn, target: ActorId) -> Result<(i64, i64, Option<ActorId>)> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT COUNT(*) FILTER (WHERE f.state = 'accepted'), COUNT(*) FILTER (WHERE f.state = 'pending'),
            MIN(CASE WHEN f.state = 'pending' THEN f.follower_id END)
         FROM follow f JOIN actor a ON a.id = f.follower_id WHERE f.target_id = $1 AND a.local = TRUE")
        .bind(target).fetch_one(c).await)?)
}

/// Whether anybody on a server with this software follows a group.
pub async fn any_on(conn: &mut Conn, target: ActorId, software: &str) -> Result<bool> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as(
        "SELECT COUNT(*) FROM follow f JOIN actor a ON a.id = f.follower_id JOIN peer p ON p.host = a.host
         WHERE f.target_id = $1 AND f.state = 'accepted' AND p.software = $2")
        .bind(target).bind(software).fetch_one(c).await)?;
    Ok(count > 0)
}

/// What members of ours asked and was not answered yet.
pub async fn waiting(conn: &mut Conn) -> Result<Vec<Follow>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT f.* FROM follow f JOIN actor a ON a.id = f.follower_id WHERE f.state = 'pending' AND a.local = TRUE ORDER BY f.at, f.follower_id")
        .fetch_all(c).await)?)
}

/// The groups somebody is in, by title.
pub async fn groups_of(conn: &mut Conn, follower: ActorId) -> Result<Vec<Actor>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT a.* FROM follow f JOIN actor a ON a.id = f.target_id
         WHERE f.follower_id = $1 AND f.state <> 'rejected' AND a.kind = 'group' AND a.deleted_at IS NULL ORDER BY a.display_name, a.id")
        .bind(follower).fetch_all(c).await)?)
}

/// The members of ours who are in a group, or have asked to be.
pub async fn members_here(conn: &mut Conn, group: ActorId) -> Result<Vec<Actor>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT a.* FROM follow f JOIN actor a ON a.id = f.follower_id
         WHERE f.target_id = $1 AND f.state <> 'rejected' AND a.local = TRUE AND a.deleted_at IS NULL ORDER BY a.id")
        .bind(group).fetch_all(c).await)?)
}

/// Ends every follow by or of an actor that is gone.
pub async fn remove_all(tx: &mut Tx, actor: ActorId) -> Result<()> {
    on!(tx.listed(), c => sqlx::query("DELETE FROM follow WHERE follower_id = $1 OR target_id = $1").bind(actor).execute(c).await.map(drop))?;
    Ok(())
}

/// A follow by the id of its activity.
pub async fn by_ap_id(conn: &mut Conn, ap_id: &str) -> Result<Option<Follow>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM follow WHERE ap_id = $1").bind(ap_id).fetch_optional(c).await)?)
}
