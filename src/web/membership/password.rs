//! A forgotten password: a link by mail, and the new one.

use axum::extract::{Query, State};
use axum::http::StatusCode;

use super::{FormPage, SaidPage};
use crate::error::Error;
use crate::model::names::{Password, Refused};
use crate::ops::{limits, passwords, recovering};
use crate::web::forms::{Sent, Typed};
use crate::web::page::{Shown, html, html_with};
use crate::web::session::{flash_to, to};
use crate::web::ui::Ui;
use crate::web::{Client, Listing, Web};

/// Links asked for from one address in an hour.
const LINKS: i64 = 40;

fn forgot_page(ui: Ui, typed: &Typed, refused: &[(&'static str, Refused)]) -> FormPage {
    let mut fields = vec![ui.field("login-name", "login", typed.get("login")).of_type("text", "username")];
    ui.mark(&mut fields, refused);
    let lead = ui.t("forgot-lead");
    FormPage::new(ui, "forgot-title", "/password/forgot", "forgot-send", fields).lead(lead).link("/login", "log-in")
}

pub async fn forgot(ui: Ui) -> Shown {
    html(&forgot_page(ui, &Typed::default(), &[]))
}

/// The same answer whether there is such an account or not.
pub async fn mail_link(State(web): State<Web>, Client(address): Client, Sent { ui, typed }: Sent) -> Shown {
    let login = typed.get("login");
    if login.trim().is_empty() {
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &forgot_page(ui, &typed, &[("login", Refused::Empty)]));
    }
    limits::count(&web.core, "forgot", &address.to_string(), LINKS).await?;
    let mut tx = web.core.db.begin().await?;
    recovering::forgot(&web.core, &mut tx, login).await?;
    web.core.commit(tx).await?;
    Ok(to("/password/sent"))
}

pub async fn sent(ui: Ui) -> Shown {
    html(&SaidPage::new(ui, "forgot-sent-title", &["forgot-sent", "forgot-sent.how"]).link("/login", "log-in"))
}

fn new_page(ui: Ui, token: &str, name: &str, refused: &[(&'static str, Refused)]) -> FormPage {
    let mut fields = vec![ui.field("new-password", "password", "").of_type("password", "new-password")];
    ui.mark(&mut fields, refused);
    let lead = ui.t1("password-new-lead", "name", name);
    // A password manager stores the new one with the right name.
    FormPage::new(ui, "password-new-title", "/password/new", "password-new-send", fields).lead(lead).hidden("token", token)
}

fn no_good(ui: Ui) -> Shown {
    let page = SaidPage::new(ui, "password-expired-title", &["password-expired"]);
    html_with(StatusCode::NOT_FOUND, &page.link("/password/forgot", "forgot-title"))
}

pub async fn show_new(State(web): State<Web>, ui: Ui, Query(listing): Query<Listing>) -> Shown {
    let token = listing.token.unwrap_or_default();
    match recovering::by_password_link(&web.core, &mut web.core.db.conn(), &token).await {
        Ok((member, _)) => html(&new_page(ui, &token, &member.name, &[])),
        Err(Error::NotFound) => no_good(ui),
        Err(error) => Err(error.into()),
    }
}

pub async fn set_new(State(web): State<Web>, Sent { ui, typed }: Sent) -> Shown {
    let (core, token) = (&web.core, typed.get("token"));
    let (member, account) = match recovering::by_password_link(core, &mut core.db.conn(), token).await {
        Ok(found) => found,
        Err(Error::NotFound) => return no_good(ui),
        Err(error) => return Err(error.into()),
    };
    let refused = |ui, why| html_with(StatusCode::UNPROCESSABLE_ENTITY, &new_page(ui, token, &member.name, &[("password", why)]));
    let password = match Password::parse(typed.get("password")) {
        Ok(password) => password,
        Err(why) => return refused(ui, why),
    };
    let about = [member.name.as_str(), member.display_name.as_str(), member.organisation.as_str(), account.email.as_str()];
    let password_hash = match passwords::accept(core, &password, &about).await {
        Ok(hash) => hash,
        Err(Error::Invalid(_)) => return refused(ui, Refused::Guessable),
        Err(error) => return Err(error.into()),
    };
    let mut tx = core.db.begin().await?;
    match recovering::new_password(core, &mut tx, token, &password_hash).await {
        Ok(_) => {
            core.commit(tx).await?;
            Ok(flash_to(&web, "flash-password-changed", "/login"))
        }
        Err(Error::NotFound) => no_good(ui),
        Err(error) => Err(error.into()),
    }
}
