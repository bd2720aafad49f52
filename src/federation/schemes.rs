//! Which way of signing each server takes: tried once, remembered for a month.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::signature::Scheme;
use crate::db::{Db, peer_schemes};
use crate::error::Result;
use crate::model::Time;

/// What was seen of a server holds so long.
const HOLDS: i64 = 30 * Time::DAY;
/// Servers whose scheme is kept at hand.
const AT_HAND: usize = 10_000;

/// What is known of a server, and since when.
type Seen = Option<(Scheme, Time)>;

/// The schemes of the servers that we spoke with.
#[derive(Debug)]
pub struct Schemes {
    db: Option<Db>,
    at_hand: Mutex<HashMap<String, Seen>>,
}

impl Schemes {
    /// With a database it outlives the process.
    #[must_use]
    pub fn new(db: Option<Db>) -> Self {
        Self { db, at_hand: Mutex::new(HashMap::new()) }
    }

    /// What a server takes, as far as that is known.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn of(&self, host: &str, now: Time) -> Result<Option<Scheme>> {
        let at_hand = self.at_hand.lock().unwrap_or_else(PoisonError::into_inner).get(host).copied();
        let seen = match (at_hand, &self.db) {
            (Some(seen), _) => seen,
            (None, Some(db)) => {
                let row = peer_schemes::of(&mut db.conn(), host).await?;
                let seen = row.and_then(|(word, at)| Some((Scheme::from_word(&word)?, at)));
                self.keep(host, seen);
                seen
            }
            (None, None) => None,
        };
        Ok(seen.filter(|(_, at)| at.plus(HOLDS) > now).map(|(scheme, _)| scheme))
    }

    /// Notes what a server was seen to take.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn note(&self, host: &str, scheme: Scheme, now: Time) -> Result<()> {
        self.keep(host, Some((scheme, now)));
        if let Some(db) = &self.db {
            let mut tx = db.begin().await?;
            peer_schemes::tidy(&mut tx, now.plus(-HOLDS)).await?;
            peer_schemes::set(&mut tx, host, scheme.word(), now).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    fn keep(&self, host: &str, seen: Seen) {
        let mut at_hand = self.at_hand.lock().unwrap_or_else(PoisonError::into_inner);
        if at_hand.len() >= AT_HAND {
            at_hand.clear();
        }
        at_hand.insert(host.to_owned(), seen);
    }
}
