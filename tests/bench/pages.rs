//! Requests a second for pages and documents, each beside something of the same size that costs nothing to make: a page from
//! memory and one made from the database, for visitors and for who is logged in, and a document of ActivityPub.

use std::time::Duration;

use axum::routing::get;
use meent::model::{Actor, Post};
use meent::ops::members;

use super::support::{Instance, rate};

/// Answers of the thread that is asked for.
const ANSWERS: usize = 200;
/// Threads that lists have to show.
const THREADS: usize = 60;
/// As many as browsers and proxies keep open.
const CONNECTIONS: usize = 16;
/// How long each is asked for at a stretch, and how often: by turns, so that what else the machine does hits all.
const TIME: Duration = Duration::from_millis(1_500);
const ROUNDS: usize = 3;

/// One thing to ask for.
struct Asked {
    name: &'static str,
    path: String,
    accept: &'static str,
    cookie: Option<String>,
}

impl Asked {
    fn request(&self, instance: &Instance) -> String {
        let cookie = self.cookie.as_ref().map_or_else(String::new, |cookie| format!("cookie: {cookie}\r\n"));
        format!("GET {} HTTP/1.1\r\nhost: {}\r\naccept: {}\r\n{cookie}\r\n", self.path, instance.core.urls.authority(), self.accept)
    }
}

/// An instance with a thread of [`ANSWERS`], a group with more threads, and somebody who is logged in.
async fn region(name: &str, megabytes: u32) -> (Instance, Post, String) {
    // Beside the pages, in the same router: as many bytes as a page, a list and a document have.
    let more = [("MEENT_SERVER__PAGE_MEMORY_MB", megabytes.to_string())];
    let instance = Instance::start_with(name, false, &more, |router| router.route("/static/{bytes}/{kind}", get(fixed))).await;
    let (bram, noor) = (instance.member("bram").await, instance.member("noor").await);
    let group = instance.group("ruimte", &bram).await;
    for number in 0..THREADS {
        instance.ask(&noor, &group, number).await;
    }
    let question = instance.ask(&noor, &group, THREADS).await;
    for number in 0..ANSWERS {
        let by: &Actor = if number % 3 == 0 { &noor } else { &bram };
        instance.reply(by, &question, number).await;
    }
    let mut tx = instance.core.db.begin().await.expect("a transaction");
    meent::ops::following::join(&instance.core, &mut tx, &noor, &group).await.expect("joining");
    meent::db::settings::set(&mut tx, meent::db::settings::key::SET_UP, "yes").await.expect("a setting");
    let token = members::start_session(&instance.core, &mut tx, noor.id).await.expect("a session");
    instance.core.commit(tx).await.expect("a commit");
    (instance, question, format!("meent={token}"))
}

async fn fixed(axum::extract::Path((bytes, kind)): axum::extract::Path<(usize, String)>) -> axum::response::Response {
    use axum::response::IntoResponse;
    // Of static memory, as a file that is part of the binary.
    static LETTERS: [u8; 1024 * 1024] = [b'x'; 1024 * 1024];
    let kind = if kind == "page" { "text/html; charset=utf-8" } else { "application/activity+json" };
    ([(axum::http::header::CONTENT_TYPE, kind)], &LETTERS[..bytes.min(LETTERS.len())]).into_response()
}

/// How many bytes an answer has.
async fn size(instance: &Instance, asked: &Asked) -> usize {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let mut request = client.get(format!("http://{}{}", instance.address, asked.path)).header("accept", asked.accept);
    request = request.header("host", instance.core.urls.authority());
    if let Some(cookie) = &asked.cookie {
        request = request.header("cookie", cookie);
    }
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 200, "{}", asked.path);
    answer.bytes().await.expect("a body").len()
}

/// Requests a second of each, by turns; the middle of all rounds.
async fn rates(asked: &[(&Instance, &Asked)]) -> Vec<f64> {
    let mut rounds: Vec<Vec<f64>> = vec![Vec::new(); asked.len()];
    for _ in 0..ROUNDS {
        for (place, (instance, asked)) in asked.iter().enumerate() {
            rounds[place].push(rate(instance.address, &asked.request(instance), CONNECTIONS, TIME).await);
        }
    }
    rounds
        .into_iter()
        .map(|mut of_one| {
            of_one.sort_by(f64::total_cmp);
            of_one[of_one.len() / 2]
        })
        .collect()
}

pub async fn measure() {
    let (kept, question, _) = region("kept", 32).await;
    let (made, same, cookie) = region("made", 0).await;
    let (page, json) = ("text/html", "application/activity+json");
    let one = |name, path: String, accept, cookie: Option<&String>| Asked { name, path, accept, cookie: cookie.cloned() };
    let thread = one("thread of 200, from memory", question.path(), page, None);
    let document = one("ActivityPub object, from memory", question.path(), json, None);
    let fixed_page = one("static page of that size", format!("/static/{}/page", size(&kept, &thread).await), page, None);
    let fixed_json = one("static JSON of that size", format!("/static/{}/json", size(&kept, &document).await), json, None);
    let mut from_database = vec![one("ActivityPub object, from the database", same.path(), json, None)];
    for (visitor, member, path) in [
        ("home, from the database", "home, logged in", "/".to_owned()),
        ("group, from the database", "group, logged in", "/c/ruimte".to_owned()),
        ("thread, from the database", "thread, logged in", same.path()),
    ] {
        from_database.push(one(visitor, path.clone(), page, None));
        from_database.push(one(member, path, page, Some(&cookie)));
    }
    let mut asked: Vec<(&Instance, &Asked)> = vec![(&kept, &fixed_page), (&kept, &thread), (&kept, &fixed_json), (&kept, &document)];
    asked.extend(from_database.iter().map(|asked| (&made, asked)));
    let found = rates(&asked).await;
    for ((instance, asked), rate) in asked.iter().zip(&found) {
        println!("{}: {rate:.0}/s of {:.0} kB", asked.name, size_in_kb(size(instance, asked).await));
    }
    let [page, from_memory, json, document, object, home, my_home, group, my_group, thread, my_thread] = found[..] else {
        unreachable!("as many as were asked for")
    };
    println!("\nthread from memory / static page: {:.2} (goal: 0.25)", from_memory / page);
    println!("thread from the database / static page: {:.3} (goal: 0.05)", thread / page);
    println!("ActivityPub object / static JSON: {:.2} from memory, {:.2} from the database (goal: 0.3)", document / json, object / json);
    for (name, visitor, member) in [("home", home, my_home), ("group", group, my_group), ("thread", thread, my_thread)] {
        println!("{name}, logged in / visitor without memory: {:.2} (goal: 0.5)", member / visitor);
    }
    let (served, built) = kept.memory.figures();
    println!("memory answered {served} and made {built}");
    kept.stop().await;
    made.stop().await;
}

fn size_in_kb(bytes: usize) -> f64 {
    f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 1_000.0
}
