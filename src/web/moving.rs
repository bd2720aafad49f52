//! Moving to another server: a member with their account, an administrator with a group; and saying what one was before.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};

use super::forms::{Field, Signed, Typed};
use super::group::named;
use super::page::{Shown, html, html_with};
use super::session::flash_to;
use super::ui::Ui;
use super::{At, Web};
use crate::db::whereabouts::{self, Whereabouts};
use crate::db::{Conn, actors};
use crate::error::{Error, Result};
use crate::model::names::Refused;
use crate::model::rights::may_administer;
use crate::model::{Actor, Handle};
use crate::ops::{self, moving};

/// Most former accounts that somebody names.
const MOST: usize = 5;

pub fn routes() -> axum::Router<Web> {
    axum::Router::new()
        .route("/account/move", get(show_mine).post(go_mine))
        .route("/account/move/from", post(was_mine))
        .route("/account/move/stay", post(stay_mine))
        .route("/c/{handle}/move", get(show_group).post(go_group))
        .route("/c/{handle}/move/from", post(was_group))
        .route("/c/{handle}/move/stay", post(stay_group))
}

/// Where an actor is now: what it is called, and the page to go to.
#[derive(Clone, Debug)]
pub struct NewPlace {
    pub shown: String,
    pub path: String,
}

/// Where an actor is now, when it has moved.
///
/// # Errors
/// When the database can't be read.
pub async fn new_place(conn: &mut Conn, actor: &Actor) -> Result<Option<NewPlace>> {
    let Some(id) = whereabouts::of(conn, actor.id).await?.moved_to else { return Ok(None) };
    Ok(Some(match actors::by_ap_id(conn, &id).await?.filter(|there| there.deleted_at.is_none()) {
        Some(there) => NewPlace { shown: format!("{}@{}", there.name, there.host), path: there.path() },
        None => NewPlace { shown: id.clone(), path: id },
    }))
}

#[derive(Template)]
#[template(path = "moving.html", config = "src/web/askama.toml")]
struct MovingPage {
    ui: Ui,
    /// The member, or the group.
    what: Actor,
    place: Option<NewPlace>,
    from: Field,
    to: Vec<Field>,
    /// Both, for the summary of what is wrong.
    fields: Vec<Field>,
}

impl MovingPage {
    fn action(&self) -> String {
        action(&self.what)
    }
}

fn action(what: &Actor) -> String {
    if what.is_group() { format!("{}/move", what.path()) } else { "/account/move".into() }
}

async fn page(web: &Web, ui: Ui, what: Actor, typed: &Typed, refused: &[(&'static str, Refused)]) -> Result<MovingPage> {
    let mut conn = web.core.db.conn();
    let Whereabouts { known_as, .. } = whereabouts::of(&mut conn, what.id).await?;
    let mut before = Vec::new();
    for id in known_as.lines() {
        let known = actors::by_ap_id(&mut conn, id).await?;
        before.push(known.map_or_else(|| id.to_owned(), |actor| format!("{}@{}", actor.name, actor.host)));
    }
    let typed_before = typed.get("from");
    let before = before.join("\n");
    let (from, to, sure) =
        if what.is_group() { ("move-group-from", "move-group-to", "move-group-sure") } else { ("move-from", "move-to", "move-sure") };
    let mut from = ui.field(from, "from", if typed_before.is_empty() { &before } else { typed_before }).area(3).optional(&ui);
    let mut to = vec![ui.field(to, "to", typed.get("to")), ui.field(sure, "sure", typed.get("sure")).check()];
    ui.mark(std::slice::from_mut(&mut from), refused);
    ui.mark(&mut to, refused);
    let fields = std::iter::once(&from).chain(&to).cloned().collect();
    let place = new_place(&mut conn, &what).await?;
    Ok(MovingPage { ui, what, place, from, to, fields })
}

/// Who or what a handle of another server names, as it is there now.
async fn found(web: &Web, what: &Actor, text: &str) -> Result<Actor, Refused> {
    let Ok(handle) = text.trim().parse::<Handle>() else { return Err(Refused::Empty) };
    if handle.host.as_deref().is_none_or(|host| host == web.core.urls.authority()) {
        return Err(Refused::Characters);
    }
    let looked = async {
        let known = if what.is_group() {
            web.finder.find_group(&handle.to_string()).await?
        } else {
            web.finder.find_member(&handle.to_string()).await?
        };
        web.finder.look_again(known.id).await
    };
    looked.await.map_err(|error| {
        error.log();
        Refused::Characters
    })
}

async fn go(web: &Web, form: Signed, what: Actor) -> Shown {
    let mut refused = Vec::new();
    let to = match found(web, &what, form.typed.get("to")).await {
        Ok(to) => Some(to),
        Err(why) => {
            refused.push(("to", why));
            None
        }
    };
    if form.typed.get("sure") != "1" {
        refused.push(("sure", Refused::Empty));
    }
    let (Some(to), true) = (to, refused.is_empty()) else {
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(web, form.ui, what, &form.typed, &refused).await?);
    };
    let mut tx = web.core.db.begin().await?;
    moving::go(&web.core, &mut tx, &form.me.actor, &what, &to).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(web, "flash-moved", &what.path()))
}

