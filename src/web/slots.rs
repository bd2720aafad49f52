//! The places for pictures in a form: a file, what it shows, and what was accepted already. What was accepted stays when the
//! form comes back because of something else.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Web;
use super::forms::{Field, Signed};
use super::ui::Ui;
use crate::db::{Conn, attachments, files as rows};
use crate::error::Result;
use crate::model::picture::{Alt, MOST_PICTURES};
use crate::model::{ActorId, Picture, PostId};
use crate::ops::attaching::Chosen;
use crate::ops::files;
use crate::ops::pictures::{Flaw, Shape};

/// What a browser offers to choose from; what we take is decided by what is in the file.
pub const ACCEPT: &str = "image/jpeg,image/png,image/webp,image/gif";

const FILE: [&str; MOST_PICTURES] = ["file1", "file2", "file3", "file4"];
const ALT: [&str; MOST_PICTURES] = ["alt1", "alt2", "alt3", "alt4"];
const DECORATIVE: [&str; MOST_PICTURES] = ["decorative1", "decorative2", "decorative3", "decorative4"];
const DROP: [&str; MOST_PICTURES] = ["drop1", "drop2", "drop3", "drop4"];
const PICTURE: [&str; MOST_PICTURES] = ["picture1", "picture2", "picture3", "picture4"];

/// A picture that was accepted, as a form shows it.
#[derive(Clone, Debug)]
pub struct Held {
    /// The name of the hidden field, and what stands in it.
    pub field: &'static str,
    pub sealed: String,
    /// The small picture itself: nobody but its owner may ask for it yet.
    pub data: String,
    pub drop: Field,
}

/// One place.
#[derive(Clone, Debug)]
pub struct Slot {
    pub legend: String,
    pub file: Field,
    pub alt: Field,
    pub decorative: Field,
    pub held: Option<Held>,
}

impl Slot {
    fn fields(&self) -> [&Field; 2] {
        [&self.file, &self.alt]
    }

    /// Whether there is anything in it to see.
    pub fn taken(&self) -> bool {
        self.held.is_some() || !self.alt.value.is_empty() || self.fields().iter().any(|field| field.error.is_some())
    }
}

/// The places of a form.
#[derive(Clone, Debug, Default)]
pub struct Slots {
    pub slots: Vec<Slot>,
}

impl Slots {
    /// `count` empty ones; `prefix` keeps the ids of two forms on a page apart.
    #[must_use]
    pub fn empty(ui: &Ui, prefix: &str, count: usize) -> Self {
        let entries = (0..count.min(MOST_PICTURES)).map(|_| Entry::default());
        Self { slots: entries.enumerate().map(|(n, entry)| slot(ui, prefix, n, &entry, None)).collect() }
    }

    /// Whether the places are in view at once.
    #[must_use]
    pub fn open(&self) -> bool {
        self.slots.iter().any(Slot::taken)
    }

    /// What is wrong, to be said above the form.
    pub fn wrong(&self) -> impl Iterator<Item = &Field> {
        self.slots.iter().flat_map(Slot::fields).filter(|field| field.error.is_some())
    }
}

/// Whether a form with places for pictures has anything to mend.
#[must_use]
pub fn any_wrong(fields: &[Field], slots: &Slots) -> bool {
    super::forms::any_wrong(fields) || slots.wrong().next().is_some()
}

/// What was sent in one place.
#[derive(Clone, Debug, Default)]
struct Entry {
    picture: Option<Picture>,
    alt: String,
    decorative: bool,
    /// The keys of what is wrong with the file and with its description.
    file_error: Option<&'static str>,
    alt_error: Option<&'static str>,
}

/// What was sent in the places of a form.
#[derive(Clone, Debug)]
pub struct Sent {
    owner: ActorId,
    entries: Vec<Entry>,
}

impl Sent {
    /// Reads the pictures of a form and keeps those that are fine, whatever becomes of the rest of the form.
    ///
    /// # Errors
    /// When the database or the disk does not help.
    pub async fn read(web: &Web, form: &mut Signed, count: usize) -> Result<Self> {
        let owner = form.me.actor.id;
        let mut uploads = std::mem::take(&mut form.files);
        let mut entries = Vec::new();
        for n in 0..count.min(MOST_PICTURES) {
            let typed = &form.typed;
            let mut entry = Entry { alt: typed.get(ALT[n]).to_owned(), decorative: typed.get(DECORATIVE[n]) == "1", ..Entry::default() };
            let dropped = typed.get(DROP[n]) == "1";
            if !dropped && !typed.get(PICTURE[n]).is_empty() {
                entry.picture = files::unseal(&web.core, owner, typed.get(PICTURE[n])).await?;
                entry.file_error = entry.picture.is_none().then_some("picture-gone");
            }
            let upload = uploads.iter_mut().find(|upload| upload.field == FILE[n]).map(|upload| upload.bytes.take());
            match upload {
                Some(bytes) => {
                    entry.file_error = None;
                    match keep(web, form, bytes).await? {
                        Ok(picture) => entry.picture = Some(picture),
                        Err(flaw) => entry.file_error = Some(flaw.key()),
                    }
                }
                // The words go with the picture.
                None if dropped => (entry.alt, entry.decorative) = (String::new(), false),
                None => {}
            }
            entry.check();
            entries.push(entry);
        }
        Ok(Self { owner, entries })
    }

