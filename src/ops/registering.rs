//! Registering: somebody asks to become a member, confirms their address and, by the instance's setting, is one at once
//! or waits for an administrator. Until then nothing of them is an actor.

use super::keys::KeyPair;
use super::limits::may_mail;
use super::mailing::{self, Letter};
use super::members::{self, NewMember, random_token, token_hash};
use super::notifying::{self, Notice};
use super::{Core, following};
use crate::config::RegistrationMode;
use crate::db::invitations::{self, Invitation};
use crate::db::notifications::NoticeKind;
use crate::db::registrations::{self, Registration, RegistrationState};
use crate::db::settings::{self, key};
use crate::db::{Conn, Tx, accounts, actors};
use crate::error::{Error, Result};
use crate::model::names::{Email, Line, Name, Refused};
use crate::model::{Actor, Lang, RegistrationId, Time};

/// How long the link in the mail works.
pub const CONFIRM_WITHIN: i64 = 48 * Time::HOUR;

/// What somebody brings who registers.
#[derive(Debug)]
pub struct NewRegistration<'a> {
    pub name: &'a Name,
    pub email: &'a Email,
    pub display_name: &'a Line,
    pub organisation: &'a Line,
    /// Why they want to join, where that is asked.
    pub motivation: &'a str,
    /// From [`super::passwords::accept`].
    pub password_hash: String,
    pub lang: Lang,
}

/// What came of confirming an address.
#[derive(Debug)]
pub enum Confirmed {
    Member(Box<Actor>),
    /// An administrator decides.
    Waiting,
}

/// Who may become a member: what file or environment fix, else what was chosen, else who is invited.
///
/// # Errors
/// When the database can't be read.
pub async fn mode(core: &Core, conn: &mut Conn) -> Result<RegistrationMode> {
    if let Some(fixed) = core.config.fixed_registration() {
        return Ok(fixed);
    }
    let chosen = settings::get(conn, key::REGISTRATION).await?;
    Ok(chosen.and_then(|word| RegistrationMode::from_word(&word)).unwrap_or_default())
}

/// Takes a registration and mails a link to confirm the address. To an address that has an account already, another mail
/// goes, and everything else is the same: whoever registers does not learn which it was. Even the name is held, or the next
/// attempt would tell.
///
/// # Errors
/// [`Error::Invalid`] when the name is taken; [`Error::Forbidden`] when this instance takes only invited people, or the
/// invitation has ended.
pub async fn register(core: &Core, tx: &mut Tx, new: NewRegistration<'_>, invitation: Option<&Invitation>) -> Result<()> {
    check_door(core, tx, invitation).await?;
    check_name(core, tx, new.name).await?;
    if let Some(invitation) = invitation {
        take_place(core, tx, invitation).await?;
    }
    let (email, lang) = (new.email, new.lang);
    let (token, now) = (random_token(), core.now());
    let registration = Registration {
        id: RegistrationId(core.ids.next()),
        name: new.name.as_str().to_owned(),
        email: email.as_str().to_owned(),
        display_name: new.display_name.as_str().to_owned(),
        organisation: organisation_of(&new, invitation),
        motivation: new.motivation.to_owned(),
        password_hash: new.password_hash,
        language: lang.code().to_owned(),
        invitation_id: invitation.map(|invitation| invitation.id),
        token_hash: token_hash(&token),
        state: RegistrationState::New,
        confirmed_at: None,
        decided_by: None,
        decided_at: None,
        reason: String::new(),
        created_at: now,
        expires_at: now.plus(CONFIRM_WITHIN),
    };
    registrations::insert(tx, &registration).await.map_err(name_taken)?;
    mail_link(core, tx, email.as_str(), lang, &token).await
}

/// What an organisation's invitation says of it counts.
fn organisation_of(new: &NewRegistration<'_>, invitation: Option<&Invitation>) -> String {
    let fixed = invitation.map(|invitation| invitation.organisation.as_str()).filter(|fixed| !fixed.is_empty());
    fixed.unwrap_or_else(|| new.organisation.as_str()).to_owned()
}

