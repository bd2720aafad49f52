//! Who asked to become a member: an administrator lets them in, or says why not.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use super::FormPage;
use crate::config::RegistrationMode;
use crate::db::registrations::{self, Registration, RegistrationState};
use crate::error::{Error, Result};
use crate::model::RegistrationId;
use crate::model::names::{Body, Refused};
use crate::ops::{admitting, registering};
use crate::web::admin::admin;
use crate::web::forms::{Signed, Typed};
use crate::web::page::{Shown, html, html_with};
use crate::web::session::flash_to;
use crate::web::ui::Ui;
use crate::web::{At, Web};

#[derive(Template)]
#[template(path = "membership/registrations.html", config = "src/web/askama.toml")]
struct RegistrationsPage {
    ui: Ui,
    waiting: Vec<Registration>,
    refused: Vec<Registration>,
    mode: RegistrationMode,
}

impl RegistrationsPage {
    fn lead(&self) -> String {
        format!("registrations-lead-{}", self.mode.word())
    }

    fn shown(registration: &Registration) -> &str {
        if registration.display_name.is_empty() { &registration.name } else { &registration.display_name }
    }
}

pub async fn show(State(web): State<Web>, ui: Ui) -> Shown {
    admin(&ui)?;
    let mut conn = web.core.db.conn();
    let page = RegistrationsPage {
        waiting: registrations::waiting(&mut conn).await?,
        refused: registrations::refused(&mut conn).await?,
        mode: registering::mode(&web.core, &mut conn).await?,
        ui,
    };
    html(&page)
}

pub async fn approve(State(web): State<Web>, At(id): At<RegistrationId>, form: Signed) -> Shown {
    let (core, me) = (&web.core, &form.me);
    admin(&form.ui)?;
    let keys = core.keys.make().await?;
    let mut tx = core.db.begin().await?;
    let flash = match admitting::approve(core, &mut tx, &me.actor, id, keys).await {
        Ok(_) => {
            core.commit(tx).await?;
            "flash-registration-approved"
        }
        Err(Error::Conflict) => "flash-registration-decided",
        Err(Error::Invalid(_)) => "flash-registration-taken",
        Err(error) => return Err(error.into()),
    };
    Ok(flash_to(&web, flash, "/admin/registrations"))
}

fn reason_page(ui: Ui, registration: &Registration, typed: &Typed, refused: &[(&'static str, Refused)]) -> FormPage {
    let mut fields = vec![ui.field("refuse-reason", "reason", typed.get("reason")).area(4)];
    ui.mark(&mut fields, refused);
    let lead = ui.t1("refuse-lead", "name", RegistrationsPage::shown(registration));
    let mut page =
        FormPage::new(ui, "refuse-title", &format!("/admin/registrations/{}/refuse", registration.id), "refuse-send", fields).lead(lead);
    page.crumb = Some(("/admin/registrations", page.ui.t("registrations-title")));
    page.cancel = Some("/admin/registrations".to_owned());
    page.danger = true;
    page
}

async fn one_waiting(web: &Web, id: RegistrationId) -> Result<Option<Registration>> {
    let mut tx = web.core.db.begin().await?;
    Ok(registrations::lock(&mut tx, id).await?.filter(|it| it.state == RegistrationState::Waiting))
}

pub async fn ask_reason(State(web): State<Web>, ui: Ui, At(id): At<RegistrationId>) -> Shown {
    admin(&ui)?;
    match one_waiting(&web, id).await? {
        Some(registration) => html(&reason_page(ui, &registration, &Typed::default(), &[])),
        None => Ok(flash_to(&web, "flash-registration-decided", "/admin/registrations")),
    }
}

pub async fn refuse(State(web): State<Web>, At(id): At<RegistrationId>, form: Signed) -> Shown {
    let (core, me) = (&web.core, &form.me);
    admin(&form.ui)?;
    let Some(registration) = one_waiting(&web, id).await? else {
        return Ok(flash_to(&web, "flash-registration-decided", "/admin/registrations"));
    };
    let reason = match Body::parse(form.typed.get("reason")) {
        Ok(reason) => reason,
        Err(why) => {
            let page = reason_page(form.ui, &registration, &form.typed, &[("reason", why)]);
            return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let mut tx = core.db.begin().await?;
    match admitting::refuse(core, &mut tx, &me.actor, id, &reason).await {
        Ok(()) => core.commit(tx).await?,
        Err(Error::Conflict) => return Ok(flash_to(&web, "flash-registration-decided", "/admin/registrations")),
        Err(error) => return Err(error.into()),
    }
    Ok(flash_to(&web, "flash-registration-refused", "/admin/registrations"))
}
