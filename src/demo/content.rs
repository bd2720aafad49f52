//! What the regions of the demo are made of, read from the files in `content/`, which can be edited by somebody who does not
//! program (`content/LEESMIJ.md` explains them). Everything in them is invented. No verbs here: `settling` and `playing` have those.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::moments::Moment;
use crate::error::{Error, Result};
use crate::model::SignUp;

/// A file of `content/`, whole.
macro_rules! text {
    ($path:literal) => {
        ($path, include_str!(concat!("content/", $path)))
    };
}

/// Pictures of a folder of `content/`, by name.
macro_rules! pictures {
    ($folder:literal: $($name:literal)+) => {
        &[$(($name, include_bytes!(concat!("content/", $folder, "/", $name, ".png")))),+]
    };
}

const REGIONS: [(&str, &str); 3] = [text!("vechtdal.toml"), text!("rijnstreek.toml"), text!("peelrand.toml")];
const THEMES: [&str; 3] = [
    include_str!("content/themes/vechtdal.css"),
    include_str!("content/themes/rijnstreek.css"),
    include_str!("content/themes/peelrand.css"),
];
const THREADS: [(&str, &str); 9] = [
    text!("threads/jeugd.toml"),
    text!("threads/wijkteams.toml"),
    text!("threads/omgeving.toml"),
    text!("threads/schulden.toml"),
    text!("threads/wmo.toml"),
    text!("threads/inspraak.toml"),
    text!("threads/duurzaam.toml"),
    text!("threads/mantelzorg.toml"),
    text!("threads/inburgering.toml"),
];
const LIVE: (&str, &str) = text!("live.toml");
const LOGOS: &[(&str, &[u8])] = pictures!("logos": "vechtdal" "rijnstreek" "peelrand");
const FACES: &[(&str, &[u8])] = pictures!("faces": "wietske" "harm" "sanne" "jelle" "fatma" "berend" "ilse" "joris" "bram" "noor" "mehmet" "willemijn" "anouk" "ruud" "lieke" "tom" "aicha" "piet" "marloes" "sjef");
const PICTURES: &[(&str, &[u8])] = pictures!("pictures": "vroegsignaal" "drie-gesprekken");

/// A region: its look, its members and its groups.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// In its address: `http://NAME.localhost:PORT`; also of its logo and its theme.
    pub name: String,
    pub title: String,
    pub about: String,
    pub welcome: String,
    pub rules: String,
    /// The first administers.
    pub members: Vec<Member>,
    pub groups: Vec<Group>,
    /// Who would like another group, which one and why.
    pub proposal: Option<Proposal>,
}

impl Region {
    /// Whom visitors are invited to be: the administrator, a moderator and a member.
    #[must_use]
    pub fn accounts(&self) -> [&str; 3] {
        let mut names = self.members.iter().map(|member| member.name.as_str());
        let admin = names.next().unwrap_or_default();
        let moderators: Vec<&str> = self.groups.iter().flat_map(|group| &group.moderators).map(String::as_str).collect();
        let moderator = moderators.iter().copied().find(|name| *name != admin).unwrap_or_default();
        [admin, moderator, names.find(|name| !moderators.contains(name)).unwrap_or_default()]
    }
}

/// A member. Names are unique in the whole demo.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    pub name: String,
    pub shown: String,
    pub organisation: String,
    pub role: String,
    #[serde(default)]
    pub about: String,
    #[serde(default)]
    pub topics: Vec<String>,
    /// Groups anywhere, by their names.
    pub groups: Vec<String>,
}

/// A group. Names are unique in the whole demo.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    pub name: String,
    pub title: String,
    pub about: String,
    pub purpose: String,
    pub carried_by: String,
    pub rules: String,
    #[serde(default)]
    pub agreed: String,
    pub topics: Vec<String>,
    /// The first founded it.
    pub moderators: Vec<String>,
}

/// A group that somebody would like to see.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    pub by: String,
    pub at: Moment,
    pub name: String,
    pub title: String,
    pub about: String,
    pub reason: String,
}

/// A thread with everything in it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thread {
    /// What it is known by in these files; its replies are `KEY/1`, `KEY/2`, and those below them `KEY/1/1`.
    pub key: String,
    pub group: String,
    pub by: String,
    /// Without one: now. Only what happens live has none.
    pub at: Option<Moment>,
    /// question, tip, practice, announcement or event.
    pub kind: String,
    pub title: String,
    pub text: String,
    #[serde(default)]
    pub topics: Vec<String>,
    /// How many found it useful, and how many would like a session about it.
    #[serde(default)]
    pub useful: usize,
    #[serde(default)]
    pub interest: usize,
    #[serde(default)]
    pub pinned: bool,
    pub picture: Option<Picture>,
    pub event: Option<Event>,
    #[serde(default)]
    pub replies: Vec<Reply>,
}

/// What an event is besides its words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    pub starts: Moment,
    pub minutes: i64,
    #[serde(default)]
    pub place: String,
    #[serde(default)]
    pub town: String,
    /// A link to take part from anywhere.
    #[serde(default)]
    pub link: String,
    pub capacity: Option<i64>,
    pub sign_up: SignUp,
    /// The key of the question that it comes from.
    pub question: Option<String>,
    #[serde(default)]
    pub attendees: usize,
    /// What the first of them say to the organisers.
    #[serde(default)]
    pub remarks: Vec<String>,
}

