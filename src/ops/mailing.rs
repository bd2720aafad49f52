//! Writing mails and queueing them, in the transaction of what they tell. The worker sends them (`sending`).

use fluent_bundle::FluentArgs;

use super::Core;
use crate::db::mails::{self, Mail};
use crate::db::settings::{self, key};
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::model::{Account, ActorId, Attendee, Lang, MailId};

/// A mail to one person. Its words are the message `key`: paragraphs with an empty line between them; its attribute
/// `.subject`, and, where there is a link, `.action` with what the link does.
#[derive(Debug)]
pub struct Letter<'a> {
    pub address: &'a str,
    /// Whose address it is, when that is a member.
    pub member: Option<ActorId>,
    pub lang: Lang,
    pub key: &'a str,
    pub args: &'a [(&'a str, &'a str)],
    pub link: Option<&'a str>,
}

/// The words of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub subject: String,
    pub plain: String,
    pub html: String,
}

/// A part of a mail. Plain text and HTML are made of the same parts, so that they say the same.
#[derive(Clone, Debug)]
pub enum Part {
    Paragraph(String),
    Heading(String),
    /// Words of somebody else.
    Quote(String),
    /// What a link does, and where it leads.
    Link(String, String),
    /// Below the line: why this mail came, and how it stops.
    Foot(String, String),
}

/// Queues a letter.
///
/// # Errors
/// When the database can't be written.
pub async fn queue(core: &Core, tx: &mut Tx, letter: &Letter<'_>) -> Result<MailId> {
    let written = write(core, tx, letter).await?;
    let mail = Mail { kind: letter.key.to_owned(), actor_id: letter.member, ..new_mail(core, letter.address, letter.lang) };
    put(core, tx, Mail { subject: written.subject, plain: written.plain, html: written.html, ..mail }).await
}

/// Queues a mail that is written when it is sent, from what its reader may see then: `notice` or `digest`.
///
/// # Errors
/// When the database can't be written.
pub async fn queue_telling(core: &Core, tx: &mut Tx, account: &Account, kind: &str, reference: &str) -> Result<MailId> {
    super::unsubscribing::prepare(tx).await?;
    let lang = Lang::from_code(&account.language).unwrap_or_default();
    let mail = new_mail(core, &account.email, lang);
    put(core, tx, Mail { kind: kind.into(), actor_id: Some(account.actor_id), reference: reference.into(), ..mail }).await
}

/// Queues a mail about an event to somebody without an account, which is written when it is sent: `event`, with who it is for and
/// what happened.
///
/// # Errors
/// When the database can't be written.
pub async fn queue_for_guest(core: &Core, tx: &mut Tx, attendee: &Attendee, sentence: &str) -> Result<MailId> {
    let lang = Lang::from_code(&attendee.language).unwrap_or_default();
    let mail = new_mail(core, &attendee.email, lang);
    put(core, tx, Mail { kind: "event".into(), reference: format!("{} {sentence}", attendee.id), ..mail }).await
}

fn new_mail(core: &Core, address: &str, lang: Lang) -> Mail {
    Mail {
        id: MailId(core.ids.next()),
        kind: String::new(),
        actor_id: None,
        address: address.to_owned(),
        language: lang.code().to_owned(),
        subject: String::new(),
        plain: String::new(),
        html: String::new(),
        reference: String::new(),
        state: "new".into(),
        attempts: 0,
        next_at: core.now(),
        last_error: None,
        created_at: core.now(),
        sent_at: None,
    }
}

async fn put(core: &Core, tx: &mut Tx, mail: Mail) -> Result<MailId> {
    // Without a mail server it waits for the administrator from the start.
    let state = if core.config.mail.is_set() { "new" } else { "held" };
    mails::insert(tx, &Mail { state: state.into(), ..mail.clone() }).await?;
    Ok(mail.id)
}

/// The name that mails come from: the region's, on one line.
///
/// # Errors
/// When the database can't be read.
pub async fn region(conn: &mut Conn) -> Result<String> {
    Ok(settings::get(conn, key::REGION_NAME)
        .await?
        .map(|name| one_line(&name))
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "Meent".into()))
}

/// Writes a letter: plain text and simple HTML with the same words. `region` is filled in everywhere.
///
/// # Errors
/// When the database can't be read.
pub async fn write(core: &Core, conn: &mut Conn, letter: &Letter<'_>) -> Result<Written> {
    let region = region(conn).await?;
    let mut args = FluentArgs::new();
    args.set("region", region.clone());
    for (name, value) in letter.args {
        args.set((*name).to_owned(), (*value).to_owned());
    }
    let say = |key: &str| letter.lang.say(key, Some(&args));
    let mut parts: Vec<Part> = say(letter.key).split("\n\n").map(|paragraph| Part::Paragraph(paragraph.to_owned())).collect();
    if let Some(link) = letter.link {
        parts.push(Part::Link(say(&format!("{}.action", letter.key)), link.to_owned()));
    }
    Ok(lay_out(core, &region, letter.lang, &say(&format!("{}.subject", letter.key)), &parts))
}

/// A part as plain text and as HTML.
fn both(part: &Part) -> (String, String) {
    let lines = |text: &str| escape(text).replace('\n', "<br>\n");
    match part {
        Part::Paragraph(text) => (format!("{text}\n\n"), format!("<p>{}</p>\n", lines(text))),
        Part::Heading(text) => {
            let line = "-".repeat(text.chars().count().min(70));
            (format!("{text}\n{line}\n\n"), format!("<h2>{}</h2>\n", escape(text)))
        }
        Part::Quote(text) => {
            (format!("> {}\n\n", text.replace('\n', "\n> ")), format!("<blockquote><p>{}</p></blockquote>\n", lines(text)))
        }
        Part::Link(label, link) => {
            (format!("{label}:\n{link}\n\n"), format!("<p><a href=\"{}\">{}</a></p>\n", escape(link), escape(label)))
        }
        Part::Foot(label, link) => {
            (format!("\n{label}:\n{link}\n"), format!("<p><small><a href=\"{}\">{}</a></small></p>\n", escape(link), escape(label)))
        }
    }
}

/// Makes a mail of its parts, with the region below.
#[must_use]
pub fn lay_out(core: &Core, region: &str, lang: Lang, subject: &str, parts: &[Part]) -> Written {
    let (feet, words): (Vec<&Part>, Vec<&Part>) = parts.iter().partition(|part| matches!(part, Part::Foot(..)));
    let (plain, html): (Vec<String>, Vec<String>) = words.into_iter().map(both).unzip();
    let (plain_feet, html_feet): (Vec<String>, Vec<String>) = feet.into_iter().map(both).unzip();
    let (base, subject, name) = (core.urls.base(), one_line(subject), escape(region));
    let plain = format!("{}-- \n{region}\n{base}\n{}", plain.concat(), plain_feet.concat());
    let html = format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head><meta charset=\"utf-8\"><title>{title}</title></head>\n<body>\n{words}<hr>\n<p>{name}<br>\n<a href=\"{base}\">{base}</a></p>\n{feet}</body>\n</html>\n",
        lang = lang.code(),
        title = escape(&subject),
        words = html.concat(),
        feet = html_feet.concat(),
    );
    Written { subject, plain, html }
}

/// The link that a letter carries, for whoever passes it on.
#[must_use]
pub fn link_in<'a>(core: &Core, plain: &'a str) -> Option<&'a str> {
    let base = format!("{}/", core.urls.base());
    plain.lines().find(|line| line.starts_with(&base))
}

/// A subject is one line: what is filled in can't add headers.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Text for HTML.
#[must_use]
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
