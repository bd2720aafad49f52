//! Taking one's things along, and leaving.

use std::fs::File;
use std::io::Read;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::FormPage;
use crate::error::Error;
use crate::model::names::Refused;
use crate::ops::closing::{self, Words};
use crate::ops::{exporting, limits, members};
use crate::web::forms::{Check, Signed, Typed};
use crate::web::page::{Shown, html, html_with};
use crate::web::session::{self, flash_to};
use crate::web::ui::Ui;
use crate::web::{Client, Web};

/// Downloads of one member in an hour: each reads everything they wrote.
const EXPORTS: i64 = 10;
/// Bytes of a download that are in memory at the same time.
const PIECE: usize = 64 * 1024;

pub async fn show_export(ui: Ui) -> Shown {
    ui.member()?;
    let (lead, what) = (ui.t("export-lead"), ui.t("export-what"));
    html(&FormPage::new(ui, "export-title", "/account/export", "export-send", Vec::new()).lead(lead).notice(what).of_account())
}

pub async fn export(State(web): State<Web>, form: Signed) -> Shown {
    limits::count(&web.core, "export", &form.me.actor.id.to_string(), EXPORTS).await?;
    let file = exporting::export(&web.core, web.portrayer.as_ref(), &form.me.actor, &form.me.account).await?;
    let mut response = Response::new(Body::from_stream(pieces(file)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    let name = format!("attachment; filename=\"{}.zip\"", form.me.actor.name);
    if let Ok(value) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// A file piece by piece; each is read off the async threads.
fn pieces(file: File) -> impl futures_util::Stream<Item = std::io::Result<Bytes>> {
    futures_util::stream::try_unfold(file, |mut file| async move {
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; PIECE];
            let length = file.read(&mut piece)?;
            piece.truncate(length);
            Ok::<_, std::io::Error>((piece, file))
        });
        let (piece, file) = read.await.map_err(std::io::Error::other)??;
        Ok(if piece.is_empty() { None } else { Some((Bytes::from(piece), file)) })
    })
}

fn close_page(ui: Ui, typed: &Typed, refused: &[(&'static str, Refused)]) -> FormPage {
    let choices = [Words::Stay, Words::Go].map(|words| (words.word().to_owned(), ui.t(format!("close-{}", words.word()))));
    let mut fields = vec![
        ui.field("close-words", "words", typed.get("words")).radios(choices.to_vec()),
        ui.field("old-password", "password", "").of_type("password", "current-password"),
    ];
    ui.mark(&mut fields, refused);
    let (lead, forever) = (ui.t("close-lead"), ui.t("close-forever"));
    let mut page = FormPage::new(ui, "close-title", "/account/close", "close-send", fields).lead(lead).notice(forever).of_account();
    page.danger = true;
    page.link("/account/export", "close-export-first")
}

pub async fn show_close(ui: Ui) -> Shown {
    ui.member()?;
    html(&close_page(ui, &Typed::default(), &[]))
}

pub async fn close(State(web): State<Web>, Client(address): Client, form: Signed) -> Shown {
    let (core, me) = (&web.core, &form.me);
    let mut check = Check::default();
    let words = check.take("words", Words::from_word(form.typed.get("words")).ok_or(Refused::Empty));
    match members::confirm_password(core, &me.actor, "password", form.typed.get("password"), &address.to_string()).await {
        Ok(()) => {}
        Err(Error::Invalid(refused)) => check.0.extend(refused),
        Err(error) => return Err(error.into()),
    }
    let (Some(words), true) = (words, check.0.is_empty()) else {
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &close_page(form.ui, &form.typed, &check.0));
    };
    let mut tx = core.db.begin().await?;
    closing::close(core, &mut tx, &me.actor, words).await?;
    core.commit(tx).await?;
    let mut response = flash_to(&web, "flash-account-closed", "/");
    session::set(response.headers_mut(), &session::ended(&web));
    Ok(response)
}
