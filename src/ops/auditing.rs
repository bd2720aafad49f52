//! The audit log: what administrators and the command line did, in a chain of hashes that shows when a link was changed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::Core;
use crate::db::audit::{self, Entry};
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::model::{Actor, Time};

/// Who did something that is written down.
#[derive(Clone, Copy, Debug)]
pub enum Who<'a> {
    Member(&'a Actor),
    CommandLine,
}

/// Writes down what was done, in the transaction that does it. `act` is a word with dots (`member.suspend`), `subject` what
/// it was done to, `detail` what changed, in a few plain words; never a password, a token or a mail address.
///
/// The last thing in a transaction: nobody else writes into the log until it ends, so whoever locks anything after this can
/// wait for somebody who waits for them.
///
/// # Errors
/// When the database can't be written.
pub async fn record(core: &Core, tx: &mut Tx, who: Who<'_>, act: &str, subject: &str, detail: &str) -> Result<()> {
    record_at(tx, core.now(), who, act, subject, detail).await
}

/// The same without an instance around it: the command line has none before the tables are there.
///
/// # Errors
/// When the database can't be written.
pub async fn record_at(tx: &mut Tx, at: Time, who: Who<'_>, act: &str, subject: &str, detail: &str) -> Result<()> {
    let last = audit::last(tx).await?;
    let mut entry = Entry {
        seq: last.as_ref().map_or(1, |last| last.seq + 1),
        at,
        who: match who {
            Who::Member(actor) => format!("@{}", actor.name),
            Who::CommandLine => "command line".into(),
        },
        act: act.to_owned(),
        subject: subject.to_owned(),
        detail: detail.to_owned(),
        previous: last.map_or_else(String::new, |last| last.hash),
        hash: String::new(),
    };
    entry.hash = hash(&entry);
    audit::insert(tx, &entry).await
}

/// The hash of an entry over everything in it, the hash of the one before included. Each part is preceded by its length, so
/// that nothing can move from one to the next.
#[must_use]
pub fn hash(entry: &Entry) -> String {
    let mut hasher = Sha256::new();
    let (seq, at) = (entry.seq.to_string(), entry.at.0.to_string());
    for part in [&seq, &at, &entry.who, &entry.act, &entry.subject, &entry.detail, &entry.previous] {
        hasher.update(part.len().to_string());
        hasher.update(b":");
        hasher.update(part);
    }
    URL_SAFE_NO_PAD.encode(hasher.finalize())
}

/// What a walk along the chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chain {
    /// Whole: how many entries, and the hash of the last. Whoever wrote that hash down elsewhere sees that none is missing.
    Whole { entries: i64, last: String },
    /// The first entry that does not fit, and why.
    Broken { seq: i64, why: &'static str },
}

/// Entries that are read at a time.
const STEP: i64 = 500;

/// Walks the whole chain.
///
/// # Errors
/// When the database can't be read.
pub async fn verify(conn: &mut Conn) -> Result<Chain> {
    let (mut entries, mut last) = (0, String::new());
    loop {
        let part = audit::after(conn, entries, STEP).await?;
        if part.is_empty() {
            return Ok(Chain::Whole { entries, last });
        }
        for entry in part {
            let why = if entry.seq != entries + 1 {
                Some("an entry before it is missing")
            } else if entry.previous != last {
                Some("it does not follow on the one before it")
            } else if entry.hash != hash(&entry) {
                Some("it was changed")
            } else {
                None
            };
            if let Some(why) = why {
                return Ok(Chain::Broken { seq: entry.seq, why });
            }
            (entries, last) = (entry.seq, entry.hash);
        }
    }
}
