//! What moderators do with threads as such: pin, lock, and say what is an answer and what a comment; of this server and others.

use super::arrived::Arrived;
use super::crossing::{Own, note_post, tell_others};
use super::moderating::note_admin;
use super::{Core, Outcome, publishing, viewer};
use crate::db::activities::Verb;
use crate::db::moved::{self, Moved};
use crate::db::{Tx, actors, deeds, posts, whereabouts};
use crate::error::{Error, Result};
use crate::model::rights::{Act, Viewer, may, may_start, may_steer};
use crate::model::{Actor, Particulars, Post, PostKind, Time, What};

/// Puts a thread at the top of its group, or takes it down. A group of another server is told.
///
/// # Errors
/// [`Error::Forbidden`] for who does not moderate the group.
pub async fn pin(core: &Core, tx: &mut Tx, by: Viewer, post: &Post, on: bool) -> Result<()> {
    let (group, mut changed) = steered(tx, by, Act::Pin, post).await?;
    if changed.pinned_at.is_some() == on {
        return Ok(());
    }
    changed.pinned_at = on.then(|| core.now());
    note_it(core, tx, by, if on { "pin" } else { "unpin" }, &changed).await?;
    posts::place(tx, &changed).await?;
    tell_others(core, tx, own(by, &group, if on { Verb::Pin } else { Verb::Unpin }, What::Pin, &changed, on)).await?;
    audit_it(core, tx, by, if on { "post.pin" } else { "post.unpin" }, &changed.ap_id).await
}

/// Closes a thread: nobody but moderators adds to it, here or from elsewhere. Or opens it again. A group of another server is
/// told, and holds others to it.
///
/// # Errors
/// [`Error::Forbidden`] for who does not moderate the group.
pub async fn lock(core: &Core, tx: &mut Tx, by: Viewer, post: &Post, on: bool) -> Result<()> {
    let (group, mut changed) = steered(tx, by, Act::Lock, post).await?;
    if changed.locked_at.is_some() == on {
        return Ok(());
    }
    changed.locked_at = on.then(|| core.now());
    note_it(core, tx, by, if on { "lock" } else { "unlock" }, &changed).await?;
    tell_others(core, tx, own(by, &group, if on { Verb::Lock } else { Verb::Unlock }, What::Lock, &changed, on)).await?;
    let id = changed.ap_id.clone();
    say_placed(core, tx, changed).await?;
    audit_it(core, tx, by, if on { "post.lock" } else { "post.unlock" }, &id).await
}

fn own<'a>(by: Viewer, group: &'a Actor, verb: Verb, what: What, post: &'a Post, on: bool) -> Own<'a> {
    let by = by.actor.unwrap_or(post.author_id);
    let particulars = Particulars { answer: on, ..Particulars::default() };
    Own { by, group, verb, what, subject: &post.ap_id, post: Some(post.id), target: None, on, particulars }
}

/// Somebody of another server closed a thread, or opened it again; they may.
pub(super) async fn locked_elsewhere(core: &Core, tx: &mut Tx, by: &Actor, post: Post, on: bool) -> Result<Outcome> {
    let mut changed = posts::lock(tx, post.id).await?;
    if changed.locked_at.is_some() == on {
        return Ok(Outcome::Ignored("so it is already"));
    }
    changed.locked_at = on.then(|| core.now());
    note_post(core, tx, by.id, if on { "lock" } else { "unlock" }, &changed).await?;
    if changed.is_deleted() {
        posts::place(tx, &changed).await?;
    } else {
        say_placed(core, tx, changed).await?;
    }
    Ok(Outcome::Done)
}

/// Somebody of another server put a thread at the top, or took it down; they may.
pub(super) async fn pinned_elsewhere(core: &Core, tx: &mut Tx, by: &Actor, post: Post, on: bool) -> Result<Outcome> {
    let mut changed = posts::lock(tx, post.id).await?;
    if changed.pinned_at.is_some() == on {
        return Ok(Outcome::Ignored("so it is already"));
    }
    changed.pinned_at = on.then(|| core.now());
    note_post(core, tx, by.id, if on { "pin" } else { "unpin" }, &changed).await?;
    posts::place(tx, &changed).await?;
    Ok(Outcome::Done)
}

/// What stands at the top of a group of another server, as its own list says, the uppermost first.
///
/// # Errors
/// When the database can't be written.
pub async fn pinned_at_home(core: &Core, tx: &mut Tx, group: &Actor, ids: &[String]) -> Result<()> {
    for (ap_id,) in posts::pinned_ids(tx, group.id, i64::MAX).await? {
        if !ids.contains(&ap_id) {
            set_pinned(tx, group, &ap_id, None).await?;
        }
    }
    for (place, ap_id) in (0..).zip(ids) {
        set_pinned(tx, group, ap_id, Some(core.now().plus(-place))).await?;
    }
    Ok(())
}

