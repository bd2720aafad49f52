//! Threads of other servers are complete here: every kind of list is read, what was missed is healed in both directions,
//! homes without end come to an end, and the foot of a thread says how it stands.

mod bounds;
mod foot;
mod healing;
mod kinds;

use meent::db;
use meent::model::{Actor, Clock, Post, Time};
use meent::ops::comparing::{self, Asked};
use serde_json::{Value, json};

use crate::support::peer::{Peer, Stranger};
use crate::support::{On, START, TestApp};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// Anna's region follows a group on a server of another make, on which Els writes.
struct Home {
    app: Box<TestApp>,
    peer: Peer,
    anna: Actor,
    group: Stranger,
    els: Stranger,
}

impl Home {
    async fn start(on: On) -> Self {
        let app = Box::new(TestApp::start(on, "a", &Clock::manual(START)).await);
        let anna = app.member("anna", "Anna Vermeer").await;
        let peer = Peer::start("thuis").await;
        let (group, els) = (peer.actor("Group", "/c/wonen"), peer.actor("Person", "/u/els"));
        peer.serve(&json!({"id": peer.at("/c/wonen/outbox"), "type": "OrderedCollection", "orderedItems": []}));
        let known = app.find(&group.id).await.expect("the group is found");
        app.join(&anna, &known).await;
        app.run_jobs().await;
        Self { app, peer, anna, group, els }
    }

    fn post(&self, by: &Stranger, kind: &str, path: &str) -> Value {
        let origin = by.id.split("/u/").next().expect("an origin");
        let mut post = json!({
            "id": format!("{origin}{path}"), "type": kind, "attributedTo": by.id, "to": [self.group.id, PUBLIC], "audience": self.group.id,
            "content": format!("<p>Dit is {path}</p>"), "published": self.app.clock.now().rfc3339(),
        });
        if kind != "Note" {
            post["name"] = json!(format!("Vraag {path}"));
        }
        post
    }

    /// What starts a thread, with these fields; served at its home.
    fn root(&self, path: &str, fields: &Value) -> Value {
        let mut root = self.post(&self.els, "Page", path);
        for (name, value) in fields.as_object().expect("fields") {
            root[name] = value.clone();
        }
        self.peer.serve(&root);
        root
    }

    fn note_of(&self, by: &Stranger, path: &str, parent: &Value) -> Value {
        let mut note = self.post(by, "Note", path);
        note["inReplyTo"] = parent["id"].clone();
        note
    }

    /// A reply of Els, served at its home.
    fn note(&self, path: &str, parent: &Value) -> Value {
        let note = self.note_of(&self.els, path, parent);
        self.peer.serve(&note);
        note
    }

    /// The group says that there is a new thread; of its replies it has said nothing.
    async fn announce(&self, number: u32, object: &Value) {
        assert_eq!(self.group.sends(&self.app, &self.group.says("Announce", number, object)).await, 202);
        self.app.run_jobs().await;
    }

    async fn known(&self, post: &Value) -> Option<Post> {
        db::posts::by_ap_id(&mut self.app.core.db.conn(), post["id"].as_str().expect("an id")).await.expect("a read")
    }

    /// Time passes, and Anna has the thread checked.
    async fn check(&self, root: &Value) {
        self.app.clock.advance(11 * Time::MINUTE);
        let root = self.known(root).await.expect("the thread");
        assert_eq!(comparing::ask(&self.app.core, &self.anna, &root).await.expect("asked"), Asked::Begun);
        self.runs().await;
    }

    /// Does what is due, and what is put off for a minute, a few times.
    async fn runs(&self) {
        for _ in 0..5 {
            self.app.run_jobs().await;
            self.app.clock.advance(Time::MINUTE);
        }
    }

    /// Everything that hangs below a thread here.
    async fn replies(&self, root: &Value) -> Vec<Post> {
        let root = self.known(root).await.expect("the thread");
        let all = db::threads::whole(&mut self.app.core.db.conn(), root.id, None).await.expect("a thread");
        all.into_iter().map(|line| line.post).filter(|post| !post.is_root() && !post.is_deleted()).collect()
    }

    async fn state(&self, root: &Value) -> db::thread_checks::ThreadCheck {
        let root = self.known(root).await.expect("the thread");
        db::thread_checks::get(&mut self.app.core.db.conn(), root.id).await.expect("a read").expect("a comparison")
    }

    /// An administrator blocks a server.
    async fn block(&self, host: &str) {
        let rule = db::hosts::HostRule {
            host: host.into(),
            rule: "block".into(),
            reason: String::new(),
            by_id: None,
            created_at: self.app.clock.now(),
        };
        let mut tx = self.app.core.db.begin().await.expect("a transaction");
        db::hosts::put(&mut tx, &rule).await.expect("a rule");
        self.app.core.commit(tx).await.expect("a commit");
        self.app.core.hosts.forget();
    }

    async fn finish(self) {
        self.app.finish().await;
    }
}

/// A list of ids.
fn ids(posts: &[&Value]) -> Value {
    posts.iter().map(|post| post["id"].clone()).collect()
}
