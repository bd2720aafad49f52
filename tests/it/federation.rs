//! What other servers can do to us: an instance with a group, and a scripted server of another make.

pub mod accepted_by;
mod bodies;
mod events;
mod events_attacked;
mod forged_posts;
mod forged_words;
mod hostile_servers;
mod knocking;
mod moderators;
mod moves;
mod other_makes;
mod proofs;
mod shapes;
mod signatures;
mod signatures_rfc9421;
mod surface;
mod taking_part;
mod traps;

use meent::db::{self, received::Received};
use meent::model::{Actor, Clock, Post, Time};
use serde_json::{Value, json};

use crate::support::peer::{Peer, Stranger, digest};
use crate::support::{On, START, TestApp};

pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Region A with Bram's group `jeugd`, and Els on a server of another make.
pub struct Scene {
    pub app: Box<TestApp>,
    pub peer: Peer,
    pub bram: Actor,
    pub group: Actor,
    pub els: Stranger,
}

impl Scene {
    pub async fn start(on: On) -> Self {
        let clock = Clock::manual(START);
        let app = Box::new(TestApp::start(on, "a", &clock).await);
        let bram = app.member("bram", "Bram de Wit").await;
        let group = app.group("jeugd", "Jeugdhulp in de regio", &bram).await;
        let peer = Peer::start("elders").await;
        let els = peer.actor("Person", "/u/els");
        Self { app, peer, bram, group, els }
    }

    pub fn later(&self) {
        self.app.clock.advance(Time::MINUTE);
    }

    /// A moment as it is written on the wire.
    pub fn time(&self, offset: i64) -> String {
        self.app.clock.now().plus(offset).rfc3339()
    }

    /// A post of `by` for the group.
    pub fn post_of(&self, by: &Stranger, kind: &str, number: u32, content: &str) -> Value {
        let path = if kind == "Note" { "comment" } else { "post" };
        let origin = by.id.split("/u/").next().expect("an origin");
        let mut post = json!({
            "id": format!("{origin}/{path}/{number}"), "type": kind, "attributedTo": by.id, "to": [self.group.ap_id, PUBLIC], "cc": [],
            "audience": self.group.ap_id, "content": format!("<p>{content}</p>"), "published": self.time(0),
        });
        if kind != "Note" {
            post["name"] = json!(format!("Vraag {number}"));
        }
        post
    }

    /// A reply of `by`.
    pub fn reply_of(&self, by: &Stranger, number: u32, parent: &str, content: &str) -> Value {
        let mut note = self.post_of(by, "Note", number, content);
        note["inReplyTo"] = json!(parent);
        note
    }

    /// Sends what must be answered 202, does what is due and tells what became of it: its state and the reason.
    pub async fn outcome(&self, by: &Stranger, activity: &Value) -> (String, String) {
        assert_eq!(by.sends(&self.app, activity).await, 202, "{activity}");
        self.app.run_jobs().await;
        let received = self.received(activity).await.expect("it was stored");
        (received.state, received.note.unwrap_or_default())
    }

    /// The same, for what must be done.
    pub async fn done(&self, by: &Stranger, activity: &Value) {
        assert_eq!(self.outcome(by, activity).await, ("done".into(), String::new()), "{activity}");
    }

    /// The same, for what must be ignored or refused with a reason that holds `why`.
    pub async fn refused(&self, by: &Stranger, activity: &Value, state: &str, why: &str) {
        let (became, note) = self.outcome(by, activity).await;
        assert!(became == state && note.contains(why), "{became}: {note}, instead of {state}: {why}\n{activity}");
    }

    pub async fn received(&self, activity: &Value) -> Option<Received> {
        let id = activity["id"].as_str().expect("an id");
        // A change of an event that bears no date is known by what it says too.
        let named = format!("{id}#{}", digest(&activity.to_string()));
        let mut conn = self.app.core.db.conn();
        let found = db::received::by_ap_id(&mut conn, &named).await.expect("a read");
        if found.is_some() { found } else { db::received::by_ap_id(&mut conn, id).await.expect("a read") }
    }

    /// A post as it is known here, if it is.
    pub async fn known(&self, post: &Value) -> Option<Post> {
        db::posts::by_ap_id(&mut self.app.core.db.conn(), post["id"].as_str().expect("an id")).await.expect("a read")
    }

    /// A post that must be known here.
    pub async fn copy(&self, post: &Value) -> Post {
        self.known(post).await.unwrap_or_else(|| panic!("it is not known here: {post}"))
    }

    pub async fn useful(&self, post: &Post) -> i64 {
        db::useful::count(&mut self.app.core.db.conn(), post.id).await.expect("a count")
    }

    /// A group on the other server that Bram follows.
    pub async fn followed_group(&self, path: &str) -> Stranger {
        let group = self.peer.actor("Group", path);
        let known = self.app.find(&group.id).await.expect("the group is found");
        self.app.join(&self.bram, &known).await;
        self.app.run_jobs().await;
        group
    }

    /// Lets time pass until what could not be done is given up.
    pub async fn wear_out(&self) {
        for _ in 0..20 {
            self.app.clock.advance(13 * Time::HOUR);
            self.app.run_jobs().await;
        }
    }

    pub async fn finish(self) {
        Box::pin(async move {
            self.app.run_jobs().await;
            self.app.finish().await;
        })
        .await;
    }
}
