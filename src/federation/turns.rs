//! Whose activities are being worked on. A server that sends much, or things that take long, has its share of the work and
//! no more: what others sent goes beside it, not behind it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::db::received::Received;
use crate::model::{ReceivedId, Time};

/// Batches that may hold something of one server at the same time.
const OF_ONE: usize = 2;

/// How many batches hold something of each server.
#[derive(Clone, Debug, Default)]
pub struct Turns(Arc<Mutex<HashMap<String, usize>>>);

impl Turns {
    /// Of these, the servers whose turn it can be now.
    pub fn open(&self, mut waiting: Vec<(String, Time)>) -> Vec<(String, Time)> {
        let under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|(host, _)| under_way.get(host).is_none_or(|batches| *batches < OF_ONE));
        waiting
    }

    fn begin(&self, host: &str) -> Turn {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(host.to_owned()).or_default() += 1;
        Turn { turns: self.clone(), host: host.to_owned() }
    }
}

/// Something of a server is in a batch.
#[derive(Debug)]
struct Turn {
    turns: Turns,
    host: String,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut under_way = self.turns.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(batches) = under_way.get_mut(&self.host) {
            *batches -= 1;
            if *batches == 0 {
                under_way.remove(&self.host);
            }
        }
    }
}

/// What was taken to be worked on together.
#[derive(Debug, Default)]
pub struct Batch {
    pub activities: Vec<Received>,
    /// How many of each server are left, and its turn.
    turns: HashMap<String, (usize, Turn)>,
}

impl Batch {
    /// The turns of these servers begin.
    pub fn begin(turns: &Turns, activities: Vec<Received>) -> Self {
        let mut batch = Self::default();
        for received in &activities {
            let (left, _) = batch.turns.entry(received.host.clone()).or_insert_with(|| (0, turns.begin(&received.host)));
            *left += 1;
        }
        batch.activities = activities;
        batch
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.activities.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.activities.is_empty()
    }

    #[must_use]
    pub fn ids(&self) -> Vec<ReceivedId> {
        self.activities.iter().map(|received| received.id).collect()
    }

    /// What there is to do, by server.
    pub fn take(&mut self) -> Vec<Vec<Received>> {
        let mut by_host: HashMap<String, Vec<Received>> = HashMap::new();
        for received in std::mem::take(&mut self.activities) {
            by_host.entry(received.host.clone()).or_default().push(received);
        }
        by_host.into_values().collect()
    }

    /// One of this server is dealt with; with the last its turn ends, whatever else is in the batch.
    pub fn ended(&mut self, host: &str) {
        if let Some((left, _)) = self.turns.get_mut(host) {
            *left -= 1;
            if *left == 0 {
                self.turns.remove(host);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(id: i64, host: &str) -> Received {
        Received {
            id: ReceivedId(id),
            ap_id: id.to_string(),
            actor: String::new(),
            body: String::new(),
            state: "new".into(),
            note: None,
            attempts: 0,
            next_at: Time(0),
            received_at: Time(0),
            host: host.into(),
        }
    }

    #[test]
    fn a_server_has_two_turns_and_others_theirs() {
        let turns = Turns::default();
        let waiting = || vec![("a".to_owned(), Time(0)), ("b".to_owned(), Time(1))];
        let open = |turns: &Turns| turns.open(waiting()).into_iter().map(|(host, _)| host).collect::<Vec<_>>();
        let mut first = Batch::begin(&turns, vec![received(1, "a"), received(2, "a"), received(3, "b")]);
        assert_eq!(open(&turns), ["a", "b"]);
        let second = Batch::begin(&turns, vec![received(4, "a"), received(5, "b")]);
        assert!(open(&turns).is_empty());
        first.ended("b");
        assert_eq!(open(&turns), ["b"]);
        first.ended("a");
        assert_eq!(open(&turns), ["b"]);
        drop(second);
        assert_eq!(open(&turns), ["a", "b"]);
        first.ended("a");
        assert!(turns.0.lock().unwrap().is_empty());
    }
}
