//! What this process has claimed and not yet dealt with. Work that ends badly (the database went away in the middle, or
//! a panic) leaves its claim here when it is dropped, and the guard puts it back: nothing stalls until a restart.

use std::sync::{Arc, Mutex, PoisonError};

use crate::db::{Db, Tx, jobs, lanes, mails, received};
use crate::error::Result;
use crate::model::{JobId, MailId, ReceivedId, Time};

/// A claim.
#[derive(Clone, Debug)]
pub enum Claim {
    Received(Vec<ReceivedId>),
    Lane(String),
    Job(JobId),
    Mail(MailId),
}

/// Claims whose work ended badly.
#[derive(Clone, Debug, Default)]
pub struct Abandoned(Arc<Mutex<Vec<Claim>>>);

/// A claim in somebody's hands.
#[derive(Debug)]
pub struct Held {
    claim: Option<Claim>,
    abandoned: Abandoned,
}

impl Held {
    /// The work was done, and the claim with it.
    pub fn done(mut self) {
        self.claim = None;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(claim) = self.claim.take() {
            self.abandoned.0.lock().unwrap_or_else(PoisonError::into_inner).push(claim);
        }
    }
}

impl Abandoned {
    /// Holds a claim while its work goes on.
    #[must_use]
    pub fn hold(&self, claim: Claim) -> Held {
        Held { claim: Some(claim), abandoned: self.clone() }
    }

    /// Commits what was claimed. When it is not certain that the database did (it went away in the middle), nobody will work on these: they
    /// are abandoned.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn commit(&self, tx: Tx, claims: impl IntoIterator<Item = Claim>) -> Result<()> {
        tx.commit().await.inspect_err(|_| self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(claims))
    }

    /// Puts back what was abandoned, as far as this process (`slot`) still holds it; what can't be put back now stays for the next time.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn put_back(&self, db: &Db, slot: i64, now: Time) -> Result<bool> {
        let claims = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if claims.is_empty() {
            return Ok(false);
        }
        let held: Vec<Held> = claims.iter().cloned().map(|claim| self.hold(claim)).collect();
        let mut tx = db.begin().await?;
        for claim in &claims {
            match claim {
                Claim::Received(ids) => {
                    for id in ids {
                        received::put_back(&mut tx, slot, *id, now.plus(5 * Time::SECOND)).await?;
                    }
                }
                Claim::Lane(host) => lanes::release(&mut tx, slot, &[host]).await?,
                Claim::Mail(id) => mails::let_go(&mut tx, slot, *id, now.plus(Time::MINUTE)).await?,
                Claim::Job(id) => jobs::put_back(&mut tx, slot, *id, now.plus(Time::MINUTE)).await?,
            }
        }
        tx.commit().await?;
        held.into_iter().for_each(Held::done);
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_ends_badly_is_abandoned() {
        let abandoned = Abandoned::default();
        abandoned.hold(Claim::Lane("a.example".into())).done();
        drop(abandoned.hold(Claim::Lane("b.example".into())));
        let left = abandoned.0.lock().unwrap();
        assert!(matches!(left.as_slice(), [Claim::Lane(host)] if host == "b.example"));
    }
}
