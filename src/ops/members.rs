//! Members: an account, logging in and out, a profile.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngCore;
use sha2::{Digest, Sha256};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::Core;
use super::founding::{new_actor, say_changed, store};
use super::keys::KeyPair;
use crate::db::{Conn, Tx, accounts, actors, administration, sessions};
use crate::error::{Error, Result};
use crate::model::names::{About, Email, Line, Name, Password, Refused, clean_line, cut};
use crate::model::{Account, AccountState, Actor, ActorId, ActorKind, Time, markup};

/// A session ends after this long, used or not.
pub const SESSION_LENGTH: i64 = 7 * Time::DAY;
/// A session ends when nothing was asked for this long.
pub const SESSION_IDLE: i64 = 12 * Time::HOUR;
/// Failed log-ins are counted over this long.
const ATTEMPTS_WINDOW: i64 = 15 * Time::MINUTE;
/// How many may fail for one name or mail address, and from one network address, in that time.
const ATTEMPTS_PER_LOGIN: i64 = 10;
const ATTEMPTS_PER_ADDRESS: i64 = 50;

/// What a new member brings.
#[derive(Debug)]
pub struct NewMember<'a> {
    pub name: &'a Name,
    pub email: &'a Email,
    /// From [`hash_password`].
    pub password_hash: String,
    pub display_name: &'a Line,
    pub admin: bool,
    pub language: &'a str,
    pub keys: KeyPair,
}

/// Passwords that are hashed at the same time: each takes 19 MB, and much of a processor.
static HASHING: Semaphore = Semaphore::const_new(4);

async fn turn_to_hash() -> Result<SemaphorePermit<'static>> {
    HASHING.acquire().await.map_err(|error| Error::Internal(error.to_string()))
}

/// Hashes a password with argon2id, off the async threads: it is meant to be slow.
///
/// # Errors
/// When hashing fails.
pub async fn hash_password(password: &Password) -> Result<String> {
    let (password, turn) = (password.as_str().to_owned(), turn_to_hash().await?);
    let work = move || {
        let _turn = turn;
        Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
    };
    blocking(work).await?.map_err(|error| Error::Internal(error.to_string()))
}

pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::Internal(error.to_string()))
}

/// Makes a member.
///
/// # Errors
/// [`Error::Invalid`] when the name or the address is taken.
pub async fn register(core: &Core, tx: &mut Tx, new: NewMember<'_>) -> Result<Actor> {
    let mut actor = new_actor(core, ActorKind::Person, new.name.as_str(), new.keys);
    new.display_name.as_str().clone_into(&mut actor.display_name);
    let actor = store(tx, &actor).await?;
    let account = Account {
        actor_id: actor.id,
        email: new.email.as_str().to_owned(),
        password_hash: new.password_hash,
        admin: new.admin,
        language: new.language.to_owned(),
        created_at: core.now(),
        state: AccountState::Active,
        digest: "weekly".into(),
        digest_at: None,
        mail_bounces: 0,
        mail_paused_at: None,
    };
    accounts::insert(tx, &account).await.map_err(|error| match error {
        Error::Conflict => Error::field("email", Refused::Taken),
        other => other,
    })?;
    Ok(actor)
}

/// What came of logging in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogIn {
    /// The name and the password do not belong together.
    Wrong,
    /// They do, but the account is shut.
    Shut(ActorId, AccountState),
    Welcome(ActorId),
}

/// Who logs in with this name or e-mail address and password. Attempts are limited per account and per address; an
/// unknown account costs as much time as a wrong password. That an account is shut is said only to its owner.
///
/// # Errors
/// [`Error::TooMany`] after too many failures.
pub async fn log_in(core: &Core, login: &str, password: &str, address: &str) -> Result<LogIn> {
    let login = login.trim().trim_start_matches('@').to_lowercase();
    let account = accounts::by_login(&mut core.db.conn(), &login).await?;
    try_password(core, account, attempts_by(&login), password, address).await
}

/// Tries a password; attempts are counted under `key`, and under the address that they come from.
async fn try_password(core: &Core, account: Option<Account>, key: String, password: &str, address: &str) -> Result<LogIn> {
    // Before the failures are looked at: who sends many at once has no more attempts than who sends them one by one, but for the few
    // that have their turn together.
    let turn = turn_to_hash().await?;
    let now = core.now();
    let since = now.plus(-ATTEMPTS_WINDOW);
    let keys = [(key, ATTEMPTS_PER_LOGIN), (format!("address {address}"), ATTEMPTS_PER_ADDRESS)];
    for (key, most) in &keys {
        if let Some((failures, first)) = accounts::failures(&mut core.db.conn(), key, since).await?
            && failures >= *most
        {
            return Err(Error::TooMany((first.plus(ATTEMPTS_WINDOW).0 - now.0) / Time::SECOND + 1));
        }
    }
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    let password = password.to_owned();
    let (fits, turn) = blocking(move || (fits(hash.as_deref(), &password), turn)).await?;
    let mut tx = core.db.begin().await?;
    if fits {
        accounts::forget_failures(&mut tx, &keys[0].0).await?;
    } else {
        for (key, _) in &keys {
            accounts::count_failure(&mut tx, key, now, since).await?;
        }
    }
    tx.commit().await?;
    drop(turn);
    Ok(match account.filter(|_| fits) {
        None => LogIn::Wrong,
        Some(account) if account.state == AccountState::Active => LogIn::Welcome(account.actor_id),
        Some(account) => LogIn::Shut(account.actor_id, account.state),
    })
}

