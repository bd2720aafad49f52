//! `/health/live` and `/health/ready`, for whoever decides whether this process is restarted and whether it gets requests.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

use super::seen;
use crate::federation::Federation;
use crate::ops::health::{self, Problem};

/// Whoever asks waits no longer than this, whatever hangs.
const PATIENCE: Duration = Duration::from_secs(5);

/// Their routes, and the one with which `meent doctor` looks at a request.
pub fn router(federation: Arc<Federation>) -> Router {
    let seen = Router::new().route("/health/seen/{*rest}", post(seen::tell)).with_state(federation.core.clone());
    Router::new().route("/health/live", get(|| async { "ok" })).route("/health/ready", get(ready)).with_state(federation).merge(seen)
}

/// What keeps this process from its work.
pub async fn problems(federation: &Federation) -> Vec<Problem> {
    if federation.stopping.load(Ordering::Relaxed) {
        return vec![Problem::new("stopping", "this process is stopping")];
    }
    let looked = tokio::time::timeout(PATIENCE, health::problems(&federation.core)).await;
    looked.unwrap_or_else(|_| vec![Problem::new("database", "it takes too long to find out whether this process can work")])
}

async fn ready(State(federation): State<Arc<Federation>>) -> Response {
    let problems = problems(&federation).await;
    let kept = (header::CACHE_CONTROL, "no-store");
    if problems.is_empty() {
        return ([kept], Json(json!({"status": "ready"}))).into_response();
    }
    for problem in &problems {
        tracing::warn!(part = problem.part, why = problem.why, "not ready");
    }
    let body = Json(json!({"status": "not ready", "problems": problems}));
    (StatusCode::SERVICE_UNAVAILABLE, [kept, (header::RETRY_AFTER, "30")], body).into_response()
}
