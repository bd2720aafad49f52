//! Puts the parts together: opens the database, builds the router, starts the worker, stops both. What is around every request
//! is in `requests`, what is said of this process in `health` and `scrape`.

mod door;
mod health;
mod lingering;
pub mod memory;
pub mod open_files;
mod requests;
mod scrape;
mod seen;

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Version, header};
use axum::middleware;
use axum::response::Response;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use self::door::Door;
use crate::config::Config;
use crate::db::bell::{self, News};
use crate::db::{self, Db, lease};
use crate::error::{Error, Result};
use crate::federation::{self, Federation};
use crate::jobs;
use crate::model::{Clock, Time};
use crate::ops::background;
use crate::ops::keys::KeyMaker;
use crate::ops::members::random_token;
use crate::ops::{self, Core, setting_up};
use crate::web::{self, ClientAddr, Web};
use memory::Memory;

/// How often a process looks whether its slot is still its own.
const LOOK_AT_LEASE: Duration = Duration::from_secs(10);
/// A process that could not look for so long is stuck.
const LEASE_QUIET: i64 = 2 * Time::MINUTE;
/// How long requests that are under way may take when the process stops.
const LAST_REQUESTS: Duration = Duration::from_secs(40);

/// A running instance.
#[derive(Debug)]
pub struct App {
    pub core: Arc<Core>,
    pub federation: Arc<Federation>,
    /// What visitors are answered from.
    pub memory: Arc<Memory>,
    lease: lease::Lease,
}

impl App {
    /// Opens and migrates the database, takes a process slot, puts back what dead processes had claimed, and makes the
    /// instance's own actor when it has none.
    ///
    /// # Errors
    /// With a sentence for the person who started it.
    pub async fn open(config: Config, clock: Clock, keys: KeyMaker) -> Result<Self> {
        let db = Self::database(&config).await?;
        Box::pin(Self::on(db, config, clock, keys)).await
    }

    /// The database, when it is whole.
    async fn database(config: &Config) -> Result<Db> {
        ops::keeping::restoring::refuse_unfinished(config)?;
        let db = Db::open(&config.database_url).await?;
        if db::copying::is_under_way(&db).await? {
            return Err(Error::Unavailable(
                "a copy into this database was begun and is not whole yet. Run the same `meent copy` again: it goes on where it was".into(),
            ));
        }
        Ok(db)
    }

    /// The same for a command beside a server: it does not migrate a database that is in use, for the binary of the server that runs may
    /// be an older one.
    ///
    /// # Errors
    /// As [`App::open`], and when migrations wait.
    pub async fn open_beside(config: Config, clock: Clock, keys: KeyMaker) -> Result<Self> {
        let db = Self::database(&config).await?;
        let known = db.migrations().await?;
        let waiting = known.iter().filter(|(.., applied)| !applied).count();
        if waiting > 0 && waiting < known.len() {
            return Err(Error::Unavailable(format!(
                "this database is not upgraded yet ({waiting} migrations wait). Start this Meent as the server first (that migrates), or use the binary of the server that runs"
            )));
        }
        Box::pin(Self::on(db, config, clock, keys)).await
    }

    /// The same on a database that has been opened.
    ///
    /// # Errors
    /// As [`App::open`].
    pub async fn on(db: Db, config: Config, clock: Clock, keys: KeyMaker) -> Result<Self> {
        db.migrate().await?;
        let lease = lease::acquire(&db, &config.data_dir).await?;
        lease::release_the_dead(&db, &config.data_dir, lease.slot, true).await?;
        let core = Arc::new(Core::new(config, db, clock, lease.slot, keys).await?);
        setting_up::prepare(&core).await?;
        let federation = Federation::new(core.clone())?;
        let memory = Arc::new(Memory::of(core.config.server.page_memory_mb));
        Ok(Self { core, federation, memory, lease })
    }

    /// Everything that is answered, pages and federation.
    pub fn router(&self) -> Router {
        let federation = self.federation.clone();
        let web =
            web::router(Web { core: self.core.clone(), finder: federation.clone(), portrayer: federation.clone(), prober: federation });
        let noted = |router: Router| router.layer(middleware::from_fn(requests::note_route));
        let federation = noted(federation::routes::router(self.federation.clone()));
        let split = Split { web: noted(web), federation, core: self.core.clone(), memory: self.memory.clone() };
        Router::new()
            .fallback(dispatch)
            .with_state(split)
            .merge(noted(health::router(self.federation.clone())))
            .layer(middleware::from_fn_with_state(self.core.clone(), web::headers::security_headers))
            .layer(middleware::from_fn_with_state(self.federation.clone(), say_goodbye))
            .layer(middleware::from_fn(requests::limit_time))
            .layer(tower_http::catch_panic::CatchPanicLayer::new())
            .layer(middleware::from_fn_with_state(self.core.clone(), requests::observe))
            .layer(middleware::from_fn(lingering::linger))
    }

    /// Every figure of this process, as `/metrics` shows them.
    ///
    /// # Errors
    /// When they can't be written.
    pub async fn figures(&self) -> Result<String> {
        scrape::text(&self.federation).await
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
        let metrics = scrape::serve(self.federation.clone(), stop.clone()).await?;
        let service = self.router().into_make_service_with_connect_info::<SocketAddr>();
        let (door, closing) = Door::new(listener).map_err(|error| Error::Internal(format!("listening: {error}")))?;
        // From here on nothing fails before it is awaited.
        let loops = background::spawn(jobs::run(self.federation.clone(), stop.clone()));
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
        let pulse = self.core.pulses.begin("lease");
        while !stop.is_cancelled() {
            pulse.beat(self.core.now().plus(LEASE_QUIET));
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
        self.federation.intake.close().await;
        lease::release_claims(&self.core.db, i64::from(self.lease.slot)).await?;
        // The others have something to do.
        if let Err(error) = bell::ring(&self.core.db, i64::from(self.lease.slot), News::Work).await {
            error.log();
        }
        self.core.db.close().await;
        Ok(())
    }
}

/// One URL for each thing: who asks for ActivityPub gets it from the federation, everybody else a page.
#[derive(Clone, Debug)]
struct Split {
    web: Router,
    federation: Router,
    core: Arc<Core>,
    memory: Arc<Memory>,
}

async fn dispatch(State(split): State<Split>, mut request: Request) -> Response {
    let address = requests::client_address(&split.core.config, &request);
    request.extensions_mut().insert(ClientAddr(requests::counted_by(address)));
    let Split { web, federation, core, memory } = split;
    let make = move |request: Request| async move {
        let router = if federation::routes::is_for_federation(&request) { federation } else { web };
        match router.oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    };
    memory.answer(&core, request, make).await
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
