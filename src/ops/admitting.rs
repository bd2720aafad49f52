//! Letting in who registered and waits, or not; an administrator's decision.

use super::auditing::{self, Who};
use super::keys::KeyPair;
use super::mailing::{self, Letter};
use super::{Core, registering, viewer_of_instance};
use crate::db::Tx;
use crate::db::registrations::{self, Registration, RegistrationState};
use crate::error::{Error, Result};
use crate::model::names::Body;
use crate::model::rights::may_admit;
use crate::model::{Actor, Lang, RegistrationId, Time};

/// How long administrators can see whom one of them refused, and why.
pub const REFUSED_KEPT: i64 = 30 * Time::DAY;

async fn waiting(core: &Core, tx: &mut Tx, admin: &Actor, id: RegistrationId) -> Result<Registration> {
    if !may_admit(viewer_of_instance(core, tx, admin).await?) {
        return Err(Error::Forbidden("error-only-administrators"));
    }
    // Another administrator may have decided a moment ago.
    registrations::lock(tx, id).await?.filter(|it| it.state == RegistrationState::Waiting).ok_or(Error::Conflict)
}

/// Makes a member of who waits, and mails them that they can log in.
///
/// # Errors
/// [`Error::Conflict`] when it was decided before; [`Error::Invalid`] when the name or the address was taken meanwhile.
pub async fn approve(core: &Core, tx: &mut Tx, admin: &Actor, id: RegistrationId, keys: KeyPair) -> Result<Actor> {
    let registration = waiting(core, tx, admin, id).await?;
    let member = registering::admit(core, tx, &registration, keys).await?;
    let link = core.urls.at("/login?next=/welcome");
    let letter = Letter {
        address: &registration.email,
        member: Some(member.id),
        lang: Lang::from_code(&registration.language).unwrap_or_default(),
        key: "mail-register-approved",
        args: &[("name", member.shown()), ("login", &member.name)],
        link: Some(&link),
    };
    mailing::queue(core, tx, &letter).await?;
    auditing::record(core, tx, Who::Member(admin), "registration.approve", &format!("@{}", member.name), "").await?;
    Ok(member)
}

/// Refuses who waits, and mails them why.
///
/// # Errors
/// [`Error::Conflict`] when it was decided before.
pub async fn refuse(core: &Core, tx: &mut Tx, admin: &Actor, id: RegistrationId, reason: &Body) -> Result<()> {
    let registration = waiting(core, tx, admin, id).await?;
    let now = core.now();
    registrations::refuse(tx, id, admin.id, reason.as_str(), now, now.plus(REFUSED_KEPT)).await?;
    let letter = Letter {
        address: &registration.email,
        member: None,
        lang: Lang::from_code(&registration.language).unwrap_or_default(),
        key: "mail-register-refused",
        args: &[("name", &registration.display_name), ("reason", reason.as_str())],
        link: None,
    };
    mailing::queue(core, tx, &letter).await?;
    auditing::record(core, tx, Who::Member(admin), "registration.refuse", &format!("@{}", registration.name), reason.as_str()).await
}
