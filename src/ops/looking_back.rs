//! After an event: its organiser is asked for a report, and writes one: under the event, or as an answer to the question that it
//! came from. Both name each other.

use super::planning::{organises, speak_again, tell_one};
use super::{Core, publishing};
use crate::db::{Tx, events, posts};
use crate::error::{Error, Result};
use crate::model::names::Body;
use crate::model::{Actor, Event, Post, Time};

/// How long after the end an organiser is asked.
const REST: i64 = 2 * Time::HOUR;
/// After so long nobody is asked any more: a server that was away does not begin with last year.
const TOO_LATE: i64 = 14 * Time::DAY;
/// Events in one turn.
const TURN: i64 = 100;

/// Asks the organisers of what is over for a report, once.
///
/// # Errors
/// When the database can't be written.
pub async fn ask(core: &Core) -> Result<()> {
    let now = core.now();
    let mut tx = core.db.begin().await?;
    for event in events::unreported(&mut tx, now.plus(-TOO_LATE), now.plus(-REST), TURN).await? {
        let post = posts::by_id(&mut tx, event.post_id).await?;
        events::asked_for_report(&mut tx, post.id, now).await?;
        tell_one(core, &mut tx, post.author_id, "notice-event-report", &post).await?;
        for organiser in events::organisers(&mut tx, post.id).await? {
            tell_one(core, &mut tx, organiser.id, "notice-event-report", &post).await?;
        }
    }
    core.commit(tx).await
}

/// Writes the report of an event of ours that has begun: as an answer to its question, where `as_answer` says so and the question
/// is known, else under the event. Gives the report.
///
/// # Errors
/// [`Error::Forbidden`] for who does not organise it, and before it began; [`Error::Conflict`] when there is one already.
pub async fn report(core: &Core, tx: &mut Tx, who: &Actor, post: &Post, body: &Body, as_answer: bool, language: &str) -> Result<Post> {
    let post = posts::lock(tx, post.id).await?;
    let event = events::of(tx, post.id).await?.filter(|_| !post.is_deleted()).ok_or(Error::NotFound)?;
    if !post.local || !organises(core, tx, who, &post).await? {
        return Err(Error::Forbidden("error-only-organisers"));
    }
    if core.now() < event.plan.starts_at {
        return Err(Error::Forbidden("error-report-too-early"));
    }
    if let Some(report) = &event.report {
        // One that was removed makes room for another.
        let before = posts::by_ap_id(tx, report).await?;
        if before.is_none_or(|before| !before.is_deleted()) {
            return Err(Error::Conflict);
        }
    }
    let question = match event.question.as_deref().filter(|_| as_answer) {
        Some(question) => posts::by_ap_id(tx, question).await?.filter(|question| !question.is_deleted()),
        None => None,
    };
    let report = publishing::reply(core, tx, who, question.as_ref().unwrap_or(&post), body, false, language).await?;
    events::put(tx, &Event { report: Some(report.ap_id.clone()), ..event }).await?;
    speak_again(core, tx, &post, &post).await?;
    Ok(report)
}
