//! After a backup was put back: what people of other servers wrote in groups of ours since it was made. Their servers were
//! answered 202 then and won't send it again, but it stands in their outboxes.

use std::sync::atomic::Ordering;

use super::backfill::{Left, post_of};
use super::{Federation, object};
use crate::db::{actors, posts};
use crate::error::{Error, Result};
use crate::model::{Actor, ActorId, Post};
use crate::ops::comparing;

/// Pages of an outbox that are read.
const PAGES: usize = 10;

impl Federation {
    /// Reads what somebody of another server wrote lately, and takes in what belongs in a group of ours and is not here. The oldest
    /// first, over all pages: what a post replies to may be among it, and a run that ends half-way leaves the newest for the next.
    ///
    /// # Errors
    /// When their server can't be read now.
    pub async fn catch_up(&self, person: ActorId) -> Result<Left> {
        let person = actors::by_id(&mut self.core.db.conn(), person).await?;
        for id in self.said_lately(&person).await?.iter().rev() {
            if self.stopping.load(Ordering::Relaxed) {
                return Ok(Left::More);
            }
            let post = match posts::by_ap_id(&mut self.core.db.conn(), id).await? {
                Some(post) => post,
                None => match Box::pin(self.take_in_missed(id)).await {
                    Err(error) if error.is_passing() => return Err(error),
                    Err(error) => {
                        tracing::info!(id, %error, "catching up: left out");
                        continue;
                    }
                    Ok(post) => post,
                },
            };
            // What others answered stands in no outbox: the home of the thread knows.
            if post.is_root() && !post.local {
                let mut tx = self.core.db.begin().await?;
                comparing::begins(&self.core, &mut tx, post.id).await?;
                self.core.commit(tx).await?;
            }
        }
        Ok(Left::Nothing)
    }

    /// The ids of what stands in somebody's outbox, the newest first, up to a page of which everything is here.
    async fn said_lately(&self, person: &Actor) -> Result<Vec<String>> {
        let mut said = Vec::new();
        let mut next = person.outbox.clone().filter(|_| !person.local && person.deleted_at.is_none());
        for _ in 0..PAGES {
            let Some(address) = next else { break };
            let page = self.read_page(&address).await?;
            let ids: Vec<String> = page.items.iter().filter_map(post_of).filter(|id| !self.core.urls.is_ours(id)).collect();
            let mut fresh = false;
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
