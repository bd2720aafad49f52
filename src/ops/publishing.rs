//! Asking, answering, commenting, editing and removing; and taking in what others wrote.

use super::saying::{Saying, pass_on, say};
use super::{Core, Outcome, accepting, following, viewer};
use crate::db::activities::Verb;
use crate::db::{Tx, activities, actors, posts};
use crate::error::{Error, Result};
use crate::model::names::{Body, Title};
use crate::model::rights::{Act, Viewer, may};
use crate::model::{Actor, ActorId, Post, PostId, PostKind, Time, markup};

/// Characters of a summary, near which it is cut at the end of a sentence.
pub const SUMMARY: usize = 800;

/// A new thread in a group; whoever starts one becomes a member.
///
/// # Errors
/// When the database can't be written.
pub async fn ask(core: &Core, tx: &mut Tx, author: &Actor, group: &Actor, title: &Title, body: &Body, language: &str) -> Result<Post> {
    following::join(core, tx, author, group).await?;
    let id = PostId(core.ids.next());
    let html = markup::markdown(body.as_str());
    let mut post = local_post(core, id, author.id, group.id, PostKind::Question, language);
    post.title = title.as_str().to_owned();
    post.source = Some(body.as_str().to_owned());
    post.summary = markup::summary(&html, SUMMARY);
    post.html = html;
    post.context = Some(format!("{}/context", post.ap_id));
    posts::insert(tx, &post).await?;
    say_words(core, tx, Verb::Create, &post).await?;
    Ok(post)
}

/// An answer to a question, or a comment: on anything that is not a question, or where `as_comment` says so.
///
/// # Errors
/// [`Error::Forbidden`] when there is nothing left to reply to.
pub async fn reply(core: &Core, tx: &mut Tx, author: &Actor, parent: &Post, body: &Body, as_comment: bool, language: &str) -> Result<Post> {
    if !may(Viewer { actor: Some(author.id), ..Viewer::default() }, Act::Reply, parent) {
        return Err(Error::Forbidden("error-reply-to-removed"));
    }
    let group = actors::by_id(tx, parent.group_id).await?;
    following::join(core, tx, author, &group).await?;
    let root = posts::by_id(tx, parent.root_id).await?;
    let id = PostId(core.ids.next());
    let kind = PostKind::of_reply(parent.kind, as_comment.then_some(PostKind::Comment));
    let mut post = local_post(core, id, author.id, parent.group_id, kind, language);
    post.root_id = parent.root_id;
    post.parent_id = Some(parent.id);
    post.source = Some(body.as_str().to_owned());
    post.html = markup::markdown(body.as_str());
    post.context = root.context;
    posts::insert(tx, &post).await?;
    say_words(core, tx, Verb::Create, &post).await?;
    Ok(post)
}

fn local_post(core: &Core, id: PostId, author: ActorId, group: ActorId, kind: PostKind, language: &str) -> Post {
    let now = core.now();
    let ap_id = core.urls.post(id, kind.starts_thread());
    Post {
        id,
        url: ap_id.clone(),
        ap_id,
        local: true,
        kind,
        wire_type: if kind.starts_thread() { "Article" } else { "Note" }.into(),
        group_id: group,
        author_id: author,
        root_id: id,
        parent_id: None,
        title: String::new(),
        source: None,
        html: String::new(),
        summary: String::new(),
        language: language.to_owned(),
        context: None,
        published_at: now,
        updated_at: now,
        edited_at: None,
        deleted_at: None,
        deleted_by: None,
        accepted_ap_id: None,
        accepted_id: None,
        accepted_by: None,
        accepted_at: None,
        accepts_at_home: true,
        checked_at: None,
    }
}

/// Queues a Create or Update of a local post.
async fn say_words(core: &Core, tx: &mut Tx, verb: Verb, post: &Post) -> Result<()> {
    let listed = verb == Verb::Create && post.is_root();
    say(core, tx, Saying { actor: post.author_id, verb, about: &post.ap_id, post: Some(post.id), target: None, received: None, listed })
        .await?;
    Ok(())
}

/// The version after `before`: now, but always later.
#[must_use]
pub fn next_version(core: &Core, before: Time) -> Time {
    core.now().max(before.plus(1))
}

