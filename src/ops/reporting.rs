//! Reporting a post or a member to those who can do something about it, here and (in the name of the instance) elsewhere. Who
//! reported is told to nobody but moderators and administrators of this server.

use super::moderating::note_admin;
use super::notifying::{Notice, tell};
use super::saying::{Saying, say};
use super::{Core, Outcome};
use crate::db::activities::Verb;
use crate::db::notifications::NoticeKind;
use crate::db::{Tx, accounts, actors, deeds, moderation, posts, reports};
use crate::error::{Error, Result};
use crate::model::names::{Reason, cut};
use crate::model::rights::{Act, Viewer, may, may_moderate, may_report};
use crate::model::urls::same_origin;
use crate::model::{Actor, ActorId, Particulars, Post, PostId, Report, ReportId, ReportState, Time, markup};

/// Characters of what is reported that are kept with the report.
const EXCERPT: usize = 300;

/// What is reported.
#[derive(Clone, Copy, Debug)]
pub enum Reported<'a> {
    Post(&'a Post),
    Member(&'a Actor),
}

/// Reports something; with `beyond` also to the servers of the group and of who wrote it. Who has a report about it open already
/// adds nothing: says whether it is new.
///
/// # Errors
/// [`Error::Forbidden`] for oneself or what one wrote; [`Error::Gone`] for what is removed.
pub async fn report(core: &Core, tx: &mut Tx, reporter: &Actor, what: Reported<'_>, reason: &Reason, beyond: bool) -> Result<bool> {
    let who = Viewer { actor: Some(reporter.id), ..Viewer::default() };
    // One at a time for each reporter: a double click makes one report.
    accounts::lock(tx, reporter.id).await?;
    let (post, actor, group, words) = match what {
        Reported::Post(post) => {
            let post = posts::hold(tx, post.id).await?;
            if post.is_deleted() {
                return Err(Error::Gone);
            }
            if !may(who, Act::Report, &post) {
                return Err(Error::Forbidden("error-own-report"));
            }
            (Some(post.id), post.author_id, Some(post.group_id), excerpt(&post))
        }
        Reported::Member(member) => {
            if !may_report(who, member) {
                return Err(Error::Forbidden("error-own-report"));
            }
            (None, member.id, None, cut(&markup::text_of(&member.about_html), EXCERPT))
        }
    };
    if reports::open_of(tx, reporter.id, post, actor).await?.is_some() {
        return Ok(false);
    }
    let row = new_report(core, reporter, About { post, member: actor, group, words }, reason.as_str());
    reports::insert(tx, &row).await?;
    tell_desk(core, tx, &row).await?;
    if beyond {
        say_beyond(core, tx, &row).await?;
    }
    Ok(true)
}

/// What a report is about.
struct About {
    post: Option<PostId>,
    member: ActorId,
    group: Option<ActorId>,
    words: String,
}

/// An open report, from here or from another server.
fn new_report(core: &Core, reporter: &Actor, about: About, reason: &str) -> Report {
    Report {
        id: ReportId(core.ids.next()),
        reporter_id: reporter.id,
        post_id: about.post,
        actor_id: about.member,
        group_id: about.group,
        reason: reason.to_owned(),
        words: about.words,
        state: ReportState::Open,
        handled_by: None,
        handled_at: None,
        note: String::new(),
        created_at: core.now(),
    }
}

/// Tells who can do something about it. Nobody hears that they were reported themselves.
async fn tell_desk(core: &Core, tx: &mut Tx, report: &Report) -> Result<()> {
    for (to,) in moderation::desk(tx, report.group_id).await? {
        if to != report.actor_id && to != report.reporter_id {
            let (post, group) = (report.post_id, report.group_id);
            let notice = Notice { to, kind: NoticeKind::Moderation, sentence: "notice-report-new", post, from: None, group, detail: "" };
            tell(core, tx, notice).await?;
        }
    }
    Ok(())
}

/// The servers that a report can go to besides this one: of the group, and of who wrote it. The first is of the group, where
/// that lives elsewhere.
#[must_use]
pub fn beyond<'a>(group: Option<&'a Actor>, author: &'a Actor) -> Vec<&'a Actor> {
    let mut found: Vec<&Actor> = group.into_iter().filter(|group| !group.local).collect();
    if !author.local && found.iter().all(|group| group.host != author.host) {
        found.push(author);
    }
    found
}

/// Sends a report on, in the name of the instance: who reported stays unknown.
async fn say_beyond(core: &Core, tx: &mut Tx, report: &Report) -> Result<()> {
    let Some(voice) = actors::reporter(tx).await? else { return Ok(()) };
    let author = actors::by_id(tx, report.actor_id).await?;
    let group = match report.group_id {
        Some(group) => Some(actors::by_id(tx, group).await?),
        None => None,
    };
    for recipient in beyond(group.as_ref(), &author) {
        let particulars = Particulars {
            group: Some(recipient.id).filter(|_| recipient.is_group()),
            reason: report.reason.clone(),
            ..Particulars::default()
        };
        let received = serde_json::to_string(&particulars).map_err(|error| Error::Internal(error.to_string()))?;
        let saying = Saying {
            actor: voice.id,
            verb: Verb::Flag,
            about: &format!("{}#{}", voice.ap_id, report.id),
            post: report.post_id,
            target: Some(author.id),
            received: Some(&received),
            listed: false,
        };
        say(core, tx, saying).await?;
    }
    Ok(())
}

/// Reports that one server may send us in a day.
const PER_DAY: i64 = 50;

/// What somebody of another server reports.
#[derive(Clone, Copy, Debug)]
pub struct Flagged<'a> {
    pub posts: &'a [PostId],
    /// Of ours; reported only where no post is.
    pub member: Option<&'a Actor>,
    pub reason: &'a str,
    /// The id of the Flag.
    pub flag: &'a str,
}

