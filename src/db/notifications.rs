//! `notification`, `notify_choice`: what members are told, and how they want to be told. Reads `watch` for whom it concerns.

use super::{Conn, Tx, column, on, over_rows, rows};
use crate::error::Result;
use crate::model::{ActorId, NotificationId, PostId, Time};

/// What a notification is about; how somebody wants to be told is chosen for each of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, serde::Serialize)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// An answer to my question.
    Answer,
    /// A comment on what I wrote.
    Comment,
    /// Somebody named me.
    Mention,
    /// My answer was chosen.
    Accepted,
    /// Somebody found useful what I wrote.
    Useful,
    /// Something new in a thread, a topic or by a member that I follow.
    Watched,
    /// My membership: of this region, of a group, a group that I proposed.
    Membership,
    /// What moderators did with what I wrote or asked.
    Moderation,
    /// An event that I come to, organise, or was interested in.
    Event,
    /// The confirmation of what I signed up for myself.
    SignUp,
}

impl NoticeKind {
    /// In the order in which they are shown.
    pub const ALL: [Self; 10] = [
        Self::Answer,
        Self::Comment,
        Self::Mention,
        Self::Accepted,
        Self::Useful,
        Self::Watched,
        Self::Event,
        Self::SignUp,
        Self::Membership,
        Self::Moderation,
    ];

    /// The word in forms, locales and the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Comment => "comment",
            Self::Mention => "mention",
            Self::Accepted => "accepted",
            Self::Useful => "useful",
            Self::Watched => "watched",
            Self::Membership => "membership",
            Self::Moderation => "moderation",
            Self::Event => "event",
            Self::SignUp => "sign_up",
        }
    }

    /// Reads a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// What was decided about somebody always stands on their page.
    #[must_use]
    pub fn is_decision(self) -> bool {
        matches!(self, Self::Membership | Self::Moderation)
    }

    /// How somebody is told who chose nothing.
    #[must_use]
    pub fn default_choice(self) -> Choice {
        let mail = match self {
            Self::Answer | Self::Mention | Self::Membership | Self::Moderation | Self::Event | Self::SignUp => "now",
            Self::Comment | Self::Accepted | Self::Watched => "digest",
            Self::Useful => "no",
        };
        // What one just did stands on the page where one did it.
        Choice { kind: self, on_page: self != Self::SignUp, mail: mail.into() }
    }
}

/// How a member wants to be told of a kind of thing.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Choice {
    pub kind: NoticeKind,
    pub on_page: bool,
    /// `no`, `now` or `digest`.
    pub mail: String,
}

/// A row of `notification`.
#[derive(Clone, Debug, sqlx::FromRow, serde::Serialize)]
pub struct Notification {
    pub id: NotificationId,
    /// Whom it tells.
    pub actor_id: ActorId,
    pub kind: NoticeKind,
    pub post_id: Option<PostId>,
    /// Who did it; empty where that is nobody's business.
    pub from_id: Option<ActorId>,
    pub group_id: Option<ActorId>,
    /// The key of its sentence (`notice-answer`).
    pub sentence: String,
    /// What is filled in besides names: a reason, a title that exists nowhere else.
    pub detail: String,
    pub on_page: bool,
    /// `no`, `now`, `digest`, `done`.
    pub mail: String,
    pub created_at: Time,
    pub read_at: Option<Time>,
}

macro_rules! insert {
    ($rows:literal) => {
        concat!(
            "INSERT INTO notification (id, actor_id, kind, post_id, from_id, group_id, sentence, detail, on_page, mail, created_at)
             SELECT CAST(r.value ->> 'id' AS BIGINT), CAST(r.value ->> 'actor_id' AS BIGINT), r.value ->> 'kind',
                CAST(r.value ->> 'post_id' AS BIGINT), CAST(r.value ->> 'from_id' AS BIGINT), CAST(r.value ->> 'group_id' AS BIGINT),
                r.value ->> 'sentence', r.value ->> 'detail', CAST(r.value ->> 'on_page' AS BOOLEAN), r.value ->> 'mail',
                CAST(r.value ->> 'created_at' AS BIGINT)
             FROM ",
            $rows,
            " WHERE TRUE ON CONFLICT DO NOTHING RETURNING id"
        )
    };
}

/// Stores them; says which: of what is gathered in one unread line, there may be one already.
pub async fn insert<'a>(tx: &mut Tx, told: impl IntoIterator<Item = &'a Notification>) -> Result<Vec<NotificationId>> {
    let told = rows(told.into_iter().collect::<Vec<_>>())?;
    let stored: Vec<(NotificationId,)> = over_rows!(tx.unseen(), insert, query_as, q, c => q.bind(told).fetch_all(c).await)?;
    Ok(stored.into_iter().map(|(id,)| id).collect())
}

