//! `suspension`: who may not write for a time.

use sqlx::FromRow;

use super::lists::By;
use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, ModerationId, Suspension, Time};

// The suspensions of `$1` that hold at `$3` in the group `$2`.
macro_rules! holding {
    () => {
        "suspension s JOIN actor g ON g.id = s.group_id JOIN moderation m ON m.id = s.moderation_id
         WHERE s.actor_id = $1 AND (s.group_id = $2 OR (g.kind = 'application' AND g.local = TRUE)) AND (s.until IS NULL OR s.until > $3)"
    };
}
pub(super) use holding;

/// Whether somebody is suspended at `now` from a group, or from this instance (its own actor stands for it).
pub async fn holds(conn: &mut Conn, actor: ActorId, group: ActorId, now: Time) -> Result<bool> {
    Ok(standing(conn, actor, group, now).await?.is_some())
}

/// The suspension that holds at `now` in a group: its own, or that of the instance; the one that lasts longest.
pub async fn standing(conn: &mut Conn, actor: ActorId, group: ActorId, now: Time) -> Result<Option<Suspension>> {
    Ok(on!(conn, c => sqlx::query_as(concat!(
        "SELECT s.*, m.reason AS reason FROM ", holding!(), " ORDER BY (s.until IS NULL) DESC, s.until DESC LIMIT 1"))
        .bind(actor).bind(group).bind(now).fetch_optional(c).await)?)
}

/// The suspension from exactly this group, whether it still holds or not.
pub async fn get(conn: &mut Conn, actor: ActorId, group: ActorId) -> Result<Option<Suspension>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT s.*, m.reason AS reason FROM suspension s JOIN moderation m ON m.id = s.moderation_id WHERE s.actor_id = $1 AND s.group_id = $2")
        .bind(actor).bind(group).fetch_optional(c).await)?)
}

/// Suspends; a new one takes the place of an older one.
pub async fn put(tx: &mut Tx, actor: ActorId, group: ActorId, until: Option<Time>, moderation: ModerationId) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO suspension (actor_id, group_id, until, moderation_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT (actor_id, group_id) DO UPDATE SET until = excluded.until, moderation_id = excluded.moderation_id")
        .bind(actor).bind(group).bind(until).bind(moderation).execute(c).await.map(drop))?;
    Ok(())
}

/// Takes a suspension back; says whether there was one.
pub async fn remove(tx: &mut Tx, actor: ActorId, group: ActorId) -> Result<bool> {
    let rows = on!(tx, c => sqlx::query("DELETE FROM suspension WHERE actor_id = $1 AND group_id = $2")
        .bind(actor).bind(group).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Somebody who is suspended, as moderators see it.
#[derive(Clone, Debug, FromRow)]
pub struct SuspendedLine {
    #[sqlx(flatten)]
    pub it: Suspension,
    #[sqlx(flatten)]
    pub by: By,
}

/// Who is suspended from a group now.
pub async fn of_group(conn: &mut Conn, group: ActorId, now: Time) -> Result<Vec<SuspendedLine>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT s.*, m.reason AS reason, a.id AS author_id, a.name AS author_name, a.host AS author_host, a.local AS author_local, a.display_name AS author_display,
            a.role AS author_role, a.organisation AS author_organisation, a.icon_file AS author_icon_file, a.icon_url AS author_icon_url
         FROM suspension s JOIN actor a ON a.id = s.actor_id JOIN moderation m ON m.id = s.moderation_id
         WHERE s.group_id = $1 AND (s.until IS NULL OR s.until > $2) ORDER BY s.moderation_id DESC LIMIT 200")
        .bind(group).bind(now).fetch_all(c).await)?)
}
