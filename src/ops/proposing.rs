//! Proposing a group, and deciding on what was proposed.

use super::auditing::{Who, record};
use super::founding::found;
use super::keys::KeyPair;
use super::notifying::{Notice, tell};
use super::{Core, viewer_of_instance};
use crate::db::groups::{self, Proposal, ProposalState};
use crate::db::notifications::NoticeKind;
use crate::db::settings::{self, key};
use crate::db::{Conn, Tx, accounts, actors};
use crate::error::{Error, Result};
use crate::model::names::{About, Name, Refused, Title};
use crate::model::rights::{may_found, may_propose};
use crate::model::{AccountState, Actor, ActorId, ProposalId};

/// How many proposals of one member may wait.
const MOST_WAITING: usize = 5;

/// Whether this instance lets any member start a group at once.
///
/// # Errors
/// When the database can't be read.
pub async fn anyone_founds(conn: &mut Conn) -> Result<bool> {
    Ok(settings::get(conn, key::GROUP_FOUNDING).await?.as_deref() == Some("anyone"))
}

/// A member would like to see a group; the administrators are told.
///
/// # Errors
/// [`Error::Invalid`] when the name is taken or asked for; [`Error::TooMany`] when too many of theirs wait.
pub async fn propose(
    core: &Core,
    tx: &mut Tx,
    member: &Actor,
    name: &Name,
    title: &Title,
    about: &About,
    reason: &About,
) -> Result<Proposal> {
    if !may_propose(viewer_of_instance(core, tx, member).await?) {
        return Err(Error::Forbidden("error-suspended"));
    }
    if actors::local_by_name(tx, name.as_str()).await?.is_some() || groups::is_asked_for(tx, name.as_str()).await? {
        return Err(Error::field("name", Refused::Taken));
    }
    if groups::waiting_of(tx, member.id).await?.len() >= MOST_WAITING {
        return Err(Error::Forbidden("error-too-many-proposals"));
    }
    let proposal = Proposal {
        id: ProposalId(core.ids.next()),
        name: name.as_str().to_owned(),
        title: title.as_str().to_owned(),
        about: about.as_str().to_owned(),
        reason: reason.as_str().to_owned(),
        proposed_by: member.id,
        state: ProposalState::Waiting,
        decided_by: None,
        decided_at: None,
        answer: String::new(),
        group_id: None,
        created_at: core.now(),
    };
    groups::propose(tx, &proposal).await?;
    for admin in accounts::admins(tx).await? {
        tell(core, tx, notice(admin, "notice-group-proposed", Some(member.id), None, title.as_str())).await?;
    }
    Ok(proposal)
}

fn notice<'a>(to: ActorId, sentence: &'a str, from: Option<ActorId>, group: Option<ActorId>, detail: &'a str) -> Notice<'a> {
    Notice { to, kind: NoticeKind::Membership, sentence, post: None, from, group, detail }
}

/// The group is there: founded in the proposer's name, who moderates it. The keys are made before the transaction.
///
/// # Errors
/// [`Error::Forbidden`] for who is no administrator; [`Error::Conflict`] when it was decided before; [`Error::Invalid`]
/// when the name was taken in the meantime.
pub async fn approve(core: &Core, tx: &mut Tx, admin: &Actor, proposal: ProposalId, keys: KeyPair) -> Result<Actor> {
    let mut proposal = waiting(core, tx, admin, proposal).await?;
    let broken = |_| Error::Internal("a proposal that does not read".into());
    let (name, title) = (Name::parse(&proposal.name).map_err(broken)?, Title::parse(&proposal.title).map_err(broken)?);
    let about = About::parse(&proposal.about).map_err(broken)?;
    let proposer = actors::by_id(tx, proposal.proposed_by).await?;
    // Who has left by now can't carry it; then the administrator does.
    let account = accounts::lock(tx, proposer.id).await?;
    let stays = proposer.deleted_at.is_none() && account.is_some_and(|account| account.state != AccountState::Closed);
    let founder = if stays { &proposer } else { admin };
    let group = found(core, tx, &name, &title, &about, Some(founder), keys).await?;
    (proposal.state, proposal.group_id) = (ProposalState::Approved, Some(group.id));
    settle(core, tx, admin, proposal).await?;
    tell(core, tx, notice(proposer.id, "notice-group-approved", None, Some(group.id), title.as_str())).await?;
    record(core, tx, Who::Member(admin), "group.approve", name.as_str(), "").await?;
    Ok(group)
}

/// The group does not come; the proposer is told why.
///
/// # Errors
/// [`Error::Forbidden`] for who is no administrator; [`Error::Conflict`] when it was decided before.
pub async fn refuse(core: &Core, tx: &mut Tx, admin: &Actor, proposal: ProposalId, reason: &str) -> Result<()> {
    let mut proposal = waiting(core, tx, admin, proposal).await?;
    proposal.state = ProposalState::Refused;
    reason.clone_into(&mut proposal.answer);
    let (name, to) = (proposal.name.clone(), proposal.proposed_by);
    let detail = format!("{}: {reason}", proposal.title);
    settle(core, tx, admin, proposal).await?;
    tell(core, tx, notice(to, "notice-group-refused", None, None, &detail)).await?;
    record(core, tx, Who::Member(admin), "group.refuse", &name, "").await
}

async fn waiting(core: &Core, tx: &mut Tx, admin: &Actor, proposal: ProposalId) -> Result<Proposal> {
    if !may_found(viewer_of_instance(core, tx, admin).await?, false) {
        return Err(Error::Forbidden("error-only-admins"));
    }
    let proposal = groups::proposal(tx, proposal).await?;
    if proposal.state == ProposalState::Waiting { Ok(proposal) } else { Err(Error::Conflict) }
}

async fn settle(core: &Core, tx: &mut Tx, admin: &Actor, mut proposal: Proposal) -> Result<()> {
    (proposal.decided_by, proposal.decided_at) = (Some(admin.id), Some(core.now()));
    if groups::decide(tx, &proposal).await? { Ok(()) } else { Err(Error::Conflict) }
}
