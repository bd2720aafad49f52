//! The server itself, asked at the address it listens on, past every proxy.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::header;

use super::database::{Patient, told};
use super::report::Finding;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::federation::client::chain;
use crate::model::{Clock, Urls};
use crate::ops::checkup::{self, Seen};

const CHECK: &str = "server";
/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether `/health/ready` is answered at the address that the server listens on.
///
/// # Errors
/// What is wrong, in a sentence.
pub async fn ready(config: &Config) -> Result<()> {
    let address = address(config)?;
    let url = format!("http://{address}/health/ready");
    let answer = client()?.get(&url).header(header::HOST, Urls::new(&config.url()).authority()).send().await;
    let answer = answer.map_err(|error| Error::Unavailable(format!("nothing answers at {address}: {}", chain(&error))))?;
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    let said = answer.text().await.unwrap_or_default();
    Err(Error::Unavailable(format!("{address} answers {status}: {}", said.lines().next().unwrap_or_default())))
}

/// Asks the server whether it is ready, and whether it is this instance. Says whether it runs, and what was found.
pub async fn look(config: &Config, patient: Option<&Patient>, clock: &Clock) -> (bool, Finding) {
    let address = match address(config) {
        Ok(address) => address,
        Err(error) => return (false, Finding::failure(CHECK, told(&error), "Set `listen`.")),
    };
    if tokio::time::timeout(PATIENCE, tokio::net::TcpStream::connect(address)).await.is_ok_and(|connected| connected.is_ok()) {
        if let Err(error) = ready(config).await {
            return (
                true,
                Finding::failure(
                    CHECK,
                    format!("It runs, but is not ready: {}", told(&error)),
                    "Look at the finding about the database and at the log of the server.",
                ),
            );
        }
        return (true, identity(config, patient, address, clock).await.unwrap_or_else(|finding| finding));
    }
    let says = format!("It does not run: nothing listens at {address}. What people and other servers see of it was not looked at.");
    (false, Finding::failure(CHECK, says, "Start it, for example with `systemctl start meent`; when it ends at once, its log says why."))
}

/// Whether what listens is the server of this database and this version.
async fn identity(config: &Config, patient: Option<&Patient>, address: SocketAddr, clock: &Clock) -> Result<Finding, Finding> {
    let Some(patient) = patient else { return Ok(Finding::ok(CHECK, format!("It listens at {address}."))) };
    // A database that takes no writes has no token; that has been said already.
    let Ok(token) = checkup::give_token(&patient.db, clock.now()).await else {
        return Ok(Finding::ok(CHECK, format!("It listens at {address}.")));
    };
    let url = format!("http://{address}{}inside", checkup::PATH);
    let asked = async {
        let authority = Urls::new(&config.url()).authority().to_owned();
        let request = client()?.post(&url).header(header::HOST, authority).header(checkup::HEADER, &token);
        let body = request.send().await.map_err(|error| Error::Unavailable(chain(&error)))?.bytes().await;
        body.map_err(|error| Error::Unavailable(chain(&error)))
    };
    let seen = asked.await.ok().and_then(|body| serde_json::from_slice::<Seen>(&body).ok());
    // When this fails, it ends by itself in minutes.
    let _ = checkup::withdraw(&patient.db, &token).await;
    let Some(seen) = seen else {
        return Err(Finding::failure(
            CHECK,
            format!("What listens at {address} is not the server of this database, or a version that does not know this command."),
            "Look whether `listen`, `data_dir` and `database_url` are those of the server (the same configuration file, the same environment), and restart the server after an upgrade.",
        ));
    };
    if seen.version != env!("CARGO_PKG_VERSION") {
        return Err(Finding::warning(
            CHECK,
            format!("Version {} runs; this binary is {}.", seen.version, env!("CARGO_PKG_VERSION")),
            "Restart the server, so that it runs what is installed.",
        ));
    }
    if seen.public_url != config.public_url {
        return Err(Finding::warning(
            CHECK,
            format!("It runs with public_url {}; the configuration says {}.", seen.public_url, config.public_url),
            "Restart the server, so that it runs with what is configured.",
        ));
    }
    Ok(Finding::ok(CHECK, format!("Version {} listens at {address} and is ready.", seen.version)))
}

/// Where to knock: a server that listens everywhere listens on this machine too.
fn address(config: &Config) -> Result<SocketAddr> {
    let mut address: SocketAddr = config.listen.parse().map_err(|_| Error::Bad("listen must be an address and a port".into()))?;
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { IpAddr::V6(Ipv6Addr::LOCALHOST) });
    }
    Ok(address)
}

fn client() -> Result<reqwest::Client> {
    let builder = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).timeout(PATIENCE);
    builder.build().map_err(|error| Error::Internal(format!("can't make the HTTP client: {error}")))
}
