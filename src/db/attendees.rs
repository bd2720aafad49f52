//! `attendee`: what people said to events, and what became of it.

use sqlx::FromRow;

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, Attendee, AttendeeId, Handle, PostId, Standing, Time};

/// Somebody who said something to an event, as shown in a list.
#[derive(Clone, Debug, FromRow)]
pub struct AttendeeLine {
    #[sqlx(flatten)]
    pub attendee: Attendee,
    /// Of who has an account.
    pub who_name: Option<String>,
    pub who_host: Option<String>,
    pub who_local: Option<bool>,
    pub who_display: Option<String>,
    pub who_organisation: Option<String>,
}

impl AttendeeLine {
    /// Their name: of who has no account, as they typed it.
    #[must_use]
    pub fn shown(&self) -> &str {
        let display = self.who_display.as_deref().filter(|display| !display.is_empty());
        display.or(self.who_name.as_deref()).unwrap_or(&self.attendee.name)
    }

    #[must_use]
    pub fn is_guest(&self) -> bool {
        self.attendee.actor_id.is_none()
    }

    fn handle(&self) -> Option<Handle> {
        let host = self.who_host.clone().filter(|_| self.who_local == Some(false));
        Some(Handle { name: self.who_name.clone()?, host })
    }

    /// The page of who has an account.
    #[must_use]
    pub fn path(&self) -> Option<String> {
        self.handle().map(|handle| format!("/u/{handle}"))
    }

    /// How to reach them: name and server, or the address that they typed.
    #[must_use]
    pub fn address(&self) -> String {
        match (&self.who_name, &self.who_host) {
            (Some(name), Some(host)) => format!("{name}@{host}"),
            _ => self.attendee.email.clone(),
        }
    }

    /// Their server, when that is another one.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.who_host.as_deref().filter(|_| self.who_local == Some(false))
    }

    #[must_use]
    pub fn organisation(&self) -> Option<&str> {
        self.who_organisation.as_deref().filter(|organisation| !organisation.is_empty())
    }
}

macro_rules! lines {
    ($rest:literal) => {
        concat!(
            "SELECT t.*, a.name AS who_name, a.host AS who_host, a.local AS who_local, a.display_name AS who_display,
                a.organisation AS who_organisation
             FROM attendee t LEFT JOIN actor a ON a.id = t.actor_id ",
            $rest
        )
    };
}

/// Stores what somebody said, or what is new of it: by actor, or by address.
pub async fn insert(tx: &mut Tx, a: &Attendee) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO attendee (id, post_id, actor_id, email, name, language, answer, state, remark, visible, ap_id, online_link, since, at, reminded_at,
            answered_at, starts_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, COALESCE((SELECT e.starts_at FROM event e WHERE e.post_id = $2), 0))")
        .bind(a.id).bind(a.post_id).bind(a.actor_id).bind(&a.email).bind(&a.name).bind(&a.language).bind(a.answer).bind(a.state)
        .bind(&a.remark).bind(a.visible).bind(&a.ap_id).bind(&a.online_link).bind(a.since).bind(a.at).bind(a.reminded_at)
        .bind(a.answered_at).execute(c).await.map(drop).map_err(super::unique))
}

pub async fn update(tx: &mut Tx, a: &Attendee) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE attendee SET name = $2, language = $3, answer = $4, state = $5, remark = $6, visible = $7, ap_id = $8, online_link = $9,
            since = $10, at = $11, reminded_at = $12, answered_at = $13 WHERE id = $1")
        .bind(a.id).bind(&a.name).bind(&a.language).bind(a.answer).bind(a.state).bind(&a.remark).bind(a.visible).bind(&a.ap_id)
        .bind(&a.online_link).bind(a.since).bind(a.at).bind(a.reminded_at).bind(a.answered_at).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn by_id(conn: &mut Conn, id: AttendeeId) -> Result<Option<Attendee>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM attendee WHERE id = $1").bind(id).fetch_optional(c).await)?)
}

/// What an actor said to an event.
pub async fn of_actor(conn: &mut Conn, post: PostId, actor: ActorId) -> Result<Option<Attendee>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT * FROM attendee WHERE post_id = $1 AND actor_id = $2").bind(post).bind(actor).fetch_optional(c).await)?,
    )
}

/// What somebody without an account said to an event.
pub async fn of_email(conn: &mut Conn, post: PostId, email: &str) -> Result<Option<Attendee>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT * FROM attendee WHERE post_id = $1 AND email = $2 AND email <> ''").bind(post).bind(email).fetch_optional(c).await)?,
    )
}

/// Whose Join has this id.
pub async fn by_join(conn: &mut Conn, ap_id: &str) -> Result<Option<Attendee>> {
    Ok(
        on!(conn, c => sqlx::query_as("SELECT * FROM attendee WHERE ap_id = $1 AND ap_id <> '' LIMIT 1").bind(ap_id).fetch_optional(c).await)?,
    )
}

/// How many have a place, and how many wait for one.
pub async fn counts(conn: &mut Conn, post: PostId) -> Result<(i64, i64)> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT COUNT(*) FILTER (WHERE state = 'in'), COUNT(*) FILTER (WHERE state = 'waiting') FROM attendee WHERE post_id = $1")
        .bind(post).fetch_one(c).await)?)
}

/// Everybody in these states, in the order of the line.
pub async fn in_state(conn: &mut Conn, post: PostId, state: Standing) -> Result<Vec<Attendee>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM attendee WHERE post_id = $1 AND state = $2 ORDER BY since, id")
        .bind(post).bind(state).fetch_all(c).await)?)
}

