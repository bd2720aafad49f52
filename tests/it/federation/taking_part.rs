//! Stories with one server of another make: a member of ours takes part in its group; somebody there takes part in ours
//! from software that only knows boosts; and a Follow that is asked again until it is answered.

mod asked_again;
mod mastodon;

use meent::db;
use meent::model::{Actor, FollowState, Post};
use serde_json::{Value, json};

use super::accepted_by::{form, got, runs};
use super::{PUBLIC, Scene};
use crate::on_both;
use crate::support::On;
use crate::support::peer::{Peer, Stranger};

/// How a make of software passes things on in its groups.
struct Manners {
    software: &'static str,
    /// Where its group and its people live, and the type of what starts a thread.
    group: &'static str,
    person: &'static str,
    start: &'static str,
    /// It announces the object beside the activity.
    objects_too: bool,
    /// It announces lists of activities.
    lists: bool,
    /// Whether its Accept names only the id.
    short_accept: bool,
}

const LEMMY: Manners =
    Manners { software: "lemmy", group: "/c/zorg", person: "/u/kim", start: "Page", objects_too: true, lists: false, short_accept: false };
const PIEFED: Manners =
    Manners { software: "piefed", group: "/c/zorg", person: "/u/kim", start: "Page", objects_too: false, lists: true, short_accept: false };
const NODEBB: Manners = Manners {
    software: "nodebb",
    group: "/category/5",
    person: "/uid/3",
    start: "Article",
    objects_too: true,
    lists: false,
    short_accept: true,
};

/// A server with a group that Bram is in, and with Kim who moderates it.
struct There {
    scene: Scene,
    manners: Manners,
    peer: Peer,
    group: Stranger,
    kim: Stranger,
    /// The group as we know it.
    known: Actor,
    said: std::cell::Cell<u32>,
}

impl There {
    async fn start(on: On, manners: Manners) -> Self {
        let scene = Scene::start(on).await;
        let peer = Peer::start(manners.software).await;
        runs(&peer, manners.software);
        let (group, kim) = (peer.actor("Group", manners.group), peer.actor("Person", manners.person));
        let moderators = format!("{}/moderators", group.id);
        let mut document = group.document("Group");
        document["attributedTo"] = json!(moderators);
        peer.serve(&document);
        peer.serve(&json!({"@context": "https://www.w3.org/ns/activitystreams", "id": moderators, "type": "OrderedCollection", "orderedItems": [kim.id]}));
        let known = scene.app.find(&group.id).await.expect("the group is found");
        scene.app.join(&scene.bram, &known).await;
        scene.app.run_jobs().await;
        let follow = got(&peer).pop().expect("a Follow");
        assert_eq!((&follow["type"], &follow["object"]), (&json!("Follow"), &json!(group.id)));
        let answered = if manners.short_accept { follow["id"].clone() } else { follow };
        let there = Self { scene, manners, peer, group, kim, known, said: std::cell::Cell::new(10) };
        there.scene.done(&there.group, &there.group.says("Accept", 1, &answered)).await;
        let mut conn = there.scene.app.core.db.conn();
        let state = db::follows::get(&mut conn, there.scene.bram.id, there.known.id).await.expect("a read").expect("a follow").state;
        assert_eq!(state, FollowState::Accepted);
        there
    }

    fn number(&self) -> u32 {
        self.said.set(self.said.get() + 1);
        self.said.get()
    }

    /// The group passes an activity on, in the manner of its software; the same thing never counts twice.
    async fn passes_on(&self, activity: &Value) {
        self.scene.later();
        let whole = if self.manners.lists { json!([activity]) } else { activity.clone() };
        let mut all = vec![self.group.says("Announce", self.number(), &whole)];
        if self.manners.objects_too && activity["type"] == "Create" {
            if activity["actor"] == json!(self.kim.id) {
                self.peer.serve(&activity["object"]);
            }
            all.push(self.group.says("Announce", self.number(), &activity["object"]));
            if self.manners.software == "nodebb" {
                all.reverse();
            }
        }
        for mut announce in all {
            (announce["to"], announce["cc"]) = (json!([PUBLIC]), json!([format!("{}/followers", self.group.id)]));
            assert_eq!(self.group.sends(&self.scene.app, &announce).await, 202);
            self.scene.app.run_jobs().await;
        }
    }

    /// The newest of what Bram's server sent that has this form; it carries on as the group does: back to everybody.
    async fn hears(&self, wanted: &str) -> Value {
        self.scene.app.run_jobs().await;
        let sent: Vec<Value> = got(&self.peer).into_iter().filter(|it| form(it) == wanted).collect();
        let newest = sent.last().unwrap_or_else(|| panic!("{}: no {wanted}", self.manners.software)).clone();
        self.passes_on(&newest).await;
        newest
    }

    fn post_of_kim(&self, parent: Option<&str>, said: &str) -> Value {
        let number = self.number();
        let kind = if parent.is_some() { "Note" } else { self.manners.start };
        let mut post = json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": self.peer.at(&format!("/post/{number}")), "type": kind, "attributedTo": self.kim.id,
            "to": [self.group.id, PUBLIC], "cc": [self.scene.bram.ap_id], "audience": self.group.id, "content": format!("<p>{said}</p>"), "published": self.scene.time(0),
            "tag": [{"type": "Mention", "href": self.scene.bram.ap_id, "name": "@bram"}],
        });
        match parent {
            Some(parent) => post["inReplyTo"] = json!(parent),
            None => post["name"] = json!(said),
        }
        post
    }

    /// Kim says something: her server sends it to whom it names, and the group passes it on.
    async fn kim_says(&self, kind: &str, object: &Value) -> Value {
        let mut activity = self.kim.says(kind, self.number(), object);
        (activity["to"], activity["cc"], activity["audience"]) = (json!([self.group.id, PUBLIC]), json!([]), json!(self.group.id));
        if kind == "Create" {
            assert_eq!(self.kim.sends(&self.scene.app, &activity).await, 202);
            self.scene.app.run_jobs().await;
        }
        self.passes_on(&activity).await;
        activity
    }

    async fn thread(&self, root: &Post) -> Vec<Post> {
        let lines = db::threads::whole(&mut self.scene.app.core.db.conn(), root.id, None).await.expect("a thread");
        lines.into_iter().map(|line| line.post).collect()
    }
}

