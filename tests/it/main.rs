//! The tests, in one binary: linking is what costs. The modules mirror `src/`.

mod support;

mod arrows;
mod database;
mod documented;
mod federation;
mod network;
