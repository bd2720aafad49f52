//! The one file that a copy is: an ordinary tar. In it, in this order: what it is, the database, the region's theme, the
//! pictures, how much there should be, and the SHA-256 of everything before it in the form of `sha256sum`. Read and written
//! piece by piece: memory does not grow with it. Nothing here knows a database or an instance.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use super::{Stage, Watch, go_on, trouble};
use crate::error::{Error, Result};
use crate::model::{FileHash, Time};

/// The form of the file; a newer one is refused.
const FORMAT: u32 = 1;
const HEAD: &str = "meent-backup.json";
const THEME: &str = "theme.css";
const CONTENTS: &str = "contents.json";
const SUMS: &str = "SHA256SUMS";
/// What is read at a time.
const BLOCK: usize = 256 * 1024;
/// The largest of what is read in one piece: a picture, the theme, the lists at the beginning and the end.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Which database a copy is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    fn file(self) -> &'static str {
        match self {
            Self::Sqlite => "database.sqlite.gz",
            Self::Postgres => "database.pgdump",
        }
    }

    /// The database that an address names.
    #[must_use]
    pub fn of(database_url: &str) -> Self {
        if database_url.starts_with("sqlite:") { Self::Sqlite } else { Self::Postgres }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if *self == Self::Sqlite { "SQLite" } else { "PostgreSQL" })
    }
}

/// What a copy is of; the first thing in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Head {
    pub format: u32,
    /// The version of Meent that made it.
    pub made_by: String,
    /// When it was begun: what was written later is not in it.
    pub made_at: Time,
    pub public_url: String,
    pub database: Kind,
    /// The last migration of the database.
    pub schema: i64,
}

impl Head {
    #[must_use]
    pub fn new(made_at: Time, public_url: &str, database: Kind, schema: i64) -> Self {
        let made_by = env!("CARGO_PKG_VERSION").to_owned();
        Self { format: FORMAT, made_by, made_at, public_url: public_url.to_owned(), database, schema }
    }
}

/// How much is in a copy.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Contents {
    /// The rows of every table.
    pub tables: BTreeMap<String, i64>,
    pub pictures: u64,
    /// Pictures that the database names and that were not there to be copied.
    pub missing: Vec<String>,
}

/// A piece of a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Database,
    Theme,
    Picture { hash: FileHash, small: bool },
}

/// A copy that was read to its end and is what it says.
#[derive(Clone, Debug)]
pub struct Checked {
    pub head: Head,
    pub contents: Contents,
    pub bytes: u64,
}

fn hex(hash: Sha256) -> String {
    FileHash::of(&hash.finalize()).to_string()
}

/// SHA-256 of a whole file, in hexadecimal, and its size.
///
/// # Errors
/// When it can't be read, or the watcher ends it.
pub fn sum_of(path: &Path, stage: Stage, watch: &Watch) -> Result<(String, u64)> {
    let mut file = File::open(path).map_err(trouble(path))?;
    let of = file.metadata().map_err(trouble(path))?.len();
    let (mut hash, mut done, mut block) = (Sha256::new(), 0, vec![0; BLOCK]);
    loop {
        go_on(watch)?;
        let read = file.read(&mut block).map_err(trouble(path))?;
        if read == 0 {
            return Ok((hex(hash), done));
        }
        hash.update(&block[..read]);
        done += read as u64;
        watch.at(stage, done, of);
    }
}

struct Hashed<W> {
    inner: W,
    hash: Sha256,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

/// Writes a copy.
#[expect(missing_debug_implementations, reason = "the writer of the library has none")]
pub struct Writer {
    tar: tar::Builder<BufWriter<File>>,
    path: PathBuf,
    /// The list of hashes, until it is put at the end.
    sums: BufWriter<File>,
    made_at: Time,
}

/// A new file that nobody else may read: keys are in it.
///
/// # Errors
/// When there is one already.
pub fn private_file(path: &Path) -> Result<File> {
    File::options().read(true).write(true).create_new(true).mode(0o600).open(path).map_err(trouble(path))
}

impl Writer {
    /// Begins a copy in a new file, with another one for the list that is put at the end.
    ///
    /// # Errors
    /// When one of the two is there already, or can't be written.
    pub fn begin(path: &Path, list: &Path, head: &Head) -> Result<Self> {
        let tar = tar::Builder::new(BufWriter::with_capacity(BLOCK, private_file(path)?));
        let mut writer = Self { tar, path: path.to_owned(), sums: BufWriter::new(private_file(list)?), made_at: head.made_at };
        writer.add(HEAD, &json(head)?)?;
        Ok(writer)
    }

