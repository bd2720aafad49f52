//! Reading what a form sends: fields, and files where the form carries them.

use axum::body::{Body, to_bytes};
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::rejection::FormRejection;
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::{StatusCode, header};

use super::forms::Typed;
use super::{FORM_LIMIT, Web};
use crate::error::{Error, Result};
use crate::ops::pictures::MAX_BYTES;

/// The largest form with files, in bytes. More than the files that we take together: who sends one that is too large gets the
/// form back with what was typed.
const UPLOAD_LIMIT: usize = 100 * 1024 * 1024;
/// Most files of one form that are looked at.
const MOST_FILES: usize = 4;
const MOST_FIELDS: usize = 200;

/// The field that says that files were chosen in a form and could not be kept.
pub const LOST: &str = "files_lost";

/// A layer for the addresses that take files.
pub fn limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(UPLOAD_LIMIT)
}

/// A file as it came.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The field of the form.
    pub field: String,
    /// None when it was too large.
    pub bytes: Option<Vec<u8>>,
}

/// Reads a form. Files are kept only where `files` says so; else it is noted that there were some.
///
/// # Errors
/// [`Error::TooLarge`], [`Error::MediaType`], or that it does not read.
pub async fn read(request: Request, web: &Web, files: bool) -> Result<(Typed, Vec<Upload>)> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.to_ascii_lowercase().starts_with("multipart/form-data") {
        return parts(request, files).await;
    }
    let (head, body) = request.into_parts();
    let body = to_bytes(body, FORM_LIMIT).await.map_err(|_| Error::TooLarge)?;
    let axum::Form(fields) = axum::Form::<Vec<(String, String)>>::from_request(Request::from_parts(head, Body::from(body)), web)
        .await
        .map_err(|refused: FormRejection| match refused.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Error::MediaType,
            _ => Error::Bad("the form does not read".into()),
        })?;
    Ok((Typed(fields), Vec::new()))
}

fn refused(error: &MultipartError) -> Error {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE { Error::TooLarge } else { Error::Bad("the form does not read".into()) }
}

async fn parts(request: Request, files: bool) -> Result<(Typed, Vec<Upload>)> {
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| Error::Bad("the form does not read".into()))?;
    let (mut typed, mut uploads, mut room) = (Vec::new(), Vec::new(), FORM_LIMIT);
    let mut lost = false;
    while let Some(mut part) = parts.next_field().await.map_err(|error| refused(&error))? {
        if typed.len() + uploads.len() >= MOST_FIELDS {
            return Err(Error::TooLarge);
        }
        let name = part.name().unwrap_or_default().to_owned();
        if part.file_name().is_some() {
            let most = if files && uploads.len() < MOST_FILES { MAX_BYTES } else { 0 };
            match bytes(&mut part, most).await? {
                Some(bytes) if bytes.is_empty() => {}
                _ if most == 0 => lost = true,
                bytes => uploads.push(Upload { field: name, bytes }),
            }
        } else {
            let bytes = bytes(&mut part, room).await?.ok_or(Error::TooLarge)?;
            room -= bytes.len();
            typed.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    if lost {
        typed.push((LOST.to_owned(), "1".to_owned()));
    }
    Ok((Typed(typed), uploads))
}

/// What a part holds; none when that is more than `most`. It is read to its end in any case, so that the browser listens to
/// our answer.
async fn bytes(part: &mut Field<'_>, most: usize) -> Result<Option<Vec<u8>>> {
    let mut kept = Some(Vec::new());
    while let Some(chunk) = part.chunk().await.map_err(|error| refused(&error))? {
        kept = kept.filter(|bytes| bytes.len() + chunk.len() <= most);
        if let Some(bytes) = &mut kept {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok(kept)
}
