//! What SQLite and PostgreSQL say differently where they pack rows as JSON.

use std::fmt;

use serde::Deserializer;
use serde::de::{self, Unexpected, Visitor};

/// Reads what is true or false from JSON that a database made: SQLite says 0 and 1.
///
/// # Errors
/// For anything else.
pub fn read_bool<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    struct Either;

    impl Visitor<'_> for Either {
        type Value = bool;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("true, false, 0 or 1")
        }

        fn visit_bool<E>(self, said: bool) -> Result<bool, E> {
            Ok(said)
        }

        fn visit_u64<E: de::Error>(self, said: u64) -> Result<bool, E> {
            if said <= 1 { Ok(said == 1) } else { Err(E::invalid_value(Unexpected::Unsigned(said), &self)) }
        }
    }

    from.deserialize_any(Either)
}
