//! What moderators do crosses the border: real instances, one group, moderators here and there.

use meent::db;
use meent::error::Error;
use meent::model::names::Reason;
use meent::model::{Actor, Clock, Post, PostKind, Time};
use meent::ops::reporting::{self, Reported};
use meent::ops::{banning, describing, publishing, steering, viewer};

use crate::on_both;
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp, settle};

/// The group is B's, moderated by Bram; Anna of A and Cor of C are in it. Anna asked something, Cor answered.
struct Three {
    a: TestApp,
    b: TestApp,
    c: TestApp,
    clock: Clock,
    anna: Actor,
    bram: Actor,
    cor: Actor,
    group: Actor,
    question: Post,
    answer: Post,
}

impl Three {
    async fn start(on: On) -> Self {
        let clock = Clock::manual(START);
        let (a, b, c) =
            (TestApp::start(on, "a", &clock).await, TestApp::start(on, "b", &clock).await, TestApp::start(on, "c", &clock).await);
        let (anna, bram, cor) =
            (a.member("anna", "Anna Vermeer").await, b.member("bram", "Bram de Wit").await, c.member("cor", "Cor Hendriks").await);
        let group = b.group("jeugd", "Jeugdhulp in de regio", &bram).await;
        for (app, member) in [(&a, &anna), (&c, &cor)] {
            let found = app.find(&format!("jeugd@{}", b.host())).await.expect("the group");
            app.join(member, &found).await;
        }
        settle(&[&a, &b, &c]).await;
        let question = a.ask(&anna, &a.actor(&group.ap_id).await, "Wie weet dit?", "Wij zoeken een voorbeeld.").await;
        settle(&[&a, &b, &c]).await;
        clock.advance(Time::MINUTE);
        let answer = c.reply(&cor, &c.post(&question.ap_id).await, "Wij hebben er een.").await;
        settle(&[&a, &b, &c]).await;
        clock.advance(Time::MINUTE);
        Self { a, b, c, clock, anna, bram, cor, group, question, answer }
    }

    fn all(&self) -> [&TestApp; 3] {
        [&self.a, &self.b, &self.c]
    }

    async fn settle(&self) {
        settle(&self.all()).await;
        self.clock.advance(Time::MINUTE);
    }

    /// The question as each knows it.
    async fn everywhere(&self, check: impl Fn(&Post) -> bool, what: &str) {
        for app in self.all() {
            let post = app.post(&self.question.ap_id).await;
            assert!(check(&post), "{what} at {}: {post:?}", app.name);
        }
    }

    async fn moderators(&self, app: &TestApp) -> Vec<String> {
        let group = app.actor(&self.group.ap_id).await;
        let found = db::actors::moderators(&mut app.core.db.conn(), group.id).await.expect("moderators");
        found.into_iter().map(|actor| actor.name).collect()
    }

    /// Bram makes Anna, who is of another region, a moderator.
    async fn name_anna(&self) {
        name(&self.b, &self.bram, &self.group.ap_id, &self.anna.ap_id).await.expect("named");
        self.settle().await;
        for app in self.all() {
            assert_eq!(self.moderators(app).await, ["bram", "anna"], "{}", app.name);
        }
    }

    async fn finish(self) {
        for app in [self.a, self.b, self.c] {
            assert_eq!(db::received::count(&mut app.core.db.conn(), "failed").await.unwrap(), 0, "{}", app.name);
            app.finish().await;
        }
    }
}

async fn steer(app: &TestApp, by: &Actor, ap_id: &str, lock: bool, on: bool) -> Result<(), Error> {
    let post = app.post(ap_id).await;
    let mut tx = app.core.db.begin().await?;
    let who = viewer(&app.core, &mut tx, Some(by), post.group_id).await?;
    if lock {
        steering::lock(&app.core, &mut tx, who, &post, on).await?;
    } else {
        steering::pin(&app.core, &mut tx, who, &post, on).await?;
    }
    app.core.commit(tx).await
}

async fn turn(app: &TestApp, by: &Actor, ap_id: &str, kind: PostKind) -> Result<(), Error> {
    let reply = app.post(ap_id).await;
    let mut tx = app.core.db.begin().await?;
    let question = db::posts::by_id(&mut tx, reply.root_id).await?;
    let who = viewer(&app.core, &mut tx, Some(by), reply.group_id).await?;
    steering::turn_into(&app.core, &mut tx, who, &question, &reply, kind).await?;
    app.core.commit(tx).await
}

