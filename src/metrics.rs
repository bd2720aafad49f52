//! What is counted, for Prometheus. Two kinds: what the work itself counts as it goes (a lock and an addition each), and readings
//! that somebody takes now and then: of the database by the worker, of the process when it is asked. What is read and when
//! belongs in `ops/measuring.rs` and `app/scrape.rs`.
//!
//! Every label has few values: no paths, no names of people, and of servers no more than [`LANES_NAMED`] at a time.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder, prometheus_text};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::error::{Error, Result};

/// Lanes that are shown by the name of their server: those in which most waits. The others are one, `(rest)`.
pub const LANES_NAMED: usize = 10;

/// What becomes of deliveries.
pub const DELIVERIES: [&str; 5] = ["arrived", "later", "missing", "refused", "given_up"];
/// What becomes of what was received.
pub const RECEIVED: [&str; 4] = ["done", "ignored", "failed", "later"];
/// What becomes of mails.
pub const MAILS: [&str; 6] = ["sent", "later", "ours", "address", "content", "unsure"];
/// What is wrong with signed requests; see [`crate::error::Doubt`].
pub const DOUBTS: [&str; 11] =
    ["missing", "header", "algorithm", "host", "date", "digest", "key", "mismatch", "actor", "blocked", "too_many"];

/// Bounds of the time that a request takes, in seconds: a page from memory up to one that was given up.
const REQUEST_SECONDS: [f64; 9] = [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];
/// Bounds of the time between arrival and effect of an activity, in seconds.
const LAG_SECONDS: [f64; 8] = [0.1, 0.5, 2.0, 10.0, 60.0, 300.0, 3_600.0, 86_400.0];

type Labels<const N: usize> = [(&'static str, Cow<'static, str>); N];
type Counted<const N: usize> = Family<Labels<N>, Counter>;

/// One figure with the values it has now, each with its labels.
#[derive(Clone, Debug)]
pub struct Reading {
    name: &'static str,
    help: &'static str,
    kind: MetricType,
    values: Vec<(Vec<(&'static str, String)>, f64)>,
}

impl Reading {
    /// A figure that goes up and down.
    #[must_use]
    pub fn gauge(name: &'static str, help: &'static str) -> Self {
        Self { name, help, kind: MetricType::Gauge, values: Vec::new() }
    }

    /// A figure that only goes up; Prometheus' `_total` is added to its name.
    #[must_use]
    pub fn counter(name: &'static str, help: &'static str) -> Self {
        Self { name, help, kind: MetricType::Counter, values: Vec::new() }
    }

    /// With this value.
    #[must_use]
    pub fn is(self, value: f64) -> Self {
        self.with(&[], value)
    }

    /// With this value for these labels.
    #[must_use]
    pub fn with(mut self, labels: &[(&'static str, &str)], value: f64) -> Self {
        self.values.push((labels.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(), value));
        self
    }
}

/// The figures of one instance.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<Labels<3>, Histogram, fn() -> Histogram>,
    doubts: Counted<1>,
    accepted: Counter,
    received: Counted<1>,
    lag: Histogram,
    deliveries: Counted<1>,
    mails: Counted<1>,
    jobs: Counted<2>,
    /// What the worker read last in the database.
    measured: Mutex<Vec<Reading>>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::default();
        let requests = Family::new_with_constructor((|| Histogram::new(REQUEST_SECONDS)) as fn() -> Histogram);
        registry.register(
            "meent_http_request_seconds",
            "Time until a request was answered, by method, route and class of status",
            requests.clone(),
        );
        let mut family = |name: &'static str, help: &'static str, label: &'static str, values: &[&'static str]| {
            let family = Counted::<1>::default();
            registry.register(name, help, family.clone());
            // What never happened is 0, not absent: rules about a rise need a beginning.
            for value in values {
                drop(family.get_or_create(&[(label, Cow::Borrowed(*value))]));
            }
            family
        };
        let doubts = family("meent_verification_failures", "Requests from other servers that were not believed", "reason", &DOUBTS);
        let received = family("meent_received_processed", "What became of activities that were received", "outcome", &RECEIVED);
        let deliveries = family("meent_deliveries", "What became of attempts to deliver", "outcome", &DELIVERIES);
        let mails = family("meent_mails_handled", "What became of attempts to send mail", "outcome", &MAILS);
        let (accepted, jobs, lag) = (Counter::default(), Counted::<2>::default(), Histogram::new(LAG_SECONDS));
        registry.register("meent_received_accepted", "Activities that were accepted and stored", accepted.clone());
        registry.register("meent_received_lag_seconds", "Time between arrival and effect of an activity", lag.clone());
        registry.register("meent_jobs", "Pieces of other background work that ended", jobs.clone());
        Self { registry, requests, doubts, accepted, received, lag, deliveries, mails, jobs, measured: Mutex::default() }
    }
}

fn count(family: &Counted<1>, label: &'static str, value: &'static str) {
    family.get_or_create(&[(label, Cow::Borrowed(value))]).inc();
}

impl Metrics {
    /// A request was answered. `route` is the template of its path, never the path itself.
    pub fn request(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        let class = match status / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        };
        let labels = [("method", Cow::Borrowed(method)), ("route", Cow::Owned(route.to_owned())), ("status", Cow::Borrowed(class))];
        self.requests.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// Another server's request was not believed.
    pub fn not_believed(&self, error: &Error) {
        let reason = match error {
            Error::Signature(doubt) => doubt.about,
            Error::Bad(_) => "header",
            Error::Forbidden(_) => "blocked",
            Error::TooMany(_) => "too_many",
            Error::RemoteGone | Error::Remote(_) | Error::NotFound => "key",
            _ => return,
        };
        count(&self.doubts, "reason", reason);
    }

