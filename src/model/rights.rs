//! Who may see and do what. Every permission of Meent stands here, for the pages, the API and the wire alike.

use super::actor::Actor;
use super::ids::ActorId;
use super::post::{Post, PostKind, Removable};

/// Who looks or acts: an actor, local or remote, with what it is in the group at hand; or nobody.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "what somebody is in a group, one by one")]
pub struct Viewer {
    pub actor: Option<ActorId>,
    /// Moderates the group at hand.
    pub moderator: bool,
    /// Administers this instance.
    pub admin: bool,
    /// May not write for now: suspended from the group at hand, or from the instance.
    pub suspended: bool,
    /// The group at hand lives somewhere else from now on: nothing is added to it any more.
    pub moved: bool,
}

/// Whether `viewer` may see the words of a post. A removed post leaves its place, not its words.
#[must_use]
pub fn can_see(_viewer: Viewer, post: &impl Removable) -> bool {
    post.deleted_at().is_none()
}

/// Whether `viewer` may see an actor's page and lists.
#[must_use]
pub fn can_see_actor(_viewer: Viewer, actor: &Actor) -> bool {
    actor.deleted_at.is_none()
}

/// What somebody wants to do with a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Answer or comment.
    Reply,
    /// Say that it is useful. Not of one's own.
    Appreciate,
    Edit,
    Delete,
    /// Choose the answer that helped, and take that back.
    Accept,
    /// Turn an answer into a comment and back.
    Move,
    /// Put it at the top of its group, and take it down.
    Pin,
    /// Close the thread, and open it again.
    Lock,
    /// Tell the moderators that something is wrong with it. Not of one's own.
    Report,
    /// Take it away as a moderator, with a reason; [`may_restore`] puts it back.
    Remove,
}

/// Whether `viewer` may do `act` to `post`; for [`Act::Accept`] and [`Act::Move`], `post` is the question.
/// Whether the thread is locked is asked of what starts it.
#[must_use]
pub fn may(viewer: Viewer, act: Act, post: &Post) -> bool {
    let Some(actor) = viewer.actor else { return false };
    if post.is_deleted() {
        return false;
    }
    let author = post.author_id == actor;
    let moderates = viewer.moderator || viewer.admin;
    match act {
        Act::Reply => !viewer.suspended && !viewer.moved && (post.locked_at.is_none() || moderates),
        Act::Appreciate => !viewer.suspended && !author,
        Act::Edit => !viewer.suspended && author,
        Act::Delete => author,
        Act::Accept | Act::Move => post.kind == PostKind::Question && ((author && !viewer.suspended) || viewer.moderator),
        Act::Pin | Act::Lock => moderates && post.is_root(),
        Act::Report => !author,
        Act::Remove => moderates && !author,
    }
}

/// Whether `viewer` may put back what a moderator removed: whoever moderates, but nobody in their own case.
#[must_use]
pub fn may_restore(viewer: Viewer, post: &Post) -> bool {
    may_moderate(viewer) && viewer.actor != Some(post.author_id)
}

/// Whether `viewer` may start a thread of this kind in the group at hand.
#[must_use]
pub fn may_start(viewer: Viewer, kind: PostKind) -> bool {
    let writes = viewer.actor.is_some() && !viewer.suspended && !viewer.moved;
    match kind {
        PostKind::Question | PostKind::Tip | PostKind::Practice | PostKind::Event => writes,
        PostKind::Announcement => writes && viewer.moderator,
        PostKind::Answer | PostKind::Comment => false,
    }
}

/// Whether `viewer` may add to a thread by replying to `parent` in it: to a locked one only who moderates.
#[must_use]
pub fn may_add(viewer: Viewer, parent: &Post, root: &Post) -> bool {
    may(viewer, Act::Reply, parent) && (root.locked_at.is_none() || viewer.moderator || viewer.admin)
}

/// Whether `viewer` may change an event of ours, call it off, and decide who comes: its author, whom they `named` as an
/// organiser, and who moderates its group.
#[must_use]
pub fn may_organise(viewer: Viewer, event: &Post, named: bool) -> bool {
    event.local
        && !event.is_deleted()
        && !viewer.suspended
        && viewer.actor.is_some_and(|actor| actor == event.author_id || named || viewer.moderator || viewer.admin)
}

