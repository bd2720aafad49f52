//! Series: events that come again by a rule. Each is an event of its own, with its own sign-ups; they are made half a year
//! ahead, at the same time on the clock on the wall whatever summer time does. The first is told as any thread, those after it
//! quietly.

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::attaching::{self, Chosen};
use super::planning::{self, Draft};
use super::{Core, publishing, topics, viewer};
use crate::db::calendars::Kept;
use crate::db::{Tx, actors, attachments, attendees, events, series};
use crate::error::{Error, Result};
use crate::model::event::moment;
use crate::model::names::{Body, Refused, Title};
use crate::model::recurrence::{End, Repeat};
use crate::model::rights::may_moderate;
use crate::model::{Actor, ActorId, Plan, Post, PostId, Series, SeriesId, Tag, Time};

/// How far ahead occurrences are made.
pub const AHEAD: i64 = 183 * Time::DAY;
/// How often more are made: once a day is enough.
const STEP: i64 = Time::DAY;
/// Series in one turn.
const TURN: i64 = 500;
/// Every occurrence has been made.
const ALL: Time = Time(253_402_300_799_000);
/// How the clock on the wall is written down.
const LOCAL: &str = "%Y-%m-%dT%H:%M";

/// What the next ones are made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    pub title: String,
    /// Markdown.
    pub body: String,
    /// Of one of them; the others lie as far from their own start as it does from its.
    pub plan: Plan,
    /// Topics as they are shown.
    pub tags: Vec<String>,
    pub organisers: Vec<ActorId>,
    pub language: String,
}

impl Template {
    fn of(draft: &Draft<'_>, language: &str) -> Self {
        let mut organisers = draft.organisers.to_vec();
        organisers.sort();
        Self {
            title: draft.title.as_str().to_owned(),
            body: draft.body.as_str().to_owned(),
            plan: draft.plan.clone(),
            tags: draft.tags.iter().map(|tag| tag.shown.clone()).collect(),
            organisers,
            language: language.to_owned(),
        }
    }

    /// What a series' next ones are made of.
    ///
    /// # Errors
    /// When it does not read.
    pub fn read(row: &Series) -> Result<Self> {
        serde_json::from_str(&row.template).map_err(|error| Error::Internal(format!("series {}: {error}", row.id)))
    }

    fn text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| Error::Internal(error.to_string()))
    }

    /// The plan of the occurrence that begins at `local`: it lasts as long on the clock on the wall, and sign-up closes as long
    /// before it.
    #[must_use]
    pub fn at(&self, local: NaiveDateTime, zone: Tz) -> Plan {
        let starts = on_wall(self.plan.starts_at, self.plan.tz());
        let beside = |at: Time| moment(zone, local + (on_wall(at, self.plan.tz()) - starts));
        Plan {
            starts_at: moment(zone, local),
            ends_at: self.plan.ends_at.map(beside),
            zone: zone.name().to_owned(),
            sign_up_until: self.plan.sign_up_until.map(beside),
            ..self.plan.clone()
        }
    }

    fn tags(&self) -> Vec<Tag> {
        self.tags.iter().filter_map(|tag| Tag::parse(tag)).collect()
    }

    fn words(&self) -> Result<(Title, Body)> {
        let broken = |why: Refused| Error::Internal(format!("the words of a series don't pass any more: {why:?}"));
        Ok((Title::parse(&self.title).map_err(broken)?, Body::parse(&self.body).map_err(broken)?))
    }
}

/// What the clock on the wall says.
fn on_wall(at: Time, zone: Tz) -> NaiveDateTime {
    at.utc().with_timezone(&zone).naive_local()
}

/// The rule of a series, its first occurrence on the clock on the wall, and where that clock hangs.
///
/// # Errors
/// When it does not read.
pub fn rule_of(row: &Series) -> Result<(Repeat, NaiveDateTime, Tz)> {
    let broken = || Error::Internal(format!("series {} does not read", row.id));
    let zone: Tz = row.zone.parse().map_err(|_| broken())?;
    let first = NaiveDateTime::parse_from_str(&row.starts_local, LOCAL).map_err(|_| broken())?;
    Ok((Repeat::parse(&row.rule, zone).ok_or_else(broken)?, first, zone))
}

