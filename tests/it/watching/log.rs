//! The log: every request has its number, and no line holds what is secret, however much is logged.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use meent::model::Clock;
use serde_json::Value;

use super::Watched;
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp};

/// What must never be read in a log. Each stands for what it is called after.
const WORD: &str = "zqGeheimWachtwoord-88";
const LINK: &str = "zqTokenInDeLink-4711";
const SESSION: &str = "zqSessieInDeCookie-99";
const HEADER: &str = "zqHandtekeningOfSleutel";
const PERSON: &str = "zqsanne.bakker";
const ADDRESS: &str = "zqsanne.bakker@voorbeeld.example";

/// A mail server that refuses every address, and says which.
fn refusing_mail_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut answer = stream.try_clone().expect("a copy");
            let mut say = |text: &str| answer.write_all(text.as_bytes()).is_ok();
            say("220 mail.example\r\n");
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                let go_on = match line.split([' ', ':']).next().unwrap_or_default() {
                    "RCPT" => say(&format!("550 5.1.1 {} is unknown here\r\n", line.trim_start_matches("RCPT TO:"))),
                    "QUIT" => false,
                    _ => say("250 mail.example\r\n"),
                };
                if !go_on {
                    break;
                }
            }
        }
    });
    port
}

/// Every form and every address in which a secret goes to a server.
fn plant(watched: &Watched) {
    let headers = format!(
        "Accept: text/html\r\nCookie: meent={SESSION}\r\nAuthorization: Bearer {HEADER}\r\nSignature: keyId=\"https://b.example/u/x#main-key\",algorithm=\"rsa-sha256\",headers=\"date\",signature=\"{HEADER}\""
    );
    for path in [
        format!("/setup?token={LINK}"),
        format!("/invite/{LINK}"),
        format!("/unsubscribe/{LINK}"),
        format!("/sign-up/12/{LINK}"),
        format!("/calendar/{LINK}.ics"),
        format!("/register/confirm?token={LINK}"),
        format!("/password/new?token={LINK}"),
        format!("/account/address/confirm?token={LINK}"),
        format!("/login?next=%2Fsetup%3Ftoken%3D{LINK}"),
        format!("/groups/find?q={ADDRESS}"),
        format!("/nergens/{LINK}"),
        format!("/post/1?token={LINK}"),
        "/inbox".to_owned(),
        "/actor".to_owned(),
    ] {
        let answer = watched.ask(watched.port, &format!("GET {path} HTTP/1.1\r\n{headers}"), "");
        assert!(answer.starts_with("HTTP/1.1 "), "{path}: {answer}");
    }
    let form = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin";
    let mail = ADDRESS.replace('@', "%40");
    for (path, body) in [
        ("/login", format!("login={mail}&password={WORD}&csrf={HEADER}")),
        (
            "/register",
            format!(
                "name=sanne&display_name=Sanne&email={mail}&password={WORD}+{WORD}&organisation=Gouda&motivation=Graag&rules=1&once={HEADER}"
            ),
        ),
        ("/password/forgot", format!("email={mail}")),
        ("/password/new", format!("token={LINK}&password={WORD}")),
        ("/register/confirm", format!("token={LINK}")),
        ("/setup", format!("token={LINK}&region_name=Gouda&name=sanne&display_name=Sanne&email={mail}&password={WORD}&mode=open")),
    ] {
        let answer = watched.ask(watched.port, &format!("POST {path} HTTP/1.1\r\n{headers}\r\n{form}"), &body);
        assert!(answer.starts_with("HTTP/1.1 "), "{path}: {answer}");
    }
    let invite = watched.ask(
        watched.port,
        &format!("POST /invite/{LINK} HTTP/1.1\r\n{headers}\r\n{form}"),
        &format!("email={mail}&password={WORD}"),
    );
    assert!(invite.starts_with("HTTP/1.1 "), "{invite}");
    let activity =
        format!("{{\"id\":\"https://b.example/1\",\"type\":\"Create\",\"actor\":\"https://b.example/u/x\",\"object\":\"{LINK}\"}}");
    let post =
        watched.ask(watched.port, &format!("POST /inbox HTTP/1.1\r\n{headers}\r\nContent-Type: application/activity+json"), &activity);
    assert!(post.starts_with("HTTP/1.1 4"), "{post}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_line_holds_a_secret_and_each_request_has_its_number() {
    let mail = refusing_mail_server().to_string();
    let watched = Watched::start(&[
        ("MEENT_LOG__FORMAT", "json"),
        ("MEENT_LOG__LEVEL", "trace"),
        ("MEENT_SERVER__TRUSTED_PROXIES", "127.0.0.1/32"),
        ("MEENT_REGISTRATION__MODE", "open"),
        ("MEENT_MAIL__SERVER", "127.0.0.1"),
        ("MEENT_MAIL__PORT", &mail),
        ("MEENT_MAIL__SECURITY", "none"),
        ("MEENT_MAIL__FROM", "vragen@regio.example"),
    ]);
    watched.figures(&["meent_ready 1.0"]).await;
    plant(&watched);
    // A mail is refused with the address in the words of the mail server.
    watched.figures(&["meent_mails_handled_total{outcome=\"address\"} 1"]).await;

    let log = watched.log();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect();
    assert!(lines.len() > 100, "{log}");
    for secret in [WORD, LINK, SESSION, HEADER, PERSON] {
        let shown: Vec<&str> = log.lines().filter(|line| line.to_lowercase().contains(&secret.to_lowercase())).collect();
        assert!(shown.is_empty(), "{secret} is in {shown:#?}");
    }
    assert!(log.contains("a mail did not go") && log.contains("\"refusal\":\"address\""), "{log}");

    // The number that the proxy gave is in every line of the request, in the answer and on the page.
    let ask =
        |id: &str, path: &str| watched.ask(watched.port, &format!("GET {path} HTTP/1.1\r\nAccept: text/html\r\nX-Request-Id: {id}"), "");
    let answer = ask("9f86d081884c7d65", "/c/nergens");
    assert!(answer.contains("x-request-id: 9f86d081884c7d65\r\n") && answer.contains("<code>9f86d081884c7d65</code>"), "{answer}");
    let log = watched.log();
    let of_it: Vec<&str> = log.lines().filter(|line| line.contains("9f86d081884c7d65")).collect();
    assert!(of_it.iter().any(|line| line.contains("\"path\":\"/c/{handle}\"") || line.contains("\"path\":\"/c/nergens\"")), "{of_it:#?}");
    assert!(of_it.iter().any(|line| line.contains("\"status\":404")), "{of_it:#?}");
    let of_requests = log.lines().filter(|line| line.contains("\"target\":\"meent::request\""));
    assert!(of_requests.clone().count() > 20 && of_requests.clone().all(|line| line.contains("\"spans\":[{\"id\":\"")), "{log}");
    // What is no number is replaced, and nobody breaks a line with it.
    let answer = ask("<b>\\n{\"level\":\"INFO\"}", "/c/nergens");
    assert!(answer.contains("x-request-id: ") && !answer.contains("<b>"), "{answer}");
}

#[tokio::test]
async fn who_is_no_proxy_of_ours_chooses_no_number() {
    let app = TestApp::start(On::Sqlite, "a", &Clock::manual(START)).await;
    let mut visitor = Visitor::of(&app);
    let page = visitor.get_with("/nergens", &[("x-request-id", "9f86d081884c7d65")]).await;
    let given = page.header("x-request-id").to_owned();
    assert!(given.len() == 16 && given != "9f86d081884c7d65", "{given}");
    assert!(page.status == 404 && page.body.contains(&format!("<code>{given}</code>")), "{}", page.body);
    assert_ne!(visitor.get("/").await.header("x-request-id"), given);
    app.finish().await;
}
