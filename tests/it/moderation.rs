//! Reporting, removing, restoring, suspending and objecting, as members, moderators and other servers see it.

use meent::db::notifications::NoticeKind;
use meent::db::{self, Db, accounts, actors};
use meent::error::Error;
use meent::model::names::Reason;
use meent::model::{Actor, Clock, Post, ReportState, Time};
use meent::ops::{moderating, suspending};

use crate::on_both;
use crate::support::visitor::{Page, Visitor};
use crate::support::{On, START, TestApp, settle};

/// A region with a group that Omar moderates, Sanne who wrote a question and Noor who did not.
struct Region {
    app: TestApp,
    sanne: Actor,
    omar: Actor,
    noor: Actor,
    group: Actor,
    question: Post,
}

const SECRET: &str = "Mevrouw De Vries uit de Dorpsstraat";

async fn region(on: On) -> Region {
    let app = TestApp::start(on, "a", &Clock::manual(START)).await;
    let (sanne, omar, noor) =
        (app.member("sanne", "Sanne Bakker").await, app.member("omar", "Omar Hadi").await, app.member("noor", "Noor Jansen").await);
    let group = app.group("jeugd", "Jeugdhulp in de regio", &omar).await;
    let question = app.ask(&sanne, &group, "Wie kent deze familie?", SECRET).await;
    app.run_jobs().await;
    Region { app, sanne, omar, noor, group, question }
}

/// What somebody was told: sentence and detail.
pub async fn told(app: &TestApp, member: &Actor) -> Vec<(String, String)> {
    let text = "SELECT sentence, detail FROM notification WHERE actor_id = $1 AND kind = $2 ORDER BY id";
    match &app.core.db {
        Db::Sqlite { read, .. } => sqlx::query_as(text).bind(member.id).bind(NoticeKind::Moderation).fetch_all(read).await,
        Db::Postgres(pool, _) => sqlx::query_as(text).bind(member.id).bind(NoticeKind::Moderation).fetch_all(pool).await,
    }
    .expect("notifications")
}

pub async fn make_admin(app: &TestApp, member: &Actor) {
    let text = "UPDATE account SET admin = TRUE WHERE actor_id = $1";
    match &app.core.db {
        Db::Sqlite { write, .. } => sqlx::query(text).bind(member.id).execute(write).await.map(drop),
        Db::Postgres(pool, _) => sqlx::query(text).bind(member.id).execute(pool).await.map(drop),
    }
    .expect("an administrator");
}

async fn add_moderator(app: &TestApp, group: &Actor, member: &Actor) {
    let mut tx = app.core.db.begin().await.expect("a transaction");
    actors::add_moderator(&mut tx, group.id, member.id).await.expect("a moderator");
    app.core.commit(tx).await.expect("a commit");
}

fn reason(text: &str) -> Reason {
    Reason::parse(text).expect("a reason")
}

impl Region {
    async fn visit(&self, member: &Actor) -> Visitor {
        Visitor::logged_in(&self.app, member).await
    }

    async fn finish(self) {
        self.app.run_jobs().await;
        self.app.finish().await;
    }
}

/// Opens a page with a form, and sends it with these fields.
async fn fill(visitor: &mut Visitor, path: &str, fields: &[(&str, &str)]) -> Page {
    let page = visitor.get(path).await;
    assert_eq!(page.status, 200, "{path}: {}", page.body);
    let csrf = page.value("csrf");
    let mut all = vec![("csrf", csrf.as_str())];
    let once = if page.body.contains("name=\"once\"") { page.value("once") } else { String::new() };
    if !once.is_empty() {
        all.push(("once", &once));
    }
    all.extend(fields);
    visitor.post(path.split('?').next().expect("a path"), &all).await
}

