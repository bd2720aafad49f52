//! Signed answers from other servers: kept before 202, and visible in the thread, against the same requests when they are
//! only verified. 64 connections, one server behind each.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::post;
use meent::db;
use meent::federation::{Federation, proof};
use meent::model::{Actor, Follow, FollowState, Multikey, Post, Time, multikey};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::support::{Instance, Sender, send, syncs_per_second, until};

const CONNECTIONS: usize = 64;
const REQUESTS: usize = 12_000;
const ANNOUNCED: usize = 6_000;
const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// An answer to `question`, written just now, by somebody of another server.
pub fn answer(by: &str, question: &str, group: &str, number: usize, now: Time) -> Value {
    let host = by.split("/u/").next().expect("an id");
    let id = format!("{host}/comment/{number}");
    let published = now.rfc3339();
    json!({
        "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{host}/activities/create/{number}"), "type": "Create",
        "actor": by, "to": [group, PUBLIC], "cc": [], "audience": group,
        "object": {
            "id": id, "type": "Note", "attributedTo": by, "inReplyTo": question, "to": [group, PUBLIC], "cc": [], "audience": group,
            "content": format!("<p>Wij lopen elk kwartaal een ronde en schrijven op wat stuk is, dit was ronde {number}.</p>"),
            "published": published, "url": id,
        },
    })
}

/// Requests of many servers in turn, as many as asked for, numbered from `from`.
pub fn requests(to: &Instance, senders: &[Actor], question: &Post, group: &Actor, from: usize, count: usize) -> Vec<Vec<u8>> {
    let (sender, host, now) = (Sender::new(), to.core.urls.authority(), to.core.now());
    (from..from + count)
        .map(|number| {
            let by = &senders[number % senders.len()].ap_id;
            sender.post(host, "/inbox", by, &answer(by, &question.ap_id, &group.ap_id, number, now), now)
        })
        .collect()
}

/// Somebody on each of so many other servers.
pub async fn strangers(of: &Instance, count: usize) -> Vec<Actor> {
    let mut senders = Vec::new();
    for number in 0..count {
        senders.push(of.know(&format!("h{number}.localhost:9"), "els").await);
    }
    senders
}

/// Answers 202 to whatever is signed well, and does nothing else.
async fn verify_only(State(fed): State<Arc<Federation>>, parts: Parts, body: Bytes) -> StatusCode {
    match fed.verify(&parts, &body).await {
        Ok(_) => StatusCode::ACCEPTED,
        Err(error) => error.status(),
    }
}

/// A key for proofs, the same for everybody.
fn proving(by: &Actor) -> Multikey {
    let seed = [7; 32];
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).expect("a key");
    Multikey {
        key_id: Multikey::id_of(&by.ap_id),
        actor_id: by.id,
        public_key: multikey::write_public(pair.public_key().as_ref()),
        private_key: Some(multikey::write_private(&seed)),
    }
}

/// What a group says: that somebody wrote this.
fn announce(group: &Actor, number: usize, create: &Value) -> Value {
    let host = group.ap_id.split("/c/").next().expect("an id");
    json!({
        "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{host}/activities/announce/{number}"), "type": "Announce",
        "actor": group.ap_id, "to": [PUBLIC], "cc": [format!("{}/followers", group.ap_id)], "object": create,
    })
}

/// Groups of other servers that a member here follows, each with a question in it.
async fn groups_elsewhere(instance: &Instance, member: &Actor) -> Vec<(Actor, String)> {
    let mut groups = Vec::new();
    for number in 0..CONNECTIONS {
        let host = format!("g{number}.localhost:9");
        let (asker, group) = (instance.know(&host, "an").await, instance.know_group(&host, "ruimte").await);
        let mut tx = instance.core.db.begin().await.expect("a transaction");
        let ap_id = format!("{}#follow", member.ap_id);
        let follow = Follow { follower_id: member.id, target_id: group.id, state: FollowState::Accepted, ap_id, at: instance.core.now() };
        db::follows::put(&mut tx, &follow).await.expect("a follow");
        instance.core.commit(tx).await.expect("a commit");
        let question = format!("http://{host}/post/1");
        let to = json!([group.ap_id, PUBLIC]);
        let create = json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": format!("{question}/create"), "type": "Create", "actor": asker.ap_id,
            "to": to, "object": {"id": question, "type": "Article", "attributedTo": asker.ap_id, "to": to, "audience": group.ap_id,
                "name": "Hoe meten jullie de staat van speeltoestellen?", "content": "<p>Wij zoeken een norm.</p>", "meent:kind": "question"},
        });
        let said = announce(&group, 0, &create);
        let body = said.to_string();
        instance.fed.take(&group, said, body).await.expect("it is taken");
        groups.push((group, question));
    }
    groups
}

