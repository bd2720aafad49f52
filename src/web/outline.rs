//! The order of a thread: which answers stand on a page, and what stands under each. It is made of the places of all posts; the
//! words are read of those on the page alone.

use std::collections::{HashMap, HashSet};

use crate::db::threads::Position;
use crate::model::rights::{Viewer, can_see};
use crate::model::{PostId, PostKind};
use crate::web::moderation::place::is_by_moderator;

/// Answers on one page of a thread.
const ANSWERS: usize = 30;

/// What stands under a post, in order of time, and what each answers where that is not the post itself.
type Under = Vec<(PostId, Option<PostId>)>;

/// A page of a thread.
#[derive(Debug)]
pub struct Outline {
    pub root: PostId,
    /// Under what started the thread.
    pub comments: Under,
    /// The answers on this page.
    pub answers: Vec<(PostId, Under)>,
    /// How many stand on all pages.
    pub answered: i64,
    /// An answer on the page before this one, and on the one after.
    pub earlier: Option<PostId>,
    pub later: Option<PostId>,
    /// Every answer and comment that stands.
    pub replies: i64,
}

impl Outline {
    /// The page with `at` on it, or the first; nothing when what started the thread is gone for good.
    pub fn of(viewer: Viewer, all: Vec<Position>, at: Option<PostId>) -> Option<Self> {
        let parents: HashMap<PostId, Option<PostId>> = all.iter().map(|it| (it.id, it.parent_id)).collect();
        let standing = standing(viewer, &all, &parents);
        let top = at.and_then(|at| top_of(at, &parents));
        let first = all.iter().find(|it| it.parent_id.is_none())?;
        let (root, accepted) = (first.id, first.accepted_id);
        if !standing.contains(&root) {
            return None;
        }
        let mut below: HashMap<PostId, Vec<Position>> = HashMap::new();
        let mut replies = 0;
        for it in all {
            let Some(parent) = it.parent_id else { continue };
            replies += i64::from(it.deleted_at.is_none());
            if standing.contains(&it.id) {
                // What replies to nothing that is here is a direct reply.
                below.entry(if parents.contains_key(&parent) { parent } else { root }).or_default().push(it);
            }
        }
        let direct = below.remove(&root).unwrap_or_default();
        let (mut answers, comments): (Vec<_>, Vec<_>) = direct.into_iter().partition(|it| it.kind == PostKind::Answer);
        answers.sort_by_key(|it| (accepted != Some(it.id), -it.useful, it.published_at, it.id));
        let answered = i64::try_from(answers.iter().filter(|it| can_see(viewer, *it)).count()).unwrap_or(i64::MAX);
        let begin = answers.iter().position(|it| Some(it.id) == top).unwrap_or(0) / ANSWERS * ANSWERS;
        let id_at = |place: usize| answers.get(place).map(|it| it.id);
        let (earlier, later) = (begin.checked_sub(ANSWERS).and_then(id_at), id_at(begin + ANSWERS));
        let answers = answers.iter().skip(begin).take(ANSWERS).map(|it| (it.id, under(it.id, &mut below))).collect();
        below.insert(root, comments);
        let comments = under(root, &mut below);
        Some(Self { root, comments, answers, answered, earlier, later, replies })
    }

    /// Everything on this page.
    pub fn shown(&self) -> impl Iterator<Item = PostId> {
        let under = self.comments.iter().chain(self.answers.iter().flat_map(|(_, under)| under)).map(|(id, _)| *id);
        std::iter::once(self.root).chain(self.answers.iter().map(|(id, _)| *id)).chain(under)
    }
}

/// Everything below a post in one list, in order of time: conversations under an answer stay readable.
fn under(top: PostId, below: &mut HashMap<PostId, Vec<Position>>) -> Under {
    let mut found = Vec::new();
    let mut open = vec![(top, None)];
    while let Some((parent, to)) = open.pop() {
        for reply in below.remove(&parent).unwrap_or_default() {
            open.push((reply.id, Some(reply.id)));
            found.push((reply.published_at, reply.id, to));
        }
    }
    found.sort_by_key(|(at, id, _)| (*at, *id));
    found.into_iter().map(|(_, id, to)| (id, to)).collect()
}

/// What can be seen, or was removed by a moderator, and everything above it. Not by recursion: strangers decide how deep a thread goes.
fn standing(viewer: Viewer, all: &[Position], parents: &HashMap<PostId, Option<PostId>>) -> HashSet<PostId> {
    let mut standing = HashSet::with_capacity(all.len());
    for it in all.iter().filter(|it| can_see(viewer, *it) || is_by_moderator(*it)) {
        let mut at = Some(it.id);
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
