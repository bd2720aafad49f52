//! `activity`: what our actors said. Written in the transaction that made the change; the worker makes the JSON and the
//! deliveries from it; afterwards it answers who asks for its id.

use sqlx::FromRow;

use super::{Conn, Tx, column, on, over_rows, rows};
use crate::error::Result;
use crate::model::{ActivityId, Actor, ActorId, PostId, Time};

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, serde::Serialize)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    Create,
    Update,
    Delete,
    Like,
    UndoLike,
    Follow,
    UndoFollow,
    AcceptFollow,
    RejectFollow,
    ChooseAnswer,
    UndoChooseAnswer,
    /// A group passes on what it received, word for word.
    Announce,
    /// A group names a post to software that only knows boosts.
    Boost,
    /// It takes that back; `received` is the id of the boost.
    UndoBoost,
    /// An actor changed its description.
    UpdateActor,
    /// A member left, and everything they wrote goes.
    DeleteActor,
    /// A moderator removed a post; `received` is the reason.
    Remove,
    /// A moderator put back what was removed.
    Restore,
    /// A moderator closed a thread. `received` of this and what follows are the particulars.
    Lock,
    Unlock,
    /// A moderator put a thread at the top of the group.
    Pin,
    Unpin,
    NameModerator,
    UnseatModerator,
    /// A moderator suspended somebody from the group.
    Block,
    Unblock,
    /// Somebody said whether a reply is an answer or a comment.
    Turn,
    /// A report; `received` is the reason.
    Flag,
    /// An actor says that it lives somewhere else from now on; `received` is where.
    Move,
    /// Somebody would come to an event elsewhere.
    Join,
    /// They do not come after all; `received` is the id of the Join.
    Leave,
    /// The author of an event answers a Join, whose id is `received`: there is a place.
    AcceptJoin,
    /// On the waiting list, or an organiser decides.
    TentativelyAcceptJoin,
    RejectJoin,
    /// A session about a question would interest somebody.
    Interest,
    /// No longer.
    Disinterest,
    /// Tells somebody of another server of an event about what interested them: a direct message.
    Tell,
    /// A group names an event to software that takes no events, in a note.
    Companion,
    /// That note is no longer right, or no longer there.
    UpdateCompanion,
    DeleteCompanion,
}

impl Verb {
    /// The word in the address of an activity.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Create | Self::Tell | Self::Companion => "create",
            Self::Update | Self::UpdateActor | Self::UpdateCompanion => "update",
            Self::Delete | Self::DeleteActor | Self::Remove | Self::DeleteCompanion => "delete",
            Self::Like => "like",
            Self::UndoLike | Self::UndoFollow | Self::UndoChooseAnswer | Self::Restore | Self::Unlock | Self::Unblock | Self::UndoBoost => {
                "undo"
            }
            Self::Follow => "follow",
            Self::AcceptFollow | Self::AcceptJoin | Self::TentativelyAcceptJoin => "accept",
            Self::RejectFollow | Self::RejectJoin => "reject",
            Self::Join => "join",
            Self::Leave => "leave",
            Self::ChooseAnswer => "choose",
            Self::Announce | Self::Boost => "announce",
            Self::Lock => "lock",
            Self::Pin | Self::NameModerator | Self::Interest => "add",
            Self::Unpin | Self::UnseatModerator | Self::Disinterest => "remove",
            Self::Block => "block",
            Self::Flag => "flag",
            Self::Turn | Self::Move => "move",
        }
    }
}

/// A row of `activity`.
#[derive(Clone, Debug, FromRow, serde::Serialize)]
pub struct Activity {
    pub id: ActivityId,
    pub ap_id: String,
    pub actor_id: ActorId,
    pub verb: Verb,
    /// The post it is about.
    pub post_id: Option<PostId>,
    /// The actor it is about: the group of a follow, the follower of an accept.
    pub target_id: Option<ActorId>,
    /// The id of the thing it is about; deliveries about the same thing keep their order.
    pub about: String,
    /// What was received and is passed on or answered, word for word; or the id of what is undone.
    pub received: Option<String>,
    /// `new`, `built`, or `withdrawn` when what it held was removed.
    pub state: String,
    /// Whether it stands in the actor's outbox.
    pub listed: bool,
    /// Its text; of an announcement it is made of `received` whenever it is asked for.
    pub body: Option<String>,
    pub created_at: Time,
    /// The activity of ours that an announcement passes on; instead of `received`.
    pub carries: Option<ActivityId>,
}

