//! Meent: a federated discussion server for municipalities and regions.
//!
//! ```text
//! main -> demo -> app -> { web, federation, jobs } -> ops -> db -> model        config, error: anyone
//!                          jobs -> federation
//! ```
//!
//! | module | is |
//! | --- | --- |
//! | [`model`] | nouns: ids, names, actors, posts, rights, markup. No I/O |
//! | [`db`] | all SQL, one text for SQLite and PostgreSQL |
//! | [`ops`] | verbs: ask, answer, accept, join; the same for local and remote people |
//! | [`federation`] | ActivityPub in and out |
//! | [`web`] | the pages |
//! | [`jobs`] | the worker |
//! | [`app`] | puts it together, starts and stops it |
//! | [`demo`] | three instances to look around in, and what is in them |
//!
//! A test reads the imports and fails on an arrow against this picture.

pub mod app;
pub mod config;
pub mod db;
pub mod demo;
pub mod error;
pub mod federation;
pub mod jobs;
pub mod model;
pub mod ops;
pub mod web;
