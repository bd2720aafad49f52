//! What a thread says about events: on a question, who would like a session and which there were; on an event, where it comes from
//! and its report; on a report, of what it is one.

use std::borrow::Borrow;
use std::collections::HashMap;

use super::line::{self, Line};
use super::look_back;
use crate::db::agenda::{self, Reported};
use crate::db::threads::Opening;
use crate::db::{Conn, events, posts};
use crate::error::Result;
use crate::model::rights::{Viewer, may_plan_about, may_show_interest, may_start};
use crate::model::{Event, Post, PostId, PostKind, markup};
use crate::ops::Core;
use crate::ops::members::random_token;
use crate::web::ui::Ui;

/// Sessions that a question names.
const SESSIONS: i64 = 20;
/// Characters of a report on the page of its event, near which it is cut.
const BEGINNING: usize = 400;

/// Who would like a session about a question.
pub struct Interest {
    pub count: i64,
    /// Whether the reader is one of them.
    pub mine: bool,
    /// Whether the reader may say so, or take it back.
    pub may: bool,
    /// Where the reader plans one, if that is theirs to do.
    pub plan: Option<String>,
    pub once: String,
}

/// Something that another thread holds: here, or at its home.
pub struct Elsewhere {
    /// Empty when it is not known here.
    pub title: String,
    pub language: String,
    pub path: String,
    pub here: bool,
}

/// The report of an event.
pub struct Report {
    /// Where it stands here.
    pub path: String,
    pub by: String,
    pub beginning: String,
    pub language: String,
    pub answer: bool,
}

/// All of it, for one thread and one reader.
#[derive(Default)]
pub struct Links {
    pub interest: Option<Interest>,
    pub sessions: Vec<Line>,
    pub question: Option<Elsewhere>,
    pub report: Option<Report>,
    /// Where the reader writes the report of the event, if that is theirs to do.
    pub write: Option<String>,
    reports: HashMap<PostId, Reported>,
}

impl Links {
    /// Reads what `opening` and `reports`, of what is shown, don't say yet.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn read(core: &Core, conn: &mut Conn, ui: &Ui, viewer: Viewer, opening: &Opening, reports: Vec<Reported>) -> Result<Self> {
        let (mut links, root) = (Self::default(), &opening.post);
        if root.is_deleted() || !matches!(root.kind, PostKind::Question | PostKind::Event) {
            return Ok(links);
        }
        links.reports = reports.into_iter().map(|found| (found.report_post, found)).collect();
        if root.kind == PostKind::Question {
            links.interest = Some(interest(ui, viewer, opening));
            let reader = ui.me.as_ref().map(|me| me.actor.id);
            let cards = if opening.has_events { agenda::from_question(conn, &root.ap_id, reader, SESSIONS).await? } else { Vec::new() };
            links.sessions = cards.into_iter().map(|card| Line::of(ui, card)).collect();
        } else if let Some(event) = events::of(conn, root.id).await? {
            links.question = question(conn, &event).await?;
            links.report = report(conn, root).await?;
            if links.report.is_none() && look_back::may_write(core, conn, ui, root, &event).await? {
                links.write = Some(format!("/post/{}/look-back", root.id));
            }
        }
        Ok(links)
    }

    /// The event that a post of the thread is the report of.
    #[must_use]
    pub fn reported(&self, post: impl Borrow<PostId>) -> Option<&Reported> {
        self.reports.get(post.borrow())
    }

    /// When a session takes place, in a few words: "do 3 december, 10.00 uur".
    #[must_use]
    pub fn when(line: &Line) -> String {
        format!("{}, {}", line.day, line.begin)
    }
}

fn interest(ui: &Ui, viewer: Viewer, opening: &Opening) -> Interest {
    let (question, mine) = (&opening.post, opening.interests_reader);
    Interest {
        count: opening.interested,
        mine,
        may: ui.logged_in() && (mine || may_show_interest(viewer, question)),
        plan: (may_plan_about(viewer, question) && may_start(viewer, PostKind::Event))
            .then(|| format!("{}/event/new?question={}", opening.group.path(), question.id)),
        once: random_token(),
    }
}

/// The question that an event came from. Of one that was removed here nothing is said.
async fn question(conn: &mut Conn, event: &Event) -> Result<Option<Elsewhere>> {
    let Some(id) = &event.question else { return Ok(None) };
    Ok(match posts::by_ap_id(conn, id).await? {
        Some(post) if post.is_deleted() => None,
        Some(post) => Some(Elsewhere { path: post.path(), title: post.title, language: post.language, here: true }),
        None if line::is_address(id) => Some(Elsewhere { title: String::new(), language: String::new(), path: id.clone(), here: false }),
        None => None,
    })
}

/// The report, where it is known here and stands.
async fn report(conn: &mut Conn, event: &Post) -> Result<Option<Report>> {
    let Some(found) = agenda::report_of(conn, event.id).await? else { return Ok(None) };
    Ok(Some(Report {
        path: found.post.path(),
        by: found.by.shown().to_owned(),
        beginning: markup::summary(&found.post.html, BEGINNING),
        answer: found.post.kind == PostKind::Answer,
        language: found.post.language,
    }))
}
