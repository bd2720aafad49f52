//! The form of an event: what is typed becomes one, everything that is wrong is said at once; changing it, calling it off.

use meent::db::{attendees, events, posts, topics};
use meent::model::{Plan, PostId, Rsvp, Standing, Time};
use meent::ops::closing;

use super::{Region, filled, send, session};
use crate::on_both;
use crate::support::On;
use crate::support::visitor::Page;

const NEW: &str = "/c/jeugd/event/new";

/// What is wrong, as the summary above the form says it.
fn problems(page: &Page) -> Vec<String> {
    let list = page.body.split("class=\"problems\"").nth(1).and_then(|rest| rest.split("</ul>").next()).unwrap_or_default();
    list.split("<li><a href=\"#")
        .skip(1)
        .filter_map(|item| item.split('>').nth(1)?.split('<').next())
        .map(|text| text.replace("&#39;", "'"))
        .collect()
}

fn planned(page: &Page) -> PostId {
    page.leads_to().trim_start_matches("/post/").parse().expect("an id")
}

on_both! {
    async fn what_is_typed_becomes_an_event(on: On) {
        let region = Region::start(on).await;
        let mut sanne = region.visit(&region.sanne).await;
        assert!(sanne.get("/c/jeugd").await.body.contains("href=\"/c/jeugd/event/new\""), "the group offers it");
        assert!(sanne.get("/c/jeugd/ask").await.body.contains("href=\"/c/jeugd/event/new\""), "and so does the form of a question");
        assert_eq!(sanne.get("/c/jeugd/ask?kind=event").await.leads_to(), NEW);
        let form = sanne.get(NEW).await;
        let first = form.body.split("<option value=\"").nth(1).unwrap();
        assert!(first.starts_with("Europe/Amsterdam\" selected"), "{first:.60}");

        // As people write days and times.
        let fields = filled(&[
            ("starts_day", "3-12-2026"), ("starts_time", "10.00 uur"), ("ends_time", "11.30"), ("organisers", "omar, @noor"), ("capacity", " 25 "),
            ("online", "1"), ("online_link", "https://overleg.example/zqgeheim"), ("contact", "Sanne, sanne@voorbeeld.example"), ("until_day", "1 december 2026"),
        ]);
        let preview = send(&mut sanne, NEW, NEW, &filled(&[("action", "preview")])).await;
        assert_eq!(preview.status, 200);
        for words in ["Zo komt je bijeenkomst eruit te zien", "donderdag 3 december 2026, 10.00 – 11.30 uur", "<strong>wat werkt</strong>"] {
            assert!(preview.body.contains(words), "{words}: {}", preview.body);
        }
        let once = preview.value("once");
        let csrf = preview.value("csrf");
        let all: Vec<(&str, &str)> = fields.iter().copied().chain([("csrf", csrf.as_str()), ("once", once.as_str())]).collect();
        let sent = sanne.post(NEW, &all).await;
        let id = planned(&sent);
        assert_eq!(planned(&sanne.post(NEW, &all).await), id, "sent twice, it leads to the same event");

        let mut conn = region.app.core.db.conn();
        let event = events::of(&mut conn, id).await.unwrap().unwrap();
        let expected = Plan {
            capacity: Some(25), contact: "Sanne, sanne@voorbeeld.example".into(), sign_up_until: Time::parse_rfc3339("2026-12-01T22:59:00Z"), ..session()
        };
        assert_eq!(event.plan, expected);
        let organisers: Vec<String> = events::organisers(&mut conn, id).await.unwrap().into_iter().map(|actor| actor.name).collect();
        assert_eq!(organisers, ["omar", "noor"]);
        assert_eq!(topics::of_post(&mut conn, id).await.unwrap().len(), 1);
        drop(conn);
        let post = posts::by_id(&mut region.app.core.db.conn(), id).await.unwrap();
        assert_eq!(region.standing(&region.sanne, &post).await, Standing::In, "who plans it comes");
        assert_eq!(region.told(&region.omar).await, ["notice-event-organise"]);

        let page = sanne.get(&format!("/post/{id}")).await.body;
        for words in [
            "donderdag 3 december 2026, 10.00 – 11.30 uur", "Huis van de Stad, Burgemeester Jamesplein 1, 2803 PG Gouda", "Organisatoren", "Omar Hadi",
            "Sanne, sanne@voorbeeld.example", "1 persoon komt · nog 24 plekken", "Je komt. Je plek staat vast.", "https://overleg.example/zqgeheim",
            &format!("/post/{id}/event.ics"),
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        region.finish().await;
    }

    async fn everything_that_is_wrong_is_said_at_once(on: On) {
        let region = Region::start(on).await;
        let mut sanne = region.visit(&region.sanne).await;
        let page = send(&mut sanne, NEW, NEW, &[("action", "send"), ("zone", "Europe/Atlantis"), ("organisers", "niemand, omar"), ("capacity", "nul"), ("until_time", "9.00"), ("online_link", "overleg")]).await;
        assert_eq!(page.status, 422);
        assert_eq!(problems(&page), [
            "Vul dit in: Titel.",
            "Vul dit in: Toelichting.",
            "Vul dit in: Begint op (dag).",
            "Vul dit in: Begint om (tijd).",
            "Vul dit in: Eindigt om (tijd).",
            "Tijdzone: deze tijdzone kennen we niet. Kies er een uit de lijst.",
            "Naam van de plek: vul in waar de bijeenkomst is, of kies dat je online kunt meedoen.",
            "Link om online mee te doen: vul een webadres in dat begint met https://",
            "Kies hoe mensen zich aanmelden.",
            "Aantal plekken: vul een heel getal van 1 of meer in.",
            "Vul dit in: Aanmelden tot (dag).",
            "Wie organiseren mee? Deze namen kennen we hier niet: niemand.",
        ]);
        // One by one.
        let long = "a".repeat(101);
        for (fields, sentence) in [
            (vec![("starts_day", "morgen")], "Begint op (dag): vul een dag en een tijd in, zoals 3-12-2026 en 10.00."),
            (vec![("starts_time", "tien uur")], "Begint om (tijd): vul een dag en een tijd in, zoals 3-12-2026 en 10.00."),
            (vec![("starts_day", "2026-11-20"), ("starts_time", "09:59")], "Begint op (dag): dit moment is al voorbij. Kies een moment in de toekomst."),
            (vec![("starts_day", "2036-11-20")], "Begint op (dag): dit is te ver weg. Kies een moment binnen vijf jaar, en niet langer dan een maand."),
            (vec![("ends_time", "9:30")], "Eindigt om (tijd): het einde moet na het begin liggen."),
            (vec![("ends_day", "2-12-2026")], "Eindigt op (dag): het einde moet na het begin liggen."),
            (vec![("ends_day", "3-2-2027")], "Eindigt op (dag): dit is te ver weg. Kies een moment binnen vijf jaar, en niet langer dan een maand."),
            (vec![("ends_day", "31-2-2027")], "Eindigt op (dag): vul een dag en een tijd in, zoals 3-12-2026 en 10.00."),
            (vec![("capacity", "0")], "Aantal plekken: vul een heel getal van 1 of meer in."),
            (vec![("capacity", "1000000")], "Aantal plekken: vul een heel getal van 1 of meer in."),
            (vec![("sign_up", "elsewhere")], "Link naar de andere site: vul in waar mensen zich aanmelden."),
            (vec![("sign_up", "elsewhere"), ("sign_up_link", "javascript:alert(1)")], "Link naar de andere site: vul een webadres in dat begint met https://"),
            (vec![("sign_up", "none"), ("online_link", "https://overleg.example/1")], "Link om online mee te doen: alleen wie zich hier aanmeldt, ziet deze link. Laat mensen zich hier aanmelden, of zet de link in de toelichting."),
            (vec![("until_day", "2026-12-04")], "Aanmelden tot (dag): kies een moment voor het begin van de bijeenkomst."),
            (vec![("until_day", "2026-12-02"), ("until_time", "25.00")], "Aanmelden tot (tijd): vul een dag en een tijd in, zoals 3-12-2026 en 10.00."),
            (vec![("contact", long.as_str())], "Contact is te lang. Gebruik niet meer dan 100 tekens."),
            (vec![("place_town", long.as_str())], "Plaats is te lang. Gebruik niet meer dan 100 tekens."),
            (vec![("title", "ab")], "Titel is te kort. Gebruik minstens 3 tekens."),
        ] {
            let page = send(&mut sanne, NEW, NEW, &filled(&fields)).await;
            let found = problems(&page);
            assert!(page.status == 422 && found.contains(&sentence.to_owned()), "{fields:?}: {} {found:#?}", page.status);
            // What was typed is still there.
            for (name, value) in &fields {
                let kept = match (*name, page.body.contains(&format!("name=\"{name}\" type=\"date\""))) {
                    ("sign_up", _) => continue,
                    (_, true) => page.body.contains(&format!("name=\"{name}\" type=\"date\" value=\"20")),
                    _ => page.body.contains(value) || *name == "ends_time",
                };
                assert!(kept, "{name} lost {value}");
            }
        }
        assert_eq!(region.app.number("SELECT COUNT(*) FROM event").await, 0);
        region.finish().await;
    }

    async fn a_question_becomes_an_event_of_who_asked_it_or_moderates(on: On) {
        let region = Region::start(on).await;
        let question = region.app.ask(&region.omar, &region.group, "Hoe houden jullie jongeren [in beeld]?", "Een op de vijf raakt uit beeld.").await;
        let path = format!("{NEW}?question={}", question.id);
        let mut noor = region.visit(&region.noor).await;
        let refused = noor.get(&path).await;
        assert!(refused.status == 403 && refused.body.contains("Alleen wie de vraag stelde en wie de groep modereert"), "{}", refused.body);
        for member in [&region.omar, &region.sanne] {
            let mut visitor = region.visit(member).await;
            let form = visitor.get(&path).await;
            // Friday 20 November and two weeks: Friday 4 December.
            for words in [
                "name=\"starts_day\" type=\"date\" value=\"2026-12-04\"", "name=\"starts_time\" type=\"time\" value=\"10:00\"",
                "name=\"ends_time\" type=\"time\" value=\"11:30\"", "&#62; Een op de vijf raakt uit beeld.", "Deze bijeenkomst gaat over de vraag",
                &format!("[Hoe houden jullie jongeren in beeld?](/post/{})", question.id),
            ] {
                assert!(form.body.contains(words), "{words}: {}", form.body);
            }
            assert_eq!(form.value("question"), question.id.to_string());
        }
        // On a weekend day the Monday after it is suggested.
        region.clock.advance(Time::DAY);
        let mut omar = region.visit(&region.omar).await;
        assert!(omar.get(&path).await.body.contains("type=\"date\" value=\"2026-12-07\""));
        let sent = send(&mut omar, &path, NEW, &filled(&[])).await;
        let event = events::of(&mut region.app.core.db.conn(), planned(&sent)).await.unwrap().unwrap();
        assert_eq!(event.question.as_deref(), Some(question.ap_id.as_str()));
        // Nor can somebody else slip the question in.
        let mut noor = region.visit(&region.noor).await;
        let csrf = noor.get("/profile").await.value("csrf");
        let id = question.id.to_string();
        let fields: Vec<(&str, &str)> = filled(&[("question", &id), ("csrf", &csrf)]);
        assert_eq!(noor.post(NEW, &fields).await.status, 403);
        region.finish().await;
    }

    async fn who_organises_changes_it_and_who_comes_is_told(on: On) {
        let region = Region::start(on).await;
        let post = region.plan(&region.sanne, &session(), &[&region.omar]).await;
        let path = format!("/post/{}/event/edit", post.id);
        region.say(&region.noor, &post, Rsvp::Yes).await.unwrap();
        let mut noor = region.visit(&region.noor).await;
        let refused = noor.get(&path).await;
        assert!(refused.status == 403 && refused.body.contains("Alleen wie de bijeenkomst organiseert"), "{}", refused.body);
        let csrf = noor.get("/profile").await.value("csrf");
        assert_eq!(noor.post(&path, &filled(&[("csrf", &csrf)])).await.status, 403);
        assert!(!noor.get(&post.path()).await.body.contains(&path), "who does not organise it sees no way there");

        // Another sentence moves nothing, and nobody is told.
        let mut omar = region.visit(&region.omar).await;
        let form = omar.get(&path).await;
        for words in ["value=\"2026-12-03\"", "value=\"10:00\"", "value=\"11:30\"", "value=\"omar\"", "value=\"https://overleg.example/zqgeheim\""] {
            assert!(form.body.contains(words), "{words}: {}", form.body);
        }
        let same = [("online", "1"), ("online_link", "https://overleg.example/zqgeheim"), ("organisers", "omar"), ("contact", "Sanne Bakker, sanne@voorbeeld.example")];
        let sent = send(&mut omar, &path, &path, &filled(&same)).await;
        assert_eq!(sent.leads_to(), post.path());
        assert!(!region.told(&region.noor).await.contains(&"notice-event-moved".to_owned()));
        assert_eq!(topics::of_post(&mut region.app.core.db.conn(), post.id).await.unwrap().len(), 1, "an organiser says what it is about too");

        // Another day does.
        let moved: Vec<(&str, &str)> = same.iter().copied().chain([("starts_day", "4-12-2026")]).collect();
        send(&mut omar, &path, &path, &filled(&moved)).await.leads_to();
        assert_eq!(region.told(&region.noor).await.last().map(String::as_str), Some("notice-event-moved"));
        let page = noor.get(&post.path()).await.body;
        assert!(page.contains("Verplaatst") && page.contains("vrijdag 4 december 2026, 10.00 – 11.30 uur"), "{page}");

        // The form that every post has leads here.
        let mut sanne = region.visit(&region.sanne).await;
        assert_eq!(sanne.get(&format!("/post/{}/edit", post.id)).await.leads_to(), path);
        let csrf = sanne.get("/profile").await.value("csrf");
        assert_eq!(sanne.post(&format!("/post/{}/edit", post.id), &[("csrf", &csrf), ("body", "Anders.")]).await.leads_to(), path);
        assert_eq!(posts::by_id(&mut region.app.core.db.conn(), post.id).await.unwrap().source.as_deref(), Some("We delen **wat werkt**."));

        // What has begun keeps its moment, and can still be described better.
        region.clock.advance(20 * Time::DAY);
        let mut sanne = region.visit(&region.sanne).await;
        send(&mut sanne, &path, &path, &filled(&[("starts_day", "2026-12-04"), ("body", "Zo was het."), ("online", "1")])).await.leads_to();
        let page = send(&mut sanne, &path, &path, &filled(&[("starts_day", "2026-12-05")])).await;
        assert!(page.status == 422 && problems(&page)[0].contains("al voorbij"), "{:?}", problems(&page));
        region.finish().await;
    }

    async fn who_leaves_with_all_they_wrote_takes_their_events_along_and_who_came_hears_so(on: On) {
        let region = Region::start(on).await;
        let post = region.plan(&region.omar, &session(), &[]).await;
        region.say(&region.noor, &post, Rsvp::Yes).await.unwrap();
        let core = &region.app.core;
        let mut tx = core.db.begin().await.unwrap();
        closing::close(core, &mut tx, &region.omar, closing::Words::Go).await.unwrap();
        core.commit(tx).await.unwrap();
        region.app.run_jobs().await;
        assert!(posts::by_id(&mut core.db.conn(), post.id).await.unwrap().is_deleted());
        assert!(region.event(&post).await.is_cancelled());
        let page = region.visit(&region.noor).await.get("/notifications").await.body;
        assert!(page.contains("is weggehaald en gaat niet door"), "{page}");
        region.finish().await;
    }

    async fn called_off_it_stays_and_everybody_hears_so(on: On) {
        let region = Region::start(on).await;
        let post = region.plan(&region.sanne, &session(), &[]).await;
        let path = format!("/post/{}/event/cancel", post.id);
        region.say(&region.omar, &post, Rsvp::Yes).await.unwrap();
        region.say(&region.noor, &post, Rsvp::Maybe).await.unwrap();
        let (mut sanne, mut omar) = (region.visit(&region.sanne).await, region.visit(&region.omar).await);
        let asks = sanne.get(&path).await;
        assert!(asks.status == 200 && asks.body.contains("2 mensen krijgen hier bericht van."), "{}", asks.body);
        assert!(!region.event(&post).await.is_cancelled(), "asking changes nothing");
        assert_eq!(omar.get(&path).await.status, 403);
        let csrf = omar.get("/profile").await.value("csrf");
        assert_eq!(omar.post(&path, &[("csrf", &csrf)]).await.status, 403);

        // Who wants to remove it is led here, and told why.
        let remove = format!("/post/{}/delete", post.id);
        let there = sanne.get(&remove).await.leads_to().to_owned();
        assert!(sanne.get(&there).await.body.contains("Er hebben zich mensen aangemeld. Laat de bijeenkomst niet doorgaan"));
        let csrf = sanne.get("/profile").await.value("csrf");
        let refused = sanne.post(&remove, &[("csrf", &csrf)]).await;
        assert!(refused.status == 403 && refused.body.contains("Er hebben zich mensen aangemeld."), "{}", refused.body);

        sanne.post(&path, &[("csrf", &csrf), ("on", "0")]).await.leads_to();
        for member in [&region.omar, &region.noor] {
            assert_eq!(region.told(member).await.last().map(String::as_str), Some("notice-event-cancelled"));
        }
        let page = omar.get(&post.path()).await.body;
        assert!(page.contains("Gaat niet door") && !page.contains("name=\"rsvp\""), "{page}");
        assert!(region.say(&region.noor, &post, Rsvp::Yes).await.is_err(), "nobody signs up any more");

        // And back on: who had a place still has it.
        assert!(sanne.get(&path).await.body.contains("Toch laten doorgaan"));
        sanne.post(&path, &[("csrf", &csrf), ("on", "1")]).await.leads_to();
        assert_eq!(region.told(&region.omar).await.last().map(String::as_str), Some("notice-event-on-again"));
        assert!(omar.get(&post.path()).await.body.contains("Je komt. Je plek staat vast."));
        region.finish().await;
    }

    async fn what_nobody_signed_up_for_can_be_removed(on: On) {
        let region = Region::start(on).await;
        let post = region.plan(&region.sanne, &session(), &[]).await;
        let mut sanne = region.visit(&region.sanne).await;
        let remove = format!("/post/{}/delete", post.id);
        send(&mut sanne, &remove, &remove, &[]).await.leads_to();
        assert_eq!(sanne.get(&post.path()).await.status, 410);
        let left = region.event(&post).await;
        assert!(left.is_cancelled() && left.plan.online_link.is_empty() && left.plan.place.is_nowhere(), "{left:?}");
        for path in ["event/edit", "event/cancel", "attendees"] {
            assert_eq!(sanne.get(&format!("/post/{}/{path}", post.id)).await.status, 410, "{path}");
        }
        region.finish().await;
    }

    async fn the_clock_of_another_place_is_shown_with_ours(on: On) {
        let region = Region::start(on).await;
        let starts_at = Time::parse_rfc3339("2026-12-03T23:30:00Z").unwrap();
        let plan = Plan { starts_at, ends_at: Some(starts_at.plus(Time::HOUR)), zone: "America/New_York".into(), ..session() };
        let post = region.plan(&region.sanne, &plan, &[]).await;
        let page = region.visit(&region.omar).await.get(&post.path()).await.body;
        for words in [
            "donderdag 3 december 2026, 18.30 – 19.30 uur", "Dit is de tijd in: Verenigde Staten (New York)",
            "In de tijd van deze regio: vrijdag 4 december 2026, 0.30 – 1.30 uur",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        // The same clock under another name is no other clock.
        let brussels = region.plan(&region.sanne, &Plan { zone: "Europe/Brussels".into(), ..session() }, &[]).await;
        assert!(!region.visit(&region.omar).await.get(&brussels.path()).await.body.contains("In de tijd van deze regio"));
        assert_eq!(attendees::counts(&mut region.app.core.db.conn(), brussels.id).await.unwrap(), (1, 0));
        region.finish().await;
    }
}
