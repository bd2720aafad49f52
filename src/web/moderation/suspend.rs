//! Suspending a member from a group, and taking that back.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;

use super::named_member;
use super::suspend_form::{fields, typed_days};
use crate::error::{Error, Result};
use crate::model::names::Reason;
use crate::model::rights::{may_steer, may_suspend};
use crate::model::{Actor, Handle};
use crate::ops::{self, banning};
use crate::web::forms::{Field, Signed, Typed};
use crate::web::group::named;
use crate::web::page::{Shown, html, html_with};
use crate::web::session::flash_to;
use crate::web::ui::Ui;
use crate::web::{At, Listing, Web};

#[derive(Template)]
#[template(path = "moderation/suspend.html", config = "src/web/askama.toml")]
struct SuspendPage {
    ui: Ui,
    group: Actor,
    member: Actor,
    fields: Vec<Field>,
}

/// The group and the member, when `me` may suspend them from it.
async fn both(web: &Web, me: &Actor, group: Handle, member: &str) -> Result<(Actor, Actor)> {
    let mut conn = web.core.db.conn();
    let group = named(web, &mut conn, group).await?;
    let who = ops::viewer(&web.core, &mut conn, Some(me), group.id).await?;
    if !may_steer(who, &group) {
        return Err(Error::Forbidden("error-only-moderators"));
    }
    let member = named_member(web, &mut conn, member.parse().map_err(|()| Error::NotFound)?).await?;
    if !may_suspend(who, ops::viewer(&web.core, &mut conn, Some(&member), group.id).await?) {
        return Err(Error::Forbidden("error-not-suspend"));
    }
    Ok((group, member))
}

/// And whether what they wrote in the group goes too.
fn with_remove(mut fields: Vec<Field>, ui: &Ui, typed: &Typed) -> Vec<Field> {
    fields.push(ui.field("suspend-remove", "remove", typed.get("remove")).check());
    fields
}

pub async fn show(State(web): State<Web>, ui: Ui, At(handle): At<Handle>, Query(listing): Query<Listing>) -> Shown {
    let me = ui.member()?;
    let (group, member) = both(&web, &me.actor, handle, listing.q.as_deref().unwrap_or_default()).await?;
    let fields = with_remove(fields(&ui, &Typed::default(), &[]), &ui, &Typed::default());
    html(&SuspendPage { ui, group, member, fields })
}

pub async fn suspend(State(web): State<Web>, At(handle): At<Handle>, form: Signed) -> Shown {
    let (group, member) = both(&web, &form.me.actor, handle, form.typed.get("who")).await?;
    let days = typed_days(&form.typed)?;
    let reason = match Reason::parse(form.typed.get("reason")) {
        Ok(reason) => reason,
        Err(refused) => {
            let fields = with_remove(fields(&form.ui, &form.typed, &[("reason", refused)]), &form.ui, &form.typed);
            return html_with(StatusCode::UNPROCESSABLE_ENTITY, &SuspendPage { ui: form.ui, group, member, fields });
        }
    };
    let remove = form.typed.get("remove") == "1";
    let mut tx = web.core.db.begin().await?;
    banning::suspend(&web.core, &mut tx, &form.me.actor, &group, &member, days, remove, &reason).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-suspended", &format!("{}/moderation", group.path())))
}

pub async fn lift(State(web): State<Web>, At(handle): At<Handle>, form: Signed) -> Shown {
    let mut tx = web.core.db.begin().await?;
    let group = named(&web, &mut tx, handle).await?;
    let member = named_member(&web, &mut tx, form.typed.get("who").parse().map_err(|()| Error::NotFound)?).await?;
    banning::lift(&web.core, &mut tx, &form.me.actor, &group, &member, "").await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-lifted", &format!("{}/moderation", group.path())))
}
