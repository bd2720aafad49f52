//! What other servers need to find here, asked at the public address: WebFinger, NodeInfo, and a proxy that changes nothing.

use reqwest::header;
use serde_json::Value;

use super::address::Reached;
use super::database::Patient;
use super::report::Finding;
use crate::config::{Config, FederationMode};
use crate::db::settings::{self, key};
use crate::error::Result;
use crate::federation::client::chain;
use crate::model::{Clock, Urls};
use crate::ops::checkup::{self, Seen};
use crate::ops::federation_mode;

const PROXY: &str = "proxy";
/// Larger than what nginx takes when nobody tells it otherwise; photographs are larger still.
const FORM: usize = 2 * 1024 * 1024;
/// Must arrive as it is: a proxy that decodes it, or takes away the double slash, breaks signatures.
const TARGET: &str = "outside/a%2Fb%7Ec//d?q=1%2B2";

/// Looks at the public address.
pub async fn look(config: &Config, reached: &Reached, patient: &Patient, clock: &Clock) -> Result<Vec<Finding>> {
    let mut conn = patient.db.conn();
    if settings::get(&mut conn, key::SET_UP).await?.is_none() && crate::db::accounts::first_admin(&mut conn).await?.is_none() {
        let says = "It has no administrator yet; until then it federates with nobody.";
        return Ok(vec![Finding::warning(
            "set-up",
            says,
            "Open the link that the server printed when it started (journalctl -u meent); a restart prints a new one.",
        )]);
    }
    let mut findings = discovery(config, reached, federation_mode(config, &mut conn).await?).await;
    findings.extend(proxy(config, reached, patient, clock).await?);
    Ok(findings)
}

async fn document(reached: &Reached, url: &str) -> Result<Value, String> {
    let response = reached
        .http
        .get(url)
        .header(header::ACCEPT, "application/jrd+json, application/json")
        .send()
        .await
        .map_err(|error| chain(&error))?;
    let status = response.status();
    if !status.is_success() {
        return Err(format!("{url} answers {status}"));
    }
    let body = response.bytes().await.map_err(|error| chain(&error))?;
    serde_json::from_slice(&body).map_err(|_| format!("{url} is answered with something that is not JSON"))
}

async fn discovery(config: &Config, reached: &Reached, mode: FederationMode) -> Vec<Finding> {
    let urls = Urls::new(&config.url());
    let (base, authority) = (urls.base(), urls.authority());
    let remedy = "The proxy must pass every path to Meent, also those that begin with /.well-known/ (only /.well-known/acme-challenge/ may be the proxy's own).";
    let mut findings = Vec::new();
    if mode == FederationMode::Closed {
        findings.push(Finding::ok("webfinger", "Federation is closed: nobody is told who is here."));
    } else {
        let found = document(reached, &format!("{base}/.well-known/webfinger?resource=acct:{authority}@{authority}")).await;
        let names_us =
            |found: &Value| found["links"].as_array().is_some_and(|links| links.iter().any(|link| link["href"] == *urls.instance_actor()));
        findings.push(match found {
            Ok(found) if names_us(&found) => Finding::ok("webfinger", format!("{authority} can be found by other servers.")),
            Ok(_) => Finding::failure("webfinger", format!("What {base} says through WebFinger is not about this instance."), remedy),
            Err(why) => Finding::failure("webfinger", format!("Other servers can't find anybody here: {why}."), remedy),
        });
    }
    let info = async {
        let index = document(reached, &format!("{base}/.well-known/nodeinfo")).await?;
        let link = index["links"][0]["href"].as_str().unwrap_or_default().to_owned();
        if !link.starts_with(&format!("{base}/")) {
            return Err(format!("{base}/.well-known/nodeinfo leads to {link:?}"));
        }
        let name = document(reached, &link).await?["software"]["name"].as_str().unwrap_or_default().to_owned();
        if name == "meent" { Ok(()) } else { Err(format!("{link} says that the software is {name:?}")) }
    };
    findings.push(match info.await {
        Ok(()) => Finding::ok("nodeinfo", "Other servers see that this is Meent."),
        Err(why) => Finding::failure("nodeinfo", format!("Other servers can't see what this is: {why}."), remedy),
    });
    findings
}

