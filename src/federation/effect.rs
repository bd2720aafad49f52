//! What an activity asks for, and doing it: from here on there is no network, only the caller's transaction.

use crate::db::{Tx, actors, follows, posts};
use crate::error::{Error, Result};
use crate::model::{Actor, PostId, Time};
use crate::ops::publishing::{self, Arrived, Via};
use crate::ops::{Core, Outcome, accepting, appreciating, following};

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
    Follow {
        follower: Actor,
        group: Actor,
        id: String,
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
    ActorGone {
        actor: String,
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
            Self::Remove { by, ap_id, raw } => publishing::removed_elsewhere(core, tx, &by, &ap_id, Via::of(&raw)).await,
            Self::Useful { who, post, active, like, at, raw } => {
                let post = posts::by_id(tx, post).await?;
                appreciating::receive(core, tx, &who, &post, active, &like, at, raw.as_deref()).await
            }
            Self::Choice { chooser, answer, choose, at, raw } => {
                let answer = posts::by_id(tx, answer).await?;
                accepting::receive(core, tx, &chooser, &answer, choose, at, raw.as_deref()).await
            }
            Self::Follow { follower, group, id, raw } => following::receive_follow(core, tx, &follower, &group, &id, &raw).await,
            Self::Unfollow { follower, group, follow, at } => {
                following::receive_unfollow(tx, &follower, &group, follow.as_deref(), at).await
            }
            Self::FollowAnswer { group, follower, accepted } => following::receive_answer(core, tx, &group, &follower, accepted).await,
            Self::ActorGone { actor } => actor_gone(core, tx, &actor).await,
        }
    }
}

/// An actor deleted itself: what it wrote goes with it.
async fn actor_gone(core: &Core, tx: &mut Tx, ap_id: &str) -> Result<Outcome> {
    let Some(actor) = actors::by_ap_id(tx, ap_id).await?.filter(|actor| !actor.local) else {
        return Ok(Outcome::Ignored("not known here"));
    };
    for post in posts::standing_of(tx, actor.id).await? {
        publishing::removed_elsewhere(core, tx, &actor, &post.ap_id, Via::Quietly).await?;
    }
    follows::remove_all(tx, actor.id).await?;
    actors::mark_deleted(tx, actor.id, core.now()).await?;
    Ok(Outcome::Done)
}
