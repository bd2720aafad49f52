//! Signing up for an event by e-mail, without an account, where the group allows it. Nothing counts before the link in the mail
//! was followed; the same link takes it back.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use subtle::ConstantTimeEq;

use super::attending::{REMARK, left, move_up, place, tell_standing};
use super::mailing::{self, Letter};
use super::members::random_token;
use super::{Core, limits};
use crate::db::settings::{self, key};
use crate::db::{Conn, Tx, actors, attendees, events, groups, posts};
use crate::error::{Error, Result};
use crate::model::names::{Email, Line, clean, cut};
use crate::model::{Attendee, AttendeeId, Event, Lang, Post, Rsvp, SignUp, Standing};

/// What the form of somebody without an account holds.
#[derive(Clone, Copy, Debug)]
pub struct Guest<'a> {
    pub name: &'a Line,
    pub email: &'a Email,
    pub remark: &'a str,
    pub lang: Lang,
}

/// Whether people without an account may sign up for an event of ours.
///
/// # Errors
/// When the database can't be read.
pub async fn are_welcome(core: &Core, conn: &mut Conn, post: &Post, event: &Event) -> Result<bool> {
    let group = actors::by_id(conn, post.group_id).await?;
    Ok(post.local && group.local && core.config.mail.is_set() && event.plan.sign_up.is_here() && groups::page(conn, group.id).await?.guests)
}

/// The key of a row in the links of its mails; nothing can be read from it.
///
/// # Errors
/// When the database can't be written.
pub async fn token(tx: &mut Tx, id: AttendeeId) -> Result<String> {
    settings::set_once(tx, key::GUESTS, &random_token()).await?;
    Ok(sign(tx, id).await?.unwrap_or_default())
}

async fn sign(conn: &mut Conn, id: AttendeeId) -> Result<Option<String>> {
    let Some(secret) = settings::get(conn, key::GUESTS).await? else { return Ok(None) };
    let secret = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    Ok(Some(URL_SAFE_NO_PAD.encode(hmac::sign(&secret, format!("attendee {id}").as_bytes()))))
}

/// That page, for a mail that is being written; none before there is a key to make links with.
///
/// # Errors
/// When the database can't be read.
pub(super) async fn page_of(conn: &mut Conn, id: AttendeeId) -> Result<Option<String>> {
    Ok(sign(conn, id).await?.map(|token| path(id, &token)))
}

/// The path of the page on which somebody confirms, sees how it stands, and takes it back.
#[must_use]
pub fn path(id: AttendeeId, token: &str) -> String {
    format!("/sign-up/{id}/{token}")
}

/// Whose link it is.
///
/// # Errors
/// [`Error::NotFound`] for a link that is not ours, or whose row is gone.
pub async fn meant(conn: &mut Conn, id: AttendeeId, token: &str) -> Result<Attendee> {
    let wanted = sign(conn, id).await?.unwrap_or_default();
    if wanted.is_empty() || !bool::from(wanted.as_bytes().ct_eq(token.as_bytes())) {
        return Err(Error::NotFound);
    }
    attendees::by_id(conn, id).await?.filter(|attendee| attendee.actor_id.is_none()).ok_or(Error::NotFound)
}

