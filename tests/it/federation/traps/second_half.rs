//! P14 to P31.

use meent::db;
use serde_json::json;

use super::super::accepted_by::got;
use super::super::shapes::{Shapes, Then, about};
use super::super::{PUBLIC, Scene};
use super::{a_thread, follower};
use crate::on_both;
use crate::support::On;
use crate::support::peer::{ACTIVITY_JSON, Peer, Stranger, get};

on_both! {
    async fn p14_nodebb_reads_the_key_the_digest_and_the_type_exactly(on: On) {
        let scene = Scene::start(on).await;
        let (nodebb, _) = follower(&scene, "nodebb").await;
        let heard = &nodebb.heard("/inbox")[0];
        let signature = heard["signature"].to_str().expect("text");
        assert!(signature.contains(&format!("keyId=\"{}#", scene.group.ap_id)), "{signature}");
        assert!(heard["digest"].to_str().expect("text").starts_with("SHA-256="));
        assert_eq!(heard["content-type"], ACTIVITY_JSON);
        let served = get(&scene.app, "GET", "/c/jeugd", "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"").await;
        assert_eq!(served.header("content-type"), ACTIVITY_JSON);
        scene.finish().await;
    }

    async fn p15_ids_that_differ_behind_the_hash_are_two(on: On) {
        let mut shapes = Shapes::start(on, "nodebb").await;
        shapes.step("create-note", Then::Answers("een eigen bus")).await;
        shapes.step("create-note-same-but-fragment", Then::Answers("op de fiets")).await;
        shapes.finish().await;
    }

    async fn p16_the_same_post_in_two_forms_is_one_in_either_order(on: On) {
        for (software, forms) in [("nodebb", ["announce-create-article", "announce-article"]), ("lemmy-0.19", ["announce-page", "announce-create-page"])] {
            let mut shapes = Shapes::start(on, software).await;
            shapes.step(forms[0], Then::Asks("Wie kent een goed jongerenpanel?")).await;
            shapes.step(forms[1], Then::Ignored("this version")).await;
            shapes.finish().await;
        }
    }

    async fn p17_discourse_embeds_actors_addresses_inboxes_and_signs_as_hs2019(on: On) {
        let shapes = Shapes::start(on, "discourse").await;
        let create = shapes.read("create-note");
        assert!(create["actor"].is_object() && create["to"].as_str().is_some_and(|to| to.ends_with("/inbox")));
        let mut letter = shapes.signer(&create).letter(&shapes.scene.app, "/c/jeugd/inbox", &create.to_string());
        letter.algorithm = Some("hs2019".into());
        letter.signed = "(request-target) (created) (expires) host date digest".into();
        for (name, offset) in [("created", 0), ("expires", 300)] {
            letter.parameters.push((name, (shapes.scene.app.clock.now().0 / 1_000 + offset).to_string()));
        }
        assert_eq!(letter.send(&shapes.scene.app).await.status, 202);
        shapes.scene.app.run_jobs().await;
        assert_eq!(shapes.scene.copy(&create["object"]).await.kind.word(), "answer");
        shapes.finish().await;
    }

    async fn p18_discourse_never_gets_what_it_does_not_know(on: On) {
        let scene = Scene::start(on).await;
        let (discourse, _) = follower(&scene, "discourse").await;
        a_thread(&scene).await;
        for body in discourse.inbox() {
            assert!(["Event", "Page", "Question", "Dislike", "ChooseAnswer"].iter().all(|kind| !body.contains(&format!("\"type\":\"{kind}\""))), "{body}");
        }
        scene.finish().await;
    }

    async fn p19_a_key_beside_its_actor_is_found(on: On) {
        let mut shapes = Shapes::start(on, "gotosocial").await;
        shapes.step("follow", Then::Follows).await;
        assert_eq!(shapes.peer.gets("/users/tom/main-key"), 1);
        shapes.finish().await;
    }

    async fn p20_who_serves_only_the_signed_serves_us(on: On) {
        let mut shapes = Shapes::start(on, "gotosocial").await;
        shapes.peer.only_signed();
        shapes.step("follow", Then::Follows).await;
        shapes.step("create-reply", Then::Answers("een eigen bus")).await;
        shapes.finish().await;
    }

    async fn p21_an_answer_stands_behind_no_warning(on: On) {
        let scene = Scene::start(on).await;
        let [question, answer] = a_thread(&scene).await;
        assert!(answer.get("summary").is_none() && answer.get("name").is_none());
        // What starts a thread has both: elsewhere nothing would be seen of it.
        assert_eq!((&question["name"], &question["summary"]), (&json!("Wie weet dit?"), &json!("Wij niet.")));
        scene.finish().await;
    }

    async fn p22_a_stranger_is_knocked_at_in_the_way_that_everybody_reads(on: On) {
        let mut shapes = Shapes::start(on, "pixelfed").await;
        shapes.step("follow", Then::Follows).await;
        let inbox = "/f/inbox";
        let heard = &shapes.peer.heard(inbox)[0];
        assert!(heard.contains_key("signature") && !heard.contains_key("signature-input"), "{heard:?}");
        shapes.finish().await;
    }

    async fn p23_mobilizon_lists_places_and_persons_there_are_not_followed(on: On) {
        let mut shapes = Shapes::start(on, "mobilizon").await;
        assert!(shapes.read("create-event")["object"]["location"].is_array());
        shapes.step("create-event", Then::Event("Werksessie speelruimte")).await;
        assert!(shapes.scene.app.find(&shapes.peer.at("/@piet")).await.is_err());
        shapes.finish().await;
    }

    async fn p24_gancio_signs_the_host_without_port_and_the_path_without_query(on: On) {
        let shapes = Shapes::start(on, "gancio").await;
        let follow = shapes.read("follow");
        let mut letter = shapes.signer(&follow).letter(&shapes.scene.app, "/c/jeugd/inbox?van=gancio", &follow.to_string());
        letter.target = "/c/jeugd/inbox".into();
        letter.set("Host", shapes.scene.app.host().split(':').next());
        assert_eq!(letter.send(&shapes.scene.app).await.status, 202);
        shapes.scene.app.run_jobs().await;
        assert!(got(&shapes.peer).iter().any(|it| it["type"] == "Accept"));
        shapes.finish().await;
    }

    async fn p25_mastodon_is_told_in_public_and_is_heard_without_naming_the_group(on: On) {
        let mut shapes = Shapes::start(on, "mastodon").await;
        shapes.step("follow", Then::Follows).await;
        let reply = shapes.read("create-reply");
        assert!(!reply.to_string().contains(&shapes.scene.group.ap_id));
        shapes.step("create-reply", Then::Answers("een panel")).await;
        a_thread(&shapes.scene).await;
        let boosts: Vec<_> = got(&shapes.peer).into_iter().filter(|it| it["type"] == "Announce" && it["object"].is_string()).collect();
        assert!(!boosts.is_empty() && boosts.iter().all(|it| it["to"] == json!([PUBLIC])));
        shapes.finish().await;
    }

    async fn p26_an_update_of_what_is_not_known_makes_it(on: On) {
        let mut shapes = Shapes::start(on, "mastodon").await;
        shapes.step("update-reply", Then::Answers("een vast panel")).await;
        // The Create that comes after it is older.
        shapes.step("create-reply", Then::Ignored("this version")).await;
        shapes.finish().await;
    }

    async fn p27_lists_and_collections_of_activities_are_worked_one_by_one(on: On) {
        let mut shapes = Shapes::start(on, "piefed").await;
        shapes.step("announce-create-page", Then::Asks("Wie kent een goed jongerenpanel?")).await;
        shapes.step("announce-list", Then::Answers("Amersfoort")).await;
        shapes.step("announce-collection", Then::Useful(1)).await;
        let comment = shapes.scene.app.post(&about(&shapes.read("announce-list"))).await;
        assert_eq!(shapes.scene.useful(&comment).await, 2);
        shapes.finish().await;
    }

    async fn p28_nulls_and_links_without_a_place_harm_nothing(on: On) {
        let mut shapes = Shapes::start(on, "nodebb").await;
        let announced = shapes.read("announce-create-note");
        assert!(announced["object"]["object"]["tag"].is_null() && announced["object"]["object"]["updated"].is_null());
        shapes.step("announce-article", Then::Asks("Wie kent een goed jongerenpanel?")).await;
        shapes.step("announce-create-note", Then::Answers("Amersfoort")).await;
        shapes.finish().await;
    }

    async fn p29_a_follow_is_not_asked_for_and_its_id_ends_it(on: On) {
        let mut shapes = Shapes::start(on, "mastodon").await;
        shapes.step("follow-again", Then::Follows).await;
        shapes.step("undo-follow-id", Then::Leaves).await;
        assert_eq!(shapes.peer.gets("/7c1f0a52-12"), 0);
        shapes.finish().await;
    }

    async fn p30_who_is_gone_with_the_key_is_told_that_it_is_well(on: On) {
        let scene = Scene::start(on).await;
        let gone = Peer::start("weg").await;
        let wim = gone.actor("Person", "/users/wim");
        gone.gone("/users/wim");
        assert_eq!(wim.sends(&scene.app, &wim.says("Delete", 1, &json!(wim.id))).await, 202);
        // Others say 404 of who is gone. That is enough for a farewell, and for nothing else.
        let nobody = |path: &str| {
            let id = gone.at(path);
            Stranger { key_id: format!("{id}#main-key"), id, key: wim.key.clone() }
        };
        let (ada, bea) = (nobody("/users/ada"), nobody("/users/bea"));
        assert_eq!(ada.sends(&scene.app, &ada.says("Delete", 1, &json!(ada.id))).await, 202);
        assert_eq!(bea.sends(&scene.app, &bea.says("Delete", 1, &json!(gone.at("/notes/1")))).await, 401);
        assert!(db::actors::by_ap_id(&mut scene.app.core.db.conn(), &wim.id).await.expect("a read").is_none());
        scene.finish().await;
    }

    async fn p31_webfinger_says_the_type_exactly_and_leads_back(on: On) {
        let scene = Scene::start(on).await;
        for path in ["/c/jeugd", "/u/bram", "/actor"] {
            let actor = get(&scene.app, "GET", path, ACTIVITY_JSON).await.json();
            let handle = actor["webfinger"].as_str().expect("a handle");
            let name = actor["preferredUsername"].as_str().expect("a name");
            assert_eq!(handle, format!("{name}@{}", scene.app.host()));
            let found = get(&scene.app, "GET", &format!("/.well-known/webfinger?resource=acct:{handle}"), "").await;
            assert_eq!(found.header("content-type"), "application/jrd+json");
            let found = found.json();
            assert_eq!(found["subject"], json!(format!("acct:{handle}")));
            let own = found["links"].as_array().expect("links").iter().find(|link| link["rel"] == "self").expect("itself");
            assert_eq!((&own["type"], &own["href"]), (&json!(ACTIVITY_JSON), &actor["id"]));
        }
        scene.finish().await;
    }
}
