//! Naming posts to software that only knows boosts (Mastodon and its kin): what starts a thread and the answer that was
//! chosen, and nothing else, or the timelines of who follows a group would be full of it. What is removed, or no longer
//! chosen, is taken back.

use super::Core;
use super::saying::{Saying, say};
use crate::db::activities::{self, Verb};
use crate::db::{Tx, actors, posts};
use crate::error::Result;
use crate::model::{Actor, Post};

/// A group of ours names a post. `listed` puts that into its outbox.
///
/// # Errors
/// When the database can't be written.
pub async fn name(core: &Core, tx: &mut Tx, group: &Actor, post: &Post, listed: bool) -> Result<()> {
    if !group.local || post.is_deleted() {
        return Ok(());
    }
    let saying =
        Saying { actor: group.id, verb: Verb::Boost, about: &post.ap_id, post: Some(post.id), target: None, received: None, listed };
    say(core, tx, saying).await.map(drop)
}

/// Takes back that a post was named, if it was.
///
/// # Errors
/// When the database can't be written.
pub async fn take_back(core: &Core, tx: &mut Tx, post: &Post) -> Result<()> {
    let Some(boost) = activities::standing_boost(tx, post.id).await? else { return Ok(()) };
    if activities::withdraw_unmade(tx, boost.id).await? {
        return Ok(());
    }
    activities::withdraw_made(tx, boost.id).await?;
    let saying = Saying {
        actor: boost.actor_id,
        verb: Verb::UndoBoost,
        about: &post.ap_id,
        post: Some(post.id),
        target: None,
        received: Some(&boost.ap_id),
        listed: false,
    };
    say(core, tx, saying).await.map(drop)
}

/// A question has another chosen answer than before, or none any more.
///
/// # Errors
/// When the database can't be written.
pub async fn of_choice(core: &Core, tx: &mut Tx, before: &Post, after: &Post) -> Result<()> {
    if before.accepted_id == after.accepted_id {
        return Ok(());
    }
    let group = actors::by_id(tx, after.group_id).await?;
    if let Some(answer) = before.accepted_id {
        let answer = posts::by_id(tx, answer).await?;
        take_back(core, tx, &answer).await?;
    }
    if let Some(answer) = after.accepted_id {
        let answer = posts::by_id(tx, answer).await?;
        name(core, tx, &group, &answer, false).await?;
    }
    Ok(())
}
