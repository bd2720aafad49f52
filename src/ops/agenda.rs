//! What the agenda does by itself, every quarter of an hour: reminds who comes tomorrow, makes the next of series, asks organisers
//! for reports, asks homes of events again that have not answered, says how many come, and forgets who never confirmed.

use super::planning::speak_again;
use super::{Core, attending, looking_back, recurring, reminding};
use crate::db::{attendees, events, posts};
use crate::error::Result;
use crate::model::Time;

/// Between two turns.
pub const EVERY: i64 = 15 * Time::MINUTE;
/// How soon a home that does not answer is asked again; then after as long as it has been silent.
const FIRST: i64 = Time::HOUR;
/// And at least so often.
const SELDOM: i64 = Time::DAY;
/// After so long nobody asks any more.
const PATIENCE: i64 = 30 * Time::DAY;
/// Who never followed the link in the mail is forgotten.
const UNCONFIRMED: i64 = 2 * Time::DAY;
/// How many come to an event is said at most so often.
const COUNTED: i64 = Time::HOUR;
/// Questions to other homes in one turn.
const TURN: i64 = 500;

/// One turn.
///
/// # Errors
/// When the database can't be read or written.
pub async fn turn(core: &Core) -> Result<()> {
    reminding::remind(core).await?;
    recurring::extend(core).await?;
    looking_back::ask(core).await?;
    ask_again(core).await?;
    count_again(core).await?;
    let mut tx = core.db.begin().await?;
    attendees::forget_unconfirmed(&mut tx, core.now().plus(-UNCONFIRMED)).await?;
    core.commit(tx).await
}

async fn ask_again(core: &Core) -> Result<()> {
    let now = core.now();
    for attendee in attendees::unanswered(&mut core.db.conn(), now.plus(-FIRST), TURN).await? {
        let silent = attendee.at.0 - attendee.since.0;
        let due = attendee.at.plus(silent.clamp(FIRST, SELDOM));
        if due > now || attendee.since.plus(PATIENCE) < now {
            continue;
        }
        let mut tx = core.db.begin().await?;
        attending::ask_again(core, &mut tx, &attendee).await?;
        core.commit(tx).await?;
    }
    Ok(())
}

/// Other regions show how many come as its home last said.
async fn count_again(core: &Core) -> Result<()> {
    let now = core.now();
    for post in events::miscounted(&mut core.db.conn(), now, now.plus(-COUNTED), TURN).await? {
        let mut tx = core.db.begin().await?;
        let post = posts::lock(&mut tx, post).await?;
        if !post.is_deleted() {
            speak_again(core, &mut tx, &post, &post).await?;
        }
        core.commit(tx).await?;
    }
    Ok(())
}
