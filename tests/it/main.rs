//! The tests, in one binary: linking is what costs. The modules mirror `src/`.

#![expect(clippy::unwrap_used, reason = "a test that can't go on says so by panicking")]

mod support;

mod arrows;
mod browser;
mod convergence;
mod database;
mod documented;
mod federation;
mod killed;
mod network;
mod properties;
mod starting;
mod web;
