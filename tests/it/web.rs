//! The pages, for somebody whose browser runs no scripts.

use meent::db::{self, lists, threads};
use meent::model::names::{Body, Password};
use meent::model::{Actor, Clock, Post, Time};
use meent::ops::{members, publishing};

use crate::on_both;
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp};

/// A region with a group, a member and a question.
struct Region {
    app: TestApp,
    clock: Clock,
    sanne: Actor,
    omar: Actor,
    group: Actor,
    question: Post,
}

async fn region(on: On) -> Region {
    let clock = Clock::manual(START);
    let app = TestApp::start(on, "a", &clock).await;
    let (sanne, omar) = (app.member("sanne", "Sanne Bakker").await, app.member("omar", "Omar Hadi").await);
    let group = app.group("jeugd", "Jeugdhulp in de regio", &omar).await;
    let question = app.ask(&sanne, &group, "Hoe houden jullie jongeren in beeld?", "Bij ons raakt een op de vijf uit beeld.").await;
    app.run_jobs().await;
    Region { app, clock, sanne, omar, group, question }
}

impl Region {
    async fn threads(&self) -> Vec<String> {
        let page = lists::threads(&mut self.app.core.db.conn(), lists::Threads::Group(self.group.id), None, 50).await.expect("a list");
        page.items.into_iter().map(|card| card.post.title).collect()
    }

    async fn replies(&self) -> Vec<threads::ThreadPost> {
        let thread = threads::whole(&mut self.app.core.db.conn(), self.question.id, None).await.expect("a thread");
        thread.into_iter().filter(|line| !line.post.is_root()).collect()
    }

    async fn finish(self) {
        self.app.run_jobs().await;
        self.app.finish().await;
    }
}

