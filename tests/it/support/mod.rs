//! What the tests stand on: real databases, instances in this process, time that moves by hand.

pub mod browser;
pub mod crawl;
pub mod front;
pub mod gallery;
pub mod ics;
pub mod keyboard;
pub mod knocks;
pub mod peer;
pub mod people;
pub mod planned;
pub mod process;
pub mod s3;
pub mod smtp;
pub mod story;
pub mod visitor;

use std::net::SocketAddr;
use std::sync::Arc;

use meent::app::App;
use meent::app::memory::Memory;
use meent::config::Config;
use meent::db::{self, Db};
use meent::error::Result;
use meent::federation::Federation;
use meent::jobs;
use meent::model::names::{About, Body, Email, Line, Name, Title};
use meent::model::{Actor, Clock, Post, PostKind, Time};
use meent::ops::keys::{KeyMaker, KeyPair};
use meent::ops::members::NewMember;
use meent::ops::{Core, accepting, appreciating, following, founding, members, publishing, viewer};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::OnceCell;

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Sqlite,
    Postgres,
}

/// Makes two tests of one: on SQLite and on PostgreSQL.
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($on:ident: On) $body:block)+) => { $(
        mod $name {
            use super::*;
            async fn story($on: On) $body
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() { Box::pin(story(On::Sqlite)).await; }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() { Box::pin(story(On::Postgres)).await; }
        }
    )+ };
}

/// When every test begins.
pub const START: Time = Time(1_795_165_200_000); // 2026-11-20T09:00:00Z

/// A setting that `tests/run` puts into the environment.
#[expect(clippy::disallowed_methods, reason = "what the test runner sets up reaches the tests this way")]
pub fn given(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set; start the tests with tests/run"))
}

/// A key pair that was made before.
pub fn key(name: &str) -> KeyPair {
    let read = |end: &str| {
        std::fs::read_to_string(format!("{}/tests/fixtures/keys/{name}{end}", env!("CARGO_MANIFEST_DIR"))).expect("a fixture key")
    };
    KeyPair { private_pem: read(".pem"), public_pem: read(".pub.pem") }
}

/// A database of its own, empty or migrated.
pub async fn fresh_database(on: On, folder: &TempDir) -> String {
    match on {
        On::Sqlite => format!("sqlite:{}", folder.path().join("meent.db").display()),
        On::Postgres => {
            static TEMPLATE: OnceCell<()> = OnceCell::const_new();
            let server = given("MEENT_TEST_POSTGRES");
            let address = |name: &str| format!("{}/{name}", server.rsplit_once('/').expect("a database in the address").0);
            TEMPLATE
                .get_or_init(|| async {
                    run_sql(&server, &format!("CREATE DATABASE template_{}", std::process::id())).await;
                    let db = Db::open(&address(&format!("template_{}", std::process::id()))).await.expect("PostgreSQL");
                    db.migrate().await.expect("migrations");
                    db.close().await;
                })
                .await;
            let name = format!("t{}", members::random_token().replace('-', "_").to_lowercase());
            run_sql(&server, &format!("CREATE DATABASE \"{name}\" TEMPLATE template_{}", std::process::id())).await;
            address(&name)
        }
    }
}

/// Runs a statement that has no place in the product.
pub async fn run_sql(server: &str, statement: &str) {
    use sqlx::{Connection, Executor};
    // CREATE DATABASE copies its template alone; two at once take turns.
    static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let _turn = TURN.lock().await;
    let mut connection = sqlx::PgConnection::connect(server).await.expect("PostgreSQL");
    connection.execute(sqlx::AssertSqlSafe(statement.to_owned())).await.expect("a statement");
    connection.close().await.expect("closing");
}

/// An instance in this process, answering on a port of its own. Its workers do nothing by themselves.
pub struct TestApp {
    pub core: Arc<Core>,
    pub fed: Arc<Federation>,
    pub clock: Clock,
    pub address: SocketAddr,
    /// Goes when the test goes.
    _folder: TempDir,
    pub name: String,
    server: tokio::task::JoinHandle<()>,
    app: Option<App>,
    finished: bool,
}