/// Changes the words of one's own post. The title counts for what starts a thread. Nothing changed: nothing said.
///
/// # Errors
/// [`Error::Forbidden`] for another's post.
pub async fn edit(core: &Core, tx: &mut Tx, viewer: Viewer, post: &Post, title: Option<&Title>, body: &Body) -> Result<Post> {
    if !may(viewer, Act::Edit, post) || !post.local {
        return Err(Error::Forbidden("error-not-yours"));
    }
    let mut changed = posts::lock(tx, post.id).await?;
    let title = title.filter(|_| post.is_root()).map_or_else(|| changed.title.clone(), |title| title.as_str().to_owned());
    if changed.title == title && changed.source.as_deref() == Some(body.as_str()) {
        return Ok(changed);
    }
    changed.title = title;
    changed.html = markup::markdown(body.as_str());
    changed.summary = if post.is_root() { markup::summary(&changed.html, SUMMARY) } else { String::new() };
    changed.source = Some(body.as_str().to_owned());
    changed.updated_at = next_version(core, changed.updated_at);
    changed.edited_at = Some(changed.updated_at);
    posts::revise(tx, &changed).await?;
    say_words(core, tx, Verb::Update, &changed).await?;
    Ok(changed)
}

/// Says a question again because something about it changed that is not its words: the accepted answer.
///
/// # Errors
/// When the database can't be written.
pub async fn say_again(core: &Core, tx: &mut Tx, post: &Post) -> Result<()> {
    say_words(core, tx, Verb::Update, post).await
}

/// Removes one's own post: its words go, its place stays.
///
/// # Errors
/// [`Error::Forbidden`] for another's post.
pub async fn remove(core: &Core, tx: &mut Tx, viewer: Viewer, post: &Post) -> Result<()> {
    if !may(viewer, Act::Delete, post) || !post.local {
        return Err(Error::Forbidden("error-not-yours"));
    }
    empty(core, tx, post).await?;
    say(
        core,
        tx,
        Saying {
            actor: post.author_id,
            verb: Verb::Delete,
            about: &post.ap_id,
            post: Some(post.id),
            target: None,
            received: None,
            listed: false,
        },
    )
    .await?;
    Ok(())
}

/// Takes a post's words away here, whoever asked, and everything that depends on it: what was said with its words, and
/// that it was chosen.
async fn empty(core: &Core, tx: &mut Tx, post: &Post) -> Result<()> {
    let post = &posts::lock(tx, post.id).await?;
    let now = next_version(core, post.updated_at);
    // First the words, then what was said with them: what is being made of them just now waits for the lock.
    posts::empty(tx, post.id, "author", now).await?;
    activities::withdraw(tx, post.id).await?;
    posts::bury(tx, &post.ap_id, now).await?;
    if let Some(question) = posts::that_accepted(tx, post.id).await? {
        let question = posts::lock(tx, question.id).await?;
        if question.local {
            let at = next_version(core, question.updated_at);
            posts::set_accepted(tx, question.id, None, None, at).await?;
            say_again(core, tx, &question).await?;
        } else {
            // When it was chosen stays: an older choice that comes in later is still older.
            let mut changed = question.clone();
            (changed.accepted_ap_id, changed.accepted_id, changed.accepted_by) = (None, None, None);
            posts::revise(tx, &changed).await?;
        }
    }
    Ok(())
}

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

/// Takes in a post from elsewhere, or a newer version of it.
///
/// # Errors
/// [`Error::Forbidden`] when it claims to be another's.
pub async fn take_in(
    core: &Core,
    tx: &mut Tx,
    author: &Actor,
    group: &Actor,
    parent: Option<&Post>,
    arrived: &Arrived,
    via: Via<'_>,
) -> Result<Outcome> {
    if posts::is_buried(tx, &arrived.ap_id).await? {
        return Ok(Outcome::Ignored("it was removed before"));
    }
    let known = match posts::by_ap_id(tx, &arrived.ap_id).await? {
        Some(known) => Some(posts::lock(tx, known.id).await?),
        None => None,
    };
    // Its question must not choose it unseen while it comes in.
    if let (None, Some(parent)) = (&known, parent) {
        posts::hold(tx, parent.root_id).await?;
    }
    let (post, is_new) = match known {
        Some(known) if known.is_deleted() => return Ok(Outcome::Ignored("it was removed before")),
        Some(known) if known.local => return Ok(Outcome::Ignored("it is ours")),
        Some(known) if known.author_id != author.id => return Err(Error::Forbidden("error-not-yours")),
        Some(known) if known.group_id != group.id => return Err(Error::Forbidden("error-other-group")),
        Some(known) if arrived.updated_at <= known.updated_at => return Ok(Outcome::Ignored("we have this version or a newer one")),
        Some(known) => (revised(known, arrived), false),
        None => (first_seen(core, author, group, parent, arrived)?, true),
    };
    let post = with_accepted(tx, post, arrived).await?;
    if is_new {
        posts::insert(tx, &post).await?;
        if post.kind == PostKind::Answer {
            posts::resolve_accepted(tx, &post).await?;
        }
    } else {
        posts::revise(tx, &post).await?;
    }
    if let Via::Sent(raw) = via {
        pass_on(core, tx, group, &post.ap_id, Some(post.id), is_new && post.is_root(), raw).await?;
    }
    Ok(Outcome::Done)
}

