//! The foot of a thread: what it says, to whom, and how often a thread may be checked.

use meent::model::Time;
use meent::ops::comparing;
use serde_json::{Value, json};
use thirtyfour::Cookie;

use super::{Home, ids};
use crate::on_both;
use crate::support::On;
use crate::support::browser::Browser;
use crate::support::peer::{ACTIVITY_JSON, Page, Peer};
use crate::support::visitor::Visitor;

/// A thread with four replies at its home: one of Els, one of a server that is blocked here, one of a server that is away,
/// and one that is there no more.
async fn thread(home: &Home, blocked: &Peer, away: &Peer) -> Value {
    let root = home.root("/post/1", &json!({"context": home.peer.at("/lijst"), "name": "Wie kent een tussenwoning voor jongeren?"}));
    let own = home.note("/comment/1", &root);
    let (tom, ada) = (blocked.actor("Person", "/u/tom"), away.actor("Person", "/u/ada"));
    let (of_tom, of_ada) = (home.note_of(&tom, "/comment/2", &root), home.note_of(&ada, "/comment/3", &own));
    away.page("/comment/3", Page::Text { status: 403, kind: ACTIVITY_JSON.into(), body: String::new() });
    let lost = json!({"id": home.peer.at("/comment/4")});
    home.peer.serve_at(
        "/lijst",
        &json!({"id": home.peer.at("/lijst"), "type": "OrderedCollection", "orderedItems": ids(&[&root, &own, &of_tom, &of_ada, &lost])}),
    );
    home.block(&blocked.host).await;
    home.announce(1, &root["id"]).await;
    root
}

