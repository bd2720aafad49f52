//! A municipality gives its region its own colours and logo.

use std::path::Path;
use std::process::Command;

use image::ImageFormat;
use meent::model::Clock;
use tempfile::TempDir;

use crate::support::gallery::red_and_blue;
use crate::support::story::Story;
use crate::support::{On, START, TestApp};

/// Blue, as a municipality would have it; and the older names for the same.
const BLUE: &str = ":root {
  --basis-color-action-1-bg-default: #004b8d;
  --basis-color-action-1-bg-hover: #00366b;
  --basis-color-action-1-color-default: #ffffff;
  --basis-color-action-1-color-document: #004b8d;
}
body { display: none }";

/// The same with a yellow button that has white words.
const YELLOW: &str = ".gemeente-theme {
  --utrecht-button-primary-action-background-color: #ffd700;
  --utrecht-button-primary-action-color: #ffffff;
}";

const BUTTON: &str = "const s = getComputedStyle(document.querySelector('main .button.nl-button')); return s.backgroundColor + ' ' + getComputedStyle(document.body).display;";

/// What `meent theme check` says, and whether all is well.
fn check(file: &Path) -> (bool, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_meent")).env_clear().args(["theme", "check"]).arg(file).output().expect("it runs");
    (done.status.success(), String::from_utf8_lossy(&done.stdout).into_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_municipality_uses_its_own_colours_and_logo() {
    let app = TestApp::start(On::Sqlite, "a", &Clock::manual(START)).await;
    let sanne = app.somebody("sanne", "Sanne Bakker", true).await;
    app.group("jeugd", "Jeugdhulp in de regio", &sanne).await;
    let folder = TempDir::new().expect("a folder");
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    };
    let (blue, yellow) = (file("blauw.css", BLUE.as_bytes()), file("geel.css", YELLOW.as_bytes()));
    let (words, logo) =
        (file("brief.css", b"Beste collega, hierbij het thema."), file("logo.png", &red_and_blue(240, 120, ImageFormat::Png)));
    let story = Story::begin("theme").await;
    let visitor_sees = async |colour: &str| {
        story.leaves().await;
        story.open(&app, "/c/jeugd").await;
        assert_eq!(story.value(BUTTON).await, format!("{colour} flex"));
    };
    let ours = story_colour(&story, &app).await;

    story.becomes(&app, &sanne, "/admin").await;
    story.press("Regio").await;
    story.says("h1", "Regio").await;
    story.press("Kleuren en lettertype").await;
    story.says("h1", "Huisstijl").await;
    story.look("none").await;
    story.press("Bekijken").await;
    story.says(".problems", "In dit bestand staan geen regels").await;
    story.fill_file("theme", &words).await;
    story.press("Bekijken").await;
    story.says(".problems", "In dit bestand staan geen regels").await;

    // The first try can't be read: the page says where, the same as the command line does.
    story.fill_file("theme", &yellow).await;
    story.press("Bekijken").await;
    story.says("h1", "Zo ziet het eruit").await;
    story.says(".problems h2", "Dit is slecht te lezen").await;
    let (passes, said) = check(&yellow);
    assert!(!passes, "{said}");
    let low = said.lines().filter(|line| line.starts_with("LOW")).count();
    let shown = story.value("return `${document.querySelectorAll('.problems li').length}`").await;
    assert_eq!(shown, low.to_string(), "{said}");
    story.says(".problems", "1,4").await;
    story.browser.screenshot("story-theme-yellow-desktop").await;
    story.press("Annuleren").await;
    story.says("main", "Er staat een huisstijl klaar.").await;

    // The second can.
    story.fill_file("theme", &blue).await;
    story.press("Bekijken").await;
    story.says("main", "Alle kleuren zijn goed te lezen.").await;
    let (passes, said) = check(&blue);
    assert!(passes, "{said}");
    story.look("preview").await;
    let preview = "return getComputedStyle(document.querySelector('section .button.nl-button')).backgroundColor";
    assert_eq!(story.value(preview).await, "rgb(0, 75, 141)");
    // Only she sees it so far.
    visitor_sees(&ours).await;
    story.becomes(&app, &sanne, "/admin/theme").await;
    story.press("Er staat een huisstijl klaar.").await;
    story.press("Gebruiken").await;
    story.says(".flash", "De huisstijl is aangepast.").await;
    story.look("used").await;
    visitor_sees("rgb(0, 75, 141)").await;
    story.look("visitor").await;

    // Back to what it was, and forth.
    story.becomes(&app, &sanne, "/admin/theme").await;
    story.press("Vorige huisstijl terugzetten").await;
    story.says("main", "Deze omgeving gebruikt de kleuren van Meent.").await;
    visitor_sees(&ours).await;
    story.becomes(&app, &sanne, "/admin/theme").await;
    story.press("Vorige huisstijl terugzetten").await;
    story.says("main", "Deze omgeving gebruikt een eigen huisstijl.").await;
    visitor_sees("rgb(0, 75, 141)").await;

    // The logo.
    story.becomes(&app, &sanne, "/admin/region").await;
    story.press("Logo kiezen of veranderen").await;
    story.says("h1", "Logo van de omgeving").await;
    story.press("Opslaan").await;
    story.says(".problems", "Kies eerst een bestand.").await;
    story.fill_file("file", &logo).await;
    story.press("Opslaan").await;
    story.says(".flash", "Het logo staat bovenaan elke pagina.").await;
    story.look("logo").await;
    story.leaves().await;
    story.open(&app, "/").await;
    let seen = "const i = document.querySelector('.brand img'); return `${i && i.complete && i.naturalWidth > 0}`";
    assert_eq!(story.value(seen).await, "true");
    story.becomes(&app, &sanne, "/admin/logo").await;
    story.press("Logo weghalen").await;
    story.says("details[open]", "Bovenaan elke pagina staat dan weer het teken van Meent.").await;
    story.browser.click("main details button.danger").await;
    story.says(".flash", "Het logo is weggehaald.").await;
    story.leaves().await;
    story.open(&app, "/").await;
    story.says(".brand .mark", "").await;
    assert_eq!(story.value("return `${document.querySelectorAll('.brand img').length}`").await, "0");
    story.browser.quit().await;
    app.run_jobs().await;
    app.finish().await;
}

/// The colour of the first button without a theme.
async fn story_colour(story: &Story, app: &TestApp) -> String {
    story.open(app, "/c/jeugd").await;
    story.value(BUTTON).await.trim_end_matches(" flex").to_owned()
}
