//! An inbox that is not there (404) or not there any more (410): perhaps its owner has another one now, perhaps its server is
//! closed for a while, perhaps nobody reads it any more.

use super::Federation;
use super::waiting::backoff;
use crate::db::deliveries::{self, Delivery};
use crate::db::{actors, follows, lanes};
use crate::error::{Error, Result};
use crate::model::Time;

/// Readers of an inbox that are asked where they are now.
const ASKED: i64 = 10;
/// An inbox that is missing for so long, and was tried so often, has lost its followers.
const PATIENCE: i64 = 7 * Time::DAY;
const TIMES: i64 = 5;

impl Federation {
    /// Asks those who read an inbox where they are now. What is on its way there goes to their new one; it is put off when
    /// it may come back; it is dropped, and the follows behind it end, when it won't.
    pub(super) async fn inbox_is_missing(&self, delivery: &Delivery, gone: bool, why: &str) -> Result<()> {
        let (host, inbox) = (delivery.host.as_str(), delivery.inbox.as_str());
        let (mut lost, mut moved) = (Vec::new(), None);
        for (ap_id,) in lanes::behind(&mut self.core.db.conn(), host, inbox, ASKED).await? {
            match self.fetch_actor(&ap_id).await {
                Ok(actor) if actor.host == host && actor.common_inbox() != inbox => moved = Some(actor.common_inbox().to_owned()),
                Err(Error::RemoteGone) => lost.push(ap_id),
                Err(error @ (Error::Unavailable(_) | Error::Internal(_))) => return Err(error),
                Ok(_) | Err(_) => {}
            }
        }
        let now = self.core.now();
        let mut tx = self.core.db.begin().await?;
        for ap_id in lost {
            // It is gone itself; what it wrote stays until its server says otherwise.
            if let Some(actor) = actors::by_ap_id(&mut tx, &ap_id).await? {
                follows::remove_all(&mut tx, actor.id).await?;
            }
        }
        if let Some(moved) = moved {
            deliveries::redirect(&mut tx, host, inbox, &moved, now).await?;
            deliveries::drop_for_inbox(&mut tx, host, inbox).await?;
            lanes::forget_missing(&mut tx, inbox).await?;
            return self.core.commit(tx).await;
        }
        let missing = lanes::note_missing(&mut tx, host, inbox, now).await?;
        if gone || (missing.since.plus(PATIENCE) <= now && missing.times >= TIMES) {
            let ended = lanes::end_follows_behind(&mut tx, host, inbox).await?;
            deliveries::drop_for_inbox(&mut tx, host, inbox).await?;
            lanes::forget_missing(&mut tx, inbox).await?;
            tracing::info!(inbox, why, ended, "an inbox is gone: nothing more goes there");
        } else {
            lanes::mark_missing(&mut tx, host).await?;
            deliveries::postpone(&mut tx, delivery, now, why).await?;
            let at = now.plus(backoff(Time::MINUTE, missing.times, delivery.activity_id.0));
            deliveries::put_off_inbox(&mut tx, host, inbox, at).await?;
        }
        self.core.commit(tx).await
    }
}
