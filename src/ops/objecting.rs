//! Objecting to what a moderator did, once, and deciding on it: somebody else than who did it, as long as there is.

use super::banning::lift;
use super::moderating::{note_admin, restore};
use super::notifying::{Notice, tell};
use super::suspending::let_in;
use super::{Core, viewer};
use crate::db::notifications::NoticeKind;
use crate::db::{Conn, Tx, actors, moderation, objections, posts};
use crate::error::{Error, Result};
use crate::model::moderation::act;
use crate::model::names::Reason;
use crate::model::rights::may_decide;
use crate::model::{Actor, ActorId, Moderation, ModerationId, Objection, ObjectionState};

/// Whether somebody besides who did it, and whom it concerns, could decide.
///
/// # Errors
/// When the database can't be read.
pub async fn others(conn: &mut Conn, deed: &Moderation) -> Result<bool> {
    let desk = moderation::desk(conn, deed.group_id).await?;
    Ok(desk.iter().any(|(id,)| *id != deed.by_id && Some(*id) != deed.actor_id))
}

/// Objects to what was done. Once: the second time is a [`Error::Conflict`].
///
/// # Errors
/// [`Error::NotFound`] for whom it does not concern, and for what can't be objected to here: a group of another server has
/// moderators there.
pub async fn object(core: &Core, tx: &mut Tx, by: &Actor, id: ModerationId, words: &Reason) -> Result<()> {
    let deed = moderation::by_id(tx, id).await?;
    if deed.actor_id != Some(by.id) || !deed.takes() || !is_ours(tx, &deed).await? {
        return Err(Error::NotFound);
    }
    let row = Objection {
        moderation_id: id,
        by_id: by.id,
        words: words.as_str().to_owned(),
        state: ObjectionState::Open,
        answer: String::new(),
        decided_by: None,
        decided_at: None,
        created_at: core.now(),
    };
    objections::insert(tx, &row).await?;
    let some = others(tx, &deed).await?;
    for (to,) in moderation::desk(tx, deed.group_id).await? {
        if to != by.id && (to != deed.by_id || !some) {
            let notice = Notice {
                to,
                kind: NoticeKind::Moderation,
                sentence: "notice-objection-new",
                post: deed.post_id,
                from: None,
                group: deed.group_id,
                detail: "",
            };
            tell(core, tx, notice).await?;
        }
    }
    Ok(())
}

/// Whether it was done for a group of ours, or for this instance.
///
/// # Errors
/// When the database can't be read.
pub async fn is_ours(conn: &mut Conn, deed: &Moderation) -> Result<bool> {
    match deed.group_id {
        Some(group) => Ok(actors::by_id(conn, group).await?.local),
        None => Ok(true),
    }
}

/// Decides on an objection: `uphold` undoes what was done. The person is told, with the answer.
///
/// # Errors
/// [`Error::Forbidden`] for who may not decide; [`Error::Conflict`] when it was decided before.
pub async fn decide(core: &Core, tx: &mut Tx, by: &Actor, id: ModerationId, uphold: bool, answer: &Reason) -> Result<()> {
    let deed = moderation::by_id(tx, id).await?;
    let objection = objections::get(tx, id).await?.ok_or(Error::NotFound)?;
    let at = deed.group_id.unwrap_or(ActorId(0));
    let who = viewer(core, tx, Some(by), at).await?;
    if !may_decide(who, deed.by_id, objection.by_id, others(tx, &deed).await?) {
        return Err(Error::Forbidden("error-other-decides"));
    }
    let state = if uphold { ObjectionState::Upheld } else { ObjectionState::Rejected };
    if !objections::decide(tx, id, state, by.id, answer.as_str(), core.now()).await? {
        return Err(Error::Conflict);
    }
    if uphold {
        undo(core, tx, by, &deed).await?;
    }
    let notice = Notice {
        to: objection.by_id,
        kind: NoticeKind::Moderation,
        sentence: if uphold { "notice-objection-upheld" } else { "notice-objection-rejected" },
        post: deed.post_id,
        from: None,
        group: deed.group_id,
        detail: answer.as_str(),
    };
    tell(core, tx, notice).await?;
    note_admin(core, tx, who, by, if uphold { "objection.uphold" } else { "objection.reject" }, &id.to_string()).await
}

/// Undoes what was done, where that still stands: it may have been undone, or have ended, meanwhile. The answer is for who
/// objected alone, so it does not go into the log that members read; that the objection was upheld stands there.
async fn undo(core: &Core, tx: &mut Tx, by: &Actor, deed: &Moderation) -> Result<()> {
    let outcome = match (deed.act.as_str(), deed.post_id, deed.actor_id) {
        (act::REMOVE, Some(post), _) => {
            let post = posts::by_id(tx, post).await?;
            restore(core, tx, by, &post, "").await
        }
        (act::SUSPEND, _, Some(member)) => {
            let member = actors::by_id(tx, member).await?;
            match deed.group_id {
                Some(group) => {
                    let group = actors::by_id(tx, group).await?;
                    lift(core, tx, by, &group, &member, "").await
                }
                None => let_in(core, tx, by, &member, "").await,
            }
        }
        _ => Ok(()),
    };
    match outcome {
        Err(Error::Conflict | Error::Gone) => Ok(()),
        other => other,
    }
}
