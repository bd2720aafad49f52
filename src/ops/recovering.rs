//! Passwords and addresses of accounts: a forgotten password, a new one, another address.

use super::limits::may_mail;
use super::mailing::{self, Letter};
use super::members::{attempts_by, random_token, token_hash};
use super::{Core, mail_office};
use crate::db::tokens::{self, Token};
use crate::db::{Conn, Tx, accounts, actors, sessions};
use crate::error::{Error, Result};
use crate::model::names::{Email, Refused};
use crate::model::{Account, AccountState, Actor, Lang, Time};

/// How long the link to choose a new password works.
pub const PASSWORD_WITHIN: i64 = Time::HOUR;
/// How long the link to confirm another address works.
pub const ADDRESS_WITHIN: i64 = 48 * Time::HOUR;

const PASSWORD: &str = "password";
const ADDRESS: &str = "address";

fn language(account: &Account) -> Lang {
    Lang::from_code(&account.language).unwrap_or_default()
}

async fn token(core: &Core, tx: &mut Tx, account: &Account, purpose: &str, data: &str, within: i64) -> Result<String> {
    let (token, now) = (random_token(), core.now());
    let kept = Token {
        token_hash: token_hash(&token),
        purpose: purpose.to_owned(),
        actor_id: account.actor_id,
        data: data.to_owned(),
        created_at: now,
        expires_at: now.plus(within),
    };
    tokens::insert(tx, &kept).await?;
    Ok(token)
}

/// Mails a link to choose a new password to who has an account with this name or address. Who asks learns nothing.
///
/// # Errors
/// When the database can't be written.
pub async fn forgot(core: &Core, tx: &mut Tx, login: &str) -> Result<()> {
    let login = login.trim().trim_start_matches('@').to_lowercase();
    let Some(account) = accounts::by_login(tx, &login).await?.filter(|account| account.state == AccountState::Active) else {
        return Ok(());
    };
    if !may_mail(core, tx, PASSWORD, &account.email).await? {
        return Ok(());
    }
    let token = token(core, tx, &account, PASSWORD, "", PASSWORD_WITHIN).await?;
    let member = actors::by_id(tx, account.actor_id).await?;
    let link = core.urls.at(&format!("/password/new?token={token}"));
    let letter = Letter {
        address: &account.email,
        member: Some(account.actor_id),
        lang: language(&account),
        key: "mail-password-forgot",
        args: &[("name", member.shown()), ("login", &member.name)],
        link: Some(&link),
    };
    mailing::queue(core, tx, &letter).await?;
    Ok(())
}

/// Whose new password a link is good for.
///
/// # Errors
/// [`Error::NotFound`] when it is not good (any more).
pub async fn by_password_link(core: &Core, conn: &mut Conn, token: &str) -> Result<(Actor, Account)> {
    let token = tokens::get(conn, &token_hash(token), PASSWORD, core.now()).await?.ok_or(Error::NotFound)?;
    owner(conn, &token).await
}

async fn owner(conn: &mut Conn, token: &Token) -> Result<(Actor, Account)> {
    let account = accounts::by_actor(conn, token.actor_id).await?.filter(|account| account.state == AccountState::Active);
    Ok((actors::by_id(conn, token.actor_id).await?, account.ok_or(Error::NotFound)?))
}

/// Sets a new password with the link from the mail, which is used up; every session ends.
///
/// # Errors
/// [`Error::NotFound`] when the link is not good (any more).
pub async fn new_password(core: &Core, tx: &mut Tx, token: &str, password_hash: &str) -> Result<Actor> {
    let token = tokens::take(tx, &token_hash(token), PASSWORD, core.now()).await?.ok_or(Error::NotFound)?;
    let (member, account) = owner(tx, &token).await?;
    accounts::set_password(tx, member.id, password_hash).await?;
    // Whoever forgot it tried a few times before.
    for login in [&member.name, &account.email] {
        accounts::forget_failures(tx, &attempts_by(login)).await?;
    }
    tell_changed(core, tx, &member, &account).await?;
    Ok(member)
}

