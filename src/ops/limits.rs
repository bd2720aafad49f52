//! How often something may be tried: forms that anybody can send, and mails to addresses that anybody can type.

use super::Core;
use super::members::token_hash;
use crate::db::{Tx, accounts};
use crate::error::{Error, Result};
use crate::model::{ActorId, Time};

/// Over how long attempts are counted.
const WINDOW: i64 = Time::HOUR;
/// Mails of one kind to one address in that time.
const MAILS: i64 = 5;
/// What costs us, or another server, much more than it costs to ask: by one member in that time.
const COSTLY: i64 = 30;

/// Counts something that a member asks for and that costs much: a series of events, the history of a group, a look at another
/// server.
///
/// # Errors
/// [`Error::TooMany`] after too many.
pub async fn count_costly(core: &Core, member: ActorId) -> Result<()> {
    count(core, "costly", &member.to_string(), COSTLY).await
}

/// Counts an attempt at `what` from `address`, of which `most` may be made in an hour. Many people of one town hall
/// share an address.
///
/// # Errors
/// [`Error::TooMany`] after too many.
pub async fn count(core: &Core, what: &str, address: &str, most: i64) -> Result<()> {
    let (now, key) = (core.now(), format!("{what} {address}"));
    let since = now.plus(-WINDOW);
    let wait = |first: Time| Error::TooMany((first.plus(WINDOW).0 - now.0) / Time::SECOND + 1);
    // Who goes on in vain costs no more than a look.
    if let Some((count, first)) = accounts::failures(&mut core.db.conn(), &key, since).await?
        && count >= most
    {
        return Err(wait(first));
    }
    // Of many at once each sees those that were counted before it.
    let mut tx = core.db.begin().await?;
    accounts::count_failure(&mut tx, &key, now, since).await?;
    if let Some((count, first)) = accounts::failures(&mut tx, &key, since).await?
        && count > most
    {
        return Err(wait(first));
    }
    tx.commit().await
}

/// Whether one more mail about `what` may go to an address that somebody typed. Asked silently: whoever typed it learns
/// nothing. What is counted is a hash, so that nothing is kept of people who are no members.
///
/// # Errors
/// When the database can't be written.
pub async fn may_mail(core: &Core, tx: &mut Tx, what: &str, email: &str) -> Result<bool> {
    let (now, key) = (core.now(), format!("mail {what} {}", token_hash(email)));
    let since = now.plus(-WINDOW);
    let sent = accounts::failures(tx, &key, since).await?.map_or(0, |(sent, _)| sent);
    if sent >= MAILS {
        return Ok(false);
    }
    accounts::count_failure(tx, &key, now, since).await?;
    Ok(true)
}
