//! The agenda: what comes and what was, page by page and month by month, of everything, a group, a topic and a member.

use meent::db::agenda::{Way, Which, events as listed};
use meent::model::names::{Body, Title};
use meent::model::{Actor, Plan, Post, Rsvp, Tag, Time};
use meent::ops::planning::{self as verbs, Draft};

use super::{Region, session};
use crate::on_both;
use crate::support::On;
use crate::support::visitor::{Page, Visitor};

fn at(text: &str) -> Time {
    Time::parse_rfc3339(text).expect("a moment")
}

/// An hour that begins at this moment.
pub fn hour(starts: &str) -> Plan {
    Plan { starts_at: at(starts), ends_at: Some(at(starts).plus(Time::HOUR)), online: false, online_link: String::new(), ..session() }
}

/// Plans an event with a title of its own, about a topic.
pub async fn planned(region: &Region, author: &Actor, title: &str, plan: &Plan, organisers: &[&Actor]) -> Post {
    let (title, body) = (Title::parse(title).unwrap(), Body::parse("We delen wat werkt.").unwrap());
    let organisers: Vec<_> = organisers.iter().map(|organiser| organiser.id).collect();
    let tags = [Tag::parse("jeugdhulp").unwrap()];
    let draft = Draft { title: &title, body: &body, plan, tags: &tags, organisers: &organisers, question: None, series: None };
    let mut tx = region.app.core.db.begin().await.unwrap();
    let post = Box::pin(verbs::plan(&region.app.core, &mut tx, author, &region.group, &draft, "nl")).await.unwrap();
    region.app.core.commit(tx).await.unwrap();
    post
}

async fn called_off(region: &Region, who: &Actor, post: &Post) {
    let mut tx = region.app.core.db.begin().await.unwrap();
    verbs::cancel(&region.app.core, &mut tx, who, post, true).await.unwrap();
    region.app.core.commit(tx).await.unwrap();
}

/// The titles of events on a page, in the order in which they stand there.
fn titles(page: &Page) -> Vec<String> {
    assert_eq!(page.status, 200, "{}", page.body);
    let part =
        |rest: &str| rest.split_once("lang=\"nl\">").and_then(|(_, rest)| rest.split_once("</a>")).map(|(title, _)| title.to_owned());
    page.body.split("<h3><a href=\"/post/").skip(1).filter_map(part).map(|title| title.replace("<s>", "").replace("</s>", "")).collect()
}

/// Where the link with these words leads.
fn link(page: &Page, words: &str) -> String {
    let before = page.body.split(&format!("\">{words}</a>")).next().unwrap_or_default();
    assert_ne!(before.len(), page.body.len(), "no link {words:?} in {}", page.body);
    before.rsplit("href=\"").next().unwrap_or_default().replace("&amp;", "&").replace("&#38;", "&")
}

