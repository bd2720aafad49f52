//! What the page of an event shows at its top: when and where, who comes, and the reader's own word about it.

use axum::extract::State;
use fluent_bundle::FluentArgs;

use super::moments::{differs, span, zone_name};
use crate::db::attendees::{self, AttendeeLine};
use crate::db::{Conn, actors, events, posts};
use crate::error::{Error, Result};
use crate::model::rights::{Viewer, may_organise};
use crate::model::{Actor, Attendee, Event, EventStatus, Post, PostId, PostKind, Rsvp, SignUp, Standing, Time};
use crate::ops::attending::{self, Said};
use crate::ops::guests;
use crate::web::forms::{Field, Signed};
use crate::web::page::Shown;
use crate::web::session::flash_to;
use crate::web::ui::Ui;
use crate::web::{At, Web};

/// Names of other attendees that are shown.
const NAMES: i64 = 100;

/// The form in which a member says whether they come.
pub struct AnswerForm {
    /// What can be said now.
    pub answers: Vec<Rsvp>,
    pub remark: Field,
    pub visible: Field,
    /// Whether something was said already, so that the form is for changing it.
    pub again: bool,
}

/// An event as this reader sees it.
#[expect(clippy::struct_excessive_bools, reason = "what a template asks of an event")]
pub struct Block {
    pub id: PostId,
    /// `moved` or `cancelled`.
    pub status: Option<&'static str>,
    pub when: String,
    /// The same as the clocks of this region show it, where they show something else; and where the event's clock hangs.
    pub our_when: Option<(String, String)>,
    pub place: String,
    pub online: bool,
    /// For who has a place, and who organises it.
    pub link: Option<String>,
    /// The author first.
    pub people: Vec<Actor>,
    pub contact: String,
    /// How many come, how many places are left, how many wait.
    pub counts: Vec<String>,
    /// What became of what the reader said: the word for it, and a sentence.
    pub mine: Option<(&'static str, String)>,
    pub form: Option<AnswerForm>,
    /// Why nobody can sign up here just now, or need to.
    pub note: Option<&'static str>,
    /// Where people sign up instead.
    pub sign_up_link: Option<String>,
    /// A visitor could sign up: after logging in; or by e-mail.
    pub login: bool,
    pub guests: bool,
    /// Others who come and may be seen, and how many more there are.
    pub names: Vec<AttendeeLine>,
    pub others: i64,
    pub organises: bool,
    /// About how many an organiser has to decide.
    pub asked: i64,
    /// The page of the series that it belongs to.
    pub series: Option<String>,
    /// The event's own page and its server, when that is another one.
    pub home: Option<(String, String)>,
}

/// An address that a browser may follow: other servers say what they like.
fn on_the_web(link: &str) -> Option<String> {
    (link.starts_with("https://") || link.starts_with("http://")).then(|| link.to_owned())
}

/// What became of what somebody said, in a sentence to trust.
///
/// # Errors
/// When the database can't be read.
pub async fn sentence(conn: &mut Conn, ui: &Ui, post: &Post, mine: &Attendee) -> Result<String> {
    let key = match (mine.answer, mine.state) {
        (Rsvp::Maybe, _) => "event-mine-maybe",
        (Rsvp::No, _) | (_, Standing::Out) => "event-mine-no",
        (_, Standing::Unconfirmed) => "event-mine-unconfirmed",
        (_, Standing::Sent) => "event-mine-sent",
        (_, Standing::Asked) => "event-mine-asked",
        (_, Standing::Waiting) if post.local => "event-mine-waiting",
        (_, Standing::Waiting) => "event-mine-waiting-there",
        (_, Standing::In) => "event-mine-in",
        (_, Standing::Refused) => "event-mine-refused",
    };
    let mut args = FluentArgs::new();
    if mine.state == Standing::Waiting && post.local {
        args.set("n", attendees::before_in_line(conn, mine).await? + 1);
    }
    if mine.state == Standing::Sent {
        args.set("host", actors::by_id(conn, post.author_id).await?.host);
        args.set("since", ui.date(mine.since));
    }
    Ok(ui.lang.say(key, Some(&args)))
}

/// The word for what became of it, for the look.
fn mood(mine: &Attendee) -> &'static str {
    if mine.answer == Rsvp::Yes { mine.state.word() } else { mine.answer.word() }
}

fn counts(ui: &Ui, event: &Event, attending: Option<i64>, waiting: i64) -> Vec<String> {
    let mut counts = Vec::new();
    if let Some(attending) = attending.filter(|_| event.plan.sign_up.is_here()) {
        counts.push(ui.n("event-attending", attending));
        if let Some(capacity) = event.plan.capacity {
            counts.push(ui.n("event-left", (capacity - attending).max(0)));
        }
        if waiting > 0 {
            counts.push(ui.n("event-waiting", waiting));
        }
    }
    counts
}

/// Why nobody can sign up, where that is so.
fn note(event: &Event, now: Time) -> Option<&'static str> {
    if event.is_cancelled() || event.is_open(now) {
        None
    } else if now >= event.plan.over_at() {
        Some("event-over")
    } else {
        Some(match event.plan.sign_up {
            SignUp::None => "error-sign-up-not-needed",
            SignUp::Elsewhere => "event-sign-up-there",
            _ if now >= event.plan.starts_at => "error-event-began",
            _ => "error-sign-up-closed",
        })
    }
}

