//! Trying out whether another server can be reached: asked for by the pages, done by the federation.

use std::fmt::Debug;

use super::finding::Found;

/// One step of a test, and what came of it.
#[derive(Clone, Debug)]
pub struct Step {
    /// What was tried: `webfinger`, `nodeinfo`, `actor`, `signed`.
    pub what: &'static str,
    /// What was found; or what went wrong, in the words of the network.
    pub outcome: Result<String, String>,
}

/// What the pages ask about another server.
pub trait Prober: Debug + Send + Sync {
    /// Goes to a server now, step by step, whatever the state of its lane.
    fn probe<'a>(&'a self, host: &'a str) -> Found<'a, Vec<Step>>;
}
