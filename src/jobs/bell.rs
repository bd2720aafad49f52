//! Tells the other processes on the same database what happened here, and does here what they tell.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::rest;
use crate::db::bell::{self, News};
use crate::federation::Federation;
use crate::ops::Rung;

/// Told at most so often: a busy process has something every few milliseconds.
const QUIET: Duration = Duration::from_millis(100);

/// Tells, until `stop`. Goes on while the rest of the worker has stopped: what the last requests queue is for the others.
pub async fn tell(fed: &Federation, stop: &CancellationToken) {
    let mut rung = fed.core.rung.subscribe();
    // What was committed before is told too.
    rung.mark_changed();
    let mut told = Rung::default();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = rung.changed() => {}
        }
        let now = *rung.borrow_and_update();
        for (news, anew) in [(News::Rules, now.rules != told.rules), (News::Work, now.work != told.work)] {
            if anew && let Err(error) = bell::ring(&fed.core.db, fed.core.ids.slot(), news).await {
                error.log();
            }
        }
        told = now;
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(QUIET) => {}
        }
    }
}

/// Hears, until `stop`.
pub(super) async fn hear(fed: &Federation, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        let heard = tokio::select! {
            () = stop.cancelled() => return,
            heard = listen(fed) => heard,
        };
        match heard {
            // There are no others.
            Ok(()) => return,
            Err(error) => error.log(),
        }
        rest(stop).await;
    }
}

/// Listens until something goes wrong; returns at once where there is nobody to listen to.
async fn listen(fed: &Federation) -> crate::error::Result<()> {
    let Some(mut ear) = bell::listen(&fed.core.db, fed.core.ids.slot()).await? else { return Ok(()) };
    // What was told before that was not heard.
    let mut news = News::Perhaps;
    loop {
        if news != News::Work {
            fed.core.hosts.forget();
        }
        if news != News::Rules {
            fed.core.wake();
        }
        news = ear.hear().await?;
    }
}