/// What the reader can say now.
fn answers(viewer: Viewer, post: &Post, event: &Event, mine: Option<&Attendee>, now: Time) -> Vec<Rsvp> {
    let comes = mine.is_some_and(|mine| {
        mine.answer == Rsvp::Yes && matches!(mine.state, Standing::Sent | Standing::Asked | Standing::Waiting | Standing::In)
    });
    let refused = post.local && mine.is_some_and(|mine| mine.state == Standing::Refused);
    let open = event.is_open(now) && !viewer.suspended && !refused;
    let over = now >= event.plan.over_at();
    let mut answers = Vec::new();
    if !event.plan.sign_up.is_here() || event.is_cancelled() || over || refused {
        return answers;
    }
    if open || comes {
        answers.push(Rsvp::Yes);
    }
    if open || mine.is_some() {
        answers.extend([Rsvp::Maybe, Rsvp::No]);
    }
    answers
}

fn form(ui: &Ui, answers: Vec<Rsvp>, mine: Option<&Attendee>) -> Option<AnswerForm> {
    if answers.is_empty() {
        return None;
    }
    let seen = if mine.is_some_and(|mine| mine.visible) { "1" } else { "" };
    Some(AnswerForm {
        answers,
        remark: ui.field("event-remark", "remark", mine.map_or("", |mine| mine.remark.as_str())).area(2).optional(ui),
        visible: ui.field("event-visible", "visible", seen).check(),
        again: mine.is_some(),
    })
}

impl Block {
    /// Reads what belongs at the top of the page of `post`; nothing for what is no event, or was taken away.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn read(web: &Web, conn: &mut Conn, ui: &Ui, viewer: Viewer, post: &Post) -> Result<Option<Self>> {
        if post.kind != PostKind::Event || post.is_deleted() {
            return Ok(None);
        }
        let Some(event) = events::of(conn, post.id).await? else { return Ok(None) };
        let (plan, now) = (&event.plan, web.core.now());
        let named = match viewer.actor {
            Some(actor) => events::is_organiser(conn, post.id, actor).await?,
            None => false,
        };
        let organises = may_organise(viewer, post, named);
        let mine = match viewer.actor {
            Some(actor) => attendees::of_actor(conn, post.id, actor).await?,
            None => None,
        };
        let has_place = mine.as_ref().is_some_and(|mine| mine.state == Standing::In);
        let link = match (&mine, post.local) {
            (_, true) if organises || has_place => plan.online_link.as_str(),
            (Some(mine), false) if has_place => mine.online_link.as_str(),
            _ => "",
        };
        let (coming, waiting) = attendees::counts(conn, post.id).await?;
        let (attending, waiting) = if post.local { (Some(coming), waiting) } else { (event.told_attending, 0) };
        let others = if post.local && has_place { attendees::visible(conn, post.id, NAMES).await? } else { Vec::new() };
        let author = actors::by_id(conn, post.author_id).await?;
        let home = (!post.local).then(|| author.host.clone()).zip(on_the_web(&post.url));
        let mut people = vec![author];
        people.extend(events::organisers(conn, post.id).await?);
        let form = match viewer.actor {
            Some(_) => form(ui, answers(viewer, post, &event, mine.as_ref(), now), mine.as_ref()),
            None => None,
        };
        let sentence = match &mine {
            Some(mine) if !event.is_cancelled() => Some((mood(mine), sentence(conn, ui, post, mine).await?)),
            _ => None,
        };
        Ok(Some(Self {
            id: post.id,
            status: Some(event.status).filter(|status| *status != EventStatus::Planned).map(EventStatus::word),
            when: span(ui.lang, plan.tz(), plan.starts_at, plan.ends_at),
            our_when: differs(plan, ui.zone())
                .then(|| (zone_name(ui.lang, &plan.zone), span(ui.lang, ui.zone(), plan.starts_at, plan.ends_at))),
            place: plan.place.line(),
            online: plan.online,
            link: on_the_web(link),
            people,
            contact: plan.contact.clone(),
            counts: counts(ui, &event, attending, waiting),
            mine: sentence,
            note: note(&event, now),
            sign_up_link: on_the_web(&plan.sign_up_link).filter(|_| plan.sign_up == SignUp::Elsewhere && !event.is_cancelled()),
            login: viewer.actor.is_none() && event.is_open(now),
            guests: viewer.actor.is_none() && event.is_open(now) && guests::are_welcome(&web.core, conn, post, &event).await?,
            others: coming - i64::try_from(others.len()).unwrap_or_default(),
            names: others,
            organises,
            asked: if organises { attendees::count_asked(conn, post.id).await? } else { 0 },
            series: event
                .series
                .as_deref()
                .map(|series| event.series_id.map_or_else(|| series.to_owned(), |id| format!("/series/{id}")))
                .and_then(|link| if link.starts_with('/') { Some(link) } else { on_the_web(&link) }),
            home,
            form,
        }))
    }
}

/// A member says yes, maybe or no, to an event of any region.
pub async fn attend(State(web): State<Web>, At(id): At<PostId>, form: Signed) -> Shown {
    let answer = Rsvp::from_word(form.typed.get("rsvp")).ok_or(Error::Bad("no answer that we know".into()))?;
    let said = Said { answer, remark: form.typed.get("remark"), visible: form.typed.get("visible") == "1" };
    let mut tx = web.core.db.begin().await?;
    let post = posts::by_id(&mut tx, id).await?;
    Box::pin(attending::say(&web.core, &mut tx, &form.me.actor, &post, said)).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-event-answered", &format!("{}#bijeenkomst", post.path())))
}
