//! Mail, for administrators: what is set, what went wrong, what has to be passed on by hand, and a test.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};

use super::forms::{Check, Field, Signed};
use super::page::{Shown, html_with};
use super::session::flash_to;
use super::ui::Ui;
use super::{At, Web};
use crate::config::{self, Security};
use crate::db::mails::{self, Mail};
use crate::db::{accounts, actors};
use crate::error::Error;
use crate::model::names::{Email, Refused};
use crate::model::{Actor, Lang, MailId, Time};
use crate::ops::mail_office::{self, Decision};
use crate::ops::mailing;

const PAGE: &str = "/admin/mail";
/// Of each kind of trouble so many are shown; there are more buttons than anybody presses by then.
const SHOWN: i64 = 50;

/// The routes of this page.
pub fn routes() -> axum::Router<Web> {
    axum::Router::new()
        .route(PAGE, get(show))
        .route("/admin/mail/test", post(test))
        .route("/admin/mail/hurry", post(hurry))
        .route("/admin/mail/{id}", post(decide))
}

/// A mail that asks for attention.
struct Line {
    mail: Mail,
    /// Its subject; what members are told is theirs alone.
    subject: String,
    link: Option<String>,
    /// Whether the button to mail it (again) is there.
    sendable: bool,
}

#[derive(Template)]
#[template(path = "admin_mail.html", config = "src/web/askama.toml")]
struct AdminMailPage {
    ui: Ui,
    mail: config::Mail,
    last_sent: Option<Time>,
    /// One field; a list, for the summary of what is wrong.
    fields: Vec<Field>,
    waiting: Vec<Line>,
    held: Vec<Line>,
    unsure: Vec<Line>,
    failed: Vec<Line>,
    paused: Vec<(Actor, String, Time)>,
}

impl AdminMailPage {
    fn state(&self) -> String {
        if !self.mail.is_set() {
            return self.ui.t("adminmail-not-set");
        }
        let mut args = fluent_bundle::FluentArgs::new();
        args.set("server", self.mail.server.clone());
        args.set("port", self.mail.port().to_string());
        args.set("security", self.mail.security().word().to_uppercase());
        let key = if self.mail.security() == Security::None { "adminmail-set-none" } else { "adminmail-set" };
        self.ui.lang.say(key, Some(&args))
    }

    fn or_none(&self, text: &str) -> String {
        if text.is_empty() { self.ui.t("adminmail-none") } else { text.to_owned() }
    }

    fn fine(&self) -> bool {
        self.waiting.is_empty() && self.held.is_empty() && self.unsure.is_empty() && self.failed.is_empty() && self.paused.is_empty()
    }
}

async fn show(State(web): State<Web>, ui: Ui) -> Shown {
    let me = ui.member()?;
    mail_office::allow(&web.core, &mut web.core.db.conn(), &me.actor).await?;
    page(&web, ui, "", &[]).await
}

async fn page(web: &Web, ui: Ui, address: &str, refused: &[(&'static str, Refused)]) -> Shown {
    let (core, now) = (&web.core, web.core.now());
    let mut conn = core.db.conn();
    let line = |mail: Mail| Line {
        subject: match mail.kind.as_str() {
            kind @ ("notice" | "digest" | "event") => ui.t(format!("adminmail-kind-{kind}")),
            _ => mail.subject.clone(),
        },
        link: mailing::link_in(core, &mail.plain).map(str::to_owned),
        sendable: core.config.mail.is_set() && (mail.state != "held" || mail.created_at.plus(Time::DAY) > now),
        mail,
    };
    let waiting = mails::waiting(&mut conn, SHOWN).await?.into_iter().map(line).collect();
    let held = mails::in_state(&mut conn, "held", SHOWN).await?.into_iter().map(line).collect();
    let unsure = mails::in_state(&mut conn, "unsure", SHOWN).await?.into_iter().map(line).collect();
    let failed = mails::in_state(&mut conn, "failed", SHOWN).await?.into_iter().map(line).collect();
    let mut paused = Vec::new();
    for (id, since) in mails::paused(&mut conn, SHOWN).await? {
        let address = accounts::by_actor(&mut conn, id).await?.map(|account| account.email).unwrap_or_default();
        paused.push((actors::by_id(&mut conn, id).await?, address, since));
    }
    let mut fields = vec![ui.field("adminmail-address", "address", address).of_type("email", "email")];
    ui.mark(&mut fields, refused);
    let last_sent = mails::last_sent(&mut conn).await?;
    let status = if refused.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    html_with(status, &AdminMailPage { mail: core.config.mail.clone(), last_sent, fields, waiting, held, unsure, failed, paused, ui })
}

/// Queues a test mail.
async fn test(State(web): State<Web>, form: Signed) -> Shown {
    let mut check = Check::default();
    let Some(address) = check.take("address", Email::parse(form.typed.get("address"))) else {
        mail_office::allow(&web.core, &mut web.core.db.conn(), &form.me.actor).await?;
        let typed = form.typed.get("address").to_owned();
        return page(&web, form.ui, &typed, &check.0).await;
    };
    let lang = Lang::from_code(&form.me.account.language).unwrap_or_default();
    let mut tx = web.core.db.begin().await?;
    mail_office::test(&web.core, &mut tx, &form.me.actor, &address, lang).await?;
    web.core.commit(tx).await?;
    let flash = if web.core.config.mail.is_set() { "flash-mail-test-sent" } else { "flash-mail-test-held" };
    Ok(flash_to(&web, flash, PAGE))
}

/// What waits for another attempt is tried now.
async fn hurry(State(web): State<Web>, form: Signed) -> Shown {
    let mut tx = web.core.db.begin().await?;
    mail_office::hurry(&web.core, &mut tx, &form.me.actor).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-mail-hurried", PAGE))
}

/// Sends one again, throws it away, or notes that it was passed on.
async fn decide(State(web): State<Web>, At(id): At<MailId>, form: Signed) -> Shown {
    let decision = Decision::from_word(form.typed.get("act")).ok_or_else(|| Error::Bad("not something to do with a mail".into()))?;
    let mut tx = web.core.db.begin().await?;
    let done = mail_office::decide(&web.core, &mut tx, &form.me.actor, id, decision).await?;
    web.core.commit(tx).await?;
    let flash = match decision {
        _ if !done => "flash-mail-not-again",
        Decision::Again => "flash-mail-again",
        Decision::Drop => "flash-mail-dropped",
        Decision::Passed => "flash-mail-passed",
    };
    Ok(flash_to(&web, flash, PAGE))
}