async fn name(app: &TestApp, by: &Actor, group: &str, named: &str) -> Result<(), Error> {
    let (group, named) = (app.actor(group).await, app.actor(named).await);
    let mut tx = app.core.db.begin().await?;
    let who = viewer(&app.core, &mut tx, Some(by), group.id).await?;
    describing::name_moderator(&app.core, &mut tx, who, by, &group, &named).await?;
    app.core.commit(tx).await
}

async fn unseat(app: &TestApp, by: &Actor, group: &str, named: &str) -> Result<(), Error> {
    let (group, named) = (app.actor(group).await, app.actor(named).await);
    let mut tx = app.core.db.begin().await?;
    let who = viewer(&app.core, &mut tx, Some(by), group.id).await?;
    describing::remove_moderator(&app.core, &mut tx, who, by, &group, &named).await?;
    app.core.commit(tx).await
}

async fn suspend(app: &TestApp, by: &Actor, group: &str, member: &str, days: i64, remove: bool) -> Result<(), Error> {
    let (group, member) = (app.actor(group).await, app.actor(member).await);
    let mut tx = app.core.db.begin().await?;
    let reason = Reason::parse("Eerst de regels lezen").expect("a reason");
    banning::suspend(&app.core, &mut tx, by, &group, &member, days, remove, &reason).await?;
    app.core.commit(tx).await
}

async fn lift(app: &TestApp, by: &Actor, group: &str, member: &str) -> Result<(), Error> {
    let (group, member) = (app.actor(group).await, app.actor(member).await);
    let mut tx = app.core.db.begin().await?;
    banning::lift(&app.core, &mut tx, by, &group, &member, "").await?;
    app.core.commit(tx).await
}

/// Tries to reply, as a member does.
async fn reply(app: &TestApp, by: &Actor, parent: &str) -> Result<(), Error> {
    let parent = app.post(parent).await;
    let mut tx = app.core.db.begin().await?;
    let body = meent::model::names::Body::parse("Nog iets").expect("a text");
    publishing::reply(&app.core, &mut tx, by, &parent, &body, false, "nl").await?;
    app.core.commit(tx).await
}

async fn log(app: &TestApp, group: &str) -> Vec<(String, Option<String>)> {
    let group = app.actor(group).await;
    let lines = db::moderation::log(&mut app.core.db.conn(), Some(group.id), None, 50).await.expect("a log");
    lines.into_iter().map(|line| (line.it.act, line.by_host)).collect()
}

