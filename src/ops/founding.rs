//! Starting a group and describing it; making the instance's own actor.

use super::keys::{self, KeyPair};
use super::saying::{Saying, say};
use super::{Core, following};
use crate::db::activities::Verb;
use crate::db::{Tx, actors, registrations};
use crate::error::{Error, Result};
use crate::model::names::{About, Name, Refused, Title};
use crate::model::rights::{Viewer, may_describe};
use crate::model::{Actor, ActorId, ActorKind, markup};

/// An actor of ours that has not been stored yet.
#[must_use]
pub fn new_actor(core: &Core, kind: ActorKind, name: &str, keys: KeyPair) -> Actor {
    let (now, urls) = (core.now(), &core.urls);
    let ap_id = match kind {
        ActorKind::Group => urls.group(name),
        ActorKind::Application => urls.instance_actor(),
        _ => urls.person(name),
    };
    Actor {
        id: ActorId(core.ids.next()),
        kind,
        local: true,
        host: urls.authority().to_owned(),
        name: name.to_owned(),
        display_name: String::new(),
        about_source: String::new(),
        about_html: String::new(),
        organisation: String::new(),
        role: String::new(),
        url: ap_id.clone(),
        inbox: format!("{ap_id}/inbox"),
        shared_inbox: Some(urls.shared_inbox()),
        outbox: Some(format!("{ap_id}/outbox")),
        followers: Some(format!("{ap_id}/followers")),
        moderators: (kind == ActorKind::Group).then(|| format!("{ap_id}/moderators")),
        key_id: format!("{ap_id}#main-key"),
        ap_id,
        public_key_pem: keys.public_pem,
        private_key_pem: Some(keys.private_pem),
        created_at: now,
        updated_at: now,
        fetched_at: now,
        deleted_at: None,
        icon_file: None,
        icon_url: None,
    }
}

/// Stores an actor of ours. A taken name is the form's affair.
pub(super) async fn store(tx: &mut Tx, actor: &Actor) -> Result<Actor> {
    if actors::local_by_name(tx, &actor.name).await?.is_some() || registrations::holds_name(tx, &actor.name).await? {
        return Err(Error::field("name", Refused::Taken));
    }
    let stored = actors::insert(tx, actor).await.map_err(|error| match error {
        Error::Conflict => Error::field("name", Refused::Taken),
        other => other,
    })?;
    keys::own(tx, &stored).await?;
    Ok(stored)
}

/// Starts a group; its founder, where there is one, moderates it and is its first member. The keys are made before the
/// transaction: that takes a while.
///
/// # Errors
/// [`Error::Invalid`] when the name is taken by a group or a member.
pub async fn found(
    core: &Core,
    tx: &mut Tx,
    name: &Name,
    title: &Title,
    about: &About,
    founder: Option<&Actor>,
    keys: KeyPair,
) -> Result<Actor> {
    let mut group = new_actor(core, ActorKind::Group, name.as_str(), keys);
    title.as_str().clone_into(&mut group.display_name);
    about.as_str().clone_into(&mut group.about_source);
    group.about_html = markup::markdown(about.as_str());
    let group = store(tx, &group).await?;
    if let Some(founder) = founder {
        actors::add_moderator(tx, group.id, founder.id).await?;
        following::join(core, tx, founder, &group).await?;
    }
    Ok(group)
}

/// Changes a group's title and description.
///
/// # Errors
/// [`Error::Forbidden`] for who does not moderate it.
pub async fn describe(core: &Core, tx: &mut Tx, viewer: Viewer, group: &Actor, title: &Title, about: &About) -> Result<()> {
    if !may_describe(viewer, group) {
        return Err(Error::Forbidden("error-only-moderators"));
    }
    let mut changed = group.clone();
    title.as_str().clone_into(&mut changed.display_name);
    about.as_str().clone_into(&mut changed.about_source);
    changed.about_html = markup::markdown(about.as_str());
    changed.updated_at = core.now();
    actors::describe(tx, &changed).await?;
    say_changed(core, tx, &changed).await
}

/// Queues the news that an actor of ours describes itself differently.
pub(super) async fn say_changed(core: &Core, tx: &mut Tx, actor: &Actor) -> Result<()> {
    say(
        core,
        tx,
        Saying { actor: actor.id, verb: Verb::UpdateActor, about: &actor.ap_id, post: None, target: None, received: None, listed: false },
    )
    .await?;
    Ok(())
}
