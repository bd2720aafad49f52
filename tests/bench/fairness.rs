//! How fast the activities of other servers are taken in while one of them floods, and while 50 000 deliveries wait to
//! go out, against the same without.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use meent::db;

use super::delivery::{Receivers, followers};
use super::inbox::{requests, strangers};
use super::support::{Instance, send, until};

const CONNECTIONS: usize = 64;
const REQUESTS: usize = 6_000;
const WAITING: i64 = 50_000;
const HOSTS: usize = 400;

/// Answers that become visible in a second, of all servers but the one that floods.
async fn visible(flooded: bool, busy: bool) -> f64 {
    let receivers = Receivers::start().await;
    let instance = Instance::start("a", true).await;
    let bram = instance.member("bram").await;
    let group = instance.group("ruimte", &bram).await;
    let question = instance.ask(&bram, &group, 0).await;
    let elsewhere = instance.group("jeugd", &bram).await;
    let senders = strangers(&instance, CONNECTIONS).await;
    let pest = instance.know("vloed.localhost:9", "els").await;
    let prepared = requests(&instance, &senders, &question, &group, 0, REQUESTS);
    let too_much = requests(&instance, &[pest], &question, &group, 1_000_000, 20_000);
    if busy {
        followers(&instance, &elsewhere, receivers.port, HOSTS).await;
        for number in 0..usize::try_from(WAITING).expect("few") / HOSTS {
            instance.ask(&bram, &elsewhere, number).await;
        }
    }
    let stop = Arc::new(AtomicBool::new(false));
    let flooding = flooded.then(|| {
        let (address, stop) = (instance.address, stop.clone());
        tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                send(address, too_much.clone(), 8).await;
            }
        })
    });
    let before = db::posts::count_answers(&mut instance.core.db.conn(), question.id).await.expect("a count");
    assert_eq!(before, 0, "nothing came before");
    let start = Instant::now();
    let (taken, _) = send(instance.address, prepared, CONNECTIONS).await;
    assert_eq!(taken, REQUESTS, "what others send is taken");
    let last: Vec<String> =
        (REQUESTS - CONNECTIONS..REQUESTS).map(|number| format!("http://h{}.localhost:9/comment/{number}", number % CONNECTIONS)).collect();
    for id in last {
        until("every answer is visible", Duration::from_mins(5), async || {
            db::posts::by_ap_id(&mut instance.core.db.conn(), &id).await.expect("a read").is_some()
        })
        .await;
    }
    let rate = f64::from(u32::try_from(REQUESTS).expect("few")) / start.elapsed().as_secs_f64();
    if busy {
        let left = db::deliveries::count(&mut instance.core.db.conn()).await.expect("a count");
        println!("({left} of the deliveries were still waiting at the end)");
    }
    stop.store(true, Ordering::Relaxed);
    if let Some(flooding) = flooding {
        flooding.abort();
    }
    instance.stop().await;
    rate
}

pub async fn measure() {
    let alone = visible(false, false).await;
    println!("others' answers visible: {alone:.0}/s");
    let flooded = visible(true, false).await;
    println!("while one server floods: {flooded:.0}/s, {:.2} of that (goal 0.66)", flooded / alone);
    let busy = visible(false, true).await;
    println!("with {WAITING} deliveries to send: {busy:.0}/s, {:.2} of that (goal 0.66)", busy / alone);
}
