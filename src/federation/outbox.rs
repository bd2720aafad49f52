//! From what was said to JSON and deliveries: one transaction for a batch, a part for each.

use serde_json::Value;

use super::object::Written;
use super::{Federation, actor, announce, choose_answer, create, delete, follow, like, undo};
use crate::db::activities::{self, Activity, Verb};
use crate::db::deliveries::{self, Audience};
use crate::db::{Tx, actors, follows, posts};
use crate::error::{Error, Result};
use crate::model::{Actor, Post};
use crate::ops::saying::pass_on;

const BATCH: i64 = 64;

/// What becomes of an activity.
enum Built {
    /// Its text, and the actors of other servers that get it.
    Sent { body: String, to: Vec<Actor> },
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
        for said in &claimed {
            tx.begin_part().await?;
            match self.make_one(&mut tx, said).await {
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

    async fn make_one(&self, tx: &mut Tx, said: &Activity) -> Result<()> {
        match self.build(tx, said).await? {
            Built::Withdrawn => activities::finish(tx, said.id, "withdrawn", None).await,
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
        let text = |value: &Value| value.to_string();
        let nothing = || Error::Internal("the activity lacks what it is about".into());
        match said.verb {
            Verb::Create | Verb::Update => {
                let post = posts::by_id(tx, said.post_id.ok_or_else(nothing)?).await?;
                if post.is_deleted() {
                    return Ok(Built::Withdrawn);
                }
                let gathered = Gathered::of(tx, post).await?;
                let kind = if said.verb == Verb::Create { "Create" } else { "Update" };
                let body = text(&create::build(kind, id, &gathered.written()));
                pass_on(&self.core, tx, &gathered.group, &said.about, said.post_id, said.listed, &body).await?;
                let parent = gathered.parent.map(|(_, author)| author);
                Ok(Built::Sent { body, to: direct(gathered.group, parent) })
            }
            Verb::Delete => {
                let post = posts::by_id(tx, said.post_id.ok_or_else(nothing)?).await?;
                let gathered = Gathered::of(tx, post).await?;
                let body = text(&delete::build(id, &speaker, &gathered.group, &gathered.post));
                pass_on(&self.core, tx, &gathered.group, &said.about, None, false, &body).await?;
                let parent = gathered.parent.map(|(_, author)| author);
                Ok(Built::Sent { body, to: direct(gathered.group, parent) })
            }
            Verb::Like | Verb::UndoLike | Verb::ChooseAnswer | Verb::UndoChooseAnswer => {
                let post = posts::by_id(tx, said.post_id.ok_or_else(nothing)?).await?;
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
                let body = text(&activity);
                pass_on(&self.core, tx, &group, &said.about, None, false, &body).await?;
                if choice && !group.local && !understands_choices(tx, &group.host).await? {
                    return Ok(Built::Sent { body, to: Vec::new() });
                }
                Ok(Built::Sent { body, to: direct(group, (!choice).then_some(author)) })
            }
            Verb::Follow => {
                let group = actors::by_id(tx, said.target_id.ok_or_else(nothing)?).await?;
                Ok(Built::Sent { body: text(&follow::build(id, &speaker.ap_id, &group.ap_id)), to: vec![group] })
            }
            Verb::UndoFollow => {
                let group = actors::by_id(tx, said.target_id.ok_or_else(nothing)?).await?;
                let inner = follow::build(said.received.as_deref().unwrap_or_default(), &speaker.ap_id, &group.ap_id);
                let body = text(&undo::build(id, &speaker, &[&group.ap_id], inner, said.created_at));
                Ok(Built::Sent { body, to: vec![group] })
            }
            Verb::AcceptFollow => {
                let follower = actors::by_id(tx, said.target_id.ok_or_else(nothing)?).await?;
                let body = follow::build_accept(id, &speaker, &follower, said.received.as_deref().unwrap_or_default())?;
                Ok(Built::Sent { body, to: vec![follower] })
            }
            Verb::Announce => {
                let received = said.received.as_deref().unwrap_or_default();
                let body = announce::build(id, &speaker, received, said.created_at)?;
                let audience = if is_choice(received) { Audience::ChosenAnswers } else { Audience::Threadiverse };
                deliveries::enqueue_for_followers(tx, said.id, speaker.id, audience, &said.about, self.core.now()).await?;
                Ok(Built::Sent { body, to: Vec::new() })
            }
            Verb::Boost => {
                let post = posts::by_id(tx, said.post_id.ok_or_else(nothing)?).await?;
                if post.is_deleted() {
                    return Ok(Built::Withdrawn);
                }
                let author = actors::by_id(tx, post.author_id).await?;
                let body = text(&announce::build_boost(id, &speaker, &author, &post.ap_id, said.created_at));
                deliveries::enqueue_for_followers(tx, said.id, speaker.id, Audience::Boosts, &said.about, self.core.now()).await?;
                Ok(Built::Sent { body, to: Vec::new() })
            }
            Verb::UpdateActor => {
                let body = text(&actor::build_update(id, &speaker, &self.core.urls.instance_actor()));
                let to = if speaker.is_group() {
                    deliveries::enqueue_for_followers(tx, said.id, speaker.id, Audience::Threadiverse, &said.about, self.core.now())
                        .await?;
                    deliveries::enqueue_for_followers(tx, said.id, speaker.id, Audience::Boosts, &said.about, self.core.now()).await?;
                    Vec::new()
                } else {
                    follows::remote_groups_of(tx, speaker.id).await?
                };
                Ok(Built::Sent { body, to })
            }
        }
    }
}

/// Whom an activity in a group is sent to directly: a group elsewhere, and somebody concerned who lives on a third
/// server and may not follow the group.
fn direct(group: Actor, concerned: Option<Actor>) -> Vec<Actor> {
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

fn is_choice(received: &str) -> bool {
    let value: Value = serde_json::from_str(received).unwrap_or_default();
    let inner = if super::wire::kind(&value) == "Undo" { value.get("object").cloned().unwrap_or_default() } else { value };
    super::wire::kind(&inner) == "ChooseAnswer"
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
            accepted_by,
            post,
        })
    }

    pub fn written(&self) -> Written<'_> {
        Written {
            post: &self.post,
            author: &self.author,
            group: &self.group,
            parent: self.parent.as_ref().map(|(post, author)| (post, author)),
            answers: self.answers,
            accepted_by: self.accepted_by.as_ref(),
        }
    }
}