on_both! {
    async fn what_comes_stands_in_order_page_by_page_everywhere_it_belongs(on: On) {
        let region = Region::start(on).await;
        // Not in the order in which they take place; two at the same moment.
        let mut wanted = Vec::new();
        for number in (0..27_i64).rev() {
            let plan = Plan { starts_at: at("2026-12-01T09:00:00Z").plus(number / 2 * Time::DAY), ends_at: None, ..session() };
            planned(&region, &region.sanne, &format!("Sessie nummer {number:02}"), &plan, &[]).await;
            wanted.push((plan.starts_at, number));
        }
        // Of two at one moment the first that was made comes first.
        wanted.sort_by_key(|(starts, number)| (*starts, -number));
        let wanted: Vec<String> = wanted.into_iter().map(|(_, number)| format!("Sessie nummer {number:02}")).collect();
        let mut visitor = Visitor::of(&region.app);
        for path in ["/agenda", "/c/jeugd/agenda", "/topic/jeugdhulp/agenda"] {
            let first = visitor.get(path).await;
            assert_eq!(titles(&first), wanted[..25], "{path}");
            let second = visitor.get(&link(&first, "Latere bijeenkomsten")).await;
            assert_eq!(titles(&second), wanted[25..], "{path}");
            assert_eq!(titles(&visitor.get(&link(&second, "Terug naar het begin")).await), wanted[..25], "{path}");
            assert!(visitor.get(&format!("{path}?past=1")).await.body.contains("Hier is nog niets geweest."));
        }
        let mut sanne = region.visit(&region.sanne).await;
        assert_eq!(titles(&sanne.get("/agenda/mine").await), wanted[..25]);
        // Another group's agenda, and a topic that nobody wrote about.
        region.app.group("wonen", "Wonen met zorg", &region.omar).await;
        let other = visitor.get("/c/wonen/agenda").await;
        assert!(titles(&other).is_empty() && other.body.contains("Plan een bijeenkomst"), "{}", other.body);
        assert_eq!(visitor.get("/topic/wonen/agenda").await.status, 404);
        // The blocks on other pages have the next three.
        for page in [visitor.get("/c/jeugd").await, sanne.get("/").await] {
            let found = page.body.matches("/post/").count();
            assert!(found > 0 && wanted[..3].iter().all(|title| page.body.contains(title.as_str())), "{}", page.body);
            let block = page.body.split("<ul class=\"upcoming\">").nth(1).and_then(|rest| rest.split("</ul>").next()).unwrap();
            assert_eq!(block.matches("<li>").count(), 3, "{block}");
        }
        region.finish().await;
    }

    async fn what_is_called_off_stays_what_is_removed_does_not(on: On) {
        let region = Region::start(on).await;
        let off = planned(&region, &region.sanne, "Gaat toch niet door", &hour("2026-12-03T09:00:00Z"), &[]).await;
        let gone = planned(&region, &region.sanne, "Weggehaald door wie hem plande", &hour("2026-12-04T09:00:00Z"), &[]).await;
        let moved = planned(&region, &region.sanne, "Een dag later dan gedacht", &hour("2026-12-05T09:00:00Z"), &[]).await;
        called_off(&region, &region.sanne, &off).await;
        region.app.remove(&region.sanne, &gone).await;
        let (title, body) = (Title::parse(&moved.title).unwrap(), Body::parse("We delen wat werkt.").unwrap());
        let plan = hour("2026-12-06T09:00:00Z");
        let draft = Draft { title: &title, body: &body, plan: &plan, tags: &[], organisers: &[], question: None, series: None };
        let mut tx = region.app.core.db.begin().await.unwrap();
        Box::pin(verbs::change(&region.app.core, &mut tx, &region.sanne, &moved, &draft)).await.unwrap();
        region.app.core.commit(tx).await.unwrap();
        let mut visitor = Visitor::of(&region.app);
        let mut sanne = region.visit(&region.sanne).await;
        for (who, path) in [(&mut visitor, "/agenda"), (&mut sanne, "/agenda/mine")] {
            let page = who.get(path).await;
            assert_eq!(titles(&page), ["Gaat toch niet door", "Een dag later dan gedacht"], "{path}");
            assert!(page.body.contains("<s>Gaat toch niet door</s>") && page.body.contains(">Gaat niet door</span>"), "{}", page.body);
            assert!(page.body.contains(">Verplaatst</span>") && page.body.contains("id=\"d2026-12-06\"") && !page.body.contains("id=\"d2026-12-05\""));
            let month = who.get(&format!("{path}?month=2026-12")).await;
            assert!(month.body.contains("<s>Gaat toch niet door</s>") && !month.body.contains("Weggehaald"), "{}", month.body);
        }
        for path in ["/c/jeugd/agenda", "/topic/jeugdhulp/agenda", "/agenda?day=2026-12-04", "/", "/c/jeugd"] {
            assert!(!visitor.get(path).await.body.contains("Weggehaald"), "{path}");
        }
        // What a moderator removes is back when it is restored.
        let theirs = planned(&region, &region.omar, "Van een ander lid", &hour("2026-12-07T09:00:00Z"), &[]).await;
        region.app.change("UPDATE event SET gone = TRUE WHERE post_id = (SELECT id FROM post WHERE title = 'Van een ander lid')").await;
        assert_eq!(titles(&visitor.get("/agenda").await).len(), 2);
        let mut tx = region.app.core.db.begin().await.unwrap();
        meent::db::events::set_gone(&mut tx, theirs.id, false).await.unwrap();
        region.app.core.commit(tx).await.unwrap();
        assert_eq!(titles(&visitor.get("/agenda").await).len(), 3);
        region.finish().await;
    }

    async fn a_month_has_the_days_of_the_region_s_clock(on: On) {
        let region = Region::start(on).await;
        // Half an hour after and before midnight, in winter and in summer time; and at the same moment, seen from elsewhere.
        planned(&region, &region.sanne, "Net in december begonnen", &hour("2026-11-30T23:30:00Z"), &[]).await;
        planned(&region, &region.sanne, "Nog net in december", &hour("2026-12-31T22:30:00Z"), &[]).await;
        planned(&region, &region.sanne, "Nog net in maart", &hour("2027-03-31T21:30:00Z"), &[]).await;
        planned(&region, &region.sanne, "Net in april begonnen", &hour("2027-03-31T22:30:00Z"), &[]).await;
        planned(&region, &region.sanne, "Op de dag van de zomertijd", &hour("2027-03-28T21:30:00Z"), &[]).await;
        let abroad = Plan { zone: "America/New_York".into(), ..hour("2027-05-01T02:00:00Z") };
        planned(&region, &region.sanne, "In New York is het nog april", &abroad, &[]).await;
        let mut visitor = Visitor::of(&region.app);
        let months = [
            ("2026-11", vec![]),
            ("2026-12", vec!["Net in december begonnen", "Nog net in december"]),
            ("2027-03", vec!["Op de dag van de zomertijd", "Nog net in maart"]),
            ("2027-04", vec!["Net in april begonnen"]),
            ("2027-05", vec!["In New York is het nog april"]),
        ];
        let all: Vec<&str> = months.iter().flat_map(|(_, found)| found.clone()).collect();
        for (month, wanted) in &months {
            let page = visitor.get(&format!("/agenda?month={month}")).await;
            for title in &all {
                assert_eq!(page.body.contains(title), wanted.contains(title), "{title} in {month}");
            }
            assert_eq!(page.body.contains("Deze maand staat er niets"), wanted.is_empty(), "{month}");
        }
        for (day, title) in [("2026-12-01", "Net in december begonnen"), ("2026-12-31", "Nog net in december"), ("2027-03-28", "Op de dag van de zomertijd"), ("2027-05-01", "In New York is het nog april")] {
            assert_eq!(titles(&visitor.get(&format!("/agenda?day={day}")).await), [title], "{day}");
        }
        let page = visitor.get("/agenda").await;
        assert!(page.body.contains("id=\"d2026-12-01\">") && page.body.contains("<b>0.30 uur</b>"), "{}", page.body);
        assert!(page.body.contains("daar 22.00 uur (New York)"), "{}", page.body);
        // The table: a week in each row, from Monday; today is marked.
        let month = visitor.get("/agenda?month=2026-11").await;
        assert_eq!((month.body.matches("<tr>").count(), month.body.matches("<th scope=\"col\">").count()), (7, 7));
        assert!(month.body.contains("<th scope=\"col\">maandag</th>") && month.body.matches("aria-current=\"date\"").count() == 1);
        assert!(month.body.contains("/agenda?month=2026-10\"") && month.body.contains("/agenda?month=2026-12\""), "{}", month.body);
        for wrong in ["?month=2026-13", "?month=1999-01", "?day=2026-02-30", "?after=gisteren", "?past=1&after=1"] {
            assert_eq!(visitor.get(&format!("/agenda{wrong}")).await.status, 400, "{wrong}");
        }
        region.finish().await;
    }

    async fn a_full_day_says_how_much_more_there_is(on: On) {
        let region = Region::start(on).await;
        for number in 0..7 {
            planned(&region, &region.sanne, &format!("Ronde tafel {number}"), &hour(&format!("2026-12-03T1{number}:00:00Z")), &[]).await;
        }
        let mut visitor = Visitor::of(&region.app);
        for path in ["/agenda", "/c/jeugd/agenda", "/topic/jeugdhulp/agenda"] {
            let month = visitor.get(&format!("{path}?month=2026-12")).await;
            assert!(month.body.contains("Ronde tafel 2") && !month.body.contains("Ronde tafel 3"), "{}", month.body);
            assert!(month.body.contains(&format!("<a href=\"{path}?day=2026-12-03\">nog 4<")), "{}", month.body);
            assert_eq!(titles(&visitor.get(&format!("{path}?day=2026-12-03")).await).len(), 7);
        }
        let mut sanne = region.visit(&region.sanne).await;
        assert!(sanne.get("/agenda/mine?month=2026-12").await.body.contains("nog 4<"));
        region.finish().await;
    }

    async fn mine_is_what_i_come_to_may_come_to_wait_for_and_organise(on: On) {
        let region = Region::start(on).await;
        let small = Plan { capacity: Some(1), ..hour("2026-12-03T09:00:00Z") };
        let waits = planned(&region, &region.sanne, "Hier is geen plek meer", &small, &[]).await;
        let comes = planned(&region, &region.sanne, "Hier kom ik", &hour("2026-12-04T09:00:00Z"), &[]).await;
        let maybe = planned(&region, &region.sanne, "Hier kom ik misschien", &hour("2026-12-05T09:00:00Z"), &[]).await;
        let no = planned(&region, &region.sanne, "Hier kom ik niet", &hour("2026-12-06T09:00:00Z"), &[]).await;
        planned(&region, &region.sanne, "Dit organiseer ik mee", &hour("2026-12-07T09:00:00Z"), &[&region.noor]).await;
        planned(&region, &region.noor, "Dit plande ik zelf", &hour("2026-12-08T09:00:00Z"), &[]).await;
        for (post, answer) in [(&waits, Rsvp::Yes), (&comes, Rsvp::Yes), (&maybe, Rsvp::Maybe), (&no, Rsvp::No)] {
            region.say(&region.noor, post, answer).await.unwrap();
        }
        let mut noor = region.visit(&region.noor).await;
        let mine = noor.get("/agenda/mine").await;
        assert_eq!(titles(&mine), ["Hier is geen plek meer", "Hier kom ik", "Hier kom ik misschien", "Dit organiseer ik mee", "Dit plande ik zelf"]);
        for (word, times) in [("Je staat op de wachtlijst", 1), (">Je komt<", 1), ("Je komt misschien", 1), ("Je organiseert", 2), (">Vol<", 1)] {
            assert_eq!(mine.body.matches(word).count(), times, "{word}: {}", mine.body);
        }
        assert!(noor.get("/agenda").await.body.contains("Je komt niet"));
        // Others see nothing of it, and visitors have no agenda of their own.
        assert!(!region.visit(&region.omar).await.get("/agenda").await.body.contains("Je komt"));
        assert_eq!(Visitor::of(&region.app).get("/agenda/mine").await.status, 401);
        // It moves with its event.
        let mut conn = region.app.core.db.conn();
        region.say(&region.noor, &comes, Rsvp::No).await.unwrap();
        let all = (Time(0), Time(i64::MAX));
        for way in [Way::Onward, Way::Back] {
            let mine = listed(&mut conn, Which::Mine(region.noor.id), Some(region.noor.id), all, way, None, 10).await.unwrap();
            assert_eq!(mine.items.len(), 4);
            let groups = listed(&mut conn, Which::GroupsOf(region.noor.id), None, all, way, None, 4).await.unwrap();
            assert_eq!(groups.items.len(), 4);
            let rest = listed(&mut conn, Which::GroupsOf(region.noor.id), None, all, way, groups.next, 4).await.unwrap();
            assert_eq!((rest.items.len(), rest.next), (2, None));
        }
        region.finish().await;
    }

    async fn what_was_stands_the_latest_first(on: On) {
        let region = Region::start(on).await;
        for day in 1..4 {
            planned(&region, &region.sanne, &format!("Bijeenkomst {day}"), &hour(&format!("2026-12-0{day}T09:00:00Z")), &[]).await;
        }
        region.clock.advance(at("2026-12-02T12:00:00Z").0 - region.clock.now().0);
        let mut visitor = Visitor::of(&region.app);
        for path in ["/agenda", "/c/jeugd/agenda", "/topic/jeugdhulp/agenda"] {
            assert_eq!(titles(&visitor.get(&format!("{path}?past=1")).await), ["Bijeenkomst 2", "Bijeenkomst 1"]);
            // What was this morning is still today.
            assert_eq!(titles(&visitor.get(path).await), ["Bijeenkomst 2", "Bijeenkomst 3"]);
        }
        let page = visitor.get("/agenda").await;
        assert!(page.body.contains("Vandaag, woensdag 2 december") && page.body.contains("Morgen, donderdag 3 december"), "{}", page.body);
        region.finish().await;
    }
}