/// What failures to log in by a name or an address are counted under. Not under the account that it belongs to: who used up
/// the attempts of a name, which is public, would find out by which address the same member logs in. A hash, because people
/// type all kinds of things there.
#[must_use]
pub fn attempts_by(login: &str) -> String {
    format!("login {}", token_hash(login))
}

/// Whether this is the password of an account, for what asks for it once more. Attempts are counted apart from those to log in: no
/// stranger who knows the name keeps a member from it.
///
/// # Errors
/// [`Error::Invalid`] for `field` when it is not; [`Error::TooMany`] after too many failures.
pub async fn confirm_password(core: &Core, member: &Actor, field: &'static str, password: &str, address: &str) -> Result<()> {
    let account = accounts::by_actor(&mut core.db.conn(), member.id).await?;
    match try_password(core, account, format!("confirm {}", member.id), password, address).await? {
        LogIn::Welcome(_) => Ok(()),
        _ if password.is_empty() => Err(Error::field(field, Refused::Empty)),
        _ => Err(Error::field(field, Refused::Wrong)),
    }
}

fn fits(hash: Option<&str>, password: &str) -> bool {
    let Some(hash) = hash.and_then(|hash| PasswordHash::new(hash).ok()) else {
        // The same work as for an account that exists, so that time does not tell.
        let _ = Argon2::default().hash_password(password.as_bytes());
        return false;
    };
    Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
}

/// 256 random bits as text, for cookies, links and forms.
#[must_use]
pub fn random_token() -> String {
    let mut bytes = [0u8; 32];
    rand::rngs::OsRng.fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What is kept of a token: who reads the database can't use it.
#[must_use]
pub fn token_hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}

/// The day of a moment: more exactly nobody needs to know when somebody was here.
fn day(now: Time) -> Time {
    Time(now.0 - now.0.rem_euclid(Time::DAY))
}

/// Begins a session; gives the token for the cookie.
///
/// # Errors
/// When the database can't be written.
pub async fn start_session(core: &Core, tx: &mut Tx, actor: ActorId) -> Result<String> {
    start_session_with(core, tx, actor, "").await
}

/// The same with what the browser says it is, for the list of sessions.
///
/// # Errors
/// When the database can't be written.
pub async fn start_session_with(core: &Core, tx: &mut Tx, actor: ActorId, agent: &str) -> Result<String> {
    let token = random_token();
    let now = core.now();
    accounts::start_session(tx, &token_hash(&token), actor, now, now.plus(SESSION_LENGTH)).await?;
    sessions::set_agent(tx, &token_hash(&token), &cut(&clean_line(agent), 300)).await?;
    administration::seen(tx, actor, day(now)).await?;
    Ok(token)
}

/// Whose session this is, when it has not run out; notes at most once a minute that it was used.
///
/// # Errors
/// When the database can't be read.
pub async fn session(core: &Core, conn: &mut Conn, token: &str) -> Result<Option<(Actor, Account)>> {
    let (now, hash) = (core.now(), token_hash(token));
    let Some((actor, account, seen_at)) = accounts::session(conn, &hash, now, now.plus(-SESSION_IDLE)).await? else { return Ok(None) };
    if seen_at.plus(Time::MINUTE) < now {
        // Reading goes on when the database can't be written.
        if let Ok(mut tx) = core.db.begin().await
            && accounts::see_session(&mut tx, &hash, now).await.is_ok()
            && administration::seen(&mut tx, actor.id, day(now)).await.is_ok()
        {
            let _ = tx.commit().await;
        }
    }
    // Of a shut account, every session is void.
    Ok(Some((actor, account)).filter(|(actor, account)| account.state == AccountState::Active && actor.deleted_at.is_none()))
}

/// Goes on only for who is still a member. Who leaves at this moment comes after us, and empties what we fill.
///
/// # Errors
/// [`Error::LoginNeeded`] for who left, or was shut out, while this form was on its way.
pub(super) async fn still_here(tx: &mut Tx, member: &Actor) -> Result<()> {
    let account = accounts::lock(tx, member.id).await?;
    if account.is_some_and(|account| account.state == AccountState::Active) { Ok(()) } else { Err(Error::LoginNeeded) }
}

/// Changes what a member says about themselves.
///
/// # Errors
/// [`Error::LoginNeeded`] for who is no member any more.
pub async fn describe(
    core: &Core,
    tx: &mut Tx,
    member: &Actor,
    display_name: &Line,
    organisation: &Line,
    role: &Line,
    about: &About,
) -> Result<()> {
    still_here(tx, member).await?;
    let mut changed = actors::lock(tx, member.id).await?;
    display_name.as_str().clone_into(&mut changed.display_name);
    organisation.as_str().clone_into(&mut changed.organisation);
    role.as_str().clone_into(&mut changed.role);
    about.as_str().clone_into(&mut changed.about_source);
    changed.about_html = markup::markdown(about.as_str());
    changed.updated_at = core.now();
    actors::describe(tx, &changed).await?;
    say_changed(core, tx, &changed).await
}
