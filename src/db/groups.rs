//! `group_page` and `group_proposal`: what a group of ours says about itself, and groups that members would like to see.

use sqlx::FromRow;

use super::{Conn, Tx, on};
use crate::error::Result;
use crate::model::{ActorId, ProposalId, Time};

/// A row of `group_page`.
#[derive(Clone, Debug, Default, FromRow)]
pub struct GroupPage {
    /// One paragraph of plain text.
    pub purpose: String,
    /// Who carries it: an organisation, a team, a person.
    pub carried_by: String,
    pub rules_source: String,
    /// Clean HTML.
    pub rules_html: String,
    pub agreed_source: String,
    /// Clean HTML.
    pub agreed_html: String,
    /// When what was agreed is looked at again.
    pub review_at: Option<Time>,
    /// Whether people without an account may sign up for its events by e-mail.
    pub guests: bool,
}

/// What a group says; nothing when it never said anything.
pub async fn page(conn: &mut Conn, group: ActorId) -> Result<GroupPage> {
    let row: Option<GroupPage> =
        on!(conn, c => sqlx::query_as("SELECT * FROM group_page WHERE group_id = $1").bind(group).fetch_optional(c).await)?;
    Ok(row.unwrap_or_default())
}

pub async fn set_page(tx: &mut Tx, group: ActorId, p: &GroupPage) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO group_page (group_id, purpose, carried_by, rules_source, rules_html, agreed_source, agreed_html, review_at, guests)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (group_id) DO UPDATE SET purpose = excluded.purpose, carried_by = excluded.carried_by,
            rules_source = excluded.rules_source, rules_html = excluded.rules_html, agreed_source = excluded.agreed_source,
            agreed_html = excluded.agreed_html, review_at = excluded.review_at, guests = excluded.guests")
        .bind(group).bind(&p.purpose).bind(&p.carried_by).bind(&p.rules_source).bind(&p.rules_html).bind(&p.agreed_source)
        .bind(&p.agreed_html).bind(p.review_at).bind(p.guests).execute(c).await.map(drop))?;
    Ok(())
}

/// How far a proposal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum ProposalState {
    Waiting,
    Approved,
    Refused,
}

/// A row of `group_proposal`.
#[derive(Clone, Debug, FromRow)]
pub struct Proposal {
    pub id: ProposalId,
    pub name: String,
    pub title: String,
    /// Markdown.
    pub about: String,
    /// Why this group should be there.
    pub reason: String,
    pub proposed_by: ActorId,
    pub state: ProposalState,
    pub decided_by: Option<ActorId>,
    pub decided_at: Option<Time>,
    /// What the proposer was told.
    pub answer: String,
    pub group_id: Option<ActorId>,
    pub created_at: Time,
}

pub async fn propose(tx: &mut Tx, p: &Proposal) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO group_proposal (id, name, title, about, reason, proposed_by, state, answer, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
        .bind(p.id).bind(&p.name).bind(&p.title).bind(&p.about).bind(&p.reason).bind(p.proposed_by).bind(p.state).bind(&p.answer)
        .bind(p.created_at).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn proposal(conn: &mut Conn, id: ProposalId) -> Result<Proposal> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM group_proposal WHERE id = $1").bind(id).fetch_one(c).await)?)
}

/// Decides a proposal that waits; says whether it still did.
pub async fn decide(tx: &mut Tx, p: &Proposal) -> Result<bool> {
    let rows = on!(tx, c => sqlx::query(
        "UPDATE group_proposal SET state = $2, decided_by = $3, decided_at = $4, answer = $5, group_id = $6 WHERE id = $1 AND state = 'waiting'")
        .bind(p.id).bind(p.state).bind(p.decided_by).bind(p.decided_at).bind(&p.answer).bind(p.group_id)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Proposals in this state, the oldest first.
pub async fn proposals(conn: &mut Conn, state: ProposalState, after: ProposalId, limit: i64) -> Result<Vec<Proposal>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM group_proposal WHERE state = $1 AND id > $2 ORDER BY id LIMIT $3")
        .bind(state).bind(after).bind(limit).fetch_all(c).await)?)
}

/// What somebody proposed and nobody has decided.
pub async fn waiting_of(conn: &mut Conn, member: ActorId) -> Result<Vec<Proposal>> {
    Ok(on!(conn, c => sqlx::query_as("SELECT * FROM group_proposal WHERE proposed_by = $1 AND state = 'waiting' ORDER BY id")
        .bind(member).fetch_all(c).await)?)
}

/// Whether a name is asked for in a proposal that waits.
pub async fn is_asked_for(conn: &mut Conn, name: &str) -> Result<bool> {
    let (found,): (i64,) = on!(conn, c => sqlx::query_as("SELECT COUNT(*) FROM group_proposal WHERE name = $1 AND state = 'waiting'")
        .bind(name).fetch_one(c).await)?;
    Ok(found > 0)
}
