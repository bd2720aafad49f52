//! Registering: the form, the mail that was sent, and confirming the address.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::{FormPage, SaidPage, led_to, remember};
use crate::config::RegistrationMode;
use crate::db::invitations::Invitation;
use crate::error::{Error, Result};
use crate::model::ActorId;
use crate::model::names::{Body, Email, Line, Name, Password, Refused};
use crate::ops::members::{hash_password, start_session_with};
use crate::ops::registering::{self, Confirmed, NewRegistration};
use crate::ops::{limits, passwords};
use crate::web::forms::{Check, Sent, Typed};
use crate::web::page::{PageError, Shown, html, html_with};
use crate::web::session::{self, flash_to, to};
use crate::web::ui::Ui;
use crate::web::{Agent, Client, Listing, Web};

/// Registrations from one address in an hour: a town hall full of people may begin on the same morning.
const REGISTRATIONS: i64 = 40;

/// What somebody filled in, read.
pub struct Filled {
    pub name: Name,
    pub display_name: Line,
    pub email: Email,
    pub organisation: Line,
    pub motivation: String,
    pub password_hash: String,
}

impl Filled {
    /// What the verbs take.
    pub fn new_registration(&self, ui: &Ui) -> NewRegistration<'_> {
        NewRegistration {
            name: &self.name,
            email: &self.email,
            display_name: &self.display_name,
            organisation: &self.organisation,
            motivation: &self.motivation,
            password_hash: self.password_hash.clone(),
            lang: ui.lang,
        }
    }
}

