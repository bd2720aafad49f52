//! Real instances that talk over loopback: what is done on one is seen from the others.

use meent::db;
use meent::model::{Actor, Clock, FollowState, Time};
use meent::ops::accepting::Chosen;

use crate::on_both;
use crate::support::{On, START, TestApp, settle};

/// Three regions; the group is B's, members of A and C follow it.
struct Three {
    a: TestApp,
    b: TestApp,
    c: TestApp,
    clock: Clock,
    anna: Actor,
    bram: Actor,
    cor: Actor,
    /// B's group, as A, B and C know it.
    groups: [Actor; 3],
}

impl Three {
    async fn start(on: On) -> Self {
        let clock = Clock::manual(START);
        let (a, b, c) =
            (TestApp::start(on, "a", &clock).await, TestApp::start(on, "b", &clock).await, TestApp::start(on, "c", &clock).await);
        let (anna, bram, cor) =
            (a.member("anna", "Anna Vermeer").await, b.member("bram", "Bram de Wit").await, c.member("cor", "Cor Hendriks").await);
        let of_b = b.group("jeugd", "Jeugdhulp in de regio", &bram).await;
        let handle = format!("jeugd@{}", b.host());
        let of_a = a.find(&handle).await.expect("the group is found");
        let of_c = c.find(&of_b.ap_id).await.expect("the group is found by its address");
        a.join(&anna, &of_a).await;
        c.join(&cor, &of_c).await;
        let three = Self { a, b, c, clock, anna, bram, cor, groups: [of_a, of_b, of_c] };
        three.settle().await;
        three
    }

    async fn settle(&self) {
        settle(&[&self.a, &self.b, &self.c]).await;
    }

    fn later(&self) {
        self.clock.advance(Time::MINUTE);
    }

    /// Everybody sees the same thread; gives it.
    async fn agree(&self, root: &str) -> String {
        self.settle().await;
        let (a, b, c) = (self.a.reads(root).await, self.b.reads(root).await, self.c.reads(root).await);
        assert_eq!(a, b, "A and B see different threads");
        assert_eq!(b, c, "B and C see different threads");
        b
    }

    async fn finish(self) {
        self.a.finish().await;
        self.b.finish().await;
        self.c.finish().await;
    }
}

