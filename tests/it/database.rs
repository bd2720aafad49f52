//! The two databases: the same tables, the same answers, and clear words when something is wrong.

use std::collections::BTreeMap;

use meent::db::{self, Db};
use meent::model::{Actor, Clock, Cursor, Post, Time};
use meent::ops::members;
use tempfile::TempDir;

use crate::on_both;
use crate::support::{On, START, TestApp, fresh_database};

/// Name, kind and nullability of every column of every table.
type Columns = BTreeMap<String, (&'static str, bool)>;

#[tokio::test]
async fn the_two_schemas_are_one() {
    let folder = TempDir::new().expect("a folder");
    let lite = Db::open(&fresh_database(On::Sqlite, &folder).await).await.expect("SQLite");
    lite.migrate().await.expect("migrations");
    let Db::Sqlite { read, .. } = &lite else { unreachable!("SQLite") };
    let rows: Vec<(String, String, String, bool)> = sqlx::query_as(
        "SELECT m.name, c.name, c.type, c.\"notnull\" = 1 FROM sqlite_master m JOIN pragma_table_info(m.name) c
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\'",
    )
    .fetch_all(read)
    .await
    .expect("columns");
    let sqlite: Columns = rows
        .into_iter()
        .map(|(table, column, kind, required)| (format!("{table}.{column}"), (if kind == "TEXT" { "text" } else { "number" }, required)))
        .collect();

    let great = Db::open(&fresh_database(On::Postgres, &folder).await).await.expect("PostgreSQL");
    let Db::Postgres(pool, _) = &great else { unreachable!("PostgreSQL") };
    let rows: Vec<(String, String, String, String)> = sqlx::query_as(
        "SELECT table_name::text, column_name::text, data_type::text, is_nullable::text FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'",
    )
    .fetch_all(pool)
    .await
    .expect("columns");
    let postgres: Columns = rows
        .into_iter()
        .map(|(table, column, kind, nullable)| {
            let kind = match kind.as_str() {
                "text" => "text",
                "bigint" | "boolean" => "number",
                other => panic!("{table}.{column} is {other}"),
            };
            (format!("{table}.{column}"), (kind, nullable == "NO"))
        })
        .collect();
    assert!(sqlite.len() > 100, "{}", sqlite.len());
    assert_eq!(sqlite, postgres);

    // And the same indexes.
    let indexes: Vec<(String,)> = sqlx::query_as("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name")
        .fetch_all(read)
        .await
        .expect("indexes");
    let theirs: Vec<(String,)> = sqlx::query_as(
        "SELECT indexname::text FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT LIKE '%\\_pkey' AND indexname NOT LIKE '%\\_key' AND indexname NOT LIKE '\\_sqlx%' ORDER BY indexname",
    )
    .fetch_all(pool)
    .await
    .expect("indexes");
    assert_eq!(indexes, theirs);
}

on_both! {
    async fn paging_shows_everything_once_in_order(on: On) {
        let clock = Clock::manual(START);
        let app = TestApp::start(on, "a", &clock).await;
        let sanne = app.member("sanne", "Sanne Bakker").await;
        let group = app.group("jeugd", "Jeugdhulp", &sanne).await;
        for number in 0..23 {
            // Three of each moment: ids break the ties.
            if number % 3 == 0 {
                clock.advance(Time::SECOND);
            }
            app.ask(&sanne, &group, &format!("Vraag {number:02}"), "Toelichting").await;
        }
        let mut seen = Vec::new();
        let mut before: Option<Cursor> = None;
        loop {
            let page = db::lists::threads(&mut app.core.db.conn(), db::lists::Threads::Group(group.id), before, 5).await.expect("a page");
            assert!(page.items.len() <= 5);
            seen.extend(page.items.iter().map(|card| card.post.title.clone()));
            before = page.next;
            if before.is_none() {
                break;
            }
        }
        let expected: Vec<String> = (0..23).rev().map(|number| format!("Vraag {number:02}")).collect();
        assert_eq!(seen, expected);
        app.run_jobs().await;
        app.finish().await;
    }

    async fn connections_that_forget_what_they_remember_disturb_nobody(on: On) {
        let app = TestApp::start(on, "a", &Clock::manual(START)).await;
        let sanne = app.member("sanne", "Sanne Bakker").await;
        // One reads, one writes, and the others forget meanwhile.
        let mut reading = app.core.db.reading();
        assert_eq!(db::actors::by_id(&mut reading, sanne.id).await.expect("a read").name, "sanne");
        let mut tx = app.core.db.begin().await.expect("a transaction");
        db::settings::set(&mut tx, "region_name", "Waterland").await.expect("a write");
        app.core.db.forget().await.expect("they forget");
        db::settings::set(&mut tx, "language", "nl").await.expect("a write");
        tx.commit().await.expect("a commit");
        assert_eq!(db::settings::get(&mut reading, "region_name").await.expect("a read").as_deref(), Some("Waterland"));
        drop(reading);
        app.core.db.forget().await.expect("they forget");
        assert_eq!(db::settings::get(&mut app.core.db.conn(), "language").await.expect("a read").as_deref(), Some("nl"));
        app.finish().await;
    }

    async fn what_leaves_the_database_packed_is_what_is_read_by_name(on: On) {
        let app = TestApp::start(on, "a", &Clock::manual(START)).await;
        let sanne = app.member("sanne", "Sanne Bakker").await;
        let group = app.group("jeugd", "Jeugdhulp", &sanne).await;
        let question = app.ask(&sanne, &group, "Vraag", "Toelichting").await;
        app.run_jobs().await;
        // Every column has a value of its own, and some of them what JSON has to write in another way.
        app.change(
            "UPDATE post SET wire_type = 'wire_type', title = 'title', source = 'source', html = '<p class=\"a\">\\ \t\n\u{1F332} \u{2028}\u{7f}</p>',
                summary = 'summary', language = 'language', url = 'url', context = 'context', published_at = 11, updated_at = 12, edited_at = 13,
                deleted_by = 'deleted_by', accepted_ap_id = 'accepted_ap_id', accepted_id = 14, accepted_by = 15, accepted_at = 16,
                accepts_at_home = FALSE, checked_at = 17, locked_at = 18, tried = 'partly', moved_at = 19",
        )
        .await;
        app.change(
            "UPDATE actor SET about_source = 'about_source', about_html = 'about_html', organisation = 'organisation', role = 'role', url = 'url',
                inbox = 'inbox', shared_inbox = 'shared_inbox', outbox = 'outbox', followers = 'followers', moderators = 'moderators',
                public_key_pem = 'public_key_pem', created_at = 21, updated_at = 22, fetched_at = 23, icon_url = 'icon_url',
                icon_file = '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'",
        )
        .await;
        app.change(
            "INSERT INTO attachment (id, post_id, position, file_hash, remote_url, media_type, alt, width, height)
             SELECT 31, id, 32, 'fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210', 'remote_url', 'media_type', 'alt', 33, 34 FROM post",
        )
        .await;
        app.change(
            "UPDATE account SET email = 'email', password_hash = 'password_hash', admin = TRUE, language = 'en', created_at = 41, digest = 'weekly',
                digest_at = 42, mail_bounces = 43, mail_paused_at = 44",
        )
        .await;
        let mut tx = app.core.db.begin().await.unwrap();
        let token = members::start_session(&app.core, &mut tx, sanne.id).await.unwrap();
        app.core.commit(tx).await.unwrap();
        let mut conn = app.core.db.conn();
        let of = |post: &Post| serde_json::to_value(post).unwrap();
        let named = of(&db::posts::by_id(&mut conn, question.id).await.unwrap());
        let opening = db::threads::opening(&mut conn, question.id, None).await.unwrap();
        let contents = db::threads::contents(&mut conn, [question.id], None).await.unwrap();
        let cards = db::lists::threads(&mut conn, db::lists::Threads::Group(group.id), None, 5).await.unwrap();
        assert_eq!(named["html"], "<p class=\"a\">\\ \t\n\u{1F332} \u{2028}\u{7f}</p>");
        assert_eq!([&opening.post, &contents.posts[0].post, &cards.items[0].post].map(of), [&named, &named, &named].map(Clone::clone));
        assert_eq!(contents.pictures, db::attachments::of(&mut conn, question.id).await.unwrap());
        let by = format!("{:?}", contents.posts[0].by);
        assert_eq!(by, format!("{:?}", cards.items[0].by));
        for value in ["\"sanne\"", "author_local: true", "Sanne Bakker", "\"role\"", "\"organisation\"", &sanne.id.to_string(), "0123456789abcdef", "\"icon_url\""] {
            assert!(by.contains(value), "{value}: {by}");
        }
        let (member, account) = members::session(&app.core, &mut conn, &token).await.unwrap().expect("a session");
        assert_eq!(format!("{account:?}"), format!("{:?}", db::accounts::by_actor(&mut conn, sanne.id).await.unwrap().unwrap()));
        let known = db::actors::by_id(&mut conn, sanne.id).await.unwrap();
        assert_eq!(format!("{member:?}"), format!("{:?}", Actor { private_key_pem: None, ..known }));
        let known = db::actors::by_id(&mut conn, group.id).await.unwrap();
        assert!(known.private_key_pem.is_some() && opening.group.private_key_pem.is_none());
        assert_eq!(format!("{:?}", opening.group), format!("{:?}", Actor { private_key_pem: None, ..known }));
        app.finish().await;
    }

    async fn a_bad_activity_spoils_no_other_in_its_batch(on: On) {
        let clock = Clock::manual(START);
        let (a, b) = (TestApp::start(on, "a", &clock).await, TestApp::start(on, "b", &clock).await);
        let (anna, bram) = (a.member("anna", "Anna Vermeer").await, b.member("bram", "Bram de Wit").await);
        let group = b.group("jeugd", "Jeugdhulp", &bram).await;
        let copy = a.find(&group.ap_id).await.expect("the group");
        a.join(&anna, &copy).await;
        crate::support::settle(&[&a, &b]).await;
        let anna_at_b = b.actor(&anna.ap_id).await;
        let good = |number: i32| serde_json::json!({"id": format!("{}/activities/create/{number}", a.core.urls.base()), "type": "Create", "actor": anna.ap_id,
            "to": [group.ap_id, "https://www.w3.org/ns/activitystreams#Public"],
            "object": {"id": format!("{}/post/{number}", a.core.urls.base()), "type": "Article", "attributedTo": anna.ap_id, "name": format!("Vraag {number}"),
                "content": "<p>Wie weet dit?</p>", "to": [group.ap_id, "https://www.w3.org/ns/activitystreams#Public"]}});
        for number in 1..=9 {
            let mut activity = good(number);
            if number % 3 == 0 {
                activity["object"]["attributedTo"] = bram.ap_id.clone().into();
            }
            let body = activity.to_string();
            b.fed.take(&anna_at_b, activity, body).await.expect("taken");
        }
        b.run_jobs().await;
        let threads = db::lists::threads(&mut b.core.db.conn(), db::lists::Threads::Group(group.id), None, 20).await.unwrap();
        assert_eq!(threads.items.len(), 6);
        assert_eq!(db::received::count(&mut b.core.db.conn(), "failed").await.unwrap(), 3);
        crate::support::settle(&[&a, &b]).await;
        a.finish().await;
        b.finish().await;
    }
}

/// What a peer is answered when it sends `activity` in Anna's name.
async fn send(a: &TestApp, anna: &meent::model::Actor, b: &TestApp, number: i32) -> (u16, Option<i64>) {
    let words = "Een lange toelichting. ".repeat(8_000);
    let object = serde_json::json!({"id": b.core.urls.base(), "content": words});
    let activity = serde_json::json!({"id": format!("{}/activities/create/{number}", a.core.urls.base()), "type": "Create", "actor": anna.ap_id, "object": object});
    let answer = a.fed.client.post(&b.core.urls.shared_inbox(), activity.to_string(), anna).await.expect("an answer");
    (answer.status.as_u16(), answer.retry_after)
}

on_both! {
    async fn a_database_that_takes_nothing_is_said_with_503_and_nothing_is_lost(on: On) {
        let clock = Clock::System;
        let (a, b) = (TestApp::start(on, "a", &clock).await, TestApp::start(on, "b", &clock).await);
        let anna = a.member("anna", "Anna Vermeer").await;
        assert_eq!(send(&a, &anna, &b, 1).await, (202, None));
        b.run_jobs().await;
        match &b.core.db {
            Db::Sqlite { write, .. } => {
                // Full: no page more than there is.
                let (pages,): (i64,) = sqlx::query_as("PRAGMA page_count").fetch_one(write).await.expect("a count");
                sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"))).execute(write).await.expect("a bound");
                let mut refused = 0;
                for number in 2..6 {
                    let (status, wait) = send(&a, &anna, &b, number).await;
                    assert!(matches!((status, wait), (202, None) | (503, Some(30))), "{status} {wait:?}");
                    refused += i32::from(status == 503);
                }
                assert!(refused > 0, "it was never full");
                sqlx::query("PRAGMA max_page_count = 1073741823").execute(write).await.expect("no bound");
                assert_eq!(send(&a, &anna, &b, 6).await, (202, None), "{:?}", b.core.db.begin().await.map(drop));
                // Read-only.
                sqlx::query("PRAGMA query_only = ON").execute(write).await.expect("a setting");
                assert_eq!(send(&a, &anna, &b, 7).await, (503, Some(30)));
                sqlx::query("PRAGMA query_only = OFF").execute(write).await.expect("a setting");
            }
            Db::Postgres(pool, _) => {
                let (name,): (String,) = sqlx::query_as("SELECT current_database()::text").fetch_one(pool).await.expect("its name");
                let reconnect = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
                let server = crate::support::given("MEENT_TEST_POSTGRES");
                crate::support::run_sql(&server, &format!("ALTER DATABASE \"{name}\" SET default_transaction_read_only = on")).await;
                crate::support::run_sql(&server, &reconnect).await;
                assert_eq!(send(&a, &anna, &b, 7).await, (503, Some(30)));
                crate::support::run_sql(&server, &format!("ALTER DATABASE \"{name}\" RESET default_transaction_read_only")).await;
                // Those of its connections that still only read are not used again.
            }
        }
        assert_eq!(send(&a, &anna, &b, 7).await, (202, None));
        b.run_jobs().await;
        let taken = db::received::by_ap_id(&mut b.core.db.conn(), &format!("{}/activities/create/7", a.core.urls.base())).await.expect("a read").expect("it is there");
        assert_eq!(taken.state, "ignored");
        a.finish().await;
        b.finish().await;
    }
}

/// Somebody chooses an answer while the asker edits: PostgreSQL has several writers, and neither may undo the other's work.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_does_not_undo_a_choice_made_at_the_same_time() {
    let app = TestApp::start(On::Postgres, "a", &Clock::manual(START)).await;
    let (sanne, omar) = (app.member("sanne", "Sanne Bakker").await, app.member("omar", "Omar Hadi").await);
    let group = app.group("jeugd", "Jeugdhulp", &omar).await;
    let question = app.ask(&sanne, &group, "Wie weet dit?", "Eerst zo.").await;
    let answer = app.reply(&omar, &question, "Wij weten het.").await;
    let mut tx = app.core.db.begin().await.unwrap();
    let moderator = meent::ops::viewer(&app.core, &mut tx, Some(&omar), group.id).await.unwrap();
    meent::ops::accepting::choose(&app.core, &mut tx, moderator, &question, &answer, true).await.unwrap();
    // The choice is made and not yet committed; the edit has to wait for it.
    let edit = async {
        app.edit(&sanne, &question, None, "Nu zo.").await;
    };
    let commit = async {
        let Db::Postgres(pool, _) = &app.core.db else { unreachable!("PostgreSQL") };
        let mut tick = tokio::time::interval(std::time::Duration::from_millis(20));
        let waits = "SELECT COUNT(*) FROM pg_locks l JOIN pg_stat_activity s ON s.pid = l.pid WHERE NOT l.granted AND s.datname = current_database()";
        for _ in 0..500 {
            tick.tick().await;
            let (waiting,): (i64,) = sqlx::query_as(waits).fetch_one(pool).await.unwrap();
            if waiting > 0 {
                return app.core.commit(tx).await.unwrap();
            }
        }
        panic!("the edit did not wait");
    };
    tokio::join!(edit, commit);
    let after = app.post(&question.ap_id).await;
    assert_eq!((after.accepted_id, after.source.as_deref()), (Some(answer.id), Some("Nu zo.")));
    app.run_jobs().await;
    app.finish().await;
}

#[tokio::test]
async fn who_goes_away_while_a_transaction_begins_leaves_none_open() {
    let folder = TempDir::new().expect("a folder");
    let address = fresh_database(On::Postgres, &folder).await;
    let (db, looking) = (Db::open(&address).await.expect("PostgreSQL"), Db::open(&address).await.expect("PostgreSQL"));
    let Db::Postgres(looking, _) = &looking else { unreachable!("PostgreSQL") };
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(2));
    for looks in 1..20 {
        {
            let mut begun = std::pin::pin!(db.begin());
            // Gone after so many looks at how far it is.
            for _ in 0..looks {
                if futures_util::poll!(begun.as_mut()).is_ready() {
                    break;
                }
                // What was asked of the database has been answered by now.
                tick.tick().await;
            }
        }
        // What was on its way has arrived, and the connection is back in its pool.
        for _ in 0..3 {
            tick.tick().await;
        }
        let mut open = -1;
        for _ in 0..400 {
            tick.tick().await;
            open = sqlx::query_scalar::<_, i64>(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
            )
            .fetch_one(looking)
            .await
            .expect("a count");
            if open == 0 {
                break;
            }
        }
        assert_eq!(open, 0, "after {looks} looks");
    }
}
