//! What is said in the name of moderators, by who is one and by who is not: threads that are closed and pinned, moderators,
//! suspensions, reports.

use meent::db;
use meent::db::reports::Desk;
use meent::model::{Actor, Time};
use serde_json::{Value, json};

use super::{PUBLIC, Scene};
use crate::on_both;
use crate::support::On;
use crate::support::peer::{Peer, Stranger};
use crate::support::visitor::Visitor;

/// Els moderates our group from now on; gives the copy of her.
async fn empower(scene: &Scene, who: &Stranger) -> Actor {
    let known = scene.app.fed.actor(&who.id).await.expect("an actor");
    let mut tx = scene.app.core.db.begin().await.expect("a transaction");
    db::actors::add_moderator(&mut tx, scene.group.id, known.id).await.expect("a moderator");
    scene.app.core.commit(tx).await.expect("a commit");
    known
}

/// A group on the other server that Bram follows, with its collections.
async fn whole_group(scene: &Scene, path: &str) -> Stranger {
    let group = scene.peer.actor("Group", path);
    let mut document = group.document("Group");
    document["featured"] = json!(format!("{}/featured", group.id));
    document["attributedTo"] = json!(format!("{}/moderators", group.id));
    scene.peer.serve(&document);
    for part in ["featured", "moderators"] {
        let id = format!("{}/{part}", group.id);
        scene.peer.serve(&json!({"id": id, "type": "OrderedCollection", "totalItems": 0, "orderedItems": []}));
    }
    let known = scene.app.find(&group.id).await.expect("the group is found");
    scene.app.join(&scene.bram, &known).await;
    scene.app.run_jobs().await;
    group
}

async fn locked(scene: &Scene, id: &str) -> bool {
    scene.app.post(id).await.locked_at.is_some()
}

async fn moderators(scene: &Scene) -> Vec<String> {
    let found = db::actors::moderators(&mut scene.app.core.db.conn(), scene.group.id).await.expect("moderators");
    found.into_iter().map(|actor| actor.name).collect()
}

async fn is_suspended(scene: &Scene, member: &str, group: &str) -> bool {
    let (member, group) = (scene.app.actor(member).await, scene.app.actor(group).await);
    let mut conn = scene.app.core.db.conn();
    db::suspensions::holds(&mut conn, member.id, group.id, scene.app.clock.now()).await.expect("a read")
}

async fn set_software(scene: &Scene, host: &str, name: &str) {
    let mut tx = scene.app.core.db.begin().await.expect("a transaction");
    db::deliveries::know(&mut tx, host).await.expect("a peer");
    db::deliveries::set_software(&mut tx, host, Some((name, "1")), scene.app.clock.now()).await.expect("software");
    scene.app.core.commit(tx).await.expect("a commit");
}

fn block(by: &Stranger, number: u32, whom: &str, target: &str) -> Value {
    let mut block = by.says("Block", number, &json!(whom));
    block["target"] = json!(target);
    block["summary"] = json!("Niet aardig");
    block
}

