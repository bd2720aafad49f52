//! From what was said to JSON and deliveries: one transaction for a batch, a part for each.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::object::Written;
use super::{Federation, actor, announce, choose_answer, create, deeds, delete, event, follow, letters, like, proof, undo};
use crate::db::activities::{self, Activity, Verb};
use crate::db::deliveries::{self, Audience};
use crate::db::moved::{self, Moved};
use crate::db::{Tx, actors, attachments, attendees, events, follows, leaving, multikeys, posts, topics, whereabouts};
use crate::error::{Error, Result};
use crate::model::{ActivityId, Actor, ActorId, Attachment, Post, PostId, PostKind, Topic};
use crate::ops::saying::pass_on_own;
use crate::ops::{closing, keys};

const BATCH: i64 = 64;
/// Replies of which a question says what they are.
const MOST_MOVED: i64 = 200;

/// What becomes of an activity.
#[derive(Debug)]
pub enum Built {
    /// Its text, and the actors of other servers that get it.
    Sent { body: String, to: Vec<Actor> },
    /// It is put together when it is sent, to those for whom it has been queued: what it passes on is kept once.
    WhenSent,
    /// What it was about is gone: nothing to say.
    Withdrawn,
}

impl Federation {
    /// Makes JSON and deliveries of up to a batch of what was said; says of how many.
    ///
    /// # Errors
    /// When the database can't be read or written.
    pub async fn make_outgoing(&self) -> Result<usize> {
        if !activities::any_new(&mut self.core.db.conn()).await? {
            return Ok(0);
        }
        let mut tx = self.core.db.begin().await?;
        let claimed = activities::claim(&mut tx, self.core.ids.slot(), BATCH).await?;
        if claimed.is_empty() {
            return Ok(0);
        }
        let made = self.make_announcements(&mut tx, &claimed).await?;
        for said in claimed.iter().filter(|said| !made.contains(&said.id)) {
            tx.begin_part().await?;
            match Box::pin(self.make_one(&mut tx, said)).await {
                Ok(()) => tx.keep_part().await?,
                Err(error) if matches!(error, Error::Unavailable(_)) => return Err(error),
                Err(error) => {
                    tx.undo_part().await?;
                    tracing::error!(activity = %said.ap_id, %error, "could not be made into JSON");
                    activities::finish(&mut tx, said.id, "failed", None).await?;
                }
            }
        }
        self.core.commit(tx).await?;
        Ok(claimed.len())
    }

    /// Queues what groups pass on of what they received, all at once; gives what it has dealt with. When anything goes wrong with
    /// one, each has its own turn.
    async fn make_announcements(&self, tx: &mut Tx, claimed: &[Activity]) -> Result<HashSet<ActivityId>> {
        let plain = |said: &&Activity| said.verb == Verb::Announce && said.post_id.is_some() && said.received.is_some();
        let announced: Vec<&Activity> = claimed.iter().filter(plain).collect();
        if announced.is_empty() {
            return Ok(HashSet::new());
        }
        tx.begin_part().await?;
        match Box::pin(self.queue_announcements(tx, &announced)).await {
            Ok(made) => {
                tx.keep_part().await?;
                Ok(made)
            }
            Err(error @ Error::Unavailable(_)) => Err(error),
            Err(error) => {
                tx.undo_part().await?;
                tracing::debug!(%error, "not all at once");
                Ok(HashSet::new())
            }
        }
    }

    async fn queue_announcements(&self, tx: &mut Tx, announced: &[&Activity]) -> Result<HashSet<ActivityId>> {
        let held = posts::hold_all(tx, announced.iter().filter_map(|said| said.post_id)).await?;
        let standing: HashSet<PostId> = held.iter().filter(|post| !post.is_deleted()).map(|post| post.id).collect();
        let mut sent: BTreeMap<(ActorId, Audience), Vec<(ActivityId, &str)>> = BTreeMap::new();
        // What is about a removed post is left to be withdrawn.
        for said in announced.iter().filter(|said| said.post_id.is_some_and(|post| standing.contains(&post))) {
            let audience = deeds::audience_of(said.received.as_deref().unwrap_or_default());
            sent.entry((said.actor_id, audience)).or_default().push((said.id, &said.about));
        }
        for ((group, audience), said) in &sent {
            deliveries::enqueue_for_followers(tx, said, *group, *audience, self.core.now()).await?;
        }
        let made: HashSet<ActivityId> = sent.into_values().flatten().map(|(id, _)| id).collect();
        if !made.is_empty() {
            activities::finish_when_sent(tx, made.iter().copied()).await?;
        }
        Ok(made)
    }

