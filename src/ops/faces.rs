//! The pictures of members, of groups and of the region.

use super::auditing::{self, Who};
use super::founding::say_changed;
use super::moderating::note_admin;
use super::{Core, files, members, viewer, viewer_of_instance};
use crate::db::settings::{self, key};
use crate::db::{Tx, actors};
use crate::error::{Error, Result};
use crate::model::rights::{may_change_logo, may_describe};
use crate::model::{Actor, FileHash};

/// Gives a member another photo, or none.
///
/// # Errors
/// [`Error::NotFound`] when the picture has been thrown away meanwhile.
pub async fn set_photo(core: &Core, tx: &mut Tx, member: &Actor, picture: Option<&FileHash>) -> Result<()> {
    members::still_here(tx, member).await?;
    set_icon(core, tx, member, picture).await
}

/// Gives a group of ours another picture, or none.
///
/// # Errors
/// [`Error::Forbidden`] for who does not moderate it.
pub async fn set_group_picture(core: &Core, tx: &mut Tx, by: &Actor, group: &Actor, picture: Option<&FileHash>) -> Result<()> {
    let who = viewer(core, tx, Some(by), group.id).await?;
    if !may_describe(who, group) {
        return Err(Error::Forbidden("error-only-moderators"));
    }
    set_icon(core, tx, group, picture).await?;
    note_admin(core, tx, who, by, "group.picture", &group.name).await
}

async fn set_icon(core: &Core, tx: &mut Tx, actor: &Actor, picture: Option<&FileHash>) -> Result<()> {
    let mut changed = actors::lock(tx, actor.id).await?;
    let before = changed.icon_file.clone();
    if before.as_ref() == picture {
        return Ok(());
    }
    if let Some(hash) = picture {
        files::begin_use(tx, hash).await?;
    }
    (changed.icon_file, changed.updated_at) = (picture.cloned(), core.now());
    actors::set_icon(tx, actor.id, picture, changed.updated_at).await?;
    files::end_use(core, tx, before).await?;
    say_changed(core, tx, &changed).await
}

/// Gives the region another logo, or none.
///
/// # Errors
/// [`Error::Forbidden`] for who does not administer it.
pub async fn set_logo(core: &Core, tx: &mut Tx, by: &Actor, picture: Option<&FileHash>) -> Result<()> {
    if !may_change_logo(viewer_of_instance(core, tx, by).await?) {
        return Err(Error::Forbidden("error-only-administrators"));
    }
    let before = settings::get(tx, key::LOGO).await?.and_then(|hash| hash.parse::<FileHash>().ok());
    if before.as_ref() == picture {
        return Ok(());
    }
    let detail = if let Some(hash) = picture {
        files::begin_use(tx, hash).await?;
        settings::set(tx, key::LOGO, hash.as_str()).await?;
        "set"
    } else {
        settings::unset(tx, key::LOGO).await?;
        "removed"
    };
    files::end_use(core, tx, before).await?;
    auditing::record(core, tx, Who::Member(by), "region.logo", "region", detail).await
}
