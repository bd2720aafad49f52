//! Everything that we send to a server of each make, and everything that it can fetch of us, against what that make is
//! known to take: types, keys that must be there, keys that must not, and the kinds of JSON that it reads.

mod form;
mod others;
mod threadiverse;

use std::collections::BTreeSet;

use meent::db;
use meent::model::names::{About, Body, Line, Reason};
use meent::model::{Place, Plan, Post};
use meent::ops::{members, moderating, publishing};
use serde_json::{Value, json};

use self::form::{Found, kind};
use super::Scene;
use crate::on_both;
use crate::support::On;
use crate::support::peer::{ACTIVITY_JSON, Page, Peer, Stranger, get};
use crate::support::planned::{called_off, changed, planned, session};

/// How a document comes to a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Delivered,
    Fetched,
}

/// What a make of software says to a document.
type Check = fn(&Value, How) -> Found;

/// Those that understand groups, and what they take.
const THREADIVERSE: [(&str, Check); 5] = [
    ("lemmy", threadiverse::lemmy),
    ("piefed", threadiverse::piefed),
    ("mbin", threadiverse::mbin),
    ("nodebb", threadiverse::nodebb),
    ("discourse", threadiverse::discourse),
];

/// Those that only know boosts.
const OTHERS: [(&str, Check); 7] = [
    ("mastodon", others::mastodon),
    ("gotosocial", others::gotosocial),
    ("misskey", others::misskey),
    ("pixelfed", others::pixelfed),
    ("wordpress", others::wordpress),
    ("mobilizon", others::mobilizon),
    ("gancio", others::gancio),
];

/// Has a server say what it runs.
pub fn runs(peer: &Peer, software: &str) {
    let page = |body: Value| Page::Text { status: 200, kind: "application/json".into(), body: body.to_string() };
    let link = json!({"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": peer.at("/nodeinfo/2.0")});
    peer.page("/.well-known/nodeinfo", page(json!({"links": [link]})));
    peer.page("/nodeinfo/2.0", page(json!({"version": "2.0", "software": {"name": software, "version": "1.0"}})));
}

/// What a server got, read.
pub fn got(peer: &Peer) -> Vec<Value> {
    peer.inbox().iter().map(|body| serde_json::from_str(body).expect("JSON")).collect()
}

/// An activity in a word: what it is, and what it is about.
pub fn form(activity: &Value) -> String {
    match &activity["object"] {
        object @ Value::Object(_) => format!("{}{{{}}}", kind(activity), form(object)),
        _ => kind(activity).to_owned(),
    }
}

/// A server of some make, with somebody who follows our group and with a group that Bram follows.
struct Follower {
    software: &'static str,
    check: Check,
    peer: Peer,
    kim: Stranger,
    group: Stranger,
}

impl Follower {
    async fn start(scene: &Scene, software: &'static str, check: Check, has_groups: bool) -> Self {
        let peer = Peer::start(software).await;
        runs(&peer, software);
        let (kim, group) = (peer.actor("Person", "/u/kim"), peer.actor("Group", "/c/zorg"));
        scene.done(&kim, &kim.says("Follow", 1, &json!(scene.group.ap_id))).await;
        if has_groups {
            let known = scene.app.find(&group.id).await.expect("the group is found");
            scene.app.join(&scene.bram, &known).await;
            scene.app.run_jobs().await;
            let follow = got(&peer).into_iter().find(|it| it["type"] == "Follow").expect("a Follow");
            scene.done(&group, &group.says("Accept", 1, &follow)).await;
        }
        Self { software, check, peer, kim, group }
    }

    /// What does not fit, in words.
    async fn complaints(&self, scene: &Scene, addresses: &[String]) -> Vec<String> {
        let mut found = Vec::new();
        for document in got(&self.peer) {
            if let Err(why) = (self.check)(&document, How::Delivered) {
                found.push(format!("{} was sent {}: {why}\n{document}", self.software, form(&document)));
            }
        }
        for address in addresses {
            let reply = get(&scene.app, "GET", address, ACTIVITY_JSON).await;
            assert!(matches!(reply.status, 200 | 410), "{address}: {reply:?}");
            assert_eq!(reply.header("content-type"), ACTIVITY_JSON, "{address}");
            if let Err(why) = (self.check)(&reply.json(), How::Fetched) {
                found.push(format!("{} fetched {address}: {why}\n{}", self.software, reply.body));
            }
        }
        found
    }
}

