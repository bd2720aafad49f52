//! Choosing the answer that helped, and taking that back. The question's home applies it; the asker and the moderators
//! of the group may.

use super::saying::{Saying, pass_on, say_at};
use super::{Core, Outcome, publishing, viewer};
use crate::db::activities::Verb;
use crate::db::{Tx, actors, posts};
use crate::error::{Error, Result};
use crate::model::rights::{Act, Viewer, may};
use crate::model::{Actor, Post, PostKind, Time};

/// What became of a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// Done, here and now.
    Here,
    /// Sent to the question's home, which applies it.
    Sent,
}

/// Chooses `answer`, or with `choose` false takes the choice of it back.
///
/// # Errors
/// [`Error::Forbidden`] for somebody who may not; [`Error::NotFound`] when it is not an answer to this question.
pub async fn choose(core: &Core, tx: &mut Tx, by: Viewer, question: &Post, answer: &Post, choose: bool) -> Result<Chosen> {
    if !may(by, Act::Accept, question) {
        return Err(Error::Forbidden("error-only-asker"));
    }
    if !is_answer(question, answer) {
        return Err(Error::NotFound);
    }
    let Some(chooser) = by.actor else { return Err(Error::LoginNeeded) };
    if question.local {
        apply_at_home(core, tx, question, answer, choose.then_some(chooser)).await?;
        return Ok(Chosen::Here);
    }
    let verb = if choose { Verb::ChooseAnswer } else { Verb::UndoChooseAnswer };
    let at = publishing::next_version(core, question.accepted_at.unwrap_or_default());
    let saying =
        Saying { actor: chooser, verb, about: &question.ap_id, post: Some(answer.id), target: None, received: None, listed: false };
    say_at(core, tx, saying, at).await?;
    if question.accepts_at_home {
        return Ok(Chosen::Sent);
    }
    set(tx, question, answer, choose.then_some(chooser), at).await?;
    Ok(Chosen::Here)
}

/// Whether it answers this question and still stands.
#[must_use]
pub fn is_answer(question: &Post, answer: &Post) -> bool {
    answer.parent_id == Some(question.id) && answer.kind == PostKind::Answer && !answer.is_deleted()
}

/// At the question's home: changes it and says the question again. Choosing what is chosen changes nothing.
async fn apply_at_home(core: &Core, tx: &mut Tx, question: &Post, answer: &Post, chooser: Option<crate::model::ActorId>) -> Result<()> {
    let question = posts::lock(tx, question.id).await?;
    let chosen_now = question.accepted_id == Some(answer.id);
    if chosen_now == chooser.is_some() {
        return Ok(());
    }
    let at = publishing::next_version(core, question.updated_at);
    posts::set_accepted(tx, question.id, chooser.map(|_| answer), chooser, at).await?;
    publishing::say_again(core, tx, &question).await
}

/// For a question whose home knows nothing of chosen answers: the group's word counts, the newest one.
async fn set(tx: &mut Tx, question: &Post, answer: &Post, chooser: Option<crate::model::ActorId>, at: Time) -> Result<()> {
    let mut changed = question.clone();
    // Taking back what was not chosen changes nothing, but from now on it is known to be taken back.
    changed.accepted_at = Some(at);
    if chooser.is_some() || question.accepted_id == Some(answer.id) {
        changed.accepted_ap_id = chooser.map(|_| answer.ap_id.clone());
        (changed.accepted_id, changed.accepted_by) = (chooser.map(|_| answer.id), chooser);
    }
    posts::revise(tx, &changed).await
}

/// A moderator, or an asker on other software, chose an answer (`ChooseAnswer`) or took that back (`Undo`). `raw` is
/// what was sent, when it came from `chooser` itself; none when the group announced it.
///
/// # Errors
/// [`Error::Forbidden`] when the one who signed it may not (T-53, T-54).
pub async fn receive(
    core: &Core,
    tx: &mut Tx,
    chooser: &Actor,
    answer: &Post,
    choose: bool,
    at: Time,
    raw: Option<&str>,
) -> Result<Outcome> {
    let question = posts::lock(tx, answer.root_id).await?;
    let group = actors::by_id(tx, question.group_id).await?;
    let who = viewer(tx, Some(chooser), group.id).await?;
    if !may(who, Act::Accept, &question) || !is_answer(&question, answer) {
        return Err(Error::Forbidden("error-only-asker"));
    }
    if question.local {
        apply_at_home(core, tx, &question, answer, choose.then_some(chooser.id)).await?;
    } else if question.accepts_at_home {
        // Its home hears of it from the group and says the question again.
    } else if question.accepted_at.is_some_and(|before| before >= at) {
        return Ok(Outcome::Ignored("we have this choice or a newer one"));
    } else {
        set(tx, &question, answer, choose.then_some(chooser.id), at.min(core.now().plus(Time::HOUR))).await?;
    }
    if let Some(raw) = raw {
        pass_on(core, tx, &group, &question.ap_id, None, false, raw).await?;
    }
    Ok(Outcome::Done)
}
