//! Events: when and where, who may come, and what somebody said to one.

use chrono::{NaiveDateTime, TimeZone};
use chrono_tz::Tz;

use super::ids::{ActorId, AttendeeId, PostId, SeriesId};
use super::names::Refused;
use super::time::Time;

/// Most people that an event can be for.
pub const LARGEST: i64 = 100_000;
/// Longest event.
pub const LONGEST: i64 = 31 * Time::DAY;
/// How far ahead an event may lie.
pub const FARTHEST: i64 = 5 * 366 * Time::DAY;

/// What became of what was planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, serde::Serialize, serde::Deserialize)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum EventStatus {
    Planned,
    /// It takes place at another moment or place than was first said.
    Moved,
    Cancelled,
}

impl EventStatus {
    /// The word in locales and in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Moved => "moved",
            Self::Cancelled => "cancelled",
        }
    }
}

/// How people sign up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, serde::Serialize, serde::Deserialize)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum SignUp {
    /// Who comes first is in.
    Open,
    /// An organiser decides about each.
    Approval,
    /// On another site.
    Elsewhere,
    /// Nobody needs to.
    None,
}

impl SignUp {
    /// In the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Open, Self::Approval, Self::Elsewhere, Self::None];

    /// The word in forms, locales and the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approval => "approval",
            Self::Elsewhere => "elsewhere",
            Self::None => "none",
        }
    }

    /// Reads a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.word() == word)
    }

    /// Whether people sign up with us.
    #[must_use]
    pub fn is_here(self) -> bool {
        matches!(self, Self::Open | Self::Approval)
    }
}

/// Where it is. All of it may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow, serde::Serialize, serde::Deserialize)]
pub struct Place {
    #[sqlx(rename = "place_name")]
    pub name: String,
    #[sqlx(rename = "place_street")]
    pub street: String,
    #[sqlx(rename = "place_postcode")]
    pub postcode: String,
    #[sqlx(rename = "place_town")]
    pub town: String,
}

impl Place {
    #[must_use]
    pub fn is_nowhere(&self) -> bool {
        [&self.name, &self.street, &self.postcode, &self.town].into_iter().all(String::is_empty)
    }

    /// On one line: "Stadskantoor, Stadsplateau 1, 3521 AZ Utrecht".
    #[must_use]
    pub fn line(&self) -> String {
        let town = [self.postcode.as_str(), self.town.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        [self.name.as_str(), self.street.as_str(), town.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

/// What an event is besides its words: what its organisers fill in, and what the next of a series is made of.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow, serde::Serialize, serde::Deserialize)]
pub struct Plan {
    pub starts_at: Time,
    /// Events of other servers may not say.
    pub ends_at: Option<Time>,
    /// The name of a zone of the IANA database: see [`Plan::tz`].
    pub zone: String,
    #[sqlx(flatten)]
    pub place: Place,
    /// Whether one can take part from anywhere.
    pub online: bool,
    /// For attendees alone; empty where there is none, or its home keeps it.
    pub online_link: String,
    pub capacity: Option<i64>,
    pub sign_up: SignUp,
    /// Where people sign up who do so elsewhere.
    pub sign_up_link: String,
    /// The last moment to sign up; without one, the start.
    pub sign_up_until: Option<Time>,
    pub contact: String,
}

impl Plan {
    /// The zone in which it takes place.
    #[must_use]
    pub fn tz(&self) -> Tz {
        self.zone.parse().unwrap_or(chrono_tz::Europe::Amsterdam)
    }

    /// When it is over: of one that does not say, an hour after it began.
    #[must_use]
    pub fn over_at(&self) -> Time {
        self.ends_at.unwrap_or(self.starts_at.plus(Time::HOUR))
    }

    /// The last moment to sign up.
    #[must_use]
    pub fn closes_at(&self) -> Time {
        self.sign_up_until.map_or(self.starts_at, |until| until.min(self.starts_at))
    }

    /// Whether it now takes place at another moment or place than `before`.
    #[must_use]
    pub fn is_moved_from(&self, before: &Self) -> bool {
        self.starts_at != before.starts_at || self.ends_at != before.ends_at || self.place != before.place || self.online != before.online
    }

    /// What is wrong with it, by the fields of its form. `now` bounds the start of one that is new or moved.
    ///
    /// # Errors
    /// Every field that is wrong, and why.
    pub fn check(&self, now: Option<Time>) -> Result<(), Vec<(&'static str, Refused)>> {
        let mut wrong = Vec::new();
        if now.is_some_and(|now| self.starts_at <= now) {
            wrong.push(("starts", Refused::Past));
        }
        if now.is_some_and(|now| self.starts_at > now.plus(FARTHEST)) {
            wrong.push(("starts", Refused::TooFar));
        }
        match self.ends_at {
            Some(ends) if ends <= self.starts_at => wrong.push(("ends", Refused::BeforeStart)),
            Some(ends) if ends > self.starts_at.plus(LONGEST) => wrong.push(("ends", Refused::TooFar)),
            _ => {}
        }
        if self.zone.parse::<Tz>().is_err() {
            wrong.push(("zone", Refused::Zone));
        }
        if self.capacity.is_some_and(|capacity| !(1..=LARGEST).contains(&capacity)) {
            wrong.push(("capacity", Refused::Number));
        }
        if self.sign_up_until.is_some_and(|until| until > self.starts_at) {
            wrong.push(("until", Refused::AfterStart));
        }
        if self.sign_up == SignUp::Elsewhere && self.sign_up_link.is_empty() {
            wrong.push(("sign_up_link", Refused::Empty));
        }
        if self.place.is_nowhere() && !self.online {
            wrong.push(("place", Refused::Empty));
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}

/// The moment that a clock on the wall in `zone` means. In the hour that comes twice, the first; in the one that is skipped,
/// as far after the change as it would have been.
#[must_use]
pub fn moment(zone: Tz, local: NaiveDateTime) -> Time {
    use chrono::offset::LocalResult;
    let found = match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at,
        LocalResult::None => {
            let before = local - chrono::Duration::hours(3);
            let earlier = zone.from_local_datetime(&before).earliest();
            return earlier.map_or_else(|| Time(local.and_utc().timestamp_millis()), |at| Time(at.timestamp_millis()).plus(3 * Time::HOUR));
        }
    };
    Time(found.timestamp_millis())
}

/// A row of `event`.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Event {
    pub post_id: PostId,
    #[sqlx(flatten)]
    pub plan: Plan,
    pub status: EventStatus,
    /// How many come, as its home says; for one of ours they are counted.
    pub told_attending: Option<i64>,
    /// RFC 5545 3.8.7.4: counts up with each change of time, place or status.
    pub sequence: i64,
    pub changed_at: Time,
    pub series_id: Option<SeriesId>,
    /// The id of its series on the wire.
    pub series: Option<String>,
    /// When the series has it, whatever became of it alone.
    pub occurs_at: Option<Time>,
    /// The id of the question it came from; it may not be known here.
    pub question: Option<String>,
    /// The id of the report of it; it may not be known here.
    pub report: Option<String>,
    pub report_asked_at: Option<Time>,
}

impl Event {
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.status == EventStatus::Cancelled
    }

    /// Whether somebody can sign up at `now`, as far as the event itself goes.
    #[must_use]
    pub fn is_open(&self, now: Time) -> bool {
        !self.is_cancelled() && self.plan.sign_up.is_here() && now < self.plan.closes_at()
    }
}

/// What somebody says to an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum Rsvp {
    Yes,
    /// For their own region alone; never leaves it.
    Maybe,
    No,
}

impl Rsvp {
    /// The word in forms, locales and the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Maybe => "maybe",
            Self::No => "no",
        }
    }

