//! Finding groups of other servers: asked for by the pages, done by the federation. The verbs know no network, so what
//! they need of it stands here as a trait.

use std::fmt::Debug;
use std::pin::Pin;

use crate::error::Result;
use crate::model::{Actor, ActorId, PostId};

/// An answer that takes a while.
pub type Found<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// What the pages ask of the network.
pub trait Finder: Debug + Send + Sync {
    /// The group that `text` names: `name@host`, `!name@host`, or the address of its page. Fetched and stored with its
    /// latest threads, when it was not known or that was a while ago.
    fn find_group<'a>(&'a self, text: &'a str) -> Found<'a, Actor>;

    /// Compares a thread of another server with its home and brings in what was missing.
    fn check_thread(&self, root: PostId) -> Found<'_, ()>;

    /// Fetches a group again and its newest threads.
    fn refresh_group(&self, group: ActorId) -> Found<'_, ()>;
}
