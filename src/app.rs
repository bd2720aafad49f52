//! Puts the parts together: opens the database, builds the router, starts the worker, stops both.

mod door;

use std::future::IntoFuture;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, StatusCode, Version, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use self::door::Door;
use crate::config::Config;
use crate::db::bell::{self, News};
use crate::db::{self, Db, lease};
use crate::error::{Error, Result};
use crate::federation::{self, Federation};
use crate::jobs;
use crate::model::{Clock, Ids, Urls};
use crate::ops::hosts::HostRules;
use crate::ops::keys::KeyMaker;
use crate::ops::members::random_token;
use crate::ops::{self, Core, setting_up};
use crate::storage::Storage;
use crate::web::{self, ClientAddr, Web};

/// How long a request may take before it is given up; looking a group up on another server is the longest.
const REQUEST_LIMIT: Duration = Duration::from_secs(30);
/// How long a form with files may take: four photographs from a telephone with a poor connection.
const UPLOAD_TIME: Duration = Duration::from_mins(5);
/// How often a process looks whether its slot is still its own.
const LOOK_AT_LEASE: Duration = Duration::from_secs(10);
/// How long requests that are under way may take when the process stops.
const LAST_REQUESTS: Duration = Duration::from_secs(40);

/// A running instance.
#[derive(Debug)]
pub struct App {
    pub core: Arc<Core>,
    pub federation: Arc<Federation>,
    lease: lease::Lease,
}

impl App {
    /// Opens and migrates the database, takes a process slot, puts back what dead processes had claimed, and makes the
    /// instance's own actor when it has none.
    ///
    /// # Errors
    /// With a sentence for the person who started it.
    pub async fn open(config: Config, clock: Clock, keys: KeyMaker) -> Result<Self> {
        let storage = Storage::open(&config)?;
        let db = Db::open(&config.database_url).await?;
        db.migrate().await?;
        let lease = lease::acquire(&db, &config.data_dir).await?;
        lease::release_the_dead(&db, &config.data_dir, lease.slot, true).await?;
        let urls = Urls::new(&config.url());
        let ids = Ids::new(lease.slot, clock.clone());
        ids.not_before(lease::latest_id(&db).await?);
        let core = Arc::new(Core {
            config,
            db,
            clock,
            ids,
            urls,
            keys,
            desk: ops::files::Desk::default(),
            storage,
            wake: watch::Sender::new(0),
            rung: watch::Sender::default(),
            hosts: HostRules::default(),
        });
        setting_up::prepare(&core).await?;
        let federation = Federation::new(core.clone())?;
        Ok(Self { core, federation, lease })
    }

    /// Everything that is answered, pages and federation.
    pub fn router(&self) -> Router {
        let federation = self.federation.clone();
        let web =
            web::router(Web { core: self.core.clone(), finder: federation.clone(), portrayer: federation.clone(), prober: federation });
        let split = Split { web, federation: federation::routes::router(self.federation.clone()), core: self.core.clone() };
        let health = Router::new()
            .route("/health/live", get(|| async { "ok" }))
            .route("/health/ready", get(ready))
            .with_state(self.federation.clone());
        health
            .fallback(dispatch)
            .with_state(split)
            .layer(middleware::from_fn_with_state(self.core.clone(), web::headers::security_headers))
            .layer(middleware::from_fn_with_state(self.federation.clone(), say_goodbye))
            .layer(middleware::from_fn(limit_time))
            .layer(tower_http::catch_panic::CatchPanicLayer::new())
            .layer(tower_http::trace::TraceLayer::new_for_http().make_span_with(span))
    }

    /// Sees that the store of files can be written, where there is one. A folder is on this machine, and its disk may be full.
    ///
    /// # Errors
    /// With a sentence for the person who set it up.
    pub async fn check_storage(&self) -> Result<()> {
        if self.core.storage.is_bucket() {
            self.core.storage.check(&format!("tmp/check-{}", random_token())).await?;
        }
        Ok(())
    }

