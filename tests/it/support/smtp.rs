//! A real mail server (Debian's `python3-aiosmtpd`) that takes what an instance sends, refuses it, or lets it hang; and the
//! mails as they arrived, read back by Python's `email`.
//!
//! `let mut smtp = Smtp::start();` then `TestApp::start_with(on, "a", &clock, |config| smtp.configure(config))`; let the app
//! `run_jobs()`, and look at `smtp.mails()`.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use meent::config::{Config, Secret};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A mail as it arrived.
#[derive(Clone, Debug)]
pub struct Received {
    pub sender: String,
    pub recipients: Vec<String>,
    /// The names in lower case.
    pub headers: Vec<(String, String)>,
    pub raw: String,
    pub from_name: String,
    pub from_address: String,
    /// The types of its parts, the whole first.
    pub types: Vec<String>,
    pub plain: String,
    pub html: String,
    /// The files that came with it.
    pub files: Vec<File>,
    pub tls: bool,
    pub login: Option<String>,
}

/// A file with a mail.
#[derive(Clone, Debug)]
pub struct File {
    pub name: String,
    /// As the header says it.
    pub kind: String,
    pub text: String,
}

impl Received {
    /// The one header of this name; panics where there are several.
    pub fn header(&self, name: &str) -> &str {
        let found: Vec<&str> = self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect();
        assert!(found.len() < 2, "{name} stands there {} times: {}", found.len(), self.raw);
        found.first().copied().unwrap_or_default()
    }

    pub fn subject(&self) -> &str {
        self.header("subject")
    }

    /// The links in the plain part.
    pub fn links(&self) -> Vec<&str> {
        self.plain.lines().filter(|line| line.starts_with("http")).collect()
    }

    /// The path of the one-click link in the header, below an app's address.
    pub fn unsubscribe_path(&self) -> String {
        let link = self.header("list-unsubscribe").trim_start_matches('<').trim_end_matches('>').to_owned();
        url::Url::parse(&link).unwrap_or_else(|error| panic!("{link:?}: {error}")).path().to_owned()
    }

    /// The words of the HTML part, one space between them; and those of the plain part. Quote marks, lines of dashes and
    /// addresses that only one of them shows are left out.
    pub fn words_of_both(&self) -> (String, String) {
        let head = self.html.split_once("<body>").map_or(self.html.as_str(), |(_, body)| body);
        let mut text = String::new();
        let mut inside = false;
        for c in head.chars() {
            match c {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    text.push(' ');
                }
                c if !inside => text.push(c),
                _ => {}
            }
        }
        let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
        let plain: String = self
            .plain
            .lines()
            .filter(|line| !line.chars().all(|c| c == '-' || c == ' '))
            .map(|line| line.strip_prefix("> ").unwrap_or(line))
            .collect::<Vec<_>>()
            .join(" ");
        (words(&text), words(&plain))
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().filter(|word| !word.starts_with("http")).map(|word| word.trim_end_matches(':')).collect::<Vec<_>>().join(" ")
}

/// How a server wants to be spoken with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    None,
    /// STARTTLS.
    Later,
    AtOnce,
}

/// The server; ends when it is dropped.
pub struct Smtp {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    pub port: u16,
    tls: Tls,
    login: Option<(String, String)>,
    /// Holds the certificates.
    folder: TempDir,
}

impl Smtp {
    /// One that takes everything, in the clear.
    pub fn start() -> Self {
        Self::start_with(Tls::None, None, 0)
    }