fn name_taken(error: Error) -> Error {
    if matches!(error, Error::Conflict) { Error::field("name", Refused::Taken) } else { error }
}

async fn check_door(core: &Core, conn: &mut Conn, invitation: Option<&Invitation>) -> Result<()> {
    if invitation.is_none() && mode(core, conn).await? == RegistrationMode::Invite {
        return Err(Error::Forbidden("error-by-invitation"));
    }
    Ok(())
}

async fn check_name(core: &Core, tx: &mut Tx, name: &Name) -> Result<()> {
    expire(core, tx).await?;
    if actors::local_by_name(tx, name.as_str()).await?.is_some() || registrations::holds_name(tx, name.as_str()).await? {
        return Err(Error::field("name", Refused::Taken));
    }
    Ok(())
}

async fn take_place(core: &Core, tx: &mut Tx, invitation: &Invitation) -> Result<()> {
    if invitations::take_place(tx, invitation.id, core.now()).await? { Ok(()) } else { Err(Error::Forbidden("error-invitation-ended")) }
}

/// Forgets registrations that nobody confirmed in time, and gives back the places they held.
///
/// # Errors
/// When the database can't be written.
pub async fn expire(core: &Core, tx: &mut Tx) -> Result<()> {
    for invitation in registrations::expire(tx, core.now()).await? {
        invitations::give_back(tx, invitation).await?;
    }
    Ok(())
}

/// Mails the link; to who has an account already, that they have one. Nothing in it was typed by whoever registered: it may
/// be somebody else's address.
async fn mail_link(core: &Core, tx: &mut Tx, email: &str, lang: Lang, token: &str) -> Result<()> {
    if !may_mail(core, tx, "registration", email).await? {
        return Ok(());
    }
    let confirm = core.urls.at(&format!("/register/confirm?token={token}"));
    let log_in = core.urls.at("/login");
    let account = accounts::by_email(tx, email).await?;
    let letter = match &account {
        None => Letter { address: email, member: None, lang, key: "mail-register-confirm", args: &[], link: Some(&confirm) },
        Some(account) => Letter {
            address: email,
            member: Some(account.actor_id),
            lang: Lang::from_code(&account.language).unwrap_or_default(),
            key: "mail-register-known",
            args: &[],
            link: Some(&log_in),
        },
    };
    mailing::queue(core, tx, &letter).await?;
    Ok(())
}

/// Mails the link once more to who lost it. Says nothing of whether there was anything to mail.
///
/// # Errors
/// When the database can't be written.
pub async fn mail_again(core: &Core, tx: &mut Tx, email: &Email) -> Result<()> {
    let now = core.now();
    let Some(registration) = registrations::unconfirmed(tx, email.as_str(), now).await?.into_iter().next() else { return Ok(()) };
    let token = random_token();
    registrations::renew(tx, registration.id, &token_hash(&token), now.plus(CONFIRM_WITHIN)).await?;
    let lang = Lang::from_code(&registration.language).unwrap_or_default();
    mail_link(core, tx, email.as_str(), lang, &token).await
}

/// The registration that a link in a mail belongs to, when it has not run out.
///
/// # Errors
/// When the database can't be read.
pub async fn by_link(core: &Core, conn: &mut Conn, token: &str) -> Result<Option<Registration>> {
    let found = registrations::by_token(conn, &token_hash(token)).await?;
    Ok(found.filter(|it| match it.state {
        RegistrationState::New => it.expires_at > core.now(),
        RegistrationState::Waiting => true,
        RegistrationState::Refused => false,
    }))
}

/// Whether confirming makes a member at once: keys have to be made before the transaction.
///
/// # Errors
/// When the database can't be read.
pub async fn needs_keys(core: &Core, conn: &mut Conn, registration: &Registration) -> Result<bool> {
    let open = registration.invitation_id.is_some() || mode(core, conn).await? == RegistrationMode::Open;
    Ok(open && registration.state == RegistrationState::New)
}

