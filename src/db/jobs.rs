//! `job`: background work that is neither an inbox nor a delivery.

use sqlx::FromRow;

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{JobId, Time};

/// What is to be done with the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum JobKind {
    /// Bring in the history of a group; the subject is its id.
    Backfill,
    /// Learn a server's software from its NodeInfo; the subject is its authority.
    LookUpPeer,
    /// Do what is left to do for a member who left; the subject is their id and what becomes of their words.
    Leave,
    /// Ask a region which groups it offers; the subject is its authority.
    AskGroups,
    /// Compare a thread of another server with its home; the subject is the id of what started it.
    CheckThread,
    /// Fetch a group of another server again, with what is new in it, and compare its threads; the subject is its id.
    CheckGroup,
    /// Choose the threads that are compared tonight; the subject is empty.
    CheckNightly,
    /// Ask again to follow a group of another server; the subject is the ids of the member and of the group.
    RepeatFollow,
    /// Say to another instance what is still unsaid about connecting; the subject is its authority.
    SayConnection,
    /// Read a list of regions; the subject is its address.
    ReadRegions,
    /// Compare the thread at an address with its home; the subject is the address.
    ResyncThread,
    /// Throw away what has expired; the subject is empty.
    Tidy,
    /// Gather what members are told by mail now and then; the subject is empty.
    Digest,
    /// What the agenda does by itself, every quarter of an hour; the subject is empty.
    Agenda,
    /// Make a backup; the subject is empty.
    Backup,
    /// After a backup was put back: read what somebody of another server wrote in groups of ours; the subject is their id.
    CatchUp,
}

impl JobKind {
    /// The word in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Backfill => "backfill",
            Self::LookUpPeer => "look_up_peer",
            Self::Leave => "leave",
            Self::AskGroups => "ask_groups",
            Self::CheckThread => "check_thread",
            Self::CheckGroup => "check_group",
            Self::CheckNightly => "check_nightly",
            Self::RepeatFollow => "repeat_follow",
            Self::SayConnection => "say_connection",
            Self::ReadRegions => "read_regions",
            Self::ResyncThread => "resync_thread",
            Self::Tidy => "tidy",
            Self::Digest => "digest",
            Self::Agenda => "agenda",
            Self::Backup => "backup",
            Self::CatchUp => "catch_up",
        }
    }
}

/// A row of `job`.
#[derive(Clone, Debug, FromRow)]
pub struct Job {
    pub id: JobId,
    pub kind: JobKind,
    pub subject: String,
    pub attempts: i64,
    pub run_at: Time,
    pub last_error: Option<String>,
}

/// Asks for something to be done; once, however often it is asked before it is done.
pub async fn enqueue(tx: &mut Tx, id: JobId, kind: JobKind, subject: &str, run_at: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("INSERT INTO job (id, kind, subject, attempts, run_at) VALUES ($1, $2, $3, 0, $4) ON CONFLICT (kind, subject) DO NOTHING")
        .bind(id).bind(kind).bind(subject).bind(run_at).execute(c).await.map(drop))?;
    Ok(())
}

/// What waits for a later moment is done at `run_at`; what somebody has taken is left to them.
pub async fn hasten(tx: &mut Tx, kind: JobKind, subject: &str, run_at: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE job SET run_at = $3 WHERE kind = $1 AND subject = $2 AND run_at > $3 AND claimed_by IS NULL")
        .bind(kind).bind(subject).bind(run_at).execute(c).await.map(drop))?;
    Ok(())
}

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "UPDATE job SET claimed_by = $1, attempts = attempts + 1 WHERE id IN (SELECT id FROM job
            WHERE claimed_by IS NULL AND run_at <= $2 ORDER BY run_at, id LIMIT $3",
            $lock,
            ") RETURNING *"
        )
    };
}

pub async fn claim(tx: &mut Tx, slot: i64, now: Time, limit: i64) -> Result<Vec<Job>> {
    Ok(on!(tx.unseen(), sqlite c => sqlx::query_as(claim!("")).bind(slot).bind(now).bind(limit).fetch_all(c).await,
        postgres c => sqlx::query_as(claim!(" FOR UPDATE SKIP LOCKED")).bind(slot).bind(now).bind(limit).fetch_all(c).await)?)
}

/// No longer asks for it.
pub async fn cancel(tx: &mut Tx, kind: JobKind, subject: &str) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("DELETE FROM job WHERE kind = $1 AND subject = $2").bind(kind).bind(subject).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn finish(tx: &mut Tx, id: JobId) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("DELETE FROM job WHERE id = $1").bind(id).execute(c).await.map(drop))?;
    Ok(())
}

/// Again at `run_at`; with the count of attempts begun anew when the last one got something done.
pub async fn again(tx: &mut Tx, id: JobId, run_at: Time, progress: bool, error: Option<&str>) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query(
        "UPDATE job SET run_at = $2, claimed_by = NULL, last_error = $4, attempts = CASE WHEN $3 THEN 0 ELSE attempts END WHERE id = $1")
        .bind(id).bind(run_at).bind(progress).bind(error).execute(c).await.map(drop))?;
    Ok(())
}

/// Work of this process that ended badly: again at `run_at`, by whoever is there.
pub async fn put_back(tx: &mut Tx, slot: i64, id: JobId, run_at: Time) -> Result<()> {
    on!(tx.unseen(), c => sqlx::query("UPDATE job SET run_at = $2, claimed_by = NULL, last_error = 'ended badly' WHERE id = $1 AND claimed_by = $3")
        .bind(id).bind(run_at).bind(slot).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn next_due(conn: &mut Conn) -> Result<Option<Time>> {
    let (at,): (Option<i64>,) = on!(conn, c => sqlx::query_as("SELECT MIN(run_at) FROM job WHERE claimed_by IS NULL").fetch_one(c).await)?;
    Ok(at.map(Time))
}
