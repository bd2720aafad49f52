//! How large everything is, in families of tables that an administrator has a word for.

use std::collections::BTreeMap;

use super::Core;
use crate::db::pruning::{self, Size};
use crate::error::Result;

/// The family of a table, and the table that the family is counted by.
fn family(table: &str) -> &'static str {
    match table {
        "post" | "waiting" | "removed_words" | "revision" | "moved" | "useful" | "tombstone" | "topic" | "post_topic" => "posts",
        "actor" | "account" | "session" | "follow" | "moderator" | "watch" | "actor_topic" | "notify_choice" | "group_page" => "actors",
        "activity" => "said",
        "delivery" | "peer" | "missing_inbox" => "deliveries",
        "received" => "received",
        "notification" => "notifications",
        "mail" => "mail",
        "file" | "attachment" | "remote_file" => "pictures",
        "audit" | "moderation" | "report" | "objection" => "logs",
        _ => "other",
    }
}

/// Measures everything and notes it. Takes a while on a large database: the worker does it every hour.
///
/// # Errors
/// When the database can't be read or written.
pub async fn measure(core: &Core) -> Result<()> {
    let mut conn = core.db.conn();
    let mut found: BTreeMap<&'static str, (i64, i64)> = BTreeMap::new();
    for (table, rows) in pruning::count_rows(&mut conn).await? {
        found.entry(family(&table)).or_default().0 += rows;
    }
    for (table, bytes) in pruning::table_bytes(&mut conn).await? {
        found.entry(family(&table)).or_default().1 += bytes;
    }
    // The pictures themselves lie beside the database.
    found.entry("pictures").or_default().1 += pruning::picture_bytes(&mut conn).await?;
    let at = core.now();
    let mut tx = core.db.begin().await?;
    for (family, (rows_kept, bytes)) in found {
        pruning::note_size(&mut tx, &Size { family: family.to_owned(), rows_kept, bytes, at }).await?;
    }
    tx.commit().await
}

/// Rows and bytes of each family as they were last measured, by name: `actors`, `deliveries`, `logs`, `mail`,
/// `notifications`, `other`, `pictures`, `posts`, `received` and `said`.
///
/// # Errors
/// When the database can't be read.
pub async fn last(core: &Core) -> Result<Vec<Size>> {
    pruning::sizes(&mut core.db.conn()).await
}
