//! What is wrapped in something else, taken back, or comes in the wrong order.

use serde_json::{Value, json};

use crate::federation::{PUBLIC, Scene};
use crate::on_both;
use crate::support::On;

on_both! {
    async fn t_22_nothing_is_unwrapped_twice(on: On) {
        let scene = Scene::start(on).await;
        let group = scene.followed_group("/c/buren").await;
        let mut post = scene.post_of(&scene.els, "Article", 1, "Diep verpakt");
        (post["to"], post["audience"]) = (json!([group.id, PUBLIC]), json!(group.id));
        let create = scene.els.says("Create", 1, &post);
        let announce = group.says("Announce", 90, &create);
        let list = json!({"id": scene.peer.at("/lijst"), "type": "OrderedCollection", "orderedItems": [create]});
        for (number, wrapped) in (1..).zip([
            announce.clone(),
            json!([announce]),
            json!([[create]]),
            json!([list]),
            json!({"type": "OrderedCollection", "orderedItems": [list]}),
            scene.els.says("Create", 91, &announce),
            scene.els.says("Create", 92, &create),
            scene.els.says("Update", 93, &announce),
            scene.els.says("Undo", 94, &scene.els.says("Undo", 95, &create)),
        ]) {
            scene.outcome(&group, &group.says("Announce", number, &wrapped)).await;
            assert!(scene.known(&post).await.is_none(), "{wrapped}");
        }
        // Nor by the one who wrote it, nor by asking for it.
        for (number, wrapped) in (1..).zip([scene.els.says("Create", 96, &create), scene.els.says("Create", 97, &announce)]) {
            scene.outcome(&scene.els, &scene.els.says("Create", 200 + number, &wrapped)).await;
        }
        let mut served = announce.clone();
        served["id"] = json!(scene.peer.at("/aankondiging"));
        scene.peer.serve(&served);
        scene.refused(&group, &group.says("Announce", 50, &served["id"]), "ignored", "not a kind").await;
        scene.wear_out().await;
        assert!(scene.known(&post).await.is_none());
        scene.finish().await;
    }

    async fn t_24_the_id_of_one_vote_does_not_take_back_another(on: On) {
        let scene = Scene::start(on).await;
        let els = &scene.els;
        let one = scene.app.ask(&scene.bram, &scene.group, "De ene vraag", "x").await;
        let other = scene.app.ask(&scene.bram, &scene.group, "De andere vraag", "x").await;
        let (like, second) = (els.says("Like", 1, &json!(one.ap_id)), els.says("Like", 2, &json!(other.ap_id)));
        for like in [&like, &second] {
            scene.done(els, like).await;
        }
        scene.later();
        // The id of the one with the object of the other; with another kind; as a Follow.
        let mut mixed = like.clone();
        mixed["object"] = json!(other.ap_id);
        scene.refused(els, &els.says("Undo", 3, &mixed), "failed", "something else").await;
        for (number, kind) in (4..).zip(["Follow", "Block", "Announce", "Create"]) {
            let mut mixed = like.clone();
            mixed["type"] = json!(kind);
            let (state, why) = scene.outcome(els, &els.says("Undo", number, &mixed)).await;
            assert_ne!(state, "done", "{kind}: {why}");
        }
        assert_eq!((scene.useful(&one).await, scene.useful(&other).await), (1, 1));
        scene.done(els, &els.says("Undo", 9, &like)).await;
        assert_eq!((scene.useful(&one).await, scene.useful(&other).await), (0, 1));
        scene.finish().await;
    }

    async fn t_26_who_where_and_when_stay_as_they_were(on: On) {
        let scene = Scene::start(on).await;
        let els = &scene.els;
        let question = scene.app.ask(&scene.bram, &scene.group, "Wie weet dit?", "x").await;
        let other = scene.app.ask(&scene.bram, &scene.group, "Iets anders", "x").await;
        scene.app.run_jobs().await;
        let mut reply = scene.reply_of(els, 1, &question.ap_id, "Wij wel");
        scene.done(els, &els.says("Create", 1, &reply)).await;
        let before = scene.copy(&reply).await;
        let elsewhere = scene.app.group("wonen", "Wonen", &scene.bram).await;
        scene.later();
        reply["inReplyTo"] = json!(other.ap_id);
        reply["context"] = json!(format!("{}/context", other.ap_id));
        reply["published"] = json!("2001-01-01T00:00:00Z");
        reply["audience"] = json!(elsewhere.ap_id);
        reply["type"] = json!("Article");
        reply["url"] = json!(scene.peer.at("/elders"));
        reply["updated"] = json!(scene.time(0));
        reply["content"] = json!("<p>Andere woorden</p>");
        scene.outcome(els, &els.says("Update", 2, &reply)).await;
        let after = scene.copy(&reply).await;
        assert_eq!(
            (after.parent_id, after.root_id, after.group_id, after.author_id, after.published_at, &after.ap_id, &after.context),
            (before.parent_id, before.root_id, before.group_id, before.author_id, before.published_at, &before.ap_id, &before.context)
        );
        // To where it stands it may add nothing to make it start a thread.
        let mut loose = reply.clone();
        loose.as_object_mut().expect("an object").remove("inReplyTo");
        loose["name"] = json!("Nu een vraag");
        scene.later();
        loose["updated"] = json!(scene.time(0));
        scene.outcome(els, &els.says("Update", 3, &loose)).await;
        assert_eq!((scene.copy(&reply).await.root_id, scene.copy(&reply).await.title), (before.root_id, String::new()));
        scene.finish().await;
    }

    async fn t_28_29_nobody_deletes_what_a_neighbour_has_yet_to_say(on: On) {
        let scene = Scene::start(on).await;
        let (els, tom) = (&scene.els, scene.peer.actor("Person", "/u/tom"));
        let question = scene.post_of(els, "Article", 1, "Dit moet gezegd worden");
        // Tom is on the same server, and faster.
        scene.refused(&tom, &tom.says("Delete", 1, &question["id"]), "ignored", "stays out").await;
        scene.refused(&tom, &tom.says("Delete", 2, &json!({"type": "Tombstone", "id": question["id"]})), "ignored", "stays out").await;
        scene.done(els, &els.says("Create", 1, &question)).await;
        assert!(!scene.copy(&question).await.is_deleted());
        // Els does the same with what is hers, before and after Tom.
        for number in [2, 3] {
            let early = scene.post_of(els, "Article", number, "Toch maar niet");
            for by in if number == 2 { [els, &tom] } else { [&tom, els] } {
                scene.outcome(by, &by.says("Delete", 10 + number, &early["id"])).await;
            }
            scene.refused(els, &els.says("Create", 20 + number, &early), "ignored", "removed before").await;
            assert!(scene.known(&early).await.is_none());
            // A vote on it waits for nothing.
            scene.refused(&tom, &tom.says("Like", 30 + number, &early["id"]), "ignored", "no such post").await;
        }
        scene.finish().await;
    }

    async fn t_32_a_stamp_on_a_quotation_means_nothing_here(on: On) {
        let scene = Scene::start(on).await;
        let question = scene.app.ask(&scene.bram, &scene.group, "Wie weet dit?", "x").await;
        scene.app.run_jobs().await;
        let before = (scene.peer.inbox().len(), scene.app.reads(&question.ap_id).await);
        let quote = json!({"id": scene.peer.at("/quotes/1"), "type": "QuoteRequest", "actor": scene.els.id, "object": question.ap_id, "instrument": scene.peer.at("/post/9")});
        for (number, activity) in (1..).zip([scene.els.says("QuoteRequest", 50, &json!(question.ap_id)), scene.els.says("Accept", 51, &quote), scene.els.says("Reject", 52, &quote)]) {
            scene.refused(&scene.els, &activity, "ignored", "").await;
            assert_eq!(scene.peer.inbox().len(), before.0, "{number}: nothing is stamped");
        }
        let mut note = scene.reply_of(&scene.els, 1, &question.ap_id, "Kijk wat Bram zegt");
        note["quote"] = json!(question.ap_id);
        note["quoteAuthorization"] = json!(scene.app.core.urls.at("/stamps/1"));
        scene.done(&scene.els, &scene.els.says("Create", 60, &note)).await;
        assert_eq!(scene.copy(&note).await.html, "<p>Kijk wat Bram zegt</p>");
        assert!(scene.app.reads(&question.ap_id).await.contains(before.1.lines().next().expect("a line")));
        scene.finish().await;
    }
}

