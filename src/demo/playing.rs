//! What happens in the demo, one deed after the other: who asks, answers, chooses, signs up. Each is a verb at the region of
//! whoever does it; what others see of it has travelled there.

use std::collections::BTreeMap;

use super::content::{self, Content, Event, Proposal, Reply, Step, Thread};
use super::settling::{fit, tags, taken};
use super::stage::Region;
use crate::db::{Tx, posts};
use crate::error::{Error, Result};
use crate::model::names::{About, Body, Name, Title};
use crate::model::{Actor, Place, Plan, Post, PostKind, Rsvp, Time, Tried};
use crate::ops::attaching::{self, Chosen};
use crate::ops::attending::{self, Said};
use crate::ops::pictures::Shape;
use crate::ops::planning::{self, Draft};
use crate::ops::{accepting, appreciating, files, interest, looking_back, members, proposing, publishing, steering, trying, viewer};

/// The language in which everybody writes.
const LANGUAGE: &str = "nl";
/// Nothing of the past happens later than this before now: then it has arrived everywhere.
const LATEST: i64 = 2 * Time::MINUTE;

/// What somebody does.
#[derive(Clone, Debug)]
pub enum Deed<'a> {
    Start(&'a Thread),
    /// Replies to what has the key `to`; the reply gets the key `key`.
    Reply {
        key: String,
        to: String,
        reply: Written<'a>,
    },
    Useful(String),
    Interest(String),
    /// Comes to an event, with a word for who organises it.
    Attend(String, &'a str),
    /// Chooses an answer.
    Accept {
        question: String,
        answer: String,
    },
    Pin(String),
    Propose(&'a Proposal),
}

/// What a reply says and is.
#[derive(Clone, Copy, Debug)]
pub struct Written<'a> {
    text: &'a str,
    comment: bool,
    tried: Option<&'a str>,
    report: bool,
}

/// A deed: when, and by whom.
#[derive(Clone, Debug)]
pub struct Act<'a> {
    pub at: Time,
    pub by: &'a str,
    pub deed: Deed<'a>,
}

/// What became of an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Played {
    Done,
    /// What it is about has not arrived there yet.
    TooEarly,
}

/// Lays out everything that happened until `now`, in order.
#[derive(Debug)]
pub struct Script<'a> {
    content: &'a Content,
    everybody: Vec<&'a str>,
    now: Time,
    zone: chrono_tz::Tz,
    acts: Vec<Act<'a>>,
    /// Whose turn it is to find something useful.
    turn: usize,
}

