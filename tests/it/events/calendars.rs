//! Events in the calendars of others: files that three programs of others read without a fault, and who may know what.

use meent::config::Config;
use meent::db::calendars;
use meent::model::names::{Body, Title};
use meent::model::recurrence::Repeat;
use meent::model::{Actor, Clock, Place, Plan, Post, Rsvp, SignUp, Tag, Time};
use meent::ops::attending::{self, Said};
use meent::ops::planning::{self, Draft};
use meent::ops::{calendar, recurring};

use crate::on_both;
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp, ics};

/// The link that only who has a place may know.
pub const LINK: &str = "https://overleg.example/zqxgeheim";

/// A region with a group and three members; Sanne plans what there is.
pub struct World {
    pub app: TestApp,
    pub clock: Clock,
    pub sanne: Actor,
    pub omar: Actor,
    pub noor: Actor,
    pub group: Actor,
}

pub fn at(text: &str) -> Time {
    Time::parse_rfc3339(text).unwrap()
}

/// Thursday 3 December 2026, 10.00 to 11.30 in Gouda and online, for one besides its author.
pub fn session() -> Plan {
    Plan {
        starts_at: at("2026-12-03T09:00:00Z"),
        ends_at: Some(at("2026-12-03T10:30:00Z")),
        zone: "Europe/Amsterdam".into(),
        place: Place {
            name: "Huis van de Stad".into(),
            street: "Burgemeester Jamesplein 1".into(),
            postcode: "2803 PG".into(),
            town: "Gouda".into(),
        },
        online: true,
        online_link: LINK.into(),
        capacity: Some(2),
        sign_up: SignUp::Open,
        sign_up_link: String::new(),
        sign_up_until: None,
        contact: "Sanne Bakker".into(),
    }
}

impl World {
    pub async fn start(on: On) -> Self {
        Self::start_with(on, |_| {}).await
    }

    pub async fn start_with(on: On, change: impl FnOnce(&mut Config)) -> Self {
        let clock = Clock::manual(START);
        let app = TestApp::start_with(on, "a", &clock, change).await;
        let sanne = app.member("sanne", "Sanne Bakker").await;
        let (omar, noor) = (app.member("omar", "Omar Hadi").await, app.member("noor", "Noor Jansen").await);
        let group = app.group("jeugd", "Jeugdhulp in de regio", &sanne).await;
        Self { app, clock, sanne, omar, noor, group }
    }

    pub async fn plan(&self, title: &str, body: &str, plan: &Plan) -> Post {
        let (title, body) = (Title::parse(title).unwrap(), Body::parse(body).unwrap());
        let tags = [Tag::parse("jeugdhulp").unwrap(), Tag::parse("18plus").unwrap()];
        let draft = Draft { title: &title, body: &body, plan, tags: &tags, organisers: &[], question: None, series: None };
        let mut tx = self.app.core.db.begin().await.unwrap();
        let post = Box::pin(planning::plan(&self.app.core, &mut tx, &self.sanne, &self.group, &draft, "nl")).await.unwrap();
        self.app.core.commit(tx).await.unwrap();
        post
    }

    /// The same event with other particulars.
    pub async fn change(&self, post: &Post, plan: &Plan) {
        let (title, body) = (Title::parse(&post.title).unwrap(), Body::parse(post.source.as_deref().unwrap()).unwrap());
        let draft = Draft { title: &title, body: &body, plan, tags: &[], organisers: &[], question: None, series: None };
        let mut tx = self.app.core.db.begin().await.unwrap();
        Box::pin(planning::change(&self.app.core, &mut tx, &self.sanne, post, &draft)).await.unwrap();
        self.app.core.commit(tx).await.unwrap();
    }

    pub async fn call_off(&self, post: &Post, off: bool) {
        let mut tx = self.app.core.db.begin().await.unwrap();
        Box::pin(planning::cancel(&self.app.core, &mut tx, &self.sanne, post, off)).await.unwrap();
        self.app.core.commit(tx).await.unwrap();
    }

