//! Who may act in a group, and what they said: what the activities of moderators have in common.

use serde_json::Value;

use super::effect::Effect;
use super::inbox::Said;
use super::{Federation, wire};
use crate::db::{actors, deeds};
use crate::error::{Error, Result};
use crate::model::urls::same_origin;
use crate::model::{Actor, Post, Time, What};
use crate::ops::crossing::{Ban, Matter, Word};

/// An activity, or the Undo around it.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    pub it: &'a Value,
    undo: Option<&'a Value>,
}

impl<'a> Act<'a> {
    /// An activity by itself.
    pub fn of(activity: &'a Value) -> Self {
        Self { it: activity, undo: None }
    }

    /// What an Undo takes back.
    pub fn undone(undo: &'a Value, inner: &'a Value) -> Self {
        Self { it: inner, undo: Some(undo) }
    }

    /// Whether it is done, rather than taken back.
    pub fn on(&self) -> bool {
        self.undo.is_none()
    }

    fn outer(&self) -> &Value {
        self.undo.unwrap_or(self.it)
    }

    /// Its id; one without is known by its content.
    pub fn id(&self, said: &Said<'_>) -> String {
        let digest = || format!("{}#{}", said.by, super::signature::digest::digest(self.outer().to_string().as_bytes()));
        wire::id(self.outer()).map_or_else(digest, str::to_owned)
    }

    fn dated(&self) -> Option<Time> {
        wire::time(self.outer(), "published")
    }

    /// The word that it says about something in `group`; `on` where that is not what [`Act::on`] says.
    pub fn word(&self, group: &Actor, by: Actor, said: &Said<'_>, on: bool, matter: Matter) -> Effect {
        Effect::Word(Box::new(Word {
            by,
            group: group.clone(),
            said: self.id(said),
            undone: self.undo.and_then(|_| wire::id(self.it)).map(str::to_owned),
            on,
            dated: self.dated(),
            arrived: said.at,
            matter,
            raw: said.raw.map(str::to_owned),
        }))
    }
}

/// The group that an activity about a post concerns: the one that passed it on, or one of ours that it was sent to. What a
/// group elsewhere did not pass on, it may not have agreed with.
///
/// # Errors
/// When the database can't be read.
pub async fn group_of(fed: &Federation, activity: &Value, post: Option<&Post>, said: &Said<'_>) -> Result<Option<Actor>> {
    if let Some(group) = &said.announced_by {
        return Ok(Some(group.clone()));
    }
    let mut conn = fed.core.db.conn();
    if let Some(post) = post {
        return Ok(Some(actors::by_id(&mut conn, post.group_id).await?).filter(|group| group.local));
    }
    for id in wire::addressed(activity).into_iter().filter(|id| fed.core.urls.is_ours(id)) {
        if let Some(group) = actors::by_ap_id(&mut conn, id).await?.filter(Actor::is_group) {
            return Ok(Some(group));
        }
    }
    Ok(None)
}

/// Whether somebody may act in a group elsewhere: who moderates it, or anybody whom its own server lets. Others may have
/// become moderators since we last asked.
///
/// # Errors
/// Passing ones when the group can't be asked for its moderators.
pub async fn moderates(fed: &Federation, group: &Actor, by: &Actor, said: &Said<'_>) -> Result<bool> {
    let mut conn = fed.core.db.conn();
    if actors::is_moderator(&mut conn, group.id, by.id).await? || same_origin(&by.ap_id, &group.ap_id) {
        return Ok(true);
    }
    fed.may_ask_for(said, &group.ap_id)?;
    fed.fetch_moderators(group).await?;
    actors::is_moderator(&mut conn, group.id, by.id).await
}

/// Who says it, when they may act in the group. For a group of ours that is decided where it is done.
///
/// # Errors
/// [`Error::Forbidden`] for who may not.
pub async fn speaker(fed: &Federation, group: &Actor, said: &Said<'_>) -> Result<Actor> {
    let by = fed.actor_in(said, said.by).await?;
    if group.local || moderates(fed, group, &by, said).await? { Ok(by) } else { Err(Error::Forbidden("error-only-moderators")) }
}

/// An Undo that only names what it takes back, when that is the newest word about something.
///
/// # Errors
/// [`Error::Forbidden`] for who may not take it back.
pub async fn undone_by_id(fed: &Federation, undo: &Value, inner: &Value, said: &Said<'_>) -> Result<Option<Effect>> {
    let id = wire::id(inner).unwrap_or_default();
    let mut conn = fed.core.db.conn();
    let words = deeds::said_by(&mut conn, id).await?;
    if words.is_empty() {
        return Ok(None);
    }
    let mut found = None;
    for word in words {
        let group = actors::by_id(&mut conn, word.group_id).await?;
        // The group that passes it on, or one of ours that it was sent to.
        if said.announced_by.as_ref().map_or(group.local, |announcer| announcer.id == group.id) {
            found = Some((word, group));
        }
    }
    let Some((word, group)) = found else { return Err(Error::Forbidden("error-other-group")) };
    let by = speaker(fed, &group, said).await?;
    let matter = match word.what {
        What::Lock => Matter::Lock(word.subject),
        What::Pin => Matter::Pin(word.subject),
        // That is said anew, not taken back.
        What::Answer => return Ok(Some(Effect::Nothing("nothing that can be undone here"))),
        What::Moderator => Matter::Moderator(fed.known_actor(&word.subject).await?),
        What::Block => {
            let member = fed.known_actor(&word.subject).await?;
            Matter::Block(Ban { member, until: None, reason: String::new(), remove: false })
        }
    };
    Ok(Some(Act::undone(undo, inner).word(&group, by, said, !word.stands, matter)))
}
