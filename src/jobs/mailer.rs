//! The worker's mails: claim, agree with the mail server, commit that it is being handed over, hand it over, note what
//! became of it. No transaction is open while the server is awaited.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart};
use lettre::{Address, Message};

use super::Work;
use super::smtp;
use crate::db::mails::{self, Mail};
use crate::error::{Error, Result};
use crate::federation::Federation;
use crate::model::{Lang, MailId, Time};
use crate::ops::claims::{Claim, Held};
use crate::ops::mailing::{self, Letter, Written};
use crate::ops::sending::{self, Ready, Refusal};
use crate::ops::{Core, auditing};

/// What members are told, and letters. A piece is a mail.
pub(super) struct Mails;

impl Work for Mails {
    type Piece = Mail;
    const NAME: &str = "mails";
    const AT_ONCE: usize = 4;
    const CALM: Duration = Duration::from_millis(20);

    async fn take(fed: &Federation, most: usize) -> Result<Vec<Self::Piece>> {
        sending::take(&fed.core, most).await
    }
    async fn next_due(fed: &Federation) -> Result<Option<Time>> {
        mails::next_due(&mut fed.core.db.conn()).await
    }
    fn claim(mail: &Self::Piece) -> Claim {
        Claim::Mail(mail.id)
    }
    async fn work(fed: Arc<Federation>, mail: Self::Piece, held: Held) -> Result<()> {
        work(&fed.core, mail).await.map(|()| held.done())
    }
}

/// Sends one mail that was claimed.
///
/// # Errors
/// When the database can't be read or written.
pub(super) async fn work(core: &Core, mail: Mail) -> Result<()> {
    let Some(Ready { address, .. }) = sending::ready(core, &mut core.db.conn(), &mail).await? else { return drop_it(core, &mail).await };
    let agreed = match smtp::agree(&core.config, &address).await {
        Ok(agreed) => agreed,
        Err(refusal) => return note(core, &mail, &[], &address, Err(refusal)).await,
    };
    let mut tx = core.db.begin().await?;
    let ready = sending::begin(core, &mut tx, &mail).await?;
    let Some(ready) = ready else {
        drop(tx);
        agreed.end().await;
        return drop_it(core, &mail).await;
    };
    if ready.address != address {
        drop(tx);
        agreed.end().await;
        let changed = Refusal::Later("the address changed just now".into());
        return note(core, &mail, &[], &address, Err(changed)).await;
    }
    let region = mailing::region(&mut tx).await?;
    tx.commit().await?;
    let outcome = match message(core, &region, &mail, &ready) {
        Ok(message) => agreed.hand_over(&message).await,
        Err(why) => Err(Refusal::Content(why)),
    };
    note(core, &mail, &ready.told, &address, outcome.map(drop)).await
}

async fn drop_it(core: &Core, mail: &Mail) -> Result<()> {
    let mut tx = core.db.begin().await?;
    sending::nothing_left(&mut tx, mail).await?;
    core.commit(tx).await
}

async fn note(
    core: &Core,
    mail: &Mail,
    told: &[crate::model::NotificationId],
    address: &str,
    outcome: std::result::Result<(), Refusal>,
) -> Result<()> {
    core.metrics.mail(outcome.as_ref().map_or_else(Refusal::word, |()| "sent"));
    let mut tx = core.db.begin().await?;
    match outcome {
        Ok(()) => sending::sent(core, &mut tx, mail, address).await?,
        Err(refusal) => sending::refused(core, &mut tx, mail, told, address, &refusal).await?,
    }
    core.commit(tx).await
}

