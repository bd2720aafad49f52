//! What a group says about itself, and who moderates it.

use super::auditing::{Who, record};
use super::crossing::{Own, tell_others};
use super::founding::{describe, say_changed};
use super::moderating::{Deed, note};
use super::notifying::{Notice, tell};
use super::{Core, Outcome, topics, viewer};
use crate::db::activities::Verb;
use crate::db::groups::{self, GroupPage};
use crate::db::notifications::NoticeKind;
use crate::db::{Tx, actors};
use crate::error::{Error, Result};
use crate::model::moderation::act;
use crate::model::names::{About, Line, Title};
use crate::model::rights::{Viewer, can_see_actor, may_describe, may_steer, may_unseat};
use crate::model::{Actor, ActorId, ActorKind, Particulars, Tag, Time, What, markup};

/// What the form of a group holds.
#[derive(Debug)]
pub struct Description<'a> {
    pub title: &'a Title,
    pub about: &'a About,
    pub purpose: &'a About,
    pub carried_by: &'a Line,
    pub rules: &'a About,
    pub agreed: &'a About,
    pub review_at: Option<Time>,
    /// Whether people without an account may sign up for its events.
    pub guests: bool,
    pub topics: &'a [Tag],
}

/// Changes everything a group says about itself.
///
/// # Errors
/// [`Error::Forbidden`] for who does not moderate it.
pub async fn describe_whole(core: &Core, tx: &mut Tx, by: Viewer, me: &Actor, group: &Actor, said: Description<'_>) -> Result<()> {
    if !may_describe(by, group) {
        return Err(Error::Forbidden("error-only-moderators"));
    }
    let page = GroupPage {
        purpose: said.purpose.as_str().to_owned(),
        carried_by: said.carried_by.as_str().to_owned(),
        rules_source: said.rules.as_str().to_owned(),
        rules_html: markup::markdown(said.rules.as_str()),
        agreed_source: said.agreed.as_str().to_owned(),
        agreed_html: markup::markdown(said.agreed.as_str()),
        review_at: said.review_at,
        guests: said.guests,
    };
    let group = &actors::lock(tx, group.id).await?;
    groups::set_page(tx, group.id, &page).await?;
    topics::of_actor(core, tx, group.id, said.topics).await?;
    if group.display_name != said.title.as_str() || group.about_source != said.about.as_str() {
        describe(core, tx, by, group, said.title, said.about).await?;
    }
    as_administrator(core, tx, by, me, "group.describe", &group.name, "").await
}

/// Writes down what an administrator did in a group that others moderate.
async fn as_administrator(core: &Core, tx: &mut Tx, by: Viewer, me: &Actor, act: &str, group: &str, detail: &str) -> Result<()> {
    if by.moderator { Ok(()) } else { record(core, tx, Who::Member(me), act, group, detail).await }
}

/// Makes somebody, of here or of another region, a moderator. Other servers are told; a group of another server is asked by
/// telling it, which it takes from its moderators.
///
/// # Errors
/// [`Error::Forbidden`] for who does not moderate it; [`Error::NotFound`] for somebody who is no person or is gone.
pub async fn name_moderator(core: &Core, tx: &mut Tx, by: Viewer, me: &Actor, group: &Actor, named: &Actor) -> Result<()> {
    if !may_steer(by, group) {
        return Err(Error::Forbidden("error-only-moderators"));
    }
    if named.kind != ActorKind::Person || !can_see_actor(by, named) {
        return Err(Error::NotFound);
    }
    // Of two who are named at once, one comes first.
    let group = &actors::lock(tx, group.id).await?;
    if actors::is_moderator(tx, group.id, named.id).await? {
        return Ok(());
    }
    actors::add_moderator(tx, group.id, named.id).await?;
    tell(core, tx, notice(me, group, named, "notice-moderator-named")).await?;
    say_moderator(core, tx, me, group, named, true).await?;
    as_administrator(core, tx, by, me, "group.moderator.add", &group.name, &named.handle().to_string()).await
}

/// Somebody no longer moderates a group. It keeps at least one moderator; the first steps down alone, or an administrator
/// decides.
///
/// # Errors
/// [`Error::Forbidden`] for who does not moderate it, for the last one, and for the first by a later one.
pub async fn remove_moderator(core: &Core, tx: &mut Tx, by: Viewer, me: &Actor, group: &Actor, removed: &Actor) -> Result<()> {
    if !may_steer(by, group) {
        return Err(Error::Forbidden("error-only-moderators"));
    }
    // The group is locked: of two at once, the second counts what is left.
    let group = if group.local { touched(core, tx, group).await? } else { actors::lock(tx, group.id).await? };
    if !unseat(tx, by, &group, removed).await? {
        return Ok(());
    }
    tell(core, tx, notice(me, &group, removed, "notice-moderator-removed")).await?;
    say_moderator(core, tx, me, &group, removed, false).await?;
    as_administrator(core, tx, by, me, "group.moderator.remove", &group.name, &removed.handle().to_string()).await
}

