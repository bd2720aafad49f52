//! Members, for administrators: who is here, who may do what, and counts for each organisation.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::{admin, csv_file};
use crate::db::administration::{self, MemberLine, Which};
use crate::db::{Conn, actors, suspensions};
use crate::error::{Error, Result};
use crate::model::names::{Name, Reason};
use crate::model::{AccountState, Actor, Suspension, Time};
use crate::ops::{administering, suspending};
use crate::web::forms::{Field, Signed, Typed};
use crate::web::moderation::suspend_form::{fields, typed_days};
use crate::web::page::{PageError, Shown, html, html_with};
use crate::web::session::flash_to;
use crate::web::ui::Ui;
use crate::web::{At, Listing, PAGE, Web};

/// Who was here in so long counts as active in the counts for an organisation.
const ACTIVE: i64 = 30 * Time::DAY;

#[derive(Template)]
#[template(path = "admin/members.html", config = "src/web/askama.toml")]
struct ListPage {
    ui: Ui,
    lines: Vec<MemberLine>,
    search: String,
    /// The word of the filter.
    show: &'static str,
    next: Option<String>,
    /// Whether this is not the beginning of the list.
    later: bool,
}

/// The words of the filters, in the address.
const FILTERS: [(&str, Which); 4] =
    [("all", Which::All), ("active", Which::Active), ("suspended", Which::Suspended), ("admins", Which::Administrators)];

pub async fn list(State(web): State<Web>, ui: Ui, Query(listing): Query<Listing>) -> Shown {
    admin(&ui)?;
    let asked = listing.show.as_deref().unwrap_or("all");
    let (show, which) = FILTERS.into_iter().find(|(word, _)| *word == asked).unwrap_or(("all", Which::All));
    let (search, after) = (listing.q.clone().unwrap_or_default(), listing.before.clone().unwrap_or_default());
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut lines = administration::members(&mut web.core.db.conn(), which, &search, &after, limit).await?;
    let more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let next = lines.last().filter(|_| more).map(|line| line.name.clone());
    html(&ListPage { ui, lines, search, show, next, later: !after.is_empty() })
}

/// Counts for each organisation, as a file.
pub async fn csv(State(web): State<Web>, ui: Ui) -> Result<Response, PageError> {
    admin(&ui)?;
    let since = web.core.now().plus(-ACTIVE);
    let lines = administration::organisations(&mut web.core.db.conn(), since).await?;
    let mut rows = vec![["csv-organisation", "csv-members", "csv-seen", "csv-posts"].iter().map(|key| ui.t(key)).collect::<Vec<_>>()];
    for line in lines {
        let organisation = if line.organisation.is_empty() { ui.t("csv-none") } else { line.organisation };
        rows.push(vec![organisation, line.members.to_string(), line.active.to_string(), line.posts.to_string()]);
    }
    Ok(csv_file("organisations.csv", &rows)?)
}

#[derive(Template)]
#[template(path = "admin/member.html", config = "src/web/askama.toml")]
struct MemberPage {
    ui: Ui,
    line: MemberLine,
    member: Actor,
    suspension: Option<Suspension>,
    /// Whether this is the reader.
    me: bool,
    fields: Vec<Field>,
}

async fn named(conn: &mut Conn, name: &str) -> Result<Actor> {
    let found = actors::local_by_name(conn, name).await?;
    found.filter(|actor| !actor.is_group()).ok_or(Error::NotFound)
}

async fn page(web: &Web, ui: Ui, name: &str, fields: Vec<Field>) -> Result<MemberPage> {
    let mut conn = web.core.db.conn();
    let line = administration::member(&mut conn, name).await?;
    let member = actors::by_id(&mut conn, line.actor_id).await?;
    let instance = actors::instance(&mut conn).await?.ok_or(Error::NotFound)?;
    let suspension = suspensions::get(&mut conn, member.id, instance.id).await?.filter(|_| line.state == AccountState::Suspended);
    let me = ui.me.as_ref().is_some_and(|me| me.actor.id == member.id);
    Ok(MemberPage { ui, line, member, suspension, me, fields })
}

pub async fn show(State(web): State<Web>, ui: Ui, At(name): At<Name>) -> Shown {
    admin(&ui)?;
    let fields = fields(&ui, &Typed::default(), &[]);
    html(&page(&web, ui, name.as_str(), fields).await?)
}

pub async fn role(State(web): State<Web>, At(name): At<Name>, form: Signed) -> Shown {
    let mut tx = web.core.db.begin().await?;
    let member = named(&mut tx, name.as_str()).await?;
    administering::set_admin(&web.core, &mut tx, &form.me.actor, &member, form.typed.get("admin") == "1").await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-saved", if form.me.actor.id == member.id { "/" } else { "/admin/members" }))
}

pub async fn suspend(State(web): State<Web>, At(name): At<Name>, form: Signed) -> Shown {
    admin(&form.ui)?;
    let days = typed_days(&form.typed)?;
    let reason = match Reason::parse(form.typed.get("reason")) {
        Ok(reason) => reason,
        Err(refused) => {
            let fields = fields(&form.ui, &form.typed, &[("reason", refused)]);
            return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&web, form.ui, name.as_str(), fields).await?);
        }
    };
    let mut tx = web.core.db.begin().await?;
    let member = named(&mut tx, name.as_str()).await?;
    suspending::shut_out(&web.core, &mut tx, &form.me.actor, &member, days, &reason).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-suspended", &format!("/admin/members/{name}")))
}

pub async fn resume(State(web): State<Web>, At(name): At<Name>, form: Signed) -> Shown {
    let mut tx = web.core.db.begin().await?;
    let member = named(&mut tx, name.as_str()).await?;
    suspending::let_in(&web.core, &mut tx, &form.me.actor, &member, "").await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-lifted", &format!("/admin/members/{name}")))
}

pub async fn password(State(web): State<Web>, At(name): At<Name>, form: Signed) -> Shown {
    let mut tx = web.core.db.begin().await?;
    let member = named(&mut tx, name.as_str()).await?;
    administering::send_password_link(&web.core, &mut tx, &form.me.actor, &member).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-password-link", &format!("/admin/members/{name}")))
}
