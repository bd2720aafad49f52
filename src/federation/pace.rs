//! How much each server may send (T-81). Looked at before anything is read from the database or fetched: who floods us is
//! told to wait by what is in memory alone.
//!
//! A request only claims to come from a server until its signature has been checked. So a claim is measured against what
//! that server has really sent, and takes nothing from it: nobody can use up what is somebody else's.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;
use url::Url;

use crate::error::{Error, Result};
use crate::model::Time;
use crate::model::urls::authority;

/// One activity of those that a server may send in a second, for long: a hundred.
const EACH: i64 = Time::SECOND / 100;
/// And in one go, what was queued while we were away: two thousand.
const AT_ONCE: i64 = 2_000 * EACH;
/// Bytes of an activity that counts as one; a longer one counts as several.
const SIZE: usize = 16 * 1024;
/// Bytes of bodies that wait for keys we don't have yet, in all and of one server.
const WAITING: usize = 32 * 1024 * 1024;
const WAITING_OF_ONE: usize = 4 * 1024 * 1024;
/// Keys remembered as ones that signed well.
const KEYS: usize = 20_000;

/// What is known of the pace of each server.
#[derive(Debug, Default)]
pub struct Pace {
    /// When each server's bucket will be full again.
    full_at: Mutex<HashMap<String, Time>>,
    /// Keys with which something was signed well: their bodies wait for nothing.
    keys: Mutex<HashSet<String>>,
    waiting: Waiting,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// In how many seconds a bucket that is full again at `full_at` gives something.
fn wait(full_at: &mut Time, now: Time) -> Option<i64> {
    // What was long may have taken more than there was, but no more than that; it is more only when the clock was set back.
    *full_at = Time(full_at.0.clamp(now.0, now.0 + 2 * AT_ONCE));
    let taken = full_at.0 - now.0;
    let over = taken + EACH - AT_ONCE;
    (over > 0).then(|| over.div_euclid(Time::SECOND) + 1)
}

impl Pace {
    /// Whether a server may send something now; takes nothing.
    ///
    /// # Errors
    /// [`Error::TooMany`] when it may not.
    pub fn may(&self, host: &str, now: Time) -> Result<()> {
        let seconds = locked(&self.full_at).get_mut(host).and_then(|full_at| wait(full_at, now));
        seconds.map_or(Ok(()), |seconds| Err(Error::TooMany(seconds)))
    }

    /// A server has sent something of so many bytes; its signature has been checked.
    ///
    /// # Errors
    /// [`Error::TooMany`] when that was one too many.
    pub fn take(&self, host: &str, bytes: usize, now: Time) -> Result<()> {
        let mut buckets = locked(&self.full_at);
        let full_at = buckets.entry(host.to_owned()).or_insert(now);
        if let Some(seconds) = wait(full_at, now) {
            return Err(Error::TooMany(seconds));
        }
        let counts = i64::try_from(bytes.div_ceil(SIZE).max(1)).unwrap_or(i64::MAX).saturating_mul(EACH);
        *full_at = full_at.plus(counts.min(AT_ONCE));
        Ok(())
    }

    /// This key signed well.
    pub fn knows(&self, key_id: &str) {
        let mut keys = locked(&self.keys);
        if keys.len() >= KEYS {
            keys.clear();
        }
        if !keys.contains(key_id) {
            keys.insert(key_id.to_owned());
        }
    }

    /// Room for a body while the key it claims to be signed with may have to be fetched; held until that is known.
    ///
    /// # Errors
    /// [`Error::TooMany`] when too much waits already.
    pub fn room(&self, claim: &Claimed, bytes: usize) -> Result<Room> {
        if locked(&self.keys).contains(&claim.key_id) {
            return Ok(Room(None));
        }
        let mut waiting = locked(&self.waiting);
        let of_one = waiting.get(&claim.host).copied().unwrap_or_default();
        if waiting.values().sum::<usize>() + bytes > WAITING || of_one + bytes > WAITING_OF_ONE {
            return Err(Error::TooMany(10));
        }
        waiting.insert(claim.host.clone(), of_one + bytes);
        Ok(Room(Some((self.waiting.clone(), claim.host.clone(), bytes))))
    }

    /// Lets go of what is remembered of servers that have been quiet.
    pub fn forget_quiet_servers(&self, now: Time) {
        locked(&self.full_at).retain(|_, full_at| *full_at > now);
    }
}

/// Room that a body takes while it waits.
#[derive(Debug)]
pub struct Room(Option<(Waiting, String, usize)>);

/// Bytes that wait, by server.
type Waiting = Arc<Mutex<HashMap<String, usize>>>;

impl Drop for Room {
    fn drop(&mut self) {
        if let Some((waiting, host, bytes)) = self.0.take() {
            let mut waiting = locked(&waiting);
            if let Some(left) = waiting.get_mut(&host) {
                *left = left.saturating_sub(bytes);
                if *left == 0 {
                    waiting.remove(&host);
                }
            }
        }
    }
}

/// What the headers of a request claim, before anything has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    pub key_id: String,
    /// The server that the key lies on.
    pub host: String,
}