    fn header(&self, size: u64) -> tar::Header {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Regular);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(self.made_at.0 / Time::SECOND).unwrap_or(0));
        header.set_size(size);
        header
    }

    fn note(&mut self, name: &str, sum: &str) -> Result<()> {
        writeln!(self.sums, "{sum}  {name}").map_err(trouble(&self.path))
    }

    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let mut header = self.header(bytes.len() as u64);
        self.tar.append_data(&mut header, name, bytes).map_err(trouble(&self.path))?;
        self.note(name, &hex(Sha256::new_with_prefix(bytes)))
    }

    /// The database, as `fill` writes it.
    ///
    /// # Errors
    /// Those of `fill`, and when the file can't be written.
    pub fn database(&mut self, kind: Kind, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
        let mut header = self.header(0);
        let hash = {
            let entry = self.tar.append_writer(&mut header, kind.file()).map_err(trouble(&self.path))?;
            let mut into = Hashed { inner: entry, hash: Sha256::new() };
            fill(&mut into)?;
            let Hashed { inner, hash } = into;
            inner.finish().map_err(trouble(&self.path))?;
            hash
        };
        self.note(kind.file(), &hex(hash))
    }

    /// # Errors
    /// When the file can't be written.
    pub fn theme(&mut self, bytes: &[u8]) -> Result<()> {
        self.add(THEME, bytes)
    }

    /// Both sizes of a picture.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn picture(&mut self, hash: &FileHash, large: &[u8], small: &[u8]) -> Result<()> {
        let name = format!("files/{}/{hash}", hash.folder());
        self.add(&name, large)?;
        self.add(&format!("{name}-small"), small)
    }

    /// Ends it; when this returns, it is on the disk.
    ///
    /// # Errors
    /// When the files can't be written.
    pub fn end(mut self, contents: &Contents) -> Result<()> {
        self.add(CONTENTS, &json(contents)?)?;
        let at = trouble(&self.path);
        let mut list = self.sums.into_inner().map_err(|error| at(error.into_error()))?;
        list.rewind().map_err(&at)?;
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Regular);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(self.made_at.0 / Time::SECOND).unwrap_or(0));
        header.set_size(list.metadata().map_err(&at)?.len());
        self.tar.append_data(&mut header, SUMS, BufReader::new(list)).map_err(&at)?;
        let written = self.tar.into_inner().map_err(&at)?;
        written.into_inner().map_err(|error| at(error.into_error()))?.sync_all().map_err(&at)
    }
}

fn json(of: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec_pretty(of).map_err(|error| Error::Internal(error.to_string()))
}

/// The piece that a name stands for.
fn piece(name: &str, kind: Kind) -> Option<Piece> {
    if name == kind.file() {
        return Some(Piece::Database);
    }
    if name == THEME {
        return Some(Piece::Theme);
    }
    let (folder, file) = name.strip_prefix("files/")?.split_once('/')?;
    let (hash, small) = file.strip_suffix("-small").map_or((file, false), |hash| (hash, true));
    let hash: FileHash = hash.parse().ok()?;
    (hash.folder() == folder).then_some(Piece::Picture { hash, small })
}

fn foreign(path: &Path) -> Error {
    Error::Bad(format!("{} is not a backup that Meent made", path.display()))
}

fn cut_off(path: &Path) -> Error {
    Error::Bad(format!("{} is cut off: its end is missing. Take another copy of it, or an older backup", path.display()))
}

fn damaged(path: &Path) -> Error {
    Error::Bad(format!(
        "{} is damaged: what is in it is not what was put into it. Take another copy of it, or an older backup. Which part it is: `tar -xf` it somewhere and run `sha256sum --check SHA256SUMS` there",
        path.display()
    ))
}

/// Remembers that there was nothing more to read.
struct ToItsEnd {
    file: File,
    ended: Rc<Cell<bool>>,
}

impl Read for ToItsEnd {
    fn read(&mut self, block: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(block)?;
        if read == 0 && !block.is_empty() {
            self.ended.set(true);
        }
        Ok(read)
    }
}

fn read_json<T: DeserializeOwned>(from: &mut impl Read, hash: &mut Sha256) -> Option<T> {
    let mut bytes = Vec::new();
    from.take(LARGEST).read_to_end(&mut bytes).ok()?;
    hash.update(&bytes);
    serde_json::from_slice(&bytes).ok()
}

