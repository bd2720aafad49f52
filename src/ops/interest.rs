//! "A session on this would interest me": one word per person on a question, counted on every instance that carries it.

use super::planning::tell_one;
use super::saying::{Saying, pass_on, say_at};
use super::{Core, Outcome, viewer};
use crate::db::activities::Verb;
use crate::db::notifications::{self, NoticeKind};
use crate::db::{Tx, actors, events, interests, posts};
use crate::error::{Error, Result};
use crate::model::{Actor, Post, PostKind, Time};

/// Says that a session about a question would interest a member of ours, or no longer. The same again changes nothing.
///
/// # Errors
/// [`Error::Forbidden`] for who may not write there, or on what is no question; [`Error::Gone`] when it was removed.
pub async fn show(core: &Core, tx: &mut Tx, member: &Actor, question: &Post, active: bool) -> Result<()> {
    let question = posts::hold(tx, question.id).await?;
    if question.is_deleted() {
        return Err(Error::Gone);
    }
    if question.kind != PostKind::Question {
        return Err(Error::NotFound);
    }
    if active && viewer(core, tx, Some(member), question.group_id).await?.suspended {
        return Err(Error::Forbidden("error-suspended"));
    }
    let last = interests::last(tx, question.id, member.id).await?;
    if last.is_some_and(|(stands, _)| stands) == active {
        return Ok(());
    }
    let at = core.now().max(last.map_or(Time(0), |(_, at)| at.plus(1)));
    let saying = Saying {
        actor: member.id,
        verb: if active { Verb::Interest } else { Verb::Disinterest },
        about: &format!("{}#{}", question.ap_id, member.ap_id),
        post: Some(question.id),
        target: None,
        received: None,
        listed: false,
    };
    let ap_id = say_at(core, tx, saying, at).await?;
    interests::set(tx, question.id, member.id, active, &ap_id, at).await?;
    Ok(())
}

/// Somebody of another server is interested, or no longer. `raw` is what they sent, when it came from themselves: a group of ours
/// passes it on.
///
/// # Errors
/// When the database can't be written.
pub async fn receive(
    core: &Core,
    tx: &mut Tx,
    who: &Actor,
    question: &Post,
    active: bool,
    ap_id: &str,
    at: Time,
    raw: Option<&str>,
) -> Result<Outcome> {
    let question = posts::hold(tx, question.id).await?;
    if question.is_deleted() || question.kind != PostKind::Question {
        return Ok(Outcome::Ignored("no question that stands"));
    }
    if active && viewer(core, tx, Some(who), question.group_id).await?.suspended {
        return Ok(Outcome::Ignored("they are suspended"));
    }
    if !interests::set(tx, question.id, who.id, active, ap_id, at.min(core.now().plus(Time::HOUR))).await? {
        return Ok(Outcome::Ignored("we have this word or a newer one"));
    }
    if let Some(raw) = raw {
        let group = actors::by_id(tx, question.group_id).await?;
        pass_on(core, tx, &group, &format!("{}#{}", question.ap_id, who.ap_id), None, false, raw).await?;
    }
    Ok(Outcome::Done)
}

/// Tells somebody of another server that there is a session about what interested them: a direct message that names them.
///
/// # Errors
/// When the database can't be written.
pub(super) async fn tell_elsewhere(core: &Core, tx: &mut Tx, whom: &Actor, event: &Post) -> Result<()> {
    let saying = Saying {
        actor: event.author_id,
        verb: Verb::Tell,
        about: &format!("{}#{}", event.ap_id, whom.ap_id),
        post: Some(event.id),
        target: Some(whom.id),
        received: None,
        listed: false,
    };
    super::saying::say(core, tx, saying).await?;
    Ok(())
}

/// The author of an event elsewhere tells a member of ours of it. They hear of it once, and only when it came from a question
/// in which they are interested.
///
/// # Errors
/// When the database can't be written.
pub async fn receive_told(core: &Core, tx: &mut Tx, member: &Actor, event: &Post) -> Result<Outcome> {
    let Some(question) = events::of(tx, event.id).await?.and_then(|event| event.question) else {
        return Ok(Outcome::Ignored("it came from no question"));
    };
    let Some(question) = posts::by_ap_id(tx, &question).await? else { return Ok(Outcome::Ignored("its question is not known here")) };
    let interested = interests::last(tx, question.id, member.id).await?.is_some_and(|(interested, _)| interested);
    if event.is_deleted() || !interested {
        return Ok(Outcome::Ignored("not what interests them"));
    }
    if notifications::was_told(tx, member.id, NoticeKind::Event, event.id).await? {
        return Ok(Outcome::Ignored("they were told"));
    }
    tell_one(core, tx, member.id, "notice-event-from-question", event).await?;
    Ok(Outcome::Done)
}
