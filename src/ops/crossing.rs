//! What moderators do in a group as other servers hear of it, and as they say it to us. The newest word about a thing wins,
//! in whatever order words arrive; an activity counts once.

use super::moderating::{Deed, note};
use super::saying::{Saying, pass_on, say_at};
use super::{Core, Outcome, banning, describing, publishing, steering, viewer};
use crate::db::activities::Verb;
use crate::db::{Tx, deeds, posts};
use crate::error::{Error, Result};
use crate::model::rights::{Act, may, may_moderate};
use crate::model::urls::same_origin;
use crate::model::{Actor, ActorId, GroupWord, Particulars, Post, PostId, Time, What};

/// How far the clocks of others may be ahead: a word from beyond that could never be taken back.
const SKEW: i64 = Time::HOUR;

/// What somebody of another server says about something in a group.
#[derive(Debug)]
pub struct Word {
    pub by: Actor,
    pub group: Actor,
    /// The id of the activity, and that of the one it takes back.
    pub said: String,
    pub undone: Option<String>,
    /// Whether it is so from now on; false for what is taken back.
    pub on: bool,
    /// The date it bears.
    pub dated: Option<Time>,
    pub arrived: Time,
    pub matter: Matter,
    /// As it was sent, when it was sent to a group of ours: that passes it on.
    pub raw: Option<String>,
}

/// What it is about.
#[derive(Debug)]
pub enum Matter {
    Lock(String),
    Pin(String),
    Moderator(Actor),
    Block(Ban),
    /// A reply is an answer, or (with `on` false) a comment.
    Answer(String),
}

/// A suspension.
#[derive(Debug)]
pub struct Ban {
    pub member: Actor,
    pub until: Option<Time>,
    pub reason: String,
    /// Whether what they wrote in the group goes too.
    pub remove: bool,
}

impl Matter {
    fn what(&self) -> What {
        match self {
            Self::Lock(_) => What::Lock,
            Self::Pin(_) => What::Pin,
            Self::Moderator(_) => What::Moderator,
            Self::Block(_) => What::Block,
            Self::Answer(_) => What::Answer,
        }
    }

    fn subject(&self) -> &str {
        match self {
            Self::Lock(id) | Self::Pin(id) | Self::Answer(id) => id,
            Self::Moderator(actor) => &actor.ap_id,
            Self::Block(ban) => &ban.member.ap_id,
        }
    }
}

/// Does what somebody of another server says. For a group elsewhere it was found out before that they may; for ours it is
/// found out here, as things are now.
///
/// # Errors
/// [`Error::Forbidden`] for who may not.
pub async fn receive(core: &Core, tx: &mut Tx, word: &Word) -> Result<Outcome> {
    let group = &word.group;
    if group.local {
        must_be_allowed(core, tx, word).await?;
    }
    if !is_news(core, tx, word).await? {
        return Ok(Outcome::Ignored("we have this word or a newer one"));
    }
    let outcome = match &word.matter {
        Matter::Lock(id) => match thread(tx, group, id).await? {
            Some(post) => steering::locked_elsewhere(core, tx, &word.by, post, word.on).await?,
            None => Outcome::Ignored("not known here yet; it will be as was said"),
        },
        Matter::Pin(id) => match thread(tx, group, id).await? {
            Some(post) => steering::pinned_elsewhere(core, tx, &word.by, post, word.on).await?,
            None => Outcome::Ignored("not known here yet; it will be as was said"),
        },
        Matter::Answer(id) => match in_group(tx, group, id).await? {
            Some(reply) => steering::turned_elsewhere(core, tx, &word.by, &reply, word.on).await?,
            None => Outcome::Ignored("not known here yet; it will be as was said"),
        },
        Matter::Moderator(named) => describing::moderator_elsewhere(core, tx, &word.by, group, named, word.on).await?,
        Matter::Block(ban) => Box::pin(banning::banned_elsewhere(core, tx, &word.by, group, ban, word.on)).await?,
    };
    if let Some(raw) = &word.raw {
        pass_on(core, tx, group, &about(group, &word.matter), None, false, raw).await?;
        return Ok(Outcome::Done);
    }
    Ok(outcome)
}

/// In a group of ours its moderators may, and the asker may say what a reply is (T-30, T-33).
async fn must_be_allowed(core: &Core, tx: &mut Tx, word: &Word) -> Result<()> {
    let who = viewer(core, tx, Some(&word.by), word.group.id).await?;
    let allowed = match &word.matter {
        Matter::Answer(id) => match in_group(tx, &word.group, id).await? {
            Some(reply) => may(who, Act::Move, &posts::by_id(tx, reply.root_id).await?),
            None => return Err(Error::NotFound),
        },
        _ => may_moderate(who),
    };
    if allowed { Ok(()) } else { Err(Error::Forbidden("error-only-moderators")) }
}

/// What deliveries about the same matter are kept in order by.
fn about(group: &Actor, matter: &Matter) -> String {
    match matter {
        Matter::Lock(id) | Matter::Pin(id) | Matter::Answer(id) => id.clone(),
        Matter::Moderator(_) | Matter::Block(_) => pair(group, matter.subject()),
    }
}