    /// Reads a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Yes, Self::Maybe, Self::No].into_iter().find(|rsvp| rsvp.word() == word)
    }
}

/// What became of a yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum Standing {
    /// By e-mail, and the link in it was not followed yet.
    Unconfirmed,
    /// Said to the event's home, which has not answered yet.
    Sent,
    /// An organiser decides.
    Asked,
    /// On the waiting list.
    Waiting,
    /// Has a place.
    In,
    Refused,
    /// It is no yes, or no longer.
    Out,
}

impl Standing {
    /// The word in locales and in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unconfirmed => "unconfirmed",
            Self::Sent => "sent",
            Self::Asked => "asked",
            Self::Waiting => "waiting",
            Self::In => "in",
            Self::Refused => "refused",
            Self::Out => "out",
        }
    }
}

/// A row of `attendee`: what somebody said to an event, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Attendee {
    pub id: AttendeeId,
    pub post_id: PostId,
    /// None for somebody without an account, who is known by `email`.
    pub actor_id: Option<ActorId>,
    pub email: String,
    /// Of who has no account.
    pub name: String,
    pub language: String,
    pub answer: Rsvp,
    pub state: Standing,
    /// Plain text, for the organisers.
    pub remark: String,
    /// Whether other attendees may see that they come.
    pub visible: bool,
    /// The id of the Join on the wire; empty for one that never crossed a border.
    pub ap_id: String,
    /// The link that the home of another server's event gave them.
    pub online_link: String,
    /// Their place in the line.
    pub since: Time,
    /// When the Join or Leave was last said or heard.
    pub at: Time,
    /// The date of the answer that stands, of another server's event.
    pub answered_at: Option<Time>,
    pub reminded_at: Option<Time>,
}

/// A row of `series`.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Series {
    pub id: SeriesId,
    pub ap_id: String,
    pub group_id: ActorId,
    pub author_id: ActorId,
    /// RFC 5545 3.3.10, without DTSTART: `FREQ=MONTHLY;BYDAY=3TH;COUNT=12`.
    pub rule: String,
    /// The first one as the clock on the wall says: `2026-12-03T10:00`.
    pub starts_local: String,
    pub zone: String,
    /// JSON of what an event is made of.
    pub template: String,
    /// Up to when occurrences have been made.
    pub made_until: Time,
    pub ended_at: Option<Time>,
    pub created_at: Time,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
    }

    #[test]
    fn the_clock_on_the_wall_means_one_moment_also_around_the_change_of_summer_time() {
        let zone = chrono_tz::Europe::Amsterdam;
        assert_eq!(moment(zone, local("2026-12-03T10:00")).rfc3339(), "2026-12-03T09:00:00.000Z");
        assert_eq!(moment(zone, local("2026-07-03T10:00")).rfc3339(), "2026-07-03T08:00:00.000Z");
        // 02:30 comes twice on 25 October, and not at all on 29 March.
        assert_eq!(moment(zone, local("2026-10-25T02:30")).rfc3339(), "2026-10-25T00:30:00.000Z");
        assert_eq!(moment(zone, local("2026-03-29T02:30")).rfc3339(), "2026-03-29T01:30:00.000Z");
    }
}
