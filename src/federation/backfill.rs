//! Bringing in the history of a group of another server: first a list of its threads, then each of them, the oldest
//! first; their replies come by comparing them with their home (`comparing.rs`). A run does a bounded amount and notes where it is; the next goes on from there, also after a crash.

use std::sync::atomic::Ordering;

use serde_json::Value;

use super::comparing::Scene;
use super::{Federation, manners, object, wire};
use crate::db::backfill::{self, Backfill};
use crate::db::{actors, posts, thread_checks};
use crate::error::{Error, Result};
use crate::model::{Actor, ActorId, Post};
use crate::ops::{comparing, steering};

/// Pages of the list read in one run.
const PAGES: usize = 5;
/// Threads fetched in one run.
const ITEMS: i64 = 25;
/// A group's list is not followed beyond this: a hostile one never ends (T-75).
const LONGEST_LIST: i64 = 50_000;
/// A thing that can't be fetched is tried this often.
const ATTEMPTS: i64 = 3;
/// Threads that are shown of a group that nobody follows yet.
const PREVIEW: usize = 5;
/// Most threads at the top of a group that are fetched.
const MOST_FEATURED: usize = 20;

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
                if let Err(error) = self.fetch_featured(&group).await {
                    tracing::info!(group = %group.ap_id, %error, "what stands at the top");
                }
                state.state = "done".into();
                state.error = None;
                state.finished_at = Some(self.core.now());
                self.keep(&state).await?;
                return Ok(Left::Nothing);
            }
            let mut waits = false;
            for (item, attempts) in todo {
                if self.stopping.load(Ordering::Relaxed) {
                    return Ok(Left::More);
                }
                waits |= !Box::pin(self.fetch_item(&group, &item, attempts)).await?;
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
            Err(Error::RemoteGone) => super::collections::RemotePage::default(),
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

    /// Fetches one thread; says false when it has to be tried again later. Its replies come by comparing it with its home.
    async fn fetch_item(&self, group: &Actor, item: &str, attempts: i64) -> Result<bool> {
        // Pages of replies, noted by an earlier version, are read with their threads now.
        let outcome = if item.starts_with("page ") { Ok(()) } else { Box::pin(self.take_in_history(group, item)).await };
        let state = match outcome {
            Ok(()) | Err(Error::RemoteGone) => "done",
            Err(error @ Error::Unavailable(_)) => return Err(error),
            Err(error) if error.is_passing() && attempts + 1 < ATTEMPTS => {
                tracing::info!(item, %error, "history: again later");
                "todo"
            }
            Err(error) => {
                tracing::info!(item, %error, "history: left out");
                "failed"
            }
        };
        let mut tx = self.core.db.begin().await?;
        backfill::set_item(&mut tx, group.id, item, state).await?;
        self.core.commit(tx).await?;
        Ok(state != "todo")
    }

    /// Takes in a thread and queues the comparison that brings its replies.
    async fn take_in_history(&self, group: &Actor, id: &str) -> Result<()> {
        let (root, document) = self.take_in_thread(group, id).await?;
        let mut tx = self.core.db.begin().await?;
        comparing::begins(&self.core, &mut tx, root.id).await?;
        tx.commit().await?;
        let mut conn = self.core.db.conn();
        if let (Some(document), Some(check)) = (document, thread_checks::get(&mut conn, root.id).await?)
            && check.state == "asked"
        {
            // Just fetched: its lists are known.
            Box::pin(self.begin_comparing(&mut Scene { root, group: group.clone(), check }, &document)).await?;
        }
        self.core.wake();
        Ok(())
    }

    /// Takes in what starts a thread, with the document of it where that is what was asked for.
    async fn take_in_thread(&self, group: &Actor, id: &str) -> Result<(Post, Option<Value>)> {
        let document = self.fetch_by_id(id).await?;
        let read = object::read(&self.client, &document, self.core.now())?;
        if read.parent.is_some() {
            let reply = self.ensure_post(id, group).await?;
            let mut conn = self.core.db.conn();
            let reply = posts::by_id(&mut conn, reply).await?;
            return Ok((posts::by_id(&mut conn, reply.root_id).await?, None));
        }
        if !read.addressed.contains(&group.ap_id) {
            return Err(Error::Forbidden("error-other-group"));
        }
        Ok((self.take_in_quietly(&read, group, None).await?, Some(document)))
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

    /// Removes a post that its home says is gone.
    ///
    /// # Errors
    /// When the database can't be written.
    pub(super) async fn remove_gone(&self, post: &Post) -> Result<()> {
        let effect = super::delete::gone(self, &post.ap_id).await?;
        let mut tx = self.core.db.begin().await?;
        Box::pin(effect.apply(&self.core, &mut tx)).await?;
        self.core.commit(tx).await
    }

    /// Fetches what stands at the top of a group of another server, with threads that are not known yet.
    ///
    /// # Errors
    /// When its server can't be read.
    pub async fn fetch_featured(&self, group: &Actor) -> Result<()> {
        let Some(address) = super::add::featured(&mut self.core.db.conn(), group).await? else { return Ok(()) };
        let page = self.read_page(&address).await?;
        let mut ids = Vec::new();
        for id in page.items.iter().filter_map(wire::id).take(MOST_FEATURED) {
            if posts::by_ap_id(&mut self.core.db.conn(), id).await?.is_none()
                && let Err(error) = self.take_in_thread(group, id).await
            {
                tracing::info!(id, %error, "what stands at the top: left out");
                continue;
            }
            ids.push(id.to_owned());
        }
        let mut tx = self.core.db.begin().await?;
        steering::pinned_at_home(&self.core, &mut tx, group, &ids).await?;
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
        // One list at a time: of two at once, or one beside the word of a moderator, the order would be anybody's.
        actors::lock(&mut tx, group.id).await?;
        actors::clear_moderators(&mut tx, group.id).await?;
        for id in found {
            actors::add_moderator(&mut tx, group.id, id).await?;
        }
        self.core.commit(tx).await
    }
}

/// The thread that an entry of an outbox is about: an Announce of a post or of its Create, or a Create.
fn thread_of(item: &Value) -> Option<String> {
    let object = object_of(item)?;
    if object.get("inReplyTo").is_some_and(|parent| !parent.is_null()) {
        return None;
    }
    wire::id(object).map(str::to_owned)
}

/// The post that it is about, whatever it replies to.
pub(super) fn post_of(item: &Value) -> Option<String> {
    object_of(item).and_then(wire::id).map(str::to_owned)
}

fn object_of(item: &Value) -> Option<&Value> {
    match wire::kind(item) {
        "Announce" => {
            let inner = item.get("object")?;
            if wire::kind(inner) == "Create" { inner.get("object") } else { Some(inner) }
        }
        "Create" => item.get("object"),
        _ if manners::is_post(item) => Some(item),
        _ => None,
    }
}
