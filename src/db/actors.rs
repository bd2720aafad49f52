//! `actor` and `moderator`: members, groups and instances, from here and elsewhere.

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{Actor, ActorId, ActorKind, Handle, Time};

/// Stores an actor, or brings the stored one with the same `ap_id` up to date. The id, the name, the creation date and
/// a private key never change. [`crate::error::Error::Conflict`] when another id already has this name.
pub async fn upsert(tx: &mut Tx, a: &Actor) -> Result<Actor> {
    on!(tx, c => sqlx::query_as(
        "INSERT INTO actor (id, ap_id, kind, local, host, name, display_name, about_source, about_html, organisation, role, url,
            inbox, shared_inbox, outbox, followers, moderators, key_id, public_key_pem, private_key_pem, created_at, updated_at, fetched_at, deleted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
         ON CONFLICT (ap_id) DO UPDATE SET display_name = excluded.display_name, about_source = excluded.about_source,
            about_html = excluded.about_html, organisation = excluded.organisation, role = excluded.role, url = excluded.url,
            inbox = excluded.inbox, shared_inbox = excluded.shared_inbox, outbox = excluded.outbox, followers = excluded.followers,
            moderators = excluded.moderators, key_id = excluded.key_id, public_key_pem = excluded.public_key_pem,
            updated_at = excluded.updated_at, fetched_at = excluded.fetched_at
         RETURNING *")
        .bind(a.id).bind(&a.ap_id).bind(a.kind).bind(a.local).bind(&a.host).bind(&a.name).bind(&a.display_name)
        .bind(&a.about_source).bind(&a.about_html).bind(&a.organisation).bind(&a.role).bind(&a.url)
        .bind(&a.inbox).bind(&a.shared_inbox).bind(&a.outbox).bind(&a.followers).bind(&a.moderators).bind(&a.key_id)
        .bind(&a.public_key_pem).bind(&a.private_key_pem).bind(a.created_at).bind(a.updated_at).bind(a.fetched_at).bind(a.deleted_at)
        .fetch_one(c).await.map_err(super::unique))
}

pub async fn by_id(conn: &mut Conn, id: ActorId) -> Result<Actor> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM actor WHERE id = $1").bind(id).fetch_one(c).await)?)
}

pub async fn by_ap_id(conn: &mut Conn, ap_id: &str) -> Result<Option<Actor>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM actor WHERE ap_id = $1").bind(ap_id).fetch_optional(c).await)?)
}

/// The actor whose key this is.
pub async fn by_key_id(conn: &mut Conn, key_id: &str) -> Result<Option<Actor>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM actor WHERE key_id = $1 AND deleted_at IS NULL").bind(key_id).fetch_optional(c).await)?)
}

/// One of ours by name, whatever kind: names are unique over members and groups together.
pub async fn local_by_name(conn: &mut Conn, name: &str) -> Result<Option<Actor>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM actor WHERE name = $1 AND local = TRUE").bind(name).fetch_optional(c).await)?)
}

/// A group or somebody who is not a group, by `name` or `name@host`.
pub async fn by_handle(conn: &mut Conn, handle: &Handle, group: bool) -> Result<Option<Actor>> {
    Ok(match &handle.host {
        None => local_by_name(conn, &handle.name).await?.filter(|actor| actor.is_group() == group),
        Some(host) => on!(conn, c => sqlx::query_as(
            "SELECT * FROM actor WHERE host = $1 AND name = $2 AND local = FALSE AND (kind = 'group') = $3 AND deleted_at IS NULL")
            .bind(host).bind(&handle.name).bind(group).fetch_optional(c).await)?,
    })
}

/// Our own instance actor.
pub async fn instance(conn: &mut Conn) -> Result<Option<Actor>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT * FROM actor WHERE kind = $1 AND local = TRUE").bind(ActorKind::Application).fetch_optional(c).await)?,
    )
}

/// Changes what an actor of ours says about itself.
pub async fn describe(tx: &mut Tx, a: &Actor) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE actor SET display_name = $2, about_source = $3, about_html = $4, organisation = $5, role = $6, updated_at = $7 WHERE id = $1")
        .bind(a.id).bind(&a.display_name).bind(&a.about_source).bind(&a.about_html).bind(&a.organisation).bind(&a.role).bind(a.updated_at)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Marks an actor as gone and forgets what it said about itself.
pub async fn mark_deleted(tx: &mut Tx, id: ActorId, now: Time) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE actor SET deleted_at = $2, display_name = '', about_source = '', about_html = '', organisation = '', role = '' WHERE id = $1")
        .bind(id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn add_moderator(tx: &mut Tx, group: ActorId, actor: ActorId) -> Result<()> {
    on!(tx, c => sqlx::query("INSERT INTO moderator (group_id, actor_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(group).bind(actor).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn clear_moderators(tx: &mut Tx, group: ActorId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM moderator WHERE group_id = $1").bind(group).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn moderators(conn: &mut Conn, group: ActorId) -> Result<Vec<Actor>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT a.* FROM moderator m JOIN actor a ON a.id = m.actor_id WHERE m.group_id = $1 ORDER BY a.id")
        .bind(group).fetch_all(c).await)?)
}

pub async fn is_moderator(conn: &mut Conn, group: ActorId, actor: ActorId) -> Result<bool> {
    let (found,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM moderator WHERE group_id = $1 AND actor_id = $2")
        .bind(group).bind(actor).fetch_one(c).await)?;
    Ok(found > 0)
}

/// How many members and groups of ours there are, the instance actor left out.
pub async fn count_local(conn: &mut Conn, kind: ActorKind) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM actor WHERE local = TRUE AND kind = $1 AND deleted_at IS NULL")
        .bind(kind).fetch_one(c).await)?;
    Ok(count)
}
