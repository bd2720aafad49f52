//! Leaving: an account closes at once, and a job takes away or empties the rest in steps, so that it goes on where it was
//! when the process dies, and hundreds of posts don't hold up everybody else.

use super::founding::say_changed;
use super::notifying::{self, Notice};
use super::saying::{Saying, say};
use super::{Core, appreciating, attending, files, following, publishing};
use crate::db::activities::Verb;
use crate::db::jobs::{self, JobKind};
use crate::db::notifications::NoticeKind;
use crate::db::settings::{self, key};
use crate::db::{Conn, Tx, accounts, actors, follows, interests, leaving, posts, removed, reports};
use crate::error::{Error, Result};
use crate::model::{AccountState, Actor, ActorId, JobId, Lang, Time, markup};

/// Things that one step of the job does.
const STEP: i64 = 20;

/// How long the last word waits for the ones before it.
const PATIENCE: i64 = Time::HOUR;

/// What becomes of what a leaving member wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// Everything is removed, and then the actor.
    Go,
    /// It stays, by "former member".
    Stay,
}

impl Words {
    /// The word in forms and jobs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Go => "remove",
            Self::Stay => "keep",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Go, Self::Stay].into_iter().find(|words| words.word() == word)
    }
}

/// Whether somebody is the only administrator left: without one nobody could let anybody in any more.
///
/// # Errors
/// When the database can't be read.
pub async fn is_last_admin(tx: &mut Tx, member: ActorId) -> Result<bool> {
    Ok(matches!(accounts::lock_admins(tx).await?.as_slice(), [(only,)] if *only == member))
}

/// Closes a member's account: nobody can log in with it any more, the profile is empty, the address is free. The rest is
/// queued.
///
/// # Errors
/// [`Error::Forbidden`] for the last administrator.
pub async fn close(core: &Core, tx: &mut Tx, member: &Actor, words: Words) -> Result<()> {
    if is_last_admin(tx, member.id).await? {
        return Err(Error::Forbidden("error-last-administrator"));
    }
    // What changes the profile at the same moment comes before this, or not at all.
    accounts::lock(tx, member.id).await?;
    tell_of_groups(core, tx, member).await?;
    files::let_go_of_actor(core, tx, member).await?;
    let mut changed = actors::by_id(tx, member.id).await?;
    for text in [&mut changed.about_source, &mut changed.organisation, &mut changed.role] {
        text.clear();
    }
    let lang = settings::get(tx, key::LANGUAGE).await?.and_then(|code| Lang::from_code(&code)).unwrap_or_default();
    changed.display_name = lang.say("former-member", None);
    changed.about_html = markup::markdown("");
    changed.updated_at = publishing::next_version(core, changed.updated_at);
    actors::describe(tx, &changed).await?;
    attending::forget(core, tx, member).await?;
    interests::forget_actor(tx, member.id).await?;
    leaving::forget_private(tx, member.id).await?;
    leaving::shut_account(tx, member.id).await?;
    match words {
        Words::Stay => say_changed(core, tx, &changed).await?,
        Words::Go => {
            // Also what moderators had removed of it, and kept.
            removed::forget_of(tx, member.id).await?;
            reports::forget_words_of(tx, member.id).await?;
        }
    }
    let subject = format!("{} {}", member.id, words.word());
    jobs::enqueue(tx, JobId(core.ids.next()), JobKind::Leave, &subject, core.now()).await
}

/// Tells the administrators which groups have no moderator any more.
async fn tell_of_groups(core: &Core, tx: &mut Tx, member: &Actor) -> Result<()> {
    let admins = accounts::lock_admins(tx).await?;
    for (group, title) in leaving::moderated_alone(tx, member.id).await? {
        for (admin,) in admins.iter().filter(|(admin,)| *admin != member.id) {
            let notice = Notice {
                to: *admin,
                kind: NoticeKind::Membership,
                sentence: "notice-group-without-moderator",
                post: None,
                from: None,
                group: Some(group),
                detail: &title,
            };
            notifying::tell(core, tx, notice).await?;
        }
    }
    Ok(())
}

/// How far the job is after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    More,
    /// More, when what was said has arrived.
    Wait,
    Done,
}

/// One step of what is left to do for somebody who left. Each step is a transaction, and what
/// it did is what the next one doesn't find any more.
///
/// # Errors
/// When the database can't be read or written.
pub async fn step(core: &Core, subject: &str) -> Result<Step> {
    let Some((Ok(id), Some(words))) = subject.split_once(' ').map(|(id, words)| (id.parse::<ActorId>(), Words::from_word(words))) else {
        return Ok(Step::Done);
    };
    let mut tx = core.db.begin().await?;
    let closed = leaving::lock_closed(&mut tx, id).await?;
    let member = actors::by_id(&mut tx, id).await?;
    if !closed || member.deleted_at.is_some() {
        return Ok(Step::Done);
    }
    let more = match words {
        Words::Go => remove_some(core, &mut tx, &member).await? || leave_some(core, &mut tx, &member).await?,
        Words::Stay => leave_some(core, &mut tx, &member).await?,
    };
    if more {
        core.commit(tx).await?;
        return Ok(Step::More);
    }
    follows::remove_all(&mut tx, id).await?;
    let mut step = Step::Done;
    if words == Words::Go {
        // That they are gone must not overtake the rest; but a server that is away does not keep them here.
        if leaving::on_its_way(&mut tx, id).await? && core.now() < member.updated_at.plus(PATIENCE) {
            step = Step::Wait;
        } else {
            say_gone(core, &mut tx, &member).await?;
        }
    }
    core.commit(tx).await?;
    Ok(step)
}

/// Removes some of what they wrote, and takes back that they found things useful; says whether there was anything.
async fn remove_some(core: &Core, tx: &mut Tx, member: &Actor) -> Result<bool> {
    let standing = leaving::standing(tx, member.id, STEP).await?;
    for post in &standing {
        let post = posts::lock(tx, post.id).await?;
        if !post.is_deleted() {
            // Also an event that people signed up for, which is otherwise cancelled: they are told.
            Box::pin(publishing::take_away(core, tx, &post)).await?;
        }
    }
    let useful = leaving::found_useful(tx, member.id, STEP).await?;
    for post in &useful {
        appreciating::appreciate(core, tx, member, post, false).await?;
    }
    Ok(!standing.is_empty() || !useful.is_empty())
}

/// Leaves some groups; says whether there were any.
async fn leave_some(core: &Core, tx: &mut Tx, member: &Actor) -> Result<bool> {
    let mut groups = follows::groups_of(tx, member.id).await?;
    groups.truncate(usize::try_from(STEP).unwrap_or(usize::MAX));
    for group in &groups {
        following::leave(core, tx, member, group).await?;
    }
    Ok(!groups.is_empty())
}

/// The last thing that is said: that the actor is gone. Its name stays taken, and its key signs what is still on its way.
async fn say_gone(core: &Core, tx: &mut Tx, member: &Actor) -> Result<()> {
    let saying =
        Saying { actor: member.id, verb: Verb::DeleteActor, about: &member.ap_id, post: None, target: None, received: None, listed: false };
    say(core, tx, saying).await?;
    actors::mark_deleted(tx, member.id, core.now()).await
}

/// Whether somebody left, and what they wrote stayed.
///
/// # Errors
/// When the database can't be read.
pub async fn has_left(conn: &mut Conn, actor: &Actor) -> Result<bool> {
    if !actor.local {
        return Ok(false);
    }
    Ok(accounts::by_actor(conn, actor.id).await?.is_some_and(|account| account.state == AccountState::Closed))
}
