//! Every page that links lead to, as everybody who reads it: no link leads nowhere, and the markup is what HTML allows.

use std::process::Command;

use meent::model::names::{Body, Title};
use meent::model::{Actor, Clock, Place, Plan, Post, SignUp, Time};
use meent::ops::planning::{self, Draft};
use serde_json::Value;

use crate::support::browser::Browser;
use crate::support::crawl::{Found, crawl};
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp, given};

/// What the Nu HTML checker says against these pages: "path: line: message".
pub fn markup_errors(pages: &[&Found]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    for (number, found) in pages.iter().enumerate() {
        std::fs::write(folder.path().join(format!("{number}.html")), &found.page.body).expect("a file");
    }
    let output = Command::new("java")
        .args(["-Xss4m", "-jar", &given("MEENT_TEST_VNU"), "--format", "json", "--exit-zero-always", "--errors-only"])
        .arg(folder.path())
        .output()
        .expect("java runs");
    let report: Value = serde_json::from_slice(&output.stderr).expect("a report");
    let messages = report["messages"].as_array().expect("messages");
    let name = |message: &Value| {
        let file = message["url"].as_str().and_then(|url| url.rsplit('/').next()?.strip_suffix(".html")?.parse::<usize>().ok());
        file.map_or_else(|| "?".to_owned(), |number| pages[number].path.clone())
    };
    messages.iter().map(|message| format!("{}: {} {}", name(message), message["message"], message["extract"])).collect()
}

/// A small region with something on every page.
async fn world() -> (TestApp, Clock) {
    let clock = Clock::manual(START);
    let app = TestApp::start(On::Sqlite, "a", &clock).await;
    let sanne = app.member("sanne", "Sanne Bakker").await;
    let omar = app.member("omar", "Omar Hadi").await;
    let group = app.group("jeugd", "Jeugdhulp", &sanne).await;
    let question = app.ask(&omar, &group, "Wie helpt ons verder?", "Wij zoeken **voorbeelden**.\n\n- een\n- twee").await;
    let answer = app.reply(&sanne, &question, "Wij deden dit zo.").await;
    let comment = app.reply(&omar, &answer, "Dank!").await;
    app.choose(&omar, &answer, true).await;
    let lies = app.member("lies", "Lies Veenstra").await;
    let mut tx = app.core.db.begin().await.expect("a transaction");
    meent::db::administration::set_admin(&mut tx, lies.id, true).await.expect("an administrator");
    app.core.commit(tx).await.expect("a commit");
    // What happens to people leaves something on their pages.
    let mut omar = Visitor::logged_in(&app, &omar).await;
    send(&mut omar, &format!("/post/{}/report", answer.id), &[("reason", "Hier staat een naam in.")]).await;
    send(
        &mut omar,
        "/groups/propose",
        &[("title", "Schulden"), ("name", "schulden"), ("about", "Over schulden."), ("reason", "Wij missen haar.")],
    )
    .await;
    let tip = [("kind", "tip"), ("title", "Bel op dinsdag"), ("body", "Dan is iedereen er."), ("topics", "jeugdhulp, bereikbaarheid")];
    send(&mut omar, "/c/jeugd/ask", &tip).await;
    let practice = [("kind", "practice"), ("title", "Eén vast gezicht"), ("body", "Zo doen wij dat."), ("topics", "jeugdhulp")];
    send(&mut omar, "/c/jeugd/ask", &practice).await;
    let approval = crate::events::filled(&[("sign_up", "approval"), ("organisers", "sanne"), ("capacity", "20")]);
    send(&mut omar, "/c/jeugd/event/new", &approval).await;
    meet(&app, &sanne, &group, &question).await;
    let mut sanne = Visitor::logged_in(&app, &sanne).await;
    send(&mut sanne, &format!("/post/{}/remove", comment.id), &[("reason", "Dit gaat over een inwoner.")]).await;
    let mut lies = Visitor::logged_in(&app, &lies).await;
    let invitation = [("organisation", "Gemeente Gouda"), ("maximum", "5"), ("days", "30"), ("group", "")];
    send(&mut lies, "/admin/invitations/organisation", &invitation).await;
    let attends = [("rsvp", "yes"), ("remark", "Ik kom wat later.")];
    let path = event(&app).await;
    let csrf = lies.get("/profile").await.value("csrf");
    let fields: Vec<(&str, &str)> = attends.iter().copied().chain([("csrf", csrf.as_str())]).collect();
    lies.post(&format!("{path}/attend"), &fields).await.leads_to();
    others(&app).await;
    (app, clock)
}

/// A session that comes from a question.
async fn meet(app: &TestApp, by: &Actor, group: &Actor, question: &Post) {
    let (title, body) =
        (Title::parse("Samen verder helpen").expect("a title"), Body::parse("Een uur, in de bibliotheek.").expect("a text"));
    let starts_at = START.plus(3 * Time::DAY);
    let plan = Plan {
        starts_at,
        ends_at: Some(starts_at.plus(Time::HOUR)),
        zone: "Europe/Amsterdam".into(),
        place: Place { name: "Bibliotheek".into(), ..Place::default() },
        online: true,
        online_link: String::new(),
        capacity: Some(12),
        sign_up: SignUp::Open,
        sign_up_link: String::new(),
        sign_up_until: None,
        contact: String::new(),
    };
    let draft = Draft { title: &title, body: &body, plan: &plan, tags: &[], organisers: &[], question: Some(question), series: None };
    let mut tx = app.core.db.begin().await.expect("a transaction");
    Box::pin(planning::plan(&app.core, &mut tx, by, group, &draft, "nl")).await.expect("an event");
    app.core.commit(tx).await.expect("a commit");
}

