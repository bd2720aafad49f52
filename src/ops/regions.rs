//! Lists of regions: reading those of others. Ours is written by the federation (`federation/regions.rs`).

use url::Url;

use super::Core;
use super::administering::{host_of, require};
use super::auditing::{Who, record};
use crate::config::is_loopback;
use crate::db::jobs::{self, JobKind};
use crate::db::regions::{self, RegionList};
use crate::db::settings::{self, key};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::model::{Actor, JobId, Time, urls};

/// Lists that we read; each names 500 regions at most.
const MOST_LISTS: usize = 20;

/// The address that somebody typed for a list: of the list, or of an instance that has one.
#[must_use]
pub fn address_of(core: &Core, typed: &str) -> Option<String> {
    let typed = typed.trim();
    let loopback = core.config.federation.loopback;
    let text = if typed.contains("://") {
        typed.to_owned()
    } else {
        let host = host_of(typed)?;
        let here = Url::parse(&format!("http://{host}/")).is_ok_and(|url| is_loopback(&url));
        let path = typed.find('/').map_or("", |at| &typed[at..]);
        format!("{}://{host}{path}", if loopback && here { "http" } else { "https" })
    };
    let url = Url::parse(&text).ok().filter(|url| url.host_str().is_some() && url.username().is_empty() && url.password().is_none())?;
    if !(url.scheme() == "https" || url.scheme() == "http" && loopback && is_loopback(&url)) || text.len() > 1_000 {
        return None;
    }
    // The instance itself says where its list is.
    Some(if matches!(url.path(), "" | "/") { format!("{}://{}/actor", url.scheme(), urls::authority(&url)) } else { url.to_string() })
}

/// Reads a list from now on.
///
/// # Errors
/// [`Error::Forbidden`] for who does not administer, for our own list, one that is read already, of a server that is
/// blocked, or when there are too many.
pub async fn add(core: &Core, tx: &mut Tx, by: &Actor, address: &str) -> Result<()> {
    require(core, tx, by).await?;
    let host = Url::parse(address).map(|url| urls::authority(&url)).unwrap_or_default();
    if host == core.urls.authority() {
        return Err(Error::Forbidden("error-own-host"));
    }
    if core.blocks_in(tx, &host).await? {
        return Err(Error::Forbidden("error-host-blocked"));
    }
    if regions::lists(tx).await?.len() >= MOST_LISTS {
        return Err(Error::Forbidden("error-too-many-lists"));
    }
    let list = RegionList {
        address: address.to_owned(),
        name: String::new(),
        by_id: Some(by.id),
        added_at: core.now(),
        read_at: None,
        error: None,
    };
    if !regions::add_list(tx, &list).await? {
        return Err(Error::Forbidden("error-list-read-already"));
    }
    read(core, tx, address).await?;
    record(core, tx, Who::Member(by), "regions.add", address, "").await
}

/// Reads a list no longer, and forgets what it said.
///
/// # Errors
/// [`Error::Forbidden`] for who does not administer; [`Error::Conflict`] when it was not read.
pub async fn remove(core: &Core, tx: &mut Tx, by: &Actor, address: &str) -> Result<()> {
    require(core, tx, by).await?;
    if !regions::remove_list(tx, address).await? {
        return Err(Error::Conflict);
    }
    record(core, tx, Who::Member(by), "regions.remove", address, "").await
}

/// Reads every list now.
///
/// # Errors
/// [`Error::Forbidden`] for who does not administer.
pub async fn refresh(core: &Core, tx: &mut Tx, by: &Actor) -> Result<()> {
    require(core, tx, by).await?;
    for list in regions::lists(tx).await? {
        read(core, tx, &list.address).await?;
    }
    record(core, tx, Who::Member(by), "regions.refresh", "", "").await
}

async fn read(core: &Core, tx: &mut Tx, address: &str) -> Result<()> {
    jobs::enqueue(tx, JobId(core.ids.next()), JobKind::ReadRegions, address, core.now()).await
}

/// Every list that has not been read for a day is read.
///
/// # Errors
/// When the database can't be written.
pub async fn read_daily(core: &Core, tx: &mut Tx) -> Result<()> {
    let before = core.now().plus(-Time::DAY);
    for list in regions::lists(tx).await?.iter().filter(|list| list.read_at.is_none_or(|at| at <= before)) {
        read(core, tx, &list.address).await?;
    }
    Ok(())
}

/// Whether everybody may read with which regions we are connected.
///
/// # Errors
/// When the database can't be read.
pub async fn publishes(conn: &mut Conn) -> Result<bool> {
    Ok(settings::get(conn, key::PUBLISH_REGIONS).await?.as_deref() == Some("yes"))
}
