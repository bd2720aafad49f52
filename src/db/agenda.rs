//! Lists of events by when they take place: of a group, of a topic, of the whole instance, of a member. A page costs the same
//! however many events there are: each list first walks one index for the few that it shows, then reads those.

use sqlx::FromRow;

use super::lists::By;
use super::{Conn, on};
use crate::error::Result;
use crate::model::{ActorId, Cursor, Event, EventStatus, Handle, Page, Post, PostId, Rsvp, Standing, Time, TopicId};

/// More than this of one day are not counted.
pub const MOST_OF_A_DAY: i64 = 1_000;

/// An event in a list.
#[derive(Clone, Debug, FromRow)]
pub struct EventCard {
    #[sqlx(flatten)]
    pub post: Post,
    #[sqlx(flatten)]
    pub event: Event,
    #[sqlx(flatten)]
    pub by: By,
    pub group_name: String,
    pub group_host: String,
    pub group_local: bool,
    pub group_title: String,
    /// How many have a place, of an event of ours.
    pub attending: i64,
    /// What the reader said to it.
    pub my_answer: Option<Rsvp>,
    pub my_state: Option<Standing>,
    /// Whether the reader organises it besides its author.
    pub organises: bool,
    /// The report of it, where that is known here and stands.
    pub report_post: Option<PostId>,
}

impl EventCard {
    #[must_use]
    pub fn group_path(&self) -> String {
        let handle = Handle { name: self.group_name.clone(), host: (!self.group_local).then(|| self.group_host.clone()) };
        format!("/c/{handle}")
    }

    #[must_use]
    pub fn group_shown(&self) -> &str {
        if self.group_title.is_empty() { &self.group_name } else { &self.group_title }
    }

    /// How many come, as far as anybody said.
    #[must_use]
    pub fn coming(&self) -> Option<i64> {
        if self.post.local { Some(self.attending) } else { self.event.told_attending }
    }

    /// Places that are left, where there is an end to them and it is known.
    #[must_use]
    pub fn places_left(&self) -> Option<i64> {
        Some((self.event.plan.capacity? - self.coming()?).max(0))
    }
}

/// An event in a day of a month.
#[derive(Clone, Debug, FromRow)]
pub struct DayLine {
    pub id: PostId,
    pub title: String,
    pub language: String,
    pub starts_at: Time,
    pub status: EventStatus,
    pub my_answer: Option<Rsvp>,
    pub my_state: Option<Standing>,
    /// How many that day has, at most [`MOST_OF_A_DAY`].
    pub of: i64,
}

/// Which events.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    All,
    Group(ActorId),
    Topic(TopicId),
    /// Of the groups that a member is in.
    GroupsOf(ActorId),
    /// Those that a member said yes or maybe to, or organises.
    Mine(ActorId),
}

/// Which way a list goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// What comes first first.
    Onward,
    /// The latest first.
    Back,
}

// One walk over an index that begins with what `$condition` fixes, then has the start and the id. $2 is where it ends, $3 and
// $4 the place behind which it begins, $5 how far it goes.
macro_rules! walk {
    (onward, $from:literal, $condition:literal) => {
        concat!(
            "SELECT x.post_id, x.starts_at FROM ",
            $from,
            " WHERE ",
            $condition,
            " AND x.starts_at < $2 AND (x.starts_at, x.post_id) > ($3, $4) ORDER BY x.starts_at, x.post_id LIMIT $5"
        )
    };
    (back, $from:literal, $condition:literal) => {
        concat!(
            "SELECT x.post_id, x.starts_at FROM ",
            $from,
            " WHERE ",
            $condition,
            " AND x.starts_at >= $2 AND (x.starts_at, x.post_id) < ($3, $4) ORDER BY x.starts_at DESC, x.post_id DESC LIMIT $5"
        )
    };
}

macro_rules! in_order {
    (onward, $k:literal) => {
        concat!(" ORDER BY ", $k, ".starts_at, ", $k, ".post_id LIMIT ")
    };
    (back, $k:literal) => {
        concat!(" ORDER BY ", $k, ".starts_at DESC, ", $k, ".post_id DESC LIMIT ")
    };
}

