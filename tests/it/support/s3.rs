//! A store that speaks S3 (moto, from `PyPI`), one for all tests, a bucket for each. It checks signatures.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock};

use meent::config::{Config, Secret};
use serde_json::Value;

use super::given;

struct Store {
    port: u16,
    access_key: String,
    secret_key: String,
    talk: Mutex<Talk>,
    /// Ends when this process does: its input ends then.
    _process: Child,
}

struct Talk {
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    buckets: usize,
}

fn store() -> &'static Store {
    static STORE: OnceLock<Store> = OnceLock::new();
    STORE.get_or_init(|| {
        let mut process = Command::new(given("MEENT_TEST_PYTHON"))
            .arg(format!("{}/tests/it/support/s3.py", env!("CARGO_MANIFEST_DIR")))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let (input, output) = (process.stdin.take().expect("its input"), process.stdout.take().expect("its output"));
        let mut output = BufReader::new(output);
        let mut line = String::new();
        output.read_line(&mut line).expect("a line");
        let about: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let text = |name: &str| about[name].as_str().expect("text").to_owned();
        let port = about["port"].as_u64().and_then(|port| u16::try_from(port).ok()).expect("a port");
        let talk = Mutex::new(Talk { input, output, buckets: 0 });
        Store { port, access_key: text("access_key"), secret_key: text("secret_key"), talk, _process: process }
    })
}

/// A bucket of one test.
#[derive(Clone, Debug)]
pub struct Bucket {
    pub name: String,
    pub port: u16,
}

impl Bucket {
    /// An empty one.
    pub fn new() -> Self {
        let store = store();
        let mut talk = store.talk.lock().expect("a lock");
        talk.buckets += 1;
        let name = format!("meent-{}", talk.buckets);
        writeln!(talk.input, "{name}").expect("asking");
        let mut line = String::new();
        talk.output.read_line(&mut line).expect("an answer");
        assert_eq!(line.trim(), "made");
        Self { name, port: store.port }
    }

    /// Has an instance keep its files in it.
    pub fn configure(&self, config: &mut Config) {
        let store = store();
        config.files.store = format!("s3://{}/plaatjes", self.name);
        config.files.endpoint = format!("http://127.0.0.1:{}", self.port);
        config.files.access_key = Secret(store.access_key.clone());
        config.files.secret_key = Secret(store.secret_key.clone());
    }
}

/// The environment in which a process has the same.
pub fn environment(config: &Config) -> Vec<(&'static str, String)> {
    vec![
        ("MEENT_FILES__STORE", config.files.store.clone()),
        ("MEENT_FILES__ENDPOINT", config.files.endpoint.clone()),
        ("MEENT_FILES__ACCESS_KEY", config.files.access_key.0.clone()),
        ("MEENT_FILES__SECRET_KEY", config.files.secret_key.0.clone()),
    ]
}
