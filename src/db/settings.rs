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
    /// How many days threads of other servers are kept that nobody here has anything to do with: `30`, `90`, `365` or `never`.
    pub const REMOTE_DAYS: &str = "remote_days";
    /// The picture shown in the frame: the hash of a file.
    pub const LOGO: &str = "logo";
    /// Random; with it we recognise what we wrote into forms ourselves.
    pub const FORM_KEY: &str = "form_key";
    /// Who may become a member: `open`, `approval` or `invite`.
    pub const REGISTRATION: &str = "registration";
    /// The secret that the links with which mail is stopped are made of.
    pub const GUESTS: &str = "guests_key";
    pub const UNSUBSCRIBE: &str = "unsubscribe";
    /// Who starts a group: `proposal` (members propose, an administrator decides; so it is without a choice) or `anyone`.
    pub const GROUP_FOUNDING: &str = "group_founding";
    /// For who has just become a member, in Markdown.
    pub const REGION_WELCOME: &str = "region_welcome";
    /// The rules of the whole instance, in Markdown.
    pub const REGION_RULES: &str = "region_rules";
    /// More about the region, on the page about it, in Markdown.
    pub const REGION_MORE: &str = "region_more";
    /// Whether everybody may read with which regions we are connected: `yes` or `no`.
    pub const PUBLISH_REGIONS: &str = "publish_regions";
    /// A list of rules about servers that an administrator looks at before it is used.
    pub const RULES_DRAFT: &str = "rules_draft";
    pub const CONTACT_NAME: &str = "contact_name";
    pub const CONTACT_EMAIL: &str = "contact_email";
    /// A page where people find help.
    pub const CONTACT_PAGE: &str = "contact_page";
    /// The theme in use, filtered; and its hash, which is read with every page.
    pub const THEME: &str = "theme";
    pub const THEME_HASH: &str = "theme_hash";
    /// One that an administrator looks at before it is used, and the one before this.
    pub const THEME_DRAFT: &str = "theme_draft";
    pub const THEME_BEFORE: &str = "theme_before";
    /// JSON: when the worker last threw away what had expired, and how much of each kind so far.
    pub const TIDIED: &str = "tidied";
    /// What came of the last backup, and the last one that was made; JSON.
    pub const BACKUP_LAST: &str = "backup_last";
    pub const BACKUP_GOOD: &str = "backup_good";
    /// That this database was put back from a backup: of when, and when; JSON.
    pub const RESTORED: &str = "restored";
    /// Begins the keys of tokens with which `meent doctor` asks the running server; the value says until when they work.
    pub const CHECKUP: &str = "checkup:";
}

pub async fn get(conn: &mut Conn, key: &str) -> Result<Option<String>> {
    let row: Option<(String,)> =
        on!(conn, c => sqlx::query_as("SELECT value FROM setting WHERE key = $1").bind(key).fetch_optional(c).await)?;
    Ok(row.map(|(value,)| value))
}

/// What every page needs to know of the region, in one look.
#[derive(Clone, Debug, Default, sqlx::FromRow)]
pub struct Frame {
    pub region: Option<String>,
    pub language: Option<String>,
    pub theme_hash: Option<String>,
    pub logo: Option<String>,
}

/// Reads it.
pub async fn frame(conn: &mut Conn) -> Result<Frame> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT (SELECT s.value FROM setting s WHERE s.key = $1) AS region, (SELECT s.value FROM setting s WHERE s.key = $2) AS language,
            (SELECT NULLIF(s.value, '') FROM setting s WHERE s.key = $3) AS theme_hash, (SELECT s.value FROM setting s WHERE s.key = $4) AS logo")
        .bind(key::REGION_NAME).bind(key::LANGUAGE).bind(key::THEME_HASH).bind(key::LOGO).fetch_one(c).await)?)
}

pub async fn set(tx: &mut Tx, key: &str, value: &str) -> Result<()> {
    on!(tx, c => sqlx::query("INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
        .bind(key).bind(value).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn unset(tx: &mut Tx, key: &str) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM setting WHERE key = $1").bind(key).execute(c).await.map(drop))?;
    Ok(())
}

/// Unsets a key and gives what it was. Two at once: one of them gets it.
pub async fn take(tx: &mut Tx, key: &str) -> Result<Option<String>> {
    let row: Option<(String,)> =
        on!(tx, c => sqlx::query_as("DELETE FROM setting WHERE key = $1 RETURNING value").bind(key).fetch_optional(c).await)?;
    Ok(row.map(|(value,)| value))
}

/// Forgets tokens of check-ups that no longer work.
pub async fn tidy_checkups(tx: &mut Tx, now: Time) -> Result<()> {
    // In this order: other values are no numbers.
    on!(tx, c => sqlx::query("DELETE FROM setting WHERE CASE WHEN key LIKE $1 THEN CAST(value AS BIGINT) < $2 ELSE FALSE END")
        .bind(format!("{}%", key::CHECKUP)).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Sets a key only if it was not set; says whether it did. Two at once: one of them does.
pub async fn set_once(tx: &mut Tx, key: &str, value: &str) -> Result<bool> {
    let done = on!(tx.unseen(), c => sqlx::query("INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING")
        .bind(key).bind(value).execute(c).await.map(|done| done.rows_affected()))?;
    if done == 1 {
        tx.all();
    }
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
    on!(tx.unseen(), c => sqlx::query("INSERT INTO submission (actor_id, key, location, created_at) VALUES ($1, $2, $3, $4)")
        .bind(actor).bind(key).bind(location).bind(now).execute(c).await.map(drop).map_err(super::unique))
}

/// Rewrites our own ids from one public URL to another; only before anything left the server.
pub async fn move_public_url(tx: &mut Tx, old: &str, new: &str, authority: &str) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE actor SET ap_id = replace(ap_id, $1, $2), url = replace(url, $1, $2), inbox = replace(inbox, $1, $2),
            shared_inbox = replace(shared_inbox, $1, $2), outbox = replace(outbox, $1, $2), followers = replace(followers, $1, $2),
            moderators = replace(moderators, $1, $2), key_id = replace(key_id, $1, $2), host = $3 WHERE local = TRUE")
        .bind(old).bind(new).bind(authority).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query("UPDATE post SET ap_id = replace(ap_id, $1, $2), url = replace(url, $1, $2), context = replace(context, $1, $2),
            accepted_ap_id = replace(accepted_ap_id, $1, $2) WHERE local = TRUE")
        .bind(old).bind(new).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query("UPDATE multikey SET key_id = replace(key_id, $1, $2) WHERE private_key IS NOT NULL").bind(old).bind(new).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query("UPDATE tombstone SET ap_id = replace(ap_id, $1, $2)").bind(old).bind(new).execute(c).await.map(drop))?;
    // The links in letters that have not gone yet.
    on!(tx, c => sqlx::query("UPDATE mail SET plain = replace(plain, $1, $2), html = replace(html, $1, $2)").bind(old).bind(new).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(
        "UPDATE activity SET ap_id = replace(ap_id, $1, $2), about = replace(about, $1, $2), body = replace(body, $1, $2), received = replace(received, $1, $2)")
        .bind(old).bind(new).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query("UPDATE useful SET ap_id = replace(ap_id, $1, $2)").bind(old).bind(new).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query("UPDATE moved SET ap_id = replace(ap_id, $1, $2)").bind(old).bind(new).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query("UPDATE follow SET ap_id = replace(ap_id, $1, $2)").bind(old).bind(new).execute(c).await.map(drop))?;
    Ok(())
}
