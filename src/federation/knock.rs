//! Knocking at another server's door: a signed request, and the same signed in the other way when that one is not read.

use axum::body::Bytes;
use reqwest::{Method, Response, StatusCode, header};
use url::Url;

use super::ACTIVITY_JSON;
use super::client::{Client, chain};
use super::sign::Request;
use super::signature::Scheme;
use super::signature::rfc9421::Wanted;
use crate::error::{Error, Result};
use crate::model::Actor;
use crate::model::urls::authority;

/// What a signed request carries.
#[derive(Debug)]
pub enum Sending<'a> {
    /// What it accepts.
    Get(&'a str),
    Post(Bytes),
}

/// Sends a request as it is.
///
/// # Errors
/// [`Error::Remote`] when there was no answer.
pub async fn sent(url: &Url, request: reqwest::RequestBuilder) -> Result<Response> {
    request.send().await.map_err(|error| Error::Remote(format!("{url}: {}", chain(&error))))
}

impl Client {
    /// Sends a signed request in the way that this server takes, as far as we know it; and when the signature may be what
    /// is wrong, once more in the other way. A server that we don't know gets the older one first: some say yes before
    /// they look, and would lose what they can't read.
    pub(super) async fn knock(&self, url: &Url, by: &Actor, sending: Sending<'_>) -> Result<Response> {
        let host = authority(url);
        let known = self.schemes.of(&host, self.clock.now()).await?;
        let first = known.unwrap_or(Scheme::Cavage);
        let response = self.signed(url, by, &sending, first, &Wanted::default()).await?;
        let wanted = response.headers().get("accept-signature").and_then(|value| Wanted::read(value.to_str().ok()?));
        let status = response.status();
        let doubtful =
            status == StatusCode::UNAUTHORIZED || known.is_none() && matches!(status, StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN);
        if !doubtful {
            // What a GET tells anybody says nothing about signatures.
            let taken = status.is_success() && matches!(sending, Sending::Post(_));
            let seen = if wanted.is_some() { Scheme::Rfc9421 } else { first };
            if (taken || wanted.is_some()) && known != Some(seen) {
                self.note(&host, seen).await;
            }
            return Ok(response);
        }
        let second = if first == Scheme::Cavage { Scheme::Rfc9421 } else { Scheme::Cavage };
        let again = self.signed(url, by, &sending, second, &wanted.unwrap_or_default()).await?;
        if again.status().is_success() {
            self.note(&host, second).await;
        }
        // Refused for its signature both times, the first way is the one that this server reads, or none is.
        Ok(if again.status() == StatusCode::UNAUTHORIZED { response } else { again })
    }

    async fn signed(&self, url: &Url, by: &Actor, sending: &Sending<'_>, scheme: Scheme, wanted: &Wanted) -> Result<Response> {
        let (method, body) = match sending {
            Sending::Get(_) => (Method::GET, None),
            Sending::Post(body) => (Method::POST, Some((body.as_ref(), ACTIVITY_JSON))),
        };
        let request = Request { method: method.as_str(), url, at: self.clock.now(), by, body };
        let headers = self.signer.headers(request, scheme, wanted).await?;
        let mut request = self.http.request(method, url.clone());
        request = match sending {
            Sending::Get(accept) => request.header(header::ACCEPT, *accept),
            Sending::Post(body) => request.body(body.clone()),
        };
        for (name, value) in headers {
            request = request.header(name, value);
        }
        sent(url, request).await
    }

    /// Remembers what a server takes; without that it is only asked once more than needed.
    async fn note(&self, host: &str, scheme: Scheme) {
        if let Err(error) = self.schemes.note(host, scheme, self.clock.now()).await {
            error.log();
        }
    }
}