on_both! {
    async fn asking_answering_choosing_editing_and_removing_without_scripts(on: On) {
        let region = region(on).await;
        let mut sanne = Visitor::logged_in(&region.app, &region.sanne).await;
        let mut omar = Visitor::logged_in(&region.app, &region.omar).await;
        let thread = region.question.path();

        let page = omar.get(&thread).await;
        assert_eq!(page.status, 200);
        let sent = omar.post(&format!("{thread}/answer"), &[("csrf", &page.value("csrf")), ("once", &page.value("once")), ("body", "Wij *bellen* ze.")]).await;
        let place = sent.leads_to().to_owned();
        assert!(place.starts_with(&format!("{thread}?at=")), "{place}");
        let answer = region.replies().await.remove(0).post;
        assert_eq!(answer.kind.word(), "answer");

        let page = sanne.get(&thread).await;
        assert!(page.body.contains("Wij <em>bellen</em> ze."), "{}", page.body);
        let csrf = page.value("csrf");
        sanne.post(&format!("/post/{}/useful", answer.id), &[("csrf", &csrf), ("on", "1")]).await.leads_to();
        sanne.post(&format!("/post/{}/accept", answer.id), &[("csrf", &csrf), ("on", "1")]).await.leads_to();
        let page = sanne.get(&thread).await;
        assert!(page.body.contains("Gekozen antwoord"), "{}", page.body);
        assert_eq!(region.app.post(&region.question.ap_id).await.accepted_id, Some(answer.id));
        sanne.post(&format!("/post/{}/accept", answer.id), &[("csrf", &csrf), ("on", "0")]).await.leads_to();
        assert_eq!(region.app.post(&region.question.ap_id).await.accepted_id, None);

        // Only the asker and the moderators choose; Omar moderates, a third member does not.
        let noor = region.app.member("noor", "Noor Jansen").await;
        let mut noor = Visitor::logged_in(&region.app, &noor).await;
        let page = noor.get(&thread).await;
        assert_eq!(noor.post(&format!("/post/{}/accept", answer.id), &[("csrf", &page.value("csrf")), ("on", "1")]).await.status, 403);
        assert_eq!(noor.post(&format!("/post/{}/edit", answer.id), &[("csrf", &page.value("csrf")), ("body", "Anders")]).await.status, 403);
        assert_eq!(noor.post(&format!("/post/{}/delete", answer.id), &[("csrf", &page.value("csrf"))]).await.status, 403);

        noor.post(&format!("/post/{}/comment", answer.id), &[("csrf", &page.value("csrf")), ("once", "n1"), ("body", "Hoe vaak?")]).await.leads_to();
        region.clock.advance(Time::MINUTE);
        let csrf = omar.get(&format!("/post/{}/edit", answer.id)).await.value("csrf");
        omar.post(&format!("/post/{}/edit", answer.id), &[("csrf", &csrf), ("body", "Wij bellen ze elke maand.")]).await.leads_to();
        let page = omar.get(&thread).await;
        assert!(page.body.contains("elke maand") && page.body.contains("Bewerkt"), "{}", page.body);
        // Removed where a comment hangs: the place stays, the words go.
        assert_eq!(omar.get(&format!("/post/{}/delete", answer.id)).await.status, 200);
        omar.post(&format!("/post/{}/delete", answer.id), &[("csrf", &csrf)]).await.leads_to();
        let page = omar.get(&thread).await;
        assert!(page.body.contains("Hoe vaak?") && !page.body.contains("elke maand"), "{}", page.body);
        assert!(page.body.to_lowercase().contains("verwijderd door de schrijver"), "{}", page.body);
        // A whole thread without replies that hang on it: gone, and said so.
        let csrf = sanne.get(&format!("/c/{}/ask", region.group.name)).await.value("csrf");
        let sent = sanne.post("/c/jeugd/ask", &[("csrf", &csrf), ("once", "q1"), ("title", "Een vergissing"), ("body", "Niet lezen."), ("action", "ask")]).await;
        let mistake = sent.leads_to().to_owned();
        sanne.post(&format!("{mistake}/delete"), &[("csrf", &csrf)]).await.leads_to();
        assert_eq!(sanne.get(&mistake).await.status, 410);
        assert!(!region.threads().await.contains(&"Een vergissing".to_owned()));
        region.finish().await;
    }

    async fn a_form_sent_twice_makes_one_post(on: On) {
        let region = region(on).await;
        let mut sanne = Visitor::logged_in(&region.app, &region.sanne).await;
        let page = sanne.get("/c/jeugd/ask").await;
        let (csrf, once) = (page.value("csrf"), page.value("once"));
        let fields = [("csrf", csrf.as_str()), ("once", once.as_str()), ("title", "Wie kent een jongerenpanel?"), ("body", "Dat ook over geld beslist."), ("action", "ask")];
        // At the same time, and once more later.
        let mut again = Visitor::of(&region.app);
        again.cookies = sanne.cookies.clone();
        let (first, second) = tokio::join!(sanne.post("/c/jeugd/ask", &fields), again.post("/c/jeugd/ask", &fields));
        let third = sanne.post("/c/jeugd/ask", &fields).await;
        assert_eq!(first.leads_to(), second.leads_to());
        assert_eq!(first.leads_to(), third.leads_to());
        assert_eq!(region.threads().await, ["Wie kent een jongerenpanel?", "Hoe houden jullie jongeren in beeld?"].map(str::to_owned).to_vec());
        region.finish().await;
    }

    async fn what_was_typed_survives_a_mistake_a_lost_session_and_a_stale_form(on: On) {
        let region = region(on).await;
        let mut sanne = Visitor::logged_in(&region.app, &region.sanne).await;
        let (csrf, words) = (sanne.get("/c/jeugd/ask").await.value("csrf"), "Een lange uitleg met \"aanhalingstekens\" & <haken>.");
        let page = sanne.post("/c/jeugd/ask", &[("csrf", &csrf), ("once", "t1"), ("title", ""), ("body", words), ("action", "ask")]).await;
        assert_eq!(page.status, 422);
        assert!(page.body.contains("Een lange uitleg met &#34;aanhalingstekens&#34; &#38; &#60;haken&#62;."), "{}", page.body);
        assert_eq!(page.value("once"), "t1");

        // The session is lost between opening the page and sending it.
        sanne.lose_session(&region.app).await;
        let page = sanne.post("/c/jeugd/ask", &[("csrf", &csrf), ("once", "t1"), ("title", "Hoe doen jullie dit?"), ("body", words), ("action", "ask")]).await;
        assert_eq!(page.status, 401);
        assert!(page.body.contains("&#60;haken&#62;"), "{}", page.body);
        set_password(&region.app, &region.sanne, "een lang genoeg wachtwoord").await;
        let kept: Vec<(String, String)> = ["kept_path", "kept_field_once", "kept_field_title", "kept_field_action"].iter().map(|name| ((*name).to_owned(), page.value(name))).collect();
        let mut fields: Vec<(&str, &str)> = kept.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.extend([("kept_field_body", words), ("login", "sanne"), ("password", "een lang genoeg wachtwoord"), ("next", "/")]);
        let page = sanne.post("/login", &fields).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.body.contains("&#60;haken&#62;") && page.body.contains("action=\"/c/jeugd/ask\""), "{}", page.body);
        let sent = sanne.post("/c/jeugd/ask", &[("csrf", &page.value("csrf")), ("once", "t1"), ("title", "Hoe doen jullie dit?"), ("body", words), ("action", "ask")]).await;
        sent.leads_to();
        assert_eq!(region.threads().await[0], "Hoe doen jullie dit?");

        // A form of an older session.
        let page = sanne.post("/c/jeugd/ask", &[("csrf", &csrf), ("once", "t2"), ("title", "Nog een vraag"), ("body", words), ("action", "ask")]).await;
        assert_eq!(page.status, 403);
        assert!(page.body.contains("&#60;haken&#62;"), "{}", page.body);
        assert_eq!(region.threads().await.len(), 2);
        region.finish().await;
    }

    async fn logging_in_is_limited_and_sessions_end(on: On) {
        let region = region(on).await;
        set_password(&region.app, &region.sanne, "een lang genoeg wachtwoord").await;
        let mut visitor = Visitor::of(&region.app);
        let right = [("login", "SANNE@voorbeeld.example"), ("password", "een lang genoeg wachtwoord"), ("next", "/groups")];
        assert_eq!(visitor.post("/login", &right).await.leads_to(), "/groups");
        assert!(visitor.get("/").await.body.contains("Sanne Bakker"));
        let csrf = visitor.get("/").await.value("csrf");
        let before = visitor.cookies.clone();
        visitor.post("/logout", &[("csrf", &csrf)]).await.leads_to();
        // The old cookie opens nothing any more.
        visitor.cookies = before;
        assert!(!visitor.get("/").await.body.contains("Sanne Bakker"));

        for _ in 0..10 {
            let page = visitor.post("/login", &[("login", "sanne"), ("password", "verkeerd wachtwoord"), ("next", "/")]).await;
            assert_eq!(page.status, 422);
        }
        // Now not even the right one.
        let by_name = [("login", "Sanne"), right[1], right[2]];
        let page = visitor.post("/login", &by_name).await;
        assert_eq!(page.status, 429);
        assert!(page.header("retry-after").parse::<i64>().is_ok());
        // By her address she still gets in; it does not tell that it is hers.
        for address in ["sanne@voorbeeld.example", "niemand@voorbeeld.example"] {
            assert_eq!(visitor.post("/login", &[("login", address), ("password", "verkeerd wachtwoord"), ("next", "/")]).await.status, 422);
        }
        assert_eq!(visitor.post("/login", &right).await.leads_to(), "/groups");
        region.clock.advance(16 * Time::MINUTE);
        assert_eq!(visitor.post("/login", &by_name).await.leads_to(), "/groups");
        // Half a day of silence ends it.
        region.clock.advance(13 * Time::HOUR);
        assert!(!visitor.get("/").await.body.contains("Sanne Bakker"));
        // Elsewhere is never where logging in leads.
        assert_eq!(visitor.post("/login", &[("login", "sanne"), ("password", "een lang genoeg wachtwoord"), ("next", "//elders.example")]).await.leads_to(), "/");
        region.finish().await;
    }

    async fn set_up_works_once(on: On) {
        let clock = Clock::manual(START);
        let app = TestApp::start(on, "a", &clock).await;
        let link = meent::ops::setting_up::new_link(&app.core).await.expect("a link").expect("nobody administers it");
        let path = link.trim_start_matches(app.core.urls.base()).to_owned();
        let token = path.split("token=").nth(1).expect("a token").to_owned();
        let mut visitor = Visitor::of(&app);
        assert_eq!(visitor.get("/setup").await.status, 404);
        assert_eq!(visitor.get("/setup?token=verzonnen").await.status, 404);
        assert_eq!(visitor.get(&path).await.status, 200);
        let fields = |token| [("token", token), ("region_name", "Midden-Holland"), ("region_about", ""), ("language", "nl"), ("display_name", "Sanne Bakker"), ("name", "sanne"),
            ("email", "sanne@voorbeeld.example"), ("password", "een lang genoeg wachtwoord"), ("mode", "open"), ("group_title", "Jeugdhulp"), ("group_name", "jeugd"), ("group_about", "")];
        assert_eq!(visitor.post("/setup", &fields("verzonnen")).await.status, 404);
        let mut short = fields(&token);
        short[7].1 = "kort";
        short[10].1 = "sanne";
        let page = visitor.post("/setup", &short).await;
        assert_eq!(page.status, 422);
        assert!(page.body.contains("value=\"Midden-Holland\""), "{}", page.body);
        let mut again = Visitor::of(&app);
        let (given, twice) = (fields(&token), fields(&token));
        let (first, second) = tokio::join!(visitor.post("/setup", &given), again.post("/setup", &twice));
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 404]);
        assert_eq!(visitor.get(&path).await.status, 404);
        let mut conn = app.core.db.conn();
        assert_eq!(db::accounts::count_admins(&mut conn).await.unwrap(), 1);
        assert!(db::actors::local_by_name(&mut conn, "jeugd").await.unwrap().is_some());
        app.run_jobs().await;
        app.finish().await;
    }
}

