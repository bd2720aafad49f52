//! Signing up without an account: the form, and the page behind the link in the mail. Asking for that page changes nothing:
//! programs that look at links in mails do that.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::block::sentence;
use super::span;
use crate::db::{Conn, events, posts};
use crate::error::{Error, Result};
use crate::model::names::{Email, Line, Refused};
use crate::model::{Attendee, AttendeeId, Event, Post, PostId, Standing};
use crate::ops::guests::{self, Guest};
use crate::ops::limits;
use crate::web::forms::{Check, Field, Sent, Typed};
use crate::web::page::{Shown, html, html_with};
use crate::web::session::{flash_to, to};
use crate::web::ui::Ui;
use crate::web::{At, Client, Web};

/// Forms from one address in an hour: a town hall full of people may sign up on the same morning.
const SIGN_UPS: i64 = 60;

#[derive(Template)]
#[template(path = "event/guest.html", config = "src/web/askama.toml")]
struct GuestPage {
    ui: Ui,
    post: Post,
    when: String,
    fields: Vec<Field>,
    /// The address that a mail went to.
    sent_to: Option<String>,
}

fn page(ui: Ui, post: Post, event: &Event, typed: &Typed, refused: &[(&'static str, Refused)]) -> GuestPage {
    let mut fields = vec![
        ui.field("guest-name", "name", typed.get("name")).of_type("text", "name"),
        ui.field("guest-email", "email", typed.get("email")).of_type("email", "email"),
        ui.field("event-remark", "remark", typed.get("remark")).area(2).optional(&ui),
    ];
    ui.mark(&mut fields, refused);
    let when = span(ui.lang, event.plan.tz(), event.plan.starts_at, event.plan.ends_at);
    GuestPage { ui, post, when, fields, sent_to: None }
}

/// The event, where people without an account may sign up for it now.
async fn welcoming(web: &Web, conn: &mut Conn, id: PostId) -> Result<(Post, Event)> {
    let post = posts::by_id(conn, id).await?;
    let event = events::of(conn, post.id).await?.ok_or(Error::NotFound)?;
    if post.is_deleted() {
        return Err(Error::Gone);
    }
    if !guests::are_welcome(&web.core, conn, &post, &event).await? {
        return Err(Error::Forbidden("error-guests-not-welcome"));
    }
    if event.is_open(web.core.now()) { Ok((post, event)) } else { Err(Error::Forbidden("error-sign-up-closed")) }
}

pub async fn show(State(web): State<Web>, ui: Ui, At(id): At<PostId>) -> Shown {
    if ui.logged_in() {
        return Ok(to(&format!("/post/{id}")));
    }
    let (post, event) = welcoming(&web, &mut web.core.db.conn(), id).await?;
    html(&page(ui, post, &event, &Typed::default(), &[]))
}

/// The answer is the same, whatever is known of the address.
pub async fn sign_up(State(web): State<Web>, Client(address): Client, At(id): At<PostId>, form: Sent) -> Shown {
    let (post, event) = welcoming(&web, &mut web.core.db.conn(), id).await?;
    limits::count(&web.core, "event-sign-up", &address.to_string(), SIGN_UPS).await?;
    let mut check = Check::default();
    let name = check.take("name", Line::parse(form.typed.get("name")).and_then(must_be_there));
    let email = check.take("email", Email::parse(form.typed.get("email")));
    let (Some(name), Some(email)) = (name, email) else {
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(form.ui, post, &event, &form.typed, &check.0));
    };
    let guest = Guest { name: &name, email: &email, remark: form.typed.get("remark"), lang: form.ui.lang };
    let mut tx = web.core.db.begin().await?;
    guests::sign_up(&web.core, &mut tx, &post, guest).await?;
    web.core.commit(tx).await?;
    let page = page(form.ui, post, &event, &form.typed, &[]);
    html(&GuestPage { sent_to: Some(email.to_string()), ..page })
}

fn must_be_there(line: Line) -> Result<Line, Refused> {
    if line.as_str().is_empty() { Err(Refused::Empty) } else { Ok(line) }
}

#[derive(Template)]
#[template(path = "event/guest_standing.html", config = "src/web/askama.toml")]
struct StandingPage {
    ui: Ui,
    post: Post,
    event: Event,
    when: String,
    path: String,
    attendee: Attendee,
    sentence: String,
    may_confirm: bool,
    may_withdraw: bool,
}

/// Whose link it is.
async fn meant(conn: &mut Conn, id: &str, token: &str) -> Result<Attendee> {
    let id: AttendeeId = id.parse().map_err(|_| Error::NotFound)?;
    guests::meant(conn, id, token).await
}

pub async fn standing(State(web): State<Web>, ui: Ui, Path((id, token)): Path<(String, String)>) -> Shown {
    let mut conn = web.core.db.conn();
    let attendee = meant(&mut conn, &id, &token).await?;
    let post = posts::by_id(&mut conn, attendee.post_id).await?;
    let event = events::of(&mut conn, post.id).await?.ok_or(Error::NotFound)?;
    if post.is_deleted() {
        return Err(Error::Gone.into());
    }
    html(&StandingPage {
        when: span(ui.lang, event.plan.tz(), event.plan.starts_at, event.plan.ends_at),
        sentence: sentence(&mut conn, &ui, &post, &attendee).await?,
        may_confirm: matches!(attendee.state, Standing::Unconfirmed | Standing::Out) && event.is_open(web.core.now()),
        may_withdraw: !matches!(attendee.state, Standing::Out | Standing::Refused) && web.core.now() < event.plan.over_at(),
        path: guests::path(attendee.id, &token),
        ui,
        post,
        event,
        attendee,
    })
}

pub async fn change(State(web): State<Web>, Path((id, token)): Path<(String, String)>, form: Sent) -> Shown {
    let mut tx = web.core.db.begin().await?;
    let attendee = meant(&mut tx, &id, &token).await?;
    match form.typed.get("action") {
        "confirm" => guests::confirm(&web.core, &mut tx, &attendee).await?,
        "withdraw" => guests::withdraw(&web.core, &mut tx, &attendee).await?,
        _ => return Err(Error::Bad("neither yes nor no".into()).into()),
    };
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-event-answered", &guests::path(attendee.id, &token)))
}