async fn set_pinned(tx: &mut Tx, group: &Actor, ap_id: &str, at: Option<Time>) -> Result<()> {
    let Some(known) = posts::by_ap_id(tx, ap_id).await?.filter(|post| post.group_id == group.id && post.is_root()) else { return Ok(()) };
    let mut post = posts::lock(tx, known.id).await?;
    post.pinned_at = at;
    posts::place(tx, &post).await
}

/// An administrator in a group that others moderate: that goes into the audit log too.
async fn audit_it(core: &Core, tx: &mut Tx, by: Viewer, act: &str, subject: &str) -> Result<()> {
    let Some(actor) = by.actor else { return Ok(()) };
    let actor = actors::by_id(tx, actor).await?;
    note_admin(core, tx, by, &actor, act, subject).await
}

/// Writes it down for the log that members read.
async fn note_it(core: &Core, tx: &mut Tx, by: Viewer, act: &str, post: &Post) -> Result<()> {
    let Some(by) = by.actor else { return Ok(()) };
    note_post(core, tx, by, act, post).await
}

/// The thread as it is now, and its group, for who may steer it.
async fn steered(tx: &mut Tx, by: Viewer, act: Act, post: &Post) -> Result<(Actor, Post)> {
    let post = posts::lock(tx, post.id).await?;
    let group = actors::by_id(tx, post.group_id).await?;
    if !may(by, act, &post) || !may_steer(by, &group) {
        return Err(Error::Forbidden("error-only-moderators"));
    }
    Ok((group, post))
}

/// What a direct reply to a question is.
#[must_use]
pub fn kind_of(answer: bool) -> PostKind {
    if answer { PostKind::Answer } else { PostKind::Comment }
}

/// Whether a reply hangs directly on a question, so that it is either an answer or a comment.
#[must_use]
pub fn is_movable(question: &Post, reply: &Post) -> bool {
    reply.parent_id == Some(question.id)
        && question.kind == PostKind::Question
        && matches!(reply.kind, PostKind::Answer | PostKind::Comment)
        && !reply.is_deleted()
}

/// Turns an answer into a comment, or back. One that was chosen is no longer chosen. From now on this place decides what
/// it is, whatever its author's server says later.
///
/// # Errors
/// [`Error::Forbidden`] for who may not; [`Error::NotFound`] when it does not hang on a question.
pub async fn turn_into(core: &Core, tx: &mut Tx, by: Viewer, question: &Post, reply: &Post, kind: PostKind) -> Result<()> {
    if !may(by, Act::Move, question) {
        return Err(Error::Forbidden("error-only-asker-moves"));
    }
    if !is_movable(question, reply) || !matches!(kind, PostKind::Answer | PostKind::Comment) {
        return Err(Error::NotFound);
    }
    // The question first, as everywhere: two that lock both in another order would wait for each other.
    let question = posts::lock(tx, question.id).await?;
    if question.accepted_id == Some(reply.id) && kind == PostKind::Comment {
        super::accepting::choose(core, tx, by, &question, reply, false).await?;
    }
    let mut changed = posts::lock(tx, reply.id).await?;
    if changed.kind == kind {
        return Ok(());
    }
    let group = actors::by_id(tx, question.group_id).await?;
    tell_others(core, tx, own(by, &group, Verb::Turn, What::Answer, &changed, kind == PostKind::Answer)).await?;
    if by.actor != Some(question.author_id) {
        note_it(core, tx, by, "move", &changed).await?;
    }
    changed.kind = kind;
    put_in_place(core, tx, &question, changed).await
}

/// Somebody of another server, who may, said what a reply is.
pub(super) async fn turned_elsewhere(core: &Core, tx: &mut Tx, by: &Actor, reply: &Post, answer: bool) -> Result<Outcome> {
    let question = posts::lock(tx, reply.root_id).await?;
    let mut changed = posts::lock(tx, reply.id).await?;
    if !is_movable(&question, &changed) {
        return Ok(Outcome::Ignored("nothing that is an answer or a comment"));
    }
    if changed.kind == kind_of(answer) {
        return Ok(Outcome::Ignored("so it is already"));
    }
    if !answer && question.local && question.accepted_id == Some(reply.id) {
        posts::set_accepted(tx, question.id, None, None, publishing::next_version(core, question.updated_at)).await?;
    }
    if by.id != question.author_id {
        note_post(core, tx, by.id, "move", &changed).await?;
    }
    changed.kind = kind_of(answer);
    put_in_place(core, tx, &question, changed).await?;
    Ok(Outcome::Done)
}

