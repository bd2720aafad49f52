//! A Follow is repeated until it is answered, and what the group sends counts as an answer.

use meent::db;
use meent::model::{Actor, FollowState, Time};
use serde_json::{Value, json};

use super::super::Scene;
use super::super::accepted_by::got;
use crate::on_both;
use crate::support::On;
use crate::support::peer::Stranger;
use crate::support::visitor::Visitor;

/// Bram asked to follow a group whose server says nothing.
struct Waiting {
    scene: Scene,
    group: Stranger,
    known: Actor,
}

impl Waiting {
    async fn start(on: On) -> Self {
        let scene = Scene::start(on).await;
        let group = scene.peer.actor("Group", "/c/zorg");
        let known = scene.app.find(&group.id).await.expect("the group is found");
        scene.app.join(&scene.bram, &known).await;
        scene.app.run_jobs().await;
        Self { scene, group, known }
    }

    fn follows(&self) -> Vec<Value> {
        got(&self.scene.peer).into_iter().filter(|it| it["type"] == "Follow").collect()
    }

    async fn after(&self, wait: i64) -> usize {
        self.scene.app.clock.advance(wait);
        self.scene.app.run_jobs().await;
        self.follows().len()
    }

    async fn state(&self, member: &Actor) -> FollowState {
        let mut conn = self.scene.app.core.db.conn();
        db::follows::get(&mut conn, member.id, self.known.id).await.expect("a read").expect("a follow").state
    }

    async fn page(&self) -> String {
        Visitor::logged_in(&self.scene.app, &self.scene.bram).await.get(&self.known.path()).await.body
    }
}

on_both! {
    async fn after_an_hour_after_six_and_daily_for_a_month(on: On) {
        let waiting = Waiting::start(on).await;
        assert!(waiting.page().await.contains("wacht op antwoord"));
        assert_eq!(waiting.after(59 * Time::MINUTE).await, 1);
        assert_eq!(waiting.after(Time::MINUTE).await, 2);
        assert_eq!(waiting.after(4 * Time::HOUR).await, 2);
        assert_eq!(waiting.after(Time::HOUR).await, 3);
        assert_eq!(waiting.after(18 * Time::HOUR).await, 4);
        for day in 2..=30 {
            assert_eq!(waiting.after(Time::DAY).await, 3 + day);
        }
        assert_eq!(waiting.after(10 * Time::DAY).await, 33);
        // Each bears an id of its own: who had the first one would pass over a copy, and its answer was lost.
        let ids: std::collections::BTreeSet<String> = waiting.follows().iter().map(|follow| follow["id"].to_string()).collect();
        assert_eq!(ids.len(), 33);
        let page = waiting.page().await;
        assert!(page.contains("een maand lang niet geantwoord") && page.contains("/join\""), "{page}");
        waiting.scene.app.join(&waiting.scene.bram, &waiting.known).await;
        assert_eq!(waiting.after(0).await, 34);
        assert!(waiting.page().await.contains("wacht op antwoord"));
        waiting.scene.finish().await;
    }

    async fn an_answer_ends_it_whichever_follow_it_names(on: On) {
        for (kind, whole, state) in [("Accept", true, FollowState::Accepted), ("Accept", false, FollowState::Accepted), ("Reject", false, FollowState::Rejected)] {
            let waiting = Waiting::start(on).await;
            assert_eq!(waiting.after(Time::HOUR).await, 2);
            // The answer to the first one was only late.
            let first = waiting.follows().remove(0);
            let named = if whole { first } else { first["id"].clone() };
            waiting.scene.done(&waiting.group, &waiting.group.says(kind, 1, &named)).await;
            assert_eq!(waiting.state(&waiting.scene.bram).await, state);
            assert_eq!(waiting.after(2 * Time::DAY).await, 2);
            let page = waiting.page().await;
            assert_eq!(page.contains("afgewezen"), kind == "Reject");
            waiting.scene.finish().await;
        }
    }

    async fn what_the_group_sends_is_an_answer(on: On) {
        let waiting = Waiting::start(on).await;
        let kim = waiting.scene.peer.actor("Person", "/u/kim");
        let mut page = waiting.scene.post_of(&kim, "Page", 1, "Wie weet dit?");
        (page["to"], page["audience"]) = (json!([waiting.group.id]), json!(waiting.group.id));
        page["cc"] = json!([super::super::PUBLIC]);
        let announce = waiting.group.says("Announce", 1, &kim.says("Create", 1, &page));
        // Somebody who only says that they are the group does not answer for it.
        let mut forged = announce.clone();
        (forged["id"], forged["actor"]) = (json!(format!("{}#Announce/9", waiting.scene.els.id)), json!(waiting.scene.els.id));
        waiting.scene.refused(&waiting.scene.els, &forged, "ignored", "boost by a person").await;
        assert_eq!(waiting.state(&waiting.scene.bram).await, FollowState::Pending);
        waiting.scene.done(&waiting.group, &announce).await;
        assert_eq!(waiting.state(&waiting.scene.bram).await, FollowState::Accepted);
        assert_eq!(waiting.after(Time::DAY).await, 1);
        // For one who asks after that, it proves nothing: she goes on asking.
        let anna = waiting.scene.app.member("anna", "Anna Vermeer").await;
        waiting.scene.app.join(&anna, &waiting.known).await;
        waiting.scene.app.run_jobs().await;
        let like = kim.says("Like", 3, &json!("https://voorbeeld.example/nergens"));
        waiting.scene.app.clock.advance(Time::MINUTE);
        assert_eq!(waiting.group.sends(&waiting.scene.app, &waiting.group.says("Announce", 2, &like)).await, 202);
        waiting.scene.app.run_jobs().await;
        assert_eq!(waiting.state(&anna).await, FollowState::Pending);
        assert_eq!(waiting.after(Time::HOUR).await, 3);
        waiting.scene.wear_out().await;
        waiting.scene.finish().await;
    }

    async fn who_leaves_is_not_asked_for_any_more(on: On) {
        let waiting = Waiting::start(on).await;
        waiting.scene.app.leave(&waiting.scene.bram, &waiting.known).await;
        assert_eq!(waiting.after(Time::DAY).await, 1);
        // And who comes back begins anew.
        waiting.scene.app.join(&waiting.scene.bram, &waiting.known).await;
        assert_eq!(waiting.after(0).await, 2);
        assert_eq!(waiting.after(Time::HOUR).await, 3);
        waiting.scene.finish().await;
    }

    async fn a_person_and_the_instance_can_not_be_followed_and_say_so(on: On) {
        let scene = Scene::start(on).await;
        for (number, target) in [(1, scene.bram.ap_id.clone()), (2, scene.app.core.urls.instance_actor())] {
            let follow = scene.els.says("Follow", number, &json!(target));
            scene.done(&scene.els, &follow).await;
            let reject = got(&scene.peer).pop().expect("an answer");
            assert_eq!((&reject["type"], &reject["actor"], &reject["object"]), (&json!("Reject"), &json!(target), &follow));
        }
        let mut conn = scene.app.core.db.conn();
        assert_eq!(db::follows::count(&mut conn, scene.bram.id).await.expect("a count"), 0);
        drop(conn);
        scene.finish().await;
    }
}
