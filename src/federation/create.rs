//! `Create` and `Update` of a post: the same thing twice, for whichever version comes first is the one that makes it.

use serde_json::{Value, json};

use super::effect::Effect;
use super::inbox::Said;
use super::known::Known;
use super::object::{self, Read, Written};
use super::{Federation, context, event, manners, may_write, notes, wire};
use crate::db::{actors, follows, posts};
use crate::error::{Error, Result};
use crate::model::urls::same_origin;
use crate::model::{Actor, Post, PostId};
use crate::ops::Outcome;
use crate::ops::arrived::Via;
use crate::ops::{comparing, publishing};

/// Deepest chain of replies that is fetched upwards (T-76).
const DEPTH: usize = 50;

/// What a Create or Update asks for. The object is taken from the activity when its own server sent it, and fetched
/// from its home when somebody else did (T-20).
///
/// # Errors
/// Passing ones when something can't be fetched now; else why it is refused.
pub async fn receive(fed: &Federation, activity: &Value, said: &Said<'_>) -> Result<Effect> {
    let embedded = activity.get("object").ok_or_else(|| Error::Bad("there is no object".into()))?;
    let id = wire::id(embedded).ok_or_else(|| Error::Bad("the object has no id".into()))?;
    if fed.core.urls.is_ours(id) {
        return Ok(Effect::Nothing("it is ours"));
    }
    // An actor says that it changed.
    if embedded.get("preferredUsername").is_some() || id == said.by {
        if id != said.by {
            return Err(Error::Forbidden("error-not-yours"));
        }
        let actor = fed.fetch_actor(id).await?;
        // Who moderates it may have changed with it.
        if actor.is_group()
            && follows::count_local(&mut fed.core.db.conn(), actor.id).await? > 0
            && let Err(error) = fed.fetch_moderators(&actor).await
        {
            tracing::info!(group = %actor.ap_id, %error, "moderators");
        }
        return Ok(match said.raw {
            Some(raw) => Effect::ActorChanged { actor, raw: raw.to_owned() },
            None => Effect::Nothing("the actor was fetched again"),
        });
    }
    if embedded.is_object() && !manners::is_post(embedded) {
        return Ok(Effect::Nothing("not a kind of post that we take"));
    }
    if let Some(effect) = notes::receive(fed, embedded, said).await? {
        return Ok(effect);
    }
    if manners::is_poll_vote(embedded) {
        return Ok(Effect::Nothing("a vote in a poll"));
    }
    // A signer speaks for its own server's things; asking another one about it would be asked for nothing.
    if !same_origin(id, said.by) {
        return Err(Error::Forbidden("error-not-yours"));
    }
    let object = if said.first_hand && embedded.is_object() && embedded.get("attributedTo").is_some() {
        if !wire::says_addressees(embedded) && is_private(fed, activity) {
            return Err(Error::Bad(format!("{id}: is not public")));
        }
        embedded.clone()
    } else {
        match fed.fetch_by_id(id).await {
            // It is gone at its home by now.
            Err(Error::RemoteGone) => return super::delete::gone(fed, id).await,
            fetched => fetched?,
        }
    };
    let mut read = object::read(&fed.client, &object, fed.core.now())?;
    if event::is_undated(activity) && said.first_hand {
        // A change that bears no date was made when it came.
        read.arrived.updated_at = read.arrived.updated_at.max(said.at);
    }
    if read.author != said.by {
        return Err(Error::Forbidden("error-not-yours"));
    }
    Box::pin(fed.post_effect(read, said.announced_by.as_ref(), said.raw, said.known)).await
}

/// Whether an activity whose object is silent about it is not for everybody. Discourse names the inbox it sends to.
fn is_private(fed: &Federation, activity: &Value) -> bool {
    let names_inbox = || wire::addressed(activity).iter().any(|id| fed.core.urls.is_ours(id) && id.ends_with("/inbox"));
    wire::says_addressees(activity) && !wire::is_public(activity) && !names_inbox()
}

impl Federation {
    /// What has to be known before a post can be taken in: its author, its group and what it replies to.
    ///
    /// # Errors
    /// Passing ones when something can't be fetched now; else why it is refused.
    pub(super) async fn post_effect(&self, read: Read, announced_by: Option<&Actor>, raw: Option<&str>, known: &Known) -> Result<Effect> {
        let stored = known.stored_post(self, &read.arrived.ap_id).await?;
        let group = match (&stored, announced_by) {
            (Some(stored), _) => Some(actors::by_id(&mut self.core.db.conn(), stored.group_id).await?),
            // What is meant for another group is not theirs because they were the first to announce it (T-21).
            (None, Some(group)) if read.addressed.contains(&group.ap_id) => Some(group.clone()),
            (None, Some(group)) => self.group_of(&read, known).await?.or(Some(group.clone())),
            (None, None) => self.group_of(&read, known).await?,
        };
        let Some(group) = group else { return Ok(Effect::Nothing("not for a group that we know")) };
        let author = self.author_of(&read, known).await?;
        // Of a group elsewhere we only keep what somebody here follows.
        if stored.is_none() && !group.local && matches!(known.followed(self, group.id).await?, (0, 0, _)) {
            return Ok(Effect::Nothing("nobody here follows this group"));
        }
        if announced_by.is_some_and(|announcer| announcer.id != group.id) {
            return Err(Error::Forbidden("error-other-group"));
        }
        let parent = match &read.parent {
            Some(parent) => match known.post(parent).filter(|parent| parent.group_id == group.id) {
                Some(parent) => Some(parent.id),
                None => Some(Box::pin(self.parent_of(&read, parent, &group)).await?),
            },
            None => None,
        };
        // A group's own server gives it to the other followers; for a group elsewhere nobody needs us to.
        Ok(Effect::Post { author, group, parent, arrived: Box::new(read.arrived), raw: raw.map(str::to_owned) })
    }

