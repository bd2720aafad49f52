//! A post from elsewhere: what came in, and what it is stored as the first time it is seen and as a newer version.

use super::Core;
use super::attaching::ArrivedPicture;
use super::planning::ArrivedEvent;
use crate::db::moved::Moved;
use crate::error::{Error, Result};
use crate::model::urls::same_origin;
use crate::model::{Actor, Post, PostId, PostKind, Tag, Time, Tried};

/// What another server says that a member of it wrote, checked and cleaned.
#[derive(Clone, Debug)]
pub struct Arrived {
    pub ap_id: String,
    pub wire_type: String,
    /// `meent:kind`, where it says one.
    pub said_kind: Option<PostKind>,
    pub title: String,
    pub html: String,
    pub summary: String,
    pub language: String,
    pub url: String,
    pub context: Option<String>,
    pub published_at: Time,
    /// The version. Equal to `published_at` when never changed.
    pub updated_at: Time,
    /// When its words last changed; a version may be newer for another reason, such as an accepted answer.
    pub edited_at: Option<Time>,
    /// The ids of the accepted answer and of who accepted it.
    pub accepted: Option<(String, Option<String>)>,
    pub pictures: Vec<ArrivedPicture>,
    /// The ids of those whom it names.
    pub mentions: Vec<String>,
    pub topics: Vec<Tag>,
    pub tried: Option<Tried>,
    /// Which of its replies its home says are answers, and which comments.
    pub moved: Vec<Moved>,
    /// Whether the author's server says that nothing may be added to it.
    pub closed: bool,
    /// What it is besides its words, of an event.
    pub event: Option<Box<ArrivedEvent>>,
}

impl Arrived {
    /// What it is: as its home says, else by its type. An event says when it begins, or it is none.
    #[must_use]
    pub fn kind(&self) -> Option<PostKind> {
        match self.said_kind {
            Some(PostKind::Event) | None => self.event.is_some().then_some(PostKind::Event),
            said => said,
        }
    }
}

/// How something from elsewhere came to us.
#[derive(Clone, Copy, Debug)]
pub enum Via<'a> {
    /// Sent to us by its author, word for word; a group of ours passes it on.
    Sent(&'a str),
    /// Announced by its group, or fetched: nobody needs to hear of it from us.
    Quietly,
}

impl<'a> Via<'a> {
    /// With the words of its author, or quietly.
    #[must_use]
    pub fn of(raw: &'a Option<String>) -> Self {
        raw.as_deref().map_or(Self::Quietly, Self::Sent)
    }
}

/// The next version of a post that is known.
pub fn revised(mut known: Post, group: &Actor, parent: Option<&Post>, arrived: &Arrived) -> Post {
    known.edited_at = arrived.edited_at;
    if known.is_root() {
        known.title.clone_from(&arrived.title);
        known.summary.clone_from(&arrived.summary);
        known.locked_at = locked_at_home(&known, group, arrived);
    } else if let Some(parent) = parent.filter(|parent| known.parent_id == Some(parent.id) && known.moved_at.is_none())
        && arrived.said_kind.is_some()
    {
        // An answer and a comment turn into each other when the author's server says so; until somebody here decides.
        known.kind = PostKind::of_reply(parent.kind, arrived.said_kind);
    }
    known.html.clone_from(&arrived.html);
    known.language.clone_from(&arrived.language);
    known.updated_at = arrived.updated_at;
    known
}

/// A post that was not known, as it is stored.
///
/// # Errors
/// [`Error::Forbidden`] when what it replies to stands in another group.
pub fn first_seen(core: &Core, author: &Actor, group: &Actor, parent: Option<&Post>, starts: PostKind, arrived: &Arrived) -> Result<Post> {
    let id = PostId(core.ids.next());
    let kind = parent.map_or(starts, |parent| PostKind::of_reply(parent.kind, arrived.said_kind));
    if parent.is_some_and(|parent| parent.group_id != group.id) {
        return Err(Error::Forbidden("error-other-group"));
    }
    // A date in the future would keep it on top of every list.
    let published_at = arrived.published_at.min(core.now());
    let mut post = Post {
        id,
        ap_id: arrived.ap_id.clone(),
        local: false,
        kind,
        wire_type: arrived.wire_type.clone(),
        group_id: group.id,
        author_id: author.id,
        root_id: parent.map_or(id, |parent| parent.root_id),
        parent_id: parent.map(|parent| parent.id),
        title: if parent.is_none() { arrived.title.clone() } else { String::new() },
        source: None,
        html: arrived.html.clone(),
        summary: if parent.is_none() { arrived.summary.clone() } else { String::new() },
        language: arrived.language.clone(),
        url: arrived.url.clone(),
        context: arrived.context.clone(),
        published_at,
        updated_at: arrived.updated_at,
        edited_at: arrived.edited_at,
        deleted_at: None,
        deleted_by: None,
        accepted_ap_id: None,
        accepted_id: None,
        accepted_by: None,
        accepted_at: None,
        accepts_at_home: arrived.said_kind.is_some(),
        checked_at: None,
        locked_at: None,
        pinned_at: None,
        tried: arrived.tried.filter(|_| parent.is_some_and(|parent| parent.is_root() && parent.kind == PostKind::Practice)),
        moved_at: None,
    };
    post.locked_at = locked_at_home(&post, group, arrived);
    // Of a thread that lives on a third server, nothing better is known until the group says something.
    if !group.local && arrived.closed && post.is_root() {
        post.locked_at = Some(arrived.updated_at);
    }
    Ok(post)
}

/// Since when a thread of another server's group is locked: its word counts where the group's own server wrote it.
fn locked_at_home(post: &Post, group: &Actor, arrived: &Arrived) -> Option<Time> {
    if group.local || !post.is_root() || !same_origin(&group.ap_id, &post.ap_id) {
        return post.locked_at;
    }
    arrived.closed.then(|| post.locked_at.unwrap_or(arrived.updated_at))
}
