//! A thread: the question, the chosen answer first, the others by how useful they were, comments under each.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;

use super::agenda::links::Links;
use super::completeness::{self, Foot};
use super::event::block::Block;
use super::forms::Field;
use super::group::joins_by_posting;
use super::kinds;
use super::moderation::place::{self, GroupDesk, Known, Place, is_by_moderator};
use super::more::More;
use super::outline::Outline;
use super::page::{Shown, html_with};
use super::session::to;
use super::slots::Slots;
use super::thread_extra::Extra;
use super::ui::Ui;
use super::{At, Listing, Web};
use crate::db::posts;
use crate::db::threads::{self, Contents, ThreadPost};
use crate::error::{Error, Result};
use crate::model::picture::MOST_PICTURES;
use crate::model::rights::{Act, Viewer, can_see, may, may_add};
use crate::model::{Actor, Attachment, Post, PostId, PostKind};
use crate::ops;
use crate::ops::members::random_token;

/// A reply that was sent and did not pass.
#[derive(Debug)]
pub struct Unsent {
    pub parent: PostId,
    pub as_comment: bool,
    pub body: String,
    pub once: String,
    /// What is wrong with the words, if anything.
    pub refused: Option<crate::model::names::Refused>,
    pub slots: Slots,
}

/// A form to reply with.
pub struct ReplyForm {
    pub field: Field,
    pub slots: Slots,
    pub once: String,
}

impl ReplyForm {
    fn wrong(&self) -> impl Iterator<Item = &Field> {
        std::iter::once(&self.field).filter(|field| field.error.is_some()).chain(self.slots.wrong())
    }
}

/// How many pictures go with a reply.
pub fn places(as_comment: bool) -> usize {
    if as_comment { 1 } else { MOST_PICTURES }
}

/// What the ids of a form for a reply begin with.
pub fn prefix(parent: PostId, as_comment: bool) -> String {
    format!("{}{parent}", if as_comment { "c" } else { "a" })
}

/// A post as this reader sees it, with what stands under it.
#[expect(clippy::struct_excessive_bools, reason = "what a template asks of a post")]
pub struct Node {
    pub it: ThreadPost,
    /// Removed, but something stands under it.
    pub removed: bool,
    pub chosen: bool,
    /// By somebody who also asked the question.
    pub by_asker: bool,
    pub may_appreciate: bool,
    pub may_choose: bool,
    pub may_edit: bool,
    /// What stands behind "More".
    pub more: More,
    /// What moderation adds.
    pub place: Place,
    /// Whom it answers, where that is not the post it stands under.
    pub to: Option<String>,
    pub comment: Option<ReplyForm>,
    pub comments: Vec<Node>,
    pub pictures: Vec<Attachment>,
}

#[derive(Template)]
#[template(path = "thread.html", config = "src/web/askama.toml")]
struct ThreadPage {
    ui: Ui,
    group: Actor,
    root: Node,
    /// Those on this page.
    answers: Vec<Node>,
    /// How many stand on all pages.
    answered: i64,
    /// An answer on the page before this one, and on the one after.
    earlier: Option<PostId>,
    later: Option<PostId>,
    question: bool,
    /// A choice that the question's home knows and we don't have yet.
    chosen_elsewhere: bool,
    answer: Option<ReplyForm>,
    /// Every answer and comment that stands.
    replies: i64,
    wrong: Vec<Field>,
    /// Whether replying makes the reader a member of the group.
    joins: bool,
    extra: Extra,
    /// When and where, of an event.
    event: Option<Block>,
    /// What ties it to events.
    links: Links,
    /// Whether a thread of another server is complete here.
    foot: Option<Foot>,
    desk: GroupDesk,
}

impl ThreadPage {
    /// Only then do we know that the answer helped who asked: a moderator may choose too.
    fn chosen_by_asker(&self) -> bool {
        let question = &self.root.it.post;
        question.accepted_by == Some(question.author_id)
    }
}

