//! Many at once for few places: nobody gets one that is not there, and the line keeps its order.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::join_all;
use meent::db::attendees;
use meent::model::{ActorId, Plan, Post, Rsvp, Standing};
use meent::ops::attending::{self, Said};
use meent::ops::members;

use super::{Region, session};
use crate::on_both;
use crate::support::On;

const CROWD: usize = 200;
const PLACES: usize = 10;
/// Those who come through the pages.
const BY_FORM: usize = 20;

async fn in_state(region: &Region, post: &Post, state: Standing) -> Vec<ActorId> {
    let found = attendees::in_state(&mut region.app.core.db.conn(), post.id, state).await.unwrap();
    found.into_iter().filter_map(|attendee| attendee.actor_id).collect()
}

on_both! {
    async fn two_hundred_at_once_for_ten_places(on: On) {
        let region = Region::start(on).await;
        let post = region.plan(&region.sanne, &Plan { capacity: i64::try_from(PLACES).ok(), ..session() }, &[]).await;
        // All places are for others.
        region.say(&region.sanne, &post, Rsvp::No).await.unwrap();
        let mut crowd = Vec::new();
        for n in 0..CROWD {
            crowd.push(region.app.member(&format!("lid_{n}"), &format!("Lid {n}")).await);
        }
        let (post, client) = (Arc::new(post), reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap());
        let address = format!("http://{}/post/{}/attend", region.app.address, post.id);
        let mut tasks = Vec::new();
        for (n, member) in crowd.iter().enumerate() {
            let (core, post, member) = (region.app.core.clone(), post.clone(), member.clone());
            if n % (CROWD / BY_FORM) == 0 {
                let mut tx = core.db.begin().await.unwrap();
                let token = members::start_session(&core, &mut tx, member.id).await.unwrap();
                core.commit(tx).await.unwrap();
                let body = format!("rsvp=yes&csrf={}", members::token_hash(&format!("csrf{token}")));
                let request = client.post(&address).header("host", region.app.host()).header("cookie", format!("meent={token}"));
                let request = request.header("content-type", "application/x-www-form-urlencoded").header("accept", "text/html").body(body);
                tasks.push(tokio::spawn(async move { assert_eq!(request.send().await.unwrap().status(), 303) }));
            } else {
                tasks.push(tokio::spawn(async move {
                    let mut tx = core.db.begin().await.unwrap();
                    let said = Said { answer: Rsvp::Yes, remark: "", visible: false };
                    Box::pin(attending::say(&core, &mut tx, &member, &post, said)).await.unwrap();
                    core.commit(tx).await.unwrap();
                }));
            }
        }
        for done in join_all(tasks).await {
            done.unwrap();
        }
        let (places, line) = (in_state(&region, &post, Standing::In).await, in_state(&region, &post, Standing::Waiting).await);
        assert_eq!((places.len(), line.len()), (PLACES, CROWD - PLACES));
        let all: BTreeSet<ActorId> = places.iter().chain(&line).copied().collect();
        assert_eq!(all, crowd.iter().map(|member| member.id).collect());

        // Five who have a place leave at once: the first five of the line have it now, and the others keep their order.
        let leaving: Vec<ActorId> = places.iter().copied().take(5).collect();
        let leave = crowd.iter().filter(|member| leaving.contains(&member.id)).map(|member| region.say(member, &post, Rsvp::No));
        for left in join_all(leave).await {
            left.unwrap();
        }
        let now: BTreeSet<ActorId> = in_state(&region, &post, Standing::In).await.into_iter().collect();
        assert_eq!(now, places[5..].iter().chain(&line[..5]).copied().collect());
        assert_eq!(in_state(&region, &post, Standing::Waiting).await, line[5..]);
        // Who comes back stands at the end.
        region.clock.advance(1);
        let back = crowd.iter().find(|member| member.id == leaving[0]).unwrap();
        region.say(back, &post, Rsvp::Yes).await.unwrap();
        assert_eq!(in_state(&region, &post, Standing::Waiting).await.last(), Some(&back.id));
        region.finish().await;
    }
}
