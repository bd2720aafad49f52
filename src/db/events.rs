//! `event` and `organiser`: what a post of kind `event` is besides its words.

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{Actor, ActorId, Event, EventStatus, PostId, SeriesId, Time};

/// Stores an event, or what is new of it.
pub async fn put(tx: &mut Tx, e: &Event) -> Result<()> {
    let p = &e.plan;
    on!(tx, c => sqlx::query(
        "INSERT INTO event (post_id, starts_at, ends_at, zone, status, place_name, place_street, place_postcode, place_town, online,
            online_link, capacity, sign_up, sign_up_link, sign_up_until, contact, told_attending, sequence, changed_at, series_id, series,
            occurs_at, question, report, report_asked_at, group_id, author_id, gone)
         SELECT p.id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
            p.group_id, p.author_id, p.deleted_at IS NOT NULL FROM post p WHERE p.id = $1
         ON CONFLICT (post_id) DO UPDATE SET starts_at = excluded.starts_at, ends_at = excluded.ends_at, zone = excluded.zone,
            status = excluded.status, place_name = excluded.place_name, place_street = excluded.place_street,
            place_postcode = excluded.place_postcode, place_town = excluded.place_town, online = excluded.online,
            online_link = excluded.online_link, capacity = excluded.capacity, sign_up = excluded.sign_up,
            sign_up_link = excluded.sign_up_link, sign_up_until = excluded.sign_up_until, contact = excluded.contact,
            told_attending = excluded.told_attending, sequence = excluded.sequence, changed_at = excluded.changed_at,
            series = excluded.series, question = excluded.question, report = excluded.report, report_asked_at = excluded.report_asked_at")
        .bind(e.post_id).bind(p.starts_at).bind(p.ends_at).bind(&p.zone).bind(e.status).bind(&p.place.name).bind(&p.place.street)
        .bind(&p.place.postcode).bind(&p.place.town).bind(p.online).bind(&p.online_link).bind(p.capacity).bind(p.sign_up)
        .bind(&p.sign_up_link).bind(p.sign_up_until).bind(&p.contact).bind(e.told_attending).bind(e.sequence).bind(e.changed_at)
        .bind(e.series_id).bind(&e.series).bind(e.occurs_at).bind(&e.question).bind(&e.report).bind(e.report_asked_at)
        .execute(c).await.map(drop).map_err(super::unique))?;
    place_in_lists(tx, e.post_id, p.starts_at).await
}

/// The lists that walk other tables know when it begins, too.
async fn place_in_lists(tx: &mut Tx, post: PostId, starts_at: Time) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE attendee SET starts_at = $2 WHERE post_id = $1 AND starts_at <> $2")
        .bind(post).bind(starts_at).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query("UPDATE organiser SET starts_at = $2 WHERE post_id = $1 AND starts_at <> $2")
        .bind(post).bind(starts_at).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query("UPDATE post_topic SET starts_at = $2 WHERE post_id = $1")
        .bind(post).bind(starts_at).execute(c).await.map(drop))?;
    Ok(())
}

/// Its post was removed, or is back: the lists leave it out, or have it again.
pub async fn set_gone(tx: &mut Tx, post: PostId, gone: bool) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE event SET gone = $2 WHERE post_id = $1").bind(post).bind(gone).execute(c).await.map(drop))?;
    Ok(())
}

/// What a post is as an event; none when it is none.
pub async fn of(conn: &mut Conn, post: PostId) -> Result<Option<Event>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM event WHERE post_id = $1").bind(post).fetch_optional(c).await)?)
}

/// The events that came from a question, in the order in which they take place.
pub async fn from_question(conn: &mut Conn, question: &str, limit: i64) -> Result<Vec<Event>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT e.* FROM event e JOIN post p ON p.id = e.post_id WHERE e.question = $1 AND p.deleted_at IS NULL ORDER BY e.starts_at, e.post_id LIMIT $2")
        .bind(question).bind(limit).fetch_all(c).await)?)
}

/// The event that a post is the report of.
pub async fn reported_by(conn: &mut Conn, report: &str) -> Result<Option<Event>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT e.* FROM event e JOIN post p ON p.id = e.post_id WHERE e.report = $1 AND p.deleted_at IS NULL ORDER BY e.post_id LIMIT 1")
        .bind(report).fetch_optional(c).await)?)
}

/// The events of a series, in order.
pub async fn of_series(conn: &mut Conn, series: &str, from: Time, limit: i64) -> Result<Vec<Event>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT e.* FROM event e JOIN post p ON p.id = e.post_id
         WHERE e.series = $1 AND e.starts_at >= $2 AND p.deleted_at IS NULL ORDER BY e.starts_at, e.post_id LIMIT $3")
        .bind(series).bind(from).bind(limit).fetch_all(c).await)?)
}

