//! Around every request: the number that it has in the log, in the answer and on the page of an error; how long it took, under
//! the template of its path; where it comes from; and how long it may take.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::{Instrument, Span, field};

use super::memory::FromMemory;
use crate::config::Config;
use crate::ops::Core;
use crate::ops::members::random_token;
use crate::web::RequestId;

/// How long a request may take before it is given up; looking a group up on another server is the longest.
const REQUEST_LIMIT: Duration = Duration::from_secs(30);
/// How long a form with files may take: four photographs from a telephone with a poor connection.
const UPLOAD_TIME: Duration = Duration::from_mins(5);
/// The header that holds the number of a request, from a proxy to us and from us to everybody.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Characters of the numbers that we make.
const LENGTH: usize = 16;

/// Where the template of the path is put once a route is found: also for who hears nothing of the answer, because it came too
/// late or the work panicked.
#[derive(Clone, Debug, Default)]
struct Route(Arc<OnceLock<MatchedPath>>);

/// The layer around everything that makes an answer: gives a request its number, and notes what became of it.
pub async fn observe(State(core): State<Arc<Core>>, mut request: Request, next: Next) -> Response {
    let (began, route, id) = (Instant::now(), Route::default(), number_of(&core.config, &request));
    let method = word(request.method());
    let span = tracing::info_span!("request", id = &*id.0, method, path = field::Empty);
    request.extensions_mut().insert(id.clone());
    request.extensions_mut().insert(route.clone());
    let mut response = next.run(request).instrument(span.clone()).await;
    let (took, status) = (began.elapsed(), response.status());
    let unrouted = if response.extensions().get::<FromMemory>().is_some() { "(memory)" } else { "(none)" };
    let template = route.0.get().map_or(unrouted, MatchedPath::as_str);
    core.metrics.request(method, template, status.as_u16(), took);
    span.in_scope(|| {
        let (status, millis) = (status.as_u16(), u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
        if status >= 500 {
            tracing::warn!(target: "meent::request", status, millis, "answered");
        } else {
            tracing::debug!(target: "meent::request", status, millis, "answered");
        }
    });
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The innermost layer, where it is known which route it is: notes its template. The path itself goes into the log only where no
/// part of it is a secret.
pub async fn note_route(request: Request, next: Next) -> Response {
    if let (Some(template), Some(route)) = (request.extensions().get::<MatchedPath>(), request.extensions().get::<Route>()) {
        let secret = template.as_str().contains("{token}") || template.as_str().starts_with("/calendar/");
        Span::current().record("path", if secret { template.as_str() } else { request.uri().path() });
        // Set once: nothing is routed twice.
        let _ = route.0.set(template.clone());
    }
    next.run(request).await
}

/// Gives a request up that takes too long. A form with pictures may come over a slow line.
pub async fn limit_time(request: Request, next: Next) -> Response {
    let kind = request.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes().to_ascii_lowercase());
    let uploads = kind.is_some_and(|kind| kind.starts_with(b"multipart/form-data"));
    let limit = if uploads { UPLOAD_TIME } else { REQUEST_LIMIT };
    tokio::time::timeout(limit, next.run(request)).await.unwrap_or_else(|_| StatusCode::SERVICE_UNAVAILABLE.into_response())
}

/// Where a request comes from: the connection, or what a trusted proxy says of it (the last hop that is not a trusted
/// proxy itself). Where a proxy wrote something else than an address, what stands before that is not believed: the visitor may
/// have written it.
pub fn client_address(config: &Config, request: &Request<Body>) -> IpAddr {
    let connected = connected(request);
    if !is_trusted(config, connected) {
        return connected;
    }
    let forwarded =
        request.headers().get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",");
    for part in forwarded.rsplit(',') {
        match address_in(part.trim()) {
            Some(ip) if is_trusted(config, ip) => {}
            Some(ip) => return ip,
            None => break,
        }
    }
    connected
}

/// An address, with or without a port.
fn address_in(part: &str) -> Option<IpAddr> {
    let bare = part.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(part);
    let ip = bare.parse::<IpAddr>().ok().or_else(|| part.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    ip.map(|ip| ip.to_canonical())
}

/// What attempts are counted by: of IPv6 the network, of which everybody has one with more addresses than anybody can count.
pub fn counted_by(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX))),
        IpAddr::V4(_) => ip,
    }
}

fn connected(request: &Request<Body>) -> IpAddr {
    request.extensions().get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::from([127, 0, 0, 1]), |info| info.0.ip().to_canonical())
}

fn is_trusted(config: &Config, ip: IpAddr) -> bool {
    config.server.trusted_proxies.iter().any(|network| network.contains(&ip))
}

/// The number that a trusted proxy gave, when it is one; else a new one. Who is no proxy of ours chooses nothing that stands in
/// our log.
fn number_of(config: &Config, request: &Request<Body>) -> RequestId {
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let fine = |id: &&str| (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    match given.filter(|_| is_trusted(config, connected(request))).filter(fine) {
        Some(id) => RequestId(id.into()),
        None => RequestId(random_token()[..LENGTH].into()),
    }
}

/// Methods that somebody made up are one.
fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(connected: &str, forwarded: &str) -> String {
        let mut config = Config::default();
        config.server.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap(), "2001:db8:1::/48".parse().unwrap()];
        let mut request = Request::builder().header("x-forwarded-for", forwarded).body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(connected.parse().unwrap(), 1_234)));
        client_address(&config, &request).to_string()
    }

    #[test]
    fn what_a_visitor_writes_himself_is_not_believed() {
        for (connected, forwarded, client) in [
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("10.0.0.5", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
            ("10.0.0.5", "203.0.113.9, 10.0.0.7", "203.0.113.9"),
            ("::ffff:10.0.0.5", "203.0.113.9", "203.0.113.9"),
            ("2001:db8:1::5", "[2001:db8:2::9]:4711", "2001:db8:2::9"),
            ("10.0.0.5", "203.0.113.9:4711", "203.0.113.9"),
            ("10.0.0.5", "198.51.100.1, unknown", "10.0.0.5"),
            ("10.0.0.5", "", "10.0.0.5"),
        ] {
            assert_eq!(from(connected, forwarded), client, "{connected}, {forwarded}");
        }
    }

    #[test]
    fn of_ipv6_a_network_counts_as_one() {
        let count = |text: &str| counted_by(text.parse().unwrap()).to_string();
        assert_eq!((count("2001:db8:2:3:4:5:6:7"), count("203.0.113.9")), ("2001:db8:2:3::".into(), "203.0.113.9".into()));
    }
}
