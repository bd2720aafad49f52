//! What our actors said, as it goes out. The text of an announcement is kept once, as it was received, and put together when
//! somebody wants it; what goes to many servers at the same time is made once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;

use super::{Federation, announce, proof};
use crate::db::activities::{self, Activity, Verb};
use crate::db::{Conn, actors, multikeys};
use crate::error::Result;
use crate::model::{ActivityId, Actor};

/// Bytes of texts kept at hand.
const KEPT: usize = 8 * 1024 * 1024;

/// An activity ready to be sent.
#[derive(Debug)]
pub struct Letter {
    pub body: Bytes,
    /// Who says it, with the private key.
    pub speaker: Actor,
}

/// Texts at hand.
#[derive(Debug, Default)]
pub struct Letters {
    at_hand: Mutex<(HashMap<ActivityId, Arc<Letter>>, usize)>,
    /// Held by who makes one: the others that want the same wait for it, and don't each make their own.
    making: tokio::sync::Mutex<()>,
}

impl Letters {
    fn get(&self, id: ActivityId) -> Option<Arc<Letter>> {
        self.at_hand.lock().unwrap_or_else(PoisonError::into_inner).0.get(&id).cloned()
    }

    fn keep(&self, id: ActivityId, letter: &Arc<Letter>) {
        let mut kept = self.at_hand.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.1 + letter.body.len() > KEPT {
            *kept = (HashMap::new(), 0);
        }
        if letter.body.len() <= KEPT && kept.0.insert(id, letter.clone()).is_none() {
            kept.1 += letter.body.len();
        }
    }

    /// Forgets everything: for when nothing is under way.
    pub fn forget(&self) {
        *self.at_hand.lock().unwrap_or_else(PoisonError::into_inner) = (HashMap::new(), 0);
    }
}

/// What an announcement passes on, word for word.
///
/// # Errors
/// When the database can't be read.
pub async fn passed_on(conn: &mut Conn, said: &Activity) -> Result<Option<String>> {
    match said.carries {
        Some(carried) => Ok(activities::by_id(conn, carried).await?.and_then(|carried| carried.body)),
        None => Ok(said.received.clone()),
    }
}

/// The text of an activity; none when it was taken back or has not been made yet.
///
/// # Errors
/// When the database can't be read, or what was received is not JSON any more.
pub async fn text(conn: &mut Conn, said: &Activity, speaker: &Actor) -> Result<Option<String>> {
    if said.state != "built" || said.body.is_some() || said.verb != Verb::Announce {
        return Ok(said.body.clone());
    }
    let Some(received) = passed_on(conn, said).await? else { return Ok(None) };
    let body = announce::build(&said.ap_id, speaker, &received, said.created_at)?;
    // The same each time: Ed25519 has no chance in it.
    let key = multikeys::of(conn, speaker.id).await?.into_iter().find(|key| key.private_key.is_some());
    match key {
        Some(key) => proof::seal(&body, &key, said.created_at).map(Some),
        None => Ok(Some(body)),
    }
}

impl Federation {
    /// An activity ready to be sent; none when it was taken back. That is looked up each time, unless its delivery was read
    /// just now: what somebody removed a moment ago is not sent any more.
    pub(super) async fn letter(&self, id: ActivityId, just_read: bool) -> Result<Option<Arc<Letter>>> {
        let mut conn = self.core.db.conn();
        if let Some(letter) = self.letters.get(id) {
            return Ok((just_read || activities::stands(&mut conn, id).await?).then_some(letter));
        }
        let _making = self.letters.making.lock().await;
        if let Some(letter) = self.letters.get(id) {
            return Ok(Some(letter));
        }
        let Some(said) = activities::by_id(&mut conn, id).await? else { return Ok(None) };
        let speaker = actors::by_id(&mut conn, said.actor_id).await?;
        let Some(body) = text(&mut conn, &said, &speaker).await? else { return Ok(None) };
        let letter = Arc::new(Letter { body: body.into(), speaker });
        self.letters.keep(id, &letter);
        Ok(Some(letter))
    }
}