/// The ids of the events of a series, in order: what anybody may know of it.
pub async fn ids_of_series(conn: &mut Conn, series: &str, limit: i64) -> Result<Vec<(String,)>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT p.ap_id FROM event e JOIN post p ON p.id = e.post_id WHERE e.series = $1 AND p.deleted_at IS NULL ORDER BY e.starts_at, e.post_id LIMIT $2")
        .bind(series).bind(limit).fetch_all(c).await)?)
}

/// The occurrence of a series of ours that was planned for this moment, also when it takes place at another.
pub async fn occurrence(conn: &mut Conn, series: SeriesId, at: Time) -> Result<Option<Event>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT * FROM event WHERE series_id = $1 AND occurs_at = $2").bind(series).bind(at).fetch_optional(c).await)?,
    )
}

/// Events of ours that ended between the two and whose organisers were not asked for a report yet.
pub async fn unreported(conn: &mut Conn, from: Time, to: Time, limit: i64) -> Result<Vec<Event>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT e.* FROM event e JOIN post p ON p.id = e.post_id
         WHERE e.report IS NULL AND e.report_asked_at IS NULL AND e.ends_at > $1 AND e.ends_at <= $2 AND e.status <> $3
            AND p.local = TRUE AND p.deleted_at IS NULL ORDER BY e.ends_at LIMIT $4")
        .bind(from).bind(to).bind(EventStatus::Cancelled).bind(limit).fetch_all(c).await)?)
}

/// The organisers were asked for a report.
pub async fn asked_for_report(tx: &mut Tx, post: PostId, now: Time) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE event SET report_asked_at = $2 WHERE post_id = $1").bind(post).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Events of ours that are not over, of which another number of people come than was last said, and of which nothing was said
/// since `before`.
pub async fn miscounted(conn: &mut Conn, now: Time, before: Time, limit: i64) -> Result<Vec<PostId>> {
    let rows: Vec<(PostId,)> = on!(conn, c => sqlx::query_as(
        "SELECT e.post_id FROM event e JOIN post p ON p.id = e.post_id
         WHERE e.starts_at > $1 AND p.local = TRUE AND p.deleted_at IS NULL AND p.updated_at <= $2
            AND (SELECT COUNT(*) FROM attendee t WHERE t.post_id = e.post_id AND t.state = 'in') <> COALESCE(e.told_attending, 0)
         ORDER BY e.starts_at, e.post_id LIMIT $3")
        .bind(now).bind(before).bind(limit).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// So many come, it was said.
pub async fn told(tx: &mut Tx, post: PostId, attending: i64) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE event SET told_attending = $2 WHERE post_id = $1").bind(post).bind(attending).execute(c).await.map(drop))?;
    Ok(())
}

/// What it is goes with its words: what is left says when it would have been, and that it will not be.
pub async fn empty(tx: &mut Tx, post: PostId, now: Time) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE event SET status = 'cancelled', place_name = '', place_street = '', place_postcode = '', place_town = '', online_link = '',
            sign_up_link = '', contact = '', sequence = sequence + 1, changed_at = $2 WHERE post_id = $1")
        .bind(post).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// The organisers besides the author.
pub async fn organisers(conn: &mut Conn, post: PostId) -> Result<Vec<Actor>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT a.* FROM organiser o JOIN actor a ON a.id = o.actor_id WHERE o.post_id = $1 AND a.deleted_at IS NULL ORDER BY a.id")
        .bind(post).fetch_all(c).await)?)
}

/// Whether somebody organises an event besides its author.
pub async fn is_organiser(conn: &mut Conn, post: PostId, actor: ActorId) -> Result<bool> {
    let (found,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM organiser WHERE post_id = $1 AND actor_id = $2")
        .bind(post).bind(actor).fetch_one(c).await)?;
    Ok(found > 0)
}

/// Says who organises it besides its author.
pub async fn set_organisers(tx: &mut Tx, post: PostId, organisers: &[ActorId]) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM organiser WHERE post_id = $1").bind(post).execute(c).await.map(drop))?;
    for actor in organisers {
        on!(tx, c => sqlx::query(
            "INSERT INTO organiser (post_id, actor_id, starts_at) SELECT e.post_id, $2, e.starts_at FROM event e WHERE e.post_id = $1
             ON CONFLICT DO NOTHING")
            .bind(post).bind(*actor).execute(c).await.map(drop))?;
    }
    Ok(())
}
