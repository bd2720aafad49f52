//! A database that an earlier Meent made, with data in it, comes along to this one: from every version there was, after a
//! rehearsal, and when it is interrupted.

mod held;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use meent::app::App;
use meent::config::Config;
use meent::db::{Db, health};
use meent::model::Clock;
use meent::ops::keys::KeyMaker;
use tempfile::TempDir;

use self::held::{everything, fill};
use crate::on_both;
use crate::support::process::meent;
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp, config, fresh_database, given, key, run_sql};

/// What a small region held after the first version: its own actor, a member with an account, a group, a question with an
/// answer that was chosen. Booleans are written as both databases read them.
fn rows(pem: &str, public_pem: &str) -> Vec<String> {
    let base = "http://a.localhost:1";
    let actor = |id: i64, kind: &str, name: &str, display: &str, path: &str| {
        format!(
            "INSERT INTO actor (id, ap_id, kind, local, host, name, display_name, about_source, about_html, organisation, role, url, inbox,
                shared_inbox, outbox, followers, moderators, key_id, public_key_pem, private_key_pem, created_at, updated_at, fetched_at)
             VALUES ({id}, '{base}/{path}', '{kind}', TRUE, 'a.localhost:1', '{name}', '{display}', '', '', 'Gemeente Gouda', '', '{base}/{path}',
                '{base}/{path}/inbox', '{base}/inbox', '{base}/{path}/outbox', '{base}/{path}/followers', NULL, '{base}/{path}#main-key',
                '{public_pem}', '{pem}', 1, 1, 1)"
        )
    };
    let post = |id: i64, kind: &str, parent: &str, title: &str, text: &str, chosen: &str| {
        let path = if parent == "NULL" { "post" } else { "comment" };
        format!(
            "INSERT INTO post (id, ap_id, local, kind, wire_type, group_id, author_id, root_id, parent_id, title, source, html, summary, language,
                url, context, published_at, updated_at, accepted_id, accepted_ap_id, accepts_at_home)
             VALUES ({id}, '{base}/{path}/{id}', TRUE, '{kind}', 'Article', 3, 2, 10, {parent}, '{title}', '{text}', '<p>{text}</p>', '{text}', 'nl',
                '{base}/{path}/{id}', '{base}/post/10/context', {id}, {id}, {chosen}, TRUE)"
        )
    };
    vec![
        format!("INSERT INTO setting (key, value) VALUES ('public_url', '{base}'), ('set_up', '1'), ('region_name', 'Midden-Holland')"),
        actor(1, "application", "a.localhost:1", "", "actor"),
        actor(2, "person", "sanne", "Sanne Bakker", "u/sanne"),
        actor(3, "group", "jeugd", "Jeugdhulp", "c/jeugd"),
        "INSERT INTO account (actor_id, email, password_hash, admin, language, created_at) VALUES (2, 'sanne@gouda.example', '', TRUE, 'nl', 1)".into(),
        "INSERT INTO moderator (group_id, actor_id) VALUES (3, 2)".into(),
        format!("INSERT INTO follow (follower_id, target_id, state, ap_id, at) VALUES (2, 3, 'accepted', '{base}/activities/follow/1', 1)"),
        post(10, "question", "NULL", "Wat bleef er staan?", "De vraag van vroeger.", "11, 'http://a.localhost:1/comment/11'"),
        post(11, "answer", "10", "", "Het antwoord van vroeger.", "NULL, NULL"),
    ]
}

/// The migrations, the first one first.
fn migrations(on: On) -> Vec<PathBuf> {
    let kind = if on == On::Sqlite { "sqlite" } else { "postgres" };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(kind);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).expect("migrations").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files
}

async fn execute(db: &Db, statement: &str) {
    let statement = sqlx::AssertSqlSafe(statement.to_owned());
    match db {
        Db::Sqlite { write, .. } => sqlx::query(statement).execute(write).await.map(drop),
        Db::Postgres(pool, _) => sqlx::query(statement).execute(pool).await.map(drop),
    }
    .expect("a statement");
}

/// Makes a database as the version with the first `count` migrations left it, and gives its address.
async fn of_version(on: On, folder: &TempDir, count: usize) -> String {
    let place = TempDir::new_in(folder.path()).expect("a folder");
    let address = fresh_database(on, &place).await;
    if on == On::Postgres {
        // That one is up to date already.
        let name = address.rsplit('/').next().expect("a name");
        let server = given("MEENT_TEST_POSTGRES");
        run_sql(&server, &format!("DROP DATABASE \"{name}\"")).await;
        run_sql(&server, &format!("CREATE DATABASE \"{name}\"")).await;
    }
    let only = TempDir::new_in(folder.path()).expect("a folder");
    for file in &migrations(on)[..count] {
        std::fs::copy(file, only.path().join(file.file_name().expect("a name"))).expect("a copy");
    }
    let migrator = sqlx::migrate::Migrator::new(only.path()).await.expect("migrations");
    let pair = key("a");
    let db = Db::open(&address).await.expect("a database");
    match &db {
        Db::Sqlite { write, .. } => migrator.run(write).await,
        Db::Postgres(pool, _) => migrator.run(pool).await,
    }
    .expect("that version");
    for row in rows(&pair.private_pem, &pair.public_pem) {
        execute(&db, &row).await;
    }
    db.close().await;
    // Goes with the folder that it lies in.
    let _ = place.keep();
    address
}

