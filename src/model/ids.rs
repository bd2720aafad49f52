//! Ids: 64-bit numbers in order of time, a type for each noun.
//!
//! 41 bits of milliseconds since 2024, 10 bits for the process (a leased slot, see `db::lease`), 12 bits of sequence.
//! The command line and several servers mint at once without asking each other.

use std::sync::Mutex;

use super::time::Clock;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type, serde::Serialize, serde::Deserialize, derive_more::Display)]
        #[sqlx(transparent)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+ };
}

id!(
    /// A member, a group or the instance itself.
    ActorId,
    /// A question, answer or comment.
    PostId,
    /// Something one of our actors said.
    ActivityId,
    /// Something that arrived in an inbox.
    ReceivedId,
    /// A piece of background work.
    JobId,
    /// Somebody who wants to become a member.
    RegistrationId,
    /// An invitation to become a member.
    InvitationId,
    /// A mail on its way.
    MailId,
    /// Something a member is told.
    NotificationId,
    /// A theme that posts, groups and members share.
    TopicId,
    /// A group that a member would like to see.
    ProposalId,
    /// A picture with a post.
    AttachmentId,
    /// What somebody reported.
    ReportId,
    /// Something a moderator did.
    ModerationId,
    /// What somebody said to an event.
    AttendeeId,
    /// Events that come again and again.
    SeriesId,
);

/// 2024-01-01T00:00:00Z in milliseconds.
const EPOCH: i64 = 1_704_067_200_000;
const SEQUENCE_BITS: u32 = 12;
const SLOT_BITS: u32 = 10;

/// How many processes can mint at once on one database.
pub const SLOTS: u16 = 1 << SLOT_BITS;

/// The first id that can have been made since a moment.
#[must_use]
pub fn first_since(at: super::time::Time) -> i64 {
    (at.0 - EPOCH).max(0) << (SLOT_BITS + SEQUENCE_BITS)
}

/// When an id was made.
#[must_use]
pub fn made_at(id: i64) -> super::time::Time {
    super::time::Time((id >> (SLOT_BITS + SEQUENCE_BITS)) + EPOCH)
}

/// Mints ids for one process.
#[derive(Debug)]
pub struct Ids {
    slot: u16,
    clock: Clock,
    last: Mutex<(i64, i64)>,
}

impl Ids {
    #[must_use]
    pub fn new(slot: u16, clock: Clock) -> Self {
        Self { slot: slot % SLOTS, clock, last: Mutex::new((0, 0)) }
    }

    /// The slot this process holds; also what it writes in `claimed_by`.
    #[must_use]
    pub fn slot(&self) -> i64 {
        i64::from(self.slot)
    }

    /// From now on, only ids after this one: one that is in use. Needed when the clock was set back while we were away.
    pub fn not_before(&self, id: i64) {
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *last = (*last).max((id >> (SLOT_BITS + SEQUENCE_BITS), (1 << SEQUENCE_BITS) - 1));
    }

    /// The next id; never the same twice and never smaller than the one before, also when the clock is set back.
    pub fn next(&self) -> i64 {
        let now = self.clock.now().0 - EPOCH;
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (mut millis, mut sequence) = *last;
        if now > millis {
            (millis, sequence) = (now, 0);
        } else {
            sequence += 1;
            if sequence >= 1 << SEQUENCE_BITS {
                (millis, sequence) = (millis + 1, 0);
            }
        }
        *last = (millis, sequence);
        (millis << (SLOT_BITS + SEQUENCE_BITS)) | (i64::from(self.slot) << SEQUENCE_BITS) | sequence
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Time;

    #[test]
    fn ids_rise_even_when_the_clock_stands_still_or_goes_back() {
        let clock = Clock::manual(Time(EPOCH + 1_000));
        let ids = Ids::new(3, clock.clone());
        let mut before = ids.next();
        for step in 0..10_000 {
            if step == 5_000 {
                clock.advance(-900);
            }
            let id = ids.next();
            assert!(id > before);
            before = id;
        }
    }

    #[test]
    fn ids_go_on_where_they_were_when_the_clock_was_set_back() {
        let before = Ids::new(9, Clock::manual(Time(EPOCH + 5_000))).next();
        let ids = Ids::new(3, Clock::manual(Time(EPOCH + 1_000)));
        ids.not_before(before);
        assert!(ids.next() > before);
    }

    #[test]
    fn two_processes_never_mint_the_same() {
        let clock = Clock::manual(Time(EPOCH + 1_000));
        let (a, b) = (Ids::new(1, clock.clone()), Ids::new(2, clock));
        let from_a: std::collections::HashSet<i64> = (0..5_000).map(|_| a.next()).collect();
        assert!((0..5_000).all(|_| !from_a.contains(&b.next())));
    }
}
