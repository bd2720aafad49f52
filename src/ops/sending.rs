//! What becomes of a mail: what it says at the moment it is handed over, and what the mail server made of it. The worker
//! speaks with the server (`jobs/smtp.rs`); a mail is never handed over twice by itself (decision 13).

use super::claims::Claim;
use super::mailing::Written;
use super::notifying::{Notice, tell};
use super::{Core, digesting, event_mails, unsubscribing};
use crate::db::mails::{self, Mail};
use crate::db::notifications::{self, NoticeKind};
use crate::db::{Conn, Tx, accounts, actors};
use crate::error::Result;
use crate::model::{AccountState, Lang, NotificationId, Time};

/// The first wait after a mail did not go; it doubles.
const FIRST_WAIT: i64 = Time::MINUTE;
/// The longest wait.
const LONGEST_WAIT: i64 = 6 * Time::HOUR;
/// After so long a mail is given up.
const PATIENCE: i64 = 3 * Time::DAY;
/// After so many refusals of an address in a row, no more mail goes there.
const BOUNCES: i64 = 3;

/// Why a mail did not arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not now.
    Later(String),
    /// Something of ours is wrong: the settings, the password, the sender. Nobody's address is to blame.
    Ours(String),
    /// There is no such address, for good.
    Address(String),
    /// The address is fine; these words it will not take.
    Content(String),
    /// It was handed over, and no answer came: it may have arrived.
    Unsure(String),
}

impl Refusal {
    /// In a word, for figures.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Later(_) => "later",
            Self::Ours(_) => "ours",
            Self::Address(_) => "address",
            Self::Content(_) => "content",
            Self::Unsure(_) => "unsure",
        }
    }
}

/// A mail, ready to be handed over.
#[derive(Clone, Debug)]
pub struct Ready {
    pub address: String,
    pub written: Written,
    /// The notifications it tells.
    pub told: Vec<NotificationId>,
    /// The token with which these mails are stopped; a mail that somebody asked for has none.
    pub unsubscribe: Option<String>,
    /// A file that goes with it.
    pub attached: Option<Attached>,
}

/// A file with a mail: text that we wrote.
#[derive(Clone, Debug)]
pub struct Attached {
    pub name: String,
    /// Its media type.
    pub kind: &'static str,
    pub text: String,
}

/// What a mail says now; none when nothing is left of it that its reader may see and wants to be mailed.
///
/// # Errors
/// When the database can't be read.
pub async fn ready(core: &Core, conn: &mut Conn, mail: &Mail) -> Result<Option<Ready>> {
    if mail.kind == "event" {
        return event_mails::for_guest(core, conn, mail).await;
    }
    if !is_telling(mail) {
        let written = Written { subject: mail.subject.clone(), plain: mail.plain.clone(), html: mail.html.clone() };
        return Ok(Some(Ready { address: mail.address.clone(), written, told: Vec::new(), unsubscribe: None, attached: None }));
    }
    let Some(id) = mail.actor_id else { return Ok(None) };
    let account =
        accounts::by_actor(conn, id).await?.filter(|account| account.state == AccountState::Active && account.mail_paused_at.is_none());
    let reader = actors::by_id(conn, id).await?;
    let Some(account) = account.filter(|_| reader.deleted_at.is_none()) else { return Ok(None) };
    let lang = Lang::from_code(&account.language).unwrap_or_default();
    digesting::written(core, conn, mail, &reader, &account, lang).await
}

fn is_telling(mail: &Mail) -> bool {
    matches!(mail.kind.as_str(), "notice" | "digest")
}

/// The last thing before the words are handed over: from here on it may have arrived, whatever happens to this process.
/// Written anew in the same transaction, so that nothing is in it that was removed meanwhile.
///
/// # Errors
/// When the database can't be written.
pub async fn begin(core: &Core, tx: &mut Tx, mail: &Mail) -> Result<Option<Ready>> {
    let Some(ready) = ready(core, tx, mail).await? else { return Ok(None) };
    let ids: Vec<String> = ready.told.iter().map(ToString::to_string).collect();
    // What tells no notification keeps what it is about: it may have to be written once more.
    let reference = if ids.is_empty() { mail.reference.clone() } else { ids.join(",") };
    if !mails::begin(tx, mail.id, &reference).await? {
        return Ok(None);
    }
    for id in &ready.told {
        notifications::set_mail(tx, *id, "done").await?;
    }
    if let (Some(token), Some(actor)) = (&ready.unsubscribe, mail.actor_id) {
        unsubscribing::remember(core, tx, actor, token, mail, &ready.told).await?;
    }
    Ok(Some(ready))
}

/// The mail server took it.
///
/// # Errors
/// When the database can't be written.
pub async fn sent(core: &Core, tx: &mut Tx, mail: &Mail, address: &str) -> Result<()> {
    if let Some(actor) = mail.actor_id {
        mails::forget_bounces(tx, actor, address).await?;
    }
    mails::close(tx, mail.id, "sent", Some(core.now())).await
}