/// Makes what one reader sees of each post.
struct Reading<'a> {
    ui: &'a Ui,
    viewer: Viewer,
    question: &'a Post,
    unsent: Option<&'a Unsent>,
    pictures: HashMap<PostId, Vec<Attachment>>,
    group: &'a Actor,
    known_of: Known,
}

impl Reading<'_> {
    fn node(&self, it: ThreadPost, to: Option<String>) -> Node {
        let (post, viewer) = (&it.post, self.viewer);
        let answer = post.kind == PostKind::Answer && post.parent_id == Some(self.question.id);
        Node {
            removed: !can_see(viewer, post),
            chosen: self.question.accepted_id == Some(post.id),
            by_asker: !post.is_root() && self.question.kind == PostKind::Question && post.author_id == self.question.author_id,
            may_appreciate: may(viewer, Act::Appreciate, post),
            may_choose: answer && !post.is_deleted() && may(viewer, Act::Accept, self.question),
            may_edit: post.local && may(viewer, Act::Edit, post),
            more: More::of(viewer, self.question, post, self.group),
            comment: may_add(viewer, post, self.question).then(|| self.form(post.id, true)),
            place: Place::of(viewer, self.group, post, &self.known_of),
            comments: Vec::new(),
            pictures: self.pictures.get(&post.id).cloned().unwrap_or_default(),
            to,
            it,
        }
    }

    fn form(&self, parent: PostId, as_comment: bool) -> ReplyForm {
        let unsent = self.unsent.filter(|unsent| unsent.parent == parent && unsent.as_comment == as_comment);
        let (key, rows) = if as_comment { ("reply-comment", 3) } else { ("reply-answer", 8) };
        let prefix = prefix(parent, as_comment);
        let mut field = self.ui.field(key, "body", unsent.map_or("", |unsent| unsent.body.as_str())).area(rows).with_id(prefix.clone());
        field.error = unsent.and_then(|unsent| unsent.refused).map(|refused| self.ui.refusal(&field, refused));
        let slots = unsent.map_or_else(|| Slots::empty(self.ui, &prefix, places(as_comment)), |unsent| unsent.slots.clone());
        ReplyForm { field, slots, once: unsent.map_or_else(random_token, |unsent| unsent.once.clone()) }
    }
}

pub async fn show(State(web): State<Web>, ui: Ui, At(id): At<PostId>, Query(listing): Query<Listing>) -> Shown {
    show_page(&web, ui, id, listing.at, None).await
}

/// The thread, with a reply that did not pass back in its form.
pub async fn show_with(web: &Web, ui: Ui, id: PostId, unsent: &Unsent) -> Shown {
    show_page(web, ui, id, Some(unsent.parent), Some(unsent)).await
}

async fn show_page(web: &Web, ui: Ui, id: PostId, at: Option<PostId>, unsent: Option<&Unsent>) -> Shown {
    let mut conn = web.core.db.reading();
    let me = ui.me.as_ref().map(|me| &me.actor);
    let mut opening = threads::opening(&mut conn, id, me.map(|me| me.id)).await?;
    if !opening.post.is_root() {
        return Ok(to(&opening.post.path()));
    }
    let positions = std::mem::take(&mut opening.positions);
    let (post, group) = (&opening.post, &opening.group);
    let viewer = ops::viewer(&web.core, &mut conn, me, group.id).await?;
    let outline = Outline::of(viewer, positions, at).ok_or(Error::Gone)?;
    let Contents { posts, pictures, reports } = threads::contents(&mut conn, outline.shown(), me.map(|me| me.id)).await?;
    let joins = joins_by_posting(&mut conn, &ui, group).await?;
    let extra = Extra::read(&mut conn, &opening).await?;
    let known_of = place::known(&mut conn, viewer, group.id, id).await?;
    let desk = place::desk(&mut conn, viewer, group.id, web.core.now()).await?;
    let foot = Foot::read(&web.core, &ui, post).await?;
    let event = Block::read(web, &mut conn, &ui, viewer, post).await?;
    let links = Links::read(&web.core, &mut conn, &ui, viewer, &opening, reports).await?;
    let arranged = arrange(ui, viewer, opening.group, &outline, posts, pictures, unsent, known_of)?;
    let mut page = ThreadPage { joins, extra, event, links, foot, desk, ..arranged };
    // An event is changed where it says when it is, by whoever organises it.
    page.root.may_edit &= page.event.is_none();
    let status = if unsent.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else if page.root.removed && page.replies == 0 && page.root.place.removal.is_none() {
        StatusCode::GONE
    } else {
        StatusCode::OK
    };
    html_with(status, &page)
}

