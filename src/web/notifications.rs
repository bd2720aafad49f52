//! What a member is told: the page, following a line of it, and marking everything as read.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::Method;
use axum::routing::{get, post};

use super::forms::Signed;
use super::page::{Shown, html};
use super::session::{flash_to, to};
use super::ui::Ui;
use super::{At, Listing, PAGE, Web};
use crate::db::notifications;
use crate::error::Error;
use crate::model::{Cursor, NotificationId, Page};
use crate::ops::noticing::{self, Line};
use crate::ops::notifying;

/// The routes of this page.
pub fn routes() -> axum::Router<Web> {
    axum::Router::new()
        .route("/notifications", get(show))
        .route("/notifications/read", post(read_all))
        .route("/notifications/{id}", get(follow))
}

#[derive(Template)]
#[template(path = "notifications.html", config = "src/web/askama.toml")]
struct NotificationsPage {
    ui: Ui,
    lines: Page<Line>,
    /// The newest on this page: everything up to here can be marked as read.
    newest: Option<NotificationId>,
    later: bool,
}

pub async fn show(State(web): State<Web>, ui: Ui, Query(listing): Query<Listing>) -> Shown {
    let me = ui.member()?;
    let before = listing.cursor()?;
    let mut conn = web.core.db.conn();
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let last = before.map_or(NotificationId(i64::MAX), |cursor| NotificationId(cursor.id));
    let found = notifications::page(&mut conn, me.actor.id, last, limit).await?;
    // The next page begins after what was read, also when some of it may not be seen.
    let found = Page::of(found, PAGE, |notice| Cursor { at: notice.created_at, id: notice.id.0 });
    let newest = found.items.first().map(|notice| notice.id);
    let items = noticing::lines(&web.core, &mut conn, &me.actor, ui.lang, found.items).await?;
    html(&NotificationsPage { ui, lines: Page { items, next: found.next }, newest, later: before.is_some() })
}

/// On to what a line is about; it is read by that. Reading is all that it changes, so a link may do it.
async fn follow(State(web): State<Web>, method: Method, ui: Ui, At(id): At<NotificationId>) -> Shown {
    let me = ui.member()?;
    let mut conn = web.core.db.conn();
    let notice = notifications::by_id(&mut conn, id).await?.filter(|notice| notice.actor_id == me.actor.id).ok_or(Error::NotFound)?;
    let lines = noticing::lines(&web.core, &mut conn, &me.actor, ui.lang, vec![notice]).await?;
    if method == Method::GET {
        let mut tx = web.core.db.begin().await?;
        notifying::read(&web.core, &mut tx, me.actor.id, id).await?;
        web.core.commit(tx).await?;
    }
    Ok(to(lines.first().map_or("/notifications", |line| line.path.as_str())))
}

async fn read_all(State(web): State<Web>, form: Signed) -> Shown {
    let last = form.typed.get("until").parse().map_err(|_| Error::Bad("not a notification".into()))?;
    let mut tx = web.core.db.begin().await?;
    notifying::read_all(&web.core, &mut tx, form.me.actor.id, last).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-notes-read", "/notifications"))
}
