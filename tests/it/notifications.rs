//! What members are told: whom, once, in the way they chose, and never more than they may see at that moment.

use meent::db::Db;
use meent::db::jobs::{self, JobKind};
use meent::db::notifications::{self, Choice, NoticeKind, Notification};
use meent::model::{Actor, Clock, JobId, Lang, NotificationId, Post, Time};
use meent::ops::telling;
use serde_json::json;

use crate::on_both;
use crate::support::browser::Browser;
use crate::support::peer::Peer;
use crate::support::smtp::Smtp;
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp, settle};

/// Runs a statement that has no place in the product.
pub async fn run(app: &TestApp, statement: &str) {
    let statement = sqlx::AssertSqlSafe(statement.to_owned());
    match &app.core.db {
        Db::Sqlite { write, .. } => sqlx::query(statement).execute(write).await.map(drop),
        Db::Postgres(pool, _) => sqlx::query(statement).execute(pool).await.map(drop),
    }
    .expect("a statement");
}

async fn watch(app: &TestApp, who: &Actor, kind: &str, subject: i64) {
    run(app, &format!("INSERT INTO watch (actor_id, kind, subject_id, at) VALUES ({}, '{kind}', {subject}, 0)", who.id)).await;
}

/// How somebody wants to be told.
async fn wants(app: &TestApp, who: &Actor, kind: NoticeKind, mail: &str) {
    let mut tx = app.core.db.begin().await.unwrap();
    notifications::choose(&mut tx, who.id, &Choice { kind, on_page: true, mail: mail.into() }).await.unwrap();
    app.core.commit(tx).await.unwrap();
}

async fn digest(app: &TestApp, who: &Actor, how: &str) {
    run(app, &format!("UPDATE account SET digest = '{how}' WHERE actor_id = {}", who.id)).await;
}

async fn told(app: &TestApp, who: &Actor) -> Vec<Notification> {
    notifications::page(&mut app.core.db.conn(), who.id, NotificationId(i64::MAX), 100).await.unwrap()
}

/// The kinds of what somebody was told, the oldest first.
async fn kinds(app: &TestApp, who: &Actor) -> Vec<&'static str> {
    told(app, who).await.iter().rev().map(|notice| notice.kind.word()).collect()
}

async fn unread(app: &TestApp, who: &Actor) -> i64 {
    notifications::count_unread(&mut app.core.db.conn(), who.id).await.unwrap()
}

/// The routine of a running instance: the digests.
pub async fn begin_routine(app: &TestApp) {
    let mut tx = app.core.db.begin().await.unwrap();
    jobs::enqueue(&mut tx, JobId(app.core.ids.next()), JobKind::Digest, "", app.core.now()).await.unwrap();
    app.core.commit(tx).await.unwrap();
}

/// A region with three members, a group and a question.
struct Region {
    app: TestApp,
    clock: Clock,
    sanne: Actor,
    omar: Actor,
    noor: Actor,
    group: Actor,
    question: Post,
}

async fn region_with(on: On, smtp: Option<&Smtp>) -> Region {
    let clock = Clock::manual(START);
    let app = TestApp::start_with(on, "a", &clock, |config| {
        if let Some(smtp) = smtp {
            smtp.configure(config);
        }
    })
    .await;
    let (sanne, omar) = (app.member("sanne", "Sanne Bakker").await, app.member("omar", "Omar Hadi").await);
    let noor = app.member("noor", "Noor Jansen").await;
    let group = app.group("jeugd", "Jeugdhulp in de regio", &omar).await;
    let question = app.ask(&sanne, &group, "Hoe houden jullie jongeren in beeld?", "Bij ons raakt een op de vijf uit beeld.").await;
    app.run_jobs().await;
    Region { app, clock, sanne, omar, noor, group, question }
}

