//! Stopping mail by a link in the mail (RFC 8058): without logging in, and only the kind of mail that it stands in.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

use super::members::{random_token, token_hash};
use super::{Core, notifying};
use crate::db::mails::Mail;
use crate::db::notifications::{self, Choice, NoticeKind};
use crate::db::settings::{self, key};
use crate::db::{Conn, Tx, accounts};
use crate::error::Result;
use crate::model::{Account, ActorId, NotificationId, Time};

/// The purpose of these tokens.
const PURPOSE: &str = "unsubscribe";
/// How long the link in a mail works; every mail of the kind makes it last from then on.
const LIFE: i64 = 2 * 365 * Time::DAY;

/// What a link stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Mail at once about one kind of thing.
    Kind(NoticeKind),
    Digest,
}

impl What {
    /// The word in the database and in locales.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Kind(kind) => kind.word(),
            Self::Digest => "digest",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        if word == "digest" { Some(Self::Digest) } else { NoticeKind::from_word(word).map(Self::Kind) }
    }
}

/// Makes sure that there is a key to make tokens with.
///
/// # Errors
/// When the database can't be written.
pub async fn prepare(tx: &mut Tx) -> Result<()> {
    settings::set_once(tx, key::UNSUBSCRIBE, &random_token()).await?;
    Ok(())
}

/// The token of a member and a kind: the same every time, and nothing can be read from it. None while there is no key.
///
/// # Errors
/// When the database can't be read.
pub async fn token(conn: &mut Conn, actor: ActorId, what: What) -> Result<Option<String>> {
    let Some(secret) = settings::get(conn, key::UNSUBSCRIBE).await? else { return Ok(None) };
    let secret = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&secret, format!("{PURPOSE} {actor} {}", what.word()).as_bytes());
    Ok(Some(URL_SAFE_NO_PAD.encode(tag)))
}

/// Remembers the token that a mail carries, by its hash.
///
/// # Errors
/// When the database can't be written.
pub async fn remember(core: &Core, tx: &mut Tx, actor: ActorId, token: &str, mail: &Mail, told: &[NotificationId]) -> Result<()> {
    let what = if mail.kind == "digest" {
        Some(What::Digest)
    } else {
        match told.first() {
            Some(id) => notifications::by_id(tx, *id).await?.map(|notice| What::Kind(notice.kind)),
            None => None,
        }
    };
    let Some(what) = what else { return Ok(()) };
    notifications::put_token(tx, &token_hash(token), PURPOSE, actor, what.word(), core.now(), core.now().plus(LIFE)).await
}

/// Whose mail a token stops, and which.
///
/// # Errors
/// When the database can't be read.
pub async fn meant(core: &Core, conn: &mut Conn, token: &str) -> Result<Option<(Account, What)>> {
    let Some((actor, word)) = notifications::token(conn, &token_hash(token), PURPOSE, core.now()).await? else { return Ok(None) };
    let account = accounts::by_actor(conn, actor).await?;
    Ok(account.zip(What::from_word(&word)))
}

/// Stops it. Stopped already: nothing changes.
///
/// # Errors
/// When the database can't be written.
pub async fn stop(tx: &mut Tx, account: &Account, what: What) -> Result<()> {
    match what {
        What::Digest => notifications::set_digest(tx, account.actor_id, "off").await,
        What::Kind(kind) => set(tx, account, kind, "no").await,
    }
}

/// Takes that back: as it is for who chose nothing.
///
/// # Errors
/// When the database can't be written.
pub async fn undo(tx: &mut Tx, account: &Account, what: What) -> Result<()> {
    match what {
        What::Digest if account.digest == "off" => notifications::set_digest(tx, account.actor_id, "weekly").await,
        What::Digest => Ok(()),
        What::Kind(kind) => set(tx, account, kind, "now").await,
    }
}

async fn set(tx: &mut Tx, account: &Account, kind: NoticeKind, mail: &str) -> Result<()> {
    let now = notifying::choice(tx, account.actor_id, kind).await?;
    notifications::choose(tx, account.actor_id, &Choice { mail: mail.into(), ..now }).await
}

/// Whether that mail is stopped now.
///
/// # Errors
/// When the database can't be read.
pub async fn is_stopped(conn: &mut Conn, account: &Account, what: What) -> Result<bool> {
    Ok(match what {
        What::Digest => account.digest == "off",
        What::Kind(kind) => notifying::choice(conn, account.actor_id, kind).await?.mail != "now",
    })
}
