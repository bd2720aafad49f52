//! Mails about events: what each says, the event for one's calendar with it, and who learns the link to take part online.

use std::sync::Arc;

use meent::app::App;
use meent::db::{attendees, groups};
use meent::jobs;
use meent::model::names::{Email, Line};
use meent::model::{Attendee, Lang, Plan, Post, Rsvp, SignUp, Time};
use meent::ops::keys::KeyMaker;
use meent::ops::{agenda, attending, guests};
use serde_json::Value;

use super::calendars::{LINK, World, at, session};
use crate::on_both;
use crate::support::smtp::{Received, Smtp};
use crate::support::{On, ics, key};

const TITLE: &str = "Jongeren in beeld";

/// What arrived since the last time, by address.
struct Postbox {
    smtp: Smtp,
    seen: usize,
}

impl Postbox {
    fn new(smtp: Smtp) -> Self {
        Self { smtp, seen: 0 }
    }

    async fn new_ones(&mut self, world: &World) -> Vec<Received> {
        world.app.run_jobs().await;
        let all = self.smtp.mails();
        let new = all[self.seen..].to_vec();
        self.seen = all.len();
        new
    }

    /// The one new mail, which goes to `address`.
    async fn one(&mut self, world: &World, address: &str) -> Received {
        let mut new = self.new_ones(world).await;
        let subjects: Vec<String> = new.iter().map(|mail| format!("{:?} {}", mail.recipients, mail.subject())).collect();
        assert_eq!(new.len(), 1, "{subjects:?}");
        let mail = new.remove(0);
        assert_eq!(mail.recipients, [address]);
        mail
    }
}

