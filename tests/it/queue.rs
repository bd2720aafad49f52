//! The queues: lanes of delivery, an inbox that is fair, and what is thrown away in time.

mod inbox;
mod lanes;
mod lost;
mod pruning;

use meent::db::{self, Db};
use meent::model::{Actor, Clock, Post, Time};
use serde_json::json;

use crate::support::peer::{Peer, Stranger};
use crate::support::{On, START, TestApp};

/// Region A with a group, and somebody on a server of another make who follows it.
struct Followed {
    app: Box<TestApp>,
    peer: Peer,
    els: Stranger,
    bram: Actor,
    group: Actor,
}

impl Followed {
    async fn start(on: On) -> Self {
        let clock = Clock::manual(START);
        let app = Box::new(TestApp::start(on, "a", &clock).await);
        let bram = app.member("bram", "Bram de Wit").await;
        let group = app.group("jeugd", "Jeugdhulp in de regio", &bram).await;
        let peer = Peer::start("elders").await;
        let els = peer.actor("Person", "/u/els");
        let followed = Self { app, peer, els, bram, group };
        followed.follow(&followed.els, 1).await;
        followed
    }

    async fn follow(&self, who: &Stranger, number: u32) {
        assert_eq!(who.sends(&self.app, &who.says("Follow", number, &json!(self.group.ap_id))).await, 202);
        self.app.run_jobs().await;
    }

    async fn ask(&self, number: usize) -> Post {
        self.app.ask(&self.bram, &self.group, &format!("Vraag {number}."), "Wie weet dit?").await
    }

    /// How often something with this text came in over there.
    fn came(&self, text: &str) -> usize {
        self.peer.inbox().iter().filter(|body| body.contains(text)).count()
    }

    async fn waiting(&self) -> i64 {
        db::deliveries::count(&mut self.app.core.db.conn()).await.expect("a count")
    }

    async fn lane(&self) -> db::deliveries::Peer {
        db::deliveries::peer(&mut self.app.core.db.conn(), &self.peer.host).await.expect("a read").expect("a row")
    }

    /// Time passes, and what is due is done.
    async fn later(&self, millis: i64) {
        self.app.clock.advance(millis);
        self.app.run_jobs().await;
    }

    /// She says something that changes nothing: a sign of life.
    async fn sign_of_life(&self, number: u32) {
        assert_eq!(self.els.sends(&self.app, &self.els.says("Dislike", number, &json!(self.group.ap_id))).await, 202);
    }

    async fn follows(&self) -> i64 {
        db::follows::count(&mut self.app.core.db.conn(), self.group.id).await.expect("a count")
    }
}

async fn count(db: &Db, statement: &str) -> i64 {
    let statement = sqlx::AssertSqlSafe(statement.to_owned());
    let (count,): (i64,) = match db {
        Db::Sqlite { read, .. } => sqlx::query_as(statement).fetch_one(read).await,
        Db::Postgres(pool, _) => sqlx::query_as(statement).fetch_one(pool).await,
    }
    .expect("a count");
    count
}

/// Looks ten times a second until it is so; after a minute it gives up.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(100));
    for _ in 0..600 {
        tick.tick().await;
        if is_so() {
            return;
        }
    }
    panic!("it never came to it: {what}");
}

const HOUR: i64 = Time::HOUR;
