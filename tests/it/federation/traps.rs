//! The traps that other makes of software set, P1 to P31: each has a test of that name. Most of them are shapes; here is
//! what becomes of one when it is met alone.

mod second_half;

use serde_json::{Value, json};

use super::accepted_by::{form, got, runs};
use super::shapes::{Shapes, Then};
use super::{PUBLIC, Scene};
use crate::on_both;
use crate::support::On;
use crate::support::peer::{ACTIVITY_JSON, Peer, Stranger, get};
use crate::support::planned::event;

/// A follower on a server of some make.
async fn follower(scene: &Scene, software: &str) -> (Peer, Stranger) {
    let peer = Peer::start(software).await;
    runs(&peer, software);
    let kim = peer.actor("Person", "/u/kim");
    scene.done(&kim, &kim.says("Follow", 1, &json!(scene.group.ap_id))).await;
    (peer, kim)
}

/// A question with an answer that was chosen and one that was taken away, as a server got it.
async fn a_thread(scene: &Scene) -> [Value; 2] {
    let question = scene.app.ask(&scene.bram, &scene.group, "Wie weet dit?", "Wij niet.").await;
    scene.app.run_jobs().await;
    let answer = scene.app.reply(&scene.bram, &question, "Wij wel.").await;
    scene.app.choose(&scene.bram, &answer, true).await;
    let other = scene.app.reply(&scene.bram, &question, "Toch niet.").await;
    scene.app.run_jobs().await;
    scene.later();
    scene.app.remove(&scene.bram, &other).await;
    scene.app.run_jobs().await;
    let mut read = Vec::new();
    for post in [&question, &answer] {
        let path = post.ap_id.strip_prefix(scene.app.core.urls.base()).expect("ours");
        read.push(get(&scene.app, "GET", path, ACTIVITY_JSON).await.json());
    }
    read.try_into().expect("two")
}

#[test]
fn every_trap_has_its_test() {
    let source = [include_str!("traps.rs"), include_str!("traps/second_half.rs")].concat();
    for number in 1..=31 {
        assert!(source.contains(&format!("async fn p{number:02}_")), "P{number}");
    }
}

