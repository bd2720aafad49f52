//! Pages from memory: many who ask cost as much as one, what was taken away is gone at once, and nothing that is somebody's own is
//! kept or given.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use meent::app::memory::Memory;
use meent::db::{self, Db, settings};
use meent::model::names::{About, Line, Reason};
use meent::model::{Actor, Clock, Post, Time};
use meent::ops::{administering, members, moderating, suspending};
use tokio::sync::{Notify, oneshot};
use tower::ServiceExt;

use crate::on_both;
use crate::support::peer::{self, ACTIVITY_JSON};
use crate::support::visitor::Visitor;
use crate::support::{On, START, TestApp};

/// How many ask at once.
const CROWD: u64 = 1_000;

fn get(app: &TestApp, path: &str) -> Request {
    let request = Request::builder().uri(path).header(header::HOST, app.host()).header(header::ACCEPT, "text/html");
    request.header(header::ACCEPT_LANGUAGE, "nl").body(Body::empty()).unwrap()
}

async fn text(response: Response) -> String {
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}

/// A region with a group, a moderator who administers, and somebody who asked.
async fn region(on: On, clock: &Clock) -> (TestApp, Actor, Actor, Actor, Post) {
    let app = TestApp::start(on, "a", clock).await;
    let bram = app.somebody("bram", "Bram de Wit", true).await;
    let noor = app.member("noor", "Noor Smit").await;
    let group = app.group("jeugd", "Jeugdhulp", &bram).await;
    let question = app.ask(&noor, &group, "Wie kent een wachtlijst die werkt?", "Wij zoeken een voorbeeld.").await;
    app.run_jobs().await;
    (app, bram, noor, group, question)
}

