//! Changing the picture of a member, of a group and of the region: one page for the three.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::admin::admin;
use super::forms::{Field, Signed};
use super::group::named;
use super::page::{Shown, html_with};
use super::session::flash_to;
use super::slots::{ACCEPT, as_data};
use super::ui::Ui;
use super::{At, Web, uploads};
use crate::db::files as rows;
use crate::error::{Error, Result};
use crate::model::rights::may_describe;
use crate::model::{Actor, FileHash, Handle, Picture};
use crate::ops::pictures::{Flaw, Shape};
use crate::ops::{self, faces, files};

/// The addresses of the page.
pub fn routes() -> axum::Router<Web> {
    axum::Router::new()
        .route("/profile/photo", get(photo).post(set_photo).layer(uploads::limit()))
        .route("/c/{handle}/picture", get(group_picture).post(set_group_picture).layer(uploads::limit()))
        .route("/admin/logo", get(logo).post(set_logo).layer(uploads::limit()))
}

/// Whose picture it is.
enum Whose {
    Member,
    Group(Box<Actor>),
    Region,
}

impl Whose {
    /// The keys of its sentences.
    fn words(&self) -> Words {
        let [class, title, lead, now, remove, sure] = match self {
            Self::Member => ["round", "photo-title", "photo-lead", "photo-now", "photo-remove", "photo-remove-sure"],
            Self::Group(_) => [
                "square",
                "group-picture-title",
                "group-picture-lead",
                "group-picture-now",
                "group-picture-remove",
                "group-picture-remove-sure",
            ],
            Self::Region => ["logo", "logo-title", "logo-lead", "logo-now", "logo-remove", "logo-remove-sure"],
        };
        Words { class, title, lead, now, remove, sure }
    }

    fn action(&self) -> String {
        match self {
            Self::Member => "/profile/photo".into(),
            Self::Group(group) => format!("{}/picture", group.path()),
            Self::Region => "/admin/logo".into(),
        }
    }

    /// Where one came from and goes back to, and what that is called.
    fn back(&self, ui: &Ui) -> (String, String) {
        match self {
            Self::Member => ("/profile".into(), ui.t("profile-edit")),
            Self::Group(group) => (group.path(), group.shown().to_owned()),
            Self::Region => ("/admin/region".into(), ui.t("admin-region")),
        }
    }
}

/// How the page looks and what it says, by key.
struct Words {
    class: &'static str,
    title: &'static str,
    lead: &'static str,
    now: &'static str,
    remove: &'static str,
    sure: &'static str,
}

#[derive(Template)]
#[template(path = "picture.html", config = "src/web/askama.toml")]
struct PicturePage {
    ui: Ui,
    words: Words,
    action: String,
    back: (String, String),
    /// The picture that is there now, as data, with its proportions.
    now: Option<String>,
    fields: Vec<Field>,
}

async fn page(web: &Web, ui: Ui, whose: &Whose, hash: Option<&FileHash>, wrong: Option<&str>) -> Shown {
    let picture = match hash {
        Some(hash) => rows::by_hash(&mut web.core.db.conn(), hash).await?,
        None => None,
    };
    let now = match &picture {
        Some(picture) => as_data(web, picture).await.ok(),
        None => None,
    };
    let mut field = ui.field("picture-choose", "file", "").file(ACCEPT);
    field.error = wrong.map(|key| ui.n(key, 1));
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (words, action, back) = (whose.words(), whose.action(), whose.back(&ui));
    html_with(status, &PicturePage { ui, words, action, back, now, fields: vec![field] })
}

/// What a form of this page wants: another picture, or none.
async fn wanted(web: &Web, form: &mut Signed, shape: Shape) -> Result<Result<Option<Picture>, &'static str>> {
    if form.typed.get("action") == "remove" {
        return Ok(Ok(None));
    }
    let upload = std::mem::take(&mut form.files).into_iter().find(|upload| upload.field == "file");
    Ok(match upload.map(|upload| upload.bytes) {
        None => Err("picture-none"),
        Some(None) => Err(Flaw::TooLarge.key()),
        Some(Some(bytes)) => files::upload(&web.core, &form.me.actor, bytes, shape).await?.map(Some).map_err(Flaw::key),
    })
}