macro_rules! insert {
    ($rows:literal) => {
        concat!(
            "INSERT INTO activity (id, ap_id, actor_id, verb, post_id, target_id, about, received, state, listed, body, created_at, carries)
             SELECT CAST(r.value ->> 'id' AS BIGINT), r.value ->> 'ap_id', CAST(r.value ->> 'actor_id' AS BIGINT), r.value ->> 'verb',
                CAST(r.value ->> 'post_id' AS BIGINT), CAST(r.value ->> 'target_id' AS BIGINT), r.value ->> 'about',
                r.value ->> 'received', r.value ->> 'state', CAST(r.value ->> 'listed' AS BOOLEAN), r.value ->> 'body',
                CAST(r.value ->> 'created_at' AS BIGINT), CAST(r.value ->> 'carries' AS BIGINT)
             FROM ",
            $rows,
            " WHERE TRUE"
        )
    };
}

pub async fn insert(tx: &mut Tx, said: &[Activity]) -> Result<()> {
    let said = rows(said)?;
    over_rows!(tx.listed(), insert, query, q, c => q.bind(said).execute(c).await.map(drop))?;
    Ok(())
}

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "UPDATE activity SET claimed_by = $1 WHERE id IN (SELECT id FROM activity WHERE state = 'new' AND claimed_by IS NULL
            ORDER BY id LIMIT $2",
            $lock,
            ") RETURNING *"
        )
    };
}

/// Takes up to `limit` that still have to be made into JSON, the oldest first.
pub async fn claim(tx: &mut Tx, slot: i64, limit: i64) -> Result<Vec<Activity>> {
    let mut rows: Vec<Activity> = on!(tx.unseen(), sqlite c => sqlx::query_as(claim!("")).bind(slot).bind(limit).fetch_all(c).await,
        postgres c => sqlx::query_as(claim!(" FOR UPDATE SKIP LOCKED")).bind(slot).bind(limit).fetch_all(c).await)?;
    rows.sort_by_key(|row| row.id);
    Ok(rows)
}

/// Whether anything still has to be made into JSON.
pub async fn any_new(conn: &mut Conn) -> Result<bool> {
    let row: Option<(ActivityId,)> = on!(conn, c => sqlx::query_as("SELECT id FROM activity WHERE state = 'new' AND claimed_by IS NULL LIMIT 1").fetch_optional(c).await)?;
    Ok(row.is_some())
}

/// Stores the JSON. `withdrawn` with nothing to say when the post is gone.
pub async fn finish(tx: &mut Tx, id: ActivityId, state: &str, body: Option<&str>) -> Result<()> {
    on!(tx.listed(), c => sqlx::query("UPDATE activity SET state = $2, body = $3, claimed_by = NULL WHERE id = $1")
        .bind(id).bind(state).bind(body).execute(c).await.map(drop))?;
    Ok(())
}

macro_rules! when_sent {
    ($rows:literal) => {
        concat!(
            "UPDATE activity SET state = 'built', body = NULL, claimed_by = NULL WHERE id IN (SELECT CAST(r.value ->> 0 AS BIGINT) FROM ",
            $rows,
            ")"
        )
    };
}

/// Notes of several that they are put together when they are sent.
pub async fn finish_when_sent(tx: &mut Tx, ids: impl IntoIterator<Item = ActivityId>) -> Result<()> {
    let ids = column(ids)?;
    over_rows!(tx.listed(), when_sent, query, q, c => q.bind(ids).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn by_ap_id(conn: &mut Conn, ap_id: &str) -> Result<Option<Activity>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM activity WHERE ap_id = $1").bind(ap_id).fetch_optional(c).await)?)
}

/// Takes back whatever held the words of a removed post: nobody can ask for it any more and it is not sent any more.
pub async fn withdraw(tx: &mut Tx, post: PostId) -> Result<()> {
    on!(tx, c => sqlx::query(
        "DELETE FROM delivery WHERE activity_id IN (SELECT id FROM activity WHERE post_id = $1 AND verb IN ('create', 'update', 'announce', 'boost', 'tell', 'companion', 'update_companion'))")
        .bind(post).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(
        "UPDATE activity SET state = 'withdrawn', body = NULL, received = NULL, listed = FALSE, claimed_by = NULL
         WHERE post_id = $1 AND verb IN ('create', 'update', 'announce', 'boost', 'tell', 'companion', 'update_companion')")
        .bind(post).execute(c).await.map(drop))?;
    Ok(())
}

/// The boost of a post that has not been taken back.
pub async fn standing_boost(conn: &mut Conn, post: PostId) -> Result<Option<Activity>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT * FROM activity WHERE post_id = $1 AND verb = 'boost' AND state IN ('new', 'built') ORDER BY id DESC LIMIT 1")
        .bind(post).fetch_optional(c).await)?)
}

/// Whether a group has named an event in a note.
pub async fn has_companion(conn: &mut Conn, post: PostId) -> Result<bool> {
    let row: Option<(ActivityId,)> = on!(conn, c => sqlx::query_as("SELECT id FROM activity WHERE post_id = $1 AND verb = 'companion' LIMIT 1").bind(post).fetch_optional(c).await)?;
    Ok(row.is_some())
}

