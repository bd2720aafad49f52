//! Reported by keyboard, removed with a reason, objected to, decided by another, and put back: here and where the group is
//! followed.

use meent::db::actors;
use meent::model::Clock;

use crate::support::keyboard::Keyboard;
use crate::support::story::Story;
use crate::support::{On, START, TestApp, settle};

const WORDS: &str = "Bel mevrouw De Vries maar, die weet alles.";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_report_to_removal_to_objection_to_decision() {
    let clock = Clock::manual(START);
    let (a, b) = (TestApp::start(On::Sqlite, "a", &clock).await, TestApp::start(On::Sqlite, "b", &clock).await);
    let (sanne, omar) = (a.member("sanne", "Sanne Bakker").await, a.member("omar", "Omar Hadi").await);
    let (noor, vera) = (a.member("noor", "Noor Jansen").await, a.member("vera", "Vera Blom").await);
    let bram = b.member("bram", "Bram de Wit").await;
    let group = a.group("jeugd", "Jeugdhulp in de regio", &omar).await;
    let mut tx = a.core.db.begin().await.unwrap();
    actors::add_moderator(&mut tx, group.id, vera.id).await.unwrap();
    a.core.commit(tx).await.unwrap();
    let there = b.find(&format!("jeugd@{}", a.host())).await.unwrap();
    b.join(&bram, &there).await;
    settle(&[&a, &b]).await;
    let question = a.ask(&noor, &group, "Hoe houden jullie jongeren in beeld?", "Wij zoeken een aanpak die blijft.").await;
    let answer = a.reply(&sanne, &question, WORDS).await;
    settle(&[&a, &b]).await;
    let copy = b.post(&question.ap_id).await.path();
    let story = Story::begin("moderating").await;
    let keys = Keyboard { browser: &story.browser };

    // Noor reports it without a mouse; without a reason she hears what is missing.
    story.becomes(&a, &noor, &question.path()).await;
    keys.to("Meer met het bericht van Sanne Bakker").await;
    keys.enter().await;
    keys.to("Melden").await;
    keys.enter().await;
    keys.says("De moderatoren van de groep en de beheerders kijken ernaar").await;
    story.look("report").await;
    keys.to("Melden").await;
    keys.enter().await;
    keys.says("Schrijf wat er mis is").await;
    assert_eq!(story.value("return document.activeElement.id").await, "fout");
    keys.to("Schrijf wat er mis is").await;
    keys.enter().await;
    keys.press("Hier staat de naam van een cliënt.").await;
    keys.to("Melden").await;
    keys.enter().await;
    keys.says("Bedankt voor het melden.").await;
    assert!(story.at().await.contains(&question.path()), "back where it was: {}", story.at().await);

    // Omar is told, and removes it.
    story.becomes(&a, &omar, "/notifications").await;
    story.press("Iemand heeft een bericht of een lid gemeld.").await;
    story.says("main", "Hier staat de naam van een cliënt.").await;
    story.says("main", "Gemeld door Noor Jansen").await;
    story.look("desk").await;
    story.press("Weghalen").await;
    story.says("h1", "Dit bericht weghalen?").await;
    story.press("Bericht weghalen").await;
    story.says(".problems", "Schrijf waarom je het bericht weghaalt.").await;
    story.look("remove").await;
    story.fill("reason", "Noem geen namen van cliënten.").await;
    story.press("Bericht weghalen").await;
    story.says(".flash", "Het bericht is weggehaald.").await;
    settle(&[&a, &b]).await;
    for (app, member, path) in [(&a, &noor, question.path()), (&b, &bram, copy.clone())] {
        story.becomes(app, member, &path).await;
        story.says("main", "Hoe houden jullie jongeren in beeld?").await;
        story.keeps_quiet_about("mevrouw De Vries").await;
    }

    // Sanne reads why, sees her own words and objects.
    story.becomes(&a, &sanne, "/notifications").await;
    story.press("Een moderator heeft je bericht weggehaald").await;
    story.says(".notice .reason", "Noem geen namen van cliënten.").await;
    story.press("Het weggehaalde bericht lezen").await;
    story.says(".notice .body", WORDS).await;
    story.look("removed").await;
    story.press("Bezwaar maken").await;
    story.fill("words", "Mevrouw De Vries is onze wethouder, geen cliënt.").await;
    story.look("objection").await;
    story.press("Bezwaar versturen").await;
    story.says(".flash", "Je bezwaar is verstuurd.").await;
    story.says("main", "Je bezwaar is ontvangen.").await;

    // Who removed it does not decide; Vera does.
    story.becomes(&a, &omar, "/notifications").await;
    story.keeps_quiet_about("bezwaar").await;
    story.open(&a, "/moderation").await;
    story.press("Beslissen").await;
    story.says("main", "beslist een andere moderator of beheerder").await;
    story.becomes(&a, &vera, "/notifications").await;
    story.press("Iemand heeft bezwaar gemaakt.").await;
    story.says("h1", "Moderatie").await;
    story.press("Beslissen").await;
    story.says("main", "Mevrouw De Vries is onze wethouder").await;
    story.says("main", WORDS).await;
    story.choose("decision", "uphold").await;
    story.fill("answer", "Je hebt gelijk, dat wist Omar niet.").await;
    story.look("decide").await;
    story.press("Beslissen").await;
    story.says(".flash", "Je beslissing is verstuurd.").await;
    settle(&[&a, &b]).await;

    // It is back in both places, and everybody heard.
    for (app, member, path) in [(&a, &noor, question.path()), (&b, &bram, copy)] {
        story.becomes(app, member, &path).await;
        story.says(".answer", WORDS).await;
        story.keeps_quiet_about("Weggehaald door een moderator").await;
    }
    story.becomes(&a, &noor, "/notifications").await;
    story.says("main", "Er is iets gedaan met wat je hebt gemeld.").await;
    story.becomes(&a, &sanne, "/notifications").await;
    story.says("main", "Je bezwaar is gegrond. Antwoord: Je hebt gelijk, dat wist Omar niet.").await;
    story.look("told").await;
    story.press("Je bezwaar is gegrond.").await;
    story.says(".answer", WORDS).await;
    story.open(&a, "/c/jeugd").await;
    story.press("Logboek van moderatie").await;
    story.says("main", "Bericht weggehaald").await;
    story.says("main", "Het bezwaar is gegrond.").await;
    // What was said to her alone is not for everybody.
    for words in ["mevrouw De Vries", "wethouder", "dat wist Omar niet"] {
        story.keeps_quiet_about(words).await;
    }
    story.look("log").await;
    let _ = answer;
    story.browser.quit().await;
    settle(&[&a, &b]).await;
    a.finish().await;
    b.finish().await;
}
