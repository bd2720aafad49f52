//! What other servers can do to us: an instance with a group, and a scripted server of another make.

mod bodies;
mod forged_posts;
mod forged_words;
mod hostile_servers;
mod other_makes;
mod signatures;
mod surface;

use meent::db::{self, received::Received};
use meent::model::{Actor, Clock, Post, Time};
use serde_json::{Value, json};

use crate::support::peer::{Peer, Stranger};
use crate::support::{On, START, TestApp};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Region A with Bram's group `jeugd`, and Els on a server of another make.
struct Scene {
    app: Box<TestApp>,
    peer: Peer,
    bram: Actor,
    group: Actor,
    els: Stranger,
}

impl Scene {
    async fn start(on: On) -> Self {
        let clock = Clock::manual(START);
        let app = Box::new(TestApp::start(on, "a", &clock).await);
        let bram = app.member("bram", "Bram de Wit").await;
        let group = app.group("jeugd", "Jeugdhulp in de regio", &bram).await;
        let peer = Peer::start("elders").await;
        let els = peer.actor("Person", "/u/els");
        Self { app, peer, bram, group, els }
    }

    fn later(&self) {
        self.app.clock.advance(Time::MINUTE);
    }

    /// A moment as it is written on the wire.
    fn time(&self, offset: i64) -> String {
        self.app.clock.now().plus(offset).rfc3339()
    }

    /// A post of `by` for the group.
    fn post_of(&self, by: &Stranger, kind: &str, number: u32, content: &str) -> Value {
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
    fn reply_of(&self, by: &Stranger, number: u32, parent: &str, content: &str) -> Value {
        let mut note = self.post_of(by, "Note", number, content);
        note["inReplyTo"] = json!(parent);
        note
    }

    /// Sends what must be answered 202, does what is due and tells what became of it: its state and the reason.
    async fn outcome(&self, by: &Stranger, activity: &Value) -> (String, String) {
        assert_eq!(by.sends(&self.app, activity).await, 202, "{activity}");
        self.app.run_jobs().await;
        let received = self.received(activity).await.expect("it was stored");
        (received.state, received.note.unwrap_or_default())
    }

    /// The same, for what must be done.
    async fn done(&self, by: &Stranger, activity: &Value) {
        assert_eq!(self.outcome(by, activity).await, ("done".into(), String::new()), "{activity}");
    }

    /// The same, for what must be ignored or refused with a reason that holds `why`.
    async fn refused(&self, by: &Stranger, activity: &Value, state: &str, why: &str) {
        let (became, note) = self.outcome(by, activity).await;
        assert!(became == state && note.contains(why), "{became}: {note}, instead of {state}: {why}\n{activity}");
    }

    async fn received(&self, activity: &Value) -> Option<Received> {
        let id = activity["id"].as_str().expect("an id");
        db::received::by_ap_id(&mut self.app.core.db.conn(), id).await.expect("a read")
    }

    /// A post as it is known here, if it is.
    async fn known(&self, post: &Value) -> Option<Post> {
        db::posts::by_ap_id(&mut self.app.core.db.conn(), post["id"].as_str().expect("an id")).await.expect("a read")
    }

    /// A post that must be known here.
    async fn copy(&self, post: &Value) -> Post {
        self.known(post).await.unwrap_or_else(|| panic!("it is not known here: {post}"))
    }

    async fn useful(&self, post: &Post) -> i64 {
        db::useful::count(&mut self.app.core.db.conn(), post.id).await.expect("a count")
    }

    /// A group on the other server that Bram follows.
    async fn followed_group(&self, path: &str) -> Stranger {
        let group = self.peer.actor("Group", path);
        let known = self.app.find(&group.id).await.expect("the group is found");
        self.app.join(&self.bram, &known).await;
        self.app.run_jobs().await;
        group
    }

    /// Lets time pass until what could not be done is given up.
    async fn wear_out(&self) {
        for _ in 0..20 {
            self.app.clock.advance(13 * Time::HOUR);
            self.app.run_jobs().await;
        }
    }

    async fn finish(self) {
        Box::pin(async move {
            self.app.run_jobs().await;
            self.app.finish().await;
        })
        .await;
    }
}
