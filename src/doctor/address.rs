//! The public address as the world sees it: the name, the connection, the certificate, and what answers there.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Response, header};
use x509_cert::Certificate;
use x509_cert::der::Decode;

use super::report::{Finding, span};
use crate::config::{Config, is_loopback};
use crate::error::{Error, Result};
use crate::federation::client::{chain, ways_out};
use crate::model::Time;

const CHECK: &str = "address";
const TLS: &str = "certificate";
/// How long a connection may take.
const PATIENCE: Duration = Duration::from_secs(4);
/// A certificate that goes on for less than this, and is in the last third of its life, should have been renewed.
const SOON: i64 = 14 * Time::DAY;
const VERY_SOON: i64 = 2 * Time::DAY;

/// What an answer at the public address told besides itself.
#[derive(Debug)]
pub struct Reached {
    pub http: reqwest::Client,
    /// What time it is there.
    pub date: Option<Time>,
}

/// The client that goes to our own address, in the way that other servers come.
///
/// # Errors
/// When the certificate file or the proxy of the configuration does not work.
pub fn client(config: &Config) -> Result<reqwest::Client> {
    let builder = ways_out(config)?.dns_resolver(Arc::new(Loopback)).tls_info(true);
    builder.build().map_err(|error| Error::Internal(format!("can't make the HTTP client: {error}")))
}

/// Names on this machine lead to it, whatever its resolver makes of them.
#[derive(Debug)]
struct Loopback;