impl Claimed {
    /// Reads it from `Signature` or `Signature-Input`, in whatever spelling.
    pub fn read(headers: &HeaderMap) -> Option<Self> {
        let values = ["signature-input", "signature"].into_iter().filter_map(|name| headers.get(name)?.to_str().ok());
        values.filter_map(key_id).find_map(|key_id| {
            let host = authority(&Url::parse(key_id).ok()?);
            (!host.is_empty()).then(|| Self { key_id: key_id.to_owned(), host })
        })
    }
}

fn key_id(header: &str) -> Option<&str> {
    let lower = header.to_ascii_lowercase();
    let start = lower.find("keyid=")? + "keyid=".len();
    let rest = header.get(start..)?.trim_start_matches('"');
    Some(rest.split(['"', ',', ';']).next().unwrap_or(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time(1_795_165_200_000);

    #[test]
    fn a_server_sends_two_thousand_at_once_and_a_hundred_a_second() {
        let pace = Pace::default();
        for _ in 0..2_000 {
            pace.take("a.example", 1, NOW).unwrap();
        }
        assert!(matches!(pace.take("a.example", 1, NOW), Err(Error::TooMany(1))));
        assert!(pace.may("a.example", NOW).is_err());
        pace.take("b.example", 1, NOW).unwrap();
        let later = NOW.plus(Time::SECOND);
        let sent = (0..2_000).filter(|_| pace.take("a.example", 1, later).is_ok()).count();
        assert_eq!(sent, 100);
        pace.forget_quiet_servers(later.plus(Time::HOUR));
        assert!(locked(&pace.full_at).is_empty());
        // A megabyte counts as sixty-four.
        let sent = (0..2_000).filter(|_| pace.take("a.example", 1024 * 1024, later).is_ok()).count();
        assert_eq!(sent, 2_000_usize.div_ceil(64));
    }

    #[test]
    fn asking_takes_nothing_and_a_clock_that_is_set_back_shuts_nobody_out() {
        let pace = Pace::default();
        for _ in 0..10_000 {
            pace.may("a.example", NOW).unwrap();
        }
        pace.take("a.example", 1, NOW.plus(Time::DAY)).unwrap();
        assert!(pace.may("a.example", NOW).is_err());
        assert!(matches!(pace.may("a.example", NOW), Err(Error::TooMany(21))));
        pace.may("a.example", NOW.plus(21 * Time::SECOND)).unwrap();
    }

    #[test]
    fn bodies_that_wait_for_keys_are_bounded_for_each_server_and_in_all() {
        let pace = Pace::default();
        let claim = |host: &str| Claimed { key_id: format!("https://{host}/u/a#main-key"), host: host.into() };
        let mut held = Vec::new();
        for number in 0..8 {
            for _ in 0..4 {
                held.push(pace.room(&claim(&format!("{number}.example")), 1024 * 1024).unwrap());
            }
            assert!(pace.room(&claim(&format!("{number}.example")), 1).is_err());
        }
        assert!(pace.room(&claim("9.example"), 1).is_err());
        pace.knows("https://9.example/u/a#main-key");
        assert!(pace.room(&claim("9.example"), 1024 * 1024).is_ok());
        held.clear();
        assert!(pace.room(&claim("0.example"), 1024 * 1024).is_ok());
        assert!(locked(&pace.waiting).is_empty());
    }

    #[test]
    fn who_sends_is_read_from_either_kind_of_signature() {
        let of = |name: &'static str, value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            Claimed::read(&headers).map(|claim| (claim.key_id, claim.host))
        };
        let found = Some(("https://a.example/u/sanne#main-key".to_owned(), "a.example".to_owned()));
        assert_eq!(of("signature", "keyId=\"https://a.example/u/sanne#main-key\",headers=\"date\",signature=\"x\""), found);
        assert_eq!(of("signature", "headers=\"date\", keyId=\"https://a.example/u/sanne#main-key\""), found);
        assert_eq!(of("signature-input", "sig1=(\"@method\");created=1;keyid=\"https://a.example/u/sanne#main-key\";alg=\"x\""), found);
        assert_eq!(of("signature", "keyId=\"nothing\""), None);
        assert_eq!(of("signature", "sig1=:abc=:"), None);
    }
}
