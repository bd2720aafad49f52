//! The fields of every form that suspends somebody: how long, and why.

use crate::error::{Error, Result};
use crate::model::names::Refused;
use crate::ops::suspending;
use crate::web::forms::{Field, Typed};
use crate::web::ui::Ui;

/// How long, and why: the fields of every form that suspends.
pub fn fields(ui: &Ui, typed: &Typed, refused: &[(&'static str, Refused)]) -> Vec<Field> {
    let options = suspending::DAYS.iter().map(|days| (days.to_string(), ui.n("suspend-days", days))).collect();
    let chosen = if typed.get("days").is_empty() { "7" } else { typed.get("days") };
    let mut fields = vec![
        ui.field("suspend-how-long", "days", chosen).radios(options),
        ui.field("suspend-reason", "reason", typed.get("reason")).area(4),
    ];
    ui.mark(&mut fields, refused);
    fields
}

/// What was typed in them.
pub fn typed_days(typed: &Typed) -> Result<i64> {
    let days = typed.get("days").parse().ok().filter(|days| suspending::DAYS.contains(days));
    days.ok_or_else(|| Error::Bad("not a length that can be chosen".into()))
}
