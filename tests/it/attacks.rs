//! The attack list (docs/ATTACKS.md), beside the tests of the same rules in `federation/`: each test is named after the rules
//! that it proves, and a hostile server sends over real HTTP what they are about.

mod content;
mod identity;
mod network;
mod questions;
mod table;
mod transport;
mod unlisted;
mod wrapped;

use meent::db::hosts::{self, HostRule};
use meent::model::Actor;

use crate::support::TestApp;

/// Allows or blocks a server, as an administrator does.
async fn rule(app: &TestApp, by: &Actor, host: &str, rule: &str) {
    let rule =
        HostRule { host: host.to_owned(), rule: rule.to_owned(), reason: "Daarom".into(), by_id: Some(by.id), created_at: app.clock.now() };
    let mut tx = app.core.db.begin().await.expect("a transaction");
    hosts::put(&mut tx, &rule).await.expect("a rule");
    app.core.commit(tx).await.expect("a commit");
    app.core.hosts.forget();
}
