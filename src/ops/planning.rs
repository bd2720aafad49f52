//! Planning an event in a group, changing it, calling it off and back on; and what its home says of an event elsewhere.

use fluent_bundle::FluentArgs;

use super::attending::{self, Said};
use super::publishing::{self, next_version, say_again};
use super::{Core, companions, guests, recurring, viewer};
use crate::db::notifications::{self, NoticeKind};
use crate::db::{Conn, Tx, attendees, events, interests, posts};
use crate::error::{Error, Result};
use crate::model::names::{Body, Title};
use crate::model::rights::{Viewer, may_organise};
use crate::model::{Actor, ActorId, Event, EventStatus, Lang, Plan, Post, PostId, PostKind, Rsvp, SeriesId, Tag, Time, dates};
use crate::ops::notifying::{Notice, tell};
use crate::ops::telling::is_news;

/// What the form of an event holds.
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    pub title: &'a Title,
    pub body: &'a Body,
    pub plan: &'a Plan,
    pub tags: &'a [Tag],
    /// Who organises it besides its author.
    pub organisers: &'a [ActorId],
    /// The question that it comes from.
    pub question: Option<&'a Post>,
    /// Of which series it is an occurrence, and when that has it.
    pub series: Option<(SeriesId, &'a str, Time)>,
}

/// Plans an event; whoever does so comes to it. Everybody who was interested in a session about its question is told.
///
/// # Errors
/// [`Error::Invalid`] with the fields that are wrong; [`Error::Forbidden`] for who may not start one there.
pub async fn plan(core: &Core, tx: &mut Tx, author: &Actor, group: &Actor, draft: &Draft<'_>, language: &str) -> Result<Post> {
    draft.plan.check(Some(core.now())).map_err(Error::Invalid)?;
    let post = publishing::ask(core, tx, author, group, PostKind::Event, draft.title, draft.body, draft.tags, language).await?;
    let event = put_new(tx, &post, draft).await?;
    for organiser in draft.organisers {
        tell_one(core, tx, *organiser, "notice-event-organise", &post).await?;
    }
    come(core, tx, author, &post, &event).await?;
    if let Some(question) = draft.question {
        tell_interested(core, tx, question, &post).await?;
    }
    companions::name(core, tx, &post).await?;
    Ok(post)
}

/// The same for the next of a series, of which everybody who follows was told the first: nobody is told again.
pub(super) async fn plan_quietly(
    core: &Core,
    tx: &mut Tx,
    author: &Actor,
    group: &Actor,
    draft: &Draft<'_>,
    language: &str,
) -> Result<Post> {
    draft.plan.check(Some(core.now())).map_err(Error::Invalid)?;
    let post = publishing::ask_quietly(core, tx, author, group, PostKind::Event, draft.title, draft.body, draft.tags, language).await?;
    let event = put_new(tx, &post, draft).await?;
    come(core, tx, author, &post, &event).await?;
    Ok(post)
}

/// Stores what a new event is besides its words.
async fn put_new(tx: &mut Tx, post: &Post, draft: &Draft<'_>) -> Result<Event> {
    let event = Event {
        post_id: post.id,
        plan: draft.plan.clone(),
        status: EventStatus::Planned,
        told_attending: None,
        sequence: 0,
        changed_at: post.published_at,
        series_id: draft.series.map(|(id, ..)| id),
        series: draft.series.map(|(_, ap_id, _)| ap_id.to_owned()),
        occurs_at: draft.series.map(|(.., at)| at),
        question: draft.question.map(|question| question.ap_id.clone()),
        report: None,
        report_asked_at: None,
    };
    events::put(tx, &event).await?;
    events::set_organisers(tx, post.id, draft.organisers).await?;
    Ok(event)
}

/// Whoever plans an event comes to it.
async fn come(core: &Core, tx: &mut Tx, author: &Actor, post: &Post, event: &Event) -> Result<()> {
    if event.plan.sign_up.is_here() {
        attending::say(core, tx, author, post, Said { answer: Rsvp::Yes, remark: "", visible: true }).await?;
    }
    Ok(())
}

/// What somebody is to an event of ours.
///
/// # Errors
/// When the database can't be read.
pub async fn organises(core: &Core, conn: &mut Conn, who: &Actor, post: &Post) -> Result<bool> {
    let viewer = viewer(core, conn, Some(who), post.group_id).await?;
    let named = events::is_organiser(conn, post.id, who.id).await?;
    Ok(may_organise(viewer, post, named))
}

/// The event, locked, for who organises it.
async fn organised(core: &Core, tx: &mut Tx, who: &Actor, post: PostId) -> Result<(Post, Event, Viewer)> {
    let post = posts::lock(tx, post).await?;
    if post.is_deleted() {
        return Err(Error::Gone);
    }
    let event = events::of(tx, post.id).await?.ok_or(Error::NotFound)?;
    let viewer = viewer(core, tx, Some(who), post.group_id).await?;
    let named = events::is_organiser(tx, post.id, who.id).await?;
    if may_organise(viewer, &post, named) { Ok((post, event, viewer)) } else { Err(Error::Forbidden("error-only-organisers")) }
}

