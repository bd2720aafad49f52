//! `/health/ready` says no when this process can't do its work, and why; `/health/live` goes on saying yes.

use std::sync::atomic::Ordering;

use meent::db::Db;
use meent::model::{Clock, Time};
use serde_json::Value;

use crate::on_both;
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp};

/// The parts that are not well, and the whole answer.
async fn problems(app: &TestApp) -> (u16, Vec<String>, String) {
    // What was found holds for a moment.
    app.clock.advance(5 * Time::SECOND);
    let mut visitor = Visitor::of(app);
    assert_eq!(visitor.get("/health/live").await.body, "ok");
    let page = visitor.get("/health/ready").await;
    let body: Value = serde_json::from_str(&page.body).expect("JSON");
    assert_eq!(page.header("cache-control"), "no-store");
    let parts = body["problems"].as_array().cloned().unwrap_or_default();
    (page.status, parts.iter().map(|problem| problem["part"].as_str().unwrap().to_owned()).collect(), page.body)
}

on_both! {
    async fn a_database_that_hangs_is_no_database(on: On) {
        let app = TestApp::start(on, "a", &Clock::manual(START)).await;
        assert_eq!(problems(&app).await, (200, vec![], "{\"status\":\"ready\"}".into()));
        let held = match &app.core.db {
            // Somebody writes and does not end.
            Db::Sqlite { .. } => Ok(app.core.db.begin().await.unwrap()),
            Db::Postgres(pool, _) => {
                let mut tx = pool.begin().await.unwrap();
                sqlx::query("LOCK TABLE heartbeat IN ACCESS EXCLUSIVE MODE").execute(&mut *tx).await.unwrap();
                Err(tx)
            }
        };
        let (status, parts, body) = problems(&app).await;
        assert_eq!((status, parts.as_slice()), (503, ["database".to_owned()].as_slice()), "{body}");
        assert!(body.contains("did not take a row"), "{body}");
        // Many who ask at once wait for one answer.
        let mut asking = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let mut visitor = Visitor::of(&app);
            asking.spawn(async move { visitor.get("/health/ready").await.status });
        }
        while let Some(status) = asking.join_next().await {
            assert_eq!(status.unwrap(), 503);
        }
        drop(held);
        assert_eq!(problems(&app).await.0, 200);
        app.finish().await;
    }

    async fn a_loop_that_is_stuck_or_gone_makes_it_not_ready(on: On) {
        let app = TestApp::start(on, "a", &Clock::manual(START)).await;
        let pulse = app.core.pulses.begin("proef");
        pulse.beat(app.core.now().plus(Time::MINUTE));
        assert_eq!(problems(&app).await.0, 200);
        app.clock.advance(2 * Time::MINUTE);
        let (status, parts, body) = problems(&app).await;
        assert_eq!((status, parts.as_slice()), (503, ["worker".to_owned()].as_slice()), "{body}");
        assert!(body.contains("the loop proef"), "{body}");
        pulse.beat(app.core.now().plus(Time::MINUTE));
        assert_eq!(problems(&app).await.0, 200);
        drop(pulse);
        assert_eq!(problems(&app).await.1, ["worker"]);
        app.finish().await;
    }
}

#[tokio::test]
async fn a_full_disk_is_said() {
    let app = TestApp::start_with(On::Sqlite, "a", &Clock::manual(START), |config| config.health.disk_free_mb = i64::MAX).await;
    let (status, parts, body) = problems(&app).await;
    assert_eq!((status, parts.as_slice()), (503, ["disk".to_owned()].as_slice()), "{body}");
    assert!(body.contains("MB are free on the disk") && !body.contains('/'), "{body}");
    app.finish().await;
}

#[tokio::test]
async fn who_stops_is_not_ready() {
    let app = TestApp::start(On::Sqlite, "a", &Clock::manual(START)).await;
    app.fed.stopping.store(true, Ordering::Relaxed);
    let (status, parts, _) = problems(&app).await;
    assert_eq!((status, parts.as_slice()), (503, ["stopping".to_owned()].as_slice()));
    app.finish().await;
}
