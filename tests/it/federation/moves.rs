//! Actors that move: from elsewhere to elsewhere, forged and well; and ours that go.

use meent::db;
use meent::db::watches::WatchKind;
use meent::error::Error;
use meent::model::{Actor, Clock, Time};
use meent::ops::{moving, watching};
use serde_json::{Value, json};

use super::Scene;
use crate::on_both;
use crate::support::peer::{ACTIVITY_JSON, Peer, Stranger, get};
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp, settle};

fn goes(by: &Stranger, number: u32, object: &str, target: &str) -> Value {
    let mut activity = by.says("Move", number, &json!(object));
    activity["target"] = json!(target);
    activity
}

/// Says of somebody what they were before, and where they are now.
fn place(peer: &Peer, who: &Stranger, kind: &str, before: &[&str], now: Option<&str>) {
    let mut document = who.document(kind);
    document["alsoKnownAs"] = json!(before);
    if let Some(now) = now {
        document["movedTo"] = json!(now);
    }
    peer.serve(&document);
}

async fn watches(scene: &Scene, who: &str) -> bool {
    let known = scene.app.actor(who).await;
    db::watches::holds(&mut scene.app.core.db.conn(), scene.bram.id, WatchKind::Member, known.id.0).await.expect("a read")
}

async fn go(app: &TestApp, by: &Actor, what: &Actor, to: &Actor) -> Result<(), Error> {
    let mut tx = app.core.db.begin().await?;
    moving::go(&app.core, &mut tx, by, what, to).await?;
    app.core.commit(tx).await
}

