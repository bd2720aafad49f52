//! Work beside the requests: the threads on which the worker runs, and whoever writes for many at a time. Their own, so that with
//! SQLite a statement that has ended goes on at once instead of behind all requests that came in meanwhile. The system
//! shares the processors among them. (A connection to PostgreSQL is heard of where it was opened.)

use std::panic::AssertUnwindSafe;
use std::sync::OnceLock;

use futures_util::FutureExt;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use crate::error::{Error, Result};

/// Of the whole process, as long as it lives. None when the system has no more files to give, of which they need a few.
static THREADS: OnceLock<Option<Runtime>> = OnceLock::new();

/// Runs it in the background; where there is none, beside everything else.
pub(crate) fn spawn<F>(work: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let made = THREADS.get_or_init(|| {
        let made = Builder::new_multi_thread().thread_name("background").enable_all().build();
        made.inspect_err(|error| tracing::warn!(%error, "no threads of their own for the work in the background")).ok()
    });
    match made {
        Some(threads) => threads.spawn(work),
        None => tokio::spawn(work),
    }
}

/// A panic is a fault of ours in one piece of work: it is an error like another, and ends nothing else.
pub(crate) async fn unbroken<T>(work: impl Future<Output = T>) -> Result<T> {
    AssertUnwindSafe(work).catch_unwind().await.map_err(|_| Error::Internal("a piece of work panicked".into()))
}
