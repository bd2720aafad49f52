//! `/metrics`, on an address of its own: what was counted and measured, with what is read from the process at that moment. Nothing
//! here asks the database anything but whether it can be written, as `/health/ready` does.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::health;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::federation::Federation;
use crate::metrics::{Reading, number};
use crate::ops::Core;

/// What is read here may take so long; it is left out then.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);

/// Begins to answer, where `metrics.listen` says so.
///
/// # Errors
/// When that address can't be used.
pub async fn serve(federation: Arc<Federation>, stop: CancellationToken) -> Result<Option<JoinHandle<()>>> {
    let address = &federation.core.config.metrics.listen;
    if address.is_empty() {
        return Ok(None);
    }
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| Error::Unavailable(format!("metrics.listen: can't listen on {address}: {error}")))?;
    let router = Router::new().route("/metrics", get(show)).with_state(federation);
    Ok(Some(tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await {
            tracing::error!(%error, "metrics");
        }
    })))
}

async fn show(State(federation): State<Arc<Federation>>) -> Response {
    match text(&federation).await {
        Ok(text) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response(),
        Err(error) => {
            error.log();
            error.status().into_response()
        }
    }
}

/// Every figure of this process, in Prometheus' text format.
///
/// # Errors
/// When it can't be written.
pub async fn text(federation: &Federation) -> Result<String> {
    let core = &federation.core;
    let ready = health::problems(federation).await.is_empty();
    let mut readings = vec![
        Reading::gauge("meent_build_info", "The version that runs; always 1.").with(&[("version", env!("CARGO_PKG_VERSION"))], 1.0),
        Reading::gauge("meent_ready", "Whether this process can do its work, as /health/ready says.").is(f64::from(u8::from(ready))),
        loops(core),
    ];
    readings.extend(connections(&core.db));
    if let Ok(Ok(disk)) = tokio::time::timeout(PATIENCE, crate::ops::health::disk(core)).await {
        let bytes = |count: u64| number(i64::try_from(count).unwrap_or(i64::MAX));
        readings.push(Reading::gauge("meent_disk_free_bytes", "Bytes that may still be written where data_dir is.").is(bytes(disk.free)));
        readings.push(Reading::gauge("meent_disk_size_bytes", "Bytes of the disk that data_dir is on.").is(bytes(disk.size)));
    }
    readings.extend(memory().await);
    core.metrics.text(readings)
}

fn loops(core: &Core) -> Reading {
    let reading = Reading::gauge("meent_loop_alive", "Whether a loop of the worker gives signs of life.");
    core.pulses
        .all(core.now())
        .into_iter()
        .fold(reading, |reading, (name, alive)| reading.with(&[("loop", name)], f64::from(u8::from(alive))))
}

fn connections(db: &Db) -> [Reading; 4] {
    let mut now = Reading::gauge("meent_database_connections", "Connections to the database, by pool and state.");
    let mut most = Reading::gauge("meent_database_connections_max", "Connections that a pool may have.");
    let mut waits = Reading::counter("meent_database_waits", "How often somebody had to wait for a connection.");
    let mut waited = Reading::counter("meent_database_wait_seconds", "How long was waited for connections together.");
    for pool in db.pools() {
        let name = ("pool", pool.name);
        now = now.with(&[name, ("state", "in_use")], f64::from(pool.in_use)).with(&[name, ("state", "idle")], f64::from(pool.idle));
        most = most.with(&[name], f64::from(pool.most));
        let (times, long) = pool.waits.so_far();
        waits = waits.with(&[name], number(i64::try_from(times).unwrap_or(i64::MAX)));
        waited = waited.with(&[name], long.as_secs_f64());
    }
    [now, most, waits, waited]
}

/// The memory of this process, under the name that such figures have everywhere; nothing where the system has no `/proc`.
async fn memory() -> Option<Reading> {
    let status = tokio::fs::read_to_string("/proc/self/status").await.ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: i64 = line.split_whitespace().next()?.parse().ok()?;
    Some(Reading::gauge("process_resident_memory_bytes", "Memory of this process.").is(number(kilobytes * 1_024)))
}
