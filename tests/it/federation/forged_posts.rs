//! Posts in another's name: created, changed, removed and announced by somebody who may not.

use meent::model::Time;
use serde_json::{Value, json};

use super::{PUBLIC, Scene};
use crate::on_both;
use crate::support::On;
use crate::support::peer::{ACTIVITY_JSON, Page, Peer, Stranger};

/// A thread by Els in our group, and Els' server serving it.
async fn thread(scene: &Scene) -> Value {
    let question = scene.post_of(&scene.els, "Article", 1, "Wie weet dit?");
    scene.done(&scene.els, &scene.els.says("Create", 1, &question)).await;
    scene.peer.serve(&question);
    question
}

on_both! {
    async fn t_04_05_what_somebody_else_wrote_is_not_taken_from_me(on: On) {
        let scene = Scene::start(on).await;
        let tom = scene.peer.actor("Person", "/u/tom");
        let other = Peer::start("derden").await;
        let cor = other.actor("Person", "/u/cor");
        // By somebody of the same server, of another server, and by one of ours.
        for (number, author) in (1..).zip([&tom.id, &cor.id, &scene.bram.ap_id]) {
            let mut note = scene.post_of(&scene.els, "Article", number, "Niet van mij");
            note["attributedTo"] = json!(author);
            scene.refused(&scene.els, &scene.els.says("Create", number, &note), "failed", "").await;
            assert!(scene.known(&note).await.is_none());
        }
        // With an id on another server, an id of ours, and no id that is one.
        let ours = scene.app.ask(&scene.bram, &scene.group, "Van Bram zelf", "Echt waar.").await;
        scene.app.run_jobs().await;
        for (number, id) in (10..).zip([other.at("/post/1"), scene.app.core.urls.at("/post/99"), ours.ap_id.clone(), "7".into(), "https://elders.example:7".into()]) {
            let mut note = scene.post_of(&scene.els, "Article", number, "Niet van hier");
            note["id"] = json!(id);
            let (state, _) = scene.outcome(&scene.els, &scene.els.says("Create", number, &note)).await;
            assert!(state == "failed" || state == "ignored", "{id}: {state}");
            let known = scene.known(&note).await;
            assert!(known.is_none_or(|post| post.id == ours.id && post.title == "Van Bram zelf"), "{id}");
        }
        // By a group, by nobody, by a number.
        let club = scene.peer.actor("Group", "/c/club");
        let by_group = scene.post_of(&club, "Article", 20, "Namens allen");
        let mut by_group_here = by_group.clone();
        by_group_here["id"] = json!(scene.peer.at("/post/20"));
        scene.refused(&club, &club.says("Create", 20, &by_group_here), "failed", "only people").await;
        for (number, author) in (21..).zip([Value::Null, json!(1), json!(""), json!([]), json!({"name": "Els"})]) {
            let mut note = scene.post_of(&scene.els, "Article", number, "Van wie?");
            note["attributedTo"] = author;
            scene.refused(&scene.els, &scene.els.says("Create", number, &note), "failed", "").await;
            assert!(scene.known(&note).await.is_none());
        }
        scene.finish().await;
    }

    async fn t_25_26_27_only_newer_words_of_the_author_change_a_post(on: On) {
        let scene = Scene::start(on).await;
        let question = thread(&scene).await;
        let tom = scene.peer.actor("Person", "/u/tom");
        scene.later();
        let mut changed = question.clone();
        changed["content"] = json!("<p>Veranderd</p>");
        changed["updated"] = json!(scene.time(0));
        // By somebody else of the same server, who says that it is theirs, or Els'.
        scene.refused(&tom, &tom.says("Update", 2, &changed), "failed", "not-yours").await;
        let mut taken = changed.clone();
        taken["attributedTo"] = json!(tom.id);
        scene.refused(&tom, &tom.says("Update", 3, &taken), "failed", "not-yours").await;
        // Older, as old, and without a date.
        for (number, updated) in (4..).zip([json!(scene.time(-Time::HOUR)), question["published"].clone(), Value::Null]) {
            let mut older = changed.clone();
            older["updated"] = updated;
            scene.refused(&scene.els, &scene.els.says("Update", number, &older), "ignored", "this version or a newer").await;
        }
        assert_eq!(scene.copy(&question).await.html, "<p>Wie weet dit?</p>");
        // Newer; what may not change does not.
        let elsewhere = scene.app.group("wonen", "Wonen", &scene.bram).await;
        let parent = scene.app.ask(&scene.bram, &elsewhere, "Een andere draad", "Van Bram.").await;
        changed["audience"] = json!(elsewhere.ap_id);
        changed["to"] = json!([elsewhere.ap_id, PUBLIC]);
        changed["inReplyTo"] = json!(parent.ap_id);
        changed["published"] = json!(scene.time(-30 * Time::DAY));
        changed["meent:kind"] = json!("announcement");
        let before = scene.copy(&question).await;
        let (state, _) = scene.outcome(&scene.els, &scene.els.says("Update", 8, &changed)).await;
        let after = scene.copy(&question).await;
        assert!(state == "done" || state == "failed");
        assert_eq!((after.group_id, after.parent_id, after.root_id, after.published_at, after.kind), (before.group_id, None, before.root_id, before.published_at, before.kind));
        // From the future: it counts as far ahead as clocks may differ, and can be replaced later.
        let mut future = question.clone();
        future["content"] = json!("<p>Straks</p>");
        future["updated"] = json!("2099-01-01T00:00:00Z");
        scene.later();
        scene.done(&scene.els, &scene.els.says("Update", 9, &future)).await;
        assert_eq!(scene.copy(&question).await.updated_at, scene.app.clock.now().plus(Time::HOUR));
        scene.app.clock.advance(2 * Time::HOUR);
        future["content"] = json!("<p>Nu</p>");
        future["updated"] = json!(scene.time(0));
        scene.done(&scene.els, &scene.els.says("Update", 10, &future)).await;
        assert_eq!(scene.copy(&question).await.html, "<p>Nu</p>");
        scene.finish().await;
    }

    async fn t_28_29_only_the_author_removes_and_what_is_removed_stays_out(on: On) {
        let scene = Scene::start(on).await;
        let question = thread(&scene).await;
        let id = &question["id"];
        let tom = scene.peer.actor("Person", "/u/tom");
        let other = Peer::start("derden").await;
        let cor = other.actor("Person", "/u/cor");
        scene.refused(&tom, &tom.says("Delete", 2, id), "failed", "not-yours").await;
        scene.refused(&cor, &cor.says("Delete", 3, id), "failed", "not-yours").await;
        scene.refused(&tom, &tom.says("Delete", 4, &json!({"type": "Tombstone", "id": id})), "failed", "not-yours").await;
        scene.refused(&cor, &cor.says("Delete", 5, &json!(scene.els.id)), "failed", "not-yours").await;
        let ours = scene.app.ask(&scene.bram, &scene.group, "Van Bram", "Blijft staan.").await;
        scene.refused(&tom, &tom.says("Delete", 6, &json!(ours.ap_id)), "ignored", "ours").await;
        scene.refused(&tom, &tom.says("Delete", 7, &json!(scene.group.ap_id)), "ignored", "ours").await;
        assert!(!scene.copy(&question).await.is_deleted() && !scene.app.post(&ours.ap_id).await.is_deleted());
        scene.done(&scene.els, &scene.els.says("Delete", 8, &json!({"type": "Tombstone", "id": id}))).await;
        assert!(scene.copy(&question).await.is_deleted());
        // It does not come back: not as new, not as changed, not by taking the removal back.
        let mut again = question.clone();
        again["updated"] = json!("2027-01-01T00:00:00Z");
        for (number, kind) in (9..).zip(["Create", "Update"]) {
            scene.refused(&scene.els, &scene.els.says(kind, number, &again), "ignored", "removed before").await;
        }
        scene.refused(&scene.els, &scene.els.says("Undo", 11, &scene.els.says("Delete", 8, id)), "ignored", "").await;
        assert!(scene.copy(&question).await.html.is_empty());
        // Removed before it came.
        let early = scene.post_of(&scene.els, "Article", 50, "Te laat");
        scene.refused(&scene.els, &scene.els.says("Delete", 50, &early["id"]), "ignored", "stays out").await;
        scene.refused(&scene.els, &scene.els.says("Create", 51, &early), "ignored", "removed before").await;
        assert!(scene.known(&early).await.is_none());
        scene.finish().await;
    }

    async fn t_20_22_an_announcement_proves_nothing_about_what_is_announced(on: On) {
        let scene = Scene::start(on).await;
        let group = scene.followed_group("/c/buren").await;
        let other = Peer::start("derden").await;
        let cor = other.actor("Person", "/u/cor");
        let of_cor = |number: u32, content: &str| {
            let mut post = scene.post_of(&cor, "Article", number, content);
            (post["to"], post["audience"]) = (json!([group.id, PUBLIC]), json!(group.id));
            post
        };
        let announce = |number: u32, inner: &Value| group.says("Announce", number, inner);
        // Invented: at its home there is no such thing.
        let invented = of_cor(1, "Dit schreef Cor nooit");
        assert_eq!(group.sends(&scene.app, &announce(1, &cor.says("Create", 1, &invented))).await, 202);
        // Altered: what its home says is what Cor wrote.
        let (written, altered) = (of_cor(2, "Wat Cor schreef"), of_cor(2, "Wat Cor niet schreef"));
        other.serve(&written);
        scene.done(&group, &announce(2, &cor.says("Create", 2, &altered))).await;
        assert_eq!(scene.copy(&written).await.html, "<p>Wat Cor schreef</p>");
        scene.later();
        let mut update = altered.clone();
        update["updated"] = json!(scene.time(0));
        scene.refused(&group, &announce(3, &cor.says("Update", 3, &update)), "ignored", "this version").await;
        scene.refused(&group, &announce(4, &cor.says("Delete", 4, &written["id"])), "ignored", "still there").await;
        assert_eq!(scene.copy(&written).await.html, "<p>Wat Cor schreef</p>");
        // An account is gone only when it is.
        scene.refused(&group, &announce(5, &cor.says("Delete", 5, &json!(cor.id))), "ignored", "still there").await;
        assert!(scene.app.actor(&cor.id).await.deleted_at.is_none());
        // Nor when its server says 404 for a while, as one does that is closed: nothing of others goes with that.
        let (post, cor_again) = (scene.post_of(&cor, "Page", 90, "In onze groep"), cor.document("Person"));
        scene.done(&cor, &cor.says("Create", 90, &post)).await;
        let away = |path: &str| other.page(path, Page::Text { status: 404, kind: ACTIVITY_JSON.into(), body: String::new() });
        let path = |id: &Value| id.as_str().expect("an id").strip_prefix(&other.at("")).expect("an id there").to_owned();
        for id in [&post["id"], &json!(cor.id)] {
            away(&path(id));
        }
        scene.refused(&group, &announce(91, &cor.says("Delete", 91, &post["id"])), "ignored", "does not say that it is gone").await;
        scene.refused(&group, &announce(92, &cor.says("Delete", 92, &json!(cor.id))), "ignored", "does not say that it is gone").await;
        assert!(scene.app.actor(&cor.id).await.deleted_at.is_none() && !scene.copy(&post).await.is_deleted());
        other.serve(&cor_again);
        // In the name of one of ours.
        let by_bram = json!({"id": scene.app.core.urls.at("/activities/create/1"), "type": "Create", "actor": scene.bram.ap_id, "object": invented});
        scene.refused(&group, &announce(6, &by_bram), "ignored", "ours").await;
        // An Announce in an Announce, and more than anybody says at once.
        scene.refused(&group, &announce(7, &announce(8, &cor.says("Create", 9, &written))), "failed", "Announce in an Announce").await;
        scene.refused(&group, &announce(9, &json!((0..101).map(|_| cor.says("Create", 2, &written)).collect::<Vec<_>>())), "failed", "too long").await;
        scene.refused(&group, &announce(10, &json!([[cor.says("Create", 2, &written)]])), "failed", "").await;
        // What an Announce can't carry.
        for (number, kind) in (11..).zip(["Follow", "Accept", "Reject"]) {
            let inner = cor.says(kind, number, &json!(scene.group.ap_id));
            scene.refused(&group, &announce(number, &inner), "ignored", "").await;
        }
        scene.refused(&group, &announce(20, &json!(invented["id"])), "new", "not found").await;
        scene.refused(&cor, &cor.says("Create", 20, &invented["id"]), "new", "not found").await;
        // It may come yet; when it does not, that was that.
        scene.wear_out().await;
        assert!(scene.known(&invented).await.is_none());
        // Then Cor writes it: that it was asked for before it was there has not shut it out.
        other.serve(&invented);
        scene.done(&group, &announce(21, &cor.says("Create", 1, &invented))).await;
        assert!(scene.known(&invented).await.is_some());
        scene.finish().await;
    }

    async fn t_21_an_announcement_counts_for_the_groups_own_threads_only(on: On) {
        let scene = Scene::start(on).await;
        let (followed, tom) = (scene.followed_group("/c/buren").await, scene.peer.actor("Person", "/u/tom"));
        let stranger = scene.peer.actor("Group", "/c/vreemd");
        let question = thread(&scene).await;
        let new = scene.post_of(&scene.els, "Article", 30, "Nog niet bekend");
        scene.peer.serve(&new);
        // By a group that nobody follows, and by a person: a boost.
        scene.refused(&stranger, &stranger.says("Announce", 1, &new["id"]), "ignored", "nobody here follows").await;
        scene.refused(&tom, &tom.says("Announce", 2, &new["id"]), "ignored", "boost").await;
        // A followed group, about what is in ours, or on its way to ours.
        scene.later();
        let mut changed = question.clone();
        changed["updated"] = json!(scene.time(0));
        scene.refused(&followed, &followed.says("Announce", 3, &scene.els.says("Update", 3, &changed)), "failed", "other-group").await;
        scene.refused(&followed, &followed.says("Announce", 4, &new["id"]), "failed", "other-group").await;
        scene.refused(&followed, &followed.says("Announce", 5, &scene.els.says("Create", 5, &new)), "failed", "other-group").await;
        scene.refused(&followed, &followed.says("Announce", 6, &tom.says("Like", 6, &question["id"])), "failed", "other-group").await;
        // A reply in our thread that says it is for them.
        let mut reply = scene.reply_of(&scene.els, 31, question["id"].as_str().expect("a text"), "Over de grens");
        (reply["to"], reply["audience"]) = (json!([followed.id, PUBLIC]), json!(followed.id));
        scene.refused(&followed, &followed.says("Announce", 7, &scene.els.says("Create", 7, &reply)), "failed", "other-group").await;
        assert!(scene.known(&new).await.is_none() && scene.known(&reply).await.is_none());
        assert_eq!(scene.useful(&scene.copy(&question).await).await, 0);
        // And then it comes to ours after all.
        scene.done(&scene.els, &scene.els.says("Create", 8, &new)).await;
        assert_eq!(scene.copy(&new).await.group_id, scene.group.id);
        scene.finish().await;
    }

    async fn one_bad_thing_in_a_list_does_not_spoil_the_others(on: On) {
        let scene = Scene::start(on).await;
        let group = scene.followed_group("/c/buren").await;
        let post = |number: u32| {
            let mut post = scene.post_of(&scene.els, "Article", number, "In een lijst");
            (post["to"], post["audience"]) = (json!([group.id, PUBLIC]), json!(group.id));
            post
        };
        let cor = Stranger { id: "http://weg.localhost:9/u/cor".into(), key_id: "http://weg.localhost:9/u/cor#main-key".into(), ..scene.els.clone() };
        let list = json!([
            scene.els.says("Create", 1, &post(1)),
            scene.els.says("Announce", 2, &post(2)),
            {"type": "Create", "actor": 7},
            // Its server does not answer, now or ever.
            cor.says("Like", 3, &post(1)["id"]),
            cor.says("Create", 4, &json!({"id": "http://weg.localhost:9/post/1", "type": "Article"})),
            scene.els.says("Create", 5, &post(3)),
        ]);
        let announce = group.says("Announce", 1, &list);
        assert_eq!(scene.outcome(&group, &announce).await.0, "new", "some of it may come later");
        assert!(scene.known(&post(1)).await.is_some() && scene.known(&post(3)).await.is_some());
        scene.wear_out().await;
        assert_eq!(scene.received(&announce).await.expect("a read").state, "failed");
        // The same as a collection.
        let list = json!({"type": "OrderedCollection", "orderedItems": [{"type": "Flag", "id": 1}, scene.els.says("Create", 6, &post(6))]});
        assert_eq!(scene.outcome(&group, &group.says("Announce", 2, &list)).await.0, "done");
        assert!(scene.known(&post(6)).await.is_some());
        scene.finish().await;
    }

    async fn t_60_what_is_not_for_everybody_is_not_taken(on: On) {
        let scene = Scene::start(on).await;
        let question = thread(&scene).await;
        let followers = json!([format!("{}/followers", scene.els.id), scene.group.ap_id]);
        let mut private = scene.reply_of(&scene.els, 2, question["id"].as_str().expect("a text"), "Onder ons");
        private["to"] = followers.clone();
        let mut create = scene.els.says("Create", 2, &private);
        create["to"] = json!([PUBLIC]);
        scene.refused(&scene.els, &create, "failed", "not public").await;
        // The object says nothing of to whom it is; the activity does.
        for field in ["to", "cc"] {
            private.as_object_mut().expect("an object").remove(field);
        }
        let mut create = scene.els.says("Create", 3, &private);
        create["to"] = followers;
        scene.refused(&scene.els, &create, "failed", "not public").await;
        assert!(scene.known(&private).await.is_none());
        // A vote in a poll is no answer.
        let vote = json!({"id": scene.peer.at("/comment/9"), "type": "Note", "name": "Ja", "attributedTo": scene.els.id, "inReplyTo": question["id"], "to": [PUBLIC]});
        scene.refused(&scene.els, &scene.els.says("Create", 4, &vote), "ignored", "a vote in a poll").await;
        // For a group we don't know, or for no group.
        let mut lost = scene.post_of(&scene.els, "Article", 10, "Voor niemand hier");
        (lost["to"], lost["audience"]) = (json!([PUBLIC]), Value::Null);
        scene.refused(&scene.els, &scene.els.says("Create", 5, &lost), "ignored", "not for a group").await;
        assert!(scene.known(&vote).await.is_none() && scene.known(&lost).await.is_none());
        scene.finish().await;
    }

    async fn t_94_98_words_do_no_harm(on: On) {
        let scene = Scene::start(on).await;
        let mut post = scene.post_of(&scene.els, "Article", 1, "x");
        post["name"] = json!(format!("<script>alert(1)</script>\u{202E}{}", "t".repeat(2_000)));
        post["summary"] = json!("<img src=x onerror=alert(1)>Kort<script>alert(2)</script>");
        post["content"] = json!(format!("<p onclick=\"x\">a<a href=\"javascript:x\">b</a><svg><script>c</script></svg><iframe src=d></iframe><style>e</style></p>{}", "<p>lang</p>".repeat(100_000 / 11)));
        post["url"] = json!("javascript:alert(1)");
        post["published"] = json!("2099-01-01T00:00:00Z");
        post["updated"] = json!("2199-01-01T00:00:00Z");
        post["language"] = json!({"identifier": "<b>nl</b>", "name": "x"});
        scene.done(&scene.els, &scene.els.says("Create", 1, &post)).await;
        let known = scene.copy(&post).await;
        assert!(known.title.chars().count() <= 300 && !known.title.contains('\u{202E}'), "{}", known.title);
        assert!(known.html.starts_with("<p>a<a rel=\"nofollow noopener ugc\">b</a></p>") && known.html.len() <= 100_000, "{:.200}", known.html);
        assert_eq!((known.summary.as_str(), known.url.as_str(), known.language.as_str()), ("Kort", known.ap_id.as_str(), ""));
        assert_eq!((known.published_at, known.updated_at), (scene.app.clock.now(), scene.app.clock.now().plus(Time::HOUR)));
        let mut away = scene.post_of(&scene.els, "Article", 2, "Elders");
        away["url"] = json!("https://phish.example/post/2");
        scene.done(&scene.els, &scene.els.says("Create", 2, &away)).await;
        assert_eq!(scene.copy(&away).await.url, away["id"].as_str().expect("a text"));
        scene.finish().await;
    }
}
