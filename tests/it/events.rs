//! Events: planned and changed on pages, signed up for by members and by people without an account; in agendas, in the calendars
//! of others, by mail, and again and again.

mod agenda;
mod agenda_look;
mod calendars;
mod crowd;
mod guests;
mod interest;
mod look;
mod looking_back;
mod mails;
mod planning;
mod series;
mod signing_up;

use meent::db::{attendees, events};
use meent::error::Result;
use meent::model::names::{Body, Title};
use meent::model::{Actor, Attendee, Clock, Event, Place, Plan, Post, Rsvp, SignUp, Standing, Time};
use meent::ops::attending::{self, Said};
use meent::ops::planning::{self as verbs, Draft};

use crate::support::visitor::{Page, Visitor};
use crate::support::{On, START, TestApp};

/// A region with a group and three members; Sanne founded the group.
pub struct Region {
    pub app: TestApp,
    pub clock: Clock,
    pub sanne: Actor,
    pub omar: Actor,
    pub noor: Actor,
    pub group: Actor,
}

impl Region {
    pub async fn start(on: On) -> Self {
        Self::start_with(on, |_| {}).await
    }

    pub async fn start_with(on: On, change: impl FnOnce(&mut meent::config::Config)) -> Self {
        let clock = Clock::manual(START);
        let app = TestApp::start_with(on, "a", &clock, change).await;
        let sanne = app.member("sanne", "Sanne Bakker").await;
        let (omar, noor) = (app.member("omar", "Omar Hadi").await, app.member("noor", "Noor Jansen").await);
        let group = app.group("jeugd", "Jeugdhulp in de regio", &sanne).await;
        Self { app, clock, sanne, omar, noor, group }
    }

    pub async fn plan(&self, author: &Actor, plan: &Plan, organisers: &[&Actor]) -> Post {
        let (title, body) = (Title::parse("Jongeren in beeld na hun achttiende").unwrap(), Body::parse("We delen wat werkt.").unwrap());
        let organisers: Vec<_> = organisers.iter().map(|organiser| organiser.id).collect();
        let draft = Draft { title: &title, body: &body, plan, tags: &[], organisers: &organisers, question: None, series: None };
        let mut tx = self.app.core.db.begin().await.unwrap();
        let post = Box::pin(verbs::plan(&self.app.core, &mut tx, author, &self.group, &draft, "nl")).await.unwrap();
        self.app.core.commit(tx).await.unwrap();
        post
    }

    pub async fn say(&self, member: &Actor, post: &Post, answer: Rsvp) -> Result<Attendee> {
        let mut tx = self.app.core.db.begin().await?;
        let said = Said { answer, remark: "", visible: false };
        let attendee = Box::pin(attending::say(&self.app.core, &mut tx, member, post, said)).await?;
        self.app.core.commit(tx).await?;
        Ok(attendee)
    }

    pub async fn event(&self, post: &Post) -> Event {
        events::of(&mut self.app.core.db.conn(), post.id).await.unwrap().expect("an event")
    }

    /// What became of what a member said; `Out` for who said nothing.
    pub async fn standing(&self, member: &Actor, post: &Post) -> Standing {
        let said = attendees::of_actor(&mut self.app.core.db.conn(), post.id, member.id).await.unwrap();
        said.map_or(Standing::Out, |said| said.state)
    }

    pub async fn visit(&self, member: &Actor) -> Visitor {
        Visitor::logged_in(&self.app, member).await
    }

    /// The sentences of what somebody was told, as keys, the oldest first.
    pub async fn told(&self, who: &Actor) -> Vec<String> {
        let all = meent::db::notifications::page(&mut self.app.core.db.conn(), who.id, meent::model::NotificationId(i64::MAX), 100).await;
        all.unwrap().into_iter().rev().map(|notice| notice.sentence).collect()
    }

    /// Ends the test. What goes over the wire is looked at elsewhere.
    pub async fn finish(self) {
        self.app.forget_deliveries().await;
        self.app.finish().await;
    }
}

/// Thursday 3 December 2026, 10.00 to 11.30, in a hall and online, for who signs up.
pub fn session() -> Plan {
    let starts_at = Time::parse_rfc3339("2026-12-03T09:00:00Z").unwrap();
    Plan {
        starts_at,
        ends_at: Some(starts_at.plus(90 * Time::MINUTE)),
        zone: "Europe/Amsterdam".into(),
        place: Place {
            name: "Huis van de Stad".into(),
            street: "Burgemeester Jamesplein 1".into(),
            postcode: "2803 PG".into(),
            town: "Gouda".into(),
        },
        online: true,
        online_link: "https://overleg.example/zqgeheim".into(),
        capacity: None,
        sign_up: SignUp::Open,
        sign_up_link: String::new(),
        sign_up_until: None,
        contact: "Sanne Bakker, sanne@voorbeeld.example".into(),
    }
}

/// Fills in the form on `page` and sends it to `path`. What is not given stays empty.
pub async fn send(visitor: &mut Visitor, page: &str, path: &str, fields: &[(&str, &str)]) -> Page {
    let opened = visitor.get(page).await;
    assert_eq!(opened.status, 200, "{page}: {}", opened.body);
    let hidden: Vec<(String, String)> = ["csrf", "once", "question"]
        .iter()
        .filter(|name| opened.body.contains(&format!("name=\"{name}\" value=")))
        .map(|name| ((*name).to_owned(), opened.value(name)))
        .collect();
    let all: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(fields.iter().copied()).collect();
    visitor.post(path, &all).await
}

/// The form of an event as somebody fills it in, with other values for some fields.
pub fn filled<'a>(other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("title", "Jongeren in beeld na hun achttiende"),
        ("body", "We delen **wat werkt**."),
        ("topics", "jeugdhulp"),
        ("starts_day", "2026-12-03"),
        ("starts_time", "10:00"),
        ("ends_day", ""),
        ("ends_time", "11:30"),
        ("zone", "Europe/Amsterdam"),
        ("place_name", "Huis van de Stad"),
        ("place_street", "Burgemeester Jamesplein 1"),
        ("place_postcode", "2803 PG"),
        ("place_town", "Gouda"),
        ("sign_up", "open"),
        ("action", "send"),
    ];
    fields.retain(|(name, _)| other.iter().all(|(changed, _)| changed != name));
    fields.extend(other);
    fields
}
