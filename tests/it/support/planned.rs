//! Events, as the tests plan them and sign up for them.

use meent::db::{self, attendees, events};
use meent::error::Result;
use meent::model::names::{Body, Title};
use meent::model::{Actor, Attendee, Event, Place, Plan, Post, Rsvp, SignUp, Standing, Time};
use meent::ops::attending::{self, Said};
use meent::ops::planning::{self, Draft};

use super::TestApp;

/// A work session in three weeks, for `capacity` people where there is one.
pub fn session(app: &TestApp, capacity: Option<i64>) -> Plan {
    let starts_at = Time(app.clock.now().0 + 21 * Time::DAY);
    Plan {
        starts_at,
        ends_at: Some(starts_at.plus(2 * Time::HOUR)),
        zone: "Europe/Amsterdam".into(),
        place: Place { name: "Stadskantoor".into(), street: "Stadsplateau 1".into(), postcode: "3521 AZ".into(), town: "Utrecht".into() },
        online: true,
        online_link: "https://vergaderen.example/geheim-4711".into(),
        capacity,
        sign_up: SignUp::Open,
        sign_up_link: String::new(),
        sign_up_until: Some(starts_at.plus(-Time::DAY)),
        contact: "Anna Vermeer, 030 1234567".into(),
    }
}

/// Plans an event; gives it.
pub async fn planned(app: &TestApp, author: &Actor, group: &Actor, title: &str, plan: &Plan, question: Option<&Post>) -> Post {
    let mut tx = app.core.db.begin().await.expect("a transaction");
    let (title, body) = (Title::parse(title).expect("a title"), Body::parse("We kijken samen naar *speelruimte*.").expect("a text"));
    let draft = Draft { title: &title, body: &body, plan, tags: &[], organisers: &[], question, series: None };
    let post = planning::plan(&app.core, &mut tx, author, group, &draft, "nl").await.expect("planning");
    app.core.commit(tx).await.expect("a commit");
    post
}

/// Changes when, where and for how many it is.
pub async fn changed(app: &TestApp, who: &Actor, post: &Post, plan: &Plan) {
    let mut tx = app.core.db.begin().await.expect("a transaction");
    let post = db::posts::by_id(&mut tx, post.id).await.expect("the event");
    let (title, body) =
        (Title::parse(&post.title).expect("a title"), Body::parse(post.source.as_deref().expect("Markdown")).expect("a text"));
    let draft = Draft { title: &title, body: &body, plan, tags: &[], organisers: &[], question: None, series: None };
    planning::change(&app.core, &mut tx, who, &post, &draft).await.expect("changing");
    app.core.commit(tx).await.expect("a commit");
}

/// Calls it off, or back on.
pub async fn called_off(app: &TestApp, who: &Actor, post: &Post, off: bool) {
    let mut tx = app.core.db.begin().await.expect("a transaction");
    planning::cancel(&app.core, &mut tx, who, post, off).await.expect("calling off");
    app.core.commit(tx).await.expect("a commit");
}

/// Somebody says yes or no.
pub async fn says(app: &TestApp, member: &Actor, event: &str, answer: Rsvp) -> Result<Attendee> {
    let post = app.post(event).await;
    let mut tx = app.core.db.begin().await.expect("a transaction");
    let said = Said { answer, remark: "Ik neem koffie mee", visible: true };
    let attendee = attending::say(&app.core, &mut tx, member, &post, said).await?;
    app.core.commit(tx).await.expect("a commit");
    Ok(attendee)
}

/// An organiser decides about somebody.
pub async fn decided(app: &TestApp, by: &Actor, event: &Post, who: &str, lets_in: bool) {
    let attendee = attendee(app, who, &event.ap_id).await.expect("somebody to decide about");
    let mut tx = app.core.db.begin().await.expect("a transaction");
    attending::decide(&app.core, &mut tx, by, event, attendee.id, lets_in).await.expect("deciding");
    app.core.commit(tx).await.expect("a commit");
}

/// What an instance knows of somebody and an event.
pub async fn attendee(app: &TestApp, who: &str, event: &str) -> Option<Attendee> {
    let mut conn = app.core.db.conn();
    let who = db::actors::by_ap_id(&mut conn, who).await.expect("a read")?;
    let post = db::posts::by_ap_id(&mut conn, event).await.expect("a read")?;
    attendees::of_actor(&mut conn, post.id, who.id).await.expect("a read")
}

/// How it stands with somebody, as an instance knows it.
pub async fn standing(app: &TestApp, who: &str, event: &str) -> Standing {
    attendee(app, who, event).await.map_or(Standing::Out, |attendee| attendee.state)
}

/// An event as an instance knows it.
pub async fn event(app: &TestApp, ap_id: &str) -> Event {
    let post = app.post(ap_id).await;
    events::of(&mut app.core.db.conn(), post.id).await.expect("a read").unwrap_or_else(|| panic!("{ap_id} is no event on {}", app.name))
}
