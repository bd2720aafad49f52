//! What travels between the regions, one line for each activity that arrived, in plain words; of a crowd, the first of every
//! second and how many there were besides.

use std::time::Duration;

use tokio::sync::{broadcast, mpsc};
use tokio_util::sync::CancellationToken;

use super::stage::Region;
use super::terminal::{Ink, Terminal, say};
use crate::db::activities::{self, Activity, Verb};
use crate::db::{Conn, actors, posts};
use crate::error::Result;
use crate::federation::deliver::Arrival;
use crate::model::names::cut;
use crate::model::{Lang, Post};
use crate::ops::Core;

/// Lines in each second.
const LINES: usize = 12;
/// Characters of a title.
const TITLE: usize = 56;
/// What waits to be shown; beyond that it is counted.
const WAITING: usize = 1_000;

/// Passes on what arrives from a region, with its number.
pub fn listen(number: usize, region: &Region, seen: &mpsc::Sender<(usize, Arrival)>) {
    let (mut arrivals, seen) = (region.fed.arrivals.subscribe(), seen.clone());
    tokio::spawn(async move {
        loop {
            match arrivals.recv().await {
                Ok(arrival) => {
                    if seen.send((number, arrival)).await.is_err() {
                        return;
                    }
                }
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return,
            }
        }
    });
}

/// What arrived, and from which of the regions it came.
pub type Travelled = (usize, Arrival);

/// The way to [`show`].
#[must_use]
pub fn channel() -> (mpsc::Sender<Travelled>, mpsc::Receiver<Travelled>) {
    mpsc::channel(WAITING)
}

/// A region as this needs it.
#[derive(Debug)]
pub struct Seen {
    pub title: String,
    pub core: std::sync::Arc<Core>,
}

/// Prints what arrives, until `stop`.
pub async fn show(mut seen: mpsc::Receiver<(usize, Arrival)>, regions: &[Seen], terminal: &mut Terminal, stop: &CancellationToken) {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    let (mut lines, mut besides) = (0, 0_usize);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = second.tick() => {
                if besides > 0 {
                    let text = terminal.say("demo-besides", &[("count", &besides.to_string())]);
                    let text = terminal.paint(Ink::Faint, &text);
                    Terminal::line(&text);
                }
                (lines, besides) = (0, 0);
            }
            Some((from, arrival)) = seen.recv() => {
                if lines == LINES {
                    besides += 1;
                    continue;
                }
                // A line less is no reason to stop.
                if let Ok(Some(line)) = line(regions, from, &arrival, terminal).await {
                    lines += 1;
                    Terminal::line(&line);
                }
            }
        }
    }
}

/// `Vechtdal -> Rijnstreek  antwoord op "Hoe ..."  aangekomen, 12 ms`
async fn line(regions: &[Seen], from: usize, arrival: &Arrival, terminal: &Terminal) -> Result<Option<String>> {
    let Some(sender) = regions.get(from) else { return Ok(None) };
    let Some(words) = words(terminal.lang(), &mut sender.core.db.conn(), arrival).await? else { return Ok(None) };
    let to = regions.iter().position(|region| region.core.urls.authority() == arrival.host);
    let receiver = to.and_then(|to| regions.get(to)).map_or(arrival.host.as_str(), |region| region.title.as_str());
    let width = regions.iter().map(|region| region.title.chars().count()).max().unwrap_or_default();
    let millis = (arrival.at.0 - arrival.said_at.0).max(0).to_string();
    let arrived = terminal.say("demo-arrived", &[("millis", &millis)]);
    let (left, right) = (format!("{:>width$}", sender.title), format!("{receiver:<width$}"));
    Ok(Some(format!(
        "{} → {}  {words}  {}",
        terminal.paint(Ink::Region(from), &left),
        terminal.paint(Ink::Region(to.unwrap_or(usize::MAX)), &right),
        terminal.paint(Ink::Faint, &arrived)
    )))
}

/// What an activity is, in plain words.
async fn words(lang: Lang, conn: &mut Conn, arrival: &Arrival) -> Result<Option<String>> {
    let Some(said) = activities::by_id(conn, arrival.activity).await? else { return Ok(None) };
    if said.verb != Verb::Announce {
        return what(lang, conn, &said, kind(said.verb)).await.map(Some);
    }
    let group = actors::by_id(conn, said.actor_id).await?;
    let inner = match said.carries {
        Some(carried) => activities::by_id(conn, carried).await?.map(|carried| kind(carried.verb)),
        None => said.received.as_deref().and_then(received_kind),
    };
    let what = what(lang, conn, &said, inner.unwrap_or("other")).await?;
    Ok(Some(say(lang, "demo-via", &[("group", group.shown()), ("what", &what)])))
}

/// The word for a verb of ours.
fn kind(verb: Verb) -> &'static str {
    match verb {
        Verb::Create => "create",
        Verb::Update => "update",
        Verb::Delete | Verb::Remove => "remove",
        Verb::Like => "useful",
        Verb::Follow => "follow",
        Verb::AcceptFollow => "welcome",
        Verb::ChooseAnswer => "choose",
        Verb::UpdateActor => "profile",
        Verb::Join => "join",
        Verb::Leave => "leave",
        Verb::AcceptJoin => "place",
        Verb::TentativelyAcceptJoin => "line",
        Verb::Interest => "interest",
        Verb::Pin => "pin",
        Verb::Tell => "tell",
        _ => "other",
    }
}

/// The same for what somebody of another region said.
fn received_kind(raw: &str) -> Option<&'static str> {
    let activity: serde_json::Value = serde_json::from_str(raw).ok()?;
    let of_actor = activity.get("object").and_then(|object| object.get("preferredUsername")).is_some();
    Some(match activity.get("type")?.as_str()? {
        "Create" => "create",
        "Update" if of_actor => "profile",
        "Update" => "update",
        "Delete" => "remove",
        "Like" => "useful",
        "Add" => "interest",
        _ => "other",
    })
}

async fn what(lang: Lang, conn: &mut Conn, said: &Activity, kind: &str) -> Result<String> {
    let about = said.about.split('#').next().unwrap_or_default();
    let post = match said.post_id {
        Some(id) => Some(posts::by_id(conn, id).await?),
        None => posts::by_ap_id(conn, about).await?,
    };
    let Some(post) = post else {
        let target = match said.target_id {
            // Of a Follow the group is what it is about, of the answer the one who says it.
            Some(target) if said.verb == Verb::Follow => actors::by_id(conn, target).await?,
            _ => match actors::by_ap_id(conn, about).await? {
                Some(actor) => actor,
                None => actors::by_id(conn, said.actor_id).await?,
            },
        };
        return Ok(say(lang, &format!("demo-what-{kind}"), &[("title", target.shown())]));
    };
    let root: Post = if post.is_root() { post.clone() } else { posts::by_id(conn, post.root_id).await? };
    let title = if root.title.chars().count() > TITLE { format!("{}…", cut(&root.title, TITLE).trim_end()) } else { root.title };
    let key = match kind {
        "create" => format!("demo-what-{}", post.kind.word()),
        kind => format!("demo-what-{kind}"),
    };
    Ok(say(lang, &key, &[("title", &title)]))
}
