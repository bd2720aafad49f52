//! The pages of groups, topics and lists in a real browser: nobody is kept out by them, on a desk and on a small phone.

use meent::db;
use meent::model::names::{About, Body, Name, Title};
use meent::model::{Actor, Clock, Post, PostKind, Tag, Time, Tried};
use meent::ops::{members, proposing, publishing, topics, trying, watching};
use thirtyfour::Cookie;

use crate::support::browser::Browser;
use crate::support::{On, START, TestApp};

async fn start(app: &TestApp, member: &Actor, group: &Actor, kind: PostKind, title: &str, body: &str, about: &[&str]) -> Post {
    let mut tx = app.core.db.begin().await.expect("a transaction");
    let (title, body) = (Title::parse(title).expect("a title"), Body::parse(body).expect("a text"));
    let post = publishing::ask(&app.core, &mut tx, member, group, kind, &title, &body, &[], "nl").await.expect("a thread");
    let tags: Vec<Tag> = about.iter().filter_map(|tag| Tag::parse(tag)).collect();
    topics::of_post(&app.core, &mut tx, post.id, &tags).await.expect("topics");
    app.core.commit(tx).await.expect("a commit");
    post
}

/// Logs somebody in behind the browser's back.
async fn log_in(browser: &Browser, app: &TestApp, member: &Actor) {
    let mut tx = app.core.db.begin().await.expect("a transaction");
    let token = members::start_session(&app.core, &mut tx, member.id).await.expect("a session");
    app.core.commit(tx).await.expect("a commit");
    browser.goto(&app.core.urls.at("/about")).await;
    browser.driver.delete_all_cookies().await.expect("cookies go");
    browser.driver.add_cookie(Cookie::new("meent", token)).await.expect("a cookie");
}

