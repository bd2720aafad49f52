//! `revision`: what a post said before it was edited.

use sqlx::FromRow;

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{PostId, Time};

/// A row of `revision`.
#[derive(Clone, Debug, FromRow)]
pub struct Revision {
    pub post_id: PostId,
    /// When these words were written.
    pub at: Time,
    pub title: String,
    /// Markdown, of local posts only.
    pub source: Option<String>,
    /// Clean HTML.
    pub html: String,
}

pub async fn insert(tx: &mut Tx, r: &Revision) -> Result<()> {
    on!(tx, c => sqlx::query("INSERT INTO revision (post_id, at, title, source, html) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING")
        .bind(r.post_id).bind(r.at).bind(&r.title).bind(&r.source).bind(&r.html).execute(c).await.map(drop))?;
    Ok(())
}

/// Keeps the first version and the newest `most - 1` after it.
pub async fn bound(tx: &mut Tx, post: PostId, most: i64) -> Result<()> {
    on!(tx, c => sqlx::query(
        "DELETE FROM revision WHERE post_id = $1 AND at > (SELECT MIN(f.at) FROM revision f WHERE f.post_id = $1)
            AND at < (SELECT MIN(n.at) FROM (SELECT r.at AS at FROM revision r WHERE r.post_id = $1 ORDER BY r.at DESC LIMIT $2) n)")
        .bind(post).bind(most - 1).execute(c).await.map(drop))?;
    Ok(())
}

/// The versions of a post, the oldest first.
pub async fn of_post(conn: &mut Conn, post: PostId) -> Result<Vec<Revision>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM revision WHERE post_id = $1 ORDER BY at").bind(post).fetch_all(c).await)?)
}
