//! Requests to connect between two regions: asked, accepted, refused, taken back; and what somebody who is on no list may
//! not do.

use meent::db::connections::{self, ConnectionState, Direction};
use meent::db::{self};
use meent::model::{Clock, Time};
use serde_json::json;

use crate::moderation::make_admin;
use crate::on_both;
use crate::support::peer::{Letter, Peer, Stranger, get};
use crate::support::visitor::{Page, Visitor};
use crate::support::{On, START, TestApp, key, settle};

const HERE: &str = "/admin/federation/connections";

/// A region with an allow list, and Anna, who administers it.
pub struct Region {
    pub app: TestApp,
    pub anna: Visitor,
}

impl Region {
    pub async fn start(on: On, name: &str, clock: &Clock, mode: &'static str) -> Self {
        let app = TestApp::start_with(on, name, clock, |config| config.federation.mode = mode.into()).await;
        app.set("region_name", &format!("Regio {}", name.to_uppercase())).await;
        let member = app.member("anna", "Anna Smit").await;
        make_admin(&app, &member).await;
        let anna = Visitor::logged_in(&app, &member).await;
        Self { app, anna }
    }

    /// Anna logs in again: sessions end.
    pub async fn again(&mut self) {
        let anna = self.app.actor(&self.app.core.urls.person("anna")).await;
        self.anna = Visitor::logged_in(&self.app, &anna).await;
    }

    /// Sends a form of the administrator's.
    pub async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let csrf = self.anna.get("/admin").await.value("csrf");
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend(fields);
        self.anna.post(path, &all).await
    }

    pub async fn reads(&mut self, path: &str) -> String {
        let page = self.anna.get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        page.body
    }

    async fn state(&self, host: &str, direction: Direction) -> Option<ConnectionState> {
        connections::get(&mut self.app.core.db.conn(), host, direction).await.expect("a read").map(|found| found.state)
    }

    pub fn host(&self) -> String {
        self.app.host().to_owned()
    }
}

async fn asks(one: &mut Region, other: &str, sentence: &str) {
    one.send(HERE, &[("host", other), ("sentence", sentence)]).await.leads_to();
}

/// Five seconds on: what administrators decided is known everywhere.
fn later(clock: &Clock) {
    clock.advance(6 * Time::SECOND);
}