on_both! {
    async fn nobody_judges_in_their_own_case(on: On) {
        let region = region(on).await;
        let (mut noor, mut omar) = (region.visit(&region.noor).await, region.visit(&region.omar).await);
        let bram = region.app.member("bram", "Bram de Wit").await;
        make_admin(&region.app, &bram).await;
        let answer = region.app.reply(&region.omar, &region.question, "Dat is niet aardig van mij.").await;
        fill(&mut noor, &format!("/post/{}/report", answer.id), &[("reason", "Dit is kwetsend")]).await.leads_to();
        for path in ["/moderation", "/c/jeugd/moderation"] {
            let desk = omar.get(path).await;
            assert!(desk.status == 200 && !desk.body.contains("Dit is kwetsend") && !desk.body.contains("Noor Jansen"), "{path}: {}", desk.body);
        }
        assert!(region.visit(&bram).await.get("/moderation").await.body.contains("Dit is kwetsend"));
        let open = db::reports::open(&mut region.app.core.db.conn(), db::reports::Desk::Everything, bram.id).await.unwrap();
        let csrf = omar.get("/profile").await.value("csrf");
        let closing = omar.post(&format!("/reports/{}/close", open[0].report.id), &[("csrf", &csrf), ("outcome", "nothing")]).await;
        assert_eq!(closing.status, 404);
        // Nor does a moderator put back what others removed of theirs.
        let mut tx = region.app.core.db.begin().await.unwrap();
        moderating::remove(&region.app.core, &mut tx, &bram, &answer, &Reason::parse("Niet aardig").unwrap()).await.unwrap();
        region.app.core.commit(tx).await.unwrap();
        let mut tx = region.app.core.db.begin().await.unwrap();
        let own = moderating::restore(&region.app.core, &mut tx, &region.omar, &answer, "Toch wel").await;
        assert!(matches!(own, Err(Error::Forbidden("error-own-restore"))), "{own:?}");
        drop(tx);
        region.app.run_jobs().await;
        region.app.finish().await;
    }

    async fn from_report_to_removal_to_objection_to_restoring(on: On) {
        let region = region(on).await;
        let (mut noor, mut omar, mut sanne) = (region.visit(&region.noor).await, region.visit(&region.omar).await, region.visit(&region.sanne).await);
        let bram = region.app.member("bram", "Bram de Wit").await;
        make_admin(&region.app, &bram).await;
        let mut bram = region.visit(&bram).await;
        let answer = region.app.reply(&region.noor, &region.question, "Noem geen namen, alsjeblieft.").await;
        let thread = region.question.path();
        assert!(noor.get(&thread).await.body.contains(&format!("{thread}/report")));

        // Without a reason nothing is sent, and what is wrong is said.
        assert_eq!(fill(&mut noor, &format!("{thread}/report"), &[("reason", " ")]).await.status, 422);
        fill(&mut noor, &format!("{thread}/report"), &[("reason", "Hier staat een naam")]).await.leads_to();
        // Once more is not a second report.
        fill(&mut noor, &format!("{thread}/report"), &[("reason", "Nog een keer")]).await.leads_to();
        assert_eq!(db::reports::count_open(&mut region.app.core.db.conn()).await.unwrap(), 1);
        assert_eq!(told(&region.app, &region.omar).await, [("notice-report-new".to_owned(), String::new())]);

        // The moderator sees who reported what; the author and other members see nothing of it.
        let desk = omar.get("/c/jeugd/moderation").await;
        assert!(desk.body.contains("Hier staat een naam") && desk.body.contains("Gemeld door Noor Jansen") && desk.body.contains(SECRET), "{}", desk.body);
        assert!(bram.get("/moderation").await.body.contains("Hier staat een naam"));
        for path in ["/moderation", "/c/jeugd/moderation"] {
            assert_eq!(sanne.get(path).await.status, 403, "{path}");
        }

        // Removed, with a reason.
        assert_eq!(fill(&mut omar, &format!("{thread}/remove"), &[("reason", "")]).await.status, 422);
        fill(&mut omar, &format!("{thread}/remove"), &[("reason", "Noem geen namen van mensen.")]).await.leads_to();
        assert_eq!(told(&region.app, &region.noor).await, [("notice-report-acted".to_owned(), String::new())]);
        assert_eq!(told(&region.app, &region.sanne).await, [("notice-removed".to_owned(), "Noem geen namen van mensen.".to_owned())]);
        region.app.run_jobs().await;
        let mut guest = Visitor::of(&region.app);
        for visitor in [&mut guest, &mut noor] {
            let page = visitor.get(&thread).await;
            assert_eq!(page.status, 200);
            assert!(page.body.contains("Weggehaald door een moderator.") && page.body.contains("Noem geen namen, alsjeblieft."), "{}", page.body);
            for path in [thread.as_str(), "/", "/?show=all", "/c/jeugd", "/u/sanne", "/moderation/log", "/c/jeugd/log"] {
                let body = visitor.get(path).await.body;
                assert!(!body.contains(SECRET) && !body.contains("Wie kent deze familie"), "{path}: {body}");
            }
            for (path, status) in [(thread.clone(), 410), ("/c/jeugd/outbox?page=1".into(), 200), (format!("/activities/create/{}", region.question.id), 404)] {
                let document = visitor.get_with(&path, &[("accept", "application/activity+json")]).await;
                assert!(document.status == status || document.status == 410, "{path}: {}", document.status);
                assert!(!document.body.contains(SECRET) && !document.body.contains("Wie kent deze familie"), "{path}: {}", document.body);
            }
        }
        // Members read the log, without the words, the reporter and whom it concerned.
        let log = noor.get("/c/jeugd/log").await;
        assert!(log.body.contains("Bericht weggehaald") && log.body.contains("Noem geen namen van mensen.") && log.body.contains("Omar Hadi"), "{}", log.body);
        assert!(!log.body.contains("Sanne Bakker") && !log.body.contains("Hier staat een naam"), "{}", log.body);
        assert_eq!(guest.get("/c/jeugd/log").await.status, 401);

        // The author still sees it, why it went, and objects once.
        let page = sanne.get(&thread).await;
        assert!(page.body.contains(SECRET) && page.body.contains("Noem geen namen van mensen."), "{}", page.body);
        let objection = page.body.split("/objections/").nth(1).and_then(|rest| rest.split('"').next()).expect("a link").to_owned();
        let path = format!("/objections/{objection}");
        assert_eq!(noor.get(&path).await.status, 404);
        fill(&mut sanne, &path, &[("words", "De familie vroeg er zelf om.")]).await.leads_to();
        let csrf = sanne.get(&thread).await.value("csrf");
        assert_eq!(sanne.post(&path, &[("csrf", &csrf), ("words", "En nog eens.")]).await.status, 409);
        // Omar did it: somebody else decides.
        assert!(omar.get(&path).await.body.contains("beslist een andere moderator of beheerder"));
        let csrf = omar.get(&thread).await.value("csrf");
        assert_eq!(omar.post(&path, &[("csrf", &csrf), ("decision", "reject"), ("answer", "Nee, dat blijft zo.")]).await.status, 403);
        let csrf = noor.get(&thread).await.value("csrf");
        assert_eq!(noor.post(&path, &[("csrf", &csrf), ("decision", "uphold"), ("answer", "Ja hoor.")]).await.status, 403);
        assert!(bram.get("/moderation").await.body.contains("De familie vroeg er zelf om."));
        fill(&mut bram, &path, &[("decision", "uphold"), ("answer", "Dat wisten we niet.")]).await.leads_to();
        let sentences: Vec<String> = told(&region.app, &region.sanne).await.into_iter().map(|(sentence, _)| sentence).collect();
        assert_eq!(sentences, ["notice-removed", "notice-restored", "notice-objection-upheld"]);

        // Everything is back, with the answer under it.
        region.app.run_jobs().await;
        for path in [thread.as_str(), "/c/jeugd", "/u/sanne"] {
            assert!(guest.get(path).await.body.contains("Wie kent deze familie?"), "{path}");
        }
        let page = guest.get(&thread).await;
        assert!(page.body.contains(SECRET) && page.body.contains("Noem geen namen, alsjeblieft.") && !page.body.contains("Weggehaald"), "{}", page.body);
        assert_eq!(guest.get_with(&thread, &[("accept", "application/activity+json")]).await.status, 200);
        assert!(guest.get_with("/c/jeugd/outbox?page=1", &[("accept", "application/activity+json")]).await.body.contains("Wie kent deze familie"));
        assert!(!region.app.post(&answer.ap_id).await.is_deleted());
        region.finish().await;
    }

    async fn a_report_is_closed_in_general_words_and_a_member_is_reported_to_administrators(on: On) {
        let region = region(on).await;
        let bram = region.app.member("bram", "Bram de Wit").await;
        make_admin(&region.app, &bram).await;
        let (mut noor, mut omar) = (region.visit(&region.noor).await, region.visit(&region.omar).await);
        fill(&mut noor, &format!("{}/report", region.question.path()), &[("reason", "Past dit hier?")]).await.leads_to();
        fill(&mut noor, "/u/sanne/report", &[("reason", "Ze doet zich voor als een ander")]).await.leads_to();
        // Oneself, one's own post, a group: no.
        assert_eq!(noor.get("/u/noor/report").await.status, 403);
        let mut sanne = region.visit(&region.sanne).await;
        assert_eq!(sanne.get(&format!("{}/report", region.question.path())).await.status, 403);
        assert_eq!(noor.get("/u/jeugd/report").await.status, 404);
        assert_eq!(Visitor::of(&region.app).get("/u/sanne/report").await.status, 401);
        // A member is for administrators.
        assert!(!omar.get("/moderation").await.body.contains("voor als een ander"));
        let reports = db::reports::open(&mut region.app.core.db.conn(), db::reports::Desk::Everything, meent::model::ActorId(0)).await.unwrap();
        let (of_post, of_member) = (reports[0].report.id, reports[1].report.id);
        assert_eq!(omar.get(&format!("/reports/{of_member}/close")).await.status, 404);
        assert_eq!(noor.get(&format!("/reports/{of_post}/close")).await.status, 404);
        fill(&mut omar, &format!("/reports/{of_post}/close"), &[("outcome", "nothing"), ("note", "Niets aan de hand")]).await.leads_to();
        let mut bram = region.visit(&bram).await;
        fill(&mut bram, &format!("/reports/{of_member}/close"), &[("outcome", "acted"), ("note", "")]).await.leads_to();
        let sentences: Vec<(String, String)> = told(&region.app, &region.noor).await;
        assert_eq!(sentences, [("notice-report-nothing".to_owned(), String::new()), ("notice-report-acted".to_owned(), String::new())]);
        let closed = db::reports::by_id(&mut region.app.core.db.conn(), of_post).await.unwrap();
        assert_eq!((closed.state, closed.handled_by), (ReportState::Dismissed, Some(region.omar.id)));
        region.finish().await;
    }

    async fn two_moderators_remove_the_same_post_once(on: On) {
        let region = region(on).await;
        add_moderator(&region.app, &region.group, &region.noor).await;
        let (mut omar, mut noor) = (region.visit(&region.omar).await, region.visit(&region.noor).await);
        let path = format!("{}/remove", region.question.path());
        let (of_omar, of_noor) = (omar.get(&path).await.value("csrf"), noor.get(&path).await.value("csrf"));
        let by_omar = [("csrf", of_omar.as_str()), ("reason", "Reden van Omar")];
        let by_noor = [("csrf", of_noor.as_str()), ("reason", "Reden van Noor")];
        let (first, second) = tokio::join!(omar.post(&path, &by_omar), noor.post(&path, &by_noor));
        assert_eq!((first.status, second.status), (303, 303));
        let log = db::moderation::log(&mut region.app.core.db.conn(), Some(region.group.id), None, 10).await.unwrap();
        assert_eq!(log.len(), 1);
        assert_eq!(told(&region.app, &region.sanne).await.len(), 1);
        region.finish().await;
    }

    async fn who_does_not_moderate_the_group_removes_nothing(on: On) {
        let region = region(on).await;
        // A moderator of another group is a member like others here.
        region.app.group("wmo", "Wmo", &region.noor).await;
        let mut noor = region.visit(&region.noor).await;
        let csrf = noor.get(&region.question.path()).await.value("csrf");
        let thread = region.question.path();
        for path in [format!("{thread}/remove"), format!("{thread}/restore"), "/c/jeugd/moderation".into(), "/c/jeugd/suspend?q=sanne".into()] {
            assert_eq!(noor.get(&path).await.status, 403, "{path}");
            assert_eq!(Visitor::of(&region.app).get(&path).await.status, 401, "{path}");
        }
        for (path, fields) in [
            (format!("{thread}/remove"), vec![("reason", "Zomaar iets")]),
            (format!("{thread}/restore"), vec![]),
            ("/c/jeugd/suspend".into(), vec![("who", "sanne"), ("days", "7"), ("reason", "Zomaar iets")]),
            ("/c/jeugd/lift".into(), vec![("who", "sanne")]),
        ] {
            let mut all = vec![("csrf", csrf.as_str())];
            all.extend(fields);
            assert_eq!(noor.post(&path, &all).await.status, 403, "{path}");
            // And nobody with a form from elsewhere.
            all[0].1 = "verzonnen";
            let other = noor.post(&path, &all).await;
            assert_eq!(other.status, 403, "{path}");
        }
        assert!(!region.app.post(&region.question.ap_id).await.is_deleted());
        // Omar does not remove his own as a moderator, and does not suspend himself.
        let own = region.app.ask(&region.omar, &region.group, "Van Omar", "Blijft.").await;
        let mut omar = region.visit(&region.omar).await;
        assert_eq!(omar.get(&format!("{}/remove", own.path())).await.status, 403);
        assert_eq!(omar.get("/c/jeugd/suspend?q=omar").await.status, 403);
        region.finish().await;
    }

    async fn a_suspended_member_reads_and_does_not_write_until_it_ends(on: On) {
        let region = region(on).await;
        let answer = region.app.reply(&region.omar, &region.question, "Bel de wijk.").await;
        let mut omar = region.visit(&region.omar).await;
        fill(&mut omar, "/c/jeugd/suspend?q=sanne", &[("who", "sanne"), ("days", "7"), ("reason", "Eerst de regels lezen")]).await.leads_to();
        assert!(omar.get("/c/jeugd/moderation").await.body.contains("Sanne Bakker"));
        let mut sanne = region.visit(&region.sanne).await;
        let thread = region.question.path();
        for path in ["/c/jeugd", &thread] {
            let page = sanne.get(path).await;
            assert_eq!(page.status, 200);
            assert!(page.body.contains("Je bent geschorst tot") && page.body.contains("Eerst de regels lezen"), "{}", page.body);
            assert!(!page.body.contains(&format!("action=\"{thread}/answer\"")), "{}", page.body);
        }
        let csrf = sanne.get(&thread).await.value("csrf");
        let tries: [(String, Vec<(&str, &str)>); 5] = [
            ("/c/jeugd/ask".into(), vec![("once", "s1"), ("title", "Mag dit?"), ("body", "Nee."), ("action", "ask")]),
            (format!("{thread}/answer"), vec![("once", "s2"), ("body", "Antwoord")]),
            (format!("/post/{}/comment", answer.id), vec![("once", "s3"), ("body", "Reactie")]),
            (format!("/post/{}/useful", answer.id), vec![("on", "1")]),
            (format!("{thread}/edit"), vec![("title", "Anders"), ("body", "Anders")]),
        ];
        for (path, fields) in &tries {
            let mut all = vec![("csrf", csrf.as_str())];
            all.extend(fields);
            assert_eq!(sanne.post(path, &all).await.status, 403, "{path}");
        }
        // In another group she writes.
        let other = region.app.group("wmo", "Wmo", &region.noor).await;
        region.app.ask(&region.sanne, &other, "Hier wel", "Dat mag.").await;
        // A week later it is over.
        region.app.clock.advance(7 * Time::DAY + 1);
        let mut sanne = region.visit(&region.sanne).await;
        let page = sanne.get(&thread).await;
        assert!(!page.body.contains("geschorst"), "{}", page.body);
        sanne.post(&format!("{thread}/answer"), &[("csrf", &page.value("csrf")), ("once", "s4"), ("body", "Weer terug")]).await.leads_to();
        // Or when it is lifted.
        let mut omar = region.visit(&region.omar).await;
        fill(&mut omar, "/c/jeugd/suspend?q=sanne", &[("who", "sanne"), ("days", "0"), ("reason", "Nog een keer")]).await.leads_to();
        assert!(sanne.get("/c/jeugd").await.body.contains("Je bent geschorst."));
        let csrf = omar.get("/c/jeugd/moderation").await.value("csrf");
        omar.post("/c/jeugd/lift", &[("csrf", &csrf), ("who", "sanne")]).await.leads_to();
        assert!(!sanne.get("/c/jeugd").await.body.contains("geschorst"));
        region.finish().await;
    }

    async fn a_removal_and_its_undoing_reach_every_server(on: On) {
        let clock = Clock::manual(START);
        let (a, b, c) = (TestApp::start(on, "a", &clock).await, TestApp::start(on, "b", &clock).await, TestApp::start(on, "c", &clock).await);
        let (omar, sanne, noor) = (a.member("omar", "Omar Hadi").await, b.member("sanne", "Sanne Bakker").await, c.member("noor", "Noor Jansen").await);
        let group = a.group("jeugd", "Jeugdhulp", &omar).await;
        for (app, member) in [(&b, &sanne), (&c, &noor)] {
            let found = app.find(&format!("jeugd@{}", a.host())).await.expect("the group");
            app.join(member, &found).await;
        }
        settle(&[&a, &b, &c]).await;
        let there = b.actor(&group.ap_id).await;
        let question = b.ask(&sanne, &there, "Wie kent deze familie?", SECRET).await;
        let own = a.ask(&omar, &group, "Van hier", "Door de moderator zelf.").await;
        settle(&[&a, &b, &c]).await;
        clock.advance(Time::MINUTE);
        let from_c = c.reply(&noor, &c.post(&question.ap_id).await, "Geen namen!").await;
        settle(&[&a, &b, &c]).await;
        let before = a.reads(&question.ap_id).await;
        assert!(before.contains(SECRET) && before == b.reads(&question.ap_id).await && before == c.reads(&question.ap_id).await);

        clock.advance(Time::MINUTE);
        remove(&a, &omar, &question.ap_id, "Noem geen namen van mensen.").await;
        settle(&[&a, &b, &c]).await;
        for app in [&a, &b, &c] {
            let post = app.post(&question.ap_id).await;
            assert_eq!((post.deleted_by.as_deref(), post.title.as_str(), post.html.as_str()), (Some("moderator"), "", ""), "{}", app.name);
            assert!(app.reads(&question.ap_id).await.contains("Geen namen!"), "{}", app.name);
            assert!(!app.post(&from_c.ap_id).await.is_deleted());
            assert!(!app.post(&own.ap_id).await.is_deleted());
            let page = Visitor::of(app).get(&post.path()).await;
            assert!(page.body.contains("Weggehaald door een moderator.") && !page.body.contains(SECRET), "{}: {}", app.name, page.body);
        }
        // The author is told at home, with the reason; objecting is for the group's own server.
        assert_eq!(told(&b, &sanne).await, [("notice-removed".to_owned(), "Noem geen namen van mensen.".to_owned())]);
        let mut visitor = Visitor::logged_in(&b, &sanne).await;
        let page = visitor.get(&question.path()).await;
        assert!(page.body.contains(SECRET) && page.body.contains("Noem geen namen van mensen."), "{}", page.body);
        let objection = page.body.split("/objections/").nth(1).and_then(|rest| rest.split('"').next()).expect("a link").to_owned();
        assert!(visitor.get(&format!("/objections/{objection}")).await.body.contains("van een andere omgeving"));
        // Her home says that it is gone, not what it was.
        let document = visitor.get_with(&question.path(), &[("accept", "application/activity+json")]).await;
        assert!(document.status == 410 && !document.body.contains(SECRET), "{}", document.body);

        clock.advance(Time::MINUTE);
        restore(&a, &omar, &question.ap_id).await;
        settle(&[&a, &b, &c]).await;
        for app in [&a, &b, &c] {
            assert_eq!(app.reads(&question.ap_id).await, before, "{}", app.name);
        }
        // And it can be changed again.
        clock.advance(Time::MINUTE);
        b.edit(&sanne, &b.post(&question.ap_id).await, Some("Wie kent dit gezin?"), "Zonder namen.").await;
        settle(&[&a, &b, &c]).await;
        for app in [&a, &b, &c] {
            assert_eq!(app.post(&question.ap_id).await.title, "Wie kent dit gezin?", "{}", app.name);
        }
        // Removed, and then deleted by its author: nothing comes back.
        remove(&a, &omar, &from_c.ap_id, "Toch niet nodig").await;
        let of_c = c.post(&from_c.ap_id).await;
        c.remove(&noor, &of_c).await;
        settle(&[&a, &b, &c]).await;
        let post = a.post(&from_c.ap_id).await;
        assert_eq!(post.deleted_by.as_deref(), Some("author"));
        let mut tx = a.core.db.begin().await.unwrap();
        assert!(moderating::restore(&a.core, &mut tx, &omar, &post, "").await.is_err());
        drop(tx);
        for app in [a, b, c] {
            app.finish().await;
        }
    }

    async fn t_63_a_suspended_member_of_another_server_is_not_heard(on: On) {
        let clock = Clock::manual(START);
        let (a, b) = (TestApp::start(on, "a", &clock).await, TestApp::start(on, "b", &clock).await);
        let (omar, sanne) = (a.member("omar", "Omar Hadi").await, b.member("sanne", "Sanne Bakker").await);
        let group = a.group("jeugd", "Jeugdhulp", &omar).await;
        let question = a.ask(&omar, &group, "Hoe doen jullie dit?", "Een uitleg.").await;
        let found = b.find(&format!("jeugd@{}", a.host())).await.expect("the group");
        b.join(&sanne, &found).await;
        settle(&[&a, &b]).await;
        b.reply(&sanne, &b.post(&question.ap_id).await, "Zo doen wij het.").await;
        settle(&[&a, &b]).await;
        assert!(a.reads(&question.ap_id).await.contains("Zo doen wij het."));

        let there = a.actor(&sanne.ap_id).await;
        let mut visitor = Visitor::logged_in(&a, &omar).await;
        let handle = there.handle().to_string();
        fill(&mut visitor, &format!("/c/jeugd/suspend?q={handle}"), &[("who", &handle), ("days", "1"), ("reason", "Even afkoelen")]).await.leads_to();
        b.reply(&sanne, &b.post(&question.ap_id).await, "En nog iets.").await;
        b.useful(&sanne, &b.post(&question.ap_id).await, true).await;
        settle(&[&a, &b]).await;
        let read = a.reads(&question.ap_id).await;
        assert!(!read.contains("En nog iets.") && read.contains("useful 0") && !read.contains("useful 1"), "{read}");
        // The next day she is heard again.
        clock.advance(Time::DAY + Time::MINUTE);
        b.reply(&sanne, &b.post(&question.ap_id).await, "Goedemorgen.").await;
        settle(&[&a, &b]).await;
        assert!(a.reads(&question.ap_id).await.contains("Goedemorgen."));
        for app in [a, b] {
            app.finish().await;
        }
    }

    async fn a_suspension_from_the_instance_ends_sessions_and_says_why(on: On) {
        let region = region(on).await;
        make_admin(&region.app, &region.omar).await;
        let hash = meent::ops::members::hash_password(&meent::model::names::Password::parse("een lang genoeg wachtwoord").unwrap()).await.unwrap();
        let mut tx = region.app.core.db.begin().await.unwrap();
        accounts::set_password(&mut tx, region.sanne.id, &hash).await.unwrap();
        region.app.core.commit(tx).await.unwrap();
        let mut sanne = region.visit(&region.sanne).await;
        assert!(sanne.get("/").await.body.contains("action=\"/logout\""));
        let mut tx = region.app.core.db.begin().await.unwrap();
        suspending::shut_out(&region.app.core, &mut tx, &region.omar, &region.sanne, 7, &reason("Nepaccount")).await.unwrap();
        // Nobody suspends an administrator, or themselves.
        make_nothing_of(&suspending::shut_out(&region.app.core, &mut tx, &region.omar, &region.omar, 7, &reason("Ikzelf")).await);
        region.app.core.commit(tx).await.unwrap();
        assert!(!sanne.get("/").await.body.contains("action=\"/logout\""));
        let right = [("login", "sanne"), ("password", "een lang genoeg wachtwoord"), ("next", "/")];
        let page = sanne.post("/login", &right).await;
        assert_eq!(page.status, 403);
        assert!(page.body.contains("Nepaccount"), "{}", page.body);
        // Who can't log in can object all the same, once.
        let link = page.body.split("href=\"/suspended?token=").nth(1).and_then(|rest| rest.split('"').next()).expect("a link").to_owned();
        let mut other = Visitor::of(&region.app);
        assert_eq!(other.get("/suspended?token=verzonnen").await.status, 404);
        assert!(other.get(&format!("/suspended?token={link}")).await.body.contains("Nepaccount"));
        other.post("/suspended", &[("token", &link), ("words", "Ik ben echt.")]).await.leads_to();
        assert_eq!(other.post("/suspended", &[("token", &link), ("words", "Nog een keer.")]).await.status, 409);
        let mut omar = region.visit(&region.omar).await;
        assert!(omar.get("/moderation").await.body.contains("Ik ben echt."));
        // With a wrong password nothing is said.
        let page = sanne.post("/login", &[("login", "sanne"), ("password", "een ander lang wachtwoord"), ("next", "/")]).await;
        assert!(page.status == 422 && !page.body.contains("Nepaccount"), "{}", page.body);
        region.app.clock.advance(8 * Time::DAY);
        assert_eq!(sanne.post("/login", &right).await.leads_to(), "/");
        assert!(sanne.get("/").await.body.contains("action=\"/logout\""));
        region.finish().await;
    }
}

fn make_nothing_of(outcome: &meent::error::Result<()>) {
    assert!(matches!(outcome, Err(meent::error::Error::Forbidden(_))), "{outcome:?}");
}

async fn remove(app: &TestApp, by: &Actor, ap_id: &str, why: &str) {
    let mut tx = app.core.db.begin().await.unwrap();
    let post = app.post(ap_id).await;
    moderating::remove(&app.core, &mut tx, by, &post, &reason(why)).await.unwrap();
    app.core.commit(tx).await.unwrap();
}

async fn restore(app: &TestApp, by: &Actor, ap_id: &str) {
    let post = app.post(ap_id).await;
    let mut tx = app.core.db.begin().await.unwrap();
    moderating::restore(&app.core, &mut tx, by, &post, "Het mocht toch.").await.unwrap();
    app.core.commit(tx).await.unwrap();
}
