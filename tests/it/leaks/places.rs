//! Where secrets are looked for, and by whom.

use std::collections::{BTreeSet, VecDeque};
use std::io::{Cursor, Read};

use serde_json::Value;

use super::world::{READERS, World};
use crate::support::TestApp;
use crate::support::crawl::crawl_at_most;
use crate::support::peer::{self, ACTIVITY_JSON, Letter, Reply};
use crate::support::visitor::Visitor;

/// A text that somebody got to read.
pub struct Place {
    pub who: &'static str,
    pub at: String,
    pub text: String,
}

impl Place {
    pub fn new(who: &'static str, at: String, text: &str) -> Self {
        Self { who, at, text: normal(text) }
    }
}

/// In one spelling, however it was written.
pub fn normal(text: &str) -> String {
    text.to_lowercase().replace("%40", "@").replace("&#64;", "@").replace("&#x40;", "@").replace("\\/", "/")
}

/// The paths of the pages, as the router has them, with the method that a handler answers to.
pub fn routes(method: &str) -> Vec<String> {
    fn read(folder: &std::path::Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                read(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = std::fs::read_to_string(&path).expect("text").replace("route(PAGE,", "route(\"/admin/mail\",");
                for rest in text.split(".route(").skip(1) {
                    let rest = rest.trim_start();
                    let path = rest.strip_prefix('"').and_then(|rest| rest.split('"').next());
                    let handlers = rest.split(".route(").next().and_then(|rest| rest.split('\n').next()).unwrap_or_default();
                    found.push((path.unwrap_or_else(|| panic!("a route that does not read: {rest:.60}")).to_owned(), handlers.to_owned()));
                }
            }
        }
    }
    let mut found = Vec::new();
    read(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/web")), &mut found);
    let calls = |handlers: &str| match method {
        "GET" => handlers.contains("get("),
        _ => handlers.contains("post("),
    };
    let paths: BTreeSet<String> = found.into_iter().filter(|(_, handlers)| calls(handlers)).map(|(path, _)| path).collect();
    assert!(paths.len() > 50, "{} routes", paths.len());
    paths.into_iter().collect()
}

/// Everything that `who` finds by following links, and by asking for what no link of theirs leads to.
pub async fn pages(world: &World, who: &'static str) -> Vec<Place> {
    let app = &world.app;
    let mut visitor = match world.member(who) {
        Some(member) => Visitor::logged_in(app, member).await,
        None => Visitor::of(app),
    };
    let mut starts: Vec<String> = vec!["/?show=all".into(), "/groups?q=e".into(), "/nergens".into()];
    for route in routes("GET") {
        starts.extend(world.filled(&route).await);
    }
    let starts: Vec<&str> = starts.iter().map(String::as_str).collect();
    let found = crawl_at_most(&mut visitor, &starts, 200, 4_000).await;
    found
        .into_iter()
        .map(|found| {
            // The session's own cookie comes back to its owner only.
            let headers: Vec<String> =
                found.page.headers.iter().map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()))).collect();
            Place::new(who, format!("{} {}", found.page.status, found.path), &format!("{}\n{}", headers.join("\n"), found.page.body))
        })
        .collect()
}

/// The same pages once more, as a visitor.
pub async fn again(world: &World, paths: &[String]) -> Vec<Place> {
    let mut visitor = Visitor::of(&world.app);
    let mut places = Vec::new();
    for path in paths {
        let page = visitor.get(path).await;
        places.push(Place::new("guest", format!("{} {path}, again", page.status), &page.body));
    }
    places
}

/// What members download of themselves.
pub async fn downloads(world: &World) -> Vec<Place> {
    let mut places = Vec::new();
    for who in READERS {
        let Some(member) = world.member(who) else { continue };
        let mut visitor = Visitor::logged_in(&world.app, member).await;
        let csrf = visitor.get("/account/export").await.value("csrf");
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = client
            .post(format!("http://{}/account/export", world.app.address))
            .header("host", world.app.host())
            .header("cookie", format!("meent={}", visitor.cookies["meent"]))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("csrf={csrf}"))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200);
        let mut zip = zip::ZipArchive::new(Cursor::new(answer.bytes().await.unwrap())).unwrap();
        for number in 0..zip.len() {
            let mut file = zip.by_index(number).unwrap();
            let name = file.name().unwrap().into_owned();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            places.push(Place::new(who, format!("export {name}"), &format!("{name}\n{}", String::from_utf8_lossy(&bytes))));
        }
    }
    places
}

/// Every mail since, to whom it went; and those that still wait.
pub async fn mails(world: &mut World, since: usize) -> Vec<Place> {
    let mut places = Vec::new();
    for mail in world.smtp.mails().into_iter().skip(since) {
        let headers: Vec<String> = mail.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let text = format!("{}\n{}\n{}\n{}", headers.join("\n"), mail.plain, mail.html, mail.raw);
        assert_eq!(mail.recipients.len(), 1, "{}", mail.raw);
        places.push(Place::new(world.reader_at(&mail.recipients[0]), format!("mail {}", mail.subject()), &text));
    }
    for (address, text) in
        world.pairs("SELECT address, subject || ' ' || plain || ' ' || html || ' ' || COALESCE(last_error, '') FROM mail").await
    {
        places.push(Place::new(world.reader_at(&address), "a mail that waits".into(), &text));
    }
    places
}

/// Every document of the federation that can be found, unsigned and signed by a server that follows us.
pub async fn documents(world: &World) -> Vec<Place> {
    let app = &world.app;
    let mut places = Vec::new();
    let starts = world.documents().await;
    for signed in [false, true] {
        let mut queue: VecDeque<String> = starts.iter().cloned().collect();
        let mut seen = BTreeSet::new();
        while let Some(path) = queue.pop_front() {
            if path.starts_with("/files/") || path.contains("/inbox") || !seen.insert(path.clone()) {
                continue;
            }
            assert!(seen.len() < 1_000, "there is no end to it: {path}");
            let reply = ask(app, world, &path, signed).await;
            if let Ok(document) = serde_json::from_str::<Value>(&reply.body) {
                queue.extend(links(&document, app.core.urls.base()));
            }
            places.push(Place::new(
                "server",
                format!("{} {path}{}", reply.status, if signed { " (signed)" } else { "" }),
                &format!("{reply:?}").replace("\\\"", "\""),
            ));
        }
    }
    places
}

async fn ask(app: &TestApp, world: &World, path: &str, signed: bool) -> Reply {
    if signed {
        Letter::new("GET", app, path, "", &world.stranger).send(app).await
    } else {
        peer::get(app, "GET", path, ACTIVITY_JSON).await
    }
}

/// Every address on this server in a document.
fn links(document: &Value, base: &str) -> Vec<String> {
    match document {
        Value::String(text) => {
            let path = text.strip_prefix(base).filter(|path| path.starts_with('/') && !path.contains(' '));
            path.map(|path| path.split('#').next().unwrap_or_default().to_owned()).into_iter().collect()
        }
        Value::Array(items) => items.iter().flat_map(|item| links(item, base)).collect(),
        Value::Object(fields) => fields.values().flat_map(|item| links(item, base)).collect(),
        _ => Vec::new(),
    }
}