    pub async fn say(&self, member: &Actor, post: &Post, answer: Rsvp) {
        let mut tx = self.app.core.db.begin().await.unwrap();
        let said = Said { answer, remark: "", visible: false };
        Box::pin(attending::say(&self.app.core, &mut tx, member, post, said)).await.unwrap();
        self.app.core.commit(tx).await.unwrap();
    }

    pub async fn begin(&self, title: &str, plan: &Plan, repeat: &Repeat) -> Post {
        let (title, body) = (Title::parse(title).unwrap(), Body::parse("Elke keer een ander onderwerp.").unwrap());
        let draft = Draft { title: &title, body: &body, plan, tags: &[], organisers: &[], question: None, series: None };
        let mut tx = self.app.core.db.begin().await.unwrap();
        let post = Box::pin(recurring::begin(&self.app.core, &mut tx, &self.sanne, &self.group, &draft, repeat, &[], "nl")).await.unwrap();
        self.app.core.commit(tx).await.unwrap();
        post
    }

    /// Ends the test. What goes over the wire is looked at elsewhere.
    pub async fn finish(self) {
        self.app.run_jobs().await;
        self.app.forget_deliveries().await;
        self.app.finish().await;
    }
}

on_both! {
    async fn one_event_says_what_everybody_may_know(on: On) {
        let world = World::start(on).await;
        let mut anybody = Visitor::of(&world.app);
        let title = "Één loket, \"één\" plan; of niet? 👩‍👩‍👧‍👦 Jongeren in beeld na hun achttiende, met alle partners uit de regio aan tafel";
        let many = "Heel veel woorden, met komma's. ".repeat(40);
        let list = "- een lijst; met tekens\n- nog een regel \\ met een streep";
        let body = format!("We delen wat werkt, wat niet, en waarom.\n\n{list}\n\nTot dan! 🌳🌳🌳 {many}");
        let post = world.plan(title, &body, &session()).await;
        world.say(&world.omar, &post, Rsvp::Yes).await;
        let file = anybody.get(&format!("/post/{}/event.ics", post.id)).await;
        assert_eq!((file.status, file.header("content-type")), (200, "text/calendar; charset=utf-8"));
        assert_eq!(file.header("set-cookie"), "");
        assert!(file.header("cache-control").starts_with("public, max-age="));
        let read = ics::read(&file.body);
        assert_eq!((read.method.as_str(), read.zones.as_slice()), ("PUBLISH", ["Europe/Amsterdam".to_owned()].as_slice()));
        let event = read.of(title);
        assert_eq!(event["uid"], post.ap_id);
        assert_eq!((event["starts"].as_str(), event["ends"].as_str()), (Some("2026-12-03T09:00:00Z"), Some("2026-12-03T10:30:00Z")));
        assert_eq!((event["status"].as_str(), event["sequence"].as_i64(), event["zone"].as_str()), (Some("CONFIRMED"), Some(0), Some("Europe/Amsterdam")));
        assert_eq!(event["place"], "Huis van de Stad, Burgemeester Jamesplein 1, 2803 PG Gouda");
        assert_eq!(event["url"], format!("{}/post/{}", world.app.core.urls.base(), post.id));
        assert_eq!(event["topics"].as_array().unwrap().len(), 2);
        assert_eq!(event["contact"], "Sanne Bakker");
        let words = event["words"].as_str().unwrap();
        assert!(words.starts_with("We delen wat werkt, wat niet, en waarom.") && words.contains("nog een regel \\ met een streep"), "{words}");
        assert!(!file.body.replace("\r\n ", "").contains("zqxgeheim"), "{}", file.body);

        // Who has it gets nothing.
        let again = anybody.get_with(&format!("/post/{}/event.ics", post.id), &[("if-none-match", file.header("etag"))]).await;
        assert_eq!((again.status, again.body.as_str(), again.header("etag")), (304, "", file.header("etag")));
        let again = anybody.get_with(&format!("/post/{}/event.ics", post.id), &[("if-modified-since", file.header("last-modified"))]).await;
        assert_eq!(again.status, 304);

        // Called off: it says so, and counts up.
        world.clock.advance(Time::HOUR);
        world.call_off(&post, true).await;
        let off = anybody.get_with(&format!("/post/{}/event.ics", post.id), &[("if-none-match", file.header("etag"))]).await;
        assert_eq!(off.status, 200);
        let off = ics::read(&off.body);
        assert_eq!((off.of(title)["status"].as_str(), off.of(title)["sequence"].as_i64()), (Some("CANCELLED"), Some(1)));
        assert_eq!(off.of(title)["uid"], post.ap_id);

        // No event, and one that is gone.
        let question = world.app.ask(&world.sanne, &world.group, "Hoe pakken jullie dit aan?", "Wie weet dit?").await;
        assert_eq!(anybody.get(&format!("/post/{}/event.ics", question.id)).await.status, 404);
        assert_eq!(anybody.get("/post/1/event.ics").await.status, 404);
        assert_eq!(anybody.get("/post/x/event.ics").await.status, 404);
        world.say(&world.omar, &post, Rsvp::No).await;
        world.app.remove(&world.sanne, &post).await;
        assert_eq!(anybody.get(&format!("/post/{}/event.ics", post.id)).await.status, 410);
        world.finish().await;
    }

    async fn an_address_stands_in_no_calendar(on: On) {
        let world = World::start(on).await;
        let post = world.plan("Vragenuur", "Voor iedereen.", &Plan { contact: "sanne@gouda.example".into(), ..session() }).await;
        let file = Visitor::of(&world.app).get(&format!("/post/{}/event.ics", post.id)).await;
        assert!(!file.body.contains('@'), "{}", file.body);
        world.finish().await;
    }

    async fn agendas_go_back_three_months_and_on_to_the_last(on: On) {
        let world = World::start(on).await;
        let other = world.app.group("wmo", "Wmo", &world.omar).await;
        let soon = world.plan("Intervisie jeugd", "Breng een casus mee.", &session()).await;
        let york = Plan {
            starts_at: at("2027-03-14T17:00:00Z"),
            ends_at: Some(at("2027-03-14T18:00:00Z")),
            zone: "America/New_York".into(),
            place: Place::default(),
            ..session()
        };
        world.plan("Kijken bij de buren", "Een gesprek met New York.", &york).await;
        let far = Plan { zone: "Pacific/Chatham".into(), ..york.clone() };
        world.plan("Gesprek met Chatham", "Online.", &far).await;
        let mut anybody = Visitor::of(&world.app);
        let all = anybody.get("/agenda.ics").await;
        assert_eq!((all.status, all.header("content-type")), (200, "text/calendar; charset=utf-8"));
        let read = ics::read(&all.body);
        assert_eq!(read.titles(), ["Intervisie jeugd", "Kijken bij de buren", "Gesprek met Chatham"]);
        assert_eq!(read.zones, ["America/New_York", "Europe/Amsterdam", "Pacific/Chatham"]);
        assert_eq!(read.name, "Agenda van Meent");
        assert_eq!(read.of("Kijken bij de buren")["starts"], "2027-03-14T17:00:00Z");
        assert_eq!(read.of("Kijken bij de buren")["place"], "Online");
        let of_group = anybody.get("/c/jeugd/agenda.ics").await;
        assert_eq!(ics::read(&of_group.body).name, "Agenda van Jeugdhulp in de regio");
        assert_eq!(ics::read(&of_group.body).of("Intervisie jeugd")["uid"], soon.ap_id);
        assert_eq!(anybody.get_with("/agenda.ics", &[("if-none-match", all.header("etag"))]).await.status, 304);
        // Empty is a calendar too; what is not there is none.
        let empty = anybody.get(&format!("/c/{}/agenda.ics", other.name)).await;
        assert_eq!((empty.status, ics::read(&empty.body).events.len()), (200, 0));
        assert_eq!(anybody.get("/c/niemand/agenda.ics").await.status, 404);
        assert_eq!(ics::read(&anybody.get("/agenda.ics").await.body).events.len(), 3);
        // What was called off stays, so that nobody stands before a closed door.
        world.call_off(&soon, true).await;
        assert_eq!(ics::read(&anybody.get("/agenda.ics").await.body).of("Intervisie jeugd")["status"], "CANCELLED");
        world.clock.advance(92 * Time::DAY);
        assert_eq!(ics::read(&anybody.get("/agenda.ics").await.body).titles().len(), 3);
        world.clock.advance(20 * Time::DAY);
        assert_eq!(ics::read(&anybody.get("/agenda.ics").await.body).titles(), ["Kijken bij de buren", "Gesprek met Chatham"]);
        world.finish().await;
    }

    async fn ones_own_calendar_is_secret_and_says_more(on: On) {
        let world = World::start(on).await;
        let post = world.plan("Jongeren in beeld", "We delen wat werkt.", &session()).await;
        let second = world.plan("Casusbespreking", "Breng er een mee.", &Plan { capacity: Some(10), ..session() }).await;
        world.say(&world.omar, &post, Rsvp::Yes).await;
        world.say(&world.omar, &second, Rsvp::Yes).await;
        world.say(&world.noor, &post, Rsvp::Yes).await;
        world.say(&world.noor, &second, Rsvp::Maybe).await;

        let mut omar = Visitor::logged_in(&world.app, &world.omar).await;
        assert!(omar.get("/account").await.body.contains("href=\"/account/calendar\""));
        let page = omar.get("/account/calendar").await;
        let (csrf, once) = (page.value("csrf"), page.value("once"));
        let made = omar.post("/account/calendar", &[("csrf", &csrf), ("once", &once)]).await;
        assert_eq!((made.status, made.header("cache-control")), (200, "private, no-store"));
        let address = made.body.split("readonly value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let path = address.strip_prefix(world.app.core.urls.base()).expect("an address of ours").to_owned();
        assert!(made.body.contains(&format!("href=\"webcal://{}{path}\"", world.app.host())), "{}", made.body);
        // Shown once: the same form again shows nothing, and changes nothing.
        assert_eq!(omar.post("/account/calendar", &[("csrf", &csrf), ("once", &once)]).await.leads_to(), "/account/calendar");
        let token = path.strip_prefix("/calendar/").and_then(|rest| rest.strip_suffix(".ics")).unwrap().to_owned();
        assert!(!omar.get("/account/calendar").await.body.contains(&token));

        let mut program = Visitor::of(&world.app);
        let file = program.get(&path).await;
        assert_eq!((file.status, file.header("content-type"), file.header("cache-control")), (200, "text/calendar; charset=utf-8", "private, no-cache"));
        assert_eq!(file.header("set-cookie"), "");
        let read = ics::read(&file.body);
        assert_eq!(read.name, "Mijn agenda bij Meent");
        assert!(read.of("Jongeren in beeld")["words"].as_str().unwrap().contains(LINK));
        assert_eq!(read.of("Jongeren in beeld")["status"], "CONFIRMED");
        assert_eq!(program.get_with(&path, &[("if-none-match", file.header("etag"))]).await.status, 304);
        assert!(omar.get("/account/calendar").await.body.contains("keek er voor het laatst naar"));

        // Who waits, or may come, sees when it is, and no link.
        let noors = ics_of(&world, &world.noor).await;
        assert_eq!(noors.of("Jongeren in beeld")["status"], "TENTATIVE");
        assert_eq!(noors.of("Casusbespreking")["status"], "TENTATIVE");
        assert!(!noors.events.iter().any(|event| event.to_string().contains("zqxgeheim")), "{:?}", noors.events);

        // Moved up: the link is there. Called off or removed: it stays, and the link is gone.
        world.say(&world.omar, &post, Rsvp::No).await;
        let noors = ics_of(&world, &world.noor).await;
        assert_eq!(noors.of("Jongeren in beeld")["status"], "CONFIRMED");
        assert!(noors.of("Jongeren in beeld")["words"].as_str().unwrap().contains(LINK));
        world.call_off(&post, true).await;
        let noors = ics_of(&world, &world.noor).await;
        assert_eq!(noors.of("Jongeren in beeld")["status"], "CANCELLED");
        assert!(!noors.of("Jongeren in beeld").to_string().contains("zqxgeheim"));
        crate::notifications::run(&world.app, &format!("UPDATE account SET admin = TRUE WHERE actor_id = {}", world.noor.id)).await;
        let mut tx = world.app.core.db.begin().await.unwrap();
        let reason = meent::model::names::Reason::parse("Staat er dubbel.").unwrap();
        Box::pin(meent::ops::moderating::remove(&world.app.core, &mut tx, &world.noor, &second, &reason)).await.unwrap();
        world.app.core.commit(tx).await.unwrap();
        let noors = ics_of(&world, &world.noor).await;
        let gone: Vec<_> = noors.events.iter().filter(|event| event["uid"] == second.ap_id.as_str()).collect();
        assert_eq!((gone.len(), gone[0]["status"].as_str(), gone[0]["title"].as_str()), (1, Some("CANCELLED"), Some("Weggehaalde bijeenkomst")));

        // A new address ends the old one, and taking it back ends every one.
        let page = omar.get("/account/calendar").await;
        let renewed = omar.post("/account/calendar", &[("csrf", &page.value("csrf")), ("once", &page.value("once"))]).await;
        let new = renewed.body.split("readonly value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let new = new.strip_prefix(world.app.core.urls.base()).unwrap().to_owned();
        assert_eq!((program.get(&path).await.status, program.get(&new).await.status), (404, 200));
        assert_eq!(omar.post("/account/calendar/revoke", &[("csrf", &page.value("csrf"))]).await.leads_to(), "/account/calendar");
        assert_eq!(program.get(&new).await.status, 404);
        assert_eq!(calendars::of(&mut world.app.core.db.conn(), world.omar.id).await.unwrap(), None);
        assert_eq!(Visitor::of(&world.app).get("/account/calendar").await.status, 401);
        world.finish().await;
    }

    async fn guessing_addresses_ends_and_holds_up_nobody_else(on: On) {
        let world = World::start(on).await;
        let mut tx = world.app.core.db.begin().await.unwrap();
        let token = calendar::make(&world.app.core, &mut tx, &world.omar).await.unwrap();
        world.app.core.commit(tx).await.unwrap();
        let mut program = Visitor::of(&world.app);
        let mut statuses = Vec::new();
        for number in 0..62 {
            statuses.push(program.get(&format!("/calendar/fout{number}.ics")).await.status);
        }
        assert_eq!((statuses[0], statuses[59], statuses[61]), (404, 404, 429));
        assert_eq!(program.get(&format!("/calendar/{token}.ics")).await.status, 200);
        assert_eq!(program.get(&format!("/calendar/{token}")).await.status, 404);
        world.clock.advance(2 * Time::HOUR);
        assert_eq!(program.get("/calendar/fout.ics").await.status, 404);
        // Whoever leaves takes it along.
        crate::notifications::run(&world.app, &format!("UPDATE account SET state = 'closed' WHERE actor_id = {}", world.omar.id)).await;
        assert_eq!(program.get(&format!("/calendar/{token}.ics")).await.status, 404);
        world.finish().await;
    }
}

/// A member's own calendar, as a program reads it.
async fn ics_of(world: &World, member: &Actor) -> ics::Read {
    ics::read(&calendar::of_member(&world.app.core, &mut world.app.core.db.conn(), member).await.unwrap().text)
}