async fn set_password(app: &TestApp, member: &Actor, password: &str) {
    let hash = members::hash_password(&Password::parse(password).expect("a password")).await.expect("a hash");
    match &app.core.db {
        db::Db::Sqlite { write, .. } => sqlx::query("UPDATE account SET password_hash = $1 WHERE actor_id = $2")
            .bind(hash)
            .bind(member.id)
            .execute(write)
            .await
            .map(drop),
        db::Db::Postgres(pool, _) => sqlx::query("UPDATE account SET password_hash = $1 WHERE actor_id = $2")
            .bind(hash)
            .bind(member.id)
            .execute(pool)
            .await
            .map(drop),
    }
    .expect("a statement");
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let region = region(On::Sqlite).await;
    let mut visitor = Visitor::logged_in(&region.app, &region.sanne).await;
    let thread = region.question.path();
    for path in [
        "/",
        "/login",
        "/groups",
        "/c/jeugd",
        "/u/sanne",
        "/nergens",
        "/static/app.css",
        "/theme.css",
        "/health/live",
        "/nodeinfo/2.1",
        "/actor",
        &thread,
    ] {
        let page = visitor.get(path).await;
        let shown: Vec<String> = ["content-security-policy", "referrer-policy", "x-content-type-options", "x-frame-options"]
            .iter()
            .map(|name| format!("{name}: {}", page.header(name)))
            .collect();
        insta::allow_duplicates! {
            insta::assert_snapshot!(shown.join("\n"), @r"
        content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; media-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'
        referrer-policy: same-origin
        x-content-type-options: nosniff
        x-frame-options: DENY
        ");
        }
        // Nothing inline, and nothing from elsewhere.
        let body = page.body.to_lowercase();
        assert!(
            !body.contains("<script") && !body.contains("<style") && !body.contains(" style=") && !body.contains(" onclick="),
            "{path}"
        );
        let head = visitor.head(path).await;
        assert_eq!(
            (head.status, head.header("content-type"), head.body.as_str()),
            (page.status, page.header("content-type"), ""),
            "{path}"
        );
    }
    assert_eq!(visitor.get(&thread).await.header("cache-control"), "private, no-store");
    region.finish().await;
}

#[tokio::test]
async fn a_long_thread_has_pages_and_a_deep_one_stays_readable() {
    let region = region(On::Sqlite).await;
    let mut visitor = Visitor::of(&region.app);
    let (core, thread) = (&region.app.core, region.question.path());
    let mut tx = core.db.begin().await.expect("a transaction");
    let mut answers = Vec::new();
    for number in 0..65 {
        let body = Body::parse(&format!("Antwoord nummer {number:02}.")).expect("a text");
        answers.push(publishing::reply(core, &mut tx, &region.omar, &region.question, &body, false, "nl").await.expect("an answer"));
        region.clock.advance(Time::SECOND);
    }
    // A conversation deeper than any stack, removed all but its end.
    let mut above = answers[0].clone();
    for _ in 0..5_000 {
        let body = Body::parse("Nog dieper.").expect("a text");
        let below = publishing::reply(core, &mut tx, &region.omar, &above, &body, true, "nl").await.expect("a comment");
        db::posts::empty(&mut tx, above.id, "author", core.now()).await.expect("removed");
        above = below;
    }
    tx.commit().await.expect("a commit");
    let mut seen = Vec::new();
    let mut path = thread.clone();
    loop {
        let page = visitor.get(&path).await;
        assert_eq!(page.status, 200);
        seen.extend(page.body.split("<p>Antwoord nummer ").skip(1).map(|rest| rest[..2].to_owned()));
        let Some(later) = page
            .body
            .split("Volgende antwoorden")
            .next()
            .and_then(|before| before.rsplit("href=\"").next())
            .filter(|_| page.body.contains("Volgende antwoorden"))
        else {
            break;
        };
        path = later.split('"').next().expect("an address").replace("&amp;", "&").replace("#antwoorden", "");
    }
    let expected: Vec<String> = (1..65).map(|number| format!("{number:02}")).collect();
    assert_eq!(seen, expected);
    // Where something stands, its own address leads there.
    let place = answers[50].path();
    assert!(visitor.get(place.split('#').next().expect("a path")).await.body.contains("Antwoord nummer 50."));
    region.finish().await;
}

#[tokio::test]
async fn the_page_of_a_group_elsewhere_says_where_it_lives_and_how_far_its_history_is() {
    let region = region(On::Sqlite).await;
    let core = &region.app.core;
    let mut elsewhere = region.group.clone();
    elsewhere.id = meent::model::ActorId(core.ids.next());
    (elsewhere.local, elsewhere.host, elsewhere.private_key_pem) = (false, "vragen.oldambt.example".into(), None);
    for (field, end) in
        [(&mut elsewhere.ap_id, ""), (&mut elsewhere.url, ""), (&mut elsewhere.inbox, "/inbox"), (&mut elsewhere.key_id, "#main-key")]
    {
        *field = format!("https://vragen.oldambt.example/c/jeugd{end}");
    }
    elsewhere.outbox = Some("https://vragen.oldambt.example/c/jeugd/outbox".into());
    let mut tx = core.db.begin().await.expect("a transaction");
    let elsewhere = db::actors::upsert(&mut tx, &elsewhere).await.expect("a group");
    tx.commit().await.expect("a commit");
    let path = elsewhere.path();
    let mut visitor = Visitor::of(&region.app);
    let page = visitor.get(&path).await;
    assert_eq!(page.status, 200);
    assert!(
        page.body.contains("vragen.oldambt.example") && page.body.contains("href=\"https://vragen.oldambt.example/c/jeugd\""),
        "{}",
        page.body
    );

    let mut sanne = Visitor::logged_in(&region.app, &region.sanne).await;
    let csrf = sanne.get(&path).await.value("csrf");
    sanne.post(&format!("{path}/join"), &[("csrf", &csrf)]).await.leads_to();
    let page = sanne.get(&path).await;
    assert!(page.body.contains("<progress") && page.body.contains("verzoek"), "{}", page.body);
    let mut tx = core.db.begin().await.expect("a transaction");
    for number in 0..10 {
        let id = format!("https://vragen.oldambt.example/post/{number}");
        db::backfill::add_item(&mut tx, elsewhere.id, &id).await.expect("an item");
        if number < 4 {
            db::backfill::set_item(&mut tx, elsewhere.id, &id, "done").await.expect("done");
        }
    }
    let mut state = db::backfill::get(&mut tx, elsewhere.id).await.expect("a read").expect("it has begun");
    state.state = "fetching".into();
    db::backfill::set(&mut tx, &state).await.expect("a state");
    tx.commit().await.expect("a commit");
    let page = sanne.get(&path).await;
    assert!(page.body.contains("max=\"10\" value=\"4\""), "{}", page.body);
    // It does not answer: the page says so, and nothing is lost.
    state.error = Some("vragen.oldambt.example: no answer".into());
    let mut tx = core.db.begin().await.expect("a transaction");
    db::backfill::set(&mut tx, &state).await.expect("a state");
    tx.commit().await.expect("a commit");
    assert!(sanne.get(&path).await.body.contains("lukt") || sanne.get(&path).await.body.contains("antwoordt"));
    let csrf = sanne.get(&path).await.value("csrf");
    sanne.post(&format!("{path}/leave"), &[("csrf", &csrf)]).await.leads_to();
    region.app.run_jobs().await;
    region.app.forget_deliveries().await;
    region.app.finish().await;
}

#[tokio::test]
async fn forms_from_elsewhere_do_nothing() {
    let region = region(On::Sqlite).await;
    let mut sanne = Visitor::logged_in(&region.app, &region.sanne).await;
    let csrf = sanne.get("/").await.value("csrf");
    let path = format!("{}/answer", region.question.path());
    let fields = [("csrf", csrf.as_str()), ("once", "x"), ("body", "Van elders")];
    for headers in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://elders.example")],
        &[("origin", "null")],
    ] {
        assert_eq!(sanne.post_with(&path, &fields, headers).await.status, 403, "{headers:?}");
    }
    assert_eq!(sanne.post(&path, &[("csrf", "geraden"), ("once", "x"), ("body", "Van elders")]).await.status, 403);
    assert!(region.replies().await.is_empty());
    let here = region.app.core.urls.base().to_owned();
    assert_eq!(sanne.post_with(&path, &fields, &[("origin", &here)]).await.status, 303);
    assert_eq!(region.replies().await.len(), 1);
    region.finish().await;
}