/// Begins a series: the event of the form, and those that follow it, each with these pictures. Gives the first.
///
/// # Errors
/// [`Error::Invalid`] with the fields that are wrong; [`Error::Forbidden`] for who may not plan one there.
pub async fn begin(
    core: &Core,
    tx: &mut Tx,
    author: &Actor,
    group: &Actor,
    draft: &Draft<'_>,
    repeat: &Repeat,
    pictures: &[Chosen],
    language: &str,
) -> Result<Post> {
    let zone = draft.plan.tz();
    let first = on_wall(draft.plan.starts_at, zone);
    let wrong: Vec<_> = [draft.plan.check(Some(core.now())), repeat.check(first)].into_iter().filter_map(Result::err).flatten().collect();
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let id = SeriesId(core.ids.next());
    let slot = moment(zone, first);
    let mut row = Series {
        id,
        ap_id: core.urls.series(id),
        group_id: group.id,
        author_id: author.id,
        rule: repeat.rule(first, zone),
        starts_local: first.format(LOCAL).to_string(),
        zone: zone.name().to_owned(),
        template: Template::of(draft, language).text()?,
        made_until: slot,
        ended_at: None,
        created_at: core.now(),
    };
    series::insert(tx, &row).await?;
    let draft = Draft { series: Some((id, &row.ap_id, slot)), ..draft.clone() };
    let post = Box::pin(planning::plan(core, tx, author, group, &draft, language)).await?;
    attaching::hang(core, tx, post.id, pictures).await?;
    make_ahead(core, tx, &mut row, author, group).await?;
    Ok(post)
}

/// Makes the occurrences that are due and are not there yet. One that was cancelled, moved or removed is there: it is not made
/// again. The series is locked, or new.
async fn make_ahead(core: &Core, tx: &mut Tx, row: &mut Series, author: &Actor, group: &Actor) -> Result<()> {
    let (repeat, first, zone) = rule_of(row)?;
    let template = Template::read(row)?;
    let (title, body) = template.words()?;
    let tags = template.tags();
    let horizon = core.now().plus(AHEAD);
    let pictures = pictures(tx, row.id).await?;
    let dates = repeat.dates(first);
    for local in &dates {
        let slot = moment(zone, *local);
        // What passed while nothing was running is not made up for.
        if slot <= row.made_until || slot > horizon || slot <= core.now() || events::occurrence(tx, row.id, slot).await?.is_some() {
            continue;
        }
        let plan = template.at(*local, zone);
        let draft = Draft {
            title: &title,
            body: &body,
            plan: &plan,
            tags: &tags,
            organisers: &template.organisers,
            question: None,
            series: Some((row.id, &row.ap_id, slot)),
        };
        let post = Box::pin(planning::plan_quietly(core, tx, author, group, &draft, &template.language)).await?;
        attaching::hang(core, tx, post.id, &pictures).await?;
    }
    let last = dates.last().map(|local| moment(zone, *local));
    row.made_until = if last.is_none_or(|last| last <= horizon) { ALL } else { horizon };
    series::set(tx, row).await
}

/// The pictures of the last occurrence that stands: the next ones get them too.
async fn pictures(tx: &mut Tx, id: SeriesId) -> Result<Vec<Chosen>> {
    let last = series::occurrences(tx, id).await?.into_iter().rfind(|kept| !kept.post.is_deleted());
    let Some(last) = last else { return Ok(Vec::new()) };
    let hung = attachments::of(tx, last.post.id).await?;
    Ok(hung.into_iter().filter_map(|one| Some(Chosen { hash: one.file_hash?, alt: one.alt })).collect())
}

