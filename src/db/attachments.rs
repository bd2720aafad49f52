//! `attachment`: the pictures with posts.

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, Attachment, AttachmentId, FileHash, PostId};

pub async fn insert(tx: &mut Tx, a: &Attachment) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO attachment (id, post_id, position, file_hash, remote_url, media_type, alt, width, height)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
        .bind(a.id).bind(a.post_id).bind(a.position).bind(&a.file_hash).bind(&a.remote_url).bind(&a.media_type).bind(&a.alt)
        .bind(a.width).bind(a.height).execute(c).await.map(drop))?;
    Ok(())
}

/// The pictures of a post, in order.
pub async fn of(conn: &mut Conn, post: PostId) -> Result<Vec<Attachment>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM attachment WHERE post_id = $1 ORDER BY position, id").bind(post).fetch_all(c).await)?)
}

/// A picture with a post that stands.
pub async fn shown(conn: &mut Conn, id: AttachmentId) -> Result<Option<Attachment>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT a.* FROM attachment a JOIN post p ON p.id = a.post_id WHERE a.id = $1 AND p.deleted_at IS NULL").bind(id).fetch_optional(c).await)?)
}

/// Takes the pictures of a post away; gives the files of ours among them.
pub async fn clear(tx: &mut Tx, post: PostId) -> Result<Vec<(Option<FileHash>,)>> {
    Ok(on!(tx, c => sqlx::query_as("DELETE FROM attachment WHERE post_id = $1 RETURNING file_hash").bind(post).fetch_all(c).await)?)
}

/// Takes the pictures of somebody's removed posts away; gives the files of ours among them.
pub async fn clear_removed_of(tx: &mut Tx, author: ActorId) -> Result<Vec<(Option<FileHash>,)>> {
    Ok(on!(tx, c => sqlx::query_as(
        "DELETE FROM attachment WHERE post_id IN (SELECT p.id FROM post p WHERE p.author_id = $1 AND p.deleted_at IS NOT NULL) RETURNING file_hash")
        .bind(author).fetch_all(c).await)?)
}

/// How large the pictures from an address turned out to be.
pub async fn measured(tx: &mut Tx, url: &str, media_type: &str, width: i64, height: i64) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE attachment SET media_type = $2, width = $3, height = $4 WHERE remote_url = $1")
        .bind(url).bind(media_type).bind(width).bind(height).execute(c).await.map(drop))?;
    Ok(())
}
