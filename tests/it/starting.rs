//! The binary as its operator meets it: starting, stopping, the command line, and clear words when something is wrong.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};

use meent::db::{Db, settings};
use tempfile::TempDir;

fn meent(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meent"));
    command.env_clear().current_dir(folder.path());
    command
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port()
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Starts a server; gives it with the lines it prints, once it has printed `last`.
fn start(folder: &TempDir, port: u16, last: &str) -> (Child, String) {
    start_by(&mut meent(folder), port, last)
}

/// The same by another command than the binary alone.
fn start_by(command: &mut Command, port: u16, last: &str) -> (Child, String) {
    let mut child = command
        .env("MEENT_LISTEN", format!("127.0.0.1:{port}"))
        .env("MEENT_PUBLIC_URL", format!("http://localhost:{port}"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts");
    let mut printed = String::new();
    for line in BufReader::new(child.stdout.take().expect("its output")).lines() {
        printed += &line.expect("a line");
        printed.push('\n');
        if printed.contains(last) {
            break;
        }
    }
    (child, printed)
}

/// A plain GET without any client in between.
fn get(port: u16, path: &str) -> String {
    use std::io::Read;
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n").expect("asking");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

fn terminate(mut child: Child) -> std::process::ExitStatus {
    let done = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill");
    assert!(done.success());
    child.wait().expect("it ends")
}

#[test]
fn without_any_configuration_it_runs_and_prints_a_set_up_link() {
    let folder = TempDir::new().expect("a folder");
    let port = free_port();
    let (child, printed) = start(&folder, port, "/setup?token=");
    assert!(printed.contains(&format!("http://localhost:{port}/setup?token=")), "{printed}");
    assert!(folder.path().join("data/meent.db").exists());
    assert!(get(port, "/health/live").starts_with("HTTP/1.1 200"));
    assert!(get(port, "/health/ready").starts_with("HTTP/1.1 200"));
    // Before set-up, federation is closed.
    assert!(get(port, "/actor").starts_with("HTTP/1.1 404"));
    assert!(terminate(child).success(), "an orderly stop");
}

#[test]
fn it_may_open_as_many_files_as_the_system_allows() {
    let (folder, port) = (TempDir::new().expect("a folder"), free_port());
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -Sn 128; exec \"$0\"", env!("CARGO_BIN_EXE_meent")]).env_clear().current_dir(folder.path());
    let (child, _) = start_by(&mut limited, port, "/setup?token=");
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).expect("its limits");
    assert!(terminate(child).success(), "an orderly stop");
    let files: Vec<&str> = limits.lines().find(|line| line.starts_with("Max open files")).expect("a line").split_whitespace().collect();
    assert!(files[3] != "128" && files[3] == files[4], "soft and hard: {files:?}");
}

#[test]
fn the_command_line_works_beside_a_running_server() {
    let folder = TempDir::new().expect("a folder");
    let port = free_port();
    let (child, _) = start(&folder, port, "/setup?token=");
    let command = |arguments: &[&str], input: &str| {
        let mut child = meent(&folder)
            .env("MEENT_PUBLIC_URL", format!("http://localhost:{port}"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        child.stdin.take().expect("its input").write_all(input.as_bytes()).expect("writing");
        child.wait_with_output().expect("it ends")
    };
    let add = ["member", "add", "sanne", "--email", "sanne@voorbeeld.example", "--admin", "--password-stdin"];
    let added = command(&add, "een lang genoeg wachtwoord\n");
    assert!(added.status.success(), "{}", words(&added));
    let again = command(&add, "een lang genoeg wachtwoord\n");
    assert!(!again.status.success() && words(&again).contains("name is taken"), "{}", words(&again));
    let short = command(&["member", "add", "bram", "--email", "bram@voorbeeld.example", "--password-stdin"], "kort\n");
    assert!(!short.status.success() && words(&short).contains("at least 12 characters"), "{}", words(&short));
    let changed = command(&["member", "password", "sanne", "--password-stdin"], "een ander lang wachtwoord\n");
    assert!(changed.status.success(), "{}", words(&changed));
    let nobody = command(&["member", "password", "niemand", "--password-stdin"], "een ander lang wachtwoord\n");
    assert!(!nobody.status.success() && words(&nobody).contains("there is no member niemand"), "{}", words(&nobody));
    let group = command(&["group", "add", "jeugd", "--title", "Jeugdhulp in de regio"], "");
    assert!(group.status.success(), "{}", words(&group));
    let wrong = command(&["group", "add", "Jeugd Hulp", "--title", "Jeugdhulp"], "");
    assert!(!wrong.status.success() && words(&wrong).contains("lower-case letters"), "{}", words(&wrong));
    let status = command(&["migrate", "--status"], "");
    assert!(String::from_utf8_lossy(&status.stdout).contains("0001 init: applied"), "{}", words(&status));
    assert!(terminate(child).success());
}

#[test]
fn a_port_in_use_is_said_in_a_sentence() {
    let folder = TempDir::new().expect("a folder");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = meent(&folder).env("MEENT_LISTEN", &address).output().expect("it ends");
    assert!(!output.status.success());
    assert!(words(&output).contains(&format!("{address} is in use by another program")), "{}", words(&output));
}

#[test]
fn a_wrong_configuration_is_refused_with_the_name_of_the_key() {
    let folder = TempDir::new().expect("a folder");
    let refused = |text: &str, environment: &[(&str, &str)], expected: &str| {
        std::fs::write(folder.path().join("config.toml"), text).expect("writing");
        let output = meent(&folder).envs(environment.iter().copied()).output().expect("it ends");
        assert!(!output.status.success(), "{text}");
        assert!(words(&output).contains(expected), "{text}: {}", words(&output));
        assert!(!words(&output).contains("panicked"), "{}", words(&output));
    };
    refused("pubic_url = \"https://vragen.example\"", &[], "pubic_url");
    refused("[federation]\nmdoe = \"open\"", &[], "mdoe");
    refused("[federation]\nmode = \"ajar\"", &[], "federation.mode must be open, allowlist or closed");
    refused("[federation]\nloopback = \"yes\"", &[], "boolean");
    refused("listen = 8080", &[], "string");
    refused("listen = \"8080\"", &[], "listen must be an address and a port");
    refused("public_url = \"https://vragen.example/meent\"", &[], "public_url");
    refused("public_url = \"http://vragen.example\"", &[], "public_url must be https");
    refused("public_url = \"https://vragen.example\"\n[federation]\nloopback = true", &[], "federation.loopback");
    refused("time_zone = \"Amsterdam\"", &[], "time_zone");
    refused("database_url = \"mysql://x\"", &[], "database_url");
    refused("x = [", &[], "not TOML");
    refused("", &[("MEENT_FEDRATION__MODE", "open")], "MEENT_FEDRATION__MODE");
    refused("", &[("MEENT_FEDERATION__LOOPBACK", "maybe")], "MEENT_FEDERATION__LOOPBACK must be true or false");
    refused("", &[("DANGER_FEDERATION_ALLOW_LOCAL_IP", "1")], "DANGER_FEDERATION_ALLOW_LOCAL_IP");
    let output = meent(&folder).args(["--config", "nergens.toml"]).output().expect("it ends");
    assert!(words(&output).contains("nergens.toml"));
}

#[tokio::test]
async fn a_database_of_a_newer_binary_and_a_changed_name_are_refused() {
    let folder = TempDir::new().expect("a folder");
    let address = format!("sqlite:{}", folder.path().join("data/meent.db").display());
    let output = meent(&folder).args(["migrate"]).output().expect("it ends");
    assert!(output.status.success(), "{}", words(&output));
    let db = Db::open(&address).await.expect("SQLite");
    let mut tx = db.begin().await.expect("a transaction");
    settings::set(&mut tx, settings::key::PUBLIC_URL, "http://localhost:8080").await.expect("a setting");
    settings::set(&mut tx, settings::key::LEFT, "2026-11-20").await.expect("a setting");
    tx.commit().await.expect("a commit");
    let output =
        meent(&folder).env("MEENT_PUBLIC_URL", "https://vragen.example").env("MEENT_LISTEN", "127.0.0.1:0").output().expect("it ends");
    assert!(!output.status.success());
    assert!(words(&output).contains("this database belongs to http://localhost:8080"), "{}", words(&output));

    let Db::Sqlite { write, .. } = &db else { unreachable!("SQLite") };
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', TRUE, x'00', 0)",
    )
    .execute(write)
    .await
    .expect("a migration of the future");
    db.close().await;
    let output = meent(&folder).env("MEENT_LISTEN", "127.0.0.1:0").output().expect("it ends");
    assert!(!output.status.success());
    assert!(words(&output).contains("made by a newer Meent"), "{}", words(&output));
}
