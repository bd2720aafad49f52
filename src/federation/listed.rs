//! What a comparison does with a thing on its list: a page is read and its entries are noted, a post is fetched and taken
//! in. An object that stands in a list is believed where it lives on the list's own server; everything else is fetched
//! from its home (T-20), within what that server may be asked (T-77).

use std::collections::HashSet;

use serde_json::Value;

use super::collections::RemotePage;
use super::comparing::{Run, Scene, belongs, host_of, is_last};
use super::object::{self, Read};
use super::{Federation, manners, wire};
use crate::db::posts;
use crate::db::thread_checks::{self, Item};
use crate::error::{Error, Result};
use crate::model::urls::same_origin;
use crate::model::{PostId, Time};

/// Posts and pages that one comparison notes: a list may go on for ever (T-75).
const LONGEST: i64 = 10_000;
const MOST_PAGES: i64 = 200;

/// A post on a list, before anything is known about it.
struct Entry {
    ap_id: String,
    /// How new the home says it is.
    version: Option<Time>,
    /// The post itself, where the list may speak for it.
    object: Option<Value>,
}

impl Federation {
    pub(super) async fn work_item(&self, scene: &mut Scene, run: &mut Run, item: &Item) -> Result<()> {
        if let Some(address) = item.ap_id.strip_prefix("page ") {
            return Box::pin(self.read_list(scene, run, item, address)).await;
        }
        let id = item.ap_id.strip_prefix("look ").unwrap_or(&item.ap_id);
        let (state, version) = match self.fetch_listed(scene, run, id).await {
            Ok(version) => ("done", version),
            Err(Error::RemoteGone) => {
                let known = posts::by_ap_id(&mut self.core.db.conn(), id).await?;
                if let Some(known) = known.filter(|known| !known.local && known.root_id == scene.root.id && !known.is_deleted()) {
                    self.remove_gone(&known).await?;
                }
                ("done", None)
            }
            Err(error @ Error::Unavailable(_)) => return Err(error),
            Err(Error::Forbidden("error-host-refused")) => ("elsewhere", None),
            // Its server has been asked enough for now: another comparison goes on from there.
            Err(Error::TooMany(_)) => ("unreached", None),
            Err(error) if error.is_passing() => {
                tracing::debug!(id, %error, "comparing: not now");
                (if is_last(item) { "unreached" } else { "todo" }, None)
            }
            // 404 too: also what a server says whose proxy forgot it. Nothing is removed for that.
            Err(error) => {
                tracing::debug!(id, %error, "comparing: left out");
                ("failed", None)
            }
        };
        let mut tx = self.core.db.begin().await?;
        thread_checks::set_item(&mut tx, scene.root.id, &item.ap_id, state, version).await?;
        tx.commit().await
    }

    /// Asks the home of something, when it may be asked.
    async fn ask(&self, scene: &Scene, run: &mut Run, id: &str) -> Result<Value> {
        let host = host_of(self, id)?;
        if !self.core.may_federate_with(&host).await? {
            return Err(Error::Forbidden("error-host-refused"));
        }
        self.may_ask(scene, run, &host, id)?;
        run.posts += 1;
        self.fetch_by_id(id).await.inspect_err(|error| run.note(&host, error))
    }

    /// Whether a server may be asked once more. Of the thread's own home only patience is wanted.
    fn may_ask(&self, scene: &Scene, run: &Run, host: &str, id: &str) -> Result<()> {
        let at_home = same_origin(id, &scene.root.ap_id);
        if !run.trusts(host) {
            let silent = || Error::Remote(format!("{host} had no answer a moment ago"));
            return Err(if at_home { silent() } else { Error::TooMany(0) });
        }
        if at_home || self.budget.take(host, self.core.now()) { Ok(()) } else { Err(Error::TooMany(0)) }
    }

    /// Fetches a post of the thread and takes it in; gives its version.
    async fn fetch_listed(&self, scene: &Scene, run: &mut Run, id: &str) -> Result<Option<Time>> {
        let document = self.ask(scene, run, id).await?;
        let read = object::read(&self.client, &document, self.core.now())?;
        let version = read.arrived.updated_at;
        if scene.check.walks {
            self.note_replies(scene, &document).await?;
        }
        self.take_in_listed(scene, run, &read).await?;
        Ok(Some(version))
    }