/// Everything that can be said in a group; gives the addresses of all of it.
async fn everything_is_said(scene: &Scene, followers: &[Follower]) -> Vec<String> {
    let (app, bram) = (&scene.app, &scene.bram);
    let anna = app.member("anna", "Anna Vermeer").await;
    let mut posts: Vec<Post> = Vec::new();
    let mut groups = vec![app.actor(&scene.group.ap_id).await];
    for follower in followers {
        if let Some(group) = db::actors::by_ap_id(&mut app.core.db.conn(), &follower.group.id).await.expect("a read") {
            groups.push(group);
        }
    }
    for group in &groups {
        let question =
            app.ask(bram, group, "Hoe meten jullie de staat van speeltoestellen?", "Wij **inspecteren** jaarlijks.\n\n- of vaker").await;
        app.run_jobs().await;
        let answer = app.reply(&anna, &question, "Met een kwartaalronde, zie https://voorbeeld.example/norm.").await;
        let comment = app.reply(bram, &answer, "Dank je, @anna.").await;
        app.run_jobs().await;
        scene.later();
        app.edit(bram, &question, Some("Hoe meten jullie speeltoestellen?"), "Wij inspecteren *jaarlijks*.").await;
        app.useful(bram, &answer, true).await;
        app.choose(bram, &answer, true).await;
        app.run_jobs().await;
        scene.later();
        app.useful(bram, &answer, false).await;
        app.choose(bram, &answer, false).await;
        app.run_jobs().await;
        app.choose(bram, &answer, true).await;
        app.run_jobs().await;
        let passing = app.ask(&anna, group, "Deze gaat weer weg", "Vergissing.").await;
        app.run_jobs().await;
        scene.later();
        app.remove(&anna, &passing).await;
        app.remove(bram, &comment).await;
        app.run_jobs().await;
        posts.extend([question, answer, comment, passing]);
    }
    scene.later();
    moderated(scene, &posts[1]).await;
    describe(scene).await;
    for group in groups.iter().filter(|group| !group.local) {
        app.leave(&anna, group).await;
    }
    app.run_jobs().await;
    let mut addresses = vec!["/actor".to_owned(), "/u/bram".into(), "/c/jeugd".into(), "/actor/outbox".into(), "/actor/groups".into()];
    for (actor, parts) in [
        ("/u/bram", &["outbox", "followers", "following", "featured"][..]),
        ("/c/jeugd", &["outbox", "outbox?page=1", "followers", "featured", "moderators"]),
    ] {
        addresses.extend(parts.iter().map(|part| format!("{actor}/{part}")));
    }
    let path = |post: &Post| post.ap_id.strip_prefix(app.core.urls.base()).expect("ours").to_owned();
    addresses.extend(posts.iter().map(path));
    addresses.extend(
        ["context", "context?page=1", "replies", "replies?page=1", "likes"].iter().map(|part| format!("{}/{part}", path(&posts[0]))),
    );
    addresses
}

/// A moderator removes an answer and puts it back.
async fn moderated(scene: &Scene, answer: &Post) {
    for restore in [false, true] {
        let mut tx = scene.app.core.db.begin().await.expect("a transaction");
        let answer = db::posts::by_id(&mut tx, answer.id).await.expect("the answer");
        if restore {
            moderating::restore(&scene.app.core, &mut tx, &scene.bram, &answer, "Toch goed.").await.expect("restoring");
        } else {
            let reason = Reason::parse("Past niet in deze groep.").expect("a reason");
            moderating::remove(&scene.app.core, &mut tx, &scene.bram, &answer, &reason).await.expect("removing");
        }
        scene.app.core.commit(tx).await.expect("a commit");
        scene.app.run_jobs().await;
        scene.later();
    }
}

