//! Queueing what our actors say. The worker makes the JSON and the deliveries (`federation/outbox.rs`).

use super::Core;
use crate::db::Tx;
use crate::db::activities::{self, Activity, Verb};
use crate::db::{posts, series};
use crate::error::Result;
use crate::model::{ActivityId, Actor, ActorId, Post, PostId, Time};

/// Something to be said.
#[derive(Debug)]
pub struct Saying<'a> {
    pub actor: ActorId,
    pub verb: Verb,
    /// The id of the thing it is about; what is said about the same thing arrives in order.
    pub about: &'a str,
    /// The post whose words it carries; taken back with them.
    pub post: Option<PostId>,
    pub target: Option<ActorId>,
    /// What is passed on or answered, word for word; or the id of what is undone.
    pub received: Option<&'a str>,
    /// Whether it belongs in the outbox.
    pub listed: bool,
}

/// Queues it; gives its id on the wire.
///
/// # Errors
/// When the database can't be written.
pub async fn say(core: &Core, tx: &mut Tx, saying: Saying<'_>) -> Result<String> {
    say_at(core, tx, saying, core.now()).await
}

/// The same, dated `at`: where the newest word wins, its date must be later than that of the one before.
///
/// # Errors
/// When the database can't be written.
pub async fn say_at(core: &Core, tx: &mut Tx, saying: Saying<'_>, at: Time) -> Result<String> {
    queue(core, tx, saying, None, at).await
}

async fn queue(core: &Core, tx: &mut Tx, saying: Saying<'_>, carries: Option<ActivityId>, at: Time) -> Result<String> {
    if matches!(saying.verb, Verb::UpdateActor | Verb::DeleteActor) {
        activities::supersede(tx, saying.about).await?;
    }
    let activity = new_activity(core, &saying, carries, at);
    activities::insert(tx, std::slice::from_ref(&activity)).await?;
    Ok(activity.ap_id)
}

fn new_activity(core: &Core, saying: &Saying<'_>, carries: Option<ActivityId>, at: Time) -> Activity {
    let id = ActivityId(core.ids.next());
    Activity {
        id,
        ap_id: core.urls.activity(saying.verb.word(), id),
        actor_id: saying.actor,
        verb: saying.verb,
        post_id: saying.post,
        target_id: saying.target,
        about: saying.about.to_owned(),
        received: saying.received.map(str::to_owned),
        state: "new".into(),
        listed: saying.listed,
        body: None,
        created_at: at,
        carries,
    }
}

/// Groups of ours pass on replies that they received, word for word: each with its group and its text.
///
/// # Errors
/// When the database can't be written.
pub async fn pass_on_replies<'a>(core: &Core, tx: &mut Tx, replies: impl Iterator<Item = (ActorId, &'a Post, &'a str)>) -> Result<()> {
    let announced = replies.map(|(group, post, raw)| {
        let (about, post) = (post.ap_id.as_str(), Some(post.id));
        let saying = Saying { actor: group, verb: Verb::Announce, about, post, target: None, received: Some(raw), listed: false };
        new_activity(core, &saying, None, core.now())
    });
    let announced: Vec<Activity> = announced.collect();
    if announced.is_empty() { Ok(()) } else { activities::insert(tx, &announced).await }
}

/// What an actor of another server says about itself, that it changed or is gone, is passed on by the groups of ours that
/// it wrote in: servers that know it only from there would go on showing what it was. Says whether there are any.
///
/// # Errors
/// When the database can't be written.
pub async fn pass_on_about(core: &Core, tx: &mut Tx, actor: &Actor, raw: &str) -> Result<bool> {
    activities::supersede(tx, &actor.ap_id).await?;
    let groups = posts::groups_written_in(tx, actor.id).await?;
    for group in &groups {
        pass_on(core, tx, group, &actor.ap_id, None, false, raw).await?;
    }
    Ok(!groups.is_empty())
}

/// A group of ours passes on what it received, word for word, to every server that follows it. For other groups this
/// does nothing: their own server does it.
///
/// # Errors
/// When the database can't be written.
pub async fn pass_on(
    core: &Core,
    tx: &mut Tx,
    group: &Actor,
    about: &str,
    post: Option<PostId>,
    starts_thread: bool,
    raw: &str,
) -> Result<()> {
    announce(core, tx, group, about, post, starts_thread, Passed::Received(raw)).await
}

/// The same of something that one of ours said here: its words are kept with what they said.
///
/// # Errors
/// When the database can't be written.
pub async fn pass_on_own(
    core: &Core,
    tx: &mut Tx,
    group: &Actor,
    said: &Activity,
    post: Option<PostId>,
    starts_thread: bool,
) -> Result<()> {
    announce(core, tx, group, &said.about, post, starts_thread, Passed::Own(said.id)).await
}

/// What a group passes on.
#[derive(Clone, Copy, Debug)]
enum Passed<'a> {
    Received(&'a str),
    Own(ActivityId),
}

async fn announce(
    core: &Core,
    tx: &mut Tx,
    group: &Actor,
    about: &str,
    post: Option<PostId>,
    starts_thread: bool,
    passed: Passed<'_>,
) -> Result<()> {
    if !group.local {
        return Ok(());
    }
    let (received, carries) = match passed {
        Passed::Received(raw) => (Some(raw), None),
        Passed::Own(id) => (None, Some(id)),
    };
    let saying = Saying { actor: group.id, verb: Verb::Announce, about, post, target: None, received, listed: starts_thread };
    queue(core, tx, saying, carries, core.now()).await?;
    // Of a series, who reads on a timeline is shown the first.
    let later = match post.filter(|_| starts_thread) {
        Some(post) => series::is_later(tx, post).await?,
        None => false,
    };
    if starts_thread && !later {
        let boost = Saying { actor: group.id, verb: Verb::Boost, about, post, target: None, received: None, listed: false };
        say(core, tx, boost).await?;
    }
    Ok(())
}
