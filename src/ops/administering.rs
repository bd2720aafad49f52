//! What administrators change about the instance. Each act is written into the audit log in the same transaction.

use super::auditing::{Who, record};
use super::mailing::{self, Letter};
use super::members::{random_token, token_hash};
use super::{Core, viewer};
use crate::db::hosts::{self, HostRule};
use crate::db::settings::{self, key};
use crate::db::tokens::{self, Token};
use crate::db::{Tx, accounts, administration};
use crate::error::{Error, Result};
use crate::model::names::Reason;
use crate::model::rights::may_administer;
use crate::model::{AccountState, Actor, ActorId, Lang, Time, urls};

/// Only administrators go on from here.
pub(super) async fn require(core: &Core, tx: &mut Tx, by: &Actor) -> Result<()> {
    if may_administer(viewer(core, tx, Some(by), ActorId(0)).await?) { Ok(()) } else { Err(Error::Forbidden("error-only-administrators")) }
}

/// Changes settings; of those that stay as they were nothing is written. Says how many differing.
///
/// # Errors
/// [`Error::Forbidden`] for who does not administer.
pub async fn change(core: &Core, tx: &mut Tx, by: &Actor, changes: &[(&str, &str)]) -> Result<usize> {
    require(core, tx, by).await?;
    let mut differing: Vec<_> = Vec::new();
    for (key, value) in changes {
        if settings::get(tx, key).await?.unwrap_or_default() != *value {
            differing.push((*key, *value));
        }
    }
    // Always in the same order, so that two who change them at once don't wait for each other.
    differing.sort_unstable();
    for (key, value) in &differing {
        settings::set(tx, key, value).await?;
    }
    for (key, value) in &differing {
        // What the text says stands on the pages; that it changed stands here.
        let shown = if value.chars().count() <= 60 && !value.contains('@') { value } else { "" };
        record(core, tx, Who::Member(by), "setting.change", key, shown).await?;
    }
    Ok(differing.len())
}

/// Makes a member of ours an administrator, or no longer one. There is always one left.
///
/// # Errors
/// [`Error::Forbidden`] for who does not administer, for somebody who can't log in, and for the last one.
pub async fn set_admin(core: &Core, tx: &mut Tx, by: &Actor, member: &Actor, admin: bool) -> Result<()> {
    let admins = accounts::lock_admins(tx).await?;
    // Under the lock: of two who take each other's role away at once, the second is no administrator any more.
    require(core, tx, by).await?;
    let account = accounts::lock(tx, member.id).await?.ok_or(Error::NotFound)?;
    if account.admin == admin {
        return Ok(());
    }
    if admin && account.state != AccountState::Active {
        return Err(Error::Forbidden("error-not-active"));
    }
    if !admin && admins.iter().all(|(id,)| *id == member.id) {
        return Err(Error::Forbidden("error-last-administrator"));
    }
    administration::set_admin(tx, member.id, admin).await?;
    let act = if admin { "member.make_admin" } else { "member.unmake_admin" };
    record(core, tx, Who::Member(by), act, &member.handle().to_string(), "").await
}

/// How long a link for a new password works.
const PASSWORD_LINK: i64 = Time::DAY;

/// Sends a member a link to choose a new password. Where no mail leaves, it waits with the mails for somebody to hand over.
///
/// # Errors
/// [`Error::Forbidden`] for who does not administer, and for somebody who can't log in anyway.
pub async fn send_password_link(core: &Core, tx: &mut Tx, by: &Actor, member: &Actor) -> Result<()> {
    require(core, tx, by).await?;
    let account = accounts::lock(tx, member.id).await?.ok_or(Error::NotFound)?;
    if account.state != AccountState::Active {
        return Err(Error::Forbidden("error-not-active"));
    }
    let (token, now) = (random_token(), core.now());
    tokens::remove(tx, member.id, "password").await?;
    let kept = Token {
        token_hash: token_hash(&token),
        purpose: "password".into(),
        actor_id: member.id,
        data: String::new(),
        created_at: now,
        expires_at: now.plus(PASSWORD_LINK),
    };
    tokens::insert(tx, &kept).await?;
    let link = core.urls.at(&format!("/password/new?token={token}"));
    let letter = Letter {
        address: &account.email,
        member: Some(member.id),
        lang: Lang::from_code(&account.language).unwrap_or_default(),
        key: "mail-password-link",
        args: &[("name", member.shown())],
        link: Some(&link),
    };
    mailing::queue(core, tx, &letter).await?;
    record(core, tx, Who::Member(by), "member.password_link", &member.handle().to_string(), "").await
}