    /// Serves until `stop`, then in order: the door is closed (see `app/door.rs`), the running requests finish, the worker
    /// ends its step, what it had claimed goes back, the database closes.
    ///
    /// # Errors
    /// When serving fails.
    pub async fn serve(mut self, listener: TcpListener, stop: CancellationToken) -> Result<()> {
        let loops = tokio::spawn(jobs::run(self.federation.clone(), stop.clone()));
        let metrics = self.serve_metrics(stop.clone()).await?;
        let service = self.router().into_make_service_with_connect_info::<SocketAddr>();
        let (door, closing) = Door::new(listener).map_err(|error| Error::Internal(format!("listening: {error}")))?;
        let closed = CancellationToken::new();
        let serving = axum::serve(door.tap_io(|_| {}), service).with_graceful_shutdown(closed.clone().cancelled_owned()).into_future();
        let (federation, told_by, gone) = (self.federation.clone(), self.federation.clone(), CancellationToken::new());
        let delay = Duration::from_secs(u64::try_from(self.core.config.server.shutdown_delay).unwrap_or(0));
        let late = async {
            stop.cancelled().await;
            federation.stopping.store(true, Ordering::Relaxed);
            tokio::time::sleep(delay).await;
            closing.close().await;
            closed.cancel();
            // Somebody who reads slowly, or says nothing at all, does not keep us.
            tokio::time::sleep(LAST_REQUESTS).await;
        };
        let serve = async {
            let served = tokio::select! {
                served = serving => served.map_err(|error| Error::Internal(format!("serving: {error}"))),
                () = late => Ok(()),
            };
            stop.cancel();
            gone.cancel();
            served
        };
        let work = async {
            let ended = loops.await;
            let too_soon = !stop.is_cancelled();
            stop.cancel();
            match ended {
                // A server that takes things in and works on nothing would be worse than none.
                _ if too_soon => Err(Error::Internal("the worker ended by itself".into())),
                Err(error) => Err(Error::Internal(format!("the worker: {error}"))),
                Ok(()) => Ok(()),
            }
        };
        let tell = jobs::tell(&told_by, &gone);
        let (served, worked, leased, ()) = tokio::join!(serve, work, self.keep_lease(&stop), tell);
        if let Some(metrics) = metrics
            && let Err(error) = metrics.await
        {
            tracing::error!(%error, "metrics");
        }
        self.close().await?;
        served.and(worked).and(leased)
    }

    /// Stops this process when somebody else has its slot: they would mint the same ids.
    async fn keep_lease(&mut self, stop: &CancellationToken) -> Result<()> {
        while !stop.is_cancelled() {
            match self.lease.keep(&self.core.db, &self.core.config.data_dir).await {
                Ok(true) => {}
                Ok(false) => {
                    stop.cancel();
                    return Err(Error::Internal("another process has taken over this one's slot".into()));
                }
                Err(error) => error.log(),
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LOOK_AT_LEASE) => {}
            }
        }
        Ok(())
    }

    /// Puts back what this process claimed and closes the database.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn close(self) -> Result<()> {
        self.federation.inbox.close().await;
        lease::release_claims(&self.core.db, i64::from(self.lease.slot)).await?;
        // The others have something to do.
        if let Err(error) = bell::ring(&self.core.db, i64::from(self.lease.slot), News::Work).await {
            error.log();
        }
        self.core.db.close().await;
        Ok(())
    }

    async fn serve_metrics(&self, stop: CancellationToken) -> Result<Option<tokio::task::JoinHandle<()>>> {
        let address = &self.core.config.metrics.listen;
        if address.is_empty() {
            return Ok(None);
        }
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| Error::Unavailable(format!("metrics.listen: can't listen on {address}: {error}")))?;
        let router = Router::new().route("/metrics", get(metrics)).with_state(self.core.clone());
        Ok(Some(tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await {
                tracing::error!(%error, "metrics");
            }
        })))
    }
}

/// One URL for each thing: who asks for ActivityPub gets it from the federation, everybody else a page.
#[derive(Clone, Debug)]
struct Split {
    web: Router,
    federation: Router,
    core: Arc<Core>,
}

