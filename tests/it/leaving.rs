//! Taking one's things along, and leaving: what goes, what stays, and what other regions see of it.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use meent::db::jobs::{self, JobKind};
use meent::db::{actors, follows};
use meent::model::{Actor, Clock, Post, Rsvp};
use meent::ops::attending::{self, Said};
use meent::ops::closing::{self, Step, Words};
use serde_json::Value;

use crate::on_both;
use crate::support::people::PASSWORD;
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp, settle};

/// Two regions: Sanne of a writes in a group of her own region, which Bram of b follows, and in a group of b.
struct Regions {
    a: TestApp,
    b: TestApp,
    sanne: Actor,
    omar: Actor,
    bram: Actor,
    group_a: Actor,
    group_b: Actor,
    /// In the group of a.
    question: Post,
    /// By Bram, in the group of b; Sanne answered it.
    his: Post,
    answer: Post,
}

async fn regions(on: On) -> Regions {
    let clock = Clock::manual(START);
    let (a, b) = (TestApp::start(on, "a", &clock).await, TestApp::start(on, "b", &clock).await);
    let (sanne, omar) = (a.somebody("sanne", "Sanne Bakker", false).await, a.somebody("omar", "Omar Hadi", true).await);
    let bram = b.somebody("bram", "Bram de Wit", true).await;
    let group_a = a.group("jeugd", "Jeugdhulp", &omar).await;
    let group_b = b.group("wmo", "Wmo", &bram).await;
    let there = b.find(&format!("jeugd@{}", a.host())).await.expect("the group of a");
    b.join(&bram, &there).await;
    let here = a.find(&format!("wmo@{}", b.host())).await.expect("the group of b");
    a.join(&sanne, &here).await;
    settle(&[&a, &b]).await;
    let question = a.ask(&sanne, &group_a, "Hoe houden jullie jongeren in beeld?", "Bij ons raakt een op de vijf uit beeld.").await;
    let his = b.ask(&bram, &group_b, "Wie heeft een vaste contactpersoon?", "Die niet wisselt.").await;
    settle(&[&a, &b]).await;
    let answer = a.reply(&sanne, &a.post(&his.ap_id).await, "Wij hebben dat geregeld met *een tweetal*.").await;
    a.useful(&sanne, &a.post(&his.ap_id).await, true).await;
    settle(&[&a, &b]).await;
    assert!(!b.post(&answer.ap_id).await.is_deleted() && !b.post(&question.ap_id).await.is_deleted());
    assert!(follows::get(&mut b.core.db.conn(), b.actor(&sanne.ap_id).await.id, group_b.id).await.unwrap().is_some());
    Regions { a, b, sanne, omar, bram, group_a, group_b, question, his, answer }
}

impl Regions {
    /// Sanne leaves, through the page.
    async fn leave(&self, words: &str) -> Visitor {
        let mut sanne = Visitor::logged_in(&self.a, &self.sanne).await;
        let csrf = sanne.get("/account/close").await.value("csrf");
        assert_eq!(sanne.post("/account/close", &[("csrf", &csrf), ("words", words), ("password", "verkeerd")]).await.status, 422);
        assert_eq!(sanne.post("/account/close", &[("csrf", &csrf), ("words", ""), ("password", PASSWORD)]).await.status, 422);
        assert_eq!(sanne.get("/account").await.status, 200);
        sanne.post("/account/close", &[("csrf", &csrf), ("words", words), ("password", PASSWORD)]).await.leads_to();
        sanne
    }

    async fn finish(self) {
        self.a.finish().await;
        self.b.finish().await;
    }
}

