//! Who acts: members, groups and the instance itself, from here and from elsewhere.

use super::handle::Handle;
use super::ids::ActorId;
use super::packed::read_bool;
use super::picture::FileHash;
use super::time::Time;

/// What an actor is on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, serde::Deserialize)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    Person,
    Group,
    /// An instance.
    Application,
    /// A bot, or an instance's own voice.
    Service,
    Organization,
}

/// A row of `actor`, in the order of its columns. What is private to a local member is in [`Account`].
#[derive(Clone, Debug, sqlx::FromRow, serde::Deserialize)]
pub struct Actor {
    pub id: ActorId,
    /// The ActivityPub id.
    pub ap_id: String,
    pub kind: ActorKind,
    #[serde(deserialize_with = "read_bool")]
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
    #[serde(skip)]
    pub private_key_pem: Option<String>,
    pub created_at: Time,
    pub updated_at: Time,
    pub fetched_at: Time,
    pub deleted_at: Option<Time>,
    /// The hash of its picture, a file of ours.
    pub icon_file: Option<FileHash>,
    /// Where another server keeps its picture.
    pub icon_url: Option<String>,
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

    /// Up to two letters for the face of who has no picture.
    #[must_use]
    pub fn initials(&self) -> String {
        initials(self.shown())
    }

    #[must_use]
    pub fn is_group(&self) -> bool {
        self.kind == ActorKind::Group
    }

    /// Where we serve its picture, the small size of it, when it has one.
    #[must_use]
    pub fn face(&self) -> Option<String> {
        face(self.id, self.icon_file.as_ref(), self.icon_url.as_deref())
    }

    /// Where activities for it go when others on its server get them too.
    #[must_use]
    pub fn common_inbox(&self) -> &str {
        self.shared_inbox.as_deref().unwrap_or(&self.inbox)
    }
}

/// Where we serve the small picture of an actor: a file of ours, or through us what another server keeps.
#[must_use]
pub fn face(id: ActorId, icon_file: Option<&FileHash>, icon_url: Option<&str>) -> Option<String> {
    let ours = icon_file.map(|hash| format!("/files/{hash}/small"));
    ours.or_else(|| icon_url.map(|_| format!("/files/icon/{id}/small")))
}

/// Whether a local member may log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, serde::Deserialize)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    Active,
    /// An administrator shut it, for a time or for good.
    Suspended,
    /// Its member left.
    Closed,
}

/// Up to two letters of a name: of its first and its last word.
#[must_use]
pub fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let ends = match words.as_slice() {
        [] => vec![],
        [one] => vec![*one],
        [first, .., last] => vec![*first, *last],
    };
    ends.iter().filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect()
}

/// A row of `account`: what only a local member has.
#[derive(Clone, Debug, sqlx::FromRow, serde::Deserialize)]
pub struct Account {
    pub actor_id: ActorId,
    pub email: String,
    pub password_hash: String,
    #[serde(deserialize_with = "read_bool")]
    pub admin: bool,
    /// `nl` or `en`.
    pub language: String,
    pub created_at: Time,
    pub state: AccountState,
    /// How often what is gathered goes out by mail: `daily` or `weekly`.
    pub digest: String,
    /// When the last digest was considered.
    pub digest_at: Option<Time>,
    /// Mails that bounced for good, one after the other.
    pub mail_bounces: i64,
    /// Since when no mail goes there, because too many bounced.
    pub mail_paused_at: Option<Time>,
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
