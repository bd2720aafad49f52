//! What was changed since when: so that whoever keeps a finished page knows whether it still says what the database says.
//!
//! Every write through a [`Tx`](super::Tx) counts as a change of everything that visitors see, unless its statement says beside itself
//! that it changes less: `Tx::unseen` (what no visitor's page shows), `Tx::listed` (lists and counts, but no thread), `Tx::of_posts`
//! (lists, and what is said about these posts). Who forgets to say so pays with pages that are made anew; never with a wrong one.
//!
//! What other processes commit is noticed when [`Db::look_elsewhere`](super::Db::look_elsewhere) looks: SQLite tells by
//! `PRAGMA data_version`, on PostgreSQL every process counts up a sequence after what it committed.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::model::PostId;

/// How many posts are told apart; beyond that everything counts as changed.
const MOST_POSTS: usize = 20_000;
/// How many numbers of the sequence are remembered as ours.
const MOST_NUMBERS: usize = 10_000;

/// What one transaction changes, as far as visitors can see it.
#[derive(Debug, Default)]
pub(super) struct Reach {
    pub everything: bool,
    pub lists: bool,
    pub posts: BTreeSet<PostId>,
}

impl Reach {
    pub fn is_nothing(&self) -> bool {
        !self.everything && !self.lists && self.posts.is_empty()
    }
}

/// The changes since this process opened the database, counted.
#[derive(Debug, Default)]
pub struct Changes {
    known: Mutex<Known>,
    elsewhere: Mutex<Elsewhere>,
    /// Set when the writer was busy while somebody wanted to look: who writes next looks.
    pub(super) look_due: AtomicBool,
    /// Statements that ran by themselves: what reading costs.
    pub(super) statements: AtomicU64,
}

#[derive(Debug, Default)]
struct Known {
    at: u64,
    everything: u64,
    lists: u64,
    posts: HashMap<PostId, u64>,
}

/// What is known of what other processes commit.
#[derive(Debug, Default)]
struct Elsewhere {
    /// SQLite's version of the file, as the writing connection sees it.
    version: Option<i64>,
    /// How far the sequence has been looked at, and which of its numbers beyond that are ours.
    counted: Option<i64>,
    ours: BTreeSet<i64>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Changes {
    /// The number of the last change: what is read from now on holds at least that.
    #[must_use]
    pub fn now(&self) -> u64 {
        locked(&self.known).at
    }

    /// The number of the last change that a page about this post may show; without one, a page with a list or a count.
    #[must_use]
    pub fn last(&self, of: Option<PostId>) -> u64 {
        let known = locked(&self.known);
        let least = of.map_or(known.lists, |post| known.posts.get(&post).copied().unwrap_or_default());
        known.everything.max(least)
    }

    pub(super) fn note(&self, reach: Reach) {
        let mut known = locked(&self.known);
        known.at += 1;
        let at = known.at;
        if reach.everything || known.posts.len() + reach.posts.len() > MOST_POSTS {
            known.everything = at;
            known.posts.clear();
        } else {
            // What is said about a post stands in lists too.
            known.lists = at;
            known.posts.extend(reach.posts.into_iter().map(|post| (post, at)));
        }
    }

    /// Counts a change of everything, for what is changed by other means than a [`Tx`](super::Tx).
    pub fn note_everything(&self) {
        self.note(Reach { everything: true, ..Reach::default() });
    }

    /// SQLite's version of the file as a new writing connection sees it. It can't be compared with what the one before said.
    pub(super) fn new_connection(&self, version: i64) {
        locked(&self.elsewhere).version = Some(version);
        self.note_everything();
    }

    /// SQLite's version of the file, which changes when another process commits.
    pub(super) fn saw_version(&self, version: i64) {
        if locked(&self.elsewhere).version.replace(version) != Some(version) {
            self.note_everything();
        }
    }

    /// A number of the sequence that we took ourselves.
    pub(super) fn took(&self, number: i64) {
        let mut elsewhere = locked(&self.elsewhere);
        // Nobody looks how far it is, where no pages are kept: what was before the next look is unknown then.
        if elsewhere.ours.len() >= MOST_NUMBERS {
            elsewhere.ours.clear();
            elsewhere.counted = None;
        }
        elsewhere.ours.insert(number);
    }

    /// How far the sequence is.
    pub(super) fn saw_count(&self, count: i64) {
        let mut elsewhere = locked(&self.elsewhere);
        let before = elsewhere.counted.replace(count);
        let later = elsewhere.ours.split_off(&(count + 1));
        let ours = std::mem::replace(&mut elsewhere.ours, later);
        let mine = before.is_some_and(|before| i64::try_from(ours.range(before + 1..).count()) == Ok(count - before));
        drop(elsewhere);
        if !mine {
            self.note_everything();
        }
    }

    /// How many statements ran by themselves since the start.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_reaches_what_shows_it_and_nothing_else() {
        let changes = Changes::default();
        changes.note(Reach { posts: BTreeSet::from([PostId(1)]), ..Reach::default() });
        assert_eq!((changes.last(Some(PostId(1))), changes.last(Some(PostId(2))), changes.last(None)), (1, 0, 1));
        changes.note(Reach { lists: true, ..Reach::default() });
        assert_eq!((changes.last(Some(PostId(1))), changes.last(None)), (1, 2));
        changes.note_everything();
        assert_eq!((changes.last(Some(PostId(1))), changes.last(Some(PostId(2))), changes.last(None)), (3, 3, 3));
    }

    #[test]
    fn our_own_numbers_are_no_news_and_those_of_others_are() {
        let changes = Changes::default();
        changes.saw_count(5);
        assert_eq!(changes.now(), 1, "what was before is unknown");
        changes.took(6);
        changes.took(7);
        changes.saw_count(7);
        changes.saw_count(7);
        assert_eq!(changes.now(), 1);
        changes.took(9);
        changes.saw_count(9);
        assert_eq!(changes.now(), 2, "somebody else took 8");
        changes.took(10);
        changes.took(12);
        changes.saw_count(10);
        assert_eq!(changes.now(), 2);
        changes.took(11);
        changes.saw_count(12);
        assert_eq!(changes.now(), 2);
        // Where nobody looks for long, they are not all remembered.
        let many = 12 + i64::try_from(MOST_NUMBERS).unwrap();
        (13..=many + 1).for_each(|number| changes.took(number));
        assert_eq!(locked(&changes.elsewhere).ours.len(), 1);
        changes.saw_count(many + 1);
        assert_eq!(changes.now(), 3);
    }
}
