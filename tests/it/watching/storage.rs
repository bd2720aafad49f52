//! The page about storage: what lies here and what goes, in both languages; and in a real browser.

use meent::db::settings;
use meent::model::{Clock, Time};
use meent::ops::{members, sizes, tidying};

use super::run;
use crate::moderation::make_admin;
use crate::on_both;
use crate::support::browser::Browser;
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp};

/// A region with something in it, that was tidied and measured once; and its administrator.
async fn region(on: On) -> (TestApp, meent::model::Actor) {
    let app = TestApp::start(on, "a", &Clock::manual(START)).await;
    let bram = app.member("bram", "Bram de Wit").await;
    make_admin(&app, &bram).await;
    let group = app.group("jeugd", "Jeugdhulp", &bram).await;
    app.ask(&bram, &group, "Een vraag", "Wie weet dit?").await;
    let mut tx = app.core.db.begin().await.unwrap();
    settings::set(&mut tx, settings::key::REGION_NAME, "Midden-Holland").await.unwrap();
    app.core.commit(tx).await.unwrap();
    (app, bram)
}

async fn tidied(app: &TestApp) {
    run(app, "INSERT INTO deed (ap_id, at) VALUES ('https://b.example/lock/1', 1)").await;
    tidying::tidy(&app.core).await.unwrap();
    sizes::measure(&app.core).await.unwrap();
}

on_both! {
    async fn the_page_says_what_lies_here_and_what_goes(on: On) {
        let (app, bram) = region(on).await;
        let mut visitor = Visitor::logged_in(&app, &bram).await;
        let page = visitor.get("/admin/storage").await.body;
        for words in ["Nog niet gemeten", "nog niet", "Er is er geen bekend."] {
            assert!(page.contains(words), "{words}: {page}");
        }
        tidied(&app).await;
        let made = START.plus(-Time::HOUR).0;
        run(&app, &format!("INSERT INTO setting (key, value) VALUES ('backup_good', '{{\"at\": {made}}}')")).await;
        let page = visitor.get("/admin/storage").await.body;
        for words in ["Berichten</th><td class=\"number\">1</td>", "Vrij op de schijf", "<code>keep.guest_days</code>", "90 dagen", "tot het verloopt",
            "Wat moderatoren elders zeiden en wat gedaan is</th><td>1095 dagen</td><td class=\"number\">1</td>", "<code>federation.remote_days</code>"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("Er is er geen bekend.") && !page.contains("storage-"), "{page}");
        visitor.cookies.insert("meent-language".into(), "en".into());
        let english = visitor.get("/admin/storage").await.body;
        assert!(english.contains("What is thrown away") && !english.contains("storage-"), "{english}");
        // Nobody else.
        let sanne = app.member("sanne", "Sanne Bakker").await;
        assert_eq!(Visitor::logged_in(&app, &sanne).await.get("/admin/storage").await.status, 403);
        app.run_jobs().await;
        app.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_can_be_read_by_everybody_on_a_desk_and_on_a_phone() {
    let (app, bram) = region(On::Sqlite).await;
    tidied(&app).await;
    let browser = Browser::start(1280, 900).await;
    let mut tx = app.core.db.begin().await.unwrap();
    let token = members::start_session(&app.core, &mut tx, bram.id).await.unwrap();
    app.core.commit(tx).await.unwrap();
    browser.goto(&app.core.urls.at("/about")).await;
    browser.cookie("meent", &token).await;
    let mut wrong = Vec::new();
    for (name, path) in [("storage", "/admin/storage"), ("error-number", "/nergens")] {
        browser.resize(1280, 900).await;
        browser.goto(&app.core.urls.at(path)).await;
        for (width, file) in [(1280, "desktop"), (390, "phone")] {
            browser.resize(width, 900).await;
            wrong.extend(browser.axe().await.into_iter().map(|line| format!("{name} at {width}: {line}")));
            let beyond = browser.beyond_the_edge().await;
            if beyond > 0 {
                wrong.push(format!("{name} is {beyond} px wider than {width}"));
            }
            browser.screenshot(&format!("{name}-{file}")).await;
        }
    }
    browser.quit().await;
    assert!(wrong.is_empty(), "{wrong:#?}");
    app.run_jobs().await;
    app.finish().await;
}
