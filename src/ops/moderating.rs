//! Taking away what somebody wrote, with a reason, and putting it back; and doing what the moderators of a group of another
//! server did.

use super::auditing::{Who, record};
use super::notifying::{Notice, tell};
use super::saying::{Saying, pass_on, say};
use super::{Core, Outcome, boosting, publishing, reporting, viewer};
use crate::db::activities::Verb;
use crate::db::notifications::NoticeKind;
use crate::db::{Tx, activities, actors, moderation, posts, removed};
use crate::error::{Error, Result};
use crate::model::moderation::act;
use crate::model::names::{Reason, cut};
use crate::model::rights::{Act, Viewer, may, may_moderate, may_restore};
use crate::model::{Actor, ActorId, Moderation, ModerationId, Post, PostId, RemovedWords, ReportId, Time};

/// Longest reason that we keep of another server's moderators.
const LONGEST_REASON: usize = 2_000;

/// Something that a moderator did.
#[derive(Clone, Copy, Debug)]
pub struct Deed<'a> {
    pub group: Option<ActorId>,
    pub by: ActorId,
    /// A word of [`act`].
    pub act: &'a str,
    pub post: Option<PostId>,
    /// Whom it concerns.
    pub actor: Option<ActorId>,
    pub reason: &'a str,
    pub until: Option<Time>,
    pub report: Option<ReportId>,
}

/// Writes down what a moderator did, for the log that members read.
///
/// # Errors
/// When the database can't be written.
pub async fn note(core: &Core, tx: &mut Tx, deed: Deed<'_>) -> Result<ModerationId> {
    let row = Moderation {
        id: ModerationId(core.ids.next()),
        group_id: deed.group,
        by_id: deed.by,
        act: deed.act.to_owned(),
        post_id: deed.post,
        actor_id: deed.actor,
        reason: deed.reason.to_owned(),
        until: deed.until,
        report_id: deed.report,
        created_at: core.now(),
    };
    moderation::insert(tx, &row).await?;
    Ok(row.id)
}

/// Somebody acts in a group as an administrator, without moderating it: that goes into the audit log too.
///
/// # Errors
/// When the database can't be written.
pub(super) async fn note_admin(core: &Core, tx: &mut Tx, who: Viewer, by: &Actor, act: &str, subject: &str) -> Result<()> {
    if who.admin && !who.moderator { record(core, tx, Who::Member(by), act, subject, "").await } else { Ok(()) }
}

/// What became of a removal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// Here and, through its group, everywhere.
    Everywhere,
    /// Only on this instance: the group lives elsewhere, and who did it does not moderate it.
    Here,
    /// Somebody else was first.
    Before,
}

/// Takes a post away: its words move to where only its author and the moderators can read them, and from then on it is as
/// empty as one that its author deleted.
///
/// # Errors
/// [`Error::Forbidden`] for who does not moderate its group.
pub async fn remove(core: &Core, tx: &mut Tx, by: &Actor, post: &Post, reason: &Reason) -> Result<Removed> {
    let post = &posts::lock(tx, post.id).await?;
    let who = viewer(core, tx, Some(by), post.group_id).await?;
    if post.is_deleted() {
        return if may_moderate(who) { Ok(Removed::Before) } else { Err(Error::Forbidden("error-only-moderators")) };
    }
    if !may(who, Act::Remove, post) {
        return Err(Error::Forbidden(if post.author_id == by.id { "error-own-remove" } else { "error-only-moderators" }));
    }
    let group = actors::by_id(tx, post.group_id).await?;
    take_away(core, tx, by.id, post, reason.as_str()).await?;
    let everywhere = group.local || who.moderator;
    if everywhere {
        let saying = Saying {
            actor: by.id,
            verb: Verb::Remove,
            about: &post.ap_id,
            post: Some(post.id),
            target: None,
            received: Some(reason.as_str()),
            listed: false,
        };
        say(core, tx, saying).await?;
    }
    note_admin(core, tx, who, by, "post.remove", &post.ap_id).await?;
    Ok(if everywhere { Removed::Everywhere } else { Removed::Here })
}

