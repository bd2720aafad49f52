//! Everything that is thrown away in time: what has had its time goes, what has not stays. One line for each kind.

use std::collections::BTreeSet;

use meent::model::ids::first_since;
use meent::model::{Clock, Time};
use meent::ops::tidying::{self, Kept};

use super::{count, run};
use crate::on_both;
use crate::support::{On, START, TestApp};

/// A kind, the table that it lies in, and how a row is made of it: `{id}`, the moment `{at}`, the actors `{one}` and `{two}` of
/// whom the row is of the first when it is old, a post and a group.
const ROWS: [(&str, &str, &str); 20] = [
    ("sessions", "session", "INSERT INTO session (token_hash, actor_id, created_at, seen_at, expires_at, agent) VALUES ('s{id}', {one}, 1, 1, {at}, '')"),
    ("log-ins", "login_attempt", "INSERT INTO login_attempt (key, failures, since) VALUES ('k{id}', 3, {at})"),
    ("tokens", "token", "INSERT INTO token (token_hash, purpose, actor_id, data, created_at, expires_at) VALUES ('t{id}', 'password', {one}, '', 1, {at})"),
    ("submissions", "submission", "INSERT INTO submission (actor_id, key, location, created_at) VALUES ({one}, 'f{id}', '/', {at})"),
    ("mails", "mail", "INSERT INTO mail (id, kind, actor_id, address, language, subject, plain, html, reference, state, attempts, next_at, created_at)
        VALUES ({id}, 'x', NULL, '', 'nl', '', '', '', '', 'sent', 1, 1, {at})"),
    ("notifications", "notification", "INSERT INTO notification (id, actor_id, kind, sentence, detail, on_page, mail, created_at)
        VALUES ({id}, {one}, 'answer', 'x', '', TRUE, 'none', {at})"),
    ("tombstones", "tombstone", "INSERT INTO tombstone (ap_id, at) VALUES ('https://b.example/post/{id}', {at})"),
    ("deeds", "deed", "INSERT INTO deed (ap_id, at) VALUES ('https://b.example/lock/{id}', {at})"),
    ("votes", "useful", "INSERT INTO useful (post_id, actor_id, active, ap_id, at) VALUES ({post}, {one}, FALSE, 'v{id}', {at})"),
    ("interests", "interest", "INSERT INTO interest (post_id, actor_id, active, ap_id, at) VALUES ({post}, {one}, FALSE, 'i{id}', {at})"),
    ("sign-ups", "attendee", "INSERT INTO attendee (id, post_id, actor_id, email, name, language, answer, state, remark, visible, ap_id, online_link, since, at, starts_at)
        VALUES ({id}, {post}, {one}, '', '', 'nl', 'no', 'out', '', FALSE, '', '', 1, {at}, 9000000000000)"),
    ("guests", "attendee", "INSERT INTO attendee (id, post_id, email, name, language, answer, state, remark, visible, ap_id, online_link, since, at, starts_at)
        VALUES ({id}, {post}, 'g{id}@voorbeeld.example', 'Gast', 'nl', 'yes', 'in', '', FALSE, '', '', 1, 1, {at})"),
    ("suspensions", "suspension", "INSERT INTO suspension (actor_id, group_id, until, moderation_id) VALUES ({one}, {group}, {at}, 1)"),
    ("topics", "topic", "INSERT INTO topic (id, name, shown) VALUES ({id}, 'thema{id}', 'Thema')"),
    ("invitations", "invitation", "INSERT INTO invitation (id, token_hash, email, organisation, note, maximum, used, expires_at, created_by, created_at)
        VALUES ({id}, 'u{id}', '', 'Gouda', '', 1, 0, {at}, {one}, 1)"),
    ("proposals", "group_proposal", "INSERT INTO group_proposal (id, name, title, about, reason, proposed_by, state, decided_at, answer, created_at)
        VALUES ({id}, 'g{id}', 'Groep', '', '', {one}, 'refused', {at}, '', 1)"),
    ("connections", "connection", "INSERT INTO connection (host, direction, state, name, words, answer, ap_id, asked_at, unsaid, changed_at)
        VALUES ('c{id}.example', 'in', 'refused', '', '', '', '', 1, '', {at})"),
    ("offered-groups", "peer_group", "INSERT INTO peer_group (ap_id, host, name, title, about, seen_at) VALUES ('https://o.example/c/{id}', 'o.example', 'x', 'X', '', {at})"),
    ("regions", "region", "INSERT INTO region (list, host, name, about, seen_at) VALUES ('', 'r{id}.example', 'R', '', {at})"),
    ("servers", "peer", "INSERT INTO peer (host, failures, retry_at, last_success_at) VALUES ('p{id}.example', 0, 0, {at})"),
];

on_both! {
    async fn what_has_had_its_time_goes_and_what_has_not_stays(on: On) {
        let app = TestApp::start(on, "a", &Clock::manual(START)).await;
        let (one, two) = (app.member("sanne", "Sanne Bakker").await, app.member("bram", "Bram de Wit").await);
        let group = app.group("jeugd", "Jeugdhulp", &one).await;
        let post = app.ask(&one, &group, "Een vraag", "Wie weet dit?").await;
        app.run_jobs().await;
        run(&app, &format!("INSERT INTO moderation (id, group_id, by_id, act, actor_id, reason, created_at) VALUES (1, {}, {}, 'suspend', {}, '', 1)", group.id, one.id, two.id)).await;
        let planted: BTreeSet<&str> = ROWS.iter().map(|(kind, ..)| *kind).collect();
        // What is said and received is planted and thrown away in `queue/pruning.rs`.
        let known: BTreeSet<&str> = tidying::rules().map(|(kind, _)| kind).filter(|kind| !matches!(*kind, "said" | "said-votes" | "received" | "failed")).collect();
        assert_eq!(planted, known, "each kind has a row here");

        let keep = &app.core.config.keep;
        let mut all = Vec::new();
        for (number, (kind, table, row)) in ROWS.iter().enumerate() {
            let (_, kept) = tidying::rules().find(|(known, _)| known == kind).unwrap();
            let (old, young) = match kept.days(keep) {
                Some(days) => (START.plus(-(days + 1) * Time::DAY), START.plus(-(days - 1).max(0) * Time::DAY)),
                None => (START.plus(-1), START.plus(Time::HOUR)),
            };
            for (at, whose, nth) in [(old, one.id, 0), (young, two.id, 1)] {
                let id = first_since(at) + i64::try_from(number).unwrap() * 10 + nth;
                let text = row.replace("{id}", &id.to_string()).replace("{at}", &at.0.to_string()).replace("{one}", &whose.to_string());
                run(&app, &text.replace("{post}", &post.id.to_string()).replace("{group}", &group.id.to_string())).await;
            }
            all.push((kind, *table));
        }
        let mut before = Vec::new();
        for (_, table) in &all {
            before.push(count(&app, &format!("SELECT COUNT(*) FROM {table}")).await);
        }
        tidying::tidy(&app.core).await.unwrap();
        let so_far = tidying::so_far(&app.core).await.unwrap();
        assert_eq!(so_far.at, Some(START));
        for ((kind, table), before) in all.iter().zip(before) {
            assert_eq!(so_far.gone.get(**kind), Some(&1), "{kind}");
            let of_table = i64::try_from(all.iter().filter(|(_, other)| other == table).count()).unwrap();
            assert_eq!(count(&app, &format!("SELECT COUNT(*) FROM {table}")).await, before - of_table, "{kind}: the young one stays in {table}");
        }
        // Nothing more goes, and it is not counted twice.
        tidying::tidy(&app.core).await.unwrap();
        assert_eq!(tidying::so_far(&app.core).await.unwrap().gone, so_far.gone);
        app.finish().await;
    }

    async fn what_is_still_needed_stays_however_old(on: On) {
        let app = TestApp::start(on, "a", &Clock::manual(START)).await;
        let sanne = app.member("sanne", "Sanne Bakker").await;
        let group = app.group("jeugd", "Jeugdhulp", &sanne).await;
        let post = app.ask(&sanne, &group, "Een vraag", "Over #schulden.").await;
        app.remove(&sanne, &post).await;
        let kept = app.ask(&sanne, &group, "Nog een", "Over #wonen.").await;
        app.useful(&app.member("bram", "Bram de Wit").await, &kept, true).await;
        app.run_jobs().await;
        for statement in [
            "INSERT INTO mail (id, kind, actor_id, address, language, subject, plain, html, reference, state, attempts, next_at, created_at)
                VALUES (7, 'x', NULL, '', 'nl', '', '', '', '', 'new', 1, 9000000000000000, 1)",
            "INSERT INTO peer (host, failures, retry_at, last_success_at) VALUES ('geblokkeerd.example', 0, 0, 1)",
            "INSERT INTO host_rule (host, rule, reason, created_at) VALUES ('geblokkeerd.example', 'block', '', 1)",
            "INSERT INTO connection (host, direction, state, name, words, answer, ap_id, asked_at, unsaid, changed_at)
                VALUES ('vriend.example', 'in', 'accepted', '', '', '', '', 1, '', 1)",
        ] {
            run(&app, statement).await;
        }
        let counts = async || {
            let mut counts = Vec::new();
            for what in ["mail WHERE id = 7", "peer WHERE host = 'geblokkeerd.example'", "connection", "tombstone", "topic WHERE name = 'wonen'", "useful", "audit", "account"] {
                counts.push((what, count(&app, &format!("SELECT COUNT(*) FROM {what}")).await));
            }
            counts
        };
        app.clock.advance(4_000 * Time::DAY);
        let before = counts().await;
        tidying::tidy(&app.core).await.unwrap();
        assert_eq!(counts().await, before);
        app.finish().await;
    }

    async fn settings_say_how_long(on: On) {
        let app = TestApp::start_with(on, "a", &Clock::manual(START), |config| config.keep.guest_days = 1).await;
        let (_, kept) = tidying::rules().find(|(kind, _)| *kind == "guests").unwrap();
        assert!(matches!(kept, Kept::Set("guest_days", _)) && kept.days(&app.core.config.keep) == Some(1));
        let sanne = app.member("sanne", "Sanne Bakker").await;
        let group = app.group("jeugd", "Jeugdhulp", &sanne).await;
        let post = app.ask(&sanne, &group, "Een vraag", "Wie weet dit?").await;
        let (_, _, row) = ROWS.iter().find(|(kind, ..)| *kind == "guests").unwrap();
        let at = START.plus(-2 * Time::DAY).0.to_string();
        run(&app, &row.replace("{id}", "9").replace("{at}", &at).replace("{post}", &post.id.to_string())).await;
        tidying::tidy(&app.core).await.unwrap();
        assert_eq!(count(&app, "SELECT COUNT(*) FROM attendee").await, 0);
        app.run_jobs().await;
        app.finish().await;
    }
}

/// Every table of the schema is in the list of what bounds it, and nothing else is.
#[test]
fn the_manual_says_of_every_table_what_bounds_it() {
    let root = env!("CARGO_MANIFEST_DIR");
    let manual = std::fs::read_to_string(format!("{root}/docs/OPERATING.md")).unwrap();
    let list = manual.split("### What bounds each table").nth(1).expect("the list").split("\n## ").next().unwrap_or_default();
    let said: BTreeSet<String> = list
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split('|').next())
        .flat_map(|cell| cell.split(',').filter_map(|name| name.trim().strip_prefix('`')?.strip_suffix('`').map(str::to_owned)))
        .collect();
    let mut made = BTreeSet::new();
    for entry in std::fs::read_dir(format!("{root}/migrations/sqlite")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        made.extend(text.split("CREATE TABLE ").skip(1).filter_map(|rest| rest.split_whitespace().next()).map(str::to_owned));
    }
    assert_eq!(said, made);
}
