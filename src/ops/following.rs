//! Joining and leaving groups, here and across the border.

use super::saying::{Saying, say};
use super::{Core, Outcome, asking_again};
use crate::db::activities::Verb;
use crate::db::jobs::{self, JobKind};
use crate::db::{Tx, actors, backfill, deliveries, follows};
use crate::error::Result;
use crate::model::{Actor, ActorId, Follow, FollowState, JobId, Time};

/// Makes a member of ours a member of a group. Of another server's group: asks it, and begins to bring in its history.
/// Who is in already stays in; who has been waiting in vain asks anew.
///
/// # Errors
/// When the database can't be written.
pub async fn join(core: &Core, tx: &mut Tx, member: &Actor, group: &Actor) -> Result<()> {
    let before = follows::get(tx, member.id, group.id).await?;
    if before.is_some_and(|follow| follow.state != FollowState::Rejected && !asking_again::in_vain(&follow, core.now())) {
        return Ok(());
    }
    let (state, ap_id) = if group.local {
        (FollowState::Accepted, format!("{}#{}", group.ap_id, member.id))
    } else {
        (FollowState::Pending, ask(core, tx, member, group).await?)
    };
    let follow = Follow { follower_id: member.id, target_id: group.id, state, ap_id, at: core.now() };
    follows::put(tx, &follow).await?;
    if !group.local {
        asking_again::begin(core, tx, &follow).await?;
        bring_in_history(core, tx, group).await?;
    }
    Ok(())
}

/// Says that a member of ours would like to follow; gives the id of that.
///
/// # Errors
/// When the database can't be written.
pub(super) async fn ask(core: &Core, tx: &mut Tx, member: &Actor, group: &Actor) -> Result<String> {
    let about = pair(member, group);
    let saying =
        Saying { actor: member.id, verb: Verb::Follow, about: &about, post: None, target: Some(group.id), received: None, listed: false };
    say(core, tx, saying).await
}

/// Begins to bring in the history of another server's group, or does so anew.
///
/// # Errors
/// When the database can't be written.
pub async fn bring_in_history(core: &Core, tx: &mut Tx, group: &Actor) -> Result<()> {
    if let Some(outbox) = &group.outbox {
        backfill::start(tx, group.id, outbox, core.now()).await?;
        jobs::enqueue(tx, JobId(core.ids.next()), JobKind::Backfill, &group.id.to_string(), core.now()).await?;
    }
    Ok(())
}

fn pair(follower: &Actor, group: &Actor) -> String {
    format!("{}#{}", group.ap_id, follower.ap_id)
}

/// Takes a member of ours out of a group.
///
/// # Errors
/// When the database can't be written.
pub async fn leave(core: &Core, tx: &mut Tx, member: &Actor, group: &Actor) -> Result<()> {
    let Some(follow) = follows::get(tx, member.id, group.id).await? else { return Ok(()) };
    follows::remove(tx, member.id, group.id).await?;
    if !group.local && follow.state != FollowState::Rejected {
        let about = pair(member, group);
        say(
            core,
            tx,
            Saying {
                actor: member.id,
                verb: Verb::UndoFollow,
                about: &about,
                post: None,
                target: Some(group.id),
                received: Some(&follow.ap_id),
                listed: false,
            },
        )
        .await?;
    }
    Ok(())
}

/// Somebody of another server follows a group of ours: accepted, also when it was before (they may have lost our Accept).
///
/// # Errors
/// When the database can't be written.
pub async fn receive_follow(core: &Core, tx: &mut Tx, follower: &Actor, group: &Actor, follow_id: &str, raw: &str) -> Result<Outcome> {
    follows::put(
        tx,
        &Follow {
            follower_id: follower.id,
            target_id: group.id,
            state: FollowState::Accepted,
            ap_id: follow_id.to_owned(),
            at: core.now(),
        },
    )
    .await?;
    deliveries::know(tx, &follower.host).await?;
    jobs::enqueue(tx, JobId(core.ids.next()), JobKind::LookUpPeer, &follower.host, core.now()).await?;
    let about = pair(follower, group);
    say(
        core,
        tx,
        Saying {
            actor: group.id,
            verb: Verb::AcceptFollow,
            about: &about,
            post: None,
            target: Some(follower.id),
            received: Some(raw),
            listed: false,
        },
    )
    .await?;
    Ok(Outcome::Done)
}

/// Somebody of another server would follow a member of ours, or the instance: that is not offered, and they hear so.
///
/// # Errors
/// When the database can't be written.
pub async fn refuse_follow(core: &Core, tx: &mut Tx, follower: &Actor, target: &Actor, raw: &str) -> Result<Outcome> {
    deliveries::know(tx, &follower.host).await?;
    let saying = Saying {
        actor: target.id,
        verb: Verb::RejectFollow,
        about: &pair(follower, target),
        post: None,
        target: Some(follower.id),
        received: Some(raw),
        listed: false,
    };
    say(core, tx, saying).await?;
    Ok(Outcome::Done)
}

/// What comes from a group elsewhere shows that it took the Follow of a member of ours, though its answer was lost. While
/// several wait, nobody can say whose it took: they go on asking.
///
/// # Errors
/// When the database can't be written.
pub async fn content_answers(core: &Core, tx: &mut Tx, group: &Actor, follower: ActorId) -> Result<()> {
    let follower = actors::by_id(tx, follower).await?;
    receive_answer(core, tx, group, &follower, true).await.map(drop)
}

/// Somebody of another server leaves a group of ours. An Undo that is older than the follow that stands is ignored:
/// they have come back since.
///
/// # Errors
/// When the database can't be written.
pub async fn receive_unfollow(
    tx: &mut Tx,
    follower: &Actor,
    group: &Actor,
    follow_id: Option<&str>,
    said_at: Option<Time>,
) -> Result<Outcome> {
    let Some(follow) = follows::get(tx, follower.id, group.id).await? else {
        return Ok(Outcome::Ignored("did not follow"));
    };
    let another = follow_id.is_some_and(|id| id != follow.ap_id);
    if another && said_at.is_some_and(|said| said < follow.at) {
        return Ok(Outcome::Ignored("followed again since"));
    }
    follows::remove(tx, follower.id, group.id).await?;
    Ok(Outcome::Done)
}

/// A group of another server answers a member of ours. Only a follow that was asked for counts (T-31).
///
/// # Errors
/// When the database can't be written.
pub async fn receive_answer(core: &Core, tx: &mut Tx, group: &Actor, follower: &Actor, accepted: bool) -> Result<Outcome> {
    let Some(follow) = follows::get(tx, follower.id, group.id).await? else {
        return Ok(Outcome::Ignored("not asked for"));
    };
    let state = if accepted { FollowState::Accepted } else { FollowState::Rejected };
    if follow.state == state {
        return Ok(Outcome::Ignored("known"));
    }
    follows::set_state(tx, follower.id, group.id, state).await?;
    if accepted {
        jobs::enqueue(tx, JobId(core.ids.next()), JobKind::LookUpPeer, &group.host, core.now()).await?;
    }
    Ok(Outcome::Done)
}
