//! Naming an event of a group to software that knows groups and takes no events (`NodeBB`, Discourse, Mbin): in a note of the
//! group, only where somebody there follows it, and never to anybody else.

use super::Core;
use super::saying::{Saying, say};
use crate::db::activities::{self, Verb};
use crate::db::{Tx, actors, deliveries};
use crate::error::Result;
use crate::model::Post;

/// An event is planned in a group of ours.
///
/// # Errors
/// When the database can't be written.
pub async fn name(core: &Core, tx: &mut Tx, event: &Post) -> Result<()> {
    let group = actors::by_id(tx, event.group_id).await?;
    if !group.local || !deliveries::any_companions(tx, group.id).await? {
        return Ok(());
    }
    speak(core, tx, event, Verb::Companion).await
}

/// When or where it is has changed, or whether it takes place.
///
/// # Errors
/// When the database can't be written.
pub async fn name_again(core: &Core, tx: &mut Tx, event: &Post) -> Result<()> {
    if activities::has_companion(tx, event.id).await? { speak(core, tx, event, Verb::UpdateCompanion).await } else { Ok(()) }
}

/// It is taken away.
///
/// # Errors
/// When the database can't be written.
pub async fn take_back(core: &Core, tx: &mut Tx, event: &Post) -> Result<()> {
    if activities::has_companion(tx, event.id).await? { speak(core, tx, event, Verb::DeleteCompanion).await } else { Ok(()) }
}

async fn speak(core: &Core, tx: &mut Tx, event: &Post, verb: Verb) -> Result<()> {
    let saying = Saying {
        actor: event.group_id,
        verb,
        about: &format!("{}#companion", event.ap_id),
        post: Some(event.id),
        target: None,
        received: None,
        listed: false,
    };
    say(core, tx, saying).await.map(drop)
}
