//! Comparing one thread with its home because an administrator gave its address.

use super::{Federation, object};
use crate::db::{actors, follows, posts};
use crate::error::{Error, Result};
use crate::model::PostId;
use crate::ops::comparing;

impl Federation {
    /// Compares the thread at an address with its home. Only threads that are here, or of groups that somebody here follows.
    ///
    /// # Errors
    /// When its home can't be read.
    pub async fn resync_thread(&self, address: &str) -> Result<()> {
        let known = posts::by_ap_id(&mut self.core.db.conn(), address).await?;
        if let Some(post) = known {
            return self.ask_for_comparison(post.root_id).await;
        }
        let document = self.fetch_by_id(address).await?;
        let read = object::read(&self.client, &document, self.core.now())?;
        for id in &read.addressed {
            let group = actors::by_ap_id(&mut self.core.db.conn(), id).await?.filter(|actor| actor.is_group() && !actor.local);
            if let Some(group) = group
                && follows::count_local(&mut self.core.db.conn(), group.id).await? > 0
            {
                let post = self.ensure_post(&read.arrived.ap_id, &group).await?;
                let root = posts::by_id(&mut self.core.db.conn(), post).await?.root_id;
                return self.ask_for_comparison(root).await;
            }
        }
        Err(Error::NotFound)
    }

    async fn ask_for_comparison(&self, root: PostId) -> Result<()> {
        let mut tx = self.core.db.begin().await?;
        comparing::begins(&self.core, &mut tx, root).await?;
        self.core.commit(tx).await
    }
}
