//! Everything that is a member's own, in a ZIP file: ActivityStreams for other software, CSV for people, and pictures.

use std::fmt::Debug;
use std::fs::File;
use std::io::{Seek, Write};
use std::path::Path;

use axum::body::Bytes;
use fluent_bundle::FluentArgs;
use serde_json::{Value, json};
use tokio::runtime::Handle;
use zip::write::SimpleFileOptions;

use super::finding::Found;
use super::members::{SESSION_IDLE, blocking, random_token};
use super::{Core, files, tables};
use crate::db::{Conn, exports, sessions};
use crate::error::{Error, Result};
use crate::model::{Account, Actor, FileHash, Lang, Time};

/// What the federation knows and the verbs don't: how a member and their posts look to other servers.
pub trait Portrayer: Debug + Send + Sync {
    /// The member, as a document.
    fn person(&self, member: &Actor) -> String;

    /// Everything they wrote that still stands, as an ordered collection.
    fn outbox<'a>(&'a self, member: &'a Actor) -> Found<'a, String>;
}

/// A file of the ZIP.
struct Part {
    name: &'static str,
    bytes: Vec<u8>,
}

/// Makes the ZIP in a file that has no name any more: it is gone as soon as nobody reads it, whatever happens.
///
/// # Errors
/// When the database can't be read or the disk not be written.
pub async fn export(core: &Core, portrayer: &dyn Portrayer, member: &Actor, account: &Account) -> Result<File> {
    let parts = gather(core, portrayer, member, account).await?;
    let pictures = exports::files(&mut core.db.conn(), member.id).await?;
    let (folder, storage, here) = (core.config.data_dir.clone(), core.storage.clone(), Handle::current());
    // One after the other, so that they are not all in memory.
    let read = move |hash: &FileHash| here.block_on(storage.read(&files::name(hash, false)));
    blocking(move || pack(&folder, &parts, &pictures, &read))
        .await?
        .map_err(|error| Error::Internal(format!("can't write the export: {error}")))
}

async fn gather(core: &Core, portrayer: &dyn Portrayer, member: &Actor, account: &Account) -> Result<Vec<Part>> {
    let mut conn = core.db.conn();
    let lang = Lang::from_code(&account.language).unwrap_or_default();
    Ok(vec![
        Part { name: "actor.json", bytes: portrayer.person(member).into_bytes() },
        Part { name: "outbox.json", bytes: portrayer.outbox(member).await?.into_bytes() },
        Part { name: "account.json", bytes: account_of(core, &mut conn, member, account).await?.to_string().into_bytes() },
        Part { name: "posts.csv", bytes: posts(&mut conn, member).await? },
        Part { name: "votes.csv", bytes: votes(&mut conn, member).await? },
        Part { name: "events.csv", bytes: events(&mut conn, member).await? },
        Part { name: "memberships.csv", bytes: memberships(&mut conn, member).await? },
        Part { name: "notifications.csv", bytes: notifications(&mut conn, member, lang).await? },
        Part { name: "reports.csv", bytes: reports(&mut conn, member).await? },
    ])
}

async fn account_of(core: &Core, conn: &mut Conn, member: &Actor, account: &Account) -> Result<Value> {
    let now = core.now();
    let choices: Vec<Value> = exports::choices(conn, member.id)
        .await?
        .into_iter()
        .map(|(kind, on_page, mail)| json!({"kind": kind, "onPage": on_page, "mail": mail}))
        .collect();
    let topics: Vec<String> = exports::topics(conn, member.id).await?.into_iter().map(|(topic,)| topic).collect();
    let watched: Vec<Value> = exports::watched(conn, member.id)
        .await?
        .into_iter()
        .map(|(kind, id, at)| json!({"kind": kind, "id": id.to_string(), "since": at.rfc3339()}))
        .collect();
    let sessions: Vec<Value> = sessions::of(conn, member.id, now, now.plus(-SESSION_IDLE))
        .await?
        .into_iter()
        .map(|session| json!({"browser": session.agent, "began": session.created_at.rfc3339(), "lastSeen": session.seen_at.rfc3339()}))
        .collect();
    Ok(json!({
        "id": member.ap_id,
        "name": member.name,
        "displayName": member.display_name,
        "organisation": member.organisation,
        "role": member.role,
        "about": member.about_source,
        "email": account.email,
        "language": account.language,
        "administrator": account.admin,
        "memberSince": account.created_at.rfc3339(),
        "digest": account.digest,
        "notifications": choices,
        "topics": topics,
        "follows": watched,
        "sessions": sessions,
    }))
}

/// A table with its header.
fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Result<Vec<u8>> {
    tables::csv(std::iter::once(header.iter().map(ToString::to_string).collect()).chain(rows))
}