    /// Where the thread has no list as a whole, each reply says where its own replies are listed.
    async fn note_replies(&self, scene: &Scene, object: &Value) -> Result<()> {
        let own = wire::id(object).unwrap_or_default();
        let Some(replies) = wire::field_id(object, "replies").filter(|page| same_origin(page, own)) else { return Ok(()) };
        self.note_page(scene, replies).await
    }

    async fn note_page(&self, scene: &Scene, address: &str) -> Result<()> {
        let (posts, pages) = thread_checks::count_items(&mut self.core.db.conn(), scene.root.id).await?;
        if pages < MOST_PAGES && posts < LONGEST && self.client.check_url(address).is_ok() {
            let mut tx = self.core.db.begin().await?;
            thread_checks::add_item(&mut tx, scene.root.id, &format!("page {address}"), posts + pages, "todo", None).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn take_in_listed(&self, scene: &Scene, run: &mut Run, read: &Read) -> Result<()> {
        let mut conn = self.core.db.conn();
        if let Some(known) = posts::by_ap_id(&mut conn, &read.arrived.ap_id).await? {
            if known.local || known.is_deleted() || known.root_id != scene.root.id {
                return Ok(());
            }
            if read.arrived.updated_at > known.updated_at {
                let parent = match known.parent_id {
                    Some(parent) => Some(posts::by_id(&mut conn, parent).await?),
                    None => None,
                };
                self.take_in_quietly(read, &scene.group, parent.as_ref()).await?;
            }
            return self.note_looked_at(known.id).await;
        }
        let Some(parent) = &read.parent else { return Err(Error::Bad("it starts another thread".into())) };
        let host = host_of(self, parent)?;
        if !run.trusts(&host) && !same_origin(parent, &scene.root.ap_id) {
            return Err(Error::TooMany(0));
        }
        let found = self.parent_of(read, parent, &scene.group).await.inspect_err(|error| run.note(&host, error));
        let parent = match found {
            // What it replies to can't be had from where it lives, or is gone: it still has its place in the thread.
            Err(Error::RemoteGone | Error::NotFound | Error::Forbidden("error-host-refused")) if belongs(scene, read) => scene.root.id,
            found => found?,
        };
        let parent = posts::by_id(&mut conn, parent).await?;
        if parent.root_id != scene.root.id {
            return Err(Error::Bad("it belongs to another thread".into()));
        }
        let taken = self.take_in_quietly(read, &scene.group, Some(&parent)).await?;
        self.note_looked_at(taken.id).await
    }

    async fn note_looked_at(&self, post: PostId) -> Result<()> {
        let mut tx = self.core.db.begin().await?;
        posts::mark_checked(&mut tx, post, self.core.now()).await?;
        tx.commit().await
    }

    /// Reads a page and notes what is on it.
    async fn read_list(&self, scene: &mut Scene, run: &mut Run, item: &Item, address: &str) -> Result<()> {
        run.pages += 1;
        let host = host_of(self, address)?;
        let page = match self.may_ask(scene, run, &host, address) {
            Ok(()) => self.read_page(address).await,
            Err(error) => Err(error),
        };
        let state = match page {
            Ok(page) if page.is_collection => {
                if scene.check.told.is_none() && !scene.check.walks {
                    scene.check.told = page.total;
                }
                self.take_list(scene, run, address, page).await?;
                "done"
            }
            Ok(_) => "failed",
            Err(error @ Error::Unavailable(_)) => return Err(error),
            Err(error) => {
                tracing::debug!(address, %error, "comparing: a page was not read");
                run.note(&host, &error);
                if error.is_passing() && !is_last(item) { "todo" } else { "failed" }
            }
        };
        let mut tx = self.core.db.begin().await?;
        thread_checks::set(&mut tx, &scene.check).await?;
        thread_checks::set_item(&mut tx, scene.root.id, &item.ap_id, state, None).await?;
        tx.commit().await
    }

    /// Notes the entries of a list, takes in those that stand in it as a whole, and notes the next page.
    pub(super) async fn take_list(&self, scene: &mut Scene, run: &mut Run, address: &str, page: RemotePage) -> Result<()> {
        let root = scene.root.id;
        let (listed, pages) = thread_checks::count_items(&mut self.core.db.conn(), root).await?;
        let left = usize::try_from(LONGEST - listed).unwrap_or(0);
        let (entries, many) = (self.entries(&page, address), page.items.len());
        scene.check.whole &= !page.cut && entries.len() <= left;
        let mut noted = Vec::new();
        for entry in entries.into_iter().take(left) {
            let state = self.state_of(scene, &entry).await?;
            noted.push((entry, state));
        }
        let (mut fresh, mut whole) = (0, Vec::new());
        let mut tx = self.core.db.begin().await?;
        for (position, (entry, state)) in (listed + pages..).zip(noted) {
            if thread_checks::add_item(&mut tx, root, &entry.ap_id, position, state, entry.version).await? {
                fresh += 1;
                whole.extend(entry.object.filter(|_| state == "todo"));
            }
        }
        tx.commit().await?;
        // Those that are left over when the run is spent are fetched one by one in the next.
        for object in whole {
            if run.is_spent() {
                break;
            }
            run.posts += 1;
            self.take_in_embedded(scene, run, &object).await?;
        }
        // A page without anything new leads nowhere, nor does an empty one (T-75); except the first, which some keep for what
        // the author added themselves.
        let goes_on = fresh > 0 || many == 0 && page.is_first;
        match page.next {
            Some(next) if goes_on && pages < MOST_PAGES => self.note_page(scene, &next).await?,
            Some(_) if goes_on => scene.check.whole = false,
            _ => {}
        }
        Ok(())
    }

    /// The posts on a page, each once, the oldest first as far as it tells.
    fn entries(&self, page: &RemotePage, address: &str) -> Vec<Entry> {
        let mut seen = HashSet::new();
        let mut entries: Vec<Entry> = Vec::new();
        for item in &page.items {
            let object = post_in(item);
            let Some(id) = wire::id(object).filter(|id| self.client.check_url(id).is_ok() && seen.insert((*id).to_owned())) else {
                continue;
            };
            let is_whole = object.is_object() && manners::is_post(object) && same_origin(id, address);
            let said = wire::time(object, "updated").or_else(|| wire::time(object, "published").filter(|_| is_whole));
            let version = match &page.versions {
                Some(versions) => Some(versions.get(id).copied().unwrap_or(Time(0))),
                None => said,
            };
            entries.push(Entry { ap_id: id.to_owned(), version, object: is_whole.then(|| object.clone()) });
        }
        // Stable: ids by themselves stay where they stand.
        entries.sort_by_key(|entry| entry.object.as_ref().and_then(|object| wire::time(object, "published")));
        entries
    }

    /// What is to be done about a post that the home lists.
    async fn state_of(&self, scene: &Scene, entry: &Entry) -> Result<&'static str> {
        let id = entry.ap_id.as_str();
        if self.core.urls.is_ours(id) || id == scene.root.ap_id {
            return Ok("done");
        }
        let mut conn = self.core.db.conn();
        if let Some(known) = posts::by_ap_id(&mut conn, id).await? {
            let newer = scene.check.walks || entry.version.is_some_and(|version| version > known.updated_at);
            return Ok(if newer && !known.is_deleted() && !known.local { "todo" } else { "done" });
        }
        if posts::is_buried(&mut conn, id, Some(scene.group.id)).await? {
            return Ok("done");
        }
        Ok(if self.core.may_federate_with(&host_of(self, id)?).await? { "todo" } else { "elsewhere" })
    }

    /// Takes in a post that its own server put into the list.
    async fn take_in_embedded(&self, scene: &Scene, run: &mut Run, object: &Value) -> Result<()> {
        let Some(id) = wire::id(object) else { return Ok(()) };
        if scene.check.walks {
            self.note_replies(scene, object).await?;
        }
        let state = match object::read(&self.client, object, self.core.now()) {
            Ok(read) => match self.take_in_listed(scene, run, &read).await {
                Ok(()) | Err(Error::RemoteGone) => "done",
                Err(error @ Error::Unavailable(_)) => return Err(error),
                Err(Error::TooMany(_)) => "unreached",
                // It is asked for by itself in a moment.
                Err(error) if error.is_passing() => return Ok(()),
                Err(_) => "failed",
            },
            Err(_) => "failed",
        };
        let mut tx = self.core.db.begin().await?;
        thread_checks::set_item(&mut tx, scene.root.id, id, state, None).await?;
        tx.commit().await
    }
}

/// The post that an entry of a list is or is about: some list who said it.
fn post_in(item: &Value) -> &Value {
    let mut inner = item;
    for _ in 0..2 {
        match (wire::kind(inner), inner.get("object")) {
            ("Announce" | "Create" | "Update", Some(object)) => inner = object,
            _ => break,
        }
    }
    inner
}
