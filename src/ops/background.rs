//! The threads on which the worker runs, and whoever writes for many at a time: their own, so that a statement that has ended
//! goes on at once instead of behind all requests that came in meanwhile. The system shares the processors among them.

use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

/// Of the whole process, as long as it lives. None when the system gives no threads.
static THREADS: OnceLock<Option<Runtime>> = OnceLock::new();

/// Runs it in the background; where there are no threads for that, beside everything else.
pub fn spawn<F>(work: F) -> JoinHandle<F::Output>
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
