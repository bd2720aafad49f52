//! Series: what an instance makes while time goes by is what programs of others make of our rule.

use chrono::NaiveDate;
use meent::db::calendars::Kept;
use meent::db::series;
use meent::model::names::{Body, Reason, Title};
use meent::model::recurrence::{End, MonthDay, Repeat, Unit};
use meent::model::{EventStatus, Plan, Post, Rsvp, Time};
use meent::ops::planning::Draft;
use meent::ops::{agenda, moderating, recurring};

use super::calendars::{World, at, session};
use crate::on_both;
use crate::support::process::count;
use crate::support::visitor::Visitor;
use crate::support::{On, ics};

const FROM: &str = "2026-11-01T00:00:00+00:00";
const TO: &str = "2029-12-31T00:00:00+00:00";

fn repeat(every: u16, unit: Unit, on: MonthDay, end: End) -> Repeat {
    Repeat { every, unit, on, end }
}

fn until(year: i32, month: u32, day: u32) -> End {
    End::On(NaiveDate::from_ymd_opt(year, month, day).unwrap())
}

/// An hour and a half from `starts`, without end to the places.
fn plan(starts: &str) -> Plan {
    Plan { starts_at: at(starts), ends_at: Some(at(starts).plus(90 * Time::MINUTE)), capacity: None, ..session() }
}

async fn made(world: &World, post: &Post) -> Vec<Kept> {
    let mut conn = world.app.core.db.conn();
    let event = meent::db::events::of(&mut conn, post.id).await.unwrap().unwrap();
    series::occurrences(&mut conn, event.series_id.unwrap()).await.unwrap()
}

async fn path(world: &World, post: &Post) -> String {
    let event = meent::db::events::of(&mut world.app.core.db.conn(), post.id).await.unwrap().unwrap();
    format!("/series/{}", event.series_id.unwrap())
}

