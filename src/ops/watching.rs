//! Following a thread, a topic or a member: told of what is new there, and nobody else's business.

use super::Core;
use crate::db::watches::{self, WatchKind};
use crate::db::{Tx, actors, posts};
use crate::error::{Error, Result};
use crate::model::rights::{Viewer, can_see, can_see_actor};
use crate::model::{Actor, ActorId, PostId};

/// How much one member may follow.
const MOST: i64 = 2_000;

/// Follows something, or no longer. The same again changes nothing.
///
/// # Errors
/// [`Error::NotFound`] for what is not there, or not something that is followed; [`Error::TooMany`] beyond the most.
pub async fn watch(core: &Core, tx: &mut Tx, member: &Actor, kind: WatchKind, subject: i64, on: bool) -> Result<()> {
    if !on {
        return watches::remove(tx, member.id, kind, subject).await;
    }
    let viewer = Viewer { actor: Some(member.id), ..Viewer::default() };
    match kind {
        WatchKind::Post => {
            let post = posts::by_id(tx, PostId(subject)).await?;
            if !post.is_root() || !can_see(viewer, &post) {
                return Err(Error::NotFound);
            }
        }
        // Its caller found it by name.
        WatchKind::Topic => {}
        WatchKind::Member => {
            let watched = actors::by_id(tx, ActorId(subject)).await?;
            if watched.is_group() || watched.id == member.id || !can_see_actor(viewer, &watched) {
                return Err(Error::NotFound);
            }
        }
    }
    if watches::count(tx, member.id).await? >= MOST {
        return Err(Error::TooMany(60));
    }
    watches::put(tx, member.id, kind, subject, core.now()).await
}
