//! Throwing away what nobody needs any more: what was said and has arrived, what was received and dealt with, and threads of
//! other servers that nobody here has anything to do with. In small steps, so that it holds nobody up.

use super::{Core, attaching};
use crate::db::settings::{self, key};
use crate::db::{activities, pruning, received};
use crate::error::{Error, Result};
use crate::model::ids::first_since;
use crate::model::{ActorId, PostId, Time};

/// How much goes in one commit, and how often in one round.
const BATCH: i64 = 500;
const STEPS: usize = 40;
/// Threads that go in one round.
const THREADS: i64 = 200;

/// How much was thrown away.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pruned {
    pub said: u64,
    pub received: u64,
}

/// Throws away what was said and arrived everywhere, and what was received and dealt with long ago. What can be looked up by its
/// id stays longer than votes and the like; ids of what was received are what replays are known by.
///
/// # Errors
/// When the database can't be written.
pub async fn prune(core: &Core) -> Result<Pruned> {
    let (now, keep) = (core.now(), &core.config.keep);
    let before = |days: i64| now.plus(-days * Time::DAY);
    let mut pruned = Pruned::default();
    for _ in 0..STEPS {
        let mut tx = core.db.begin().await?;
        let said = activities::prune(&mut tx, before(keep.said_days), before(keep.votes_days), BATCH).await?;
        let received = received::prune(&mut tx, before(keep.received_days), before(keep.failed_days), BATCH).await?;
        tx.commit().await?;
        pruned.said += said;
        pruned.received += received;
        if said + received == 0 {
            break;
        }
    }
    Ok(pruned)
}

/// For how many days threads of other servers are kept that nobody here has anything to do with; none: for ever.
///
/// # Errors
/// When the database can't be read.
pub async fn remote_days(core: &Core) -> Result<Option<i64>> {
    let mut word = core.config.federation.remote_days.clone();
    if word.is_empty() {
        word = settings::get(&mut core.db.conn(), key::REMOTE_DAYS).await?.unwrap_or_default();
    }
    Ok(match word.as_str() {
        "never" => None,
        word => Some(word.parse().unwrap_or(90)),
    })
}

/// Forgets some threads of other servers; says how many.
///
/// # Errors
/// When the database can't be written.
pub async fn forget_threads(core: &Core) -> Result<usize> {
    let Some(days) = remote_days(core).await? else { return Ok(0) };
    let before = core.now().plus(-days * Time::DAY);
    let mut forgotten = 0;
    for (group,) in pruning::left_groups(&mut core.db.conn()).await? {
        let left = THREADS - i64::try_from(forgotten).unwrap_or(THREADS);
        if left <= 0 {
            break;
        }
        let threads = pruning::forgettable(&mut core.db.conn(), group, PostId(first_since(before)), before, left).await?;
        for (root,) in threads {
            match forget(core, group, root).await {
                Ok(()) => forgotten += 1,
                // Something else still names it. It stays.
                Err(Error::Internal(why)) => tracing::debug!(%root, why, "a thread is still needed"),
                Err(error) => return Err(error),
            }
        }
    }
    if forgotten > 0 {
        tracing::info!(forgotten, "threads of other servers that nobody here has anything to do with");
    }
    Ok(forgotten)
}

/// Forgets a thread with everything that hangs on it. What was deleted at its home stays known as deleted.
async fn forget(core: &Core, group: ActorId, root: PostId) -> Result<()> {
    let mut tx = core.db.begin().await?;
    for (post,) in pruning::posts_of(&mut tx, root).await? {
        attaching::let_go(core, &mut tx, post).await?;
    }
    pruning::forget_useful(&mut tx, root).await?;
    pruning::forget_event(&mut tx, root).await?;
    pruning::forget_topics(&mut tx, root).await?;
    pruning::forget_revisions(&mut tx, root).await?;
    pruning::forget_moved(&mut tx, root).await?;
    pruning::forget_posts(&mut tx, root).await?;
    pruning::forget_history_items(&mut tx, group).await?;
    tx.commit().await
}
