//! A month as a table: a week in each row, from Monday to Sunday.

use chrono::{Datelike, NaiveDate};

use super::days::{self, Month};
use super::line::said;
use crate::db::Conn;
use crate::db::agenda::{self, DayLine, Which};
use crate::error::Result;
use crate::model::EventStatus;
use crate::model::dates;
use crate::web::ui::Ui;

/// Events that are named in a day; of more the last line says how many.
const SHOWN: usize = 3;

/// An event in its day.
pub struct Entry {
    pub line: DayLine,
    /// "10.00"
    pub clock: String,
    pub cancelled: bool,
    pub moved: bool,
    pub mine: Option<&'static str>,
}

/// A day of the month.
pub struct Cell {
    pub date: NaiveDate,
    /// "donderdag" and "december": shown where the table is read as a list.
    pub weekday: &'static str,
    pub month: String,
    pub today: bool,
    pub entries: Vec<Entry>,
    /// How many are not shown.
    pub more: i64,
    /// Whether there are even more than were counted.
    pub uncounted: bool,
}

/// The month; none is a day of another one.
pub struct Grid {
    pub month: Month,
    pub weekdays: Vec<&'static str>,
    pub weeks: Vec<Vec<Option<Cell>>>,
    /// Whether nothing takes place at all.
    pub empty: bool,
}

impl Grid {
    /// Reads it, a day at a time: what a day costs does not depend on how much it has.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn read(conn: &mut Conn, ui: &Ui, which: Which, month: Month) -> Result<Self> {
        let reader = ui.me.as_ref().map(|me| me.actor.id);
        let (mut weeks, mut empty) = (Vec::new(), true);
        for week in month.weeks() {
            let mut cells = Vec::new();
            for day in week {
                let Some(date) = day else {
                    cells.push(None);
                    continue;
                };
                let shown = i64::try_from(SHOWN).unwrap_or_default();
                let lines = agenda::of_day(conn, which, reader, days::span(ui.zone(), date), shown).await?;
                empty &= lines.is_empty();
                cells.push(Some(cell(ui, date, lines)));
            }
            weeks.push(cells);
        }
        Ok(Self { month, weekdays: (0..7).map(|day| dates::weekday(ui.lang, day)).collect(), weeks, empty })
    }
}

fn cell(ui: &Ui, date: NaiveDate, lines: Vec<DayLine>) -> Cell {
    let all = lines.first().map_or(0, |line| line.of);
    let more = all - i64::try_from(lines.len()).unwrap_or_default();
    let entry = |line: DayLine| Entry {
        clock: dates::time_of_day(ui.lang, ui.zone(), line.starts_at).trim_end_matches(" uur").to_owned(),
        cancelled: line.status == EventStatus::Cancelled,
        moved: line.status == EventStatus::Moved,
        mine: said(line.my_answer, line.my_state),
        line,
    };
    let named = dates::on_day(ui.lang, date, date.year());
    Cell {
        date,
        weekday: dates::weekday(ui.lang, date.weekday().num_days_from_monday()),
        month: named.rsplit(' ').next().unwrap_or_default().to_owned(),
        today: date == days::of(ui.zone(), ui.now),
        entries: lines.into_iter().map(entry).collect(),
        more,
        uncounted: all >= agenda::MOST_OF_A_DAY,
    }
}