on_both! {
    async fn a_crowd_costs_as_much_as_one(on: On) {
        let clock = Clock::manual(START);
        let (app, bram, noor, group, question) = region(on, &clock).await;
        let other = app.ask(&noor, &group, "Een andere vraag", "Daar gaat het door.").await;
        app.reply(&bram, &question, "Bij ons werkt er een.").await;
        let changes = app.core.db.changes().clone();
        // What one look costs, and nobody before it: the frame of the page, what the thread is, and what stands on the page.
        let before = changes.statements();
        let alone = text(app.router().oneshot(get(&app, &other.path())).await.unwrap()).await;
        let one = changes.statements() - before;
        assert!(alone.contains("Een andere vraag"), "{alone}");
        assert_eq!(one, 3);

        let (router, path, done) = (app.router(), question.path(), Arc::new(AtomicBool::new(false)));
        let (before, (_, made)) = (changes.statements(), app.memory().figures());
        let crowd: Vec<_> = (0..CROWD)
            .map(|_| {
                let (router, request) = (router.clone(), get(&app, &path));
                tokio::spawn(async move { text(router.oneshot(request).await.unwrap()).await })
            })
            .collect();
        // Meanwhile people go on writing, elsewhere.
        let elsewhere = async {
            let mut written = 0;
            while !done.load(Ordering::Relaxed) || written < 3 {
                app.reply(&bram, &other, "En nog een antwoord.").await;
                app.useful(&bram, &other, written % 2 == 0).await;
                written += 1;
            }
        };
        let all = async {
            let mut pages = Vec::new();
            for one in crowd {
                pages.push(one.await.unwrap());
            }
            done.store(true, Ordering::Relaxed);
            pages
        };
        let (pages, ()) = tokio::join!(all, elsewhere);
        assert!(pages.iter().all(|page| *page == pages[0]) && pages[0].contains("Bij ons werkt er een."));
        assert_eq!(app.memory().figures().1 - made, 1, "made once");
        assert!(changes.statements() - before <= one + 5, "{} statements for {CROWD}, {one} for one", changes.statements() - before);
        app.run_jobs().await;
        app.finish().await;
    }

    async fn who_has_it_is_told_so(on: On) {
        let clock = Clock::manual(START);
        let (app, bram, _, _, question) = region(on, &clock).await;
        let mut visitor = Visitor::of(&app);
        let first = visitor.get(&question.path()).await;
        let tag = first.header("etag").to_owned();
        assert!(first.status == 200 && tag.len() > 20 && first.header("cache-control") == "private, no-cache", "{:?}", first.headers);
        assert!(first.header("vary").contains("Cookie") && first.header("vary").contains("Accept-Language"));
        let before = app.core.db.changes().statements();
        for known in [tag.clone(), format!("\"other\", W/{tag}")] {
            let again = visitor.get_with(&question.path(), &[("if-none-match", &known)]).await;
            assert_eq!((again.status, again.body.as_str(), again.header("etag")), (304, "", tag.as_str()));
            assert!(again.header("vary").contains("Cookie") && again.header("content-security-policy").contains("default-src"));
        }
        let head = visitor.head(&question.path()).await;
        assert_eq!((head.status, head.body.as_str(), head.header("etag")), (200, "", tag.as_str()));
        assert_eq!(head.header("content-length"), first.body.len().to_string());
        assert_eq!(app.core.db.changes().statements(), before, "all of that is known");
        // In another language, and for programs, it is another thing.
        let english = visitor.get_with(&question.path(), &[("accept", "text/html"), ("accept-language", "en"), ("if-none-match", &tag)]).await;
        assert!(english.status == 200 && english.body.contains("lang=\"en\""));
        let document = peer::get(&app, "GET", &question.path(), ACTIVITY_JSON).await;
        let mark = document.header("etag").to_owned();
        assert!(document.status == 200 && document.header("content-type").starts_with(ACTIVITY_JSON) && !mark.is_empty(), "{document:?}");
        let known = [("accept", ACTIVITY_JSON), ("if-none-match", mark.as_str())];
        assert_eq!(visitor.get_with(&question.path(), &known).await.status, 304);
        let theme = visitor.get("/theme.css").await;
        assert_eq!(visitor.get_with("/theme.css", &[("if-none-match", theme.header("etag"))]).await.status, 304);
        // What was written since is there at once.
        app.reply(&bram, &question, "Kijk eens in Gouda.").await;
        let after = visitor.get_with(&question.path(), &[("if-none-match", &tag)]).await;
        assert!(after.status == 200 && after.body.contains("Kijk eens in Gouda.") && after.header("etag") != tag);
        app.run_jobs().await;
        app.finish().await;
    }

    async fn what_was_changed_is_never_shown_as_it_was(on: On) {
        let clock = Clock::manual(START);
        let (app, bram, noor, group, question) = region(on, &clock).await;
        let (answer, path) = (app.reply(&bram, &question, "Bel de gemeente Gouda.").await, question.path());
        app.run_jobs().await;
        let mut seen = Seen { visitor: Visitor::of(&app), app: &app };
        seen.before(&["/", "/c/jeugd", &path, "/groups", "/unanswered", "/agenda", "/u/noor", "/about"], "").await;

        seen.before(&[&path], "Bel de gemeente Gouda.").await;
        app.edit(&bram, &answer, None, "Bel de gemeente Delft.").await;
        seen.after(&[&path], "Bel de gemeente Gouda.").await;

        seen.before(&["/", "/c/jeugd", &path], "Wie kent een wachtlijst die werkt?").await;
        app.edit(&noor, &question, Some("Wie kent een korte wachtlijst?"), "Wij zoeken een voorbeeld.").await;
        seen.after(&["/", "/c/jeugd", &path], "Wie kent een wachtlijst die werkt?").await;

        seen.before(&[&path], "Bel de gemeente Delft.").await;
        app.remove(&bram, &answer).await;
        seen.after(&[&path], "Bel de gemeente Delft.").await;

        // Named everywhere, and in the address of the page.
        seen.before(&["/", "/c/jeugd", &path, "/u/noor"], "Noor Smit").await;
        let mut tx = app.core.db.begin().await.unwrap();
        let line = |text: &str| Line::parse(text).unwrap();
        members::describe(&app.core, &mut tx, &noor, &line("Noor Visser"), &line(""), &line(""), &About::parse("").unwrap()).await.unwrap();
        app.core.commit(tx).await.unwrap();
        seen.after(&["/", "/c/jeugd", &path, "/u/noor"], "Noor Smit").await;

        // By hand of the administrators: without waking anybody, and the whole instance.
        for (key, word) in [(settings::key::REGION_ABOUT, "zqoverons"), (settings::key::THEME_HASH, "zqthema"), (settings::key::REGION_NAME, "zqregio")] {
            let mut tx = app.core.db.begin().await.unwrap();
            settings::set(&mut tx, key, word).await.unwrap();
            tx.commit().await.unwrap();
            seen.before(&["/"], word).await;
            let mut tx = app.core.db.begin().await.unwrap();
            settings::set(&mut tx, key, "iets anders").await.unwrap();
            tx.commit().await.unwrap();
            seen.after(&["/"], word).await;
        }

        // Nothing of these need show, but nothing made before them is given.
        let reason = Reason::parse("Dit hoort hier niet.").unwrap();
        let (_, made) = app.memory().figures();
        let mut tx = app.core.db.begin().await.unwrap();
        administering::set_rule(&app.core, &mut tx, &bram, "elders.example", true, &reason).await.unwrap();
        app.core.commit(tx).await.unwrap();
        seen.visitor.get(&path).await;
        let mut tx = app.core.db.begin().await.unwrap();
        suspending::shut_out(&app.core, &mut tx, &bram, &noor, 7, &reason).await.unwrap();
        app.core.commit(tx).await.unwrap();
        seen.visitor.get(&path).await;
        assert_eq!(app.memory().figures().1 - made, 2);

        seen.before(&["/", "/c/jeugd", &path, "/u/noor", "/unanswered"], "Wie kent een korte wachtlijst?").await;
        assert_eq!(peer::get(&app, "GET", &path, ACTIVITY_JSON).await.status, 200);
        let mut tx = app.core.db.begin().await.unwrap();
        moderating::remove(&app.core, &mut tx, &bram, &question, &reason).await.unwrap();
        app.core.commit(tx).await.unwrap();
        seen.after(&["/", "/c/jeugd", &path, "/u/noor", "/unanswered"], "Wie kent een korte wachtlijst?").await;
        assert_eq!(peer::get(&app, "GET", &path, ACTIVITY_JSON).await.status, 410);

        // What says how long ago something was gets no older than a minute.
        let (_, made) = app.memory().figures();
        for (later, more) in [(0, 1), (59 * Time::SECOND, 1), (Time::SECOND, 2)] {
            clock.advance(later);
            seen.visitor.get("/agenda").await;
            assert_eq!(app.memory().figures().1 - made, more, "{later}");
        }
        assert!(group.local);
        app.run_jobs().await;
        app.finish().await;
    }

    async fn what_another_process_changes_is_seen_within_a_second(on: On) {
        let clock = Clock::manual(START);
        let (app, ..) = region(on, &clock).await;
        app.set(settings::key::REGION_NAME, "Regio Noord").await;
        let mut visitor = Visitor::of(&app);
        let other = Db::open(&app.core.config.database_url).await.unwrap();
        for name in ["Regio Oost", "Regio Zuid", "Regio West"] {
            clock.advance(Time::SECOND);
            visitor.get("/").await;
            let (served, _) = app.memory().figures();
            visitor.get("/").await;
            assert_eq!(app.memory().figures().0, served + 1, "it lies ready, also a second after the last change");
            let mut tx = other.begin().await.unwrap();
            settings::set(&mut tx, settings::key::REGION_NAME, name).await.unwrap();
            tx.commit().await.unwrap();
            clock.advance(Time::SECOND);
            assert!(visitor.get("/").await.body.contains(name), "{name}");
            // What this process changes itself makes no difference to that.
            app.set(settings::key::REGION_ABOUT, name).await;
        }
        other.close().await;
        app.finish().await;
    }

    async fn nothing_of_somebody_is_kept_or_given(on: On) {
        let clock = Clock::manual(START);
        let (app, bram, _, _, question) = region(on, &clock).await;
        let mut bram_reads = Visitor::logged_in(&app, &bram).await;
        let mut visitor = Visitor::of(&app);
        let figures = || app.memory().figures();
        for path in ["/", "/c/jeugd", question.path().as_str(), "/groups", "/agenda", "/u/bram"] {
            let before = figures();
            let own = bram_reads.get(path).await;
            assert!(own.body.contains("/logout") && own.header("etag").is_empty(), "{path}");
            assert_eq!((own.header("cache-control"), figures()), ("private, no-store", before), "{path}");
            let page = visitor.get(path).await;
            assert!(!page.body.contains("/logout") && page.header("set-cookie").is_empty() && page.status == 200, "{path}");
            assert_eq!(figures(), (before.0, before.1 + 1), "{path}");
            assert!(bram_reads.get(path).await.body.contains("/logout"), "{path}");
        }
        // Who has a message waiting, who signs, and what only some may see goes past it.
        let before = figures();
        visitor.cookies.insert("meent-flash".into(), "left".into());
        assert!(visitor.get("/").await.header("cache-control").contains("no-store"));
        visitor.cookies.clear();
        let signed = [("accept", ACTIVITY_JSON), ("signature", "keyId=\"x\"")];
        assert_eq!(visitor.get_with(&question.path(), &signed).await.header("cache-control"), "private, no-store");
        for path in ["/login", "/register", "/setup?token=abc", "/calendar/abc.ics", "/invite/abc", "/unsubscribe/abc", "/sign-up/1/abc", "/admin", "/notifications"] {
            let page = visitor.get(path).await;
            assert!(page.header("etag").is_empty(), "{path}");
        }
        assert_eq!(figures(), before);
        app.finish().await;
    }

    async fn who_gives_up_keeps_nobody_waiting(on: On) {
        let clock = Clock::manual(START);
        let app = Arc::new(TestApp::start(on, "a", &clock).await);
        let memory = Arc::new(Memory::of(1));
        let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let ask = |make: &'static str, begun: Arc<Notify>, until: Option<oneshot::Receiver<()>>, status: StatusCode| {
            let (app, memory) = (app.clone(), memory.clone());
            tokio::spawn(async move {
                let made = memory.answer(&app.core, get(&app, "/"), |_| async move {
                    begun.notify_one();
                    if let Some(until) = until {
                        let _ = until.await;
                    }
                    (status, make).into_response()
                });
                let made = made.await;
                (made.status(), text(made).await)
            })
        };
        let ok = StatusCode::OK;
        // The first hangs up: the one behind it makes it.
        let (_never, forever) = oneshot::channel();
        let first = ask("never", begun.clone(), Some(forever), ok);
        begun.notified().await;
        let second = ask("second", go.clone(), None, ok);
        tokio::task::yield_now().await;
        first.abort();
        assert_eq!(second.await.unwrap(), (ok, "second".to_owned()));
        assert_eq!(ask("third", go.clone(), None, ok).await.unwrap().1, "second", "from memory");

        // What went wrong is for those who waited, and for nobody after them.
        app.core.db.changes().note_everything();
        let (release, wait) = oneshot::channel();
        let first = ask("broken", begun.clone(), Some(wait), StatusCode::SERVICE_UNAVAILABLE);
        begun.notified().await;
        release.send(()).unwrap();
        assert_eq!(first.await.unwrap(), (StatusCode::SERVICE_UNAVAILABLE, "broken".to_owned()));
        assert_eq!(ask("whole", go.clone(), None, ok).await.unwrap(), (ok, "whole".to_owned()));

        // What was begun before a change is not for who asks after it.
        app.core.db.changes().note_everything();
        let (release, wait) = oneshot::channel();
        let old = ask("old", begun.clone(), Some(wait), ok);
        begun.notified().await;
        app.core.db.changes().note_everything();
        let new = ask("new", go.clone(), None, ok);
        tokio::task::yield_now().await;
        release.send(()).unwrap();
        assert_eq!((old.await.unwrap().1.as_str(), new.await.unwrap().1.as_str()), ("old", "new"));
        assert_eq!(ask("newer", go.clone(), None, ok).await.unwrap().1, "new");

        // What is not to be kept is made for each.
        app.core.db.changes().note_everything();
        for made in ["one", "two"] {
            assert_eq!(ask(made, go.clone(), None, StatusCode::NOT_FOUND).await.unwrap(), (StatusCode::NOT_FOUND, made.to_owned()));
        }
        Arc::into_inner(app).unwrap().finish().await;
    }
}

