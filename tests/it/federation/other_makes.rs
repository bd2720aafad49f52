//! What servers of other makes send, each in its own dialect. The shapes are composed after what they are known to do.

use meent::db;
use serde_json::{Value, json};

use super::{PUBLIC, Scene};
use crate::on_both;
use crate::support::On;
use crate::support::peer::{Letter, Peer, Stranger};

/// Sends JSON exactly as it is written.
async fn send_text(scene: &Scene, by: &Stranger, text: &str) {
    let reply = by.letter(&scene.app, "/inbox", text).send(&scene.app).await;
    assert_eq!(reply.status, 202, "{reply:?}");
    scene.app.run_jobs().await;
}

/// A server that follows our group, and hears what is announced.
async fn listener(scene: &Scene) -> Peer {
    let peer = Peer::start("luistert").await;
    let lot = peer.actor("Person", "/u/lot");
    scene.done(&lot, &lot.says("Follow", 1, &json!(scene.group.ap_id))).await;
    peer
}

/// The Announces that a server got, whose inner activity has this id.
fn announced(peer: &Peer, id: &Value) -> Vec<String> {
    let is_it = |body: &String| serde_json::from_str::<Value>(body).is_ok_and(|it| it["type"] == "Announce" && it["object"]["id"] == *id);
    peer.inbox().into_iter().filter(is_it).collect()
}