/// Looks at a page at three widths.
async fn look(browser: &Browser, app: &TestApp, name: &str, path: &str, wrong: &mut Vec<String>) {
    browser.resize(1280, 900).await;
    browser.goto(&app.core.urls.at(path)).await;
    browser.screenshot(&format!("groups-{name}-desktop")).await;
    wrong.extend(browser.axe().await.into_iter().map(|line| format!("{name}: {line}")));
    for (width, file) in [(390, Some("phone")), (320, None)] {
        browser.resize(width, 800).await;
        wrong.extend(browser.axe().await.into_iter().map(|line| format!("{name} at {width}: {line}")));
        let script = "return [document.documentElement.scrollWidth, innerWidth]";
        let (wide, visible): (i64, i64) =
            browser.driver.execute(script, Vec::new()).await.and_then(|sizes| sizes.convert()).expect("the page has a size");
        if wide > visible {
            wrong.push(format!("{name} is {wide} wide at {width}"));
        }
        if let Some(file) = file {
            browser.screenshot(&format!("groups-{name}-{file}")).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_of_groups_topics_and_lists_can_be_used_by_everybody() {
    let clock = Clock::manual(START);
    let app = TestApp::start(On::Sqlite, "a", &clock).await;
    let (bram, noor) = (app.member("bram", "Bram de Wit").await, app.member("noor", "Noor Jansen").await);
    let group = app.group("jeugd", "Jeugdhulp in de regio", &bram).await;
    let mut tx = app.core.db.begin().await.expect("a transaction");
    let said = db::groups::GroupPage {
        purpose: "Geen jongere raakt uit beeld als die achttien wordt.".into(),
        carried_by: "Regio Midden-Holland en zes gemeenten".into(),
        rules_source: String::new(),
        rules_html: "<ul>\n<li>Wees mild voor elkaar.</li>\n<li>Noem geen namen van cliënten.</li>\n</ul>\n".into(),
        agreed_source: String::new(),
        agreed_html: "<p>We antwoorden binnen <strong>een week</strong>.</p>\n".into(),
        review_at: Some(clock.now()),
        guests: false,
    };
    db::groups::set_page(&mut tx, group.id, &said).await.expect("a page");
    let about = [Tag::parse("Jeugdhulp").expect("a topic"), Tag::parse("18-plus").expect("a topic")];
    topics::of_actor(&app.core, &mut tx, group.id, &about).await.expect("topics");
    topics::of_actor(&app.core, &mut tx, noor.id, &about).await.expect("topics");
    let region = db::peer_groups::PeerGroup {
        ap_id: "https://vragen.oldambt.example/c/wonen".into(),
        host: "vragen.oldambt.example".into(),
        name: "wonen".into(),
        title: "Wonen met zorg".into(),
        about: "Voor iedereen die werkt aan wonen, zorg en wat daartussen valt.".into(),
        seen_at: clock.now(),
    };
    db::peer_groups::put(&mut tx, &region).await.expect("a group elsewhere");
    app.core.commit(tx).await.expect("a commit");
    let old =
        start(&app, &noor, &group, PostKind::Question, "Wie heeft een tussenwoning voor jongeren?", "Wij zoeken er drie.", &["wonen"])
            .await;
    clock.advance(8 * Time::DAY);
    let question = start(
        &app,
        &noor,
        &group,
        PostKind::Question,
        "Hoe houden jullie jongeren in beeld als ze achttien worden?",
        "Bij ons raakt een op de vijf uit beeld.",
        &["Jeugdhulp", "18-plus"],
    )
    .await;
    let practice = start(
        &app,
        &bram,
        &group,
        PostKind::Practice,
        "Eén vast gezicht tot drie maanden na de verjaardag",
        "Wij beginnen een half jaar van tevoren.",
        &["Jeugdhulp"],
    )
    .await;
    start(&app, &noor, &group, PostKind::Tip, "Bel op vrijdagochtend", "Dan is iedereen er.", &[]).await;
    start(&app, &bram, &group, PostKind::Announcement, "Nieuwe afspraken in de groep", "Lees ze even door.", &[]).await;
    let answer = app.reply(&bram, &question, "Wij bellen ze elke maand.").await;
    let mut tx = app.core.db.begin().await.expect("a transaction");
    for (member, tried, text) in [(&noor, Tried::Works, "Bij ons wel."), (&bram, Tried::Partly, "Na een maand.")] {
        let body = Body::parse(text).expect("a text");
        trying::tell(&app.core, &mut tx, member, &practice, tried, &body, "nl").await.expect("an experience");
    }
    watching::watch(&app.core, &mut tx, &bram, db::watches::WatchKind::Post, question.id.0, true).await.expect("following");
    app.core.commit(tx).await.expect("a commit");
    clock.advance(Time::MINUTE);
    app.edit(&noor, &question, Some("Hoe houden jullie jongeren in beeld na hun achttiende?"), "Bij ons raakt een op de drie uit beeld.")
        .await;
    app.useful(&noor, &practice, true).await;
    let mut tx = app.core.db.begin().await.expect("a transaction");
    let who = meent::ops::viewer(&app.core, &mut tx, Some(&bram), group.id).await.expect("a viewer");
    meent::ops::steering::pin(&app.core, &mut tx, who, &practice, true).await.expect("pinned");
    meent::ops::steering::lock(&app.core, &mut tx, who, &old, true).await.expect("locked");
    app.core.commit(tx).await.expect("a commit");
    app.run_jobs().await;

    let browser = Browser::start(1280, 900).await;
    let mut wrong = Vec::new();
    log_in(&browser, &app, &bram).await;
    let turned = format!("/post/{}", answer.root_id);
    let practice_path = practice.path();
    for (name, path) in [
        ("home", "/".to_owned()),
        ("unanswered", "/unanswered".into()),
        ("group", "/c/jeugd".into()),
        ("group-useful", "/c/jeugd?show=useful".into()),
        ("group-edit", "/c/jeugd/edit".into()),
        ("moderator-remove", format!("/c/jeugd/moderator/{}/remove", bram.id)),
        ("ask", "/c/jeugd/ask".into()),
        ("ask-practice", "/c/jeugd/ask?kind=practice".into()),
        ("thread", turned),
        ("thread-locked", old.path()),
        ("practice", practice_path.clone()),
        ("tried", format!("{practice_path}/tried")),
        ("history", format!("{}/history", question.path())),
        ("topics", "/topics".into()),
        ("topic", "/topic/jeugdhulp".into()),
        ("groups", "/groups".into()),
        ("region", "/groups/region/vragen.oldambt.example".into()),
        ("propose", "/groups/propose".into()),
        ("following", "/account/following".into()),
        ("member", "/u/noor".into()),
    ] {
        look(&browser, &app, name, &path, &mut wrong).await;
    }
    // An administrator's page of proposals, also with a mistake.
    let mut tx = app.core.db.begin().await.expect("a transaction");
    let (name, title) = (Name::parse("schulden").expect("a name"), Title::parse("Schulden en armoede").expect("a title"));
    let (about, reason) = (About::parse("Voor *schuldhulp*.").expect("a text"), About::parse("Wij missen dit.").expect("a text"));
    proposing::propose(&app.core, &mut tx, &noor, &name, &title, &about, &reason).await.expect("a proposal");
    app.core.commit(tx).await.expect("a commit");
    if let db::Db::Sqlite { write, .. } = &app.core.db {
        sqlx::query("UPDATE account SET admin = TRUE WHERE actor_id = $1").bind(bram.id).execute(write).await.expect("an administrator");
    }
    look(&browser, &app, "admin-groups", "/admin/groups", &mut wrong).await;
    browser.resize(1280, 900).await;
    browser.click(".refuse summary").await;
    browser.click(".refuse button").await;
    browser.says(".problems", "Schrijf waarom je het voorstel afwijst.").await;
    wrong.extend(browser.axe().await);
    browser.screenshot("groups-admin-mistake-desktop").await;
    // The menu opens without scripts, and what stands in it can be reached.
    browser.resize(1280, 900).await;
    browser.goto(&app.core.urls.at(&practice_path)).await;
    browser.click(".post > .acts .more summary").await;
    browser.says(".post > .acts .more ul", "Gesprek sluiten").await;
    wrong.extend(browser.axe().await);
    browser.screenshot("groups-menu-desktop").await;
    browser.click(".post > .acts .more form[action$='/lock'] button").await;
    browser.says(".flash", "gesloten").await;
    browser.quit().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    app.run_jobs().await;
    app.finish().await;
}
