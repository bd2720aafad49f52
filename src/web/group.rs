//! A group: its threads, joining and leaving, describing it; for one of another region also how far its history has come.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;

use super::forms::{Check, Field, Signed, Typed};
use super::page::{PageError, Shown, html, html_with};
use super::session::{flash_to, to};
use super::ui::Ui;
use super::{At, Listing, PAGE, Web};
use crate::db::backfill::{self, Progress};
use crate::db::lists::{self, ThreadCard, Threads};
use crate::db::{Conn, actors, follows};
use crate::error::{Error, Result};
use crate::model::names::{About, Refused, Title};
use crate::model::rights::{Viewer, can_see_actor, may_describe};
use crate::model::{Actor, FollowState, Handle, Page, PostKind};
use crate::ops::{self, following, founding};

/// The group that a path names.
///
/// # Errors
/// [`Error::NotFound`], or [`Error::Gone`] for one that was here.
pub async fn named(web: &Web, conn: &mut Conn, mut handle: Handle) -> Result<Actor> {
    if handle.host.as_deref() == Some(web.core.urls.authority()) {
        handle.host = None;
    }
    let group = actors::by_handle(conn, &handle, true).await?.ok_or(Error::NotFound)?;
    if can_see_actor(Viewer::default(), &group) { Ok(group) } else { Err(Error::Gone) }
}

/// How far the history of a group of another region has come.
struct History {
    /// `listing`, `fetching` or `done`.
    state: String,
    progress: Progress,
    failed: bool,
}

#[derive(Template)]
#[template(path = "group.html", config = "src/web/askama.toml")]
#[expect(clippy::struct_excessive_bools, reason = "what a template asks of a group")]
struct GroupPage {
    ui: Ui,
    group: Actor,
    threads: Page<ThreadCard>,
    unanswered_only: bool,
    unanswered: i64,
    members: i64,
    moderators: Vec<Actor>,
    follow: Option<FollowState>,
    may_edit: bool,
    /// Whether anybody here follows this group of another region.
    followed_here: bool,
    history: Option<History>,
    with_group: bool,
    later: bool,
}

impl GroupPage {
    /// `name@host`: what people of other regions look for.
    fn address(&self) -> String {
        format!("{}@{}", self.group.name, self.group.host)
    }

    fn history_line(&self, history: &History) -> String {
        let mut args = fluent_bundle::FluentArgs::new();
        args.set("done", history.progress.done);
        args.set("total", history.progress.total);
        self.ui.lang.say("history-progress", Some(&args))
    }
}

pub async fn show(State(web): State<Web>, ui: Ui, At(handle): At<Handle>, Query(listing): Query<Listing>) -> Shown {
    let mut conn = web.core.db.conn();
    let before = listing.cursor()?;
    let group = match named(&web, &mut conn, handle.clone()).await {
        // A member can go and look for it at its home.
        Err(Error::NotFound) if handle.host.is_some() && ui.logged_in() => return Ok(to(&format!("/groups/find?q={handle}"))),
        found => found?,
    };
    if group.local && handle.host.is_some() {
        return Ok(to(&group.path()));
    }
    let viewer = ops::viewer(&mut conn, ui.me.as_ref().map(|me| &me.actor), group.id).await?;
    let follow = match &ui.me {
        Some(me) => follows::get(&mut conn, me.actor.id, group.id).await?.map(|follow| follow.state),
        None => None,
    };
    let unanswered_only = listing.shows("unanswered");
    let which = if unanswered_only { Threads::Unanswered(group.id) } else { Threads::Group(group.id) };
    let page = GroupPage {
        threads: lists::threads(&mut conn, which, before, PAGE).await?,
        unanswered: lists::count_unanswered(&mut conn, group.id).await?,
        members: follows::count(&mut conn, group.id).await?,
        moderators: actors::moderators(&mut conn, group.id).await?,
        followed_here: group.local || follows::count_local(&mut conn, group.id).await? > 0,
        history: progress(&mut conn, &group).await?,
        may_edit: may_describe(viewer, &group),
        with_group: false,
        later: before.is_some(),
        ui,
        group,
        unanswered_only,
        follow,
    };
    html(&page)
}

