//! What servers of each make send, one folder of `tests/shapes` for each, and what comes of it: every file is delivered,
//! well signed, by a scripted server that also serves the actors and objects. The shapes are composed after what each
//! make is known to do; names and hosts are made up.

mod table;

use std::collections::BTreeSet;

use meent::db;
use meent::model::{FollowState, Post, Time};
use serde_json::Value;

use super::Scene;
use super::accepted_by::got;
use crate::support::On;
use crate::support::key;
use crate::support::peer::{Peer, Stranger};

/// What must be so after a file was delivered.
#[derive(Clone, Copy, Debug)]
pub enum Then {
    /// Its actor follows our group, and was told so; or no longer.
    Follows,
    Leaves,
    /// Its actor was told that this can't be followed.
    Refused,
    /// Their group took Bram in.
    TakesIn,
    /// It starts a thread: a question, or an event.
    Asks(&'static str),
    Event(&'static str),
    /// It is an answer, or a comment, that says this.
    Answers(&'static str),
    Comments(&'static str),
    /// It says this now.
    Says(&'static str),
    Gone,
    /// So many find it useful.
    Useful(i64),
    /// It is the chosen answer, or no longer.
    Chosen(bool),
    /// Nothing comes of it, for this reason; or it is refused.
    Ignored(&'static str),
    Fails(&'static str),
}

/// One make's folder, at work.
pub struct Shapes {
    pub scene: Scene,
    pub peer: Peer,
    folder: String,
    /// How the peer is called in its files.
    named: String,
    /// Bram's question, and his answer to what they ask in our group.
    question: Post,
    answer: Option<Post>,
    follow: Option<String>,
}

impl Shapes {
    pub async fn start(on: On, software: &str) -> Self {
        let scene = Scene::start(on).await;
        let question = scene.app.ask(&scene.bram, &scene.group, "Hoe komen jongeren bij ons?", "Per fiets?").await;
        scene.app.run_jobs().await;
        let named = software.replace(['-', '.'], "");
        let peer = Peer::start(&named).await;
        let folder = format!("{}/tests/shapes/{software}", env!("CARGO_MANIFEST_DIR"));
        let mut shapes = Self { scene, peer, folder, named, question, answer: None, follow: None };
        for file in shapes.files() {
            if file.starts_with("actor-") || file.starts_with("object-") || file == "moderators" {
                let document = shapes.read(&file);
                shapes.peer.serve(&document);
            }
        }
        if shapes.files().contains("key-stub") {
            let stub = shapes.read("key-stub");
            let place =
                stub["publicKey"]["id"].as_str().expect("a key").strip_prefix(&shapes.peer.at("")).expect("on this server").to_owned();
            shapes.peer.serve_at(&place, &stub);
        }
        if shapes.files().contains("accept") {
            let group = shapes.read("actor-group")["id"].as_str().expect("an id").to_owned();
            let known = shapes.scene.app.find(&group).await.expect("the group is found");
            shapes.scene.app.join(&shapes.scene.bram, &known).await;
            shapes.scene.app.run_jobs().await;
            let mut conn = shapes.scene.app.core.db.conn();
            shapes.follow = db::follows::get(&mut conn, shapes.scene.bram.id, known.id).await.expect("a read").map(|follow| follow.ap_id);
        }
        shapes
    }

    /// The names of the files.
    fn files(&self) -> BTreeSet<String> {
        let names = std::fs::read_dir(&self.folder).expect("a folder").map(|file| file.expect("a file").file_name());
        names.filter_map(|name| name.to_str()?.strip_suffix(".json").map(str::to_owned)).collect()
    }

    /// A file, with the hosts, ids and keys of this run.
    pub fn read(&self, file: &str) -> Value {
        let text = std::fs::read_to_string(format!("{}/{file}.json", self.folder)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let (ours, theirs) = ("https://vragen.example", format!("{}.example", self.named));
        let pem = serde_json::to_string(&key("stranger").public_pem).expect("text");
        let mut text = text
            .replace(&format!("{ours}/post/1"), &self.question.ap_id)
            .replace(&format!("{ours}/activities/follow/1"), self.follow.as_deref().unwrap_or("-"))
            .replace(&format!("https://{theirs}"), &self.peer.at(""))
            .replace(&theirs, &self.peer.host)
            .replace("\"-----BEGIN PUBLIC KEY-----\\nput in by the test\\n-----END PUBLIC KEY-----\\n\"", &pem);
        if let Some(answer) = &self.answer {
            text = text.replace(&format!("{ours}/comment/1"), &answer.ap_id);
        }
        text = text.replace(ours, self.scene.app.core.urls.base()).replace("vragen.example", self.scene.app.host());
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    /// Who signs an activity: its actor, with the key that their document lists.
    pub fn signer(&self, activity: &Value) -> Stranger {
        let id = activity["actor"].as_str().or(activity["actor"]["id"].as_str()).expect("an actor").to_owned();
        let actors = self.files().into_iter().filter(|file| file.starts_with("actor-")).map(|file| self.read(&file));
        let document = actors.into_iter().find(|actor| actor["id"] == *id).unwrap_or_else(|| panic!("{id} has no file"));
        Stranger { id, key_id: document["publicKey"]["id"].as_str().expect("a key").to_owned(), key: key("stranger") }
    }

    /// Delivers a file; gives what became of it.
    async fn deliver(&mut self, file: &str) -> (Value, String, String) {
        self.scene.app.clock.advance(Time::MINUTE);
        if std::fs::read_to_string(format!("{}/{file}.json", self.folder)).is_ok_and(|text| text.contains("vragen.example/comment/1"))
            && self.answer.is_none()
        {
            let asked = self.read(if self.files().contains("create-page") { "create-page" } else { "create-article" });
            let asked = self.scene.copy(&asked["object"]).await;
            self.answer = Some(self.scene.app.reply(&self.scene.bram, &asked, "Met een eigen bus.").await);
            self.scene.app.run_jobs().await;
        }
        if let Some(what) = file.strip_prefix("announce-delete-") {
            self.peer.serve(&self.read(&format!("gone-{what}")));
        }
        let activity = self.read(file);
        let mut became = self.scene.outcome(&self.signer(&activity), &activity).await;
        if became.0 == "new" {
            // What it is about came in with it.
            self.scene.app.clock.advance(Time::HOUR);
            self.scene.app.run_jobs().await;
            let received = self.scene.received(&activity).await.expect("it was stored");
            became = (received.state, received.note.unwrap_or_default());
        }
        (activity, became.0, became.1)
    }

    /// Delivers a file, and looks whether that came of it.
    pub async fn step(&mut self, file: &str, then: Then) {
        let (activity, state, note) = self.deliver(file).await;
        let place = format!("{}/{file}: {state} {note}", self.folder);
        match then {
            Then::Ignored(why) => return assert!(state == "ignored" && note.contains(why), "{place}, not {why}"),
            Then::Fails(why) => return assert!(state == "failed" && note.contains(why), "{place}, not {why}"),
            _ => assert_eq!(state, "done", "{place}"),
        }
        match then {
            Then::Follows | Then::Leaves => {
                assert_eq!(self.follows(&activity).await, matches!(then, Then::Follows), "{place}");
                assert!(self.was_answered("Accept"), "{place}");
            }
            Then::Refused => assert!(self.was_answered("Reject") && !self.follows(&activity).await, "{place}"),
            Then::TakesIn => {
                let mut conn = self.scene.app.core.db.conn();
                let group = self.scene.app.actor(&self.signer(&activity).id).await;
                let follow = db::follows::get(&mut conn, self.scene.bram.id, group.id).await.expect("a read").expect("a follow");
                assert_eq!(follow.state, FollowState::Accepted, "{place}");
            }
            _ => self.look(&about(&activity), then, &place).await,
        }
    }

    async fn look(&self, id: &str, then: Then, place: &str) {
        let post = self.scene.app.post(id).await;
        let is = |kind: &str, said: &str| post.kind.word() == kind && post.html.contains(said) && post.title.is_empty();
        let so = match then {
            Then::Asks(title) => post.kind.word() == "question" && post.title == title,
            Then::Event(title) => post.kind.word() == "event" && post.title == title,
            Then::Answers(said) => is("answer", said),
            Then::Comments(said) => is("comment", said),
            Then::Says(said) => post.html.contains(said) || post.title == said,
            Then::Gone => post.is_deleted() && post.html.is_empty(),
            Then::Useful(count) => self.scene.useful(&post).await == count,
            Then::Chosen(yes) => {
                let mut conn = self.scene.app.core.db.conn();
                let question = db::posts::by_id(&mut conn, post.root_id).await.expect("a question");
                question.accepted_id.is_some_and(|answer| answer == post.id) == yes
            }
            _ => false,
        };
        assert!(so, "{place}: {then:?} is not so: {post:?}");
    }

    async fn follows(&self, activity: &Value) -> bool {
        let mut conn = self.scene.app.core.db.conn();
        let follower = self.scene.app.actor(&self.signer(activity).id).await;
        let follow = db::follows::get(&mut conn, follower.id, self.scene.group.id).await.expect("a read");
        follow.is_some_and(|follow| follow.state == FollowState::Accepted)
    }

    fn was_answered(&self, kind: &str) -> bool {
        got(&self.peer).iter().any(|it| it["type"] == kind && it["object"]["type"] == "Follow")
    }

    pub async fn finish(self) {
        self.scene.finish().await;
    }
}

/// The id of the thing that an activity is about, at the bottom of it; of a list, the last.
pub fn about(activity: &Value) -> String {
    let mut at = activity;
    loop {
        at = match at {
            Value::Array(list) => list.last().expect("something"),
            Value::String(id) => return id.clone(),
            it if it.get("orderedItems").is_some() => &it["orderedItems"],
            // Mobilizon's objects have an actor too, but no object.
            it if it.get("object").is_some() => &it["object"],
            it => return it["id"].as_str().expect("an id").to_owned(),
        };
    }
}

/// Delivers everything of a make in the order of its table. A file that nothing is said about is a mistake.
async fn all_of(on: On, software: &str, table: &[(&str, Then)]) {
    let mut shapes = Shapes::start(on, software).await;
    let is_served = |file: &String| {
        ["actor-", "object-", "gone-"].iter().any(|start| file.starts_with(start)) || file == "moderators" || file == "key-stub"
    };
    let files: BTreeSet<String> = shapes.files().into_iter().filter(|file| !is_served(file)).collect();
    let said: BTreeSet<String> = table.iter().map(|(file, _)| (*file).to_owned()).collect();
    assert_eq!(files, said, "{software}");
    for (file, then) in table {
        shapes.step(file, *then).await;
    }
    shapes.finish().await;
}
