//! Groups and what is written in them: kinds, pages, proposals, topics, following, moderating, earlier versions, and what
//! of that other servers see.

use meent::db::watches::{self, WatchKind};
use meent::db::{self, jobs::JobKind};
use meent::model::names::{Body, Title};
use meent::model::{Actor, Clock, JobId, Post, PostKind, Time, Tried};
use meent::ops::{proposing, publishing};
use serde_json::{Value, json};

use crate::on_both;
use crate::support::peer::{self, Peer};
use crate::support::visitor::{Page, Visitor};
use crate::support::{On, START, TestApp, settle};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// A has the group `jeugd`, which Bram moderates and Noor is in; Anna of B follows it.
struct Two {
    a: TestApp,
    b: TestApp,
    clock: Clock,
    bram: Actor,
    noor: Actor,
    anna: Actor,
    /// As A and B know it.
    groups: [Actor; 2],
}

impl Two {
    async fn start(on: On) -> Self {
        let clock = Clock::manual(START);
        let (a, b) = (TestApp::start(on, "a", &clock).await, TestApp::start(on, "b", &clock).await);
        let (bram, noor, anna) =
            (a.member("bram", "Bram de Wit").await, a.member("noor", "Noor Jansen").await, b.member("anna", "Anna Vermeer").await);
        let group = a.group("jeugd", "Jeugdhulp in de regio", &bram).await;
        a.join(&noor, &group).await;
        let copy = b.find(&group.ap_id).await.expect("the group is found");
        b.join(&anna, &copy).await;
        let two = Self { a, b, clock, bram, noor, anna, groups: [group, copy] };
        two.settle().await;
        two
    }

    async fn settle(&self) {
        settle(&[&self.a, &self.b]).await;
    }

    fn later(&self) {
        self.clock.advance(Time::MINUTE);
    }

    async fn finish(self) {
        self.settle().await;
        self.a.finish().await;
        self.b.finish().await;
    }
}

/// Starts a thread of a kind.
async fn start(app: &TestApp, member: &Actor, group: &Actor, kind: PostKind, title: &str) -> meent::error::Result<Post> {
    let mut tx = app.core.db.begin().await.expect("a transaction");
    let (title, body) = (Title::parse(title).expect("a title"), Body::parse("Met een toelichting.").expect("a text"));
    let post = publishing::ask(&app.core, &mut tx, member, group, kind, &title, &body, &[], "nl").await?;
    app.core.commit(tx).await.expect("a commit");
    Ok(post)
}

/// Sends a form with the token of the page that `from` shows.
async fn send(who: &mut Visitor, from: &str, to: &str, fields: &[(&str, &str)]) -> Page {
    let csrf = who.get(from).await.value("csrf");
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend_from_slice(fields);
    who.post(to, &all).await
}

/// The document at an id of this instance.
async fn document(app: &TestApp, id: &str) -> Value {
    let path = id.strip_prefix(app.core.urls.base()).expect("an id of this instance");
    let reply = peer::get(app, "GET", path, peer::ACTIVITY_JSON).await;
    assert_eq!(reply.status, 200, "{path}: {reply:?}");
    reply.json()
}

async fn make_admin(app: &TestApp, member: &Actor) {
    let statement = "UPDATE account SET admin = TRUE WHERE actor_id = $1";
    match &app.core.db {
        db::Db::Sqlite { write, .. } => sqlx::query(statement).bind(member.id).execute(write).await.map(drop),
        db::Db::Postgres(pool, _) => sqlx::query(statement).bind(member.id).execute(pool).await.map(drop),
    }
    .expect("an administrator");
}

/// What somebody was told: sentence and detail.
async fn told(app: &TestApp, member: &Actor) -> Vec<(String, String)> {
    let statement = "SELECT sentence, detail FROM notification WHERE actor_id = $1 ORDER BY id";
    match &app.core.db {
        db::Db::Sqlite { read, .. } => sqlx::query_as(statement).bind(member.id).fetch_all(read).await,
        db::Db::Postgres(pool, _) => sqlx::query_as(statement).bind(member.id).fetch_all(pool).await,
    }
    .expect("what was told")
}