fn revised(mut known: Post, arrived: &Arrived) -> Post {
    known.edited_at = arrived.edited_at;
    if known.is_root() {
        known.title.clone_from(&arrived.title);
        known.summary.clone_from(&arrived.summary);
    }
    known.html.clone_from(&arrived.html);
    known.language.clone_from(&arrived.language);
    known.updated_at = arrived.updated_at;
    known
}

fn first_seen(core: &Core, author: &Actor, group: &Actor, parent: Option<&Post>, arrived: &Arrived) -> Result<Post> {
    let id = PostId(core.ids.next());
    let kind = match parent {
        Some(parent) => PostKind::of_reply(parent.kind, arrived.said_kind),
        None => arrived.said_kind.filter(|kind| kind.starts_thread()).unwrap_or(PostKind::Question),
    };
    if parent.is_some_and(|parent| parent.group_id != group.id) {
        return Err(Error::Forbidden("error-other-group"));
    }
    // A date in the future would keep it on top of every list.
    let published_at = arrived.published_at.min(core.now());
    Ok(Post {
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
    })
}

/// The accepted answer is part of a question's version at its home.
async fn with_accepted(tx: &mut Tx, mut post: Post, arrived: &Arrived) -> Result<Post> {
    if !post.is_root() || !post.accepts_at_home {
        return Ok(post);
    }
    (post.accepted_ap_id, post.accepted_id, post.accepted_by, post.accepted_at) = (None, None, None, Some(post.updated_at));
    if let Some((answer_id, by)) = &arrived.accepted {
        let answer = posts::by_ap_id(tx, answer_id).await?;
        // Another thread's answer, a comment or a removed one: as if nothing was chosen (T-37).
        if *answer_id == post.ap_id || answer.as_ref().is_some_and(|answer| !accepting::is_answer(&post, answer)) {
            return Ok(post);
        }
        post.accepted_ap_id = Some(answer_id.clone());
        post.accepted_id = answer.map(|answer| answer.id);
        // Its home may say who chose it, but only of those who may.
        if let Some(by) = by
            && let Some(chooser) = actors::by_ap_id(tx, by).await?
            && may(viewer(tx, Some(&chooser), post.group_id).await?, Act::Accept, &post)
        {
            post.accepted_by = Some(chooser.id);
        }
    }
    Ok(post)
}

/// Somebody of another server removed a post of theirs (or their server says that it is gone).
///
/// # Errors
/// [`Error::Forbidden`] when it is not theirs.
pub async fn removed_elsewhere(core: &Core, tx: &mut Tx, by: &Actor, ap_id: &str, via: Via<'_>) -> Result<Outcome> {
    let Some(post) = posts::by_ap_id(tx, ap_id).await? else {
        // It may still be on its way to us: remember that it must not come in.
        posts::bury(tx, ap_id, core.now()).await?;
        return Ok(Outcome::Ignored("not known here; it stays out"));
    };
    if post.author_id != by.id || post.local {
        return Err(Error::Forbidden("error-not-yours"));
    }
    if post.is_deleted() {
        return Ok(Outcome::Ignored("it was removed before"));
    }
    let group = actors::by_id(tx, post.group_id).await?;
    empty(core, tx, &post).await?;
    if let Via::Sent(raw) = via {
        pass_on(core, tx, &group, &post.ap_id, None, false, raw).await?;
    }
    Ok(Outcome::Done)
}
