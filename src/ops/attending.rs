//! Signing up for events: who has a place, who waits for one, who moves up. The home of an event decides; a member of ours who
//! signs up for an event elsewhere asks its home, and is told what it said.

use super::notifying::{Notice, tell};
use super::planning::{organises, tell_one};
use super::saying::{Saying, say as say_word, say_at};
use super::{Core, Outcome, following, guests, viewer};
use crate::db::activities::Verb;
use crate::db::notifications::NoticeKind;
use crate::db::{Tx, actors, attendees, events, posts};
use crate::error::{Error, Result};
use crate::model::names::{clean, cut};
use crate::model::{Actor, Attendee, AttendeeId, Event, Post, Rsvp, SignUp, Standing, Time};

/// Longest remark to the organisers, in characters.
pub const REMARK: usize = 500;

/// What somebody says to an event.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    pub answer: Rsvp,
    /// Plain text, for the organisers.
    pub remark: &'a str,
    /// Whether other attendees may see that they come.
    pub visible: bool,
}

/// Why nobody can sign up just now.
fn closed(event: &Event, now: Time) -> Error {
    Error::Forbidden(if event.is_cancelled() {
        "error-event-cancelled"
    } else if event.plan.sign_up == SignUp::Elsewhere {
        "error-sign-up-elsewhere"
    } else if event.plan.sign_up == SignUp::None {
        "error-sign-up-not-needed"
    } else if now >= event.plan.starts_at {
        "error-event-began"
    } else {
        "error-sign-up-closed"
    })
}

/// A yes that is worth keeping its place in the line.
fn stands(state: Standing) -> bool {
    matches!(state, Standing::Sent | Standing::Asked | Standing::Waiting | Standing::In)
}

/// A new row.
fn new_attendee(core: &Core, post: &Post) -> Attendee {
    Attendee {
        id: AttendeeId(core.ids.next()),
        post_id: post.id,
        actor_id: None,
        email: String::new(),
        name: String::new(),
        language: String::new(),
        answer: Rsvp::No,
        state: Standing::Out,
        remark: String::new(),
        visible: false,
        ap_id: String::new(),
        online_link: String::new(),
        since: core.now(),
        at: core.now(),
        answered_at: None,
        reminded_at: None,
    }
}

/// A member of ours says yes, maybe or no. The same again changes the remark and who sees them. To an event elsewhere a yes
/// is sent, and stands when its home has answered; a maybe never leaves.
///
/// # Errors
/// [`Error::Forbidden`] when nobody can sign up any more, or this member can't; [`Error::Gone`] when it was removed.
pub async fn say(core: &Core, tx: &mut Tx, member: &Actor, post: &Post, said: Said<'_>) -> Result<Attendee> {
    // One at a time: who comes first has the place.
    let post = posts::lock(tx, post.id).await?;
    if post.is_deleted() {
        return Err(Error::Gone);
    }
    let event = events::of(tx, post.id).await?.ok_or(Error::NotFound)?;
    let known = attendees::of_actor(tx, post.id, member.id).await?;
    let before = known.as_ref().map_or(Standing::Out, |known| known.state);
    let mut attendee = known.clone().unwrap_or_else(|| Attendee { actor_id: Some(member.id), ..new_attendee(core, &post) });
    attendee.remark = cut(&clean(said.remark), REMARK);
    attendee.visible = said.visible;
    attendee.answer = said.answer;
    match said.answer {
        Rsvp::Yes if stands(before) => {}
        Rsvp::Yes => {
            let now = core.now();
            if viewer(core, tx, Some(member), post.group_id).await?.suspended {
                return Err(Error::Forbidden("error-suspended"));
            }
            if !event.is_open(now) {
                return Err(closed(&event, now));
            }
            if before == Standing::Refused && post.local {
                return Err(Error::Forbidden("error-sign-up-refused"));
            }
            (attendee.since, attendee.at, attendee.reminded_at) = (now, now.max(attendee.at.plus(1)), None);
            let group = actors::by_id(tx, post.group_id).await?;
            following::join(core, tx, member, &group).await?;
            attendee.state = if post.local { seat(core, tx, &post, &event, member).await? } else { Standing::Sent };
            if !post.local {
                attendee.ap_id = say_join(core, tx, member, &post, attendee.at).await?;
            }
        }
        Rsvp::Maybe if event.is_cancelled() || core.now() >= event.plan.over_at() => return Err(closed(&event, core.now())),
        Rsvp::Maybe | Rsvp::No if known.is_none() && viewer(core, tx, Some(member), post.group_id).await?.suspended => {
            return Err(Error::Forbidden("error-suspended"));
        }
        Rsvp::Maybe | Rsvp::No => {
            attendee.at = core.now().max(attendee.at.plus(1));
            attendee.state = left(&post, before);
            attendee.online_link = String::new();
            if !post.local && stands(before) {
                say_leave(core, tx, member, &post, &attendee.ap_id, attendee.at).await?;
            }
        }
    }
    keep(tx, known.is_some(), &attendee).await?;
    if attendee.state != before && said.answer == Rsvp::Yes && post.author_id != member.id {
        confirm(core, tx, member, &post, attendee.state).await?;
    }
    if post.local && before == Standing::In && attendee.state != Standing::In {
        move_up(core, tx, &post, &event).await?;
    }
    Ok(attendee)
}