/// Confirms an address. With `keys`, who registered is a member now; without, the administrators are told that somebody
/// waits. Of two at the same time, one does it.
///
/// # Errors
/// [`Error::NotFound`] when the link is no good any more; [`Error::Invalid`] when the name or the address was taken meanwhile.
pub async fn confirm(core: &Core, tx: &mut Tx, token: &str, keys: Option<KeyPair>) -> Result<Confirmed> {
    let found = by_link(core, tx, token).await?.ok_or(Error::NotFound)?;
    let registration = registrations::lock(tx, found.id).await?.ok_or(Error::NotFound)?;
    match (registration.state, keys) {
        (RegistrationState::New, Some(keys)) => Ok(Confirmed::Member(Box::new(admit(core, tx, &registration, keys).await?))),
        (RegistrationState::New, None) => {
            registrations::wait(tx, registration.id, core.now()).await?;
            tell_administrators(core, tx, &registration).await?;
            Ok(Confirmed::Waiting)
        }
        (RegistrationState::Waiting, _) => Ok(Confirmed::Waiting),
        (RegistrationState::Refused, _) => Err(Error::NotFound),
    }
}

async fn tell_administrators(core: &Core, tx: &mut Tx, registration: &Registration) -> Result<()> {
    for (admin,) in accounts::lock_admins(tx).await? {
        let shown = if registration.display_name.is_empty() { &registration.name } else { &registration.display_name };
        let notice = Notice {
            to: admin,
            kind: NoticeKind::Membership,
            sentence: "notice-registration-waiting",
            post: None,
            from: None,
            group: None,
            detail: shown,
        };
        notifying::tell(core, tx, notice).await?;
    }
    Ok(())
}

/// Makes a member of somebody who was invited by mail to this very address: the link is the proof that it is theirs.
///
/// # Errors
/// As [`register`]; and [`Error::Invalid`] when the address has an account already.
pub async fn join_invited(core: &Core, tx: &mut Tx, new: NewRegistration<'_>, invitation: &Invitation, keys: KeyPair) -> Result<Actor> {
    if invitation.email != new.email.as_str() {
        return Err(Error::Internal("the invitation went to another address".into()));
    }
    check_name(core, tx, new.name).await?;
    take_place(core, tx, invitation).await?;
    let organisation = organisation_of(&new, Some(invitation));
    let member = NewMember {
        name: new.name,
        email: new.email,
        password_hash: new.password_hash,
        display_name: new.display_name,
        admin: false,
        language: new.lang.code(),
        keys,
    };
    settle_in(core, tx, member, &organisation, Some(invitation)).await
}

/// Makes a member of who registered; the registration is gone then.
///
/// # Errors
/// [`Error::Invalid`] when the name or the address was taken meanwhile.
pub(super) async fn admit(core: &Core, tx: &mut Tx, registration: &Registration, keys: KeyPair) -> Result<Actor> {
    registrations::remove(tx, registration.id).await?;
    let stored = |_| Error::Internal("a registration does not read".into());
    let (name, email, display_name) = (
        Name::parse(&registration.name).map_err(stored)?,
        Email::parse(&registration.email).map_err(stored)?,
        Line::parse(&registration.display_name).map_err(stored)?,
    );
    let invitation = match registration.invitation_id {
        Some(id) => Some(invitations::by_id(tx, id).await?),
        None => None,
    };
    let member = NewMember {
        name: &name,
        email: &email,
        password_hash: registration.password_hash.clone(),
        display_name: &display_name,
        admin: false,
        language: &registration.language,
        keys,
    };
    settle_in(core, tx, member, &registration.organisation, invitation.as_ref()).await
}

async fn settle_in(core: &Core, tx: &mut Tx, new: NewMember<'_>, organisation: &str, invitation: Option<&Invitation>) -> Result<Actor> {
    let mut member = members::register(core, tx, new).await?;
    organisation.clone_into(&mut member.organisation);
    actors::describe(tx, &member).await?;
    if let Some(group) = invitation.and_then(|invitation| invitation.group_id) {
        let group = actors::by_id(tx, group).await?;
        if group.deleted_at.is_none() {
            following::join(core, tx, &member, &group).await?;
        }
    }
    Ok(member)
}
