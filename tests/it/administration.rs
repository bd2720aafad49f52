//! The pages of administrators: what needs attention, members, settings, other servers, figures and the audit log.

use std::process::Command;

use meent::config::FederationMode;
use meent::db::settings::{self, key};
use meent::db::{self, Db, deliveries, follows};
use meent::model::{Actor, Clock, Time};
use meent::ops::auditing::{self, Chain, Who};
use tempfile::TempDir;

use crate::moderation::make_admin;
use crate::on_both;
use crate::support::visitor::{Page, Visitor};
use crate::support::{On, START, TestApp, settle};

/// A region with Bram, who administers it, and Sanne, who does not.
struct Region {
    app: TestApp,
    bram: Actor,
    sanne: Actor,
}

async fn region(on: On, change: impl FnOnce(&mut meent::config::Config)) -> Region {
    let app = TestApp::start_with(on, "a", &Clock::manual(START), change).await;
    let (bram, sanne) = (app.member("bram", "Bram de Wit").await, app.member("sanne", "Sanne Bakker").await);
    make_admin(&app, &bram).await;
    Region { app, bram, sanne }
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

/// Opens a page and sends a form of it.
async fn send(visitor: &mut Visitor, page: &str, path: &str, fields: &[(&str, &str)]) -> Page {
    let opened = visitor.get(page).await;
    assert_eq!(opened.status, 200, "{page}: {}", opened.body);
    let csrf = opened.value("csrf");
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend(fields);
    visitor.post(path, &all).await
}

async fn acts(app: &TestApp) -> Vec<String> {
    let entries = db::audit::after(&mut app.core.db.conn(), 0, 100).await.expect("the log");
    entries.into_iter().map(|entry| format!("{} {} {}", entry.who, entry.act, entry.subject)).collect()
}

on_both! {
    async fn nobody_but_administrators_gets_in(on: On) {
        let region = region(on, |_| {}).await;
        let (mut bram, mut sanne, mut guest) = (region.visit(&region.bram).await, region.visit(&region.sanne).await, Visitor::of(&region.app));
        let pages = ["/admin", "/admin/region", "/admin/theme", "/admin/settings", "/admin/members", "/admin/members/sanne",
            "/admin/members/organisations.csv", "/admin/federation", "/admin/figures", "/admin/figures.csv", "/admin/audit?show=chain"];
        for path in pages {
            assert_eq!(bram.get(path).await.status, 200, "{path}");
            assert_eq!(sanne.get(path).await.status, 403, "{path}");
            assert_eq!(guest.get(path).await.status, 401, "{path}");
        }
        assert_eq!(sanne.get("/admin/theme/draft.css").await.status, 403);
        let csrf = sanne.get("/").await.value("csrf");
        for (path, fields) in [
            ("/admin/region", vec![("name", "Van mij")]),
            ("/admin/theme", vec![("act", "drop")]),
            ("/admin/settings", vec![("registration", "open")]),
            ("/admin/members/sanne/role", vec![("admin", "1")]),
            ("/admin/members/bram/suspend", vec![("days", "1"), ("reason", "Zomaar iets")]),
            ("/admin/members/bram/resume", vec![]),
            ("/admin/members/bram/password", vec![]),
            ("/admin/federation", vec![("host", "elders.example"), ("rule", "block"), ("reason", "Zomaar iets")]),
            ("/admin/federation/forget", vec![("host", "elders.example")]),
        ] {
            let mut all = vec![("csrf", csrf.as_str())];
            all.extend(fields);
            assert_eq!(sanne.post(path, &all).await.status, 403, "{path}");
        }
        assert_eq!(acts(&region.app).await, Vec::<String>::new());
        assert!(!sanne.get("/").await.body.contains("href=\"/admin\"") && bram.get("/").await.body.contains("href=\"/admin\""));
        region.finish().await;
    }

    async fn the_first_page_says_what_needs_attention(on: On) {
        let region = region(on, |_| {}).await;
        let mut bram = region.visit(&region.bram).await;
        assert!(bram.get("/admin").await.body.contains("Er wacht niets op je."));
        let group = region.app.group("jeugd", "Jeugdhulp", &region.bram).await;
        let question = region.app.ask(&region.bram, &group, "Een vraag", "Met uitleg.").await;
        let mut sanne = region.visit(&region.sanne).await;
        let csrf = sanne.get("/").await.value("csrf");
        sanne.post(&format!("{}/report", question.path()), &[("csrf", &csrf), ("once", "r1"), ("reason", "Past hier niet")]).await.leads_to();
        let mut tx = region.app.core.db.begin().await.unwrap();
        db::actors::clear_moderators(&mut tx, group.id).await.unwrap();
        deliveries::know(&mut tx, "stil.example").await.unwrap();
        deliveries::peer_failed(&mut tx, "stil.example", START, START, "geen antwoord").await.unwrap();
        region.app.core.commit(tx).await.unwrap();
        let page = bram.get("/admin").await.body;
        assert!(page.contains("1 gemeld bericht of lid wacht op een moderator") && page.contains("1 groep heeft geen moderator") && !page.contains("langer dan een dag"), "{page}");
        let groups = bram.get("/admin/groups").await.body;
        assert!(groups.contains("Deze groep heeft geen moderator.") && groups.contains("href=\"/c/jeugd/edit\""), "{groups}");
        assert_eq!(bram.get("/c/jeugd/edit").await.status, 200);
        region.app.clock.advance(Time::DAY + 1);
        let mut bram = region.visit(&region.bram).await;
        assert!(bram.get("/admin").await.body.contains("1 andere omgeving antwoordt al langer dan een dag niet"));
        let page = bram.get("/admin/federation").await.body;
        assert!(page.contains("stil.example"), "{page}");
        region.finish().await;
    }

    async fn what_the_region_says_is_changed_and_written_down(on: On) {
        let region = region(on, |_| {}).await;
        let mut bram = region.visit(&region.bram).await;
        let wrong = send(&mut bram, "/admin/region", "/admin/region", &[("name", ""), ("contact_email", "geen adres"), ("contact_page", "javascript:alert(1)")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.body.contains("javascript:alert(1)") && wrong.body.matches("class=\"error\"").count() == 3, "{}", wrong.body);
        let fields = [("name", "Noordrand"), ("about", "Acht gemeenten."), ("welcome", "Fijn dat je er **bent**."), ("rules", "- Wees aardig"), ("more", "Begonnen in 2026."),
            ("contact_name", "Team Noordrand"), ("contact_email", "team@noordrand.example"), ("contact_page", "https://noordrand.example/contact")];
        send(&mut bram, "/admin/region", "/admin/region", &fields).await.leads_to();
        let about = Visitor::of(&region.app).get("/about").await.body;
        for text in ["Over Noordrand", "Acht gemeenten.", "Wees aardig", "Begonnen in 2026.", "mailto:team@noordrand.example", "https://noordrand.example/contact"] {
            assert!(about.contains(text), "{text}: {about}");
        }
        assert!(!about.contains("Fijn dat je er"));
        assert!(region.visit(&region.sanne).await.get("/").await.body.contains("Fijn dat je er <strong>bent</strong>."));
        // Once more the same: nothing happened.
        let before = acts(&region.app).await;
        send(&mut bram, "/admin/region", "/admin/region", &fields).await.leads_to();
        assert_eq!(acts(&region.app).await, before);
        assert!(before.contains(&"@bram setting.change region_name".to_owned()), "{before:?}");
        // An address is not in the log.
        assert!(!bram.get("/admin/audit").await.body.contains("team@noordrand.example"));
        region.finish().await;
    }

    async fn what_the_configuration_fixes_is_shown_as_fixed(on: On) {
        let region = region(on, |config| config.federation.block = vec!["slecht.example".into()]).await;
        let mut bram = region.visit(&region.bram).await;
        let page = bram.get("/admin/settings").await.body;
        assert!(page.contains("federation.mode") && !page.contains("name=\"federation\""), "{page}");
        // Sent all the same: it counts for nothing.
        send(&mut bram, "/admin/settings", "/admin/settings", &[("federation", "closed"), ("registration", "invite"), ("group_founding", "anyone"), ("language", "en")]).await.leads_to();
        assert_eq!(region.app.core.federation_mode().await.unwrap(), FederationMode::Open);
        let kept = |key: &'static str| {
            let mut conn = region.app.core.db.conn();
            async move { settings::get(&mut conn, key).await.unwrap() }
        };
        assert_eq!(kept(key::FEDERATION_MODE).await, None);
        assert_eq!((kept(key::REGISTRATION).await, kept(key::GROUP_FOUNDING).await, kept(key::LANGUAGE).await), (Some("invite".into()), Some("anyone".into()), Some("en".into())));
        assert_eq!(send(&mut bram, "/admin/settings", "/admin/settings", &[("registration", "wie wil")]).await.status, 400);
        let page = bram.get("/admin/federation/rules").await.body;
        assert!(page.contains("slecht.example") && page.contains("federation.block"), "{page}");
        region.finish().await;
    }

    async fn a_theme_is_looked_at_used_and_taken_back(on: On) {
        let region = region(on, |_| {}).await;
        let mut bram = region.visit(&region.bram).await;
        let mut guest = Visitor::of(&region.app);
        let css = |visitor: String| visitor.split("href=\"/theme.css").nth(1).map(|rest| format!("/theme.css{}", rest.split('"').next().unwrap()));
        let csrf = bram.get("/admin/theme").await.value("csrf");
        let nothing = bram.upload("/admin/theme/upload", &[("csrf", &csrf)], &[("theme", "thema.css", "body { color: red }".as_bytes())]).await;
        assert_eq!(nothing.status, 422, "{}", nothing.body);
        let theme = ".thema { --basis-color-default-color-document: #102030; color: red; --x: url(https://elders.example/x) }";
        assert_eq!(bram.upload("/admin/theme/upload", &[("csrf", "verzonnen")], &[("theme", "thema.css", theme.as_bytes())]).await.status, 403);
        bram.upload("/admin/theme/upload", &[("csrf", &csrf)], &[("theme", "thema.css", theme.as_bytes())]).await.leads_to();
        // Only the administrator sees it.
        let preview = bram.get("/admin/theme/preview").await.body;
        assert!(preview.contains("/admin/theme/draft.css") && preview.contains("goed te lezen"), "{preview}");
        let draft = bram.get("/admin/theme/draft.css").await.body;
        assert!(draft.contains("#102030") && !draft.contains("red") && !draft.contains("elders"), "{draft}");
        assert_eq!(css(guest.get("/about").await.body), None);
        bram.post("/admin/theme", &[("csrf", &csrf), ("act", "use")]).await.leads_to();
        let path = css(guest.get("/about").await.body).expect("a theme");
        assert!(path.contains("?v=") && guest.get(&path).await.body.contains("#102030"), "{path}");
        bram.post("/admin/theme", &[("csrf", &csrf), ("act", "undo")]).await.leads_to();
        assert_eq!(css(guest.get("/about").await.body), None);
        bram.post("/admin/theme", &[("csrf", &csrf), ("act", "undo")]).await.leads_to();
        assert!(css(guest.get("/about").await.body).is_some());
        // A file on the server wins, and the page says so.
        std::fs::write(region.app.core.config.data_dir.join("theme.css"), ":root { --basis-color-default-color-document: #030303 }").unwrap();
        assert!(guest.get("/theme.css").await.body.contains("#030303"));
        assert!(bram.get("/admin/theme").await.body.contains("ligt vast in het bestand"));
        assert_eq!(acts(&region.app).await, ["@bram theme.upload ", "@bram theme.use ", "@bram theme.undo ", "@bram theme.undo "]);
        region.finish().await;
    }

    async fn members_are_found_and_get_roles_and_there_is_always_an_administrator(on: On) {
        let region = region(on, |_| {}).await;
        for number in 0..30 {
            region.app.member(&format!("lid_{number:02}"), &format!("Lid {number}")).await;
        }
        let mut bram = region.visit(&region.bram).await;
        let first = bram.get("/admin/members").await.body;
        assert!(first.contains("Bram de Wit") && !first.contains("Sanne Bakker"), "{first}");
        let next = first.split("class=\"older\"><a href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("more").replace("&amp;", "&");
        assert!(bram.get(&next).await.body.contains("Sanne Bakker"));
        let found = bram.get("/admin/members?q=SANNE").await.body;
        assert!(found.contains("Sanne Bakker") && !found.contains("Lid 3"), "{found}");
        assert!(bram.get("/admin/members?q=%25").await.body.contains("Hier past geen enkel lid bij."));
        assert!(bram.get("/admin/members?show=admins").await.body.contains("Bram de Wit"));

        // The last one stays.
        assert_eq!(send(&mut bram, "/admin/members/bram", "/admin/members/bram/role", &[("admin", "0")]).await.status, 403);
        send(&mut bram, "/admin/members/sanne", "/admin/members/sanne/role", &[("admin", "1")]).await.leads_to();
        // Nobody suspends an administrator, or themselves.
        for name in ["sanne", "bram"] {
            let path = format!("/admin/members/{name}/suspend");
            assert_eq!(send(&mut bram, "/admin/members/sanne", &path, &[("days", "1"), ("reason", "Zomaar iets")]).await.status, 403, "{name}");
        }
        // Both step down at the same time: one of them stays.
        let mut sanne = region.visit(&region.sanne).await;
        let (of_bram, of_sanne) = (bram.get("/admin/members").await, sanne.get("/admin/members").await);
        let (of_bram, of_sanne) = (of_bram.value("csrf"), of_sanne.value("csrf"));
        let (down_bram, down_sanne) = ([("csrf", of_bram.as_str()), ("admin", "0")], [("csrf", of_sanne.as_str()), ("admin", "0")]);
        let (first, second) = tokio::join!(bram.post("/admin/members/bram/role", &down_bram), sanne.post("/admin/members/sanne/role", &down_sanne));
        let mut both = [first.status, second.status];
        both.sort_unstable();
        assert_eq!(both, [303, 403]);
        assert_eq!(db::accounts::count_admins(&mut region.app.core.db.conn()).await.unwrap(), 1);
        region.finish().await;
    }

    async fn a_member_is_suspended_resumed_and_sent_a_link(on: On) {
        let region = region(on, |_| {}).await;
        let mut bram = region.visit(&region.bram).await;
        let mut sanne = region.visit(&region.sanne).await;
        send(&mut bram, "/admin/members/sanne", "/admin/members/sanne/password", &[]).await.leads_to();
        assert_eq!(send(&mut bram, "/admin/members/sanne", "/admin/members/sanne/suspend", &[("days", "7"), ("reason", "")]).await.status, 422);
        send(&mut bram, "/admin/members/sanne", "/admin/members/sanne/suspend", &[("days", "7"), ("reason", "Account overgenomen")]).await.leads_to();
        assert_eq!(sanne.get("/account").await.status, 401);
        assert!(bram.get("/admin/members?show=suspended").await.body.contains("Sanne Bakker"));
        assert!(bram.get("/admin/members/sanne").await.body.contains("Account overgenomen"));
        assert_eq!(send(&mut bram, "/admin/members/sanne", "/admin/members/sanne/password", &[]).await.status, 403);
        send(&mut bram, "/admin/members/sanne", "/admin/members/sanne/resume", &[]).await.leads_to();
        assert_eq!(region.visit(&region.sanne).await.get("/account").await.status, 200);
        assert_eq!(acts(&region.app).await, ["@bram member.password_link sanne", "@bram member.suspend sanne", "@bram member.resume sanne"]);
        assert!(bram.get("/moderation/log").await.body.contains("Account overgenomen"));
        let file = bram.get("/admin/members/organisations.csv").await;
        assert!(file.header("content-type").starts_with("text/csv") && !file.body.contains("Sanne"), "{}", file.body);
        region.finish().await;
    }

    async fn a_blocked_server_is_neither_heard_nor_spoken_to(on: On) {
        let clock = Clock::manual(START);
        let (a, b) = (TestApp::start(on, "a", &clock).await, TestApp::start(on, "b", &clock).await);
        let (bram, sanne) = (a.member("bram", "Bram de Wit").await, b.member("sanne", "Sanne Bakker").await);
        make_admin(&a, &bram).await;
        let group = a.group("jeugd", "Jeugdhulp", &bram).await;
        let there = b.find(&format!("jeugd@{}", a.host())).await.expect("the group");
        b.join(&sanne, &there).await;
        settle(&[&a, &b]).await;
        let early = b.ask(&sanne, &there, "Van voor de blokkade", "Dit blijft leesbaar.").await;
        settle(&[&a, &b]).await;

        let mut visitor = Visitor::logged_in(&a, &bram).await;
        assert_eq!(send(&mut visitor, "/admin/federation", "/admin/federation", &[("host", a.host()), ("rule", "block"), ("reason", "Ikzelf")]).await.status, 403);
        assert_eq!(send(&mut visitor, "/admin/federation", "/admin/federation", &[("host", "naam@x"), ("rule", "block"), ("reason", "")]).await.status, 422);
        let unsent = a.ask(&bram, &group, "Onderweg", "Komt niet aan.").await;
        while a.fed.make_outgoing().await.unwrap() > 0 {}
        assert!(deliveries::count(&mut a.core.db.conn()).await.unwrap() > 0);
        send(&mut visitor, "/admin/federation", "/admin/federation", &[("host", b.host()), ("rule", "block"), ("reason", "Reclame")]).await.leads_to();
        assert_eq!(deliveries::count(&mut a.core.db.conn()).await.unwrap(), 0);
        let stranger = a.actor(&sanne.ap_id).await;
        assert!(follows::get(&mut a.core.db.conn(), stranger.id, group.id).await.unwrap().is_none());
        assert!(!a.core.may_federate_with(b.host()).await.unwrap());
        // Neither way.
        let late = b.ask(&sanne, &there, "Van na de blokkade", "Komt niet aan.").await;
        settle(&[&a, &b]).await;
        let known = |app: &TestApp, ap_id: &str| {
            let (mut conn, ap_id) = (app.core.db.conn(), ap_id.to_owned());
            async move { db::posts::by_ap_id(&mut conn, &ap_id).await.unwrap().is_some() }
        };
        assert!(known(&a, &early.ap_id).await && !known(&a, &late.ap_id).await && !known(&b, &unsent.ap_id).await);
        assert!(Visitor::of(&a).get("/c/jeugd").await.body.contains("Van voor de blokkade"));
        // Only administrators know.
        for path in ["/about", "/c/jeugd", "/moderation/log"] {
            assert!(!Visitor::of(&a).get(path).await.body.contains("Reclame"), "{path}");
        }
        // The other process on the same database learns of it in seconds.
        let mut tx = a.core.db.begin().await.unwrap();
        db::hosts::remove(&mut tx, b.host()).await.unwrap();
        tx.commit().await.unwrap();
        assert!(!a.core.may_federate_with(b.host()).await.unwrap());
        clock.advance(5 * Time::SECOND);
        assert!(a.core.may_federate_with(b.host()).await.unwrap());
        assert_eq!(acts(&a).await, [format!("@bram host.block {}", b.host())]);
        b.forget_deliveries().await;
        for app in [a, b] {
            app.finish().await;
        }
    }

    async fn an_allow_list_can_be_kept_here(on: On) {
        let region = region(on, |config| config.federation.mode = "allowlist".into()).await;
        let mut bram = region.visit(&region.bram).await;
        let core = &region.app.core;
        assert!(!core.may_federate_with("buren.example").await.unwrap());
        send(&mut bram, "/admin/federation", "/admin/federation", &[("host", "https://Buren.example/c/jeugd"), ("rule", "allow"), ("reason", "Onze buren")]).await.leads_to();
        assert!(core.may_federate_with("buren.example").await.unwrap());
        send(&mut bram, "/admin/federation", "/admin/federation/forget", &[("host", "buren.example")]).await.leads_to();
        assert!(!core.may_federate_with("buren.example").await.unwrap());
        assert_eq!(acts(&region.app).await, ["@bram host.allow buren.example", "@bram host.forget buren.example"]);
        region.finish().await;
    }

    async fn figures_count_and_name_nobody(on: On) {
        let region = region(on, |_| {}).await;
        let app = &region.app;
        let mut all = vec![region.bram.clone(), region.sanne.clone()];
        for name in ["noor", "omar", "els", "cor"] {
            all.push(app.member(name, &format!("Voornaam {name}")).await);
        }
        let group = app.group("jeugd", "Jeugdhulp", &region.bram).await;
        app.group("klein", "Kleine groep", &region.bram).await;
        for member in &all {
            app.join(member, &group).await;
        }
        let question = app.ask(&region.sanne, &group, "Hoe doen jullie dit?", "Een uitleg.").await;
        app.ask(&region.sanne, &group, "En dit?", "Nog een uitleg.").await;
        app.clock.advance(3 * Time::HOUR);
        // Her own answer is not what she waited for.
        app.reply(&region.sanne, &question, "Ik denk zelf...").await;
        app.clock.advance(2 * Time::HOUR);
        app.reply(&region.bram, &question, "Zo doen wij het.").await;
        app.clock.advance(Time::HOUR);
        for reader in &all[2..4] {
            Visitor::logged_in(app, reader).await.get("/").await;
        }
        let mut bram = region.visit(&region.bram).await;
        let page = bram.get("/admin/figures").await.body;
        let file = bram.get("/admin/figures.csv").await;
        let row = |what: &str, which: &str| {
            let start = format!("{what},{which},");
            file.body.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_else(|| panic!("no {start} in {}", file.body)).to_owned()
        };
        for (what, count) in [("Leden", "6"), ("Actief", "2"), ("Meelezers", "2"), ("Stil", "2"), ("Vragen", "2"), ("Zonder antwoord", "1"), ("Antwoorden", "2"),
            ("Eerste antwoord in uren (mediaan)", "5"), ("Uit andere regio's", "0")] {
            assert_eq!(row(what, "alles"), count, "{what}");
            assert_eq!(row(what, "Jeugdhulp"), count, "{what}");
        }
        assert_eq!(row("Schrijvers", "2026-11"), "2");
        assert_eq!(row("Vragen", "2025-12"), "0");
        assert!(page.contains("5 uur") && page.contains("1 groep met minder dan 5 leden"), "{page}");
        for text in [&page, &file.body] {
            assert!(!text.contains("Voornaam") && !text.contains("Sanne") && !text.contains("Kleine groep"), "{text}");
        }
        // A month later nobody is active any more, and who never came back is silent.
        app.clock.advance(40 * Time::DAY);
        let mut bram = region.visit(&region.bram).await;
        let file = bram.get("/admin/figures.csv").await;
        assert!(file.body.contains("Actief,alles,0") && file.body.contains("Meelezers,alles,1") && file.body.contains("Stil,alles,5"), "{}", file.body);
        region.finish().await;
    }

    async fn the_audit_log_shows_when_a_link_was_changed(on: On) {
        let region = region(on, |_| {}).await;
        let core = &region.app.core;
        for number in 0..30 {
            let mut tx = core.db.begin().await.unwrap();
            auditing::record(core, &mut tx, Who::Member(&region.bram), "setting.change", &format!("proef_{number}"), "a").await.unwrap();
            core.commit(tx).await.unwrap();
        }
        assert!(matches!(auditing::verify(&mut core.db.conn()).await.unwrap(), Chain::Whole { entries: 30, .. }));
        let mut bram = region.visit(&region.bram).await;
        let page = bram.get("/admin/audit").await.body;
        assert!(page.contains("proef_29") && !page.contains("proef_3<"), "{page}");
        let next = page.split("class=\"older\"><a href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("more");
        assert!(bram.get(next).await.body.contains("proef_3<"));
        let found = bram.get("/admin/audit?q=PROEF_17").await.body;
        assert!(found.contains("proef_17") && !found.contains("proef_18"), "{found}");
        assert!(bram.get("/admin/audit?show=chain").await.body.contains("Het logboek is heel: 30 regels."));
        // The database refuses to change it.
        let change = "UPDATE audit SET detail = 'b' WHERE seq = 12";
        match &core.db {
            Db::Sqlite { write, .. } => {
                assert!(sqlx::query(change).execute(write).await.is_err() && sqlx::query("DELETE FROM audit").execute(write).await.is_err());
                sqlx::query("DROP TRIGGER audit_stands").execute(write).await.unwrap();
                sqlx::query(change).execute(write).await.unwrap();
            }
            Db::Postgres(pool, _) => {
                assert!(sqlx::query(change).execute(pool).await.is_err() && sqlx::query("DELETE FROM audit").execute(pool).await.is_err());
                sqlx::query("ALTER TABLE audit DISABLE TRIGGER USER").execute(pool).await.unwrap();
                sqlx::query(change).execute(pool).await.unwrap();
            }
        }
        assert_eq!(auditing::verify(&mut core.db.conn()).await.unwrap(), Chain::Broken { seq: 12, why: "it was changed" });
        assert!(bram.get("/admin/audit?show=chain").await.body.contains("Regel 12 klopt niet:"));
        region.finish().await;
    }
}

#[test]
fn the_command_line_verifies_the_log_and_is_in_it() {
    let folder = TempDir::new().expect("a folder");
    let run = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_meent")).env_clear().current_dir(folder.path()).args(arguments).output().expect("it runs")
    };
    assert!(run(&["migrate"]).status.success());
    let whole = run(&["audit", "verify"]);
    let said = String::from_utf8_lossy(&whole.stdout).into_owned();
    assert!(whole.status.success() && said.contains("whole: 1 entries"), "{said}");
    // What it did itself is the next entry; then somebody takes one away.
    let said = String::from_utf8_lossy(&run(&["audit", "verify"]).stdout).into_owned();
    assert!(said.contains("whole: 2 entries"), "{said}");
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    runtime.block_on(async {
        let db = Db::open(&format!("sqlite:{}", folder.path().join("data/meent.db").display())).await.expect("the database");
        let Db::Sqlite { write, .. } = &db else { unreachable!("SQLite") };
        sqlx::query("DROP TRIGGER audit_stays").execute(write).await.expect("a statement");
        sqlx::query("DELETE FROM audit WHERE seq = 2").execute(write).await.expect("a statement");
        db.close().await;
    });
    let broken = run(&["audit", "verify"]);
    assert_eq!(broken.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&broken.stderr).contains("entry 3: an entry before it is missing"),
        "{}",
        String::from_utf8_lossy(&broken.stderr)
    );
}