/// How it stands with somebody who does not come after all: an organiser's no stays, or they would let themselves in by it.
pub(super) fn left(post: &Post, before: Standing) -> Standing {
    if post.local && before == Standing::Refused { Standing::Refused } else { Standing::Out }
}

async fn keep(tx: &mut Tx, known: bool, attendee: &Attendee) -> Result<()> {
    if known { attendees::update(tx, attendee).await } else { attendees::insert(tx, attendee).await }
}

/// What becomes of a yes to an event of ours, whose post is locked: a place while there are any, else a place in the line;
/// where an organiser decides, neither yet.
async fn seat(core: &Core, tx: &mut Tx, post: &Post, event: &Event, who: &Actor) -> Result<Standing> {
    if event.plan.sign_up == SignUp::Approval && !organises(core, tx, who, post).await? {
        tell_organisers(core, tx, post, who).await?;
        return Ok(Standing::Asked);
    }
    place(tx, post, event).await
}

/// A place, or one in the line. The post must be locked.
pub(super) async fn place(tx: &mut Tx, post: &Post, event: &Event) -> Result<Standing> {
    let (taken, waiting) = attendees::counts(tx, post.id).await?;
    // Nobody passes those who wait.
    let room = event.plan.capacity.is_none_or(|capacity| taken < capacity && waiting == 0);
    Ok(if room { Standing::In } else { Standing::Waiting })
}

/// Who waits moves up as far as there are places, in the order of the line; each is told.
///
/// # Errors
/// When the database can't be written.
pub(super) async fn move_up(core: &Core, tx: &mut Tx, post: &Post, event: &Event) -> Result<()> {
    if !post.local || event.is_cancelled() || event.plan.over_at() <= core.now() {
        return Ok(());
    }
    let (taken, _) = attendees::counts(tx, post.id).await?;
    let free = event.plan.capacity.map_or(i64::MAX, |capacity| capacity - taken);
    if free <= 0 {
        return Ok(());
    }
    for attendee in attendees::first_waiting(tx, post.id, free).await? {
        let attendee = Attendee { state: Standing::In, ..attendee };
        attendees::update(tx, &attendee).await?;
        tell_standing(core, tx, post, &attendee).await?;
    }
    Ok(())
}

/// The member's own click, confirmed by mail; the page shows it anyway.
async fn confirm(core: &Core, tx: &mut Tx, member: &Actor, post: &Post, state: Standing) -> Result<()> {
    let sentence = match state {
        Standing::In => "notice-event-in",
        Standing::Waiting => "notice-event-waiting",
        Standing::Asked => "notice-event-asked",
        // Its home has not said anything yet.
        _ => return Ok(()),
    };
    let notice = Notice {
        to: member.id,
        kind: NoticeKind::SignUp,
        sentence,
        post: Some(post.id),
        from: None,
        group: Some(post.group_id),
        detail: "",
    };
    tell(core, tx, notice).await
}

/// Somebody asks to come where that is decided.
async fn tell_organisers(core: &Core, tx: &mut Tx, post: &Post, who: &Actor) -> Result<()> {
    let mut organisers = vec![post.author_id];
    organisers.extend(events::organisers(tx, post.id).await?.into_iter().map(|actor| actor.id));
    for to in organisers {
        let notice = Notice {
            to,
            kind: NoticeKind::Event,
            sentence: "notice-event-asks",
            post: Some(post.id),
            from: Some(who.id),
            group: Some(post.group_id),
            detail: "",
        };
        tell(core, tx, notice).await?;
    }
    Ok(())
}

