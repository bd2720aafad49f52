//! A forgotten password, through the mail as it was received.

use meent::model::Clock;

use crate::support::people::PASSWORD;
use crate::support::smtp::Smtp;
use crate::support::story::Story;
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp};

const NEW: &str = "zolder fluit kastanje tram";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forgotten_password_is_replaced_through_the_mail() {
    let mut smtp = Smtp::start();
    let app = TestApp::start_with(On::Sqlite, "a", &Clock::manual(START), |config| smtp.configure(config)).await;
    let base = app.core.urls.base().to_owned();
    let noor = app.somebody("noor", "Noor Jansen", false).await;
    // She is still logged in on a machine that somebody else may use.
    let old = Visitor::logged_in(&app, &noor).await.cookies["meent"].clone();
    let story = Story::begin("password").await;

    story.open(&app, "/login").await;
    story.gives_password("noor", "ik weet het niet meer").await;
    story.says(".problems", "").await;
    story.press("Wachtwoord vergeten").await;
    story.says("h1", "Wachtwoord vergeten").await;
    story.look("forgot").await;
    story.press("Link sturen").await;
    story.says(".problems", "").await;
    // With the address, as somebody types it on a phone.
    story.fill("login", "Noor@Voorbeeld.example ").await;
    story.press("Link sturen").await;
    story.says("h1", "Kijk in je e-mail").await;
    story.look("sent").await;
    app.run_jobs().await;
    let mails = smtp.mails();
    assert_eq!((mails.len(), mails[0].recipients.as_slice()), (1, ["noor@voorbeeld.example".to_owned()].as_slice()));
    let link = mails[0].links()[0].to_owned();
    assert!(mails[0].html.contains(&format!("href=\"{link}\"")), "{}", mails[0].html);

    story.browser.goto(&link).await;
    story.says("h1", "Nieuw wachtwoord kiezen").await;
    story.says("main", "noor").await;
    for (password, why) in [
        ("noor jansen 1", "Dit wachtwoord is makkelijk te raden. Kies vier woorden die niets met elkaar te maken hebben"),
        ("welkom123456", "Dit wachtwoord is makkelijk te raden"),
        ("kort", "Je wachtwoord is te kort. Gebruik minstens 12 tekens."),
    ] {
        story.fill("password", password).await;
        story.press("Wachtwoord veranderen").await;
        story.says(".problems", why).await;
        story.says("#f-password-error", why).await;
        assert_eq!(story.value("return document.activeElement.id").await, "fout");
    }
    story.look("guessable").await;
    story.fill("password", NEW).await;
    story.press("Wachtwoord veranderen").await;
    story.says(".flash", "Je wachtwoord is veranderd.").await;
    story.look("changed").await;
    // Not the old one any more.
    story.gives_password("noor", PASSWORD).await;
    story.says(".problems", "").await;
    story.gives_password("noor", NEW).await;
    story.says("header", "Noor Jansen").await;

    // What was logged in before is not any more, and the link has been used.
    story.leaves().await;
    story.browser.cookie("meent", &old).await;
    story.browser.goto(&format!("{base}/account")).await;
    story.says("h1", "Inloggen").await;
    story.browser.goto(&link).await;
    story.says("h1", "Deze link werkt niet meer").await;
    story.look("used").await;
    story.press("Wachtwoord vergeten").await;
    story.says("h1", "Wachtwoord vergeten").await;
    // Somebody who has no account reads the same, and gets nothing.
    story.fill("login", "niemand@voorbeeld.example").await;
    story.press("Link sturen").await;
    story.says("h1", "Kijk in je e-mail").await;
    app.run_jobs().await;
    assert!(smtp.mails().iter().all(|mail| mail.recipients == ["noor@voorbeeld.example"]));
    story.browser.quit().await;
    app.finish().await;
}
