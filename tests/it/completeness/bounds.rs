//! Homes that answer as nobody should, or that would have us knock on the doors of others.

use meent::federation::budget::AN_HOUR;
use meent::model::Time;
use serde_json::{Value, json};

use super::{Home, PUBLIC, ids};
use crate::on_both;
use crate::support::On;
use crate::support::peer::{ACTIVITY_JSON, Page, Peer};

/// A thread whose context is at `path`, and that is here.
async fn thread(home: &Home, path: &str) -> Value {
    let root = home.root("/post/1", &json!({"context": home.peer.at(path)}));
    home.announce(1, &root["id"]).await;
    root
}

/// Checks it until that is over, and says how often the home was asked.
async fn asked(home: &Home, root: &Value) -> usize {
    let before = home.peer.all_gets();
    home.check(root).await;
    assert_eq!(home.state(root).await.state, "done", "{:?}", home.state(root).await);
    home.peer.all_gets() - before
}

on_both! {
    async fn t_75_a_list_without_end_comes_to_an_end(on: On) {
        let home = Home::start(on).await;
        let root = thread(&home, "/lang?page=0").await;
        let host = home.peer.host.clone();
        home.peer.serve_with(move |path| {
            let number: u64 = path.strip_prefix("/lang?page=")?.parse().ok()?;
            let at = |path: &str, number: u64| format!("http://{host}{path}{number}");
            let items: Vec<String> = (0..60).map(|item| at("/niets/", number * 60 + item)).collect();
            Some(json!({"id": at("/lang?page=", number), "type": "OrderedCollectionPage", "totalItems": 1_000_000_000_i64,
                        "next": at("/lang?page=", number + 1), "orderedItems": items}))
        });
        let gets = asked(&home, &root).await;
        assert!(gets < 600, "{gets}");
        assert_eq!(home.app.number("SELECT COUNT(*) FROM thread_item").await, 0);
        home.finish().await;
    }
}

#[tokio::test]
async fn t_75_pages_that_lead_to_themselves_are_read_once() {
    let home = Home::start(On::Sqlite).await;
    let root = thread(&home, "/rond").await;
    let note = home.note("/comment/1", &root);
    let page = |id: &str, next: &str| json!({"id": home.peer.at(id), "type": "OrderedCollectionPage", "next": home.peer.at(next), "totalItems": 1_000_000_000_i64, "orderedItems": ids(&[&root, &note])});
    home.peer.serve_at("/rond", &page("/rond", "/rond"));
    assert!(asked(&home, &root).await < 6);
    assert!(home.known(&note).await.is_some());
    home.peer.serve_at("/rond", &page("/rond", "/rond?2"));
    home.peer.serve_at("/rond?2", &page("/rond?2", "/rond"));
    assert!(asked(&home, &root).await < 6);
    // One that is its own first page, and one whose pages lie elsewhere.
    let other = Peer::start("derden").await;
    home.peer.serve_at("/rond", &json!({"id": home.peer.at("/rond"), "type": "Collection", "first": home.peer.at("/rond")}));
    assert!(asked(&home, &root).await < 12);
    home.peer
        .serve_at("/rond", &json!({"id": home.peer.at("/rond"), "type": "Collection", "first": other.at("/1"), "next": other.at("/2")}));
    assert!(asked(&home, &root).await < 12);
    assert_eq!(other.all_gets(), 0);
    home.finish().await;
}

#[tokio::test]
async fn t_75_a_million_items_are_not_all_looked_at() {
    let home = Home::start(On::Sqlite).await;
    let root = thread(&home, "/veel").await;
    // More than we read of a document: nothing of it counts.
    let items: Vec<String> = (0..1_000_000).map(|number| number.to_string()).collect();
    home.peer.serve_at(
        "/veel",
        &json!({"id": home.peer.at("/veel"), "type": "OrderedCollection", "totalItems": 1_000_000, "orderedItems": items}),
    );
    assert!(asked(&home, &root).await < 12);
    // As many as fit into one, none of which is there; and a body without end.
    let items: Vec<String> = (0..20_000).map(|number| home.peer.at(&format!("/x/{number}"))).collect();
    home.peer.serve_at("/veel", &json!({"id": home.peer.at("/veel"), "type": "OrderedCollection", "totalItems": 1, "orderedItems": items}));
    let gets = asked(&home, &root).await;
    assert!(gets < 200, "{gets}");
    home.peer.page("/veel", Page::Endless);
    assert!(asked(&home, &root).await < 12);
    home.finish().await;
}