async fn progress(conn: &mut Conn, group: &Actor) -> Result<Option<History>> {
    if group.local {
        return Ok(None);
    }
    let Some(row) = backfill::get(conn, group.id).await? else { return Ok(None) };
    Ok(Some(History { failed: row.error.is_some(), state: row.state, progress: backfill::progress(conn, group.id).await? }))
}

pub async fn join(State(web): State<Web>, At(handle): At<Handle>, form: Signed) -> Shown {
    let group = named(&web, &mut web.core.db.conn(), handle).await?;
    let mut tx = web.core.db.begin().await?;
    following::join(&web.core, &mut tx, &form.me.actor, &group).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, if group.local { "flash-joined" } else { "flash-asked-to-join" }, &group.path()))
}

pub async fn leave(State(web): State<Web>, At(handle): At<Handle>, form: Signed) -> Shown {
    let group = named(&web, &mut web.core.db.conn(), handle).await?;
    let mut tx = web.core.db.begin().await?;
    following::leave(&web.core, &mut tx, &form.me.actor, &group).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-left", &group.path()))
}

/// Begins anew to bring in the history of another region's group.
pub async fn history(State(web): State<Web>, At(handle): At<Handle>, _form: Signed) -> Shown {
    let group = named(&web, &mut web.core.db.conn(), handle).await?;
    if group.local {
        return Err(Error::NotFound.into());
    }
    let mut tx = web.core.db.begin().await?;
    following::bring_in_history(&web.core, &mut tx, &group).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-history-started", &group.path()))
}

/// Fetches the newest of another region's group.
pub async fn refresh(State(web): State<Web>, At(handle): At<Handle>, _form: Signed) -> Shown {
    let group = named(&web, &mut web.core.db.conn(), handle).await?;
    if group.local {
        return Ok(to(&group.path()));
    }
    let key = match web.finder.refresh_group(group.id).await {
        Ok(()) => "flash-refreshed",
        Err(Error::Forbidden(_)) => "flash-not-allowed",
        Err(error) => {
            error.log();
            "flash-no-answer"
        }
    };
    Ok(flash_to(&web, key, &group.path()))
}

#[derive(Template)]
#[template(path = "group_edit.html", config = "src/web/askama.toml")]
struct EditPage {
    ui: Ui,
    group: Actor,
    fields: Vec<Field>,
}

fn edit_page(ui: Ui, group: Actor, typed: &Typed, refused: &[(&'static str, Refused)]) -> EditPage {
    let mut fields = vec![
        ui.field("group-title", "title", typed.get("title")),
        ui.field("group-about", "about", typed.get("about")).area(6).optional(&ui),
    ];
    ui.mark(&mut fields, refused);
    EditPage { ui, group, fields }
}

pub async fn edit(State(web): State<Web>, ui: Ui, At(handle): At<Handle>) -> Shown {
    let me = ui.member()?;
    let mut conn = web.core.db.conn();
    let group = named(&web, &mut conn, handle).await?;
    let viewer = ops::viewer(&mut conn, Some(&me.actor), group.id).await?;
    if !may_describe(viewer, &group) {
        return Err(Error::Forbidden("error-only-moderators").into());
    }
    let typed = Typed(vec![("title".into(), group.display_name.clone()), ("about".into(), group.about_source.clone())]);
    html(&edit_page(ui, group, &typed, &[]))
}

pub async fn describe(State(web): State<Web>, At(handle): At<Handle>, form: Signed) -> Shown {
    let group = named(&web, &mut web.core.db.conn(), handle).await?;
    let mut check = Check::default();
    let title = check.take("title", Title::parse(form.typed.get("title")));
    let about = check.take("about", About::parse(form.typed.get("about")));
    let (Some(title), Some(about)) = (title, about) else {
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &edit_page(form.ui, group, &form.typed, &check.0));
    };
    let mut tx = web.core.db.begin().await?;
    let viewer = ops::viewer(&mut tx, Some(&form.me.actor), group.id).await?;
    founding::describe(&web.core, &mut tx, viewer, &group, &title, &about).await.map_err(PageError)?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-saved", &group.path()))
}
