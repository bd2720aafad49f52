//! A community manager's figures: how people take part, and how fast questions are answered. Counts only, and of small groups
//! not even those.

use chrono::{Datelike, TimeZone};

use super::Core;
use crate::db::figures::{self, Members, Question};
use crate::error::Result;
use crate::model::{ActorId, Time};

/// Somebody who wrote in so long is active.
pub const ACTIVE: i64 = 30 * Time::DAY;
/// Groups with fewer members of ours are not broken down: who is meant could be guessed.
pub const FEWEST: i64 = 5;
/// Months that are looked back on.
const MONTHS: u32 = 12;

/// How questions fare.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answering {
    pub questions: i64,
    pub unanswered: i64,
    /// Milliseconds from question to first answer, in the middle.
    pub median: Option<i64>,
    pub answers: i64,
    pub from_elsewhere: i64,
}

/// A group of ours.
#[derive(Clone, Debug)]
pub struct GroupFigures {
    pub title: String,
    pub members: Members,
    pub answering: Answering,
}

/// A month: its year and number.
#[derive(Clone, Debug)]
pub struct MonthFigures {
    pub year: i32,
    pub month: u32,
    pub writers: i64,
    pub answering: Answering,
}

/// Everything.
#[derive(Clone, Debug)]
pub struct Figures {
    /// None with fewer members than [`FEWEST`].
    pub members: Option<Members>,
    pub count: i64,
    /// Questions without an answer now, however old.
    pub unanswered: i64,
    /// Of the last twelve months.
    pub answering: Answering,
    pub groups: Vec<GroupFigures>,
    /// Groups that are left out because they are small.
    pub small: usize,
    /// The oldest first.
    pub months: Vec<MonthFigures>,
}

/// The value in the middle; of an even number the mean of the two in the middle.
fn median(mut values: Vec<i64>) -> Option<i64> {
    values.sort_unstable();
    let middle = values.len() / 2;
    let upper = values.get(middle).copied()?;
    if values.len() % 2 == 1 { Some(upper) } else { values.get(middle - 1).map(|lower| i64::midpoint(*lower, upper)) }
}

fn answering<'a>(questions: impl Iterator<Item = &'a Question>) -> Answering {
    let mut found = Answering::default();
    let mut waits = Vec::new();
    for question in questions {
        found.questions += 1;
        found.answers += question.answers;
        found.from_elsewhere += question.from_elsewhere;
        match question.first_answer_at {
            Some(at) => waits.push((at.0 - question.asked_at.0).max(0)),
            None => found.unanswered += 1,
        }
    }
    found.median = median(waits);
    found
}

/// The beginnings of the last months in the region's time zone and of the next, the oldest first.
fn months(zone: chrono_tz::Tz, now: Time) -> Vec<(i32, u32, Time)> {
    let today = now.utc().with_timezone(&zone);
    let last = today.year() * 12 + i32::try_from(today.month0()).unwrap_or(0);
    (0..=MONTHS)
        .map(|back| {
            let number = last + 1 - i32::try_from(MONTHS - back).unwrap_or(0);
            let (year, month) = (number.div_euclid(12), u32::try_from(number.rem_euclid(12)).unwrap_or(0) + 1);
            let begin = zone.with_ymd_and_hms(year, month, 1, 0, 0, 0).earliest();
            (year, month, Time(begin.map_or(0, |begin| begin.timestamp_millis())))
        })
        .collect()
}

/// Counts everything.
///
/// # Errors
/// When the database can't be read.
pub async fn figures(core: &Core) -> Result<Figures> {
    let (mut conn, now) = (core.db.conn(), core.now());
    let zone = core.config.time_zone.parse().unwrap_or(chrono_tz::Europe::Amsterdam);
    let bounds = months(zone, now);
    let first = bounds.first().map_or(now, |(_, _, begin)| *begin);
    let since = now.plus(-ACTIVE);
    let seen_since = Time(since.0 - since.0.rem_euclid(Time::DAY));
    let questions = figures::questions(&mut conn, first).await?;
    let all = figures::members(&mut conn, None, since, seen_since).await?;
    let (mut groups, mut small) = (Vec::new(), 0);
    for (id, name, title) in figures::groups(&mut conn).await? {
        let members = figures::members(&mut conn, Some(id), since, seen_since).await?;
        if members.members < FEWEST {
            small += 1;
            continue;
        }
        let of_group = questions.iter().filter(|question: &&Question| is_of(question, id));
        groups.push(GroupFigures { title: if title.is_empty() { name } else { title }, members, answering: answering(of_group) });
    }
    let mut by_month = Vec::new();
    for pair in bounds.windows(2) {
        let [(year, month, from), (_, _, to)] = pair else { continue };
        let inside = questions.iter().filter(|question| (*from..*to).contains(&question.asked_at));
        by_month.push(MonthFigures {
            year: *year,
            month: *month,
            writers: figures::writers(&mut conn, *from, *to).await?,
            answering: answering(inside),
        });
    }
    Ok(Figures {
        members: (all.members >= FEWEST).then_some(all),
        count: all.members,
        unanswered: figures::unanswered(&mut conn).await?,
        answering: answering(questions.iter()),
        groups,
        small,
        months: by_month,
    })
}

fn is_of(question: &Question, group: ActorId) -> bool {
    question.group_id == group
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_the_middle() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![5]), Some(5));
        assert_eq!(median(vec![9, 1, 5]), Some(5));
        assert_eq!(median(vec![9, 1, 5, 7]), Some(6));
    }

    #[test]
    fn twelve_months_end_with_this_one() {
        let now = Time::parse_rfc3339("2026-01-31T23:30:00Z").unwrap();
        let months = months(chrono_tz::Europe::Amsterdam, now);
        assert_eq!(months.len(), 13);
        // In Amsterdam it is February already.
        assert_eq!(months.iter().map(|(year, month, _)| (*year, *month)).nth(11), Some((2026, 2)));
        assert_eq!(months.first().map(|(year, month, _)| (*year, *month)), Some((2025, 3)));
    }
}
