//! Asking, answering, commenting, editing and removing; and taking in what others wrote.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::arrived::{Arrived, Via, first_seen, revised};
use super::attaching;
use super::saying::{Saying, pass_on, say};
use super::{Core, Outcome, accepting, boosting, crossing, following, planning, revising, steering, telling, topics, viewer};
use crate::db::activities::Verb;
use crate::db::{Conn, Tx, activities, actors, attendees, posts, series, suspensions};
use crate::error::{Error, Result};
use crate::model::names::{Body, Title};
use crate::model::rights::{Act, Viewer, may, may_add, may_start};
use crate::model::{Actor, ActorId, Attendee, Post, PostId, PostKind, Tag, Time, markup};

/// Characters of a summary, near which it is cut at the end of a sentence.
pub const SUMMARY: usize = 800;

/// A new thread in a group; whoever starts one becomes a member.
///
/// # Errors
/// [`Error::Forbidden`] for who may not start one of this kind there.
pub async fn ask(
    core: &Core,
    tx: &mut Tx,
    author: &Actor,
    group: &Actor,
    kind: PostKind,
    title: &Title,
    body: &Body,
    tags: &[Tag],
    language: &str,
) -> Result<Post> {
    let post = ask_quietly(core, tx, author, group, kind, title, body, tags, language).await?;
    telling::of_post(core, tx, &post, &[]).await?;
    Ok(post)
}

/// The same, and nobody is told: of a series, everybody was told the first.
pub(super) async fn ask_quietly(
    core: &Core,
    tx: &mut Tx,
    author: &Actor,
    group: &Actor,
    kind: PostKind,
    title: &Title,
    body: &Body,
    tags: &[Tag],
    language: &str,
) -> Result<Post> {
    let who = viewer(core, tx, Some(author), group.id).await?;
    if who.suspended {
        return Err(Error::Forbidden("error-suspended"));
    }
    if who.moved {
        return Err(Error::Forbidden("error-group-moved"));
    }
    if !may_start(who, kind) {
        return Err(Error::Forbidden("error-may-not-start"));
    }
    following::join(core, tx, author, group).await?;
    let id = PostId(core.ids.next());
    let html = markup::markdown(body.as_str());
    let mut post = local_post(core, id, author.id, group.id, kind, language);
    post.title = title.as_str().to_owned();
    post.source = Some(body.as_str().to_owned());
    post.summary = markup::summary(&html, SUMMARY);
    post.html = html;
    post.context = Some(format!("{}/context", post.ap_id));
    posts::insert(tx, [&post]).await?;
    // Before anybody is told: who follows one of them is told too.
    topics::of_post(core, tx, post.id, tags).await?;
    say_words(core, tx, Verb::Create, &post).await?;
    Ok(post)
}

/// An answer to a question, or a comment: on anything that is not a question, or where `as_comment` says so.
///
/// # Errors
/// [`Error::Forbidden`] when there is nothing left to reply to.
pub async fn reply(core: &Core, tx: &mut Tx, author: &Actor, parent: &Post, body: &Body, as_comment: bool, language: &str) -> Result<Post> {
    let root = posts::by_id(tx, parent.root_id).await?;
    let who = viewer(core, tx, Some(author), parent.group_id).await?;
    if who.suspended {
        return Err(Error::Forbidden("error-suspended"));
    }
    if !may_add(who, parent, &root) {
        return Err(Error::Forbidden(refused_reply(who, parent)));
    }
    let group = actors::by_id(tx, parent.group_id).await?;
    following::join(core, tx, author, &group).await?;
    let id = PostId(core.ids.next());
    let kind = PostKind::of_reply(parent.kind, as_comment.then_some(PostKind::Comment));
    let mut post = local_post(core, id, author.id, parent.group_id, kind, language);
    post.root_id = parent.root_id;
    post.parent_id = Some(parent.id);
    post.source = Some(body.as_str().to_owned());
    post.html = markup::markdown(body.as_str());
    post.context = root.context;
    posts::insert(tx, [&post]).await?;
    say_words(core, tx, Verb::Create, &post).await?;
    telling::of_post(core, tx, &post, &[]).await?;
    Ok(post)
}

fn refused_reply(who: Viewer, parent: &Post) -> &'static str {
    match (parent.is_deleted(), who.suspended, who.moved) {
        (true, ..) => "error-reply-to-removed",
        (_, true, _) => "error-suspended",
        (.., true) => "error-group-moved",
        _ => "error-locked",
    }
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
        wire_type: match kind {
            PostKind::Event => "Event",
            kind if kind.starts_thread() => "Article",
            _ => "Note",
        }
        .into(),
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
        locked_at: None,
        pinned_at: None,
        tried: None,
        moved_at: None,
    }
}

