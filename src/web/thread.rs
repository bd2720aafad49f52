//! A thread: the question, the chosen answer first, the others by how useful they were, comments under each.

use std::collections::{HashMap, HashSet};

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
use super::page::{Shown, html_with};
use super::session::to;
use super::slots::Slots;
use super::thread_extra::Extra;
use super::ui::Ui;
use super::{At, Listing, Web};
use crate::db::lists::{self, ThreadPost};
use crate::db::{actors, attachments, posts};
use crate::error::{Error, Result};
use crate::model::picture::MOST_PICTURES;
use crate::model::rights::{Act, Viewer, can_see, may, may_add};
use crate::model::{Actor, Attachment, PostId, PostKind};
use crate::ops;
use crate::ops::members::random_token;

/// Answers on one page of a thread.
const ANSWERS: usize = 30;

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

/// Puts the posts of a thread in place for one reader.
struct Tree<'a> {
    ui: &'a Ui,
    viewer: Viewer,
    /// Replies by what they reply to, in order of time.
    below: HashMap<PostId, Vec<ThreadPost>>,
    /// What is shown: what can be seen, and what that hangs on.
    standing: HashSet<PostId>,
    question: crate::model::Post,
    unsent: Option<&'a Unsent>,
    pictures: HashMap<PostId, Vec<Attachment>>,
    group: &'a Actor,
    known_of: Known,
}

/// What can be seen, or was removed by a moderator, and everything above it. Not by recursion: strangers decide how deep a thread goes.
fn standing(viewer: Viewer, all: &[ThreadPost]) -> HashSet<PostId> {
    let parents: HashMap<PostId, Option<PostId>> = all.iter().map(|it| (it.post.id, it.post.parent_id)).collect();
    let mut standing = HashSet::new();
    for it in all.iter().filter(|it| can_see(viewer, &it.post) || is_by_moderator(&it.post)) {
        let mut at = Some(it.post.id);
        while let Some(id) = at.filter(|id| standing.insert(*id)) {
            at = parents.get(&id).copied().flatten();
        }
    }
    standing
}

/// The direct reply under which a post stands, by what each replies to.
fn top_of(post: PostId, parents: &HashMap<PostId, Option<PostId>>) -> Option<PostId> {
    let mut top = post;
    while let Some(parent) = parents.get(&top).copied().flatten() {
        // What replies to what started the thread, or to nothing that is here, is a direct reply.
        if !matches!(parents.get(&parent), Some(Some(_))) {
            return Some(top);
        }
        top = parent;
    }
    None
}

