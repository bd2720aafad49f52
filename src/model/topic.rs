//! Topics: what posts, groups and members are about. A hashtag on the wire.

use super::ids::TopicId;
use super::names::{Refused, clean};

/// Most topics of one post, one group or one member.
pub const MOST: usize = 5;
/// Longest name, in characters.
const LONGEST: usize = 40;

/// A topic as somebody wrote it: the folded name that makes it the same as another, and the form that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    pub name: String,
    pub shown: String,
}

impl Tag {
    /// Reads one: letters and digits of any script, `-` and `_`, with at least one letter. A `#` in front is dropped.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let shown = clean(text).trim_start_matches('#').to_owned();
        let name = fold(&shown);
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
        let fine = shown.chars().any(char::is_alphabetic) && shown.chars().chain(name.chars()).all(fits) && name.chars().count() <= LONGEST;
        fine.then_some(Self { name, shown })
    }
}

/// The same name for every spelling in capitals.
fn fold(text: &str) -> String {
    text.to_lowercase()
}

/// Reads what was typed in a field: topics with commas or spaces between them. The same one twice counts once.
///
/// # Errors
/// What is wrong with one of them, or that there are too many.
pub fn typed(text: &str) -> Result<Vec<Tag>, Refused> {
    let mut tags: Vec<Tag> = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';')).filter(|word| !word.is_empty()) {
        let tag = Tag::parse(word).ok_or(Refused::Characters)?;
        if !tags.iter().any(|known| known.name == tag.name) {
            tags.push(tag);
        }
        if tags.len() > MOST {
            return Err(Refused::TooLong(MOST));
        }
    }
    Ok(tags)
}

/// A row of `topic`.
#[derive(Clone, Debug, sqlx::FromRow, serde::Deserialize)]
pub struct Topic {
    pub id: TopicId,
    /// Folded; stands in its address.
    pub name: String,
    /// As it was first written.
    pub shown: String,
}

impl Topic {
    /// The path of its page.
    #[must_use]
    pub fn path(&self) -> String {
        super::urls::topic_path(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_topic_has_one_name_however_it_is_written() {
        let names = |text: &str| typed(text).map(|tags| tags.into_iter().map(|tag| tag.name).collect::<Vec<_>>());
        assert_eq!(names("#Jeugdhulp, jeugdhulp wmo;18-_plus"), Ok(vec!["jeugdhulp".into(), "wmo".into(), "18-_plus".into()]));
        assert_eq!(names("ÉCOLE"), Ok(vec!["école".into()]));
        assert_eq!(names(""), Ok(Vec::new()));
        assert_eq!(names("2026"), Err(Refused::Characters));
        assert_eq!(names("a/b"), Err(Refused::Characters));
        assert_eq!(names(&"a".repeat(41)), Err(Refused::Characters));
        assert_eq!(names("a b c d e f"), Err(Refused::TooLong(MOST)));
    }
}