/// Whether it was removed by us for this instance alone: the moderators of its group, elsewhere, were not told.
async fn is_here_alone(tx: &mut Tx, words: &RemovedWords) -> Result<bool> {
    let deed = moderation::by_id(tx, words.moderation_id).await?;
    if !actors::by_id(tx, deed.by_id).await?.local {
        return Ok(false);
    }
    let said = activities::last_removal(tx, words.post_id).await?;
    Ok(said.is_none_or(|said| said.created_at < deed.created_at))
}

/// Takes away what somebody wrote in a group who is suspended from it. They hear of that once, with the suspension.
pub(super) async fn take_everything_away(core: &Core, tx: &mut Tx, by: ActorId, group: &Actor, author: &Actor, reason: &str) -> Result<()> {
    for post in posts::standing_of(tx, author.id).await?.into_iter().filter(|post| post.group_id == group.id) {
        keep_apart(core, tx, by, &post, reason).await?;
    }
    Ok(())
}

/// Keeps the words apart, empties the post, and tells its author and who reported it.
async fn take_away(core: &Core, tx: &mut Tx, by: ActorId, post: &Post, reason: &str) -> Result<()> {
    keep_apart(core, tx, by, post, reason).await?;
    tell_about(core, tx, "notice-removed", post, reason).await
}

async fn keep_apart(core: &Core, tx: &mut Tx, by: ActorId, post: &Post, reason: &str) -> Result<()> {
    let deed = Deed {
        group: Some(post.group_id),
        by,
        act: act::REMOVE,
        post: Some(post.id),
        actor: Some(post.author_id),
        reason,
        until: None,
        report: None,
    };
    let id = note(core, tx, deed).await?;
    let words = RemovedWords {
        post_id: post.id,
        moderation_id: id,
        title: post.title.clone(),
        source: post.source.clone(),
        html: post.html.clone(),
        summary: post.summary.clone(),
        updated_at: post.updated_at,
    };
    removed::put(tx, &words).await?;
    publishing::empty(core, tx, post, publishing::Remover::Moderator).await?;
    reporting::acted_on(core, tx, post.id, by).await
}

async fn tell_about(core: &Core, tx: &mut Tx, sentence: &str, post: &Post, detail: &str) -> Result<()> {
    let notice = Notice {
        to: post.author_id,
        kind: NoticeKind::Moderation,
        sentence,
        post: Some(post.id),
        from: None,
        group: Some(post.group_id),
        detail,
    };
    tell(core, tx, notice).await
}

/// Puts back what a moderator removed. That it was the chosen answer does not come back.
///
/// # Errors
/// [`Error::Forbidden`] for who does not moderate its group; [`Error::Gone`] when its author deleted it meanwhile.
pub async fn restore(core: &Core, tx: &mut Tx, by: &Actor, post: &Post, reason: &str) -> Result<()> {
    let who = viewer(core, tx, Some(by), post.group_id).await?;
    if !may_restore(who, post) {
        return Err(Error::Forbidden(if may_moderate(who) { "error-own-restore" } else { "error-only-moderators" }));
    }
    let post = &posts::lock(tx, post.id).await?;
    if !post.is_deleted() {
        return Err(Error::Conflict);
    }
    let Some(words) = removed::get(tx, post.id).await? else { return Err(Error::Gone) };
    let group = actors::by_id(tx, post.group_id).await?;
    if group.local || who.moderator {
        let saying = Saying {
            actor: by.id,
            verb: Verb::Restore,
            about: &post.ap_id,
            post: Some(post.id),
            target: None,
            received: None,
            listed: false,
        };
        say(core, tx, saying).await?;
    }
    put_back(core, tx, by.id, &group, post, &words, reason).await?;
    note_admin(core, tx, who, by, "post.restore", &post.ap_id).await
}