// What a list walks; $6 is whose it is.
macro_rules! of {
    ($way:ident, all) => {
        walk!($way, "event x", "x.gone = FALSE AND $6 = $6")
    };
    ($way:ident, group) => {
        walk!($way, "event x", "x.group_id = $6 AND x.gone = FALSE")
    };
    ($way:ident, topic) => {
        walk!($way, "post_topic x JOIN event y ON y.post_id = x.post_id", "x.topic_id = $6 AND x.starts_at IS NOT NULL AND y.gone = FALSE")
    };
    // Of each group the first few, of those the first: SQLite and PostgreSQL say "for each" in different words.
    ($way:ident, groups_lite) => {
        concat!(
            "SELECT z.post_id, z.starts_at FROM follow f CROSS JOIN event z ON z.post_id IN (SELECT w.post_id FROM (",
            walk!($way, "event x", "x.group_id = f.target_id AND x.gone = FALSE"),
            ") w) WHERE f.follower_id = $6 AND f.state <> 'rejected'",
            in_order!($way, "z"),
            "$5"
        )
    };
    ($way:ident, groups_pg) => {
        concat!(
            "SELECT z.post_id, z.starts_at FROM follow f CROSS JOIN LATERAL (",
            walk!($way, "event x", "x.group_id = f.target_id AND x.gone = FALSE"),
            ") z WHERE f.follower_id = $6 AND f.state <> 'rejected'",
            in_order!($way, "z"),
            "$5"
        )
    };
    ($way:ident, mine) => {
        concat!(
            "SELECT * FROM (",
            walk!($way, "event x", "x.author_id = $6 AND x.gone = FALSE"),
            ") author UNION SELECT * FROM (",
            walk!($way, "organiser x JOIN event y ON y.post_id = x.post_id", "x.actor_id = $6 AND y.gone = FALSE"),
            ") organiser UNION SELECT * FROM (",
            walk!(
                $way,
                "attendee x JOIN event y ON y.post_id = x.post_id",
                "x.actor_id = $6 AND x.answer <> 'no' AND x.state <> 'refused' AND y.gone = FALSE"
            ),
            ") attendee"
        )
    };
}

// What a card shows of the events of `k`, as $1 reads them.
macro_rules! card {
    () => {
        "SELECT p.*, e.*, a.name AS author_name, a.host AS author_host, a.local AS author_local, a.display_name AS author_display,
            a.role AS author_role, a.organisation AS author_organisation,
            g.name AS group_name, g.host AS group_host, g.local AS group_local, g.display_name AS group_title,
            (SELECT COUNT(*) FROM attendee t WHERE t.post_id = p.id AND t.state = 'in') AS attending,
            m.answer AS my_answer, m.state AS my_state,
            EXISTS (SELECT 1 FROM organiser o WHERE o.post_id = p.id AND o.actor_id = $1) AS organises,
            (SELECT r.id FROM post r JOIN actor w ON w.id = r.author_id
                WHERE r.ap_id = e.report AND r.deleted_at IS NULL AND w.host = a.host) AS report_post
         FROM "
    };
    (on) => {
        "JOIN event e ON e.post_id = k.post_id JOIN post p ON p.id = k.post_id JOIN actor a ON a.id = p.author_id
            JOIN actor g ON g.id = p.group_id LEFT JOIN attendee m ON m.post_id = p.id AND m.actor_id = $1"
    };
}

macro_rules! cards {
    ($way:ident, $which:ident) => {
        concat!(card!(), "(", of!($way, $which), ") k ", card!(on), in_order!($way, "k"), "$5")
    };
    ($which:ident) => {
        (cards!(onward, $which), cards!(back, $which))
    };
}

