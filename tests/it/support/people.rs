//! People with accounts, and the mails that are on their way to them.

use meent::db::{Db, accounts, settings};
use meent::model::Actor;
use meent::model::names::{Email, Line, Name, Password};
use meent::ops::members::{self, NewMember};

use super::TestApp;

/// A password that nobody guesses.
pub const PASSWORD: &str = "kruiwagen lantaarn viool mist";

/// A mail on its way.
#[derive(Debug, sqlx::FromRow)]
pub struct Mail {
    pub kind: String,
    pub subject: String,
    pub plain: String,
    pub html: String,
}

impl Mail {
    /// The path of the link in it.
    pub fn path(&self, app: &TestApp) -> String {
        let base = app.core.urls.base();
        let link =
            self.plain.lines().find(|line| line.starts_with(&format!("{base}/"))).unwrap_or_else(|| panic!("no link in {}", self.plain));
        link.trim_start_matches(base).to_owned()
    }
}

impl TestApp {
    /// A member who can log in with [`PASSWORD`].
    pub async fn somebody(&self, name: &str, display: &str, admin: bool) -> Actor {
        let mut tx = self.core.db.begin().await.expect("a transaction");
        let new = NewMember {
            name: &Name::parse(name).expect("a name"),
            email: &Email::parse(&format!("{name}@voorbeeld.example")).expect("an address"),
            password_hash: members::hash_password(&Password::parse(PASSWORD).expect("long enough")).await.expect("a hash"),
            display_name: &Line::parse(display).expect("a line"),
            admin,
            language: "nl",
            keys: self.core.keys.make().await.expect("keys"),
        };
        let member = members::register(&self.core, &mut tx, new).await.expect("a member");
        self.core.commit(tx).await.expect("a commit");
        member
    }

    /// What was queued for an address, the oldest first.
    pub async fn mails_to(&self, address: &str) -> Vec<Mail> {
        let text = "SELECT kind, subject, plain, html FROM mail WHERE address = $1 ORDER BY id";
        match &self.core.db {
            Db::Sqlite { read, .. } => sqlx::query_as(text).bind(address).fetch_all(read).await,
            Db::Postgres(pool, _) => sqlx::query_as(text).bind(address).fetch_all(pool).await,
        }
        .expect("mails")
    }

    /// The only mail of a kind to an address.
    pub async fn mail_to(&self, address: &str, kind: &str) -> Mail {
        let mut mails = self.mails_to(address).await;
        mails.retain(|mail| mail.kind == kind);
        assert_eq!(mails.len(), 1, "{kind} to {address}: {mails:#?}");
        mails.remove(0)
    }

    /// A number that a statement gives.
    pub async fn number(&self, statement: &'static str) -> i64 {
        match &self.core.db {
            Db::Sqlite { read, .. } => sqlx::query_scalar(statement).fetch_one(read).await,
            Db::Postgres(pool, _) => sqlx::query_scalar(statement).fetch_one(pool).await,
        }
        .expect("a number")
    }

    /// Runs a statement that has no place in the product.
    pub async fn change(&self, statement: &'static str) {
        match &self.core.db {
            Db::Sqlite { write, .. } => sqlx::query(statement).execute(write).await.map(drop),
            Db::Postgres(pool, _) => sqlx::query(statement).execute(pool).await.map(drop),
        }
        .expect("a statement");
        self.core.db.changes().note_everything();
    }

    /// Sets what an administrator sets.
    pub async fn set(&self, key: &'static str, value: &str) {
        let mut tx = self.core.db.begin().await.expect("a transaction");
        settings::set(&mut tx, key, value).await.expect("a setting");
        self.core.commit(tx).await.expect("a commit");
    }

    /// The account of a member.
    pub async fn account(&self, member: &Actor) -> meent::model::Account {
        accounts::by_actor(&mut self.core.db.conn(), member.id).await.expect("a read").expect("an account")
    }
}