impl Event {
    /// Whether more people sign up than there are places.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.capacity.and_then(|capacity| usize::try_from(capacity).ok()).is_some_and(|capacity| capacity <= self.attendees)
    }
}

/// A picture with a post, and what it shows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Picture {
    pub name: String,
    pub alt: String,
}

/// An answer or a comment.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    pub by: String,
    pub at: Moment,
    pub text: String,
    /// A comment, also directly under a question.
    #[serde(default)]
    pub comment: bool,
    #[serde(default)]
    pub useful: usize,
    /// Chosen by the asker.
    #[serde(default)]
    pub accepted: bool,
    /// works, partly or not: how a practice went.
    pub tried: Option<String>,
    /// The report of the event above it.
    #[serde(default)]
    pub report: bool,
    #[serde(default)]
    pub replies: Vec<Reply>,
}

/// One thing that happens while people look.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What is replied to, or found useful.
    #[serde(rename = "on", default)]
    pub on: String,
    #[serde(default)]
    pub by: String,
    #[serde(default)]
    pub text: String,
    #[serde(default)]
    pub comment: bool,
    /// Or a new thread, with everything that belongs to it.
    pub thread: Option<Thread>,
}

/// Everything.
#[derive(Debug)]
pub struct Content {
    pub regions: Vec<Region>,
    pub threads: Vec<Thread>,
    pub live: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThreadFile {
    thread: Vec<Thread>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LiveFile {
    step: Vec<Step>,
}

fn read<T: DeserializeOwned>((path, text): (&str, &str)) -> Result<T> {
    toml::from_str(text).map_err(|error| Error::Internal(format!("src/demo/content/{path}: {error}")))
}

impl Content {
    /// Reads the files.
    ///
    /// # Errors
    /// What is wrong in which of them.
    pub fn read() -> Result<Self> {
        let mut threads = Vec::new();
        for file in THREADS {
            threads.extend(read::<ThreadFile>(file)?.thread);
        }
        Ok(Self { regions: REGIONS.into_iter().map(read).collect::<Result<_>>()?, threads, live: read::<LiveFile>(LIVE)?.step })
    }

    /// In which region a member is.
    ///
    /// # Errors
    /// When there is no such member.
    pub fn region_of(&self, member: &str) -> Result<usize> {
        let is_there = |region: &Region| region.members.iter().any(|known| known.name == member);
        self.regions.iter().position(is_there).ok_or_else(|| Error::Internal(format!("the demo has no member {member}")))
    }

    /// Which region has a group.
    ///
    /// # Errors
    /// When there is no such group.
    pub fn home_of(&self, group: &str) -> Result<usize> {
        let is_there = |region: &Region| region.groups.iter().any(|known| known.name == group);
        self.regions.iter().position(is_there).ok_or_else(|| Error::Internal(format!("the demo has no group {group}")))
    }

    /// Everybody, of each region one after the other: so come the names that votes and sign-ups are given to.
    #[must_use]
    pub fn everybody(&self) -> Vec<&str> {
        let most = self.regions.iter().map(|region| region.members.len()).max().unwrap_or_default();
        let rounds = (0..most).flat_map(|place| self.regions.iter().filter_map(move |region| region.members.get(place)));
        rounds.map(|member| member.name.as_str()).collect()
    }
}

/// The design tokens of a region.
#[must_use]
pub fn theme(region: usize) -> &'static str {
    THEMES.get(region).copied().unwrap_or_default()
}

fn picture_of(all: &[(&str, &[u8])], name: &str) -> Option<Vec<u8>> {
    all.iter().find(|(known, _)| *known == name).map(|(_, bytes)| bytes.to_vec())
}

/// The logo of a region.
#[must_use]
pub fn logo(region: &str) -> Option<Vec<u8>> {
    picture_of(LOGOS, region)
}

/// The face of a member; some have none.
#[must_use]
pub fn face(member: &str) -> Option<Vec<u8>> {
    picture_of(FACES, member)
}

/// A picture for a post.
#[must_use]
pub fn picture(name: &str) -> Option<Vec<u8>> {
    picture_of(PICTURES, name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::web::theme as look;

    #[test]
    fn names_are_there_and_unique() {
        let content = Content::read().unwrap();
        let everybody = content.everybody();
        assert_eq!(everybody.iter().collect::<BTreeSet<_>>().len(), everybody.len());
        for member in content.regions.iter().flat_map(|region| &region.members) {
            assert!(member.groups.iter().all(|group| content.home_of(group).is_ok()), "{}", member.name);
        }
        let keys: BTreeSet<_> = content.threads.iter().map(|thread| &thread.key).collect();
        assert_eq!(keys.len(), content.threads.len());
        for (face, _) in FACES {
            assert!(everybody.contains(face), "a face of nobody: {face}");
        }
    }

    #[test]
    fn the_themes_can_be_read() {
        for theme in THEMES {
            let pale: Vec<_> = look::check(theme).into_iter().filter(|pair| !pair.passes()).collect();
            assert!(pale.is_empty(), "{pale:#?}");
        }
    }
}
