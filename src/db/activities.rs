//! `activity`: what our actors said. Written in the transaction that made the change; the worker makes the JSON and the
//! deliveries from it; afterwards it answers who asks for its id.

use sqlx::FromRow;

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActivityId, Actor, ActorId, PostId, Time};

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum Verb {
    Create,
    Update,
    Delete,
    Like,
    UndoLike,
    Follow,
    UndoFollow,
    AcceptFollow,
    ChooseAnswer,
    UndoChooseAnswer,
    /// A group passes on what it received, word for word.
    Announce,
    /// A group names a new thread to software that only knows boosts.
    Boost,
    /// An actor changed its description.
    UpdateActor,
}

impl Verb {
    /// The word in the address of an activity.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update | Self::UpdateActor => "update",
            Self::Delete => "delete",
            Self::Like => "like",
            Self::UndoLike | Self::UndoFollow | Self::UndoChooseAnswer => "undo",
            Self::Follow => "follow",
            Self::AcceptFollow => "accept",
            Self::ChooseAnswer => "choose",
            Self::Announce | Self::Boost => "announce",
        }
    }
}

/// A row of `activity`.
#[derive(Clone, Debug, FromRow)]
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
    pub body: Option<String>,
    pub created_at: Time,
}

pub async fn insert(tx: &mut Tx, a: &Activity) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO activity (id, ap_id, actor_id, verb, post_id, target_id, about, received, state, listed, body, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)")
        .bind(a.id).bind(&a.ap_id).bind(a.actor_id).bind(a.verb).bind(a.post_id).bind(a.target_id).bind(&a.about).bind(&a.received)
        .bind(&a.state).bind(a.listed).bind(&a.body).bind(a.created_at).execute(c).await.map(drop))?;
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
    let mut rows: Vec<Activity> = on!(tx, sqlite c => sqlx::query_as(claim!("")).bind(slot).bind(limit).fetch_all(c).await,
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
    on!(tx, c => sqlx::query("UPDATE activity SET state = $2, body = $3, claimed_by = NULL WHERE id = $1")
        .bind(id).bind(state).bind(body).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn by_ap_id(conn: &mut Conn, ap_id: &str) -> Result<Option<Activity>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM activity WHERE ap_id = $1").bind(ap_id).fetch_optional(c).await)?)
}

/// Takes back whatever held the words of a removed post: nobody can ask for it any more and it is not sent any more.
pub async fn withdraw(tx: &mut Tx, post: PostId) -> Result<()> {
    on!(tx, c => sqlx::query(
        "DELETE FROM delivery WHERE activity_id IN (SELECT id FROM activity WHERE post_id = $1 AND verb IN ('create', 'update', 'announce', 'boost'))")
        .bind(post).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(
        "UPDATE activity SET state = 'withdrawn', body = NULL, received = NULL, listed = FALSE, claimed_by = NULL
         WHERE post_id = $1 AND verb IN ('create', 'update', 'announce', 'boost')")
        .bind(post).execute(c).await.map(drop))?;
    Ok(())
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

/// The actor that said it, with its private key.
pub async fn speaker(conn: &mut Conn, id: ActivityId) -> Result<(Activity, Actor)> {
    let activity: Activity = on!(conn, c => sqlx::query_as("SELECT * FROM activity WHERE id = $1").bind(id).fetch_one(c).await)?;
    let actor = super::actors::by_id(conn, activity.actor_id).await?;
    Ok((activity, actor))
}
