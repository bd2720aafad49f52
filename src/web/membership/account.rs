//! The account: where everything about it is, its password and its address.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;

use super::{FormPage, SaidPage};
use crate::db::registrations;
use crate::error::Error;
use crate::model::names::{Email, Password, Refused};
use crate::model::rights::{Viewer, may_admit};
use crate::ops::{limits, members, passwords, recovering};
use crate::web::forms::{Check, Sent, Signed, Typed};
use crate::web::page::{Shown, html, html_with};
use crate::web::session::{Me, flash_to};
use crate::web::ui::Ui;
use crate::web::{Client, Listing, Web};

/// Links to a new address from one address in an hour.
const LINKS: i64 = 40;

#[derive(Template)]
#[template(path = "membership/account.html", config = "src/web/askama.toml")]
struct AccountPage {
    ui: Ui,
    me: std::sync::Arc<Me>,
    /// How many wait for an administrator; none for who is none.
    waiting: Option<i64>,
}

pub async fn show(State(web): State<Web>, ui: Ui) -> Shown {
    let me = ui.member()?;
    let admits = may_admit(Viewer { actor: Some(me.actor.id), admin: me.account.admin, ..Viewer::default() });
    let waiting = if admits { Some(registrations::count_waiting(&mut web.core.db.conn()).await?) } else { None };
    html(&AccountPage { ui, me, waiting })
}

fn password_page(ui: Ui, refused: &[(&'static str, Refused)]) -> FormPage {
    let mut fields = vec![
        ui.field("old-password", "old_password", "").of_type("password", "current-password"),
        ui.field("new-password", "password", "").of_type("password", "new-password"),
    ];
    ui.mark(&mut fields, refused);
    let lead = ui.t("account-password-lead");
    FormPage::new(ui, "account-password", "/account/password", "password-new-send", fields).lead(lead).of_account()
}

pub async fn show_password(ui: Ui) -> Shown {
    ui.member()?;
    html(&password_page(ui, &[]))
}

pub async fn change_password(State(web): State<Web>, Client(address): Client, form: Signed) -> Shown {
    let (core, me) = (&web.core, &form.me);
    let mut check = Check::default();
    let known = members::confirm_password(core, &me.actor, "old_password", form.typed.get("old_password"), &address.to_string()).await;
    match known {
        Ok(()) => {}
        Err(Error::Invalid(refused)) => check.0.extend(refused),
        Err(error) => return Err(error.into()),
    }
    let password = check.take("password", Password::parse(form.typed.get("password")));
    let (Some(password), true) = (password, check.0.is_empty()) else {
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &password_page(form.ui, &check.0));
    };
    let about = [me.actor.name.as_str(), me.actor.display_name.as_str(), me.actor.organisation.as_str(), me.account.email.as_str()];
    let password_hash = match passwords::accept(core, &password, &about).await {
        Ok(hash) => hash,
        Err(Error::Invalid(refused)) => return html_with(StatusCode::UNPROCESSABLE_ENTITY, &password_page(form.ui, &refused)),
        Err(error) => return Err(error.into()),
    };
    let mut tx = core.db.begin().await?;
    recovering::change_password(core, &mut tx, &me.actor, &password_hash, &me.token_hash).await?;
    core.commit(tx).await?;
    Ok(flash_to(&web, "flash-password-changed", "/account"))
}

fn address_page(ui: Ui, current: &str, typed: &Typed, refused: &[(&'static str, Refused)]) -> FormPage {
    let mut fields = vec![
        ui.field("account-new-address", "email", typed.get("email")).of_type("email", "email"),
        ui.field("old-password", "password", "").of_type("password", "current-password"),
    ];
    ui.mark(&mut fields, refused);
    let (lead, now) = (ui.t("account-address-lead"), ui.t1("account-address-now", "email", current));
    FormPage::new(ui, "account-address", "/account/address", "account-address-send", fields).lead(lead).notice(now).of_account()
}

pub async fn show_address(ui: Ui) -> Shown {
    let me = ui.member()?;
    html(&address_page(ui, &me.account.email, &Typed::default(), &[]))
}

pub async fn ask_address(State(web): State<Web>, Client(address): Client, form: Signed) -> Shown {
    let (core, me) = (&web.core, &form.me);
    let mut check = Check::default();
    let email = check.take("email", Email::parse(form.typed.get("email")));
    match members::confirm_password(core, &me.actor, "password", form.typed.get("password"), &address.to_string()).await {
        Ok(()) => {}
        Err(Error::Invalid(refused)) => check.0.extend(refused),
        Err(error) => return Err(error.into()),
    }
    let (Some(email), true) = (email, check.0.is_empty()) else {
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &address_page(form.ui, &me.account.email, &form.typed, &check.0));
    };
    limits::count(core, "change of address", &address.to_string(), LINKS).await?;
    let mut tx = core.db.begin().await?;
    recovering::ask_address(core, &mut tx, &me.actor, &me.account, &email).await?;
    core.commit(tx).await?;
    Ok(flash_to(&web, "flash-address-asked", "/account"))
}

fn no_good(ui: Ui) -> Shown {
    let page = SaidPage::new(ui, "confirm-expired-title", &["address-expired"]);
    html_with(StatusCode::NOT_FOUND, &page.link("/account/address", "account-address"))
}

/// Only shows a button: programs that look at mails open the links in them.
pub async fn show_confirm(State(web): State<Web>, ui: Ui, Query(listing): Query<Listing>) -> Shown {
    let token = listing.token.unwrap_or_default();
    match recovering::by_address_link(&web.core, &mut web.core.db.conn(), &token).await {
        Ok(email) => {
            let lead = ui.t1("address-confirm-lead", "email", email);
            let page = FormPage::new(ui, "address-confirm-title", "/account/address/confirm", "address-confirm-send", Vec::new());
            html(&page.lead(lead).hidden("token", &token))
        }
        Err(Error::NotFound) => no_good(ui),
        Err(error) => Err(error.into()),
    }
}

pub async fn confirm_address(State(web): State<Web>, Sent { ui, typed }: Sent) -> Shown {
    let mut tx = web.core.db.begin().await?;
    match recovering::confirm_address(&web.core, &mut tx, typed.get("token")).await {
        Ok(()) => {
            web.core.commit(tx).await?;
            let path = if ui.logged_in() { "/account" } else { "/login" };
            Ok(flash_to(&web, "flash-address-changed", path))
        }
        Err(Error::NotFound | Error::Invalid(_) | Error::Conflict) => no_good(ui),
        Err(error) => Err(error.into()),
    }
}
