//! Signing up on the page of an event: yes, maybe, no; a full hall, a line, an organiser who decides; what only some may see.

use meent::db::{actors, attendees, posts};
use meent::model::{Actor, Plan, Post, Rsvp, SignUp, Standing};
use meent::ops::attending;

use super::{Region, session};
use crate::on_both;
use crate::support::On;
use crate::support::visitor::{Page, Visitor};

const LINK: &str = "https://overleg.example/zqgeheim";

async fn answer(visitor: &mut Visitor, post: &Post, fields: &[(&str, &str)]) -> Page {
    let csrf = visitor.get("/profile").await.value("csrf");
    let all: Vec<(&str, &str)> = fields.iter().copied().chain([("csrf", csrf.as_str())]).collect();
    visitor.post(&format!("/post/{}/attend", post.id), &all).await
}

async fn decide(visitor: &mut Visitor, region: &Region, post: &Post, whom: &Actor, lets_in: &str) -> Page {
    let said = attendees::of_actor(&mut region.app.core.db.conn(), post.id, whom.id).await.unwrap().expect("somebody who said something");
    let (csrf, id) = (visitor.get("/profile").await.value("csrf"), said.id.to_string());
    visitor.post(&format!("/post/{}/attendees", post.id), &[("csrf", &csrf), ("attendee", &id), ("in", lets_in)]).await
}

