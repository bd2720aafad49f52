//! Pictures: files of ours, and what hangs on posts.

use std::fmt;
use std::str::FromStr;

use super::ids::{ActorId, AttachmentId, PostId};
use super::names::{Refused, clean};
use super::time::Time;

/// Longest description of a picture, in characters.
pub const LONGEST_ALT: usize = 1_500;
/// Most pictures with a post of ours.
pub const MOST_PICTURES: usize = 4;
/// The longest side of the small one of a picture's two sizes.
pub const SMALL: i64 = 320;

/// The name of a picture: SHA-256 of the large one's bytes, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type, serde::Deserialize)]
#[sqlx(transparent)]
#[serde(try_from = "String")]
pub struct FileHash(String);

impl FileHash {
    /// Of the bytes of a SHA-256.
    #[must_use]
    pub fn of(digest: &[u8]) -> Self {
        use fmt::Write;
        let mut text = String::with_capacity(2 * digest.len());
        for byte in digest {
            // Writing to a String does not fail.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder it lies in: the first two characters.
    #[must_use]
    pub fn folder(&self) -> &str {
        &self.0[..2]
    }
}

impl fmt::Display for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for FileHash {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let fine = text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'));
        fine.then(|| Self(text.to_owned())).ok_or(())
    }
}

impl TryFrom<String> for FileHash {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map_err(|()| "not the name of a picture")
    }
}

/// A row of `file`: a picture on disk in two sizes.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Picture {
    pub hash: FileHash,
    /// `image/jpeg` or `image/png`, of both sizes.
    pub media_type: String,
    /// Of the large one.
    pub width: i64,
    pub height: i64,
    /// Both sizes together.
    pub bytes: i64,
    /// Who uploaded it first; nobody for what was fetched from elsewhere.
    pub owner_id: Option<ActorId>,
    pub created_at: Time,
    /// From when it counts as used by nobody.
    pub unused_at: Option<Time>,
}

/// A row of `attachment`, in the order of its columns: a picture with a post.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow, serde::Deserialize)]
pub struct Attachment {
    pub id: AttachmentId,
    pub post_id: PostId,
    pub position: i64,
    /// A file of ours,
    pub file_hash: Option<FileHash>,
    /// or where another server keeps it.
    pub remote_url: Option<String>,
    pub media_type: String,
    /// What it shows; empty for mere decoration, or when another server says nothing.
    pub alt: String,
    pub width: Option<i64>,
    pub height: Option<i64>,
}

impl Attachment {
    /// Where we serve it. What others keep goes through us: a reader's browser never asks them.
    #[must_use]
    pub fn path(&self) -> String {
        match &self.file_hash {
            Some(hash) => format!("/files/{hash}"),
            None => format!("/files/remote/{}", self.id),
        }
    }

    /// Where we serve what a page shows: the small one, unless the large one is as small.
    #[must_use]
    pub fn shown_path(&self) -> String {
        let is_small = self.width.zip(self.height).is_some_and(|(width, height)| width.max(height) <= SMALL);
        if is_small { self.path() } else { format!("{}/small", self.path()) }
    }

    /// Width and height of what a page shows, where they are known.
    #[must_use]
    pub fn shown_size(&self) -> Option<(i64, i64)> {
        let (width, height) = self.width.zip(self.height).filter(|(width, height)| *width > 0 && *height > 0)?;
        let longest = width.max(height);
        if longest <= SMALL {
            return Some((width, height));
        }
        Some(((width * SMALL / longest).max(1), (height * SMALL / longest).max(1)))
    }
}

/// A description of a picture that is not empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alt(String);

impl Alt {
    /// # Errors
    /// When it is empty or too long.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        let text = clean(text);
        match text.chars().count() {
            0 => Err(Refused::Empty),
            n if n > LONGEST_ALT => Err(Refused::TooLong(LONGEST_ALT)),
            _ => Ok(Self(text)),
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_hash_and_nothing_else() {
        let hash = FileHash::of(&[0xab; 32]);
        assert_eq!(hash.as_str().parse(), Ok(hash.clone()));
        assert_eq!(hash.folder(), "ab");
        for other in ["", "ab", "../../../etc/passwd", &"AB".repeat(32), &"zz".repeat(32), &format!("{hash}/small")] {
            assert!(other.parse::<FileHash>().is_err(), "{other}");
        }
    }

    #[test]
    fn what_is_shown_keeps_its_proportions() {
        let mut attachment = Attachment {
            id: AttachmentId(7),
            post_id: PostId(1),
            position: 0,
            file_hash: None,
            remote_url: Some("https://elders.example/x.png".into()),
            media_type: "image/png".into(),
            alt: String::new(),
            width: Some(1600),
            height: Some(900),
        };
        assert_eq!(attachment.shown_size(), Some((320, 180)));
        assert_eq!(attachment.shown_path(), "/files/remote/7/small");
        (attachment.width, attachment.height) = (Some(100), Some(0));
        assert_eq!(attachment.shown_size(), None);
        (attachment.width, attachment.height) = (Some(100), Some(90));
        assert_eq!(attachment.shown_path(), "/files/remote/7");
    }
}
