//! Reports, what moderators do about them, and objections to that.

use super::ids::{ActorId, ModerationId, PostId, ReportId};
use super::time::Time;

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum ReportState {
    Open,
    /// Something was done about it.
    Acted,
    /// Nothing needed to be done.
    Dismissed,
}

/// A row of `report`. Who reported is for moderators and administrators only.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Report {
    pub id: ReportId,
    pub reporter_id: ActorId,
    /// None when a member is reported rather than something they wrote.
    pub post_id: Option<PostId>,
    /// Who wrote it, or who is reported.
    pub actor_id: ActorId,
    pub group_id: Option<ActorId>,
    pub reason: String,
    /// What was reported, as it began at that time.
    pub words: String,
    pub state: ReportState,
    pub handled_by: Option<ActorId>,
    pub handled_at: Option<Time>,
    pub note: String,
    pub created_at: Time,
}

/// The words in `moderation.act`. Others may be written there too; a page shows them by the key `log-act-{word}`.
pub mod act {
    pub const REMOVE: &str = "remove";
    pub const RESTORE: &str = "restore";
    pub const SUSPEND: &str = "suspend";
    pub const LIFT: &str = "lift";
    /// Somebody moderates from now on, or no longer.
    pub const NAME: &str = "name";
    pub const UNSEAT: &str = "unseat";
}

/// A row of `moderation`: one thing that a moderator did.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Moderation {
    pub id: ModerationId,
    /// None for what an administrator did for the whole instance.
    pub group_id: Option<ActorId>,
    pub by_id: ActorId,
    /// A word of [`act`].
    pub act: String,
    pub post_id: Option<PostId>,
    /// Whom it concerns: the author, or who is suspended.
    pub actor_id: Option<ActorId>,
    pub reason: String,
    pub until: Option<Time>,
    pub report_id: Option<ReportId>,
    pub created_at: Time,
}

impl Moderation {
    /// Whether it can be objected to: what takes something from somebody, not what gives it back.
    #[must_use]
    pub fn takes(&self) -> bool {
        matches!(self.act.as_str(), act::REMOVE | act::SUSPEND)
    }
}

/// What became of an objection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum ObjectionState {
    Open,
    /// It was right: what was done has been undone.
    Upheld,
    Rejected,
}

/// A row of `objection`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Objection {
    pub moderation_id: ModerationId,
    pub by_id: ActorId,
    pub words: String,
    pub state: ObjectionState,
    pub answer: String,
    pub decided_by: Option<ActorId>,
    pub decided_at: Option<Time>,
    pub created_at: Time,
}

/// A row of `suspension`, with the reason that was given.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Suspension {
    pub actor_id: ActorId,
    /// A group, or the instance itself.
    pub group_id: ActorId,
    /// None: until it is taken back.
    pub until: Option<Time>,
    pub moderation_id: ModerationId,
    pub reason: String,
}

/// A row of `removed_words`: what a moderator took away, apart from the post so that nothing can show it by accident.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RemovedWords {
    pub post_id: PostId,
    pub moderation_id: ModerationId,
    pub title: String,
    pub source: Option<String>,
    pub html: String,
    pub summary: String,
    /// The version it had.
    pub updated_at: Time,
}

/// What a word about something in a group is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum What {
    /// Whether a thread is closed.
    Lock,
    /// Whether a thread stands at the top.
    Pin,
    /// Whether somebody moderates.
    Moderator,
    /// Whether somebody is suspended.
    Block,
    /// Whether a reply is an answer, or else a comment.
    Answer,
}

/// A row of `group_word`: the newest word about something in a group, whoever of those who may said it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct GroupWord {
    pub group_id: ActorId,
    pub what: What,
    /// The id of the post or the actor, also while that is not known here.
    pub subject: String,
    pub stands: bool,
    pub at: Time,
    /// The id of the activity.
    pub said: String,
}

/// What has to be known of a moderator's act besides whom and what it is about, until it is written for others.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Particulars {
    /// The group; for acts on somebody rather than on a post.
    pub group: Option<ActorId>,
    pub reason: String,
    pub until: Option<Time>,
    /// Whether what somebody wrote goes with them.
    pub remove: bool,
    /// Whether a reply is an answer from now on.
    pub answer: bool,
}
