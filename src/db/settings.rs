//! `setting`: what the instance keeps about itself. `submission`: forms that were sent.

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, Time};

/// The keys of `setting`.
pub mod key {
    /// The `public_url` that is written into every id.
    pub const PUBLIC_URL: &str = "public_url";
    /// Set once an id of ours was seen by another server: from then on `public_url` stands.
    pub const LEFT: &str = "left";
    /// SHA-256 of the token of the set-up link.
    pub const SETUP_TOKEN: &str = "setup_token";
    /// Set when set-up is done.
    pub const SET_UP: &str = "set_up";
    pub const REGION_NAME: &str = "region_name";
    pub const REGION_ABOUT: &str = "region_about";
    /// `nl` or `en`.
    pub const LANGUAGE: &str = "language";
    /// `open`, `allowlist` or `closed`.
    pub const FEDERATION_MODE: &str = "federation_mode";
}

pub async fn get(conn: &mut Conn, key: &str) -> Result<Option<String>> {
    let row: Option<(String,)> =
        on!(conn, c => sqlx::query_as("SELECT value FROM setting WHERE key = $1").bind(key).fetch_optional(c).await)?;
    Ok(row.map(|(value,)| value))
}

pub async fn set(tx: &mut Tx, key: &str, value: &str) -> Result<()> {
    on!(tx, c => sqlx::query("INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
        .bind(key).bind(value).execute(c).await.map(drop))?;
    Ok(())
}

/// Sets a key only if it was not set; says whether it did. Two at once: one of them does.
pub async fn set_once(tx: &mut Tx, key: &str, value: &str) -> Result<bool> {
    let done = on!(tx, c => sqlx::query("INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING")
        .bind(key).bind(value).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Where the form with this key led, when it was sent before.
pub async fn submitted(conn: &mut Conn, actor: ActorId, key: &str) -> Result<Option<String>> {
    let row: Option<(String,)> = on!(conn, c => sqlx::query_as("SELECT location FROM submission WHERE actor_id = $1 AND key = $2")
        .bind(actor).bind(key).fetch_optional(c).await)?;
    Ok(row.map(|(location,)| location))
}

/// Remembers where a form led; [`crate::error::Error::Conflict`] when it was sent at the same time.
pub async fn remember_submission(tx: &mut Tx, actor: ActorId, key: &str, location: &str, now: Time) -> Result<()> {
    on!(tx, c => sqlx::query("INSERT INTO submission (actor_id, key, location, created_at) VALUES ($1, $2, $3, $4)")
        .bind(actor).bind(key).bind(location).bind(now).execute(c).await.map(drop).map_err(super::unique))
}

/// Rewrites our own ids from one public URL to another; only before anything left the server.
pub async fn move_public_url(tx: &mut Tx, old: &str, new: &str, authority: &str) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE actor SET ap_id = replace(ap_id, $1, $2), url = replace(url, $1, $2), inbox = replace(inbox, $1, $2),
            shared_inbox = replace(shared_inbox, $1, $2), outbox = replace(outbox, $1, $2), followers = replace(followers, $1, $2),
            moderators = replace(moderators, $1, $2), key_id = replace(key_id, $1, $2), host = $3 WHERE local = TRUE")
        .bind(old).bind(new).bind(authority).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query("UPDATE post SET ap_id = replace(ap_id, $1, $2), url = replace(url, $1, $2), context = replace(context, $1, $2) WHERE local = TRUE")
        .bind(old).bind(new).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query("UPDATE activity SET ap_id = replace(ap_id, $1, $2), about = replace(about, $1, $2), body = replace(body, $1, $2)")
        .bind(old).bind(new).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query("UPDATE useful SET ap_id = replace(ap_id, $1, $2)").bind(old).bind(new).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query("UPDATE follow SET ap_id = replace(ap_id, $1, $2)").bind(old).bind(new).execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets forms sent before `before`.
pub async fn tidy_submissions(tx: &mut Tx, before: Time) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM submission WHERE created_at < $1").bind(before).execute(c).await.map(drop))?;
    Ok(())
}
