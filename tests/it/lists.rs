//! Lists: what waits, what is useful, page after page, and that each is read by an index.

use meent::db::lists::{self, Threads};
use meent::db::{self, Db};
use meent::model::{Actor, Clock, Cursor, Time};

use crate::on_both;
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp};

async fn titles(app: &TestApp, which: Threads) -> Vec<String> {
    let (mut seen, mut before) = (Vec::new(), None::<Cursor>);
    loop {
        let page = lists::threads(&mut app.core.db.conn(), which, before, 3).await.expect("a page");
        assert!(page.items.len() <= 3);
        seen.extend(page.items.into_iter().map(|card| card.post.title));
        before = page.next;
        if before.is_none() {
            return seen;
        }
    }
}

async fn useful(app: &TestApp, group: &Actor, size: usize) -> Vec<(String, i64)> {
    let (mut seen, mut before) = (Vec::new(), None::<Cursor>);
    loop {
        let page = lists::most_useful(&mut app.core.db.conn(), group.id, before, size).await.expect("a page");
        seen.extend(page.items.into_iter().map(|card| (card.post.title, card.useful)));
        before = page.next;
        if before.is_none() {
            return seen;
        }
    }
}

on_both! {
    async fn questions_that_wait_long_come_first_and_both_are_counted(on: On) {
        let clock = Clock::manual(START);
        let app = TestApp::start(on, "a", &clock).await;
        let (bram, noor) = (app.member("bram", "Bram de Wit").await, app.member("noor", "Noor Jansen").await);
        let groups = [app.group("jeugd", "Jeugdhulp", &bram).await, app.group("wonen", "Wonen", &bram).await];
        for number in 0..5 {
            app.ask(&noor, &groups[number % 2], &format!("Oude vraag {number}"), "Wie weet dit?").await;
            clock.advance(Time::MINUTE);
        }
        let answered = app.ask(&noor, &groups[0], "Oude vraag met antwoord", "Wie weet dit?").await;
        app.reply(&bram, &answered, "Ik.").await;
        clock.advance(8 * Time::DAY);
        for number in 0..4 {
            app.ask(&noor, &groups[number % 2], &format!("Nieuwe vraag {number}"), "Wie weet dit?").await;
            clock.advance(Time::MINUTE);
        }
        let gone = app.ask(&noor, &groups[0], "Verwijderde vraag", "Niet lezen.").await;
        app.remove(&noor, &gone).await;
        let mut visitor = Visitor::of(&app);
        let page = visitor.get("/unanswered").await.body;
        let order: Vec<usize> = (0..5).rev().map(|number| format!("Oude vraag {number}")).chain((0..4).rev().map(|number| format!("Nieuwe vraag {number}")))
            .map(|title| page.find(&title).unwrap_or_else(|| panic!("{title} is missing: {page}"))).collect();
        assert!(order.is_sorted(), "{order:?}");
        assert!(page.contains("(5)") && page.contains("(4)"), "{page}");
        assert!(!page.contains("Oude vraag met antwoord") && !page.contains("Verwijderde vraag"));
        // The edge: what is exactly seven days old stands in one of the two, once.
        let edge = lists::count_waiting(&mut app.core.db.conn(), clock.now().plus(-7 * Time::DAY)).await.expect("counts");
        assert_eq!(edge, (5, 4));
        assert_eq!(titles(&app, Threads::Waiting).await.len(), 9);
        assert_eq!(visitor.get("/unanswered?older=onzin").await.status, 400);
        // Answered by a comment is not answered.
        let open = app.ask(&noor, &groups[0], "Vraag met een reactie", "Wie?").await;
        let mut tx = app.core.db.begin().await.expect("a transaction");
        let body = meent::model::names::Body::parse("Wat bedoel je?").expect("a text");
        meent::ops::publishing::reply(&app.core, &mut tx, &bram, &open, &body, true, "nl").await.expect("a comment");
        app.core.commit(tx).await.expect("a commit");
        assert!(visitor.get("/unanswered").await.body.contains("Vraag met een reactie"));
        // One that is closed can't get an answer: it does not wait for one.
        let mut tx = app.core.db.begin().await.expect("a transaction");
        let who = meent::ops::viewer(&app.core, &mut tx, Some(&bram), groups[0].id).await.expect("a viewer");
        meent::ops::steering::lock(&app.core, &mut tx, who, &open, true).await.expect("locked");
        app.core.commit(tx).await.expect("a commit");
        assert!(!visitor.get("/unanswered").await.body.contains("Vraag met een reactie"));
        assert!(!visitor.get("/c/jeugd?show=unanswered").await.body.contains("Vraag met een reactie"));
        app.run_jobs().await;
        app.finish().await;
    }

    async fn long_lists_of_waiting_questions_have_pages_of_their_own(on: On) {
        let clock = Clock::manual(START);
        let app = TestApp::start(on, "a", &clock).await;
        let bram = app.member("bram", "Bram de Wit").await;
        let group = app.group("jeugd", "Jeugdhulp", &bram).await;
        for number in 0..30 {
            app.ask(&bram, &group, &format!("Oude vraag {number:02}"), "Wie weet dit?").await;
        }
        clock.advance(8 * Time::DAY);
        for number in 0..30 {
            app.ask(&bram, &group, &format!("Nieuwe vraag {number:02}"), "Wie weet dit?").await;
        }
        let mut visitor = Visitor::of(&app);
        let first = visitor.get("/unanswered").await.body;
        let link = |list: &str| {
            let rest = first.split(&format!("/unanswered?{list}=")).nth(1).unwrap_or_else(|| panic!("no more {list}: {first}"));
            format!("/unanswered?{list}={}", rest.split('"').next().expect("an address"))
        };
        let (older, recent) = (visitor.get(&link("older")).await.body, visitor.get(&link("recent")).await.body);
        for number in 0..30 {
            for (word, second) in [("Oude", &older), ("Nieuwe", &recent)] {
                let title = format!("{word} vraag {number:02}");
                assert_eq!(usize::from(first.contains(&title)) + usize::from(second.contains(&title)), 1, "{title}");
            }
        }
        assert!(!older.contains("Nieuwe vraag") && !recent.contains("Oude vraag"));
        app.run_jobs().await;
        app.finish().await;
    }

    async fn the_most_useful_come_first_page_after_page(on: On) {
        let clock = Clock::manual(START);
        let app = TestApp::start(on, "a", &clock).await;
        let mut people = Vec::new();
        for name in ["bram", "noor", "omar", "sanne"] {
            people.push(app.member(name, name).await);
        }
        let group = app.group("jeugd", "Jeugdhulp", &people[0]).await;
        let mut expected = Vec::new();
        for number in 0..9 {
            let post = app.ask(&people[0], &group, &format!("Vraag {number}"), "Wie weet dit?").await;
            for person in people.iter().skip(1).take(number % 4) {
                app.useful(person, &post, true).await;
            }
            if number % 4 > 0 {
                expected.push((format!("Vraag {number}"), i64::try_from(number % 4).expect("small")));
            }
            clock.advance(Time::MINUTE);
        }
        expected.reverse();
        expected.sort_by_key(|(_, count)| -count);
        for size in [1, 2, 25] {
            assert_eq!(useful(&app, &group, size).await, expected, "{size} a page");
        }
        let page = Visitor::of(&app).get("/c/jeugd?show=useful").await.body;
        assert!(page.contains("Vraag 3") && !page.contains("Vraag 4"), "{page}");
        app.run_jobs().await;
        app.finish().await;
    }
}

