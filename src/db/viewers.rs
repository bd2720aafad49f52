//! What somebody is in a group, in one look at several tables. What that lets them do stands in `model/rights.rs`.

use super::suspensions::holding;
use super::{Conn, on};
use crate::error::Result;
use crate::model::{ActorId, Time};

/// What the tables say of somebody, as such.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "what somebody is in a group, one by one")]
pub struct Roles {
    /// Their account is here and not active.
    pub shut: bool,
    pub admin: bool,
    pub moderator: bool,
    /// The group lives somewhere else from now on.
    pub moved: bool,
    pub suspended: bool,
}

/// Reads it as of `now`.
pub async fn roles(conn: &mut Conn, actor: ActorId, group: ActorId, now: Time) -> Result<Roles> {
    Ok(on!(conn, c => sqlx::query_as(concat!(
        "SELECT EXISTS (SELECT 1 FROM account c WHERE c.actor_id = $1 AND c.state <> 'active') AS shut,
            EXISTS (SELECT 1 FROM account c WHERE c.actor_id = $1 AND c.admin = TRUE) AS admin,
            EXISTS (SELECT 1 FROM moderator o WHERE o.actor_id = $1 AND o.group_id = $2) AS moderator,
            EXISTS (SELECT 1 FROM whereabouts w WHERE w.actor_id = $2 AND w.moved_to IS NOT NULL) AS moved,
            EXISTS (SELECT 1 FROM ", holding!(), ") AS suspended"))
        .bind(actor).bind(group).bind(now).fetch_one(c).await)?)
}