/// The first who wait.
pub async fn first_waiting(conn: &mut Conn, post: PostId, limit: i64) -> Result<Vec<Attendee>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM attendee WHERE post_id = $1 AND state = 'waiting' ORDER BY since, id LIMIT $2")
        .bind(post).bind(limit).fetch_all(c).await)?)
}

/// How many stand before somebody who waits.
pub async fn before_in_line(conn: &mut Conn, a: &Attendee) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as(
        "SELECT COUNT(*) FROM attendee WHERE post_id = $1 AND state = 'waiting' AND (since < $2 OR (since = $2 AND id < $3))")
        .bind(a.post_id).bind(a.since).bind(a.id).fetch_one(c).await)?;
    Ok(count)
}

/// Everybody who said anything, the latest word first: for the organisers.
pub async fn all(conn: &mut Conn, post: PostId) -> Result<Vec<Attendee>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM attendee WHERE post_id = $1 ORDER BY since, id").bind(post).fetch_all(c).await)?)
}

/// The same, with who they are.
pub async fn lines(conn: &mut Conn, post: PostId) -> Result<Vec<AttendeeLine>> {
    Ok(on!(conn, c => sqlx::query_as(lines!("WHERE t.post_id = $1 ORDER BY t.since, t.id")).bind(post).fetch_all(c).await)?)
}

/// Those who come and whom other attendees may see.
pub async fn visible(conn: &mut Conn, post: PostId, limit: i64) -> Result<Vec<AttendeeLine>> {
    Ok(on!(conn, c => sqlx::query_as(
        lines!("WHERE t.post_id = $1 AND t.state = 'in' AND t.visible = TRUE AND a.deleted_at IS NULL AND t.actor_id IS NOT NULL ORDER BY t.since, t.id LIMIT $2"))
        .bind(post).bind(limit).fetch_all(c).await)?)
}

/// About how many an organiser has to decide.
pub async fn count_asked(conn: &mut Conn, post: PostId) -> Result<i64> {
    let (count,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM attendee WHERE post_id = $1 AND state = 'asked'")
        .bind(post).fetch_one(c).await)?;
    Ok(count)
}

/// Who is concerned when an event changes: who comes, waits, is asked about, or may come.
pub async fn concerned(conn: &mut Conn, post: PostId) -> Result<Vec<Attendee>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT * FROM attendee WHERE post_id = $1 AND (state IN ('in', 'waiting', 'asked', 'sent') OR answer = 'maybe') ORDER BY since, id")
        .bind(post).fetch_all(c).await)?)
}

/// Of those who live elsewhere, the inboxes of their servers: what concerns the event goes there, whether they follow its
/// group or not.
pub async fn inboxes(conn: &mut Conn, post: PostId) -> Result<Vec<(String, String)>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT DISTINCT COALESCE(a.shared_inbox, a.inbox), a.host FROM attendee t JOIN actor a ON a.id = t.actor_id
         WHERE t.post_id = $1 AND t.state IN ('in', 'waiting', 'asked') AND a.local = FALSE AND a.deleted_at IS NULL")
        .bind(post).fetch_all(c).await)?)
}

/// Members of ours whose yes is on its way since before `before`, the oldest first: their event's home has not answered.
pub async fn unanswered(conn: &mut Conn, before: Time, limit: i64) -> Result<Vec<Attendee>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT t.* FROM attendee t JOIN event e ON e.post_id = t.post_id WHERE t.state = 'sent' AND t.at < $1 AND e.status <> 'cancelled' ORDER BY t.at, t.id LIMIT $2")
        .bind(before).bind(limit).fetch_all(c).await)?)
}

/// Who comes to an event between the two and was not reminded yet: our members and people without an account.
pub async fn to_remind(conn: &mut Conn, from: Time, to: Time, limit: i64) -> Result<Vec<Attendee>> {
    Ok(on!(conn, c => sqlx::query_as(
        "SELECT t.* FROM event e JOIN post p ON p.id = e.post_id JOIN attendee t ON t.post_id = e.post_id
            LEFT JOIN actor a ON a.id = t.actor_id
         WHERE e.starts_at > $1 AND e.starts_at <= $2 AND e.status <> 'cancelled' AND p.deleted_at IS NULL AND t.state = 'in'
            AND t.reminded_at IS NULL AND (t.actor_id IS NULL OR a.local = TRUE) ORDER BY e.starts_at, t.id LIMIT $3")
        .bind(from).bind(to).bind(limit).fetch_all(c).await)?)
}

/// Everybody has to be reminded anew: the event takes place at another moment.
pub async fn forget_reminders(tx: &mut Tx, post: PostId) -> Result<()> {
    on!(tx, c => sqlx::query("UPDATE attendee SET reminded_at = NULL WHERE post_id = $1").bind(post).execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets who never followed the link in the mail.
pub async fn forget_unconfirmed(tx: &mut Tx, before: Time) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM attendee WHERE state = 'unconfirmed' AND at < $1").bind(before).execute(c).await.map(drop))?;
    Ok(())
}

/// What somebody said to events goes with them; says to which it had a place, or waited.
pub async fn forget_actor(tx: &mut Tx, actor: ActorId) -> Result<Vec<(PostId, Standing)>> {
    Ok(on!(tx, c => sqlx::query_as("DELETE FROM attendee WHERE actor_id = $1 RETURNING post_id, state").bind(actor).fetch_all(c).await)?)
}

/// What a member said, for their export.
pub async fn said_by(conn: &mut Conn, actor: ActorId) -> Result<Vec<Attendee>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM attendee WHERE actor_id = $1 ORDER BY id").bind(actor).fetch_all(c).await)?)
}