impl<'a> Script<'a> {
    /// Every act of the past.
    #[must_use]
    pub fn of(content: &'a Content, now: Time, zone: chrono_tz::Tz) -> Vec<Act<'a>> {
        let mut script = Script { content, everybody: content.everybody(), now, zone, acts: Vec::new(), turn: 0 };
        for thread in &content.threads {
            script.thread(thread);
        }
        for proposal in content.regions.iter().filter_map(|region| region.proposal.as_ref()) {
            script.act(proposal.at.at(now, zone), &proposal.by, Deed::Propose(proposal));
        }
        // Those of one moment stay in the order in which they were laid out.
        script.acts.sort_by_key(|act| act.at);
        script.acts
    }

    fn act(&mut self, at: Time, by: &'a str, deed: Deed<'a>) {
        self.acts.push(Act { at: at.min(self.now.plus(-LATEST)), by, deed });
    }

    fn thread(&mut self, thread: &'a Thread) {
        let at = thread.at.map_or(self.now, |at| at.at(self.now, self.zone));
        self.act(at, &thread.by, Deed::Start(thread));
        if thread.pinned {
            self.act(at.plus(Time::MINUTE), &thread.by, Deed::Pin(thread.key.clone()));
        }
        self.some(thread.useful, at.plus(20 * Time::HOUR), &thread.by, || Deed::Useful(thread.key.clone()));
        self.some(thread.interest, at.plus(26 * Time::HOUR), &thread.by, || Deed::Interest(thread.key.clone()));
        if let Some(event) = &thread.event {
            let mut remarks = event.remarks.iter().map(String::as_str);
            let key = thread.key.clone();
            // Of what is full, visitors are told to try the waiting list: as whom they do so must not be there yet.
            let visitors: Vec<&str> = self.content.regions.iter().map(|region| region.accounts()[2]).filter(|_| event.is_full()).collect();
            self.some_but(&visitors, event.attendees, at.plus(3 * Time::HOUR), &thread.by, || {
                Deed::Attend(key.clone(), remarks.next().unwrap_or_default())
            });
        }
        self.replies(&thread.replies, &thread.key, &thread.by, at);
    }

    /// So many others do it, a while after each other.
    fn some(&mut self, count: usize, from: Time, author: &str, deed: impl FnMut() -> Deed<'a>) {
        self.some_but(&[], count, from, author, deed);
    }

    /// The same, and none of these.
    fn some_but(&mut self, not: &[&str], count: usize, from: Time, author: &str, mut deed: impl FnMut() -> Deed<'a>) {
        let mut at = from;
        let others: Vec<&'a str> = self.everybody.iter().copied().filter(|name| *name != author && !not.contains(name)).collect();
        self.turn += 1;
        for step in 0..count.min(others.len()) {
            if let Some(by) = others.get((self.turn * 5 + step) % others.len()) {
                self.act(at, by, deed());
            }
            at = at.plus(3 * Time::HOUR);
        }
    }

    fn replies(&mut self, replies: &'a [Reply], parent: &str, asker: &'a str, after: Time) {
        let mut before = after;
        for (number, reply) in replies.iter().enumerate() {
            let at = reply.at.at(self.now, self.zone).max(before.plus(Time::MINUTE));
            before = at;
            let key = format!("{parent}/{}", number + 1);
            let written = Written { text: &reply.text, comment: reply.comment, tried: reply.tried.as_deref(), report: reply.report };
            self.act(at, &reply.by, Deed::Reply { key: key.clone(), to: parent.to_owned(), reply: written });
            self.some(reply.useful, at.plus(20 * Time::HOUR), &reply.by, || Deed::Useful(key.clone()));
            self.replies(&reply.replies, &key, asker, at);
            if reply.accepted {
                let deed = Deed::Accept { question: parent.to_owned(), answer: key };
                self.act(at.plus(22 * Time::HOUR), asker, deed);
            }
        }
    }
}

/// The act of a step that happens live.
#[must_use]
pub fn live(step: &Step, number: usize) -> Act<'_> {
    let at = Time::default();
    if let Some(thread) = &step.thread {
        return Act { at, by: &thread.by, deed: Deed::Start(thread) };
    }
    let deed = if step.text.is_empty() {
        Deed::Useful(step.on.clone())
    } else {
        let reply = Written { text: &step.text, comment: step.comment, tried: None, report: false };
        Deed::Reply { key: format!("live/{number}"), to: step.on.clone(), reply }
    };
    Act { at, by: &step.by, deed }
}

/// The regions, and what has been written in them.
#[derive(Debug)]
pub struct Players<'a> {
    pub regions: Vec<Region>,
    pub content: &'a Content,
    /// What the moments of the content are counted from, whatever the clock of the regions says.
    pub today: Time,
    /// The id of each post by its key.
    pub known: BTreeMap<String, String>,
}

