//! Telling members what concerns them, in the transaction of what happened; and how they want to be told.

use super::{Core, mailing};
use crate::db::notifications::{self, Choice, NoticeKind, Notification};
use crate::db::{Conn, Tx, accounts};
use crate::error::Result;
use crate::model::{Account, AccountState, ActorId, NotificationId, PostId};

/// Something to tell one member.
#[derive(Clone, Copy, Debug)]
pub struct Notice<'a> {
    pub to: ActorId,
    pub kind: NoticeKind,
    /// The key of its sentence, `notice-...`; it may use `from`, `title`, `group` and `detail`.
    pub sentence: &'a str,
    pub post: Option<PostId>,
    /// Who did it; none where that is nobody's business (moderators act as moderators).
    pub from: Option<ActorId>,
    pub group: Option<ActorId>,
    pub detail: &'a str,
}

/// How somebody wants to be told of a kind of thing.
///
/// # Errors
/// When the database can't be read.
pub async fn choice(conn: &mut Conn, actor: ActorId, kind: NoticeKind) -> Result<Choice> {
    Ok(notifications::choice(conn, actor, kind).await?.unwrap_or_else(|| kind.default_choice()))
}

/// Tells a member, in the way they chose, unless it is their own doing; people of other servers are told by theirs.
///
/// # Errors
/// When the database can't be written.
pub async fn tell(core: &Core, tx: &mut Tx, notice: Notice<'_>) -> Result<()> {
    tell_all(core, tx, &[notice]).await
}

/// The same of several things at once, in their order.
///
/// # Errors
/// When the database can't be written.
pub async fn tell_all(core: &Core, tx: &mut Tx, notices: &[Notice<'_>]) -> Result<()> {
    let mut whom: Vec<ActorId> = notices.iter().map(|notice| notice.to).collect();
    whom.sort_unstable();
    whom.dedup();
    let accounts = if whom.is_empty() { Vec::new() } else { accounts::of_actors(tx, &whom).await? };
    if accounts.is_empty() {
        return Ok(());
    }
    let choices = notifications::choices(tx, &whom).await?;
    let mut told: Vec<(Notification, &Account)> = Vec::new();
    for notice in notices {
        let Some(account) = accounts.iter().find(|account| account.actor_id == notice.to) else { continue };
        let chosen = choices.iter().find(|chosen| chosen.actor_id == notice.to && chosen.choice.kind == notice.kind);
        let choice = chosen.map_or_else(|| notice.kind.default_choice(), |chosen| chosen.choice.clone());
        told.extend(written(core, notice, account, &choice).map(|notification| (notification, account)));
    }
    if told.is_empty() {
        return Ok(());
    }
    // What is alike is gathered: one unread line for everybody who finds a post useful.
    let stored = notifications::insert(tx, told.iter().map(|(notification, _)| notification)).await?;
    for (notification, account) in told {
        if notification.mail == "now" && stored.contains(&notification.id) {
            mailing::queue_telling(core, tx, account, "notice", &notification.id.to_string()).await?;
        }
    }
    Ok(())
}

/// What is noted for a member; nothing when they are not to be told.
fn written(core: &Core, notice: &Notice<'_>, account: &Account, choice: &Choice) -> Option<Notification> {
    if notice.from == Some(notice.to) || account.state == AccountState::Closed {
        return None;
    }
    let mails = core.config.mail.is_set() && account.mail_paused_at.is_none();
    let mail = if mails { choice.mail.as_str() } else { "no" };
    let on_page = choice.on_page || notice.kind.is_decision();
    (on_page || mail != "no").then(|| Notification {
        id: NotificationId(core.ids.next()),
        actor_id: notice.to,
        kind: notice.kind,
        post_id: notice.post,
        from_id: notice.from,
        group_id: notice.group,
        sentence: notice.sentence.to_owned(),
        detail: notice.detail.to_owned(),
        on_page,
        mail: mail.to_owned(),
        created_at: core.now(),
        read_at: None,
    })
}

/// Changes how a member wants to be told.
///
/// # Errors
/// When the database can't be written.
pub async fn choose(tx: &mut Tx, actor: ActorId, choices: &[Choice], digest: &str) -> Result<()> {
    for choice in choices {
        notifications::choose(tx, actor, choice).await?;
    }
    notifications::set_digest(tx, actor, digest).await
}

/// Marks one thing as read; says where it leads. None when it was told to somebody else.
///
/// # Errors
/// When the database can't be written.
pub async fn read(core: &Core, tx: &mut Tx, actor: ActorId, id: NotificationId) -> Result<Option<Notification>> {
    let Some(notice) = notifications::by_id(tx, id).await?.filter(|notice| notice.actor_id == actor) else { return Ok(None) };
    notifications::mark_read(tx, id, core.now()).await?;
    Ok(Some(notice))
}

/// Marks everything as read up to `last`: what came in after the page was shown stays unread.
///
/// # Errors
/// When the database can't be written.
pub async fn read_all(core: &Core, tx: &mut Tx, actor: ActorId, last: NotificationId) -> Result<()> {
    notifications::mark_all_read(tx, actor, last, core.now()).await
}