/// Whether `viewer` may say that a session about a question would interest them. Who said so can always take it back.
#[must_use]
pub fn may_show_interest(viewer: Viewer, question: &Post) -> bool {
    question.kind == PostKind::Question && !question.is_deleted() && viewer.actor.is_some() && !viewer.suspended
}

/// Whether `viewer` is the one to plan a session about a question: who asked it, and who moderates its group.
#[must_use]
pub fn may_plan_about(viewer: Viewer, question: &Post) -> bool {
    may_start(viewer, PostKind::Event)
        && question.kind == PostKind::Question
        && !question.is_deleted()
        && (viewer.actor == Some(question.author_id) || viewer.moderator || viewer.admin)
}

/// Whether `viewer` may change a group's title and description.
#[must_use]
pub fn may_describe(viewer: Viewer, group: &Actor) -> bool {
    group.local && (viewer.moderator || viewer.admin)
}

/// Whether `viewer` may act as a moderator in a group: here who moderates it and administrators; in a group of another server
/// only who moderates it there.
#[must_use]
pub fn may_steer(viewer: Viewer, group: &Actor) -> bool {
    viewer.actor.is_some() && (viewer.moderator || (group.local && viewer.admin))
}

/// Whether `viewer` may take `unseated` off the list of moderators. The first of them steps down alone, or an administrator
/// of the group's own server decides.
#[must_use]
pub fn may_unseat(viewer: Viewer, group: &Actor, unseated: ActorId, first: Option<ActorId>) -> bool {
    may_steer(viewer, group) && (first != Some(unseated) || viewer.actor == Some(unseated) || (group.local && viewer.admin))
}

/// Whether `viewer` may change the logo of the region.
#[must_use]
pub fn may_change_logo(viewer: Viewer) -> bool {
    viewer.admin
}

/// Whether `viewer` may let people in: invite them, and decide about who asks.
#[must_use]
pub fn may_admit(viewer: Viewer) -> bool {
    viewer.admin
}

/// Whether `viewer` may start a group, where the instance lets `anyone` do so or not.
#[must_use]
pub fn may_found(viewer: Viewer, anyone: bool) -> bool {
    viewer.admin || (anyone && viewer.actor.is_some() && !viewer.suspended)
}

/// Whether `viewer` may propose a group, for an administrator to decide.
#[must_use]
pub fn may_propose(viewer: Viewer) -> bool {
    viewer.actor.is_some() && !viewer.suspended
}

/// Whether `viewer` may see and decide what becomes of this instance's mail.
#[must_use]
pub fn may_run_mail(viewer: Viewer) -> bool {
    viewer.admin
}

/// Whether `viewer` may read what a moderator removed: its author and those who could put it back.
#[must_use]
pub fn may_see_removed(viewer: Viewer, post: &Post) -> bool {
    viewer.actor.is_some() && (viewer.actor == Some(post.author_id) || may_moderate(viewer))
}

/// Whether `viewer` may see the reports of the group at hand and act on them.
#[must_use]
pub fn may_moderate(viewer: Viewer) -> bool {
    viewer.actor.is_some() && (viewer.moderator || viewer.admin)
}

/// Whether `viewer` may see and change what concerns the whole instance.
#[must_use]
pub fn may_administer(viewer: Viewer) -> bool {
    viewer.actor.is_some() && viewer.admin
}

/// Whether `viewer` may report a member. Not oneself, and a group is no member.
#[must_use]
pub fn may_report(viewer: Viewer, member: &Actor) -> bool {
    viewer.actor.is_some_and(|actor| actor != member.id) && !member.is_group() && member.deleted_at.is_none()
}

/// Whether `viewer` may suspend `target` from the group at hand. Moderators and administrators first lose their role, and
/// nobody suspends themselves.
#[must_use]
pub fn may_suspend(viewer: Viewer, target: Viewer) -> bool {
    may_moderate(viewer) && viewer.actor != target.actor && !target.moderator && !target.admin
}

/// Whether `viewer` may decide on an objection against what `by` did. Somebody else than who did it, as long as there is
/// somebody else; never who objects.
#[must_use]
pub fn may_decide(viewer: Viewer, by: ActorId, objector: ActorId, others: bool) -> bool {
    may_moderate(viewer) && viewer.actor != Some(objector) && (viewer.actor != Some(by) || !others)
}
