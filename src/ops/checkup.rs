//! What `meent doctor` and a running server say to each other: a token that works once, and what the server saw of the request
//! that brought it. The token goes through the database, so only who can read that can ask.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::Core;
use super::members::{random_token, token_hash};
use crate::db::{Db, settings};
use crate::error::Result;
use crate::model::Time;

/// The header that brings the token.
pub const HEADER: &str = "meent-doctor";
/// Where such requests go; what follows must arrive as it was sent.
pub const PATH: &str = "/health/seen/";
/// How long a token works.
const VALID: i64 = 5 * Time::MINUTE;

/// What a server saw of a request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Seen {
    /// The version of the server that answers.
    pub version: String,
    /// The `public_url` it was started with.
    pub public_url: String,
    /// The `Host` header.
    pub host: String,
    /// Path and query, as they arrived.
    pub target: String,
    /// Who connected: a proxy, when there is one.
    pub connected: IpAddr,
    /// For whom it is taken to come.
    pub client: IpAddr,
    /// `X-Forwarded-For`, as it arrived.
    pub forwarded_for: Option<String>,
}

/// Makes a token and throws away old ones that nobody brought.
///
/// # Errors
/// When the database can't be written.
pub async fn give_token(db: &Db, now: Time) -> Result<String> {
    let token = random_token();
    let mut tx = db.begin().await?;
    settings::tidy_checkups(&mut tx, now).await?;
    settings::set(&mut tx, &key(&token), &now.plus(VALID).0.to_string()).await?;
    tx.commit().await?;
    Ok(token)
}

/// Whether this is a token that still works; it does not any more after this.
///
/// # Errors
/// When the database can't be read or written.
pub async fn redeem(core: &Core, token: &str) -> Result<bool> {
    let key = key(token);
    // Strangers cost a read, not a write.
    if settings::get(&mut core.db.conn(), &key).await?.is_none() {
        return Ok(false);
    }
    let mut tx = core.db.begin().await?;
    let until = settings::take(&mut tx, &key).await?;
    tx.commit().await?;
    Ok(until.and_then(|until| until.parse().ok()).is_some_and(|until| core.now() < Time(until)))
}

/// Takes a token back that may not have arrived: a proxy that swallowed it, and its log, are left with nothing that works.
///
/// # Errors
/// When the database can't be written.
pub async fn withdraw(db: &Db, token: &str) -> Result<()> {
    let mut tx = db.begin().await?;
    settings::unset(&mut tx, &key(token)).await?;
    tx.commit().await
}

fn key(token: &str) -> String {
    format!("{}{}", settings::key::CHECKUP, token_hash(token))
}
