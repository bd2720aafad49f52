//! From an invitation by mail to the first question.

use image::ImageFormat;
use meent::config::Config;
use meent::db::settings::key;
use meent::model::Clock;
use tempfile::TempDir;

use crate::support::gallery::red_and_blue;
use crate::support::people::PASSWORD;
use crate::support::smtp::Smtp;
use crate::support::story::Story;
use crate::support::{On, START, TestApp};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_invitation_to_first_question() {
    let mut smtp = Smtp::start();
    let app = TestApp::start_with(On::Sqlite, "a", &Clock::manual(START), |config: &mut Config| {
        smtp.configure(config);
        config.registration.mode = "invite".into();
    })
    .await;
    app.somebody("sanne", "Sanne Bakker", true).await;
    let omar = app.somebody("omar", "Omar Hadi", false).await;
    app.group("jeugd", "Jeugdhulp in de regio", &omar).await;
    app.set(key::REGION_NAME, "Midden-Holland").await;
    let base = app.core.urls.base().to_owned();
    let folder = TempDir::new().expect("a folder");
    let photo = folder.path().join("schema.png");
    std::fs::write(&photo, red_and_blue(400, 240, ImageFormat::Png)).expect("a file");
    let story = Story::begin("joining").await;

    // Who was not invited reads how to become a member.
    story.open(&app, "/").await;
    story.press("Inloggen").await;
    story.press("Account maken").await;
    story.says("main", "In deze omgeving word je lid met een uitnodiging.").await;
    story.look("by-invitation").await;

    // The administrator finds the way to invite somebody.
    story.logs_in(&base, "sanne", "Sanne Bakker").await;
    story.press("Beheer").await;
    story.says("h1", "Beheer").await;
    story.press("Uitnodigingen").await;
    story.says("h1", "Uitnodigingen").await;
    story.press("Iemand uitnodigen").await;
    story.fill("email", "geen adres").await;
    story.fill("note", "Fijn als je meedoet, Noor!").await;
    story.press("Uitnodiging sturen").await;
    story.says(".problems", "Vul een e-mailadres in zoals naam@voorbeeld.nl.").await;
    story.fill("email", "noor@voorbeeld.example").await;
    story.press("Uitnodiging sturen").await;
    story.says("h1", "De uitnodiging is klaar").await;
    story.look("invited").await;
    app.run_jobs().await;
    let mails = smtp.mails();
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert_eq!(mail.recipients, ["noor@voorbeeld.example"]);
    assert!(mail.subject().contains("Midden-Holland"), "{}", mail.subject());
    assert!(mail.plain.contains("Sanne Bakker") && mail.plain.contains("Fijn als je meedoet, Noor!"), "{}", mail.plain);
    let link = mail.links()[0].to_owned();
    assert!(mail.html.contains(&format!("href=\"{link}\"")), "both parts lead to the same page: {}", mail.html);

    // Who was invited opens the mail on another machine.
    story.leaves().await;
    story.browser.goto(&link).await;
    story.says("h1", "Je bent uitgenodigd voor Midden-Holland").await;
    story.says("main", "Sanne Bakker nodigt je uit").await;
    story.look("invitation").await;
    assert_eq!(story.value("return document.querySelector('[name=email]').value").await, "noor@voorbeeld.example");
    story.fill("name", "noor").await;
    story.fill("password", "noor12345678").await;
    story.press("Account maken").await;
    // Everything that is wrong at once; what was right stays, and the password is not shown again.
    story.says(".problems", "Dit wachtwoord is makkelijk te raden").await;
    assert_eq!(story.value("return document.activeElement.id").await, "fout");
    assert_eq!(story.value("return document.querySelector('[name=name]').value").await, "noor");
    assert_eq!(story.value("return document.querySelector('[name=password]').value").await, "");
    story.look("invitation-wrong").await;
    story.fill("display_name", "Noor Jansen").await;
    story.fill("password", PASSWORD).await;
    story.press("Account maken").await;

    // Welcome: what is there to join, and what to do then.
    story.says("h1", "Welkom bij Midden-Holland").await;
    story.look("welcome").await;
    story.browser.click("main .choice label").await;
    story.press("Lid worden van deze groepen").await;
    story.says(".flash", "Je keuze is bewaard").await;
    app.run_jobs().await;
    story.look("home").await;
    story.press("Vraag stellen").await;

    // The first question, with a topic and a picture; at first she forgets to describe it.
    story.says(".crumbs", "Jeugdhulp in de regio").await;
    story.fill("title", "Wie kent een jongerenpanel dat over geld beslist?").await;
    story.fill("body", "Op de tekening staat hoe wij het nu doen. Misschien weet @omar het?").await;
    story.fill("topics", "Inspraak, jeugdhulp").await;
    story.press("Afbeeldingen toevoegen").await;
    story.browser.fill_file("main input[type=file]", &photo).await;
    story.press("Vraag plaatsen").await;
    story.says(".problems", "Beschrijf afbeelding 1").await;
    assert!(story.value("return document.querySelector('.slot img').src").await.starts_with("data:image/"), "the picture is kept");
    assert_eq!(story.value("return document.querySelector('[name=topics]').value").await, "Inspraak, jeugdhulp");
    story.look("ask-picture-undescribed").await;
    story.browser.fill("main .slot textarea", "Een rood en een blauw vlak naast elkaar.").await;
    story.press("Vraag plaatsen").await;
    story.says("h1", "Wie kent een jongerenpanel").await;
    story.says(".topics", "#Inspraak").await;
    let seen = "const i = document.querySelector('article.post img[alt=\"Een rood en een blauw vlak naast elkaar.\"]'); return `${i.complete && i.naturalWidth > 0}`";
    assert_eq!(story.value(seen).await, "true", "the picture is there, with its description");
    story.look("asked").await;
    let question = story.path().await;

    // The group's moderator hears of it: by mail, from which one comes where it was asked, and on the page.
    app.run_jobs().await;
    let mails = smtp.mails();
    let told = mails.last().unwrap();
    assert_eq!(told.recipients, ["omar@voorbeeld.example"]);
    assert!(told.subject().contains("Noor Jansen noemde je"), "{}", told.subject());
    story.leaves().await;
    story.browser.goto(told.links()[0]).await;
    story.says("h1", "Wie kent een jongerenpanel").await;
    assert_eq!(story.path().await, question);
    story.press("Inloggen om te antwoorden").await;
    story.gives_password("omar", PASSWORD).await;
    story.says("header", "Omar Hadi").await;
    assert_eq!(story.path().await, question, "back where he was going");
    story.browser.fill(".compose [name=body]", "Ja, in Gouda. Zal ik je voorstellen?").await;
    story.press("Antwoord plaatsen").await;
    story.says(".answer", "Ja, in Gouda.").await;
    // The link in the invitation works once.
    story.leaves().await;
    story.browser.goto(&link).await;
    story.says("h1", "Deze uitnodiging werkt niet meer").await;
    story.look("invitation-used").await;
    story.browser.quit().await;
    app.run_jobs().await;
    app.finish().await;
}