// $7 is how many are shown.
macro_rules! lines {
    ($which:ident) => {
        concat!(
            "SELECT p.id, p.title, p.language, e.starts_at, e.status, m.answer AS my_answer, m.state AS my_state, k.\"of\"
             FROM (SELECT n.post_id, n.starts_at, COUNT(*) OVER () AS \"of\" FROM (",
            of!(onward, $which),
            ") n",
            in_order!(onward, "n"),
            "$7) k
                JOIN event e ON e.post_id = k.post_id JOIN post p ON p.id = k.post_id
                LEFT JOIN attendee m ON m.post_id = p.id AND m.actor_id = $1",
            in_order!(onward, "k"),
            "$7"
        )
    };
}

/// The number in the text of a list; of the whole instance there is none.
fn whose(which: Which) -> i64 {
    match which {
        Which::All => 0,
        Which::Group(id) | Which::GroupsOf(id) | Which::Mine(id) => id.0,
        Which::Topic(id) => id.0,
    }
}

/// One page of the events that begin at `from` or later and before `to`, behind `after`, as `reader` sees them. A place in
/// the list is when an event begins, and its id.
pub async fn events(
    conn: &mut Conn,
    which: Which,
    reader: Option<ActorId>,
    (from, to): (Time, Time),
    way: Way,
    after: Option<Cursor>,
    size: usize,
) -> Result<Page<EventCard>> {
    let limit = i64::try_from(size + 1).unwrap_or(i64::MAX);
    let onward = way == Way::Onward;
    // An index is entered at one place: behind the last page, or where the time begins.
    let (edge, begin) = if onward { (to, Cursor { at: from.plus(-1), id: i64::MAX }) } else { (from, Cursor { at: to, id: i64::MIN }) };
    let after = after.map_or(begin, |after| if onward { after.max(begin) } else { after.min(begin) });
    let ((ahead, back), (ahead_pg, back_pg)) = match which {
        Which::All => (cards!(all), cards!(all)),
        Which::Group(_) => (cards!(group), cards!(group)),
        Which::Topic(_) => (cards!(topic), cards!(topic)),
        Which::GroupsOf(_) => (cards!(groups_lite), cards!(groups_pg)),
        Which::Mine(_) => (cards!(mine), cards!(mine)),
    };
    let (lite, pg) = if onward { (ahead, ahead_pg) } else { (back, back_pg) };
    let (reader, id) = (reader.map_or(0, |reader| reader.0), whose(which));
    let rows: Vec<EventCard> = on!(conn,
        sqlite c => sqlx::query_as(lite).bind(reader).bind(edge).bind(after.at).bind(after.id).bind(limit).bind(id).fetch_all(c).await,
        postgres c => sqlx::query_as(pg).bind(reader).bind(edge).bind(after.at).bind(after.id).bind(limit).bind(id).fetch_all(c).await)?;
    Ok(Page::of(rows, size, |card| Cursor { at: card.event.plan.starts_at, id: card.post.id.0 }))
}

/// The first `shown` events of a day that lasts from `from` until before `to`; each says how many there are in all.
pub async fn of_day(conn: &mut Conn, which: Which, reader: Option<ActorId>, (from, to): (Time, Time), shown: i64) -> Result<Vec<DayLine>> {
    let (lite, pg) = match which {
        Which::All => (lines!(all), lines!(all)),
        Which::Group(_) => (lines!(group), lines!(group)),
        Which::Topic(_) => (lines!(topic), lines!(topic)),
        Which::GroupsOf(_) => (lines!(groups_lite), lines!(groups_pg)),
        Which::Mine(_) => (lines!(mine), lines!(mine)),
    };
    let (reader, id, begin) = (reader.map_or(0, |reader| reader.0), whose(which), from.plus(-1));
    Ok(on!(conn,
        sqlite c => sqlx::query_as(lite).bind(reader).bind(to).bind(begin).bind(i64::MAX).bind(MOST_OF_A_DAY).bind(id).bind(shown).fetch_all(c).await,
        postgres c => sqlx::query_as(pg).bind(reader).bind(to).bind(begin).bind(i64::MAX).bind(MOST_OF_A_DAY).bind(id).bind(shown).fetch_all(c).await)?)
}

/// The event that a post is the report of.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct Reported {
    pub report_post: PostId,
    /// The event.
    pub id: PostId,
    pub title: String,
    pub language: String,
}

impl Reported {
    #[must_use]
    pub fn path(&self) -> String {
        format!("/post/{}", self.id)
    }
}

// The report of an event is written at the event's home, by who organises it there: what another server's post says of one of
// these does not count.
macro_rules! reports_from {
    ($condition:expr) => {
        concat!(
            "post r JOIN actor a ON a.id = r.author_id JOIN event e ON e.report = r.ap_id JOIN post p ON p.id = e.post_id
                JOIN actor h ON h.id = p.author_id
             WHERE r.deleted_at IS NULL AND p.deleted_at IS NULL AND a.host = h.host AND ",
            $condition
        )
    };
}
pub(super) use reports_from;

/// The report of an event.
#[derive(Clone, Debug, FromRow)]
pub struct Report {
    #[sqlx(flatten)]
    pub post: Post,
    #[sqlx(flatten)]
    pub by: By,
}

/// The report of an event, where it is known here and stands.
pub async fn report_of(conn: &mut Conn, event: PostId) -> Result<Option<Report>> {
    Ok(on!(conn, c => sqlx::query_as(concat!(
        "SELECT r.*, a.name AS author_name, a.host AS author_host, a.local AS author_local, a.display_name AS author_display, a.role AS author_role,
            a.organisation AS author_organisation
         FROM ", reports_from!("e.post_id = $1")))
        .bind(event).fetch_optional(c).await)?)
}

/// The events that came from a question, in the order in which they take place.
pub async fn from_question(conn: &mut Conn, question: &str, reader: Option<ActorId>, limit: i64) -> Result<Vec<EventCard>> {
    let reader = reader.map_or(0, |reader| reader.0);
    Ok(on!(conn, c => sqlx::query_as(concat!(
        card!(), "event k ", card!(on),
        " WHERE k.question = $2 AND p.deleted_at IS NULL ORDER BY k.starts_at, k.post_id LIMIT $3"))
        .bind(reader).bind(question).bind(limit).fetch_all(c).await)?)
}
