//! A writer writes for many who wait: what came until it had its turn goes into one commit, and then everybody is told. A disk
//! syncs a few hundred times a second; a busy server has more to write.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::db::Tx;
use crate::error::{Error, Result};
use crate::model::Time;
use crate::ops::Core;
use crate::ops::background::{self, unbroken};

/// One commit of a writer may take so long before it counts as stuck.
const LONGEST_WRITE: i64 = 2 * Time::MINUTE;

/// Says when something is on disk, or why it is not.
pub type Written = oneshot::Receiver<Result<()>>;
/// Something to write, and who waits for it.
pub(super) type Waiting<W> = (W, oneshot::Sender<Result<()>>);

/// What can be written for many who wait.
pub(super) trait Write: Send + Sync + Sized + 'static {
    /// The name of its writer.
    const NAME: &str;
    /// Most of it in one commit.
    const MOST: usize;

    /// Writes all of these, and commits.
    fn write(core: &Core, tx: Tx, batch: &[Waiting<Self>]) -> impl Future<Output = Result<()>> + Send;
}

/// Starts a writer; it ends when the last way to it is gone and everything is written.
pub(super) fn start<W: Write>(core: Arc<Core>, mut queue: mpsc::Receiver<Waiting<W>>) -> JoinHandle<()> {
    background::spawn(async move {
        let mut batch = Vec::with_capacity(W::MOST);
        let pulse = core.pulses.begin(W::NAME);
        while queue.recv_many(&mut batch, W::MOST).await > 0 {
            pulse.beat(core.now().plus(LONGEST_WRITE));
            let outcome = unbroken(write(&core, &mut queue, &mut batch)).await.flatten();
            pulse.rest();
            if let Err(error) = &outcome {
                error.log();
            }
            for (_, done) in batch.drain(..) {
                let told = match &outcome {
                    Ok(()) => Ok(()),
                    Err(error) => Err(Error::Unavailable(error.to_string())),
                };
                // Who waited may have gone by now; what was written stays written.
                let _ = done.send(told);
            }
        }
    })
}

async fn write<W: Write>(core: &Core, queue: &mut mpsc::Receiver<Waiting<W>>, batch: &mut Vec<Waiting<W>>) -> Result<()> {
    let tx = core.db.begin().await?;
    // With SQLite this was waiting for our turn: what came meanwhile goes along.
    while batch.len() < W::MOST
        && let Ok(more) = queue.try_recv()
    {
        batch.push(more);
    }
    W::write(core, tx, batch).await
}

/// What whoever wants something written is told when its writer has ended.
pub(super) fn stopping() -> Error {
    Error::Unavailable("the server is stopping".into())
}

/// Waits until something is on disk.
///
/// # Errors
/// When it could not be written.
pub async fn written(note: Written) -> Result<()> {
    note.await.map_err(|_| stopping())?
}