#[tokio::test]
async fn bad_addresses_and_too_much_are_answered_with_a_page() {
    let region = region(On::Sqlite).await;
    let mut sanne = Visitor::logged_in(&region.app, &region.sanne).await;
    let csrf = sanne.get("/").await.value("csrf");
    for (path, status) in [
        ("/nergens", 404),
        ("/post/1", 404),
        ("/post/-1", 404),
        ("/post/99999999999999999999", 404),
        ("/post/x", 404),
        ("/c/nergens", 404),
        ("/u/jeugd@elders.example", 404),
        ("/u/%00", 404),
        ("/u/%ff", 404),
        ("/?before=onzin", 400),
        ("/c/jeugd?before=1-2-3", 400),
    ] {
        let page = sanne.get(path).await;
        assert_eq!(page.status, status, "{path}");
        assert!(page.body.contains("<h1"), "{path} has a page");
    }
    let huge = "a".repeat(300 * 1024);
    assert_eq!(sanne.post("/c/jeugd/ask", &[("csrf", &csrf), ("title", "Te veel"), ("body", &huge)]).await.status, 413);
    let long = "a".repeat(60_000);
    let page =
        sanne.post("/c/jeugd/ask", &[("csrf", &csrf), ("once", "l"), ("title", "Te lang"), ("body", &long), ("action", "ask")]).await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains(&long), "what was typed is still there");
    // NUL and direction marks are dropped, not kept.
    let sent = sanne
        .post(
            "/c/jeugd/ask",
            &[("csrf", &csrf), ("once", "n"), ("title", "Met \u{0}niets\u{202E} erin"), ("body", "Tekst\u{0}"), ("action", "ask")],
        )
        .await;
    sent.leads_to();
    assert_eq!(region.threads().await[0], "Met niets erin");
    region.finish().await;
}

#[tokio::test]
async fn one_address_speaks_to_people_and_to_servers() {
    let region = region(On::Sqlite).await;
    let mut visitor = Visitor::of(&region.app);
    let thread = region.question.path();
    for path in [thread.as_str(), "/c/jeugd", "/u/sanne"] {
        let page = visitor.get(path).await;
        assert!(page.header("content-type").starts_with("text/html"), "{path}");
        assert!(page.body.contains("rel=\"alternate\" type=\"application/activity+json\""), "{path}");
        for accept in [
            "application/activity+json",
            "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
            "text/html;q=0.1, Application/Activity+JSON;q=0.9",
        ] {
            let document = visitor.get_with(path, &[("accept", accept)]).await;
            assert_eq!(document.header("content-type"), "application/activity+json", "{path}");
            assert!(document.header("vary").to_lowercase().contains("accept"));
        }
    }
    assert_eq!(visitor.get_with("/", &[("accept", "application/activity+json")]).await.status, 200);
    assert!(visitor.get("/").await.body.contains("<h1"));
    // English for who asks for it.
    assert!(visitor.get_with("/groups", &[("accept", "text/html"), ("accept-language", "en")]).await.body.contains("lang=\"en\""));
    region.finish().await;
}