/// Changes a password; every other session than `kept` ends.
///
/// # Errors
/// When the database can't be written.
pub async fn change_password(core: &Core, tx: &mut Tx, member: &Actor, password_hash: &str, kept: &str) -> Result<()> {
    let account = accounts::by_actor(tx, member.id).await?.ok_or(Error::NotFound)?;
    accounts::replace_password(tx, member.id, password_hash).await?;
    sessions::end_others(tx, member.id, kept).await?;
    tell_changed(core, tx, member, &account).await
}

async fn tell_changed(core: &Core, tx: &mut Tx, member: &Actor, account: &Account) -> Result<()> {
    let link = core.urls.at("/password/forgot");
    let letter = Letter {
        address: &account.email,
        member: Some(member.id),
        lang: language(account),
        key: "mail-password-changed",
        args: &[("name", member.shown())],
        link: Some(&link),
    };
    mailing::queue(core, tx, &letter).await?;
    Ok(())
}

/// Mails a link to another address that a member wants to use, and tells the one they have. When the new one belongs to another
/// account its owner is told, and the member does not learn it.
///
/// # Errors
/// When the database can't be written.
pub async fn ask_address(core: &Core, tx: &mut Tx, member: &Actor, account: &Account, email: &Email) -> Result<()> {
    if email.as_str() == account.email || !may_mail(core, tx, ADDRESS, email.as_str()).await? {
        return Ok(());
    }
    let other = accounts::by_email(tx, email.as_str()).await?;
    let link = if other.is_some() {
        core.urls.at("/login")
    } else {
        tokens::remove(tx, member.id, ADDRESS).await?;
        let token = token(core, tx, account, ADDRESS, email.as_str(), ADDRESS_WITHIN).await?;
        core.urls.at(&format!("/account/address/confirm?token={token}"))
    };
    let letter = match &other {
        None => Letter {
            address: email.as_str(),
            member: Some(member.id),
            lang: language(account),
            key: "mail-address-confirm",
            args: &[("name", member.shown())],
            link: Some(&link),
        },
        Some(other) => Letter {
            address: email.as_str(),
            member: Some(other.actor_id),
            lang: language(other),
            key: "mail-address-known",
            args: &[],
            link: Some(&link),
        },
    };
    mailing::queue(core, tx, &letter).await?;
    let link = core.urls.at("/account/password");
    let letter = Letter {
        address: &account.email,
        member: Some(member.id),
        lang: language(account),
        key: "mail-address-asked",
        args: &[("name", member.shown())],
        link: Some(&link),
    };
    mailing::queue(core, tx, &letter).await?;
    Ok(())
}

/// The address that a link confirms.
///
/// # Errors
/// [`Error::NotFound`] when it is not good (any more).
pub async fn by_address_link(core: &Core, conn: &mut Conn, token: &str) -> Result<String> {
    let token = tokens::get(conn, &token_hash(token), ADDRESS, core.now()).await?.ok_or(Error::NotFound)?;
    owner(conn, &token).await?;
    Ok(token.data)
}

/// Changes an address with the link that went to the new one; the old one is told.
///
/// # Errors
/// [`Error::NotFound`] when the link is not good (any more), also when somebody else has the address by now.
pub async fn confirm_address(core: &Core, tx: &mut Tx, token: &str) -> Result<()> {
    let token = tokens::take(tx, &token_hash(token), ADDRESS, core.now()).await?.ok_or(Error::NotFound)?;
    let (member, account) = owner(tx, &token).await?;
    if accounts::by_email(tx, &token.data).await?.is_some() {
        return Err(Error::field("email", Refused::Taken));
    }
    accounts::set_email(tx, member.id, &token.data).await?;
    // What bounced at the old address says nothing about the new one.
    mail_office::resume(tx, member.id).await?;
    // A link to choose a password that went to the old address opens nothing any more.
    tokens::remove(tx, member.id, PASSWORD).await?;
    let letter = Letter {
        address: &account.email,
        member: None,
        lang: language(&account),
        key: "mail-address-changed",
        args: &[("name", member.shown())],
        link: None,
    };
    mailing::queue(core, tx, &letter).await?;
    Ok(())
}