/// Sends a request through the public address that the running server tells about.
async fn proxy(config: &Config, reached: &Reached, patient: &Patient, clock: &Clock) -> Result<Vec<Finding>> {
    let Some(token) = &patient.token else { return Ok(Vec::new()) };
    let url = format!("{}{}{TARGET}", config.public_url, checkup::PATH);
    let mut findings = Vec::new();
    let mut answer = ask(reached, &url, token, FORM).await;
    if matches!(&answer, Err(why) if why.contains("413")) {
        findings.push(Finding::failure(
            PROXY,
            "The proxy refuses forms of 2 MB: nobody can send a photograph.",
            "Let it pass forms of up to 100 MB (nginx: client_max_body_size 100m;).",
        ));
        // It may have got through before it was refused: a token works once.
        let again = checkup::give_token(&patient.db, clock.now()).await?;
        answer = ask(reached, &url, &again, 0).await;
        // When this fails, it ends by itself in minutes.
        let _ = checkup::withdraw(&patient.db, &again).await;
    }
    let seen = match answer {
        Ok(seen) => seen,
        Err(why) => {
            findings.push(Finding::failure(
                PROXY,
                format!("A request to the public address did not arrive at this server: {why}."),
                format!("Look whether another server or another site of the proxy answers for this name; every path must be passed to {}, and forms (POST) too.", config.listen),
            ));
            return Ok(findings);
        }
    };
    findings.extend(judge(config, &seen));
    if findings.is_empty() {
        findings.push(Finding::ok(PROXY, format!("Requests arrive unchanged; this one is seen to come from {}.", seen.client)));
    }
    Ok(findings)
}

async fn ask(reached: &Reached, url: &str, token: &str, body: usize) -> Result<Seen, String> {
    let request =
        reached.http.post(url).header(checkup::HEADER, token).header(header::CONTENT_TYPE, "application/octet-stream").body(vec![0; body]);
    let response = request.send().await.map_err(|error| chain(&error))?;
    if !response.status().is_success() {
        return Err(format!("it answers {}", response.status()));
    }
    let body = response.bytes().await.map_err(|error| chain(&error))?;
    serde_json::from_slice(&body).map_err(|_| "it is answered with something else".into())
}

/// What is wrong with a request as it arrived.
fn judge(config: &Config, seen: &Seen) -> Vec<Finding> {
    let mut findings = Vec::new();
    let authority = Urls::new(&config.url()).authority().to_owned();
    if seen.host != authority {
        findings.push(Finding::failure(
            PROXY,
            format!(
                "The proxy passes on `Host: {}` instead of {authority}: the signatures of other servers fail, so nothing comes in.",
                seen.host
            ),
            "nginx: proxy_set_header Host $host; Apache: ProxyPreserveHost On; Caddy needs nothing.",
        ));
    }
    let sent = format!("{}{TARGET}", checkup::PATH);
    if seen.target != sent {
        findings.push(Finding::failure(
            PROXY,
            format!("The proxy changes addresses: {sent} arrived as {}. Signatures of other servers fail on such paths.", seen.target),
            "nginx: no path, not even a slash, behind the address in proxy_pass, and no rewrite; Apache: AllowEncodedSlashes NoDecode and nocanon.",
        ));
    }
    let trusted = config.server.trusted_proxies.iter().any(|network| network.contains(&seen.connected));
    match &seen.forwarded_for {
        Some(_) if !trusted => findings.push(Finding::failure(
            PROXY,
            format!("The proxy at {} is not one that is believed: everybody seems to come from there, and whoever tries passwords locks everybody out.", seen.connected),
            format!("Add \"{}\" to server.trusted_proxies and restart.", ipnet::IpNet::from(seen.connected)),
        )),
        None if trusted => findings.push(Finding::failure(
            PROXY,
            format!("The proxy at {} does not say from whom requests come: everybody seems to come from there, and whoever tries passwords locks everybody out.", seen.connected),
            "nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; Apache and Caddy do so by themselves.",
        )),
        // Behind https there must be a proxy: Meent itself speaks http.
        None if config.is_https() => findings.push(Finding::failure(
            PROXY,
            format!("The proxy at {} does not say from whom requests come, and is not one that would be believed.", seen.connected),
            format!("Let it send X-Forwarded-For (nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;), and add \"{}\" to server.trusted_proxies.", ipnet::IpNet::from(seen.connected)),
        )),
        _ => {}
    }
    findings
}
