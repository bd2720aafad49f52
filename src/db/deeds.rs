//! `group_word` and `deed`: what moderators of groups said last about a thing, and which of their activities have had their
//! effect.

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, GroupWord, Time, What};

/// The newest word about something.
pub async fn word(conn: &mut Conn, group: ActorId, what: What, subject: &str) -> Result<Option<GroupWord>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM group_word WHERE group_id = $1 AND what = $2 AND subject = $3")
        .bind(group).bind(what).bind(subject).fetch_optional(c).await)?)
}

/// Every word about one thing in a group.
pub async fn words_about(conn: &mut Conn, group: ActorId, subject: &str) -> Result<Vec<GroupWord>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM group_word WHERE group_id = $1 AND what IN ('lock', 'pin', 'answer') AND subject = $2")
        .bind(group).bind(subject).fetch_all(c).await)?)
}

/// The words that an activity said in groups, while they are the newest.
pub async fn said_by(conn: &mut Conn, activity: &str) -> Result<Vec<GroupWord>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT * FROM group_word WHERE said = $1 ORDER BY group_id LIMIT 20").bind(activity).fetch_all(c).await)?,
    )
}

/// Notes a word, in the place of an older one.
pub async fn put(tx: &mut Tx, w: &GroupWord) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO group_word (group_id, what, subject, stands, at, said) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (group_id, what, subject) DO UPDATE SET stands = excluded.stands, at = excluded.at, said = excluded.said")
        .bind(w.group_id).bind(w.what).bind(&w.subject).bind(w.stands).bind(w.at).bind(&w.said).execute(c).await.map(drop))?;
    Ok(())
}

/// Notes that an activity has had its effect, or must have none; says whether that is new.
pub async fn done(tx: &mut Tx, activity: &str, now: Time) -> Result<bool> {
    let rows = on!(tx, c => sqlx::query("INSERT INTO deed (ap_id, at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(activity).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
