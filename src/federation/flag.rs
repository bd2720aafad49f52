//! `Flag` and its `Undo`: reports that cross the border. Ours go out in the name of the instance, never of who reported.

use serde_json::{Value, json};
use url::Url;

use super::authority::Act;
use super::effect::Effect;
use super::inbox::Said;
use super::{Federation, wire};
use crate::db::activities::Activity;
use crate::db::{Tx, actors, deliveries, posts};
use crate::error::{Error, Result};
use crate::model::names::cut;
use crate::model::{Actor, Particulars, Post};

/// Longest text of a report that we take, in characters.
const LONGEST: usize = 5_000;
/// Most ids of a report that are looked up, and most posts that are reported with one.
const MOST_IDS: usize = 50;
const MOST_POSTS: usize = 5;

/// What a Flag asks for, in whatever form: a post, a list with the account first, or only an account. Only what we know is
/// looked at (T-35), and it is never passed on.
///
/// # Errors
/// When who says it can't be fetched now.
pub async fn receive(fed: &Federation, act: Act<'_>, said: &Said<'_>) -> Result<Effect> {
    if said.announced_by.is_some() {
        return Ok(Effect::Nothing("a report is not for a group to pass on"));
    }
    if !act.on() {
        let flag = wire::id(act.it).unwrap_or_default().to_owned();
        return Ok(Effect::ReportWithdrawn { by: fed.known_actor(said.by).await?, flag });
    }
    let objects = act.it.get("object").ok_or_else(|| Error::Bad("there is no object".into()))?;
    let mut conn = fed.core.db.conn();
    let (mut reported, mut member) = (Vec::new(), None);
    for id in wire::ids(objects).into_iter().take(MOST_IDS) {
        if let Some(post) = posts::by_ap_id(&mut conn, id).await? {
            if reported.len() < MOST_POSTS && !reported.contains(&post.id) {
                reported.push(post.id);
            }
        } else if member.is_none() && fed.core.urls.is_ours(id) {
            member = actors::by_ap_id(&mut conn, id).await?;
        }
    }
    if reported.is_empty() && member.is_none() {
        return Ok(Effect::Nothing("about nothing that we know"));
    }
    let text = [wire::text(act.it, "content"), wire::text(act.it, "summary")].into_iter().find(|text| !text.is_empty());
    let by = fed.actor_in(said, said.by).await?;
    let reason = cut(&text.unwrap_or_default(), LONGEST);
    Ok(Effect::Report { by, posts: reported, member, reason, flag: act.id(said) })
}

/// Makes a report of ours into JSON, for one recipient: the group elsewhere, or the server of who wrote it.
///
/// # Errors
/// When the database can't be read.
pub async fn send(tx: &mut Tx, said: &Activity, speaker: &Actor) -> Result<(Value, Vec<Actor>)> {
    let nothing = || Error::Internal("the report lacks what it is about".into());
    let particulars: Particulars = serde_json::from_str(said.received.as_deref().unwrap_or_default()).map_err(|_| nothing())?;
    let author = actors::by_id(tx, said.target_id.ok_or_else(nothing)?).await?;
    let post = match said.post_id {
        Some(post) => Some(posts::by_id(tx, post).await?),
        None => None,
    };
    let (recipient, to) = if let Some(group) = particulars.group {
        let group = actors::by_id(tx, group).await?;
        let to = group.ap_id.clone();
        (group, to)
    } else {
        let to = address(tx, &author).await?;
        (author.clone(), to)
    };
    Ok((build(said, speaker, &to, &author, post.as_ref(), &particulars), vec![recipient]))
}

/// Lemmy knows its groups and its own site as recipients, and nobody else.
async fn address(tx: &mut Tx, author: &Actor) -> Result<String> {
    let software = deliveries::peer(tx, &author.host).await?.and_then(|peer| peer.software);
    let site = || Url::parse(&author.ap_id).ok().map(|url| format!("{}/", url.origin().ascii_serialization()));
    Ok(if software.as_deref() == Some("lemmy") { site().unwrap_or_default() } else { author.ap_id.clone() })
}

/// Writes a Flag: to a group the post, to the author's server the author and the post, as each is used to.
fn build(said: &Activity, speaker: &Actor, to: &str, author: &Actor, post: Option<&Post>, particulars: &Particulars) -> Value {
    let object = match (post, particulars.group) {
        (Some(post), Some(_)) => json!(post.ap_id),
        (Some(post), None) => json!([author.ap_id, post.ap_id]),
        (None, _) => json!([author.ap_id]),
    };
    let mut flag = json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": said.ap_id,
        "type": "Flag",
        "actor": speaker.ap_id,
        "to": [to],
        "published": said.created_at.rfc3339(),
        "object": object,
        "summary": particulars.reason,
        "content": particulars.reason,
    });
    if let (Value::Object(fields), Some(_)) = (&mut flag, particulars.group) {
        fields.insert("audience".into(), to.into());
    }
    flag
}