on_both! {
    async fn t_36_who_moves_is_followed_only_where_the_new_one_says_so(on: On) {
        let scene = Scene::start(on).await;
        let (tom, kim) = (scene.peer.actor("Person", "/u/tom"), scene.peer.actor("Person", "/u/kim"));
        let other = Peer::start("nieuw").await;
        let (new, next) = (other.actor("Person", "/u/tomas"), other.actor("Person", "/u/tomasz"));
        let known = scene.app.fed.actor(&tom.id).await.expect("Tom");
        let mut tx = scene.app.core.db.begin().await.unwrap();
        watching::watch(&scene.app.core, &mut tx, &scene.bram, WatchKind::Member, known.id.0, true).await.unwrap();
        scene.app.core.commit(tx).await.unwrap();
        // Somebody else moves him; the new one knows nothing of it; it is where it was; onto one of ours; a group of it.
        scene.refused(&kim, &goes(&kim, 1, &tom.id, &new.id), "ignored", "a topic").await;
        scene.refused(&tom, &goes(&tom, 1, &tom.id, &new.id), "failed", "not-yours").await;
        scene.refused(&tom, &goes(&tom, 2, &tom.id, &tom.id), "failed", "where it was").await;
        scene.refused(&tom, &goes(&tom, 3, &tom.id, &scene.bram.ap_id), "failed", "not-yours").await;
        scene.refused(&tom, &goes(&tom, 4, &tom.id, &scene.group.ap_id), "failed", "no group").await;
        // A topic of NodeBB goes to another category: that is something else.
        let mut topic = goes(&tom, 5, &scene.peer.at("/topic/1"), &scene.peer.at("/category/2"));
        topic["origin"] = json!(scene.peer.at("/category/1"));
        scene.refused(&tom, &topic, "ignored", "a topic").await;
        // One that has moved on itself leads nowhere.
        place(&other, &new, "Person", &[&tom.id], Some(&next.id));
        scene.refused(&tom, &goes(&tom, 6, &tom.id, &new.id), "ignored", "not there either").await;
        place(&other, &new, "Person", &[&tom.id], None);
        scene.done(&tom, &goes(&tom, 7, &tom.id, &new.id)).await;
        assert!(watches(&scene, &new.id).await && watches(&scene, &tom.id).await);
        let page = Visitor::of(&scene.app).get(&scene.app.actor(&tom.id).await.path()).await;
        assert!(page.body.contains("Dit lid is verhuisd naar") && page.body.contains("tomas@nieuw"), "{}", page.body);
        // Not again within the week, also not to where it came from.
        place(&other, &next, "Person", &[&tom.id, &new.id], None);
        scene.refused(&tom, &goes(&tom, 8, &tom.id, &next.id), "ignored", "just moved").await;
        assert!(db::actors::by_ap_id(&mut scene.app.core.db.conn(), &next.id).await.unwrap().is_none() || !watches(&scene, &next.id).await);
        scene.app.clock.advance(8 * Time::DAY);
        scene.done(&tom, &goes(&tom, 9, &tom.id, &next.id)).await;
        assert!(watches(&scene, &next.id).await);
        scene.finish().await;
    }

    async fn t_36_a_group_that_moves_takes_its_members_along(on: On) {
        let scene = Scene::start(on).await;
        let old = scene.followed_group("/c/buren").await;
        let other = Peer::start("nieuw").await;
        let new = other.actor("Group", "/c/buurt");
        place(&other, &new, "Group", &[&old.id], None);
        scene.done(&old, &goes(&old, 1, &old.id, &new.id)).await;
        let there = scene.app.actor(&new.id).await;
        let groups = db::follows::groups_of(&mut scene.app.core.db.conn(), scene.bram.id).await.unwrap();
        assert!(groups.iter().any(|group| group.id == there.id));
        assert!(other.inbox().iter().any(|letter| letter.contains("\"Follow\"")), "{:?}", other.inbox());
        let mut visitor = Visitor::logged_in(&scene.app, &scene.bram).await;
        let page = visitor.get(&scene.app.actor(&old.id).await.path()).await;
        assert!(page.body.contains("Deze groep is verhuisd naar") && !page.body.contains("/ask\""), "{}", page.body);
        scene.finish().await;
    }

    async fn a_member_and_a_group_of_ours_move_and_the_old_addresses_still_answer(on: On) {
        let clock = Clock::manual(START);
        let (a, b, c) = (TestApp::start(on, "a", &clock).await, TestApp::start(on, "b", &clock).await, TestApp::start(on, "c", &clock).await);
        let (sanne, here) = (a.member("sanne", "Sanne Bakker").await, b.member("sannebakker", "Sanne Bakker").await);
        let cor = c.member("cor", "Cor Hendriks").await;
        let old = a.group("jeugd", "Jeugdhulp", &sanne).await;
        let new = b.group("jongeren", "Jongeren", &here).await;
        let of_c = c.find(&format!("jeugd@{}", a.host())).await.expect("the group");
        c.join(&cor, &of_c).await;
        let question = a.ask(&sanne, &old, "Wie weet dit?", "Wij niet.").await;
        settle(&[&a, &b, &c]).await;
        crate::moderation::make_admin(&a, &sanne).await;
        crate::moderation::make_admin(&b, &here).await;
        let mut visitor = Visitor::logged_in(&a, &sanne).await;
        let mut there = Visitor::logged_in(&b, &here).await;
        for (path, before, after) in [("/account/move", "sanne", "sannebakker"), ("/c/jeugd/move", "jeugd", "jongeren")] {
            let fields = |csrf: &str, sure: &str| {
                vec![("csrf".to_owned(), csrf.to_owned()), ("to".into(), format!("{after}@{}", b.host())), ("sure".into(), sure.to_owned())]
            };
            let csrf = visitor.get(path).await.value("csrf");
            let send = async |visitor: &mut Visitor, all: Vec<(String, String)>| {
                let all: Vec<(&str, &str)> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                visitor.post(path, &all).await
            };
            // Not sure; and not yet known there.
            assert_eq!(send(&mut visitor, fields(&csrf, "")).await.status, 422, "{path}");
            assert_eq!(send(&mut visitor, fields(&csrf, "1")).await.status, 403, "{path}");
            let from = if before == "sanne" { "/account/move".to_owned() } else { "/c/jongeren/move".to_owned() };
            let page = there.get(&from).await;
            let known = format!("{before}@{}", a.host());
            there.post(&format!("{from}/from"), &[("csrf", &page.value("csrf")), ("from", &known)]).await.leads_to();
            assert!(there.get(&from).await.body.contains(&known));
            send(&mut visitor, fields(&csrf, "1")).await.leads_to();
        }
        settle(&[&a, &b, &c]).await;
        // Cor is in the new group, and reads on the page of the old one where it went.
        let groups = db::follows::groups_of(&mut c.core.db.conn(), cor.id).await.unwrap();
        assert!(groups.iter().any(|group| group.ap_id == new.ap_id), "{groups:?}");
        let page = Visitor::logged_in(&c, &cor).await.get(&of_c.path()).await;
        assert!(page.body.contains("Deze groep is verhuisd naar"), "{}", page.body);
        // The old ones answer, and say where they are now.
        for (id, now) in [(&sanne.ap_id, &here.ap_id), (&old.ap_id, &new.ap_id)] {
            let path = id.strip_prefix(a.core.urls.base()).unwrap();
            let document = get(&a, "GET", path, ACTIVITY_JSON).await.json();
            assert_eq!(document["movedTo"], json!(now));
            let finger = get(&a, "GET", &format!("/.well-known/webfinger?resource={id}"), "").await;
            assert_eq!(finger.status, 200);
        }
        // Nothing is added to the old group any more, from here or from elsewhere; what is there can be read.
        let page = visitor.get("/c/jeugd").await;
        assert!(page.body.contains("Deze groep is verhuisd naar") && page.body.contains("Wie weet dit?") && !page.body.contains("/c/jeugd/ask\""), "{}", page.body);
        let body = meent::model::names::Body::parse("Nog iets").unwrap();
        let mut tx = a.core.db.begin().await.unwrap();
        let refused = meent::ops::publishing::reply(&a.core, &mut tx, &sanne, &question, &body, false, "nl").await;
        assert!(matches!(refused, Err(Error::Forbidden("error-group-moved"))), "{refused:?}");
        drop(tx);
        assert!(matches!(go(&a, &sanne, &old, &a.actor(&new.ap_id).await).await, Err(Error::Forbidden("error-moved-lately"))));
        // Back again after all.
        visitor.post("/c/jeugd/move/stay", &[("csrf", &page.value("csrf"))]).await.leads_to();
        a.reply(&sanne, &question, "Weer open.").await;
        settle(&[&a, &b, &c]).await;
        assert!(c.reads(&question.ap_id).await.contains("Weer open."));
        for app in [a, b, c] {
            app.finish().await;
        }
    }
}