    /// Activities were stored.
    pub fn accepted(&self, many: usize) {
        self.accepted.inc_by(many as u64);
    }

    /// An activity that was received was dealt with; of one that is over, how many milliseconds after it arrived.
    pub fn processed(&self, outcome: &'static str, after: Option<i64>) {
        count(&self.received, "outcome", outcome);
        if let Some(after) = after {
            self.lag.observe(seconds(after));
        }
    }

    /// A delivery was tried.
    pub fn delivery(&self, outcome: &'static str) {
        count(&self.deliveries, "outcome", outcome);
    }

    /// A mail was tried.
    pub fn mail(&self, outcome: &'static str) {
        count(&self.mails, "outcome", outcome);
    }

    /// A job ended. `kind` is its word in the database.
    pub fn job(&self, kind: &'static str, outcome: &'static str) {
        self.jobs.get_or_create(&[("kind", Cow::Borrowed(kind)), ("outcome", Cow::Borrowed(outcome))]).inc();
    }

    /// Keeps what was read in the database, until the next time.
    pub fn measured(&self, readings: Vec<Reading>) {
        *self.measured.lock().unwrap_or_else(PoisonError::into_inner) = readings;
    }

    /// Everything in Prometheus' text format, with what was read just now.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn text(&self, now: Vec<Reading>) -> Result<String> {
        let mut readings = self.measured.lock().unwrap_or_else(PoisonError::into_inner).clone();
        readings.extend(now);
        let mut read = Registry::default();
        read.register_collector(Box::new(Readings(readings)));
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry)
            .and_then(|()| prometheus_text::encode(&mut text, &read))
            .map_err(|_| Error::Internal("figures that can't be written".into()))?;
        Ok(text)
    }
}

#[derive(Debug)]
struct Readings(Vec<Reading>);

impl Collector for Readings {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> std::result::Result<(), std::fmt::Error> {
        for reading in &self.0 {
            let mut metric = encoder.encode_descriptor(reading.name, reading.help, None, reading.kind)?;
            for (labels, value) in &reading.values {
                if labels.is_empty() {
                    write(&mut metric, reading.kind, *value)?;
                } else {
                    write(&mut metric.encode_family(labels)?, reading.kind, *value)?;
                }
            }
        }
        Ok(())
    }
}

fn write(metric: &mut MetricEncoder<'_>, kind: MetricType, value: f64) -> std::result::Result<(), std::fmt::Error> {
    match kind {
        MetricType::Counter => metric.encode_counter::<Vec<(String, String)>, f64, f64>(&value, None),
        _ => metric.encode_gauge(&value),
    }
}

/// Milliseconds as seconds.
#[must_use]
pub fn seconds(millis: i64) -> f64 {
    number(millis) / 1_000.0
}

/// A count as Prometheus has numbers.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "exact up to 9 * 10^15")]
pub fn number(count: i64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_happened_is_nought() {
        let metrics = Metrics::default();
        let text = metrics.text(Vec::new()).unwrap();
        for reason in DOUBTS {
            assert!(text.contains(&format!("meent_verification_failures_total{{reason=\"{reason}\"}} 0\n")), "{text}");
        }
        assert!(text.contains("meent_received_accepted_total 0\n"), "{text}");
    }

    #[test]
    fn readings_stand_with_what_was_counted() {
        let metrics = Metrics::default();
        metrics.request("GET", "/post/{id}", 200, Duration::from_millis(3));
        metrics.not_believed(&Error::Signature(crate::error::Doubt::of("date", "too old")));
        metrics.measured(vec![Reading::gauge("meent_lane_depth", "Depth").with(&[("host", "b.example")], 3.0)]);
        let text = metrics
            .text(vec![
                Reading::counter("meent_waits", "Waits").with(&[("pool", "read")], 2.0),
                Reading::gauge("meent_ready", "Ready").is(1.0),
            ])
            .unwrap();
        for line in [
            "meent_http_request_seconds_count{method=\"GET\",route=\"/post/{id}\",status=\"2xx\"} 1\n",
            "meent_http_request_seconds_bucket{method=\"GET\",route=\"/post/{id}\",status=\"2xx\",le=\"0.005\"} 1\n",
            "meent_verification_failures_total{reason=\"date\"} 1\n",
            "meent_lane_depth{host=\"b.example\"} 3.0\n",
            "meent_waits_total{pool=\"read\"} 2.0\n",
            "meent_ready 1.0\n",
        ] {
            assert!(text.contains(line), "{line} is not in {text}");
        }
    }
}
