//! What each statement costs: how often it ran and how long it took, all runs together, as the library for SQL tells it. With
//! `STATEMENTS=1` in the environment; telling it costs something itself.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{LazyLock, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// Seconds and runs of each.
static TAKEN: LazyLock<Mutex<HashMap<String, (f64, u32)>>> = LazyLock::new(Mutex::default);
/// How many are shown.
const MOST: usize = 30;

struct Listener;

#[derive(Default)]
struct Told {
    statement: String,
    seconds: f64,
}

impl Visit for Told {
    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "elapsed_secs" {
            self.seconds = value;
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        // A short one stands in the summary alone.
        if field.name() == "summary" || field.name() == "db.statement" && !value.trim().is_empty() {
            self.statement = value.split_whitespace().collect::<Vec<_>>().join(" ");
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

impl<S: Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() != "sqlx::query" {
            return;
        }
        let mut told = Told::default();
        event.record(&mut told);
        let mut all = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        let (seconds, runs) = all.entry(told.statement).or_default();
        *seconds += told.seconds;
        *runs += 1;
    }
}

/// Listens from now on.
pub fn listen() {
    let only = tracing_subscriber::filter::Targets::new().with_target("sqlx::query", tracing::Level::DEBUG);
    tracing_subscriber::registry().with(Listener.with_filter(only)).init();
}

/// Prints what was heard since the last time, the costly ones first.
pub fn report() {
    let mut all: Vec<_> = TAKEN.lock().unwrap_or_else(PoisonError::into_inner).drain().collect();
    all.sort_by(|one, other| other.1.0.total_cmp(&one.1.0));
    for (statement, (seconds, runs)) in all.into_iter().take(MOST) {
        let each = seconds / f64::from(runs) * 1e6;
        println!("{:8.0} ms {runs:7} times {each:7.0} µs  {:.160}", seconds * 1e3, statement);
    }
}