/// Tells somebody what became of their yes to an event of ours: a member by a notification, somebody of another server by the
/// answer to their Join, and who signed up by e-mail by a mail.
pub(super) async fn tell_standing(core: &Core, tx: &mut Tx, post: &Post, attendee: &Attendee) -> Result<()> {
    let sentence = match attendee.state {
        Standing::In => "notice-event-in",
        Standing::Waiting => "notice-event-waiting",
        Standing::Asked => "notice-event-asked",
        Standing::Refused => "notice-event-refused",
        Standing::Unconfirmed | Standing::Sent | Standing::Out => return Ok(()),
    };
    let Some(actor) = attendee.actor_id else { return guests::tell(core, tx, attendee, sentence).await };
    let actor = actors::by_id(tx, actor).await?;
    if actor.local {
        return tell_one(core, tx, actor.id, sentence, post).await;
    }
    answer_join(core, tx, post, &actor, &attendee.ap_id, attendee.state).await
}

/// The answer to a Join, from the event's author, as the wire wants it.
async fn answer_join(core: &Core, tx: &mut Tx, post: &Post, who: &Actor, join: &str, state: Standing) -> Result<()> {
    let verb = match state {
        Standing::In => Verb::AcceptJoin,
        Standing::Waiting | Standing::Asked => Verb::TentativelyAcceptJoin,
        _ => Verb::RejectJoin,
    };
    let saying = Saying {
        actor: post.author_id,
        verb,
        about: &pair(post, who),
        post: Some(post.id),
        target: Some(who.id),
        received: Some(join),
        listed: false,
    };
    say_word(core, tx, saying).await?;
    Ok(())
}

/// What is said about one event and one person keeps its order.
fn pair(post: &Post, who: &Actor) -> String {
    format!("{}#{}", post.ap_id, who.ap_id)
}

/// Joins and Leaves of one person to one event bear dates that count up: the newest counts, in whatever order they arrive.
async fn say_join(core: &Core, tx: &mut Tx, member: &Actor, post: &Post, at: Time) -> Result<String> {
    let about = pair(post, member);
    let saying = Saying {
        actor: member.id,
        verb: Verb::Join,
        about: &about,
        post: Some(post.id),
        target: Some(post.author_id),
        received: None,
        listed: false,
    };
    say_at(core, tx, saying, at).await
}

async fn say_leave(core: &Core, tx: &mut Tx, member: &Actor, post: &Post, join: &str, at: Time) -> Result<()> {
    let saying = Saying {
        actor: member.id,
        verb: Verb::Leave,
        about: &pair(post, member),
        post: Some(post.id),
        target: Some(post.author_id),
        received: Some(join),
        listed: false,
    };
    say_at(core, tx, saying, at).await?;
    Ok(())
}

/// Asks the home of an event elsewhere again that has not answered, with a new id: a server that keeps those it has seen would
/// swallow the same one.
///
/// # Errors
/// When the database can't be written.
pub async fn ask_again(core: &Core, tx: &mut Tx, attendee: &Attendee) -> Result<()> {
    let post = posts::lock(tx, attendee.post_id).await?;
    let Some(attendee) = attendees::by_id(tx, attendee.id).await?.filter(|now| now.state == Standing::Sent) else { return Ok(()) };
    let (Some(actor), false) = (attendee.actor_id, post.is_deleted()) else { return Ok(()) };
    let member = actors::by_id(tx, actor).await?;
    let at = core.now().max(attendee.at.plus(1));
    let ap_id = say_join(core, tx, &member, &post, at).await?;
    attendees::update(tx, &Attendee { ap_id, at, ..attendee }).await
}

