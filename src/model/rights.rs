//! Who may see and do what. Every permission of Meent stands here, for the pages, the API and the wire alike.

use super::actor::Actor;
use super::ids::ActorId;
use super::post::{Post, PostKind};

/// Who looks or acts: an actor, local or remote, with what it is in the group at hand; or nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Viewer {
    pub actor: Option<ActorId>,
    /// Moderates the group at hand.
    pub moderator: bool,
    /// Administers this instance.
    pub admin: bool,
}

/// Whether `viewer` may see the words of a post. A removed post leaves its place, not its words.
#[must_use]
pub fn can_see(_viewer: Viewer, post: &Post) -> bool {
    !post.is_deleted()
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
}

/// Whether `viewer` may do `act` to `post`; for [`Act::Accept`], `post` is the question.
#[must_use]
pub fn may(viewer: Viewer, act: Act, post: &Post) -> bool {
    let Some(actor) = viewer.actor else { return false };
    if post.is_deleted() {
        return false;
    }
    let author = post.author_id == actor;
    match act {
        Act::Reply => true,
        Act::Appreciate => !author,
        Act::Edit | Act::Delete => author,
        Act::Accept => post.kind == PostKind::Question && (author || viewer.moderator),
    }
}

/// Whether `viewer` may change a group's title and description.
#[must_use]
pub fn may_describe(viewer: Viewer, group: &Actor) -> bool {
    group.local && (viewer.moderator || viewer.admin)
}

/// Whether `viewer` may start a group.
#[must_use]
pub fn may_found(viewer: Viewer) -> bool {
    viewer.admin
}