/// Changes an activity.
type Bend = fn(&mut Value);

#[tokio::test]
async fn t_38_no_second_reading_of_what_is_passed_on() {
    let scene = Scene::start(On::Sqlite).await;
    let els = &scene.els;
    let fine = scene.post_of(els, "Article", 1, "Gewoon");
    let with = |number: u32, change: Bend| {
        let mut activity = els.says("Create", number, &fine);
        change(&mut activity);
        activity
    };
    let refused: [(&str, Bend); 8] = [
        ("@graph", |it| it["@graph"] = json!([{"id": "x"}])),
        ("@graph within", |it| it["object"]["@graph"] = json!([])),
        ("@included", |it| it["object"]["tag"] = json!([{"@included": []}])),
        ("@reverse", |it| it["@reverse"] = json!({"object": {"id": "x"}})),
        ("an alias", |it| it["@context"] = json!(["https://www.w3.org/ns/activitystreams", {"object": "https://elders.example/ns#x"}])),
        ("an alias within", |it| it["object"]["@context"] = json!({"attributedTo": {"@id": "https://elders.example/ns#x"}})),
        ("a second name", |it| it["@context"] = json!(["https://www.w3.org/ns/activitystreams", {"maker": {"@id": "as:attributedTo"}}])),
        ("a second type", |it| it["object"]["@context"] = json!([{"soort": "@type"}])),
    ];
    for (number, (what, change)) in (10..).zip(refused) {
        assert_eq!(els.sends(&scene.app, &with(number, change)).await, 400, "{what}");
    }
    assert!(scene.known(&fine).await.is_none());
    // A linked-data signature proves nothing: it is Els who signs the request, so it is not Tom's.
    let tom = scene.peer.actor("Person", "/u/tom");
    let mut relayed = tom.says("Create", 30, &scene.post_of(&tom, "Article", 2, "Van Tom"));
    relayed["signature"] = json!({"type": "RsaSignature2017", "creator": tom.key_id, "created": scene.time(0), "signatureValue": "AAAA"});
    assert_eq!(els.sends(&scene.app, &relayed).await, 401);
    // What everybody's contexts look like is fine.
    let usual = with(40, |it| {
        it["@context"] = json!(["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1", {
            "id": "@id", "type": "@type", "toot": "http://joinmastodon.org/ns#", "sensitive": "as:sensitive", "Hashtag": "as:Hashtag",
            "movedTo": {"@id": "as:movedTo", "@type": "@id"}, "inReplyToAtomUri": "ostatus:inReplyToAtomUri", "@vocab": "_:x",
        }]);
    });
    scene.done(els, &usual).await;
    scene.finish().await;
}
