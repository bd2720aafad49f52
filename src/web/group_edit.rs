//! What a group of ours says about itself, and who moderates it: for its moderators and the administrators.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};

use super::forms::{Check, Field, Signed, Typed};
use super::group::named;
use super::page::{Shown, html, html_with};
use super::session::flash_to;
use super::topics::{as_typed, topics_field};
use super::ui::Ui;
use super::{At, Web};
use crate::db::{Conn, actors, groups, topics};
use crate::error::{Error, Result};
use crate::model::names::{About, Line, Refused, Title};
use crate::model::rights::{Viewer, may_describe, may_steer};
use crate::model::{Actor, ActorId, Handle, Time, topic};
use crate::ops;
use crate::ops::describing::{self, Description};

pub fn routes() -> axum::Router<Web> {
    axum::Router::new()
        .route("/c/{handle}/edit", get(edit).post(describe))
        .route("/c/{handle}/moderator", post(name_moderator))
        .route("/c/{handle}/moderator/{id}/remove", get(confirm).post(remove_moderator))
}

#[derive(Template)]
#[template(path = "group_edit.html", config = "src/web/askama.toml")]
struct EditPage {
    ui: Ui,
    group: Actor,
    /// Four sections: the group, who carries it and why, what was agreed, its events.
    sections: Vec<(&'static str, Vec<Field>)>,
    /// Every field of it all, for the summary of what is wrong.
    fields: Vec<Field>,
    moderators: Vec<Actor>,
    moderator: Field,
}

async fn page(conn: &mut Conn, ui: Ui, group: Actor, typed: &Typed, refused: &[(&'static str, Refused)]) -> Result<EditPage> {
    let area = |key, name: &'static str, rows| ui.field(key, name, typed.get(name)).area(rows).optional(&ui);
    let mut sections = vec![
        (
            "group-part-what",
            vec![
                ui.field("group-title", "title", typed.get("title")),
                area("group-about", "about", 5),
                topics_field(conn, &ui, "group-topics", typed.get("topics")).await?,
            ],
        ),
        (
            "group-part-why",
            vec![area("group-purpose", "purpose", 3), ui.field("group-carried", "carried_by", typed.get("carried_by")).optional(&ui)],
        ),
        (
            "group-part-agreed",
            vec![
                area("group-rules", "rules", 5),
                area("group-agreed", "agreed", 5),
                ui.field("group-review", "review_at", typed.get("review_at")).of_type("date", "off").optional(&ui),
            ],
        ),
        ("group-part-events", vec![ui.field("group-guests", "guests", typed.get("guests")).check()]),
    ];
    let mut moderator = ui.field("group-moderator", "moderator", typed.get("moderator"));
    for (_, fields) in &mut sections {
        ui.mark(fields, refused);
    }
    ui.mark(std::slice::from_mut(&mut moderator), refused);
    let fields = sections.iter().flat_map(|(_, fields)| fields.iter().cloned()).chain([moderator.clone()]).collect();
    let moderators = actors::moderators(conn, group.id).await?;
    Ok(EditPage { ui, group, sections, fields, moderators, moderator })
}

/// What a group says, as it stands in the form.
async fn as_it_is(conn: &mut Conn, group: &Actor) -> Result<Typed> {
    let (said, about) = (groups::page(conn, group.id).await?, topics::of_actor(conn, group.id).await?);
    let review = said.review_at.map(|at| at.rfc3339().chars().take(10).collect()).unwrap_or_default();
    let fields = [
        ("title", group.display_name.clone()),
        ("about", group.about_source.clone()),
        ("topics", as_typed(&about)),
        ("purpose", said.purpose),
        ("carried_by", said.carried_by),
        ("rules", said.rules_source),
        ("agreed", said.agreed_source),
        ("review_at", review),
        ("guests", if said.guests { "1".to_owned() } else { String::new() }),
    ];
    Ok(Typed(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()))
}

/// The group, for who may change it.
async fn group_for(web: &Web, conn: &mut Conn, me: &Actor, handle: Handle) -> Result<(Actor, Viewer)> {
    let group = named(web, conn, handle).await?;
    let viewer = ops::viewer(&web.core, conn, Some(me), group.id).await?;
    if may_describe(viewer, &group) { Ok((group, viewer)) } else { Err(Error::Forbidden("error-only-moderators")) }
}

/// The group, for who may say who moderates it: also one of another region, of who moderates it there.
async fn moderated(web: &Web, conn: &mut Conn, me: &Actor, handle: Handle) -> Result<(Actor, Viewer)> {
    let group = named(web, conn, handle).await?;
    let viewer = ops::viewer(&web.core, conn, Some(me), group.id).await?;
    if may_steer(viewer, &group) { Ok((group, viewer)) } else { Err(Error::Forbidden("error-only-moderators")) }
}

/// Where who moderates a group is changed.
fn list_of(group: &Actor) -> String {
    format!("{}/{}", group.path(), if group.local { "edit" } else { "moderation" })
}

async fn edit(State(web): State<Web>, ui: Ui, At(handle): At<Handle>) -> Shown {
    let me = ui.member()?;
    let mut conn = web.core.db.conn();
    let (group, _) = group_for(&web, &mut conn, &me.actor, handle).await?;
    let typed = as_it_is(&mut conn, &group).await?;
    html(&page(&mut conn, ui, group, &typed, &[]).await?)
}

/// A day as browsers send it, `2026-11-22`; nothing for nothing.
fn day(text: &str) -> Result<Option<Time>, Refused> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let shaped = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    Time::parse_rfc3339(&format!("{text}T00:00:00Z")).filter(|_| shaped).map(Some).ok_or(Refused::Characters)
}

async fn describe(State(web): State<Web>, At(handle): At<Handle>, form: Signed) -> Shown {
    let (group, _) = group_for(&web, &mut web.core.db.conn(), &form.me.actor, handle).await?;
    let mut check = Check::default();
    let typed = &form.typed;
    let title = check.take("title", Title::parse(typed.get("title")));
    let about = check.take("about", About::parse(typed.get("about")));
    let tags = check.take("topics", topic::typed(typed.get("topics")));
    let purpose = check.take("purpose", About::parse(typed.get("purpose")));
    let carried = check.take("carried_by", Line::parse(typed.get("carried_by")));
    let rules = check.take("rules", About::parse(typed.get("rules")));
    let agreed = check.take("agreed", About::parse(typed.get("agreed")));
    let review = check.take("review_at", day(typed.get("review_at")));
    let (Some(title), Some(about), Some(tags), Some(purpose), Some(carried), Some(rules), Some(agreed), Some(review_at)) =
        (title, about, tags, purpose, carried, rules, agreed, review)
    else {
        let page = page(&mut web.core.db.conn(), form.ui, group, &form.typed, &check.0).await?;
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let said = Description {
        title: &title,
        about: &about,
        purpose: &purpose,
        carried_by: &carried,
        rules: &rules,
        agreed: &agreed,
        review_at,
        guests: typed.get("guests") == "1",
        topics: &tags,
    };
    let mut tx = web.core.db.begin().await?;
    let viewer = ops::viewer(&web.core, &mut tx, Some(&form.me.actor), group.id).await?;
    describing::describe_whole(&web.core, &mut tx, viewer, &form.me.actor, &group, said).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-saved", &group.path()))
}

/// Who a handle names, here or in another region; looked up there when nobody here knows them.
async fn person(web: &Web, text: &str) -> Result<Actor, Refused> {
    let Ok(mut handle) = text.trim().parse::<Handle>() else { return Err(Refused::Empty) };
    if handle.host.as_deref() == Some(web.core.urls.authority()) {
        handle.host = None;
    }
    handle.name = if handle.host.is_none() { handle.name.to_ascii_lowercase() } else { handle.name };
    if let Ok(Some(known)) = actors::by_handle(&mut web.core.db.conn(), &handle, false).await {
        return Ok(known);
    }
    if handle.host.is_none() {
        return Err(Refused::Characters);
    }
    web.finder.find_member(&handle.to_string()).await.map_err(|error| {
        error.log();
        Refused::Characters
    })
}

async fn name_moderator(State(web): State<Web>, At(handle): At<Handle>, form: Signed) -> Shown {
    let (group, _) = moderated(&web, &mut web.core.db.conn(), &form.me.actor, handle).await?;
    let refused = match person(&web, form.typed.get("moderator")).await {
        Ok(named) => {
            let mut tx = web.core.db.begin().await?;
            let viewer = ops::viewer(&web.core, &mut tx, Some(&form.me.actor), group.id).await?;
            match describing::name_moderator(&web.core, &mut tx, viewer, &form.me.actor, &group, &named).await {
                Ok(()) => {
                    web.core.commit(tx).await?;
                    return Ok(flash_to(&web, "flash-moderator-named", &list_of(&group)));
                }
                Err(Error::NotFound) => Refused::Characters,
                Err(error) => return Err(error.into()),
            }
        }
        Err(refused) => refused,
    };
    if !group.local {
        return Ok(flash_to(&web, "flash-moderator-unknown", &list_of(&group)));
    }
    let mut conn = web.core.db.conn();
    let mut typed = as_it_is(&mut conn, &group).await?;
    typed.0.push(("moderator".into(), form.typed.get("moderator").to_owned()));
    let page = page(&mut conn, form.ui, group, &typed, &[("moderator", refused)]).await?;
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

#[derive(Template)]
#[template(path = "moderator_remove.html", config = "src/web/askama.toml")]
struct RemovePage {
    ui: Ui,
    group: Actor,
    person: Actor,
}

impl RemovePage {
    fn back(&self) -> String {
        list_of(&self.group)
    }
}

/// The group and the moderator that an address names.
async fn at(web: &Web, conn: &mut Conn, me: &Actor, path: &(String, String)) -> Result<(Actor, Viewer, Actor)> {
    let handle = path.0.parse().map_err(|()| Error::NotFound)?;
    let id = path.1.parse::<ActorId>().map_err(|_| Error::NotFound)?;
    let (group, viewer) = moderated(web, conn, me, handle).await?;
    let person = actors::moderators(conn, group.id).await?.into_iter().find(|person| person.id == id).ok_or(Error::NotFound)?;
    Ok((group, viewer, person))
}

async fn confirm(State(web): State<Web>, ui: Ui, Path(path): Path<(String, String)>) -> Shown {
    let me = ui.member()?;
    let (group, _, person) = at(&web, &mut web.core.db.conn(), &me.actor, &path).await?;
    html(&RemovePage { ui, group, person })
}

async fn remove_moderator(State(web): State<Web>, Path(path): Path<(String, String)>, form: Signed) -> Shown {
    let mut tx = web.core.db.begin().await?;
    let (group, viewer, person) = at(&web, &mut tx, &form.me.actor, &path).await?;
    describing::remove_moderator(&web.core, &mut tx, viewer, &form.me.actor, &group, &person).await?;
    web.core.commit(tx).await?;
    // Who took themselves off the list may not see the form any more.
    let left = person.id == form.me.actor.id && !form.me.account.admin;
    if left {
        return Ok(flash_to(&web, "flash-moderator-removed", &group.path()));
    }
    Ok(flash_to(&web, "flash-moderator-removed", &list_of(&group)))
}
