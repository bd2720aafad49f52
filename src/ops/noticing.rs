//! What a reader may see of what they were told, at this moment: for their page, and for the mails about it. The one place
//! that turns notifications into words.

use fluent_bundle::FluentArgs;

use super::{Core, viewer};
use crate::db::notifications::Notification;
use crate::db::{Conn, actors, posts, useful};
use crate::error::{Error, Result};
use crate::model::rights::{Viewer, can_see, can_see_actor};
use crate::model::{Actor, Lang, Post, PostId, markup};

/// Characters of somebody's words in a notification, near which they are cut at the end of a sentence.
const EXCERPT: usize = 280;

/// A notification in words.
#[derive(Clone, Debug)]
pub struct Line {
    pub notice: Notification,
    pub sentence: String,
    /// The words of the post, as plain text; empty where they are the reader's own, or may not be seen.
    pub excerpt: String,
    /// The thread, and its title.
    pub thread: Option<(PostId, String)>,
    /// Whose it is, where that is somebody of another server.
    pub host: Option<String>,
    /// Where it leads to on this server.
    pub path: String,
}

/// What `reader` may see of some notifications, in their order. What may not be seen is left out; of what was decided
/// about the reader the decision stays, without the words.
///
/// # Errors
/// When the database can't be read.
pub async fn lines(core: &Core, conn: &mut Conn, reader: &Actor, lang: Lang, notices: Vec<Notification>) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for notice in notices {
        let post = match notice.post_id {
            None => None,
            Some(id) => visible(core, conn, reader, id).await?,
        };
        // That an event is gone concerns who would have come, though it can't be seen any more.
        let gone = notice.sentence == "notice-event-gone";
        if post.is_some() || notice.post_id.is_none() || notice.kind.is_decision() || gone {
            lines.push(line(conn, lang, notice, post).await?);
        }
    }
    Ok(lines)
}

/// The page where something has to be done about it, when it asks for that.
fn desk(sentence: &str) -> Option<&'static str> {
    match sentence {
        "notice-report-new" | "notice-objection-new" => Some("/moderation"),
        "notice-registration-waiting" => Some("/admin/registrations"),
        "notice-group-proposed" => Some("/admin/groups"),
        "notice-connection-asked" | "notice-connection-accepted" | "notice-connection-refused" | "notice-connection-ended" => {
            Some("/admin/federation/connections")
        }
        "notice-mail-paused" => Some("/account/notifications"),
        _ => None,
    }
}

async fn visible(core: &Core, conn: &mut Conn, reader: &Actor, id: PostId) -> Result<Option<Post>> {
    let post = match posts::by_id(conn, id).await {
        Err(Error::NotFound) => return Ok(None),
        post => post?,
    };
    let viewer = viewer(core, conn, Some(reader), post.group_id).await?;
    Ok(Some(post).filter(|post| can_see(viewer, post)))
}

async fn line(conn: &mut Conn, lang: Lang, notice: Notification, post: Option<Post>) -> Result<Line> {
    let from = match notice.from_id {
        Some(id) => Some(actors::by_id(conn, id).await?).filter(|actor| can_see_actor(Viewer::default(), actor)),
        None => None,
    };
    let group = match notice.group_id {
        Some(id) => Some(actors::by_id(conn, id).await?).filter(|actor| can_see_actor(Viewer::default(), actor)),
        None => None,
    };
    let title = match &post {
        Some(post) if post.is_root() => Some(post.title.clone()),
        Some(post) => Some(posts::by_id(conn, post.root_id).await?.title),
        None => None,
    };
    let title = title.map(|title| if title.is_empty() { lang.say("post-removed-title", None) } else { title });
    let mut args = FluentArgs::new();
    args.set("from", from.as_ref().map_or_else(|| lang.say("notice-somebody", None), |from| from.shown().to_owned()));
    args.set("group", group.as_ref().map_or_else(|| lang.say("notice-a-group", None), |group| group.shown().to_owned()));
    args.set("title", title.clone().unwrap_or_else(|| lang.say("notice-no-title", None)));
    args.set("detail", notice.detail.clone());
    let count = match (&post, notice.from_id) {
        (Some(post), None) => useful::count(conn, post.id).await?,
        _ => 0,
    };
    args.set("n", count);
    let other = post.as_ref().is_some_and(|post| post.author_id != notice.actor_id);
    let path = match (desk(&notice.sentence), &post, &group) {
        (Some(desk), _, _) => desk.to_owned(),
        (None, Some(post), _) if notice.sentence == "notice-event-asks" => format!("/post/{}/attendees", post.id),
        (None, Some(post), _) => post.path(),
        // Who wrote what was removed still reads it there, with the reason and the way to object.
        (None, None, _) if matches!(notice.sentence.as_str(), "notice-removed" | "notice-objection-rejected") => match notice.post_id {
            Some(post) => posts::by_id(conn, post).await?.path(),
            None => group.as_ref().map_or_else(|| "/notifications".to_owned(), Actor::path),
        },
        (None, None, Some(group)) => group.path(),
        (None, None, None) => "/notifications".to_owned(),
    };
    Ok(Line {
        sentence: lang.find(&notice.sentence, Some(&args)).unwrap_or_else(|| lang.say("notice-other", Some(&args))),
        excerpt: post.as_ref().filter(|_| other).map_or_else(String::new, |post| markup::summary(&post.html, EXCERPT)),
        thread: post.as_ref().zip(title).map(|(post, title)| (post.root_id, title)),
        host: from.filter(|from| !from.local).map(|from| from.host),
        path,
        notice,
    })
}
