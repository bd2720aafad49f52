//! Events as servers of other makes write them, and how people there come to ours and ours to theirs.

use meent::db::{self, agenda};
use meent::model::{Actor, EventStatus, Plan, Post, Rsvp, SignUp, Standing, Time};
use serde_json::{Value, json};

use super::accepted_by::{got, runs};
use super::shapes::{Shapes, Then};
use super::{PUBLIC, Scene};
use crate::on_both;
use crate::support::On;
use crate::support::peer::{ACTIVITY_JSON, Stranger, get};
use crate::support::planned::{attendee, called_off, changed, decided, event, planned, says, session, standing};

/// A Mobilizon event of `by` for our group.
pub fn of_mobilizon(scene: &Scene, by: &Stranger, number: u32) -> Value {
    let mut event = scene.post_of(by, "Event", number, "Samen kijken.");
    for (field, value) in [
        ("name", json!("Werksessie speelruimte")),
        ("actor", json!(by.id)),
        ("startTime", json!("2026-12-08T13:30:00+01:00")),
        ("endTime", json!("2026-12-08T16:00:00+01:00")),
        ("timezone", json!("Europe/Amsterdam")),
        ("joinMode", json!("free")),
        ("ical:status", json!("CONFIRMED")),
        ("repliesModerationOption", json!("allow_all")),
        ("isOnline", json!(false)),
        ("maximumAttendeeCapacity", json!(40)),
        ("participantCount", json!(3)),
        (
            "attachment",
            json!([{"type": "Link", "href": "https://voorbeeld.example/werksessie", "mediaType": "text/html", "name": "Website"}]),
        ),
        (
            "location",
            json!({"type": "Place", "name": "Stadskantoor", "latitude": 52.15, "longitude": 5.38, "address": {"type": "PostalAddress",
                "streetAddress": "Plein 1", "postalCode": "3800 AA", "addressLocality": "Amersfoort", "addressRegion": null}}),
        ),
    ] {
        event[field] = value;
    }
    event
}

/// Takes an event in, and gives what it became.
async fn taken(scene: &Scene, by: &Stranger, number: u32, object: &Value) -> meent::model::Event {
    scene.done(by, &by.says("Create", number, object)).await;
    event(&scene.app, object["id"].as_str().expect("an id")).await
}

/// The answers that a server got to its Joins.
pub fn answers(scene: &Scene) -> Vec<Value> {
    got(&scene.peer).into_iter().filter(|it| it["object"]["type"] == "Join").collect()
}

async fn agenda_of(scene: &Scene, group: &Actor) -> Vec<(String, String)> {
    let mut conn = scene.app.core.db.conn();
    let (from, to) = (scene.app.clock.now(), scene.app.clock.now().plus(400 * Time::DAY));
    let page = agenda::events(&mut conn, agenda::Which::Group(group.id), None, (from, to), agenda::Way::Onward, None, 20).await;
    page.expect("a page").items.into_iter().map(|card| (card.post.title, card.event.plan.starts_at.rfc3339())).collect()
}