/// Gives the post its words again, writes it down and tells the author. A post of ours is said again, so that servers that
/// emptied it take it in.
async fn put_back(core: &Core, tx: &mut Tx, by: ActorId, group: &Actor, post: &Post, words: &RemovedWords, reason: &str) -> Result<()> {
    // What another server wrote keeps its version: that server says the next one.
    let version = if post.local { publishing::next_version(core, post.updated_at) } else { words.updated_at };
    posts::refill(tx, words, version).await?;
    posts::unbury(tx, &post.ap_id, post.group_id).await?;
    removed::forget(tx, post.id).await?;
    let deed = Deed {
        group: Some(post.group_id),
        by,
        act: act::RESTORE,
        post: Some(post.id),
        actor: Some(post.author_id),
        reason,
        until: None,
        report: None,
    };
    note(core, tx, deed).await?;
    if post.local {
        // As a Create: it is in the outbox again, and software that emptied it takes it as new.
        publishing::say_words(core, tx, Verb::Create, post).await?;
    } else if group.local && post.is_root() {
        // Its home says the words again; the outbox and servers that only know boosts hear of it from the group.
        let standing = posts::by_id(tx, post.id).await?;
        boosting::name(core, tx, group, &standing, true).await?;
    }
    tell_about(core, tx, "notice-restored", post, reason).await
}

/// A moderator of another server removed something: one of a group of ours (`raw` is what they sent), or one of a group
/// elsewhere, as that group's home announced. Whether they may was found out for a group elsewhere; for ours it is here.
///
/// # Errors
/// [`Error::Forbidden`] for who does not moderate the group.
pub async fn receive_removal(
    core: &Core,
    tx: &mut Tx,
    by: &Actor,
    group: &Actor,
    ap_id: &str,
    reason: &str,
    raw: Option<&str>,
) -> Result<Outcome> {
    let Some(known) = posts::by_ap_id(tx, ap_id).await? else {
        if !group.local {
            posts::bury(tx, ap_id, Some(group.id), core.now()).await?;
        }
        return Ok(Outcome::Ignored("not known here; it stays out"));
    };
    let post = posts::lock(tx, known.id).await?;
    if post.group_id != group.id {
        return Err(Error::Forbidden("error-other-group"));
    }
    if post.is_deleted() {
        return Ok(Outcome::Ignored("it was removed before"));
    }
    if group.local && !may(viewer(core, tx, Some(by), group.id).await?, Act::Remove, &post) {
        return Err(Error::Forbidden("error-only-moderators"));
    }
    take_away(core, tx, by.id, &post, &cut(reason, LONGEST_REASON)).await?;
    if let Some(raw) = raw {
        pass_on(core, tx, group, &post.ap_id, None, false, raw).await?;
    }
    Ok(Outcome::Done)
}

/// A moderator of another server took a removal back, as with [`receive_removal`].
///
/// # Errors
/// [`Error::Forbidden`] for who does not moderate the group.
pub async fn receive_restoring(core: &Core, tx: &mut Tx, by: &Actor, group: &Actor, ap_id: &str, raw: Option<&str>) -> Result<Outcome> {
    let Some(known) = posts::by_ap_id(tx, ap_id).await? else {
        // From now on it may come in.
        posts::unbury(tx, ap_id, group.id).await?;
        return Ok(Outcome::Ignored("not known here"));
    };
    let post = posts::lock(tx, known.id).await?;
    if post.group_id != group.id {
        return Err(Error::Forbidden("error-other-group"));
    }
    if group.local && !may_restore(viewer(core, tx, Some(by), group.id).await?, &post) {
        return Err(Error::Forbidden("error-only-moderators"));
    }
    let words = removed::get(tx, post.id).await?;
    let Some(words) = words.filter(|_| post.is_deleted()) else { return Ok(Outcome::Ignored("there is nothing to restore")) };
    if !group.local && is_here_alone(tx, &words).await? {
        return Ok(Outcome::Ignored("it was removed by us, for this instance"));
    }
    put_back(core, tx, by.id, group, &post, &words, "").await?;
    if let Some(raw) = raw {
        pass_on(core, tx, group, &post.ap_id, None, false, raw).await?;
    }
    Ok(Outcome::Done)
}