on_both! {
    async fn a_member_says_yes_then_maybe_then_no(on: On) {
        let region = Region::start(on).await;
        let post = region.plan(&region.sanne, &Plan { capacity: Some(5), ..session() }, &[]).await;
        let mut omar = region.visit(&region.omar).await;
        let page = omar.get(&post.path()).await.body;
        for words in ["Kom je ook?", "value=\"yes\"", "value=\"maybe\"", "value=\"no\"", "1 persoon komt · nog 4 plekken", "word je lid van deze groep"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("zqgeheim") && !page.contains("/attendees"), "{page}");
        let sent = answer(&mut omar, &post, &[("rsvp", "yes"), ("remark", "Ik eet geen vlees."), ("visible", "1")]).await;
        assert_eq!(sent.leads_to(), format!("{}#bijeenkomst", post.path()));
        let page = omar.get(&post.path()).await.body;
        for words in ["Je komt. Je plek staat vast.", LINK, "Ik eet geen vlees.", "2 mensen komen · nog 3 plekken", "name=\"visible\" value=\"1\" checked"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("word je lid van deze groep"), "they are a member now");

        answer(&mut omar, &post, &[("rsvp", "maybe")]).await.leads_to();
        let page = omar.get(&post.path()).await.body;
        assert!(page.contains("Je komt misschien.") && page.contains("1 persoon komt") && !page.contains("zqgeheim"), "{page}");
        answer(&mut omar, &post, &[("rsvp", "no")]).await.leads_to();
        assert!(omar.get(&post.path()).await.body.contains("Je komt niet."));
        answer(&mut omar, &post, &[("rsvp", "yes")]).await.leads_to();
        assert_eq!(region.standing(&region.omar, &post).await, Standing::In);
        assert_eq!(answer(&mut omar, &post, &[("rsvp", "wie weet")]).await.status, 400);
        // When it has begun nobody comes any more.
        region.clock.advance(session().starts_at.0 - region.app.core.now().0);
        let late = answer(&mut region.visit(&region.noor).await, &post, &[("rsvp", "yes")]).await;
        assert!(late.status == 403 && late.body.contains("Deze bijeenkomst is al begonnen."), "{}", late.body);
        assert!(region.visit(&region.noor).await.get(&post.path()).await.body.contains("Deze bijeenkomst is al begonnen."));
        region.finish().await;
    }

    async fn a_visitor_is_led_to_the_log_in_page(on: On) {
        let region = Region::start(on).await;
        let post = region.plan(&region.sanne, &session(), &[]).await;
        let mut visitor = Visitor::of(&region.app);
        let page = visitor.get(&post.path()).await.body;
        assert!(page.contains(&format!("/login?next=/post/{}", post.id)) && page.contains("Log in om je aan te melden"), "{page}");
        assert!(!page.contains("zqgeheim") && !page.contains("/sign-up"), "{page}");
        assert_eq!(visitor.post(&format!("/post/{}/attend", post.id), &[("rsvp", "yes")]).await.status, 401);
        for (sign_up, words) in [
            (SignUp::None, "Aanmelden hoeft niet voor deze bijeenkomst."), (SignUp::Elsewhere, "href=\"https://inschrijven.example/1\""),
        ] {
            let plan = Plan { sign_up, sign_up_link: "https://inschrijven.example/1".into(), ..session() };
            let post = region.plan(&region.sanne, &plan, &[]).await;
            let page = region.visit(&region.omar).await.get(&post.path()).await.body;
            assert!(page.contains(words) && !page.contains("name=\"rsvp\""), "{page}");
        }
        region.finish().await;
    }

    async fn when_it_is_full_people_wait_and_move_up(on: On) {
        let region = Region::start(on).await;
        let post = region.plan(&region.sanne, &Plan { capacity: Some(2), ..session() }, &[]).await;
        let lars = region.app.member("lars", "Lars de Boer").await;
        for member in [&region.omar, &region.noor, &lars] {
            answer(&mut region.visit(member).await, &post, &[("rsvp", "yes")]).await.leads_to();
        }
        let mut visitors = (region.visit(&region.omar).await, region.visit(&region.noor).await, region.visit(&lars).await);
        assert!(visitors.1.get(&post.path()).await.body.contains("Je staat op de wachtlijst, op plek 1."));
        let page = visitors.2.get(&post.path()).await.body;
        assert!(page.contains("op plek 2.") && page.contains("2 mensen komen · geen plek meer · 2 op de wachtlijst"), "{page}");
        assert!(!page.contains("zqgeheim"), "who waits does not see the link");

        answer(&mut visitors.0, &post, &[("rsvp", "no")]).await.leads_to();
        assert!(visitors.1.get(&post.path()).await.body.contains("Je komt. Je plek staat vast."));
        assert!(visitors.2.get(&post.path()).await.body.contains("op plek 1."));
        // What came of her own click stood on the page where she clicked.
        assert_eq!(region.told(&region.noor).await, ["notice-event-in"]);
        // An organiser turns somebody away; the next has the place.
        let mut sanne = region.visit(&region.sanne).await;
        decide(&mut sanne, &region, &post, &region.noor, "0").await.leads_to();
        assert_eq!(region.standing(&lars, &post).await, Standing::In);
        let page = visitors.1.get(&post.path()).await.body;
        assert!(page.contains("Je kunt helaas niet bij deze bijeenkomst zijn.") && !page.contains("name=\"rsvp\""), "{page}");
        assert!(answer(&mut visitors.1, &post, &[("rsvp", "yes")]).await.body.contains("De organisator heeft je aanmelding afgewezen."));
        region.finish().await;
    }

    async fn an_organiser_decides_where_that_is_asked_for(on: On) {
        let region = Region::start(on).await;
        let post = region.plan(&region.sanne, &Plan { sign_up: SignUp::Approval, ..session() }, &[&region.omar]).await;
        let mut noor = region.visit(&region.noor).await;
        answer(&mut noor, &post, &[("rsvp", "yes"), ("remark", "Mag ik erbij zijn?")]).await.leads_to();
        let page = noor.get(&post.path()).await.body;
        assert!(page.contains("De organisator beslist of je kunt komen.") && !page.contains("zqgeheim"), "{page}");

        // Every organiser is told, and led to where it is decided.
        let mut omar = region.visit(&region.omar).await;
        let notices = omar.get("/notifications").await.body;
        let line = notices.split("Noor Jansen wil graag bij").next().unwrap().rsplit("href=\"").next().unwrap().split('"').next().unwrap();
        let page = if line.starts_with("/notifications/") { omar.get(line).await.leads_to().to_owned() } else { line.to_owned() };
        assert_eq!(page, format!("/post/{}/attendees", post.id));
        assert!(omar.get(&post.path()).await.body.contains("(1 wacht op antwoord)"));
        let list = omar.get(&page).await.body;
        for words in ["Wachten op jouw beslissing (1)", "Noor Jansen", "Mag ik erbij zijn?", "Komen (1)"] {
            assert!(list.contains(words), "{words}: {list}");
        }
        decide(&mut omar, &region, &post, &region.noor, "1").await.leads_to();
        let page = noor.get(&post.path()).await.body;
        assert!(page.contains("Je komt. Je plek staat vast.") && page.contains(LINK), "{page}");
        assert_eq!(region.told(&region.noor).await, ["notice-event-in"]);
        // A no stays a no, whatever somebody says in between.
        decide(&mut omar, &region, &post, &region.noor, "0").await.leads_to();
        for said in ["no", "maybe"] {
            answer(&mut noor, &post, &[("rsvp", said)]).await.leads_to();
            assert_eq!(region.standing(&region.noor, &post).await, Standing::Refused);
            assert_eq!(answer(&mut noor, &post, &[("rsvp", "yes")]).await.status, 403);
        }
        region.finish().await;
    }

    async fn who_comes_is_for_organisers(on: On) {
        let region = Region::start(on).await;
        let post = region.plan(&region.sanne, &session(), &[]).await;
        let lars = region.app.member("lars", "Lars de Boer").await;
        let (mut sanne, mut omar, mut noor) = (region.visit(&region.sanne).await, region.visit(&region.omar).await, region.visit(&region.noor).await);
        answer(&mut omar, &post, &[("rsvp", "yes"), ("remark", "=HYPERLINK(\"https://elders.example\")")]).await.leads_to();
        answer(&mut noor, &post, &[("rsvp", "yes"), ("visible", "1")]).await.leads_to();
        answer(&mut region.visit(&lars).await, &post, &[("rsvp", "maybe")]).await.leads_to();
        let list = format!("/post/{}/attendees", post.id);
        for path in [list.clone(), format!("{list}.csv")] {
            for visitor in [&mut omar, &mut noor] {
                let refused = visitor.get(&path).await;
                assert!(refused.status == 403 && refused.body.contains("Alleen wie de bijeenkomst organiseert, kan dit doen."), "{path}: {}", refused.body);
            }
            assert_eq!(Visitor::of(&region.app).get(&path).await.status, 401, "{path}");
        }
        let page = sanne.get(&list).await;
        for words in ["Komen (3)", "Misschien (1)", "Omar Hadi", "Lars de Boer", "=HYPERLINK("] {
            assert!(page.body.contains(words), "{words}: {}", page.body);
        }
        let file = sanne.get(&format!("{list}.csv")).await;
        assert_eq!((file.header("content-type"), file.header("content-disposition")), ("text/csv; charset=utf-8", "attachment; filename=\"attendees.csv\""));
        assert!(file.body.contains("\"'=HYPERLINK("), "{}", file.body);
        assert!(file.body.contains(&format!("Lars de Boer,lars@{}", region.app.host())) && file.body.contains(",misschien,"), "{}", file.body);

        // Others who come see those who may be seen; who does not come sees nobody.
        let names = omar.get(&post.path()).await.body;
        let names = names.split("Je ziet daar").nth(1).expect("names").split("</dd>").next().unwrap().to_owned();
        assert!(names.contains("Noor Jansen") && names.contains("Sanne Bakker") && !names.contains("Omar Hadi") && names.contains("en nog 1 ander"), "{names}");
        assert!(!region.visit(&lars).await.get(&post.path()).await.body.contains("Je ziet daar"));
        // Only organisers decide, and only about who said something to this event.
        assert_eq!(decide(&mut omar, &region, &post, &region.noor, "0").await.status, 403);
        assert_eq!(region.standing(&region.noor, &post).await, Standing::In);
        let other = region.plan(&region.sanne, &session(), &[]).await;
        let stray = attendees::of_actor(&mut region.app.core.db.conn(), post.id, region.noor.id).await.unwrap().unwrap().id.to_string();
        let csrf = sanne.get("/profile").await.value("csrf");
        assert_eq!(sanne.post(&format!("/post/{}/attendees", other.id), &[("csrf", &csrf), ("attendee", &stray), ("in", "0")]).await.status, 404);
        region.finish().await;
    }

    async fn the_link_is_on_no_page_of_who_has_no_place(on: On) {
        let region = Region::start(on).await;
        let post = region.plan(&region.sanne, &session(), &[]).await;
        region.say(&region.omar, &post, Rsvp::Maybe).await.unwrap();
        let paths = [post.path(), "/c/jeugd".into(), "/".into(), "/u/sanne".into(), "/notifications".into(), format!("/post/{}/sign-up", post.id)];
        for mut visitor in [Visitor::of(&region.app), region.visit(&region.omar).await, region.visit(&region.noor).await] {
            for path in &paths {
                assert!(!visitor.get(path).await.body.contains("zqgeheim"), "{path}");
            }
        }
        region.say(&region.noor, &post, Rsvp::Yes).await.unwrap();
        for member in [&region.noor, &region.sanne] {
            assert!(region.visit(member).await.get(&post.path()).await.body.contains(LINK));
        }
        // What another server sends instead of a link leads nowhere.
        region.finish().await;
    }

    async fn for_an_event_elsewhere_its_home_decides(on: On) {
        let region = Region::start(on).await;
        let post = region.plan(&region.sanne, &session(), &[]).await;
        // As if it came from elsewhere.
        region.app.change("UPDATE post SET local = FALSE, url = 'https://elders.example/post/7' WHERE kind = 'event'").await;
        region.app.change("UPDATE event SET online_link = '', told_attending = 7, capacity = 20").await;
        region.app.change("UPDATE actor SET local = FALSE, host = 'elders.example' WHERE name = 'sanne'").await;
        let post = posts::by_id(&mut region.app.core.db.conn(), post.id).await.unwrap();
        let mut omar = region.visit(&region.omar).await;
        let page = omar.get(&post.path()).await.body;
        for words in ["7 mensen komen · nog 13 plekken", "href=\"https://elders.example/post/7\"", "Bekijk op elders.example", "Kom je ook?"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        answer(&mut omar, &post, &[("rsvp", "yes")]).await.leads_to();
        let page = omar.get(&post.path()).await.body;
        assert!(page.contains("Je aanmelding is op vrijdag 20 november 2026, 10.00 uur verstuurd naar elders.example."), "{page}");
        assert!(page.contains("je plek staat nog niet vast") && !page.contains("Je plek staat vast"), "{page}");
        for (state, link, words) in [
            (Standing::Waiting, None, "Je staat op de wachtlijst."), (Standing::Asked, None, "De organisator beslist"),
            (Standing::In, Some("https://overleg.example/zqgeheim"), "Je komt. Je plek staat vast."),
            (Standing::In, Some("javascript:alert(1)"), "Je komt. Je plek staat vast."), (Standing::Refused, None, "Je kunt helaas niet"),
        ] {
            let mut tx = region.app.core.db.begin().await.unwrap();
            let member = actors::by_id(&mut tx, region.omar.id).await.unwrap();
            // Each a moment after the one before.
            region.clock.advance(1);
            let answer = attending::Answer { state, online_link: link, at: region.clock.now() };
            attending::receive_answer(&region.app.core, &mut tx, &member, &post, answer).await.unwrap();
            region.app.core.commit(tx).await.unwrap();
            let page = omar.get(&post.path()).await.body;
            assert!(page.contains(words), "{words}: {page}");
            assert_eq!(page.contains(LINK), link == Some(LINK), "{state:?}: {page}");
            assert!(!page.contains("javascript:"), "{page}");
        }
        region.finish().await;
    }
}