/// Bram asks in their group and answers there; Kim does too; both change and remove things. Nothing is there twice.
async fn a_member_takes_part(on: On, manners: Manners) {
    let there = There::start(on, manners).await;
    let (app, bram) = (&there.scene.app, &there.scene.bram);
    // Bram's question, Kim's answer.
    let question = app.ask(bram, &there.known, "Wie heeft een jongerenpanel?", "Wij zoeken er een.").await;
    let create = there.hears("Create{Article}").await;
    assert_eq!((&create["to"][0], &create["object"]["id"]), (&json!(there.group.id), &json!(question.ap_id)));
    let answer = there.post_of_kim(Some(&question.ap_id), "Wij hebben er een.");
    there.kim_says("Create", &answer).await;
    let known = app.post(answer["id"].as_str().expect("an id")).await;
    assert_eq!((known.kind.word(), known.group_id, known.parent_id), ("answer", there.known.id, Some(question.id)));
    app.useful(bram, &known, true).await;
    there.hears("Like").await;
    app.useful(bram, &known, false).await;
    there.hears("Undo{Like}").await;
    let comment = app.reply(bram, &known, "Mooi, @kim.").await;
    there.hears("Create{Note}").await;
    there.kim_says("Like", &json!(comment.ap_id)).await;
    assert_eq!(there.scene.useful(&comment).await, 1);
    there.scene.later();
    app.edit(bram, &question, Some("Wie heeft een goed jongerenpanel?"), "Wij zoeken er een.").await;
    let update = there.hears("Update{Article}").await;
    assert!(update["object"]["updated"].is_string());
    // Who chooses is Bram; PieFed hears it in its own word.
    app.choose(bram, &known, true).await;
    let update = there.hears("Update{Article}").await;
    assert_eq!(update["object"]["acceptedAnswer"], answer["id"]);
    let choices = got(&there.peer).iter().filter(|it| form(it) == "ChooseAnswer").count();
    assert_eq!(choices, usize::from(there.manners.software == "piefed"));
    // Kim changes her answer, and takes it away.
    let mut changed = answer.clone();
    (changed["content"], changed["updated"]) = (json!("<p>Wij hebben er twee.</p>"), json!(there.scene.time(0)));
    there.kim_says("Update", &changed).await;
    assert!(app.post(&known.ap_id).await.html.contains("twee"));
    assert_eq!(there.thread(&question).await.len(), 3);
    app.remove(bram, &comment).await;
    there.hears("Delete").await;
    there.peer.gone(answer["id"].as_str().and_then(|id| id.strip_prefix(&there.peer.at(""))).expect("on that server"));
    there.kim_says("Delete", &answer["id"]).await;
    assert!(app.post(&known.ap_id).await.is_deleted() && app.post(&comment.ap_id).await.is_deleted());
    assert_eq!(app.post(&question.ap_id).await.accepted_id, None);
    // Kim's question, Bram's answer.
    let asked = there.post_of_kim(None, "Wie weet dit?");
    there.kim_says("Create", &asked).await;
    let asked = app.post(asked["id"].as_str().expect("an id")).await;
    let mine = app.reply(bram, &asked, "Wij.").await;
    let create = there.hears("Create{Note}").await;
    assert_eq!((&create["object"]["inReplyTo"], &create["object"]["to"][0]), (&json!(asked.ap_id), &json!(there.group.id)));
    let choice = there.kim.says("ChooseAnswer", there.number(), &json!(mine.ap_id));
    if there.manners.software == "piefed" {
        let stranger = there.peer.actor("Person", "/u/lot");
        there.passes_on(&stranger.says("ChooseAnswer", there.number(), &json!(mine.ap_id))).await;
        assert_eq!(app.post(&asked.ap_id).await.accepted_id, None);
        there.passes_on(&choice).await;
        assert_eq!(app.post(&asked.ap_id).await.accepted_id, Some(mine.id));
        there.scene.later();
        there.passes_on(&there.kim.says("Undo", there.number(), &choice)).await;
        assert_eq!(app.post(&asked.ap_id).await.accepted_id, None);
    }
    assert_eq!(there.thread(&asked).await.len(), 2);
    app.leave(bram, &there.known).await;
    app.run_jobs().await;
    assert_eq!(form(&got(&there.peer).pop().expect("something")), "Undo{Follow}");
    there.scene.finish().await;
}

on_both! {
    async fn a_member_takes_part_in_a_lemmy_community(on: On) { Box::pin(a_member_takes_part(on, LEMMY)).await; }
    async fn a_member_takes_part_in_a_piefed_community(on: On) { Box::pin(a_member_takes_part(on, PIEFED)).await; }
    async fn a_member_takes_part_in_a_nodebb_category(on: On) { Box::pin(a_member_takes_part(on, NODEBB)).await; }
}