fn done(web: &Web, removed: bool, whose: &Whose, path: &str) -> Response {
    let key = match (whose, removed) {
        (Whose::Region, false) => "flash-logo-saved",
        (Whose::Region, true) => "flash-logo-removed",
        (_, false) => "flash-picture-saved",
        (_, true) => "flash-picture-removed",
    };
    flash_to(web, key, path)
}

async fn photo(State(web): State<Web>, ui: Ui) -> Shown {
    let me = ui.member()?;
    page(&web, ui, &Whose::Member, me.actor.icon_file.as_ref(), None).await
}

async fn set_photo(State(web): State<Web>, mut form: Signed) -> Shown {
    let me = form.me.clone();
    match wanted(&web, &mut form, Shape::Face).await? {
        Err(wrong) => page(&web, form.ui, &Whose::Member, me.actor.icon_file.as_ref(), Some(wrong)).await,
        Ok(picture) => {
            let mut tx = web.core.db.begin().await?;
            faces::set_photo(&web.core, &mut tx, &me.actor, picture.as_ref().map(|picture| &picture.hash)).await?;
            web.core.commit(tx).await?;
            Ok(done(&web, picture.is_none(), &Whose::Member, &me.actor.path()))
        }
    }
}

/// The group, when this member may change it.
async fn group_of(web: &Web, handle: Handle, me: &Actor) -> Result<Actor> {
    let mut conn = web.core.db.conn();
    let group = named(web, &mut conn, handle).await?;
    let viewer = ops::viewer(&web.core, &mut conn, Some(me), group.id).await?;
    if may_describe(viewer, &group) { Ok(group) } else { Err(Error::Forbidden("error-only-moderators")) }
}

async fn group_picture(State(web): State<Web>, ui: Ui, At(handle): At<Handle>) -> Shown {
    let me = ui.member()?;
    let group = group_of(&web, handle, &me.actor).await?;
    let icon = group.icon_file.clone();
    page(&web, ui, &Whose::Group(Box::new(group)), icon.as_ref(), None).await
}

async fn set_group_picture(State(web): State<Web>, At(handle): At<Handle>, mut form: Signed) -> Shown {
    let group = group_of(&web, handle, &form.me.actor).await?;
    let whose = Whose::Group(Box::new(group.clone()));
    match wanted(&web, &mut form, Shape::Face).await? {
        Err(wrong) => page(&web, form.ui, &whose, group.icon_file.as_ref(), Some(wrong)).await,
        Ok(picture) => {
            let mut tx = web.core.db.begin().await?;
            faces::set_group_picture(&web.core, &mut tx, &form.me.actor, &group, picture.as_ref().map(|picture| &picture.hash)).await?;
            web.core.commit(tx).await?;
            Ok(done(&web, picture.is_none(), &whose, &group.path()))
        }
    }
}

async fn current_logo(web: &Web) -> Result<Option<FileHash>> {
    Ok(rows::logo(&mut web.core.db.conn()).await?.map(|picture| picture.hash))
}

async fn logo(State(web): State<Web>, ui: Ui) -> Shown {
    admin(&ui)?;
    let now = current_logo(&web).await?;
    page(&web, ui, &Whose::Region, now.as_ref(), None).await
}

async fn set_logo(State(web): State<Web>, mut form: Signed) -> Shown {
    admin(&form.ui)?;
    match wanted(&web, &mut form, Shape::Logo).await? {
        Err(wrong) => {
            let now = current_logo(&web).await?;
            page(&web, form.ui, &Whose::Region, now.as_ref(), Some(wrong)).await
        }
        Ok(picture) => {
            let mut tx = web.core.db.begin().await?;
            let hash = picture.as_ref().map(|picture| &picture.hash);
            faces::set_logo(&web.core, &mut tx, &form.me.actor, hash).await?;
            web.core.commit(tx).await?;
            Ok(done(&web, picture.is_none(), &Whose::Region, "/admin/logo"))
        }
    }
}
