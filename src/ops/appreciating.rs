//! Useful: a member says that a post helped, or takes that back.

use super::saying::{Saying, pass_on, say_at};
use super::{Core, Outcome, telling, viewer};
use crate::db::activities::Verb;
use crate::db::{Tx, actors, posts, useful};
use crate::error::{Error, Result};
use crate::model::rights::{Act, Viewer, may};
use crate::model::{Actor, Post, Time};

/// Says that `post` is useful to `member`, or no longer. The same again changes nothing.
///
/// # Errors
/// [`Error::Forbidden`] for one's own or a removed post.
pub async fn appreciate(core: &Core, tx: &mut Tx, member: &Actor, post: &Post, active: bool) -> Result<()> {
    let who = viewer(core, tx, Some(member), post.group_id).await?;
    // What one said before can be taken back all the same.
    if active && who.suspended {
        return Err(Error::Forbidden("error-suspended"));
    }
    if !may(Viewer { suspended: false, ..who }, Act::Appreciate, post) {
        return Err(Error::Forbidden("error-own-useful"));
    }
    let standing = useful::standing(tx, post.id, member.id).await?;
    if standing.is_some() == active {
        return Ok(());
    }
    let last = useful::last_at(tx, post.id, member.id).await?.unwrap_or_default();
    let at = core.now().max(last.plus(1));
    // What is said about one member and one post keeps its order, apart from what is said about the post itself.
    let about = format!("{}#{}", post.ap_id, member.ap_id);
    let verb = if active { Verb::Like } else { Verb::UndoLike };
    let undone = standing.map(|(like, _)| like);
    let saying =
        Saying { actor: member.id, verb, about: &about, post: Some(post.id), target: None, received: undone.as_deref(), listed: false };
    let like = say_at(core, tx, saying, at).await?;
    useful::set(tx, post, member.id, active, undone.as_deref().unwrap_or(&like), at).await?;
    telling::of_useful(core, tx, post, active, at).await
}

/// Somebody of another server did. `raw` is what was sent, when it came from `who` itself.
///
/// # Errors
/// When the database can't be written.
pub async fn receive(
    core: &Core,
    tx: &mut Tx,
    who: &Actor,
    post: &Post,
    active: bool,
    like_id: &str,
    at: Time,
    raw: Option<&str>,
) -> Result<Outcome> {
    let sayer = viewer(core, tx, Some(who), post.group_id).await?;
    if !may(Viewer { suspended: active && sayer.suspended, ..sayer }, Act::Appreciate, post) {
        return Ok(Outcome::Ignored("one's own or removed, or suspended"));
    }
    if !useful::set(tx, post, who.id, active, like_id, at.min(core.now().plus(Time::HOUR))).await? {
        return Ok(Outcome::Ignored("we have this word or a newer one"));
    }
    telling::of_useful(core, tx, post, active, at.min(core.now())).await?;
    if let Some(raw) = raw {
        let post = posts::by_id(tx, post.id).await?;
        let group = actors::by_id(tx, post.group_id).await?;
        pass_on(core, tx, &group, &format!("{}#{}", post.ap_id, who.ap_id), None, false, raw).await?;
    }
    Ok(Outcome::Done)
}
