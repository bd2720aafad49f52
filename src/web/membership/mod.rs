//! Becoming a member, being one, and leaving: registering, invitations, the account, and the administrator's side of it.

mod account;
mod admin;
mod invitations;
mod invite;
mod leaving;
mod password;
mod register;
mod sessions;
mod welcome;

use askama::Template;
use axum::Router;
use axum::routing::{get, post};

use super::Web;
use super::forms::Field;
use super::ui::Ui;
use crate::db::Tx;
use crate::db::settings::{remember_submission, submitted};
use crate::error::Result;
use crate::model::ActorId;

/// Whose forms those of visitors are, where it is remembered that one was sent.
const NOBODY: ActorId = ActorId(0);

/// Every page of this part.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/register", get(register::show).post(register::register))
        .route("/register/sent", get(register::sent))
        .route("/register/again", get(register::again).post(register::mail_again))
        .route("/register/confirm", get(register::ask_confirmation).post(register::confirm))
        .route("/invite/{token}", get(invite::show).post(invite::accept))
        .route("/welcome", get(welcome::show).post(welcome::join))
        .route("/password/forgot", get(password::forgot).post(password::mail_link))
        .route("/password/sent", get(password::sent))
        .route("/password/new", get(password::show_new).post(password::set_new))
        .route("/account", get(account::show))
        .route("/account/password", get(account::show_password).post(account::change_password))
        .route("/account/address", get(account::show_address).post(account::ask_address))
        .route("/account/address/confirm", get(account::show_confirm).post(account::confirm_address))
        .route("/account/sessions", get(sessions::show))
        .route("/account/sessions/end", post(sessions::end))
        .route("/account/sessions/end-others", post(sessions::end_others))
        .route("/account/export", get(leaving::show_export).post(leaving::export))
        .route("/account/close", get(leaving::show_close).post(leaving::close))
        .route("/admin/registrations", get(admin::show))
        .route("/admin/registrations/{id}/approve", post(admin::approve))
        .route("/admin/registrations/{id}/refuse", get(admin::ask_reason).post(admin::refuse))
        .route("/admin/invitations", get(invitations::show))
        .route("/admin/invitations/person", get(invitations::show_person).post(invitations::invite_person))
        .route("/admin/invitations/organisation", get(invitations::show_organisation).post(invitations::invite_organisation))
        .route("/admin/invitations/{id}/revoke", get(invitations::ask_revoke).post(invitations::revoke))
}

/// A page with one form.
#[derive(Debug, Template)]
#[template(path = "membership/form.html", config = "src/web/askama.toml")]
struct FormPage {
    ui: Ui,
    title: String,
    /// Where this page hangs below: address and name.
    crumb: Option<(&'static str, String)>,
    /// Paragraphs above the form.
    lead: Vec<String>,
    /// Lines of what is fixed, or must not be missed.
    notices: Vec<String>,
    action: String,
    hidden: Vec<(&'static str, String)>,
    fields: Vec<Field>,
    send: String,
    /// The button does something that can't be undone.
    danger: bool,
    /// Where to go instead.
    cancel: Option<String>,
    /// Other ways on, below the form.
    links: Vec<(String, String)>,
}

impl FormPage {
    fn new(ui: Ui, title: &str, action: &str, send: &str, fields: Vec<Field>) -> Self {
        Self {
            title: ui.t(title),
            send: ui.t(send),
            action: action.to_owned(),
            crumb: None,
            lead: Vec::new(),
            notices: Vec::new(),
            hidden: Vec::new(),
            fields,
            danger: false,
            cancel: None,
            links: Vec::new(),
            ui,
        }
    }

    fn lead(mut self, words: String) -> Self {
        self.lead.push(words);
        self
    }

    fn notice(mut self, words: String) -> Self {
        self.notices.push(words);
        self
    }

    fn hidden(mut self, name: &'static str, value: &str) -> Self {
        self.hidden.push((name, value.to_owned()));
        self
    }

    /// Below the account.
    fn of_account(mut self) -> Self {
        self.crumb = Some(("/account", self.ui.t("account-title")));
        self.cancel = Some("/account".to_owned());
        self
    }

    fn link(mut self, path: &str, key: &str) -> Self {
        self.links.push((path.to_owned(), self.ui.t(key)));
        self
    }
}

/// A page that says something.
#[derive(Debug, Template)]
#[template(path = "membership/said.html", config = "src/web/askama.toml")]
struct SaidPage {
    ui: Ui,
    title: String,
    words: Vec<String>,
    /// Something to copy, with its label.
    copy: Option<(String, String)>,
    links: Vec<(String, String)>,
}

impl SaidPage {
    fn new(ui: Ui, title: &str, words: &[&str]) -> Self {
        Self { title: ui.t(title), words: words.iter().map(|key| ui.t(key)).collect(), copy: None, links: Vec::new(), ui }
    }

    fn link(mut self, path: &str, key: &str) -> Self {
        self.links.push((path.to_owned(), self.ui.t(key)));
        self
    }
}

/// Where this form of a visitor led, when it was sent before.
async fn led_to(web: &Web, once: &str) -> Result<Option<String>> {
    submitted(&mut web.core.db.conn(), NOBODY, once).await
}

/// Remembers where a visitor's form led, in the transaction of what it did.
async fn remember(web: &Web, tx: &mut Tx, once: &str, location: &str) -> Result<()> {
    remember_submission(tx, NOBODY, once, location, web.core.now()).await
}