pub async fn by_id(conn: &mut Conn, id: NotificationId) -> Result<Option<Notification>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM notification WHERE id = $1").bind(id).fetch_optional(c).await)?)
}

/// What somebody was told about a post and has not read yet.
pub async fn unread_of(conn: &mut Conn, actor: ActorId, kind: NoticeKind, post: PostId) -> Result<Option<Notification>> {
    // There is an index of those: SQLite uses it when the text says so, not by what is bound.
    let text = if kind == NoticeKind::Useful {
        "SELECT * FROM notification WHERE post_id = $3 AND actor_id = $1 AND kind = 'useful' AND kind = $2 AND read_at IS NULL ORDER BY id LIMIT 1"
    } else {
        "SELECT * FROM notification WHERE post_id = $3 AND actor_id = $1 AND kind = $2 AND read_at IS NULL ORDER BY id LIMIT 1"
    };
    Ok(on!(conn, c => sqlx::query_as(text)
        .bind(actor).bind(kind).bind(post).fetch_optional(c).await)?)
}

/// Whether somebody was ever told this about a post.
pub async fn was_told(conn: &mut Conn, actor: ActorId, kind: NoticeKind, post: PostId) -> Result<bool> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM notification WHERE post_id = $3 AND actor_id = $1 AND kind = $2")
        .bind(actor).bind(kind).bind(post).fetch_one(c).await)?;
    Ok(count > 0)
}

/// It was taken back before it was read.
pub async fn delete(tx: &mut Tx, id: NotificationId) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("DELETE FROM notification WHERE id = $1").bind(id).execute(c).await.map(drop))?;
    Ok(())
}

/// It began as early as `at`.
pub async fn began(tx: &mut Tx, id: NotificationId, at: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE notification SET created_at = $2 WHERE id = $1 AND created_at > $2").bind(id).bind(at).execute(c).await.map(drop))?;
    Ok(())
}

/// How many find a post useful since `since`.
pub async fn useful_since(conn: &mut Conn, post: PostId, since: Time) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM useful WHERE post_id = $1 AND active = TRUE AND at >= $2")
        .bind(post).bind(since).fetch_one(c).await)?;
    Ok(count)
}

/// One page of what somebody is told, the newest first. What is about a post that was removed is left out; decisions
/// about its author stay, and that an event does not take place.
pub async fn page(conn: &mut Conn, actor: ActorId, before: NotificationId, limit: i64) -> Result<Vec<Notification>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT n.* FROM notification n LEFT JOIN post p ON p.id = n.post_id
         WHERE n.actor_id = $1 AND n.id < $2 AND n.on_page = TRUE AND (p.deleted_at IS NULL OR n.kind IN ('membership', 'moderation') OR n.sentence = 'notice-event-gone')
         ORDER BY n.id DESC LIMIT $3")
        .bind(actor).bind(before).bind(limit).fetch_all(c).await)?)
}

/// How many of those are unread.
pub async fn count_unread(conn: &mut Conn, actor: ActorId) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as(
        "SELECT COUNT(*) FROM notification n LEFT JOIN post p ON p.id = n.post_id
         WHERE n.actor_id = $1 AND n.read_at IS NULL AND n.on_page = TRUE AND (p.deleted_at IS NULL OR n.kind IN ('membership', 'moderation') OR n.sentence = 'notice-event-gone')")
        .bind(actor).fetch_one(c).await)?;
    Ok(count)
}

pub async fn mark_read(tx: &mut Tx, id: NotificationId, now: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE notification SET read_at = $2 WHERE id = $1 AND read_at IS NULL").bind(id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Everything up to `last`: what came in after the page was shown stays unread.
pub async fn mark_all_read(tx: &mut Tx, actor: ActorId, last: NotificationId, now: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE notification SET read_at = $3 WHERE actor_id = $1 AND id <= $2 AND read_at IS NULL")
        .bind(actor).bind(last).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// What waits for somebody's next digest, the oldest first.
pub async fn for_digest(conn: &mut Conn, actor: ActorId, since: Time, limit: i64) -> Result<Vec<Notification>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT * FROM notification WHERE actor_id = $1 AND mail = 'digest' AND read_at IS NULL AND created_at > $2 ORDER BY id LIMIT $3")
        .bind(actor).bind(since).bind(limit).fetch_all(c).await)?)
}

/// Whether it still has to be mailed, and how: `no`, `now`, `digest`, `done`.
pub async fn set_mail(tx: &mut Tx, id: NotificationId, mail: &str) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE notification SET mail = $2 WHERE id = $1").bind(id).bind(mail).execute(c).await.map(drop))?;
    Ok(())
}

/// What somebody chose for a kind.
pub async fn choice(conn: &mut Conn, actor: ActorId, kind: NoticeKind) -> Result<Option<Choice>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT kind, on_page, mail FROM notify_choice WHERE actor_id = $1 AND kind = $2")
        .bind(actor).bind(kind).fetch_optional(c).await)?)
}

