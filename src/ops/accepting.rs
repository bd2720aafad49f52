//! Choosing the answer that helped, and taking that back. The question's home applies it; the asker and the moderators
//! of the group may.

use super::saying::{Saying, pass_on, say_at};
use super::{Core, Outcome, boosting, publishing, telling, viewer};
use crate::db::activities::Verb;
use crate::db::{Tx, actors, deliveries, follows, posts};
use crate::error::{Error, Result};
use crate::model::rights::{Act, Viewer, may};
use crate::model::{Actor, ActorId, Post, PostKind, Time};

/// The software whose word `ChooseAnswer` is.
const PIEFED: &str = "piefed";

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
    // As it is now: of a question of another server everything is written again, and a new version may just have come in.
    let question = &posts::lock(tx, question.id).await?;
    if !may(by, Act::Accept, question) {
        return Err(Error::Forbidden("error-only-asker"));
    }
    if !is_answer(question, answer) {
        return Err(Error::NotFound);
    }
    let Some(chooser) = by.actor else { return Err(Error::LoginNeeded) };
    if question.local {
        if apply_at_home(core, tx, question, answer, choose.then_some(chooser)).await? {
            say_to_piefed(core, tx, question, answer, chooser, choose).await?;
        }
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
    set(core, tx, question, answer, choose.then_some(chooser), at).await?;
    Ok(Chosen::Here)
}

/// Whether it answers this question and still stands.
#[must_use]
pub fn is_answer(question: &Post, answer: &Post) -> bool {
    answer.parent_id == Some(question.id) && answer.kind == PostKind::Answer && !answer.is_deleted()
}

/// PieFed does not read who was chosen from the question: where somebody there may look, it is said in its own word too.
async fn say_to_piefed(core: &Core, tx: &mut Tx, question: &Post, answer: &Post, chooser: ActorId, choose: bool) -> Result<()> {
    let group = actors::by_id(tx, question.group_id).await?;
    let looks = if group.local {
        follows::any_on(tx, group.id, PIEFED).await?
    } else {
        deliveries::peer(tx, &group.host).await?.is_some_and(|peer| peer.software.as_deref() == Some(PIEFED))
    };
    if !looks {
        return Ok(());
    }
    let verb = if choose { Verb::ChooseAnswer } else { Verb::UndoChooseAnswer };
    let at = posts::by_id(tx, question.id).await?.updated_at;
    let saying =
        Saying { actor: chooser, verb, about: &question.ap_id, post: Some(answer.id), target: None, received: None, listed: false };
    say_at(core, tx, saying, at).await.map(drop)
}

/// At the question's home: changes it and says the question again. Choosing what is chosen changes nothing; says whether
/// anything changed.
async fn apply_at_home(core: &Core, tx: &mut Tx, question: &Post, answer: &Post, chooser: Option<ActorId>) -> Result<bool> {
    let question = posts::lock(tx, question.id).await?;
    let chosen_now = question.accepted_id == Some(answer.id);
    if chosen_now == chooser.is_some() {
        return Ok(false);
    }
    // As it is now: it may have been removed a moment ago.
    if chooser.is_some() && !is_answer(&question, &posts::hold(tx, answer.id).await?) {
        return Err(Error::NotFound);
    }
    let at = publishing::next_version(core, question.updated_at);
    posts::set_accepted(tx, question.id, chooser.map(|_| answer), chooser, at).await?;
    publishing::say_again(core, tx, &question).await?;
    let after = posts::by_id(tx, question.id).await?;
    boosting::of_choice(core, tx, &question, &after).await?;
    telling::of_choice(core, tx, &question, &after).await?;
    Ok(true)
}

/// For a question whose home knows nothing of chosen answers: the group's word counts, the newest one.
async fn set(core: &Core, tx: &mut Tx, question: &Post, answer: &Post, chooser: Option<ActorId>, at: Time) -> Result<()> {
    let mut changed = question.clone();
    // Taking back what was not chosen changes nothing, but from now on it is known to be taken back.
    changed.accepted_at = Some(at);
    if chooser.is_some() || question.accepted_id == Some(answer.id) {
        changed.accepted_ap_id = chooser.map(|_| answer.ap_id.clone());
        (changed.accepted_id, changed.accepted_by) = (chooser.map(|_| answer.id), chooser);
    }
    posts::revise(tx, &changed).await?;
    boosting::of_choice(core, tx, question, &changed).await?;
    telling::of_choice(core, tx, question, &changed).await
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
    let who = viewer(core, tx, Some(chooser), group.id).await?;
    if !may(who, Act::Accept, &question) || (choose && !is_answer(&question, answer)) {
        return Err(Error::Forbidden("error-only-asker"));
    }
    if !is_answer(&question, answer) {
        // It was turned into a comment, or removed: with that it was no longer chosen.
        return Ok(Outcome::Ignored("it is no answer any more"));
    }
    if question.local {
        apply_at_home(core, tx, &question, answer, choose.then_some(chooser.id)).await?;
    } else if question.accepts_at_home {
        // Its home hears of it from the group and says the question again.
    } else if question.accepted_at.is_some_and(|before| before >= at) {
        return Ok(Outcome::Ignored("we have this choice or a newer one"));
    } else {
        set(core, tx, &question, answer, choose.then_some(chooser.id), at.min(core.now().plus(Time::HOUR))).await?;
    }
    if let Some(raw) = raw {
        pass_on(core, tx, &group, &question.ap_id, None, false, raw).await?;
    }
    Ok(Outcome::Done)
}
