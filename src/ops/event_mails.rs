//! What the mails about events say besides their sentence: when and where, how it stands with whoever reads it, the event for
//! their calendar, and, for who has a place at the moment of sending, the link to take part online. Written when they are sent.

use fluent_bundle::FluentArgs;

use super::calendar::{self, View, status_of};
use super::mailing::{Part, lay_out, region};
use super::sending::{Attached, Ready};
use super::{Core, guests};
use crate::db::mails::Mail;
use crate::db::notifications::{NoticeKind, Notification};
use crate::db::{Conn, attendees, events, posts};
use crate::error::{Error, Result};
use crate::model::ics::{self, Status};
use crate::model::names::cut;
use crate::model::rights::{Viewer, can_see};
use crate::model::{ActorId, Attendee, AttendeeId, Event, Lang, Plan, Post, Rsvp, Standing, when};

/// Longest subject.
const SUBJECT: usize = 150;

/// What is true of an event for somebody who is told of it.
#[derive(Debug)]
pub struct About {
    post: Post,
    event: Event,
    /// What they said to it.
    attendee: Option<Attendee>,
    topics: Vec<String>,
    /// How many stand before them, of who waits.
    before: i64,
    lang: Lang,
}

/// A sentence with what is filled in.
fn say(lang: Lang, key: &str, name: &'static str, value: &str) -> String {
    let mut args = FluentArgs::new();
    args.set(name, value.to_owned());
    lang.say(key, Some(&args))
}

/// Where it is, in a sentence; nothing where nobody said.
fn place(lang: Lang, plan: &Plan) -> Option<String> {
    match (plan.place.line(), plan.online) {
        (line, true) if line.is_empty() => Some(lang.say("mail-event-where-online", None)),
        (line, false) if line.is_empty() => None,
        (line, true) => Some(say(lang, "mail-event-where-both", "place", &line)),
        (line, false) => Some(say(lang, "mail-event-where", "place", &line)),
    }
}

impl About {
    /// What a notification is about, when that is an event.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn of_notice(conn: &mut Conn, reader: ActorId, notice: &Notification, lang: Lang) -> Result<Option<Self>> {
        let Some(post) = notice.post_id.filter(|_| matches!(notice.kind, NoticeKind::Event | NoticeKind::SignUp)) else { return Ok(None) };
        let attendee = attendees::of_actor(conn, post, reader).await?;
        let post = match posts::by_id(conn, post).await {
            Err(Error::NotFound) => return Ok(None),
            post => post?,
        };
        Self::of(conn, post, attendee, lang).await
    }

    async fn of(conn: &mut Conn, post: Post, attendee: Option<Attendee>, lang: Lang) -> Result<Option<Self>> {
        let Some(event) = events::of(conn, post.id).await? else { return Ok(None) };
        let before = match &attendee {
            Some(attendee) if attendee.state == Standing::Waiting && post.local => attendees::before_in_line(conn, attendee).await?,
            _ => 0,
        };
        let topics = calendar::shown(conn, post.id).await?;
        Ok(Some(Self { post, event, attendee, topics, before, lang }))
    }

    fn state(&self) -> Option<Standing> {
        self.attendee.as_ref().map(|attendee| attendee.state)
    }

    fn is_off(&self) -> bool {
        self.post.is_deleted() || self.event.is_cancelled()
    }

    /// Whether they come, wait, are decided about, or may come.
    fn is_concerned(&self) -> bool {
        self.attendee.as_ref().is_some_and(|one| match one.answer {
            Rsvp::Yes => !matches!(one.state, Standing::Refused | Standing::Out | Standing::Unconfirmed),
            Rsvp::Maybe => true,
            Rsvp::No => false,
        })
    }

    /// Whether a sentence is still true: what was overtaken is not mailed any more.
    #[must_use]
    pub fn holds(&self, core: &Core, sentence: &str) -> bool {
        let state = self.state();
        match sentence {
            "notice-event-in" | "notice-event-link" => state == Some(Standing::In) && !self.is_off(),
            "notice-event-waiting" => state == Some(Standing::Waiting) && !self.is_off(),
            "notice-event-asked" => state == Some(Standing::Asked) && !self.is_off(),
            "notice-event-refused" => state == Some(Standing::Refused),
            "notice-event-reminder" | "notice-event-reminder-today" => {
                state == Some(Standing::In) && !self.is_off() && self.event.plan.starts_at > core.now()
            }
            "notice-event-moved" | "notice-event-on-again" => self.is_concerned() && !self.is_off(),
            "notice-event-cancelled" | "notice-event-gone" => self.is_concerned() && self.is_off(),
            _ => true,
        }
    }

    /// The link to take part online, of who has a place now.
    fn online_link(&self) -> &str {
        match &self.attendee {
            Some(attendee) if attendee.state == Standing::In && !self.is_off() => {
                if self.post.local {
                    &self.event.plan.online_link
                } else {
                    &attendee.online_link
                }
            }
            _ => "",
        }
    }

    /// When and where, below the sentence.
    #[must_use]
    pub fn facts(&self, core: &Core) -> Vec<Part> {
        if self.post.is_deleted() {
            return Vec::new();
        }
        let (lang, plan) = (self.lang, &self.event.plan);
        let mut lines = vec![say(lang, "mail-event-when", "when", &when::of_plan(lang, plan, calendar::zone(core)))];
        lines.extend(place(lang, plan));
        if self.event.is_cancelled() {
            lines.push(lang.say("mail-event-off", None));
        }
        if self.before > 0 {
            let mut args = FluentArgs::new();
            args.set("n", self.before);
            lines.push(lang.say("mail-event-line", Some(&args)));
        }
        vec![Part::Paragraph(lines.join("\n"))]
    }

    /// What leads on: the link to take part online, for who may have it.
    #[must_use]
    pub fn links(&self) -> Vec<Part> {
        let link = self.online_link();
        if link.is_empty() { Vec::new() } else { vec![Part::Link(self.lang.say("mail-event-join", None), link.to_owned())] }
    }

    /// The event for their calendar, with what tells them how it stands with their own yes.
    #[must_use]
    pub fn attached(&self, core: &Core, sentence: &str) -> Option<Attached> {
        let theirs = matches!(
            sentence,
            "notice-event-in"
                | "notice-event-waiting"
                | "notice-event-asked"
                | "notice-event-refused"
                | "notice-event-moved"
                | "notice-event-cancelled"
                | "notice-event-on-again"
                | "notice-event-gone"
                | "notice-event-link"
                | "notice-event-reminder"
                | "notice-event-reminder-today"
        );
        let attendee = self.attendee.as_ref().filter(|_| theirs)?;
        let status = match attendee.answer {
            Rsvp::Yes => status_of(Some(attendee.state)),
            Rsvp::Maybe => Status::Tentative,
            Rsvp::No => Status::Cancelled,
        };
        let view = View { lang: self.lang, status, online_link: self.online_link(), at: Some(core.now()) };
        let entry = calendar::entry(core, &self.post, &self.event, self.topics.clone(), &view);
        Some(Attached {
            name: format!("{}.ics", self.lang.say("mail-event-name", None)),
            kind: "text/calendar; method=PUBLISH; charset=utf-8",
            text: ics::write("", calendar::zone(core), &[entry]),
        })
    }
}

