//! Comparing a thread of another server with its home: what its home lists is fetched where it is missing or newer there,
//! what is gone there goes here, and what its home lacks of ours is said again. First the list is read (`context`, else
//! the walk over `replies`), then what it does not name is looked at. A run does a bounded amount and notes where it is;
//! the next goes on from there, also after a crash.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;

use serde_json::Value;

use super::backfill::Left;
use super::object::{self, Read};
use super::{Federation, wire};
use crate::db::activities::Verb;
use crate::db::jobs::{self, JobKind};
use crate::db::thread_checks::{self, Item, ThreadCheck};
use crate::db::{Tx, actors, backfill, follows, posts};
use crate::error::{Error, Result};
use crate::model::urls::{authority, same_origin};
use crate::model::{Actor, ActorId, JobId, Post, PostId, Time};
use crate::ops::comparing;
use crate::ops::saying::{Saying, say};

/// Posts that are fetched or taken in, and pages that are read, in one run (T-75).
const ITEMS: usize = 500;
const PAGES: usize = 20;
/// Read from the list at a time.
const BATCH: i64 = 50;
/// A thing that can't be fetched is tried this often.
const ATTEMPTS: i64 = 3;
/// Of what the home does not name, so many are looked at in one comparison.
const LOOKS: i64 = 50;
/// Of a reply whose version the home does not tell, the last look counts for so long.
const FRESH: i64 = Time::HOUR;
/// Replies of ours that are said again in one comparison; each so often, so long after it was written or said.
const SAID_AGAIN: i64 = 20;
const TIMES: i64 = 3;
const UNDER_WAY: i64 = 10 * Time::MINUTE;
const PATIENCE: i64 = 20 * Time::HOUR;
/// A server that disappoints us so much in a run is not asked again in it: one that does not answer counts more than one
/// that lacks something.
const DISAPPOINTED: u32 = 20;
const NO_ANSWER: u32 = 7;

/// The thread that is compared.
#[derive(Debug)]
pub(super) struct Scene {
    pub root: Post,
    pub group: Actor,
    pub check: ThreadCheck,
}

/// What one run has done.
#[derive(Debug, Default)]
pub(super) struct Run {
    pub posts: usize,
    pub pages: usize,
    tried: HashSet<String>,
    disappointed: HashMap<String, u32>,
}

impl Run {
    pub fn is_spent(&self) -> bool {
        self.posts >= ITEMS || self.pages >= PAGES
    }
}

impl Federation {
    /// One run for a thread.
    ///
    /// # Errors
    /// When its home can't be read now; what was done before is kept.
    pub async fn compare_thread(&self, root: PostId) -> Result<Left> {
        let mut conn = self.core.db.conn();
        let root = posts::by_id(&mut conn, root).await?;
        if root.local {
            return Ok(Left::Nothing);
        }
        let group = actors::by_id(&mut conn, root.group_id).await?;
        let check = match thread_checks::get(&mut conn, root.id).await? {
            Some(check) => check,
            None => self.note_begun(root.id).await?,
        };
        let mut scene = Scene { root, group, check };
        if scene.root.is_deleted() {
            return self.end(scene, "gone").await;
        }
        if matches!(scene.check.state.as_str(), "asked" | "done") {
            scene.check = self.note_begun(scene.root.id).await?;
            match self.fetch_by_id(&scene.root.ap_id).await {
                Err(Error::RemoteGone) => {
                    self.remove_gone(&scene.root).await?;
                    return self.end(scene, "gone").await;
                }
                Err(Error::Forbidden(_)) => return self.end(scene, "refused").await,
                fetched => Box::pin(self.begin_comparing(&mut scene, &fetched?)).await?,
            }
        }
        Box::pin(self.go_on(scene)).await
    }

    async fn go_on(&self, mut scene: Scene) -> Result<Left> {
        let mut run = Run::default();
        loop {
            let todo = thread_checks::todo(&mut self.core.db.conn(), scene.root.id, BATCH).await?;
            if todo.is_empty() {
                if scene.check.state != "listing" {
                    return Box::pin(self.sum_up(scene)).await;
                }
                if !self.walks_instead(&mut scene).await? {
                    self.begin_looking(&mut scene).await?;
                }
                continue;
            }
            for item in todo {
                if run.is_spent() || self.stopping.load(Ordering::Relaxed) {
                    return Ok(Left::More);
                }
                // It could not be fetched a moment ago: everything else has been tried too.
                if !run.tried.insert(item.ap_id.clone()) {
                    return Ok(Left::Wait);
                }
                Box::pin(self.work_item(&mut scene, &mut run, &item)).await?;
            }
        }
    }