on_both! {
    async fn p01_piefed_writes_names_in_lower_case_and_asks_in_capitals(on: On) {
        let scene = Scene::start(on).await;
        let path = format!("/.well-known/webfinger?resource=acct:Jeugd@{}", scene.app.host());
        let found = get(&scene.app, "GET", &path, "").await.json();
        let id = found["links"][0]["href"].as_str().expect("an id").to_owned();
        assert_eq!((&id, &id.to_lowercase()), (&scene.group.ap_id, &id));
        assert!(!meent::model::names::Name::parse("Jeugd").is_ok_and(|name| name.as_str() != "jeugd"));
        assert!(id.contains("/c/") && scene.bram.ap_id.contains("/u/"));
        scene.finish().await;
    }

    async fn p02_the_inbox_never_says_gone(on: On) {
        let scene = Scene::start(on).await;
        for path in ["/inbox", "/u/niemand/inbox", "/c/weg/inbox", "/u/bram/inbox", "/c/jeugd/inbox", "/actor/inbox"] {
            let follow = scene.els.says("Follow", u32::try_from(path.len()).expect("short"), &json!(scene.core_id("/c/weg")));
            assert_eq!(scene.els.letter(&scene.app, path, &follow.to_string()).send(&scene.app).await.status, 202, "{path}");
            for bad in ["", "{", "[]"] {
                let status = scene.els.letter(&scene.app, path, bad).send(&scene.app).await.status;
                assert!(!matches!(status, 404 | 410 | 418 | 500..), "{path}: {status}");
            }
        }
        scene.app.run_jobs().await;
        scene.finish().await;
    }

    async fn p03_an_event_with_half_its_keys_is_an_event(on: On) {
        let shapes = Shapes::start(on, "mobilizon").await;
        let mut create = shapes.read("create-event");
        let fields = create["object"].as_object_mut().expect("an object");
        for key in ["endTime", "location", "timezone", "category", "joinMode", "tag", "attachment", "contentMap", "updated"] {
            fields.shift_remove(key);
        }
        shapes.scene.done(&shapes.signer(&create), &create).await;
        let known = shapes.scene.copy(&create["object"]).await;
        assert_eq!((known.kind.word(), known.title.as_str()), ("event", "Werksessie speelruimte"));
        let plan = event(&shapes.scene.app, &known.ap_id).await.plan;
        assert_eq!((plan.starts_at.rfc3339().as_str(), plan.ends_at, plan.zone.as_str()), ("2026-12-08T12:30:00.000Z", None, "Europe/Amsterdam"));
        assert!(plan.place.is_nowhere() && plan.sign_up_link == known.url);
        shapes.finish().await;
    }

    async fn p04_a_question_without_choices_is_a_question(on: On) {
        let scene = Scene::start(on).await;
        let mut asked = scene.post_of(&scene.els, "Question", 7, "Wie weet dit?");
        scene.done(&scene.els, &scene.els.says("Create", 1, &asked)).await;
        assert_eq!(scene.copy(&asked).await.kind.word(), "question");
        // And with choices they can be read.
        (asked["id"], asked["anyOf"]) = (json!(scene.peer.at("/post/8")), json!([{"type": "Note", "name": "Brieven"}, {"type": "Note"}]));
        scene.done(&scene.els, &scene.els.says("Create", 2, &asked)).await;
        assert!(scene.copy(&asked).await.html.contains("<li>Brieven</li>"));
        scene.finish().await;
    }

    async fn p05_a_vote_in_a_poll_is_no_answer_and_no_answer_is_a_vote(on: On) {
        let mut shapes = Shapes::start(on, "mastodon").await;
        shapes.step("poll-vote", Then::Ignored("a vote in a poll")).await;
        let [_, answer] = a_thread(&shapes.scene).await;
        assert!(answer.get("name").is_none() && answer["published"].is_string() && !answer["content"].as_str().expect("a text").is_empty());
        shapes.finish().await;
    }

    async fn p06_the_group_stands_first_and_everybody_is_written_out(on: On) {
        let scene = Scene::start(on).await;
        for post in a_thread(&scene).await {
            assert_eq!(post["to"], json!([scene.group.ap_id, PUBLIC]));
        }
        scene.finish().await;
    }

    async fn p07_no_public_group_says_that_followers_are_approved(on: On) {
        let scene = Scene::start(on).await;
        let group = get(&scene.app, "GET", "/c/jeugd", ACTIVITY_JSON).await.json();
        assert_eq!((&group["manuallyApprovesFollowers"], &group["discoverable"]), (&json!(false), &json!(true)));
        scene.finish().await;
    }

    async fn p08_every_key_has_the_kind_of_json_that_lemmy_reads(on: On) {
        let scene = Scene::start(on).await;
        for post in a_thread(&scene).await {
            assert!(post["attachment"].is_array() && post["tag"].is_array() && post["language"].is_object(), "{post}");
            assert!(post["audience"].is_string() && post["context"].is_string() && post["attributedTo"].is_string(), "{post}");
            assert!(post.as_object().expect("an object").values().all(|value| !value.is_null()), "{post}");
        }
        scene.finish().await;
    }

    async fn p09_lemmy_is_not_told_of_choices_and_piefed_is(on: On) {
        let scene = Scene::start(on).await;
        let (lemmy, _) = follower(&scene, "lemmy").await;
        let (piefed, kim) = follower(&scene, "piefed").await;
        let mut page = scene.post_of(&scene.els, "Page", 1, "Wie weet dit?");
        (page["id"], page["attributedTo"]) = (json!(piefed.at("/post/1")), json!(kim.id));
        scene.done(&kim, &kim.says("Create", 2, &page)).await;
        let asked = scene.copy(&page).await;
        let answer = scene.app.reply(&scene.bram, &asked, "Wij wel.").await;
        scene.done(&kim, &kim.says("ChooseAnswer", 3, &json!(answer.ap_id))).await;
        // One of ours, chosen by a member of ours.
        a_thread(&scene).await;
        let of = |peer: &Peer| got(peer).iter().map(form).filter(|form| form.contains("ChooseAnswer")).count();
        assert_eq!((of(&lemmy), of(&piefed)), (0, 2));
        scene.finish().await;
    }

    async fn p10_what_an_author_deletes_bears_no_summary(on: On) {
        let scene = Scene::start(on).await;
        let (lemmy, _) = follower(&scene, "lemmy").await;
        a_thread(&scene).await;
        let deleted: Vec<Value> = got(&lemmy).into_iter().filter(|it| form(it) == "Announce{Delete}").collect();
        assert_eq!(deleted.len(), 1);
        assert!(deleted[0]["object"].get("summary").is_none() && deleted[0]["object"]["object"].is_string());
        scene.finish().await;
    }

    async fn p11_undoing_a_downvote_that_embeds_a_like_leaves_no_vote(on: On) {
        let mut shapes = Shapes::start(on, "lemmy-0.19").await;
        shapes.step("announce-create-page", Then::Asks("Wie kent een goed jongerenpanel?")).await;
        shapes.step("announce-create-comment", Then::Answers("Amersfoort")).await;
        shapes.step("announce-like", Then::Useful(1)).await;
        shapes.step("announce-undo-dislike", Then::Useful(0)).await;
        shapes.finish().await;
    }

    async fn p12_an_announce_says_to_and_cc_and_everybody(on: On) {
        let scene = Scene::start(on).await;
        let (lemmy, _) = follower(&scene, "lemmy").await;
        a_thread(&scene).await;
        for announce in got(&lemmy).iter().filter(|it| it["type"] == "Announce") {
            assert_eq!((&announce["to"], &announce["cc"]), (&json!([PUBLIC]), &json!([scene.group.followers])));
        }
        scene.finish().await;
    }

    async fn p13_what_we_fetch_is_signed_with_the_digest_of_nothing(on: On) {
        let scene = Scene::start(on).await;
        let (lemmy, _) = follower(&scene, "lemmy").await;
        let heard = &lemmy.heard("/u/kim")[0];
        assert_eq!(heard["digest"], "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        let signature = heard["signature"].to_str().expect("text");
        assert!(["digest", "host", "date", "(request-target)"].iter().all(|name| signature.contains(name)), "{signature}");
        scene.finish().await;
    }
}

impl Scene {
    /// An id that could be ours.
    fn core_id(&self, path: &str) -> String {
        self.app.core.urls.at(path)
    }
}
