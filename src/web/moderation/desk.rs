//! What waits for a moderator: open reports and objections, and who is suspended.

use askama::Template;
use axum::extract::State;

use super::place::partial;
use crate::db::objections::{self, ObjectionLine};
use crate::db::reports::{self, Desk, ReportLine};
use crate::db::suspensions::{self, SuspendedLine};
use crate::db::{Conn, actors, moderation};
use crate::error::{Error, Result};
use crate::model::names::{clean, cut};
use crate::model::rights::{Viewer, may_moderate, may_steer};
use crate::model::{Actor, ActorId, Handle, Report, ReportId, ReportState};
use crate::ops::{self, Core, reporting};
use crate::web::forms::{Field, Signed};
use crate::web::group::named;
use crate::web::page::{Shown, html};
use crate::web::session::flash_to;
use crate::web::ui::Ui;
use crate::web::{At, Web};

#[derive(Template)]
#[template(path = "moderation/desk.html", config = "src/web/askama.toml")]
struct DeskPage {
    ui: Ui,
    /// None for the page over everything.
    group: Option<Actor>,
    /// The groups that the reader moderates, on the page over everything.
    groups: Vec<Actor>,
    /// Whether the reader may suspend people from this group, and lift that.
    steers: bool,
    /// Who moderates a group of another region, for who does so from here.
    moderators: Vec<Actor>,
    moderator: Field,
    reports: Vec<ReportLine>,
    objections: Vec<ObjectionLine>,
    suspended: Vec<SuspendedLine>,
}

pub async fn of_group(State(web): State<Web>, ui: Ui, At(handle): At<Handle>) -> Shown {
    let me = ui.member()?;
    let mut conn = web.core.db.conn();
    let group = named(&web, &mut conn, handle).await?;
    let who = ops::viewer(&web.core, &mut conn, Some(&me.actor), group.id).await?;
    if !may_moderate(who) {
        return Err(Error::Forbidden("error-only-moderators").into());
    }
    let (desk, partial) = (Desk::Group(group.id), partial(&mut conn, me.actor.id, Some(group.id)).await?);
    let page = DeskPage {
        reports: reports::open(&mut conn, desk, partial).await?,
        objections: objections::open(&mut conn, desk).await?,
        suspended: suspensions::of_group(&mut conn, group.id, web.core.now()).await?,
        groups: Vec::new(),
        steers: may_steer(who, &group),
        moderators: if group.local { Vec::new() } else { actors::moderators(&mut conn, group.id).await? },
        moderator: ui.field("group-moderator", "moderator", ""),
        group: Some(group),
        ui,
    };
    html(&page)
}

/// `/moderation`: everything that waits for this reader.
pub async fn everything(State(web): State<Web>, ui: Ui) -> Shown {
    let me = ui.member()?;
    let mut conn = web.core.db.conn();
    let groups = moderation::groups_of(&mut conn, me.actor.id).await?;
    let desk = if me.account.admin { Desk::Everything } else { Desk::Moderator(me.actor.id) };
    if groups.is_empty() && !me.account.admin {
        return Err(Error::Forbidden("error-only-moderators").into());
    }
    let partial = partial(&mut conn, me.actor.id, None).await?;
    let page = DeskPage {
        reports: reports::open(&mut conn, desk, partial).await?,
        objections: objections::open(&mut conn, desk).await?,
        suspended: Vec::new(),
        group: None,
        groups,
        steers: false,
        moderators: Vec::new(),
        moderator: ui.field("group-moderator", "moderator", ""),
        ui,
    };
    html(&page)
}

#[derive(Template)]
#[template(path = "moderation/close.html", config = "src/web/askama.toml")]
struct ClosePage {
    ui: Ui,
    report: Report,
    back: String,
    fields: Vec<Field>,
}

/// The report, when this reader may act on it: not in their own case. One about a member, or of no group, is for administrators.
async fn actable(core: &Core, conn: &mut Conn, me: &Actor, id: ReportId) -> Result<(Report, Viewer)> {
    let report = reports::by_id(conn, id).await?;
    let viewer = ops::viewer(core, conn, Some(me), report.group_id.unwrap_or(ActorId(0))).await?;
    let partial = partial(conn, me.id, report.group_id).await?;
    if may_moderate(viewer) && report.actor_id != partial { Ok((report, viewer)) } else { Err(Error::NotFound) }
}

pub async fn confirm(State(web): State<Web>, ui: Ui, At(id): At<ReportId>) -> Shown {
    let me = ui.member()?;
    let (report, _) = actable(&web.core, &mut web.core.db.conn(), &me.actor, id).await?;
    let options = vec![("nothing".to_owned(), ui.t("close-nothing")), ("acted".to_owned(), ui.t("close-acted"))];
    let fields =
        vec![ui.field("close-outcome", "outcome", "nothing").radios(options), ui.field("close-note", "note", "").area(3).optional(&ui)];
    html(&ClosePage { ui, report, back: "/moderation".into(), fields })
}

pub async fn close(State(web): State<Web>, At(id): At<ReportId>, form: Signed) -> Shown {
    let mut tx = web.core.db.begin().await?;
    let (report, viewer) = actable(&web.core, &mut tx, &form.me.actor, id).await?;
    let state = if form.typed.get("outcome") == "acted" { ReportState::Acted } else { ReportState::Dismissed };
    reporting::close(&web.core, &mut tx, viewer, &report, state, &cut(&clean(form.typed.get("note")), 2_000)).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-report-closed", "/moderation"))
}
