//! What moderation leaves in the pages of others: the place of what was removed, and word of a suspension.

use std::collections::{HashMap, HashSet};

use crate::db::removed::{self, Removal};
use crate::db::{Conn, actors, moderation, reports, suspensions};
use crate::error::Result;
use crate::model::rights::{Act, Viewer, may, may_moderate, may_restore, may_see_removed, may_steer};
use crate::model::{Actor, ActorId, Post, PostId, Removable, Suspension, Time};

/// What a reader may do with a post besides what everybody may, and what they see where it was removed.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "what a template asks of a post")]
pub struct Place {
    pub may_report: bool,
    pub may_remove: bool,
    /// Whether its author can be suspended from the group from here.
    pub may_suspend: bool,
    pub may_restore: bool,
    pub by_moderator: bool,
    /// Whether the reader wrote it.
    pub mine: bool,
    pub removal: Option<Removal>,
}

/// What has to be known of a whole thread.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// What moderators removed in it, by post.
    removals: HashMap<PostId, Removal>,
    /// Moderators of the group and administrators, who are not suspended.
    trusted: HashSet<ActorId>,
}

/// Reads it for those who may see any of it.
///
/// # Errors
/// When the database can't be read.
pub async fn known(conn: &mut Conn, viewer: Viewer, group: ActorId, root: PostId) -> Result<Known> {
    if viewer.actor.is_none() {
        return Ok(Known::default());
    }
    let mut trusted = HashSet::new();
    if may_moderate(viewer) {
        trusted.extend(moderation::desk(conn, Some(group)).await?.into_iter().map(|(id,)| id));
        trusted.extend(actors::moderators(conn, group).await?.into_iter().map(|moderator| moderator.id));
    }
    let removals = removed::of_thread(conn, root).await?.into_iter().map(|removal| (removal.post_id, removal)).collect();
    Ok(Known { removals, trusted })
}

impl Place {
    /// How a post looks to this reader.
    #[must_use]
    pub fn of(viewer: Viewer, group: &Actor, post: &Post, known: &Known) -> Self {
        let removal = known.removals.get(&post.id).filter(|_| may_see_removed(viewer, post)).cloned();
        let mine = viewer.actor == Some(post.author_id);
        Self {
            may_report: may(viewer, Act::Report, post),
            may_remove: may(viewer, Act::Remove, post),
            may_suspend: may_steer(viewer, group) && !mine && !known.trusted.contains(&post.author_id),
            may_restore: removal.is_some() && may_restore(viewer, post),
            by_moderator: is_by_moderator(post),
            mine,
            removal,
        }
    }

    /// Whether there is anything in the menu.
    #[must_use]
    pub fn any(&self) -> bool {
        self.may_report || self.may_remove || self.may_suspend
    }
}

/// Whether a moderator removed it. Its place stays, with or without replies.
#[must_use]
pub fn is_by_moderator(post: &impl Removable) -> bool {
    post.deleted_by() == Some("moderator")
}

/// Whose own case this reader does not decide: theirs, while there is somebody else who can.
///
/// # Errors
/// When the database can't be read.
pub async fn partial(conn: &mut Conn, me: ActorId, group: Option<ActorId>) -> Result<ActorId> {
    let desk = moderation::desk(conn, group).await?;
    Ok(if desk.iter().any(|(id,)| *id != me) { me } else { ActorId(0) })
}

/// What the pages of a group show of moderation to one reader.
#[derive(Clone, Debug, Default)]
pub struct GroupDesk {
    pub moderates: bool,
    pub open_reports: i64,
    /// The reader's own suspension.
    pub suspension: Option<Suspension>,
}

/// Reads it.
///
/// # Errors
/// When the database can't be read.
pub async fn desk(conn: &mut Conn, viewer: Viewer, group: ActorId, now: Time) -> Result<GroupDesk> {
    let Some(me) = viewer.actor else { return Ok(GroupDesk::default()) };
    let moderates = may_moderate(viewer);
    let open_reports = if moderates {
        let own = partial(conn, me, Some(group)).await?;
        reports::count_open_in(conn, group, own).await?
    } else {
        0
    };
    Ok(GroupDesk {
        moderates,
        open_reports,
        suspension: if viewer.suspended { suspensions::standing(conn, me, group, now).await? } else { None },
    })
}
