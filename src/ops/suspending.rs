//! Suspending somebody from this instance, and what keeps them out; from a group: `banning`.

use super::members::{random_token, token_hash};
use super::moderating::{Deed, note};
use super::notifying::{Notice, tell};
use super::{Core, auditing, viewer};
use crate::db::notifications::NoticeKind;
use crate::db::tokens::{self, Token};
use crate::db::{Conn, Tx, accounts, actors, sessions, suspensions};
use crate::error::{Error, Result};
use crate::model::moderation::act;
use crate::model::names::Reason;
use crate::model::rights::{may_administer, may_suspend};
use crate::model::{AccountState, Actor, ActorId, ModerationId, Suspension, Time};

/// The lengths that can be chosen, in days; 0 is until it is taken back.
pub const DAYS: [i64; 4] = [1, 7, 30, 0];

/// When a suspension of so many days ends.
#[must_use]
pub fn until(core: &Core, days: i64) -> Option<Time> {
    (days > 0).then(|| core.now().plus(days * Time::DAY))
}

/// Our own instance actor, which stands for the whole instance.
async fn instance(conn: &mut Conn) -> Result<Actor> {
    actors::instance(conn).await?.ok_or_else(|| Error::Internal("there is no instance actor".into()))
}

pub(super) async fn tell_member(core: &Core, tx: &mut Tx, to: ActorId, sentence: &str, group: Option<ActorId>, detail: &str) -> Result<()> {
    tell(core, tx, Notice { to, kind: NoticeKind::Moderation, sentence, post: None, from: None, group, detail }).await
}

/// Suspends somebody from this instance: a member of ours can't log in and is logged out everywhere; what somebody of
/// another server writes is not taken in.
///
/// # Errors
/// [`Error::Forbidden`] for who does not administer, for oneself, and for an administrator.
pub async fn shut_out(core: &Core, tx: &mut Tx, by: &Actor, member: &Actor, days: i64, reason: &Reason) -> Result<()> {
    let instance = instance(tx).await?;
    let who = viewer(core, tx, Some(by), instance.id).await?;
    if !may_administer(who) {
        return Err(Error::Forbidden("error-only-administrators"));
    }
    let account = accounts::lock(tx, member.id).await?;
    if !may_suspend(who, viewer(core, tx, Some(member), instance.id).await?) {
        return Err(Error::Forbidden("error-not-suspend"));
    }
    let until = until(core, days);
    let deed = Deed {
        group: None,
        by: by.id,
        act: act::SUSPEND,
        post: None,
        actor: Some(member.id),
        reason: reason.as_str(),
        until,
        report: None,
    };
    let id = note(core, tx, deed).await?;
    suspensions::put(tx, member.id, instance.id, until, id).await?;
    if let Some(account) = account.filter(|account| account.state != AccountState::Closed) {
        accounts::set_state(tx, account.actor_id, AccountState::Suspended).await?;
        sessions::end_all(tx, account.actor_id).await?;
    }
    let long = if days == 0 { "until it is taken back".to_owned() } else { format!("{days} days") };
    auditing::record(core, tx, auditing::Who::Member(by), "member.suspend", &member.handle().to_string(), &long).await
}

/// Lets somebody in again.
///
/// # Errors
/// [`Error::Forbidden`] for who does not administer; [`Error::Conflict`] when nobody is suspended.
pub async fn let_in(core: &Core, tx: &mut Tx, by: &Actor, member: &Actor, reason: &str) -> Result<()> {
    let instance = instance(tx).await?;
    if !may_administer(viewer(core, tx, Some(by), instance.id).await?) {
        return Err(Error::Forbidden("error-only-administrators"));
    }
    // The account first, as in [`shut_out`].
    let account = accounts::lock(tx, member.id).await?.filter(|account| account.state == AccountState::Suspended);
    let stood = suspensions::remove(tx, member.id, instance.id).await?;
    if !stood && account.is_none() {
        return Err(Error::Conflict);
    }
    if account.is_some() {
        accounts::set_state(tx, member.id, AccountState::Active).await?;
    }
    let deed = Deed { group: None, by: by.id, act: act::LIFT, post: None, actor: Some(member.id), reason, until: None, report: None };
    note(core, tx, deed).await?;
    tell_member(core, tx, member.id, "notice-lifted", None, reason).await?;
    auditing::record(core, tx, auditing::Who::Member(by), "member.resume", &member.handle().to_string(), "").await
}

/// What keeps a member from logging in.
#[derive(Clone, Debug)]
pub enum Shut {
    /// Nothing (any more).
    Open,
    Until(Suspension),
    /// The account is shut, and nothing says why.
    Unexplained,
}

/// What keeps a member with the right password out. A suspension that has run out is over: the account is active again from
/// then on.
///
/// # Errors
/// When the database can't be written.
pub async fn keeps_out(core: &Core, member: ActorId) -> Result<Shut> {
    let mut tx = core.db.begin().await?;
    // Nobody makes it longer while it ends.
    let account = accounts::lock(&mut tx, member).await?;
    if account.is_none_or(|account| account.state != AccountState::Suspended) {
        return Ok(Shut::Open);
    }
    let instance = instance(&mut tx).await?;
    let Some(suspension) = suspensions::get(&mut tx, member, instance.id).await? else { return Ok(Shut::Unexplained) };
    if suspension.until.is_none_or(|until| until > core.now()) {
        return Ok(Shut::Until(suspension));
    }
    suspensions::remove(&mut tx, member, instance.id).await?;
    accounts::set_state(&mut tx, member, AccountState::Active).await?;
    core.commit(tx).await?;
    Ok(Shut::Open)
}

/// How long the link to object works that somebody gets who could not log in.
const LINK: i64 = Time::HOUR;
const PURPOSE: &str = "object";

/// A link for somebody who can't log in to object to that: they gave the right password.
///
/// # Errors
/// When the database can't be written.
pub async fn objection_link(core: &Core, suspension: &Suspension) -> Result<String> {
    let (token, now) = (random_token(), core.now());
    let kept = Token {
        token_hash: token_hash(&token),
        purpose: PURPOSE.into(),
        actor_id: suspension.actor_id,
        data: suspension.moderation_id.to_string(),
        created_at: now,
        expires_at: now.plus(LINK),
    };
    let mut tx = core.db.begin().await?;
    tokens::remove(&mut tx, suspension.actor_id, PURPOSE).await?;
    tokens::insert(&mut tx, &kept).await?;
    core.commit(tx).await?;
    Ok(format!("/suspended?token={token}"))
}

/// Whose link that is, and which act it is about.
///
/// # Errors
/// [`Error::NotFound`] when it is not good (any more).
pub async fn by_objection_link(core: &Core, token: &str) -> Result<(Actor, ModerationId)> {
    let mut conn = core.db.conn();
    let token = tokens::get(&mut conn, &token_hash(token), PURPOSE, core.now()).await?.ok_or(Error::NotFound)?;
    let id = token.data.parse().map_err(|_| Error::NotFound)?;
    Ok((actors::by_id(&mut conn, token.actor_id).await?, id))
}
