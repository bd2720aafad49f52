//! The client for a bucket, and its troubles in plain words.
//!
//! It speaks through our one HTTP client library and our one TLS: the library for stores is told not to bring its own.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::client::{HttpClient, HttpConnector};
use object_store::{BackoffConfig, ClientOptions, Error as Trouble, ObjectStore, RetryConfig};

use crate::config::Config;
use crate::error::{Error, Result};

/// Until a connection stands.
const CONNECT: Duration = Duration::from_secs(4);
/// One request with its answer, to the last byte.
const REQUEST: Duration = Duration::from_mins(1);
/// After a request that failed in passing, the first wait; and how often it is tried again.
const AGAIN: Duration = Duration::from_millis(100);
const TIMES: usize = 3;

/// Hands the library the client that we made.
#[derive(Debug)]
struct Ours(reqwest::Client);

impl HttpConnector for Ours {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.0.clone()))
    }
}

/// The bucket of this name, and the address that it is reached at.
pub fn open(config: &Config, name: &str) -> Result<(Arc<dyn ObjectStore>, String)> {
    let files = &config.files;
    let broken = |error: &dyn std::fmt::Display| Error::Internal(format!("can't make the client for the store of files: {error}"));
    let mut client = reqwest::Client::builder()
        .user_agent(concat!("Meent/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT)
        .timeout(REQUEST);
    if !config.federation.extra_ca_file.is_empty() {
        let pem = std::fs::read(&config.federation.extra_ca_file).map_err(|error| broken(&error))?;
        client = client.tls_certs_merge(reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| broken(&error))?);
    }
    let client = client.build().map_err(|error| broken(&error))?;
    let backoff = BackoffConfig { init_backoff: AGAIN, max_backoff: 4 * AGAIN, base: 2.0 };
    let endpoint = if files.endpoint.is_empty() { format!("https://s3.{}.amazonaws.com", files.region) } else { files.endpoint.clone() };
    let objects = AmazonS3Builder::new()
        .with_http_connector(Ours(client))
        .with_bucket_name(name)
        .with_endpoint(&endpoint)
        .with_region(&files.region)
        .with_access_key_id(&files.access_key.0)
        .with_secret_access_key(&files.secret_key.0)
        .with_allow_http(endpoint.starts_with("http:"))
        // One at a time is what every store understands.
        .with_disable_bulk_delete(true)
        .with_retry(RetryConfig { backoff, max_retries: TIMES, retry_timeout: CONNECT })
        .build()
        .map_err(|error| broken(&error))?;
    Ok((Arc::new(objects), endpoint))
}

/// Whether the bucket itself is what is not there.
pub fn is_missing(error: &Trouble) -> bool {
    super::chain(error).contains("NoSuchBucket")
}

/// What a store says, and what to do about it.
pub fn words(error: &Trouble, name: &str, endpoint: &str) -> String {
    let said = super::chain(error);
    let known = [
        ("NoSuchBucket", "there is no such bucket; make it first, or mend files.store"),
        ("InvalidAccessKeyId", "the store does not know this access key (files.access_key)"),
        ("SignatureDoesNotMatch", "the secret key does not fit the access key (files.secret_key)"),
        ("AccessDenied", "the access key may not do this; it must be allowed to list the bucket, and to read, write and delete in it"),
        ("RequestTimeTooSkewed", "the clock of this machine differs too much from the store's"),
        ("PermanentRedirect", "the bucket is in another region (files.region)"),
        ("AuthorizationHeaderMalformed", "the bucket is in another region (files.region)"),
        ("QuotaExceeded", "the bucket is full"),
    ];
    if let Some((_, plain)) = known.iter().find(|(code, _)| said.contains(code)) {
        return (*plain).to_owned();
    }
    match error {
        Trouble::PermissionDenied { .. } | Trouble::Unauthenticated { .. } => {
            format!("the store refuses us (files.access_key, files.secret_key): {said}")
        }
        Trouble::NotFound { .. } => format!("the store knows no bucket {name}, or files.endpoint is not its address: {said}"),
        _ if ["error sending request", "onnect", "dns error"].iter().any(|part| said.contains(part)) => {
            format!("{endpoint} can't be reached (files.endpoint): {said}")
        }
        _ => format!("{endpoint}: {said}"),
    }
}