/// Reads what somebody typed or pasted as the name of a server: its authority, in lower case.
#[must_use]
pub fn host_of(typed: &str) -> Option<String> {
    let typed = typed.trim().to_lowercase();
    let bare = typed.split_once("://").map_or(typed.as_str(), |(_, rest)| rest).split(['/', '?', '#']).next().unwrap_or_default();
    let url = url::Url::parse(&format!("https://{bare}/")).ok()?;
    let host = urls::authority(&url);
    (host == bare && url.username().is_empty() && !host.is_empty()).then_some(host)
}

/// Allows or blocks a server. Blocking drops what is on its way there and ends every follow in both directions; what came in
/// before stays.
///
/// # Errors
/// [`Error::Forbidden`] for who does not administer, and for this server itself.
pub async fn set_rule(core: &Core, tx: &mut Tx, by: &Actor, host: &str, block: bool, reason: &Reason) -> Result<()> {
    require(core, tx, by).await?;
    put_rule(core, tx, by, host, block, reason.as_str()).await?;
    record(core, tx, Who::Member(by), if block { "host.block" } else { "host.allow" }, host, reason.as_str()).await
}

/// Writes a rule, with what a block ends; who may and what is written down about it is the caller's.
pub(super) async fn put_rule(core: &Core, tx: &mut Tx, by: &Actor, host: &str, block: bool, reason: &str) -> Result<()> {
    if host == core.urls.authority() {
        return Err(Error::Forbidden("error-own-host"));
    }
    let rule = HostRule {
        host: host.to_owned(),
        rule: if block { "block" } else { "allow" }.to_owned(),
        reason: reason.to_owned(),
        by_id: Some(by.id),
        created_at: core.now(),
    };
    hosts::put(tx, &rule).await?;
    if block {
        hosts::drop_deliveries(tx, host).await?;
        hosts::end_follows(tx, host).await?;
    }
    Ok(())
}

/// Takes a rule about a server away.
///
/// # Errors
/// [`Error::Forbidden`] for who does not administer; [`Error::Conflict`] when there is none.
pub async fn forget_rule(core: &Core, tx: &mut Tx, by: &Actor, host: &str) -> Result<()> {
    require(core, tx, by).await?;
    if !hosts::remove(tx, host).await? {
        return Err(Error::Conflict);
    }
    record(core, tx, Who::Member(by), "host.forget", host, "").await
}

/// What is done with a theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme<'a> {
    /// Keeps it to be looked at; already filtered.
    Draft(&'a str),
    /// Uses what is kept.
    Use,
    /// Goes back to the one before.
    Undo,
    /// Uses none.
    Drop,
}

/// Changes the theme.
///
/// # Errors
/// [`Error::Forbidden`] for who does not administer; [`Error::Conflict`] when there is nothing to use or to go back to.
pub async fn set_theme(core: &Core, tx: &mut Tx, by: &Actor, theme: Theme<'_>) -> Result<()> {
    require(core, tx, by).await?;
    let now = settings::get(tx, key::THEME).await?.unwrap_or_default();
    let (act, new) = match theme {
        Theme::Draft(text) => {
            settings::set(tx, key::THEME_DRAFT, text).await?;
            return record(core, tx, Who::Member(by), "theme.upload", "", &format!("{} bytes", text.len())).await;
        }
        Theme::Use => ("theme.use", settings::get(tx, key::THEME_DRAFT).await?.filter(|draft| !draft.is_empty()).ok_or(Error::Conflict)?),
        Theme::Undo => ("theme.undo", settings::get(tx, key::THEME_BEFORE).await?.ok_or(Error::Conflict)?),
        Theme::Drop => ("theme.drop", String::new()),
    };
    let hash = if new.is_empty() { String::new() } else { token_hash(&new).chars().take(12).collect() };
    settings::set(tx, key::THEME_BEFORE, &now).await?;
    settings::set(tx, key::THEME, &new).await?;
    settings::set(tx, key::THEME_HASH, &hash).await?;
    settings::set(tx, key::THEME_DRAFT, "").await?;
    record(core, tx, Who::Member(by), act, "", &hash).await
}

#[cfg(test)]
mod tests {
    use super::host_of;

    #[test]
    fn a_server_is_known_by_its_authority() {
        assert_eq!(host_of(" https://Vragen.Example/c/jeugd?x=1 ").as_deref(), Some("vragen.example"));
        assert_eq!(host_of("vragen.example:8443").as_deref(), Some("vragen.example:8443"));
        for wrong in ["", "a b", "naam@vragen.example", "https://", "vragen.example:99999"] {
            assert_eq!(host_of(wrong), None, "{wrong}");
        }
    }
}
