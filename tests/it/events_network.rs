//! Events among three regions: planned on one in the group of another, seen and signed up for from the third.

use meent::db::notifications::{self, NoticeKind};
use meent::db::{self, attendees, interests};
use meent::error::Error;
use meent::model::{Actor, Clock, EventStatus, Plan, Post, Rsvp, SignUp, Standing, Time};
use meent::ops::{agenda, interest};

use crate::on_both;
use crate::support::planned::{attendee, called_off, changed, decided, event, planned, says, session, standing};
use crate::support::{On, START, TestApp, settle};

/// The group is B's; Anna plans on A, Cor and Dirk come from C, Bram moderates.
struct Three {
    a: TestApp,
    b: TestApp,
    c: TestApp,
    clock: Clock,
    anna: Actor,
    bram: Actor,
    cor: Actor,
    dirk: Actor,
    /// B's group, as A, B and C know it.
    groups: [Actor; 3],
}

impl Three {
    async fn start(on: On) -> Self {
        let clock = Clock::manual(START);
        let (a, b, c) =
            (TestApp::start(on, "a", &clock).await, TestApp::start(on, "b", &clock).await, TestApp::start(on, "c", &clock).await);
        let (anna, bram) = (a.member("anna", "Anna Vermeer").await, b.member("bram", "Bram de Wit").await);
        let (cor, dirk) = (c.member("cor", "Cor Hendriks").await, c.member("dirk", "Dirk Bos").await);
        let of_b = b.group("jeugd", "Jeugdhulp in de regio", &bram).await;
        let (of_a, of_c) = (a.find(&of_b.ap_id).await.expect("the group"), c.find(&of_b.ap_id).await.expect("the group"));
        a.join(&anna, &of_a).await;
        c.join(&cor, &of_c).await;
        let three = Self { a, b, c, clock, anna, bram, cor, dirk, groups: [of_a, of_b, of_c] };
        three.settle().await;
        three
    }

    async fn settle(&self) {
        settle(&[&self.a, &self.b, &self.c]).await;
        self.clock.advance(Time::MINUTE);
    }

    /// Plans on A, and lets everybody hear of it.
    async fn plans(&self, plan: &Plan, question: Option<&Post>) -> Post {
        let post = planned(&self.a, &self.anna, &self.groups[0], "Werksessie speelruimtebeleid", plan, question).await;
        self.settle().await;
        post
    }

    /// How it stands with somebody, at home and at the event's home, which must agree.
    async fn agreed(&self, home: &TestApp, who: &Actor, event: &Post) -> Standing {
        let (there, here) = (standing(home, &who.ap_id, &event.ap_id).await, standing(&self.a, &who.ap_id, &event.ap_id).await);
        assert_eq!(there, here, "{} and A about {}", home.name, who.name);
        here
    }

    async fn was_told(&self, app: &TestApp, who: &Actor, event: &Post) -> bool {
        let post = app.post(&event.ap_id).await;
        notifications::was_told(&mut app.core.db.conn(), who.id, NoticeKind::Event, post.id).await.expect("a read")
    }

    async fn finish(self) {
        self.settle().await;
        for app in [self.a, self.b, self.c] {
            app.finish().await;
        }
    }
}

/// The sentences that somebody was told about events, the oldest first.
async fn told(app: &TestApp, who: &Actor) -> Vec<String> {
    let text = "SELECT sentence FROM notification WHERE actor_id = $1 AND kind IN ('event', 'sign_up') ORDER BY id";
    match &app.core.db {
        db::Db::Sqlite { read, .. } => sqlx::query_scalar(text).bind(who.id).fetch_all(read).await,
        db::Db::Postgres(pool, _) => sqlx::query_scalar(text).bind(who.id).fetch_all(pool).await,
    }
    .expect("notifications")
}

async fn shows_interest(app: &TestApp, who: &Actor, question: &str, active: bool) {
    let question = app.post(question).await;
    let mut tx = app.core.db.begin().await.expect("a transaction");
    interest::show(&app.core, &mut tx, who, &question, active).await.expect("interest");
    app.core.commit(tx).await.expect("a commit");
}