on_both! {
    async fn one_event_tells_one_person_once_and_says_what_concerns_them_most(on: On) {
        let Region { app, sanne, omar, noor, group, question, .. } = region_with(on, None).await;
        let vera = app.member("vera", "Vera Blom").await;
        // Everybody follows everything.
        for who in [&sanne, &noor, &vera] {
            watch(&app, who, "post", question.id.0).await;
            watch(&app, who, "member", omar.id.0).await;
        }
        let answer = app.reply(&omar, &question, "Wij bellen ze, zoals @noor weet. @sanne, jullie ook? En @omar zelf.").await;
        assert_eq!(kinds(&app, &sanne).await, ["answer"]);
        assert_eq!(kinds(&app, &noor).await, ["mention"]);
        assert_eq!(kinds(&app, &vera).await, ["watched"]);
        assert!(kinds(&app, &omar).await.is_empty(), "nobody is told of what they did themselves");
        // A comment on the answer: its author is told; who asked follows the thread.
        app.reply(&noor, &answer, "Dat klopt.").await;
        assert_eq!(kinds(&app, &omar).await, ["comment"]);
        assert_eq!(kinds(&app, &sanne).await, ["answer", "watched"]);
        app.choose(&sanne, &answer, true).await;
        app.choose(&sanne, &answer, false).await;
        assert_eq!(kinds(&app, &omar).await, ["comment"], "what was taken back before it was read is gone");
        app.choose(&sanne, &answer, true).await;
        assert_eq!(kinds(&app, &omar).await, ["comment", "accepted"]);
        // A new thread by somebody who is followed, naming one of them.
        app.ask(&omar, &group, "Wie kent een jongerenpanel?", "Misschien weet @vera@a.localhost het, of @niemand.").await;
        assert_eq!(kinds(&app, &vera).await.last(), Some(&"watched"), "another server's name is not ours");
        let here = app.host().to_owned();
        app.ask(&omar, &group, "En wie weet iets van wachtlijsten?", &format!("Misschien weet @vera@{here} het.")).await;
        assert_eq!(kinds(&app, &vera).await, ["watched", "watched", "watched", "mention"]);
        assert_eq!(kinds(&app, &sanne).await, ["answer", "watched", "watched", "watched"]);
        app.run_jobs().await;
        app.finish().await;
    }

    async fn who_follows_a_topic_hears_of_a_thread_about_it(on: On) {
        let Region { app, omar, noor, group, .. } = region_with(on, None).await;
        let thread = app.ask(&omar, &group, "Wie kent een jongerenpanel?", "Dat ook over geld beslist.").await;
        run(&app, "INSERT INTO topic (id, name, shown) VALUES (1, 'inspraak', 'Inspraak'), (2, 'jeugd', 'Jeugd')").await;
        run(&app, &format!("INSERT INTO post_topic (post_id, topic_id) VALUES ({id}, 1), ({id}, 2)", id = thread.id)).await;
        for topic in [1, 2] {
            watch(&app, &noor, "topic", topic).await;
        }
        let mut tx = app.core.db.begin().await.unwrap();
        telling::of_post(&app.core, &mut tx, &thread, &[]).await.unwrap();
        app.core.commit(tx).await.unwrap();
        assert_eq!(kinds(&app, &noor).await, ["watched"]);
        let page = Visitor::logged_in(&app, &noor).await.get("/notifications").await;
        assert!(page.body.contains("Nieuw van Omar Hadi in Jeugdhulp in de regio"), "{}", page.body);
        // A reply in it is for those who follow the thread.
        app.reply(&omar, &thread, "Zelf gevonden.").await;
        assert_eq!(kinds(&app, &noor).await, ["watched"]);
        app.run_jobs().await;
        app.finish().await;
    }

    async fn useful_is_one_line_that_counts_and_names_nobody(on: On) {
        let Region { app, sanne, omar, noor, question, .. } = region_with(on, None).await;
        let answer = app.reply(&omar, &question, "Wij bellen ze.").await;
        app.useful(&sanne, &answer, true).await;
        app.useful(&noor, &answer, true).await;
        assert_eq!(kinds(&app, &omar).await, ["useful"]);
        let mut visitor = Visitor::logged_in(&app, &omar).await;
        let page = visitor.get("/notifications").await;
        assert!(page.body.contains("2 mensen vinden nuttig wat je schreef"), "{}", page.body);
        assert!(!page.body.contains("Sanne Bakker") && !page.body.contains("Noor Jansen"), "{}", page.body);
        app.useful(&sanne, &answer, false).await;
        assert!(visitor.get("/notifications").await.body.contains("Iemand vindt nuttig"));
        app.useful(&noor, &answer, false).await;
        assert_eq!((kinds(&app, &omar).await.len(), unread(&app, &omar).await), (0, 0));
        // What was read stays read; a new one is a new line.
        app.useful(&sanne, &answer, true).await;
        let id = told(&app, &omar).await[0].id;
        visitor.get(&format!("/notifications/{id}")).await.leads_to();
        app.useful(&sanne, &answer, false).await;
        assert_eq!(kinds(&app, &omar).await, ["useful"]);
        app.useful(&noor, &answer, true).await;
        assert_eq!((kinds(&app, &omar).await, unread(&app, &omar).await), (vec!["useful", "useful"], 1));
        app.run_jobs().await;
        app.finish().await;
    }

    async fn the_page_shows_what_stands_and_the_count_is_right(on: On) {
        let Region { app, clock, sanne, omar, noor, question, .. } = region_with(on, None).await;
        let mut visitor = Visitor::logged_in(&app, &sanne).await;
        assert!(visitor.get("/notifications").await.body.contains("Je hebt nog geen meldingen."));
        let kept = app.reply(&omar, &question, "Wij bellen ze elke maand.").await;
        let gone = app.reply(&noor, &question, "Een geheim dat weg moet.").await;
        let page = visitor.get("/notifications").await;
        assert!(page.body.contains("Omar Hadi beantwoordde je vraag &#34;Hoe houden jullie jongeren in beeld?&#34;"), "{}", page.body);
        assert!(page.body.contains("2 ongelezen") && page.body.contains("Een geheim dat weg moet."), "{}", page.body);
        app.remove(&noor, &gone).await;
        let page = visitor.get("/notifications").await;
        assert!(page.body.contains("1 ongelezen") && !page.body.contains("geheim") && !page.body.contains("Noor Jansen"), "{}", page.body);
        assert_eq!(unread(&app, &sanne).await, 1);
        // Somebody else's are not there, whatever number is asked for.
        let id = told(&app, &sanne).await[0].id;
        let mut other = Visitor::logged_in(&app, &noor).await;
        assert_eq!(other.get(&format!("/notifications/{id}")).await.status, 404);
        assert_eq!(Visitor::of(&app).get(&format!("/notifications/{id}")).await.status, 401);
        // Looking whether it is there is not reading it; following it is.
        visitor.head(&format!("/notifications/{id}")).await;
        assert_eq!(unread(&app, &sanne).await, 1);
        assert_eq!(visitor.get(&format!("/notifications/{id}")).await.leads_to(), kept.path());
        assert_eq!(unread(&app, &sanne).await, 0);
        // What comes in after the page was shown stays unread when everything on it is marked as read.
        app.reply(&noor, &question, "Eerste.").await;
        let page = visitor.get("/notifications").await;
        clock.advance(Time::MINUTE);
        app.reply(&noor, &question, "Tweede.").await;
        visitor.post("/notifications/read", &[("csrf", &page.value("csrf")), ("until", &page.value("until"))]).await.leads_to();
        assert_eq!(unread(&app, &sanne).await, 1);
        // A long list has pages, without gaps or doubles.
        for number in 0..60 {
            app.reply(&omar, &question, &format!("Antwoord {number}.")).await;
        }
        let (mut seen, mut at) = (Vec::new(), Some("/notifications".to_owned()));
        while let Some(path) = at {
            let page = visitor.get(&path).await;
            seen.extend(page.body.split("<h2><a href=\"/notifications/").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
            at = page.body.split("href=\"/notifications?before=").nth(1).map(|rest| format!("/notifications?before={}", rest.split('"').next().unwrap()));
        }
        let all: Vec<String> = told(&app, &sanne).await.iter().map(|notice| notice.id.to_string()).collect();
        assert_eq!((seen.len(), &seen), (63, &all));
        app.run_jobs().await;
        app.finish().await;
    }

    async fn what_comes_from_another_server_tells_the_members_here(on: On) {
        let clock = Clock::manual(START);
        let (a, b) = (TestApp::start(on, "a", &clock).await, TestApp::start(on, "b", &clock).await);
        let (sanne, noor) = (a.member("sanne", "Sanne Bakker").await, a.member("noor", "Noor Jansen").await);
        let bram = b.member("bram", "Bram de Wit").await;
        let group = a.group("jeugd", "Jeugdhulp", &sanne).await;
        let question = a.ask(&sanne, &group, "Hoe houden jullie jongeren in beeld?", "Wie weet dit?").await;
        let there = b.find(&format!("jeugd@{}", a.host())).await.unwrap();
        b.join(&bram, &there).await;
        settle(&[&a, &b]).await;
        let answer = a.reply(&noor, &question, "Wij bellen ze.").await;
        settle(&[&a, &b]).await;
        let copy = b.post(&question.ap_id).await;
        b.reply(&bram, &copy, "Wij ook.").await;
        b.reply(&bram, &b.post(&answer.ap_id).await, "Hoe vaak?").await;
        b.useful(&bram, &b.post(&answer.ap_id).await, true).await;
        settle(&[&a, &b]).await;
        assert_eq!(kinds(&a, &sanne).await, ["answer", "answer"]);
        let mut both = kinds(&a, &noor).await;
        both.sort_unstable();
        assert_eq!(both, ["comment", "useful"]);
        let page = Visitor::logged_in(&a, &sanne).await.get("/notifications").await;
        assert!(page.body.contains("Bram de Wit beantwoordde je vraag") && page.body.contains(b.host()), "{}", page.body);
        b.useful(&bram, &b.post(&answer.ap_id).await, false).await;
        settle(&[&a, &b]).await;
        assert_eq!(kinds(&a, &noor).await, ["comment"]);
        // A question there, an answer from here, chosen there.
        let theirs = b.ask(&bram, &there, "Wie kent een jongerenpanel?", "Dat ook over geld beslist.").await;
        settle(&[&a, &b]).await;
        let mine = a.reply(&noor, &a.post(&theirs.ap_id).await, "Wij hebben er een.").await;
        settle(&[&a, &b]).await;
        b.choose(&bram, &b.post(&mine.ap_id).await, true).await;
        settle(&[&a, &b]).await;
        assert_eq!(kinds(&a, &noor).await, ["comment", "accepted"]);
        a.finish().await;
        b.finish().await;
    }

    async fn history_that_comes_in_late_is_no_news(on: On) {
        let clock = Clock::manual(START);
        let (a, b) = (TestApp::start(on, "a", &clock).await, TestApp::start(on, "b", &clock).await);
        let sanne = a.member("sanne", "Sanne Bakker").await;
        let bram = b.member("bram", "Bram de Wit").await;
        let there = b.group("jeugd", "Jeugdhulp", &bram).await;
        let old = b.ask(&bram, &there, "Een oude vraag van lang geleden", "Wie weet dit?").await;
        clock.advance(8 * Time::DAY);
        let new = b.ask(&bram, &there, "Een vraag van vandaag", "Wie weet dit?").await;
        settle(&[&b]).await;
        // She follows Bram before anything of his comes in; then the history of the group does.
        let known = a.fed.fetch_actor(&bram.ap_id).await.unwrap();
        watch(&a, &sanne, "member", known.id.0).await;
        let group = a.find(&format!("jeugd@{}", b.host())).await.unwrap();
        a.join(&sanne, &group).await;
        settle(&[&a, &b]).await;
        let told = told(&a, &sanne).await;
        let (old, new) = (a.post(&old.ap_id).await, a.post(&new.ap_id).await);
        assert_eq!(told.iter().map(|notice| notice.post_id).collect::<Vec<_>>(), [Some(new.id)], "the other one is {}", old.id);
        a.finish().await;
        b.finish().await;
    }

    async fn a_notice_is_written_when_it_leaves_from_what_may_be_seen_then(on: On) {
        let mut smtp = Smtp::start();
        let Region { app, clock, sanne, omar, noor, question, .. } = region_with(on, Some(&smtp)).await;
        let answer = app.reply(&omar, &question, "Wij bellen ze <elke> maand & vragen \"hoe gaat het\".").await;
        app.run_jobs().await;
        let arrived = smtp.mails();
        assert_eq!(arrived.len(), 1);
        let mail = &arrived[0];
        assert_eq!(mail.recipients, ["sanne@voorbeeld.example"]);
        assert_eq!(mail.subject(), "Omar Hadi beantwoordde je vraag \"Hoe houden jullie jongeren in beeld?\"");
        assert!(mail.plain.contains("> Wij bellen ze <elke> maand & vragen \"hoe gaat het\"."), "{}", mail.plain);
        let (html, plain) = mail.words_of_both();
        assert_eq!(html, plain);
        assert_eq!(mail.links()[0], app.core.urls.at(&answer.path()));
        assert_eq!(mail.header("list-unsubscribe-post"), "List-Unsubscribe=One-Click");
        // A name that would be a header stays a name, in the subject and in the words.
        run(&app, &format!("UPDATE actor SET display_name = 'Omar\r\nBcc: elders@voorbeeld.example\r\n\r\n\"Hadi\", Súd <x@y>' WHERE id = {}", omar.id)).await;
        app.reply(&omar, &question, "Nog iets.").await;
        app.run_jobs().await;
        let arrived = smtp.mails();
        assert_eq!(arrived[1].subject(), "Omar Bcc: elders@voorbeeld.example \"Hadi\", Súd <x@y> beantwoordde je vraag \"Hoe houden jullie jongeren in beeld?\"");
        assert_eq!((arrived[1].header("bcc"), arrived[1].recipients.len()), ("", 1));
        assert!(arrived[1].html.contains("Súd &lt;x@y&gt;"), "{}", arrived[1].html);
        // Removed while it was waiting: nothing is sent. Read on the page: neither.
        smtp.mode("later");
        let gone = app.reply(&noor, &question, "Een geheim dat weg moet.").await;
        let seen = app.reply(&omar, &question, "Dit heeft ze al gelezen.").await;
        app.run_jobs().await;
        app.remove(&noor, &gone).await;
        let notice = told(&app, &sanne).await.into_iter().find(|notice| notice.post_id == Some(seen.id)).unwrap();
        Visitor::logged_in(&app, &sanne).await.get(&format!("/notifications/{}", notice.id)).await.leads_to();
        smtp.mode("accept");
        clock.advance(Time::HOUR);
        app.run_jobs().await;
        assert_eq!(smtp.mails().len(), 2);
        // What could not leave for days is no longer sent; it stands on the page.
        smtp.mode("sender");
        app.reply(&omar, &question, "Oud nieuws.").await;
        for _ in 0..2 {
            app.run_jobs().await;
            clock.advance(2 * Time::DAY);
        }
        smtp.mode("accept");
        app.run_jobs().await;
        assert_eq!(smtp.mails().len(), 2);
        // Nobody finds its words with the administrator.
        run(&app, &format!("UPDATE account SET admin = TRUE WHERE actor_id = {}", noor.id)).await;
        smtp.mode("drop");
        app.reply(&omar, &question, "Alleen voor Sanne.").await;
        app.run_jobs().await;
        let page = Visitor::logged_in(&app, &noor).await.get("/admin/mail").await;
        assert!(page.body.contains("Onzeker of het aankwam") && !page.body.contains("Alleen voor Sanne") && !page.body.contains("jongeren in beeld"), "{}", page.body);
        app.finish().await;
    }

    async fn a_digest_comes_once_with_exactly_what_stands_unread(on: On) {
        let mut smtp = Smtp::start();
        let Region { app, clock, sanne, omar, noor, group, question } = region_with(on, Some(&smtp)).await;
        let other = app.ask(&sanne, &group, "Wie kent een jongerenpanel?", "Dat ook over geld beslist.").await;
        for kind in NoticeKind::ALL {
            wants(&app, &sanne, kind, "digest").await;
        }
        digest(&app, &sanne, "daily").await;
        begin_routine(&app).await;
        app.reply(&omar, &question, "Wij bellen ze elke maand.").await;
        let gone = app.reply(&noor, &question, "Een geheim dat weg moet.").await;
        let edited = app.reply(&noor, &other, "Met een fout erin.").await;
        let read = app.reply(&omar, &other, "Dit heeft ze al gelezen.").await;
        app.run_jobs().await;
        assert!(smtp.mails().is_empty(), "not before seven in the morning");
        let notice = told(&app, &sanne).await.into_iter().find(|notice| notice.post_id == Some(read.id)).unwrap();
        Visitor::logged_in(&app, &sanne).await.get(&format!("/notifications/{}", notice.id)).await.leads_to();
        // It is due and waits for the mail server; meanwhile something is removed, and something is edited.
        smtp.mode("later");
        clock.advance(21 * Time::HOUR); // Saturday 21 November, 06:00Z: seven in the morning.
        app.run_jobs().await;
        app.remove(&noor, &gone).await;
        app.edit(&noor, &edited, None, "Zonder die fout.").await;
        smtp.mode("accept");
        clock.advance(Time::MINUTE);
        app.run_jobs().await;
        let arrived = smtp.mails();
        assert_eq!(arrived.len(), 1);
        let mail = &arrived[0];
        assert_eq!(mail.subject(), "2 nieuwe meldingen van Meent");
        assert!(mail.plain.contains("Wij bellen ze elke maand.") && mail.plain.contains("Zonder die fout."), "{}", mail.plain);
        for absent in ["geheim", "Met een fout", "al gelezen"] {
            assert!(!mail.raw.contains(absent) && !mail.plain.contains(absent) && !mail.html.contains(absent), "{absent}: {}", mail.plain);
        }
        // Each thread once, as a heading.
        assert_eq!(mail.plain.matches("\n------").count(), 2, "{}", mail.plain);
        assert_eq!(mail.html.matches("<h2>").count(), 2);
        let (html, plain) = mail.words_of_both();
        assert_eq!(html, plain);
        // The next morning there is nothing new: no mail.
        clock.advance(Time::DAY);
        app.run_jobs().await;
        assert_eq!(smtp.mails().len(), 1);
        // After days of standing still: once.
        app.reply(&omar, &question, "Een nieuw antwoord.").await;
        clock.advance(5 * Time::DAY);
        app.run_jobs().await;
        let arrived = smtp.mails();
        assert_eq!(arrived.len(), 2);
        assert!(arrived[1].plain.contains("Een nieuw antwoord.") && !arrived[1].plain.contains("elke maand"), "{}", arrived[1].plain);
        // Queued, and then everything in it is removed: nothing is sent.
        smtp.mode("later");
        let last = app.reply(&omar, &question, "Ook dit gaat weg.").await;
        clock.advance(Time::DAY);
        app.run_jobs().await;
        app.remove(&omar, &last).await;
        smtp.mode("accept");
        clock.advance(Time::HOUR);
        app.run_jobs().await;
        assert_eq!(smtp.mails().len(), 2);
        app.finish().await;
    }

    async fn a_weekly_digest_waits_for_monday_and_nobody_gets_it_who_was_refused(on: On) {
        let mut smtp = Smtp::start();
        let Region { app, clock, sanne, omar, noor, question, .. } = region_with(on, Some(&smtp)).await;
        run(&app, &format!("UPDATE account SET language = 'en' WHERE actor_id = {}", noor.id)).await;
        let answer = app.reply(&noor, &question, "Wij bellen ze.").await;
        app.run_jobs().await;
        let before = smtp.mails().len();
        // Comments and chosen answers come in the digest when nothing was chosen; weekly.
        app.reply(&omar, &answer, "Hoe vaak?").await;
        app.choose(&sanne, &answer, true).await;
        begin_routine(&app).await;
        for _ in 0..2 {
            clock.advance(Time::DAY);
            app.run_jobs().await;
        }
        assert_eq!(smtp.mails().len(), before);
        clock.advance(21 * Time::HOUR); // Monday 23 November, 06:00Z.
        app.run_jobs().await;
        let arrived = smtp.mails();
        assert_eq!(arrived.len(), before + 1);
        let mail = arrived.last().unwrap();
        assert_eq!(mail.recipients, ["noor@voorbeeld.example"]);
        assert_eq!(mail.subject(), "2 new notifications from Meent");
        assert!(mail.plain.contains("Omar Hadi commented on what you wrote") && mail.plain.contains("was chosen as the one that helped"), "{}", mail.plain);
        // Somebody whose account is suspended or closed gets none.
        for state in ["suspended", "closed"] {
            app.reply(&omar, &answer, "En nu?").await;
            run(&app, &format!("UPDATE account SET state = '{state}' WHERE actor_id = {}", noor.id)).await;
            clock.advance(7 * Time::DAY);
            app.run_jobs().await;
            assert_eq!(smtp.mails().len(), before + 1, "{state}");
            let _ = &question;
        }
        app.finish().await;
    }

    async fn a_digest_that_may_have_arrived_does_not_come_again_by_itself(on: On) {
        let mut smtp = Smtp::start();
        let Region { app, clock, sanne, omar, question, .. } = region_with(on, Some(&smtp)).await;
        wants(&app, &sanne, NoticeKind::Answer, "digest").await;
        digest(&app, &sanne, "daily").await;
        begin_routine(&app).await;
        app.reply(&omar, &question, "Wij bellen ze.").await;
        app.run_jobs().await;
        smtp.mode("drop");
        clock.advance(21 * Time::HOUR);
        app.run_jobs().await;
        assert_eq!(smtp.mails().len(), 1);
        smtp.mode("accept");
        clock.advance(Time::DAY);
        app.run_jobs().await;
        assert_eq!(smtp.mails().len(), 1, "what it told is not told again in the next one");
        // An administrator sends it again: written anew.
        run(&app, &format!("UPDATE account SET admin = TRUE WHERE actor_id = {}", omar.id)).await;
        let mut visitor = Visitor::logged_in(&app, &omar).await;
        let page = visitor.get("/admin/mail").await;
        let id = page.body.split("action=\"/admin/mail/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        visitor.post(&format!("/admin/mail/{id}"), &[("csrf", &page.value("csrf")), ("act", "again")]).await.leads_to();
        app.run_jobs().await;
        let arrived = smtp.mails();
        assert_eq!(arrived.len(), 2);
        assert!(arrived[1].plain.contains("Wij bellen ze."), "{}", arrived[1].plain);
        app.finish().await;
    }

    async fn the_link_in_the_header_stops_that_mail_and_nothing_else(on: On) {
        let mut smtp = Smtp::start();
        let Region { app, clock, sanne, omar, group, question, .. } = region_with(on, Some(&smtp)).await;
        app.reply(&omar, &question, "Wij bellen ze.").await;
        app.run_jobs().await;
        let link = smtp.mails()[0].unsubscribe_path();
        assert!(smtp.mails()[0].plain.contains(&link), "the same link stands below the words");
        // Looking changes nothing; neither does a made-up token.
        let page = Visitor::of(&app).get(&link).await;
        assert!(page.body.contains("Wil je geen mail meer als iemand je vraag beantwoordt?"), "{}", page.body);
        assert!(!page.body.contains("sanne") && !page.body.contains("Sanne"), "{}", page.body);
        assert_eq!(Visitor::of(&app).post("/unsubscribe/AAAA", &[]).await.status, 404);
        app.reply(&omar, &question, "Elke maand.").await;
        app.run_jobs().await;
        assert_eq!(smtp.mails().len(), 2);
        // As a mail program does it: no cookies, nothing about where it comes from.
        let done = Visitor::of(&app).post_with(&link, &[("List-Unsubscribe", "One-Click")], &[]).await;
        assert_eq!(done.status, 200);
        assert_eq!(Visitor::of(&app).post_with(&link, &[("List-Unsubscribe", "One-Click")], &[("sec-fetch-site", "cross-site")]).await.status, 200);
        app.reply(&omar, &question, "En we schrijven ze.").await;
        app.ask(&omar, &group, "Wie weet iets van wachtlijsten?", "Misschien @sanne?").await;
        app.run_jobs().await;
        let arrived = smtp.mails();
        assert_eq!(arrived.len(), 3);
        assert!(arrived[2].subject().contains("noemde je"), "{}", arrived[2].subject());
        assert_eq!(unread(&app, &sanne).await, 4, "on the page everything stands");
        // And back.
        let page = Visitor::of(&app).get(&link).await;
        assert!(page.body.contains("Je krijgt deze mail niet meer."), "{}", page.body);
        Visitor::of(&app).post(&link, &[("undo", "1")]).await;
        app.reply(&omar, &question, "Nog iets.").await;
        app.run_jobs().await;
        assert_eq!(smtp.mails().len(), 4);
        // The digest has a link of its own.
        wants(&app, &sanne, NoticeKind::Answer, "digest").await;
        digest(&app, &sanne, "daily").await;
        begin_routine(&app).await;
        app.reply(&omar, &question, "Voor het overzicht.").await;
        app.run_jobs().await;
        clock.advance(21 * Time::HOUR);
        app.run_jobs().await;
        let of_digest = smtp.mails().last().unwrap().unsubscribe_path();
        assert_ne!(of_digest, link);
        Visitor::of(&app).post_with(&of_digest, &[("List-Unsubscribe", "One-Click")], &[]).await;
        app.reply(&omar, &question, "Dit mailt niemand.").await;
        let many = smtp.mails().len();
        clock.advance(Time::DAY);
        app.run_jobs().await;
        assert_eq!(smtp.mails().len(), many);
        let body = Visitor::logged_in(&app, &sanne).await.get("/account/notifications").await.body;
        assert!(body.contains("value=\"off\" checked"), "{body}");
        app.finish().await;
    }

    async fn who_chose_otherwise_is_told_otherwise(on: On) {
        let mut smtp = Smtp::start();
        let Region { app, sanne, omar, question, .. } = region_with(on, Some(&smtp)).await;
        let mut visitor = Visitor::logged_in(&app, &sanne).await;
        let page = visitor.get("/account/notifications").await;
        assert!(page.body.contains("We sturen mail naar sanne@voorbeeld.example."), "{}", page.body);
        let csrf = page.value("csrf");
        // Nothing about answers, neither there nor by mail; what was decided always stands on the page.
        visitor.post("/account/notifications", &[("csrf", &csrf), ("answer_mail", "no"), ("moderation_mail", "no"), ("mention_page", "1"), ("mention_mail", "later"), ("digest", "off")]).await.leads_to();
        app.reply(&omar, &question, "Wij bellen ze.").await;
        app.run_jobs().await;
        assert_eq!((kinds(&app, &sanne).await.len(), smtp.mails().len()), (0, 0));
        let mut conn = app.core.db.conn();
        let moderation = notifications::choice(&mut conn, sanne.id, NoticeKind::Moderation).await.unwrap().unwrap();
        assert_eq!((moderation.on_page, moderation.mail.as_str()), (true, "no"));
        // A word that is none of ours changes nothing.
        assert_eq!(notifications::choice(&mut conn, sanne.id, NoticeKind::Mention).await.unwrap().unwrap().mail, "now");
        app.finish().await;
    }
}

#[test]
fn every_kind_has_its_words_in_both_languages() {
    for lang in [Lang::Nl, Lang::En] {
        for word in NoticeKind::ALL.map(NoticeKind::word).into_iter().chain(["digest"]) {
            for prefix in ["mail-stop", "stop-asks", "choose"] {
                assert!(lang.find(&format!("{prefix}-{word}"), None).is_some(), "{} lacks {prefix}-{word}", lang.code());
            }
            assert!(word == "digest" || NoticeKind::from_word(word).is_some());
        }
        for key in
            ["choose-mail-no", "choose-mail-now", "choose-mail-digest", "choose-digest-daily", "choose-digest-weekly", "choose-digest-off"]
        {
            assert!(lang.find(key, None).is_some(), "{} lacks {key}", lang.code());
        }
    }
}

/// Mastodon names whom it answers in `tag`: a mention, unless something concerns them more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_of_another_make_names_a_member_here() {
    let clock = Clock::manual(START);
    let app = TestApp::start(On::Sqlite, "a", &clock).await;
    let (sanne, noor) = (app.member("sanne", "Sanne Bakker").await, app.member("noor", "Noor Jansen").await);
    let group = app.group("jeugd", "Jeugdhulp", &sanne).await;
    let question = app.ask(&sanne, &group, "Hoe houden jullie jongeren in beeld?", "Wie weet dit?").await;
    app.run_jobs().await;
    let peer = Peer::start("toot").await;
    let stranger = peer.actor("Person", "/users/piet");
    let note = json!({
        "id": peer.at("/notes/1"), "type": "Note", "attributedTo": stranger.id, "inReplyTo": question.ap_id, "content": "<p>@sanne @noor wij bellen ze.</p>",
        "published": clock.now().rfc3339(), "to": ["https://www.w3.org/ns/activitystreams#Public"], "cc": [group.ap_id],
        "tag": [
            {"type": "Mention", "href": sanne.ap_id, "name": "@sanne"},
            {"type": "Mention", "href": noor.ap_id, "name": "@noor"},
            {"type": "Mention", "href": group.ap_id, "name": "@jeugd"},
            {"type": "Mention", "href": app.core.urls.at("/u/niemand"), "name": "@niemand"},
        ],
    });
    assert_eq!(stranger.sends(&app, &stranger.says("Create", 1, &note)).await, 202);
    app.run_jobs().await;
    assert_eq!(kinds(&app, &sanne).await, ["answer"]);
    assert_eq!(kinds(&app, &noor).await, ["mention"]);
    // The same again, or a newer version, is no news.
    let mut newer = note.clone();
    newer["updated"] = json!(clock.now().plus(Time::SECOND).rfc3339());
    assert_eq!(stranger.sends(&app, &stranger.says("Create", 2, &note)).await, 202);
    assert_eq!(stranger.sends(&app, &stranger.says("Update", 3, &newer)).await, 202);
    app.run_jobs().await;
    assert_eq!((kinds(&app, &sanne).await.len(), kinds(&app, &noor).await.len()), (1, 1));
    app.finish().await;
}

/// Every page of this part, light and at both widths: nobody is kept out, and nothing sticks out on a phone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pages_are_for_everybody() {
    let mut smtp = Smtp::start();
    let Region { app, sanne, omar, noor, question, .. } = region_with(On::Sqlite, Some(&smtp)).await;
    run(&app, &format!("UPDATE account SET admin = TRUE WHERE actor_id = {}", sanne.id)).await;
    let browser = Browser::start(1280, 900).await;
    let base = format!("http://{}", app.host());
    let token = Visitor::logged_in(&app, &sanne).await.cookies["meent"].clone();
    browser.goto(&format!("{base}/about")).await;
    browser.driver.add_cookie(thirtyfour::Cookie::new("meent", token)).await.unwrap();
    browser.goto(&format!("{base}/notifications")).await;
    look(&browser, "notifications-empty").await;
    let answer = app.reply(&omar, &question, "Wij bellen ze elke maand. Dat kost een uur per week, maar je hoort zo veel eerder dat het misgaat. De scholen weten ons nu ook te vinden.").await;
    app.reply(&noor, &question, "Wij werken met een vaste contactpersoon.").await;
    let comment = app.reply(&sanne, &answer, "Hoe vaak?").await;
    app.useful(&noor, &comment, true).await;
    app.useful(&omar, &comment, true).await;
    app.run_jobs().await;
    let link = smtp.mails()[0].unsubscribe_path();
    for mode in ["drop", "refuse", "later"] {
        smtp.mode(mode);
        app.reply(&omar, &question, "Nog een antwoord, met een lang woord: arbeidsongeschiktheidsverzekeringsmaatschappij.").await;
        app.run_jobs().await;
    }
    run(&app, "INSERT INTO mail (id, kind, address, language, subject, plain, html, reference, state, attempts, next_at, created_at)
        VALUES (7, 'mail-test', 'een.heel.lang.adres.van.iemand@een-lange-gemeentenaam.voorbeeld.example', 'nl', 'Kies een nieuw wachtwoord', '', '', '', 'held', 0, 0, 0)").await;
    run(
        &app,
        &format!(
            "UPDATE mail SET plain = 'Volg de link:\n{base}/password/abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnop' WHERE id = 7"
        ),
    )
    .await;
    run(&app, &format!("UPDATE account SET mail_paused_at = 1795165200000, mail_bounces = 3 WHERE actor_id = {}", sanne.id)).await;
    for (path, name) in [
        ("/notifications", "notifications"),
        ("/account/notifications", "notification-choices"),
        ("/admin/mail", "admin-mail"),
        (link.as_str(), "unsubscribe"),
    ] {
        browser.goto(&format!("{base}{path}")).await;
        look(&browser, name).await;
    }
    browser.driver.add_cookie(thirtyfour::Cookie::new("meent-language", "en")).await.unwrap();
    for path in ["/notifications", "/account/notifications", "/admin/mail", link.as_str()] {
        browser.goto(&format!("{base}{path}")).await;
        assert_eq!(browser.axe().await, Vec::<String>::new(), "{path} in English");
    }
    browser.driver.add_cookie(thirtyfour::Cookie::new("meent-language", "nl")).await.unwrap();
    browser.goto(&format!("{base}{link}")).await;
    browser.click("main form button").await;
    browser.says("main form button", "Weer aanzetten").await;
    look(&browser, "unsubscribed").await;
    // A field that is wrong says so, and takes the focus.
    browser.goto(&format!("{base}/admin/mail")).await;
    browser.fill("main [name=address]", "geen adres").await;
    browser.click("form.sheet button").await;
    browser.appears("#fout:focus").await;
    browser.quit().await;
    smtp.mode("accept");
    app.finish().await;
}

async fn look(browser: &Browser, name: &str) {
    for (width, height) in [(1280, 900), (390, 844), (320, 700)] {
        browser.resize(width, height).await;
        let wrong = browser.axe().await;
        assert!(wrong.is_empty(), "{name} at {width}: {}", wrong.join("\n"));
        let wide: i64 = browser
            .driver
            .execute("return document.documentElement.scrollWidth", Vec::new())
            .await
            .and_then(|size| size.convert())
            .unwrap();
        assert!(wide <= i64::from(width), "{name} is {wide} wide on {width}");
        browser.screenshot(&format!("{name}-{width}")).await;
    }
    browser.resize(1280, 900).await;
}
