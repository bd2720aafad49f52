//! `meent demo` as somebody meets it who tries it. One filling serves all of it.

use std::io::{BufRead, BufReader, Lines};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use tempfile::TempDir;

use crate::support::process::until;
use crate::support::visitor::Visitor;

/// A demo that runs, and what it has printed so far.
struct Demo {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    said: String,
}

impl Demo {
    fn start(temporary: &Path, arguments: &[&str]) -> Self {
        let mut child = command(temporary, arguments).stdout(Stdio::piped()).spawn().expect("the binary starts");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        Self { child, lines, said: String::new() }
    }

    /// Reads on until a line has all of these in it; gives that line.
    fn until(&mut self, words: &[&str]) -> String {
        loop {
            let line = self.lines.next().unwrap_or_else(|| panic!("it ended without {words:?}: {}", self.said)).expect("text");
            self.said += &line;
            self.said.push('\n');
            if words.iter().all(|word| line.contains(word)) {
                return line;
            }
        }
    }

    /// The address behind the name of a region.
    fn visitor(&self, region: &str) -> Visitor {
        let begin = format!("http://{region}.localhost:");
        let port = self.said.split(&begin).nth(1).expect("its address").split_whitespace().next().expect("a port");
        Visitor::at(format!("127.0.0.1:{port}"), &format!("{region}.localhost:{port}"))
    }

