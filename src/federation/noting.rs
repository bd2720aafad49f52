//! Writing down what became of deliveries: all lanes through one writer.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::deliver::PATIENCE;
use super::writer::{self, Waiting, Write, Written, stopping, written};
use crate::db::deliveries::{self, Delivery};
use crate::db::{Tx, hosts, lanes};
use crate::error::Result;
use crate::model::{ActivityId, Time};
use crate::ops::Core;

/// What became of one delivery.
#[derive(Debug)]
pub enum What {
    /// It is over: it arrived, or will never be taken.
    Over,
    /// It arrived in an inbox that may have been missing before.
    Found,
    /// Again at this time, because of this.
    Later(Time, String),
    /// That has been written down already.
    Noted,
}

/// What that says about the server.
#[derive(Debug, Clone)]
pub enum Standing {
    Well,
    /// It answers again: everything that was put off may go at once.
    Back,
    /// It failed; its lane rests until then.
    Failed(Time, String),
    /// It asks us to wait until then.
    Waits(Time, String),
    /// Nothing that was not known.
    Same,
}

#[derive(Debug)]
enum Entry {
    Delivery(Box<Delivery>, What, Standing),
    /// The lane is let go; with `true`, what waits in line is put off with what it waits for.
    Release(bool),
}

/// What is noted of a server.
#[derive(Debug)]
struct Note {
    host: String,
    entry: Entry,
}

/// The way to the writer.
#[derive(Debug)]
pub struct Notes(mpsc::Sender<Waiting<Note>>);

impl Notes {
    /// Starts the writer; it ends when the last way to it is gone.
    pub(super) fn start(core: Arc<Core>) -> Self {
        let (sender, queue) = mpsc::channel(Note::MOST);
        writer::start(core, queue);
        Self(sender)
    }

    /// Notes what became of a delivery.
    ///
    /// # Errors
    /// When the writer is gone.
    pub async fn delivery(&self, delivery: Delivery, what: What, standing: Standing) -> Result<Written> {
        let host = delivery.host.clone();
        self.send(host, Entry::Delivery(Box::new(delivery), what, standing)).await
    }

    /// Lets a lane go, after everything that was noted of it.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn release(&self, host: &str, in_line: bool) -> Result<()> {
        written(self.send(host.to_owned(), Entry::Release(in_line)).await?).await
    }

    async fn send(&self, host: String, entry: Entry) -> Result<Written> {
        let (done, written) = oneshot::channel();
        self.0.send((Note { host, entry }, done)).await.map_err(|_| stopping())?;
        Ok(written)
    }
}

impl Write for Note {
    const NAME: &str = "delivery writer";
    const MOST: usize = 256;

    async fn write(core: &Core, mut tx: Tx, batch: &[Waiting<Self>]) -> Result<()> {
        let now = core.now();
        // Servers in the order of their names and then deliveries in theirs: everybody who holds several takes them so, and
        // nobody waits for another in a circle.
        let mut by_host: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
        for (note, _) in batch {
            by_host.entry(&note.host).or_default().push(&note.entry);
        }
        // Most notes say that all is well: those are written together.
        let all_well: Vec<&str> = by_host.iter().filter(|(_, entries)| is_well(entries)).map(|(host, _)| *host).collect();
        let mut given_up = Vec::new();
        // Before any is written by itself, all are held in the order of their names.
        if all_well.len() < by_host.len() {
            deliveries::hold_peers(&mut tx, by_host.keys().copied()).await?;
        }
        if !all_well.is_empty() {
            deliveries::peers_succeeded(&mut tx, &all_well, now).await?;
        }
        for (host, entries) in by_host.iter().filter(|(_, entries)| !is_well(entries)) {
            given_up.extend(write_standing(&mut tx, host, entries, now).await?);
        }
        write_deliveries(core, &mut tx, by_host.values().flatten(), now).await?;
        for host in given_up {
            hosts::drop_deliveries(&mut tx, host).await?;
        }
        for (host, entries) in &by_host {
            write_rest(&mut tx, host, entries, now).await?;
        }
        let released = by_host.iter().filter(|(_, entries)| entries.iter().any(|entry| matches!(entry, Entry::Release(_))));
        let released: Vec<&str> = released.map(|(host, _)| *host).collect();
        if !released.is_empty() {
            lanes::release(&mut tx, core.ids.slot(), &released).await?;
        }
        tx.commit().await
    }
}

