//! Lists of regions: published by one, read by another on its first day; and lists that say what they should not.

use meent::db::{deliveries, peer_groups, regions};
use meent::model::{Clock, Time};
use serde_json::json;

use crate::connecting::Region;
use crate::on_both;
use crate::support::peer::{ACTIVITY_JSON, Page, Peer, get};
use crate::support::{On, START, TestApp, settle};

const HERE: &str = "/admin/federation/regions";

/// The hosts that the lists of an instance name.
async fn found(app: &TestApp) -> Vec<String> {
    let rows = regions::found(&mut app.core.db.conn(), "", 1_000).await.expect("regions");
    rows.into_iter().map(|row| row.host).collect()
}

async fn adds(region: &mut Region, address: &str) {
    region.send(HERE, &[("address", address)]).await.leads_to();
}

on_both! {
    async fn a_new_region_finds_groups_on_its_first_day(on: On) {
        let clock = Clock::manual(START);
        let (mut a, b) = (Region::start(on, "a", &clock, "allowlist").await, Region::start(on, "b", &clock, "open").await);
        for (region, name, title) in [(&a, "jeugd", "Jeugdhulp"), (&b, "schulden", "Schuldhulp")] {
            let founder = region.app.member("bram", "Bram de Wit").await;
            region.app.group(name, title, &founder).await;
        }
        // What is not published is not there.
        assert_eq!(get(&a.app, "GET", "/actor/regions", ACTIVITY_JSON).await.status, 404);
        assert!(get(&a.app, "GET", "/actor", ACTIVITY_JSON).await.json().get("meent:regions").is_none());
        assert!(a.reads(HERE).await.contains("We laten geen lijst zien."));
        a.send(&format!("{HERE}/publish"), &[("publish", "yes")]).await.leads_to();
        let actor = get(&a.app, "GET", "/actor", ACTIVITY_JSON).await.json();
        assert_eq!((actor["name"].as_str(), actor["meent:regions"].as_str()), (Some("Regio A"), Some(a.app.core.urls.at("/actor/regions").as_str())));
        // A is connected with B; with C, which it only knows, it is not.
        a.send("/admin/federation", &[("host", &b.host()), ("rule", "allow"), ("reason", "Onze buren")]).await.leads_to();
        let mut tx = a.app.core.db.begin().await.unwrap();
        deliveries::know(&mut tx, "ver.example").await.unwrap();
        deliveries::set_software(&mut tx, "ver.example", Some(("meent", "1.0")), START).await.unwrap();
        a.app.core.commit(tx).await.unwrap();
        a.app.fed.look_up_peer(&b.host()).await.expect("NodeInfo");
        settle(&[&a.app, &b.app]).await;
        let list = get(&a.app, "GET", "/actor/regions?page=1", ACTIVITY_JSON).await.json();
        let names: Vec<_> = list["orderedItems"].as_array().expect("items").iter().map(|item| item["name"].as_str().unwrap_or_default()).collect();
        assert_eq!(names, ["Regio A", "Regio B"]);

        // C is new, and everybody may speak with everybody there: B tells what it offers, A only to who is on its list.
        let mut c = Region::start(on, "c", &clock, "open").await;
        assert!(c.reads("/admin").await.contains("Vind groepen en vragen van andere regio&#39;s"));
        assert!(c.reads("/groups").await.contains("href=\"/admin/federation/regions\""));
        adds(&mut c, &a.host()).await;
        settle(&[&c.app, &a.app, &b.app]).await;
        let page = c.reads(HERE).await;
        assert!(page.contains("Regio A") && page.contains("Regio B") && page.contains("2 regio") && page.contains("1 groep"), "{page}");
        assert!(c.reads("/groups").await.contains("Schuldhulp"));
        assert!(!c.reads("/groups").await.contains("Jeugdhulp"));
        assert!(!c.reads("/admin").await.contains("Vind groepen en vragen"));
        assert_eq!(c.send(HERE, &[("address", &a.host())]).await.status, 403, "twice");
        // It is read again every day; what is gone from it goes.
        a.send("/admin/federation/forget", &[("host", &b.host())]).await.leads_to();
        clock.advance(Time::DAY + Time::HOUR);
        c.again().await;
        meent::jobs::schedule_routine(&c.app.fed).await.unwrap();
        settle(&[&c.app, &a.app, &b.app]).await;
        assert_eq!(found(&c.app).await, [a.host()]);
        c.send(&format!("{HERE}/remove"), &[("address", &a.app.core.urls.instance_actor())]).await.leads_to();
        assert_eq!(found(&c.app).await, Vec::<String>::new());
        for region in [a, b, c] {
            region.app.finish().await;
        }
    }

    async fn with_an_allow_list_a_region_is_asked_to_connect_first(on: On) {
        let clock = Clock::manual(START);
        let (mut a, mut c) = (Region::start(on, "a", &clock, "open").await, Region::start(on, "c", &clock, "allowlist").await);
        a.send(&format!("{HERE}/publish"), &[("publish", "yes")]).await.leads_to();
        adds(&mut c, &format!("{}/actor/regions", a.app.core.urls.base())).await;
        settle(&[&a.app, &c.app]).await;
        let page = c.reads(HERE).await;
        assert!(page.contains("Vraag verbinding aan") && page.contains(&format!("/admin/federation/connections?q={}", a.host().replace(':', "%3A"))), "{page}");
        assert_eq!(peer_groups::of_host(&mut c.app.core.db.conn(), &a.host(), None, 10).await.unwrap().len(), 0);
        assert!(c.reads(&format!("/admin/federation/connections?q={}", a.host())).await.contains(&format!("value=\"{}\"", a.host())));
        c.send("/admin/federation/connections", &[("host", &a.host()), ("sentence", "Wij zijn nieuw.")]).await.leads_to();
        assert!(c.reads(HERE).await.contains("verbinding gevraagd"));
        settle(&[&a.app, &c.app]).await;
        assert!(a.reads("/admin/federation/connections").await.contains("Wij zijn nieuw."));
        for region in [a, c] {
            region.app.finish().await;
        }
    }

    async fn a_list_is_believed_for_names_only(on: On) {
        let clock = Clock::manual(START);
        let mut a = Region::start(on, "a", &clock, "allowlist").await;
        let peer = Peer::start("elders").await;
        let actor = |list: &str| json!({"id": peer.at("/actor"), "type": "Application", "name": "Lijst", "meent:regions": list});
        peer.serve(&actor(&peer.at("/actor/regions")));
        let us = a.app.core.urls.instance_actor();
        let mut items = vec![
            json!({"id": us, "name": "Wij zelf"}),
            json!({"id": "https://goed.example/actor", "name": "Goed <b>zo</b>\u{202e}", "summary": "<p>Over <script>x</script>ons</p>", "inbox": "https://slecht.example/inbox"}),
            json!({"id": "https://goed.example/anders", "name": "Nog eens"}),
            json!("https://kaal.example/actor"),
            json!(17),
            json!({"name": "zonder id"}),
        ];
        for wrong in ["https://intranet/actor", "https://10.0.0.1/actor", "http://onveilig.example/actor", "https://a@b.example/", "https://poort.example:8443/x", "javascript:alert(1)", "https://GROOT.example/actor"] {
            items.push(json!({"id": wrong, "name": "Fout"}));
        }
        peer.serve(&json!({"id": peer.at("/actor/regions"), "type": "OrderedCollection", "first": peer.at("/actor/regions?page=1")}));
        peer.serve_at("/actor/regions?page=1", &json!({"type": "OrderedCollectionPage", "orderedItems": items, "next": "https://slecht.example/page2"}));
        adds(&mut a, &peer.at("/")).await;
        a.app.run_jobs().await;
        assert_eq!(found(&a.app).await, ["goed.example", "kaal.example"]);
        let page = a.reads(HERE).await;
        assert!(page.contains("Goed &#60;b&#62;zo") && page.contains("Over ons") && !page.contains("<script>"), "{page}");
        // Nothing was knocked at: none of them is a server that we know.
        assert_eq!(a.app.number("SELECT COUNT(*) FROM peer").await, 0);
        // A list that has no end, or more on a page than anybody needs.
        let at = peer.at("/actor/regions");
        peer.serve_with(move |path| {
            let number: u32 = path.strip_prefix("/lang?page=")?.parse().ok()?;
            let base = at.strip_suffix("/actor/regions")?;
            let items: Vec<_> = (0..100).map(|n| json!({"id": format!("https://r{}.example/actor", number * 100 + n)})).collect();
            Some(json!({"type": "OrderedCollectionPage", "orderedItems": items, "next": format!("{base}/lang?page={}", number + 1)}))
        });
        peer.serve(&actor(&peer.at("/lang?page=0")));
        a.send(&format!("{HERE}/refresh"), &[]).await.leads_to();
        clock.advance(Time::SECOND);
        a.app.run_jobs().await;
        assert_eq!(found(&a.app).await.len(), 500);
        assert!(peer.all_gets() < 20, "{}", peer.all_gets());
        // What is wrong leaves what was known, and says why.
        let huge: Vec<_> = (0..1_000_000).map(|n| format!("https://r{n}.example/actor")).collect();
        for (page, words) in [
            (Page::Text { status: 200, kind: ACTIVITY_JSON.into(), body: json!({"type": "Collection", "items": huge}).to_string() }, "te groot"),
            (Page::Redirect("https://slecht.example/lijst".into()), "stuurt ons door"),
            (Page::Text { status: 200, kind: "text/html".into(), body: "<html>".into() }, "niet kunnen lezen"),
            (Page::Text { status: 200, kind: ACTIVITY_JSON.into(), body: json!({"type": "Note", "id": "x"}).to_string() }, "geen lijst van regio"),
        ] {
            peer.page("/lang?page=0", page);
            a.send(&format!("{HERE}/refresh"), &[]).await.leads_to();
            clock.advance(Time::DAY);
            a.again().await;
            a.app.run_jobs().await;
            let shown = a.reads(HERE).await;
            assert!(shown.contains(words), "{words}: {shown}");
            assert_eq!(found(&a.app).await.len(), 500);
        }
        a.app.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_addresses_that_can_be_a_list_are_taken() {
    let clock = Clock::manual(START);
    let mut a = Region::start(On::Sqlite, "a", &clock, "open").await;
    for wrong in ["", "geen naam", "http://onveilig.example/", "ftp://x.example/", "javascript:alert(1)", "https://u:p@x.example/"] {
        assert_eq!(a.send(HERE, &[("address", wrong)]).await.status, 422, "{wrong}");
    }
    let own = a.app.core.urls.instance_actor();
    assert_eq!(a.send(HERE, &[("address", &own)]).await.status, 403);
    a.send("/admin/federation", &[("host", "slecht.example"), ("rule", "block"), ("reason", "Reclame")]).await.leads_to();
    assert_eq!(a.send(HERE, &[("address", "slecht.example")]).await.status, 403);
    assert_eq!(a.app.number("SELECT COUNT(*) FROM region_list").await, 0);
    a.app.finish().await;
}
