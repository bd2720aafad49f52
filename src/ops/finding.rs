//! Finding groups of other servers: asked for by the pages, done by the federation. The verbs know no network, so what
//! they need of it stands here as a trait.

use std::fmt::Debug;
use std::pin::Pin;

use crate::error::Result;
use crate::model::{Actor, ActorId};

/// An answer that takes a while.
pub type Found<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// What the pages ask of the network.
pub trait Finder: Debug + Send + Sync {
    /// The group that `text` names: `name@host`, `!name@host`, or the address of its page. Fetched and stored with its
    /// latest threads, when it was not known or that was a while ago.
    fn find_group<'a>(&'a self, text: &'a str) -> Found<'a, Actor>;

    /// The person of another server that `name@host` names; fetched and stored when nobody here knew them.
    fn find_member<'a>(&'a self, text: &'a str) -> Found<'a, Actor>;

    /// Fetches somebody or a group of another server again, as they are there now.
    fn look_again(&self, actor: ActorId) -> Found<'_, Actor>;

    /// Fetches a group again and its newest threads.
    fn refresh_group(&self, group: ActorId) -> Found<'_, ()>;

    /// The bytes at an address that claims to be a picture.
    fn fetch_picture<'a>(&'a self, url: &'a str) -> Found<'a, Vec<u8>>;
}
