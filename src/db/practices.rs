//! What was tried of a practice, and where.

use sqlx::FromRow;

use super::{Conn, on};
use crate::error::Result;
use crate::model::{PostId, Tried};

/// How many members of one organisation in one region say the same.
#[derive(Clone, Debug, FromRow)]
pub struct Verdicts {
    pub host: String,
    pub local: bool,
    pub organisation: String,
    pub tried: Tried,
    pub members: i64,
}

/// What members say of a practice, by region and organisation. Of each member the newest verdict that stands counts.
pub async fn verdicts(conn: &mut Conn, practice: PostId) -> Result<Vec<Verdicts>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT a.host, a.local, a.organisation, p.tried, COUNT(*) AS members FROM post p JOIN actor a ON a.id = p.author_id
         WHERE p.root_id = $1 AND p.tried IS NOT NULL AND p.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM post q
            WHERE q.root_id = $1 AND q.tried IS NOT NULL AND q.deleted_at IS NULL AND q.author_id = p.author_id
                AND (q.published_at, q.id) > (p.published_at, p.id))
         GROUP BY a.host, a.local, a.organisation, p.tried ORDER BY a.local DESC, a.host, a.organisation, p.tried LIMIT 300")
        .bind(practice).fetch_all(c).await)?)
}