    async fn note_begun(&self, root: PostId) -> Result<ThreadCheck> {
        let mut tx = self.core.db.begin().await?;
        thread_checks::ask(&mut tx, root, None, self.core.now()).await?;
        tx.commit().await?;
        thread_checks::get(&mut self.core.db.conn(), root).await?.ok_or(Error::NotFound)
    }

    /// Takes in the newest version of what starts the thread, and notes where its replies are listed.
    pub(super) async fn begin_comparing(&self, scene: &mut Scene, document: &Value) -> Result<()> {
        let root = &scene.root;
        let read = object::read(&self.client, document, self.core.now())?;
        if read.parent.is_none() && read.arrived.updated_at > root.updated_at {
            match self.take_in_quietly(&read, &scene.group, None).await {
                Err(error) if error.is_passing() => return Err(error),
                Err(error) => tracing::info!(root = root.ap_id, %error, "the newest version was left out"),
                Ok(_) => {}
            }
        }
        // The whole thread is listed by who owns it: the server where it began, or that of its group.
        let context = read.arrived.context.filter(|page| same_origin(page, &root.ap_id) || same_origin(page, &scene.group.ap_id));
        let replies = wire::field_id(document, "replies").filter(|page| same_origin(page, &root.ap_id));
        let inline = document.get("replies").filter(|list| list.is_object() && wire::id(list).is_none());
        let inline = inline.map(|list| self.page_in(list, &root.ap_id));
        let check = &mut scene.check;
        (check.state, check.outcome) = ("listing".into(), String::new());
        (check.begun_at, check.told, check.walks, check.whole) = (Some(self.core.now()), None, context.is_none(), true);
        let mut tx = self.core.db.begin().await?;
        thread_checks::clear_items(&mut tx, root.id).await?;
        if let Some(context) = &context {
            thread_checks::add_item(&mut tx, root.id, &format!("page {context}"), 0, "todo", None).await?;
        }
        if let Some(replies) = replies {
            let state = if context.is_some() { "reserve" } else { "todo" };
            thread_checks::add_item(&mut tx, root.id, &format!("page {replies}"), 1, state, None).await?;
        }
        thread_checks::set(&mut tx, check).await?;
        tx.commit().await?;
        match inline {
            Some(page) if context.is_none() => {
                let at = scene.root.ap_id.clone();
                self.take_list(scene, &mut Run::default(), &at, page).await
            }
            _ => Ok(()),
        }
    }

    /// The list came out short, or could not be read: then the replies are walked over, where that was kept in reserve.
    async fn walks_instead(&self, scene: &mut Scene) -> Result<bool> {
        if scene.check.walks {
            return Ok(false);
        }
        let mut conn = self.core.db.conn();
        let (listed, _) = thread_checks::count_items(&mut conn, scene.root.id).await?;
        let unread = thread_checks::count_unread_pages(&mut conn, scene.root.id).await?;
        if unread == 0 && scene.check.told.is_none_or(|told| told <= listed) {
            return Ok(false);
        }
        scene.check.walks = true;
        let mut tx = self.core.db.begin().await?;
        let any = thread_checks::use_reserve(&mut tx, scene.root.id).await?;
        thread_checks::set(&mut tx, &scene.check).await?;
        tx.commit().await?;
        Ok(any)
    }

    /// Everything listed is here: now what we have and the home does not name, or whose version it does not tell.
    async fn begin_looking(&self, scene: &mut Scene) -> Result<()> {
        let before = self.core.now().plus(-FRESH);
        let looks = thread_checks::to_look_at(&mut self.core.db.conn(), scene.root.id, before, LOOKS).await?;
        scene.check.state = "looking".into();
        let mut tx = self.core.db.begin().await?;
        for (ap_id,) in looks {
            thread_checks::add_item(&mut tx, scene.root.id, &format!("look {ap_id}"), i64::MAX, "todo", None).await?;
        }
        thread_checks::set(&mut tx, &scene.check).await?;
        tx.commit().await
    }

