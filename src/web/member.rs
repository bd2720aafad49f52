//! Members: who somebody is and what they wrote; one's own profile.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;

use super::forms::{Check, Field, Signed, Typed};
use super::page::{Shown, html, html_with};
use super::session::{flash_to, to};
use super::ui::Ui;
use super::{At, Listing, PAGE, Web};
use crate::db::actors;
use crate::db::lists::{self, Contribution};
use crate::error::Error;
use crate::model::names::{About, Line, Refused};
use crate::model::rights::{Viewer, can_see_actor};
use crate::model::{Actor, ActorKind, Handle, Page, PostKind};
use crate::ops::members;

#[derive(Template)]
#[template(path = "member.html", config = "src/web/askama.toml")]
struct MemberPage {
    ui: Ui,
    member: Actor,
    lines: Page<Contribution>,
    later: bool,
    me: bool,
}

impl MemberPage {
    fn chosen(line: &Contribution) -> bool {
        line.thread_accepted_id == Some(line.post.id)
    }
}

pub async fn show(State(web): State<Web>, ui: Ui, At(mut handle): At<Handle>, Query(listing): Query<Listing>) -> Shown {
    let mut conn = web.core.db.conn();
    let before = listing.cursor()?;
    if handle.host.as_deref() == Some(web.core.urls.authority()) {
        handle.host = None;
        return Ok(to(&format!("/u/{handle}")));
    }
    let member =
        actors::by_handle(&mut conn, &handle, false).await?.filter(|actor| actor.kind != ActorKind::Application).ok_or(Error::NotFound)?;
    if !can_see_actor(Viewer::default(), &member) {
        return Err(Error::Gone.into());
    }
    let lines = lists::contributions(&mut conn, member.id, before, PAGE).await?;
    let me = ui.me.as_ref().is_some_and(|me| me.actor.id == member.id);
    html(&MemberPage { ui, member, lines, later: before.is_some(), me })
}

#[derive(Template)]
#[template(path = "profile.html", config = "src/web/askama.toml")]
struct ProfilePage {
    ui: Ui,
    fields: Vec<Field>,
}

fn profile_page(ui: Ui, typed: &Typed, refused: &[(&'static str, Refused)]) -> ProfilePage {
    let mut fields = vec![
        ui.field("profile-display-name", "display_name", typed.get("display_name")).of_type("text", "name").optional(&ui),
        ui.field("profile-organisation", "organisation", typed.get("organisation")).of_type("text", "organization").optional(&ui),
        ui.field("profile-role", "role", typed.get("role")).of_type("text", "organization-title").optional(&ui),
        ui.field("profile-about", "about", typed.get("about")).area(5).optional(&ui),
    ];
    ui.mark(&mut fields, refused);
    ProfilePage { ui, fields }
}

pub async fn profile(ui: Ui) -> Shown {
    let me = ui.member()?;
    let typed = [
        ("display_name", &me.actor.display_name),
        ("organisation", &me.actor.organisation),
        ("role", &me.actor.role),
        ("about", &me.actor.about_source),
    ];
    let typed = Typed(typed.into_iter().map(|(name, value)| (name.to_owned(), value.clone())).collect());
    html(&profile_page(ui, &typed, &[]))
}

pub async fn describe(State(web): State<Web>, form: Signed) -> Shown {
    let mut check = Check::default();
    let name = check.take("display_name", Line::parse(form.typed.get("display_name")));
    let organisation = check.take("organisation", Line::parse(form.typed.get("organisation")));
    let role = check.take("role", Line::parse(form.typed.get("role")));
    let about = check.take("about", About::parse(form.typed.get("about")));
    let (Some(name), Some(organisation), Some(role), Some(about)) = (name, organisation, role, about) else {
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &profile_page(form.ui, &form.typed, &check.0));
    };
    let mut tx = web.core.db.begin().await?;
    members::describe(&web.core, &mut tx, &form.me.actor, &name, &organisation, &role, &about).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-saved", &form.me.actor.path()))
}
