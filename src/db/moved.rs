//! `moved`: replies of which the asker or a moderator said whether they are answers or comments.

use sqlx::FromRow;

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{PostId, PostKind, Time};

/// A row of `moved`.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Moved {
    /// The id of the reply, also while it is not known here.
    pub ap_id: String,
    pub kind: PostKind,
}

pub async fn put(tx: &mut Tx, question: PostId, moved: &Moved) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO moved (question_id, ap_id, kind) VALUES ($1, $2, $3) ON CONFLICT (question_id, ap_id) DO UPDATE SET kind = excluded.kind")
        .bind(question).bind(&moved.ap_id).bind(moved.kind).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn get(conn: &mut Conn, question: PostId, ap_id: &str) -> Result<Option<PostKind>> {
    let row: Option<(PostKind,)> = on!(conn, c => sqlx::query_as("SELECT kind FROM moved WHERE question_id = $1 AND ap_id = $2")
        .bind(question).bind(ap_id).fetch_optional(c).await)?;
    Ok(row.map(|(kind,)| kind))
}

/// What was said of a question's replies, in order of their ids.
pub async fn of_question(conn: &mut Conn, question: PostId, limit: i64) -> Result<Vec<Moved>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT ap_id, kind FROM moved WHERE question_id = $1 ORDER BY ap_id LIMIT $2")
        .bind(question).bind(limit).fetch_all(c).await)?)
}

/// Makes a reply that stands directly under a question what was said of it.
pub async fn apply(tx: &mut Tx, question: PostId, moved: &Moved, now: Time) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE post SET kind = $3, moved_at = $4 WHERE ap_id = $2 AND parent_id = $1 AND deleted_at IS NULL AND kind IN ('answer', 'comment')")
        .bind(question).bind(&moved.ap_id).bind(moved.kind).bind(now).execute(c).await.map(drop))?;
    Ok(())
}