/// A visitor who looks at pages before and after something changes.
struct Seen<'a> {
    visitor: Visitor,
    app: &'a TestApp,
}

impl Seen<'_> {
    /// The pages hold the words, and lie ready: asked for again, they come from memory.
    async fn before(&mut self, paths: &[&str], words: &str) {
        for path in paths {
            let page = self.visitor.get(path).await;
            assert!(page.status == 200 && page.body.contains(words), "{path} without {words}: {}", page.body);
            let (served, made) = self.app.memory().figures();
            self.visitor.get(path).await;
            assert_eq!(self.app.memory().figures(), (served + 1, made), "{path}");
        }
    }

    /// None of them holds them any more.
    async fn after(&mut self, paths: &[&str], words: &str) {
        for path in paths {
            assert!(!self.visitor.get(path).await.body.contains(words), "{path} still says {words}");
        }
    }
}

#[tokio::test]
async fn without_room_every_page_is_made_and_still_has_its_mark() {
    let clock = Clock::manual(START);
    let app = TestApp::start_with(On::Sqlite, "a", &clock, |config| config.server.page_memory_mb = 0).await;
    let mut visitor = Visitor::of(&app);
    let tag = visitor.get("/about").await.header("etag").to_owned();
    assert_eq!(visitor.get_with("/about", &[("if-none-match", &tag)]).await.status, 304);
    assert_eq!(app.memory().figures(), (0, 2));
    assert_eq!(db::settings::get(&mut app.core.db.conn(), settings::key::SET_UP).await.unwrap(), None);
    app.finish().await;
}