on_both! {
    async fn t_76_replies_in_a_circle_come_to_an_end(on: On) {
        let home = Home::start(on).await;
        let root = thread(&home, "/kring").await;
        let at = |number: u32| json!({"id": home.peer.at(&format!("/comment/{number}"))});
        let (one, two) = (home.note("/comment/1", &at(2)), home.note("/comment/2", &at(1)));
        let own = home.note("/comment/3", &at(3));
        let good = home.note("/comment/4", &root);
        home.peer.serve_at("/kring", &json!({"id": home.peer.at("/kring"), "type": "OrderedCollection", "orderedItems": ids(&[&root, &one, &two, &own, &good])}));
        let gets = asked(&home, &root).await;
        assert!(gets < 30, "{gets}");
        assert_eq!(home.replies(&root).await.len(), 1, "only the one that hangs on the thread");
        home.finish().await;
    }
}

#[tokio::test]
async fn t_76_lists_of_replies_in_a_circle_come_to_an_end() {
    let home = Home::start(On::Sqlite).await;
    let root = home.root("/post/1", &json!({"replies": home.peer.at("/post/1/replies")}));
    home.announce(1, &root["id"]).await;
    let mut notes: Vec<Value> = vec![root.clone()];
    for number in 1..5 {
        let mut note = home.note_of(&home.els, &format!("/comment/{number}"), &notes[number - 1]);
        note["replies"] = json!(home.peer.at(&format!("/comment/{number}/replies")));
        home.peer.serve(&note);
        notes.push(note);
    }
    let all: Vec<&Value> = notes.iter().collect();
    for note in &all {
        let id = note["replies"].as_str().expect("a list");
        home.peer.serve(&json!({"id": id, "type": "Collection", "items": ids(&all), "first": id}));
    }
    let gets = asked(&home, &root).await;
    assert!(gets < 30, "{gets}");
    assert_eq!(home.replies(&root).await.len(), 4);
    home.finish().await;
}

#[tokio::test]
async fn t_76_a_chain_that_is_too_long_is_left_out() {
    let home = Home::start(On::Sqlite).await;
    let root = thread(&home, "/diep").await;
    let (host, by, group) = (home.peer.host.clone(), home.els.id.clone(), home.group.id.clone());
    home.peer.serve_with(move |path| {
        let number: u64 = path.strip_prefix("/keten/")?.parse().ok()?;
        let at = |number: u64| format!("http://{host}/keten/{number}");
        Some(json!({"id": at(number), "type": "Note", "attributedTo": by, "content": "Dieper", "inReplyTo": at(number + 1), "to": [PUBLIC, group]}))
    });
    home.peer.serve_at("/diep", &json!({"id": home.peer.at("/diep"), "type": "Collection", "items": [home.peer.at("/keten/1")]}));
    let gets = asked(&home, &root).await;
    assert!(gets < 70, "{gets}");
    assert!(home.replies(&root).await.is_empty());
    home.finish().await;
}

