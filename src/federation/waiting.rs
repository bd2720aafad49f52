//! How long to wait before something is tried again.

use crate::model::Time;

/// Half a day: nobody waits longer for the next attempt.
pub const LONGEST: i64 = 12 * Time::HOUR;
/// The longest that a server's `Retry-After` is believed.
const BELIEVED: i64 = Time::DAY;

/// How long to wait after the `attempts`-th failure: `first`, doubling up to twelve hours, and up to a quarter more so that
/// what failed together does not come back together.
pub fn backoff(first: i64, attempts: i64, seed: i64) -> i64 {
    let doublings = u32::try_from(attempts.clamp(1, 20) - 1).unwrap_or(0);
    let wait = (first << doublings).min(LONGEST / 5 * 4);
    // From the id, not from a random source: spread is all that is wanted of it.
    let spread = (seed.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40).cast_signed() % 1_000;
    wait + wait / 4 * spread / 1_000
}

/// Trying again something that arrived here: five seconds at first, what it needs may be on its way.
pub fn soon(attempts: i64, seed: i64) -> i64 {
    backoff(5 * Time::SECOND, attempts, seed)
}

/// A `Retry-After` header, as seconds or as a date: in how many seconds.
pub fn retry_after(header: &str, now: Time) -> Option<i64> {
    let seconds = match header.trim().parse::<i64>() {
        Ok(seconds) => seconds,
        Err(_) => (Time::parse_http_date(header.trim())?.0 - now.0 + Time::SECOND - 1).div_euclid(Time::SECOND),
    };
    Some(seconds.clamp(1, BELIEVED / Time::SECOND))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_grows_from_the_first_to_twelve_hours() {
        for first in [5 * Time::SECOND, Time::MINUTE] {
            let mut before = 0;
            for attempts in 1..40 {
                let wait = backoff(first, attempts, 42);
                assert!(wait >= before && (first..=LONGEST).contains(&wait), "{attempts}: {wait}");
                before = wait;
            }
            assert!(backoff(first, 1, 7) <= first + first / 4);
            assert!(backoff(first, 30, 7) >= LONGEST / 2);
        }
        assert!((0..=LONGEST).contains(&backoff(Time::MINUTE, i64::MAX, i64::MIN)));
    }

    #[test]
    fn what_failed_together_does_not_come_back_together() {
        let waits: std::collections::BTreeSet<i64> = (0..100).map(|seed| backoff(Time::HOUR, 1, seed)).collect();
        assert!(waits.len() > 80, "{}", waits.len());
    }

    #[test]
    fn a_server_says_when_in_seconds_or_as_a_date() {
        let now = Time(1_795_165_200_000);
        assert_eq!(retry_after("120", now), Some(120));
        assert_eq!(retry_after("0", now), Some(1));
        assert_eq!(retry_after("-5", now), Some(1));
        assert_eq!(retry_after("99999999", now), Some(86_400));
        assert_eq!(retry_after(&now.plus(90 * Time::SECOND).http_date(), now), Some(90));
        assert_eq!(retry_after(&now.plus(-Time::DAY).http_date(), now), Some(1));
        assert_eq!(retry_after("presently", now), None);
    }
}