/// What a mail to somebody without an account says now; none when they are gone, or it was overtaken.
///
/// # Errors
/// When the database can't be read.
pub async fn for_guest(core: &Core, conn: &mut Conn, mail: &Mail) -> Result<Option<Ready>> {
    let Some((id, sentence)) = mail.reference.split_once(' ') else { return Ok(None) };
    let Ok(id) = id.parse::<AttendeeId>() else { return Ok(None) };
    let Some(attendee) = attendees::by_id(conn, id).await?.filter(|attendee| attendee.actor_id.is_none()) else { return Ok(None) };
    let post = match posts::by_id(conn, attendee.post_id).await {
        Err(Error::NotFound) => return Ok(None),
        post => post?,
    };
    // Of what was removed they hear that it is gone, and nothing else.
    if !can_see(Viewer::default(), &post) && sentence != "notice-event-gone" {
        return Ok(None);
    }
    let lang = Lang::from_code(&attendee.language).unwrap_or_default();
    let address = attendee.email.clone();
    let Some(about) = About::of(conn, post, Some(attendee), lang).await?.filter(|about| about.holds(core, sentence)) else {
        return Ok(None);
    };
    let title = if about.post.title.is_empty() { lang.say("post-removed-title", None) } else { about.post.title.clone() };
    let mut args = FluentArgs::new();
    args.set("title", title.clone());
    args.set("detail", format!("\"{title}\""));
    let sentence_said = lang.say(sentence, Some(&args));
    let mut parts = vec![Part::Paragraph(sentence_said.clone())];
    parts.extend(about.facts(core));
    parts.extend(about.links());
    if !about.post.is_deleted() {
        parts.push(Part::Link(lang.say("mail-event-open", None), core.urls.at(&about.post.path())));
        if let Some(path) = guests::page_of(conn, id).await? {
            parts.push(Part::Link(lang.say("mail-event-guest", None), core.urls.at(&path)));
        }
    }
    let region = region(conn).await?;
    let written = lay_out(core, &region, lang, &cut(&sentence_said, SUBJECT), &parts);
    Ok(Some(Ready { address, written, told: Vec::new(), unsubscribe: None, attached: about.attached(core, sentence) }))
}