/// Makes more of every series, so that there is always half a year of it.
///
/// # Errors
/// When the database can't be read or written.
pub async fn extend(core: &Core) -> Result<()> {
    let due = core.now().plus(AHEAD - STEP);
    for found in series::behind(&mut core.db.conn(), due, TURN).await? {
        let mut tx = core.db.begin().await?;
        // Another process may have done it meanwhile.
        let Some(mut row) = series::lock(&mut tx, found.id).await?.filter(|row| row.ended_at.is_none() && row.made_until < due) else {
            continue;
        };
        let (author, group) = (actors::by_id(&mut tx, row.author_id).await?, actors::by_id(&mut tx, row.group_id).await?);
        if author.deleted_at.is_some() || group.deleted_at.is_some() {
            row.ended_at = Some(core.now());
            series::set(&mut tx, &row).await?;
            core.commit(tx).await?;
            continue;
        }
        match make_ahead(core, &mut tx, &mut row, &author, &group).await {
            Ok(()) => core.commit(tx).await?,
            // Suspended for a while, or the group moved: tried again with every turn.
            Err(error @ (Error::Forbidden(_) | Error::Invalid(_))) => tracing::info!(series = %row.id, %error, "not made for now"),
            Err(error @ Error::Unavailable(_)) => return Err(error),
            // One that is broken holds up no other.
            Err(error) => tracing::error!(series = %row.id, %error, "not made"),
        }
    }
    Ok(())
}

/// Changes an occurrence and all that come after it, except those that were changed alone, were cancelled or have begun; and what
/// the next ones are made of. Each keeps its own day.
///
/// # Errors
/// [`Error::Invalid`] with the fields that are wrong; [`Error::Forbidden`] for who does not organise it.
pub async fn change_following(core: &Core, tx: &mut Tx, who: &Actor, post: &Post, draft: &Draft<'_>) -> Result<Post> {
    let event = events::of(tx, post.id).await?.ok_or(Error::NotFound)?;
    let (Some(id), Some(slot)) = (event.series_id, event.occurs_at) else { return Err(Error::Forbidden("error-not-in-series")) };
    let row = series::lock(tx, id).await?.ok_or(Error::NotFound)?;
    let zone = draft.plan.tz();
    let starts = on_wall(draft.plan.starts_at, zone);
    if starts.date() != on_wall(event.plan.starts_at, event.plan.tz()).date() {
        return Err(Error::field("starts", Refused::OtherDay));
    }
    let (_, _, zone_before) = rule_of(&row)?;
    let before = Template::read(&row)?;
    let after = Template::of(draft, &before.language);
    let all = series::occurrences(tx, id).await?;
    let following = all.iter().filter(|kept| kept.event.occurs_at.is_some_and(|at| at >= slot));
    let who_there = viewer(core, tx, Some(who), post.group_id).await?;
    let changed = Box::pin(planning::change(core, tx, who, post, draft)).await?;
    topics::retag(core, tx, who_there, &changed, draft.tags).await?;
    for kept in following {
        let Some(at) = kept.event.occurs_at else { continue };
        let local = on_wall(at, zone_before).date().and_time(starts.time());
        if kept.post.id != post.id && is_open(core, kept) && is_as_made(tx, &before, kept, on_wall(at, zone_before), zone_before).await? {
            let plan = after.at(local, zone);
            let one = Draft { plan: &plan, question: None, series: None, ..draft.clone() };
            let post = Box::pin(planning::change(core, tx, who, &kept.post, &one)).await?;
            topics::retag(core, tx, who_there, &post, draft.tags).await?;
        }
        series::occurs_at(tx, kept.post.id, moment(zone, local)).await?;
    }
    go_on(tx, row, (slot, starts, zone), &after).await?;
    Ok(changed)
}

/// From `slot` on the series goes on as `after` says, at the time of day of `starts`.
async fn go_on(tx: &mut Tx, row: Series, (slot, starts, zone): (Time, NaiveDateTime, Tz), after: &Template) -> Result<()> {
    let (repeat, first, zone_before) = rule_of(&row)?;
    let slot = on_wall(slot, zone_before);
    let first_now = slot.date().and_time(starts.time());
    let end = match repeat.end {
        End::After(_) => {
            let left = repeat.dates(first).iter().filter(|local| **local >= slot).count();
            End::After(u16::try_from(left).unwrap_or(1).max(1))
        }
        on @ End::On(_) => on,
    };
    // What was made stays; from the last of it on, the others are looked for at their new moments.
    let made = series::occurrences(tx, row.id).await?.iter().filter_map(|kept| kept.event.occurs_at).max();
    let changed = Series {
        rule: Repeat { end, ..repeat }.rule(first_now, zone),
        starts_local: first_now.format(LOCAL).to_string(),
        zone: zone.name().to_owned(),
        template: after.text()?,
        made_until: if row.made_until == ALL { ALL } else { made.unwrap_or(row.made_until) },
        ..row
    };
    series::set(tx, &changed).await
}

