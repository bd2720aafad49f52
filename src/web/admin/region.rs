//! What the region says about itself.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use super::admin;
use crate::db::settings::{self, key};
use crate::model::names::{About, Email, Line, Refused, Title};
use crate::ops::administering;
use crate::web::Web;
use crate::web::forms::{Check, Field, Signed, Typed};
use crate::web::page::{Shown, html, html_with};
use crate::web::session::flash_to;
use crate::web::ui::Ui;

#[derive(Template)]
#[template(path = "admin/region.html", config = "src/web/askama.toml")]
struct RegionPage {
    ui: Ui,
    fields: Vec<Field>,
}

/// Each field and the setting it changes.
const FIELDS: [(&str, &str); 8] = [
    ("name", key::REGION_NAME),
    ("about", key::REGION_ABOUT),
    ("welcome", key::REGION_WELCOME),
    ("rules", key::REGION_RULES),
    ("more", key::REGION_MORE),
    ("contact_name", key::CONTACT_NAME),
    ("contact_email", key::CONTACT_EMAIL),
    ("contact_page", key::CONTACT_PAGE),
];

fn page(ui: Ui, typed: &Typed, refused: &[(&'static str, Refused)]) -> RegionPage {
    let mut fields = vec![
        ui.field("region-name", "name", typed.get("name")),
        ui.field("region-about", "about", typed.get("about")).area(3).optional(&ui),
        ui.field("region-welcome", "welcome", typed.get("welcome")).area(4).optional(&ui),
        ui.field("region-rules", "rules", typed.get("rules")).area(6).optional(&ui),
        ui.field("region-more", "more", typed.get("more")).area(6).optional(&ui),
        ui.field("region-contact-name", "contact_name", typed.get("contact_name")).optional(&ui),
        ui.field("region-contact-email", "contact_email", typed.get("contact_email")).of_type("email", "off").optional(&ui),
        ui.field("region-contact-page", "contact_page", typed.get("contact_page")).of_type("url", "off").optional(&ui),
    ];
    ui.mark(&mut fields, refused);
    RegionPage { ui, fields }
}

pub async fn show(State(web): State<Web>, ui: Ui) -> Shown {
    admin(&ui)?;
    let mut typed = Vec::new();
    for (field, key) in FIELDS {
        typed.push((field.to_owned(), settings::get(&mut web.core.db.conn(), key).await?.unwrap_or_default()));
    }
    html(&page(ui, &Typed(typed), &[]))
}

/// Where a link may lead that stands on our pages: a page on the web.
fn web_page(text: &str) -> Result<String, Refused> {
    let text = text.trim();
    let fine = text.is_empty()
        || (text.len() <= 500 && url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()));
    if fine { Ok(text.to_owned()) } else { Err(Refused::Characters) }
}

pub async fn change(State(web): State<Web>, form: Signed) -> Shown {
    admin(&form.ui)?;
    let mut check = Check::default();
    let mut values = Vec::new();
    for (field, key) in FIELDS {
        let typed = form.typed.get(field);
        let read = match field {
            "name" => Title::parse(typed).map(|name| name.to_string()),
            "contact_name" => Line::parse(typed).map(|name| name.to_string()),
            "contact_email" if typed.trim().is_empty() => Ok(String::new()),
            "contact_email" => Email::parse(typed).map(|email| email.to_string()),
            "contact_page" => web_page(typed),
            _ => About::parse(typed).map(|text| text.to_string()),
        };
        if let Some(value) = check.take(field, read) {
            values.push((key, value));
        }
    }
    if !check.0.is_empty() {
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(form.ui, &form.typed, &check.0));
    }
    let changes: Vec<(&str, &str)> = values.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let mut tx = web.core.db.begin().await?;
    administering::change(&web.core, &mut tx, &form.me.actor, &changes).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-saved", "/admin/region"))
}