    async fn make_one(&self, tx: &mut Tx, said: &Activity) -> Result<()> {
        match Box::pin(self.build(tx, said)).await? {
            Built::Withdrawn => activities::finish(tx, said.id, "withdrawn", None).await,
            Built::WhenSent => activities::finish(tx, said.id, "built", None).await,
            Built::Sent { body, to } => {
                for recipient in to.iter().filter(|actor| !actor.local && actor.deleted_at.is_none()) {
                    // Groups and authors get it in their server's shared inbox: once for each server.
                    deliveries::enqueue(tx, said.id, recipient.common_inbox(), &recipient.host, &said.about, self.core.now()).await?;
                }
                activities::finish(tx, said.id, "built", Some(&body)).await
            }
        }
    }

    async fn build(&self, tx: &mut Tx, said: &Activity) -> Result<Built> {
        let speaker = actors::by_id(tx, said.actor_id).await?;
        let id = said.ap_id.as_str();
        // The key of whoever speaks; what is said carries a proof by it, wherever it is passed on.
        let key = keys::own(tx, &speaker).await?;
        let now = self.core.now();
        let text = |value: Value| proof::seal(&proof::with_context(value).to_string(), &key, now);
        let nothing = || Error::Internal("the activity lacks what it is about".into());
        match said.verb {
            Verb::Create | Verb::Update => {
                let post = posts::hold(tx, said.post_id.ok_or_else(nothing)?).await?;
                if post.is_deleted() {
                    return Ok(Built::Withdrawn);
                }
                let gathered = Gathered::of(tx, post).await?;
                let kind = if said.verb == Verb::Create { "Create" } else { "Update" };
                let body = text(create::build(kind, id, &gathered.written(self.core.urls.base())))?;
                pass_on_own(&self.core, tx, &gathered.group, said, said.post_id, said.listed).await?;
                if let Some(told) = &gathered.event {
                    events::told(tx, gathered.post.id, told.attending).await?;
                    self.to_attendees(tx, said, &gathered.post).await?;
                }
                let parent = gathered.parent.map(|(_, author)| author);
                let mut to = direct(gathered.group, parent);
                // Said again, because the server of who started the thread lacked it.
                if let Some(target) = said.target_id {
                    let lacking = actors::by_id(tx, target).await?;
                    to.extend(Some(lacking).filter(|lacking| to.iter().all(|known| known.host != lacking.host)));
                }
                Ok(Built::Sent { body, to })
            }
            Verb::Delete => {
                let post = posts::hold(tx, said.post_id.ok_or_else(nothing)?).await?;
                let gathered = Gathered::of(tx, post).await?;
                let body = text(delete::build(id, &speaker, &gathered.group, &gathered.post))?;
                pass_on_own(&self.core, tx, &gathered.group, said, None, false).await?;
                self.to_attendees(tx, said, &gathered.post).await?;
                let parent = gathered.parent.map(|(_, author)| author);
                Ok(Built::Sent { body, to: direct(gathered.group, parent) })
            }
            Verb::Remove | Verb::Restore => {
                let post = posts::hold(tx, said.post_id.ok_or_else(nothing)?).await?;
                let group = actors::by_id(tx, post.group_id).await?;
                let mut activity = if said.verb == Verb::Remove {
                    delete::build_removal(id, &speaker, &group, &post, said.received.as_deref().unwrap_or_default())
                } else {
                    let undone = activities::last_removal(tx, post.id).await?;
                    let undone_id = undone.as_ref().map_or_else(|| format!("{id}#undone"), |undone| undone.ap_id.clone());
                    let reason = undone.and_then(|undone| undone.received).unwrap_or_default();
                    delete::build_removal(&undone_id, &speaker, &group, &post, &reason)
                };
                if said.verb == Verb::Restore {
                    activity = undo::build(id, &speaker, &[&group.ap_id, super::wire::PUBLIC], activity, said.created_at);
                }
                let body = text(activity)?;
                pass_on_own(&self.core, tx, &group, said, None, false).await?;
                Ok(Built::Sent { body, to: direct(group, None) })
            }
            Verb::Like | Verb::UndoLike | Verb::ChooseAnswer | Verb::UndoChooseAnswer => {
                let post = posts::hold(tx, said.post_id.ok_or_else(nothing)?).await?;
                let (group, author) = (actors::by_id(tx, post.group_id).await?, actors::by_id(tx, post.author_id).await?);
                let choice = matches!(said.verb, Verb::ChooseAnswer | Verb::UndoChooseAnswer);
                let undo = matches!(said.verb, Verb::UndoLike | Verb::UndoChooseAnswer);
                let inner_id = if undo { said.received.clone().unwrap_or_else(|| format!("{id}#undone")) } else { id.to_owned() };
                let mut activity = if choice {
                    choose_answer::build(&inner_id, &speaker, &group, &post, said.created_at)
                } else {
                    like::build(&inner_id, &speaker, &group, &post, said.created_at)
                };
                if undo {
                    activity = undo::build(id, &speaker, &[&group.ap_id, super::wire::PUBLIC], activity, said.created_at);
                }
                let body = text(activity)?;
                pass_on_own(&self.core, tx, &group, said, None, false).await?;
                if choice && !group.local && !understands_choices(tx, &group.host).await? {
                    return Ok(Built::Sent { body, to: Vec::new() });
                }
                if !choice {
                    return Ok(Built::Sent { body, to: direct(group, Some(author)) });
                }
                // Its home applies a choice, and may not hear of it from the group.
                let question = posts::by_id(tx, post.root_id).await?;
                let asker = actors::by_id(tx, question.author_id).await?;
                let hears = understands_choices(tx, &asker.host).await?;
                Ok(Built::Sent { body, to: direct(group, Some(asker).filter(|_| hears)) })
            }
            Verb::Follow => {
                let group = actors::by_id(tx, said.target_id.ok_or_else(nothing)?).await?;
                Ok(Built::Sent { body: text(follow::build(id, &speaker.ap_id, &group.ap_id))?, to: vec![group] })
            }
            Verb::UndoFollow => {
                let group = actors::by_id(tx, said.target_id.ok_or_else(nothing)?).await?;
                let inner = follow::build(said.received.as_deref().unwrap_or_default(), &speaker.ap_id, &group.ap_id);
                let body = text(undo::build(id, &speaker, &[&group.ap_id], inner, said.created_at))?;
                Ok(Built::Sent { body, to: vec![group] })
            }
            Verb::AcceptFollow | Verb::RejectFollow => {
                let follower = actors::by_id(tx, said.target_id.ok_or_else(nothing)?).await?;
                let kind = if said.verb == Verb::AcceptFollow { "Accept" } else { "Reject" };
                let body = follow::build_answer(kind, id, &speaker, &follower, said.received.as_deref().unwrap_or_default())?;
                Ok(Built::Sent { body: proof::seal(&body, &key, now)?, to: vec![follower] })
            }
            Verb::Announce => {
                if let Some(post) = said.post_id
                    && posts::hold(tx, post).await?.is_deleted()
                {
                    return Ok(Built::Withdrawn);
                }
                let Some(received) = letters::passed_on(tx, said).await? else { return Ok(Built::Withdrawn) };
                let audience = deeds::audience_of(&received);
                deliveries::enqueue_for_followers(tx, &[(said.id, said.about.as_str())], speaker.id, audience, self.core.now()).await?;
                Ok(Built::WhenSent)
            }
            Verb::Boost => {
                let post = posts::hold(tx, said.post_id.ok_or_else(nothing)?).await?;
                if post.is_deleted() {
                    return Ok(Built::Withdrawn);
                }
                let author = actors::by_id(tx, post.author_id).await?;
                let body = text(announce::build_boost(id, &speaker, &author, &post.ap_id, said.created_at))?;
                deliveries::enqueue_for_followers(tx, &[(said.id, said.about.as_str())], speaker.id, Audience::Boosts, self.core.now())
                    .await?;
                Ok(Built::Sent { body, to: Vec::new() })
            }
            Verb::UndoBoost => {
                let post = posts::by_id(tx, said.post_id.ok_or_else(nothing)?).await?;
                let author = actors::by_id(tx, post.author_id).await?;
                let boost_id = said.received.clone().unwrap_or_else(|| format!("{id}#undone"));
                let boost = announce::build_boost(&boost_id, &speaker, &author, &post.ap_id, said.created_at);
                let body = text(undo::build(id, &speaker, &[super::wire::PUBLIC], boost, said.created_at))?;
                deliveries::enqueue_for_followers(tx, &[(said.id, said.about.as_str())], speaker.id, Audience::Boosts, self.core.now())
                    .await?;
                Ok(Built::Sent { body, to: Vec::new() })
            }
            Verb::UpdateActor => {
                let (keys, whereabouts) = (multikeys::of(tx, speaker.id).await?, whereabouts::of(tx, speaker.id).await?);
                let body = text(actor::build_update(id, &speaker, &keys, &whereabouts, &self.core.urls.instance_actor()))?;
                let gone = !speaker.is_group() && closing::has_left(tx, &speaker).await?;
                if gone {
                    self.to_everybody(tx, said).await?;
                    return Ok(Built::Sent { body, to: Vec::new() });
                }
                // A member's face and name stand in the copies of our groups elsewhere too.
                let groups = if speaker.is_group() { Vec::new() } else { follows::groups_of(tx, speaker.id).await? };
                for group in groups.iter().filter(|group| group.local).chain(Some(&speaker).filter(|actor| actor.is_group())) {
                    for audience in [Audience::Threadiverse, Audience::Boosts] {
                        deliveries::enqueue_for_followers(tx, &[(said.id, said.about.as_str())], group.id, audience, self.core.now())
                            .await?;
                    }
                }
                let to = groups.into_iter().filter(|group| !group.local).collect();
                Ok(Built::Sent { body, to })
            }
            Verb::DeleteActor => {
                self.to_everybody(tx, said).await?;
                Ok(Built::Sent { body: text(delete::build_actor(id, &speaker))?, to: Vec::new() })
            }
            _ => match deeds::build(self, tx, said, &speaker).await? {
                Some((activity, to)) => Ok(Built::Sent { body: text(activity)?, to }),
                None => Ok(Built::Withdrawn),
            },
        }
    }
}

