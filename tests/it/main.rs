//! The tests, in one binary: linking is what costs. The modules mirror `src/`.

#![expect(clippy::unwrap_used, reason = "a test that can't go on says so by panicking")]

mod support;

mod administration;
mod arrows;
mod at_once;
mod attacks;
mod browser;
mod chaos;
mod command_line;
mod completeness;
mod connecting;
mod convergence;
mod crossing;
mod database;
mod demo;
mod documented;
mod doors;
mod events;
mod events_network;
mod everywhere;
mod federation;
mod files;
mod fuzzing;
mod groups;
mod groups_look;
mod invitations;
mod keyboard;
mod killed;
mod leaks;
mod leaving;
mod lists;
mod mail;
mod markup_in_words;
mod members;
mod members_browser;
mod moderation;
mod network;
mod notifications;
mod passwords;
mod peers;
mod properties;
mod queue;
mod regions;
mod shuffled;
mod starting;
mod stories;
mod upgrading;
mod web;