/// The form; `action` differs for who is invited.
pub fn page(
    ui: Ui,
    action: &str,
    typed: &Typed,
    asks_why: bool,
    invitation: Option<&Invitation>,
    refused: &[(&'static str, Refused)],
) -> FormPage {
    let value = |name: &str| typed.get(name);
    let mut fields = vec![
        ui.field("register-display-name", "display_name", value("display_name")).of_type("text", "name"),
        ui.field("register-name", "name", value("name")).of_type("text", "username"),
        ui.field("register-email", "email", value("email")).of_type("email", "email"),
    ];
    if invitation.is_none_or(|invitation| invitation.organisation.is_empty()) {
        fields.push(ui.field("profile-organisation", "organisation", value("organisation")).of_type("text", "organization").optional(&ui));
    }
    if asks_why {
        fields.push(ui.field("register-why", "motivation", value("motivation")).area(4));
    }
    fields.push(ui.field("register-password", "password", "").of_type("password", "new-password"));
    ui.mark(&mut fields, refused);
    let once = typed.once();
    FormPage::new(ui, "register-title", action, "register-send", fields).hidden("once", &once)
}

/// Reads the form, counts the attempt and hashes the password.
///
/// # Errors
/// [`Error::Invalid`] with every field that is wrong.
pub async fn read(web: &Web, typed: &Typed, address: &str, asks_why: bool) -> Result<Filled> {
    let mut check = Check::default();
    let display_name = check.take("display_name", Line::parse(typed.get("display_name")).and_then(must_be_there));
    let name = check.take("name", Name::parse(typed.get("name")));
    let email = check.take("email", Email::parse(typed.get("email")));
    let organisation = check.take("organisation", Line::parse(typed.get("organisation")));
    let why = if asks_why {
        check.take("motivation", Body::parse(typed.get("motivation"))).map(|why| why.to_string())
    } else {
        Some(String::new())
    };
    let password = check.take("password", Password::parse(typed.get("password")));
    limits::count(&web.core, "register", address, REGISTRATIONS).await?;
    if let Some(password) = &password {
        let about = ["name", "display_name", "email", "organisation"].map(|field| typed.get(field));
        match passwords::check(&web.core, password, &about).await {
            Err(Error::Invalid(refused)) => check.0.extend(refused),
            checked => checked?,
        }
    }
    let (Some(display_name), Some(name), Some(email), Some(organisation), Some(motivation), Some(password)) =
        (display_name, name, email, organisation, why, password)
    else {
        return Err(Error::Invalid(check.0));
    };
    if !check.0.is_empty() {
        return Err(Error::Invalid(check.0));
    }
    let password_hash = hash_password(&password).await?;
    Ok(Filled { name, display_name, email, organisation, motivation, password_hash })
}

fn must_be_there(line: Line) -> Result<Line, Refused> {
    if line.as_str().is_empty() { Err(Refused::Empty) } else { Ok(line) }
}

async fn mode(web: &Web) -> Result<RegistrationMode> {
    registering::mode(&web.core, &mut web.core.db.conn()).await
}

fn by_invitation(ui: Ui) -> Shown {
    html(
        &SaidPage::new(ui, "register-title", &["register-by-invitation", "register-by-invitation.how"])
            .link("/login", "log-in")
            .link("/about", "foot-about"),
    )
}

fn ready(page: FormPage, mode: RegistrationMode) -> FormPage {
    let lead = page.ui.t(if mode == RegistrationMode::Approval { "register-lead-approval" } else { "register-lead" });
    page.lead(lead).link("/login", "register-known").link("/register/again", "register-again-title")
}

pub async fn show(State(web): State<Web>, ui: Ui) -> Shown {
    if ui.logged_in() {
        return Ok(to("/account"));
    }
    match mode(&web).await? {
        RegistrationMode::Invite => by_invitation(ui),
        mode => html(&ready(page(ui, "/register", &Typed::default(), mode == RegistrationMode::Approval, None, &[]), mode)),
    }
}

pub async fn register(State(web): State<Web>, Client(address): Client, Sent { ui, typed }: Sent) -> Shown {
    let mode = mode(&web).await?;
    if mode == RegistrationMode::Invite {
        return Err(Error::Forbidden("error-by-invitation").into());
    }
    if let Some(before) = led_to(&web, &typed.once()).await? {
        return Ok(to(&before));
    }
    let asks_why = mode == RegistrationMode::Approval;
    match taken(&web, &ui, &typed, &address.to_string(), asks_why, None).await {
        Err(Error::Invalid(refused)) => match led_to(&web, &typed.once()).await? {
            // Sent twice at the same time: the name is taken by the first of the two.
            Some(before) => Ok(to(&before)),
            None => html_with(StatusCode::UNPROCESSABLE_ENTITY, &ready(page(ui, "/register", &typed, asks_why, None, &refused), mode)),
        },
        other => Ok(other?),
    }
}

/// Takes a registration that has to be confirmed by mail.
pub async fn taken(web: &Web, ui: &Ui, typed: &Typed, address: &str, asks_why: bool, invitation: Option<&Invitation>) -> Result<Response> {
    let filled = read(web, typed, address, asks_why).await?;
    let mut tx = web.core.db.begin().await?;
    registering::register(&web.core, &mut tx, filled.new_registration(ui), invitation).await?;
    remember(web, &mut tx, &typed.once(), "/register/sent").await?;
    web.core.commit(tx).await?;
    Ok(to("/register/sent"))
}

pub async fn sent(ui: Ui) -> Shown {
    html(&SaidPage::new(ui, "register-sent-title", &["register-sent", "register-sent.how"]).link("/register/again", "register-again-title"))
}

fn again_page(ui: Ui, typed: &Typed, refused: &[(&'static str, Refused)]) -> FormPage {
    let mut fields = vec![ui.field("register-email", "email", typed.get("email")).of_type("email", "email")];
    ui.mark(&mut fields, refused);
    let lead = ui.t("register-again-lead");
    FormPage::new(ui, "register-again-title", "/register/again", "register-again-send", fields).lead(lead)
}

pub async fn again(ui: Ui) -> Shown {
    html(&again_page(ui, &Typed::default(), &[]))
}

/// The same page whether there was anything to mail or not.
pub async fn mail_again(State(web): State<Web>, Client(address): Client, Sent { ui, typed }: Sent) -> Shown {
    let email = match Email::parse(typed.get("email")) {
        Ok(email) => email,
        Err(why) => return html_with(StatusCode::UNPROCESSABLE_ENTITY, &again_page(ui, &typed, &[("email", why)])),
    };
    limits::count(&web.core, "register", &address.to_string(), REGISTRATIONS).await?;
    let mut tx = web.core.db.begin().await?;
    registering::mail_again(&web.core, &mut tx, &email).await?;
    web.core.commit(tx).await?;
    Ok(to("/register/sent"))
}

fn no_good(ui: Ui) -> Shown {
    let page = SaidPage::new(ui, "confirm-expired-title", &["confirm-expired", "confirm-expired.how"]);
    html_with(StatusCode::NOT_FOUND, &page.link("/register/again", "register-again-title").link("/login", "log-in"))
}

/// Only shows a button: programs that look at mails open the links in them.
pub async fn ask_confirmation(State(web): State<Web>, ui: Ui, Query(listing): Query<Listing>) -> Shown {
    let token = listing.token.unwrap_or_default();
    let Some(registration) = registering::by_link(&web.core, &mut web.core.db.conn(), &token).await? else { return no_good(ui) };
    let lead = ui.t1("confirm-lead", "email", &registration.email);
    let name = ui.t1("confirm-name", "name", &registration.name);
    html(
        &FormPage::new(ui, "confirm-title", "/register/confirm", "confirm-send", Vec::new())
            .lead(lead)
            .notice(name)
            .hidden("token", &token),
    )
}

pub async fn confirm(State(web): State<Web>, Agent(agent): Agent, Sent { ui, typed }: Sent) -> Shown {
    let (core, token) = (&web.core, typed.get("token"));
    let Some(registration) = registering::by_link(core, &mut core.db.conn(), token).await? else { return no_good(ui) };
    let needed = registering::needs_keys(core, &mut core.db.conn(), &registration).await?;
    let keys = if needed { Some(core.keys.make().await?) } else { None };
    let mut tx = core.db.begin().await?;
    match registering::confirm(core, &mut tx, token, keys).await {
        Ok(Confirmed::Member(member)) => welcomed(&web, tx, member.id, &agent, None).await,
        Ok(Confirmed::Waiting) => {
            core.commit(tx).await?;
            html(&SaidPage::new(ui, "confirm-waiting-title", &["confirm-waiting", "confirm-waiting.how"]).link("/", "error-home"))
        }
        Err(Error::Invalid(refused)) => {
            drop(tx);
            let key = if refused.iter().any(|(field, _)| *field == "name") { "confirm-name-taken" } else { "confirm-email-taken" };
            let page = SaidPage::new(ui, "confirm-title", &[key]);
            html_with(StatusCode::CONFLICT, &page.link("/register", "register-title").link("/login", "log-in"))
        }
        Err(Error::NotFound) => no_good(ui),
        Err(error) => Err(error.into()),
    }
}

/// A new member is logged in and shown where to begin.
pub async fn welcomed(web: &Web, mut tx: crate::db::Tx, member: ActorId, agent: &str, once: Option<&str>) -> Result<Response, PageError> {
    let token = start_session_with(&web.core, &mut tx, member, agent).await?;
    if let Some(once) = once {
        remember(web, &mut tx, once, "/welcome").await?;
    }
    web.core.commit(tx).await?;
    let mut response = flash_to(web, "flash-welcome", "/welcome");
    session::set(response.headers_mut(), &session::started(web, token));
    Ok(response)
}
