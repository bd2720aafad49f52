//! What somebody of another server removed.

use super::arrived::Via;
use super::publishing::{Remover, empty};
use super::saying::pass_on;
use super::{Core, Outcome, attaching};
use crate::db::{Tx, actors, posts, removed};
use crate::error::{Error, Result};
use crate::model::Actor;

/// Somebody of another server removed a post of theirs (or their server says that it is gone).
///
/// # Errors
/// [`Error::Forbidden`] when it is not theirs.
pub async fn removed_elsewhere(core: &Core, tx: &mut Tx, by: &Actor, ap_id: &str, via: Via<'_>) -> Result<Outcome> {
    let Some(known) = posts::by_ap_id(tx, ap_id).await? else {
        // It may still be on its way to us: remember that it must not come in, if it turns out to be theirs.
        posts::bury_unseen(tx, ap_id, &by.ap_id, core.now()).await?;
        return Ok(Outcome::Ignored("not known here; it stays out"));
    };
    // As it is now: a moderator may be removing it at this moment.
    let post = posts::lock(tx, known.id).await?;
    if post.author_id != by.id || post.local {
        return Err(Error::Forbidden("error-not-yours"));
    }
    if post.deleted_by.as_deref() == Some("moderator") {
        // Now nobody can restore it any more.
        removed::forget(tx, post.id).await?;
        attaching::let_go(core, tx, post.id).await?;
        posts::deleted_by_author(tx, post.id).await?;
        posts::bury(tx, ap_id, None, core.now()).await?;
        return Ok(Outcome::Done);
    }
    if post.is_deleted() {
        return Ok(Outcome::Ignored("it was removed before"));
    }
    let group = actors::by_id(tx, post.group_id).await?;
    empty(core, tx, &post, Remover::Author).await?;
    attaching::let_go(core, tx, post.id).await?;
    if let Via::Sent(raw) = via {
        pass_on(core, tx, &group, &post.ap_id, None, false, raw).await?;
    }
    Ok(Outcome::Done)
}