/// Changes an event. Who comes is told when it takes place at another moment or place; who waits moves up when there is
/// more room. One that lies in the past keeps its moment.
///
/// # Errors
/// [`Error::Invalid`] with the fields that are wrong; [`Error::Forbidden`] for who does not organise it.
pub async fn change(core: &Core, tx: &mut Tx, who: &Actor, post: &Post, draft: &Draft<'_>) -> Result<Post> {
    let (before, event, _) = organised(core, tx, who, post.id).await?;
    let at_another_time = draft.plan.starts_at != event.plan.starts_at;
    draft.plan.check(at_another_time.then(|| core.now())).map_err(Error::Invalid)?;
    let mut post = publishing::rewrite(core, tx, &before, Some(draft.title), draft.body).await?;
    let others: Vec<ActorId> = events::organisers(tx, post.id).await?.into_iter().map(|actor| actor.id).collect();
    let mut wanted = draft.organisers.to_vec();
    wanted.sort();
    if event.plan == *draft.plan && others == wanted {
        return Ok(post);
    }
    let moved = draft.plan.is_moved_from(&event.plan);
    let mut changed = Event { plan: draft.plan.clone(), sequence: event.sequence + 1, changed_at: core.now(), ..event.clone() };
    if moved && !event.is_cancelled() {
        changed.status = EventStatus::Moved;
    }
    events::put(tx, &changed).await?;
    events::set_organisers(tx, post.id, draft.organisers).await?;
    for organiser in draft.organisers.iter().filter(|organiser| !others.contains(organiser)) {
        tell_one(core, tx, *organiser, "notice-event-organise", &post).await?;
    }
    if at_another_time {
        attendees::forget_reminders(tx, post.id).await?;
    }
    post = speak_again(core, tx, &before, &post).await?;
    if moved || before.title != post.title {
        companions::name_again(core, tx, &post).await?;
    }
    if moved && !event.is_cancelled() {
        tell_concerned(core, tx, who.id, &post, "notice-event-moved").await?;
    } else if event.plan.online_link != changed.plan.online_link {
        attending::give_link_again(core, tx, &post, &changed).await?;
    }
    attending::move_up(core, tx, &post, &changed).await?;
    Ok(post)
}

/// Calls an event off: it stays, and says so; who comes is told. `off` false calls it back on.
///
/// # Errors
/// [`Error::Forbidden`] for who does not organise it.
pub async fn cancel(core: &Core, tx: &mut Tx, who: &Actor, post: &Post, off: bool) -> Result<()> {
    let (post, event, _) = organised(core, tx, who, post.id).await?;
    if event.is_cancelled() == off {
        return Ok(());
    }
    let status = if off { EventStatus::Cancelled } else { EventStatus::Planned };
    let changed = Event { status, sequence: event.sequence + 1, changed_at: core.now(), ..event };
    events::put(tx, &changed).await?;
    let post = speak_again(core, tx, &post, &post).await?;
    companions::name_again(core, tx, &post).await?;
    tell_concerned(core, tx, who.id, &post, if off { "notice-event-cancelled" } else { "notice-event-on-again" }).await?;
    attending::move_up(core, tx, &post, &changed).await
}

/// Says an event again of which `after` is the newest version, unless its words made it say so already.
pub(super) async fn speak_again(core: &Core, tx: &mut Tx, before: &Post, after: &Post) -> Result<Post> {
    if after.updated_at > before.updated_at {
        return Ok(after.clone());
    }
    let mut post = posts::lock(tx, after.id).await?;
    post.updated_at = next_version(core, post.updated_at);
    posts::revise(tx, &post).await?;
    say_again(core, tx, &post).await?;
    Ok(post)
}

