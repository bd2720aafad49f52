//! What happens when two people do something at the same moment: the second waits for the first, and then what it had read
//! before counts no more.

use meent::db::{self, Db, Tx, actors, notifications, removed};
use meent::error::Error;
use meent::model::names::{About, Body, Line, Name, Reason, Title};
use meent::model::{Actor, Clock, Post, Time};
use meent::ops::closing::{self, Words};
use meent::ops::describing;
use meent::ops::{accepting, appreciating, founding, members, moderating, proposing, publishing, viewer};

use crate::moderation::make_admin;
use crate::on_both;
use crate::support::{On, START, TestApp, settle};

/// A region with a group that Omar moderates, Sanne who wrote a question and Noor.
struct Region {
    app: TestApp,
    sanne: Actor,
    omar: Actor,
    noor: Actor,
    group: Actor,
    question: Post,
}

async fn region(on: On) -> Region {
    let app = TestApp::start(on, "a", &Clock::manual(START)).await;
    let (sanne, omar, noor) =
        (app.member("sanne", "Sanne Bakker").await, app.member("omar", "Omar Hadi").await, app.member("noor", "Noor Jansen").await);
    let group = app.group("jeugd", "Jeugdhulp in de regio", &omar).await;
    let question = app.ask(&sanne, &group, "Wie kent dit gezin?", "Eerst zo.").await;
    app.run_jobs().await;
    Region { app, sanne, omar, noor, group, question }
}

/// Commits `first` when `second` waits for it; gives what came of `second`.
async fn meanwhile<T>(app: &TestApp, first: Tx, second: impl Future<Output = T>) -> T {
    let commit = async {
        // On SQLite there is one writer: whoever is second waits from its beginning.
        if let Db::Postgres(pool, _) = &app.core.db {
            let mut tick = tokio::time::interval(std::time::Duration::from_millis(20));
            let waits = "SELECT COUNT(*) FROM pg_locks l JOIN pg_stat_activity s ON s.pid = l.pid WHERE NOT l.granted AND s.datname = current_database()";
            for attempt in 0.. {
                tick.tick().await;
                let (waiting,): (i64,) = sqlx::query_as(waits).fetch_one(pool).await.unwrap();
                if waiting > 0 {
                    break;
                }
                assert!(attempt < 500, "the second did not wait");
            }
        }
        app.core.commit(first).await.unwrap();
    };
    tokio::join!(second, commit).0
}

fn reason(text: &str) -> Reason {
    Reason::parse(text).unwrap()
}