    /// One that wants TLS, or a name and password. Its certificate is signed by an authority made for this test.
    pub fn start_with(tls: Tls, login: Option<(&str, &str)>, port: u16) -> Self {
        let folder = TempDir::new().expect("a folder");
        if tls != Tls::None {
            make_certificates(&folder);
        }
        let word = match tls {
            Tls::None => "none",
            Tls::Later => "starttls",
            Tls::AtOnce => "tls",
        };
        let path = |name: &str| folder.path().join(name).display().to_string();
        let options = json!({"tls": word, "login": login, "port": port, "certificate": path("server.pem"), "key": path("server.key")});
        let mut process = Command::new("/usr/bin/python3")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/smtp.py"))
            .arg(options.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let input = process.stdin.take().expect("its input");
        let mut output = BufReader::new(process.stdout.take().expect("its output"));
        let mut line = String::new();
        output.read_line(&mut line).expect("its output is text");
        let said: Value = serde_json::from_str(&line).expect("it says its port; is python3-aiosmtpd installed?");
        let port = u16::try_from(said["port"].as_u64().expect("a number")).expect("a port");
        let login = login.map(|(name, password)| (name.to_owned(), password.to_owned()));
        Self { process, input, output, port, tls, login, folder }
    }

    /// Makes an instance send its mail here.
    pub fn configure(&self, config: &mut Config) {
        config.mail.server = "127.0.0.1".into();
        config.mail.port = i64::from(self.port);
        config.mail.from = "vragen@regio.example".into();
        let security = match self.tls {
            Tls::None => "none",
            Tls::Later => "starttls",
            Tls::AtOnce => "tls",
        };
        config.mail.security = security.into();
        if let Some((name, password)) = &self.login {
            config.mail.username.clone_from(name);
            config.mail.password = Secret(password.clone());
        }
        if self.tls != Tls::None {
            config.federation.extra_ca_file = self.folder.path().join("authority.pem").display().to_string();
        }
    }

    /// From now on it does this: see `smtp.py`.
    pub fn mode(&mut self, mode: &str) {
        self.ask(&json!({ "mode": mode }));
    }

    /// Every mail that arrived, the oldest first. Each one must read without a defect.
    pub fn mails(&mut self) -> Vec<Received> {
        let said = self.ask(&json!({"list": true}));
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let texts = |value: &Value| value.as_array().map(|list| list.iter().map(text).collect::<Vec<_>>()).unwrap_or_default();
        let mails = said["mails"].as_array().expect("a list");
        mails
            .iter()
            .map(|mail| {
                assert_eq!(texts(&mail["defects"]), Vec::<String>::new(), "{}", mail["raw"]);
                Received {
                    sender: text(&mail["sender"]),
                    recipients: texts(&mail["recipients"]),
                    headers: mail["headers"].as_array().expect("a list").iter().map(|pair| (text(&pair[0]), text(&pair[1]))).collect(),
                    raw: text(&mail["raw"]),
                    from_name: text(&mail["from_name"]),
                    from_address: text(&mail["from_address"]),
                    types: texts(&mail["types"]),
                    plain: text(&mail["plain"]),
                    html: text(&mail["html"]),
                    files: mail["files"]
                        .as_array()
                        .expect("a list")
                        .iter()
                        .map(|file| File { name: text(&file["name"]), kind: text(&file["kind"]), text: text(&file["text"]) })
                        .collect(),
                    tls: mail["tls"].as_bool().unwrap_or_default(),
                    login: mail["login"].as_str().map(str::to_owned),
                }
            })
            .collect()
    }

    /// How many recipients were named, taken or not.
    pub fn recipients(&mut self) -> i64 {
        self.ask(&json!({}))["recipients"].as_i64().expect("a number")
    }

    fn ask(&mut self, question: &Value) -> Value {
        writeln!(self.input, "{question}").expect("it listens");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("its output is text");
        serde_json::from_str(&line).expect("JSON")
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An authority, and a certificate for 127.0.0.1 signed by it.
fn make_certificates(folder: &TempDir) {
    std::fs::write(folder.path().join("names"), "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n").expect("a file");
    let script = "openssl req -x509 -newkey rsa:2048 -nodes -keyout authority.key -out authority.pem -subj '/CN=A test' -days 2 \
        && openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj '/CN=127.0.0.1' \
        && openssl x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -out server.pem -days 2 -extfile names";
    let done = Command::new("sh").args(["-c", script]).current_dir(folder.path()).output().expect("a shell");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
