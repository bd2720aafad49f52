//! PostgreSQL that takes no writes for a while, as hosts of databases make it when their disk is full. A connection keeps what
//! it was told when it was made (`default_transaction_read_only`), so those from before the last refusal are not used again:
//! else, when writes are taken again, every one that came upon an old connection would be refused for half an hour more.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// When a write was last refused. Of the whole process, as errors know nothing of the database they came from.
static REFUSED: Mutex<Option<Instant>> = Mutex::new(None);

/// A write was refused because the database only reads.
pub fn note() {
    *REFUSED.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
}

/// Whether none was since a connection of this age was made.
pub(super) fn none_since(age: Duration) -> bool {
    REFUSED.lock().unwrap_or_else(PoisonError::into_inner).is_none_or(|at| age < at.elapsed())
}
