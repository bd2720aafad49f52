//! Actors that live somewhere else from now on: members and groups, from here and from elsewhere.

use super::founding::say_changed;
use super::saying::{Saying, pass_on_about, say};
use super::{Core, Outcome, following, viewer_of_instance};
use crate::db::activities::Verb;
use crate::db::{Tx, actors, follows, watches, whereabouts};
use crate::error::{Error, Result};
use crate::model::rights::may_administer;
use crate::model::{Actor, Time};

/// Who moved stays where they are for so long.
const REST: i64 = 7 * Time::DAY;

/// An actor of another server moved, and the new one says that it was the old one: who follows it here follows the new one
/// too. What it wrote stays with the old one.
///
/// # Errors
/// When the database can't be written.
pub async fn receive(core: &Core, tx: &mut Tx, from: &Actor, to: &Actor, raw: Option<&str>) -> Result<Outcome> {
    let from = actors::lock(tx, from.id).await?;
    let mut left = whereabouts::of(tx, from.id).await?;
    if left.moved_at.is_some_and(|at| at.plus(REST) > core.now()) {
        return Ok(Outcome::Ignored("it has just moved"));
    }
    // One that moved on is not where anybody should be led.
    if to.deleted_at.is_some() || whereabouts::of(tx, to.id).await?.moved_to.is_some() {
        return Ok(Outcome::Ignored("it is not there either"));
    }
    left.moved_to = Some(to.ap_id.clone());
    left.moved_at = Some(core.now());
    whereabouts::set(tx, from.id, &left).await?;
    if from.is_group() {
        for member in follows::members_here(tx, from.id).await? {
            following::join(core, tx, &member, to).await?;
        }
    } else {
        watches::follow_along(tx, from.id, to.id).await?;
    }
    if let Some(raw) = raw {
        pass_on_about(core, tx, &from, raw).await?;
    }
    Ok(Outcome::Done)
}

/// A member of ours, or a group by an administrator, lives elsewhere from now on. The new one must say that it was the old
/// one; who asks for the old one is told where it is.
///
/// # Errors
/// [`Error::Forbidden`] for another's account, for who does not administer, and when the new one does not know of it;
/// [`Error::Conflict`] when it has moved within the week.
pub async fn go(core: &Core, tx: &mut Tx, by: &Actor, what: &Actor, to: &Actor) -> Result<()> {
    may_go(core, tx, by, what).await?;
    let what = actors::lock(tx, what.id).await?;
    let mut left = whereabouts::of(tx, what.id).await?;
    if left.moved_at.is_some_and(|at| at.plus(REST) > core.now()) {
        return Err(Error::Forbidden("error-moved-lately"));
    }
    let there = whereabouts::of(tx, to.id).await?;
    if to.local || to.is_group() != what.is_group() || there.moved_to.is_some() || !there.known_as().any(|id| id == what.ap_id) {
        return Err(Error::Forbidden("error-move-unknown"));
    }
    left.moved_to = Some(to.ap_id.clone());
    left.moved_at = Some(core.now());
    whereabouts::set(tx, what.id, &left).await?;
    let changed = renewed(core, tx, &what).await?;
    say_changed(core, tx, &changed).await?;
    let saying = Saying {
        actor: what.id,
        verb: Verb::Move,
        about: &what.ap_id,
        post: None,
        target: Some(to.id),
        received: Some(&to.ap_id),
        listed: false,
    };
    say(core, tx, saying).await?;
    if what.is_group() {
        for member in follows::members_here(tx, what.id).await? {
            following::join(core, tx, &member, to).await?;
        }
    }
    Ok(())
}

/// Takes back that it lives elsewhere.
///
/// # Errors
/// As [`go`].
pub async fn stay(core: &Core, tx: &mut Tx, by: &Actor, what: &Actor) -> Result<()> {
    may_go(core, tx, by, what).await?;
    let what = actors::lock(tx, what.id).await?;
    let mut left = whereabouts::of(tx, what.id).await?;
    if left.moved_to.take().is_none() {
        return Ok(());
    }
    whereabouts::set(tx, what.id, &left).await?;
    let changed = renewed(core, tx, &what).await?;
    say_changed(core, tx, &changed).await
}

/// Says which actors of other servers a member or a group of ours was before, so that those can move here.
///
/// # Errors
/// As [`go`].
pub async fn was(core: &Core, tx: &mut Tx, by: &Actor, what: &Actor, before: &[String]) -> Result<()> {
    may_go(core, tx, by, what).await?;
    let what = actors::lock(tx, what.id).await?;
    let mut known = whereabouts::of(tx, what.id).await?;
    let now = before.join("\n");
    if known.known_as == now {
        return Ok(());
    }
    known.known_as = now;
    whereabouts::set(tx, what.id, &known).await?;
    let changed = renewed(core, tx, &what).await?;
    say_changed(core, tx, &changed).await
}

/// One's own account; a group of ours by an administrator.
async fn may_go(core: &Core, tx: &mut Tx, by: &Actor, what: &Actor) -> Result<()> {
    let allowed = if what.is_group() { may_administer(viewer_of_instance(core, tx, by).await?) } else { what.id == by.id };
    if allowed && what.local { Ok(()) } else { Err(Error::Forbidden("error-only-administrators")) }
}

async fn renewed(core: &Core, tx: &mut Tx, what: &Actor) -> Result<Actor> {
    let mut changed = what.clone();
    changed.updated_at = core.now().max(what.updated_at.plus(1));
    actors::describe(tx, &changed).await?;
    Ok(changed)
}