/// Queues a Create or Update of a local post.
pub(super) async fn say_words(core: &Core, tx: &mut Tx, verb: Verb, post: &Post) -> Result<()> {
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
/// [`Error::Forbidden`] for another's post; [`Error::Gone`] when it was removed.
pub async fn edit(core: &Core, tx: &mut Tx, viewer: Viewer, post: &Post, title: Option<&Title>, body: &Body) -> Result<Post> {
    if viewer.suspended {
        return Err(Error::Forbidden("error-suspended"));
    }
    // As it is now: a moderator may have removed it a moment ago, and its words must not come back by this.
    let post = &posts::lock(tx, post.id).await?;
    if post.is_deleted() {
        return Err(Error::Gone);
    }
    if !may(viewer, Act::Edit, post) || !post.local {
        return Err(Error::Forbidden("error-not-yours"));
    }
    rewrite(core, tx, post, title, body).await
}

/// The same for whoever may: an event is changed by everybody who organises it. The post is locked.
pub(super) async fn rewrite(core: &Core, tx: &mut Tx, post: &Post, title: Option<&Title>, body: &Body) -> Result<Post> {
    let mut changed = post.clone();
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
    revising::keep(tx, post, &changed).await?;
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

/// Whether its author can't remove it: others have signed up for an event. It can be called off.
///
/// # Errors
/// When the database can't be read.
pub async fn stays(conn: &mut Conn, post: &Post) -> Result<bool> {
    let others = |one: &Attendee| one.actor_id != Some(post.author_id);
    Ok(post.kind == PostKind::Event && attendees::concerned(conn, post.id).await?.iter().any(others))
}

/// Removes one's own post: its words go, its place stays.
///
/// # Errors
/// [`Error::Forbidden`] for another's post; [`Error::Gone`] when it was removed.
pub async fn remove(core: &Core, tx: &mut Tx, viewer: Viewer, post: &Post) -> Result<()> {
    // As it is now: what a moderator removed is kept apart, and would come back as theirs.
    let post = &posts::lock(tx, post.id).await?;
    if post.is_deleted() {
        return Err(Error::Gone);
    }
    if !may(viewer, Act::Delete, post) || !post.local {
        return Err(Error::Forbidden("error-not-yours"));
    }
    if stays(tx, post).await? {
        return Err(Error::Forbidden("error-event-stays"));
    }
    take_away(core, tx, post).await
}

/// Removes a post of ours, whoever asked; the caller knows that they may.
pub(super) async fn take_away(core: &Core, tx: &mut Tx, post: &Post) -> Result<()> {
    empty(core, tx, post, Remover::Author).await?;
    attaching::let_go(core, tx, post.id).await?;
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

/// Who takes a post away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remover {
    Author,
    /// Of its group; it can be restored.
    Moderator,
}

/// Takes a post's words away here, whoever asked, and everything that depends on it: what was said with its words, and
/// that it was chosen.
pub(super) async fn empty(core: &Core, tx: &mut Tx, post: &Post, by: Remover) -> Result<()> {
    let post = &posts::lock(tx, post.id).await?;
    let now = next_version(core, post.updated_at);
    // First the words, then what was said with them: what is being made of them just now waits for the lock.
    let (word, group) = match by {
        Remover::Author => ("author", None),
        Remover::Moderator => ("moderator", Some(post.group_id)),
    };
    if post.kind == PostKind::Event {
        planning::taken_away(core, tx, post, by == Remover::Author).await?;
    }
    posts::empty(tx, post.id, word, now).await?;
    boosting::take_back(core, tx, post).await?;
    activities::withdraw(tx, post.id).await?;
    posts::bury(tx, &post.ap_id, group, now).await?;
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
    // Who is gone by now said this before; it may have waited for something.
    if !author.local && actors::here(tx, [author.id]).await?.is_empty() {
        return Ok(Outcome::Ignored("its author is gone"));
    }
    if posts::is_buried(tx, &arrived.ap_id, Some(group.id)).await?
        || posts::is_buried_unseen(tx, &arrived.ap_id, Some(&author.ap_id)).await?
    {
        return Ok(Outcome::Ignored("it was removed before"));
    }
    if suspensions::holds(tx, author.id, if group.local { group.id } else { ActorId(0) }, core.now()).await? {
        return Ok(Outcome::Ignored("its author is suspended"));
    }
    let known = match posts::by_ap_id(tx, &arrived.ap_id).await? {
        Some(known) => Some(posts::lock(tx, known.id).await?),
        None => None,
    };
    if known.is_none() && steering::is_closed_to(core, tx, author, group, parent).await? {
        return Ok(Outcome::Ignored("the thread is locked"));
    }
    // Its question must not choose it unseen while it comes in.
    if let (None, Some(parent)) = (&known, parent) {
        posts::hold(tx, parent.root_id).await?;
    }
    let before = known.clone();
    let (post, is_new) = match known {
        Some(known) if known.is_deleted() => return Ok(Outcome::Ignored("it was removed before")),
        Some(known) if known.local => return Ok(Outcome::Ignored("it is ours")),
        Some(known) if known.author_id != author.id => return Err(Error::Forbidden("error-not-yours")),
        Some(known) if known.group_id != group.id => return Err(Error::Forbidden("error-other-group")),
        Some(known) if arrived.updated_at <= known.updated_at => return Ok(Outcome::Ignored("we have this version or a newer one")),
        Some(known) => {
            let post = revised(known.clone(), group, parent, arrived);
            revising::keep(tx, &known, &post).await?;
            (crossing::as_said(tx, post, group, parent, false).await?, false)
        }
        None => {
            let starts = steering::kind_of_start(core, tx, author, group, arrived.kind()).await?;
            let post = first_seen(core, author, group, parent, starts, arrived)?;
            let post = steering::as_decided(tx, post, parent).await?;
            (crossing::as_said(tx, post, group, parent, true).await?, true)
        }
    };
    if !is_new {
        // Before the chosen answer: it may have been a comment until now.
        steering::take_decisions(tx, &post, arrived).await?;
    }
    let post = with_accepted(core, tx, post, arrived).await?;
    settle(core, tx, group, Stored { before, post: &post, is_new, arrived }).await?;
    if let Via::Sent(raw) = via {
        pass_on(core, tx, group, &post.ap_id, Some(post.id), is_new && post.is_root(), raw).await?;
    }
    Ok(Outcome::Done)
}

/// What is to be stored of a post from elsewhere.
struct Stored<'a> {
    /// The version before it.
    before: Option<Post>,
    post: &'a Post,
    is_new: bool,
    arrived: &'a Arrived,
}

/// Stores it with everything that hangs on it, on the heap: this goes deep.
fn settle<'a>(core: &'a Core, tx: &'a mut Tx, group: &'a Actor, stored: Stored<'a>) -> BoxFuture<'a, Result<()>> {
    store(core, tx, group, stored).boxed()
}

async fn store(core: &Core, tx: &mut Tx, group: &Actor, Stored { before, post, is_new, arrived }: Stored<'_>) -> Result<()> {
    if is_new {
        posts::insert(tx, [post]).await?;
        steering::take_decisions(tx, post, arrived).await?;
        if post.kind == PostKind::Answer {
            posts::resolve_accepted(tx, post).await?;
            if posts::that_accepted(tx, post.id).await?.is_some() {
                boosting::name(core, tx, group, post, false).await?;
            }
        }
        if !is_later_of_series(tx, arrived).await? {
            telling::of_post(core, tx, post, &arrived.mentions).await?;
        }
    } else {
        posts::revise(tx, post).await?;
    }
    attaching::take_in(core, tx, post.id, &arrived.pictures).await?;
    if let Some(event) = arrived.event.as_deref().filter(|_| post.kind == PostKind::Event) {
        planning::take_in(core, tx, post, event).await?;
    }
    if let Some(before) = before {
        boosting::of_choice(core, tx, &before, post).await?;
        telling::of_choice(core, tx, &before, post).await?;
    }
    if post.is_root() {
        topics::of_post(core, tx, post.id, &arrived.topics).await?;
    }
    Ok(())
}

/// Whether it is one more of a series of which one is known: whoever follows was told that one.
async fn is_later_of_series(tx: &mut Tx, arrived: &Arrived) -> Result<bool> {
    match arrived.event.as_deref().and_then(|event| event.series.as_deref()) {
        Some(id) => series::is_known(tx, id).await,
        None => Ok(false),
    }
}

/// The accepted answer is part of a question's version at its home.
async fn with_accepted(core: &Core, tx: &mut Tx, mut post: Post, arrived: &Arrived) -> Result<Post> {
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
            && may(viewer(core, tx, Some(&chooser), post.group_id).await?, Act::Accept, &post)
        {
            post.accepted_by = Some(chooser.id);
        }
    }
    Ok(post)
}