impl Federation {
    /// Who comes to an event hears of it from its author, whether their server follows the group or not.
    async fn to_attendees(&self, tx: &mut Tx, said: &Activity, post: &Post) -> Result<()> {
        if post.kind == PostKind::Event {
            for (inbox, host) in attendees::inboxes(tx, post.id).await? {
                deliveries::enqueue(tx, said.id, &inbox, &host, &said.about, self.core.now()).await?;
            }
        }
        Ok(())
    }

    /// That somebody left goes to every server that we know: their name may be anywhere.
    async fn to_everybody(&self, tx: &mut Tx, said: &Activity) -> Result<()> {
        for (inbox, host) in leaving::every_inbox(tx).await? {
            if self.core.may_federate_with_in(tx, &host).await? {
                deliveries::enqueue(tx, said.id, &inbox, &host, &said.about, self.core.now()).await?;
            }
        }
        Ok(())
    }
}

/// Whom an activity in a group is sent to directly: a group elsewhere, and somebody concerned who lives on a third
/// server and may not follow the group.
pub fn direct(group: Actor, concerned: Option<Actor>) -> Vec<Actor> {
    let concerned = concerned.filter(|actor| actor.host != group.host);
    let mut to: Vec<Actor> = concerned.into_iter().collect();
    if !group.local {
        to.insert(0, group);
    }
    to
}

