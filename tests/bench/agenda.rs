//! The agenda of an instance with 100 000 events beside that of one with 1 000 over the same three years: how many times longer
//! each page takes. All events are of one group, about one topic and by one member, so that no list can be short.

use std::time::Instant;

use meent::db::{events, posts, topics};
use meent::model::{Actor, Cursor, PostId, Time};
use meent::ops::members;

use super::filling::event;
use super::support::{Instance, median, page_time};

const MANY: i64 = 100_000;
const FEW: i64 = 1_000;
/// How often each page is asked for.
const TIMES: usize = 60;
/// Events in one transaction.
const AT_ONCE: i64 = 5_000;

struct Region {
    instance: Instance,
    cookie: String,
}

/// How many events the large one has; fewer where somebody only wants to see that it works.
#[expect(clippy::disallowed_methods, reason = "a measurement has no configuration")]
fn many() -> i64 {
    std::env::var("EVENTS").ok().and_then(|count| count.parse().ok()).unwrap_or(MANY)
}

async fn region(name: &str, count: i64) -> Region {
    let instance = Instance::start(name, false).await;
    let member = instance.member("bram").await;
    let group = instance.group("ruimte", &member).await;
    fill(&instance, &member, &group, count).await;
    let mut tx = instance.core.db.begin().await.expect("a transaction");
    let token = members::start_session(&instance.core, &mut tx, member.id).await.expect("a session");
    instance.core.commit(tx).await.expect("a commit");
    Region { instance, cookie: format!("meent={token}") }
}

/// Events two years back and one ahead, at even distances.
async fn fill(instance: &Instance, member: &Actor, group: &Actor, count: i64) {
    let core = &instance.core;
    let now = core.now();
    let post = event(instance, member, group).await;
    let mut tx = core.db.begin().await.expect("a transaction");
    let event = events::of(&mut tx, post.id).await.expect("a read").expect("an event");
    let topic = topics::of_post(&mut tx, post.id).await.expect("topics").remove(0);
    core.commit(tx).await.expect("a commit");
    let span = 3 * 365 * Time::DAY;
    for begin in (0..count - 1).step_by(usize::try_from(AT_ONCE).expect("few")) {
        let mut tx = core.db.begin().await.expect("a transaction");
        for number in begin..(begin + AT_ONCE).min(count - 1) {
            let id = PostId(core.ids.next());
            let mut post = post.clone();
            (post.id, post.root_id, post.ap_id) = (id, id, core.urls.post(id, true));
            post.url.clone_from(&post.ap_id);
            post.title = format!("Ronde langs de speelplekken {number}");
            posts::insert(&mut tx, [&post]).await.expect("a post");
            let mut event = event.clone();
            event.post_id = id;
            event.plan.starts_at = now.plus(-2 * 365 * Time::DAY + span / count * number);
            event.plan.ends_at = Some(event.plan.starts_at.plus(Time::HOUR));
            events::put(&mut tx, &event).await.expect("an event");
            topics::add_to_post(&mut tx, id, topic.id).await.expect("a topic");
        }
        core.commit(tx).await.expect("a commit");
    }
}

pub async fn measure() {
    let start = Instant::now();
    let (few, large) = (region("few", FEW).await, region("many", many()).await);
    println!("{FEW} and {} events after {:.0?}", many(), start.elapsed());
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let now = few.instance.core.now();
    let month: String = now.plus(40 * Time::DAY).rfc3339().chars().take(7).collect();
    let deep = Cursor { at: now.plus(180 * Time::DAY), id: 0 };
    let mut worst: f64 = 0.0;
    for scope in ["/agenda", "/c/ruimte/agenda", "/topic/speelplekken/agenda", "/agenda/mine"] {
        for (view, query) in
            [("list", String::new()), ("deep", format!("?after={deep}")), ("past", "?past=1".into()), ("month", format!("?month={month}"))]
        {
            for member in [false, true] {
                if scope == "/agenda/mine" && !member {
                    continue;
                }
                let path = format!("{scope}{query}");
                let (mut of_few, mut of_many) = (Vec::new(), Vec::new());
                // By turns: what else the machine does hits both.
                for _ in 0..TIMES {
                    of_few.push(page_time(&client, &few.instance, &path, member.then_some(few.cookie.as_str())).await);
                    of_many.push(page_time(&client, &large.instance, &path, member.then_some(large.cookie.as_str())).await);
                }
                let (of_few, of_many) = (median(of_few), median(of_many));
                worst = worst.max(of_many / of_few);
                let who = if member { "member" } else { "visitor" };
                println!("{scope} {view}, {who}: {of_few:.1} ms and {of_many:.1} ms: {:.2} times", of_many / of_few);
            }
        }
    }
    println!("at most {worst:.2} times longer with {} events than with {FEW} (goal: 1.5)", many());
    few.instance.stop().await;
    large.instance.stop().await;
}
