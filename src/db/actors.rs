//! `actor` and `moderator`: members, groups and instances, from here and elsewhere.

use std::collections::HashSet;

use super::{Conn, Tx, column, on, over_rows};
use crate::error::Result;
use crate::model::{Actor, ActorId, ActorKind, FileHash, Handle, Time};

macro_rules! store {
    ($conflict:literal) => {
        concat!(
            "INSERT INTO actor (id, ap_id, kind, local, host, name, display_name, about_source, about_html, organisation, role, url,
            inbox, shared_inbox, outbox, followers, moderators, key_id, public_key_pem, private_key_pem, created_at, updated_at, fetched_at, deleted_at, icon_url)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)",
            $conflict,
            " RETURNING *"
        )
    };
}

async fn store(tx: &mut Tx, text: &'static str, a: &Actor) -> Result<Actor> {
    on!(tx, c => sqlx::query_as(text)
        .bind(a.id).bind(&a.ap_id).bind(a.kind).bind(a.local).bind(&a.host).bind(&a.name).bind(&a.display_name)
        .bind(&a.about_source).bind(&a.about_html).bind(&a.organisation).bind(&a.role).bind(&a.url)
        .bind(&a.inbox).bind(&a.shared_inbox).bind(&a.outbox).bind(&a.followers).bind(&a.moderators).bind(&a.key_id)
        .bind(&a.public_key_pem).bind(&a.private_key_pem).bind(a.created_at).bind(a.updated_at).bind(a.fetched_at).bind(a.deleted_at).bind(&a.icon_url)
        .fetch_one(c).await.map_err(super::unique))
}

// In the order of the struct, without the private key.
macro_rules! actor_columns {
    ($a:literal) => {
        $crate::db::columns!(
            $a,
            "id",
            "ap_id",
            "kind",
            "local",
            "host",
            "name",
            "display_name",
            "about_source",
            "about_html",
            "organisation",
            "role",
            "url",
            "inbox",
            "shared_inbox",
            "outbox",
            "followers",
            "moderators",
            "key_id",
            "public_key_pem",
            "created_at",
            "updated_at",
            "fetched_at",
            "deleted_at",
            "icon_file",
            "icon_url"
        )
    };
}
pub(super) use actor_columns;

/// Stores a new actor of ours; [`crate::error::Error::Conflict`] when its name is taken, also by somebody who took it at this
/// very moment.
pub async fn insert(tx: &mut Tx, a: &Actor) -> Result<Actor> {
    store(tx, store!(""), a).await
}

/// Stores an actor of another server, or brings the stored one with the same `ap_id` up to date. The id, the name, the
/// creation date and a private key never change. [`crate::error::Error::Conflict`] when another id already has this name.
pub async fn upsert(tx: &mut Tx, a: &Actor) -> Result<Actor> {
    let text = store!(
        " ON CONFLICT (ap_id) DO UPDATE SET display_name = excluded.display_name, about_source = excluded.about_source,
            about_html = excluded.about_html, organisation = excluded.organisation, role = excluded.role, url = excluded.url,
            inbox = excluded.inbox, shared_inbox = excluded.shared_inbox, outbox = excluded.outbox, followers = excluded.followers,
            moderators = excluded.moderators, key_id = excluded.key_id, public_key_pem = excluded.public_key_pem,
            updated_at = excluded.updated_at, fetched_at = excluded.fetched_at, icon_url = excluded.icon_url"
    );
    store(tx, text, a).await
}

/// An instance that posts events in its own name is a group to us.
pub async fn take_for_group(tx: &mut Tx, id: ActorId) -> Result<Actor> {
    on!(tx, c => sqlx::query_as("UPDATE actor SET kind = $2 WHERE id = $1 RETURNING *").bind(id).bind(ActorKind::Group).fetch_one(c).await.map_err(super::unique))
}

/// The actor, so that nobody else changes what it says about itself before this transaction ends.
pub async fn lock(tx: &mut Tx, id: ActorId) -> Result<Actor> {
    Ok(on!(tx.unseen(), sqlite c => sqlx::query_as("SELECT * FROM actor WHERE id = $1").bind(id).fetch_one(c).await,
        postgres c => sqlx::query_as("SELECT * FROM actor WHERE id = $1 FOR NO KEY UPDATE").bind(id).fetch_one(c).await)?)
}

/// Locks somebody against everything that is written in their name, until this transaction is over.
pub async fn shut_out(tx: &mut Tx, id: ActorId) -> Result<()> {
    on!(tx.unseen(), sqlite _c => Ok::<_, sqlx::Error>(()),
        postgres c => sqlx::query("SELECT 1 FROM actor WHERE id = $1 FOR UPDATE").bind(id).execute(c).await.map(drop))?;
    Ok(())
}

macro_rules! here {
    ($rows:literal, $lock:literal) => {
        concat!(
            "SELECT a.id FROM ",
            $rows,
            " CROSS JOIN actor a WHERE a.id = CAST(r.value ->> 0 AS BIGINT) AND a.deleted_at IS NULL",
            $lock
        )
    };
}

