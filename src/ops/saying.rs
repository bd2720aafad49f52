//! Queueing what our actors say. The worker makes the JSON and the deliveries (`federation/outbox.rs`).

use super::Core;
use crate::db::Tx;
use crate::db::activities::{self, Activity, Verb};
use crate::error::Result;
use crate::model::{ActivityId, Actor, ActorId, PostId, Time};

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
    let id = ActivityId(core.ids.next());
    let activity = Activity {
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
    };
    activities::insert(tx, &activity).await?;
    Ok(activity.ap_id)
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
    if group.local {
        say(
            core,
            tx,
            Saying { actor: group.id, verb: Verb::Announce, about, post, target: None, received: Some(raw), listed: starts_thread },
        )
        .await?;
        if starts_thread {
            say(core, tx, Saying { actor: group.id, verb: Verb::Boost, about, post, target: None, received: None, listed: false }).await?;
        }
    }
    Ok(())
}
