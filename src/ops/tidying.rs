//! Throwing away in time: what goes, after how long, and how much went. In small steps, each a transaction of its own, so that
//! it holds nobody up. What was said, what was received and threads of other servers are in `forgetting`, pictures in `files`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Core, forgetting};
use crate::config::Keep;
use crate::db::settings::{self, key};
use crate::db::sweeping::{self, Kind};
use crate::error::Result;
use crate::model::Time;

/// How much of a kind goes in one commit, and how often in one round.
const BATCH: i64 = 500;
const STEPS: usize = 40;

/// How long something is kept.
#[derive(Clone, Copy, Debug)]
pub enum Kept {
    /// Until the moment that it says itself.
    Until,
    /// So many days, which nobody can set.
    Fixed(i64),
    /// As many days as this key of `[keep]` says.
    Set(&'static str, fn(&Keep) -> i64),
}

impl Kept {
    /// For how many days; none for what says itself when it ends.
    #[must_use]
    pub fn days(self, keep: &Keep) -> Option<i64> {
        match self {
            Self::Until => None,
            Self::Fixed(days) => Some(days),
            Self::Set(_, days) => Some(days(keep)),
        }
    }
}

/// What is thrown away, how it is called in the locales and the figures, and how long it is kept.
const RULES: [(Kind, &str, Kept); 20] = [
    (Kind::Sessions, "sessions", Kept::Until),
    (Kind::LogIns, "log-ins", Kept::Fixed(1)),
    (Kind::Tokens, "tokens", Kept::Until),
    (Kind::Submissions, "submissions", Kept::Fixed(7)),
    (Kind::Mails, "mails", Kept::Set("mail_days", |keep| keep.mail_days)),
    (Kind::Notifications, "notifications", Kept::Set("notification_days", |keep| keep.notification_days)),
    (Kind::Tombstones, "tombstones", Kept::Set("removed_days", |keep| keep.removed_days)),
    (Kind::Deeds, "deeds", Kept::Set("removed_days", |keep| keep.removed_days)),
    (Kind::Votes, "votes", Kept::Set("withdrawn_days", |keep| keep.withdrawn_days)),
    (Kind::Interests, "interests", Kept::Set("withdrawn_days", |keep| keep.withdrawn_days)),
    (Kind::SignUps, "sign-ups", Kept::Set("withdrawn_days", |keep| keep.withdrawn_days)),
    (Kind::Guests, "guests", Kept::Set("guest_days", |keep| keep.guest_days)),
    (Kind::Suspensions, "suspensions", Kept::Set("withdrawn_days", |keep| keep.withdrawn_days)),
    (Kind::Topics, "topics", Kept::Set("withdrawn_days", |keep| keep.withdrawn_days)),
    (Kind::Invitations, "invitations", Kept::Set("invitation_days", |keep| keep.invitation_days)),
    (Kind::Proposals, "proposals", Kept::Set("proposal_days", |keep| keep.proposal_days)),
    (Kind::Connections, "connections", Kept::Set("server_days", |keep| keep.server_days)),
    (Kind::OfferedGroups, "offered-groups", Kept::Set("server_days", |keep| keep.server_days)),
    (Kind::Regions, "regions", Kept::Set("server_days", |keep| keep.server_days)),
    (Kind::Servers, "servers", Kept::Set("server_days", |keep| keep.server_days)),
];

/// What `forgetting` throws away, in the same words.
const FORGOTTEN: [(&str, Kept); 4] = [
    ("said", Kept::Set("said_days", |keep| keep.said_days)),
    ("said-votes", Kept::Set("votes_days", |keep| keep.votes_days)),
    ("received", Kept::Set("received_days", |keep| keep.received_days)),
    ("failed", Kept::Set("failed_days", |keep| keep.failed_days)),
];

/// What was thrown away so far.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tidied {
    /// When the last round ended; none before the first.
    pub at: Option<Time>,
    /// How much of each kind in all rounds.
    pub gone: BTreeMap<String, u64>,
}

/// Everything that is thrown away in time, in the order in which it is shown: its word, how long it is kept.
pub fn rules() -> impl Iterator<Item = (&'static str, Kept)> {
    FORGOTTEN.into_iter().chain(RULES.into_iter().map(|(_, word, kept)| (word, kept)))
}

/// Throws away everything that has had its time.
///
/// # Errors
/// When the database can't be read or written.
pub async fn tidy(core: &Core) -> Result<()> {
    let mut gone: Vec<(&str, u64)> = Vec::new();
    for (kind, word, kept) in RULES {
        gone.push((word, sweep(core, kind, kept).await?));
    }
    let pruned = forgetting::prune(core).await?;
    gone.push(("said", pruned.said));
    gone.push(("received", pruned.received));
    gone.push(("threads", u64::try_from(forgetting::forget_threads(core).await?).unwrap_or(0)));
    note(core, &gone).await
}

async fn sweep(core: &Core, kind: Kind, kept: Kept) -> Result<u64> {
    let before = core.now().plus(-kept.days(&core.config.keep).unwrap_or(0) * Time::DAY);
    let mut gone = 0;
    for _ in 0..STEPS {
        let mut tx = core.db.begin().await?;
        let step = sweeping::sweep(&mut tx, kind, before, BATCH).await?;
        if step > 0 {
            tx.commit().await?;
        }
        gone += step;
        if step < BATCH.unsigned_abs() {
            break;
        }
    }
    Ok(gone)
}

async fn note(core: &Core, gone: &[(&str, u64)]) -> Result<()> {
    let mut tx = core.db.begin().await?;
    let mut so_far = read(settings::get(&mut tx, key::TIDIED).await?);
    so_far.at = Some(core.now());
    for (word, many) in gone.iter().filter(|(_, many)| *many > 0) {
        *so_far.gone.entry((*word).to_owned()).or_default() += many;
    }
    let text = serde_json::to_string(&so_far).map_err(|error| crate::error::Error::Internal(error.to_string()))?;
    settings::set(&mut tx, key::TIDIED, &text).await?;
    tx.commit().await
}

/// What was thrown away so far, and when.
///
/// # Errors
/// When the database can't be read.
pub async fn so_far(core: &Core) -> Result<Tidied> {
    Ok(read(settings::get(&mut core.db.conn(), key::TIDIED).await?))
}

fn read(kept: Option<String>) -> Tidied {
    kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}