    /// Whether something has to be mended.
    #[must_use]
    pub fn any_wrong(&self) -> bool {
        self.entries.iter().any(|entry| entry.file_error.is_some() || entry.alt_error.is_some())
    }

    /// The pictures, when nothing is wrong.
    #[must_use]
    pub fn chosen(&self) -> Vec<Chosen> {
        let chosen = |entry: &Entry| {
            let hash = entry.picture.as_ref()?.hash.clone();
            let alt = if entry.decorative { String::new() } else { Alt::parse(&entry.alt).ok()?.as_str().to_owned() };
            Some(Chosen { hash, alt })
        };
        self.entries.iter().filter_map(chosen).collect()
    }

    /// The places with what was sent in them.
    ///
    /// # Errors
    /// When the database or the disk does not help.
    pub async fn slots(&self, web: &Web, ui: &Ui, prefix: &str) -> Result<Slots> {
        let mut slots = Vec::new();
        for (n, entry) in self.entries.iter().enumerate() {
            let held = match &entry.picture {
                Some(picture) => Some(held(web, ui, self.owner, prefix, n, picture).await?),
                None => None,
            };
            slots.push(slot(ui, prefix, n, entry, held));
        }
        Ok(Slots { slots })
    }

    /// What a post of this member has, for the form that changes it.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn of_post(conn: &mut Conn, owner: ActorId, post: PostId) -> Result<Self> {
        let mut entries = Vec::new();
        for attachment in attachments::of(conn, post).await?.into_iter().take(MOST_PICTURES) {
            let Some(hash) = &attachment.file_hash else { continue };
            let picture = rows::by_hash(conn, hash).await?;
            entries.push(Entry { picture, decorative: attachment.alt.is_empty(), alt: attachment.alt, ..Entry::default() });
        }
        entries.resize_with(MOST_PICTURES, Entry::default);
        Ok(Self { owner, entries })
    }
}

impl Entry {
    fn check(&mut self) {
        let described = Alt::parse(&self.alt);
        self.alt_error = match (&self.picture, described) {
            (_, Err(crate::model::names::Refused::TooLong(_))) => Some("picture-alt-long"),
            (Some(_), Err(_)) if !self.decorative => Some("picture-alt-missing"),
            _ => None,
        };
        // Somebody describes a picture that is not there.
        if self.picture.is_none() && self.file_error.is_none() && !self.alt.trim().is_empty() {
            self.file_error = Some("picture-missing");
        }
    }
}

/// Keeps an uploaded file; none was too large to be read.
async fn keep(web: &Web, form: &Signed, bytes: Option<Vec<u8>>) -> Result<Result<Picture, Flaw>> {
    match bytes {
        Some(bytes) => files::upload(&web.core, &form.me.actor, bytes, Shape::Post).await,
        None => Ok(Err(Flaw::TooLarge)),
    }
}

/// A picture as a `data:` address: its small size.
///
/// # Errors
/// When it can't be read.
pub async fn as_data(web: &Web, picture: &Picture) -> Result<String> {
    let bytes = files::read(&web.core, &picture.hash, true).await?;
    Ok(format!("data:{};base64,{}", picture.media_type, STANDARD.encode(bytes)))
}

async fn held(web: &Web, ui: &Ui, owner: ActorId, prefix: &str, n: usize, picture: &Picture) -> Result<Held> {
    let drop = ui.field("picture-drop", DROP[n], "").check().with_id(format!("{prefix}-{}", DROP[n]));
    Ok(Held { field: PICTURE[n], sealed: files::seal(&web.core, owner, &picture.hash).await?, data: as_data(web, picture).await?, drop })
}

fn slot(ui: &Ui, prefix: &str, n: usize, entry: &Entry, held: Option<Held>) -> Slot {
    let number = i64::try_from(n + 1).unwrap_or_default();
    let with_id = |field: Field| {
        let id = format!("{prefix}-{}", field.name);
        field.with_id(id)
    };
    let sentence = |key: Option<&'static str>| key.map(|key| ui.n(key, number));
    let label = if held.is_some() { "picture-other" } else { "picture-file" };
    let mut file = with_id(ui.field(label, FILE[n], "").file(ACCEPT));
    file.error = sentence(entry.file_error);
    let mut alt = with_id(ui.field("picture-alt", ALT[n], &entry.alt).area(2));
    alt.error = sentence(entry.alt_error);
    let decorative = with_id(ui.field("picture-decorative", DECORATIVE[n], if entry.decorative { "1" } else { "" }).check());
    Slot { legend: ui.n("picture-number", number), file, alt, decorative, held }
}