impl Players<'_> {
    /// Does what an act says, now.
    ///
    /// # Errors
    /// When a verb refuses it, or a database can't be written.
    pub async fn play(&mut self, act: &Act<'_>) -> Result<Played> {
        let number = self.content.region_of(act.by)?;
        let region = self.regions.get_mut(number).ok_or(Error::NotFound)?;
        let member = region.member(act.by).await?;
        let core = region.core.clone();
        match &act.deed {
            Deed::Start(thread) => self.start(number, &member, thread).await,
            Deed::Propose(proposal) => {
                let name = fit(&proposal.name, Name::parse(&proposal.name))?;
                let title = fit(&proposal.title, Title::parse(&proposal.title))?;
                let about = fit(&proposal.about, About::parse(&proposal.about))?;
                let reason = fit(&proposal.reason, About::parse(&proposal.reason))?;
                let mut tx = core.db.begin().await?;
                proposing::propose(&core, &mut tx, &member, &name, &title, &about, &reason).await?;
                core.commit(tx).await?;
                Ok(Played::Done)
            }
            Deed::Reply { key, to, reply } => {
                let Some(parent) = self.find(number, to).await? else { return Ok(Played::TooEarly) };
                let body = fit(reply.text, Body::parse(reply.text))?;
                let mut tx = core.db.begin().await?;
                let written = if reply.report {
                    looking_back::report(&core, &mut tx, &member, &parent, &body, true, LANGUAGE).await?
                } else if let Some(tried) = reply.tried.and_then(Tried::from_word) {
                    trying::tell(&core, &mut tx, &member, &parent, tried, &body, LANGUAGE).await?
                } else {
                    publishing::reply(&core, &mut tx, &member, &parent, &body, reply.comment, LANGUAGE).await?
                };
                members::start_session(&core, &mut tx, member.id).await?;
                core.commit(tx).await?;
                self.known.insert(key.clone(), written.ap_id);
                Ok(Played::Done)
            }
            Deed::Accept { question, answer } => {
                let (Some(question), Some(answer)) = (self.find(number, question).await?, self.find(number, answer).await?) else {
                    return Ok(Played::TooEarly);
                };
                let mut tx = core.db.begin().await?;
                let by = viewer(&core, &mut tx, Some(&member), question.group_id).await?;
                accepting::choose(&core, &mut tx, by, &question, &answer, true).await?;
                core.commit(tx).await?;
                Ok(Played::Done)
            }
            Deed::Useful(key) | Deed::Interest(key) | Deed::Attend(key, _) | Deed::Pin(key) => {
                let Some(post) = self.find(number, key).await? else { return Ok(Played::TooEarly) };
                let mut tx = core.db.begin().await?;
                match &act.deed {
                    Deed::Interest(_) => interest::show(&core, &mut tx, &member, &post, true).await?,
                    Deed::Attend(_, remark) => {
                        attending::say(&core, &mut tx, &member, &post, Said { answer: Rsvp::Yes, remark, visible: true }).await?;
                    }
                    Deed::Pin(_) => {
                        let by = viewer(&core, &mut tx, Some(&member), post.group_id).await?;
                        steering::pin(&core, &mut tx, by, &post, true).await?;
                    }
                    _ => appreciating::appreciate(&core, &mut tx, &member, &post, true).await?,
                }
                core.commit(tx).await?;
                Ok(Played::Done)
            }
        }
    }

    /// A post as a region has it; none while it has not arrived there.
    async fn find(&self, region: usize, key: &str) -> Result<Option<Post>> {
        let region = self.regions.get(region).ok_or(Error::NotFound)?;
        let id = self.known.get(key).ok_or_else(|| Error::Internal(format!("nothing in the demo is called {key} by then")))?;
        posts::by_ap_id(&mut region.core.db.conn(), id).await
    }

    async fn start(&mut self, number: usize, author: &Actor, thread: &Thread) -> Result<Played> {
        let home = self.content.home_of(&thread.group)?;
        let (Some(region), Some(home)) = (self.regions.get(number), self.regions.get(home)) else { return Err(Error::NotFound) };
        let core = region.core.clone();
        let group = region.group(&thread.group, &home.core).await?;
        let title = fit(&thread.title, Title::parse(&thread.title))?;
        let body = fit(&thread.text, Body::parse(&thread.text))?;
        let tags = tags(&thread.topics)?;
        let picture = match &thread.picture {
            Some(picture) => {
                let bytes = content::picture(&picture.name).ok_or(Error::NotFound)?;
                let kept = taken(&picture.name, files::upload(&core, author, bytes, Shape::Post).await?)?;
                Some(Chosen { hash: kept.hash, alt: picture.alt.clone() })
            }
            None => None,
        };
        let question = match thread.event.as_ref().and_then(|event| event.question.as_deref()) {
            Some(question) => match self.find(number, question).await? {
                None => return Ok(Played::TooEarly),
                found => found,
            },
            None => None,
        };
        let mut tx = core.db.begin().await?;
        let post = if let Some(event) = &thread.event {
            let plan = plan(event, &core.config.time_zone, self.today)?;
            let draft =
                Draft { title: &title, body: &body, plan: &plan, tags: &tags, organisers: &[], question: question.as_ref(), series: None };
            planning::plan(&core, &mut tx, author, &group, &draft, LANGUAGE).await?
        } else {
            let kind = PostKind::from_word(&thread.kind).ok_or_else(|| Error::Internal(format!("{} is no kind", thread.kind)))?;
            publishing::ask(&core, &mut tx, author, &group, kind, &title, &body, &tags, LANGUAGE).await?
        };
        hang(&core, &mut tx, &post, picture).await?;
        members::start_session(&core, &mut tx, author.id).await?;
        core.commit(tx).await?;
        self.known.insert(thread.key.clone(), post.ap_id);
        Ok(Played::Done)
    }
}

async fn hang(core: &crate::ops::Core, tx: &mut Tx, post: &Post, picture: Option<Chosen>) -> Result<()> {
    if let Some(picture) = picture {
        attaching::hang(core, tx, post.id, &[picture]).await?;
    }
    Ok(())
}

fn plan(event: &Event, zone: &str, now: Time) -> Result<Plan> {
    let tz: chrono_tz::Tz = zone.parse().map_err(|_| Error::Internal(format!("{zone} is no time zone")))?;
    let starts_at = event.starts.at(now, tz);
    Ok(Plan {
        starts_at,
        ends_at: Some(starts_at.plus(event.minutes * Time::MINUTE)),
        zone: zone.to_owned(),
        place: Place { name: event.place.clone(), town: event.town.clone(), ..Place::default() },
        online: !event.link.is_empty(),
        online_link: event.link.clone(),
        capacity: event.capacity,
        sign_up: event.sign_up,
        sign_up_link: String::new(),
        sign_up_until: None,
        contact: String::new(),
    })
}