/// What the home of an event elsewhere says of it, with a version that [`publishing::take_in`] has just stored. Whoever of ours
/// comes is told of what concerns them.
///
/// # Errors
/// When the database can't be written.
pub async fn take_in(core: &Core, tx: &mut Tx, post: &Post, arrived: &ArrivedEvent) -> Result<()> {
    let before = events::of(tx, post.id).await?;
    let moved = before.as_ref().is_some_and(|before| arrived.plan.is_moved_from(&before.plan));
    let told_status = arrived.status;
    let same = before.as_ref().is_some_and(|before| before.plan == arrived.plan && before.status == told_status);
    let sequence = before.as_ref().map_or(0, |before| before.sequence + i64::from(!same));
    let event = Event {
        post_id: post.id,
        plan: arrived.plan.clone(),
        status: told_status,
        told_attending: arrived.attending,
        sequence,
        changed_at: before.as_ref().filter(|_| same).map_or(post.updated_at, |before| before.changed_at),
        series_id: None,
        series: arrived.series.clone(),
        occurs_at: None,
        question: arrived.question.clone(),
        report: arrived.report.clone(),
        report_asked_at: None,
    };
    events::put(tx, &event).await?;
    if before.as_ref().is_some_and(|before| before.plan.starts_at != event.plan.starts_at) {
        attendees::forget_reminders(tx, post.id).await?;
    }
    let Some(before) = before else {
        if is_news(core, post.published_at) {
            companions::name(core, tx, post).await?;
        }
        return match &event.question {
            Some(question) if is_news(core, post.published_at) => match posts::by_ap_id(tx, question).await? {
                // An event of another group has to reach them by its author's own word.
                Some(question) if question.group_id == post.group_id => tell_interested(core, tx, &question, post).await,
                _ => Ok(()),
            },
            _ => Ok(()),
        };
    };
    if moved || before.status != event.status {
        companions::name_again(core, tx, post).await?;
    }
    let sentence = match (before.is_cancelled(), event.is_cancelled()) {
        (false, true) => Some("notice-event-cancelled"),
        (true, false) => Some("notice-event-on-again"),
        (false, false) if moved => Some("notice-event-moved"),
        _ => None,
    };
    match sentence {
        Some(sentence) => tell_concerned(core, tx, post.author_id, post, sentence).await,
        None => Ok(()),
    }
}

/// What another server says of an event besides its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrivedEvent {
    pub plan: Plan,
    pub status: EventStatus,
    /// How many come.
    pub attending: Option<i64>,
    pub series: Option<String>,
    pub question: Option<String>,
    pub report: Option<String>,
}

/// An event is taken away, by its author or a moderator: who comes is told, and of what its author took away nothing is left
/// but when it would have been.
///
/// # Errors
/// When the database can't be written.
pub(super) async fn taken_away(core: &Core, tx: &mut Tx, post: &Post, for_good: bool) -> Result<()> {
    let Some(event) = events::of(tx, post.id).await? else { return Ok(()) };
    companions::take_back(core, tx, post).await?;
    if event.plan.over_at() > core.now() && !event.is_cancelled() {
        // What a moderator took away is not said again; when it would have been says enough.
        let lang = Lang::from_code(&post.language).unwrap_or_default();
        let title = if for_good {
            format!("\"{}\"", post.title)
        } else {
            let mut args = FluentArgs::new();
            args.set("when", dates::span(lang, event.plan.tz(), event.plan.starts_at, event.plan.ends_at));
            lang.say("notice-event-gone-of", Some(&args))
        };
        let named = Post { title, ..post.clone() };
        tell_concerned(core, tx, post.author_id, &named, "notice-event-gone").await?;
    }
    if let Some(series) = event.series_id {
        recurring::taken_away(core, tx, series, post.id, for_good).await?;
    }
    if for_good {
        events::empty(tx, post.id, core.now()).await?;
    }
    Ok(())
}

/// Tells whoever of ours comes, waits or may come, and who signed up by e-mail. People of other servers hear it from the
/// event itself.
async fn tell_concerned(core: &Core, tx: &mut Tx, by: ActorId, post: &Post, sentence: &'static str) -> Result<()> {
    for attendee in attendees::concerned(tx, post.id).await? {
        match attendee.actor_id {
            Some(actor) if actor == by => {}
            Some(actor) => tell_one(core, tx, actor, sentence, post).await?,
            None => guests::tell(core, tx, &attendee, sentence).await?,
        }
    }
    Ok(())
}

/// Tells one member of ours something about an event; nobody else.
pub(super) async fn tell_one(core: &Core, tx: &mut Tx, to: ActorId, sentence: &'static str, post: &Post) -> Result<()> {
    let detail = if post.is_deleted() || sentence == "notice-event-gone" { post.title.as_str() } else { "" };
    let notice = Notice { to, kind: NoticeKind::Event, sentence, post: Some(post.id), from: None, group: Some(post.group_id), detail };
    tell(core, tx, notice).await
}

/// Everybody who was interested in a session about a question hears that there is one: ours by a notification, those of other
/// servers, when the event is ours, by a direct message.
async fn tell_interested(core: &Core, tx: &mut Tx, question: &Post, post: &Post) -> Result<()> {
    for actor in interests::interested(tx, question.id).await? {
        if actor.id == post.author_id {
            continue;
        }
        if !actor.local {
            if post.local {
                super::interest::tell_elsewhere(core, tx, &actor, post).await?;
            }
        } else if !notifications::was_told(tx, actor.id, NoticeKind::Event, post.id).await? {
            tell_one(core, tx, actor.id, "notice-event-from-question", post).await?;
        }
    }
    Ok(())
}
