//! Taking in many replies from elsewhere at once. Most of what arrives is new, in an open thread, by somebody who may write:
//! for those, [`take_in`] does with a few statements for all what `publishing::take_in` does with many for each. Whatever is
//! not as plain as that is left to it.

use std::collections::{HashMap, HashSet};

use super::Core;
use super::arrived::{Arrived, Via, first_seen};
use super::saying::pass_on_replies;
use super::steering::is_shut;
use super::telling::{News, of_posts};
use crate::db::posts::{self, Unheard};
use crate::db::{Tx, actors};
use crate::error::Result;
use crate::model::{Actor, Post, PostId, PostKind};

/// A reply that has arrived.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    pub author: &'a Actor,
    pub group: &'a Actor,
    pub parent: PostId,
    pub arrived: &'a Arrived,
    pub via: Via<'a>,
}

/// A reply with its place in a thread.
struct Placed<'a> {
    reply: &'a Reply<'a>,
    root: &'a Post,
    parent: &'a Post,
}

/// Takes in those of these replies about which there is nothing to decide; says of each whether it did.
///
/// # Errors
/// When the database can't be written; nothing of it may be kept then.
pub async fn take_in(core: &Core, tx: &mut Tx, replies: &[Reply<'_>]) -> Result<Vec<bool>> {
    let mut taken = vec![false; replies.len()];
    let parents = posts::of_ids(tx, replies.iter().map(|reply| reply.parent)).await?;
    // What started the threads is held: a question must not choose an answer unseen while it comes in.
    let roots = posts::hold_all(tx, parents.iter().map(|parent| parent.root_id)).await?;
    let threads: HashMap<PostId, &Post> = parents.iter().chain(&roots).map(|post| (post.id, post)).collect();
    let here = actors::here(tx, replies.iter().map(|reply| reply.author.id).collect::<HashSet<_>>()).await?;
    let mut seen = HashSet::new();
    let mut plain: Vec<(usize, Placed<'_>)> = Vec::new();
    for (place, reply) in replies.iter().enumerate() {
        let Some(parent) = threads.get(&reply.parent).copied() else { continue };
        let Some(root) = threads.get(&parent.root_id).copied() else { continue };
        let placed = Placed { reply, root, parent };
        // Of two versions in one batch the first comes first.
        if here.contains(&reply.author.id) && placed.is_plain() && seen.insert(&reply.arrived.ap_id) {
            plain.push((place, placed));
        }
    }
    let asked: Vec<Unheard<'_>> = plain.iter().map(|(place, placed)| placed.unheard(*place)).collect();
    let unheard = if asked.is_empty() { Vec::new() } else { posts::unheard_of(tx, &asked).await? };
    for place in unheard {
        if let Some(taken) = usize::try_from(place).ok().and_then(|place| taken.get_mut(place)) {
            *taken = true;
        }
    }
    plain.retain(|(place, _)| taken[*place]);
    store(core, tx, plain.iter().map(|(_, placed)| placed)).await?;
    Ok(taken)
}

impl Placed<'_> {
    /// Whether it hangs on nothing but its thread.
    fn is_plain(&self) -> bool {
        let Reply { group, arrived, .. } = self.reply;
        self.parent.group_id == group.id && arrived.pictures.is_empty() && !(group.local && is_shut(self.root, self.parent))
    }

    fn unheard(&self, place: usize) -> Unheard<'_> {
        let Reply { author, group, parent, arrived, .. } = self.reply;
        Unheard { place, ap_id: &arrived.ap_id, author: &author.ap_id, author_id: author.id, group_id: group.id, parent_id: *parent }
    }
}

/// Stores them, tells whom they concern and passes them on.
async fn store<'a>(core: &Core, tx: &mut Tx, plain: impl Iterator<Item = &'a Placed<'a>>) -> Result<()> {
    let mut stored: Vec<(Post, &Placed<'_>)> = Vec::new();
    for placed in plain {
        let Reply { author, group, arrived, .. } = placed.reply;
        stored.push((first_seen(core, author, group, Some(placed.parent), PostKind::Comment, arrived)?, placed));
    }
    if stored.is_empty() {
        return Ok(());
    }
    posts::insert(tx, stored.iter().map(|(post, _)| post)).await?;
    let news: Vec<News<'_>> = stored
        .iter()
        .map(|(post, placed)| News {
            post,
            asker: placed.root.author_id,
            replied: Some(placed.parent.author_id),
            mentioned: &placed.reply.arrived.mentions,
        })
        .collect();
    of_posts(core, tx, &news).await?;
    let passed_on = stored.iter().filter(|(_, placed)| placed.reply.group.local).filter_map(|(post, placed)| match placed.reply.via {
        Via::Sent(raw) => Some((post.group_id, post, raw)),
        Via::Quietly => None,
    });
    pass_on_replies(core, tx, passed_on).await
}