/// What a database says about how it would read, in one text.
async fn plan(app: &TestApp, statement: &str) -> String {
    let lines: Vec<String> = match &app.core.db {
        Db::Sqlite { read, .. } => {
            let rows: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"))).fetch_all(read).await.expect("a plan");
            rows.into_iter().map(|(_, _, _, line)| line).collect()
        }
        Db::Postgres(pool, _) => {
            let rows: Vec<(String,)> =
                sqlx::query_as(sqlx::AssertSqlSafe(format!("EXPLAIN {statement}"))).fetch_all(pool).await.expect("a plan");
            rows.into_iter().map(|(line,)| line).collect()
        }
    };
    lines.join("\n")
}

async fn run(app: &TestApp, statement: &str) {
    match &app.core.db {
        Db::Sqlite { write, .. } => sqlx::query(sqlx::AssertSqlSafe(statement.to_owned())).execute(write).await.map(drop),
        Db::Postgres(pool, _) => sqlx::query(sqlx::AssertSqlSafe(statement.to_owned())).execute(pool).await.map(drop),
    }
    .expect(statement);
}

on_both! {
    async fn with_many_posts_the_lists_are_read_by_an_index(on: On) {
        let clock = Clock::manual(START);
        let app = TestApp::start(on, "a", &clock).await;
        let bram = app.member("bram", "Bram de Wit").await;
        let group = app.group("jeugd", "Jeugdhulp", &bram).await;
        let question = app.ask(&bram, &group, "De eerste vraag", "Wie weet dit?").await;
        app.run_jobs().await;
        // Twenty thousand copies: nearly all answered, in many groups, some found useful.
        let columns = "local, kind, wire_type, author_id, parent_id, title, source, html, summary, language, url, context, updated_at, edited_at, deleted_at, deleted_by, accepted_ap_id, accepted_by, accepted_at, accepts_at_home, checked_at";
        let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)";
        run(&app, &format!(
            "INSERT INTO post (id, ap_id, group_id, root_id, published_at, accepted_id, {columns})
             {numbers} SELECT n.i, 'x' || n.i, p.group_id, n.i, p.published_at + n.i, CASE WHEN n.i % 100 = 0 THEN NULL ELSE 1 END, p.{} FROM n, post p WHERE p.id = {}",
            columns.replace(", ", ", p."), question.id)).await;
        run(&app, &format!("INSERT INTO useful (post_id, actor_id, active, ap_id, at) {numbers} SELECT n.i, {}, TRUE, 'u' || n.i, 1 FROM n WHERE n.i % 7 = 0", bram.id)).await;
        run(&app, "ANALYZE").await;
        let waiting = "SELECT p.id FROM waiting w CROSS JOIN post p WHERE p.id = w.post_id AND p.deleted_at IS NULL
            AND (w.published_at, w.post_id) < (9999999999999, 9999999999999) ORDER BY w.published_at DESC, w.post_id DESC LIMIT 26";
        let read = plan(&app, waiting).await;
        // PostgreSQL may rather read the two hundred whole.
        assert!(on == On::Postgres || (read.contains("waiting_newest") && !read.contains("TEMP B-TREE")), "{read}");
        assert!(!read.contains("Seq Scan on post"), "{read}");
        let pinned = format!("SELECT p.id FROM post p WHERE p.parent_id IS NULL AND p.deleted_at IS NULL AND p.group_id = {}
            AND p.pinned_at IS NOT NULL AND (p.published_at, p.id) < (9999999999999, 9999999999999) ORDER BY p.published_at DESC, p.id DESC LIMIT 26", group.id);
        let read = plan(&app, &pinned).await;
        assert!(read.contains("post_pinned"), "{read}");
        let useful = format!("SELECT q.id AS id, COUNT(*) AS useful FROM post q JOIN useful u ON u.post_id = q.id AND u.active = TRUE
            WHERE q.group_id = {} AND q.parent_id IS NULL AND q.deleted_at IS NULL GROUP BY q.id HAVING COUNT(*) < 5 ORDER BY COUNT(*) DESC, q.id DESC LIMIT 26", group.id);
        let read = plan(&app, &useful).await;
        // Either what was found useful is gone through and each post looked up, or the posts of the group and their marks;
        // with one group that holds everything, PostgreSQL rightly reads both whole.
        assert!(on == On::Postgres || !read.contains("SCAN q"), "{read}");
        let found = lists::most_useful(&mut app.core.db.conn(), group.id, None, 25).await.expect("a page");
        assert_eq!(found.items.len(), 25);
        let waits = lists::count_waiting(&mut app.core.db.conn(), Time(0)).await.expect("counts");
        assert_eq!(waits, (0, 201));
        let mut conn = app.core.db.conn();
        let page = lists::threads(&mut conn, Threads::Waiting, None, 25).await.expect("a page");
        assert_eq!(page.items.len(), 25);
        assert!(db::actors::moderators(&mut conn, group.id).await.expect("moderators").len() == 1);
        app.finish().await;
    }
}