    /// What the comparison found, and what our members wrote that the home lacks, said again.
    async fn sum_up(&self, mut scene: Scene) -> Result<Left> {
        let (root, now) = (scene.root.id, self.core.now());
        let mut conn = self.core.db.conn();
        let (listed, _) = thread_checks::count_items(&mut conn, root).await?;
        let unread = thread_checks::count_unread_pages(&mut conn, root).await?;
        scene.check.elsewhere = thread_checks::count_in(&mut conn, root, "elsewhere").await?;
        scene.check.unreached = thread_checks::count_in(&mut conn, root, "unreached").await?;
        // A list that we could not read to its end lacks nothing.
        let whole = scene.check.whole && !scene.check.walks && unread == 0 && scene.check.told.is_none_or(|told| told <= listed);
        let begun = scene.check.begun_at.unwrap_or(now);
        let ours = if whole && listed > 0 {
            thread_checks::ours_unlisted(&mut conn, root, begun.plus(-UNDER_WAY), begun.plus(-PATIENCE), TIMES, SAID_AGAIN).await?
        } else {
            Vec::new()
        };
        let mut tx = self.core.db.begin().await?;
        for post in &ours {
            let verb = Verb::Create;
            let about = post.ap_id.as_str();
            let target = Some(scene.root.author_id);
            say(
                &self.core,
                &mut tx,
                Saying { actor: post.author_id, verb, about, post: Some(post.id), target, received: None, listed: false },
            )
            .await?;
            thread_checks::count_said_again(&mut tx, post.id, now).await?;
        }
        posts::mark_checked(&mut tx, root, now).await?;
        self.core.commit(tx).await?;
        self.end(scene, "").await
    }

    async fn end(&self, mut scene: Scene, outcome: &str) -> Result<Left> {
        scene.check.state = "done".into();
        outcome.clone_into(&mut scene.check.outcome);
        let mut tx = self.core.db.begin().await?;
        thread_checks::clear_items(&mut tx, scene.root.id).await?;
        thread_checks::set(&mut tx, &scene.check).await?;
        self.core.commit(tx).await?;
        Ok(Left::Nothing)
    }

    /// Its home did not answer, several times: the next night is another chance.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn give_up_comparing(&self, tx: &mut Tx, root: PostId) -> Result<()> {
        if let Some(mut check) = thread_checks::get(tx, root).await? {
            (check.state, check.outcome) = ("done".into(), "silent".into());
            thread_checks::clear_items(tx, root).await?;
            thread_checks::set(tx, &check).await?;
        }
        Ok(())
    }

    /// Fetches a group of another server again, with its moderators and what is new in it, and queues its threads to be
    /// compared.
    ///
    /// # Errors
    /// When its server can't be read now.
    pub async fn check_group(&self, group: ActorId) -> Result<()> {
        let group = actors::by_id(&mut self.core.db.conn(), group).await?;
        if group.local || !group.is_group() || group.deleted_at.is_some() {
            return Ok(());
        }
        let group = self.look_at_group(&group).await?;
        let mut tx = self.core.db.begin().await?;
        if let Some(outbox) = &group.outbox
            && follows::count_local(&mut tx, group.id).await? > 0
        {
            backfill::start(&mut tx, group.id, outbox, self.core.now()).await?;
            jobs::enqueue(&mut tx, JobId(self.core.ids.next()), JobKind::Backfill, &group.id.to_string(), self.core.now()).await?;
        }
        comparing::whole_group(&self.core, &mut tx, group.id).await?;
        self.core.commit(tx).await
    }
}

impl Run {
    /// Whether a server is still asked in this run.
    pub fn trusts(&self, host: &str) -> bool {
        self.disappointed.get(host).is_none_or(|points| *points < DISAPPOINTED)
    }

    pub fn note(&mut self, host: &str, error: &Error) {
        if !matches!(error, Error::RemoteGone | Error::Forbidden(_)) {
            *self.disappointed.entry(host.to_owned()).or_default() += if error.is_passing() { NO_ANSWER } else { 1 };
        }
    }
}

/// Whether something that failed for now has been tried often enough.
pub(super) fn is_last(item: &Item) -> bool {
    item.attempts + 1 >= ATTEMPTS
}

/// The server that an address lies on.
pub(super) fn host_of(fed: &Federation, address: &str) -> Result<String> {
    fed.client.check_url(address).map(|url| authority(&url))
}

/// Whether a post belongs to the thread by what it says itself.
pub(super) fn belongs(scene: &Scene, read: &Read) -> bool {
    read.addressed.contains(&scene.group.ap_id) || read.arrived.context.is_some() && read.arrived.context == scene.root.context
}