/// Other servers, one with trouble, one that asks to connect; and a list of regions.
async fn others(app: &TestApp) {
    use meent::db::regions::{self, Region, RegionList};
    use meent::db::{deliveries, hosts};
    use meent::ops::connecting::{self, Word};
    let mut tx = app.core.db.begin().await.expect("a transaction");
    deliveries::know(&mut tx, "stil.example").await.expect("a server");
    let error = "another server: https://stil.example/inbox: error sending request: operation timed out";
    deliveries::peer_failed(&mut tx, "stil.example", START, START, error).await.expect("a failure");
    let rule =
        hosts::HostRule { host: "reclame.example".into(), rule: "block".into(), reason: "Reclame".into(), by_id: None, created_at: START };
    hosts::put(&mut tx, &rule).await.expect("a rule");
    let word = Word::Offer { id: "https://buur.example/actor#1".into(), name: "De buren".into(), words: "Wij zijn de buren.".into() };
    connecting::receive(&app.core, &mut tx, "buur.example", &word).await.expect("a request");
    let address = "https://lijst.example/actor".to_owned();
    let list = RegionList { address: address.clone(), name: "Een lijst".into(), by_id: None, added_at: START, read_at: None, error: None };
    regions::add_list(&mut tx, &list).await.expect("a list");
    regions::list_read(&mut tx, &address, "", START, Some(error)).await.expect("it was read");
    let region =
        Region { list: address, host: "ver.example".into(), name: "Ver weg".into(), about: "Een regio ver weg.".into(), seen_at: START };
    regions::put(&mut tx, &region).await.expect("a region");
    app.core.commit(tx).await.expect("a commit");
}

/// Fills in the form that stands on a page and sends it there.
async fn send(visitor: &mut Visitor, path: &str, fields: &[(&str, &str)]) {
    let page = visitor.get(path).await;
    let hidden: Vec<(String, String)> = ["csrf", "once"]
        .iter()
        .filter(|name| page.body.contains(&format!("name=\"{name}\" value=")))
        .map(|name| ((*name).to_owned(), page.value(name)))
        .collect();
    let all: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(fields.iter().copied()).collect();
    let answer = visitor.post(path, &all).await;
    assert!(answer.status < 400, "{path}: {} {}", answer.status, answer.body);
}

/// The page of the event.
async fn event(app: &TestApp) -> String {
    format!("/post/{}", app.number("SELECT MIN(id) FROM post WHERE kind = 'event'").await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_link_leads_nowhere_and_the_markup_is_valid() {
    let (app, _clock) = world().await;
    let member = app.actor(&app.core.urls.person("omar")).await;
    let moderator = app.actor(&app.core.urls.person("sanne")).await;
    let admin = app.actor(&app.core.urls.person("lies")).await;
    let event = event(&app).await;
    let mut pages = Vec::new();
    for mut visitor in [
        Visitor::of(&app),
        Visitor::logged_in(&app, &member).await,
        Visitor::logged_in(&app, &moderator).await,
        Visitor::logged_in(&app, &admin).await,
    ] {
        let found = crawl(&mut visitor, &[&event, "/login", "/nergens"]).await;
        let dead: Vec<String> = found
            .iter()
            .filter(|found| !matches!(found.page.status, 200 | 303) && found.path != "/nergens")
            .map(|found| format!("{} from {}: {}", found.path, found.from, found.page.status))
            .collect();
        assert!(dead.is_empty(), "{dead:#?}");
        pages.extend(found);
    }
    let html: Vec<&Found> = pages.iter().filter(|found| found.is_html()).collect();
    assert!(html.len() > 30, "only {} pages", html.len());
    let wrong = markup_errors(&html);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    app.run_jobs().await;
    app.finish().await;
}

/// Dutch in the light on a phone of 320 px, English in the dark with text twice as large.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_kept_out_of_any_page() {
    let (app, _clock) = world().await;
    let reader = app.actor(&app.core.urls.person("lies")).await;
    let mut visitor = Visitor::logged_in(&app, &reader).await;
    let paths: Vec<String> = crawl(&mut visitor, &[&event(&app).await, "/nergens"])
        .await
        .into_iter()
        .filter(|found| found.is_html() && found.page.status != 303)
        .map(|found| found.path)
        .collect();
    let browser = Browser::start(1280, 900).await;
    let at = |path: &str| format!("http://{}{path}", app.host());
    browser.goto(&at("/about")).await;
    browser.cookie("meent", &visitor.cookies["meent"]).await;
    let mut wrong = Vec::new();
    for (language, scheme) in [("nl", "light"), ("en", "dark")] {
        browser.cookie("meent-language", language).await;
        browser.scheme(scheme).await;
        browser.resize(if language == "nl" { 320 } else { 1280 }, 900).await;
        for path in &paths {
            browser.goto(&at(path)).await;
            if language == "en" {
                let twice = "document.documentElement.style.fontSize = '200%'";
                browser.driver.execute(twice, Vec::new()).await.expect("text grows");
            }
            let mut found = browser.axe().await;
            let beyond = browser.beyond_the_edge().await;
            if beyond > 0 {
                found.push(format!("the page is {beyond} px wider than the window"));
            }
            wrong.extend(found.into_iter().map(|finding| format!("{path} ({language}, {scheme}): {finding}")));
        }
    }
    browser.quit().await;
    assert!(wrong.is_empty(), "{} of {} pages: {}", wrong.len(), paths.len(), wrong.join("\n"));
    app.run_jobs().await;
    app.finish().await;
}