/// Takes somebody off the list, where that may be; says whether they were on it.
async fn unseat(tx: &mut Tx, by: Viewer, group: &Actor, removed: &Actor) -> Result<bool> {
    let left = actors::moderators(tx, group.id).await?;
    if !left.iter().any(|moderator| moderator.id == removed.id) {
        return Ok(false);
    }
    if !may_unseat(by, group, removed.id, left.first().map(|first| first.id)) {
        return Err(Error::Forbidden("error-first-moderator"));
    }
    if !left.iter().any(|moderator| moderator.id != removed.id && moderator.deleted_at.is_none()) {
        return Err(Error::Forbidden("error-last-moderator"));
    }
    actors::remove_moderator(tx, group.id, removed.id).await?;
    Ok(true)
}

/// Tells other servers: by name, and by the group's new version, with which its list is read again.
async fn say_moderator(core: &Core, tx: &mut Tx, me: &Actor, group: &Actor, whom: &Actor, on: bool) -> Result<()> {
    note_moderator(core, tx, me.id, group, whom, on).await?;
    let own = Own {
        by: me.id,
        group,
        verb: if on { Verb::NameModerator } else { Verb::UnseatModerator },
        what: What::Moderator,
        subject: &whom.ap_id,
        post: None,
        target: Some(whom.id),
        on,
        particulars: Particulars::default(),
    };
    tell_others(core, tx, own).await?;
    if group.local {
        let changed = touched(core, tx, group).await?;
        say_changed(core, tx, &changed).await?;
    }
    Ok(())
}

async fn note_moderator(core: &Core, tx: &mut Tx, by: ActorId, group: &Actor, whom: &Actor, on: bool) -> Result<()> {
    let act = if on { act::NAME } else { act::UNSEAT };
    let deed = Deed { group: Some(group.id), by, act, post: None, actor: Some(whom.id), reason: "", until: None, report: None };
    note(core, tx, deed).await.map(drop)
}

/// A moderator of another server named somebody, or took them off the list. For a group elsewhere its own server has said so.
///
/// # Errors
/// [`Error::Forbidden`] for the last moderator of a group of ours, and for the first by a later one (T-30).
pub(super) async fn moderator_elsewhere(core: &Core, tx: &mut Tx, by: &Actor, group: &Actor, named: &Actor, on: bool) -> Result<Outcome> {
    let group = &actors::lock(tx, group.id).await?;
    if on {
        if named.kind != ActorKind::Person || named.deleted_at.is_some() {
            return Ok(Outcome::Ignored("only people moderate"));
        }
        if actors::is_moderator(tx, group.id, named.id).await? {
            return Ok(Outcome::Ignored("so it is already"));
        }
        actors::add_moderator(tx, group.id, named.id).await?;
    } else if group.local {
        let who = viewer(core, tx, Some(by), group.id).await?;
        if !unseat(tx, who, group, named).await? {
            return Ok(Outcome::Ignored("so it is already"));
        }
    } else if actors::is_moderator(tx, group.id, named.id).await? {
        actors::remove_moderator(tx, group.id, named.id).await?;
    } else {
        return Ok(Outcome::Ignored("so it is already"));
    }
    let sentence = if on { "notice-moderator-named" } else { "notice-moderator-removed" };
    tell(core, tx, notice(by, group, named, sentence)).await?;
    note_moderator(core, tx, by.id, group, named, on).await?;
    if group.local {
        let changed = touched(core, tx, group).await?;
        say_changed(core, tx, &changed).await?;
    }
    Ok(Outcome::Done)
}

fn notice<'a>(by: &Actor, group: &Actor, to: &Actor, sentence: &'a str) -> Notice<'a> {
    let (from, group) = (Some(by.id), Some(group.id));
    Notice { to: to.id, kind: NoticeKind::Membership, sentence, post: None, from, group, detail: "" }
}

/// The group as it is now, in a new version. Nobody else changes it until this transaction ends.
async fn touched(core: &Core, tx: &mut Tx, group: &Actor) -> Result<Actor> {
    let mut group = actors::lock(tx, group.id).await?;
    group.updated_at = core.now();
    actors::describe(tx, &group).await?;
    Ok(group)
}