/// Whether an occurrence still lies ahead and stands.
fn is_open(core: &Core, kept: &Kept) -> bool {
    !kept.post.is_deleted() && !kept.event.is_cancelled() && kept.event.plan.starts_at > core.now()
}

/// Whether nobody changed an occurrence alone.
async fn is_as_made(tx: &mut Tx, template: &Template, kept: &Kept, local: NaiveDateTime, zone: Tz) -> Result<bool> {
    let mut organisers: Vec<ActorId> = events::organisers(tx, kept.post.id).await?.into_iter().map(|actor| actor.id).collect();
    organisers.sort();
    Ok(kept.event.plan == template.at(local, zone)
        && kept.post.title == template.title
        && kept.post.source.as_deref() == Some(template.body.as_str())
        && organisers == template.organisers)
}

/// An occurrence (`gone`) is removed. With the last one that stood the series ends: what was removed is not made anew. With `for_good` its
/// words go too.
pub(super) async fn taken_away(core: &Core, tx: &mut Tx, id: SeriesId, gone: PostId, for_good: bool) -> Result<()> {
    let Some(row) = series::lock(tx, id).await? else { return Ok(()) };
    if series::stands_besides(tx, id, gone).await? {
        return Ok(());
    }
    let template = if for_good { String::new() } else { row.template.clone() };
    series::set(tx, &Series { ended_at: row.ended_at.or(Some(core.now())), template, ..row }).await
}

/// Whether somebody may end a series: who organises what is left of it; of one of which nothing is left, who began it or moderates its
/// group.
///
/// # Errors
/// When the database can't be read.
pub async fn may_end(core: &Core, conn: &mut crate::db::Conn, who: &Actor, row: &Series) -> Result<bool> {
    if row.ended_at.is_some() {
        return Ok(false);
    }
    let all = series::occurrences(conn, row.id).await?;
    let next = all.iter().find(|kept| is_open(core, kept)).or_else(|| all.iter().rfind(|kept| !kept.post.is_deleted()));
    match next {
        Some(kept) => planning::organises(core, conn, who, &kept.post).await,
        None => Ok(who.id == row.author_id || may_moderate(viewer(core, conn, Some(who), row.group_id).await?)),
    }
}

/// Ends a series: no more are made. Those ahead that nobody signed up for go; the others are called off, and their people told.
///
/// # Errors
/// [`Error::Forbidden`] for who does not organise it.
pub async fn end(core: &Core, tx: &mut Tx, who: &Actor, id: SeriesId) -> Result<()> {
    let row = series::lock(tx, id).await?.ok_or(Error::NotFound)?;
    if row.ended_at.is_some() {
        return Ok(());
    }
    if !may_end(core, tx, who, &row).await? {
        return Err(Error::Forbidden("error-only-organisers"));
    }
    let mut last: Option<Time> = None;
    for kept in series::occurrences(tx, id).await? {
        if is_open(core, &kept) {
            if is_empty(tx, &kept.post.id, kept.post.author_id).await? {
                publishing::take_away(core, tx, &kept.post).await?;
                continue;
            }
            Box::pin(planning::cancel(core, tx, who, &kept.post, true)).await?;
        }
        if !kept.post.is_deleted() {
            last = last.max(kept.event.occurs_at);
        }
    }
    // Its words may have gone with the last of them.
    let row = series::lock(tx, id).await?.ok_or(Error::NotFound)?;
    let (repeat, first, zone) = rule_of(&row)?;
    // The rule ends with the last that is left; with none left, before the first.
    let day = last.map_or_else(|| first.date().pred_opt().unwrap_or_default(), |last| on_wall(last, zone).date());
    let rule = Repeat { end: End::On(day), ..repeat }.rule(first, zone);
    series::set(tx, &Series { rule, ended_at: Some(core.now()), ..row }).await
}

/// Whether nobody but its author would be there, or wants to.
async fn is_empty(tx: &mut Tx, post: &PostId, author: ActorId) -> Result<bool> {
    Ok(attendees::concerned(tx, *post).await?.iter().all(|one| one.actor_id == Some(author)))
}