on_both! {
    async fn lemmy_asks_mastodon_answers_and_both_are_passed_on_to_the_letter(on: On) {
        let scene = Scene::start(on).await;
        let (lemmy, mastodon, listener) = (Peer::start("lemmy").await, Peer::start("mastodon").await, listener(&scene).await);
        let (picard, els) = (lemmy.actor("Person", "/u/picard"), mastodon.actor("Person", "/users/els"));
        let (at, group) = (scene.time(0), &scene.group.ap_id);
        // Blanks, an order of fields and numbers that nobody else would write: they must all survive.
        let page_id = lemmy.at("/post/55143");
        let page = format!(
            r##"{{ "id":"{page_id}", "type":"Page","attributedTo":"{by}","to":["{group}","{PUBLIC}"],"audience":"{group}","name":"Wie kent een jongerenpanel?",
               "content":"<p>Dat <em>meebeslist</em>.</p>\n","mediaType":"text/html","source":{{"content":"Dat *meebeslist*.","mediaType":"text/markdown"}},
               "attachment":[{{"type":"Link","href":"https://voorbeeld.example/a.png"}}],"image":{{"type":"Image","url":"https://voorbeeld.example/a.png"}},
               "sensitive":false,"language":{{"identifier":"nl","name":"Nederlands"}},"x":1.50, "y":1e2,
               "tag":[{{"href":"{page_id}","name":"#jeugd","type":"Hashtag"}},{{"type":"CommunityPostTag","id":"{group}/tag/nieuws","preferredUsername":"nieuws"}}],
               "context":"{page_id}/context","published":"{at}" }}"##,
            by = picard.id,
        );
        let create_id = lemmy.at("/activities/create/6f1f");
        let create = format!(
            r#"{{"id":"{create_id}","actor":"{by}","to":["{group}","{PUBLIC}"],"object":{page},"cc":[],"type":"Create","audience":"{group}","@context":["https://join-lemmy.org/context.json","https://www.w3.org/ns/activitystreams"]}}"#,
            by = picard.id,
        );
        send_text(&scene, &picard, &create).await;
        let question = scene.app.post(&page_id).await;
        assert_eq!((question.title.as_str(), question.kind.word(), question.wire_type.as_str()), ("Wie kent een jongerenpanel?", "question", "Page"));
        assert_eq!((question.html.trim(), question.language.as_str()), ("<p>Dat <em>meebeslist</em>.</p>", "nl"));

        let note_id = mastodon.at("/users/els/statuses/1");
        let note = format!(
            r#"{{"id":"{note_id}","type":"Note","summary":null,"inReplyTo":"{page_id}","published":"{at}","url":"{url}","attributedTo":"{by}",
               "to":["{PUBLIC}"],"cc":["{by}/followers","{group}","{picard}"],"sensitive":false,"atomUri":"{note_id}","conversation":"tag:lemmy.localhost,2026:objectId=1",
               "content":"<p><span class=\"h-card\"><a href=\"{group}\" class=\"u-url mention\">@<span>jeugd</span></a></span> Amersfoort.</p>","contentMap":{{"nl":"<p>Amersfoort.</p>"}},
               "attachment":[],"tag":[{{"type":"Mention","href":"{group}","name":"@jeugd@a"}}],"replies":{{"id":"{note_id}/replies","type":"Collection","first":{{"type":"CollectionPage","next":"{note_id}/replies?page=true","items":[]}}}}}}"#,
            by = els.id, picard = picard.id, url = mastodon.at("/@els/1"),
        );
        let reply = format!(
            r#"{{"@context":["https://www.w3.org/ns/activitystreams",{{"ostatus":"http://ostatus.org#","atomUri":"ostatus:atomUri"}}],"id":"{note_id}/activity","type":"Create","actor":"{by}","published":"{at}","to":["{PUBLIC}"],"cc":["{group}"],"object":{note}}}"#,
            by = els.id,
        );
        send_text(&scene, &els, &reply).await;
        let answer = scene.app.post(&note_id).await;
        assert_eq!((answer.kind.word(), answer.parent_id, answer.group_id), ("answer", Some(question.id), scene.group.id));
        // To the letter, in one piece.
        for (id, sent) in [(json!(create_id), &create), (json!(format!("{note_id}/activity")), &reply)] {
            let passed_on = announced(&listener, &id);
            assert_eq!(passed_on.len(), 1, "{id}");
            assert!(passed_on[0].contains(&format!("\"object\":{sent}")), "{}\nis not\n{sent}", passed_on[0]);
            let around: Value = serde_json::from_str(&passed_on[0]).expect("JSON");
            assert_eq!((around["actor"].as_str(), &around["to"]), (Some(group.as_str()), &json!([PUBLIC])));
        }

        // Lemmy's votes have no `to`; taking one back may embed another id, and another kind.
        let like = json!({"actor": picard.id, "object": note_id, "type": "Like", "id": lemmy.at("/activities/like/1"), "audience": group});
        scene.done(&picard, &like).await;
        assert_eq!(scene.useful(&answer).await, 1);
        scene.later();
        let dislike = json!({"actor": picard.id, "object": note_id, "type": "Dislike", "id": lemmy.at("/activities/dislike/2"), "audience": group});
        scene.done(&picard, &json!({"actor": picard.id, "object": dislike, "type": "Undo", "id": lemmy.at("/activities/undo/3"), "audience": group})).await;
        assert_eq!(scene.useful(&answer).await, 0);
        // Mastodon's Delete holds a Tombstone and a signature that we pass over; Lemmy's an id.
        scene.later();
        let delete = json!({
            "@context": ["https://www.w3.org/ns/activitystreams", {"ostatus": "http://ostatus.org#"}], "id": format!("{note_id}#delete"), "type": "Delete",
            "actor": els.id, "to": [PUBLIC], "object": {"id": note_id, "type": "Tombstone", "atomUri": note_id},
            "signature": {"type": "RsaSignature2017", "creator": els.key_id, "created": at, "signatureValue": "eA=="},
        });
        scene.done(&els, &delete).await;
        scene.done(&picard, &json!({"actor": picard.id, "to": [group, PUBLIC], "object": page_id, "cc": [], "type": "Delete", "id": lemmy.at("/activities/delete/4"), "audience": group})).await;
        assert!(scene.app.post(&note_id).await.is_deleted() && scene.app.post(&page_id).await.is_deleted());
        for id in [&delete["id"], &like["id"]] {
            assert_eq!(announced(&listener, id).len(), 1, "{id}");
        }
        // The follower that only knows boosts was told of the thread, by its id.
        assert!(listener.inbox().iter().any(|body| body.contains(&format!("\"object\":\"{page_id}\""))));
        scene.finish().await;
    }

    async fn mastodon_asks_by_mentioning_the_group_and_leaves_with_only_an_id(on: On) {
        let scene = Scene::start(on).await;
        let mastodon = Peer::start("mastodon").await;
        let els = mastodon.actor("Person", "/users/els");
        let follow = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": mastodon.at("/7c1f"), "type": "Follow", "actor": els.id, "object": scene.group.ap_id});
        scene.done(&els, &follow).await;
        let accept: Value = serde_json::from_str(&mastodon.inbox()[0]).expect("JSON");
        assert_eq!((accept["type"].as_str(), &accept["object"]), (Some("Accept"), &follow));
        let note = json!({
            "id": mastodon.at("/users/els/statuses/2"), "type": "Note", "summary": null, "inReplyTo": null, "attributedTo": els.id, "published": scene.time(0),
            "to": [PUBLIC], "cc": [format!("{}/followers", els.id)], "sensitive": false, "attachment": [], "updated": null,
            "content": "<p><span class=\"h-card\"><a href=\"x\">@<span>jeugd</span></a></span> Hoe houden jullie jongeren in beeld? Bij ons lukt het niet.</p>",
            "tag": [{"type": "Hashtag", "href": "x", "name": "#jeugd"}, {"type": "Mention", "href": scene.group.ap_id, "name": "@jeugd@a"}],
        });
        scene.done(&els, &els.says("Create", 2, &note)).await;
        let known = scene.copy(&note).await;
        assert_eq!((known.title.as_str(), known.kind.word()), ("Hoe houden jullie jongeren in beeld?", "question"));
        scene.later();
        scene.done(&els, &json!({"id": mastodon.at("/users/els#follows/1/undo"), "type": "Undo", "actor": els.id, "object": follow["id"]})).await;
        assert_eq!(db::follows::count(&mut scene.app.core.db.conn(), scene.group.id).await.expect("a read"), 1);
        scene.finish().await;
    }

    async fn nodebb_announces_twice_and_names_with_fragments(on: On) {
        let scene = Scene::start(on).await;
        let category = scene.followed_group("/category/5").await;
        let nodebb = &scene.peer;
        let uid = nodebb.actor("Person", "/uid/1");
        let id = nodebb.at("/post/321");
        let article = json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": "Article", "attributedTo": uid.id, "to": [PUBLIC, category.id], "cc": [format!("{}/followers", uid.id)],
            "audience": category.id, "context": nodebb.at("/topic/12"), "name": "Wie weet dit?", "summary": "<p>Kort</p>", "content": "<p>Lang.</p>", "sensitive": false,
            "preview": {"type": "Note", "content": "x"}, "source": {"content": "Lang.", "mediaType": "text/markdown"}, "replies": format!("{id}/replies"),
            "inReplyTo": null, "updated": null, "tag": null, "attachment": [{"type": "Link", "url": "https://voorbeeld.example"}], "published": scene.time(0), "url": id,
        });
        nodebb.serve(&article);
        let create = json!({"id": format!("{id}#activity/create/169"), "type": "Create", "actor": uid.id, "to": [PUBLIC], "cc": [], "object": article});
        scene.done(&category, &json!({"id": format!("{}#activity/announce/1", category.id), "type": "Announce", "actor": category.id, "to": [PUBLIC], "cc": [], "object": article})).await;
        scene.refused(&category, &json!({"id": format!("{}#activity/announce/2", category.id), "type": "Announce", "actor": category.id, "to": [PUBLIC], "cc": [], "object": create}), "ignored", "this version").await;
        let known = scene.copy(&article).await;
        assert_eq!((known.title.as_str(), known.summary.as_str(), known.group_id), ("Wie weet dit?", "Kort", scene.app.actor(&category.id).await.id));
        // Ids that differ only behind the #.
        let note = |number: u32| json!({"id": nodebb.at(&format!("/post/{number}")), "type": "Note", "name": "Re: Wie weet dit?", "attributedTo": uid.id, "inReplyTo": id, "content": "<p>Wij.</p>", "to": [PUBLIC, category.id], "published": scene.time(0), "tag": []});
        for number in [322, 323] {
            let create = json!({"id": format!("{}#activity/create/{number}", uid.id), "type": "Create", "actor": uid.id, "object": note(number)});
            scene.done(&uid, &create).await;
            let known = scene.copy(&note(number)).await;
            assert_eq!((known.kind.word(), known.title.as_str()), ("answer", ""));
        }
        scene.finish().await;
    }

    async fn piefed_announces_lists_and_chooses_answers(on: On) {
        let scene = Scene::start(on).await;
        let community = scene.followed_group("/c/zorg").await;
        let (sanne, bo) = (scene.peer.actor("Person", "/u/sanne"), scene.peer.actor("Person", "/u/bo"));
        let mut page = scene.post_of(&sanne, "Page", 1, "Wie weet dit?");
        (page["to"], page["audience"]) = (json!([community.id, PUBLIC]), json!(community.id));
        for (field, value) in [("commentsEnabled", json!(true)), ("stickied", json!(false)), ("genAI", json!(false)), ("searchableBy", json!(PUBLIC)), ("interactionPolicy", json!({"canQuote": {"automaticApproval": [PUBLIC]}}))] {
            page[field] = value;
        }
        let mut note = scene.reply_of(&bo, 2, page["id"].as_str().expect("a text"), "Wij.");
        (note["to"], note["cc"], note["audience"]) = (json!([PUBLIC, sanne.id]), json!([community.id, format!("{}/followers", bo.id)]), Value::Null);
        let batch = |number: u32, list: &[Value]| community.says("Announce", number, &json!(list));
        scene.done(&community, &batch(1, &[sanne.says("Create", 1, &page)])).await;
        scene.done(&community, &batch(2, &[bo.says("Create", 2, &note), sanne.says("Dislike", 3, &note["id"])])).await;
        scene.done(&community, &batch(3, &[sanne.says("Like", 4, &note["id"]), bo.says("Like", 5, &note["id"])])).await;
        let answer = scene.copy(&note).await;
        assert_eq!((answer.kind.word(), scene.useful(&answer).await), ("answer", 1));
        let choose = json!({"id": scene.peer.at("/activities/answer/abc"), "type": "ChooseAnswer", "actor": sanne.id, "object": note["id"], "audience": community.id, "to": [PUBLIC], "cc": [community.id]});
        scene.done(&community, &community.says("Announce", 4, &choose)).await;
        assert_eq!(scene.copy(&page).await.accepted_id, Some(answer.id));
        scene.later();
        let undo = json!({"id": scene.peer.at("/activities/undo/abd"), "type": "Undo", "actor": bo.id, "object": {"id": choose["id"], "type": "ChooseAnswer", "actor": bo.id, "object": note["id"]}});
        scene.refused(&community, &community.says("Announce", 5, &undo), "failed", "only-asker").await;
        assert_eq!(scene.copy(&page).await.accepted_id, Some(answer.id));
        scene.done(&community, &community.says("Announce", 6, &json!({"id": scene.peer.at("/activities/undo/abe"), "type": "Undo", "actor": sanne.id, "object": choose}))).await;
        assert_eq!(scene.copy(&page).await.accepted_id, None);
        scene.finish().await;
    }

    async fn discourse_writes_actors_out_and_addresses_inboxes(on: On) {
        let scene = Scene::start(on).await;
        let listener = listener(&scene).await;
        let question = scene.app.ask(&scene.bram, &scene.group, "Wie weet dit?", "Wij niet.").await;
        scene.app.run_jobs().await;
        let discourse = Peer::start("discourse").await;
        let wim = discourse.actor("Person", "/ap/actor/3f5c");
        let note = json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": discourse.at("/ap/object/77aa"), "type": "Note", "content": "<p>Wij wel.</p>", "name": "Re: Wie weet dit?",
            "attributedTo": wim.id, "inReplyTo": question.ap_id, "context": discourse.at("/ap/collection/12ab"), "published": scene.time(0), "url": discourse.at("/t/1/2"),
        });
        let create = json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": discourse.at("/ap/activity/88bb"), "type": "Create", "actor": wim.document("Person"),
            "to": scene.app.core.urls.at("/c/jeugd/inbox"), "object": note, "published": scene.time(0),
        });
        // hs2019, and the path without a query.
        let mut letter: Letter = wim.letter(&scene.app, "/c/jeugd/inbox", &create.to_string());
        letter.algorithm = Some("hs2019".into());
        letter.signed = "(request-target) (created) (expires) host date digest".into();
        for (name, offset) in [("created", 0), ("expires", 300)] {
            letter.parameters.push((name, (scene.app.clock.now().0 / 1_000 + offset).to_string()));
        }
        assert_eq!(letter.send(&scene.app).await.status, 202);
        scene.app.run_jobs().await;
        let known = scene.copy(&note).await;
        assert_eq!((known.kind.word(), known.title.as_str()), ("answer", ""));
        assert_eq!(announced(&listener, &create["id"]).len(), 1);
        scene.finish().await;
    }

    async fn gotosocial_has_keys_of_their_own_and_serves_only_the_signed(on: On) {
        let scene = Scene::start(on).await;
        let question = scene.app.ask(&scene.bram, &scene.group, "Wie weet dit?", "Wij niet.").await;
        scene.app.run_jobs().await;
        let id = scene.peer.at("/users/tom");
        let tom = Stranger { key_id: format!("{id}/main-key"), id, ..scene.els.clone() };
        scene.peer.serve(&tom.document("Person"));
        scene.peer.serve_at("/users/tom/main-key", &json!({"id": tom.id, "type": "Person", "publicKey": tom.document("Person")["publicKey"]}));
        let mut note = scene.reply_of(&tom, 5, &question.ap_id, "Wij wel.");
        note["id"] = json!(scene.peer.at("/users/tom/statuses/01HX"));
        (note["to"], note["cc"]) = (json!("as:Public"), json!(scene.group.ap_id));
        note["interactionPolicy"] = json!({"canLike": {"always": ["as:Public"], "automaticApproval": ["as:Public"]}});
        scene.done(&tom, &tom.says("Create", 1, &note)).await;
        assert_eq!(scene.copy(&note).await.kind.word(), "answer");
        scene.finish().await;
    }
}

#[tokio::test]
async fn an_actor_without_a_name_may_speak_and_takes_no_name_of_others() {
    let scene = Scene::start(On::Sqlite).await;
    let (nameless, namesake) = (scene.peer.actor("Person", "/x/emily"), scene.peer.actor("Person", "/u/emily"));
    let mut document = nameless.document("Person");
    document.as_object_mut().expect("an object").remove("preferredUsername");
    scene.peer.serve(&document);
    for by in [&nameless, &namesake] {
        assert_eq!(by.sends(&scene.app, &by.says("Like", 1, &json!(scene.group.ap_id))).await, 202);
    }
    let mut names = Vec::new();
    for by in [&nameless, &namesake] {
        let actor = db::actors::by_ap_id(&mut scene.app.core.db.conn(), &by.id).await.expect("a look").expect("an actor");
        names.push(actor.name);
    }
    assert!(names[0].starts_with("emily-"), "{names:?}");
    assert_eq!(names[1], "emily");
    scene.finish().await;
}