on_both! {
    async fn everything_goes_here_and_there(on: On) {
        let regions = Box::pin(regions(on)).await;
        let Regions { a, b, sanne, .. } = &regions;
        let mut visitor = regions.leave("remove").await;
        // At once: nobody logs in any more, and nothing stands on the profile.
        assert_eq!(visitor.get("/account").await.status, 401);
        assert_eq!(visitor.post("/login", &[("login", "sanne"), ("password", PASSWORD), ("next", "/")]).await.status, 422);
        settle(&[a, b]).await;
        for app in [a, b] {
            for post in [&regions.question, &regions.answer] {
                assert!(app.post(&post.ap_id).await.is_deleted(), "{}: {}", app.name, post.ap_id);
            }
            assert!(app.actor(&sanne.ap_id).await.deleted_at.is_some(), "{}", app.name);
            assert!(!app.post(&regions.his.ap_id).await.is_deleted());
            let useful = meent::db::useful::count(&mut app.core.db.conn(), app.post(&regions.his.ap_id).await.id).await.unwrap();
            assert_eq!(useful, 0, "{}", app.name);
        }
        assert!(follows::get(&mut b.core.db.conn(), b.actor(&sanne.ap_id).await.id, regions.group_b.id).await.unwrap().is_none());
        assert_eq!(visitor.get("/u/sanne").await.status, 410);
        let mut guest = Visitor::of(b);
        assert_eq!(guest.get(&format!("/u/sanne@{}", a.host())).await.status, 404);
        assert!(!guest.get("/c/wmo").await.body.contains("Sanne"));
        // Nothing private is left; the address is free, the name is not.
        assert_eq!(a.number("SELECT COUNT(*) FROM account WHERE email LIKE 'sanne%' OR (password_hash <> '' AND state = 'closed')").await, 0);
        assert!(actors::local_by_name(&mut a.core.db.conn(), "sanne").await.unwrap().is_some());
        assert_eq!(a.number("SELECT COUNT(*) FROM job WHERE kind = 'leave'").await, 0);
        let again = closing::step(&a.core, &format!("{} remove", sanne.id)).await.unwrap();
        assert!(again == Step::Done && !a.run_jobs().await);
        regions.finish().await;
    }

    async fn what_was_written_stays_by_a_former_member(on: On) {
        let regions = Box::pin(regions(on)).await;
        let Regions { a, b, sanne, .. } = &regions;
        let mut visitor = regions.leave("keep").await;
        settle(&[a, b]).await;
        for app in [a, b] {
            let actor = app.actor(&sanne.ap_id).await;
            assert_eq!((actor.shown(), actor.organisation.as_str(), actor.about_html.as_str()), ("Voormalig lid", "", ""), "{}", app.name);
            assert!(actor.deleted_at.is_none());
            for post in [&regions.question, &regions.answer] {
                assert!(!app.post(&post.ap_id).await.is_deleted(), "{}", app.name);
            }
            let thread = Visitor::of(app).get(&app.post(&regions.his.ap_id).await.path()).await;
            assert!(thread.body.contains("een tweetal") && thread.body.contains("Voormalig lid") && !thread.body.contains("Sanne"), "{}", thread.body);
        }
        // She left the groups, and her page says nothing of her.
        assert!(follows::get(&mut b.core.db.conn(), b.actor(&sanne.ap_id).await.id, regions.group_b.id).await.unwrap().is_none());
        let page = visitor.get("/u/sanne").await;
        assert!(page.status == 200 && page.body.contains("heeft deze omgeving verlaten"), "{}", page.body);
        assert!(!page.body.contains("Sanne") && !page.body.contains("jongeren in beeld"), "{}", page.body);
        // Nor is she counted.
        assert!(visitor.get("/about").await.body.contains("Er is 1 lid."));
        assert_eq!(visitor.post("/login", &[("login", "sanne"), ("password", PASSWORD), ("next", "/")]).await.status, 422);
        regions.finish().await;
    }

    async fn a_third_region_hears_it_through_the_group(on: On) {
        for words in ["remove", "keep"] {
            let regions = Box::pin(regions(on)).await;
            let Regions { a, b, sanne, .. } = &regions;
            // A region that knows Sanne only from the group of b; her own has never heard of it.
            let c = TestApp::start(on, "c", &a.clock).await;
            let lena = c.somebody("lena", "Lena Vos", true).await;
            let wmo = c.find(&format!("wmo@{}", b.host())).await.expect("the group of b");
            c.join(&lena, &wmo).await;
            settle(&[a, b, &c]).await;
            let here = a.post(&regions.his.ap_id).await;
            let late = a.reply(sanne, &here, "Nog iets.").await;
            settle(&[a, b, &c]).await;
            assert_eq!(c.actor(&sanne.ap_id).await.shown(), "Sanne Bakker");
            assert!(!c.post(&late.ap_id).await.is_deleted());
            assert_eq!(a.number("SELECT COUNT(*) FROM actor WHERE host LIKE 'c.%'").await, 0);
            regions.leave(words).await;
            settle(&[a, b, &c]).await;
            let known = c.actor(&sanne.ap_id).await;
            if words == "keep" {
                assert_eq!((known.shown(), c.post(&late.ap_id).await.is_deleted()), ("Voormalig lid", false));
            } else {
                assert!(known.deleted_at.is_some() && c.post(&late.ap_id).await.is_deleted());
            }
            c.finish().await;
            regions.finish().await;
        }
    }

    async fn hundreds_of_posts_go_in_steps_and_each_is_said_once(on: On) {
        let clock = Clock::manual(START);
        let mut app = TestApp::start(on, "a", &clock).await;
        let (sanne, omar) = (app.somebody("sanne", "Sanne Bakker", false).await, app.somebody("omar", "Omar Hadi", true).await);
        let group = app.group("jeugd", "Jeugdhulp", &omar).await;
        let question = app.ask(&omar, &group, "Wie schrijft er veel?", "Heel veel.").await;
        for number in 0..110 {
            app.reply(&sanne, &question, &format!("Antwoord {number}")).await;
        }
        app.run_jobs().await;
        let mut tx = app.core.db.begin().await.unwrap();
        closing::close(&app.core, &mut tx, &sanne, Words::Go).await.unwrap();
        app.core.commit(tx).await.unwrap();
        let standing = "SELECT COUNT(*) FROM post p JOIN actor a ON a.id = p.author_id WHERE a.name = 'sanne' AND p.deleted_at IS NULL";
        // The process dies after a step, with the job in its hands.
        let mut tx = app.core.db.begin().await.unwrap();
        let claimed = jobs::claim(&mut tx, app.core.ids.slot(), app.core.now(), 10).await.unwrap();
        tx.commit().await.unwrap();
        let job = claimed.into_iter().find(|job| job.kind == JobKind::Leave).expect("the job");
        assert_eq!(closing::step(&app.core, &job.subject).await.unwrap(), Step::More);
        let left = app.number(standing).await;
        assert!(0 < left && left < 110, "{left}");
        meent::db::lease::release_claims(&app.core.db, app.core.ids.slot()).await.unwrap();
        // The one that comes after goes on from there; two at the same time do no harm.
        let (one, two) = tokio::join!(closing::step(&app.core, &job.subject), closing::step(&app.core, &job.subject));
        // On PostgreSQL one of two may have to try again.
        assert!(one.is_ok() || two.is_ok());
        app.run_jobs().await;
        assert_eq!(app.number(standing).await, 0);
        assert_eq!(app.number("SELECT COUNT(*) FROM activity WHERE verb = 'delete'").await, 110);
        assert_eq!(app.number("SELECT COUNT(*) FROM activity WHERE verb = 'delete_actor'").await, 1);
        assert_eq!(app.number("SELECT COUNT(*) FROM job WHERE kind = 'leave'").await, 0);
        app.stop().await;
    }

    async fn the_last_administrator_stays(on: On) {
        let regions = Box::pin(regions(on)).await;
        let a = &regions.a;
        let mut omar = Visitor::logged_in(a, &regions.omar).await;
        let csrf = omar.get("/account/close").await.value("csrf");
        let fields = [("csrf", csrf.as_str()), ("words", "keep"), ("password", PASSWORD)];
        let page = omar.post("/account/close", &fields).await;
        assert!(page.status == 403 && page.body.contains("Maak eerst iemand anders beheerder"), "{}", page.body);
        assert_eq!(omar.get("/account").await.status, 200);
        // With two of them who leave at the same moment, one stays.
        let lotte = a.somebody("lotte", "Lotte Smit", true).await;
        let mut other = Visitor::logged_in(a, &lotte).await;
        let theirs = other.get("/account/close").await.value("csrf");
        let others = [("csrf", theirs.as_str()), ("words", "keep"), ("password", PASSWORD)];
        let (one, two) = tokio::join!(omar.post("/account/close", &fields), other.post("/account/close", &others));
        let mut both = [one.status, two.status];
        both.sort_unstable();
        assert_eq!(both, [303, 403]);
        settle(&[&regions.a, &regions.b]).await;
        assert_eq!(a.number("SELECT COUNT(*) FROM account WHERE admin = TRUE AND state = 'active'").await, 1);
        regions.finish().await;
    }

    async fn everything_that_is_mine_in_a_file(on: On) {
        let regions = Box::pin(regions(on)).await;
        let Regions { a, sanne, .. } = &regions;
        let evil = a.ask(sanne, &regions.group_a, "=HYPERLINK(\"http://elders.example\")", "@SUM(A1)").await;
        let hash = "ab12cd34ab12cd34ab12cd34ab12cd34ab12cd34ab12cd34ab12cd34ab12cd34";
        std::fs::create_dir_all(a.core.config.data_dir.join("files/ab")).unwrap();
        std::fs::write(a.core.config.data_dir.join("files/ab").join(hash), b"een plaatje").unwrap();
        a.change("INSERT INTO file (hash, media_type, width, height, bytes, created_at) VALUES ('ab12cd34ab12cd34ab12cd34ab12cd34ab12cd34ab12cd34ab12cd34ab12cd34', 'image/webp', 1, 1, 11, 0)").await;
        a.change("UPDATE actor SET icon_file = 'ab12cd34ab12cd34ab12cd34ab12cd34ab12cd34ab12cd34ab12cd34ab12cd34' WHERE name = 'sanne'").await;
        let event = a.ask(sanne, &regions.group_a, "Samen kijken naar jongeren in beeld", "Een uur online.").await;
        a.change("UPDATE post SET kind = 'event' WHERE title = 'Samen kijken naar jongeren in beeld'").await;
        a.change("INSERT INTO event (post_id, starts_at, zone, status, place_name, place_street, place_postcode, place_town, online, online_link, sign_up, sign_up_link, contact, sequence, changed_at, group_id, author_id, gone) SELECT id, 1796288400000, 'Europe/Amsterdam', 'planned', '', '', '', '', TRUE, '', 'open', '', '', 0, 0, group_id, author_id, FALSE FROM post WHERE kind = 'event'").await;
        let mut tx = a.core.db.begin().await.unwrap();
        let said = Said { answer: Rsvp::Yes, remark: "=Ik ben later", visible: true };
        attending::say(&a.core, &mut tx, sanne, &event, said).await.unwrap();
        a.core.commit(tx).await.unwrap();
        settle(&[&regions.a, &regions.b]).await;
        let mut visitor = Visitor::logged_in(a, sanne).await;
        let csrf = visitor.get("/account/export").await.value("csrf");
        assert_eq!(visitor.post("/account/export", &[("csrf", "verkeerd")]).await.status, 403);
        let files = unpack(a, &visitor, &csrf).await;
        let text = |name: &str| String::from_utf8(files[name].clone()).unwrap();

        // As the federation shows it.
        let outbox: Value = serde_json::from_str(&text("outbox.json")).unwrap();
        assert_eq!((outbox["type"].as_str(), outbox["totalItems"].as_i64()), (Some("OrderedCollection"), Some(4)));
        let items = outbox["orderedItems"].as_array().unwrap();
        let said: Vec<&str> = items.iter().map(|item| item["object"]["id"].as_str().unwrap()).collect();
        assert_eq!(said, [&regions.question.ap_id, &regions.answer.ap_id, &evil.ap_id, &event.ap_id]);
        let shown: Value = serde_json::from_str(&visitor.get_with(&regions.question.path(), &[("accept", "application/activity+json")]).await.body).unwrap();
        for field in ["type", "name", "content", "attributedTo", "audience", "published", "meent:kind"] {
            assert_eq!(items[0]["object"][field], shown[field], "{field}");
        }
        let actor: Value = serde_json::from_str(&text("actor.json")).unwrap();
        assert_eq!(actor["id"].as_str(), Some(sanne.ap_id.as_str()));
        let account: Value = serde_json::from_str(&text("account.json")).unwrap();
        assert_eq!(account["email"].as_str(), Some("sanne@voorbeeld.example"));
        assert!(text("posts.csv").contains("\"'=HYPERLINK(\"\"http://elders.example\"\")\",'@SUM(A1)"), "{}", text("posts.csv"));
        assert!(text("votes.csv").contains(&regions.his.ap_id) && text("memberships.csv").contains("jeugd@"));
        let came = text("events.csv");
        assert!(came.contains(&event.ap_id) && came.contains(",yes,in,'=Ik ben later,true,"), "{came}");
        assert!(text("notifications.csv").contains("told"));
        assert_eq!(files[&format!("files/{hash}.webp")], b"een plaatje");
        // Nothing that opens the account, nothing of others, and nothing left on the disk.
        for (name, bytes) in &files {
            let text = String::from_utf8_lossy(bytes);
            for secret in ["PRIVATE KEY", "argon2", "bram@voorbeeld", "omar@voorbeeld", visitor.cookies["meent"].as_str()] {
                assert!(!text.contains(secret), "{name}: {secret}");
            }
        }
        let left = std::fs::read_dir(&a.core.config.data_dir).unwrap().filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains("export")).count();
        assert_eq!(left, 0);
        assert_eq!(regions.bram.name, "bram");
        regions.finish().await;
    }
}

/// Downloads the ZIP and opens it.
async fn unpack(app: &TestApp, visitor: &Visitor, csrf: &str) -> BTreeMap<String, Vec<u8>> {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client
        .post(format!("http://{}/account/export", app.address))
        .header("host", app.host())
        .header("cookie", format!("meent={}", visitor.cookies["meent"]))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("csrf={csrf}"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["content-type"], "application/zip");
    assert!(answer.headers()["content-disposition"].to_str().unwrap().contains("sanne.zip"));
    assert!(answer.headers()["cache-control"].to_str().unwrap().contains("no-store"));
    let mut zip = zip::ZipArchive::new(Cursor::new(answer.bytes().await.unwrap())).unwrap();
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut files = BTreeMap::new();
    for name in names {
        let mut bytes = Vec::new();
        zip.by_name(&name).unwrap().read_to_end(&mut bytes).unwrap();
        files.insert(name, bytes);
    }
    files
}