/// The mail as it goes over the wire. Names and subjects are encoded by the library; what could add a header can't.
fn message(core: &Core, region: &str, mail: &Mail, ready: &Ready) -> std::result::Result<Vec<u8>, String> {
    let Written { subject, plain, html } = &ready.written;
    let broken = |error: &dyn std::fmt::Display| format!("can't be written: {error}");
    let address = |text: &str| text.parse::<Address>().map_err(|error| broken(&error));
    let settings = &core.config.mail;
    let host = core.config.url().host_str().unwrap_or("localhost").to_owned();
    let date = SystemTime::UNIX_EPOCH + Duration::from_millis(core.now().0.unsigned_abs());
    let mut builder = Message::builder()
        .from(Mailbox::new(Some(region.to_owned()), address(&settings.from)?))
        .to(Mailbox::new(None, address(&ready.address)?))
        .subject(subject.clone())
        .date(date)
        // The same for every attempt: a server that keeps them sees a second one for what it is.
        .message_id(Some(format!("<mail.{}@{host}>", mail.id)))
        .raw_header(plain_header("Auto-Submitted", "auto-generated"))
        .raw_header(plain_header("Content-Language", Lang::from_code(&mail.language).unwrap_or_default().code()));
    if !settings.reply_to.is_empty() {
        builder = builder.reply_to(Mailbox::new(None, address(&settings.reply_to)?));
    }
    if let Some(token) = &ready.unsubscribe {
        let link = core.urls.at(&format!("/unsubscribe/{token}"));
        builder = builder
            .raw_header(plain_header("List-Unsubscribe", &format!("<{link}>")))
            .raw_header(plain_header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
    }
    let both = MultiPart::alternative_plain_html(plain.clone(), html.clone());
    let whole = match &ready.attached {
        None => both,
        Some(file) => {
            let kind = ContentType::parse(file.kind).map_err(|error| broken(&error))?;
            MultiPart::mixed().multipart(both).singlepart(Attachment::new(file.name.clone()).body(file.text.clone(), kind))
        }
    };
    builder.multipart(whole).map(|message| message.formatted()).map_err(|error| broken(&error))
}

/// A header of ours that is ASCII and may not be folded or encoded.
fn plain_header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.to_owned(), value.to_owned())
}

/// Sends a test mail at once, with what is configured; gives what the server said.
///
/// # Errors
/// With a sentence for the person who asked.
pub async fn test(core: &Core, to: &str) -> Result<String> {
    let settings = &core.config.mail;
    if !settings.is_set() {
        return Err(Error::Unavailable("mail.server is not set, so there is nothing to test. See [mail] in config.example.toml".into()));
    }
    let mut conn = core.db.conn();
    let lang = crate::db::settings::get(&mut conn, crate::db::settings::key::LANGUAGE).await?;
    let lang = lang.as_deref().and_then(Lang::from_code).unwrap_or_default();
    let letter = Letter { address: to, member: None, lang, key: "mail-test", args: &[], link: None };
    let written = mailing::write(core, &mut conn, &letter).await?;
    let region = mailing::region(&mut conn).await?;
    let now = core.now();
    let mail = Mail {
        id: MailId(core.ids.next()),
        kind: "mail-test".into(),
        actor_id: None,
        address: to.to_owned(),
        language: lang.code().into(),
        subject: String::new(),
        plain: String::new(),
        html: String::new(),
        reference: String::new(),
        state: "sending".into(),
        attempts: 1,
        next_at: now,
        last_error: None,
        created_at: now,
        sent_at: None,
    };
    let ready = Ready { address: to.to_owned(), written, told: Vec::new(), unsubscribe: None, attached: None };
    let message = message(core, &region, &mail, &ready).map_err(Error::Internal)?;
    let outcome = match smtp::agree(&core.config, to).await {
        Ok(agreed) => agreed.hand_over(&message).await,
        Err(refusal) => Err(refusal),
    };
    let mut tx = core.db.begin().await?;
    let detail = if outcome.is_ok() { "the server took it" } else { "it was not taken" };
    auditing::record(core, &mut tx, auditing::Who::CommandLine, "mail.test", &settings.server, detail).await?;
    core.commit(tx).await?;
    outcome.map_err(|refusal| {
        Error::Unavailable(match refusal {
            Refusal::Later(why) => format!("the mail server does not take it now: {why}"),
            Refusal::Ours(why) => format!("the settings or the mail server are wrong: {why}"),
            Refusal::Address(why) => format!("the mail server refuses this address: {why}"),
            Refusal::Content(why) => format!("the mail server refuses this mail: {why}"),
            Refusal::Unsure(why) => format!("the mail was handed over, but the server did not say that it took it: {why}"),
        })
    })
}
