//! The lists of each kind of software: whole or in pages, ids or objects, of the thread or of each reply.

use serde_json::{Value, json};

use super::{Home, ids};
use crate::on_both;
use crate::support::On;

/// Checks the thread and says that all of these are here, each below what it answers.
async fn all_come_in(home: &Home, root: &Value, notes: &[&Value]) {
    home.announce(1, &root["id"]).await;
    assert!(home.replies(root).await.is_empty(), "nobody has said anything of them");
    home.check(root).await;
    assert_eq!(home.replies(root).await.len(), notes.len(), "{:?}", home.state(root).await);
    for note in notes {
        let here = home.known(note).await.unwrap_or_else(|| panic!("it is missing: {note}"));
        let parent = home.known(&json!({"id": note["inReplyTo"]})).await.expect("what it answers");
        assert_eq!(here.parent_id, Some(parent.id), "{note}");
    }
    let state = home.state(root).await;
    assert!(state.state == "done" && state.outcome.is_empty() && state.elsewhere + state.unreached == 0, "{state:?}");
    assert!(home.known(root).await.expect("the thread").checked_at.is_some());
}

on_both! {
    async fn a_context_of_ids_as_lemmy_has(on: On) {
        let home = Home::start(on).await;
        let root = home.root("/post/1", &json!({"context": home.peer.at("/post/1/context")}));
        let first = home.note("/comment/1", &root);
        let second = home.note("/comment/2", &first);
        let third = home.note("/comment/3", &second);
        // Not even in order.
        home.peer.serve_at("/post/1/context", &json!({
            "id": home.peer.at("/post/1/context"), "type": "OrderedCollection", "attributedTo": home.group.id, "totalItems": 4,
            "orderedItems": ids(&[&root, &third, &first, &second]),
        }));
        all_come_in(&home, &root, &[&first, &second, &third]).await;
        home.finish().await;
    }

    async fn replies_with_the_notes_in_them_as_piefed_has(on: On) {
        let home = Home::start(on).await;
        let root = home.root("/post/1", &json!({"replies": home.peer.at("/post/1/replies")}));
        let mut notes = Vec::new();
        let mut parent = root.clone();
        for number in 0..120 {
            let note = home.note_of(&home.els, &format!("/comment/{number}"), &parent);
            if number % 3 == 0 { parent = note.clone(); }
            notes.push(note);
        }
        home.peer.serve_at("/post/1/replies", &json!({
            "id": home.peer.at("/post/1/replies"), "type": "OrderedCollection", "totalItems": 120, "orderedItems": notes,
        }));
        let before = home.peer.all_gets();
        all_come_in(&home, &root, &notes.iter().collect::<Vec<_>>()).await;
        assert!(home.peer.all_gets() - before < 10, "what stands in the list is not asked for: {}", home.peer.all_gets() - before);
        home.finish().await;
    }

    async fn a_topic_in_pages_as_nodebb_has(on: On) {
        let home = Home::start(on).await;
        let root = home.root("/post/1", &json!({"context": home.peer.at("/topic/12"), "replies": home.peer.at("/post/1/replies"), "inReplyTo": null}));
        let notes: Vec<Value> = (2..9).map(|number| home.note(&format!("/post/{number}"), &root)).collect();
        let at = |page: usize| home.peer.at(&format!("/topic/12?page={page}"));
        home.peer.serve_at("/topic/12", &json!({
            "id": home.peer.at("/topic/12"), "type": "OrderedCollection", "totalItems": 8, "first": at(1), "last": at(3),
        }));
        let all: Vec<&Value> = std::iter::once(&root).chain(&notes).collect();
        for (number, part) in (1..).zip(all.chunks(3)) {
            let mut page = json!({"id": at(number), "type": "OrderedCollectionPage", "partOf": home.peer.at("/topic/12"), "orderedItems": ids(part)});
            if number < 3 { page["next"] = json!(at(number + 1)); }
            if number > 1 { page["prev"] = json!(at(number - 1)); }
            home.peer.serve_at(&format!("/topic/12?page={number}"), &page);
        }
        all_come_in(&home, &root, &notes.iter().collect::<Vec<_>>()).await;
        assert_eq!(home.peer.gets("/post/1/replies"), 0, "the list was whole");
        home.finish().await;
    }

    async fn a_collection_of_objects_and_of_activities_as_discourse_has(on: On) {
        let home = Home::start(on).await;
        let root = home.root("/ap/object/aa", &json!({"context": home.peer.at("/ap/collection/12ab")}));
        let first = home.note_of(&home.els, "/ap/object/bb", &root);
        let second = home.note("/ap/object/cc", &first);
        let create = json!({"id": home.peer.at("/ap/activity/1"), "type": "Create", "actor": home.els.id, "object": first});
        home.peer.serve_at("/ap/collection/12ab", &json!({
            "id": home.peer.at("/ap/collection/12ab"), "type": "OrderedCollection", "totalItems": 3, "orderedItems": [root, create, second["id"]],
        }));
        all_come_in(&home, &root, &[&first, &second]).await;
        home.finish().await;
    }

    async fn a_context_collection_and_replies_with_the_first_page_in_them_as_mastodon_has(on: On) {
        let home = Home::start(on).await;
        // The newer one lists the thread.
        let root = home.root("/post/1", &json!({"context": home.peer.at("/contexts/1-2"), "conversation": "tag:thuis,2026:objectId=1"}));
        let first = home.note("/comment/1", &root);
        let second = home.note("/comment/2", &first);
        let list = json!({"id": home.peer.at("/contexts/1-2/items"), "type": "CollectionPage", "partOf": home.peer.at("/contexts/1-2"), "items": ids(&[&root, &first, &second])});
        home.peer.serve_at("/contexts/1-2", &json!({"id": home.peer.at("/contexts/1-2"), "type": "Collection", "first": list}));
        all_come_in(&home, &root, &[&first, &second]).await;
        home.finish().await;
    }

    async fn replies_of_replies_are_walked_over_as_older_mastodon_has(on: On) {
        let home = Home::start(on).await;
        let other = crate::support::peer::Peer::start("elders").await;
        let tom = other.actor("Person", "/u/tom");
        // Its context is no list, and every post says where its own replies are: the first page holds those of the author.
        let replies = |of: &str, own: &[&Value]| json!({
            "id": home.peer.at(&format!("{of}/replies")), "type": "Collection",
            "first": {"type": "CollectionPage", "partOf": home.peer.at(&format!("{of}/replies")), "items": ids(own),
                      "next": home.peer.at(&format!("{of}/replies?only_other_accounts=true&page=true"))},
        });
        let others = |of: &str, theirs: &[&Value]| home.peer.serve_at(&format!("{of}/replies?only_other_accounts=true&page=true"), &json!({
            "id": home.peer.at(&format!("{of}/replies?only_other_accounts=true&page=true")), "type": "CollectionPage", "items": ids(theirs),
        }));
        let mut root = home.post(&home.els, "Page", "/post/1");
        root["context"] = json!(home.peer.at("/contexts/none"));
        let own = home.note("/comment/1", &root);
        let mut elsewhere = home.note_of(&tom, "/comment/2", &own);
        let deep = home.note("/comment/3", &elsewhere);
        elsewhere["replies"] = json!(other.at("/comment/2/replies"));
        other.serve(&elsewhere);
        other.serve(&json!({"id": other.at("/comment/2/replies"), "type": "Collection", "items": ids(&[&deep])}));
        root["replies"] = replies("/post/1", &[]);
        home.peer.serve(&root);
        home.peer.serve_at("/post/1/replies", &replies("/post/1", &[]));
        others("/post/1", &[&own]);
        let mut own_served = own.clone();
        own_served["replies"] = replies("/comment/1", &[]);
        home.peer.serve(&own_served);
        home.peer.serve_at("/comment/1/replies", &replies("/comment/1", &[]));
        others("/comment/1", &[&elsewhere]);
        all_come_in(&home, &root, &[&own, &elsewhere, &deep]).await;
        home.finish().await;
    }

    async fn an_orphan_brings_what_is_above_it_and_then_the_thread(on: On) {
        let home = Home::start(on).await;
        let root = home.root("/post/1", &json!({"context": home.peer.at("/post/1/context")}));
        let first = home.note("/comment/1", &root);
        let second = home.note("/comment/2", &first);
        let orphan = home.note("/comment/3", &second);
        let sister = home.note("/comment/4", &root);
        home.peer.serve_at("/post/1/context", &json!({
            "id": home.peer.at("/post/1/context"), "type": "OrderedCollection", "totalItems": 5,
            "orderedItems": ids(&[&root, &first, &second, &orphan, &sister]),
        }));
        // Nothing of this thread was ever announced here, until this.
        home.announce(1, &home.els.says("Create", 1, &orphan)).await;
        for post in [&root, &first, &second, &orphan, &sister] {
            assert!(home.known(post).await.is_some(), "{post}");
        }
        assert_eq!(home.state(&root).await.state, "done");
        home.finish().await;
    }
}