async fn was(web: &Web, form: Signed, what: Actor) -> Shown {
    let mut before = Vec::new();
    for line in form.typed.get("from").lines().map(str::trim).filter(|line| !line.is_empty()).take(MOST) {
        match found(web, &what, line).await {
            Ok(actor) => before.push(actor.ap_id),
            Err(why) => {
                let page = page(web, form.ui, what, &form.typed, &[("from", why)]).await?;
                return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
            }
        }
    }
    let mut tx = web.core.db.begin().await?;
    moving::was(&web.core, &mut tx, &form.me.actor, &what, &before).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(web, "flash-saved", &action(&what)))
}

async fn stay(web: &Web, form: Signed, what: Actor) -> Shown {
    let mut tx = web.core.db.begin().await?;
    moving::stay(&web.core, &mut tx, &form.me.actor, &what).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(web, "flash-stays", &what.path()))
}

async fn show_mine(State(web): State<Web>, ui: Ui) -> Shown {
    let me = ui.member()?.actor.clone();
    html(&page(&web, ui, me, &Typed::default(), &[]).await?)
}

async fn go_mine(State(web): State<Web>, form: Signed) -> Shown {
    let me = form.me.actor.clone();
    go(&web, form, me).await
}

async fn was_mine(State(web): State<Web>, form: Signed) -> Shown {
    let me = form.me.actor.clone();
    was(&web, form, me).await
}

async fn stay_mine(State(web): State<Web>, form: Signed) -> Shown {
    let me = form.me.actor.clone();
    stay(&web, form, me).await
}

/// A group of ours, for an administrator.
async fn group(web: &Web, me: &Actor, handle: Handle) -> Result<Actor> {
    let mut conn = web.core.db.conn();
    if !may_administer(ops::viewer_of_instance(&web.core, &mut conn, me).await?) {
        return Err(Error::Forbidden("error-only-administrators"));
    }
    let group = named(web, &mut conn, handle).await?;
    if group.local { Ok(group) } else { Err(Error::NotFound) }
}

async fn show_group(State(web): State<Web>, ui: Ui, At(handle): At<Handle>) -> Shown {
    let me = ui.member()?;
    let group = group(&web, &me.actor, handle).await?;
    html(&page(&web, ui, group, &Typed::default(), &[]).await?)
}

async fn go_group(State(web): State<Web>, At(handle): At<Handle>, form: Signed) -> Shown {
    let group = group(&web, &form.me.actor, handle).await?;
    go(&web, form, group).await
}

async fn was_group(State(web): State<Web>, At(handle): At<Handle>, form: Signed) -> Shown {
    let group = group(&web, &form.me.actor, handle).await?;
    was(&web, form, group).await
}

async fn stay_group(State(web): State<Web>, At(handle): At<Handle>, form: Signed) -> Shown {
    let group = group(&web, &form.me.actor, handle).await?;
    stay(&web, form, group).await
}
