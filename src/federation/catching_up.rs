//! After a backup was put back: what people of other servers wrote in groups of ours since it was made. Their servers were
//! answered 202 then and won't send it again, but it stands in their outboxes.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use super::backfill::post_of;
use super::{Federation, object, writer};
use crate::db::{actors, posts};
use crate::error::{Error, Result};
use crate::model::{Actor, ActorId, Post};
use crate::ops::comparing;

/// Pages of an outbox that are read.
const PAGES: usize = 10;
/// What one server did not give, one after the other, before it is asked for no more of it in this run.
const SILENT: usize = 10;

impl Federation {
    /// Reads what somebody of another server wrote lately, and takes in what belongs in a group of ours and is not here; the oldest
    /// first, for what a post replies to may be among it. What can't be had now keeps nothing else away, and is asked for by the
    /// next run. Only the `first` one takes a page of which everything is here for the end of what is new.
    ///
    /// # Errors
    /// When their server, or another that has something of it, can't be read now; when we stop.
    pub async fn catch_up(&self, person: ActorId, first: bool) -> Result<()> {
        let person = actors::by_id(&mut self.core.db.conn(), person).await?;
        let said = self.said_lately(&person, first).await?;
        let (mut silent, mut missing): (HashMap<&str, usize>, _) = (HashMap::new(), None);
        for id in said.iter().rev() {
            self.unless_stopping()?;
            let host = id.split('/').nth(2).unwrap_or_default();
            if silent.get(host).is_some_and(|failures| *failures >= SILENT) {
                continue;
            }
            let post = match posts::by_ap_id(&mut self.core.db.conn(), id).await? {
                Some(post) => post,
                None => match Box::pin(self.take_in_missed(id)).await {
                    Err(error) if error.is_passing() => {
                        *silent.entry(host).or_default() += 1;
                        missing = Some(error);
                        continue;
                    }
                    Err(error) => {
                        tracing::info!(id, %error, "catching up: left out");
                        continue;
                    }
                    Ok(post) => {
                        silent.remove(host);
                        post
                    }
                },
            };
            // What others answered stands in no outbox: the home of the thread knows.
            if post.is_root() && !post.local {
                let mut tx = self.core.db.begin().await?;
                comparing::begins(&self.core, &mut tx, post.id).await?;
                self.core.commit(tx).await?;
            }
        }
        missing.map_or(Ok(()), Err)
    }

    fn unless_stopping(&self) -> Result<()> {
        if self.stopping.load(Ordering::Relaxed) { Err(writer::stopping()) } else { Ok(()) }
    }

    /// The ids of what stands in somebody's outbox, the newest first.
    async fn said_lately(&self, person: &Actor, first: bool) -> Result<Vec<String>> {
        let mut said = Vec::new();
        let mut next = person.outbox.clone().filter(|_| !person.local && person.deleted_at.is_none());
        for _ in 0..PAGES {
            let Some(address) = next else { break };
            self.unless_stopping()?;
            let page = match self.read_page(&address).await {
                // Behind a page that will never be there nothing is found.
                Err(error) if !error.is_passing() => {
                    tracing::info!(address, %error, "catching up: this page and those behind it are left out");
                    break;
                }
                read => read?,
            };
            let ids: Vec<String> = page.items.iter().filter_map(post_of).filter(|id| !self.core.urls.is_ours(id)).collect();
            let mut fresh = !first;
            for id in &ids {
                fresh |= posts::by_ap_id(&mut self.core.db.conn(), id).await?.is_none();
            }
            said.extend(ids);
            next = page.next.filter(|_| fresh);
        }
        Ok(said)
    }

    async fn take_in_missed(&self, id: &str) -> Result<Post> {
        let document = self.fetch_by_id(id).await?;
        let read = object::read(&self.client, &document, self.core.now())?;
        let group = self.addressed_group(&read.addressed).await?.ok_or(Error::Forbidden("error-other-group"))?;
        let parent = match &read.parent {
            Some(parent) => {
                let parent = self.ensure_post(parent, &group).await?;
                Some(posts::by_id(&mut self.core.db.conn(), parent).await?)
            }
            None => None,
        };
        self.take_in_quietly(&read, &group, parent.as_ref()).await
    }

    /// The first of those that a post is for that is a group of ours.
    async fn addressed_group(&self, addressed: &[String]) -> Result<Option<Actor>> {
        for id in addressed.iter().filter(|id| self.core.urls.is_ours(id)) {
            let group = actors::by_ap_id(&mut self.core.db.conn(), id).await?;
            if let Some(group) = group.filter(|actor| actor.local && actor.is_group()) {
                return Ok(Some(group));
            }
        }
        Ok(None)
    }
}
