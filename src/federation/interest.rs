//! "A session on this would interest me": an `Add` of oneself to who is interested in a question, or a `Remove`; among servers
//! of our own kind alone.

use serde_json::{Value, json};

use super::effect::Effect;
use super::inbox::Said;
use super::outbox::direct;
use super::{Federation, context, wire};
use crate::db::activities::{Activity, Verb};
use crate::db::{Conn, Tx, actors, deliveries, interests, posts};
use crate::error::{Error, Result};
use crate::model::{Actor, PostId, Time};
use crate::ops::saying::pass_on_own;

/// The question that an Add or Remove of oneself is about.
fn question(activity: &Value) -> Option<&str> {
    let oneself = wire::field_id(activity, "object").is_some_and(|object| Some(object) == wire::field_id(activity, "actor"));
    wire::field_id(activity, "target").filter(|_| oneself)?.strip_suffix("/interested")
}

/// Whether an Add or Remove is about interest, and not about what moderators do.
#[must_use]
pub fn concerns(activity: &Value) -> bool {
    question(activity).is_some()
}

/// What an Add or Remove asks for, or with `undone` the Undo of one, dated `at`. As with votes, a group's word is enough for its
/// own threads.
///
/// # Errors
/// [`Error::Remote`] while the question is not known yet; [`Error::Forbidden`] for another group's, and for somebody else.
pub async fn receive(fed: &Federation, activity: &Value, said: &Said<'_>, undone: bool, at: Option<Time>) -> Result<Effect> {
    let id = question(activity).unwrap_or_default();
    if wire::field_id(activity, "actor") != Some(said.by) {
        return Err(Error::Forbidden("error-not-yours"));
    }
    let mut conn = fed.core.db.conn();
    let Some(post) = posts::by_ap_id(&mut conn, id).await? else {
        let buried = posts::is_buried(&mut conn, id, said.announced_by.as_ref().map(|group| group.id)).await?
            || posts::is_buried_unseen(&mut conn, id, None).await?;
        return if fed.core.urls.is_ours(id) || buried {
            Ok(Effect::Nothing("there is no such question"))
        } else {
            Err(Error::Remote(format!("{id} is not known yet")))
        };
    };
    if said.announced_by.as_ref().is_some_and(|group| group.id != post.group_id) {
        return Err(Error::Forbidden("error-other-group"));
    }
    let active = (wire::kind(activity) == "Add") != undone;
    let who = if active { fed.actor_in(said, said.by).await? } else { fed.known_actor(said.by).await? };
    let at = moment(&mut conn, post.id, &who, active, at, said.at).await?;
    let word = wire::id(activity).unwrap_or_default().to_owned();
    Ok(Effect::Interest { who, question: post.id, active, word, at, raw: said.raw.map(str::to_owned) })
}

/// As of when it counts. What does not say comes, when it takes something back, after that.
async fn moment(conn: &mut Conn, question: PostId, who: &Actor, active: bool, said: Option<Time>, arrived: Time) -> Result<Time> {
    let last = interests::last(conn, question, who.id).await?.map_or(arrived, |(_, at)| at.max(arrived));
    Ok(said.unwrap_or(if active { arrived } else { last }))
}

/// Makes one, with the servers that get it: those of the group and of the question, where they may know what it means.
///
/// # Errors
/// When the database can't be read or written.
pub async fn send(fed: &Federation, tx: &mut Tx, said: &Activity, speaker: &Actor) -> Result<(Value, Vec<Actor>)> {
    let nothing = || Error::Internal("the activity lacks what it is about".into());
    let question = posts::by_id(tx, said.post_id.ok_or_else(nothing)?).await?;
    let (group, asker) = (actors::by_id(tx, question.group_id).await?, actors::by_id(tx, question.author_id).await?);
    let activity = json!({
        "@context": context(),
        "id": said.ap_id,
        "type": if said.verb == Verb::Interest { "Add" } else { "Remove" },
        "actor": speaker.ap_id,
        "to": [group.ap_id],
        "cc": [],
        "audience": group.ap_id,
        "published": said.created_at.rfc3339(),
        "object": speaker.ap_id,
        "target": format!("{}/interested", question.ap_id),
    });
    pass_on_own(&fed.core, tx, &group, said, None, false).await?;
    let mut to = Vec::new();
    for actor in direct(group, Some(asker)) {
        let software = deliveries::peer(tx, &actor.host).await?.and_then(|peer| peer.software);
        if software.is_none_or(|software| software == "meent") {
            to.push(actor);
        }
    }
    Ok((activity, to))
}
