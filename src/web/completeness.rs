//! The foot of a thread of another server: how many replies are here, when that was compared with its home, what is still
//! there that we can't have, and a button to compare it now.

use super::ui::{Moment, Ui};
use crate::db::thread_checks::{self, ThreadCheck};
use crate::error::Result;
use crate::model::{Post, Time};
use crate::ops::{Core, comparing};

/// What the foot says besides what stands with the post.
#[derive(Default)]
pub struct Foot {
    pub under_way: bool,
    /// What came of the last comparison, where that was nothing.
    pub silent: bool,
    pub refused: bool,
    pub elsewhere: i64,
    pub unreached: i64,
}

impl Foot {
    /// Notes that somebody looks at the thread, and reads what its foot says; of our own threads there is nothing to say.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn read(core: &Core, ui: &Ui, root: &Post) -> Result<Option<Self>> {
        if root.local {
            return Ok(None);
        }
        // A full disk must not keep anybody from reading.
        if ui.get
            && let Err(error) = comparing::looked_at(core, root, ui.logged_in()).await
        {
            error.log();
        }
        let check = thread_checks::get(&mut core.db.conn(), root.id).await?;
        Ok(Some(check.as_ref().map_or_else(Self::default, Self::of)))
    }

    fn of(check: &ThreadCheck) -> Self {
        Self {
            under_way: check.is_under_way(),
            silent: check.outcome == "silent",
            refused: check.outcome == "refused",
            elsewhere: check.elsewhere,
            unreached: check.unreached,
        }
    }
}

/// How long ago something was, as a `time` element; safe to place in a page. Behind it stands the date.
pub fn ago(ui: &Ui, at: impl Moment) -> String {
    let at = at.moment();
    let past = (ui.now.0 - at.0).max(0);
    let words = match past {
        past if past < Time::MINUTE => ui.t("ago-now"),
        past if past < Time::HOUR => ui.n("ago-minutes", past / Time::MINUTE),
        past if past < Time::DAY => ui.n("ago-hours", past / Time::HOUR),
        _ => ui.n("ago-days", past / Time::DAY),
    };
    format!("<time datetime=\"{}\" title=\"{}\">{words}</time>", at.rfc3339(), ui.date(at))
}
