//! What our moderators do, and what is said about events besides their words, made into JSON: sent to a group elsewhere, or
//! passed on by one of ours.

use serde_json::Value;

use super::outbox::direct;
use super::{Federation, add, block, flag, interest, join, lock, moving, notes, undo, wire};
use crate::db::activities::{Activity, Verb};
use crate::db::deliveries::{self, Audience};
use crate::db::{Tx, actors, posts};
use crate::error::{Error, Result};
use crate::model::{Actor, Particulars};
use crate::ops::saying::pass_on_own;

/// Makes one of them, with the actors of other servers that get it; none when there is nothing to say.
///
/// # Errors
/// When the database can't be read or written.
pub async fn build(fed: &Federation, tx: &mut Tx, said: &Activity, speaker: &Actor) -> Result<Option<(Value, Vec<Actor>)>> {
    let nothing = || Error::Internal("the activity lacks what it is about".into());
    match said.verb {
        Verb::Flag => return flag::send(tx, said, speaker).await.map(Some),
        Verb::Move => return moving::send(fed, tx, said, speaker).await.map(Some),
        Verb::Join | Verb::Leave | Verb::AcceptJoin | Verb::TentativelyAcceptJoin | Verb::RejectJoin => {
            return join::send(tx, said, speaker).await.map(Some);
        }
        Verb::Interest | Verb::Disinterest => return interest::send(fed, tx, said, speaker).await.map(Some),
        Verb::Tell | Verb::Companion | Verb::UpdateCompanion | Verb::DeleteCompanion => return notes::send(fed, tx, said, speaker).await,
        _ => {}
    }
    let particulars: Particulars = serde_json::from_str(said.received.as_deref().unwrap_or_default()).map_err(|_| nothing())?;
    let group = actors::by_id(tx, particulars.group.ok_or_else(nothing)?).await?;
    let (id, at) = (said.ap_id.as_str(), said.created_at);
    let undone = matches!(said.verb, Verb::Unlock | Verb::Unblock);
    let inner_id = if undone { format!("{id}#undone") } else { id.to_owned() };
    let mut concerned = None;
    let mut activity = if let Some(post) = said.post_id {
        let post = posts::by_id(tx, post).await?;
        match said.verb {
            Verb::Pin | Verb::Unpin => {
                let Some(target) = add::featured(tx, &group).await? else { return Ok(None) };
                add::build(if said.verb == Verb::Pin { "Add" } else { "Remove" }, id, speaker, &group, &post.ap_id, &target, at)
            }
            Verb::Turn => {
                let question = posts::by_id(tx, post.root_id).await?;
                moving::build_turn(id, speaker, &group, &question, &post, particulars.answer, at)
            }
            _ => lock::build(&inner_id, speaker, &group, &post, at),
        }
    } else {
        let whom = actors::by_id(tx, said.target_id.ok_or_else(nothing)?).await?;
        let activity = match said.verb {
            Verb::NameModerator | Verb::UnseatModerator => {
                let Some(target) = group.moderators.clone() else { return Ok(None) };
                add::build(if said.verb == Verb::NameModerator { "Add" } else { "Remove" }, id, speaker, &group, &whom.ap_id, &target, at)
            }
            _ => block::build(&inner_id, speaker, &group, &whom, &particulars, at),
        };
        concerned = Some(whom);
        activity
    };
    if undone {
        activity = undo::build(id, speaker, &[&group.ap_id, wire::PUBLIC], activity, at);
    }
    pass_on_own(&fed.core, tx, &group, said, None, false).await?;
    if said.verb == Verb::Turn && !knows_turns(tx, &group).await? {
        return Ok(Some((activity, Vec::new())));
    }
    Ok(Some((activity, direct(group, concerned))))
}

/// Only our own kind knows that a reply can be the one or the other; Lemmy answers 400 to what it does not know.
async fn knows_turns(tx: &mut Tx, group: &Actor) -> Result<bool> {
    let software = deliveries::peer(tx, &group.host).await?.and_then(|peer| peer.software);
    Ok(software.is_none_or(|software| software == "meent"))
}

/// Who among a group's followers gets what it passes on: a choice, and what an actor says about itself, goes to few; an event not
/// to those who drop events; what only our own kind knows, to those alone (P9).
#[must_use]
pub fn audience_of(received: &str) -> Audience {
    let value: Value = serde_json::from_str(received).unwrap_or_default();
    let undoes = wire::kind(&value) == "Undo";
    let inner = if undoes { value.get("object").cloned().unwrap_or_default() } else { value.clone() };
    match wire::kind(&inner) {
        "Add" | "Remove" if interest::concerns(&inner) => Audience::OwnKind,
        _ if wire::field_id(&value, "object").is_some_and(|id| Some(id) == wire::field_id(&value, "actor")) => Audience::ChosenAnswers,
        "ChooseAnswer" => Audience::ChosenAnswers,
        "Move" => Audience::OwnKind,
        "Create" | "Update" if inner.get("object").is_some_and(|object| wire::kind(object) == "Event") => Audience::Events,
        _ => Audience::Threadiverse,
    }
}