async fn dispatch(State(split): State<Split>, mut request: Request) -> Response {
    let address = client_address(&split.core.config, &request);
    request.extensions_mut().insert(ClientAddr(address));
    let router = if federation::routes::is_for_federation(&request) { split.federation } else { split.web };
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// The name of a request in the log. Without its query and the last part of a secret link: who reads logs must not be able to
/// follow those.
fn span(request: &Request) -> tracing::Span {
    let path = request.uri().path();
    let link = ["/invite/", "/unsubscribe/", "/calendar/", "/sign-up/"].iter().find(|start| path.starts_with(**start));
    tracing::debug_span!("request", method = %request.method(), path = link.map_or(path, |start| *start))
}

/// Gives a request up that takes too long. A form with pictures may come over a slow line.
async fn limit_time(request: Request, next: middleware::Next) -> Response {
    let kind = request.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes().to_ascii_lowercase());
    let uploads = kind.is_some_and(|kind| kind.starts_with(b"multipart/form-data"));
    let limit = if uploads { UPLOAD_TIME } else { REQUEST_LIMIT };
    tokio::time::timeout(limit, next.run(request)).await.unwrap_or_else(|_| StatusCode::SERVICE_UNAVAILABLE.into_response())
}

/// Where a request comes from: the connection, or what a trusted proxy says of it (the last hop that is not a trusted
/// proxy itself).
fn client_address(config: &Config, request: &Request<Body>) -> IpAddr {
    let connected = request.extensions().get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::from([127, 0, 0, 1]), |info| info.0.ip());
    let trusted = |ip: &IpAddr| config.server.trusted_proxies.iter().any(|network| network.contains(ip));
    if !trusted(&connected) {
        return connected;
    }
    let forwarded =
        request.headers().get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",");
    forwarded.split(',').rev().filter_map(|part| part.trim().parse::<IpAddr>().ok()).find(|ip| !trusted(ip)).unwrap_or(connected)
}

/// While the process stops, every answer ends its connection: who comes next goes to another process.
async fn say_goodbye(State(federation): State<Arc<Federation>>, request: Request, next: middleware::Next) -> Response {
    let version = request.version();
    let mut response = next.run(request).await;
    if version <= Version::HTTP_11 && federation.stopping.load(Ordering::Relaxed) {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Ready when the database answers, until the process is told to stop.
async fn ready(State(federation): State<Arc<Federation>>) -> Response {
    let unready = |why: &'static str| (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "30")], why).into_response();
    if federation.stopping.load(Ordering::Relaxed) {
        return unready("stopping");
    }
    match db::settings::get(&mut federation.core.db.conn(), db::settings::key::PUBLIC_URL).await {
        Ok(_) => "ok".into_response(),
        Err(error) => {
            error.log();
            unready("the database does not answer")
        }
    }
}

/// A few figures in Prometheus' text format.
async fn metrics(State(core): State<Arc<Core>>) -> Response {
    let figures = async {
        let mut conn = core.db.conn();
        let waiting = db::received::count(&mut conn, "new").await?;
        let failed = db::received::count(&mut conn, "failed").await?;
        let deliveries = db::deliveries::count(&mut conn).await?;
        let sizes = ops::sizes::last(&core).await?;
        let each = |name: &str, help: &str, of: fn(&db::pruning::Size) -> i64| {
            let lines: Vec<String> = sizes.iter().map(|size| format!("{name}{{family=\"{}\"}} {}\n", size.family, of(size))).collect();
            format!("# HELP {name} {help}\n# TYPE {name} gauge\n{}", lines.concat())
        };
        let rows = each("meent_rows", "Rows of each family of tables, measured every hour.", |size| size.rows_kept);
        let bytes = each("meent_bytes", "Bytes of each family of tables, measured every hour.", |size| size.bytes);
        Ok::<_, Error>(format!(
            "# HELP meent_received_waiting Activities received and not yet processed.\n# TYPE meent_received_waiting gauge\nmeent_received_waiting {waiting}\n\
             # HELP meent_received_failed Activities that could not be processed.\n# TYPE meent_received_failed gauge\nmeent_received_failed {failed}\n\
             # HELP meent_deliveries_waiting Deliveries on their way.\n# TYPE meent_deliveries_waiting gauge\nmeent_deliveries_waiting {deliveries}\n{rows}{bytes}"
        ))
    };
    match figures.await {
        Ok(text) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response(),
        Err(error) => error.status().into_response(),
    }
}
