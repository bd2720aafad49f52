//! `series`: events that come again and again.

use super::calendars::Kept;
use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{PostId, Series, SeriesId, Time};

pub async fn insert(tx: &mut Tx, s: &Series) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO series (id, ap_id, group_id, author_id, rule, starts_local, zone, template, made_until, ended_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)")
        .bind(s.id).bind(&s.ap_id).bind(s.group_id).bind(s.author_id).bind(&s.rule).bind(&s.starts_local).bind(&s.zone)
        .bind(&s.template).bind(s.made_until).bind(s.ended_at).bind(s.created_at).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn by_id(conn: &mut Conn, id: SeriesId) -> Result<Option<Series>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM series WHERE id = $1").bind(id).fetch_optional(c).await)?)
}

/// The series, so that nobody else makes occurrences of it before this transaction ends.
pub async fn lock(tx: &mut Tx, id: SeriesId) -> Result<Option<Series>> {
    Ok(on!(tx.unseen(), sqlite c => sqlx::query_as("SELECT * FROM series WHERE id = $1").bind(id).fetch_optional(c).await,
        postgres c => sqlx::query_as("SELECT * FROM series WHERE id = $1 FOR UPDATE").bind(id).fetch_optional(c).await)?)
}

/// Series that still go on and have been made up to before `before`, those longest behind first.
pub async fn behind(conn: &mut Conn, before: Time, limit: i64) -> Result<Vec<Series>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM series WHERE ended_at IS NULL AND made_until < $1 ORDER BY made_until, id LIMIT $2")
        .bind(before).bind(limit).fetch_all(c).await)?)
}

/// How it goes on: how far it has been made, what the next ones are made of and when they are, and whether there are any.
pub async fn set(tx: &mut Tx, s: &Series) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE series SET template = $2, made_until = $3, ended_at = $4, rule = $5, starts_local = $6, zone = $7 WHERE id = $1")
        .bind(s.id).bind(&s.template).bind(s.made_until).bind(s.ended_at).bind(&s.rule).bind(&s.starts_local).bind(&s.zone)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Every occurrence that was made, in the order in which the series has them; also those that were removed since.
pub async fn occurrences(conn: &mut Conn, id: SeriesId) -> Result<Vec<Kept>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT p.*, e.* FROM event e JOIN post p ON p.id = e.post_id WHERE e.series_id = $1 ORDER BY e.occurs_at, e.post_id")
        .bind(id).fetch_all(c).await)?)
}

/// Whether an occurrence besides this one stands.
pub async fn stands_besides(conn: &mut Conn, id: SeriesId, post: PostId) -> Result<bool> {
    Ok(on!(conn, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM event e JOIN post p ON p.id = e.post_id WHERE e.series_id = $1 AND p.id <> $2 AND p.deleted_at IS NULL)")
        .bind(id).bind(post).fetch_one(c).await)?)
}

/// The series has an occurrence at another moment than it had.
pub async fn occurs_at(tx: &mut Tx, post: PostId, at: Time) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE event SET occurs_at = $2 WHERE post_id = $1").bind(post).bind(at).execute(c).await.map(drop))?;
    Ok(())
}

/// Whether an event belongs to a series of which one was known before it.
pub async fn is_later(conn: &mut Conn, post: PostId) -> Result<bool> {
    let (found,): (i64,) = on!(conn, c => sqlx::query_as(
        "SELECT COUNT(*) FROM event e JOIN event f ON f.series = e.series AND f.post_id < e.post_id WHERE e.post_id = $1")
        .bind(post).fetch_one(c).await)?;
    Ok(found > 0)
}

/// Whether an event of a series is known, by the id of the series on the wire.
pub async fn is_known(conn: &mut Conn, ap_id: &str) -> Result<bool> {
    let (found,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM (SELECT 1 FROM event WHERE series = $1 LIMIT 1) x").bind(ap_id).fetch_one(c).await)?;
    Ok(found > 0)
}