on_both! {
    async fn t_77_a_list_does_not_make_us_knock_on_a_strangers_door(on: On) {
        let home = Home::start(on).await;
        let root = thread(&home, "/slachtoffer").await;
        let victim = Peer::start("slachtoffer").await;
        let listed: Vec<String> = (0..400).map(|number| victim.at(&format!("/post/{number}"))).collect();
        // The same door again: what our own replies are said to answer.
        let mut items: Vec<Value> = listed.iter().map(|id| json!(id)).collect();
        items.extend((0..300).map(|number| home.note_of(&home.els, &format!("/comment/{number}"), &json!({"id": victim.at(&format!("/ouder/{number}"))}))));
        home.peer.serve_at("/slachtoffer", &json!({"id": home.peer.at("/slachtoffer"), "type": "Collection", "items": items}));
        asked(&home, &root).await;
        let first = victim.all_gets();
        assert!(first <= 80, "{first}");
        // Whatever is asked for in one hour, it stays within what one server may be asked for others.
        for _ in 0..4 {
            asked(&home, &root).await;
        }
        assert!(victim.all_gets() <= AN_HOUR as usize, "{}", victim.all_gets());
        home.finish().await;
    }

    async fn who_is_gone_says_nothing_more_whoever_has_it(on: On) {
        let home = Home::start(on).await;
        let root = thread(&home, "/weg").await;
        let tom = home.peer.actor("Person", "/u/tom");
        let [before, late, listed] = [1, 2, 3].map(|number| home.note_of(&tom, &format!("/comment/{number}"), &root));
        for note in [&before, &late, &listed] {
            home.peer.serve(note);
        }
        home.announce(2, &before["id"]).await;
        assert!(home.known(&before).await.is_some());
        home.peer.gone("/u/tom");
        assert_eq!(tom.sends(&home.app, &tom.says("Delete", 1, &json!(tom.id))).await, 202);
        home.app.run_jobs().await;
        assert!(home.known(&before).await.is_none_or(|post| post.is_deleted()));
        home.announce(3, &late["id"]).await;
        home.peer.serve_at("/weg", &json!({"id": home.peer.at("/weg"), "type": "Collection", "items": ids(&[&listed])}));
        asked(&home, &root).await;
        assert!(home.known(&late).await.is_none() && home.known(&listed).await.is_none());
        assert!(home.replies(&root).await.is_empty());
        // Tried a few times more, in case the words came before their author, and then given up.
        for _ in 0..12 {
            home.app.clock.advance(Time::DAY);
            home.app.run_jobs().await;
        }
        assert!(home.known(&late).await.is_none());
        home.finish().await;
    }

    async fn t_77_who_was_asked_often_enough_is_left_alone_for_the_hour(on: On) {
        let home = Home::start(on).await;
        let root = thread(&home, "/vaak").await;
        let victim = Peer::start("slachtoffer").await;
        let moved = victim.actor("Person", "/u/elsje");
        let mut document = moved.document("Person");
        document["alsoKnownAs"] = json!([home.els.id]);
        victim.serve(&document);
        let taken = (0..2 * AN_HOUR).filter(|_| home.app.fed.budget.take(&victim.host, home.app.clock.now())).count();
        assert_eq!(taken, AN_HOUR as usize);
        home.peer.serve_at("/vaak", &json!({"id": home.peer.at("/vaak"), "type": "Collection", "items": [victim.at("/post/1")]}));
        asked(&home, &root).await;
        let mut goes = home.els.says("Move", 1, &json!(home.els.id));
        goes["target"] = json!(moved.id);
        assert_eq!(home.els.sends(&home.app, &goes).await, 202);
        home.app.run_jobs().await;
        assert_eq!(victim.all_gets(), 0);
        // Nothing of it is lost.
        home.app.clock.advance(Time::HOUR);
        home.app.run_jobs().await;
        assert!(victim.gets("/u/elsje") > 0);
        assert_eq!(home.app.actor(&moved.id).await.name, "elsje");
        home.finish().await;
    }

    async fn t_77_a_stranger_that_does_not_answer_is_not_asked_for_everything(on: On) {
        let home = Home::start(on).await;
        let root = thread(&home, "/traag").await;
        let other = Peer::start("traag").await;
        let listed: Vec<String> = (0..100).map(|number| other.at(&format!("/comment/{number}"))).collect();
        other.serve_with(|_| None);
        for number in 0..100 {
            other.page(&format!("/comment/{number}"), Page::Text { status: 503, kind: ACTIVITY_JSON.into(), body: String::new() });
        }
        let good = home.note("/comment/1", &root);
        let mut items: Vec<Value> = listed.iter().map(|id| json!(id)).collect();
        items.push(good["id"].clone());
        home.peer.serve_at("/traag", &json!({"id": home.peer.at("/traag"), "type": "Collection", "items": items}));
        asked(&home, &root).await;
        assert!(other.all_gets() <= 20, "{}", other.all_gets());
        assert!(home.known(&good).await.is_some(), "the rest is not held up");
        assert_eq!(home.state(&root).await.unreached, 100);
        home.finish().await;
    }

    async fn what_a_home_does_not_want_is_told_three_times_and_no_more(on: On) {
        let home = Home::start(on).await;
        let root = thread(&home, "/zonder").await;
        home.peer.serve_at("/zonder", &json!({"id": home.peer.at("/zonder"), "type": "OrderedCollection", "totalItems": 1, "orderedItems": ids(&[&root])}));
        let here = home.known(&root).await.expect("the thread");
        let ours = home.app.reply(&home.anna, &here, "Die willen jullie niet.").await;
        home.app.run_jobs().await;
        let said = || home.peer.inbox().iter().filter(|body| body.contains("\"Create\"") && body.contains(&ours.ap_id)).count();
        assert_eq!(said(), 1);
        for night in 1..6 {
            home.app.clock.advance(Time::DAY);
            home.check(&root).await;
            assert_eq!(said(), 1 + night.min(3), "night {night}");
        }
        // Where the list is not whole, nothing is concluded from it.
        home.finish().await;
    }

    async fn a_404_removes_nothing_and_what_is_here_is_looked_at_at_its_own_home(on: On) {
        let home = Home::start(on).await;
        let other = Peer::start("elders").await;
        let tom = other.actor("Person", "/u/tom");
        let root = thread(&home, "/lijst").await;
        let (away, gone) = (home.note("/comment/1", &root), home.note("/comment/2", &root));
        let theirs = home.note_of(&tom, "/comment/9", &root);
        other.serve(&theirs);
        let list = |items: Value| json!({"id": home.peer.at("/lijst"), "type": "Collection", "items": items});
        home.peer.serve_at("/lijst", &list(ids(&[&root, &away, &gone, &theirs])));
        home.check(&root).await;
        assert_eq!(home.replies(&root).await.len(), 3);
        // The home names nothing any more; two are gone in two ways, the third never said so.
        home.peer.serve_at("/lijst", &list(ids(&[&root])));
        home.peer.page("/comment/1", Page::Text { status: 404, kind: ACTIVITY_JSON.into(), body: String::new() });
        home.peer.serve_at("/comment/2", &json!({"id": gone["id"], "type": "Tombstone"}));
        home.check(&root).await;
        assert!(!home.known(&away).await.expect("it stays").is_deleted());
        assert!(!home.known(&theirs).await.expect("it stays").is_deleted());
        assert!(home.known(&gone).await.expect("its place stays").is_deleted());
        home.finish().await;
    }

    async fn what_a_list_claims_of_others_is_asked_for_there(on: On) {
        let home = Home::start(on).await;
        let other = Peer::start("elders").await;
        let tom = other.actor("Person", "/u/tom");
        let root = thread(&home, "/lijst").await;
        let real = home.note_of(&tom, "/comment/1", &root);
        other.serve(&real);
        let mut forged = real.clone();
        forged["content"] = json!("<p>Verzonnen</p>");
        let mut invented = home.note_of(&tom, "/comment/2", &root);
        invented["content"] = json!("<p>Verzonnen</p>");
        // And a thread of another group does not come in with it.
        let mut strange = home.post(&home.els, "Page", "/post/7");
        (strange["to"], strange["audience"]) = (json!([home.peer.at("/c/anders"), PUBLIC]), json!(home.peer.at("/c/anders")));
        home.peer.serve(&strange);
        let below = home.note("/comment/8", &strange);
        home.peer.serve_at("/lijst", &json!({"id": home.peer.at("/lijst"), "type": "Collection", "items": [forged, invented, strange["id"], below["id"]]}));
        home.check(&root).await;
        let here = home.replies(&root).await;
        assert_eq!(here.len(), 1);
        assert!(here[0].html.contains("/comment/1"), "{}", here[0].html);
        assert!(home.known(&strange).await.is_none() && home.known(&below).await.is_none());
        home.finish().await;
    }
}
