//! What a batch of the inbox speaks of and is known here already, read in a few statements for all of it before each activity is
//! looked at. What is not found here is looked up, or fetched, as ever. It lives no longer than its batch.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::{Federation, manners, proof, wire};
use crate::db::{actors, follows, multikeys, posts};
use crate::error::{Error, Result};
use crate::model::{Actor, ActorId, Multikey, Post};

/// Most ids that one activity has looked up beforehand.
const MOST: usize = 20;

/// How many of ours follow a group elsewhere, how many wait for its answer, and one of those.
type Followed = (i64, i64, Option<ActorId>);

/// Actors, posts and keys by their ids.
#[derive(Debug, Default)]
pub struct Known {
    asked: HashSet<String>,
    actors: HashMap<String, Actor>,
    posts: HashMap<String, Post>,
    keys: HashMap<String, Multikey>,
    followed: Mutex<HashMap<ActorId, Followed>>,
}

impl Known {
    /// Reads what these activities speak of.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn of<'a>(fed: &Federation, activities: impl Iterator<Item = &'a Value>) -> Result<Self> {
        let (mut ids, mut keys) = (HashSet::new(), HashSet::new());
        for activity in activities {
            ids.extend(spoken_of(activity).into_iter().take(MOST));
            keys.extend(activity.get("object").into_iter().flat_map(proof::key_ids));
        }
        let mut conn = fed.core.db.reading();
        let mut known = Self { asked: ids.iter().map(|id| (*id).to_owned()).collect(), ..Self::default() };
        if !ids.is_empty() {
            known.actors = actors::of_ap_ids(&mut conn, ids.iter().copied()).await?.into_iter().map(|it| (it.ap_id.clone(), it)).collect();
            known.posts = posts::of_ap_ids(&mut conn, ids).await?.into_iter().map(|it| (it.ap_id.clone(), it)).collect();
        }
        if !keys.is_empty() {
            known.keys = multikeys::of_key_ids(&mut conn, keys).await?.into_iter().map(|it| (it.key_id.clone(), it)).collect();
        }
        Ok(known)
    }

    /// As [`Federation::actor`].
    ///
    /// # Errors
    /// As there.
    pub async fn actor(&self, fed: &Federation, id: &str) -> Result<Actor> {
        match self.actors.get(id) {
            Some(actor) if actor.deleted_at.is_some() => Err(Error::RemoteGone),
            Some(actor) => Ok(actor.clone()),
            None => fed.actor(id).await,
        }
    }

    /// The stored actor with this id; one that came in since the batch was begun is not seen.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn stored_actor(&self, fed: &Federation, id: &str) -> Result<Option<Actor>> {
        match self.actors.get(id) {
            Some(actor) => Ok(Some(actor.clone())),
            None if self.asked.contains(id) || id == wire::PUBLIC => Ok(None),
            None => actors::by_ap_id(&mut fed.core.db.conn(), id).await,
        }
    }

    /// The stored post with this id; one that came in since the batch was begun is not seen.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn stored_post(&self, fed: &Federation, id: &str) -> Result<Option<Post>> {
        match self.posts.get(id) {
            Some(post) => Ok(Some(post.clone())),
            None if self.asked.contains(id) => Ok(None),
            None => posts::by_ap_id(&mut fed.core.db.conn(), id).await,
        }
    }

    /// The post with this id, as far as it was found beforehand.
    #[must_use]
    pub fn post(&self, id: &str) -> Option<&Post> {
        self.posts.get(id)
    }

    /// The key with this id, when `by` lists it, as far as it was found beforehand.
    #[must_use]
    pub fn key(&self, key_id: &str, by: &str) -> Option<&Multikey> {
        let actor = self.actors.get(by).filter(|actor| actor.deleted_at.is_none())?;
        self.keys.get(key_id).filter(|key| key.actor_id == actor.id)
    }

    /// Who of ours follows a group elsewhere.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn followed(&self, fed: &Federation, group: ActorId) -> Result<Followed> {
        if let Some(known) = self.followed.lock().unwrap_or_else(PoisonError::into_inner).get(&group) {
            return Ok(*known);
        }
        let found = follows::local_states(&mut fed.core.db.conn(), group).await?;
        // A first follow may be answered by what this batch holds.
        if found.0 > 0 {
            self.followed.lock().unwrap_or_else(PoisonError::into_inner).insert(group, found);
        }
        Ok(found)
    }
}

/// The ids that have to be looked up to know what an activity asks for: who speaks, of what, whose that is, what it replies to
/// and whom it is for; of what is passed on, the same.
fn spoken_of(activity: &Value) -> Vec<&str> {
    let mut ids: Vec<&str> = wire::field_id(activity, "actor").into_iter().collect();
    let Some(object) = activity.get("object") else { return ids };
    ids.extend(wire::id(object));
    if object.get("actor").is_some() && object.get("object").is_some() {
        ids.extend(spoken_of_once(object));
    } else {
        ids.extend(of_object(object));
    }
    ids
}

fn spoken_of_once(inner: &Value) -> Vec<&str> {
    let mut ids: Vec<&str> = wire::field_id(inner, "actor").into_iter().collect();
    let object = inner.get("object");
    ids.extend(object.and_then(wire::id));
    ids.extend(object.into_iter().flat_map(of_object));
    ids
}

fn of_object(object: &Value) -> Vec<&str> {
    let mut ids: Vec<&str> = manners::author(object).into_iter().collect();
    ids.extend(wire::field_id(object, "inReplyTo"));
    ids.extend(wire::addressed(object).into_iter().filter(|id| *id != wire::PUBLIC));
    ids
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_spoken_of_is_found_also_in_what_is_passed_on() {
        let note = json!({"id": "n", "attributedTo": "a", "inReplyTo": "q", "to": ["g", wire::PUBLIC], "audience": "g"});
        let create = json!({"id": "c", "type": "Create", "actor": "a", "object": note});
        for id in ["a", "n", "q", "g"] {
            assert!(spoken_of(&create).contains(&id), "{id}");
        }
        let announce = json!({"id": "x", "type": "Announce", "actor": "g", "object": create});
        for id in ["g", "c", "a", "n", "q"] {
            assert!(spoken_of(&announce).contains(&id), "{id}");
        }
        assert!(spoken_of(&json!({"type": "Announce", "actor": "g", "object": "n"})).contains(&"n"));
        assert!(spoken_of(&json!([1, null])).is_empty());
    }
}
