//! Members and groups from the command line: the same rules as in the browser, and each use is written down.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use meent::db::{Db, audit};
use meent::ops::auditing;
use tempfile::TempDir;

use crate::support::people::PASSWORD;

fn meent(folder: &TempDir, arguments: &[&str], typed: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_meent"))
        .env_clear()
        .current_dir(folder.path())
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    child.stdin.take().expect("its input").write_all(typed.as_bytes()).expect("typing");
    child.wait_with_output().expect("it ends")
}

#[tokio::test]
async fn each_use_is_written_down_and_weak_passwords_are_refused() {
    let folder = TempDir::new().expect("a folder");
    let add = ["member", "add", "sanne", "--email", "sanne@voorbeeld.example", "--admin", "--password-stdin"];
    for weak in ["welkom123456", "sanne@voorbeeld", "kort"] {
        let refused = meent(&folder, &add, weak);
        assert!(!refused.status.success(), "{weak}");
    }
    assert!(String::from_utf8_lossy(&meent(&folder, &add, "welkom123456").stderr).contains("easy to guess"));
    assert!(meent(&folder, &add, PASSWORD).status.success());
    assert!(meent(&folder, &["member", "password", "sanne", "--password-stdin"], "wasbak zeilboot komkommer ijsbeer\n").status.success());
    assert!(meent(&folder, &["group", "add", "jeugd", "--title", "Jeugdhulp"], "").status.success());

    let db = Db::open(&format!("sqlite:{}", folder.path().join("data/meent.db").display())).await.expect("the database");
    let entries = audit::after(&mut db.conn(), 0, 10).await.expect("a log");
    let told: Vec<(&str, &str, &str)> =
        entries.iter().map(|entry| (entry.who.as_str(), entry.act.as_str(), entry.subject.as_str())).collect();
    assert_eq!(
        told,
        [("command line", "member.add", "@sanne"), ("command line", "member.password", "@sanne"), ("command line", "group.add", "jeugd")]
    );
    let mut previous = String::new();
    for entry in &entries {
        assert_eq!((&entry.previous, &entry.hash), (&previous, &auditing::hash(entry)));
        assert!(![&entry.subject, &entry.detail].iter().any(|text| text.contains('@') && text.contains("voorbeeld")));
        previous.clone_from(&entry.hash);
    }
    db.close().await;
}
