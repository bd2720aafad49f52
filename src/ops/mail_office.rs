//! What an administrator does with this instance's mail: a test, another attempt, throwing away, passing on by hand. Each of
//! them stands in the audit log, without addresses.

use super::auditing::{Who, record};
use super::mailing::{self, Letter};
use super::{Core, sending, viewer_of_instance};
use crate::db::{Conn, Tx, mails};
use crate::error::{Error, Result};
use crate::model::names::Email;
use crate::model::rights::may_run_mail;
use crate::model::{Actor, ActorId, Lang, MailId};

/// What can be done with a mail that did not go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Again,
    Drop,
    /// The administrator gave the link to whom it is for.
    Passed,
}

impl Decision {
    /// Reads the word of a form.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "again" => Some(Self::Again),
            "drop" => Some(Self::Drop),
            "passed" => Some(Self::Passed),
            _ => None,
        }
    }
}

/// Whether somebody runs the mail of this instance.
///
/// # Errors
/// [`Error::Forbidden`] for whoever does not.
pub async fn allow(core: &Core, conn: &mut Conn, by: &Actor) -> Result<()> {
    if may_run_mail(viewer_of_instance(core, conn, by).await?) { Ok(()) } else { Err(Error::Forbidden("error-only-administrators")) }
}

/// Queues a test mail.
///
/// # Errors
/// [`Error::Forbidden`] for who is no administrator.
pub async fn test(core: &Core, tx: &mut Tx, by: &Actor, address: &Email, lang: Lang) -> Result<()> {
    allow(core, tx, by).await?;
    let letter = Letter { address: address.as_str(), member: None, lang, key: "mail-test", args: &[], link: None };
    let id = mailing::queue(core, tx, &letter).await?;
    record(core, tx, Who::Member(by), "mail.test", &id.to_string(), "").await
}

/// What waits for another attempt is tried now.
///
/// # Errors
/// [`Error::Forbidden`] for who is no administrator.
pub async fn hurry(core: &Core, tx: &mut Tx, by: &Actor) -> Result<()> {
    allow(core, tx, by).await?;
    mails::hurry(tx, core.now()).await?;
    record(core, tx, Who::Member(by), "mail.hurry", "", "").await
}

/// Decides about a mail that did not go. Says whether that could still be done.
///
/// # Errors
/// [`Error::Forbidden`] for who is no administrator; [`Error::NotFound`] when nothing is to be decided about it.
pub async fn decide(core: &Core, tx: &mut Tx, by: &Actor, id: MailId, decision: Decision) -> Result<bool> {
    allow(core, tx, by).await?;
    let mail = mails::by_id(tx, id).await?.filter(sending::is_open).ok_or(Error::NotFound)?;
    let act = match decision {
        Decision::Again if sending::again(core, tx, &mail).await? => "mail.again",
        Decision::Passed if mail.state == "held" => {
            mails::close(tx, id, "passed", None).await?;
            "mail.passed"
        }
        Decision::Drop => {
            mails::close(tx, id, "void", None).await?;
            "mail.drop"
        }
        Decision::Again | Decision::Passed => return Ok(false),
    };
    record(core, tx, Who::Member(by), act, &id.to_string(), &mail.kind).await?;
    Ok(true)
}

/// A member says that their address is right: mail goes there again, until it bounces again.
///
/// # Errors
/// When the database can't be written.
pub async fn resume(tx: &mut Tx, member: ActorId) -> Result<()> {
    mails::resume(tx, member).await
}