/// Takes back one activity that is not made into JSON yet; says false when it has been, and may be on its way.
pub async fn withdraw_unmade(tx: &mut Tx, id: ActivityId) -> Result<bool> {
    let rows = on!(tx, c => sqlx::query("UPDATE activity SET state = 'withdrawn', claimed_by = NULL, listed = FALSE WHERE id = $1 AND state = 'new'")
        .bind(id).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows > 0)
}

/// Takes back one activity that was made: nobody can ask for it any more and it is not sent any more.
pub async fn withdraw_made(tx: &mut Tx, id: ActivityId) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE activity SET state = 'withdrawn', body = NULL, listed = FALSE WHERE id = $1").bind(id).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query("DELETE FROM delivery WHERE activity_id = $1").bind(id).execute(c).await.map(drop))?;
    Ok(())
}

/// Takes back what an actor said about itself before: a newer word takes its place, and what they took out of their profile
/// can't be asked for any more.
pub async fn supersede(tx: &mut Tx, actor_ap_id: &str) -> Result<()> {
    // The worker may be making one of them right now; its deliveries are there when the first statement has waited for it.
    on!(tx, c => sqlx::query(
        "UPDATE activity SET state = 'withdrawn', body = NULL, received = NULL, claimed_by = NULL
         WHERE about = $1 AND post_id IS NULL AND verb IN ('update_actor', 'announce')")
        .bind(actor_ap_id).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(
        "DELETE FROM delivery WHERE activity_id IN (SELECT id FROM activity
         WHERE about = $1 AND post_id IS NULL AND verb IN ('update_actor', 'announce'))")
        .bind(actor_ap_id).execute(c).await.map(drop))?;
    Ok(())
}

/// The removal of a post that was said last.
pub async fn last_removal(conn: &mut Conn, post: PostId) -> Result<Option<Activity>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM activity WHERE post_id = $1 AND verb = 'remove' ORDER BY id DESC LIMIT 1")
        .bind(post).fetch_optional(c).await)?)
}

/// A page of an outbox, the newest first.
pub async fn outbox(conn: &mut Conn, actor: ActorId, before: ActivityId, limit: i64) -> Result<Vec<Activity>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT * FROM activity WHERE actor_id = $1 AND listed = TRUE AND state = 'built' AND id < $2 ORDER BY id DESC LIMIT $3")
        .bind(actor).bind(before).bind(limit).fetch_all(c).await)?)
}

pub async fn count_outbox(conn: &mut Conn, actor: ActorId) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM activity WHERE actor_id = $1 AND listed = TRUE AND state = 'built'")
        .bind(actor).fetch_one(c).await)?;
    Ok(count)
}

pub async fn by_id(conn: &mut Conn, id: ActivityId) -> Result<Option<Activity>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM activity WHERE id = $1").bind(id).fetch_optional(c).await)?)
}

/// Whether it still stands: made into JSON, and not taken back.
pub async fn stands(conn: &mut Conn, id: ActivityId) -> Result<bool> {
    let row: Option<(String,)> =
        on!(conn, c => sqlx::query_as("SELECT state FROM activity WHERE id = $1").bind(id).fetch_optional(c).await)?;
    Ok(row.is_some_and(|(state,)| state == "built"))
}

/// Throws away some of what was said before `before` (or, of what nobody can look up, before `private_before`), has arrived
/// everywhere and stands in no outbox. What is about a post and somebody (`post#member`) is a vote. A removal, a boost and
/// the note about an event stay: who takes them back or changes them names them. Says how many.
pub async fn prune(tx: &mut Tx, before: Time, private_before: Time, limit: i64) -> Result<u64> {
    Ok(on!(tx.listed(), c => sqlx::query(
        "DELETE FROM activity WHERE id IN (SELECT a.id FROM activity a
         WHERE a.listed = FALSE AND a.state <> 'new' AND a.created_at < $2
            AND (a.verb NOT IN ('remove', 'boost', 'companion') OR (a.verb <> 'remove' AND a.state = 'withdrawn'))
            AND (a.created_at < $1 OR a.verb IN ('like', 'undo_like', 'undo_follow', 'accept_follow', 'choose_answer', 'undo_choose_answer', 'join', 'leave',
                'accept_join', 'tentatively_accept_join', 'reject_join', 'interest', 'disinterest', 'tell')
                OR (a.verb = 'announce' AND a.about LIKE '%#http%://%'))
            AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.activity_id = a.id)
            AND NOT EXISTS (SELECT 1 FROM activity c WHERE c.carries = a.id) LIMIT $3)")
        .bind(before).bind(private_before).bind(limit).execute(c).await.map(|done| done.rows_affected()))?)
}

/// The actor that said it, with its private key.
pub async fn speaker(conn: &mut Conn, id: ActivityId) -> Result<(Activity, Actor)> {
    let activity: Activity = on!(conn, c => sqlx::query_as("SELECT * FROM activity WHERE id = $1").bind(id).fetch_one(c).await)?;
    let actor = super::actors::by_id(conn, activity.actor_id).await?;
    Ok((activity, actor))
}