/// Somebody of another server would come to an event of ours. Answered rightly also when it is said again, too late, or for one
/// that was called off (T-56). An older word than the one we have is ignored.
///
/// # Errors
/// When the database can't be written.
pub async fn receive_join(core: &Core, tx: &mut Tx, who: &Actor, post: &Post, join: &Heard<'_>) -> Result<Outcome> {
    let post = posts::lock(tx, post.id).await?;
    let Some(event) = events::of(tx, post.id).await? else { return Ok(Outcome::Ignored("no event")) };
    let known = attendees::of_actor(tx, post.id, who.id).await?;
    let before = known.as_ref().map_or(Standing::Out, |known| known.state);
    if let Some(known) = &known
        && before == Standing::Out
        && (known.ap_id == join.id || join.dated.is_some_and(|dated| dated <= known.at))
    {
        return Ok(Outcome::Ignored("they left since"));
    }
    let mut attendee = known.clone().unwrap_or_else(|| Attendee { actor_id: Some(who.id), ..new_attendee(core, &post) });
    // One that was overtaken by a newer one does not take its place.
    let overtaken = stands(before) && join.dated.is_some_and(|dated| dated < attendee.at);
    if !overtaken {
        join.id.clone_into(&mut attendee.ap_id);
    }
    attendee.at = join.dated.unwrap_or(core.now()).min(core.now().plus(Time::HOUR)).max(attendee.at);
    if !post.is_deleted() && (stands(before) || before == Standing::Refused) {
        // Said again: they may have lost our answer.
        attendees::update(tx, &attendee).await?;
        tell_standing(core, tx, &post, &attendee).await?;
        return Ok(Outcome::Done);
    }
    let suspended = viewer(core, tx, Some(who), post.group_id).await?.suspended;
    if suspended || post.is_deleted() || !event.is_open(core.now()) {
        // Nothing is kept: whoever floods us with these fills nothing.
        answer_join(core, tx, &post, who, join.id, Standing::Refused).await?;
        return Ok(Outcome::Done);
    }
    attendee.answer = Rsvp::Yes;
    attendee.remark = cut(&clean(join.remark), REMARK);
    (attendee.since, attendee.reminded_at) = (core.now(), None);
    attendee.state = seat(core, tx, &post, &event, who).await?;
    keep(tx, known.is_some(), &attendee).await?;
    tell_standing(core, tx, &post, &attendee).await?;
    Ok(Outcome::Done)
}

/// A Join or Leave of somebody of another server.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'a> {
    /// The id of the Join; of a Leave that names none, empty.
    pub id: &'a str,
    pub remark: &'a str,
    /// The date it bears.
    pub dated: Option<Time>,
}

/// They do not come after all. What is older than the Join that stands is ignored.
///
/// # Errors
/// When the database can't be written.
pub async fn receive_leave(core: &Core, tx: &mut Tx, who: &Actor, post: &Post, leave: &Heard<'_>) -> Result<Outcome> {
    let post = posts::lock(tx, post.id).await?;
    let Some(event) = events::of(tx, post.id).await? else { return Ok(Outcome::Ignored("no event")) };
    let Some(attendee) = attendees::of_actor(tx, post.id, who.id).await? else {
        // The Join may still be on its way: it must find that it was taken back.
        let at = leave.dated.unwrap_or(core.now()).min(core.now().plus(Time::HOUR));
        let gone = Attendee { actor_id: Some(who.id), ap_id: leave.id.to_owned(), at, ..new_attendee(core, &post) };
        if leave.id.is_empty() && leave.dated.is_none() {
            return Ok(Outcome::Ignored("was not coming"));
        }
        attendees::insert(tx, &gone).await?;
        return Ok(Outcome::Done);
    };
    let of_another = !leave.id.is_empty() && leave.id != attendee.ap_id;
    if of_another && leave.dated.is_some_and(|dated| dated < attendee.at) {
        return Ok(Outcome::Ignored("signed up again since"));
    }
    let before = attendee.state;
    let at = leave.dated.unwrap_or(core.now()).min(core.now().plus(Time::HOUR)).max(attendee.at);
    let state = left(&post, before);
    attendees::update(tx, &Attendee { answer: Rsvp::No, state, remark: String::new(), at, ..attendee }).await?;
    if before == Standing::In {
        move_up(core, tx, &post, &event).await?;
    }
    Ok(Outcome::Done)
}

/// What the home of an event elsewhere answers.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    pub state: Standing,
    /// The link to take part, for whoever has a place.
    pub online_link: Option<&'a str>,
    /// Its date, on the home's own clock: the newest counts.
    pub at: Time,
}

