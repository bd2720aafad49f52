//! A list of rules from a file: first what it would change, then, when an administrator says so, the change.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use super::TABS;
use crate::db::settings::{self, key};
use crate::error::Result;
use crate::model::names::Refused;
use crate::ops::importing::{self, Change, LARGEST, Line, Plan};
use crate::ops::members::token_hash;
use crate::web::Web;
use crate::web::admin::admin;
use crate::web::forms::{Field, Signed};
use crate::web::page::{Shown, html, html_with};
use crate::web::session::flash_to;
use crate::web::ui::Ui;

/// Lines that are shown one by one.
const SHOWN: usize = 500;

#[derive(Template)]
#[template(path = "admin/federation/import.html", config = "src/web/askama.toml")]
struct ImportPage {
    ui: Ui,
    tab: &'static str,
    /// What the file that waits would change, and its hash.
    plan: Option<(Plan, String)>,
    fields: Vec<Field>,
}

impl ImportPage {
    fn change_says(&self, change: &Change, line: &Line) -> String {
        self.ui.t(match (change, line.block) {
            (Change::Turns, true) => "import-turns-blocked",
            (Change::Turns, false) => "import-turns-allowed",
            (Change::Blocks, _) => "host-is-blocked",
            (Change::Allows, _) => "host-is-allowed",
        })
    }
}

async fn page(web: &Web, ui: Ui, refused: Option<Refused>) -> Result<ImportPage> {
    let mut conn = web.core.db.conn();
    let draft = settings::get(&mut conn, key::RULES_DRAFT).await?.filter(|draft| !draft.is_empty() && refused.is_none());
    let plan = match draft.and_then(|draft| Some((importing::read(&draft)?, token_hash(&draft)))) {
        Some((listed, hash)) => Some((importing::plan(&web.core, &mut conn, listed).await?, hash)),
        None => None,
    };
    let mut fields = vec![ui.field("import-file", "rules", "").file(".csv,text/csv")];
    if let Some(refused) = refused {
        ui.mark(&mut fields, &[("rules", refused)]);
    }
    Ok(ImportPage { ui, tab: TABS[1].0, plan, fields })
}

pub async fn show(State(web): State<Web>, ui: Ui) -> Shown {
    admin(&ui)?;
    html(&page(&web, ui, None).await?)
}

/// Takes a file in, to be looked at.
pub async fn upload(State(web): State<Web>, form: Signed) -> Shown {
    admin(&form.ui)?;
    let file = form.files.into_iter().find(|file| file.field == "rules").and_then(|file| file.bytes).unwrap_or_default();
    let text = String::from_utf8(file).ok().filter(|text| text.len() <= LARGEST && !text.contains('\0'));
    let Some(text) = text.filter(|text| importing::read(text).is_some()) else {
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&web, form.ui, Some(Refused::Empty)).await?);
    };
    let mut tx = web.core.db.begin().await?;
    importing::keep(&web.core, &mut tx, &form.me.actor, &text).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-import-read", "/admin/federation/import"))
}

/// Uses the file that was looked at.
pub async fn apply(State(web): State<Web>, form: Signed) -> Shown {
    let mut tx = web.core.db.begin().await?;
    importing::apply(&web.core, &mut tx, &form.me.actor, form.typed.get("seen")).await?;
    web.core.commit(tx).await?;
    web.core.rules_changed();
    Ok(flash_to(&web, "flash-import-used", "/admin/federation/rules"))
}