/// Lemmy answers 400 to activities it does not know, so they go only where they are understood.
async fn understands_choices(tx: &mut Tx, host: &str) -> Result<bool> {
    let software = deliveries::peer(tx, host).await?.and_then(|peer| peer.software);
    Ok(software.is_none_or(|software| matches!(software.as_str(), "meent" | "piefed")))
}

/// A post with everything around it that its JSON names.
#[derive(Debug)]
pub struct Gathered {
    pub post: Post,
    pub author: Actor,
    pub group: Actor,
    pub parent: Option<(Post, Actor)>,
    answers: i64,
    accepted_by: Option<Actor>,
    pictures: Vec<Attachment>,
    topics: Vec<Topic>,
    moved: Vec<Moved>,
    event: Option<event::Told>,
}

impl Gathered {
    /// Reads it.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn of(conn: &mut crate::db::Conn, post: Post) -> Result<Self> {
        let parent = match post.parent_id {
            Some(parent) => {
                let parent = posts::by_id(conn, parent).await?;
                let author = actors::by_id(conn, parent.author_id).await?;
                Some((parent, author))
            }
            None => None,
        };
        let accepted_by = match post.accepted_by {
            Some(by) => Some(actors::by_id(conn, by).await?),
            None => None,
        };
        Ok(Self {
            author: actors::by_id(conn, post.author_id).await?,
            group: actors::by_id(conn, post.group_id).await?,
            parent,
            answers: posts::count_answers(conn, post.id).await?,
            topics: if post.is_root() { topics::of_post(conn, post.id).await? } else { Vec::new() },
            moved: if post.is_root() { moved::of_question(conn, post.id, MOST_MOVED).await? } else { Vec::new() },
            accepted_by,
            pictures: attachments::of(conn, post.id).await?,
            event: event::told(conn, &post).await?,
            post,
        })
    }

    /// `base` is where this server lives.
    pub fn written<'a>(&'a self, base: &'a str) -> Written<'a> {
        Written {
            topics: &self.topics,
            moved: &self.moved,
            event: self.event.as_ref(),
            base,
            post: &self.post,
            author: &self.author,
            group: &self.group,
            parent: self.parent.as_ref().map(|(post, author)| (post, author)),
            answers: self.answers,
            accepted_by: self.accepted_by.as_ref(),
            pictures: &self.pictures,
        }
    }
}