on_both! {
    async fn events_of_every_make_are_understood(on: On) {
        let scene = Scene::start(on).await;
        let els = &scene.els;
        let mobilizon = taken(&scene, els, 1, &of_mobilizon(&scene, els, 1)).await;
        assert_eq!(mobilizon.plan.starts_at.rfc3339(), "2026-12-08T12:30:00.000Z");
        assert_eq!(mobilizon.plan.place.line(), "Stadskantoor, Plein 1, 3800 AA Amersfoort");
        assert_eq!((mobilizon.plan.sign_up, mobilizon.plan.capacity, mobilizon.told_attending), (SignUp::Open, Some(40), Some(3)));
        assert!(scene.app.post(&format!("{}/post/1", scene.peer.at(""))).await.html.contains("voorbeeld.example/werksessie"));
        let mut restricted = of_mobilizon(&scene, els, 2);
        (restricted["joinMode"], restricted["isOnline"]) = (json!("restricted"), json!(true));
        let restricted = taken(&scene, els, 2, &restricted).await;
        assert_eq!((restricted.plan.sign_up, restricted.plan.online_link.as_str()), (SignUp::Approval, "https://voorbeeld.example/werksessie"));
        let mut external = of_mobilizon(&scene, els, 3);
        (external["joinMode"], external["externalParticipationUrl"]) = (json!("external"), json!("https://aanmelden.example/1"));
        let external = taken(&scene, els, 3, &external).await;
        assert_eq!((external.plan.sign_up, external.plan.sign_up_link.as_str()), (SignUp::Elsewhere, "https://aanmelden.example/1"));

        // PieFed: times without a zone are in UTC; it answers no Join, so the way leads to its page.
        let mut piefed = scene.post_of(els, "Event", 4, "Samen kijken.");
        for (field, value) in [
            ("startTime", json!("2026-12-08T12:30:00")), ("endTime", json!("2026-12-08T15:00:00")), ("timezone", json!("Europe/Amsterdam")),
            ("maximumAttendeeCapacity", json!(0)), ("participantCount", json!(0)), ("onlineLink", json!("https://online.example/1")), ("joinMode", json!("free")),
            ("externalParticipationUrl", Value::Null), ("anonymousParticipation", json!(true)), ("isOnline", json!(true)), ("buyTicketsLink", Value::Null),
            ("feeCurrency", Value::Null), ("feeAmount", json!(0)), ("location", json!({"type": "Place", "name": "Buurthuis", "address": "Plein 2, Amersfoort"})),
        ] {
            piefed[field] = value;
        }
        let piefed = taken(&scene, els, 4, &piefed).await;
        assert_eq!((piefed.plan.starts_at.rfc3339().as_str(), piefed.plan.capacity), ("2026-12-08T12:30:00.000Z", None));
        assert_eq!((piefed.plan.sign_up, piefed.plan.sign_up_link.as_str()), (SignUp::Elsewhere, scene.peer.at("/post/4").as_str()));
        assert_eq!((piefed.plan.online_link.as_str(), piefed.plan.place.line().as_str()), ("https://online.example/1", "Buurthuis, Plein 2, Amersfoort"));

        // WordPress, and FEP-8a8e with a list of attendees; a place as a word, and one that is none.
        let mut wordpress = scene.post_of(els, "Event", 5, "Samen kijken.");
        for (field, value) in [
            ("startTime", json!("2026-12-08T13:30:00+01:00")), ("timezone", json!("+01:00")), ("joinMode", json!("external")),
            ("externalParticipationUrl", json!("https://aanmelden.example/2")), ("location", json!("Buurthuis")), ("status", json!("CANCELLED")),
        ] {
            wordpress[field] = value;
        }
        let wordpress = taken(&scene, els, 5, &wordpress).await;
        assert_eq!((wordpress.plan.place.name.as_str(), wordpress.plan.zone.as_str(), wordpress.status), ("Buurthuis", "Europe/Amsterdam", EventStatus::Cancelled));
        let mut plain = scene.post_of(els, "Event", 6, "Samen kijken.");
        for (field, value) in [
            ("startTime", json!("2026-12-08T13:30:00+01:00")), ("joinMode", json!("free")), ("attendees", json!(scene.peer.at("/post/6/attendees"))),
            ("location", json!([{"type": "VirtualLocation", "url": "https://online.example/2"}, {"type": "Place", "name": "Zaal 3"}])),
            ("eventStatus", json!("https://schema.org/EventRescheduled")),
        ] {
            plain[field] = value;
        }
        let plain = taken(&scene, els, 6, &plain).await;
        assert_eq!((plain.plan.sign_up, plain.plan.online, plain.plan.online_link.as_str()), (SignUp::Open, true, "https://online.example/2"));
        assert_eq!((plain.plan.place.name.as_str(), plain.status, plain.plan.ends_at), ("Zaal 3", EventStatus::Moved, None));
        scene.finish().await;
    }

    async fn somebody_on_mobilizon_comes_to_ours(on: On) {
        let scene = Scene::start(on).await;
        let (app, els) = (&scene.app, &scene.els);
        let plan = session(app, Some(2));
        let post = planned(app, &scene.bram, &scene.group, "Werksessie", &plan, None).await;
        app.run_jobs().await;
        // As Mobilizon writes it: without a date.
        let mut join = els.says("Join", 1, &json!(post.ap_id));
        join["participationMessage"] = json!("Ik neem koffie mee");
        scene.done(els, &join).await;
        let accept = answers(&scene).pop().expect("an answer");
        assert_eq!((&accept["type"], &accept["actor"], &accept["to"]), (&json!("Accept"), &json!(scene.bram.ap_id), &json!([els.id])));
        assert_eq!(accept["object"], json!({"id": join["id"], "type": "Join", "actor": els.id, "object": post.ap_id}));
        assert_eq!(accept["meent:onlineLink"], json!(plan.online_link));
        assert_eq!(attendee(app, &els.id, &post.ap_id).await.expect("Els").remark, "Ik neem koffie mee");
        // A second one waits, a third takes it back by its id alone, and moves nobody up.
        let (tom, kim) = (scene.peer.actor("Person", "/u/tom"), scene.peer.actor("Person", "/u/kim"));
        scene.done(&tom, &tom.says("Join", 1, &json!(post.ap_id))).await;
        scene.done(&kim, &kim.says("Join", 1, &json!(post.ap_id))).await;
        assert_eq!(answers(&scene).iter().map(|it| it["type"].as_str().expect("a type")).collect::<Vec<_>>(), ["Accept", "TentativeAccept", "TentativeAccept"]);
        scene.later();
        scene.done(&tom, &tom.says("Undo", 2, &json!(format!("{}#Join/1", tom.id)))).await;
        assert_eq!(standing(app, &tom.id, &post.ap_id).await, Standing::Out);
        scene.later();
        // Els leaves: Kim moves up and hears so, whose group is not this one.
        scene.done(els, &els.says("Leave", 3, &json!(post.ap_id))).await;
        assert_eq!((standing(app, &els.id, &post.ap_id).await, standing(app, &kim.id, &post.ap_id).await), (Standing::Out, Standing::In));
        let last = answers(&scene).pop().expect("an answer");
        assert_eq!((&last["type"], &last["to"], &last["meent:onlineLink"]), (&json!("Accept"), &json!([kim.id]), &json!(plan.online_link)));
        // Kim hears of it directly when it moves, and when it is called off.
        changed(app, &scene.bram, &post, &Plan { online: false, ..plan.clone() }).await;
        app.run_jobs().await;
        called_off(app, &scene.bram, &post, true).await;
        app.run_jobs().await;
        let updates: Vec<Value> = got(&scene.peer).into_iter().filter(|it| it["type"] == "Update").collect();
        assert_eq!(updates.len(), 2, "{updates:?}");
        assert_eq!((&updates[0]["object"]["eventStatus"], &updates[0]["object"]["ical:status"]), (&json!("EventRescheduled"), &json!("CONFIRMED")));
        assert_eq!((&updates[1]["object"]["eventStatus"], &updates[1]["object"]["status"]), (&json!("EventCancelled"), &json!("CANCELLED")));
        scene.finish().await;
    }

    async fn an_event_tells_everybody_everything_but_the_link(on: On) {
        let scene = Scene::start(on).await;
        let app = &scene.app;
        let plan = session(app, Some(40));
        let post = planned(app, &scene.bram, &scene.group, "Werksessie", &plan, None).await;
        app.run_jobs().await;
        let path = post.ap_id.strip_prefix(app.core.urls.base()).expect("ours");
        let document = get(app, "GET", path, ACTIVITY_JSON).await.json();
        for (field, value) in [
            ("type", json!("Event")), ("startTime", json!("2026-12-11T09:00:00Z")), ("endTime", json!("2026-12-11T11:00:00Z")), ("timezone", json!("Europe/Amsterdam")),
            ("joinMode", json!("free")), ("externalParticipationUrl", json!(post.ap_id)), ("maximumAttendeeCapacity", json!(40)),
            ("remainingAttendeeCapacity", json!(39)), ("participantCount", json!(1)), ("isOnline", json!(true)), ("onlineLink", Value::Null),
            ("eventStatus", json!("EventScheduled")), ("status", json!("CONFIRMED")), ("ical:status", json!("CONFIRMED")), ("inLanguage", json!("nl")),
            ("meent:contact", json!(plan.contact)), ("meent:kind", json!("event")),
        ] {
            assert_eq!(document[field], value, "{field}");
        }
        let said = document["summary"].as_str().expect("a summary");
        assert_eq!(said, "vr 11 december 2026, 10.00-12.00 uur, Stadskantoor, Stadsplateau 1, 3521 AZ Utrecht, online. We kijken samen naar speelruimte.");
        assert!(document["location"].get("latitude").is_none(), "{document}");
        assert!(!document.to_string().contains("geheim"), "{document}");
        let attendees = get(app, "GET", &format!("{path}/attendees"), ACTIVITY_JSON).await.json();
        assert_eq!((&attendees["totalItems"], attendees.get("orderedItems")), (&json!(1), None));
        let organizers = get(app, "GET", &format!("{path}/organizers"), ACTIVITY_JSON).await.json();
        assert_eq!(organizers["orderedItems"], json!([scene.bram.ap_id]));
        let interested = get(app, "GET", &format!("{path}/interested"), ACTIVITY_JSON).await;
        assert_eq!(interested.status, 404);
        scene.finish().await;
    }

    async fn ours_come_to_an_event_on_mobilizon(on: On) {
        let scene = Scene::start(on).await;
        let (app, els) = (&scene.app, &scene.els);
        let mut theirs = of_mobilizon(&scene, els, 1);
        theirs["joinMode"] = json!("restricted");
        let id = theirs["id"].as_str().expect("an id").to_owned();
        taken(&scene, els, 1, &theirs).await;
        assert_eq!(says(app, &scene.bram, &id, Rsvp::Yes).await.expect("a yes").state, Standing::Sent);
        app.run_jobs().await;
        let join = got(&scene.peer).into_iter().find(|it| it["type"] == "Join").expect("a Join");
        assert_eq!((&join["object"], &join["to"], &join["participationMessage"]), (&json!(id), &json!([els.id]), &json!("Ik neem koffie mee")));
        // Its address can't be tried.
        let path = join["id"].as_str().expect("an id").strip_prefix(app.core.urls.base()).expect("ours").to_owned();
        assert_eq!(get(app, "GET", &path, ACTIVITY_JSON).await.status, 404);
        scene.later();
        scene.done(els, &els.says("Accept", 2, &json!({"id": join["id"], "type": "Join", "actor": scene.bram.ap_id, "object": id}))).await;
        assert_eq!(standing(app, &scene.bram.ap_id, &id).await, Standing::In);
        scene.later();
        scene.done(els, &els.says("Reject", 3, &join["id"])).await;
        assert_eq!(standing(app, &scene.bram.ap_id, &id).await, Standing::Refused);
        scene.later();
        says(app, &scene.bram, &id, Rsvp::Yes).await.expect("a second try");
        says(app, &scene.bram, &id, Rsvp::No).await.expect("a no");
        app.run_jobs().await;
        let leave = got(&scene.peer).into_iter().find(|it| it["type"] == "Leave").expect("a Leave");
        assert_eq!((&leave["object"], &leave["actor"]), (&json!(id), &json!(scene.bram.ap_id)));
        scene.finish().await;
    }

    async fn an_organiser_here_decides_about_somebody_on_mobilizon(on: On) {
        let scene = Scene::start(on).await;
        let (app, els) = (&scene.app, &scene.els);
        let plan = Plan { sign_up: SignUp::Approval, ..session(app, None) };
        let post = planned(app, &scene.bram, &scene.group, "Werksessie", &plan, None).await;
        scene.done(els, &els.says("Join", 1, &json!(post.ap_id))).await;
        let first = answers(&scene).pop().expect("an answer");
        assert_eq!((&first["type"], &first["meent:standing"], first.get("meent:onlineLink")), (&json!("TentativeAccept"), &json!("asked"), None));
        decided(app, &scene.bram, &post, &els.id, false).await;
        app.run_jobs().await;
        assert_eq!(answers(&scene).pop().expect("an answer")["type"], "Reject");
        decided(app, &scene.bram, &post, &els.id, true).await;
        app.run_jobs().await;
        assert_eq!(answers(&scene).pop().expect("an answer")["type"], "Accept");
        scene.finish().await;
    }

    async fn the_events_of_a_group_on_mobilizon_stand_in_the_agenda(on: On) {
        let mut shapes = Shapes::start(on, "mobilizon").await;
        shapes.step("accept", Then::TakesIn).await;
        shapes.step("announce-event", Then::Event("Werksessie speelruimte")).await;
        let group = shapes.scene.app.actor(&shapes.peer.at("/@zorg")).await;
        let expected = [("Werksessie speelruimte".to_owned(), "2026-12-08T12:30:00.000Z".to_owned())];
        assert_eq!(agenda_of(&shapes.scene, &group).await, expected);
        // Sent by who made it, naming the group only as whose it is.
        let mut object = shapes.read("object-event");
        (object["id"], object["url"]) = (json!(shapes.peer.at("/events/8f1e9")), json!(shapes.peer.at("/events/8f1e9")));
        (object["name"], object["startTime"], object["endTime"]) = (json!("Tweede werksessie"), json!("2026-12-09T13:30:00+01:00"), Value::Null);
        let activity = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": shapes.peer.at("/create/x1"), "type": "Create",
            "actor": object["actor"], "to": [PUBLIC], "cc": [], "object": object});
        let signer = shapes.signer(&activity);
        shapes.scene.done(&signer, &activity).await;
        assert_eq!(agenda_of(&shapes.scene, &group).await.len(), 2);
        // And one can come to it.
        let id = shapes.peer.at("/events/8f1e9");
        says(&shapes.scene.app, &shapes.scene.bram, &id, Rsvp::Yes).await.expect("a yes");
        shapes.scene.app.run_jobs().await;
        let join = got(&shapes.peer).into_iter().find(|it| it["type"] == "Join").expect("a Join");
        let accept = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": shapes.peer.at("/accept/x2"), "type": "Accept",
            "actor": object["actor"], "object": {"id": join["id"], "type": "Join", "actor": join["actor"], "object": id}});
        shapes.scene.done(&signer, &accept).await;
        assert_eq!(standing(&shapes.scene.app, &shapes.scene.bram.ap_id, &id).await, Standing::In);
        shapes.finish().await;
    }

    async fn a_gancio_instance_is_followed_like_a_group(on: On) {
        let mut shapes = Shapes::start(on, "gancio").await;
        runs(&shapes.peer, "gancio");
        let relay = shapes.read("actor-instance")["id"].as_str().expect("an id").to_owned();
        let app = &shapes.scene.app;
        let group = app.find(&relay).await.expect("it is found");
        assert!(group.is_group());
        app.join(&shapes.scene.bram, &group).await;
        app.run_jobs().await;
        let follow = got(&shapes.peer).into_iter().find(|it| it["type"] == "Follow").expect("a Follow");
        let accept = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": shapes.peer.at("/federation/a1"), "type": "Accept", "actor": relay, "object": follow});
        shapes.scene.done(&shapes.signer(&accept), &accept).await;
        for (file, then) in [
            ("create-event", Then::Event("Buurtmaaltijd")),
            ("create-event-two-places", Then::Event("Buurtmaaltijd")),
            ("announce-create-event", Then::Event("Buurtmaaltijd")),
            ("update-event", Then::Event("Buurtmaaltijd verplaatst")),
        ] {
            shapes.step(file, then).await;
        }
        // It says the next change under the same id, and with the same dates.
        let mut update = shapes.read("update-event");
        update["object"]["startTime"] = json!("2026-12-11T18:00:00+01:00");
        shapes.scene.later();
        shapes.scene.done(&shapes.signer(&update), &update).await;
        let moved = event(&shapes.scene.app, &shapes.peer.at("/federation/m/1")).await;
        assert_eq!(moved.plan.starts_at.rfc3339(), "2026-12-11T17:00:00.000Z");
        assert_eq!((moved.plan.sign_up, moved.plan.sign_up_link.as_str()), (SignUp::Elsewhere, shapes.peer.at("/event/buurtmaaltijd").as_str()));
        assert_eq!(moved.plan.place.line(), "Buurthuis, Plein 2, Amersfoort");
        assert_eq!(agenda_of(&shapes.scene, &group).await.len(), 3);
        shapes.step("delete-event", Then::Gone).await;
        assert_eq!(agenda_of(&shapes.scene, &group).await.len(), 2);
        shapes.finish().await;
    }

    async fn a_group_is_followed_and_not_joined(on: On) {
        let scene = Scene::start(on).await;
        let els = &scene.els;
        let question = scene.app.ask(&scene.bram, &scene.group, "Wie weet dit?", "Wij niet.").await;
        scene.refused(els, &els.says("Join", 1, &json!(scene.group.ap_id)), "ignored", "followed, not joined").await;
        scene.refused(els, &els.says("Join", 2, &json!(question.ap_id)), "ignored", "no event").await;
        scene.refused(els, &els.says("Join", 3, &json!(scene.app.core.urls.at("/post/1"))), "ignored", "no such event").await;
        scene.refused(els, &els.says("Join", 4, &json!(scene.peer.at("/post/1"))), "ignored", "not an event of ours").await;
        scene.refused(els, &els.says("TentativeAccept", 5, &json!({"type": "Follow", "actor": scene.bram.ap_id, "object": els.id})), "ignored", "").await;
        assert!(answers(&scene).is_empty());
        scene.finish().await;
    }

    async fn whoever_is_interested_is_told_directly_and_once(on: On) {
        let scene = Scene::start(on).await;
        let (app, els) = (&scene.app, &scene.els);
        let question = app.ask(&scene.bram, &scene.group, "Wie weet dit?", "Wij niet.").await;
        app.run_jobs().await;
        // Somebody of a server that runs Meent.
        runs(&scene.peer, "meent");
        let mut add = els.says("Add", 1, &json!(els.id));
        (add["target"], add["published"]) = (json!(format!("{}/interested", question.ap_id)), json!(scene.time(0)));
        scene.done(els, &add).await;
        let interested = get(app, "GET", &format!("/post/{}/interested", question.id), ACTIVITY_JSON).await.json();
        assert_eq!((&interested["totalItems"], interested.get("orderedItems")), (&json!(1), None));
        let event = planned(app, &scene.bram, &scene.group, "Werksessie", &session(app, None), Some(&question)).await;
        app.run_jobs().await;
        let told: Vec<Value> = got(&scene.peer).into_iter().filter(|it| it["object"]["meent:event"] == json!(event.ap_id)).collect();
        assert_eq!(told.len(), 1);
        let note = &told[0]["object"];
        assert_eq!((&told[0]["to"], &note["to"], &note["tag"][0]["href"]), (&json!([els.id]), &json!([els.id]), &json!(els.id)));
        let words = note["content"].as_str().expect("text");
        assert!(words.contains("Er komt een bijeenkomst over een vraag die je boeit") && words.contains("10.00-12.00 uur") && words.contains(&event.ap_id), "{words}");
        let path = told[0]["id"].as_str().expect("an id").strip_prefix(app.core.urls.base()).expect("ours").to_owned();
        assert_eq!(get(app, "GET", &path, ACTIVITY_JSON).await.status, 404);
        // Taken back, by whoever said it.
        scene.later();
        let tom = scene.peer.actor("Person", "/u/tom");
        scene.refused(&tom, &tom.says("Undo", 2, &add), "failed", "not-yours").await;
        let mut undo = els.says("Undo", 2, &add);
        undo["published"] = json!(scene.time(0));
        scene.done(els, &undo).await;
        scene.refused(els, &{ let mut again = add.clone(); again["id"] = json!(format!("{}#Add/9", els.id)); again }, "ignored", "newer").await;
        let mut conn = app.core.db.conn();
        assert_eq!(db::interests::count(&mut conn, question.id).await.expect("a count"), 0);
        scene.finish().await;
    }

    async fn a_series_is_a_list_of_its_events(on: On) {
        let scene = Scene::start(on).await;
        let app = &scene.app;
        let (first, second) = (planned(app, &scene.bram, &scene.group, "Eerste", &session(app, None), None).await, planned(app, &scene.bram, &scene.group, "Tweede", &session(app, None), None).await);
        let series = meent::model::Series {
            id: meent::model::SeriesId(app.core.ids.next()), ap_id: String::new(), group_id: scene.group.id, author_id: scene.bram.id, rule: "FREQ=MONTHLY;COUNT=2".into(),
            starts_local: "2026-12-11T10:00".into(), zone: "Europe/Amsterdam".into(), template: "{}".into(), made_until: app.clock.now(), ended_at: None, created_at: app.clock.now(),
        };
        let series = meent::model::Series { ap_id: app.core.urls.at(&format!("/series/{}", series.id)), ..series };
        let mut tx = app.core.db.begin().await.expect("a transaction");
        db::series::insert(&mut tx, &series).await.expect("a series");
        for post in [&first, &second] {
            let event = db::events::of(&mut tx, post.id).await.expect("a read").expect("an event");
            db::events::put(&mut tx, &meent::model::Event { series: Some(series.ap_id.clone()), ..event }).await.expect("an event");
        }
        app.core.commit(tx).await.expect("a commit");
        let document = get(app, "GET", &format!("/series/{}", series.id), ACTIVITY_JSON).await.json();
        assert_eq!((&document["id"], &document["orderedItems"]), (&json!(series.ap_id), &json!([first.ap_id, second.ap_id])));
        let path = |post: &Post| post.ap_id.strip_prefix(app.core.urls.base()).expect("ours").to_owned();
        assert_eq!(get(app, "GET", &path(&first), ACTIVITY_JSON).await.json()["meent:series"], json!(series.ap_id));
        scene.finish().await;
    }
}
