//! The report of an event: who writes it and when, that it can be the answer, and that both name each other.

use image::ImageFormat;
use meent::db::posts;
use meent::model::{PostKind, Time};

use super::agenda::{hour, planned};
use super::interest::session_on;
use super::{Region, send};
use crate::on_both;
use crate::support::On;
use crate::support::gallery::red_and_blue;
use crate::support::visitor::Visitor;

fn later(region: &Region, moment: &str) {
    region.clock.advance(Time::parse_rfc3339(moment).unwrap().0 - region.clock.now().0);
}

on_both! {
    async fn who_organises_writes_it_once_it_began(on: On) {
        let region = Region::start(on).await;
        let event = planned(&region, &region.sanne, "Jongeren in beeld", &hour("2026-12-03T09:00:00Z"), &[&region.noor]).await;
        let (page, form) = (event.path(), format!("/post/{}/look-back", event.id));
        let mut noor = region.visit(&region.noor).await;
        assert!(!noor.get(&page).await.body.contains(&form));
        assert_eq!(noor.get(&form).await.status, 403);
        later(&region, "2026-12-03T09:30:00Z");
        // Nobody but the organisers.
        for (mut other, status) in [(region.visit(&region.omar).await, 403), (Visitor::of(&region.app), 401)] {
            assert!(!other.get(&page).await.body.contains(&form));
            assert_eq!(other.get(&form).await.status, status);
            assert_eq!(send(&mut other, &page, &form, &[("body", "Ik was er niet.")]).await.status, status);
        }
        // Two weeks later she has to log in again.
        let mut noor = region.visit(&region.noor).await;
        let seen = noor.get(&page).await.body;
        assert!(seen.contains(&format!("<a class=\"button quiet\" href=\"{form}\">Schrijf een verslag</a>")), "{seen}");
        // Nothing written: said at the field, and above.
        let empty = send(&mut noor, &form, &form, &[("body", " ")]).await;
        assert!(empty.status == 422 && empty.body.matches("Schrijf in een paar zinnen wat er is besproken.").count() == 2, "{}", empty.body);
        let opened = noor.get(&form).await;
        assert!(!opened.body.contains("als antwoord op de vraag"), "{}", opened.body);
        let (csrf, once) = (opened.value("csrf"), opened.value("once"));
        let fields = [("csrf", csrf.as_str()), ("once", once.as_str()), ("body", "We spraken over **nabellen**.\n\nHet werkt."), ("alt1", "De zaal")];
        let picture = red_and_blue(40, 20, ImageFormat::Png);
        let written = noor.upload(&form, &fields, &[("file1", "zaal.png", &picture)]).await;
        let place = written.leads_to().to_owned();
        // Twice the same form leads to the same place.
        assert_eq!(noor.upload(&form, &fields, &[("file1", "zaal.png", &picture)]).await.leads_to(), place);
        assert_eq!(posts::count_replies(&mut region.app.core.db.conn(), event.id).await.unwrap(), 1);
        let event_page = noor.get(&page).await;
        assert!(event_page.body.contains("We spraken over nabellen") && event_page.body.contains("Lees het verslag van Noor Jansen"), "{}", event_page.body);
        assert!(event_page.body.contains(&format!("Verslag van de bijeenkomst <a href=\"{page}\" lang=\"nl\">Jongeren in beeld</a>")), "{}", event_page.body);
        assert!(event_page.body.contains("alt=\"De zaal\"") && !event_page.body.contains("Schrijf een verslag"));
        // There is one now; who comes with a second is led to it.
        assert_eq!(region.visit(&region.sanne).await.get(&form).await.leads_to(), format!("{page}#verslag"));
        later(&region, "2026-12-04T09:00:00Z");
        let past = Visitor::of(&region.app).get("/agenda?past=1").await;
        let report = past.body.split("<p class=\"report\"><a href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a link to the report");
        assert!(Visitor::of(&region.app).get(report).await.leads_to().starts_with(&page));
        region.finish().await;
    }

    async fn it_can_be_the_answer_to_the_question_it_came_from(on: On) {
        let region = Region::start(on).await;
        let question = region.app.ask(&region.omar, &region.group, "Hoe houden jullie jongeren in beeld?", "Bij ons raakt een op de vijf uit beeld.").await;
        let event = session_on(&region, &question, "Samen kijken naar jongeren in beeld", "2026-12-03T09:00:00Z").await;
        later(&region, "2026-12-03T11:00:00Z");
        let form = format!("/post/{}/look-back", event.id);
        let mut sanne = region.visit(&region.sanne).await;
        assert!(sanne.get(&form).await.body.contains("als antwoord op de vraag"));
        let place = send(&mut sanne, &form, &form, &[("body", "Nabellen werkt het best."), ("answer", "1")]).await.leads_to().to_owned();
        assert!(place.starts_with(&question.path()), "{place}");
        let mut visitor = Visitor::of(&region.app);
        let thread = visitor.get(&question.path()).await;
        assert!(thread.body.contains(&format!("Verslag van de bijeenkomst <a href=\"{}\"", event.path())), "{}", thread.body);
        let page = visitor.get(&event.path()).await;
        assert!(page.body.contains("Nabellen werkt het best.") && page.body.contains("Het is ook het antwoord op de vraag."), "{}", page.body);
        let report = meent::db::agenda::report_of(&mut region.app.core.db.conn(), event.id).await.unwrap().expect("the report").post;
        assert_eq!((report.kind, report.parent_id), (PostKind::Answer, Some(question.id)));
        // Removed: the event has none any more, and another can be written.
        region.app.remove(&region.sanne, &report).await;
        assert!(!visitor.get(&event.path()).await.body.contains("Nabellen"));
        send(&mut sanne, &form, &form, &[("body", "Nog een keer, zonder namen.")]).await.leads_to();
        assert!(visitor.get(&event.path()).await.body.contains("Nog een keer, zonder namen."));
        region.finish().await;
    }

    async fn what_another_server_calls_its_report_is_no_report_of_somebody_else_s(on: On) {
        let region = Region::start(on).await;
        let question = region.app.ask(&region.omar, &region.group, "Hoe houden jullie jongeren in beeld?", "Bij ons raakt een op de vijf uit beeld.").await;
        let answer = region.app.reply(&region.noor, &question, "Wij bellen iedereen na.").await;
        let event = planned(&region, &region.sanne, "Onze verkoopdag", &hour("2026-12-03T09:00:00Z"), &[]).await;
        region.app.change("UPDATE event SET report = (SELECT ap_id FROM post WHERE kind = 'answer')").await;
        let mut visitor = Visitor::of(&region.app);
        assert!(visitor.get(&question.path()).await.body.contains("Verslag van de bijeenkomst"));
        // The same of an event whose author lives elsewhere.
        region.app.change("UPDATE actor SET host = 'elders.example', local = FALSE WHERE name = 'sanne'").await;
        assert!(!visitor.get(&answer.path()).await.body.contains("Onze verkoopdag"));
        assert!(!visitor.get(&event.path()).await.body.contains("Wij bellen iedereen na"));
        region.finish().await;
    }
}
