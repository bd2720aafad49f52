//! Every page of becoming a member, of an account and of leaving, in a real browser: nobody is kept out, wide or narrow. The
//! road from an invitation to the first question is a story.

use meent::config::Config;
use meent::model::Clock;

use crate::members::{confirm, register};
use crate::support::people::PASSWORD;
use crate::support::story::Story;
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_of_an_account_is_for_everybody() {
    let clock = Clock::manual(START);
    let app = TestApp::start_with(On::Sqlite, "a", &clock, |config: &mut Config| config.registration.mode = "approval".into()).await;
    let sanne = app.somebody("sanne", "Sanne Bakker", true).await;
    app.group("jeugd", "Jeugdhulp in de regio", &sanne).await;
    app.change("INSERT INTO setting (key, value) VALUES ('region_name', 'Midden-Holland')").await;
    let mut piet = Visitor::of(&app);
    register(&mut piet, "/register", "piet", "piet@voorbeeld.example").await.leads_to();
    confirm(&mut piet, &app.mail_to("piet@voorbeeld.example", "mail-register-confirm").await.path(&app)).await;
    let story = Story::begin("members").await;

    story.open(&app, "/register").await;
    story.look("register").await;
    story.browser.fill("main [name=password]", "welkom123456").await;
    story.browser.click("main form.sheet button").await;
    story.says(".problems", "makkelijk te raden").await;
    story.look("register-wrong").await;
    for (path, name) in [
        ("/register/sent", "sent"),
        ("/password/forgot", "forgot"),
        ("/login", "login"),
        ("/register/again", "again"),
        ("/register/confirm?token=x", "expired"),
    ] {
        story.open(&app, path).await;
        story.look(name).await;
    }

    // The administrator's.
    story.logs_in(app.core.urls.base(), "sanne", "Sanne Bakker").await;
    for (path, name) in [
        ("/account", "account"),
        ("/admin/registrations", "registrations"),
        ("/admin/invitations/organisation", "invite-organisation"),
        ("/admin/invitations", "invitations-none"),
    ] {
        story.open(&app, path).await;
        story.look(name).await;
    }
    story.open(&app, "/admin/invitations/person").await;
    story.look("invite-person").await;
    story.fill("email", "els@voorbeeld.example").await;
    story.browser.click("main form.sheet button").await;
    story.says("h1", "De uitnodiging is klaar").await;
    story.open(&app, "/admin/invitations").await;
    story.look("invitations").await;
    // Somebody else's account.
    let noor = app.somebody("noor", "Noor Jansen", false).await;
    story.becomes(&app, &noor, "/account").await;
    for (path, name) in [
        ("/account/password", "password"),
        ("/account/address", "address"),
        ("/account/sessions", "sessions"),
        ("/account/export", "export"),
        ("/account/close", "close"),
    ] {
        story.open(&app, path).await;
        story.look(name).await;
    }
    // And she leaves.
    story.browser.click("main input[value=keep]").await;
    story.browser.fill("main [name=password]", PASSWORD).await;
    story.browser.click("main form.sheet button").await;
    story.says(".flash", "Je account is opgeheven").await;
    app.run_jobs().await;
    story.open(&app, "/u/noor").await;
    story.says("h1", "Voormalig lid").await;
    story.look("former").await;
    story.browser.quit().await;
    app.run_jobs().await;
    app.finish().await;
}