/// The binary with such a database, and with PostgreSQL's programs.
fn settings(address: &str, folder: &TempDir) -> Config {
    config("a", 1, address, folder)
}

async fn run(mut command: Command, arguments: &'static [&'static str]) -> (Output, String) {
    command.env("PATH", "/usr/local/bin:/usr/bin:/bin").args(arguments);
    let output = tokio::task::spawn_blocking(move || command.output().expect("the binary starts")).await.expect("it ends");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output, text)
}

async fn applied(address: &str) -> usize {
    let db = Db::open(address).await.expect("a database");
    let count = health::applied(&mut db.conn()).await.expect("a list").len();
    db.close().await;
    count
}

on_both! {
    async fn what_the_first_version_held_is_still_there(on: On) {
        let folder = TempDir::new().expect("a folder");
        let address = of_version(on, &folder, 1).await;
        let app = TestApp::start_with(on, "a", &Clock::manual(START), |config| config.database_url = address).await;
        let sanne = app.actor(&app.core.urls.person("sanne")).await;
        let mut visitor = Visitor::logged_in(&app, &sanne).await;
        for (path, says) in [
            ("/", "Wat bleef er staan?"),
            ("/c/jeugd", "Wat bleef er staan?"),
            ("/c/jeugd/edit", "Jeugdhulp"),
            ("/post/10", "Het antwoord van vroeger."),
            ("/post/10", "Gekozen antwoord"),
            ("/u/sanne", "Sanne Bakker"),
            ("/notifications", "<h1"),
            ("/account/notifications", "<h1"),
            ("/admin", "Midden-Holland"),
            ("/admin/members", "Sanne Bakker"),
            ("/admin/figures", "<h1"),
        ] {
            let page = visitor.get(path).await;
            assert_eq!(page.status, 200, "{path}");
            assert!(page.body.contains(says), "{path} lacks {says}: {}", page.body);
        }
        app.run_jobs().await;
        app.finish().await;
    }

    async fn every_version_there_was_comes_along_with_all_that_every_table_held(on: On) {
        let folder = TempDir::new().expect("a folder");
        for count in 1..migrations(on).len() {
            let address = of_version(on, &folder, count).await;
            let db = Db::open(&address).await.expect("a database");
            fill(&db).await;
            let before = everything(&db, None).await;
            assert!(before.len() > 12 && before.values().all(|rows| !rows.is_empty()), "{count}: {before:?}");
            db.migrate().await.expect("the upgrade");
            // Of what it held then, in the columns that it had then.
            assert_eq!(everything(&db, Some(&before)).await, before, "from the version with {count} migrations");
            db.close().await;
        }
    }

    async fn a_command_does_not_upgrade_under_a_server_that_runs(on: On) {
        let folder = TempDir::new().expect("a folder");
        let address = of_version(on, &folder, migrations(on).len() - 1).await;
        let (before, open) = (applied(&address).await, settings(&address, &folder));
        let keys = || KeyMaker::Fixed(std::sync::Arc::new(key("a")));
        let refused = App::open_beside(open.clone(), Clock::System, keys()).await.expect_err("it is refused").to_string();
        assert!(refused.contains("is not upgraded yet (1 migrations wait)"), "{refused}");
        assert_eq!(applied(&address).await, before);
        App::open(open.clone(), Clock::System, keys()).await.expect("the server migrates").close().await.expect("it ends");
        App::open_beside(open, Clock::System, keys()).await.expect("and now it opens").close().await.expect("it ends");
    }

    async fn a_rehearsal_says_how_long_it_takes_and_touches_nothing(on: On) {
        let folder = TempDir::new().expect("a folder");
        let all = migrations(on).len();
        let address = of_version(on, &folder, all - 2).await;
        let config = settings(&address, &folder);
        // Once with nobody else there, once with somebody who uses it: PostgreSQL is copied in another way then.
        let (rehearsed, text) = run(meent(&config), &["migrate", "--rehearse"]).await;
        assert!(rehearsed.status.success(), "{text}");
        let server = Db::open(&address).await.expect("a database");
        execute(&server, "UPDATE setting SET value = 'Regio' WHERE key = 'region_name'").await;
        let (beside, again) = run(meent(&config), &["migrate", "--rehearse"]).await;
        assert!(beside.status.success(), "{again}");
        for text in [&text, &again] {
            for file in &migrations(on)[all - 2..] {
                let number = &file.file_name().expect("a name").to_string_lossy()[..4];
                assert!(text.contains(&format!("\n{number} ")), "{text}");
            }
            assert!(text.contains("Copied ") && text.contains("The database itself was not touched."), "{text}");
        }
        assert_eq!(applied(&address).await, all - 2);
        // Nothing is left of the copies.
        match on {
            On::Sqlite => {
                let path = address.trim_start_matches("sqlite:");
                let beside = std::fs::read_dir(Path::new(path).parent().expect("its folder")).expect("a folder");
                assert!(beside.map(|entry| entry.expect("an entry").file_name()).all(|name| !name.to_string_lossy().contains("rehearsal")));
            }
            On::Postgres => {
                let (left, said) = copies_left(&server).await;
                assert_eq!(left, 0, "{said}");
            }
        }
        // The doctor says what is to be done.
        let (_, said) = run(meent(&config), &["doctor"]).await;
        assert!(said.contains("2 of ") && said.contains("migrate --rehearse"), "{said}");
        // What would go wrong goes wrong with the copy.
        let table = ["CREATE TABLE heartbeat (id INTEGER)", "CREATE TABLE waiting (id INTEGER)"];
        for statement in table {
            execute(&server, statement).await;
        }
        let (failed, said) = run(meent(&config), &["migrate", "--rehearse"]).await;
        assert!(!failed.status.success() && said.contains("don't upgrade"), "{said}");
        for name in ["heartbeat", "waiting"] {
            execute(&server, &format!("DROP TABLE {name}")).await;
        }
        server.migrate().await.expect("the upgrade");
        let (nothing, said) = run(meent(&config), &["migrate", "--rehearse"]).await;
        assert!(nothing.status.success() && said.contains("Nothing to rehearse"), "{said}");
        server.close().await;
    }

    async fn a_migration_that_is_killed_is_taken_back_and_done_at_the_next_start(on: On) {
        let folder = TempDir::new().expect("a folder");
        let all = migrations(on).len();
        let address = of_version(on, &folder, all - 1).await;
        let db = Db::open(&address).await.expect("a database");
        fill(&db).await;
        let before = everything(&db, None).await;
        let held = held::hold_up(&db).await;
        let mut process = meent(&settings(&address, &folder)).arg("migrate").spawn().expect("the binary starts");
        held::in_the_middle(&db).await;
        process.kill().expect("a running process");
        process.wait().expect("it ends");
        held::let_go(&db, held).await;
        assert_eq!(applied(&address).await, all - 1);
        assert_eq!(everything(&db, Some(&before)).await, before);
        let (done, said) = run(meent(&settings(&address, &folder)), &["migrate"]).await;
        assert!(done.status.success(), "{said}");
        assert_eq!(applied(&address).await, all);
        // But for what the log says of it.
        let (mut before, mut after) = (before.clone(), everything(&db, Some(&before)).await);
        for held in [&mut before, &mut after] {
            held.retain(|(table, _), _| table != "audit");
        }
        assert_eq!(after, before);
        db.close().await;
    }
}

