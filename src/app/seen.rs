//! Tells `meent doctor` what arrived of its request, so that a proxy that changes something shows. Strangers get a 404.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::ops::Core;
use crate::ops::checkup::{self, Seen};

/// What the doctor sends is smaller than this.
const LARGEST: usize = 4 * 1024 * 1024;

/// `POST /health/seen/{anything}`
pub async fn tell(State(core): State<Arc<Core>>, request: Request) -> Response {
    let token = request.headers().get(checkup::HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    match if token.is_empty() { Ok(false) } else { checkup::redeem(&core, &token).await } {
        Ok(true) => {}
        Ok(false) => return StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            error.log();
            return error.status().into_response();
        }
    }
    let seen = seen(&core, &request);
    // Read to its end, so that who sends it has said everything when it is answered.
    match axum::body::to_bytes(request.into_body(), LARGEST).await {
        Ok(_) => Json(seen).into_response(),
        Err(_) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
    }
}

fn seen(core: &Core, request: &Request) -> Seen {
    let client = super::requests::client_address(&core.config, request);
    let text = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Seen {
        version: env!("CARGO_PKG_VERSION").into(),
        public_url: core.urls.base().to_owned(),
        host: text(header::HOST).or_else(|| request.uri().authority().map(ToString::to_string)).unwrap_or_default(),
        target: request.uri().path_and_query().map(ToString::to_string).unwrap_or_default(),
        connected: request.extensions().get::<ConnectInfo<SocketAddr>>().map_or(client, |info| info.0.ip()),
        client,
        forwarded_for: text(HeaderName::from_static("x-forwarded-for")),
    }
}