/// The event in the file of a mail.
fn event(mail: &Received) -> Value {
    assert_eq!(mail.types, ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar"], "{}", mail.raw);
    let file = &mail.files[0];
    assert_eq!(file.name, "bijeenkomst.ics");
    assert!(file.kind.contains("method=\"PUBLISH\"") || file.kind.contains("method=PUBLISH"), "{}", file.kind);
    let read = ics::read(&file.text.replace("\r\n", "\n").replace('\n', "\r\n"));
    assert_eq!((read.method.as_str(), read.events.len()), ("PUBLISH", 1));
    let (html, plain) = mail.words_of_both();
    assert_eq!(html, plain);
    read.events[0].clone()
}

/// Whether the link to take part online stands anywhere in it.
fn has_link(mail: &Received) -> bool {
    let everything = format!(
        "{}{}{}",
        mail.plain,
        mail.html,
        mail.files.iter().map(|file| file.text.replace("\r\n ", "").replace("\n ", "")).collect::<String>()
    );
    everything.contains("zqxgeheim")
}

const OMAR: &str = "omar@voorbeeld.example";
const NOOR: &str = "noor@voorbeeld.example";
const GUEST: &str = "fatima@elders.example";

/// A region with a mail server, and one event with two places, of which its author has one.
async fn begin(on: On, plan: &Plan) -> (World, Postbox, Post) {
    let smtp = Smtp::start();
    let world = World::start_with(on, |config| smtp.configure(config)).await;
    let post = world.plan(TITLE, "We delen wat werkt.", plan).await;
    let mut mails = Postbox::new(smtp);
    assert_eq!(mails.new_ones(&world).await.len(), 0);
    (world, mails, post)
}

async fn decide(world: &World, post: &Post, who: &str, lets_in: bool) {
    let mut tx = world.app.core.db.begin().await.unwrap();
    let all = attendees::all(&mut tx, post.id).await.unwrap();
    let id = if who == OMAR { world.omar.id } else { world.noor.id };
    let whom = all.iter().find(|one| one.actor_id == Some(id)).unwrap().id;
    Box::pin(attending::decide(&world.app.core, &mut tx, &world.sanne, post, whom, lets_in)).await.unwrap();
    world.app.core.commit(tx).await.unwrap();
}

/// Somebody without an account signs up; gives their row, not confirmed yet.
async fn sign_up(world: &World, post: &Post) -> Attendee {
    let mut tx = world.app.core.db.begin().await.unwrap();
    let page = meent::db::groups::page(&mut tx, world.group.id).await.unwrap();
    groups::set_page(&mut tx, world.group.id, &groups::GroupPage { guests: true, ..page }).await.unwrap();
    let (name, email) = (Line::parse("Fatima El Amrani").unwrap(), Email::parse(GUEST).unwrap());
    let guest = guests::Guest { name: &name, email: &email, remark: "", lang: Lang::Nl };
    Box::pin(guests::sign_up(&world.app.core, &mut tx, post, guest)).await.unwrap();
    let row = attendees::of_email(&mut tx, post.id, GUEST).await.unwrap().unwrap();
    world.app.core.commit(tx).await.unwrap();
    row
}

async fn confirm(world: &World, guest: &Attendee) {
    let mut tx = world.app.core.db.begin().await.unwrap();
    Box::pin(guests::confirm(&world.app.core, &mut tx, guest)).await.unwrap();
    world.app.core.commit(tx).await.unwrap();
}

on_both! {
    async fn who_signs_up_reads_when_where_and_how_it_stands(on: On) {
        let (world, mut mails, post) = begin(on, &session()).await;
        world.say(&world.omar, &post, Rsvp::Yes).await;
        let mail = mails.one(&world, OMAR).await;
        assert_eq!(mail.subject(), "Je hebt een plek bij \"Jongeren in beeld\".");
        assert!(mail.plain.contains("Wanneer: donderdag 3 december 2026, 10.00 tot 11.30 uur\nWaar: Huis van de Stad, Burgemeester Jamesplein 1, 2803 PG Gouda, of online"), "{}", mail.plain);
        assert!(mail.links().contains(&LINK) && mail.plain.contains(&format!("{}/post/{}", world.app.core.urls.base(), post.id)));
        let file = event(&mail);
        assert_eq!((file["uid"].as_str(), file["status"].as_str(), file["starts"].as_str()), (Some(post.ap_id.as_str()), Some("CONFIRMED"), Some("2026-12-03T09:00:00Z")));
        assert!(file["words"].as_str().unwrap().contains(LINK));
        assert!(!mail.files[0].text.contains('@'));

        // No place: the waiting list, and no link.
        world.say(&world.noor, &post, Rsvp::Yes).await;
        let mail = mails.one(&world, NOOR).await;
        assert_eq!(mail.subject(), "Je staat op de wachtlijst van \"Jongeren in beeld\".");
        assert_eq!(event(&mail)["status"], "TENTATIVE");
        assert!(!has_link(&mail));

        // A place comes free.
        world.say(&world.omar, &post, Rsvp::No).await;
        let mail = mails.one(&world, NOOR).await;
        assert_eq!(mail.subject(), "Je hebt een plek bij \"Jongeren in beeld\".");
        assert!(has_link(&mail));

        // Moved, with the link changed too.
        let later = Plan { starts_at: at("2026-12-10T09:00:00Z"), ends_at: Some(at("2026-12-10T10:30:00Z")), ..session() };
        world.change(&post, &later).await;
        let mail = mails.one(&world, NOOR).await;
        assert_eq!(mail.subject(), "\"Jongeren in beeld\" is verplaatst. Kijk wanneer en waar het nu is.");
        assert!(mail.plain.contains("donderdag 10 december 2026"));
        let file = event(&mail);
        assert_eq!((file["sequence"].as_i64(), file["starts"].as_str()), (Some(1), Some("2026-12-10T09:00:00Z")));

        // Another link alone.
        world.change(&post, &Plan { online_link: format!("{LINK}-nieuw"), ..later.clone() }).await;
        let mail = mails.one(&world, NOOR).await;
        assert!(mail.subject().starts_with("De link om online mee te doen") && mail.plain.contains("zqxgeheim-nieuw"), "{}", mail.plain);

        // Called off: calendars drop it. And on again.
        world.call_off(&post, true).await;
        let mail = mails.one(&world, NOOR).await;
        assert_eq!(mail.subject(), "\"Jongeren in beeld\" gaat niet door.");
        assert_eq!(event(&mail)["status"], "CANCELLED");
        assert!(!has_link(&mail));
        world.call_off(&post, false).await;
        let mail = mails.one(&world, NOOR).await;
        assert_eq!(mail.subject(), "\"Jongeren in beeld\" gaat toch door.");
        let file = event(&mail);
        assert_eq!((file["status"].as_str(), file["sequence"].as_i64()), (Some("CONFIRMED"), Some(4)));
        world.finish().await;
    }

    async fn where_an_organiser_decides_each_word_of_it_is_mailed(on: On) {
        let (world, mut mails, post) = begin(on, &Plan { sign_up: SignUp::Approval, capacity: None, ..session() }).await;
        world.say(&world.omar, &post, Rsvp::Yes).await;
        let new = mails.new_ones(&world).await;
        assert_eq!(new.len(), 2);
        let asked = new.iter().find(|mail| mail.recipients == [OMAR]).unwrap();
        assert_eq!(asked.subject(), "De organisator van \"Jongeren in beeld\" beslist of je kunt komen.");
        assert_eq!(event(asked)["status"], "TENTATIVE");
        let organiser = new.iter().find(|mail| mail.recipients != [OMAR]).unwrap();
        assert!(organiser.subject().contains("Omar Hadi wil graag") && organiser.files.is_empty());
        assert!(!has_link(asked));
        decide(&world, &post, OMAR, false).await;
        let mail = mails.one(&world, OMAR).await;
        assert_eq!(mail.subject(), "Je kunt helaas niet bij \"Jongeren in beeld\" zijn.");
        assert_eq!(event(&mail)["status"], "CANCELLED");
        assert!(!has_link(&mail));
        decide(&world, &post, OMAR, true).await;
        let mail = mails.one(&world, OMAR).await;
        assert!(mail.subject().starts_with("Je hebt een plek") && has_link(&mail));
        world.finish().await;
    }

    async fn what_is_no_longer_true_is_not_mailed(on: On) {
        let (world, mut mails, post) = begin(on, &session()).await;
        // Signed up and gone again before the mail went.
        world.say(&world.omar, &post, Rsvp::Yes).await;
        world.say(&world.omar, &post, Rsvp::No).await;
        assert_eq!(mails.new_ones(&world).await.len(), 0);
        // The mail server was away: what it then gets has no link any more.
        world.say(&world.omar, &post, Rsvp::Yes).await;
        mails.one(&world, OMAR).await;
        mails.smtp.mode("later");
        world.change(&post, &Plan { place: meent::model::Place::default(), ..session() }).await;
        assert_eq!(mails.new_ones(&world).await.len(), 0);
        world.say(&world.omar, &post, Rsvp::Maybe).await;
        mails.smtp.mode("accept");
        world.clock.advance(Time::HOUR);
        let mail = mails.one(&world, OMAR).await;
        assert!(mail.subject().contains("is verplaatst") && mail.plain.contains("Waar: online"), "{}", mail.plain);
        assert_eq!(event(&mail)["status"], "TENTATIVE");
        assert!(!has_link(&mail));
        // Removed by a moderator: they hear it.
        crate::notifications::run(&world.app, &format!("UPDATE account SET admin = TRUE WHERE actor_id = {}", world.noor.id)).await;
        let mut tx = world.app.core.db.begin().await.unwrap();
        let reason = meent::model::names::Reason::parse("Staat er dubbel.").unwrap();
        Box::pin(meent::ops::moderating::remove(&world.app.core, &mut tx, &world.noor, &post, &reason)).await.unwrap();
        world.app.core.commit(tx).await.unwrap();
        let new = mails.new_ones(&world).await;
        let mail = new.iter().find(|mail| mail.recipients == [OMAR]).expect("a mail to Omar");
        assert_eq!(mail.subject(), "De bijeenkomst van do 3 december 2026, 10.00-11.30 uur is weggehaald en gaat niet door.");
        assert_eq!(event(mail)["status"], "CANCELLED");
        assert!(!mail.plain.contains("We delen"));
        world.finish().await;
    }

    async fn people_without_an_account_hear_all_of_it_too(on: On) {
        let (world, mut mails, post) = begin(on, &session()).await;
        let guest = sign_up(&world, &post).await;
        let mail = mails.one(&world, GUEST).await;
        assert!(mail.subject().starts_with("Bevestig je aanmelding") && mail.files.is_empty() && !has_link(&mail));
        confirm(&world, &guest).await;
        let mail = mails.one(&world, GUEST).await;
        assert_eq!(mail.subject(), "Je hebt een plek bij \"Jongeren in beeld\".");
        assert_eq!(event(&mail)["status"], "CONFIRMED");
        let page = mail.links().into_iter().find(|link| link.contains("/sign-up/")).expect("their page").to_owned();
        assert!(has_link(&mail) && page.starts_with(&format!("{}/sign-up/{}/", world.app.core.urls.base(), guest.id)));
        assert_eq!(mail.header("list-unsubscribe"), "");
        // The mail server is busy: later it still knows what it was about.
        mails.smtp.mode("busy");
        world.call_off(&post, true).await;
        assert_eq!(mails.new_ones(&world).await.len(), 0);
        mails.smtp.mode("accept");
        world.clock.advance(Time::HOUR);
        let mail = mails.one(&world, GUEST).await;
        assert_eq!(mail.subject(), "\"Jongeren in beeld\" gaat niet door.");
        assert_eq!(event(&mail)["status"], "CANCELLED");
        assert!(!has_link(&mail) && mail.plain.contains("Het gaat niet door."));
        world.call_off(&post, false).await;
        mails.one(&world, GUEST).await;
        // Full: the next waits, and moves up when they withdraw.
        world.say(&world.omar, &post, Rsvp::Yes).await;
        assert!(mails.one(&world, OMAR).await.subject().contains("wachtlijst"));
        let mut tx = world.app.core.db.begin().await.unwrap();
        Box::pin(guests::withdraw(&world.app.core, &mut tx, &guest)).await.unwrap();
        world.app.core.commit(tx).await.unwrap();
        assert!(mails.one(&world, OMAR).await.subject().contains("Je hebt een plek"));
        // Nothing more for who is gone; a refusal of an address is nobody's bounce.
        world.change(&post, &Plan { starts_at: at("2026-12-10T09:00:00Z"), ends_at: None, ..session() }).await;
        assert_eq!(mails.one(&world, OMAR).await.recipients, [OMAR]);
        world.finish().await;
    }

    async fn a_day_before_everybody_is_reminded_once(on: On) {
        let (mut world, mut mails, post) = begin(on, &Plan { capacity: Some(4), ..session() }).await;
        world.say(&world.omar, &post, Rsvp::Yes).await;
        let guest = sign_up(&world, &post).await;
        mails.new_ones(&world).await;
        confirm(&world, &guest).await;
        mails.new_ones(&world).await;
        // 24 hours and a quarter before: not yet.
        world.clock.advance(at("2026-12-02T08:45:00Z").0 - world.clock.now().0);
        agenda::turn(&world.app.core).await.unwrap();
        assert_eq!(mails.new_ones(&world).await.len(), 0);
        // Somebody signs up just before: they have just read when it is.
        world.say(&world.noor, &post, Rsvp::Yes).await;
        assert_eq!(mails.one(&world, NOOR).await.subject(), "Je hebt een plek bij \"Jongeren in beeld\".");
        world.clock.advance(20 * Time::MINUTE);
        agenda::turn(&world.app.core).await.unwrap();
        let new = mails.new_ones(&world).await;
        let mut to: Vec<&str> = new.iter().map(|mail| mail.recipients[0].as_str()).collect();
        to.sort_unstable();
        assert_eq!(to, [GUEST, OMAR, "sanne@voorbeeld.example"]);
        for mail in &new {
            assert_eq!(mail.subject(), "Morgen is \"Jongeren in beeld\".");
            assert!(has_link(mail));
            assert_eq!(event(mail)["status"], "CONFIRMED");
        }
        // Again, and after the process died: nothing.
        agenda::turn(&world.app.core).await.unwrap();
        assert_eq!(mails.new_ones(&world).await.len(), 0);
        let config = world.app.core.config.clone();
        world.app.drop_dead().await;
        let again = App::open(config, world.clock.clone(), KeyMaker::Fixed(Arc::new(key("a")))).await.expect("an instance");
        agenda::turn(&again.core).await.unwrap();
        while jobs::run_due(&again.federation).await.unwrap() {}
        assert_eq!(mails.smtp.mails().len(), mails.seen);
        // Moved: everybody who was in anew, and by who was away for a while too.
        let mut tx = again.core.db.begin().await.unwrap();
        attendees::forget_reminders(&mut tx, post.id).await.unwrap();
        again.core.commit(tx).await.unwrap();
        world.clock.advance(20 * Time::HOUR);
        agenda::turn(&again.core).await.unwrap();
        while jobs::run_due(&again.federation).await.unwrap() {}
        let all = mails.smtp.mails();
        assert_eq!(all.len(), mails.seen + 3);
        assert!(all[mails.seen..].iter().all(|mail| mail.subject() == "Vandaag is \"Jongeren in beeld\"."));
        // It has begun: nobody is reminded of what they missed.
        let mut tx = again.core.db.begin().await.unwrap();
        attendees::forget_reminders(&mut tx, post.id).await.unwrap();
        again.core.commit(tx).await.unwrap();
        world.clock.advance(5 * Time::HOUR);
        agenda::turn(&again.core).await.unwrap();
        while jobs::run_due(&again.federation).await.unwrap() {}
        assert_eq!(mails.smtp.mails().iter().filter(|mail| mail.subject().contains("is \"Jongeren")).count(), 6);
        again.close().await.expect("closing");
    }

    async fn a_digest_says_when_and_carries_no_file(on: On) {
        let (world, mut mails, post) = begin(on, &session()).await;
        crate::notifications::run(&world.app, &format!("INSERT INTO notify_choice (actor_id, kind, on_page, mail) VALUES ({}, 'event', TRUE, 'digest')", world.omar.id)).await;
        crate::notifications::run(&world.app, &format!("UPDATE account SET digest = 'daily' WHERE actor_id = {}", world.omar.id)).await;
        world.say(&world.omar, &post, Rsvp::Yes).await;
        mails.one(&world, OMAR).await;
        world.change(&post, &Plan { starts_at: at("2026-12-10T09:00:00Z"), ends_at: None, ..session() }).await;
        assert_eq!(mails.new_ones(&world).await.len(), 0);
        world.clock.advance(Time::DAY);
        meent::ops::digesting::run(&world.app.core).await.unwrap();
        let mail = mails.one(&world, OMAR).await;
        assert!(mail.plain.contains("Wanneer: donderdag 10 december 2026, 10.00 uur"), "{}", mail.plain);
        assert!(mail.files.is_empty() && !has_link(&mail));
        world.finish().await;
    }
}
