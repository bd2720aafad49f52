//! Objecting to a suspension from the whole instance, for somebody who can't log in because of it: a link from the log-in
//! page, where they gave the right password.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;

use crate::db::{moderation, objections};
use crate::error::{Error, Result};
use crate::model::names::{Reason, Refused};
use crate::model::{Actor, Moderation, Objection};
use crate::ops::suspending;
use crate::web::forms::{Field, Sent, Typed};
use crate::web::page::{Shown, html, html_with};
use crate::web::session::flash_to;
use crate::web::ui::Ui;
use crate::web::{Listing, Web};

#[derive(Template)]
#[template(path = "moderation/shut_out.html", config = "src/web/askama.toml")]
struct ShutOutPage {
    ui: Ui,
    deed: Moderation,
    objection: Option<Objection>,
    token: String,
    fields: Vec<Field>,
}

/// Whose link this is, and what was done to them.
async fn found(web: &Web, token: &str) -> Result<(Actor, Moderation)> {
    let (member, id) = suspending::by_objection_link(&web.core, token).await?;
    let deed = moderation::by_id(&mut web.core.db.conn(), id).await?;
    Ok((member, deed))
}

async fn page(web: &Web, ui: Ui, token: &str, typed: &Typed, refused: &[(&'static str, Refused)]) -> Result<ShutOutPage> {
    let (_, deed) = found(web, token).await?;
    let objection = objections::get(&mut web.core.db.conn(), deed.id).await?;
    let mut fields = vec![ui.field("objection-words", "words", typed.get("words")).area(6)];
    ui.mark(&mut fields, refused);
    Ok(ShutOutPage { ui, deed, objection, token: token.to_owned(), fields })
}

pub async fn show(State(web): State<Web>, ui: Ui, Query(listing): Query<Listing>) -> Shown {
    let token = listing.token.ok_or(Error::NotFound)?;
    html(&page(&web, ui, &token, &Typed::default(), &[]).await?)
}

pub async fn object(State(web): State<Web>, Sent { ui, typed }: Sent) -> Shown {
    let words = match Reason::parse(typed.get("words")) {
        Ok(words) => words,
        Err(refused) => {
            let page = page(&web, ui, typed.get("token"), &typed, &[("words", refused)]).await?;
            return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let (member, deed) = found(&web, typed.get("token")).await?;
    let mut tx = web.core.db.begin().await?;
    crate::ops::objecting::object(&web.core, &mut tx, &member, deed.id, &words).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-objected", "/login"))
}