fn date(at: Option<Time>) -> String {
    at.map(Time::rfc3339).unwrap_or_default()
}

async fn posts(conn: &mut Conn, member: &Actor) -> Result<Vec<u8>> {
    let rows = exports::written(conn, member.id).await?.into_iter().map(|post| {
        vec![
            post.url,
            post.kind.word().to_owned(),
            format!("{}@{}", post.group_name, post.group_host),
            post.title,
            post.source.unwrap_or_default(),
            post.language,
            post.reply_to.unwrap_or_default(),
            post.published_at.rfc3339(),
            date(post.edited_at),
        ]
    });
    table(&["address", "kind", "group", "title", "text", "language", "in_reply_to", "published", "edited"], rows)
}

async fn votes(conn: &mut Conn, member: &Actor) -> Result<Vec<u8>> {
    let rows = exports::votes(conn, member.id).await?.into_iter().map(|vote| vec![vote.url, vote.thread, vote.at.rfc3339()]);
    table(&["address", "thread", "found_useful"], rows)
}

async fn events(conn: &mut Conn, member: &Actor) -> Result<Vec<u8>> {
    let rows = exports::events(conn, member.id).await?.into_iter().map(|said| {
        vec![
            said.url,
            said.title,
            format!("{}@{}", said.group_name, said.group_host),
            said.starts_at.rfc3339(),
            said.answer.word().to_owned(),
            said.state.word().to_owned(),
            said.remark,
            said.visible.to_string(),
            said.at.rfc3339(),
        ]
    });
    table(&["address", "title", "group", "starts", "answer", "state", "remark", "visible", "said"], rows)
}

async fn memberships(conn: &mut Conn, member: &Actor) -> Result<Vec<u8>> {
    let rows = exports::memberships(conn, member.id).await?.into_iter().map(|group| {
        let state = format!("{:?}", group.state).to_lowercase();
        vec![format!("{}@{}", group.name, group.host), group.title, state, group.moderator.to_string(), group.at.rfc3339()]
    });
    table(&["group", "title", "state", "moderator", "since"], rows)
}

async fn notifications(conn: &mut Conn, member: &Actor, lang: Lang) -> Result<Vec<u8>> {
    let rows = exports::told(conn, member.id).await?.into_iter().map(|told| {
        let mut args = FluentArgs::new();
        let from = told.from_name.filter(|name| !name.is_empty()).or(told.from_handle).unwrap_or_default();
        args.set("from", from);
        args.set("title", told.thread.unwrap_or_default());
        args.set("group", told.group_title.unwrap_or_default());
        args.set("detail", told.detail);
        args.set("n", 1);
        vec![told.created_at.rfc3339(), lang.say(&told.sentence, Some(&args)), told.url.unwrap_or_default(), date(told.read_at)]
    });
    table(&["at", "told", "address", "read"], rows)
}

async fn reports(conn: &mut Conn, member: &Actor) -> Result<Vec<u8>> {
    let reports = exports::reported(conn, member.id).await?.into_iter();
    let reports = reports.map(|(reason, state, at)| vec!["report".to_owned(), at.rfc3339(), reason, String::new(), state, String::new()]);
    let objections = exports::objected(conn, member.id).await?.into_iter();
    let objections =
        objections.map(|(words, state, answer, at)| vec!["objection".to_owned(), at.rfc3339(), String::new(), words, state, answer]);
    table(&["what", "at", "reason", "words", "state", "answer"], reports.chain(objections))
}

fn pack(
    folder: &Path,
    parts: &[Part],
    pictures: &[(FileHash, String)],
    read: &dyn Fn(&FileHash) -> Result<Option<Bytes>>,
) -> std::io::Result<File> {
    let path = folder.join(format!("export-{}.zip", random_token()));
    let file = File::options().read(true).write(true).create_new(true).open(&path)?;
    std::fs::remove_file(&path)?;
    let mut zip = zip::ZipWriter::new(file);
    for part in parts {
        zip.start_file(part.name, SimpleFileOptions::default())?;
        zip.write_all(&part.bytes)?;
    }
    for (hash, media_type) in pictures {
        let picture = match read(hash) {
            Ok(Some(picture)) => picture,
            // A picture that is not there is no reason to get nothing; a storage that is away passes.
            Ok(None) => continue,
            Err(error) => return Err(std::io::Error::other(error.to_string())),
        };
        let end = media_type.rsplit('/').next().filter(|end| end.bytes().all(|b| b.is_ascii_alphanumeric())).unwrap_or("bin");
        zip.start_file(format!("files/{hash}.{end}"), SimpleFileOptions::default())?;
        zip.write_all(&picture)?;
    }
    let mut file = zip.finish()?;
    file.rewind()?;
    Ok(file)
}