on_both! {
    async fn each_kind_is_written_shown_and_sent_as_what_it_is(on: On) {
        let two = Two::start(on).await;
        let mut noor = Visitor::logged_in(&two.a, &two.noor).await;
        let page = noor.get("/c/jeugd/ask").await;
        assert!(page.body.contains("Vraag stellen") && page.body.contains("/c/jeugd/ask?kind=practice"), "{}", page.body);
        assert!(!page.body.contains("kind=announcement"), "only moderators announce");
        let page = noor.get("/c/jeugd/ask?kind=tip").await;
        assert!(page.body.contains("Tip delen") && page.value("kind") == "tip", "{}", page.body);
        let sent = send(&mut noor, "/c/jeugd/ask?kind=tip", "/c/jeugd/ask", &[("once", "t"), ("kind", "tip"), ("title", "Bel op vrijdag"), ("body", "Dan is iedereen er."), ("action", "ask")]).await;
        let tip = sent.leads_to().to_owned();
        let refused = send(&mut noor, "/c/jeugd/ask", "/c/jeugd/ask", &[("once", "m"), ("kind", "announcement"), ("title", "Nieuwe regels"), ("body", "Lees ze."), ("action", "ask")]).await;
        assert_eq!(refused.status, 403);
        // What is no kind to write is a question.
        let sent = send(&mut noor, "/c/jeugd/ask", "/c/jeugd/ask", &[("once", "e"), ("kind", "event"), ("title", "Wie komt er ook?"), ("body", "Vrijdag."), ("action", "ask")]).await;
        assert!(noor.get(sent.leads_to()).await.body.contains("Nog geen antwoorden"));
        let announced = start(&two.a, &two.bram, &two.groups[0], PostKind::Announcement, "Nieuwe afspraken").await.expect("a moderator announces");
        let practice = start(&two.b, &two.anna, &two.groups[1], PostKind::Practice, "Eén vast gezicht").await.expect("a practice");
        two.settle().await;
        let list = noor.get("/c/jeugd").await.body;
        let page = noor.get(&tip).await.body;
        assert!(page.contains("kind-tip") && !page.contains("Jouw antwoord"), "{page}");
        for word in ["Tip", "Mededeling", "Praktijkvoorbeeld"] {
            assert!(list.contains(&format!(">{word}</span>")), "{word} is not on a card: {list}");
        }
        assert!(noor.get("/u/noor").await.body.contains("Tip ·"));
        // On the wire each is an Article that says its kind, and the other side has it the same.
        let tip = two.a.post(&format!("{}{tip}", two.a.core.urls.base())).await;
        for (post, kind) in [(&tip, "tip"), (&announced, "announcement")] {
            let said = document(&two.a, &post.ap_id).await;
            assert_eq!((&said["type"], &said["meent:kind"]), (&json!("Article"), &json!(kind)));
            assert_eq!(two.b.post(&post.ap_id).await.kind.word(), kind);
        }
        assert_eq!(two.a.post(&practice.ap_id).await.kind, PostKind::Practice);
        two.finish().await;
    }

    async fn an_announcement_from_elsewhere_counts_only_from_a_moderator(on: On) {
        let clock = Clock::manual(START);
        let app = TestApp::start(on, "a", &clock).await;
        let bram = app.member("bram", "Bram de Wit").await;
        let group = app.group("jeugd", "Jeugdhulp", &bram).await;
        let elders = Peer::start("elders").await;
        let els = elders.actor("Person", "/u/els");
        let article = |number: u32| json!({"id": elders.at(&format!("/post/{number}")), "type": "Article", "attributedTo": els.id, "to": [group.ap_id, PUBLIC],
            "audience": group.ap_id, "name": format!("Bericht {number}"), "content": "<p>Lees dit.</p>", "published": clock.now().rfc3339(), "meent:kind": "announcement"});
        assert_eq!(els.sends(&app, &els.says("Create", 1, &article(1))).await, 202);
        app.run_jobs().await;
        assert_eq!(app.post(&elders.at("/post/1")).await.kind, PostKind::Tip);
        let known = app.actor(&els.id).await;
        let mut tx = app.core.db.begin().await.expect("a transaction");
        db::actors::add_moderator(&mut tx, group.id, known.id).await.expect("a moderator");
        app.core.commit(tx).await.expect("a commit");
        assert_eq!(els.sends(&app, &els.says("Create", 2, &article(2))).await, 202);
        app.run_jobs().await;
        assert_eq!(app.post(&elders.at("/post/2")).await.kind, PostKind::Announcement);
        app.finish().await;
    }

    async fn what_was_tried_of_a_practice_is_summed_up_by_region(on: On) {
        let two = Two::start(on).await;
        let practice = start(&two.a, &two.bram, &two.groups[0], PostKind::Practice, "Eén vast gezicht").await.expect("a practice");
        two.settle().await;
        let copy = two.b.post(&practice.ap_id).await;
        let mut noor = Visitor::logged_in(&two.a, &two.noor).await;
        let mut anna = Visitor::logged_in(&two.b, &two.anna).await;
        // Anna works for Gouda.
        send(&mut anna, "/profile", "/profile", &[("display_name", "Anna Vermeer"), ("organisation", "Gemeente Gouda"), ("role", ""), ("about", ""), ("topics", "")]).await.leads_to();
        two.settle().await;
        let form = format!("{}/tried", practice.path());
        let page = send(&mut noor, &form, &form, &[("once", "1"), ("body", "")]).await;
        assert_eq!(page.status, 422);
        assert!(page.body.contains("Kies hoe het bij jullie werkte.") && page.body.contains("Schrijf in een paar zinnen hoe het ging."), "{}", page.body);
        send(&mut noor, &form, &form, &[("once", "2"), ("tried", "works"), ("body", "Bij ons wel.")]).await.leads_to();
        two.later();
        let there = format!("{}/tried", copy.path());
        send(&mut anna, &there, &there, &[("once", "1"), ("tried", "not"), ("body", "Eerst ging het niet.")]).await.leads_to();
        two.settle().await;
        let totals = async |app: &TestApp, root: &Post| {
            let found = db::practices::verdicts(&mut app.core.db.conn(), root.id).await.expect("verdicts");
            found.into_iter().map(|line| (line.organisation, line.tried, line.members)).collect::<Vec<_>>()
        };
        assert_eq!(totals(&two.a, &practice).await, [(String::new(), Tried::Works, 1), ("Gemeente Gouda".into(), Tried::Not, 1)]);
        two.later();
        send(&mut anna, &there, &there, &[("once", "2"), ("tried", "partly"), ("body", "Na een maand wel iets.")]).await.leads_to();
        two.settle().await;
        // The newest of each member counts, on both sides alike.
        assert_eq!(totals(&two.a, &practice).await, [(String::new(), Tried::Works, 1), ("Gemeente Gouda".into(), Tried::Partly, 1)]);
        assert_eq!(totals(&two.b, &copy).await.len(), 2);
        let page = noor.get(&practice.path()).await.body;
        assert!(page.contains("Gemeente Gouda") && page.contains(two.b.host()) && page.contains("Werkt deels"), "{page}");
        // Others see an ordinary comment, with our term on it.
        let thread = db::threads::whole(&mut two.b.core.db.conn(), copy.id, None).await.expect("a thread");
        let newest = thread.into_iter().rfind(|line| line.post.local).expect("Anna's").post;
        let said = document(&two.b, &newest.ap_id).await;
        assert_eq!((&said["type"], &said["meent:tried"], &said["meent:kind"]), (&json!("Note"), &json!("partly"), &json!("comment")));
        // What was removed doesn't count; the one before does again.
        two.later();
        two.b.remove(&two.anna, &newest).await;
        two.settle().await;
        assert_eq!(totals(&two.a, &practice).await[1].1, Tried::Not);
        // Only a practice is tried.
        let question = two.a.ask(&two.noor, &two.groups[0], "Wie weet dit?", "Ik niet.").await;
        assert_eq!(noor.get(&format!("{}/tried", question.path())).await.status, 404);
        two.finish().await;
    }

    async fn moderators_write_the_page_of_a_group_and_newcomers_see_its_rules(on: On) {
        let two = Two::start(on).await;
        let (mut bram, mut noor) = (Visitor::logged_in(&two.a, &two.bram).await, Visitor::logged_in(&two.a, &two.noor).await);
        assert_eq!(noor.get("/c/jeugd/edit").await.status, 403);
        let fields = [("title", "Jeugdhulp in de regio"), ("about", "Voor iedereen die met jongeren werkt."), ("topics", "Jeugdhulp, 18-plus"), ("purpose", "Geen jongere uit beeld."),
            ("carried_by", "Regio Midden-Holland"), ("rules", "- Wees mild voor elkaar"), ("agreed", "We antwoorden binnen **een week**."), ("review_at", "2026-12-01")];
        let mut wrong = fields;
        wrong[7].1 = "volgend jaar";
        let page = send(&mut bram, "/c/jeugd/edit", "/c/jeugd/edit", &wrong).await;
        assert_eq!(page.status, 422);
        assert!(page.body.contains("Vul een datum in") && page.body.contains("Geen jongere uit beeld."), "{}", page.body);
        send(&mut bram, "/c/jeugd/edit", "/c/jeugd/edit", &fields).await.leads_to();
        let page = noor.get("/c/jeugd").await.body;
        for part in ["Geen jongere uit beeld.", "Regio Midden-Holland", "Wees mild voor elkaar", "<strong>een week</strong>", "1 december 2026", "/topic/jeugdhulp", "#18-plus"] {
            assert!(page.contains(part), "{part} is missing: {page}");
        }
        assert!(!bram.get("/c/jeugd").await.body.contains("Kloppen ze nog?"));
        two.clock.advance(20 * Time::DAY);
        let mut bram = Visitor::logged_in(&two.a, &two.bram).await;
        let mut noor = Visitor::logged_in(&two.a, &two.noor).await;
        assert!(bram.get("/c/jeugd").await.body.contains("Kloppen ze nog?"));
        assert!(!noor.get("/c/jeugd").await.body.contains("Kloppen ze nog?"), "only moderators are warned");
        assert!(noor.get("/c/jeugd/ask").await.body.contains("Wees mild voor elkaar"));
        two.a.ask(&two.noor, &two.groups[0], "Mijn eerste vraag?", "Ik ben nieuw.").await;
        assert!(!noor.get("/c/jeugd/ask").await.body.contains("Wees mild voor elkaar"), "the rules are shown before the first time");
        two.finish().await;
    }

    async fn moderators_are_named_and_removed_and_other_servers_see_it(on: On) {
        let two = Two::start(on).await;
        let (group, mut bram, mut noor) = (&two.groups[0], Visitor::logged_in(&two.a, &two.bram).await, Visitor::logged_in(&two.a, &two.noor).await);
        let name = "/c/jeugd/moderator";
        assert_eq!(send(&mut noor, "/", name, &[("moderator", "noor")]).await.status, 403);
        let page = send(&mut bram, "/c/jeugd/edit", name, &[("moderator", "niemand")]).await;
        assert_eq!(page.status, 422);
        assert!(page.body.contains("We vonden niemand met deze naam") && page.body.contains("niemand"), "{}", page.body);
        // A group is nobody.
        assert_eq!(send(&mut bram, "/c/jeugd/edit", name, &[("moderator", "jeugd")]).await.status, 422);
        let last = format!("/c/jeugd/moderator/{}/remove", two.bram.id);
        assert_eq!(send(&mut bram, "/c/jeugd/edit", &last, &[]).await.status, 403, "the last one stays");
        // Somebody of another region, whom nobody here knew.
        let stranger = two.b.member("els", "Els van Dam").await;
        send(&mut bram, "/c/jeugd/edit", name, &[("moderator", &format!("@els@{}", two.b.host()))]).await.leads_to();
        send(&mut bram, "/c/jeugd/edit", name, &[("moderator", "noor")]).await.leads_to();
        two.settle().await;
        let said = document(&two.a, &format!("{}/moderators", group.ap_id)).await;
        assert_eq!(said["orderedItems"], json!([two.bram.ap_id, stranger.ap_id, two.noor.ap_id]));
        let at_b = async || {
            let known = db::actors::moderators(&mut two.b.core.db.conn(), two.groups[1].id).await.expect("moderators");
            known.into_iter().map(|person| person.name).collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(at_b().await, ["bram", "els", "noor"].map(str::to_owned).into());
        assert!(bram.get("/c/jeugd").await.body.contains("Els van Dam"));
        assert_eq!(told(&two.a, &two.noor).await, [("notice-moderator-named".to_owned(), String::new())]);
        two.later();
        let path = format!("/c/jeugd/moderator/{}/remove", two.bram.id);
        assert!(noor.get(&path).await.body.contains("Bram de Wit geen moderator meer maken?"));
        // The first steps down alone.
        assert_eq!(send(&mut noor, &path, &path, &[]).await.status, 403);
        send(&mut bram, &path, &path, &[]).await.leads_to();
        assert_eq!(bram.get("/c/jeugd/edit").await.status, 403);
        two.settle().await;
        assert_eq!(at_b().await, ["els", "noor"].map(str::to_owned).into());
        two.finish().await;
    }

    async fn a_member_proposes_a_group_and_an_administrator_decides(on: On) {
        let clock = Clock::manual(START);
        let app = TestApp::start(on, "a", &clock).await;
        let (bram, noor) = (app.member("bram", "Bram de Wit").await, app.member("noor", "Noor Jansen").await);
        make_admin(&app, &bram).await;
        let (mut admin, mut member) = (Visitor::logged_in(&app, &bram).await, Visitor::logged_in(&app, &noor).await);
        assert_eq!(member.get("/groups/new").await.status, 403);
        assert!(member.get("/groups").await.body.contains("/groups/propose"));
        let fields = |once: &'static str, name: &'static str, reason: &'static str| [("once", once), ("title", "Wonen met zorg"), ("name", name), ("about", "Over *wonen*."), ("reason", reason)];
        assert_eq!(send(&mut member, "/groups/propose", "/groups/propose", &fields("0", "wonen", "")).await.status, 422);
        send(&mut member, "/groups/propose", "/groups/propose", &fields("1", "wonen", "Wij missen dit.")).await.leads_to();
        // Sent twice is proposed once; a name can be asked for once.
        send(&mut member, "/groups/propose", "/groups/propose", &fields("1", "wonen", "Wij missen dit.")).await.leads_to();
        assert_eq!(send(&mut member, "/groups/propose", "/groups/propose", &fields("2", "wonen", "Nog eens.")).await.status, 422);
        send(&mut member, "/groups/propose", "/groups/propose", &fields("3", "schulden", "Ook nodig.")).await.leads_to();
        assert_eq!(told(&app, &bram).await.len(), 2);
        assert_eq!(member.get("/admin/groups").await.status, 403);
        assert_eq!(send(&mut member, "/groups/propose", "/admin/groups/1/approve", &[]).await.status, 403);
        let page = admin.get("/admin/groups").await.body;
        assert!(page.contains("Wij missen dit.") && page.contains("Over <em>wonen</em>.") && page.contains("Noor Jansen"), "{page}");
        let ids: Vec<String> = page.split("/admin/groups/").skip(1).filter_map(|rest| rest.split_once("/approve").map(|(id, _)| id.to_owned())).filter(|id| id.len() < 30).collect();
        assert_eq!(ids.len(), 2, "{page}");
        send(&mut admin, "/admin/groups", &format!("/admin/groups/{}/approve", ids[0]), &[]).await.leads_to();
        assert_eq!(send(&mut admin, "/admin/groups", &format!("/admin/groups/{}/approve", ids[0]), &[]).await.status, 409, "once");
        let page = member.get("/c/wonen").await.body;
        assert!(page.contains("Wonen met zorg") && page.contains("/c/wonen/edit"), "the proposer moderates it: {page}");
        assert_eq!(send(&mut admin, "/admin/groups", &format!("/admin/groups/{}/refuse", ids[1]), &[("reason", "")]).await.status, 422);
        send(&mut admin, "/admin/groups", &format!("/admin/groups/{}/refuse", ids[1]), &[("reason", "Er is al een groep.")]).await.leads_to();
        let told = told(&app, &noor).await;
        assert_eq!(told.iter().map(|(sentence, _)| sentence.as_str()).collect::<Vec<_>>(), ["notice-group-approved", "notice-group-refused"]);
        assert!(told[1].1.contains("Er is al een groep."), "{told:?}");
        let log = db::audit::after(&mut app.core.db.conn(), 0, 10).await.expect("the log");
        assert_eq!(log.iter().map(|entry| entry.act.as_str()).collect::<Vec<_>>(), ["group.approve", "group.refuse"]);
        // Where anyone may, nobody has to ask.
        let mut tx = app.core.db.begin().await.expect("a transaction");
        db::settings::set(&mut tx, db::settings::key::GROUP_FOUNDING, "anyone").await.expect("a setting");
        app.core.commit(tx).await.expect("a commit");
        assert!(proposing::anyone_founds(&mut app.core.db.conn()).await.expect("a read"));
        assert_eq!(member.get("/groups/propose").await.leads_to(), "/groups/new");
        send(&mut member, "/groups/new", "/groups/new", &[("once", "9"), ("title", "Schulden"), ("name", "schulden"), ("about", "")]).await.leads_to();
        assert_eq!(member.get("/c/schulden/edit").await.status, 200);
        app.run_jobs().await;
        app.finish().await;
    }

    async fn topics_bring_threads_groups_and_people_together_across_regions(on: On) {
        let two = Two::start(on).await;
        let mut noor = Visitor::logged_in(&two.a, &two.noor).await;
        let ask = [("once", "1"), ("title", "Wie werkt met de Wmo?"), ("body", "En hoe."), ("topics", "#WMO jeugdhulp"), ("action", "ask")];
        let thread = send(&mut noor, "/c/jeugd/ask", "/c/jeugd/ask", &ask).await.leads_to().to_owned();
        let mut many = ask;
        (many[0].1, many[3].1) = ("2", "a b c d e f");
        assert!(send(&mut noor, "/c/jeugd/ask", "/c/jeugd/ask", &many).await.body.contains("Kies hooguit 5"));
        many[3].1 = "<script>";
        assert_eq!(send(&mut noor, "/c/jeugd/ask", "/c/jeugd/ask", &many).await.status, 422);
        let mut anna = Visitor::logged_in(&two.b, &two.anna).await;
        send(&mut anna, "/profile", "/profile", &[("display_name", "Anna Vermeer"), ("topics", "wmo")]).await.leads_to();
        two.settle().await;
        let post = two.a.post(&format!("{}{thread}", two.a.core.urls.base())).await;
        let tags = document(&two.a, &post.ap_id).await["tag"].clone();
        assert!(tags.as_array().expect("tags").contains(&json!({"type": "Hashtag", "href": two.a.core.urls.at("/topic/wmo"), "name": "#WMO"})), "{tags}");
        // The other region has the topic under the same name, whatever the capitals; and knows who to ask there.
        let page = anna.get("/topic/Wmo").await.body;
        assert!(page.contains("Wie werkt met de Wmo?") && page.contains("Anna Vermeer") && page.contains("#wmo"), "{page}");
        assert!(noor.get("/topics").await.body.contains("1 bericht"));
        // Changed with the post.
        two.later();
        send(&mut noor, &format!("{thread}/edit"), &format!("{thread}/edit"), &[("title", "Wie werkt met de Wmo?"), ("body", "En hoe."), ("topics", "jeugdhulp schulden")]).await.leads_to();
        two.settle().await;
        assert!(!anna.get("/topic/wmo").await.body.contains("Wie werkt met de Wmo?"));
        assert!(anna.get("/topic/schulden").await.body.contains("Wie werkt met de Wmo?"));
        // Removed: it does not count any more, and a topic of which nothing is left is not there.
        two.later();
        two.a.remove(&two.noor, &post).await;
        two.settle().await;
        assert_eq!(anna.get("/topic/schulden").await.status, 404);
        assert!(!anna.get("/topics").await.body.contains("schulden"));
        assert!(anna.get("/topics").await.body.contains("#wmo"), "somebody knows about it");
        for path in ["/topic/%00", "/topic/%27", "/topics?before=%00", "/groups/region/%00", "/groups/region/x?after=%00", "/groups?regions=%00", "/account/following?kind=%00"] {
            assert!(matches!(anna.get(path).await.status, 200 | 404), "{path}");
        }
        two.finish().await;
    }

    async fn topics_of_strangers_are_bounded(on: On) {
        let clock = Clock::manual(START);
        let app = TestApp::start(on, "a", &clock).await;
        let bram = app.member("bram", "Bram de Wit").await;
        let group = app.group("jeugd", "Jeugdhulp", &bram).await;
        let elders = Peer::start("elders").await;
        let els = elders.actor("Person", "/u/els");
        let mut tags = vec![json!({"type": "Hashtag", "name": "#<b>"}), json!({"type": "Hashtag", "name": format!("#{}", "x".repeat(500))}), json!({"type": "Hashtag"}), json!(7)];
        tags.extend((0..300).map(|number| json!({"type": "Hashtag", "name": format!("#Thema{number}"), "href": "https://elders.example"})));
        let article = json!({"id": elders.at("/post/1"), "type": "Article", "attributedTo": els.id, "to": [group.ap_id, PUBLIC], "audience": group.ap_id,
            "name": "Veel thema's", "content": "<p>Lees dit.</p>", "published": clock.now().rfc3339(), "tag": tags});
        assert_eq!(els.sends(&app, &els.says("Create", 1, &article)).await, 202);
        app.run_jobs().await;
        let post = app.post(&elders.at("/post/1")).await;
        let kept = db::topics::of_post(&mut app.core.db.conn(), post.id).await.expect("topics");
        assert_eq!(kept.iter().map(|topic| topic.name.as_str()).collect::<Vec<_>>(), ["thema0", "thema1", "thema2", "thema3", "thema4"]);
        app.finish().await;
    }

    async fn t_55_a_locked_thread_takes_nothing_but_the_words_of_moderators(on: On) {
        let two = Two::start(on).await;
        let question = two.a.ask(&two.noor, &two.groups[0], "Wie weet dit?", "Ik niet.").await;
        two.settle().await;
        let copy = two.b.post(&question.ap_id).await;
        let (mut bram, mut noor) = (Visitor::logged_in(&two.a, &two.bram).await, Visitor::logged_in(&two.a, &two.noor).await);
        assert!(!noor.get(&question.path()).await.body.contains("/lock\""));
        assert_eq!(send(&mut noor, &question.path(), &format!("{}/lock", question.path()), &[("on", "1")]).await.status, 403);
        // On its way while the moderator closes the thread.
        two.later();
        let late = two.b.reply(&two.anna, &copy, "Te laat.").await;
        send(&mut bram, &question.path(), &format!("{}/lock", question.path()), &[("on", "1")]).await.leads_to();
        two.settle().await;
        assert!(db::posts::by_ap_id(&mut two.a.core.db.conn(), &late.ap_id).await.expect("a read").is_none(), "it is not taken in");
        let page = noor.get(&question.path()).await.body;
        assert!(page.contains("Dit gesprek is gesloten") && !page.contains("Jouw antwoord"), "{page}");
        let refused = send(&mut noor, &question.path(), &format!("{}/answer", question.path()), &[("once", "1"), ("body", "Toch.")]).await;
        let page = Visitor::of(&two.a).get(&question.path()).await.body;
        assert!(!page.contains("Inloggen om te antwoorden") && !page.contains("Weet jij hier iets van?"), "{page}");
        assert_eq!(refused.status, 403);
        assert!(refused.body.contains("gesloten"), "{}", refused.body);
        send(&mut bram, &question.path(), &format!("{}/answer", question.path()), &[("once", "2"), ("body", "Wij sluiten dit.")]).await.leads_to();
        // The other region sees that it is closed, and why writing there would go nowhere.
        two.settle().await;
        assert_eq!(document(&two.a, &question.ap_id).await["commentsEnabled"], json!(false));
        let mut anna = Visitor::logged_in(&two.b, &two.anna).await;
        assert!(anna.get(&copy.path()).await.body.contains("Dit gesprek is gesloten"));
        two.later();
        send(&mut bram, &question.path(), &format!("{}/lock", question.path()), &[("on", "0")]).await.leads_to();
        two.settle().await;
        let answer = two.b.reply(&two.anna, &two.b.post(&question.ap_id).await, "Nu wel.").await;
        two.settle().await;
        assert_eq!(two.a.post(&answer.ap_id).await.kind, PostKind::Answer);
        two.finish().await;
    }

    async fn an_answer_becomes_a_comment_and_back(on: On) {
        let two = Two::start(on).await;
        let question = two.a.ask(&two.noor, &two.groups[0], "Wie weet dit?", "Ik niet.").await;
        two.later();
        let answer = two.a.reply(&two.bram, &question, "Vraag het aan Els.").await;
        two.later();
        two.a.choose(&two.noor, &answer, true).await;
        two.settle().await;
        let ina = two.a.member("ina", "Ina Bos").await;
        let (mut ina, mut noor) = (Visitor::logged_in(&two.a, &ina).await, Visitor::logged_in(&two.a, &two.noor).await);
        let turn = format!("/post/{}/turn", answer.id);
        assert_eq!(send(&mut ina, &question.path(), &turn, &[("kind", "comment")]).await.status, 403);
        assert_eq!(send(&mut noor, &question.path(), &turn, &[("kind", "tip")]).await.status, 404);
        two.later();
        send(&mut noor, &question.path(), &turn, &[("kind", "comment")]).await.leads_to();
        two.settle().await;
        for app in [&two.a, &two.b] {
            assert_eq!(app.post(&answer.ap_id).await.kind, PostKind::Comment, "{}", app.name);
            assert_eq!(app.post(&question.ap_id).await.accepted_ap_id, None, "{}", app.name);
        }
        assert_eq!(document(&two.a, &answer.ap_id).await["meent:kind"], json!("comment"));
        two.later();
        send(&mut noor, &question.path(), &turn, &[("kind", "answer")]).await.leads_to();
        two.settle().await;
        assert_eq!(two.b.post(&answer.ap_id).await.kind, PostKind::Answer);
        // What somebody of another region wrote: decided here, and their next version does not undo it.
        two.later();
        let copy = two.b.post(&question.ap_id).await;
        let remote = two.b.reply(&two.anna, &copy, "Ik vraag het na.").await;
        two.settle().await;
        let here = two.a.post(&remote.ap_id).await;
        send(&mut noor, &question.path(), &format!("/post/{}/turn", here.id), &[("kind", "comment")]).await.leads_to();
        two.later();
        two.b.edit(&two.anna, &remote, None, "Ik vraag het morgen na.").await;
        two.settle().await;
        let here = two.a.post(&remote.ap_id).await;
        assert!(here.html.contains("morgen"));
        assert_eq!(here.kind, PostKind::Comment);
        // Its question is from here and says so to everybody: also where it was written, and to who reads the thread later.
        let said = document(&two.a, &question.ap_id).await;
        assert_eq!((&said["meent:comments"], &said["meent:answers"]), (&json!([remote.ap_id]), &json!([answer.ap_id])));
        assert_eq!(two.b.post(&remote.ap_id).await.kind, PostKind::Comment);
        let c = TestApp::start(on, "c", &two.clock).await;
        let cor = c.member("cor", "Cor Hendriks").await;
        let copy = c.find(&two.groups[0].ap_id).await.expect("the group");
        c.join(&cor, &copy).await;
        settle(&[&two.a, &two.b, &c]).await;
        assert_eq!((c.post(&remote.ap_id).await.kind, c.post(&answer.ap_id).await.kind), (PostKind::Comment, PostKind::Answer));
        assert_eq!(c.reads(&question.ap_id).await, two.a.reads(&question.ap_id).await);
        // A comment under an answer is no answer to the question.
        let under = two.a.reply(&two.noor, &answer, "Dank!").await;
        assert_eq!(send(&mut noor, &question.path(), &format!("/post/{}/turn", under.id), &[("kind", "answer")]).await.status, 404);
        settle(&[&two.a, &two.b, &c]).await;
        c.finish().await;
        two.finish().await;
    }

    async fn earlier_versions_show_what_changed_until_the_post_is_removed(on: On) {
        let two = Two::start(on).await;
        let question = two.b.ask(&two.anna, &two.groups[1], "Wie weet dit?", "De oude tekst staat hier.").await;
        two.settle().await;
        let here = two.a.post(&question.ap_id).await;
        let mut reader = Visitor::of(&two.a);
        let path = format!("{}/history", here.path());
        assert!(reader.get(&path).await.body.contains("geen eerdere versies"));
        two.later();
        two.b.edit(&two.anna, &question, Some("Wie weet dat?"), "De nieuwe tekst staat hier.").await;
        two.settle().await;
        // Remote at A, local at B: both show it.
        let mut anna = Visitor::logged_in(&two.b, &two.anna).await;
        for page in [reader.get(&path).await.body, anna.get(&format!("{}/history", question.path())).await.body] {
            for part in ["</span>oude<span", "</span>nieuwe<span", "</span>dat?<span", "<del>", "<ins>", "weggehaald:", "toegevoegd:"] {
                assert!(page.contains(part), "{part} is missing: {page}");
            }
        }
        assert!(reader.get(&here.path()).await.body.contains(&path), "the thread links to it");
        // Choosing an answer is no edit.
        two.later();
        let answer = two.b.reply(&two.anna, &two.b.post(&question.ap_id).await, "Ikzelf.").await;
        two.settle().await;
        two.b.choose(&two.anna, &answer, true).await;
        two.settle().await;
        assert_eq!(db::revisions::of_post(&mut two.a.core.db.conn(), here.id).await.expect("versions").len(), 1);
        for number in 0..60 {
            two.later();
            two.b.edit(&two.anna, &answer, None, &format!("Versie {number}.")).await;
        }
        let kept = db::revisions::of_post(&mut two.b.core.db.conn(), answer.id).await.expect("versions");
        assert_eq!(kept.len(), 50);
        assert!(kept[0].html.contains("Ikzelf") && kept[49].html.contains("Versie 58."), "the first and the newest");
        two.b.remove(&two.anna, &answer).await;
        two.later();
        two.b.remove(&two.anna, &question).await;
        two.settle().await;
        for (app, id) in [(&two.a, here.id), (&two.b, question.id), (&two.b, answer.id)] {
            assert!(db::revisions::of_post(&mut app.core.db.conn(), id).await.expect("versions").is_empty());
        }
        assert_eq!(reader.get(&path).await.status, 410);
        two.finish().await;
    }

    async fn a_pinned_thread_stands_on_top_and_is_in_the_featured_collection(on: On) {
        let two = Two::start(on).await;
        let old = two.a.ask(&two.noor, &two.groups[0], "Een oude vraag?", "Lang geleden.").await;
        two.later();
        two.a.ask(&two.noor, &two.groups[0], "Een nieuwe vraag?", "Net gesteld.").await;
        let (mut bram, mut noor) = (Visitor::logged_in(&two.a, &two.bram).await, Visitor::logged_in(&two.a, &two.noor).await);
        let pin = format!("{}/pin", old.path());
        assert_eq!(send(&mut noor, &old.path(), &pin, &[("on", "1")]).await.status, 403);
        send(&mut bram, &old.path(), &pin, &[("on", "1")]).await.leads_to();
        let places = |page: &str| ["Een oude vraag?", "Een nieuwe vraag?"].map(|title| page.match_indices(title).map(|(at, _)| at).collect::<Vec<_>>());
        let [old_at, new_at] = places(&noor.get("/c/jeugd").await.body);
        assert!(old_at.len() == 1 && new_at.len() == 1 && old_at < new_at, "{old_at:?} {new_at:?}");
        let featured = format!("{}/featured", two.groups[0].ap_id);
        assert_eq!(document(&two.a, &featured).await["orderedItems"], json!([old.ap_id]));
        send(&mut bram, &old.path(), &pin, &[("on", "0")]).await.leads_to();
        let [old_at, new_at] = places(&noor.get("/c/jeugd").await.body);
        assert!(new_at < old_at);
        assert_eq!(document(&two.a, &featured).await["orderedItems"], json!([]));
        two.finish().await;
    }

    async fn a_member_follows_a_thread_a_topic_and_a_member_and_nobody_else_sees_it(on: On) {
        let two = Two::start(on).await;
        let mut bram = Visitor::logged_in(&two.a, &two.bram).await;
        let mut noor = Visitor::logged_in(&two.a, &two.noor).await;
        let ask = [("once", "1"), ("title", "Wie werkt met de Wmo?"), ("body", "En hoe."), ("topics", "wmo"), ("action", "ask")];
        let thread = send(&mut bram, "/c/jeugd/ask", "/c/jeugd/ask", &ask).await.leads_to().to_owned();
        two.settle().await;
        let anna = two.a.actor(&two.anna.ap_id).await;
        let sent = two.a.fed.core.now();
        for place in [thread.as_str(), "/topic/wmo", "/u/bram", &anna.path()] {
            send(&mut noor, place, &format!("{place}/follow"), &[("on", "1")]).await.leads_to();
            send(&mut noor, place, &format!("{place}/follow"), &[("on", "1")]).await.leads_to();
            assert!(noor.get(place).await.body.contains("aria-pressed=\"true\">Volgen"), "{place}");
            assert!(!bram.get(place).await.body.contains("aria-pressed=\"true\">Volgen"), "{place}");
        }
        let page = noor.get("/account/following").await.body;
        for part in ["Wie werkt met de Wmo?", "#wmo", "Bram de Wit", "Anna Vermeer", two.b.host()] {
            assert!(page.contains(part), "{part} is missing: {page}");
        }
        assert!(bram.get("/account/following").await.body.contains("Je volgt nog niets."));
        assert_eq!(Visitor::of(&two.a).get("/account/following").await.status, 401);
        // Nothing of it leaves.
        assert!(!two.a.run_jobs().await, "{sent:?}");
        // One doesn't follow oneself, a group, an answer or what is not there.
        for path in ["/u/noor/follow", "/u/jeugd/follow", "/post/1/follow", "/topic/niets/follow"] {
            assert_eq!(send(&mut noor, "/account/following", path, &[("on", "1")]).await.status, 404, "{path}");
        }
        for place in [thread.as_str(), "/topic/wmo", "/u/bram", &anna.path()] {
            let sent = send(&mut noor, "/account/following", &format!("{place}/follow"), &[("on", "0"), ("back", "/account/following")]).await;
            assert_eq!(sent.leads_to(), "/account/following");
        }
        assert!(noor.get("/account/following").await.body.contains("Je volgt nog niets."));
        assert_eq!(watches::count(&mut two.a.core.db.conn(), two.noor.id).await.expect("a count"), 0);
        // Where a form leads is never another server.
        let sent = send(&mut noor, "/account/following", "/topic/wmo/follow", &[("on", "1"), ("back", "//elders.example")]).await;
        assert_eq!(sent.leads_to(), "/");
        assert!(watches::holds(&mut two.a.core.db.conn(), two.noor.id, WatchKind::Topic, db::topics::by_name(&mut two.a.core.db.conn(), "wmo").await.expect("a read").expect("the topic").id.0).await.expect("a read"));
        two.finish().await;
    }

    async fn regions_tell_each_other_which_groups_they_offer(on: On) {
        let two = Two::start(on).await;
        two.a.group("schulden", "Schulden en armoede", &two.bram).await;
        let base = two.a.core.urls.base().to_owned();
        let actor = document(&two.a, &format!("{base}/actor")).await;
        let list = format!("{base}/actor/groups");
        assert_eq!((&actor["streams"], &actor["meent:groups"]), (&json!([list]), &json!(list)));
        assert_eq!(document(&two.a, &list).await["totalItems"], json!(2));
        let page = document(&two.a, &format!("{list}?page=1")).await;
        assert_eq!(page["orderedItems"][1]["name"], json!("Schulden en armoede"));
        assert_eq!(page["orderedItems"][1]["type"], json!("Group"));
        // B knew the first group already when it learned what A is; the second comes a day later, or when asked for.
        let mut anna = Visitor::logged_in(&two.b, &two.anna).await;
        let offered = anna.get("/groups").await.body;
        assert!(offered.contains("Bekijken en lid worden") && !offered.contains("Schulden en armoede"), "{offered}");
        assert_eq!(send(&mut anna, "/groups", "/groups/ask", &[]).await.status, 403);
        make_admin(&two.b, &two.anna).await;
        two.later();
        send(&mut anna, "/groups", "/groups/ask", &[]).await.leads_to();
        two.settle().await;
        let offered = anna.get("/groups").await.body;
        assert!(offered.contains("Schulden en armoede") && offered.contains(&format!("/c/schulden@{}", two.a.host())), "{offered}");
        // The button takes the road that exists: looked up, shown, joined.
        let place = anna.get(&format!("/c/schulden@{}", two.a.host())).await.leads_to().to_owned();
        let found = anna.get(&place).await.leads_to().to_owned();
        assert!(anna.get(&found).await.body.contains("Lid worden"));
        // Daily, without anybody asking.
        two.a.group("wonen", "Wonen met zorg", &two.bram).await;
        two.clock.advance(Time::DAY + Time::MINUTE);
        let mut tx = two.b.core.db.begin().await.expect("a transaction");
        db::jobs::enqueue(&mut tx, JobId(two.b.core.ids.next()), JobKind::Tidy, "", two.clock.now()).await.expect("a job");
        two.b.core.commit(tx).await.expect("a commit");
        two.settle().await;
        assert!(Visitor::of(&two.b).get("/groups").await.body.contains("Wonen met zorg"));
        assert!(Visitor::of(&two.b).get(&format!("/groups/region/{}", two.a.host())).await.body.contains("Wonen met zorg"));
        two.finish().await;
    }

    async fn a_hostile_list_of_groups_is_bounded_and_goes_with_its_host(on: On) {
        let clock = Clock::manual(START);
        let elders = Peer::start("elders").await;
        let host = elders.host.clone();
        let app = TestApp::start(on, "a", &clock).await;
        let group = |id: String, name: &str, title: &str| json!({"id": id, "type": "Group", "preferredUsername": name, "name": title, "summary": format!("<p>{}</p><script>x</script>", "lang ".repeat(2_000))});
        let mut actor = elders.actor("Application", "/actor").document("Application");
        actor["meent:groups"] = json!(elders.at("/actor/groups"));
        elders.serve(&actor);
        let mut items = vec![
            group("https://vragen.example/c/gestolen".into(), "gestolen", "Van een ander"),
            group(elders.at("/c/vreemd"), "a/b", "Geen naam"),
            json!({"id": elders.at("/u/els"), "type": "Person", "preferredUsername": "els", "name": "Een mens"}),
            json!("https://vragen.example/c/los"),
            group(elders.at("/c/goed"), "goed", &"<b>Goed</b> ".repeat(100)),
        ];
        items.extend((0..100).map(|number| group(elders.at(&format!("/c/groep{number}")), &format!("groep{number}"), "Groep")));
        elders.serve(&json!({"id": elders.at("/actor/groups"), "type": "OrderedCollection", "first": elders.at("/actor/groups?page=0")}));
        let at = elders.at("/actor/groups");
        elders.serve_with(move |path| {
            let number: u32 = path.strip_prefix("/actor/groups?page=")?.parse().ok()?;
            let mut items = items.clone();
            for item in items.iter_mut().skip(5) {
                item["id"] = json!(format!("{}{number}", item["id"].as_str()?));
            }
            Some(json!({"id": format!("{at}?page={number}"), "type": "OrderedCollectionPage", "orderedItems": items, "next": format!("{at}?page={}", number + 1)}))
        });
        app.fed.ask_groups(&host).await.expect("asked");
        let kept = db::peer_groups::of_host(&mut app.core.db.conn(), &host, None, 1_000).await.expect("groups");
        assert_eq!(kept.len(), 500);
        assert!(elders.all_gets() < 30, "{}", elders.all_gets());
        let all = db::peer_groups::regions(&mut app.core.db.conn(), "", 10).await.expect("regions");
        assert!(all.len() == 1 && all[0].host == host, "{all:?}");
        let good = kept.iter().find(|group| group.name == "goed").expect("the good one");
        assert!(good.title.chars().count() <= 200 && good.about.chars().count() <= 400 && !good.about.contains('<'), "{good:?}");
        assert!(kept.iter().all(|group| group.ap_id.starts_with(&elders.at("/c/")) && group.name != "a/b"));
        // Every page of it, each group once.
        let (mut seen, mut after) = (std::collections::BTreeSet::new(), None::<String>);
        loop {
            let part = db::peer_groups::of_host(&mut app.core.db.conn(), &host, after.as_deref(), 70).await.expect("groups");
            let Some(last) = part.last() else { break };
            after = Some(last.ap_id.clone());
            assert!(part.iter().all(|group| seen.insert(group.ap_id.clone())));
        }
        assert_eq!(seen.len(), 500);
        // A server that goes away keeps what it said; one that takes its list away does not.
        elders.page("/actor", peer::Page::Text { status: 500, kind: String::new(), body: String::new() });
        app.fed.ask_groups(&host).await.expect_err("it is away");
        assert_eq!(db::peer_groups::regions(&mut app.core.db.conn(), "", 10).await.expect("regions").len(), 1);
        elders.serve(&elders.actor("Application", "/actor").document("Application"));
        clock.advance(Time::MINUTE);
        app.fed.ask_groups(&host).await.expect("asked");
        assert!(db::peer_groups::regions(&mut app.core.db.conn(), "", 10).await.expect("regions").is_empty());
        app.finish().await;
    }
}

/// A blocked region's groups are not shown from the moment it is blocked, and forgotten when it would be asked again.
#[tokio::test]
async fn the_groups_of_a_blocked_region_are_not_shown() {
    let clock = Clock::manual(START);
    let app = TestApp::start_with(On::Sqlite, "a", &clock, |config| config.federation.block = vec!["elders.example".into()]).await;
    let group = db::peer_groups::PeerGroup {
        ap_id: "https://elders.example/c/jeugd".into(),
        host: "elders.example".into(),
        name: "jeugd".into(),
        title: "Jeugd elders".into(),
        about: String::new(),
        seen_at: clock.now(),
    };
    let mut tx = app.core.db.begin().await.expect("a transaction");
    db::peer_groups::put(&mut tx, &group).await.expect("a group");
    app.core.commit(tx).await.expect("a commit");
    let mut visitor = Visitor::of(&app);
    assert!(!visitor.get("/groups").await.body.contains("Jeugd elders"));
    assert_eq!(visitor.get("/groups/region/elders.example").await.status, 404);
    clock.advance(Time::MINUTE);
    app.fed.ask_groups("elders.example").await.expect("nothing is asked");
    assert!(db::peer_groups::regions(&mut app.core.db.conn(), "", 10).await.expect("regions").is_empty());
    app.finish().await;
}
