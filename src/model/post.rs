//! What people write: what starts a thread, answers and comments.

use serde::Deserialize;

use super::ids::{ActorId, PostId};
use super::packed::read_bool;
use super::time::Time;

/// `meent:kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, serde::Serialize, Deserialize)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum PostKind {
    Question,
    Tip,
    Practice,
    Announcement,
    Event,
    Answer,
    Comment,
}

impl PostKind {
    /// The word on the wire and in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Question => "question",
            Self::Tip => "tip",
            Self::Practice => "practice",
            Self::Announcement => "announcement",
            Self::Event => "event",
            Self::Answer => "answer",
            Self::Comment => "comment",
        }
    }

    /// Reads the word of the wire.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Question, Self::Tip, Self::Practice, Self::Announcement, Self::Event, Self::Answer, Self::Comment]
            .into_iter()
            .find(|kind| kind.word() == word)
    }

    /// The kinds that people write threads of.
    pub const STARTED: [Self; 4] = [Self::Question, Self::Tip, Self::Practice, Self::Announcement];

    #[must_use]
    pub fn starts_thread(self) -> bool {
        !matches!(self, Self::Answer | Self::Comment)
    }

    /// What a reply is: a direct reply to a question is an answer, unless its author's server says comment.
    #[must_use]
    pub fn of_reply(parent: Self, said: Option<Self>) -> Self {
        if parent == Self::Question && said != Some(Self::Comment) { Self::Answer } else { Self::Comment }
    }
}

/// What can be removed and leaves its place behind.
pub trait Removable {
    fn deleted_at(&self) -> Option<Time>;
    /// `author` or `moderator`.
    fn deleted_by(&self) -> Option<&str>;
}

impl Removable for Post {
    fn deleted_at(&self) -> Option<Time> {
        self.deleted_at
    }

    fn deleted_by(&self) -> Option<&str> {
        self.deleted_by.as_deref()
    }
}

/// A row of `post`, in the order of its columns.
#[derive(Clone, Debug, sqlx::FromRow, serde::Serialize, Deserialize)]
pub struct Post {
    pub id: PostId,
    /// The ActivityPub id.
    pub ap_id: String,
    #[serde(deserialize_with = "read_bool")]
    pub local: bool,
    pub kind: PostKind,
    /// The ActivityStreams type it came with: `Article`, `Page`, `Note`...
    pub wire_type: String,
    pub group_id: ActorId,
    pub author_id: ActorId,
    /// The post that starts the thread; itself for that one.
    pub root_id: PostId,
    pub parent_id: Option<PostId>,
    /// Empty for answers and comments.
    pub title: String,
    /// Markdown, of local posts only.
    pub source: Option<String>,
    /// Clean HTML.
    pub html: String,
    /// Plain text, the beginning of the explanation.
    pub summary: String,
    pub language: String,
    /// The page to read it at its home.
    pub url: String,
    /// The collection of the whole thread, at the home of what started it.
    pub context: Option<String>,
    pub published_at: Time,
    /// The version: only a newer one replaces this one.
    pub updated_at: Time,
    /// When the text last changed.
    pub edited_at: Option<Time>,
    pub deleted_at: Option<Time>,
    /// `author` or `moderator`.
    pub deleted_by: Option<String>,
    /// The id of the accepted answer, also while that answer is not known here.
    pub accepted_ap_id: Option<String>,
    /// The accepted answer, once it is known here.
    pub accepted_id: Option<PostId>,
    pub accepted_by: Option<ActorId>,
    pub accepted_at: Option<Time>,
    /// Whether the home of this question itself says which answer was chosen.
    #[serde(deserialize_with = "read_bool")]
    pub accepts_at_home: bool,
    /// When the thread was last compared with its home.
    pub checked_at: Option<Time>,
    /// Since when nobody but moderators may add to the thread.
    pub locked_at: Option<Time>,
    /// Since when it stands at the top of its group.
    pub pinned_at: Option<Time>,
    /// What a comment on a practice says of it.
    pub tried: Option<Tried>,
    /// Since when it is decided here, not by its author's server, whether it is an answer or a comment.
    pub moved_at: Option<Time>,
}

/// How a practice went where it was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, serde::Serialize, Deserialize)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Tried {
    Works,
    /// Works partly.
    Partly,
    /// Does not work.
    Not,
}

impl Tried {
    /// The word on the wire (`meent:tried`), in forms and in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Partly => "partly",
            Self::Not => "not",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Works, Self::Partly, Self::Not].into_iter().find(|tried| tried.word() == word)
    }
}

impl Post {
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.parent_id.is_none()
    }

    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }

    /// The path of its place on this server; of a long thread, the page on which it stands.
    #[must_use]
    pub fn path(&self) -> String {
        if self.is_root() { format!("/post/{}", self.id) } else { format!("/post/{root}?at={id}#p{id}", root = self.root_id, id = self.id) }
    }
}
