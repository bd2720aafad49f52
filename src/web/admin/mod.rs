//! The pages of administrators.

mod audit;
mod federation;
mod figures;
mod members;
mod overview;
mod region;
mod settings;
mod storage;
mod theme;

use std::sync::Arc;

use axum::routing::{get, post};

use super::Web;
use super::session::Me;
use super::ui::Ui;
use crate::error::{Error, Result};
use crate::model::rights::{Viewer, may_administer};
use crate::ops::tables;

/// The menu of these pages: where each leads, and the key of its name.
pub const MENU: [(&str, &str); 13] = [
    ("/admin", "admin-overview"),
    ("/admin/members", "admin-members"),
    ("/admin/registrations", "admin-registrations"),
    ("/admin/invitations", "admin-invitations"),
    ("/admin/groups", "admin-groups"),
    ("/moderation", "admin-reports"),
    ("/admin/region", "admin-region"),
    ("/admin/settings", "admin-settings"),
    ("/admin/federation", "admin-federation"),
    ("/admin/mail", "admin-mail"),
    ("/admin/figures", "admin-figures"),
    ("/admin/storage", "admin-storage"),
    ("/admin/audit", "admin-audit"),
];

/// Every page of administrators.
pub fn routes() -> axum::Router<Web> {
    axum::Router::new()
        .route("/admin", get(overview::show))
        .route("/admin/region", get(region::show).post(region::change))
        .route("/admin/theme", get(theme::show).post(theme::change))
        .route("/admin/theme/upload", post(theme::upload))
        .route("/admin/theme/preview", get(theme::preview))
        .route("/admin/theme/draft.css", get(theme::draft))
        .route("/admin/settings", get(settings::show).post(settings::change))
        .route("/admin/members", get(members::list))
        .route("/admin/members/organisations.csv", get(members::csv))
        .route("/admin/members/{name}", get(members::show))
        .route("/admin/members/{name}/role", post(members::role))
        .route("/admin/members/{name}/suspend", post(members::suspend))
        .route("/admin/members/{name}/resume", post(members::resume))
        .route("/admin/members/{name}/password", post(members::password))
        .merge(federation::routes())
        .route("/admin/figures", get(figures::show))
        .route("/admin/figures.csv", get(figures::csv))
        .route("/admin/storage", get(storage::show))
        .route("/admin/audit", get(audit::show))
}

/// The administrator who reads.
///
/// # Errors
/// [`Error::LoginNeeded`] for a visitor, [`Error::Forbidden`] for other members.
pub fn admin(ui: &Ui) -> Result<Arc<Me>> {
    let me = ui.member()?;
    let who = Viewer { actor: Some(me.actor.id), admin: me.account.admin, ..Viewer::default() };
    if may_administer(who) { Ok(me) } else { Err(Error::Forbidden("error-only-administrators")) }
}

/// Whether a page of the menu is the one that is shown, or above it.
#[must_use]
pub fn at(ui: &Ui, path: &str) -> bool {
    let here = ui.here.split('?').next().unwrap_or_default();
    here == path || (path != "/admin" && here.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')))
}

/// What the configuration file or the environment says at a key like `federation.mode`; none where it leaves the choice to
/// these pages.
#[must_use]
pub fn fixed(web: &Web, key: &str) -> Option<String> {
    let table = toml::Value::try_from(&web.core.config).ok()?;
    let value = key.split('.').try_fold(&table, |at, part| at.get(part))?.as_str()?;
    (!value.is_empty()).then(|| value.to_owned())
}

/// A table as a file to keep.
///
/// # Errors
/// When it can't be written.
pub fn csv_file(name: &str, rows: &[Vec<String>]) -> Result<axum::response::Response> {
    use axum::http::header;
    use axum::response::IntoResponse;
    let bytes = tables::csv(rows.iter().cloned())?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, bytes).into_response())
}
