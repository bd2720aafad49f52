//! Bringing in the history of a group of another server: first a list of its threads, then each with its replies, the
//! oldest first. A run does a bounded amount and notes where it is; the next goes on from there, also after a crash.

use serde_json::Value;

use super::object::{self, Read};
use super::{Federation, wire};
use crate::db::backfill::{self, Backfill};
use crate::db::{actors, posts};
use crate::error::{Error, Result};
use crate::model::urls::same_origin;
use crate::model::{Actor, ActorId, Post, PostId};

/// Pages of the list read in one run.
const PAGES: usize = 5;
/// Threads and pages of replies fetched in one run.
const ITEMS: i64 = 25;
/// A group's list is not followed beyond this: a hostile one never ends (T-75).
const LONGEST_LIST: i64 = 50_000;
/// A thing that can't be fetched is tried this often.
const ATTEMPTS: i64 = 3;
/// Threads that are shown of a group that nobody follows yet.
const PREVIEW: usize = 5;
/// Pages of replies read when somebody asks for a check.
const CHECK_PAGES: usize = 20;

/// What a run left.
#[derive(Debug, PartialEq, Eq)]
pub enum Left {
    Nothing,
    /// There is more, and it can be fetched at once.
    More,
    /// There is more, but something could not be fetched just now.
    Wait,
}

impl Federation {
    /// One run for a group.
    ///
    /// # Errors
    /// When its server can't be read now; what was done before is kept.
    pub async fn run_backfill(&self, group: ActorId) -> Result<Left> {
        let mut conn = self.core.db.conn();
        let Some(mut state) = backfill::get(&mut conn, group).await? else { return Ok(Left::Nothing) };
        let group = actors::by_id(&mut conn, group).await?;
        if state.state == "listing" {
            let mut found = 0;
            for _ in 0..PAGES {
                match self.list_page(&group, &mut state).await {
                    Ok(fresh) => found += fresh,
                    Err(error) => {
                        state.error = Some(error.to_string());
                        self.keep(&state).await?;
                        return Err(error);
                    }
                }
                if state.cursor.is_none() {
                    break;
                }
            }
            // A whole run without anything new: there may be a next page for ever (T-75).
            if found == 0 || state.cursor.is_none() {
                state.cursor = None;
                state.state = "fetching".into();
                self.keep(&state).await?;
            }
            return Ok(Left::More);
        }
        if state.state == "fetching" {
            let todo = backfill::todo(&mut conn, group.id, ITEMS).await?;
            if todo.is_empty() {
                state.state = "done".into();
                state.error = None;
                state.finished_at = Some(self.core.now());
                self.keep(&state).await?;
                return Ok(Left::Nothing);
            }
            let mut waits = false;
            for (item, attempts) in todo {
                waits |= !self.fetch_item(&group, &item, attempts).await?;
            }
            return Ok(if waits { Left::Wait } else { Left::More });
        }
        Ok(Left::Nothing)
    }

    async fn keep(&self, state: &Backfill) -> Result<()> {
        let mut tx = self.core.db.begin().await?;
        backfill::set(&mut tx, state).await?;
        self.core.commit(tx).await
    }

    /// Reads one page of the list and notes its threads, with where the next page is, in one commit. Says how many were
    /// new.
    async fn list_page(&self, group: &Actor, state: &mut Backfill) -> Result<usize> {
        let Some(cursor) = state.cursor.clone() else { return Ok(0) };
        let page = match self.read_page(&cursor).await {
            Err(Error::RemoteGone) => super::collections::RemotePage { items: Vec::new(), next: None },
            read => read?,
        };
        let mut tx = self.core.db.begin().await?;
        let mut fresh = 0;
        for id in page.items.iter().filter_map(thread_of).filter(|id| !self.core.urls.is_ours(id) && self.client.check_url(id).is_ok()) {
            fresh += usize::from(backfill::add_item(&mut tx, group.id, &id).await?);
        }
        let full = backfill::count_items(&mut tx, group.id).await? >= LONGEST_LIST;
        // A page without anything new is one that an earlier run has had: what lies behind it is listed too.
        state.cursor = page.next.filter(|_| !full && (fresh > 0 || page.items.is_empty()));
        state.error = None;
        backfill::set(&mut tx, state).await?;
        self.core.commit(tx).await?;
        Ok(fresh)
    }

