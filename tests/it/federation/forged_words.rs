//! Everything else in another's name: votes, choices, follows and what takes them back.

use meent::db;
use meent::model::{FollowState, Post, Time};
use serde_json::{Value, json};

use super::Scene;
use crate::on_both;
use crate::support::On;
use crate::support::peer::{Peer, Stranger};

/// A question of Bram in our group and an answer of Els.
async fn answered(scene: &Scene) -> (Post, Value) {
    let question = scene.app.ask(&scene.bram, &scene.group, "Wie weet dit?", "Wij niet.").await;
    scene.app.run_jobs().await;
    let answer = scene.reply_of(&scene.els, 1, &question.ap_id, "Wij wel.");
    scene.done(&scene.els, &scene.els.says("Create", 1, &answer)).await;
    (question, answer)
}

async fn chosen(scene: &Scene, question: &Post) -> Option<String> {
    scene.app.post(&question.ap_id).await.accepted_ap_id
}

async fn followers(scene: &Scene) -> i64 {
    db::follows::count(&mut scene.app.core.db.conn(), scene.group.id).await.expect("a count")
}

on_both! {
    async fn t_34_a_vote_counts_once_and_not_for_oneself(on: On) {
        let scene = Scene::start(on).await;
        let (question, answer) = answered(&scene).await;
        let post = scene.app.post(&question.ap_id).await;
        let els = &scene.els;
        for number in 10..15 {
            scene.later();
            let (state, _) = scene.outcome(els, &els.says("Like", number, &json!(question.ap_id))).await;
            assert!(state == "done" || state == "ignored");
        }
        let mut emoji = els.says("EmojiReact", 15, &json!(question.ap_id));
        emoji["content"] = json!("👍");
        scene.outcome(els, &emoji).await;
        assert_eq!(scene.useful(&post).await, 1);
        scene.refused(els, &els.says("Like", 16, &answer["id"]), "ignored", "one's own").await;
        scene.refused(els, &els.says("Dislike", 17, &json!(question.ap_id)), "ignored", "not a kind").await;
        scene.refused(els, &els.says("Like", 18, &json!(scene.app.core.urls.at("/post/1"))), "ignored", "no such post").await;
        assert_eq!(scene.useful(&post).await, 1);
        // Somebody else takes it back: by its id, and with all of it.
        let tom = scene.peer.actor("Person", "/u/tom");
        let like = els.says("Like", 14, &json!(question.ap_id));
        scene.refused(&tom, &tom.says("Undo", 1, &like), "failed", "not-yours").await;
        scene.refused(&tom, &tom.says("Undo", 2, &like["id"]), "new", "not found").await;
        scene.wear_out().await;
        assert_eq!(scene.useful(&post).await, 1);
        // A vote from the future does not stand for ever.
        scene.later();
        let mut future = tom.says("Like", 3, &json!(question.ap_id));
        future["published"] = json!("2099-01-01T00:00:00Z");
        scene.done(&tom, &future).await;
        scene.later();
        scene.done(&tom, &tom.says("Undo", 4, &future)).await;
        assert_eq!(scene.useful(&post).await, 1);
        // Els herself, by another id than that of the Like that stands.
        scene.later();
        let mut other = like.clone();
        other["id"] = json!(scene.peer.at("/likes/never"));
        scene.done(els, &els.says("Undo", 19, &other)).await;
        assert_eq!(scene.useful(&post).await, 0);
        scene.finish().await;
    }

    async fn t_23_a_group_takes_back_only_what_is_its_own(on: On) {
        let scene = Scene::start(on).await;
        let (question, _) = answered(&scene).await;
        let (els, buren) = (&scene.els, scene.followed_group("/c/buren").await);
        let follow = els.says("Follow", 1, &json!(scene.group.ap_id));
        scene.done(els, &follow).await;
        let like = els.says("Like", 2, &json!(question.ap_id));
        scene.done(els, &like).await;
        let post = scene.app.post(&question.ap_id).await;
        assert_eq!((followers(&scene).await, scene.useful(&post).await), (2, 1));
        scene.later();
        // A group elsewhere says that Els left ours, and took back what she said in ours.
        for (number, inner) in (1..).zip([&follow, &follow["id"], &like, &like["id"]]) {
            let (state, _) = scene.outcome(&buren, &buren.says("Announce", number, &els.says("Undo", 10 + number, inner))).await;
            assert_ne!(state, "done", "{inner}");
        }
        assert_eq!((followers(&scene).await, scene.useful(&post).await), (2, 1));
        // So does somebody of another server, about Els.
        let other = Peer::start("derden").await;
        let cor = other.actor("Person", "/u/cor");
        scene.refused(&cor, &cor.says("Undo", 1, &follow), "failed", "not-yours").await;
        scene.refused(&cor, &cor.says("Undo", 2, &follow["id"]), "ignored", "did not follow").await;
        assert_eq!(followers(&scene).await, 2);
        scene.done(els, &els.says("Undo", 20, &follow["id"])).await;
        scene.refused(els, &els.says("Undo", 21, &follow), "ignored", "did not follow").await;
        assert_eq!(followers(&scene).await, 1);
        scene.finish().await;
    }

    async fn t_31_only_the_group_that_was_asked_accepts_and_only_what_was_asked(on: On) {
        let scene = Scene::start(on).await;
        let (buren, stranger) = (scene.followed_group("/c/buren").await, scene.peer.actor("Group", "/c/vreemd"));
        let known = scene.app.actor(&buren.id).await;
        let state = async || db::follows::get(&mut scene.app.core.db.conn(), scene.bram.id, known.id).await.expect("a read").expect("a follow").state;
        let follow: Value = serde_json::from_str(scene.peer.inbox().last().expect("the Follow")).expect("JSON");
        assert_eq!((follow["type"].as_str(), state().await), (Some("Follow"), FollowState::Pending));
        scene.refused(&stranger, &stranger.says("Accept", 1, &follow), "failed", "not-yours").await;
        scene.refused(&scene.els, &scene.els.says("Accept", 2, &follow["id"]), "failed", "not-yours").await;
        scene.refused(&scene.els, &scene.els.says("Reject", 3, &follow), "failed", "not-yours").await;
        // A Follow that nobody sent.
        let never = json!({"id": scene.app.core.urls.at("/activities/follow/1"), "type": "Follow", "actor": scene.bram.ap_id, "object": stranger.id});
        let (became, _) = scene.outcome(&stranger, &stranger.says("Accept", 4, &never)).await;
        assert_eq!(became, "ignored");
        assert!(db::follows::groups_of(&mut scene.app.core.db.conn(), scene.bram.id).await.expect("a read").iter().all(|group| group.ap_id != stranger.id));
        // A follow of somebody else, in our group: it is not theirs to reject.
        scene.done(&scene.els, &scene.els.says("Follow", 5, &json!(scene.group.ap_id))).await;
        let (became, _) = scene.outcome(&buren, &buren.says("Reject", 6, &scene.els.says("Follow", 5, &json!(scene.group.ap_id)))).await;
        assert_eq!((became.as_str(), followers(&scene).await, state().await), ("failed", 2, FollowState::Pending));
        scene.done(&buren, &buren.says("Accept", 7, &follow)).await;
        assert_eq!(state().await, FollowState::Accepted);
        scene.refused(&buren, &buren.says("Accept", 8, &follow), "ignored", "known").await;
        scene.done(&buren, &buren.says("Reject", 9, &follow["id"])).await;
        assert_eq!(state().await, FollowState::Rejected);
        // People, the instance and what is not there can't be followed.
        for (number, target) in (8..).zip([&scene.bram.ap_id, &scene.app.core.urls.instance_actor()]) {
            scene.done(&scene.els, &scene.els.says("Follow", number, &json!(target))).await;
            assert!(scene.peer.inbox().last().is_some_and(|answer| answer.contains("\"type\":\"Reject\"")));
        }
        for (number, target) in (10..).zip([&scene.app.core.urls.at("/c/niets"), &buren.id]) {
            scene.refused(&scene.els, &scene.els.says("Follow", number, &json!(target)), "ignored", "only groups").await;
        }
        scene.finish().await;
    }

    async fn t_53_54_only_the_asker_and_the_moderators_choose_an_answer(on: On) {
        let scene = Scene::start(on).await;
        let (question, answer) = answered(&scene).await;
        let (els, tom) = (&scene.els, scene.peer.actor("Person", "/u/tom"));
        let id = &answer["id"];
        // The writer of the answer, a passer-by, a group elsewhere in the asker's name.
        scene.refused(els, &els.says("ChooseAnswer", 1, id), "failed", "only-asker").await;
        scene.refused(&tom, &tom.says("ChooseAnswer", 2, id), "failed", "only-asker").await;
        let buren = scene.followed_group("/c/buren").await;
        let in_name = json!({"id": scene.app.core.urls.at("/activities/choose/1"), "type": "ChooseAnswer", "actor": scene.bram.ap_id, "object": id});
        scene.refused(&buren, &buren.says("Announce", 3, &in_name), "ignored", "ours").await;
        scene.refused(&buren, &buren.says("Announce", 4, &tom.says("ChooseAnswer", 4, id)), "failed", "other-group").await;
        assert_eq!(chosen(&scene, &question).await, None);
        let known = scene.copy(&answer).await;
        scene.app.choose(&scene.bram, &known, true).await;
        scene.later();
        for (number, by) in (5..).zip([els, &tom]) {
            scene.refused(by, &by.says("Undo", number, &by.says("ChooseAnswer", 50, id)), "failed", "only-asker").await;
        }
        let bram_chose = json!({"id": "http://x.localhost/1", "type": "ChooseAnswer", "actor": scene.bram.ap_id, "object": id});
        scene.refused(&tom, &tom.says("Undo", 7, &bram_chose), "failed", "not-yours").await;
        assert_eq!(chosen(&scene, &question).await.as_deref(), id.as_str());
        // An asker elsewhere chooses in their own thread, and only an answer to it.
        let mut theirs = scene.post_of(els, "Page", 30, "Wie weet dit?");
        theirs["published"] = json!(scene.time(0));
        scene.done(els, &els.says("Create", 30, &theirs)).await;
        scene.refused(els, &els.says("ChooseAnswer", 31, id), "failed", "only-asker").await;
        scene.refused(els, &els.says("ChooseAnswer", 32, &theirs["id"]), "failed", "only-asker").await;
        let fine = scene.app.reply(&scene.bram, &scene.copy(&theirs).await, "Wij.").await;
        let comment = scene.app.reply(&scene.bram, &fine, "En nog iets.").await;
        scene.app.run_jobs().await;
        scene.refused(els, &els.says("ChooseAnswer", 33, &json!(comment.ap_id)), "failed", "only-asker").await;
        scene.done(els, &els.says("ChooseAnswer", 34, &json!(fine.ap_id))).await;
        assert_eq!(chosen(&scene, &scene.copy(&theirs).await).await, Some(fine.ap_id.clone()));
        // An answer that was removed is no longer chosen, and can't be.
        scene.later();
        scene.app.remove(&scene.bram, &fine).await;
        assert_eq!(chosen(&scene, &scene.copy(&theirs).await).await, None);
        scene.refused(els, &els.says("ChooseAnswer", 35, &json!(fine.ap_id)), "failed", "only-asker").await;
        scene.finish().await;
    }

    async fn t_37_a_question_can_only_say_that_an_answer_to_it_was_chosen_by_whom_may(on: On) {
        let scene = Scene::start(on).await;
        let (_, elsewhere) = answered(&scene).await;
        let els = &scene.els;
        let mut question = scene.post_of(els, "Article", 40, "Wie weet dit?");
        question["meent:kind"] = json!("question");
        // Itself, before it is known.
        question["acceptedAnswer"] = question["id"].clone();
        scene.done(els, &els.says("Create", 40, &question)).await;
        let asked = question.clone();
        let known = scene.copy(&question).await;
        assert_eq!(known.accepted_id, None, "a question is no answer to itself");
        let answer = scene.app.reply(&scene.bram, &known, "Wij.").await;
        let comment = scene.app.reply(&scene.bram, &answer, "En nog iets.").await;
        scene.app.run_jobs().await;
        let mut number = 41;
        let mut say = async |accepted: &Value, by: &Value| {
            scene.later();
            number += 1;
            (question["acceptedAnswer"], question["meent:acceptedBy"]) = (accepted.clone(), by.clone());
            question["updated"] = json!(scene.time(0));
            scene.done(els, &els.says("Update", number, &question)).await;
            scene.copy(&question).await
        };
        for no_answer in [&elsewhere["id"], &asked["id"], &json!(comment.ap_id), &json!("niets"), &json!(7)] {
            assert_eq!(say(no_answer, &Value::Null).await.accepted_id, None, "{no_answer}");
        }
        let by_els = say(&json!(answer.ap_id), &json!(els.id)).await;
        assert_eq!((by_els.accepted_id, by_els.accepted_by), (Some(answer.id), Some(by_els.author_id)));
        // Bram moderates the group, somebody who was only seen here does not.
        let tom = scene.peer.actor("Person", "/u/tom");
        scene.outcome(&tom, &tom.says("Listen", 1, &json!("x"))).await;
        assert_eq!(say(&json!(answer.ap_id), &json!(scene.bram.ap_id)).await.accepted_by, Some(scene.bram.id));
        assert_eq!(say(&json!(answer.ap_id), &json!(tom.id)).await.accepted_by, None, "nobody chooses in Tom's name");
        // An answer that is not known yet, and turns out to be a comment in this thread.
        let early = scene.reply_of(els, 60, &answer.ap_id, "Een reactie");
        assert_eq!(say(&early["id"], &Value::Null).await.accepted_ap_id.as_deref(), early["id"].as_str());
        scene.done(els, &els.says("Create", 60, &early)).await;
        assert_eq!(scene.copy(&asked).await.accepted_id, None, "a comment is no answer");
        let early = scene.reply_of(els, 61, &known.ap_id, "Een antwoord");
        say(&early["id"], &Value::Null).await;
        scene.done(els, &els.says("Create", 61, &early)).await;
        assert_eq!(scene.copy(&asked).await.accepted_id, Some(scene.copy(&early).await.id));
        scene.finish().await;
    }

    async fn what_we_do_not_know_is_taken_and_ignored(on: On) {
        let scene = Scene::start(on).await;
        let (question, _) = answered(&scene).await;
        let before = scene.app.reads(&question.ap_id).await;
        // Known, but not about this, and not from her.
        for (number, kind) in (50..).zip(["Move", "Block", "Add", "Remove", "Lock", "Join", "Leave"]) {
            let mut activity = scene.els.says(kind, number, &json!(question.ap_id));
            activity["target"] = json!(scene.els.id);
            let (state, _) = scene.outcome(&scene.els, &activity).await;
            assert!(matches!(state.as_str(), "ignored" | "failed"), "{kind}: {state}");
        }
        let kinds = ["View", "Travel", "QuoteRequest", "Arrive", "Question", "Warn", "x y z"];
        for (number, kind) in (100..).zip(kinds) {
            let mut activity = scene.els.says(kind, number, &json!(question.ap_id));
            activity["target"] = json!(scene.els.id);
            scene.refused(&scene.els, &activity, "ignored", "not a kind").await;
        }
        for (number, object) in (200..).zip([Value::Null, json!(7), json!([]), json!({}), json!(""), json!("x"), json!({"type": "Create"}), json!([[[]]])]) {
            for kind in ["Create", "Update", "Delete", "Like", "Undo", "Follow", "Accept", "Reject", "Announce", "ChooseAnswer", "Lock", "Add", "Remove", "Block", "Flag", "Move", "Join", "Leave", "TentativeAccept"] {
                let activity = scene.els.says(kind, number, &object);
                assert_eq!(scene.els.sends(&scene.app, &activity).await, 202, "{activity}");
            }
        }
        for (number, object) in (300..).zip(["Tombstone", "Place", "Profile", "Relationship", "Album"]) {
            let mut post = scene.post_of(&scene.els, "Note", number, "Iets anders");
            post["type"] = json!(object);
            scene.refused(&scene.els, &scene.els.says("Create", number, &post), "ignored", "not a kind of post").await;
        }
        scene.wear_out().await;
        assert_eq!(scene.app.reads(&question.ap_id).await, before);
        scene.finish().await;
    }

    async fn t_28_somebody_who_removes_themselves_goes_alone(on: On) {
        let scene = Scene::start(on).await;
        let (question, answer) = answered(&scene).await;
        let els: &Stranger = &scene.els;
        scene.done(els, &els.says("Follow", 2, &json!(scene.group.ap_id))).await;
        scene.done(els, &els.says("Delete", 3, &json!(els.id))).await;
        assert!(scene.copy(&answer).await.is_deleted() && !scene.app.post(&question.ap_id).await.is_deleted());
        assert_eq!(followers(&scene).await, 1);
        // What comes after is nobody's, and the name does not come back.
        let again = scene.post_of(els, "Article", 9, "Toch niet");
        assert_eq!(els.sends(&scene.app, &els.says("Create", 9, &again)).await, 401);
        scene.app.clock.advance(Time::HOUR);
        assert_eq!(els.sends(&scene.app, &els.says("Create", 10, &again)).await, 401);
        assert!(scene.known(&again).await.is_none());
        assert!(scene.app.find(&els.id).await.is_err());
        scene.finish().await;
    }
}
