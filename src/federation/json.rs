//! Reading JSON that strangers send: strict where two readers could disagree, and never deeper than we can follow.

use std::cell::Cell;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Deepest nesting (T-78).
const DEPTH: usize = 32;
/// Most entries in one array or object.
const ENTRIES: usize = 10_000;
/// Most values in an activity: two bytes of text can be hundreds of memory.
const VALUES: usize = 20_000;
/// The same in a document that we asked for, which may be a long page of a collection.
const VALUES_OF_DOCUMENT: usize = 100_000;

/// Reads an activity. Refuses duplicate keys, nesting beyond 32, more than 20 000 values, NUL in text and anything after the end.
///
/// # Errors
/// What is wrong, in English, for the developer of a peer.
pub fn parse(bytes: &[u8]) -> Result<Value, String> {
    parse_up_to(bytes, VALUES)
}

/// Reads a document that we asked for: the same, with up to 100 000 values.
///
/// # Errors
/// As [`parse`].
pub fn parse_document(bytes: &[u8]) -> Result<Value, String> {
    parse_up_to(bytes, VALUES_OF_DOCUMENT)
}

fn parse_up_to(bytes: &[u8], values: usize) -> Result<Value, String> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let left = Cell::new(values);
    let value = Strict { depth: 0, left: &left }.deserialize(&mut reader).map_err(|error| error.to_string())?;
    reader.end().map_err(|error| error.to_string())?;
    refuse_linked_data_tricks(&value)?;
    Ok(value)
}

/// We read plain JSON and never expand contexts; documents that mean something else to a reader who does are refused
/// (T-38). Those within documents as well: what a group of ours received it passes on.
fn refuse_linked_data_tricks(value: &Value) -> Result<(), String> {
    let fields = match value {
        Value::Object(fields) => fields,
        Value::Array(list) => return list.iter().try_for_each(refuse_linked_data_tricks),
        _ => return Ok(()),
    };
    if let Some(key) = ["@graph", "@reverse", "@included"].into_iter().find(|key| fields.contains_key(*key)) {
        return Err(format!("{key} is not accepted"));
    }
    let contexts = match fields.get("@context") {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let core = ["type", "id", "actor", "object", "attributedTo", "to", "cc", "inReplyTo"];
    for terms in contexts.iter().filter_map(Value::as_object) {
        for (term, meaning) in terms {
            let meant = meaning.as_str().or_else(|| meaning.get("@id").and_then(Value::as_str)).unwrap_or_default();
            let standard = meant.is_empty()
                || meant.starts_with('@')
                || meant == format!("as:{term}")
                || meant == format!("https://www.w3.org/ns/activitystreams#{term}");
            if core.contains(&term.as_str()) && !standard {
                return Err(format!("the context gives {term} another meaning"));
            }
            // The other way round: a second name, under which another reader finds something else.
            let plain = meant.strip_prefix("as:").or_else(|| meant.strip_prefix("https://www.w3.org/ns/activitystreams#"));
            let plain = plain.or(match meant {
                "@id" => Some("id"),
                "@type" => Some("type"),
                _ => None,
            });
            if plain.is_some_and(|plain| core.contains(&plain) && plain != term) {
                return Err(format!("the context gives {meant} another name"));
            }
        }
    }
    fields.iter().filter(|(key, _)| *key != "@context").try_for_each(|(_, inner)| refuse_linked_data_tricks(inner))
}

struct Strict<'a> {
    depth: usize,
    /// Values that may still come, in all.
    left: &'a Cell<usize>,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let left = self.left.get().checked_sub(1).ok_or_else(|| de::Error::custom("too many values"))?;
        self.left.set(left);
        deserializer.deserialize_any(self)
    }
}

impl Strict<'_> {
    fn below<E: de::Error>(&self) -> Result<Self, E> {
        if self.depth >= DEPTH { Err(E::custom("nested too deeply")) } else { Ok(Self { depth: self.depth + 1, left: self.left }) }
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number that is none"))
    }
    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        self.visit_string(value.to_owned())
    }
    fn visit_string<E: de::Error>(self, value: String) -> Result<Value, E> {
        if value.contains('\0') { Err(E::custom("text holds NUL")) } else { Ok(Value::String(value)) }
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = seq.next_element_seed(self.below()?)? {
            if list.len() >= ENTRIES {
                return Err(de::Error::custom("too many entries"));
            }
            list.push(value);
        }
        list.shrink_to_fit();
        Ok(Value::Array(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value_seed(self.below()?)?;
            if fields.len() >= ENTRIES {
                return Err(de::Error::custom("too many entries"));
            }
            if key.contains('\0') {
                return Err(de::Error::custom("text holds NUL"));
            }
            if fields.insert(key.clone(), value).is_some() {
                return Err(de::Error::custom(format!("duplicate key {key:?}")));
            }
        }
        Ok(Value::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_json_is_read_strictly() {
        assert!(parse(br#"{"a":[1,2.5,null,true,"x"]}"#).is_ok());
        for bad in [
            r#"{"a":1,"a":2}"#.to_owned(),
            r#"{"a":{"b":1,"b":2}}"#.into(),
            r#"{"a":"\u0000"}"#.into(),
            "{} x".into(),
            "{\"n\":1e999}".into(),
            "[".repeat(10_000),
            format!("{}{}", "[".repeat(40), "]".repeat(40)),
            r#"{"a":"\ud800"}"#.into(),
            r#"{"@graph":[]}"#.into(),
            r#"{"object":[{"@included":[]}]}"#.into(),
            r#"{"@context":{"actor":"https://evil.example/ns#actor"}}"#.into(),
            r#"{"@context":["x",{"maker":{"@id":"as:actor","@type":"@id"}}]}"#.into(),
            r#"{"@context":{"name":"@id"}}"#.into(),
        ] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad:.60}");
        }
    }

    #[test]
    fn what_unpacks_to_much_more_than_its_bytes_is_refused() {
        let towers = |number: usize| format!("[{}]", vec![format!("{}0{}", "[".repeat(28), "]".repeat(28)); number].join(","));
        // Each tower is 29 values, and the list is one.
        assert!(parse(towers(19_999 / 29).as_bytes()).is_ok());
        assert_eq!(parse(towers(20_000 / 29 + 1).as_bytes()).unwrap_err().split(" at ").next(), Some("too many values"));
        assert!(parse_document(towers(3_000).as_bytes()).is_ok());
        assert!(parse_document(towers(4_000).as_bytes()).is_err());
    }
}
