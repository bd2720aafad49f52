//! The tests, in one binary: linking is what costs. The modules mirror `src/`.

mod support;

mod arrows;
mod browser;
mod convergence;
mod database;
mod documented;
mod killed;
mod network;
mod properties;
mod starting;
