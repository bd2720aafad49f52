//! How many requests one server gets from us at the same time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Error, Result};

/// So many of one kind are under way to one server at once.
const AT_ONCE: usize = 4;
/// Servers that are remembered before those with nothing under way are let go.
const REMEMBERED: usize = 1_000;

/// What a request is for. Each kind has its own turns: a server that asks us for something before it answers a delivery
/// must not wait for that delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Errand {
    Deliver,
    Fetch,
    Picture,
}

/// The turns at each server.
#[derive(Debug, Default)]
pub struct Errands(Mutex<HashMap<(Errand, String), Arc<Semaphore>>>);

impl Errands {
    /// Waits for a turn; it ends when what is given is dropped.
    ///
    /// # Errors
    /// Never, while nobody closes the turns.
    pub async fn take(&self, errand: Errand, host: String) -> Result<OwnedSemaphorePermit> {
        let turns = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if all.len() >= REMEMBERED {
                all.retain(|_, turns| Arc::strong_count(turns) > 1);
            }
            all.entry((errand, host)).or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE))).clone()
        };
        turns.acquire_owned().await.map_err(|error| Error::Internal(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn each_server_gets_four_of_a_kind_at_once() {
        let turns = Errands::default();
        let now = |errand, host: &str| turns.take(errand, host.into()).now_or_never();
        let mut taken: Vec<_> = (0..AT_ONCE).map(|_| now(Errand::Fetch, "a.example").unwrap().unwrap()).collect();
        assert!(now(Errand::Fetch, "a.example").is_none());
        assert!(now(Errand::Fetch, "b.example").is_some() && now(Errand::Deliver, "a.example").is_some());
        taken.pop();
        assert!(now(Errand::Fetch, "a.example").is_some());
        for number in 0..3 * REMEMBERED {
            assert!(now(Errand::Fetch, &format!("{number}.example")).is_some());
        }
        assert!(turns.0.lock().unwrap().len() <= REMEMBERED + 1, "those that are done are let go");
    }
}
