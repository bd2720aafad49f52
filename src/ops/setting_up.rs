//! The first start: the set-up link, and what the page behind it does.

use subtle::ConstantTimeEq;

use super::Core;
use super::founding::{found, new_actor};
use super::keys::{self, KeyPair};
use super::members::{NewMember, random_token, register, token_hash};
use crate::config::{FederationMode, RegistrationMode};
use crate::db::settings::{self, key};
use crate::db::{accounts, actors, registrations};
use crate::error::{Error, Result};
use crate::model::names::{About, Email, Line, Name, Title};
use crate::model::{Actor, ActorKind};

/// Makes sure that the instance has its own actor, and that `public_url` is the one its ids are made of.
///
/// # Errors
/// A changed `public_url` after something left the server.
pub async fn prepare(core: &Core) -> Result<()> {
    let base = core.urls.base();
    if let Some(old) = settings::get(&mut core.db.conn(), key::PUBLIC_URL).await?
        && old != base
    {
        if settings::get(&mut core.db.conn(), key::LEFT).await?.is_some() {
            return Err(Error::Internal(format!(
                "public_url is {base}, but this database belongs to {old}: other servers know it by that name, and its ids can't change any more. Set public_url back to {old}"
            )));
        }
        let mut tx = core.db.begin().await?;
        settings::move_public_url(&mut tx, &old, base, core.urls.authority()).await?;
        settings::set(&mut tx, key::PUBLIC_URL, base).await?;
        tx.commit().await?;
    }
    if actors::instance(&mut core.db.conn()).await?.is_none() {
        let keys = core.keys.make().await?;
        // Named by its authority; a colon can't stand in a name that people use, so nobody else can have it.
        let actor = new_actor(core, ActorKind::Application, core.urls.authority(), keys);
        let mut tx = core.db.begin().await?;
        match actors::insert(&mut tx, &actor).await {
            Ok(_) => {
                settings::set(&mut tx, key::PUBLIC_URL, base).await?;
                tx.commit().await?;
            }
            // Another process that starts at this moment was first.
            Err(Error::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
    keys::complete(core).await?;
    give_reports_a_voice(core).await
}

/// Names for the actor in whose name reports go to other servers; the first is taken where an earlier version let a member
/// or a group have it.
const VOICES: [&str; 4] = ["meldingen", "meldingen_omgeving", "meldingen_server", "meldingen_meent"];

/// Makes sure that there is an actor in whose name reports go to other servers: who reported something stays unknown there.
async fn give_reports_a_voice(core: &Core) -> Result<()> {
    if actors::reporter(&mut core.db.conn()).await?.is_some() {
        return Ok(());
    }
    let keys = core.keys.make().await?;
    let mut tx = core.db.begin().await?;
    for name in VOICES {
        if actors::local_by_name(&mut tx, name).await?.is_some() || registrations::holds_name(&mut tx, name).await? {
            continue;
        }
        let actor = new_actor(core, ActorKind::Service, name, keys);
        return match actors::insert(&mut tx, &actor).await {
            Ok(_) => tx.commit().await,
            // Another process that starts at this moment was first.
            Err(Error::Conflict) => Ok(()),
            Err(error) => Err(error),
        };
    }
    tracing::warn!("every name for the actor that reports go out by is taken; reports stay on this server");
    Ok(())
}

/// Whether somebody administers this instance.
///
/// # Errors
/// When the database can't be read.
pub async fn is_set_up(core: &Core) -> Result<bool> {
    Ok(settings::get(&mut core.db.conn(), key::SET_UP).await?.is_some() || accounts::count_admins(&mut core.db.conn()).await? > 0)
}

/// A new set-up link; the one before no longer works. None when the instance has an administrator.
///
/// # Errors
/// When the database can't be written.
pub async fn new_link(core: &Core) -> Result<Option<String>> {
    if is_set_up(core).await? {
        return Ok(None);
    }
    let token = random_token();
    let mut tx = core.db.begin().await?;
    settings::set(&mut tx, key::SETUP_TOKEN, &token_hash(&token)).await?;
    tx.commit().await?;
    Ok(Some(core.urls.at(&format!("/setup?token={token}"))))
}

/// Whether a set-up link is the one that works now.
///
/// # Errors
/// When the database can't be read.
pub async fn link_works(core: &Core, token: &str) -> Result<bool> {
    if is_set_up(core).await? {
        return Ok(false);
    }
    let kept = settings::get(&mut core.db.conn(), key::SETUP_TOKEN).await?.unwrap_or_default();
    Ok(bool::from(kept.as_bytes().ct_eq(token_hash(token).as_bytes())) && !kept.is_empty())
}

/// What the set-up page asks for.
#[derive(Debug)]
pub struct SetUp<'a> {
    pub region_name: &'a Title,
    pub region_about: &'a About,
    pub language: &'a str,
    pub mode: FederationMode,
    pub registration: RegistrationMode,
    pub name: &'a Name,
    pub display_name: &'a Line,
    pub email: &'a Email,
    pub password_hash: String,
    pub group: Option<(&'a Name, &'a Title, &'a About)>,
    /// For the administrator and for the group; made before.
    pub keys: (KeyPair, KeyPair),
}

/// Sets the instance up, once: of two at the same time, one succeeds. Gives the administrator.
///
/// # Errors
/// [`Error::NotFound`] when it was set up before; [`Error::Invalid`] for names that are taken.
pub async fn set_up(core: &Core, new: SetUp<'_>) -> Result<Actor> {
    let mut tx = core.db.begin().await?;
    if !settings::set_once(&mut tx, key::SET_UP, &core.now().rfc3339()).await? || accounts::count_admins(&mut tx).await? > 0 {
        return Err(Error::NotFound);
    }
    settings::set(&mut tx, key::REGION_NAME, new.region_name.as_str()).await?;
    settings::set(&mut tx, key::REGION_ABOUT, new.region_about.as_str()).await?;
    settings::set(&mut tx, key::LANGUAGE, new.language).await?;
    settings::set(&mut tx, key::FEDERATION_MODE, new.mode.word()).await?;
    settings::set(&mut tx, key::REGISTRATION, new.registration.word()).await?;
    settings::set(&mut tx, key::SETUP_TOKEN, "").await?;
    let member = NewMember {
        name: new.name,
        email: new.email,
        password_hash: new.password_hash,
        display_name: new.display_name,
        admin: true,
        language: new.language,
        keys: new.keys.0,
    };
    let admin = register(core, &mut tx, member).await?;
    if let Some((name, title, about)) = new.group {
        found(core, &mut tx, name, title, about, Some(&admin), new.keys.1).await.map_err(|error| match error {
            Error::Invalid(fields) => Error::Invalid(fields.into_iter().map(|(_, why)| ("group_name", why)).collect()),
            other => other,
        })?;
    }
    core.commit(tx).await?;
    core.rules_changed();
    Ok(admin)
}