    /// Fetches one thread or page of replies; says false when it has to be tried again later.
    async fn fetch_item(&self, group: &Actor, item: &str, attempts: i64) -> Result<bool> {
        let outcome = match item.strip_prefix("page ") {
            Some(address) => self.take_in_page(group, address).await.map(|next| next.into_iter().collect()),
            None => self.take_in_thread(group, item).await.map(|(_, pages)| pages),
        };
        let (state, more) = match outcome {
            Ok(more) => ("done", more),
            Err(Error::RemoteGone) => ("done", Vec::new()),
            Err(error @ Error::Unavailable(_)) => return Err(error),
            Err(error) if error.is_passing() && attempts + 1 < ATTEMPTS => {
                tracing::info!(item, %error, "history: again later");
                ("todo", Vec::new())
            }
            Err(error) => {
                tracing::info!(item, %error, "history: left out");
                ("failed", Vec::new())
            }
        };
        let mut tx = self.core.db.begin().await?;
        backfill::set_item(&mut tx, group.id, item, state).await?;
        let full = backfill::count_items(&mut tx, group.id).await? >= LONGEST_LIST;
        for page in more.iter().filter(|_| !full) {
            backfill::add_item(&mut tx, group.id, &format!("page {page}")).await?;
        }
        self.core.commit(tx).await?;
        Ok(state != "todo")
    }

    /// Takes in what starts a thread; gives it with the pages on which its replies stand.
    async fn take_in_thread(&self, group: &Actor, id: &str) -> Result<(PostId, Vec<String>)> {
        let document = self.fetch_by_id(id).await?;
        let read = object::read(&self.client, &document, self.core.now())?;
        if read.parent.is_some() {
            return Ok((self.ensure_post(id, group).await?, Vec::new()));
        }
        if !read.addressed.contains(&group.ap_id) {
            return Err(Error::Forbidden("error-other-group"));
        }
        let post = self.take_in_quietly(&read, group, None).await?;
        let replies = wire::field_id(&document, "replies").map(str::to_owned);
        let pages = read.arrived.context.or(replies).filter(|page| same_origin(page, id));
        Ok((post.id, pages.into_iter().collect()))
    }

    /// Takes in the replies on a page; gives the next one.
    async fn take_in_page(&self, group: &Actor, address: &str) -> Result<Option<String>> {
        let page = self.read_page(address).await?;
        let mut passing = None;
        for item in &page.items {
            match self.take_in_reply(group, item, address).await {
                Ok(()) | Err(Error::RemoteGone) => {}
                Err(error @ Error::Unavailable(_)) => return Err(error),
                // The rest of the page first; then it is tried once more as a whole, and what is there is passed over.
                Err(error) if error.is_passing() => passing = Some(error),
                Err(error) => tracing::debug!(%error, "history: a reply was left out"),
            }
        }
        if let Some(error) = passing {
            return Err(error);
        }
        if page.next.is_none() || page.items.is_empty() {
            let context = address.split('?').next().unwrap_or(address);
            if let Some(root) = posts::root_by_context(&mut self.core.db.conn(), context).await? {
                self.mark_checked(&root).await?;
            }
        }
        // What has nothing on it leads nowhere (T-75).
        Ok(page.next.filter(|_| !page.items.is_empty()))
    }

    async fn take_in_reply(&self, group: &Actor, item: &Value, page: &str) -> Result<()> {
        let id = wire::id(item).unwrap_or_default();
        if self.core.urls.is_ours(id) || posts::by_ap_id(&mut self.core.db.conn(), id).await?.is_some() {
            return Ok(());
        }
        if item.is_object() && object::is_post(item) && same_origin(id, page) {
            let read = object::read(&self.client, item, self.core.now())?;
            self.take_in_read(group, &read).await
        } else {
            self.ensure_post(id, group).await.map(drop)
        }
    }

