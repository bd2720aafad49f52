//! A group: its threads, joining and leaving, describing it; for one of another region also how far its history has come.

use askama::Template;
use axum::extract::{Query, State};

use super::agenda::{self, Line};
use super::forms::Signed;
use super::kinds;
use super::moderation::place::{self, GroupDesk};
use super::moving::{NewPlace, new_place};
use super::page::{Shown, html};
use super::session::{flash_to, to};
use super::ui::Ui;
use super::{At, Listing, PAGE, Web};
use crate::db::agenda::Which;
use crate::db::backfill::{self, Progress};
use crate::db::lists::{self, ThreadCard, Threads};
use crate::db::{Conn, actors, follows, groups, topics};
use crate::error::{Error, Result};
use crate::model::rights::{Viewer, can_see_actor, may_describe, may_start};
use crate::model::{Actor, FollowState, Handle, Page, PostKind, Topic};
use crate::ops::{self, asking_again, following, limits};

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

/// Whether posting in a group would make the reader a member of it.
///
/// # Errors
/// When the database can't be read.
pub async fn joins_by_posting(conn: &mut Conn, ui: &Ui, group: &Actor) -> Result<bool> {
    let Some(me) = &ui.me else { return Ok(false) };
    let follow = follows::get(conn, me.actor.id, group.id).await?;
    Ok(follow.is_none_or(|follow| follow.state == FollowState::Rejected))
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
    /// Those at the top of the first page.
    pinned: Page<ThreadCard>,
    /// `newest`, `useful` or `unanswered`.
    shown: &'static str,
    unanswered_only: bool,
    /// What it says about itself, for a group of ours.
    said: groups::GroupPage,
    /// Whether what was agreed should have been looked at again, for who moderates.
    review_due: bool,
    topics: Vec<Topic>,
    /// The kinds besides a question that the reader may start here.
    kinds: Vec<PostKind>,
    unanswered: i64,
    members: i64,
    moderators: Vec<Actor>,
    follow: Option<FollowState>,
    /// Whether the group's server never answered the reader's request, and is no longer asked.
    in_vain: bool,
    may_edit: bool,
    /// Where the group is now, when it has moved.
    place: Option<NewPlace>,
    desk: GroupDesk,
    /// Whether anybody here follows this group of another region.
    followed_here: bool,
    history: Option<History>,
    /// The next few in its agenda.
    upcoming: Vec<Line>,
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
    let mut conn = web.core.db.reading();
    let before = listing.cursor()?;
    let group = match named(&web, &mut conn, handle.clone()).await {
        // A member can go and look for it at its home.
        Err(Error::NotFound) if handle.host.is_some() && ui.logged_in() => return Ok(to(&format!("/groups/find?q={handle}"))),
        found => found?,
    };
    if group.local && handle.host.is_some() {
        return Ok(to(&group.path()));
    }
    let viewer = ops::viewer(&web.core, &mut conn, ui.me.as_ref().map(|me| &me.actor), group.id).await?;
    let follow = match &ui.me {
        Some(me) => follows::get(&mut conn, me.actor.id, group.id).await?,
        None => None,
    };
    let unanswered_only = listing.shows("unanswered");
    let shown = ["useful", "unanswered"].into_iter().find(|word| listing.shows(word)).unwrap_or("newest");
    let threads = match shown {
        "useful" => lists::most_useful(&mut conn, group.id, before, PAGE).await?,
        "unanswered" => lists::threads(&mut conn, Threads::Unanswered(group.id), before, PAGE).await?,
        _ => lists::threads(&mut conn, Threads::Group(group.id), before, PAGE).await?,
    };
    let pinned = if shown == "newest" && before.is_none() {
        lists::threads(&mut conn, Threads::Pinned(group.id), None, PAGE).await?
    } else {
        Page { items: Vec::new(), next: None }
    };
    let said = groups::page(&mut conn, group.id).await?;
    let page = GroupPage {
        threads,
        pinned,
        shown,
        review_due: may_describe(viewer, &group) && said.review_at.is_some_and(|at| at <= web.core.now()),
        said,
        topics: topics::of_actor(&mut conn, group.id).await?,
        kinds: kinds::started().filter(|kind| *kind != PostKind::Question && may_start(viewer, *kind)).collect(),
        unanswered: lists::count_unanswered(&mut conn, group.id).await?,
        members: follows::count(&mut conn, group.id).await?,
        moderators: actors::moderators(&mut conn, group.id).await?,
        followed_here: group.local || follows::count_local(&mut conn, group.id).await? > 0,
        history: progress(&mut conn, &group).await?,
        upcoming: agenda::next(&mut conn, &ui, Which::Group(group.id)).await?,
        may_edit: may_describe(viewer, &group),
        place: new_place(&mut conn, &group).await?,
        desk: place::desk(&mut conn, viewer, group.id, web.core.now()).await?,
        with_group: false,
        later: before.is_some(),
        ui,
        group,
        unanswered_only,
        in_vain: follow.as_ref().is_some_and(|follow| asking_again::in_vain(follow, web.core.now())),
        follow: follow.map(|follow| follow.state),
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
pub async fn history(State(web): State<Web>, At(handle): At<Handle>, form: Signed) -> Shown {
    let group = named(&web, &mut web.core.db.conn(), handle).await?;
    if group.local {
        return Err(Error::NotFound.into());
    }
    limits::count_costly(&web.core, form.me.actor.id).await?;
    let mut tx = web.core.db.begin().await?;
    following::bring_in_history(&web.core, &mut tx, &group).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-history-started", &group.path()))
}

/// Fetches the newest of another region's group.
pub async fn refresh(State(web): State<Web>, At(handle): At<Handle>, form: Signed) -> Shown {
    let group = named(&web, &mut web.core.db.conn(), handle).await?;
    if group.local {
        return Ok(to(&group.path()));
    }
    limits::count_costly(&web.core, form.me.actor.id).await?;
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