async fn describe(scene: &Scene) {
    let mut tx = scene.app.core.db.begin().await.expect("a transaction");
    let line = |text: &str| Line::parse(text).expect("a line");
    let about = About::parse("Adviseur spelen.").expect("a text");
    members::describe(&scene.app.core, &mut tx, &scene.bram, &line("Bram de Wit"), &line("Gemeente Amersfoort"), &line("Adviseur"), &about)
        .await
        .expect("describing");
    scene.app.core.commit(tx).await.expect("a commit");
    scene.app.run_jobs().await;
}

async fn all_of_it_is_taken(on: On, makes: &[(&'static str, Check)], expected: &[&str], has_groups: bool) {
    let scene = Scene::start(on).await;
    let mut followers = Vec::new();
    for (software, check) in makes {
        followers.push(Follower::start(&scene, software, *check, has_groups).await);
    }
    let addresses = everything_is_said(&scene, &followers).await;
    let mut complaints = Vec::new();
    for follower in &followers {
        complaints.extend(follower.complaints(&scene, &addresses).await);
        let forms: BTreeSet<String> = got(&follower.peer).iter().map(form).collect();
        let wanted: BTreeSet<String> = expected.iter().map(|form| (*form).to_owned()).collect();
        let understands = |form: &&String| follower.software == "piefed" && form.contains("ChooseAnswer");
        assert_eq!(forms.iter().filter(|form| !understands(form)).cloned().collect::<BTreeSet<_>>(), wanted, "{}", follower.software);
        assert!(follower.kim.id.starts_with(&follower.peer.at("")));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
    scene.finish().await;
}

on_both! {
    async fn software_that_knows_groups_takes_everything(on: On) {
        let forms = [
            "Accept{Follow}", "Follow", "Undo{Follow}",
            "Announce{Create{Article}}", "Announce{Create{Note}}", "Announce{Update{Article}}", "Announce{Delete}",
            "Announce{Like}", "Announce{Undo{Like}}", "Announce{Undo{Delete}}",
            "Create{Article}", "Create{Note}", "Update{Article}", "Delete", "Like", "Undo{Like}", "Update{Person}",
        ];
        Box::pin(all_of_it_is_taken(on, &THREADIVERSE, &forms, true)).await;
    }

    /// P25: nothing but what starts a thread and what was chosen, by id; and that taken back.
    async fn software_that_only_knows_boosts_gets_nothing_else(on: On) {
        let forms = ["Accept{Follow}", "Announce", "Undo{Announce}", "Update{Person}"];
        Box::pin(all_of_it_is_taken(on, &OTHERS, &forms, false)).await;
    }
}

/// An event is planned, moved, called off and taken away; gives the addresses of all that can be fetched of it.
async fn an_event_comes_and_goes(scene: &Scene) -> Vec<String> {
    let (app, bram) = (&scene.app, &scene.bram);
    let plan = session(app, Some(20));
    let post = planned(app, bram, &scene.group, "Werksessie speelruimtebeleid", &plan, None).await;
    app.run_jobs().await;
    scene.later();
    changed(app, bram, &post, &Plan { place: Place { town: "Gouda".into(), ..Place::default() }, ..plan.clone() }).await;
    app.run_jobs().await;
    scene.later();
    called_off(app, bram, &post, true).await;
    app.run_jobs().await;
    scene.later();
    let passing = planned(app, bram, &scene.group, "Deze gaat weer weg", &Plan { place: Place::default(), ..plan }, None).await;
    app.run_jobs().await;
    app.remove(bram, &passing).await;
    app.run_jobs().await;
    let parts = ["", "/attendees", "/organizers", "/context", "/replies"];
    parts.iter().map(|part| format!("/post/{}{part}", post.id)).collect()
}

on_both! {
    /// P3, P18: events go to those who take them; to those who drop them goes a note of the group.
    async fn events_are_taken_or_a_note_stands_for_them(on: On) {
        let scene = Scene::start(on).await;
        let mut followers = Vec::new();
        for (software, check) in THREADIVERSE.iter().chain(&OTHERS) {
            followers.push(Follower::start(&scene, software, *check, false).await);
        }
        let addresses = an_event_comes_and_goes(&scene).await;
        let mut complaints = Vec::new();
        for follower in &followers {
            let drops = matches!(follower.software, "mbin" | "nodebb" | "discourse");
            let fetches: &[String] = if drops { &[] } else { &addresses };
            complaints.extend(follower.complaints(&scene, fetches).await);
            let forms: BTreeSet<String> = got(&follower.peer).iter().map(form).collect();
            let expected: &[&str] = match follower.software {
                "mbin" | "nodebb" | "discourse" => &["Accept{Follow}", "Create{Note}", "Update{Note}", "Delete", "Announce{Delete}"],
                "lemmy" | "piefed" => &["Accept{Follow}", "Announce{Create{Event}}", "Announce{Update{Event}}", "Announce{Delete}"],
                "gancio" => &["Accept{Follow}", "Announce", "Undo{Announce}", "Announce{Create{Event}}", "Announce{Update{Event}}"],
                _ => &["Accept{Follow}", "Announce", "Undo{Announce}"],
            };
            assert_eq!(forms, expected.iter().map(|form| (*form).to_owned()).collect::<BTreeSet<_>>(), "{}", follower.software);
        }
        // What stands for it can be fetched by its id, and says what it is.
        let companion = followers.iter().find(|follower| follower.software == "nodebb").and_then(|nodebb| got(&nodebb.peer).into_iter().find(|it| form(it) == "Create{Note}"));
        let note = companion.expect("a note")["object"].clone();
        assert_eq!((&note["attributedTo"], &note["meent:kind"], &note["name"]), (&json!(scene.group.ap_id), &json!("eventCompanion"), &json!("Agenda: Werksessie speelruimtebeleid")));
        let path = note["id"].as_str().expect("an id").strip_prefix(scene.app.core.urls.base()).expect("ours").to_owned();
        let document = get(&scene.app, "GET", &path, ACTIVITY_JSON).await.json();
        assert_eq!((&document["id"], &document["url"]), (&note["id"], &note["url"]));
        let words = document["content"].as_str().expect("text");
        assert!(words.contains("Gaat niet door:") && words.contains("Gouda") && words.contains("10.00-12.00 uur"), "{words}");
        let of_event = note["url"].as_str().expect("an address").strip_prefix(scene.app.core.urls.base()).expect("ours").to_owned();
        assert_eq!(path, format!("{of_event}/companion"));
        assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
        scene.finish().await;
    }

    /// Where nobody needs it, nothing stands for an event.
    async fn without_such_followers_nothing_stands_for_an_event(on: On) {
        let scene = Scene::start(on).await;
        let lemmy = Follower::start(&scene, "lemmy", threadiverse::lemmy, false).await;
        let addresses = an_event_comes_and_goes(&scene).await;
        assert!(got(&lemmy.peer).iter().all(|it| !form(it).contains("Note")));
        assert_eq!(get(&scene.app, "GET", &format!("{}/companion", addresses[0]), ACTIVITY_JSON).await.status, 404);
        scene.finish().await;
    }
}

on_both! {
    async fn a_server_whose_software_is_not_known_gets_both_forms(on: On) {
        let scene = Scene::start(on).await;
        let lot = scene.peer.actor("Person", "/u/lot");
        scene.done(&lot, &lot.says("Follow", 1, &json!(scene.group.ap_id))).await;
        let question = scene.app.ask(&scene.bram, &scene.group, "Wie weet dit?", "Wij niet.").await;
        scene.app.run_jobs().await;
        let forms: Vec<String> = got(&scene.peer).iter().map(form).collect();
        assert_eq!(forms.iter().filter(|form| *form == "Announce{Create{Article}}").count(), 1, "{forms:?}");
        let boosts: Vec<Value> = got(&scene.peer).into_iter().filter(|it| form(it) == "Announce").collect();
        assert_eq!(boosts.len(), 1, "{forms:?}");
        assert_eq!(boosts[0]["object"], json!(question.ap_id));
        // Its author's own word, before it was built, leaves no trace.
        let mut tx = scene.app.core.db.begin().await.expect("a transaction");
        let body = Body::parse("Laat maar.").expect("a text");
        publishing::reply(&scene.app.core, &mut tx, &scene.bram, &question, &body, false, "nl").await.expect("replying");
        scene.app.core.commit(tx).await.expect("a commit");
        scene.finish().await;
    }
}
