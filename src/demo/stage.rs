//! The instances of the demo, in this process: which ports they have, where they keep things, opening and serving them.
//!
//! Each is opened twice. First with a clock that is moved by hand, to be filled with what happened in the last weeks; its
//! worker's loops don't run then, [`flow`] does their work. Then as any other instance, on the same port.

use std::collections::{BTreeMap, HashMap};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::config::Config;
use crate::db::{Db, actors};
use crate::error::{Error, Result};
use crate::federation::Federation;
use crate::jobs;
use crate::model::{Actor, Clock, Handle};
use crate::ops::Core;
use crate::ops::keys::KeyMaker;

/// Where free ports are looked for when none was named.
const FIRST_PORT: u16 = 8081;
/// And how many are tried.
const TRIED: u16 = 500;

/// An instance that answers.
#[derive(Debug)]
pub struct Region {
    pub name: String,
    pub title: String,
    pub core: Arc<Core>,
    pub fed: Arc<Federation>,
    /// Its members by name, as far as they have been looked for.
    pub members: HashMap<String, Actor>,
}

impl Region {
    /// Where people find it.
    #[must_use]
    pub fn address(&self) -> &str {
        self.core.urls.base()
    }

    /// A member of it.
    ///
    /// # Errors
    /// When there is no such member.
    pub async fn member(&mut self, name: &str) -> Result<Actor> {
        if let Some(known) = self.members.get(name) {
            return Ok(known.clone());
        }
        let found = actors::local_by_name(&mut self.core.db.conn(), name).await?.ok_or(Error::NotFound)?;
        self.members.insert(name.to_owned(), found.clone());
        Ok(found)
    }

    /// A group, of this region or of another that it knows; `home` is the region that has it.
    ///
    /// # Errors
    /// When it is not known here.
    pub async fn group(&self, name: &str, home: &Core) -> Result<Actor> {
        let mut conn = self.core.db.conn();
        let found = if home.urls.authority() == self.core.urls.authority() {
            actors::local_by_name(&mut conn, name).await?
        } else {
            let handle = Handle { name: name.to_owned(), host: Some(home.urls.authority().to_owned()) };
            actors::by_handle(&mut conn, &handle, true).await?
        };
        found.ok_or(Error::NotFound)
    }
}

/// What ends the serving of an instance, and says when it has ended.
pub type Serving = JoinHandle<Result<()>>;

/// Whether something listens on this port, also at the other address that browsers try for `localhost`.
fn is_taken(port: u16) -> bool {
    TcpListener::bind((Ipv6Addr::LOCALHOST, port)).is_err_and(|error| error.kind() == std::io::ErrorKind::AddrInUse)
}

/// A listener on exactly this port of the loopback address.
fn listen(port: u16) -> Option<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok().filter(|_| !is_taken(port))?;
    listener.set_nonblocking(true).ok()?;
    Some(listener)
}

/// Listeners on exactly these ports.
///
/// # Errors
/// The first port that is in use.
pub fn listen_again(ports: &[u16]) -> std::result::Result<Vec<TcpListener>, u16> {
    ports.iter().map(|port| listen(*port).ok_or(*port)).collect()
}

/// Listeners on free ports: the first on `first` where that is named, the others on the next that are free.
///
/// # Errors
/// The port that is in use.
pub fn listen_anywhere(first: Option<u16>, count: usize) -> std::result::Result<Vec<TcpListener>, u16> {
    let begin = first.unwrap_or(FIRST_PORT);
    let mut found = Vec::with_capacity(count);
    for port in begin..=begin.saturating_add(TRIED) {
        match listen(port) {
            Some(listener) => found.push(listener),
            None if first == Some(port) => return Err(port),
            None => {}
        }
        if found.len() == count {
            return Ok(found);
        }
    }
    Err(begin)
}

/// The port of a listener.
#[must_use]
pub fn port(listener: &TcpListener) -> u16 {
    listener.local_addr().map_or(0, |address| address.port())
}

/// Opens the instance `name` in its folder below `folder`.
///
/// # Errors
/// When the folder or the database can't be written.
pub async fn open(folder: &Path, name: &str, port: u16, clock: Clock, keys: KeyMaker) -> Result<App> {
    let data = folder.join(name);
    let environment = [
        ("MEENT_PUBLIC_URL", format!("http://{name}.localhost:{port}")),
        ("MEENT_LISTEN", format!("127.0.0.1:{port}")),
        ("MEENT_DATA_DIR", data.display().to_string()),
        ("MEENT_FEDERATION__LOOPBACK", "true".to_owned()),
    ];
    let environment: BTreeMap<String, String> = environment.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let config = Config::parse("", &environment).map_err(|error| Error::Internal(error.to_string()))?;
    let db = Db::open_to_throw_away(&data.join("meent.db")).await?;
    App::on(db, config, clock, keys).await
}

/// What the demo needs of an instance that has been opened.
#[must_use]
pub fn region(app: &App, name: &str, title: &str) -> Region {
    Region { name: name.to_owned(), title: title.to_owned(), core: app.core.clone(), fed: app.federation.clone(), members: HashMap::new() }
}

/// The same listener once more: an instance takes the one it is given with it when it ends.
fn again(listener: &TcpListener) -> Result<tokio::net::TcpListener> {
    let again = listener.try_clone().and_then(tokio::net::TcpListener::from_std);
    again.map_err(|error| Error::Unavailable(format!("can't listen: {error}")))
}

/// Answers what is asked, and works on nothing by itself.
///
/// # Errors
/// When nothing can be listened to.
pub fn answer(app: App, listener: &TcpListener, stop: CancellationToken) -> Result<Serving> {
    let (listener, router) = (again(listener)?, app.router());
    Ok(tokio::spawn(async move {
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let served = axum::serve(listener, service).with_graceful_shutdown(stop.cancelled_owned()).await;
        let closed = app.close().await;
        served.map_err(|error| Error::Internal(format!("serving: {error}"))).and(closed)
    }))
}

/// Runs an instance as any other.
///
/// # Errors
/// When nothing can be listened to.
pub fn run(app: App, listener: &TcpListener, stop: CancellationToken) -> Result<Serving> {
    let listener = again(listener)?;
    Ok(tokio::spawn(Box::pin(app.serve(listener, stop))))
}

/// Works on everything that waits in any of the regions, until nothing does: what one sends is for another to take in.
///
/// # Errors
/// When a database can't be read or written.
pub async fn flow(regions: &[Region]) -> Result<()> {
    loop {
        let working: Vec<JoinHandle<Result<bool>>> = regions
            .iter()
            .map(|region| {
                let fed = region.fed.clone();
                tokio::spawn(async move { Box::pin(jobs::run_due(&fed)).await })
            })
            .collect();
        let mut any = false;
        for one in working {
            any |= one.await.map_err(|error| Error::Internal(error.to_string()))??;
        }
        if !any {
            return Ok(());
        }
    }
}