async fn copies_left(db: &Db) -> (i64, String) {
    let Db::Postgres(pool, _) = db else { unreachable!("PostgreSQL") };
    sqlx::query_as(
        "SELECT COUNT(*), COALESCE(string_agg(datname::text, ', '), '') FROM pg_database WHERE datname LIKE current_database() || '\\_%'",
    )
    .fetch_one(pool)
    .await
    .expect("a count")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_make_no_database_is_told_what_would_help() {
    let folder = TempDir::new().expect("a folder");
    let all = migrations(On::Postgres).len();
    let address = of_version(On::Postgres, &folder, all - 1).await;
    let db = Db::open(&address).await.expect("a database");
    let role = format!("gast_{}", address.rsplit('/').next().expect("a name"));
    execute(&db, &format!("CREATE ROLE \"{role}\" LOGIN")).await;
    execute(&db, &format!("GRANT SELECT ON ALL TABLES IN SCHEMA public TO \"{role}\"")).await;
    let mut theirs = url::Url::parse(&address).expect("an address");
    theirs.set_username(&role).expect("a name");
    let (refused, said) = run(meent(&settings(theirs.as_str(), &folder)), &["migrate", "--rehearse"]).await;
    assert!(!refused.status.success() && said.contains("CREATEDB"), "{said}");
    execute(&db, &format!("DROP OWNED BY \"{role}\"")).await;
    execute(&db, &format!("DROP ROLE \"{role}\"")).await;
    db.close().await;
}
