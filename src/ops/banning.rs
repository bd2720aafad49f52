//! Suspending somebody from a group for a time: they may read, not write. Here, and in groups of other servers.

use super::crossing::{Ban, Own, tell_others};
use super::moderating::{Deed, note, note_admin, take_everything_away};
use super::suspending::{tell_member, until};
use super::{Core, Outcome, viewer};
use crate::db::activities::Verb;
use crate::db::{Tx, follows, posts, suspensions};
use crate::error::{Error, Result};
use crate::model::moderation::act;
use crate::model::names::{Reason, cut};
use crate::model::rights::{may_steer, may_suspend};
use crate::model::{Actor, ActorId, Particulars, Time, What};

/// Longest reason that we keep of another server's moderators.
const LONGEST_REASON: usize = 2_000;

/// Suspends `member`, of this server or another, from a group, for so many days (0: until it is taken back); with `remove`,
/// what they wrote in it goes too. Their own server is told, and who follows the group.
///
/// # Errors
/// [`Error::Forbidden`] for who does not moderate it, and for moderators and administrators as `member`.
pub async fn suspend(
    core: &Core,
    tx: &mut Tx,
    by: &Actor,
    group: &Actor,
    member: &Actor,
    days: i64,
    remove: bool,
    reason: &Reason,
) -> Result<()> {
    let who = viewer(core, tx, Some(by), group.id).await?;
    if !may_steer(who, group) {
        return Err(Error::Forbidden("error-only-moderators"));
    }
    if !may_suspend(who, viewer(core, tx, Some(member), group.id).await?) {
        return Err(Error::Forbidden("error-not-suspend"));
    }
    let until = until(core, days);
    hold(core, tx, by.id, group, member, until, reason.as_str()).await?;
    let particulars = Particulars { reason: reason.as_str().to_owned(), until, remove, ..Particulars::default() };
    tell_others(core, tx, own(by.id, group, member, true, particulars)).await?;
    if remove {
        take_everything_away(core, tx, by.id, group, member, reason.as_str()).await?;
    }
    note_admin(core, tx, who, by, "group.suspend", &format!("{} {}", group.name, member.handle())).await
}

/// Lets somebody write in a group again.
///
/// # Errors
/// [`Error::Forbidden`] for who does not moderate it; [`Error::Conflict`] when nobody is suspended.
pub async fn lift(core: &Core, tx: &mut Tx, by: &Actor, group: &Actor, member: &Actor, reason: &str) -> Result<()> {
    let who = viewer(core, tx, Some(by), group.id).await?;
    if !may_steer(who, group) {
        return Err(Error::Forbidden("error-only-moderators"));
    }
    if !release(core, tx, by.id, group, member, reason).await? {
        return Err(Error::Conflict);
    }
    tell_others(core, tx, own(by.id, group, member, false, Particulars::default())).await?;
    note_admin(core, tx, who, by, "group.lift", &format!("{} {}", group.name, member.handle())).await
}

fn own<'a>(by: ActorId, group: &'a Actor, member: &'a Actor, on: bool, particulars: Particulars) -> Own<'a> {
    let verb = if on { Verb::Block } else { Verb::Unblock };
    Own { by, group, verb, what: What::Block, subject: &member.ap_id, post: None, target: Some(member.id), on, particulars }
}

/// Suspends, writes it down and tells the member.
async fn hold(core: &Core, tx: &mut Tx, by: ActorId, group: &Actor, member: &Actor, until: Option<Time>, reason: &str) -> Result<()> {
    let deed = Deed { group: Some(group.id), by, act: act::SUSPEND, post: None, actor: Some(member.id), reason, until, report: None };
    let id = note(core, tx, deed).await?;
    suspensions::put(tx, member.id, group.id, until, id).await?;
    tell_member(core, tx, member.id, "notice-suspended", Some(group.id), reason).await
}

/// Takes it back, writes that down and tells the member; says whether there was anything to take back.
async fn release(core: &Core, tx: &mut Tx, by: ActorId, group: &Actor, member: &Actor, reason: &str) -> Result<bool> {
    if !suspensions::remove(tx, member.id, group.id).await? {
        return Ok(false);
    }
    let deed = Deed { group: Some(group.id), by, act: act::LIFT, post: None, actor: Some(member.id), reason, until: None, report: None };
    note(core, tx, deed).await?;
    tell_member(core, tx, member.id, "notice-lifted", Some(group.id), reason).await?;
    Ok(true)
}

/// A moderator of another server suspended somebody from a group, or took that back; that they may was found out before.
/// Moderators and administrators of a group of ours first lose their role.
pub(super) async fn banned_elsewhere(core: &Core, tx: &mut Tx, by: &Actor, group: &Actor, ban: &Ban, on: bool) -> Result<Outcome> {
    if !on {
        let lifted = release(core, tx, by.id, group, &ban.member, &cut(&ban.reason, LONGEST_REASON)).await?;
        return Ok(if lifted { Outcome::Done } else { Outcome::Ignored("nobody is suspended") });
    }
    if group.local {
        let who = viewer(core, tx, Some(by), group.id).await?;
        if !may_suspend(who, viewer(core, tx, Some(&ban.member), group.id).await?) {
            return Err(Error::Forbidden("error-not-suspend"));
        }
    }
    if ban.until.is_some_and(|until| until <= core.now()) {
        return Ok(Outcome::Ignored("it has ended by now"));
    }
    // Each suspension is a mail to the member, in words of others: no group sends those to people who have nothing to do with it.
    let (member, at) = (ban.member.id, group.id);
    if !group.local && follows::get(tx, member, at).await?.is_none() && !posts::has_written(tx, member, at).await? {
        return Ok(Outcome::Ignored("not in that group"));
    }
    let already = suspensions::get(tx, member, at).await?.is_some_and(|standing| standing.until == ban.until);
    if already && !ban.remove {
        return Ok(Outcome::Ignored("so it is already"));
    }
    let reason = cut(&ban.reason, LONGEST_REASON);
    if !already {
        hold(core, tx, by.id, group, &ban.member, ban.until, &reason).await?;
    }
    if ban.remove {
        take_everything_away(core, tx, by.id, group, &ban.member, &reason).await?;
    }
    Ok(Outcome::Done)
}
