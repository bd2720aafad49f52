//! The first page: the newest in my groups; for a visitor, what this region is and what it talks about.

use askama::Template;
use axum::extract::{Query, State};

use super::agenda::{self, Line};
use super::kinds;
use super::page::{Shown, html};
use super::ui::Ui;
use super::{Listing, PAGE, Web};
use crate::config::RegistrationMode;
use crate::db::agenda::Which;
use crate::db::follows;
use crate::db::lists::{self, GroupLine, ThreadCard, Threads};
use crate::db::settings::{self, key};
use crate::model::{Actor, Page, PostKind, markup};
use crate::ops::{registering, setting_up};

#[derive(Template)]
#[template(path = "home.html", config = "src/web/askama.toml")]
struct HomePage {
    ui: Ui,
    /// Clean HTML.
    about: String,
    /// For a member who is in no group yet; clean HTML.
    welcome: String,
    threads: Page<ThreadCard>,
    /// Whether everything is shown, rather than the groups of the reader.
    all: bool,
    mine: Vec<Actor>,
    /// The next few in the agenda.
    upcoming: Vec<Line>,
    groups: Vec<GroupLine>,
    /// How a visitor becomes a member; nothing for who is one.
    joining: Option<RegistrationMode>,
    /// Cards name their group.
    with_group: bool,
    later: bool,
}

#[derive(Template)]
#[template(path = "waiting.html", config = "src/web/askama.toml")]
struct WaitingPage {
    ui: Ui,
}

pub async fn show(State(web): State<Web>, ui: Ui, Query(listing): Query<Listing>) -> Shown {
    let mut conn = web.core.db.reading();
    if !ui.logged_in() && !setting_up::is_set_up(&web.core).await? {
        return html(&WaitingPage { ui });
    }
    let before = listing.cursor()?;
    let mine = match &ui.me {
        Some(me) => follows::groups_of(&mut conn, me.actor.id).await?,
        None => Vec::new(),
    };
    let all = ui.me.is_none() || listing.shows("all");
    let which = match &ui.me {
        Some(me) if !all => Threads::Of(me.actor.id),
        _ => Threads::All,
    };
    let threads = lists::threads(&mut conn, which, before, PAGE).await?;
    let about = settings::get(&mut conn, key::REGION_ABOUT).await?.unwrap_or_default();
    let welcome = match &ui.me {
        Some(_) if mine.is_empty() => settings::get(&mut conn, key::REGION_WELCOME).await?.unwrap_or_default(),
        _ => String::new(),
    };
    let welcome = markup::markdown(&welcome);
    let (groups, _) = lists::groups(&mut conn, true, None, 12).await?;
    let joining = if ui.logged_in() { None } else { Some(registering::mode(&web.core, &mut conn).await?) };
    let events = match &ui.me {
        Some(me) if !all && !mine.is_empty() => Which::GroupsOf(me.actor.id),
        _ => Which::All,
    };
    let upcoming = agenda::next(&mut conn, &ui, events).await?;
    html(&HomePage {
        ui,
        upcoming,
        about: markup::markdown(&about),
        welcome,
        threads,
        all,
        mine,
        groups,
        with_group: true,
        joining,
        later: before.is_some(),
    })
}
