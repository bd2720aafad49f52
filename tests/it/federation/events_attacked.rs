//! What can be tried with events and with who comes to them: T-31, T-56 to T-58.

use meent::model::{EventStatus, Plan, Rsvp, SignUp, Standing, Time};
use serde_json::{Value, json};

use super::accepted_by::got;
use super::events::{answers, of_mobilizon};
use super::{PUBLIC, Scene};
use crate::on_both;
use crate::support::On;
use crate::support::peer::{ACTIVITY_JSON, Peer, get};
use crate::support::planned::{attendee, called_off, event, planned, says, session, standing};
use crate::support::visitor::Visitor;

on_both! {
    async fn t_31_only_the_author_of_an_event_answers_who_would_come(on: On) {
        let scene = Scene::start(on).await;
        let (app, els) = (&scene.app, &scene.els);
        let tom = scene.peer.actor("Person", "/u/tom");
        let theirs = of_mobilizon(&scene, els, 1);
        let id = theirs["id"].as_str().expect("an id").to_owned();
        scene.done(els, &els.says("Create", 1, &theirs)).await;
        // Nobody asked.
        let about = |join: &str| json!({"id": join, "type": "Join", "actor": scene.bram.ap_id, "object": id});
        scene.refused(els, &els.says("Accept", 2, &about("https://elders.example/join/1")), "ignored", "not asked for").await;
        says(app, &scene.bram, &id, Rsvp::Yes).await.expect("a yes");
        app.run_jobs().await;
        let join = got(&scene.peer).into_iter().find(|it| it["type"] == "Join").expect("a Join")["id"].as_str().expect("an id").to_owned();
        // A neighbour of the author, and somebody with a server of their own; by the id, and by what stands in it.
        let far = Peer::start("verder").await;
        let kim = far.actor("Person", "/u/kim");
        for (number, kind) in [(3, "Accept"), (4, "Reject"), (5, "TentativeAccept")] {
            scene.refused(&tom, &tom.says(kind, number, &about(&join)), "failed", "not-yours").await;
            scene.refused(&kim, &kim.says(kind, number, &json!(join)), "failed", "not-yours").await;
            scene.refused(&kim, &kim.says(kind, number + 10, &about("https://elders.example/join/2")), "failed", "not-yours").await;
        }
        assert_eq!(standing(app, &scene.bram.ap_id, &id).await, Standing::Sent);
        // Els takes herself into an event of ours: an answer is for the event's author, and not to a Join that is not ours.
        let ours = planned(app, &scene.bram, &scene.group, "Werksessie", &session(app, Some(1)), None).await;
        scene.done(els, &els.says("Join", 6, &json!(ours.ap_id))).await;
        let own = json!({"id": format!("{}#Join/6", els.id), "type": "Join", "actor": els.id, "object": ours.ap_id});
        scene.refused(els, &els.says("Accept", 7, &own), "ignored", "not an answer to a Join of ours").await;
        assert_eq!(standing(app, &els.id, &ours.ap_id).await, Standing::Waiting);
        // The author, naming an id that it had before we asked again.
        scene.app.clock.advance(2 * Time::HOUR);
        meent::ops::agenda::turn(&app.core).await.expect("a turn");
        app.run_jobs().await;
        assert_ne!(attendee(app, &scene.bram.ap_id, &id).await.expect("Bram").ap_id, join);
        let mut refusal = els.says("Reject", 8, &json!(join));
        refusal["published"] = json!(scene.time(0));
        scene.done(els, &refusal).await;
        let mut accept = els.says("Accept", 9, &about("https://elders.example/another-id"));
        accept["published"] = json!(scene.time(1_000));
        scene.done(els, &accept).await;
        assert_eq!(standing(app, &scene.bram.ap_id, &id).await, Standing::In);
        // The earlier answer comes once more, under another name.
        refusal["id"] = json!(format!("{}#Reject/10", els.id));
        scene.refused(els, &refusal, "ignored", "a newer answer").await;
        assert_eq!(standing(app, &scene.bram.ap_id, &id).await, Standing::In);
        scene.finish().await;
    }

    async fn t_56_a_join_is_for_oneself_in_time_and_once(on: On) {
        let scene = Scene::start(on).await;
        let (app, els) = (&scene.app, &scene.els);
        let plan = session(app, Some(3));
        let post = planned(app, &scene.bram, &scene.group, "Werksessie", &plan, None).await;
        let tom = scene.peer.actor("Person", "/u/tom");
        // For somebody else; and a group passes on that somebody comes, which is nobody's business.
        let mut forged = els.says("Join", 1, &json!(post.ap_id));
        forged["actor"] = json!(tom.id);
        assert_eq!(els.sends(app, &forged).await, 401);
        let zorg = scene.followed_group("/c/zorg").await;
        scene.refused(&zorg, &zorg.says("Announce", 1, &tom.says("Join", 1, &json!(post.ap_id))), "ignored", "").await;
        let relay = scene.peer.actor("Application", "/relay");
        scene.refused(&relay, &relay.says("Join", 1, &json!(post.ap_id)), "ignored", "only people").await;
        assert_eq!(standing(app, &tom.id, &post.ap_id).await, Standing::Out);
        // Many times: one place, and each is answered, for the answer may have been lost.
        for number in 2..22 {
            scene.done(els, &els.says("Join", number, &json!(post.ap_id))).await;
        }
        let known = app.post(&post.ap_id).await;
        assert_eq!(meent::db::attendees::counts(&mut app.core.db.conn(), known.id).await.expect("a count"), (2, 0));
        assert_eq!(answers(&scene).len(), 20);
        // Somebody else takes no place away: by the event, by the Join, by its id.
        for (number, undone) in [(2, json!(format!("{}#Join/21", els.id))), (3, json!({"id": format!("{}#Join/21", els.id), "type": "Join", "actor": els.id, "object": post.ap_id}))] {
            assert_eq!(tom.sends(app, &tom.says("Undo", number, &undone)).await, 202);
        }
        assert_eq!(tom.sends(app, &tom.says("Leave", 4, &json!(post.ap_id))).await, 202);
        scene.wear_out().await;
        assert_eq!(standing(app, &els.id, &post.ap_id).await, Standing::In);
        // Called off, closed, begun, over, on another site, removed: refused, and nothing is kept.
        let refused = async |event: &meent::model::Post, number: u32| {
            scene.done(&tom, &tom.says("Join", number, &json!(event.ap_id))).await;
            let answer = answers(&scene).pop().expect("an answer");
            assert_eq!((&answer["type"], &answer["to"], &answer["object"]["object"]), (&json!("Reject"), &json!([tom.id]), &json!(event.ap_id)));
            assert!(attendee(app, &tom.id, &event.ap_id).await.is_none_or(|attendee| attendee.state == Standing::Out));
        };
        let off = planned(app, &scene.bram, &scene.group, "Gaat niet door", &plan, None).await;
        called_off(app, &scene.bram, &off, true).await;
        refused(&off, 30).await;
        let elsewhere = Plan { sign_up: SignUp::Elsewhere, sign_up_link: "https://aanmelden.example/1".into(), ..plan.clone() };
        refused(&planned(app, &scene.bram, &scene.group, "Elders", &elsewhere, None).await, 31).await;
        let gone = planned(app, &scene.bram, &scene.group, "Weg", &plan, None).await;
        app.remove(&scene.bram, &gone).await;
        refused(&gone, 32).await;
        let closes = planned(app, &scene.bram, &scene.group, "Sluit", &plan, None).await;
        for (number, at) in [(33, plan.closes_at()), (34, plan.starts_at), (35, plan.over_at().plus(Time::DAY))] {
            app.clock.advance(at.0 - app.clock.now().0);
            app.run_jobs().await;
            refused(&closes, number).await;
        }
        scene.finish().await;
    }

    async fn t_56_whatever_the_order_the_newest_word_counts(on: On) {
        let scene = Scene::start(on).await;
        let app = &scene.app;
        let word = |els: &crate::support::peer::Stranger, post: &str, kind: &str, number: u32, offset: i64, join: u32| {
            let mut word = els.says(kind, number, &json!(post));
            word["published"] = json!(scene.time(offset));
            if kind == "Leave" {
                word["meent:join"] = json!(format!("{}#Join/{join}", els.id));
            }
            word
        };
        for (round, order) in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]].into_iter().enumerate() {
            let els = scene.peer.actor("Person", &format!("/u/els{round}"));
            let post = planned(app, &scene.bram, &scene.group, "Werksessie", &session(app, None), None).await;
            let words = [word(&els, &post.ap_id, "Join", 1, 0, 0), word(&els, &post.ap_id, "Leave", 2, 1_000, 1), word(&els, &post.ap_id, "Join", 3, 2_000, 0)];
            for index in order.into_iter().chain(order) {
                assert_eq!(els.sends(app, &words[index]).await, 202);
                app.run_jobs().await;
            }
            // Each once more, under another name, as a server does that lost its memory.
            for index in order {
                let mut again = words[index].clone();
                again["id"] = json!(format!("{}?again", again["id"].as_str().expect("an id")));
                assert_eq!(els.sends(app, &again).await, 202);
                app.run_jobs().await;
            }
            assert_eq!(standing(app, &els.id, &post.ap_id).await, Standing::In, "order {order:?}");
            // And two words, the last a Leave.
            let tom = scene.peer.actor("Person", &format!("/u/tom{round}"));
            let mut two = vec![word(&tom, &post.ap_id, "Join", 1, 0, 0), word(&tom, &post.ap_id, "Leave", 2, 1_000, 1)];
            if round % 2 == 1 {
                two.reverse();
            }
            for one in &two {
                assert_eq!(tom.sends(app, one).await, 202);
                app.run_jobs().await;
            }
            assert_eq!(standing(app, &tom.id, &post.ap_id).await, Standing::Out, "round {round}");
        }
        scene.finish().await;
    }

    async fn t_57_nobody_learns_who_comes_and_a_remark_is_text(on: On) {
        let scene = Scene::start(on).await;
        let (app, els) = (&scene.app, &scene.els);
        let post = planned(app, &scene.bram, &scene.group, "Werksessie", &session(app, None), None).await;
        let mut join = els.says("Join", 1, &json!(post.ap_id));
        join["participationMessage"] = json!(format!("<script>alert(1)</script>\u{202e}{}", "x".repeat(5_000)));
        scene.done(els, &join).await;
        let known = attendee(app, &els.id, &post.ap_id).await.expect("Els");
        assert!(known.remark.starts_with("<script>alert(1)</script>x") && known.remark.chars().count() <= 500, "{}", known.remark);
        assert!(!known.visible);
        let accept = answers(&scene).pop().expect("an answer");
        let path = |id: &Value| id.as_str().expect("an id").strip_prefix(app.core.urls.base()).expect("ours").to_owned();
        assert_eq!(get(app, "GET", &path(&accept["id"]), ACTIVITY_JSON).await.status, 404);
        let event = path(&json!(post.ap_id));
        for part in ["", "/attendees", "/organizers", "/context", "/context?page=1", "/replies", "/replies?page=1"] {
            let document = get(app, "GET", &format!("{event}{part}"), ACTIVITY_JSON).await;
            assert!(document.status == 200 && !document.body.contains(&els.id) && !document.body.contains("geheim"), "{part}: {}", document.body);
        }
        let outbox = get(app, "GET", "/u/bram/outbox?page=1", ACTIVITY_JSON).await;
        assert!(outbox.body.contains("Werksessie") && !outbox.body.contains(&els.id) && !outbox.body.contains("geheim"), "{}", outbox.body);
        let page = Visitor::of(app).get(&event).await;
        assert!(!page.body.contains("alert(1)") && !page.body.contains("geheim"), "{}", page.body);
        // Nothing of it was passed on to who follows the group.
        let listener = Peer::start("luisteraar").await;
        let lot = listener.actor("Person", "/u/lot");
        scene.done(&lot, &lot.says("Follow", 1, &json!(scene.group.ap_id))).await;
        let tom = scene.peer.actor("Person", "/u/tom");
        scene.done(&tom, &tom.says("Join", 1, &json!(post.ap_id))).await;
        scene.done(&tom, &tom.says("Leave", 2, &json!(post.ap_id))).await;
        assert!(got(&listener).iter().all(|it| !it.to_string().contains(&tom.id)), "{:?}", listener.inbox());
        scene.finish().await;
    }

    async fn t_58_an_event_is_changed_by_its_author_and_makes_sense(on: On) {
        let scene = Scene::start(on).await;
        let (app, els) = (&scene.app, &scene.els);
        let theirs = of_mobilizon(&scene, els, 1);
        let id = theirs["id"].as_str().expect("an id").to_owned();
        scene.done(els, &els.says("Create", 1, &theirs)).await;
        // Somebody else: a neighbour, and about one of ours.
        let tom = scene.peer.actor("Person", "/u/tom");
        scene.later();
        let mut moved = theirs.clone();
        (moved["startTime"], moved["updated"]) = (json!("2026-11-20T13:30:00+01:00"), json!(scene.time(0)));
        scene.refused(&tom, &tom.says("Update", 2, &moved), "failed", "not-yours").await;
        moved["attributedTo"] = json!(tom.id);
        moved["actor"] = json!(tom.id);
        scene.refused(&tom, &tom.says("Update", 3, &moved), "failed", "not-yours").await;
        let ours = planned(app, &scene.bram, &scene.group, "Werksessie", &session(app, None), None).await;
        let mut of_ours = theirs.clone();
        of_ours["id"] = json!(ours.ap_id);
        scene.refused(els, &els.says("Update", 4, &of_ours), "ignored", "it is ours").await;
        assert_eq!(event(app, &ours.ap_id).await.status, EventStatus::Planned);
        assert_eq!(event(app, &id).await.plan.starts_at.rfc3339(), "2026-12-08T12:30:00.000Z");
        // What makes no sense is left out.
        let mut number = 10;
        let mut becomes = async |field: &str, value: Value| {
            number += 1;
            let mut odd = of_mobilizon(&scene, els, number);
            odd[field] = value;
            scene.done(els, &els.says("Create", number, &odd)).await;
            event(app, odd["id"].as_str().expect("an id")).await
        };
        for end in ["2026-12-08T13:30:00+01:00", "2026-12-08T12:00:00+01:00", "2031-12-08T12:00:00+01:00", "morgen"] {
            assert_eq!(becomes("endTime", json!(end)).await.plan.ends_at, None, "{end}");
        }
        for capacity in [json!(-1), json!(0), json!(1e300), json!("40"), json!(40.5), json!(9_000_000_000_000_000_000_u64), json!(i64::MAX)] {
            assert_eq!(becomes("maximumAttendeeCapacity", capacity.clone()).await.plan.capacity, None, "{capacity}");
            assert_eq!(becomes("participantCount", if capacity == json!(0) { json!(-5) } else { capacity }).await.told_attending, None);
        }
        for zone in [json!("Mars/Olympus"), json!("<b>"), json!(7), Value::Null] {
            assert_eq!(becomes("timezone", zone).await.plan.zone, "Europe/Amsterdam");
        }
        let joined = becomes("joinMode", json!("external")).await;
        assert_eq!(joined.plan.sign_up, SignUp::Elsewhere);
        for link in ["javascript:alert(1)", "https://user:secret@elders.example/", "data:text/html,x", "ftp://elders.example/"] {
            let event = becomes("attachment", json!([{"type": "Link", "href": link}])).await;
            assert_eq!(event.plan.online_link, "");
        }
        assert_eq!(becomes("meent:series", json!(ours.ap_id)).await.series, None, "the series of somebody else");
        assert_eq!(becomes("meent:report", json!(ours.ap_id)).await.report, None, "what somebody else wrote");
        let long = becomes("location", json!({"type": "Place", "name": "x".repeat(5_000), "address": {"streetAddress": "\u{202e}y"}})).await;
        assert!(long.plan.place.name.chars().count() <= 200 && long.plan.place.street == "y");
        assert_eq!(becomes("location", json!([[[]], 7, null])).await.plan.place.line(), "");
        // And what does not say when it begins is no event.
        for (index, start) in [Value::Null, json!("straks"), json!("9999-12-31T23:59:59Z"), json!("1203-01-01T00:00:00Z"), json!(1_795_165_200)].into_iter().enumerate() {
            let number = 200 + u32::try_from(index).expect("a number");
            let mut odd = of_mobilizon(&scene, els, number);
            odd["startTime"] = start;
            scene.refused(els, &els.says("Create", number, &odd), "failed", "when it begins").await;
            assert!(scene.known(&odd).await.is_none());
        }
        // An event of ours that says it is one, and has no time, is no event either.
        let mut question = scene.post_of(els, "Article", 300, "Geen bijeenkomst");
        question["meent:kind"] = json!("event");
        scene.done(els, &els.says("Create", 300, &question)).await;
        assert_eq!(scene.copy(&question).await.kind.word(), "question");
        scene.finish().await;
    }

    async fn what_stands_for_an_event_and_what_is_direct_starts_nothing(on: On) {
        let scene = Scene::start(on).await;
        let (app, els) = (&scene.app, &scene.els);
        let mut companion = scene.post_of(els, "Note", 1, "Agenda: Werksessie");
        companion["meent:kind"] = json!("eventCompanion");
        scene.refused(els, &els.says("Create", 1, &companion), "ignored", "not a kind of post").await;
        // A direct note about an event of somebody else, about one that did not come from what interests them, and to nobody.
        let ours = planned(app, &scene.bram, &scene.group, "Werksessie", &session(app, None), None).await;
        let note = |event: &str, to: &str| json!({"id": scene.peer.at("/note/1"), "type": "Note", "attributedTo": els.id, "to": [to], "cc": [], "content": "<p>Kom!</p>", "meent:event": event});
        scene.refused(els, &els.says("Create", 2, &note(&ours.ap_id, &scene.bram.ap_id)), "failed", "not-yours").await;
        let theirs = of_mobilizon(&scene, els, 5);
        scene.done(els, &els.says("Create", 3, &theirs)).await;
        scene.refused(els, &els.says("Create", 4, &note(theirs["id"].as_str().expect("an id"), &scene.bram.ap_id)), "ignored", "no question").await;
        scene.refused(els, &els.says("Create", 5, &note(theirs["id"].as_str().expect("an id"), &app.core.urls.at("/u/niemand"))), "ignored", "nobody of ours").await;
        // Other direct notes are refused as before.
        let mut plain = note("-", &scene.bram.ap_id);
        plain.as_object_mut().expect("an object").remove("meent:event");
        scene.refused(els, &els.says("Create", 7, &plain), "failed", "is not public").await;
        assert!(scene.known(&plain).await.is_none());
        // Interest in the name of others, and in what is no question.
        let question = app.ask(&scene.bram, &scene.group, "Wie weet dit?", "Wij niet.").await;
        let tom = scene.peer.actor("Person", "/u/tom");
        let add = |by: &crate::support::peer::Stranger, whom: &str, target: &str, number: u32| {
            let mut add = by.says("Add", number, &json!(whom));
            (add["target"], add["to"]) = (json!(format!("{target}/interested")), json!([PUBLIC]));
            add
        };
        scene.refused(els, &add(els, &tom.id, &question.ap_id, 1), "ignored", "").await;
        scene.refused(els, &add(els, &els.id, &ours.ap_id, 2), "ignored", "no question").await;
        scene.done(els, &add(els, &els.id, &question.ap_id, 3)).await;
        let count = meent::db::interests::count(&mut app.core.db.conn(), question.id).await.expect("a count");
        assert_eq!(count, 1);
        // About an event that nobody knows.
        assert_eq!(els.sends(app, &els.says("Create", 8, &note(&scene.peer.at("/post/77"), &scene.bram.ap_id))).await, 202);
        scene.wear_out().await;
        scene.finish().await;
    }
}