impl Resolve for Loopback {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            if name.as_str() == "localhost" || name.as_str().ends_with(".localhost") {
                return Ok(Box::new(std::iter::once(SocketAddr::from(([127, 0, 0, 1], 0)))) as Addrs);
            }
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Goes to the public address. `running`: whether a server should answer behind it.
pub async fn look(config: &Config, running: bool, now: Time) -> (Option<Reached>, Vec<Finding>) {
    let mut findings = match name(config).await {
        Ok(findings) => findings,
        Err(finding) => return (None, vec![finding]),
    };
    // Nothing stands before a server that is its own public address.
    if !running && is_loopback(&config.url()) && !config.is_https() {
        return (None, findings);
    }
    let http = match client(config) {
        Ok(http) => http,
        Err(error) => {
            findings.push(Finding::failure(CHECK, error.to_string(), "Look at federation.extra_ca_file and federation.proxy."));
            return (None, findings);
        }
    };
    let url = format!("{}/health/live", config.public_url);
    let response = match http.get(&url).send().await {
        Ok(response) => response,
        Err(error) => {
            findings.push(unreachable(config, &chain(&error)));
            return (None, findings);
        }
    };
    findings.extend(certificate(&response, now));
    let date = response.headers().get(header::DATE).and_then(|value| value.to_str().ok()).and_then(Time::parse_http_date);
    let place = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let status = response.status();
    if !running {
        return (None, findings);
    }
    if status.is_success() {
        return (Some(Reached { http, date }), findings);
    }
    findings.push(if status.is_redirection() {
        Finding::failure(CHECK, format!("{url} is redirected to {place}."), format!("Other servers are not redirected: let the proxy pass {} to Meent without a redirect, or set public_url to the name it redirects to (before set-up).", config.public_url))
    } else if status.is_server_error() {
        Finding::failure(CHECK, format!("The proxy at {} answers {status}: it does not reach Meent.", config.public_url), format!("Let it pass requests to {}, and look at its error log.", config.listen))
    } else {
        Finding::failure(CHECK, format!("{url} answers {status}: something else than Meent answers there."), format!("Look which site of the proxy answers for this name; it must pass every path to {}.", config.listen))
    });
    (None, findings)
}

/// The name in the DNS, and a connection to each of its addresses.
async fn name(config: &Config) -> Result<Vec<Finding>, Finding> {
    let url = config.url();
    let host = url.host_str().unwrap_or_default();
    if is_loopback(&url) {
        return Ok(Vec::new());
    }
    if !config.federation.proxy.is_empty() {
        // In such a network the name often means nothing from inside; the proxy looks it up.
        return Ok(vec![Finding::ok(CHECK, format!("{host} is reached through {}.", config.federation.proxy))]);
    }
    let port = url.port_or_known_default().unwrap_or(443);
    let remedy = format!(
        "Let the administrator of the domain add an A record (and AAAA, where there is IPv6) for {host} with the address of this machine or of the proxy before it."
    );
    let found: Vec<IpAddr> = match tokio::time::timeout(PATIENCE * 2, tokio::net::lookup_host((host, port))).await {
        Ok(Ok(found)) => found.map(|address| address.ip()).collect(),
        Ok(Err(error)) => return Err(Finding::failure(CHECK, format!("The name {host} leads nowhere: {error}."), remedy)),
        Err(_) => {
            return Err(Finding::failure(
                CHECK,
                format!("The name {host} could not be looked up: no answer."),
                "Look whether this machine's name server (/etc/resolv.conf) answers.",
            ));
        }
    };
    let mut dead = Vec::new();
    let mut alive = Vec::new();
    for address in found {
        let connected = tokio::time::timeout(PATIENCE, tokio::net::TcpStream::connect((address, port))).await;
        if connected.is_ok_and(|connected| connected.is_ok()) { alive.push(address.to_string()) } else { dead.push(address.to_string()) }
    }
    if alive.is_empty() {
        return Err(Finding::failure(
            CHECK,
            format!("{host} leads to {}, and nothing answers there at port {port}.", dead.join(" and ")),
            format!(
                "Look whether the proxy runs, and whether the firewall lets port {port} in. Where only this machine can't reach its own public address, add a line to /etc/hosts with the proxy's address and {host}."
            ),
        ));
    }
    if !dead.is_empty() {
        return Ok(vec![Finding::warning(
            CHECK,
            format!("{host} leads to {} and {}; the latter does not answer at port {port}.", alive.join(" and "), dead.join(" and ")),
            "Let the proxy and the firewall serve that address as well, or take it out of the DNS: some servers and people try it first.",
        )]);
    }
    Ok(vec![Finding::ok(CHECK, format!("{host} leads to {}, which answers.", alive.join(" and ")))])
}

/// Why no answer came; what is wrong with a certificate is a finding of its own.
fn unreachable(config: &Config, why: &str) -> Finding {
    let host = config.url().host_str().unwrap_or_default().to_owned();
    let remedy = if why.contains("certificate expired") || why.contains("Expired") {
        "Renew it now, and look why it was not renewed by itself (certbot renew --dry-run; the log of Caddy).".to_owned()
    } else if why.contains("UnknownIssuer") || why.contains("unknown issuer") {
        "Let the proxy send the whole chain (with certbot: fullchain.pem, not cert.pem). When it is of an authority of your own, every server you talk to must trust that; here it goes into federation.extra_ca_file.".to_owned()
    } else if why.contains("NotValidForName") || why.contains("not valid for name") {
        format!("Get a certificate for {host}, and look whether the proxy chooses the right site (server_name).")
    } else if why.contains("certificate") {
        format!("Give the proxy a good certificate for {host}.")
    } else {
        return Finding::failure(
            CHECK,
            format!("No answer at {}: {why}", config.public_url),
            "Look whether the proxy runs and serves this name, at its error log, and at the firewall.",
        );
    };
    Finding::failure(TLS, format!("Other servers refuse the certificate of {host}: {why}"), remedy)
}

/// When the certificate ends. That it is good now the connection has shown.
fn certificate(response: &Response, now: Time) -> Option<Finding> {
    let der = response.extensions().get::<reqwest::tls::TlsInfo>()?.peer_certificate()?;
    let validity = Certificate::from_der(der).ok()?.tbs_certificate.validity;
    let moment = |time: x509_cert::time::Time| Time(i64::try_from(time.to_unix_duration().as_millis()).unwrap_or(i64::MAX));
    Some(judge(moment(validity.not_before), moment(validity.not_after), now))
}

fn judge(from: Time, until: Time, now: Time) -> Finding {
    let (left, life) = (until.0 - now.0, until.0 - from.0);
    let says = format!("The certificate is good until {}, for {} more.", until.utc().format("%Y-%m-%d %H:%M UTC"), span(left));
    let remedy = "It should have been renewed by now: look at what renews it (systemctl status certbot.timer, certbot renew --dry-run, the log of Caddy).";
    if left < VERY_SOON && left * 6 < life {
        Finding::failure(TLS, says, remedy)
    } else if left < SOON && left * 3 < life {
        Finding::warning(TLS, says, remedy)
    } else {
        Finding::ok(TLS, says)
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::Level;
    use super::*;

    #[test]
    fn a_certificate_is_late_by_the_measure_of_its_life() {
        let level = |life: i64, left: i64| judge(Time(0), Time(life * Time::DAY), Time((life - left) * Time::DAY)).level;
        assert_eq!([level(90, 60), level(90, 20), level(90, 13), level(90, 1)], [Level::Ok, Level::Ok, Level::Warning, Level::Failure]);
        // One for six days is renewed halfway.
        assert_eq!([level(6, 3), level(6, 1), level(365, 13)], [Level::Ok, Level::Warning, Level::Warning]);
    }
}
