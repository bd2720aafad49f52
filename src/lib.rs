//! Meent: a federated discussion server for municipalities and regions.
//!
//! ```text
//! main -> demo -> app -> { web, federation, jobs } -> ops -> { db, storage } -> model        config, error, log, metrics: anyone
//!                          jobs -> federation
//! main -> doctor -> { federation, jobs } -> ops -> db -> model
//! ```
//!
//! | module | is |
//! | --- | --- |
//! | [`model`] | nouns: ids, names, actors, posts, rights, markup. No I/O |
//! | [`db`] | all SQL, one text for SQLite and PostgreSQL |
//! | [`storage`] | the bytes of files: a folder or a bucket |
//! | [`ops`] | verbs: ask, answer, accept, join; the same for local and remote people |
//! | [`federation`] | ActivityPub in and out |
//! | [`web`] | the pages |
//! | [`jobs`] | the worker |
//! | [`app`] | puts it together, starts and stops it |
//! | [`metrics`], [`log`] | what is counted; how the log looks and what never stands in it |
//! | [`doctor`] | looks at an instance from outside the process and says what is wrong |
//! | [`demo`] | three instances to look around in, and what is in them |
//!
//! A test reads the imports and fails on an arrow against this picture.

pub mod app;
pub mod config;
pub mod db;
pub mod demo;
pub mod doctor;
pub mod error;
pub mod federation;
pub mod jobs;
pub mod log;
pub mod metrics;
pub mod model;
pub mod ops;
pub mod storage;
pub mod web;

/// What a server does most is take memory and give it back, a little at a time, on many threads.
#[cfg(feature = "allocator")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