/// What one of several members chose for a kind.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Chosen {
    pub actor_id: ActorId,
    #[sqlx(flatten)]
    pub choice: Choice,
}

macro_rules! choices {
    ($rows:literal) => {
        concat!(
            "SELECT actor_id, kind, on_page, mail FROM notify_choice WHERE actor_id IN (SELECT CAST(r.value ->> 0 AS BIGINT) FROM ",
            $rows,
            ")"
        )
    };
}

/// What these members chose, for every kind.
pub async fn choices(conn: &mut Conn, actors: &[ActorId]) -> Result<Vec<Chosen>> {
    let actors = column(actors)?;
    Ok(over_rows!(conn, choices, query_as, q, c => q.bind(actors).fetch_all(c).await)?)
}

pub async fn choose(tx: &mut Tx, actor: ActorId, choice: &Choice) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query(
        "INSERT INTO notify_choice (actor_id, kind, on_page, mail) VALUES ($1, $2, $3, $4)
         ON CONFLICT (actor_id, kind) DO UPDATE SET on_page = excluded.on_page, mail = excluded.mail")
        .bind(actor).bind(choice.kind).bind(choice.on_page).bind(&choice.mail).execute(c).await.map(drop))?;
    Ok(())
}

macro_rules! watchers_of {
    ($rows:literal) => {
        concat!(
            "SELECT CAST(r.value ->> 0 AS BIGINT), w.actor_id FROM ",
            $rows,
            " CROSS JOIN watch w WHERE w.kind = r.value ->> 1 AND w.subject_id = CAST(r.value ->> 2 AS BIGINT)
             ORDER BY 1, w.kind, w.actor_id"
        )
    };
}

/// Who follows these threads (`post`) and members (`member`), a member before a thread; each has a place, which comes back with
/// everybody who follows it.
pub async fn watchers_of(conn: &mut Conn, subjects: &[(usize, &str, i64)]) -> Result<Vec<(i64, ActorId)>> {
    let subjects = rows(subjects)?;
    Ok(over_rows!(conn, watchers_of, query_as, q, c => q.bind(subjects).fetch_all(c).await)?)
}

/// Who follows a topic of a post.
pub async fn watchers_of_topics(conn: &mut Conn, post: PostId) -> Result<Vec<ActorId>> {
    let rows: Vec<(ActorId,)> = on!(conn, c => sqlx::query_as(
        "SELECT DISTINCT w.actor_id FROM post_topic t JOIN watch w ON w.kind = 'topic' AND w.subject_id = t.topic_id WHERE t.post_id = $1")
        .bind(post).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(actor,)| actor).collect())
}

/// How often what is gathered goes out: `daily`, `weekly` or `off`.
pub async fn set_digest(tx: &mut Tx, actor: ActorId, digest: &str) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE account SET digest = $2 WHERE actor_id = $1").bind(actor).bind(digest).execute(c).await.map(drop))?;
    Ok(())
}

/// Who gets a digest of this kind that was due at `due`, and has something in it.
pub async fn digest_readers(conn: &mut Conn, digest: &str, due: Time) -> Result<Vec<ActorId>> {
    let rows: Vec<(ActorId,)> = on!(conn, c => sqlx::query_as(
        "SELECT a.actor_id FROM account a WHERE a.digest = $1 AND COALESCE(a.digest_at, a.created_at) < $2 AND a.state = 'active' AND a.mail_paused_at IS NULL
            AND EXISTS (SELECT 1 FROM notification n WHERE n.actor_id = a.actor_id AND n.mail = 'digest' AND n.read_at IS NULL)")
        .bind(digest).bind(due).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(actor,)| actor).collect())
}

/// Every digest of this kind that was due at `due` has been considered.
pub async fn digests_considered(tx: &mut Tx, digest: &str, due: Time, now: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE account SET digest_at = $3 WHERE digest = $1 AND COALESCE(digest_at, created_at) < $2")
        .bind(digest).bind(due).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Remembers a token for a purpose; one that is known lasts longer from now on.
pub async fn put_token(tx: &mut Tx, hash: &str, purpose: &str, actor: ActorId, data: &str, now: Time, expires: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query(
        "INSERT INTO token (token_hash, purpose, actor_id, data, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (token_hash) DO UPDATE SET expires_at = excluded.expires_at")
        .bind(hash).bind(purpose).bind(actor).bind(data).bind(now).bind(expires).execute(c).await.map(drop))?;
    Ok(())
}

/// Whose token this is, and what for; none when it has run out.
pub async fn token(conn: &mut Conn, hash: &str, purpose: &str, now: Time) -> Result<Option<(ActorId, String)>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT actor_id, data FROM token WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3")
        .bind(hash).bind(purpose).bind(now).fetch_optional(c).await)?)
}
