//! What arrives, before it is answered 202: [`Intake`] keeps it for good, many to a commit. [`super::inbox`] works on it later.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;

use super::writer::{self, Waiting, Write, stopping, written};
use super::{Federation, client, event, signature, wire};
use crate::db::received::{self, Received};
use crate::db::{Tx, deliveries};
use crate::error::{Doubt, Error, Result};
use crate::model::{Actor, ReceivedId, urls};
use crate::ops::Core;

/// Activities that wait for a commit; beyond that peers are told to come back.
const WAITING: usize = 2_000;
/// Longest activity, in bytes, that holds nothing that somebody wrote.
const LONGEST_WORD: usize = 64 * 1024;

/// Keeps what arrives, many to a commit.
#[derive(Debug)]
pub struct Intake {
    queue: Mutex<Option<mpsc::Sender<Waiting<Received>>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Intake {
    /// Starts the writer.
    pub(super) fn start(core: Arc<Core>) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        Self { queue: Mutex::new(Some(sender)), writer: Mutex::new(Some(writer::start(core, receiver))) }
    }

    /// Keeps an activity for good; returns when it is on disk.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it could not be written: nothing was accepted then.
    pub async fn store(&self, received: Received) -> Result<()> {
        let (done, stored) = oneshot::channel();
        let queue = self.queue.lock().await.clone().ok_or_else(stopping)?;
        queue.try_send((received, done)).map_err(|_| Error::Unavailable("too much arrives at once".into()))?;
        written(stored).await
    }

    /// Takes nothing more and waits until everything taken is written.
    pub async fn close(&self) {
        self.queue.lock().await.take();
        if let Some(writer) = self.writer.lock().await.take()
            && let Err(error) = writer.await
        {
            tracing::error!(%error, "the inbox writer ended badly");
        }
    }
}

impl Write for Received {
    const NAME: &str = "inbox writer";
    const MOST: usize = 128;

    async fn write(core: &Core, mut tx: Tx, batch: &[Waiting<Self>]) -> Result<()> {
        // Whoever speaks to us is alive. Servers before their deliveries, in the order of their names, as everywhere.
        let hosts: BTreeSet<&str> = batch.iter().map(|(received, _)| received.host.as_str()).collect();
        for (host,) in deliveries::failing_of(&mut tx, hosts).await? {
            if deliveries::peer_revived(&mut tx, &host).await? {
                deliveries::hasten(&mut tx, &host, core.now()).await?;
            }
        }
        received::insert(&mut tx, batch.iter().map(|(received, _)| received)).await?;
        core.commit(tx).await?;
        core.metrics.accepted(batch.len());
        Ok(())
    }
}

impl Federation {
    /// Keeps a verified activity; with it goes that its server is alive.
    ///
    /// # Errors
    /// [`Error::Bad`] when it is no activity; [`Error::Signature`] when it is not the signer's (T-01);
    /// [`Error::Unavailable`] when it can't be kept now.
    pub async fn take(&self, signer: &Actor, activity: Value, body: String) -> Result<()> {
        let received = self.received(signer, &activity, body)?;
        // Whoever waits for the commit holds no more than the text.
        drop(activity);
        self.intake.store(received).await
    }

    fn received(&self, signer: &Actor, activity: &Value, body: String) -> Result<Received> {
        let by = wire::field_id(activity, "actor").ok_or_else(|| Error::Bad("the activity has no actor".into()))?;
        if by != signer.ap_id {
            return Err(Error::Signature(Doubt::of("actor", format!("signed by {}, but the actor is {by}", signer.ap_id))));
        }
        match wire::kind(activity) {
            "" => return Err(Error::Bad("the activity has no type".into())),
            // What somebody wrote may be long; a vote, a follow or an answer to one is not.
            "Create" | "Update" | "Announce" => {}
            _ if body.len() > LONGEST_WORD => return Err(Error::TooLarge),
            _ => {}
        }
        // NodeBB's ids differ only behind the #, so that stays; one without an id is known by its content.
        let ap_id = match activity.get("id").and_then(Value::as_str) {
            // Gancio says each change of an event under the same id: what is new in it makes it another.
            Some(id) if event::is_undated(activity) && id.len() < client::LONGEST_URL / 2 => {
                format!("{id}#{}", signature::digest::digest(body.as_bytes()))
            }
            Some(id) if id.len() <= client::LONGEST_URL => id.to_owned(),
            Some(_) => return Err(Error::Bad("the id is too long".into())),
            None => format!("{}#{}", signer.ap_id, signature::digest::digest(body.as_bytes())),
        };
        if !urls::begins_as(&ap_id, &signer.ap_id) {
            return Err(Error::Bad("the activity's id lies on another server than its actor".into()));
        }
        let now = self.core.now();
        Ok(Received {
            id: ReceivedId(self.core.ids.next()),
            ap_id,
            actor: signer.ap_id.clone(),
            body,
            state: "new".into(),
            note: None,
            attempts: 0,
            next_at: now,
            received_at: now,
            host: signer.host.clone(),
        })
    }
}