/// The configuration of a test instance.
pub fn config(name: &str, port: u16, database_url: &str, folder: &TempDir) -> Config {
    let environment = [
        ("MEENT_PUBLIC_URL", format!("http://{name}.localhost:{port}")),
        ("MEENT_LISTEN", format!("127.0.0.1:{port}")),
        ("MEENT_DATABASE_URL", database_url.to_owned()),
        ("MEENT_DATA_DIR", folder.path().display().to_string()),
        ("MEENT_FEDERATION__MODE", "open".to_owned()),
        ("MEENT_FEDERATION__LOOPBACK", "true".to_owned()),
    ];
    Config::parse("", &environment.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()).expect("a good configuration")
}

impl TestApp {
    /// Starts an instance whose host is `{name}.localhost:{port}`.
    pub async fn start(on: On, name: &str, clock: &Clock) -> Self {
        Self::start_with(on, name, clock, |_| {}).await
    }

    /// The same with other settings.
    pub async fn start_with(on: On, name: &str, clock: &Clock, change: impl FnOnce(&mut Config)) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = TempDir::new().expect("a folder");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let database = fresh_database(on, &folder).await;
        let mut config = config(name, address.port(), &database, &folder);
        change(&mut config);
        let key_name = if matches!(name, "a" | "b" | "c") { name } else { "a" };
        let app = Box::pin(App::open(config, clock.clone(), KeyMaker::Fixed(Arc::new(key(key_name))))).await.expect("an instance");
        let router = app.router();
        let server = tokio::spawn(async move {
            axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await.expect("serving");
        });
        Self {
            core: app.core.clone(),
            fed: app.federation.clone(),
            clock: clock.clone(),
            address,
            _folder: folder,
            name: name.to_owned(),
            server,
            app: Some(app),
            finished: false,
        }
    }

    /// What visitors are answered from.
    pub fn memory(&self) -> &Memory {
        &self.app.as_ref().expect("it runs").memory
    }

    /// Everything that it answers, without a network.
    pub fn router(&self) -> axum::Router {
        self.app.as_ref().expect("it runs").router()
    }

    /// Goes away: nothing listens at its port any more.
    pub async fn stop_listening(&mut self) {
        self.server.abort();
        let _ = (&mut self.server).await;
    }

    /// Stops in good order; the folder and the database stay.
    pub async fn stop(&mut self) {
        self.stop_listening().await;
        self.finished = true;
        if let Some(app) = self.app.take() {
            app.close().await.expect("closing");
        }
    }

    /// Stops without putting anything back, as when the process dies.
    pub async fn drop_dead(&mut self) {
        self.stop_listening().await;
        self.finished = true;
        self.core.db.close().await;
        self.app = None;
    }

    /// Comes back at the same port.
    pub async fn listen_again(&mut self) {
        let listener = TcpListener::bind(self.address).await.expect("the same port");
        let router = self.app.as_ref().expect("it runs").router();
        self.server = tokio::spawn(async move {
            axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await.expect("serving");
        });
    }

    /// Gives up what is on its way to servers that the test has switched off for good.
    pub async fn forget_deliveries(&self) {
        match &self.core.db {
            Db::Sqlite { write, .. } => sqlx::query("DELETE FROM delivery").execute(write).await.map(drop),
            Db::Postgres(pool, _) => sqlx::query("DELETE FROM delivery").execute(pool).await.map(drop),
        }
        .expect("a statement");
    }

    /// Every figure of this instance, as `/metrics` shows them.
    pub async fn figures(&self) -> String {
        self.app.as_ref().expect("it runs").figures().await.expect("figures")
    }

    /// `name.localhost:port`
    pub fn host(&self) -> &str {
        self.core.urls.authority()
    }

    /// Does everything that is due; says whether anything was.
    pub async fn run_jobs(&self) -> bool {
        jobs::run_due(&self.fed).await.expect("jobs run")
    }

    /// Ends the test: nothing may be left undone.
    pub async fn finish(mut self) {
        self.finished = true;
        let mut conn = self.core.db.conn();
        assert_eq!(db::received::count(&mut conn, "new").await.expect("a count"), 0, "{}: received activities are left", self.name);
        assert_eq!(db::deliveries::count(&mut conn).await.expect("a count"), 0, "{}: deliveries are left", self.name);
        self.server.abort();
        if let Some(app) = self.app.take() {
            app.close().await.expect("closing");
        }
    }

    pub async fn member(&self, name: &str, display: &str) -> Actor {
        let mut tx = self.core.db.begin().await.expect("a transaction");
        let new = NewMember {
            name: &Name::parse(name).expect("a name"),
            email: &Email::parse(&format!("{name}@voorbeeld.example")).expect("an address"),
            password_hash: String::new(),
            display_name: &Line::parse(display).expect("a line"),
            admin: false,
            language: "nl",
            keys: self.core.keys.make().await.expect("keys"),
        };
        let member = members::register(&self.core, &mut tx, new).await.expect("a member");
        self.core.commit(tx).await.expect("a commit");
        member
    }

    pub async fn group(&self, name: &str, title: &str, founder: &Actor) -> Actor {
        let (name, title, about) = (
            Name::parse(name).expect("a name"),
            Title::parse(title).expect("a title"),
            About::parse("Waar deze groep over gaat.").expect("a text"),
        );
        let mut tx = self.core.db.begin().await.expect("a transaction");
        let keys = self.core.keys.make().await.expect("keys");
        let group = founding::found(&self.core, &mut tx, &name, &title, &about, Some(founder), keys).await.expect("a group");
        self.core.commit(tx).await.expect("a commit");
        group
    }

    /// Finds a group of another instance, as somebody types it.
    pub async fn find(&self, text: &str) -> Result<Actor> {
        use meent::ops::finding::Finder;
        self.fed.find_group(text).await
    }

    pub async fn join(&self, member: &Actor, group: &Actor) {
        let mut tx = self.core.db.begin().await.expect("a transaction");
        following::join(&self.core, &mut tx, member, group).await.expect("joining");
        self.core.commit(tx).await.expect("a commit");
    }

    pub async fn leave(&self, member: &Actor, group: &Actor) {
        let mut tx = self.core.db.begin().await.expect("a transaction");
        following::leave(&self.core, &mut tx, member, group).await.expect("leaving");
        self.core.commit(tx).await.expect("a commit");
    }

    pub async fn ask(&self, member: &Actor, group: &Actor, title: &str, body: &str) -> Post {
        let mut tx = self.core.db.begin().await.expect("a transaction");
        let (title, body) = (Title::parse(title).expect("a title"), Body::parse(body).expect("a text"));
        let post = publishing::ask(&self.core, &mut tx, member, group, PostKind::Question, &title, &body, &[], "nl").await.expect("asking");
        self.core.commit(tx).await.expect("a commit");
        post
    }

    pub async fn reply(&self, member: &Actor, parent: &Post, body: &str) -> Post {
        let mut tx = self.core.db.begin().await.expect("a transaction");
        let body = Body::parse(body).expect("a text");
        let post = publishing::reply(&self.core, &mut tx, member, parent, &body, false, "nl").await.expect("replying");
        self.core.commit(tx).await.expect("a commit");
        post
    }

    pub async fn edit(&self, member: &Actor, post: &Post, title: Option<&str>, body: &str) {
        let mut tx = self.core.db.begin().await.expect("a transaction");
        let who = viewer(&self.core, &mut tx, Some(member), post.group_id).await.expect("a viewer");
        let title = title.map(|title| Title::parse(title).expect("a title"));
        publishing::edit(&self.core, &mut tx, who, post, title.as_ref(), &Body::parse(body).expect("a text")).await.expect("editing");
        self.core.commit(tx).await.expect("a commit");
    }

    pub async fn remove(&self, member: &Actor, post: &Post) {
        let mut tx = self.core.db.begin().await.expect("a transaction");
        let who = viewer(&self.core, &mut tx, Some(member), post.group_id).await.expect("a viewer");
        publishing::remove(&self.core, &mut tx, who, post).await.expect("removing");
        self.core.commit(tx).await.expect("a commit");
    }

    pub async fn useful(&self, member: &Actor, post: &Post, on: bool) {
        let mut tx = self.core.db.begin().await.expect("a transaction");
        appreciating::appreciate(&self.core, &mut tx, member, post, on).await.expect("finding useful");
        self.core.commit(tx).await.expect("a commit");
    }

    pub async fn choose(&self, member: &Actor, answer: &Post, on: bool) -> accepting::Chosen {
        let mut tx = self.core.db.begin().await.expect("a transaction");
        let question = db::posts::by_id(&mut tx, answer.root_id).await.expect("the question");
        let who = viewer(&self.core, &mut tx, Some(member), question.group_id).await.expect("a viewer");
        let chosen = accepting::choose(&self.core, &mut tx, who, &question, answer, on).await.expect("choosing");
        self.core.commit(tx).await.expect("a commit");
        chosen
    }

    /// The local copy of a post.
    pub async fn post(&self, ap_id: &str) -> Post {
        db::posts::by_ap_id(&mut self.core.db.conn(), ap_id)
            .await
            .expect("a read")
            .unwrap_or_else(|| panic!("{} does not know {ap_id}", self.name))
    }

    /// The local copy of an actor.
    pub async fn actor(&self, ap_id: &str) -> Actor {
        db::actors::by_ap_id(&mut self.core.db.conn(), ap_id)
            .await
            .expect("a read")
            .unwrap_or_else(|| panic!("{} does not know {ap_id}", self.name))
    }

    /// What a reader of this instance sees of a thread, in words that are the same on every instance.
    pub async fn reads(&self, root: &str) -> String {
        self.post(root).await;
        read_thread(&self.core.db, self.host(), root).await
    }
}

