//! A database that an earlier Meent made, with data in it, comes along to this one.

use std::path::Path;

use meent::db::Db;
use meent::model::Clock;
use tempfile::TempDir;

use crate::on_both;
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp, fresh_database, given, key, run_sql};

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

/// Makes a database as the first version left it.
async fn of_the_first_version(on: On, folder: &TempDir) -> String {
    let address = fresh_database(on, folder).await;
    if on == On::Postgres {
        // That one is up to date already.
        let name = address.rsplit('/').next().expect("a name");
        let server = given("MEENT_TEST_POSTGRES");
        run_sql(&server, &format!("DROP DATABASE \"{name}\"")).await;
        run_sql(&server, &format!("CREATE DATABASE \"{name}\"")).await;
    }
    let kind = if on == On::Sqlite { "sqlite" } else { "postgres" };
    let first = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("migrations/{kind}/0001_init.sql"));
    let only = folder.path().join("first");
    std::fs::create_dir(&only).expect("a folder");
    std::fs::copy(first, only.join("0001_init.sql")).expect("a copy");
    let migrator = sqlx::migrate::Migrator::new(only.as_path()).await.expect("migrations");
    let pair = key("a");
    let db = Db::open(&address).await.expect("a database");
    match &db {
        Db::Sqlite { write, .. } => migrator.run(write).await,
        Db::Postgres(pool, _) => migrator.run(pool).await,
    }
    .expect("the first version");
    for row in rows(&pair.private_pem, &pair.public_pem) {
        match &db {
            Db::Sqlite { write, .. } => sqlx::query(sqlx::AssertSqlSafe(row)).execute(write).await.map(drop),
            Db::Postgres(pool, _) => sqlx::query(sqlx::AssertSqlSafe(row)).execute(pool).await.map(drop),
        }
        .expect("a row");
    }
    db.close().await;
    address
}

on_both! {
    async fn what_the_first_version_held_is_still_there(on: On) {
        let folder = TempDir::new().expect("a folder");
        let address = of_the_first_version(on, &folder).await;
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
}
