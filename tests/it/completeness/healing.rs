//! Two instances of ours, between which something was lost.

use meent::db::jobs::{self, JobKind};
use meent::model::{Actor, Clock, JobId, Post, Time};
use meent::ops::comparing;

use crate::on_both;
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp, settle};

/// Anna on A follows the group of Bram on B, and has his question.
struct Pair {
    a: Box<TestApp>,
    b: Box<TestApp>,
    anna: Actor,
    bram: Actor,
    question: Post,
}

impl Pair {
    async fn start(on: On) -> Self {
        let clock = Clock::manual(START);
        let (a, b) = (Box::new(TestApp::start(on, "a", &clock).await), Box::new(TestApp::start(on, "b", &clock).await));
        let (anna, bram) = (a.member("anna", "Anna Vermeer").await, b.member("bram", "Bram de Wit").await);
        let group = b.group("wonen", "Wonen en zorg", &bram).await;
        let seen = a.find(&format!("@wonen@{}", b.host())).await.expect("the group is found");
        a.join(&anna, &seen).await;
        settle(&[&a, &b]).await;
        clock.advance(Time::MINUTE);
        let question = b.ask(&bram, &group, "Wie kent een tussenwoning?", "Wij zoeken er drie.").await;
        settle(&[&a, &b]).await;
        clock.advance(2 * Time::HOUR);
        Self { a, b, anna, bram, question }
    }

    fn later(&self) {
        self.a.clock.advance(Time::MINUTE);
    }

    /// What was queued by one for the other is lost on its way.
    async fn lose(from: &TestApp, to: &mut TestApp) {
        to.stop_listening().await;
        from.run_jobs().await;
        from.forget_deliveries().await;
        to.listen_again().await;
    }

    async fn agree(&self) -> String {
        let (a, b) = (self.a.reads(&self.question.ap_id).await, self.b.reads(&self.question.ap_id).await);
        assert_eq!(a, b);
        a
    }

    async fn copy(&self) -> Post {
        self.a.post(&self.question.ap_id).await
    }

    /// Anna opens the thread.
    async fn view(&self) {
        let mut browser = Visitor::logged_in(&self.a, &self.anna).await;
        let page = browser.get(&self.copy().await.path()).await;
        assert_eq!(page.status, 200);
        settle(&[&self.a, &self.b]).await;
    }

    /// A night passes.
    async fn night(&self) {
        let mut tx = self.a.core.db.begin().await.expect("a transaction");
        let begins = comparing::next_night(&self.a.core);
        jobs::enqueue(&mut tx, JobId(self.a.core.ids.next()), JobKind::CheckNightly, "", begins).await.expect("queued");
        self.a.core.commit(tx).await.expect("a commit");
        for _ in 0..24 {
            self.a.clock.advance(Time::HOUR);
            settle(&[&self.a, &self.b]).await;
        }
    }

    async fn finish(self) {
        self.a.finish().await;
        self.b.finish().await;
    }
}

on_both! {
    async fn a_missed_announcement_is_healed_when_somebody_looks(on: On) {
        let mut pair = Pair::start(on).await;
        let answer = pair.b.reply(&pair.bram, &pair.question, "Utrecht heeft er een.").await;
        pair.later();
        pair.b.reply(&pair.bram, &answer, "Met een wachtlijst.").await;
        Pair::lose(&pair.b, &mut pair.a).await;
        assert_eq!(pair.a.reads(&pair.question.ap_id).await.lines().count(), 1);
        pair.view().await;
        assert_eq!(pair.agree().await.lines().count(), 3);
        pair.finish().await;
    }

    async fn the_night_heals_what_was_missed_changed_and_removed(on: On) {
        let mut pair = Pair::start(on).await;
        let removed = pair.b.reply(&pair.bram, &pair.question, "Dit trek ik in.").await;
        let changed = pair.b.reply(&pair.bram, &pair.question, "Utercht heeft er een.").await;
        settle(&[&pair.a, &pair.b]).await;
        pair.later();
        pair.b.remove(&pair.bram, &removed).await;
        pair.b.edit(&pair.bram, &changed, None, "Utrecht heeft er een.").await;
        pair.b.edit(&pair.bram, &pair.question, Some("Wie kent een tussenwoning voor jongeren?"), "Wij zoeken er drie.").await;
        pair.b.reply(&pair.bram, &pair.question, "En Zeist ook.").await;
        Pair::lose(&pair.b, &mut pair.a).await;
        assert!(pair.a.reads(&pair.question.ap_id).await.contains("Utercht"));
        pair.night().await;
        let read = pair.agree().await;
        assert!(read.contains("Utrecht heeft") && read.contains("Zeist") && read.contains("voor jongeren") && !read.contains("trek ik in"), "{read}");
        pair.finish().await;
    }

    async fn a_question_that_is_gone_at_home_goes_here(on: On) {
        let mut pair = Pair::start(on).await;
        pair.b.remove(&pair.bram, &pair.question).await;
        Pair::lose(&pair.b, &mut pair.a).await;
        assert!(!pair.copy().await.is_deleted());
        pair.view().await;
        assert!(pair.copy().await.is_deleted());
        pair.finish().await;
    }

    async fn a_reply_of_ours_that_the_home_lacks_is_said_again(on: On) {
        let mut pair = Pair::start(on).await;
        let copy = pair.copy().await;
        let ours = pair.a.reply(&pair.anna, &copy, "Vraag het de woningcorporatie.").await;
        Pair::lose(&pair.a, &mut pair.b).await;
        assert_eq!(pair.b.reads(&pair.question.ap_id).await.lines().count(), 1);
        // What was just written may be on its way.
        pair.view().await;
        assert_eq!(pair.b.reads(&pair.question.ap_id).await.lines().count(), 1);
        pair.night().await;
        assert!(pair.agree().await.contains("woningcorporatie"));
        let again = "SELECT CAST(COALESCE(SUM(times), 0) AS BIGINT) FROM said_again";
        assert_eq!(pair.a.number(again).await, 1, "{ours:?}");
        pair.night().await;
        assert_eq!(pair.a.number(again).await, 1, "it has it now");
        pair.finish().await;
    }

    async fn a_group_is_fetched_again_as_a_whole(on: On) {
        let mut pair = Pair::start(on).await;
        let group = pair.b.actor(&format!("{}/c/wonen", pair.b.core.urls.base())).await;
        let missed = pair.b.ask(&pair.bram, &group, "Hebben jullie deze ook?", "Die is niet aangekomen.").await;
        pair.b.reply(&pair.bram, &missed, "Deze ook niet.").await;
        pair.b.reply(&pair.bram, &pair.question, "En deze evenmin.").await;
        Pair::lose(&pair.b, &mut pair.a).await;
        let known = pair.a.actor(&group.ap_id).await;
        let mut tx = pair.a.core.db.begin().await.expect("a transaction");
        jobs::enqueue(&mut tx, JobId(pair.a.core.ids.next()), JobKind::CheckGroup, &known.id.to_string(), pair.a.clock.now()).await.expect("queued");
        pair.a.core.commit(tx).await.expect("a commit");
        settle(&[&pair.a, &pair.b]).await;
        pair.a.clock.advance(Time::HOUR);
        settle(&[&pair.a, &pair.b]).await;
        assert_eq!(pair.agree().await.lines().count(), 2);
        assert_eq!(pair.a.reads(&missed.ap_id).await, pair.b.reads(&missed.ap_id).await);
        pair.finish().await;
    }
}