on_both! {
    async fn what_a_moderator_removes_does_not_come_back_by_an_edit(on: On) {
        let it = region(on).await;
        let core = &it.app.core;
        let mut tx = core.db.begin().await.unwrap();
        moderating::remove(core, &mut tx, &it.omar, &it.question, &reason("Noem geen namen.")).await.unwrap();
        let edit = async {
            let mut tx = core.db.begin().await.unwrap();
            let who = viewer(core, &mut tx, Some(&it.sanne), it.group.id).await.unwrap();
            publishing::edit(core, &mut tx, who, &it.question, None, &Body::parse("Nu zo.").unwrap()).await
        };
        assert!(matches!(meanwhile(&it.app, tx, edit).await, Err(Error::Gone)));
        let after = it.app.post(&it.question.ap_id).await;
        assert_eq!((after.deleted_by.as_deref(), after.source.as_deref(), after.html.as_str()), (Some("moderator"), None, ""));
        it.app.finish().await;
    }

    async fn what_its_author_deletes_is_not_kept_for_restoring(on: On) {
        let it = region(on).await;
        let core = &it.app.core;
        let mut tx = core.db.begin().await.unwrap();
        let who = viewer(core, &mut tx, Some(&it.sanne), it.group.id).await.unwrap();
        publishing::remove(core, &mut tx, who, &it.question).await.unwrap();
        let removal = async {
            let mut tx = core.db.begin().await.unwrap();
            let outcome = moderating::remove(core, &mut tx, &it.omar, &it.question, &reason("Noem geen namen.")).await;
            core.commit(tx).await.unwrap();
            outcome
        };
        assert!(matches!(meanwhile(&it.app, tx, Box::pin(removal)).await, Ok(moderating::Removed::Before)));
        assert!(removed::get(&mut core.db.conn(), it.question.id).await.unwrap().is_none());

        // The other way around it stays with the moderators.
        let other = it.app.ask(&it.sanne, &it.group, "En dit?", "Ook zo.").await;
        let mut tx = core.db.begin().await.unwrap();
        moderating::remove(core, &mut tx, &it.omar, &other, &reason("Noem geen namen.")).await.unwrap();
        let delete = async {
            let mut tx = core.db.begin().await.unwrap();
            let who = viewer(core, &mut tx, Some(&it.sanne), it.group.id).await.unwrap();
            publishing::remove(core, &mut tx, who, &other).await
        };
        assert!(matches!(meanwhile(&it.app, tx, Box::pin(delete)).await, Err(Error::Gone)));
        assert_eq!(it.app.post(&other.ap_id).await.deleted_by.as_deref(), Some("moderator"));
        it.app.finish().await;
    }

    async fn an_answer_that_is_being_removed_is_not_chosen(on: On) {
        let it = region(on).await;
        let core = &it.app.core;
        let answer = it.app.reply(&it.noor, &it.question, "Wij weten het.").await;
        let mut tx = core.db.begin().await.unwrap();
        let who = viewer(core, &mut tx, Some(&it.noor), it.group.id).await.unwrap();
        publishing::remove(core, &mut tx, who, &answer).await.unwrap();
        let choice = async {
            let mut tx = core.db.begin().await.unwrap();
            let who = viewer(core, &mut tx, Some(&it.sanne), it.group.id).await.unwrap();
            accepting::choose(core, &mut tx, who, &it.question, &answer, true).await
        };
        assert!(matches!(meanwhile(&it.app, tx, Box::pin(choice)).await, Err(Error::NotFound)));
        assert_eq!(it.app.post(&it.question.ap_id).await.accepted_id, None);
        it.app.finish().await;
    }

    async fn a_name_is_taken_once(on: On) {
        let it = region(on).await;
        let core = &it.app.core;
        let (name, about) = (Name::parse("wmo").unwrap(), About::parse("").unwrap());
        let (one, two) = (Title::parse("Van Sanne").unwrap(), Title::parse("Van Noor").unwrap());
        let keys = (core.keys.make().await.unwrap(), core.keys.make().await.unwrap());
        let mut tx = core.db.begin().await.unwrap();
        let group = founding::found(core, &mut tx, &name, &one, &about, Some(&it.sanne), keys.0).await.unwrap();
        let second = async {
            let mut tx = core.db.begin().await.unwrap();
            let outcome = founding::found(core, &mut tx, &name, &two, &about, Some(&it.noor), keys.1).await;
            if outcome.is_ok() {
                core.commit(tx).await.unwrap();
            }
            outcome
        };
        assert!(matches!(meanwhile(&it.app, tx, second).await, Err(Error::Invalid(_))));
        let after = it.app.actor(&group.ap_id).await;
        assert_eq!((after.display_name.as_str(), &after.public_key_pem), ("Van Sanne", &group.public_key_pem));
        let moderators = actors::moderators(&mut core.db.conn(), group.id).await.unwrap();
        assert_eq!(moderators.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["sanne"]);
        it.app.finish().await;
    }

    async fn who_leaves_is_not_named_again_by_a_form_on_its_way(on: On) {
        let it = region(on).await;
        let core = &it.app.core;
        let mut tx = core.db.begin().await.unwrap();
        closing::close(core, &mut tx, &it.sanne, Words::Stay).await.unwrap();
        let profile = async {
            let mut tx = core.db.begin().await.unwrap();
            let (name, line, about) = (Line::parse("Sanne Bakker").unwrap(), Line::parse("Noordrand").unwrap(), About::parse("Ik").unwrap());
            members::describe(core, &mut tx, &it.sanne, &name, &line, &line, &about).await
        };
        assert!(matches!(meanwhile(&it.app, tx, profile).await, Err(Error::LoginNeeded)));
        let after = it.app.actor(&it.sanne.ap_id).await;
        assert!(!after.display_name.contains("Sanne") && after.organisation.is_empty(), "{after:?}");
        // Nor do they write or vote.
        let mut tx = core.db.begin().await.unwrap();
        let body = Body::parse("Toch nog iets.").unwrap();
        assert!(matches!(publishing::reply(core, &mut tx, &it.sanne, &it.question, &body, true, "nl").await, Err(Error::Forbidden(_))));
        drop(tx);
        it.app.finish().await;
    }

    async fn a_new_moderator_does_not_bring_back_an_old_description(on: On) {
        let it = region(on).await;
        let core = &it.app.core;
        let mut tx = core.db.begin().await.unwrap();
        let who = viewer(core, &mut tx, Some(&it.omar), it.group.id).await.unwrap();
        let (title, about) = (Title::parse("Jeugd en gezin").unwrap(), About::parse("Nieuw.").unwrap());
        founding::describe(core, &mut tx, who, &it.group, &title, &about).await.unwrap();
        let naming = async {
            let mut tx = core.db.begin().await.unwrap();
            let who = viewer(core, &mut tx, Some(&it.omar), it.group.id).await.unwrap();
            describing::name_moderator(core, &mut tx, who, &it.omar, &it.group, &it.noor).await.unwrap();
            core.commit(tx).await.unwrap();
        };
        meanwhile(&it.app, tx, naming).await;
        let after = it.app.actor(&it.group.ap_id).await;
        assert_eq!((after.display_name.as_str(), after.about_source.as_str()), ("Jeugd en gezin", "Nieuw."));
        assert!(actors::is_moderator(&mut core.db.conn(), it.group.id, it.noor.id).await.unwrap());
        it.app.finish().await;
    }

    async fn two_who_find_something_useful_at_once_make_one_line(on: On) {
        let it = region(on).await;
        let core = &it.app.core;
        let mut tx = core.db.begin().await.unwrap();
        appreciating::appreciate(core, &mut tx, &it.noor, &it.question, true).await.unwrap();
        let second = async {
            let mut tx = core.db.begin().await.unwrap();
            appreciating::appreciate(core, &mut tx, &it.omar, &it.question, true).await.unwrap();
            core.commit(tx).await.unwrap();
        };
        meanwhile(&it.app, tx, second).await;
        assert_eq!(notifications::count_unread(&mut core.db.conn(), it.sanne.id).await.unwrap(), 1);
        assert_eq!(db::useful::count(&mut core.db.conn(), it.question.id).await.unwrap(), 2);
        it.app.finish().await;
    }

    async fn a_group_that_somebody_proposed_who_left_is_moderated_by_the_administrator(on: On) {
        let it = region(on).await;
        let core = &it.app.core;
        make_admin(&it.app, &it.omar).await;
        let mut tx = core.db.begin().await.unwrap();
        let (name, title, about) = (Name::parse("wmo").unwrap(), Title::parse("Wmo").unwrap(), About::parse("Samen.").unwrap());
        let proposal = proposing::propose(core, &mut tx, &it.sanne, &name, &title, &about, &about).await.unwrap();
        core.commit(tx).await.unwrap();
        let mut tx = core.db.begin().await.unwrap();
        closing::close(core, &mut tx, &it.sanne, Words::Stay).await.unwrap();
        core.commit(tx).await.unwrap();
        it.app.run_jobs().await;
        let keys = core.keys.make().await.unwrap();
        let mut tx = core.db.begin().await.unwrap();
        let group = proposing::approve(core, &mut tx, &it.omar, proposal.id, keys).await.unwrap();
        core.commit(tx).await.unwrap();
        let moderators = actors::moderators(&mut core.db.conn(), group.id).await.unwrap();
        assert_eq!(moderators.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["omar"]);
        it.app.finish().await;
    }

    async fn a_home_does_not_restore_what_another_region_took_away_for_itself(on: On) {
        let clock = Clock::manual(START);
        let (a, b) = (TestApp::start(on, "a", &clock).await, TestApp::start(on, "b", &clock).await);
        let (omar, noor) = (a.member("omar", "Omar Hadi").await, b.member("noor", "Noor Jansen").await);
        make_admin(&b, &noor).await;
        let group = a.group("jeugd", "Jeugdhulp", &omar).await;
        let sanne = a.member("sanne", "Sanne Bakker").await;
        let there = b.find(&format!("jeugd@{}", a.host())).await.unwrap();
        b.join(&noor, &there).await;
        let question = a.ask(&sanne, &group, "Wie kent dit gezin?", "Namen en rugnummers.").await;
        settle(&[&a, &b]).await;
        clock.advance(Time::MINUTE);
        // The administrator of b does not moderate the group of a: it goes from b alone.
        let act = async |app: &TestApp, by: &Actor, restore: bool| {
            let post = app.post(&question.ap_id).await;
            let mut tx = app.core.db.begin().await.unwrap();
            if restore {
                moderating::restore(&app.core, &mut tx, by, &post, "").await.unwrap();
            } else {
                moderating::remove(&app.core, &mut tx, by, &post, &reason("Geen namen.")).await.unwrap();
            }
            app.core.commit(tx).await.unwrap();
        };
        act(&b, &noor, false).await;
        settle(&[&a, &b]).await;
        assert!(!a.post(&question.ap_id).await.is_deleted());
        clock.advance(Time::MINUTE);
        act(&a, &omar, false).await;
        settle(&[&a, &b]).await;
        clock.advance(Time::MINUTE);
        act(&a, &omar, true).await;
        settle(&[&a, &b]).await;
        assert!(!a.post(&question.ap_id).await.is_deleted());
        let copy = b.post(&question.ap_id).await;
        assert_eq!((copy.deleted_by.as_deref(), copy.html.as_str()), (Some("moderator"), ""));
        // Who took it away there can put it back there.
        act(&b, &noor, true).await;
        assert!(b.reads(&question.ap_id).await.contains("Namen en rugnummers."));
        for app in [a, b] {
            app.finish().await;
        }
    }
}