on_both! {
    async fn a_lock_holds_everywhere_wherever_the_thread_lives(on: On) {
        let three = Three::start(on).await;
        let id = three.question.ap_id.clone();
        // Bram moderates on B; the question lives on A.
        steer(&three.b, &three.bram, &id, true, true).await.unwrap();
        three.settle().await;
        three.everywhere(|post| post.locked_at.is_some(), "locked").await;
        for (app, member) in [(&three.a, &three.anna), (&three.c, &three.cor)] {
            assert!(matches!(reply(app, member, &id).await, Err(Error::Forbidden("error-locked"))), "{}", app.name);
        }
        assert_eq!(log(&three.c, &three.group.ap_id).await, [("lock".to_owned(), Some(three.b.host().to_owned()))]);
        // Who moderates from A opens it again; who comes later sees it as it is.
        three.name_anna().await;
        steer(&three.a, &three.anna, &id, true, false).await.unwrap();
        three.settle().await;
        three.everywhere(|post| post.locked_at.is_none(), "open").await;
        reply(&three.c, &three.cor, &id).await.unwrap();
        steer(&three.a, &three.anna, &id, true, true).await.unwrap();
        three.settle().await;
        three.everywhere(|post| post.locked_at.is_some(), "locked again").await;
        // Cor is no moderator.
        assert!(matches!(steer(&three.c, &three.cor, &id, true, false).await, Err(Error::Forbidden(_))));
        three.finish().await;
    }

    async fn what_stands_at_the_top_is_the_same_everywhere_also_for_who_comes_later(on: On) {
        let three = Three::start(on).await;
        let id = three.question.ap_id.clone();
        three.name_anna().await;
        steer(&three.a, &three.anna, &id, false, true).await.unwrap();
        three.settle().await;
        three.everywhere(|post| post.pinned_at.is_some(), "pinned").await;
        let late = TestApp::start(on, "d", &three.clock).await;
        let dina = late.member("dina", "Dina Smit").await;
        let found = late.find(&format!("jeugd@{}", three.b.host())).await.expect("the group");
        assert!(late.post(&id).await.pinned_at.is_some());
        let page = Visitor::of(&late).get(&found.path()).await;
        assert!(page.body.contains("class=\"pinned\""), "{}", page.body);
        late.join(&dina, &found).await;
        settle(&[&three.a, &three.b, &three.c, &late]).await;
        steer(&three.b, &three.bram, &id, false, false).await.unwrap();
        settle(&[&three.a, &three.b, &three.c, &late]).await;
        three.everywhere(|post| post.pinned_at.is_none(), "taken down").await;
        assert!(late.post(&id).await.pinned_at.is_none());
        late.finish().await;
        three.finish().await;
    }

    async fn moderators_of_other_regions_act_and_the_first_is_not_pushed_out(on: On) {
        let three = Three::start(on).await;
        let group = three.group.ap_id.clone();
        three.name_anna().await;
        // She sees what she may do there, and names Cor.
        let mut visitor = Visitor::logged_in(&three.a, &three.anna).await;
        let page = visitor.get(&three.a.post(&three.question.ap_id).await.path()).await;
        assert!(page.body.contains("/pin\"") && page.body.contains("/lock\""), "{}", page.body);
        name(&three.a, &three.anna, &group, &three.cor.ap_id).await.unwrap();
        three.settle().await;
        for app in three.all() {
            assert_eq!(three.moderators(app).await, ["bram", "anna", "cor"], "{}", app.name);
        }
        assert!(matches!(unseat(&three.a, &three.anna, &group, &three.bram.ap_id).await, Err(Error::Forbidden("error-first-moderator"))));
        unseat(&three.c, &three.cor, &group, &three.anna.ap_id).await.unwrap();
        three.settle().await;
        for app in three.all() {
            assert_eq!(three.moderators(app).await, ["bram", "cor"], "{}", app.name);
        }
        assert!(matches!(steer(&three.a, &three.anna, &three.question.ap_id, true, true).await, Err(Error::Forbidden(_))));
        three.finish().await;
    }

    async fn who_is_suspended_by_the_group_reads_at_home_why_and_until_when(on: On) {
        let three = Three::start(on).await;
        let (group, id) = (three.group.ap_id.clone(), three.question.ap_id.clone());
        suspend(&three.b, &three.bram, &group, &three.cor.ap_id, 7, false).await.unwrap();
        three.settle().await;
        let path = three.c.actor(&group).await.path();
        let page = Visitor::logged_in(&three.c, &three.cor).await.get(&path).await;
        assert!(page.body.contains("Je bent geschorst tot") && page.body.contains("Eerst de regels lezen"), "{}", page.body);
        assert!(matches!(reply(&three.c, &three.cor, &id).await, Err(Error::Forbidden("error-suspended"))));
        // In another group he writes; and here too, a week later, without a word from anybody.
        let other = three.c.group("wonen", "Wonen", &three.cor).await;
        three.c.ask(&three.cor, &other, "Hier wel?", "Ja.").await;
        three.clock.advance(8 * Time::DAY);
        reply(&three.c, &three.cor, &id).await.unwrap();
        three.settle().await;
        assert_eq!(three.b.reads(&id).await, three.c.reads(&id).await);
        // Until it is taken back, and with everything he wrote.
        suspend(&three.b, &three.bram, &group, &three.cor.ap_id, 0, true).await.unwrap();
        three.settle().await;
        for app in three.all() {
            assert!(app.post(&three.answer.ap_id).await.is_deleted(), "{}", app.name);
            assert!(!app.post(&three.question.ap_id).await.is_deleted(), "{}", app.name);
        }
        assert!(reply(&three.c, &three.cor, &id).await.is_err());
        lift(&three.b, &three.bram, &group, &three.cor.ap_id).await.unwrap();
        three.settle().await;
        reply(&three.c, &three.cor, &id).await.unwrap();
        three.settle().await;
        assert_eq!(three.b.reads(&id).await, three.c.reads(&id).await);
        three.finish().await;
    }

    async fn a_moderator_from_elsewhere_suspends_and_the_group_holds_to_it(on: On) {
        let three = Three::start(on).await;
        let (group, id) = (three.group.ap_id.clone(), three.question.ap_id.clone());
        three.name_anna().await;
        assert!(suspend(&three.a, &three.anna, &group, &three.bram.ap_id, 1, false).await.is_err(), "a moderator is not suspended");
        let mut visitor = Visitor::logged_in(&three.a, &three.anna).await;
        let (path, who) = (three.a.actor(&group).await.path(), three.a.actor(&three.cor.ap_id).await.handle().to_string());
        let page = visitor.get(&format!("{path}/suspend?q={who}")).await;
        let (csrf, reason) = (page.value("csrf"), "Eerst de regels lezen");
        visitor.post(&format!("{path}/suspend"), &[("csrf", &csrf), ("who", &who), ("days", "1"), ("reason", reason)]).await.leads_to();
        assert!(visitor.get(&format!("{path}/moderation")).await.body.contains("Cor Hendriks"));
        three.settle().await;
        assert!(reply(&three.c, &three.cor, &id).await.is_err());
        // His server may not hold to it; the group does.
        let there = three.b.actor(&three.cor.ap_id).await;
        let group_here = three.b.actor(&group).await;
        assert!(db::suspensions::holds(&mut three.b.core.db.conn(), there.id, group_here.id, three.clock.now()).await.unwrap());
        assert_eq!(log(&three.b, &group).await[0], ("suspend".to_owned(), Some(three.a.host().to_owned())));
        three.finish().await;
    }

    async fn a_report_reaches_the_group_and_the_writers_server_without_a_name(on: On) {
        let three = Three::start(on).await;
        let dina = three.a.member("dina", "Dina Smit").await;
        let answer = three.a.post(&three.answer.ap_id).await;
        let mut visitor = Visitor::logged_in(&three.a, &dina).await;
        let page = visitor.get(&format!("/post/{}/report", answer.id)).await;
        assert!(page.body.contains(three.b.host()) && page.body.contains(three.c.host()) && page.body.contains("name=\"beyond\" value=\"1\" checked"), "{}", page.body);
        let (csrf, once) = (page.value("csrf"), page.value("once"));
        let fields = [("csrf", csrf.as_str()), ("once", once.as_str()), ("reason", "Hier staat een naam"), ("beyond", "1")];
        visitor.post(&format!("/post/{}/report", answer.id), &fields).await.leads_to();
        three.settle().await;
        for app in [&three.b, &three.c] {
            let open = db::reports::open(&mut app.core.db.conn(), db::reports::Desk::Everything, meent::model::ActorId(0)).await.unwrap();
            assert_eq!(open.len(), 1, "{}", app.name);
            let line = &open[0];
            assert_eq!((line.report.reason.as_str(), line.reporter_host.as_deref()), ("Hier staat een naam", Some(three.a.host())), "{}", app.name);
            assert!(!line.reporter().contains("ina"), "{}", line.reporter());
        }
        let mut bram = Visitor::logged_in(&three.b, &three.bram).await;
        let desk = bram.get("/c/jeugd/moderation").await;
        assert!(desk.body.contains(&format!("Gemeld vanuit {}", three.a.host())) && !desk.body.contains("Dina"), "{}", desk.body);
        // Without the box it stays here.
        let mut tx = three.a.core.db.begin().await.unwrap();
        let question = three.a.post(&three.question.ap_id).await;
        reporting::report(&three.a.core, &mut tx, &dina, Reported::Post(&question), &Reason::parse("Past dit?").unwrap(), false).await.unwrap();
        three.a.core.commit(tx).await.unwrap();
        three.settle().await;
        assert_eq!(db::reports::count_open(&mut three.b.core.db.conn()).await.unwrap(), 1);
        three.finish().await;
    }

    async fn an_answer_is_turned_into_a_comment_by_anybody_who_may_wherever_it_lives(on: On) {
        let three = Three::start(on).await;
        let id = three.answer.ap_id.clone();
        let check = async |kind: PostKind, who: &str| {
            for app in three.all() {
                assert_eq!(app.post(&id).await.kind, kind, "{who}, at {}", app.name);
            }
        };
        // The moderator on B; the question lives on A, the answer on C.
        turn(&three.b, &three.bram, &id, PostKind::Comment).await.unwrap();
        three.settle().await;
        check(PostKind::Comment, "the moderator").await;
        // Who asked, on A.
        turn(&three.a, &three.anna, &id, PostKind::Answer).await.unwrap();
        three.settle().await;
        check(PostKind::Answer, "the asker").await;
        // Chosen, and then turned by a moderator: no longer chosen anywhere.
        three.a.choose(&three.anna, &three.a.post(&id).await, true).await;
        three.settle().await;
        three.everywhere(|post| post.accepted_ap_id.is_some(), "chosen").await;
        turn(&three.b, &three.bram, &id, PostKind::Comment).await.unwrap();
        three.settle().await;
        check(PostKind::Comment, "the moderator again").await;
        three.everywhere(|post| post.accepted_ap_id.is_none(), "not chosen").await;
        // Its writer says something new of it: it stays what was decided.
        let of_c = three.c.post(&id).await;
        three.c.edit(&three.cor, &of_c, None, "Wij hebben er twee.").await;
        three.settle().await;
        check(PostKind::Comment, "after an edit").await;
        assert_eq!(three.a.reads(&three.question.ap_id).await, three.c.reads(&three.question.ap_id).await);
        assert!(turn(&three.c, &three.cor, &id, PostKind::Answer).await.is_err());
        three.finish().await;
    }
}