/// Somebody types an address: a mail with a link goes there, whatever we know of it, and the page says the same.
///
/// # Errors
/// [`Error::Forbidden`] where that is not offered, or no longer.
pub async fn sign_up(core: &Core, tx: &mut Tx, post: &Post, guest: Guest<'_>) -> Result<()> {
    let post = posts::lock(tx, post.id).await?;
    let event = events::of(tx, post.id).await?.filter(|_| !post.is_deleted()).ok_or(Error::NotFound)?;
    if !are_welcome(core, tx, &post, &event).await? {
        return Err(Error::Forbidden("error-guests-not-welcome"));
    }
    if !event.is_open(core.now()) {
        return Err(Error::Forbidden("error-sign-up-closed"));
    }
    let known = attendees::of_email(tx, post.id, guest.email.as_str()).await?;
    let remark = cut(&clean(guest.remark), REMARK);
    let attendee = match known {
        // Who is in stays in; only the mail goes again.
        Some(known) if known.state != Standing::Unconfirmed && known.state != Standing::Out => known,
        Some(known) => {
            let again = Attendee { name: guest.name.as_str().to_owned(), remark, state: Standing::Unconfirmed, at: core.now(), ..known };
            attendees::update(tx, &again).await?;
            again
        }
        None => {
            let new = Attendee {
                id: AttendeeId(core.ids.next()),
                post_id: post.id,
                actor_id: None,
                email: guest.email.as_str().to_owned(),
                name: guest.name.as_str().to_owned(),
                language: guest.lang.code().to_owned(),
                answer: Rsvp::Yes,
                state: Standing::Unconfirmed,
                remark,
                visible: false,
                ap_id: String::new(),
                online_link: String::new(),
                since: core.now(),
                at: core.now(),
                answered_at: None,
                reminded_at: None,
            };
            attendees::insert(tx, &new).await?;
            new
        }
    };
    if !limits::may_mail(core, tx, "event", guest.email.as_str()).await? {
        return Ok(());
    }
    let link = core.urls.at(&path(attendee.id, &token(tx, attendee.id).await?));
    let letter = Letter {
        address: &attendee.email,
        member: None,
        lang: Lang::from_code(&attendee.language).unwrap_or_default(),
        key: "mail-event-confirm",
        args: &[("title", &post.title)],
        link: Some(&link),
    };
    mailing::queue(core, tx, &letter).await?;
    Ok(())
}

/// Who holds the link comes after all: a place, or one in the line.
///
/// # Errors
/// [`Error::Forbidden`] when nobody can sign up any more.
pub async fn confirm(core: &Core, tx: &mut Tx, attendee: &Attendee) -> Result<Attendee> {
    let post = posts::lock(tx, attendee.post_id).await?;
    let event = events::of(tx, post.id).await?.filter(|_| !post.is_deleted()).ok_or(Error::Gone)?;
    let now = attendees::by_id(tx, attendee.id).await?.ok_or(Error::NotFound)?;
    if !matches!(now.state, Standing::Unconfirmed | Standing::Out) {
        return Ok(now);
    }
    if !event.is_open(core.now()) {
        return Err(Error::Forbidden("error-sign-up-closed"));
    }
    let state = if event.plan.sign_up == SignUp::Approval { Standing::Asked } else { place(tx, &post, &event).await? };
    let changed = Attendee { answer: Rsvp::Yes, state, since: core.now(), at: core.now(), reminded_at: None, ..now };
    attendees::update(tx, &changed).await?;
    tell_standing(core, tx, &post, &changed).await?;
    Ok(changed)
}

/// Who holds the link does not come; who waits moves up.
///
/// # Errors
/// When the database can't be written.
pub async fn withdraw(core: &Core, tx: &mut Tx, attendee: &Attendee) -> Result<Attendee> {
    let post = posts::lock(tx, attendee.post_id).await?;
    let now = attendees::by_id(tx, attendee.id).await?.ok_or(Error::NotFound)?;
    let state = left(&post, now.state);
    let changed = Attendee { answer: Rsvp::No, state, remark: String::new(), at: core.now(), ..now.clone() };
    attendees::update(tx, &changed).await?;
    if now.state == Standing::In
        && let Some(event) = events::of(tx, post.id).await?
    {
        move_up(core, tx, &post, &event).await?;
    }
    Ok(changed)
}

/// Queues a mail about the event, which is written when it is sent: from what they may see then.
///
/// # Errors
/// When the database can't be written.
pub(super) async fn tell(core: &Core, tx: &mut Tx, attendee: &Attendee, sentence: &str) -> Result<()> {
    if attendee.state == Standing::Unconfirmed || !core.config.mail.is_set() {
        return Ok(());
    }
    token(tx, attendee.id).await?;
    mailing::queue_for_guest(core, tx, attendee, sentence).await?;
    Ok(())
}
