//! Asking, answering and choosing by somebody who has no mouse. Reporting is in the story about it.

use meent::model::{Clock, Post};
use thirtyfour::prelude::*;

use crate::support::browser::Browser;
use crate::support::keyboard::Keyboard;
use crate::support::{On, START, TestApp};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asking_answering_and_choosing_need_no_mouse() {
    let clock = Clock::manual(START);
    let app = TestApp::start(On::Sqlite, "a", &clock).await;
    let sanne = app.member("sanne", "Sanne Bakker").await;
    app.member("omar", "Omar Hadi").await;
    let group = app.group("jeugd", "Jeugdhulp", &sanne).await;
    let browser = Browser::start(1280, 900).await;
    let keys = Keyboard { browser: &browser };

    keys.becomes(&app, "sanne", &group.path()).await;
    keys.to("Naar de inhoud").await;
    keys.enter().await;
    keys.to("Vraag stellen").await;
    keys.enter().await;
    keys.says("Toelichting").await;
    // Sent empty: the list of mistakes has the focus, and leads to the field.
    keys.to("Vraag plaatsen").await;
    keys.enter().await;
    keys.says("Controleer wat je hebt ingevuld").await;
    assert!(keys.focused().await.contains("Controleer wat je hebt ingevuld"), "the focus is on {:?}", keys.focused().await);
    keys.press(Key::Tab.value().to_string()).await;
    keys.enter().await;
    keys.press("Wie heeft hier ervaring mee?").await;
    keys.to("Toelichting").await;
    keys.press("Wij beginnen volgende maand.").await;
    keys.to("Vraag plaatsen").await;
    keys.enter().await;
    keys.says("Jouw antwoord").await;
    let question = newest(&app).await;

    keys.becomes(&app, "omar", &question.path()).await;
    keys.to("Antwoord").await;
    keys.press("Wij zijn vorig jaar begonnen.").await;
    keys.to("Antwoord plaatsen").await;
    keys.enter().await;
    keys.says("1 antwoord").await;

    keys.becomes(&app, "sanne", &question.path()).await;
    keys.to("Kiezen als antwoord").await;
    keys.enter().await;
    keys.says("Gekozen antwoord").await;

    browser.quit().await;
    app.run_jobs().await;
    app.finish().await;
}

async fn newest(app: &TestApp) -> Post {
    let all = meent::db::lists::threads(&mut app.core.db.conn(), meent::db::lists::Threads::All, None, 1).await.expect("a list");
    all.items.into_iter().next().expect("a thread").post
}
