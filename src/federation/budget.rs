//! How often a server is asked for something because another one says that it is there: a list, or a chain of replies, must
//! not make us knock on a stranger's door without end (T-77).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::model::Time;

/// Requests to one server in an hour that others caused, all of them together.
pub const AN_HOUR: u32 = 1_200;

/// What was spent in this hour, by server.
#[derive(Debug, Default)]
pub struct Budget(Mutex<HashMap<String, (i64, u32)>>);

impl Budget {
    /// Takes one request to `host`, if there is one left.
    pub fn take(&self, host: &str, now: Time) -> bool {
        let hour = now.0.div_euclid(Time::HOUR);
        let mut spent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = spent.entry(host.to_owned()).or_insert((hour, 0));
        if entry.0 != hour {
            *entry = (hour, 0);
        }
        entry.1 = entry.1.saturating_add(1);
        entry.1 <= AN_HOUR
    }

    /// Lets go of what was spent before this hour.
    pub fn forget(&self, now: Time) {
        let hour = now.0.div_euclid(Time::HOUR);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, (then, _)| *then == hour);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_server_has_its_own_and_a_new_one_every_hour() {
        let (budget, now) = (Budget::default(), Time(0));
        assert!((0..AN_HOUR).all(|_| budget.take("a.example", now)));
        assert!(!budget.take("a.example", now) && budget.take("b.example", now));
        let later = now.plus(Time::HOUR);
        budget.forget(later);
        assert!(budget.take("a.example", later));
    }
}