/// There is nothing left to say.
///
/// # Errors
/// When the database can't be written.
pub async fn nothing_left(tx: &mut Tx, mail: &Mail) -> Result<()> {
    if mail.kind == "notice" {
        for id in told(mail) {
            let Some(notice) = notifications::by_id(tx, id).await?.filter(|notice| notice.mail == "now") else { continue };
            let choice = super::notifying::choice(tx, notice.actor_id, notice.kind).await?;
            // Who would rather have it in the digest by now gets it there.
            notifications::set_mail(tx, id, if choice.mail == "digest" { "digest" } else { "no" }).await?;
        }
    }
    mails::void(tx, mail.id).await
}

/// What a mail tells, by its reference.
fn told(mail: &Mail) -> Vec<NotificationId> {
    mail.reference.split(',').filter_map(|id| id.parse().ok()).collect()
}

/// How long to wait after so many attempts.
fn backoff(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts.clamp(1, 20) - 1).unwrap_or(0);
    (FIRST_WAIT << doublings).min(LONGEST_WAIT)
}

/// The mail server did not take it, or did not say whether it did. `given` are the notifications that were marked as mailed.
///
/// # Errors
/// When the database can't be written.
pub async fn refused(core: &Core, tx: &mut Tx, mail: &Mail, given: &[NotificationId], address: &str, refusal: &Refusal) -> Result<()> {
    let now = core.now();
    if !matches!(refusal, Refusal::Unsure(_) | Refusal::Content(_)) {
        give_back(tx, mail, given).await?;
    }
    // What the server said may hold the address; it stands on the administrator's page.
    tracing::info!(mail = %mail.id, kind = %mail.kind, refusal = refusal.word(), "a mail did not go");
    match refusal {
        Refusal::Later(why) if mail.created_at.plus(PATIENCE) <= now => mails::set_aside(tx, mail.id, "failed", Some(why)).await,
        Refusal::Later(why) | Refusal::Ours(why) => mails::postpone(tx, mail.id, now.plus(backoff(mail.attempts)), why).await,
        Refusal::Content(why) => mails::set_aside(tx, mail.id, "failed", Some(why)).await,
        Refusal::Unsure(why) => mails::set_aside(tx, mail.id, "unsure", Some(why)).await,
        Refusal::Address(why) => {
            mails::set_aside(tx, mail.id, "failed", Some(why)).await?;
            let Some(actor) = mail.actor_id else { return Ok(()) };
            let bounces = mails::count_bounce(tx, actor, address).await?;
            if bounces.is_some_and(|bounces| bounces >= BOUNCES) && mails::pause(tx, actor, now).await? {
                let notice = Notice {
                    to: actor,
                    kind: NoticeKind::Membership,
                    sentence: "notice-mail-paused",
                    post: None,
                    from: None,
                    group: None,
                    detail: "",
                };
                tell(core, tx, notice).await?;
            }
            Ok(())
        }
    }
}

/// Was not mailed after all.
async fn give_back(tx: &mut Tx, mail: &Mail, given: &[NotificationId]) -> Result<()> {
    let word = if mail.kind == "digest" { "digest" } else { "now" };
    for id in given {
        notifications::set_mail(tx, *id, word).await?;
    }
    Ok(())
}

/// Sends a mail again that failed, that may not have arrived, or that was held: what an administrator decides. Says whether
/// it is on its way.
///
/// # Errors
/// When the database can't be written.
pub async fn again(core: &Core, tx: &mut Tx, mail: &Mail) -> Result<bool> {
    // What is older leads nowhere by now; and who got it by another way need not get it twice.
    if mail.state == "held" && (mail.created_at.plus(Time::DAY) <= core.now() || !core.config.mail.is_set()) {
        return Ok(false);
    }
    if !mails::again(tx, mail.id, core.now()).await? {
        return Ok(false);
    }
    if is_telling(mail) {
        give_back(tx, mail, &told(mail)).await?;
    }
    Ok(true)
}

/// Whether an administrator may still decide about a mail.
#[must_use]
pub fn is_open(mail: &Mail) -> bool {
    matches!(mail.state.as_str(), "failed" | "unsure" | "held")
}

/// Takes mails that are due; without a mail server they wait for the administrator instead.
///
/// # Errors
/// When the database can't be read or written.
pub async fn take(core: &Core, most: usize) -> Result<Vec<Mail>> {
    let now = core.now();
    if mails::next_due(&mut core.db.conn()).await?.is_none_or(|due| due > now) {
        return Ok(Vec::new());
    }
    let mut tx = core.db.begin().await?;
    let mut claimed = if core.config.mail.is_set() {
        mails::claim(&mut tx, core.ids.slot(), now, i64::try_from(most).unwrap_or(1)).await?
    } else {
        mails::hold_letters(&mut tx).await?;
        mails::drop_tellings(&mut tx).await?;
        Vec::new()
    };
    core.claims.commit(tx, claimed.iter().map(|mail| Claim::Mail(mail.id))).await?;
    claimed.sort_by_key(|mail| (mail.next_at, mail.id));
    Ok(claimed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_six_hours() {
        assert_eq!(backoff(1), Time::MINUTE);
        assert_eq!(backoff(4), 8 * Time::MINUTE);
        assert_eq!(backoff(9), 256 * Time::MINUTE);
        assert_eq!(backoff(10), LONGEST_WAIT);
        assert_eq!(backoff(1_000), LONGEST_WAIT);
    }
}