/// The home of an event elsewhere answers a member of ours; who may was found out before (T-31). Its link is kept for them.
///
/// # Errors
/// When the database can't be written.
pub async fn receive_answer(core: &Core, tx: &mut Tx, member: &Actor, post: &Post, answer: Answer<'_>) -> Result<Outcome> {
    let Answer { state, online_link, at } = answer;
    let post = posts::lock(tx, post.id).await?;
    let Some(attendee) = attendees::of_actor(tx, post.id, member.id).await?.filter(|known| known.answer == Rsvp::Yes) else {
        return Ok(Outcome::Ignored("not asked for, or taken back since"));
    };
    if attendee.answered_at.is_some_and(|answered| answered > at) {
        return Ok(Outcome::Ignored("we have a newer answer"));
    }
    let link = if state == Standing::In { online_link.map_or_else(|| attendee.online_link.clone(), str::to_owned) } else { String::new() };
    let changed = Attendee { state, online_link: link, answered_at: Some(at), ..attendee.clone() };
    attendees::update(tx, &changed).await?;
    if attendee.state == state && attendee.online_link == changed.online_link {
        return Ok(Outcome::Ignored("known"));
    }
    let sentence = match state {
        Standing::In if attendee.state != Standing::In => "notice-event-in",
        Standing::In => "notice-event-link",
        Standing::Waiting => "notice-event-waiting",
        Standing::Asked => "notice-event-asked",
        _ => "notice-event-refused",
    };
    tell_one(core, tx, member.id, sentence, &post).await?;
    Ok(Outcome::Done)
}

/// An organiser decides about somebody who asked to come: in (as far as there is room), or refused. Somebody who is in can be
/// refused afterwards too; who waits moves up then.
///
/// # Errors
/// [`Error::Forbidden`] for who does not organise it; [`Error::NotFound`] when there is nobody to decide about.
pub async fn decide(core: &Core, tx: &mut Tx, by: &Actor, post: &Post, whom: AttendeeId, lets_in: bool) -> Result<()> {
    let post = posts::lock(tx, post.id).await?;
    let event = events::of(tx, post.id).await?.ok_or(Error::NotFound)?;
    if !organises(core, tx, by, &post).await? || !post.local {
        return Err(Error::Forbidden("error-only-organisers"));
    }
    let attendee = attendees::by_id(tx, whom).await?.filter(|attendee| attendee.post_id == post.id).ok_or(Error::NotFound)?;
    let before = attendee.state;
    let state = match (lets_in, before) {
        (true, Standing::Asked | Standing::Refused) => place(tx, &post, &event).await?,
        (false, Standing::Asked | Standing::In | Standing::Waiting) => Standing::Refused,
        _ => return Ok(()),
    };
    let attendee = Attendee { state, since: if lets_in { core.now() } else { attendee.since }, ..attendee };
    attendees::update(tx, &attendee).await?;
    tell_standing(core, tx, &post, &attendee).await?;
    if before == Standing::In {
        move_up(core, tx, &post, &event).await?;
    }
    Ok(())
}

/// The link changed: whoever has a place gets the new one.
///
/// # Errors
/// When the database can't be written.
pub(super) async fn give_link_again(core: &Core, tx: &mut Tx, post: &Post, event: &Event) -> Result<()> {
    if event.plan.online_link.is_empty() {
        return Ok(());
    }
    for attendee in attendees::in_state(tx, post.id, Standing::In).await? {
        match attendee.actor_id {
            None => guests::tell(core, tx, &attendee, "notice-event-link").await?,
            Some(id) => {
                let actor = actors::by_id(tx, id).await?;
                if !actor.local {
                    answer_join(core, tx, post, &actor, &attendee.ap_id, Standing::In).await?;
                } else if actor.id != post.author_id {
                    tell_one(core, tx, actor.id, "notice-event-link", post).await?;
                }
            }
        }
    }
    Ok(())
}

/// Somebody leaves Meent: what they said to events goes, and who waits for their places moves up. Homes of events elsewhere are
/// told before the account is closed.
///
/// # Errors
/// When the database can't be written.
pub async fn forget(core: &Core, tx: &mut Tx, member: &Actor) -> Result<()> {
    for attendee in attendees::said_by(tx, member.id).await? {
        let post = posts::lock(tx, attendee.post_id).await?;
        if !post.local && stands(attendee.state) && member.local {
            say_leave(core, tx, member, &post, &attendee.ap_id, core.now().max(attendee.at.plus(1))).await?;
        }
    }
    for (post, state) in attendees::forget_actor(tx, member.id).await? {
        if state == Standing::In
            && let Some(event) = events::of(tx, post).await?
        {
            let post = posts::lock(tx, post).await?;
            move_up(core, tx, &post, &event).await?;
        }
    }
    Ok(())
}
