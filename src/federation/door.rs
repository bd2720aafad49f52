//! The door of the inbox: who sends too much or too large, and who is not who they say, gets no further.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::response::IntoResponse;
use serde_json::Value;

use super::pace::Claimed;
use super::routes::Answer;
use super::{ACTIVITY_JSON, Federation, json as strict, wire};
use crate::error::{Doubt, Error, Result};

/// Largest activity we take.
const MAX_BODY: usize = 1024 * 1024;

/// The inbox, shared or an actor's own: they are the same.
pub(super) async fn inbox(State(fed): State<Arc<Federation>>, request: Request) -> Answer {
    let (parts, body) = request.into_parts();
    // Who sends too much hears it before anything else is done (T-81).
    let claimed = Claimed::read(&parts.headers);
    if let Some(claimed) = &claimed {
        fed.pace.may(&claimed.host, fed.core.now())?;
    }
    fed.must_be_open().await?;
    let body = read_body(&parts, body).await?;
    // Who sent it comes first: what strangers send takes no more memory than its bytes, and those are counted.
    let room = claimed.as_ref().map(|claimed| fed.pace.room(claimed, body.len())).transpose()?;
    let signer = match fed.verify(&parts, &body).await {
        // Whoever is on no list may ask to come onto it, and nothing else.
        Err(Error::Forbidden(_)) => fed.verify_from_outside(&parts, &body).await,
        verified => verified,
    };
    drop(room);
    match &signer {
        Ok(signer) => fed.pace.knows(&signer.key_id),
        Err(error) => fed.core.metrics.not_believed(error),
    }
    let parse = || strict::parse(&body).map_err(|why| Error::Bad(format!("not JSON that we read: {why}")));
    let (signer, activity) = match signer {
        Ok(signer) => {
            // Whatever becomes of it, it was sent.
            fed.pace.take(&signer.host, body.len(), fed.core.now())?;
            (signer, parse()?)
        }
        // Its actor is gone and its key with it: a server tells everybody. There is nothing left to do.
        Err(Error::RemoteGone) if wire::kind(&parse()?) == "Delete" => return Ok(StatusCode::ACCEPTED.into_response()),
        // Some say no more than that there is no such key. That counts for who leaves themselves, which changes nothing here.
        Err(Error::NotFound) if is_farewell(&parse()?) => return Ok(StatusCode::ACCEPTED.into_response()),
        Err(Error::RemoteGone) => return Err(Error::Signature(Doubt::of("key", "the key's owner is gone")).into()),
        Err(Error::NotFound) => return Err(Error::Signature(Doubt::of("key", "there is no such key")).into()),
        Err(error) => return Err(error.into()),
    };
    let text = String::from_utf8(body).map_err(|_| Error::Bad("not UTF-8".into()))?;
    let taken = fed.take(&signer, activity, text).await;
    if let Err(error @ Error::Signature(_)) = &taken {
        fed.core.metrics.not_believed(error);
    }
    taken?;
    Ok(StatusCode::ACCEPTED.into_response())
}

/// Whether somebody says that they are gone themselves.
fn is_farewell(activity: &Value) -> bool {
    let actor = wire::field_id(activity, "actor");
    wire::kind(activity) == "Delete" && actor.is_some() && wire::field_id(activity, "object") == actor
}

async fn read_body(parts: &Parts, body: Body) -> Result<Vec<u8>> {
    debug_assert_eq!(parts.method, Method::POST);
    let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if header(header::CONTENT_LENGTH).parse::<usize>().is_ok_and(|length| length > MAX_BODY) {
        return Err(Error::TooLarge);
    }
    // A small body that unpacks to a huge one (T-48).
    if !header(header::CONTENT_ENCODING).is_empty() {
        return Err(Error::MediaType);
    }
    let kind = header(header::CONTENT_TYPE).split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !matches!(kind.as_str(), ACTIVITY_JSON | "application/ld+json") {
        return Err(Error::MediaType);
    }
    to_bytes(body, MAX_BODY).await.map(|bytes| bytes.to_vec()).map_err(|_| Error::TooLarge)
}
