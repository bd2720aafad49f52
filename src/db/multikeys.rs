//! `multikey`: the Ed25519 keys of actors.

use super::{Conn, Tx, column, on, over_rows};
use crate::error::Result;
use crate::model::{Actor, ActorId, Multikey};

/// Stores a key of ours; one that is there already stays.
pub async fn insert(tx: &mut Tx, key: &Multikey) -> Result<()> {
    on!(tx, c => sqlx::query("INSERT INTO multikey (key_id, actor_id, public_key, private_key) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
        .bind(&key.key_id).bind(key.actor_id).bind(&key.public_key).bind(&key.private_key).execute(c).await.map(drop))?;
    Ok(())
}

/// Stores a key that an actor of another server lists. A key id that belongs to somebody else stays theirs (T-08).
pub async fn upsert(tx: &mut Tx, key: &Multikey) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO multikey (key_id, actor_id, public_key) VALUES ($1, $2, $3)
         ON CONFLICT (key_id) DO UPDATE SET public_key = excluded.public_key WHERE multikey.actor_id = excluded.actor_id")
        .bind(&key.key_id).bind(key.actor_id).bind(&key.public_key).execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets a key of an actor of another server.
pub async fn remove(tx: &mut Tx, key_id: &str) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM multikey WHERE key_id = $1 AND private_key IS NULL").bind(key_id).execute(c).await.map(drop))?;
    Ok(())
}

/// The keys of an actor.
pub async fn of(conn: &mut Conn, actor: ActorId) -> Result<Vec<Multikey>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM multikey WHERE actor_id = $1 ORDER BY key_id").bind(actor).fetch_all(c).await)?)
}

pub async fn by_key_id(conn: &mut Conn, key_id: &str) -> Result<Option<Multikey>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM multikey WHERE key_id = $1").bind(key_id).fetch_optional(c).await)?)
}

macro_rules! of_key_ids {
    ($rows:literal) => {
        concat!("SELECT * FROM multikey WHERE key_id IN (SELECT r.value ->> 0 FROM ", $rows, ")")
    };
}

/// Those of these keys that are known.
pub async fn of_key_ids(conn: &mut Conn, ids: impl IntoIterator<Item = &str>) -> Result<Vec<Multikey>> {
    let ids = column(ids)?;
    Ok(over_rows!(conn, of_key_ids, query_as, q, c => q.bind(ids).fetch_all(c).await)?)
}

/// Actors of ours that have no such key yet.
pub async fn local_without(conn: &mut Conn, limit: i64) -> Result<Vec<Actor>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT * FROM actor WHERE local = TRUE AND NOT EXISTS (SELECT 1 FROM multikey k WHERE k.actor_id = actor.id) ORDER BY id LIMIT $1")
        .bind(limit).fetch_all(c).await)?)
}