    /// Who wrote a post: by that name, not somebody to whom that name leads.
    async fn author_of(&self, read: &Read, known: &Known) -> Result<Actor> {
        let author = known.actor(self, &read.author).await?;
        if author.ap_id != read.author {
            return Err(Error::Bad(format!("{}: its author calls itself {}", read.arrived.ap_id, author.ap_id)));
        }
        // An event may be the group's own: Gancio's are the instance's.
        let of_group = author.is_group() && read.arrived.event.is_some();
        if may_write(&author) || of_group { Ok(author) } else { Err(Error::Bad("only people write posts".into())) }
    }

    /// The group that a post is for: a group we know among its addressees, else that of what it replies to.
    pub(super) async fn group_of(&self, read: &Read, known: &Known) -> Result<Option<Actor>> {
        for id in &read.addressed {
            if let Some(group) = known.stored_actor(self, id).await?.filter(|actor| actor.is_group() && actor.deleted_at.is_none()) {
                return Ok(Some(group));
            }
        }
        let Some(parent) = &read.parent else { return Ok(None) };
        // It may have come in since the batch was begun.
        let Some(parent) = posts::by_ap_id(&mut self.core.db.conn(), parent).await? else { return Ok(None) };
        Ok(Some(actors::by_id(&mut self.core.db.conn(), parent.group_id).await?))
    }

    /// What a post replies to. When that is gone at its home and never was here, or lives where we may not ask, the reply
    /// still has its place in the thread: under what started it.
    ///
    /// # Errors
    /// As [`Federation::ensure_post`].
    pub async fn parent_of(&self, read: &Read, parent: &str, group: &Actor) -> Result<PostId> {
        match (self.ensure_post(parent, group).await, &read.arrived.context) {
            (Err(error @ (Error::RemoteGone | Error::NotFound | Error::Forbidden("error-host-refused"))), Some(context)) => {
                let root = posts::root_by_context(&mut self.core.db.conn(), context).await?;
                root.filter(|root| root.group_id == group.id).map(|root| root.id).ok_or(match error {
                    Error::Forbidden(_) => error,
                    _ => Error::RemoteGone,
                })
            }
            (outcome, _) => outcome,
        }
    }

    /// The post with this id; fetched with everything above it in its thread when it is not known yet.
    ///
    /// # Errors
    /// [`Error::Forbidden`] when it belongs to another group; passing ones when it can't be fetched now.
    pub async fn ensure_post(&self, id: &str, group: &Actor) -> Result<PostId> {
        let mut missing: Vec<Read> = Vec::new();
        let mut at = id.to_owned();
        let mut parent: Option<Post> = loop {
            if let Some(known) = posts::by_ap_id(&mut self.core.db.conn(), &at).await? {
                break Some(known);
            }
            if self.core.urls.is_ours(&at) {
                return Err(Error::NotFound);
            }
            if missing.len() >= DEPTH || missing.iter().any(|read| read.arrived.ap_id == at) {
                return Err(Error::Bad("the replies go too deep".into()));
            }
            // What others say that it replies to is asked for within bounds, at whoever's door that is (T-77).
            self.may_ask_because_of(&group.ap_id, &at)?;
            let document = self.fetch_by_id(&at).await?;
            let read = object::read(&self.client, &document, self.core.now())?;
            let next = read.parent.clone();
            missing.push(read);
            match next {
                Some(next) => at = next,
                None => break None,
            }
        };
        let was_missing = !missing.is_empty();
        for read in missing.into_iter().rev() {
            // What starts the thread must itself be for this group: a reply does not pull a stranger's post in (T-60).
            if parent.is_none() && !read.addressed.contains(&group.ap_id) {
                return Err(Error::Forbidden("error-other-group"));
            }
            parent = Some(Box::pin(self.take_in_quietly(&read, group, parent.as_ref())).await?);
        }
        let Some(found) = parent else { return Err(Error::NotFound) };
        if found.group_id != group.id {
            return Err(Error::Forbidden("error-other-group"));
        }
        if was_missing {
            let root = posts::by_id(&mut self.core.db.conn(), found.root_id).await?;
            comparing::was_missing(&self.core, &root).await?;
        }
        Ok(found.id)
    }

    /// Takes in a post that we fetched, in a transaction of its own.
    ///
    /// # Errors
    /// When it is refused, or its author can't be fetched.
    pub async fn take_in_quietly(&self, read: &Read, group: &Actor, parent: Option<&Post>) -> Result<Post> {
        let author = self.author_of(read, &Known::default()).await?;
        let mut tx = self.core.db.begin().await?;
        let outcome = publishing::take_in(&self.core, &mut tx, &author, group, parent, &read.arrived, Via::Quietly).await?;
        self.core.commit(tx).await?;
        if outcome == Outcome::Ignored("it was removed before") {
            return Err(Error::RemoteGone);
        }
        posts::by_ap_id(&mut self.core.db.conn(), &read.arrived.ap_id).await?.ok_or(Error::NotFound)
    }
}

/// Writes a Create or Update.
pub fn build(kind: &str, activity_id: &str, written: &Written<'_>) -> Value {
    json!({
        "@context": context(),
        "id": activity_id,
        "type": kind,
        "actor": written.author.ap_id,
        "to": written.to(),
        "cc": written.cc(),
        "audience": written.group.ap_id,
        "published": written.post.updated_at.rfc3339(),
        "object": written.object(),
    })
}
