//! Calendar files, read by software of others: see `ics.py`. Every file that is read here must be without a fault.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::given;

/// What is in a calendar file.
#[derive(Clone, Debug)]
pub struct Read {
    pub method: String,
    pub name: String,
    pub zones: Vec<String>,
    pub events: Vec<Value>,
    /// When it has something, in UTC, with title and status: rules expanded.
    pub occurrences: Vec<(String, String, String)>,
}

impl Read {
    /// The one event with this title.
    pub fn of(&self, title: &str) -> &Value {
        let found: Vec<&Value> = self.events.iter().filter(|event| event["title"] == title).collect();
        assert_eq!(found.len(), 1, "{title}: {:#?}", self.events);
        found[0]
    }

    pub fn titles(&self) -> Vec<&str> {
        self.events.iter().filter_map(|event| event["title"].as_str()).collect()
    }
}

/// Reads a file.
pub fn read(text: &str) -> Read {
    run(&json!({ "text": text }), text)
}

/// Reads a file and expands its rules between two moments.
pub fn expand(text: &str, from: &str, to: &str) -> Read {
    run(&json!({ "text": text, "from": from, "to": to }), text)
}

fn run(question: &Value, text: &str) -> Read {
    let mut process = Command::new(given("MEENT_TEST_PYTHON"))
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/ics.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Python starts");
    process.stdin.take().expect("its input").write_all(question.to_string().as_bytes()).expect("it listens");
    let done = process.wait_with_output().expect("it ends");
    assert!(done.status.success(), "{}\n{text}", String::from_utf8_lossy(&done.stderr));
    let said: Value = serde_json::from_slice(&done.stdout).expect("JSON");
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |name: &str| said[name].as_array().cloned().unwrap_or_default();
    Read {
        method: word(&said["method"]),
        name: word(&said["name"]),
        zones: list("zones").iter().map(word).collect(),
        events: list("events"),
        occurrences: list("occurrences").iter().map(|one| (word(&one[0]), word(&one[1]), word(&one[2]))).collect(),
    }
}