fn pair(group: &Actor, subject: &str) -> String {
    format!("{}#{subject}", group.ap_id)
}

/// A post of the group; one of another is not its moderators' affair (T-21).
async fn in_group(tx: &mut Tx, group: &Actor, id: &str) -> Result<Option<Post>> {
    match posts::by_ap_id(tx, id).await? {
        Some(post) if post.group_id != group.id => Err(Error::Forbidden("error-other-group")),
        found => Ok(found),
    }
}

async fn thread(tx: &mut Tx, group: &Actor, id: &str) -> Result<Option<Post>> {
    Ok(in_group(tx, group, id).await?.filter(Post::is_root))
}

/// An activity in its group: a group that passes on an id of somebody else's does not use it up for the others.
fn in_that_group(group: &Actor, said: &str) -> String {
    format!("{} {said}", group.id)
}

/// Whether a word is newer than what was said before; it is noted then. One without a date comes after what came before it.
async fn is_news(core: &Core, tx: &mut Tx, word: &Word) -> Result<bool> {
    if let Some(undone) = &word.undone {
        deeds::done(tx, &in_that_group(&word.group, undone), core.now()).await?;
    }
    if !deeds::done(tx, &in_that_group(&word.group, &word.said), core.now()).await? {
        return Ok(false);
    }
    let (what, subject) = (word.matter.what(), word.matter.subject());
    let last = deeds::word(tx, word.group.id, what, subject).await?;
    let at = match (word.dated, &last) {
        (Some(at), _) => at.min(word.arrived.plus(SKEW)),
        (None, Some(last)) => word.arrived.max(last.at.plus(1)),
        (None, None) => word.arrived,
    };
    if last.is_some_and(|last| last.at >= at) {
        return Ok(false);
    }
    let row = GroupWord { group_id: word.group.id, what, subject: subject.to_owned(), stands: word.on, at, said: word.said.clone() };
    deeds::put(tx, &row).await?;
    Ok(true)
}

/// Something that a member of ours does in a group, here or elsewhere.
#[derive(Debug)]
pub(super) struct Own<'a> {
    pub by: ActorId,
    pub group: &'a Actor,
    pub verb: Verb,
    pub what: What,
    /// The id of the post or the actor.
    pub subject: &'a str,
    pub post: Option<PostId>,
    pub target: Option<ActorId>,
    pub on: bool,
    pub particulars: Particulars,
}

/// Tells others what a member of ours does in a group, and notes it as the newest word.
pub(super) async fn tell_others(core: &Core, tx: &mut Tx, own: Own<'_>) -> Result<()> {
    let last = deeds::word(tx, own.group.id, own.what, own.subject).await?;
    let at = last.map_or(core.now(), |last| publishing::next_version(core, last.at));
    let particulars = Particulars { group: Some(own.group.id), ..own.particulars };
    let received = serde_json::to_string(&particulars).map_err(|error| Error::Internal(error.to_string()))?;
    let pair = pair(own.group, own.subject);
    let about = if own.post.is_some() { own.subject } else { &pair };
    let saying =
        Saying { actor: own.by, verb: own.verb, about, post: own.post, target: own.target, received: Some(&received), listed: false };
    let said = say_at(core, tx, saying, at).await?;
    deeds::done(tx, &in_that_group(own.group, &said), core.now()).await?;
    let row = GroupWord { group_id: own.group.id, what: own.what, subject: own.subject.to_owned(), stands: own.on, at, said };
    deeds::put(tx, &row).await
}

/// A post that comes in, as the group's moderators said of it before: closed, at the top, an answer or a comment. Its own
/// server says whether it is closed where the group lives there too; then the newer of both counts.
///
/// # Errors
/// When the database can't be read.
pub async fn as_said(tx: &mut Tx, mut post: Post, group: &Actor, parent: Option<&Post>, is_new: bool) -> Result<Post> {
    for word in deeds::words_about(tx, group.id, &post.ap_id).await? {
        match word.what {
            What::Lock if post.is_root() => {
                let at_home = !group.local && same_origin(&group.ap_id, &post.ap_id);
                if !at_home || word.at >= post.updated_at {
                    post.locked_at = word.stands.then(|| post.locked_at.unwrap_or(word.at));
                }
            }
            What::Pin if post.is_root() && is_new => post.pinned_at = word.stands.then_some(word.at),
            What::Answer if is_new && parent.is_some_and(|parent| steering::is_movable(parent, &post)) => {
                (post.kind, post.moved_at) = (steering::kind_of(word.stands), Some(word.at));
            }
            _ => {}
        }
    }
    Ok(post)
}

/// Writes what somebody did into the log that members read.
pub(super) async fn note_post(core: &Core, tx: &mut Tx, by: ActorId, act: &str, post: &Post) -> Result<()> {
    let deed = Deed {
        group: Some(post.group_id),
        by,
        act,
        post: Some(post.id),
        actor: Some(post.author_id),
        reason: "",
        until: None,
        report: None,
    };
    note(core, tx, deed).await.map(drop)
}