on_both! {
    async fn two_regions_with_lists_find_each_other(on: On) {
        let clock = Clock::manual(START);
        let (mut a, mut b) = (Region::start(on, "a", &clock, "allowlist").await, Region::start(on, "b", &clock, "allowlist").await);
        let founder = b.app.member("bram", "Bram de Wit").await;
        b.app.group("jeugd", "Jeugdhulp", &founder).await;
        assert!(a.app.find(&format!("jeugd@{}", b.host())).await.is_err());
        // The form says what it needs.
        let wrong = a.send(HERE, &[("host", "geen naam"), ("sentence", "")]).await;
        assert!(wrong.status == 422 && wrong.body.matches("class=\"error\"").count() == 2, "{}", wrong.body);
        assert_eq!(a.send(HERE, &[("host", &a.host()), ("sentence", "Wij zelf")]).await.status, 403);

        asks(&mut a, &b.host(), "Wij zijn de buren <b>van</b> A.").await;
        assert!(a.reads(HERE).await.contains("Het bericht hierover is onderweg."));
        settle(&[&a.app, &b.app]).await;
        let page = a.reads(HERE).await;
        assert!(page.contains("wacht op hun besluit") && !page.contains("onderweg."), "{page}");
        // The other side: on the first page, told, with the words as they were typed.
        assert!(b.reads("/admin").await.contains("1 andere omgeving vraagt om verbinding"));
        assert!(b.reads("/notifications").await.contains(&format!("{} vraagt om verbinding", a.host())));
        let page = b.reads(HERE).await;
        assert!(page.contains("Regio A") && page.contains("buren &#60;b&#62;van") && page.contains("wacht op jullie besluit"), "{page}");
        assert!(!b.app.core.may_federate_with(&a.host()).await.unwrap());

        b.send(&format!("{HERE}/accept"), &[("host", &a.host())]).await.leads_to();
        settle(&[&a.app, &b.app]).await;
        later(&clock);
        settle(&[&a.app, &b.app]).await;
        for (one, other) in [(&a, b.host()), (&b, a.host())] {
            assert!(one.app.core.may_federate_with(&other).await.unwrap());
        }
        assert!(a.reads(HERE).await.contains("door hen aangenomen op"));
        assert!(a.reads("/notifications").await.contains("ons verzoek om verbinding aangenomen"));
        assert!(b.reads(HERE).await.contains("aangenomen op") && !b.reads("/admin").await.contains("vraagt om verbinding"));
        assert!(a.reads(&format!("/admin/federation/{}", b.host())).await.contains("door hen aangenomen op"));
        assert!(a.app.find(&format!("jeugd@{}", b.host())).await.is_ok());
        // What each offers is known without anybody asking.
        assert!(a.reads("/groups").await.contains("Jeugdhulp"));
        // Decided is decided; and once is enough.
        assert_eq!(b.send(&format!("{HERE}/refuse"), &[("host", &a.host()), ("reason", "Toch niet")]).await.status, 409);
        assert_eq!(a.send(HERE, &[("host", &b.host()), ("sentence", "Nog eens")]).await.status, 403);
        let log = b.reads("/admin/audit").await;
        assert!(log.contains("Verbinding met een omgeving aangenomen"), "{log}");
        for region in [a, b] {
            region.app.finish().await;
        }
    }

    async fn a_refusal_comes_with_a_sentence_and_stands_for_a_while(on: On) {
        let clock = Clock::manual(START);
        let (mut a, mut b) = (Region::start(on, "a", &clock, "allowlist").await, Region::start(on, "b", &clock, "allowlist").await);
        asks(&mut a, &b.host(), "Wij zijn de buren.").await;
        settle(&[&a.app, &b.app]).await;
        let empty = b.send(&format!("{HERE}/refuse"), &[("host", &a.host()), ("reason", "")]).await;
        assert!(empty.status == 422 && empty.body.contains("Schrijf waarom niet."), "{}", empty.body);
        b.send(&format!("{HERE}/refuse"), &[("host", &a.host()), ("reason", "Eerst kennismaken.")]).await.leads_to();
        settle(&[&a.app, &b.app]).await;
        let page = a.reads(HERE).await;
        assert!(page.contains("door hen afgewezen op") && page.contains("Eerst kennismaken."), "{page}");
        assert!(a.reads("/notifications").await.contains("afgewezen"));
        assert!(!a.app.core.may_federate_with(&b.host()).await.unwrap());
        // Asked again the next day: the same answer, and nobody is disturbed.
        clock.advance(Time::DAY);
        a.again().await;
        b.again().await;
        asks(&mut a, &b.host(), "Toe nou.").await;
        settle(&[&a.app, &b.app]).await;
        assert_eq!(a.state(&b.host(), Direction::Out).await, Some(ConnectionState::Refused));
        assert!(!b.reads("/admin").await.contains("vraagt om verbinding"));
        // A month later it is a new question.
        clock.advance(31 * Time::DAY);
        a.again().await;
        b.again().await;
        asks(&mut a, &b.host(), "We kennen elkaar nu.").await;
        settle(&[&a.app, &b.app]).await;
        assert!(b.reads(HERE).await.contains("We kennen elkaar nu."));
        for region in [a, b] {
            region.app.finish().await;
        }
    }

    async fn what_is_taken_back_is_gone_and_does_not_pile_up(on: On) {
        let clock = Clock::manual(START);
        let (mut a, mut b) = (Region::start(on, "a", &clock, "allowlist").await, Region::start(on, "b", &clock, "allowlist").await);
        for _ in 0..3 {
            asks(&mut a, &b.host(), "Wij zijn de buren.").await;
            settle(&[&a.app, &b.app]).await;
            clock.advance(Time::SECOND);
            assert_eq!(b.state(&a.host(), Direction::In).await, Some(ConnectionState::Waiting));
            a.send(&format!("{HERE}/withdraw"), &[("host", &b.host())]).await.leads_to();
            settle(&[&a.app, &b.app]).await;
            clock.advance(Time::SECOND);
            assert_eq!(b.state(&a.host(), Direction::In).await, Some(ConnectionState::Withdrawn));
        }
        assert!(b.reads(HERE).await.contains("door hen ingetrokken op"));
        assert_eq!(b.app.number("SELECT COUNT(*) FROM notification").await, 1);
        assert_eq!(b.app.number("SELECT COUNT(*) FROM connection").await, 1);
        assert_eq!(b.send(&format!("{HERE}/accept"), &[("host", &a.host())]).await.status, 409);
        // Taken back while it was being accepted: the rule that came of it goes too.
        asks(&mut a, &b.host(), "Toch maar wel.").await;
        settle(&[&a.app, &b.app]).await;
        a.send(&format!("{HERE}/withdraw"), &[("host", &b.host())]).await.leads_to();
        b.send(&format!("{HERE}/accept"), &[("host", &a.host())]).await.leads_to();
        settle(&[&a.app, &b.app]).await;
        later(&clock);
        settle(&[&a.app, &b.app]).await;
        for (one, other) in [(&a, b.host()), (&b, a.host())] {
            assert!(!one.app.core.may_federate_with(&other).await.unwrap());
        }
        for region in [a, b] {
            region.app.finish().await;
        }
    }

    async fn who_both_want_it_need_not_wait(on: On) {
        let clock = Clock::manual(START);
        let (mut a, mut b) = (Region::start(on, "a", &clock, "allowlist").await, Region::start(on, "b", &clock, "open").await);
        asks(&mut a, &b.host(), "Wij zijn de buren.").await;
        asks(&mut b, &a.host(), "Wij ook.").await;
        settle(&[&a.app, &b.app]).await;
        later(&clock);
        settle(&[&a.app, &b.app]).await;
        for (one, other) in [(&a, b.host()), (&b, a.host())] {
            assert_eq!(one.state(&other, Direction::Out).await, Some(ConnectionState::Accepted));
            assert!(one.app.core.may_federate_with(&other).await.unwrap() && one.app.core.lists_in(&mut one.app.core.db.conn(), &other).await.unwrap());
        }
        assert!(a.reads("/admin/federation/rules").await.contains(&b.host()));
        for region in [a, b] {
            region.app.finish().await;
        }
    }

    async fn a_region_that_is_away_hears_of_it_when_it_is_back(on: On) {
        let clock = Clock::manual(START);
        let (mut a, mut b) = (Region::start(on, "a", &clock, "allowlist").await, Region::start(on, "b", &clock, "allowlist").await);
        b.app.stop_listening().await;
        asks(&mut a, &b.host(), "Wij zijn de buren.").await;
        a.app.run_jobs().await;
        let page = a.reads(HERE).await;
        assert!(page.contains("komt nog niet aan") && page.contains("Er luistert niemand op dit adres."), "{page}");
        b.app.listen_again().await;
        clock.advance(Time::MINUTE);
        settle(&[&a.app, &b.app]).await;
        assert!(b.reads(HERE).await.contains("Wij zijn de buren."));
        assert!(!a.reads(HERE).await.contains("komt nog niet aan"));
        for region in [a, b] {
            region.app.finish().await;
        }
    }

    async fn who_is_on_no_list_may_ask_and_nothing_else(on: On) {
        let clock = Clock::manual(START);
        let mut a = Region::start(on, "a", &clock, "allowlist").await;
        let peer = Peer::start("elders").await;
        let (instance, els) = (peer.actor("Application", "/actor"), peer.actor("Person", "/u/els"));
        let offer = |by: &Stranger, number: u32, words: &str| by.says("Offer", number, &json!({"type": "meent:Connection", "name": "Elders <i>", "summary": words}));
        // A person, somebody who speaks for another, anything else that an instance says, answers that nobody asked for.
        assert_eq!(els.sends(&a.app, &offer(&els, 1, "Ik ben het.")).await, 403);
        let mut forged = offer(&instance, 2, "Namens een ander.");
        forged["actor"] = json!("https://groot.example/actor");
        assert_eq!(instance.sends(&a.app, &forged).await, 403);
        let group = json!({"type": "Group", "id": peer.at("/c/x")});
        assert_eq!(instance.sends(&a.app, &instance.says("Offer", 3, &group)).await, 403);
        assert_eq!(instance.sends(&a.app, &instance.says("Follow", 4, &json!(a.app.core.urls.instance_actor()))).await, 403);
        for kind in ["Accept", "Reject", "Undo"] {
            let inner = json!({"type": "Offer", "id": format!("{}#connection/1", a.app.core.urls.instance_actor()), "object": {"type": "meent:Connection"}});
            assert_eq!(instance.sends(&a.app, &instance.says(kind, 5, &inner)).await, 403, "{kind}");
        }
        assert_eq!(instance.sends(&a.app, &offer(&instance, 6, &"x".repeat(20_000))).await, 413);
        assert_eq!(peer.all_gets(), 0, "nobody was asked anything so far");
        // A key of somebody else at the same place.
        let mut letter = instance.letter(&a.app, "/inbox", &offer(&instance, 7, "Vals.").to_string());
        letter.private_pem = key("b").private_pem;
        assert_eq!(letter.send(&a.app).await.status, 401);
        assert_eq!(a.app.number("SELECT COUNT(*) FROM connection").await, 0);
        // What is well said is taken, as plain text; nothing but the instance actor was fetched.
        assert_eq!(instance.sends(&a.app, &offer(&instance, 8, "<script>alert(1)</script>\u{202e} Hallo")).await, 202);
        a.app.run_jobs().await;
        let page = a.reads(HERE).await;
        assert!(page.contains("&#60;script&#62;alert(1)&#60;/script&#62; Hallo") && page.contains("Elders &#60;i&#62;") && !page.contains("<script>"), "{page}");
        assert_eq!(peer.all_gets(), peer.gets("/actor"));
        // It still is on no list.
        assert_eq!(instance.sends(&a.app, &instance.says("Follow", 9, &json!(a.app.core.urls.instance_actor()))).await, 403);
        // Too often, and when it is blocked.
        let mut answers = Vec::new();
        for number in 10..25 {
            answers.push(instance.sends(&a.app, &offer(&instance, number, "Nog eens.")).await);
        }
        assert!(answers.ends_with(&[429, 429]), "{answers:?}");
        a.app.run_jobs().await;
        assert_eq!(a.app.number("SELECT COUNT(*) FROM notification").await, 1);
        a.send("/admin/federation", &[("host", &peer.host), ("rule", "block"), ("reason", "Te veel")]).await.leads_to();
        assert_eq!(instance.sends(&a.app, &offer(&instance, 30, "En nu?")).await, 403);
        a.app.run_jobs().await;
        a.app.finish().await;
    }

    async fn something_that_is_no_instance_can_t_ask(on: On) {
        let clock = Clock::manual(START);
        let a = Region::start(on, "a", &clock, "allowlist").await;
        let peer = Peer::start("elders").await;
        // A person who lives where an instance should be, and an instance whose key lies elsewhere.
        let person = peer.actor("Person", "/actor");
        let words = json!({"type": "meent:Connection", "summary": "Hallo"});
        assert_eq!(person.sends(&a.app, &person.says("Offer", 1, &words)).await, 401);
        let third = Peer::start("derde").await;
        let mut other = third.actor("Application", "/actor");
        let mut document = other.document("Application");
        document["publicKey"]["id"] = json!(peer.at("/actor#main-key"));
        third.serve(&document);
        other.key_id = third.at("/actor#main-key");
        assert_eq!(other.sends(&a.app, &other.says("Offer", 2, &words)).await, 401);
        // In an open federation a person can't either.
        let open = Region::start(on, "b", &clock, "open").await;
        let els = peer.actor("Person", "/u/els");
        assert_eq!(els.sends(&open.app, &els.says("Offer", 3, &words)).await, 202);
        open.app.run_jobs().await;
        assert_eq!(open.app.number("SELECT COUNT(*) FROM connection").await + a.app.number("SELECT COUNT(*) FROM connection").await, 0);
        for region in [a, open] {
            region.app.finish().await;
        }
    }

    async fn a_list_gates_what_is_fetched_and_not_the_pages(on: On) {
        let clock = Clock::manual(START);
        let mut a = Region::start(on, "a", &clock, "allowlist").await;
        let sanne = a.app.member("sanne", "Sanne Bakker").await;
        let group = a.app.group("jeugd", "Jeugdhulp", &sanne).await;
        let question = a.app.ask(&sanne, &group, "Wie weet dit?", "Een uitleg.").await;
        let peer = Peer::start("elders").await;
        let els = peer.actor("Person", "/u/els");
        let paths = ["/c/jeugd".to_owned(), "/u/sanne".into(), question.path(), format!("{}/context", question.path()), "/c/jeugd/outbox".into(), "/actor/groups".into()];
        for path in &paths {
            assert_eq!(get(&a.app, "GET", path, "application/activity+json").await.status, 401, "{path}");
            assert_eq!(Letter::new("GET", &a.app, path, "", &els).send(&a.app).await.status, 403, "{path}");
        }
        assert_eq!(get(&a.app, "GET", "/actor", "application/activity+json").await.status, 200);
        for path in ["/c/jeugd", "/u/sanne", &question.path()] {
            assert_eq!(Visitor::of(&a.app).get(path).await.status, 200, "{path}");
        }
        a.send("/admin/federation", &[("host", &peer.host), ("rule", "allow"), ("reason", "Onze buren")]).await.leads_to();
        for path in &paths {
            assert_eq!(Letter::new("GET", &a.app, path, "", &els).send(&a.app).await.status, 200, "{path}");
        }
        a.app.run_jobs().await;
        a.app.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_software_is_not_asked() {
    let clock = Clock::manual(START);
    let mut a = Region::start(On::Sqlite, "a", &clock, "open").await;
    let mut tx = a.app.core.db.begin().await.unwrap();
    db::deliveries::know(&mut tx, "sociaal.example").await.unwrap();
    db::deliveries::set_software(&mut tx, "sociaal.example", Some(("mastodon", "4.5.0")), START).await.unwrap();
    a.app.core.commit(tx).await.unwrap();
    let refused = a.send(HERE, &[("host", "sociaal.example"), ("sentence", "Wij zijn de buren.")]).await;
    assert!(refused.status == 403 && refused.body.contains("andere software"), "{}", refused.body);
    a.app.finish().await;
}