/// Keeps what was decided about a reply, and says so with the reply and the question, as far as those are ours.
async fn put_in_place(core: &Core, tx: &mut Tx, question: &Post, mut reply: Post) -> Result<()> {
    reply.moved_at = Some(core.now());
    let decision = Moved { ap_id: reply.ap_id.clone(), kind: reply.kind };
    moved::put(tx, question.id, &decision).await?;
    say_placed(core, tx, reply).await?;
    // The question says it to everybody, also of what was written elsewhere.
    if question.local {
        let mut question = posts::lock(tx, question.id).await?;
        question.updated_at = publishing::next_version(core, question.updated_at);
        posts::place(tx, &question).await?;
        publishing::say_again(core, tx, &question).await?;
    }
    Ok(())
}

/// Stores how a post stands; of one written here, the new version is told to others.
async fn say_placed(core: &Core, tx: &mut Tx, mut post: Post) -> Result<()> {
    if !post.local {
        return posts::place(tx, &post).await;
    }
    post.updated_at = publishing::next_version(core, post.updated_at);
    posts::place(tx, &post).await?;
    publishing::say_again(core, tx, &post).await
}

/// What a new thread from elsewhere is taken as: an announcement only by who moderates the group, else a tip; what we
/// have no pages for yet, a tip too.
///
/// # Errors
/// When the database can't be read.
pub async fn kind_of_start(core: &Core, tx: &mut Tx, author: &Actor, group: &Actor, said: Option<PostKind>) -> Result<PostKind> {
    let Some(said) = said.filter(|kind| kind.starts_thread()) else { return Ok(PostKind::Question) };
    let who = viewer(core, tx, Some(author), group.id).await?;
    Ok(if said == PostKind::Announcement && !may_start(who, said) { PostKind::Tip } else { said })
}

/// Whether somebody of another server may not add to this thread, or start one: a locked one of a group of ours takes nothing
/// but the words of its moderators, nor does what they removed (T-55), and a group that has moved takes nothing. What its author
/// deleted may still be talked about: it may have been deleted while the reply was on its way.
///
/// # Errors
/// When the database can't be read.
pub async fn is_closed_to(core: &Core, tx: &mut Tx, author: &Actor, group: &Actor, parent: Option<&Post>) -> Result<bool> {
    if !group.local {
        return Ok(false);
    }
    if whereabouts::of(tx, group.id).await?.moved_to.is_some() {
        return Ok(true);
    }
    let Some(parent) = parent else { return Ok(false) };
    let root = posts::by_id(tx, parent.root_id).await?;
    Ok(is_shut(&root, parent) && !viewer(core, tx, Some(author), group.id).await?.moderator)
}

/// Whether a place in a thread of a group of ours is closed to everybody but its moderators.
pub(super) fn is_shut(root: &Post, parent: &Post) -> bool {
    let removed = |post: &Post| post.deleted_by.as_deref() == Some("moderator");
    root.locked_at.is_some() || removed(root) || removed(parent)
}

/// What a question's home says of its replies takes the place of what was known. Of a question of another make, and of our
/// own, nothing is taken.
///
/// # Errors
/// When the database can't be written.
pub async fn take_decisions(tx: &mut Tx, question: &Post, arrived: &Arrived) -> Result<()> {
    if question.local || question.kind != PostKind::Question || arrived.said_kind.is_none() {
        return Ok(());
    }
    // A decision that was made here counts here, until the home says otherwise of the same reply.
    for decision in &arrived.moved {
        // What the group's moderators said since is newer.
        let word = deeds::word(tx, question.group_id, What::Answer, &decision.ap_id).await?;
        if word.is_some_and(|word| word.at > arrived.updated_at) {
            continue;
        }
        moved::put(tx, question.id, decision).await?;
        moved::apply(tx, question.id, decision, arrived.updated_at).await?;
    }
    Ok(())
}

/// A reply that comes in after the decision about it.
///
/// # Errors
/// When the database can't be read.
pub async fn as_decided(tx: &mut Tx, mut post: Post, parent: Option<&Post>) -> Result<Post> {
    if let Some(question) = parent.filter(|parent| parent.is_root() && parent.kind == PostKind::Question)
        && let Some(kind) = moved::get(tx, question.id, &post.ap_id).await?
    {
        (post.kind, post.moved_at) = (kind, Some(post.updated_at));
    }
    Ok(post)
}
