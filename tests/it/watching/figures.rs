//! What the figures say after something happened.

use meent::model::{Clock, Time};
use meent::ops::measuring;
use serde_json::json;

use super::{Watched, run};
use crate::on_both;
use crate::support::peer::{Peer, date};
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp};

async fn figures(app: &TestApp) -> String {
    measuring::measure(&app.core).await.unwrap();
    app.figures().await
}

fn has(text: &str, line: &str) {
    assert!(text.lines().any(|one| one == line), "{line} is not in {text}");
}

on_both! {
    async fn what_happens_is_counted(on: On) {
        let clock = Clock::manual(START);
        let app = TestApp::start(on, "a", &clock).await;
        let bram = app.member("bram", "Bram de Wit").await;
        let group = app.group("jeugd", "Jeugdhulp", &bram).await;
        let peer = Peer::start("elders").await;
        let els = peer.actor("Person", "/u/els");
        // Requests that are not believed: too old, and signed with another key.
        let listen = els.says("Listen", 1, &json!("https://elders.example/x")).to_string();
        let mut old = els.letter(&app, "/inbox", &listen);
        old.set("Date", Some(&date(&clock, -Time::DAY)));
        assert_eq!(old.send(&app).await.status, 401);
        let mut forged = els.letter(&app, "/inbox", &listen);
        forged.private_pem = crate::support::key("b").private_pem;
        assert_eq!(forged.send(&app).await.status, 401);
        assert_eq!(els.letter(&app, "/inbox", &listen).send_as_it_is(&app).await.status, 401);
        // One that is: it waits for a minute before somebody works on it.
        assert_eq!(els.sends(&app, &els.says("Follow", 2, &json!(group.ap_id))).await, 202);
        clock.advance(Time::MINUTE);
        let text = figures(&app).await;
        has(&text, "meent_received_waiting 1.0");
        has(&text, "meent_received_oldest_seconds 60.0");
        app.run_jobs().await;
        let post = app.ask(&bram, &group, "Een vraag", "Wie weet dit?").await;
        app.run_jobs().await;
        let mut visitor = Visitor::of(&app);
        assert_eq!(visitor.get(&post.path()).await.status, 200);
        assert_eq!(visitor.get("/nergens/geheim").await.status, 404);
        let text = figures(&app).await;
        for line in [
            "meent_verification_failures_total{reason=\"date\"} 1",
            "meent_verification_failures_total{reason=\"mismatch\"} 1",
            "meent_verification_failures_total{reason=\"missing\"} 1",
            "meent_verification_failures_total{reason=\"digest\"} 0",
            "meent_received_accepted_total 1",
            "meent_received_processed_total{outcome=\"done\"} 1",
            "meent_received_waiting 0.0",
            "meent_received_lag_seconds_bucket{le=\"60\"} 1",
            "meent_received_lag_seconds_bucket{le=\"10\"} 0",
            "meent_http_request_seconds_count{method=\"GET\",route=\"/post/{id}\",status=\"2xx\"} 1",
            "meent_http_request_seconds_count{method=\"GET\",route=\"(none)\",status=\"4xx\"} 1",
            "meent_http_request_seconds_count{method=\"POST\",route=\"/inbox\",status=\"4xx\"} 3",
            "meent_deliveries_waiting 0.0",
            "meent_ready 1.0",
            "meent_backup_timestamp_seconds 0.0",
        ] {
            has(&text, line);
        }
        assert!(!text.contains("nergens") && !text.contains(&post.id.to_string()), "{text}");
        // The acceptance of the follow, and the question.
        let arrived = text.lines().find_map(|line| line.strip_prefix("meent_deliveries_total{outcome=\"arrived\"} ")).unwrap();
        assert!(arrived.parse::<u32>().unwrap() >= 2, "{arrived}");
        run(&app, &format!("INSERT INTO setting (key, value) VALUES ('backup_good', '{{\"at\": {}}}')", START.0)).await;
        has(&figures(&app).await, &format!("meent_backup_timestamp_seconds {}.0", START.0 / 1_000));
        app.finish().await;
    }

    async fn of_many_lanes_the_deepest_have_a_name(on: On) {
        let clock = Clock::manual(START);
        let app = TestApp::start(on, "a", &clock).await;
        let bram = app.member("bram", "Bram de Wit").await;
        let group = app.group("jeugd", "Jeugdhulp", &bram).await;
        app.ask(&bram, &group, "Een vraag", "Wie weet dit?").await;
        app.run_jobs().await;
        for host in 1..=14 {
            for copy in 0..host {
                run(&app, &format!("INSERT INTO delivery (activity_id, inbox, host, about, attempts, next_at)
                    SELECT MIN(a.id), 'https://h{host}.example/{copy}', 'h{host}.example', '', 0, 0 FROM activity a")).await;
            }
        }
        clock.advance(Time::HOUR);
        let text = figures(&app).await;
        assert_eq!(text.lines().filter(|line| line.starts_with("meent_lane_depth{")).count(), 11);
        has(&text, "meent_lane_depth{host=\"h14.example\"} 14.0");
        has(&text, "meent_lane_depth{host=\"h5.example\"} 5.0");
        has(&text, "meent_lane_depth{host=\"(rest)\"} 10.0");
        has(&text, "meent_lane_oldest_seconds{host=\"(rest)\"} 3600.0");
        has(&text, "meent_deliveries_waiting 105.0");
        app.forget_deliveries().await;
        app.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_process_shows_its_loops_its_connections_and_its_memory() {
    let watched = Watched::start(&[]);
    let loops = ["inbox", "outgoing", "lanes", "jobs", "mails", "guard", "lease", "figures", "inbox writer", "delivery writer"];
    let mut wanted: Vec<String> = loops.iter().map(|name| format!("meent_loop_alive{{loop=\"{name}\"}} 1.0")).collect();
    wanted.extend(["read", "write"].map(|pool| format!("meent_database_connections{{pool=\"{pool}\",state=\"in_use\"}} ")));
    wanted.extend(
        [
            "process_resident_memory_bytes ",
            "meent_disk_free_bytes ",
            "meent_ready 1.0",
            "meent_jobs_total{kind=\"tidy\",outcome=\"done\"} 1",
        ]
        .map(str::to_owned),
    );
    let text = watched.figures(&wanted.iter().map(String::as_str).collect::<Vec<_>>()).await;
    assert!(text.contains("content-type: text/plain; version=0.0.4"), "{text}");
    // Nobody finds the figures where everybody asks.
    assert!(watched.get("/metrics").starts_with("HTTP/1.1 404"));
}