/// Reads a copy to its end and compares everything with the hashes in it. Nothing is written.
///
/// # Errors
/// A sentence: foreign, from a newer Meent, cut off, or damaged.
pub fn check(path: &Path, watch: &Watch) -> Result<Checked> {
    let file = File::open(path).map_err(|error| Error::Bad(format!("can't read {}: {error}", path.display())))?;
    let bytes = file.metadata().map_err(trouble(path))?.len();
    let ended = Rc::new(Cell::new(false));
    let mut archive = tar::Archive::new(BufReader::with_capacity(BLOCK, ToItsEnd { file, ended: ended.clone() }));
    let (mut head, mut contents, mut whole): (Option<Head>, Option<Contents>, bool) = (None, None, false);
    let (mut listed, mut databases, mut small_ones, mut block) = (Sha256::new(), 0, 0_u64, vec![0; BLOCK]);
    for entry in archive.entries().map_err(trouble(path))? {
        let wrong = |_: std::io::Error| match (head.is_some(), ended.get()) {
            (false, _) => foreign(path),
            (true, true) => cut_off(path),
            (true, false) => damaged(path),
        };
        let mut entry = entry.map_err(wrong)?;
        let name = entry.path().ok().and_then(|name| name.to_str().map(str::to_owned)).ok_or_else(|| damaged(path))?;
        let (size, mut hash) = (entry.size(), Sha256::new());
        let Some(known) = &head else {
            let read: Head = (name == HEAD).then(|| read_json(&mut entry, &mut hash)).flatten().ok_or_else(|| foreign(path))?;
            if read.format > FORMAT {
                return Err(Error::Bad(format!("{} was made by a newer Meent ({}): use that one", path.display(), read.made_by)));
            }
            listed.update(format!("{}  {name}\n", hex(hash)));
            head = Some(read);
            continue;
        };
        if whole {
            return Err(damaged(path));
        }
        if name == CONTENTS {
            contents = Some(read_json(&mut entry, &mut hash).ok_or_else(|| if ended.get() { cut_off(path) } else { damaged(path) })?);
        } else {
            match piece(&name, known.database) {
                Some(Piece::Database) => databases += 1,
                Some(Piece::Picture { small, .. }) => small_ones += u64::from(small),
                Some(Piece::Theme) => {}
                None if name == SUMS => {}
                None => return Err(damaged(path)),
            }
            let mut left = size;
            while left > 0 {
                go_on(watch)?;
                let read = entry.read(&mut block).map_err(wrong)?;
                if read == 0 {
                    return Err(cut_off(path));
                }
                hash.update(&block[..read]);
                left -= read as u64;
                watch.at(Stage::Checking, entry.raw_file_position() + (size - left), bytes);
            }
        }
        if name == SUMS {
            // The list is exactly what we made of what we read.
            if hash.finalize() != std::mem::take(&mut listed).finalize() {
                return Err(damaged(path));
            }
            whole = true;
        } else {
            listed.update(format!("{}  {name}\n", hex(hash)));
        }
    }
    match (head, contents) {
        (None, _) => Err(foreign(path)),
        (Some(head), Some(contents)) if whole => {
            if databases != 1 || small_ones != contents.pictures {
                return Err(damaged(path));
            }
            Ok(Checked { head, contents, bytes })
        }
        _ => Err(cut_off(path)),
    }
}

/// Gives the wanted pieces of a copy that was checked, with their size.
///
/// # Errors
/// Those of `take`, and when the file can't be read.
pub fn visit(
    path: &Path,
    kind: Kind,
    wanted: impl Fn(&Piece) -> bool,
    mut take: impl FnMut(Piece, u64, &mut dyn Read) -> Result<()>,
) -> Result<()> {
    let file = File::open(path).map_err(trouble(path))?;
    let mut archive = tar::Archive::new(file);
    for entry in archive.entries_with_seek().map_err(trouble(path))? {
        let mut entry = entry.map_err(trouble(path))?;
        let name = entry.path().ok().and_then(|name| name.to_str().map(str::to_owned)).unwrap_or_default();
        if let Some(piece) = piece(&name, kind).filter(&wanted) {
            let size = entry.size();
            take(piece, size, &mut BufReader::with_capacity(BLOCK, &mut entry))?;
        }
    }
    Ok(())
}

/// A whole piece.
///
/// # Errors
/// When it can't be read, or is larger than any picture of ours.
pub fn whole(from: &mut dyn Read, size: u64) -> Result<Vec<u8>> {
    if size > LARGEST {
        return Err(Error::TooLarge);
    }
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes).map_err(|error| Error::Unavailable(error.to_string()))?;
    Ok(bytes)
}
