//! "A session on this would interest me": said once each, taken back, counted; and the sessions that came of it.

use meent::db::interests;
use meent::model::Post;
use meent::model::names::{Body, Title};
use meent::ops::planning::{self as verbs, Draft};

use super::agenda::hour;
use super::{Region, send};
use crate::on_both;
use crate::support::On;
use crate::support::visitor::Visitor;

/// A session that comes from a question.
pub async fn session_on(region: &Region, question: &Post, title: &str, starts: &str) -> Post {
    let (title, body, plan) = (Title::parse(title).unwrap(), Body::parse("We gaan er samen op in.").unwrap(), hour(starts));
    let draft = Draft { title: &title, body: &body, plan: &plan, tags: &[], organisers: &[], question: Some(question), series: None };
    let mut tx = region.app.core.db.begin().await.unwrap();
    let post = Box::pin(verbs::plan(&region.app.core, &mut tx, &region.sanne, &region.group, &draft, "nl")).await.unwrap();
    region.app.core.commit(tx).await.unwrap();
    post
}

const SAY: &str = "Een bijeenkomst hierover lijkt me zinvol";

on_both! {
    async fn it_counts_once_for_each_and_can_be_taken_back(on: On) {
        let region = Region::start(on).await;
        let question = region.app.ask(&region.omar, &region.group, "Hoe houden jullie jongeren in beeld?", "Bij ons raakt een op de vijf uit beeld.").await;
        let (page, path) = (question.path(), format!("/post/{}/interest", question.id));
        let count = async || interests::count(&mut region.app.core.db.conn(), question.id).await.unwrap();
        let mut noor = region.visit(&region.noor).await;
        let opened = noor.get(&page).await;
        assert!(opened.body.contains(SAY) && !opened.body.contains("collega zinvol"), "{}", opened.body);
        // The same form twice is one word, also after it was taken back.
        let form = [("csrf", opened.value("csrf")), ("once", opened.body.split(&path).nth(1).unwrap().split("name=\"once\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()), ("on", "1".to_owned())];
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        for _ in 0..2 {
            assert!(noor.post(&path, &form).await.leads_to().ends_with("#bijeenkomsten"));
            assert_eq!(count().await, 1);
        }
        let opened = noor.get(&page).await;
        assert!(opened.body.contains("Genoteerd.") && opened.body.contains("lijkt 1 collega zinvol") && opened.body.contains("aria-pressed=\"true\">Een bijeenkomst"), "{}", opened.body);
        // Another one, and again with a fresh form: still one each.
        let mut sanne = region.visit(&region.sanne).await;
        for _ in 0..2 {
            send(&mut sanne, &page, &path, &[("on", "1")]).await.leads_to();
        }
        assert_eq!(count().await, 2);
        assert!(Visitor::of(&region.app).get(&page).await.body.contains("lijkt 2 collega&#39;s zinvol"));
        send(&mut noor, &page, &path, &[("on", "0")]).await.leads_to();
        assert_eq!(count().await, 1);
        assert_eq!(noor.post(&path, &form).await.status, 303);
        assert_eq!(count().await, 1, "an old form does not bring it back");
        region.finish().await;
    }

    async fn only_who_may_write_says_so_and_only_of_a_question(on: On) {
        let region = Region::start(on).await;
        let question = region.app.ask(&region.omar, &region.group, "Hoe houden jullie jongeren in beeld?", "Bij ons raakt een op de vijf uit beeld.").await;
        let answer = region.app.reply(&region.sanne, &question, "Wij bellen iedereen na.").await;
        let path = format!("/post/{}/interest", question.id);
        // A visitor sees the count, and the way to log in.
        let mut visitor = Visitor::of(&region.app);
        let page = visitor.get(&question.path()).await;
        assert!(!page.body.contains(SAY) && page.body.contains("Log in als jou dat ook zinvol lijkt"), "{}", page.body);
        assert_eq!(visitor.post(&path, &[("on", "1")]).await.status, 401);
        let mut noor = region.visit(&region.noor).await;
        assert_eq!(noor.post(&path, &[("csrf", "verkeerd"), ("on", "1")]).await.status, 403);
        send(&mut noor, &question.path(), &path, &[("on", "1")]).await.leads_to();
        assert_eq!(send(&mut noor, &question.path(), &format!("/post/{}/interest", answer.id), &[("on", "1")]).await.status, 404);
        // Suspended: nothing new, but what one said can be taken back.
        region.app.change("INSERT INTO moderation (id, group_id, by_id, act, actor_id, reason, created_at) SELECT 1, g.id, a.id, 'suspend', a.id, 'Schreeuwt', 0 FROM actor a, actor g WHERE a.name = 'noor' AND g.name = 'jeugd'").await;
        region.app.change("INSERT INTO suspension (actor_id, group_id, moderation_id) SELECT a.id, g.id, 1 FROM actor a, actor g WHERE a.name = 'noor' AND g.name = 'jeugd'").await;
        send(&mut noor, &question.path(), &path, &[("on", "0")]).await.leads_to();
        assert_eq!(interests::count(&mut region.app.core.db.conn(), question.id).await.unwrap(), 0);
        assert!(!noor.get(&question.path()).await.body.contains(SAY));
        assert_eq!(send(&mut noor, &question.path(), &path, &[("on", "1")]).await.status, 403);
        assert_eq!(interests::count(&mut region.app.core.db.conn(), question.id).await.unwrap(), 0);
        region.finish().await;
    }

    async fn a_question_names_the_sessions_that_came_of_it_and_they_name_it(on: On) {
        let region = Region::start(on).await;
        let question = region.app.ask(&region.omar, &region.group, "Hoe houden jullie jongeren in beeld?", "Bij ons raakt een op de vijf uit beeld.").await;
        let plan = format!("/c/jeugd/event/new?question={}", question.id);
        // Who asked and who moderates plan one; others don't.
        for (who, may) in [(&region.omar, true), (&region.sanne, true), (&region.noor, false)] {
            assert_eq!(region.visit(who).await.get(&question.path()).await.body.contains(&plan), may, "{}", who.name);
        }
        let second = session_on(&region, &question, "Nog een keer samen kijken", "2027-01-14T09:00:00Z").await;
        let first = session_on(&region, &question, "Samen kijken naar jongeren in beeld", "2026-12-03T09:00:00Z").await;
        let mut tx = region.app.core.db.begin().await.unwrap();
        verbs::cancel(&region.app.core, &mut tx, &region.sanne, &second, true).await.unwrap();
        region.app.core.commit(tx).await.unwrap();
        let mut visitor = Visitor::of(&region.app);
        let page = visitor.get(&question.path()).await;
        let list = page.body.split("<ul class=\"sessions\">").nth(1).and_then(|rest| rest.split("</ul>").next()).expect("the sessions");
        let (a, b) = (list.find(&first.path()).expect("the first"), list.find(&second.path()).expect("the second"));
        assert!(a < b && list.contains("do 3 december, 10.00 uur") && list.contains("do 14 januari 2027") && list.contains("Gaat niet door"), "{list}");
        let event = visitor.get(&first.path()).await;
        assert!(event.body.contains("Komt voort uit de vraag") && event.body.contains(&format!("<a href=\"{}\" lang=\"nl\">Hoe houden jullie", question.path())), "{}", event.body);
        // A question that is known elsewhere only: a link to it. One that was removed: nothing.
        region.app.change("UPDATE event SET question = 'https://vragen.oldambt.example/post/7' WHERE status = 'planned'").await;
        assert!(visitor.get(&first.path()).await.body.contains("<a href=\"https://vragen.oldambt.example/post/7\" rel=\"noopener\">"));
        region.app.remove(&region.omar, &question).await;
        let event = visitor.get(&second.path()).await;
        assert!(!event.body.contains("Komt voort uit de vraag") && !event.body.contains("jongeren in beeld?"), "{}", event.body);
        region.finish().await;
    }
}