/// Whether these notes say that a server answers, and nothing else about it.
fn is_well(entries: &[&Entry]) -> bool {
    let mut standings = entries.iter().filter_map(|entry| match entry {
        Entry::Delivery(_, what, standing) => Some((what, standing)),
        Entry::Release(_) => None,
    });
    let mut any = false;
    standings.all(|(what, standing)| {
        any = true;
        matches!(standing, Standing::Well) && !matches!(what, What::Later(..))
    }) && any
}

/// What became of the deliveries.
async fn write_deliveries<'a>(core: &Core, tx: &mut Tx, entries: impl Iterator<Item = &'a &'a Entry>, now: Time) -> Result<()> {
    let mut deliveries: Vec<(&Delivery, &What)> = Vec::new();
    for entry in entries {
        if let Entry::Delivery(delivery, what, _) = entry {
            deliveries.push((delivery, what));
        }
    }
    deliveries.sort_by(|(a, _), (b, _)| (a.activity_id, &a.inbox).cmp(&(b.activity_id, &b.inbox)));
    let mut over: Vec<(ActivityId, &str)> = Vec::new();
    let mut later = Vec::new();
    for (delivery, what) in deliveries {
        match what {
            What::Over | What::Found => over.push((delivery.activity_id, &delivery.inbox)),
            What::Later(_, why) if delivery.said_at.plus(PATIENCE) < now => {
                tracing::warn!(inbox = %delivery.inbox, activity = %delivery.activity_id, why, "delivery given up after thirty days");
                core.metrics.delivery("given_up");
                over.push((delivery.activity_id, &delivery.inbox));
            }
            What::Later(at, why) => later.push((delivery, *at, why)),
            What::Noted => {}
        }
    }
    if !over.is_empty() {
        deliveries::remove(tx, &over).await?;
    }
    for (delivery, at, why) in later {
        deliveries::postpone(tx, delivery, at, why).await?;
        deliveries::put_off_those_behind(tx, delivery, at).await?;
    }
    Ok(())
}

/// What the notes say about a server, in their order; of those that say the same one after the other, one is written. Gives
/// its name when it is given up.
async fn write_standing<'a>(tx: &mut Tx, host: &'a str, entries: &[&Entry], now: Time) -> Result<Option<&'a str>> {
    let (mut well, mut gives_up) = (false, false);
    for entry in entries {
        let Entry::Delivery(delivery, what, standing) = entry else { continue };
        match standing {
            Standing::Well | Standing::Back => {
                if !well {
                    deliveries::peers_succeeded(tx, &[host], now).await?;
                }
                if matches!(standing, Standing::Back) {
                    deliveries::hasten(tx, host, now).await?;
                }
                well = true;
            }
            Standing::Failed(retry_at, why) => {
                deliveries::peer_failed(tx, host, now, *retry_at, why).await?;
                well = false;
            }
            Standing::Waits(retry_at, why) => {
                deliveries::peer_waits(tx, host, now, *retry_at, why).await?;
                well = false;
            }
            Standing::Same => {}
        }
        gives_up |= matches!(what, What::Later(..)) && delivery.said_at.plus(PATIENCE) < now;
    }
    if gives_up && !well && lanes::give_up(tx, host, now.plus(-PATIENCE), now).await? {
        tracing::warn!(host, "did not answer for thirty days: given up until it speaks to us");
        return Ok(Some(host));
    }
    Ok(None)
}

/// What else the notes change in a lane.
async fn write_rest(tx: &mut Tx, host: &str, entries: &[&Entry], now: Time) -> Result<()> {
    let mut found = false;
    for entry in entries {
        match entry {
            Entry::Delivery(delivery, What::Found, _) => {
                lanes::forget_missing(tx, &delivery.inbox).await?;
                found = true;
            }
            Entry::Delivery(..) => {}
            Entry::Release(in_line) => {
                if *in_line {
                    deliveries::wait_in_line(tx, host, now).await?;
                }
            }
        }
    }
    if found {
        lanes::unmark_missing(tx, host).await?;
    }
    Ok(())
}
