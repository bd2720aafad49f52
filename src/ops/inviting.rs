//! Invitations: to one address, by mail, or a link that an organisation shares among its people.

use super::auditing::{self, Who};
use super::limits::may_mail;
use super::mailing::{self, Letter};
use super::members::{random_token, token_hash};
use super::{Core, registering, viewer_of_instance};
use crate::db::invitations::{self, Ended, Invitation};
use crate::db::{Tx, accounts, registrations};
use crate::error::{Error, Result};
use crate::model::names::{About, Email, Refused, Title};
use crate::model::rights::may_admit;
use crate::model::{Actor, ActorId, InvitationId, Lang, Time};

/// The most people one link can let in.
pub const MOST: i64 = 1_000;

/// Who is invited.
#[derive(Debug)]
pub enum Whom<'a> {
    /// One person, by mail.
    Person { email: &'a Email, note: &'a About },
    /// As many people of an organisation; a link to share.
    Organisation { name: &'a Title, maximum: i64 },
}

/// Makes an invitation; gives its link, which nobody can look up again.
///
/// # Errors
/// [`Error::Forbidden`] for who is no administrator; [`Error::Invalid`] for an address that has an account.
pub async fn invite(
    core: &Core,
    tx: &mut Tx,
    admin: &Actor,
    whom: &Whom<'_>,
    group: Option<ActorId>,
    days: i64,
    lang: Lang,
) -> Result<String> {
    if !may_admit(viewer_of_instance(core, tx, admin).await?) {
        return Err(Error::Forbidden("error-only-administrators"));
    }
    let (token, now) = (random_token(), core.now());
    let link = core.urls.at(&format!("/invite/{token}"));
    let (email, organisation, note, maximum) = match whom {
        Whom::Person { email, note } => (email.as_str(), "", note.as_str(), 1),
        Whom::Organisation { name, maximum } => ("", name.as_str(), "", (*maximum).clamp(1, MOST)),
    };
    let invitation = Invitation {
        id: InvitationId(core.ids.next()),
        token_hash: token_hash(&token),
        email: email.to_owned(),
        organisation: organisation.to_owned(),
        note: note.to_owned(),
        group_id: group,
        maximum,
        used: 0,
        expires_at: now.plus(days * Time::DAY),
        revoked_at: None,
        created_by: admin.id,
        created_at: now,
    };
    if !email.is_empty() {
        if accounts::by_email(tx, email).await?.is_some() {
            return Err(Error::field("email", Refused::Taken));
        }
        if may_mail(core, tx, "invitation", email).await? {
            let key = if note.is_empty() { "mail-invitation" } else { "mail-invitation-note" };
            let days = days.to_string();
            let letter = Letter {
                address: email,
                member: None,
                lang,
                key,
                args: &[("from", admin.shown()), ("note", note), ("days", &days)],
                link: Some(&link),
            };
            mailing::queue(core, tx, &letter).await?;
        }
    }
    invitations::insert(tx, &invitation).await?;
    let detail = if email.is_empty() { format!("{organisation}, {maximum}") } else { "one person".to_owned() };
    auditing::record(core, tx, Who::Member(admin), "invitation.create", &invitation.id.to_string(), &detail).await?;
    Ok(link)
}

/// Ends an invitation. Who used it without confirming their address yet can't go on either: a link that leaked is closed.
///
/// # Errors
/// [`Error::Forbidden`] for who is no administrator.
pub async fn revoke(core: &Core, tx: &mut Tx, admin: &Actor, id: InvitationId) -> Result<()> {
    if !may_admit(viewer_of_instance(core, tx, admin).await?) {
        return Err(Error::Forbidden("error-only-administrators"));
    }
    if invitations::revoke(tx, id, core.now()).await? {
        registrations::remove_of_invitation(tx, id).await?;
        auditing::record(core, tx, Who::Member(admin), "invitation.revoke", &id.to_string(), "").await?;
    }
    Ok(())
}

/// The invitation behind a link, and what keeps it from being used.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn by_link(core: &Core, token: &str) -> Result<(Invitation, Option<Ended>)> {
    let hash = token_hash(token);
    let invitation = invitations::by_token(&mut core.db.conn(), &hash).await?.ok_or(Error::NotFound)?;
    let ended = invitation.ended(core.now());
    if ended != Some(Ended::Full) {
        return Ok((invitation, ended));
    }
    // Somebody may have let their place run out.
    let mut tx = core.db.begin().await?;
    registering::expire(core, &mut tx).await?;
    let invitation = invitations::by_token(&mut tx, &hash).await?.ok_or(Error::NotFound)?;
    tx.commit().await?;
    let ended = invitation.ended(core.now());
    Ok((invitation, ended))
}
