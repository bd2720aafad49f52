//! Reminding whoever comes to an event, a day before it, once: our members by a notification, who signed up by e-mail by a mail.
//! Members of other servers are reminded by theirs.

use super::planning::tell_one;
use super::{Core, guests};
use crate::db::{Tx, attendees, events, posts};
use crate::error::Result;
use crate::model::{Attendee, Event, Standing, Time};

/// How long before it begins.
const BEFORE: i64 = Time::DAY;
/// Whoever signed up less than this before the reminder is due has just read when it is.
const FRESH: i64 = 2 * Time::HOUR;
/// Attendees in one step.
const STEP: i64 = 200;

/// Reminds everybody who is to be reminded now. That they were is noted in the transaction in which they are told.
///
/// # Errors
/// When the database can't be read or written.
pub async fn remind(core: &Core) -> Result<()> {
    loop {
        let now = core.now();
        let found = attendees::to_remind(&mut core.db.conn(), now, now.plus(BEFORE), STEP).await?;
        if found.is_empty() {
            return Ok(());
        }
        let mut tx = core.db.begin().await?;
        for attendee in found {
            one(core, &mut tx, &attendee).await?;
        }
        core.commit(tx).await?;
    }
}

async fn one(core: &Core, tx: &mut Tx, found: &Attendee) -> Result<()> {
    // Held, so that of two processes one tells them.
    let post = posts::lock(tx, found.post_id).await?;
    let Some(attendee) = attendees::by_id(tx, found.id).await?.filter(|now| now.reminded_at.is_none() && now.state == Standing::In) else {
        return Ok(());
    };
    let Some(event) = events::of(tx, post.id).await? else { return Ok(()) };
    attendees::update(tx, &Attendee { reminded_at: Some(core.now()), ..attendee.clone() }).await?;
    if post.is_deleted() || event.is_cancelled() || is_fresh(&attendee, &event) {
        return Ok(());
    }
    let sentence = if is_today(core, &event) { "notice-event-reminder-today" } else { "notice-event-reminder" };
    match attendee.actor_id {
        Some(actor) => tell_one(core, tx, actor, sentence, &post).await,
        None => guests::tell(core, tx, &attendee, sentence).await,
    }
}

/// Who signs up today for tomorrow has the confirmation still at hand.
fn is_fresh(attendee: &Attendee, event: &Event) -> bool {
    attendee.since > event.plan.starts_at.plus(-BEFORE - FRESH)
}

/// Whether it takes place on the day that it is there now: after a time of standing still, a reminder comes late.
fn is_today(core: &Core, event: &Event) -> bool {
    let day = |at: Time| at.utc().with_timezone(&event.plan.tz()).date_naive();
    day(core.now()) == day(event.plan.starts_at)
}