/// Which of these are not gone; none of them goes before this transaction is over.
pub async fn here(tx: &mut Tx, ids: impl IntoIterator<Item = ActorId>) -> Result<HashSet<ActorId>> {
    let ids = column(ids)?;
    let found: Vec<(ActorId,)> =
        over_rows!(tx.unseen(), here [""] [" ORDER BY a.id FOR KEY SHARE OF a"], query_as, query, c => query.bind(ids).fetch_all(c).await)?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

pub async fn by_id(conn: &mut Conn, id: ActorId) -> Result<Actor> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM actor WHERE id = $1").bind(id).fetch_one(c).await)?)
}

pub async fn by_ap_id(conn: &mut Conn, ap_id: &str) -> Result<Option<Actor>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM actor WHERE ap_id = $1").bind(ap_id).fetch_optional(c).await)?)
}

macro_rules! of_ap_ids {
    ($rows:literal) => {
        concat!("SELECT * FROM actor WHERE ap_id IN (SELECT r.value ->> 0 FROM ", $rows, ")")
    };
}

/// Those of these ids that are known.
pub async fn of_ap_ids(conn: &mut Conn, ids: impl IntoIterator<Item = &str>) -> Result<Vec<Actor>> {
    let ids = column(ids)?;
    Ok(over_rows!(conn, of_ap_ids, query_as, q, c => q.bind(ids).fetch_all(c).await)?)
}

/// The actor whose key this is. When several of one server say that it is theirs: the one in whose document it stands, else
/// who said so first (T-08).
pub async fn by_key_id(conn: &mut Conn, key_id: &str) -> Result<Option<Actor>> {
    let document = key_id.split('#').next().unwrap_or(key_id);
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT * FROM actor WHERE key_id = $1 AND deleted_at IS NULL ORDER BY CASE WHEN ap_id = $2 THEN 0 ELSE 1 END, id LIMIT 1")
        .bind(key_id).bind(document).fetch_optional(c).await)?)
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

/// The group with this list of moderators.
pub async fn by_moderators(conn: &mut Conn, moderators: &str) -> Result<Option<Actor>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM actor WHERE moderators = $1 AND kind = 'group' AND deleted_at IS NULL LIMIT 1")
        .bind(moderators).fetch_optional(c).await)?)
}

/// The groups of another server that are known here.
pub async fn groups_on(conn: &mut Conn, host: &str) -> Result<Vec<Actor>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT * FROM actor WHERE host = $1 AND kind = 'group' AND local = FALSE AND deleted_at IS NULL ORDER BY id LIMIT 200")
        .bind(host).fetch_all(c).await)?,
    )
}

/// The actor in whose name our reports to other servers go.
pub async fn reporter(conn: &mut Conn) -> Result<Option<Actor>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT * FROM actor WHERE kind = $1 AND local = TRUE ORDER BY id LIMIT 1").bind(ActorKind::Service).fetch_optional(c).await)?,
    )
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

/// Gives an actor of ours another picture, or none.
pub async fn set_icon(tx: &mut Tx, id: ActorId, icon: Option<&FileHash>, now: Time) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE actor SET icon_file = $2, updated_at = $3 WHERE id = $1").bind(id).bind(icon).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Marks an actor as gone and forgets what it said about itself.
pub async fn mark_deleted(tx: &mut Tx, id: ActorId, now: Time) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE actor SET deleted_at = $2, display_name = '', about_source = '', about_html = '', organisation = '', role = '', icon_file = NULL, icon_url = NULL WHERE id = $1")
        .bind(id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn add_moderator(tx: &mut Tx, group: ActorId, actor: ActorId) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO moderator (group_id, actor_id, position)
         SELECT $1, $2, COALESCE((SELECT MAX(m.position) + 1 FROM moderator m WHERE m.group_id = $1), 1) WHERE TRUE ON CONFLICT DO NOTHING")
        .bind(group).bind(actor).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn remove_moderator(tx: &mut Tx, group: ActorId, actor: ActorId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM moderator WHERE group_id = $1 AND actor_id = $2").bind(group).bind(actor).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn clear_moderators(tx: &mut Tx, group: ActorId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM moderator WHERE group_id = $1").bind(group).execute(c).await.map(drop))?;
    Ok(())
}

/// Who moderates a group, who came first first.
pub async fn moderators(conn: &mut Conn, group: ActorId) -> Result<Vec<Actor>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT a.* FROM moderator m JOIN actor a ON a.id = m.actor_id WHERE m.group_id = $1 ORDER BY m.position, a.id")
        .bind(group).fetch_all(c).await)?,
    )
}

pub async fn is_moderator(conn: &mut Conn, group: ActorId, actor: ActorId) -> Result<bool> {
    let (found,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM moderator WHERE group_id = $1 AND actor_id = $2")
        .bind(group).bind(actor).fetch_one(c).await)?;
    Ok(found > 0)
}

/// How many members and groups of ours there are, the instance actor and former members left out.
pub async fn count_local(conn: &mut Conn, kind: ActorKind) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as(
        "SELECT COUNT(*) FROM actor a WHERE a.local = TRUE AND a.kind = $1 AND a.deleted_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM account c WHERE c.actor_id = a.id AND c.state = 'closed')")
        .bind(kind).fetch_one(c).await)?;
    Ok(count)
}