on_both! {
    async fn t_23_a_lock_is_for_moderators_and_so_is_opening_again(on: On) {
        let scene = Scene::start(on).await;
        let question = scene.app.ask(&scene.bram, &scene.group, "Wie weet dit?", "Wij niet.").await;
        let tom = scene.peer.actor("Person", "/u/tom");
        let id = question.ap_id.as_str();
        let lock = scene.els.says("Lock", 1, &json!(id));
        scene.refused(&scene.els, &lock, "failed", "only-moderators").await;
        empower(&scene, &scene.els).await;
        let lock = scene.els.says("Lock", 2, &json!(id));
        scene.done(&scene.els, &lock).await;
        assert!(locked(&scene, id).await);
        // T-55: what comes in after that stays out, an edit of what stands does not.
        scene.refused(&tom, &tom.says("Create", 1, &scene.reply_of(&tom, 1, id, "Toch nog")), "ignored", "locked").await;
        // Tom takes it back: Els' lock, one of his own, by its id, and through a group elsewhere.
        let buren = whole_group(&scene, "/c/buren").await;
        scene.refused(&tom, &tom.says("Undo", 2, &lock), "failed", "not-yours").await;
        scene.refused(&tom, &tom.says("Undo", 3, &tom.says("Lock", 9, &json!(id))), "failed", "only-moderators").await;
        scene.refused(&tom, &tom.says("Undo", 4, &lock["id"]), "failed", "only-moderators").await;
        let (state, _) = scene.outcome(&buren, &buren.says("Announce", 1, &scene.els.says("Undo", 5, &lock))).await;
        assert!(state != "done" && locked(&scene, id).await);
        scene.done(&scene.els, &scene.els.says("Undo", 6, &lock["id"])).await;
        assert!(!locked(&scene, id).await);
        // Taken back before it comes in; and once more, passed on by who has no say.
        let early = scene.els.says("Lock", 7, &json!(id));
        scene.outcome(&scene.els, &scene.els.says("Undo", 8, &early)).await;
        scene.refused(&scene.els, &early, "ignored", "newer").await;
        assert!(!locked(&scene, id).await);
        // With dates, the newest wins in whatever order they come; a date from the future does not stand for ever.
        let dated = |kind: &str, number: u32, inner: &Value, offset: i64| {
            let mut activity = scene.els.says(kind, number, inner);
            activity["published"] = json!(scene.time(offset));
            activity
        };
        scene.done(&scene.els, &dated("Undo", 10, &scene.els.says("Lock", 11, &json!(id)), 5 * Time::SECOND)).await;
        scene.refused(&scene.els, &dated("Lock", 12, &json!(id), Time::SECOND), "ignored", "newer").await;
        assert!(!locked(&scene, id).await);
        scene.done(&scene.els, &dated("Lock", 13, &json!(id), 900 * Time::DAY)).await;
        assert!(locked(&scene, id).await);
        scene.app.clock.advance(2 * Time::HOUR);
        scene.done(&scene.els, &dated("Undo", 14, &scene.els.says("Lock", 15, &json!(id)), 0)).await;
        assert!(!locked(&scene, id).await);
        // No longer a moderator: from then on nothing (T-63).
        let els = scene.app.actor(&scene.els.id).await;
        let mut tx = scene.app.core.db.begin().await.unwrap();
        db::actors::remove_moderator(&mut tx, scene.group.id, els.id).await.unwrap();
        scene.app.core.commit(tx).await.unwrap();
        scene.refused(&scene.els, &scene.els.says("Lock", 16, &json!(id)), "failed", "only-moderators").await;
        scene.finish().await;
    }

    async fn t_30_collections_are_changed_by_moderators_of_that_group_alone(on: On) {
        let scene = Scene::start(on).await;
        let question = scene.app.ask(&scene.bram, &scene.group, "Wie weet dit?", "Wij niet.").await;
        let group = scene.group.ap_id.clone();
        let buren = whole_group(&scene, "/c/buren").await;
        let add = |by: &Stranger, kind: &str, number: u32, object: &str, target: &str| {
            let mut add = by.says(kind, number, &json!(object));
            add["target"] = json!(target);
            add
        };
        let (els, tom) = (&scene.els, scene.peer.actor("Person", "/u/tom"));
        let (featured, list) = (format!("{group}/featured"), format!("{group}/moderators"));
        scene.refused(els, &add(els, "Add", 1, &question.ap_id, &featured), "failed", "only-moderators").await;
        scene.refused(els, &add(els, "Add", 2, &els.id, &list), "failed", "only-moderators").await;
        empower(&scene, els).await;
        scene.done(els, &add(els, "Add", 3, &question.ap_id, &featured)).await;
        assert!(scene.app.post(&question.ap_id).await.pinned_at.is_some());
        // A thread of another group, a collection that is none of these, one of another group.
        let other = scene.app.group("wonen", "Wonen", &scene.bram).await;
        let there = scene.app.ask(&scene.bram, &other, "Iets anders", "Elders.").await;
        scene.refused(els, &add(els, "Add", 4, &there.ap_id, &featured), "failed", "other-group").await;
        scene.refused(els, &add(els, "Add", 5, &there.ap_id, &format!("{}/featured", other.ap_id)), "failed", "only-moderators").await;
        scene.refused(els, &add(els, "Add", 6, &tom.id, &format!("{}/moderators", other.ap_id)), "failed", "only-moderators").await;
        scene.refused(els, &add(els, "Add", 7, &tom.id, &format!("{group}/followers")), "ignored", "no collection").await;
        // A group elsewhere has nothing to say about ours.
        let inner = add(els, "Remove", 8, &question.ap_id, &featured);
        scene.refused(&buren, &buren.says("Announce", 8, &inner), "failed", "other-group").await;
        // The first moderator is not pushed out by a later one, who names and removes others.
        scene.done(els, &add(els, "Add", 9, &tom.id, &list)).await;
        assert_eq!(moderators(&scene).await, ["bram", "els", "tom"]);
        scene.refused(els, &add(els, "Remove", 10, &scene.bram.ap_id, &list), "failed", "first-moderator").await;
        scene.done(els, &add(els, "Remove", 11, &tom.id, &list)).await;
        scene.refused(&tom, &add(&tom, "Add", 1, &tom.id, &list), "failed", "only-moderators").await;
        assert_eq!(moderators(&scene).await, ["bram", "els"]);
        // Undo of an Add is a Remove.
        scene.done(els, &els.says("Undo", 12, &add(els, "Add", 13, &question.ap_id, &featured))).await;
        assert!(scene.app.post(&question.ap_id).await.pinned_at.is_none());
        // In a group elsewhere: what it passes on of its own, for its own collection.
        let kim = scene.peer.actor("Person", "/u/kim");
        scene.done(&buren, &buren.says("Announce", 20, &add(&kim, "Add", 20, &kim.id, &format!("{}/moderators", buren.id)))).await;
        let known = scene.app.actor(&buren.id).await;
        assert_eq!(db::actors::moderators(&mut scene.app.core.db.conn(), known.id).await.unwrap().len(), 1);
        let third = Peer::start("derden").await;
        let cor = third.actor("Person", "/u/cor");
        let forged = add(&cor, "Remove", 1, &kim.id, &format!("{}/moderators", buren.id));
        scene.refused(&buren, &buren.says("Announce", 21, &forged), "failed", "only-moderators").await;
        scene.refused(&cor, &forged, "ignored", "no group says so").await;
        scene.finish().await;
    }

    async fn t_33_a_suspension_is_for_one_group_and_from_its_moderators(on: On) {
        let scene = Scene::start(on).await;
        let group = scene.group.ap_id.clone();
        let buren = whole_group(&scene, "/c/buren").await;
        let (els, tom) = (&scene.els, scene.peer.actor("Person", "/u/tom"));
        scene.refused(&tom, &block(&tom, 1, &els.id, &group), "failed", "only-moderators").await;
        scene.refused(&tom, &tom.says("Block", 2, &json!(scene.bram.ap_id)), "ignored", "two people").await;
        empower(&scene, els).await;
        scene.refused(els, &block(els, 1, &scene.bram.ap_id, &group), "failed", "not-suspend").await;
        let mut of_tom = block(els, 2, &tom.id, &group);
        of_tom["endTime"] = json!(scene.time(Time::DAY));
        scene.done(els, &of_tom).await;
        assert!(is_suspended(&scene, &tom.id, &group).await);
        let post = scene.post_of(&tom, "Page", 1, "Mag dit?");
        scene.refused(&tom, &tom.says("Create", 3, &post), "ignored", "suspended").await;
        // Not taken back by himself; and over by itself.
        scene.refused(&tom, &tom.says("Undo", 4, &block(&tom, 5, &tom.id, &group)), "failed", "only-moderators").await;
        scene.app.clock.advance(Time::DAY + Time::MINUTE);
        assert!(!is_suspended(&scene, &tom.id, &group).await);
        scene.done(&tom, &tom.says("Create", 6, &scene.post_of(&tom, "Page", 2, "Weer terug"))).await;
        // A group elsewhere speaks for itself: not for ours, and of ours only in itself.
        scene.refused(&buren, &buren.says("Announce", 1, &block(&tom, 7, &tom.id, &group)), "failed", "other-group").await;
        scene.done(&buren, &buren.says("Announce", 2, &block(&tom, 8, &scene.bram.ap_id, &buren.id))).await;
        assert!(is_suspended(&scene, &scene.bram.ap_id, &buren.id).await && !is_suspended(&scene, &scene.bram.ap_id, &group).await);
        let page = Visitor::logged_in(&scene.app, &scene.bram).await.get(&scene.app.actor(&buren.id).await.path()).await;
        assert!(page.body.contains("Je bent geschorst") && page.body.contains("Niet aardig"), "{}", page.body);
        // A third server lifts it, and suspends: no.
        let third = Peer::start("derden").await;
        let cor = third.actor("Person", "/u/cor");
        scene.refused(&cor, &cor.says("Undo", 1, &block(&cor, 2, &scene.bram.ap_id, &buren.id)), "failed", "only-moderators").await;
        scene.refused(&cor, &block(&cor, 3, &scene.bram.ap_id, &scene.peer.at("/")), "ignored", "not from a group").await;
        // Its own server shuts Bram out from all of its groups, and lets him in again.
        scene.done(&buren, &buren.says("Announce", 3, &tom.says("Undo", 9, &block(&tom, 8, &scene.bram.ap_id, &buren.id)))).await;
        assert!(!is_suspended(&scene, &scene.bram.ap_id, &buren.id).await);
        scene.done(&tom, &block(&tom, 10, &scene.bram.ap_id, &scene.peer.at("/"))).await;
        assert!(is_suspended(&scene, &scene.bram.ap_id, &buren.id).await && !is_suspended(&scene, &scene.bram.ap_id, &group).await);
        scene.later();
        scene.done(&tom, &tom.says("Undo", 11, &block(&tom, 10, &scene.bram.ap_id, &scene.peer.at("/")))).await;
        assert!(!is_suspended(&scene, &scene.bram.ap_id, &buren.id).await);
        scene.finish().await;
    }

    async fn t_33_a_suspension_from_elsewhere_reaches_who_is_in_the_group_and_once(on: On) {
        let scene = Scene::start(on).await;
        let buren = whole_group(&scene, "/c/buren").await;
        let (tom, bram) = (scene.peer.actor("Person", "/u/tom"), &scene.bram);
        // Each is a mail to Bram, in words of others.
        let strangers = scene.peer.actor("Group", "/c/vreemden");
        scene.app.find(&strangers.id).await.expect("the group is found");
        scene.refused(&tom, &block(&tom, 20, &bram.ap_id, &strangers.id), "ignored", "not in that group").await;
        let told = async || db::notifications::count_unread(&mut scene.app.core.db.conn(), bram.id).await.expect("a count");
        let before = told().await;
        scene.done(&buren, &buren.says("Announce", 1, &block(&tom, 21, &bram.ap_id, &buren.id))).await;
        scene.refused(&buren, &buren.says("Announce", 2, &block(&tom, 22, &bram.ap_id, &buren.id)), "ignored", "already").await;
        assert_eq!(told().await, before + 1);
        scene.finish().await;
    }

    async fn t_35_reports_come_in_every_form_about_what_is_ours_and_not_too_many(on: On) {
        let scene = Scene::start(on).await;
        let question = scene.app.ask(&scene.bram, &scene.group, "Wie weet dit?", "Wij niet.").await;
        scene.done(&scene.els, &scene.els.says("Follow", 1, &json!(scene.group.ap_id))).await;
        let open = async || db::reports::open(&mut scene.app.core.db.conn(), Desk::Everything, meent::model::ActorId(0)).await.expect("reports");
        // Mastodon: from its own actor, the account first.
        let instance = scene.peer.actor("Application", "/actor");
        let mut flag = instance.says("Flag", 1, &json!([scene.bram.ap_id, question.ap_id]));
        flag["content"] = json!(format!("<script>alert(1)</script>{}", "é".repeat(6_000)));
        scene.done(&instance, &flag).await;
        let found = open().await;
        assert_eq!((found.len(), found[0].report.post_id, found[0].report.group_id), (1, Some(question.id), Some(scene.group.id)));
        assert!(found[0].report.reason.chars().count() <= 5_000);
        let desk = Visitor::logged_in(&scene.app, &scene.bram).await.get("/c/jeugd/moderation").await;
        assert!(desk.body.contains(&format!("Gemeld vanuit {}", scene.peer.host)) && !desk.body.contains("<script>alert"), "{}", desk.body);
        // Lemmy: one post, with a reason; PieFed and Mbin a list; NodeBB objects.
        let mut flag = scene.els.says("Flag", 2, &json!(question.ap_id));
        flag["summary"] = json!("Reclame");
        scene.done(&scene.els, &flag).await;
        let kim = scene.peer.actor("Person", "/u/kim");
        scene.done(&kim, &kim.says("Flag", 1, &json!([{"id": question.ap_id, "type": "Article"}]))).await;
        assert_eq!(open().await.len(), 3);
        // The same again, what we don't know, what is nothing of ours, and through a group.
        scene.refused(&kim, &kim.says("Flag", 2, &json!([question.ap_id])), "ignored", "reported before").await;
        scene.refused(&kim, &kim.says("Flag", 3, &json!(["https://ergens.example/1", scene.app.core.urls.at("/post/1")])), "ignored", "nothing that we know").await;
        let buren = whole_group(&scene, "/c/buren").await;
        let theirs = json!({"id": scene.peer.at("/post/5"), "type": "Page", "attributedTo": kim.id, "to": [buren.id, PUBLIC], "audience": buren.id, "name": "Van hen", "content": "<p>x</p>"});
        scene.peer.serve(&theirs);
        scene.done(&buren, &buren.says("Announce", 1, &kim.says("Create", 4, &theirs))).await;
        scene.refused(&kim, &kim.says("Flag", 5, &theirs["id"]), "ignored", "nothing of ours").await;
        scene.refused(&buren, &buren.says("Announce", 2, &kim.says("Flag", 6, &json!(question.ap_id))), "ignored", "not for a group").await;
        // Withdrawn by who sent it alone, also before it comes.
        scene.refused(&kim, &kim.says("Undo", 7, &flag), "failed", "not-yours").await;
        let of_els = json!({"id": flag["id"], "type": "Flag", "object": question.ap_id});
        scene.refused(&kim, &kim.says("Undo", 8, &of_els), "failed", "not-yours").await;
        scene.done(&scene.els, &scene.els.says("Undo", 3, &flag)).await;
        assert_eq!(open().await.len(), 2);
        let early = scene.els.says("Flag", 4, &json!(question.ap_id));
        scene.outcome(&scene.els, &scene.els.says("Undo", 5, &early)).await;
        scene.refused(&scene.els, &early, "ignored", "withdrawn").await;
        // Fifty a day of one server.
        let mut posts = vec![question.ap_id.clone()];
        for number in 0..4 {
            posts.push(scene.app.ask(&scene.bram, &scene.group, &format!("Vraag {number}"), "Waarom?").await.ap_id);
        }
        for number in 0..11 {
            let many = scene.peer.actor("Person", &format!("/u/many{number}"));
            scene.outcome(&many, &many.says("Flag", 1, &json!(posts))).await;
        }
        assert!(open().await.len() <= 53, "{}", open().await.len());
        scene.refused(&kim, &kim.says("Flag", 9, &json!(posts[2])), "ignored", "enough for a day").await;
        // Nobody who follows the group hears of any of it.
        assert!(!scene.peer.inbox().iter().any(|letter| letter.contains("Flag")));
        scene.finish().await;
    }

    async fn p_09_each_make_of_server_gets_what_it_understands(on: On) {
        let scene = Scene::start(on).await;
        let others: Vec<(Peer, Stranger)> = {
            let mut others = Vec::new();
            for name in ["lemmy", "mastodon"] {
                let peer = Peer::start(name).await;
                let who = peer.actor("Person", "/u/fan");
                scene.done(&who, &who.says("Follow", 1, &json!(scene.group.ap_id))).await;
                set_software(&scene, &peer.host, name).await;
                others.push((peer, who));
            }
            others
        };
        let question = scene.app.ask(&scene.bram, &scene.group, "Wie weet dit?", "Wij niet.").await;
        let answer = scene.app.reply(&scene.bram, &question, "Toch wel.").await;
        scene.app.run_jobs().await;
        empower(&scene, &scene.els).await;
        let tom = scene.peer.actor("Person", "/u/tom");
        let mut pin = scene.els.says("Add", 1, &json!(question.ap_id));
        pin["target"] = json!(format!("{}/featured", scene.group.ap_id));
        for activity in [scene.els.says("Lock", 1, &json!(question.ap_id)), pin, block(&scene.els, 1, &tom.id, &scene.group.ap_id)] {
            scene.done(&scene.els, &activity).await;
        }
        let mut turn = scene.els.says("Move", 2, &json!(answer.ap_id));
        turn["target"] = json!(question.ap_id);
        turn["meent:kind"] = json!("comment");
        scene.refused(&tom, &{ let mut forged = turn.clone(); forged["id"] = json!(format!("{}#1", tom.id)); forged["actor"] = json!(tom.id); forged }, "failed", "only-moderators").await;
        scene.done(&scene.els, &turn).await;
        assert_eq!(scene.app.post(&answer.ap_id).await.kind.word(), "comment");
        scene.later();
        scene.app.remove(&scene.bram, &scene.app.post(&question.ap_id).await).await;
        scene.app.run_jobs().await;
        let kinds = |peer: &Peer| -> Vec<String> {
            let letters = peer.inbox();
            let read = letters.iter().map(|letter| serde_json::from_str::<Value>(letter).expect("JSON"));
            read.map(|letter| {
                let inner = letter["object"]["type"].as_str().unwrap_or_default();
                format!("{} {inner}", letter["type"].as_str().unwrap_or_default())
            })
            .collect()
        };
        let (of_lemmy, of_mastodon) = (kinds(&others[0].0), kinds(&others[1].0));
        for kind in ["Announce Lock", "Announce Add", "Announce Block", "Announce Delete"] {
            assert!(of_lemmy.iter().any(|got| got == kind), "{kind}: {of_lemmy:?}");
            assert!(!of_mastodon.iter().any(|got| got == kind), "{kind}: {of_mastodon:?}");
        }
        assert!(!of_lemmy.iter().any(|got| got.contains("Move")), "{of_lemmy:?}");
        assert!(of_mastodon.contains(&"Undo Announce".to_owned()) && !of_lemmy.contains(&"Undo Announce".to_owned()), "{of_mastodon:?}");
        scene.finish().await;
    }
}