/// How many answers a second become visible that groups elsewhere announce, each with the proof of its author, who lives on a
/// third server.
async fn announced() -> f64 {
    let instance = Instance::start("a", true).await;
    let bram = instance.member("bram").await;
    let groups = groups_elsewhere(&instance, &bram).await;
    let senders = strangers(&instance, CONNECTIONS).await;
    let mut tx = instance.core.db.begin().await.expect("a transaction");
    for sender in &senders {
        db::multikeys::upsert(&mut tx, &proving(sender)).await.expect("a key");
    }
    instance.core.commit(tx).await.expect("a commit");
    until("every question is here", Duration::from_mins(1), async || {
        let (_, last) = groups.last().expect("groups");
        db::posts::by_ap_id(&mut instance.core.db.conn(), last).await.expect("a read").is_some()
    })
    .await;
    let (sender, host, now) = (Sender::new(), instance.core.urls.authority(), instance.core.now());
    let prepared: Vec<Vec<u8>> = (0..ANNOUNCED)
        .map(|number| {
            let ((group, question), by) = (&groups[number % CONNECTIONS], &senders[(number + 1) % CONNECTIONS]);
            let create = answer(&by.ap_id, question, &group.ap_id, number, now);
            let sealed = proof::seal(&create.to_string(), &proving(by), now).expect("a proof");
            let said = announce(group, number + 1, &serde_json::from_str(&sealed).expect("JSON"));
            sender.post(host, "/inbox", &group.ap_id, &said, now)
        })
        .collect();
    let start = std::time::Instant::now();
    let (taken, _) = send(instance.address, prepared, CONNECTIONS).await;
    assert_eq!(taken, ANNOUNCED, "every announcement is taken");
    until("every answer is visible", Duration::from_mins(5), async || {
        let dealt_with = db::received::count(&mut instance.core.db.conn(), "done").await.expect("a count");
        usize::try_from(dealt_with).expect("a count") == ANNOUNCED + CONNECTIONS
    })
    .await;
    let rate = f64::from(u32::try_from(ANNOUNCED).expect("few")) / start.elapsed().as_secs_f64();
    instance.stop().await;
    rate
}

pub async fn measure() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let syncs = syncs_per_second(folder.path());
    let (mut rates, mut visible) = (Vec::new(), 0.0);
    for working in [false, true] {
        let instance = Instance::start("a", working).await;
        let bram = instance.member("bram").await;
        let group = instance.group("ruimte", &bram).await;
        let question = instance.ask(&bram, &group, 0).await;
        let senders = strangers(&instance, CONNECTIONS).await;
        if !working {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let address = listener.local_addr().expect("an address");
            let router = axum::Router::new().route("/inbox", post(verify_only)).with_state(instance.fed.clone());
            let only = tokio::spawn(async move { axum::serve(listener, router).await.expect("serving") });
            let prepared = requests(&instance, &senders, &question, &group, 0, REQUESTS);
            let (taken, time) = send(address, prepared, CONNECTIONS).await;
            assert_eq!(taken, REQUESTS, "every request is signed well");
            rates.push(f64::from(u32::try_from(REQUESTS).expect("few")) / time.as_secs_f64());
            only.abort();
        }
        let prepared = requests(&instance, &senders, &question, &group, 0, REQUESTS);
        let start = std::time::Instant::now();
        let (taken, time) = send(instance.address, prepared, CONNECTIONS).await;
        assert_eq!(taken, REQUESTS, "every answer is taken");
        if working {
            // Counting is left for when nothing waits any more: it would cost as much as what is measured.
            until("every answer is worked on", Duration::from_mins(5), async || {
                instance.fed.next_received().await.expect("a read").is_none()
                    && db::received::count(&mut instance.core.db.conn(), "new").await.expect("a count") == 0
            })
            .await;
            let count = db::posts::count_answers(&mut instance.core.db.conn(), question.id).await.expect("a count");
            assert_eq!(usize::try_from(count), Ok(REQUESTS), "every answer is visible");
            visible = f64::from(u32::try_from(REQUESTS).expect("few")) / start.elapsed().as_secs_f64();
        } else {
            rates.push(f64::from(u32::try_from(REQUESTS).expect("few")) / time.as_secs_f64());
        }
        instance.stop().await;
    }
    let [verified, kept] = rates[..] else { unreachable!("two were measured") };
    println!("disk: {syncs:.0} syncs/s");
    println!("verified only: {verified:.0}/s");
    println!("kept before 202: {kept:.0}/s, {:.2} of verified only (goal 0.5), {:.1} for each sync", kept / verified, kept / syncs);
    println!("visible in the thread: {visible:.0}/s, {:.2} of verified only (goal 0.25)", visible / verified);
    let announced = announced().await;
    println!("announced by groups elsewhere and visible: {announced:.0}/s, {:.2} of verified only (aim 2 330/s)", announced / verified);
}