fn moment(time: Time) -> String {
    time.utc().format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// When the events of a series that stand begin.
fn starts(made: &[Kept]) -> Vec<String> {
    let mut starts: Vec<String> =
        made.iter().filter(|kept| !kept.post.is_deleted()).map(|kept| moment(kept.event.plan.starts_at)).collect();
    starts.sort();
    starts
}

/// The file of a series, expanded by others: when it has something, and with which status.
async fn told(world: &World, post: &Post) -> Vec<(String, String)> {
    let file = Visitor::of(&world.app).get(&format!("{}.ics", path(world, post).await)).await;
    assert_eq!((file.status, file.header("content-type")), (200, "text/calendar; charset=utf-8"));
    ics::expand(&file.body, FROM, TO).occurrences.into_iter().map(|(start, _, status)| (start, status)).collect()
}

on_both! {
    async fn what_is_made_is_what_the_rule_says(on: On) {
        let world = World::start(on).await;
        let last = |unit| repeat(1, unit, MonthDay::LastWeekday, End::After(24));
        let cases = [
            ("Inloop", plan("2026-11-26T09:00:00Z"), repeat(1, Unit::Weeks, MonthDay::SameDate, until(2028, 11, 23))),
            ("Om de week", plan("2026-11-27T13:30:00Z"), repeat(2, Unit::Weeks, MonthDay::SameDate, End::After(52))),
            ("Om de drie dagen", plan("2026-11-25T18:00:00Z"), repeat(3, Unit::Days, MonthDay::SameDate, End::After(200))),
            ("De laatste van de maand", plan("2026-12-31T08:00:00Z"), repeat(1, Unit::Months, MonthDay::SameDate, until(2028, 12, 31))),
            ("Derde donderdag", plan("2026-12-17T18:30:00Z"), repeat(1, Unit::Months, MonthDay::SameWeekday, until(2028, 12, 21))),
            ("Laatste vrijdag", plan("2026-11-27T09:00:00Z"), last(Unit::Months)),
        ];
        let mut posts = Vec::new();
        for (title, plan, repeat) in &cases {
            let post = world.begin(title, plan, repeat).await;
            // Programs of others know at once what will be made.
            posts.push((post.clone(), told(&world, &post).await));
        }
        // Half a year is there; the rest comes while time goes by.
        assert_eq!(made(&world, &posts[0].0).await.len(), 26);
        for _ in 0..26 {
            world.clock.advance(30 * Time::DAY);
            agenda::turn(&world.app.core).await.unwrap();
        }
        for ((post, at_once), (title, _, repeat)) in posts.iter().zip(&cases) {
            let (all, now) = (made(&world, post).await, told(&world, post).await);
            let times: Vec<String> = now.iter().map(|(start, _)| start.clone()).collect();
            assert_eq!(times, starts(&all), "{title}");
            assert_eq!(&now, at_once, "{title}");
            if let End::After(times) = repeat.end {
                assert_eq!(all.len(), usize::from(times), "{title}");
            }
            // The same time on the wall in winter and in summer.
            let on_wall = |kept: &Kept| kept.event.plan.starts_at.utc().with_timezone(&chrono_tz::Europe::Amsterdam).time();
            assert!(all.iter().all(|kept| on_wall(kept) == on_wall(&all[0])), "{title}");
            assert!(all.iter().all(|kept| kept.event.plan.over_at() == kept.event.plan.starts_at.plus(90 * Time::MINUTE)), "{title}");
        }
        let months: Vec<String> = starts(&made(&world, &posts[3].0).await).iter().map(|start| start[..10].to_owned()).collect();
        assert_eq!(months[..4], ["2026-12-31", "2027-01-31", "2027-03-31", "2027-05-31"]);
        world.finish().await;
    }

    async fn the_first_is_told_and_the_others_come_quietly(on: On) {
        let world = World::start(on).await;
        crate::notifications::run(&world.app, &format!("INSERT INTO watch (actor_id, kind, subject_id, at) VALUES ({}, 'member', {}, 0)", world.omar.id, world.sanne.id)).await;
        let post = world.begin("Inloop", &plan("2026-11-26T09:00:00Z"), &repeat(1, Unit::Weeks, MonthDay::SameDate, End::After(10))).await;
        world.app.run_jobs().await;
        assert_eq!(made(&world, &post).await.len(), 10);
        let db = &world.app.core.db;
        assert_eq!(count(db, "SELECT COUNT(*) FROM notification WHERE sentence = 'notice-new-thread'").await, 1);
        // Every one is announced, so that other regions have it; on timelines the first is shown.
        assert_eq!(count(db, "SELECT COUNT(*) FROM activity WHERE verb = 'announce' AND listed = TRUE").await, 10);
        assert_eq!(count(db, "SELECT COUNT(*) FROM activity WHERE verb = 'boost'").await, 1);
        // Each has sign-ups of its own.
        let all = made(&world, &post).await;
        world.say(&world.omar, &all[3].post, Rsvp::Yes).await;
        assert_eq!(count(db, "SELECT COUNT(*) FROM attendee").await, 11);
        world.finish().await;
    }

    async fn two_at_once_make_each_once(on: On) {
        let world = World::start(on).await;
        let post = world.begin("Inloop", &plan("2026-11-26T09:00:00Z"), &repeat(1, Unit::Weeks, MonthDay::SameDate, End::After(60))).await;
        for _ in 0..4 {
            world.clock.advance(60 * Time::DAY);
            let (one, other) = tokio::join!(recurring::extend(&world.app.core), recurring::extend(&world.app.core));
            one.and(other).unwrap();
        }
        let all = made(&world, &post).await;
        assert_eq!(all.len(), 60);
        let mut slots: Vec<_> = all.iter().map(|kept| kept.event.occurs_at).collect();
        slots.dedup();
        assert_eq!(slots.len(), 60);
        world.finish().await;
    }

    async fn what_was_changed_alone_stays_so(on: On) {
        let world = World::start(on).await;
        let post = world.begin("Inloop", &plan("2026-11-26T09:00:00Z"), &repeat(1, Unit::Weeks, MonthDay::SameDate, until(2027, 8, 26))).await;
        let all = made(&world, &post).await;
        // The second is called off, the third moved a day, the fourth removed.
        world.call_off(&all[1].post, true).await;
        world.change(&all[2].post, &plan("2026-12-11T09:00:00Z")).await;
        world.app.remove(&world.sanne, &all[3].post).await;
        let now = told(&world, &post).await;
        assert_eq!(now[0], ("2026-11-26T09:00:00Z".to_owned(), "CONFIRMED".to_owned()));
        assert_eq!(now[1], ("2026-12-03T09:00:00Z".to_owned(), "CANCELLED".to_owned()));
        assert_eq!(now[2], ("2026-12-11T09:00:00Z".to_owned(), "CONFIRMED".to_owned()));
        assert_eq!(now[3].0, "2026-12-24T09:00:00Z");
        // None of them is made again.
        for _ in 0..5 {
            world.clock.advance(40 * Time::DAY);
            agenda::turn(&world.app.core).await.unwrap();
        }
        let all = made(&world, &post).await;
        assert_eq!(all.len(), 40);
        assert_eq!((all[1].event.status, all[2].event.status), (EventStatus::Cancelled, EventStatus::Moved));
        assert!(all[3].post.is_deleted());
        let times: Vec<String> = told(&world, &post).await.into_iter().map(|(start, _)| start).collect();
        assert_eq!(times, starts(&all));
        world.finish().await;
    }

    async fn all_that_follow_are_changed_but_those_that_were_changed_alone(on: On) {
        let world = World::start(on).await;
        let post = world.begin("Inloop", &plan("2026-11-26T09:00:00Z"), &repeat(1, Unit::Weeks, MonthDay::SameDate, End::After(40))).await;
        let all = made(&world, &post).await;
        world.call_off(&all[4].post, true).await;
        world.change(&all[5].post, &Plan { contact: "Omar".into(), ..all[5].event.plan.clone() }).await;
        world.app.run_jobs().await;
        let (title, body) = (Title::parse("Avondinloop").unwrap(), Body::parse("Voortaan in de avond.").unwrap());
        let evening = Plan { starts_at: at("2026-12-10T18:30:00Z"), ends_at: Some(at("2026-12-10T20:00:00Z")), capacity: Some(12), ..all[2].event.plan.clone() };
        let draft = |plan| Draft { title: &title, body: &body, plan, tags: &[], organisers: &[], question: None, series: None };
        let core = &world.app.core;
        // Another day is refused, and who organises nothing changes nothing.
        let other_day = Plan { starts_at: at("2026-12-11T18:30:00Z"), ends_at: Some(at("2026-12-11T20:00:00Z")), ..evening.clone() };
        let mut tx = core.db.begin().await.unwrap();
        assert!(Box::pin(recurring::change_following(core, &mut tx, &world.sanne, &all[2].post, &draft(&other_day))).await.is_err());
        assert!(Box::pin(recurring::change_following(core, &mut tx, &world.omar, &all[2].post, &draft(&evening))).await.is_err());
        drop(tx);
        let mut tx = core.db.begin().await.unwrap();
        Box::pin(recurring::change_following(core, &mut tx, &world.sanne, &all[2].post, &draft(&evening))).await.unwrap();
        core.commit(tx).await.unwrap();
        let after = made(&world, &post).await;
        let on_wall = |kept: &Kept| kept.event.plan.starts_at.utc().with_timezone(&chrono_tz::Europe::Amsterdam).format("%H:%M").to_string();
        let seen: Vec<(String, String)> = after.iter().take(8).map(|kept| (kept.post.title.clone(), on_wall(kept))).collect();
        let pair = |title: &str, time: &str| (title.to_owned(), time.to_owned());
        assert_eq!(seen[..2], [pair("Inloop", "10:00"), pair("Inloop", "10:00")]);
        assert_eq!(seen[2..4], [pair("Avondinloop", "19:30"), pair("Avondinloop", "19:30")]);
        assert_eq!(seen[4..6], [pair("Inloop", "10:00"), pair("Inloop", "10:00")]);
        assert_eq!(seen[6..], [pair("Avondinloop", "19:30"), pair("Avondinloop", "19:30")]);
        assert_eq!(after[6].event.plan.capacity, Some(12));
        // Those that come later are made as the new ones.
        for _ in 0..4 {
            world.clock.advance(40 * Time::DAY);
            agenda::turn(core).await.unwrap();
        }
        let after = made(&world, &post).await;
        assert_eq!(after.len(), 40);
        assert!(after[10..].iter().all(|kept| kept.post.title == "Avondinloop" && on_wall(kept) == "19:30"));
        let times: Vec<String> = told(&world, &post).await.into_iter().map(|(start, _)| start).collect();
        assert_eq!(times, starts(&after));
        world.finish().await;
    }

    async fn what_moderators_removed_is_in_no_calendar_and_is_not_made_anew(on: On) {
        let world = World::start(on).await;
        let post = world.begin("Zqnaam van een mens", &plan("2026-12-03T10:00:00Z"), &repeat(4, Unit::Weeks, MonthDay::SameDate, until(2028, 1, 1))).await;
        let calendar = format!("{}.ics", path(&world, &post).await);
        assert!(Visitor::of(&world.app).get(&calendar).await.body.contains("Zqnaam"));
        let bram = world.app.somebody("bram", "Bram de Wit", true).await;
        let before = made(&world, &post).await;
        for kept in &before {
            let mut tx = world.app.core.db.begin().await.unwrap();
            let reason = Reason::parse("Noem geen namen.").unwrap();
            moderating::remove(&world.app.core, &mut tx, &bram, &kept.post, &reason).await.unwrap();
            world.app.core.commit(tx).await.unwrap();
        }
        world.clock.advance(100 * Time::DAY);
        agenda::turn(&world.app.core).await.unwrap();
        assert_eq!(made(&world, &post).await.len(), before.len());
        let told = Visitor::of(&world.app).get(&calendar).await;
        assert!(told.status == 200 && !told.body.contains("Zqnaam") && told.body.contains("STATUS:CANCELLED"), "{}", told.body);
        world.finish().await;
    }

    async fn a_series_ends_on_its_page(on: On) {
        let world = World::start(on).await;
        let post = world.begin("Inloop", &plan("2026-11-26T09:00:00Z"), &repeat(2, Unit::Weeks, MonthDay::SameDate, until(2027, 7, 1))).await;
        let all = made(&world, &post).await;
        world.say(&world.omar, &all[2].post, Rsvp::Yes).await;
        world.app.run_jobs().await;
        let series = path(&world, &post).await;
        let (mut sanne, mut omar) = (Visitor::logged_in(&world.app, &world.sanne).await, Visitor::logged_in(&world.app, &world.omar).await);
        let page = Visitor::of(&world.app).get(&series).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("elke 2 weken op donderdag, tot en met 1 juli 2027"), "{}", page.body);
        assert!(page.body.contains("donderdag 26 november 2026, 10.00 tot 11.30 uur") && page.body.contains(&format!("webcal://{}{series}.ics", world.app.host())));
        assert!(sanne.get(&series).await.body.contains(&format!("{series}/end")) && !omar.get(&series).await.body.contains(&format!("{series}/end")));
        assert_eq!(omar.get(&format!("{series}/end")).await.status, 403);
        world.clock.advance(7 * Time::DAY);
        let mut sanne = Visitor::logged_in(&world.app, &world.sanne).await;
        let confirm = sanne.get(&format!("{series}/end")).await;
        assert_eq!(sanne.post(&format!("{series}/end"), &[("csrf", &confirm.value("csrf"))]).await.leads_to(), series);
        // The first was; the one with a sign-up is called off; the others are gone.
        let after = made(&world, &post).await;
        assert!(!after[0].post.is_deleted() && after[0].event.status == EventStatus::Planned);
        assert!(after[1].post.is_deleted() && after[3..].iter().all(|kept| kept.post.is_deleted()));
        assert_eq!((after[2].post.is_deleted(), after[2].event.status), (false, EventStatus::Cancelled));
        let told_omar = "SELECT COUNT(*) FROM notification WHERE sentence = 'notice-event-cancelled'";
        assert_eq!(count(&world.app.core.db, told_omar).await, 1);
        let now = told(&world, &post).await;
        assert_eq!(now, [("2026-11-26T09:00:00Z".to_owned(), "CONFIRMED".to_owned()), ("2026-12-24T09:00:00Z".to_owned(), "CANCELLED".to_owned())]);
        // And nothing comes after it, however often that is asked.
        assert_eq!(sanne.post(&format!("{series}/end"), &[("csrf", &confirm.value("csrf"))]).await.leads_to(), series);
        world.clock.advance(60 * Time::DAY);
        agenda::turn(&world.app.core).await.unwrap();
        assert_eq!(made(&world, &post).await.len(), after.len());
        let page = Visitor::of(&world.app).get(&series).await;
        assert!(page.body.contains("Er komen geen nieuwe bijeenkomsten meer bij."), "{}", page.body);
        // One of which nothing is left is a calendar that says so.
        let none = world.begin("Proef", &plan("2027-03-04T09:00:00Z"), &repeat(1, Unit::Weeks, MonthDay::SameDate, End::After(3))).await;
        let mut tx = world.app.core.db.begin().await.unwrap();
        let id = meent::db::events::of(&mut tx, none.id).await.unwrap().unwrap().series_id.unwrap();
        Box::pin(recurring::end(&world.app.core, &mut tx, &world.sanne, id)).await.unwrap();
        world.app.core.commit(tx).await.unwrap();
        assert_eq!(told(&world, &none).await, [("2027-03-04T09:00:00Z".to_owned(), "CANCELLED".to_owned())]);
        assert_eq!(Visitor::of(&world.app).get("/series/1").await.status, 404);
        assert_eq!(Visitor::of(&world.app).get("/series/1.ics").await.status, 404);
        world.finish().await;
    }
}
