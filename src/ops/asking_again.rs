//! A Follow of another server's group is repeated until it is answered: between servers that are new to each other the
//! first one, or the answer to it, is often lost.

use super::Core;
use super::following::ask;
use crate::db::jobs::{self, JobKind};
use crate::db::{Tx, activities, actors, follows};
use crate::error::Result;
use crate::model::{ActorId, Follow, FollowState, JobId, Time};

/// After this long it is asked once more, and once more; then daily.
const FIRST: [i64; 2] = [Time::HOUR, 6 * Time::HOUR];
/// For so long. After that the member can ask anew.
const PATIENCE: i64 = 30 * Time::DAY;

/// When a Follow of `asked` is repeated next after `now`; none when that has been done long enough.
#[must_use]
pub fn next_after(asked: Time, now: Time) -> Option<Time> {
    let days = (now.0 - asked.0).max(0) / Time::DAY + 1;
    let daily = asked.plus(days * Time::DAY);
    let next = FIRST.into_iter().map(|wait| asked.plus(wait)).find(|at| *at > now).unwrap_or(daily);
    (next <= asked.plus(PATIENCE)).then_some(next)
}

/// Whether nobody answered, and we no longer ask.
#[must_use]
pub fn in_vain(follow: &Follow, now: Time) -> bool {
    follow.state == FollowState::Pending && next_after(follow.at, now).is_none()
}

/// Notes when a Follow is repeated for the first time.
///
/// # Errors
/// When the database can't be written.
pub async fn begin(core: &Core, tx: &mut Tx, follow: &Follow) -> Result<()> {
    let Some(at) = next_after(follow.at, core.now()) else { return Ok(()) };
    let subject = subject(follow.follower_id, follow.target_id);
    jobs::cancel(tx, JobKind::RepeatFollow, &subject).await?;
    jobs::enqueue(tx, JobId(core.ids.next()), JobKind::RepeatFollow, &subject, at).await
}

/// The same for all that wait for an answer: an older version of this program did not repeat them.
///
/// # Errors
/// When the database can't be written.
pub async fn begin_all(core: &Core, tx: &mut Tx) -> Result<()> {
    for follow in follows::waiting(tx).await? {
        let Some(at) = next_after(follow.at, core.now()) else { continue };
        let subject = subject(follow.follower_id, follow.target_id);
        jobs::enqueue(tx, JobId(core.ids.next()), JobKind::RepeatFollow, &subject, at).await?;
    }
    Ok(())
}

/// Repeats a Follow that still waits. With a new id: who has had the first one, and whose answer was lost, would take a
/// second with the same id for a copy and not answer again.
///
/// # Errors
/// When the database can't be read or written.
pub async fn repeat(core: &Core, subject: &str) -> Result<()> {
    let mut tx = core.db.begin().await?;
    if let Some(follow) = waiting(&mut tx, subject).await?
        && follow.at.plus(FIRST[0]) <= core.now()
    {
        let (member, group) = (actors::by_id(&mut tx, follow.follower_id).await?, actors::by_id(&mut tx, follow.target_id).await?);
        // What could not be delivered yet would only arrive beside the new one.
        if let Some(before) = activities::by_ap_id(&mut tx, &follow.ap_id).await? {
            activities::withdraw_made(&mut tx, before.id).await?;
        }
        let ap_id = ask(core, &mut tx, &member, &group).await?;
        follows::put(&mut tx, &Follow { ap_id, ..follow }).await?;
    }
    core.commit(tx).await
}

/// When the next repetition falls due, if there is one.
///
/// # Errors
/// When the database can't be read.
pub async fn due(core: &Core, tx: &mut Tx, subject: &str) -> Result<Option<Time>> {
    Ok(waiting(tx, subject).await?.and_then(|follow| next_after(follow.at, core.now())))
}

async fn waiting(tx: &mut Tx, subject: &str) -> Result<Option<Follow>> {
    let ids = subject.split_once(' ').and_then(|(member, group)| Some((member.parse::<ActorId>().ok()?, group.parse::<ActorId>().ok()?)));
    let Some((member, group)) = ids else { return Ok(None) };
    Ok(follows::get(tx, member, group).await?.filter(|follow| follow.state == FollowState::Pending))
}

fn subject(member: ActorId, group: ActorId) -> String {
    format!("{member} {group}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_an_hour_after_six_and_then_daily_for_a_month() {
        let (asked, mut now, mut times) = (Time(1_000), Time(1_000), Vec::new());
        while let Some(at) = next_after(asked, now) {
            times.push((at.0 - asked.0) / Time::HOUR);
            now = at;
        }
        assert_eq!((&times[..4], times.len(), times.last()), (&[1, 6, 24, 48][..], 32, Some(&720)));
        // Who was switched off for a while does not catch up.
        assert_eq!(next_after(asked, asked.plus(5 * Time::DAY + 1)), Some(asked.plus(6 * Time::DAY)));
    }
}
