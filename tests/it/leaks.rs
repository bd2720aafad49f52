//! Secrets are planted the way people plant them, and looked for everywhere: in every page as everybody who reads it, in every
//! mail, in every document and delivery of the federation. Each may be found by some; anywhere else is a leak.

pub mod places;
pub mod world;

use std::collections::BTreeMap;

use places::{Place, again, documents, downloads, mails, normal, pages};
use world::World;

use crate::on_both;
use crate::support::On;

/// Something that not everybody may know.
pub struct Secret {
    pub what: &'static str,
    /// What gives it away.
    pub word: String,
    /// Who may find it.
    pub may: Vec<&'static str>,
    /// Whether one of them must, so that this test can fail.
    pub must: bool,
}

/// Every place where a secret was found by somebody who may not know it.
fn leaks(secrets: &[Secret], places: &[Place]) -> Vec<String> {
    let mut leaks = Vec::new();
    for secret in secrets {
        let word = normal(&secret.word);
        let found = places.iter().filter(|place| !secret.may.contains(&place.who) && place.text.contains(&word));
        let mut by_reader: BTreeMap<&str, Vec<&Place>> = BTreeMap::new();
        for place in found {
            by_reader.entry(place.who).or_default().push(place);
        }
        for (who, places) in by_reader {
            let at: Vec<&str> = places.iter().map(|place| place.at.as_str()).take(6).collect();
            let around = places[0].text.find(&word).map(|at| {
                let (begin, end) = (at.saturating_sub(80), (at + word.len() + 60).min(places[0].text.len()));
                String::from_utf8_lossy(&places[0].text.as_bytes()[begin..end]).replace('\n', " ")
            });
            leaks.push(format!(
                "{} ({word}) to {who} in {} places, such as {at:?}: {}",
                secret.what,
                places.len(),
                around.unwrap_or_default()
            ));
        }
    }
    leaks
}

/// Secrets that nobody found who may: what is not there can't leak either.
fn never_seen(secrets: &[Secret], places: &[Place]) -> Vec<String> {
    let seen = |secret: &Secret| {
        let word = normal(&secret.word);
        places.iter().any(|place| secret.may.contains(&place.who) && place.text.contains(&word))
    };
    secrets.iter().filter(|secret| secret.must && !seen(secret)).map(|secret| format!("{} ({})", secret.what, secret.word)).collect()
}

on_both! {
    async fn t_59_nothing_is_found_where_it_does_not_belong(on: On) {
        let mut world = World::build(on).await;
        // What stands is read by everybody: the places that are looked at are those where it would show.
        let mut before = pages(&world, "guest").await;
        before.extend(documents(&world).await);
        let unseen = never_seen(&World::standing(), &before);
        assert!(unseen.is_empty(), "nobody could read what stood there: {unseen:#?}");
        let (mails_before, sent_before) = (world.smtp.mails().len(), world.peer.inbox().len());

        world.plant().await;
        let mut places = Vec::new();
        // The visitor last, and twice: what members were shown must not lie ready for others.
        for who in world::READERS {
            let (_, made) = world.app.memory().figures();
            places.extend(pages(&world, who).await);
            assert_eq!(world.app.memory().figures().1 > made, who == "guest", "{who}");
        }
        let (served, _) = world.app.memory().figures();
        let paths: Vec<String> =
            places.iter().filter(|place| place.who == "guest").filter_map(|place| place.at.strip_prefix("200 ")).map(str::to_owned).collect();
        places.extend(again(&world, &paths).await);
        assert!(world.app.memory().figures().0 > served + 20, "visitors were shown next to nothing from memory");
        places.extend(downloads(&world).await);
        places.extend(documents(&world).await);
        places.extend(mails(&mut world, mails_before).await);
        for (number, text) in world.peer.inbox().iter().enumerate().skip(sent_before) {
            places.push(Place::new("inbox", format!("delivery {number}"), text));
        }
        let secrets = world.secrets().await;
        let leaks = leaks(&secrets, &places);
        assert!(leaks.is_empty(), "{} leaks in {} places:\n{}", leaks.len(), places.len(), leaks.join("\n"));
        let unseen = never_seen(&secrets, &places);
        assert!(unseen.is_empty(), "nobody could read it, also not who may: {unseen:#?}");
        // Of a group so small that a count tells who is meant there are no figures.
        let figures: Vec<&Place> = places.iter().filter(|place| place.who == "bram" && place.at.starts_with("200 /admin/figures")).collect();
        assert!(figures.len() >= 2 && figures.iter().all(|place| !place.text.contains("zqkleinegroep")), "figures of a small group");
        let readers: Vec<&str> = places.iter().map(|place| place.who).collect();
        for who in world::READERS.iter().chain(&["server", "inbox"]) {
            assert!(readers.iter().filter(|reader| *reader == who).count() > 3, "{who} read next to nothing");
        }
        world.finish().await;
    }
}
