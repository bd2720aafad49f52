//! The region's theme: uploading it, looking at it, using it, and going back.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use super::admin;
use crate::db::settings::{self, key};
use crate::error::{Error, Result};
use crate::model::Lang;
use crate::model::names::Refused;
use crate::ops::administering::{self, Theme};
use crate::web::Web;
use crate::web::forms::{Field, Signed};
use crate::web::page::{Shown, html, html_with};
use crate::web::session::flash_to;
use crate::web::theme::{Measured, check, tokens};
use crate::web::ui::Ui;

/// The largest theme that is kept.
const LARGEST: usize = 64 * 1024;

#[derive(Template)]
#[template(path = "admin/theme.html", config = "src/web/askama.toml")]
struct ThemePage {
    ui: Ui,
    /// Where the file lies that wins over what is chosen here, when there is one.
    fixed: Option<String>,
    in_use: bool,
    draft: bool,
    before: bool,
    fields: Vec<Field>,
}

async fn page(web: &Web, ui: Ui, refused: Option<Refused>) -> Result<ThemePage> {
    let mut conn = web.core.db.conn();
    let file = web.core.config.data_dir.join("theme.css");
    let there = |key: &'static str| {
        let mut conn = web.core.db.conn();
        async move { settings::get(&mut conn, key).await }
    };
    let in_use = there(key::THEME).await?.is_some_and(|theme| !theme.is_empty());
    let draft = there(key::THEME_DRAFT).await?.is_some_and(|theme| !theme.is_empty());
    let before = settings::get(&mut conn, key::THEME_BEFORE).await?.is_some();
    let mut fields = vec![ui.field("theme-file", "theme", "").file(".css,text/css")];
    if let Some(refused) = refused {
        ui.mark(&mut fields, &[("theme", refused)]);
    }
    Ok(ThemePage { ui, fixed: file.exists().then(|| file.display().to_string()), in_use, draft, before, fields })
}

pub async fn show(State(web): State<Web>, ui: Ui) -> Shown {
    admin(&ui)?;
    html(&page(&web, ui, None).await?)
}

/// Takes a file in, filtered, to be looked at.
pub async fn upload(State(web): State<Web>, form: Signed) -> Shown {
    admin(&form.ui)?;
    let file = form.files.into_iter().find(|file| file.field == "theme").and_then(|file| file.bytes).unwrap_or_default();
    let (ui, me) = (form.ui, form.me);
    let theme = String::from_utf8(file).ok().filter(|text| text.len() <= LARGEST).map(|text| tokens(&text)).unwrap_or_default();
    if theme.is_empty() {
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&web, ui, Some(Refused::Empty)).await?);
    }
    let mut tx = web.core.db.begin().await?;
    administering::set_theme(&web.core, &mut tx, &me.actor, Theme::Draft(&theme)).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-theme-draft", "/admin/theme/preview"))
}

#[derive(Template)]
#[template(path = "admin/theme_preview.html", config = "src/web/askama.toml")]
struct PreviewPage {
    ui: Ui,
    /// Where the colours can't be read.
    pale: Vec<Measured>,
}

impl PreviewPage {
    /// A contrast, as the reader's language writes numbers.
    fn number(&self, contrast: Option<f64>) -> String {
        let written = contrast.map_or_else(|| "?".to_owned(), |contrast| format!("{contrast:.1}"));
        if self.ui.lang == Lang::Nl { written.replace('.', ",") } else { written }
    }
}

/// A page in the new look, for nobody else.
pub async fn preview(State(web): State<Web>, mut ui: Ui) -> Shown {
    admin(&ui)?;
    let draft = settings::get(&mut web.core.db.conn(), key::THEME_DRAFT).await?.filter(|draft| !draft.is_empty()).ok_or(Error::NotFound)?;
    (ui.themed, ui.theme) = (true, "/admin/theme/draft.css".to_owned());
    html(&PreviewPage { ui, pale: check(&draft).into_iter().filter(|measured| !measured.passes()).collect() })
}

pub async fn draft(State(web): State<Web>, ui: Ui) -> Shown {
    admin(&ui)?;
    let draft = settings::get(&mut web.core.db.conn(), key::THEME_DRAFT).await?.unwrap_or_default();
    Ok(([(header::CONTENT_TYPE, "text/css; charset=utf-8")], draft).into_response())
}

pub async fn change(State(web): State<Web>, form: Signed) -> Shown {
    let theme = match form.typed.get("act") {
        "use" => Theme::Use,
        "undo" => Theme::Undo,
        "drop" => Theme::Drop,
        _ => return Err(Error::Bad("not something that can be done with a theme".into()).into()),
    };
    let mut tx = web.core.db.begin().await?;
    administering::set_theme(&web.core, &mut tx, &form.me.actor, theme).await?;
    web.core.commit(tx).await?;
    Ok(flash_to(&web, "flash-theme-changed", "/admin/theme"))
}
