//! The first page of a new member: what to do first.

use askama::Template;
use axum::extract::State;

use crate::db::lists::{self, GroupLine};
use crate::db::{actors, follows};
use crate::model::{Actor, ActorId};
use crate::ops::following;
use crate::web::Web;
use crate::web::forms::Signed;
use crate::web::page::{Shown, html};
use crate::web::session::flash_to;
use crate::web::ui::Ui;

/// Groups to choose from; there are more on the page of groups.
const GROUPS: usize = 30;

#[derive(Template)]
#[template(path = "membership/welcome.html", config = "src/web/askama.toml")]
struct WelcomePage {
    ui: Ui,
    /// Those to choose from.
    groups: Vec<GroupLine>,
    /// Those that the invitation joined already.
    joined: Vec<Actor>,
}

pub async fn show(State(web): State<Web>, ui: Ui) -> Shown {
    let me = ui.member()?;
    let mut conn = web.core.db.conn();
    let joined = follows::groups_of(&mut conn, me.actor.id).await?;
    let (mut groups, _) = lists::groups(&mut conn, true, None, GROUPS).await?;
    groups.retain(|line| joined.iter().all(|group| group.id != line.group.id));
    html(&WelcomePage { ui, groups, joined })
}

pub async fn join(State(web): State<Web>, form: Signed) -> Shown {
    let chosen = form.typed.0.iter().filter(|(name, _)| name == "group").filter_map(|(_, id)| id.parse::<ActorId>().ok()).take(GROUPS);
    let mut tx = web.core.db.begin().await?;
    for id in chosen {
        let group = actors::by_id(&mut tx, id).await?;
        if group.is_group() && group.local && group.deleted_at.is_none() {
            following::join(&web.core, &mut tx, &form.me.actor, &group).await?;
        }
    }
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-joined-groups", "/"))
}