on_both! {
    async fn the_foot_says_how_it_stands_and_lets_members_check(on: On) {
        let home = Home::start(on).await;
        let (blocked, away) = (Peer::start("geweerd").await, Peer::start("weg").await);
        let root = thread(&home, &blocked, &away).await;
        let path = home.known(&root).await.expect("the thread").path();
        let mut anna = Visitor::logged_in(&home.app, &home.anna).await;
        // The first look begins it.
        let page = anna.get(&path).await;
        assert!(page.body.contains("Dit gesprek wordt nu gecontroleerd.") && page.body.contains("Kijk of het klaar is"), "{}", page.body);
        assert!(!page.body.contains("Nu controleren"));
        let csrf = page.value("csrf");
        let again = anna.post(&format!("{path}/check"), &[("csrf", &csrf)]).await;
        assert_eq!(again.leads_to(), format!("{path}#volledig"));
        assert!(anna.get(&path).await.body.contains("Dit gesprek wordt al gecontroleerd."));
        home.runs().await;
        let page = anna.get(&path).await.body;
        assert!(page.contains("Hier staat 1 antwoord of reactie.") && page.contains("minuten geleden</time>"), "{page}");
        assert!(page.contains("nog 1 reactie van een omgeving waarmee wij niet verbonden zijn"), "{page}");
        assert!(page.contains("1 reactie konden we niet ophalen") && page.contains("Nu controleren"), "{page}");
        assert_eq!(blocked.all_gets(), 0, "who is blocked is not asked");
        // Too soon; and by itself not within the hour.
        let gets = home.peer.all_gets();
        anna.post(&format!("{path}/check"), &[("csrf", &csrf)]).await;
        assert!(anna.get(&path).await.body.contains("minder dan tien minuten geleden gecontroleerd"));
        home.app.run_jobs().await;
        assert_eq!(home.peer.all_gets(), gets);
        home.app.clock.advance(10 * Time::MINUTE);
        anna.post(&format!("{path}/check"), &[("csrf", &csrf)]).await;
        assert!(anna.get(&path).await.body.contains("We controleren dit gesprek nu."));
        home.runs().await;
        assert!(home.peer.all_gets() > gets);
        // Visitors read it, without the button, and have no say in English either.
        let mut visitor = Visitor::of(&home.app);
        let page = visitor.get(&path).await.body;
        assert!(page.contains("id=\"volledig\"") && !page.contains("Nu controleren"), "{page}");
        let page = visitor.get_with(&path, &[("accept", "text/html"), ("accept-language", "en")]).await.body;
        assert!(page.contains("There is 1 answer or comment here.") && page.contains("1 more comment there"), "{page}");
        assert_eq!(visitor.post(&format!("{path}/check"), &[("csrf", &csrf)]).await.status, 401);
        home.finish().await;
    }

    async fn looks_count_once_an_hour_and_those_of_visitors_are_few(on: On) {
        let home = Home::start(on).await;
        let mut threads = Vec::new();
        for number in 0..70 {
            let root = home.root(&format!("/post/{number}"), &json!({}));
            home.announce(number, &root["id"]).await;
            threads.push(root);
        }
        let mut visitor = Visitor::of(&home.app);
        for root in &threads {
            visitor.get(&home.known(root).await.expect("the thread").path()).await;
        }
        let asked = "SELECT COUNT(*) FROM job WHERE kind = 'check_thread'";
        assert_eq!(home.app.number(asked).await, 60, "what crawlers look at does not keep us busy");
        home.app.run_jobs().await;
        let gets = home.peer.gets("/post/3");
        visitor.get(&home.known(&threads[3]).await.expect("the thread").path()).await;
        home.app.run_jobs().await;
        assert_eq!(home.peer.gets("/post/3"), gets);
        home.app.clock.advance(Time::HOUR);
        visitor.get(&home.known(&threads[3]).await.expect("the thread").path()).await;
        home.app.run_jobs().await;
        assert_eq!(home.peer.gets("/post/3"), gets + 1);
        home.finish().await;
    }

    async fn a_home_that_is_silent_or_refused_is_said_so(on: On) {
        let home = Home::start(on).await;
        let root = home.root("/post/1", &json!({}));
        home.announce(1, &root["id"]).await;
        let known = home.known(&root).await.expect("the thread");
        home.peer.page("/post/1", Page::Text { status: 503, kind: ACTIVITY_JSON.into(), body: String::new() });
        comparing::ask(&home.app.core, &home.anna, &known).await.expect("asked");
        home.runs().await;
        let mut anna = Visitor::logged_in(&home.app, &home.anna).await;
        let page = anna.get(&known.path()).await.body;
        assert!(page.contains(&format!("De laatste keer gaf {} geen antwoord.", home.peer.host)) && page.contains("Nu controleren"), "{page}");
        home.block(&home.peer.host).await;
        home.app.clock.advance(Time::HOUR);
        anna.get(&known.path()).await;
        home.runs().await;
        let page = anna.get(&known.path()).await.body;
        assert!(page.contains("Deze omgeving is niet verbonden met") && !page.contains("Nu controleren"), "{page}");
        home.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_foot_can_be_used_by_everybody() {
    let home = Home::start(On::Sqlite).await;
    let (blocked, away) = (Peer::start("geweerd").await, Peer::start("weg").await);
    let root = thread(&home, &blocked, &away).await;
    let path = home.known(&root).await.expect("the thread").path();
    let mut anna = Visitor::logged_in(&home.app, &home.anna).await;
    let browser = Browser::start(1280, 900).await;
    browser.goto(&home.app.core.urls.at("/about")).await;
    browser.driver.add_cookie(Cookie::new("meent", anna.cookies["meent"].clone())).await.expect("a cookie");
    for (name, done) in [("busy", false), ("done", true)] {
        if done {
            anna.get(&path).await;
            home.runs().await;
        }
        for (width, file) in [(1280, "desktop"), (390, "phone")] {
            browser.resize(width, 900).await;
            browser.goto(&format!("{}?seen={name}{width}#volledig", home.app.core.urls.at(&path))).await;
            browser.screenshot(&format!("completeness-{name}-{file}")).await;
            assert_eq!(browser.beyond_the_edge().await, 0, "{name} at {width}");
            assert_eq!(browser.axe().await, Vec::<String>::new(), "{name} at {width}");
        }
    }
    home.app.clock.advance(Time::HOUR / 4);
    browser.click("#volledig button").await;
    assert!(browser.appears("#volledig strong").await.contains("wordt nu gecontroleerd"));
    browser.quit().await;
    home.runs().await;
    home.finish().await;
}
