//! Members: who somebody is and what they wrote; one's own profile.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;

use super::forms::{Check, Field, Signed, Typed};
use super::kinds;
use super::moving::{NewPlace, new_place};
use super::page::{Shown, html, html_with};
use super::session::{flash_to, to};
use super::topics::{as_typed, topics_field};
use super::ui::Ui;
use super::{At, Listing, PAGE, Web};
use crate::db::lists::{self, Contribution};
use crate::db::watches::{self, WatchKind};
use crate::db::{actors, topics};
use crate::error::{Error, Result};
use crate::model::names::{About, Line, Refused};
use crate::model::rights::{Viewer, can_see_actor};
use crate::model::{Actor, ActorKind, Handle, Page, PostKind, Topic, topic};
use crate::ops::{self, closing, members};

#[derive(Template)]
#[template(path = "member.html", config = "src/web/askama.toml")]
#[expect(clippy::struct_excessive_bools, reason = "what a template asks of a member")]
struct MemberPage {
    ui: Ui,
    member: Actor,
    lines: Page<Contribution>,
    later: bool,
    me: bool,
    /// Left, and what they wrote stayed.
    left: bool,
    /// What the member knows about.
    topics: Vec<Topic>,
    watched: bool,
    /// Where they are now, when they have moved.
    place: Option<NewPlace>,
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
    let left = closing::has_left(&mut conn, &member).await?;
    // A list of what somebody wrote who is no member any more would put their name to it again.
    let lines =
        if left { Page { items: Vec::new(), next: None } } else { lists::contributions(&mut conn, member.id, before, PAGE).await? };
    let me = ui.me.as_ref().is_some_and(|me| me.actor.id == member.id);
    let topics = topics::of_actor(&mut conn, member.id).await?;
    let watched = match &ui.me {
        Some(me) => watches::holds(&mut conn, me.actor.id, WatchKind::Member, member.id.0).await?,
        None => false,
    };
    let place = new_place(&mut conn, &member).await?;
    html(&MemberPage { ui, member, lines, later: before.is_some() && !left, me, left, topics, watched, place })
}

#[derive(Template)]
#[template(path = "profile.html", config = "src/web/askama.toml")]
struct ProfilePage {
    ui: Ui,
    fields: Vec<Field>,
}

async fn profile_page(web: &Web, ui: Ui, typed: &Typed, refused: &[(&'static str, Refused)]) -> Result<ProfilePage> {
    let expertise = topics_field(&mut web.core.db.conn(), &ui, "member-topics", typed.get("topics")).await?;
    let mut fields = vec![
        ui.field("profile-display-name", "display_name", typed.get("display_name")).of_type("text", "name").optional(&ui),
        ui.field("profile-organisation", "organisation", typed.get("organisation")).of_type("text", "organization").optional(&ui),
        ui.field("profile-role", "role", typed.get("role")).of_type("text", "organization-title").optional(&ui),
        ui.field("profile-about", "about", typed.get("about")).area(5).optional(&ui),
        expertise,
    ];
    ui.mark(&mut fields, refused);
    Ok(ProfilePage { ui, fields })
}

pub async fn profile(State(web): State<Web>, ui: Ui) -> Shown {
    let me = ui.member()?;
    let expertise = as_typed(&topics::of_actor(&mut web.core.db.conn(), me.actor.id).await?);
    let typed = [
        ("display_name", &me.actor.display_name),
        ("organisation", &me.actor.organisation),
        ("role", &me.actor.role),
        ("about", &me.actor.about_source),
        ("topics", &expertise),
    ];
    let typed = Typed(typed.into_iter().map(|(name, value)| (name.to_owned(), value.clone())).collect());
    html(&profile_page(&web, ui, &typed, &[]).await?)
}

pub async fn describe(State(web): State<Web>, form: Signed) -> Shown {
    let mut check = Check::default();
    let name = check.take("display_name", Line::parse(form.typed.get("display_name")));
    let organisation = check.take("organisation", Line::parse(form.typed.get("organisation")));
    let role = check.take("role", Line::parse(form.typed.get("role")));
    let about = check.take("about", About::parse(form.typed.get("about")));
    let tags = check.take("topics", topic::typed(form.typed.get("topics")));
    let (Some(name), Some(organisation), Some(role), Some(about), Some(tags)) = (name, organisation, role, about, tags) else {
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &profile_page(&web, form.ui, &form.typed, &check.0).await?);
    };
    let mut tx = web.core.db.begin().await?;
    members::describe(&web.core, &mut tx, &form.me.actor, &name, &organisation, &role, &about).await?;
    ops::topics::of_actor(&web.core, &mut tx, form.me.actor.id, &tags).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-saved", &form.me.actor.path()))
}
