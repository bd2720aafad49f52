//! The pages of the agenda in a real browser: nobody is kept out by them, on a desk and on a small phone.

use meent::model::{Actor, Plan, Rsvp, Time};
use meent::ops::members;
use meent::ops::planning as verbs;
use thirtyfour::Cookie;

use super::agenda::{hour, planned};
use super::interest::session_on;
use super::{Region, send};
use crate::everywhere::markup_errors;
use crate::support::On;
use crate::support::browser::Browser;
use crate::support::crawl::Found;
use crate::support::visitor::Visitor;

async fn log_in(browser: &Browser, region: &Region, member: &Actor) {
    let mut tx = region.app.core.db.begin().await.unwrap();
    let token = members::start_session(&region.app.core, &mut tx, member.id).await.unwrap();
    region.app.core.commit(tx).await.unwrap();
    browser.goto(&region.app.core.urls.at("/about")).await;
    browser.driver.delete_all_cookies().await.unwrap();
    browser.driver.add_cookie(Cookie::new("meent", token)).await.unwrap();
}

async fn look(browser: &Browser, region: &Region, name: &str, path: &str, wrong: &mut Vec<String>) {
    browser.resize(1280, 900).await;
    browser.goto(&region.app.core.urls.at(path)).await;
    for (width, file) in [(1280, Some("desktop")), (390, Some("phone")), (320, None)] {
        browser.resize(width, 900).await;
        wrong.extend(browser.axe().await.into_iter().map(|line| format!("{name} at {width}: {line}")));
        let beyond = browser.beyond_the_edge().await;
        if beyond > 0 {
            wrong.push(format!("{name} is {beyond} px wider than {width}"));
        }
        if let Some(file) = file {
            browser.screenshot(&format!("agenda-{name}-{file}")).await;
        }
    }
}

/// A region with something in its agenda, on the second of December.
async fn region() -> (Region, Vec<(&'static str, String)>) {
    let region = Region::start(On::Sqlite).await;
    let question = region
        .app
        .ask(
            &region.noor,
            &region.group,
            "Hoe houden jullie jongeren in beeld als ze achttien worden?",
            "Bij ons raakt een op de vijf uit beeld.",
        )
        .await;
    let was = session_on(&region, &question, "Jongeren in beeld na hun achttiende", "2026-11-26T09:00:00Z").await;
    let unreported = planned(&region, &region.noor, "Kennismaken met de nieuwe wijkteams", &hour("2026-12-01T14:00:00Z"), &[]).await;
    planned(&region, &region.sanne, "Inloopspreekuur schuldhulp", &hour("2026-12-02T08:30:00Z"), &[]).await;
    let small = Plan { capacity: Some(2), online: true, ..hour("2026-12-03T09:00:00Z") };
    let full = planned(&region, &region.sanne, "Huishoudboekjes: wat werkt bij jonge gezinnen?", &small, &[]).await;
    let off = planned(&region, &region.sanne, "Werkbezoek aan de voedselbank", &hour("2026-12-03T13:00:00Z"), &[]).await;
    let abroad = Plan { zone: "Europe/London".into(), place: meent::model::Place::default(), online: true, ..hour("2026-12-08T15:00:00Z") };
    let abroad = planned(&region, &region.sanne, "Early help: what Leeds learned", &abroad, &[]).await;
    for (number, about) in ["intake", "eigen kracht", "veiligheid", "jeugdreclassering", "wonen", "onderwijs"].iter().enumerate() {
        planned(&region, &region.sanne, &format!("Dag van de jeugd: {about}"), &hour(&format!("2026-12-10T{:02}:00:00Z", 8 + number)), &[])
            .await;
    }
    for (who, post, answer) in [(&region.omar, &full, Rsvp::Yes), (&region.noor, &full, Rsvp::Yes), (&region.noor, &abroad, Rsvp::Maybe)] {
        region.say(who, post, answer).await.unwrap();
    }
    let mut tx = region.app.core.db.begin().await.unwrap();
    verbs::cancel(&region.app.core, &mut tx, &region.sanne, &off, true).await.unwrap();
    region.app.core.commit(tx).await.unwrap();
    let mut noor = region.visit(&region.noor).await;
    send(&mut noor, &question.path(), &format!("/post/{}/interest", question.id), &[("on", "1")]).await.leads_to();
    region.clock.advance(Time::parse_rfc3339("2026-12-02T08:00:00Z").unwrap().0 - region.clock.now().0);
    let mut sanne = region.visit(&region.sanne).await;
    let form = format!("/post/{}/look-back", was.id);
    let body = "We waren met achttien mensen uit zes gemeenten. Nabellen na drie maanden werkt het best.\n\nIn maart zien we elkaar weer.";
    send(&mut sanne, &form, &form, &[("body", body), ("answer", "1")]).await.leads_to();
    session_on(&region, &question, "Een half jaar later: wat hebben we bereikt?", "2027-03-18T09:00:00Z").await;
    let paths = vec![
        ("list", "/agenda".to_owned()),
        ("month", "/agenda?month=2026-12".to_owned()),
        ("month-empty", "/agenda?month=2027-02".to_owned()),
        ("past", "/agenda?past=1".to_owned()),
        ("day", "/agenda?day=2026-12-10".to_owned()),
        ("mine", "/agenda/mine".to_owned()),
        ("group", "/c/jeugd/agenda".to_owned()),
        ("topic", "/topic/jeugdhulp/agenda".to_owned()),
        ("plan", "/agenda/plan".to_owned()),
        ("home", "/".to_owned()),
        ("group-page", "/c/jeugd".to_owned()),
        ("question", question.path()),
        ("event", was.path()),
        ("event-unreported", unreported.path()),
        ("look-back", format!("/post/{}/look-back", unreported.id)),
    ];
    (region, paths)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_of_the_agenda_can_be_used_by_everybody() {
    let (region, paths) = Box::pin(region()).await;
    region.app.group("wonen", "Wonen met zorg", &region.noor).await;
    let mut pages = Vec::new();
    for mut reader in [Visitor::of(&region.app), region.visit(&region.noor).await] {
        for (_, path) in &paths {
            let page = reader.get(path).await;
            assert!(matches!(page.status, 200 | 401), "{path}: {}", page.status);
            pages.push(Found { path: path.clone(), from: String::new(), page });
        }
    }
    let invalid = markup_errors(&pages.iter().collect::<Vec<_>>());
    assert!(invalid.is_empty(), "{}", invalid.join("\n"));
    let browser = Browser::start(1280, 900).await;
    log_in(&browser, &region, &region.noor).await;
    let mut wrong = Vec::new();
    for (name, path) in &paths {
        look(&browser, &region, name, path, &mut wrong).await;
    }
    browser.scheme("dark").await;
    for (name, path) in &paths[..2] {
        look(&browser, &region, &format!("{name}-dark"), path, &mut wrong).await;
    }
    browser.quit().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    region.finish().await;
}