/// What a reader of the instance `host` sees of a thread.
pub async fn read_thread(db: &Db, our_host: &str, root: &str) -> String {
    let mut conn = db.conn();
    let Some(root) = db::posts::by_ap_id(&mut conn, root).await.expect("a read") else { return "not there".into() };
    {
        let mut lines = Vec::new();
        let thread = db::threads::whole(&mut conn, root.id, None).await.expect("a thread");
        for line in &thread {
            let post = &line.post;
            // Where nothing hangs below it, nothing is shown of what was removed.
            if post.is_deleted() && !post.is_root() && !thread.iter().any(|below| below.post.parent_id == Some(post.id)) {
                continue;
            }
            let host = if post.local { our_host.to_owned() } else { line.by.author_host.clone() };
            let mut text = format!("{} {} {} by {} of {}", post.ap_id, post.kind.word(), post.title, line.by.shown(), host);
            if post.is_deleted() {
                text = format!("{} removed", post.ap_id);
            } else {
                let edited = if post.edited_at.is_some() { ", edited" } else { "" };
                let chosen = if root.accepted_id == Some(post.id) { ", chosen" } else { "" };
                text = format!("{text} says {}{edited}, useful {}{chosen}", post.html.trim(), line.useful);
            }
            lines.push(text);
        }
        lines.sort();
        lines.join("\n")
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        assert!(self.finished || std::thread::panicking(), "end the test with finish(): it looks whether anything was left undone");
    }
}

/// Runs what is due on all of them until nothing is anywhere.
pub async fn settle(apps: &[&TestApp]) {
    loop {
        let mut any = false;
        for app in apps {
            any |= app.run_jobs().await;
        }
        if !any {
            return;
        }
    }
}