fn arrange(
    ui: Ui,
    viewer: Viewer,
    group: Actor,
    outline: &Outline,
    shown: Vec<ThreadPost>,
    attached: Vec<Attachment>,
    unsent: Option<&Unsent>,
    known_of: Known,
) -> Result<ThreadPage> {
    let mut pictures: HashMap<PostId, Vec<Attachment>> = HashMap::new();
    for picture in attached {
        pictures.entry(picture.post_id).or_default().push(picture);
    }
    let mut shown: HashMap<PostId, ThreadPost> = shown.into_iter().map(|it| (it.post.id, it)).collect();
    let names: HashMap<PostId, String> = shown.values().map(|it| (it.post.id, it.by.shown().to_owned())).collect();
    let first = shown.remove(&outline.root).ok_or(Error::NotFound)?;
    let post = first.post.clone();
    let reading = Reading { ui: &ui, viewer, question: &post, unsent, pictures, group: &group, known_of };
    let mut comments = |of: &[(PostId, Option<PostId>)]| -> Vec<Node> {
        let known = of.iter().filter_map(|(id, to)| Some((shown.remove(id)?, to.and_then(|to| names.get(&to).cloned()))));
        known.map(|(it, to)| reading.node(it, to)).collect()
    };
    let mut root = reading.node(first, None);
    root.comments = comments(&outline.comments);
    let below: Vec<Vec<Node>> = outline.answers.iter().map(|(_, under)| comments(under)).collect();
    let answers: Vec<Node> = outline
        .answers
        .iter()
        .zip(below)
        .filter_map(|((id, _), comments)| Some(Node { comments, ..reading.node(shown.remove(id)?, None) }))
        .collect();
    let question = post.kind == PostKind::Question;
    let answer = (question && may(viewer, Act::Reply, &post)).then(|| reading.form(post.id, false));
    let forms =
        answer.iter().chain(root.comment.iter()).chain(root.comments.iter().chain(&answers).filter_map(|node| node.comment.as_ref()));
    let nested = answers.iter().flat_map(|node| &node.comments).filter_map(|node| node.comment.as_ref());
    let wrong = forms.chain(nested).flat_map(ReplyForm::wrong).cloned().collect();
    let chosen_elsewhere = post.accepted_ap_id.is_some() && post.accepted_id.is_none();
    Ok(ThreadPage {
        ui,
        group,
        root,
        answers,
        answered: outline.answered,
        earlier: outline.earlier,
        later: outline.later,
        question,
        chosen_elsewhere,
        answer,
        replies: outline.replies,
        wrong,
        joins: false,
        extra: Extra::default(),
        event: None,
        links: Links::default(),
        foot: None,
        desk: GroupDesk::default(),
    })
}

/// `/comment/{id}`: the place in the thread.
pub async fn comment(State(web): State<Web>, At(id): At<PostId>) -> Shown {
    let post = posts::by_id(&mut web.core.db.conn(), id).await?;
    if post.is_deleted() && !is_by_moderator(&post) && posts::count_replies(&mut web.core.db.conn(), post.id).await? == 0 {
        return Err(Error::Gone.into());
    }
    Ok(to(&post.path()))
}
