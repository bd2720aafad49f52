//! What can be asked at the command line, and what each command does and says.

pub mod arguments;
pub mod keeping;
pub mod people;
pub mod upkeep;

use meent::error::{Error, Result};
use meent::model::names::Refused;

/// What was typed, or which argument does not pass.
fn parsed<T>(argument: &'static str, outcome: std::result::Result<T, Refused>) -> Result<T> {
    outcome.map_err(|why| Error::field(argument, why))
}
