//! The one way out: every request to another server goes through here, with the same rules about where it may go
//! (T-70 to T-74) and a signature.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use futures_util::StreamExt;
use reqwest::{Response, StatusCode, header};
use serde_json::Value;
use url::{Host, Url};

use super::errands::{Errand, Errands};
use super::knock::{Sending, sent};
use super::resolver::Resolver;
use super::schemes::Schemes;
use super::sign::Signer;
use super::{ACTIVITY_JSON, json};
use crate::config::{Config, is_loopback};
use crate::error::{Error, Result};
use crate::model::names::{clean, cut};
use crate::model::urls::authority;
use crate::model::{Actor, Clock, Time};
use crate::ops::pictures::MAX_BYTES;

const LD_JSON: &str = "application/ld+json";
const PROFILE: &str = "https://www.w3.org/ns/activitystreams";
/// Largest JSON document we read.
pub const MAX_JSON: usize = 1024 * 1024;
/// A whole request, redirects and body included.
pub const DEADLINE: Duration = Duration::from_secs(10);
pub const REDIRECTS: usize = 3;
/// How long a connection that nobody uses stays open. What a thread has to say comes in bursts, and open files are few.
const IDLE: Duration = Duration::from_secs(10);
/// Longest address we take: two of them still fit into one entry of a PostgreSQL index.
pub const LONGEST_URL: usize = 1_000;

/// The HTTP client.
#[derive(Debug)]
pub struct Client {
    pub(super) http: reqwest::Client,
    loopback: bool,
    pub(super) clock: Clock,
    pub(super) signer: Signer,
    errands: Errands,
    /// Which way of signing each server takes.
    pub schemes: Schemes,
}

/// What came of asking for a picture.
#[derive(Debug)]
pub enum Hop {
    Arrived(Vec<u8>),
    /// It lies at this address, which passed [`Client::check_url`].
    Elsewhere(Url),
}

/// What came of a POST.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<i64>,
    pub text: String,
}

fn broken(error: &dyn std::fmt::Display) -> Error {
    Error::Internal(format!("can't make the HTTP client: {error}"))
}

/// How every request of ours goes out: through which proxy, whose certificates are believed, how long is waited. Without the
/// rules about where it may go.
///
/// # Errors
/// When the certificate file or the proxy of the configuration does not work.
pub fn ways_out(config: &Config) -> Result<reqwest::ClientBuilder> {
    let mut builder = reqwest::Client::builder()
        .user_agent(format!("Meent/{} (+{})", env!("CARGO_PKG_VERSION"), config.public_url))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
        .timeout(DEADLINE)
        .pool_max_idle_per_host(4)
        .pool_idle_timeout(IDLE);
    builder = if config.federation.proxy.is_empty() {
        builder.no_proxy()
    } else {
        builder.proxy(reqwest::Proxy::all(&config.federation.proxy).map_err(|error| broken(&error))?)
    };
    if !config.federation.extra_ca_file.is_empty() {
        let pem = std::fs::read(&config.federation.extra_ca_file).map_err(|error| broken(&error))?;
        let certificates = reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| broken(&error))?;
        builder = builder.tls_certs_merge(certificates);
    }
    Ok(builder)
}

impl Client {
    /// # Errors
    /// When the certificate file or the proxy of the configuration does not work.
    pub fn new(config: &Config, clock: Clock, schemes: Schemes) -> Result<Self> {
        let resolver = Resolver { loopback: config.federation.loopback, allow: config.federation.allow_networks.clone() };
        let http = ways_out(config)?.dns_resolver(Arc::new(resolver)).build().map_err(|error| broken(&error))?;
        Ok(Self { http, loopback: config.federation.loopback, clock, signer: Signer::new()?, errands: Errands::default(), schemes })
    }