    async fn take_in_read(&self, group: &Actor, read: &Read) -> Result<()> {
        let Some(parent) = &read.parent else { return Ok(()) };
        let parent = self.parent_of(read, parent, group).await?;
        let parent = posts::by_id(&mut self.core.db.conn(), parent).await?;
        self.take_in_quietly(read, group, Some(&parent)).await.map(drop)
    }

    async fn mark_checked(&self, root: &Post) -> Result<()> {
        let mut tx = self.core.db.begin().await?;
        posts::mark_checked(&mut tx, root.id, self.core.now()).await?;
        self.core.commit(tx).await
    }

    /// Takes in the latest threads of a group, without their replies: what is shown before anybody follows.
    ///
    /// # Errors
    /// When its server can't be read.
    pub async fn preview(&self, group: &Actor) -> Result<()> {
        let Some(outbox) = &group.outbox else { return Ok(()) };
        let page = self.read_page(outbox).await?;
        for id in page.items.iter().filter_map(thread_of).filter(|id| !self.core.urls.is_ours(id)).take(PREVIEW) {
            if posts::by_ap_id(&mut self.core.db.conn(), &id).await?.is_none()
                && let Err(error) = self.take_in_thread(group, &id).await
            {
                tracing::info!(id, %error, "preview: left out");
            }
        }
        Ok(())
    }

    /// Compares a thread with its home: the newest version of what starts it, and every reply.
    ///
    /// # Errors
    /// When its home can't be read.
    pub async fn compare_thread(&self, root: PostId) -> Result<()> {
        let root = posts::by_id(&mut self.core.db.conn(), root).await?;
        let group = actors::by_id(&mut self.core.db.conn(), root.group_id).await?;
        if root.local {
            return Ok(());
        }
        let pages = match self.take_in_thread(&group, &root.ap_id).await {
            Err(Error::RemoteGone) => return self.remove_gone(&root).await,
            fetched => fetched?.1,
        };
        for first in pages {
            let mut at = Some(first);
            for _ in 0..CHECK_PAGES {
                let Some(address) = at else { break };
                at = self.take_in_page(&group, &address).await?;
            }
        }
        self.mark_checked(&root).await
    }

    async fn remove_gone(&self, post: &Post) -> Result<()> {
        let effect = super::delete::gone(self, &post.ap_id).await?;
        let mut tx = self.core.db.begin().await?;
        effect.apply(&self.core, &mut tx).await?;
        self.core.commit(tx).await
    }

    /// Fetches who moderates a group of another server.
    ///
    /// # Errors
    /// When its server can't be read.
    pub async fn fetch_moderators(&self, group: &Actor) -> Result<()> {
        let Some(address) = &group.moderators else { return Ok(()) };
        let page = self.read_page(address).await?;
        let mut found = Vec::new();
        for id in page.items.iter().filter_map(wire::id).take(20) {
            let known = actors::by_ap_id(&mut self.core.db.conn(), id).await?;
            match known {
                Some(actor) => found.push(actor.id),
                None if self.core.urls.is_ours(id) => {}
                None => match self.fetch_actor(id).await {
                    Ok(actor) => found.push(actor.id),
                    Err(error) => tracing::info!(id, %error, "a moderator could not be fetched"),
                },
            }
        }
        let mut tx = self.core.db.begin().await?;
        actors::clear_moderators(&mut tx, group.id).await?;
        for id in found {
            actors::add_moderator(&mut tx, group.id, id).await?;
        }
        self.core.commit(tx).await
    }
}

/// The thread that an entry of an outbox is about: an Announce of a post or of its Create, or a Create.
fn thread_of(item: &Value) -> Option<String> {
    let object = match wire::kind(item) {
        "Announce" => {
            let inner = item.get("object")?;
            if wire::kind(inner) == "Create" { inner.get("object")? } else { inner }
        }
        "Create" => item.get("object")?,
        "Article" | "Page" | "Note" => item,
        _ => return None,
    };
    if object.get("inReplyTo").is_some_and(|parent| !parent.is_null()) {
        return None;
    }
    wire::id(object).map(str::to_owned)
}
