//! Following an invitation: who invites, and the form.

use axum::extract::State;
use axum::http::StatusCode;

use super::register::{page, read, taken, welcomed};
use super::{FormPage, SaidPage, led_to};
use crate::db::actors;
use crate::db::invitations::{Ended, Invitation};
use crate::error::{Error, Result};
use crate::model::names::{Email, Refused};
use crate::ops::{inviting, registering};
use crate::web::forms::{Sent, Typed};
use crate::web::page::{Shown, html, html_with};
use crate::web::session::to;
use crate::web::ui::Ui;
use crate::web::{Agent, At, Client, Web};

fn ended(ui: Ui, why: Ended) -> Shown {
    let key = match why {
        Ended::Revoked => "invite-revoked",
        Ended::Expired => "invite-expired",
        Ended::Full => "invite-full",
    };
    let page = SaidPage::new(ui, "invite-ended-title", &[key, "invite-ended-how"]);
    html_with(StatusCode::GONE, &page.link("/login", "log-in").link("/about", "foot-about"))
}

async fn form(
    web: &Web,
    ui: Ui,
    token: &str,
    invitation: &Invitation,
    typed: &Typed,
    refused: &[(&'static str, Refused)],
) -> Result<FormPage> {
    let mut conn = web.core.db.conn();
    let by = actors::by_id(&mut conn, invitation.created_by).await?;
    let group = match invitation.group_id {
        Some(group) => Some(actors::by_id(&mut conn, group).await?).filter(|group| group.deleted_at.is_none()),
        None => None,
    };
    let mut args = fluent_bundle::FluentArgs::new();
    args.set("name", by.shown().to_owned());
    args.set("region", ui.brand().to_owned());
    let lead = ui.lang.say("invite-lead", Some(&args));
    let mut form = page(ui, &format!("/invite/{token}"), typed, false, Some(invitation), refused).lead(lead);
    form.title = form.ui.t1("invite-title", "region", form.ui.brand());
    if !invitation.organisation.is_empty() {
        form.notices.push(form.ui.t1("invite-organisation", "organisation", &invitation.organisation));
    }
    if let Some(group) = group {
        form.notices.push(form.ui.t1("invite-group", "group", group.shown()));
    }
    if !invitation.email.is_empty() {
        form.lead.push(form.ui.t("invite-no-mail"));
    }
    Ok(form.link("/login", "register-known"))
}

pub async fn show(State(web): State<Web>, ui: Ui, At(token): At<String>) -> Shown {
    let (invitation, end) = inviting::by_link(&web.core, &token).await?;
    if ui.logged_in() {
        return html(&SaidPage::new(ui, "invite-member-title", &["invite-member"]).link("/groups", "home-see-groups"));
    }
    if let Some(why) = end {
        return ended(ui, why);
    }
    let typed = Typed(vec![("email".into(), invitation.email.clone())]);
    html(&form(&web, ui, &token, &invitation, &typed, &[]).await?)
}

pub async fn accept(
    State(web): State<Web>,
    Client(address): Client,
    Agent(agent): Agent,
    At(token): At<String>,
    Sent { ui, typed }: Sent,
) -> Shown {
    let (invitation, end) = inviting::by_link(&web.core, &token).await?;
    if let Some(before) = led_to(&web, &typed.once()).await? {
        return Ok(to(&before));
    }
    if let Some(why) = end {
        return ended(ui, why);
    }
    let address = address.to_string();
    let proven = !invitation.email.is_empty() && Email::parse(typed.get("email")).is_ok_and(|email| email.as_str() == invitation.email);
    let outcome = if proven {
        joined(&web, &ui, &typed, &address, &invitation, &agent).await
    } else {
        taken(&web, &ui, &typed, &address, false, Some(&invitation)).await
    };
    match outcome {
        Err(Error::Invalid(refused)) => match led_to(&web, &typed.once()).await? {
            Some(before) => Ok(to(&before)),
            None => html_with(StatusCode::UNPROCESSABLE_ENTITY, &form(&web, ui, &token, &invitation, &typed, &refused).await?),
        },
        // The last place went to somebody else a moment ago.
        Err(Error::Forbidden("error-invitation-ended")) => ended(ui, Ended::Full),
        other => Ok(other?),
    }
}

/// Whoever got the link by mail has shown that the address is theirs.
async fn joined(
    web: &Web,
    ui: &Ui,
    typed: &Typed,
    address: &str,
    invitation: &Invitation,
    agent: &str,
) -> Result<axum::response::Response> {
    let filled = read(web, typed, address, false).await?;
    let keys = web.core.keys.make().await?;
    let mut tx = web.core.db.begin().await?;
    let member = registering::join_invited(&web.core, &mut tx, filled.new_registration(ui), invitation, keys).await?;
    welcomed(web, tx, member.id, agent, Some(&typed.once())).await.map_err(|error| error.0)
}
