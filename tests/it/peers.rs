//! The administrators' page of another server: its state in plain words, and what can be done about it.

use meent::db::{self, deliveries};
use meent::model::{Clock, Time};

use crate::connecting::Region;
use crate::on_both;
use crate::support::peer::{ACTIVITY_JSON, Peer};
use crate::support::visitor::Visitor;
use crate::support::{On, START, settle};

on_both! {
    async fn trouble_comes_first_and_is_told_in_plain_words(on: On) {
        let clock = Clock::manual(START);
        let mut a = Region::start(on, "a", &clock, "open").await;
        let mut tx = a.app.core.db.begin().await.unwrap();
        for number in 0..30 {
            deliveries::know(&mut tx, &format!("a{number:02}.example")).await.unwrap();
        }
        for (host, error) in [
            ("stil.example", "another server: https://stil.example/inbox: error sending request: operation timed out"),
            ("weg.example", "another server: https://weg.example/inbox: client error (Connect): dns error: failed to lookup address information"),
        ] {
            deliveries::know(&mut tx, host).await.unwrap();
            deliveries::peer_failed(&mut tx, host, START, START.plus(Time::HOUR), error).await.unwrap();
        }
        deliveries::peers_succeeded(&mut tx, &["a00.example"], START).await.unwrap();
        a.app.core.commit(tx).await.unwrap();
        let page = a.reads("/admin/federation").await;
        let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("no {text} in {page}"));
        assert!(place("stil.example") < place("a00.example") && place("weg.example") < place("a00.example"));
        assert!(page.contains("Geen antwoord binnen 10 seconden.") && page.contains("Het adres bestaat niet.") && page.contains("Antwoordt niet. We proberen het weer op"), "{page}");
        assert!(page.contains("Werkt.") && page.contains("Nog niets naartoe gestuurd.") && !page.contains("a25.example"));
        // The rest of the list, a part of it, and one of it.
        let next = page.split("class=\"older\"><a href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("more").replace("&amp;", "&").replace("&#38;", "&");
        let rest = a.reads(&next).await;
        assert!(rest.contains("a29.example") && !rest.contains("stil.example"), "{rest}");
        let trouble = a.reads("/admin/federation?show=trouble").await;
        assert!(trouble.contains("stil.example") && !trouble.contains("a00.example"));
        let one = a.reads("/admin/federation?q=WEG.ex").await;
        assert!(one.contains("weg.example") && !one.contains("stil.example"));
        // Without regular expressions: what stands for anything stands for itself.
        assert!(!a.reads("/admin/federation?q=%25").await.contains("weg.example"));
        let peer = a.reads("/admin/federation/stil.example").await;
        assert!(peer.contains("1 keer achter elkaar") || peer.contains("operation timed out"), "{peer}");
        assert_eq!(a.anna.get("/admin/federation/onbekend.example").await.status, 404);
        // After a month it is given up.
        clock.advance(32 * Time::DAY);
        let mut tx = a.app.core.db.begin().await.unwrap();
        assert!(db::lanes::give_up(&mut tx, "stil.example", clock.now().plus(-30 * Time::DAY), clock.now()).await.unwrap());
        a.app.core.commit(tx).await.unwrap();
        a.again().await;
        assert!(a.reads("/admin/federation/stil.example").await.contains("Opgegeven: antwoordt niet sinds"));
        a.app.finish().await;
    }

    async fn a_test_says_each_step(on: On) {
        let clock = Clock::manual(START);
        let (mut a, mut b) = (Region::start(on, "a", &clock, "open").await, Region::start(on, "b", &clock, "allowlist").await);
        let mut tx = a.app.core.db.begin().await.unwrap();
        deliveries::know(&mut tx, &b.host()).await.unwrap();
        a.app.core.commit(tx).await.unwrap();
        let here = format!("/admin/federation/{}", b.host());
        let first = a.send(&format!("{here}/test"), &[]).await;
        assert_eq!(first.status, 200);
        // B does not know us: everything works but what only who is allowed may fetch.
        assert!(first.body.matches("gelukt").count() == 3 && first.body.contains("Deze omgeving laat ons niet toe.") && first.body.contains("meent"), "{}", first.body);
        b.send("/admin/federation", &[("host", &a.host()), ("rule", "allow"), ("reason", "Onze buren")]).await.leads_to();
        let second = a.send(&format!("{here}/test"), &[]).await.body;
        assert_eq!(second.matches("gelukt").count(), 4, "{second}");
        b.app.stop_listening().await;
        let third = a.send(&format!("{here}/test"), &[]).await.body;
        assert!(third.contains("Er luistert niemand op dit adres.") && third.contains("Connection refused"), "{third}");
        assert!(a.reads("/admin/audit").await.contains("Omgeving getest"));
        // Nowhere that we don't know, and nowhere that is blocked.
        assert_eq!(a.send("/admin/federation/onbekend.example/test", &[]).await.status, 404);
        a.send("/admin/federation", &[("host", &b.host()), ("rule", "block"), ("reason", "Reclame"), ("back", "peer")]).await.leads_to();
        assert_eq!(a.send(&format!("{here}/test"), &[]).await.status, 403);
        assert!(a.reads(&here).await.contains("Geblokkeerd: we wisselen geen berichten uit."));
        b.app.run_jobs().await;
        a.app.run_jobs().await;
        for region in [a, b] {
            region.app.finish().await;
        }
    }

    async fn what_waits_goes_at_once_and_groups_are_fetched_again(on: On) {
        let clock = Clock::manual(START);
        let (mut a, mut b) = (Region::start(on, "a", &clock, "open").await, Region::start(on, "b", &clock, "open").await);
        let (sanne, bram) = (a.app.member("sanne", "Sanne Bakker").await, b.app.member("bram", "Bram de Wit").await);
        let group = b.app.group("jeugd", "Jeugdhulp", &bram).await;
        let here = format!("/admin/federation/{}", b.host());
        let there = a.app.find(&format!("jeugd@{}", b.host())).await.expect("the group");
        a.app.join(&sanne, &there).await;
        settle(&[&a.app, &b.app]).await;
        let page = a.reads(&here).await;
        assert!(page.contains("Jeugdhulp") && page.contains("De geschiedenis is opgehaald.") && page.contains("Werkt."), "{page}");
        assert!(b.reads(&format!("/admin/federation/{}", a.host())).await.contains("1 lid van daar"));
        // B is away; after many failures its lane rests for hours.
        b.app.stop_listening().await;
        a.app.ask(&sanne, &there, "Komt dit aan?", "Later.").await;
        for _ in 0..8 {
            a.app.run_jobs().await;
            clock.advance(10 * Time::MINUTE);
        }
        let page = a.reads(&here).await;
        assert!(page.contains("1 bericht") && page.contains("Er luistert niemand op dit adres.") && page.contains("Technische melding"), "{page}");
        b.app.listen_again().await;
        a.send(&format!("{here}/resend"), &[]).await.leads_to();
        settle(&[&a.app, &b.app]).await;
        assert!(Visitor::of(&b.app).get("/c/jeugd").await.body.contains("Komt dit aan?"));
        // What got lost comes with the history, or by the address of a thread.
        let lost = b.app.ask(&bram, &group, "Kwam dit niet aan?", "Nee.").await;
        while b.app.fed.make_outgoing().await.unwrap() > 0 {}
        b.app.forget_deliveries().await;
        settle(&[&a.app, &b.app]).await;
        let known = |app: &crate::support::TestApp, ap_id: &str| {
            let (mut conn, ap_id) = (app.core.db.conn(), ap_id.to_owned());
            async move { db::posts::by_ap_id(&mut conn, &ap_id).await.unwrap().is_some() }
        };
        assert!(!known(&a.app, &lost.ap_id).await);
        assert_eq!(a.send(&format!("{here}/thread"), &[("address", "https://elders.example/post/1")]).await.status, 422);
        a.send(&format!("{here}/thread"), &[("address", &lost.ap_id)]).await.leads_to();
        settle(&[&a.app, &b.app]).await;
        assert!(known(&a.app, &lost.ap_id).await);
        let another = b.app.ask(&bram, &group, "En dit?", "Ook niet.").await;
        while b.app.fed.make_outgoing().await.unwrap() > 0 {}
        b.app.forget_deliveries().await;
        a.send(&format!("{here}/group"), &[("group", &there.id.to_string())]).await.leads_to();
        assert_eq!(a.send(&format!("{here}/group"), &[("group", &sanne.id.to_string())]).await.status, 404);
        settle(&[&a.app, &b.app]).await;
        assert!(known(&a.app, &another.ap_id).await);
        // A note, for administrators alone.
        a.send(&format!("{here}/note"), &[("note", "Bellen met <Els>")]).await.leads_to();
        assert!(a.reads(&here).await.contains("Bellen met &#60;Els&#62;"));
        assert!(!Visitor::of(&a.app).get("/about").await.body.contains("Bellen met"));
        a.send(&format!("{here}/note"), &[("note", "")]).await.leads_to();
        assert!(!a.reads(&here).await.contains("Bellen met"));
        let log = a.reads("/admin/audit").await;
        for act in ["Notitie bij een omgeving veranderd", "Groep van een andere omgeving opnieuw opgehaald", "Gesprek opnieuw vergeleken", "Wat wacht voor een omgeving nu verstuurd"] {
            assert!(log.contains(act), "{act}");
        }
        for region in [a, b] {
            region.app.finish().await;
        }
    }

    async fn lists_of_rules_go_out_and_come_in(on: On) {
        let clock = Clock::manual(START);
        let mut a = Region::start(on, "a", &clock, "allowlist").await;
        for (host, rule, reason) in [("buur.example", "allow", "=Onze buren"), ("reclame.example", "block", "Reclame")] {
            a.send("/admin/federation", &[("host", host), ("rule", rule), ("reason", reason)]).await.leads_to();
        }
        let file = a.send("/admin/federation/export", &[]).await;
        assert!(file.body.contains("buur.example,allow,'=Onze buren") && file.body.contains("reclame.example,block,Reclame"), "{}", file.body);
        assert!(file.header("content-disposition").contains("servers.csv"));
        let mut b = Region::start(on, "b", &clock, "allowlist").await;
        let own = b.host();
        let csrf = b.anna.get("/admin").await.value("csrf");
        let listed = format!("{}{own},block,Jullie\n,block,Niemand\n", file.body);
        b.anna.upload("/admin/federation/import", &[("csrf", &csrf)], &[("rules", "servers.csv", listed.as_bytes())]).await.leads_to();
        // Nothing has changed yet.
        let page = b.reads("/admin/federation/import").await;
        assert!(page.contains("Er veranderen 2 regels") && page.contains("2 regels kunnen we niet gebruiken") && page.contains("buur.example"), "{page}");
        assert!(!b.app.core.may_federate_with("buur.example").await.unwrap());
        assert_eq!(b.send("/admin/federation/import/use", &[("seen", "een ander bestand")]).await.status, 409);
        let seen = b.anna.get("/admin/federation/import").await.value("seen");
        b.send("/admin/federation/import/use", &[("seen", &seen)]).await.leads_to();
        assert!(b.app.core.may_federate_with("buur.example").await.unwrap());
        assert!(b.reads("/admin/federation/rules").await.contains("=Onze buren"));
        assert_eq!(b.send("/admin/federation/import/use", &[("seen", &seen)]).await.status, 409, "twice");
        // One of Mastodon's, over what is there.
        let theirs = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\nbuur.example,suspend,TRUE,TRUE,Spam <b>,FALSE\nmatig.example,silence,FALSE,FALSE,,FALSE\n";
        b.anna.upload("/admin/federation/import", &[("csrf", &csrf)], &[("rules", "blocks.csv", theirs.as_bytes())]).await.leads_to();
        let page = b.reads("/admin/federation/import").await;
        assert!(page.contains("was toegelaten, wordt geblokkeerd") && page.contains("1 omgeving is daar alleen beperkt") && page.contains("Spam &#60;b&#62;"), "{page}");
        let seen = b.anna.get("/admin/federation/import").await.value("seen");
        b.send("/admin/federation/import/use", &[("seen", &seen)]).await.leads_to();
        assert!(!b.app.core.may_federate_with("buur.example").await.unwrap());
        for wrong in ["geen,lijst\n1,2\n".as_bytes(), b"\xff\xfe\x00", b""] {
            assert_eq!(b.anna.upload("/admin/federation/import", &[("csrf", &csrf)], &[("rules", "x.csv", wrong)]).await.status, 422);
        }
        let log = b.reads("/admin/audit?q=host").await;
        assert!(log.contains("Lijst van regels overgenomen") && log.contains("buur.example"), "{log}");
        for region in [a, b] {
            region.app.finish().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_of_another_make_is_tested_too() {
    let clock = Clock::manual(START);
    let mut a = Region::start(On::Sqlite, "a", &clock, "open").await;
    let peer = Peer::start("elders").await;
    let mut tx = a.app.core.db.begin().await.unwrap();
    deliveries::know(&mut tx, &peer.host).await.unwrap();
    a.app.core.commit(tx).await.unwrap();
    // It answers with what it should not, in its own words.
    peer.page("/actor", crate::support::peer::Page::Text { status: 500, kind: ACTIVITY_JSON.into(), body: "<b>kapot</b>".into() });
    let page = a.send(&format!("/admin/federation/{}/test", peer.host), &[]).await.body;
    assert!(
        page.contains("Deze omgeving heeft zelf een storing.")
            && page.contains("Wat we zochten, is daar niet.")
            && !page.contains("<b>kapot"),
        "{page}"
    );
    a.app.finish().await;
}
