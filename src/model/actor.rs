//! Who acts: members, groups and the instance itself, from here and from elsewhere.

use super::handle::Handle;
use super::ids::ActorId;
use super::time::Time;

/// What an actor is on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum ActorKind {
    Person,
    Group,
    /// An instance.
    Application,
    /// A bot, or an instance's own voice.
    Service,
    Organization,
}

/// A row of `actor`. What is private to a local member is in [`Account`].
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Actor {
    pub id: ActorId,
    /// The ActivityPub id.
    pub ap_id: String,
    pub kind: ActorKind,
    pub local: bool,
    /// Authority of the server it lives on.
    pub host: String,
    pub name: String,
    pub display_name: String,
    /// Markdown, of local actors only.
    pub about_source: String,
    /// Clean HTML.
    pub about_html: String,
    pub organisation: String,
    pub role: String,
    /// The page to read about it.
    pub url: String,
    pub inbox: String,
    pub shared_inbox: Option<String>,
    pub outbox: Option<String>,
    pub followers: Option<String>,
    pub moderators: Option<String>,
    pub key_id: String,
    pub public_key_pem: String,
    #[sqlx(default)]
    pub private_key_pem: Option<String>,
    pub created_at: Time,
    pub updated_at: Time,
    pub fetched_at: Time,
    pub deleted_at: Option<Time>,
}

impl Actor {
    /// `name` for ours, `name@host` for others.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle { name: self.name.clone(), host: (!self.local).then(|| self.host.clone()) }
    }

    /// The path of its page on this server.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/{}/{}", if self.kind == ActorKind::Group { 'c' } else { 'u' }, self.handle())
    }

    /// The name people see.
    #[must_use]
    pub fn shown(&self) -> &str {
        if self.display_name.is_empty() { &self.name } else { &self.display_name }
    }

    #[must_use]
    pub fn is_group(&self) -> bool {
        self.kind == ActorKind::Group
    }

    /// Where activities for it go when others on its server get them too.
    #[must_use]
    pub fn common_inbox(&self) -> &str {
        self.shared_inbox.as_deref().unwrap_or(&self.inbox)
    }
}

/// A row of `account`: what only a local member has.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Account {
    pub actor_id: ActorId,
    pub email: String,
    pub password_hash: String,
    pub admin: bool,
    /// `nl` or `en`.
    pub language: String,
    pub created_at: Time,
}

/// How far a follow is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum FollowState {
    Pending,
    Accepted,
    Rejected,
}

/// A row of `follow`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Follow {
    pub follower_id: ActorId,
    pub target_id: ActorId,
    pub state: FollowState,
    /// The id of the Follow activity.
    pub ap_id: String,
    pub at: Time,
}
