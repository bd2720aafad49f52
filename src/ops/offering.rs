//! Asking connected regions which groups they offer. The asking itself is the federation's.

use super::auditing::{Who, record};
use super::{Core, viewer_of_instance};
use crate::db::jobs::{self, JobKind};
use crate::db::{Tx, peer_groups};
use crate::error::{Error, Result};
use crate::model::{Actor, JobId, Time};

/// Every region that has not been asked for a day is asked.
///
/// # Errors
/// When the database can't be written.
pub async fn ask_daily(core: &Core, tx: &mut Tx) -> Result<()> {
    ask_since(core, tx, core.now().plus(-Time::DAY)).await.map(drop)
}

/// Every region is asked now, because an administrator wants it.
///
/// # Errors
/// [`Error::Forbidden`] for who is no administrator.
pub async fn ask_all(core: &Core, tx: &mut Tx, admin: &Actor) -> Result<()> {
    if !viewer_of_instance(core, tx, admin).await?.admin {
        return Err(Error::Forbidden("error-only-administrators"));
    }
    let asked = ask_since(core, tx, core.now()).await?;
    record(core, tx, Who::Member(admin), "groups.ask", &format!("{asked} regions"), "").await
}

async fn ask_since(core: &Core, tx: &mut Tx, before: Time) -> Result<usize> {
    let hosts = peer_groups::to_ask(tx, before).await?;
    for host in &hosts {
        jobs::enqueue(tx, JobId(core.ids.next()), JobKind::AskGroups, host, core.now()).await?;
    }
    Ok(hosts.len())
}