/// Somebody of another server reports posts in our groups or of our members, or a member.
///
/// # Errors
/// When the database can't be written.
pub async fn receive(core: &Core, tx: &mut Tx, by: &Actor, flagged: Flagged<'_>) -> Result<Outcome> {
    if reports::count_from(tx, &by.host, core.now().plus(-Time::DAY)).await? >= PER_DAY {
        return Ok(Outcome::Ignored("this server has reported enough for a day"));
    }
    if !deeds::done(tx, flagged.flag, core.now()).await? {
        return Ok(Outcome::Ignored("we had it before, or it was withdrawn"));
    }
    let mut about: Vec<(Option<PostId>, Actor, Option<ActorId>, String)> = Vec::new();
    for post in flagged.posts {
        let post = posts::by_id(tx, *post).await?;
        let (author, group) = (actors::by_id(tx, post.author_id).await?, actors::by_id(tx, post.group_id).await?);
        // What neither stands here nor was written here is for others.
        if !post.is_deleted() && (author.local || group.local) {
            about.push((Some(post.id), author, Some(group.id), excerpt(&post)));
        }
    }
    if let Some(member) =
        flagged.member.filter(|member| about.is_empty() && may_report(Viewer { actor: Some(by.id), ..Viewer::default() }, member))
    {
        about.push((None, member.clone(), None, cut(&markup::text_of(&member.about_html), EXCERPT)));
    }
    let mut any = false;
    for (post, author, group, words) in about {
        if reports::open_of(tx, by.id, post, author.id).await?.is_some() {
            continue;
        }
        let row = new_report(core, by, About { post, member: author.id, group, words }, flagged.reason);
        reports::insert(tx, &row).await?;
        reports::set_flag(tx, row.id, flagged.flag).await?;
        tell_desk(core, tx, &row).await?;
        any = true;
    }
    Ok(if any { Outcome::Done } else { Outcome::Ignored("nothing of ours, or reported before") })
}

/// Who reported something from another server takes that back, also before it came in.
///
/// # Errors
/// [`Error::Forbidden`] for somebody else's report (T-23).
pub async fn withdrawn(core: &Core, tx: &mut Tx, by: &Actor, flag: &str) -> Result<Outcome> {
    if !same_origin(flag, &by.ap_id) {
        return Err(Error::Forbidden("error-not-yours"));
    }
    deeds::done(tx, flag, core.now()).await?;
    let open = reports::by_flag(tx, flag).await?;
    if open.iter().any(|report| report.reporter_id != by.id) {
        return Err(Error::Forbidden("error-not-yours"));
    }
    for report in &open {
        reports::close(tx, report.id, ReportState::Dismissed, by.id, "", core.now()).await?;
    }
    Ok(if open.is_empty() { Outcome::Ignored("there is no such report open") } else { Outcome::Done })
}

fn excerpt(post: &Post) -> String {
    let text = markup::text_of(&post.html);
    let words = if post.title.is_empty() { text } else { format!("{} – {text}", post.title) };
    cut(&words, EXCERPT)
}

/// Closes a report about which nothing needs to be done, or something was done that has no button.
///
/// # Errors
/// [`Error::Forbidden`] for who may not see it; [`Error::Conflict`] when it is closed already.
pub async fn close(core: &Core, tx: &mut Tx, viewer: Viewer, report: &Report, state: ReportState, note: &str) -> Result<()> {
    let Some(by) = viewer.actor.filter(|_| may_moderate(viewer)) else { return Err(Error::Forbidden("error-only-moderators")) };
    if !reports::close(tx, report.id, state, by, note, core.now()).await? {
        return Err(Error::Conflict);
    }
    if viewer.admin && !viewer.moderator {
        let actor = actors::by_id(tx, by).await?;
        note_admin(core, tx, viewer, &actor, "report.close", &report.id.to_string()).await?;
    }
    let sentence = if state == ReportState::Acted { "notice-report-acted" } else { "notice-report-nothing" };
    tell_reporter(core, tx, report, sentence).await
}

/// The post was removed: every report about it is dealt with.
pub(super) async fn acted_on(core: &Core, tx: &mut Tx, post: PostId, by: ActorId) -> Result<()> {
    for report in reports::open_about(tx, post).await? {
        if reports::close(tx, report.id, ReportState::Acted, by, "", core.now()).await? {
            tell_reporter(core, tx, &report, "notice-report-acted").await?;
        }
    }
    Ok(())
}

/// In general words: what exactly was done is between the moderators and whom it concerns.
async fn tell_reporter(core: &Core, tx: &mut Tx, report: &Report, sentence: &str) -> Result<()> {
    let notice = Notice {
        to: report.reporter_id,
        kind: NoticeKind::Moderation,
        sentence,
        post: report.post_id,
        from: None,
        group: report.group_id,
        detail: "",
    };
    tell(core, tx, notice).await
}
