//! Signs of life of the loops of this process. Each says until when it will have given the next one; who is late is stuck, and
//! who ended while the others go on has died.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::Time;

/// The signs of life of all loops.
#[derive(Clone, Debug, Default)]
pub struct Pulses(Arc<Mutex<BTreeMap<&'static str, Beat>>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beat {
    /// The next sign comes before this moment.
    Until(Time),
    /// It waits for somebody to ask something of it.
    Rests,
    Ended,
}

/// The hand of one loop; when it goes, the loop has ended.
#[derive(Debug)]
pub struct Pulse {
    name: &'static str,
    all: Pulses,
}

impl Pulses {
    /// A loop begins.
    #[must_use]
    pub fn begin(&self, name: &'static str) -> Pulse {
        self.set(name, Beat::Rests);
        Pulse { name, all: self.clone() }
    }

    /// Every loop that has begun, and whether it is alive.
    #[must_use]
    pub fn all(&self, now: Time) -> Vec<(&'static str, bool)> {
        let beats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let alive = |beat: &Beat| match beat {
            Beat::Until(due) => now <= *due,
            Beat::Rests => true,
            Beat::Ended => false,
        };
        beats.iter().map(|(name, beat)| (*name, alive(beat))).collect()
    }

    fn set(&self, name: &'static str, beat: Beat) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name, beat);
    }
}

impl Pulse {
    /// It lives, and gives the next sign before `due`.
    pub fn beat(&self, due: Time) {
        self.all.set(self.name, Beat::Until(due));
    }

    /// It waits for somebody, however long.
    pub fn rest(&self) {
        self.all.set(self.name, Beat::Rests);
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.all.set(self.name, Beat::Ended);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_late_or_gone_is_not_alive() {
        let pulses = Pulses::default();
        let (quick, slow, gone) = (pulses.begin("quick"), pulses.begin("slow"), pulses.begin("gone"));
        quick.beat(Time(200));
        slow.beat(Time(100));
        drop(gone);
        assert_eq!(pulses.all(Time(150)), [("gone", false), ("quick", true), ("slow", false)]);
        slow.rest();
        assert_eq!(pulses.all(Time(150)), [("gone", false), ("quick", true), ("slow", true)]);
    }
}
