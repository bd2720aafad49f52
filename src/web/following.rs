//! What a member follows besides groups: the list, where all of it can be undone; and following a member.

use askama::Template;
use axum::extract::{Query, State};
use axum::routing::{get, post};

use super::forms::Signed;
use super::page::{Shown, html};
use super::session::{flash_to, to};
use super::ui::Ui;
use super::{At, Web};
use crate::db::actors;
use crate::db::watches::{self, WatchKind, Watched};
use crate::error::Error;
use crate::model::{Handle, urls};
use crate::ops::watching;

/// Things of one kind on one page.
const LINES: usize = 50;

pub fn routes() -> axum::Router<Web> {
    axum::Router::new().route("/account/following", get(show)).route("/u/{handle}/follow", post(follow))
}

/// What is followed of one kind.
struct Section {
    kind: WatchKind,
    heading: &'static str,
    lines: Vec<Watched>,
    next: Option<i64>,
}

impl Section {
    fn path(&self, line: &Watched) -> String {
        match self.kind {
            WatchKind::Post => format!("/post/{}", line.place),
            WatchKind::Topic => urls::topic_path(&line.place),
            WatchKind::Member => format!("/u/{}", line.place),
        }
    }
}

#[derive(Template)]
#[template(path = "following.html", config = "src/web/askama.toml")]
struct FollowingPage {
    ui: Ui,
    sections: Vec<Section>,
    later: bool,
}

/// Where a list goes on.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Place {
    kind: Option<String>,
    after: Option<i64>,
}

async fn show(State(web): State<Web>, ui: Ui, Query(place): Query<Place>) -> Shown {
    let me = ui.member()?;
    let mut conn = web.core.db.conn();
    let only = place.kind.as_deref().and_then(WatchKind::from_word);
    let limit = i64::try_from(LINES + 1).unwrap_or(i64::MAX);
    let mut sections = Vec::new();
    for (kind, heading) in
        [(WatchKind::Post, "following-posts"), (WatchKind::Topic, "following-topics"), (WatchKind::Member, "following-members")]
    {
        if only.is_some_and(|only| only != kind) {
            continue;
        }
        let after = place.after.filter(|_| only.is_some()).unwrap_or(0);
        let mut lines = watches::list(&mut conn, me.actor.id, kind, after, limit).await?;
        let more = lines.len() > LINES;
        lines.truncate(LINES);
        let next = lines.last().filter(|_| more).map(|last| last.subject_id);
        sections.push(Section { kind, heading, lines, next });
    }
    sections.retain(|section| !section.lines.is_empty());
    html(&FollowingPage { ui, sections, later: only.is_some() })
}

async fn follow(State(web): State<Web>, At(handle): At<Handle>, form: Signed) -> Shown {
    let on = form.typed.get("on") != "0";
    let mut tx = web.core.db.begin().await?;
    let member = actors::by_handle(&mut tx, &handle, false).await?.ok_or(Error::NotFound)?;
    watching::watch(&web.core, &mut tx, &form.me.actor, WatchKind::Member, member.id.0, on).await?;
    web.core.commit(tx).await?;
    let back = form.typed.get("back");
    if !back.is_empty() {
        return Ok(flash_to(&web, "flash-unwatched", back));
    }
    Ok(if on { flash_to(&web, "flash-watched", &member.path()) } else { to(&member.path()) })
}
