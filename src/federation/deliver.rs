//! Sending: one lane for each host. In a lane, what is about the same thing goes in order, a few different things at the
//! same time; a host that does not answer rests, longer each time, and holds up nobody else.

use std::sync::atomic::Ordering;

use reqwest::StatusCode;

use super::Federation;
use crate::db::activities;
use crate::db::deliveries::{self, Delivery};
use crate::error::{Error, Result};
use crate::model::Time;

/// Lanes that are worked at the same time.
pub const LANES: usize = 32;
/// Deliveries of one lane that are under way at the same time, and written down in one commit.
const AT_ONCE: i64 = 4;
/// After so long an activity is given up.
const PATIENCE: i64 = 7 * Time::DAY;
/// So many failures in a row make the whole lane rest.
const FAILURES: i64 = 5;
/// The longest rest.
const LONGEST: i64 = 12 * Time::HOUR;

/// How long to wait after the `attempts`-th failure: five seconds (a server that restarts), doubling up to twelve hours,
/// and up to a quarter more so that what failed together does not come back together.
pub fn backoff(attempts: i64, seed: i64) -> i64 {
    let doublings = u32::try_from(attempts.clamp(1, 20) - 1).unwrap_or(0);
    let wait = ((5 * Time::SECOND) << doublings).min(LONGEST);
    // From the id, not from a random source: spread is all that is wanted of it.
    let spread = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64.cast_signed()).rem_euclid(1_000);
    wait + wait / 4 * spread / 1_000
}

/// What a server made of a delivery.
enum Fate {
    Arrived,
    /// It will not take this one, now or ever.
    GivenUp(String),
    /// Not now; perhaps it said when.
    Later {
        why: String,
        wait: Option<i64>,
    },
}

impl Federation {
    /// Takes up to `most` lanes in which something is due.
    ///
    /// # Errors
    /// When the database can't be read or written.
    pub async fn take_lanes(&self, most: usize) -> Result<Vec<String>> {
        if deliveries::next_due(&mut self.core.db.conn()).await?.is_none_or(|due| due > self.core.now()) {
            return Ok(Vec::new());
        }
        self.leaves().await?;
        let mut tx = self.core.db.begin().await?;
        let lanes =
            deliveries::claim_lanes(&mut tx, self.core.ids.slot(), self.core.now(), i64::try_from(most).unwrap_or(i64::MAX)).await?;
        tx.commit().await?;
        Ok(lanes)
    }

    /// Works one lane that was taken, and lets it go; says how many deliveries were tried.
    ///
    /// # Errors
    /// When the database can't be read or written.
    pub async fn work_lane(&self, host: String) -> Result<usize> {
        let outcome = self.empty_lane(&host).await;
        let mut tx = self.core.db.begin().await?;
        deliveries::wait_in_line(&mut tx, &host, self.core.now()).await?;
        deliveries::release_lane(&mut tx, &host).await?;
        self.core.commit(tx).await?;
        outcome
    }

    /// Sends what may leave now, until nothing may or the host fails.
    async fn empty_lane(&self, host: &str) -> Result<usize> {
        let mut tried = 0;
        while !self.stopping.load(Ordering::Relaxed) {
            let due = deliveries::due(&mut self.core.db.conn(), host, self.core.now(), AT_ONCE).await?;
            if due.is_empty() {
                return Ok(tried);
            }
            tried += due.len();
            let fates = futures_util::future::join_all(due.into_iter().map(|delivery| async {
                let fate = self.send(&delivery).await;
                (delivery, fate)
            }))
            .await;
            if !self.note(host, fates).await? {
                return Ok(tried);
            }
        }
        Ok(tried)
    }

    async fn send(&self, delivery: &Delivery) -> Result<Fate> {
        if !self.core.may_federate_with(&delivery.host).await? {
            return Ok(Fate::GivenUp("we don't speak with this server".into()));
        }
        let (activity, speaker) = activities::speaker(&mut self.core.db.conn(), delivery.activity_id).await?;
        let Some(body) = activity.body else { return Ok(Fate::GivenUp("taken back".into())) };
        let answer = match self.client.post(&delivery.inbox, body, &speaker).await {
            Ok(answer) => answer,
            Err(Error::Bad(why)) => return Ok(Fate::GivenUp(why)),
            Err(error) => return Ok(Fate::Later { why: error.to_string(), wait: None }),
        };
        let status = answer.status;
        Ok(if status.is_success() {
            Fate::Arrived
        } else if status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED
            || matches!(status, StatusCode::UNAUTHORIZED | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS)
        {
            Fate::Later {
                why: format!("answered {status}: {}", answer.text),
                wait: answer.retry_after.map(|seconds| seconds.clamp(1, 86_400) * Time::SECOND),
            }
        } else {
            Fate::GivenUp(format!("answered {status}: {}", answer.text))
        })
    }

    /// Writes down what became of a batch, in one commit; says whether the lane goes on.
    async fn note(&self, host: &str, fates: Vec<(Delivery, Result<Fate>)>) -> Result<bool> {
        let now = self.core.now();
        let mut tx = self.core.db.begin().await?;
        let (mut arrived, mut failed) = (false, None);
        for (delivery, fate) in fates {
            match fate? {
                Fate::Arrived => {
                    arrived = true;
                    deliveries::remove(&mut tx, delivery.activity_id, &delivery.inbox).await?;
                }
                Fate::GivenUp(why) => {
                    arrived = true;
                    tracing::info!(inbox = %delivery.inbox, activity = %delivery.activity_id, why, "delivery given up");
                    deliveries::remove(&mut tx, delivery.activity_id, &delivery.inbox).await?;
                }
                Fate::Later { why, wait } => {
                    let (activity, _) = activities::speaker(&mut tx, delivery.activity_id).await?;
                    if activity.created_at.plus(PATIENCE) < now {
                        tracing::warn!(inbox = %delivery.inbox, activity = %activity.ap_id, why, "delivery given up after a week");
                        deliveries::remove(&mut tx, delivery.activity_id, &delivery.inbox).await?;
                        continue;
                    }
                    let wait = wait.unwrap_or_else(|| backoff(delivery.attempts + 1, delivery.activity_id.0));
                    deliveries::postpone(&mut tx, &delivery, now.plus(wait), &why).await?;
                    failed = Some(why);
                }
            }
        }
        if arrived {
            deliveries::peer_succeeded(&mut tx, host, now).await?;
        } else if let Some(why) = &failed {
            let failures = deliveries::peer(&mut tx, host).await?.map_or(0, |peer| peer.failures) + 1;
            let rest = if failures >= FAILURES { backoff(failures - FAILURES + 1, now.0) } else { 0 };
            deliveries::peer_failed(&mut tx, host, now, now.plus(rest), why).await?;
        }
        tx.commit().await?;
        Ok(arrived && failed.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_grows_and_stays_within_bounds() {
        let mut before = 0;
        for attempts in 1..40 {
            let wait = backoff(attempts, 42);
            assert!(wait >= before || wait >= LONGEST);
            assert!((5 * Time::SECOND..=LONGEST + LONGEST / 4).contains(&wait));
            before = wait;
        }
        assert_eq!(backoff(i64::MAX, i64::MIN).clamp(0, LONGEST * 2), backoff(i64::MAX, i64::MIN));
    }
}