impl Tree<'_> {
    fn stands(&self, it: &ThreadPost) -> bool {
        self.standing.contains(&it.post.id)
    }

    fn node(&self, it: ThreadPost, to: Option<String>) -> Node {
        let (post, viewer) = (&it.post, self.viewer);
        let answer = post.kind == PostKind::Answer && post.parent_id == Some(self.question.id);
        Node {
            removed: !can_see(viewer, post),
            chosen: self.question.accepted_id == Some(post.id),
            by_asker: !post.is_root() && self.question.kind == PostKind::Question && post.author_id == self.question.author_id,
            may_appreciate: may(viewer, Act::Appreciate, post),
            may_choose: answer && !post.is_deleted() && may(viewer, Act::Accept, &self.question),
            may_edit: post.local && may(viewer, Act::Edit, post),
            more: More::of(viewer, &self.question, post, self.group),
            comment: may_add(viewer, post, &self.question).then(|| self.form(post.id, true)),
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

    /// Everything below a post in one list, in order of time: conversations under an answer stay readable.
    fn comments(&mut self, top: PostId) -> Vec<Node> {
        let mut found: Vec<(ThreadPost, Option<String>)> = Vec::new();
        let mut open: Vec<(PostId, Option<String>)> = vec![(top, None)];
        while let Some((parent, name)) = open.pop() {
            let replies = self.below.get(&parent).cloned().unwrap_or_default();
            for reply in replies.into_iter().filter(|reply| self.stands(reply)) {
                open.push((reply.post.id, Some(reply.by.shown().to_owned())));
                found.push((reply, name.clone()));
            }
        }
        found.sort_by_key(|(reply, _)| (reply.post.published_at, reply.post.id));
        found.into_iter().map(|(reply, to)| self.node(reply, to)).collect()
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
    let mut conn = web.core.db.conn();
    let post = posts::by_id(&mut conn, id).await?;
    if !post.is_root() {
        return Ok(to(&post.path()));
    }
    let group = actors::by_id(&mut conn, post.group_id).await?;
    let me = ui.me.as_ref().map(|me| &me.actor);
    let viewer = ops::viewer(&web.core, &mut conn, me, group.id).await?;
    let all = lists::thread(&mut conn, id, me.map(|me| me.id)).await?;
    let joins = joins_by_posting(&mut conn, &ui, &group).await?;
    let mut pictures: HashMap<PostId, Vec<Attachment>> = HashMap::new();
    for picture in attachments::of_thread(&mut conn, id).await? {
        pictures.entry(picture.post_id).or_default().push(picture);
    }
    let extra = Extra::read(&mut conn, &ui, &post).await?;
    let known_of = place::known(&mut conn, viewer, group.id, id).await?;
    let desk = place::desk(&mut conn, viewer, group.id, web.core.now()).await?;
    let foot = Foot::read(&web.core, &ui, &post).await?;
    let event = Block::read(web, &mut conn, &ui, viewer, &post).await?;
    let links = Links::read(&web.core, &mut conn, &ui, viewer, &post, &group).await?;
    let mut page =
        ThreadPage { joins, extra, event, links, foot, desk, ..arrange(ui, viewer, group, all, pictures, at, unsent, known_of)? };
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
    all: Vec<ThreadPost>,
    pictures: HashMap<PostId, Vec<Attachment>>,
    at: Option<PostId>,
    unsent: Option<&Unsent>,
    known_of: Known,
) -> Result<ThreadPage> {
    let standing = standing(viewer, &all);
    let known: HashMap<PostId, Option<PostId>> = all.iter().map(|it| (it.post.id, it.post.parent_id)).collect();
    let top = at.and_then(|at| top_of(at, &known));
    let mut below: HashMap<PostId, Vec<ThreadPost>> = HashMap::new();
    let mut first = None;
    let mut replies = 0;
    for it in all {
        match it.post.parent_id {
            None => first = Some(it),
            Some(parent) => {
                replies += i64::from(!it.post.is_deleted());
                let place = if known.contains_key(&parent) { parent } else { it.post.root_id };
                below.entry(place).or_default().push(it);
            }
        }
    }
    let first = first.ok_or(Error::NotFound)?;
    let post = first.post.clone();
    let mut tree = Tree { ui: &ui, viewer, below, standing, question: post.clone(), unsent, pictures, group: &group, known_of };
    if !tree.stands(&first) {
        return Err(Error::Gone);
    }
    let direct = tree.below.remove(&post.id).unwrap_or_default();
    let (answers, comments): (Vec<_>, Vec<_>) = direct.into_iter().partition(|it| it.post.kind == PostKind::Answer);
    let mut answers: Vec<ThreadPost> = answers.into_iter().filter(|it| tree.stands(it)).collect();
    answers.sort_by_key(|it| (post.accepted_id != Some(it.post.id), -it.useful, it.post.published_at, it.post.id));
    let answered = i64::try_from(answers.iter().filter(|it| can_see(viewer, &it.post)).count()).unwrap_or(i64::MAX);
    let begin = answers.iter().position(|it| Some(it.post.id) == top).unwrap_or(0) / ANSWERS * ANSWERS;
    let id_at = |place: usize| answers.get(place).map(|it| it.post.id);
    let (earlier, later) = (begin.checked_sub(ANSWERS).and_then(id_at), id_at(begin + ANSWERS));
    // Forms and what else goes with a post are made for those on this page alone.
    let shown = answers.into_iter().skip(begin).take(ANSWERS);
    let answers: Vec<Node> = shown
        .map(|it| {
            let comments = tree.comments(it.post.id);
            Node { comments, ..tree.node(it, None) }
        })
        .collect();
    tree.below.insert(post.id, comments);
    let mut root = tree.node(first, None);
    root.comments = tree.comments(post.id);
    let question = post.kind == PostKind::Question;
    let answer = (question && may(viewer, Act::Reply, &post)).then(|| tree.form(post.id, false));
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
        answered,
        earlier,
        later,
        question,
        chosen_elsewhere,
        answer,
        replies,
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
