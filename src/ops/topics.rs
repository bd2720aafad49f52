//! Saying what a post, a group or a member is about.

use super::{Core, publishing};
use crate::db::{Tx, events, posts, topics};
use crate::error::{Error, Result};
use crate::model::rights::{Act, Viewer, may, may_organise};
use crate::model::topic::MOST;
use crate::model::{ActorId, Post, PostId, PostKind, Tag, TopicId};

/// Makes these the topics of a post.
///
/// # Errors
/// When the database can't be written.
pub async fn of_post(core: &Core, tx: &mut Tx, post: PostId, tags: &[Tag]) -> Result<()> {
    topics::clear_post(tx, post).await?;
    for tag in in_order(tags) {
        let topic = ensure(core, tx, tag).await?;
        topics::add_to_post(tx, post, topic).await?;
    }
    Ok(())
}

/// Makes these what a group is about, or what a member knows about. The caller has asked whether that may be.
///
/// # Errors
/// When the database can't be written.
pub async fn of_actor(core: &Core, tx: &mut Tx, actor: ActorId, tags: &[Tag]) -> Result<()> {
    topics::clear_actor(tx, actor).await?;
    for tag in in_order(tags) {
        let topic = ensure(core, tx, tag).await?;
        topics::add_to_actor(tx, actor, topic).await?;
    }
    Ok(())
}

/// The topic with this name; made when it is new.
async fn ensure(core: &Core, tx: &mut Tx, tag: &Tag) -> Result<TopicId> {
    if let Some(known) = topics::by_name(tx, &tag.name).await? {
        return Ok(known.id);
    }
    topics::insert(tx, TopicId(core.ids.next()), tag).await?;
    topics::by_name(tx, &tag.name).await?.map(|topic| topic.id).ok_or(Error::Conflict)
}

/// Always in the same order: two that write the same new topics at once must not wait for each other in a circle.
fn in_order(tags: &[Tag]) -> Vec<&Tag> {
    let mut tags: Vec<&Tag> = tags.iter().take(MOST).collect();
    tags.sort_by(|a, b| a.name.cmp(&b.name));
    tags
}

/// Changes the topics of one's own post that starts a thread, or of an event that one organises. Nothing changed: nothing said.
///
/// # Errors
/// [`Error::Forbidden`] for another's post.
pub async fn retag(core: &Core, tx: &mut Tx, viewer: Viewer, post: &Post, tags: &[Tag]) -> Result<()> {
    let named = match viewer.actor {
        Some(actor) => events::is_organiser(tx, post.id, actor).await?,
        None => false,
    };
    let organises = post.kind == PostKind::Event && may_organise(viewer, post, named);
    if !(may(viewer, Act::Edit, post) || organises) || !post.local || !post.is_root() {
        return Err(Error::Forbidden("error-not-yours"));
    }
    let mut before: Vec<String> = topics::of_post(tx, post.id).await?.into_iter().map(|topic| topic.name).collect();
    let mut after: Vec<String> = tags.iter().map(|tag| tag.name.clone()).collect();
    before.sort();
    after.sort();
    if before == after {
        return Ok(());
    }
    let mut changed = posts::lock(tx, post.id).await?;
    of_post(core, tx, post.id, tags).await?;
    changed.updated_at = publishing::next_version(core, changed.updated_at);
    posts::revise(tx, &changed).await?;
    publishing::say_again(core, tx, &changed).await
}