on_both! {
    async fn an_event_of_a_in_the_group_of_b_fills_up_from_everywhere(on: On) {
        let three = Box::pin(Three::start(on)).await;
        let plan = session(&three.a, Some(2));
        let post = three.plans(&plan, None).await;
        // Everybody sees the same, but for what only attendees know.
        for app in [&three.b, &three.c] {
            assert_eq!(app.reads(&post.ap_id).await, three.a.reads(&post.ap_id).await);
            let seen = event(app, &post.ap_id).await;
            assert_eq!(seen.plan, Plan { online_link: String::new(), ..plan.clone() });
            assert_eq!((seen.status, seen.told_attending), (EventStatus::Planned, Some(1)));
            assert_eq!(app.post(&post.ap_id).await.summary, post.summary);
        }
        // The last place goes to Cor, who learns the link; then there is a line.
        let cor = says(&three.c, &three.cor, &post.ap_id, Rsvp::Yes).await.expect("a yes");
        assert_eq!(cor.state, Standing::Sent);
        three.settle().await;
        assert_eq!(three.agreed(&three.c, &three.cor, &post).await, Standing::In);
        assert_eq!(attendee(&three.c, &three.cor.ap_id, &post.ap_id).await.expect("Cor").online_link, plan.online_link);
        assert_eq!(attendee(&three.a, &three.cor.ap_id, &post.ap_id).await.expect("Cor").remark, "Ik neem koffie mee");
        says(&three.c, &three.dirk, &post.ap_id, Rsvp::Yes).await.expect("a yes");
        three.settle().await;
        says(&three.b, &three.bram, &post.ap_id, Rsvp::Yes).await.expect("a yes");
        three.settle().await;
        for (app, who) in [(&three.c, &three.dirk), (&three.b, &three.bram)] {
            assert_eq!(three.agreed(app, who, &post).await, Standing::Waiting);
            assert!(attendee(app, &who.ap_id, &post.ap_id).await.expect("somebody").online_link.is_empty());
        }
        // Cor can't come: Dirk was first in the line.
        says(&three.c, &three.cor, &post.ap_id, Rsvp::No).await.expect("a no");
        three.settle().await;
        assert_eq!(three.agreed(&three.c, &three.cor, &post).await, Standing::Out);
        assert_eq!(three.agreed(&three.c, &three.dirk, &post).await, Standing::In);
        assert_eq!(three.agreed(&three.b, &three.bram, &post).await, Standing::Waiting);
        assert_eq!(told(&three.c, &three.dirk).await, ["notice-event-waiting", "notice-event-in"]);
        // More room, and everybody has a place.
        changed(&three.a, &three.anna, &post, &Plan { capacity: Some(10), ..plan.clone() }).await;
        three.settle().await;
        assert_eq!(three.agreed(&three.b, &three.bram, &post).await, Standing::In);
        // And back again: Cor comes after all.
        says(&three.c, &three.cor, &post.ap_id, Rsvp::Yes).await.expect("a yes");
        three.settle().await;
        assert_eq!(three.agreed(&three.c, &three.cor, &post).await, Standing::In);
        // How many come is said within the hour, and once.
        three.clock.advance(Time::HOUR);
        agenda::turn(&three.a.core).await.expect("a turn");
        three.settle().await;
        for app in [&three.b, &three.c] {
            assert_eq!(event(app, &post.ap_id).await.told_attending, Some(4), "{}", app.name);
        }
        let version = three.a.post(&post.ap_id).await.updated_at;
        three.clock.advance(2 * Time::HOUR);
        agenda::turn(&three.a.core).await.expect("a turn");
        assert_eq!(three.a.post(&post.ap_id).await.updated_at, version);
        assert_eq!(three.a.post(&post.ap_id).await.edited_at, None);
        Box::pin(three.finish()).await;
    }

    async fn an_organiser_decides_about_people_of_other_regions(on: On) {
        let three = Box::pin(Three::start(on)).await;
        let post = three.plans(&Plan { sign_up: SignUp::Approval, ..session(&three.a, None) }, None).await;
        for who in [&three.cor, &three.dirk] {
            says(&three.c, who, &post.ap_id, Rsvp::Yes).await.expect("a yes");
        }
        three.settle().await;
        for who in [&three.cor, &three.dirk] {
            assert_eq!(three.agreed(&three.c, who, &post).await, Standing::Asked);
        }
        decided(&three.a, &three.anna, &post, &three.cor.ap_id, true).await;
        decided(&three.a, &three.anna, &post, &three.dirk.ap_id, false).await;
        three.settle().await;
        assert_eq!(three.agreed(&three.c, &three.cor, &post).await, Standing::In);
        assert_eq!(three.agreed(&three.c, &three.dirk, &post).await, Standing::Refused);
        assert_eq!(told(&three.c, &three.dirk).await, ["notice-event-asked", "notice-event-refused"]);
        // A no, and a yes after it, change nothing of that.
        for answer in [Rsvp::No, Rsvp::Yes] {
            says(&three.c, &three.dirk, &post.ap_id, answer).await.expect("a word");
            three.settle().await;
            assert_eq!(standing(&three.a, &three.dirk.ap_id, &post.ap_id).await, Standing::Refused);
        }
        Box::pin(three.finish()).await;
    }

    async fn what_was_called_off_or_moved_reaches_who_comes_and_follows_nothing(on: On) {
        let three = Box::pin(Three::start(on)).await;
        let plan = session(&three.a, None);
        let post = three.plans(&plan, None).await;
        says(&three.c, &three.cor, &post.ap_id, Rsvp::Yes).await.expect("a yes");
        three.settle().await;
        // Nobody on C is in the group any more.
        for who in [&three.cor, &three.dirk] {
            three.c.leave(who, &three.groups[2]).await;
        }
        three.settle().await;
        let moved = Plan { starts_at: plan.starts_at.plus(Time::DAY), ends_at: plan.ends_at.map(|end| end.plus(Time::DAY)), ..plan.clone() };
        changed(&three.a, &three.anna, &post, &moved).await;
        three.settle().await;
        let seen = event(&three.c, &post.ap_id).await;
        assert_eq!((seen.plan.starts_at, seen.status, seen.sequence), (moved.starts_at, EventStatus::Moved, 1));
        called_off(&three.a, &three.anna, &post, true).await;
        three.settle().await;
        assert_eq!(event(&three.c, &post.ap_id).await.status, EventStatus::Cancelled);
        assert_eq!(told(&three.c, &three.cor).await, ["notice-event-in", "notice-event-moved", "notice-event-cancelled"]);
        // Nobody signs up for it any more; who did not hear of it yet is told so by its home.
        assert!(matches!(says(&three.c, &three.dirk, &post.ap_id, Rsvp::Yes).await, Err(Error::Forbidden("error-event-cancelled"))));
        called_off(&three.a, &three.anna, &post, false).await;
        three.settle().await;
        assert_eq!(event(&three.c, &post.ap_id).await.status, EventStatus::Planned);
        three.c.join(&three.dirk, &three.groups[2]).await;
        three.settle().await;
        called_off(&three.a, &three.anna, &post, true).await;
        says(&three.c, &three.dirk, &post.ap_id, Rsvp::Yes).await.expect("C has not heard of it");
        three.settle().await;
        assert_eq!(standing(&three.c, &three.dirk.ap_id, &post.ap_id).await, Standing::Refused);
        assert_eq!(standing(&three.a, &three.dirk.ap_id, &post.ap_id).await, Standing::Out, "nothing is kept of it");
        Box::pin(three.finish()).await;
    }

    async fn an_answer_that_was_lost_is_asked_for_again(on: On) {
        let three = Box::pin(Three::start(on)).await;
        let post = three.plans(&session(&three.a, None), None).await;
        says(&three.c, &three.cor, &post.ap_id, Rsvp::Yes).await.expect("a yes");
        three.c.run_jobs().await;
        // A takes the Join; what it answers never arrives.
        for _ in 0..4 {
            let batch = three.a.fed.take_received().await.expect("a batch");
            Box::pin(three.a.fed.process(batch)).await.expect("worked on");
            Box::pin(three.a.fed.make_outgoing()).await.expect("said");
        }
        three.a.forget_deliveries().await;
        three.settle().await;
        assert_eq!(standing(&three.a, &three.cor.ap_id, &post.ap_id).await, Standing::In);
        assert_eq!(standing(&three.c, &three.cor.ap_id, &post.ap_id).await, Standing::Sent);
        let first = attendee(&three.c, &three.cor.ap_id, &post.ap_id).await.expect("Cor").ap_id;
        three.clock.advance(2 * Time::HOUR);
        agenda::turn(&three.c.core).await.expect("a turn");
        three.settle().await;
        assert_eq!(three.agreed(&three.c, &three.cor, &post).await, Standing::In);
        assert_ne!(attendee(&three.c, &three.cor.ap_id, &post.ap_id).await.expect("Cor").ap_id, first);
        let here = three.a.post(&post.ap_id).await;
        assert_eq!(attendees::counts(&mut three.a.core.db.conn(), here.id).await.expect("a count"), (2, 0));
        Box::pin(three.finish()).await;
    }

    async fn interest_is_counted_alike_and_whoever_was_interested_hears_of_the_session(on: On) {
        let three = Box::pin(Three::start(on)).await;
        let question = three.b.ask(&three.bram, &three.groups[1], "Hoe maken jullie speelruimtebeleid?", "Wij beginnen.").await;
        three.settle().await;
        let count = async |app: &TestApp| {
            let question = app.post(&question.ap_id).await;
            interests::count(&mut app.core.db.conn(), question.id).await.expect("a count")
        };
        shows_interest(&three.a, &three.anna, &question.ap_id, true).await;
        shows_interest(&three.c, &three.cor, &question.ap_id, true).await;
        shows_interest(&three.c, &three.dirk, &question.ap_id, true).await;
        shows_interest(&three.b, &three.bram, &question.ap_id, true).await;
        three.settle().await;
        assert_eq!([count(&three.a).await, count(&three.b).await, count(&three.c).await], [4, 4, 4]);
        shows_interest(&three.c, &three.cor, &question.ap_id, false).await;
        three.settle().await;
        assert_eq!([count(&three.a).await, count(&three.b).await, count(&three.c).await], [3, 3, 3]);
        // Anna plans it on A; Dirk hears of it once, though the group and Anna tell his region; Cor does not.
        let known = three.a.post(&question.ap_id).await;
        let event = three.plans(&session(&three.a, None), Some(&known)).await;
        assert!(three.was_told(&three.c, &three.dirk, &event).await && three.was_told(&three.b, &three.bram, &event).await);
        assert!(!three.was_told(&three.c, &three.cor, &event).await);
        assert_eq!(told(&three.c, &three.dirk).await, ["notice-event-from-question"]);
        Box::pin(three.finish()).await;
    }

    async fn two_who_want_the_last_place_do_not_both_get_it(on: On) {
        let three = Box::pin(Three::start(on)).await;
        let post = three.plans(&session(&three.a, Some(2)), None).await;
        for (app, who) in [(&three.b, &three.bram), (&three.c, &three.cor), (&three.c, &three.dirk)] {
            says(app, who, &post.ap_id, Rsvp::Yes).await.expect("a yes");
        }
        three.settle().await;
        let mut states = Vec::new();
        for (app, who) in [(&three.b, &three.bram), (&three.c, &three.cor), (&three.c, &three.dirk)] {
            states.push(three.agreed(app, who, &post).await);
        }
        states.sort_by_key(|state| *state != Standing::In);
        assert_eq!(states, [Standing::In, Standing::Waiting, Standing::Waiting]);
        Box::pin(three.finish()).await;
    }
}
