//! What the pages call each kind of thread.

use std::borrow::Borrow;

use crate::model::{PostKind, Tried};

/// The keys of what is said about a kind where one is written.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    pub heading: &'static str,
    pub title: &'static str,
    pub body: &'static str,
    pub send: &'static str,
}

/// What the form of a kind says.
#[must_use]
pub fn words(kind: impl Borrow<PostKind>) -> Words {
    match kind.borrow() {
        PostKind::Tip => Words { heading: "tip-new", title: "tip-title", body: "tip-body", send: "tip-send" },
        PostKind::Practice => Words { heading: "practice-new", title: "practice-title", body: "practice-body", send: "practice-send" },
        PostKind::Announcement => {
            Words { heading: "announcement-new", title: "announcement-title", body: "announcement-body", send: "announcement-send" }
        }
        PostKind::Event => Words { heading: "event-new", title: "event-form-title", body: "event-form-body", send: "event-send" },
        _ => Words { heading: "ask", title: "ask-title", body: "ask-body", send: "ask-send" },
    }
}

/// What may be started in a group, in the order in which it is offered.
pub fn started() -> impl Iterator<Item = PostKind> {
    PostKind::STARTED.into_iter().chain([PostKind::Event])
}

/// Where one of this kind is written, in the group at `path`.
#[must_use]
pub fn form(path: &str, kind: impl Borrow<PostKind>) -> String {
    match kind.borrow() {
        PostKind::Question => format!("{path}/ask"),
        PostKind::Event => format!("{path}/event/new"),
        kind => format!("{path}/ask?kind={}", kind.word()),
    }
}

/// The name of a kind.
#[must_use]
pub fn name(kind: impl Borrow<PostKind>) -> &'static str {
    match kind.borrow() {
        PostKind::Question => "kind-question",
        PostKind::Tip => "kind-tip",
        PostKind::Practice => "kind-practice",
        PostKind::Announcement => "kind-announcement",
        PostKind::Event => "kind-event",
        PostKind::Answer => "kind-answer",
        PostKind::Comment => "kind-comment",
    }
}

/// What a verdict on a practice is called.
#[must_use]
pub fn verdict(tried: impl Borrow<Tried>) -> &'static str {
    match tried.borrow() {
        Tried::Works => "tried-works",
        Tried::Partly => "tried-partly",
        Tried::Not => "tried-not",
    }
}
