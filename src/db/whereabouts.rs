//! `whereabouts`: where an actor keeps things, what it was called before, and where it went.

use sqlx::FromRow;

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, Time};

/// A row of `whereabouts`.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Whereabouts {
    /// The collection of what stands at the top of a group elsewhere.
    pub featured: Option<String>,
    /// Ids that it says it had before, one on a line.
    pub known_as: String,
    /// The actor that it is now.
    pub moved_to: Option<String>,
    /// When it moved last: it does not do so again soon.
    pub moved_at: Option<Time>,
}

impl Whereabouts {
    /// The ids that it says it had before.
    pub fn known_as(&self) -> impl Iterator<Item = &str> {
        self.known_as.lines().filter(|line| !line.is_empty())
    }
}

/// What is known of it; nothing when nothing is.
pub async fn of(conn: &mut Conn, actor: ActorId) -> Result<Whereabouts> {
    let row: Option<Whereabouts> = on!(conn, c => sqlx::query_as("SELECT featured, known_as, moved_to, moved_at FROM whereabouts WHERE actor_id = $1")
        .bind(actor).fetch_optional(c).await)?;
    Ok(row.unwrap_or_default())
}

/// Notes everything at once.
pub async fn set(tx: &mut Tx, actor: ActorId, w: &Whereabouts) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO whereabouts (actor_id, featured, known_as, moved_to, moved_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (actor_id) DO UPDATE SET featured = excluded.featured, known_as = excluded.known_as, moved_to = excluded.moved_to,
            moved_at = excluded.moved_at")
        .bind(actor).bind(&w.featured).bind(&w.known_as).bind(&w.moved_to).bind(w.moved_at).execute(c).await.map(drop))?;
    Ok(())
}