    /// Sends a signal; gives how it ended.
    fn end(mut self, signal: &str) -> ExitStatus {
        assert!(Command::new("kill").args([signal, &self.child.id().to_string()]).status().expect("kill").success());
        for line in self.lines.by_ref() {
            self.said += &line.expect("text");
        }
        self.child.wait().expect("it ends")
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(temporary: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meent"));
    // A configuration that lies there is not the demo's.
    std::fs::write(temporary.parent().expect("above").join("config.toml"), "no such setting").expect("writing");
    command.env_clear().env("TMPDIR", temporary).env("LANG", "nl_NL.UTF-8").current_dir(temporary.parent().expect("above"));
    command.arg("demo").args(arguments);
    command
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).expect("a folder").count()
}

/// The address of the thread with this title, on a page with cards.
fn thread_on(page: &str, title: &str) -> String {
    let before = page.split(title).next().filter(|before| before.len() < page.len()).unwrap_or_else(|| panic!("no {title:?} on {page}"));
    let path = before.rsplit("href=\"").next().expect("a link").split('"').next().expect("its end");
    path.to_owned()
}

/// What stands in a thread: the words of everybody, and of each whether it stands with the chosen answer.
fn words(page: &str) -> Vec<(bool, String)> {
    let articles = page.split("<article").skip(1).filter_map(|article| article.split("</article>").next());
    let bodies =
        articles.flat_map(|article| article.split("<div class=\"body\"").skip(1).map(|body| (article.contains("mark-chosen"), body)));
    bodies.map(|(chosen, body)| (chosen, body.split("</div>").next().expect("its end").trim_end().to_owned())).collect()
}

#[tokio::test]
async fn three_regions_have_the_same_threads_and_somebody_can_look_around() {
    let folder = TempDir::new().expect("a folder");
    let (temporary, kept) = (folder.path().join("tmp"), folder.path().join("kept"));
    std::fs::create_dir(&temporary).expect("a folder");
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port().to_string();
    let keep = kept.to_str().expect("a path");

    let mut demo = Demo::start(&temporary, &["--keep", keep, "--port", &port]);
    demo.until(&["Klaar in"]);
    demo.until(&["vechtdal.localhost", &port]);
    let accounts = demo.until(&["beheerder", "moderator", "lid"]);
    demo.until(&["Ctrl-C"]);

    // A question of Vechtdal, answered from Rijnstreek, is the same everywhere, chosen answer and all.
    let (group, title) = ("/c/jeugd", "Hoe overbruggen jullie de wachttijd");
    let mut seen = Vec::new();
    for region in ["vechtdal", "rijnstreek", "peelrand"] {
        let mut visitor = demo.visitor(region);
        let group = if region == "vechtdal" { group.to_owned() } else { format!("{group}@vechtdal.localhost:{port}") };
        let page = visitor.get(&group).await;
        assert_eq!(page.status, 200, "{region}");
        let page = visitor.get(&thread_on(&page.body, title)).await;
        assert!(page.body.contains("Bram Verkerk") && page.body.contains("Aïcha El Amrani"), "{}", page.body);
        seen.push(words(&page.body));
    }
    assert!(seen[0].len() >= 6, "{seen:?}");
    assert!(seen[0].iter().any(|(chosen, text)| *chosen && text.contains("Een vast gezicht")), "{seen:?}");
    assert!(seen[0] == seen[1] && seen[0] == seen[2], "{seen:#?}");

    // Somebody logs in with what was printed, and finds an event of another region.
    let member = accounts.split_whitespace().last().expect("a name");
    let mut visitor = demo.visitor("vechtdal");
    let welcome = visitor.post("/login", &[("login", member), ("password", "demodemodemo"), ("next", "/agenda")]).await;
    assert_eq!(welcome.leads_to(), "/agenda");
    let agenda = visitor.get("/agenda").await;
    let event = visitor.get(&thread_on(&agenda.body, "Energiecafé op locatie")).await;
    assert!(event.status == 200 && event.body.contains("name=\"csrf\""), "{}", event.body);

    // Somebody of another region signs up for one that is full, and waits in line there; their own region says so.
    let mut piet = demo.visitor("peelrand");
    piet.post("/login", &[("login", "piet"), ("password", "demodemodemo"), ("next", "/agenda")]).await.leads_to();
    let session = thread_on(&piet.get("/agenda").await.body, "Werksessie: wachttijd is ook tijd");
    let csrf = piet.get(&session).await.value("csrf");
    let sent = piet.post(&format!("{session}/attend"), &[("csrf", &csrf), ("rsvp", "yes")]).await;
    assert_eq!(sent.leads_to(), format!("{session}#bijeenkomst"));
    until("they wait in line", 1, async || i64::from(piet.get(&session).await.body.contains("Je staat op de wachtlijst."))).await;

    // What happens by itself is seen to travel.
    let line = demo.until(&[" → ", "antwoord op", "aangekomen"]);
    assert!(line.contains(" ms"), "{line}");
    assert!(demo.end("-INT").success(), "an orderly end");
    assert_eq!(files(&temporary), 0);

    // Kept, it goes on where it was, at the same addresses.
    let mut again = Demo::start(&temporary, &["--keep", keep, "--quiet"]);
    again.until(&["Ctrl-C"]);
    assert!(again.said.contains(&format!("http://vechtdal.localhost:{port}")), "{}", again.said);
    let page = again.visitor("peelrand").get(&format!("{group}@vechtdal.localhost:{port}")).await;
    assert!(page.body.contains(title), "{}", page.body);
    assert!(again.end("-INT").success());

    // One that is stopped before it is filled leaves nothing.
    let mut stopped = Demo::start(&temporary, &["--language", "en"]);
    stopped.until(&["three regions"]);
    assert!(stopped.end("-TERM").success());
    assert_eq!(files(&temporary), 0);
}

#[test]
fn a_port_in_use_and_a_folder_with_something_else_are_told() {
    let folder = TempDir::new().expect("a folder");
    let temporary = folder.path().join("tmp");
    std::fs::create_dir(&temporary).expect("a folder");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let refused = command(&temporary, &["--port", &port]).output().expect("it runs");
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains(&format!("Poort {port} is in gebruik")), "{refused:?}");
    // The configuration lies there.
    let refused = command(&temporary, &["--keep", "."]).output().expect("it runs");
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("holds something that is no demo"), "{refused:?}");
    assert_eq!(files(&temporary), 0);
}
