//! The pages of events in a real browser: nobody is kept out by them, on a desk and on a small phone.

use meent::db::{attendees, posts};
use meent::model::{Plan, Rsvp, SignUp, Time};
use meent::ops::members;
use thirtyfour::Cookie;

use super::{Region, session};
use crate::support::On;
use crate::support::browser::Browser;

async fn log_in(browser: &Browser, region: &Region, member: &meent::model::Actor) {
    let mut tx = region.app.core.db.begin().await.unwrap();
    let token = members::start_session(&region.app.core, &mut tx, member.id).await.unwrap();
    region.app.core.commit(tx).await.unwrap();
    browser.goto(&region.app.core.urls.at("/about")).await;
    browser.driver.delete_all_cookies().await.unwrap();
    browser.driver.add_cookie(Cookie::new("meent", token)).await.unwrap();
}

/// Looks at the page that is open, at three widths.
async fn look(browser: &Browser, name: &str, wrong: &mut Vec<String>) {
    for (width, file) in [(1280, Some("desktop")), (390, Some("phone")), (320, None)] {
        browser.resize(width, 900).await;
        wrong.extend(browser.axe().await.into_iter().map(|line| format!("{name} at {width}: {line}")));
        let beyond = browser.beyond_the_edge().await;
        if beyond > 0 {
            wrong.push(format!("{name} is {beyond} px wider than {width}"));
        }
        if let Some(file) = file {
            browser.screenshot(&format!("events-{name}-{file}")).await;
        }
    }
    browser.resize(1280, 900).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_of_events_can_be_used_by_everybody() {
    let region = Region::start_with(On::Sqlite, |config| {
        config.mail.server = "127.0.0.1".into();
        config.mail.from = "vragen@regio.example".into();
    })
    .await;
    let question = region
        .app
        .ask(
            &region.sanne,
            &region.group,
            "Hoe houden jullie jongeren in beeld als ze achttien worden?",
            "Bij ons raakt een op de vijf uit beeld.",
        )
        .await;
    let lars = region.app.member("lars", "Lars de Boer").await;
    let full = region.plan(&region.sanne, &Plan { capacity: Some(2), ..session() }, &[&region.omar]).await;
    for member in [&region.omar, &region.noor, &lars] {
        region.say(member, &full, Rsvp::Yes).await.unwrap();
    }
    let new_york = Plan {
        zone: "America/New_York".into(),
        sign_up: SignUp::Approval,
        ends_at: Some(session().starts_at.plus(30 * Time::HOUR)),
        ..session()
    };
    let asked = region.plan(&region.sanne, &new_york, &[]).await;
    region.say(&lars, &asked, Rsvp::Yes).await.unwrap();
    region.say(&region.omar, &asked, Rsvp::Maybe).await.unwrap();
    region
        .app
        .change("UPDATE attendee SET remark = 'Ik kom met een collega van de gemeente Zuidplas. Kan dat?' WHERE state = 'asked'")
        .await;
    region.app.change("INSERT INTO group_page (group_id, purpose, carried_by, rules_source, rules_html, agreed_source, agreed_html, guests) SELECT id, '', '', '', '', '', '', TRUE FROM actor WHERE name = 'jeugd' ON CONFLICT (group_id) DO UPDATE SET guests = TRUE").await;

    let browser = Browser::start(1280, 900).await;
    let mut wrong = Vec::new();
    let at = |path: &str| region.app.core.urls.at(path);
    // A visitor, who signs up by e-mail.
    browser.goto(&at(&asked.path())).await;
    look(&browser, "visitor", &mut wrong).await;
    browser.click(".event a[href$='/sign-up']").await;
    browser.says("h1", "Aanmelden per e-mail").await;
    browser.click("main form button").await;
    browser.says(".problems", "Je naam").await;
    look(&browser, "guest-mistake", &mut wrong).await;
    browser.fill("[name=name]", "Els Vos").await;
    browser.fill("[name=email]", "els@elders.example").await;
    browser.click("main form button").await;
    browser.says("main", "Er gaat een mail naar els@elders.example.").await;
    look(&browser, "guest-sent", &mut wrong).await;
    let link = region.app.mails_to("els@elders.example").await[0].path(&region.app);
    browser.goto(&at(&link)).await;
    look(&browser, "guest-confirm", &mut wrong).await;
    browser.click("main form button[value=confirm]").await;
    browser.says("main", "De organisator beslist of je kunt komen.").await;
    look(&browser, "guest-standing", &mut wrong).await;

    // A member, to whom it is new; who waits; who comes.
    log_in(&browser, &region, &region.noor).await;
    browser.goto(&at(&asked.path())).await;
    look(&browser, "new", &mut wrong).await;
    browser.goto(&at(&full.path())).await;
    look(&browser, "waiting", &mut wrong).await;
    log_in(&browser, &region, &region.omar).await;
    browser.goto(&at(&full.path())).await;
    browser.click(".event-again summary").await;
    look(&browser, "coming", &mut wrong).await;

    // Who organises it.
    log_in(&browser, &region, &region.sanne).await;
    browser.goto(&at(&asked.path())).await;
    look(&browser, "organiser", &mut wrong).await;
    for (name, path) in [
        ("group", "/c/jeugd".to_owned()),
        ("form", "/c/jeugd/event/new".into()),
        ("from-question", format!("/c/jeugd/event/new?question={}", question.id)),
        ("edit", format!("/post/{}/event/edit", asked.id)),
        ("cancel", format!("/post/{}/event/cancel?instead=1", asked.id)),
        ("attendees", format!("/post/{}/attendees", asked.id)),
    ] {
        browser.goto(&at(&path)).await;
        look(&browser, name, &mut wrong).await;
    }
    browser.click(".attendees button[value='1']").await;
    browser.says(".flash", "Je besluit is bewaard.").await;

    // Planned in the browser, with a mistake and a look at it first; then called off.
    browser.goto(&at("/c/jeugd/event/new")).await;
    browser.click("button[value=send]").await;
    browser.says(".problems", "Begint op (dag)").await;
    look(&browser, "mistakes", &mut wrong).await;
    browser.fill("[name=title]", "Een ochtend over de overgang naar achttien").await;
    browser.fill("[name=body]", "We delen **wat werkt**, en ook wat niet werkte.").await;
    let script = "for (const [name, value] of [['starts_day', '2026-12-10'], ['starts_time', '09:30'], ['ends_time', '12:00']]) document.querySelector(`[name=${name}]`).value = value";
    browser.driver.execute(script, Vec::new()).await.unwrap();
    browser.fill("[name=place_name]", "Huis van de Stad").await;
    browser.click("button[value=preview]").await;
    browser.says(".preview", "donderdag 10 december 2026, 9.30 – 12.00 uur").await;
    look(&browser, "preview", &mut wrong).await;
    browser.click("button[value=send]").await;
    browser.says("h1", "Een ochtend over de overgang naar achttien").await;
    look(&browser, "planned", &mut wrong).await;
    browser.click(".event-links a[href$='/cancel']").await;
    browser.click("main form .danger").await;
    browser.says(".event-status", "Gaat niet door").await;
    look(&browser, "cancelled", &mut wrong).await;
    browser.scheme("dark").await;
    browser.goto(&at(&full.path())).await;
    look(&browser, "dark", &mut wrong).await;
    browser.quit().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let in_all = attendees::counts(&mut region.app.core.db.conn(), full.id).await.unwrap();
    assert_eq!(in_all, (2, 2));
    assert_eq!(posts::by_id(&mut region.app.core.db.conn(), full.id).await.unwrap().title, full.title);
    region.finish().await;
}
