//! What an activity asks for, and doing it: from here on there is no network, only the caller's transaction.

use crate::db::{Tx, actors, follows, interests, posts, removed, reports};
use crate::error::{Error, Result};
use crate::model::{Actor, PostId, Standing, Time};
use crate::ops::arrived::{Arrived, Via};
use crate::ops::attending::{Answer, Heard};
use crate::ops::connecting;
use crate::ops::crossing::Word;
use crate::ops::reporting::Flagged;
use crate::ops::saying::pass_on_about;
use crate::ops::{
    Core, Outcome, accepting, appreciating, attending, crossing, files, following, interest, moderating, moving, publishing, removing,
    reporting,
};

/// What an activity asks for, with everything at hand that is needed to do it: from here on no network.
#[derive(Debug)]
pub enum Effect {
    Nothing(&'static str),
    Several(Vec<Effect>),
    /// One of several that could not be prepared.
    Failed(Error),
    Post {
        author: Actor,
        group: Actor,
        parent: Option<PostId>,
        arrived: Box<Arrived>,
        raw: Option<String>,
    },
    Remove {
        by: Actor,
        ap_id: String,
        raw: Option<String>,
    },
    /// A moderator of `group` removed it, or with `restore` put it back.
    Moderate {
        by: Actor,
        group: Actor,
        ap_id: String,
        reason: String,
        restore: bool,
        raw: Option<String>,
    },
    Useful {
        who: Actor,
        post: PostId,
        active: bool,
        like: String,
        at: Time,
        raw: Option<String>,
    },
    Choice {
        chooser: Actor,
        answer: PostId,
        choose: bool,
        at: Time,
        raw: Option<String>,
    },
    /// Somebody of another server comes to an event of ours, or not after all.
    Attend {
        who: Actor,
        post: PostId,
        comes: bool,
        /// The id of the Join.
        join: String,
        remark: String,
        dated: Option<Time>,
    },
    /// What an event's home answers to a member of ours.
    JoinAnswer {
        member: Actor,
        post: PostId,
        state: Standing,
        online_link: Option<String>,
        at: Time,
    },
    /// A session about a question would interest somebody.
    Interest {
        who: Actor,
        question: PostId,
        active: bool,
        word: String,
        at: Time,
        raw: Option<String>,
    },
    /// A member of ours is told of an event.
    Told {
        member: Actor,
        event: PostId,
    },
    Follow {
        follower: Actor,
        group: Actor,
        id: String,
        raw: String,
    },
    /// Of somebody who can't be followed.
    RefuseFollow {
        follower: Actor,
        target: Actor,
        raw: String,
    },
    Unfollow {
        follower: Actor,
        group: Actor,
        follow: Option<String>,
        at: Option<Time>,
    },
    FollowAnswer {
        group: Actor,
        follower: Actor,
        accepted: bool,
    },
    /// What a moderator did, or whoever else may.
    Word(Box<Word>),
    /// Somebody of another server reports something of ours.
    Report {
        by: Actor,
        posts: Vec<PostId>,
        member: Option<Actor>,
        reason: String,
        flag: String,
    },
    /// And takes that back.
    ReportWithdrawn {
        by: Actor,
        flag: String,
    },
    /// An actor lives somewhere else from now on.
    Moved {
        from: Actor,
        to: Actor,
        raw: Option<String>,
    },
    /// It says something else about itself; that has been stored already.
    ActorChanged {
        actor: Actor,
        raw: String,
    },
    ActorGone {
        actor: String,
        raw: Option<String>,
    },
    /// An instance says something about connecting.
    Connection {
        host: String,
        word: connecting::Word,
    },
}

impl Effect {
    /// Does it, in the caller's transaction.
    ///
    /// # Errors
    /// Why it is refused.
    pub async fn apply(self, core: &Core, tx: &mut Tx) -> Result<Outcome> {
        match self {
            Self::Nothing(why) => Ok(Outcome::Ignored(why)),
            Self::Failed(error) => Err(error),
            Self::Several(effects) => {
                let mut later = None;
                for effect in effects {
                    // One of a list that is refused, or has to wait, does not spoil the others.
                    match Box::pin(effect.apply(core, tx)).await {
                        Ok(_) => {}
                        // The database refused a statement: nothing more can be done in this part.
                        Err(error @ (Error::Unavailable(_) | Error::Internal(_) | Error::Conflict)) => return Err(error),
                        Err(error) if error.is_passing() || matches!(error, Error::NotFound) => later = Some(error.to_string()),
                        Err(error) => tracing::debug!(%error, "one of a list was refused"),
                    }
                }
                Ok(later.map_or(Outcome::Done, Outcome::Again))
            }
            Self::Post { author, group, parent, arrived, raw } => {
                let parent = match parent {
                    Some(id) => Some(posts::by_id(tx, id).await?),
                    None => None,
                };
                publishing::take_in(core, tx, &author, &group, parent.as_ref(), &arrived, Via::of(&raw)).await
            }
            Self::Remove { by, ap_id, raw } => removing::removed_elsewhere(core, tx, &by, &ap_id, Via::of(&raw)).await,
            Self::Moderate { by, group, ap_id, reason: _, restore: true, raw } => {
                moderating::receive_restoring(core, tx, &by, &group, &ap_id, raw.as_deref()).await
            }
            Self::Moderate { by, group, ap_id, reason, restore: false, raw } => {
                moderating::receive_removal(core, tx, &by, &group, &ap_id, &reason, raw.as_deref()).await
            }
            Self::Useful { who, post, active, like, at, raw } => {
                let post = posts::by_id(tx, post).await?;
                appreciating::receive(core, tx, &who, &post, active, &like, at, raw.as_deref()).await
            }
            Self::Choice { chooser, answer, choose, at, raw } => {
                let answer = posts::by_id(tx, answer).await?;
                accepting::receive(core, tx, &chooser, &answer, choose, at, raw.as_deref()).await
            }
            Self::Attend { who, post, comes, join, remark, dated } => {
                let post = posts::by_id(tx, post).await?;
                let heard = Heard { id: &join, remark: &remark, dated };
                if comes {
                    attending::receive_join(core, tx, &who, &post, &heard).await
                } else {
                    attending::receive_leave(core, tx, &who, &post, &heard).await
                }
            }
            Self::JoinAnswer { member, post, state, online_link, at } => {
                let post = posts::by_id(tx, post).await?;
                let answer = Answer { state, online_link: online_link.as_deref(), at };
                attending::receive_answer(core, tx, &member, &post, answer).await
            }
            Self::Interest { who, question, active, word, at, raw } => {
                let question = posts::by_id(tx, question).await?;
                interest::receive(core, tx, &who, &question, active, &word, at, raw.as_deref()).await
            }
            Self::Told { member, event } => {
                let event = posts::by_id(tx, event).await?;
                interest::receive_told(core, tx, &member, &event).await
            }
            Self::Follow { follower, group, id, raw } => following::receive_follow(core, tx, &follower, &group, &id, &raw).await,
            Self::RefuseFollow { follower, target, raw } => following::refuse_follow(core, tx, &follower, &target, &raw).await,
            Self::Unfollow { follower, group, follow, at } => {
                following::receive_unfollow(tx, &follower, &group, follow.as_deref(), at).await
            }
            Self::FollowAnswer { group, follower, accepted } => following::receive_answer(core, tx, &group, &follower, accepted).await,
            Self::Word(word) => Box::pin(crossing::receive(core, tx, &word)).await,
            Self::Report { by, posts, member, reason, flag } => {
                let flagged = Flagged { posts: &posts, member: member.as_ref(), reason: &reason, flag: &flag };
                reporting::receive(core, tx, &by, flagged).await
            }
            Self::ReportWithdrawn { by, flag } => reporting::withdrawn(core, tx, &by, &flag).await,
            Self::Moved { from, to, raw } => moving::receive(core, tx, &from, &to, raw.as_deref()).await,
            Self::ActorChanged { actor, raw } => {
                let passed_on = pass_on_about(core, tx, &actor, &raw).await?;
                Ok(if passed_on { Outcome::Done } else { Outcome::Ignored("the actor was fetched again") })
            }
            Self::Connection { host, word } => connecting::receive(core, tx, &host, &word).await,
            Self::ActorGone { actor, raw } => actor_gone(core, tx, &actor, raw.as_deref()).await,
        }
    }
}

/// An actor deleted itself: what it wrote goes with it.
async fn actor_gone(core: &Core, tx: &mut Tx, ap_id: &str, raw: Option<&str>) -> Result<Outcome> {
    let Some(actor) = actors::by_ap_id(tx, ap_id).await?.filter(|actor| !actor.local) else {
        return Ok(Outcome::Ignored("not known here"));
    };
    if actor.deleted_at.is_some() {
        return Ok(Outcome::Ignored("it was gone before"));
    }
    actors::shut_out(tx, actor.id).await?;
    if let Some(raw) = raw {
        pass_on_about(core, tx, &actor, raw).await?;
    }
    for post in posts::standing_of(tx, actor.id).await? {
        removing::removed_elsewhere(core, tx, &actor, &post.ap_id, Via::Quietly).await?;
    }
    attending::forget(core, tx, &actor).await?;
    interests::forget_actor(tx, actor.id).await?;
    removed::forget_of(tx, actor.id).await?;
    reports::forget_words_of(tx, actor.id).await?;
    follows::remove_all(tx, actor.id).await?;
    files::let_go_of_actor(core, tx, &actor).await?;
    actors::mark_deleted(tx, actor.id, core.now()).await?;
    Ok(Outcome::Done)
}