    /// Checks an id or address of another server before anything is done with it (T-12, T-13, T-72): https, a name with
    /// a dot, no user, no port, no address literal, nothing that reads differently after normalising.
    ///
    /// # Errors
    /// [`Error::Bad`] with the rule it breaks.
    pub fn check_url(&self, text: &str) -> Result<Url> {
        let bad = |why: &str| Error::Bad(format!("the address {:?} {why}", cut(text, 200)));
        if text.len() > LONGEST_URL {
            return Err(bad("is too long"));
        }
        let url = Url::parse(text).map_err(|_| bad("is none"))?;
        let here = self.loopback && is_loopback(&url);
        if !(url.scheme() == "https" || here && url.scheme() == "http") {
            return Err(bad("is not https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(bad("holds a user"));
        }
        match url.host() {
            _ if here => {}
            Some(Host::Domain(name))
                if !name.contains('.') || name.ends_with('.') || name == "localhost" || name.ends_with(".localhost") =>
            {
                return Err(bad("has no full host name"));
            }
            Some(Host::Domain(_)) => {}
            _ => return Err(bad("has no host name")),
        }
        if url.port().is_some() && !here {
            return Err(bad("has a port"));
        }
        // "EVIL.example", "exämple.nl", " https://..." and "https://vragen.example:443" would be other strings for the same
        // place; ids are compared as strings.
        let origin = format!("{}://{}", url.scheme(), authority(&url));
        let in_normal_form = text.strip_prefix(&origin).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']));
        if !in_normal_form || text.contains(|c: char| c.is_control() || c.is_whitespace()) {
            return Err(bad("is not in its normal form"));
        }
        Ok(url)
    }

    /// Fetches an ActivityPub document, signed by `by`. Gives it with the address it really came from.
    ///
    /// # Errors
    /// [`Error::RemoteGone`] for 410, [`Error::NotFound`] for 404; [`Error::Remote`] for everything else that goes wrong there.
    pub async fn fetch(&self, text: &str, by: &Actor) -> Result<(Url, Value)> {
        self.get(text, Some(by), &[ACTIVITY_JSON, LD_JSON], Some(Errand::Fetch)).await
    }

    /// The same for the document of a key: at once, however much else is asked of that server. While we wait for it, that
    /// server waits for us, perhaps with all the requests that it allows itself.
    ///
    /// # Errors
    /// As [`Client::fetch`].
    pub async fn fetch_key(&self, text: &str, by: &Actor) -> Result<(Url, Value)> {
        self.get(text, Some(by), &[ACTIVITY_JSON, LD_JSON], None).await
    }

    /// Fetches plain JSON: WebFinger, NodeInfo.
    ///
    /// # Errors
    /// As [`Client::fetch`].
    pub async fn fetch_plain(&self, text: &str) -> Result<Value> {
        Ok(self.get(text, None, &["application/json", "application/jrd+json"], Some(Errand::Fetch)).await?.1)
    }

    /// What time it is at another server, by the `Date` of an answer; how far its clock can be trusted is for the caller.
    ///
    /// # Errors
    /// As [`Client::fetch`].
    pub async fn time_at(&self, host: &str) -> Result<Time> {
        let scheme = if self.loopback && host.split(':').next().is_some_and(|name| name.ends_with("localhost")) { "http" } else { "https" };
        let url = self.check_url(&format!("{scheme}://{host}/.well-known/nodeinfo"))?;
        let response = sent(&url, self.http.get(url.clone())).await?;
        let date = response.headers().get(header::DATE).and_then(|value| value.to_str().ok()).and_then(Time::parse_http_date);
        date.ok_or_else(|| Error::Remote(format!("{host} does not say what time it is")))
    }

    async fn get(&self, text: &str, by: Option<&Actor>, types: &[&str], errand: Option<Errand>) -> Result<(Url, Value)> {
        tokio::time::timeout(DEADLINE, self.get_following(text, by, types, errand))
            .await
            .map_err(|_| Error::Remote(format!("{text}: no answer within {} s", DEADLINE.as_secs())))?
    }

    async fn get_following(&self, text: &str, by: Option<&Actor>, types: &[&str], errand: Option<Errand>) -> Result<(Url, Value)> {
        let mut url = self.check_url(text)?;
        url.set_fragment(None);
        let origin = url.origin();
        for _ in 0..=REDIRECTS {
            let _turn = match errand {
                Some(errand) => Some(self.errands.take(errand, authority(&url)).await?),
                None => None,
            };
            let response = match by {
                Some(by) => self.knock(&url, by, Sending::Get(&accept(types))).await?,
                None => sent(&url, self.http.get(url.clone()).header(header::ACCEPT, accept(types))).await?,
            };
            match response.status() {
                StatusCode::OK => {
                    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
                    // What a user uploaded as JSON must not pass for an object (T-90).
                    if !is_one_of(kind, types) {
                        return Err(Error::Remote(format!("{url}: came as {kind:?}")));
                    }
                    let body = read(response, MAX_JSON).await?;
                    let value = json::parse_document(&body).map_err(|why| Error::Remote(format!("{url}: {why}")))?;
                    return Ok((url, value));
                }
                StatusCode::GONE => return Err(Error::RemoteGone),
                // Also what a server says that is closed for a while, or whose proxy forgot it.
                StatusCode::NOT_FOUND => return Err(Error::NotFound),
                status if status.is_redirection() => {
                    let place = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
                    let next = url.join(place).map_err(|_| Error::Remote(format!("{url}: redirects to nowhere")))?;
                    url = self.check_url(next.as_str())?;
                    if url.origin() != origin && by.is_some() {
                        return Err(Error::Remote(format!("{text}: redirects to another server")));
                    }
                }
                status => return Err(Error::Remote(format!("{url}: answered {status}"))),
            }
        }
        Err(Error::Remote(format!("{text}: redirects too often")))
    }

    /// Asks for a picture, unsigned: who keeps one need not know who looks. A redirect is not followed here.
    ///
    /// # Errors
    /// As [`Client::fetch`].
    pub async fn get_picture(&self, url: &Url) -> Result<Hop> {
        let _turn = self.errands.take(Errand::Picture, authority(url)).await?;
        let request = self.http.get(url.clone()).header(header::ACCEPT, "image/jpeg, image/png, image/webp, image/gif");
        let response = sent(url, request).await?;
        let said = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        match response.status() {
            StatusCode::OK => {
                let kind = said(header::CONTENT_TYPE).to_ascii_lowercase();
                // Stores of files often don't know what they keep. What it really is, its content decides.
                if !kind.starts_with("image/") && !kind.starts_with("application/octet-stream") {
                    return Err(Error::Remote(format!("{url}: came as {kind:?}")));
                }
                read(response, MAX_BYTES).await.map(Hop::Arrived)
            }
            StatusCode::GONE => Err(Error::RemoteGone),
            StatusCode::NOT_FOUND => Err(Error::NotFound),
            status if status.is_redirection() => {
                let next = url.join(said(header::LOCATION)).map_err(|_| Error::Remote(format!("{url}: redirects to nowhere")))?;
                self.check_url(next.as_str()).map(Hop::Elsewhere)
            }
            status => Err(Error::Remote(format!("{url}: answered {status}"))),
        }
    }

    /// POSTs an activity to an inbox, signed by `by`.
    ///
    /// # Errors
    /// [`Error::Remote`] when there was no answer at all.
    pub async fn post(&self, inbox: &str, body: impl Into<Bytes>, by: &Actor) -> Result<Answer> {
        let url = self.check_url(inbox)?;
        let _turn = self.errands.take(Errand::Deliver, authority(&url)).await?;
        let response = self.knock(&url, by, Sending::Post(body.into())).await?;
        let status = response.status();
        let retry_after = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = retry_after.and_then(|value| super::waiting::retry_after(value, self.clock.now()));
        let text = if status.is_success() { Vec::new() } else { read(response, 2_000).await.unwrap_or_default() };
        // It is kept and shown: no NUL, which PostgreSQL does not take, and nothing that moves a cursor.
        Ok(Answer { status, retry_after, text: clean(&String::from_utf8_lossy(&text)) })
    }
}

fn accept(types: &[&str]) -> String {
    if types.contains(&LD_JSON) { format!("{ACTIVITY_JSON}, {LD_JSON}; profile=\"{PROFILE}\"") } else { types.join(", ") }
}

/// Whether a `Content-Type` is one of these. `.jsonld` files are served as linked data too; only with the profile is it
/// ActivityPub.
fn is_one_of(kind: &str, types: &[&str]) -> bool {
    let mut parts = kind.split(';').map(|part| part.trim().to_ascii_lowercase());
    let name = parts.next().unwrap_or_default();
    let profile =
        |part: String| part.strip_prefix("profile=").is_some_and(|names| names.trim_matches('"').split(' ').any(|name| name == PROFILE));
    types.contains(&name.as_str()) && (name != LD_JSON || parts.any(profile))
}

/// An error with its causes; reqwest's own text says little.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// Reads a body up to `most` bytes, whatever its Content-Length says.
async fn read(response: Response, most: usize) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    let mut stream = response.bytes_stream();
    while let Some(part) = stream.next().await {
        let part = part.map_err(|error| Error::Remote(format!("the answer broke off: {error}")))?;
        if body.len() + part.len() > most {
            return Err(Error::Remote(format!("the answer is larger than {most} bytes")));
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

#[cfg(test)]
mod reach;

#[cfg(test)]
mod tests {
    use super::*;

    fn client(loopback: bool) -> Client {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut config = Config::default();
        config.federation.loopback = loopback;
        Client::new(&config, Clock::System, Schemes::new(None)).unwrap()
    }

    #[test]
    fn t_12_13_72_addresses_that_could_fool_somebody_are_refused() {
        let client = client(false);
        assert!(client.check_url("https://vragen.example/u/sanne").is_ok());
        for bad in [
            "http://vragen.example/u/x",
            "https://vragen.example:8443/u/x",
            "https://127.0.0.1/u/x",
            "https://[::1]/u/x",
            "https://0x7f.1/u/x",
            "https://2130706433/u/x",
            "https://localhost/u/x",
            "https://a.localhost/u/x",
            "https://intranet/u/x",
            "https://vragen.example./u/x",
            "https://VRAGEN.example/u/x",
            "https://good.example@evil.example/u/x",
            "https://evil.example%2F@good.example/",
            "https://exämple.nl/u/x",
            "https://vragen.example:443/u/x",
            "HTTPS://vragen.example/u/x",
            " https://vragen.example/u/x",
            "https:/vragen.example/u/x",
            "https:\\\\vragen.example/u/x",
            "https://vragen.example/u/\nx",
            "ftp://vragen.example/x",
            "javascript:alert(1)",
            "",
        ] {
            assert!(client.check_url(bad).is_err(), "{bad}");
        }
        // Loopback relaxes exactly http, ports, single labels and loopback addresses, for names on this machine.
        let client = super::tests::client(true);
        assert!(client.check_url("http://a.localhost:8081/u/x").is_ok());
        assert!(client.check_url("http://vragen.example/u/x").is_err());
        assert!(client.check_url("https://10.0.0.1/u/x").is_err());
    }
}