on_both! {
    async fn a_question_asked_in_a_is_answered_from_c_in_the_group_of_b_and_all_show_it_solved(on: On) {
        let three = Box::pin(Three::start(on)).await;
        let state = db::follows::get(&mut three.a.core.db.conn(), three.anna.id, three.groups[0].id).await.unwrap().unwrap().state;
        assert_eq!(state, FollowState::Accepted);

        let question = three.a.ask(&three.anna, &three.groups[0], "Hoe houden jullie jongeren in beeld?", "Bij ons raakt *een op de vijf* uit beeld.").await;
        three.later();
        three.agree(&question.ap_id).await;

        let answer = three.c.reply(&three.cor, &three.c.post(&question.ap_id).await, "Wij beginnen een half jaar eerder.").await;
        three.later();
        let comment = three.b.reply(&three.bram, &{ three.settle().await; three.b.post(&answer.ap_id).await }, "Met wie maak je die afspraak?").await;
        three.agree(&question.ap_id).await;
        assert_eq!(three.a.post(&comment.ap_id).await.kind.word(), "comment");

        three.later();
        three.b.useful(&three.bram, &three.b.post(&answer.ap_id).await, true).await;
        three.a.useful(&three.anna, &three.a.post(&answer.ap_id).await, true).await;
        assert!(three.agree(&question.ap_id).await.contains("useful 2"));

        three.later();
        assert_eq!(three.a.choose(&three.anna, &three.a.post(&answer.ap_id).await, true).await, Chosen::Here);
        assert!(three.agree(&question.ap_id).await.contains("chosen"));

        three.later();
        three.a.choose(&three.anna, &three.a.post(&answer.ap_id).await, false).await;
        assert!(!three.agree(&question.ap_id).await.contains("chosen"));
        three.finish().await;
    }

    async fn editing_taking_back_and_removing_cross_in_every_direction(on: On) {
        let three = Box::pin(Three::start(on)).await;
        let of_b = three.b.ask(&three.bram, &three.groups[1], "Mag een vrijwilliger meekijken?", "Waar ligt de grens?").await;
        three.settle().await;
        let of_a = three.a.reply(&three.anna, &three.a.post(&of_b.ap_id).await, "Bij ons niet.").await;
        three.settle().await;
        let of_c = three.c.reply(&three.cor, &three.c.post(&of_a.ap_id).await, "Waarom niet?").await;
        three.later();
        three.agree(&of_b.ap_id).await;

        three.b.edit(&three.bram, &of_b, Some("Mag een vrijwilliger meelezen?"), "Waar ligt *jullie* grens?").await;
        three.a.edit(&three.anna, &of_a, None, "Bij ons niet, tenzij het gezin het vraagt.").await;
        three.later();
        three.c.edit(&three.cor, &of_c, None, "En wie beslist dat?").await;
        let seen = three.agree(&of_b.ap_id).await;
        assert!(seen.contains("meelezen") && seen.contains("tenzij het gezin") && seen.contains("wie beslist"), "{seen}");
        assert_eq!(seen.matches(", edited").count(), 3, "{seen}");

        three.later();
        three.a.useful(&three.anna, &three.a.post(&of_b.ap_id).await, true).await;
        three.c.useful(&three.cor, &three.c.post(&of_b.ap_id).await, true).await;
        three.agree(&of_b.ap_id).await;
        three.later();
        three.a.useful(&three.anna, &three.a.post(&of_b.ap_id).await, false).await;
        assert!(three.agree(&of_b.ap_id).await.contains("useful 1"));

        three.later();
        three.a.remove(&three.anna, &of_a).await;
        let seen = three.agree(&of_b.ap_id).await;
        assert!(seen.contains(&format!("{} removed", of_a.ap_id)) && !seen.contains("tenzij"), "{seen}");
        three.later();
        three.b.remove(&three.bram, &of_b).await;
        assert!(!three.agree(&of_b.ap_id).await.contains("meelezen"));
        three.finish().await;
    }

    async fn a_moderator_elsewhere_chooses_and_the_home_of_the_question_applies_it(on: On) {
        let three = Box::pin(Three::start(on)).await;
        let question = three.a.ask(&three.anna, &three.groups[0], "Wie kent een jongerenpanel?", "Dat ook over geld beslist.").await;
        three.settle().await;
        let answer = three.c.reply(&three.cor, &three.c.post(&question.ap_id).await, "Amersfoort heeft er een.").await;
        three.settle().await;
        three.later();
        // Bram moderates the group on B; the question lives on A.
        assert_eq!(three.b.choose(&three.bram, &three.b.post(&answer.ap_id).await, true).await, Chosen::Sent);
        assert!(three.agree(&question.ap_id).await.contains("chosen"));
        three.later();
        three.b.choose(&three.bram, &three.b.post(&answer.ap_id).await, false).await;
        assert!(!three.agree(&question.ap_id).await.contains("chosen"));
        three.finish().await;
    }

    async fn who_joins_late_gets_the_whole_history(on: On) {
        let clock = Clock::manual(START);
        let (a, b) = (TestApp::start(on, "a", &clock).await, TestApp::start(on, "b", &clock).await);
        let bram = b.member("bram", "Bram de Wit").await;
        let noor = b.member("noor", "Noor Jansen").await;
        let group = b.group("wonen", "Wonen en zorg", &bram).await;
        let mut roots = Vec::new();
        // More threads than one page of the outbox holds, and one with more replies than one page of a thread.
        for number in 0..60 {
            clock.advance(Time::MINUTE);
            let question = b.ask(&bram, &group, &format!("Vraag nummer {number}"), "Wie weet dit?").await;
            roots.push(question.ap_id.clone());
            let replies = if number == 7 { 70 } else { 1 };
            for _ in 0..replies {
                clock.advance(Time::SECOND);
                let answer = b.reply(&noor, &question, "Dit weten wij.").await;
                if number == 9 {
                    b.reply(&bram, &answer, "Dank je.").await;
                    b.choose(&bram, &answer, true).await;
                }
            }
        }
        b.run_jobs().await;
        let anna = a.member("anna", "Anna Vermeer").await;
        let seen = a.find(&format!("@wonen@{}", b.host())).await.expect("the group is found");
        // Before following: the description and the latest threads.
        assert_eq!(seen.display_name, "Wonen en zorg");
        assert!(seen.about_html.contains("Waar deze groep over gaat."));
        let latest = db::lists::threads(&mut a.core.db.conn(), db::lists::Threads::Group(seen.id), None, 20).await.unwrap();
        assert_eq!(latest.items.len(), 5);
        assert_eq!(latest.items[0].post.title, "Vraag nummer 59");

        a.join(&anna, &seen).await;
        settle(&[&a, &b]).await;
        let state = db::backfill::get(&mut a.core.db.conn(), seen.id).await.unwrap().unwrap();
        assert_eq!(state.state, "done", "{state:?}");
        let progress = db::backfill::progress(&mut a.core.db.conn(), seen.id).await.unwrap();
        assert_eq!((progress.total, progress.done, progress.failed), (60, 60, 0));
        for root in &roots {
            assert_eq!(a.reads(root).await, b.reads(root).await);
            assert!(a.post(root).await.checked_at.is_some());
        }
        assert!(a.reads(&roots[9]).await.contains("chosen"));
        a.finish().await;
        b.finish().await;
    }

    async fn a_peer_that_was_down_gets_everything_when_it_comes_back(on: On) {
        let three = Box::pin(Three::start(on)).await;
        let question = three.b.ask(&three.bram, &three.groups[1], "Wie neemt de telefoon op?", "Na vijven.").await;
        three.settle().await;
        // C is away: nothing listens at its port. B's lane to it fails and rests; A gets everything at once.
        let Three { a, b, mut c, clock, anna, bram, cor, groups } = three;
        c.stop_listening().await;
        for number in 0..10 {
            clock.advance(Time::MINUTE);
            b.reply(&bram, &question, &format!("Antwoord {number}")).await;
            settle(&[&a, &b]).await;
        }
        assert_eq!(a.reads(&question.ap_id).await, b.reads(&question.ap_id).await);
        assert_eq!(c.reads(&question.ap_id).await.lines().count(), 1);
        let peer = db::deliveries::peer(&mut b.core.db.conn(), c.host()).await.unwrap().unwrap();
        assert!(peer.failures > 0 && peer.last_error.is_some(), "{peer:?}");
        assert!(db::deliveries::count(&mut b.core.db.conn()).await.unwrap() >= 10);
        c.listen_again().await;
        for _ in 0..24 {
            clock.advance(Time::HOUR);
            settle(&[&a, &b, &c]).await;
        }
        let three = Three { a, b, c, clock, anna, bram, cor, groups };
        assert_eq!(three.agree(&question.ap_id).await.lines().count(), 11);
        three.finish().await;
    }

    async fn what_waits_behind_something_that_waits_does_not_keep_its_lane_awake(on: On) {
        let Three { a, b, mut c, clock, bram, groups, .. } = Box::pin(Three::start(on)).await;
        c.stop_listening().await;
        let question = b.ask(&bram, &groups[1], "Komt dit aan?", "Eerst niet.").await;
        settle(&[&a, &b]).await;
        clock.advance(Time::SECOND);
        b.edit(&bram, &question, None, "Later wel.").await;
        settle(&[&a, &b]).await;
        assert!(db::deliveries::count(&mut b.core.db.conn()).await.unwrap() >= 2);
        let due = db::lanes::next_due(&mut b.core.db.conn()).await.unwrap().expect("something waits");
        assert!(due > clock.now(), "nothing may leave before the first has left");
        c.listen_again().await;
        for _ in 0..4 {
            clock.advance(Time::HOUR);
            settle(&[&a, &b, &c]).await;
        }
        assert!(c.reads(&question.ap_id).await.contains("Later wel."));
        for app in [a, b, c] {
            app.finish().await;
        }
    }

    async fn leaving_ends_the_announcements(on: On) {
        let three = Box::pin(Three::start(on)).await;
        three.c.leave(&three.cor, &three.groups[2]).await;
        three.settle().await;
        three.later();
        let question = three.b.ask(&three.bram, &three.groups[1], "Komt dit nog aan?", "Alleen bij wie volgt.").await;
        three.settle().await;
        assert!(db::posts::by_ap_id(&mut three.a.core.db.conn(), &question.ap_id).await.unwrap().is_some());
        assert!(db::posts::by_ap_id(&mut three.c.core.db.conn(), &question.ap_id).await.unwrap().is_none());
        three.finish().await;
    }
}
